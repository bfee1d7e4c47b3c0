"""Retractions: dates, counts, steps and terms of a published verdict whose report a publisher or a person took back."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from monitor.domain.model import Direction, Verdict
from monitor.domain.model.changes import DeadlineMoved, Moved, ShareChanged, StepChanged, TermsChanged
from monitor.domain.verdicts.deadlines import OPEN_STATES


@dataclass(frozen=True, slots=True)
class Retraction:
    """One thing that no longer holds. signals: those that said it, where they are known."""

    change: Moved
    way: Direction
    signals: tuple[str, ...] = ()


def whole_steps(share: float, step: float) -> int:
    """How many whole steps a share has reached. The small addend keeps 0.3 / 0.1 at 3."""
    return int(share / step + 1e-9)


def retractions(old: Verdict, new: Verdict, counting: Collection[str], step: float) -> Iterator[Retraction]:
    """What `old` held and `new` does not. counting: ids of the signals that still count; step: of progress, as a share.

    A date that another one of the same deadline replaces is moved and not retracted.
    """
    dates = {(d.what, d.kind, d.date) for d in new.deadlines}
    dated = {d.what for d in new.deadlines if d.state in OPEN_STATES}
    for d in old.deadlines:
        absent = d.state in OPEN_STATES and d.what not in dated and (d.what, d.kind, d.date) not in dates
        if absent and not any(signal in counting for signal in d.evidence):
            yield Retraction(DeadlineMoved(d.what, d.date, None), Direction.OTHER, d.evidence)
    was, now = old.progress, new.progress
    if was is not None and was.share is not None and (now is None or now.label == was.label):
        share = (now.share or 0.0) if now is not None else 0.0
        lost = tuple(r.signal for r in was.readings if r.signal not in counting)
        if lost and whole_steps(share, step) < whole_steps(was.share, step):
            yield Retraction(ShareChanged(was.share, share, was.label), Direction.DOWN, lost)
    yield from (Retraction(StepChanged(name, None), Direction.DOWN) for name in old.steps if name not in new.steps)
    yield from (Retraction(TermsChanged((name,), None), Direction.OTHER) for name in old.terms if name not in new.terms)
