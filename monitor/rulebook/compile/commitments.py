"""The definition part of a commitment's file made into a Commitment."""

from __future__ import annotations

from monitor.domain.model import Baseline, Commitment, Deadline, Target
from monitor.rulebook.schema.models import BaselineShape, CommitmentShape


def commitment_of(shape: CommitmentShape, deal: str) -> Commitment:
    """The commitment; `deal` is the id of its deal."""
    return Commitment(
        shape.id,
        deal,
        shape.name,
        shape.short,
        shape.kind,
        shape.owed_by,
        tuple(baseline_of(baseline) for baseline in shape.baselines),
        criteria=tuple((str(status), text) for status, text in shape.criteria.items()),
        targets=tuple(
            Target(target.amount.amount, target.amount.unit, target.basis, target.start, target.due, target.label)
            for target in shape.targets
        ),
        steps=tuple(shape.steps),
        partly_met_by=tuple(shape.partly_met_by),
        grace_days=shape.grace,
        after_met=tuple(shape.after_met),
        stale_days=shape.stale,
        owner=shape.owner,
    )


def baseline_of(shape: BaselineShape) -> Baseline:
    return Baseline(
        shape.as_of,
        shape.standing,
        shape.source,
        outlook=shape.outlook,
        since=shape.since,
        note=shape.note,
        steps=tuple(shape.steps),
        deadlines=tuple(
            Deadline(date.what, date.kind, date.day, date.said_by, date.state, date.precision, date.since)
            for date in shape.deadlines
        ),
        unconfirmed=tuple(shape.unconfirmed),
    )
