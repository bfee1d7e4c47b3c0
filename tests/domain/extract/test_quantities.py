import re
import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.extract.quantities import read_quantities
from monitor.domain.model import Quantity
from monitor.domain.text.writing_systems import language_of
from tests.builders.phrase_cases import PUBLISHED, alike, amounts, phrases
from tests.builders.tables import table

MT = 1e6


def only(text: str) -> Quantity:
    found = read_quantities(text, language_of(text))
    assert len(found) == 1, [one[2].text for one in found]
    return found[0][2]


def test_all_that_may_stand_before_a_number_belongs_to_its_amount() -> None:
    text = (
        "Officials in Beijing said that the state buyers would book " * 3
        + "no fewer than an additional 12 million tonnes"
    )
    amount = only(text)
    assert (amount.low, amount.high, amount.text) == (12 * MT, None, "no fewer than an additional 12 million tonnes")


@given(st.text(max_size=60), st.sampled_from([text for _, text, _ in phrases("amounts")]), st.text(max_size=60))
def test_offsets_are_exact_and_spans_do_not_overlap(before: str, amount: str, after: str) -> None:
    text = f"{before} {amount} {after}"
    last = 0
    for start, end, found in read_quantities(text, "en"):
        assert last <= start < end <= len(text)
        assert text[start:end] == found.text
        assert found.high is None or found.low <= found.high
        last = end


@given(st.integers(1, 99_999), st.sampled_from(["tonnes", "tons", "t"]))
def test_thousands_separators_do_not_change_a_number(number: int, unit: str) -> None:
    assert only(f"{number:,} {unit}").low == only(f"{number} {unit}").low == number


KNOWN_WRONG = {
    "licences for more than 400 shipments and 20 companies": "a basis is read for companies too, from the nearest word"
}


def test_every_amount_of_a_phrase_is_read_in_all_its_fields() -> None:
    wrong = {}
    for _, text, expected in phrases("amounts"):
        found = [one[2] for one in read_quantities(text, language_of(text), published=PUBLISHED)]
        if not alike(found, amounts(expected)):
            wrong[text] = found
    assert wrong.keys() == KNOWN_WRONG.keys(), wrong


def test_this_year_is_no_period_where_the_day_of_publication_is_unknown() -> None:
    (found,) = read_quantities("China bought 3 million tonnes so far this year", "en")
    assert found[2].period == ""


# ---------------------------------------------------------------- no factor of ten

PER_BUSHEL = 1 / 36.74
ENGLISH_FORMS = [
    ("{} tonnes", 1, "t"),
    ("{} metric tons", 1, "t"),
    ("{}-tonne", 1, "t"),
    ("{} thousand tonnes", 1e3, "t"),
    ("{} kt", 1e3, "t"),
    ("{} million tonnes", MT, "t"),
    ("{} million metric tons", MT, "t"),
    ("{}m tonnes", MT, "t"),
    ("{}mn tons", MT, "t"),
    ("{}-million-ton", MT, "t"),
    ("{} MMT", MT, "t"),
    ("{}MMT", MT, "t"),
    ("{} mmt", MT, "t"),
    ("{} Mt", MT, "t"),
    ("{} million MT", MT, "t"),
    ("{} million mt", MT, "t"),
    ("{} thousand MT", 1e3, "t"),
    ("{} million bushels of soybeans", MT * PER_BUSHEL, "t"),
    ("{} million bu of soybeans", MT * PER_BUSHEL, "t"),
    ("${} million", 1e6, "usd"),
    ("${} billion", 1e9, "usd"),
    ("${}bn", 1e9, "usd"),
    ("US${} billion", 1e9, "usd"),
    ("{} billion dollars", 1e9, "usd"),
    ("${} trillion", 1e12, "usd"),
    ("${}tn", 1e12, "usd"),
    ("{} billion yuan", 1e9, "cny"),
    ("{}%", 1, "pct"),
    ("{} percent", 1, "pct"),
    ("{} per cent", 1, "pct"),
    ("{} percentage points", 1, "pp"),
    ("{} basis points", 0.01, "pp"),
    ("for {} days", 1, "days"),
    ("a {}-day", 1, "days"),
    ("for {} months", 30.4375, "days"),
]
CHINESE_FORMS = [
    ("{}吨", 1, "t"),
    ("{}万吨", 1e4, "t"),
    ("{}亿吨", 1e8, "t"),
    ("{}万公吨", 1e4, "t"),
    ("{}万蒲式耳大豆", 1e4 * PER_BUSHEL, "t"),
    ("{}亿蒲式耳大豆", 1e8 * PER_BUSHEL, "t"),
    ("{}万美元", 1e4, "usd"),
    ("{}亿美元", 1e8, "usd"),
    ("{}万亿美元", 1e12, "usd"),
    ("{}亿元", 1e8, "cny"),
    ("{}万亿元", 1e12, "cny"),
    ("{}%", 1, "pct"),
    ("{}个百分点", 1, "pp"),
    ("暂停{}天", 1, "days"),
    ("延长{}个月", 30.4375, "days"),
]
CARGOES = table("quantities", "cargoes")
_ONES = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen"
    " nineteen"
)
_ONE = _ONES.split()
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]


