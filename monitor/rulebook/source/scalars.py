"""Single YAML values: which type a plain one has by YAML 1.2, and where each of its characters stands in the file."""

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
"""The letter after a backslash in double quotes, and the character that it means (YAML 1.2, section 5.7)."""

BRACES = re.compile(r"\{[^{}:]+\}")
"""What a set in a pattern looks like; without quotes it is a mapping whose keys have no value."""
BRACES_HINT = "put a pattern that begins with { in single quotes"
MAX_DIGITS = 300
"""Digits of a number, an estimate of what anybody means. A longer one stays text, which is refused where a number belongs."""


def plain_value(text: str) -> str | int | float | bool | None:
    """A scalar without quotes as YAML 1.2 reads it (core schema). Dates stay text: whoever wants a date reads it."""
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
    """How a value is written: its style ('' plain, a quote, | or >) and the part of the file it takes.

    A tuple, because one is made for each value of every file.
    """

    style: str
    start: int
    end: int

    def raw(self, text: str) -> str:
        """The value as it stands in the file, quotes and all."""
        return text[self.start : self.end]

    def offset(self, text: str, value: str, inside: int) -> int:
        """Where in the file the character number `inside` of the value stands; past its last one, the place after that.

        Folding only ever joins or drops white space, so each other character of the value is the next one of the file.
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
        """Start, end and meaning of everything in the file that gives one character of the value, or folded space."""
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
                elif match[4][0] in "\r\n":  # an escaped line break gives no character
                    continue
                else:
                    char = _ESCAPED.get(match[4], match[4])
            yield start, at, char


def _next_visible(units: list[tuple[int, int, str]], at: int) -> int:
    while units[at][2].isspace():
        at += 1
    return at
