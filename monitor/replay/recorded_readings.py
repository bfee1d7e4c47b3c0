"""Recorded readings: a file of what a model has read, in place of a server. `match`, `replay` and `rules drift` take it."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from monitor.domain.matching.rules import Rulebook
from monitor.domain.model import Effect, Entry, ReaderKind, Reading, ReadMatch, Says, Signal, Story
from monitor.domain.model.readings import RECORDED, SUMMARY_READ, UNDATED
from monitor.domain.reading.join import RefusedMatch, join
from monitor.domain.stories.entry_keys import revision_hash
from monitor.errors import ReplayError

READING_LINE_FORMAT = '{"id", "matches": [{"commitment", "effect", "says", "quote"}]}'
"""The fields of a line of readings, as errors print them."""
_EFFECTS = frozenset(map(str, Effect))


@dataclass(slots=True)
class RecordedReadings:
    """The readings of a file, by the id of the story line they belong to, and by text once the line has come.

    A line without matches was read and concerns nothing; a story without a line was not read.
    """

    by_line: Mapping[str, Reading]
    by_text: dict[str, Reading] = field(default_factory=dict)
    refused: list[RefusedMatch] = field(default_factory=list)
    """The matches that could not count in what was joined so far."""
    unknown: Sequence[str] = ()
    """The matches of the file that name an effect or a speaker that there is not, each in words: they were left out."""

    def of_line(self, line: str) -> tuple[Reading, ...]:
        """The reading of a story line; empty if it was not read."""
        return (self.by_line[line],) if line in self.by_line else ()

    def joined(self, story: Story, rulebook: Rulebook, readings: Sequence[Reading]) -> tuple[Signal, ...]:
        """What rules and readings together find in a text; notes what is refused."""
        found = join(story, rulebook, readings)
        self.refused += found.refused
        return found.signals

    def reads(self, story: Story, rulebook: Rulebook) -> tuple[Signal, ...]:
        """What rules and readings together find in a text that has come."""
        return self.joined(story, rulebook, self.of_text(story))

    def meet(self, line: str, entry: Entry) -> None:
        """Note the text of a line that comes. Of several lines with one text the first that was read counts."""
        if line in self.by_line:
            self.by_text.setdefault(revision_hash(entry.title, entry.summary), self.by_line[line])

    def of_text(self, story: Story) -> tuple[Reading, ...]:
        """The reading of a text that has come; empty if it was not read."""
        return (self.by_text[story.revision],) if story.revision in self.by_text else ()


def recorded_readings(lines: Iterable[tuple[int, str]], path: str, speakers: Collection[str]) -> RecordedReadings:
    """Numbered lines as readings; the last of several lines of one story counts. A match with an unknown effect or speaker is left
    out, as it is of a model's answer. speakers: those that are known. Raises ReplayError, which names file and line."""
    found: dict[str, Reading] = {}
    unknown: list[str] = []
    for number, line in lines:
        try:
            row = json.loads(line)
            if not isinstance(row, dict):
                raise TypeError("it is no JSON object")
            found[row["id"]] = _reading(row, speakers, unknown)
        except (ValueError, RecursionError, KeyError, TypeError) as error:
            why = f"{error} is missing" if isinstance(error, KeyError) else error
            problem = f"{path}:{number}: no reading: {why}; a line is {READING_LINE_FORMAT}"
            raise ReplayError(problem, subject=path) from error
    return RecordedReadings(found, unknown=unknown)


def reading_line(line: str, reading: Reading) -> dict[str, Any]:
    """A reading of a story line as `deal-monitor model read` writes it, and `recorded_readings` reads it."""
    matches = [
        {"commitment": m.commitment, "effect": m.effect.value, "says": m.says.value, "quote": m.quote}
        for m in reading.matches
    ]
    parts: dict[str, Any] = {"id": line, "matches": matches, "model": reading.name, "question": reading.version}
    parts["summary_read"] = reading.summary_read
    return parts | {"unsure": list(reading.unsure)} if reading.unsure else parts


def _reading(row: Mapping[str, Any], speakers: Collection[str], unknown: list[str]) -> Reading:
    if not isinstance(row["id"], str):
        raise TypeError("the id is no text")
    if not isinstance(row["matches"], list):
        raise TypeError("matches is no list")
    matches, unsure = [], [str(commitment) for commitment in row.get("unsure", ())]
    for commitment, effect, says, quote in map(_texts, row["matches"]):
        if effect in _EFFECTS and says in speakers:
            matches.append(ReadMatch(commitment, Effect(effect), Says(says), quote))
        else:
            name = f"effect {effect!r}" if effect not in _EFFECTS else f"speaker {says!r}"
            unknown.append(f"{commitment} {effect} “{quote}”: there is no {name}")
            unsure.append(commitment)
    name, version = str(row.get("model", RECORDED)), str(row.get("question", ""))
    limit = int(row.get("summary_read", SUMMARY_READ))
    said = {match.commitment for match in matches}
    left = tuple(commitment for commitment in dict.fromkeys(unsure) if commitment not in said)
    return Reading("", ReaderKind.MODEL, name, version, UNDATED, tuple(matches), summary_read=limit, unsure=left)


def _texts(row: Mapping[str, Any]) -> list[str]:
    texts = [row[name] for name in ("commitment", "effect", "says", "quote")]
    if not all(isinstance(text, str) for text in texts):
        raise TypeError("commitment, effect, says and quote are texts")
    return texts
