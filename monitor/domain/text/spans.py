"""Matches: the places of a folded text where a pattern stands."""

from __future__ import annotations

from bisect import bisect_left
from typing import NamedTuple


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

    def merged(self, *others: Match) -> Match:
        """Return this match and others, in whatever order they stand, as one. Words that two of them share count once."""
        matches = (self, *others)
        parts: list[tuple[int, int]] = []
        for part in sorted({part for match in matches for part in match.parts}):
            if not parts or part[0] >= parts[-1][1]:
                parts.append(part)
        start, end = min(match.start for match in matches), max(match.end for match in matches)
        return Match(start, end, tuple(parts), max(match.head for match in matches))


def matches_between(matches: list[Match], start: int, end: int) -> list[Match]:
    """Return the matches that begin in [start, end), of a list in order of place."""
    return matches[bisect_left(matches, (start,)) : bisect_left(matches, (end,))] if len(matches) > 1 else matches
