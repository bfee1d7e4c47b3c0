"""The recorded changes of a commitment: what was recorded in one moment is one entry, with its evidence as it was read then."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from monitor.domain.messages.alert import BASES_WITHOUT_QUOTE
from monitor.domain.messages.change_lines import change_line
from monitor.domain.messages.change_text import status_after
from monitor.domain.messages.context import known_signals
from monitor.domain.messages.digest.events import MOST_EVENT, event_text, says_the_same
from monitor.domain.messages.digest.material import importance, is_told_elsewhere
from monitor.domain.messages.evidence_lines import baseline_line
from monitor.domain.messages.headlines.happening import ranked_reports
from monitor.domain.model import Cause, FlagKind, Transition, TransitionKind
from monitor.domain.model.changes import NoticeDue
from monitor.domain.pages import addresses
from monitor.domain.pages.commitment.own_material import (
    OwnMaterial,
    ReadEvidence,
    context_then,
    read_evidence,
    readers_of_all,
)
from monitor.domain.pages.frame import Moment, moment
from monitor.domain.text.labels import format_date, local_day
from monitor.domain.verdicts.decide import baseline_at
from monitor.domain.verdicts.evidence_refs import transition_evidence

CAUSES: Mapping[Cause, str] = {
    Cause.NEWS: "news",
    Cause.BACKFILL: "news that was there when its feed was first read",
    **{cause: source for cause, (_, source) in BASES_WITHOUT_QUOTE.items()},
}
"""What moved a verdict, within a sentence."""

Recorded = tuple[Transition, ...]
"""The changes that one review of a commitment recorded."""


@dataclass(frozen=True, slots=True)
class ChangeNote:
    """One recorded change. anchor: its place on the page; text: the change in a line, '' where the entry says just that; more: its reason, where nothing else on the
    entry says it, '' else; event: it is an event of note."""

    anchor: str
    text: str
    more: str
    event: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """What was recorded in one moment. day, at: when it was recorded; text: what happened, a sentence without its full stop; happened:
    when, where that is another day, '' else; cause: what moved it; status: the key after it; late: first seen long after it happened;
    evidence: as it was read then; read: the rules and readers of it."""

    day: str
    at: Moment
    text: str
    happened: str
    cause: str
    status: str
    late: bool
    changes: tuple[ChangeNote, ...]
    evidence: tuple[ReadEvidence, ...]
    read: str

    @property
    def anchor(self) -> str:
        return self.changes[0].anchor

    @property
    def event(self) -> bool:
        """Whether it is an event of note and nothing else."""
        return all(change.event for change in self.changes)


@dataclass(frozen=True, slots=True)
class MonthOfChanges:
    """The entries of a month, newest first. name: 'November 2025'."""

    name: str
    entries: tuple[Entry, ...]


def recorded(history: Iterable[Transition]) -> list[Recorded]:
    """The changes by the moment in which they were recorded, oldest first; of each moment the most important one first."""
    return [tuple(sorted(group, key=importance, reverse=True)) for _, group in groupby(history, key=lambda t: t.at)]


def latest_event(groups: Sequence[Recorded]) -> Recorded | None:
    """The newest of these that tells of something that happened; None if there is none."""
    return next((group for group in reversed(groups) if is_event(group)), None)


def is_event(group: Recorded) -> bool:
    """Whether anything happened: not so where there is only no news, or a date that comes near."""
    return not all(map(is_told_elsewhere, group))


def what_happened(group: Recorded, own: OwnMaterial, limit: int = MOST_EVENT) -> str:
    """The most important change of a moment as a sentence without its full stop."""
    lead = group[0]
    then = context_then(transition_evidence(lead), {each.signal: each for each in lead.cited}, lead.at, own.context)
    signals = known_signals((*lead.evidence, *lead.reason.signals), then)
    return event_text(lead, signals, then, limit).rstrip(".")


def recorded_day(group: Recorded, own: OwnMaterial) -> str:
    return format_date(local_day(group[0].at, own.context.zone))


def months(own: OwnMaterial) -> tuple[MonthOfChanges, ...]:
    """Every recorded change, by month, newest first."""
    found = [(local_day(group[0].at, own.context.zone), group) for group in reversed(recorded(own.history))]
    by_month = groupby(found, key=lambda pair: f"{pair[0]:%B %Y}")
    return tuple(MonthOfChanges(name, tuple(entry(group, own) for _, group in pairs)) for name, pairs in by_month)


def entry(group: Recorded, own: OwnMaterial) -> Entry:
    """The entry of what was recorded in one moment."""
    lead, zone = group[0], own.context.zone
    text, evidence = what_happened(group, own), _evidence(group, own)
    changes = tuple(_note(change, lead, text, evidence, own) for change in group)
    day, happened = local_day(lead.at, zone), local_day(lead.happened, zone)
    return Entry(
        day=format_date(day),
        at=moment(lead.at, zone),
        text=text,
        happened=format_date(happened) if happened != day else "",
        cause=CAUSES[lead.cause],
        status=status_after(lead),
        late=any(change.late for change in group),
        changes=changes,
        evidence=evidence,
        read=readers_of_all(evidence),
    )


def _note(
    change: Transition, lead: Transition, told: str, evidence: Sequence[ReadEvidence], own: OwnMaterial
) -> ChangeNote:
    """A change of an entry. lead: the change that the heading of the entry, `told`, tells."""
    line = change_line(change, own.context)
    said = (told, *(piece.line.quote for piece in evidence), line.line)
    more = "" if not line.more or any(says_the_same(line.more, text) for text in said) else line.more
    anchor = addresses.change_anchor(change.id)
    heading = change is lead and (
        isinstance(change.change, NoticeDue) or told.casefold().startswith(line.line.casefold())
    )
    return ChangeNote(anchor, "" if heading else line.line, more.rstrip("."), change.kind is TransitionKind.EVENT)


def _evidence(group: Recorded, own: OwnMaterial) -> tuple[ReadEvidence, ...]:
    """The sentences behind the changes, those of the most important one first; of a date that no report tells the baseline."""
    cited = {each.signal: each for change in group for each in change.cited}
    keys = dict.fromkeys(key for change in group for key in _keys(change))
    then = context_then(keys, cited, group[0].at, own.context)
    signals = ranked_reports(group[0], known_signals(keys, then), then)
    pieces = read_evidence(signals, group[0].flags, then, own)
    tells_of_a_date = any(change.kind is not TransitionKind.FLAG for change in group)
    if not pieces and group[0].cause is Cause.CLOCK and tells_of_a_date and own.commitment.baselines:
        return (ReadEvidence(baseline_line(baseline_at(own.commitment, group[0].at))),)
    return pieces


def _keys(change: Transition) -> Iterable[str]:
    """The signals of a change: its own, and those of its flags where it is about them, or where both sides of a dispute are quoted."""
    flags = [f for f in change.flags if change.kind is TransitionKind.FLAG or f.kind is FlagKind.CONTESTED]
    return (*change.evidence, *change.reason.signals, *(key for flag in flags for key in flag.evidence))
