"""Deadline records: named by one side or both, moved, rung, overdue, lapsed."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from monitor.domain.model.changes import notation
from monitor.domain.model.commitments import Baseline, Commitment, Deadline
from monitor.domain.model.enums import (
    By,
    Cause,
    Direction,
    Effect,
    FlagKind,
    Kind,
    Modality,
    Outlook,
    Severity,
    Standing,
    TransitionKind,
)
from monitor.domain.model.news import DateMention, Signal
from monitor.domain.model.policy import Policy
from monitor.domain.model.reasons import Named
from monitor.domain.model.verdicts import DecisionInput
from monitor.domain.verdicts.decide import decide, initial_verdict
from tests.builders.domain_values import (
    at,
    commitment,
    dates,
    deadline_moves,
    decided,
    due,
    expiry,
    from_cn,
    from_us,
    in_force,
    quantity_commitment,
    rulebook,
    signal,
    until,
)

TRUCE = in_force(expiry("2026-11-10"))


def test_an_expiry_moved_later_by_both_is_good_news_and_supersedes() -> None:
    moved = [
        from_us(Effect.DEADLINE, "2026-09-23", date=until("2027-01-10")),
        from_cn(Effect.DEADLINE, "2026-09-23 05:00", date=until("2027-01-10")),
    ]
    decision = decided(TRUCE, moved, "2026-09-24")
    assert deadline_moves(decision) == [("2026-11-10", "2027-01-10", Direction.UP)]
    assert dates(decision, "current") == [("2027-01-10", "cn+us")]
    assert dates(decision, "superseded") == [("2026-11-10", "cn+us")]


def test_a_one_sided_later_date_stands_beside_and_the_clock_keeps_to_the_old_one() -> None:
    decision = decided(TRUCE, [from_us(Effect.DEADLINE, "2026-09-23", date=until("2027-01-10"))], "2026-09-24")
    assert dates(decision, "current") == [("2026-11-10", "cn+us")]
    assert dates(decision, "claimed") == [("2027-01-10", "us")]
    (move,) = [t for t in decision.transitions if t.kind is TransitionKind.DEADLINE]
    assert FlagKind.UNCONFIRMED in {f.kind for f in move.flags}


def announced(decision: Any) -> list[tuple[str, str, str]]:
    return [(str(d.date), d.kind, d.said_by) for d in decision.verdict.deadlines if d.state == "announced"]


def starts(day: str, precision: str = "day", text: str = "") -> dict[str, Any]:
    mention = DateMention(date.fromisoformat(day), precision, "start", text)
    return {"date": mention, "starts": mention}


def test_an_announced_act_is_kept_until_its_day_is_past_or_moved() -> None:
    hit = from_us(Effect.THREAT, "2026-09-01", by=By("us"), **starts("2026-11-01"))
    vague = signal(Effect.THREAT, "2026-09-02", by=By("us"), **starts("2026-01-01", "year"))
    later = from_us(Effect.THREAT, "2026-09-03", by=By("us"), **starts("2026-12-01"))
    other = from_us(Effect.SETBACK, "2026-09-03", by=By("cn"), **starts("2026-10-01"))
    assert announced(decided(TRUCE, [hit], "2026-09-02")) == [("2026-11-01", "start", "us")]
    assert announced(decided(TRUCE, [hit, replace(vague, **starts("2026-12-31", "year"))], "2026-09-03")) == [
        ("2026-11-01", "start", "us")
    ]
    assert announced(decided(TRUCE, [hit, later, other], "2026-09-04")) == [("2026-12-01", "start", "us")]
    eased = from_us(Effect.PROGRESS, "2026-09-05", by=By("us"))
    assert announced(decided(TRUCE, [hit, eased], "2026-09-06")) == []
    week = replace(hit, **starts("2026-09-13", "day", "next week"))
    assert announced(decided(TRUCE, [week], "2026-09-02")) == []
    # What the press reports in passing, or one side of another, announces nothing.
    for said in (replace(vague, field="summary", **starts("2026-11-01")), replace(hit, by=By("cn"))):
        assert announced(decided(TRUCE, [said], "2026-09-03")) == []
    both = [hit, signal(Effect.THREAT, "2026-09-02", by=By("us"), **starts("2026-11-01"))]
    assert announced(decided(TRUCE, both, "2026-09-03")) == [("2026-11-01", "start", "us")]
    # What could begin on a day is threatened for it; what could come in a month is only talk.
    could = replace(hit, modality=Modality.RUMOUR)
    assert announced(decided(TRUCE, [could], "2026-09-03")) == [("2026-11-01", "start", "us")]
    assert announced(decided(TRUCE, [replace(could, **starts("2026-11-01", "month"))], "2026-09-03")) == []


def test_a_meeting_keeps_the_first_of_its_days_and_ends_when_it_is_put_off() -> None:
    talks = commitment(kind=Kind.SERIES)
    named = DateMention(date(2026, 3, 17), "day", "", "March 14-17")
    summit = from_cn(Effect.PLEDGE, "2026-03-02", object="leaders' meeting", date=until("2026-04-02", ""))
    round_ = from_cn(Effect.PLEDGE, "2026-03-01", date=named)
    assert announced(decided(talks, [round_, summit], "2026-03-03")) == [
        ("2026-03-14", "start", "cn"),
        ("2026-04-02", "", "cn"),
    ]
    off = signal(Effect.SETBACK, "2026-03-12")
    assert announced(decided(talks, [round_, summit, off], "2026-03-13")) == []
    # It is announced until its last day, which another report of the same first day may name.
    trip = from_us(Effect.PLEDGE, "2026-03-03", date=until("2026-04-04"), starts=starts("2026-04-02")["starts"])
    for told in ([summit, trip], [trip, summit]):
        decision = decided(talks, [round_, *told], "2026-03-05")
        ends = {(d.what, str(d.last_day)) for d in decision.verdict.deadlines}
        assert ends == {("", "2026-03-17"), ("", "2026-04-04"), ("leaders' meeting", "2026-04-04")}
    late = signal(Effect.PROGRESS, "2026-03-16")
    assert announced(decided(talks, [round_, late], "2026-03-17")) == [("2026-03-14", "start", "cn")]
    week = from_cn(Effect.PLEDGE, "2026-03-02", date=DateMention(date(2026, 3, 15), text="next week"))
    assert announced(decided(talks, [week], "2026-03-03")) == [("2026-03-15", "", "cn")]
    moved = from_us(Effect.PLEDGE, "2026-03-04", object="leaders' meeting", date=until("2026-05-14", ""))
    assert announced(decided(talks, [summit, moved], "2026-03-05")) == [("2026-05-14", "", "us")]
    # Of a hope the day is announced only where it is that of a meeting.
    thursday = DateMention(date(2026, 3, 5), text="Thursday")
    hope = from_us(Effect.PLEDGE, "2026-03-02", modality=Modality.RUMOUR, date=thursday)
    for quote, days in (
        ("He may strike a deal at their meeting Thursday", [("2026-03-05", "", "us")]),
        ("They may meet Thursday", []),
    ):
        assert announced(decided(talks, [replace(hope, quote=quote)], "2026-03-03")) == days


def test_a_named_meeting_without_a_day_is_awaited_until_it_has_one_or_the_talks_are_met_or_it_is_put_off() -> None:
    talks = commitment(kind=Kind.SERIES)
    meeting: dict[str, Any] = {"object": "leaders' meeting"}
    planned = from_cn(Effect.PLEDGE, "2026-03-02", **meeting)

    def awaited(*later: Signal, day: str = "2026-03-10") -> list[str]:
        stands = decided(talks, [planned, *later], day)
        return [d.what for d in stands.verdict.deadlines if d.state == "awaited"]

    assert awaited() == ["leaders' meeting"]
    assert awaited(day="2026-05-10") == ["leaders' meeting"], "nothing has been reported since"
    assert awaited(from_us(Effect.PROGRESS, "2026-03-05")) == ["leaders' meeting"]
    assert awaited(from_us(Effect.PLEDGE, "2026-03-05", date=until("2026-05-14", ""), **meeting)) == []
    both = (from_us(Effect.DELIVERED, "2026-03-05"), from_cn(Effect.DELIVERED, "2026-03-05"))
    assert decided(talks, [planned, *both], "2026-03-10").verdict.standing is Standing.MET
    assert awaited(*both) == []
    assert awaited(signal(Effect.SETBACK, "2026-03-05")) == []
    assert awaited(from_us(Effect.PROGRESS, "2026-05-20"), day="2026-05-20") == [], "60 days are over"
    rumour = replace(planned, modality=Modality.RUMOUR)
    assert [d for d in decided(talks, [rumour], "2026-03-10").verdict.deadlines if d.state == "awaited"] == []


def pledged_sale(known: Deadline) -> Commitment:
    base = Baseline(date(2025, 10, 1), Standing.PLEDGED, "https://example.org", deadlines=(known,))
    return commitment(kind=Kind.MILESTONE, steps=("closed",), baselines=(base,))


@pytest.mark.parametrize(
    ("days", "known", "new"),
    [(120, "2026-12-16", "2027-01-23"), (90, "2026-10-05", "2027-01-03"), (10, "2026-12-16", None)],
)
def test_a_delay_by_a_length_of_time_runs_from_the_decision_or_from_a_date_that_is_near(
    days: float, known: str, new: str | None
) -> None:
    """An order of 25 September that delays for 120 days leads to 23 January, whatever the date was."""
    sale = pledged_sale(due(known, "us"))
    order = from_us(Effect.DEADLINE, "2026-09-25", lasts=days)
    assert [day for day, _ in dates(decided(sale, [order], "2026-09-26"), "current")] == [new or known]


def test_the_dates_of_a_later_baseline_count_from_its_day() -> None:
    first, second = pledged_sale(due("2026-12-16", "us")), "2027-01-23"
    later = replace(first.baselines[0], as_of=date(2026, 10, 1), deadlines=(due(second, "us"),))
    sale = replace(first, baselines=(*first.baselines, later))
    assert dates(decided(sale, [], "2026-09-30"), "current") == [("2026-12-16", "us")]
    assert dates(decided(sale, [], "2026-10-02"), "current") == [(second, "us")]
    moved = from_us(Effect.DEADLINE, "2026-10-05", date=until("2027-03-01", "due"))
    assert dates(decided(sale, [moved], "2026-10-06"), "current") == [("2027-03-01", "us")]


def test_notices_come_once_each_and_next_due_names_their_moment() -> None:
    claim = from_us(Effect.DEADLINE, "2026-09-23", date=until("2027-01-10"))
    before = decided(TRUCE, [claim], "2026-11-01").verdict
    week = decided(TRUCE, [claim], "2026-11-04", published=before)
    assert [(notation(t.change)[1], t.cause) for t in week.transitions] == [("due in 7 days", Cause.CLOCK)]
    policy = Policy()
    published = decided(TRUCE, [], "2026-10-01").verdict
    heard = []
    for day in range(1, 40):
        now = f"2026-{10 + (day > 31):02}-{day - 31 if day > 31 else day:02}"
        decision = decided(TRUCE, [], now, published=published, policy=policy)
        heard += [(notation(t.change)[1], t.severity) for t in decision.transitions]
        published = decision.verdict
    assert heard == [("due in 30 days", Severity.ROUTINE), ("due in 7 days", Severity.NOTABLE)]
    decision = decided(TRUCE, [], "2026-10-01")
    assert decision.next_due is not None
    at_that_moment = decided(
        TRUCE, [], decision.next_due.isoformat()[:16].replace("T", " "), published=decision.verdict
    )
    assert at_that_moment.transitions


def test_an_expiry_that_nobody_extended_lapses_and_one_that_a_side_extended_is_at_risk() -> None:
    decision = decided(TRUCE, [], "2026-11-11")
    assert decision.verdict.standing is Standing.LAPSED
    assert decision.verdict.deadlines[0].state == "lapsed"
    claim = from_us(Effect.DEADLINE, "2026-09-23", date=until("2027-01-10"))
    decision = decided(TRUCE, [claim], "2026-11-12")
    assert (decision.verdict.standing, decision.verdict.outlook) == (Standing.IN_FORCE, Outlook.AT_RISK)
    assert FlagKind.OVERDUE in {f.kind for f in decision.verdict.flags}
    assert getattr(decision.verdict.why.detail, "later", None) == Named("us", date(2027, 1, 10))


OWED = quantity_commitment(
    baselines=(replace(commitment().baselines[0], standing=Standing.IN_PROGRESS, deadlines=(due("2025-12-31"),)),),
    grace_days=60,
)


def test_a_due_date_moved_later_is_bad_news_and_one_passed_lapses_after_the_grace() -> None:
    decision = decided(OWED, [from_cn(Effect.DEADLINE, "2025-12-03", date=until("2026-02-28", "due"))], "2025-12-03")
    assert deadline_moves(decision) == [("2025-12-31", "2026-02-28", Direction.DOWN)]
    assert decided(OWED, [], "2026-01-02").verdict.standing is Standing.IN_PROGRESS
    assert FlagKind.OVERDUE in {f.kind for f in decided(OWED, [], "2026-01-02").verdict.flags}
    assert decided(OWED, [], "2026-03-05").verdict.standing is Standing.LAPSED


def test_meeting_the_target_after_its_first_date_takes_the_overdue_flag_away() -> None:
    met = from_cn(Effect.DELIVERED, "2026-01-20")
    verdict = decided(OWED, [met], "2026-01-21").verdict
    assert (verdict.standing, verdict.outlook) == (Standing.MET, Outlook.STEADY)
    assert FlagKind.OVERDUE not in {f.kind for f in verdict.flags}
    assert FlagKind.LATE in {f.kind for f in verdict.flags}


def test_a_side_may_move_its_own_date_and_a_suspension_brings_one() -> None:
    decision = decided(
        commitment(owed_by="cn"), [from_cn(Effect.DELIVERED, "2025-11-07", date=until("2026-11-10"))], "2025-11-08"
    )
    assert dates(decision, "current") == [("2026-11-10", "cn")]
    ours = in_force(expiry("2025-12-16", said_by="us"), owed_by="company")
    decision = decided(ours, [from_us(Effect.DEADLINE, "2025-10-20", date=until("2026-01-23"))], "2025-10-21")
    assert dates(decision, "current") == [("2026-01-23", "us")]


def test_for_one_year_runs_from_the_end_of_the_present_term_and_both_sides_make_it_current() -> None:
    now_held = in_force(expiry("2025-11-10"))
    said = [
        from_us(Effect.PLEDGE, "2025-11-01", date=until("2026-11-10")),
        from_cn(Effect.DEADLINE, "2025-11-05", lasts=365.0, date=until("2025-11-10", "start")),
    ]
    decision = decided(now_held, said, "2025-11-06")
    assert dates(decision, "current") == [("2026-11-10", "cn+us")]
    assert decided(now_held, said, "2025-11-12").verdict.standing is Standing.IN_FORCE


@pytest.mark.parametrize(
    ("effect", "day", "expected"),
    [
        (Effect.PROGRESS, "2026-11-27", [("2026-11-10", "cn")]),  # of another measure, without its name
        (Effect.DEADLINE, "2027-01-10", [("2027-01-10", "cn")]),
    ],
)
def test_the_end_of_a_named_suspension_is_moved_by_an_extension_and_not_by_the_date_of_another_measure(
    effect: Effect, day: str, expected: list[tuple[str, str]]
) -> None:
    said = [
        from_cn(Effect.DELIVERED, "2025-11-07", object="suspension", date=until("2026-11-10")),
        from_cn(effect, "2025-11-09", date=until(day)),
    ]
    held = commitment(owed_by="cn")
    assert dates(decided(held, said, "2025-11-10"), "current") == expected
    pause = from_cn(Effect.DELIVERED, "2025-11-08", object="gallium pause", date=until("2026-11-27"))
    both = [
        (str(d.date), d.what)
        for d in decided(held, [*said, pause], "2025-11-10").verdict.deadlines
        if d.state == "current"
    ]
    assert (day, "gallium pause" if effect is Effect.PROGRESS else "suspension") in both


def test_an_office_that_would_suspend_its_own_measure_names_the_same_date_and_moves_none() -> None:
    first = from_cn(Effect.DELIVERED, "2025-11-09", date=until("2026-11-10"))
    for day, expected in (("2026-11-10", [("2026-11-10", "cn+us")]), ("2026-12-10", [])):
        would = from_us(Effect.PLEDGE, "2025-11-10", by=By("us"), modality=Modality.RUMOUR, date=until(day))
        assert dates(decided(commitment(owed_by="cn+us"), [first, would], "2025-11-11"), "current") == expected


def test_a_term_without_a_name_is_that_of_what_is_suspended() -> None:
    named = from_cn(Effect.DELIVERED, "2025-11-09", date=until("2026-11-10"))
    for name, what in (("China suspends its duties", "the suspension"), ("China keeps its duties low", "Soybeans")):
        held = replace(commitment(owed_by="cn", short="Soybeans"), name=name)
        assert [d.what for d in decided(held, [named], "2025-11-10").verdict.deadlines] == [what]


def test_a_term_that_takes_effect_today_runs_from_today() -> None:
    decision = decided(commitment(owed_by="cn"), [from_cn(Effect.DELIVERED, "2025-11-10", lasts=365.0)], "2025-11-11")
    assert dates(decision, "current") == [("2026-11-10", "cn")]


@pytest.mark.parametrize("day", ["2025-10-30", "2025-10-31"])
def test_one_year_from_the_end_of_a_month_ends_on_the_same_day_of_the_next_year(day: str) -> None:
    reports = [from_us(Effect.DELIVERED, day, lasts=365.0), from_cn(Effect.DELIVERED, f"{day} 06:00", lasts=365.0)]
    decision = decided(commitment(), reports, "2025-11-02")
    assert dates(decision, "current") == [(day.replace("2025", "2026"), "cn+us")]


def test_a_promised_term_ends_counted_from_the_day_it_takes_effect() -> None:
    promised = [from_us(Effect.PLEDGE, "2025-10-30", lasts=365.25), from_cn(Effect.PLEDGE, "2025-10-31", lasts=365.25)]
    assert [d.state for d in decided(commitment(), promised, "2025-11-01").verdict.deadlines] == ["promised"]
    begun = [from_us(Effect.DELIVERED, "2025-11-10"), from_cn(Effect.DELIVERED, "2025-11-10 05:00")]
    decision = decided(commitment(), [*promised, *begun], "2025-11-11")
    assert dates(decision, "current") == [("2026-11-10", "cn+us")]
    assert dates(decided(commitment(), [promised[0], *begun], "2025-11-11"), "claimed") == [("2026-11-10", "us")]
    named = [replace(each, date=until("2026-12-01")) for each in begun]
    assert dates(decided(commitment(), [*promised, *named], "2025-11-11"), "current") == [("2026-12-01", "cn+us")]


def test_a_blow_announced_for_a_day_stays_while_the_status_is_at_risk() -> None:
    hits = [from_us(Effect.THREAT, f"2026-09-0{day}", by=By("us"), **starts("2026-10-01")) for day in (1, 2)]
    hits.append(signal(Effect.THREAT, "2026-09-02", by=By("us"), origin="Reuters"))
    eased = from_us(Effect.PLEDGE, "2026-09-05", by=By("us"))
    decision = decided(TRUCE, [*hits, eased], "2026-09-06")
    assert (decision.verdict.outlook, announced(decision)) == (Outlook.AT_RISK, [("2026-10-01", "start", "us")])


def test_a_term_told_again_days_later_is_the_date_already_named() -> None:
    first = from_us(Effect.DELIVERED, "2025-11-10", date=until("2026-11-10"))
    again = [signal(Effect.DELIVERED, f"2025-11-1{day}", lasts=365.0, origin=f"paper {day}") for day in (1, 2)]
    extended = signal(Effect.DEADLINE, "2025-11-13", lasts=365.0)
    decision = decided(in_force(expiry("2025-11-10"), owed_by="us"), [first, *again, extended], "2025-11-14")
    assert dates(decision, "current") == [("2026-11-10", "us")]
    assert dates(decision, "claimed") == []


def test_a_side_that_names_another_date_moves_from_the_one_it_named() -> None:
    first = from_us(Effect.DEADLINE, "2026-09-23", date=until("2027-01-10"))
    second = from_us(Effect.DEADLINE, "2026-09-25", date=until("2027-01-20"))
    before = decided(TRUCE, [first], "2026-09-24").verdict
    after = decided(TRUCE, [first, second], "2026-09-26", published=before)
    assert deadline_moves(after) == [("2027-01-10", "2027-01-20", Direction.UP)]
    early = from_us(Effect.DEADLINE, "2025-10-30", date=until("2026-01-31", "due"))
    later = from_us(Effect.DEADLINE, "2025-12-03", date=until("2026-02-28", "due"))
    owed = quantity_commitment(baselines=(replace(commitment().baselines[0], standing=Standing.IN_PROGRESS),))
    assert dates(decided(owed, [early, later], "2025-12-04"), "claimed") == [("2026-02-28", "us")]


def test_a_rumour_one_outlet_or_a_date_in_passing_names_no_deadline() -> None:
    maybe = from_us(Effect.PLEDGE, "2026-09-23", date=until("2027-01-10"), modality=Modality.RUMOUR)
    assert deadline_moves(decided(TRUCE, [maybe], "2026-09-24")) == []
    own = replace(maybe, by=By("us"))  # "said it would extend it until"
    assert deadline_moves(decided(TRUCE, [own], "2026-09-24")) == []
    assert dates(decided(in_force(), [own], "2026-09-24"), "claimed") == [("2027-01-10", "us")]
    wish = signal(Effect.DEADLINE, "2026-09-25", date=until("2028-11-10"))
    assert dates(decided(TRUCE, [wish], "2026-09-26"), "claimed") == []
    mention = signal(Effect.PROGRESS, "2025-11-07", date=until("2026-04-01", "start"))
    assert dates(decided(commitment(), [mention], "2025-11-08"), "claimed") == []


def test_ticking_every_day_or_only_at_next_due_gives_the_same_history() -> None:
    claim = from_us(Effect.DEADLINE, "2026-09-23", date=until("2027-01-10"))
    assert history(TRUCE, [claim], daily=True) == history(TRUCE, [claim], daily=False)


def history(of: Commitment, signals: list[Signal], *, daily: bool) -> list[tuple[Any, ...]]:
    """Status by status until the end of January 2027, deciding every day or only when due."""
    start = published = initial_verdict(of, at("2025-10-02"))
    now, told = at("2026-09-24"), []
    while now < at("2027-01-31"):
        decision = decide(DecisionInput(of, start, tuple(signals), (), published), {}, rulebook(of), now)
        told += [(t.kind, *notation(t.change), t.id) for t in decision.transitions]
        published = decision.verdict
        now = now + timedelta(days=1) if daily else (decision.next_due or at("2027-01-31"))
    return told
