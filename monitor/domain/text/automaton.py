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

    exact, family: the phrases of this text, None if there is none. joins_before, joins_after: whether its first and its last
    character continue a word of letters and digits beside them; the other two, whether they are digits.
    """

    exact: int | None
    family: int | None
    joins_before: bool
    digit_first: bool
    joins_after: bool
    digit_last: bool


@dataclass(frozen=True)
class PhraseIndex:
    """All phrases of a rulebook, numbered by their place in `phrases`. A hit inside a hit of one of `masks` does not count.

    phrases: each once. only: the numbers of those to look for; all if None.
    """

    phrases: Sequence[Phrase]
    masks: frozenset[int] = frozenset()
    only: frozenset[int] | None = None
    _automaton: AhoCorasick | None = field(init=False, repr=False, compare=False, default=None)
    _entries: list[_Entry] = field(init=False, repr=False, compare=False, default_factory=list)

    def __post_init__(self) -> None:
        numbers: dict[str, dict[bool, int]] = {}
        for number, phrase in enumerate(self.phrases):
            if self.only is None or number in self.only:
                numbers.setdefault(phrase.text, {})[phrase.family] = number
        if numbers:
            automaton = AhoCorasick(list(numbers), MatchKind.Standard, implementation=Implementation.ContiguousNFA)
            object.__setattr__(self, "_automaton", automaton)
        for text, own in numbers.items():
            before, after = (_JOINS[text[0]], text[0].isdigit()), (_JOINS[text[-1]], text[-1].isdigit())
            self._entries.append(_Entry(own.get(False), own.get(True), *before, *after))

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the phrases alone: building the automaton again takes less time than reading it would."""
        texts = tuple(phrase.text for phrase in self.phrases)
        return _unpickled, (texts, bytes(phrase.family for phrase in self.phrases), self.masks, self.only)

    def find(self, text: str) -> PhraseHits:
        """Return every phrase of a folded text, overlapping ones included."""
        hits: PhraseHits = {}
        if self._automaton is None:
            return hits
        joins, entries, length = _JOINS, self._entries, len(text)
        # A phrase does not begin within a word. That alone drops half of what the automaton finds.
        opening = [
            found
            for found in self._automaton.find_matches_as_indexes(text, overlapping=True)
            if not (found[1] and joins[text[found[1] - 1]] and entries[found[0]].joins_before)
        ]
        for entry, start, end in opening:
            exact, family, _, digit_first, joins_after, digit_last = entries[entry]
            # Nor after the point of a decimal, and it ends neither within a word nor before the point of a decimal.
            if digit_first and start > 1 and text[start - 1] in ".," and text[start - 2].isdigit():
                continue
            goes_on = joins_after and end < length
            if exact is not None and not (goes_on and (joins[text[end]] or (digit_last and _is_decimal(text, end)))):
                hits.setdefault(exact, []).append((start, end))
            if family is not None:
                while goes_on and joins[text[end]]:
                    end += 1
                    goes_on = end < length
                if not (goes_on and text[end - 1].isdigit() and _is_decimal(text, end)):
                    hits.setdefault(family, []).append((start, end))
        hidden = [span for number in self.masks & hits.keys() for span in hits[number]]
        if not hidden:
            return hits
        unmasked = {
            number: [(s, e) for s, e in spans if not any(a <= s and e <= b and b - a > e - s for a, b in hidden)]
            for number, spans in hits.items()
        }
        return {number: spans for number, spans in unmasked.items() if spans}


def _is_decimal(text: str, at: int) -> bool:
    """Tell whether the character behind a digit is the point of a decimal, or the comma of thousands."""
    return text[at] in ".," and text[at + 1 : at + 2].isdigit()


def _unpickled(
    texts: Sequence[str], families: bytes, masks: frozenset[int], only: frozenset[int] | None
) -> PhraseIndex:
    phrases = tuple(Phrase(text, family == 1) for text, family in zip(texts, families, strict=True))
    return PhraseIndex(phrases, masks, only)
