"""Where a new example goes in the text of a rule file: one line added, or one item in brackets; all the rest stays as it is."""

from __future__ import annotations

from monitor.errors import RuleError
from monitor.rulebook.source.page import LINE_BREAK
from monitor.rulebook.source.source_map import RuleSource, ValuePath

LIST_INDENT = 2
"""Columns by which a list is indented under its key, where a file gives no example of its own: YAML's usual indent."""


def insert_example(source: RuleSource, number: int, item: str) -> tuple[str, int]:
    """The file's text with `item` as a further example of the act with this number, and the line where it stands.

    Raises RuleError where the text has no place for it.
    """
    act: ValuePath = ("acts", number)
    examples: ValuePath = (*act, "examples")
    text = source.text
    if examples in source.places and text[_offset(source, examples)] == "[":
        # The item is put first: where a list in brackets ends is harder to see than where it begins.
        at = _offset(source, examples) + 1
        comma = "" if text[at:].lstrip().startswith("]") else ", "
        return f"{text[:at]}{item}{comma}{text[at:]}", source.place(examples)[0]
    if (*examples, 0) in source.places:
        last = (*examples, len(source.at(examples)) - 1)
        dash = _dash(source, last)
        return _after(source, _last_line(source, last, dash), f"{' ' * dash}- {item}")
    if examples in source.keys:
        raise _no_place(source, examples, "the key has no list yet", "write [] after it")
    if text[_offset(source, act)] == "{":
        raise _no_place(source, act, "the act stands in braces", "write it on lines of its own")
    # The first example of an act: the new key comes last.
    column = source.place(act)[1] - 1
    added = f"{' ' * column}examples:{_newline(text)}{' ' * (column + LIST_INDENT)}- {item}"
    new_text, line = _after(source, _last_line(source, act, _dash(source, act)), added)
    return new_text, line + 1


def _last_line(source: RuleSource, where: ValuePath, dash: int) -> int:
    """The last line of a list's item whose dash stands in column `dash` (from 0), without the comments after it."""
    ends = [scalar.end for place, scalar in source.scalars.items() if place[: len(where)] == where]
    # A scalar may end with white space; its last line is that of its last other character.
    lines = (source.position_at(max(0, len(source.text[:end].rstrip()) - 1))[0] for end in ends)
    last = max([source.place(where)[0], *lines])
    for number in range(last + 1, len(source.lines) + 1):
        line = source.line(number)
        bare = line.lstrip(" ")
        if bare and not bare.startswith("#"):
            if len(line) - len(bare) <= dash:
                break
            last = number
    return last


def _after(source: RuleSource, line: int, added: str) -> tuple[str, int]:
    """The text with lines added after one, and the number of the first of them."""
    newline = _newline(source.text)
    ends = [match.end() for match in LINE_BREAK.finditer(source.text)]
    if line <= len(ends):
        at = ends[line - 1]
        return f"{source.text[:at]}{added}{newline}{source.text[at:]}", line + 1
    return f"{source.text}{newline}{added}{newline}", line + 1


def _dash(source: RuleSource, where: ValuePath) -> int:
    """The column of an item's dash, from 0."""
    line, column = source.place(where)
    return source.line(line)[: column - 1].rindex("-")


def _offset(source: RuleSource, where: ValuePath) -> int:
    """Where a value begins in the text."""
    line, column = source.place(where)
    starts = [0, *(match.end() for match in LINE_BREAK.finditer(source.text))]
    return starts[line - 1] + column - 1


def _newline(text: str) -> str:
    """The line break that the file uses."""
    first = LINE_BREAK.search(text)
    return first[0] if first else "\n"


def _no_place(source: RuleSource, where: ValuePath, message: str, hint: str) -> RuleError:
    return RuleError([source.issue("no_place", f"no example can be put here: {message}", where, hint=hint)])
