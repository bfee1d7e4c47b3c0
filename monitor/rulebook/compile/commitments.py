"""The definition part of a commitment's file made into a Commitment."""

from __future__ import annotations

from monitor.domain.model import Baseline, Commitment, Deadline, Target
from monitor.rulebook.schema.models import BaselineShape, CommitmentShape, DeadlineShape, TargetShape


def commitment_of(shape: CommitmentShape, deal: str) -> Commitment:
    return Commitment(
        id=shape.id,
        deal=deal,
        name=shape.name,
        short=shape.short,
        kind=shape.kind,
        owed_by=shape.owed_by,
        baselines=tuple(baseline_of(baseline) for baseline in shape.baselines),
        criteria=tuple((str(status), text) for status, text in shape.criteria.items()),
        targets=tuple(_target(target) for target in shape.targets),
        steps=tuple(shape.steps),
        partly_met_by=tuple(shape.partly_met_by),
        grace_days=shape.grace,
        after_met=tuple(shape.after_met),
        stale_days=shape.stale,
        owner=shape.owner,
    )


def _target(shape: TargetShape) -> Target:
    return Target(shape.amount.amount, shape.amount.unit, shape.basis, shape.start, shape.due, shape.label)


def baseline_of(shape: BaselineShape) -> Baseline:
    return Baseline(
        as_of=shape.as_of,
        standing=shape.standing,
        source=shape.source,
        outlook=shape.outlook,
        since=shape.since,
        note=shape.note,
        steps=tuple(shape.steps),
        deadlines=tuple(_deadline(deadline) for deadline in shape.deadlines),
        unconfirmed=tuple(shape.unconfirmed),
    )


def _deadline(shape: DeadlineShape) -> Deadline:
    return Deadline(shape.what, shape.kind, shape.day, shape.said_by, shape.state, shape.precision, shape.since)
