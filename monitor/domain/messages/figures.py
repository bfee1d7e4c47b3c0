"""The figures of a message: progress bars, counts, deadlines, and the strip of past statuses."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from monitor.domain.messages.evidence_lines import RenderContext
from monitor.domain.messages.models import ChartPoint, DeadlineLine, ProgressLine, StatusSpan, StatusTimeline
from monitor.domain.model import Commitment, Deadline, Observation, Progress, Status, Target, Transition, Verdict
from monitor.domain.model.changes import StatusChanged
from monitor.domain.text.labels import (
    counter_name,
    days_left_text,
    format_amount,
    format_amount_range,
    format_date,
    format_percent,
    local_day,
    side_long_name,
)
from monitor.domain.text.plain import one_line

BAR_CELLS = 20
OPEN_STATES = ("current", "claimed")


def progress_line(progress: Progress | None, commitment: Commitment) -> ProgressLine | None:
    if progress is None:
        return None
    share = progress.share if progress.basis and progress.target and progress.counted else None
    target = _target(progress, commitment)
    return ProgressLine(
        text=_readings(progress),
        bar=text_bar(share),
        share=share,
        counted=progress.counted,
        target=progress.target,
        unit=progress.unit,
        label=one_line(progress.label, 80),
        counted_text=_counted(progress, share),
        target_text=format_amount(progress.target, progress.unit),
        start=target.start if target else None,
        due=target.due if target else None,
        points=tuple(
            ChartPoint(counter_name(item.counter), item.as_of, item.amount)
            for item in sorted(progress.readings, key=lambda item: item.as_of)
        ),
        done=bar_width(share),
    )


def bar_width(share: float | None) -> int | None:
    """How much of a bar is filled, in whole percent; a bar that has begun is never shown empty."""
    return None if share is None else min(100, max(1, int(share * 100 + 1e-9)))


def text_bar(share: float | None) -> str:
    """'[#######-------------] 33%', or '' when there is no share to show."""
    if share is None:
        return ""
    filled = min(BAR_CELLS, max(0, int(share * BAR_CELLS)))
    return f"[{'#' * filled}{'-' * (BAR_CELLS - filled)}] {format_percent(share)}"


def _counted(progress: Progress, share: float | None) -> str:
    of = (
        f"of {format_amount(progress.target, progress.unit)}"
        if progress.target
        else "counted, no target on the same basis"
    )
    tail = f" {progress.basis}" if progress.basis else ""
    if not progress.counted and progress.readings:  # somebody counts, and nobody bears it out
        return (
            f"nothing confirmed of {format_amount(progress.target, progress.unit)}"
            if progress.target
            else "nothing confirmed"
        )
    return f"{format_amount(progress.counted, progress.unit)} {of}{tail}" + (
        f" ({format_percent(share)})" if share is not None else ""
    )


def _readings(progress: Progress) -> str:
    """Each counter's latest count, highest first: '8-10 Mt traders, 4 Mt USDA'; single purchases only where nobody counts, or
    where they are what the progress rests on."""
    latest: dict[str, Observation] = {}
    for reading in sorted(progress.readings, key=lambda item: item.as_of):
        latest[reading.counter] = reading
    told = [item for item in latest.values() if not item.only_lots]
    counts = (
        [item for item in latest.values() if not item.only_lots or item.amount == progress.counted]
        if told
        else latest.values()
    )
    ranked = sorted(counts, key=lambda item: (-item.amount, item.counter))
    return ", ".join(_reading(item, progress.target or progress.high) for item in ranked)


def _reading(reading: Observation, like: float) -> str:
    number = format_amount(reading.amount, reading.unit, like=reading.amount or like)
    if reading.high is None:
        number = f"at least {number}"
    elif reading.high > reading.amount:
        number = format_amount_range(reading.amount, reading.high, reading.unit)
    return f"{number} {counter_name(reading.counter)}" + (" in single purchases" if reading.only_lots else "")


def _target(progress: Progress, commitment: Commitment) -> Target | None:
    same = [target for target in commitment.targets if target.amount == progress.target]
    return next((target for target in same if target.label == progress.label), same[0] if same else None)


def deadline_lines(verdict: Verdict, short: str, facts: RenderContext) -> tuple[DeadlineLine, ...]:
    """The dates that still count, nearest first."""
    still = [deadline for deadline in verdict.deadlines if deadline.state in OPEN_STATES]
    return tuple(
        deadline_line(deadline, verdict.commitment, short, facts)
        for deadline in sorted(still, key=lambda item: (item.date, item.what))
    )


def deadline_line(deadline: Deadline, commitment: str, short: str, facts: RenderContext) -> DeadlineLine:
    left = (deadline.date - local_day(facts.now, facts.zone)).days
    coming, gone = ("expires", "was to expire") if deadline.kind == "expiry" else ("due", "was due")
    only = f" (only {side_long_name(deadline.said_by)} says so)" if deadline.state == "claimed" else ""
    shown = format_date(deadline.date) if deadline.precision == "day" else f"{deadline.date:%b %Y}"
    return DeadlineLine(
        subject=one_line(short, 60),
        what=one_line(deadline.what, 80),
        kind=deadline.kind,
        date=deadline.date,
        left=left,
        state=deadline.state,
        said_by=side_long_name(deadline.said_by) if deadline.said_by else "",
        text=f"{one_line(deadline.what, 80)} {gone if left < 0 else coming} {shown}, {days_left_text(left)}{only}",
        commitment=commitment,
    )


def status_after(move: Transition) -> Status:
    return Verdict(move.commitment, move.standing, move.at, move.outlook).status


def status_timeline(
    verdict: Verdict, short: str, history: Iterable[Transition], start: datetime, end: datetime
) -> StatusTimeline:
    """The statuses of one commitment between two instants, adjacent equal ones joined."""
    own = (item for item in history if item.commitment == verdict.commitment)
    moves = sorted(
        ((item.at, status_after(item), item.change.old) for item in own if isinstance(item.change, StatusChanged)),
        key=lambda move: move[0],
    )
    changes = [(at, status) for at, status, _ in moves if at < end]
    first = moves[0][2] if moves else verdict.status
    spans: list[StatusSpan] = []
    for (begin, status), (stop, _) in zip([(start, first), *changes], [*changes, (end, "")], strict=True):
        _extend(spans, StatusSpan(status, max(begin, start), stop))
    return StatusTimeline(verdict.commitment, one_line(short, 60), tuple(spans))


def _extend(spans: list[StatusSpan], span: StatusSpan) -> None:
    if span.end <= span.start:
        return
    if spans and spans[-1].status == span.status:
        spans[-1] = replace(spans[-1], end=span.end)
    else:
        spans.append(span)
