"""The part of the inbox about statuses: where the weekly review differs from the board, and how to settle it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.common import fields_of, named_commitment
from monitor.cli.record_intervention import author_name
from monitor.cli.rules.story_text import wrapped
from monitor.domain.messages.board_question import both_words
from monitor.domain.model import Outlook, day_of
from monitor.domain.reading.join import in_family
from monitor.domain.text.labels import format_date
from monitor.domain.text.plain import one_line
from monitor.pipeline.weekly_review import keep_board, open_disagreements
from monitor.store import stories

if TYPE_CHECKING:
    from monitor.pipeline.weekly_review import Disagreement
    from monitor.runtime.session import Session

BOARD = "board"
"""Instead of a reading: `inbox record COMMITMENT board` keeps the board's status."""
INDENT, LABEL_INDENT = 6, 20
"""Columns at which the labels and their texts begin."""
MAX_QUOTE = 160
SIGNAL_SHOWN = 10
"""Digits of a signal's id, which `evidence reject` accepts: unique among millions."""


def disagreements(app: Session, commitment: str | None) -> tuple[Sequence[Disagreement], Mapping[str, str]]:
    """Where the weekly review differs, on one family or all, and the short ids of the cited stories."""
    with app.store.read() as conn:
        found = open_disagreements(conn, app.rulebook)
        shown = [each for each in found if commitment is None or in_family(each.commitment.id, commitment)]
        ids = stories.short_names(conn, {cited.story.id for each in shown for cited in each.reports})
    return shown, ids


def disagreement_lines(each: Disagreement, ids: Mapping[str, str]) -> Iterator[str]:
    """A disagreement: both statuses, the model's reason, the cited reports, and the commands that settle it."""
    name, row = each.commitment.id, each.review
    ours, theirs = both_words(each.board.standing, each.board.outlook), both_words(row.standing, row.outlook)
    day = f"  {format_date(day_of(row.at))}" if row.at else ""
    yield from wrapped(f"{name}{day}  {ours} on the board, {theirs} for {one_line(row.model, 60)}", 0, INDENT)
    yield from wrapped(one_line(each.commitment.name, MAX_QUOTE), INDENT)
    yield from wrapped(f"reason        “{one_line(row.reason)}”" if row.reason else "", INDENT, LABEL_INDENT)
    for cited in each.reports:
        signal, story = cited.signal, cited.story
        source = f"{format_date(day_of(signal.happened.end))}, {one_line(story.source, 40)}"
        quote = one_line(signal.quote or story.title, MAX_QUOTE)
        keys = f"[evidence {signal.id[:SIGNAL_SHOWN]}, story {ids[story.id]}]"
        yield from wrapped(f"cites         {source}: {signal.effect} “{quote}” {keys}", INDENT, LABEL_INDENT)
    status = row.standing if row.standing != each.board.standing or row.outlook == Outlook.STEADY else row.outlook
    yield from wrapped(f"model right   commitment pin {name} {status} REASON SOURCE", INDENT, LABEL_INDENT)
    yield from wrapped(f"board right   inbox record {name} {BOARD}", INDENT, LABEL_INDENT)
    misread = f"evidence reject ID REASON, or inbox record STORY {name}=EFFECT"
    yield from wrapped(f"misread       {misread}", INDENT, LABEL_INDENT)


def disagreement_values(each: Disagreement) -> dict[str, Any]:
    """A disagreement as JSON."""
    model = fields_of(each.review, "name=model", "at", "standing", "outlook", "reason")
    reports = [
        fields_of(cited.story, "story=id", "published=published_at", "source", "title", "url")
        | fields_of(cited.signal, "signal=id", "effect", "quote")
        for cited in each.reports
    ]
    board = fields_of(each.board, "standing", "outlook")
    return {"why": BOARD, "commitment": each.commitment.id, "board": board, "model": model, "reports": reports}


def keep_status(app: Session, word: str, by: str | None, reason: str) -> tuple[str, str, str]:
    """Keep the board's status against the weekly review; returns commitment, status and author. Raises BadParameter if
    they do not differ."""
    name = named_commitment(app.rulebook.commitments, word, "STORY", whole=True)
    with app.store.begin() as conn:
        found = next((d for d in open_disagreements(conn, app.rulebook) if d.commitment.id == name), None)
        if found is None:
            message = (
                f"the weekly review does not differ from the status of {name}; deal-monitor inbox list shows where"
            )
            raise click.BadParameter(message, param_hint="STORY")
        author = author_name(by)
        keep_board(conn, name, author, reason, app.clock())
    return name, both_words(found.board.standing, found.board.outlook), author
