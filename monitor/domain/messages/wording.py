"""The wording of decisions: changes, reasons and flags as sentences. Nothing parses these texts."""

from __future__ import annotations

from monitor.domain.messages.reader_names import reads
from monitor.domain.model import Change, Detail, Outlook, Reason, Status, changes, reasons
from monitor.domain.model.notation import WITHDRAWN, days, notation
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
    """The values before and after, as people write them; '' where there was none before."""
    was, now = notation(change)
    match change:
        case changes.DeadlineMoved():
            return format_date(change.old) if change.old else "", format_date(change.new) if change.new else WITHDRAWN
        case changes.DeadlineMissed() | changes.NoticeDue():
            return format_date(change.date), now
        case _:
            return label_of(was), label_of(now)


def reason_text(reason: Reason) -> str:
    """The reason in one sentence without its full stop; '' for a stored row without a reason."""
    return detail_text(reason.detail)


def detail_text(detail: Detail) -> str:
    return "; ".join(clauses(detail))


def doubt_subject(detail: Detail) -> str:
    """The subject of a doubt, without the figures behind it."""
    return _counted_by_one(detail) if isinstance(detail, reasons.CountedByOne) else detail_text(detail)


def doubt_figures(detail: Detail) -> str:
    """The part of a doubt that `doubt_subject` leaves out; '' if there is none."""
    if not isinstance(detail, reasons.CountedByOne):
        return ""
    return "; ".join(f"{count.counter} {_spread(count)} {count.basis}".rstrip() for count in detail.counts)


def clauses(detail: Detail) -> tuple[str, ...]:
    """The text clause by clause, so that a line that joins several details can drop repeated clauses."""
    match detail:
        case reasons.Awaiting():
            name, silent = _name_of(detail.speaker), side_names(detail.silent)
            several = silent in ("both sides", "others") or " and " in silent
            opening = f"if {name} is right," if detail.speaker.report else f"{name} {conjugated(name)}"
            waiting = f"{silent} {'are' if several else 'is'} silent" if silent else NO_SECOND
            return f"{opening} it is {_plain(detail.reached)}", waiting
        case reasons.OneSided():
            name, silent = _name_of(detail.speaker), side_names(detail.silent)
            claim = f"{conjugated(name, 'report')} it" if detail.speaker.report else f"{conjugated(name)} so"
            return f"{name} {claim}", f"{silent} not yet" if silent else NO_SECOND
        case reasons.Sighted():
            # 'US Treasury sees a risk'; an outlet only reports a fact, and the risk is our reading of it.
            name, risk = _name_of(detail.speaker), detail.outlook is Outlook.AT_RISK
            claim = f"{conjugated(name, 'see')} {'a risk' if risk else 'it stalled'}"
            if detail.speaker.report:
                claim = f"{conjugated(name, 'report')} what would {'put it at risk' if risk else 'stall it'}"
            enough = f"{detail.origins} of the {detail.needed} voices needed within {detail.days} days"
            return f"{name} {claim}", enough
        case reasons.Named(waiting=waiting) if waiting is not None:
            return _stated(detail), f"not confirmed by {side_names(waiting) or 'those who owe it'}"
        case reasons.DuePassed():
            passed = f"{detail.what} passed {detail.date:%-d %B %Y} unmet"
            return (passed, _stated(detail.later)) if detail.later else (passed,)
        case reasons.ExpiryPassed():
            behind = "the last date all who owe it stand behind" if detail.agreed else "the only date named"
            passed = f"{detail.what} ran to {detail.date:%-d %B %Y}, {behind}"
            return (passed, _stated(detail.later)) if detail.later else (passed,)
        case reasons.Notice():
            verb = "expires" if detail.kind == "expiry" else "due"
            notice = f"{verb} in {days(detail.days_left)}: {detail.what}, {detail.date:%-d %B %Y}"
            return (notice, f"only {side_does(detail.alone, 'name')} that date") if detail.alone else (notice,)
        case reasons.BehindPace():
            done = f"{format_amount(detail.counted, detail.unit)} of {format_amount(detail.target, detail.unit)}"
            path = f"a straight path would be at {format_percent(detail.path)} on {detail.date:%-d %B %Y}"
            return f"{done} counted ({format_percent(detail.share)})", path
        case reasons.Unread():
            return _unread(detail)
        case reasons.Pinned():
            end = f" until {detail.until:%-d %B %Y}" if detail.until else ""
            pin = f"pinned by {detail.by}{end}: {detail.reason} ({detail.source})"
            return pin, f"the program would say {_plain(detail.program)}"
        case _:
            text = _single_clause(detail)
            return (text,) if text else ()


