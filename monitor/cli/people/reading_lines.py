"""A story and what rules, model and people read in it, for a terminal and as JSON."""

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
    from monitor.domain.model import Reading, ReadMatch, Signal, Story
    from monitor.domain.reading.inbox import InboxItem

INDENT = 6
LABEL_INDENT = 13
"""Columns in which the title and the texts behind labels begin."""
TITLE_LENGTH, QUOTE_LENGTH, SUMMARY_LENGTH = 240, 120, 420
"""Letters shown: as much as tells what a report says. Estimates."""
WHY = {
    Doubt.DIFFER: "rules and model differ",
    Doubt.CONFLICT: "acts of the rules disagree",
    Doubt.NEAR_MISS: "an act nearly stands",
    Doubt.WEAK: "weak acts only",
    Doubt.ABOUT: "about it, no act",
    Doubt.SILENT: "nobody finds anything",
}


def item_lines(item: InboxItem, name: str, *, summary: bool = False) -> Iterator[str]:
    """One story of the inbox: what to type for it, day, outlet and why it is listed, the title, who reads what.

    summary: with the beginning of its summary.
    """
    why = WHY[item.doubt]
    if item.doubt is Doubt.SILENT and item.reading is None:
        why = "no model has read it"
    head = f"{name}  {item.story.published_at:%-d %b}  "
    room = WIDTH - len(head) - len(why) - 2
    outlet = cut_to_width(one_line(item.story.source, 60), room)
    yield click.style(head, bold=True) + outlet + " " * (room - display_width(outlet) + 2) + click.style(why, dim=True)
    yield from wrapped(one_line(item.story.title, TITLE_LENGTH), INDENT)
    if summary and item.story.summary:
        yield from wrapped(one_line(item.story.summary, SUMMARY_LENGTH), INDENT)
    yield from labelled("rules", rule_parts(item.rules) or ["nothing"])
    if item.reading is not None:
        yield from labelled("model", match_parts(item.reading.matches) or ["about no commitment"])
    for act in item.conflict:
        yield from labelled("act", [f"{act.rule}: {act.effect}"])
    if item.near_miss is not None:
        near = item.near_miss
        lacks = shortened_pattern(near_miss_text(near))
        yield from labelled("nearly", [f"{near.rule}: {near.effect}; {one_line(lacks, QUOTE_LENGTH)}"])


def rule_parts(signals: Sequence[Signal]) -> list[str]:
    """What the rules read: "soybean-purchases/bought: progress", an item each."""
    return [f"{signal.rule}: {signal.effect}" for signal in signals]


def match_parts(matches: Sequence[ReadMatch]) -> list[str]:
    """What a reader reads: "soybean-purchases: pledge “words”", an item each."""
    return [
        f"{m.commitment}: {m.effect}" + (f" “{one_line(m.quote, QUOTE_LENGTH)}”" if m.quote else "") for m in matches
    ]


def labelled(label: str, parts: Sequence[str]) -> Iterator[str]:
    """Texts behind one label, each in lines of its own."""
    for number, part in enumerate(parts):
        lines = wrapped(part, LABEL_INDENT)
        first = next(lines)
        yield (" " * INDENT + (label if number == 0 else "")).ljust(LABEL_INDENT) + first.lstrip()
        yield from lines


def cut_to_width(text: str, columns: int) -> str:
    """At most so many columns of a text; a Chinese character fills two."""
    if display_width(text) <= columns:
        return text
    while text and display_width(text) > columns - 1:
        text = text[:-1]
    return f"{text}…"


def item_values(item: InboxItem, name: str) -> dict[str, Any]:
    """One story of the inbox as JSON. model: None where none has read it; near_miss: None where nothing came near."""
    near = item.near_miss
    return {
        "id": name,
        "story": item.story.id,
        "published": item.story.published_at,
        **fields_of(item.story, "source", "title", "url"),
        "why": item.doubt,
        "rules": [fields_of(signal, "commitment", "rule", "effect", "quote") for signal in item.rules],
        "model": reading_values(item.reading) if item.reading else None,
        "conflict": [fields_of(act, "rule", "effect") for act in item.conflict],
        "near_miss": {**fields_of(near, "rule", "effect"), "lacks": near_miss_text(near)} if near else None,
    }


def reading_values(reading: Reading) -> dict[str, Any]:
    """A reading as JSON."""
    return {**fields_of(reading, "name", "version", "at"), "matches": [match_values(m) for m in reading.matches]}


def match_values(match: ReadMatch) -> dict[str, Any]:
    """What is read of one commitment, as JSON."""
    return fields_of(match, "commitment", "effect", "says", "quote")


def story_head(story: Story) -> str:
    """A story in a line: “title” (outlet, day)."""
    return f"“{one_line(story.title, 100)}” ({one_line(story.source, 40)}, {story.published_at:%-d %b %Y})"
