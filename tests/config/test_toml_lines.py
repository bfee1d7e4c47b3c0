"""Every key of a TOML text is found on its line."""

import tomllib
from collections.abc import Iterator
from typing import Any

from monitor.config.toml_lines import key_lines

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


def test_every_key_has_a_place_whatever_the_line_ends() -> None:
    assert set(key_lines(KNOTTY)) == set(leaves(tomllib.loads(KNOTTY)))
    lines, found = KNOTTY.splitlines(), key_lines(KNOTTY)
    for path, (first, _) in found.items():
        key = next(part for part in reversed(path) if not isinstance(part, int))
        assert key in lines[first - 1] or len(path) > 2, path
    assert lines[found["items", 1, "name"][0] - 1] == "name = 2"
    assert lines[found["items", 1, "rows", 1, "cell"][0] - 1] == "cell = 2"
    first, last = found["table", "list"]
    assert (lines[first - 1], lines[last - 1]) == ("list = [ # comment, with ] and ,", "]")
    assert key_lines('[a]\r\nb = """\r\nx\r\n"""\r\nc = 1\r\n')["a", "c"] == (5, 5)
