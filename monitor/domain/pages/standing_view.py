"""The state of a commitment in words: flags, dates, contested claims and the evidence behind the status."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from monitor.domain.messages.briefs import EvidenceLine, ProgressLine, StatusTimeline
from monitor.domain.messages.cause import told_by
from monitor.domain.messages.confidence import (
    STILL_AWAITED,
    awaited_confirmation,
    confidence_line,
    doubt_sentences,
    supporting,
)
from monitor.domain.messages.context import RenderContext, known_signals, spoken_name
from monitor.domain.messages.events.reported_acts import SAME_EVENT, is_read_alike, parent_of
from monitor.domain.messages.evidence_lines import baseline_line
from monitor.domain.messages.figures import deadline_lines, progress_line, status_timeline
from monitor.domain.messages.next_steps import announced, next_step
from monitor.domain.messages.subject import shown_status
from monitor.domain.messages.wording import detail_text
from monitor.domain.model import (
    NEGATIVE_EFFECTS,
    Commitment,
    Effect,
    Flag,
    FlagKind,
    Level,
    Modality,
    Outlook,
    Signal,
    Standing,
    Verdict,
)
from monitor.domain.model.news import day_of
from monitor.domain.model.reasons import Disputed, Unread
from monitor.domain.pages.material import (
    OwnMaterial,
    ReadEvidence,
    context_then,
    read_evidence,
    readers_of_all,
    with_targets,
)
from monitor.domain.pages.recorded_events import tells_act_of
from monitor.domain.text.labels import (
    FLAG_LABELS,
    capitalised,
    decapitalised,
    format_date,
    label_of,
    local_day,
    sentence,
    status_caps,
    thing_does,
)
from monitor.domain.text.plain import one_line
from monitor.domain.verdicts.deadlines import OPEN_STATES, UNDATED_STATES
from monitor.domain.verdicts.decide import baseline_at, baseline_behind
from monitor.domain.verdicts.outlook import representative_rank
from monitor.domain.verdicts.standing import HEDGED
from monitor.domain.verdicts.supporting_evidence import status_evidence

YEAR = timedelta(days=365)
MOST_SHORT = 100
"""Characters of a flag's text in a row of the board: three of its lines (estimate)."""
OF_ANOTHER_LAW, UNTOLD = "under another law, no term of the deal", "no report of what followed was found"
CLOSED_STATES: Mapping[tuple[str, str], str] = {
    ("due", "met"): "no longer due",
    ("expiry", "met"): "over",
    ("due", "lapsed"): "passed undone",
    ("expiry", "lapsed"): "passed; no extension seen",
    ("due", "missed"): "missed",
    ("expiry", "missed"): UNTOLD,
}
"""The outcome of a closed deadline, by its kind and state."""


