"""Whether the monitor does its work, from what it has stored: one judgement for `doctor`, the heartbeat and the health page.

A running monitor writes a sign of life every minute, and a round (`poll --once`) one when it ends. So a sign also proves that the
database can be written.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from monitor.domain.messages.digest.feed_health import ConfiguredFeed, alike_failures, blackout
from monitor.pipeline.source_notices import NO_ANSWER_AFTER
from monitor.store import Connection, problems_and_runs, verdict_records
from monitor.store import feeds as feed_store
from monitor.store import outbox as outbox_store
from monitor.store.tables import FeedState, Run

PROGRAM = "program"
"""The job whose row is the sign of life of a running monitor."""
ROUND = "round"
"""The job whose rows are the rounds of `poll --once`, for the monitor that cron starts."""
OUTSIDE_CHECK = "outside check"
"""The job whose rows are the calls of [heartbeat], those together that ended alike in a row: called, withheld or failed."""
STALE_AFTER = timedelta(minutes=15)
"""No sign of life, no poll or no decision for so long is a fault, an estimate: fifteen signs are missing by then, and a restart
takes one minute."""
LATE_ROUNDS = 2.5
"""So many times the last interval of rounds may pass before the next, an estimate: one may be left out."""
LONGEST_RHYTHM = timedelta(days=1)
"""A longer pause between two rounds is no rhythm, but a time in which nobody started any."""

TroubleKind = Literal["stale", "blind", "channel", "messages"]
SERIOUS: frozenset[TroubleKind] = frozenset({"stale", "blind", "channel"})
"""With one of these the monitor does not do its work. The others are worth a look."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that is wrong, in words for people."""

    kind: TroubleKind
    text: str


@dataclass(frozen=True, slots=True)
class SignOfLife:
    """What a program said of itself last. job: PROGRAM or ROUND; running: False after its end, as for each round; who: process and
    machine; stalled: jobs that have not ended well for STALE_AFTER, with the moment since when.
    """

    job: str
    started_at: datetime
    seen_at: datetime
    running: bool
    who: str = ""
    stalled: dict[str, datetime] = field(default_factory=dict)

    def as_run(self) -> Run:
        """The row that holds it."""
        stalled = {job: since.isoformat() for job, since in self.stalled.items()}
        detail = json.dumps({"who": self.who, "stalled": stalled})
        outcome = "running" if self.running else "ended"
        return Run(job=self.job, started_at=self.started_at, ended_at=self.seen_at, outcome=outcome, detail=detail)


@dataclass(frozen=True, slots=True)
class Health:
    """How the monitor does. Moments are None before the first. sign: of the program or round seen last; None: never any."""

    troubles: tuple[Trouble, ...]
    sign: SignOfLife | None
    polled_at: datetime | None
    decided_at: datetime | None

    @property
    def ok(self) -> bool:
        """Whether the monitor does its work: it runs, reads and can send."""
        return not self.reasons

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it is not well; empty if it is."""
        return tuple(trouble.text for trouble in self.troubles if trouble.kind in SERIOUS)

    def has(self, *kinds: TroubleKind) -> bool:
        """Whether there is a trouble of one of these kinds."""
        return any(trouble.kind in kinds for trouble in self.troubles)


def health(conn: Connection, feeds: Sequence[ConfiguredFeed], now: datetime) -> Health:
    """How the monitor does at `now`. feeds: those that are polled."""
    states = feed_store.states(conn)
    polled = [states[feed.name].polled_at for feed in feeds if feed.name in states]
    polled_at = max((moment for moment in polled if moment is not None), default=None)
    signs = _signs(conn)
    sign = signs[0] if signs else None
    troubles = (*_stale(signs, feeds, states, now), *_blind(feeds, states, now), *_of_messages(conn))
    return Health(troubles, sign, polled_at, verdict_records.last_decided_at(conn))


def _signs(conn: Connection) -> list[SignOfLife]:
    """The last signs of life, newest first: of the last program and the last two rounds."""
    rows = [*problems_and_runs.last_runs(conn, PROGRAM, 1), *problems_and_runs.last_runs(conn, ROUND, 2)]
    return sorted(map(_sign_of, rows), key=lambda sign: sign.seen_at, reverse=True)


def _sign_of(run: Run) -> SignOfLife:
    told = json.loads(run.detail)
    stalled = {job: datetime.fromisoformat(since) for job, since in told["stalled"].items()}
    return SignOfLife(run.job, run.started_at, run.ended_at, run.outcome == "running", told["who"], stalled)


def _stale(
    signs: Sequence[SignOfLife], feeds: Sequence[ConfiguredFeed], states: dict[str, FeedState], now: datetime
) -> Iterator[Trouble]:
    if not signs:
        yield Trouble("stale", "no monitor has run on this database yet")
        return
    last = signs[0]
    if now - last.seen_at > _patience(signs):
        ended = "ended" if not last.running else "gave its last sign of life"
        yield Trouble("stale", f"no monitor is running: the last one {ended} on {_moment(last.seen_at)}")
        return
    for job, since in last.stalled.items():
        yield Trouble("stale", f"the job {job!r} has not ended well since {_moment(since)}")
    due = [states[feed.name].next_poll_at for feed in feeds if feed.name in states]
    waits = min((moment for moment in due if moment is not None), default=None)
    if last.running and waits is not None and now - waits > STALE_AFTER and now - last.started_at > STALE_AFTER:
        yield Trouble("stale", f"a source has been due since {_moment(waits)}, and was not asked")


def _patience(signs: Sequence[SignOfLife]) -> timedelta:
    """How long the next sign of life may take: with rounds more than their usual interval, and never less than STALE_AFTER."""
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
        yield Trouble("channel", f"nothing goes out through {channel} since {_moment(since)}: {error}")
    if dead := outbox_store.counts(conn).get("dead", 0):
        told = "1 message was" if dead == 1 else f"{dead} messages were"
        yield Trouble("messages", f"{told} given up: `deal-monitor outbox list --state dead` tells why")


def _moment(at: datetime) -> str:
    return f"{at:%-d %b %Y %H:%M} UTC"
