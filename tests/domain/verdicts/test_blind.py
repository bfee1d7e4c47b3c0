"""What time alone would say of a promise, while nobody was reading and after."""

from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.model.changes import notation
from monitor.domain.model.commitments import Commitment
from monitor.domain.model.enums import Effect, FlagKind, Outlook, ReasonCode, Standing, Tier, TransitionKind
from monitor.domain.model.news import Publisher, Signal
from monitor.domain.model.policy import Policy
from monitor.domain.model.publishers import PublisherNames, Publishers
from monitor.domain.model.reasons import DuePassed, Unread
from monitor.domain.model.verdicts import BlindSpan, Decision, DecisionInput, ReadSpan, Verdict
from monitor.domain.verdicts.blind import able_sources, blind_spans, unread_at
from monitor.domain.verdicts.decide import decide, initial_verdict
from tests.builders.domain_values import (
    at,
    commitment,
    due,
    expiry,
    from_cn,
    from_us,
    in_force,
    pledged,
    rulebook,
    until,
)

POLICY = Policy()
SOURCES = ("wire", "paper", "ministry")
TRUCE = in_force(expiry("2026-11-10"))
START = initial_verdict(TRUCE, at("2025-10-02"))
SALE = commitment(baselines=(replace(pledged()[0], deadlines=(due("2026-11-10"),)),), grace_days=20)
"""The day is over at 00:00 UTC on 11 November."""


def read(*spans: tuple[str, str]) -> list[ReadSpan]:
    return [ReadSpan(at(since), at(until)) for since, until in spans]


def blind(now: str, *spans: tuple[str, str]) -> tuple[BlindSpan, ...]:
    return blind_spans(read(*spans), SOURCES, POLICY, at(now))


def decided(
    of: Commitment,
    now: str,
    *spans: tuple[str, str],
    signals: tuple[Signal, ...] = (),
    published: Verdict | None = None,
) -> Decision:
    """The decision where sources were read in these spans."""
    start = initial_verdict(of, at("2025-10-02"))
    case = DecisionInput(of, start, signals, (), published or start, blind=blind(now, *spans))
    return decide(case, {}, rulebook(of), at(now))


def flags(decision: Decision) -> dict[FlagKind, str]:
    return {flag.kind: flag.subject for flag in decision.verdict.flags}


DIED = ("2026-01-01", "2026-10-20 08:00")
BACK = ("2026-11-14 08:00", "2026-11-14 20:00")
LONG_BACK = ("2026-11-14 08:00", "2026-11-20")


def test_an_expiry_that_passes_while_nobody_reads_is_overdue_and_unchecked_and_has_not_lapsed() -> None:
    found = decided(TRUCE, "2026-11-11", DIED)
    assert (found.verdict.standing, found.verdict.outlook) == (Standing.IN_FORCE, Outlook.AT_RISK)
    assert flags(found) == {FlagKind.UNCHECKED: "truce", FlagKind.OVERDUE: "truce"}
    (status,) = [t for t in found.transitions if t.kind is TransitionKind.STATUS]
    assert status.reason.code is ReasonCode.UNCHECKED
    names = ("wire", "paper", "ministry")
    assert status.reason.detail == Unread("truce", "expiry", date(2026, 11, 10), 3, names, date(2026, 10, 20))


def test_a_date_within_half_a_day_of_the_last_answer_counts_as_read() -> None:
    shortly_before = ("2026-01-01", "2026-11-10 12:00")
    assert decided(TRUCE, "2026-11-11", shortly_before).verdict.standing is Standing.LAPSED
    assert decided(TRUCE, "2026-12-24", shortly_before).verdict.standing is Standing.LAPSED, (
        "nor is it taken back later"
    )
    too_early = ("2026-01-01", "2026-11-10 11:59")
    assert decided(TRUCE, "2026-11-11", too_early).verdict.standing is Standing.IN_FORCE


def test_the_next_answer_makes_up_for_a_short_gap() -> None:
    short = (("2026-01-01", "2026-11-10 02:00"), ("2026-11-11 09:00", "2026-11-11 09:00"))
    assert flags(decided(TRUCE, "2026-11-11 08:00", short[0]))[FlagKind.UNCHECKED] == "truce"
    found = decided(TRUCE, "2026-11-11 09:00", *short)
    assert (found.verdict.standing, flags(found)) == (Standing.LAPSED, {})


