"""Every key of a TOML text is found on its line, whatever stands around it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import Any

import pytest

from monitor.config.toml_lines import end_of_tables, key_lines

KNOTTY = r'''
# a comment with [brackets] and "quotes"
top = 1
dotted.key = "x = 1"  # still a comment
"quoted [key]" = 'literal "with" marks'
[table]
long = """
[not.a.table]
fake = 1 \""" still inside
"""""
after = """x""" # ends at once
literal = @@@
also = "not a key"
@@@
list = [ # comment, with ] and ,
  "a, b]", # first
  [1, 2],
  { x = 1, "y z" = [3] },
]
when = 1979-05-27 07:32:00
[table.'sub table']
inline = { a = { b = 1, c = "}" }, d = "," }
[[items]]
name = 1
[items.inner]
deep = true
[[items]]
name = 2
[[items.rows]]
cell = 1
[[items.rows]]
cell = 2
'''.replace("@@@", "'" * 3)


def leaves(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    pairs: list[tuple[str | int, Any]] = []
    if isinstance(value, dict):
        pairs = list(value.items())
    elif isinstance(value, list):
        pairs = list(enumerate(value))
    for key, inner in pairs:
        yield (*path, key)
        yield from leaves(inner, (*path, key))


def test_every_key_and_item_of_a_knotty_text_has_a_place() -> None:
    assert set(key_lines(KNOTTY)) == set(leaves(tomllib.loads(KNOTTY)))


def test_a_key_stands_on_the_line_that_names_it() -> None:
    lines = KNOTTY.splitlines()
    for path, line in key_lines(KNOTTY).items():
        key = path[-1]
        assert isinstance(key, int) or key in lines[line - 1], (path, line)


def test_the_second_of_two_tables_is_not_taken_for_the_first() -> None:
    lines = KNOTTY.splitlines()
    found = key_lines(KNOTTY)
    assert lines[found["items", 1, "name"] - 1] == "name = 2"
    assert lines[found["items", 1, "rows", 1, "cell"] - 1] == "cell = 2"
    assert lines[found["table", "list", 1] - 1] == "  [1, 2],"


def test_places_are_right_with_windows_line_ends() -> None:
    assert key_lines('[a]\r\nb = """\r\nx\r\n"""\r\nc = 1\r\n')["a", "c"] == 5


@pytest.mark.parametrize(
    ("text", "behind"),
    [
        ("a = 1\n", None),
        ("[[rows]]\nx = 1\n", ""),
        ("[[rows]]\nx = 1", ""),
        ("[[rows]]\nx = 1 # of x\n# of nobody\n[next]\n", "# of nobody\n[next]\n"),
        ("[[rows]]\n[next]\ny = 1\n[[rows]]\nx = 1\n\n", "\n"),
        ('[[rows]]\n[rows.inner]\nx = """\n[not]\n"""\n[next]\n', "[next]\n"),
        ("[[rows]]\nx = [\n  1, # ]\n]\r\n[next]\r\n", "[next]\r\n"),
    ],
)
def test_the_end_of_a_list_of_tables_is_behind_the_last_line_of_its_last_table(text: str, behind: str | None) -> None:
    end = end_of_tables(text, "rows")
    assert (text[end:] if end is not None else None) == behind
