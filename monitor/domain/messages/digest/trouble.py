"""The commitments in trouble: since when, the act behind that, the worst blow since then, and the newest step back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta

from monitor.domain.extract.dates import read_dates
from monitor.domain.messages import briefs
from monitor.domain.messages.context import RenderContext, is_english, known_signals
from monitor.domain.messages.digest.event_lines import format_day
from monitor.domain.messages.digest.period_changes import SAME_EVENT, known_outlets, noted_act, tells_plainly, turns
from monitor.domain.messages.digest.period_events import PeriodEvent
from monitor.domain.messages.figures import has_flag, progress_line
from monitor.domain.messages.next_steps import cause_in, told_by
from monitor.domain.messages.report import ranked_reports
from monitor.domain.model import (
    NEGATIVE_EFFECTS,
    POSITIVE_EFFECTS,
    By,
    Commitment,
    Direction,
    Effect,
    FlagKind,
    Outlook,
    Signal,
    Standing,
    Tier,
    Transition,
    Verdict,
)
from monitor.domain.text import labels
from monitor.domain.verdicts.decide import baseline_at

TROUBLE = (Standing.BREACHED, Standing.LAPSED, Outlook.AT_RISK, Outlook.STALLED)
LAST_DAYS = timedelta(days=7)
"""Steps of the same days, of which a trouble names one."""
SAME_DAY = timedelta(days=1)
"""A report this near to the beginning of a trouble needs no day of its own (estimate)."""
ANSWERED = timedelta(days=3)
"""The time within which one side answers an act of the other (estimate)."""


def causes_of_trouble(
    followed: Sequence[tuple[Commitment, Verdict]],
    told: Sequence[PeriodEvent],
    history: Sequence[Transition],
    start: datetime,
    context: RenderContext,
) -> dict[str, tuple[Signal, ...]]:
    """By commitment in trouble, the act that began it, the worst one since then and the newest step forward, each if it
    is known and these events do not tell it; none for one that they turned. history: with the changes that began the
    troubles."""
    above = {signal.story for event in told for signal in event.signals}
    moved = {move.commitment for event in told for move, _, _ in turns(event.moves)}
    blows = {event.commitment for event in told if event.way is Direction.DOWN}
    causes = dict[str, tuple[Signal, ...]]()
    for commitment, verdict in followed:
        if verdict.status not in TROUBLE:
            continue
        first, later = _worst_acts(verdict, history, context)
        first = None if began_so(commitment, verdict, context) else first
        known = [blow for blow in (first, later) if blow]
        if (commitment.id in moved and verdict.shown_since >= start) or (first and first.story in above):
            causes[commitment.id] = ()
        else:
            told_above = commitment.id in blows
            after = max((blow.happened.end + SAME_EVENT for blow in known), default=verdict.shown_since)
            since_then = () if told_above else (later, latest_step(after, verdict, context))
            shown = tuple(each for each in (first, *since_then) if each and each.story not in above)
            if shown or told_above:
                causes[commitment.id] = shown
    return causes


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
) -> Iterator[str]:
    """'Truce IN FORCE, AT RISK since 8 Jan: “Trump vows a tariff on buyers of oil” (Reuters); since then “China
    answers” (CNA, 13 Jan); a step forward since: ...' for each one in trouble, those of one cause together. What began
    in the period and stands above has its day there."""
    lines = dict[tuple[str, str], list[tuple[str, str]]]()
    for commitment, verdict in followed:
        if verdict.status not in TROUBLE:
            continue
        since, acts = format_day(labels.local_day(verdict.shown_since, context.zone)), causes.get(commitment.id, ())
        detail = status_line(commitment, verdict, context).detail
        base = began_so(commitment, verdict, context)
        said = [base] if base and not any(signal.effect in POSITIVE_EFFECTS for signal in acts) else []
        for signal in acts:
            later = signal.happened.end > verdict.shown_since + SAME_EVENT
            since_then = "since then " if said else "latest blow: " if later else ""
            since_then = "a step forward since: " if signal.effect in POSITIVE_EFFECTS else since_then
            said.append(f"{since_then}{_told_on_its_day(signal, verdict, context)}")
        said = [f"{';' if said[0].startswith(('latest', 'a step')) else ':'} {'; '.join(said)}"] if said else []
        text = next(iter(said), "; see above" if commitment.id in causes else "")
        told = commitment.id in causes and not said and verdict.shown_since >= start
        status = f"{labels.status_caps(verdict.standing)}, {labels.status_caps(verdict.status)}"
        status = status if told else f"{status} since {since}"
        lines.setdefault((text or commitment.id, detail), []).append((commitment.short, status))
    for (said_of, detail), group in lines.items():
        if len({status for _, status in group}) == 1:
            names = f"{labels.join_list([name for name, _ in group])} {group[0][1]}"
        else:
            names = labels.join_list([f"{name} ({status})" for name, status in group])
        yield "; ".join(filter(None, (f"{names}{said_of if said_of[:1] in ';:' else ''}", detail)))


def _told_on_its_day(signal: Signal, verdict: Verdict, context: RenderContext) -> str:
    """A report with its day, unless that is when the trouble began."""
    since, at = verdict.shown_since, signal.happened.end
    day = "" if abs(at - since) <= SAME_DAY else format_day(labels.local_day(at, context.zone))
    return told_by(signal, context, day)


def latest_step(after: datetime, verdict: Verdict, context: RenderContext) -> Signal | None:
    """The newest report that a commitment in trouble has moved on since then, be it by a first promise: of the steps of
    the last days that have one, the one that most outlets tell."""
    steps, better = dict[tuple[str, By], list[Signal]](), {Effect.PROGRESS, Effect.DELIVERED}
    better |= {Effect.PLEDGE} if verdict.standing is Standing.UNPLEDGED else set()
    for signal in sorted(context.signals.values(), key=lambda each: (each.happened.end, each.id)):
        rule = context.rules.get(signal.rule)
        done = signal.effect in better and signal.commitment == verdict.commitment
        least = Tier.TRADE if signal.says.parties else Tier.WIRE  # a trade paper is as good for the words of a side
        sure = not signal.passing and (rule is None or not rule.weak) and tells_plainly(signal, context, least)
        if done and sure and signal.happened.end > max(after, verdict.shown_since):
            steps.setdefault((signal.rule, signal.by), []).append(signal)
    newest = max((own[-1].happened.end for own in steps.values()), default=after)
    last = (own for own in steps.values() if newest - own[-1].happened.end <= LAST_DAYS)
    best = max(last, key=lambda own: (len(known_outlets(own, context)), own[-1].happened.end), default=None)
    return best[-1] if best else None


def _worst_acts(
    verdict: Verdict, history: Sequence[Transition], context: RenderContext
) -> tuple[Signal | None, Signal | None]:
    """The best reports of the acts that weigh most among those with which a trouble began, and among the live ones
    since then: by form, a deed before a threat, then by the outlets that report it, and the latest. Of the later acts
    of some days the first one counts, which others answer."""
    since = verdict.shown_since
    began = (m for m in history if m.commitment == verdict.commitment and m.way is Direction.DOWN)
    began = (move for move in began if abs(move.happened - since) <= SAME_EVENT)
    turned = (key for move in began for key in (*move.evidence, *move.reason.signals))
    blows = (e for e in verdict.events if e.announced and e.way is Direction.DOWN)
    live = (key for event in blows for key in event.evidence)
    found = known_signals((*turned, *verdict.outlook_evidence, *live), context)
    acts = dict[tuple[bool, str, By], list[list[Signal]]]()
    for signal in sorted(found, key=lambda each: each.happened.end):
        story, own = context.stories[signal.story], signal.commitment == verdict.commitment
        told = own and signal.effect in NEGATIVE_EFFECTS and (signal.title_is_news or not is_english(story))
        if told and signal.happened.end >= since - SAME_EVENT:
            same = acts.setdefault((signal.happened.end > since + SAME_EVENT, signal.rule, signal.by), [[]])
            if same[-1] and signal.happened.end - same[-1][-1].happened.end > SAME_EVENT:
                same.append([])
            same[-1].append(signal)

    def weight(act: Sequence[Signal]) -> tuple[object, ...]:
        deed = any(signal.effect is not Effect.THREAT for signal in act)
        return max(s.level for s in act), deed, len(known_outlets(act, context)), max(s.happened.end for s in act)

    first, after = ([act for key, own in acts.items() if key[0] is late for act in own] for late in (False, True))
    later = max(after, key=weight, default=[])
    near = (act for act in after if weight(act)[:2] == weight(later)[:2])
    near = (act for act in near if timedelta() <= later[0].happened.end - act[0].happened.end <= ANSWERED)
    later = min(near, key=lambda act: act[0].happened.end, default=later)
    worst = max(first, key=weight, default=[]), later
    ranked = [ranked_reports(noted_act(act, verdict), act, context)[0] if act else None for act in worst]
    return ranked[0], ranked[1]


def status_line(commitment: Commitment, verdict: Verdict, context: RenderContext) -> briefs.StatusLine:
    """The line of one commitment without news: '4 Mt of 12 Mt booked (33%), behind pace'."""
    progress = progress_line(verdict.progress, commitment, context)
    is_open = progress and progress.counted and verdict.status is not Standing.MET
    detail = [progress.counted_text] if progress and is_open else []
    late = (FlagKind.OVERDUE, FlagKind.BEHIND_PACE) if not progress or progress.confirmed else (FlagKind.OVERDUE,)
    detail += [labels.FLAG_LABELS[kind] for kind in late if has_flag(verdict, kind)]
    return briefs.StatusLine(commitment.id, commitment.short, verdict.status, ", ".join(detail))
