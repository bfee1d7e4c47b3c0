"""A digest as a whole: its parts, their order, the other commitments, remarks and unchecked lines."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from monitor.domain.messages.briefs import SourceHealth, StatusLine
from monitor.domain.messages.digest.brief import marked_as_test
from monitor.domain.messages.digest.silent_rules import RuleActivity
from monitor.domain.model import (
    By,
    Deadline,
    Effect,
    Flag,
    FlagKind,
    Outlook,
    Severity,
    Standing,
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


def test_a_notice_of_a_date_is_no_change_and_its_line_has_the_date() -> None:
    notice = move(kind=TransitionKind.DEADLINE, frm="2026-04-01", to="due in 18 days", commitment="truce")
    found = digest(transitions=(notice,))
    assert [line.detail for line in found.unmoved if line.commitment == "truce"] == [
        "the truce ends 1 Apr 2026, in 18 days"
    ]


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


def several(*moves: Transition, further: Any = None, **verdicts: Any) -> list[tuple[str, bool]]:
    names = ("deal", "deal-part", "other")
    found = digest(
        commitments={name: commitment(name, short=name) for name in names},
        verdicts={name: verdict(name, flags=()) for name in names} | verdicts,
        transitions=moves,
        corroborating=further,
    )
    return [(block.commitment, block.part) for block in found.blocks]


def test_the_most_important_commitment_comes_first_and_a_part_under_its_parent() -> None:
    moves = (
        move("t1", commitment="deal", severity=Severity.ROUTINE),
        move("t2", commitment="other", severity=Severity.NOTABLE),
        move("t3", commitment="deal-part", severity=Severity.URGENT),
    )
    assert several(*moves) == [("deal", False), ("deal-part", True), ("other", False)]


def test_a_part_whose_parent_has_no_block_stands_by_itself() -> None:
    assert several(move("t3", commitment="deal-part")) == [("deal-part", False)]


# ---------------------------------------------------------------- the other commitments

SOON, FAR, PAST = date(2026, 4, 1), date(2026, 11, 10), date(2026, 3, 4)


def row(**changes: Any) -> StatusLine:
    found = digest(transitions=(), verdicts={"soybean-purchases": verdict(**{"flags": (), **changes})})
    return found.unmoved[0]


@pytest.mark.parametrize(
    ("days", "told"),
    [
        ((FAR, SOON), "the stay ends 1 Apr 2026, in 18 days"),
        ((FAR,), ""),
        ((NOW.date(),), "the stay ends 14 Mar 2026, today"),
        ((PAST, FAR), ""),
        ((PAST,), "the stay was to end 4 Mar 2026, 10 days ago"),
        ((), ""),
    ],
)
def test_a_line_has_a_near_date_else_the_last_that_passed(days: tuple[date, ...], told: str) -> None:
    assert row(deadlines=tuple(Deadline("stay", "expiry", day, "both") for day in days)).detail == told


def test_a_line_says_what_is_counted_and_what_is_behind() -> None:
    flags = (Flag(FlagKind.OVERDUE, "12 Mt", NOW), Flag(FlagKind.STALE, "news", NOW))
    line = row(progress=counts(("USDA", 4e6, None)), flags=flags)
    assert line.detail.startswith("4 Mt of 12 Mt")
    assert line.detail.endswith(", overdue")
    assert row(standing=Standing.MET, outlook=Outlook.STEADY, progress=counts(("USDA", 12e6, None))).detail == ""


def test_the_commitments_of_one_status_are_one_line_that_names_twenty() -> None:
    line = StatusLine("fees", "Port fees", "in_force")
    plain, counted = (
        replace(digest(), unmoved=(line,) * 23),
        replace(digest(), unmoved=(line, replace(line, detail="1 t"))),
    )
    assert plain.by_status == (("in_force", f"{', '.join(['Port fees'] * 20)} and 3 others"),)
    assert counted.by_status == (("in_force", "Port fees; Port fees, 1 t"),)


def test_doubts_of_several_and_those_from_before_are_one_line_each(wording: GoldenWording) -> None:
    names = ("ore", "fees", "truce", "talks", "list")
    new, old = (Flag(FlagKind.UNCONFIRMED, "cn", NOW - timedelta(days=days)) for days in (1, 30))
    flags = {"ore": (new,), "fees": (new,), "truce": (old,), "talks": (replace(old, kind=FlagKind.CONTESTED),)}
    flags["list"] = (Flag(FlagKind.STALE, "news", NOW),)
    found = digest(
        commitments={name: commitment(name, short=name.capitalize()) for name in names},
        verdicts={name: verdict(name, flags=flags[name], deadlines=()) for name in names},
        transitions=(move("t1", commitment="ore"), move("t2", commitment="fees")),
        stories={"a": story("a")},
        signals={"s1": signal("s1", "a"), "s9": signal("s9", "a", commitment="list")},
        corroborating={"list": (signal("s9", "a", commitment="list"),)},
    )
    assert [block.doubts for block in found.blocks] == [(), ()]
    wording(found.remarks)


def test_an_event_of_two_commitments_is_told_in_the_first_block() -> None:
    def noted(key: str) -> Transition:
        return move(f"t-{key}", change=EventNoted(Effect.PROGRESS, By.CN), commitment=key, evidence=(f"s-{key}",))

    names = ("ore", "fees")
    found = digest(
        commitments={name: commitment(name, short=name) for name in names},
        verdicts={name: verdict(name, flags=()) for name in names},
        transitions=tuple(map(noted, names)),
        signals={f"s-{name}": signal(f"s-{name}", "a", commitment=name) for name in names},
    )
    assert [block.commitment for block in found.blocks] == ["fees"]
    assert [line.commitment for line in found.unmoved] == ["ore"]


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
