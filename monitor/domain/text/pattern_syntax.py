"""The pattern language of the rules: parsing.

word word      in this order, adjacent            {set}          any entry of a set
word*          the word and its family            (a|b c)        one of these
<buy/snap up>  every form of these verbs          <cargo+>       singular and plural of a noun
<25 Mt>        this amount, within 1 %            <amount> <Mt>  any amount, any of that unit
<date>         any date                           /h\\d00/        a word of that form
^              at the start of a clause           !word          the head: words after it do not modify the act
..near         up to four words between           ~near          the same in either order
...            any distance within the clause     ~clause        the same in either order
..sentence     any distance within the sentence   ~sentence      the same in either order
..3            up to three words between          a + b + c      all in one sentence, in any order
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from monitor.domain.text import patterns
from monitor.domain.text.automaton import Phrase
from monitor.domain.text.folding import fold, is_unspaced
from monitor.domain.text.numerals import UNITS, read_amount
from monitor.domain.text.writing_systems import HAN_RANGE, simplified

MAX_GAP = 60
"""Words; a wider gap spans more than most sentences."""
_SYMBOLS = frozenset("&%$#@+")
_GAPS = {
    "..near": patterns.Link(patterns.Reach.WORDS, patterns.NEAR),
    "~near": patterns.Link(patterns.Reach.WORDS, patterns.NEAR, either=True),
    "...": patterns.Link(patterns.Reach.CLAUSE),
    "~clause": patterns.Link(patterns.Reach.CLAUSE, either=True),
    "..sentence": patterns.Link(patterns.Reach.SENTENCE),
    "~sentence": patterns.Link(patterns.Reach.SENTENCE, either=True),
}
_ADJACENT = patterns.Link(patterns.Reach.ADJACENT)
GAP_SYNTAX = "gaps are ..near, ~near, ... (clause), ~clause, ..sentence, ~sentence and ..4 (words); a space follows"
ANGLE_SYNTAX = "<buy> is every form of a verb, <cargo+> of a noun, <25 Mt> an amount, <date> a date"
FORM_SYNTAX = r"a form is letters, digits, \d, [a-z] or (a|b), at most one of them repeated by +, * or {2,4}"
NO_REGEX_HINT = (
    "patterns are words, not regular expressions: word* is a family, ..4 a gap, (a|b) a choice, /h\\d00/ a word form"
)
_OPTION = rf"(?:[A-Za-z0-9]+(?: [A-Za-z0-9]+)*|[{HAN_RANGE}]+)"
_TOKEN = re.compile(
    r"(?P<space>\s+)|(?P<gap>(?:\.\.+|…|~)[A-Za-z0-9.\-]*)"
    rf"|\((?P<choice>{_OPTION}(?:\|{_OPTION})+)\)"
    r"|/(?P<form>(?:[^/\\\s]|\\.)+)/(?=[\s()|~.]|$)|\{(?P<set>[^{}|()]*)\}|<(?P<angle>[^<>]*)>|(?P<plus>(?<!\S)\+(?!\S))"
    r"|(?P<mark>[{}()|^<>]|!(?=\S))|(?P<word>(?:(?!\.\.|…)[^\s{}()|^~<>])+)"
)
_OPERATORS = {
    "OR": "write (pause|fees), or one pattern for each",
    "AND": "write a + b for two in one sentence",
    "NOT": "write the excluded pattern below not:",
}
"""Operators of search engines, and how patterns write them."""
_OPERATOR = re.compile(rf"\b(?:{'|'.join(_OPERATORS)})\b")
_REGEX_SIGNS = re.compile(r"[?\[\]\\]|^/")
"""Signs of regular expressions, which patterns do not have."""
_FORM_PART = r"(?:[a-z0-9.,%$&-]|\\d|\[[a-z0-9.,\\d-]+\]|\([a-z0-9]+(?:\|[a-z0-9]+)*\))"
# One repetition at most: the engine of `re` then needs no more than linear time.
_FORM = re.compile(rf"(?=.{{1,80}}$){_FORM_PART}*(?:{_FORM_PART}(?:[+*]|\{{\d{{1,2}},\d{{1,2}}\}}))?{_FORM_PART}*")


class PatternError(ValueError):
    """A pattern that cannot be read. `column` counts from 0 inside the pattern."""

    def __init__(self, message: str, column: int, hint: str = "") -> None:
        super().__init__(message)
        self.column = column
        self.hint = hint


class _Token(NamedTuple):
    """kind: word, form, angle, set, gap, plus, end, or the sign itself; choice: a group of plain words."""

    kind: str
    text: str
    column: int


@lru_cache(maxsize=50_000)
def parse_pattern(pattern: str) -> patterns.Node:
    """Read one pattern; sets stay references. Raises PatternError with the column of the first fault."""
    if patterns.PLAIN.fullmatch(pattern):
        return patterns.Words(Phrase(simplified(pattern)))
    tokens = list(_tokens(pattern))
    parser = _Parser(tokens, len(pattern))
    node, rest = parser.conjunction(), parser.next
    if rest.kind != "end":
        raise PatternError(f"unexpected {rest.text!r}", rest.column, "every ')' needs its '('")
    if "!" in pattern and _max_heads(node) > 1:
        last = [token.column for token in tokens if token.kind == "!"][-1]
        raise PatternError("a second '!' in one pattern", last, "an act has one head")
    return node


def _max_heads(node: patterns.Node) -> int:
    """The most heads that one way to read a pattern has."""
    counts = list(map(_max_heads, node.children))
    return max(counts) if isinstance(node, patterns.Choice) else sum(counts) + isinstance(node, patterns.Head)


def _tokens(pattern: str) -> Iterator[_Token]:
    at = 0
    for match in _TOKEN.finditer(pattern):
        kind, column, text = match.lastgroup or "", match.start(), match[match.lastgroup or 0]
        if column != at:
            break
        at = match.end()
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


@lru_cache(maxsize=4096)
def written_groups(pattern: str) -> tuple[str, ...]:
    """The groups of a pattern as its author wrote them, without gaps. Words that adjoin are one group."""
    groups, depth, start, may_merge = list[str](), 0, -1, False
    for token, following in pairwise([*_tokens(pattern), _Token("end", "", len(pattern))]):
        if start < 0 and token.kind in ("^", "gap"):
            may_merge = may_merge and token.kind == "^"
            continue
        start = token.column if start < 0 else start
        depth += (token.kind == "(") - (token.kind == ")")
        if depth or token.kind == "!":
            continue
        written, start = pattern[start : following.column].rstrip(), -1
        is_word = token.kind == "word" and not written.startswith("!")
        if may_merge and is_word:
            groups[-1] += f" {written}"
        else:
            groups.append(written)
        may_merge = is_word and not written.endswith("*")
    return tuple(groups)


def written_parts(pattern: str) -> tuple[str, ...]:
    """The parts of `a + b` as its author wrote them; the whole pattern if it has no such sign."""
    signs = [token.column for token in _tokens(pattern) if token.kind == "plus"]
    bounds = zip([0, *(at + 1 for at in signs)], [*signs, len(pattern)], strict=True)
    return tuple(pattern[start:end].strip() for start, end in bounds)


class _Parser:
    """A parser by recursive descent: a choice of sequences of atoms."""

    ENDS_SEQUENCE = frozenset({"end", "|", ")", "plus"})

    def __init__(self, tokens: Iterable[_Token], length: int) -> None:
        self._rest, self._end = iter(tokens), _Token("end", "the end", length)
        self.next = next(self._rest, self._end)

    def take(self) -> _Token:
        token, self.next = self.next, next(self._rest, self._end)
        return token

    def conjunction(self) -> patterns.Node:
        parts = [self.sequence()]
        while self.next.kind == "plus":
            self.take()
            parts.append(self.sequence())
        return patterns.Together(tuple(parts)) if len(parts) > 1 else parts[0]

    def sequence(self) -> patterns.Node:
        start = self.take() if self.next.kind == "^" else None
        parts, links = [self.atom()], list[patterns.Link]()
        while (kind := self.next.kind) not in self.ENDS_SEQUENCE:
            link = _link(self.take()) if kind == "gap" else _ADJACENT
            before, part = parts[-1], self.atom()
            if (
                link is _ADJACENT
                and isinstance(before, patterns.Words)
                and isinstance(part, patterns.Words)
                and not before.phrase.family
            ):
                # Adjacent plain words become one phrase, which the automaton finds at once.
                parts[-1] = patterns.Words(
                    Phrase(patterns.folded(f"{before.phrase.text} {part.phrase.text}"), part.phrase.family)
                )
            else:
                parts.append(part)
                links.append(link)
        node = parts[0] if len(parts) == 1 else patterns.InOrder(tuple(parts), tuple(links))
        return patterns.AtStart(node) if start else node

    def atom(self) -> patterns.Node:
        token = self.take()
        match token.kind:
            case "word":
                return _word(token)
            case "set":
                return patterns.SetRef(token.text, token.column)
            case "form":
                return word_form(token.text, token.column + 1)
            case "angle":
                return read_angle(token.text, token.column + 1)
            case "choice":
                if (operator := _OPERATOR.search(token.text)) is not None:
                    raise _operator_error(operator[0], token.column + 1 + operator.start())
                return patterns.Choice(tuple(map(patterns.words_node, token.text.split("|"))))
            case "(":
                options = [self.conjunction()]
                while self.next.kind == "|":
                    self.take()
                    options.append(self.conjunction())
                closing = self.take()
                if closing.kind != ")":
                    raise PatternError("this group is not closed", closing.column, "add ')'")
                return patterns.Choice(tuple(options)) if len(options) > 1 else options[0]
            case "!":
                return patterns.Head(self.atom())
            case "^":
                raise PatternError("'^' must stand first", token.column, "it means: at the start of a clause")
        message = f"a word, {{set}} or (group) is missing before {token.text!r}"
        raise PatternError(message, token.column, "a pattern may not be empty, nor begin or end with a gap")


def _word(token: _Token) -> patterns.Words:
    """Read a word, with its family if it ends in '*'."""
    bare = token.text.removesuffix("*")
    if patterns.PLAIN.fullmatch(bare):
        return patterns.Words(Phrase(simplified(bare), bare != token.text and bare.isascii()))
    if token.text in _OPERATORS:
        raise _operator_error(token.text, token.column)
    if (foreign := _REGEX_SIGNS.search(token.text)) is not None:
        message = f"{foreign[0]!r} means nothing in {token.text!r}"
        raise PatternError(message, token.column + foreign.start(), NO_REGEX_HINT)
    if "*" in bare:
        raise PatternError("'*' must end a word", token.column + bare.index("*"))
    text = fold(bare).text.strip()
    if not any(char.isalnum() or char in _SYMBOLS for char in text):
        message = f"{token.text!r} holds no letter or digit"
        raise PatternError(message, token.column, "punctuation alone matches nothing")
    return patterns.Words(Phrase(text, bare != token.text and not is_unspaced(text[-1])))


def _operator_error(word: str, column: int) -> PatternError:
    """The error for a word that is an operator only in a search engine."""
    hint = f"{_OPERATORS[word]}; the word itself has small letters"
    return PatternError(f"{word!r} is read as a word of the text, not as an operator", column, hint)


def _link(token: _Token) -> patterns.Link:
    words = re.fullmatch(r"\.\.(\d+)", token.text)
    link = _GAPS.get(token.text) if words is None else patterns.Link(patterns.Reach.WORDS, int(words[1]))
    if link is None:
        raise PatternError(f"{token.text!r} is no gap", token.column, GAP_SYNTAX)
    if link.words > MAX_GAP:
        message = f"a gap of {link.words} words is too wide"
        raise PatternError(message, token.column, f"at most {MAX_GAP}; or use ... for the clause")
    return link


def word_form(source: str, column: int = 0) -> patterns.Form:
    """Check the form of a word: a small part of regular expressions, read in bounded time. Raises PatternError."""
    text = unicodedata.normalize("NFC", source).lower()  # in small letters, as folded text is
    if not _FORM.fullmatch(text):
        raise PatternError(f"/{source}/ is no word form", column, FORM_SYNTAX)
    form = patterns.Form(text)
    try:
        nothing = form.fits("")
    except (re.error, OverflowError) as error:
        raise PatternError(f"no regular expression: {error}", column, FORM_SYNTAX) from error
    if nothing:
        raise PatternError("this word form also matches nothing at all", column, "let it require one character")
    return form


def read_angle(text: str, column: int) -> patterns.Inflected | patterns.Value:
    """Read the content of angle brackets; `column` is its place in the pattern. Raises PatternError."""
    written = text.strip()
    words = [word.strip() for word in written.split("/")]
    if any(word.endswith("+") for word in words[:-1]):
        bare = "/".join(word.removesuffix("+").strip() for word in words)
        raise PatternError(f"<{text}>: one + at the end serves all nouns of a list", column, f"write <{bare}+>")
    try:
        if written == patterns.ValueKind.DATE.value:
            return patterns.Value(patterns.ValueKind.DATE)
        if written == patterns.ValueKind.AMOUNT.value:
            return patterns.Value(patterns.ValueKind.AMOUNT)
        if written.lower() in UNITS and (written[:1].isupper() or written in "t%"):
            return patterns.Value(patterns.ValueKind.AMOUNT, UNITS[written.lower()][0])
        if written[:1].isdigit() or written.startswith("$"):
            amount = read_amount(written)
            return patterns.Value(patterns.ValueKind.AMOUNT, amount.unit, amount.amount)
        is_noun = written.endswith("+")
        lemmas = tuple(lemma.strip() for lemma in written.removesuffix("+").split("/"))
        inflected = patterns.Inflected(patterns.WordClass.NOUN if is_noun else patterns.WordClass.VERB, lemmas)
        if not inflected.forms:
            raise ValueError("a word is missing")
        return inflected
    except ValueError as error:
        raise PatternError(f"<{text}>: {error}", column, ANGLE_SYNTAX) from error
