"""Rule files with the place of every value and key, and issues at those places."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from monitor.errors import Issue
from monitor.rulebook.source.page import ODD, Page, Position, Severity, UnreadableFileError, ValuePath, read_text
from monitor.rulebook.source.yaml_reader import LIBYAML, Scalar, UnclearError, YamlReader

__all__ = ["Position", "RuleSource", "ValuePath", "did_you_mean", "read_source", "read_yaml"]


@dataclass(frozen=True)
class RuleSource(Page):
    """One YAML file: its plain value, and the place of each value and key. A path is ("acts", 0, "any", 2)."""

    value: Any
    places: Mapping[ValuePath, Position] = field(default_factory=dict)
    keys: Mapping[ValuePath, Position] = field(default_factory=dict)
    scalars: Mapping[ValuePath, Scalar] = field(default_factory=dict)

    def place(self, where: ValuePath) -> Position:
        """The place of a value, or of the nearest enclosing value if it is missing."""
        while where and where not in self.places:
            where = where[:-1]
        return self.places.get(where, (1, 1))

    def at(self, where: ValuePath) -> Any:
        """The value at a path."""
        value = self.value
        for step in where:
            value = value[step]
        return value

    def issue(
        self,
        code: str,
        message: str,
        where: ValuePath = (),
        hint: str = "",
        *,
        key: bool = False,
        inside: int | None = None,
        severity: Severity = "error",
    ) -> Issue:
        """A problem with the value (or the key) at a path; `inside` counts characters from the start of its text."""
        place = (key and self.keys.get(where)) or self.place(where)
        if inside is not None and (scalar := self.scalars.get(where)) is not None:
            place = self.position_at(scalar.offset(self.text, str(self.at(where)), inside))
        return self.issue_at(place, code, message, hint, severity=severity)

    def warning(
        self, code: str, message: str, where: ValuePath, hint: str, *, key: bool = False, inside: int | None = None
    ) -> Issue:
        """A likely mistake at the value (or the key) at a path."""
        return self.issue(code, message, where, hint, key=key, inside=inside, severity="warning")


def read_source(path: Path, shown: str) -> tuple[RuleSource | None, list[Issue]]:
    """Reads one file. `shown` is its name in issues. If the source is None, the issues say why."""
    try:
        text = read_text(path, shown)
    except UnreadableFileError as refused:
        return None, [refused.issue]
    source, issues = read_yaml(text, shown)
    return source, list(issues)


@lru_cache(maxsize=64)
def read_yaml(text: str, shown: str) -> tuple[RuleSource | None, tuple[Issue, ...]]:
    """Reads a text, cached because an edit changes one file of many: the others need not be parsed again when the
    rules are reloaded.

    The fast parser reads first. The one with exact error positions reads texts with a fault, and texts with rare
    characters, which the two count differently.
    """
    if LIBYAML is not None and not ODD.search(text):
        source, issues = parse_yaml(text, shown, fast=True)
        if source is not None and not issues:
            return source, ()
    return parse_yaml(text, shown, fast=False)


def parse_yaml(text: str, shown: str, *, fast: bool) -> tuple[RuleSource | None, tuple[Issue, ...]]:
    """A text by one of the parsers. The source is None if the text cannot be used, or not by the fast parser."""
    reader = YamlReader(Page(shown, text), fast=fast)
    try:
        value = reader.value_of_file()
    except UnclearError:
        return None, ()
    except UnreadableFileError as refused:
        return None, (*reader.issues, refused.issue)
    return RuleSource(shown, text, value, reader.places, reader.keys, reader.scalars), tuple(reader.issues)


def closest_word(word: str, known: Iterable[str], likeness: float = 0.6) -> str:
    """The known word most similar to this one, or '' if none reaches this likeness (0 to 1)."""
    return next(iter(difflib.get_close_matches(word[:100], sorted(known), n=1, cutoff=likeness)), "")


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint with the nearest known word, or with all of them if they are few; '' if there is no useful hint."""
    choices = sorted(known)
    if near := closest_word(word, choices) or closest_word(word.lower(), choices):
        return f"did you mean {near!r}?"
    named = [choice for choice in choices if choice]
    return f"one of: {', '.join(named)}" if 0 < len(named) <= 12 else ""
