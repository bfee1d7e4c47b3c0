"""What a date of the calendar says, in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from monitor.domain.pages.data_files.calendar_dates import CalendarDate, dates_of
from monitor.domain.pages.data_files.calendar_words import date_description, date_title

from monitor.domain.model import Deadline, Outlook, PublishedVerdict, Standing
from tests.builders.domain_values import NONE_DECLARED
from tests.builders.message_values import NOW, commitment, context, verdict
from tests.builders.published_material import named, record

KNOWN = commitment(topic="Truce", owed_by="both", name="Both keep the truce")
AGREED, CLAIMED = [named("2026-04-01", evidence=("s1",))], [named("2026-04-01", "us", "claimed")]


def after(*steps: Sequence[Deadline]) -> CalendarDate:
    dates = dates_of(record(*((NOW + timedelta(days=day), dates) for day, dates in enumerate(steps))))
    return dates["truce", ""]


def title(*steps: Sequence[Deadline]) -> str:
    return date_title(after(*steps), KNOWN, NONE_DECLARED)


def text(*steps: Sequence[Deadline]) -> str:
    return "\n".join(date_description(after(*steps), KNOWN, context()))


def test_the_title_says_what_falls_on_the_day_and_who_alone_says_so() -> None:
    assert title(AGREED) == "Truce: The truce ends"
    assert title(CLAIMED) == "Truce: The truce ends (only the US says so)"
    assert title(AGREED, []) == "Truce: The truce ends (no longer named)"
    assert title([named("2026-04-30", precision="month")]) == "Truce: The truce ends (only the month is named)"


def test_the_title_of_a_settled_date_says_how_it_ended() -> None:
    ended = verdict(standing=Standing.LAPSED, outlook=Outlook.STEADY, deadlines=(named("2026-04-01", state="lapsed"),))
    dates = dates_of([PublishedVerdict(NOW, ended)])
    assert date_title(dates["truce", ""], KNOWN, NONE_DECLARED) == "Truce: The truce ends (lapsed)"


def test_the_description_says_what_the_day_means_who_names_it_how_it_stands_and_on_what_evidence() -> None:
    assert text(AGREED).splitlines() == [
        "Both keep the truce.",
        "It holds until the end of this day (UTC), unless it is extended.",
        "Both sides name this date.",
        "The promise stands at AT RISK.",
        "“Buyers have put off two cargoes” (Harbour Wire, 14 Mar 2026 09:30 UTC)",
        "https://news.example/a",
    ]


def test_the_description_names_who_has_not_confirmed_and_the_days_before() -> None:
    assert "Only the US names the date 1 Apr 2026; China has not confirmed it." in text(CLAIMED)
    assert "It was on 1 Apr 2026 and 2 Apr 2026 before." in text(AGREED, [named("2026-04-02")], [named("2026-04-03")])
    assert "No report names this date any more, since 15 Mar 2026." in text(AGREED, [])
    assert "Only the month is named" in text([named("2026-04-30", precision="month")])


def test_a_claim_that_ended_says_so() -> None:
    claim = named("2026-06-01", "us", "claimed")
    dates = dates_of(record((NOW, [*AGREED, claim]), (NOW, AGREED)))
    ended = dates["truce", "us"]
    assert date_title(ended, KNOWN, NONE_DECLARED) == "Truce: The truce ends (no longer counts)"
    told = "The US names it alone no more: it was agreed, withdrawn or settled."
    assert told in date_description(ended, KNOWN, context())
