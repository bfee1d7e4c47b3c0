"""Finds where each key of a TOML text stands, so that an error can name its line.

`tomllib` reads values without places. This scanner reads places without values: it walks a text that `tomllib` has
accepted already, so it need not find mistakes, only keep in step.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from dataclasses import dataclass

KeyPath = tuple[str | int, ...]
"""Keys and list positions from the top: ("feeds", 2, "url")."""


@dataclass(frozen=True, slots=True)
class ValueOrigin:
    """Where a value came from: a file with a line, an environment variable or a flag."""

    name: str
    line: int = 0

    def __str__(self) -> str:
        return f"{self.name}:{self.line}" if self.line else self.name


_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_KEY = re.compile(r"""[A-Za-z0-9_-]+|"(?:\\.|[^"\\\n])*"|'[^'\n]*'""")
_DOT = re.compile(r"[ \t]*\.[ \t]*")
_SCALAR = re.compile(
    r'''"""(?:\\.|[^\\])*?"{3,5}|"(?:\\.|[^"\\\n])*"'''  # basic strings; a long one may end in extra quotes
    r"""|'''.*?'{3,5}|'[^'\n]*'"""  # literal strings
    r"""|[^,\]}#\n]+""",  # numbers, dates, true and false
    re.DOTALL,
)


def key_lines(text: str) -> dict[KeyPath, int]:
    """The line (from 1) of every table, key and list item in `text`, which must be valid TOML."""
    return _Scanner(text).document()


def end_of_tables(text: str, name: str) -> int | None:
    """The offset behind the last line of the last [[name]] in `text`, with the tables inside it; None if there is none.

    `text` must be valid TOML. What stands behind belongs to the next table, or to nothing: comments too.
    """
    scanner = _Scanner(text)
    scanner.document()
    if (end := scanner.list_ends.get(name)) is None:
        return None
    line_end = text.find("\n", end)
    return len(text) if line_end == -1 else line_end + 1


class _Scanner:
    """Walks a text from mark to mark. `_at`: the offset it has reached; `_lines`: what it has found; `list_ends`: by the name of each
    list of tables, the offset behind the last thing in it."""

    def __init__(self, text: str) -> None:
        # TOML treats "\r\n" as one line end; offsets only have to agree with each other.
        self._text = text
        self._at = 0
        self._ends = [match.start() for match in re.finditer("\n", text)]
        self._lines: dict[KeyPath, int] = {}
        self._last_item: dict[KeyPath, int] = {}
        self.list_ends: dict[str, int] = {}

    def document(self) -> dict[KeyPath, int]:
        table: KeyPath = ()
        while self._skip_blank():
            if not self._text.startswith("[", self._at):
                self._pair(table)
                self._note_end(table)
                continue
            start, many = self._at, self._take("[[")
            if not many:
                self._take("[")
            table = self._below((), start)
            self._skip_blank()
            self._take("]]" if many else "]")
            if many:
                self._last_item[table] = self._last_item.get(table, -1) + 1
                table = (*table, self._last_item[table])
                self._mark(table, start)
            self._note_end(table)
        return self._lines

    def _note_end(self, table: KeyPath) -> None:
        if len(table) > 1 and isinstance(table[1], int):
            self.list_ends[str(table[0])] = self._at

    def _skip_blank(self) -> bool:
        """Pass white space, line ends and comments; False at the end of the text."""
        self._at = self._end_of(_BLANK)
        return self._at < len(self._text)

    def _end_of(self, pattern: re.Pattern[str]) -> int:
        match = pattern.match(self._text, self._at)
        return match.end() if match else self._at

    def _take(self, token: str) -> bool:
        stands_here = self._text.startswith(token, self._at)
        self._at += len(token) * stands_here
        return stands_here

    def _mark(self, path: KeyPath, at: int) -> None:
        self._lines.setdefault(path, bisect_right(self._ends, at - 1) + 1)

    def _below(self, table: KeyPath, start: int) -> KeyPath:
        """The path under `table` of the key that stands here, dotted or quoted, each part marked at `start`.

        A step through a list of tables means its latest item.
        """
        path = table
        while True:
            self._skip_blank()
            end = self._end_of(_KEY)
            raw, self._at = self._text[self._at : end], end
            part = str(tomllib.loads(f"k = {raw}")["k"]) if raw[:1] in ("'", '"') else raw
            if path in self._last_item:
                path = (*path, self._last_item[path])
            path = (*path, part)
            self._mark(path, start)
            if (end := self._end_of(_DOT)) == self._at:
                return path
            self._at = end

    def _pair(self, table: KeyPath) -> None:
        path = self._below(table, self._at)
        self._skip_blank()
        self._take("=")
        self._value(path)

    def _value(self, path: KeyPath) -> None:
        self._skip_blank()
        if self._take("["):
            index = 0
            while self._skip_blank() and not self._take("]"):
                self._mark((*path, index), self._at)
                self._value((*path, index))
                self._skip_blank()
                self._take(",")
                index += 1
        elif self._take("{"):
            while self._skip_blank() and not self._take("}"):
                self._pair(path)
                self._skip_blank()
                self._take(",")
        else:
            self._at = self._end_of(_SCALAR)
