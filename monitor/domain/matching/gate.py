"""The gate of matching: which commitments a text could concern, judged by a few of its words.

Most news is far from every deal. A pattern that opens a commitment stands only where each of its groups has a phrase. So a
story in which every opening pattern lacks a group is closed before anything else is worked out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from monitor.domain.text.automaton import Phrase, PhraseIndex
from monitor.domain.text.pattern_filter import Groups, PatternFilter


class Opener(NamedTuple):
    """A pattern that can make a story concern a commitment, or affect it from outside, with the groups that it requires."""

    commitment: str
    groups: Groups


class CommitmentGate:
    """The opening patterns of all commitments over an index of their phrases alone: a third of all, and the rarer ones."""

    def __init__(self, openers: Iterable[Opener], phrases: Sequence[Phrase]) -> None:
        self._openers = tuple(dict.fromkeys(openers))
        groups = {group for opener in self._openers for group in opener.groups}
        numbers = {phrase: number for number, phrase in enumerate(sorted(frozenset().union(*groups)))}
        self._index = PhraseIndex([phrases[phrase] for phrase in numbers])
        own = {group: frozenset(numbers[phrase] for phrase in group) for group in groups}
        required = {n: tuple(own[group] for group in opener.groups) for n, opener in enumerate(self._openers)}
        self._filter = PatternFilter(required)

    def commitments(self, text: str) -> set[str]:
        """The commitments that a folded text could concern. It leaves out none that an opening pattern stands for."""
        return {self._openers[number].commitment for number in self._filter.possible(self._index.find(text))}
