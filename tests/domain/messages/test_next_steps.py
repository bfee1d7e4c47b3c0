"""The next step in a message, for every status and kind of commitment."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any

import pytest

from monitor.domain.matching.rules import RuleInfo
from monitor.domain.messages.cause import ALSO, trouble
from monitor.domain.messages.next_steps import next_step
from monitor.domain.model import Baseline, Deadline, Flag, Quantity, Signal, Target
from monitor.domain.model.enums import (
    By,
    Direction,
    Effect,
    FlagKind,
    Kind,
    Level,
    Modality,
    Outlook,
    Says,
    Standing,
    Tier,
)
from monitor.domain.model.news import DateMention, EventTime
from monitor.domain.model.reasons import Sighted, Speaker
from monitor.domain.model.verdicts import Event
from tests.builders import shipped_rules
from tests.builders.golden_wording import GoldenWording
from tests.builders.message_values import NOW, commitment, context, counts, signal, story, verdict

END = Deadline("truce", "expiry", date(2026, 11, 10), "cn+us")
DUE = Deadline("12 Mt", "due", date(2026, 6, 30), "us", state="claimed")


STORIES = {"a": story("a", title="Mills put off “all” cargoes"), "b": story("b", title="推迟两船大豆", lang="zh")}


def said(standing: Standing, outlook: Outlook = Outlook.STEADY, *, dates: Any = (), flags: Any = (), **of: Any) -> str:
    blows, quoted = {blow.id: blow for blow in of.pop("blows", ())}, of.pop("quoted", ())
    own = {"deadlines": tuple(dates), "flags": tuple(flags), "steps": of.pop("done", ())}
    own |= {"progress": of.pop("counted", None), "outlook_evidence": tuple(blows)}
    stands = verdict(standing=standing, outlook=outlook, **own)
    return next_step(commitment(**of), stands, context(signals=blows, stories=STORIES), quoted)


YEARS = tuple(
    Target(25e6, "t", "booked", date(year, 1, 1), date(year, 12, 31), f"calendar {year}") for year in (2026, 2027)
)
STEPS: dict[str, Any] = {
    "kind": Kind.MILESTONE,
    "targets": (),
    "owed_by": "cn+us",
    "steps": ("agreed", "signed", "closed"),
}
STANDING: dict[str, Any] = {"kind": Kind.STANDING, "targets": (), "criteria": ()}
SERIES: dict[str, Any] = {"kind": Kind.SERIES, "targets": (), "owed_by": "cn+us", "criteria": ()}
RULING = RuleInfo("soybean-purchases/ruling", "soybean-purchases", "v", "", 1, tells="a court to strike down duties")
A_BLOW = signal("s1", "a", by=By("us"), effect=Effect.THREAT)
CLAIMED = Deadline("truce", "expiry", date(2027, 1, 10), "us", state="claimed")
PASSED = Deadline("12 Mt", "due", NOW.date() - timedelta(days=1), "cn+us")


def test_a_promise_towards_met_names_target_step_or_criterion(wording: GoldenWording) -> None:
    met = (("met", "The lists of both sides are in force."),)
    plain: dict[str, Any] = {"kind": Kind.MILESTONE, "targets": (), "owed_by": "company"}
    wording(
        [
            said(Standing.IN_PROGRESS, dates=[DUE]),
            said(Standing.PLEDGED, targets=YEARS),
            said(Standing.IN_PROGRESS, counted=counts(("USDA", 8e6, 8e6))),
            said(Standing.IN_PROGRESS, done=("agreed",), **STEPS),
            said(Standing.IN_PROGRESS, done=("signed",), **STEPS),  # an earlier step without a report is done too
            said(Standing.PLEDGED, criteria=met, **plain),
            said(Standing.PLEDGED, criteria=(), **plain),
            said(Standing.PLEDGED, **STANDING),
            said(Standing.IN_PROGRESS, **SERIES),
        ]
    )


def test_a_state_in_force_ends_on_its_date_and_names_the_only_side(wording: GoldenWording) -> None:
    over = replace(END, date=NOW.date() - timedelta(days=9))
    wording(
        [
            said(Standing.IN_FORCE, dates=[END], **STANDING),
            said(Standing.IN_FORCE, dates=[CLAIMED], **STANDING),
            said(Standing.IN_FORCE, dates=[over, CLAIMED], **STANDING),
            said(Standing.IN_FORCE, **STANDING),
        ]
    )


def test_a_status_at_risk_returns_by_an_act_and_never_by_silence(wording: GoldenWording) -> None:
    wording(
        [
            said(Standing.IN_FORCE, Outlook.AT_RISK, dates=[END], kind=Kind.STANDING, owed_by="cn+us"),
            said(Standing.IN_FORCE, Outlook.AT_RISK, owed_by="others"),
            said(Standing.UNPLEDGED, Outlook.AT_RISK),
            said(Standing.PLEDGED, Outlook.STALLED),
        ]
    )


def test_a_status_at_risk_names_the_report_that_put_it_there(wording: GoldenWording) -> None:
    def at_risk(quoted: Any = (), **changes: Any) -> str:
        blow = signal("s1", changes.pop("of", "a"), says=Says.PRESS, **changes)
        return said(Standing.IN_FORCE, Outlook.AT_RISK, blows=[blow], quoted=quoted, **STANDING)

    def quoted_below(**changes: Any) -> str:
        """Of a message that another report leads."""
        lead = signal("s9", "b", says=Says.PRESS, by=By.COMPANY, effect=Effect.NONE)
        blows = [signal("s1", "a", says=Says.PRESS, **changes), lead]
        return said(Standing.IN_FORCE, Outlook.AT_RISK, blows=blows, quoted=("s9", "s1"), **STANDING)

    base = Baseline(verdict().baseline, Standing.PLEDGED, "", Outlook.STALLED, note="The mills buy elsewhere.")
    wording(
        [
            at_risk(by=By("us"), effect=Effect.THREAT),
            at_risk(quoted=("s1",), by=By("us"), effect=Effect.THREAT),
            quoted_below(by=By("us"), effect=Effect.THREAT),
            quoted_below(by=By("cn")),
            at_risk(of="b", by=By("cn")),
            at_risk(effect=Effect.BREACH),
            said(Standing.PLEDGED, Outlook.AT_RISK, blows=[signal("s1", "a", says=Says.DATA)]),
            said(Standing.PLEDGED, Outlook.STALLED, baselines=(base,)),
            said(Standing.PLEDGED, Outlook.AT_RISK, baselines=(base,)),
        ]
    )


def test_a_step_is_named_by_its_clause_and_a_state_by_what_brings_it(wording: GoldenWording) -> None:
    clauses = (("signed", "the firms sign the sale"), ("closed", "the sale has closed"))
    kept, met = (("in_force", "both sides suspend their fees"),), (("met", "a meeting ends with an outcome"),)
    wording(
        [
            said(Standing.PLEDGED, done=("agreed",), clauses=clauses, **STEPS),
            said(Standing.IN_PROGRESS, done=("signed",), clauses=clauses, **STEPS),
            said(Standing.IN_PROGRESS, done=("closed",), clauses=clauses, **STEPS),  # done, but not in full
            said(Standing.PLEDGED, clauses=kept, **STANDING),
            said(Standing.UNPLEDGED, Outlook.AT_RISK, clauses=kept, blows=[A_BLOW], **STANDING),
            said(Standing.IN_PROGRESS, clauses=met, **SERIES),
        ]
    )


def test_each_step_of_the_shipped_rules_has_its_clause() -> None:
    """A bare name of a step tells a reader nothing, so Next writes its clause."""
    known = shipped_rules.rulebook().commitments.values()
    assert {each.id: [*each.steps] for each in known if each.steps} == {
        each.id: [name for name, _ in each.clauses if name in each.steps] for each in known if each.steps
    }
    assert {each.id for each in known if not (each.clauses or each.targets)} == set()


def announced(what: str, day: str, said_by: str = "cn+us", kind: str = "", precision: str = "day") -> Deadline:
    since, evidence = NOW.date() - timedelta(days=9), ("s1",)
    return Deadline(what, kind, date.fromisoformat(day), said_by, "announced", precision, since, evidence)


def test_an_announced_day_comes_first_until_it_is_past(wording: GoldenWording) -> None:
    summit, talks = announced("leaders' meeting", "2026-04-09", "cn"), announced("", "2026-03-28", "press", "start")
    again, gone = announced("", "2026-04-09", "press"), announced("", "2026-03-13")
    wording(
        [
            said(Standing.MET, dates=[gone, summit, again, talks], **SERIES),
            said(Standing.MET, dates=[announced("", "2026-06-30", "cn+us", "", "quarter")], **SERIES),
            said(Standing.MET, dates=[announced("", "2026-05-31", "cn+us", "", "month")], **SERIES),
            said(Standing.MET, dates=[announced("", "2026-03-22", "cn+us", "", "week")], **SERIES),
        ]
    )


def test_a_plan_is_ahead_on_its_day_and_a_measure_has_begun() -> None:
    plan, today = signal("s1", "a", effect=Effect.PLEDGE), announced("pledge/company", NOW.date().isoformat())
    milestone: dict[str, Any] = {"kind": Kind.MILESTONE, "targets": (), "owed_by": "company"}
    told = said(Standing.IN_PROGRESS, dates=[today], blows=[plan], **milestone)
    assert told.startswith("Announced for 14 Mar 2026: “Mills put off ‘all’ cargoes” (")
    assert "14 Mar" not in said(Standing.PLEDGED, dates=[today], blows=[plan], **STANDING)


def test_an_end_that_was_moved_is_named_until_its_first_day_is_past() -> None:
    first = replace(END, date=NOW.date() + timedelta(days=9), state="superseded")
    ends = "The truce ends on 10 Nov 2026 (before: 23 Mar 2026) unless extended."
    assert said(Standing.IN_FORCE, dates=[END, first], **STANDING) == ends
    past = replace(first, date=NOW.date() - timedelta(days=9))
    assert "before" not in said(Standing.IN_FORCE, dates=[END, past], **STANDING)


def test_a_meeting_of_today_is_ahead_until_it_is_reported() -> None:
    met = Event(Direction.UP, Effect.PROGRESS, By("cn+us"), NOW, (), True)
    today = announced("summit", NOW.date().isoformat())
    for events, text in (((), "Summit today (14 Mar 2026)."), ((met,), "")):
        stands = verdict(standing=Standing.MET, outlook=Outlook.STEADY, deadlines=(today,), flags=(), events=events)
        assert next_step(commitment(**SERIES), stands, context()) == text


def test_a_threat_that_leads_a_message_names_its_day() -> None:
    day = DateMention(date(2026, 7, 4), "day", "expiry", "Jul 4")
    stands = verdict(standing=Standing.IN_PROGRESS, outlook=Outlook.STEADY, deadlines=(), flags=())
    for dated, named in ((day, True), (replace(day, date=date(2026, 3, 1)), False), (None, False)):
        vow = signal("s1", "a", by=By("us"), effect=Effect.THREAT, date=dated)
        known = context(signals={"s1": vow}, stories=STORIES)
        assert ("The US names 4 Jul 2026 for this." in next_step(commitment(), stands, known, ("s1",))) is named


def test_a_threat_that_its_side_takes_back_in_the_report_that_leads_is_no_day_ahead() -> None:
    ahead = Deadline("threat/us", "expiry", date(2026, 5, 1), "us", state="announced", evidence=("s2",))
    stands = verdict(standing=Standing.IN_FORCE, outlook=Outlook.AT_RISK, deadlines=(ahead,), flags=())
    threat = signal("s2", "b", by=By("us"), effect=Effect.THREAT)
    own = signal("s1", "a", by=By("us"), says=Says("us"), effect=Effect.PLEDGE)
    for lead, over in (
        (own, True),
        (replace(own, says=Says.PRESS), False),
        (replace(own, says=Says.PRESS, effect=Effect.PROGRESS), True),
        (replace(own, by=By("cn"), says=Says("cn")), False),
        (replace(own, effect=Effect.THREAT), False),
    ):
        known = context(signals={"s1": lead, "s2": threat}, stories=STORIES)
        said = next_step(commitment(**STANDING), stands, known, ("s1",))
        assert ("1 May 2026" not in said) is over, lead


def test_a_commitment_names_the_meeting_of_the_next_month_before_its_own_end() -> None:
    kept = commitment(**STANDING)
    stands = verdict(standing=Standing.IN_FORCE, outlook=Outlook.STEADY, deadlines=(END,), flags=())
    ends = "The truce ends on 10 Nov 2026 unless extended."
    for meeting, text in (
        (announced("summit", "2026-04-09"), f"Summit on 9 Apr 2026. {ends}"),
        (replace(announced("summit", "2026-04-09"), state="awaited"), ends),
        (announced("summit", "2026-05-31", precision="month"), ends),
    ):
        talks = verdict("talks", standing=Standing.MET, outlook=Outlook.STEADY, deadlines=(meeting,), flags=())
        known = {"commitments": {kept.id: kept, "talks": commitment("talks", **SERIES)}}
        told = next_step(kept, stands, context(verdicts={kept.id: stands, "talks": talks}, **known))
        assert told == text


def test_a_meeting_of_several_days_is_told_with_its_last_day_until_then() -> None:
    visit, met = (
        announced("leaders' meeting", "2026-03-31", kind="start"),
        Event(Direction.UP, Effect.PROGRESS, By("us"), NOW, (), True),
    )
    told = [
        said(Standing.MET, dates=[d], **SERIES) for d in (replace(visit, lasts=2), announced("talks", "2026-05-14"))
    ]
    assert told == ["Leaders' meeting from 31 Mar to 2 Apr 2026.", "Talks on 14 May 2026."]
    ahead = replace(announced("talks", "2026-05-14"), lasts=1)
    assert said(Standing.MET, dates=[ahead], **SERIES) == "Talks from 14 to 15 May 2026."
    begun = replace(visit, date=NOW.date(), lasts=1)
    stands = verdict(standing=Standing.MET, outlook=Outlook.STEADY, deadlines=(begun,), flags=(), events=(met,))
    assert next_step(commitment(**SERIES), stands, context()) == "Leaders' meeting until 15 Mar 2026."
    for over in (replace(begun, lasts=None), replace(begun, what="")):  # of talks without a name the press says when
        stands = replace(stands, deadlines=(over,))
        assert next_step(commitment(**SERIES), stands, context()) == ""


def test_talks_at_risk_return_once_the_silent_side_confirms_the_new_date() -> None:
    new = announced("leaders' meeting", "2026-05-14", "us")
    told = said(Standing.IN_PROGRESS, Outlook.AT_RISK, dates=[new], blows=[signal("s1", "a")], **SERIES)
    assert "once the two sides meet or China confirms the leaders' meeting of 14 May 2026" in told  # it is in doubt
    new = replace(new, since=NOW.date() + timedelta(days=1))
    told = said(Standing.IN_PROGRESS, Outlook.AT_RISK, dates=[new], blows=[signal("s1", "a")], **SERIES)
    assert told.startswith("Leaders' meeting on 14 May 2026 (date given by the US). ")
    assert "once the two sides meet or China confirms the date" in told
    doubt = Flag(FlagKind.UNCONFIRMED, "met", NOW)
    told = said(Standing.IN_PROGRESS, flags=[doubt], clauses=(("met", "a meeting ends"),), **SERIES)
    assert told == "MET once further reports confirm this."


def test_a_month_of_a_meeting_is_not_named_once_a_setback_has_put_it_in_doubt() -> None:
    month = announced("leaders' meeting", "2026-04-30", precision="month")
    for effect, text in ((Effect.PROGRESS, "Leaders' meeting in Apr 2026."), (Effect.SETBACK, "")):
        event = Event(Direction.OTHER, effect, By("cn+us"), NOW - timedelta(days=3), (), True)
        stands = verdict(standing=Standing.MET, outlook=Outlook.STEADY, deadlines=(month,), flags=(), events=(event,))
        assert next_step(commitment(**SERIES), stands, context()) == text


def test_a_meeting_without_a_day_is_ahead_unless_it_was_put_in_doubt_since() -> None:
    meeting = replace(announced("leaders' meeting", "2026-04-30"), state="awaited")
    assert said(Standing.MET, dates=[meeting], **SERIES) == "Leaders' meeting ahead, no day seen yet."
    assert said(Standing.MET, dates=[replace(meeting, date=date(2026, 3, 1))], **SERIES) == ""
    dated = said(Standing.MET, dates=[meeting, announced("summit", "2026-04-09")], **SERIES)
    assert dated == "Summit on 9 Apr 2026."
    doubt = said(Standing.IN_PROGRESS, Outlook.AT_RISK, dates=[meeting], blows=[signal("s1", "a")], **SERIES)
    assert "ahead" not in doubt
    series, day = commitment("talks", **SERIES), announced("summit", "2026-04-09")
    for of, text in ((meeting, "Changes only when"), (day, "Summit on 9 Apr 2026, in doubt.")):
        talks = verdict("talks", standing=Standing.IN_PROGRESS, outlook=Outlook.AT_RISK, deadlines=(of,))
        known = context(commitments={"talks": series}, verdicts={"talks": talks}, stories=STORIES)
        stands = verdict(standing=Standing.BREACHED, outlook=Outlook.STEADY, deadlines=(), flags=())
        assert next_step(commitment(**STANDING), stands, known).startswith(text), "another commitment waits for it"


def test_what_is_owed_is_pledged_once_who_owes_it_promises_what_the_commitment_says() -> None:
    for owed_by, name, text in (
        ("cn+us", "The US and China drop fees", "PLEDGED once both sides promise that they drop fees."),
        ("cn", "China keeps licences flowing", "PLEDGED once China promises that it keeps licences flowing."),
        ("cn", "Licences keep flowing", ""),
    ):
        blow = replace(A_BLOW, by=By("cn"))
        owed: dict[str, Any] = {"owed_by": owed_by, "name": name, **STANDING}
        assert said(Standing.UNPLEDGED, Outlook.AT_RISK, blows=[blow], **owed) == text


def test_who_threatens_its_own_promise_ends_that_itself_and_every_side_may_end_another_trouble() -> None:
    blow = signal("s1", "a", by=By("cn"))
    for by, threatened_by, text in (
        (By("us"), (), "No longer STALLED once further reports"),
        (By("us"), ("cn",), "No longer STALLED if China reverses"),
        (By("cn"), ("cn",), "No longer STALLED once further reports"),
    ):
        eases = replace(blow, id="s2", story="b", by=by, effect=Effect.PROGRESS, says=Says.PRESS)
        own: dict[str, Any] = {"outlook_evidence": ("s1", "s2"), "threatened_by": threatened_by, "deadlines": ()}
        stands = verdict(standing=Standing.IN_PROGRESS, outlook=Outlook.STALLED, **own)
        known = context(signals={"s1": blow, "s2": eases}, stories=STORIES)
        assert next_step(commitment(**STANDING), stands, known, ("s2",)).startswith(text)


def test_a_stop_that_is_only_planned_is_dropped_and_neither_withdrawn_nor_reversed() -> None:
    for facts, ends in (
        ({"effect": Effect.THREAT}, "China withdraws this threat"),
        ({"effect": Effect.THREAT, "stalls": True}, "China drops this plan"),
        ({"effect": Effect.SETBACK, "stalls": True}, "China reverses this"),
        ({"effect": Effect.SETBACK, "modality": Modality.PLAN}, "China drops this plan"),
    ):
        blow = signal("s1", "a", by=By("cn"), **facts)
        told = said(Standing.IN_PROGRESS, Outlook.AT_RISK, blows=[blow], quoted=("s1",), **STANDING)
        assert told == f"No longer AT RISK if {ends}.", facts


def test_of_two_sides_that_threaten_each_other_both_have_to_end_it() -> None:
    own: dict[str, Any] = {"outlook_evidence": ("s1",), "threatened_by": ("cn", "us"), "deadlines": ()}
    stands = verdict(standing=Standing.IN_FORCE, outlook=Outlook.AT_RISK, **own)
    known = context(signals={"s1": A_BLOW}, stories=STORIES)
    told = next_step(commitment(**STANDING), stands, known, ("s1",))
    assert told == "No longer AT RISK if the US withdraws this threat and China its own."


def test_a_blow_that_has_not_moved_the_status_yet_names_the_trouble_that_more_reports_bring() -> None:
    threat, weak = replace(A_BLOW, tier=Tier.WIRE), RuleInfo(A_BLOW.rule, "soybean-purchases", "v", "", 1, weak=True)
    stop = replace(threat, effect=Effect.SETBACK, stalls=True)
    doubt = Flag(
        FlagKind.UNCONFIRMED,
        "at_risk",
        NOW,
        Sighted(Speaker("AP", Says.PRESS, report=False), Outlook.AT_RISK, 1, 3, 3),
        ("s1",),
    )
    for blow, flags, rule, text in (
        (threat, (), RULING, "AT RISK once further reports confirm this."),
        (stop, (), RULING, "STALLED once further reports confirm this."),
        (stop, (doubt,), RULING, "AT RISK once further reports confirm this."),
        (threat, (), weak, ""),
        (replace(threat, tier=Tier.UNKNOWN), (), RULING, ""),
        (replace(threat, effect=Effect.PROGRESS), (), RULING, ""),
    ):
        stands = verdict(standing=Standing.IN_FORCE, outlook=Outlook.STEADY, deadlines=(), flags=flags)
        known = context(signals={"s1": blow}, stories=STORIES, rules={rule.id: rule})
        assert next_step(commitment(**STANDING), stands, known, ("s1",)) == text


def test_a_promised_term_stands_beside_the_step_that_begins_it() -> None:
    clauses = (("in_force", "both sides suspend their fees"),)
    for lasts, text in ((365.25, "a year"), (730.5, "two years"), (182.625, "six months"), (120, "120 days")):
        term = Deadline("suspension", "expiry", date(2026, 9, 1), "cn+us", state="promised", lasts=lasts)
        told = said(Standing.PLEDGED, dates=[term], clauses=clauses, **STANDING)
        assert told == f"IN FORCE once both sides suspend their fees, for {text}."


def test_a_promise_that_is_met_names_what_its_parts_wait_for() -> None:
    part = commitment("soybean-purchases-annual", topic="Yearly", targets=YEARS)
    stands = verdict(part.id, standing=Standing.PLEDGED, outlook=Outlook.STEADY, deadlines=(), flags=())
    known = context(commitments={part.id: part}, verdicts={part.id: stands}, stories=STORIES)
    met = verdict(standing=Standing.MET, outlook=Outlook.STEADY, deadlines=(), flags=())
    assert next_step(commitment(), met, known).startswith("Yearly: MET for 2026 at 25 Mt booked by 31 Dec 2026")
    known = replace(known, verdicts={part.id: replace(stands, standing=Standing.MET)})
    assert next_step(commitment(), met, known) == "Nothing more is due."


def test_what_is_kept_without_a_step_ahead_says_what_would_put_it_at_risk() -> None:
    risk = {"criteria": (("at_risk", "A side charges again."), ("met", "The fees are gone."))}
    for standing, of, text in (
        (Standing.IN_FORCE, STANDING, "AT RISK if a side charges again."),
        (Standing.MET, SERIES, "AT RISK if a side charges again."),
        (Standing.MET, STEPS, "Nothing more is due."),
    ):
        assert said(standing, **{**of, **risk}) == text
    assert "charges" not in said(Standing.IN_FORCE, dates=[END], **{**STANDING, **risk})


def test_the_end_of_another_law_is_a_date_ahead_once_it_is_known() -> None:
    for since, text in ((None, "The levy ends on 10 Nov 2026 unless extended."), (NOW.date() + timedelta(days=1), "")):
        law = replace(END, what="levy", since=since)
        assert said(Standing.IN_FORCE, related=(law,), **STANDING) == text


def test_a_goal_that_the_status_line_names_is_next_where_nothing_else_is_known() -> None:
    clauses = (("closed", "the sale has closed"),)
    stands = verdict(standing=Standing.IN_PROGRESS, outlook=Outlook.STEADY, deadlines=(), flags=(), steps=("signed",))
    own = commitment(clauses=clauses, **STEPS)
    assert next_step(own, stands, context(), until="the sale has closed") == "MET once the sale has closed."
    dated = replace(stands, deadlines=(DUE,))
    assert "the sale" not in next_step(own, dated, context(), until="the sale has closed")
    talks = commitment(**SERIES)
    assert next_step(talks, stands, context(), until="they meet") == "No date of a further meeting is known."


def test_an_amount_at_risk_returns_with_its_counts_and_a_promise_is_made_by_who_owes_it() -> None:
    behind = signal("s1", "a", says=Says.DATA)
    assert "half of a steady pace (3.3 Mt by now)" in said(Standing.PLEDGED, Outlook.AT_RISK, blows=[behind])
    counted = counts(("USDA", 4e6, 4e6))
    assert said(Standing.PLEDGED, Outlook.AT_RISK, blows=[behind], counted=counted).startswith("MET at")
    told = said(Standing.UNPLEDGED, Outlook.AT_RISK, blows=[A_BLOW], **STANDING)
    assert told.startswith("No longer AT RISK if the US withdraws"), "another side has to promise"


def test_a_ruling_is_reversed_by_a_court_or_overtaken_by_the_promise() -> None:
    ruling = signal("s1", "a", by=By.THIRD, says=Says.PRESS, level=Level.ORDER)
    stands, own = verdict(deadlines=(), outlook_evidence=("s1",)), commitment(**STANDING)
    known = context(signals={"s1": ruling}, stories=STORIES)
    known = replace(known, rules={ruling.rule: RULING}, commitments={own.id: own})
    assert "No longer AT RISK if the ruling is reversed or China confirms the promise." in next_step(own, stands, known)
    counted = replace(known, signals={"s1": replace(ruling, level=Level.ORDINARY)})
    assert "ruling" not in next_step(own, stands, counted)


def test_a_target_of_today_is_due_today_and_a_later_day_of_one_side_stands_beside_it() -> None:
    today = (replace(commitment().targets[0], due=NOW.date()),)
    assert "12 Mt booked by today" in said(Standing.IN_PROGRESS, targets=today)
    later = Deadline("12 Mt", "due", date(2026, 8, 31), "us", state="claimed")
    agreed = replace(later, date=date(2026, 6, 30), said_by="cn+us", state="current")
    assert "by 30 Jun 2026 (the US names 31 Aug 2026)" in said(Standing.IN_PROGRESS, dates=[agreed, later])


def test_an_act_of_long_ago_is_not_the_cause_of_a_trouble_beside_one_of_these_days_but_a_threat_ahead_is() -> None:
    old = EventTime(*2 * (NOW - timedelta(days=40),))
    order = signal("s1", "a", by=By("cn"), level=Level.ORDER, happened=old)
    blow = signal("s2", "a", by=By("cn"))
    own = verdict(outlook_since=old.end, outlook_evidence=("s1", "s2"), deadlines=())
    known = context(signals={"s1": order, "s2": blow}, stories=STORIES)
    assert trouble(commitment(), own, known)[1] == "s2"
    ahead = replace(announced("threat/cn", "2026-04-01", "cn", "start"), evidence=("s1",))
    threat = replace(known, signals={"s1": replace(order, effect=Effect.THREAT), "s2": blow})
    assert trouble(commitment(), replace(own, deadlines=(ahead,)), threat)[1] == "s1"


def test_a_status_in_trouble_says_what_it_is_over() -> None:
    def over(*blows: Signal, told: Any = (), dates: Any = (), base: Any = None, **of: Any) -> tuple[str, str]:
        known = {blow.id: blow for blow in blows}
        since = {"outlook_since": datetime(2025, 11, 1, tzinfo=UTC), "deadlines": dates}
        stands = verdict(outlook_evidence=tuple(known), **since, **of)
        own = commitment(baselines=(base,) if base else ())
        return trouble(own, stands, context(signals=known, stories=STORIES), told)

    blow = signal("s1", "a", by=By("cn"))
    assert over(blow) == (" over “Mills put off ‘all’ cargoes” (Harbour Wire, 14 Mar 2026)", "s1")
    assert over(replace(blow, field="summary"))[0] == (
        " over the report that China takes a step back (Harbour Wire, 14 Mar 2026)"
    )
    assert over(blow, told=("s1",)) == (ALSO, "")
    ahead, threat = (announced("setback/cn", "2026-04-01", "cn", "start"),), replace(blow, effect=Effect.THREAT)
    assert over(threat, dates=ahead) == (" over the threat by China for 1 Apr 2026", "s1")
    assert over(blow, dates=ahead) == over(blow)  # what is ordered is no threat
    tomorrow = (replace(ahead[0], date=NOW.date() + timedelta(days=1)),)
    deed = signal("s2", "a", by=By("cn"))
    for each in (blow, threat):
        assert over(each, deed, told=("s2",), dates=tomorrow) == (": China carries out what it announced", "s2")
    assert over(threat, told=("s2",)) == over(threat)
    later = replace(deed, happened=EventTime(*2 * (NOW + timedelta(hours=1),)))
    assert over(threat, later, told=("s2",)) == ("", "s2")
    base = Baseline(
        verdict().baseline,
        Standing.PLEDGED,
        "",
        Outlook.AT_RISK,
        note="No promise by the mills; they wait. A talk is near.",
    )
    assert over(base=base) == (": no promise by the mills (1 Nov 2025)", "")
    assert over(base=replace(base, outlook=Outlook.STALLED)) == over() == ("", "")


def test_an_announced_act_is_told_in_the_words_of_its_rule_until_the_risk_is_over(wording: GoldenWording) -> None:
    coming = announced("threat/us", "2027-01-01", "press", "start", "year")

    def at(outlook: Outlook, turned: int) -> str:
        since = NOW - timedelta(days=turned)
        stands = verdict(
            standing=Standing.IN_FORCE,
            outlook=outlook,
            outlook_since=since,
            deadlines=(coming,),
            outlook_evidence=("s1",),
        )
        return next_step(commitment(**STANDING), stands, context(signals={"s1": A_BLOW}, stories=STORIES))

    wording([at(Outlook.AT_RISK, 9), at(Outlook.STEADY, 20)])
    assert "threatens" not in at(Outlook.STEADY, 1)


def test_a_headline_of_another_side_is_not_quoted_as_the_act_of_this_one() -> None:
    blow = signal("s1", "a", by=By("us"), says=Says.PRESS)
    stands = verdict(standing=Standing.IN_FORCE, outlook=Outlook.AT_RISK, deadlines=(), outlook_evidence=("s1",))

    def told(title: str) -> str:
        known = context(signals={"s1": blow}, stories={"a": story("a", title=title)})
        return next_step(commitment(**STANDING), stands, known)

    assert told("China hits back at U.S. firms") == "" != told("U.S. firms lose their licences")


def test_the_latest_threat_of_the_same_side_is_named_and_not_the_answer_of_the_other(wording: GoldenWording) -> None:
    later = signal("s2", "b", by=By("us"), effect=Effect.THREAT)
    answer = signal("s3", "b", by=By("cn"), effect=Effect.THREAT)
    ruling = signal("s4", "a", by=By("us"), effect=Effect.SETBACK, rule="soybean-purchases/ruling")
    of_both = signal("s5", "a", by=By("cn+us"), effect=Effect.THREAT)
    all_of_them = (A_BLOW, later, answer, replace(answer, id="s6"), ruling, of_both)
    known = context(signals={s.id: s for s in all_of_them}, stories=STORIES)
    both_owe = commitment(**{**STANDING, "owed_by": "cn+us"})
    known = replace(known, rules={ruling.rule: RULING}, commitments={both_owe.id: both_owe})

    def quoting(*quoted: str, cause: str = "s1", **of: Any) -> str:
        stands = verdict(standing=Standing.IN_FORCE, outlook=Outlook.AT_RISK, deadlines=(), outlook_evidence=(cause,))
        return next_step(commitment(**{**STANDING, **of}), stands, known, quoted)

    # However many reports of the other side the message quotes, or its answer of later days is behind the outlook too.
    answers = {
        key: replace(answer, id=key, happened=EventTime(*2 * (A_BLOW.happened.end + timedelta(days=2),)))
        for key in ("s7", "s8")
    }
    stands = verdict(standing=Standing.IN_FORCE, outlook_evidence=("s1", *answers), deadlines=())
    told = next_step(commitment(**STANDING), stands, replace(known, signals={**known.signals, **answers}), ("s7",))
    assert told == quoting("s3")
    assert quoting("s3", "s6") == quoting("s3")
    wording([quoting("s2"), quoting("s3"), quoting("s4", cause="s4"), quoting(cause="s5"), quoting("s5", cause="s5")])


def test_an_announced_act_that_leads_the_message_is_dated_and_one_that_has_begun_is_not(wording: GoldenWording) -> None:
    coming = announced("setback/us", "2026-04-01", "us", "start")
    plans, threat = signal("s1", "a", by=By("us")), signal("s1", "a", by=By("us"), effect=Effect.THREAT)
    post = replace(plans, title_is_news=False)

    def telling(told: Any, *quoted: str, day: str = "2026-04-01", **of: Any) -> str:
        stands = verdict(standing=Standing.PLEDGED, deadlines=(replace(coming, date=date.fromisoformat(day)),))
        known = replace(context(signals={"s1": told}, stories=STORIES), rules={})
        return next_step(commitment(**{**STANDING, **of}), stands, known, quoted)

    wording(
        [
            telling(plans, "s1"),
            telling(plans, "s1", kind=Kind.MILESTONE),
            telling(threat, "s1"),
            telling(plans, "s9", "s1"),
            telling(plans),
            telling(post),
        ]
    )
    assert telling(plans, day=NOW.date().isoformat()) == ""


def test_a_call_is_called_so_and_is_not_next_once_a_report_tells_of_it_as_over() -> None:
    today, named = NOW.date(), DateMention(NOW.date(), "day", "", "Saturday")
    plan = signal("s1", "a", quote="Leaders to hold talks later, pending call on Saturday", date=named)
    over = signal("s2", "a", quote="Mills are freed after the call of the leaders", commitment="soybean-purchases")
    talks = commitment(id="talks", **SERIES)
    calm: dict[str, Any] = {"outlook": Outlook.STEADY, "flags": ()}
    of_talks = verdict(commitment="talks", deadlines=(announced("", today.isoformat()),), events=(), **calm)
    own = commitment(**STANDING)
    known = context(signals={"s1": plan, "s2": over}, stories=STORIES)
    known = replace(known, commitments={"talks": talks, own.id: own}, verdicts={"talks": of_talks})
    stands = verdict(standing=Standing.PLEDGED, deadlines=(), **calm)
    assert next_step(own, stands, known).startswith("Call today (14 Mar 2026).")
    assert "Call" not in next_step(own, stands, known, ("s2",))


def test_a_forecast_is_attributed_and_stands_beside_no_earlier_step(wording: GoldenWording) -> None:
    named = DateMention(date(2026, 4, 1), "day", "", "1 April")
    hopes = signal(
        "s1", "a", effect=Effect.PLEDGE, rule="r", object="closed", date=named, quote="Sale closes on 1 April"
    )
    rule = RuleInfo(
        "r", "soybean-purchases", "v", "", 1, object="closed", effect=Effect.DELIVERED, tells="the sale to close"
    )
    stands = verdict(standing=Standing.IN_PROGRESS, deadlines=(announced("pledge/us", "2026-04-01"),), flags=())

    def told(**of: Any) -> str:
        known = context(signals={"s1": replace(hopes, **of)}, stories=STORIES)
        return next_step(commitment(**STEPS), stands, replace(known, rules={"r": rule}), ("s9", "s1"))

    awaits = told(quote="Sale agreed, pending a call on 1 April", says=Says.PRESS)
    wording([told(), told(says=Says.PRESS), awaits])


def test_a_blow_that_no_side_can_undo_is_the_one_behind_a_message_that_it_leads() -> None:
    threat = signal("s1", "a", by=By("cn"), effect=Effect.THREAT)
    stop = signal("s2", "a", by=By.COMPANY, says=Says.PRESS)
    told = said(Standing.IN_PROGRESS, Outlook.STALLED, blows=[threat, stop], quoted=("s2",), **STANDING)
    assert told == "No longer STALLED if this ends."


def test_talks_return_by_a_meeting_or_a_date_and_a_meeting_in_doubt_is_not_announced(wording: GoldenWording) -> None:
    summit = announced("leaders' meeting", "2026-04-09")
    other_day = announced("", "2026-04-10", "us")

    def talks(outlook: Outlook, turned: int, *dates: Deadline) -> str:
        since = NOW - timedelta(days=turned)
        stands = verdict(standing=Standing.IN_PROGRESS, outlook=outlook, deadlines=dates, outlook_since=since)
        stands = replace(stands, outlook_evidence=("s1",))
        return next_step(commitment(**SERIES), stands, context(signals={"s1": A_BLOW}, stories=STORIES))

    wording(
        [
            talks(Outlook.AT_RISK, 1, summit),
            talks(Outlook.AT_RISK, 20, summit),
            talks(Outlook.STEADY, 1, summit, other_day),
        ]
    )


def test_nothing_that_the_message_reports_comes_next(wording: GoldenWording) -> None:
    blow = signal("s1", "a", by=By("cn"))
    eases = signal("s2", "a", by=By("cn"), effect=Effect.PROGRESS)
    signs = signal("s3", "a", effect=Effect.DELIVERED, object="signed")
    known = context(signals={s.id: s for s in (blow, eases, signs)}, stories=STORIES)

    def telling(*quoted: str, standing: Standing = Standing.IN_FORCE, **of: Any) -> str:
        stands = verdict(standing=standing, outlook=Outlook.AT_RISK, deadlines=(), outlook_evidence=("s1",))
        return next_step(commitment(**of), stands, known, quoted)

    partly = {**STEPS, "partly_met_by": ("signed",)}
    wording(
        [
            telling("s1", **STANDING),
            telling("s2", **STANDING),
            telling("s3", standing=Standing.PLEDGED, **STEPS),
            telling(standing=Standing.PARTLY_MET, **partly),
            telling("s1", standing=Standing.PLEDGED, **{**partly, "steps": STEPS["steps"][1:]}),
        ]
    )


def test_a_promise_not_yet_made_is_made_by_an_amount(wording: GoldenWording) -> None:
    wording(said(Standing.UNPLEDGED, targets=YEARS[1:]))


def test_a_whole_names_the_dates_of_its_parts(wording: GoldenWording) -> None:
    part = verdict("fees", standing=Standing.IN_FORCE, deadlines=(replace(END, what="suspension"),))
    known = context(verdicts={"fees": part}, stories=STORIES)
    stands = verdict(standing=Standing.IN_FORCE, outlook=Outlook.STEADY, deadlines=())
    wording(next_step(commitment(parts=("fees",), **STANDING), stands, known))


def test_a_meeting_announced_in_the_deal_comes_before_the_step_of_another_commitment(wording: GoldenWording) -> None:
    talks = commitment("talks", **SERIES)
    own = verdict(
        "talks", standing=Standing.MET, outlook=Outlook.STEADY, deadlines=(announced("leaders' meeting", "2026-04-09"),)
    )
    known = context(commitments={"talks": talks}, verdicts={"talks": own}, stories=STORIES)
    wording(next_step(commitment(**STEPS), verdict(standing=Standing.PLEDGED, outlook=Outlook.STEADY), known))


def test_an_amount_is_named_only_once_it_is_known(wording: GoldenWording) -> None:
    named = signal("s1", "a", effect=Effect.PLEDGE, quantity=Quantity(25e6, None, "t"))
    later = YEARS[1:]
    unknown = said(Standing.PLEDGED, targets=later)
    stands = verdict(standing=Standing.PLEDGED, outlook=Outlook.STEADY, evidence=("s1",))
    known = next_step(commitment(targets=later), stands, context(signals={"s1": named}, stories=STORIES))
    moved = replace(DUE, date=date(2026, 8, 31))
    wording([unknown, known, said(Standing.IN_PROGRESS, dates=[moved])])


def test_a_date_that_one_side_alone_named_and_one_that_another_side_moves(wording: GoldenWording) -> None:
    gone = replace(DUE, date=NOW.date() - timedelta(days=2), what="sale")
    wording(
        [
            said(Standing.IN_PROGRESS, dates=[gone], **STEPS),
            said(Standing.IN_FORCE, dates=[END, CLAIMED], **STANDING),
            said(Standing.IN_FORCE, Outlook.AT_RISK, dates=[END, replace(END, what="pause")], **STANDING),
            said(Standing.IN_PROGRESS, dates=[replace(DUE, precision="month", what="ban")], **STEPS),
        ]
    )


def test_a_date_that_has_passed_names_the_day_on_which_the_status_lapses(wording: GoldenWording) -> None:
    wording(said(Standing.PLEDGED, Outlook.AT_RISK, dates=[PASSED], grace_days=60))
    unchecked = Flag(FlagKind.UNCHECKED, "12 Mt", NOW)
    assert "LAPSED" not in said(Standing.PLEDGED, dates=[PASSED], grace_days=60, flags=[unchecked])
    later = Deadline("12 Mt", "due", date(2026, 9, 1), "us", state="claimed")
    assert "LAPSED" not in said(Standing.PLEDGED, dates=[PASSED, later], grace_days=60)
    assert "LAPSED" not in said(Standing.PLEDGED, dates=[PASSED], grace_days=0)


def test_each_other_status_names_the_change_that_would_move_it(wording: GoldenWording) -> None:
    wording(
        [
            said(Standing.UNPLEDGED),
            said(Standing.UNPLEDGED, owed_by="others"),
            said(Standing.BREACHED),
            said(Standing.LAPSED, owed_by="cn+us"),
            said(Standing.LAPSED),
            said(Standing.MET),
            said(Standing.MET, targets=YEARS),
            said(Standing.MET, **SERIES),
            said(Standing.MET, dates=[DUE], **SERIES),
        ]
    )


@pytest.mark.parametrize("kind", Kind)
def test_every_status_and_kind_has_its_next_step(kind: Kind) -> None:
    every = product(Standing, Outlook, ("us", "cn", "cn+us", "company", "others"))
    steps = {each: said(*each[:2], kind=kind, owed_by=each[2], dates=[END, DUE]) for each in every}
    assert {each: text for each, text in steps.items() if text[-1:] not in (".", "") or "_" in text} == {}


def test_a_promise_not_yet_made_names_no_step_and_a_step_that_the_promise_itself_is_has_been_done() -> None:
    assert said(Standing.UNPLEDGED, **STEPS) == "MET once the step “closed” is done."
    acts = {
        "x/agree": RuleInfo("x/agree", "soybean-purchases", "v", "", 1, object="agreed", effect=Effect.PLEDGE),
        "x/sign": RuleInfo("x/sign", "soybean-purchases", "v", "", 1, object="signed", effect=Effect.PROGRESS),
    }
    known = replace(context(stories=STORIES), rules=acts)
    told = next_step(commitment(**STEPS), verdict(standing=Standing.PLEDGED, deadlines=()), known)
    assert told == "IN PROGRESS once the step “signed” is done; MET once the step “closed” is done."


def test_an_act_that_is_missing_is_not_reversed_but_done() -> None:
    waits = signal("s1", "a", by=By("cn"), rule="x/extend")
    rule = RuleInfo(
        "x/extend", "soybean-purchases", "v", "", 1, effect=Effect.DEADLINE, tells="to extend the suspension"
    )
    known = replace(context(signals={"s1": waits}, stories=STORIES), rules={rule.id: rule})
    stands = verdict(standing=Standing.IN_FORCE, outlook=Outlook.AT_RISK, deadlines=(), outlook_evidence=("s1",))
    assert next_step(commitment(**STANDING), stands, known) == "No longer AT RISK once China extends the suspension."


@pytest.mark.parametrize(
    ("title", "name"),
    [("Envoys fly in for trade talks", "Trade talks"), ("双方将举行会谈", "Talks"), ("Xi plans a visit", "Visit")],
)
def test_a_meeting_without_a_name_goes_by_that_of_its_report(title: str, name: str) -> None:
    talks = commitment(**SERIES)
    year = announced("", "2026-12-31", "cn", "", "year")
    steady: dict[str, Any] = {"outlook": Outlook.STEADY, "flags": ()}
    coming = verdict(standing=Standing.MET, deadlines=(year,), **steady)
    known = context(signals={"s1": signal("s1", "a", quote="")}, stories={"a": story("a", title=title)})
    assert next_step(talks, coming, known) == f"{name} in 2026 (date given by China)."
    known = replace(known, commitments={"talks": replace(talks, id="talks")}, verdicts={"talks": coming})
    stands = verdict(standing=Standing.IN_FORCE, deadlines=(), **steady)
    assert next_step(commitment(**STANDING), stands, known) == ""
    soon = replace(coming, deadlines=(announced("", "2026-04-09", "cn"),))
    known = replace(known, verdicts={"talks": soon})
    assert next_step(commitment(**STANDING), stands, known) == f"{name} on 9 Apr 2026 (date given by China)."


def test_a_meeting_without_a_day_and_a_name_is_told_in_the_words_of_its_report() -> None:
    year = replace(announced("", "2026-12-31", "press", "", "year"), evidence=("s1",))
    coming = verdict(standing=Standing.MET, outlook=Outlook.STEADY, flags=(), deadlines=(year,))
    said_by = signal("s1", "a", quote="The minister will visit the capital in the autumn.")
    for lang, words in (
        ("en", "Visit in 2026: “The minister will visit the capital in the autumn” (Harbour Wire, 14 Mar 2026)."),
        ("zh", ""),
    ):
        known = context(signals={"s1": said_by}, stories={"a": story("a", title="A visit", lang=lang)})
        assert next_step(commitment(**SERIES), coming, known) == words, "else it says neither who nor when"


def test_a_step_that_no_rule_reports_is_never_still_to_come() -> None:
    rules = {"r": RuleInfo("soybean-purchases/agreed", "soybean-purchases", "v", "", 1, object="agreed")}
    begun = verdict(standing=Standing.IN_PROGRESS, outlook=Outlook.STEADY, flags=(), deadlines=(), steps=("agreed",))
    known = context(rules=rules, stories=STORIES)
    assert next_step(commitment(**STEPS), begun, known) == "MET once the step “closed” is done."
