"""The wording of every kind of message, change and reason, kept in golden/ and written by --update-golden."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, get_args

import pytest

from monitor.domain.messages.briefs import Brief
from monitor.domain.messages.wording import detail_text
from monitor.domain.model import changes, reasons
from monitor.domain.model.enums import (
    By,
    Cause,
    Direction,
    Effect,
    FlagKind,
    Outlook,
    ReasonCode,
    Says,
    Severity,
    Standing,
    TransitionKind,
)
from monitor.domain.model.news import ReadBy, ReaderKind
from monitor.domain.model.reasons import Detail, Reason
from monitor.domain.model.verdicts import Flag, Transition
from monitor.store.json_codec import dump
from tests.builders.domain_values import PARTIES, reason
from tests.builders.golden_wording import GoldenWording
from tests.builders.message_values import NOW, brief, commitment, counts, digest, message, move, signal, story, verdict

Golden = Callable[[str, str], None]
DAY = date(2026, 11, 10)


def alert(*transitions: Transition, kind: str = "alert", **known: Any) -> Brief:
    return brief(message(*transitions, kind=kind), **known)


def briefs() -> dict[str, Brief]:
    """A brief of each kind of message that the domain builds."""
    both = {"s1": signal("s1", "a"), "s2": signal("s2", "b", says=Says("cn"), origin="MOFCOM", quote="按计划进行")}
    stories = {"a": story("a"), "b": story("b", "Commerce Daily")}
    contested = Flag(FlagKind.CONTESTED, "orders", NOW, evidence=("s1", "s2"))
    progress = counts(("traders", 8e6, 10e6), ("us", 4e6, 4e6), ("customs", 0, 0))
    confirmed = Reason(ReasonCode.CONFIRMED, reasons.Confirmed(reasons.Text("China agrees")))
    retracted = reason("the report no longer stands", "s1", code=ReasonCode.WITHDRAWN)
    truce = {
        "commitments": {"soybean-purchases": commitment(), "truce": commitment("truce", name="Truce", short="Truce")},
        "verdicts": {"soybean-purchases": verdict(), "truce": verdict("truce", outlook=Outlook.STEADY)},
    }
    pinned = verdict(flags=(Flag(FlagKind.PINNED, "status", NOW),))
    held = brief(message(move(), move("t2", commitment="truce", severity=Severity.ROUTINE), kind="summary"), **truce)
    return {
        "alert": alert(move(), verdicts={"soybean-purchases": verdict(progress=progress)}),
        "confirmation": alert(
            move(kind=TransitionKind.FLAG, frm="unconfirmed", to="confirmed", confirms=True, reason=confirmed),
            kind="confirmation",
        ),
        "contested": alert(
            move(), verdicts={"soybean-purchases": verdict(flags=(contested,))}, signals=both, stories=stories
        ),
        "correction": alert(
            move(frm="at_risk", to="in_progress", reason=retracted, way=Direction.UP), kind="correction"
        ),
        "by_the_clock": alert(move(cause=Cause.CLOCK, evidence=()), signals={}),
        "by_a_person": alert(
            move(cause=Cause.PERSON, evidence=(), reason=reason("Pinned by the trade desk.")),
            verdicts={"soybean-purchases": pinned},
        ),
        "summary": held,
        "digest": digest(),
        "quiet_digest": digest(transitions=(), sources=()),
    }


BRIEFS = briefs()


@pytest.mark.parametrize("kind", BRIEFS)
def test_the_view_model_of_each_kind_reads_as_it_did(kind: str, golden: Golden) -> None:
    golden(f"{kind}.json", json.dumps(json.loads(dump(BRIEFS[kind])), indent=1, ensure_ascii=False) + "\n")


CHANGES: list[tuple[TransitionKind, str, str, dict[str, Any]]] = [
    (TransitionKind.STATUS, "in_progress", "at_risk", {}),
    (TransitionKind.STATUS, "at_risk", "at_risk", {}),
    (TransitionKind.STATUS, "met", "met", {"way": Direction.UP}),
    (TransitionKind.DEADLINE, "", "2026-11-10", {}),
    (TransitionKind.DEADLINE, "2025-11-10", "2026-11-10", {}),
    (TransitionKind.DEADLINE, "2025-11-10", "2026-11-10", {"flags": (Flag(FlagKind.UNCONFIRMED, "12 Mt", NOW),)}),
    (TransitionKind.DEADLINE, "2026-11-10", "2026-11-10", {}),
    (TransitionKind.DEADLINE, "2026-11-10", "due in 7 days", {}),
    (TransitionKind.DEADLINE, "2025-12-31", "missed", {}),
    (TransitionKind.DEADLINE, "2025-12-31", "withdrawn", {}),
    (TransitionKind.TERMS, "", "orders", {}),
    (TransitionKind.TERMS, "orders, duties", "a new duty", {}),
    (TransitionKind.TERMS, "orders", "withdrawn", {}),
    (TransitionKind.PROGRESS, "", "closed", {}),
    (TransitionKind.PROGRESS, "signed", "withdrawn", {}),
    (TransitionKind.PROGRESS, "7%", "15%", {}),
    (TransitionKind.FLAG, "", "unconfirmed", {"reason": reason("Dock Ministry says that two cargoes are booked")}),
    (TransitionKind.FLAG, "unconfirmed", "confirmed", {"confirms": True}),
    (TransitionKind.FLAG, "unconfirmed", "withdrawn", {}),
    (TransitionKind.FLAG, "", "behind_pace", {}),
]


def test_each_kind_of_change_is_worded_as_it_was(wording: GoldenWording) -> None:
    lines = []
    for kind, before, after, others in CHANGES:
        line = brief(message(move(kind=kind, frm=before, to=after, **others))).changes[0]
        remarks = f" [{', '.join(others)}]" if others else ""
        lines.append(f"{kind.value}: {before or 'nothing'} -> {after}{remarks} | {line.headline} | {line.text}")
    wording(lines)


PAPER, OFFICE = reasons.Speaker("Dock Daily", Says.PRESS, report=True), reasons.Speaker("", Says("us"), report=False)
REJECTION = reasons.Rejection("Ann", "a satire")
MODEL = ReadBy(ReaderKind.MODEL, "qwen3:8b", "1a2b3c4d5e6f", None)
COUNT = reasons.Count("Bloomberg", 7e6, 7e6, "t", "booked")
DETAILS: list[Detail] = [
    reasons.Text("two cargoes are put off"),
    reasons.Quoted("the talks go on", "a call"),
    reasons.Quoted("the talks go on"),
    reasons.Disputed("the US", "it is signed", "China", "nothing is signed"),
    reasons.Unheard(),
    reasons.Finished(Standing.MET, (Effect.BREACH, Effect.SETBACK)),
    reasons.Awaiting(PAPER, Standing.IN_FORCE, ("cn",)),
    reasons.Awaiting(OFFICE, Standing.IN_FORCE, ()),
    reasons.OneSided(PAPER, ("cn",)),
    reasons.OneSided(OFFICE, ()),
    reasons.Sighted(PAPER, Outlook.AT_RISK, 1, 2, 30),
    reasons.Sighted(OFFICE, Outlook.STALLED, 1, 2, 30),
    reasons.CountedByOne(COUNT, Standing.PARTLY_MET, (COUNT, reasons.Count("USDA", 1.9e6, 2e6, "t", "booked"))),
    reasons.Named("us", DAY),
    reasons.Named("us", DAY, ("cn",)),
    reasons.Notice("truce", "expiry", DAY, "us"),
    reasons.Notice("sale", "due", DAY),
    reasons.DuePassed("sale", DAY),
    reasons.DuePassed("sale", DAY, reasons.Named("cn", DAY)),
    reasons.ExpiryPassed("truce", DAY, agreed=True),
    reasons.ExpiryPassed("truce", DAY, agreed=False, later=reasons.Named("us", DAY)),
    reasons.FirstDateMissed("sale", DAY, DAY),
    reasons.Lapsed("sale", "due", DAY),
    reasons.Lapsed("truce", "expiry", DAY),
    reasons.Unread("truce", "expiry", DAY, 5, ("wire", "paper", "ministry"), DAY),
    reasons.Unread("sale", "due", DAY, 1, ("wire",), DAY, DAY),
    reasons.Unread("news", "news", DAY, 2, ("wire", "paper"), DAY),
    reasons.MetLate(DAY),
    reasons.FirstSeen(DAY),
    reasons.NothingSince(DAY),
    reasons.Kept(DAY),
    reasons.OfParts(),
    reasons.OfParts(("port-fees",)),
    reasons.Presumed("under its new owners"),
    reasons.NewPeriod("second half of 2026"),
    reasons.Counted(0.5, "calendar 2026"),
    reasons.BehindPace(4e6, 12e6, "t", 1 / 3, 0.5, DAY),
    reasons.FromBaseline(DAY),
    reasons.Pinned("Ann", DAY, "the talks go on", "https://example.org/1", Standing.MET),
    reasons.PinEnded(Standing.MET, reasons.Text("nothing heard")),
    reasons.Confirmed(reasons.Text("China agrees")),
    reasons.StatusTakenBack(Standing.MET, REJECTION, reasons.Text("two cargoes sailed")),
    reasons.StatusTakenBack(Standing.MET, None, reasons.Text("two cargoes sailed"), MODEL),
    reasons.ReportTakenBack(changes.StepChanged("signed", None), None),
    reasons.ReportTakenBack(changes.StepChanged("signed", None), None, replace(MODEL, effect=Effect.THREAT)),
    reasons.ReportTakenBack(changes.TermsChanged(("orders", "duties"), None), REJECTION),
    reasons.ReportTakenBack(changes.EventNoted(Effect.SETBACK, By("cn")), REJECTION),
    reasons.DoubtTakenBack(reasons.Unheard(), None),
    reasons.DoubtTakenBack(reasons.Unheard(), None, ReadBy(ReaderKind.PERSON, "Ann Lee", "", None)),
    reasons.DoubtDropped(reasons.Unheard()),
]


def test_each_kind_of_reason_is_worded_as_it_was(wording: GoldenWording) -> None:
    assert {type(detail) for detail in DETAILS} == {*get_args(Detail)}
    wording(f"{type(detail).__name__}: {detail_text(detail, PARTIES)}" for detail in DETAILS)


def test_no_golden_file_is_left_without_its_kind() -> None:
    files = {file.stem for file in (Path(__file__).parent / "golden").glob("*.json")}
    assert files == BRIEFS.keys()
