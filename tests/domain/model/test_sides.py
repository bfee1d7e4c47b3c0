"""The sides of a deal in words, and the standings that end something."""

from __future__ import annotations

import pytest

from monitor.domain.model import Says, Standing
from monitor.domain.model.sides import PARTIES, SIDES, side_does, side_names
from monitor.domain.text.labels import counter_name, side_long_name
from monitor.domain.verdicts.deadlines import CONCLUDED
from monitor.domain.verdicts.progress import RENEWABLE
from monitor.domain.verdicts.severity import FAILED


def test_every_speaker_has_its_words_in_the_one_table() -> None:
    assert {says.value for says in Says} | {"others"} == set(SIDES)
    assert set(SIDES) - PARTIES == {"data", "press"}


@pytest.mark.parametrize(
    ("key", "says", "name", "label"),
    [
        ("us", "the US says", "the United States", "US"),
        ("cn", "China says", "China", "China"),
        ("both", "both sides say", "both sides", "both sides"),
        ("company", "the company says", "the company", "company"),
        ("press", "reports say", "press", "press"),
        ("data", "data say", "data", "data"),
        ("Ministry of\nJustice", "Ministry of\nJustice says", "Ministry of Justice", "Ministry of Justice"),
    ],
)
def test_a_side_is_named_in_a_reason_in_a_message_and_beside_a_figure(
    key: str, says: str, name: str, label: str
) -> None:
    assert (side_does(key, "say"), side_long_name(key), counter_name(key)) == (says, name, label)


def test_both_governments_together_are_both_sides() -> None:
    assert side_names(("us", "cn")) == "both sides"
    assert side_names(("us", "company")) == "the US and the company"
    assert side_names(()) == ""


def test_each_set_of_standings_that_end_something_has_a_name_of_its_own() -> None:
    assert {Standing.MET, Standing.BREACHED, Standing.LAPSED} == CONCLUDED, "no date is waited for"
    assert {Standing.MET, Standing.PARTLY_MET, Standing.LAPSED} == RENEWABLE, "a new period begins anew"
    assert set(FAILED) == {Standing.BREACHED, Standing.LAPSED}, "ended badly"
