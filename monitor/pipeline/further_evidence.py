"""Further evidence at work: who was told of a change hears, in the same thread, who else says so by then.

It is worked out from what was sent and what is stored, so it may run at any time and twice: what a route was shown is on
record with the message that showed it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.domain.alerts.announce import UNANNOUNCED_CAUSES
from monitor.domain.alerts.further_reply import follow_up_message
from monitor.domain.alerts.mutes import mute_window_at
from monitor.domain.alerts.sent_log import SentLog
from monitor.domain.matching.rules import Rulebook
from monitor.domain.model import DecisionInput, Intervention, Message, Route, Story, Transition, Verdict
from monitor.domain.verdicts.further_evidence import (
    causing_transition,
    independent_sources,
    status_evidence,
    status_since,
    supporting_signals,
)
from monitor.pipeline.message_rows import MessageBuilder, message_builder
from monitor.pipeline.sent_messages import sent_log
from monitor.store import Connection, Store, signals, stories, verdict_records
from monitor.store import outbox as outbox_store
from monitor.store.outbox import NewOutboxItem


@dataclass(frozen=True, slots=True)
class FollowUpReport:
    """How many replies were queued, and what kept others from being written; those are tried again."""

    queued: int = 0
    problems: tuple[str, ...] = ()


def enqueue_follow_ups(store: Store, rulebook: Rulebook, routes: Sequence[Route], now: datetime) -> FollowUpReport:
    """Queue a reply for each route that asks for further evidence and has not been shown what there is.

    Changes told longer ago than policy's `corroborate_days` are left alone: what is said so late is news of its own. A reply
    that cannot be written stops only itself. Raises StoreError.
    """
    asking = [route for route in routes if route.further]
    if not asking:
        return FollowUpReport()
    with store.read() as conn:
        found = _load(conn, rulebook, now)
        messages = [made for change in found.changes for made in found.about(change, rulebook, asking, now)]
        told, also = (t for m in messages for t in m.transitions), (key for m in messages for key in m.also)
        written = message_builder(conn, rulebook, asking, now, found.verdicts, told, also) if messages else None
    rows, problems = _rows(written, messages) if written else ([], ())
    if rows:
        with store.begin() as conn:
            outbox_store.enqueue(conn, rows, now)
    return FollowUpReport(len(rows), problems)


def _rows(written: MessageBuilder, messages: Sequence[Message]) -> tuple[list[NewOutboxItem], tuple[str, ...]]:
    rows, problems = [], []
    for made in messages:
        try:
            rows.append(written.build_row(made))
        except Exception as error:  # noqa: BLE001 - whatever a brief raises, the other replies go out
            problems.append(f"{made.commitment}, route {made.route}: {type(error).__name__}: {error}")
    return rows, tuple(problems)


@dataclass(frozen=True, slots=True)
class _RecentChanges:
    """What is stored of the changes told lately. changes: those by which a status became what it is."""

    changes: tuple[Transition, ...]
    verdicts: Mapping[str, Verdict]
    cases: Mapping[str, DecisionInput]
    stories: Mapping[str, Story]
    sent: SentLog

    def about(
        self, change: Transition, rulebook: Rulebook, routes: Sequence[Route], now: datetime
    ) -> Iterator[Message]:
        case, verdict = self.cases[change.commitment], self.verdicts[change.commitment]
        borne = supporting_signals(case, self.stories, rulebook, now)
        if not borne:
            return
        spoken = independent_sources(
            case, {*status_evidence(verdict), *(signal.id for signal in borne)}, self.stories, rulebook
        )
        for route in routes:
            made = follow_up_message(change, verdict, borne, spoken, route, self.sent, now)
            if made is not None:
                yield made


def _load(conn: Connection, rulebook: Rulebook, now: datetime) -> _RecentChanges:
    window = timedelta(days=rulebook.policy.corroborate_days)
    verdicts = {name: record.published for name, record in verdict_records.verdict_records(conn).items()}
    acts = verdict_records.interventions(conn)
    moves = verdict_records.transitions(conn, now - window, now + timedelta(microseconds=1))
    waiting = verdict_records.review_requests(
        conn
    )  # what has yet to be weighed may confirm or turn it, which is told first
    changes = tuple(t for t in _open_changes(moves, rulebook, verdicts, acts, now) if t.commitment not in waiting)
    names = [change.commitment for change in changes]
    heard = signals.by_commitment_after(conn, {name: status_since(verdicts[name]) - window for name in names})
    known = {
        name: DecisionInput(rulebook.commitments[name], verdicts[name], heard[name], (*acts.get("", ()), *acts.get(name, ())), verdicts[name])
        for name in names
    }  # fmt: skip
    told = stories.by_ids(conn, {signal.story for group in heard.values() for signal in group})
    return _RecentChanges(changes, verdicts, known, told, sent_log(conn, now) if changes else SentLog())


def _open_changes(
    moves: Sequence[Transition], rulebook: Rulebook, verdicts: Mapping[str, Verdict],
    acts: Mapping[str, tuple[Intervention, ...]], now: datetime,
) -> Iterator[Transition]:  # fmt: skip
    """Of each commitment that is not muted, the change that made its status what it is, if it is among these."""
    for name, verdict in verdicts.items():
        change = causing_transition(moves, verdict) if name in rulebook.commitments else None
        if (
            change is not None
            and change.cause not in UNANNOUNCED_CAUSES
            and mute_window_at(acts.get("", ()), name, now) is None
        ):
            yield change
