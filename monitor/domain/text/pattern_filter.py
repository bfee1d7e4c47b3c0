"""Which patterns the phrases of a text leave possible, before any of them is evaluated."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

Groups = tuple[frozenset[int], ...]
"""Groups of phrases by number, the rarest first. A pattern stands only where each of its groups has a phrase."""


class PatternFilter:
    """Patterns by number, with the groups of phrases that each requires.

    A pattern is looked at only where a phrase of its rarest group, its anchor, stands. So the work depends on the words of the
    text and hardly on the number of patterns.
    """

    def __init__(self, required: Mapping[int, Groups]) -> None:
        self._anchored: dict[int, list[int]] = {}
        self._further = {pattern: groups[1:] for pattern, groups in required.items()}
        for pattern, groups in required.items():
            for phrase in groups[0]:
                self._anchored.setdefault(phrase, []).append(pattern)

    def possible(self, sentences: Iterable[Collection[int]]) -> set[int]:
        """Return the patterns of which every group has a phrase in one of these sentences, each given by its phrases."""
        found, anchored, further = set[int](), self._anchored, self._further
        for phrases in sentences:
            candidates = {pattern for phrase in phrases if phrase in anchored for pattern in anchored[phrase]}
            for pattern in candidates - found:
                for group in further[pattern]:
                    if group.isdisjoint(phrases):
                        break
                else:
                    found.add(pattern)
        return found
