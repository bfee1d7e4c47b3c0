"""The opening of a digest and its subject: the most important changes of the period."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from monitor.domain.matching.rules import RuleInfo
from monitor.domain.messages.briefs import DigestBrief
from monitor.domain.messages.subject import MAX_SUBJECT
from monitor.domain.model import Deadline, Outlook, Severity, Signal, Standing, Story, Transition, TransitionKind
from monitor.domain.model.changes import EventNoted
from monitor.domain.model.enums import By, Direction, Effect, Level
from tests.builders.golden_wording import GoldenWording
from tests.builders.message_values import NOW, commitment, counts, digest, move, signal, story, verdict
from tests.builders.tables import table

TITLES = {
    "talks": "Trump and Xi meet in Busan",
    "truce": "China and the US extend the truce by a year",
    "ore": "China suspends its controls on rare earths",
    "fees": "The US drops the port fees",
}

RULE = "soybean-purchases.postponed"


def week(
    *moves: Transition, titles: Any = None, rules: Any = None, outlets: Any = None, history: Any = (), **verdicts: Any
) -> DigestBrief:
    """A digest of four commitments, each with a report of its own. outlets: further carriers of a report."""
    told: dict[str, str] = TITLES | (titles or {})
    signals: dict[str, Signal] = {}
    stories: dict[str, Story] = {}
    for key, title in told.items():
        signals[key] = signal(key, key, commitment=key, quote=title)
        carried = [f"Outlet {number}" for number in range((outlets or {}).get(key, 0))]
        stories[key] = story(key, "Harbour Wire", carried, title=title)
    return digest(
        commitments={key: commitment(key, short=key.capitalize()) for key in TITLES},
        verdicts={key: verdict(key, flags=(), deadlines=()) for key in TITLES} | verdicts,
        transitions=moves,
        history=history,
        signals=signals,
        stories=stories,
        rules=rules or {},
    )


def moved(key: str, frm: str = "in_progress", to: str = "at_risk", **changes: Any) -> Transition:
    return move(f"t-{key}", frm=frm, to=to, commitment=key, evidence=(key,), **changes)


def noted(key: str, **changes: Any) -> Transition:
    return move(f"t-{key}", change=EventNoted(Effect.SETBACK, By.US), commitment=key, evidence=(key,), **changes)


def test_a_sentence_names_the_commitment_its_status_and_the_event(wording: GoldenWording) -> None:
    known = verdict("ore", progress=counts(("USDA", 4e6, None)), flags=(), deadlines=())
    later = move("t1", TransitionKind.DEADLINE, "2026-04-01", "2027-01-10", commitment="fees", evidence=("fees",))
    lapsed = verdict("fees", standing=Standing.LAPSED, outlook=Outlook.STEADY, flags=(), deadlines=())
    under_risk = moved("truce", "pledged", "in_force", standing=Standing.IN_FORCE, outlook=Outlook.AT_RISK)
    weeks = [
        week(moved("truce")),
        week(under_risk),
        week(noted("ore"), ore=known),
        week(later),
        week(moved("fees", "in_force", "lapsed"), fees=lapsed),
        week(moved("talks"), titles={"talks": "商务部宣布"}),
    ]
    wording(sentence for found in weeks for sentence in found.opening)


def test_three_sentences_tell_the_highest_acts_then_final_standings_then_other_statuses_then_events() -> None:
    moves = [
        noted("fees", level=Level.SUMMIT, way=Direction.UP),
        noted("ore", severity=Severity.NOTABLE),
        moved("truce", severity=Severity.URGENT),
        moved("talks", "pledged", "met", way=Direction.UP, standing=Standing.MET, outlook=Outlook.STEADY),
    ]
    assert [sentence.partition(" ")[0] for sentence in week(*moves).opening] == ["Fees", "Talks", "Truce"]
    assert [sentence.partition(" ")[0] for sentence in week(*moves[1:]).opening] == ["Talks", "Truce", "Ore"]


def test_of_two_statuses_the_one_that_more_outlets_tell_leads_whether_good_or_bad() -> None:
    moves = (
        moved("ore", severity=Severity.URGENT),
        moved("talks", "at_risk", "in_progress", way=Direction.UP, outlook=Outlook.STEADY),
    )
    assert week(*moves, outlets={"talks": 2}).opening[0].startswith("Talks")
    assert week(*moves, outlets={"ore": 2}).opening[0].startswith("Ore")


def test_a_week_without_a_new_status_says_so_before_what_few_report_and_after_what_many_do() -> None:
    quiet, loud = noted("ore", severity=Severity.ROUTINE), noted("ore", severity=Severity.NOTABLE)
    assert [week(each).opening.index("No status changed.") for each in (quiet, loud)] == [0, 1]
    assert [week(each).subject.endswith(": no status changed") for each in (quiet, loud)] == [True, False]


def test_an_order_that_moves_no_status_leads_only_if_it_is_well_reported() -> None:
    order = noted("ore", level=Level.ORDER, severity=Severity.NOTABLE)
    many = replace(order, evidence=("ore", "fees", "talks"))
    assert week(moved("truce"), order).opening[0].startswith("Truce")
    assert week(moved("truce"), many).opening[0].startswith("Ore")


def test_few_reports_of_a_meeting_of_leaders_shortly_after_one_do_not_lead() -> None:
    late = noted("ore", level=Level.SUMMIT, severity=Severity.NOTABLE)
    last_week = replace(late, at=NOW - timedelta(days=10))
    assert week(moved("truce"), late).opening[0].startswith("Ore")
    assert week(moved("truce"), late, history=(last_week,)).opening[0].startswith("Truce")


def test_one_event_that_touches_several_commitments_is_told_once() -> None:
    both = (moved("truce"), move("t2", commitment="talks", evidence=("truce",)))
    assert len(week(*both).opening) == 1


def test_a_quiet_week_says_so_and_names_the_next_date(wording: GoldenWording) -> None:
    dated = verdict(
        "fees", outlook=Outlook.STEADY, flags=(), deadlines=(Deadline("stay", "expiry", date(2026, 4, 1), "us"),)
    )
    steady = {key: verdict(key, outlook=Outlook.STEADY, flags=(), deadlines=()) for key in TITLES}
    some = {key: steady[key] for key in ("talks", "truce")}
    wording([*week(fees=dated, **some).opening, *week(**steady).opening, *week().opening])


def test_at_a_glance_are_the_statuses_without_a_sentence(wording: GoldenWording) -> None:
    steady = {"outlook": Outlook.STEADY}
    fees = moved("fees", "at_risk", "in_force", standing=Standing.IN_FORCE, **steady)
    again = moved("fees", "met", "in_progress", severity=Severity.ROUTINE, **steady)
    three = [moved(key) for key in ("talks", "ore", "truce")]
    found = [week(*three, fees, fees=verdict("fees", flags=(), **steady)), week(*three, again), week(*three)]
    wording(each.glance for each in found)


# ---------------------------------------------------------------- subject


def test_a_subject_has_the_days_and_the_new_statuses_or_the_leading_change(wording: GoldenWording) -> None:
    long = "The ministry of commerce and eleven other offices put a hundred and twenty firms on a list"
    chinese = "商务部宣布暂停实施稀土出口管制一年"
    rule = RuleInfo(RULE, "ore", "3f9c1a", "ore.yaml", 1, effect=Effect.SETBACK, tells="to stop sales")
    later = move("t1", TransitionKind.DEADLINE, "2026-04-01", "2027-01-10", commitment="fees", evidence=("fees",))
    both = moved("ore", severity=Severity.URGENT), moved("talks", severity=Severity.NOTABLE)
    subjects = [
        week(moved("talks")).subject,
        week(moved("ore"), titles={"ore": long}).subject,
        week(moved("ore"), titles={"ore": chinese}).subject,
        week(noted("ore"), titles={"ore": chinese}, rules={RULE: rule}).subject,
        week(*both).subject,
        week(*(moved(key) for key in TITLES)).subject,
        week(later).subject,
        week(*both, moved("truce", level=Level.ORDER)).subject,
        week().subject,
    ]
    assert max(map(len, subjects)) <= MAX_SUBJECT
    wording(subjects)


@pytest.mark.parametrize(
    ("start", "end", "subject", "period"), table("opening", "a_digest_is_named_by_the_days_it_covers")
)
def test_a_digest_is_named_by_the_days_it_covers(start: str, end: str, subject: str, period: str) -> None:
    from_, to = (datetime.fromisoformat(f"{hour}:00").replace(tzinfo=UTC) for hour in (start, end))
    found = digest(start=from_, end=to, transitions=())
    assert found.subject.startswith(f"Digest, {subject}: ")
    assert found.period == period
