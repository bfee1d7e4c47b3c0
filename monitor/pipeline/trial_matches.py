"""Messages on matches of experimental rules, which change no verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from monitor.domain.alerts.mutes import mute_window_at
from monitor.domain.alerts.recipients import quiet_until, subscribed, subscribes_to
from monitor.domain.matching.rules import Rulebook
from monitor.domain.messages.briefs import Footer, Headline
from monitor.domain.messages.context import RenderContext
from monitor.domain.messages.evidence_lines import evidence_lines
from monitor.domain.messages.subject import subject_line, topic_of
from monitor.domain.model import Route, Signal, Story
from monitor.domain.text.labels import format_time, pluralised
from monitor.pipeline.message_rows import notice_row, sent_log
from monitor.store import Store, signals, stories, verdict_records
from monitor.store import outbox as outbox_store
from monitor.store.outbox import NewOutboxItem

LOOKBACK: Final = timedelta(days=1)
"""Older matches are not reported: an author follows the rules while they run."""
TRIAL_STATUS: Final = "trial"
"""A status with a neutral colour: no promise has changed."""


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
    reason = f'You get this because the route “{route.config_name}” has stage = "experimental".'
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
