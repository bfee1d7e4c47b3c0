"""Plain values from one YAML file, with the place of each value and key, and an issue for every construct that is not
allowed.

PyYAML has two parsers with the same events: libyaml, which takes an eighth of the time, and one in Python, which
reports errors where an author looks for them. The fast one reads first, and the slow one reads again what the fast
one refused.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Any, NamedTuple, TypeAlias

import yaml
from yaml import events

from monitor.errors import Issue
from monitor.rulebook.source.page import Page, Position, UnreadableFileError, ValuePath

Event: TypeAlias = Any
LIBYAML = getattr(yaml, "CSafeLoader", None)
"""The parser in C; None in a build of PyYAML without it."""
MAX_DEPTH = 20
"""Levels of mappings and lists inside each other, an estimate: the shipped rules need seven."""
UNUSABLE_KEY = "?"
"""In paths, the place of a key that cannot be used."""
_WORDS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(
    r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
)
_FIRST_OF_NUMBERS = frozenset("+-.0123456789")

BRACES = re.compile(r"\{[^{}:]+\}")
"""A set in a pattern; without quotes, YAML reads a mapping whose keys have no value."""
BRACES_HINT = "put a pattern that begins with { in single quotes"
MAX_DIGITS = 300
"""Digits of a number, an estimate. A longer one stays text, which is refused where a number is expected."""


# ---------------------------------------------------------------- single values


def plain_value(text: str) -> str | int | float | bool | None:
    """A scalar without quotes, typed by the core schema of YAML 1.2. Dates stay text."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _FIRST_OF_NUMBERS or len(text) > MAX_DIGITS:
        return text
    try:
        if _INT.fullmatch(text):
            return int(text) if text.lstrip("+-").isdigit() else int(text, 0)
        if _FLOAT.fullmatch(text):
            return float(text.replace(".inf", "inf").replace(".nan", "nan") if text[-1].isalpha() else text)
    except ValueError:  # .Inf in capitals
        return text
    return text


class Scalar(NamedTuple):
    """The notation of a value: its style ('' plain, a quote, | or >) and its part of the file. A tuple, because there
    is one for each value of every file."""

    style: str
    start: int
    end: int

    def offset(self, text: str, value: str, inside: int) -> int:
        """The offset in the file of the character number `inside` of the value; beyond the last one, the offset after
        it. In double quotes with escapes it is the start of the text.

        Folding only joins or drops white space, so every other character of the value is the next one in the file.
        """
        begin = self.start + (self.style in ("'", '"'))
        if self.style in ("|", ">"):
            begin = text.find("\n", begin) + 1
        before = value[:inside].replace("'", "''") if self.style == "'" else value[:inside]
        pattern = r"\s*" + r"\s*".join(re.escape(char) for char in before if not char.isspace())
        if value[inside : inside + 1].strip():
            pattern += r"\s*"
        found = re.compile(pattern).match(text, begin, self.end)
        return found.end() if found is not None else begin


# ---------------------------------------------------------------- one file


class UnclearError(Exception):
    """The fast parser stopped, or places values differently here. The slow parser can say what is wrong, and where."""


