"""Decisions in words: the one place that says reasons and flags as sentences."""

from __future__ import annotations

from monitor.domain.model import Change, Detail, Outlook, Reason, Status
from monitor.domain.model.changes import (
    DeadlineMissed,
    DeadlineMoved,
    NoticeDue,
    ShareChanged,
    StepChanged,
    TermsChanged,
)
from monitor.domain.model.notation import WITHDRAWN, days, notation
from monitor.domain.model.reasons import (
    Awaiting,
    BehindPace,
    Confirmed,
    Count,
    Counted,
    CountedByOne,
    Disputed,
    DoubtDropped,
    DoubtTakenBack,
    DuePassed,
    ExpiryPassed,
    Finished,
    FirstDateMissed,
    FirstSeen,
    FromBaseline,
    Lapsed,
    MetLate,
    Named,
    NewPeriod,
    NothingSince,
    Notice,
    OneSided,
    PinEnded,
    Pinned,
    Quoted,
    Rejection,
    ReportTakenBack,
    Sighted,
    Speaker,
    StatusTakenBack,
    Text,
    Unheard,
)
from monitor.domain.model.sides import PARTIES, side_does, side_names
from monitor.domain.text.labels import (
    conjugated,
    format_amount,
    format_amount_range,
    format_date,
    format_percent,
    label_of,
)

NO_SECOND = "no second source yet"


def ends(change: Change) -> tuple[str, str]:
    """What was and what is, as people write it: '' where there was nothing before."""
    was, now = notation(change)
    match change:
        case DeadlineMoved():
            return format_date(change.old) if change.old else "", format_date(change.new) if change.new else WITHDRAWN
        case DeadlineMissed() | NoticeDue():
            return format_date(change.date), now
        case _:
            return label_of(was), label_of(now)


def reason_text(reason: Reason) -> str:
    """Why, in one sentence without its full stop; '' where a row holds nothing."""
    return detail_text(reason.detail)


def detail_text(detail: Detail) -> str:
    return "; ".join(clauses(detail))


def clauses(detail: Detail) -> tuple[str, ...]:
    """What is said, clause by clause, so that a line that joins several sayings can leave out what was said already."""
    match detail:
        case Awaiting():
            return _awaiting(detail)
        case OneSided():
            who, silent = _who(detail.speaker), side_names(detail.silent)
            told = f"{conjugated(who, 'report')} it" if detail.speaker.report else f"{conjugated(who)} so"
            return f"{who} {told}", f"{silent} not yet" if silent else NO_SECOND
        case Sighted():
            voices = f"{detail.origins} of the {detail.needed} voices needed within {detail.days} days"
            return _sighted(detail), voices
        case Named(waiting=waiting) if waiting is not None:
            return _said(detail), f"not confirmed by {side_names(waiting) or 'those who owe it'}"
        case DuePassed() | ExpiryPassed():
            return _passed(detail), *([_said(detail.later)] if detail.later else [])
        case Notice():
            alone = f"only {side_does(detail.alone, 'name')} that date"
            return _notice(detail), *([alone] if detail.alone else [])
        case BehindPace():
            return _behind(detail)
        case Pinned():
            end = f" until {detail.until:%-d %B %Y}" if detail.until else ""
            held = f"pinned by {detail.by}{end}: {detail.reason} ({detail.source})"
            return held, f"the program would say {_plain(detail.program)}"
        case _:
            text = _single(detail)
            return (text,) if text else ()


def headline(detail: Detail) -> str:
    """What a doubt is about, without the figures behind it."""
    return _made_by_one(detail) if isinstance(detail, CountedByOne) else detail_text(detail)


def figures(detail: Detail) -> str:
    """What `headline` leaves out."""
    return "; ".join(map(_count, detail.counts)) if isinstance(detail, CountedByOne) else ""


