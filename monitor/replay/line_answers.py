"""What the rules and recorded readings find in one story line. It depends on that line alone, so that any number of
processes and machines gives the same answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from operator import attrgetter
from typing import TypeAlias

from monitor.domain.matching.match import match
from monitor.domain.matching.rules import Rulebook, is_outside
from monitor.domain.messages.who_read import rule_or_readers
from monitor.domain.model import By, Says, Signal, Story
from monitor.domain.model.sides import as_written
from monitor.domain.text.plain import json_line
from monitor.replay.recorded_readings import RecordedReadings
from monitor.replay.story_lines import as_entry, line_as_story, read_story

SIGNAL_FIELDS = ("effect", "by", "says", "rule", "quote")
"""Fields of a signal in JSON, after its commitment."""
LineAnswer: TypeAlias = Callable[[str, Rulebook, RecordedReadings | None, int, str], str]
"""The answer to a line, as whole lines of text; '' for none. The number and the path are those that errors name."""


def match_line(
    line: str, rulebook: Rulebook, recorded: RecordedReadings | None = None, number: int = 1, path: str = "stories"
) -> str:
    """The line of `deal-monitor match --json` for a story line. Raises ReplayError if it is no story."""
    given, _, signals = _matched(line, rulebook, recorded, number, path)
    matches = [{name: attrgetter(name)(signal) for name in ("commitment", *SIGNAL_FIELDS)} for signal in signals]
    return f"{json_line({'id': given, 'matches': matches})}\n"


def match_text(line: str, rulebook: Rulebook, recorded: RecordedReadings | None, number: int, path: str) -> str:
    """The same for people: the title and a line for each signal; nothing for a story without a signal."""
    _, story, signals = _matched(line, rulebook, recorded, number, path)
    found = [f"  {s.commitment}: {s.effect}  says {s.says}  [{rule_or_readers(s)}]  “{s.quote}”\n" for s in signals]
    return "".join((f"{story.title}\n", *found)) if found else ""


def _matched(
    line: str, rulebook: Rulebook, recorded: RecordedReadings | None, number: int, path: str
) -> tuple[str, Story, list[Signal]]:
    """The id as written, the story, and its signals but those from outside the commitments, with the parties as rule
    files write them."""
    written = read_story(line, number, path)
    given, story = written["id"], line_as_story(as_entry(written, number, path))
    found = recorded.joined(story, rulebook, recorded.of_line(given)) if recorded else match(story, rulebook)
    return given, story, [as_in_rules(signal, rulebook) for signal in found if not is_outside(signal, rulebook)]


def as_in_rules(signal: Signal, rulebook: Rulebook) -> Signal:
    """The signal with `both` for the two parties of its deal."""
    parties = rulebook.commitments[signal.commitment].parties
    by, says = (as_written(word, parties) for word in (signal.by.value, signal.says.value))
    return replace(signal, by=By(by), says=Says(says))
