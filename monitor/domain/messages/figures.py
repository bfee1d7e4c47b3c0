"""The figures of a message: progress, counts, deadlines, and the timeline of statuses."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta

from monitor.domain.messages.briefs import ChartPoint, DeadlineLine, ProgressLine, StatusSpan, StatusTimeline
from monitor.domain.messages.context import RenderContext
from monitor.domain.messages.headline import status_after
from monitor.domain.model import (
    Commitment,
    Deadline,
    FlagKind,
    Observation,
    Progress,
    Standing,
    Target,
    Transition,
    Verdict,
)
from monitor.domain.model.changes import StatusChanged
from monitor.domain.text import labels
from monitor.domain.text.plain import one_line
from monitor.domain.verdicts.deadlines import ANNOUNCED, CONCLUDED, OPEN_STATES
from monitor.domain.verdicts.progress import newest_of_each_agency, target_at


def has_flag(verdict: Verdict, kind: FlagKind) -> bool:
    return any(flag.kind is kind for flag in verdict.flags)


def status_since(verdict: Verdict, zone: str) -> date:
    """The reader's day on which the shown status began."""
    return labels.local_day(verdict.shown_since, zone)


def progress_line(progress: Progress | None, commitment: Commitment, context: RenderContext) -> ProgressLine | None:
    """The progress towards a target; None without any count."""
    if progress is None:
        return None
    readings = sorted(progress.readings, key=lambda reading: reading.as_of)
    newest = _newest_unconfirmed(progress)
    counted = newest.amount if newest else progress.counted
    share = counted / progress.target if progress.basis and progress.target and counted else None
    targets = [target for target in commitment.targets if target.amount == progress.target]
    target = next((target for target in targets if target.label == progress.label), targets[0] if targets else None)
    target_text = labels.format_amount(progress.target, progress.unit)
    goal = f"of {target_text}" if progress.target else ""
    if not counted and readings:  # there are counts, and none is corroborated
        counted_text = f"no confirmed count yet {goal}".rstrip()
    else:
        amount = labels.format_amount(counted, progress.unit)
        counted_text = f"{amount} {goal or 'counted, no target on the same basis'} {progress.basis}".rstrip()
    counted_text = f"{counted_text} ({labels.format_percent(share)})" if share is not None else counted_text
    if newest:
        counted_text += f", according to {context.counter(newest.counter, newest.story)}, not confirmed yet"
    label = one_line(progress.label, 80)
    over = target is not None and target.due < context.today
    # 'Confirmed, reached late'; of one of several goals 'Confirmed so far towards the goal for 2026'.
    period = f" towards the goal for {labels.period_name(label)}" if label and len(commitment.targets) > 1 else ""
    verdict = context.verdicts.get(commitment.id)
    late = over and verdict and target and verdict.standing is Standing.MET and verdict.since.date() > target.due
    how = "Confirmed" if counted and not newest else "Counted"
    heading = f"{how}{'' if over else ' so far'}{period}{', reached late' if late else ''}"
    points, counts = [], _latest_counts(progress, newest, context)
    for reading in readings:
        same_basis = reading.basis in (progress.basis, "")
        if same_basis or not progress.basis:  # arrivals say nothing about what is booked
            name = context.counter(reading.counter, reading.story)
            confirmed = not same_basis or reading.amount <= progress.counted
            points.append(ChartPoint(name, reading.as_of, reading.amount, confirmed))
    if points and verdict and share is not None and share >= 1 and max(p.amount for p in points) < progress.counted:
        points.append(ChartPoint("reported as reached", verdict.since, progress.counted, True))
        counts = ""  # older and lower
    return ProgressLine(
        text=counts,
        share=share,
        counted=counted,
        target=progress.target,
        unit=progress.unit,
        counted_text=counted_text,
        target_text=target_text,
        start=target.start if target else None,
        due=target.due if target else None,
        points=tuple(points),
        done=None if share is None else min(100, max(1, int(share * 100 + 1e-9))),  # at least 1: no bar is empty
        heading=heading,
        confirmed=newest is None,
    )


