"""The opening of a digest tells the period in whole sentences, and its subject what mattered most."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from monitor.domain.messages.models import DigestBrief
from monitor.domain.model import (
    Deadline,
    Flag,
    FlagKind,
    Outlook,
    Severity,
    Signal,
    Standing,
    Story,
    Transition,
    TransitionKind,
)
from monitor.domain.model.changes import EventNoted
from monitor.domain.model.enums import By, Effect
from tests.builders.message_values import NOW, commitment, counts, digest, move, signal, story, verdict

TITLES = {
    "talks": "Trump and Xi meet in Busan",
    "truce": "China and the US extend the truce by a year",
    "ore": "China suspends its controls on rare earths",
    "fees": "The US drops the port fees",
}


def week(*moves: Transition, titles: Any = None, **verdicts: Any) -> DigestBrief:
    """A digest of four commitments, each with a report of its own."""
    told: dict[str, str] = TITLES | (titles or {})
    signals: dict[str, Signal] = {}
    stories: dict[str, Story] = {}
    for key, title in told.items():
        signals[key] = signal(key, key, commitment=key, quote=title)
        stories[key] = story(key, title=title)
    return digest(
        commitments={key: commitment(key, short=key.capitalize()) for key in TITLES},
        verdicts={key: verdict(key, flags=(), deadlines=()) for key in TITLES} | verdicts,
        transitions=moves,
        signals=signals,
        stories=stories,
    )


def moved(key: str, frm: str = "in_progress", to: str = "at_risk", **changes: Any) -> Transition:
    return move(f"t-{key}", frm=frm, to=to, commitment=key, evidence=(key,), **changes)


def noted(key: str, **changes: Any) -> Transition:
    return move(f"t-{key}", change=EventNoted(Effect.SETBACK, By.US), commitment=key, evidence=(key,), **changes)


def test_the_opening_says_what_happened_and_what_it_moved() -> None:
    assert week(moved("truce")).opening == (
        "China and the US extend the truce by a year, which moves Truce from IN PROGRESS to AT RISK.",
    )


def test_what_moved_no_status_says_the_status_that_stays_and_what_is_counted() -> None:
    known = verdict("ore", progress=counts(("USDA", 4e6, None)), flags=(), deadlines=())
    (sentence,) = week(noted("ore"), ore=known).opening
    assert sentence == "China suspends its controls on rare earths; Ore: still AT RISK, 4 Mt of 12 Mt booked (33%)."


def test_a_figure_is_told_behind_the_name_of_its_commitment() -> None:
    later = move("t1", TransitionKind.DEADLINE, "2026-04-01", "2027-01-10", commitment="fees", evidence=("fees",))
    assert week(later).opening == ("Fees: the US names a new date, 10 Jan 2027, still AT RISK.",)


def test_three_sentences_tell_the_most_severe_first_and_a_status_before_an_event() -> None:
    moves = (
        noted("fees", severity=Severity.ROUTINE),
        noted("ore", severity=Severity.NOTABLE),
        moved("truce", severity=Severity.NOTABLE),
        moved("talks", severity=Severity.URGENT),
    )
    starts = [sentence.partition(";")[0].partition(",")[0] for sentence in week(*moves).opening]
    assert starts == [TITLES["talks"], TITLES["truce"], TITLES["ore"]]


def test_one_event_that_touches_several_commitments_is_told_once() -> None:
    both = (moved("truce"), move("t2", commitment="talks", evidence=("truce",)))
    assert len(week(*both).opening) == 1


def test_a_quiet_week_names_the_trouble_and_the_next_date() -> None:
    dated = verdict(
        "fees", outlook=Outlook.STEADY, flags=(), deadlines=(Deadline("stay", "expiry", date(2026, 4, 1), "us"),)
    )
    steady = {key: verdict(key, outlook=Outlook.STEADY, flags=(), deadlines=()) for key in ("talks", "truce")}
    assert week(fees=dated, **steady).opening == (
        "No status moved, and no event of note was reported.",
        "AT RISK: Ore.",
        "Next date: Fees, the stay ends 1 Apr 2026, in 18 days.",
    )


def test_a_week_without_news_trouble_or_dates_is_one_sentence() -> None:
    steady = {key: verdict(key, outlook=Outlook.STEADY, flags=(), deadlines=()) for key in TITLES}
    assert week(**steady).opening == ("No status moved, and no event of note was reported.",)


# ---------------------------------------------------------------- subject


def test_the_subject_says_what_mattered_most_and_the_days() -> None:
    assert week(moved("talks")).subject == "Deal digest, 7 - 13 Mar: Trump and Xi meet in Busan"


@pytest.mark.parametrize(
    "title",
    [
        "The ministry of commerce and eleven other offices put a hundred and twenty firms of three states on a list of lists",
        "商务部宣布暂停实施稀土出口管制一年",
        "Rare earths: what comes next?",
    ],
)
def test_what_fits_in_no_subject_gives_way_to_the_status_and_nothing_is_cut(title: str) -> None:
    subject = week(moved("ore"), titles={"ore": title}).subject
    assert subject == "Deal digest, 7 - 13 Mar: Ore AT RISK"


def test_a_subject_has_the_statuses_of_as_many_commitments_as_fit() -> None:
    titles = dict.fromkeys(TITLES, "商务部宣布")
    subject = week(moved("ore", severity=Severity.URGENT), moved("truce"), titles=titles).subject
    assert subject == "Deal digest, 7 - 13 Mar: Ore AT RISK, Truce AT RISK"


def test_a_date_that_moved_bears_the_name_of_its_commitment() -> None:
    later = move("t1", TransitionKind.DEADLINE, "2026-04-01", "2027-01-10", commitment="fees", evidence=("fees",))
    assert week(later).subject == "Deal digest, 7 - 13 Mar: Fees: the US names a new date, 10 Jan 2027"


def test_a_quiet_subject_says_so() -> None:
    flags = (Flag(FlagKind.OVERDUE, "12 Mt", NOW),)
    assert week(ore=verdict("ore", flags=flags)).subject == "Deal digest, 7 - 13 Mar: nothing moved"


@pytest.mark.parametrize(
    ("start", "end", "subject", "period"),
    [
        ("2026-03-09T08", "2026-03-16T08", "9 - 15 Mar", "9 to 15 Mar 2026"),
        ("2025-12-29T08", "2026-01-05T08", "29 Dec - 4 Jan", "29 Dec 2025 to 4 Jan 2026"),
        ("2026-03-09T08", "2026-03-10T08", "9 Mar", "9 Mar 2026"),
        ("2026-05-01T08", "2026-06-01T08", "1 - 31 May", "1 to 31 May 2026"),
        ("2026-05-15T08", "2026-06-15T08", "15 May - 14 Jun", "15 May to 14 Jun 2026"),
        ("2026-03-13T17", "2026-03-20T17", "14 - 20 Mar", "14 to 20 Mar 2026"),
        ("2026-03-09T08", "2026-03-09T08", "9 Mar", "9 Mar 2026"),
    ],
)
def test_a_digest_is_named_by_the_days_it_covers(start: str, end: str, subject: str, period: str) -> None:
    from_, to = (datetime.fromisoformat(f"{hour}:00").replace(tzinfo=UTC) for hour in (start, end))
    found = digest(start=from_, end=to, transitions=())
    assert found.subject.startswith(f"Deal digest, {subject}: ")
    assert found.period == period


def test_a_failure_moves_to_its_own_word() -> None:
    lapsed = verdict("fees", standing=Standing.LAPSED, outlook=Outlook.STEADY, flags=(), deadlines=())
    (sentence,) = week(moved("fees", "in_force", "lapsed"), fees=lapsed).opening
    assert sentence.endswith(", which moves Fees from IN FORCE to LAPSED.")
