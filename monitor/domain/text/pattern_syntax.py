"""The pattern language of the rules: parsing, sets, and what must be present for a pattern to match.

word word      in this order, adjacent            {set}          any entry of a set
word*          the word and its family            (a|b c)        one of these
<buy/snap up>  every form of these verbs          <cargo+>       singular and plural of a noun
<25 Mt>        this amount, however written       <amount> <Mt>  any amount, any of that unit
<date>         any date                           /h\\d00/        a word of that form (word_regex)
^              at the start of a clause           !word          the head: what stands after it does not modify the act
..N            up to N words between (.. = 6)     ~N             the same in either order
..near         up to four words between           ~near          the same in either order
..clause  ...  any distance within the clause     ~clause        the same in either order
...N           up to N words, within the clause
..sentence     any distance within the sentence   ~sentence      the same in either order
a + b + c      all of these in one sentence, in any order
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from operator import attrgetter
from typing import Any, ClassVar, NamedTuple, TypeAlias

from monitor.domain.text.angle_words import ANGLE_SYNTAX, Inflected, Value, read_angle
from monitor.domain.text.automaton import Phrase
from monitor.domain.text.chinese_script import simplified
from monitor.domain.text.folding import fold, is_unspaced
from monitor.domain.text.word_regex import PatternError, WordForm, word_form
from monitor.domain.text.writing_systems import HAN_RANGE

DEFAULT_GAP = 6
"""Words that `..` allows in between: what a clause mostly puts between a verb and its object (an estimate)."""
NEAR = 4
"""Words that `..near` allows in between: the two belong to one phrase."""
MAX_GAP = 60
"""Words; a wider gap spans more than a sentence mostly has, and ..clause or ..sentence says it better."""
SHARED_SIZE = 8
"""Options from which on a choice inside a choice is a node of its own. An estimate: fewer are found faster together."""
_SYMBOLS = frozenset("&%$#@+")


class Window(Enum):
    """How far a role may stand from its event: at most NEAR words within its clause, in its clause, in its sentence."""

    NEAR = "near"
    CLAUSE = "clause"
    SENTENCE = "sentence"


class Join(Enum):
    """The stretch of text within which two neighbours of a sequence must stand."""

    ADJACENT = "adjacent"
    GAP = "gap"
    CLAUSE = "clause"
    SENTENCE = "sentence"


@dataclass(frozen=True, slots=True)
class Link:
    """How two neighbours stand to each other. words: the most words between them, for a GAP, and for a CLAUSE if not 0;
    either: in either order."""

    join: Join
    words: int = 0
    either: bool = False


class Words(NamedTuple):
    """One phrase, already folded. A tuple as Phrase is, and for the same reason."""

    phrase: Phrase


@dataclass(frozen=True, slots=True)
class Form:
    """One word of a form: a regular expression that reads a single word."""

    form: WordForm


@dataclass(frozen=True, slots=True)
class SetRef:
    """A set named in a pattern; `expand_sets` replaces it."""

    name: str
    column: int


class _HashedOnce:
    """What keeps the hash of its `key`. A set of hundreds of words stands in hundreds of patterns, and compiling asks for each of
    them six times. A dataclass takes the hash that its own body names, and makes one of its own otherwise."""

    __slots__ = ("_hash",)
    key: ClassVar[attrgetter[Any]]
    _hash: int

    def __hash__(self) -> int:
        try:
            return self._hash
        except AttributeError:
            object.__setattr__(self, "_hash", hash(self.key(self)))
            return self._hash


@dataclass(frozen=True, slots=True)
class Choice(_HashedOnce):
    """One of several options."""

    options: tuple[Node, ...]
    key = attrgetter("options")
    __hash__ = _HashedOnce.__hash__


@dataclass(frozen=True, slots=True)
class Sequence(_HashedOnce):
    """Parts in order; `links[i]` stands between `parts[i]` and `parts[i + 1]`."""

    parts: tuple[Node, ...]
    links: tuple[Link, ...]
    key = attrgetter("parts", "links")
    __hash__ = _HashedOnce.__hash__


@dataclass(frozen=True, slots=True)
class Together(_HashedOnce):
    """Parts that all stand in one sentence, in any order."""

    parts: tuple[Node, ...]
    key = attrgetter("parts")
    __hash__ = _HashedOnce.__hash__


ROLE_PARTS = ("verbs", "participles", "nouns", "unspaced", "phrases", "agent", "patient", "via")
"""The parts of a role frame that hold patterns."""


@dataclass(frozen=True, slots=True)
class RoleFrame(_HashedOnce):
    """Who does what to whom. At least one kind of event is given; roles that are None need not stand.

    verbs, nouns, unspaced, phrases: how the event may be named, each with its own orders (see `frame_eval`); participles:
    the passive forms of the verbs. within: how far the roles may stand from the event, NEAR, CLAUSE or SENTENCE.
    """

    within: Window
    verbs: Node | None
    participles: Node | None
    nouns: Node | None
    unspaced: Node | None
    phrases: Node | None
    agent: Node | None
    patient: Node | None
    via: Node | None
    key = attrgetter("within", *ROLE_PARTS)
    __hash__ = _HashedOnce.__hash__

    @property
    def events(self) -> tuple[Node, ...]:
        """The ways to name the event; the participles are among the verbs."""
        return tuple(node for node in (self.verbs, self.nouns, self.unspaced, self.phrases) if node is not None)

    @property
    def roles(self) -> tuple[Node, ...]:
        """The roles that must stand."""
        return tuple(node for node in (self.agent, self.patient, self.via) if node is not None)


@dataclass(frozen=True, slots=True)
class AtStart:
    """A pattern that must begin a clause."""

    inner: Node


@dataclass(frozen=True, slots=True)
class Head:
    """The part that names the act."""

    inner: Node


Node: TypeAlias = Words | Form | Inflected | Value | SetRef | Choice | Sequence | Together | RoleFrame | AtStart | Head

_OPTION = rf"(?:[A-Za-z0-9]+(?: [A-Za-z0-9]+)*|[{HAN_RANGE}]+)"
_TOKEN = re.compile(
    r"(?P<space>\s+)|(?P<clause>(?:\.\.\.(?!\.)|…)\d*)|(?P<link>(?:\.\.|~)(?:near\b|clause\b|sentence\b|\d*))"
    rf"|\((?P<choice>{_OPTION}(?:\|{_OPTION})+)\)"
    r"|/(?P<form>(?:[^/\\\s]|\\.)+)/(?=[\s()|~.]|$)|\{(?P<set>[^{}|()]*)\}|<(?P<angle>[^<>]*)>|(?P<plus>(?<!\S)\+(?!\S))"
    r"|(?P<mark>[{}()|^<>]|!(?=\S))|(?P<word>(?:(?!\.\.|…)[^\s{}()|^~<>])+)"
)
_PLAIN = re.compile(rf"[a-z0-9]+(?: [a-z0-9]+)*|[{HAN_RANGE}]+")
"""Plain words, in which folding changes traditional characters alone: two patterns of three are no more than that."""
GAP_SYNTAX = "gaps are ..near, ~near, ..4, ...4, ~4, ..clause, ~clause, ..sentence, ~sentence; a space follows"
_NO_GAP = re.compile(r"[A-Za-z0-9.\-]+")
_PARTED = re.compile(r"\s+(near|clause|sentence)\b(?!\*)")
"""The name of a gap behind a blank, where it is a word like any other."""
_OPERATORS = {
    "OR": "write (pause|fees), or one pattern for each",
    "AND": "write a + b for two in one sentence",
    "NOT": "what must not stand there is a pattern below not:",
}
"""Words of search engines, and how patterns say it."""
_OPERATOR = re.compile(rf"\b(?:{'|'.join(_OPERATORS)})\b")
_REGEX_SIGNS = re.compile(r"[?\[\]\\]|^/")
"""Signs of regular expressions, which patterns do not have."""
NO_REGEX_HINT = (
    "patterns are words, not regular expressions: word* is a family, ..4 a gap, (a|b) a choice, /h\\d00/ a word form"
)


@lru_cache(maxsize=50_000)
def parse_pattern(pattern: str) -> Node:
    """Read one pattern; sets stay references. Raises PatternError with the column of the first fault."""
    if _PLAIN.fullmatch(pattern):
        return Words(Phrase(simplified(pattern)))
    tokens = list(_tokens(pattern))
    parser = _Parser(tokens, len(pattern))
    node, rest = parser.conjunction(), parser.next
    if rest.kind != "end":
        raise PatternError(f"unexpected {rest.text!r}", rest.column, "every ')' needs its '('")
    if "!" in pattern and _max_heads(node) > 1:
        last = [token.column for token in tokens if token.kind == "!"][-1]
        raise PatternError("a second '!' in one pattern", last, "an act has one head")
    return node


class _Token(NamedTuple):
    """kind: word, form, angle, set, link, clause, plus, end, or the sign itself; choice: a group of plain words, as most are."""

    kind: str
    text: str
    column: int


_ADJACENT = Link(Join.ADJACENT)
_ENDS_SEQUENCE = frozenset({"end", "|", ")", "plus"})


class _Parser:
    """A parser by recursive descent: a choice of sequences of atoms."""

    def __init__(self, tokens: Iterable[_Token], length: int) -> None:
        self._rest, self._end = iter(tokens), _Token("end", "the end", length)
        self.next = next(self._rest, self._end)

    def take(self) -> _Token:
        token, self.next = self.next, next(self._rest, self._end)
        return token

    def conjunction(self) -> Node:
        parts = [self.sequence()]
        while self.next.kind == "plus":
            self.take()
            parts.append(self.sequence())
        return Together(tuple(parts)) if len(parts) > 1 else parts[0]

    def sequence(self) -> Node:
        start = self.take() if self.next.kind == "^" else None
        parts, links = [self.atom()], list[Link]()
        while (kind := self.next.kind) not in _ENDS_SEQUENCE:
            link = _link(self.take()) if kind in ("link", "clause") else _ADJACENT
            before, part = parts[-1], self.atom()
            if link is _ADJACENT and isinstance(before, Words) and isinstance(part, Words) and not before.phrase.family:
                # Adjacent plain words become one phrase, which the automaton finds in one go.
                parts[-1] = Words(Phrase(_folded(f"{before.phrase.text} {part.phrase.text}"), part.phrase.family))
            else:
                parts.append(part)
                links.append(link)
        node = parts[0] if len(parts) == 1 else Sequence(tuple(parts), tuple(links))
        return AtStart(node) if start else node

    def atom(self) -> Node:
        token = self.take()
        if token.kind == "word":
            return _word(token)
        if token.kind == "set":
            return SetRef(token.text, token.column)
        if token.kind == "form":
            return Form(word_form(token.text, token.column + 1))
        if token.kind == "angle":
            return read_angle(token.text, token.column + 1)
        if token.kind == "choice":
            if (operator := _OPERATOR.search(token.text)) is not None:
                raise _operator_error(operator[0], token.column + 1 + operator.start())
            return Choice(tuple(map(words_node, token.text.split("|"))))
        if token.kind == "(":
            options = [self.conjunction()]
            while self.next.kind == "|":
                self.take()
                options.append(self.conjunction())
            closing = self.take()
            if closing.kind != ")":
                raise PatternError("this group is not closed", closing.column, "add ')'")
            return Choice(tuple(options)) if len(options) > 1 else options[0]
        if token.kind == "!":
            return Head(self.atom())
        if token.kind == "^":
            raise PatternError("'^' must stand first", token.column, "it means: at the start of a clause")
        message = f"a word, {{set}} or (group) is missing before {token.text!r}"
        raise PatternError(message, token.column, "a pattern may not be empty, nor begin or end with a gap")


def _word(token: _Token) -> Words:
    """Read a word, with its family where it ends in '*'."""
    bare = token.text.removesuffix("*")
    if _PLAIN.fullmatch(bare):
        return Words(Phrase(simplified(bare), bare != token.text and bare.isascii()))
    if token.text in _OPERATORS:
        raise _operator_error(token.text, token.column)
    if (foreign := _REGEX_SIGNS.search(token.text)) is not None:
        message = f"{foreign[0]!r} means nothing in {token.text!r}"
        raise PatternError(message, token.column + foreign.start(), NO_REGEX_HINT)
    if "*" in bare:
        raise PatternError("'*' must end a word", token.column + bare.index("*"))
    folded = fold(bare).text.strip()
    if not any(char.isalnum() or char in _SYMBOLS for char in folded):
        message = f"{token.text!r} holds no letter or digit"
        raise PatternError(message, token.column, "punctuation says nothing by itself")
    return Words(Phrase(folded, bare != token.text and not is_unspaced(folded[-1])))


def _operator_error(word: str, column: int) -> PatternError:
    """The error of a word that only a search engine takes for an operator."""
    hint = f"{_OPERATORS[word]}; the word itself has small letters"
    return PatternError(f"{word!r} is read as a word of the text, not as an operator", column, hint)


def _max_heads(node: Node) -> int:
    """Return the most heads that one way to read a pattern has."""
    match node:
        case Choice(options):
            return max(map(_max_heads, options))
        case Sequence(parts, _) | Together(parts):
            return sum(map(_max_heads, parts))
        case Head(inner):
            return 1 + _max_heads(inner)
        case AtStart(inner):
            return _max_heads(inner)
    return 0


def _tokens(pattern: str) -> Iterator[_Token]:
    at = 0
    for match in _TOKEN.finditer(pattern):
        kind, column, text = match.lastgroup or "", match.start(), match[match.lastgroup or 0]
        if column != at:
            break
        at = match.end()
        if kind in ("link", "clause") and (more := _NO_GAP.match(pattern, at)):
            raise PatternError(f"{match[0] + more[0]!r} is no gap", column, GAP_SYNTAX)
        if text in ("..", "~") and (parted := _PARTED.match(pattern, at)):
            hint = f"write {text}{parted[1]}, or {text}{DEFAULT_GAP} {parted[1]} where the word itself is meant"
            raise PatternError(f"a blank parts {text!r} from {parted[1]!r}", column, hint)
        if kind == "set":
            text = text.strip()
            if not text:
                raise PatternError("this set has no name", column)
        elif kind == "mark":
            kind = text
            if text in "{}":
                raise PatternError(f"unpaired {text!r}", column, "a set is written {name}")
            if text in "<>":
                raise PatternError(f"unpaired {text!r}", column, ANGLE_SYNTAX)
        if kind != "space":
            yield _Token(kind, text, column)
    if at < len(pattern):
        raise PatternError(f"unexpected {pattern[at]!r}", at)


def _link(token: _Token) -> Link:
    if token.text == "~":
        raise PatternError("'~' needs a number of words", token.column, "write ~5, ~clause or ~sentence")
    link = _link_of(token.text)
    if link.words > MAX_GAP:
        raise PatternError(
            f"a gap of {link.words} words is too wide", token.column, f"at most {MAX_GAP}; or use ..clause"
        )
    return link


@lru_cache(maxsize=1_000)
def _link_of(text: str) -> Link:
    """The link that a gap means, however wide."""
    either, reach = text.startswith("~"), text.lstrip(".…~")
    if reach in (Join.CLAUSE.value, Join.SENTENCE.value):
        return Link(Join(reach), either=either)
    if reach == Window.NEAR.value:
        return Link(Join.GAP, NEAR, either)
    in_clause = text.startswith(("...", "…"))
    words = int(reach) if reach else 0 if in_clause else DEFAULT_GAP
    return Link(Join.CLAUSE if in_clause else Join.GAP, words, either)


def expand_sets(node: Node, lookup: Callable[[SetRef], Node]) -> Node:
    """Return the pattern with every set replaced by what `lookup` gives for it."""

    def expanded(part: Node) -> Node:
        if isinstance(part, SetRef):
            return lookup(part)
        return part if isinstance(part, Words) else _with_parts(part, expanded)

    return expanded(node)


def _folded(text: str) -> str:
    """Return a text folded; most words of rules are so already."""
    return text if text.isascii() and _PLAIN.fullmatch(text) else fold(text).text


@lru_cache(maxsize=50_000)
def words_node(text: str) -> Words:
    """Return a text as one phrase, folded."""
    return Words(Phrase(_folded(text)))


@lru_cache(maxsize=50_000)
def inflected(node: Node) -> Node:
    """Return the pattern with the forms of its verbs and nouns in place of their marks."""
    if isinstance(node, Inflected):
        return _one_of(tuple(dict.fromkeys(map(words_node, node.forms))))
    if isinstance(node, Choice):  # mostly hundreds of plain words, which stay as they are
        return choice_of(tuple([option if isinstance(option, Words) else inflected(option) for option in node.options]))
    return node if isinstance(node, Words) else _with_parts(node, inflected)


def _with_parts(node: Node, change: Callable[[Node], Node]) -> Node:
    """Return the pattern with each of its parts changed."""
    match node:
        case Choice(options):
            return choice_of(tuple(map(change, options)))
        case Sequence(parts, links):
            return Sequence(tuple(map(change, parts)), links)
        case Together(parts):
            return Together(tuple(map(change, parts)))
        case AtStart(inner):
            return AtStart(change(inner))
        case Head(inner):
            return Head(change(inner))
        case RoleFrame():
            given = (getattr(node, name) for name in ROLE_PARTS)
            return RoleFrame(node.within, *(None if part is None else change(part) for part in given))
    return node


def choice_of(options: tuple[Node, ...]) -> Node:
    """Return a choice of these: small choices inside it flattened, repeated options dropped, a single option by itself.

    A large choice, mostly a set that many patterns name, stays a node of its own: what is made of it is made once.
    """
    if len(options) == 1:
        return options[0]
    flat: dict[Node, None] = {}
    for option in options:
        if isinstance(option, Choice) and len(option.options) < SHARED_SIZE:
            flat.update(dict.fromkeys(option.options))
        else:
            flat[option] = None
    return _one_of(tuple(flat))


def _one_of(options: tuple[Node, ...]) -> Node:
    """Return a choice of these as they are; a single option by itself."""
    return Choice(options) if len(options) != 1 else options[0]


def phrases_named(node: Node) -> Iterator[Phrase]:
    """Yield every phrase of a pattern whose sets are filled in."""
    match node:
        case Words(phrase):
            yield phrase
        case Inflected():
            yield from phrases_named(inflected(node))
        case Choice(children) | Sequence(children, _) | Together(children):
            for child in children:
                yield from phrases_named(child)
        case RoleFrame():
            for child in (*node.events, *node.roles):
                yield from phrases_named(child)
        case AtStart(inner) | Head(inner):
            yield from phrases_named(inner)


@lru_cache(maxsize=50_000)
def requires_phrase(node: Node) -> bool:
    """Tell whether a pattern stands nowhere without one of its phrases; forms and values need none."""
    match node:
        case Words() | Inflected():
            return True
        case Choice(options):  # mostly hundreds of plain words
            return all(map(requires_phrase, [option for option in options if not isinstance(option, Words)]))
        case Sequence(parts, _) | Together(parts):
            return any(map(requires_phrase, parts))
        case RoleFrame():
            return all(map(requires_phrase, node.events)) or any(map(requires_phrase, node.roles))
        case AtStart(inner) | Head(inner):
            return requires_phrase(inner)
    return False


def set_refs(node: Node) -> Iterator[SetRef]:
    """Yield every set that a pattern names, in order."""
    match node:
        case SetRef():
            yield node
        case Choice(children) | Sequence(children, _) | Together(children):
            for child in children:
                yield from set_refs(child)
        case RoleFrame():
            for child in (*node.events, *node.roles):
                yield from set_refs(child)
        case AtStart(inner) | Head(inner):
            yield from set_refs(inner)


@lru_cache(maxsize=50_000)
def pattern_hash(node: Node) -> str:
    """Return a hash of what a pattern says, the same on every machine."""
    match node:
        case Choice(children):  # plain words as they are: a set of hundreds stands in many patterns
            parts: list[object] = [
                (pattern_hash(child),)
                if not isinstance(child, Words)
                else f"{child.phrase.text}*"
                if child.phrase.family
                else child.phrase.text
                for child in children
            ]
        case Sequence(children, _) | Together(children):
            parts = [pattern_hash(child) for child in children]
        case RoleFrame():
            given = ((name, getattr(node, name)) for name in ROLE_PARTS)
            parts = [node.within.value, *((name, pattern_hash(part)) for name, part in given if part is not None)]
        case AtStart(inner) | Head(inner):
            parts = [pattern_hash(inner)]
        case _:
            parts = [node]
    links = node.links if isinstance(node, Sequence) else ()
    return hashlib.sha256(repr((type(node).__name__, parts, links)).encode()).hexdigest()
