"""The rulebook as the matcher uses it: publishers, commitments, policy, and rules compiled over one list of phrases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from monitor.domain.matching.modality import Cue, Polarity
from monitor.domain.model import By, Commitment, Effect, Policy, Signal
from monitor.domain.model.publishers import Publishers
from monitor.domain.text.automaton import PhraseHits, PhraseIndex
from monitor.domain.text.pattern_eval import CompiledNode, FieldView, Match

ABOUT = "about"
"""The name of the rule behind a signal that only says: this story concerns the commitment."""


@dataclass(frozen=True, slots=True)
class RuleInfo:
    """What is known of one rule outside matching. `id` is commitment/act; `path` and `line` say where it is written."""

    id: str
    commitment: str
    version: str
    path: str
    line: int
    stage: str = "stable"
    states: tuple[StatusOverride, ...] = ()
    weak: bool = False
    """Whether its act is weak: what it reads moves nothing before a second voice says the same."""
    outside: bool = False
    """Whether its act lies outside the promise: it weighs on the outlook only, and is no story about the promise."""


@dataclass(frozen=True, slots=True)
class StatusOverride:
    """What a rule's words mean under some standings or outlooks of the verdict (`under`): effect read -> effect meant."""

    under: frozenset[str]
    meant: Mapping[Effect, Effect]


# ---------------------------------------------------------------- publishers


# ---------------------------------------------------------------- compiled rules


@dataclass(frozen=True, slots=True)
class CompiledPattern:
    """One compiled pattern. `number` names it in Matcher.anchored; `source` is how its author wrote it."""

    number: int
    node: CompiledNode
    source: str


@dataclass(frozen=True, slots=True)
class Conditions:
    """What else must hold where an act's words stand; an empty one always does. `among`: fact -> the values it may have;
    `since`, `until`: the first and the last day of publication, None for no bound."""

    among: tuple[tuple[str, frozenset[str]], ...] = ()
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class DiscourseFrame:
    """A way of talking about a thing rather than reporting it; it holds for every sentence in which its words stand."""

    name: str
    words: CompiledNode


@dataclass(frozen=True, slots=True)
class ActRule:
    """What counts as one act for a commitment, and what the act is in itself."""

    rule: str
    version: str
    polarity: Polarity | None
    """None where the act names its `effect` itself."""
    any: tuple[CompiledPattern, ...]
    none: tuple[CompiledPattern, ...] = ()
    unless: tuple[CompiledPattern, ...] = ()
    """Exceptions to `none`."""
    only: Conditions = Conditions()
    by: By = By.UNKNOWN
    object: str = ""
    stalls: bool = False
    terms: str = ""
    effect: Effect = Effect.NONE
    """Where there is no polarity."""
    weak: bool = False
    """Counts only where no other act does: for bare nouns, and for words that tell no more than how a matter goes."""
    experimental: bool = False
    outside: bool = False
    """Read in a title that does not speak of the commitment."""


@dataclass(frozen=True, slots=True)
class Yields:
    """Words on which another commitment takes a story, unless others stand in it. `since`: only stories published from that
    day on; None for all."""

    commitment: str
    when: tuple[CompiledPattern, ...]
    unless: tuple[CompiledPattern, ...] = ()
    since: date | None = None


@dataclass(frozen=True, slots=True)
class Topic:
    """All rules of one commitment. `units`: those its targets are counted in; `periods`: the calendar years they run in."""

    commitment: str
    version: str
    any: tuple[CompiledPattern, ...]
    title: tuple[CompiledPattern, ...] = ()
    summary: tuple[CompiledPattern, ...] = ()
    never: tuple[CompiledPattern, ...] = ()
    none: tuple[CompiledPattern, ...] = ()
    unless: tuple[CompiledPattern, ...] = ()
    """Exceptions to `none`; `never` has none."""
    gives_way: tuple[Yields, ...] = ()
    acts: tuple[ActRule, ...] = ()
    units: frozenset[str] = frozenset()
    periods: frozenset[str] = frozenset()

    @property
    def rule(self) -> str:
        return f"{self.commitment}/{ABOUT}"

    @property
    def outside(self) -> tuple[CompiledPattern, ...]:
        """The patterns of acts that need no story about the commitment."""
        return tuple(pattern for act in self.acts if act.outside for pattern in act.any)

    def about(self, view_name: str) -> tuple[CompiledPattern, ...]:
        """The patterns that make a title or a summary concern this commitment."""
        return self.any + (self.title if view_name == "title" else self.summary)


@dataclass(frozen=True, slots=True)
class Speaker:
    """Someone whose word a sentence may credit. side: us, cn, company, data or press."""

    name: str
    side: str
    words: CompiledNode


@dataclass(frozen=True)
class Matcher:
    """Compiled rules of all commitments.

    anchored: phrase number -> the patterns that cannot match without one of its group. A pattern none of whose phrases
    was hit is never evaluated.
    """

    index: PhraseIndex
    topics: tuple[Topic, ...]
    anchored: Mapping[int, tuple[int, ...]]
    cues: Mapping[Cue, CompiledNode]
    frames: tuple[DiscourseFrame, ...]
    speakers: tuple[Speaker, ...]
    reporting_verbs: CompiledNode | None = None
    parties: Mapping[By, CompiledNode] = field(default_factory=dict)
    documents: Mapping[str, CompiledNode] = field(default_factory=dict)
    """Class of document -> the words of its title."""

    def candidates(self, hits: PhraseHits) -> frozenset[int]:
        """Numbers of the patterns that these hits leave possible."""
        return frozenset(number for phrase in hits for number in self.anchored.get(phrase, ()))

    def candidate_commitments(self, candidates: frozenset[int]) -> frozenset[str]:
        """Commitments that one of these patterns could make a story concern, or weigh on from outside."""
        return frozenset(self._about_patterns[number] for number in candidates & self._about_patterns.keys())

    @cached_property
    def _about_patterns(self) -> dict[int, str]:
        return {
            pattern.number: topic.commitment
            for topic in self.topics
            for pattern in topic.any + topic.title + topic.summary + topic.outside
        }


@dataclass(frozen=True)
class Rulebook:
    """Everything that rules/ says, checked and compiled. `version` changes with any of it."""

    commitments: Mapping[str, Commitment]
    publishers: Publishers
    policy: Policy
    version: str
    rules: Mapping[str, RuleInfo]
    matcher: Matcher
    examples: Sequence[RuleExample] = ()
    deals: Mapping[str, str] = field(default_factory=dict)
    """Deal id -> its name."""


@dataclass(frozen=True, slots=True)
class RuleExample:
    """A sentence that a rule carries as its test. `effect` is None where the story must not concern the commitment."""

    rule: str
    commitment: str
    number: int
    text: str
    effect: Effect | None
    path: str
    line: int
    summary: str = ""
    published: date | None = None


def is_outside(signal: Signal, rulebook: Rulebook) -> bool:
    """Whether a signal only weighs on a commitment from outside; its story is not about the commitment."""
    info = rulebook.rules.get(signal.rule)
    return info is not None and info.outside


def find_patterns(
    view: FieldView, patterns: Iterable[CompiledPattern], candidates: frozenset[int]
) -> list[tuple[CompiledPattern, Match]]:
    """Every place where one of these patterns stands in a field."""
    return [(pattern, span) for pattern in patterns if pattern.number in candidates for span in view.find(pattern.node)]
