"""Compiled patterns and their evaluation over phrase hits: where a pattern matches in a text."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from itertools import count
from math import fsum
from typing import Any, TypeAlias

from monitor.domain.text import pattern_syntax
from monitor.domain.text.angle_words import FoundValue, Inflected, Value, ValueKind, ValueReader
from monitor.domain.text.automaton import Phrase, PhraseHits, PhraseIndex
from monitor.domain.text.frame_eval import FrameParts, frames_in
from monitor.domain.text.pattern_filter import Groups
from monitor.domain.text.pattern_syntax import (
    AtStart,
    Choice,
    Form,
    Head,
    Join,
    Link,
    Node,
    RoleFrame,
    Sequence,
    Together,
    Window,
    Words,
    inflected,
    requires_phrase,
)
from monitor.domain.text.segments import WORD_COST, SegmentedText
from monitor.domain.text.spans import FEW, Leaves, Match, matches_between, ordered
from monitor.domain.text.word_frequency import phrase_frequency
from monitor.domain.text.word_regex import WordForm

MAX_GROUPS = 3
"""Groups of phrases by which a pattern is told possible. With all of them the rules read nothing faster, and load slower."""
MAX_PAIRS = 1_000
"""Pairs of parts that one pattern joins in one text. An estimate that bounds the work on a text that repeats the words
of the rules: real ones have at most some hundred."""


# Compiled patterns carry a key, so that what several rules share is evaluated once a text.


@dataclass(frozen=True, slots=True)
class AnyPhrase:
    key: int
    numbers: frozenset[int]


@dataclass(frozen=True, slots=True)
class AnyWord:
    key: int
    form: WordForm


@dataclass(frozen=True)
class AnyOf:
    """One of several options. anchors: of each option the rarest group of phrases that it requires; empty if it requires none."""

    key: int
    options: tuple[CompiledNode, ...]
    anchors: tuple[frozenset[int], ...]

    @cached_property
    def anchored(self) -> frozenset[int]:
        """All phrases of the anchors; empty if an option stands without a phrase."""
        return frozenset().union(*self.anchors) if all(self.anchors) else frozenset()

    @cached_property
    def needs(self) -> tuple[tuple[CompiledNode, frozenset[int], Groups], ...]:
        """Each option with its anchor and with what else a text must have for it to stand, the rarest first."""
        pairs = zip(self.options, self.anchors, strict=True)
        return tuple((option, anchor, groups_needed(option)[1:MAX_GROUPS]) for option, anchor in pairs)

    def __getstate__(self) -> dict[str, Any]:
        """What a cache keeps: the options, without what is made from them on first use."""
        return {part.name: getattr(self, part.name) for part in fields(self)}


@dataclass(frozen=True, slots=True)
class InOrder:
    """Parts in order. quick: the same parts, those first of which a text most seldom holds one; values, which are dear, last."""

    key: int
    parts: tuple[CompiledNode, ...]
    links: tuple[Link, ...]
    quick: tuple[CompiledNode, ...] = ()


@dataclass(frozen=True, slots=True)
class AnyValue:
    """A date or an amount, found by the reader that a view has."""

    key: int
    value: Value


@dataclass(frozen=True, slots=True)
class AllOf:
    """All parts in one sentence, in any order. quick: as of InOrder."""

    key: int
    parts: tuple[CompiledNode, ...]
    quick: tuple[CompiledNode, ...] = ()


@dataclass(frozen=True, slots=True)
class EventRoles:
    """An event with its roles, see `frame_eval`. Parts that the frame does not name are None. quick: the roles, as of InOrder."""

    key: int
    within: Window
    verbs: CompiledNode | None
    participles: CompiledNode | None
    nouns: CompiledNode | None
    unspaced: CompiledNode | None
    phrases: CompiledNode | None
    agent: CompiledNode | None
    patient: CompiledNode | None
    via: CompiledNode | None
    quick: tuple[CompiledNode, ...] = ()

    @property
    def parts(self) -> tuple[CompiledNode | None, ...]:
        """All parts, in the order of `ROLE_PARTS`."""
        events = self.verbs, self.participles, self.nouns, self.unspaced, self.phrases
        return *events, self.agent, self.patient, self.via

    @property
    def events(self) -> tuple[CompiledNode, ...]:
        """The ways to name the event; the participles are among the verbs."""
        return tuple(node for node in (self.verbs, self.nouns, self.unspaced, self.phrases) if node is not None)

    @property
    def roles(self) -> tuple[tuple[str, CompiledNode], ...]:
        """The roles that must stand, by name."""
        named = (("agent", self.agent), ("patient", self.patient), ("via", self.via))
        return tuple((name, node) for name, node in named if node is not None)


@dataclass(frozen=True, slots=True)
class ClauseStart:
    key: int
    inner: CompiledNode


@dataclass(frozen=True, slots=True)
class Anchor:
    key: int
    inner: CompiledNode


CompiledNode: TypeAlias = AnyPhrase | AnyWord | AnyValue | AnyOf | InOrder | AllOf | EventRoles | ClauseStart | Anchor


def inner_nodes(node: CompiledNode) -> tuple[CompiledNode, ...]:
    """Return the nodes that a node is made of; those of a frame without its participles, which are among the verbs."""
    match node:
        case AnyOf(_, parts) | InOrder(_, parts, _) | AllOf(_, parts):
            return parts
        case EventRoles():
            return (*node.events, *(role for _, role in node.roles))
        case ClauseStart(_, inner) | Anchor(_, inner):
            return (inner,)
    return ()


def phrases_in(*nodes: CompiledNode) -> frozenset[int]:
    """Return the numbers of all phrases that patterns name. Parts that they share are looked into once."""
    phrases, seen, waiting = set[int](), set[int](), list(nodes)
    while waiting:
        node = waiting.pop()
        if node.key in seen:
            continue
        seen.add(node.key)
        if isinstance(node, AnyPhrase):
            phrases |= node.numbers
        waiting += inner_nodes(node)
    return frozenset(phrases)


def groups_needed(node: CompiledNode) -> Groups:
    """Return groups of phrases of each of which one stands wherever a pattern does, the rarest first."""
    match node:
        case AnyPhrase(_, numbers):
            return (numbers,)
        case AnyOf():
            return (node.anchored,) if node.anchored else ()
        case InOrder() | AllOf():
            return tuple(group for part in node.quick for group in groups_needed(part))
        case ClauseStart(_, inner) | Anchor(_, inner):
            return groups_needed(inner)
    return ()


def needs_phrase(node: CompiledNode) -> bool:
    """Tell whether a pattern stands nowhere without one of its phrases; word forms need none."""
    match node:
        case AnyWord() | AnyValue():
            return False
        case AnyOf(_, options):
            return all(map(needs_phrase, options))
        case InOrder(_, parts, _) | AllOf(_, parts):
            return any(map(needs_phrase, parts))
        case EventRoles():
            return all(map(needs_phrase, node.events)) or any(needs_phrase(role) for _, role in node.roles)
        case ClauseStart(_, inner) | Anchor(_, inner):
            return needs_phrase(inner)
    return True


def _without_plain(
    plain: frozenset[int], options: tuple[CompiledNode, ...], anchors: tuple[frozenset[int], ...]
) -> tuple[frozenset[int], tuple[CompiledNode, ...], tuple[frozenset[int], ...]]:
    """Return plain phrases joined with those of a compiled choice, and its other options with their anchors. Its plain phrases are
    its first option."""
    first = options[0]
    return (
        (plain | first.numbers, options[1:], anchors[1:]) if isinstance(first, AnyPhrase) else (plain, options, anchors)
    )


@dataclass
class PatternCompiler:
    """Turns expanded patterns into compiled ones over one growing list of phrases. Raises TypeError for a set."""

    _phrases: dict[Phrase, int] = field(default_factory=dict)
    _nodes: dict[Node, CompiledNode] = field(default_factory=dict)
    _required: dict[Node, Groups] = field(default_factory=dict)
    _groups: dict[frozenset[int], frozenset[int]] = field(default_factory=dict)
    """Each group of numbers once, so that equal ones are the same object."""
    _frequencies: dict[frozenset[int], float] = field(default_factory=dict)
    _shares: list[float] = field(default_factory=list)
    """The frequency of each phrase, by number."""
    _keys: Iterator[int] = field(default_factory=lambda: count(1))

    def compile(self, node: Node) -> CompiledNode:
        if node not in self._nodes:
            self._nodes[node] = self._compiled(node)
        return self._nodes[node]

    def _compiled(self, node: Node) -> CompiledNode:
        match node:
            case Words(phrase):
                return AnyPhrase(next(self._keys), self._group((phrase,)))
            case Form(form):
                return AnyWord(next(self._keys), form)
            case Value():
                return AnyValue(next(self._keys), node)
            case Inflected():
                return self.compile(inflected(node))
            case Choice(options):
                return self._choice(options)
            case Sequence(parts, links):
                return InOrder(next(self._keys), tuple(map(self.compile, parts)), links, self._quick(parts))
            case Together(parts):
                return AllOf(next(self._keys), tuple(map(self.compile, parts)), self._quick(parts))
            case RoleFrame():
                given = (getattr(node, name) for name in pattern_syntax.ROLE_PARTS)
                roles = [None if part is None else self.compile(part) for part in given]
                v, p, n, u, o, agent, patient, via = roles
                return EventRoles(
                    next(self._keys), node.within, v, p, n, u, o, agent, patient, via, self._quick(node.roles)
                )
            case AtStart(inner):
                return ClauseStart(next(self._keys), self.compile(inner))
            case Head(inner):
                return Anchor(next(self._keys), self.compile(inner))
        raise TypeError(f"a set was not expanded: {node}")

    def _quick(self, parts: tuple[Node, ...]) -> tuple[CompiledNode, ...]:
        """Return parts in the order in which they are best looked for: what a text seldom holds first, values last."""

        def rank(part: Node) -> tuple[bool, float]:
            return not requires_phrase(part), self._frequency(self.anchor(part))

        return tuple(map(self.compile, sorted(parts, key=rank)))

    def _choice(self, options: tuple[Node, ...]) -> CompiledNode:
        """Compile a choice. All plain phrases of it and of the choices in it are one node: a single look at the hits decides for
        all of them."""
        plain = self._group([option.phrase for option in options if isinstance(option, Words)])
        further = dict[int, tuple[CompiledNode, frozenset[int]]]()  # by key: what several sets hold is looked for once
        for option in options:
            if not isinstance(option, Words):
                match self.compile(option):
                    case AnyPhrase(_, numbers):
                        plain |= numbers
                    case AnyOf(_, inner, inner_anchors):
                        plain, inner, inner_anchors = _without_plain(plain, inner, inner_anchors)
                        own = zip(inner, inner_anchors, strict=True)
                        further.update({node.key: (node, anchor) for node, anchor in own})
                    case other:
                        further[other.key] = other, self.anchor(option)
        plain, key = self._groups.setdefault(plain, plain), next(self._keys)
        if not further:
            return AnyPhrase(key, plain)
        others, anchors = zip(*further.values(), strict=True)
        if plain:
            others, anchors = (AnyPhrase(next(self._keys), plain), *others), (plain, *anchors)
        return AnyOf(key, others, anchors)

    def number(self, phrase: Phrase) -> int:
        known = self._phrases.get(phrase)
        if known is None:
            known = self._phrases[phrase] = len(self._phrases)
            self._shares.append(phrase_frequency(phrase))
        return known

    def required_groups(self, node: Node) -> Groups:
        """Return groups of numbers of phrases, the rarest first. Of each one stands wherever the pattern matches; there is none for
        a pattern that forms and values alone can match.

        At most MAX_GROUPS of them: a further one is of common words, and tells hardly any text from another.
        """
        return self._required_by(node)[:MAX_GROUPS]

    def anchor(self, node: Node) -> frozenset[int]:
        """Return the rarest of the required groups; empty if nothing is required."""
        return next(iter(self._required_by(node)), frozenset())

    def _required_by(self, node: Node) -> Groups:
        if node not in self._required:
            self._required[node] = tuple(sorted(self._groups_of(node), key=self._frequency))
        return self._required[node]

    def _groups_of(self, node: Node) -> Groups:
        match node:
            case Words(phrase):
                return (self._group((phrase,)),)
            case Inflected():
                return self._required_by(inflected(node))
            case Choice(options):
                return self._groups_of_one(options)
            case Sequence(parts, _) | Together(parts):
                return tuple(group for part in parts for group in self._required_by(part))
            case RoleFrame():
                of_roles = (group for role in node.roles for group in self._required_by(role))
                return (*self._groups_of_one(node.events), *of_roles)
            case AtStart(inner) | Head(inner):
                return self._required_by(inner)
        return ()

    def _groups_of_one(self, options: tuple[Node, ...]) -> Groups:
        """Return what one of several options requires: the first group joins the first groups of all options, and so on. An option
        with fewer groups repeats its last."""
        plain = self._group([option.phrase for option in options if isinstance(option, Words)])
        groups_of = [self._required_by(option) for option in options if not isinstance(option, Words)]
        if not groups_of:
            return (plain,)
        if not all(groups_of):
            return ()
        longest = max(map(len, groups_of))
        joined = (plain.union(*(of[min(n, len(of) - 1)] for of in groups_of)) for n in range(longest))
        return tuple(self._groups.setdefault(group, group) for group in joined)

    def _frequency(self, group: frozenset[int]) -> float:
        """Return the share of stories in which one of these phrases is expected, as if no two stood in one."""
        if group not in self._frequencies:
            # The same sum whatever the order of the set.
            self._frequencies[group] = fsum([self._shares[number] for number in group])
        return self._frequencies[group]

    def _group(self, phrases: Iterable[Phrase]) -> frozenset[int]:
        """Return the numbers of some phrases. They are numbered as they are written, since a set has no order."""
        group = frozenset(map(self.number, phrases))
        return self._groups.setdefault(group, group)

    def index(self, masks: Iterable[Phrase] = ()) -> PhraseIndex:
        hidden = frozenset(self.number(phrase) for phrase in masks)
        return PhraseIndex(tuple(self._phrases), hidden)


def no_values(_: str, __: ValueKind) -> tuple[FoundValue, ...]:
    """Read no value: for texts in which no pattern asks for one."""
    return ()


@dataclass
class FieldView:
    """One field of one story under evaluation: its text, its phrase hits, and the matches computed so far by pattern key."""

    name: str
    text: SegmentedText
    hits: PhraseHits
    read_values: ValueReader = no_values
    _matches: dict[int, list[Match]] = field(default_factory=dict)
    _values: dict[ValueKind, tuple[tuple[FoundValue, Match], ...]] = field(default_factory=dict)
    _leaves: Leaves = field(default_factory=Leaves)
    _of_phrases: dict[int, list[Match]] = field(default_factory=dict)

    def with_hits(self, hits: PhraseHits) -> FieldView:
        """Return this view with the hits of further phrases. What was computed without them holds with them too."""
        known = self._matches, self._values, self._leaves, self._of_phrases
        return FieldView(self.name, self.text, hits, self.read_values, *known)

    def values(self, kind: ValueKind) -> tuple[tuple[FoundValue, Match], ...]:
        """The dates or the amounts of the field, each with its place in the folded text. Read once, if a pattern asks for one."""
        if kind not in self._values:
            read = self.read_values(self.text.raw, kind)
            found = ((value, *self.text.folded_span(value.start, value.end)) for value in read)
            spans = ((value, Match(start, end, ((start, end),))) for value, start, end in found if start < end)
            self._values[kind] = tuple(spans)
        return self._values[kind]

    @cached_property
    def phrases_by_sentence(self) -> tuple[frozenset[int], ...]:
        """The phrases that begin in each sentence. A pattern stands within one sentence."""
        starts = [sentence.start for sentence in self.text.sentences]
        if len(starts) == 1:
            return (self._present,)
        phrases: list[set[int]] = [set() for _ in starts]
        for number, spans in self.hits.items():
            for start, _ in spans:
                phrases[bisect_right(starts, start, 1) - 1].add(number)
        return tuple(map(frozenset, phrases))

    @cached_property
    def _present(self) -> frozenset[int]:
        """The phrases of the field. Python intersects two sets by the smaller one, a set and a view of keys by their order."""
        return frozenset(self.hits)

    def find(self, node: CompiledNode) -> list[Match]:
        """Return every match of a pattern, in order, each (start, end) once; of a frame each event once."""
        matches = self._matches.get(node.key)
        if matches is None:
            matches = self._matches[node.key] = _EVALUATED[type(node)](self, node)
        return matches

    def words(self, span: Match) -> tuple[str, ...]:
        """Return the original words that a match is made of."""
        raw = (self.text.raw_span(start, end) for start, end in span.parts)
        return tuple(self.text.raw[start:end] for start, end in raw)

    def _any_phrase(self, node: AnyPhrase) -> list[Match]:
        here = self._present & node.numbers
        if len(here) == 1:
            return self._of_phrase(*here)
        return ordered([match for number in here for match in self._of_phrase(number)])

    def _of_phrase(self, number: int) -> list[Match]:
        matches = self._of_phrases.get(number)
        if matches is None:
            matches = self._of_phrases[number] = list(map(self._leaves.__getitem__, self.hits[number]))
        return matches

    def _any_of(self, node: AnyOf) -> list[Match]:
        present, found = self._present, list[list[Match]]()
        here = present & node.anchored if node.anchored else present
        if here or not node.anchored:
            for option, anchor, further in node.needs:
                near = not anchor or not here.isdisjoint(anchor)
                if near and not any(map(present.isdisjoint, further)) and (spans := self.find(option)):
                    found.append(spans)
        if len(found) < 2:
            return found[0] if found else []
        return ordered([span for spans in found for span in spans])

    def _any_word(self, node: AnyWord) -> list[Match]:
        folded = self.text.folded
        return [self._leaves[place] for place in self.text.words if node.form.fits(folded[place[0] : place[1]])]

    def _any_value(self, node: AnyValue) -> list[Match]:
        return [span for value, span in self.values(node.value.kind) if node.value.fits(value)]

    def _anchor(self, node: Anchor) -> list[Match]:
        return [span.with_head(span.start) for span in self.find(node.inner)]

    def _clause_start(self, node: ClauseStart) -> list[Match]:
        return [span for span in self.find(node.inner) if self.text.is_clause_start(span.start)]

    def _in_order(self, node: InOrder) -> list[Match]:
        """Evaluate a sequence. Where one of its parts is missing, so is the whole."""
        if not all(map(self.find, node.quick or node.parts)):
            return []
        spans = self.find(node.parts[0])
        for link, part in zip(node.links, node.parts[1:], strict=True):
            joined, others = list[Match](), self.find(part)
            for first in spans:
                joined += self._joined(first, link, others)
                if len(joined) > MAX_PAIRS:
                    break
            if not joined:
                return joined
            spans = ordered(joined)
        return spans

    def _all_of(self, node: AllOf) -> list[Match]:
        """Evaluate parts in any order: one match for each place of the first part, with the nearest of each other. The more parts
        each place is joined to, the fewer places are looked at: it is their product that takes time."""
        if not all(map(self.find, node.quick or node.parts)):
            return []
        found, others = list[Match](), [self.find(part) for part in node.parts[1:]]
        for joined in self.find(node.parts[0])[: MAX_PAIRS // len(others)]:
            at = joined.start
            start, end, _ = self.text.sentence_at(at)
            for matches in others:
                beside = [match for match in matches_between(matches, start, end) if match[1] <= end]
                if not beside:
                    break
                joined = joined.merged(min(beside, key=lambda match: abs(match[0] - at)))
            else:
                found.append(joined)
        return ordered(found)

    def _event_roles(self, node: EventRoles) -> list[Match]:
        """Evaluate a frame. Where no event or one of its roles stands nowhere, neither does the frame."""
        if not any(map(self.find, node.events)) or not all(map(self.find, node.quick)):
            return []
        events = node.verbs, node.participles, node.nouns, node.unspaced, node.phrases
        verbs, participles, nouns, unspaced, phrases = ([] if event is None else self.find(event) for event in events)
        roles = (None if role is None else self.find(role) for role in (node.agent, node.patient, node.via))
        parts = FrameParts(verbs, participles, nouns, unspaced, phrases, *roles)
        return sorted(set(frames_in(self.text, parts, node.within)))

    def _joined(self, first: Match, link: Link, others: list[Match]) -> list[Match]:
        """Return a match joined to each of these that stands to it as the link says: behind it, or on either side."""
        text, at, first_end = self.text, first[0], first[1]
        start, end, _ = text.sentence_at(at)
        last_start = first_end + text.folded.startswith(" ", first_end) if link.join is Join.ADJACENT else end
        if len(others) > FEW:
            others = matches_between(others, start if link.either else first_end, last_start + 1)
        behind = [other for other in others if first_end <= other[0] <= last_start]
        before = [other for other in others if other[1] <= at] if link.either else []
        if not behind and not before:
            return []
        if link.join is Join.CLAUSE:
            start, end = max(start, text.clause_span(first_end - 1)[0]), min(end, text.clause_span(at)[1])
        behind = [other for other in behind if other[1] <= end]
        before = [other for other in before if other[0] >= start]
        if link.words or link.join is Join.GAP:
            if behind:
                last_start = text.reach_after(first_end, link.words * WORD_COST)
                behind = [other for other in behind if other[0] <= last_start]
            if before:
                earliest_end = text.reach_before(at, link.words * WORD_COST)
                before = [other for other in before if other[1] >= earliest_end]
        return [first.joined(second) for second in behind] + [second.joined(first) for second in before]


_EVALUATED: Mapping[type, Callable[[FieldView, Any], list[Match]]] = {
    AnyPhrase: FieldView._any_phrase,
    AnyWord: FieldView._any_word,
    AnyValue: FieldView._any_value,
    AnyOf: FieldView._any_of,
    InOrder: FieldView._in_order,
    AllOf: FieldView._all_of,
    EventRoles: FieldView._event_roles,
    ClauseStart: FieldView._clause_start,
    Anchor: FieldView._anchor,
}
"""How each kind of pattern is evaluated."""
