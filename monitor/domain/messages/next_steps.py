"""The next step: one or two plain sentences from the commitment's own criteria, dates, steps and targets."""

from __future__ import annotations

from datetime import date, timedelta

from monitor.domain.messages.context import RenderContext
from monitor.domain.model import Commitment, FlagKind, Kind, Outlook, Standing, Verdict
from monitor.domain.text.labels import format_amount, format_date, local_day, period_name, sentence, status_caps
from monitor.domain.text.plain import one_line
from monitor.domain.verdicts.deadlines import active_deadlines
from monitor.domain.verdicts.progress import target_at

OTHERS = "others"
NO_NEWS = "Silence alone does not change this."


def next_step(commitment: Commitment, verdict: Verdict, context: RenderContext) -> str:
    """The condition and the date of the next change of status. commitment: with cleaned texts."""
    today, parties, standing = local_day(context.now, context.zone), context.parties, status_caps(verdict.standing)
    # The next agreed date, else the next date that only one side names.
    claimed = [record for record in verdict.deadlines if record.state == "claimed"]
    claimed.sort(key=lambda record: record.date)
    ahead = next((record for record in (*active_deadlines(verdict), *claimed) if record.date >= today), None)
    owed_by = commitment.owed_by
    # "others" has no name of its own
    acts = "the others act on the promise" if owed_by == OTHERS else f"{parties.does(owed_by, 'act')} on the promise"
    promises = "the others promise it" if owed_by == OTHERS else f"{parties.does(owed_by, 'promise')} it"
    side = "a side" if parties.are_many(owed_by) else parties.names((owed_by,))
    said: tuple[str, ...]
    match verdict.status:
        case Outlook.AT_RISK:
            back = f"back to {standing} when {acts} or the threat has passed"
            if verdict.standing is Standing.UNPLEDGED:
                back = f"at risk until {promises} or the threat has passed"
            said = back, NO_NEWS, _overdue(commitment, verdict, today)
        case Outlook.STALLED:
            said = f"back to {standing} at the first step forward", NO_NEWS
        case Standing.UNPLEDGED:
            said = (f"pledged once {promises}",)
        case Standing.PLEDGED | Standing.IN_PROGRESS | Standing.PARTLY_MET:
            risk = f"at risk if {side} backs out" + (f" or {format_date(ahead.date)} comes first" if ahead else "")
            said = f"{_goal(commitment, verdict, context)}; {risk}", _overdue(commitment, verdict, today)
        case Standing.MET if commitment.kind is Kind.SERIES:
            said = ("a new round begins once the next meeting is agreed",)
        case Standing.MET:
            coming = (target for target in commitment.targets if target.start > context.now.date())
            later = min(coming, key=lambda target: target.start, default=None)
            period = (period_name(later.label) or "the next period") if later else ""
            following = f"; {period} begins on {format_date(later.start)}" if later else ""
            said = (f"stays MET unless undone{following}",)
        case Standing.IN_FORCE:
            runs = "no end date"
            if ahead is not None:
                one_sided = ahead.state == "claimed" and ahead.said_by
                alone = f" (only {parties.does(ahead.said_by, 'say')} so)" if one_sided else ""
                runs = f"ends on {format_date(ahead.date)}{alone} unless extended"
            said = runs, f"at risk if {side} threatens to end it"
        case Standing.BREACHED:
            kept = "an official text, or two independent sources, say that the terms are being kept again"
            said = (f"changes only when {kept}",)
        case Standing.LAPSED:
            several = parties.are_many(owed_by) and owed_by != OTHERS
            by_all = f" by {parties.names((owed_by,))}" if several else ""
            said = (f"changes only with a new pledge or an extension{by_all}",)
        case _:
            raise AssertionError(f"{verdict.status} is no status")
    return " ".join(sentence(text) for text in said if text)


def _goal(commitment: Commitment, verdict: Verdict, context: RenderContext) -> str:
    """'met when 12 Mt are booked', 'awaits the step “approved”; met at the last step, “closed”'."""
    target = target_at(commitment, context.now) or next(iter(commitment.targets), None)
    if target is not None:
        period = f" for {period_name(target.label)}" if len(commitment.targets) > 1 and target.label else ""
        return f"met when {format_amount(target.amount, target.unit)} are {target.basis}{period}"
    if commitment.kind is Kind.STANDING:
        return f"in force once {context.parties.does(commitment.owed_by, 'put')} it into effect"
    if commitment.kind is Kind.SERIES:
        return "met when the next round is held and has an outcome"
    done = max((commitment.steps.index(step) for step in verdict.steps if step in commitment.steps), default=-1)
    still = commitment.steps[done + 1 :]  # an earlier step without a report is done too
    if len(still) > 1:
        return f"awaits the step “{one_line(still[0], 60)}”; met at the last step, “{one_line(still[-1], 60)}”"
    if still:
        return f"met at the last step, “{one_line(still[0], 60)}”"
    criterion = dict(commitment.criteria).get(Standing.MET, "").rstrip(".")
    return f"met when: {criterion}" if criterion else "met when the promise is kept"


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
