"""Checks of the database and of what it tells: whether a monitor runs, what waits, what went wrong."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from monitor.cli.common import format_utc, pluralised
from monitor.cli.doctor.findings import Examination, Finding
from monitor.cli.status_tables import format_date

if TYPE_CHECKING:
    from monitor.pipeline.health import Health
    from monitor.store import Store
    from monitor.store.tables import Item

ONE_DAY = timedelta(days=1)
MANY_TRIES = 5
"""Failed tries after which a message is worth a look, an estimate: the first ones pass within a minute."""
CLOCK_SLACK = timedelta(minutes=5)
"""A sign of life may be so much ahead of the clock of this machine: another one may have written it."""
PATIENCE = 0.5
"""Seconds that a foreign lock on the database may last, an estimate: a running monitor holds up nobody who reads."""
STATE_ADVICE = {
    "uncertain": "uncertain ones may have arrived, and are sent again by themselves",
    "dead": "`deal-monitor outbox list --state dead` tells why; once that is mended, `deal-monitor outbox retry` sends them",
}
"""State of messages -> what to know or to do about them."""
START = "start `deal-monitor run`, or `deal-monitor poll` by cron"
PROBLEM_REMEDIES = {
    "story": "the story is left out, and tried again after the next edit of the rules",
    "verdict": "correct its baseline or rules: `deal-monitor rules check` names the line; it is tried again by itself",
}
"""Kind of an open problem -> what becomes of it."""


def check_database(patient: Examination) -> Iterator[Finding]:
    """That the database is whole and of this version. Nothing is made or upgraded here."""
    from monitor.store.engine import looked_into
    from monitor.store.schema import SchemaState

    state, store = patient.opened.enter_context(looked_into(patient.settings.database, patience=PATIENCE))
    if store is None or state is SchemaState.EMPTY:
        yield Finding("ok", "database", "there is none yet: the first start makes it")
    elif state is SchemaState.OLDER:
        text = f"{store.name}: of an earlier version; what it holds is not checked"
        yield Finding("warn", "database", text, "make a copy; the next start brings it up to this version by itself")
    else:
        patient.store = store
        size = f", {store.path.stat().st_size / 10**6:,.0f} MB" if store.path else ""
        yield Finding("ok", "database", f"{store.name}: whole, of this version{size}")


def check_monitor(patient: Examination) -> Iterator[Finding]:
    """Whether a monitor is running, and when it last asked a source and decided on a status."""
    from monitor.pipeline.health import health
    from monitor.runtime.session import feeds_of
    from monitor.store.lock import holder_of

    store, now = patient.store, patient.now
    if store is None:
        return
    process = holder_of(store.path) if store.path else None
    with store.read() as conn:
        found = health(conn, feeds_of(patient.settings), now)
    sign = found.sign
    if sign is None and process is None:
        yield Finding("ok", "monitor", f"none has run here yet: {START}")
        return
    if sign is not None and sign.seen_at - now > CLOCK_SLACK:
        text = f"its last sign of life is of {format_utc(sign.seen_at)}, which is to come: the clock was set back"
        yield Finding("warn", "monitor", text, "compare the clock of this machine with another one")
        return
    # Who holds the file of SQLite runs, and nobody else. PostgreSQL may be held from another machine: signs of life tell.
    running = process is not None if store.path else sign is not None and sign.running and not found.has("stale")
    yield _at_work(found, process, now) if running else _at_rest(found, now)


def _at_work(found: Health, process: int | None, now: datetime) -> Finding:
    sign = found.sign
    name = f"process {process}" if process else (sign.who if sign else "")
    if stale := [trouble.text for trouble in found.troubles if trouble.kind == "stale"]:
        return Finding("FAIL", "monitor", f"it runs ({name}), but {'; '.join(stale)}", "stop it and start it anew")
    since = f" since {format_utc(sign.started_at)}" if sign and sign.running else ""
    return Finding("ok", "monitor", f"running ({name}){since}; {_last_work(found, now)}")


def _at_rest(found: Health, now: datetime) -> Finding:
    sign = found.sign
    assert sign is not None, "without any sign there is nothing to tell"
    if sign.running or found.has("stale"):
        ended = "gave its last sign of life" if sign.running else "ended"
        age = f"the statuses are of {_ago(found.decided_at, now)}" if found.decided_at else "nothing is decided yet"
        text = f"no monitor is running: the last one {ended} on {format_utc(sign.seen_at)}; {age}"
        # One that ended in order was ended by somebody; one that says it runs, and holds no lock, died.
        return Finding("FAIL" if sign.running else "warn", "monitor", text, START)
    return Finding("ok", "monitor", f"the last round or run ended {_ago(sign.seen_at, now)}; {_last_work(found, now)}")


def _last_work(found: Health, now: datetime) -> str:
    return f"last poll {_ago(found.polled_at, now)}, last decision {_ago(found.decided_at, now)}"


def _ago(moment: datetime | None, now: datetime) -> str:
    return f"{_length(now - moment)} ago" if moment else "never"


def _length(span: timedelta) -> str:
    """ "3 days", "5 hours", "12 minutes", "1 minute"; less counts as none."""
    for unit, seconds in (("day", 86_400), ("hour", 3600)):
        if (count := int(span.total_seconds() // seconds)) >= 2:
            return pluralised(count, unit)
    return pluralised(max(0, int(span.total_seconds() // 60)), "minute")


def check_messages(patient: Examination) -> Iterator[Finding]:
    """What waits to go out, what was given up, and the channels that are out of order, whatever they answer to a mere greeting."""
    from monitor.pipeline.outbox_admin import counts
    from monitor.store import outbox as outbox_store

    if patient.store is None:
        return
    totals = counts(patient.store)
    with patient.store.read() as conn:
        broken = outbox_store.open_circuits(conn)
    tally = ", ".join(f"{count} {state}" for state, count in totals.items() if count)
    advice = ". ".join(text for state, text in STATE_ADVICE.items() if totals[state])
    yield Finding("warn" if advice else "ok", "messages", tally or "none yet", advice)
    yield from _backlog(patient.store, broken.keys())
    for channel, (since, error) in broken.items():
        text = f"{channel}: out of order since {format_utc(since)}, its messages wait: {error}"
        remedy = (
            "mend that; a running monitor tries once a minute, `deal-monitor outbox retry` makes the next try at once"
        )
        yield Finding("FAIL", "channel", text, remedy)


def _backlog(store: Store, broken: Collection[str]) -> Iterator[Finding]:
    """The places where messages have failed again and again, and still wait; those of channels out of order are told with these."""
    from monitor.pipeline.outbox_admin import list_rows

    waiting: dict[str, list[Item]] = {}
    for row in list_rows(store, ["waiting", "uncertain"], None):
        if row.attempts >= MANY_TRIES and row.channel not in broken:
            waiting.setdefault(row.place, []).append(row)
    for place, rows in waiting.items():
        least = min(row.attempts for row in rows)
        text = f"{place}: {pluralised(len(rows), 'message')} failed {least} times or more: {rows[-1].error}"
        remedy = f"`deal-monitor outbox show {rows[0].number}` shows each try; it goes on by itself for a week"
        yield Finding("warn", "messages", text, remedy)


def check_problems(patient: Examination) -> Iterator[Finding]:
    """What failed by itself while the rest went on: stories, commitments, an edit of the rules that was refused."""
    from monitor.pipeline.reader_health import PROBLEM_KIND
    from monitor.store import problems_and_runs

    if patient.store is None:
        return
    with patient.store.read() as conn:
        problems, used = problems_and_runs.problems(conn), problems_and_runs.adopted(conn)
    for problem in problems:
        if problem.kind == PROBLEM_KIND:
            continue  # told with the reader's state
        if problem.kind != "rules":
            remedy = PROBLEM_REMEDIES.get(problem.kind, "")
            yield Finding("warn", problem.kind, f"{problem.subject}: {problem.error}", remedy)
            continue
        # An edit that the running monitor refused. What stands in the folder now is checked apart.
        version = f"version {used.version} of {format_date(used.adopted_at)}" if used else "the last good version"
        refused = f"an edit was refused on {format_utc(problem.first_at)}, {version} stays in use"
        fault = problem.error.text or problem.error
        remedy = "correct the edit: `deal-monitor rules check`; it is taken over within seconds"
        yield Finding("warn", "reload", f"{problem.subject}: {refused}: {fault}", remedy)


def check_jobs(patient: Examination) -> Iterator[Finding]:
    """The jobs of a running monitor that failed within a day."""
    from monitor.store import problems_and_runs

    if patient.store is None:
        return
    with patient.store.read() as conn:
        failures = problems_and_runs.failures(conn, patient.now - ONE_DAY)
    for failure in failures:
        run = failure.run
        text = f"{run.job} failed on {format_utc(run.ended_at)}: {run.detail}"
        if failure.over:
            yield Finding("ok", "job", f"{text}; it works again")
        else:
            remedy = "it is tried again by itself; if it stays, the log tells more with --log-level debug"
            yield Finding("warn", "job", text, remedy)
