"""Who is told what, where and when; and what is kept for the digest."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.alerts.announce import EVENING, AlertContext, announce
from monitor.domain.alerts.recipients import membership, quiet_until, subscribed, unsubscribed
from monitor.domain.alerts.sent_log import Sent, SentLog
from monitor.domain.model.enums import (
    Cause,
    Direction,
    FlagKind,
    Level,
    Outlook,
    ReasonCode,
    Severity,
    Standing,
    TransitionKind,
)
from monitor.domain.model.policy import Policy
from monitor.domain.model.routes import Message, Route
from monitor.domain.model.verdicts import Flag, Intervention, Transition
from tests.builders.domain_values import at, reason
from tests.builders.golden_wording import GoldenWording
from tests.builders.tables import table
from tests.builders.transitions import COMMITMENTS, NOW, moved, turned

DESK = Route("desk", "slack", "C1")
NEW_YORK = ZoneInfo("America/New_York")


def told(
    *transitions: Transition,
    routes: Sequence[Route] = (DESK,),
    sent: SentLog | None = None,
    now: datetime = NOW,
    policy: Policy | None = None,
    story_of: Mapping[str, str] | None = None,
    recorded: Mapping[str, Transition] | None = None,
) -> tuple[Message, ...]:
    context = AlertContext(sent or SentLog(), COMMITMENTS, policy or Policy(), now, story_of=story_of or {})
    context = replace(context, recorded=recorded or {})
    return announce(transitions, routes, context)


def log(*messages: Message, at: datetime = NOW) -> SentLog:
    return SentLog(
        tuple(
            Sent(
                m.id,
                m.route,
                m.commitment,
                tuple(t.id for t in m.transitions),
                tuple(key for t in m.transitions for key in t.evidence),
                at,
            )
            for m in messages
        )
    )


# ---------------------------------------------------------------- who hears of what


def test_all_that_one_review_found_on_a_commitment_is_one_message_a_route() -> None:
    found = (moved(), moved(id="t2", commitment="soy"), moved(id="t3", kind=TransitionKind.DEADLINE))
    messages = told(*found)
    assert [(m.commitment, [t.id for t in m.transitions]) for m in messages] == [
        ("truce", ["t1", "t3"]),
        ("soy", ["t2"]),
    ]
    assert {(m.route, m.channel, m.to, m.at) for m in messages} == {("desk", "slack", "C1", NOW)}


def test_a_route_hears_of_the_commitments_that_fit_its_patterns_and_of_their_parts() -> None:
    cases = [
        (("*",), {"truce", "truce-cuts", "soy"}),
        (("truce",), {"truce", "truce-cuts"}),
        (("truce-cuts",), {"truce-cuts"}),
        (("tru",), set()),
        (("truce*",), {"truce", "truce-cuts"}),
        (("soy", "truce-*"), {"truce-cuts", "soy"}),
        ((), set()),
    ]
    for patterns, heard in cases:
        found = (moved(id=name, commitment=name) for name in COMMITMENTS)
        assert {m.commitment for m in told(*found, routes=[replace(DESK, commitments=patterns)])} == heard, patterns


@pytest.mark.parametrize("least", Severity)
@pytest.mark.parametrize("severity", Severity)
def test_a_route_hears_of_nothing_below_its_least_severity(least: Severity, severity: Severity) -> None:
    messages = told(moved(severity=severity), routes=[replace(DESK, least_severity=least)])
    assert bool(messages) == (severity >= least)


def test_what_is_below_the_least_severity_is_left_out_of_a_message_that_goes_anyway() -> None:
    (message,) = told(moved(), moved(id="t2", severity=Severity.ROUTINE))
    assert [t.id for t in message.transitions] == ["t1"]


def test_a_commitment_that_has_left_the_rules_is_not_told_of() -> None:
    assert told(moved(commitment="gone")) == ()


def test_backfill_is_silent_whatever_moved() -> None:
    assert [
        kind for kind in TransitionKind if told(moved(cause=Cause.BACKFILL, kind=kind, severity=Severity.URGENT))
    ] == []


def test_what_an_edit_of_the_rules_moved_holds_the_whole_message_for_a_person() -> None:
    assert [m.held for m in told(moved(cause=Cause.RULES))] == [True]
    assert [m.held for m in told(moved())] == [False]
    assert [m.held for m in told(moved(), moved(id="t2", cause=Cause.RULES))] == [True]


# ---------------------------------------------------------------- one event over several commitments

SHEET = {"s1": "fact sheet", "s2": "fact sheet", "s3": "another paper"}


def on(commitment: str, *evidence: str, **changed: Any) -> Transition:
    """A change of one commitment that rests on these signals."""
    made = moved(commitment=commitment, evidence=evidence, reason=reason("it holds", *evidence), **changed)
    return replace(made, id="-".join((commitment, made.kind, made.cause, *evidence)))


def grouped(*transitions: Transition, story_of: Mapping[str, str] = SHEET, **given: Any) -> list[list[str]]:
    """The commitments of each message."""
    messages = told(*transitions, story_of=story_of, **given)
    return [list(dict.fromkeys(t.commitment for t in m.transitions)) for m in messages]


def test_changes_that_share_a_story_are_one_message_and_others_stay_apart() -> None:
    assert grouped(on("truce", "s1"), on("soy", "s2"), on("truce-cuts", "s3")) == [["truce", "soy"], ["truce-cuts"]]
    assert grouped(on("truce", "s1"), on("soy", "s3")) == [["truce"], ["soy"]]
    assert grouped(on("truce", "s1"), on("soy", "s2"), story_of={}) == [["truce"], ["soy"]], (
        "stories nobody knows join nothing"
    )
    assert grouped(on("truce", "s1"), on("soy", "s3"), on("truce-cuts", "s2", "s3")) == [["truce", "soy", "truce-cuts"]]


def test_the_loudest_change_leads_and_names_the_message() -> None:
    (message,) = told(on("truce", "s1"), on("soy", "s2", severity=Severity.URGENT), story_of=SHEET)
    assert (message.commitment, message.kind) == ("soy", "alert")
    (message,) = told(on("truce", "s1"), on("soy", "s2"), story_of=SHEET)
    assert message.commitment == "truce", "the first of equals"


def test_a_route_hears_in_the_common_message_only_of_what_it_follows() -> None:
    routes = [DESK, replace(DESK, name="beans", commitments=("soy",))]
    assert grouped(on("truce", "s1"), on("soy", "s2"), routes=routes) == [["truce", "soy"], ["soy"]]


def test_what_an_edit_of_the_rules_moved_holds_back_no_news_on_the_same_story() -> None:
    messages = told(on("truce", "s1"), on("soy", "s2", cause=Cause.RULES), story_of=SHEET)
    assert [(m.commitment, m.held) for m in messages] == [("truce", False), ("soy", True)]


def test_a_turn_left_to_the_digest_leaves_the_common_message_to_the_others() -> None:
    turn = turned(4, evidence=("s1",))
    assert grouped(turn, on("soy", "s2"), sent=turns(3)) == [["soy"]]
    (message,) = told(turned(3, evidence=("s1",)), on("soy", "s2"), story_of=SHEET, sent=turns(2))
    assert message.note


@given(
    st.lists(
        st.tuples(
            st.sampled_from(list(COMMITMENTS)),
            st.lists(st.sampled_from("abcde"), max_size=3),
            st.sampled_from(Severity),
        ),
        max_size=6,
    )
)
def test_grouping_loses_nothing_and_no_two_messages_share_a_story(found: list[tuple[str, list[str], Severity]]) -> None:
    moves = [
        on(name, *stories, severity=severity, happened=NOW - timedelta(minutes=n))
        for n, (name, stories, severity) in enumerate(found)
    ]
    moves = [replace(move, id=f"{n}") for n, move in enumerate(moves)]
    messages = told(*moves, story_of={key: key for key in "abcde"})
    heard = [t.id for m in messages for t in m.transitions]
    assert sorted(heard) == sorted(t.id for t in moves if t.severity >= DESK.least_severity)
    rest = [{key for t in m.transitions for key in (*t.evidence, t.commitment)} for m in messages]
    assert all(not one & other for n, one in enumerate(rest) for other in rest[:n])
    again = told(*moves, story_of={key: key for key in "abcde"}, now=NOW + timedelta(hours=1))
    assert [m.id for m in again] == [m.id for m in messages]


# ---------------------------------------------------------------- what follows up

LOUD = replace(DESK, least_severity=Severity.URGENT)


def confirmed(*evidence: str, commitment: str = "truce", **changed: Any) -> Transition:
    """A doubt that the silent side ended."""
    doubt = {"kind": TransitionKind.FLAG, "confirms": True, "frm": "unconfirmed", "to": "confirmed"}
    return on(commitment, *evidence, **doubt, **changed)


def test_who_was_told_of_a_thing_hears_that_the_silent_side_confirms_it() -> None:
    before = log(*told(on("truce", "s1", severity=Severity.URGENT), routes=[LOUD]))
    (message,) = told(confirmed("s9", "s1"), routes=[LOUD], sent=before)
    assert (message.kind, message.commitment) == ("confirmation", "truce")


def test_one_more_source_waits_for_the_digest() -> None:
    before = log(*told(on("truce", "s1")))
    assert told(confirmed("s9", "s1", severity=Severity.ROUTINE), sent=before) == ()


STEP = {"kind": TransitionKind.PROGRESS, "frm": "", "to": "signed"}


@pytest.mark.parametrize(
    ("later", "hours", "sent"),
    [
        (confirmed("s1"), 1, False),
        (confirmed("s1"), 2, True),
        (on("truce-cuts", "s9", **STEP), 7, False),
        (on("truce-cuts", "s9", **STEP), 8, True),
        (on("truce-cuts", "s9", **STEP, way=Direction.DOWN), 1, True),
        (on("soy", "s9", **STEP), 1, True),
        (on("truce-cuts", "s9"), 1, True),
        (on("truce-cuts", "s9", **STEP, cause=Cause.CLOCK), 1, True),
    ],
)
def test_an_event_is_one_message_unless_the_status_moves(later: Transition, hours: int, *, sent: bool) -> None:
    first = on("truce", "s1")
    before, known = log(*told(first)), {first.id: first}
    later = replace(later, id="later")
    assert bool(told(later, sent=before, now=NOW + timedelta(hours=hours), recorded=known)) is sent


TONIGHT = NOW.replace(hour=EVENING.hour)


@pytest.mark.parametrize(
    ("change", "sent"),
    [
        (STEP, []),
        ({"kind": TransitionKind.FLAG, "frm": "", "to": "unconfirmed"}, []),
        ({"kind": TransitionKind.FLAG, "frm": "", "to": "contested"}, [None]),
        ({"to": "in_progress", "standing": Standing.IN_PROGRESS}, [TONIGHT]),
        ({"outlook_only": True, "to": "in_force"}, [TONIGHT]),
        ({"to": "met", "standing": Standing.MET}, [None]),
        ({"to": "at_risk", "way": Direction.DOWN, "outlook_only": True}, [None]),
    ],
)
def test_after_an_event_a_step_is_known_and_relief_waits_for_the_evening(
    change: dict[str, Any], sent: list[datetime | None]
) -> None:
    sequel = on("truce", "s9", **change, confirms=True, continues=("s1",))
    later = NOW + timedelta(hours=9)
    assert [message.not_before for message in told(sequel, sent=log(*told(on("truce", "s1"))), now=later)] == sent
    assert told(sequel, now=later), "news to a route that did not receive the event"


def test_nobody_hears_of_what_does_not_confirm_what_was_told() -> None:
    cases = [
        confirmed("s9"),
        confirmed("s1", cause=Cause.BACKFILL),
        confirmed("s1", happened=NOW - timedelta(days=8)),
        replace(confirmed("s1"), confirms=False),
    ]
    before = log(*told(on("truce", "s1", severity=Severity.URGENT), routes=[LOUD]))
    assert [told(quiet, routes=[LOUD], sent=before) for quiet in cases] == [()] * len(cases)
    assert told(confirmed("s1"), routes=[replace(LOUD, name="boss")], sent=before) == ()


def test_a_confirmation_goes_out_within_the_cool_down_and_turns_nothing_unstable() -> None:
    before = SentLog((*turns(2).messages, *log(*told(on("truce", "s1"))).messages))
    assert [m.note for m in told(confirmed("s1"), sent=before)] == [""]


@pytest.mark.parametrize("follow", [confirmed, lambda *e, **c: on(c["commitment"], *e, cause=Cause.CORRECTION)])
def test_what_follows_up_a_common_message_goes_on_in_its_thread(follow: Callable[..., Transition]) -> None:
    before = log(*told(on("truce", "s1", severity=Severity.URGENT), on("soy", "s2"), story_of=SHEET))
    (message,) = told(follow("s2", commitment="soy"), sent=before)
    assert message.commitment == "truce", "where it was said"
    (message,) = told(follow("s2", commitment="soy"), follow("s1", commitment="truce"), sent=before)
    assert [t.commitment for t in message.transitions] == ["soy", "truce"]


def test_corrections_of_messages_told_apart_stay_apart() -> None:
    before = log(*told(on("truce", "s1"), on("soy", "s2")))
    taken_back = [on(name, key, cause=Cause.CORRECTION) for name, key in (("truce", "s1"), ("soy", "s2"))]
    assert grouped(*taken_back, sent=before) == [["truce"], ["soy"]]


# ---------------------------------------------------------------- the same message


def test_the_same_transitions_are_one_message_to_each_route_and_are_queued_once() -> None:
    one, other = moved(), moved(id="t2", kind=TransitionKind.DEADLINE)
    (first,) = told(one, other)
    (again,) = told(other, one, now=NOW + timedelta(hours=5))
    assert first.id == again.id
    assert {m.id for m in told(one)} != {first.id}
    messages = told(moved(), routes=[DESK, replace(DESK, name="boss")])
    assert len({m.id for m in messages}) == 2
    assert told(moved(), sent=log(*told(moved()))) == ()


def test_a_message_says_whether_it_corrects_what_this_route_was_told_or_only_confirms() -> None:
    cases = [
        ([moved()], "alert"),
        ([moved(confirms=True)], "confirmation"),
        ([moved(confirms=True), moved(id="t2")], "alert"),
        ([moved(cause=Cause.CORRECTION), moved(id="t2")], "correction"),
        ([moved(cause=Cause.CORRECTION, confirms=True)], "correction"),
        ([moved(id="t2"), moved(cause=Cause.CORRECTION, kind=TransitionKind.FLAG)], "alert"),
    ]
    for transitions, kind in cases:
        before = log(*told(moved(id="t0")))
        assert [m.kind for m in told(*transitions, sent=before)] == [kind], transitions
    assert [m.kind for m in told(moved(cause=Cause.CORRECTION))] == ["alert"]


def test_that_a_doubt_fell_is_told_to_those_alone_who_were_told_of_it() -> None:
    fell = moved(TransitionKind.FLAG, cause=Cause.CORRECTION, reason=reason("gone", "s1", code=ReasonCode.CORRECTED))
    routes = (DESK, replace(DESK, name="quiet", least_severity=Severity.URGENT))
    assert told(fell, routes=routes) == ()
    before = SentLog((Sent("m", "quiet", "truce", ("t",), ("s1",), NOW),))
    assert [(m.route, m.kind) for m in told(fell, routes=routes, sent=before)] == [("quiet", "correction")]


def test_of_one_story_the_status_that_readers_see_move_leads() -> None:
    """At risk, a new standing does not show. A meeting of leaders leads all the same."""
    trouble: dict[str, Any] = {"outlook": Outlook.AT_RISK, "outlook_only": True}
    fine, hidden = moved(), moved(id="t2", commitment="soy", outlook=Outlook.AT_RISK)
    worse, summit = replace(hidden, **trouble), event(id="t3", commitment="soy", evidence=("s1",), level=Level.SUMMIT)
    for first, second in ((fine, hidden), (worse, moved(severity=Severity.ROUTINE)), (summit, fine)):
        for pair in ((first, second), (second, first)):
            route = replace(DESK, least_severity=Severity.ROUTINE)
            (message,) = told(*pair, routes=[route], story_of={"s1": "story"})
            assert message.commitment == first.commitment, (first, second)


# ---------------------------------------------------------------- old news

WEEK_AND = timedelta(days=7, seconds=1)
FORMAL: dict[str, Any] = {"severity": Severity.URGENT, "way": Direction.DOWN, "to": "breached"}
DOUBT = (Flag(FlagKind.UNCONFIRMED, "cn", NOW),)


def test_news_older_than_a_week_is_left_to_the_digest_unless_it_is_a_formal_act() -> None:
    cases = [
        (moved(happened=NOW - timedelta(days=7)), True),
        (moved(happened=NOW - WEEK_AND), False),
        (moved(happened=NOW - WEEK_AND, **FORMAL), True),
        (moved(happened=NOW - WEEK_AND, **FORMAL, flags=DOUBT), False),
        (moved(happened=NOW - WEEK_AND, severity=Severity.URGENT, kind=TransitionKind.DEADLINE), False),
        (moved(happened=NOW - WEEK_AND, cause=Cause.CLOCK), True),
        (moved(happened=NOW - WEEK_AND, cause=Cause.CORRECTION), True),
        (moved(happened=NOW - WEEK_AND, cause=Cause.PERSON), True),
    ]
    assert [(transition, bool(told(transition))) for transition, _ in cases] == [
        (transition, goes_out) for transition, goes_out in cases
    ]


# ---------------------------------------------------------------- quiet hours

QUIET = replace(DESK, zone="America/New_York", quiet=("22:00", "07:00"))
LUNCH = replace(DESK, zone="America/New_York", quiet=("12:00", "13:30"))


def new_york(text: str, *, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=NEW_YORK, fold=fold).astimezone(UTC)


def test_quiet_hours_end_in_the_morning_or_that_day() -> None:
    cases = table("announce", "quiet_hours_end_in_the_morning_or_that_day")
    assert [(now, quiet_until(QUIET, new_york(now))) for now, _ in cases] == [
        (now, new_york(until) if until else None) for now, until in cases
    ]
    others = [
        ("11:59", None),
        ("12:00", "13:30"),
        ("13:29", "13:30"),
        ("13:30", None),
        ("23:00", None),
        ("01:00", None),
    ]
    for now, until in others:
        end = new_york(f"2026-01-12 {until}") if until else None
        assert quiet_until(LUNCH, new_york(f"2026-01-12 {now}")) == end, now


def test_a_night_in_which_the_clocks_change_has_an_hour_less_or_more() -> None:
    evening = new_york("2026-03-07 22:00")
    end = quiet_until(QUIET, evening)
    assert end == new_york("2026-03-08 07:00")
    assert end is not None
    assert end - evening == timedelta(hours=8)
    evening = new_york("2026-10-31 22:00")
    end = quiet_until(QUIET, evening)
    assert end is not None
    assert end - evening == timedelta(hours=10)
    for fold in (0, 1):
        assert quiet_until(QUIET, new_york("2026-11-01 01:30", fold=fold)) == end


@given(st.integers(0, 366 * 24 * 60), st.sampled_from(["America/New_York", "Europe/Berlin", "Asia/Shanghai"]))
def test_quiet_hours_always_end_soon_and_at_their_own_local_hour(minutes: int, zone: str) -> None:
    route = replace(QUIET, zone=zone)
    now = at("2026-01-01") + timedelta(minutes=minutes)
    end = quiet_until(route, now)
    if end is None:
        assert 7 <= now.astimezone(ZoneInfo(zone)).hour < 22
        return
    assert timedelta() < end - now <= timedelta(hours=10)
    assert f"{end.astimezone(ZoneInfo(zone)):%H:%M}" == "07:00"
    assert quiet_until(route, end) is None


BERLIN = replace(DESK, zone="Europe/Berlin", quiet=("23:00", "02:30"))


def test_a_doubled_end_is_the_first_one_to_come_and_a_left_out_one_the_moment_after() -> None:
    cases = [
        ("2025-10-25T21:00+00:00", "2025-10-26T00:30+00:00"),
        ("2025-10-26T00:29+00:00", "2025-10-26T00:30+00:00"),
        ("2025-10-26T00:30+00:00", None),
        ("2025-10-26T01:05+00:00", "2025-10-26T01:30+00:00"),
        ("2025-10-26T01:30+00:00", None),
    ]
    assert [(now, quiet_until(BERLIN, datetime.fromisoformat(now))) for now, _ in cases] == [
        (now, datetime.fromisoformat(until) if until else None) for now, until in cases
    ]
    change = datetime(2026, 3, 29, 1, tzinfo=UTC)
    for before in (timedelta(hours=3), timedelta(minutes=1)):
        assert quiet_until(BERLIN, change - before) == change
    assert quiet_until(BERLIN, change) is None


def test_a_message_made_in_quiet_hours_is_not_sent_before_their_end() -> None:
    evening = new_york("2026-01-12 23:00")
    (message,) = told(moved(happened=evening), routes=[QUIET], now=evening)
    assert message.not_before == new_york("2026-01-13 07:00")


# ---------------------------------------------------------------- cool-down


def turns(count: int, at: datetime = NOW - timedelta(hours=1), route: str = "desk") -> SentLog:
    """So many messages about the truce went out lately."""
    return SentLog(tuple(Sent(f"m{n}", route, "truce", (f"old-{n}",), (), at) for n in range(count)))


def test_the_third_turn_of_the_outlook_within_the_cool_down_says_that_it_is_unstable(wording: GoldenWording) -> None:
    (first,) = told(turned())
    (second,) = told(turned(2), sent=turns(1))
    (third,) = told(turned(3), sent=turns(2))
    assert [first.note, second.note] == ["", ""]
    wording(third.note)


def test_what_may_wait_in_the_cool_down_is_left_to_the_digest() -> None:
    assert told(turned(4), sent=turns(3)) == ()
    doubt = moved(id="flag", kind=TransitionKind.FLAG)
    assert told(doubt, sent=turns(3)) == ()
    cases = [
        moved(),
        moved(kind=TransitionKind.DEADLINE, to="2027-01-10"),
        turned(cause=Cause.CORRECTION),
        turned(cause=Cause.PERSON),
        turned(cause=Cause.CLOCK),
    ]
    for transition in cases:
        (message,) = told(transition, sent=turns(5))
        assert message.note == "", transition


def test_the_cool_down_counts_the_turns_of_one_route_and_commitment_in_the_time_of_the_policy() -> None:
    old = NOW - timedelta(hours=48, seconds=1)
    assert [m.note for m in told(turned(3), sent=turns(4, at=old))] == [""]
    assert told(turned(3), sent=turns(4, route="boss"))
    assert told(turned(3, commitment="soy"), sent=turns(4))
    replies = SentLog(tuple(Sent(f"m{n}", "desk", "truce", (), ("s",), NOW) for n in range(9)))
    assert [m.note for m in told(turned(4), sent=replies)] == [""]
    patient = Policy(turns_allowed=3, cooldown_hours=1)
    assert told(turned(3), sent=turns(2, at=NOW), policy=patient)
    assert told(turned(4), sent=turns(3, at=NOW), policy=patient) == ()
    assert told(turned(4), sent=turns(3, at=NOW - timedelta(hours=2)), policy=patient)


# ---------------------------------------------------------------- events of note


def event(severity: Severity = Severity.NOTABLE, **changed: Any) -> Transition:
    return moved(TransitionKind.EVENT, **{"id": "e1", "way": Direction.DOWN, "severity": severity, **changed})


EVERY_EVENT = replace(DESK, name="events", tell="events")


def test_an_event_that_enough_sources_report_is_told_and_one_of_note_only_where_a_route_asks() -> None:
    assert [m.route for m in told(event(), routes=(DESK, EVERY_EVENT))] == ["desk", "events"]
    assert [m.route for m in told(event(Severity.ROUTINE), routes=(DESK, EVERY_EVENT))] == ["events"]


def test_events_after_a_message_wait_for_the_evening_and_summits_and_statuses_do_not() -> None:
    busy, evening = log(*told(on("soy", "s5"))), NOW.replace(hour=EVENING.hour)

    def leaves(move: Transition, route: Route = DESK, now: datetime = NOW) -> datetime | None:
        (message,) = told(move, routes=[route], sent=busy, now=now)
        return message.not_before

    assert told(event())[0].not_before is None, "the first message of the day"
    assert leaves(event()) == evening
    summit = event(level=Level.SUMMIT)
    assert leaves(summit) is leaves(turned()) is leaves(event(cause=Cause.CLOCK)) is None
    first = replace(summit, id="first", commitment="soy")
    (again,) = told(summit, sent=log(*told(first)), recorded={"first": first})
    assert again.not_before == evening, "one summit"
    result = told(summit, sent=log(*told(first), at=NOW - timedelta(hours=8)), recorded={"first": first})
    assert [message.not_before for message in result] == [None], "its result"
    eve = event(id="eve")
    assert told(event(), sent=log(*told(eve)), recorded={"eve": eve}) == ()
    assert told(summit, sent=log(*told(eve)), recorded={"eve": eve}), "a meeting is more than its eve"
    assert leaves(event(), now=NOW.replace(hour=22)) is leaves(event(), now=NOW + timedelta(hours=36)) is None
    resting = replace(DESK, quiet=("20:00", "23:00"))
    assert leaves(event(), resting) == NOW.replace(hour=23), "never in quiet hours"
    assert leaves(event(), resting, NOW.replace(hour=22)) == NOW.replace(hour=23)


def test_an_event_is_told_once_a_family_under_the_part_that_it_moves_most() -> None:
    whole, part = event(evidence=("s1",)), event(id="e2", commitment="truce-cuts", evidence=("s2",))
    stories = {"s1": "a", "s2": "a", "s3": "b"}
    assert [t.commitment for m in told(whole, part, story_of=stories) for t in m.transitions] == ["truce-cuts"]
    more = replace(whole, evidence=("s1", "s3"))
    assert [t.commitment for m in told(more, part, story_of=stories) for t in m.transitions] == ["truce"]
    assert len(told(replace(whole, way=Direction.UP), part, story_of=stories)) == 1  # both, in one message


def test_what_a_part_was_told_of_is_not_told_again_of_the_whole_unless_it_is_newer() -> None:
    stories = {"s1": "a", "s2": "a"}
    sent = log(*told(event(id="e2", commitment="truce-cuts", evidence=("s2",))))
    later = event(evidence=("s1",))
    assert told(later, sent=sent, now=NOW + timedelta(hours=2), story_of=stories) == ()
    assert told(later, sent=sent, now=NOW + timedelta(hours=2), story_of={"s1": "a", "s2": "b"})
    assert told(later, sent=sent, now=NOW + timedelta(days=4), story_of=stories)
    assert told(replace(later, commitment="soy"), sent=sent, now=NOW + timedelta(hours=2), story_of=stories)
    stories = {"s1": "a", "s2": "a", "s3": "b"}
    sent = log(*told(event(id="e2", commitment="truce-cuts", evidence=("s2",))))
    soon = NOW + timedelta(hours=2)
    assert told(event(evidence=("s1", "s3")), sent=sent, now=soon, story_of=stories)
    assert told(event(evidence=("s3", "s1")), sent=sent, now=soon, story_of=stories) == ()


def test_what_a_report_told_of_another_commitment_is_not_told_again_soon() -> None:
    first, later = event(id="e2", commitment="soy", evidence=("s2",)), event(evidence=("s1", "s3"))
    stories, soon = {"s1": "a", "s2": "a", "s3": "b"}, NOW + timedelta(hours=2)
    again = partial(told, sent=log(*told(first)), recorded={"e2": first})
    assert again(later, now=soon, story_of=stories) == ()
    assert again(later, now=soon, story_of=stories | {"s1": "c"}), "by other reports"
    assert again(replace(later, way=Direction.UP), now=soon, story_of=stories), "the other way"
    assert again(turned(evidence=("s1",)), now=soon, story_of=stories), "a new status"
    assert again(later, now=NOW + timedelta(hours=9), story_of=stories), "later that day"


def test_what_an_event_has_led_to_is_a_reply_to_whoever_heard_of_it_and_an_alert_to_others() -> None:
    sent = log(*told(event(evidence=("s1",))))
    turn = turned(
        evidence=("s9",), severity=Severity.URGENT, confirms=True, continues=("s1",), reason=reason("so", "s9")
    )
    other = replace(DESK, name="other", least_severity=Severity.URGENT)
    kinds = {m.route: m.kind for m in told(turn, routes=(DESK, other), sent=sent)}
    assert kinds == {"desk": "confirmation", "other": "alert"}


def test_an_event_is_told_once_among_those_that_a_route_would_hear_of() -> None:
    stories = {"s1": "a", "s2": "a", "s3": "a"}
    whole, part = event(evidence=("s1", "s3")), event(id="e2", commitment="truce-cuts", evidence=("s2",))
    only_part = replace(DESK, commitments=("truce-cuts",))
    (message,) = told(whole, part, routes=(only_part,), story_of=stories)
    assert [t.commitment for t in message.transitions] == ["truce-cuts"]
    of_note = replace(whole, severity=Severity.ROUTINE)
    (message,) = told(of_note, part, story_of=stories)
    assert [t.commitment for t in message.transitions] == ["truce-cuts"], "what is not told hides nothing"


def test_an_event_that_is_taken_back_is_corrected_whatever_the_family_was_told() -> None:
    stories = {"s1": "a", "s2": "a"}
    first = told(event(evidence=("s1",)), event(id="e2", commitment="truce-cuts", evidence=("s2",), way=Direction.UP))
    gone = event(id="e3", cause=Cause.CORRECTION, evidence=("s1",), reason=reason("gone", "s1"))
    assert [m.kind for m in told(gone, sent=log(*first), now=NOW + timedelta(hours=2), story_of=stories)] == [
        "correction"
    ]


# ---------------------------------------------------------------- unsubscribed addresses


def test_an_unsubscribed_address_is_known_in_any_spelling_and_order() -> None:
    gone = Intervention("u1", "unsubscribe", "", membership("desk", "Ann@Company.org"), "by link", "", NOW)
    assert membership("desk/ann@company.org", "ann@company.org") in unsubscribed([gone])
    assert membership("desk", "bob@company.org") not in unsubscribed([gone])
    assert membership("other", "ann@company.org") not in unsubscribed([gone])


def test_routes_of_unsubscribed_addresses_are_left_out_until_they_are_resubscribed() -> None:
    other = Route("ann", "slack", "C2")
    gone = Intervention("u1", "unsubscribe", "", membership("ann", "C2"), "by link", "", NOW)
    back = Intervention("r1", "resubscribe", "", "u1", "mistake", "", NOW)
    assert subscribed([DESK, other], [gone]) == (DESK,)
    assert subscribed([DESK, other], [gone, back]) == (DESK, other)
    assert subscribed([DESK, other], [gone, back, replace(gone, id="u2")]) == (DESK,)
