"""Health: whether the monitor works, judged from stored data for `health`, `doctor`, the heartbeat and the health page.

A running monitor writes a health sign every minute, and a round (`poll`) one at its end. A sign also proves that the database is
writable.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from monitor.domain.messages.feed_health import ConfiguredFeed, alike_failures, blackout
from monitor.pipeline.source_notices import NO_ANSWER_AFTER
from monitor.store import Connection, problems_and_runs, verdict_records
from monitor.store import feeds as feed_store
from monitor.store import outbox as outbox_store
from monitor.store.tables import FeedState, Run

PROGRAM = "program"
"""Job name of a running monitor's sign."""
ROUND = "round"
"""Job name of the rounds of `poll`, for a monitor started by cron."""
OUTSIDE_CHECK = "outside check"
"""Job name of the calls of [heartbeat]; one row for calls in a row with the same outcome: called, withheld or failed."""
STALE_AFTER = timedelta(minutes=15)
"""A fault after so long without a sign, a poll or a decision, an estimate: fifteen signs are missing, and a restart takes one minute."""
LATE_ROUNDS = 2.5
"""Allowed multiple of the last interval between rounds, an estimate: one round may be missing."""
LONGEST_RHYTHM = timedelta(days=1)
"""A longer pause between two rounds is not an interval, but a time without rounds."""

TroubleKind = Literal["stale", "blind", "channel", "messages"]
SERIOUS: frozenset[TroubleKind] = frozenset({"stale", "blind", "channel"})
"""Kinds with which the monitor does not work. The others only deserve a look."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """One fault, in words for people."""

    kind: TroubleKind
    text: str


@dataclass(frozen=True, slots=True)
class HealthSign:
    """A program's last sign. job: PROGRAM or ROUND; running: False after its end, as for each round; who: process and machine;
    stalled: jobs that have not ended well for STALE_AFTER, and since when.
    """

    job: str
    started_at: datetime
    seen_at: datetime
    running: bool
    who: str = ""
    stalled: dict[str, datetime] = field(default_factory=dict)

    def as_run(self) -> Run:
        """Its row in the run log."""
        stalled = {job: since.isoformat() for job, since in self.stalled.items()}
        detail = json.dumps({"who": self.who, "stalled": stalled})
        outcome = "running" if self.running else "ended"
        return Run(job=self.job, started_at=self.started_at, ended_at=self.seen_at, outcome=outcome, detail=detail)


@dataclass(frozen=True, slots=True)
class Health:
    """Health of the monitor. Moments are None before the first. sign: the last one of a program or round."""

    troubles: tuple[Trouble, ...]
    sign: HealthSign | None
    polled_at: datetime | None
    decided_at: datetime | None

    @property
    def ok(self) -> bool:
        """Whether the monitor runs, reads and can send."""
        return not self.reasons

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it is not healthy; empty if it is."""
        return tuple(trouble.text for trouble in self.troubles if trouble.kind in SERIOUS)

    def has(self, *kinds: TroubleKind) -> bool:
        """Whether there is a fault of one of these kinds."""
        return any(trouble.kind in kinds for trouble in self.troubles)


def health(conn: Connection, feeds: Sequence[ConfiguredFeed], now: datetime) -> Health:
    """The monitor's health at `now`. feeds: the polled ones."""
    states = feed_store.states(conn)
    polled = [states[feed.name].polled_at for feed in feeds if feed.name in states]
    polled_at = max((moment for moment in polled if moment is not None), default=None)
    signs = _signs(conn)
    sign = signs[0] if signs else None
    troubles = (*_stale(signs, feeds, states, now), *_blind(feeds, states, now), *_of_messages(conn))
    return Health(troubles, sign, polled_at, verdict_records.last_decided_at(conn))


def _signs(conn: Connection) -> list[HealthSign]:
    """The last signs, newest first: of the last program and the last two rounds."""
    rows = [*problems_and_runs.last_runs(conn, PROGRAM, 1), *problems_and_runs.last_runs(conn, ROUND, 2)]
    return sorted(map(_sign_of, rows), key=lambda sign: sign.seen_at, reverse=True)


def _sign_of(run: Run) -> HealthSign:
    detail = json.loads(run.detail)
    stalled = {job: datetime.fromisoformat(since) for job, since in detail["stalled"].items()}
    return HealthSign(run.job, run.started_at, run.ended_at, run.outcome == "running", detail["who"], stalled)


def _stale(
    signs: Sequence[HealthSign], feeds: Sequence[ConfiguredFeed], states: dict[str, FeedState], now: datetime
) -> Iterator[Trouble]:
    if not signs:
        yield Trouble("stale", "no monitor has run on this database yet")
        return
    last = signs[0]
    if now - last.seen_at > _patience(signs):
        ended = "ended" if not last.running else "last reported"
        yield Trouble("stale", f"no monitor is running: the last one {ended} on {_moment(last.seen_at)}")
        return
    for job, since in last.stalled.items():
        yield Trouble("stale", f"the job {job!r} has not ended well since {_moment(since)}")
    due = [states[feed.name].next_poll_at for feed in feeds if feed.name in states]
    waits = min((moment for moment in due if moment is not None), default=None)
    if last.running and waits is not None and now - waits > STALE_AFTER and now - last.started_at > STALE_AFTER:
        yield Trouble("stale", f"a source has been due since {_moment(waits)}, and was not polled")


def _patience(signs: Sequence[HealthSign]) -> timedelta:
    """The longest allowed time to the next sign: for rounds more than their usual interval, and at least STALE_AFTER."""
    if [sign.job for sign in signs[:2]] != [ROUND, ROUND]:
        return STALE_AFTER
    return max(STALE_AFTER, LATE_ROUNDS * min(signs[0].seen_at - signs[1].seen_at, LONGEST_RHYTHM))


def _blind(feeds: Sequence[ConfiguredFeed], states: dict[str, FeedState], now: datetime) -> Iterator[Trouble]:
    dark = blackout(feeds, states)
    if dark is not None and now - dark.failing >= NO_ANSWER_AFTER:
        commonest = alike_failures(feeds, states)[0]
        yield Trouble("blind", f"no source answers since {_moment(dark.since)}: {commonest.error}. {commonest.remedy}")


def _of_messages(conn: Connection) -> Iterator[Trouble]:
    for channel, (since, error) in outbox_store.open_circuits(conn).items():
        yield Trouble("channel", f"nothing is sent through {channel} since {_moment(since)}: {error}")
    if dead := outbox_store.counts(conn).get("dead", 0):
        messages = "1 message was" if dead == 1 else f"{dead} messages were"
        yield Trouble("messages", f"{messages} given up: see `deal-monitor outbox list --state dead`")


def _moment(at: datetime) -> str:
    return f"{at:%-d %b %Y %H:%M} UTC"
