"""What calm alone changes in a state to be kept, and what keeps it from doing so."""

from dataclasses import replace

import pytest

from monitor.domain.model import By, Cause, Commitment, Effect, Kind, Outlook, Policy, ReasonCode, Severity, Standing
from tests.builders.domain_values import at, commitment, decided, from_cn, from_us, in_force, pledged, signal


def begun(kind: Kind = Kind.STANDING) -> Commitment:
    """In progress since 1 October."""
    return commitment(kind, baselines=(replace(pledged()[0], standing=Standing.IN_PROGRESS),))


def test_what_has_begun_is_in_force_after_two_weeks_of_calm() -> None:
    before = decided(begun(), [], "2025-10-14")
    assert (before.verdict.standing, before.next_due) == (Standing.IN_PROGRESS, at("2025-10-15"))
    after = decided(begun(), [], "2025-10-16").verdict
    assert (after.standing, after.since) == (Standing.IN_FORCE, at("2025-10-15"))


def test_calm_keeps_no_promise_that_has_an_end() -> None:
    assert decided(begun(Kind.MILESTONE), [], "2026-10-08").verdict.standing is Standing.IN_PROGRESS


def test_a_state_that_ripens_is_told_in_the_digest_and_alerts_nobody() -> None:
    (move,) = decided(begun(), [], "2025-10-15").transitions
    assert (move.reason.code, move.cause, move.severity) == (ReasonCode.KEPT, Cause.CLOCK, Severity.ROUTINE)


def test_a_corroborated_blow_begins_the_time_again_and_a_lone_report_does_not() -> None:
    policy = Policy()
    lone = signal(Effect.SETBACK, "2025-10-05")
    assert decided(begun(), [lone], "2025-10-15", policy=policy).verdict.standing is Standing.IN_FORCE
    own = from_cn(Effect.SETBACK, "2025-10-05", by=By("cn"))
    assert decided(begun(), [own], "2025-10-18", policy=policy).verdict.standing is Standing.IN_PROGRESS
    assert decided(begun(), [own], "2025-10-19", policy=policy).verdict.standing is Standing.IN_FORCE


def test_a_blow_that_was_dealt_fades_and_a_threat_does_not() -> None:
    for effect, left in ((Effect.SETBACK, Outlook.STEADY), (Effect.THREAT, Outlook.AT_RISK)):
        blow = from_us(effect, "2025-10-10")
        assert decided(in_force(), [blow], "2025-11-23").verdict.outlook is Outlook.AT_RISK
        assert decided(in_force(), [blow], "2025-11-24").verdict.outlook is left
    assert decided(in_force(), [from_us(Effect.SETBACK, "2025-10-10")], "2025-11-23").next_due == at("2025-11-24")


@pytest.mark.parametrize("standing", [Standing.PLEDGED, Standing.IN_PROGRESS, Standing.LAPSED, Standing.BREACHED])
def test_an_extension_by_those_who_owe_it_restores_what_was_in_force(standing: Standing) -> None:
    of = commitment(owed_by="us", baselines=(replace(pledged()[0], standing=standing),))
    extended = from_us(Effect.DEADLINE, "2025-10-05")
    assert decided(of, [extended], "2025-10-05").verdict.standing is Standing.IN_FORCE
    reported = signal(Effect.DEADLINE, "2025-10-05")
    assert decided(of, [reported], "2025-10-05").verdict.standing is standing, "one report is not enough"


def test_what_comes_into_force_is_no_longer_at_risk() -> None:
    of = commitment(owed_by="us", baselines=pledged())
    risk, done = from_us(Effect.THREAT, "2025-10-05"), signal(Effect.DELIVERED, "2025-10-06")
    at_risk = decided(of, [risk, done], "2025-10-06", policy=Policy(outlook_origins=1)).verdict
    kept = decided(of, [risk, done, from_us(Effect.DELIVERED, "2025-10-06")], "2025-10-06", policy=Policy()).verdict
    assert at_risk.standing is Standing.PLEDGED
    assert (kept.standing, kept.outlook) == (Standing.IN_FORCE, Outlook.STEADY)
