"""The wording of decisions: changes, reasons, doubts and readers as plain sentences. No code parses these texts."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from monitor.domain.model import Change, Detail, Effect, ReadBy, ReaderKind, changes, reasons
from monitor.domain.model.changes import WITHDRAWN, notation
from monitor.domain.model.news import RECORDED
from monitor.domain.model.sides import Parties, parties_in
from monitor.domain.text.labels import (
    conjugated,
    counter_name,
    format_amount,
    format_amount_range,
    format_date,
    format_percent,
    label_of,
    number_word,
    period_name,
    pluralised,
    status_caps,
    thing_does,
)
from monitor.domain.text.plain import one_line

MAX_NAME = 60
"""Characters of the name of a model or a person (estimate): a model's name with its maker and size has 40."""
SHORT_VERSION = 8
"""Characters of a question's version in the short form: enough to tell two versions apart."""
EFFECT_WORDS: Mapping[Effect, str] = {
    Effect.PLEDGE: "a pledge",
    Effect.PROGRESS: "progress",
    Effect.DELIVERED: "a promise kept",
    Effect.SETBACK: "a setback",
    Effect.BREACH: "a breach",
    Effect.THREAT: "a threat",
    Effect.DEADLINE: "a date",
    Effect.NONE: "a mere mention",
}


def ends(change: Change) -> tuple[str, str]:
    """The values before and after in words; '' if there was none before."""
    was, now = notation(change)
    match change:
        case changes.DeadlineMoved():
            return format_date(change.old) if change.old else "", format_date(change.new) if change.new else WITHDRAWN
        case changes.DeadlineMissed() | changes.NoticeDue():
            return format_date(change.date), now
        case _:
            return label_of(was), label_of(now)


def detail_text(detail: Detail, parties: Parties) -> str:  # noqa: C901 - a case for each kind of detail
    """A reason or a doubt in one sentence, without a capital at its beginning and without its full stop."""
    match detail:
        case reasons.Text():
            return detail.text
        case reasons.Quoted():
            return f"{detail.text}, in answer to “{detail.after}”" if detail.after else detail.text
        case reasons.Kept():
            return f"no corroborated bad news since {format_date(detail.since)}"
        case reasons.Presumed():
            return f"later reports take it as done: “{detail.text}”"
        case reasons.Disputed():
            claims = ((detail.who, detail.quote), (detail.other, detail.denial))
            return ", ".join(f"{name} {conjugated(name)} “{words}”" for name, words in claims)
        case reasons.Unheard():
            return "no government, state media outlet or news agency has said so yet"
        case reasons.Finished():
            reopened = " or ".join(EFFECT_WORDS[effect] for effect in detail.reopened_by)
            return f"already {status_caps(detail.standing)}: only {reopened} would change that"
        case reasons.Awaiting():
            alone, silent = said_alone(detail.speaker, parties), not_confirmed(detail.silent, parties)
            return f"would be {status_caps(detail.reached)} if confirmed; so far {alone}; {silent}"
        case reasons.OneSided():
            return f"{said_alone(detail.speaker, parties)}; {not_confirmed(detail.silent, parties)}"
        case reasons.Sighted():
            name, many = speaker_name(detail.speaker, parties), detail.origins > 1
            sources = f"{number_word(detail.origins)} independent source{'s' if many else ''} so far"
            return f"{sources} ({'the latest ' if many else ''}{name}); {sources_needed(detail)}"
        case reasons.CountedByOne():
            return counted_alone(detail)  # the other counts are part of the progress
        case reasons.Counted():
            period = f" for {period_name(detail.label)}" if detail.label else ""
            return f"{format_percent(detail.share)} of the target counted{period}"
        case reasons.BehindPace():
            done = f"{format_amount(detail.counted, detail.unit)} of {format_amount(detail.target, detail.unit)}"
            pace = f"a steady pace would have reached {format_percent(detail.path)} by {format_date(detail.date)}"
            return f"{done} confirmed ({format_percent(detail.share)}); {pace}"
        case reasons.NewPeriod():
            return f"a new period began: {period_name(detail.label)}"
        case reasons.OfParts():
            return "a part of it is no longer in force" if detail.ended else "every part of it is in force"
        case reasons.Unread():
            return _unread(detail)
        case reasons.FromBaseline():
            return f"baseline of {format_date(detail.date)}"
        case reasons.Pinned():
            end = f" until {format_date(detail.until)}" if detail.until else ""
            pin = f"pinned by {detail.by}{end}: {detail.reason} ({detail.source})"
            return f"{pin}; the program would say {status_caps(detail.program)}"
        case reasons.PinEnded():
            program = detail_text(detail.program, parties)
            return f"the pin at {status_caps(detail.held)} has ended; the program says: {program}"
        case reasons.Confirmed():
            return detail_text(detail.claim, parties)
        case reasons.StatusTakenBack():
            report = f"the report behind {status_caps(detail.status)} no longer counts ({_retracted(detail)})"
            return f"{report}: {detail_text(detail.claim, parties)}"
        case reasons.ReportTakenBack():
            return f"a report no longer counts ({_retracted(detail)})"
        case reasons.DoubtTakenBack():
            return f"an unconfirmed report no longer counts ({_retracted(detail)})"
        case reasons.DoubtDropped():
            return "an unconfirmed report is no longer repeated"
        case _:
            return _about_a_date(detail, parties)


