"""The pattern language of the rules: parsing, sets, and what must be present for a pattern to match.

word word      in this order, adjacent            {set}          any entry of a set
word*          the word and its family            (a|b c)        one of these
/h\\d00/        a word of that form (wordforms)    ^              at the start of a clause
..N            up to N words between (.. = 6)     ~N             the same in either order
..clause  ...  any distance within the clause     ~clause        the same in either order
...N           up to N words, within the clause
..sentence     any distance within the sentence   ~sentence      the same in either order
!word          the head: what stands after it in its clause does not bear on the act
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache
from typing import TypeAlias

from monitor.domain.text.automaton import Phrase
from monitor.domain.text.folding import fold, is_unspaced
from monitor.domain.text.word_regex import PatternError, WordForm, word_form
from monitor.domain.text.writing_systems import HAN_RANGE

DEFAULT_GAP = 6
MAX_GAP = 60
_SYMBOLS = frozenset("&%$#@+")


class Join(Enum):
    """Within what two neighbours of a sequence must stand."""

    ADJACENT = "adjacent"
    GAP = "gap"
    CLAUSE = "clause"
    SENTENCE = "sentence"


@dataclass(frozen=True, slots=True)
class Link:
    """How two neighbours stand to each other. `words`: at most so many between them, of a GAP, and of a CLAUSE if not 0;
    `either`: in either order."""

    join: Join
    words: int = 0
    either: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """One phrase, already folded."""

    phrase: Phrase


@dataclass(frozen=True, slots=True)
class Form:
    """One word of a form: a regular expression that reads a single word."""

    form: WordForm


@dataclass(frozen=True, slots=True)
class SetRef:
    """A set named in a pattern, until it is expanded."""

    name: str
    column: int


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several. A set of hundreds of words stands in hundreds of patterns: it is hashed once."""

    options: tuple[Node, ...]
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_hash", hash(self.options))

    def __hash__(self) -> int:
        return self._hash


@dataclass(frozen=True, slots=True)
class Sequence:
    """`links[i]` stands between `parts[i]` and `parts[i + 1]`."""

    parts: tuple[Node, ...]
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class AtStart:
    inner: Node


@dataclass(frozen=True, slots=True)
class Head:
    inner: Node


Node: TypeAlias = Words | Form | SetRef | Choice | Sequence | AtStart | Head

_TOKEN = re.compile(
    r"(?P<space>\s+)|(?P<clause>(?:\.\.\.(?!\.)|…)\d*)|(?P<link>(?:\.\.|~)(?:clause\b|sentence\b|\d*))"
    r"|/(?P<form>(?:[^/\\\s]|\\.)+)/(?=[\s()|~.]|$)|\{(?P<set>[^{}|()]*)\}|(?P<mark>[{}()|^]|!(?=\S))|(?P<word>(?:(?!\.\.|…)[^\s{}()|^~])+)"
)


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    column: int


@lru_cache(maxsize=50_000)
def parse_pattern(pattern: str) -> Node:
    """Read one pattern; sets stay references. Raises PatternError with the column of the first fault."""
    if _PLAIN.fullmatch(pattern):
        return Words(Phrase(pattern))
    return _Parser(pattern).whole()


_PLAIN = re.compile(rf"[a-z0-9]+(?: [a-z0-9]+)*|[{HAN_RANGE}]+")
"""Plain words, in which folding changes nothing: two patterns of three are no more than that."""


