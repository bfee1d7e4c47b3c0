"""`gives_way_to` of commitments in the table of their deal."""

from __future__ import annotations

from typing import Any

from monitor.rulebook.source.layout import Layout, read_layout
from monitor.workbench.authoring.migration.precedence import PrecedenceTable

VOCABULARY = frozenset({"us", "talked"})


def commitment(name: str, rows: str, sets: str = "{}") -> Layout:
    return read_layout(f"id: {name}\nsets: {sets}\nabout:\n  any: [x]\n  gives_way_to:\n{rows}")


def moved(deal: str, *commitments: Layout) -> tuple[Any, list[str]]:
    """The deal afterwards, and where what stays goes."""
    layout = read_layout(deal)
    table = PrecedenceTable(layout.root, VOCABULARY)
    left = [to for own in commitments for to in table.take(own.root)]
    return layout.root.plain(), left


def test_each_entry_is_a_row_of_the_deal_with_its_comment_as_the_kind() -> None:
    beans = commitment(
        "beans", "    # Outcomes of a call.\n    - {commitment: talks, when: [call], unless: [no], since: 2026-01-01}\n"
    )
    deal, left = moved("id: deal\nrulings: [a]\n", beans)
    row = {
        "of": ["beans"],
        "to": "talks",
        "when": ["call"],
        "unless": ["no"],
        "since": "2026-01-01",
        "kind": "Outcomes of a call",
    }
    assert deal["precedence"] == [row]
    assert list(deal) == ["id", "precedence", "rulings"]
    assert left == []
    assert beans.root.plain()["about"] == {"any": ["x"]}


def test_the_sets_that_it_names_go_with_it() -> None:
    sets = "{goods: {en: ['{us} beans', '{kinds}']}, kinds: {en: [soya]}, other: {en: [x]}}"
    beans = commitment("beans", "    - {commitment: talks, when: ['{goods} ..4 {talked}']}\n", sets)
    deal, _ = moved("id: deal\n", beans)
    assert deal["sets"] == {"goods": {"en": ["{us} beans", "{kinds}"]}, "kinds": {"en": ["soya"]}}


def test_a_set_of_the_same_name_and_other_words_gets_another_name() -> None:
    sets = "{goods: {en: ['{kinds}']}, kinds: {en: [soya]}}"
    farm_goods = commitment("farm-goods", "    - {commitment: talks, when: ['{goods} x']}\n", sets)
    deal, _ = moved("id: deal\nsets: {kinds: {en: [corn]}, goods: {en: [corn]}}\n", farm_goods)
    assert deal["sets"]["kinds_of_farm_goods"] == {"en": ["soya"]}
    assert deal["sets"]["goods_of_farm_goods"] == {"en": ["{kinds_of_farm_goods}"]}
    assert deal["precedence"][0]["when"] == ["{goods_of_farm_goods} x"]


def test_a_set_of_the_vocabulary_is_not_hidden_from_the_deal_by_one_that_comes() -> None:
    beans = commitment("beans", "    - {commitment: talks, when: ['{talked} x']}\n", "{talked: {en: [chat]}}")
    deal, _ = moved("id: deal\ngate: {any: ['{talked}']}\n", beans)
    assert deal["sets"] == {"talked_of_beans": {"en": ["chat"]}}
    assert deal["precedence"][0]["when"] == ["{talked_of_beans} x"]


def test_equal_sets_are_one_unless_they_name_sets_that_differ() -> None:
    rows = "    - {commitment: talks, when: ['{goods} {ports}']}\n"
    one = commitment("one", rows, "{goods: {en: ['{kinds}']}, kinds: {en: [soya]}, ports: {en: [Dalian]}}")
    two = commitment("two", rows, "{goods: {en: ['{kinds}']}, kinds: {en: [corn]}, ports: {en: [Dalian]}}")
    deal, _ = moved("id: deal\n", one, two)
    assert set(deal["sets"]) == {"goods", "kinds", "ports", "goods_of_two", "kinds_of_two"}
    assert [row["when"] for row in deal["precedence"]] == [["{goods} {ports}"], ["{goods_of_two} {ports}"]]


def test_what_would_see_another_set_in_the_deal_stays_with_all_that_goes_before_it() -> None:
    rows = (
        "    - {commitment: a, when: [x]}\n    - {commitment: b, when: ['{us} x']}\n    - {commitment: c, when: [x]}\n"
    )
    beans = commitment("beans", rows)
    deal, left = moved("id: deal\nsets: {us: {en: [Utah]}}\n", beans)
    assert [row["to"] for row in deal["precedence"]] == ["c"]
    assert left == ["a", "b"]
    assert [row["commitment"] for row in beans.root.plain()["about"]["gives_way_to"]] == ["a", "b"]


def test_commitments_that_give_way_alike_share_a_row_where_that_keeps_their_order() -> None:
    call, mail = "    - {commitment: talks, when: [call]}\n", "    - {commitment: talks, when: [mail]}\n"
    deal, _ = moved("id: deal\n", commitment("a", call + mail), commitment("b", call), commitment("c", mail + call))
    assert [(row["of"], row["when"]) for row in deal["precedence"]] == [
        (["a", "b"], ["call"]),
        (["a", "c"], ["mail"]),
        (["c"], ["call"]),
    ]


def test_rows_come_before_those_that_are_there_as_a_commitments_own_did() -> None:
    rows = "    - {commitment: b, when: [c]}\n    - {commitment: b, when: [d]}\n"
    deal, _ = moved("id: deal\nprecedence:\n  - {of: [a], to: y, when: [z]}\n", commitment("a", rows))
    assert [row["when"] for row in deal["precedence"]] == [["c"], ["d"], ["z"]]
