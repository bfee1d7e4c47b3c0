"""The next step: one or two plain sentences from the commitment's own threats, dates, steps and targets; '' if the
evidence names none of them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

from monitor.domain.messages.context import RenderContext, is_english, known_signals
from monitor.domain.messages.figures import dated_thing
from monitor.domain.messages.headline import act_sentence
from monitor.domain.model import (
    NEGATIVE_EFFECTS,
    Commitment,
    Effect,
    FlagKind,
    Kind,
    Outlook,
    Signal,
    Standing,
    Verdict,
)
from monitor.domain.stories.titles import plain_title
from monitor.domain.text.labels import format_amount, format_date, local_day, period_name, sentence, status_caps
from monitor.domain.text.plain import one_line
from monitor.domain.verdicts.deadlines import active_deadlines
from monitor.domain.verdicts.outlook import representative_rank
from monitor.domain.verdicts.progress import target_at

MAX_THREAT = 110
"""Characters of the headline of a threat: two lines of a mail with its outlet and day (estimate)."""


def threat_behind(verdict: Verdict, context: RenderContext) -> Signal | None:
    """The best report of what puts a commitment at risk or stalls it, if that is a threat by one side, which can take
    it back. None for what is done or warned of, which nobody withdraws."""
    if verdict.status not in (Outlook.AT_RISK, Outlook.STALLED):
        return None
    blows = [s for s in known_signals(verdict.outlook_evidence, context) if s.effect in NEGATIVE_EFFECTS]
    worst = min(blows, key=representative_rank, default=None)
    return worst if worst and worst.effect is Effect.THREAT and len(worst.by.parties) == 1 else None


def named_threat(signal: Signal, context: RenderContext) -> str:
    """A threat with its side and day: 'the threat by the US on 10 Oct 2025'."""
    day = format_date(local_day(signal.happened.end, context.zone))
    return f"the threat by {context.parties.names((signal.by.value,))} on {day}"


def next_step(commitment: Commitment, verdict: Verdict, context: RenderContext, quoted: Collection[str] = ()) -> str:
    """The threat, step, date or figure that would change the status. commitment: with cleaned texts; quoted: the
    signals whose reports the reader sees beside it."""
    today, parties, standing = local_day(context.now, context.zone), context.parties, status_caps(verdict.standing)
    # The next agreed date, else the next date that only one side names.
    claimed = [record for record in verdict.deadlines if record.state == "claimed"]
    claimed.sort(key=lambda record: record.date)
    ahead = next((record for record in (*active_deadlines(verdict), *claimed) if record.date >= today), None)
    said: tuple[str, ...]
    match verdict.status:
        case Outlook.AT_RISK | Outlook.STALLED:
            threat = threat_behind(verdict, context)
            ends = _end_of(threat, verdict, context, quoted) if threat else ""
            back = f"returns to {standing} if {ends}" if ends else _goal(commitment, verdict, context)
            said = back, _overdue(commitment, verdict, today)
        case Standing.UNPLEDGED:
            said = ()
        case Standing.PLEDGED | Standing.IN_PROGRESS | Standing.PARTLY_MET:
            due = f"due by {format_date(ahead.date)}" if ahead and not commitment.targets else ""
            said = _goal(commitment, verdict, context), due, _overdue(commitment, verdict, today)
        case Standing.MET if commitment.kind is Kind.SERIES:
            said = (f"next date: {format_date(ahead.date)}" if ahead else "",)
        case Standing.MET:
            coming = (target for target in commitment.targets if target.start > context.now.date())
            later = min(coming, key=lambda target: target.start, default=None)
            period = (period_name(later.label) or "the next period") if later else ""
            said = (f"{period} begins on {format_date(later.start)}" if later else "",)
        case Standing.IN_FORCE:
            one_sided = ahead is not None and ahead.state == "claimed" and ahead.said_by
            alone = f" (only {parties.does(one_sided, 'say')} so)" if one_sided else ""
            said = (f"ends on {format_date(ahead.date)}{alone} unless extended" if ahead else "",)
        case Standing.BREACHED:
            kept = "an official text, or two independent sources, say that the terms are being kept again"
            said = (f"changes only when {kept}",)
        case Standing.LAPSED:
            said = ("changes only with a new pledge or an extension",)
        case _:
            raise AssertionError(f"{verdict.status} is no status")
    if not any(said) and ahead is not None:
        said = (dated_thing(one_line(ahead.what, 80), ahead.kind) + f" {format_date(ahead.date)}",)
    return " ".join(sentence(text) for text in said if text)


def _end_of(threat: Signal, verdict: Verdict, context: RenderContext, quoted: Collection[str]) -> str:
    """'the threat by the US on 10 Oct 2025 is withdrawn: “Trump threatens 100% tariffs” (AP News)'; the report only if
    the reader does not see it anyway."""
    story, ends = context.stories[threat.story], f"{named_threat(threat, context)} is withdrawn"
    if any(key in quoted for key in verdict.outlook_evidence):
        return ends
    title = one_line(plain_title(story.title), MAX_THREAT).replace("“", "‘").replace("”", "’").replace('"', "'")
    said = f"“{title}”" if is_english(story) else act_sentence(threat, context.rules.get(threat.rule), context.parties)
    return f"{ends}: {said} ({context.outlet(story.source, story.url)})"


def _goal(commitment: Commitment, verdict: Verdict, context: RenderContext) -> str:
    """'met at 12 Mt by 31 Dec 2025; 8 Mt confirmed so far', 'the step “signed”; MET after the last one, “closed”'."""
    target = target_at(commitment, context.now) or next(iter(commitment.targets), None)
    if target is not None:
        progress, goal = verdict.progress, format_amount(target.amount, target.unit)
        counted = progress.counted if progress and progress.target == target.amount and progress.basis else 0
        so_far = f"; {format_amount(counted, target.unit)} confirmed so far" if counted else ""
        over = target.due < local_day(context.now, context.zone)
        due = f"(was due {format_date(target.due)})" if over else f"by {format_date(target.due)}"
        return f"met at {goal} {target.basis} {due}{so_far}"
    if commitment.kind in (Kind.STANDING, Kind.SERIES):
        return ""  # no step or figure that the evidence names
    done = max((commitment.steps.index(step) for step in verdict.steps if step in commitment.steps), default=-1)
    still = commitment.steps[done + 1 :]  # an earlier step without a report is done too
    if len(still) > 1:
        return f"the step “{one_line(still[0], 60)}”; MET after the last one, “{one_line(still[-1], 60)}”"
    if still:
        return f"the last step, “{one_line(still[0], 60)}”"
    return ""


def _overdue(commitment: Commitment, verdict: Verdict, today: date) -> str:
    """'Overdue since 28 Feb 2026; lapses on 30 Apr 2026 unless done by then'. '' without an agreed date that has
    passed, or with a later date that a side names."""
    record = next((item for item in active_deadlines(verdict) if item.state == "current"), None)
    if record is None or record.date >= today or any(flag.kind is FlagKind.UNCHECKED for flag in verdict.flags):
        return ""
    same = [item for item in verdict.deadlines if item.what == record.what and item.state == "claimed"]
    if any(item.date > record.date for item in same):
        return ""
    lapses = record.date + timedelta(days=commitment.grace_days + 1)
    by_then = f"; lapses on {format_date(lapses)} unless done by then" if today < lapses else ""
    return f"overdue since {format_date(record.date)}{by_then}"
