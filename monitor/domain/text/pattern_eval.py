"""Compiled patterns evaluated over the phrase hits of a text."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from monitor.domain.text.automaton import PhraseHits
from monitor.domain.text.frame_eval import frames_in
from monitor.domain.text.patterns import (
    AtStart,
    Choice,
    Form,
    FoundValue,
    Head,
    InOrder,
    Link,
    Node,
    PhraseSet,
    Reach,
    RoleFrame,
    Together,
    Value,
    ValueKind,
    ValueReader,
)
from monitor.domain.text.segments import FEW, WORD_COST, Leaves, Match, SegmentedText, matches_between, ordered

MAX_PAIRS = 1_000
"""Pairs of parts that one pattern joins in one text. An estimate: real texts have at most some hundred."""


def no_values(_: str, __: ValueKind) -> tuple[FoundValue, ...]:
    """Read no value: for texts in which no pattern asks for one."""
    return ()


@dataclass
class FieldView:
    """One field of one story under evaluation: its text, its phrase hits, and the computed matches by pattern key."""

    name: str
    text: SegmentedText
    hits: PhraseHits
    read_values: ValueReader = no_values
    _matches: dict[int, list[Match]] = field(default_factory=dict)
    _values: dict[ValueKind, tuple[tuple[FoundValue, Match], ...]] = field(default_factory=dict)
    _leaves: Leaves = field(default_factory=Leaves)
    _of_phrases: dict[int, list[Match]] = field(default_factory=dict)

    def with_hits(self, hits: PhraseHits) -> FieldView:
        """This view with the hits of further phrases. Earlier results stay valid."""
        computed = self._matches, self._values, self._leaves, self._of_phrases
        return FieldView(self.name, self.text, hits, self.read_values, *computed)

    def values(self, kind: ValueKind) -> tuple[tuple[FoundValue, Match], ...]:
        """The dates or the amounts of the field, each with its place in the folded text."""
        if kind not in self._values:
            read = self.read_values(self.text.raw, kind)
            found = ((value, *self.text.folded_span(value.start, value.end)) for value in read)
            spans = ((value, Match(start, end, ((start, end),))) for value, start, end in found if start < end)
            self._values[kind] = tuple(spans)
        return self._values[kind]

    @cached_property
    def phrases_by_sentence(self) -> tuple[frozenset[int], ...]:
        """The phrases that begin in each sentence. A pattern matches within one sentence."""
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
        """The phrases of the field, as a set: Python intersects sets by the smaller one."""
        return frozenset(self.hits)

    def find(self, node: Node) -> list[Match]:
        """Every match of a pattern, in order, each (start, end) once; of a frame each event once."""
        matches = self._matches.get(node.key)
        if matches is None:
            matches = self._matches[node.key] = _EVALUATED[type(node)](self, node)
        return matches

    def words(self, span: Match) -> tuple[str, ...]:
        """The original words that a match is made of."""
        raw = (self.text.raw_span(start, end) for start, end in span.parts)
        return tuple(self.text.raw[start:end] for start, end in raw)

    def _phrase_set(self, node: PhraseSet) -> list[Match]:
        here = self._present & node.numbers
        if len(here) == 1:
            return self._of_phrase(*here)
        return ordered([match for number in here for match in self._of_phrase(number)])

    def _of_phrase(self, number: int) -> list[Match]:
        matches = self._of_phrases.get(number)
        if matches is None:
            matches = self._of_phrases[number] = list(map(self._leaves.__getitem__, self.hits[number]))
        return matches

    def _choice(self, node: Choice) -> list[Match]:
        # The first group of a choice holds those of its options, so most options are ruled out by the few phrases left
        # of it.
        here, found = self._present & node.groups[0] if node.groups else self._present, list[list[Match]]()
        for option in node.options:
            if not (option.groups and here.isdisjoint(option.groups[0])) and (spans := self.find(option)):
                found.append(spans)
        if len(found) < 2:
            return found[0] if found else []
        return ordered([span for spans in found for span in spans])

    def _form(self, node: Form) -> list[Match]:
        folded = self.text.folded
        return [self._leaves[place] for place in self.text.words if node.fits(folded[place[0] : place[1]])]

    def _value(self, node: Value) -> list[Match]:
        return [span for value, span in self.values(node.kind) if node.fits(value)]

    def _head(self, node: Head) -> list[Match]:
        return [span.with_head(span.start) for span in self.find(node.inner)]

    def _at_start(self, node: AtStart) -> list[Match]:
        return [span for span in self.find(node.inner) if self.text.is_clause_start(span.start)]

    def _in_order(self, node: InOrder) -> list[Match]:
        if not all(map(self.find, node.parts)):
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

    def _together(self, node: Together) -> list[Match]:
        """Find parts in any order: one match for each place of the first part, with the nearest place of each other
        part. The more parts there are, the fewer places are tried: the product takes time."""
        if not all(map(self.find, node.parts)):
            return []
        found, others = list[Match](), [self.find(part) for part in node.parts[1:]]
        for joined in self.find(node.parts[0])[: MAX_PAIRS // len(others)]:
            at = joined.start
            start, end, _ = self.text.sentence_at(at)
            for matches in others:
                near = [match for match in matches_between(matches, start, end) if match[1] <= end]
                if not near:
                    break
                joined = joined.merged(min(near, key=lambda match: abs(match[0] - at)))
            else:
                found.append(joined)
        return ordered(found)

    def _role_frame(self, node: RoleFrame) -> list[Match]:
        if not any(map(self.find, node.events)) or not all(self.find(role) for _, role in node.roles):
            return []
        return sorted(set(frames_in(self.text, node, self.find)))

    def _joined(self, first: Match, link: Link, others: list[Match]) -> list[Match]:
        """A match joined to each of these that the link allows: after it, or on either side."""
        text, at, first_end = self.text, first[0], first[1]
        start, end, _ = text.sentence_at(at)
        last_start = first_end + text.folded.startswith(" ", first_end) if link.reach is Reach.ADJACENT else end
        if len(others) > FEW:
            others = matches_between(others, start if link.either else first_end, last_start + 1)
        after = [other for other in others if first_end <= other[0] <= last_start]
        before = [other for other in others if other[1] <= at] if link.either else []
        if not after and not before:
            return []
        if link.reach is Reach.CLAUSE:
            start, end = max(start, text.clause_span(first_end - 1)[0]), min(end, text.clause_span(at)[1])
        after = [other for other in after if other[1] <= end]
        before = [other for other in before if other[0] >= start]
        if link.reach is Reach.WORDS:
            if after:
                last_start = text.reach_after(first_end, link.words * WORD_COST)
                after = [other for other in after if other[0] <= last_start]
            if before:
                earliest_end = text.reach_before(at, link.words * WORD_COST)
                before = [other for other in before if other[1] >= earliest_end]
        return [first.joined(second) for second in after] + [second.joined(first) for second in before]


_EVALUATED: Mapping[type, Callable[[FieldView, Any], list[Match]]] = {
    PhraseSet: FieldView._phrase_set,
    Form: FieldView._form,
    Value: FieldView._value,
    Choice: FieldView._choice,
    InOrder: FieldView._in_order,
    Together: FieldView._together,
    RoleFrame: FieldView._role_frame,
    AtStart: FieldView._at_start,
    Head: FieldView._head,
}
"""How each kind of node is evaluated."""