class YamlReader:
    """Reads one file. `issues` are faults that leave the rest of the file readable."""

    def __init__(self, page: Page, *, fast: bool) -> None:
        self.page, self.fast = page, fast
        self.issues: list[Issue] = []
        self.places: dict[ValuePath, Position] = {}
        self.keys: dict[ValuePath, Position] = {}
        self.scalars: dict[ValuePath, Scalar] = {}
        self._events = self._checked_events()

    def value_of_file(self) -> Any:
        """The value of the whole file. An empty file is an empty mapping, as if every key were left out.

        Raises UnreadableFileError if the file cannot be used; with the fast parser also UnclearError.
        """
        first = next(self._events, None)
        value = self._value(first, ()) if first is not None else {}
        for _ in self._events:  # read to the end: a second document is refused
            pass
        return value

    def _value(self, event: Event, where: ValuePath) -> Any:
        begin = event.start_mark
        self.places[where] = position_of(begin)
        if isinstance(event, events.MappingStartEvent):
            return self._mapping(where)
        if isinstance(event, events.SequenceStartEvent):
            return [self._value(item, (*where, number)) for number, item in enumerate(self._inside())]
        style, text = event.style or "", str(event.value)
        if not (style or text):
            self._require_slow()
        self.scalars[where] = Scalar(style, begin.index, event.end_mark.index)
        bad = next((char for char in text if unicodedata.category(char) in ("Cc", "Cs") and char not in "\n\t"), "")
        if style == '"' and bad:
            message = f"the value contains the control character U+{ord(bad):04X}"
            hint = r'in double quotes, "\b" is one; use single quotes'
            self.issues.append(self._issue(event, "control_character", message, hint))
            text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return text if style else plain_value(text)

    def _mapping(self, where: ValuePath) -> dict[str, Any]:
        out: dict[str, Any] = {}
        for event in self._inside():
            key = self._key(event, where)
            if key is None or key in out:
                self._value(next(self._events), (*where, UNUSABLE_KEY))
                continue
            path = (*where, key)
            self.keys[path] = position_of(event.start_mark)
            out[key] = self._value(next(self._events), path)
            scalar = self.scalars.get(path)
            if out[key] is None and scalar is not None and scalar.start >= scalar.end:
                # A missing value belongs after the colon. The parser has already moved on to the next token.
                colon = self.page.text.find(":", event.end_mark.index, scalar.start + 1)
                line, column = self.page.position_at(colon + 1)
                rest = self.page.line(line)[column - 1 :]
                self.places[path] = line, column + (len(rest) - len(rest.lstrip()) if rest.strip() else 0)
        return out

    def _key(self, event: Event, where: ValuePath) -> str | None:
        """A key as text; None, and an issue, if it is no text. A repeated key is an issue too."""
        if not isinstance(event, events.ScalarEvent) or not (event.value or event.style):
            self._value(event, (*where, UNUSABLE_KEY))
            hint = "quote a text that begins with [ or { or ?"
            self.issues.append(self._issue(event, "key", "a key must be one word of text", hint))
            return None
        key = str(event.value)
        if (first := self.keys.get((*where, key))) is not None:
            message, hint = f"the key {key!r} is repeated", f"the first is in line {first[0]}"
            self.issues.append(self._issue(event, "duplicate_key", message, hint))
        return key

    # ------------------------------------------------------------ events

    def _inside(self) -> Iterator[Event]:
        """The events inside a mapping or list, up to its end. The caller must consume each of them whole."""
        for event in self._events:
            if isinstance(event, events.CollectionEndEvent):
                return
            yield event

    def _checked_events(self) -> Iterator[Event]:
        """Values, keys and ends, without anything that could expand a small file or run code."""
        depth = documents = 0
        for event in self._parsed():
            if isinstance(event, events.NodeEvent):
                self._refuse_marks(event)
                if isinstance(event, events.CollectionStartEvent):
                    depth += 1
                    if depth > MAX_DEPTH:
                        message = f"nested deeper than {MAX_DEPTH} levels"
                        raise UnreadableFileError(self._issue(event, "too_deep", message, ""))
                yield event
            elif isinstance(event, events.CollectionEndEvent):
                depth -= 1
                yield event
            elif isinstance(event, events.DocumentStartEvent):
                documents += 1
                if event.explicit:
                    self._require_slow()
                if event.version or event.tags:
                    message = "directives (%YAML, %TAG) are not supported"
                    raise UnreadableFileError(self._issue(event, "directive", message, "delete the line"))
                if documents > 1:
                    message, hint = "a second document begins here", "a file has one document; delete the line ---"
                    raise UnreadableFileError(self._issue(event, "second_document", message, hint))
            elif isinstance(event, events.DocumentEndEvent) and event.explicit:
                self._require_slow()

    def _refuse_marks(self, event: Event) -> None:
        """Raises UnreadableFileError for an anchor, an alias or a tag."""
        if event.anchor:
            message = "anchors and aliases (& and *) are not supported"
            hint = "put a pattern that begins with * or & in single quotes"
            raise UnreadableFileError(self._issue(event, "anchor", message, hint))
        if tag := getattr(event, "tag", None):
            hint = "put a value that begins with ! in single quotes"
            raise UnreadableFileError(self._issue(event, "tag", f"tags ({tag}) are not supported", hint))

    def _parsed(self) -> Iterator[Event]:
        """All events of the file. Raises UnclearError or UnreadableFileError at the first syntax error."""
        loader = LIBYAML if self.fast and LIBYAML is not None else yaml.SafeLoader
        try:
            yield from iter(loader(self.page.text).get_event, None)
        except (yaml.YAMLError, ValueError, OverflowError) as error:
            if self.fast:
                raise UnclearError from error
            if isinstance(error, yaml.MarkedYAMLError):
                latest = next(reversed(self.scalars.values()), None)
                raise UnreadableFileError(_syntax_issue(error, self.page, latest)) from error
            message = " ".join(str(error).split())[:200]
            raise UnreadableFileError(self.page.issue_at((1, 1), "syntax", message)) from error

    def _require_slow(self) -> None:
        """Called at missing values and document markers: the parsers differ on them, and the slow one is right."""
        if self.fast:
            raise UnclearError

    def _issue(self, event: Event, code: str, message: str, hint: str) -> Issue:
        return self.page.issue_at(position_of(event.start_mark), code, message, hint)


def position_of(mark: Any) -> Position:
    return mark.line + 1, mark.column + 1


# ---------------------------------------------------------------- syntax errors

