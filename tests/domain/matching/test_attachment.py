from datetime import date

import pytest

from monitor.domain.extract.dates import read_dates
from monitor.domain.extract.quantities import read_quantities
from monitor.domain.matching.attachment import attach_amount, attach_date, dates_apart_from_other_amounts
from monitor.domain.matching.rules import Topic
from monitor.domain.text.writing_systems import language_of
from tests.builders.phrase_cases import PUBLISHED, alike, amounts, dates, marked, phrases, shown

LATER = date(2026, 9, 23)
TONNES = Topic("soybean-purchases", "1", (), units=frozenset({"t"}))


def test_the_date_and_the_amount_of_an_act_are_chosen_by_clause_and_kind() -> None:
    wrong = {}
    for section, sentence, expected in phrases("acts"):
        (text, near), lang = marked(sentence), language_of(sentence)
        if section == "amounts":
            read = read_quantities(text, lang, published=PUBLISHED)
            amount = attach_amount(text, read, near, TONNES, head=near[0], done="pledged" not in expected)
            if not alike([amount] if amount else [], amounts(expected)):
                wrong[sentence] = str(amount)
            continue
        day = PUBLISHED if section == "dates" else LATER
        later = section == "later dates"  # where the new end belongs to the act, and never the old one
        mentions = [one for one in read_dates(text, lang, published=day) if not (later and one[2].role == "start")]
        found = attach_date(text, mentions, near, published=day)
        if ([shown(found)] if found else []) != dates(expected):
            wrong[sentence] = str(found)
    assert wrong == {}


def test_an_amount_belongs_to_its_act_and_unit() -> None:
    text = "China bought farm goods worth $3 billion"
    found = attach_amount(text, read_quantities(text, "en"), (6, 12), TONNES, head=6)
    assert found is not None
    assert (found.low, found.unit) == (3e9, "usd")
    text = "Purchases fell from 4.2 million tonnes a year earlier"
    assert attach_amount(text, read_quantities(text, "en"), (0, 9), TONNES, head=0) is None
    text = "China resumed purchases, while Brazil sold 8 million tonnes by 1 December"
    assert attach_amount(text, read_quantities(text, "en"), (6, 23), TONNES, head=6) is None
    assert attach_date(text, read_dates(text, "en", published=PUBLISHED), (6, 23), published=PUBLISHED) is None


def test_of_several_amounts_inside_an_act_the_one_at_its_verb_is_meant() -> None:
    text = (
        "China may raise its purchases to 20 million tons for this season (it is committed to 25 million tons a year)"
    )
    whole, read = (0, len(text)), read_quantities(text, "en", published=PUBLISHED)
    for verb, amount in (("committed", 25e6), ("raise", 20e6)):
        found = attach_amount(text, read, whole, TONNES, head=text.index(verb))
        assert found is not None
        assert found.low == amount


TWO_PROMISES = "China is to buy 12 million tons by the end of 2025 and 25 million tons a year after that"


@pytest.mark.parametrize(("years", "amount", "days"), [({2025}, 12e6, ["2025-12-31"]), ({2026, 2027, 2028}, 25e6, [])])
def test_of_two_promises_in_a_sentence_each_keeps_amount_and_date(
    years: set[int], amount: float, days: list[str]
) -> None:
    topic = Topic("soybeans", "1", (), units=frozenset({"t"}), periods=frozenset(f"calendar-{year}" for year in years))
    read = read_quantities(TWO_PROMISES, "en", published=PUBLISHED)
    found = attach_amount(TWO_PROMISES, read, (0, len(TWO_PROMISES)), topic, head=0)
    assert found is not None
    assert found.low == amount
    kept = dates_apart_from_other_amounts(read_dates(TWO_PROMISES, "en", published=PUBLISHED), read, found)
    assert [str(one.date) for _, _, one in kept] == days
