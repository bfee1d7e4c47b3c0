from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.extract.dates import read_dates
from monitor.domain.model import DateMention
from monitor.domain.text.writing_systems import language_of
from tests.builders.phrase_cases import dates, phrases, shown

PUBLISHED = date(2025, 11, 1)


def read(text: str, published: date = PUBLISHED) -> list[DateMention]:
    return [one[2] for one in read_dates(text, "en", published=published)]


DATES = [
    ("The truce runs until 10 November 2026", date(2026, 11, 10), "day", "expiry"),
    ("suspended through Nov. 10, 2026", date(2026, 11, 10), "day", "expiry"),
    ("on November 10th, 2026", date(2026, 11, 10), "day", ""),
    ("expires on 10 Nov 2026", date(2026, 11, 10), "day", "expiry"),
    ("which expires November 10", date(2025, 11, 10), "day", "expiry"),
    ("extended to January 10", date(2026, 1, 10), "day", "expiry"),
    ("due by 31 December", date(2025, 12, 31), "day", "due"),
    ("a Nov. 10 deadline", date(2025, 11, 10), "day", "due"),
    ("before 2026-11-10", date(2026, 11, 10), "day", "due"),
    ("no later than Sept. 30", date(2025, 9, 30), "day", "due"),
    ("the visit was postponed to May 14", date(2026, 5, 14), "day", "due"),
    ("moved back until May 14", date(2026, 5, 14), "day", "due"),
    ("takes effect on 10 November", date(2025, 11, 10), "day", "start"),
    ("effective Nov. 10", date(2025, 11, 10), "day", "start"),
    ("starting November 10", date(2025, 11, 10), "day", "start"),
    ("after the Oct. 30 summit", date(2025, 10, 30), "day", ""),
    ("by the end of February", date(2026, 2, 28), "day", "due"),
    ("end of February 2028", date(2028, 2, 29), "day", ""),
    ("by year-end", date(2025, 12, 31), "month", "due"),
    ("by the end of the year", date(2025, 12, 31), "month", "due"),
    ("by the end of next year", date(2026, 12, 31), "month", "due"),
    ("end-2025", date(2025, 12, 31), "month", ""),
    ("by end of 2025", date(2025, 12, 31), "month", "due"),
    ("early next year", date(2026, 3, 31), "quarter", ""),
    ("in early 2026", date(2026, 3, 31), "quarter", ""),
    ("in the first quarter of 2026", date(2026, 3, 31), "quarter", ""),
    ("by Q2 2026", date(2026, 6, 30), "quarter", "due"),
    ("in the second half of 2026", date(2026, 12, 31), "quarter", ""),
    ("in January 2027", date(2027, 1, 31), "month", ""),
    ("from January 2027", date(2027, 1, 1), "month", "start"),
    ("by January", date(2026, 1, 31), "month", "due"),
    ("leaders may meet in May", date(2026, 5, 31), "month", ""),
    ("signed in September", date(2025, 9, 30), "month", ""),
    ("in February of last year", date(2024, 2, 29), "month", ""),
    ("next month", date(2025, 12, 31), "month", ""),
    ("through 2028", date(2028, 12, 31), "year", "expiry"),
    ("by 2028", date(2028, 12, 31), "year", "due"),
    ("within 30 days", date(2025, 12, 1), "day", "due"),
    ("至2026年11月10日", date(2026, 11, 10), "day", "expiry"),
    ("延长至2027年1月10日", date(2027, 1, 10), "day", "expiry"),
    ("2026年11月10日到期", date(2026, 11, 10), "day", "expiry"),
    ("自2025年11月10日起", date(2025, 11, 10), "day", "start"),
    ("自11月10日13时01分起", date(2025, 11, 10), "day", "start"),
    ("11月10日前", date(2025, 11, 10), "day", "due"),
    ("2026年11月10日之前", date(2026, 11, 10), "day", "due"),
    ("推迟至5月14日", date(2026, 5, 14), "day", "due"),
    ("下月10日", date(2025, 12, 10), "day", ""),
    ("十一月十日", date(2025, 11, 10), "day", ""),
    ("明年1月", date(2026, 1, 31), "month", ""),
    ("2027年1月", date(2027, 1, 31), "month", ""),
    ("年底前", date(2025, 12, 31), "month", "due"),
    ("今年年底", date(2025, 12, 31), "month", ""),
    ("2026年底", date(2026, 12, 31), "month", ""),
    ("11月底", date(2025, 11, 30), "day", ""),
    ("明年初", date(2026, 3, 31), "quarter", ""),
    ("明年上半年", date(2026, 6, 30), "quarter", ""),
    ("2026年第一季度", date(2026, 3, 31), "quarter", ""),
    ("截至10月31日", date(2025, 10, 31), "day", ""),
    ("在30天内", date(2025, 12, 1), "day", "due"),
    ("暫停至2026年11月10日", date(2026, 11, 10), "day", "expiry"),
]


def test_a_date_is_read_with_its_role() -> None:
    found = {text: [(one.date, one.precision, one.role) for one in read(text)] for text, *_ in DATES}
    assert found == {text: [(day, precision, role)] for text, day, precision, role in DATES}