QUOTING_HINT = "values with ': ', ' #', or a leading { [ * & ! % @ need single quotes"
INDENT_HINT = "lines of one level begin in one column; a quote inside single quotes is written twice ('')"
_MISPLACED = "this does not belong to the lines before it"
_KNOWN = (
    ("mapping values are not allowed", "a second ': ' in one value", "put the value in single quotes"),
    ("could not find expected ':'", "a key without its ': '", "write key: value, with a space after the colon"),
    ("cannot start any token", "a value cannot begin with this character", "put it in single quotes"),
    ("expected escape sequence", "unknown escape in double quotes", "use single quotes, where \\ is itself"),
    ("unknown escape character", "unknown escape in double quotes", "use single quotes, where \\ is itself"),
    ("expected <block end>", _MISPLACED, INDENT_HINT),
    ("did not find expected", _MISPLACED, f"{QUOTING_HINT}; {INDENT_HINT}"),
    ("scanning a tag", "a value cannot begin with !", "put it in single quotes"),
    ("expected the node content", "a value is missing here", QUOTING_HINT),
    ("block sequence entries are not allowed", "an entry (- …) cannot begin here", "begin it on a line of its own"),
)
"""Part of the parser's message, our message, and a remedy. The first match counts."""
_OPENED = {"flow mapping": "{", "flow sequence": "[", "quoted scalar": "quote"}
_OPEN_VALUE = re.compile(r"(?P<lead>\s*(?:- +)*)[^\s#'\"\[{][^#]*?: +(?P<value>[^\s#'\"\[{|>&*!].*)")
"""A line with a key and a plain value, which continues on deeper lines."""
_BEFORE_VALUE = re.compile(r"(?::|-|\?|^)\s+|[\[{,]\s*")
_BEFORE_BRACES = re.compile(r"(?:: |- |[\[,])\s*$")
_AFTER_BRACES = ("expected <block end>", "did not find expected", "expected ',' or ']'", "expected ',' or '}'")
"""The parser's messages where a text continues after a set {…} that it took for a mapping."""


def _syntax_issue(error: yaml.MarkedYAMLError, page: Page, latest: Scalar | None) -> Issue:
    """A syntax error as an issue, at the place where editors mark it too. `latest` is the last value before it."""
    problem = " ".join(str(part) for part in (error.context, error.problem) if part)
    mark = error.problem_mark or error.context_mark
    if error.context_mark is not None and any(part in str(error.context) for part in ("simple key", "scanning a tag")):
        mark = error.context_mark
    line, column = place = position_of(mark) if mark else (1, 1)
    if any(part in problem for part in _AFTER_BRACES):
        before = page.line(line)[: column - 1].rstrip()
        start = before.rfind("{")
        if start >= 0 and BRACES.fullmatch(before, start) and _BEFORE_BRACES.search(before[:start]):
            return page.issue_at((line, start + 1), "syntax", "a mapping cannot be followed by text", BRACES_HINT)
    known = next(((words, hint) for part, words, hint in _KNOWN if part in problem), (problem[:200], QUOTING_HINT))
    message, hint = _unclosed(error, page, place, latest) or known
    if "mapping values" in problem:
        place, continued = _start_of_value(page, place)
        hint = f"line {line} continues it: indent that line less, or quote the value" if continued else hint
    elif "<block end>" in problem and not page.line(line)[: column - 1].strip():
        place = line, 1  # the indentation is wrong
    elif "escape" in problem:
        place = line, page.line(line).rfind("\\", 0, column) + 1 or column
    return page.issue_at(place, "syntax", message, hint)


def _unclosed(
    error: yaml.MarkedYAMLError, page: Page, place: Position, latest: Scalar | None
) -> tuple[str, str] | None:
    """Message and hint for a bracket or quote that was left open."""
    problem, start = f"{error.context} {error.problem}", error.context_mark
    opened = next((sign for name, sign in _OPENED.items() if name in str(error.context)), None)
    if opened and start and "escape" not in problem and (opened != "quote" or "end of stream" in problem):
        hint = f"{QUOTING_HINT}; an apostrophe inside single quotes is written twice ('')"
        line, column = position_of(start)
        return f"the {opened} that opens in line {line}, column {column} is not closed before this", hint
    # The parser does not name a quote that took everything up to the next quote, where it reports the error.
    if latest is None or latest.style not in ("'", '"'):
        return None
    opens, closes = page.position_at(latest.start), page.position_at(latest.end)
    if opens[0] == closes[0] or place[0] != closes[0]:
        return None
    return f"the quote that opens in line {opens[0]}, column {opens[1]} closes here", "is one missing there?"


def _start_of_value(page: Page, place: Position) -> tuple[Position, bool]:
    """The start of the value that has a second ': ', and whether it is in an earlier line."""
    number, text = place[0], page.line(place[0])
    above = next((n for n in range(number - 1, 0, -1) if page.line(n).strip()), 0)
    opened = _OPEN_VALUE.match(page.line(above)) if above else None
    if opened is not None and len(text) - len(text.lstrip(" ")) > len(opened["lead"]):
        return (above, opened.start("value") + 1), True
    starts = [match.end() for match in _BEFORE_VALUE.finditer(text[: place[1] - 1])]
    return (number, max(starts, default=place[1] - 1) + 1), False
