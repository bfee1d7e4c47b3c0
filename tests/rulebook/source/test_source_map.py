"""The position of each character of a value, in every notation but for escapes in double quotes."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from monitor.rulebook.source.rule_source import RuleSource, parse_yaml, read_yaml
from monitor.rulebook.source.yaml_reader import plain_value
from tests.builders.shipped_rules import ROOT

WORDS = st.text(alphabet="ab{}(|)*'\"\\:#大豆拟🐼é", min_size=1, max_size=6)
TEXTS = st.lists(WORDS, min_size=1, max_size=5).map(" ".join)


def single(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def double(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def folded_quote(text: str) -> str:
    return single(text).replace(" ", "\n\n    ".replace("\n\n", "\n"))


def literal(text: str) -> str:
    return f"|-  # a remark\n   {text}"


def folded(text: str) -> str:
    return ">-\n    " + text.replace(" ", "\n    ")


WAYS = [single, double, folded_quote, literal, folded]


def read(text: str) -> RuleSource:
    source, issues = read_yaml(text, "a.yaml")
    assert source is not None, issues
    return source


def place_of(source: RuleSource, at: int) -> tuple[int, int]:
    """Line and column of a character of the value of `k`."""
    found = source.issue("code", "message", ("k",), inside=at)
    return found.line, found.column


@given(text=TEXTS, way=st.sampled_from(WAYS), lead=st.sampled_from(["k: ", "# 中国\nother: 1\nk:   "]))
def test_each_character_of_a_value_is_found_where_it_stands(text: str, way: object, lead: str) -> None:
    assert callable(way)
    source = read(lead + way(text) + "\n")
    assert source.at(("k",)) == text
    for at, char in enumerate(text):
        if not char.isspace():
            line, column = place_of(source, at)
            there = source.line(line)[column - 1 :]
            if way is not double or {"\\", '"'}.isdisjoint(text[:at]):
                assert there.startswith((char, f"\\{char}")), (at, char, there)


def test_the_place_of_a_character_in_quotes_folded_and_over_several_lines() -> None:
    source = read("k: 'aa ''aa'' aa'\n")
    columns = [place_of(source, at)[1] for at in range(len("aa 'aa' aa"))]
    assert columns == [5, 6, 7, 8, 10, 11, 12, 14, 15, 16]
    assert place_of(read("k: 'cancels ..6'\n"), 11) == (1, 16)
    assert place_of(read("k: >-\n  cancels\n  ..6\n"), 11) == (3, 6)
    source = read("k: China buys\n   {us_beens} today\nl: 1\n".replace("{", "<").replace("}", ">"))
    assert source.at(("k",)) == "China buys <us_beens> today"
    assert place_of(source, 11) == (2, 4)


def test_a_value_without_quotes_is_read_by_yaml_1_2() -> None:
    values: dict[str, object] = {"~": None, "": None, "null": None, "true": True, "FALSE": False, "12": 12, "-7": -7}
    values |= {"007": 7, "0x1F": 31, "0o17": 15, "1.5": 1.5, "1e3": 1000.0}
    values |= {text: text for text in ("yes", "NO", "on", "1_000", "12:30", "2025-10-30", "1,200", ".", "+")}
    read = {written: plain_value(written) for written in values}
    assert read == values
    assert {written: type(value) for written, value in read.items()} == {w: type(value) for w, value in values.items()}
    for written in (".inf", "-.INF", ".nan", "1e999", "9" * 5000):
        assert isinstance(plain_value(written), float | str)


SIGNS = [
    *"#'\"|>[]{},~%@é谷😀a1&`",
    *(">-", "\\n", "\\x41", "''", "---", "...", "*a", "0o7", "yes", "<<"),
    *(": ", "- ", "? ", " #", "\n", "\n  ", "\n- ", "&a ", "!t ", "b c"),
]


@given(st.lists(st.sampled_from(SIGNS), max_size=14).map("".join))
@example("a: |\n  x\n\n y: 1")
@example('{"a":1, b: [c, d]}')
@example("a: 'it''s\n  so'")
@example("a:\nb: \n")
@example("a: b\n...\n...")
def test_the_slow_parser_agrees_with_everything_that_the_fast_one_accepts(text: str) -> None:
    found, issues = parse_yaml(text, "x.yaml", fast=True)
    if found is not None and not issues:
        assert (found, ()) == parse_yaml(text, "x.yaml", fast=False)


@pytest.mark.slow
def test_the_fast_parser_reads_every_shipped_file_and_the_slow_one_agrees() -> None:
    for path in sorted((ROOT / "rules").rglob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        assert parse_yaml(text, path.name, fast=True) == parse_yaml(text, path.name, fast=False), path
        assert read_yaml(text, path.name)[1] == (), path
