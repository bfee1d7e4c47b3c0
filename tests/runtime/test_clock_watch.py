"""A clock that is set, or a machine that stood still, stops no work and is reported."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import select

from monitor.feeds.worker import ParseWorker
from monitor.pipeline.health import health
from monitor.runtime.app import App, recover_and_catch_up
from monitor.runtime.clock_watch import ClockWatch, TrustedClock
from monitor.runtime.poller import Poller, poll
from monitor.runtime.scheduler import resume_jobs
from monitor.runtime.simulation import SimulatedClock
from monitor.store import feeds
from monitor.store.rows import upsert
from monitor.store.tables import BROKEN, DIRTY, LANE
from tests.builders.databases import NOW, ask, later
from tests.builders.golden_wording import GoldenWording
from tests.builders.working_folder import laid_out


@pytest.fixture
def app(tmp_path: Path, clock: SimulatedClock) -> Iterator[App]:
    with laid_out(tmp_path).opened(clock) as opened:
        yield opened


def test_a_jump_is_recorded_and_health_shows_it_for_a_day(app: App, wording: GoldenWording) -> None:
    watch = ClockWatch(app.store)
    turns = [
        (NOW, 0.0),
        (later(seconds=1), 1.0),
        (later(seconds=30), 2.0),
        (later(hours=-1), 3.0),
        (later(days=2), 4.0),
    ]
    assert [watch.jumped(*turn) for turn in turns] == [False, False, False, True, True]
    at_once, next_week = (ask(app.store, health, app.feeds(), later(days=days)) for days in (2, 9))
    wording([trouble.text for trouble in at_once.troubles if trouble.kind == "clock"])
    assert not [trouble for trouble in next_week.troubles if trouble.kind == "clock"]


def test_after_a_jump_every_job_runs_at_once() -> None:
    scheduler = BackgroundScheduler(timezone="UTC")
    scheduler.start(paused=True)
    scheduler.add_job(int, "interval", seconds=5, next_run_time=later(hours=1), id="poll")
    resume_jobs(scheduler, NOW)
    assert scheduler.get_job("poll").next_run_time == NOW
    scheduler.shutdown()


def test_feeds_planned_by_a_clock_that_was_ahead_are_polled_at_once(app: App, clock: SimulatedClock) -> None:
    with ParseWorker() as worker:
        clock.move(later(days=2))
        assert poll(app, worker)
    planned = ask(app.store, feeds.states)
    assert all(state.next_poll_at > later(days=2) for state in planned.values() if state.next_poll_at)
    clock.now = NOW + timedelta(hours=1)
    with ParseWorker() as worker:
        assert len(poll(app, worker)) == len(app.feeds())


def test_a_running_poller_goes_on_after_the_clock_was_set_back(app: App, clock: SimulatedClock) -> None:
    with ParseWorker() as worker, Poller(app, worker, unread=None) as poller:
        assert poller.poll_once(everything=False)
        assert not poller.poll_once(everything=False), "nothing is due"
        clock.now = NOW - timedelta(days=1)
        poller.poll_all_now()
        assert poller.poll_once(everything=False)


@pytest.mark.parametrize("put_right", [True, False])
def test_what_waits_for_a_time_of_a_clock_that_was_ahead_goes_on_once_it_is_put_right_or_at_the_next_start(
    app: App, put_right: bool
) -> None:
    def goes_on(moment: datetime) -> list[datetime | None]:
        """A lane and a broken channel wait until that moment, when a review was asked for: what then holds."""
        with app.store.begin() as conn:
            upsert(conn, LANE, [{"channel": "slack", "to": "C1", "not_before": moment, "failures": 1}])
            upsert(conn, BROKEN, [{"channel": "slack", "since": NOW, "retry_at": moment, "error": "-"}])
            upsert(conn, DIRTY, [{"commitment": "soy", "since": moment, "urgent": False, "cause": "news", "stamp": 1}])
        if put_right:
            ClockWatch(app.store).take_notes(TrustedClock(lambda: NOW, lambda: 0.0, notes=[("confirmed", -172_800.0)]))
        else:
            recover_and_catch_up(app)
        with app.store.read() as conn:
            assert conn.scalar(select(DIRTY.c.since)) in (None, NOW), "the review is done, or has waited since now"
            return [conn.scalar(select(at)) for at in (LANE.c.not_before, BROKEN.c.retry_at)]

    half_an_hour = later(minutes=30)  # a provider may have asked for it
    assert goes_on(half_an_hour) == ([NOW, NOW] if put_right else [half_an_hour, half_an_hour])
    assert goes_on(later(days=2)) == [NOW, NOW]


def test_a_jump_of_the_machine_alone_ends_no_wait_that_a_provider_asked_for(app: App) -> None:
    with app.store.begin() as conn:
        upsert(conn, LANE, [{"channel": "slack", "to": "C1", "not_before": later(minutes=5), "failures": 1}])
    watch = ClockWatch(app.store, (NOW, 0.0))
    assert watch.jumped(later(hours=-1), 1.0, later(seconds=1))
    with app.store.read() as conn:
        assert conn.scalar(select(LANE.c.not_before)) == later(minutes=5)
