"""A digest as a whole: its parts, their order, the other commitments, remarks and unchecked lines."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from monitor.domain.messages.briefs import DigestBrief, SourceHealth, StatusLine
from monitor.domain.messages.digest.brief import marked_as_test
from monitor.domain.messages.digest.silent_rules import RuleActivity
from monitor.domain.model import (
    By,
    DateMention,
    Deadline,
    Direction,
    Effect,
    Flag,
    FlagKind,
    Modality,
    Outlook,
    Severity,
    Standing,
    Tier,
    Transition,
    TransitionKind,
)
from monitor.domain.model.changes import EventNoted
from monitor.domain.model.reasons import Text
from monitor.store.json_codec import dump, from_json
from tests.builders.golden_wording import GoldenWording
from tests.builders.message_values import NOW, commitment, counts, digest, move, route, signal, story, verdict

DECLARED = ("soybean-purchases", "soybean-purchases-annual", "truce")


def test_each_commitment_stands_once_in_its_block_or_among_the_others() -> None:
    found = digest()
    assert [block.commitment for block in found.blocks] == ["soybean-purchases"]
    assert [line.commitment for line in found.unmoved] == ["truce"]


def test_a_week_in_which_nothing_moved_is_a_line_for_each_status_with_trouble_first() -> None:
    found = digest(transitions=())
    assert (found.blocks, found.timelines) == ((), ())
    assert [status for status, _ in found.by_status] == ["at_risk", "in_force"]


def test_a_digest_holds_only_what_the_route_follows() -> None:
    found = digest(route=route(commitments=("truce",)))
    assert [line.commitment for line in found.unmoved] == ["truce"]


def test_a_digest_holds_the_parts_that_the_alerts_tell_of() -> None:
    known = {key: commitment(key) for key in DECLARED}
    found = digest(
        commitments=known,
        verdicts={key: verdict(key) for key in known},
        transitions=(),
        route=route(commitments=("soybean-purchases",)),
    )
    assert {line.commitment for line in found.unmoved} == {"soybean-purchases", "soybean-purchases-annual"}


@pytest.mark.parametrize("flag", [FlagKind.STALE, FlagKind.UNCHECKED])
def test_no_news_and_what_was_not_checked_are_no_change(flag: FlagKind) -> None:
    raised = move(kind=TransitionKind.FLAG, frm="", to=flag.value, evidence=())
    assert digest(transitions=(raised,)).blocks == ()


def test_a_notice_of_a_date_is_no_change() -> None:
    notice = move(kind=TransitionKind.DEADLINE, frm="2026-04-01", to="due in 18 days", commitment="truce")
    assert [line.commitment for line in digest(transitions=(notice,)).unmoved] == ["soybean-purchases", "truce"]


def test_what_was_not_checked_begins_with_verdicts_then_come_sources_then_mutes() -> None:
    unchecked = verdict("truce", standing=Standing.IN_FORCE, flags=(Flag(FlagKind.UNCHECKED, "truce", NOW),))
    found = digest(verdicts={"truce": unchecked}, muted={"truce": "alerts muted: figures are revised (ann)"})
    assert [line.kind for line in found.unchecked] == ["unchecked", "failing", "muted"]


def test_silent_rules_stand_only_where_they_are_asked_for() -> None:
    watched = RuleActivity(NOW - timedelta(days=100), ())
    assert digest(watched=watched).unchecked == digest().unchecked


def test_a_timeline_joins_the_spans_of_the_history() -> None:
    timeline = digest().timelines[0]
    assert [(span.status, (span.end - span.start).days) for span in timeline.spans] == [
        ("in_progress", 87),
        ("at_risk", 3),
    ]


def test_a_status_without_history_fills_the_whole_timeline() -> None:
    timeline = digest(history=()).timelines[1]
    assert [span.status for span in timeline.spans] == ["in_force"]


def test_a_test_is_marked_in_its_subject_its_first_line_and_its_first_sentence() -> None:
    marked = marked_as_test(digest())
    assert marked.subject.startswith("TEST · Digest, ")
    assert marked.period.startswith("TEST · ")
    assert marked.opening[1:] == digest().opening


def test_a_stored_digest_reads_back_equal() -> None:
    assert from_json(dump(digest())) == digest()


# ---------------------------------------------------------------- the order of blocks


def several(*moves: Transition, **changes: Any) -> DigestBrief:
    names = ("deal", "deal-part", "other", "last")
    return digest(
        commitments={name: commitment(name, short=name) for name in names},
        verdicts={name: verdict(name, flags=()) for name in names},
        transitions=moves,
        **changes,
    )


def own_event(key: str, **changes: Any) -> Transition:
    told: dict[str, Any] = {"evidence": (key,), **changes}
    return move(f"t-{key}", change=EventNoted(Effect.PROGRESS, By.CN), commitment=key, **told)


REPORTS: dict[str, Any] = {
    "signals": {key: signal(key, key, commitment=key, quote=f"News of {key}") for key in ("deal", "other", "last")},
    "stories": {key: story(key, title=f"News of {key}") for key in ("deal", "other", "last")},
}


def test_three_commitments_are_told_in_full_and_the_others_in_a_line(wording: GoldenWording) -> None:
    moves = [
        move("t1", commitment="deal", evidence=("deal",)),
        move("t2", commitment="deal-part", evidence=(), way=Direction.DOWN),
        own_event("other"),
        own_event("last"),
    ]
    found = several(*moves, **REPORTS)
    assert [block.commitment for block in found.leading] == ["deal", "deal-part", "last"]
    wording(f"{block.short} {block.told}" for block in found.others)


def test_an_event_of_two_commitments_is_told_once_with_the_status_of_both(wording: GoldenWording) -> None:
    noted = [move(key, change=EventNoted(Effect.PROGRESS, By.CN), commitment=key) for key in ("deal", "other")]
    assert [block.commitment for block in several(*noted).blocks] == ["deal"]
    (block,) = several(*(move(key, commitment=key) for key in ("deal", "other"))).blocks
    wording(block.facts)


def test_other_events_are_those_of_alerts_behind_the_first_and_those_that_several_listed_outlets_report(
    wording: GoldenWording,
) -> None:
    names = ("deal", "deal-part", "other", "last", "alone", "talk", "again", "copy")
    titles = {name: f"News of {name}" for name in names} | {"again": "China lifts a fee", "copy": "Beijing ends fees"}
    outlets = {"last": "USDA", "again": "MOFCOM", "copy": "USDA", "talk": "Reuters"}
    reports = [signal(name, name, commitment="other", rule=f"other/{name}", quote=titles[name]) for name in names]
    reports = [replace(each, tier=Tier.WIRE) for each in reports]
    # 'again' and 'copy' are one act in two listed outlets, 'alone' has one, and 'talk' is a rumour.
    reports[-1] = replace(reports[-1], rule="other/again")
    reports[5] = replace(reports[5], modality=Modality.RUMOUR)
    stories = {name: story(name, outlets.get(name, "Harbour Wire"), title=titles[name]) for name in names}
    known = {"signals": {each.id: each for each in reports}, "stories": stories}
    told = [replace(own_event("other", evidence=(name,)), id=f"t-{name}") for name in names[:3]]
    quiet = replace(told[0], id="t9", severity=Severity.ROUTINE, evidence=("alone",))
    found = several(own_event("last"), own_event("deal"), own_event("deal-part"), *told, reports=reports, **known)
    told_in_full = [event.line for place, block in enumerate(found.blocks) for event in block.shown(place)]
    wording((*told_in_full, "Other events:", *found.also))
    calm = several(quiet, reports=reports[4:5], **known)
    assert (calm.blocks, calm.also) == ((), ())
    assert calm.subject.endswith(": no changes")


def test_a_commitment_in_trouble_without_news_is_told_with_the_blow_behind_it(wording: GoldenWording) -> None:
    blow = signal("b", "b", commitment="truce", effect=Effect.THREAT, by=By.US, quote="The US threatens new duties")
    risky = verdict("truce", outlook=Outlook.AT_RISK, outlook_since=NOW, outlook_evidence=("b",), flags=())
    known = {"signals": {"b": blow}, "stories": {"b": story("b", title="The US threatens new duties")}}
    found = digest(transitions=(), verdicts={"truce": risky}, **known)
    wording(found.troubled)
    assert found.unmoved == ()


# ---------------------------------------------------------------- dates ahead


def test_the_dates_of_the_next_month_are_lines_nearest_first(wording: GoldenWording) -> None:
    def ahead(*days: date, **changes: Any) -> tuple[str, ...]:
        dated = verdict("truce", deadlines=tuple(Deadline("stay", "expiry", day, "both") for day in days))
        return digest(verdicts={"truce": dated}, **changes).ahead

    day = DateMention(date(2026, 3, 20), role="start", text="March 20")
    vague = replace(day, text="next week")
    told = {"t": story("t", title="China lifts the fees on March 20")}
    named = {"t": signal("t", "t", commitment="truce", date=day)}
    counted = verdict(flags=(), deadlines=(), progress=counts(("USDA", 4e6, None)))
    weeks = {
        "near and far": ahead(FAR, SOON, NOW.date()),
        "only far": ahead(FAR),
        "none": ahead(PAST),
        "named by a report": ahead(transitions=(own_event("truce", evidence=("t",)),), signals=named, stories=told),
        "a vague day": ahead(
            transitions=(own_event("truce", evidence=("t",)),),
            signals={"t": replace(named["t"], date=vague)},
            stories=told,
        ),
        "the end of a period": digest(
            verdicts={"soybean-purchases": counted}, end=datetime(2026, 6, 12, tzinfo=UTC), transitions=()
        ).ahead,
    }
    wording(f"{name}: {lines}" for name, lines in weeks.items())


# ---------------------------------------------------------------- the other commitments

SOON, FAR, PAST = date(2026, 4, 1), date(2026, 11, 10), date(2026, 3, 4)


def row(**changes: Any) -> StatusLine:
    found = digest(transitions=(), verdicts={"soybean-purchases": verdict(**{"flags": (), **changes})})
    return found.unmoved[0]


def test_a_line_says_what_is_counted_and_what_is_behind() -> None:
    flags = (Flag(FlagKind.OVERDUE, "12 Mt", NOW), Flag(FlagKind.STALE, "news", NOW))
    line = row(progress=counts(("USDA", 4e6, None)), flags=flags)
    assert line.detail.startswith("4 Mt of 12 Mt")
    assert line.detail.endswith(", overdue")
    assert row(standing=Standing.MET, outlook=Outlook.STEADY, progress=counts(("USDA", 12e6, None))).detail == ""


def test_the_commitments_of_one_status_are_one_line() -> None:
    line = StatusLine("fees", "Port fees", "in_force")
    plain, counted = (replace(digest(), unmoved=(line, each)).by_status for each in (line, replace(line, detail="1 t")))
    assert plain == (("in_force", "Port fees, Port fees"),)
    assert counted == (("in_force", "Port fees; Port fees, 1 t"),)


# ---------------------------------------------------------------- not checked


def test_sources_verdicts_and_mutes_that_were_not_checked_are_lines(wording: GoldenWording) -> None:
    def unchecked(*sources: SourceHealth, **changes: Any) -> list[str]:
        return [f"{line.name} {line.text}" for line in digest(sources=sources, **changes).unchecked]

    failing = [SourceHealth(f"feed {n}", "failing", None, "HTTP 503") for n in range(12)]
    told = Flag(FlagKind.UNCHECKED, "truce", NOW, Text("could not be checked: 0 of 3 sources read"))
    wording(
        [
            *unchecked(SourceHealth("Ministry", "failing", NOW - timedelta(days=2), "HTTP 503")),
            *unchecked(SourceHealth("gazette", "frozen", NOW), *failing, SourceHealth("Harbour Wire", "ok")),
            *unchecked(verdicts={"truce": verdict("truce", flags=(told,))}),
            *unchecked(verdicts={"truce": verdict("truce", flags=(replace(told, detail=Text("")),))}),
            *unchecked(muted={"truce": "alerts muted until 5 Apr 2026: figures are revised"}),
        ]
    )


def test_without_feeds_nothing_is_said_of_sources() -> None:
    assert digest(sources=()).unchecked == ()
