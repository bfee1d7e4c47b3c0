"""The text of one file in lines, and problems at places in it."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

from monitor.errors import Issue
from monitor.rulebook.source.decode import LINE_BREAK, lines_of

Position: TypeAlias = tuple[int, int]
"""Line and column, both from 1."""
ValuePath: TypeAlias = tuple[str | int, ...]
"""A path to a value: ("acts", 0, "any", 2)."""


@dataclass(frozen=True)
class Page:
    """A file by the name that issues show, and its text."""

    path: str
    text: str

    @cached_property
    def lines(self) -> list[str]:
        return lines_of(self.text)

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(match.end() for match in LINE_BREAK.finditer(self.text))]

    def line(self, number: int) -> str:
        return self.lines[number - 1] if 0 < number <= len(self.lines) else ""

    def position_at(self, offset: int) -> Position:
        """Line and column of an offset into the text."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def offset_at(self, place: Position) -> int:
        """The offset of a line and column into the text."""
        return self._starts[place[0] - 1] + place[1] - 1

    def issue_at(self, place: Position, code: str, message: str, *, hint: str = "", severity: str = "error") -> Issue:
        """A problem at a line and column."""
        kind: Any = severity
        return Issue(self.path, *place, kind, code, message, hint, self.line(place[0]))
