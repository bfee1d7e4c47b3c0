"""The page of the sources: how each does, in plain words, and what is unchecked because of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.domain.messages.digest.rest import SOURCE_STATES, unchecked_verdicts
from monitor.domain.messages.models import SourceHealth, SourceState
from monitor.domain.pages.board import UNREAD, reading
from monitor.domain.pages.material import SiteMaterial
from monitor.domain.text.labels import format_date, local_day
from monitor.domain.text.plain import one_line

ORDER = (*SOURCE_STATES, "ok")
"""Trouble first."""


@dataclass(frozen=True, slots=True)
class Day:
    """A day for people, and for a machine in ISO 8601."""

    text: str
    iso: str


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One feed. state: its key; says: the state in words; failing: since when it brings nothing; newest: the day of its last new item.
    Both are None if that is unknown. detail: what is wrong, '' if nothing is."""

    name: str
    state: SourceState
    says: str
    failing: Day | None
    newest: Day | None
    detail: str


@dataclass(frozen=True, slots=True)
class UncheckedCommitment:
    """A commitment whose status time alone would have moved. text: a sentence."""

    commitment: str
    short: str
    text: str


@dataclass(frozen=True, slots=True)
class SourcesPage:
    """opening: how the sources do, in a sentence or two; blind: none of them can be read; sources: trouble first; unchecked: what nobody could
    check."""

    opening: str
    blind: bool
    sources: tuple[SourceRow, ...]
    unchecked: tuple[UncheckedCommitment, ...]


def sources_page(material: SiteMaterial) -> SourcesPage:
    context = material.context
    rows = [_row(source, context.zone) for source in material.sources]
    pairs = [(commitment, context.verdicts[key]) for key, commitment in context.commitments.items()]
    unchecked = (
        UncheckedCommitment(commitment.id, commitment.short, line.text)
        for commitment, verdict in pairs
        for line in unchecked_verdicts([(commitment, verdict)], context)
    )
    in_order = sorted(rows, key=lambda row: (ORDER.index(row.state), row.name.casefold()))
    read = reading(material)
    opening = read.text + _without_news(material.sources)
    return SourcesPage(opening, read.blind, tuple(in_order), tuple(unchecked))


def _without_news(sources: Sequence[SourceHealth]) -> str:
    """How many answer and bring nothing new; '' without one."""
    count = sum(source.state in ("silent", "frozen") for source in sources)
    return f" {count} {'answers, but brings' if count == 1 else 'answer, but bring'} nothing new." if count else ""


def _row(source: SourceHealth, zone: str) -> SourceRow:
    unread = source.state in UNREAD
    since, newest = _day(source.since, zone), _day(source.newest or (None if unread else source.since), zone)
    says = SOURCE_STATES[source.state][0] if source.state in SOURCE_STATES else "answers"
    detail = one_line(source.detail, 160)
    if source.state == "never" and detail:  # it has not had the chance to answer, and the detail says why
        says, detail = detail, ""
    return SourceRow(one_line(source.name, 60), source.state, says, since if unread else None, newest, detail)


def _day(at: datetime | None, zone: str) -> Day | None:
    if at is None:
        return None
    day = local_day(at, zone)
    return Day(format_date(day), day.isoformat())
