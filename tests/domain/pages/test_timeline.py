"""The timeline: every recorded change, newest first, with its evidence as it was read then."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from monitor.domain.matching.rules import RuleInfo
from monitor.domain.model.changes import (
    DeadlineMissed,
    DeadlineMoved,
    EventNoted,
    FlagChanged,
    NoticeDue,
    ShareChanged,
    StepChanged,
    TermsChanged,
)
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
    Modality,
    Outlook,
    ReasonCode,
    Says,
    Severity,
    Standing,
    Tier,
    TransitionKind,
)
from monitor.domain.model.news import READ_OTHERWISE, EventTime, Outlet, Signal
from monitor.domain.model.reasons import Awaiting, FirstDateMissed, Lapsed, Reason, Speaker
from monitor.domain.model.verdicts import Flag, Intervention, Observation, Progress, Transition, Verdict
from monitor.domain.pages.key_events import Course, key_events, left_behind, newest_word
from monitor.domain.pages.material import OwnMaterial, Retired
from monitor.domain.pages.recorded_events import lone_blows, unrecorded_acts
from monitor.domain.pages.timeline import TimelineEntry, entry, months
from monitor.domain.text.labels import format_date
from monitor.domain.verdicts.interventions import suppression_payload
from tests.builders.message_values import NOW, Known, commitment, move, signal, story, verdict
from tests.builders.page_material import PART, SOY, ago, cited, from_china, history, own, signals


def entries(of: OwnMaterial) -> list[TimelineEntry]:
    return [each for month in months(of) for each in (*month.entries, *month.minor)]


def with_verdict(**changes: Any) -> dict[str, Verdict]:
    """The verdicts of the sample, that of its first commitment changed."""
    return {**own().context.verdicts, SOY: verdict(**changes)}


def newest_of(of: OwnMaterial) -> TimelineEntry:
    return entry(of.told[-1], of)


def test_every_change_has_its_place_newest_first_under_its_month_and_a_move_of_the_status_is_marked() -> None:
    found = months(own())
    assert [month.name for month in found] == ["March 2026", "February 2026", "January 2026"]
    assert [each.changes[0].anchor for each in entries(own())] == ["change-t2", "change-t1", "change-t0"]
    assert [each.moved for each in entries(own())] == ["IN PROGRESS →", "", "PLEDGED →"]


def test_an_entry_says_what_happened_what_that_moved_and_why() -> None:
    newest = entries(own())[0]
    assert (newest.at, newest.text) == (NOW, "Buyers have put off two cargoes")
    assert (newest.moved, newest.shown, newest.status) == ("IN PROGRESS →", "IN PROGRESS, AT RISK", "at_risk")
    assert newest.cause == ""


def test_what_records_only_that_time_passes_is_no_event() -> None:
    missed = Reason(ReasonCode.MISSED, FirstDateMissed("12 Mt", date(2026, 3, 1), date(2026, 6, 30)))
    over = FlagChanged(FlagKind.UNCONFIRMED, "met", FlagState.RAISED, FlagState.EXPIRED)
    quiet = (
        NoticeDue("12 Mt booked", date(2026, 6, 30), 30),
        FlagChanged(FlagKind.STALE, "news", None, FlagState.RAISED),
        DeadlineMissed("12 Mt", date(2026, 3, 1)),
        over,
    )
    for change in quiet:
        assert not own(history={SOY: (replace(move("t9"), change=change, reason=missed),)}).told, change
    undone = replace(move("t9"), change=DeadlineMissed("12 Mt", date(2026, 3, 1)), reason=Reason(ReasonCode.MISSED))
    assert len(own(history={SOY: (undone,)}).told) == 1


def test_a_growing_share_is_told_by_the_count_of_its_report() -> None:
    grown = replace(move("t9"), change=ShareChanged(0.2, 0.5), evidence=("s2",))
    count = Observation("Dock News", 7e6, None, "t", "booked", "", NOW, "of-s2", "s2")
    counted = verdict(progress=Progress(7e6, 7e6, 7e6, 12e6, "t", "booked", readings=(count,)))
    for now, words in ((counted, "Counted: 7 Mt of 12 Mt booked (58%), by Dock News"), (verdict(progress=None), "")):
        newest = newest_of(own(history={SOY: (grown,)}, verdicts={SOY: now}, published={}))
        assert newest.changes[0].text == words


def told(*changes: Transition, **known: Any) -> list[str]:
    """Of these changes, those that are not minor, the newest first."""
    found = months(own(history={SOY: changes}, **{"signals": signals(field="summary")} | known))
    return [each.changes[0].anchor for month in found for each in month.entries]


def test_an_act_that_no_alert_tells_is_minor_and_a_move_of_the_status_never_is() -> None:
    _, noted, moved = history()
    assert told(noted, moved) == ["change-t2", "change-t1"]
    quiet = [replace(each, severity=Severity.ROUTINE) for each in (noted, moved)]
    assert told(*quiet) == ["change-t2"]


def test_the_eve_and_the_echo_of_an_event_are_minor_unless_many_report_them() -> None:
    moved, noted = replace(history()[0], at=ago(19), happened=ago(19)), history()[1]
    wide = {"of-s1": story("of-s1", "Harbour Wire", ("Dock News", "Port Paper"), title="State buyers order more")}
    stories = {**own().context.stories, **wide}
    for days, anchors in (
        (-4, ["change-t0", "change-t9"]),
        (-2.5, ["change-t0"]),
        (2.5, ["change-t0"]),
        (4, ["change-t9", "change-t0"]),
    ):
        at = moved.at + timedelta(days=days)
        near = replace(noted, id="t9", at=at, happened=at)
        assert told(near, moved) == anchors
        assert len(told(near, moved, stories=stories)) == 2
    assert told(replace(noted, way=Direction.DOWN), moved) == ["change-t0", "change-t1"]


def test_a_date_that_only_a_later_baseline_brings_is_minor() -> None:
    moved = replace(move("t9"), change=DeadlineMoved("the suspension", None, date(2026, 11, 10)))
    assert told(moved) == ["change-t9"]
    assert told(replace(moved, cause=Cause.CLOCK, evidence=(), reason=Reason(ReasonCode.DEADLINE))) == []


def test_what_a_trouble_rests_on_now_is_told_whoever_reports_it() -> None:
    quiet = replace(history()[1], severity=Severity.ROUTINE)
    troubled = verdict(outlook_evidence=("s1",))
    for now, anchors in ((troubled, ["change-t1"]), (replace(troubled, outlook=Outlook.STEADY), [])):
        verdicts = {**own().context.verdicts, SOY: now}
        assert told(quiet, verdicts=verdicts) == anchors


def test_the_next_round_of_a_series_is_minor_until_leaders_meet() -> None:
    assert told(replace(move("t9", frm="met", to="in_progress"), way=Direction.OTHER)) == []


def test_that_a_status_waits_for_confirmation_is_not_told_beside_its_change() -> None:
    awaited = Awaiting(Speaker("Harbour Wire", Says.PRESS, report=True), Standing.MET, ("cn",))
    doubt = FlagChanged(FlagKind.UNCONFIRMED, "met", None, FlagState.RAISED)
    beside = replace(move("t8", evidence=("s2",)), change=doubt, reason=Reason(ReasonCode.WAITS, awaited, ("s2",)))
    (newest, *_) = entries(own(history={SOY: (*history(), beside)}))
    assert [change.text for change in newest.changes] == ["", ""]
    noted = move("t9", TransitionKind.EVENT, "", "setback", evidence=("s2",))
    for flags, stands in (((Flag(FlagKind.UNCONFIRMED, "met", NOW),), True), ((), False)):
        (doubted,) = entries(own(history={SOY: (noted, beside)}, verdicts=with_verdict(flags=flags)))
        assert any(change.text for change in doubted.changes) is stands, "a doubt is told while it stands"


def test_what_was_recorded_in_one_moment_is_one_entry_with_a_place_for_each_change() -> None:
    beside = move("t9", TransitionKind.EVENT, "", "setback", evidence=("s2",))
    (newest, *rest) = entries(own(history={SOY: (*history(), beside)}))
    assert [change.anchor for change in newest.changes] == ["change-t2", "change-t9"]
    assert len(rest) == 2


def test_further_reports_of_one_event_are_one_entry_and_a_move_of_the_status_is_one_of_its_own() -> None:
    step = replace(move("t8", TransitionKind.EVENT, "", "setback", evidence=("s2", "s1")), at=NOW + timedelta(hours=2))
    newest, *rest = entries(own(history={SOY: (*history(), step)}))
    assert [(change.anchor, change.text) for change in newest.changes] == [("change-t2", ""), ("change-t8", "")]
    assert [len(of) for of in (newest.evidence, newest.beside)] == [1, 1], "the report of another act is told as such"
    assert len(rest) == 2
    moved = replace(step, change=move().change)
    later = NOW + timedelta(days=4)
    for changes in ({"at": later, "happened": later}, {"evidence": ()}):
        apart = replace(step, **changes, reason=replace(step.reason, signals=()))
        assert len(entries(own(history={SOY: (*history(), apart)}))) == 4, changes
    assert len(entries(own(history={SOY: (*history(), moved)}))) == 3, "what the same words tell is one event"


def test_another_report_of_an_act_within_two_days_joins_it_and_its_headline_leads_before_generated_words() -> None:
    known = {**signals(), "s3": replace(signals()["s2"], id="s3", story="of-s3", **from_china())}
    told = {**own().context.stories, "of-s3": story("of-s3", lang="zh", title="采购")}
    noted = move("t8", TransitionKind.EVENT, "", "setback", evidence=("s3",))
    again, later = replace(noted, id="t9", evidence=("s2",), at=NOW + timedelta(days=1)), NOW + timedelta(days=3)
    for echo, number in ((again, 1), (replace(again, at=later, happened=later), 2)):
        found = entries(own(history={SOY: (noted, echo)}, signals=known, stories=told))
        assert len(found) == number
    (joined,) = entries(own(history={SOY: (noted, again)}, signals=known, stories=told))
    assert joined.text == "Buyers have put off two cargoes"


def test_an_act_that_changed_nothing_is_told_with_the_status_of_its_day_if_many_report_it() -> None:
    quiet = replace(history()[1], id="t9", severity=Severity.NOTABLE)
    assert [each.shown for each in entries(own(acts={SOY: (quiet,)}, history={}))] == ["IN PROGRESS"]


def test_an_act_that_several_outlets_report_as_done_is_told_without_an_alert_and_a_rumour_is_not() -> None:
    for modality, number in ((Modality.DONE, 1), (Modality.RUMOUR, 0)):
        known = signals(modality=modality, says=Says.PRESS, tier=Tier.WIRE)
        known["s1"] = replace(known["s1"], origin="Dock News", effect=Effect.SETBACK)
        quiet = move("t9", TransitionKind.EVENT, "", "setback", evidence=("s1", "s2"), severity=Severity.ROUTINE)
        found = months(own(history={SOY: (quiet,)}, signals=known, verdicts=with_verdict(flags=())))
        assert sum(len(month.entries) for month in found) == number


def test_the_evidence_stands_as_it_was_read_then() -> None:
    known = signals()
    then = cited(known["s2"], effect=Effect.THREAT, quote="Buyers may put off two cargoes", rule="soy/may-put-off")
    changed = replace(history()[2], cited=(then,))
    newest = newest_of(own(history={SOY: (changed,)}))
    assert [piece.line.quote for piece in newest.evidence] == ["Buyers may put off two cargoes"]
    assert [piece.line.rule for piece in newest.evidence] == ["soy/may-put-off"]


def test_outlets_that_carried_a_report_later_are_not_counted() -> None:
    outlets = (Outlet("Dock News", "", ago(1), ago(1)), Outlet("Late News", "", NOW, NOW + timedelta(days=2)))
    found = entries(own(stories={"of-s2": replace(story("of-s2", title="x"), outlets=outlets)}))[0]
    assert [(piece.line.outlet, piece.line.others) for piece in found.evidence] == [("Harbour Wire", 1)]


def test_a_date_rests_on_the_baseline_and_a_whole_whose_parts_are_done_does_not() -> None:
    due = replace(move("t9", evidence=()), change=DeadlineMissed("12 Mt", date(2026, 6, 30)), cause=Cause.CLOCK)
    whole = replace(move("t9", frm="in_progress", to="met", way=Direction.UP, evidence=()), cause=Cause.CLOCK)
    rest = [replace(each, flags=(), reason=Reason(ReasonCode.STALE)) for each in (due, whole)]
    assert [len(newest_of(own(history={SOY: (change,)})).evidence) for change in rest] == [1, 0]


def test_a_sentence_in_chinese_has_its_language() -> None:
    known = {**signals(), "s2": replace(signals()["s2"], **from_china())}
    (piece,) = entries(own(signals=known, stories={"of-s2": story("of-s2", lang="zh-CN", title="采购")}))[0].evidence
    assert (piece.lang, piece.line.speaker) == ("zh", "MOFCOM")
    assert piece.line.gloss == "in Chinese"


def test_a_language_that_nobody_knows_is_not_passed_on() -> None:
    (piece,) = entries(own(stories={"of-s2": story("of-s2", lang='x" onload="', title="x")}))[0].evidence
    assert piece.lang == ""


# ---------------------------------------------------------------- what no longer counts


def piece_that_is(why: str) -> tuple[str, str]:
    """The remarks on the evidence of the last change after it was retired for this reason: retracted, remark."""
    (piece,) = entries(own(retired={"s2": Retired(NOW, why)}))[0].evidence
    return piece.retracted, piece.remark


def test_a_report_that_its_publisher_took_back_says_so_with_the_day_and_an_edit_of_the_rules_takes_none_back() -> None:
    assert piece_that_is("rules") == ("", "the rules no longer match it since 14 Mar 2026")
    assert piece_that_is("withdrawn") == ("withdrawn by its publisher on 14 Mar 2026", "")
    assert piece_that_is("revised") == ("edited by its publisher on 14 Mar 2026", "")
    assert piece_that_is(READ_OTHERWISE) == ("read otherwise on 14 Mar 2026", "")


def test_a_rejected_report_names_who_rejected_it_when_and_why() -> None:
    (piece,) = entries(own(interventions={SOY: (rejection(signals()["s2"]),)}))[0].evidence
    assert piece.retracted == "rejected on 14 Mar 2026 by Ann Lee: about another buyer"


def rejection(of: Signal) -> Intervention:
    payload = suppression_payload(of)
    return Intervention("i1", "reject", SOY, of.id, "about another buyer", "", NOW, payload=payload, by="Ann Lee")


# ---------------------------------------------------------------- changes without a report


def test_a_date_that_no_report_names_rests_on_the_baseline() -> None:
    lapsed = Reason(ReasonCode.LAPSED, Lapsed("Soybeans 12 Mt", "due", date(2026, 3, 1)))
    by_clock = replace(move("t9", frm="in_progress", to="lapsed"), cause=Cause.CLOCK, reason=lapsed, evidence=())
    (newest, *_) = entries(own(history={SOY: (by_clock,)}))
    assert newest.cause == ""
    (piece,) = newest.evidence
    assert (piece.line.basis, piece.line.url) == ("baseline", "https://example.org/text")


def test_a_change_that_happened_earlier_than_it_was_recorded_says_when() -> None:
    late = replace(history()[2], happened=ago(9), late=True)
    newest = newest_of(own(history={SOY: (late,)}))
    assert (newest.at, newest.happened) == (NOW, "5 Mar 2026")


def test_an_old_act_that_is_first_seen_late_stands_under_its_own_day() -> None:
    noted = replace(
        history()[2], change=EventNoted(Effect.SETBACK, By("cn")), severity=Severity.NOTABLE, evidence=("s2",)
    )
    told = signals()
    told["s2"] = replace(told["s2"], happened=EventTime(ago(40), ago(40)))
    of = own(history={SOY: (*history()[:2], replace(noted, id="t9", happened=ago(40), late=True))}, signals=told)
    assert [each.changes[0].anchor for each in entries(of)] == ["change-t1", "change-t9", "change-t0"]
    assert Course.of(of).later[-1].changes[0].id == "t9"


def test_a_doubt_that_a_later_report_ends_within_days_is_minor() -> None:
    doubt = FlagChanged(FlagKind.UNCONFIRMED, "breached", None, FlagState.RAISED)
    raised = replace(move("t8"), change=doubt, evidence=("s1",), reason=Reason(ReasonCode.UNCONFIRMED))
    ended = replace(raised, id="t9", change=replace(doubt, new=FlagState.EXPIRED), at=NOW + timedelta(days=2))
    assert told(raised) == ["change-t8"]
    assert "change-t8" not in told(raised, replace(ended, severity=Severity.ROUTINE, evidence=()))


def test_a_move_is_told_with_all_of_the_status_before_it() -> None:
    def before(*changes: Transition) -> str:
        known = own(history={SOY: changes})
        return left_behind(known.told[-1], known)

    assert before(replace(move("t9", frm="met", to="in_progress"), outlook=Outlook.STEADY)) == "a new round:"
    eased = replace(move("t9", frm="at_risk", to="partly_met"), outlook=Outlook.STEADY, standing=Standing.PARTLY_MET)
    assert before(eased) == "PLEDGED, AT RISK →", "that of its baseline, without an earlier move"
    troubled = replace(move("t8"), at=ago(30), happened=ago(30))
    assert before(troubled, eased) == "IN PROGRESS, AT RISK →"


def test_an_announcement_that_dates_what_is_put_into_effect_comes_before_the_move() -> None:
    dated = replace(
        move("t8"), change=DeadlineMoved("suspension", None, date(2026, 11, 10)), at=ago(1), evidence=("s2",)
    )
    moved = replace(move("t9"), way=Direction.UP)
    worse = replace(moved, way=Direction.DOWN)
    for changes, ids in (((dated, moved), ["t8", "t9"]), ((dated, worse), ["t9"]), ((), [])):
        assert [event.changes[0].id for event in Course.of(own(history={SOY: changes})).why] == ids


def test_the_newest_event_comes_first_then_a_blow_of_the_trouble_and_those_of_weight_or_in_doubt() -> None:
    noted = [
        replace(
            history()[1], id=f"t{n}", evidence=(f"s{n}",), severity=weight, at=ago(9 - 4 * n), happened=ago(9 - 4 * n)
        )
        for n, weight in enumerate((Severity.NOTABLE, Severity.ROUTINE, Severity.ROUTINE))
    ]
    known = {key: replace(each, rule=key) for key, each in signals().items()}

    def newest(most: int, of: OwnMaterial) -> list[str]:
        return [event.changes[0].id for event in newest_word(of.told, of, most)]

    of = own(history={SOY: noted}, signals=known, publishers=Known(Tier.WIRE), verdicts={SOY: verdict(flags=())})
    assert (newest(1, of), newest(2, of)) == (["t2"], ["t2", "t0"])
    doubt = replace(of.verdict, flags=(Flag(FlagKind.UNCONFIRMED, "at_risk", NOW, evidence=("s1",)),))
    assert newest(2, replace(of, verdict=doubt)) == ["t2", "t1"]
    blow = own(
        history={SOY: (noted[0], replace(noted[1], way=Direction.DOWN), noted[2])},
        signals=known,
        publishers=Known(Tier.WIRE),
        verdicts={SOY: verdict(flags=())},
    )
    assert newest(2, blow) == ["t2", "t1"]
    assert newest(2, replace(blow, verdict=replace(blow.verdict, outlook=Outlook.STEADY))) == ["t2", "t0"]


def test_a_meeting_that_was_planned_is_minor_once_one_was_held() -> None:
    talks = commitment(kind=Kind.SERIES, owed_by="cn+us", targets=())
    plan = replace(history()[1], evidence=("s1",), severity=Severity.NOTABLE)
    known = {**signals(tier=Tier.WIRE)}
    planned = replace(known["s1"], effect=Effect.PLEDGE, happened=EventTime(ago(21), ago(21)))
    held = replace(known["s0"], happened=EventTime(ago(15), ago(15)))
    for meetings, told in (((planned,), ["t1"]), ((planned, held), [])):
        of = own(commitments={SOY: talks}, history={SOY: (plan,)}, signals={each.id: each for each in meetings})
        assert [event.changes[0].id for event in key_events(of)] == told


def test_an_outlet_that_repeats_itself_is_quoted_once_and_a_copy_of_unknown_origin_not_at_all() -> None:
    said = "Buyers have put off two cargoes"
    copies = ("s3", Tier.WIRE), ("s4", Tier.AGGREGATOR), ("s5", Tier.WIRE)
    more = {key: replace(signals()["s2"], id=key, story=f"of-{key}", tier=tier) for key, tier in copies}
    more["s5"] = replace(more["s5"], quote="Importers cancel a third shipment")
    known = {**signals(), **more}
    stories = {each.story: story(each.story, title=each.quote) for each in known.values()}
    moved = replace(history()[2], evidence=("s2", *more))
    newest = newest_of(own(history={SOY: (moved,)}, signals=known, stories=stories))
    assert [piece.line.quote for piece in newest.evidence] == [said, more["s5"].quote]


def test_a_step_is_not_dated_by_a_report_of_the_smaller_step_before_it() -> None:
    quotes = ("Buyers raise orders to 9 cargoes from 4 a day after the first", "State buyers order 4 more cargoes")
    days = (ago(20), ago(21))
    known = {
        f"s{n}": replace(signals()["s1"], id=f"s{n}", story=f"of-s{n}", quote=quote, happened=EventTime(day, day))
        for n, (quote, day) in enumerate(zip(quotes, days, strict=True))
    }
    stories = {each.story: story(each.story, title=each.quote) for each in known.values()}
    noted = replace(history()[1], evidence=("s0", "s1"))
    newest = newest_of(own(history={SOY: (noted,)}, signals=known, stories=stories))
    assert (newest.text, newest.at) == (quotes[0], ago(20))


def test_the_timeline_of_a_whole_tells_the_moves_of_its_parts_and_a_part_not_those_of_its_whole() -> None:
    moved = move("t8", commitment=PART, frm="unpledged", to="pledged", standing=Standing.PLEDGED, evidence=())
    noted = replace(event("t9", Effect.PROGRESS, By("cn")), commitment=PART)
    record = {SOY: history(), PART: (replace(moved, outlook=Outlook.STEADY, at=ago(1), happened=ago(1)), noted)}
    told_of = [(each.changes[0].anchor, each.part, each.shown) for each in entries(own(history=record))]
    assert told_of[1] == ("change-t8", "Soybeans 25 Mt a year", "PLEDGED")
    assert [anchor for anchor, *_ in told_of] == ["change-t2", "change-t8", "change-t1", "change-t0"]
    assert {each.part for each in entries(own(PART, history=record))} == {""}


def test_the_moves_of_a_day_stand_in_the_order_of_their_recording_whenever_their_acts_were_first_reported() -> None:
    eased = replace(move("t8", frm="at_risk", to="in_progress", evidence=()), outlook=Outlook.STEADY, at=NOW)
    moved = replace(eased, id="t9", change=move(frm="in_progress", to="partly_met").change, evidence=("s2",))
    moved = replace(moved, at=NOW + timedelta(hours=2), happened=NOW - timedelta(hours=2))
    found = entries(own(history={SOY: (eased, moved)}))
    assert [each.changes[0].anchor for each in found] == ["change-t9", "change-t8"]


def test_the_most_important_change_of_a_moment_comes_first() -> None:
    beside = replace(history()[1], id="t9", at=NOW, evidence=("s2",), way=Direction.DOWN)
    assert [change.id for change in own(history={SOY: (beside, history()[2])}).told[0].changes] == ["t2", "t9"]


def test_an_event_of_note_has_the_day_of_its_first_report_and_says_when_it_was_recorded() -> None:
    early = replace(signals()["s1"], happened=EventTime(ago(22), ago(22)))
    known = {**signals(), "s0": replace(early, id="s0")}
    noted = replace(history()[1], evidence=("s1", "s0"))
    newest = newest_of(own(signals=known, history={SOY: (noted,)}))
    assert (newest.at, newest.recorded) == (ago(22), ago(21))


def test_a_date_is_told_as_the_act_that_sets_it_and_without_a_report_says_of_what() -> None:
    moved = replace(move("t9"), change=DeadlineMoved("the suspension", date(2026, 9, 9), date(2026, 11, 10)))
    told_by = newest_of(own(history={SOY: (moved,)}))
    assert told_by.text == "State buyers order four more cargoes"
    assert told_by.changes[0].text.startswith("Due date moved from")
    alone = replace(moved, evidence=(), reason=Reason(ReasonCode.DEADLINE))
    assert newest_of(own(history={SOY: (alone,)})).text.startswith("The suspension: due date moved from")


def test_a_heading_without_a_subject_is_told_in_words_of_its_own() -> None:
    quoted = replace(signals()["s1"], quote="It breaks what both sides have agreed.", field="summary")
    quoted = replace(quoted, title_is_news=False)
    told_by = story("of-s1", title="The ministry answered questions of reporters in the morning and the evening:")
    noted = replace(history()[1], evidence=("s1",))
    rules = {quoted.rule: RuleInfo(quoted.rule, SOY, "v", "", 1, tells="to break the pact")}
    of = own(signals={"s1": quoted}, stories={"of-s1": told_by}, history={SOY: (noted,)}, rules=rules)
    assert newest_of(of).text == "The pact is broken"


# ---------------------------------------------------------------- the words and the day of an event


def event(key: str, effect: Effect, by: By, **changes: Any) -> Transition:
    plain = move(key, TransitionKind.EVENT, "", effect.value, evidence=(key,), severity=Severity.ROUTINE)
    return replace(plain, change=EventNoted(effect, by), **changes)


def reports(*told: Signal, tier: Tier = Tier.WIRE) -> dict[str, Any]:
    """These reports and their stories, whose titles are their quotes."""
    stories = {each.story: story(each.story, title=each.quote) for each in told}
    return {"signals": {each.id: each for each in told}, "stories": stories, "publishers": Known(tier)}


def report(key: str, quote: str, **changes: Any) -> Signal:
    return signal(
        key, f"of-{key}", quote=quote, **{"says": Says.PRESS, "by": By("cn+us"), "effect": Effect.PROGRESS} | changes
    )


def test_what_moved_a_status_is_told_by_a_report_of_it_as_done_and_not_by_its_preview() -> None:
    eve, done = report("s1", "The ministers are set to discuss the pact"), report("s2", "The ministers sign the pact")
    eve = replace(eve, modality=Modality.PLAN)
    moved = replace(move("t8", evidence=("s1",)), way=Direction.UP, change=move(frm="pledged", to="met").change)
    noted = event("t9", Effect.PROGRESS, By("cn+us"), evidence=("s2",), way=Direction.UP)
    assert [each.text for each in entries(own(history={SOY: (moved, noted)}, **reports(eve, done)))] == [done.quote]


def test_a_plan_of_an_act_is_not_its_first_report() -> None:
    for modality, day in ((Modality.PLAN, NOW), (Modality.DONE, ago(1))):
        eve, done = (
            report(key, "The ministers sign the pact", happened=EventTime(at, at))
            for key, at in (("s1", ago(1)), ("s2", NOW))
        )
        noted = event("t9", Effect.PROGRESS, By("cn+us"), evidence=("s1", "s2"), way=Direction.UP)
        eve = replace(eve, modality=modality, field="summary")
        assert newest_of(own(history={SOY: (noted,)}, **reports(eve, done))).at == day


def test_what_a_meeting_of_leaders_brought_and_a_deed_under_a_headline_that_expects_one_are_not_folded() -> None:
    titled: dict[str, Any] = {"field": "title", "tier": Tier.WIRE}
    met = report("s1", "The leaders end their meeting", **titled)
    body = report("s2", "The sides agree on a council for harbours", **titled)
    same = replace(body, quote="The leaders end a long meeting")
    blow = replace(body, quote="A duty is laid on beans", effect=Effect.SETBACK)
    promise = replace(body, quote="Northland is to buy", by=By("us"), says=Says("us"), effect=Effect.PLEDGE, rule="r2")
    rumour = replace(promise, says=Says.PRESS, modality=Modality.RUMOUR)
    plan = replace(met, modality=Modality.PLAN)
    noted = event("t9", Effect.PROGRESS, By("cn+us"), evidence=("s1", "s2"), way=Direction.UP)
    summit = replace(noted, level=Level.SUMMIT)
    for change, told, outcomes in (
        (summit, (met, body), 1),
        (noted, (met, body), 0),
        (summit, (met, same), 0),
        (summit, (met, blow), 0),
        (noted, (met, promise), 1),
        (noted, (met, rumour), 0),
        (noted, (plan, body), 1),
    ):
        (of,) = own(history={SOY: (change,)}, **reports(*told)).told
        of = replace(of, report=told[0], text=replace(of.text, headline=told[0].quote))
        shown = entry(of, own(history={SOY: (change,)}, **reports(*told)))
        assert len(shown.outcomes) == outcomes, told[1].quote
        assert not {*shown.outcomes} & {*shown.evidence, *shown.beside}


def test_an_english_headline_is_told_whole_and_what_it_tells_of_a_series_is_not_older() -> None:
    where, what = (
        "The ministers hold talks by the sea",
        "The ministers hold talks on goods, harbours and fees of both sides",
    )
    last = report("s1", f"{what}, until late in the evening of their visit")
    first = report(
        "s2", f"{where}, for the first time since the quarrel on fees began", happened=EventTime(ago(2), ago(2))
    )
    noted = event("t9", Effect.PROGRESS, By("cn+us"), evidence=("s1", "s2"), way=Direction.UP)
    for kind, day in ((Kind.SERIES, NOW), (Kind.STANDING, ago(2))):
        talks = {**own().context.commitments, SOY: replace(own().commitment, kind=kind, targets=())}
        found = newest_of(own(history={SOY: (noted,)}, commitments=talks, **reports(last, first)))
        assert (found.text, found.at) == (last.quote, day)


def test_the_blow_that_an_event_of_the_other_side_answers_is_told_before_it() -> None:
    blow = report("t8", "Northland threatens a tariff", by=By("us"), effect=Effect.THREAT)
    answer = report("t9", "Southland vows to strike back", by=By("cn"), effect=Effect.THREAT)
    first, then = event("t8", Effect.THREAT, By("us"), at=ago(42)), event("t9", Effect.THREAT, By("cn"), at=ago(40))
    first, then = replace(first, happened=ago(42)), replace(then, happened=ago(40))
    moved = replace(move("t9", at=ago(40), evidence=("t9",)), happened=ago(40))
    later = replace(move("t7", at=ago(35), evidence=()), happened=ago(35))
    for answered, number in ((replace(then, severity=Severity.NOTABLE), 2), (then, 0), (moved, 1)):
        assert len(key_events(own(history={SOY: (first, answered, later)}, **reports(blow, answer)))) == number + 1
    unheard = reports(replace(blow, field="summary"), answer)
    history = {SOY: (first, replace(then, severity=Severity.NOTABLE), later)}
    assert len(key_events(own(history=history, **unheard))) == 2


def test_the_headline_of_a_single_outlet_is_told_in_its_month_or_where_little_else_came_since_the_status_moved() -> (
    None
):
    for kind, effect, days, moved_days, number in (
        (Kind.STANDING, Effect.THREAT, 2, 50, 1),
        (Kind.STANDING, Effect.SETBACK, 40, 50, 1),
        (Kind.STANDING, Effect.SETBACK, 40, 35, 0),
        (Kind.STANDING, Effect.THREAT, 40, 50, 0),  # a threat that nobody else told since
        (Kind.SERIES, Effect.THREAT, 2, 50, 0),
    ):
        said = report("s1", "Southland vows to strike back", by=By("cn"), effect=effect)
        noted = event("t9", effect, By("cn"), evidence=("s1",))
        of_kind = {**own().context.commitments, SOY: replace(own().commitment, kind=kind, targets=())}
        moved = replace(move("t7", at=ago(moved_days), evidence=()), happened=ago(moved_days))
        act = replace(noted, at=ago(days), happened=ago(days))
        of = own(
            history={SOY: tuple(sorted((moved, act), key=lambda each: each.at))}, commitments=of_kind, **reports(said)
        )
        assert len(key_events(of)) == 1 + number, (kind, effect, days)


def test_what_is_noted_late_joins_the_act_that_it_tells_with_the_status_of_its_day() -> None:
    act, again = (report(key, "Southland curbs metals", happened=EventTime(ago(40), ago(40))) for key in ("s1", "s2"))
    first = replace(event("t8", Effect.SETBACK, By("cn"), at=ago(40), evidence=("s1",)), happened=ago(40))
    late = replace(event("t9", Effect.SETBACK, By("cn"), evidence=("s2",)), late=True, happened=ago(40))
    of = own(history={SOY: (first, late)}, **reports(act, again))
    assert [change.id for change in of.told[0].changes] == ["t8", "t9"]


def test_of_two_headlines_in_one_title_the_one_with_the_act_is_told() -> None:
    title = "Northland lowers its tariffs—Southland pauses its curbs"
    both = replace(report("s1", title, by=By("cn")), act_at=title.index("pauses"))
    noted = event("t9", Effect.PROGRESS, By("cn"), evidence=("s1",), way=Direction.UP)
    assert newest_of(own(history={SOY: (noted,)}, **reports(both))).text == "Southland pauses its curbs"


def test_a_move_that_waited_for_a_second_source_names_the_day_of_the_first_report() -> None:
    first, second = (
        report(key, "Southland buys beans by the shipload", happened=EventTime(ago(days), ago(days)))
        for key, days in (("s1", 2), ("s2", 0))
    )
    moved = move("t9", evidence=("s1", "s2"))
    found = newest_of(own(history={SOY: (moved,)}, **reports(first, second)))
    assert found.first == format_date(ago(2).date())
    meet = replace(moved, level=Level.SUMMIT)
    assert newest_of(own(history={SOY: (meet,)}, **reports(first, second))).first == "", "its days follow each other"


def test_another_date_is_no_echo_of_an_event() -> None:
    force = replace(move("t8", frm="pledged", to="in_force", at=ago(1)), way=Direction.UP)
    noted = event("t9", Effect.PROGRESS, By("cn"), severity=Severity.NOTABLE, way=Direction.UP, at=NOW)
    dated = replace(noted, id="t7", change=DeadlineMoved("second pause", None, NOW.date()), way=Direction.OTHER)
    for changes, number in (((force, noted), 1), ((force, noted, dated), 2)):
        assert len(key_events(own(history={SOY: changes}))) == number


def test_the_reason_of_a_trouble_is_its_blow_and_no_standing_that_moved_under_it() -> None:
    under = move("t9", frm="pledged", to="in_progress", at=NOW + timedelta(days=2), evidence=("s1",))
    blow = event("t8", Effect.SETBACK, By("cn"), evidence=("s2",))
    for changes, cause in (((*history(), under), "t2"), ((blow, under), "t8")):
        move_of = Course.of(own(history={SOY: changes})).move
        assert move_of is not None
        assert move_of.changes[0].id == cause


def test_an_official_warning_is_told_in_its_own_words() -> None:
    warning = report("t9", "The ministry will soon review its duties on beans.", by=By("cn"), effect=Effect.THREAT)
    known = reports(replace(warning, tier=Tier.OFFICIAL), tier=Tier.OFFICIAL)
    noted = event("t9", Effect.THREAT, By("cn"))
    assert newest_of(own(history={SOY: (noted,)}, **known)).text == "The ministry will soon review its duties on beans"


def test_an_act_that_no_change_tells_is_an_event() -> None:
    rules = {"r1": RuleInfo("r1", SOY, "v", "", 1, tells="to buy beans")}
    buys = report("s1", "Southland buys beans", by=By("cn"), tier=Tier.WIRE, rule="r1")
    known = own(rules=rules, **reports(buys)).context
    assert [act.evidence for act in unrecorded_acts((), known)[SOY]] == [("s1",)]
    assert unrecorded_acts(("s1",), known) == {}


def test_a_blow_of_the_last_months_that_one_small_outlet_reports_is_an_act_unless_a_known_one_is_the_same() -> None:
    rules = {"r1": RuleInfo("r1", SOY, "v", "", 1, tells="to drop beans")}
    kinds: dict[str, Any] = {"by": By("cn"), "effect": Effect.SETBACK, "tier": Tier.AGGREGATOR, "rule": "r1"}
    blow, again = (report(key, "Southland drops beans", **kinds) for key in ("s1", "s2"))
    rumour = replace(again, modality=Modality.RUMOUR)
    good, old = replace(blow, effect=Effect.PROGRESS), replace(blow, happened=EventTime(ago(99), ago(99)))
    for signals_of, told_by, found in (
        ((blow,), (), [("s1",)]),
        ((blow, again), (), [("s1", "s2")]),
        ((blow, again), ("s2",), []),
        ((rumour,), (), []),
        ((good,), (), []),
        ((old,), (), []),
    ):
        known = own(rules=rules, **reports(*signals_of)).context
        assert [act.evidence for act in lone_blows(told_by, known)] == found


def test_a_worse_blow_than_that_which_began_a_trouble_is_told_with_it() -> None:
    fell = move("t8", at=ago(9), happened=ago(9), evidence=("s2",))
    since = event("t9", Effect.SETBACK, By("cn"), at=ago(5), happened=ago(5), evidence=("s1",))
    later: dict[str, Any] = {"at": NOW, "happened": NOW, "way": Direction.UP, "evidence": ("s0",)}
    eased = replace(move("t7", frm="at_risk", to="in_progress"), outlook=Outlook.STEADY, **later)
    over = {**own().context.verdicts, SOY: verdict(outlook=Outlook.STEADY, since=ago(60))}
    for level, ids in ((Level.ORDER, ["t8", "t9"]), (Level.ORDINARY, ["t8"])):
        known = signals()
        known["s1"] = replace(known["s1"], effect=Effect.SETBACK, level=level, happened=EventTime(ago(5), ago(5)))
        known["s2"] = replace(known["s2"], happened=EventTime(ago(5), ago(5 - (level is not Level.ORDER))))
        present = Course.of(own(history={SOY: (fell, since)}, signals=known))
        assert [told_as.changes[0].id for told_as in present.why] == ids
        assert not {told_as.changes[0].id for told_as in present.later} & {*ids}
        past = Course.of(own(history={SOY: (fell, since, eased)}, signals=known, verdicts=over))
        assert [told_as.changes[0].id for told_as in past.trouble] == ["t8", "t9"], "with the last blow of that side"


def test_the_newest_deed_of_a_single_outlet_stands_beside_the_later_events_unless_one_of_them_tells_it() -> None:
    plain: dict[str, Any] = {"by": By("us"), "effect": Effect.SETBACK, "happened": EventTime(ago(2), ago(2))}
    lone = report("s3", "Northland bars a mill", **plain)
    for changes, found in (
        ({}, ["t9"]),
        ({"effect": Effect.THREAT}, []),
        ({"modality": Modality.RUMOUR}, []),
        ({"says": Says("us")}, []),  # a side speaks of it
        ({"field": "summary"}, []),
        ({"effect": Effect.PROGRESS}, []),
    ):
        said = replace(lone, **changes)
        noted = event("t9", said.effect, By("us"), evidence=("s3",), at=ago(2), happened=ago(2))
        noted = replace(noted, way=Direction.UP if said.effect is Effect.PROGRESS else Direction.DOWN)
        moved = move("t7", at=ago(40), happened=ago(40), evidence=())
        known = own(**reports(said), history={SOY: (moved,)}, acts={SOY: (noted,)})
        assert [each.changes[0].id for each in (Course.of(known).alone,) if each] == found, changes


def test_a_trouble_names_the_blow_on_which_it_rests_now_besides_that_which_began_it_and_the_worst() -> None:
    acts = (("t1", 30, Effect.SETBACK), ("t2", 20, Effect.SETBACK), ("t3", 9, Effect.THREAT))
    said, noted = list[Signal](), list[Transition]()
    for key, days, effect in acts:
        at, level = ago(days), Level.ORDER if key == "t2" else Level.ORDINARY
        own_words = {"by": By("cn"), "effect": effect, "rule": key, "level": level, "happened": EventTime(at, at)}
        said.append(report(key, f"Southland acts against mill {key}", **own_words))
        noted.append(replace(event(key, effect, By("cn"), at=at, happened=at), severity=Severity.NOTABLE))
    began = move("t1", at=ago(30), happened=ago(30), evidence=("t1",))
    day = Deadline("threat/cn", "", date(2026, 5, 1), "cn", "announced", evidence=("t3",), since=ago(9).date())
    for ahead, why in (((day,), ["t1", "t2", "t3"]), ((), ["t1", "t2"])):
        behind = {"outlook_since": ago(30), "outlook_evidence": ("t1", "t2", "t3"), "deadlines": ahead}
        found = Course.of(own(history={SOY: (began, *noted[1:])}, verdicts=with_verdict(**behind), **reports(*said)))
        assert [each.changes[0].id for each in found.why] == why


def test_a_plan_in_the_days_of_its_deed_is_no_event_of_its_own() -> None:
    deed, plan = (
        report(key, quote, rule=key, happened=EventTime(ago(days), ago(days)))
        for key, quote, days in (("s8", "Ports open", 5), ("s9", "A lane is cleared", 3))
    )
    done = event("t8", Effect.PROGRESS, By("cn+us"), evidence=("s8",), at=ago(5), happened=ago(5), way=Direction.UP)
    done = replace(done, severity=Severity.NOTABLE)
    meant = event("t9", Effect.PLEDGE, By("cn+us"), evidence=("s9",), at=ago(3), happened=ago(3), way=Direction.UP)
    for modality, ids in ((Modality.PLAN, ["t8"]), (Modality.DONE, ["t8", "t9"])):
        known = own(
            commitments={**own().context.commitments, SOY: replace(own().commitment, targets=())},
            history={SOY: (done, meant)},
            **reports(deed, replace(plan, effect=Effect.PLEDGE, modality=modality)),
        )
        assert [each.changes[0].id for each in key_events(known)] == ids


def test_what_one_report_tells_of_a_whole_and_of_its_part_is_one_entry() -> None:
    for titles, number in ((("Mills resume buying", "Mills resume buying"), 1), (("Mills resume", "Ports open"), 2)):
        whole, of_part = (report(key, title) for key, title in zip(("s8", "s9"), titles, strict=True))
        of_part = replace(of_part, commitment=PART, story=whole.story if number == 1 else of_part.story)
        moves = (
            replace(move(key, frm="pledged", to="in_progress", evidence=(signal_id,)), commitment=of, way=Direction.UP)
            for key, signal_id, of in (("t8", "s8", SOY), ("t9", "s9", PART))
        )
        on_whole, on_part = moves
        known = own(history={SOY: (on_whole,), PART: (on_part,)}, **reports(whole, of_part))
        (shown,) = months(known)
        assert len(shown.entries) == number
        turned = [part.part for each in shown.entries for part in each.parts]
        assert turned == ["Soybeans 25 Mt a year"][: 2 - number]


def test_what_a_side_says_in_an_aggregator_names_that_as_the_carrier() -> None:
    said = report("s9", "Northland opens its ports, ministry says", says=Says("us"), origin="US Treasury")
    moved = move("t9", frm="pledged", to="in_progress", evidence=("s9",), way=Direction.UP)
    (shown, *_) = entries(own(history={SOY: (moved,)}, **reports(said, tier=Tier.AGGREGATOR)))
    line = shown.evidence[0].line
    assert (line.speaker, line.outlet) == ("US Treasury", "an unnamed outlet, via Harbour Wire")


def test_an_entry_names_no_step_that_a_later_one_had_overtaken() -> None:
    steps = commitment(steps=("position", "agreed"), clauses=(("position", "a side agrees its position"),))
    first, second = (
        replace(history()[1], id=f"t{n}", at=ago(days), happened=ago(days), change=StepChanged(None, step))
        for n, days, step in ((7, 9, "agreed"), (8, 2, "position"))
    )
    for told, text in (((first, second), ""), ((second,), "A side agrees its position")):
        of = own(history={SOY: told}, commitments={**own().context.commitments, SOY: steps})
        assert newest_of(of).changes[0].text == text


def test_an_entry_names_the_new_terms_of_the_report_of_its_heading_alone() -> None:
    noted = replace(history()[1], id="t7", at=NOW, happened=NOW)
    for evidence, text in (("s1", "New in its terms: price list"), ("s0", "")):
        term = replace(noted, id="t8", change=TermsChanged((), "price list"), evidence=(evidence,))
        found = newest_of(own(history={SOY: (noted, term)}))
        assert [note.text for note in found.changes[1:]] == [text]


def test_new_terms_without_a_headline_of_their_own_are_the_heading_and_stand_there_once() -> None:
    term = replace(history()[1], change=TermsChanged((), "price list"), evidence=(), at=NOW, happened=NOW)
    found = newest_of(own(history={SOY: (term,)}))
    assert (found.text, [note.text for note in found.changes]) == ("New in its terms: price list", [""])
