"""Compiled patterns and their evaluation over phrase hits: where a pattern matches in a text."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count
from operator import attrgetter
from typing import NamedTuple, TypeAlias

from monitor.domain.text import pattern_syntax
from monitor.domain.text.automaton import Phrase, PhraseHits, PhraseIndex
from monitor.domain.text.pattern_syntax import AtStart, Choice, Form, Head, Join, Link, Node, Sequence, Words
from monitor.domain.text.segments import WORD_COST, SegmentedText
from monitor.domain.text.word_regex import WordForm


class Match(NamedTuple):
    """A match in folded text. parts: the phrases it is made of, in text order; head: where the word begins that the pattern
    marks with '!', or -1.

    It is a tuple because a near story makes hundreds of them, and a tuple is made in a third of a dataclass's time.
    """

    start: int
    end: int
    parts: tuple[tuple[int, int], ...]
    head: int = -1

    def joined(self, later: Match) -> Match:
        """Return this match and a later one as one match."""
        return Match(self.start, later.end, self.parts + later.parts, max(self.head, later.head))


MAX_GROUPS = 3
"""Groups of phrases by which a pattern is told possible. With all of them the rules read nothing faster, and load slower."""
MAX_PAIRS = 1_000
"""Pairs of neighbouring parts that are joined in one text. An estimate that bounds the work on a text that repeats the words
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


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One of several options. anchors: of each option the rarest group of phrases that it requires; empty if it requires none."""

    key: int
    options: tuple[CompiledNode, ...]
    anchors: tuple[frozenset[int], ...]


@dataclass(frozen=True, slots=True)
class InOrder:
    key: int
    parts: tuple[CompiledNode, ...]
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class ClauseStart:
    key: int
    inner: CompiledNode


@dataclass(frozen=True, slots=True)
class Anchor:
    key: int
    inner: CompiledNode


CompiledNode: TypeAlias = AnyPhrase | AnyWord | AnyOf | InOrder | ClauseStart | Anchor


def phrases_in(*nodes: CompiledNode) -> frozenset[int]:
    """Return the numbers of all phrases that patterns name. Parts that they share are looked into once."""
    phrases, seen, waiting = set[int](), set[int](), list(nodes)
    while waiting:
        node = waiting.pop()
        if node.key in seen:
            continue
        seen.add(node.key)
        match node:
            case AnyPhrase(_, numbers):
                phrases |= numbers
            case AnyOf(_, inner) | InOrder(_, inner, _):
                waiting += inner
            case ClauseStart(_, part) | Anchor(_, part):
                waiting.append(part)
    return frozenset(phrases)


def needs_phrase(node: CompiledNode) -> bool:
    """Tell whether a pattern stands nowhere without one of its phrases; word forms need none."""
    match node:
        case AnyWord():
            return False
        case AnyOf(_, options):
            return all(map(needs_phrase, options))
        case InOrder(_, parts, _):
            return any(map(needs_phrase, parts))
        case ClauseStart(_, inner) | Anchor(_, inner):
            return needs_phrase(inner)
    return True


@dataclass
class PatternCompiler:
    """Turns expanded patterns into compiled ones over one growing list of phrases. Raises TypeError for a set."""

    _phrases: dict[Phrase, int] = field(default_factory=dict)
    _nodes: dict[Node, CompiledNode] = field(default_factory=dict)
    _groups: dict[frozenset[Phrase], frozenset[int]] = field(default_factory=dict)
    _keys: Iterator[int] = field(default_factory=lambda: count(1))

    def compile(self, node: Node) -> CompiledNode:
        if node in self._nodes:
            return self._nodes[node]
        compiled: CompiledNode
        match node:
            case Words(phrase):
                compiled = AnyPhrase(next(self._keys), self._numbers_of(frozenset((phrase,))))
            case Form(form):
                compiled = AnyWord(next(self._keys), form)
            case Choice(options):
                # All plain phrases of a choice are one node: a single look at the hits decides for all of them.
                words = [option.phrase for option in options if isinstance(option, Words)]
                for phrase in words:  # phrases are numbered as they are written, and a set has no order
                    self.number(phrase)
                plain = self._numbers_of(frozenset(words))
                further = [option for option in options if not isinstance(option, Words)]
                others = tuple(map(self.compile, further))
                key = next(self._keys)
                if not others:
                    compiled = AnyPhrase(key, plain)
                else:
                    anchors = tuple(map(self.anchor, further))
                    if plain:
                        others, anchors = (AnyPhrase(next(self._keys), plain), *others), (plain, *anchors)
                    compiled = AnyOf(key, others, anchors)
            case Sequence(parts, links):
                compiled = InOrder(next(self._keys), tuple(self.compile(part) for part in parts), links)
            case AtStart(inner):
                compiled = ClauseStart(next(self._keys), self.compile(inner))
            case Head(inner):
                compiled = Anchor(next(self._keys), self.compile(inner))
            case _:
                raise TypeError(f"a set was not expanded: {node}")
        self._nodes[node] = compiled
        return compiled

    def number(self, phrase: Phrase) -> int:
        return self._phrases.setdefault(phrase, len(self._phrases))

    def required_groups(self, node: Node) -> tuple[frozenset[int], ...]:
        """Return groups of numbers of phrases, the rarest first. Of each one stands wherever the pattern matches.

        At most MAX_GROUPS of them: a further one is of common words, and tells hardly any text from another.
        """
        return tuple(map(self._numbers_of, pattern_syntax.required_groups(node)[:MAX_GROUPS]))

    def anchor(self, node: Node) -> frozenset[int]:
        """Return the rarest of the required groups; empty if nothing is required."""
        return next(iter(self.required_groups(node)), frozenset())

    def _numbers_of(self, group: frozenset[Phrase]) -> frozenset[int]:
        """Return the numbers of a group, the same object for the same group: one stands in many patterns."""
        if group not in self._groups:
            self._groups[group] = frozenset(map(self.number, group))
        return self._groups[group]

    def index(self, masks: Iterable[Phrase] = ()) -> PhraseIndex:
        hidden = frozenset(self.number(phrase) for phrase in masks)
        return PhraseIndex(tuple(self._phrases), hidden)


@dataclass
class FieldView:
    """One field of one story under evaluation: its text, its phrase hits, and the matches computed so far by pattern key."""

    name: str
    text: SegmentedText
    hits: PhraseHits
    _matches: dict[int, list[Match]] = field(default_factory=dict)

    def with_hits(self, hits: PhraseHits) -> FieldView:
        """Return this view with the hits of further phrases. What was computed without them holds with them too."""
        return FieldView(self.name, self.text, hits, self._matches)

    @cached_property
    def phrases_by_sentence(self) -> tuple[frozenset[int], ...]:
        """The phrases that begin in each sentence which has any. A pattern stands within one sentence."""
        if len(self.text.sentences) == 1:
            return (frozenset(self.hits),)
        phrases: dict[int, set[int]] = {}
        for number, spans in self.hits.items():
            for start, _ in spans:
                phrases.setdefault(self.text.sentence_at(start).start, set()).add(number)
        return tuple(map(frozenset, phrases.values()))

    def find(self, node: CompiledNode) -> list[Match]:
        """Return every match of a pattern, in order, each (start, end) once."""
        matches = self._matches.get(node.key)
        if matches is None:
            matches = self._matches[node.key] = self._evaluate(node)
        return matches

    def words(self, span: Match) -> tuple[str, ...]:
        """Return the original words that a match is made of."""
        raw = (self.text.raw_span(start, end) for start, end in span.parts)
        return tuple(self.text.raw[start:end] for start, end in raw)

    def _evaluate(self, node: CompiledNode) -> list[Match]:
        """Evaluate a pattern. Most patterns match nowhere in a text, so that must be cheap: the commonest kinds come first."""
        if isinstance(node, AnyPhrase):
            if self.hits.keys().isdisjoint(node.numbers):
                return []
            here = self.hits.keys() & node.numbers
            return _ordered([Match(s, e, ((s, e),)) for number in here for s, e in self.hits[number]])
        if isinstance(node, InOrder):
            return self._in_order(node.parts, node.links)
        if isinstance(node, AnyOf):
            present = self.hits.keys()
            pairs = zip(node.options, node.anchors, strict=True)
            near = (option for option, anchor in pairs if not anchor or not present.isdisjoint(anchor))
            return _ordered([span for option in near for span in self.find(option)])
        if isinstance(node, Anchor):
            return [span._replace(head=span.start) for span in self.find(node.inner)]
        if isinstance(node, ClauseStart):
            return [span for span in self.find(node.inner) if self.text.is_clause_start(span.start)]
        words = (word for word in self.text.words if node.form.fits(self.text.folded[word[0] : word[1]]))
        return [Match(start, end, ((start, end),)) for start, end in words]

    def _in_order(self, parts: tuple[CompiledNode, ...], links: tuple[Link, ...]) -> list[Match]:
        """Evaluate a sequence. Plain phrases are looked up first: where one is missing, so is the whole."""
        for part in parts:
            if isinstance(part, AnyPhrase) and not self.find(part):
                return []
        spans = self.find(parts[0])
        for link, part in zip(links, parts[1:], strict=True):
            if not spans:
                return []
            joined, others = list[Match](), self.find(part)
            for first in spans if others else ():
                self._join(first, link, others, joined)
                if len(joined) > MAX_PAIRS:
                    break
            spans = _ordered(joined)
        return spans

    def _join(self, first: Match, link: Link, others: list[Match], joined: list[Match]) -> None:
        """Add a match joined to each of these that stands to it as the link says: behind it, or on either side."""
        text, sentence = self.text, self.text.sentence_at(first.start)
        behind = _between(others, first.end, sentence.end)
        before = _between(others, sentence.start, first.start) if link.either else ()
        if not (behind or before):
            return
        start, last_start, first_end, end = sentence.start, sentence.end, sentence.start, sentence.end
        if link.join is Join.ADJACENT:
            last_start = first.end + text.folded.startswith(" ", first.end)
        else:
            if link.join is Join.CLAUSE:
                start, end = max(start, text.clause_span(first.end - 1)[0]), min(end, text.clause_span(first.start)[1])
            if link.join is Join.GAP or link.words:
                last_start = text.reach_after(first.end, link.words * WORD_COST)
                first_end = text.reach_before(first.start, link.words * WORD_COST) if before else first_end
        joined += [first.joined(second) for second in behind if second.start <= last_start and second.end <= end]
        joined += [second.joined(first) for second in before if second.start >= start and second.end >= first_end]


def _ordered(spans: list[Match]) -> list[Match]:
    """Return the matches in order of place, each (start, end) once."""
    if len(spans) < 2:
        return spans
    unique: dict[tuple[int, int], Match] = {}
    for span in spans:
        unique.setdefault((span.start, span.end), span)
    return [unique[place] for place in sorted(unique)]


def _between(spans: list[Match], start: int, end: int) -> list[Match]:
    """Return the matches that begin at or after `start` and end by `end`."""
    if len(spans) > _FEW:
        spans = spans[
            bisect_left(spans, start, key=attrgetter("start")) : bisect_left(spans, end, key=attrgetter("start"))
        ]
    return [span for span in spans if span.start >= start and span.end <= end]


_FEW = 8
"""So many matches are looked through faster than a place among them is found."""
