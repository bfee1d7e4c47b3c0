"""Reads how the program is, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from monitor.domain.messages.digest.feed_health import ConfiguredFeed, source_health
from monitor.domain.pages.vitals import Vitals
from monitor.pipeline.health import SERIOUS, Trouble, health
from monitor.store import Connection, feeds, problems_and_runs, verdict_records
from monitor.store import outbox as outbox_store
from monitor.store.tables import FeedState


def read_vitals(
    conn: Connection,
    polled: Sequence[ConfiguredFeed],
    now: datetime,
    *,
    built: datetime | None,
    builds: bool,
    program: str = "",
) -> Vitals:
    """polled: the feeds that are polled; built: when the pages were made; builds: whether a running monitor keeps them up to date."""
    states = feeds.states(conn)
    of_feeds = {feed.name: states[feed.name] for feed in polled if feed.name in states}
    answers = [state.ok_at for state in of_feeds.values() if state.ok_at is not None]
    judged = health(conn, polled, now)
    return Vitals(
        now=now,
        troubles=tuple(map(public_words, (t for t in judged.troubles if t.kind in SERIOUS))),
        verdicts={name: record.published for name, record in verdict_records.verdict_records(conn).items()},
        sources=source_health(polled, states, now),
        successes={feed.name: _ok_at(of_feeds, feed.name) for feed in polled},
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


def public_words(trouble: Trouble) -> str:
    """What the world may read of a trouble. Behind the first colon stands what a channel or a source said, with names of machines; a monitor
    that does not run has nothing to hide."""
    return trouble.text if trouble.kind == "stale" else trouble.text.partition(": ")[0]


def _ok_at(states: Mapping[str, FeedState], name: str) -> datetime | None:
    state = states.get(name)
    return state.ok_at if state else None
