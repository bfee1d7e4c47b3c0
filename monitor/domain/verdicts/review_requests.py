"""Review requests: when and why a commitment is decided again, and the stored record of its verdict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.domain.model import Cause, Commitment, Policy, Verdict
from monitor.domain.verdicts.decide import initial_verdict

_PRECEDENCE = {Cause.PERSON: 5, Cause.CORRECTION: 4, Cause.NEWS: 3, Cause.CLOCK: 2, Cause.RULES: 1, Cause.BACKFILL: 0}
"""The more important of two causes wins: news is announced even while a rule edit is pending, backfill never is."""


@dataclass(frozen=True, slots=True)
class VerdictRecord:
    """The stored verdicts of a commitment. `version` counts writes, for compare-and-set; 0: never decided.

    folded: the checkpoint, the verdict up to `folded_to`; signals before that are not evaluated again. next_due: when
    time alone could change the verdict; None: never.
    """

    commitment: str
    version: int
    published: Verdict
    folded: Verdict
    folded_to: datetime
    next_due: datetime | None
    decided_at: datetime


def first_record(commitment: Commitment, now: datetime) -> VerdictRecord:
    """The record of a commitment that was never decided: its baseline."""
    verdict = initial_verdict(commitment, now)
    return VerdictRecord(commitment.id, 0, verdict, verdict, verdict.last_evidence or now, None, now)


@dataclass(frozen=True, slots=True)
class ReviewRequest:
    """A commitment with something new to evaluate since `since`; urgent: an official text's formal act, or a person's.

    `stamp` counts the merged requests, so that a review clears only the requests that it has seen; 0: not stored.
    """

    commitment: str
    since: datetime
    cause: Cause = Cause.NEWS
    urgent: bool = False
    stamp: int = 0

    def ready_at(self, policy: Policy) -> datetime:
        """When it is decided. News settles first (debounce), because more may follow."""
        return self.since if self.urgent else self.since + timedelta(seconds=policy.settle_seconds)


def merged(old: Mapping[str, ReviewRequest], new: Iterable[ReviewRequest]) -> dict[str, ReviewRequest]:
    """Requests by commitment, merged: the earliest `since`, the most important cause, urgent if any is urgent."""
    together = dict(old)
    for added in new:
        known = together.get(added.commitment, replace(added, stamp=0))
        cause = max(known.cause, added.cause, key=_PRECEDENCE.__getitem__)
        since, urgent = min(known.since, added.since), known.urgent or added.urgent
        together[added.commitment] = ReviewRequest(added.commitment, since, cause, urgent, known.stamp + 1)
    return together


def requests_of_wholes(
    commitments: Iterable[Commitment], before: Verdict, after: Verdict, now: datetime, cause: Cause
) -> list[ReviewRequest]:
    """Requests to decide at once what a commitment is a part of, if its standing has changed. cause: of that change."""
    if (before.standing, before.since) == (after.standing, after.since):
        return []
    return [ReviewRequest(c.id, now, cause, urgent=True) for c in commitments if after.commitment in c.parts]


def due_at(record: VerdictRecord, request: ReviewRequest | None, policy: Policy) -> datetime | None:
    """When a commitment is decided next; None: when news arrives."""
    if record.version == 0:  # never decided: due at once
        return record.decided_at
    # While news settles, a change by time alone waits for it.
    return request.ready_at(policy) if request is not None else record.next_due


def why_due(record: VerdictRecord, request: ReviewRequest | None, news: Cause = Cause.NEWS) -> Cause:
    """The cause of a due decision. news: the cause to use for plain news."""
    if record.version == 0:
        return Cause.BACKFILL
    if request is None:
        return Cause.CLOCK
    return news if request.cause is Cause.NEWS else request.cause
