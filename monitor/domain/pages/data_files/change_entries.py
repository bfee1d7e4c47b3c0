"""Recorded changes as entries of a feed, each in the words of the alert that would tell it alone."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.domain.messages.alert import alert_brief
from monitor.domain.messages.change_lines import change_line
from monitor.domain.messages.change_text import status_after
from monitor.domain.messages.citations import as_cited
from monitor.domain.messages.context import RenderContext
from monitor.domain.messages.headlines.happening import happening
from monitor.domain.messages.headlines.subject import first_line, room_for, topic_of
from monitor.domain.messages.models import EvidenceLine
from monitor.domain.model import Cause, Commitment, Message, Route, Transition
from monitor.domain.pages.material import SiteMaterial
from monitor.errors import RenderError

NEWEST = 100
"""Entries of a feed, so that a reader that asks once a month misses none. An estimate: the busiest month of the sample year has 57."""
_ROUTE = Route("feed", "feed", "")
"""Of an entry: a feed has no recipient and no hours of quiet."""


@dataclass(frozen=True, slots=True)
class ChangeEntry:
    """One recorded change. at: when it was recorded; happened: when the event took place; kind: status, deadline, progress,
    terms, flag or event; title: the subject of its alert; line: the change in words; moved: the status before and after, or that it stays; when: the day or
    moment it happened, in words, '' where `moved` says it; why: what moved it where no quote says so; sure: how sure it is, and who
    says it; evidence: the quotes, and what moved it where none did; status: the key of the status after it."""

    id: str
    commitment: str
    kind: str
    at: datetime
    happened: datetime
    title: str
    line: str
    moved: str
    when: str
    why: str
    sure: str
    evidence: tuple[EvidenceLine, ...]
    status: str


def change_entries(commitment: str, material: SiteMaterial) -> tuple[ChangeEntry, ...]:
    """An entry for each recorded change of a commitment, the newest first.

    It says what was known when the change was recorded. A correction is an entry of its own: an entry is never rewritten.
    """
    known = material.context.commitments[commitment]
    entries = (
        _entry(change, known, _context_then(change, material)) for change in material.history.get(commitment, ())
    )
    return newest_first(entries)


def newest_first(entries: Iterable[ChangeEntry]) -> tuple[ChangeEntry, ...]:
    return tuple(sorted(entries, key=lambda entry: (entry.at, entry.happened, entry.id), reverse=True))


def _context_then(change: Transition, material: SiteMaterial) -> RenderContext:
    """What was known when a change was recorded: the verdict as published with it, and its sentences as they were read then."""
    context, record = material.context, material.published.get(change.commitment, ())
    before = bisect_right(record, change.at, key=lambda published: published.at)
    verdicts = {**context.verdicts, change.commitment: record[before - 1].verdict} if before else context.verdicts
    cited = {c.signal: as_cited(context.signals[c.signal], c) for c in change.cited if c.signal in context.signals}
    signals = context.signals
    if any(signals[key] != signal for key, signal in cited.items()):  # seldom, and all signals are many to copy
        signals = {**signals, **cited}
    return replace(context, signals=signals, verdicts=verdicts, now=change.at)


def _entry(change: Transition, known: Commitment, context: RenderContext) -> ChangeEntry:
    kind = "correction" if change.cause is Cause.CORRECTION else "confirmation" if change.confirms else "alert"
    message = Message(change.id, kind, _ROUTE.name, _ROUTE.channel, "", (change,), change.commitment, change.at)
    common = change.id, change.commitment, change.kind.value, change.at, change.happened
    try:
        brief = alert_brief(message, context, _ROUTE, ())
    except RenderError:  # it names no evidence that is still stored, so no alert would go out
        topic, line = topic_of(known), change_line(change, context)
        title = first_line(topic, happening(change, (), context, room_for(topic, unconfirmed=False)))
        told = title, line.line, line.line, line.when, line.more, ""
        return ChangeEntry(*common, *told, (), status_after(change))
    told = brief.first_line, brief.changes[0].line, brief.was_and_is, brief.when_moved, brief.why, brief.sure
    return ChangeEntry(*common, *told, brief.evidence, status_after(change))
