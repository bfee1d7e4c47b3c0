"""Two rulebooks over the same stories: what each reads otherwise, and what follows for the verdicts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from operator import attrgetter
from typing import Any, Literal, get_args

from monitor.domain.intake import ReadText
from monitor.domain.matching.match import match
from monitor.domain.matching.rules import Rulebook
from monitor.domain.model import Signal, Story, Transition
from monitor.domain.model.notation import notation

ChangeType = Literal["new match", "lost", "effect changed", "facts changed", "only the rule or quote"]
CHANGE_TYPES: tuple[ChangeType, ...] = get_args(ChangeType)
"""What may become of one story for one commitment, the most important first."""

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
    """Reads texts by `read_text`, and keeps the signals of the wanted commitments, by story and text.

    read: all signals of each text in the order of reading, without the versions of their rules.
    """

    wanted: frozenset[str]
    read_text: ReadText = match
    found: dict[tuple[str, str], MatchedText] = field(default_factory=dict)
    read: list[tuple[Signal, ...]] = field(default_factory=list)

    def __call__(self, story: Story, rulebook: Rulebook) -> tuple[Signal, ...]:
        signals = self.read_text(story, rulebook)
        self.read.append(tuple(replace(signal, rule_version="") for signal in signals))
        wanted = {signal.commitment: signal for signal in signals if signal.commitment in self.wanted}
        if wanted:
            self.found[story.id, story.revision] = MatchedText(story, wanted)
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
    changes = []
    for name in old.keys() | new.keys():
        story = (new.get(name) or old[name]).story
        before, after = (texts[name].signals if name in texts else {} for texts in (old, new))
        for commitment in before.keys() | after.keys():
            first, second = signals = (before.get(commitment), after.get(commitment))
            if first is None or second is None:
                how: ChangeType = "lost" if second is None else "new match"
                changes.append(StoryChange(commitment, how, name, story, *signals))
                continue
            # Signals that are the same but for a version and their origin are no change.
            names = [field.name for field in fields(Signal)]
            differing = {name for name in names if getattr(first, name) != getattr(second, name)} - ORIGIN_FIELDS
            facts = tuple(sorted(differing - WORDING_FIELDS - {"effect"}))
            how = "facts changed" if facts else "only the rule or quote"
            if "effect" in differing:
                how = "effect changed"
            if differing - {"rule_version"}:
                changes.append(StoryChange(commitment, how, name, story, *signals, facts))
    return tuple(sorted(changes, key=lambda c: (c.story.published_at, c.id, c.commitment), reverse=True))


def counts_by_type(changes: Iterable[StoryChange]) -> dict[str, dict[ChangeType, int]]:
    """The number of stories by commitment and type of change."""
    counts: dict[str, dict[ChangeType, int]] = {}
    for change in sorted(changes, key=attrgetter("commitment")):
        of = counts.setdefault(change.commitment, dict.fromkeys(CHANGE_TYPES, 0))
        of[change.how] += 1
    return counts


# ---------------------------------------------------------------- verdicts


@dataclass(frozen=True, slots=True)
class VerdictDiff:
    """The changes that only one of two rulebooks sends, oldest first; moved: sent by both, at another time."""

    only_old: tuple[Transition, ...] = ()
    only_new: tuple[Transition, ...] = ()
    moved: tuple[tuple[Transition, Transition], ...] = ()

    @property
    def differ(self) -> bool:
        return bool(self.only_old or self.only_new or self.moved)


_ORDER = attrgetter("at", "commitment", "id")


def verdict_diff(old: Iterable[Transition], new: Iterable[Transition]) -> VerdictDiff:
    """How the changes that two rulebooks send for the same stories differ. The same change at the same time is no
    difference, whatever evidence it names."""
    before, after = _by_change(old), _by_change(new)
    only_old, only_new, moved = list[Transition](), list[Transition](), list[tuple[Transition, Transition]]()
    for what in before.keys() | after.keys():
        first, second = before.get(what, {}), after.get(what, {})
        lost = [first[at] for at in sorted(first.keys() - second.keys())]
        added = [second[at] for at in sorted(second.keys() - first.keys())]
        both = min(len(lost), len(added))
        only_old += lost[both:]
        only_new += added[both:]
        moved += zip(lost, added, strict=False)
    moved.sort(key=lambda pair: _ORDER(pair[0]))
    return VerdictDiff(tuple(sorted(only_old, key=_ORDER)), tuple(sorted(only_new, key=_ORDER)), tuple(moved))


def _by_change(changes: Iterable[Transition]) -> dict[tuple[Any, ...], dict[datetime, Transition]]:
    """What changed -> when -> the change."""
    by_change: dict[tuple[Any, ...], dict[datetime, Transition]] = {}
    for change in changes:
        flags = tuple(sorted(flag.kind for flag in change.flags))
        key = (change.commitment, change.kind, notation(change.change), flags)
        by_change.setdefault(key, {})[change.at] = change
    return by_change
