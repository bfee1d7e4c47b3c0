"""The inbox: stories near the deal that nobody has read for sure, why, and in which order a person reads them.

A text that a person has read is settled. So is one that the model and the rules read the same way, and one in which an act of the
rules alone stands firmly.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from monitor.domain.matching.document import Document
from monitor.domain.matching.match import MatchResult, trace
from monitor.domain.matching.near_misses import NearMiss, near_misses
from monitor.domain.matching.rules import Rulebook
from monitor.domain.model import Effect, ReaderKind, Reading, Signal, Story
from monitor.domain.reading.gate import is_near
from monitor.domain.reading.join import Difference, join, reading_that_counts, way
from monitor.domain.reading.parts import in_family


class Doubt(StrEnum):
    """Why nobody has read a story for sure, the weightiest first."""

    DIFFER = "differ"
    """The rules and the model read another commitment or effect."""
    CONFLICT = "conflict"
    """Acts of the rules disagree on whether it is good or bad, and no model has read it."""
    NEAR_MISS = "near_miss"
    """Nothing decides the story, and an act of the rules failed by one clause."""
    WEAK = "weak"
    """Weak acts alone stand in it, and no model has read it."""
    ABOUT = "about"
    """The rules see what it is about and no act, and no model has read it."""
    SILENT = "silent"
    """Neither the rules nor a model find a commitment in it, though its words bring it near the deal."""


_WEIGHT = {doubt: number for number, doubt in enumerate(Doubt)}


@dataclass(frozen=True, slots=True)
class ActRead:
    """An act that stands in a story, and what it would report."""

    rule: str
    effect: Effect


@dataclass(frozen=True, slots=True)
class InboxItem:
    """A story for a person to read.

    rules: what the rules read in it, experimental ones apart. reading: the model's, None where it has not read the text.
    conflict: the acts that disagree. near_miss: the act that came nearest where none decides, None where nothing came near.
    """

    story: Story
    doubt: Doubt
    rules: tuple[Signal, ...] = ()
    reading: Reading | None = None
    differences: tuple[Difference, ...] = ()
    conflict: tuple[ActRead, ...] = ()
    near_miss: NearMiss | None = None

    @property
    def moves(self) -> bool:
        """Whether one of those who read it sees more than a mention: it may move a verdict."""
        effects = [signal.effect for signal in self.rules]
        effects += [read.effect for read in self.reading.matches] if self.reading else []
        return any(effect is not Effect.NONE for effect in effects)

    @property
    def commitments(self) -> frozenset[str]:
        """The commitments that somebody sees in it, or nearly."""
        names = {signal.commitment for signal in self.rules} | {act.rule.partition("/")[0] for act in self.conflict}
        names |= {read.commitment for read in self.reading.matches} if self.reading else set()
        return frozenset(names | ({self.near_miss.rule.partition("/")[0]} if self.near_miss else set()))

    def concerns(self, commitment: str) -> bool:
        """Whether somebody sees a commitment or one of its parts in it."""
        return any(in_family(name, commitment) for name in self.commitments)

    @property
    def order(self) -> tuple[date, bool, int, datetime, str]:
        """Greater is read earlier: the newest day first; of one day what may move a verdict, then the weightiest doubt."""
        published = self.story.published_at
        return published.date(), self.moves, -_WEIGHT[self.doubt], published, self.story.id


@dataclass(frozen=True, slots=True)
class Inbox:
    """items: what to read, in order. quiet: near stories in which neither the rules nor the model that read them find anything;
    without a model those in which the rules find nothing. failed: by story, why the rules could not read it."""

    items: tuple[InboxItem, ...] = ()
    quiet: tuple[InboxItem, ...] = ()
    failed: Mapping[str, Exception] = field(default_factory=dict)


def inbox(stories: Iterable[Story], rulebook: Rulebook, readings: Mapping[str, Sequence[Reading]]) -> Inbox:
    """What of these stories a person should read. readings: by text.

    A story that no model has read is quiet only where no model reads at all.
    """
    mode = rulebook.policy.reader
    counting = (reading_that_counts(read, mode) for read in readings.values())
    with_model = any(reading is not None and reading.kind is ReaderKind.MODEL for reading in counting)
    found, failed = list[InboxItem](), dict[str, Exception]()
    for story in stories:
        try:
            read = readings.get(story.revision, ())
            if not story.withdrawn and (read or is_near(story, rulebook)):
                found += _item_of(story, rulebook, read)
        except Exception as error:  # noqa: BLE001 - whatever one story does to a rule, the others are listed
            failed[story.id] = error
    ordered = sorted(found, key=lambda item: item.order, reverse=True)
    quiet = {i.story.id for i in ordered if i.doubt is Doubt.SILENT and (i.reading is not None or not with_model)}
    items = tuple(item for item in ordered if item.story.id not in quiet)
    return Inbox(items, tuple(item for item in ordered if item.story.id in quiet), failed)


def rule_signals(results: Iterable[MatchResult]) -> tuple[Signal, ...]:
    """What the rules read, experimental ones apart."""
    return tuple(result.signal for result in results if result.signal is not None and not result.signal.experimental)


def _item_of(story: Story, rulebook: Rulebook, readings: Sequence[Reading]) -> Iterator[InboxItem]:
    reading = reading_that_counts(readings, rulebook.policy.reader)
    if reading is not None and reading.kind is ReaderKind.PERSON:
        return
    results = trace(story, rulebook)
    rules = rule_signals(results)
    if reading is not None:
        differences = join(story, rulebook, readings).differences
        if differences:
            near = None if rules else _nearest(story, rulebook, results)
            yield InboxItem(story, Doubt.DIFFER, rules, reading, differences, near_miss=near)
            return
        if rules or reading.matches:
            return
    conflict = _conflict(results)
    if conflict:
        yield InboxItem(story, Doubt.CONFLICT, rules, reading, conflict=conflict)
    elif not any(_is_firm(result) for result in results):
        near = _nearest(story, rulebook, results)
        doubt = Doubt.NEAR_MISS if near else _weakness(results) if rules else Doubt.SILENT
        yield InboxItem(story, doubt, rules, reading, near_miss=near)


def _is_firm(result: MatchResult) -> bool:
    """Whether an act decides that is more than a weak one."""
    winner = result.winner
    return result.signal is not None and winner is not None and not winner.act.weak and not winner.act.experimental


def _weakness(results: Iterable[MatchResult]) -> Doubt:
    return (
        Doubt.WEAK
        if any(result.signal is not None and result.winner is not None for result in results)
        else Doubt.ABOUT
    )


def _conflict(results: Iterable[MatchResult]) -> tuple[ActRead, ...]:
    """The acts of the first commitment whose acts say both good and bad of it, one an effect."""
    for result in results:
        acts = [c for c in result.candidates if c.counts and not c.act.weak and not c.act.experimental]
        if result.signal is not None and {"good", "bad"} <= {way(candidate.effect) for candidate in acts}:
            by_effect = {
                candidate.effect: ActRead(candidate.act.rule, candidate.effect) for candidate in reversed(acts)
            }
            return tuple(act for act in by_effect.values() if act.effect is not Effect.NONE)
    return ()


def _nearest(story: Story, rulebook: Rulebook, results: Sequence[MatchResult]) -> NearMiss | None:
    """The near miss that is most useful, of the commitments that the story could concern."""
    document = Document(story, rulebook, concerned_only=True)
    known = {result.commitment: result for result in results}
    misses = (
        miss
        for topic in rulebook.matcher.topics_of(document.candidate_commitments)
        for miss in near_misses(document, topic, known.get(topic.commitment) or MatchResult(topic.commitment, ()))
    )
    return min(misses, key=lambda miss: miss.rank_key, default=None)
