"""The commitments in trouble: since when, their worst act, and the newest step forward."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from monitor.domain.extract.dates import read_dates
from monitor.domain.messages import briefs
from monitor.domain.messages.cause import blow_behind, cause_in, told_by
from monitor.domain.messages.context import RenderContext
from monitor.domain.messages.digest.event_lines import format_day
from monitor.domain.messages.events.reported_acts import SAME_EVENT, is_read_alike, known_outlets, tells_plainly
from monitor.domain.messages.events.told import ToldEvent
from monitor.domain.messages.figures import counted_on, has_flag, progress_line
from monitor.domain.model import (
    POSITIVE_EFFECTS,
    By,
    Commitment,
    Effect,
    FlagKind,
    Outlook,
    Signal,
    Standing,
    Tier,
    Verdict,
)
from monitor.domain.text import labels
from monitor.domain.verdicts.decide import baseline_at

TROUBLE = (Standing.BREACHED, Standing.LAPSED, Outlook.AT_RISK, Outlook.STALLED)
LAST_DAYS = timedelta(days=7)
"""Steps of the same days, of which a trouble names one."""
SAME_DAY = timedelta(days=1)
"""A report this near to the beginning of a trouble needs no day of its own (estimate)."""


def causes_of_trouble(
    followed: Sequence[tuple[Commitment, Verdict]],
    told: Sequence[ToldEvent],
    named: Collection[str],
    start: datetime,
    context: RenderContext,
) -> dict[str, tuple[Signal, ...]]:
    """By commitment in trouble, its worst act, and the newest step forward if it is of the period and these events do
    not tell it; without those that they name, or of which they tell the worst act."""
    above = [signal for event in told for each in (event, *event.further) for signal in each.signals]
    stories = {signal.story for signal in above}
    causes = dict[str, tuple[Signal, ...]]()
    for commitment, verdict in followed:
        if verdict.status not in TROUBLE or commitment.id in named:
            continue
        worst = blow_behind(verdict, context)
        if worst and any(_is_of_act(signal, worst) for signal in above):
            continue
        step = latest_step(max(start, worst.happened.end + SAME_EVENT) if worst else start, verdict, context)
        causes[commitment.id] = tuple(s for s in (worst, step) if s and (s is worst or s.story not in stories))
    return causes


def _is_of_act(signal: Signal, act: Signal) -> bool:
    """Whether a report tells an act of another report: it is the same, or read alike in these days."""
    near = abs(signal.happened.end - act.happened.end) <= SAME_EVENT
    return signal.story == act.story or (near and is_read_alike(signal, act))


def began_so(commitment: Commitment, verdict: Verdict, context: RenderContext) -> str:
    """What the baseline says of a trouble that began with it, until its dates pass."""
    base = baseline_at(commitment, verdict.shown_since) if commitment.baselines else None
    if base is None or not base.note or datetime.combine(base.as_of, time(), UTC) != verdict.shown_since:
        return ""
    dates = (mention.date for _, _, mention in read_dates(base.note, "en", published=base.as_of))
    return "" if any(base.as_of < day <= context.today for day in dates) else cause_in(base)


def trouble_lines(
    followed: Sequence[tuple[Commitment, Verdict]],
    causes: Mapping[str, tuple[Signal, ...]],
    start: datetime,
    context: RenderContext,
) -> tuple[list[str], list[briefs.StatusLine]]:
    """'Truce AT RISK since 8 Jan; new: “Trump vows a tariff” (Reuters); a step forward: ...' for each one in trouble
    of which the lines above do not tell, those of one cause together; and those without news, 'Port-fee pause,
    since 26 Sep: “China resumes its fees” (Reuters)'. causes: as causes_of_trouble finds them."""
    lines, silent = dict[str, list[tuple[str, str]]](), list[briefs.StatusLine]()
    told = [pair for pair in followed if pair[0].id in causes]
    for commitment, verdict in sorted(told, key=lambda pair: not _has_news(causes[pair[0].id], start)):
        since = _day(verdict.shown_since, context)
        line = status_line(commitment, verdict, context)
        quiet = replace(line, detail=", ".join(filter(None, (f"since {since}", line.detail))))
        status = "; ".join(filter(None, (f"{labels.status_caps(verdict.status)} since {since}", line.detail)))
        acts = causes[commitment.id]
        better = [signal.effect in POSITIVE_EFFECTS for signal in acts]
        if verdict.shown_since < start and not _has_news(acts, start):
            cause = "".join(f": {_told_on_its_day(act, verdict, context)}" for act in acts[:1])
            silent.append(replace(quiet, detail=f"{quiet.detail}{cause}"))
            continue
        base = "" if acts else began_so(commitment, verdict, context)
        said = [f": {base}"] if base else []
        for signal, is_step in zip(acts, better, strict=True):
            new = signal.happened.end > max(start, verdict.shown_since + SAME_EVENT)
            lead = "; a step forward: " if is_step else "; new: " if new else ": "
            said.append(f"{lead}{_told_on_its_day(signal, verdict, context)}")
        if text := "".join(said):
            lines.setdefault(text, []).append((commitment.short, status))
        else:
            silent.append(quiet)
    told_together = list[str]()
    for text, group in lines.items():
        if len({status for _, status in group}) == 1:
            told_together.append(f"{labels.join_list([name for name, _ in group])} {group[0][1]}{text}")
        else:
            told_together.append(f"{labels.join_list([f'{name} ({status})' for name, status in group])}{text}")
    return told_together, silent


