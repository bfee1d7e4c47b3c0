"""What a message says comes next, for every status and kind of commitment."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest

from monitor.domain.messages.next_steps import next_step
from monitor.domain.model import Deadline, Flag, FlagKind, Kind, Outlook, Standing, Target
from tests.builders.message_values import NOW, commitment, context, verdict

END = Deadline("truce", "expiry", date(2026, 11, 10), "both")
DUE = Deadline("12 Mt", "due", date(2026, 6, 30), "us", state="claimed")


def said(standing: Standing, outlook: Outlook = Outlook.STEADY, *, dates: Any = (), flags: Any = (), **of: Any) -> str:
    steps = of.pop("done", ())
    stands = verdict(standing=standing, outlook=outlook, deadlines=tuple(dates), flags=tuple(flags), steps=steps)
    return next_step(commitment(**of), stands, context())


def test_a_quantity_is_met_with_its_target_and_at_risk_with_its_date() -> None:
    assert said(Standing.IN_PROGRESS, dates=[DUE]) == (
        "Met when 12 Mt are booked; at risk if China backs out or 30 Jun 2026 passes."
    )
    years = tuple(
        Target(25e6, "t", "booked", date(year, 1, 1), date(year, 12, 31), f"calendar {year}") for year in (2026, 2027)
    )
    assert said(Standing.PLEDGED, targets=years) == "Met when 25 Mt are booked for 2026; at risk if China backs out."
    assert said(Standing.MET, targets=years) == "Stays MET unless it is undone; 2027 begins on 1 Jan 2027."


def test_a_milestone_names_the_next_step_and_the_last() -> None:
    plain: dict[str, Any] = {
        "kind": Kind.MILESTONE,
        "targets": (),
        "owed_by": "both",
        "steps": ("agreed", "signed", "closed"),
    }
    assert said(Standing.IN_PROGRESS, done=("agreed",), **plain) == (
        "Waits for the step “signed”; met with the last one, “closed”; at risk if a side backs out."
    )
    assert said(Standing.IN_PROGRESS, done=("agreed", "signed"), **plain).startswith(
        "Met with the last step, “closed”;"
    )


def test_an_earlier_step_that_nobody_reported_is_not_waited_for() -> None:
    steps: dict[str, Any] = {"kind": Kind.MILESTONE, "targets": (), "steps": ("agreed", "signed", "closed")}
    assert said(Standing.IN_PROGRESS, done=("signed",), **steps).startswith("Met with the last step, “closed”;")


def test_without_steps_and_targets_the_criterion_speaks() -> None:
    met = (("met", "The lists of both sides are in force."),)
    assert said(Standing.PLEDGED, kind=Kind.MILESTONE, targets=(), criteria=met, owed_by="company") == (
        "Met when: The lists of both sides are in force; at risk if the company backs out."
    )
    assert said(Standing.PLEDGED, kind=Kind.MILESTONE, targets=(), criteria=()).startswith(
        "Met when what is promised is done"
    )


def test_what_is_in_force_ends_on_its_date_and_says_who_names_it() -> None:
    standing: dict[str, Any] = {"kind": Kind.STANDING, "targets": ()}
    assert said(Standing.IN_FORCE, dates=[END], **standing) == (
        "Ends on 10 Nov 2026 unless it is extended. At risk if China threatens to end it."
    )
    claimed = Deadline("truce", "expiry", date(2027, 1, 10), "us", state="claimed")
    assert said(Standing.IN_FORCE, dates=[claimed], **standing).startswith("Ends on 10 Jan 2027 (only the US says so)")
    over = replace(END, date=NOW.date() - timedelta(days=9))
    extended = said(Standing.IN_FORCE, dates=[over, claimed], **standing)
    assert extended.startswith("Ends on 10 Jan 2027 (only the US says so)"), (
        "the date behind it says nothing of the end"
    )
    assert said(Standing.IN_FORCE, **standing).startswith("Has no end date.")
    assert said(Standing.PLEDGED, **standing).startswith("In force once China puts it into effect")


def test_a_series_goes_on_with_its_next_round() -> None:
    series: dict[str, Any] = {"kind": Kind.SERIES, "targets": (), "owed_by": "both"}
    assert said(Standing.IN_PROGRESS, **series).startswith("Met when the next round is held and has an outcome;")
    assert said(Standing.MET, **series) == "A new round begins once the next meeting is agreed."


def test_what_is_at_risk_returns_by_an_act_and_never_by_silence() -> None:
    assert said(Standing.IN_FORCE, Outlook.AT_RISK, dates=[END], kind=Kind.STANDING, owed_by="both") == (
        "Back to IN FORCE when both sides act on the promise, or when the feared event is over. No news does not count."
    )
    assert said(Standing.UNPLEDGED, Outlook.AT_RISK) == (
        "At risk until China promises it, or until the feared event is over. No news does not count."
    )
    assert (
        said(Standing.PLEDGED, Outlook.STALLED)
        == "Back to PLEDGED with the first step forward. No news does not count."
    )


def test_a_date_that_has_passed_says_when_the_status_lapses() -> None:
    passed = Deadline("12 Mt", "due", NOW.date() - timedelta(days=1), "both")
    assert said(Standing.PLEDGED, Outlook.AT_RISK, dates=[passed], grace_days=60).endswith(
        "Overdue since 13 Mar 2026; LAPSED from 13 May 2026 on if nothing is done by then."
    )
    unchecked = Flag(FlagKind.UNCHECKED, "12 Mt", NOW)
    assert "LAPSED" not in said(Standing.PLEDGED, dates=[passed], grace_days=60, flags=[unchecked])
    later = Deadline("12 Mt", "due", date(2026, 9, 1), "us", state="claimed")
    assert "LAPSED" not in said(Standing.PLEDGED, dates=[passed, later], grace_days=60)


@pytest.mark.parametrize(
    ("standing", "owed_by", "words"),
    [
        (Standing.UNPLEDGED, "cn", "Pledged once China promises it."),
        (Standing.UNPLEDGED, "others", "Pledged once those who would owe it promise it."),
        (
            Standing.BREACHED,
            "cn",
            "Changes only when an official text, or two independent sources, say that the terms are kept again.",
        ),
        (Standing.LAPSED, "both", "Changes only with a new pledge or an extension by both sides."),
        (Standing.LAPSED, "cn", "Changes only with a new pledge or an extension."),
        (Standing.MET, "cn", "Stays MET unless it is undone."),
    ],
)
def test_each_other_status_says_what_changes_it(standing: Standing, owed_by: str, words: str) -> None:
    assert said(standing, owed_by=owed_by) == words


@pytest.mark.parametrize("kind", Kind)
def test_every_status_and_kind_has_its_next_step(kind: Kind) -> None:
    every = product(Standing, Outlook, ("us", "cn", "both", "company", "others"))
    steps = {each: said(*each[:2], kind=kind, owed_by=each[2], dates=[END, DUE]) for each in every}
    assert {each: text for each, text in steps.items() if not text.endswith(".") or "_" in text} == {}