def _newest_unconfirmed(progress: Progress) -> Observation | None:
    """The newest count, if it is above what is confirmed: a lower number would be an old one, or a sum of the single
    purchases that became known."""
    own = [r for r in progress.readings if r.basis == progress.basis and not r.only_lots and r.amount]
    newest = max(own, key=lambda reading: (reading.as_of, -reading.amount), default=None)
    return newest if newest is not None and newest.amount > progress.counted else None


def counted_on(progress: Progress) -> date | None:
    """The day of the count that is shown; None without one."""
    shown = _newest_unconfirmed(progress)
    same = (r.as_of for r in progress.readings if r.basis == progress.basis and r.amount == progress.counted)
    return shown.as_of if shown else min(same, default=None)


def _latest_counts(progress: Progress, told: Observation | None, context: RenderContext) -> str:
    """Each counter's latest count, highest first: 'Traders: 8–10 Mt (not confirmed); USDA: 4 Mt'. Single purchases are
    shown only if there are no other counts, or if the progress rests on them. told: a count that is told already, with
    what it leaves behind."""
    latest = list(newest_of_each_agency(progress.readings, context.policy))
    if any(not reading.only_lots for reading in latest):
        latest = [r for r in latest if not r.only_lots or (r.amount == progress.counted and told is None)]
    if told is not None:
        latest = [r for r in latest if (r.counter, r.basis) != (context.policy.agency(told.counter), told.basis)]
    texts: dict[str, list[str]] = {}
    for reading in sorted(latest, key=lambda item: (-item.amount, item.counter)):
        scale = reading.amount or progress.target or progress.high
        number = labels.format_amount(reading.amount, reading.unit, like=scale)
        if reading.high is None:
            number = f"at least {number}"
        elif reading.high > reading.amount:
            number = labels.format_amount_range(reading.amount, reading.high, reading.unit)
        basis = f" {reading.basis}" if reading.basis and progress.basis and reading.basis != progress.basis else ""
        remarks = ["in individual purchases"] if reading.only_lots else []
        above = reading.basis in (progress.basis, "") and reading.amount > progress.counted
        remarks += ["not confirmed"] if above else []
        counted = f"{number}{basis}" + (f" ({', '.join(remarks)})" if remarks else "")
        texts.setdefault(context.counter(reading.counter, reading.story), []).append(counted)
    return "; ".join(f"{name}: {', '.join(counts)}" for name, counts in texts.items())


def missed_target(commitment: Commitment, verdict: Verdict, context: RenderContext) -> Target | None:
    """The target that is still owed after its last day; None with a later date that a side names."""
    target, owed = target_at(commitment, context.now), verdict.standing not in (*CONCLUDED, Standing.UNPLEDGED)
    if not owed or target is None or target.due >= context.today:
        return None
    moved = any(d.kind == "due" and d.state in OPEN_STATES and d.date > target.due for d in verdict.deadlines)
    return None if moved else target


def was_due(target: Target, commitment: Commitment, verdict: Verdict, context: RenderContext) -> str:
    """'was due by 31 Dec 2025; counted: 8 Mt (66%)'."""
    due, progress = f"was due by {labels.format_date(target.due)}", verdict.progress
    line = progress_line(progress, commitment, context) if progress and progress.target == target.amount else None
    if line is None or not line.counted:
        return due
    share = f" ({labels.format_percent(line.share)})" if line.share else ""
    return f"{due}; counted: {labels.format_amount(line.counted, line.unit)}{share}"


