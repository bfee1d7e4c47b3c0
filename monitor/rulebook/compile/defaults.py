"""What holds for every act of a file, and the phases of its commitment."""

from __future__ import annotations

from datetime import date
from functools import cache

from monitor.domain.matching.rules import StatusOverride
from monitor.domain.model import Effect, Outlook, Standing
from monitor.rulebook.schema.models import ActShape, CommitmentShape, PhaseShape

ANY_PHASE = "any"
"""What an act writes that takes no phase, whatever the defaults say."""


def with_defaults(shape: CommitmentShape) -> CommitmentShape:
    """The commitment with the defaults in each act that has no key of its own. `not` stays: it adds to what the acts have."""
    return shape.model_copy(update={"acts": [_with_defaults(act, shape) for act in shape.acts]})


def _with_defaults(act: ActShape, shape: CommitmentShape) -> ActShape:
    defaults = shape.defaults
    changes: dict[str, object] = {}
    if "by" not in act.model_fields_set:
        changes["by"] = defaults.by
    if "document" not in act.only_if.model_fields_set and defaults.document:
        changes["only_if"] = act.only_if.model_copy(update={"document": defaults.document})
    if not act.phase:
        changes["phase"] = defaults.phase
    return act.model_copy(update=changes)


def phase_of(act: ActShape, shape: CommitmentShape) -> PhaseShape | None:
    """The phase in which an act counts; None for all its commitment's life."""
    return shape.phases.get(act.phase) if act.phase != ANY_PHASE else None


def days_of(act: ActShape, phase: PhaseShape | None) -> tuple[date | None, date | None]:
    """The first and the last day on which an act counts: its own, else those of its phase."""
    own = act.only_if.published
    dated = own if phase is None or own.since is not None or own.until is not None else phase
    return dated.since, dated.until


def outside_phase(name: str, phase: PhaseShape | None) -> tuple[StatusOverride, ...]:
    """What an act reads under the standings, or outlooks, that are not of its phase: nothing."""
    if phase is None or not phase.under:
        return ()
    kind = Standing if isinstance(phase.under[0], Standing) else Outlook
    others = frozenset(str(status) for status in kind if status not in phase.under)
    return (StatusOverride(others, _nothing(), name),)


@cache
def _nothing() -> dict[Effect, Effect]:
    return {effect: Effect.NONE for effect in Effect if effect is not Effect.NONE}
