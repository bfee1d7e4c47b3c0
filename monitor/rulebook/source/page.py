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
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_SEPARATORS = frozenset("\x85\u2028\u2029")


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

    def offset_at(self, place: Position) -> int:
        """The offset of a line and column into the text."""
        return self._starts[place[0] - 1] + place[1] - 1

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
    try:
        if path.is_symlink() and not path.exists():
            raise _refused(shown, "unreadable", "a link to a missing file", "correct or delete the link")
        if not stat.S_ISREG(path.stat().st_mode):
            raise _refused(shown, "unreadable", "this is a folder or a device, not a file", "give it another name")
        with path.open("rb") as stream:
            body = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise _refused(shown, "unreadable", f"cannot be read: {error.strerror or error}") from error
    if len(body) > MAX_BYTES:
        raise _refused(shown, "too_large", f"the file is larger than {MAX_BYTES:,} bytes", "split it")
    if body.startswith(_UTF_16):
        raise _refused(shown, "encoding", "the file is UTF-16", "save it as UTF-8")
    if (nul := body.find(b"\0")) >= 0:
        raise _refused_character(shown, body[:nul].decode("utf-8-sig", "replace"), "\0")
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"the byte 0x{error.object[error.start]:02X} is not valid UTF-8"
        good = error.object[: error.start].decode("utf-8-sig")
        raise _refused(shown, "encoding", message, "save the file as UTF-8", good) from error
    if ODD.search(text) is None:
        return text
    if (bad := re.search(_UNPRINTABLE, text)) is not None:
        raise _refused_character(shown, text, bad[0], bad.start())
    if (tab := re.search(r"^[ ]*\t", text.replace("\r", "\n"), re.MULTILINE)) is not None:
        raise _refused(shown, "tab", "a tab in the indentation", "indent with spaces", text, tab.end() - 1)
    return text


def _refused_character(shown: str, text: str, char: str, offset: int | None = None) -> UnreadableFileError:
    hint = "a line break that only some programs recognise: delete it" if char in _SEPARATORS else "delete it"
    if char == "\0":
        hint = "is it UTF-16, or no text? Save it as UTF-8"
    message = f"the file contains the invisible character U+{ord(char):04X}"
    return _refused(shown, "control_character", message, hint, text, offset)


def _refused(
    shown: str, code: str, message: str, hint: str = "", text: str = "", offset: int | None = None
) -> UnreadableFileError:
    """A refusal at an offset of the readable text; None: at its end."""
    page = Page(shown, text)
    place = page.position_at(len(text) if offset is None else offset)
    return UnreadableFileError(page.issue_at(place, code, message, hint))
