"""The search for many phrases in one pass over a folded text: the only user of the Aho-Corasick automaton.

The automaton knows no words: it finds `tariff` inside `tariffs`. So the edges of a hit are checked afterwards. An edge that
is Han, kana, hangul or Thai has no boundary to check, because these scripts put no spaces between words; nor has punctuation.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from monitor.domain.text.folding import is_unspaced

PhraseHits: TypeAlias = dict[int, list[tuple[int, int]]]
"""Maps a phrase's number to its spans in the text, in order of start."""


class Phrase(NamedTuple):
    """Folded words in this order, one space between. A family (`word*`) may continue to the end of its last word.

    It is a tuple because compiling looks phrases up a million times, and its hash costs a quarter of a dataclass's.
    """

    text: str
    family: bool = False


class _WordContinuation(dict[str, bool]):
    """Tells whether a character continues a word of letters and digits beside it; each answer is computed once."""

    def __missing__(self, char: str) -> bool:
        wordlike = char.isalnum() or unicodedata.category(char).startswith("M")
        self[char] = joins = wordlike and not is_unspaced(char)
        return joins


_JOINS = _WordContinuation()


@dataclass(frozen=True)
class PhraseIndex:
    """All phrases of a rulebook, numbered by their place in `phrases`. A hit inside a hit of one of `masks` does not count."""

    phrases: Sequence[Phrase]
    masks: frozenset[int] = frozenset()
    _automaton: AhoCorasick | None = field(init=False, repr=False, compare=False, default=None)
    _numbers: list[list[int]] = field(init=False, repr=False, compare=False, default_factory=list)

    def __post_init__(self) -> None:
        numbers: dict[str, list[int]] = {}
        for number, phrase in enumerate(self.phrases):
            numbers.setdefault(phrase.text, []).append(number)
        if numbers:
            automaton = AhoCorasick(list(numbers), MatchKind.Standard, implementation=Implementation.ContiguousNFA)
            object.__setattr__(self, "_automaton", automaton)
        object.__setattr__(self, "_numbers", list(numbers.values()))

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the phrases alone: building the automaton again takes less time than reading it would."""
        texts = tuple(phrase.text for phrase in self.phrases)
        return _unpickled, (texts, bytes(phrase.family for phrase in self.phrases), self.masks)

    def find(self, text: str) -> PhraseHits:
        """Return every phrase of a folded text, overlapping ones included."""
        hits: PhraseHits = {}
        if self._automaton is None:
            return hits
        for entry, start, end in self._automaton.find_matches_as_indexes(text, overlapping=True):
            # A phrase begins neither within a word nor after the point of a decimal.
            if start > 0 and _JOINS[text[start]]:
                before = text[start - 1]
                decimal = text[start].isdigit() and before in ".," and start > 1 and text[start - 2].isdigit()
                if decimal or _JOINS[before]:
                    continue
            for number in self._numbers[entry]:
                stop = end
                if self.phrases[number].family:
                    while stop < len(text) and _JOINS[text[stop]] and _JOINS[text[stop - 1]]:
                        stop += 1
                # Nor does it end within a word or before the point of a decimal.
                if stop < len(text) and _JOINS[text[stop - 1]]:
                    decimal = text[stop - 1].isdigit() and text[stop] in ".," and text[stop + 1 : stop + 2].isdigit()
                    if decimal or _JOINS[text[stop]]:
                        continue
                hits.setdefault(number, []).append((start, stop))
        hidden = [span for number in self.masks & hits.keys() for span in hits[number]]
        if not hidden:
            return hits
        unmasked = {
            number: [(s, e) for s, e in spans if not any(a <= s and e <= b and b - a > e - s for a, b in hidden)]
            for number, spans in hits.items()
        }
        return {number: spans for number, spans in unmasked.items() if spans}


def _unpickled(texts: Sequence[str], families: bytes, masks: frozenset[int]) -> PhraseIndex:
    return PhraseIndex(tuple(Phrase(text, family == 1) for text, family in zip(texts, families, strict=True)), masks)
