"""What the YAML parser says of a broken file, in words that name the remedy."""

from __future__ import annotations

import re

from ruamel.yaml.error import MarkedYAMLError

from monitor.errors import Issue
from monitor.rulebook.source.page import Page, Position
from monitor.rulebook.source.scalars import BRACES, BRACES_HINT, Scalar

QUOTING_HINT = "values with ': ', ' #', or a leading { [ * & ! % @ need single quotes"
INDENT_HINT = "lines of one level begin in one column; a quote inside single quotes is written twice ('')"

_KNOWN = (
    ("mapping values are not allowed", "a second ': ' in one value", "put the value in single quotes"),
    ("could not find expected ':'", "a key without its ': '", "write key: value, with a space after the colon"),
    ("cannot start any token", "a value may not begin with this character", "put it in single quotes"),
    ("expected escape sequence", "no such escape in double quotes", "use single quotes, where \\ is itself"),
    ("unknown escape character", "no such escape in double quotes", "use single quotes, where \\ is itself"),
    ("expected <block end>", "this does not belong to what stands before it", INDENT_HINT),
    ("did not find expected", "this does not belong to what stands before it", f"{QUOTING_HINT}; {INDENT_HINT}"),
    ("scanning a tag", "a value may not begin with !", "put it in single quotes"),
    ("expected the node content", "a value is missing here", QUOTING_HINT),
    ("block sequence entries are not allowed", "an entry (- …) cannot begin here", "begin it in a line of its own"),
)
"""Part of the parser's words, ours, and a remedy. The first that fits counts."""
_OPENED = {"flow mapping": "{", "flow sequence": "[", "quoted scalar": "quote"}
_OPEN_VALUE = re.compile(r"(?P<lead>\s*(?:- +)*)[^\s#'\"\[{][^#]*?: +(?P<value>[^\s#'\"\[{|>&*!].*)")
"""A line with a key and a plain value, which goes on in deeper lines."""
_BEFORE_VALUE = re.compile(r"(?::|-|\?|^)\s+|[\[{,]\s*")
_BEFORE_BRACES = re.compile(r"(?:: |- |[\[,])\s*$")
_AFTER_BRACES = ("expected <block end>", "did not find expected", "expected ',' or ']'", "expected ',' or '}'")
"""What the parser says where a text goes on after what it took for a mapping."""


def explain_yaml_error(error: MarkedYAMLError, page: Page, latest: Scalar | None) -> Issue:
    """A syntax error as an issue, at the place where editors mark it too. `latest` is the last value before it."""
    problem = " ".join(str(part) for part in (error.context, error.problem) if part)
    mark = error.problem_mark or error.context_mark
    if error.context_mark is not None and any(part in str(error.context) for part in ("simple key", "scanning a tag")):
        mark = error.context_mark
    line, column = place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    if any(part in problem for part in _AFTER_BRACES) and (braces := _braces_before(page, place)) is not None:
        return page.issue_at(braces, "syntax", "this is read as a mapping, and a text follows it", BRACES_HINT)
    plain = next(((words, hint) for part, words, hint in _KNOWN if part in problem), (problem[:200], QUOTING_HINT))
    message, hint = _unclosed(error, page, place, latest) or plain
    if "mapping values" in problem:
        place, continued = _start_of_value(page, place)
        hint = f"line {line} goes on with it: indent that line less, or quote the value" if continued else hint
    elif "<block end>" in problem and not page.line(line)[: column - 1].strip():
        place = line, 1  # the indentation is what is wrong
    elif "escape" in problem:
        place = line, page.line(line).rfind("\\", 0, column) + 1 or column
    return page.issue_at(place, "syntax", message, hint)


def _braces_before(page: Page, place: Position) -> Position | None:
    """Where the set {…} begins that stands before a place, if a value begins with it."""
    before = page.line(place[0])[: place[1] - 1].rstrip()
    start = before.rfind("{")
    if start < 0 or not BRACES.fullmatch(before, start) or not _BEFORE_BRACES.search(before[:start]):
        return None
    return place[0], start + 1


def _unclosed(error: MarkedYAMLError, page: Page, place: Position, latest: Scalar | None) -> tuple[str, str] | None:
    """A bracket or quote that was left open: message and hint."""
    problem, start = f"{error.context} {error.problem}", error.context_mark
    opened = next((sign for name, sign in _OPENED.items() if name in str(error.context)), None)
    if opened and start and "escape" not in problem and (opened != "quote" or "end of stream" in problem):
        hint = f"{QUOTING_HINT}; an apostrophe inside single quotes is written twice ('')"
        place = start.line + 1, start.column + 1
        return f"the {opened} that opens in line {place[0]}, column {place[1]} is not closed before this", hint
    # The parser does not name a quote that took everything up to the next quote, where the error shows.
    if latest is None or latest.style not in ("'", '"'):
        return None
    opens, closes = page.position_at(latest.start), page.position_at(latest.end)
    if opens[0] == closes[0] or place[0] != closes[0]:
        return None
    return f"the quote that opens in line {opens[0]}, column {opens[1]} closes here", "is one missing there?"


def _start_of_value(page: Page, place: Position) -> tuple[Position, bool]:
    """Where the value begins that holds a second ': ', and whether that is in an earlier line."""
    number, text = place[0], page.line(place[0])
    above = next((n for n in range(number - 1, 0, -1) if page.line(n).strip()), 0)
    opened = _OPEN_VALUE.match(page.line(above)) if above else None
    if opened is not None and len(text) - len(text.lstrip(" ")) > len(opened["lead"]):
        return (above, opened.start("value") + 1), True
    starts = [match.end() for match in _BEFORE_VALUE.finditer(text[: place[1] - 1])]
    return (number, max(starts, default=place[1] - 1) + 1), False
