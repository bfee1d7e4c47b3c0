"""Rules on trial at work: what they match is told to the routes that ask for it, and moves no verdict."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from monitor.domain.alerts.mutes import mute_window_at
from monitor.domain.alerts.quiet_hours import quiet_until
from monitor.domain.alerts.sent_log import SentLog
from monitor.domain.matching.rules import Rulebook
from monitor.domain.messages.alert import AlertBrief, first_line, subscribes_to
from monitor.domain.messages.evidence_lines import RenderContext, evidence_lines
from monitor.domain.model import NOTICE, Commitment, Intervention, Route, Signal, Story
from monitor.domain.text.labels import format_time, pluralised
from monitor.domain.text.plain import one_line
from monitor.pipeline.sent_messages import sent_log
from monitor.store import Store, signals, stories, verdict_records
from monitor.store import outbox as outbox_store
from monitor.store.json_codec import to_json
from monitor.store.outbox import NewOutboxItem

LOOKBACK: Final = timedelta(days=1)
"""What rules on trial matched longer ago is told no more: an author watches them at work."""
TRIAL_STATUS: Final = "trial"
"""The calm colour: nothing has happened to a promise."""


def enqueue_trial_matches(store: Store, rulebook: Rulebook, routes: Sequence[Route], now: datetime) -> int:
    """Queue what rules on trial have matched and a route of stage `experimental` was not told; returns the messages queued."""
    asking = [route for route in routes if route.stage == "experimental"]
    if not asking:
        return 0
    with store.read() as conn:
        found = [s for s in signals.seen_since(conn, now - LOOKBACK) if s.experimental]
        heard = stories.by_ids(conn, {signal.story for signal in found})
        log, acts = sent_log(conn, now), verdict_records.interventions(conn, ()).get("", ())
        rows = [
            build_row(group, route, rulebook, heard, now)
            for route in asking
            for group in unreported(found, route, rulebook.commitments, log, acts, now)
        ]
    if rows:
        with store.begin() as conn:
            outbox_store.enqueue(conn, rows, now)
    return len(rows)


def unreported(
    found: Sequence[Signal], route: Route, commitments: Mapping[str, Commitment], log: SentLog, acts: Sequence[Intervention],
    now: datetime,
) -> list[tuple[Signal, ...]]:  # fmt: skip
    """The matches that a route wants and has not been told, those of one commitment together."""
    told = {key for sent in log.messages if sent.route == route.name for key in sent.evidence}
    groups: dict[str, list[Signal]] = {}
    for signal in found:
        name = signal.commitment
        wanted = (
            name in commitments and subscribes_to(route, name, commitments) and mute_window_at(acts, name, now) is None
        )
        if wanted and signal.id not in told:
            groups.setdefault(name, []).append(signal)
    return [tuple(group) for group in groups.values()]


def build_row(
    group: Sequence[Signal], route: Route, rulebook: Rulebook, heard: Mapping[str, Story], now: datetime
) -> NewOutboxItem:  # fmt: skip
    """The message on what rules on trial matched of one commitment."""
    ids = tuple(signal.id for signal in group)
    key = "\n".join(("trial", route.name, *ids))
    message_id = hashlib.sha256(key.encode()).hexdigest()[:16]
    commitment = rulebook.commitments[group[0].commitment]
    rules = ", ".join(dict.fromkeys(signal.rule for signal in group))
    why = f"{pluralised(len(group), 'match', 'matches')} of rules on trial: {rules}"
    facts = RenderContext(
        {s.id: s for s in group}, heard, rulebook.publishers, rulebook.policy, now, route.zone, rulebook.rules
    )
    brief = AlertBrief(
        message_id=message_id, kind=NOTICE, commitment="", name=one_line(commitment.name, 160), short=commitment.short,
        first_line=first_line("experimental", commitment.short, why), status=TRIAL_STATUS, shown="EXPERIMENTAL", way="other",
        changes=(), why=f"{why}. They would have read {_effects(group)}; no verdict was moved.",
        sure="Trial rules count for nothing until their stage is stable.",
        evidence=evidence_lines(group, (), facts), progress=None, deadlines=(), criteria="",
        back="Take `stage: experimental` out of the rule to put it into service; `deal-monitor rules diff` shows what that moves.",
        route=f"You get this because the route “{route.config_name}” has stage = \"experimental\".", as_of=now,
        data_time=format_time(now, route.zone), at=now, events=(), zone=route.zone,
    )  # fmt: skip
    return NewOutboxItem(
        message_id, NOTICE, route.name, route.channel, route.to, "", to_json(brief), evidence=ids,
        not_before=quiet_until(route, now),
    )  # fmt: skip


def _effects(group: Sequence[Signal]) -> str:
    return ", ".join(dict.fromkeys(signal.effect.value for signal in group))
