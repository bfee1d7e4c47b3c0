"""A rule file as a tree that keeps its comments, so that a program can rewrite a part of it and leave the rest as it is written."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

from ruamel.yaml import YAML

from monitor.rulebook.source.page import ValuePath
from monitor.rulebook.source.scalars import plain_value

MAX_LINE = 140
"""Characters of a line, as `rules lint` has it."""
_ALLOWANCE = "# allow:"
_INDENT = 2
_SAFE = re.compile(r"[^\W_](?:[^:#,\[\]{}\"'&*!|>%@`\n]|:(?=[^\s,\[\]{}])|(?<=\S)[#'*!|>&])*")
_SAFE_KEY = re.compile(r"[^\W_][\w \-]*")
_SAFE_KEY_OF_BLOCK = re.compile(r"[^\W_][\w \-',]*")
_SIGNS_OF_FLOW = re.compile(r"[,\[\]{}]")
_SINGLE_BLANK = re.compile(r"(?<=\S) (?=\S)")


@dataclass
class Item:
    """An entry of a mapping (with its key) or of a list. above: its own lines of comment and blank lines; beside: the comment that
    ends its first line; lines: itself as the file has it, for as long as nothing in it changes."""

    value: Node
    key: str = ""
    above: list[str] = field(default_factory=list)
    beside: str = ""
    lines: list[str] = field(default_factory=list)
    _as_read: object = None

    def state(self) -> object:
        """What must stay the same for its lines to stay."""
        value = self.value
        inner = value.text if value.items is None else [(item.above, item.state()) for item in value.items]
        return (self.key, self.beside, value.flow, value.mapping, inner)

    @property
    def unchanged(self) -> bool:
        """Whether it can stand as the file has it."""
        return any(self.lines) and self._as_read == self.state()

    @property
    def tied(self) -> bool:
        """Whether its comment holds for the very line, as an allowance does: it is not wrapped then."""
        return _ALLOWANCE in self.beside


@dataclass
class Node:
    """A mapping, a list, or (items: None) a single value. written: a single value as the file has it, quotes and all."""

    text: Any = None
    items: list[Item] | None = None
    mapping: bool = False
    flow: bool = False
    written: str = ""

    @property
    def left_out(self) -> bool:
        """Whether the file has nothing where a value could stand."""
        return self.items is None and self.text is None and not self.written

    def item(self, key: str) -> Item | None:
        """The entry of a mapping with this key."""
        return next((item for item in self.items or () if item.key == key), None) if self.mapping else None

    def get(self, key: str) -> Node | None:
        """The value of a mapping under this key."""
        found = self.item(key)
        return found.value if found is not None else None

    def entries(self) -> list[Item]:
        """Its entries; none of a single value."""
        return self.items if self.items is not None else []

    def at(self, where: ValuePath) -> Node:
        """What stands at a path. Raises KeyError."""
        node = self
        for step in where:
            found = node.get(step) if isinstance(step, str) else node.entries()[step].value
            if found is None:
                raise KeyError(step)
            node = found
        return node

    def remove(self, key: str) -> Item | None:
        """Take an entry out; the comments above it too."""
        found = self.item(key)
        if found is not None and self.items is not None:
            self.items.remove(found)
        return found

    def put(self, key: str, value: Node, before: Sequence[str] = ()) -> Item:
        """A new entry, before the first of these keys that is there, else at the end."""
        item, entries = Item(value, key), self.entries()
        keys = [entry.key for entry in entries]
        at = min((keys.index(name) for name in before if name in keys), default=len(entries))
        entries.insert(at, item)
        return item

    def plain(self) -> Any:
        """Its value without comments."""
        if self.items is None:
            return self.text
        if self.mapping:
            return {item.key: item.value.plain() for item in self.items}
        return [item.value.plain() for item in self.items]


def node_of(value: Any, *, flow: bool = False) -> Node:
    """A value as a tree that no file has yet."""
    if isinstance(value, Node):
        return value
    if isinstance(value, dict):
        return Node(items=[Item(node_of(own, flow=flow), key) for key, own in value.items()], mapping=True, flow=flow)
    if isinstance(value, list):
        return Node(items=[Item(node_of(own, flow=flow)) for own in value], flow=flow)
    return Node(text=value)


@dataclass
class Layout:
    """A whole file. tail: the comments below its last entry."""

    root: Node
    tail: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        """The file as it is to be written."""
        lines = [line for item in self.root.entries() for line in _block(item, 0, "")]
        return "\n".join([*lines, *self.tail]).strip("\n") + "\n"


# ---------------------------------------------------------------- reading


def read_layout(text: str) -> Layout:
    """The tree of a file that the loader of rules takes without issue."""
    return _Reader(text).layout()


class _Reader:
    """One file: its tree by the parser, and its comments, each given to the entry that follows it or stands on its line."""

    def __init__(self, text: str) -> None:
        self.text = text.removeprefix("\ufeff")
        self.lines = self.text.splitlines()
        self.starts = [0, *accumulate(len(line) for line in self.text.splitlines(keepends=True))]
        self.spans: list[tuple[int, int]] = []
        self.begun: list[tuple[int, bool, Item]] = []
        """Of each entry: its first character, whether it stands in a list or mapping on one line, and itself; the outer first."""
        self.ends: dict[int, int] = {}

    def layout(self) -> Layout:
        tree = YAML(typ="safe", pure=True).compose(self.text)
        if tree is None:
            return Layout(Node(items=[], mapping=True), self.lines)
        root, _ = self.node(tree, within_flow=False)
        tail = self.comments()
        for start, in_flow, item in self.begun:
            if not in_flow:
                item.lines = self.own_lines(start, self.ends[id(item)])
                item._as_read = item.state()
        return Layout(root, tail)

    def node(self, tree: Any, *, within_flow: bool) -> tuple[Node, int]:
        """A node, and where it ends."""
        flow = within_flow or bool(getattr(tree, "flow_style", False))
        start, end = tree.start_mark.index, tree.end_mark.index
        if tree.id == "scalar":
            style = tree.style or ""
            end = start + len(self.text[start:end].rstrip())
            self.spans.append((start, end))
            return Node(tree.value if style else plain_value(tree.value), written=self.text[start:end]), end
        node, last = Node(items=[], mapping=tree.id == "mapping", flow=flow), start
        for part in tree.value:
            key, value = part if node.mapping else (None, part)
            first = (key or value).start_mark.index
            item = Item(Node(), key.value if key is not None else "")
            if key is not None:
                self.spans.append((first, key.end_mark.index))
            self.begun.append((first, flow, item))
            item.value, last = self.node(value, within_flow=flow)
            if key is not None and item.value.left_out:
                last = key.end_mark.index + 1  # the parser has gone on to the next thing
            self.ends[id(item)] = last
            node.entries().append(item)
        return node, end if tree.flow_style else last

    def comments(self) -> list[str]:
        """Give every comment and blank line to an entry; what follows the last one is left."""
        self.spans.sort()
        firsts = [start for start, _ in self.spans]
        waiting: list[str] = []
        at = 0
        for number, line in enumerate(self.lines):
            begin, end = self.starts[number], self.starts[number] + len(line)
            comment = next((found for found in self._signs(line, begin, firsts)), None)
            own = not line.strip() and not self._inside(begin, firsts)
            if own or (comment is not None and not line[: comment - begin].strip()):
                waiting.append(line.strip())
                continue
            starting = []
            while at < len(self.begun) and self.begun[at][0] < end:
                starting.append(self.begun[at])
                at += 1
            if starting and waiting:
                starting[0][2].above, waiting = waiting, []
            if comment is not None:
                self._beside(starting, at, self.text[comment:end])
        return waiting

    def _signs(self, line: str, begin: int, firsts: list[int]) -> Iterator[int]:
        for sign in re.finditer(r"(?<!\S)#", line):
            if not self._inside(begin + sign.start(), firsts):
                yield begin + sign.start()

    def _inside(self, place: int, firsts: list[int]) -> bool:
        """Whether a place is within a single value."""
        at = bisect_right(firsts, place) - 1
        return at >= 0 and place < self.spans[at][1]

    def _beside(self, starting: list[tuple[int, bool, Item]], at: int, comment: str) -> None:
        outer = [item for _, in_flow, item in starting if not in_flow]
        inner = [item for _, in_flow, item in starting if in_flow]
        alone = outer and self.ends[id(outer[-1])] <= self.text.find(comment, self.begun[at - 1][0])
        item = outer[-1] if outer and (alone or not inner) else (inner or [self.begun[at - 1][2]])[-1]
        item.beside = f"{item.beside}; {comment[1:].strip()}" if item.beside else comment

    def own_lines(self, start: int, end: int) -> list[str]:
        """The lines of an entry, the first one from its own beginning on, its comments beside included."""
        first, last = (bisect_right(self.starts, place) - 1 for place in (start, max(start, end - 1)))
        column = start - self.starts[first]
        indent = " " * column
        lines = self.lines[first : last + 1]
        return [lines[0][column:].rstrip(), *(line.removeprefix(indent).rstrip() for line in lines[1:])]


# ---------------------------------------------------------------- writing


def _block(item: Item, depth: int, mark: str) -> Iterator[str]:
    """The lines of an entry, without the margin of this depth. mark: '- ' of an entry of a list."""
    for comment in item.above:
        yield from _comment(comment, MAX_LINE - depth)
    for number, line in enumerate(_entry(item, depth + len(mark))):
        yield f"{' ' * len(mark) if number else mark}{line}" if line else ""


def _comment(text: str, width: int) -> Iterator[str]:
    """A line of comment, in several where it is too long."""
    line = text
    while len(line) > width and (cut := line.rfind(" ", 3, width)) > 0:
        yield line[:cut]
        line = f"# {line[cut + 1 :]}"
    yield line


def _entry(item: Item, depth: int) -> Iterator[str]:
    """The lines of an entry without its margin. depth: how far that is."""
    if item.unchanged and (item.tied or max(map(len, item.lines)) + depth <= MAX_LINE):
        yield from item.lines
        return
    value, head = item.value, f"{_key(item.key)}:" if item.key else ""
    beside = f"  {item.beside}" if item.beside else ""
    written, room = _flow(value), MAX_LINE - depth - len(head) - 1 - len(beside)
    room = len(written) if item.tied else room
    if value.items and not _on_few_lines(value, written, room, MAX_LINE - depth - _INDENT):
        yield from _blocks(value, head, beside, depth)
    elif value.items and len(written) > room:
        opening, closing = "{}" if value.mapping else "[]"
        yield f"{head} {opening}".strip() + beside
        yield from _filled(value, MAX_LINE - depth - _INDENT)
        yield closing
    elif value.items is None and len(written) > room:
        first, *rest = _folded(str(value.text), MAX_LINE - depth - len(head) - 1, MAX_LINE - depth - _INDENT)
        yield f"{head} {first}".strip() + ("" if rest else beside)
        yield from (f"  {line}" + (beside if number == len(rest) else "") for number, line in enumerate(rest, 1))
    else:
        yield f"{head} {written}".strip() + beside


def _on_few_lines(value: Node, written: str, room: int, width: int) -> bool:
    """Whether a list or mapping can stand between brackets: on one line or, if it is a list whose entries fit, on several."""
    if not (value.flow and _without_comments(value)):
        return False
    fits = all(item.value.items is None or len(_flow_entry(item)) < width for item in value.entries())
    return len(written) <= room or (fits and not value.mapping)


def _blocks(value: Node, head: str, beside: str, depth: int) -> Iterator[str]:
    """The entries of a list or mapping, each on lines of its own, below its key."""
    inner = _INDENT if head else 0
    if first := f"{head}{beside}".strip():
        yield first
    for entry in value.entries():
        for line in _block(entry, depth + inner, "" if value.mapping else "- "):
            yield f"{' ' * inner}{line}" if line else ""


def _without_comments(value: Node) -> bool:
    """Whether nothing in it has a comment, which a list on one line cannot keep."""
    return all(
        not item.above and not item.beside and (item.value.items is None or _without_comments(item.value))
        for item in value.entries()
    )


def _flow(value: Node, *, inside: bool = False) -> str:
    """A value on one line. inside: it stands between brackets itself."""
    if value.items is None:
        return _scalar(value, inside=inside)
    parts = ", ".join(_flow_entry(item) for item in value.items)
    return f"{{{parts}}}" if value.mapping else f"[{parts}]"


def _flow_entry(item: Item) -> str:
    written = _flow(item.value, inside=True)
    return f"{_key(item.key, flow=True)}: {written}" if item.key else written


def _filled(value: Node, width: int) -> Iterator[str]:
    """The entries of a list between brackets, as many on a line as it holds."""
    line = ""
    entries = value.entries()
    for number, item in enumerate(entries):
        text = _flow_entry(item) + ("," if number < len(entries) - 1 else "")
        if line and len(line) + 1 + len(text) > width:
            yield f"{' ' * _INDENT}{line}"
            line = ""
        if len(text) > width and item.value.items is None:
            *before, text = _folded(str(item.value.text), width - 2, width - 2)
            yield from (f"{' ' * _INDENT}{part}" for part in before)
            text += "," if number < len(entries) - 1 else ""
        line = f"{line} {text}".strip()
    if line:
        yield f"{' ' * _INDENT}{line}"


def _key(key: str, *, flow: bool = False) -> str:
    safe = (_SAFE_KEY if flow else _SAFE_KEY_OF_BLOCK).fullmatch(key) and plain_value(key) == key
    return key if safe and not key.endswith(" ") else _quoted(key)


def _scalar(node: Node, *, inside: bool) -> str:
    """A single value on one line; as the file has it, where that is one line too."""
    if node.written and "\n" not in node.written:
        bare = node.written[0] not in "'\""
        return _quoted(node.written) if inside and bare and _SIGNS_OF_FLOW.search(node.written) else node.written
    if not isinstance(node.text, str):
        return "null" if node.text is None else json.dumps(node.text)
    plain = _SAFE.fullmatch(node.text) and node.text.isprintable() and not node.text.endswith((" ", ":"))
    plain = plain and plain_value(node.text) == node.text
    return node.text if plain else _quoted(node.text)


def _quoted(text: str) -> str:
    if any(char in text for char in "\n\t") or not text.isprintable():
        return json.dumps(text, ensure_ascii=False)
    return "'" + text.replace("'", "''") + "'"


def _folded(text: str, first: int, width: int) -> list[str]:
    """A text in single quotes over several lines, broken at single blanks, which the reader joins again."""
    if any(char in text for char in "\n\t"):
        return [_quoted(text)]
    left, lines, room = _quoted(text), list[str](), first
    while len(left) > room:
        cuts = [sign.start() for sign in _SINGLE_BLANK.finditer(left) if sign.start() <= room]
        if not cuts or left[: cuts[-1]].strip() in ("", "'"):
            break
        lines.append(left[: cuts[-1]])
        left, room = left[cuts[-1] + 1 :], width
    return [*lines, left]
