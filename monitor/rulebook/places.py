"""YAML read so that every value keeps its place, and only the plain part of YAML: no anchors, tags, tabs or duplicate keys."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any, TypeAlias

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, StringMark, YAMLError
from ruamel.yaml.events import AliasEvent, MappingStartEvent, NodeEvent, ScalarEvent, SequenceStartEvent
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from monitor.errors import Issue

MAX_BYTES = 1_000_000
MAX_DEPTH = 20

Where: TypeAlias = tuple[str | int, ...]
Place: TypeAlias = tuple[int, int]
"""Line and column, both from 1."""


class _RefusedError(Exception):
    """The file cannot be used at all; carries the one issue that says why."""

    def __init__(self, issue: Issue) -> None:
        super().__init__(issue.message)
        self.issue = issue


@dataclass(frozen=True)
class Source:
    """One YAML file: its plain value, and where each value and key stands. Paths are ("acts", 0, "any", 2)."""

    path: str
    text: str
    value: Any
    places: Mapping[Where, Place] = field(default_factory=dict)
    keys: Mapping[Where, Place] = field(default_factory=dict)
    quoted: frozenset[Where] = frozenset()

    def place(self, where: Where) -> Place:
        """The place of a value; of the nearest thing around it if it is missing itself."""
        while where and where not in self.places:
            where = where[:-1]
        return self.places.get(where, (1, 1))

    def issue(
        self, code: str, message: str, where: Where = (), *, hint: str = "", key: bool = False, inside: int | None = None,
        severity: str = "error",
    ) -> Issue:  # fmt: skip
        """A problem with the value (or the key) at a path; `inside` counts characters from the start of its text."""
        line, column = self.keys.get(where, self.place(where)) if key else self.place(where)
        if inside is not None:
            column += inside + (where in self.quoted)
        kind: Any = severity
        return Issue(self.path, line, column, kind, code, message, hint, self.line(line))

    def line(self, number: int) -> str:
        lines = self.text.splitlines()
        return lines[number - 1] if 0 < number <= len(lines) else ""


def read_source(path: Path, shown: str) -> tuple[Source | None, list[Issue]]:
    """Read one file. `shown` is its name in issues. Without a Source, the issues say why it cannot be used."""
    try:
        text = _text(path, shown)
        _refuse_tabs(text, shown)
        _scan(text, shown)
        return _compose(text, shown)
    except _RefusedError as refused:
        return None, [refused.issue]


def _text(path: Path, shown: str) -> str:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise _RefusedError(
                _issue(shown, 1, 1, "too_large", f"the file is larger than {MAX_BYTES} bytes", "split it")
            )
        body = path.read_bytes()
    except OSError as error:
        raise _RefusedError(_issue(shown, 1, 1, "unreadable", f"cannot be read: {error.strerror}")) from error
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = body[: error.start]
        line, column = before.count(b"\n") + 1, error.start - (before.rfind(b"\n") + 1) + 1
        raise _RefusedError(
            _issue(shown, line, column, "encoding", "the file is not UTF-8", "save it as UTF-8")
        ) from error


def _refuse_tabs(text: str, shown: str) -> None:
    for number, line in enumerate(text.splitlines(), 1):
        lead = line[: len(line) - len(line.lstrip())]
        if "\t" in lead:
            raise _RefusedError(_issue(shown, number, lead.index("\t") + 1, "tab", "a tab in the indentation",
                                  "indent with spaces", line))  # fmt: skip


def _scan(text: str, shown: str) -> None:
    """Refuse what could make a small file large or run code, before anything is built from it."""
    depth = 0
    try:
        for event in YAML(typ="safe", pure=True).parse(StringIO(text)):
            _refuse_event(event, text, shown)
            if isinstance(event, MappingStartEvent | SequenceStartEvent):
                depth += 1
                if depth > MAX_DEPTH:
                    raise _RefusedError(
                        _at(event.start_mark, text, shown, "too_deep", f"nested deeper than {MAX_DEPTH}")
                    )
            elif not isinstance(event, ScalarEvent) and type(event).__name__.endswith(
                ("MappingEndEvent", "SequenceEndEvent")
            ):
                depth -= 1
    except MarkedYAMLError as error:
        raise _RefusedError(_syntax(error, text, shown)) from error
    except (YAMLError, RecursionError) as error:
        raise _RefusedError(_issue(shown, 1, 1, "syntax", " ".join(str(error).split())[:200])) from error


def _refuse_event(event: Any, text: str, shown: str) -> None:
    if isinstance(event, AliasEvent) or (isinstance(event, NodeEvent) and event.anchor):
        raise _RefusedError(_at(event.start_mark, text, shown, "anchor", "anchors and aliases (& and *) are not used here",
                           "put a pattern that begins with * or & in single quotes"))  # fmt: skip
    if getattr(event, "tag", None):
        raise _RefusedError(_at(event.start_mark, text, shown, "tag", f"tags ({event.tag}) are not used here",
                           "put a value that begins with ! in single quotes"))  # fmt: skip


def _syntax(error: MarkedYAMLError, text: str, shown: str) -> Issue:
    mark = error.problem_mark or error.context_mark
    message = " ".join(str(part) for part in (error.context, error.problem) if part)
    hint = "values with ': ', ' #', or a leading { [ * & ! % @ need single quotes"
    return _at(mark, text, shown, "syntax", message, hint)


def _at(mark: StringMark | None, text: str, shown: str, code: str, message: str, hint: str = "") -> Issue:
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    lines = text.splitlines()
    return _issue(shown, line, column, code, message, hint, lines[line - 1] if line <= len(lines) else "")


def _issue(shown: str, line: int, column: int, code: str, message: str, hint: str = "", source: str = "") -> Issue:
    return Issue(shown, line, column, "error", code, message, hint, source)


def _compose(text: str, shown: str) -> tuple[Source | None, list[Issue]]:
    try:
        root = YAML(typ="safe", pure=True).compose(StringIO(text))
    except MarkedYAMLError as error:
        raise _RefusedError(_syntax(error, text, shown)) from error
    builder = _Builder(shown, text)
    value = builder.build(root, ()) if root is not None else {}
    source = Source(shown, text, value, builder.places, builder.keys, frozenset(builder.quoted))
    return source, builder.issues


@dataclass
class _Builder:
    """Plain values out of YAML nodes, remembering where each stands."""

    shown: str
    text: str
    places: dict[Where, Place] = field(default_factory=dict)
    keys: dict[Where, Place] = field(default_factory=dict)
    quoted: set[Where] = field(default_factory=set)
    issues: list[Issue] = field(default_factory=list)

    def build(self, node: Node, where: Where) -> Any:
        self.places[where] = (node.start_mark.line + 1, node.start_mark.column + 1)
        if isinstance(node, MappingNode):
            return self.mapping(node, where)
        if isinstance(node, SequenceNode):
            return [self.build(item, (*where, number)) for number, item in enumerate(node.value)]
        assert isinstance(node, ScalarNode)
        return self.scalar(node, where)

    def mapping(self, node: MappingNode, where: Where) -> dict[str, Any]:
        out: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            if key in out:
                first = self.keys[(*where, key)][0]
                self.report(
                    key_node,
                    "duplicate_key",
                    f"{key!r} stands here for the second time",
                    f"the first is in line {first}",
                )
                continue
            self.keys[(*where, key)] = (key_node.start_mark.line + 1, key_node.start_mark.column + 1)
            out[key] = self.build(value_node, (*where, key))
        return out

    def scalar(self, node: ScalarNode, where: Where) -> Any:
        if node.style in ("'", '"'):
            self.quoted.add(where)
        text = str(node.value)
        bad = next((char for char in text if unicodedata.category(char) == "Cc" and char not in "\n\t"), None)
        if bad is not None:
            self.report(node, "control_character", f"the value holds the control character U+{ord(bad):04X}",
                        r'in double quotes "\b" is one; use single quotes')  # fmt: skip
        return _plain(text, node.tag)

    def report(self, node: Node, code: str, message: str, hint: str) -> None:
        self.issues.append(_at(node.start_mark, self.text, self.shown, code, message, hint))


def _plain(text: str, tag: Any) -> Any:
    """A scalar as its YAML 1.2 type. Dates stay text: whoever wants a date reads it."""
    kind = str(tag).rpartition(":")[2]
    try:
        match kind:
            case "int":
                return int(text.replace("_", ""), 0) if text.lstrip("+-0") else 0
            case "float":
                return float(text.replace("_", ""))
    except ValueError:
        return text
    if kind == "bool":
        return text.lower() == "true"
    return None if kind == "null" else text


def render_issue(issue: Issue) -> str:
    """An issue as people read it: place, message, the source line and a caret under the column."""
    if not issue.source:
        return str(issue)
    number = f"{issue.line:>6} | "
    lead = "".join(char if char == "\t" else "  " if _wide(char) else " " for char in issue.source[: issue.column - 1])
    return f"{issue}\n{number}{issue.source}\n{' ' * (len(number) - 2)}| {lead}^"


def _wide(char: str) -> bool:
    return unicodedata.east_asian_width(char) in "WF"


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint that names the nearest known word, or all of them when they are few."""
    choices: Sequence[str] = sorted(known)
    near = difflib.get_close_matches(word, choices, n=1, cutoff=0.6)
    if near:
        return f"did you mean {near[0]!r}?"
    return f"one of: {', '.join(choices)}" if 0 < len(choices) <= 12 else ""
