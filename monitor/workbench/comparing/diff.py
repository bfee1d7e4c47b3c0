"""Two rulebooks over the same stories: what each reads otherwise, and what follows for the verdicts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from operator import attrgetter
from typing import Any, Literal

from monitor.domain.matching.match import match
from monitor.domain.matching.rules import Rulebook
from monitor.domain.model import Entry, Signal, Story, Transition
from monitor.domain.model.notation import notation
from monitor.replay import Replay
from monitor.workbench.comparing.rule_changes import restricted_to

ChangeType = Literal["new match", "lost", "effect changed", "facts changed", "only the rule or quote"]
CHANGE_TYPES: tuple[ChangeType, ...] = (
    "new match",
    "lost",
    "effect changed",
    "facts changed",
    "only the rule or quote",
)
"""What may become of one story for one commitment, the weightiest first."""

WORDING_FIELDS = frozenset({"id", "rule", "rule_version", "quote", "field", "start", "end"})
"""What two signals may differ in and still say the same."""
ORIGIN_FIELDS = frozenset({"story", "revision", "seen_at"})


@dataclass(frozen=True, slots=True)
class MatchedText:
    """One text and what the rules found in it, by commitment."""

    story: Story
    signals: Mapping[str, Signal]


@dataclass(slots=True)
class RecordingMatcher:
    """Reads texts as `match` does, and keeps what it found of some commitments, by story and text."""

    wanted: frozenset[str]
    progress: Callable[[int], None] = lambda _: None
    found: dict[tuple[str, str], MatchedText] = field(default_factory=dict)
    count: int = 0

    def __call__(self, story: Story, rulebook: Rulebook) -> tuple[Signal, ...]:
        self.count += 1
        self.progress(self.count)
        signals = match(story, rulebook)
        kept = {signal.commitment: signal for signal in signals if signal.commitment in self.wanted}
        if kept:
            self.found[story.id, story.revision] = MatchedText(story, kept)
        return signals


@dataclass(frozen=True, slots=True)
class StoryChange:
    """What became of one story for one commitment. `facts`: the names of what else differs between the two signals."""

    commitment: str
    how: ChangeType
    id: str
    story: Story
    old: Signal | None
    new: Signal | None
    facts: tuple[str, ...] = ()


def story_changes(old: Mapping[str, MatchedText], new: Mapping[str, MatchedText]) -> tuple[StoryChange, ...]:
    """What two rulebooks read otherwise, the newest story first. Both by the id under which a story is shown."""
    found = (
        change
        for name in old.keys() | new.keys()
        for change in _changes_of(name, old.get(name), new.get(name))
    )  # fmt: skip
    return tuple(sorted(found, key=lambda c: (c.story.published_at, c.id, c.commitment), reverse=True))


def _changes_of(name: str, old: MatchedText | None, new: MatchedText | None) -> Iterator[StoryChange]:
    shown = new or old
    assert shown is not None
    before, after = old.signals if old else {}, new.signals if new else {}
    for commitment in before.keys() | after.keys():
        change = _change(commitment, name, shown.story, before.get(commitment), after.get(commitment))
        if change is not None:
            yield change


def _change(commitment: str, name: str, story: Story, old: Signal | None, new: Signal | None) -> StoryChange | None:
    if old is None or new is None:
        return StoryChange(commitment, "lost" if new is None else "new match", name, story, old, new)
    differing = {one.name for one in fields(Signal) if getattr(old, one.name) != getattr(new, one.name)} - ORIGIN_FIELDS
    facts = tuple(sorted(differing - WORDING_FIELDS - {"effect"}))
    if "effect" in differing:
        return StoryChange(commitment, "effect changed", name, story, old, new, facts)
    if facts:
        return StoryChange(commitment, "facts changed", name, story, old, new, facts)
    if differing - {"rule_version"}:
        return StoryChange(commitment, "only the rule or quote", name, story, old, new)
    return None


def counts_by_type(changes: Iterable[StoryChange]) -> dict[str, dict[ChangeType, int]]:
    """How many stories changed how, by commitment."""
    counts: dict[str, dict[ChangeType, int]] = {}
    for change in sorted(changes, key=attrgetter("commitment")):
        of = counts.setdefault(change.commitment, dict.fromkeys(CHANGE_TYPES, 0))
        of[change.how] += 1
    return counts


# ---------------------------------------------------------------- verdicts


@dataclass(frozen=True, slots=True)
class ReplayOutcome:
    """One rulebook over dated stories: what it read by line id, and the changes that it would have told, in order."""

    stories: int
    found: Mapping[str, MatchedText]
    told: tuple[Transition, ...]


def replay_outcome(
    rulebook: Rulebook, entries: Iterable[Entry], names: frozenset[str], progress: Callable[[int], None]
) -> ReplayOutcome:
    """Stories through the whole verdict of these commitments."""
    reader = RecordingMatcher(names, progress)
    replay = Replay(restricted_to(rulebook, names), reads=reader)
    told = tuple(told.transition for told in replay.run(entries) if told.transition.commitment in names)
    lines = {replay.names.get(key, key[0]): read for key, read in reader.found.items()}
    return ReplayOutcome(reader.count, lines, told)


@dataclass(frozen=True, slots=True)
class VerdictDiff:
    """The changes that only one of two rulebooks tells, oldest first; moved: told by both, at another time."""

    only_old: tuple[Transition, ...] = ()
    only_new: tuple[Transition, ...] = ()
    moved: tuple[tuple[Transition, Transition], ...] = ()

    @property
    def differ(self) -> bool:
        return bool(self.only_old or self.only_new or self.moved)


def verdict_diff(old: Iterable[Transition], new: Iterable[Transition]) -> VerdictDiff:
    """What two rulebooks tell of the same stories otherwise. The same change at the same time is no difference, whatever
    evidence it names."""
    before, after = _by_change(old), _by_change(new)
    found: list[VerdictDiff] = []
    for what in before.keys() | after.keys():
        first, second = before.get(what, {}), after.get(what, {})
        gone = [first[at] for at in sorted(first.keys() - second.keys())]
        come = [second[at] for at in sorted(second.keys() - first.keys())]
        both = min(len(gone), len(come))
        found.append(VerdictDiff(tuple(gone[both:]), tuple(come[both:]), tuple(zip(gone, come, strict=False))))
    return VerdictDiff(
        tuple(sorted((t for one in found for t in one.only_old), key=_order)),
        tuple(sorted((t for one in found for t in one.only_new), key=_order)),
        tuple(sorted((pair for one in found for pair in one.moved), key=lambda pair: _order(pair[0]))),
    )


def _by_change(changes: Iterable[Transition]) -> dict[tuple[Any, ...], dict[datetime, Transition]]:
    """What changed -> when -> the change."""
    found: dict[tuple[Any, ...], dict[datetime, Transition]] = {}
    for one in changes:
        flags = tuple(sorted(flag.kind for flag in one.flags))
        found.setdefault((one.commitment, one.kind, notation(one.change), flags), {})[one.at] = one
    return found


def _order(change: Transition) -> tuple[datetime, str, str]:
    return change.at, change.commitment, change.id
