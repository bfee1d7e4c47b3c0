from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.extract.quantities import read_quantities
from monitor.domain.model import Quantity
from monitor.domain.text.writing_systems import language_of
from tests.builders.phrase_cases import PUBLISHED, alike, amounts, phrases

MT = 1e6
BUSHEL = 0.0272155


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


AMOUNTS = [
    # tonnes
    ("12 million tonnes of soybeans", 12 * MT, 12 * MT, "t"),
    ("12 million metric tons of beans", 12 * MT, 12 * MT, "t"),
    ("some 12mn tons", 12 * MT, 12 * MT, "t"),
    ("12m tonnes", 12 * MT, 12 * MT, "t"),
    ("a target of 12 MMT", 12 * MT, 12 * MT, "t"),
    ("a target of 12 Mt", 12 * MT, 12 * MT, "t"),
    ("12MMT", 12 * MT, 12 * MT, "t"),
    ("332,000 MT for delivery", 332_000, 332_000, "t"),
    ("132,000 t", 132_000, 132_000, "t"),
    ("600 kt", 600_000, 600_000, "t"),
    ("1.5 million t", 1.5 * MT, 1.5 * MT, "t"),
    ("twenty-five million tons", 25 * MT, 25 * MT, "t"),
    ("half a million tonnes", 0.5 * MT, 0.5 * MT, "t"),
    ("a million tonnes", MT, MT, "t"),
    ("656 tons of magnets", 656, 656, "t"),
    ("441 million bushels", 441 * MT * BUSHEL, 441 * MT * BUSHEL, "t"),
    ("100 million bushels of corn", 100 * MT * 0.0254012, 100 * MT * 0.0254012, "t"),
    # cargoes
    ("10 cargoes of US soybeans", 600_000, 660_000, "t"),
    ("ten soybean cargoes", 600_000, 660_000, "t"),
    ("a dozen cargoes of beans", 720_000, 792_000, "t"),
    ("five boats of US soybeans", 300_000, 330_000, "t"),
    ("three LNG cargoes", 3, 3, "units"),
    # ranges and bounds
    ("8-10 million tonnes", 8 * MT, 10 * MT, "t"),
    ("8 to 10 million tonnes", 8 * MT, 10 * MT, "t"),
    ("8 million to 10 million tonnes", 8 * MT, 10 * MT, "t"),
    ("between 8 and 10 million tonnes", 8 * MT, 10 * MT, "t"),
    ("at least 25 million tonnes a year", 25 * MT, None, "t"),
    ("more than 4 million tonnes", 4 * MT, None, "t"),
    ("no less than 1 million tonnes", MT, None, "t"),
    ("up to 20 million tonnes", 0, 20 * MT, "t"),
    ("less than 2 million tonnes", 0, 2 * MT, "t"),
    ("nearly 10 million tonnes", 9.5 * MT, 10 * MT, "t"),
    ("about 12 million tonnes", 12 * MT, 12 * MT, "t"),
    # money
    ("$30 billion of goods", 30e9, 30e9, "usd"),
    ("US$1.5bn", 1.5e9, 1.5e9, "usd"),
    ("$40b", 40e9, 40e9, "usd"),
    ("17 billion dollars", 17e9, 17e9, "usd"),
    ("$1 billion-$2 billion", 1e9, 2e9, "usd"),
    ("between $8 billion and $10 billion", 8e9, 10e9, "usd"),
    ("over $350 million", 350e6, None, "usd"),
    ("RMB 500 million", 500e6, 500e6, "cny"),
    ("3.2 billion yuan", 3.2e9, 3.2e9, "cny"),
    # shares
    ("a 24% tariff", 24, 24, "pct"),
    ("10 percent", 10, 10, "pct"),
    ("10 per cent", 10, 10, "pct"),
    ("10%-15%", 10, 15, "pct"),
    ("10 to 15 percent", 10, 15, "pct"),
    ("24 percentage points", 24, 24, "pp"),
    ("25 basis points", 0.25, 0.25, "pp"),
    # time and units
    ("suspended for one year", 365, 365, "days"),
    ("extended by two months", 60, 60, "days"),
    ("a 90-day pause", 90, 90, "days"),
    ("for another three weeks", 21, 21, "days"),
    ("75,000 H20 chips", 75_000, 75_000, "units"),
    ("three general licences", 3, 3, "units"),
    ("up to 500 Boeing aircraft", 0, 500, "units"),
    # Chinese
    ("采购1200万吨美国大豆", 12 * MT, 12 * MT, "t"),
    ("采购1,200万吨", 12 * MT, 12 * MT, "t"),
    ("十二万吨大豆", 120_000, 120_000, "t"),
    ("1.2亿吨", 120 * MT, 120 * MT, "t"),
    ("至少2500万吨", 25 * MT, None, "t"),
    ("超过400万吨", 4 * MT, None, "t"),
    ("400万吨以上", 4 * MT, None, "t"),
    ("400多万吨", 4 * MT, None, "t"),
    ("约1000万吨", 10 * MT, 10 * MT, "t"),
    ("近60万吨", 570_000, 600_000, "t"),
    ("不到200万吨", 0, 2 * MT, "t"),
    ("800万至1000万吨", 8 * MT, 10 * MT, "t"),
    ("8-10万吨", 80_000, 100_000, "t"),
    ("十船美国大豆", 600_000, 660_000, "t"),
    ("購買10船美國大豆", 600_000, 660_000, "t"),
    ("累計1000萬噸", 10 * MT, 10 * MT, "t"),
    ("300亿美元商品", 30e9, 30e9, "usd"),
    ("5000亿元", 500e9, 500e9, "cny"),
    ("2.8万亿元", 2.8e12, 2.8e12, "cny"),
    ("24%的关税", 24, 24, "pct"),
    ("百分之二十", 20, 20, "pct"),
    ("24个百分点", 24, 24, "pp"),
    ("暂停一年", 365, 365, "days"),
    ("延长两个月", 60, 60, "days"),
    ("继续暂停对美关税一年", 365, 365, "days"),
    ("暂停实施10月9日公布的措施一年", 365, 365, "days"),
    ("两国同意休战一年", 365, 365, "days"),
    ("暂停90天", 90, 90, "days"),
    ("７５，０００枚芯片", 75_000, 75_000, "units"),
]


