"""`rules explain`: what the rules find in one story, and why."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from monitor.cli.common import EXISTING_FOLDER, named_commitment, pluralised, settings_of
from monitor.cli.match_replay import READINGS_OPTION, STORIES_OPTION, rules_folder
from monitor.cli.screen import echo_lines, shortened_pattern, wrapped
from monitor.domain.text.writing_systems import language_of
from monitor.replay import as_entry, line_as_story, numbered_lines, read_recorded, read_story
from monitor.rulebook import load_rulebook
from monitor.workbench.explain import explain as explain_story

if TYPE_CHECKING:
    from monitor.domain.model import Reading, Story
    from monitor.workbench.explain_facts import (
        ActFact,
        CommitmentFact,
        Explanation,
        NearMissFact,
        ReadingFact,
        RoleFact,
        SignalFact,
    )

LABEL_INDENT = 13
"""Column of texts after their labels."""
MAX_TEXT_SHOWN = 200
OUTCOME_COLOURS = {"won": "green", "lost": "yellow", "inside": "yellow", "blocked": "red"}
MAX_PLACES_SHOWN = 3
"""Matches of one kind that are shown in full; the rest is counted."""
_ID = re.compile(r"[A-Za-z0-9][\w.:#/@?=&%+-]*", re.ASCII)
_STORED_ID = re.compile(r"[0-9a-f]{4,16}")
"""The beginning of the id of a stored story, which is hardly ever a headline."""


@click.command()
@click.argument("story")
@click.argument("folder", required=False, type=EXISTING_FOLDER)
@STORIES_OPTION
@READINGS_OPTION
@click.option("--commitment", default="", help="Show only this commitment.")
@click.option("--json", "as_json", is_flag=True, help="Print all facts as one JSON object.")
def explain(
    story: str, folder: Path | None, stories: Path | None, readings: Path | None, commitment: str, *, as_json: bool
) -> None:
    """Explain what the rules of FOLDER find in STORY: for each commitment its words, acts, hedges, exclusions and
    signal.

    For a stored story, or with --readings, it also shows the readings of models and people, and their differences
    from the rules.

    STORY is a headline, the beginning of an id in `inbox list`, a JSON line, or - for standard input.
    """
    given = find_story(story, stories)
    rulebook = load_rulebook(folder or (settings_of().monitor.rules if given.stored else rules_folder(None)))
    if commitment:
        commitment = named_commitment(rulebook.commitments, commitment, "--commitment")
    recorded = read_recorded(readings, rulebook)
    own = recorded.of_line(given.story.id) if recorded else given.readings
    explanation = explain_story(given.story, rulebook, commitment, own)
    echo_lines(as_json=as_json, values=[asdict(explanation)], text=explanation_lines(explanation))


# ---------------------------------------------------------------- the story


class GivenStory(NamedTuple):
    """The story of an argument. `stored`: whether it is in the database, with the readings of its text."""

    story: Story
    readings: tuple[Reading, ...] = ()
    stored: bool = False


def find_story(text: str, stories: Path | None) -> GivenStory:
    """The story of the argument STORY: a headline, an id, a JSON line, or - for standard input.

    An id is looked up in the file `stories`, else in the database. Raises BadParameter if there is no such story.
    """
    text = sys.stdin.readline() if text == "-" else text
    if text.lstrip().startswith("{"):
        try:
            fields = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise click.BadParameter(f"STORY is no JSON object: {error}", param_hint="STORY") from None
    elif stories is not None:
        fields = _line_with_id(stories, text)
    else:
        if _ID.fullmatch(text):
            stored = stored_story(text)
            if stored is not None:
                return stored
            click.echo(f"no stored story has the id {text!r}; it is read as a headline", err=True)
        fields = {"title": text}
    fields = {name: value for name, value in fields.items() if value}
    if not str(fields.get("title", "")).strip():
        raise click.BadParameter("a story needs a title", param_hint="STORY")
    fields.setdefault("id", "given")
    fields.setdefault("lang", language_of(f"{fields['title']} {fields.get('summary', '')}"))
    fields["published"] = str(fields.get("published") or datetime.now(UTC).isoformat())
    return GivenStory(line_as_story(as_entry(fields, 1, "STORY")))


def stored_story(name: str) -> GivenStory | None:
    """The stored story whose id begins so, with the readings of its text, oldest first; None if there is none.

    Raises BadParameter if there are several.
    """
    from monitor.cli.inbox_commands import story_beginning
    from monitor.runtime.session import open_database
    from monitor.store import reading_store, stories

    if not _STORED_ID.fullmatch(name):
        return None
    with closing(open_database(settings_of())) as store, store.read() as conn:
        if not stories.beginning_with(conn, name, limit=1):
            return None
        story = story_beginning(store, name)
        return GivenStory(story, reading_store.of_text(conn, story.revision), stored=True)


def _line_with_id(path: Path, story_id: str) -> dict[str, Any]:
    """The story of a file with this id. Only lines with the id are parsed. Raises BadParameter if there is none."""
    for number, line in numbered_lines(path):
        if story_id in line and (story := read_story(line, number, str(path)))["id"] == story_id:
            return dict(story)
    raise click.BadParameter(f"no story of {path} has the id {story_id!r}", param_hint="STORY")


# ---------------------------------------------------------------- text


def explanation_lines(explanation: Explanation) -> Iterator[str]:
    """The explanation as text of 80 columns."""
    story, publisher, speakers = explanation.story, explanation.story["publisher"], explanation.speakers
    yield from (click.style(line, bold=True) for line in wrapped(story["title"]))
    tier_and_side = ", ".join(filter(None, (publisher["tier"], publisher["side"])))
    facts = [
        f"{publisher['name']} ({tier_and_side})" if publisher["name"] else "no source named",
        story["published"][:10],
        story["lang"],
        f"document: {explanation.document}" if explanation.document else "",
        f"title of kind {explanation.title_frame!r}" if explanation.title_frame else "",
    ]
    if speakers:
        rest = " …" if len(speakers) > MAX_PLACES_SHOWN else ""
        facts.append(f"speakers: {', '.join(speakers[:MAX_PLACES_SHOWN])}{rest}")
    yield from wrapped(" · ".join(filter(None, facts)), 2)
    if publisher["provenance"]:
        yield from wrapped(f"publisher {publisher['provenance']}", 2)
    for cut in story["cut"]:
        yield from wrapped(cut, 2)
    for commitment in explanation.commitments:
        yield ""
        yield from _commitment_lines(commitment)
    if not explanation.commitments:
        yield from ("", "about no commitment")
    if explanation.missed and not any(commitment.effect for commitment in explanation.commitments):
        yield from ("", "near misses, with the missing part")
        for near in explanation.missed:
            yield from _near_miss_lines(near)
    if explanation.readers:
        yield ""
        readers = explanation.readers
        yield click.style("readings", bold=True) + f"  reader: {readers.mode}"
        for reading in readers.readings:
            yield from _reading_lines(reading)
        yield click.style("together", bold=True) + ("" if readers.signals else "  no signal")
        for signal in readers.signals:
            yield from wrapped(f"{signal.commitment}: {signal.effect}, says {signal.says}", 2)
            yield from wrapped(signal.who, LABEL_INDENT)
            yield from wrapped(f"“{signal.quote}”", LABEL_INDENT)


def _commitment_lines(fact: CommitmentFact) -> Iterator[str]:
    rule = f"  by {fact.signal.rule}" if fact.signal else ""
    yield click.style(f"{fact.commitment}: {fact.effect or 'not about it'}", bold=True) + rule
    if fact.blocked:
        yield from wrapped(f"excluded: {fact.blocked}", 2)
    yield "  about"
    for hit in fact.about[:MAX_PLACES_SHOWN]:
        yield from _labelled(hit.at.field, hit.at.marked)
        yield from wrapped(f"by {shortened_pattern(hit.pattern)}", LABEL_INDENT)
        yield from wrapped(f"blocked: {hit.blocked}" if hit.blocked else "", LABEL_INDENT)
    if len(fact.about) > MAX_PLACES_SHOWN:
        more = pluralised(len(fact.about) - MAX_PLACES_SHOWN, "more place")
        yield f"{' ' * LABEL_INDENT}and {more} (--json shows all)"
    # Matches of one act with the same effect and outcome are shown together; won and lost count as one outcome.
    alike: dict[tuple[str, ...], list[ActFact]] = {}
    for act in fact.acts:
        reason = "" if act.outcome in ("won", "lost") else act.why
        alike.setdefault((act.rule, act.effect, reason), []).append(act)
    if fact.acts:
        yield "  acts"
    for first, *others in alike.values():
        yield from _act_lines(first)
        if others:
            yield f"{' ' * LABEL_INDENT}and {len(others)} more of the same act"
    if fact.signal:
        yield "  signal"
        yield from _signal_lines(fact.signal)
    if fact.near:
        yield "  near misses"
    for near in fact.near[:MAX_PLACES_SHOWN]:
        yield from _near_miss_lines(near)


def _act_lines(act: ActFact) -> Iterator[str]:
    why = f": {act.why}" if act.why else ""
    stage = ", experimental" if act.stage == "experimental" else ""
    heading = f"{act.rule} ({act.polarity}{stage}) {act.effect}{why}"
    yield from _labelled(act.outcome, heading, OUTCOME_COLOURS[act.outcome])
    yield from wrapped(act.at.marked, LABEL_INDENT)
    yield from _pattern_lines(act.pattern, act.roles)
    yield from wrapped(act.written, LABEL_INDENT)
    place = act.at.field + (f", turn of {act.speaker}" if act.speaker else "")
    place += ", main clause" if act.main else ", subordinate clause"
    if act.clause != act.at.marked.replace("«", "").replace("»", ""):
        place += f": {act.clause}" if len(act.clause) <= MAX_TEXT_SHOWN else f": {act.clause[:MAX_TEXT_SHOWN]}…"
    yield from wrapped(place, LABEL_INDENT)
    marks = "".join(f"; “{m.words}” ({m.mark.replace('_', ' ')}) {m.did}" for m in act.marks)
    yield from wrapped(f"head “{act.head}”{marks}", LABEL_INDENT)
    if act.turn != "plain":
        yield from wrapped(f"{act.turn}: {act.effect_plain} becomes {act.effect}", LABEL_INDENT)
    for condition in act.conditions:
        if condition.key in ("not", "unless", "frame"):
            result = ", excused" if condition.key == "not" and condition.holds else ""
        else:
            result = ", holds" if condition.holds else ", does not hold"
        saw = f"saw “{condition.found}”" if condition.found else "saw nothing"
        yield from wrapped(f"{condition.key} {shortened_pattern(condition.wanted)}: {saw}{result}", LABEL_INDENT)


def _signal_lines(signal: SignalFact) -> Iterator[str]:
    denied = ", denied" if signal.denied else ""
    yield from _labelled("act", f"{signal.effect}, by {signal.by}, modality {signal.modality}{denied}")
    yield from _labelled("word", f"says {signal.says}, origin {signal.origin or 'unknown'}, tier {signal.tier}")
    date = signal.date and ", ".join(
        filter(None, (str(signal.date["date"]), signal.date["precision"], signal.date["role"]))
    )
    amount = ""  # "8 to 10 Mt, booked, 2026, a count so far"
    if (quantity := signal.quantity) is not None:
        low, high = (None if bound is None else f"{bound:,.12g}" for bound in (quantity["low"], quantity["high"]))
        span = f"{low} or more" if high is None else f"{low} to {high}" if high != low else low
        kind = "a count so far" if quantity["reading"] else ""
        amount = ", ".join(filter(None, (f"{span} {quantity['unit']}", quantity["basis"], quantity["period"], kind)))
    captured = {
        "object": signal.object,
        "terms": signal.terms,
        "amount": amount,
        "date": date or "",
        "lasts": f"{signal.lasts_days:g} days" if signal.lasts_days else "",
    }
    for label, value in captured.items():
        yield from _labelled(label, value)
    yield from _labelled("quote", f"{signal.quote}  ({signal.field} {signal.start}-{signal.end})")
    for state in signal.states:
        when = f"outside the phase {state.phase}" if state.phase else f"under {' or '.join(state.under)}"
        yield from _labelled("status", f"{when} it means {state.effect}")


def _near_miss_lines(near: NearMissFact) -> Iterator[str]:
    subject = f"{near.rule} would give {near.effect}" if near.rule else f"{near.commitment}/about"
    wanted = f" ({', '.join(near.wanted)}, …)" if near.wanted and "{" in near.clause else ""
    yield from wrapped(f"{subject}: {shortened_pattern(near.detail)}{wanted}", 4)
    yield from wrapped(f"{near.at.field}: {near.at.marked}", LABEL_INDENT)
    yield from _pattern_lines(near.pattern, near.roles)


def _pattern_lines(pattern: str, roles: Iterable[RoleFact]) -> Iterator[str]:
    """A pattern, or a frame role by role, or `a + b` part by part, with the words of each."""
    lines = [
        f"{role.role} {shortened_pattern(role.pattern)}: {f'“{role.words}”' if role.words else 'missing'}".lstrip()
        for role in roles
    ]
    for line in lines or [f"by {shortened_pattern(pattern)}"]:
        yield from wrapped(line, LABEL_INDENT)


def _reading_lines(reading: ReadingFact) -> Iterator[str]:
    when = f", {datetime.fromisoformat(reading.at):%-d %b %Y %H:%M} UTC" if reading.at else ""
    yield from wrapped(f"{reading.who}{when}: {'counts' if reading.counts else 'moves nothing'}", 2)
    yield from _labelled("why", reading.why)
    for match in reading.matches:
        said = f"{match.commitment}: {match.effect}, says {match.says}: “{match.quote}”"
        yield from _labelled("refused" if match.refused else "reads", said, "red" if match.refused else "")
        yield from wrapped(match.refused, LABEL_INDENT)
    yield from _labelled("" if reading.matches else "reads", "" if reading.matches else "no commitment")
    for commitment, difference in reading.differs.items():
        yield from _labelled("differs", f"{commitment}: {difference}", "yellow")


def _labelled(label: str, text: str, colour: str = "") -> Iterator[str]:
    """The lines of a text after a label of at most eight letters; none for ''."""
    for number, line in enumerate(wrapped(text, LABEL_INDENT)):
        shown = f"    {label:<{LABEL_INDENT - 4}}" if number == 0 else " " * LABEL_INDENT
        yield (click.style(shown, fg=colour) if colour and number == 0 else shown) + line[LABEL_INDENT:]
