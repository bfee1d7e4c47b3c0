"""Which patterns the phrases of a text leave possible, before any of them is evaluated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

Groups = tuple[frozenset[int], ...]
"""Groups of phrases by number, the rarest first. A pattern stands only where each of its groups has a phrase."""


class PatternFilter:
    """Patterns by number, with the groups of phrases that each requires.

    A pattern is looked at only where a phrase of its rarest group, its anchor, stands. So the work depends on the words of the
    text and hardly on the number of patterns. Its further groups are bits of one number, since many patterns share them: which of
    them have a phrase in a sentence is so told for all at once.
    """

    def __init__(self, required: Mapping[int, Groups]) -> None:
        self._further: dict[int, int] = {}
        bits: dict[frozenset[int], int] = {}
        anchored: dict[int, list[int]] = {}
        for pattern, (anchor, *further) in required.items():
            for phrase in anchor:
                anchored.setdefault(phrase, []).append(pattern)
            self._further[pattern] = sum({bits.setdefault(group, 1 << len(bits)) for group in further})
        groups = dict.fromkeys(anchored, 0)
        for group, bit in bits.items():
            for phrase in group:
                groups[phrase] = groups.get(phrase, 0) | bit
        self._known = {phrase: (anchored.get(phrase, ()), own) for phrase, own in groups.items()}
        """Phrase -> the patterns that it anchors, and the further groups that it is in."""

    def possible(self, sentences: Iterable[Iterable[int]]) -> set[int]:
        """Return the patterns of which every group has a phrase in one of these sentences, each given by its phrases."""
        found, known, further = set[int](), self._known, self._further
        for phrases in sentences:
            candidates, standing = set[int](), 0
            for phrase in phrases:
                if phrase in known:
                    anchored, groups = known[phrase]
                    standing |= groups
                    if anchored:
                        candidates.update(anchored)
            found.update([pattern for pattern in candidates if further[pattern] & standing == further[pattern]])
        return found