def _about_a_date(detail: Detail, parties: Parties) -> str:
    match detail:
        case reasons.Named(waiting=None):
            return f"{parties.does(detail.said_by, 'name')} {format_date(detail.date)}"
        case reasons.Named():
            return f"only {parties.does(detail.said_by, 'name')} the date {format_date(detail.date)}"
        case reasons.Notice():
            verb = thing_does(detail.what, "end" if detail.kind == "expiry" else "be")
            due = f"{verb}{'' if detail.kind == 'expiry' else ' due'} on {format_date(detail.date)}"
            return f"{due}; only {parties.does(detail.alone, 'name')} that date" if detail.alone else due
        case reasons.DuePassed():
            due = f"{thing_does(detail.what, 'was')} due by {format_date(detail.date)}"
            passed = f"{due}; we have seen no sign that it was done"
            later = detail.later
            return f"{passed}; {parties.does(later.said_by, 'say')} {format_date(later.date)}" if later else passed
        case reasons.ExpiryPassed():
            named = "the date agreed by every side that owes it" if detail.agreed else "the only date named"
            passed = f"{thing_does(detail.what, 'was')} to end on {format_date(detail.date)}, {named}"
            later = detail.later
            extended = f"{parties.does(later.said_by, 'say')} {format_date(later.date)}" if later else ""
            return f"{passed}; {extended or 'we have seen no extension'}"
        case reasons.FirstDateMissed():
            first = f"{thing_does(detail.what, 'was')} first due by {format_date(detail.date)}"
            return f"{first}; the date is now {format_date(detail.later)}"
        case reasons.Lapsed(kind="due"):
            due = f"{thing_does(detail.what, 'was')} due by {format_date(detail.date)}"
            return f"{due}; the grace period is over, and we have seen no sign that it was done"
        case reasons.Lapsed():
            ended = f"{thing_does(detail.what, 'was')} to end on {format_date(detail.date)}"
            return f"{ended}; we have seen no extension"
        case reasons.MetLate():
            return f"met after the original date, {format_date(detail.date)}"
        case reasons.FirstSeen():
            return f"we first saw it on {format_date(detail.date)}"
        case reasons.NothingSince():
            return f"no news since {format_date(detail.date)}"
        case _:
            raise AssertionError(f"{type(detail).__name__} has no words")


def speaker_name(speaker: reasons.Speaker, parties: Parties) -> str:
    """The official, agency, company or outlet by name, else the side."""
    says = speaker.says.value
    return speaker.origin or (parties.names((says,)) if parties.can_owe((says,)) else "the press")


def said_alone(speaker: reasons.Speaker, parties: Parties) -> str:
    """'only Reuters reports it', 'only the US says so'."""
    name = speaker_name(speaker, parties)
    return f"only {name} " + (f"{conjugated(name, 'report')} it" if speaker.report else f"{conjugated(name)} so")


def not_confirmed(sides: Collection[str], parties: Parties) -> str:
    """What was not seen so far, which the world may know: 'no statement from China seen yet', 'no statement from the EU
    or the US seen yet'; without sides a second source."""
    if frozenset[str]().union(*map(parties_in, sides)) in parties.pairs:
        return "no official statement seen yet"
    if not sides:
        return "no second source seen yet"
    if "others" in sides:
        return "no statement from the parties that owe it seen yet"
    return f"no statement from {' or '.join(parties.names((side,)) for side in sides)} seen yet"


