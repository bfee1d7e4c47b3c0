"""How a commitment stands: flags in words, dates and what became of them, contested claims side by side."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from monitor.domain.model import Deadline, Effect, Flag, FlagKind, Kind, Level, Outlook, Says, Standing, Tier
from monitor.domain.model.news import DateMention, EventTime
from monitor.domain.model.reasons import Disputed, NothingSince, Sighted, Speaker
from monitor.domain.pages.material import context_then
from monitor.domain.pages.standing_view import (
    StandingView,
    coming,
    date_rows,
    dates_of_parts,
    flag_notes,
    present,
    standing_view,
    statuses_since,
)
from tests.builders.golden_wording import GoldenWording
from tests.builders.message_values import NOW, Known, commitment, verdict
from tests.builders.page_material import PART, SOY, ago, from_china, material, own, signals, without_record


def view(**changes: Any) -> StandingView:
    """The soybeans with these fields of their verdict changed."""
    of = own(verdicts={**material().context.verdicts, SOY: verdict(**changes)})
    keys = tuple(of.context.signals)
    return standing_view(of.verdict, context_then(keys, {}, NOW, of.context), of)


def test_the_confidence_in_a_status_comes_from_the_reports_behind_it(wording: GoldenWording) -> None:
    of = own()
    found = standing_view(of.verdict, present(of), of)
    wording(found.confidence)
    assert found.flags == (), "not said twice"
    assert [piece.line.signal for piece in found.evidence] == ["s2"]
    assert found.read == "rule soybean-purchases.postponed"


def test_the_confidence_is_that_of_the_move_that_the_page_tells_and_a_later_blow_has_its_own() -> None:
    known = signals()
    known["s2"] = replace(known["s2"], says=Says("cn"), origin="MOFCOM", effect=Effect.PROGRESS, rule="soy/paid")
    for behind, names in (("s1", ("US Treasury",)), ("s2", ("MOFCOM",)), ("s1 s2", ("US Treasury", "MOFCOM"))):
        of = own(signals=known)
        found = standing_view(of.verdict, present(of), of, behind.split())
        assert all(name in found.confidence for name in names)
        assert ("MOFCOM" in found.confidence) == ("MOFCOM" in names)


def test_how_sure_a_status_is_says_who_has_spoken_of_it_since() -> None:
    known = {key: replace(each, says=Says.PRESS, effect=Effect.PROGRESS) for key, each in signals().items()}
    known["s2"] = replace(known["s2"], says=Says("cn"), origin="MOFCOM", happened=EventTime(NOW, NOW))
    of = own(signals=known)
    assert "MOFCOM" in standing_view(of.verdict, present(of), of, ["s1"]).confidence
    summit = {key: replace(each, level=Level.SUMMIT, rule=key) for key, each in known.items()}
    for told in (summit, {**summit, "s2": replace(summit["s2"], level=Level.ORDINARY)}):
        of = own(signals=told)
        assert ("MOFCOM" in standing_view(of.verdict, present(of), of, ["s1"]).confidence) == (told is summit)


def test_an_aggregator_is_no_outlet_of_what_it_carries(wording: GoldenWording) -> None:
    for tier in (Tier.AGGREGATOR, Tier.WIRE):
        of = own(publishers=Known(tier), signals=signals(says=Says.PRESS, origin="Harbour Wire"))
        found = standing_view(of.verdict, context_then(tuple(of.context.signals), {}, NOW, of.context), of)
        wording(piece.line.outlet for piece in found.evidence)


def test_a_doubt_about_another_report_names_it_and_is_none_about_the_status() -> None:
    doubt = Sighted(Speaker("Harbour Wire", Says.PRESS, report=True), Outlook.AT_RISK, 1, 3, 3)
    flag = Flag(FlagKind.UNCONFIRMED, "at_risk", NOW, doubt, ("s2",))
    steady = verdict(outlook=Outlook.STEADY, flags=(flag,), evidence=("s1",), outlook_evidence=())
    of = own(verdicts={**material().context.verdicts, SOY: steady})
    found = standing_view(steady, present(of), of, ["s1"])
    assert "AT RISK" not in found.confidence
    (note,) = found.flags
    report, effect = note.text.split(": ")
    assert report == "“Buyers have put off two cargoes” (Harbour Wire, 14 Mar 2026)"
    assert effect == "two more sources by 17 Mar 2026 would change the status to AT RISK."
    (note,) = flag_notes(steady, of.context, short=True)
    assert note.text == "The report of 14 Mar 2026 (Harbour Wire): no second source seen yet."


def test_a_step_that_a_report_on_the_page_tells_is_never_still_to_come() -> None:
    steps: dict[str, Any] = {"kind": Kind.MILESTONE, "targets": (), "steps": ("agreed", "signed", "closed")}
    known = {**material().context.commitments, SOY: replace(own().commitment, **steps)}
    steady = verdict(outlook=Outlook.STEADY, flags=(), deadlines=())
    for done, words in (("", "Still to come"), ("signed", "MET once")):
        told = {key: replace(each, object=done) for key, each in signals().items()}
        of = own(commitments=known, signals=told, verdicts={**material().context.verdicts, SOY: steady})
        assert standing_view(steady, present(of), of).next.startswith(words)


def test_a_standing_that_no_report_tells_rests_on_those_that_cleared_its_outlook() -> None:
    cleared = verdict(outlook=Outlook.STEADY, outlook_since=NOW, flags=(), outlook_evidence=("s1",))
    of = own(verdicts={**material().context.verdicts, SOY: cleared})
    assert [piece.line.signal for piece in standing_view(cleared, present(of), of).evidence] == ["s1"]


def test_an_outlook_that_no_report_tells_rests_on_the_baseline_even_where_the_standing_has_moved() -> None:
    day = NOW.replace(year=2025, month=11, day=1, hour=0, minute=0)
    feared = replace(own().commitment.baselines[0], outlook=Outlook.AT_RISK)
    of = own(commitments={**material().context.commitments, SOY: replace(own().commitment, baselines=(feared,))})
    moved = verdict(evidence=("s0",), outlook_evidence=(), outlook_since=day)
    found = standing_view(moved, present(of), of)
    assert found.baseline is not None
    assert found.baseline.when == "1 Nov 2025"
    assert standing_view(replace(moved, outlook_since=NOW), present(of), of).baseline is None


def test_a_flag_that_begins_with_its_name_says_it_and_its_day_once() -> None:
    silence = NothingSince(date(2026, 1, 3))
    found = view(flags=(Flag(FlagKind.STALE, "news", NOW, silence),))
    assert [(note.label, note.text) for note in found.flags] == [("no news", "since 3 Jan 2026.")]
    of_part = flag_notes(replace(verdict(PART), flags=(Flag(FlagKind.STALE, "news", NOW, silence),)), own().context)
    assert [note.text for note in of_part] == ["of its own since 3 Jan 2026."], "its whole may have some"


def test_each_flag_stands_once() -> None:
    flag = Flag(FlagKind.UNCONFIRMED, "cn", NOW)
    assert len(view(flags=(flag, replace(flag, since=ago(1)))).flags) == 1


# ---------------------------------------------------------------- dates


def test_each_date_has_its_outcome_and_who_names_it(wording: GoldenWording) -> None:
    dates = (
        Deadline("12 Mt booked", "due", date(2025, 12, 31), "us", "missed"),
        Deadline("12 Mt booked", "due", date(2026, 2, 28), "cn+us", "superseded"),
        Deadline("12 Mt booked", "due", date(2026, 6, 30), "cn+us"),
        Deadline("12 Mt booked", "due", date(2026, 9, 30), "us", "claimed"),
        Deadline("the pause", "expiry", date(2026, 3, 1), "cn", "lapsed"),
    )
    rows = view(deadlines=dates).dates
    days = ["2026-06-30 ahead", "2026-09-30 ahead", "2026-03-01", "2026-02-28", "2025-12-31"]
    assert [f"{row.date}{' ahead' if row.ahead else ''}" for row in rows] == days
    wording(f"{row.text} | {row.by} | {row.state}" for row in rows)


# ---------------------------------------------------------------- contested claims


def contested(evidence: tuple[str, ...] = ("s1", "s2")) -> Flag:
    told = Disputed("US Treasury", "two are put off", "MOFCOM", "all sail")
    return Flag(FlagKind.CONTESTED, "orders", NOW, told, evidence)


def test_both_sides_of_a_contradiction_stand_side_by_side_with_their_speakers() -> None:
    known = {**signals(), "s2": replace(signals()["s2"], **from_china())}
    of = own(signals=known, verdicts={**material().context.verdicts, SOY: verdict(flags=(contested(),))})
    (claim,) = standing_view(of.verdict, present(of), of).contested
    assert claim.about == "orders"
    assert [(piece.line.speaker, piece.line.quote) for piece in claim.claim] == [
        ("US Treasury", "State buyers order four more cargoes")
    ]
    assert [(piece.line.speaker, piece.line.quote) for piece in claim.against] == [("MOFCOM", "采购按计划进行")]
    assert known["s2"].says is Says("cn")


def test_a_contradiction_whose_reports_are_not_stored_is_told_in_the_words_of_the_flag() -> None:
    (claim,) = view(flags=(contested(()),)).contested
    assert [(piece.line.outlet, piece.line.quote) for piece in claim.claim] == [("US Treasury", "two are put off")]
    assert [(piece.line.outlet, piece.line.quote) for piece in claim.against] == [("MOFCOM", "all sail")]


# ---------------------------------------------------------------- what it rests on


def test_without_a_report_it_rests_on_the_baseline_and_its_source() -> None:
    bare = verdict(last_evidence=NOW.replace(year=2025, month=11, day=1, hour=0, minute=0), flags=())
    of = own(**{**without_record(), "verdicts": {SOY: bare}})
    found = standing_view(of.verdict, present(of), of)
    assert found.baseline is not None
    assert (found.baseline.when, found.baseline.quote) == ("1 Nov 2025", "Promised in the joint text")
    assert found.baseline.url == "https://example.org/text"
    assert found.confidence == ""


def test_statuses_begin_with_what_is_known_and_end_with_the_present() -> None:
    found = statuses_since(own(), ago(30))
    assert found is not None
    assert [span.status for span in found.spans] == ["in_progress", "at_risk"]
    assert (found.spans[0].start, found.spans[-1].end) == (ago(30), NOW + timedelta(hours=1))


def test_without_a_baseline_and_a_record_no_status_is_known() -> None:
    plain = replace(own().commitment, baselines=())
    of = own(commitments={**material().context.commitments, SOY: plain}, published={}, history={})
    assert statuses_since(of, NOW + timedelta(days=1)) is None


def test_a_date_that_passed_without_a_report_says_so_and_one_with_a_later_day_names_it() -> None:
    pause, longer = (Deadline("pause", "expiry", day, "cn") for day in (date(2026, 2, 7), date(2026, 8, 6)))
    of = own(commitments={SOY: commitment(targets=())})
    for known, states in (
        ((pause,), ["no report of what followed was found"]),
        ((pause, longer), ["moved to 6 Aug 2026", "open"]),
        ((replace(pause, state="missed"),), ["no report of what followed was found"]),
    ):
        rows = date_rows(verdict(deadlines=known), of.context, of)
        assert sorted(row.state for row in rows) == states


def test_the_dates_of_the_parts_have_their_names() -> None:
    of_part = verdict(PART, deadlines=(Deadline("pause", "expiry", date(2026, 5, 1), ""),))
    (row,) = dates_of_parts(own(verdicts={**own().context.verdicts, PART: of_part}))
    assert (row.text, row.date) == ("Soybeans 25 Mt a year: the pause ends 1 May 2026, in 48 days", date(2026, 5, 1))


def test_the_last_day_of_a_target_is_a_date_and_one_that_passed_before_it_was_met_is_missed() -> None:
    met = {"standing": Standing.MET, "outlook": Outlook.STEADY, "since": datetime(2026, 7, 20, tzinfo=UTC)}
    told = [(row.text, row.by, row.state) for row in view(deadlines=(), **met).dates]
    assert told == [("12 Mt was due 30 Jun 2026", "", "missed; met on 20 Jul 2026")], "no side has named it"
    assert [row.ahead for row in view(deadlines=()).dates] == [True]
    assert view(deadlines=(), standing=Standing.UNPLEDGED).dates == ()


def test_a_date_of_another_law_is_shown_from_the_day_on_which_it_is_known() -> None:
    for known, states in ((NOW.date(), ["under another law, no term of the deal"]), (ago(-1).date(), [])):
        duty = Deadline("duty", "expiry", date(2026, 4, 1), "us", since=known)
        plain = replace(own().commitment, targets=(), related=(duty,))
        of = own(commitments={**own().context.commitments, SOY: plain})
        assert [row.state for row in date_rows(verdict(deadlines=()), of.context, of)] == states
        assert ("1 Apr 2026" in standing_view(verdict(deadlines=()), present(of), of).next) is (states != [])


def test_the_day_that_a_threat_behind_the_trouble_names_is_ahead() -> None:
    known = signals()
    for day, role, found in ((ago(-9), "due", [ago(-9).date()]), (ago(-9), "", []), (ago(9), "due", [])):
        known["s2"] = replace(known["s2"], effect=Effect.THREAT, date=DateMention(day.date(), role=role))
        assert [named for named, _ in coming(own(signals=known))] == found
        calm = {**own().context.verdicts, SOY: verdict(outlook=Outlook.STEADY, outlook_evidence=("s2",))}
        assert coming(own(signals=known, verdicts=calm)) == []
