"""Checks of the database and its records: the running monitor, messages, problems, jobs and sources."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from monitor.cli.common import format_utc, pluralised
from monitor.cli.doctor import Examination, Finding
from monitor.cli.status_tables import format_date
from monitor.domain.messages.feed_health import alike_failures, blackout, source_health
from monitor.domain.text.labels import format_span, join_few
from monitor.pipeline.health import STALE_AFTER, health, worker_signs
from monitor.pipeline.reader_lead import PROBLEM_KIND as LEAD_KIND
from monitor.pipeline.reading_queue import PROBLEM_KIND
from monitor.runtime.session import feeds_of
from monitor.store import feeds as feed_store
from monitor.store import job_tables, problems_and_runs
from monitor.store import outbox as outbox_store
from monitor.store.engine import SchemaState, holder_of, looked_into

MANY_TRIES = 5
"""Failed attempts that deserve a look (estimate); the first ones pass within a minute."""
PATIENCE = 0.5
"""Seconds to wait for a lock on the database (estimate); a running monitor never blocks readers."""
START = "start `deal-monitor run`, or `deal-monitor poll` by cron"
MOST_AHEAD = timedelta(seconds=5)
"""A larger difference between the clocks of a worker and the database deserves a look (estimate)."""
JOB_STATES = {"todo": "waiting", "doing": "running"}
STATE_ADVICE = {
    "uncertain": "uncertain ones may have arrived and are sent again automatically",
    "held": "`deal-monitor outbox list --state held` shows the held ones, which expire without a decision",
    "dead": "`deal-monitor outbox list --state dead` shows the errors, `deal-monitor outbox retry` sends them again",
}
PROBLEM_ADVICE = {
    "story": "the story is left out until the next rule edit",
    "verdict": "correct its baseline or rules, see `deal-monitor rules check`; it is tried again automatically",
}


def check_database(examination: Examination) -> Iterator[Finding]:
    """The database is intact and of this version. It is not created or upgraded here."""
    database = looked_into(examination.settings.database, patience=PATIENCE)
    state, store = examination.opened.enter_context(database)
    if store is None or state is SchemaState.EMPTY:
        yield Finding("ok", "database", "none yet; the first start creates it")
    elif state is SchemaState.OLDER:
        text = f"{store.name}: of an earlier version; its contents are not checked"
        yield Finding("warn", "database", text, "make a backup; the next start upgrades it")
    else:
        examination.store = store
        size = f", {store.path.stat().st_size / 10**6:,.0f} MB" if store.path else ""
        yield Finding("ok", "database", f"{store.name}: intact, of this version{size}")


def check_monitor(examination: Examination) -> Iterator[Finding]:
    """Whether a monitor is running, and the times of its last poll and decision."""
    store, now = examination.store, examination.now
    if store is None:
        return
    process = holder_of(store.path) if store.path else None
    with store.read() as conn:
        found = health(conn, feeds_of(examination.settings), now)
    sign = found.sign
    if sign is None and process is None:
        yield Finding("ok", "monitor", f"none has run yet; {START}")
        return
    for trouble in found.troubles:
        if trouble.kind == "clock":
            yield Finding("warn", "monitor", trouble.text)
    stale = "; ".join(trouble.text for trouble in found.troubles if trouble.kind == "stale")
    work = f"last poll {time_ago(found.polled_at, now)}, last decision {time_ago(found.decided_at, now)}"
    # A running monitor holds the lock of a SQLite file. PostgreSQL has no such lock; there the sign of life decides.
    if process is not None or (not store.path and sign is not None and sign.running and not stale):
        name = f"process {process}" if process else sign.who if sign else ""
        if stale:
            yield Finding("FAIL", "monitor", f"running ({name}), but {stale}", "stop it and start it again")
        else:
            waits = f"; standbys that wait to take over: {found.standbys}" if found.standbys else ""
            yield Finding("ok", "monitor", f"running ({name}); {work}{waits}")
        return
    assert sign is not None, "without a sign of life and a process the check has returned"
    if sign.running or stale:
        # A monitor without a lock that reports itself as running has died; else it was stopped.
        ended = "gave its last sign of life" if sign.running else "ended"
        text = f"no monitor is running; the last one {ended} on {format_utc(sign.seen_at)}; {work}"
        yield Finding("FAIL" if sign.running else "warn", "monitor", text, START)
    else:
        yield Finding("ok", "monitor", f"the last run ended {time_ago(sign.seen_at, now)}; {work}")


def check_fleet(examination: Examination) -> Iterator[Finding]:
    """The workers of a fleet with their rules and clocks, and the jobs of their engine."""
    store, now = examination.store, examination.now
    if store is None:
        return
    with store.read() as conn:
        workers, jobs = worker_signs(conn, now), job_tables.open_jobs(conn)
        lost = problems_and_runs.rescued(conn, now - timedelta(days=1))
    for worker in workers:
        text = f"{worker.who}: last sign {time_ago(worker.seen_at, now)}, rules {worker.rules}"
        if worker.idle:
            yield Finding("warn", "fleet", f"{worker.who} writes nothing: {worker.idle}", "see docs/fleet.md, Rules")
        elif now - worker.seen_at > STALE_AFTER:
            yield Finding("warn", "fleet", text, "the others have taken its work over; start it again")
        elif abs(worker.ahead) > MOST_AHEAD:
            off = f"its clock is {worker.ahead.total_seconds():+.0f} s off the database's"
            yield Finding("warn", "fleet", f"{text}; {off}", "set the clock, or start the time service")
        else:
            yield Finding("ok", "fleet", text)
    if workers and jobs is not None:
        counts = ", ".join(f"{jobs.by_state.get(state, 0)} {name}" for state, name in JOB_STATES.items())
        since = f", the oldest made {time_ago(jobs.oldest, now)}" if jobs.oldest else ""
        yield Finding("ok", "fleet", f"jobs: {counts}{since}; {lost} lost with their workers in a day")


def time_ago(moment: datetime | None, now: datetime) -> str:
    """ "3 days ago", "12 minutes ago", "never"."""
    return "never" if moment is None else f"{format_span(max(now - moment, timedelta(0)))} ago"


def check_messages(examination: Examination) -> Iterator[Finding]:
    """Waiting and dead messages, and failing channels."""
    if examination.store is None:
        return
    with examination.store.read() as conn:
        totals, broken = outbox_store.state_counts(conn), outbox_store.open_circuits(conn)
        queued = outbox_store.items(conn, ["waiting", "uncertain"])
    tally = ", ".join(f"{count} {state}" for state, count in totals.items() if count)
    advice = "; ".join(text for state, text in STATE_ADVICE.items() if totals[state])
    yield Finding("warn" if advice else "ok", "messages", tally or "none yet", advice)
    for row in queued:
        if row.attempts >= MANY_TRIES and row.channel not in broken:
            text = f"message {row.number} to {row.place} failed {row.attempts} times: {row.error}"
            remedy = f"`deal-monitor outbox show {row.number}` shows each attempt; it is retried for a week"
            yield Finding("warn", "messages", text, remedy)
    for channel, (since, error) in broken.items():
        text = f"{channel}: failing since {format_utc(since)}, messages wait: {error}"
        remedy = "fix the cause; a running monitor retries every minute, `deal-monitor outbox retry` at once"
        yield Finding("FAIL", "channel", text, remedy)


def check_problem(examination: Examination) -> Iterator[Finding]:
    """Stories, commitments and rule edits that failed while the rest went on, and the failed jobs of a day."""
    if examination.store is None:
        return
    with examination.store.read() as conn:
        problems, used = problems_and_runs.problems(conn), problems_and_runs.adopted(conn)
        failures = problems_and_runs.failures(conn, examination.now - timedelta(days=1))
    for problem in problems:
        if problem.kind == "rules":
            version = f"version {used.version} of {format_date(used.adopted_at)}" if used else "the last good version"
            text = f"{problem.subject}: edit refused on {format_utc(problem.first_at)}, {version} stays in use"
            remedy = "correct the edit, see `deal-monitor rules check`; it is then loaded within seconds"
            yield Finding("warn", "reload", f"{text}: {problem.error.text or problem.error}", remedy)
        elif problem.kind not in (PROBLEM_KIND, LEAD_KIND):  # the check of the model reports its own
            text, remedy = f"{problem.subject}: {problem.error}", PROBLEM_ADVICE.get(problem.kind, "")
            yield Finding("warn", problem.kind, text, remedy)
    for run in (failure.run for failure in failures if not failure.over):
        text = f"{run.job} failed on {format_utc(run.ended_at)}: {run.detail}"
        yield Finding("warn", "job", text, "it is retried automatically; --log-level debug logs more")


def check_source(examination: Examination) -> Iterator[Finding]:
    """Failing, silent and frozen sources; feeds with the same failure share a line. Fails if no source answers."""
    feeds = feeds_of(examination.settings)
    if not feeds:
        yield Finding("warn", "source", "no feed is configured", "`deal-monitor feeds add URL` adds one to config.toml")
    if examination.store is None or not feeds:
        return
    with examination.store.read() as conn:
        states = feed_store.states(conn)
    dark = blackout(feeds, states)
    for number, failure in enumerate(alike_failures(feeds, states)):
        since = f"since {format_date(failure.since)}: {failure.error}"
        text = f"{failure.feeds[0]}: failing {since}"
        if len(failure.feeds) > 1:
            text = f"{len(failure.feeds)} feeds have failed {since} ({join_few(failure.feeds)})"
        if dark is not None and number == 0:
            text = f"no source has answered since {format_utc(dark.since)}. {text}"
            yield Finding("FAIL", "source", text, failure.remedy)
        else:
            yield Finding("warn", "source", text, failure.remedy)
    health = source_health(feeds, states, examination.now)
    for source in (source for source in health if source.state in ("silent", "frozen")):
        text = f"{source.name}: {source.state} since {format_date(source.since)}: {source.detail}"
        yield Finding("warn", "source", text, "open the address in a browser; the feed may have moved")
    for feed, place in ((feed, states[feed.name].adopted) for feed in feeds if feed.name in states):
        if place:
            text = f"{feed.name}: has moved permanently, and is read at its new address: {place}"
            yield Finding("warn", "source", text, "put the new address into config.toml")
    if working := sum(source.state == "ok" for source in health):
        yield Finding("ok", "source", f"{working} of {pluralised(len(feeds), 'feed')} answer and have news")
