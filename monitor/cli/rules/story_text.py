"""Stories and patterns as text of 80 columns, with long texts cut."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from textwrap import shorten
from typing import TYPE_CHECKING, Any

from monitor.cli.common import fields_of
from monitor.domain.text.writing_systems import HAN_RANGE, KANA_RANGE

if TYPE_CHECKING:
    from monitor.domain.model import Story

WIDTH = 80
MAX_TITLE = 140
"""Characters of a headline on its own line."""
_WIDE = f"\u3000-\u303f{KANA_RANGE}{HAN_RANGE}\uff00-\uffef"
_PIECE = re.compile(rf"\s*(?:[{_WIDE}]|[^\s{_WIDE}]+)")
_LONG_GROUP = re.compile(r"\(([^()]{30,})\)")


def story_values(story: Story) -> dict[str, Any]:
    return {"published": story.published_at, **fields_of(story, "source", "title")}


def title_and_source(story: Story) -> str:
    return f"{shorten(story.title, MAX_TITLE, placeholder=' …')}  ({story.source})"


def wrapped(text: str, indent: int = 0, hanging: int | None = None) -> Iterator[str]:
    """A text in lines of WIDTH columns. `hanging` is the indent of all lines but the first (None: the same).

    A Chinese character takes two columns and can end a line.
    """
    line, margin = "", " " * indent
    for piece in _PIECE.findall(text):
        if line and display_width(margin + line + piece) > WIDTH:
            yield margin + line
            line, margin = piece.lstrip(), " " * (indent if hanging is None else hanging)
        else:
            line += piece if line else piece.lstrip()
    if line:
        yield margin + line


def display_width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def shortened_pattern(pattern: str) -> str:
    """A pattern with long groups cut to their first words."""
    return _LONG_GROUP.sub(lambda group: f"({'|'.join(group[1].split('|')[:2])}|…)", pattern)
