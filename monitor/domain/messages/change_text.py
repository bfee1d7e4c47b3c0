"""A recorded change in words, made once for alerts, digests, thread cards, pages, JSON and exports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.domain.messages.confidence import is_formal
from monitor.domain.messages.context import RenderContext, known_signals, spoken_detail
from monitor.domain.messages.headline import change_headline, ends_trouble, move_of, ranked_reports, status_after
from monitor.domain.messages.wording import detail_text, ends
from monitor.domain.model import changes, reasons
from monitor.domain.model.changes import days, notation
from monitor.domain.model.commitments import Commitment, Deadline
from monitor.domain.model.enums import Cause, Direction, Effect, FlagKind, FlagState, Kind, ReasonCode, Says, Standing
from monitor.domain.model.news import Day, Signal
from monitor.domain.model.verdicts import Transition
from monitor.domain.text import labels
from monitor.domain.text.plain import one_line
from monitor.domain.verdicts.deadlines import OPEN_STATES
from monitor.domain.verdicts.standing import NEXT_ROUND

MAX_TEXT = 200
MAX_REASON = 600
CONFIRMED = "confirmed"
REPORTED = "Reported: "
NOTHING_PLEDGED = "Nothing is pledged yet"
"""Before a step that is not confirmed."""
EVENT_LABELS: Mapping[Effect, str] = {
    Effect.PLEDGE: "A further promise",
    Effect.PROGRESS: "A step forward",
    Effect.DELIVERED: "One part is done",
    Effect.SETBACK: "A setback",
    Effect.BREACH: "An act against the promise",
    Effect.THREAT: "A threat",
    Effect.DEADLINE: "A new date",
}
"""An event of note by its effect."""


@dataclass(frozen=True, slots=True)
class ChangeText:
    """One recorded change in words; no sentence has a full stop.

    kind, direction, cause: the values of the transition; name: the commitment's short name; before, after: short
    words, as in JSON and exports; status: the key of the status after the change; now: 'now AT RISK' or 'no longer AT
    RISK' if it moved the status, 'confirmed' if it only confirms it, else ''; headline: the best report's own, or a
    generated sentence; report: the signal of that report, '' if generated; text: 'Still IN PROGRESS, now AT RISK';
    reason: why, '' if no reason is recorded; detail: the part of the reason that `text` does not contain; when: the
    day or time of the event in the reader's zone; late: first seen long after it happened.
    """

    id: str
    commitment: str
    name: str
    kind: str
    direction: str
    cause: str
    before: str
    after: str
    status: str
    now: str
    headline: str
    report: str
    text: str
    reason: str
    detail: str
    happened: datetime
    when: str
    late: bool = False

    @property
    def event(self) -> str:
        """The headline; of a confirmation and an edit of the rules, the change itself."""
        return self.text if self.now == CONFIRMED or self.cause == Cause.RULES else self.headline


def change_text(change: Transition, context: RenderContext, reports: Sequence[Signal] | None = None) -> ChangeText:
    """The text of one transition. context: with cleaned commitments. reports: the signals that may give the headline,
    the best first; None for the evidence of the change."""
    if reports is None:
        evidence = known_signals((*change.evidence, *change.reason.signals), context)
        reports = ranked_reports(change, evidence, context)
    before, after = notation(change.change)
    known = context.commitments.get(change.commitment)
    text = _text(change, known, context)
    reason = detail_text(spoken_detail(change.reason.detail, context), context.parties).rstrip(".")
    headline, report = change_headline(change, text, reason, reports, context)
    # The part of the reason that the text of the change does not contain. A quote is part of the evidence.
    now, detail = move_of(change), "" if isinstance(change.reason.detail, reasons.Quoted) else reason
    match change.change:
        case changes.FlagChanged(flag=FlagKind.UNCONFIRMED, new=FlagState.CONFIRMED):
            now = CONFIRMED
        case changes.FlagChanged(flag=FlagKind.UNCONFIRMED, new=FlagState.RAISED) if len(text) <= MAX_TEXT:
            detail = ""
        case changes.DeadlineMissed() | changes.NoticeDue():
            detail = ""
        case changes.StepChanged(new=name) | changes.TermsChanged(new=name) if reason == name:
            detail = ""
    return ChangeText(
        id=change.id,
        commitment=change.commitment,
        name=known.short if known else one_line(change.commitment, 60),
        kind=change.kind.value,
        direction=change.way.value,
        cause=change.cause.value,
        before=before,
        after=after,
        status=status_after(change),
        now=now,
        headline=labels.capitalised(headline or text),
        report=report,
        text=one_line(text, MAX_TEXT),
        reason=one_line(reason, MAX_REASON),
        detail=one_line(detail, MAX_REASON).rstrip("."),
        happened=change.happened,
        when=labels.format_when(change.happened, context.zone),
        late=change.late,
    )


def _text(change: Transition, known: Commitment | None, context: RenderContext) -> str:  # noqa: C901 - a case for each kind
    before, after = ends(change.change)
    match change.change:
        case changes.StatusChanged(old=old, new=new):
            if old is not new:
                was, now = labels.status_caps(old), labels.status_caps(new)
                if (old, new) == NEXT_ROUND:
                    return f"A new round began; was {was}, now {now}"
                if new is change.outlook and old is Standing.UNPLEDGED:
                    return f"{NOTHING_PLEDGED}, and a pledge is now {now}"
                if new is change.outlook and old is change.standing:
                    return f"Still {was}, now {now}"
                if ends_trouble(change):
                    return f"Still {now}, no longer {was}"
                stands = f"; standing {labels.status_caps(change.standing)}" if new is change.outlook else ""
                return f"Was {was}, now {now}{stands}"
            if change.way is Direction.DOWN:
                return f"Another setback; still {labels.status_caps(new)}"
            again = "The next round was held" if new is Standing.MET else "Reported again"
            return f"{again}; still {labels.status_caps(new)}"
        case changes.DeadlineMissed(what=what, date=date):
            # 'Not done by 31 Dec 2025 (new date: 28 Feb 2026, US only)': whose date it is, the message says.
            day, owed = labels.format_date(date), known is not None and any(t.due == date for t in known.targets)
            passed = f"Not done by {day}" if owed else f"The date {day} has passed"
            if not isinstance(change.reason.detail, reasons.FirstDateMissed):
                return passed
            later = change.reason.detail.later
            record, only = _record(what, later, change, context), ""
            if record and record.state == "claimed" and context.parties.can_owe((record.said_by,)):
                only = f", {context.parties.names((record.said_by,)).removeprefix('the ')} only"
            return f"{passed} (new date: {labels.format_date(later)}{only})"
        case changes.NoticeDue(what=what, date=date, days_left=left):
            # By the reader's calendar, in which the notice may come on another day.
            left += (change.at.date() - labels.moment_day(change.at, context.zone)).days
            detail, by_kind = change.reason.detail, known is not None and known.kind is Kind.STANDING
            expires = detail.kind == "expiry" if isinstance(detail, reasons.Notice) else by_kind
            named = labels.capitalised(labels.thing_does(what or "the date", "end" if expires else "be"))
            return f"{named}{'' if expires else ' due'} in {days(left)} ({labels.format_date(date)})"
        case changes.DeadlineMoved():
            return _moved(change.change, change, known, context)
        case changes.EventNoted(effect=effect) if change.cause is Cause.CORRECTION:
            return f"No longer reported: {labels.decapitalised(EVENT_LABELS[effect])}"
        case changes.EventNoted(effect=effect):
            return f"{EVENT_LABELS[effect]}; still {labels.status_caps(status_after(change))}"
        case changes.ShareChanged(label=label):
            return f"Progress: was {before}, now {after}" + (f" for {labels.period_name(label)}" if label else "")
        case changes.StepChanged(new=None):
            return f"Step no longer reported: {before}"
        case changes.StepChanged(new=step):
            doubts = (flag.detail for flag in change.flags if flag.kind is FlagKind.UNCONFIRMED)
            by_one = any(isinstance(detail, reasons.Awaiting | reasons.OneSided) for detail in doubts)
            done = dict(known.clauses).get(str(step), after) if known is not None else after
            return f"{REPORTED}{done}" if by_one else labels.capitalised(done)
        case changes.TermsChanged(new=None):
            return f"Terms no longer reported: {before}"
        case changes.TermsChanged():
            return f"New in the terms: {after}"
        case changes.FlagChanged(new=FlagState.CONFIRMED):
            return f"{labels.status_caps(change.standing)} is now confirmed{_by_whom(change, context)}"
        case changes.FlagChanged(flag=FlagKind.CONTESTED, new=FlagState.EXPIRED):
            return "The two sides no longer contradict each other"
        case changes.FlagChanged(new=FlagState.EXPIRED):
            return "An unconfirmed report no longer counts: nobody repeated it, or later news overtook it"
        case changes.FlagChanged(new=FlagState.WITHDRAWN):
            return "The unconfirmed report is no longer repeated"
        case changes.FlagChanged(flag=FlagKind.UNCONFIRMED):
            doubt = detail_text(spoken_detail(change.reason.detail, context), context.parties)
            is_sentence = doubt and not isinstance(change.reason.detail, reasons.Text | reasons.Quoted)
            if is_sentence:
                return labels.capitalised(doubt)
            return f"Not yet confirmed: {doubt or 'no second source says so'}"
        case changes.FlagChanged(flag=flag):
            return labels.capitalised(labels.FLAG_LABELS.get(flag, labels.label_of(flag)))


def _moved(moved: changes.DeadlineMoved, change: Transition, known: Commitment | None, context: RenderContext) -> str:
    """'End date moved from 10 Nov 2026 to 10 Jan 2027 (only the US says so)', 'Due date set to 28 Feb 2026'."""
    record = _record(moved.what, moved.new or moved.old, change, context)
    expires = record.kind == "expiry" if record else known is not None and known.kind is Kind.STANDING
    label = "End date" if expires else "Due date"
    verdict = context.verdicts.get(change.commitment)
    dated = {item.what for item in verdict.deadlines if item.state in OPEN_STATES} if verdict else set()
    if moved.what and len(dated) > 1:
        label = f"{label} of {moved.what}"
    if moved.new is None and change.reason.code is ReasonCode.DEADLINE:
        return f"{label} {labels.format_date(moved.old) if moved.old else ''} postponed; the new date is unknown"
    if moved.new is None:
        return f"{label}{f' {labels.format_date(moved.old)}' if moved.old else ''} is no longer reported"
    new = labels.format_date(moved.new)
    if moved.old == moved.new:
        return f"{label} {new} is now confirmed{_by_whom(change, context)}"
    doubt, after = next((flag for flag in change.flags if flag.kind is FlagKind.UNCONFIRMED), None), ""
    if doubt is not None and not is_formal(known_signals(change.evidence, context)):
        side = doubt.detail.said_by if isinstance(doubt.detail, reasons.Named) else ""
        by_a_side = context.parties.can_owe((side,))
        after = f" (only {context.parties.does(side, 'say')} so)" if by_a_side else " (not yet confirmed)"
    named = moved.what[:1].isalpha() and (known is None or moved.what != known.short)  # beside its own name
    if moved.old and record and record.kind == "due" and named:
        way = "put off" if moved.new > moved.old else "brought forward"
        return f"{labels.capitalised(moved.what)} {way} from {labels.format_date(moved.old)} to {new}{after}"
    change_of_date = f"moved from {labels.format_date(moved.old)} to" if moved.old else "set to"
    return f"{label} {change_of_date} {new}{after}"


def _record(what: str, day: Day | None, change: Transition, context: RenderContext) -> Deadline | None:
    """The deadline with this name and day in the present verdict."""
    verdict = context.verdicts.get(change.commitment)
    found = [record for record in verdict.deadlines if record.date == day] if verdict else []
    return next((record for record in found if not what or record.what == what), None)


def _by_whom(change: Transition, context: RenderContext) -> str:
    """' by China', ' by both sides', ' by data', ' by a second source', from the speakers in the evidence."""
    spoken = [context.signals[key].says for key in change.evidence if key in context.signals]
    if not spoken:
        return ""
    newest = spoken[0] if isinstance(change.change, changes.FlagChanged) else spoken[-1]
    if newest is Says.DATA:
        return " by data"
    known = context.parties.can_owe((newest.value,))
    return f" by {context.parties.names((newest.value,))}" if known else " by a second source"