@dataclass(frozen=True, slots=True)
class FlagNote:
    """A flag in words. text: '' if the label says it all."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class DateRow:
    """A date of a commitment. by: who names it, '' if unknown; ahead: open and still to come."""

    text: str
    date: date
    by: str
    state: str
    ahead: bool


@dataclass(frozen=True, slots=True)
class Contested:
    """A claim and its contradiction. about: their subject."""

    about: str
    claim: tuple[ReadEvidence, ...]
    against: tuple[ReadEvidence, ...]


@dataclass(frozen=True, slots=True)
class StandingView:
    """A verdict for readers. since: as in since_words; confidence: who says so; next: the step that would
    change it; read: the rules and readers of the evidence; baseline: the only ground of a verdict without reports."""

    status: str
    shown: str
    since: str
    confidence: str
    next: str
    flags: tuple[FlagNote, ...]
    progress: ProgressLine | None
    dates: tuple[DateRow, ...]
    contested: tuple[Contested, ...]
    evidence: tuple[ReadEvidence, ...]
    read: str
    baseline: EvidenceLine | None


def standing_view(
    verdict: Verdict,
    then: RenderContext,
    own: OwnMaterial,
    moved_by: Collection[str] = (),
    blows: Sequence[Signal] = (),
) -> StandingView:
    """The verdict in this context, whose signals are as they were read then. moved_by: signals of the last move that
    the page tells, the report of its headline first; of which it says how sure they are; blows: as in next_step."""
    # The evidence of the status, else of an outlook that reports have cleared.
    signals = known_signals(status_evidence(verdict) or verdict.outlook_evidence, then)
    evidence = read_evidence(signals, verdict.flags, then, own)
    # The baseline of a standing, or of an outlook, that no report has changed.
    base, turned = baseline_behind(verdict, own.commitment), verdict.outlook_since
    if verdict.outlook is not Outlook.STEADY and not verdict.outlook_evidence and turned and own.commitment.baselines:
        of_outlook = baseline_at(own.commitment, turned)
        if of_outlook.outlook is verdict.outlook and datetime.combine(of_outlook.as_of, time(), UTC) == turned:
            base = of_outlook
    # Each contradiction with the sentences of both sides; as the flag quotes them, if they are no longer stored.
    contested = []
    for flag in (flag for flag in verdict.flags if flag.kind is FlagKind.CONTESTED):
        pieces = read_evidence(known_signals(flag.evidence, then), (flag,), then, own)
        claim = tuple(piece for piece in pieces if not piece.line.against)
        against = tuple(piece for piece in pieces if piece.line.against)
        if isinstance(flag.detail, Disputed) and not (claim and against):
            detail = flag.detail
            claim, against = (
                (ReadEvidence(EvidenceLine("quote", one_line(quote), one_line(who, 60))),)
                for who, quote in ((detail.who, detail.quote), (detail.other, detail.denial))
            )
        contested.append(Contested(one_line(label_of(flag.subject), 80), claim, against))
    moving = known_signals(moved_by, then)
    signals, told = moving or signals, _told_with(moving[0], moving, then) if moving else ()
    # A doubt about another report is none about the status.
    own_doubts = [flag for flag in verdict.flags if not _is_of_another(flag, verdict, moved_by, then)]
    confidence = confidence_line(signals, own_doubts, then, told) if signals else ""
    notes = flag_notes(verdict, then, moved_by, quoted=bool(confidence))
    said = [all(part.rstrip(".") in confidence for part in note.text.split(". ")) for note in notes]
    told_on_page = (s for s in then.signals.values() if s.commitment == verdict.commitment and not s.passing)
    done = (s for s in told_on_page if s.effect in (Effect.PROGRESS, Effect.DELIVERED) and s.modality not in HEDGED)
    reached = replace(verdict, steps=tuple(dict.fromkeys((*verdict.steps, *(s.object for s in done if s.object)))))
    return StandingView(
        status=verdict.status,
        shown=shown_status(verdict),
        since=since_words(verdict, own.commitment, then.zone),
        confidence=confidence,
        next=next_step(own.commitment, reached, then, blows=blows),
        flags=tuple(note for note, known in zip(notes, said, strict=True) if not (note.text and known)),
        progress=progress_line(verdict.progress, own.commitment, then),
        dates=date_rows(verdict, then, own),
        contested=tuple(contested),
        evidence=evidence,
        read=readers_of_all(evidence),
        baseline=baseline_line(base) if base is not None else None,
    )


def _told_with(head: Signal, moving: Sequence[Signal], then: RenderContext) -> tuple[Signal, ...]:
    """The reports of what moved the status: those that tell the act of its headline, and those in which a side speaks
    of it until now; of leaders who meet, of what they agreed."""
    own = (s for s in moving if s.says.parties and (s.effect in NEGATIVE_EFFECTS) == (head.effect in NEGATIVE_EFFECTS))
    firm = [s for s in then.signals.values() if s.says.parties and s.modality is not Modality.RUMOUR and not s.passing]
    leaders = any(s.level is Level.SUMMIT for s in moving)
    first = head.happened.end - (SAME_EVENT if leaders else timedelta())
    firm = [s for s in firm if s.happened.end >= first]
    met = [s for s in firm if (s.commitment, s.by) == (head.commitment, head.by) and s.modality not in HEDGED]
    met = [s for s in met if s.level is Level.SUMMIT or any(is_read_alike(s, known) for known in moving)]
    later = (met if leaders else []) or [s for s in firm if s.level is head.level and is_read_alike(s, head)]
    press = (s for s in moving if not s.says.parties and tells_act_of(head, s))  # whom the headline names
    return tuple({s.id: s for s in (*supporting(head, moving), *press, *own, *later)}.values())


def _is_of_another(flag: Flag, verdict: Verdict, moved_by: Collection[str], context: RenderContext) -> bool:
    """Whether a remark is about a report that is not behind the status."""
    behind = {*status_evidence(verdict), *verdict.outlook_evidence, *moved_by}
    known = known_signals(flag.evidence, context)
    return flag.kind is FlagKind.UNCONFIRMED and known != () and not any(signal.id in behind for signal in known)


def present(own: OwnMaterial) -> RenderContext:
    """The context of the current verdict, with its own evidence as it is read now."""
    keys = (s.id for s in own.context.signals.values() if s.commitment == own.commitment.id)
    return context_then(keys, {}, own.context.now, own.context)


def since_text(verdict: Verdict, commitment: Commitment, zone: str) -> str:
    """The day from which the status holds; of one that trouble has interrupted, its beginning; of the starting point
    'or earlier', unless that names the day."""
    began = verdict.since if verdict.outlook is Outlook.STEADY else verdict.shown_since
    first = any(base.since is None and base.as_of == day_of(began) for base in commitment.baselines)
    day = f"{format_date(local_day(began, zone))}{' or earlier' if first else ''}"
    return "" if verdict.status is Standing.UNPLEDGED else day


def since_words(verdict: Verdict, commitment: Commitment, zone: str) -> str:
    """'since 7 Nov 2025'; of a trouble, which is younger than the standing beside it, 'AT RISK since 27 Mar 2026'; ''
    for one never pledged."""
    since = since_text(verdict, commitment, zone)
    trouble = f"{status_caps(verdict.status)} " if verdict.status != verdict.standing else ""
    return f"{trouble}since {since}" if since else ""


def flag_notes(
    verdict: Verdict,
    context: RenderContext,
    moved_by: Collection[str] = (),
    *,
    quoted: bool = False,
    short: bool = False,
) -> tuple[FlagNote, ...]:
    """The flags in words, each once, with the report in doubt if it is none of those behind the status. moved_by: as in
    standing_view; quoted: the doubtful report is quoted next to them; short: one line each."""
    notes = []
    for flag in verdict.flags:
        if short and flag.kind in (FlagKind.STALE, FlagKind.LATE) and verdict.outlook is Outlook.STEADY:
            continue  # silence about what is kept, and an older date of what is done
        label = FLAG_LABELS.get(flag.kind, label_of(flag.kind))
        if _is_of_another(flag, verdict, moved_by, context):
            report = known_signals(flag.evidence, context)[-1]
            on = format_date(local_day(report.happened.end, context.zone))
            story, doubts = context.stories[report.story], doubt_sentences(flag, context, quoted=True)
            named, aged = told_by(report, context, on), context.now - report.happened.end > STILL_AWAITED
            if short and not aged:  # the row quotes it as what came later
                named = f"the report of {on} ({context.outlet(story.source, story.url)})"
                doubts = [awaited_confirmation(flag, context.parties)]
            said = [named] if aged else [f"{named}: {doubts[0]}", *doubts[1:]]
            text = " ".join(map(sentence, said))
        elif flag.kind is FlagKind.UNCONFIRMED:
            text = " ".join(sentence(part) for part in doubt_sentences(flag, context, quoted=quoted))
        else:
            full = one_line(detail_text(flag.detail, context.parties), 400)
            rest = full.removeprefix(label).strip()  # "no news since 3 May 2026" begins with its label
            part = flag.kind is FlagKind.STALE and parent_of(verdict.commitment, context.commitments)
            rest = f"of its own {rest}" if part else rest  # its whole may have some
            text = sentence(full) if rest == full else f"{rest.rstrip('.')}." if rest else ""
        if short and len(text) > MOST_SHORT:
            match flag.kind, flag.detail:
                case FlagKind.UNCONFIRMED, _:
                    text = sentence(awaited_confirmation(flag, context.parties))
                case FlagKind.CONTESTED, Disputed(who=who, other=other):
                    sides = (one_line(spoken_name(name, context), 60) for name in (who, other))
                    text = sentence(f"{' and '.join(sides)} contradict each other")
                case FlagKind.UNCHECKED, Unread(date=day):
                    text = f"No source was read around {format_date(day)}."
        notes.append(FlagNote(label, text))
    return tuple(dict.fromkeys(notes))


def dates_of_parts(own: OwnMaterial) -> tuple[DateRow, ...]:
    """The dates of its parts, with their names: those of a whole without dates."""
    rows = [(part.commitment.short, row) for part in own.parts for row in date_rows(part.verdict, own.context, part)]
    return tuple(replace(row, text=f"{name}: {decapitalised(row.text)}") for name, row in rows)


def date_rows(verdict: Verdict, context: RenderContext, own: OwnMaterial) -> tuple[DateRow, ...]:
    """All dates: the open ones, nearest first, then the closed ones, latest first."""
    verdict, met_on = with_targets(verdict, own.commitment, context.today), local_day(verdict.since, context.zone)
    by_text = "the text of the deal" if own.commitment.text else ""
    states = {each.date: OF_ANOTHER_LAW for each in own.commitment.related}
    names = {each.date: each.what for each in verdict.deadlines if each.state in OPEN_STATES}

    def moved_to(what: str, day: date) -> str:
        later = [each.date for each in verdict.deadlines if each.what == what and each.date > day]
        return f"moved to {format_date(min(later))}" if later else ""

    rows = [
        DateRow(
            text=capitalised(line.text),
            date=line.date,
            by=line.said_by or by_text,
            state="claimed by one side"
            if line.state == "claimed"
            else states.get(line.date, "open")
            if line.left >= 0
            else moved_to(names.get(line.date, ""), line.date) or UNTOLD,
            ahead=line.left >= 0,
        )
        for line in deadline_lines(verdict, own.commitment.short, context)
    ]
    closed = (each for each in verdict.deadlines if each.state not in OPEN_STATES | UNDATED_STATES)
    for record in sorted(closed, key=lambda each: each.date, reverse=True):
        were = thing_does(one_line(record.what, 80), "was")
        moved = moved_to(record.what, record.date)
        put_off = record.state == "superseded" or (moved and record.state == "missed")
        outcome = CLOSED_STATES.get((record.kind, record.state), label_of(record.state))
        if (record.kind, record.state) == ("due", "met") and verdict.standing is Standing.MET:
            target = any(record.date == target.due for target in own.commitment.targets)
            in_time = "met" if target else "no longer due; the commitment was met"
            outcome = f"{'missed; met' if met_on > record.date else in_time} on {format_date(met_on)}"
        rows.append(
            DateRow(
                text=capitalised(f"{were} {'to end' if record.kind == 'expiry' else 'due'} {format_date(record.date)}"),
                date=record.date,
                by=one_line(context.parties.names((record.said_by,)), 60) or by_text,
                state=(moved or "no longer named") if put_off else outcome,
                ahead=False,
            )
        )
    return tuple(rows)


def coming(own: OwnMaterial) -> list[tuple[date, str]]:
    """What is announced or threatened for a day ahead, the nearest first; also the day that a threat behind the trouble
    names as its own."""
    context, verdict = own.context, with_targets(own.verdict, own.commitment, own.context.today)
    ahead = dict(announced(own.commitment, verdict, context))
    blows = known_signals(verdict.outlook_evidence if verdict.outlook is not Outlook.STEADY else (), context)
    for threat in sorted((s for s in blows if s.effect is Effect.THREAT and s.date), key=representative_rank):
        named = threat.date
        if named and named.role and named.precision == "day" and named.date > context.today:
            ahead.setdefault(named.date, f"threatened for {format_date(named.date)}: {told_by(threat, context)}")
    return sorted(ahead.items())


def statuses_since(own: OwnMaterial, start: datetime) -> StatusTimeline | None:
    """The statuses from `start`, or from the first known one; None if none is known yet.

    They are known from the first published verdict or the first baseline. The last one gets an extra hour, so that it
    is visible.
    """
    known = [datetime.combine(base.as_of, time(), UTC) for base in own.commitment.baselines]
    known += [each.at for each in own.published[:1]]
    begin, end = max(start, min(known, default=own.context.now)), own.context.now + timedelta(hours=1)
    if begin >= end:
        return None
    return status_timeline(own.verdict, own.commitment.short, own.history, begin, end, own.context.zone)
