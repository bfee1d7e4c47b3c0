"""Issues as text for people, and as annotations for continuous integration."""

from __future__ import annotations

import unicodedata

from monitor.errors import Issue

MAX_SOURCE_LINE = 160
"""Characters shown of a source line; a longer one is cut around the fault."""


def render_issue(issue: Issue) -> str:
    """An issue as text: place, message, the source line and a caret under the column."""
    if not issue.source:
        return _printable(str(issue))
    source, column = issue.source, issue.column
    if len(source) > MAX_SOURCE_LINE:
        start = max(0, min(column - 1 - MAX_SOURCE_LINE // 2, len(source) - MAX_SOURCE_LINE))
        head, tail = "…" if start else "", "…" if start + MAX_SOURCE_LINE < len(source) else ""
        source = f"{head}{source[start : start + MAX_SOURCE_LINE]}{tail}"
        column += len(head) - start
    number = f"{issue.line:>6} | "
    lead = ""
    for char in source[: column - 1]:  # as wide as each character on a terminal
        if char == "\t":
            lead += char
        elif unicodedata.category(char) not in ("Mn", "Me", "Cf"):
            lead += "  " if unicodedata.east_asian_width(char) in "WF" else " "
    return f"{_printable(str(issue))}\n{number}{_printable(source)}\n{' ' * (len(number) - 2)}| {lead}^"


def render_annotation(issue: Issue, folder: str = "") -> str:
    """An issue as a GitHub workflow command, which GitHub shows at the line. `folder` contains the rules folder."""

    def escaped(text: str) -> str:
        return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")

    path = f"{folder}/{issue.path}" if folder else issue.path
    path, code = (escaped(text).replace(":", "%3A").replace(",", "%2C") for text in (path, issue.code))
    remedy = f" ({issue.hint})" if issue.hint else ""
    place = f"file={path},line={issue.line},col={issue.column},title={code}"
    return f"::{issue.severity} {place}::{escaped(issue.message + remedy)}"


def _printable(text: str) -> str:
    """The text without characters that control a terminal."""
    return "".join("\ufffd" if unicodedata.category(char) in ("Cc", "Cs") and char != "\t" else char for char in text)
