from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.extract.dates import read_dates
from monitor.domain.model import DateMention
from monitor.domain.text.writing_systems import language_of
from tests.builders.phrase_cases import dates, phrases, shown

PUBLISHED = date(2025, 11, 1)


def read(text: str, published: date = PUBLISHED) -> list[DateMention]:
    return [one[2] for one in read_dates(text, "en", published=published)]


@given(st.text(max_size=60), st.sampled_from([text for _, text, _ in phrases("dates")]), st.text(max_size=60))
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


def test_a_day_since_which_something_holds_is_past() -> None:
    ((_, _, found),) = read_dates("It will end duties announced since 4 March", "en", published=date(2025, 11, 1))
    assert (found.date, found.role) == (date(2025, 3, 4), "start")
