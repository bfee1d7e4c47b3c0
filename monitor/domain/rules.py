"""The rulebook as the matcher uses it: publishers, commitments, policy, and rules compiled over one list of phrases."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from urllib.parse import urlsplit

from monitor.domain.modality import Cue, Polarity
from monitor.domain.model import By, Commitment, Effect, Policy, Publisher, Signal, Tier
from monitor.domain.phrases import PhraseHits, PhraseIndex
from monitor.domain.spans import Compiled, Span, View

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


@dataclass(frozen=True, slots=True)
class PublisherNames:
    """A publisher with every name and domain it is known by."""

    publisher: Publisher
    aliases: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()


class Publishers:
    """Looks publishers up by name, alias or domain."""

    def __init__(self, entries: Iterable[PublisherNames]) -> None:
        self.entries = tuple(entries)
        self._names: dict[str, Publisher] = {}
        self._domains: dict[str, Publisher] = {}
        for entry in self.entries:
            for name in (entry.publisher.name, *entry.aliases):
                self._names.setdefault(_name_key(name), entry.publisher)
            for domain in entry.domains:
                self._domains.setdefault(domain.lower(), entry.publisher)

    def find(self, source: str, url: str = "") -> Publisher:
        """The publisher of a story. An unknown one keeps its own name, so that it counts as a voice of its own. What an
        aggregator adds in brackets ("Gazette (+4 others)") is no part of a name.

        The name goes first, for an aggregator's address says nothing about who wrote an item. But the name of an aggregator,
        which an item without a publisher has from its feed, gives way to the publisher that the address belongs to.
        """
        source = _MORE.sub("", source)
        named = self._names.get(_name_key(source)) or self._by_domain(source)
        if named is not None and named.tier is not Tier.AGGREGATOR:
            return named
        by_url = self._by_domain(_host(url))
        if by_url is not None and by_url.tier is not Tier.AGGREGATOR:
            return by_url
        if named is not None:
            return named
        if by_url is not None and not source.strip():
            return by_url
        name = source.strip() or _host(url)
        return Publisher(name=name, owner=name)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Publishers) and self.entries == other.entries

    def __hash__(self) -> int:
        return hash(self.entries)

    def __iter__(self) -> Iterator[Publisher]:
        return (entry.publisher for entry in self.entries)

    def _by_domain(self, host: str) -> Publisher | None:
        labels = host.strip().lower().split(".")
        parents = (".".join(labels[start:]) for start in range(len(labels) - 1))
        return next((self._domains[parent] for parent in parents if parent in self._domains), None)


_MORE = re.compile(r"\s*\(\+\s?\d+[^()]*\)\s*$")


def _name_key(name: str) -> str:
    return " ".join(name.casefold().split())


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


# ---------------------------------------------------------------- compiled rules


@dataclass(frozen=True, slots=True)
class Pattern:
    """One compiled pattern. `number` names it in Matcher.anchored; `source` is how its author wrote it."""

    number: int
    node: Compiled
    source: str


@dataclass(frozen=True, slots=True)
class Conditions:
    """What else must hold where an act's words stand; an empty one always does. `among`: fact -> the values it may have;
    `since`, `until`: the first and the last day of publication, None for no bound."""

    among: tuple[tuple[str, frozenset[str]], ...] = ()
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Frame:
    """A way of talking about a thing rather than reporting it; it holds for every sentence in which its words stand."""

    name: str
    words: Compiled


@dataclass(frozen=True, slots=True)
class ActRule:
    """What counts as one act for a commitment, and what the act is in itself."""

    rule: str
    version: str
    polarity: Polarity | None
    """None where the act names its `effect` itself."""
    any: tuple[Pattern, ...]
    none: tuple[Pattern, ...] = ()
    unless: tuple[Pattern, ...] = ()
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
    when: tuple[Pattern, ...]
    unless: tuple[Pattern, ...] = ()
    since: date | None = None


@dataclass(frozen=True, slots=True)
class Topic:
    """All rules of one commitment. `units`: those its targets are counted in; `periods`: the calendar years they run in."""

    commitment: str
    version: str
    any: tuple[Pattern, ...]
    title: tuple[Pattern, ...] = ()
    summary: tuple[Pattern, ...] = ()
    never: tuple[Pattern, ...] = ()
    none: tuple[Pattern, ...] = ()
    unless: tuple[Pattern, ...] = ()
    """Exceptions to `none`; `never` has none."""
    gives_way: tuple[Yields, ...] = ()
    acts: tuple[ActRule, ...] = ()
    units: frozenset[str] = frozenset()
    periods: frozenset[str] = frozenset()

    @property
    def rule(self) -> str:
        return f"{self.commitment}/{ABOUT}"

    @property
    def outside(self) -> tuple[Pattern, ...]:
        """The patterns of acts that need no story about the commitment."""
        return tuple(pattern for act in self.acts if act.outside for pattern in act.any)

    def about(self, view_name: str) -> tuple[Pattern, ...]:
        """The patterns that make a title or a summary concern this commitment."""
        return self.any + (self.title if view_name == "title" else self.summary)


@dataclass(frozen=True, slots=True)
class Speaker:
    """Someone whose word a sentence may credit. side: us, cn, company, data or press."""

    name: str
    side: str
    words: Compiled


@dataclass(frozen=True)
class Matcher:
    """Compiled rules of all commitments.

    anchored: phrase number -> the patterns that cannot match without one of its group. A pattern none of whose phrases
    was hit is never evaluated.
    """

    index: PhraseIndex
    topics: tuple[Topic, ...]
    anchored: Mapping[int, tuple[int, ...]]
    cues: Mapping[Cue, Compiled]
    frames: tuple[Frame, ...]
    speakers: tuple[Speaker, ...]
    reporting_verbs: Compiled | None = None
    parties: Mapping[By, Compiled] = field(default_factory=dict)
    documents: Mapping[str, Compiled] = field(default_factory=dict)
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
    examples: Sequence[Example] = ()
    deals: Mapping[str, str] = field(default_factory=dict)
    """Deal id -> its name."""


@dataclass(frozen=True, slots=True)
class Example:
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


def spans_of(view: View, patterns: Iterable[Pattern], candidates: frozenset[int]) -> list[tuple[Pattern, Span]]:
    """Every place where one of these patterns stands in a field."""
    return [(pattern, span) for pattern in patterns if pattern.number in candidates for span in view.find(pattern.node)]
