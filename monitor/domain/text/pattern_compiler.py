"""Compiled patterns: how they are made, and which of them a text can match."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.resources import files
from itertools import count, takewhile
from math import fsum
from typing import TypeVar, cast

from monitor.domain.text.automaton import Phrase, PhraseIndex
from monitor.domain.text.folding import is_unspaced
from monitor.domain.text.patterns import (
    Choice,
    Groups,
    Inflected,
    Node,
    PhraseSet,
    RoleFrame,
    SetRef,
    Words,
    inflected,
    numbers_in,
    packed,
)

NodeT = TypeVar("NodeT", bound=Node)
MAX_GROUPS = 3
"""Required groups that a node keeps. With all of them matching is no faster, and the rules load more slowly."""
RARE = 0.0005
"""The share of a word that the table of frequencies does not list: half of the smallest share that it does."""
_FURTHER_WORD = 0.5
"""The factor for each further word of a phrase, an estimate: few words are as common as their neighbours."""


@dataclass
class PatternCompiler:
    """Compiles expanded patterns over one growing list of phrases. Raises TypeError for a set."""

    _phrases: dict[Phrase, int] = field(default_factory=dict)
    _nodes: dict[Node, Node] = field(default_factory=dict)
    _made: dict[Node, Node] = field(default_factory=dict)
    """Each compiled node once, by its content."""
    _groups: dict[frozenset[int], bytes] = field(default_factory=dict)
    """Each group of numbers once, packed: equal groups are the same object."""
    _members: dict[bytes, frozenset[int]] = field(default_factory=dict)
    """The reverse of `_groups`."""
    _frequencies: dict[bytes, float] = field(default_factory=dict)
    """The share of stories expected to contain one phrase of a group, as if no two occurred in one story."""
    _shares: list[float] = field(default_factory=list)
    """The frequency of each phrase, by number."""
    _keys: Iterator[int] = field(default_factory=lambda: count(1))

    def compile(self, node: Node) -> Node:
        made = self._nodes.get(node)
        if made is not None:
            return made
        match node:
            case Words(phrase):
                made = self._phrase_set(frozenset((self.number(phrase),)))
            case SetRef():
                raise TypeError(f"a set was not expanded: {node}")
            case Inflected():
                made = self.compile(inflected(node))
            case Choice(options):
                made = self._choice(options)
            case _:
                if isinstance(node, RoleFrame):
                    roles = [self.compile(role) for _, role in node.roles]
                    events = self._groups_of_one(tuple(map(self.compile, node.events)))
                    parts = [events, *(role.groups for role in roles)]
                else:
                    parts = [part.groups for part in map(self.compile, node.children)]
                required = [group for groups in parts for group in groups]
                for group in required:
                    if group not in self._frequencies:
                        # fsum: the same sum whatever the order of the set.
                        self._frequencies[group] = fsum([self._shares[number] for number in self._members[group]])
                required.sort(key=self._frequencies.__getitem__)
                # The rarest group of each part goes first: further ones of the same part rule out little.
                leading = {groups[0] for groups in parts if groups}
                groups = tuple(sorted(required, key=lambda group: group not in leading)[:MAX_GROUPS])
                made = self._numbered(node.mapped(self.compile), groups)
        self._nodes[node] = made
        return made

    def _choice(self, options: tuple[Node, ...]) -> Node:
        """Compile a choice. All plain phrases in it become one node: one look at the hits decides for all of them."""
        # Numbered in the order in which they are written, as a set has no order.
        plain = frozenset([self.number(option.phrase) for option in options if isinstance(option, Words)])
        others = dict[int, Node]()  # by key: an option of several inner choices is searched once
        for option in options:
            if not isinstance(option, Words):
                compiled = self.compile(option)
                for own in compiled.options if isinstance(compiled, Choice) else (compiled,):
                    if isinstance(own, PhraseSet):
                        plain |= self._members[own.group]
                    else:
                        others[own.key] = own
        if not others:
            return self._phrase_set(plain)
        first = (self._phrase_set(plain),) if plain else ()
        made = Choice((*first, *others.values()))
        return self._numbered(made, self._groups_of_one(made.options))

    def _groups_of_one(self, options: tuple[Node, ...]) -> Groups:
        """The groups that a choice of these requires: the first joins the first groups of all options, and so on. An
        option with fewer groups repeats its last one."""
        if not all(option.groups for option in options):
            return ()
        longest = max(len(option.groups) for option in options)
        joined = ([option.groups[min(n, len(option.groups) - 1)] for option in options] for n in range(longest))
        return tuple(self._packed(frozenset().union(*map(self._members.__getitem__, group))) for group in joined)

    def _phrase_set(self, numbers: frozenset[int]) -> PhraseSet:
        group = self._packed(numbers)
        return self._numbered(PhraseSet(group), (group,))

    def _numbered(self, node: NodeT, groups: Groups) -> NodeT:
        """A node of compiled parts with its key. Those that look for the same have one, as a text is searched once for
        each key."""
        made = self._made.get(node)
        if made is None:
            made = self._made[node] = node.numbered(next(self._keys), groups)
        return cast(NodeT, made)

    def _packed(self, numbers: frozenset[int]) -> bytes:
        group = self._groups.get(numbers)
        if group is None:
            group = self._groups[numbers] = packed(numbers)
            self._members[group] = numbers
        return group

    def number(self, phrase: Phrase) -> int:
        known = self._phrases.get(phrase)
        if known is None:
            known = self._phrases[phrase] = len(self._phrases)
            self._shares.append(phrase_frequency(phrase))
        return known

    def index(self, masks: Iterable[Phrase] = ()) -> PhraseIndex:
        hidden = frozenset(self.number(phrase) for phrase in masks)
        return PhraseIndex(tuple(self._phrases), hidden)


# ---------------------------------------------------------------- filtering


class PatternFilter:
    """Tells which of many patterns a text can match, before any of them is evaluated. A pattern is considered only
    where a phrase of its rarest group, its anchor, occurs. So the work depends on the words of the text and hardly on
    the number of patterns. The further groups are bits of one number, because many patterns share them: one pass over
    the phrases of a sentence tests them for all patterns."""

    def __init__(self, patterns: Mapping[int, Node]) -> None:
        self._further: dict[int, int] = {}
        bits: dict[bytes, int] = {}
        anchored: dict[int, list[int]] = {}
        for number, node in patterns.items():
            anchor, *further = node.groups
            for phrase in numbers_in(anchor):
                anchored.setdefault(phrase, []).append(number)
            self._further[number] = sum({bits.setdefault(group, 1 << len(bits)) for group in further})
        groups = dict.fromkeys(anchored, 0)
        for group, bit in bits.items():
            for phrase in numbers_in(group):
                groups[phrase] = groups.get(phrase, 0) | bit
        # Most phrases of a group have the same value: one object for all saves nine tenths of the memory.
        same: dict[tuple[tuple[int, ...], int], tuple[tuple[int, ...], int]] = {}
        values = ((phrase, (tuple(anchored.get(phrase, ())), own)) for phrase, own in groups.items())
        self._by_phrase = {phrase: same.setdefault(value, value) for phrase, value in values}
        """Phrase -> the patterns that it anchors, and the further groups that contain it."""

    def __len__(self) -> int:
        return len(self._by_phrase)

    def possible(self, sentences: Iterable[Iterable[int]]) -> set[int]:
        """The patterns of which every group has a phrase in one of these sentences, each given by its phrases."""
        found, by_phrase, further = set[int](), self._by_phrase, self._further
        for phrases in sentences:
            candidates, present = set[int](), 0
            for phrase in phrases:
                if phrase in by_phrase:
                    anchored, groups = by_phrase[phrase]
                    present |= groups
                    if anchored:
                        candidates.update(anchored)
            found.update([pattern for pattern in candidates if further[pattern] & present == further[pattern]])
        return found


# ---------------------------------------------------------------- frequencies


@lru_cache(maxsize=100_000)
def phrase_frequency(phrase: Phrase) -> float:
    """The share of stories, 0 to 1, expected to contain a phrase: the share of its rarest word, less for each further
    word.

    Patterns are anchored at their rarest words. This changes what matching costs and never what it finds: without the
    table it takes 1.5 times as long (measured on 6,000 stories).
    """
    (known, listed), words, shares = _shares(), phrase.text.split(), []
    for word in words:
        parts = [word]
        if len(word) > 1 and is_unspaced(word[0]):
            # Text without spaces is as rare as its rarest word, and most of its words are pairs.
            parts = [word[at : at + 2] for at in (*range(0, len(word) - 1, 2), len(word) - 2)]
        shares.append(min(known.get(part, RARE) for part in parts))
    if phrase.family:
        beginning = words[-1]
        family = takewhile(lambda word: word.startswith(beginning), listed[bisect_left(listed, beginning) :])
        shares[-1] = max(shares[-1], fsum(known[word] for word in family))
    return min(shares) * _FURTHER_WORD ** (len(words) - 1)


@cache
def _shares() -> tuple[dict[str, float], list[str]]:
    """The share of stories of each word that at least 1 in 1,000 contains, and these words sorted.

    Measured on the titles and summaries of 54,705 stories of all kinds, September 2025 to March 2026.
    `benchmarks/word_frequency.py` writes the file.
    """
    shares, share = dict[str, float](), 0.0
    for token in files(__package__).joinpath("word_frequency.txt").read_text(encoding="utf-8").split():
        if token.endswith(":"):
            share = int(token[:-1]) / 1000
        else:
            shares[token] = share
    return shares, sorted(shares)
