"""Plain values out of the events of one YAML file, each read once: its type, its place, and what is not allowed in it."""

from __future__ import annotations

import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any, TypeAlias

from monitor.errors import Issue
from monitor.rulebook.source.page import Page, Position, UnreadableFileError, ValuePath
from monitor.rulebook.source.scalars import Scalar, plain_value

Event: TypeAlias = Any
"""Of either parser: both give the same events, in classes of their own."""

MAX_DEPTH = 20
"""Mappings and lists inside each other, an estimate: the shipped rules need seven."""
UNUSABLE_KEY = "?"
"""Stands in paths for a key that cannot be used."""


class YamlBuilder(ABC):
    """Reads one file. `issues` are faults that leave the rest of the file readable. `kinds`: the module of the classes of events
    that its parser has."""

    kinds: Any

    def __init__(self, page: Page) -> None:
        self.page = page
        self.issues: list[Issue] = []
        self.places: dict[ValuePath, Position] = {}
        self.keys: dict[ValuePath, Position] = {}
        self.scalars: dict[ValuePath, Scalar] = {}
        self.events = self._checked()

    def whole(self) -> Any:
        """The value of the whole file. A file without any is an empty mapping, as if every key were left out.

        Raises UnreadableFileError where the file cannot be used.
        """
        first = next(self.events, None)
        value = self.value(first, ()) if first is not None else {}
        for _ in self.events:  # to the end of the file: what else stands there is refused
            pass
        return value

    def value(self, event: Event, where: ValuePath) -> Any:
        begin, kinds = event.start_mark, self.kinds
        self.places[where] = position_of(begin)
        if isinstance(event, kinds.MappingStartEvent):
            return self.mapping(where)
        if isinstance(event, kinds.SequenceStartEvent):
            return [self.value(item, (*where, number)) for number, item in enumerate(self._inside())]
        style, text = event.style or "", str(event.value)
        if not (style or text):
            self._differs()
        self.scalars[where] = Scalar(style, begin.index, event.end_mark.index)
        if style == '"' and (bad := next(_unseen(text), "")):
            message = f"the value holds the control character U+{ord(bad):04X}"
            self._report(event, "control_character", message, r'in double quotes "\b" is one; use single quotes')
            text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return text if style else plain_value(text)

    def mapping(self, where: ValuePath) -> dict[str, Any]:
        out: dict[str, Any] = {}
        for event in self._inside():
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
        if not isinstance(event, self.kinds.ScalarEvent) or not (event.value or event.style):
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

    def _inside(self) -> Iterator[Event]:
        """What begins inside a mapping or a list, to its end. Whoever takes an event takes all that is inside of that."""
        end = self.kinds.CollectionEndEvent
        for event in self.events:
            if isinstance(event, end):
                return
            yield event

    def _checked(self) -> Iterator[Event]:
        """Values, keys and ends, once it is sure that they cannot make a small file large or run code."""
        depth, documents, kinds = 0, 0, self.kinds
        for event in self._parsed():
            if isinstance(event, kinds.NodeEvent):
                if event.anchor or event.tag:
                    raise self._marked(event)
                if isinstance(event, kinds.CollectionStartEvent):
                    depth += 1
                    if depth > MAX_DEPTH:
                        raise self._refused(event, "too_deep", f"nested deeper than {MAX_DEPTH}", "")
                yield event
            elif isinstance(event, kinds.CollectionEndEvent):
                depth -= 1
                yield event
            elif isinstance(event, kinds.DocumentStartEvent):
                documents += 1
                self._check_document(event, documents)
            elif isinstance(event, kinds.DocumentEndEvent) and event.explicit:
                self._differs()

    def _check_document(self, event: Event, number: int) -> None:
        if event.explicit:
            self._differs()
        if event.version or event.tags:
            raise self._refused(event, "directive", "directives (%YAML, %TAG) are not used here", "delete the line")
        if number > 1:
            hint = "one file holds one document; delete the line ---"
            raise self._refused(event, "second_document", "a second document begins here", hint)

    @abstractmethod
    def _parsed(self) -> Iterator[Event]:
        """All events of the file."""

    @abstractmethod
    def _differs(self) -> None:
        """Called at a value that is left out, and at a document marker: the parsers see them in different places."""

    def _marked(self, event: Event) -> UnreadableFileError:
        """The refusal of an event with an anchor, an alias or a tag."""
        if event.anchor:
            hint = "put a pattern that begins with * or & in single quotes"
            return self._refused(event, "anchor", "anchors and aliases (& and *) are not used here", hint)
        hint = "put a value that begins with ! in single quotes"
        return self._refused(event, "tag", f"tags ({event.tag}) are not used here", hint)

    def _refused(self, event: Event, code: str, message: str, hint: str) -> UnreadableFileError:
        return UnreadableFileError(self.page.issue_at(position_of(event.start_mark), code, message, hint))


def _unseen(text: str) -> Iterator[str]:
    """The characters of a text that nobody can see."""
    return (char for char in text if unicodedata.category(char) in ("Cc", "Cs") and char not in "\n\t")


def position_of(mark: Any) -> Position:
    return mark.line + 1, mark.column + 1
