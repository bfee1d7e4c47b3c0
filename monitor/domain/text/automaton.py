"""The search for many phrases in one pass over a folded text: the only user of the Aho-Corasick automaton.

The automaton knows no words: it finds `tariff` inside `tariffs`. So the edges of a hit are checked afterwards. An edge
that is Han, kana, hangul or Thai has no boundary to check, because these scripts put no spaces between words; nor has
punctuation.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from typing import Any, NamedTuple, TypeAlias, overload

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from monitor.domain.text.folding import is_unspaced

PhraseHits: TypeAlias = dict[int, list[tuple[int, int]]]
"""Maps a phrase's number to its spans in the text, in order of start."""


class Phrase(NamedTuple):
    """Folded words in this order, one space between. A family (`word*`) may continue to the end of its last word. It is
    a tuple because compiling looks phrases up a million times, and its hash costs a quarter of a dataclass's."""

    text: str
    family: bool = False


class PackedPhrases(Sequence[Phrase]):
    """The phrases of many deals in one string: as objects they take eight times the memory. texts: one a line;
    families: for each whether it is one."""

    def __init__(self, texts: str, families: bytes) -> None:
        self.texts, self.families = texts, families
        self._starts = array("I", [0, *(end.end() for end in re.finditer("\n", texts))])

    def __len__(self) -> int:
        return len(self.families)

    @overload
    def __getitem__(self, at: int) -> Phrase: ...

    @overload
    def __getitem__(self, at: slice) -> tuple[Phrase, ...]: ...

    def __getitem__(self, at: int | slice) -> Phrase | tuple[Phrase, ...]:
        if isinstance(at, slice):
            return tuple(map(self.__getitem__, range(*at.indices(len(self)))))
        family, at = self.families[at], range(len(self))[at]  # IndexError beyond the last one
        end = self._starts[at + 1] - 1 if at + 1 < len(self) else len(self.texts)
        return Phrase(self.texts[self._starts[at] : end], family == 1)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))


class _WordContinuation(dict[str, bool]):
    """Tells whether a character continues an adjacent word of letters and digits; each answer is computed once."""

    def __missing__(self, char: str) -> bool:
        wordlike = char.isalnum() or unicodedata.category(char).startswith("M")
        self[char] = joins = wordlike and not is_unspaced(char)
        return joins


_JOINS = _WordContinuation()


class _Search(NamedTuple):
    """An automaton over the texts of some phrases, the number of each phrase, and whether it is a family."""

    automaton: AhoCorasick
    numbers: array[int]
    families: bytes


@dataclass(frozen=True)
class PhraseIndex:
    """All phrases of a rulebook, numbered by their place in `phrases`. A hit inside a hit of one of `masks` does not
    count; a mask of two Chinese words (`有关 税收`) hides only what lies across their border (关税). phrases: each
    once. only: the numbers of those to look for; all if None. The automaton is built when first asked."""

    phrases: Sequence[Phrase]
    masks: frozenset[int] = frozenset()
    only: frozenset[int] | None = None

    @cached_property
    def _borders(self) -> dict[int, int]:
        """The masks of two Chinese words, each with the length of its first word."""
        blanks = ((number, self.phrases[number].text.find(" ")) for number in self.masks)
        return {number: at for number, at in blanks if at > 0 and is_unspaced(self.phrases[number].text[at - 1])}

    @cached_property
    def _search(self) -> _Search | None:
        numbers = array("I", sorted(range(len(self.phrases)) if self.only is None else self.only))
        if not numbers:
            return None
        phrases, borders = self.phrases, self._borders
        texts = [phrases[n].text.replace(" ", "") if n in borders else phrases[n].text for n in numbers]
        automaton = AhoCorasick(texts, MatchKind.Standard, implementation=Implementation.ContiguousNFA)
        return _Search(automaton, numbers, bytes(phrases[n].family for n in numbers))

    def __getstate__(self) -> tuple[Any, ...]:
        """Pickle the phrases alone: building the automaton takes less time than reading it would."""
        texts, families = "\n".join(p.text for p in self.phrases), bytes(p.family for p in self.phrases)
        return texts, families, self.masks, self.only

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        texts, families, masks, only = state
        self.__dict__.update(phrases=PackedPhrases(texts, families), masks=masks, only=only)

    def find(self, text: str) -> PhraseHits:
        """Return every phrase of a folded text, overlapping ones included."""
        hits: PhraseHits = {}
        if self._search is None:
            return hits
        joins, (automaton, numbers, families) = _JOINS, self._search
        padded = f" {text} "  # every hit has a character before and after it: padded[start], padded[end + 1]
        # A phrase does not begin within a word. This rule drops half of the automaton's hits.
        for entry, start, end in [
            found
            for found in automaton.find_matches_as_indexes(text, overlapping=True)
            if not joins[padded[found[1]]] or not joins[text[found[1]]]
        ]:
            # Nor after the point of a decimal, and it ends neither within a word nor before the point of a decimal.
            if padded[start] in ".," and text[start].isdigit() and padded[start - 1].isdigit():
                continue
            number = numbers[entry]
            if joins[padded[end + 1]] and joins[padded[end]]:
                if not families[entry]:
                    continue
                while joins[padded[end + 1]]:
                    end += 1
            if padded[end + 1] in ".," and padded[end].isdigit() and padded[end + 2].isdigit():
                continue
            if number in hits:
                hits[number].append((start, end))
            else:
                hits[number] = [(start, end)]
        if self.masks.isdisjoint(hits):
            return hits
        found = [(*span, self._borders.get(number)) for number in self.masks & hits.keys() for span in hits[number]]
        hidden, longest = sorted(found, key=itemgetter(0)), max(b - a for a, b, _ in found)

        def is_hidden(start: int, end: int) -> bool:
            near = hidden[bisect_left(hidden, (end - longest,)) : bisect_left(hidden, (start + 1,))]
            around = [(a, cut) for a, b, cut in near if end <= b and b - a > end - start]
            return any(cut is None or start < a + cut < end for a, cut in around)

        unmasked = {n: [span for span in spans if not is_hidden(*span)] for n, spans in hits.items()}
        return {number: spans for number, spans in unmasked.items() if spans}
