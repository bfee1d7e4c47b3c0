"""Parties: the sides that owe a promise, act on it or comment on it, by id and name.

A file of rules declares each party. Several parties are one word, their ids with a plus between them ("eu+us"). Rule
files and readers write "both" for the two parties of their deal.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache

JOINT = "+"
BOTH = "both"
COMPANY = "company"
"""The side of the companies, in every deal; no file declares it."""
NEED_NO_DECLARATION = frozenset({COMPANY, "others"})
"""The sides without a declaration that can owe and confirm a commitment."""
_NO_PARTY = frozenset({COMPANY, "others", "third", "unknown", "data", "press", ""})
"""Words that do not name a single party."""
RESERVED = _NO_PARTY | {BOTH}
"""Words that rules cannot declare as a party."""
_ID = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Side:
    """A side. name: as in a message; words: other names, as in headlines."""

    name: str
    many: bool = False
    words: tuple[str, ...] = ()


SIDES: Mapping[str, Side] = {
    BOTH: Side("both sides", many=True),
    COMPANY: Side("the company"),
    "others": Side("others", many=True),
    "data": Side("data", many=True),
    "press": Side("reports", many=True),
}


_ACTING = "(?<![对向从给于在家])(?:{})(?!的)"
"""A name in Chinese that no preposition makes the one acted on or the place, and no particle or counter an attribute:
5家美国公司 are five US firms."""


@cache
def parties_in(word: str) -> frozenset[str]:
    """The parties that a word names: two of "eu+us", one of "eu", none of "company" or "press"."""
    return frozenset(word.split(JOINT)) - _NO_PARTY


def joint(parties: Iterable[str]) -> str:
    """The word for these parties together, whatever their order: "eu+us", "eu"; '' for none."""
    return JOINT.join(sorted(frozenset(parties)))


def pair_of(parties: Iterable[str]) -> str:
    """The word for the two parties of a deal: "eu+us"; '' unless it has two. parties: those that it declares."""
    apart = frozenset[str]().union(*map(parties_in, parties))
    return joint(apart) if len(apart) == 2 else ""


def meant(word: str, parties: Iterable[str]) -> str:
    """A word of a rule file in a deal of these parties: "both" means its two parties."""
    return pair_of(parties) or word if word == BOTH else word


def as_written(word: str, parties: Iterable[str]) -> str:
    """The word of a rule file for what `meant` returns."""
    return BOTH if word and word == pair_of(parties) else word


def is_party(word: str) -> bool:
    """Whether a word has the form of a party's id, or of the ids of several."""
    ids = word.split(JOINT)
    return all(_ID.fullmatch(each) and each not in RESERVED for each in ids) and len({*ids}) == len(ids)


@dataclass(frozen=True, slots=True)
class Parties:
    """The parties that a rulebook knows, with their names. declared: the parties that its files declare, by id; pairs:
    the parties of each deal of two; words: folded words of scripts without spaces for those who act, by party."""

    declared: Mapping[str, Side] = field(default_factory=dict)
    pairs: frozenset[frozenset[str]] = frozenset()
    words: Mapping[str, Collection[str]] = field(default_factory=dict)

    def can_owe(self, words: Collection[str]) -> bool:
        """Whether each of these words names parties that can owe and confirm a commitment."""
        known = self.declared.keys()
        return all(word in NEED_NO_DECLARATION or (parties_in(word) and parties_in(word) <= known) for word in words)

    def are_many(self, word: str) -> bool:
        """Whether a word takes a plural verb."""
        known = SIDES.get(word) or self.declared.get(word)
        return known.many if known is not None else len(parties_in(word)) > 1

    def are_named(self, word: str, folded: str, before: str = "") -> bool:
        """Whether a folded text in a script without spaces names these parties as acting, and its part before the act,
        if that names any party, names one of these last."""
        own, acting = (
            {word, *parties_in(word)},
            {party: "|".join(names) for party, names in self.words.items() if names},
        )
        ends = (
            (at.end(), party in own) for party in acting for at in re.finditer(_ACTING.format(acting[party]), before)
        )
        if not max(ends, default=(0, True))[1]:
            return False
        named = any(name in folded for name in self.words.get(word, ()))
        return named or (own != {word} and all(self.are_named(each, folded) for each in own - {word}))

    def may_act(self, word: str, headline: str) -> bool:
        """Whether an English headline can be quoted as an act of these parties: it does not begin with another party's
        name, and names them otherwise than as the place of a firm ("Acme's China unit")."""
        own, text = parties_in(word), headline.replace(".", "").replace("’", "'").removeprefix("The ")
        for each in self.declared if own else ():
            name = re.escape(self.names((each,)).removeprefix("the "))
            before = [text[: at.start()] for at in re.finditer(rf"\b{name}\b", text)]
            if (each not in own and "" in before) or (
                each in own and before and all(b.endswith("'s ") for b in before)
            ):
                return False
        return True

    def names(self, words: Collection[str]) -> str:
        """As in a message: 'the US and the company'; the two parties of a deal together are "both sides"."""
        if frozenset[str]().union(*map(parties_in, words)) in self.pairs and NEED_NO_DECLARATION.isdisjoint(words):
            return SIDES[BOTH].name
        return " and ".join(side.name for word in words for side in self._sides(word))

    def does(self, word: str, verb: str) -> str:
        """A party with a verb: 'the US says', 'both sides name'. verb: the plural form of a regular verb."""
        return f"{self.names((word,))} {verb}{'' if self.are_many(word) else 's'}"

    def _sides(self, word: str) -> list[Side]:
        """The sides of a word; one without a declaration is its own name."""
        ids = word.split(JOINT) if is_party(word) else [word]
        return [SIDES.get(each) or self.declared.get(each) or Side(each) for each in ids]
