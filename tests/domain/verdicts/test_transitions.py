"""What is told when a report that once counted is gone."""

from dataclasses import replace

import pytest

from monitor.domain.model import Cause, DecisionInput, Direction, Effect, Intervention, Signal, TransitionKind
from monitor.domain.model.changes import notation
from monitor.domain.model.reasons import Rejection, ReportTakenBack
from monitor.domain.verdicts.decide import decide, initial_verdict
from monitor.domain.verdicts.interventions import suppression_payload
from tests.builders.domain_values import at, from_us, in_force, rulebook

TRUCE = in_force()
LAID = from_us(Effect.SETBACK, "2025-12-10 10:00", terms="Section 301 duties")
START = initial_verdict(TRUCE, at("2025-10-02"))
CASE = DecisionInput(TRUCE, START, (LAID,), (), START)
TOLD = decide(CASE, {}, rulebook(TRUCE), at("2025-12-11")).verdict
REJECT = Intervention(
    "r", "reject", "truce", LAID.id, "misread", "", at("2025-12-12"), payload=suppression_payload(LAID), by="ann"
)


@pytest.mark.parametrize(
    ("cause", "signals", "interventions", "rejection"),
    [(Cause.PERSON, (LAID,), (REJECT,), Rejection("ann", "misread")), (Cause.CORRECTION, (), (), None)],
)
def test_terms_whose_report_was_retracted_are_told_as_no_longer_reported(
    cause: Cause, signals: tuple[Signal, ...], interventions: tuple[Intervention, ...], rejection: Rejection | None
) -> None:
    assert TOLD.terms == ("Section 301 duties",)
    after = replace(CASE, signals=signals, published=TOLD, interventions=interventions)
    decision = decide(after, {}, rulebook(TRUCE), at("2025-12-12"), cause)
    (fell,) = (move for move in decision.transitions if move.kind is TransitionKind.TERMS)
    assert notation(fell.change) == ("Section 301 duties", "withdrawn")
    assert (fell.way, fell.cause) == (Direction.OTHER, Cause.CORRECTION)
    assert fell.reason.detail == ReportTakenBack(fell.change, rejection)


def test_news_decided_together_with_a_correction_stays_news_even_if_published_before_what_was_told() -> None:
    earlier = from_us(Effect.SETBACK, "2025-12-10 08:00", terms="Section 232 duties")
    after = replace(CASE, signals=(earlier,), published=TOLD)
    moves = decide(after, {}, rulebook(TRUCE), at("2025-12-12"), Cause.CORRECTION).transitions
    terms = {notation(move.change): move.cause for move in moves if move.kind is TransitionKind.TERMS}
    assert terms[("Section 301 duties", "Section 232 duties")] is Cause.NEWS
    assert terms[("Section 301 duties", "withdrawn")] is Cause.CORRECTION
