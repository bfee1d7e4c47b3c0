"""The rulebook as the matcher uses it: commitments, publishers, policy, and rules compiled over one list of phrases."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple, cast

from monitor.domain.matching.modality import Cue, Polarity
from monitor.domain.model import By, Commitment, Effect, Policy, Signal
from monitor.domain.model.publishers import Publishers
from monitor.domain.model.sides import Parties
from monitor.domain.text.automaton import PhraseIndex
from monitor.domain.text.pattern_compiler import PatternFilter
from monitor.domain.text.pattern_eval import FieldView
from monitor.domain.text.patterns import Node, ValueReader, phrases_in
from monitor.domain.text.segments import SegmentedText, Sentence

SLOT = re.compile(r"\{(\w+)(\*?)\|([^{}]*)\}")
"""A place in `tells`: a kind of names, a star if the whole report counts and not the quote alone, and what stands there
without any of them."""
ABOUT = "about"
"""The rule of a signal that only says that a story concerns the commitment."""
READER = "reader"
"""The rule's name, within its commitment, of a signal that a model alone reads."""
PERSON = "person"
"""The same of a signal that a person alone reads."""


@dataclass(frozen=True, slots=True)
class StatusOverride:
    """Another meaning of a rule's effects under some standings or outlooks (`under`): effect read -> effect meant.
    phase: the phase outside which the rule reads nothing, if that is the reason."""

    under: frozenset[str]
    meant: Mapping[Effect, Effect]
    phase: str = ""


@dataclass(frozen=True, slots=True)
class RuleInfo:
    """The metadata of one rule. `id` is commitment/act; `path` and `line` are its place in the files.

    weak: its signals change nothing unless a reader reads the same. outside: its act is outside the promise, so it can
    change only the outlook, and its story does not concern the promise. object: what its act is about, or the step that
    it completes. effect: the effect of the completed act; tells: the act in plain words, 'to tighten controls' or
    'customs to bar chips', '' if not given; "{other}" in it is who else owes the promise (`owed_by`), "{kind|else}"
    what a quote in another language names of `names`, its words with their meanings by kind.
    """

    id: str
    commitment: str
    version: str
    path: str
    line: int
    stage: str = "stable"
    states: tuple[StatusOverride, ...] = ()
    weak: bool = False
    outside: bool = False
    object: str = ""
    effect: Effect = Effect.NONE
    tells: str = ""
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    owed_by: str = ""


@dataclass(frozen=True, slots=True)
class CompiledPattern:
    """One compiled pattern. `number` identifies it; `source` is how its author wrote it, `kind` the kind of news
    that it keeps out, '' where none is named; `path` and `line` say where it is written."""

    number: int
    node: Node
    source: str
    kind: str = field(default="", compare=False)
    path: str = field(default="", compare=False)
    line: int = field(default=0, compare=False)


