"""Which patterns the phrases of a text leave possible, before any of them is evaluated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

Groups = tuple[frozenset[int], ...]
"""Groups of phrases by number, the rarest first. A pattern stands only where each of its groups has a phrase."""


class PatternFilter:
    """Patterns by number, with the groups of phrases that each requires.

    A pattern is looked at only where a phrase of its rarest group, its anchor, stands. Each group is one bit of a whole number:
    a phrase has the bits of its groups, a pattern those that it needs, so one comparison tells whether all of them are there.
    """

    def __init__(self, required: Mapping[int, Groups]) -> None:
        self._anchored: dict[int, list[int]] = {}
        self._bits_of: dict[int, int] = {}
        self._needed: dict[int, int] = {}
        bits: dict[frozenset[int], int] = {}
        for pattern, groups in required.items():
            needed = 0
            for group in groups:
                if group not in bits:
                    bits[group] = 1 << len(bits)
                    for phrase in group:
                        self._bits_of[phrase] = self._bits_of.get(phrase, 0) | bits[group]
                needed |= bits[group]
            self._needed[pattern] = needed
            for phrase in groups[0]:
                self._anchored.setdefault(phrase, []).append(pattern)

    def possible(self, sentences: Iterable[Iterable[int]]) -> set[int]:
        """Return the patterns of which every group has a phrase in one of these sentences, each given by its phrases."""
        found = set[int]()
        for phrases in sentences:
            present, candidates = 0, list[int]()
            for phrase in phrases:
                if phrase in self._bits_of:
                    present |= self._bits_of[phrase]
                    candidates += self._anchored.get(phrase, ())
            found.update(
                pattern for pattern in set(candidates) if self._needed[pattern] & present == self._needed[pattern]
            )
        return found