def _single(detail: Detail) -> str:  # noqa: C901 - a case for each kind of detail
    match detail:
        case Text():
            return detail.text
        case Quoted():
            return f"{detail.text} (after: {detail.after})" if detail.after else detail.text
        case Disputed():
            return f"{detail.who}: “{detail.quote}”; {detail.other}: “{detail.denial}”"
        case Unheard():
            return "no official, state or wire source says so yet"
        case Finished():
            return f"already {detail.standing}: only {' or '.join(detail.reopened_by)} would reopen it"
        case CountedByOne():
            return f"{_made_by_one(detail)}: {figures(detail)}"
        case Named():
            return f"{side_does(detail.said_by, 'name')} {detail.date:%-d %B %Y}"
        case FirstDateMissed():
            later = f"now due by {detail.later:%-d %B %Y}"
            return f"{detail.what} was first due by {detail.date:%-d %B %Y}, which passed unmet; {later}"
        case Lapsed(kind="due"):
            return f"{detail.what} was due by {detail.date:%-d %B %Y} and the time allowed after it has passed"
        case Lapsed():
            return f"{detail.what} ended on {detail.date:%-d %B %Y} and nobody extended it"
        case MetLate():
            return f"met after {detail.date:%-d %B %Y}, the date first set"
        case FirstSeen():
            return f"first seen {detail.date:%-d %B %Y}"
        case NothingSince():
            return f"nothing heard since {detail.date:%-d %B %Y}"
        case NewPeriod():
            return f"a new period began: {detail.label}"
        case Counted():
            return f"{_share(detail.share, detail.label)} counted"
        case FromBaseline():
            return f"baseline of {detail.date:%-d %B %Y}"
        case PinEnded():
            return f"the pin as “{_plain(detail.held)}” has ended; the program says: {detail_text(detail.program)}"
        case Confirmed():
            return f"confirmed: {detail_text(detail.told)}"
        case StatusTakenBack():
            gone = f"the report behind “{_plain(detail.status)}” no longer stands{_because(detail.rejection)}"
            return f"{gone}: {detail_text(detail.told)}"
        case ReportTakenBack():
            return f"the report of {_about(detail.change)} no longer stands{_because(detail.rejection)}"
        case DoubtTakenBack():
            return f"the report behind “{detail_text(detail.doubt)}” no longer stands{_because(detail.rejection)}"
        case DoubtDropped():
            return f"no longer reported: {detail_text(detail.doubt)}"
        case _:
            raise AssertionError(f"{type(detail).__name__} is said clause by clause")


# ---------------------------------------------------------------- who says it


def _who(speaker: Speaker) -> str:
    """The official, agency, company or outlet by name, else the side."""
    return speaker.origin or (side_names((speaker.says.value,)) if speaker.says.value in PARTIES else "the press")


def _awaiting(detail: Awaiting) -> tuple[str, str]:
    silent = side_names(detail.silent)
    many = silent in ("both sides", "others") or " and " in silent
    who = _who(detail.speaker)
    told = f"if {who} is right," if detail.speaker.report else f"{who} {conjugated(who)}"
    return (
        f"{told} it is {_plain(detail.reached)}",
        f"{silent} {'are' if many else 'is'} silent" if silent else NO_SECOND,
    )


def _sighted(detail: Sighted) -> str:
    """'US Treasury sees a risk'; an outlet only reports what we see one in."""
    who, risk = _who(detail.speaker), detail.outlook is Outlook.AT_RISK
    if detail.speaker.report:
        return f"{who} {conjugated(who, 'report')} what would {'put it at risk' if risk else 'stall it'}"
    return f"{who} {conjugated(who, 'see')} {'a risk' if risk else 'it stalled'}"


def _said(named: Named) -> str:
    return f"{side_does(named.said_by, 'say')} {named.date:%-d %B %Y}"


def _because(rejection: Rejection | None) -> str:
    """A publisher gives no reason."""
    if rejection is None:
        return " (its outlet took it back or changed it)"
    return f" (rejected by {rejection.by}: {rejection.reason})"


# ---------------------------------------------------------------- dates and counts


def _notice(detail: Notice) -> str:
    verb = "expires" if detail.kind == "expiry" else "due"
    return f"{verb} in {days(detail.days_left)}: {detail.what}, {detail.date:%-d %B %Y}"


def _passed(detail: DuePassed | ExpiryPassed) -> str:
    if isinstance(detail, DuePassed):
        return f"{detail.what} passed {detail.date:%-d %B %Y} unmet"
    behind = "the last date all who owe it stand behind" if detail.agreed else "the only date named"
    return f"{detail.what} ran to {detail.date:%-d %B %Y}, {behind}"


def _behind(detail: BehindPace) -> tuple[str, str]:
    done = f"{format_amount(detail.counted, detail.unit)} of {format_amount(detail.target, detail.unit)}"
    return (
        f"{done} counted ({format_percent(detail.share)})",
        f"a straight path would be at {format_percent(detail.path)} on {detail.date:%-d %B %Y}",
    )


def _made_by_one(detail: CountedByOne) -> str:
    alone = detail.alone
    return f"{_spread(alone)} ({alone.counter}) would make it {_plain(detail.reached)}, no second count yet"


def _count(count: Count) -> str:
    return f"{count.counter} {_spread(count)} {count.basis}".rstrip()


def _spread(count: Count) -> str:
    """From its least to its most: "1.9-2 Mt"."""
    if count.high is None or count.high <= count.amount:
        return format_amount(count.amount, count.unit)
    return format_amount_range(count.amount, count.high, count.unit)


def _share(share: float, label: str) -> str:
    return f"{format_percent(share)} of {label or 'the target'}"


def _about(change: Change) -> str:
    """What was reported of a change, as far as it was taken back."""
    match change:
        case DeadlineMoved(old=old) if old is not None:
            return f"{change.what} on {old:%-d %B %Y}"
        case ShareChanged():
            return _share(change.old, change.label)
        case StepChanged():
            return f"the step “{change.old}”"
        case TermsChanged():
            return f"“{', '.join(change.old)}”"
        case _:
            raise AssertionError(f"{type(change).__name__} is never taken back as such")


def _plain(status: Status) -> str:
    return status.value.replace("_", " ")
