"""Shares of a promise: what the words say is done of it."""

from __future__ import annotations

import pytest

from monitor.domain.extract.fractions import read_fraction

READ = [
    ("China has taken more than half of the soybeans it promised", 0.5, None),
    ("Beijing fills two-thirds of pledged farm purchases", 2 / 3, 2 / 3),
    ("Buying reaches 80% of the target", 0.8, 0.8),
    ("China nearly halfway to its 12 million ton commitment", 0.475, 0.5),
    ("Purchases now about three quarters of the pledged volume", 0.75, 0.75),
    ("Soy deal is more than halfway done, traders reckon", 0.5, None),
    ("The commitment is 67 per cent fulfilled", 0.67, 0.67),
    ("中方已完成承诺的八成", 0.8, 0.8),
    ("大豆采购承诺已过半", 0.5, None),
    ("已履行三分之二的采购目标", 2 / 3, 2 / 3),
    ("完成百分之九十", 0.9, 0.9),
    ("中国完成超过70%的大豆采购承诺", 0.7, None),
    ("大豆採購承諾已過半", 0.5, None),
]
UNREAD = [
    "Half of American farmers doubt the deal",
    "China's purchases fell by two-thirds",
    "A third of the pledge remains unfilled",
    "Tariff of 10% of the value agreed",
    "Prices rise 5 percent",
    "Purchases reach 130% of the target",
    "Buying stands at 0% of the pledged volume",
    "近一半农民不信",
    "目标尚缺三分之一",
    "目標剩餘三分之一",
]


def test_a_share_of_the_promise_is_read() -> None:
    for text, low, high in READ:
        found = read_fraction(text)
        assert found is not None, text
        assert found.low == pytest.approx(low), text
        assert found.high == (high and pytest.approx(high)), text
        assert (found.unit, found.reading) == ("share", True), text


@pytest.mark.parametrize(("text", "share"), [("完成承诺的百分之九五", 0.95), ("完成承诺的百分之一二", 0.12)])
def test_a_percentage_may_be_spelt_digit_by_digit(text: str, share: float) -> None:
    found = read_fraction(text)
    assert found is not None
    assert found.low == pytest.approx(share)


def test_what_is_quoted_of_a_share_is_the_text_as_it_stands() -> None:
    found = read_fraction("中方已達成三分之二的採購目標")
    assert found is not None
    assert found.text == "達成三分之二"


def test_what_is_no_share_done_is_not_read() -> None:
    assert [text for text in UNREAD if read_fraction(text) is not None] == []
