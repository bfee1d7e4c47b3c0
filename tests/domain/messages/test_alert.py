"""The sections of an alert: headline, change, evidence, progress, dates and footer."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from monitor.domain.matching.rules import RuleInfo
from monitor.domain.messages.briefs import AlertBrief
from monitor.domain.messages.figures import deadline_lines
from monitor.domain.model.changes import EventNoted, NoticeDue, StepChanged, TermsChanged
from monitor.domain.model.commitments import Deadline
from monitor.domain.model.enums import (
    By,
    Cause,
    Direction,
    Effect,
    FlagKind,
    Kind,
    Modality,
    Outlook,
    ReasonCode,
    Says,
    Severity,
    Standing,
    Tier,
    TransitionKind,
)
from monitor.domain.model.news import EventTime, Publisher
from monitor.domain.model.publishers import PublisherNames, Publishers
from monitor.domain.model.reasons import Awaiting, Named, Presumed, Quoted, Reason, Sighted, Speaker
from monitor.domain.model.verdicts import Flag, Lot, Observation, Transition
from monitor.domain.text.plain import printable
from monitor.errors import RenderError
from monitor.store.json_codec import dump, from_json
from tests.builders.domain_values import PARTIES, reason, tonnes
from tests.builders.golden_wording import GoldenWording
from tests.builders.message_values import (
    NOW,
    brief,
    commitment,
    context,
    counts,
    message,
    move,
    route,
    signal,
    story,
    verdict,
)

PAPER = Speaker("Paper 1", Says.PRESS, report=True)
BOTH = {"soybean-purchases": commitment(), "truce": commitment("truce", name="Truce", short="Truce")}


def on(*flags: Flag, **changes: Any) -> dict[str, Any]:
    """The verdict of the sample commitment with these flags."""
    return {"verdicts": {"soybean-purchases": verdict(flags=flags, **changes)}}


# ---------------------------------------------------------------- headline


def test_a_status_ruled_by_the_outlook_is_shown_with_its_standing() -> None:
    assert brief(**on(standing=Standing.IN_FORCE)).headline.shown == "IN FORCE, AT RISK"
    assert brief(**on(standing=Standing.UNPLEDGED)).headline.shown == "NOT YET PLEDGED, AT RISK"


def truce(change: Transition, of: Transition | None = None, title: str = "Trade Office threatens duties") -> AlertBrief:
    """The brief about the sample commitment and a second one, which has a report of its own."""
    other = replace(
        change, id="t0", commitment="truce", evidence=("s2",), reason=replace(change.reason, signals=("s2",))
    )
    known = signal("s2", "b", commitment="truce", quote=title)
    return brief(
        message(other, of or move(severity=Severity.URGENT), kind="summary"),
        commitments=BOTH,
        verdicts={"soybean-purchases": verdict(), "truce": verdict("truce")},
        signals={"s1": signal("s1", "a"), "s2": known},
        stories={"a": story("a"), "b": story("b", title=title)},
    )


def test_each_commitment_of_a_message_has_its_own_section_and_is_named_in_the_subject(wording: GoldenWording) -> None:
    found = truce(move(severity=Severity.ROUTINE))
    assert found.subject.startswith("Soybeans 12 Mt now AT RISK: ")
    assert found.subject.endswith((" (+ Truce AT RISK)", " (+1 more)"))
    assert [change.commitment for change in found.changes] == ["soybean-purchases", "truce"]
    assert [line.signal for line in found.evidence.lines] == ["s1"]
    (other,) = found.others
    assert (other.name, other.status, other.line and other.line.signal) == ("Truce", "at_risk", "s2")
    moves = [
        move(severity=Severity.ROUTINE),
        replace(move(), change=EventNoted(Effect.SETBACK, By("cn"))),
        move(kind=TransitionKind.DEADLINE, frm="2026-06-30", to="2026-07-30"),
        move(kind=TransitionKind.DEADLINE, frm="2026-06-30", to="missed", cause=Cause.CLOCK),
        move(kind=TransitionKind.FLAG, frm="", to="unconfirmed"),
    ]
    wording([text for each in moves for other in truce(each).others for text in (other.text, other.sure)])


def test_an_event_with_the_headline_of_another_is_not_told_twice_and_a_new_status_only_without_its_quote() -> None:
    same, event = story("a").title, replace(move(), change=EventNoted(Effect.SETBACK, By("cn")))
    (again,) = truce(event, title=same).others
    assert (again.text, again.line, truce(event, title=same).subject.partition(":")[0]) == (
        "",
        None,
        "Soybeans 12 Mt now AT RISK",
    )
    (moved,) = truce(move(severity=Severity.ROUTINE), title=same).others
    assert (moved.text, moved.line) == ("Truce: still IN PROGRESS, now AT RISK", None)


def test_a_mark_names_the_status_that_waits_if_that_is_not_the_one_shown() -> None:
    waits = Flag(FlagKind.UNCONFIRMED, "met", NOW, Awaiting(PAPER, Standing.MET, ()), ("s1",))
    raised = replace(
        move(kind=TransitionKind.FLAG, frm="", to="unconfirmed"),
        reason=replace(move().reason, detail=Awaiting(PAPER, Standing.MET, ())),
    )
    steady = {"standing": Standing.PARTLY_MET, "outlook": Outlook.STEADY}
    assert brief(message(raised), **on(waits, **steady)).headline.marks == ("MET unconfirmed",)
    few = replace(waits, subject="outlook", detail=Sighted(PAPER, Outlook.AT_RISK, 1, 3, 3))
    assert brief(message(raised), **on(few, **steady)).headline.marks == ("AT RISK unconfirmed",)
    assert brief(message(raised), **on(waits, standing=Standing.MET, outlook=Outlook.STEADY)).headline.marks == (
        "unconfirmed",
    )


def test_what_is_taken_as_done_has_the_reports_of_several_days_as_its_sources(wording: GoldenWording) -> None:
    old, new = story("a", published_at=NOW - timedelta(days=9)), story("b", "Dock News", title="Mills get their beans")
    signals = {
        "s1": signal("s1", "a", says=Says.PRESS, origin="Harbour Wire", tier=Tier.WIRE),
        "s2": signal("s2", "b", says=Says.PRESS, origin="Dock News", tier=Tier.WIRE, quote=new.title),
    }
    change = replace(
        move(to="partly_met", way=Direction.UP, evidence=("s1", "s2")),
        reason=replace(move().reason, detail=Presumed(new.title)),
    )
    steady = on(standing=Standing.PARTLY_MET, outlook=Outlook.STEADY)
    found = brief(message(change), signals=signals, stories={"a": old, "b": new}, **steady)
    wording([found.moved, found.confidence, *(line.quote for line in found.evidence.lines)])


def test_no_preview_stands_behind_what_is_met() -> None:
    early, done = (
        story("a", title="Mills set to buy the last cargo"),
        story("b", "Dock News", title="Mills buy the last cargo"),
    )
    signals = {
        "s1": signal("s1", "a", says=Says.PRESS, effect=Effect.PLEDGE, quote=early.title, modality=Modality.PLAN),
        "s2": signal("s2", "b", says=Says.PRESS, effect=Effect.DELIVERED, quote=done.title),
    }
    change = move(to="met", way=Direction.UP, evidence=("s1", "s2"), reason=Reason(ReasonCode.DELIVERED))
    known: dict[str, Any] = {"signals": signals, "stories": {"a": early, "b": done}}
    found = brief(message(change), **known, **on(standing=Standing.MET, outlook=Outlook.STEADY))
    assert [line.quote for line in found.evidence.lines] == [done.title]


def test_an_update_names_what_is_new_and_leads_with_it(wording: GoldenWording) -> None:
    known: dict[str, Any] = {
        "signals": {
            "s1": signal("s1", "a", says=Says.PRESS, origin="Harbour Wire", tier=Tier.WIRE),
            "s2": signal("s2", "b", says=Says.PRESS, origin="Dock News", tier=Tier.WIRE, quote="Two more are put off"),
        },
        "stories": {"a": story("a"), "b": story("b", "Dock News", title="Two more cargoes put off")},
    }
    change, earlier = move(evidence=("s1", "s2")), replace(move("t0"), at=NOW - timedelta(days=1))
    update = message(replace(change, confirms=True, continues=("s1",)), kind="confirmation")
    for found in (brief(update, **known), brief(message(change), history=[earlier], **known)):
        assert [line.signal for line in found.evidence.lines] == ["s2", "s1"]
        wording([found.subject, found.moved, found.confidence])


def test_a_status_names_what_moved_it_beside_the_headline_and_the_counts_of_which_it_is_made(
    wording: GoldenWording,
) -> None:
    press: dict[str, Any] = {"says": Says.PRESS, "tier": Tier.WIRE}
    first = signal("s1", "a", origin="Harbour Wire", **press)
    other = signal("s2", "b", origin="Dock News", quote="Mills turn elsewhere", **press)
    stories = {"a": story("a"), "b": story("b", "Dock News", title="Mills turn elsewhere")}
    earlier = replace(other.happened, end=other.happened.end - timedelta(days=5))
    for one, two in (
        (first, other),
        (replace(first, quantity=tonnes(6e6)), replace(other, quantity=tonnes(6e6), happened=earlier)),
        (first, replace(other, says=Says("us"), origin="US Treasury")),  # it speaks of another act
        (replace(first, by=By("cn")), replace(other, by=By("us"))),  # what another side did
    ):
        found = brief(message(move(evidence=("s1", "s2"))), signals={"s1": one, "s2": two}, stories=stories, **on())
        wording(found.confidence)


SIGHTED = Sighted(PAPER, Outlook.AT_RISK, 2, 3, 3)
TERM = TermsChanged((), "duties struck down")
RAISED = move(kind=TransitionKind.FLAG, frm="", to="unconfirmed")
DOUBT = Flag(FlagKind.UNCONFIRMED, "cn", NOW)


@pytest.mark.parametrize(
    ("flag", "change", "doubted"),
    [
        (DOUBT, move(), True),
        (replace(DOUBT, kind=FlagKind.STALE), move(), False),
        (DOUBT, move(cause=Cause.CLOCK), False),
        (DOUBT, move(confirms=True), False),
        (DOUBT, move(confirms=True, continues=("s0",)), True),  # it rests on other reports than the first alert
        (DOUBT, replace(RAISED, confirms=True), True),
        (replace(DOUBT, detail=Awaiting(PAPER, Standing.MET, ("cn",)), evidence=("s9",)), move(), False),
        (replace(DOUBT, detail=Awaiting(PAPER, Standing.MET, ("cn",)), evidence=("s1",)), move(), True),
        (replace(DOUBT, detail=SIGHTED), replace(move(), change=TERM), False),
        (replace(DOUBT, detail=replace(SIGHTED, origins=1)), replace(move(), change=TERM), True),
        (replace(DOUBT, subject="12 Mt booked"), move(), False),  # a doubt about a date
        (DOUBT, replace(move(), change=EventNoted(Effect.SETBACK, By("cn"))), False),
        (DOUBT, replace(move(), change=EventNoted(Effect.SETBACK, By("cn")), severity=Severity.ROUTINE), True),
    ],
)
def test_a_change_is_in_doubt_only_by_a_flag_that_concerns_it(flag: Flag, change: Transition, doubted: bool) -> None:
    assert brief(message(change), **on(flag)).headline.unconfirmed is doubted


def test_a_pinned_status_is_in_no_doubt() -> None:
    pinned = brief(**on(DOUBT, Flag(FlagKind.PINNED, "status", NOW)))
    assert not pinned.headline.unconfirmed
    assert "China" not in pinned.confidence


def test_a_reply_in_doubt_confirms_nothing() -> None:
    reply = message(move(confirms=True, continues=("s0",)), kind="confirmation")
    assert brief(reply).label == "follow-up"
    assert brief(reply, **on()).label == "update"
    sure = move(kind=TransitionKind.FLAG, frm="unconfirmed", to="confirmed", confirms=True)
    assert brief(replace(reply, transitions=(sure,)), **on()).label == "confirmation"
    assert (
        brief(replace(reply, transitions=(sure,)), **on(Flag(FlagKind.CONTESTED, "orders", NOW))).label == "follow-up"
    )


def test_a_step_that_one_paper_reports_is_not_completed() -> None:
    step = message(replace(move(), change=StepChanged(None, "signed")))
    alone = signal("s1", "a", says=Says.PRESS, origin="Harbour Wire", tier=Tier.WIRE)
    assert brief(step, **on(), signals={"s1": alone}).moved.startswith("Reported: signed")
    assert brief(step, **on()).moved.startswith("Signed")


# ---------------------------------------------------------------- change


def test_the_status_before_and_after_is_one_line(wording: GoldenWording) -> None:
    more = move(evidence=("s1", "s2"), confirms=True, continues=("s1",))
    changes = [
        move(),
        more,
        move(frm="pledged", to="in_progress"),
        move(cause=Cause.CLOCK, reason=replace(reason(""), detail=Quoted("The cut takes effect on Monday."))),
        replace(move(), change=StepChanged(None, "signed")),
        move(frm="at_risk", to="at_risk"),
        RAISED,
        move(kind=TransitionKind.FLAG, frm="", to="overdue"),
        move(kind=TransitionKind.FLAG, frm="unconfirmed", to="confirmed", confirms=True),
        replace(move(), change=EventNoted(Effect.SETBACK, By("cn"))),
        move(kind=TransitionKind.DEADLINE, frm="2026-06-30", to="2026-07-30"),
        move(kind=TransitionKind.DEADLINE, frm="2026-06-30", to="2026-06-30"),
        move(kind=TransitionKind.DEADLINE, frm="2026-06-30", to="missed"),
    ]
    wording([brief(message(change)).moved for change in changes])


@pytest.mark.parametrize(
    ("told", "days_before", "further"),
    [
        ({"effect": Effect.SETBACK, "rule": "soybean-purchases/barred"}, 1, True),
        ({"effect": Effect.THREAT, "rule": "soybean-purchases/barred"}, 1, False),  # words are no further cause
        ({"effect": Effect.SETBACK}, 1, False),  # one more report of the act that is named
        ({"effect": Effect.SETBACK}, 3, True),
    ],
)
def test_only_a_further_deed_is_a_further_cause_of_a_trouble(
    told: dict[str, Any], days_before: int, further: bool
) -> None:
    before = NOW - timedelta(days=days_before)
    cause = replace(signal("s0", "b", effect=Effect.SETBACK), happened=EventTime(before, before))
    known = {
        "signals": {"s0": cause, "s1": replace(signal("s1", "a", **told), happened=EventTime(NOW, NOW))},
        "stories": {"a": story("a"), "b": story("b", title="China puts cargoes off")},
    }
    falls = replace(move(), change=EventNoted(Effect.SETBACK, By("cn")))
    found = brief(message(falls), **on(outlook_evidence=("s0",), outlook_since=before), **known)
    assert found.moved.startswith("Still AT RISK over “"), found.moved
    assert ("now also over this" in found.moved) is further


def test_a_status_stays_until_its_goal_is_reached_or_the_news_confirmed() -> None:
    rises = replace(move(), change=EventNoted(Effect.PLEDGE, By("cn")), way=Direction.UP)
    steps: dict[str, Any] = {
        "kind": Kind.MILESTONE,
        "targets": (),
        "steps": ("signed", "closed"),
        "clauses": (("closed", "it closes"),),
    }
    sale = {"commitments": {"soybean-purchases": commitment(**steps)}}
    steady = {"standing": Standing.IN_PROGRESS, "outlook": Outlook.STEADY}
    found = brief(message(rises), **on(**steady), **sale)
    assert found.moved == "Still IN PROGRESS until it closes"
    assert "closes" not in found.next
    promised = {"signals": {"s1": signal("s1", "a", effect=Effect.PLEDGE)}}
    own = brief(message(rises), **on(standing=Standing.PLEDGED, outlook=Outlook.STEADY), **promised)
    assert own.moved == "Still PLEDGED: promised, not done yet"
    waits = Flag(FlagKind.UNCONFIRMED, "met", NOW, Awaiting(PAPER, Standing.MET, ()), ("s1",))
    assert brief(message(rises), **on(waits, **steady), **sale).moved == "Still IN PROGRESS until this is confirmed"
    few = replace(waits, subject="at_risk", detail=Sighted(PAPER, Outlook.AT_RISK, 1, 3, 3))
    falls = replace(rises, change=EventNoted(Effect.SETBACK, By("cn")), way=Direction.DOWN)
    assert brief(message(falls), **on(few, **steady), **sale).moved == "Still IN PROGRESS for now"


def test_the_end_of_a_trouble_names_what_it_was_over_unless_a_later_blow_came() -> None:
    before, why = NOW - timedelta(days=3), replace(reason(""), detail=Quoted("Two cargoes are put off"))
    began = replace(move("t0"), at=before, happened=before, reason=why)
    ends = move(frm="at_risk", to="in_progress", way=Direction.UP, outlook=Outlook.STEADY, outlook_only=True)
    now = on(standing=Standing.IN_PROGRESS, outlook=Outlook.STEADY)
    over = "Still IN PROGRESS, no longer AT RISK"
    assert (
        brief(message(ends), **now, history=(began,)).moved == f"{over} over “Two cargoes are put off” of 11 Mar 2026"
    )
    blow = replace(began, id="t2", at=NOW - timedelta(days=1), change=EventNoted(Effect.SETBACK, By("cn")))
    assert brief(message(ends), **now, history=(began, blow)).moved == over


def test_the_status_just_reached_is_on_the_timeline() -> None:
    timeline = brief().timeline
    assert timeline is not None
    assert [span.status for span in timeline.spans] == ["in_progress", "at_risk"]


def test_the_days_of_the_timeline_are_those_of_the_readers_calendar() -> None:
    late = datetime(2026, 3, 13, 2, tzinfo=UTC)
    shown = brief(message(replace(move(), at=late)), route=route(zone="America/New_York")).timeline
    assert shown is not None
    assert shown.spans[-1].start.date() == date(2026, 3, 12)


def test_a_date_in_doubt_does_not_mark_the_status_as_unconfirmed() -> None:
    doubt = Flag(FlagKind.UNCONFIRMED, "12 Mt", NOW, Named("us", date(2026, 8, 31), ("cn",)), ("s1",))
    moved = move(kind=TransitionKind.DEADLINE, frm="2026-06-30", to="2026-08-31", flags=(doubt,))
    assert not brief(message(moved), **on(doubt)).headline.unconfirmed
    assert brief(message(move(flags=(DOUBT,))), **on(DOUBT)).headline.unconfirmed


def test_whoever_named_a_date_is_no_source_that_it_has_come() -> None:
    due = signal("s1", "a", effect=Effect.DEADLINE)
    found = brief(message(move(cause=Cause.CLOCK)), signals={"s1": due})
    assert found.confidence.startswith("Official date: US Treasury")
    assert found.confidence.endswith("No report of the act itself yet.")


def test_a_date_known_from_the_start_has_the_publisher_of_its_source() -> None:
    near = move(cause=Cause.CLOCK, evidence=(), reason=reason("The date is near."))
    port = Publisher("Port Office", tier=Tier.OFFICIAL, called="the port office")
    office = PublisherNames(port, (), ("example.org",))
    found = brief(message(near), signals={}, publishers=Publishers([office]), **on())
    assert found.confidence == "Official date: the port office."


def test_a_reminder_names_who_gave_the_date_and_no_report_of_something_else() -> None:
    order = signal("s1", "a", effect=Effect.DEADLINE, tier=Tier.OFFICIAL)
    sale = signal("s2", "b", says=Says.PRESS, origin="Dock News", tier=Tier.WIRE)
    due = Deadline("sale", "due", date(2026, 3, 20), "us", evidence=("s1",))
    near = replace(move(cause=Cause.CLOCK, evidence=()), change=NoticeDue("sale", due.date, 6))
    known: dict[str, Any] = {"signals": {"s1": order, "s2": sale}, "stories": {"a": story("a"), "b": story("b")}}
    found = brief(message(near, supporting=("s2",)), **on(deadlines=(due,)), **known)
    assert found.confidence == "Official date: US Treasury, via Harbour Wire."
    unnamed = brief(message(near, supporting=("s2",)), **on(deadlines=(replace(due, evidence=()),)), **known)
    assert (unnamed.confidence, unnamed.evidence.report) == ("Date given by: an unnamed outlet.", None)


def test_a_reminder_of_a_date_known_from_the_start_says_it_once() -> None:
    due = Deadline("sale", "due", date(2026, 3, 20), "us")
    near = replace(move(cause=Cause.CLOCK, evidence=()), change=NoticeDue("sale", due.date, 6))
    found = brief(message(replace(near, reason=replace(near.reason, signals=()))), **on(deadlines=(due,)))
    assert [line.basis for line in found.evidence.lines] == ["baseline"]
    assert "20 Mar 2026" in found.subject
    assert "20 Mar 2026" not in found.next
    sale = commitment(kind=Kind.MILESTONE, targets=(), criteria=(), clauses=())
    alone = brief(message(near), **on(deadlines=(due,)) | {"commitments": {sale.id: sale}})
    assert alone.next == "Sale is due on 20 Mar 2026.", "else nothing would be next"


# ---------------------------------------------------------------- evidence


def test_an_event_is_told_by_the_reports_of_its_act_and_the_word_of_another_side() -> None:
    names = {"s1": "Harbour Wire", "s2": "Dock News", "s3": "Quay", "s4": "Pier"}
    quotes = ["China lists three firms", "China lists dredging firms", "Ships wait for grain", "Talks on grain go on"]
    stories = {key: story(key, name, title=quote) for (key, name), quote in zip(names.items(), quotes, strict=True)}
    press: dict[str, Any] = {"says": Says.PRESS, "tier": Tier.WIRE, "by": By("cn+us")}
    signals = {
        key: signal(key, key, origin=name, quote=stories[key].title, rule=key, **press) for key, name in names.items()
    }
    signals["s4"] = replace(signals["s4"], says=Says("cn"))
    event = replace(move(evidence=tuple(signals)), change=EventNoted(Effect.SETBACK, By("cn")))

    def shown(change: Transition) -> set[str]:
        return {line.signal for line in brief(message(change), **on(), signals=signals, stories=stories).evidence.lines}

    assert shown(event) == {"s1", "s2"}
    assert shown(move(evidence=tuple(signals))) == {*signals}
    signals["s1"] = replace(signals["s1"], says=Says("us"))
    assert shown(event) == {"s1", "s2", "s4"}


@pytest.mark.parametrize("cause", [Cause.NEWS, Cause.BACKFILL])
def test_an_alert_about_news_without_evidence_is_refused(cause: Cause) -> None:
    with pytest.raises(RenderError):
        brief(message(move(cause=cause)), signals={})


@pytest.mark.parametrize(
    ("cause", "bases"),
    [
        (Cause.CLOCK, ["calendar", "baseline"]),
        (Cause.PERSON, ["intervention"]),
        (Cause.CORRECTION, ["correction"]),
        (Cause.RULES, ["rules"]),
    ],
)
def test_a_change_without_a_quote_shows_its_cause(cause: Cause, bases: list[str]) -> None:
    found = brief(message(move(cause=cause, evidence=())), signals={})
    assert [line.basis for line in found.evidence.lines] == bases
    assert found.evidence.lines[0].quote.startswith("Two cargoes are put off")


def test_a_text_that_was_read_again_is_quoted_without_a_correction() -> None:
    again = move(cause=Cause.CORRECTION, reason=replace(reason("Two cargoes are put off."), signals=("s1",)))
    assert "correction" not in [line.basis for line in brief(message(again)).evidence.lines]


def test_a_report_that_no_longer_counts_comes_last() -> None:
    retracted = move(reason=reason("x", "s2", code=ReasonCode.WITHDRAWN))
    signals = {"s1": signal("s1", "a"), "s2": signal("s2", "b")}
    found = brief(message(retracted), signals=signals, stories={"a": story("a"), "b": story("b", "Dock News")})
    assert [(line.outlet, line.retracted) for line in found.evidence.lines] == [
        ("Harbour Wire", False),
        ("Dock News", True),
    ]


def test_a_foreign_quote_is_read_out_only_if_it_names_the_actor_and_has_the_act(wording: GoldenWording) -> None:
    def gloss(quote: str, **changes: Any) -> str:
        one = signal("s1", "a", quote=quote, **{"by": By("cn"), **changes})
        stories = {"a": story("a", title=quote, lang="zh")}
        rules = {one.rule: RuleInfo(one.rule, "", "", "", 1, effect=Effect.SETBACK, tells="to put cargoes off")}
        parties = replace(PARTIES, words={"cn": ("中方",), "us": ("美方",)})
        (line,) = brief(signals={"s1": one}, stories=stories, rules=rules, parties=parties).evidence.lines
        return line.gloss or "none"

    may = {"effect": Effect.PLEDGE, "modality": Modality.RUMOUR}
    told = (gloss("中方推迟大豆"), gloss("中方或将采购", **may), gloss("中方和美方推迟", by=By("cn+us")))
    wording((*told, gloss("推迟大豆"), gloss("中方", effect=Effect.NONE), gloss("Late")))
    dated = {"effect": Effect.DEADLINE, "says": Says("us")}
    assert gloss("美方称中方推迟大豆", **dated) == "in Chinese", "only the US names a date"


def test_a_quote_cannot_carry_controls_directions_or_a_million_letters() -> None:
    nasty = "\x00Ships\u202e \ud800late\n\n" + "x" * 1_000_000
    quote = brief(signals={"s1": signal("s1", "a", quote=nasty)}).evidence.lines[0].quote
    assert quote.startswith("Ships \ufffdlate")
    assert len(quote) <= 400
    assert printable(quote) == quote


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "https://a b", 'https://a"b', "//a", ""]
)
def test_only_web_addresses_are_linked(url: str) -> None:
    found = brief(stories={"a": story("a", url=url)}).evidence
    assert (found.lines[0].url, found.report) == ("", None)


# ---------------------------------------------------------------- progress and dates


def progress_of(**changes: Any) -> Any:
    found = replace(counts(("USDA", 1.9e6, 2e6), ("mills", 332e3, 332e3), ("traders", 332e3, 2e6)), **changes)
    line = brief(**on(progress=found)).progress
    assert line is not None
    return line


def test_progress_shows_each_count_with_its_basis_and_what_is_confirmed(wording: GoldenWording) -> None:
    usual = counts(("USDA", 1.9e6, 2e6), ("mills", 332e3, 332e3), ("traders", 332e3, 2e6)).readings
    lots = Observation("Reuters", 840e3, 840e3, "t", "booked", "", NOW, "a", lots=(Lot(840e3, NOW),))
    alone = counts(("University", 15.5e6, 15.5e6)).readings
    cases: list[dict[str, Any]] = [
        {"counted": 840e3, "readings": (*usual, lots)},
        {"counted": 1.9e6, "readings": (*usual, lots)},
        {"counted": 0.0, "target": 25e6, "readings": alone},
        {"counted": 0.0, "readings": ()},
        {"basis": ""},
        {"counted": 11.99e6},
    ]
    wording(f"{line.counted_text} | {line.text}" for line in (progress_of(**case) for case in cases))


def test_dates_name_the_only_side_and_past_dates_are_past(wording: GoldenWording) -> None:
    dates = (
        Deadline("truce", "expiry", date(2026, 3, 20), "us", state="claimed"),
        Deadline("truce", "expiry", date(2026, 3, 15), "cn+us"),
        Deadline("truce", "expiry", date(2026, 1, 1), "cn+us", state="superseded"),
        Deadline("ban", "expiry", date(2026, 3, 4), "cn+us"),
        Deadline("visit", "due", date(2026, 3, 13), "cn+us", precision="month"),
        Deadline("sale", "due", date(2026, 3, 14), "cn+us"),
    )
    wording(line.text for line in deadline_lines(verdict(deadlines=dates), "Soybeans", context()))


def test_days_are_counted_in_the_readers_zone() -> None:
    late = datetime(2026, 3, 14, 23, 0, tzinfo=UTC)
    dates = (Deadline("truce", "expiry", date(2026, 3, 15), "cn+us"),)
    there = replace(context(), now=late, zone="Asia/Shanghai")
    assert deadline_lines(verdict(deadlines=dates), "Soybeans", there)[0].left == 0
    found = brief(now=late, route=route(zone="Asia/Shanghai"), **on(deadlines=dates))
    assert found.footer.data_time == "15 Mar 2026 07:00 CST"


# ---------------------------------------------------------------- footer


def test_the_footer_names_the_route_and_for_the_owner_rules_and_commands(wording: GoldenWording) -> None:
    found = brief(
        message(move(evidence=("s1", "s2"))),
        signals={"s1": signal("s1", "a"), "s2": signal("s2", "b")},
        stories={"a": story("a"), "b": story("b", "Dock News")},
        route=route(commitments=("soybean-*",), is_owner=True),
    )
    footer = found.footer
    assert brief().footer.commands == ()
    assert brief().footer.sources == ""
    assert footer.sources.count("soybean-purchases.postponed") == 1
    wording([footer.route, footer.sources, *(f"{item.purpose}: {item.command}" for item in footer.commands)])
    by_date = brief(message(move(cause=Cause.CLOCK, evidence=())), signals={}, route=route(is_owner=True))
    assert by_date.footer.commands
    assert not any("reject" in item.command for item in by_date.footer.commands)


# ---------------------------------------------------------------- storage and refusals


def test_a_stored_alert_reads_back_equal() -> None:
    found = brief(**on(progress=counts(("USDA", 4e6, 4e6))), history=(move("t0"),))
    assert from_json(dump(found)) == found


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"brief":"letter"}', '{"brief":"alert"}'])
def test_a_text_that_is_no_brief_is_refused(text: str) -> None:
    with pytest.raises(RenderError):
        from_json(text)


@pytest.mark.parametrize("case", [{"of": message()}, {"commitments": {}}, {"verdicts": {}}])
def test_a_message_without_a_change_a_commitment_or_a_verdict_is_refused(
    case: dict[str, Any], wording: GoldenWording
) -> None:
    with pytest.raises(RenderError) as refused:
        brief(**case)
    wording(str(refused.value))