def test_an_amount_is_read_in_base_units() -> None:
    for text, low, high, unit in AMOUNTS:
        found = only(text)
        assert found.unit == unit, text
        assert found.low == pytest.approx(low), text
        assert found.high == (None if high is None else pytest.approx(high)), text


NO_AMOUNTS = [
    "the Section 301 probe",
    "Announcement No. 61 of 2025",
    "the website Onet",
    "a zero-day flaw",
    "two rounds of talks",
    "the 10-year bond",
    "in 2026",
    "5 years ago",
    "a 57-year-old",
    "five boats left the harbour",
    "three cargo ships",
    "2026年11月10日",
    "3艘军舰",
    "第八轮磋商",
    "穿透规则",
    "每年",
]


def test_a_number_without_a_measure_is_no_amount() -> None:
    assert [text for text in NO_AMOUNTS if read_quantities(text, "en")] == []


def test_from_one_share_to_another_is_a_change_not_a_range() -> None:
    shares = [one[2] for one in read_quantities("cut the rate from 57% to 47%", "en")]
    assert [(one.low, one.high) for one in shares] == [(57, 57), (47, 47)]


def test_a_part_of_a_whole_has_the_measure_of_the_whole() -> None:
    part, whole = (
        one[2] for one in read_quantities("China has bought 7 million of the 12 million tonnes it pledged", "en")
    )
    assert (part.low, part.unit, part.basis, part.reading) == (7 * MT, "t", "booked", True)
    assert (whole.low, whole.basis, whole.reading) == (12 * MT, "pledged", False)


BASES = [
    ("China agreed to buy 12 million tonnes", "pledged"),
    ("Beijing will purchase at least 25 million tonnes a year", "pledged"),
    ("a commitment of 12 million tonnes", "pledged"),
    ("halfway to the target of 12 million tonnes", "pledged"),
    ("Sinograin bought 10 cargoes of soybeans", "booked"),
    ("exporters reported sales of 132,000 tons to China", "booked"),
    ("USDA reported export sales of 332,000 MT", "booked"),
    ("COFCO has booked 600,000 tonnes", "booked"),
    ("600,000 tonnes were loaded at Gulf terminals", "shipped"),
    ("inspections of 60,000 tons for China", "shipped"),
    ("shipments of 1.2 million tonnes", "shipped"),
    ("customs data showed 1.2 million tonnes", "arrived"),
    ("600,000 tonnes arrived in November", "arrived"),
    ("China imported 1.2 million tonnes of US beans", "arrived"),
    ("12 million tonnes", ""),
    ("中方承诺采购1200万吨", "pledged"),
    ("中国将每年采购2500万吨大豆", "pledged"),
    ("中储粮采购了60万吨大豆", "booked"),
    ("60万吨大豆已装船", "shipped"),
    ("60万吨大豆运抵大连港", "arrived"),
    ("海关数据显示120万吨", "arrived"),
]