def _single_clause(detail: Detail) -> str:  # noqa: C901 - a case for each kind of detail
    match detail:
        case reasons.Text():
            return detail.text
        case reasons.Quoted():
            return f"{detail.text} (after: {detail.after})" if detail.after else detail.text
        case reasons.Disputed():
            return f"{detail.who}: “{detail.quote}”; {detail.other}: “{detail.denial}”"
        case reasons.Unheard():
            return "no official, state or wire source says so yet"
        case reasons.Finished():
            return f"already {detail.standing}: only {' or '.join(detail.reopened_by)} would reopen it"
        case reasons.CountedByOne():
            return f"{_counted_by_one(detail)}: {doubt_figures(detail)}"
        case reasons.Named():
            return f"{side_does(detail.said_by, 'name')} {detail.date:%-d %B %Y}"
        case reasons.FirstDateMissed():
            later = f"now due by {detail.later:%-d %B %Y}"
            return f"{detail.what} was first due by {detail.date:%-d %B %Y}, which passed unmet; {later}"
        case reasons.Lapsed(kind="due"):
            return f"{detail.what} was due by {detail.date:%-d %B %Y} and the time allowed after it has passed"
        case reasons.Lapsed():
            return f"{detail.what} ended on {detail.date:%-d %B %Y} and nobody extended it"
        case reasons.MetLate():
            return f"met after {detail.date:%-d %B %Y}, the date first set"
        case reasons.FirstSeen():
            return f"first seen {detail.date:%-d %B %Y}"
        case reasons.NothingSince():
            return f"nothing heard since {detail.date:%-d %B %Y}"
        case reasons.NewPeriod():
            return f"a new period began: {detail.label}"
        case reasons.Counted():
            return f"{_share(detail.share, detail.label)} counted"
        case reasons.FromBaseline():
            return f"baseline of {detail.date:%-d %B %Y}"
        case reasons.PinEnded():
            return f"the pin as “{_plain(detail.held)}” has ended; the program says: {detail_text(detail.program)}"
        case reasons.Confirmed():
            return f"confirmed: {detail_text(detail.told)}"
        case reasons.StatusTakenBack():
            report = f"the report behind “{_plain(detail.status)}” {_retracted(detail)}"
            return f"{report}: {detail_text(detail.told)}"
        case reasons.ReportTakenBack():
            return f"the report of {_reported(detail.change)} {_retracted(detail)}"
        case reasons.DoubtTakenBack():
            return f"the report behind “{detail_text(detail.doubt)}” {_retracted(detail)}"
        case reasons.DoubtDropped():
            return f"no longer reported: {detail_text(detail.doubt)}"
        case _:
            raise AssertionError(f"{type(detail).__name__} is worded clause by clause")


# ---------------------------------------------------------------- parts of sentences


def _name_of(speaker: reasons.Speaker) -> str:
    """The official, agency, company or outlet by name, else the side."""
    return speaker.origin or (side_names((speaker.says.value,)) if speaker.says.value in PARTIES else "the press")


def _stated(named: reasons.Named) -> str:
    return f"{side_does(named.said_by, 'say')} {named.date:%-d %B %Y}"


def _retracted(detail: reasons.StatusTakenBack | reasons.ReportTakenBack | reasons.DoubtTakenBack) -> str:
    """Why a report no longer stands: a person's rejection, a reading, or a retraction by the publisher, who gives no reason."""
    if detail.rejection is not None:
        return f"no longer stands (rejected by {detail.rejection.by}: {detail.rejection.reason})"
    if detail.reread is not None:
        return f"no longer stands ({reads(detail.reread, shortly=True)})"
    return "no longer stands (its outlet took it back or changed it)"


def _unread(detail: reasons.Unread) -> tuple[str, str, str]:
    """That nobody could check a day, and since when; which day; and which sources were silent."""
    passed = f"{detail.what} {'ran to' if detail.kind == 'expiry' else 'was due by'} {detail.date:%-d %B %Y}"
    if detail.kind == "news":
        passed = f"nothing heard since {detail.date:%-d %B %Y}"
    time = f"since {detail.since:%-d %b %Y}"
    if detail.until is not None:
        time = f"from {detail.since:%-d %b} to {detail.until:%-d %b %Y}"
    left = detail.sources - len(detail.some)
    names = ", ".join(detail.some) + (f" and {left} more" if left else "")
    sources = f"0 of {detail.sources} {'source' if detail.sources == 1 else 'sources'} read"
    return f"could not be checked: {sources} {time}", passed, f"silent: {names}"


def _counted_by_one(detail: reasons.CountedByOne) -> str:
    alone = detail.alone
    return f"{_spread(alone)} ({alone.counter}) would make it {_plain(detail.reached)}, no second count yet"


def _spread(count: reasons.Count) -> str:
    """The count from its least to its most: '1.9-2 Mt'."""
    if count.high is None or count.high <= count.amount:
        return format_amount(count.amount, count.unit)
    return format_amount_range(count.amount, count.high, count.unit)


def _share(share: float, label: str) -> str:
    return f"{format_percent(share)} of {label or 'the target'}"


def _reported(change: Change) -> str:
    """The reported fact of a change that was retracted."""
    match change:
        case changes.DeadlineMoved(old=old) if old is not None:
            return f"{change.what} on {old:%-d %B %Y}"
        case changes.ShareChanged():
            return _share(change.old, change.label)
        case changes.StepChanged():
            return f"the step “{change.old}”"
        case changes.TermsChanged():
            return f"“{', '.join(change.old)}”"
        case _:
            raise AssertionError(f"{type(change).__name__} is never retracted as such")


def _plain(status: Status) -> str:
    return status.value.replace("_", " ")
