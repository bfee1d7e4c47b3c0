"""How a commitment stands: its flags in words, its dates, its contested claims and its years of statuses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta

from monitor.domain.messages.confidence import awaited_confirmation, confidence_line, doubt_sentences
from monitor.domain.messages.context import RenderContext, known_signals, spoken_name
from monitor.domain.messages.evidence_lines import baseline_line
from monitor.domain.messages.figures import deadline_lines, progress_line, status_since, status_timeline
from monitor.domain.messages.headlines.subject import shown_status
from monitor.domain.messages.models import EvidenceLine, ProgressLine, StatusTimeline
from monitor.domain.messages.next_steps import next_step
from monitor.domain.messages.wording import detail_text
from monitor.domain.model import Baseline, Commitment, Deadline, Flag, FlagKind, Outlook, Standing, Verdict
from monitor.domain.model.reasons import Disputed, Unread
from monitor.domain.pages.commitment.own_material import (
    OwnMaterial,
    ReadEvidence,
    context_then,
    read_evidence,
    readers_of_all,
)
from monitor.domain.text.labels import FLAG_LABELS, capitalised, format_date, label_of, local_day, sentence, thing_does
from monitor.domain.text.plain import one_line
from monitor.domain.verdicts.deadlines import OPEN_STATES
from monitor.domain.verdicts.decide import baseline_at, baseline_behind
from monitor.domain.verdicts.further_evidence import status_evidence

YEAR = timedelta(days=365)
MOST_SHORTLY = 100
"""Characters of a remark in a row of the board: three of its lines (estimate)."""


@dataclass(frozen=True, slots=True)
class FlagNote:
    """A flag in words. label: its name; text: what it says behind that, '' where its name says all; since: the day, ''
    where the text begins with one."""

    label: str
    text: str
    since: str


@dataclass(frozen=True, slots=True)
class DateRow:
    """A date of a commitment. text: the date in a sentence without its full stop; by: who names it, '' where nobody is named; state:
    'moved to 10 Nov 2026'; ahead: it counts and is still to come."""

    text: str
    iso: str
    by: str
    state: str
    ahead: bool


@dataclass(frozen=True, slots=True)
class Contested:
    """A claim and what contradicts it. about: what they disagree on; claim, against: the sentences of each side."""

    about: str
    claim: tuple[ReadEvidence, ...]
    against: tuple[ReadEvidence, ...]


@dataclass(frozen=True, slots=True)
class StandingView:
    """A verdict for people. status: its key; since: '' for a promise that was never made; sure: who says so, '' where nobody does, and what
    flags say of it, which they then do not repeat;
    next: what would change it; evidence: behind the status; read: the rules and readers of it; baseline: what it rests on where no report was read yet."""

    status: str
    shown: str
    since: str
    sure: str
    next: str
    flags: tuple[FlagNote, ...]
    progress: ProgressLine | None
    dates: tuple[DateRow, ...]
    contested: tuple[Contested, ...]
    evidence: tuple[ReadEvidence, ...]
    read: str
    baseline: EvidenceLine | None


def standing_view(verdict: Verdict, then: RenderContext, own: OwnMaterial) -> StandingView:
    """The verdict as it reads in this context: its moment is the present, and its signals are as they were read then."""
    signals = known_signals(_behind(verdict), then)
    base, evidence = _base(verdict, own.commitment), read_evidence(signals, verdict.flags, then, own)
    sure = confidence_line(signals, verdict.flags, then) if signals else ""
    return StandingView(
        status=verdict.status,
        shown=shown_status(verdict),
        since=since_text(verdict, then.zone),
        sure=sure,
        next=next_step(own.commitment, verdict, then),
        flags=tuple(
            replace(note, text="") if all(text in sure for text in _sentences(note.text)) else note
            for note in flag_notes(verdict, then, quoted=bool(sure))
        ),
        progress=progress_line(verdict.progress, own.commitment, then),
        dates=date_rows(verdict, then, own),
        contested=contested_claims(verdict, then, own),
        evidence=evidence,
        read=readers_of_all(evidence),
        baseline=baseline_line(base) if base is not None else None,
    )


def _behind(verdict: Verdict) -> tuple[str, ...]:
    """The evidence of the status; of a standing that no report tells that of the outlook, which reports have cleared."""
    return status_evidence(verdict) or verdict.outlook_evidence


def _base(verdict: Verdict, commitment: Commitment) -> Baseline | None:
    """The baseline on which the status rests: of a promise that no report has moved, or of an outlook that none has."""
    turned = verdict.outlook_since
    if verdict.outlook is Outlook.STEADY or verdict.outlook_evidence or turned is None or not commitment.baselines:
        return baseline_behind(verdict, commitment)
    base = baseline_at(commitment, turned)
    same = base.outlook is verdict.outlook and datetime.combine(base.as_of, time(), UTC) == turned
    return base if same else baseline_behind(verdict, commitment)


def since_text(verdict: Verdict, zone: str) -> str:
    return "" if verdict.status is Standing.UNPLEDGED else format_date(status_since(verdict, zone))


# ---------------------------------------------------------------- flags


def flag_notes(
    verdict: Verdict, context: RenderContext, *, quoted: bool = False, shortly: bool = False
) -> tuple[FlagNote, ...]:
    """The flags in words, each once. quoted: who reports what is in doubt is said beside them; shortly: what takes a paragraph is told
    in a line, as the commitment's page has all of it."""
    notes = (_flag_note(flag, context, quoted=quoted, shortly=shortly) for flag in verdict.flags)
    return tuple(dict.fromkeys(notes))


