"""The gate of matching: which commitments a text could concern.

Most news is far from every deal, so the patterns that open a commitment are tried first, over an index of their phrases alone.
Only where one of them stands are the other phrases looked for and the acts read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from monitor.domain.text.automaton import PhraseIndex
from monitor.domain.text.pattern_eval import CompiledNode, FieldView, phrases_in
from monitor.domain.text.pattern_filter import Groups, PatternFilter
from monitor.domain.text.segments import SegmentedText


class CommitmentGate:
    """The opening patterns of all commitments over the part of an index that holds their phrases and the masks.

    opening: number of a pattern -> its commitment and its node. required: number of a pattern -> its groups.
    """

    def __init__(
        self, opening: Mapping[int, tuple[str, CompiledNode]], required: Mapping[int, Groups], index: PhraseIndex
    ) -> None:
        phrases = phrases_in(*(node for _, node in opening.values()))
        self._opening = opening
        self._filter = PatternFilter({number: required[number] for number in opening})
        self._index = replace(index, only=phrases | index.masks)

    def view(self, name: str, text: SegmentedText) -> FieldView:
        """A field with the hits of the phrases of the opening patterns."""
        return FieldView(name, text, self._index.find(text.folded))

    def commitments(self, view: FieldView) -> set[str]:
        """The commitments of which an opening pattern stands in a field."""
        found = set[str]()
        # Sentences are worked out only for a field that as a whole leaves something possible: one in five.
        possible = self._filter.possible((view.hits,)) and self._filter.possible(view.phrases_by_sentence)
        for number in possible:
            commitment, node = self._opening[number]
            if commitment not in found and view.find(node):
                found.add(commitment)
        return found
