"""The thread header: the first message of a thread, edited to show the present state of the commitment."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.domain.alerts.mutes import mute_window_at
from monitor.domain.messages.briefs import AlertBrief, Brief, Headline, OtherCommitment
from monitor.domain.messages.context import RenderContext, clean_commitment
from monitor.domain.messages.figures import has_flag, progress_line, status_since
from monitor.domain.messages.next_steps import next_step
from monitor.domain.messages.subject import doubted_status, shown_status, subject_line, topic_of
from monitor.domain.model.commitments import Commitment
from monitor.domain.model.enums import Cause, FlagKind, Standing
from monitor.domain.model.verdicts import Intervention, Transition, Verdict
from monitor.domain.text.labels import format_date, format_time, status_caps
from monitor.domain.text.plain import one_line

NOT_YET_REPORTED = "The status has changed since the last message in this thread."


@dataclass(frozen=True, slots=True)
class ThreadMessage:
    """One message of a thread. number: its outbox row; at: when it was decided; line: its subject."""

    number: int
    at: datetime
    line: str


@dataclass(frozen=True, slots=True)
class StatusCard:
    """The content of the header `ref` in a place. first: the message as it was posted; now: the present state;
    messages: oldest first; others: the present state of the other commitments in `first`; further: the outlets that
    reported the present status too, in a sentence."""

    channel: str
    to: str
    ref: str
    first: AlertBrief
    now: AlertBrief
    messages: tuple[ThreadMessage, ...]
    others: tuple[OtherCommitment, ...] = ()
    further: str = ""


def build_card(channel: str, to: str, ref: str, sent: Sequence[tuple[int, Brief]]) -> StatusCard | None:
    """The card of a thread with these messages (outbox row and brief, oldest first); None without an alert. `now` is
    the latest alert; `current_status` brings it up to date."""
    alerts = [(number, brief) for number, brief in sent if isinstance(brief, AlertBrief)]
    if not alerts:
        return None
    messages = tuple(ThreadMessage(number, brief.at, brief.subject) for number, brief in alerts)
    return StatusCard(channel, to, ref, alerts[0][1], alerts[-1][1], messages)


def reported_status(brief: Brief, commitment: str) -> str:
    """The status that an alert gave this commitment; '' if it names none."""
    if not isinstance(brief, AlertBrief):
        return ""
    named = {other.commitment: other.status for other in brief.others} | {brief.commitment: brief.headline.status}
    return named.get(commitment, "")


def related_statuses(
    names: Iterable[str], verdicts: Mapping[str, Verdict], commitments: Mapping[str, Commitment], zone: str
) -> tuple[OtherCommitment, ...]:
    """The present state of these commitments; those without a verdict or a rule file are left out."""
    others = []
    for key in names:
        if key in verdicts and key in commitments:
            shown, _, unconfirmed = _shown(verdicts[key], zone)
            text = f"{shown}, unconfirmed" if unconfirmed else shown
            others.append(OtherCommitment(key, one_line(commitments[key].name, 160), text, verdicts[key].status))
    return tuple(others)


def threads_to_refresh(
    transitions: Iterable[Transition],
    reported: Collection[str],
    unmuted: Collection[str],
    interventions: Sequence[Intervention],
    now: datetime,
) -> frozenset[str]:
    """The commitments whose headers must be edited: each one that changed or was reported on, whether or not a message
    was sent. Changes by an edit of the rules alone are held back, so that no header shows them first. Headers of a
    muted commitment stay as they are until the mute has ended (unmuted)."""
    changed = {*reported, *(t.commitment for t in transitions if t.cause is not Cause.RULES)}
    return frozenset({name for name in changed if mute_window_at(interventions, name, now) is None} | {*unmuted})


def current_status(
    latest: AlertBrief, verdict: Verdict, commitment: Commitment, context: RenderContext, reported: str
) -> AlertBrief:
    """The present state for a card: the verdict, in the words of the latest message if that one reported it. reported:
    the status that was last sent about the commitment in this place, in any thread; '' if none."""
    commitment = clean_commitment(commitment, context.today)
    shown, since, unconfirmed = _shown(verdict, context.zone)
    contested, told = has_flag(verdict, FlagKind.CONTESTED), latest.headline
    text, title, moved = told.text, told.title, (latest.commitment, told.status) != (commitment.id, verdict.status)
    if moved:
        text = subject_line(topic_of(commitment), " ".join(filter(None, (status_caps(verdict.status), since))))
        title = ""
    if moved or (told.unconfirmed, told.contested) != (unconfirmed, contested):
        latest = replace(latest, confidence="", note="")
    note = NOT_YET_REPORTED if reported != verdict.status else latest.note
    return replace(
        latest,
        commitment=commitment.id,
        headline=Headline(text, verdict.status, shown, doubted_status(verdict), unconfirmed, contested, title),
        note=note,
        promise=commitment.name,
        progress=progress_line(verdict.progress, commitment, context),
        next=next_step(commitment, verdict, context),
        others=(),
        as_of=context.now,
        footer=replace(latest.footer, data_time=format_time(context.now, context.zone)),
    )


def _shown(verdict: Verdict, zone: str) -> tuple[str, str, bool]:
    """The status with its beginning, the beginning ('' without a pledge), and whether the status is in doubt."""
    unpledged = verdict.status == Standing.UNPLEDGED.value
    since = "" if unpledged else f"since {format_date(status_since(verdict, zone))}"
    # A pinned status rests on the person who pinned it.
    doubted = has_flag(verdict, FlagKind.UNCONFIRMED) and not has_flag(verdict, FlagKind.PINNED)
    return ", ".join(filter(None, (shown_status(verdict), since))), since, doubted
