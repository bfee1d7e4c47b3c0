"""The dates of a digest: what is overdue, what begins, ends or is announced, and meetings without a day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from monitor.domain.messages.acts import act_sentence
from monitor.domain.messages.cause import blow_behind, named_at_first
from monitor.domain.messages.context import RenderContext
from monitor.domain.messages.events.reported_acts import MAX_EVENT, acts_in_effect
from monitor.domain.messages.figures import dated_thing, deadline_lines, missed_target, other_laws, was_due
from monitor.domain.messages.next_steps import announced, awaited, overdue
from monitor.domain.model import Commitment, Kind, Standing, Verdict
from monitor.domain.text import labels
from monitor.domain.text.plain import one_line
from monitor.domain.verdicts.deadlines import OPEN_STATES

SOON, FEWEST_DATES = timedelta(weeks=8), 3
"""The days ahead of which a digest lists every date, and the dates that it lists however far they are (estimates)."""
NEXT_WEEK = timedelta(weeks=1)
"""The days ahead of which a digest also says what begins, and which date no longer ends anything."""


def dates_of(followed: Sequence[tuple[Commitment, Verdict]], context: RenderContext) -> tuple[str, ...]:
    """What is overdue, then the next dates from today on, nearest first; last the meetings without a day."""
    today, dates, ends = context.today, dict[date, dict[str, str]](), set[tuple[date, str]]()
    for commitment, verdict in followed:
        for record in with_other_laws(commitment, verdict, today).deadlines:
            if record.kind == "expiry" and record.state in OPEN_STATES:
                ends.add((record.date, commitment.id))
    for commitment, day, text in (*known_dates(followed, context), *acts_of_next_week(followed, context)):
        if day >= today:
            text = text if text.startswith(commitment.short) else f"{commitment.short}: {text}"
            dates.setdefault(day, {}).setdefault(commitment.id, text)
    listed = [(day, name, text) for day in sorted(dates) for name, text in dates[day].items()]
    near = [
        f"{text}{', unless extended' if (day, name) in ends else ''}"
        for at, (day, name, text) in enumerate(listed)
        if at < FEWEST_DATES or day <= today + SOON
    ]
    lines = (*late_ones(followed, context), *near, *meetings_undated(followed, context))
    return tuple(labels.sentence(labels.capitalised(one_line(text, 2 * MAX_EVENT))) for text in lines)


def known_dates(
    followed: Sequence[tuple[Commitment, Verdict]], context: RenderContext
) -> Iterator[tuple[Commitment, date, str]]:
    """Open deadlines, those of other laws, announced meetings and acts, ends of target periods, and ends that moved."""
    today = context.today
    for commitment, verdict in followed:
        for line in deadline_lines(with_other_laws(commitment, verdict, today), commitment.short, context):
            yield commitment, line.date, line.text
        for day, text in (*announced(commitment, verdict, context), *named_at_first(commitment, verdict)):
            yield commitment, day, text
        owed = verdict.standing not in (Standing.MET, Standing.UNPLEDGED)
        for due in (target.due for target in commitment.targets if owed):
            left = (due - today).days
            until = f"in {labels.pluralised(left, 'day')}" if left else "today"
            yield commitment, due, f"{commitment.short} due {labels.format_date(due)}, {until}"
        for day, text in ends_moved(verdict, today):
            yield commitment, day, text


def late_ones(followed: Sequence[tuple[Commitment, Verdict]], context: RenderContext) -> Iterator[str]:
    """The targets and the dates that are overdue, and the dates of other laws that have passed within a week."""
    for commitment, verdict in followed:
        for record in other_laws(commitment, context.today):
            if context.today - NEXT_WEEK <= record.date < context.today:
                ended = dated_thing(one_line(record.what, 80), record.kind, past=True)
                day = labels.format_date(record.date)
                yield f"{commitment.short}: {ended} {day}"
        if target := missed_target(commitment, verdict, context):
            yield f"{commitment.short} {was_due(target, commitment, verdict, context)}"
        elif text := overdue(commitment, verdict, context):
            yield f"{commitment.short}: {text}"


def with_other_laws(commitment: Commitment, verdict: Verdict, today: date) -> Verdict:
    """The verdict with the dates of other laws and deals that are known today."""
    return replace(verdict, deadlines=(*verdict.deadlines, *other_laws(commitment, today)))


def acts_of_next_week(
    followed: Sequence[tuple[Commitment, Verdict]], context: RenderContext
) -> Iterator[tuple[Commitment, date, str]]:
    """What a side announced in a text of its own for a day of the next week: 'China lifts its duties from 10 Nov'."""
    known = {commitment.id: commitment for commitment, _ in followed}
    for act in acts_in_effect(context.now, replace(context, now=context.now + NEXT_WEEK)):
        signal, day = context.signals[act.reason.signals[0]], act.happened.date()
        if own := known.get(act.commitment):
            report = context.stories[signal.story].summary
            does = act_sentence(signal, context.rules.get(signal.rule), context.parties, report)
            yield own, day, f"{does} from {labels.format_date(day)}"


def ends_moved(verdict: Verdict, today: date) -> Iterator[tuple[date, str]]:
    """The days of the next week on which something was to end that now ends later."""
    for record in verdict.deadlines:
        if record.kind == "expiry" and record.state == "superseded" and record.date <= today + NEXT_WEEK:
            same = (d for d in verdict.deadlines if d.what == record.what and d.state == "current")
            if later := next((d for d in same if d.date > record.date), None):
                was = dated_thing(one_line(record.what, 80), record.kind, past=True)
                first, last = labels.format_date(record.date), labels.format_date(later.date)
                yield record.date, f"{was} {first}; extended to {last}"


def meetings_undated(followed: Sequence[tuple[Commitment, Verdict]], context: RenderContext) -> Iterator[str]:
    """Of talks without a day ahead that they are in doubt, else the meetings that are announced without one."""
    for commitment, verdict in followed:
        if commitment.kind is not Kind.SERIES or any(announced(commitment, verdict, context)):
            continue
        if blow_behind(verdict, context):
            yield f"{commitment.short}: next meeting in doubt, no day seen yet"
        else:
            yield from (f"{commitment.short}: {text}" for text in awaited(verdict, context))
