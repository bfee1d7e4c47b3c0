"""A promise that its parts make up."""

from collections.abc import Sequence
from dataclasses import replace

from monitor.domain.model.changes import notation
from monitor.domain.model.enums import Cause, Effect, Outlook, ReasonCode, Severity, Standing
from monitor.domain.model.news import Signal
from monitor.domain.model.verdicts import Decision, DecisionInput, Verdict
from monitor.domain.verdicts.decide import checkpoint_verdict, decide
from monitor.domain.verdicts.review_requests import requests_of_wholes
from tests.builders.domain_values import at, commitment, from_us, pledged, rulebook, verdict

WHOLE = commitment(parts=("truce-fees", "truce-lists"), baselines=pledged())
FEES = commitment(id="truce-fees")
KEPT = tuple(
    verdict(replace(FEES, id=name), standing=Standing.IN_FORCE, since=at(since))
    for name, since in (("truce-fees", "2025-11-10"), ("truce-lists", "2025-11-12"))
)


def whole(parts: Sequence[Verdict], *signals: Signal, published: Verdict | None = None) -> Decision:
    start = verdict(WHOLE)
    case = DecisionInput(WHOLE, start, signals, (), published or start, parts=tuple(parts))
    return decide(case, {}, rulebook(WHOLE), at("2025-11-20"))


def test_the_whole_is_in_force_since_the_last_of_its_parts_is() -> None:
    found = whole(KEPT).verdict
    assert (found.standing, found.since) == (Standing.IN_FORCE, at("2025-11-12"))
    begun = replace(KEPT[1], standing=Standing.IN_PROGRESS)
    assert whole((KEPT[0], begun)).verdict.standing is Standing.PLEDGED
    assert whole(KEPT[:1]).verdict.standing is Standing.PLEDGED, "nothing is known of the other part"


def test_a_risk_from_before_ends_with_it_and_a_later_one_stays() -> None:
    assert whole(KEPT, from_us(Effect.THREAT, "2025-11-11")).verdict.outlook is Outlook.STEADY
    later = from_us(Effect.THREAT, "2025-11-13")
    for signals in ((later,), (from_us(Effect.THREAT, "2025-10-20"), later)):
        found = whole(KEPT, *signals).verdict
        assert (found.standing, found.outlook) == (Standing.IN_FORCE, Outlook.AT_RISK)
        assert found.outlook_since == later.seen_at


def test_what_its_parts_made_up_holds_in_later_decisions_until_one_of_them_fails() -> None:
    case = DecisionInput(WHOLE, verdict(WHOLE), (), (), verdict(WHOLE), parts=KEPT)
    kept = checkpoint_verdict(case, {}, rulebook(WHOLE), at("2025-11-20"))
    assert (kept.standing, kept.since) == (Standing.IN_FORCE, at("2025-11-12"))
    lapsed = replace(KEPT[0], standing=Standing.LAPSED, since=at("2026-01-05"))
    later = DecisionInput(WHOLE, kept, (), (), kept, parts=(lapsed, KEPT[1]))
    found = decide(later, {}, rulebook(WHOLE), at("2026-01-06")).verdict
    assert (found.standing, found.since, found.why.code) == (Standing.PLEDGED, at("2026-01-05"), ReasonCode.PARTS)


def test_the_digest_tells_it_because_the_parts_have_alerts_of_their_own() -> None:
    (up,) = whole(KEPT).transitions
    assert (up.reason.code, up.severity) == (ReasonCode.PARTS, Severity.ROUTINE)
    broken = replace(KEPT[0], standing=Standing.BREACHED)
    (down,) = whole((broken, KEPT[1]), published=whole(KEPT).verdict).transitions
    assert (*notation(down.change), down.reason.code) == ("in_force", "pledged", ReasonCode.PARTS)
    assert down.severity is Severity.ROUTINE


def test_a_part_that_moves_asks_for_a_review_of_its_whole_alone() -> None:
    others, moved = (commitment(id="talks"), WHOLE, FEES), KEPT[0]
    (request,) = requests_of_wholes(others, verdict(FEES), moved, at("2025-11-10"), Cause.RULES)
    assert (request.commitment, request.urgent, request.cause) == ("truce", True, Cause.RULES)
    at_risk = replace(moved, outlook=Outlook.AT_RISK)
    assert requests_of_wholes(others, moved, at_risk, at("2025-11-10"), Cause.NEWS) == []
