"""The opening of a digest tells the period in whole sentences, and its subject what mattered most."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from monitor.domain.matching.rules import RuleInfo
from monitor.domain.messages.briefs import DigestBrief
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

RULE = "soybean-purchases.postponed"


def week(
    *moves: Transition, titles: Any = None, rules: Any = None, outlets: Any = None, **verdicts: Any
) -> DigestBrief:
    """A digest of four commitments, each with a report of its own. outlets: by commitment, how many more carry its report."""
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
        signals=signals,
        stories=stories,
        rules=rules or {},
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


def test_what_all_the_press_tells_goes_before_worse_news_of_few() -> None:
    moves = moved("ore", severity=Severity.URGENT), moved("talks", severity=Severity.NOTABLE)
    assert week(*moves, outlets={"talks": 20}).opening[0].startswith(TITLES["talks"])
    assert week(*moves, outlets={"talks": 5}).opening[0].startswith(TITLES["ore"])


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


def test_names_of_the_trouble_stand_with_commas_for_a_name_may_hold_an_and() -> None:
    assert week().opening[1] == "AT RISK: Fees, Ore, Talks, Truce."


def test_behind_words_of_ours_stands_the_short_report_in_english_that_says_it() -> None:
    visit = "Visit to Busan now on 13-15 May"
    (sentence,) = week(noted("talks"), titles={"talks": visit}).opening
    assert sentence.endswith(f"(“{visit}”); Talks: still AT RISK.")


# ---------------------------------------------------------------- subject


def test_the_subject_says_what_mattered_most_and_the_days() -> None:
    assert week(moved("talks")).subject == "Digest, 7 - 13 Mar: Trump and Xi meet in Busan"


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
    assert subject == "Digest, 7 - 13 Mar: Ore AT RISK"


def test_a_subject_has_the_statuses_of_as_many_commitments_as_fit() -> None:
    titles = dict.fromkeys(TITLES, "商务部宣布")
    subject = week(moved("ore", severity=Severity.URGENT), moved("truce"), titles=titles).subject
    assert subject == "Digest, 7 - 13 Mar: Ore AT RISK, Truce AT RISK"


def test_our_own_words_give_way_to_the_statuses_that_moved() -> None:
    subject = week(moved("ore"), titles={"ore": "商务部宣布暂停实施稀土出口管制一年"}).subject
    assert subject == "Digest, 7 - 13 Mar: Ore AT RISK"


def test_an_event_in_our_own_words_bears_the_name_of_its_commitment() -> None:
    known = RuleInfo(RULE, "ore", "3f9c1a", "ore.yaml", 1, effect=Effect.SETBACK, tells="to stop sales")
    subject = week(noted("ore"), titles={"ore": "商务部宣布"}, rules={RULE: known}).subject
    assert subject == "Digest, 7 - 13 Mar: Ore: US Treasury says one side stops sales"


def test_the_only_status_that_moved_stands_with_what_happened_in_our_words() -> None:
    known = RuleInfo(RULE, "ore", "3f9c1a", "ore.yaml", 1, effect=Effect.SETBACK, tells="the ships to wait")
    subject = week(moved("ore"), titles={"ore": "商务部宣布"}, rules={RULE: known}).subject
    assert subject == "Digest, 7 - 13 Mar: Ore AT RISK: US Treasury says the ships wait"


def test_what_matters_most_is_not_hidden_behind_a_report_that_fits_better() -> None:
    long = "The ministry of commerce and eleven other offices suspend all of their controls on rare earths for a year"
    moves = moved("ore", severity=Severity.URGENT), moved("talks", severity=Severity.NOTABLE)
    assert week(*moves, titles={"ore": long}).subject == "Digest, 7 - 13 Mar: Ore AT RISK, Talks AT RISK"


def test_a_long_name_gives_way_to_the_topic_that_ends_it() -> None:
    talks = commitment("talks", short="Leaders' and trade talks", topic="Talks")
    at_risk = move("t1", frm="in_progress", to="at_risk", commitment="talks")
    found = digest(
        commitments={"talks": talks}, verdicts={"talks": verdict("talks", flags=())}, transitions=(at_risk,), signals={}
    )
    assert found.subject == "Digest, 7 - 13 Mar: Talks AT RISK"


def test_a_date_that_moved_bears_the_name_of_its_commitment() -> None:
    later = move("t1", TransitionKind.DEADLINE, "2026-04-01", "2027-01-10", commitment="fees", evidence=("fees",))
    assert week(later).subject == "Digest, 7 - 13 Mar: Fees: the US names a new date, 10 Jan 2027"


def test_a_quiet_subject_says_so() -> None:
    flags = (Flag(FlagKind.OVERDUE, "12 Mt", NOW),)
    assert week(ore=verdict("ore", flags=flags)).subject == "Digest, 7 - 13 Mar: nothing moved"


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
    assert found.subject.startswith(f"Digest, {subject}: ")
    assert found.period == period


def test_a_failure_moves_to_its_own_word() -> None:
    lapsed = verdict("fees", standing=Standing.LAPSED, outlook=Outlook.STEADY, flags=(), deadlines=())
    (sentence,) = week(moved("fees", "in_force", "lapsed"), fees=lapsed).opening
    assert sentence.endswith(", which moves Fees from IN FORCE to LAPSED.")
