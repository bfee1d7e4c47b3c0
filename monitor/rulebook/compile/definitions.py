"""Commitments from their checked files: the definition, the defaults of its acts, and its phases."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from monitor.domain.matching.rules import StatusOverride
from monitor.domain.model import Background, Baseline, By, Commitment, Deadline, Effect, Outlook, Standing, Target
from monitor.domain.model.sides import meant
from monitor.rulebook.schema.models import ActShape, BaselineShape, CommitmentShape, DeadlineShape, PhaseShape

ANY_PHASE = "any"
"""The phase of an act that counts always, whatever the defaults say."""


def commitment_of(shape: CommitmentShape, deal: str, parties: Collection[str]) -> Commitment:
    """The commitment of a file; `deal` is the id of its deal, with its declared parties."""
    return Commitment(
        shape.id,
        deal,
        shape.name,
        shape.short,
        shape.kind,
        meant(shape.owed_by, parties),
        baselines=tuple(baseline_of(baseline, parties) for baseline in shape.baselines),
        criteria=tuple((str(status), text) for status, text in shape.criteria.items()),
        targets=tuple(
            Target(target.amount.amount, target.amount.unit, target.basis, target.start, target.due, target.label)
            for target in shape.targets
        ),
        steps=tuple(shape.steps),
        clauses=tuple(shape.clauses.items()),
        parts=tuple(shape.parts),
        partly_met_by=tuple(shape.partly_met_by),
        grace_days=shape.grace,
        after_met=tuple(shape.after_met),
        stale_days=shape.stale,
        owner=shape.owner,
        topic=shape.topic,
        text=shape.text,
        related=deadlines_of(shape.related, parties),
        background=tuple(Background(each.text, each.since, each.source) for each in shape.background),
        before=tuple(sorted(shape.before.items())),
        parties=tuple(parties),
    )


def baseline_of(shape: BaselineShape, parties: Collection[str]) -> Baseline:
    return Baseline(
        shape.as_of,
        shape.standing,
        shape.source,
        shape.outlook,
        shape.since,
        shape.note,
        steps=tuple(shape.steps),
        deadlines=deadlines_of(shape.deadlines, parties),
        unconfirmed=tuple(shape.unconfirmed),
    )


def deadlines_of(dates: Iterable[DeadlineShape], parties: Collection[str]) -> tuple[Deadline, ...]:
    return tuple(
        Deadline(d.what, d.kind, d.day, meant(d.said_by, parties), d.state, d.precision, d.since) for d in dates
    )


def with_defaults(shape: CommitmentShape, parties: Collection[str]) -> CommitmentShape:
    """Fills the defaults into each act that lacks the key, and the deal's parties in for "both". `not` is left out: it
    adds to the exclusions of the acts. parties: those that the deal declares."""
    defaults, acts = shape.defaults, list[ActShape]()
    for act in shape.acts:
        by = act.by if "by" in act.model_fields_set else defaults.by
        changes: dict[str, object] = {"by": By(meant(by, parties))}
        if "document" not in act.only_if.model_fields_set and defaults.document:
            changes["only_if"] = act.only_if.model_copy(update={"document": defaults.document})
        if not act.phase:
            changes["phase"] = defaults.phase
        acts.append(act.model_copy(update=changes))
    return shape.model_copy(update={"acts": acts, "owed_by": meant(shape.owed_by, parties)})


def phase_of(act: ActShape, shape: CommitmentShape) -> PhaseShape | None:
    """The phase in which an act counts; None if it always counts."""
    return shape.phases.get(act.phase) if act.phase != ANY_PHASE else None


def outside_phase(name: str, phase: PhaseShape | None) -> tuple[StatusOverride, ...]:
    """The override that removes the effect of an act under every standing, or outlook, outside its phase."""
    if phase is None or not phase.under:
        return ()
    kind = Standing if isinstance(phase.under[0], Standing) else Outlook
    others = frozenset(str(status) for status in kind if status not in phase.under)
    nothing: dict[Effect, Effect] = {effect: Effect.NONE for effect in Effect if effect is not Effect.NONE}
    return (StatusOverride(others, nothing, name),)
