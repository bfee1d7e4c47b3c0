"""Words and short phrases that stand in some titles more often than in others, by a plain statistic.

The statistic is the log-odds ratio of titles with the word, each count raised by a half, divided by its standard error (a z
value). Unlike chi-square it has a sign, so that words of the other titles do not come first; and unlike the bare ratio it ranks a
word of thirty titles before one that stood in two by chance.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log, sqrt

from monitor.domain.text.writing_systems import HAN_RANGE

MOST_WORDS = 3
MOST_HAN = 4
LEAST_HAN = 2
LEAST_TITLES = 2
"""A word of one title says nothing of the next."""
LEAST_Z = 1.0
"""The z value below which a word is not shown. An estimate and a low bar: with few readings no word is sure, and a person judges."""
_FUNCTION_WORDS = """
a an and are as at be been but by for from had has have he her his how in into is it its more no not of on or our she so
than that the their them they this to was we were what when which who why will with you
"""
FUNCTION_WORDS = frozenset(_FUNCTION_WORDS.split())
"""Words that open or close no phrase, though they may stand inside one ("out of stock"). Those that belong to a verb
("snaps up") are not among them."""
_RUN = re.compile(rf"[{HAN_RANGE}]+|[a-z0-9][a-z0-9&.]*[a-z0-9]|[a-z0-9]|[^\w\s]")


@dataclass(frozen=True, slots=True)
class TellingWord:
    """A word or phrase. titles: numbers of the wanted titles that hold it; others: how many of the rest do."""

    words: str
    titles: tuple[int, ...]
    others: int
    z: float


def telling_words(wanted: Sequence[str], others: Sequence[str], *, most: int) -> tuple[TellingWord, ...]:
    """The words that tell the wanted texts from the others, both folded, the strongest first.

    Of several phrases in the same titles the strongest stands for all.
    """
    holding = defaultdict[str, list[int]](list)
    for number, text in enumerate(wanted):
        for words in phrases_of(text):
            holding[words].append(number)
    beside = Counter(words for text in others for words in phrases_of(text) if words in holding)
    found = [
        TellingWord(words, tuple(numbers), beside[words], z)
        for words, numbers in holding.items()
        if len(numbers) >= LEAST_TITLES
        and (z := log_odds_z(len(numbers), len(wanted), beside[words], len(others))) >= LEAST_Z
    ]
    # At the same strength the longer phrase is the narrower pattern.
    found.sort(key=lambda word: (-word.z, -len(word.words), word.words))
    return tuple(_without_repeats(found, most))


def log_odds_z(with_word: int, wanted: int, others_with_word: int, others: int) -> float:
    """The log-odds ratio of a word in `wanted` texts against `others`, over its standard error. 0: as often in both."""
    cells = (with_word, wanted - with_word, others_with_word, others - others_with_word)
    a, b, c, d = (cell + 0.5 for cell in cells)
    return (log(a / b) - log(c / d)) / sqrt(1 / a + 1 / b + 1 / c + 1 / d)


def phrases_of(text: str) -> frozenset[str]:
    """The words of a folded text: one to three adjacent words, two to four adjacent Chinese characters."""
    return frozenset(_phrases(_RUN.findall(text)))


def _phrases(pieces: Sequence[str]) -> Iterator[str]:
    for start, piece in enumerate(pieces):
        if re.match(f"[{HAN_RANGE}]", piece):
            for length in range(LEAST_HAN, MOST_HAN + 1):
                yield from (piece[at : at + length] for at in range(len(piece) - length + 1))
        elif piece[0].isalnum() and piece not in FUNCTION_WORDS:
            words = []
            for word in pieces[start : start + MOST_WORDS]:
                if not (word[0].isascii() and word[0].isalnum()):
                    break
                words.append(word)
                if word not in FUNCTION_WORDS and not (len(words) == 1 and word.isdigit()):
                    yield " ".join(words)


def _without_repeats(found: Sequence[TellingWord], most: int) -> Iterator[TellingWord]:
    """The first `most` words, without those that lie inside one shown in the same titles, or hold one."""
    shown = list[TellingWord]()
    for word in found:
        if len(shown) == most:
            return
        near = (other for other in shown if _share_letters(word.words, other.words))
        if not any(set(word.titles) <= set(other.titles) for other in near):
            shown.append(word)
            yield word


def _share_letters(one: str, other: str) -> bool:
    """Whether one phrase lies in the other, or their ends overlap by a word or two Chinese characters."""
    if one in other or other in one:
        return True
    ends: Collection[tuple[str, str]] = [(a[-LEAST_HAN:], b[:LEAST_HAN]) for a, b in pairwise((one, other, one))]
    if " " in one or " " in other:
        ends = [(a.split()[-1], b.split()[0]) for a, b in pairwise((one, other, one))]
    return any(end == begin for end, begin in ends)
