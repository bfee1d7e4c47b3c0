"""Gates: a few patterns, over an index of their phrases only, decide whether a text is examined further.

Most news concerns no deal. So the opening patterns of the commitments are tried first; only if one of them matches, the
other phrases are searched and the acts read. Likewise a reader is asked only about stories that pass the gate of a
deal.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from monitor.domain.text.automaton import PhraseIndex
from monitor.domain.text.pattern_compiler import PatternFilter
from monitor.domain.text.pattern_eval import FieldView, no_values
from monitor.domain.text.patterns import Node, ValueReader, phrases_in
from monitor.domain.text.segments import SegmentedText


class CommitmentGate:
    """The opening patterns of all commitments, over the part of an index with their phrases and the masks. The other
    part is searched only if one of them matches.

    opening: number of a pattern -> its commitment and its node.
    """

    def __init__(self, opening: Mapping[int, tuple[str, Node]], index: PhraseIndex) -> None:
        phrases = phrases_in(*(node for _, node in opening.values()))
        self._opening = opening
        self._filter = PatternFilter({number: node for number, (_, node) in opening.items()})
        self._index = replace(index, only=phrases | index.masks)
        self._further = replace(index, only=frozenset(range(len(index.phrases))) - phrases | index.masks)

    def view(self, name: str, text: SegmentedText, read_values: ValueReader = no_values) -> FieldView:
        """A field with the hits of the phrases of the opening patterns."""
        return FieldView(name, text, self._index.find(text.folded), read_values)

    def with_all_phrases(self, view: FieldView) -> FieldView:
        """The same field with the hits of all phrases."""
        return view.with_hits(view.hits | self._further.find(view.text.folded))

    def commitments(self, view: FieldView) -> set[str]:
        """The commitments with an opening pattern that matches in a field."""
        found = set[str]()
        possible = self._filter.possible((view.hits,))
        # Sentences are computed only for a field that can match as a whole: one in five.
        if possible and len(view.text.sentences) > 1:
            possible = self._filter.possible(view.phrases_by_sentence)
        for number in possible:
            commitment, node = self._opening[number]
            if commitment not in found and view.find(node):
                found.add(commitment)
        return found


class DealGate:
    """The patterns that bring stories near a deal, over the part of an index that holds their phrases and the masks.

    ways: sets of pattern numbers; one set is enough if all of its patterns match. nodes: by pattern number.
    """

    def __init__(self, ways: Sequence[tuple[int, ...]], nodes: Mapping[int, Node], index: PhraseIndex) -> None:
        self._ways = ways
        self._nodes = nodes
        self._filter = PatternFilter(nodes)
        self._index = replace(index, only=phrases_in(*nodes.values()) | index.masks)

    def lets_through(self, fields: Iterable[str], read_values: ValueReader = no_values) -> bool:
        """Whether all patterns of one set match in these fields of a text, each in any of them."""
        texts = [SegmentedText(raw) for raw in fields if self._ways]
        views = [FieldView("", text, self._index.find(text.folded), read_values) for text in texts]
        near = [(view, self._filter.possible((view.hits,))) for view in views]
        possible = set[int]().union(*(numbers for _, numbers in near))
        return any(possible.issuperset(way) and all(self._stands(number, near) for number in way) for way in self._ways)

    def _stands(self, number: int, near: Iterable[tuple[FieldView, set[int]]]) -> bool:
        return any(number in possible and bool(view.find(self._nodes[number])) for view, possible in near)
