"""A block of a digest: the net of the period, its events, doubts and dates."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from monitor.domain.messages.briefs import DigestBlock
from monitor.domain.model.changes import DeadlineMissed, EventNoted, FlagChanged
from monitor.domain.model.commitments import Deadline
from monitor.domain.model.enums import (
    By,
    Cause,
    Direction,
    Effect,
    FlagKind,
    FlagState,
    Kind,
    Level,
    Outlook,
    ReasonCode,
    Says,
    Severity,
    Standing,
    Tier,
    TransitionKind,
)
from monitor.domain.model.news import EventTime, Quantity, Signal, Story
from monitor.domain.model.reasons import Awaiting, FirstDateMissed, Named, Reason, Sighted, Speaker, Text
from monitor.domain.model.verdicts import Flag, Transition
from tests.builders.domain_values import reason
from tests.builders.golden_wording import GoldenWording
from tests.builders.message_values import NOW, commitment, counts, digest, move, route, signal, story, verdict

CLEARED = "China clears two cargoes of soybeans"


def at(day: int) -> datetime:
    return datetime(2026, 3, day, 9, tzinfo=UTC)


def status(key: str, frm: str, to: str, day: int, **changes: Any) -> Transition:
    turned = {"outlook": Outlook(to)} if to in set(Outlook) else {"outlook": Outlook.STEADY, "standing": Standing(to)}
    after: dict[str, Any] = {**turned, **changes}
    return move(key, frm=frm, to=to, at=at(day), happened=at(day), **after)


def event(key: str, day: int, title: str, **changes: Any) -> tuple[Transition, Signal, Story]:
    """An event of note with its signal and its story."""
    told: dict[str, Any] = {
        "at": at(day),
        "happened": at(day),
        "severity": Severity.NOTABLE,
        "way": Direction.UP,
    } | changes
    noted = move(key, change=EventNoted(Effect.PROGRESS, By.CN), evidence=(f"s-{key}",), **told)
    own = signal(f"s-{key}", f"a-{key}", effect=Effect.PROGRESS, quote=title, says=Says.PRESS, by=By.CN)
    return noted, own, story(f"a-{key}", title=title, published_at=at(day))


def of_events(*events: tuple[Transition, Signal, Story], **changes: Any) -> DigestBlock:
    signals = {own.id: own for _, own, _ in events}
    stories = {told.id: told for _, _, told in events}
    moves = tuple(noted for noted, _, _ in events)
    (block,) = digest(transitions=moves, signals=signals, stories=stories, **changes).blocks
    return block


def standing(*moves: Transition, **changes: Any) -> str:
    (block,) = digest(transitions=moves, **changes).blocks
    return block.standing


def test_the_net_of_the_period_names_both_statuses(wording: GoldenWording) -> None:
    steady = verdict(standing=Standing.IN_FORCE, outlook=Outlook.STEADY, flags=())
    first = status("t1", "pledged", "in_progress", 9)
    found = [
        standing(status("t1", "in_progress", "at_risk", 12)),
        standing(first, status("t2", "in_progress", "at_risk", 12)),
        standing(status("t1", "at_risk", "in_progress", 9), status("t2", "in_progress", "at_risk", 12)),
        standing(status("t1", "unpledged", "pledged", 12, outlook=Outlook.AT_RISK)),
        # The shown status counts if a standing moved first and the risk passed later.
        standing(
            status("t1", "pledged", "in_force", 9, outlook=Outlook.AT_RISK),
            status("t2", "at_risk", "in_force", 12),
            verdicts={"soybean-purchases": steady},
        ),
        of_events(event("e1", 12, CLEARED)).standing,
    ]
    wording(found)


def test_every_event_of_the_period_is_a_line_with_its_day_and_its_outlet() -> None:
    events = [event(f"e{n}", n, f"China clears cargo number {n} of soybeans") for n in range(8, 15)]
    block = of_events(*events)
    assert [line.line for line in block.in_order] == [
        f"{n} Mar: China clears cargo number {n} of soybeans (Harbour Wire)" for n in range(8, 15)
    ]


def test_the_most_important_event_leads_and_the_lines_stand_by_day() -> None:
    quiet = event("e1", 13, CLEARED)
    loud = event("e2", 12, "China halts all imports of soybeans", severity=Severity.URGENT)
    block = of_events(quiet, loud)
    assert [(line.lead, line.changes) for line in block.events] == [(True, ("e2",)), (False, ("e1",))]
    assert [line.day for line in block.in_order] == ["12 Mar", "13 Mar"]
    turned = (status("t1", "pledged", "in_progress", 12, way=Direction.UP), signal("s1", "a"), story("a"))
    assert [line.changes for line in of_events(quiet, turned).events] == [("t1",), ("e1",)], "a status goes first"


def test_what_goes_the_way_of_the_period_leads_its_block() -> None:
    blow = event("e1", 11, "China halts all imports of soybeans", way=Direction.DOWN, level=Level.ORDER)
    turned = (status("t1", "pledged", "in_progress", 12, way=Direction.UP), signal("s1", "a"), story("a"))
    assert [line.changes for line in of_events(blow, turned).events] == [("t1",), ("e1",)]


def test_a_headline_leads_a_block_before_generated_words_about_the_same_days() -> None:
    turned = status("t1", "pledged", "in_progress", 12, way=Direction.UP, evidence=("s-e2",))
    _, own, chinese = event("e2", 12, "两船大豆获准卸货")
    block = of_events((turned, own, chinese), event("e1", 13, CLEARED))
    assert [(line.text, line.changes) for line in block.events] == [(CLEARED, ("t1", "e1"))]


def test_the_confirmation_of_a_status_that_is_over_is_left_out() -> None:
    turned = status("t1", "pledged", "in_progress", 12, way=Direction.UP)
    of_pledge, of_progress = (
        replace(
            move(f"t-{to}", TransitionKind.FLAG, "unconfirmed", "confirmed", at=at(11), confirms=True),
            standing=to,
            happened=at(11),
        )
        for to in (Standing.PLEDGED, Standing.IN_PROGRESS)
    )
    (block,) = digest(transitions=(turned, of_pledge, of_progress)).blocks
    assert [(line.changes, line.note) for line in block.events] == [(("t1", "t-in_progress"), "confirmed on 11 Mar")]


def test_two_changes_that_one_report_brought_are_one_line() -> None:
    noted, own, told = event("e1", 12, CLEARED)
    terms = move(
        "t2", TransitionKind.TERMS, "", "a cap of ten ships", at=at(12), happened=at(12), evidence=noted.evidence
    )
    (line,) = of_events((noted, own, told), (terms, own, told)).events
    assert set(line.changes) == {"e1", "t2"}
    assert line.note == "terms changed: a cap of ten ships"


def test_the_same_words_on_a_later_day_are_one_event_from_its_first_day_with_all_outlets() -> None:
    later, again, copy = event("e2", 12, CLEARED, severity=Severity.URGENT)
    copy = story(copy.id, "Port Paper", title=copy.title, published_at=at(12))
    (line,) = of_events(event("e1", 11, CLEARED, way=Direction.UP), (later, again, copy)).events
    assert (line.line, line.changes) == (f"11 Mar: {CLEARED} (Harbour Wire and Port Paper)", ("e2", "e1"))


def led_by_a_status(title: str, effect: Effect = Effect.PROGRESS, **changes: Any) -> list[str]:
    """The texts of a block in which an event is among the evidence of a change of status."""
    noted, own, told = event("e1", 11, title, severity=Severity.NOTABLE, **changes)
    noted = replace(noted, change=EventNoted(effect, By.CN))
    why = reason("cleared", code=ReasonCode.PROGRESS)
    lead = status("t1", "at_risk", "in_progress", 12, evidence=("s-lead", own.id), way=Direction.UP, reason=why)
    said = "China clears nine cargoes of soybeans at three ports"
    by = signal("s-lead", "a-lead", effect=Effect.PROGRESS, quote=said, says=Says.PRESS)
    reported = story("a-lead", title=said, published_at=at(10))
    return [line.text for line in of_events((noted, own, told), (lead, by, reported)).events]


def test_an_event_is_part_of_a_change_of_status_only_with_the_same_effect_and_direction() -> None:
    assert led_by_a_status("Nine cargoes are cleared by Chinese customs") == [
        "China clears nine cargoes of soybeans at three ports"
    ]
    assert len(led_by_a_status("Ministry lifts the licences of two traders", Effect.DELIVERED)) == 2
    assert len(led_by_a_status("Nine cargoes are cleared by Chinese customs", way=Direction.DOWN)) == 2


def test_a_meeting_of_leaders_is_one_line_however_often_it_is_told() -> None:
    told = [
        event(f"e{n}", n, f"The leaders meet, outlet {n} reports", level=Level.SUMMIT, severity=Severity.NOTABLE)
        for n in (9, 12, 13)
    ]
    assert [line.changes for line in of_events(*told).events] == [("e9",), ("e12", "e13")]


def test_a_date_and_a_pin_are_news_besides_the_event_of_the_same_report() -> None:
    noted, own, told = event("e1", 12, CLEARED)
    same: dict[str, Any] = {"at": at(12), "happened": at(12), "evidence": noted.evidence, "way": Direction.UP}
    dated = move("t2", TransitionKind.DEADLINE, "2026-05-31", "2026-06-30", **same)
    pinned = move("t3", change=EventNoted(Effect.PROGRESS, By.CN), cause=Cause.PERSON, **same)
    block = of_events((noted, own, told), (dated, own, told), (pinned, own, told))
    assert (len(block.events), "30 Jun 2026" in block.standing) == (2, True)


def test_a_doubt_about_an_event_and_a_confirmation_of_an_earlier_one_are_no_lines_of_their_own() -> None:
    noted, own, told = event("e1", 12, CLEARED)
    raised = FlagChanged(FlagKind.UNCONFIRMED, "cn", None, FlagState.RAISED)
    doubt = replace(noted, id="t2", change=raised)
    confirmed = replace(
        move("t3", TransitionKind.FLAG, "unconfirmed", "confirmed", at=at(11), confirms=True), evidence=()
    )
    (line,) = of_events((noted, own, told), (doubt, own, told), (confirmed, own, told)).events
    assert line.changes == ("e1", "t2")


def test_a_share_is_told_by_the_count_behind_the_events() -> None:
    noted, own, told = event("e1", 12, CLEARED)
    share = move("t2", TransitionKind.PROGRESS, "15%", "33%", at=at(12), happened=at(12), evidence=noted.evidence)
    known = verdict(progress=counts(("USDA", 4e6, None)), flags=(), deadlines=())
    block = of_events((share, own, told), (noted, own, told), verdicts={"soybean-purchases": known})
    (line,) = block.events
    assert (line.text, line.changes) == (told.title, ("e1", "t2"))
    assert len(block.facts) == 1


def test_a_line_names_late_news_confirmations_reasons_of_people_and_many_outlets(wording: GoldenWording) -> None:
    noted, own, told = event("e1", 12, CLEARED)
    wide = story(told.id, "Harbour Wire", ("Dock News", "Port Paper", "Xing Daily"), title=told.title)
    confirmed = move(kind=TransitionKind.FLAG, frm="unconfirmed", to="confirmed", confirms=True)
    pinned = move(cause=Cause.PERSON, evidence=(), reason=reason("pinned by ann: the talks go on"))
    blocks = (
        of_events(event("e1", 12, CLEARED, late=True)),
        of_events((noted, own, wide)),
        *(digest(transitions=(change,)).blocks[0] for change in (confirmed, pinned)),
    )
    wording(block.events[0].line for block in blocks)


def test_a_report_that_no_longer_counts_is_not_opened() -> None:
    told = Reason(ReasonCode.WITHDRAWN, Text("the report no longer stands"), signals=("s1",))
    withdrawn = move(frm="at_risk", to="in_progress", cause=Cause.CORRECTION, reason=told)
    (block,) = digest(transitions=(withdrawn,)).blocks
    assert block.report is None


def test_an_outlet_is_named_once() -> None:
    noted, own, told = event("e1", 12, "两船大豆获准卸货")
    own = signal(own.id, told.id, effect=Effect.PROGRESS, quote=told.title, says=Says.CN, origin="MOFCOM", by=By.US)
    block = of_events((noted, own, story(told.id, "MOFCOM", title=told.title, published_at=at(12))))
    assert "MOFCOM" in block.events[0].text
    assert block.events[0].outlets == ""


def test_the_report_to_open_is_the_one_that_the_line_tells() -> None:
    noted, own, told = event("e1", 12, CLEARED)
    both = replace(noted, evidence=("s-later", *noted.evidence))
    later = replace(own, id="s-later", story="a-later", quote="Ships at the three ports begin to unload")
    copy = story("a-later", title=later.quote, published_at=at(13))
    (block,) = digest(
        transitions=(both,), signals={own.id: own, later.id: later}, stories={told.id: told, copy.id: copy}
    ).blocks
    assert block.events[0].text == told.title
    assert block.report is not None
    assert block.report.url == told.url


def only_block(**changes: Any) -> DigestBlock:
    (block,) = digest(verdicts={"soybean-purchases": verdict(**changes)}).blocks
    return block


def test_doubts_and_counts_are_short_sentences_without_repetition(wording: GoldenWording) -> None:
    day = date(2026, 4, 30)
    seen = Flag(FlagKind.UNCONFIRMED, "cn", NOW, evidence=("s1",))
    awaited = Awaiting(Speaker("Harbour Wire", Says.PRESS, report=True), Standing.MET, ("cn",))
    sighted = Sighted(awaited.speaker, Outlook.AT_RISK, 1, 3, 3)
    named = Flag(FlagKind.UNCONFIRMED, "12 Mt", NOW, Named("us", day, waiting=("cn",)))
    blocks = {
        "contested, an older one, and one that no further source can settle": only_block(
            flags=(
                Flag(FlagKind.CONTESTED, "orders", NOW),
                Flag(FlagKind.UNCONFIRMED, "cn", NOW - timedelta(days=8)),
                Flag(FlagKind.UNCONFIRMED, "us", NOW - timedelta(days=4), sighted),
            )
        ),
        "about the event": only_block(flags=(seen,)),
        "one contains the other": only_block(flags=(seen, Flag(FlagKind.UNCONFIRMED, "met", NOW, awaited, ("s1",)))),
        "counted": only_block(progress=counts(("USDA", 4e6, None)), flags=()),
        "a date of one side": only_block(
            flags=(named,), deadlines=(Deadline("12 Mt booked", "due", day, "us", state="claimed"),)
        ),
    }
    wording(f"{name}: {block.doubts} {block.facts}" for name, block in blocks.items())


def test_a_date_that_moved_is_part_of_the_state_beside_an_event_and_without_a_doubt_that_is_over() -> None:
    doubt = Flag(FlagKind.UNCONFIRMED, "stay", NOW, Named("us", date(2026, 4, 30)))
    moved = move("t2", kind=TransitionKind.DEADLINE, frm="2026-03-31", to="2026-04-30", flags=(doubt,))
    known = {"soybean-purchases": verdict(flags=(), deadlines=(Deadline("", "due", date(2026, 4, 30), "both"),))}
    (alone,) = digest(transitions=(moved,), verdicts=known).blocks
    assert "30 Apr 2026" in alone.events[0].text
    noted, own, told = event("e1", 12, CLEARED)
    beside = of_events((noted, own, told), (replace(moved, evidence=()), own, told), verdicts=known)
    missed = DeadlineMissed("", date(2026, 3, 12))
    detail = FirstDateMissed("", date(2026, 3, 12), date(2026, 4, 30))
    overtaken = replace(moved, id="t3", change=missed, reason=Reason(ReasonCode.DEADLINE, detail))
    assert of_events((noted, own, told), (overtaken, own, told), verdicts=known).events == beside.events[:1]
    assert beside.standing == "still AT RISK, due date moved from 31 Mar 2026 to 30 Apr 2026"
    assert [line.text for line in beside.events] == [CLEARED]


def test_a_headline_with_an_amount_is_told_before_one_without() -> None:
    noted, own, told = event("e1", 12, CLEARED)
    other = replace(own, id="s-more", story="a-more", quote="China buys 2 Mt", quantity=Quantity(2e6, 2e6, "t"))
    copy = story("a-more", title="China buys 2 Mt of soybeans", published_at=at(13))
    block = of_events((replace(noted, evidence=(own.id, other.id)), own, told), (noted, other, copy))
    assert block.events[0].text == copy.title


def test_the_outcome_of_a_meeting_of_leaders_is_told_in_the_words_of_a_side() -> None:
    met, own, told = event("e1", 10, "The two leaders are meeting in Busan", level=Level.SUMMIT)
    later, agreed, copy = event("e2", 13, "Trump says the two agreed on soybeans", severity=Severity.ROUTINE)
    own, agreed = replace(own, by=By.BOTH), replace(agreed, says=Says.US, by=By.BOTH)
    talks = {"soybean-purchases": commitment(kind=Kind.SERIES)}
    block = of_events((met, own, told), (later, agreed, copy), commitments=talks)
    assert [(line.day, line.text) for line in block.events] == [("14 Mar", copy.title)]


def test_what_was_expected_of_a_change_is_not_told_beside_it() -> None:
    turned = status("t1", "pledged", "in_progress", 12, way=Direction.UP)
    eve, later = (event(f"e{day}", day, f"China is said to clear cargo {day}") for day in (10, 13))
    eve = (replace(eve[0], change=EventNoted(Effect.PLEDGE, By.CN)), *eve[1:])
    block = of_events((turned, signal("s1", "a"), story("a")), eve, later)
    assert [line.changes for line in block.events] == [("t1",), ("e13",)]


def test_an_event_is_told_by_the_reports_of_its_own_week() -> None:
    noted, own, told = event("e1", 12, CLEARED)
    past = replace(own, id="s-past", story="a-past", happened=EventTime(at(1), at(1)), tier=Tier.OFFICIAL)
    old = story("a-past", title="China promises to clear all cargoes", published_at=at(1))
    both = replace(noted, evidence=(past.id, own.id))
    (line,) = of_events((both, own, told), (noted, past, old)).events
    assert line.text == CLEARED


def test_an_earlier_event_that_was_first_seen_late_is_no_news_unless_it_moved_a_status() -> None:
    moved = replace(status("t1", "in_progress", "at_risk", 12), late=True, happened=at(1))
    assert digest(transitions=(event("e1", 12, CLEARED, late=True, happened=at(1))[0],)).blocks == ()
    (block,) = digest(transitions=(moved,)).blocks
    assert block.events[0].note == "first seen late"


def test_days_of_events_are_those_of_the_readers_zone() -> None:
    late = event("e1", 12, CLEARED, happened=at(12) + timedelta(hours=14, minutes=30))
    assert of_events(late, route=route(zone="Asia/Shanghai")).events[0].day == "13 Mar"
