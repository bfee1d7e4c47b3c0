"""Where a new example goes in the text of a rule file: one line added, or one item in brackets; all the rest stays as it is."""

from __future__ import annotations

from monitor.errors import RuleError
from monitor.rulebook.source.page import LINE_BREAK
from monitor.rulebook.source.source_map import RuleSource, ValuePath

LIST_INDENT = 2
"""Columns by which a list stands in from its key, where a file gives no example of its own."""


def insert_example(source: RuleSource, number: int, item: str) -> tuple[str, int]:
    """The file's text with `item` as a further example of its act number so-and-so, and the line where it stands."""
    act: ValuePath = ("acts", number)
    examples: ValuePath = (*act, "examples")
    if examples in source.places and _char(source, examples) == "[":
        return _in_brackets(source, examples, item)
    if (*examples, 0) in source.places:
        last = (*examples, len(source.at(examples)) - 1)
        dash = _dash(source, last)
        return _after(source, _end(source, last, dash), f"{' ' * dash}- {item}")
    if examples in source.keys:
        raise _refused(source, examples, "the key has no list yet", "write [] after it")
    return _with_key(source, act, item)


def _in_brackets(source: RuleSource, where: ValuePath, item: str) -> tuple[str, int]:
    """Put first: where a list in brackets ends is harder to tell than where it begins."""
    at = _offset(source, where) + 1
    rest = source.text[at:].lstrip()
    return f"{source.text[:at]}{item}{'' if rest.startswith(']') else ', '}{source.text[at:]}", source.place(where)[0]


def _with_key(source: RuleSource, act: ValuePath, item: str) -> tuple[str, int]:
    """The first example of an act: its key comes last."""
    if _char(source, act) == "{":
        raise _refused(source, act, "the act stands in braces", "write it on lines of its own")
    column = source.place(act)[1] - 1
    newline = _newline(source.text)
    text, line = _after(
        source,
        _end(source, act, _dash(source, act)),
        f"{' ' * column}examples:{newline}{' ' * (column + LIST_INDENT)}- {item}",
    )
    return text, line + 1


def _end(source: RuleSource, where: ValuePath, dash: int) -> int:
    """The last line of a list's item whose dash stands in column `dash` (from 0); comments after it are not of it."""
    ends = [scalar.end for place, scalar in source.scalars.items() if place[: len(where)] == where]
    last = max(source.place(where)[0], *(_line_at(source, end) for end in ends)) if ends else source.place(where)[0]
    for number in range(last + 1, len(source.lines) + 1):
        line = source.line(number)
        bare = line.lstrip(" ")
        if bare and not bare.startswith("#"):
            if len(line) - len(bare) <= dash:
                break
            last = number
    return last


def _after(source: RuleSource, line: int, added: str) -> tuple[str, int]:
    """The text with lines added after one."""
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


def _line_at(source: RuleSource, end: int) -> int:
    """The line of the last character before an offset that is no white space."""
    return source.position_at(max(0, len(source.text[:end].rstrip()) - 1))[0]


def _offset(source: RuleSource, where: ValuePath) -> int:
    line, column = source.place(where)
    starts = [0, *(match.end() for match in LINE_BREAK.finditer(source.text))]
    return starts[line - 1] + column - 1


def _char(source: RuleSource, where: ValuePath) -> str:
    return source.text[_offset(source, where)]


def _newline(text: str) -> str:
    """The line break that the file uses."""
    first = LINE_BREAK.search(text)
    return first[0] if first else "\n"


def _refused(source: RuleSource, where: ValuePath, message: str, hint: str) -> RuleError:
    return RuleError([source.issue("no_place", f"no example can be put here: {message}", where, hint=hint)])