def test_the_basis_is_the_nearest_word_for_it() -> None:
    assert [(text, only(text).basis) for text, basis in BASES] == [(text, basis) for text, basis in BASES]


PERIODS = [
    ("bought 8 million tonnes in calendar year 2026", "calendar-2026"),
    ("12 million tonnes by the end of 2025", "calendar-2025"),
    ("sales of 4 million tonnes for the 2025/26 marketing year", "marketing-2025"),
    ("4 million tonnes in marketing year 2025", "marketing-2025"),
    ("7 million tonnes since the Busan summit", "since-deal"),
    ("7 million tonnes since the deal", "since-deal"),
    ("at least 25 million tonnes a year", ""),
    ("2026年采购2500万吨", "calendar-2026"),
    ("釜山会晤以来采购700万吨", "since-deal"),
]


def test_the_period_stands_in_the_same_sentence() -> None:
    assert [(text, only(text).period) for text, period in PERIODS] == [(text, period) for text, period in PERIODS]


READINGS = [
    ("purchases so far total 7 million tonnes", True),
    ("purchases reached 10 million tonnes", True),
    ("China has bought 12 million tonnes of soybeans", True),
    ("8 million tonnes have been sold to date", True),
    ("累计采购1000万吨", True),
    ("截至目前已采购700万吨", True),
    ("COFCO bought 10 cargoes of soybeans", False),
    ("exporters sold 132,000 tons to China", False),
    ("China agreed to buy a total of 12 million tonnes", False),
    ("中粮购买了10船大豆", False),
]


def test_a_count_so_far_is_told_from_one_purchase() -> None:
    assert [(text, only(text).reading) for text, reading in READINGS] == [(text, reading) for text, reading in READINGS]


def test_a_lot_and_the_total_it_brings_are_told_apart_in_one_sentence() -> None:
    text = "China bought 10 cargoes this week, bringing the total to 4 million tonnes"
    assert [one[2].reading for one in read_quantities(text, "en")] == [False, True]


def test_a_word_in_another_sentence_gives_no_basis() -> None:
    found = read_quantities("Talks continued on Friday. Beijing bought nothing. It is 12 million tonnes.", "en")
    assert [one[2].basis for one in found] == [""]


@given(st.text(max_size=60), st.sampled_from([row[0] for row in AMOUNTS]), st.text(max_size=60))
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
    ("for {} months", 30, "days"),
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
    ("延长{}个月", 30, "days"),
]
CARGOES = [
    "{} soybean cargoes",
    "{} cargoes of soybeans",
    "{} boatloads of soybeans",
    "{} vessels of soybeans",
    "{}船大豆",
    "{}艘船的大豆",
]
_ONES = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen"
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


def test_numbers_joined_by_or_are_a_range_unless_only_the_first_has_a_scale() -> None:
    cases = [
        ("12 or 15 million tonnes", 12 * MT, 15 * MT),
        ("10 million or 12 million tonnes", 10 * MT, 12 * MT),
        ("10 million or 12 tonnes", 12, 12),
    ]
    assert [(text, (only(text).low, only(text).high)) for text, low, high in cases] == [
        (text, (low, high)) for text, low, high in cases
    ]


def test_a_half_after_tenths_is_half_of_a_tenth() -> None:
    assert [(one.low, one.high, one.unit) for one in (only("降低三成半"), only("降低三成"))] == [
        (35, 35, "pct"),
        (30, 30, "pct"),
    ]


def test_lots_of_one_size_add_up_unless_their_number_is_none_or_a_year() -> None:
    cases = [
        ("five cargoes of 60,000 tonnes each", [300_000]),
        ("zero cargoes of 60,000 tonnes each", [0, 60_000]),
        ("2025 cargoes of 60,000 tonnes each", [2025 * 60_000, 60_000]),
    ]
    assert [(text, [one[2].low for one in read_quantities(text, "en")]) for text, _ in cases] == [
        (text, amounts_read) for text, amounts_read in cases
    ]
