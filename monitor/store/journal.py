"""What the program notes about itself: problems it stepped around, runs of its jobs, rulebooks it used."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, desc, insert, select

from monitor.store.rows import plain, upsert
from monitor.store.tables import ProblemRow, RulebookRow, RunRow, table_of

_PROBLEM, _RUN, _RULEBOOK = table_of(ProblemRow), table_of(RunRow), table_of(RulebookRow)

FIRST_RETRY = timedelta(minutes=1)
LONGEST_RETRY = timedelta(hours=1)


# ---------------------------------------------------------------- problems


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that failed by itself. retry_at: not tried again before."""

    kind: str
    subject: str
    error: str
    first_at: datetime
    last_at: datetime
    count: int
    retry_at: datetime | None


def problems(conn: Connection, kind: str | None = None) -> tuple[Problem, ...]:
    """Open problems, of one kind or all, latest first."""
    wanted = select(_PROBLEM).order_by(desc(_PROBLEM.c.last_at), _PROBLEM.c.kind, _PROBLEM.c.subject)
    if kind is not None:
        wanted = wanted.where(_PROBLEM.c.kind == kind)
    return tuple(Problem(**row._mapping) for row in conn.execute(wanted))


def add_problem(conn: Connection, kind: str, subject: str, error: Exception, now: datetime) -> Problem:
    """Note that `subject` failed at `now`; each repeat waits twice as long, up to an hour."""
    mine = (_PROBLEM.c.kind == kind, _PROBLEM.c.subject == subject)
    old = conn.execute(select(_PROBLEM).where(*mine)).one_or_none()
    count = old.count + 1 if old else 1  # type: ignore[operator]
    wait = min(FIRST_RETRY * 2 ** min(count - 1, 10), LONGEST_RETRY)
    text = f"{type(error).__name__}: {error}"[:2000]
    problem = Problem(kind, subject, text, old.first_at if old else now, now, count, now + wait)
    upsert(conn, ProblemRow, [plain(problem)])
    return problem


def solve(conn: Connection, kind: str, subjects: Iterable[str]) -> None:
    """These subjects worked again."""
    conn.execute(delete(_PROBLEM).where(_PROBLEM.c.kind == kind, _PROBLEM.c.subject.in_(list(subjects))))


# ---------------------------------------------------------------- runs


@dataclass(frozen=True, slots=True)
class Run:
    """One run of one job. outcome: ok, failed, missed or skipped."""

    job: str
    started_at: datetime
    ended_at: datetime
    outcome: str
    detail: str = ""


def add_run(conn: Connection, run: Run) -> None:
    conn.execute(insert(_RUN).values(plain(run)))


def last_runs(conn: Connection, limit: int = 50, job: str | None = None) -> tuple[Run, ...]:
    """The newest runs, newest first."""
    wanted = select(*_run_columns()).order_by(desc(_RUN.c.started_at), desc(_RUN.c.id)).limit(limit)
    if job is not None:
        wanted = wanted.where(_RUN.c.job == job)
    return tuple(Run(**row._mapping) for row in conn.execute(wanted))


@dataclass(frozen=True, slots=True)
class Failure:
    """The last failed run of a job; over: it has run well since."""

    run: Run
    over: bool


def failures(conn: Connection, since: datetime) -> tuple[Failure, ...]:
    """Of each job that failed at or after a moment: its last failure, the latest first."""
    recent = select(*_run_columns()).where(_RUN.c.started_at >= since)
    found: dict[str, Failure] = {}
    well: set[str] = set()
    for row in conn.execute(recent.order_by(desc(_RUN.c.started_at), desc(_RUN.c.id))):
        run = Run(**row._mapping)
        if run.outcome == "ok":
            well.add(run.job)
        elif run.outcome == "failed":
            found.setdefault(run.job, Failure(run, run.job in well))
    return tuple(found.values())


def _run_columns() -> list[ColumnElement[Any]]:
    return [_RUN.c[name] for name in Run.__dataclass_fields__]


def forget_runs(conn: Connection, before: datetime) -> int:
    """Delete runs that started before; returns how many."""
    return conn.execute(delete(_RUN).where(_RUN.c.started_at < before)).rowcount


# ---------------------------------------------------------------- rulebooks


@dataclass(frozen=True, slots=True)
class Adopted:
    """The rulebook last put to use, with a fingerprint of each commitment's definition."""

    version: str
    at: datetime
    prints: Mapping[str, str]


def adopted(conn: Connection) -> Adopted | None:
    row = conn.execute(select(_RULEBOOK).order_by(desc(_RULEBOOK.c.id)).limit(1)).one_or_none()
    return Adopted(row.version, row.adopted_at, json.loads(row.prints)) if row else None


def installed_at(conn: Connection) -> datetime | None:
    """When the first rulebook was put to use: the beginning of this installation."""
    return conn.scalar(select(_RULEBOOK.c.adopted_at).order_by(_RULEBOOK.c.id).limit(1))


def adopt(conn: Connection, rulebook: Adopted) -> None:
    prints = json.dumps(dict(rulebook.prints), sort_keys=True)
    conn.execute(insert(_RULEBOOK).values(version=rulebook.version, adopted_at=rulebook.at, prints=prints))
