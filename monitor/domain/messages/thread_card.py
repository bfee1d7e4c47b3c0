"""The thread header: the first message of a thread, edited to show how the commitment stands now."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.domain.alerts.mutes import mute_window_at
from monitor.domain.messages.context import RenderContext, clean_commitment
from monitor.domain.messages.figures import deadline_lines, has_flag, standing_part, status_since
from monitor.domain.messages.headlines.subject import NOT_CONFIRMED, first_line, shown_status, topic_of
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
from monitor.domain.text.labels import format_date, status_caps
from monitor.domain.text.plain import one_line

NOT_YET_REPORTED = "The status has moved since the last message here."


@dataclass(frozen=True, slots=True)
class ThreadMessage:
    """One message of a thread. number: its outbox row; at: when it was decided; line: its first line."""

    number: int
    at: datetime
    line: str


@dataclass(frozen=True, slots=True)
class StatusCard:
    """The content of the header `ref` in a place. first: the message as it was posted, which stays on it; now: the present
    state; told: the messages of the thread, oldest first; beside: the present state of the other commitments in `first`."""

    channel: str
    to: str
    ref: str
    first: AlertBrief
    now: AlertBrief
    told: tuple[ThreadMessage, ...]
    beside: tuple[MessageSection, ...] = ()


def build_card(channel: str, to: str, ref: str, said: Sequence[tuple[int, Brief]]) -> StatusCard | None:
    """The card of a thread with these messages (outbox row and brief, oldest first); None without an alert.

    `now` is the latest alert; `current_status` brings it up to date.
    """
    alerts = [(number, brief) for number, brief in said if isinstance(brief, AlertBrief)]
    if not alerts:
        return None
    told = tuple(ThreadMessage(number, brief.at, brief.first_line) for number, brief in alerts)
    latest = next((brief for _, brief in reversed(alerts) if brief.kind != FURTHER_EVIDENCE), alerts[-1][1])
    return StatusCard(channel, to, ref, alerts[0][1], latest, told)


def related_commitments(first: AlertBrief, commitment: str) -> tuple[str, ...]:
    """The commitments of a message besides this one."""
    names = (first.commitment, *(section.commitment for section in first.sections))
    return tuple(name for name in dict.fromkeys(names) if name != commitment)


def reported_status(brief: Brief, commitment: str) -> str:
    """The status that an alert gave this commitment; '' if it names none."""
    if not isinstance(brief, AlertBrief):
        return ""
    named = {section.commitment: section.status for section in brief.sections} | {brief.commitment: brief.status}
    return named.get(commitment, "")


def related_statuses(
    names: Iterable[str], verdicts: Mapping[str, Verdict], commitments: Mapping[str, Commitment], zone: str
) -> tuple[MessageSection, ...]:
    """How each of these commitments stands; those without a verdict or a rule file are left out."""
    sections = []
    for key in names:
        if key in verdicts and key in commitments:
            verdict = verdicts[key]
            text = _status_text(verdict, zone) + (", unconfirmed" if _unconfirmed(verdict) else "")
            sections.append(MessageSection(key, one_line(commitments[key].name, 160), text, verdict.status))
    return tuple(sections)


def threads_to_refresh(
    transitions: Iterable[Transition], unmuted: Collection[str], interventions: Sequence[Intervention], now: datetime
) -> frozenset[str]:
    """The commitments whose headers are to be edited: each one that changed, whoever gets a message.

    Changes by an edit of the rules alone are held back, so a header does not show them first. Headers of a muted
    commitment stay as they are until the mute has ended (unmuted).
    """
    changed = {t.commitment for t in transitions if t.cause is not Cause.RULES}
    return frozenset({name for name in changed if mute_window_at(interventions, name, now) is None} | {*unmuted})


def current_status(
    latest: AlertBrief, verdict: Verdict, commitment: Commitment, context: RenderContext, reported: str
) -> AlertBrief:
    """The present state for a card: the verdict, in the words of the latest message where that one reported it.

    reported: the status that was last sent about the commitment in this place, in whatever thread; '' if none.
    """
    commitment = clean_commitment(commitment)
    unconfirmed, contested = _unconfirmed(verdict), has_flag(verdict, FlagKind.CONTESTED)
    moved = (latest.commitment, latest.status) != (commitment.id, verdict.status)
    if moved or (latest.unconfirmed, latest.contested) != (unconfirmed, contested):
        stands = " ".join(filter(None, (status_caps(verdict.status), _since(verdict, context.zone))))
        line = first_line(topic_of(commitment), stands, unconfirmed=unconfirmed)
        if not moved:
            line = latest.first_line.removesuffix(NOT_CONFIRMED) + (NOT_CONFIRMED if unconfirmed else "")
        latest = replace(latest, first_line=line, sure="", note="", unconfirmed=unconfirmed, contested=contested)
    current = replace(latest, sections=(), **standing_part(commitment, verdict, context))
    note = NOT_YET_REPORTED if reported != verdict.status else latest.note
    deadlines = deadline_lines(verdict, commitment.short, context)
    return replace(current, shown=_status_text(verdict, context.zone), note=note, deadlines=deadlines)


def _unconfirmed(verdict: Verdict) -> bool:
    """Whether the status is in doubt. A pinned status rests on the person who pinned it."""
    return has_flag(verdict, FlagKind.UNCONFIRMED) and not has_flag(verdict, FlagKind.PINNED)


def _status_text(verdict: Verdict, zone: str) -> str:
    return ", ".join(filter(None, (shown_status(verdict), _since(verdict, zone))))


def _since(verdict: Verdict, zone: str) -> str:
    """'since 14 Mar 2026'; '' without a pledge, which has no beginning."""
    unpledged = verdict.status == Standing.UNPLEDGED.value
    return "" if unpledged else f"since {format_date(status_since(verdict, zone))}"
