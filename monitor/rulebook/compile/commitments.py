"""The definition part of a commitment's file made into a Commitment."""

from __future__ import annotations

from monitor.domain.model import Baseline, Commitment, Deadline, Target
from monitor.rulebook.schema.models import BaselineShape, CommitmentShape


def commitment_of(shape: CommitmentShape, deal: str) -> Commitment:
    """The commitment; `deal` is the id of its deal."""
    named = (shape.id, deal, shape.name, shape.short, shape.kind, shape.owed_by)
    baselines = tuple(map(baseline_of, shape.baselines))
    criteria = tuple((str(status), text) for status, text in shape.criteria.items())
    targets = tuple(
        Target(target.amount.amount, target.amount.unit, target.basis, target.start, target.due, target.label)
        for target in shape.targets
    )
    steps, after_met = (tuple(shape.steps), tuple(shape.partly_met_by)), tuple(shape.after_met)
    return Commitment(
        *named, baselines, criteria, targets, *steps, shape.grace, after_met, shape.stale, shape.owner, shape.topic
    )


def baseline_of(shape: BaselineShape) -> Baseline:
    read = (shape.as_of, shape.standing, shape.source, shape.outlook, shape.since, shape.note)
    deadlines = tuple(
        Deadline(date.what, date.kind, date.day, date.said_by, date.state, date.precision, date.since)
        for date in shape.deadlines
    )
    return Baseline(*read, tuple(shape.steps), deadlines, tuple(shape.unconfirmed))
