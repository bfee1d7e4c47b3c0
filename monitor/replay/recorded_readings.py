"""Recorded readings: a file of a model's readings, used instead of a server."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from monitor.domain.matching.rules import Rulebook
from monitor.domain.matching.signal_builder import signal_id
from monitor.domain.model import Effect, Entry, ReaderKind, Reading, ReadMatch, Says, Signal, Story
from monitor.domain.model.news import RECORDED, SUMMARY_READ, UNDATED
from monitor.domain.reading.join import RefusedMatch, join
from monitor.domain.reading.question import speakers
from monitor.domain.stories.entry_keys import revision_hash
from monitor.errors import ReplayError
from monitor.replay.story_lines import numbered_lines

READING_LINE_FORMAT = '{"id", "matches": [{"commitment", "effect", "says", "quote"}]}'
"""The fields of a line of readings, as errors print them."""
_EFFECTS = frozenset(map(str, Effect))


@dataclass(slots=True)
class RecordedReadings:
    """The readings of a file, by the id of their story line, and by text once that line has arrived. A line without
    matches was read and concerns no commitment; a story without a line was not read. refused: unusable matches.
    unknown: matches of the file with an unknown effect or speaker, each described; they were left out. found: the
    signals of texts that were matched before, by `text_key`."""

    by_line: Mapping[str, Reading]
    by_text: dict[str, Reading] = field(default_factory=dict)
    refused: list[RefusedMatch] = field(default_factory=list)
    unknown: Sequence[str] = ()
    found: Mapping[str, Sequence[Signal]] = field(default_factory=dict)

    def of_line(self, line: str) -> tuple[Reading, ...]:
        """The reading of a story line; empty if it was not read."""
        return (self.by_line[line],) if line in self.by_line else ()

    def joined(self, story: Story, rulebook: Rulebook, readings: Sequence[Reading]) -> tuple[Signal, ...]:
        """The signals of rules and readings together in a text. Collects refused matches of one not matched before."""
        before = self.found.get(text_key(story, readings)) if self.found else None
        if before is not None:
            return tuple(_of_story(signal, story) for signal in before)
        joined = join(story, rulebook, readings)
        self.refused += joined.refused
        return joined.signals

    def read(self, story: Story, rulebook: Rulebook) -> tuple[Signal, ...]:
        """The signals of rules and readings together in a text that has arrived."""
        readings = (self.by_text[story.revision],) if story.revision in self.by_text else ()
        return self.joined(story, rulebook, readings)

    def arrive(self, line: str, entry: Entry) -> None:
        """Record the text of an arriving line. If several lines have one text, the first line with a reading counts."""
        if line in self.by_line:
            self.by_text.setdefault(revision_hash(entry.title, entry.summary), self.by_line[line])


def text_key(story: Story, readings: Sequence[Reading]) -> str:
    """A hash of all that the signals of a text depend on besides the rules; only their labels depend on the story."""
    parts = (story.title, story.summary, story.source, story.url, story.lang, story.published_at, story.date_only)
    return hashlib.blake2b(repr((parts, readings)).encode(), digest_size=16).hexdigest()


def _of_story(signal: Signal, story: Story) -> Signal:
    """A signal of the same text in another story."""
    name = signal_id(story, signal.commitment, signal.rule)
    return replace(signal, id=name, story=story.id, revision=story.revision, seen_at=story.seen_at)


def read_recorded(path: Path | None, rulebook: Rulebook) -> RecordedReadings | None:
    """The readings of a file, None without a file; the last line of a story counts. A match with an unknown effect or
    speaker is left out. Raises ReplayError with the first unusable line."""
    if path is None:
        return None
    known = speakers(rulebook)
    found: dict[str, Reading] = {}
    unknown: list[str] = []
    for number, line in numbered_lines(path):
        try:
            row = json.loads(line)
            if not isinstance(row, dict):
                raise TypeError("it is not a JSON object")
            found[row["id"]] = _reading(row, known, unknown)
        except (ValueError, RecursionError, KeyError, TypeError) as error:
            why = f"{error} is missing" if isinstance(error, KeyError) else error
            problem = f"{path}:{number}: not a reading: {why}; a line is {READING_LINE_FORMAT}"
            raise ReplayError(problem, subject=str(path)) from error
    return RecordedReadings(found, unknown=unknown)


def reading_line(line: str, reading: Reading) -> dict[str, Any]:
    """A reading of a story line as `deal-monitor model read` writes it, and `read_recorded` reads it."""
    matches = [
        {"commitment": m.commitment, "effect": m.effect.value, "says": m.says.value, "quote": m.quote}
        for m in reading.matches
    ]
    parts: dict[str, Any] = {"id": line, "matches": matches, "model": reading.name, "question": reading.version}
    parts |= {"summary_read": reading.summary_read, "deals": list(reading.deals)}
    more = {"unsure": list(reading.unsure), "refused": reading.refused}
    return parts | {name: value for name, value in more.items() if value}


def _reading(row: Mapping[str, Any], speakers: Collection[str], unknown: list[str]) -> Reading:
    if not isinstance(row["id"], str):
        raise TypeError("the id is not text")
    if not isinstance(row["matches"], list):
        raise TypeError("matches is not a list")
    matches, unsure = [], [str(commitment) for commitment in row.get("unsure", ())]
    deals = tuple(str(deal) for deal in row.get("deals", ()))
    for match in row["matches"]:
        commitment, effect, says, quote = texts = [match[name] for name in ("commitment", "effect", "says", "quote")]
        if not all(isinstance(text, str) for text in texts):
            raise TypeError("commitment, effect, says and quote must be text")
        if effect in _EFFECTS and says in speakers:
            matches.append(ReadMatch(commitment, Effect(effect), Says(says), quote))
        else:
            name = f"effect {effect!r}" if effect not in _EFFECTS else f"speaker {says!r}"
            unknown.append(f"{commitment} {effect} “{quote}”: unknown {name}")
            unsure.append(commitment)
    name, version = str(row.get("model", RECORDED)), str(row.get("question", ""))
    limit = int(row.get("summary_read", SUMMARY_READ))
    said = {match.commitment for match in matches}
    left = tuple(commitment for commitment in dict.fromkeys(unsure) if commitment not in said)
    read = Reading("", ReaderKind.MODEL, name, version, UNDATED, tuple(matches), deals=deals)
    return replace(read, summary_read=limit, unsure=left, refused=int(row.get("refused", 0)))
