"""Text that fits the screen: lines folded between words, stories and patterns with long parts cut."""

from __future__ import annotations

import os
import re
import shutil
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from textwrap import shorten
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.common import echo_json
from monitor.domain.text.writing_systems import HAN_RANGE, KANA_RANGE

if TYPE_CHECKING:
    from monitor.domain.model import Story

WIDTH = 80
"""Columns of texts that are folded wherever they are shown."""
MAX_TITLE = 140
"""Characters of a headline on its own line."""
_WIDE = f"\u3000-\u303f{KANA_RANGE}{HAN_RANGE}\uff00-\uffef"
_PIECE = re.compile(rf"\s*(?:[{_WIDE}]|[^\s{_WIDE}]+)")
_LONG_GROUP = re.compile(r"\(([^()]{30,})\)")


def wrapped(text: str, indent: int = 0, hanging: int | None = None, *, width: int = WIDTH) -> Iterator[str]:
    """A text in lines of `width` columns. `hanging` is the indent of all lines but the first (None: the same).

    A Chinese character takes two columns and can end a line.
    """
    line, margin = "", " " * indent
    for piece in _PIECE.findall(text):
        if line and display_width(margin + line + piece) > width:
            yield margin + line
            line, margin = piece.lstrip(), " " * (indent if hanging is None else hanging)
        else:
            line += piece if line else piece.lstrip()
    if line:
        yield margin + line


def display_width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def screen_width() -> int | None:
    """The columns of the terminal, or those that COLUMNS sets; None for a file or a pipe, whose lines stay whole."""
    named = os.environ.get("COLUMNS", "").isdigit()
    return shutil.get_terminal_size().columns if named or sys.stdout.isatty() else None


def echo_folded(text: str) -> None:
    """Prints a text, with lines too wide for the screen folded below their own indent."""
    width = screen_width()
    for line in text.split("\n"):
        if width is None or display_width(click.unstyle(line)) <= width:
            click.echo(line)
            continue
        indent = len(line) - len(line.lstrip())
        for part in wrapped(line, indent, indent + 2, width=width):
            click.echo(part)


def echo_lines(*, as_json: bool, values: Iterable[Any], text: Iterable[str]) -> None:
    """Prints the values as JSON lines, or the text, folded to the screen. The other one is not evaluated."""
    if as_json:
        for value in values:
            echo_json(value)
    else:
        for line in text:
            echo_folded(line)


def title_and_source(story: Story) -> str:
    return f"{shorten(story.title, MAX_TITLE, placeholder=' …')}  ({story.source})"


def shortened_pattern(pattern: str) -> str:
    """A pattern with long groups cut to their first words."""
    return _LONG_GROUP.sub(lambda group: f"({'|'.join(group[1].split('|')[:2])}|…)", pattern)