MOST_FILTERED = 125_000
"""Phrases in the filters that are kept, at about 150 bytes each with the rules behind them: those of the two shipped
deals and some more. To unpack the rules of a commitment again takes as long as to match twenty stories."""
MOST_TOGETHER = 1_000
"""Patterns in one filter of a gate: the size of a filter grows with the square of their number. The shipped rules have
fewer."""
NEWS_DOCUMENT = "news"
"""The value of `document` for a story that is no document."""
FACTS = ("field", "document")
"""The facts of a place that `only_if` may ask for."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """Further conditions of an act; without any, they are met. `among`: fact -> its allowed values;
    `since`, `until`: the first and the last day of publication, None for no bound."""

    among: tuple[tuple[str, frozenset[str]], ...] = ()
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class DiscourseFrame:
    """A manner of writing that is no report, as opinion or history; it applies to every sentence with its words."""

    name: str
    words: Node


@dataclass(frozen=True, slots=True)
class ActRule:
    """The patterns of one act for a commitment, and the meaning of the act. polarity: None where the act names its
    `effect` itself. unless: exceptions to `excluded`. weak: counts only if no other act does; for bare nouns, and for
    words about the course of a matter. outside: read in a title that does not concern the commitment. presumes: its
    words take the completion for granted; it has no effect and never wins."""

    rule: str
    version: str
    polarity: Polarity | None
    any: tuple[CompiledPattern, ...]
    excluded: tuple[CompiledPattern, ...] = ()
    unless: tuple[CompiledPattern, ...] = ()
    only: Conditions = Conditions()
    by: By = By.UNKNOWN
    object: str = ""
    stalls: bool = False
    terms: str = ""
    effect: Effect = Effect.NONE
    weak: bool = False
    experimental: bool = False
    outside: bool = False
    presumes: bool = False


@dataclass(frozen=True, slots=True)
class Yields:
    """The words on which another commitment takes a story, unless it also has one of `unless`, from `since` on."""

    commitment: str
    when: tuple[CompiledPattern, ...]
    unless: tuple[CompiledPattern, ...] = ()
    since: date | None = None


@dataclass(frozen=True, slots=True)
class Topic:
    """All rules of one commitment. `unless`: exceptions to `excluded`; `never` has none. `levels`:
    words of important acts, each with its level as `kind`. `of_meetings`: it is a series; `units`: those its targets
    are counted in; `periods`: the calendar years they run in; `parties`: those who act in its deal, with the words for
    them."""

    commitment: str
    version: str
    any: tuple[CompiledPattern, ...]
    title: tuple[CompiledPattern, ...] = ()
    summary: tuple[CompiledPattern, ...] = ()
    never: tuple[CompiledPattern, ...] = ()
    excluded: tuple[CompiledPattern, ...] = ()
    unless: tuple[CompiledPattern, ...] = ()
    gives_way: tuple[Yields, ...] = ()
    levels: tuple[CompiledPattern, ...] = ()
    acts: tuple[ActRule, ...] = ()
    of_meetings: bool = False
    units: frozenset[str] = frozenset()
    periods: frozenset[str] = frozenset()
    parties: Mapping[By, Node] = field(default_factory=dict)

    @property
    def rule(self) -> str:
        return f"{self.commitment}/{ABOUT}"

    @property
    def patterns(self) -> Iterator[CompiledPattern]:
        """All patterns of `about` and of the acts."""
        for part in (self.any, self.title, self.summary, self.never, self.excluded, self.unless, self.levels):
            yield from part
        for yields in self.gives_way:
            yield from (*yields.when, *yields.unless)
        for act in self.acts:
            yield from (*act.any, *act.excluded, *act.unless)

    @property
    def opening(self) -> tuple[CompiledPattern, ...]:
        """The patterns of which one matches in every story that concerns this commitment or affects it from outside."""
        return (*self.any, *self.title, *self.summary, *(p for act in self.acts if act.outside for p in act.any))

    def about(self, view_name: str) -> tuple[CompiledPattern, ...]:
        """The patterns that make a title or a summary concern this commitment."""
        return self.any + (self.title if view_name == "title" else self.summary)


def opening_of(topics: Iterable[Topic]) -> dict[int, tuple[str, Node]]:
    """The opening patterns of these commitments: number -> commitment and node."""
    return {pattern.number: (topic.commitment, pattern.node) for topic in topics for pattern in topic.opening}


@dataclass(frozen=True, eq=False)
class PackedTopics:
    """The rules of commitments, packed: each look unpacks them anew. Unpacked they take ten times the memory, and few
    commitments of many deals are in the news. names: the commitments; opening: as `opening_of` them."""

    names: tuple[str, ...]
    opening: Mapping[int, tuple[str, Node]]
    packed: tuple[bytes, ...]
    unpack: Callable[[bytes], Topic]

    def __iter__(self) -> Iterator[Topic]:
        return map(self.unpack, self.packed)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, (tuple, PackedTopics)) and tuple(self) == tuple(other)

    def __getitem__(self, number: int) -> Topic:
        return self.unpack(self.packed[number])


class TopicInUse(NamedTuple):
    """The rules of a commitment, with the filter of their patterns."""

    topic: Topic
    filter: PatternFilter


class CommitmentGate:
    """The opening patterns of all commitments, over the part of an index with their phrases and the masks. The other
    part is searched only if one of them matches. opening: number of a pattern -> its commitment and its node. index:
    the phrases of these patterns; further: all others."""

    def __init__(self, opening: Mapping[int, tuple[str, Node]], index: PhraseIndex) -> None:
        phrases = phrases_in(*(node for _, node in opening.values()))
        self._opening = opening
        numbers = tuple(opening)
        parts = (numbers[start : start + MOST_TOGETHER] for start in range(0, len(numbers), MOST_TOGETHER))
        self._filters = [PatternFilter({number: opening[number][1] for number in part}) for part in parts]
        self.index = replace(index, only=phrases | index.masks)
        self.further = replace(index, only=frozenset(range(len(index.phrases))) - phrases | index.masks)

    def commitments(self, view: FieldView) -> set[str]:
        """The commitments with an opening pattern that matches in a field."""
        found = set[str]()
        possible = set[int]().union(*(each.possible((view.hits,)) for each in self._filters))
        # Sentences are computed only for a field that can match as a whole: one in five.
        if possible and len(view.text.sentences) > 1:
            possible = set[int]().union(*(each.possible(view.phrases_by_sentence) for each in self._filters))
        for number in possible:
            commitment, node = self._opening[number]
            if commitment not in found and view.find(node):
                found.add(commitment)
        return found


class DealGate:
    """The patterns that bring stories near a deal, over the part of an index that has their phrases and the masks.
    ways: sets of patterns, each with its deal; one set is enough if all of its patterns match. without: the commitments
    of deals that have no gate."""

    def __init__(
        self, ways: Sequence[tuple[str, tuple[CompiledPattern, ...]]], index: PhraseIndex, without: frozenset[str]
    ) -> None:
        self.commitments_without = without
        self._ways = [(deal, tuple(pattern.number for pattern in way)) for deal, way in ways]
        self._nodes = {pattern.number: pattern.node for _, way in ways for pattern in way}
        self._filter = PatternFilter(self._nodes)
        self._index = replace(index, only=phrases_in(*self._nodes.values()) | index.masks)

    def deals(self, fields: Iterable[str], read_values: ValueReader | None = None) -> set[str]:
        """The deals of which all patterns of one set match in these fields of a text, each in any of them."""
        texts = [SegmentedText(raw) for raw in fields if self._ways]
        views = [FieldView("", text, self._index.find(text.folded), read_values) for text in texts]
        near = [(view, self._filter.possible((view.hits,))) for view in views]
        possible = set[int]().union(*(numbers for _, numbers in near))
        found = set[str]()
        for deal, way in self._ways:
            if deal in found or not possible.issuperset(way):
                continue
            if all(any(n in numbers and view.find(self._nodes[n]) for view, numbers in near) for n in way):
                found.add(deal)
        return found


@dataclass(frozen=True, slots=True)
class Speaker:
    """Someone that a sentence may credit. side: a party, company, data or press."""

    name: str
    side: str
    words: Node


class _Cached:
    """A dataclass that is stored without the values computed on first use."""

    def __getstate__(self) -> dict[str, Any]:
        return {part.name: getattr(self, part.name) for part in fields(cast(Any, self))}


@dataclass(frozen=True)
class Matcher(_Cached):
    """The compiled rules of all commitments. documents: class of document -> the words of its title; headlines: kind of
    title without news -> its words."""

    index: PhraseIndex
    topics: tuple[Topic, ...] | PackedTopics
    cues: Mapping[Cue, Node]
    frames: tuple[DiscourseFrame, ...]
    speakers: tuple[Speaker, ...]
    reporting_verbs: Node | None = None
    documents: Mapping[str, Node] = field(default_factory=dict)
    headlines: Mapping[str, Node] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        """The fields of a matcher that the rule cache has not unpacked yet: most commands need none of them."""
        unpack = self.__dict__.get("unpack")
        if unpack is None:
            raise AttributeError(name)
        self.__dict__.update(vars(unpack()))
        self.__dict__.pop("unpack", None)
        return getattr(self, name)

    def candidates(
        self, view: FieldView, commitments: Iterable[str], among: Collection[Sentence] | None = None
    ) -> frozenset[int]:
        """The numbers of the patterns of these commitments that one sentence of a field (or of `among`) allows."""
        phrases: Iterable[Collection[int]] = view.phrases_by_sentence
        if among is not None:
            phrases = [own for sentence, own in zip(view.text.sentences, phrases, strict=True) if sentence in among]
        found = set[int]()
        for name in commitments:
            found |= self._in_use(name).filter.possible(phrases)
        return frozenset(found)

    def topic(self, commitment: str) -> Topic:
        """The rules of a commitment."""
        return self._in_use(commitment).topic

    def _in_use(self, commitment: str) -> TopicInUse:
        """The rules of a commitment; the last ones used are kept."""
        kept = self._used.pop(commitment, None)
        self._used[commitment] = kept = self._unpacked(commitment) if kept is None else kept
        return kept

    def _unpacked(self, commitment: str) -> TopicInUse:
        """Makes room: the rules that were not used for longest are dropped."""
        topic = self.topics[self.order[commitment]]
        made = TopicInUse(topic, PatternFilter({pattern.number: pattern.node for pattern in topic.patterns}))
        size = len(made.filter) + sum(len(other.filter) for other in list(self._used.values()))
        for name in list(self._used):
            if size <= MOST_FILTERED:
                break
            dropped = self._used.pop(name, None)
            size -= len(dropped.filter) if dropped is not None else 0
        return made

    def topics_of(self, commitments: Collection[str]) -> list[Topic]:
        """The rules of these commitments, in the order of the rulebook."""
        return list(map(self.topic, sorted(commitments, key=self.order.__getitem__)))

    @cached_property
    def order(self) -> dict[str, int]:
        """The place of each commitment in the rulebook."""
        if isinstance(self.topics, PackedTopics):
            return {name: number for number, name in enumerate(self.topics.names)}
        return {topic.commitment: number for number, topic in enumerate(self.topics)}

    @cached_property
    def _used(self) -> dict[str, TopicInUse]:
        """The rules used last, by commitment, the newest at the end."""
        return {}

    @cached_property
    def speaker_filter(self) -> PatternFilter:
        """Tells which speakers, by number, can match the phrases of a text."""
        return PatternFilter({number: s.words for number, s in enumerate(self.speakers) if s.words.groups})

    @cached_property
    def acting(self) -> tuple[tuple[By, Node], ...]:
        """All who act in any deal, the parties first, with the words for them."""
        pairs = dict.fromkeys(pair for topic in self.topics for pair in topic.parties.items())
        return tuple(sorted(pairs, key=lambda pair: not pair[0].parties))

    @cached_property
    def gate(self) -> CommitmentGate:
        """The gate that keeps out stories that can concern no commitment."""
        opening = self.topics.opening if isinstance(self.topics, PackedTopics) else opening_of(self.topics)
        return CommitmentGate(opening, self.index)


@dataclass(frozen=True, slots=True)
class RuleExample:
    """A sentence that a rule carries as its test. `effect` is None where the story must not concern the commitment.
    A headline of a deal has its commitment as its rule, and `others` must not read an effect in it."""

    rule: str
    commitment: str
    number: int
    text: str
    effect: Effect | None
    path: str
    line: int
    summary: str = ""
    published: date | None = None
    others: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Deal:
    """A deal. reader, effects, rulings: parts of the question for readers, see `domain/reading/question.py`. gate:
    sets of patterns; a story is near the deal if all patterns of one set match. None: every story that its rules could
    concern is near. text: the page with its text; glossary: terms with their meanings, for readers."""

    id: str
    name: str
    description: str = ""
    reader: str = ""
    effects: Mapping[Effect, str] = field(default_factory=dict)
    rulings: tuple[str, ...] = ()
    gate: tuple[tuple[CompiledPattern, ...], ...] | None = None
    text: str = ""
    glossary: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reads:
    """Which stories concern a commitment and which do not, in words for a reader."""

    about: str
    not_about: str = ""


@dataclass(frozen=True)
class Rulebook(_Cached):
    """Everything that rules/ says, checked and compiled. `version` changes with any of it. deals: by id. reads: by
    commitment, for those in the question to readers. parties: the names of the declared parties."""

    commitments: Mapping[str, Commitment]
    publishers: Publishers
    policy: Policy
    version: str
    rules: Mapping[str, RuleInfo]
    matcher: Matcher
    examples: Sequence[RuleExample] = ()
    deals: Mapping[str, Deal] = field(default_factory=dict)
    reads: Mapping[str, Reads] = field(default_factory=dict)
    parties: Parties = field(default_factory=Parties)

    def deal_of(self, commitment: str) -> str:
        """The deal of a commitment; '' if it is not in this rulebook."""
        return self.commitments[commitment].deal if commitment in self.commitments else ""

    @property
    def deal_names(self) -> dict[str, str]:
        return {name: deal.name for name, deal in self.deals.items()}

    @property
    def deal_by_commitment(self) -> dict[str, str]:
        return {name: own.deal for name, own in self.commitments.items()}

    @cached_property
    def deals_read(self) -> frozenset[str]:
        """The deals with a question to readers."""
        return frozenset(own.deal for own in self.commitments.values() if own.id in self.reads)

    @cached_property
    def deal_gate(self) -> DealGate:
        """What tells which stories come near a deal that has a gate."""
        gates = {deal.id: deal.gate for deal in self.deals.values() if deal.gate is not None}
        without = frozenset(name for name, own in self.commitments.items() if own.deal not in gates)
        return DealGate([(deal, way) for deal, gate in gates.items() for way in gate], self.matcher.index, without)


def acts_of(rulebook: Rulebook) -> dict[str, RuleInfo]:
    """The acts of all commitments by id: the rules that carry examples."""
    return {name: info for name, info in rulebook.rules.items() if not name.endswith(f"/{ABOUT}")}


def is_outside(signal: Signal, rulebook: Rulebook) -> bool:
    """Whether a signal affects a commitment only from outside, so that its story is not about the commitment."""
    info = rulebook.rules.get(signal.rule)
    return info is not None and info.outside
