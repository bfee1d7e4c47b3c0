"""How doubts end: claims that nobody repeats, contradictions, and dates moved to a day that could not be read."""

from dataclasses import replace

from monitor.domain.model import By, Decision, Effect, FlagKind, Outlook, Policy, Severity, Standing
from monitor.domain.model.changes import DeadlineMoved, FlagChanged
from monitor.domain.model.enums import FlagState
from tests.builders.domain_values import (
    at,
    commitment,
    decided,
    due,
    expiry,
    from_cn,
    from_us,
    in_force,
    pledged,
    signal,
    until,
)


def flags(decision: Decision) -> set[tuple[str, str]]:
    return {(flag.kind.value, flag.subject) for flag in decision.verdict.flags if flag.kind is not FlagKind.STALE}


def expired(decision: Decision) -> list[tuple[str, Severity]]:
    moves = [(move.change, move.severity) for move in decision.transitions]
    return [(c.subject, s) for c, s in moves if isinstance(c, FlagChanged) and c.new is FlagState.EXPIRED]


def test_a_final_claim_that_no_source_repeats_ends_after_thirty_days_with_a_line_in_the_digest() -> None:
    claim = signal(Effect.BREACH, "2025-10-10")
    before = decided(in_force(), [claim], "2025-11-08")
    assert ("unconfirmed", "breached") in flags(before)
    assert (before.next_due or at("2026-01-01")) <= at("2025-11-09")
    after = decided(in_force(), [claim], "2025-11-09", published=before.verdict)
    assert ("unconfirmed", "breached") not in flags(after)
    assert expired(after) == [("breached", Severity.ROUTINE)]


def test_a_later_act_ends_the_claim_of_its_opposite_at_once() -> None:
    claim, extension = signal(Effect.BREACH, "2025-10-10"), from_us(Effect.DEADLINE, "2025-10-12")
    of = in_force(owed_by="us")
    assert ("unconfirmed", "breached") in flags(decided(of, [claim], "2025-10-12"))
    assert ("unconfirmed", "breached") not in flags(decided(of, [claim, extension], "2025-10-12"))


def test_two_sides_contradict_each_other_within_two_days_and_for_thirty_days_at_most() -> None:
    said = from_us(Effect.PROGRESS, "2025-10-10")
    denied, later = (from_cn(Effect.SETBACK, day, denied=True) for day in ("2025-10-11", "2025-10-14"))
    contested = ("contested", "truce/act")
    assert contested in flags(decided(commitment(), [said, denied], "2025-10-12"))
    assert contested not in flags(decided(commitment(), [said, later], "2025-10-15"))
    before = decided(commitment(), [said, denied], "2025-11-09")
    after = decided(commitment(), [said, denied], "2025-11-10", published=before.verdict)
    assert (contested in flags(before), contested in flags(after)) == (True, False)
    assert expired(after) == [("truce/act", Severity.ROUTINE)]


def test_a_date_moved_to_an_unreadable_day_is_postponed_and_never_passes() -> None:
    of = in_force(expiry("2025-11-10", "us"), owed_by="us")
    extended = from_us(Effect.DEADLINE, "2025-11-01", by=By("us"))
    moved = decided(of, [extended], "2025-11-01")
    assert [(d.date.isoformat(), d.state) for d in moved.verdict.deadlines] == [("2025-11-10", "postponed")]
    assert [m.severity for m in moved.transitions if isinstance(m.change, DeadlineMoved)] == [Severity.NOTABLE]
    late = decided(of, [extended], "2025-12-20").verdict
    assert (late.standing, late.outlook) == (Standing.IN_FORCE, Outlook.STEADY)
    dated = from_us(Effect.DEADLINE, "2025-11-12", date=until("2026-02-01"))
    again = decided(of, [extended, dated], "2025-11-12").verdict
    states = {d.date.isoformat(): d.state for d in again.deadlines}
    assert states == {"2025-11-10": "superseded", "2026-02-01": "current"}


def test_a_date_far_off_or_set_just_before_is_not_postponed() -> None:
    for day, since in (("2026-06-01", None), ("2025-11-10", "2025-10-30")):
        record = due(day, "us")
        record = replace(record, since=at(since).date()) if since else record
        of = in_force(record, owed_by="us")
        found = decided(of, [from_us(Effect.DEADLINE, "2025-11-01", by=By("us"))], "2025-11-01", policy=Policy())
        assert {d.state for d in found.verdict.deadlines} == {"current"}


def test_what_only_a_model_reads_begins_no_state_that_would_ripen() -> None:
    of = commitment(owed_by="us", baselines=pledged())
    for rule, standing in (("truce/reader", Standing.PLEDGED), ("truce/act", Standing.IN_FORCE)):
        begun = signal(Effect.PROGRESS, "2025-10-05", rule=rule)
        assert decided(of, [begun], "2025-12-01").verdict.standing is standing
