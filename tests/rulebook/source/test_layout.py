"""Rule files as trees that keep their comments."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.rulebook.source.layout import MAX_LINE, Item, Node, node_of, read_layout
from monitor.rulebook.source.source_map import read_yaml
from tests.builders import older_rules, rules_folder, shipped_rules

WORDS = [f"word{number} of some length" for number in range(12)]
SAMPLE = """\
# What the file is.
id: beans  # its name

# A heading.
sets:
  # Of goods.
  goods: {en: [soya, 'soy beans'], zh: [大豆]}
  ports: [
    Dalian,   # in the north
    Qingdao
  ]
about:
  none:
    - '(Brazil|巴西)'   # another seller
    # Harvests.
    - crop forecast
note: >-
  Several lines
  # with a sign
  of text.
# The end.
"""


def changed_everywhere(node: Node) -> None:
    for item in node.entries():
        item.lines = []
        changed_everywhere(item.value)


def value_of(text: str) -> object:
    source, issues = read_yaml(text, "a.yaml")
    assert source is not None
    assert not issues
    return source.value


TEXTS = {
    "sample": SAMPLE,
    "beans": older_rules.BEANS,
    "deal": older_rules.DEAL,
    "words": older_rules.WORDS,
    "commitment": rules_folder.COMMITMENT,
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_file_in_which_nothing_changes_is_written_as_it_was(text: str) -> None:
    assert str(read_layout(text)) == text


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_file_that_changes_everywhere_says_the_same_with_the_same_comments(text: str) -> None:
    layout = read_layout(text)
    changed_everywhere(layout.root)
    after = str(layout)
    assert value_of(after) == value_of(text) == layout.root.plain()
    assert after.count("#") == text.count("#")
    assert max(map(len, after.splitlines())) <= MAX_LINE


def test_a_comment_goes_with_the_entry_below_it_or_beside_it() -> None:
    layout = read_layout(SAMPLE)
    root = layout.root
    above = {item.key: item.above for item in root.entries()}
    assert above["id"] == ["# What the file is."]
    assert above["sets"] == ["", "# A heading."]
    assert [item.beside for item in root.at(("sets", "ports")).entries()] == ["# in the north", ""]
    first, second = root.at(("about", "none")).entries()
    assert first.beside == "# another seller"
    assert second.above == ["# Harvests."]
    assert layout.tail == ["# The end."]


def test_only_what_changes_is_written_anew() -> None:
    layout = read_layout(SAMPLE)
    layout.root.at(("about", "none")).entries().append(Item(node_of("{goods} fair")))
    before, after = SAMPLE.splitlines(), str(layout).splitlines()
    assert [line for line in after if line not in before] == ["    - '{goods} fair'"]


def test_a_comment_of_an_entry_that_goes_leaves_the_others_alone() -> None:
    layout = read_layout(SAMPLE)
    layout.root.remove("about")
    after = str(layout)
    assert "Harvests" not in after
    assert value_of(after) == layout.root.plain()
    assert after.endswith("# The end.\n")


@pytest.mark.parametrize(
    "value",
    [
        {"words": WORDS},
        {"words": {"en": WORDS, "zh": ["大豆"]}},
        {"text": " ".join(WORDS)},
        {"text": f"it's {' '.join(WORDS)}"},
        {"words": [" ".join(WORDS), "short"]},
        {"rows": [{"of": ["a"], "when": WORDS}]},
        {"other sellers, and more": {"it's so": ["x"]}},
    ],
    ids=["list", "nested", "text", "quote", "long entry", "mapping in a list", "keys"],
)
@pytest.mark.parametrize("flow", [True, False], ids=["flow", "block"])
def test_new_values_are_wrapped_and_read_back(value: dict[str, object], *, flow: bool) -> None:
    layout = read_layout("id: beans\n")
    for key, own in value.items():
        layout.root.put(key, node_of(own, flow=flow))
    text = str(layout)
    assert value_of(text) == {"id": "beans", **value}
    assert max(map(len, text.splitlines())) <= MAX_LINE


@pytest.mark.parametrize(
    "text", ["yes: no", "2026-01-01", "true", "12", "#a", "a #b", "- a", "a: b", "", "a\nb", "[a", "x,", "大豆", "*a"]
)
def test_a_text_is_quoted_where_it_would_be_read_otherwise(text: str) -> None:
    layout = read_layout("id: beans\n")
    layout.root.put("a", node_of(text))
    layout.root.put("b", node_of([text], flow=True))
    assert value_of(str(layout)) == {"id": "beans", "a": text, "b": [text]}


def test_a_bare_text_with_commas_is_quoted_where_it_comes_between_brackets() -> None:
    layout = read_layout("a:\n  - beans, corn\n")
    layout.root.at(("a",)).flow = True
    assert str(layout) == "a: ['beans, corn']\n"


def test_a_comment_beside_an_entry_stays_when_it_no_longer_fits_on_its_line() -> None:
    layout = read_layout("rows:\n  - {of: [a]}  # a row\n")
    layout.root.at(("rows", 0)).put("when", node_of(WORDS, flow=True))
    text = str(layout)
    assert text.startswith("rows:\n  - # a row\n    of: [a]\n    when: [")
    assert value_of(text) == {"rows": [{"of": ["a"], "when": WORDS}]}


def test_a_line_with_an_allowance_is_not_wrapped() -> None:
    line = f"  en: [{', '.join(WORDS)}]  # allow: shadowed (meant so)"
    layout = read_layout(f"sets:\n{line}\n")
    changed_everywhere(layout.root)
    assert str(layout).splitlines()[1] == line


KEYS = st.sampled_from(["id", "other sellers, and more", "it's so", "x:y", "2026", "a key"])
TEXT = st.text(st.sampled_from("ab 大#:,[]{}'\"-|>!*&%@?\n\t\\"), max_size=12) | st.sampled_from(
    [" ".join(WORDS), "yes", "12"]
)
VALUES = st.recursive(
    TEXT | st.booleans() | st.integers(0, 9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)


@given(values=st.lists(VALUES, min_size=1, max_size=3), flows=st.lists(st.booleans(), min_size=3, max_size=3))
def test_any_values_are_read_back_as_they_were_written(values: list[object], flows: list[bool]) -> None:
    layout = read_layout("")
    for number, value in enumerate(values):
        layout.root.put(f"key{number}", node_of(value, flow=flows[number]))
    text = str(layout)
    expected = {f"key{number}": value for number, value in enumerate(values)}
    assert value_of(text) == expected
    again = read_layout(text)
    assert str(again) == text
    changed_everywhere(again.root)
    assert value_of(str(again)) == expected


def test_an_entry_is_put_before_the_first_key_that_is_there() -> None:
    layout = read_layout("id: beans\nacts: []\n")
    layout.root.put("phases", node_of({"own": {"from": "2026-02-01"}}, flow=True), ("defaults", "acts"))
    assert str(layout) == "id: beans\nphases: {own: {from: 2026-02-01}}\nacts: []\n"


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["vocabulary/modality.yaml", "us-china-busan/deal.yaml", "us-china-busan/tiktok-sale.yaml"]
)
def test_a_shipped_file_that_changes_everywhere_says_the_same(name: str) -> None:
    text = (shipped_rules.ROOT / "rules" / name).read_text(encoding="utf-8")
    layout = read_layout(text)
    changed_everywhere(layout.root)
    assert value_of(str(layout)) == value_of(text)
