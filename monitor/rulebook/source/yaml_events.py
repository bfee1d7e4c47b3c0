"""Plain values out of the events of one YAML file, each read once: its type, its place, and what is not allowed in it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Any, TypeAlias

import yaml
from ruamel.yaml import YAML
from ruamel.yaml import events as exact
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from yaml import events as quick

from monitor.errors import Issue
from monitor.rulebook.source.decode import UnreadableFileError
from monitor.rulebook.source.page import Page, Position, ValuePath
from monitor.rulebook.source.scalars import Scalar, plain_value
from monitor.rulebook.source.syntax_errors import explain_yaml_error

Event: TypeAlias = Any
"""Of either parser."""

MAX_DEPTH = 20
# Both parsers tell of the same events, in classes of their own.
ALIAS = (quick.AliasEvent, exact.AliasEvent)
DOCUMENT = (quick.DocumentStartEvent, exact.DocumentStartEvent)
MAPPING, END_OF_MAPPING = (
    (quick.MappingStartEvent, exact.MappingStartEvent),
    (quick.MappingEndEvent, exact.MappingEndEvent),
)
SEQUENCE = (quick.SequenceStartEvent, exact.SequenceStartEvent)
END_OF_SEQUENCE = (quick.SequenceEndEvent, exact.SequenceEndEvent)
SCALAR = (quick.ScalarEvent, exact.ScalarEvent)
OPENS, CLOSES = MAPPING + SEQUENCE, END_OF_MAPPING + END_OF_SEQUENCE

LIBYAML = getattr(yaml, "CSafeLoader", None)
"""The parser in C; None in a build of PyYAML without it, which then has nothing over the exact one."""
UNUSABLE_KEY = "?"
"""Stands in paths for a key that cannot be used."""


class UnclearError(Exception):
    """The quick parser stopped. What is wrong, and where, only the exact one says."""


class YamlBuilder:
    """The work of reading one file. `issues` are faults that leave the rest of the file readable.

    The `quick` way takes libyaml's events, an eighth of the time. On a file without fault both give the same values at the
    same places; of any other one only the exact way says what people need, so its answer is the one that counts.
    """

    def __init__(self, page: Page, *, quickly: bool = False) -> None:
        self.page = page
        self.quickly = quickly
        self.issues: list[Issue] = []
        self.places: dict[ValuePath, Position] = {}
        self.keys: dict[ValuePath, Position] = {}
        self.scalars: dict[ValuePath, Scalar] = {}
        self.documents = 0
        self.events = self._checked()

    def whole(self) -> Any:
        """The value of the whole file. A file without any is an empty mapping, as if every key were left out."""
        first = next(self.events, None)
        value = self.value(first, ()) if first is not None else {}
        for _ in self.events:  # to the end of the file: what else stands there is refused
            pass
        return value

    def value(self, event: Event, where: ValuePath) -> Any:
        self.places[where] = position_of(event.start_mark)
        if isinstance(event, MAPPING):
            return self.mapping(where)
        if isinstance(event, SEQUENCE):
            return self.sequence(where)
        assert isinstance(event, SCALAR)
        return self.scalar(event, where)

    def mapping(self, where: ValuePath) -> dict[str, Any]:
        out: dict[str, Any] = {}
        for event in self._until(END_OF_MAPPING):
            key = self.key(event, where)
            if key is None or key in out:
                self.value(next(self.events), (*where, UNUSABLE_KEY))
            else:
                self.keys[(*where, key)] = position_of(event.start_mark)
                out[key] = self.value(next(self.events), (*where, key))
                if out[key] is None:
                    self.places[(*where, key)] = self._after_colon((*where, key), event.end_mark.index)
        return out

    def key(self, event: Event, where: ValuePath) -> str | None:
        """A key as text; None, and an issue, if it is no text. One that stands there already is an issue too."""
        if not isinstance(event, SCALAR) or not (event.value or event.style):
            self.value(event, (*where, UNUSABLE_KEY))
            self.report(event, "key", "a key is one word of text", "quote a text that begins with [ or { or ?")
            return None
        key = str(event.value)
        if (first := self.keys.get((*where, key))) is not None:
            self.report(event, "duplicate_key", f"{key!r} stands here for the second time",
                        f"the first is in line {first[0]}")  # fmt: skip
        return key

    def _after_colon(self, where: ValuePath, end_of_key: int) -> Position:
        """Where a value would begin that was left out. (The parser has gone on to the next thing by then.)"""
        scalar = self.scalars[where]
        if scalar.start < scalar.end:
            return self.places[where]
        colon = self.page.text.find(":", end_of_key, scalar.start + 1)
        line, column = self.page.position_at(colon + 1)
        rest = self.page.line(line)[column - 1 :]
        return line, column + (len(rest) - len(rest.lstrip()) if rest.strip() else 0)

    def sequence(self, where: ValuePath) -> list[Any]:
        return [self.value(event, (*where, number)) for number, event in enumerate(self._until(END_OF_SEQUENCE))]

    def scalar(self, event: Event, where: ValuePath) -> Any:
        style = event.style or ""
        self.scalars[where] = Scalar(style, event.start_mark.index, event.end_mark.index)
        text = str(event.value)
        if style == '"' and (bad := next((char for char in text if _is_invisible(char)), None)) is not None:
            self.report(event, "control_character", f"the value holds the control character U+{ord(bad):04X}",
                        r'in double quotes "\b" is one; use single quotes')  # fmt: skip
            text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return text if style else plain_value(text)

    def report(self, event: Event, code: str, message: str, hint: str) -> None:
        self.issues.append(self.page.issue_at(position_of(event.start_mark), code, message, hint=hint))

    # ------------------------------------------------------------ events

    def _until(self, end: tuple[type, ...]) -> Iterator[Event]:
        for event in self.events:
            if isinstance(event, end):
                return
            yield event

    def _checked(self) -> Iterator[Event]:
        """Values, keys and ends, once it is sure that they cannot make a small file large or run code."""
        depth = 0
        for event in self._parsed():
            self._refuse(event)
            if isinstance(event, OPENS):
                depth += 1
                if depth > MAX_DEPTH:
                    raise self._refused(event, "too_deep", f"nested deeper than {MAX_DEPTH}", "")
            elif isinstance(event, CLOSES):
                depth -= 1
            elif not isinstance(event, SCALAR):
                continue
            yield event

    def _parsed(self) -> Iterator[Event]:
        if self.quickly:
            try:
                for event in yaml.parse(self.page.text, Loader=LIBYAML):
                    if getattr(event, "explicit", False) is True or (
                        getattr(event, "value", None) == "" and not event.style
                    ):
                        raise UnclearError  # marks of documents and values left out: the parsers see them in other places
                    yield event
            except (yaml.YAMLError, ValueError) as error:
                raise UnclearError from error
            return
        try:
            yield from YAML(typ="safe", pure=True).parse(self.page.text)
        except MarkedYAMLError as error:
            raise UnreadableFileError(explain_yaml_error(error, self.page, self._latest())) from error
        except (YAMLError, ValueError, OverflowError) as error:
            message = " ".join(str(error).split())[:200]
            raise UnreadableFileError(self.page.issue_at((1, 1), "syntax", message)) from error

    def _latest(self) -> Scalar | None:
        return next(reversed(self.scalars.values()), None)

    def _refuse(self, event: Event) -> None:
        if isinstance(event, ALIAS) or getattr(event, "anchor", None):
            raise self._refused(event, "anchor", "anchors and aliases (& and *) are not used here",
                                "put a pattern that begins with * or & in single quotes")  # fmt: skip
        if isinstance(event, DOCUMENT):
            self._refuse_document(event)
        if tag := getattr(event, "tag", None):
            raise self._refused(event, "tag", f"tags ({tag}) are not used here",
                                "put a value that begins with ! in single quotes")  # fmt: skip

    def _refuse_document(self, event: Event) -> None:
        self.documents += 1
        if event.version or event.tags:
            raise self._refused(event, "directive", "directives (%YAML, %TAG) are not used here", "delete the line")
        if self.documents > 1:
            raise self._refused(event, "second_document", "a second document begins here",
                                "one file holds one document; delete the line ---")  # fmt: skip

    def _refused(self, event: Event, code: str, message: str, hint: str) -> UnreadableFileError:
        return UnreadableFileError(self.page.issue_at(position_of(event.start_mark), code, message, hint=hint))


def position_of(mark: Any) -> Position:
    return mark.line + 1, mark.column + 1


def _is_invisible(char: str) -> bool:
    return unicodedata.category(char) in ("Cc", "Cs") and char not in "\n\t"
