"""Health: whether the monitor works, judged from stored data for `health`, `doctor`, the heartbeat and the health page.
A running monitor writes a health sign every minute, and a round (`poll`) one at its end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from monitor.domain.messages.feed_health import NO_ANSWER_AFTER, alike_failures, blackout, source_health
from monitor.domain.model.news import ConfiguredFeed
from monitor.domain.pages.vitals import Vitals
from monitor.domain.text.labels import format_time
from monitor.pipeline import reader_lead
from monitor.store import Connection, job_tables, json_codec, problems_and_runs, verdict_records
from monitor.store import feeds as feed_store
from monitor.store import outbox as outbox_store
from monitor.store.engine import standbys
from monitor.store.tables import Run

PROGRAM = "program"
"""Job name of a running monitor's sign."""
WORKER = "worker"
"""Job name of the signs of a fleet's workers."""
VITAL_JOBS = ("poll", "review", "digest")
"""The monitor does not work without these. (A channel's circuit breaker reports a job that sends.)"""
ROUND = "round"
"""Job name of the rounds of `poll`, for a monitor started by cron."""
CLOCK = "clock"
"""Job name of a jump of the machine's clock; its detail is the jump in seconds."""
OUTSIDE_CHECK = "outside check"
"""Job name of the calls of [heartbeat]; one row for calls in a row with the same outcome."""
KEPT = timedelta(days=30)
"""How long the run log is kept: `doctor` needs the last day, a person perhaps the last month."""
STALE_AFTER = timedelta(minutes=2)
"""Maximum time without a sign, a poll, a decision or a due send, an estimate: four missing signs."""
ROUND_AFTER = timedelta(minutes=15)
"""Maximum time without a round of `poll`, an estimate: cron starts one every five minutes."""
JUMP_SHOWN = timedelta(days=1)
"""How long a jump of the clock is shown: the time in which somebody looks at the monitor."""
JUMPS_SHOWN = 3
LATE_ROUNDS = 2.5
"""Allowed multiple of the last interval between rounds, an estimate: one round may be missing."""
LONGEST_RHYTHM = timedelta(days=1)
"""A longer pause between two rounds is not an interval, but a time without rounds."""