def _flag_note(flag: Flag, context: RenderContext, *, quoted: bool, shortly: bool) -> FlagNote:
    text = _flag_text(flag, context, quoted=quoted)
    if shortly and len(text) > MOST_SHORTLY:
        text = _shortly(flag, context) or text
    since = "" if text.startswith("since ") else format_date(local_day(flag.since, context.zone))
    return FlagNote(_flag_label(flag), text, since)


def _shortly(flag: Flag, context: RenderContext) -> str:
    """A long remark in one line; '' where there is no shorter form."""
    match flag.kind, flag.detail:
        case FlagKind.UNCONFIRMED, _:
            return sentence(awaited_confirmation(flag, context.parties))
        case FlagKind.CONTESTED, Disputed(who=who, other=other):
            sides = (one_line(spoken_name(name, context), 60) for name in (who, other))
            return sentence(f"{' and '.join(sides)} contradict each other")
        case FlagKind.UNCHECKED, Unread(date=day):
            return f"No source was read around {format_date(day)}."
    return ""


def _flag_label(flag: Flag) -> str:
    return FLAG_LABELS.get(flag.kind, label_of(flag.kind))


def _flag_text(flag: Flag, context: RenderContext, *, quoted: bool) -> str:
    if flag.kind is FlagKind.UNCONFIRMED:
        return " ".join(sentence(text) for text in doubt_sentences(flag, context, quoted=quoted))
    text = one_line(detail_text(flag.detail, context.parties), 400)
    rest = text.removeprefix(_flag_label(flag)).strip()  # 'no news since 3 May 2026' begins with its name
    return sentence(text) if rest == text else f"{rest.rstrip('.')}." if rest else ""


def _sentences(text: str) -> list[str]:
    return [part.rstrip(".") for part in text.split(". ")]


# ---------------------------------------------------------------- dates

STATES: Mapping[tuple[str, str], str] = {
    ("due", "met"): "done",
    ("expiry", "met"): "over",
    ("due", "lapsed"): "passed undone",
    ("expiry", "lapsed"): "passed; no extension seen",
    ("due", "missed"): "missed",
    ("expiry", "missed"): "passed",
}
"""What became of a date that no longer counts, by its kind."""


def date_rows(verdict: Verdict, context: RenderContext, own: OwnMaterial) -> tuple[DateRow, ...]:
    """All dates, those that count first, nearest first, then the others, latest first."""
    count = [
        DateRow(
            text=capitalised(line.text),
            iso=line.date.isoformat(),
            by=line.said_by,
            state="claimed by one side" if line.state == "claimed" else "stands" if line.left >= 0 else "passed",
            ahead=line.left >= 0,
        )
        for line in deadline_lines(verdict, own.commitment.short, context)
    ]
    past = sorted((d for d in verdict.deadlines if d.state not in OPEN_STATES), key=lambda d: d.date, reverse=True)
    return (*count, *(_past_row(record, verdict, context) for record in past))


def _past_row(record: Deadline, verdict: Verdict, context: RenderContext) -> DateRow:
    what = one_line(record.what, 80)
    were = f"{thing_does(what, 'was', 'were')} {'to end' if record.kind == 'expiry' else 'due'}"
    later = [d.date for d in verdict.deadlines if d.what == record.what and d.date > record.date]
    moved = f"moved to {format_date(min(later))}" if later else "no longer named"
    state = moved if record.state == "superseded" else STATES.get((record.kind, record.state), label_of(record.state))
    by = one_line(context.parties.long_name(record.said_by), 60)
    text = capitalised(f"{were} {format_date(record.date)}")
    return DateRow(text, record.date.isoformat(), by, state, ahead=False)


# ---------------------------------------------------------------- contested claims


def contested_claims(verdict: Verdict, then: RenderContext, own: OwnMaterial) -> tuple[Contested, ...]:
    """Each contradiction with the sentences of both sides; where they are not stored any more, as the flag tells them."""
    claims = []
    for flag in verdict.flags:
        if flag.kind is not FlagKind.CONTESTED:
            continue
        pieces = read_evidence(known_signals(flag.evidence, then), (flag,), then, own)
        claim = tuple(piece for piece in pieces if not piece.line.against)
        against = tuple(piece for piece in pieces if piece.line.against)
        if isinstance(flag.detail, Disputed) and not (claim and against):
            told = flag.detail
            claim, against = _told(told.who, told.quote), _told(told.other, told.denial)
        claims.append(Contested(one_line(label_of(flag.subject), 80), claim, against))
    return tuple(claims)


def _told(who: str, quote: str) -> tuple[ReadEvidence, ...]:
    return (ReadEvidence(EvidenceLine("quote", one_line(quote), one_line(who, 60))),)


# ---------------------------------------------------------------- statuses over time


def record_begins(own: OwnMaterial) -> datetime:
    """From when on it is known how a commitment stood: the record of verdicts, or the first baseline where that is older."""
    bases = [datetime.combine(base.as_of, time(), UTC) for base in own.commitment.baselines]
    return min((*bases, *(each.at for each in own.published[:1])), default=own.context.now)


def statuses_since(own: OwnMaterial, start: datetime) -> StatusTimeline | None:
    """The statuses from a moment on, or from when they are known; None where they are not known yet. The last one gets an hour, so that
    it can be seen."""
    begin, end = max(start, record_begins(own)), own.context.now + timedelta(hours=1)
    if begin >= end:
        return None
    return status_timeline(own.verdict, own.commitment.short, own.history, begin, end)


def present(own: OwnMaterial) -> RenderContext:
    """The context of the verdict in force, with its own evidence as it is read now."""
    keys = (*_behind(own.verdict), *(key for flag in own.verdict.flags for key in flag.evidence))
    return context_then(keys, {}, own.context.now, own.context)