def test_after_a_long_gap_the_clocks_verdict_follows_a_day_of_reading_and_is_told_once() -> None:
    published = decided(TRUCE, "2026-11-11", DIED).verdict
    again = decided(TRUCE, "2026-11-14 20:00", DIED, BACK, published=published)
    assert (again.transitions, again.next_due) == ((), at("2026-11-15 08:00"))
    detail = again.verdict.why.detail
    assert isinstance(detail, Unread)
    assert (detail.since, detail.until) == (date(2026, 10, 20), date(2026, 11, 14))
    lapsed = decided(TRUCE, "2026-11-15 08:00", DIED, LONG_BACK, published=again.verdict)
    assert [notation(t.change) for t in lapsed.transitions] == [("at_risk", "lapsed")]
    assert (lapsed.verdict.since, flags(lapsed)) == (at("2026-11-11"), {})
    assert decided(TRUCE, "2026-11-19", DIED, LONG_BACK, published=lapsed.verdict).transitions == ()


def test_reading_that_breaks_off_makes_up_for_nothing_and_reading_with_pauses_of_a_night_does() -> None:
    broken = (DIED, ("2026-11-14 08:00", "2026-11-14 20:00"), ("2026-11-20", "2026-11-20 05:00"))
    assert decided(TRUCE, "2026-11-20 05:00", *broken).verdict.standing is Standing.IN_FORCE
    days = (DIED, ("2026-11-14 08:00", "2026-11-14 17:00"), ("2026-11-15 09:00", "2026-11-15 17:00"))
    assert decided(TRUCE, "2026-11-15 17:00", *days).verdict.standing is Standing.LAPSED


def test_gaps_before_a_short_one_and_within_the_day_that_makes_up_wait_for_their_end() -> None:
    spans = (DIED, ("2026-11-14 08:00", "2026-11-14 09:00"), ("2026-11-14 22:00", "2026-11-16"))
    assert decided(
        TRUCE, "2026-11-15 07:59", *spans[:2], ("2026-11-14 22:00", "2026-11-15 07:59")
    ).verdict.standing is (Standing.IN_FORCE)
    assert decided(TRUCE, "2026-11-15 08:00", *spans).verdict.standing is Standing.LAPSED
    later = in_force(expiry("2026-11-13"))
    part = (DIED, ("2026-11-13 20:00", "2026-11-14 19:00"))
    assert FlagKind.UNCHECKED in flags(decided(later, "2026-11-14 19:00", *part))
    whole = (DIED, ("2026-11-13 20:00", "2026-11-14 20:00"))
    assert decided(later, "2026-11-14 20:00", *whole).verdict.standing is Standing.LAPSED


def test_an_extension_found_after_the_gap_keeps_the_promise_in_force() -> None:
    published = decided(TRUCE, "2026-11-11", DIED).verdict
    happened = "2026-10-30 08:00"
    news = (
        from_us(Effect.DEADLINE, happened, date=until("2027-11-10")),
        from_cn(Effect.DEADLINE, "2026-10-30 09:00", date=until("2027-11-10")),
    )
    found = decided(TRUCE, "2026-11-14 20:00", DIED, BACK, signals=news, published=published)
    assert (found.verdict.status, flags(found)) == (Standing.IN_FORCE, {})
    (status,) = [t for t in found.transitions if t.kind is TransitionKind.STATUS]
    assert (status.reason.code, status.happened) == (ReasonCode.DEADLINE, found.transitions[0].at), "it is news now"
    later = decided(TRUCE, "2026-11-16", DIED, LONG_BACK, signals=news, published=found.verdict)
    assert later.transitions == ()


def test_a_due_date_that_is_overdue_indeed_is_told_once_when_it_has_been_checked() -> None:
    published = decided(SALE, "2026-11-11", DIED).verdict
    found = decided(SALE, "2026-11-15 08:00", DIED, LONG_BACK, published=published)
    assert [notation(t.change) for t in found.transitions] == [("unchecked", "confirmed")]
    assert found.transitions[0].reason.detail == DuePassed("delivery", date(2026, 11, 10))
    assert flags(found) == {FlagKind.OVERDUE: "delivery"}


def test_the_first_date_of_a_moved_promise_is_not_missed_while_nobody_reads() -> None:
    moved = (
        from_us(Effect.DEADLINE, "2026-10-01", date=until("2026-12-20", "due")),
        from_cn(Effect.DEADLINE, "2026-10-01 05:00", date=until("2026-12-20", "due")),
    )
    found = decided(SALE, "2026-11-12", DIED, signals=moved)
    assert FlagKind.UNCHECKED in flags(found)
    assert "missed" not in {d.state for d in found.verdict.deadlines}
    checked = decided(SALE, "2026-11-15 08:00", DIED, LONG_BACK, signals=moved, published=found.verdict)
    assert [notation(t.change) for t in checked.transitions] == [("2026-11-10", "missed")]


