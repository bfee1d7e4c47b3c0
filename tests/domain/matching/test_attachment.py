from __future__ import annotations

from datetime import date

import pytest

from monitor.domain.extract.dates import read_dates
from monitor.domain.extract.quantities import read_quantities
from monitor.domain.matching.attachment import attach_amount, attach_date, dates_apart_from_other_amounts
from monitor.domain.matching.rules import Topic
from monitor.domain.text.writing_systems import language_of
from tests.builders import fresh_phrases
from tests.builders.phrase_cases import PUBLISHED, alike, amounts, dates, marked, shown
from tests.domain.matching import act_phrases

DATES = [*act_phrases.ACTS_AND_DATES, *fresh_phrases.ACTS_AND_DATES]
AMOUNTS = [*act_phrases.ACTS_AND_AMOUNTS, *fresh_phrases.ACTS_AND_AMOUNTS]

TONNES = Topic("soybean-purchases", "1", (), units=frozenset({"t"}))


@pytest.mark.parametrize(("sentence", "expected"), DATES, ids=[row[0] for row in DATES])
def test_the_date_of_an_act_is_chosen_by_clause_and_role(sentence: str, expected: str) -> None:
    text, near = marked(sentence)
    found = attach_date(text, read_dates(text, language_of(text), published=PUBLISHED), near, published=PUBLISHED)
    assert ([shown(found)] if found else []) == dates(expected)


@pytest.mark.parametrize(
    ("sentence", "expected"), act_phrases.ACTS_LATER, ids=[row[0] for row in act_phrases.ACTS_LATER]
)
def test_the_new_end_is_the_act_s_and_never_the_old_one(sentence: str, expected: str) -> None:
    text, near = marked(sentence)
    day = date(2026, 9, 23)
    read = [one for one in read_dates(text, language_of(text), published=day) if one[2].role != "start"]
    found = attach_date(text, read, near, published=day)
    assert ([shown(found)] if found else []) == dates(expected)


@pytest.mark.parametrize(("sentence", "expected"), AMOUNTS, ids=[row[0] for row in AMOUNTS])
def test_the_amount_of_an_act_is_chosen_by_clause_and_kind(sentence: str, expected: str) -> None:
    text, near = marked(sentence)
    read = read_quantities(text, language_of(text), published=PUBLISHED)
    found = attach_amount(text, read, near, TONNES, done="pledged" not in expected)
    assert alike([found] if found else [], amounts(expected))


def test_another_unit_serves_where_the_commitment_s_own_is_missing() -> None:
    text = "China bought farm goods worth $3 billion"
    found = attach_amount(text, read_quantities(text, "en"), (6, 12), TONNES)
    assert found is not None
    assert (found.low, found.unit) == (3e9, "usd")


def test_an_amount_that_is_only_compared_with_is_not_the_act_s() -> None:
    text = "Purchases fell from 4.2 million tonnes a year earlier"
    assert attach_amount(text, read_quantities(text, "en"), (0, 9), TONNES) is None


def test_what_another_subject_does_is_not_the_act_s() -> None:
    text = "China resumed purchases, while Brazil sold 8 million tonnes by 1 December"
    assert attach_amount(text, read_quantities(text, "en"), (6, 23), TONNES) is None
    assert attach_date(text, read_dates(text, "en", published=PUBLISHED), (6, 23), published=PUBLISHED) is None


TWO_PROMISES = "China is to buy 12 million tons by the end of 2025 and 25 million tons a year after that"


@pytest.mark.parametrize(
    ("years", "amount", "days"),
    [({2025}, 12e6, ["2025-12-31"]), ({2026, 2027, 2028}, 25e6, [])],
    ids=["this year's", "the yearly one"],
)
def test_of_two_promises_in_a_sentence_each_keeps_its_own_amount_and_date(
    years: set[int], amount: float, days: list[str]
) -> None:
    topic = Topic("soybeans", "1", (), units=frozenset({"t"}), periods=frozenset(f"calendar-{year}" for year in years))
    read = read_quantities(TWO_PROMISES, "en", published=PUBLISHED)
    found = attach_amount(TWO_PROMISES, read, (0, len(TWO_PROMISES)), topic)
    assert found is not None
    assert found.low == amount
    kept = dates_apart_from_other_amounts(read_dates(TWO_PROMISES, "en", published=PUBLISHED), read, found)
    assert [str(one.date) for _, _, one in kept] == days
