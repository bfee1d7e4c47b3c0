"""What a message says of whom an unconfirmed change waits for."""

from __future__ import annotations

import pytest

from monitor.domain.messages.confidence import MAX_DOUBT, awaited_confirmation, uncertainty_phrase
from monitor.domain.model import Flag, FlagKind
from monitor.domain.model.reasons import Text
from tests.builders.message_values import NOW


def doubt(subject: str, text: str = "") -> Flag:
    return Flag(FlagKind.UNCONFIRMED, subject, NOW, Text(text))


@pytest.mark.parametrize(
    ("subject", "said"),
    [
        ("both", "neither side has confirmed it"),
        ("us,cn", "neither side has confirmed it"),
        ("data", "no independent data confirm it"),
        ("cn", "China has not confirmed it"),
        ("at_risk", "no second source yet"),
    ],
)
def test_a_doubt_names_who_has_not_confirmed_the_change(subject: str, said: str) -> None:
    assert awaited_confirmation(doubt(subject)) == said


def test_a_doubt_about_a_date_speaks_its_own_words_and_one_about_sides_names_the_sides() -> None:
    assert uncertainty_phrase(doubt("truce", "only one agency names the day.")) == ("only one agency names the day",)
    assert uncertainty_phrase(doubt("both", "only one agency names the day.")) == ("neither side has confirmed it",)


def test_a_missing_second_source_is_not_told_where_several_report() -> None:
    assert uncertainty_phrase(doubt("at_risk")) == ("no second source yet",)
    assert uncertainty_phrase(doubt("at_risk"), several=True) == ()


def test_a_doubt_too_long_to_print_is_cut() -> None:
    (cut,) = uncertainty_phrase(doubt("truce", "a long word " * MAX_DOUBT))
    assert len(cut) <= MAX_DOUBT
