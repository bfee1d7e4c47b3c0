"""Patterns in the new wording: verbs in place of their forms, Chinese in simplified characters, each entry once."""

from __future__ import annotations

import pytest

from monitor.domain.text.inflection import verb_forms
from monitor.domain.text.pattern_syntax import inflected, parse_pattern
from monitor.workbench.authoring.migration.wording import Forms, Wording


def written(text: str, forms: Forms = Forms.FINITE) -> str:
    return Wording(forms).pattern(text)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("!(buy|buys|bought|secure) ..3 {goods}", "!(<buy>|secure) ..3 {goods}"),
        ("(buys|buy|bought) ..3 {goods}", "<buy> ..3 {goods}"),
        ("^(meets|meet|met) {goods}", "^<meet> {goods}"),
        ("(buy|buys|bought|{x}|order|orders|ordered)", "(<buy/order>|{x})"),
        ("(snap up|snaps up|snapped up) {goods}", "<snap up> {goods}"),
        ("(cancel|cancels|cancelled)", "<cancel>"),
        ("a (b|(buy|buys|bought))", "a (b|<buy>)"),
        ("(cut|cuts|cutting)", "<cut>"),
        ("(采购|採購|购买) 大豆", "(采购|购买) 大豆"),
        ("拟 ..4 採購", "拟 ..4 采购"),
    ],
)
def test_forms_become_verbs_and_chinese_stands_once(before: str, after: str) -> None:
    assert written(before) == after


@pytest.mark.parametrize(
    "text",
    [
        "(buys|bought)",
        "(shipment|shipments|shipped)",
        "(deal|deals)",
        "(cut|cuts)",
        "(stop|stops|halted)",
        "x (buy|buys|bought",
        "(/h(20|200)/|{buy})",
        "显著 ..2 增加",
    ],
    ids=[
        "no base form",
        "noun and another verb",
        "noun",
        "noun or verb",
        "two verbs",
        "not closed",
        "word form",
        "already simplified",
    ],
)
def test_what_is_no_full_verb_stays(text: str) -> None:
    assert written(text) == text


def test_word_forms_keep_their_signs() -> None:
    assert written("(/h(20|200)/|buy|buys|bought) chip") == "(/h(20|200)/|<buy>) chip"


def test_only_all_forms_are_the_same_words() -> None:
    all_of_it = f"({'|'.join(verb_forms('buy'))})"
    assert written(all_of_it, Forms.ALL) == "<buy>"
    assert written("(buy|buys|bought)", Forms.ALL) == "(buy|buys|bought)"
    assert inflected(parse_pattern("<buy>")) == parse_pattern(all_of_it)


def test_two_forms_are_enough_where_more_may_be_read() -> None:
    wording = Wording(Forms.SOME, frozenset({"withdraw"}))
    assert wording.pattern("(withdraws|withdrew)") == "<withdraw>"
    assert wording.pattern("(purchased|purchasing)") == "(purchased|purchasing)", "no file has its base form"
    assert wording.pattern("(ship|ships)") == "(ship|ships)", "a noun has these forms too"


def test_the_forms_that_come_in_are_told() -> None:
    wording = Wording(Forms.FINITE)
    wording.pattern("(buy|buys|bought)")
    assert wording.widened == {"buy": {"buying"}}


def test_a_spared_verb_needs_all_its_forms() -> None:
    wording = Wording(Forms.FINITE, spared=frozenset({"buy"}))
    assert wording.pattern("(buy|buys|bought) (sell|sells|sold)") == "(buy|buys|bought) <sell>"


def test_entries_of_a_list_say_which_one_they_come_from() -> None:
    entries = Wording(Forms.FINITE).entries(["採購", "buy", "采购", "bought", "corn", "buys", "corn"])
    assert entries == [(0, "采购"), (1, "<buy>"), (4, "corn")]


def test_a_long_group_can_be_broken_over_lines() -> None:
    text = f"({'|'.join(f'number{count}' for count in range(40))}) /x(a|b)/"
    after = written(text)
    assert max(map(len, after.split())) <= 90
    assert parse_pattern(after) == parse_pattern(text)
    assert after.endswith("/x(a|b)/")
