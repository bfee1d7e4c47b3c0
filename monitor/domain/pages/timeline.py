"""The timeline of a commitment: an entry for each event, with its evidence as it was read then."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

from monitor.domain.matching.document import TITLE
from monitor.domain.messages.change_text import ChangeText, change_text
from monitor.domain.messages.context import RenderContext, known_signals
from monitor.domain.messages.events.told import SAME_WORDS, ToldEvent
from monitor.domain.messages.evidence_lines import baseline_line
from monitor.domain.messages.headline import ranked_reports, status_after
from monitor.domain.model import (
    NEGATIVE_EFFECTS,
    Cause,
    Direction,
    Effect,
    FlagKind,
    FlagState,
    Kind,
    Level,
    Signal,
    Tier,
    Transition,
    TransitionKind,
)
from monitor.domain.model.changes import EventNoted, FlagChanged, ShareChanged, StatusChanged, StepChanged, TermsChanged
from monitor.domain.model.reasons import Awaiting
from monitor.domain.pages import addresses
from monitor.domain.pages.key_events import key_events, left_behind, shown_after
from monitor.domain.pages.material import OwnMaterial, ReadEvidence, read_evidence
from monitor.domain.pages.recorded_events import (
    context_of,
    counted,
    first_day,
    headline_of,
    last_move,
    moved_from,
    reported_at,
    tells_act_of,
)
from monitor.domain.stories.titles import title_words
from monitor.domain.text.labels import format_date, local_day
from monitor.domain.verdicts.decide import baseline_at
from monitor.domain.verdicts.standing import HEDGED

CAUSES: Mapping[Cause, str] = {
    Cause.PERSON: "a person",
    Cause.CORRECTION: "a correction to the evidence",
    Cause.RULES: "an edit to the rules",
}
"""The causes that neither a report nor a date tells, within a sentence."""
SAME_TITLE = 0.8
"""The share of the words that two versions of one headline have in common (estimate)."""


@dataclass(frozen=True, slots=True)
class ChangeNote:
    """One change. text, more: the change and its reason, '' if something else on the entry says it."""

    anchor: str
    text: str
    more: str


@dataclass(frozen=True, slots=True)
class PartMoved:
    """What an event moved of a part, with its name there; moved, status, shown: as of an entry."""

    part: str
    anchor: str
    moved: str
    status: str
    shown: str


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """The changes of one event. at: its first report; happened: '' unless before; first: as in LatestChange; cause: ''
    for news and dates; moved: as in left_behind; evidence: the reports of its act; outcomes: those of
    what was agreed besides; beside: those of other acts behind its changes; part: of which part of the commitment it
    tells, '' for itself; parts: those whose status the same event moved."""

    at: datetime
    recorded: datetime
    text: str
    happened: str
    first: str
    cause: str
    moved: str
    status: str
    shown: str
    changes: tuple[ChangeNote, ...]
    evidence: tuple[ReadEvidence, ...]
    outcomes: tuple[ReadEvidence, ...]
    beside: tuple[ReadEvidence, ...]
    part: str = ""
    parts: tuple[PartMoved, ...] = ()


@dataclass(frozen=True, slots=True)
class MonthOfChanges:
    """The entries of a month, newest first. name: 'November 2025'; minor: those that the timeline of all leaves out."""

    name: str
    entries: tuple[TimelineEntry, ...]
    minor: tuple[TimelineEntry, ...]


def months(own: OwnMaterial) -> tuple[MonthOfChanges, ...]:
    """Every event, by month, newest first, and of the parts those that moved their status; what one report tells of
    both is one entry."""
    events, moved = key_events(own), list[tuple[ToldEvent, TimelineEntry]]()
    for part in own.parts:
        told = (event for event in reversed(part.told) if moved_from(event) is not None)
        moved += [(event, replace(entry(event, part), part=part.commitment.short)) for event in told]
    found = list[tuple[TimelineEntry, bool]]()
    for event in reversed(own.told):
        of_parts = [each for each in moved if each[0].has_headline_of(event)] if event in events else []
        moved = [each for each in moved if each not in of_parts]
        turned = (PartMoved(e.part, e.changes[0].anchor, e.moved, e.status, e.shown) for _, e in of_parts)
        found.append((replace(entry(event, own), parts=tuple(turned)), event in events))
    found += [(of_part, True) for _, of_part in moved]
    # Within a day in the order of recording, so that each move begins where the one before it ended.
    zone = own.context.zone
    found.sort(key=lambda pair: (local_day(pair[0].at, zone), pair[0].recorded, pair[0].at), reverse=True)
    by_month = []
    for name, pairs in groupby(found, key=lambda pair: f"{local_day(pair[0].at, zone):%B %Y}"):
        entries: dict[bool, list[TimelineEntry]] = {True: [], False: []}
        for each, is_key in pairs:
            entries[is_key].append(each)
        by_month.append(MonthOfChanges(name, tuple(entries[True]), tuple(entries[False])))
    return tuple(by_month)


def _note(change: Transition, own: OwnMaterial) -> ChangeText:
    """A change in words, without text if the status beside its event says it, and of a doubt that is over."""
    words = change_text(change, context_of((change,), own))
    match change.change:
        case EventNoted() | StatusChanged():
            return replace(words, text="")
        case FlagChanged(flag=flag, subject=subject, new=FlagState.RAISED):
            stands = any((each.kind, each.subject) == (flag, subject) for each in own.verdict.flags)
            return words if stands else replace(words, text="", detail="")
        case ShareChanged():
            return replace(words, text=counted(change, own), detail="")
        case StepChanged(new=str(step)) if _is_overtaken(step, change, own):
            return replace(words, text="")
        case StepChanged(new=str(step)) if step not in dict(own.commitment.clauses):
            return replace(words, text=f"Step taken: {words.text}")
        case TermsChanged(new=str(term)):
            return replace(words, text=f"New in its terms: {term}")
        case _:
            return words


def _is_overtaken(step: str, change: Transition, own: OwnMaterial) -> bool:
    """Whether a later step was taken before: a report of its further course may name the earlier one."""
    taken = {e.change.new for e in own.history if isinstance(e.change, StepChanged) and e.at < change.at}
    steps = own.commitment.steps
    return step in steps and bool(taken & {*steps[steps.index(step) + 1 :]})


def _outcomes(
    evidence: Sequence[ReadEvidence], event: ToldEvent, then: RenderContext, kind: Kind
) -> tuple[ReadEvidence, ...]:
    """Of the reports of an event those of what came of a meeting of leaders, of a deed under a headline that only
    expects one, and of a promise that a side tells of, each in words of its own. kind: of the commitment; an office
    describes each meeting of a series."""
    head, summit, found = event.report, event.changes[0].level is Level.SUMMIT, list[ReadEvidence]()
    said = [frozenset(title_words(event.text.headline))]
    for piece in evidence:
        signal = then.signals.get(piece.line.signal)
        if head is None or signal is None or not _is_good_news(signal):
            continue
        if kind is Kind.SERIES and signal.tier is Tier.OFFICIAL:
            continue
        same, since = tells_act_of(head, signal), signal.happened.end.date() >= head.happened.end.date()
        outcome = not same and signal.effect is Effect.PLEDGE and signal.says.parties != frozenset()
        if signal.modality not in HEDGED:
            outcome = outcome or (summit and same and since) or head.modality in HEDGED
        words = frozenset(title_words(piece.line.quote))
        if outcome and not any(len(words & each) >= SAME_WORDS * min(len(words), len(each)) for each in said):
            found.append(piece)
            said.append(words)
    return tuple(found)


def _each_once(pieces: Sequence[ReadEvidence], is_copy: Callable[[ReadEvidence], bool]) -> tuple[ReadEvidence, ...]:
    """The pieces without those that an outlet, or an aggregator, says again in the words of one before; what no longer
    counts stays."""
    found: list[tuple[frozenset[str], ReadEvidence]] = []
    for piece in pieces:
        words = frozenset(title_words(piece.line.quote))
        own = (w for w, known in found if is_copy(piece) or known.line.outlet == piece.line.outlet)
        again = any(len(words & w) >= SAME_TITLE * max(len(words), len(w)) for w in own)
        if piece.retracted or not (words and again):
            found.append((words, piece))
    return tuple(piece for _, piece in found)


def _is_good_news(signal: Signal) -> bool:
    """Whether a known outlet has an act in its headline that is no blow."""
    titled = signal.field == TITLE and signal.title_is_news and not signal.passing
    return titled and signal.tier <= Tier.TRADE and signal.effect not in NEGATIVE_EFFECTS


def entry(event: ToldEvent, own: OwnMaterial) -> TimelineEntry:
    """The entry of the changes of one event."""
    group, lead, zone = event.changes, event.changes[0], own.context.zone
    # The sentences behind the changes, best first; the baseline of a date without a report.
    keys: dict[str, None] = {}
    for change in group:
        # Its own signals, and those of its flags if it is about them or if both sides of a dispute are quoted.
        flags = [f for f in change.flags if change.kind is TransitionKind.FLAG or f.kind is FlagKind.CONTESTED]
        keys |= dict.fromkeys((*change.evidence, *change.reason.signals, *(key for f in flags for key in f.evidence)))
    last = last_move(event)
    then = context_of(group, own, keys)
    evidence = read_evidence(ranked_reports(lead, known_signals(keys, then), then), lead.flags, then, own)
    dated = lead.way is not Direction.UP and any(change.kind is not TransitionKind.FLAG for change in group)
    by_calendar = lead.cause is Cause.CLOCK and dated
    if not evidence and by_calendar and own.commitment.baselines:
        line = baseline_line(baseline_at(own.commitment, lead.at))
        evidence = (ReadEvidence(replace(line, outlet="the source that an editor read")),)
    text, head = headline_of(event), then.signals.get(event.report.id) if event.report else None
    quotes, moved = [piece.line.quote for piece in evidence], left_behind(event, own)
    alike = {s.id for s in then.signals.values() if head is None or tells_act_of(head, s)}

    def is_copy(piece: ReadEvidence) -> bool:  # whose outlet nobody knows
        return piece.line.signal in then.signals and then.signals[piece.line.signal].tier is Tier.AGGREGATOR

    by_words = sorted(evidence, key=lambda piece: text.casefold() not in piece.line.quote.casefold())
    evidence = _each_once(sorted(by_words, key=is_copy), is_copy)
    outcomes = _outcomes(evidence, event, then, own.commitment.kind)
    rest = [piece for piece in evidence if piece not in outcomes]
    first = reported_at(event, own)
    day, happened = local_day(first, zone), local_day(lead.happened, zone)
    notes: list[ChangeNote] = []
    for change in (lead, *sorted(group[1:], key=lambda change: change.at)):
        words, said = _note(change, own), {*(note.text.casefold() for note in notes)}
        repeated = any(words.detail.casefold() in each.casefold() for each in (text, words.text, *quotes))
        repeated = repeated or text.casefold() in words.detail.casefold()
        known = words.text.casefold() in said | {text[: len(words.text)].casefold()}
        # Once the status moved, what was in doubt is no news; nor is a doubt or a term of another report than the
        # heading's.
        of_another = not {*change.reason.signals, *change.evidence} & {*lead.reason.signals, *lead.evidence}
        known = known or (isinstance(change.reason.detail, Awaiting) and (moved != "" or of_another))
        known = known or (isinstance(change.change, TermsChanged) and of_another)
        told = ("" if known else words.text, "" if repeated else words.detail)
        notes.append(ChangeNote(addresses.change_anchor(change.id), *told))
    return TimelineEntry(
        at=first,
        recorded=last.at if moved_from(event) else lead.at,
        text=text,
        happened=format_date(happened) if lead.late and happened < day else "",
        first=first_day(event, own),
        cause=CAUSES.get(lead.cause, ""),
        moved=moved,
        status=status_after(last),
        shown=shown_after(last),
        changes=tuple(notes),
        evidence=tuple(piece for piece in rest if piece.line.signal in alike or not piece.line.signal),
        outcomes=outcomes,
        beside=tuple(piece for piece in rest if piece.line.signal and piece.line.signal not in alike),
    )
