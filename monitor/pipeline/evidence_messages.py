"""Messages on evidence that changes no verdict: further sources for a change, and matches of experimental rules.
Follow-ups depend only on sent messages and stored signals, so this may run at any time and twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from monitor.domain.alerts.announce import UNANNOUNCED_CAUSES, follow_up_message
from monitor.domain.alerts.mutes import mute_window_at
from monitor.domain.alerts.recipients import quiet_until, subscribed, subscribes_to
from monitor.domain.matching.rules import Rulebook
from monitor.domain.messages.briefs import Footer, Headline
from monitor.domain.messages.context import RenderContext
from monitor.domain.messages.evidence_lines import evidence_lines
from monitor.domain.messages.subject import subject_line, topic_of
from monitor.domain.model import DecisionInput, Message, Route, Signal, Story, Transition
from monitor.domain.text.labels import format_time, pluralised
from monitor.domain.verdicts import supporting_evidence
from monitor.pipeline.message_rows import ReviewContext, build_row, notice_row, sent_log
from monitor.store import Connection, Store, signals, stories, verdict_records
from monitor.store import outbox as outbox_store
from monitor.store.outbox import NewOutboxItem

LOOKBACK: Final = timedelta(days=1)
"""Older matches are not reported: an author follows the rules while they run."""
TRIAL_STATUS: Final = "trial"
"""A status with a neutral colour: no promise has changed."""


@dataclass(frozen=True, slots=True)
class FollowUpReport:
    """Number of queued replies, and the problems of replies that failed; those are tried again."""

    queued: int = 0
    problems: tuple[str, ...] = ()


def enqueue_follow_ups(store: Store, rulebook: Rulebook, routes: Sequence[Route], now: datetime) -> FollowUpReport:
    """Queue a reply for each route that wants further evidence and has not received all of it.

    A change older than policy's `corroborate_days` gets no reply: later reports are separate news. A reply that fails
    stops no other. Raises StoreError.
    """
    context = ReviewContext(rulebook, tuple(route for route in routes if route.further), now)
    if not context.routes:
        return FollowUpReport()
    with store.read() as conn:
        rows, problems = _write_follow_ups(conn, context)
    if rows:
        with store.begin() as conn:
            outbox_store.enqueue(conn, rows, now)
    return FollowUpReport(len(rows), tuple(problems))


def _write_follow_ups(conn: Connection, context: ReviewContext) -> tuple[list[NewOutboxItem], list[str]]:
    """The rows of all follow-ups, and one line per failed one.

    1. Find the changes behind the present statuses of commitments that are not muted and have no pending review.
    2. Read the signals and stories since each change, and the sent messages.
    3. Write a message for each change and route with a new source.
    """
    rulebook, now = context.rulebook, context.now
    window, log = timedelta(days=rulebook.policy.corroborate_days), sent_log(conn, now)
    if not log.messages:
        return [], []  # no message was sent that further evidence could support
    moves = verdict_records.transitions(conn, now - window, now + timedelta(microseconds=1))
    announced = {move.commitment for move in moves if move.cause not in UNANNOUNCED_CAUSES}
    # A pending review may confirm or change the status, and is announced first.
    settled = (announced & rulebook.commitments.keys()) - verdict_records.review_requests(conn).keys()
    verdicts = {name: r.published for name, r in verdict_records.verdict_records(conn, settled).items()}
    interventions = verdict_records.interventions(conn) if settled else {}
    changes: list[Transition] = []
    for name in sorted(settled):
        change = supporting_evidence.causing_transition(moves, verdicts[name])
        muted = mute_window_at(interventions.get("", ()), name, now) is not None
        if change is not None and change.cause not in UNANNOUNCED_CAUSES and not muted:
            changes.append(change)
    if not changes:
        return [], []
    starts = {
        change.commitment: supporting_evidence.status_since(verdicts[change.commitment]) - window for change in changes
    }
    found = signals.by_commitment_after(conn, starts)
    reported = stories.by_ids(conn, {signal.story for group in found.values() for signal in group})
    messages: list[Message] = []
    routes = subscribed(context.routes, interventions.get("", ()))
    for change in changes:
        name, verdict = change.commitment, verdicts[change.commitment]
        own_interventions = (*interventions.get("", ()), *interventions.get(name, ()))
        case = DecisionInput(rulebook.commitments[name], verdict, found[name], own_interventions, verdict)
        supporting = supporting_evidence.supporting_signals(case, reported, rulebook, now)
        if supporting:
            ids = {*supporting_evidence.status_evidence(verdict), *(signal.id for signal in supporting)}
            sources = supporting_evidence.independent_sources(case, ids, reported, rulebook)
            made = (follow_up_message(change, verdict, supporting, sources, r, log, now) for r in routes)
            messages += filter(None, made)
    if not messages:
        return [], []
    context = replace(context, verdicts=verdict_records.PublishedVerdicts(conn, verdicts))
    rows, problems = [], []
    for message in messages:
        try:
            rows.append(build_row(conn, context, message))
        except Exception as error:  # noqa: BLE001 - the other replies are sent, whatever one brief raises
            problems.append(f"{message.commitment}, route {message.route}: {type(error).__name__}: {error}")
    return rows, problems


def enqueue_trial_matches(store: Store, rulebook: Rulebook, routes: Sequence[Route], now: datetime) -> int:
    """Queue new matches of experimental rules for each route of that stage, one message per commitment that is not
    muted; returns the number of messages."""
    asking = [route for route in routes if route.stage == "experimental"]
    if not asking:
        return 0
    with store.read() as conn:
        recent = [s for s in signals.seen_since(conn, now - LOOKBACK) if s.experimental]
        reported = stories.by_ids(conn, {signal.story for signal in recent})
        log, interventions = sent_log(conn, now), verdict_records.interventions(conn, ()).get("", ())
    names = {signal.commitment for signal in recent} & rulebook.commitments.keys()
    rows = []
    for route in subscribed(asking, interventions):
        known = log.signals_shown(route.name)
        audible = {name for name in names if mute_window_at(interventions, name, now) is None}
        groups: dict[str, list[Signal]] = {}
        for signal in recent:
            name = signal.commitment
            if name in audible and subscribes_to(route, name, rulebook.commitments) and signal.id not in known:
                groups.setdefault(name, []).append(signal)
        rows += [_trial_row(group, route, rulebook, reported, now) for group in groups.values()]
    if rows:
        with store.begin() as conn:
            outbox_store.enqueue(conn, rows, now)
    return len(rows)


def _trial_row(
    group: Sequence[Signal], route: Route, rulebook: Rulebook, reported: Mapping[str, Story], now: datetime
) -> NewOutboxItem:
    """The message on matches of one commitment."""
    ids = tuple(signal.id for signal in group)
    commitment = rulebook.commitments[group[0].commitment]
    rules = ", ".join(dict.fromkeys(signal.rule for signal in group))
    effects = ", ".join(dict.fromkeys(signal.effect.value for signal in group))
    common = (rulebook.publishers, rulebook.policy, now, route.zone, rulebook.parties, rulebook.rules)
    context = RenderContext({s.id: s for s in group}, reported, *common)
    count = f"{pluralised(len(group), 'match', 'matches')} of rules on trial"
    reason = f'You receive this because the list “{route.config_name}” has stage = "experimental".'
    return notice_row(
        route,
        "\n".join(("trial", route.name, *ids)),
        Headline(subject_line(topic_of(commitment), count), TRIAL_STATUS, "EXPERIMENTAL"),
        evidence_lines(group, (), context),
        Footer(reason, format_time(now, route.zone)),
        now=now,
        note=f"{count}: {rules}. They read {effects}; no verdict changed.",
        confidence="Rules on trial do not count until their stage is stable.",
        remedy="Remove `stage: experimental` to activate the rule; `deal-monitor rules diff` shows the effect.",
        shown_signals=ids,
        quiet=quiet_until(route, now),
        zone=route.zone,
    )
