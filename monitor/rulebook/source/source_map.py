"""Rule files with the place of every value and key in them, and issues at those places."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from monitor.errors import Issue
from monitor.rulebook.source.page import ODD, Page, Position, Severity, UnreadableFileError, ValuePath, read_text
from monitor.rulebook.source.quick_yaml import LIBYAML, QuickBuilder, UnclearError
from monitor.rulebook.source.scalars import Scalar
from monitor.rulebook.source.yaml_events import YamlBuilder

__all__ = ["Position", "RuleSource", "ValuePath", "did_you_mean", "read_source", "read_yaml"]


@dataclass(frozen=True)
class RuleSource(Page):
    """One YAML file: its plain value, and where each value and key stands. Paths are ("acts", 0, "any", 2)."""

    value: Any
    places: Mapping[ValuePath, Position] = field(default_factory=dict)
    keys: Mapping[ValuePath, Position] = field(default_factory=dict)
    scalars: Mapping[ValuePath, Scalar] = field(default_factory=dict)

    @property
    def blank(self) -> bool:
        """Whether the file holds nothing but white space and comments."""
        return not self.places

    def place(self, where: ValuePath) -> Position:
        """The place of a value; of the nearest thing around it if it is missing itself."""
        while where and where not in self.places:
            where = where[:-1]
        return self.places.get(where, (1, 1))

    def position_of_key(self, where: ValuePath) -> Position:
        """The place of a value's key; of the value itself if it has none."""
        return self.keys.get(where) or self.place(where)

    def position_inside(self, where: ValuePath, inside: int) -> Position:
        """The place of one character of a value that is text, however the file writes it."""
        scalar = self.scalars.get(where)
        if scalar is None:
            return self.place(where)
        return self.position_at(scalar.offset(self.text, str(self.at(where)), inside))

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
        if inside is not None:
            place = self.position_inside(where, inside)
        else:
            place = self.position_of_key(where) if key else self.place(where)
        return self.issue_at(place, code, message, hint, severity=severity)

    def warning(
        self, code: str, message: str, where: ValuePath, hint: str, *, key: bool = False, inside: int | None = None
    ) -> Issue:
        """The same for what is allowed and most likely a mistake."""
        return self.issue(code, message, where, hint, key=key, inside=inside, severity="warning")


def read_source(path: Path, shown: str) -> tuple[RuleSource | None, list[Issue]]:
    """Read one file. `shown` is its name in issues. Where the source is None, the issues say why the file cannot be used."""
    try:
        text = read_text(path, shown)
    except UnreadableFileError as refused:
        return None, [refused.issue]
    return read_yaml(text, shown)


def read_yaml(text: str, shown: str) -> tuple[RuleSource | None, list[Issue]]:
    """The same for text that is no file yet."""
    source, issues = _read(text, shown)
    return source, list(issues)


@lru_cache(maxsize=64)
def _read(text: str, shown: str) -> tuple[RuleSource | None, tuple[Issue, ...]]:
    """Cached because an edit changes one file of many: the others need not be read again when the rules are."""
    return read_quickly(text, shown) or read_exactly(text, shown)


def read_quickly(text: str, shown: str) -> tuple[RuleSource, tuple[Issue, ...]] | None:
    """A file in which nothing is wrong; None for any other, and for one whose characters the two parsers see differently."""
    if LIBYAML is None or ODD.search(text):
        return None
    builder = QuickBuilder(Page(shown, text))
    try:
        source = _source(builder)
    except (UnreadableFileError, UnclearError):
        return None
    return None if builder.issues else (source, ())


def read_exactly(text: str, shown: str) -> tuple[RuleSource | None, tuple[Issue, ...]]:
    """Any file, by the parser whose errors stand where people look for them."""
    # Imported here because files are mostly without fault, and the exact parser takes longer to import than to read most files.
    from monitor.rulebook.source.exact_yaml import ExactBuilder

    builder = ExactBuilder(Page(shown, text))
    try:
        return _source(builder), tuple(builder.issues)
    except UnreadableFileError as refused:
        return None, (*builder.issues, refused.issue)


def _source(builder: YamlBuilder) -> RuleSource:
    page, value = builder.page, builder.whole()
    return RuleSource(page.path, page.text, value, builder.places, builder.keys, builder.scalars)


def closest_word(word: str, known: Iterable[str], likeness: float = 0.6) -> str:
    """The known word that is most like this one, or '' where none is as like it as that (0 to 1)."""
    return next(iter(difflib.get_close_matches(word[:100], sorted(known), n=1, cutoff=likeness)), "")


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint that names the nearest known word, or all of them when they are few; '' where there is nothing to name."""
    choices = sorted(known)
    if near := closest_word(word, choices) or closest_word(word.lower(), choices):
        return f"did you mean {near!r}?"
    named = [choice for choice in choices if choice]
    return f"one of: {', '.join(named)}" if 0 < len(named) <= 12 else ""
