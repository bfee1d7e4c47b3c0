"""The page of a commitment: the last event, the acts of the rules, interventions of people, and the calendar."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from monitor.domain.model import (
    Background,
    By,
    Deadline,
    Direction,
    Effect,
    Flag,
    FlagKind,
    Intervention,
    Kind,
    Outlook,
    ReadMatch,
    Says,
    Severity,
    Standing,
    Tier,
    TransitionKind,
)
from monitor.domain.model.changes import DeadlineMoved
from monitor.domain.model.news import EventTime
from monitor.domain.pages.board import owing
from monitor.domain.pages.commitment_page import commitment_page, interventions_on, verdict_days
from monitor.domain.verdicts.interventions import PersonReading, reading_payload
from tests.builders.golden_wording import GoldenWording
from tests.builders.message_values import NOW, commitment, move, verdict
from tests.builders.page_material import (
    PART,
    SOY,
    TRUCE,
    ago,
    history,
    material,
    own,
    published,
    signals,
    without_record,
)

PAGE = commitment_page(own())


def test_the_last_event_stands_below_the_commitment_and_who_owes_it() -> None:
    assert (PAGE.short, PAGE.owes) == ("Soybeans 12 Mt", "China")
    assert (PAGE.since, PAGE.later) == ("AT RISK since 14 Mar 2026", ())
    (why,) = PAGE.why
    assert (why.text, why.outlets) == ("Buyers have put off two cargoes", "Harbour Wire")


def test_below_the_event_that_moved_the_status_stand_later_ones() -> None:
    at = NOW + timedelta(days=3)
    later = replace(history()[1], id="t9", at=at, happened=at, severity=Severity.NOTABLE)
    page = commitment_page(own(history={SOY: (*history(), later)}))
    assert [change.address.rpartition("#")[2] for change in (*page.why, *page.later)] == ["change-t2", "change-t9"]


def test_a_trouble_that_is_over_is_told_with_what_began_it() -> None:
    later: dict[str, Any] = {"at": NOW + timedelta(days=3), "happened": NOW + timedelta(days=3), "evidence": ("s0",)}
    eased = replace(move("t9", frm="at_risk", to="in_progress", **later), outlook=Outlook.STEADY, way=Direction.UP)
    over = {**own().context.verdicts, SOY: verdict(outlook=Outlook.STEADY, since=ago(60))}
    page = commitment_page(own(history={SOY: (*history(), eased)}, verdicts=over))
    assert [change.address.rpartition("#")[2] for change in page.trouble] == ["change-t2"]
    assert PAGE.trouble == (), "it is not over"


def test_before_the_first_change_the_baseline_is_named() -> None:
    page = commitment_page(own(**{**without_record(), "verdicts": {SOY: verdict(flags=())}}))
    assert (page.why, page.later, page.since) == ((), (), "AT RISK since 14 Mar 2026")
    assert "1 Nov 2025" in page.record
    assert page.days == ()


def test_a_commitment_names_its_parts_and_a_part_its_whole() -> None:
    assert (PAGE.parent, [part.id for part in PAGE.parts]) == (None, [PART])
    part = commitment_page(own(PART))
    assert part.parent is not None
    assert (part.parent.short, part.parent.shown, part.parts) == ("Soybeans 12 Mt", "IN PROGRESS, AT RISK", ())


def test_a_part_without_news_of_its_own_has_the_newest_good_and_bad_event_of_its_whole() -> None:
    silent = verdict(PART, flags=(Flag(FlagKind.STALE, "news", NOW),), since=ago(90))
    page = commitment_page(own(PART, verdicts={**own().context.verdicts, PART: silent}))
    assert {change.commitment for change in page.of_whole} == {SOY}
    assert [change.address.rpartition("#")[2] for change in page.of_whole] == ["change-t2", "change-t1"]
    heard = replace(silent, since=ago(20))
    page = commitment_page(own(PART, verdicts={**own().context.verdicts, PART: heard}))
    assert [change.text for change in page.of_whole] == [PAGE.why[0].text], (
        "what is older than its last news is not told"
    )
    assert commitment_page(own(PART)).of_whole == ()
    calm = {**own().context.verdicts, PART: replace(silent, outlook=Outlook.STEADY)}
    assert commitment_page(own(PART, verdicts=calm)).of_whole == (), "the trouble of the whole is its own"


def test_the_terms_have_what_an_editor_notes_from_the_day_on_which_it_is_known() -> None:
    for since, shown in ((NOW.date(), ["Only one side has named the amount."]), (ago(-1).date(), [])):
        noted = commitment(
            background=(Background("Only one side has named the amount.", since, "https://example.org"),)
        )
        page = commitment_page(own(commitments={**own().context.commitments, SOY: noted}))
        assert [note.text for note in page.background] == shown


def test_the_newest_report_is_told_if_no_event_at_the_top_has_it() -> None:
    at, known = NOW + timedelta(days=1), signals(field="summary", tier=Tier.WIRE)
    known["s1"] = replace(known["s1"], happened=EventTime(at, at))
    minor = replace(history()[1], id="t9", at=at, happened=at, severity=Severity.ROUTINE)
    page = commitment_page(own(history={SOY: (*history()[::2], minor)}, signals=known, now=at + timedelta(days=60)))
    assert page.minor is not None
    assert (page.minor.address.rpartition("#")[2], page.later) == ("change-t9", ())
    assert PAGE.minor is None


def test_a_side_that_tells_its_own_part_in_a_move_is_among_those_who_say_so() -> None:
    beside = move("t9", TransitionKind.EVENT, "", "setback", evidence=("s2", "s1"))
    for by, named in (("us", True), ("cn", False)):
        told = signals(says=Says("us"), by=By(by), rule="soy/other", origin="USDA")
        told["s1"] = replace(told["s1"], effect=Effect.SETBACK)
        told["s2"] = replace(told["s2"], by=By("cn"), says=Says("cn"), origin="MOFCOM", rule="soy/put-off")
        confidence = commitment_page(own(signals=told, history={SOY: (*history(), beside)})).standing.confidence
        assert ("MOFCOM" in confidence, "USDA" in confidence) == (True, named)


def test_companies_owe_as_private_firms_and_several_sides_together_and_each() -> None:
    parties = own().context.parties
    assert owing(commitment(owed_by="company"), parties) == ("private firms",)
    assert owing(commitment(owed_by="cn+us"), parties) == ("both sides", "China", "the US")


def test_the_terms_name_what_keeps_the_promise_and_the_dates_that_are_open() -> None:
    kept = commitment(criteria=(("at_risk", "A side breaks off."), ("met", "Twelve million tonnes booked.")))
    over = Deadline("pause", "expiry", date(2026, 2, 7), "cn")
    ahead = replace(over, date=date(2026, 5, 1), what="truce")
    later = replace(ahead, date=date(2026, 8, 1))
    verdicts = {**own().context.verdicts, SOY: verdict(deadlines=(over, replace(ahead, state="superseded"), later))}
    page = commitment_page(own(commitments={**own().context.commitments, SOY: kept}, verdicts=verdicts))
    assert page.goal == ("met", "Twelve million tonnes booked.")
    rows = [row for row, _ in page.dates]
    assert {over.date, later.date} <= {row.date for row in rows} <= {row.date for row in page.standing.dates}
    assert ahead.date not in {row.date for row in rows}
    assert [row.state for row in rows if not row.ahead] == ["no report of what followed was found"]
    assert PAGE.goal is None


def test_a_date_stands_with_the_event_that_named_it_unless_the_status_rests_on_that() -> None:
    truce = Deadline("truce", "expiry", date(2026, 5, 1), "cn")
    dated = replace(history()[1], change=DeadlineMoved("truce", None, truce.date))
    verdicts = {**own().context.verdicts, SOY: verdict(deadlines=(truce,))}
    page = commitment_page(own(history={SOY: (history()[0], dated, history()[2])}, verdicts=verdicts))
    named = [change and change.address.rpartition("#")[2] for row, change in page.dates if row.date == truce.date]
    assert named == ["change-t1"]
    page = commitment_page(own(history={SOY: (replace(history()[2], change=dated.change),)}, verdicts=verdicts))
    assert [change for row, change in page.dates if row.date == truce.date] != [None]


def test_the_day_of_a_threat_is_named_until_the_side_that_made_it_helps_to_end_the_trouble(
    wording: GoldenWording,
) -> None:
    threat = replace(signals()["s2"], effect=Effect.THREAT, by=By("us"))
    answer, taken_back = replace(signals()["s1"], id="r1", by=By("cn")), replace(signals()["s1"], id="r2", by=By("us"))
    known: dict[str, Any] = {"signals": {**signals(), "s2": threat, "r1": answer, "r2": taken_back}}
    day = Deadline("threat/us", "", date(2026, 5, 1), "us", "announced", evidence=("s2",), since=date(2026, 3, 1))
    calm = verdict(outlook=Outlook.STEADY, deadlines=(day,), outlook_since=NOW, outlook_evidence=("r1",))
    wording(commitment_page(own(**known, verdicts={**own().context.verdicts, SOY: calm})).announced)
    for over in (replace(calm, standing=Standing.MET), replace(calm, outlook_evidence=("r1", "r2"))):
        assert commitment_page(own(**known, verdicts={**own().context.verdicts, SOY: over})).announced == ()


def test_what_stands_since_its_starting_point_says_so_once_a_trouble_is_over() -> None:
    eased = replace(move("t9", frm="at_risk", to="in_progress"), outlook=Outlook.STEADY, way=Direction.UP)
    for since, known in ((datetime(2025, 11, 1, tzinfo=UTC), True), (ago(60), False)):
        over = {**own().context.verdicts, SOY: verdict(outlook=Outlook.STEADY, since=since)}
        page = commitment_page(own(history={SOY: (*history(), eased)}, verdicts=over))
        assert (page.began is not None) is known
    assert PAGE.began is None


def test_the_way_back_names_the_days_of_the_acts_that_the_page_gives_as_reasons() -> None:
    by_china = {key: replace(each, by=By("cn")) for key, each in signals().items()}
    untold = {**own().context.commitments, SOY: commitment(targets=())}
    page = commitment_page(own(signals=by_china, commitments=untold))
    assert page.standing.next.startswith("No longer AT RISK if China reverses its act of 14 Mar 2026.")
    assert by_china["s2"].quote not in page.standing.next, "the page has the headline above"


def test_a_page_says_how_old_its_newest_report_is_and_not_that_there_is_none() -> None:
    stale = verdict(flags=(Flag(FlagKind.STALE, "news", NOW),))
    verdicts = {**own().context.verdicts, SOY: stale}
    page = commitment_page(own(verdicts=verdicts, now=NOW + timedelta(days=9)))
    assert (page.news, page.standing.flags) == ("14 Mar 2026, 9 days ago", ())
    assert PAGE.news == "14 Mar 2026"
    assert commitment_page(own(TRUCE)).news == ""


def test_a_status_of_the_starting_point_may_be_older_unless_its_day_is_known() -> None:
    begun = datetime(2025, 11, 1, tzinfo=UTC)
    for since, text in ((None, "1 Nov 2025 or earlier"), (date(2025, 11, 1), "1 Nov 2025")):
        bare = without_record()
        base = replace(bare["commitments"][SOY].baselines[0], since=since)
        bare["commitments"][SOY] = replace(bare["commitments"][SOY], baselines=(base,))
        calm = verdict(standing=Standing.PLEDGED, outlook=Outlook.STEADY, since=begun, flags=())
        page = commitment_page(own(**{**bare, "verdicts": {SOY: calm}}))
        assert page.since == f"PLEDGED since {text}"
        assert page.began is not None
        assert page.began.quote == "Promised in the joint text"


def test_a_whole_in_trouble_says_that_none_of_its_parts_is() -> None:
    assert PAGE.apart
    both = {**own().context.verdicts, PART: verdict(PART)}
    assert not commitment_page(own(verdicts=both)).apart


def test_a_page_names_a_meeting_of_the_deal_as_next_only_if_it_is_near() -> None:
    talks = commitment("talks", short="Talks", kind=Kind.SERIES, owed_by="cn+us", targets=())
    known = {**own().context.commitments, SOY: commitment(targets=()), "talks": talks}
    for days, named in ((20, True), (40, False)):
        day = Deadline("leaders' meeting", "", ago(-days).date(), "cn+us", "announced")
        series = verdict("talks", outlook=Outlook.STEADY, flags=(), deadlines=(day,))
        verdicts = {**own().context.verdicts, "talks": series}
        step = commitment_page(own(commitments=known, verdicts=verdicts)).standing.next
        assert ("eaders' meeting" in step) is named, days


def test_a_state_without_a_date_ahead_says_what_puts_it_at_risk() -> None:
    criteria = (("in_force", "The pause stands."), ("at_risk", "A side threatens to end it."))
    pause = replace(own().context.commitments[TRUCE], criteria=criteria)
    kept = verdict(TRUCE, standing=Standing.IN_FORCE, outlook=Outlook.STEADY, flags=(), deadlines=())
    of = {"commitments": {TRUCE: pause}, "verdicts": {TRUCE: kept}, "history": {}, "published": {}}
    assert commitment_page(own(TRUCE, **of)).standing.next.endswith("a side threatens to end it.")


def test_the_event_that_moved_the_standing_within_a_trouble_is_among_its_reasons() -> None:
    fell = move("t1", frm="pledged", to="at_risk", at=ago(30), happened=ago(30), evidence=("s2",))
    fell = replace(fell, standing=Standing.PLEDGED)
    begun = replace(history()[0], at=ago(9), happened=ago(9), outlook=Outlook.AT_RISK)
    page = commitment_page(own(history={SOY: (fell, begun)}))
    assert [change.address.rpartition("#")[2] for change in page.why] == ["change-t1", "change-t0"]
    assert page.later == ()


# ---------------------------------------------------------------- interventions of people

PIN = Intervention(
    "p1", "pin", SOY, "", "checked by telephone", "https://desk.example/note", ago(9), ago(-9), "met/steady", "Ann Lee"
)
MUTE = Intervention("m1", "mute", "", "soybean-*", "too many", "", ago(5), ago(-2), by="Bo Chen")
UNPIN = Intervention("p2", "unpin", SOY, "p1", "the ministry has spoken", "", NOW, by="Bo Chen")
REJECT = Intervention("r1", "reject", SOY, "s2", "about another buyer", "", NOW, by="Ann Lee")


def shown(*done: Intervention, of: str = SOY) -> list[str]:
    own = {name: tuple(each for each in done if each.commitment == name) for name in ("", SOY)}
    found = interventions_on(material(interventions=own), of)
    return [f"{each.text} | {each.why} | {each.source} | {each.url}" for each in found]


def test_interventions_say_who_did_it_until_when_and_why_the_newest_first(wording: GoldenWording) -> None:
    read = PersonReading(
        "Cargoes sail", frozenset({"x"}), (ReadMatch(SOY, Effect.PROGRESS, Says("cn"), "sail"),), frozenset({SOY, PART})
    )
    reading = Intervention("a1", "read", "", "story", "", "", NOW, payload=reading_payload(read), by="Ann Lee")
    odd = replace(PIN, source="javascript:alert(1)", by="", until=None)
    for done in ([PIN], [odd], [MUTE], [REJECT], [reading], [PIN, UNPIN], [UNPIN]):
        wording(shown(*done))
    wording(shown(reading, of=PART))


def test_a_mute_by_a_pattern_and_a_reading_are_listed_with_each_commitment_that_they_concern() -> None:
    assert shown(MUTE, of=PART) == shown(MUTE) != []
    assert shown(MUTE, of=TRUCE) == []


# ---------------------------------------------------------------- days

PLEDGED = verdict(standing=Standing.PLEDGED, outlook=Outlook.STEADY, flags=())
AT_RISK = verdict(standing=Standing.PLEDGED, flags=())


def test_the_last_of_several_verdicts_of_a_day_counts() -> None:
    found = verdict_days(own(published={SOY: published((20.2, PLEDGED), (20.1, AT_RISK))}))
    assert {day: each.verdict for day, each in found.items()} == {date(2026, 2, 22): AT_RISK}


def test_the_days_on_which_it_changed_are_listed_newest_first() -> None:
    assert [(days.shown, days.days) for days in PAGE.days] == [
        ("IN PROGRESS, AT RISK", (date(2026, 3, 14),)),
        ("IN PROGRESS", (date(2026, 1, 13),)),
    ]
    assert PAGE.statuses is not None
    assert (PAGE.statuses.spans[-1].end - NOW).total_seconds() == 3600
    assert PAGE.deal == material().deals["sample"].name


def test_silence_and_what_tells_nothing_new_make_no_verdict_of_a_day() -> None:
    silent = replace(AT_RISK, flags=(Flag(FlagKind.STALE, "news", NOW),), last_evidence=NOW)
    fresh = replace(AT_RISK, outlook_evidence=("s2",))
    found = verdict_days(own(published={SOY: published((20, PLEDGED), (9, AT_RISK), (5, silent), (2, fresh))}))
    assert [(NOW.date() - day).days for day in found] == [20, 9, 2]
