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
from monitor.rulebook.source.page import Page, Position, UnreadableFileError, ValuePath
from monitor.rulebook.source.scalars import Scalar, plain_value
from monitor.rulebook.source.syntax_errors import explain_yaml_error

Event: TypeAlias = Any
"""Of either parser: both give the same events, in classes of their own."""

MAX_DEPTH = 20
"""Mappings and lists inside each other, an estimate: the shipped rules need seven."""
ALIAS = (quick.AliasEvent, exact.AliasEvent)
DOCUMENT = (quick.DocumentStartEvent, exact.DocumentStartEvent)
MAPPING = (quick.MappingStartEvent, exact.MappingStartEvent)
END_OF_MAPPING = (quick.MappingEndEvent, exact.MappingEndEvent)
SEQUENCE = (quick.SequenceStartEvent, exact.SequenceStartEvent)
END_OF_SEQUENCE = (quick.SequenceEndEvent, exact.SequenceEndEvent)
SCALAR = (quick.ScalarEvent, exact.ScalarEvent)

LIBYAML = getattr(yaml, "CSafeLoader", None)
"""The parser in C; None in a build of PyYAML without it, which is no faster than the exact one."""
UNUSABLE_KEY = "?"
"""Stands in paths for a key that cannot be used."""


class UnclearError(Exception):
    """The quick parser stopped. What is wrong, and where, only the exact one says."""


class YamlBuilder:
    """Reads one file. `issues` are faults that leave the rest of the file readable.

    The quick way takes libyaml's events, in an eighth of the time. On a file without fault both ways give the same values
    at the same places. On any other file only the exact way says what people need, so its answer counts.
    """

    def __init__(self, page: Page, *, quickly: bool = False) -> None:
        self.page = page
        self.quickly = quickly
        self.issues: list[Issue] = []
        self.places: dict[ValuePath, Position] = {}
        self.keys: dict[ValuePath, Position] = {}
        self.scalars: dict[ValuePath, Scalar] = {}
        self.events = self._checked()

    def whole(self) -> Any:
        """The value of the whole file. A file without any is an empty mapping, as if every key were left out.

        Raises UnreadableFileError where the file cannot be used, UnclearError where the quick parser cannot tell.
        """
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
            return [self.value(item, (*where, number)) for number, item in enumerate(self._until(END_OF_SEQUENCE))]
        assert isinstance(event, SCALAR)
        style, text = event.style or "", str(event.value)
        self.scalars[where] = Scalar(style, event.start_mark.index, event.end_mark.index)
        unseen = (char for char in text if unicodedata.category(char) in ("Cc", "Cs") and char not in "\n\t")
        if style == '"' and (bad := next(unseen, "")):
            message = f"the value holds the control character U+{ord(bad):04X}"
            self._report(event, "control_character", message, r'in double quotes "\b" is one; use single quotes')
            text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return text if style else plain_value(text)

    def mapping(self, where: ValuePath) -> dict[str, Any]:
        out: dict[str, Any] = {}
        for event in self._until(END_OF_MAPPING):
            key = self.key(event, where)
            if key is None or key in out:
                self.value(next(self.events), (*where, UNUSABLE_KEY))
                continue
            path = (*where, key)
            self.keys[path] = position_of(event.start_mark)
            out[key] = self.value(next(self.events), path)
            scalar = self.scalars.get(path)
            if out[key] is None and scalar is not None and scalar.start >= scalar.end:
                # A value that was left out would begin here. The parser has gone on to the next thing by then.
                colon = self.page.text.find(":", event.end_mark.index, scalar.start + 1)
                line, column = self.page.position_at(colon + 1)
                rest = self.page.line(line)[column - 1 :]
                self.places[path] = line, column + (len(rest) - len(rest.lstrip()) if rest.strip() else 0)
        return out

    def key(self, event: Event, where: ValuePath) -> str | None:
        """A key as text; None, and an issue, if it is no text. One that stands there already is an issue too."""
        if not isinstance(event, SCALAR) or not (event.value or event.style):
            self.value(event, (*where, UNUSABLE_KEY))
            self._report(event, "key", "a key is one word of text", "quote a text that begins with [ or { or ?")
            return None
        key = str(event.value)
        if (first := self.keys.get((*where, key))) is not None:
            message = f"{key!r} stands here for the second time"
            self._report(event, "duplicate_key", message, f"the first is in line {first[0]}")
        return key

    def _report(self, event: Event, code: str, message: str, hint: str) -> None:
        self.issues.append(self.page.issue_at(position_of(event.start_mark), code, message, hint))

    # ------------------------------------------------------------ events

    def _until(self, end: tuple[type, ...]) -> Iterator[Event]:
        for event in self.events:
            if isinstance(event, end):
                return
            yield event

    def _checked(self) -> Iterator[Event]:
        """Values, keys and ends, once it is sure that they cannot make a small file large or run code."""
        depth = documents = 0
        for event in self._parsed():
            if isinstance(event, ALIAS) or getattr(event, "anchor", None):
                hint = "put a pattern that begins with * or & in single quotes"
                raise self._refused(event, "anchor", "anchors and aliases (& and *) are not used here", hint)
            if tag := getattr(event, "tag", None):
                hint = "put a value that begins with ! in single quotes"
                raise self._refused(event, "tag", f"tags ({tag}) are not used here", hint)
            if isinstance(event, DOCUMENT):
                documents += 1
                if event.version or event.tags:
                    message = "directives (%YAML, %TAG) are not used here"
                    raise self._refused(event, "directive", message, "delete the line")
                if documents > 1:
                    hint = "one file holds one document; delete the line ---"
                    raise self._refused(event, "second_document", "a second document begins here", hint)
            elif isinstance(event, MAPPING + SEQUENCE):
                depth += 1
                if depth > MAX_DEPTH:
                    raise self._refused(event, "too_deep", f"nested deeper than {MAX_DEPTH}", "")
                yield event
            elif isinstance(event, END_OF_MAPPING + END_OF_SEQUENCE):
                depth -= 1
                yield event
            elif isinstance(event, SCALAR):
                yield event

    def _parsed(self) -> Iterator[Event]:
        if self.quickly:
            try:
                for event in yaml.parse(self.page.text, Loader=LIBYAML):
                    left_out = getattr(event, "value", None) == "" and not event.style
                    if left_out or getattr(event, "explicit", False) is True:
                        raise UnclearError  # document markers and values left out: the parsers see them in other places
                    yield event
            except (yaml.YAMLError, ValueError) as error:
                raise UnclearError from error
            return
        try:
            yield from YAML(typ="safe", pure=True).parse(self.page.text)
        except MarkedYAMLError as error:
            latest = next(reversed(self.scalars.values()), None)
            raise UnreadableFileError(explain_yaml_error(error, self.page, latest)) from error
        except (YAMLError, ValueError, OverflowError) as error:
            message = " ".join(str(error).split())[:200]
            raise UnreadableFileError(self.page.issue_at((1, 1), "syntax", message)) from error

    def _refused(self, event: Event, code: str, message: str, hint: str) -> UnreadableFileError:
        return UnreadableFileError(self.page.issue_at(position_of(event.start_mark), code, message, hint))


def position_of(mark: Any) -> Position:
    return mark.line + 1, mark.column + 1
