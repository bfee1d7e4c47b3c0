"""Single YAML values: the type of a plain one by YAML 1.2, and the place of each character in the file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

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
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(\r\n|.))", re.DOTALL)
_ESCAPED = dict(zip("nt0abvfreN_LP", "\n\t\0\a\b\v\f\r\x1b\x85\xa0\u2028\u2029", strict=True))
"""The letter after a backslash in double quotes -> its character (YAML 1.2, section 5.7)."""

BRACES = re.compile(r"\{[^{}:]+\}")
"""A set in a pattern; without quotes, YAML reads a mapping whose keys have no value."""
BRACES_HINT = "put a pattern that begins with { in single quotes"
MAX_DIGITS = 300
"""Digits of a number, an estimate. A longer one stays text, which is refused where a number is expected."""


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
    """The notation of a value: its style ('' plain, a quote, | or >) and its part of the file.

    A tuple, because there is one for each value of every file.
    """

    style: str
    start: int
    end: int

    def raw(self, text: str) -> str:
        """The text of the value in the file, with its quotes."""
        return text[self.start : self.end]

    def offset(self, text: str, value: str, inside: int) -> int:
        """The offset in the file of the character number `inside` of the value; beyond the last one, the offset after
        it.

        Folding only joins or drops white space, so every other character of the value is the next one in the file.
        """
        units = [*self._units(text), (self.end, self.end, "")]
        at, after = 0, units[0][0]
        for wanted in value[:inside]:
            at = at if wanted.isspace() else _next_visible(units, at)
            if not wanted.isspace() or units[at][2].isspace():
                after, at = units[at][1], min(at + 1, len(units) - 1)
        if inside < len(value) and not value[inside].isspace():
            return units[_next_visible(units, at)][0]
        return after

    def _units(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Start, end and meaning of each part of the file that stands for one character of the value, or for folded
        space."""
        at, end = self.start, self.end
        if self.style in ("'", '"'):
            at, end = at + 1, end - 1
        elif self.style:
            at = text.find("\n", at) + 1 or end
        while at < end:
            start, char = at, text[at]
            at += 1
            if self.style == "'" and text.startswith("''", start):
                at += 1
            elif self.style == '"' and (match := _ESCAPE.match(text, start)):
                at = match.end()
                if code := match[1] or match[2] or match[3]:
                    char = chr(min(int(code, 16), 0x10FFFF))
                elif match[4][0] in "\r\n":  # an escaped line break stands for no character
                    continue
                else:
                    char = _ESCAPED.get(match[4], match[4])
            yield start, at, char


def _next_visible(units: list[tuple[int, int, str]], at: int) -> int:
    while units[at][2].isspace():
        at += 1
    return at
