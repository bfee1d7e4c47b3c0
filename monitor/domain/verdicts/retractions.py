"""What was told and is no more: dates, counts, steps and terms whose report a publisher or a person took back."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from monitor.domain.model import Deadline, Direction, Verdict
from monitor.domain.model.changes import DeadlineMoved, Moved, ShareChanged, StepChanged, TermsChanged

OPEN_STATES = ("current", "claimed")


@dataclass(frozen=True, slots=True)
class Retraction:
    """One thing that no longer stands. signals: those that said so, where they are known."""

    change: Moved
    way: Direction
    signals: tuple[str, ...] = ()


def retractions(old: Verdict, new: Verdict, counting: Collection[str], step: float) -> Iterator[Retraction]:
    """What `old` held and `new` does not. counting: ids of the signals that still count; step: of progress, as a share."""
    yield from _deadlines(old, new, counting)
    yield from _progress(old, new, counting, step)
    yield from (Retraction(StepChanged(name, None), Direction.DOWN) for name in old.steps if name not in new.steps)
    yield from (Retraction(TermsChanged((name,), None), Direction.OTHER) for name in old.terms if name not in new.terms)


def _deadlines(old: Verdict, new: Verdict, counting: Collection[str]) -> Iterator[Retraction]:
    """Dates without a successor; that another date rules instead is told as the moving of a date."""
    kept = {(d.what, d.kind, d.date) for d in new.deadlines}
    ruled = {d.what for d in new.deadlines if d.state in OPEN_STATES}
    for d in old.deadlines:
        if (
            d.state in OPEN_STATES
            and d.what not in ruled
            and (d.what, d.kind, d.date) not in kept
            and _gone(d, counting)
        ):
            yield Retraction(DeadlineMoved(d.what, d.date, None), Direction.OTHER, d.evidence)


def _gone(deadline: Deadline, counting: Collection[str]) -> bool:
    return not any(signal in counting for signal in deadline.evidence)


def _progress(old: Verdict, new: Verdict, counting: Collection[str], step: float) -> Iterator[Retraction]:
    was, now = old.progress, new.progress
    if was is None or was.share is None or (now is not None and now.label != was.label):
        return
    share = (now.share or 0.0) if now is not None else 0.0
    gone = tuple(r.signal for r in was.readings if r.signal not in counting)
    if gone and int(share / step + 1e-9) < int(was.share / step + 1e-9):
        yield Retraction(ShareChanged(was.share, share, was.label), Direction.DOWN, gone)