NO_DATES = [
    "it may not",
    "in march order",
    "by 10 percent",
    "12 million tonnes",
    "Section 301",
    "for one year",
    "延长两个月",
    "暂停一年",
    "30 Feb.",
    "2月30日",
    "H20 chips",
    "24/7",
    "ratio of 10-11",
]


def test_words_that_name_no_day_are_no_date() -> None:
    assert [text for text in NO_DATES if read(text)] == []


def test_a_term_ends_where_its_start_in_the_same_sentence_says() -> None:
    start, end = read("Effective Nov. 10, 2025 the duty is suspended for one year.")
    assert (start.date, start.role) == (date(2025, 11, 10), "start")
    assert (end.date, end.role, end.text) == (date(2026, 11, 10), "expiry", "one year")


def test_a_chinese_term_ends_where_its_start_says() -> None:
    assert [(one.date, one.role) for one in read("自2025年11月10日起，暂停加征关税一年")] == [
        (date(2025, 11, 10), "start"),
        (date(2026, 11, 10), "expiry"),
    ]


def test_from_one_date_to_another_has_a_start_and_an_expiry() -> None:
    assert [(one.date, one.role) for one in read("from November 10 to January 10")] == [
        (date(2025, 11, 10), "start"),
        (date(2026, 1, 10), "expiry"),
    ]


def test_a_length_of_time_may_begin_with_a_round_zero() -> None:
    assert [mention.date for _, _, mention in read_dates("在〇五天内完成", "zh", published=PUBLISHED)] == [
        date(2025, 11, 6)
    ]


def test_a_past_day_without_a_year_is_not_moved_to_the_next_one() -> None:
    assert read("talks held on October 12")[0].date == date(2025, 10, 12)


def test_an_expiry_without_a_year_lies_ahead() -> None:
    assert read("in force until November 10", published=date(2026, 2, 20))[0].date == date(2026, 11, 10)


@given(st.text(max_size=60), st.sampled_from([row[0] for row in DATES]), st.text(max_size=60))
def test_offsets_are_exact_and_spans_do_not_overlap(before: str, words: str, after: str) -> None:
    text, last = f"{before} {words} {after}", 0
    for start, end, found in read_dates(text, "zh", published=PUBLISHED):
        assert last <= start < end <= len(text)
        assert text[start:end] == found.text
        last = end


@given(
    st.dates(date(2000, 1, 1), date(2090, 12, 31)),
    st.sampled_from(["%d %B %Y", "%B %d, %Y", "%Y-%m-%d", "%Y年%m月%d日"]),
)
def test_a_full_date_is_the_same_whatever_the_day_of_publication(day: date, form: str) -> None:
    written = day.strftime(form)
    assert (
        [one.date for one in read(f"on {written}")]
        == [one.date for one in read(f"on {written}", date(1999, 1, 1))]
        == [day]
    )


@given(st.dates(date(2020, 1, 1), date(2035, 12, 31)), st.integers(-150, 150))
def test_a_day_without_a_year_is_the_nearest_one(published: date, away: int) -> None:
    day = published + timedelta(days=away)
    if (day.month, day.day) != (2, 29):
        assert read(f"{day.strftime('%B')} {day.day}", published)[0].date == day


KNOWN_WRONG = {
    "extend the truce from Nov. 10 to Jan. 10, 2027": "the old day's year could be told only from the new one's"
}


def test_every_date_of_a_phrase_is_read() -> None:
    wrong = {}
    for published, text, expected in phrases("dates"):
        read_in_it = read_dates(text, language_of(text), published=date.fromisoformat(published))
        found = [shown(one[2]) for one in read_in_it]
        if found != dates(expected):
            wrong[text] = found
    assert wrong.keys() == KNOWN_WRONG.keys(), wrong


def test_the_29th_of_february_is_that_of_the_nearest_leap_year() -> None:
    assert read("due by 29 February", date(2026, 1, 20))[0].date == date(2028, 2, 29)
    assert read("due by 29 February", date(2024, 11, 20))[0].date == date(2024, 2, 29)


def test_a_weekday_ahead_that_has_passed_this_week_is_the_next_weeks() -> None:
    saturday = date(2025, 11, 1)
    assert read("by Friday", saturday)[0].date == date(2025, 11, 7)
    assert read("by Sunday", saturday)[0].date == date(2025, 11, 2)


@pytest.mark.parametrize("text", ["the last 15 months of the year", "the last 60 weeks of 2026"])
def test_more_weeks_or_months_than_a_year_has_are_no_end_of_it(text: str) -> None:
    assert read(text) == []


def test_a_term_in_another_sentence_than_its_start_ends_at_no_day() -> None:
    starts = "The rule takes effect on 10 November 2025"
    assert [one.role for one in read(f"{starts} for one year.")] == ["start", "expiry"]
    assert [one.role for one in read(f"{starts}. The levy is suspended for one year.")] == ["start"]


def test_a_length_of_time_that_leads_out_of_the_calendar_is_no_deadline() -> None:
    assert [one.date for one in read("within 60 days")] == [date(2025, 12, 31)]
    assert read("within 2,000 days") == []