def english(number: int) -> str:
    """A whole number from 1 to 999 in words."""
    if number < 20:
        return _ONE[number - 1]
    if number < 100:
        return _TENS[number // 10 - 2] + (f"-{_ONE[number % 10 - 1]}" if number % 10 else "")
    return f"{_ONE[number // 100 - 1]} hundred" + (f" and {english(number % 100)}" if number % 100 else "")


def chinese(number: int) -> str:
    """A whole number from 1 to 999 in Chinese characters."""
    digits = "零一二三四五六七八九"
    hundreds, tens, ones = number // 100, number // 10 % 10, number % 10
    text = f"{digits[hundreds]}百" if hundreds else ""
    if tens:
        text += "十" if tens == 1 and not hundreds else f"{digits[tens]}十"
    elif hundreds and ones:
        text += "零"
    return text + (digits[ones] if ones else "")


BEFORE = ["", "China bought ", "about ", "roughly ", "The total is ", "中方采购 ", "中方采购", "约"]
AFTER = ["", " this week", ", officials said", "。", "，同比增长"]


@given(
    st.integers(1, 999),
    st.sampled_from(["{}", "{}.5", "words"]),
    st.sampled_from(BEFORE),
    st.sampled_from([*ENGLISH_FORMS, *CHINESE_FORMS]),
    st.sampled_from(AFTER),
)
def test_no_form_of_an_amount_is_off_by_a_factor_of_ten(
    number: int, way: str, before: str, form: tuple[str, float, str], after: str
) -> None:
    template, size, unit = form
    speak = chinese if form in CHINESE_FORMS else english
    spelt = way == "words" and ("$" not in template and re.search(r"\{\}[ -]|[\u4e00-\u9fff]", template) is not None)
    written = speak(number) if spelt else way.replace("words", "{}").format(number)
    meant = (number + 0.5 if way == "{}.5" else number) * size
    if form in ENGLISH_FORMS and before in ("中方采购", "约"):
        before = ""
    text = f"{before}{template.format(written)}{after}"
    found = only(text)
    assert found.unit == unit, text
    assert [found.low, found.high] == pytest.approx([meant, meant], rel=1e-3), text


@given(st.integers(1, 60), st.sampled_from(["digits", "words"]), st.sampled_from(CARGOES))
def test_a_cargo_is_sixty_to_sixty_six_thousand_tonnes(number: int, way: str, template: str) -> None:
    speak = chinese if "船" in template else english
    found = only(template.format(speak(number) if way == "words" else number))
    assert (found.low, found.high, found.unit) == (number * 60_000, number * 66_000, "t")


@given(
    st.integers(1, 400),
    st.integers(1, 99),
    st.sampled_from([f for f in ENGLISH_FORMS if "-" not in f[0] and f[2] != "days"]),
    st.sampled_from(["{}-{}", "{} to {}", "{}–{}"]),
)
def test_a_range_has_the_scale_of_its_end(low: int, more: int, form: tuple[str, float, str], joint: str) -> None:
    template, size, _ = form
    found = only(template.format(joint.format(low, low + more)))
    assert [found.low, found.high] == pytest.approx([low * size, (low + more) * size], rel=1e-3)


@given(st.integers(1, 9999), st.integers(1, 999), st.sampled_from(["万", "亿"]), st.sampled_from("至到-~"))
def test_a_chinese_range_has_the_scale_of_its_end(low: int, more: int, scale: str, joint: str) -> None:
    size = {"万": 1e4, "亿": 1e8}[scale]
    for text in (f"{low}{joint}{low + more}{scale}吨", f"{low}{scale}{joint}{low + more}{scale}吨"):
        found = only(text)
        assert [found.low, found.high] == pytest.approx([low * size, (low + more) * size])


@given(
    st.text(
        "0123456789.,%$-–十百千万亿零一两二三点半成个多余几至到月年日天船吨美元前约近 "
        "amillionthousandtonsbushelsdozenhalfandquartertokMT",
        max_size=30,
    )
)
def test_no_heap_of_numerals_makes_the_reader_fail(text: str) -> None:
    for start, end, found in read_quantities(text, "zh", published=PUBLISHED):
        assert text[start:end] == found.text
        assert found.high is None or 0 <= found.low <= found.high


@pytest.mark.parametrize(
    ("text", "last_month"),
    [
        ("China bought 4 million tonnes in the first half", 6),
        ("Sales in the first two quarters reached 4 million tonnes", 6),
        ("China bought 4 million tonnes in the first three quarters", 9),
        ("前两个季度采购400万吨大豆", 6),
        ("上半年采购400万吨大豆", 6),
    ],
)
def test_the_first_months_without_a_year_are_those_of_the_last_year_in_which_they_are_over(
    text: str, last_month: int
) -> None:
    def period(published: date) -> str:
        ((_, _, found),) = read_quantities(text, language_of(text), published=published)
        return found.period

    assert period(date(2025, last_month, 28)) == "calendar-2024"
    assert period(date(2025, last_month + 1, 1)) == "calendar-2025"


def test_a_period_relative_to_an_unknown_day_of_publication_is_none() -> None:
    cases = ["this marketing year", "this year", "in the first half"]
    assert [when for when in cases if only(f"China bought 4 million tonnes {when}").period] == []


def test_ranges_take_time_in_proportion_to_their_number() -> None:
    began = time.process_time()
    assert len(read_quantities("from 57% to 47%, " * 10_000, "en")) == 20_000
    assert time.process_time() - began < 6, "it takes half a second, and took twenty when each looked through all"
