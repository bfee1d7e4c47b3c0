"""The dates of a digest: what was missed, what begins or no longer ends, dates of other laws, meetings in doubt."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from monitor.domain.matching.rules import RuleInfo
from monitor.domain.messages.briefs import DigestBrief
from monitor.domain.model import By, Deadline, Effect, EventTime, Kind, Outlook, Says, Standing, Tier, Transition
from monitor.domain.model.changes import EventNoted, StatusChanged
from monitor.domain.model.enums import Cause, Direction, ReasonCode
from monitor.domain.model.news import DateMention
from tests.builders.domain_values import reason
from tests.builders.golden_wording import GoldenWording
from tests.builders.message_values import NOW, commitment, counts, digest, move, signal, story, verdict

DUE = date(2026, 3, 11)
RULE = "truce.eased"


def short_of(standing: Standing = Standing.IN_PROGRESS, due: date = DUE, **changes: Any) -> DigestBrief:
    """A digest of a week in which an amount was counted whose date passed."""
    owed = commitment()
    owed = replace(owed, targets=(replace(owed.targets[0], due=due),))
    progress = counts(("USDA", 4e6, 4e6))
    calm: dict[str, Any] = {"flags": (), "deadlines": (), "outlook": Outlook.STEADY, "progress": progress, **changes}
    moved = move(frm="pledged", to="in_progress", way=Direction.UP, outlook=Outlook.STEADY)
    return digest(
        commitments={"soybean-purchases": owed},
        verdicts={"soybean-purchases": verdict(standing=standing, **calm)},
        transitions=(moved,),
    )


def test_a_target_that_its_date_passed_short_of_is_told_first_with_its_count(wording: GoldenWording) -> None:
    found = short_of()
    wording((*found.statuses, found.events[0].behind, *found.dates))


def test_an_older_miss_stands_with_the_dates_and_with_its_event_alone() -> None:
    found = short_of(due=DUE - timedelta(days=20))
    assert "due" not in found.statuses[0]
    assert "Was due by 19 Feb 2026" in found.events[0].behind
    assert found.dates[0].startswith("Soybeans 12 Mt was due by 19 Feb 2026")


def test_what_was_met_is_not_pledged_or_has_a_later_date_was_not_missed() -> None:
    later = Deadline("12 Mt booked", "due", DUE + timedelta(days=60), "us", "claimed")
    assert not [line for line in short_of(deadlines=(later,)).dates if "was due by" in line]
    for standing in (Standing.MET, Standing.UNPLEDGED):
        found = short_of(standing)
        assert not [line for line in (*found.statuses, *found.dates) if "was due by" in line]


def test_a_target_of_an_earlier_period_was_missed_unless_it_was_met_when_the_next_began() -> None:
    first = replace(commitment().targets[0], due=DUE)
    owed = commitment(targets=(first, replace(first, start=DUE + timedelta(days=1), due=date(2026, 12, 31))))

    def renewed(old: Standing) -> str:
        begun = move(
            change=StatusChanged(old, Standing.PLEDGED),
            way=Direction.UP,
            cause=Cause.CLOCK,
            reason=reason("", code=ReasonCode.PERIOD),
            evidence=(),
        )
        own = verdict(flags=(), deadlines=(), outlook=Outlook.STEADY, standing=Standing.PLEDGED)
        known = {"commitments": {owed.id: owed}, "verdicts": {owed.id: own}}
        return digest(transitions=(begun,), **known).statuses[0]

    assert renewed(Standing.PARTLY_MET).startswith("Soybeans 12 Mt was due by 11 Mar 2026.")
    assert "was due" not in renewed(Standing.MET)


# ---------------------------------------------------------------- what begins, and what ends elsewhere


def of_truce(*transitions: Transition, standing: Standing = Standing.IN_FORCE, **changes: Any) -> tuple[str, ...]:
    """The dates of a digest of one commitment. kind, related: of the commitment, others of its verdict."""
    kept = {key: changes.pop(key) for key in ("kind", "related") if key in changes}
    calm = {"flags": (), "deadlines": (), "outlook": Outlook.STEADY} | {
        key: changes.pop(key) for key in ("deadlines", "outlook", "outlook_evidence", "outlook_since") if key in changes
    }
    return digest(
        commitments={"truce": commitment("truce", short="Truce", targets=(), **{"kind": Kind.STANDING, **kept})},
        verdicts={"truce": verdict("truce", standing=standing, **calm)},
        transitions=transitions or (move("t1", change=EventNoted(Effect.PROGRESS, By("cn")), commitment="truce"),),
        **changes,
    ).dates


def test_what_a_side_announced_for_the_next_week_begins_then_even_if_the_state_is_in_force() -> None:
    rule = RuleInfo(RULE, "truce", "3f9c1a", "truce.yaml", 1, effect=Effect.PROGRESS, tells="to lift its duties")

    def announced(day: date, effect: Effect = Effect.PROGRESS, says: str = "cn") -> tuple[str, ...]:
        own = signal("s1", "a", commitment="truce", rule=RULE, by=By("cn"), effect=effect, says=Says(says))
        at = NOW - timedelta(days=4)
        own = replace(own, tier=Tier.OFFICIAL, starts=DateMention(day, "day", "start"), happened=EventTime(at, at))
        return of_truce(signals={"s1": own}, stories={"a": story("a")}, rules={RULE: rule})

    today = NOW.date()
    assert announced(today) == ("Truce: China lifts its duties from 14 Mar 2026.",)
    assert announced(today + timedelta(days=6)) == ("Truce: China lifts its duties from 20 Mar 2026.",)
    assert announced(today + timedelta(days=9)) == (), "a later day is for a later digest"
    assert announced(today - timedelta(days=2)) == (), "it has begun"
    assert announced(today, Effect.SETBACK) == (), "a blow that the outlook has left behind"
    assert announced(today, says="us") == (), "only a side's own word"


def test_an_end_that_moved_and_a_date_of_another_law_are_dates(wording: GoldenWording) -> None:
    old = Deadline("truce", "expiry", date(2026, 3, 18), "cn+us", "superseded")
    new = Deadline("truce", "expiry", date(2027, 3, 18), "cn+us")
    law = Deadline("emergency duty", "expiry", date(2026, 3, 30), "us", since=date(2026, 3, 1))
    unknown = replace(law, date=date(2026, 4, 2), since=date(2026, 3, 20))
    passed = replace(law, what="surcharge", date=date(2026, 3, 12))
    wording((*of_truce(deadlines=(old, new), related=(law, unknown, passed)), "An old end that is not near:"))
    wording(of_truce(deadlines=(replace(old, date=date(2026, 4, 18)), new)))


def test_a_date_of_the_day_of_the_digest_is_still_ahead() -> None:
    today = Deadline("truce", "expiry", NOW.date(), "cn+us")
    assert of_truce(deadlines=(today,)) == ("Truce: the truce ends 14 Mar 2026, today, unless extended.",)


# ---------------------------------------------------------------- meetings without a day


def test_a_meeting_put_in_doubt_says_so_instead_of_vanishing() -> None:
    blow = signal("s1", "a", commitment="truce", effect=Effect.SETBACK, by=By("us"), quote="The US puts off the talks")
    known = {"signals": {"s1": blow}, "stories": {"a": story("a", title=blow.quote)}}
    doubted = {"outlook": Outlook.AT_RISK, "outlook_since": NOW, "outlook_evidence": ("s1",), "kind": Kind.SERIES}
    said = "Truce: next meeting in doubt, no day seen yet."
    assert of_truce(standing=Standing.IN_PROGRESS, **doubted, **known) == (said,)
    named = Deadline("talks", "", date(2026, 4, 2), "cn+us", "announced", since=NOW.date() + timedelta(days=1))
    assert "in doubt" not in of_truce(standing=Standing.IN_PROGRESS, deadlines=(named,), **doubted, **known)[0]


def test_a_meeting_announced_without_a_day_is_ahead_until_one_is_named() -> None:
    meeting = Deadline("leaders' meeting", "", date(2026, 5, 1), "cn", "awaited", since=NOW.date())
    line = "Truce: leaders' meeting ahead, no day seen yet."
    assert of_truce(standing=Standing.IN_PROGRESS, kind=Kind.SERIES, deadlines=(meeting,)) == (line,)
    named = replace(meeting, state="announced", date=date(2026, 4, 2))
    assert line not in of_truce(standing=Standing.IN_PROGRESS, kind=Kind.SERIES, deadlines=(named,))
