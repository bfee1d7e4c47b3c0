"""The opening of a digest and its subject: the most important changes of the period."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from monitor.domain.matching.rules import RuleInfo
from monitor.domain.messages.briefs import DigestBrief
from monitor.domain.messages.subject import MAX_SUBJECT
from monitor.domain.model import Outlook, Severity, Signal, Standing, Story, Transition, TransitionKind
from monitor.domain.model.changes import EventNoted
from monitor.domain.model.enums import By, Direction, Effect, Kind, Level
from tests.builders.golden_wording import GoldenWording
from tests.builders.message_values import NOW, commitment, digest, move, signal, story, verdict
from tests.builders.tables import table

TITLES = {
    "talks": "Trump and Xi meet in Busan",
    "truce": "China and the US extend the truce by a year",
    "ore": "China suspends its controls on rare earths",
    "fees": "The US drops the port fees",
}

RULE = "soybean-purchases.postponed"


def week(
    *moves: Transition,
    titles: Any = None,
    rules: Any = None,
    outlets: Any = None,
    history: Any = (),
    series: Any = (),
    **verdicts: Any,
) -> DigestBrief:
    """A digest of four commitments, each with a report of its own. outlets: further carriers of a report; series: the
    commitments that are rounds of talks."""
    kinds = {key: Kind.SERIES if key in series else Kind.QUANTITY for key in TITLES}
    told: dict[str, str] = TITLES | (titles or {})
    signals: dict[str, Signal] = {}
    stories: dict[str, Story] = {}
    for key, title in told.items():
        signals[key] = signal(key, key, commitment=key, quote=title)
        carried = [f"Outlet {number}" for number in range((outlets or {}).get(key, 0))]
        stories[key] = story(key, "Harbour Wire", carried, title=title)
    return digest(
        commitments={key: commitment(key, short=key.capitalize(), kind=kinds[key]) for key in TITLES},
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
    told: dict[str, Any] = {"evidence": (key,), **changes}
    return move(f"t-{key}", change=EventNoted(Effect.SETBACK, By.US), commitment=key, **told)


def order(found: DigestBrief) -> list[str]:
    return [block.commitment for block in found.blocks]


def test_the_opening_counts_what_moved_and_what_is_in_trouble(wording: GoldenWording) -> None:
    steady: dict[str, Any] = {"outlook": Outlook.STEADY}
    calm = {key: verdict(key, flags=(), deadlines=(), **steady) for key in TITLES}
    up = moved("ore", "pledged", "met", way=Direction.UP, standing=Standing.MET, **steady)
    again = moved("fees", "met", "in_progress", severity=Severity.ROUTINE, **steady)
    back = [
        moved("ore", at=NOW - timedelta(days=2)),
        replace(moved("ore", "at_risk", "in_progress", **steady), id="t-back"),
    ]
    weeks = [
        week(moved("truce"), moved("talks"), up, ore=calm["ore"]),
        week(up, **calm),
        week(again, **calm),
        week(*back, **calm),
        week(noted("ore")),
        week(noted("ore", severity=Severity.ROUTINE)),
        week(),
    ]
    wording(sentence for found in weeks for sentence in found.opening)


def test_the_highest_acts_lead_then_final_standings_then_other_statuses_then_events() -> None:
    moves = [
        noted("fees", level=Level.SUMMIT, way=Direction.UP),
        noted("ore", severity=Severity.NOTABLE),
        moved("truce", severity=Severity.URGENT),
        moved("talks", "pledged", "met", way=Direction.UP, standing=Standing.MET, outlook=Outlook.STEADY),
    ]
    assert order(week(*moves)) == ["fees", "talks", "truce", "ore"]


def test_of_two_statuses_the_one_that_more_outlets_tell_leads_whether_good_or_bad() -> None:
    moves = (
        moved("ore", severity=Severity.URGENT),
        moved("talks", "at_risk", "in_progress", way=Direction.UP, outlook=Outlook.STEADY),
    )
    assert order(week(*moves, outlets={"talks": 2}))[0] == "talks"
    assert order(week(*moves, outlets={"ore": 2}))[0] == "ore"


def test_an_order_that_moves_no_status_leads_only_if_it_is_well_reported() -> None:
    ruling = noted("ore", level=Level.ORDER, severity=Severity.NOTABLE)
    many = replace(ruling, evidence=("ore", "fees", "talks"))
    assert order(week(moved("truce"), ruling))[0] == "truce"
    assert order(week(moved("truce"), many))[0] == "ore"


def test_a_meeting_of_leaders_lifts_one_commitment_unless_it_moves_others() -> None:
    met = [noted(key, level=Level.SUMMIT, evidence=("talks", key)) for key in ("ore", "fees", "talks")]
    assert order(week(*met, moved("truce"), series=("talks",))) == ["talks", "truce", "fees", "ore"]


def test_few_reports_of_a_meeting_of_leaders_shortly_after_one_do_not_lead() -> None:
    late = noted("ore", level=Level.SUMMIT, severity=Severity.NOTABLE)
    last_week = replace(late, at=NOW - timedelta(days=10))
    assert order(week(moved("truce"), late))[0] == "ore"
    assert order(week(moved("truce"), late, history=(last_week,)))[0] == "truce"


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
