"""What the program notes about itself: problems it stepped around, runs of its jobs, rulebooks it used."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, desc, insert, select

from monitor.store.rows import read, read_first, upsert
from monitor.store.tables import Adopted, Problem, ProblemRow, RulebookRow, Run, RunRow, table_of

_PROBLEM, _RUN, _RULEBOOK = table_of(ProblemRow), table_of(RunRow), table_of(RulebookRow)

FIRST_RETRY = timedelta(minutes=1)
MAX_RETRY = timedelta(hours=1)


# ---------------------------------------------------------------- problems


def problems(conn: Connection, kind: str | None = None) -> tuple[Problem, ...]:
    """Open problems, of one kind or all, latest first."""
    wanted = select(_PROBLEM).order_by(desc(_PROBLEM.c.last_at), _PROBLEM.c.kind, _PROBLEM.c.subject)
    if kind is not None:
        wanted = wanted.where(_PROBLEM.c.kind == kind)
    return read(conn, Problem, wanted)


def add_problem(conn: Connection, kind: str, subject: str, error: Exception, now: datetime) -> Problem:
    """Note that `subject` failed at `now`; each repeat waits twice as long, up to an hour."""
    mine = (_PROBLEM.c.kind == kind, _PROBLEM.c.subject == subject)
    old = read_first(conn, Problem, select(_PROBLEM).where(*mine))
    count = old.count + 1 if old else 1
    wait = min(FIRST_RETRY * 2 ** min(count - 1, 10), MAX_RETRY)
    text = f"{type(error).__name__}: {error}"[:2000]
    problem = Problem(
        kind=kind,
        subject=subject,
        error=text,
        first_at=old.first_at if old else now,
        last_at=now,
        count=count,
        retry_at=now + wait,
    )
    upsert(conn, ProblemRow, [dict(problem)])
    return problem


def resolve_problem(conn: Connection, kind: str, subjects: Iterable[str]) -> None:
    """These subjects worked again."""
    conn.execute(delete(_PROBLEM).where(_PROBLEM.c.kind == kind, _PROBLEM.c.subject.in_(list(subjects))))


# ---------------------------------------------------------------- runs


def add_run(conn: Connection, run: Run) -> None:
    conn.execute(insert(_RUN).values(dict(run)))


@dataclass(frozen=True, slots=True)
class JobFailure:
    """The last failed run of a job; over: it has run well since."""

    run: Run
    over: bool


def failures(conn: Connection, since: datetime) -> tuple[JobFailure, ...]:
    """Of each job that failed at or after a moment: its last failure, the latest first."""
    recent = select(_RUN).where(_RUN.c.started_at >= since)
    found: dict[str, JobFailure] = {}
    well: set[str] = set()
    for run in read(conn, Run, recent.order_by(desc(_RUN.c.started_at), desc(_RUN.c.id))):
        if run.outcome == "ok":
            well.add(run.job)
        elif run.outcome == "failed":
            found.setdefault(run.job, JobFailure(run, run.job in well))
    return tuple(found.values())


def forget_runs(conn: Connection, before: datetime) -> int:
    """Delete runs that started before; returns how many."""
    return conn.execute(delete(_RUN).where(_RUN.c.started_at < before)).rowcount


# ---------------------------------------------------------------- rulebooks


def adopted(conn: Connection) -> Adopted | None:
    """The rulebook last put to use."""
    return read_first(conn, Adopted, select(_RULEBOOK).order_by(desc(_RULEBOOK.c.id)))


def installed_at(conn: Connection) -> datetime | None:
    """When the first rulebook was put to use: the beginning of this installation."""
    return conn.scalar(select(_RULEBOOK.c.adopted_at).order_by(_RULEBOOK.c.id).limit(1))


def record_adoption(conn: Connection, rulebook: Adopted) -> None:
    conn.execute(insert(_RULEBOOK).values(dict(rulebook)))
