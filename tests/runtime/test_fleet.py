"""Workers on one PostgreSQL database, within one process; `tests/faults/claims_fleet.py` has the processes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Any, cast

import procrastinate
import pytest
from procrastinate.periodic import PeriodicDeferrer
from sqlalchemy import StaticPool, create_engine

from monitor.config import Settings, load_settings
from monitor.domain.model import Entry
from monitor.errors import StoreError
from monitor.pipeline.health import WORKER, health, read_vitals
from monitor.pipeline.ingest import FetchedDocument, ingest
from monitor.runtime.app import open_app, run_reviews
from monitor.runtime.clock_watch import DatabaseClock
from monitor.runtime.fleet import Fleet, cron_of, lost_leases, open_worker
from monitor.runtime.health_reports import HealthRecorder
from monitor.runtime.rule_reload import reload_rules
from monitor.runtime.scheduler import Job, JobRunner, RunLog
from monitor.runtime.session import open_database, open_session
from monitor.site.metrics import metrics_text
from monitor.store import Store, feeds, job_tables, outbox, rematch, stories
from monitor.store.engine import AdvisoryLock, workers
from monitor.store.intake_shelf import StoryCache
from monitor.store.postgres import pool_of
from tests.builders.databases import (
    BACKENDS,
    NOW,
    POSTGRES,
    addresses,
    ask,
    do,
    later,
    polled_feed,
    recorded_runs,
    stores,
)
from tests.builders.small_rulebook import SOY, rulebook, write
from tests.builders.working_folder import command, laid_out
from tests.faults.ends import until

on_postgres = pytest.mark.skipif(not POSTGRES, reason="DEAL_MONITOR_TEST_POSTGRES names no server")
OUTLETS = (
    polled_feed("herald", "http://127.0.0.1:9/a", "Herald", 300),
    polled_feed("post", "http://127.0.0.1:9/b", "Post", 300),
)

TEA = SOY.replace("id: soy", "id: tea").replace("soybeans", "tea")
"""The rules of one more commitment."""


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """A working folder with a database of its own, for the program and for commands."""
    laid_out(tmp_path)
    monkeypatch.chdir(tmp_path)
    for address in addresses("postgresql", tmp_path):
        monkeypatch.setenv("DEAL_MONITOR_MONITOR__DATABASE", address.replace("postgresql:", "postgresql+psycopg:"))
        yield load_settings(tmp_path / "config.toml")


# ---------------------------------------------------------------- one event, one story


@pytest.mark.parametrize("backend", BACKENDS)
def test_reports_of_two_outlets_are_joined_though_each_goes_through_another_worker(
    backend: str, tmp_path: Path
) -> None:
    rules = rulebook(tmp_path / "rules")
    for store in stores(backend, tmp_path):
        caches = [StoryCache() for _ in range(3)]
        for number in range(60):
            for place, feed in enumerate(OUTLETS):
                page = f"{feed.url}/{number}"
                words = " ".join(f"{word}{number}" for word in ("Harbour", "crane", "strike", "wage", "offer", "vote"))
                entry = Entry(page, words, page, later(minutes=number), "", feed.publisher)
                at = later(minutes=number + 1)
                ingest(store, rules, feed, FetchedDocument((entry,)), at, recent=caches[(2 * number + place) % 3])
        found = ask(store, stories.first_seen_since, NOW - timedelta(days=1))
        assert len(found) == 60
        assert all(len(story.outlets) == 2 for story in found)


def test_a_worker_learns_of_a_key_that_another_worker_has_added_to_a_known_story(tmp_path: Path) -> None:
    rules, (herald, _) = rulebook(tmp_path / "rules"), OUTLETS
    for store in stores("sqlite", tmp_path):
        one, two = StoryCache(), StoryCache()
        page = Entry("id-1", "Harbour crane strike wage offer vote", "http://127.0.0.1:9/a/1", NOW, "", "Herald")
        for cache, entry in ((one, page), (two, page), (one, replace(page, id="id-2"))):
            ingest(store, rules, herald, FetchedDocument((entry,)), NOW, recent=cache)
        with store.read() as conn:
            assert stories.last_change(conn) == one.change > two.change


# ---------------------------------------------------------------- who may work


def test_a_worker_on_sqlite_is_refused_with_a_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    laid_out(tmp_path)
    monkeypatch.chdir(tmp_path)
    result = command("worker")
    assert result.exit_code == 2
    assert "move it there, or start `deal-monitor run`" in result.stderr


@on_postgres
def test_a_worker_and_a_running_instance_refuse_each_other(settings: Settings) -> None:
    with closing(open_app(settings, exclusive=True)):
        assert "in use by a running instance" in command("worker").stderr
        assert "in use by a running instance" in command("rules", "adopt").stderr
    with closing(open_worker(settings)) as one, closing(open_worker(settings)):
        assert ask(one.store, workers) == 2
        assert "in use by workers: stop them all first" in command("run").stderr


@on_postgres
def test_a_worker_whose_rules_are_not_adopted_is_refused_until_they_are(settings: Settings, tmp_path: Path) -> None:
    with closing(open_worker(settings)) as one:
        write(tmp_path / "rules", tea=TEA)
        refused = command("worker")
        assert refused.exit_code == 2
        assert "`deal-monitor rules adopt`" in refused.stderr
        with closing(open_session(settings, rules=True)) as hand, pytest.raises(StoreError, match="rules adopt"):
            run_reviews(hand)
        assert command("rules", "adopt").stdout.startswith("adopted: ")
        assert command("rules", "adopt").stdout.startswith("already adopted: ")
        with pytest.raises(StoreError, match="its workers use the rules of version"), one.store.begin():
            pass
        with closing(open_worker(settings)) as other:
            assert other.rulebook.version != one.rulebook.version
            with other.store.begin():
                pass


@on_postgres
def test_a_worker_takes_up_adopted_rules_from_its_folder_and_is_idle_while_they_are_not_there(
    settings: Settings, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    with closing(open_worker(settings)) as app:
        signs = HealthRecorder(app, app.clock(), WORKER)
        assert not reload_rules(app)
        write(elsewhere)
        rules = rulebook(elsewhere, tea=TEA)
        with closing(open_database(settings, worker=True)) as by_hand:
            do(by_hand, rematch.activate_rulebook, rules, NOW)
        assert not reload_rules(app)
        assert rules.version in app.idle
        ran = list[str]()
        runner = JobRunner(app, signs, RunLog(app))
        for where in ("once", "everywhere", "always"):
            runner.run(Job(where, lambda where=where: ran.append(where), 5, where=where))  # type: ignore[misc]
        assert ran == ["always"]
        signs.write()
        with app.store.read() as conn:
            found = health(conn, (), app.clock())
        assert [trouble.kind for trouble in found.troubles if rules.version in trouble.text] == ["rules"]
        write(tmp_path / "rules", tea=TEA)
        reload_rules(app)  # an edit counts once two looks find the same
        assert reload_rules(app)
        assert (app.idle, app.rulebook.version) == ("", rules.version)


@on_postgres
def test_a_pooler_that_works_by_transaction_is_refused(settings: Settings) -> None:
    with closing(open_worker(settings)) as app:
        url = app.store.engine.url
    pooled = create_engine(url, poolclass=StaticPool)  # every transaction gets the connection that holds the lock
    store = Store(pooled, "pooled", None, _lock=AdvisoryLock(pooled, "pooled", shared=True))
    with pytest.raises(StoreError, match="let the pooler work by session"):
        job_tables.refuse_pooler(store)
    store.close()


@on_postgres
def test_a_worker_keeps_the_time_of_the_database(settings: Settings) -> None:
    late = DatabaseClock(lambda: NOW)
    assert abs(late.ahead) > timedelta(days=1)
    assert timedelta(0) <= late() - NOW < timedelta(minutes=1)
    with closing(open_worker(settings)) as app:
        assert isinstance(app.clock, DatabaseClock)
        assert abs(app.clock.ahead) < timedelta(seconds=5)


# ---------------------------------------------------------------- who does what


@on_postgres
def test_a_due_feed_is_polled_by_one_of_two_workers(tmp_path: Path) -> None:
    for store in stores("postgresql", tmp_path):
        do(store, feeds.plan, dict.fromkeys(("a", "b", "c")), NOW)
        assert ask(store, feeds.due, NOW) == {"a", "b", "c"}
        with store.begin(alone=False) as conn:
            assert feeds.claim(conn, ["a", "b"], NOW, later(minutes=1)) == {"a", "b"}
        assert do(store, feeds.claim, ["b", "c"], NOW, later(minutes=1)) == {"c"}
        assert ask(store, feeds.due, NOW) == frozenset()
        assert ask(store, feeds.due, later(minutes=1)) == {"a", "b", "c"}
        assert ask(store, feeds.states) == {}, "none was polled yet"


@on_postgres
def test_messages_of_a_silent_worker_are_taken_over(settings: Settings) -> None:
    with closing(open_worker(settings)) as app:
        message = outbox.NewOutboxItem("m", "alert", "desk", "email", "a@example.org", "soy", "{}")
        now = app.clock()
        do(app.store, outbox.enqueue, [message, replace(message, message_id="n", to="b@example.org")], now)
        for owner in ("elsewhere:1:email", f"{app.owner}:email"):
            do(app.store, outbox.claim, ["email"], owner, now, now + timedelta(minutes=5))
        HealthRecorder(app, now, WORKER).write()
        lost_leases(app).do()
        assert [item.state for item in ask(app.store, outbox.items)] == ["uncertain", "leased"]


@on_postgres
def test_each_job_runs_and_one_that_fails_stops_no_other(settings: Settings) -> None:
    with closing(open_worker(settings)) as app:
        ran, sent = Event(), Event()
        runner = JobRunner(app, HealthRecorder(app, app.clock(), WORKER), RunLog(app))

        def poison() -> None:
            raise ValueError("poison")

        fleet = Fleet(app, [Job("poison", poison, 1), Job("good", ran.set, 1)], runner.run, sent.set)
        fleet.start()
        try:
            assert ran.wait(30)
            until(lambda: any(run.job == "poison" for run in ask(app.store, recorded_runs)))
            ran.clear()
            assert ran.wait(30), "it comes again"
            message = outbox.NewOutboxItem("m", "alert", "desk", "email", "a@example.org", "soy", "{}")
            do(app.store, outbox.enqueue, [message], app.clock())
            assert sent.wait(30), "the commit wakes a worker"
        finally:
            app.stop.set()
            assert fleet.stop(20)


@on_postgres
def test_the_job_tables_are_made_once_and_anew_for_another_version_of_the_engine(settings: Settings) -> None:
    schema = procrastinate.schema.SchemaManager.get_schema()
    with closing(open_worker(settings)) as app:
        assert ask(app.store, job_tables.open_jobs) == job_tables.JobCounts()
        do(app.store, job_tables.prepare, schema, "another")
        do(app.store, job_tables.prepare, schema, "another")
        with pytest.raises(StoreError, match="stop them all first"):
            open_worker(settings)


def test_ticks_come_every_few_seconds_every_minute_or_every_day() -> None:
    assert [cron_of(seconds) for seconds in (5, 60, 24 * 3600)] == ["* * * * * */5", "* * * * * 0", "0 0 * * * 0"]


# ---------------------------------------------------------------- what an operator sees


@on_postgres
def test_doctor_health_and_metrics_show_the_workers(settings: Settings) -> None:
    with closing(open_worker(settings)) as app, closing(open_worker(settings)) as other:
        signs = HealthRecorder(app, app.clock(), WORKER)
        signs.write()
        assert json.loads(command("health", "--json").stdout)["workers"] == 1
        found = [line for line in command("doctor", "--offline").stdout.splitlines() if " fleet " in line]
        assert found[0].startswith("ok    fleet")
        assert app.rulebook.version in found[0]
        assert "0 waiting, 0 running; 0 lost with their workers" in found[1]
        silent = HealthRecorder(other, app.clock() - timedelta(minutes=6), WORKER, ())
        other.clock = lambda: app.clock() - timedelta(minutes=5)
        silent.write()
        app.idle = "rules differ"
        signs.write()
        found = [line for line in command("doctor", "--offline").stdout.splitlines() if "warn  fleet" in line]
        assert len(found) == 2
        assert "writes nothing: rules differ" in found[0]
        with app.store.read() as conn:
            vitals = read_vitals(conn, (), app.clock(), built=None, builds=False)
        assert vitals.workers == 2
        assert b"deal_monitor_workers 2.0" in metrics_text(vitals)


@on_postgres
def test_a_fleet_without_a_worker_that_polls_is_not_healthy(settings: Settings) -> None:
    with closing(open_worker(settings)) as app:
        sender = HealthRecorder(app, app.clock() - timedelta(minutes=5), WORKER, ())
        sender.write()
        with app.store.read() as conn:
            reasons = health(conn, (), app.clock()).reasons
        assert [reason for reason in reasons if "'poll'" in reason]


@on_postgres
def test_two_schedulers_make_each_of_a_thousand_ticks_once(settings: Settings) -> None:
    with closing(open_worker(settings)) as app:
        address = pool_of(app.store.engine.url)

        async def tick_together() -> None:
            engines = [procrastinate.App(connector=procrastinate.PsycopgConnector(**address)) for _ in range(2)]
            for engine in engines:
                task = engine.task(name="tick", queue="tick")(lambda **_: None)
                engine.periodic(cron=cron_of(1))(cast(Any, task))
            async with engines[0].open_async(), engines[1].open_async():
                deferrers = [PeriodicDeferrer(engine.periodic_registry) for engine in engines]
                for deferrer in deferrers:
                    deferrer.last_defers["tick", ""] = 1_000
                # Tick by tick, as clocks do. The engine forgets earlier ticks, so a scheduler that is a tick late makes
                # it again; then a job of ours waits already, or finds nothing due.
                for at in range(1_001, 2_001):
                    await asyncio.gather(*(one.defer_jobs(one.get_previous_tasks(at=at)) for one in deferrers))

        asyncio.run(tick_together())
        jobs = ask(app.store, job_tables.open_jobs)
        assert jobs is not None
        assert jobs.by_state == {"todo": 1_000}
