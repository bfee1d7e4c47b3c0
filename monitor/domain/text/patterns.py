"""Patterns as trees of nodes, with the phrases that each node requires in a text.

`pattern_syntax` parses a pattern into such a tree. The rulebook fills in its sets, `PatternCompiler` replaces words by
the numbers of their phrases and gives each node a key, and `FieldView` looks for the compiled tree in a text.
"""

from __future__ import annotations

import hashlib
import re
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property, lru_cache
from itertools import chain
from typing import Any, Self, TypeAlias

from monitor.domain.text.automaton import Phrase
from monitor.domain.text.folding import fold
from monitor.domain.text.inflection import noun_forms, verb_forms
from monitor.domain.text.writing_systems import HAN_RANGE

NEAR = 4
"""Words that `..near` allows between two parts: they belong to one phrase."""
SHARED_SIZE = 8
"""A choice inside a choice with at least this many options stays a node of its own. An estimate: fewer options are
found faster as part of the outer choice."""
SAME_AMOUNT = 0.01
"""Share by which an amount may differ from the one in a pattern: news rounds, and converts bushels."""
PLAIN = re.compile(rf"[a-z0-9]+(?: [a-z0-9]+)*|[{HAN_RANGE}]+")
"""Plain words, in which folding changes traditional characters only. Two patterns in three are no more than that."""

Groups: TypeAlias = tuple[bytes, ...]
"""Groups of phrases, packed, the rarest first. A pattern matches only where each of its groups has a phrase."""


class Reach(Enum):
    """How far two parts may be apart: adjacent, a number of words, within a clause, or within a sentence."""

    ADJACENT = "adjacent"
    WORDS = "words"
    CLAUSE = "clause"
    SENTENCE = "sentence"


@dataclass(frozen=True, slots=True)
class Link:
    """The gap between two parts. words: the most words in it, for Reach.WORDS; either: in either order."""

    reach: Reach
    words: int = 0
    either: bool = False


class Window(Enum):
    """How far a role may be from its event: NEAR words within the clause, in the clause, or in the sentence."""

    NEAR = "near"
    CLAUSE = "clause"
    SENTENCE = "sentence"


_SAME: dict[int, int] = {}
"""One object for each number of a phrase: the shipped rules hold them 700,000 times, in 7,000 groups."""
UNPACKED = 8192
"""Groups that are kept unpacked, those used last: all of the shipped rules. Fifty such deals have 176,000."""


def packed(numbers: Iterable[int]) -> bytes:
    """Numbers of phrases as runs, each by its start and end in 4 bytes; equal sets are packed alike. The words of a set
    have consecutive numbers, so that runs take a third of the memory of the numbers."""
    bounds, end = array("I"), -1
    for number in sorted(numbers):
        if number != end:
            bounds.extend((end, number) if bounds else (number,))
        end = number + 1
    return bounds.tobytes() + array("I", [end] if bounds else []).tobytes()


def numbers_in(group: bytes) -> Iterator[int]:
    """The numbers of a group, in order."""
    bounds = memoryview(group).cast("I")
    return chain.from_iterable(map(range, bounds[::2], bounds[1::2]))


@lru_cache(maxsize=UNPACKED)
def unpacked(group: bytes) -> frozenset[int]:
    """The numbers of a group. They take dozens of times the memory: they are unpacked only where a text is searched."""
    return frozenset([_SAME.setdefault(number, number) for number in numbers_in(group)])


# ---------------------------------------------------------------- nodes


@dataclass(frozen=True, eq=False)
class Node:
    """A node of a pattern. Equal if its own fields are. key: the number of a compiled node, 0 before; a text is
    searched once per key. groups: the phrases that a text must contain for a compiled node to match; empty if it can
    match without a phrase."""

    key: int = field(default=0, init=False, repr=False)
    groups: Groups = field(default=(), init=False, repr=False)

    @property
    def children(self) -> tuple[Node, ...]:
        parts = chain.from_iterable(value if type(value) is tuple else (value,) for value in self._content)
        return tuple(part for part in parts if isinstance(part, Node))

    def mapped(self, change: Callable[[Any], Any]) -> Node:
        """The node with each of its children changed."""

        def changed(value: Any) -> Any:
            if isinstance(value, Node):
                return change(value)
            return tuple(map(changed, value)) if type(value) is tuple else value

        make: Any = type(self)
        made: Node = make(*map(changed, self._content))
        return made

    def numbered(self, key: int, groups: Groups) -> Self:
        """A copy as a compiled node."""
        copy = object.__new__(type(self))
        copy.__dict__.update(self.__getstate__(), key=key, groups=groups)
        return copy

    @property
    def rarest(self) -> frozenset[int]:
        """The first of the groups, for a node that has groups."""
        return unpacked(self.groups[0])

    @cached_property
    def _content(self) -> tuple[Any, ...]:
        names: tuple[str, ...] = type(self).__match_args__
        return tuple([getattr(self, name) for name in names])

    @cached_property
    def _hash(self) -> int:
        # Cached: a set of hundreds of words is part of hundreds of patterns, and compiling looks each of them up.
        return hash((type(self), self._content))

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return self is other or (
            isinstance(other, Node) and type(self) is type(other) and self._content == other._content
        )

    def __getstate__(self) -> dict[str, Any]:
        """The fields without computed values: hashes of texts differ between processes."""
        names: tuple[str, ...] = (*type(self).__match_args__, "key", "groups")
        return {name: self.__dict__[name] for name in names if name in self.__dict__}