def deadline_lines(verdict: Verdict, short: str, context: RenderContext) -> tuple[DeadlineLine, ...]:
    """The open deadlines, nearest first. short: the cleaned short name of the commitment."""
    lines = []
    for deadline in sorted(verdict.deadlines, key=lambda item: (item.date, item.what)):
        if deadline.state not in OPEN_STATES:
            continue
        left = (deadline.date - context.today).days
        day = labels.format_date(deadline.date) if deadline.precision == "day" else f"{deadline.date:%b %Y}"
        count = labels.pluralised(abs(left), "day")
        until = f"in {count}" if left > 0 else f"{count} ago" if left else "today"
        text = f"{dated_thing(one_line(deadline.what, 80), deadline.kind, past=left < 0)} {day}, {until}"
        if deadline.state == "claimed":
            text += f" (date given by {context.parties.names((deadline.said_by,))} only)"
        side = one_line(context.parties.names((deadline.said_by,)), 60)
        lines.append(DeadlineLine(short, deadline.date, left, deadline.state, side, text))
    return tuple(lines)


def other_laws(commitment: Commitment, today: date) -> list[Deadline]:
    """The dates of other laws and deals that are known today; of a date that was put off only the latest."""
    known = (d for d in commitment.related if d.since is None or d.since <= today)
    return [*{d.what: d for d in sorted(known, key=lambda each: each.date)}.values()]


def dated_thing(what: str, kind: str, *, past: bool = False) -> str:
    """'the truce ends', 'Soybeans 12 Mt due'; of a past date 'the truce was to end', 'Soybeans 12 Mt was due'."""
    if kind in ("", "start"):
        return what  # a meeting that is announced
    if past:
        return f"{labels.thing_does(what, 'was')} {'to end' if kind == 'expiry' else 'due'}"
    return labels.thing_does(what, "end") if kind == "expiry" else f"{what} due"


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def day_of_record(record: Deadline, word: str = "") -> str:
    """'on 30 Oct 2025', 'from 1 Nov 2025', 'from 14 to 15 May 2026', 'from 31 Mar to 2 Apr 2026', 'in the week of 3 Nov
    2025', 'in the second quarter of 2027', 'in autumn 2027'."""
    year, nth = record.date.year, ("first", "second", "third", "fourth")[(record.date.month - 1) // 3]
    known = {
        "day": labels.format_date(record.date),
        "month": f"{record.date:%b %Y}",
        "quarter": f"the {nth} quarter of {year}",
        "season": f"{('spring', 'summer', 'autumn', 'winter')[(record.date.month - 3) // 3]} {year}",
    }
    known["week"] = f"the week of {labels.format_date(monday_of(record.date))}"
    several = record.state == ANNOUNCED and record.last_day > record.date
    if several:
        last = labels.format_date(record.last_day)
        same = last[last.index(" ") :] if record.date.month == record.last_day.month else f" {record.last_day.year}"
        known["day"] = f"{labels.format_date(record.date).removesuffix(same)} to {last}"
    word = word or ("from" if record.kind == "start" or several else "on" if record.precision == "day" else "in")
    return f"{word} {known.get(record.precision, year)}"


def status_timeline(
    verdict: Verdict, short: str, history: Iterable[Transition], start: datetime, end: datetime, zone: str
) -> StatusTimeline:
    """The statuses of one commitment between two instants, in the reader's zone; equal neighbours are joined."""
    local = labels.zone_or_utc(zone)
    changes = [
        (item.at, status_after(item), item.change)
        for item in sorted(history, key=lambda transition: transition.at)
        if item.commitment == verdict.commitment and isinstance(item.change, StatusChanged)
    ]
    first = verdict.status
    for _, status, change in changes[:1]:  # a new standing under an outlook leaves the status as it was
        first = change.old if change.new is status else status
    starts = [(start, first), *((at, status) for at, status, _ in changes if at < end)]
    ends = [*(at for at, _ in starts[1:]), end]
    spans: list[StatusSpan] = []
    for (begin, status), stop in zip(starts, ends, strict=True):
        begin = max(begin, start)
        if stop <= begin:
            continue
        if spans and spans[-1].status == status:
            spans[-1] = replace(spans[-1], end=stop.astimezone(local))
        else:
            spans.append(StatusSpan(status, begin.astimezone(local), stop.astimezone(local)))
    return StatusTimeline(short, tuple(spans))