def _has_news(acts: Sequence[Signal], start: datetime) -> bool:
    return any(signal.happened.end >= start for signal in acts)


def _told_on_its_day(signal: Signal, verdict: Verdict, context: RenderContext) -> str:
    """A report with its day, unless that is when the trouble began."""
    at = context.signals.get(signal.id, signal).happened.end  # that of its own report, not of the first one of its act
    return told_by(signal, context, "" if abs(at - verdict.shown_since) <= SAME_DAY else _day(at, context))


def _day(at: datetime, context: RenderContext) -> str:
    """'12 Feb', of another year with that."""
    return _on_day(labels.local_day(at, context.zone), context)


def _on_day(day: date, context: RenderContext) -> str:
    return format_day(day) if day.year == context.today.year else labels.format_date(day)


def latest_step(after: datetime, verdict: Verdict, context: RenderContext) -> Signal | None:
    """The newest report after a moment that a commitment in trouble has moved on, be it by a first promise: of the
    steps of the last days that have one, the one that most outlets tell."""
    steps, better = dict[tuple[str, By], list[Signal]](), {Effect.PROGRESS, Effect.DELIVERED}
    better |= {Effect.PLEDGE} if verdict.standing is Standing.UNPLEDGED else set()
    for signal in sorted(context.signals.values(), key=lambda each: (each.happened.end, each.id)):
        done = signal.effect in better and signal.commitment == verdict.commitment and not signal.passing
        if not done or signal.happened.end <= max(after, verdict.shown_since):
            continue
        rule = context.rules.get(signal.rule)
        least = Tier.TRADE if signal.says.parties else Tier.WIRE  # a trade paper is as good for the words of a side
        if (rule is None or not rule.weak) and tells_plainly(signal, context, least):
            steps.setdefault((signal.rule, signal.by), []).append(signal)
    newest = max((own[-1].happened.end for own in steps.values()), default=after)
    last = (own for own in steps.values() if newest - own[-1].happened.end <= LAST_DAYS)
    best = max(last, key=lambda own: (len(known_outlets(own, context)), own[-1].happened.end), default=None)
    return best[-1] if best else None


def status_line(commitment: Commitment, verdict: Verdict, context: RenderContext) -> briefs.StatusLine:
    """The line of one commitment without news: '4 Mt of 12 Mt booked (33%), as of 8 Dec, behind pace'."""
    progress = progress_line(verdict.progress, commitment, context)
    is_open = progress and progress.counted and verdict.status is not Standing.MET
    detail = [progress.counted_text] if progress and is_open else []
    if detail and verdict.progress and (day := counted_on(verdict.progress)):
        detail.append(f"as of {_on_day(day, context)}")
    if has_flag(verdict, FlagKind.BEHIND_PACE) and (not progress or progress.confirmed):
        detail.append(labels.FLAG_LABELS[FlagKind.BEHIND_PACE])
    deal = context.deal_of(commitment)
    return briefs.StatusLine(commitment.id, commitment.short, verdict.status, ", ".join(detail), deal)
