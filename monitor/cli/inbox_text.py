"""Stories of the inbox with their readings, as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.common import fields_of
from monitor.cli.rules.story_text import WIDTH, display_width, shortened_pattern, wrapped
from monitor.domain.matching.explain_text import near_miss_text
from monitor.domain.reading.inbox import Doubt
from monitor.domain.text.plain import one_line

if TYPE_CHECKING:
    from monitor.domain.model import ReadMatch
    from monitor.domain.reading.inbox import InboxItem

INDENT = 6
LABEL_INDENT = 13
"""Columns at which the title and the labelled texts begin."""
TITLE_LENGTH, QUOTE_LENGTH, SUMMARY_LENGTH = 240, 120, 420
"""Characters shown, enough to judge a report. Estimates."""
DOUBT_TEXT = {
    Doubt.DIFFER: "rules and model differ",
    Doubt.CONFLICT: "acts of the rules disagree",
    Doubt.NEAR_MISS: "an act almost matches",
    Doubt.WEAK: "weak acts only",
    Doubt.ABOUT: "on topic, no act",
    Doubt.SILENT: "nothing found",
}


def item_lines(item: InboxItem, short_id: str, *, summary: bool = False) -> Iterator[str]:
    """A story of the inbox: id, day, outlet, reason; title; readings. summary: also its first lines."""
    why = DOUBT_TEXT[item.doubt]
    if item.doubt is Doubt.SILENT and item.reading is None:
        why = "not read by the model"
    label = f"{short_id}  {item.story.published_at:%-d %b}  "
    outlet, room = one_line(item.story.source, 60), WIDTH - len(label) - len(why) - 2
    if display_width(outlet) > room:
        while outlet and display_width(outlet) > room - 1:
            outlet = outlet[:-1]
        outlet += "…"
    padding = " " * (room - display_width(outlet) + 2)
    yield click.style(label, bold=True) + outlet + padding + click.style(why, dim=True)
    yield from wrapped(one_line(item.story.title, TITLE_LENGTH), INDENT)
    if summary and item.story.summary:
        yield from wrapped(one_line(item.story.summary, SUMMARY_LENGTH), INDENT)
    yield from labelled("rules", [f"{signal.rule}: {signal.effect}" for signal in item.rules] or ["nothing"])
    if item.reading is not None:
        yield from labelled("model", match_texts(item.reading.matches))
    for act in item.conflict:
        yield from labelled("act", [f"{act.rule}: {act.effect}"])
    if item.near_miss is not None:
        near = item.near_miss
        missing = one_line(shortened_pattern(near_miss_text(near)), QUOTE_LENGTH)
        yield from labelled("nearly", [f"{near.rule}: {near.effect}; {missing}"])


def match_texts(matches: Sequence[ReadMatch]) -> list[str]:
    """A reading, one text per commitment: "soybean-purchases: pledge “words”"."""
    return [
        f"{m.commitment}: {m.effect}" + (f" “{one_line(m.quote, QUOTE_LENGTH)}”" if m.quote else "") for m in matches
    ] or ["about no commitment"]


def labelled(label: str, texts: Sequence[str]) -> Iterator[str]:
    """Texts behind one label, each on lines of its own."""
    for number, text in enumerate(texts):
        first, *others = wrapped(text, LABEL_INDENT)
        yield (" " * INDENT + (label if number == 0 else "")).ljust(LABEL_INDENT) + first.lstrip()
        yield from others


def item_values(item: InboxItem, short_id: str) -> dict[str, Any]:
    """A story of the inbox as JSON. model, near_miss: None if there is none."""
    near, reading = item.near_miss, item.reading
    model = None
    if reading is not None:
        matches = [match_values(match) for match in reading.matches]
        model = {**fields_of(reading, "name", "version", "at"), "matches": matches}
    return {
        "id": short_id,
        "story": item.story.id,
        "published": item.story.published_at,
        **fields_of(item.story, "source", "title", "url"),
        "why": item.doubt,
        "rules": [fields_of(signal, "commitment", "rule", "effect", "quote") for signal in item.rules],
        "model": model,
        "conflict": [fields_of(act, "rule", "effect") for act in item.conflict],
        "near_miss": {**fields_of(near, "rule", "effect"), "lacks": near_miss_text(near)} if near else None,
    }


def match_values(match: ReadMatch) -> dict[str, Any]:
    return fields_of(match, "commitment", "effect", "says", "quote")