@dataclass(frozen=True, eq=False)
class Words(Node):
    """One phrase, folded."""

    phrase: Phrase


@dataclass(frozen=True, eq=False)
class PhraseSet(Node):
    """One of several phrases, by packed number. Compiled from Words, and from all words of a choice together."""

    group: bytes

    @property
    def numbers(self) -> frozenset[int]:
        return unpacked(self.group)


@dataclass(frozen=True, eq=False)
class Form(Node):
    """One word that a regular expression matches, see `pattern_syntax.word_form`."""

    source: str

    @cached_property
    def fits(self) -> Callable[[str], object]:
        return re.compile(self.source, re.ASCII).fullmatch


@dataclass(frozen=True, eq=False)
class SetRef(Node):
    """A set named in a pattern; `expand_sets` replaces it."""

    name: str
    column: int


class WordClass(Enum):
    """The class of a word in angle brackets."""

    VERB = "verb"
    NOUN = "noun"


@dataclass(frozen=True, eq=False)
class Inflected(Node):
    """Every form of one of these verbs or nouns, given in base form."""

    word_class: WordClass
    lemmas: tuple[str, ...]

    @property
    def forms(self) -> tuple[str, ...]:
        """All forms, those of the first word first."""
        return tuple(dict.fromkeys(chain.from_iterable(map(self.forms_of, self.lemmas))))

    def forms_of(self, lemma: str) -> tuple[str, ...]:
        return verb_forms(lemma) if self.word_class is WordClass.VERB else noun_forms(lemma)


class ValueKind(Enum):
    """The kinds of values that patterns may contain."""

    AMOUNT = "amount"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class FoundValue:
    """A date or an amount at [start, end) of an original text. low: its lower bound, in its base unit."""

    start: int
    end: int
    kind: ValueKind
    unit: str = ""
    low: float | None = None


ValueReader: TypeAlias = Callable[[str, ValueKind], Sequence[FoundValue]]
"""Reads all dates, or all amounts, of a text."""


@dataclass(frozen=True, eq=False)
class Value(Node):
    """A date, or an amount of a base unit ('' for any) and a size (None for any)."""

    kind: ValueKind
    unit: str = ""
    amount: float | None = None

    def fits(self, found: FoundValue) -> bool:
        if self.kind is not found.kind or (self.unit and self.unit != found.unit):
            return False
        if self.amount is None:
            return True
        return found.low is not None and abs(found.low - self.amount) <= SAME_AMOUNT * self.amount


@dataclass(frozen=True, eq=False)
class Choice(Node):
    """One of several options. In a compiled choice the first option holds all plain phrases, if there are any."""

    options: tuple[Node, ...]

    def mapped(self, change: Callable[[Any], Any]) -> Node:
        return choice_of(tuple(map(change, self.options)))

    @cached_property
    def always(self) -> tuple[Node, ...]:
        """The options that are tried in every text: the plain phrases, and those that match without a phrase."""
        return tuple(option for option in self.options if isinstance(option, PhraseSet) or not option.groups)

    @cached_property
    def others(self) -> frozenset[int]:
        """The rarest groups of all other options."""
        grouped = (option for option in self.options if option.groups and not isinstance(option, PhraseSet))
        return frozenset().union(*(option.rarest for option in grouped))


@dataclass(frozen=True, eq=False)
class InOrder(Node):
    """Parts in order; `links[i]` is the gap between `parts[i]` and `parts[i + 1]`."""

    parts: tuple[Node, ...]
    links: tuple[Link, ...]


