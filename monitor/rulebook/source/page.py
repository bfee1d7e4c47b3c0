"""The text of one file in lines, and issues at places in it."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeAlias

from monitor.errors import Issue

Severity: TypeAlias = Literal["error", "warning"]
Position: TypeAlias = tuple[int, int]
"""Line and column, both from 1."""
ValuePath: TypeAlias = tuple[str | int, ...]
"""A path to a value: ("acts", 0, "any", 2)."""

LINE_BREAK = re.compile(r"\r\n|\n|\r")
"""What editors count as the end of a line. YAML and str.splitlines break at more characters, which `read_text` refuses."""


@dataclass(frozen=True)
class Page:
    """A file by the name that issues show, and its text."""

    path: str
    text: str

    @cached_property
    def lines(self) -> list[str]:
        return LINE_BREAK.split(self.text)

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(match.end() for match in LINE_BREAK.finditer(self.text))]

    def line(self, number: int) -> str:
        """The text of a line; '' where the file has no such line."""
        return self.lines[number - 1] if 0 < number <= len(self.lines) else ""

    def position_at(self, offset: int) -> Position:
        """Line and column of an offset into the text."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def offset_at(self, place: Position) -> int:
        """The offset of a line and column into the text."""
        return self._starts[place[0] - 1] + place[1] - 1

    def issue_at(
        self, place: Position, code: str, message: str, hint: str = "", *, severity: Severity = "error"
    ) -> Issue:
        """A problem at a line and column."""
        return Issue(self.path, *place, severity, code, message, hint, self.line(place[0]))
