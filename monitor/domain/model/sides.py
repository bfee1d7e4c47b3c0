"""Parties: the sides that owe a promise, act on it or comment on it, by id and name.

The two governments and companies need no declaration; a file of rules declares any other party. Several parties are
one word, their ids with a plus between them ("eu+us"); of the two governments it is "both".
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache

JOINT = "+"
UNDECLARED = frozenset({"us", "cn", "company"})
"""The sides of every deal, which need no declaration."""
_GOVERNMENTS = frozenset({"us", "cn"})
_NO_PARTY = frozenset({"company", "others", "third", "unknown", "data", "press", ""})
"""Words that do not name a single party."""
RESERVED = _NO_PARTY | _GOVERNMENTS | {"both"}
"""Words that rules cannot declare as a party."""
_ID = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Side:
    """A side. name: in a message; short: in a reason; label: next to a figure; words: other names, as in headlines."""

    name: str
    short: str
    label: str
    many: bool = False
    words: tuple[str, ...] = ()


SIDES: Mapping[str, Side] = {
    "us": Side("the United States", "the US", "US"),
    "cn": Side("China", "China", "China"),
    "both": Side("both sides", "both sides", "both sides", many=True),
    "company": Side("the company", "the company", "company"),
    "others": Side("others", "others", "others", many=True),
    "data": Side("data", "data", "data", many=True),
    "press": Side("press", "reports", "press", many=True),
}
NEED_NO_DECLARATION = frozenset({"us", "cn", "both", "company", "others"})
"""The sides that can owe and confirm a commitment without a declaration: all but the data and the press."""


_ACTING = "(?<![对向从给于在家])(?:{})(?!的)"
"""A name in Chinese that no preposition makes the one acted on or the place, and no particle or counter an attribute:
5家美国公司 are five US firms."""


@cache
def parties_in(word: str) -> frozenset[str]:
    """The parties that a word names: two of "both" and of "eu+us", one of "cn", none of "company" or "press"."""
    if word == "both":
        return _GOVERNMENTS
    return frozenset(word.split(JOINT)) - _NO_PARTY


def joint(parties: Iterable[str]) -> str:
    """The word for these parties together, whatever their order: "both", "eu+us", "cn"; '' for none."""
    apart = frozenset(parties)
    return "both" if apart == _GOVERNMENTS else JOINT.join(sorted(apart))


def is_party(word: str) -> bool:
    """Whether a word has the form of a party's id, or of the ids of several."""
    ids = word.split(JOINT)
    return all(_ID.fullmatch(each) and each not in RESERVED - _GOVERNMENTS for each in ids) and len({*ids}) == len(ids)


@dataclass(frozen=True, slots=True)
class Parties:
    """The parties that a rulebook knows, with their names. declared: the parties that its files declare, by id; words:
    folded words of scripts without spaces for those who act, by party."""

    declared: Mapping[str, Side] = field(default_factory=dict)
    words: Mapping[str, Collection[str]] = field(default_factory=dict)

    def can_owe(self, words: Collection[str]) -> bool:
        """Whether each of these words names parties that can owe and confirm a commitment."""
        known = _GOVERNMENTS | self.declared.keys()
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
        for each in _GOVERNMENTS | self.declared.keys() if own else ():
            name = re.escape(self.names((each,)).removeprefix("the "))
            before = [text[: at.start()] for at in re.finditer(rf"\b{name}\b", text)]
            if (each not in own and "" in before) or (
                each in own and before and all(b.endswith("'s ") for b in before)
            ):
                return False
        return True

    def long_name(self, word: str) -> str:
        """As in a message: 'the United States', 'the EU and the United States'."""
        return " and ".join(side.name for side in self._sides(word))

    def names(self, words: Collection[str]) -> str:
        """As in a reason: 'the US and the company'; the two governments together are "both sides"."""
        if set(words) == _GOVERNMENTS:
            return SIDES["both"].short
        return " and ".join(side.short for word in words for side in self._sides(word))

    def does(self, word: str, verb: str) -> str:
        """A party with a verb: 'the US says', 'both sides name'. verb: the plural form of a regular verb."""
        return f"{self.names((word,))} {verb}{'' if self.are_many(word) else 's'}"

    def _sides(self, word: str) -> list[Side]:
        """The sides of a word; one without a declaration is its own name."""
        ids = word.split(JOINT) if is_party(word) else [word]
        return [SIDES.get(each) or self.declared.get(each) or Side(each, each, each) for each in ids]