@dataclass(frozen=True, eq=False)
class Together(Node):
    """Parts that occur in one sentence, in any order."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, eq=False)
class AtStart(Node):
    """A pattern at the start of a clause."""

    inner: Node


@dataclass(frozen=True, eq=False)
class Head(Node):
    """The part that names the act."""

    inner: Node


@dataclass(frozen=True, eq=False)
class RoleFrame(Node):
    """Who does what to whom. At least one kind of event is given; a role that is None may be absent from the text.
    within: how far the roles may be from the event; verbs, nouns, unspaced, phrases: names of the event, each with its
    own word orders (see `pattern_eval`); participles: the passive forms of the verbs."""

    within: Window
    verbs: Node | None
    participles: Node | None
    nouns: Node | None
    unspaced: Node | None
    phrases: Node | None
    agent: Node | None
    patient: Node | None
    via: Node | None

    @property
    def events(self) -> tuple[Node, ...]:
        """The names of the event. The participles are among the verbs."""
        return tuple(node for node in (self.verbs, self.nouns, self.unspaced, self.phrases) if node is not None)

    @property
    def roles(self) -> tuple[tuple[str, Node], ...]:
        """The required roles, by name."""
        named = (("agent", self.agent), ("patient", self.patient), ("via", self.via))
        return tuple((name, node) for name, node in named if node is not None)


# ---------------------------------------------------------------- trees


def nodes_in(*nodes: Node) -> Iterator[Node]:
    """Every node of these trees, in order; one that several patterns share once."""
    seen, waiting = set[int](), list(reversed(nodes))
    while waiting:
        node = waiting.pop()
        if id(node) not in seen:
            seen.add(id(node))
            yield node
            waiting += reversed(node.children)


def phrases_in(*nodes: Node) -> frozenset[int]:
    """The numbers of all phrases in compiled patterns."""
    return frozenset().union(*(numbers_in(node.group) for node in nodes_in(*nodes) if isinstance(node, PhraseSet)))


def set_refs(node: Node) -> Iterator[SetRef]:
    """The sets that a pattern names, in order."""
    return (part for part in nodes_in(node) if isinstance(part, SetRef))


def expand_sets(node: Node, lookup: Callable[[SetRef], Node]) -> Node:
    """The pattern with every set replaced by what `lookup` returns for it."""

    def expanded(part: Node) -> Node:
        if isinstance(part, SetRef):
            return lookup(part)
        return part if isinstance(part, Words) else part.mapped(expanded)

    return expanded(node)


@lru_cache(maxsize=50_000)
def inflected(node: Node) -> Node:
    """The pattern with the forms of its verbs and nouns in place of their marks."""
    if isinstance(node, Inflected):
        return choice_of(tuple(map(words_node, node.forms)))
    # Most options of a choice are plain words; a call through the cache would take longer than this look.
    return node.mapped(lambda part: part if isinstance(part, Words) else inflected(part))


@lru_cache(maxsize=50_000)
def words_node(text: str) -> Words:
    """A text as one phrase, folded."""
    return Words(Phrase(folded(text)))


def folded(text: str) -> str:
    """The text folded; most words of rules already are."""
    return text if text.isascii() and PLAIN.fullmatch(text) else fold(text).text


def choice_of(options: tuple[Node, ...]) -> Node:
    """A choice of these, with small inner choices flattened and repeated options dropped; a single option as it is.

    A large inner choice, mostly a set that many patterns name, stays a node: it is compiled and searched once.
    """
    flat: dict[Node, None] = {}
    for option in options:
        if isinstance(option, Choice) and len(option.options) < SHARED_SIZE:
            flat.update(dict.fromkeys(option.options))
        else:
            flat[option] = None
    return Choice(tuple(flat)) if len(flat) != 1 else next(iter(flat))


@lru_cache(maxsize=50_000)
def requires_phrase(node: Node) -> bool:
    """Tell whether a pattern matches nothing without one of its phrases. Forms and values match without a phrase."""
    match node:
        case Choice(options):  # mostly hundreds of plain words
            return all(map(requires_phrase, [option for option in options if not isinstance(option, Words)]))
        case InOrder(parts, _) | Together(parts):
            return any(map(requires_phrase, parts))
        case RoleFrame():
            return all(map(requires_phrase, node.events)) or any(requires_phrase(role) for _, role in node.roles)
        case AtStart(inner) | Head(inner):
            return requires_phrase(inner)
    return isinstance(node, Words | Inflected)


@lru_cache(maxsize=50_000)
def pattern_hash(node: Node) -> str:
    """A hash of a pattern's meaning, the same on every machine."""

    def hashed(value: object) -> object:
        match value:
            case Words(phrase):
                return f"{phrase.text}*" if phrase.family else phrase.text
            case Node():
                return (pattern_hash(value),)
            case tuple():
                return [hashed(item) for item in value]
            case Enum():
                return value.value
        return value

    content = [hashed(part) for part in node._content]
    return hashlib.sha256(repr((type(node).__name__, content)).encode()).hexdigest()
