"""The first message of a thread, kept up to date: how a commitment stands now, and what the thread told on the way."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.domain.alerts.mutes import mute_window_at
from monitor.domain.messages.evidence_lines import RenderContext
from monitor.domain.messages.figures import deadline_lines, progress_line
from monitor.domain.messages.headline import RECOVERY_CONDITIONS, first_line, shown_status
from monitor.domain.messages.models import AlertBrief, Brief, MessageSection
from monitor.domain.model import (
    FURTHER_EVIDENCE,
    Cause,
    Commitment,
    FlagKind,
    Intervention,
    Standing,
    Transition,
    Verdict,
)
from monitor.domain.text.labels import format_date, format_time, local_day
from monitor.domain.text.plain import one_line

NOT_YET_REPORTED = "The status has moved since the last message here."


@dataclass(frozen=True, slots=True)
class ThreadMessage:
    """One message of the thread by its number in the outbox, when it was decided, and its first line."""

    number: int
    at: datetime
    line: str


@dataclass(frozen=True, slots=True)
class StatusCard:
    """The message `ref` in a place. first: what it said when it was posted, which stays on it; now: how it stands, first
    as the latest message told it; told: oldest first; beside: how the others that the first message told of stand now."""

    channel: str
    to: str
    ref: str
    first: AlertBrief
    now: AlertBrief
    told: tuple[ThreadMessage, ...]
    beside: tuple[MessageSection, ...] = ()


def build_card(channel: str, to: str, ref: str, said: Sequence[tuple[int, Brief]]) -> StatusCard | None:
    """The card of a thread that said this, in this order; None if that is nothing about a commitment."""
    alerts = [(number, brief) for number, brief in said if isinstance(brief, AlertBrief)]
    if not alerts:
        return None
    told = tuple(ThreadMessage(number, brief.at, brief.first_line) for number, brief in alerts)
    latest = next((brief for _, brief in reversed(alerts) if brief.kind != FURTHER_EVIDENCE), alerts[-1][1])
    return StatusCard(channel, to, ref, alerts[0][1], latest, told)


def related_commitments(first: AlertBrief, commitment: str) -> tuple[str, ...]:
    """The commitments besides this one of which a message tells how they stand."""
    names = (first.commitment, *(section.commitment for section in first.sections))
    return tuple(name for name in dict.fromkeys(names) if name != commitment)


def reported_status(brief: Brief, commitment: str) -> str:
    """The status that an alert gave this commitment, as its lead or as one of several; '' if it names none."""
    if not isinstance(brief, AlertBrief):
        return ""
    named = {section.commitment: section.status for section in brief.sections} | {brief.commitment: brief.status}
    return named.get(commitment, "")


def related_statuses(
    names: Iterable[str], verdicts: Mapping[str, Verdict], commitments: Mapping[str, Commitment], zone: str
) -> tuple[MessageSection, ...]:
    """How each of these stands as published; those that the rules no longer name are left out."""
    return tuple(
        MessageSection(
            name, one_line(commitments[name].name, 160), _status_text(verdicts[name], zone), verdicts[name].status
        )
        for name in names
        if name in verdicts and name in commitments
    )


def threads_to_refresh(
    transitions: Iterable[Transition], unmuted: Collection[str], acts: Sequence[Intervention], now: datetime
) -> frozenset[str]:
    """The commitments whose cards are to be rewritten: each that changed, whoever is told of it by a message. What an edit of
    the rules alone changed is held, so a card does not show it first; those of a muted one stay as they are until the mute has
    ended (unmuted)."""
    changed = {t.commitment for t in transitions if t.cause is not Cause.RULES}
    return frozenset({name for name in changed if mute_window_at(acts, name, now) is None} | {*unmuted})


def current_status(
    latest: AlertBrief, verdict: Verdict, commitment: Commitment, facts: RenderContext, told: str
) -> AlertBrief:  # fmt: skip
    """What a card says of the present: the verdict as it is published, in the words of the latest message where that told it.

    told: the status that was last told of the commitment in this place, whichever thread that went into.
    """
    status, short = verdict.status, one_line(commitment.short, 60)
    unconfirmed, contested = _unconfirmed(verdict), _flagged(verdict, FlagKind.CONTESTED)
    moved = (latest.commitment, latest.status) != (commitment.id, status)
    same = not moved and (latest.unconfirmed, latest.contested) == (unconfirmed, contested)
    why = _since(verdict, facts.zone) if moved else latest.why
    return replace(
        latest,
        commitment=commitment.id,
        name=one_line(commitment.name, 160),
        short=short,
        first_line=latest.first_line if same else first_line(status, short, why, unconfirmed=unconfirmed),
        status=status,
        shown=_standing(verdict, facts.zone),
        sure=latest.sure if same else "",
        note=NOT_YET_REPORTED if told != status else latest.note if same else "",
        progress=progress_line(verdict.progress, commitment),
        deadlines=deadline_lines(verdict, commitment.short, facts),
        criteria=one_line(dict(commitment.criteria).get(status, ""), 600),
        back=RECOVERY_CONDITIONS.get(status, ""),
        as_of=facts.now,
        data_time=format_time(facts.now, facts.zone),
        unconfirmed=unconfirmed,
        contested=contested,
        sections=(),
    )


def _unconfirmed(verdict: Verdict) -> bool:
    """A pinned status rests on the word of the person who pinned it."""
    return _flagged(verdict, FlagKind.UNCONFIRMED) and not _flagged(verdict, FlagKind.PINNED)


def _flagged(verdict: Verdict, kind: FlagKind) -> bool:
    return any(flag.kind is kind for flag in verdict.flags)


def _standing(verdict: Verdict, zone: str) -> str:
    return ", ".join(filter(None, (shown_status(verdict), _since(verdict, zone))))


def _status_text(verdict: Verdict, zone: str) -> str:
    return _standing(verdict, zone) + (", unconfirmed" if _unconfirmed(verdict) else "")


def _since(verdict: Verdict, zone: str) -> str:
    """Since when the status holds; what nobody has promised has no beginning."""
    if verdict.status == Standing.UNPLEDGED.value:
        return ""
    ruling = verdict.outlook_since if verdict.status == verdict.outlook.value else None
    return f"since {format_date(local_day(ruling or verdict.since, zone))}"
