"""Matches: the places of a folded text where a pattern stands."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

FEW = 8
"""So many matches are looked through faster than a place among them is found."""


class Match(NamedTuple):
    """A match in folded text. parts: the phrases it is made of, in text order; head: where the word begins that the
    pattern marks with '!', or -1.

    It is a tuple because a near story makes hundreds of them, and a tuple is made in a third of a dataclass's time.
    """

    start: int
    end: int
    parts: tuple[tuple[int, int], ...]
    head: int = -1

    def joined(self, later: Match) -> Match:
        """Return this match and a later one as one match."""
        start, _, parts, head = self
        _, end, more, later_head = later
        return _new((start, end, parts + more, head if head > later_head else later_head))

    def with_head(self, head: int) -> Match:
        """Return this match with another head."""
        start, end, parts, _ = self
        return _new((start, end, parts, head))

    def merged(self, *others: Match) -> Match:
        """Return this match and others, in any order, as one. Words that two of them share count once."""
        start, end, own, head = self
        every = list(own)
        for other in others:
            first, last, more, other_head = other
            start, end, head = min(start, first), max(end, last), max(head, other_head)
            every += more
        every.sort()
        parts = every[:1]
        for part in every[1:]:
            if part[0] >= parts[-1][1]:
                parts.append(part)
        return _new((start, end, tuple(parts), head))


class Leaves(dict[tuple[int, int], Match]):
    """The matches that a single phrase gives, by place. Each is made once, since many patterns name the same words."""

    def __missing__(self, place: tuple[int, int]) -> Match:
        self[place] = match = _new((*place, (place,), -1))
        return match


_new: Callable[[tuple[int, int, tuple[tuple[int, int], ...], int]], Match] = partial(tuple.__new__, Match)
"""Makes a match of its four values, in a third of the time that the constructor takes."""


def matches_between(matches: list[Match], start: int, end: int) -> list[Match]:
    """Return the matches that begin in [start, end), of a list in order of place."""
    if len(matches) <= FEW:
        return [match for match in matches if start <= match[0] < end]
    return matches[bisect_left(matches, (start,)) : bisect_left(matches, (end,))]


def ordered(matches: list[Match]) -> list[Match]:
    """Return the matches in order of place, each (start, end) once: the first of the list."""
    if len(matches) < 2:
        return matches
    unique = {match[:2]: match for match in reversed(matches)}
    return [unique[place] for place in sorted(unique)]