class _Parser:
    def __init__(self, pattern: str) -> None:
        self.tokens = list(_tokens(pattern))
        self.at = 0
        self.end = len(pattern)

    def whole(self) -> Node:
        node = self.sequence()
        if self.peek().kind != "end":
            raise PatternError(f"unexpected {self.peek().text!r}", self.peek().column, "every ')' needs its '('")
        if _max_heads(node) > 1:
            marks = [token.column for token in self.tokens if token.kind == "!"]
            raise PatternError("a second '!' in one pattern", marks[-1], "an act has one head")
        return node

    def peek(self) -> _Token:
        return self.tokens[self.at] if self.at < len(self.tokens) else _Token("end", "the end", self.end)

    def take(self) -> _Token:
        token = self.peek()
        self.at += 1
        return token

    def sequence(self) -> Node:
        start = self.take() if self.peek().text == "^" else None
        parts, links = [self.atom()], list[Link]()
        while (kind := self.peek().kind) not in ("end", "|", ")"):
            links.append(_link(self.take()) if kind in ("link", "clause") else Link(Join.ADJACENT))
            parts.append(self.atom())
        node = _merged(parts, links)
        return AtStart(node) if start else node

    def atom(self) -> Node:
        token = self.take()
        if token.kind == "word":
            return _words(token)
        if token.kind == "set":
            return SetRef(token.text, token.column)
        if token.kind == "form":
            return Form(word_form(token.text, token.column + 1))
        if token.kind == "(":
            return self.choice()
        if token.kind == "!":
            return Head(self.atom())
        if token.kind == "^":
            raise PatternError("'^' must stand first", token.column, "it means: at the start of a clause")
        raise PatternError(
            f"a word, {{set}} or (group) is missing before {token.text!r}",
            token.column,
            "a pattern may not be empty, nor begin or end with a gap",
        )

    def choice(self) -> Node:
        options = [self.sequence()]
        while self.peek().kind == "|":
            self.take()
            options.append(self.sequence())
        closing = self.take()
        if closing.kind != ")":
            raise PatternError("this group is not closed", closing.column, "add ')'")
        return Choice(tuple(options)) if len(options) > 1 else options[0]


def _max_heads(node: Node) -> int:
    """The most heads that one way to read a pattern has."""
    match node:
        case Choice(options):
            return max(map(_max_heads, options))
        case Sequence(parts, _):
            return sum(map(_max_heads, parts))
        case Head(inner):
            return 1 + _max_heads(inner)
        case AtStart(inner):
            return _max_heads(inner)
    return 0


def _tokens(pattern: str) -> Iterator[_Token]:
    at = 0
    while at < len(pattern):
        match = _TOKEN.match(pattern, at)
        if match is None:
            raise PatternError(f"unexpected {pattern[at]!r}", at)
        at = match.end()
        if match.lastgroup in ("link", "clause") and (more := _NO_GAP.match(pattern, at)):
            raise PatternError(f"{match[0] + more[0]!r} is no gap", match.start(), GAP_SYNTAX)
        if match.lastgroup != "space":
            yield _token(match)


GAP_SYNTAX = "gaps are ..4, ...4, ~4, ..clause, ~clause, ..sentence, ~sentence; a space follows"
_NO_GAP = re.compile(r"[A-Za-z0-9.\-]+")
_REGEX_SIGNS = re.compile(r"[?\[\]\\]|^/")
"""Signs of regular expressions, which are none of a pattern's."""
NO_REGEX_HINT = (
    "patterns are words, not regular expressions: word* is a family, ..4 a gap, (a|b) a choice, /h\\d00/ a word form"
)


def _token(match: re.Match[str]) -> _Token:
    column = match.start()
    if match.lastgroup in ("word", "form", "link"):
        return _Token(match.lastgroup, match[match.lastgroup], column)
    if match["set"] is not None:
        if not match["set"].strip():
            raise PatternError("this set has no name", column)
        return _Token("set", match["set"].strip(), column)
    if match["mark"] is not None:
        if match["mark"] in "{}":
            raise PatternError(f"unpaired {match['mark']!r}", column, "a set is written {name}")
        return _Token(match["mark"], match["mark"], column)
    return _Token("clause", match[0], column)


def _link(token: _Token) -> Link:
    if token.kind == "clause":
        return Link(Join.CLAUSE, _width(token, token.text.lstrip(".…") or "0"))
    either, reach = token.text.startswith("~"), token.text.lstrip(".~")
    if reach in (Join.CLAUSE.value, Join.SENTENCE.value):
        return Link(Join(reach), either=either)
    if either and not reach:
        raise PatternError("'~' needs a number of words", token.column, "write ~5, ~clause or ~sentence")
    return Link(Join.GAP, _width(token, reach or str(DEFAULT_GAP)), either)


def _width(token: _Token, digits: str) -> int:
    if int(digits) > MAX_GAP:
        raise PatternError(f"a gap of {digits} words is too wide", token.column, f"at most {MAX_GAP}; or use ..clause")
    return int(digits)


