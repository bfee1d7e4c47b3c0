"""What is taken back, as its readers meet it: marked in the evidence, named with its reason, and no correction to
strangers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.domain.alerts.announce import AlertContext, announce
from monitor.domain.alerts.sent_log import Sent, SentLog
from monitor.domain.matching.rules import Rulebook
from monitor.domain.messages.briefs import AlertBrief
from monitor.domain.model import (
    Cause,
    DecisionInput,
    Effect,
    Intervention,
    Policy,
    ReasonCode,
    Severity,
    Transition,
    TransitionKind,
)
from monitor.domain.model.changes import notation
from monitor.domain.model.reasons import DoubtTakenBack, Rejection
from monitor.domain.verdicts.decide import decide, initial_verdict
from monitor.domain.verdicts.interventions import suppression_payload
from monitor.store import Store, signals, verdict_records
from monitor.store import outbox as outbox_store
from monitor.store.json_codec import from_json
from tests.builders.databases import NOW, later, polled_feed, stores
from tests.builders.domain_values import at, commitment, from_us, reason
from tests.builders.domain_values import rulebook as small
from tests.builders.pipeline_steps import DESK, HERALD, Monitor
from tests.builders.small_rulebook import BUYS, CANCELS
from tests.builders.transitions import moved

SECOND = polled_feed("second", "https://second.example/rss", "Second Wire", 600)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    yield from stores("sqlite", tmp_path)


@pytest.fixture
def monitor(store: Store, rules: Rulebook) -> Monitor:
    made = Monitor(store, rules)
    made.begin()
    made.poll(later(days=-1), feed=SECOND)
    return made


def last(monitor: Monitor) -> AlertBrief:
    with monitor.store.read() as conn:
        brief = from_json(outbox_store.items(conn)[-1].payload)
    assert isinstance(brief, AlertBrief)
    return brief


def reject(monitor: Monitor, teller: str) -> None:
    """A person takes out what this wire reported."""
    with monitor.store.begin() as conn:
        live = signals.by_commitment_after(conn, {"soy": later(days=-9)})["soy"]
        signal = next(s for s in live if s.origin == teller)
        intervention = Intervention(
            "r",
            "reject",
            "soy",
            signal.id,
            "it was barley",
            "",
            later(hours=3),
            payload=suppression_payload(signal),
            by="ann",
        )
        verdict_records.add_intervention(conn, intervention, intervention.at)


def test_a_correction_shows_the_report_as_no_longer_counting_and_rests_on_what_is_left(monitor: Monitor) -> None:
    monitor.news(BUYS, NOW, HERALD)
    monitor.review(later(minutes=5))
    monitor.news(CANCELS, later(hours=1), SECOND)
    monitor.review(later(hours=2))
    reject(monitor, "Second")
    (message,) = monitor.review(later(hours=3)).messages
    assert message.kind == "correction"
    shown = last(monitor)
    quotes = [(line.outlet, line.retracted) for line in shown.evidence.lines if line.basis == "quote"]
    assert quotes == [("Herald Wire", False), ("Second Wire", True)]
    assert "Second" not in shown.confidence
    assert shown.evidence.report is not None
    assert shown.evidence.report.outlet == "Herald Wire"
    assert any("(rejected by ann: it was barley)" in line.quote for line in shown.evidence.lines)


def test_a_doubt_that_goes_with_its_rejected_report_is_a_correction_with_the_reason() -> None:
    truce = commitment()
    says = from_us(Effect.DELIVERED, "2025-11-10")
    base = initial_verdict(truce, at("2025-10-01"))
    case = DecisionInput(truce, base, (says,), (), base)
    told = decide(case, {}, small(truce), at("2025-11-11"))
    intervention = Intervention(
        "r", "reject", "truce", says.id, "misread", "", at("2025-11-12"), payload=suppression_payload(says), by="ann"
    )
    after = replace(case, published=told.verdict, interventions=(intervention,))
    moves = decide(after, {}, small(truce), at("2025-11-12"), Cause.PERSON).transitions
    (fell,) = (t for t in moves if notation(t.change)[1] == "withdrawn")
    assert fell.cause is Cause.CORRECTION
    assert isinstance(fell.reason.detail, DoubtTakenBack)
    assert fell.reason.detail.rejection == Rejection("ann", "misread")


def test_that_a_doubt_fell_is_told_to_those_alone_who_were_told_of_it(monitor: Monitor) -> None:
    """A doubt is routine, its end is not: to a desk that wants notable news, neither has happened."""
    quiet = replace(DESK, name="quiet", to="C2", least_severity=Severity.URGENT)
    move = retraction(TransitionKind.FLAG)
    context = AlertContext(SentLog(), monitor.rules.commitments, Policy(), NOW)
    assert announce([move], (quiet, DESK), context) == ()
    told = Sent("m", "quiet", "ships", ("t",), move.evidence, NOW)
    (message,) = announce([move], (quiet, DESK), replace(context, sent=SentLog((told,))))
    assert (message.route, message.kind) == ("quiet", "correction")


def test_a_status_that_falls_is_a_correction_to_who_was_told_of_it_by_another_report(monitor: Monitor) -> None:
    told = Sent("m", "desk", "soy", ("t",), ("the first report",), NOW)
    move = retraction(TransitionKind.STATUS)
    (message,) = announce([move], (DESK,), AlertContext(SentLog((told,)), monitor.rules.commitments, Policy(), NOW))
    assert message.kind == "correction"


def retraction(kind: TransitionKind) -> Transition:
    return replace(
        moved(id="gone", commitment="soy", kind=kind, cause=Cause.CORRECTION, evidence=("the last report",)),
        reason=reason("it no longer stands", "the last report", code=ReasonCode.CORRECTED),
        severity=Severity.NOTABLE,
    )
