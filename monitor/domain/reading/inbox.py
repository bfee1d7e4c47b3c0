"""The review inbox: stories near the deal without a reliable reading, why each is there, and in which order. A text is
settled if a person has read it, if model and rules agree on it, or if a firm act alone matches it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from monitor.domain.matching.document import Document
from monitor.domain.matching.match import MatchResult, trace
from monitor.domain.matching.near_misses import NearMiss, near_misses
from monitor.domain.matching.rules import Rulebook
from monitor.domain.model import Effect, ReaderKind, Reading, Signal, Story
from monitor.domain.reading.join import Difference, direction, join, reading_that_counts
from monitor.domain.reading.question import is_near


class Doubt(StrEnum):
    """Why a story has no reliable reading, the most serious first."""

    DIFFER = "differ"
    """Rules and model name different commitments or effects."""
    CONFLICT = "conflict"
    """Acts of the rules disagree on the direction, and no model has read it."""
    NEAR_MISS = "near_miss"
    """No act decides it, and one failed by a single clause."""
    WEAK = "weak"
    """Only weak acts match, and no model has read it."""
    ABOUT = "about"
    """The rules find its commitment but no act, and no model has read it."""
    UNREADABLE = "unreadable"
    """The model has failed on it, even alone."""
    SILENT = "silent"
    """Its words bring it near the deal, but neither rules nor model find a commitment."""


_WEIGHT = {doubt: number for number, doubt in enumerate(Doubt)}


@dataclass(frozen=True, slots=True)
class ActRead:
    """A matching act and its effect."""

    rule: str
    effect: Effect


@dataclass(frozen=True, slots=True)
class InboxItem:
    """A story for a person to read. rules: their signals, without experimental ones; reading: the model's; conflict:
    the acts that disagree; near_miss: the act that came nearest where none decides."""

    story: Story
    doubt: Doubt
    rules: tuple[Signal, ...] = ()
    reading: Reading | None = None
    differences: tuple[Difference, ...] = ()
    conflict: tuple[ActRead, ...] = ()
    near_miss: NearMiss | None = None

    @property
    def moves(self) -> bool:
        """Whether rules or model see more than a mention, so it may change a verdict."""
        effects = [signal.effect for signal in self.rules]
        effects += [match.effect for match in self.reading.matches] if self.reading else []
        return any(effect is not Effect.NONE for effect in effects)

    @property
    def commitments(self) -> frozenset[str]:
        """The commitments that rules or model find in it, or nearly find."""
        names = {signal.commitment for signal in self.rules} | {act.rule.partition("/")[0] for act in self.conflict}
        names |= {match.commitment for match in self.reading.matches} if self.reading else set()
        return frozenset(names | ({self.near_miss.rule.partition("/")[0]} if self.near_miss else set()))

    @property
    def order(self) -> tuple[date, bool, int, datetime, str]:
        """The greatest is read first: newest day, then possible verdict changes, then the most serious doubt."""
        published = self.story.published_at
        return published.date(), self.moves, -_WEIGHT[self.doubt], published, self.story.id


@dataclass(frozen=True, slots=True)
class Inbox:
    """items: what to read, in order. quiet: stories without any finding. failed: by story, the error of the rules."""

    items: tuple[InboxItem, ...] = ()
    quiet: tuple[InboxItem, ...] = ()
    failed: Mapping[str, Exception] = field(default_factory=dict)


def inbox(
    stories: Iterable[Story],
    rulebook: Rulebook,
    readings: Mapping[str, Sequence[Reading]],
    unreadable: Collection[str] = (),
) -> Inbox:
    """The stories that a person should read. readings: by text; unreadable: texts on which the model has failed.

    A silent story that no model has read is quiet only if no model reads at all.
    """
    mode = rulebook.policy.reader
    counting = (reading_that_counts(of_text, mode) for of_text in readings.values())
    with_model = any(reading is not None and reading.kind is ReaderKind.MODEL for reading in counting)
    found, failed = list[InboxItem](), dict[str, Exception]()
    for story in stories:
        try:
            own = readings.get(story.revision, ())
            if not story.withdrawn and (own or is_near(story, rulebook)):
                failed_on = story.revision in unreadable
                found += filter(None, [_item_of(story, rulebook, own, unreadable=failed_on)])
        except Exception as error:  # noqa: BLE001 - one story that breaks a rule must not hide the others
            failed[story.id] = error
    ordered = sorted(found, key=lambda item: item.order, reverse=True)
    quiet = {i.story.id for i in ordered if i.doubt is Doubt.SILENT and (i.reading is not None or not with_model)}
    items = tuple(item for item in ordered if item.story.id not in quiet)
    return Inbox(items, tuple(item for item in ordered if item.story.id in quiet), failed)


def rule_signals(results: Iterable[MatchResult]) -> tuple[Signal, ...]:
    """The signals of the rules, without experimental ones."""
    return tuple(result.signal for result in results if result.signal is not None and not result.signal.experimental)


def _item_of(story: Story, rulebook: Rulebook, readings: Sequence[Reading], *, unreadable: bool) -> InboxItem | None:
    reading = reading_that_counts(readings, rulebook.policy.reader)
    if reading is not None and reading.kind is ReaderKind.PERSON:
        return None
    results = trace(story, rulebook)
    rules = rule_signals(results)
    if unreadable:
        return InboxItem(story, Doubt.UNREADABLE, rules, reading)
    if reading is not None:
        differences = join(story, rulebook, readings).differences
        if differences:
            near = None if rules else _nearest(story, rulebook, results)
            return InboxItem(story, Doubt.DIFFER, rules, reading, differences, near_miss=near)
        if rules or reading.matches:
            return None
    for result in results:
        # The acts of the first commitment whose acts match both good and bad, one per effect.
        acts = [c for c in result.candidates if c.counts and not c.act.weak and not c.act.experimental]
        if result.signal is not None and {"good", "bad"} <= {direction(candidate.effect) for candidate in acts}:
            by_effect = {c.effect: ActRead(c.act.rule, c.effect) for c in reversed(acts)}
            conflict = tuple(act for act in by_effect.values() if act.effect is not Effect.NONE)
            return InboxItem(story, Doubt.CONFLICT, rules, reading, conflict=conflict)
    decided = [r.winner.act for r in results if r.signal is not None and r.winner is not None]
    if any(not act.weak and not act.experimental for act in decided):
        return None
    near = _nearest(story, rulebook, results)
    doubt = Doubt.NEAR_MISS if near else Doubt.SILENT if not rules else Doubt.WEAK if decided else Doubt.ABOUT
    return InboxItem(story, doubt, rules, reading, near_miss=near)


def _nearest(story: Story, rulebook: Rulebook, results: Sequence[MatchResult]) -> NearMiss | None:
    """The most useful near miss among the commitments that the story could concern."""
    document = Document(story, rulebook, besides=())
    traced = {result.commitment: result for result in results}
    misses = (
        miss
        for topic in rulebook.matcher.topics_of(document.candidate_commitments)
        for miss in near_misses(document, topic, traced.get(topic.commitment) or MatchResult(topic.commitment, ()))
    )
    return min(misses, key=lambda miss: miss.rank_key, default=None)
