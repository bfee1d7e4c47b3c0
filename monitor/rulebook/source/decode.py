"""Bytes of a rule file as text, or the one issue that says why they are none."""

from __future__ import annotations

import re
import stat
from pathlib import Path

from monitor.errors import Issue

MAX_BYTES = 500_000

LINE_BREAK = re.compile(r"\r\n|\n|\r")
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_SEPARATORS = frozenset("\x85\u2028\u2029")


class UnreadableFileError(Exception):
    """The file cannot be used at all; carries the one issue that says why."""

    def __init__(self, issue: Issue) -> None:
        super().__init__(issue.message)
        self.issue = issue


def lines_of(text: str) -> list[str]:
    """The lines as editors count them. (YAML, and str.splitlines, would break at more characters; those are refused.)"""
    return LINE_BREAK.split(text)


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """Line and column of an offset, both from 1."""
    before = LINE_BREAK.split(text[:offset])
    return len(before), len(before[-1]) + 1


def read_text(path: Path, shown: str) -> str:
    """The text of a file. Raises RefusedError if it is no file of readable UTF-8."""
    text = _decoded(_bytes(path, shown), shown)
    if (bad := _UNPRINTABLE.search(text)) is not None:
        raise _refused_at(text, bad.start(), shown, "control_character", *_character_text(bad[0]))
    _refuse_tabs(text, shown)
    return text


def _bytes(path: Path, shown: str) -> bytes:
    try:
        if path.is_symlink() and not path.exists():
            raise _refused(shown, "unreadable", "a link to a file that is not there", "mend or delete the link")
        if not stat.S_ISREG(path.stat().st_mode):
            raise _refused(shown, "unreadable", "this is a folder or a device, not a file", "give it another name")
        with path.open("rb") as stream:
            body = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise _refused(shown, "unreadable", f"cannot be read: {error.strerror or error}") from error
    if len(body) > MAX_BYTES:
        raise _refused(shown, "too_large", f"the file is larger than {MAX_BYTES:,} bytes", "split it")
    return body


def _decoded(body: bytes, shown: str) -> str:
    if body.startswith(_UTF_16):
        raise _refused(shown, "encoding", "the file is UTF-16", "save it as UTF-8")
    if (nul := body.find(b"\0")) >= 0:
        good = body[:nul].decode("utf-8-sig", "replace")
        raise _refused_at(good, len(good), shown, "control_character", *_character_text("\0"))
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        good = error.object[: error.start].decode("utf-8-sig")
        message = f"the byte 0x{error.object[error.start]:02X} is no UTF-8"
        raise _refused_at(good, len(good), shown, "encoding", message, "save the file as UTF-8") from error


def _character_text(char: str) -> tuple[str, str]:
    message = f"the file holds the character U+{ord(char):04X}, which cannot be seen"
    if char == "\0":
        return message, "is it UTF-16, or no text at all? Save it as UTF-8"
    return message, "a line break that only some programs see: delete it" if char in _SEPARATORS else "delete it"


def _refuse_tabs(text: str, shown: str) -> None:
    if (found := re.search(r"^[ ]*\t", text.replace("\r", "\n"), re.MULTILINE)) is not None:
        raise _refused_at(text, found.end() - 1, shown, "tab", "a tab in the indentation", "indent with spaces")


def _refused(shown: str, code: str, message: str, hint: str = "") -> UnreadableFileError:
    return UnreadableFileError(Issue(shown, 1, 1, "error", code, message, hint))


def _refused_at(text: str, offset: int, shown: str, code: str, message: str, hint: str) -> UnreadableFileError:
    line, column = line_and_column(text, offset)
    lines = lines_of(text)
    return UnreadableFileError(Issue(shown, line, column, "error", code, message, hint, lines[line - 1]))