def _words(token: _Token) -> Words:
    if (foreign := _REGEX_SIGNS.search(token.text)) is not None:
        raise PatternError(
            f"{foreign[0]!r} means nothing in {token.text!r}", token.column + foreign.start(), NO_REGEX_HINT
        )
    family = token.text.endswith("*")
    bare = token.text.removesuffix("*")
    if "*" in bare:
        raise PatternError("'*' must end a word", token.column + bare.index("*"))
    folded = fold(bare).text.strip()
    if not any(char.isalnum() or char in _SYMBOLS for char in folded):
        raise PatternError(
            f"{token.text!r} holds no letter or digit", token.column, "punctuation says nothing by itself"
        )
    return Words(Phrase(folded, family and not is_unspaced(folded[-1])))


def _merged(parts: list[Node], links: list[Link]) -> Node:
    """Adjacent plain words become one phrase, so that the automaton finds them in one go."""
    out_parts, out_links = [parts[0]], list[Link]()
    for link, part in zip(links, parts[1:], strict=True):
        last = out_parts[-1]
        if (
            link.join is Join.ADJACENT
            and isinstance(last, Words)
            and isinstance(part, Words)
            and not last.phrase.family
        ):
            joined = fold(f"{last.phrase.text} {part.phrase.text}").text
            out_parts[-1] = Words(Phrase(joined, part.phrase.family))
        else:
            out_parts.append(part)
            out_links.append(link)
    return out_parts[0] if len(out_parts) == 1 else Sequence(tuple(out_parts), tuple(out_links))


def expand_sets(node: Node, lookup: Callable[[SetRef], Node]) -> Node:
    """The same pattern with every set replaced by what `lookup` gives for it."""
    match node:
        case SetRef():
            return lookup(node)
        case Choice(options):
            return choice_of(tuple(expand_sets(option, lookup) for option in options))
        case Sequence(parts, links):
            return Sequence(tuple(expand_sets(part, lookup) for part in parts), links)
        case AtStart(inner):
            return AtStart(expand_sets(inner, lookup))
        case Head(inner):
            return Head(expand_sets(inner, lookup))
    return node


def choice_of(options: tuple[Node, ...]) -> Node:
    """One of these; nested choices are laid flat and repeated ones dropped."""
    flat: dict[Node, None] = {}
    for option in options:
        flat.update(dict.fromkeys(option.options if isinstance(option, Choice) else (option,)))
    return Choice(tuple(flat)) if len(flat) != 1 else next(iter(flat))


def set_refs(node: Node) -> Iterator[SetRef]:
    """Every set that a pattern names, in order."""
    match node:
        case SetRef():
            yield node
        case Choice(children) | Sequence(children, _):
            for child in children:
                yield from set_refs(child)
        case AtStart(inner) | Head(inner):
            yield from set_refs(inner)


@lru_cache(maxsize=50_000)
def required_phrases(node: Node) -> frozenset[Phrase]:
    """Phrases of which at least one stands in every text that the pattern matches: the rarest such group it has.
    None at all for a pattern that word forms alone can match."""
    match node:
        case Words(phrase):
            return frozenset((phrase,))
        case Choice(options):
            groups = [required_phrases(option) for option in options]
            return frozenset().union(*groups) if all(groups) else frozenset()
        case Sequence(parts, _):
            return min(filter(None, map(required_phrases, parts)), key=_commonness, default=frozenset())
        case AtStart(inner) | Head(inner):
            return required_phrases(inner)
    return frozenset()


@lru_cache(maxsize=50_000)
def pattern_hash(node: Node) -> str:
    """A hash of what a pattern says, the same on every machine."""
    match node:
        case Choice(children) | Sequence(children, _):
            parts: list[object] = [pattern_hash(child) for child in children]
        case AtStart(inner) | Head(inner):
            parts = [pattern_hash(inner)]
        case _:
            parts = [node]
    links = node.links if isinstance(node, Sequence) else ()
    return hashlib.sha256(repr((type(node).__name__, parts, links)).encode()).hexdigest()


def _commonness(group: frozenset[Phrase]) -> float:
    """A guess at how often one of the group turns up."""
    return sum(_phrase_frequency(phrase.text) for phrase in group)


@lru_cache(maxsize=100_000)
def _phrase_frequency(phrase: str) -> float:
    """Short phrases are common. A Han character says about as much as three letters."""
    return 0.5 ** sum(3 if is_unspaced(char) else 1 for char in phrase)
