"""The program's record of itself: open problems, runs of its jobs, rulebooks it has used."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, desc, func, select, update

from monitor.store.column_types import StoredError
from monitor.store.rows import read, read_first, save_rows
from monitor.store.tables import PROBLEM, RULEBOOK, RUN, Adopted, Problem, Run

MAX_RETRY = timedelta(hours=1)
"""The longest wait, from one minute on: a passing fault is over by then, a lasting one costs one try an hour."""
MAX_ERROR_LENGTH = 2000
"""Characters kept of an error's text, an estimate: two screens of a terminal."""
RESCUED = "rescued"
"""The outcome of a run that was lost with its worker."""


def problems(conn: Connection, kind: str | None = None) -> tuple[Problem, ...]:
    """Open problems, of one kind or all, latest first."""
    wanted = select(PROBLEM).order_by(desc(PROBLEM.c.last_at), PROBLEM.c.kind, PROBLEM.c.subject)
    if kind is not None:
        wanted = wanted.where(PROBLEM.c.kind == kind)
    return read(conn, Problem, wanted)


def doubling_wait(count: int) -> timedelta:
    """The wait after `count` failures in a row: a minute, then twice as long each time, up to an hour."""
    return min(timedelta(minutes=2 ** min(count - 1, 10)), MAX_RETRY)


def add_problem(
    conn: Connection,
    kind: str,
    subject: str,
    error: Exception,
    now: datetime,
    wait: Callable[[int], timedelta] = doubling_wait,
) -> Problem:
    """Record that `subject` failed at `now`. wait: the time to the next try, by the number of failures in a row."""
    mine = (PROBLEM.c.kind == kind, PROBLEM.c.subject == subject)
    old = read_first(conn, Problem, select(PROBLEM).where(*mine))
    first_at, count = (old.first_at, old.count + 1) if old else (now, 1)
    retry_at = now + wait(count)
    failed = StoredError(type(error).__name__, str(error)[:MAX_ERROR_LENGTH])
    moments = {"first_at": first_at, "last_at": now, "retry_at": retry_at}
    problem = Problem(kind=kind, subject=subject, error=failed, count=count, **moments)
    save_rows(conn, problem)
    return problem


def resolve_problem(conn: Connection, kind: str, subjects: Iterable[str]) -> None:
    conn.execute(delete(PROBLEM).where(PROBLEM.c.kind == kind, PROBLEM.c.subject.in_(list(subjects))))


def keep_run(conn: Connection, run: Run) -> None:
    """Record a run that continues: update the row of its job and start, or insert it."""
    mine = (RUN.c.job == run.job, RUN.c.started_at == run.started_at)
    now = {"ended_at": run.ended_at, "outcome": run.outcome, "detail": run.detail}
    if conn.execute(update(RUN).where(*mine).values(now)).rowcount == 0:
        save_rows(conn, run)


def last_runs(conn: Connection, job: str, count: int) -> tuple[Run, ...]:
    mine = select(RUN).where(RUN.c.job == job)
    return read(conn, Run, mine.order_by(desc(RUN.c.started_at), desc(RUN.c.id)).limit(count))


def runs_since(conn: Connection, since: datetime, job: str) -> tuple[Run, ...]:
    """The runs of a job that ended at or after a moment, latest first."""
    return read(conn, Run, select(RUN).where(RUN.c.job == job, RUN.c.ended_at >= since).order_by(desc(RUN.c.ended_at)))


def rescued(conn: Connection, since: datetime) -> int:
    """How many runs were lost with their workers since a moment."""
    lost = select(func.count()).where(RUN.c.outcome == RESCUED, RUN.c.started_at >= since)
    return conn.scalar(lost) or 0


@dataclass(frozen=True, slots=True)
class JobFailure:
    """The last failed run of a job; over: it has run well since."""

    run: Run
    over: bool


def failures(conn: Connection, since: datetime) -> tuple[JobFailure, ...]:
    """The last failure of each job that failed at or after a moment, latest first."""
    recent = select(RUN).where(RUN.c.started_at >= since)
    failed: dict[str, JobFailure] = {}
    recovered: set[str] = set()
    for run in read(conn, Run, recent.order_by(desc(RUN.c.started_at), desc(RUN.c.id))):
        if run.outcome == "ok":
            recovered.add(run.job)
        elif run.outcome == "failed":
            failed.setdefault(run.job, JobFailure(run, run.job in recovered))
    return tuple(failed.values())


def forget_runs(conn: Connection, before: datetime) -> int:
    return conn.execute(delete(RUN).where(RUN.c.ended_at < before)).rowcount


def adopted(conn: Connection) -> Adopted | None:
    """The rulebook in use; None before the first."""
    return read_first(conn, Adopted, select(RULEBOOK).order_by(desc(RULEBOOK.c.id)))


def adopted_version(conn: Connection) -> str | None:
    """Its version alone: every round asks for it, and a thousand fingerprints take a quarter of a round to read."""
    return conn.scalar(select(RULEBOOK.c.version).order_by(desc(RULEBOOK.c.id)).limit(1))


def installed_at(conn: Connection) -> datetime | None:
    """The adoption of the first rulebook: the beginning of this installation. None before it."""
    return conn.scalar(select(RULEBOOK.c.adopted_at).order_by(RULEBOOK.c.id).limit(1))
