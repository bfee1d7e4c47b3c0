"""Shares of a promise: what the words say is done of it."""

from monitor.domain.extract.fractions import read_fraction
from tests.builders.phrase_cases import alike, amounts, phrases


def test_a_share_of_the_promise_is_read() -> None:
    for _, text, expected in phrases("fractions"):
        found = read_fraction(text)
        assert alike([found] if found else [], amounts(expected)), text


def test_what_is_quoted_of_a_share_is_the_text_as_it_stands() -> None:
    found = read_fraction("中方已達成三分之二的採購目標")
    assert found is not None
    assert found.text == "達成三分之二"