def sources_needed(detail: reasons.Sighted, since: datetime | None = None) -> str:
    """'two more sources by 2 Nov 2025 would change the status to AT RISK'. since: the first one."""
    more = max(1, detail.needed - detail.origins)
    sources = f"{number_word(more)} more source{'' if more == 1 else 's'}"
    within = f"within {number_word(detail.days)} days"
    if since is not None:
        within = f"by {format_date(since.date() + timedelta(days=detail.days))}"
    return f"{sources} {within} would change the status to {status_caps(detail.outlook)}"


def counted_alone(detail: reasons.CountedByOne) -> str:
    """'Bloomberg counts 7 Mt booked; the status becomes PARTLY MET if a second count agrees'."""
    name = counter_name(detail.alone.counter)
    verb = conjugated(name, "count") if "count" not in name else "say"  # "Traders' counts say", not "count"
    counted = f"{name} {verb} {_spread(detail.alone)} {detail.alone.basis}".rstrip()
    return f"{counted}; the status becomes {status_caps(detail.reached)} if a second count agrees"


def _retracted(detail: reasons.StatusTakenBack | reasons.ReportTakenBack | reasons.DoubtTakenBack) -> str:
    """Why a report no longer counts: a person's rejection, another reading, or a retraction by the publisher."""
    if detail.rejection is not None:
        return f"rejected by {detail.rejection.by}: {detail.rejection.reason}"
    if detail.reread is not None:
        return reads(detail.reread, shortly=True)
    return "withdrawn or changed by its outlet"


def _unread(detail: reasons.Unread) -> str:
    """The day that could not be checked, the time without sources, and the silent sources."""
    passed = f"{thing_does(detail.what, 'was')} {'to end on' if detail.kind == 'expiry' else 'due by'}"
    passed = f"{passed} {format_date(detail.date)}"
    if detail.kind == "news":
        passed = f"no news since {format_date(detail.date)}"
    time = f"since {format_date(detail.since)}"
    if detail.until is not None:
        time = f"from {format_date(detail.since)} to {format_date(detail.until)}"
    left = detail.sources - len(detail.some)
    names = ", ".join(detail.some) + (f" and {left} more" if left else "")
    sources = f"0 of {pluralised(detail.sources, 'source')} read"
    return f"could not be checked: {sources} {time}; {passed}; silent: {names}"


def _spread(count: reasons.Count) -> str:
    """The count from its least to its most: '1.9–2 Mt'."""
    if count.high is None or count.high <= count.amount:
        return format_amount(count.amount, count.unit)
    return format_amount_range(count.amount, count.high, count.unit)


def reader_name(reader: ReadBy) -> str:
    """A reader without its version: 'the rule beans/bought', 'qwen3:8b', 'Ann Lee', 'a recorded reading'."""
    name = one_line(reader.name, MAX_NAME)
    match reader.kind:
        case ReaderKind.RULE:
            return f"the rule {name}"
        case ReaderKind.PERSON:
            return name or "a person"
        case ReaderKind.MODEL:
            return "a recorded reading" if name in ("", RECORDED) else name


def named(reader: ReadBy, *, shortly: bool = False) -> str:
    """'the rule beans/bought (version 3f9c1a2b)'. shortly: no version of a rule, the beginning of a question's."""
    by_rule = reader.kind is ReaderKind.RULE
    if not reader.version or (shortly and reader.kind is not ReaderKind.MODEL):
        return reader_name(reader)
    version = one_line(reader.version, MAX_NAME)[: SHORT_VERSION if shortly else None]
    return f"{reader_name(reader)} ({'version' if by_rule else 'question'} {version})"


def reads(reader: ReadBy, *, shortly: bool = False) -> str:
    """'the rule beans/bought (version 3f9c1a2b) finds progress in it', 'Ann Lee finds nothing in it'."""
    if reader.kind is ReaderKind.RULE and reader.effect is Effect.NONE:
        return "no rule finds a change in it"
    effect = "nothing" if reader.effect is None else EFFECT_WORDS[reader.effect]
    verb = "shows" if reader_name(reader) == "a recorded reading" else "finds"
    return f"{named(reader, shortly=shortly)} {verb} {effect} in it"
