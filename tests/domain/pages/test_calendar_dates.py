"""A date keeps its identity in the calendar: moves raise its sequence, and its end is told."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from monitor.domain.model import Deadline
from monitor.domain.pages.calendar_dates import KEPT, CalendarDate, DateStatus, calendar_dates, dates_of
from tests.builders.message_values import NOW, verdict
from tests.builders.published_material import SOY, material, named, record

DAY = timedelta(days=1)
MAIN = ("truce", "")


def dated(*steps: Sequence[Deadline], start: datetime = NOW) -> dict[tuple[str, str], CalendarDate]:
    """The calendar after these verdicts, a day apart."""
    return dict(dates_of(record(*((start + DAY * number, dates) for number, dates in enumerate(steps)))))


def test_ten_moves_keep_the_identity_and_raise_the_sequence_each_time() -> None:
    steps: list[list[Deadline]] = [[named("2026-04-01")]]
    seen = []
    for number in range(1, 11):
        steps.append([named(f"2026-05-{number:02}")])
        seen.append(dated(*steps)[MAIN])
    assert {each.identity for each in seen} == {dated(steps[0])[MAIN].identity}
    assert [each.sequence for each in seen] == list(range(1, 11))
    assert seen[-1].moves[:2] == (date(2026, 4, 1), date(2026, 5, 1))

    gone = dated(*steps, [])[MAIN]
    assert (gone.status, gone.sequence, gone.record.date) == (DateStatus.CANCELLED, 11, date(2026, 5, 10))
    back = dated(*steps, [], [named("2026-05-10")])[MAIN]
    assert (back.status, back.sequence, back.identity) == (DateStatus.CONFIRMED, 12, gone.identity)


def test_a_date_superseded_by_none_is_cancelled_and_stays_as_it_was() -> None:
    assert dated([named("2026-04-01")], [], [], [])[MAIN] == dated([named("2026-04-01")], [])[MAIN]
    assert dated([named("2026-04-01")], [named("2026-04-01", state="superseded")])[MAIN].status is DateStatus.CANCELLED


def test_what_one_side_claims_is_tentative_until_the_other_names_it() -> None:
    claimed, agreed = [named("2026-04-01", "us", "claimed")], [named("2026-04-01")]
    assert dated(claimed)[MAIN].status is DateStatus.TENTATIVE
    after = dated(claimed, agreed)[MAIN]
    assert (after.status, after.sequence, after.moves) == (DateStatus.CONFIRMED, 1, ())


def test_a_claim_beside_the_agreed_date_is_a_date_of_its_own_and_ends_when_it_is_agreed() -> None:
    old, claim = named("2026-04-01"), named("2026-06-01", "us", "claimed")
    both = dated([old], [old, claim])
    assert (both[MAIN].record.date, both["truce", "us"].record.date) == (date(2026, 4, 1), date(2026, 6, 1))
    assert (len(both), both[MAIN].sequence) == (2, 0)
    agreed = dated([old], [old, claim], [named("2026-04-01", state="superseded"), named("2026-06-01")])
    assert (agreed[MAIN].record.date, agreed[MAIN].sequence) == (date(2026, 6, 1), 1)
    assert agreed["truce", "us"].status is DateStatus.CANCELLED


def test_of_two_claims_without_an_agreed_date_the_earlier_one_counts() -> None:
    dates = dated([named("2026-06-01", "us", "claimed"), named("2026-05-01", "cn", "claimed")])
    assert (dates[MAIN].record.said_by, dates["truce", "us"].record.date) == ("cn", date(2026, 6, 1))


def test_a_date_of_the_press_gives_way_to_the_claim_of_a_side() -> None:
    dates = dated([named("2026-05-01", "press", "claimed"), named("2026-06-01", "us", "claimed")])
    assert (dates[MAIN].record.said_by, dates["truce", "press"].record.date) == ("us", date(2026, 5, 1))


def test_an_announced_meeting_is_a_date_until_it_is_called_off_and_an_announced_act_is_none() -> None:
    summit = named(str((NOW + DAY).date()), "cn", "announced")
    act = replace(summit, what="threat/us")
    assert dated([summit, act])[MAIN].status is DateStatus.TENTATIVE
    assert list(dated([summit, act])) == [MAIN]
    assert dated([replace(summit, said_by="cn+us")])[MAIN].status is DateStatus.CONFIRMED
    assert dated([summit], [])[MAIN].status is DateStatus.TENTATIVE  # it is over
    later = replace(summit, date=(NOW + 9 * DAY).date())
    assert dated([later], [])[MAIN].status is DateStatus.CANCELLED


def test_a_date_that_is_settled_stays_where_it_was() -> None:
    first, then = named("2025-12-31", state="missed"), named("2026-02-28", state="met")
    met = dated([named("2025-12-31")], [first, named("2026-02-28")], [first, then])[MAIN]
    assert (met.record.state, met.record.date, met.status) == ("met", date(2026, 2, 28), DateStatus.CONFIRMED)
    assert (met.sequence, met.is_open) == (1, False)


def test_further_evidence_changes_the_date_and_a_notice_does_not() -> None:
    plain = [named("2026-04-01")]
    noticed = dated(plain, [named("2026-04-01", noticed=30)])[MAIN]
    assert (noticed.changed, noticed.sequence) == (NOW, 0)
    backed = dated(plain, [named("2026-04-01", evidence=("s1",))])[MAIN]
    assert (backed.changed, backed.sequence) == (NOW + DAY, 0)


def test_identities_are_as_they_were_first_published() -> None:
    dates = dated([named("2026-04-01"), named("2026-06-01", "us", "claimed")])
    assert dates[MAIN].identity == "soybean-purchases.16e62ffaf4837ef7"
    assert dates["truce", "us"].identity == "soybean-purchases.c95dac13ddeeefdc"


# ---------------------------------------------------------------- what is kept


def shown(now: datetime, *steps: Sequence[Deadline]) -> list[CalendarDate]:
    published = record(*((NOW + DAY * number, dates) for number, dates in enumerate(steps)))
    return list(calendar_dates(SOY, material(published={SOY: published}, now=now)))


def test_a_date_stays_for_a_year_after_its_day() -> None:
    last = datetime.combine(date(2026, 4, 1) + KEPT, NOW.timetz())
    assert len(shown(last, [named("2026-04-01")])) == 1
    assert shown(last + DAY, [named("2026-04-01")]) == []


def test_a_cancelled_date_stays_for_a_year_after_it_was_cancelled() -> None:
    steps: tuple[list[Deadline], ...] = ([named("2029-04-01")], [])
    assert [each.status for each in shown(NOW + DAY + KEPT, *steps)] == [DateStatus.CANCELLED]
    assert shown(NOW + 2 * DAY + KEPT, *steps) == []


def test_a_promise_never_decided_has_the_dates_of_its_baseline() -> None:
    known = material(published={}, verdicts={SOY: verdict(deadlines=(named("2026-04-01"),))})
    assert [(each.record.date, each.changed) for each in calendar_dates(SOY, known)] == [(date(2026, 4, 1), NOW)]
