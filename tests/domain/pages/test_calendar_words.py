"""What a date of the calendar says, in words."""

from collections.abc import Sequence
from datetime import timedelta

from monitor.domain.model import Deadline, Outlook, PublishedVerdict, Standing
from monitor.domain.pages.calendar_dates import CalendarDate, date_description, date_title, dates_of
from tests.builders.domain_values import PARTIES
from tests.builders.golden_wording import GoldenWording
from tests.builders.message_values import NOW, commitment, context, verdict
from tests.builders.published_material import named, record

KNOWN = commitment(topic="Truce", owed_by="cn+us", name="Both keep the truce")
AGREED, CLAIMED = [named("2026-04-01", evidence=("s1",))], [named("2026-04-01", "us", "claimed")]


def after(*steps: Sequence[Deadline]) -> CalendarDate:
    dates = dates_of(record(*((NOW + timedelta(days=day), dates) for day, dates in enumerate(steps))))
    return dates["truce", ""]


def title(*steps: Sequence[Deadline]) -> str:
    return date_title(after(*steps), KNOWN, PARTIES)


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
    assert date_title(dates["truce", ""], KNOWN, PARTIES) == "Truce: The truce ends (lapsed)"


def test_the_description_has_the_meaning_of_the_day_who_names_it_status_and_evidence(wording: GoldenWording) -> None:
    wording(text(AGREED))
    wording(text(CLAIMED))
    wording(text(AGREED, [named("2026-04-02")], [named("2026-04-03")]))
    wording(text(AGREED, []))
    wording(text([named("2026-04-30", precision="month")]))


def test_a_claim_that_ended_says_so(wording: GoldenWording) -> None:
    claim = named("2026-06-01", "us", "claimed")
    dates = dates_of(record((NOW, [*AGREED, claim]), (NOW, AGREED)))
    ended = dates["truce", "us"]
    wording(date_title(ended, KNOWN, PARTIES))
    wording(date_description(ended, KNOWN, context()))