TroubleKind = Literal["stale", "blind", "channel", "messages", "model", "clock", "rules"]
SERIOUS: frozenset[TroubleKind] = frozenset({"stale", "blind", "channel"})
"""Kinds with which the monitor does not work. The others only deserve a look."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """One fault, in words for people."""

    kind: TroubleKind
    text: str


@dataclass(frozen=True, slots=True)
class HealthSign:
    """A program's last sign. job: PROGRAM, WORKER or ROUND; running: False after its end; who: process and machine;
    stalled: jobs that have not ended well for STALE_AFTER, and since when; of a worker, when each last did. ahead: how
    far the machine's clock is ahead of the time that the program keeps since a jump, or of the database's. rules: their
    version; idle: why a worker writes nothing."""

    job: str
    started_at: datetime
    seen_at: datetime
    running: bool
    who: str = ""
    stalled: dict[str, datetime] = field(default_factory=dict)
    ahead: timedelta = timedelta(0)
    rules: str = ""
    idle: str = ""

    @classmethod
    def of_run(cls, run: Run) -> HealthSign:
        return json_codec.load(cls, run.detail)

    def as_run(self) -> Run:
        """Its row in the run log."""
        outcome, detail = "running" if self.running else "ended", json_codec.dump(self)
        return Run(job=self.job, started_at=self.started_at, ended_at=self.seen_at, outcome=outcome, detail=detail)


@dataclass(frozen=True, slots=True)
class Health:
    """Health of the monitor. Moments are None before the first. sign: the last one of a program or round; held: number
    of messages that wait for a decision; standbys: of programs that take over when this one ends; workers: the last
    signs of a fleet's workers."""

    troubles: tuple[Trouble, ...]
    sign: HealthSign | None
    polled_at: datetime | None
    decided_at: datetime | None
    held: int = 0
    standbys: int = 0
    workers: tuple[HealthSign, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether the monitor runs, reads and can send."""
        return not self.reasons

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it is not healthy; empty if it is."""
        return tuple(trouble.text for trouble in self.troubles if trouble.kind in SERIOUS)


def health(conn: Connection, feeds: Sequence[ConfiguredFeed], now: datetime) -> Health:
    """The monitor's health at `now`. feeds: the polled ones."""
    states = feed_store.states(conn)
    known = [states[feed.name] for feed in feeds if feed.name in states]
    rows = [*problems_and_runs.last_runs(conn, PROGRAM, 1), *problems_and_runs.last_runs(conn, ROUND, 2)]
    workers = worker_signs(conn, now)
    signs = sorted([*map(HealthSign.of_run, rows), *_fleet(workers, now)], key=lambda sign: sign.seen_at, reverse=True)
    if signs:  # judged by the time that the program keeps, as long as the machine's clock differs from it
        kept, seen = now - signs[0].ahead, signs[0].seen_at
        now = kept if abs(kept - seen) <= ROUND_AFTER < abs(now - seen) else now
    troubles = list(_stale(signs, min(filter(None, (state.next_poll_at for state in known)), default=None), now))
    dark = blackout(feeds, states)
    if dark is not None and now - dark.failing >= NO_ANSWER_AFTER:
        commonest = alike_failures(feeds, states)[0]
        text = f"no source answers since {format_time(dark.since, 'UTC')}: {commonest.error}. {commonest.remedy}"
        troubles.append(Trouble("blind", text))
    for channel, (since, error) in outbox_store.open_circuits(conn).items():
        troubles.append(Trouble("channel", f"{channel} has sent no message since {format_time(since, 'UTC')}: {error}"))
    if signs and signs[0].job == PROGRAM and signs[0].running:
        for channel, since in outbox_store.overdue_channels(conn, now, STALE_AFTER).items():
            troubles.append(Trouble("stale", f"{channel} has had a message to send since {format_time(since, 'UTC')}"))
    troubles += [Trouble("rules", f"{worker.who} writes nothing: {worker.idle}") for worker in workers if worker.idle]
    troubles += _jumps(conn, now)
    totals = outbox_store.state_counts(conn)
    if dead := totals["dead"]:
        messages = "1 message was" if dead == 1 else f"{dead} messages were"
        text = f"{messages} given up: see `deal-monitor outbox list --state dead`"
        troubles.append(Trouble("messages", text))
    for problem in problems_and_runs.problems(conn, reader_lead.PROBLEM_KIND):
        text = f"the model {problem.subject} only confirms, because {problem.error.text}; {reader_lead.REMEDY}"
        troubles.append(Trouble("model", text))
    polled_at = max(filter(None, (state.polled_at for state in known)), default=None)
    decided_at = verdict_records.last_activity(conn)[0]
    last_sign, held = signs[0] if signs else None, totals["held"]
    return Health(tuple(troubles), last_sign, polled_at, decided_at, held, standbys(conn), workers)


def worker_signs(conn: Connection, now: datetime, within: timedelta = ROUND_AFTER) -> tuple[HealthSign, ...]:
    """The last signs of the workers that gave one within this time and have not ended, the latest first."""
    signs = map(HealthSign.of_run, problems_and_runs.runs_since(conn, now - within, WORKER))
    return tuple(sign for sign in signs if sign.running)


def _fleet(workers: Sequence[HealthSign], now: datetime) -> Iterator[HealthSign]:
    """The signs of all workers as those of one program: a job is well if it is on one of them."""
    alive = [sign for sign in workers if now - sign.seen_at <= STALE_AFTER] or workers[:1]
    if alive:
        ended = [(job, max((s.stalled[job] for s in alive if job in s.stalled), default=None)) for job in VITAL_JOBS]
        began = min(sign.started_at for sign in alive)
        stalled = {job: at or began for job, at in ended if at is None or now - at > STALE_AFTER}
        who = alive[0].who if len(alive) == 1 else f"{len(alive)} workers"
        yield HealthSign(PROGRAM, began, alive[0].seen_at, running=True, who=who, stalled=stalled)


def _jumps(conn: Connection, now: datetime) -> Iterator[Trouble]:
    """The last jumps of the clock within JUMP_SHOWN; an earlier one may lie in the future."""
    for run in problems_and_runs.last_runs(conn, CLOCK, JUMPS_SHOWN):
        if abs(now - run.ended_at) < JUMP_SHOWN:
            length, at = timedelta(seconds=abs(int(run.detail))), format_time(run.ended_at, "UTC")
            way = "back" if run.detail.startswith("-") else "ahead"
            remedy = "check the time service, or whether the machine was suspended"
            text = f"the clock jumped {length} {way} on {at}: {remedy}"
            if run.outcome == "doubted":
                when = "before" if way == "back" else "after"
                waits = "deadlines and digests wait for a server's time, an hour at most"
                text = f"the clock was {length} {when} the last work on {at}; {waits}"
            elif run.outcome == "wrong":
                text = f"the clock was {length} ahead of the servers of sources on {at}; their time counts: {remedy}"
            yield Trouble("clock", text)


def _stale(signs: Sequence[HealthSign], next_poll: datetime | None, now: datetime) -> Iterator[Trouble]:
    """Whether a monitor runs, from the last signs, newest first."""
    if not signs:
        yield Trouble("stale", "no monitor has run on this database yet")
        return
    last = signs[0]
    allowed = ROUND_AFTER if last.job == ROUND else STALE_AFTER
    if [sign.job for sign in signs[:2]] == [ROUND, ROUND]:  # rounds may keep their usual interval
        usual = min(signs[0].seen_at - signs[1].seen_at, LONGEST_RHYTHM)
        allowed = max(ROUND_AFTER, LATE_ROUNDS * usual)
    if now - last.seen_at > allowed:
        ended = "ended" if not last.running else "last reported"
        yield Trouble("stale", f"no monitor is running: the last one {ended} on {format_time(last.seen_at, 'UTC')}")
        return
    for job, since in last.stalled.items():
        yield Trouble("stale", f"the job {job!r} has not ended well since {format_time(since, 'UTC')}")
    overdue = next_poll is not None and now - next_poll > STALE_AFTER and now - last.started_at > STALE_AFTER
    if last.running and overdue and next_poll is not None:
        yield Trouble("stale", f"a source has been due since {format_time(next_poll, 'UTC')}, and was not polled")


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
    states = feed_store.states(conn)
    of_feeds = {feed.name: states[feed.name] for feed in polled if feed.name in states}
    answers = [state.ok_at for state in of_feeds.values() if state.ok_at is not None]
    judged, jobs = health(conn, polled, now), job_tables.open_jobs(conn) or job_tables.JobCounts()
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
        changed=verdict_records.last_activity(conn)[1],
        messages=outbox_store.counts(conn),
        broken=tuple(outbox_store.open_circuits(conn)),
        problems=len(problems_and_runs.problems(conn)),
        workers=len(judged.workers),
        rescued=problems_and_runs.rescued(conn, now - KEPT),
        jobs=jobs.by_state,
        oldest_job=jobs.oldest,
        rules=problems_and_runs.adopted_version(conn) or "",
        program=program,
        built=built,
        builds=builds,
    )


def public_text(trouble: Trouble) -> str:
    """The public part of a trouble, before the first colon; the error after it may name machines."""
    return trouble.text if trouble.kind == "stale" else trouble.text.partition(": ")[0]