def test_a_long_silence_is_unchecked_where_nobody_was_reading() -> None:
    quiet = commitment(stale_days=30, baselines=(replace(pledged()[0], as_of=date(2026, 10, 12)),))
    start = initial_verdict(quiet, at("2026-10-13"))

    def now(moment: str, *spans: tuple[str, str]) -> dict[FlagKind, str]:
        case = DecisionInput(quiet, start, (), (), start, blind=blind(moment, *spans))
        return flags(decide(case, {}, rulebook(quiet), at(moment)))

    assert now("2026-11-12", DIED) == {FlagKind.UNCHECKED: "news"}
    assert now("2026-11-15 08:00", DIED, LONG_BACK) == {FlagKind.STALE: "news"}


def test_a_baseline_says_nothing_of_the_time_before_it() -> None:
    newer = replace(TRUCE, baselines=(*TRUCE.baselines, replace(TRUCE.baselines[0], as_of=date(2026, 11, 15))))
    found = decided(newer, "2026-11-20", DIED)
    assert (found.verdict.standing, found.verdict.baseline) == (Standing.IN_FORCE, TRUCE.baselines[0].as_of)
    assert FlagKind.UNCHECKED in flags(found)
    base = replace(TRUCE.baselines[0], as_of=date(2026, 11, 15))
    later = replace(TRUCE, baselines=(base,))
    start = initial_verdict(later, at("2026-11-16"))
    case = DecisionInput(later, start, (), (), start, blind=blind("2026-11-16"))
    assert decide(case, {}, rulebook(later), at("2026-11-16")).verdict.standing is Standing.LAPSED
    published = decided(SALE, "2026-11-20").verdict
    found = decided(SALE, "2026-11-21", ("2026-11-20", "2026-11-21"), published=published)
    assert (found.transitions, flags(found)) == ((), {FlagKind.OVERDUE: "delivery"})
    found = decided(TRUCE, "2026-11-20")
    assert found.verdict.standing is Standing.IN_FORCE
    assert isinstance(found.verdict.why.detail, Unread)
    assert (found.verdict.why.detail.sources, found.verdict.why.detail.since) == (3, date(2025, 10, 1))
    first_day = ("2026-11-20", "2026-11-20 10:00")
    assert FlagKind.UNCHECKED in flags(decided(TRUCE, "2026-11-20 10:00", first_day))
    assert decided(TRUCE, "2026-11-21", ("2026-11-20", "2026-11-21")).verdict.standing is Standing.LAPSED


def test_only_polled_feeds_of_weight_are_eyes() -> None:
    assert blind_spans([], (), POLICY, at("2026-11-20")) == ()
    wire, blog = Publisher("Wire", Tier.WIRE, owner="Wire"), Publisher("Aggregator", Tier.AGGREGATOR, owner="A")
    known = Publishers([PublisherNames(wire), PublisherNames(blog)])
    feeds = [SimpleNamespace(name=name.lower(), publisher=name) for name in ("Wire", "Aggregator", "Somebody")]
    assert able_sources(feeds, known, POLICY) == ("wire", "aggregator")
    assert able_sources(feeds[2:], known, POLICY) == ("somebody",)


@given(st.lists(st.tuples(st.integers(1, 90), st.integers(0, 60)), min_size=1, max_size=6), st.integers(0, 200))
def test_what_was_read_or_made_up_for_stays_so_whatever_is_read_later(gaps: list[tuple[int, int]], hours: int) -> None:
    spans, end = list[ReadSpan](), at("2026-11-01")
    for gap, length in gaps:  # hours without an answer, and hours of answers after them
        since = end + timedelta(hours=gap)
        end = since + timedelta(hours=length)
        spans.append(ReadSpan(since, end))
    moment, now, checked = at("2026-11-01") + timedelta(hours=hours), at("2026-11-01"), False
    while now < end + timedelta(days=4):
        known = [ReadSpan(span.since, min(span.until, now)) for span in spans if span.since <= now]
        found = blind_spans(known, SOURCES, POLICY, now)
        if now >= moment:
            is_checked = unread_at(found, START, moment, now) is None
            assert is_checked or not checked, now
            checked = is_checked
        now += timedelta(hours=5)


def test_nothing_ripens_while_no_source_is_read() -> None:
    begun = commitment(baselines=(replace(pledged()[0], standing=Standing.IN_PROGRESS),))
    assert decided(begun, "2025-10-16", ("2025-10-09", "2025-10-11")).verdict.standing is Standing.IN_PROGRESS
    read_again = (("2025-10-09", "2025-10-11"), ("2025-10-16", "2025-10-19"))
    assert decided(begun, "2025-10-19", *read_again).verdict.standing is Standing.IN_FORCE
