"""What messages say: first line, evidence, whose word, progress and dates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.alerts.recipients import subscribes_to
from monitor.domain.messages.subject import subject_line, topic_of
from monitor.domain.model import (
    By,
    Cause,
    Deadline,
    Detail,
    Effect,
    Flag,
    FlagKind,
    Lot,
    Observation,
    Outlook,
    Policy,
    Publisher,
    Reason,
    ReasonCode,
    Says,
    Severity,
    Standing,
    Tier,
    Transition,
    TransitionKind,
)
from monitor.domain.model.changes import EventNoted, TermsChanged
from monitor.domain.model.reasons import Awaiting, Confirmed, Count, CountedByOne, OneSided, Sighted, Speaker, Text
from monitor.domain.text.folding import is_unspaced
from monitor.domain.text.labels import days_left_text, format_amount, label_of
from monitor.domain.text.plain import one_line, printable, truncated, web_link
from monitor.errors import RenderError
from monitor.store.codec.json_codec import from_json, to_json
from tests.builders.domain_values import reason
from tests.builders.message_values import (
    NOW,
    Known,
    brief,
    commitment,
    counts,
    message,
    move,
    route,
    signal,
    story,
    verdict,
)

# ---------------------------------------------------------------- first line


@pytest.mark.parametrize(
    ("names", "topic"),
    [
        ({"short": "Soybeans 12 Mt"}, "Soybeans 12 Mt"),
        ({"short": "Soybeans 12 Mt", "topic": "Soybeans"}, "Soybeans"),
        ({"short": "Purchases of American soybeans and corn"}, "Purchases"),
        ({"short": "Tariffs on soybeans and corn"}, "Tariffs on soybeans"),
    ],
)
def test_a_subject_begins_with_a_short_name_of_the_commitment(names: dict[str, str], topic: str) -> None:
    assert topic_of(commitment(**names)) == topic


@given(st.text(max_size=300), st.text(max_size=400), st.text(max_size=400), st.booleans())
def test_a_first_line_is_one_whole_line_of_at_most_70_characters(
    short: str, title: str, quote: str, doubted: bool
) -> None:
    flags = (Flag(FlagKind.UNCONFIRMED, "cn", NOW),) if doubted else ()
    found = brief(
        verdicts={"soybean-purchases": verdict(flags=flags)},
        commitments={"soybean-purchases": commitment(short=f"S{short}")},
        signals={"s1": signal("s1", "a", quote=quote)},
        stories={"a": story("a", title=title)},
    )
    assert len(found.subject_line) <= 70
    assert len(found.subject_line.splitlines()) == 1
    assert found.subject_line.endswith(" (not yet confirmed)") == doubted


def test_a_subject_says_what_happened_and_whether_it_is_confirmed() -> None:
    told: dict[str, Any] = {
        "signals": {"s1": signal("s1", "a")},
        "stories": {"a": story("a", title="China puts off two cargoes")},
    }
    assert brief(**told).subject_line == "Soybeans 12 Mt: China puts off two cargoes (not yet confirmed)"
    sure = brief(**told, verdicts={"soybean-purchases": verdict(flags=())})
    assert sure.subject_line == "Soybeans 12 Mt: China puts off two cargoes"


def test_what_the_acting_side_says_of_itself_carries_no_mark_but_a_date_does() -> None:
    told: dict[str, Any] = {
        "signals": {"s1": signal("s1", "a", says=Says.CN, by=By.CN)},
        "stories": {"a": story("a", title="China puts off two cargoes")},
    }
    assert brief(**told).subject_line == "Soybeans 12 Mt: China puts off two cargoes"
    assert brief(**told).unconfirmed, "the status still waits for the other side"
    other = told | {"signals": {"s1": signal("s1", "a", says=Says.US, by=By.CN)}}
    assert brief(**other).subject_line == "Soybeans 12 Mt: China puts off two cargoes (not yet confirmed)"
    dated = move(kind=TransitionKind.DEADLINE, frm="2026-06-30", to="2026-07-30")
    assert brief(message(dated), **told).subject_line.endswith("30 Jul 2026 (not yet confirmed)")


def test_a_reply_on_more_reports_says_who_speaks_now_and_what_that_moves() -> None:
    told: dict[str, Any] = {
        "signals": {"s1": signal("s1", "a"), "s2": signal("s2", "b", says=Says.PRESS)},
        "stories": {
            "a": story("a", title="China puts off two cargoes"),
            "b": story("b", title="中国推迟两船", source="Harbour Wire", published_at=NOW, lang="zh"),
        },
    }
    moved = move(evidence=("s1", "s2"), confirms=True, continues=("s1",))
    found = brief(message(moved, kind="confirmation"), **told)
    assert found.subject_line == "Soybeans 12 Mt: Now AT RISK, as Harbour Wire says so too"
    assert found.was_and_is == "Was IN PROGRESS, now AT RISK, on more reports of what was told before"
    flag = move(kind=TransitionKind.FLAG, frm="unconfirmed", to="confirmed", confirms=True, evidence=("s2", "s1"))
    assert brief(message(flag, kind="confirmation"), **told).subject_line == (
        "Soybeans 12 Mt: IN PROGRESS is confirmed, as Harbour Wire says so too"
    )


def test_a_confirmation_whose_title_does_not_fit_names_who_confirms() -> None:
    long = "China, it is now said by everybody at the port, is going to put off no fewer than two cargoes of beans"
    stories = {"a": story("a"), "b": story("b", title=long, published_at=NOW + timedelta(hours=1))}
    signals = {"s1": signal("s1", "a"), "s2": signal("s2", "b", quote=long, says=Says.PRESS)}
    flag = move(kind=TransitionKind.FLAG, frm="unconfirmed", to="confirmed", confirms=True, evidence=("s2", "s1"))
    found = brief(message(flag, kind="confirmation"), signals=signals, stories=stories)
    assert found.subject_line == "Soybeans 12 Mt: IN PROGRESS is confirmed, as Harbour Wire says so too"


def test_what_follows_an_event_but_rests_on_other_reports_is_news_of_its_own() -> None:
    told: dict[str, Any] = {
        "signals": {"s1": signal("s1", "a")},
        "stories": {"a": story("a", title="China puts off two cargoes")},
    }
    found = brief(message(move(confirms=True, continues=("s0",)), kind="confirmation"), **told)
    assert found.subject_line == "Soybeans 12 Mt: China puts off two cargoes (not yet confirmed)"
    assert found.was_and_is == "Was IN PROGRESS, now AT RISK"
    assert found.label == "follow-up", "a reply in doubt confirms nothing"


def test_a_doubt_about_a_step_still_to_come_is_none_about_a_fall() -> None:
    waits = Flag(FlagKind.UNCONFIRMED, "cn", NOW, Awaiting(PAPER, Standing.MET, ("cn",)), evidence=("s9",))
    found = brief(verdicts={"soybean-purchases": verdict(flags=(waits,))})
    assert "MET" not in found.sure
    assert not found.subject_line.endswith("(not yet confirmed)")
    about_it = replace(waits, evidence=("s1",))
    assert "MET" in brief(verdicts={"soybean-purchases": verdict(flags=(about_it,))}).sure


def test_a_term_that_two_sources_report_is_in_no_doubt_because_the_outlook_waits_for_a_third() -> None:
    def sighting(origins: int) -> str:
        flag = Flag(FlagKind.UNCONFIRMED, "at_risk", NOW, Sighted(PAPER, Outlook.AT_RISK, origins, 3, 3), ("s1",))
        term = replace(move(), change=TermsChanged((), "duties struck down"))
        return brief(message(term), verdicts={"soybean-purchases": verdict(flags=(flag,))}).subject_line

    assert not sighting(2).endswith("(not yet confirmed)")
    assert sighting(1).endswith("(not yet confirmed)")


def test_what_the_calendar_says_is_in_no_doubt() -> None:
    due = move(kind=TransitionKind.DEADLINE, frm="2026-06-30", to="due in 7 days", cause=Cause.CLOCK, evidence=())
    assert brief(message(due)).subject_line == "Soybeans 12 Mt: In 7 days it is due (30 Jun 2026)"


def test_chinese_text_without_blanks_is_cut_where_it_must_be() -> None:
    assert len(truncated("采购按计划进行" * 30, 90)) == 90


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("采购按计划进行 Nvidiachipsarenot", "采购按计划进行…"),
        ("采购按计划进行按计划进行按计划", "采购按计划进行按计划进行…"),
        ("采购按计划进行按计划进，进按计划", "采购按计划进行按计划进…"),
        ("one two three four", "one two…"),
    ],
)
def test_a_text_is_cut_at_a_blank_or_within_a_script_without_blanks(text: str, kept: str) -> None:
    assert truncated(text, 13) == kept


def test_a_confirmation_says_what_happened_and_what_is_confirmed() -> None:
    why = Reason(ReasonCode.CONFIRMED, Confirmed(Text("China agrees")))
    confirmed = move(kind=TransitionKind.FLAG, frm="unconfirmed", to="confirmed", confirms=True, reason=why)
    found = brief(message(confirmed, kind="confirmation"))
    assert found.subject_line == "Soybeans 12 Mt: Two cargoes are put off"
    assert found.was_and_is == "IN PROGRESS is now confirmed by the US"
    assert found.why == ""


@pytest.mark.parametrize(
    ("moved", "line"),
    [
        (move(), "Was IN PROGRESS, now AT RISK"),
        (move(frm="pledged", to="in_progress"), "Was PLEDGED, now IN PROGRESS; the status stays AT RISK"),
        (move(kind=TransitionKind.FLAG, frm="", to="unconfirmed"), "Status stays AT RISK until this is confirmed"),
        (move(kind=TransitionKind.FLAG, frm="", to="overdue"), "Status stays AT RISK"),
        (replace(move(), change=EventNoted(Effect.SETBACK, By.CN)), "Status stays AT RISK"),
        (
            move(kind=TransitionKind.DEADLINE, frm="2026-06-30", to="2026-07-30"),
            "Due date: was 30 Jun 2026, now 30 Jul 2026. Status stays AT RISK",
        ),
    ],
)
def test_was_and_is_stand_in_one_line(moved: Transition, line: str) -> None:
    assert brief(message(moved)).was_and_is == line


def test_a_reader_can_reject_mute_and_pin_by_commands_that_name_the_report_and_the_commitment() -> None:
    assert [action.command for action in brief(signals={"s1": signal("s1", "a")}).actions] == [
        "deal-monitor evidence reject s1 WHY",
        "deal-monitor commitment mute soybean-purchases WHY --until 7d",
        "deal-monitor commitment pin soybean-purchases STATUS WHY SOURCE",
    ]
    by_date = brief(message(move(cause=Cause.CLOCK, evidence=())), signals={})
    assert not any("reject" in action.command for action in by_date.actions)


def test_rules_and_readers_stand_once_in_one_line() -> None:
    found = brief(
        message(move(evidence=("s1", "s2"))),
        signals={"s1": signal("s1", "a"), "s2": signal("s2", "b")},
        stories={"a": story("a"), "b": story("b", "Dock News")},
    )
    assert found.read == "Rules and sources: rule soybean-purchases.postponed (version 3f9c1a)."


def test_a_quote_in_another_language_says_which_and_what_it_says() -> None:
    both = {"s1": signal("s1", "a", quote="推迟两船大豆", by=By.CN), "s2": signal("s2", "b")}
    chinese = story("a", "Commerce Daily", title="推迟两船大豆", lang="zh")
    alone = brief(signals={"s1": both["s1"]}, stories={"a": chinese})
    assert alone.evidence[0].gloss == "in Chinese: China takes a step back"
    beside = brief(
        message(move(evidence=("s1", "s2"))), signals=both, stories={"a": chinese, "b": story("b", "Dock News")}
    )
    assert [(line.outlet, line.gloss) for line in beside.evidence] == [
        ("Dock News", ""),
        ("Commerce Daily", "in Chinese; in English at Dock News"),
    ]


def test_one_event_over_several_commitments_counts_the_others_in_its_first_line() -> None:
    other = move("t2", commitment="truce", severity=Severity.ROUTINE)
    found = brief(
        message(move(), other),
        commitments={"soybean-purchases": commitment(), "truce": commitment("truce", short="Truce")},
        verdicts={"soybean-purchases": verdict(), "truce": verdict("truce")},
    )
    assert found.subject_line.startswith("Soybeans 12 Mt +1: ")
    assert found.changes[1].line_within == "Truce: was IN PROGRESS, now AT RISK"


def test_the_reason_begins_with_a_capital() -> None:
    assert brief(message(move(reason=reason("the sale is due in 7 days")))).why == "The sale is due in 7 days."


def test_what_nobody_has_promised_yet_is_said_in_words_and_without_a_day() -> None:
    open_ = verdict(standing=Standing.UNPLEDGED)
    found = brief(message(move(frm="unpledged")), verdicts={"soybean-purchases": open_})
    assert found.shown == "AT RISK (not yet pledged)"
    assert found.changes[0].line == "Was NOT YET PLEDGED, now AT RISK"


# ---------------------------------------------------------------- status, change, certainty


def test_a_status_ruled_by_the_outlook_shows_what_stands_behind_it() -> None:
    shown = brief(verdicts={"soybean-purchases": verdict(standing=Standing.IN_FORCE)}).shown
    assert shown == "AT RISK (in force)"


def test_a_doubt_says_whose_word_it_is_and_what_it_waits_for() -> None:
    said = "Bloomberg counts 7 Mt booked, which makes it PARTLY MET once a second count confirms it"
    counts_ = (Count("Bloomberg", 7e6, 7e6, "t", "booked"), Count("USDA", 2e6, 2e6, "t", "booked"))
    detail = CountedByOne(counts_[0], Standing.PARTLY_MET, counts_)
    doubt = move(kind=TransitionKind.FLAG, frm="", to="unconfirmed", reason=Reason(ReasonCode.UNCONFIRMED, detail))
    found = brief(message(doubt))
    assert found.changes[0].line == said
    assert found.changes[0].more == "other counts: USDA 2 Mt booked", "what the line has said is not said again"
    assert found.why == "", "the sentence on how sure it is says so"
    assert found.subject_line == "Soybeans 12 Mt: Bloomberg counts 7 Mt booked (not yet confirmed)"


def test_a_change_stored_without_its_words_says_was_and_now() -> None:
    line = replace(brief().changes[0], text="")
    assert line.line == "Was IN PROGRESS, now AT RISK"
    assert line.line_within == "Soybeans 12 Mt: was IN PROGRESS, now AT RISK"


def test_press_reports_count_independent_sources() -> None:
    found = brief(
        message(move(evidence=("s1", "s2"))),
        verdicts={"soybean-purchases": verdict(flags=())},
        signals={
            "s1": signal("s1", "a", says=Says.PRESS, origin="Harbour Wire", tier=Tier.WIRE),
            "s2": signal("s2", "b", says=Says.PRESS, origin="Dock News", tier=Tier.TRADE),
        },
        stories={"a": story("a"), "b": story("b", "Dock News")},
    )
    assert found.sure == "Two independent reports (Harbour Wire, Dock News)."


ALONE = "Not yet confirmed by a second source."


def reported(*tiers: Tier, flags: tuple[Flag, ...] = (), **changes: Any) -> str:
    """How sure a change is that so many outlets of these tiers tell of, each in a report of its own."""
    names = [f"Paper {number}" for number in range(len(tiers))]
    told = {n: signal(n, n, says=Says.PRESS, origin=n, tier=t) for n, t in zip(names, tiers, strict=True)}
    return brief(
        message(move(evidence=tuple(names))),
        verdicts={"soybean-purchases": verdict(flags=flags)},
        signals=told,
        stories={n: story(n, n) for n in names},
        **changes,
    ).sure


@pytest.mark.parametrize(
    ("tiers", "said"),
    [
        ((Tier.WIRE, Tier.TRADE, Tier.AGGREGATOR), "Two independent reports (Paper 0, Paper 1, Paper 2)."),
        (
            (Tier.WIRE, Tier.AGGREGATOR, Tier.UNKNOWN),
            f"Reported by Paper 0, Paper 1 and Paper 2, all from one source. {ALONE}",
        ),
        ((Tier.AGGREGATOR, Tier.UNKNOWN), f"Reported by Paper 0 and Paper 1, whose word alone does not count. {ALONE}"),
    ],
)
def test_who_only_repeats_and_whom_nobody_knows_is_no_independent_source(tiers: tuple[Tier, ...], said: str) -> None:
    assert reported(*tiers) == said


def test_whose_word_counts_in_a_message_is_what_the_policy_says() -> None:
    strict = Policy(corroborating_tiers=frozenset({Tier.OFFICIAL, Tier.WIRE}))
    one = f"Reported by Paper 0 and Paper 1, all from one source. {ALONE}"
    assert reported(Tier.WIRE, Tier.TRADE, policy=strict) == one
    open_to_all = Policy(corroborating_tiers=frozenset(Tier))
    said = reported(Tier.WIRE, Tier.AGGREGATOR, policy=open_to_all)
    assert said == "Two independent reports (Paper 0, Paper 1)."


def test_a_wires_report_that_an_aggregator_brought_first_counts_as_the_wires() -> None:
    class Ranked(Known):
        def find(self, source: str, url: str = "") -> Publisher:
            return Publisher(source, {"Harbour Wire": Tier.WIRE, "News Heap": Tier.AGGREGATOR}.get(source, Tier.TRADE))

    found = brief(
        message(move(evidence=("s1", "s2"))),
        verdicts={"soybean-purchases": verdict(flags=())},
        publishers=Ranked(),
        signals={
            "s1": signal("s1", "a", says=Says.PRESS, origin="News Heap", tier=Tier.AGGREGATOR),
            "s2": signal("s2", "b", says=Says.PRESS, origin="Dock News", tier=Tier.TRADE),
        },
        stories={"a": story("a", "News Heap", ("Harbour Wire",)), "b": story("b", "Dock News")},
    )
    assert found.sure == "Two independent reports (Harbour Wire, Dock News)."


PAPER = Speaker("Paper 1", Says.PRESS, report=True)


@pytest.mark.parametrize(
    ("subject", "detail", "said"),
    [
        ("others", Text(""), ""),
        (
            "in_force",
            Awaiting(PAPER, Standing.IN_FORCE, ("cn",)),
            " China has not confirmed it. Once confirmed, the status is IN FORCE.",
        ),
        ("cn", OneSided(PAPER, ("cn",)), " China has not confirmed it."),
    ],
)
def test_several_sources_are_never_said_to_lack_a_second(subject: str, detail: Detail, said: str) -> None:
    doubt = Flag(FlagKind.UNCONFIRMED, subject, NOW, detail)
    found = reported(Tier.WIRE, Tier.WIRE, flags=(doubt,))
    assert found == f"Two independent reports (Paper 0, Paper 1).{said}"


def test_a_speaker_does_not_carry_its_own_word() -> None:
    owned = {"CCTV": Publisher("CCTV", Tier.STATE_MEDIA, owner="China Media Group")}

    class Owned(Known):
        def find(self, source: str, url: str = "") -> Publisher:
            return owned.get(source, Publisher(source))

    found = brief(
        verdicts={"soybean-purchases": verdict(flags=())},
        publishers=Owned(),
        signals={"s1": signal("s1", "a", says=Says.CN, origin="China Media Group")},
        stories={"a": story("a", "Harbour Wire", ("CCTV", "Dock News"))},
    )
    assert found.sure == "Official: China Media Group says so; also in Harbour Wire and Dock News."


@pytest.mark.parametrize(
    ("origin", "verb"),
    [("China Customs", "shows"), ("USDA data", "show"), ("Traders' counts", "show"), ("MOFCOM and USTR", "show")],
)
def test_one_office_shows_and_data_show(origin: str, verb: str) -> None:
    found = brief(
        verdicts={"soybean-purchases": verdict(flags=())},
        signals={"s1": signal("s1", "a", says=Says.DATA, origin=origin)},
    )
    assert found.sure.startswith(f"{origin} {verb} it, as reported by ")
    assert found.evidence[0].says == f"{origin} {verb}"


def test_one_outlet_alone_is_said_to_be_alone() -> None:
    found = brief(
        verdicts={"soybean-purchases": verdict(flags=())},
        signals={"s1": signal("s1", "a", says=Says.PRESS, origin="Harbour Wire")},
        stories={"a": story("a")},
    )
    assert found.sure == f"One report (Harbour Wire). {ALONE}"


def test_an_office_that_publishes_its_own_word_is_named_once() -> None:
    found = brief(verdicts={"soybean-purchases": verdict(flags=())}, stories={"a": story("a", source="US Treasury")})
    assert found.sure == "Official: US Treasury says so."


def test_data_show_where_people_say() -> None:
    found = brief(
        verdicts={"soybean-purchases": verdict(flags=())},
        signals={"s1": signal("s1", "a"), "s2": signal("s2", "b", says=Says.DATA, origin="USDA data")},
        stories={"a": story("a"), "b": story("b")},
        of=message(move(evidence=("s1", "s2"))),
    )
    assert found.sure == "Official: US Treasury says so and USDA data show it, as reported by Harbour Wire."
    assert [line.says for line in found.evidence] == ["US Treasury says", "USDA data show"]


def test_the_status_just_reached_is_on_the_strip() -> None:
    strip = brief().strip
    assert strip is not None
    assert [span.status for span in strip.spans] == ["in_progress", "at_risk"]


def test_a_contested_verdict_quotes_both_sides() -> None:
    flag = Flag(FlagKind.CONTESTED, "orders", NOW, evidence=("s1", "s2"))
    found = brief(
        verdicts={"soybean-purchases": verdict(flags=(flag,))},
        signals={"s1": signal("s1", "a"), "s2": signal("s2", "b", says=Says.CN, origin="MOFCOM", quote="按计划进行")},
        stories={"a": story("a"), "b": story("b", "Commerce Daily")},
    )
    assert found.contested
    assert found.sure.startswith("Contested: US Treasury and MOFCOM contradict each other.")
    assert [(line.says, line.against) for line in found.evidence] == [
        ("US Treasury says", False),
        ("MOFCOM says", True),
    ]


# ---------------------------------------------------------------- evidence


def test_evidence_names_outlet_time_link_and_rule() -> None:
    line = brief().evidence[0]
    assert (line.outlet, line.others, line.url) == ("Harbour Wire", 2, "https://news.example/a")
    assert (line.rule, line.version) == ("soybean-purchases.postponed", "3f9c1a")
    assert line.when == "14 Mar 2026 09:30 UTC"


@pytest.mark.parametrize("cause", [Cause.NEWS, Cause.BACKFILL])
def test_an_alert_about_news_without_evidence_is_refused(cause: Cause) -> None:
    with pytest.raises(RenderError, match="no evidence"):
        brief(message(move(cause=cause)), signals={})


def test_a_passed_date_is_shown_with_what_a_person_wrote_of_it_where_no_story_has() -> None:
    found = brief(message(move(cause=Cause.CLOCK, evidence=())), signals={})
    assert [(line.basis, line.quote) for line in found.evidence] == [
        ("deadline", "Two cargoes are put off over the tariff question."),
        ("baseline", "pledged"),
    ]


def test_what_a_text_says_anew_is_quoted_and_no_correction_is_shown_beside_it() -> None:
    anew = move(cause=Cause.CORRECTION, reason=replace(reason("Two cargoes are put off."), signals=("s1",)))
    assert "correction" not in [line.basis for line in brief(message(anew)).evidence]
    taken_back = replace(anew, reason=replace(anew.reason, signals=()))
    assert brief(message(taken_back)).evidence[0].basis == "correction"


def test_a_persons_act_is_shown_as_such() -> None:
    found = brief(message(move(cause=Cause.PERSON, evidence=(), reason=reason("Pinned by the trade desk."))))
    assert found.evidence[0].basis == "intervention"
    assert found.evidence[0].quote == "Pinned by the trade desk."


def test_a_quote_cannot_carry_controls_directions_or_a_million_letters() -> None:
    nasty = "\x00Ships\u202e \ud800late\n\n" + "x" * 1_000_000
    quote = brief(signals={"s1": signal("s1", "a", quote=nasty)}).evidence[0].quote
    assert quote.startswith("Ships \ufffdlate")
    assert len(quote) <= 400
    assert printable(quote) == quote


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "https://a b", 'https://a"b', "//a", ""]
)
def test_only_web_addresses_are_linked(url: str) -> None:
    assert brief(stories={"a": story("a", url=url)}).evidence[0].url == ""


# ---------------------------------------------------------------- progress, dates, route


def test_what_the_progress_rests_on_is_among_the_counts_and_each_count_has_digits_enough() -> None:
    lots = Observation("Reuters", 840e3, 840e3, "t", "booked", "", NOW, "a", lots=(Lot(840e3, NOW),))
    others = counts(("USDA", 1.9e6, 2e6), ("mills", 332e3, 332e3), ("traders", 332e3, 2e6))
    found = replace(others, counted=840e3, readings=(*others.readings, lots))
    line = brief(verdicts={"soybean-purchases": verdict(progress=found)}).progress
    assert line is not None
    assert line.counted_text.startswith("840 kt of 12 Mt")
    assert line.text == (
        "USDA: 1.9–2 Mt (not confirmed); Reuters: 840 kt (in single purchases); mills: 332 kt; traders: 332 kt–2 Mt"
    )
    elsewhere = replace(found, counted=1.9e6)
    line = brief(verdicts={"soybean-purchases": verdict(progress=elsewhere)}).progress
    assert line is not None
    assert "single purchases" not in line.text


def test_a_count_that_nobody_confirms_is_no_count_of_nothing() -> None:
    alone = replace(counts(("University", 15.5e6, 15.5e6)), counted=0.0, target=25e6)
    line = brief(verdicts={"soybean-purchases": verdict(progress=alone)}).progress
    assert line is not None
    assert (line.counted_text, line.text) == ("nothing confirmed of 25 Mt", "University: 15.5 Mt (not confirmed)")
    assert "nothing confirmed" not in progress_text(counted=0.0, readings=())


def progress_text(**changes: Any) -> str:
    line = brief(verdicts={"soybean-purchases": verdict(progress=replace(counts(), **changes))}).progress
    assert line is not None
    return line.counted_text


def test_without_a_basis_no_percentage_is_claimed() -> None:
    progress = replace(counts(("traders", 4e6, 4e6)), basis="")
    line = brief(verdicts={"soybean-purchases": verdict(progress=progress)}).progress
    assert line is not None
    assert (line.share, line.bar) == (None, "")
    assert "%" not in line.counted_text


def test_almost_done_is_never_shown_as_done() -> None:
    progress = replace(counts(("USDA", 11.99e6, 11.99e6)), counted=11.99e6)
    line = brief(verdicts={"soybean-purchases": verdict(progress=progress)}).progress
    assert line is not None
    assert line.bar.endswith("-] 99%")


def test_a_date_only_one_side_names_says_so() -> None:
    dates = (
        Deadline("truce", "expiry", date(2026, 3, 20), "us", state="claimed"),
        Deadline("truce", "expiry", date(2026, 3, 15), "both"),
        Deadline("truce", "expiry", date(2026, 1, 1), "both", state="superseded"),
    )
    lines = brief(verdicts={"soybean-purchases": verdict(deadlines=dates)}).deadlines
    assert [line.text for line in lines] == [
        "the truce ends 15 Mar 2026, in 1 day",
        "the truce ends 20 Mar 2026, in 6 days (only the US says so)",
    ]


def test_a_date_that_has_passed_is_told_of_as_past() -> None:
    dates = (
        Deadline("truce", "expiry", date(2026, 3, 4), "both"),
        Deadline("visit", "due", date(2026, 3, 13), "both", precision="month"),
        Deadline("sale", "due", date(2026, 3, 14), "both"),
    )
    lines = brief(verdicts={"soybean-purchases": verdict(deadlines=dates)}).deadlines
    assert [line.text for line in lines] == [
        "the truce was to end 4 Mar 2026, 10 days ago",
        "the visit was due Mar 2026, 1 day ago",
        "sale due 14 Mar 2026, today",
    ]


def test_days_are_counted_in_the_readers_zone() -> None:
    late = datetime(2026, 3, 14, 23, 0, tzinfo=UTC)
    dates = (Deadline("truce", "expiry", date(2026, 3, 15), "both"),)
    found = brief(now=late, route=route(zone="Asia/Shanghai"), verdicts={"soybean-purchases": verdict(deadlines=dates)})
    assert found.deadlines[0].left == 0
    assert found.data_time == "15 Mar 2026 07:00 CST"


def test_a_reader_learns_why_the_message_came_and_what_would_undo_it() -> None:
    found = brief(route=route(commitments=("soybean-*",)))
    assert "route “trade desk” follows soybean-*, from notable up" in found.route
    assert found.criteria == "Orders are put off or made to hang on a condition."
    assert found.back.endswith("No news does not count.")


DECLARED = ("soybean-purchases", "soybean-purchases-annual", "truce")


@pytest.mark.parametrize(
    ("wanted", "hears"),
    [
        ("*", True),
        ("soybean-purchases-annual", True),
        ("soybean-purchases", True),
        ("soy*", True),
        ("truce", False),
        ("soybean", False),
        ("soybean-purch", False),
        ("soybean-purchases-annual-first", False),
    ],
)
def test_a_route_hears_of_a_part_with_its_declared_parent_and_by_patterns(wanted: str, hears: bool) -> None:
    assert subscribes_to(route(commitments=(wanted,)), "soybean-purchases-annual", DECLARED) is hears


def test_a_summary_tells_the_loudest_change_first_and_names_the_other_commitments() -> None:
    quiet = move("t0", commitment="truce", severity=Severity.ROUTINE, reason=reason("Nothing much."))
    found = brief(
        message(quiet, move(severity=Severity.URGENT), kind="summary"),
        commitments={"soybean-purchases": commitment(), "truce": commitment("truce", name="Truce", short="Truce")},
        verdicts={"soybean-purchases": verdict(), "truce": verdict("truce", outlook=Outlook.STEADY)},
    )
    assert found.subject_line.startswith("Soybeans 12 Mt +1: ")
    assert [change.commitment for change in found.changes] == ["soybean-purchases", "truce"]
    assert [item.name for item in found.sections] == ["Truce"]


# ---------------------------------------------------------------- JSON


def test_a_stored_alert_reads_back_equal() -> None:
    found = brief(verdicts={"soybean-purchases": verdict(progress=counts(("USDA", 4e6, 4e6)))}, history=(move("t0"),))
    assert from_json(to_json(found)) == found


def test_a_row_of_another_version_is_read_as_far_as_it_is_known() -> None:
    text = to_json(brief()).replace('"zone":"UTC",', '"colour":"blue",', 1)
    assert from_json(text) == brief()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"brief":"letter"}', '{"brief":"alert"}'])
def test_a_text_that_is_no_brief_is_refused(text: str) -> None:
    with pytest.raises(RenderError):
        from_json(text)


# ---------------------------------------------------------------- words


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (12e6, "t", "12 Mt"),
        (332e3, "tonnes", "332 kt"),
        (0, "t", "0 t"),
        (17e9, "usd", "$17bn"),
        (10, "percent", "10%"),
        (350, "units", "350 units"),
        (8.55e6, "t", "8.6 Mt"),
    ],
)
def test_amounts_are_printed_in_a_readable_unit(value: float, unit: str, text: str) -> None:
    assert format_amount(value, unit) == text


def test_days_left_reads_like_speech() -> None:
    assert [days_left_text(left) for left in (0, 1, 30, -1)] == ["today", "in 1 day", "in 30 days", "1 day ago"]


def test_words_leave_no_underscore() -> None:
    found: Mapping[str, str] = {key.value: label_of(key.value) for key in (*Standing, *Outlook, *FlagKind)}
    assert not [text for text in found.values() if "_" in text]


@given(st.text())
def test_clean_text_is_one_printable_line(text: str) -> None:
    found = one_line(text)
    assert printable(found) == found
    assert len(found.splitlines()) <= 1
    assert found == found.strip()


@given(st.text())
def test_no_address_that_is_linked_can_break_out_of_its_place(text: str) -> None:
    assert not set(web_link(f"https://{text}")) & set("<>\"'` \n\t")


def slow_cut(text: str, limit: int) -> str:
    """The same, letter by letter."""
    if len(text) <= limit:
        return text
    may_end = (
        at
        for at in range(limit - 1, limit // 2 - 1, -1)
        if text[at].isspace() or is_unspaced(text[at]) or is_unspaced(text[at - 1])
    )
    return text[: next(may_end, limit - 1)].rstrip(" ,;:·-–—，、；：") + "…"


@given(st.text(alphabet="ab \n\u3000-，采购ก.", max_size=40), st.integers(2, 30))
def test_a_text_is_cut_where_the_slow_way_cuts_it(text: str, limit: int) -> None:
    assert truncated(text, limit) == slow_cut(text, limit)


def test_a_line_within_a_message_about_several_keeps_a_status_in_capitals() -> None:
    confirmed = move(kind=TransitionKind.FLAG, frm="unconfirmed", to="confirmed", confirms=True)
    line = brief(message(confirmed, kind="confirmation")).changes[0]
    assert line.line_within == "Soybeans 12 Mt: IN PROGRESS is now confirmed by the US"
    assert brief(message(move())).changes[0].line_within.startswith("Soybeans 12 Mt: was ")


# ---------------------------------------------------------------- what cannot be shown, and several commitments at once


def test_a_message_without_a_change_cannot_be_shown() -> None:
    with pytest.raises(RenderError, match="message m1 carries no transition"):
        brief(message())


def test_a_message_about_a_commitment_that_the_rules_dropped_or_nobody_decided_says_which() -> None:
    with pytest.raises(RenderError, match="about soybean-purchases: rules no longer name the commitment"):
        brief(commitments={})
    with pytest.raises(RenderError, match="about soybean-purchases: no verdict is stored for the commitment"):
        brief(verdicts={})


def test_a_moved_date_of_a_commitment_that_the_rules_dropped_is_left_out_of_the_dates() -> None:
    moved = move("t2", TransitionKind.DEADLINE, "2026-04-01", "2026-05-01", commitment="dropped")
    found = brief(message(move(), moved))
    assert [line.text for line in found.deadlines] == [line.text for line in brief().deadlines]


def test_a_topic_that_its_verb_needs_stays_and_a_dash_behind_it_goes() -> None:
    assert subject_line("Soybeans", "Soybeans were the largest export") == "Soybeans: Soybeans were the largest export"
    assert subject_line("TikTok", "TikTok says it signs") == "TikTok: TikTok says it signs"
    assert subject_line("Nexperia", "Nexperia - EU hails the talks") == "Nexperia: EU hails the talks"


def test_a_headline_that_begins_with_its_topic_names_it_once() -> None:
    assert subject_line("Sale", "Sale closes in the north") == "Sale: Closes in the north"
    assert subject_line("Sale", "Salesmen leave", unconfirmed=True) == "Sale: Salesmen leave (not yet confirmed)"
