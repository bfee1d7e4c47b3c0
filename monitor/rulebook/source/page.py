"""The text of one rule file in lines, with issues at places in it."""

from __future__ import annotations

import re
import stat
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal, TypeAlias

from monitor.errors import Issue

Severity: TypeAlias = Literal["error", "warning"]
Position: TypeAlias = tuple[int, int]
"""Line and column, both from 1."""
ValuePath: TypeAlias = tuple[str | int, ...]
"""A path to a value: ("acts", 0, "any", 2)."""

LINE_BREAK = re.compile(r"\r\n|\n|\r")
"""Line ends as editors count them. YAML and str.splitlines break at more characters, which `read_text` refuses."""

MAX_BYTES = 500_000
"""Bytes of one file, an estimate: four times the largest shipped rule file."""

ODD = re.compile("[^\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
"""Tabs, carriage returns, byte order marks and unprintable characters, which hardly any file has."""
_UNPRINTABLE = "[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
"""Compiled only for files with odd characters: with so many ranges, that takes as long as reading a file."""


@dataclass(frozen=True)
class Page:
    """A file: its name in issues, and its text."""

    path: str
    text: str

    @cached_property
    def lines(self) -> list[str]:
        return LINE_BREAK.split(self.text)

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(match.end() for match in LINE_BREAK.finditer(self.text))]

    def line(self, number: int) -> str:
        """The text of a line; '' if there is no such line."""
        return self.lines[number - 1] if 0 < number <= len(self.lines) else ""

    def position_at(self, offset: int) -> Position:
        """Line and column of an offset into the text."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def issue_at(
        self, place: Position, code: str, message: str, hint: str = "", *, severity: Severity = "error"
    ) -> Issue:
        """A problem at a line and column."""
        return Issue(self.path, *place, severity, code, message, hint, self.line(place[0]))


class UnreadableFileError(Exception):
    """The file cannot be used at all; carries the issue with the reason."""

    def __init__(self, issue: Issue) -> None:
        super().__init__(issue.message)
        self.issue = issue


def read_text(path: Path, shown: str) -> str:
    """The text of a file; `shown` is its name in issues. Raises UnreadableFileError if it is no readable UTF-8 file."""

    def refused(code: str, message: str, hint: str = "", text: str = "", offset: int = 0) -> UnreadableFileError:
        page = Page(shown, text)
        return UnreadableFileError(page.issue_at(page.position_at(offset), code, message, hint))

    try:
        if path.exists() and not stat.S_ISREG(path.stat().st_mode):
            raise refused("unreadable", "this is a folder or a device, not a file", "give it another name")
        with path.open("rb") as stream:
            body = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise refused("unreadable", f"cannot be read: {error.strerror or error}") from error
    if len(body) > MAX_BYTES:
        raise refused("too_large", f"the file is larger than {MAX_BYTES:,} bytes", "split it")
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"the byte 0x{error.object[error.start]:02X} is not valid UTF-8"
        good = error.object[: error.start].decode("utf-8-sig")
        raise refused("encoding", message, "save the file as UTF-8", good, len(good)) from error
    if ODD.search(text) is None:
        return text
    if (bad := re.search(_UNPRINTABLE, text)) is not None:
        hint = "delete it" if bad[0] != "\0" else "is it UTF-16, or no text? Save it as UTF-8"
        message = f"the file contains the invisible character U+{ord(bad[0]):04X}"
        raise refused("control_character", message, hint, text, bad.start())
    if (tab := re.search(r"^[ ]*\t", text.replace("\r", "\n"), re.MULTILINE)) is not None:
        raise refused("tab", "a tab in the indentation", "indent with spaces", text, tab.end() - 1)
    return text
