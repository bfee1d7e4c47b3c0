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


class _Entry(NamedTuple):
    """One text that the automaton looks for, and how its edges are checked.

    numbers: the phrases of this text, each with whether it is a family. The rest tells whether a letter or digit beside its
    first or last character would continue the word, and whether that character is a digit.
    """

    numbers: tuple[tuple[int, bool], ...]
    joins_before: bool
    digit_first: bool
    joins_after: bool
    digit_last: bool


@dataclass(frozen=True)
class PhraseIndex:
    """All phrases of a rulebook, numbered by their place in `phrases`. A hit inside a hit of one of `masks` does not count."""

    phrases: Sequence[Phrase]
    masks: frozenset[int] = frozenset()
    _automaton: AhoCorasick | None = field(init=False, repr=False, compare=False, default=None)
    _entries: list[_Entry] = field(init=False, repr=False, compare=False, default_factory=list)

    def __post_init__(self) -> None:
        numbers: dict[str, list[tuple[int, bool]]] = {}
        for number, phrase in enumerate(self.phrases):
            numbers.setdefault(phrase.text, []).append((number, phrase.family))
        if numbers:
            automaton = AhoCorasick(list(numbers), MatchKind.Standard, implementation=Implementation.ContiguousNFA)
            object.__setattr__(self, "_automaton", automaton)
        for text, own in numbers.items():
            first, last = text[0], text[-1]
            entry = _Entry(tuple(own), _JOINS[first], first.isdigit(), _JOINS[last], last.isdigit())
            self._entries.append(entry)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the phrases alone: building the automaton again takes less time than reading it would."""
        texts = tuple(phrase.text for phrase in self.phrases)
        return _unpickled, (texts, bytes(phrase.family for phrase in self.phrases), self.masks)

    def find(self, text: str) -> PhraseHits:
        """Return every phrase of a folded text, overlapping ones included."""
        hits: PhraseHits = {}
        if self._automaton is None:
            return hits
        joins, entries, length = _JOINS, self._entries, len(text)
        for found, start, end in self._automaton.find_matches_as_indexes(text, overlapping=True):
            numbers, joins_before, digit_first, joins_after, digit_last = entries[found]
            # A phrase begins neither within a word nor after the point of a decimal.
            if joins_before and start > 0:
                if joins[text[start - 1]]:
                    continue
                if digit_first and text[start - 1] in ".," and start > 1 and text[start - 2].isdigit():
                    continue
            for number, family in numbers:
                stop, inside_digit = end, digit_last
                if family and joins_after:
                    while stop < length and joins[text[stop]]:
                        stop += 1
                    inside_digit = text[stop - 1].isdigit()
                # Nor does it end within a word or before the point of a decimal.
                if joins_after and stop < length:
                    if joins[text[stop]]:
                        continue
                    if inside_digit and text[stop] in ".," and text[stop + 1 : stop + 2].isdigit():
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
