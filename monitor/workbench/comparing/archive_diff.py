"""Two rulebooks over an archive of stories: only what they can read otherwise is read by both.

1. Look for the words in which the rulebooks differ. A text without them is read the same by both, and so is one in which all
   that differs stands at the same places.
2. Take in the other texts, each with all that may become one story with it, and compare what is read.
3. Only where that differs, or the same signals could be decided otherwise, replay the commitments concerned.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cached_property
from typing import TypeVar

from monitor.domain.intake import ReadText
from monitor.domain.matching.document import Document
from monitor.domain.matching.match import match, trace
from monitor.domain.matching.rules import CompiledPattern, Rulebook
from monitor.domain.model import Entry, Signal, Story, Transition
from monitor.domain.text.spans import Match
from monitor.long_work import counted
from monitor.replay import LEAD_TIME, Replay, ReplayedChange, in_replay_order, line_as_story
from monitor.workbench.comparing.changed_words import ChangedWords, changed_words
from monitor.workbench.comparing.diff import (
    MatchedText,
    RecordingMatcher,
    StoryChange,
    VerdictDiff,
    story_changes,
    verdict_diff,
)
from monitor.workbench.comparing.one_report import ReportLinks
from monitor.workbench.comparing.rule_changes import affected_commitments, redecided_commitments, restricted_to

TextT = TypeVar("TextT", Entry, Story)


@dataclass(frozen=True, slots=True)
class ArchiveDiff:
    """What differs. `read`: the number of stories that could be read otherwise."""

    read: int
    changes: tuple[StoryChange, ...]
    verdicts: VerdictDiff


def archive_diff(before: Rulebook, after: Rulebook, entries: Sequence[Entry]) -> ArchiveDiff:
    """What two rulebooks read otherwise in an archive, and which changes only one of them would send."""
    names = affected_commitments(before, after)
    if not names or not entries:
        return ArchiveDiff(0, (), VerdictDiff())
    words = changed_words(before, after)
    touched = _numbers_of(entries, words.concern, "looking through")
    old, new = (restricted_to(rulebook, names) for rulebook in (before, after))
    archive, reads = _Archive(entries), _SharedReading(words)
    near = archive.with_linked([n for n in touched if _stands_otherwise(entries[n], words, old, new)])
    first, second = (_read_by(rulebook, near, names, reads) for rulebook in (old, new))
    changes = story_changes(first.found, second.found)
    if first.read == second.read and not redecided_commitments(old, new):
        return ArchiveDiff(len(touched), changes, VerdictDiff())
    # A text without changed words speaks of the same commitments in both rulebooks, so one of them is asked.
    speaking = _numbers_of(entries, lambda entry: _speaks_of_any(entry, old), "choosing")
    part = archive.with_linked({*touched, *speaking})
    told = [
        archive.told_by(rulebook, part, reads, names, f"deciding by the {what}")
        for rulebook, what in ((old, "old rules"), (new, "new rules"))
    ]
    return ArchiveDiff(len(touched), changes, verdict_diff(*told))


def texts_diff(before: Rulebook, after: Rulebook, stories: Sequence[Story]) -> tuple[int, tuple[StoryChange, ...]]:
    """How many stored stories two rulebooks could read otherwise, and what they do read otherwise."""
    names = affected_commitments(before, after)
    if not names:
        return 0, ()
    touched = [
        stories[number] for number in _numbers_of(stories, changed_words(before, after).concern, "looking through")
    ]
    found = []
    for rulebook in (restricted_to(rulebook, names) for rulebook in (before, after)):
        matcher = RecordingMatcher(names)
        for story in touched:
            matcher(story, rulebook)
        found.append({story_id: matched for (story_id, _), matched in matcher.found.items()})
    return len(touched), story_changes(*found)


def _numbers_of(texts: Sequence[TextT], wanted: Callable[[TextT], bool], step: str) -> list[int]:
    """The places of the texts that are wanted. step: what this is called while it goes on."""
    return [number for number, text in enumerate(counted(texts, step, len(texts), "stories")) if wanted(text)]


def _stands_otherwise(entry: Entry, words: ChangedWords, old: Rulebook, new: Rulebook) -> bool:
    """Whether the patterns that differ stand otherwise in an entry, or more than patterns differs. Where they stand alike, it
    is read alike, whenever it is dated and whatever story it joins."""
    if words.patterns is None:
        return True
    before, after = (Document(line_as_story(entry), rulebook) for rulebook in (old, new))
    return any(_places(before, first) != _places(after, second) for first, second in words.patterns)


def _places(document: Document, patterns: Sequence[CompiledPattern]) -> list[tuple[str, Match]]:
    return [(view.name, span) for view in document.views for _, span in document.matches(view, patterns)]


def _speaks_of_any(entry: Entry, rulebook: Rulebook) -> bool:
    """Whether an entry could give a signal, whenever it is dated and whatever story it joins."""
    return bool(trace(line_as_story(entry), rulebook))


@dataclass(frozen=True, slots=True)
class _Readings:
    """What one rulebook reads: the last signals of each text by the line that brought it, and all in the order of reading."""

    found: Mapping[str, MatchedText]
    read: Sequence[tuple[Signal, ...]]


def _read_by(rulebook: Rulebook, entries: Sequence[Entry], names: frozenset[str], read: ReadText) -> _Readings:
    """Takes entries in as the monitor would, and decides nothing."""
    matcher = RecordingMatcher(names, read)
    replay = Replay(rulebook, read=matcher)
    for item in in_replay_order(entries, rulebook):
        replay.take(item)
    found = {replay.line_of.get(key, key[0]): read for key, read in matcher.found.items()}
    return _Readings(found, matcher.read)


@dataclass
class _Archive:
    """Stories in the order of their file, and which of them may become one."""

    entries: Sequence[Entry]

    @cached_property
    def _links(self) -> ReportLinks:
        return ReportLinks(self.entries)

    def with_linked(self, numbers: Collection[int]) -> list[Entry]:
        """These entries, and all that may become one story with one of them."""
        return [self.entries[number] for number in self._links.connected(numbers)] if numbers else []

    def told_by(
        self, rulebook: Rulebook, part: Sequence[Entry], read: ReadText, names: frozenset[str], step: str
    ) -> list[Transition]:
        """The changes of these commitments that would be sent, if the monitor ran over the whole archive and read this part."""
        whole = in_replay_order(self.entries, rulebook)
        replay = Replay(rulebook, read=read)
        replay.begin(whole[0].at - LEAD_TIME)
        told = list[ReplayedChange]()
        for item in counted(in_replay_order(part, rulebook), step, len(part), "stories"):
            told += replay.until(item.at)
            replay.take(item)
        told += replay.until(whole[-1].at + timedelta(seconds=rulebook.policy.settle_seconds + 1))
        return [change.transition for change in told if change.transition.commitment in names]


@dataclass
class _SharedReading:
    """Reads each text once: for both rulebooks where they read it alike, else once for each."""

    words: ChangedWords
    _known: dict[tuple[Story, str], tuple[Signal, ...]] = field(default_factory=dict)
    """By text and version of the rulebook, which is '' for both."""

    def __call__(self, story: Story, rulebook: Rulebook) -> tuple[Signal, ...]:
        key = story, rulebook.version if self.words.concern(story) else ""
        if key not in self._known:
            self._known[key] = match(story, rulebook)
        rules = rulebook.rules
        return tuple(replace(signal, rule_version=rules[signal.rule].version) for signal in self._known[key])
