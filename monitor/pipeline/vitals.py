"""Reads the state of the program in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from monitor.domain.messages.feed_health import ConfiguredFeed, source_health
from monitor.domain.pages.vitals import Vitals
from monitor.pipeline.health import SERIOUS, Trouble, health
from monitor.store import Connection, feeds, problems_and_runs, verdict_records
from monitor.store import outbox as outbox_store


def read_vitals(
    conn: Connection,
    polled: Sequence[ConfiguredFeed],
    now: datetime,
    *,
    built: datetime | None,
    builds: bool,
    program: str = "",
) -> Vitals:
    """polled: the configured feeds; built, builds: as in Vitals."""
    states = feeds.states(conn)
    of_feeds = {feed.name: states[feed.name] for feed in polled if feed.name in states}
    answers = [state.ok_at for state in of_feeds.values() if state.ok_at is not None]
    judged = health(conn, polled, now)
    serious = [trouble for trouble in judged.troubles if trouble.kind in SERIOUS]
    return Vitals(
        now=now,
        troubles=tuple(map(public_text, serious)),
        verdicts={name: record.published for name, record in verdict_records.verdict_records(conn).items()},
        sources=source_health(polled, states, now),
        successes={feed.name: of_feeds[feed.name].ok_at if feed.name in of_feeds else None for feed in polled},
        polled=judged.polled_at,
        read=max(answers, default=None),
        decided=judged.decided_at,
        changed=verdict_records.last_changed(conn),
        messages=outbox_store.counts_by_channel(conn),
        broken=tuple(outbox_store.open_circuits(conn)),
        problems=len(problems_and_runs.problems(conn)),
        rules=problems_and_runs.adopted_version(conn) or "",
        program=program,
        built=built,
        builds=builds,
    )


def public_text(trouble: Trouble) -> str:
    """The public part of a trouble. A channel's or source's own error, which may name machines, follows the first
    colon."""
    return trouble.text if trouble.kind == "stale" else trouble.text.partition(": ")[0]
