"""The next step in a message, for every status and kind of commitment."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest

from monitor.domain.messages.next_steps import next_step
from monitor.domain.model import (
    Baseline,
    By,
    Deadline,
    Effect,
    Flag,
    FlagKind,
    Kind,
    Outlook,
    Says,
    Signal,
    Standing,
    Target,
)
from tests.builders.golden_wording import GoldenWording
from tests.builders.message_values import NOW, commitment, context, counts, signal, story, verdict

END = Deadline("truce", "expiry", date(2026, 11, 10), "both")
DUE = Deadline("12 Mt", "due", date(2026, 6, 30), "us", state="claimed")


def said(
    standing: Standing,
    outlook: Outlook = Outlook.STEADY,
    *,
    dates: Any = (),
    flags: Any = (),
    blow: Signal | None = None,
    quoted: Any = (),
    **of: Any,
) -> str:
    stands = verdict(standing=standing, outlook=outlook, deadlines=tuple(dates), flags=tuple(flags))
    stands = replace(stands, steps=of.pop("done", ()), progress=of.pop("counted", None))
    stands = replace(stands, outlook_evidence=(blow.id,) if blow else ())
    stories = {"a": story("a", title="Mills put off “all” cargoes"), "b": story("b", title="推迟两船大豆", lang="zh")}
    return next_step(
        commitment(**of), stands, context(signals={blow.id: blow} if blow else {}, stories=stories), quoted
    )


YEARS = tuple(
    Target(25e6, "t", "booked", date(year, 1, 1), date(year, 12, 31), f"calendar {year}") for year in (2026, 2027)
)
STEPS: dict[str, Any] = {
    "kind": Kind.MILESTONE,
    "targets": (),
    "owed_by": "both",
    "steps": ("agreed", "signed", "closed"),
}
STANDING: dict[str, Any] = {"kind": Kind.STANDING, "targets": ()}
SERIES: dict[str, Any] = {"kind": Kind.SERIES, "targets": (), "owed_by": "both"}
CLAIMED = Deadline("truce", "expiry", date(2027, 1, 10), "us", state="claimed")
PASSED = Deadline("12 Mt", "due", NOW.date() - timedelta(days=1), "both")


def test_a_promise_towards_met_names_target_step_or_criterion(wording: GoldenWording) -> None:
    met = (("met", "The lists of both sides are in force."),)
    plain: dict[str, Any] = {"kind": Kind.MILESTONE, "targets": (), "owed_by": "company"}
    wording(
        [
            said(Standing.IN_PROGRESS, dates=[DUE]),
            said(Standing.PLEDGED, targets=YEARS),
            said(Standing.IN_PROGRESS, counted=counts(("USDA", 8e6, 8e6))),
            said(Standing.IN_PROGRESS, done=("agreed",), **STEPS),
            said(Standing.IN_PROGRESS, done=("signed",), **STEPS),  # an earlier step without a report is done too
            said(Standing.PLEDGED, criteria=met, **plain),
            said(Standing.PLEDGED, criteria=(), **plain),
            said(Standing.PLEDGED, **STANDING),
            said(Standing.IN_PROGRESS, **SERIES),
        ]
    )


def test_a_state_in_force_ends_on_its_date_and_names_the_only_side(wording: GoldenWording) -> None:
    over = replace(END, date=NOW.date() - timedelta(days=9))
    wording(
        [
            said(Standing.IN_FORCE, dates=[END], **STANDING),
            said(Standing.IN_FORCE, dates=[CLAIMED], **STANDING),
            said(Standing.IN_FORCE, dates=[over, CLAIMED], **STANDING),
            said(Standing.IN_FORCE, **STANDING),
        ]
    )


def test_a_status_at_risk_returns_by_an_act_and_never_by_silence(wording: GoldenWording) -> None:
    wording(
        [
            said(Standing.IN_FORCE, Outlook.AT_RISK, dates=[END], kind=Kind.STANDING, owed_by="both"),
            said(Standing.IN_FORCE, Outlook.AT_RISK, owed_by="others"),
            said(Standing.UNPLEDGED, Outlook.AT_RISK),
            said(Standing.PLEDGED, Outlook.STALLED),
        ]
    )


def test_a_status_at_risk_names_the_report_that_put_it_there(wording: GoldenWording) -> None:
    def at_risk(quoted: Any = (), **changes: Any) -> str:
        blow = signal("s1", changes.pop("of", "a"), says=Says.PRESS, **changes)
        return said(Standing.IN_FORCE, Outlook.AT_RISK, blow=blow, quoted=quoted, **STANDING)

    base = Baseline(verdict().baseline, Standing.PLEDGED, "", Outlook.STALLED, note="The mills buy elsewhere.")
    wording(
        [
            at_risk(by=By.US, effect=Effect.THREAT),
            at_risk(quoted=("s1",), by=By.US, effect=Effect.THREAT),
            at_risk(of="b", by=By.CN),
            at_risk(effect=Effect.BREACH),
            said(Standing.PLEDGED, Outlook.AT_RISK, blow=signal("s1", "a", says=Says.DATA)),
            said(Standing.PLEDGED, Outlook.STALLED, baselines=(base,)),
            said(Standing.PLEDGED, Outlook.AT_RISK, baselines=(base,)),
        ]
    )


def test_a_date_that_has_passed_names_the_day_on_which_the_status_lapses(wording: GoldenWording) -> None:
    wording(said(Standing.PLEDGED, Outlook.AT_RISK, dates=[PASSED], grace_days=60))
    unchecked = Flag(FlagKind.UNCHECKED, "12 Mt", NOW)
    assert "LAPSED" not in said(Standing.PLEDGED, dates=[PASSED], grace_days=60, flags=[unchecked])
    later = Deadline("12 Mt", "due", date(2026, 9, 1), "us", state="claimed")
    assert "LAPSED" not in said(Standing.PLEDGED, dates=[PASSED, later], grace_days=60)
    assert "LAPSED" not in said(Standing.PLEDGED, dates=[PASSED], grace_days=0)


def test_each_other_status_names_the_change_that_would_move_it(wording: GoldenWording) -> None:
    wording(
        [
            said(Standing.UNPLEDGED),
            said(Standing.UNPLEDGED, owed_by="others"),
            said(Standing.BREACHED),
            said(Standing.LAPSED, owed_by="both"),
            said(Standing.LAPSED),
            said(Standing.MET),
            said(Standing.MET, targets=YEARS),
            said(Standing.MET, **SERIES),
            said(Standing.MET, dates=[DUE], **SERIES),
        ]
    )


@pytest.mark.parametrize("kind", Kind)
def test_every_status_and_kind_has_its_next_step(kind: Kind) -> None:
    every = product(Standing, Outlook, ("us", "cn", "both", "company", "others"))
    steps = {each: said(*each[:2], kind=kind, owed_by=each[2], dates=[END, DUE]) for each in every}
    assert {each: text for each, text in steps.items() if text[-1:] not in (".", "") or "_" in text} == {}
