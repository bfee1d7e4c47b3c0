"""A wrong clock ends no deadline and tells nothing twice: the monitor keeps its own time until a server confirms
another one."""

import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from monitor.config import load_settings
from monitor.domain.model import Standing
from monitor.feeds.worker import ParseWorker
from monitor.pipeline.health import health
from monitor.pipeline.operator_notices import channel_notice, notify_operator
from monitor.runtime.app import App, open_app, run_digests, run_reviews
from monitor.runtime.clock_watch import ClockWatch, TrustedClock, last_work
from monitor.runtime.health_reports import HealthRecorder
from monitor.runtime.poller import Poller, poll
from monitor.runtime.scheduler import start_jobs, stop_jobs
from monitor.store import feeds, verdict_records
from monitor.store import outbox as outbox_store
from tests.builders.databases import NOW, ask, do, later
from tests.builders.feed_publisher import Item, Publisher, publisher, rss
from tests.builders.golden_wording import GoldenWording
from tests.builders.small_rulebook import SOY
from tests.builders.working_folder import CONFIG, laid_out

TRUCE = SOY.replace("note: made up", "deadlines: [{what: truce, kind: expiry, date: 2026-03-02, said_by: cn}]").replace(
    "standing: pledged", "standing: in_force"
)
AHEAD = timedelta(days=2)
NEWS = Item("1", "Museum opens a new wing", "https://herald.example/1", "Mon, 02 Mar 2026 07:00:00 GMT")


@dataclass
class Machine:
    """Time passes; the clock of the machine may be wrong by `off`."""

    true: datetime = NOW
    off: timedelta = timedelta(0)
    clock: TrustedClock = field(init=False)

    def __post_init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """A start of the program."""
        self.clock = TrustedClock(lambda: self.true + self.off, lambda: (self.true - NOW).total_seconds())
        self.clock()

    def passes(self, **wait: float) -> None:
        self.true += timedelta(**wait)


@pytest.fixture
def machine() -> Machine:
    return Machine()


# ---------------------------------------------------------------- the clock alone


@pytest.mark.parametrize("off", [AHEAD, -timedelta(hours=1), -AHEAD])
def test_a_clock_that_jumps_is_not_followed_until_a_server_confirms_it(machine: Machine, off: timedelta) -> None:
    machine.off = off
    machine.passes(minutes=5)
    assert machine.clock() == machine.true
    machine.clock.hear(machine.true - timedelta(minutes=2))
    assert (machine.clock(), machine.clock.sure, machine.clock.ahead) == (machine.true, True, off)
    machine.passes(hours=3)
    assert machine.clock() == machine.true
    machine.off = timedelta(0)
    machine.passes(minutes=5)
    assert (machine.clock(), machine.clock.ahead) == (machine.true, timedelta(0))


def test_a_clock_that_is_put_right_is_followed_once_a_server_confirms_it(machine: Machine) -> None:
    machine.off = -AHEAD
    machine.begin()
    machine.off = timedelta(0)
    assert machine.clock() == NOW - AHEAD
    machine.clock.hear(machine.true)
    assert machine.clock() == NOW


def test_small_corrections_are_followed(machine: Machine) -> None:
    for seconds in (40, 80, 120):
        machine.off = timedelta(seconds=seconds)
        assert machine.clock() == machine.true + machine.off


def test_after_a_pause_the_clock_is_in_doubt_until_a_server_answers(machine: Machine) -> None:
    machine.passes(days=2.5)
    machine.begin()
    machine.clock.begin(NOW)
    assert not machine.clock.sure
    machine.clock.hear(None)
    assert not machine.clock.sure
    machine.clock.hear(machine.true)
    assert (machine.clock(), machine.clock.sure) == (machine.true, True)


def test_a_start_with_a_wrong_clock_takes_the_time_of_the_servers(machine: Machine) -> None:
    machine.off = AHEAD
    machine.begin()
    machine.clock.begin(NOW)
    machine.clock.hear(machine.true)
    machine.passes(minutes=5)
    assert (machine.clock(), machine.clock.sure) == (machine.true, True)


def test_no_server_puts_the_time_back_before_the_last_work(machine: Machine) -> None:
    machine.passes(days=3)
    machine.begin()
    machine.clock.begin(NOW)
    machine.clock.hear(NOW - AHEAD)
    assert (machine.clock(), machine.clock.sure) == (machine.true, False)
    machine.clock.hear(machine.true)
    assert machine.clock.sure


def test_no_server_puts_the_time_ahead_of_the_machine_and_a_true_one_puts_it_right(machine: Machine) -> None:
    machine.clock.begin(NOW - AHEAD)
    machine.clock.hear(NOW + AHEAD)
    assert machine.clock() == NOW
    machine.clock.hear(NOW - AHEAD)
    assert machine.clock() == NOW, "it is sure by now"


def test_a_false_date_costs_time_until_the_next_true_one(machine: Machine) -> None:
    machine.clock.begin(NOW - 9 * AHEAD)
    machine.clock.hear(NOW - AHEAD)
    assert machine.clock() == NOW - AHEAD
    machine.clock.hear(NOW)
    assert machine.clock() == NOW


def test_a_sleep_of_days_is_a_pause(machine: Machine) -> None:
    machine.passes(hours=20)
    machine.clock()
    assert machine.clock.sure
    machine.passes(hours=30)
    assert machine.clock() == machine.true
    assert not machine.clock.sure


def test_a_monitor_whose_sources_are_silent_doubts_for_an_hour(machine: Machine) -> None:
    machine.clock.begin(NOW - AHEAD)
    machine.passes(minutes=59)
    machine.clock()
    assert not machine.clock.sure
    machine.passes(minutes=2)
    machine.clock()
    assert machine.clock.sure


# ---------------------------------------------------------------- the monitor


@pytest.fixture
def wire() -> Iterator[Publisher]:
    with publisher({"/herald": rss(NEWS), "/ministry": rss(NEWS)}) as running:
        yield running


@pytest.fixture
def app(tmp_path: Path, machine: Machine, wire: Publisher) -> Iterator[App]:
    config = CONFIG.replace("http://127.0.0.1:9", wire.url("")).partition("[poll]")[2]
    laid_out(tmp_path, f"[poll]{config}", soy=TRUCE).lay_database()
    opened = open_app(load_settings(tmp_path / "config.toml", environ={}), exclusive=True, clock=machine.clock)
    opened.chance = lambda: 0.5
    wire.now = NOW
    with closing(opened):
        works(opened, machine, wire)
        yield opened


def works(app: App, machine: Machine, wire: Publisher) -> None:
    """A poll of every feed, and then the work that time makes due."""
    wire.now = machine.true
    with ParseWorker() as worker:
        poll(app, worker, everything=True)
    due(app)


def due(app: App) -> None:
    run_reviews(app)
    run_digests(app)


def standing(app: App) -> Standing:
    return ask(app.store, verdict_records.verdict_records)["soy"].published.standing


def messages(app: App) -> int:
    return len(ask(app.store, outbox_store.items))


def test_a_jump_of_two_days_lapses_notices_and_repeats_nothing(app: App, machine: Machine, wire: Publisher) -> None:
    before = messages(app)
    machine.off = AHEAD
    due(app)
    for _ in range(3):
        machine.passes(minutes=10)
        works(app, machine, wire)
    assert (standing(app), messages(app)) == (Standing.IN_FORCE, before)
    machine.off = timedelta(0)
    works(app, machine, wire)
    assert (standing(app), messages(app)) == (Standing.IN_FORCE, before)
    states = ask(app.store, feeds.states).values()
    assert all(state.polled_at == machine.true for state in states), "polls went on"
    for _ in range(72):
        machine.passes(hours=1)
        works(app, machine, wire)
    assert standing(app) is Standing.LAPSED, "in its own time"


def test_a_start_with_a_clock_two_days_ahead_waits_for_a_server(app: App, machine: Machine, wire: Publisher) -> None:
    before = messages(app)
    machine.off = AHEAD
    machine.begin()
    app.clock = machine.clock
    machine.clock.begin(ask(app.store, last_work))
    due(app)
    assert (standing(app), messages(app)) == (Standing.IN_FORCE, before), "nothing is decided before the first answer"
    works(app, machine, wire)
    assert (app.clock(), standing(app), messages(app)) == (machine.true, Standing.IN_FORCE, before)


def test_in_doubt_of_the_clock_nothing_is_sent_or_given_up_and_no_job_is_stalled(app: App, wire: Publisher) -> None:
    do(app.store, notify_operator, channel_notice("slack", "refused", NOW), app.owner_routes(), NOW)
    wire.documents.clear()
    app.clock = clock = TrustedClock()
    clock.begin(clock() - AHEAD)
    signs, patience = HealthRecorder(app, app.clock()), threading.Event()
    with Poller(app) as poller:
        scheduler = start_jobs(app, poller, signs, lambda: None)
        while "deliver file" not in signs.ended_well:
            patience.wait(0.02)
        assert ask(app.store, outbox_store.state_counts)["sent"] == 0
        clock.hear(clock())
        while not ask(app.store, outbox_store.state_counts)["sent"]:
            patience.wait(0.02)
        assert stop_jobs(scheduler, 20)


def test_health_is_judged_by_the_time_that_the_monitor_keeps_and_shows_the_jump(
    app: App, machine: Machine, wire: Publisher, wording: GoldenWording
) -> None:
    signs, watch = HealthRecorder(app, app.clock()), ClockWatch(app.store)
    assert not watch.jumped(machine.true, 0.0, app.clock())
    machine.off = AHEAD
    machine.passes(minutes=1)
    assert watch.jumped(machine.true + machine.off, 60.0, app.clock())
    works(app, machine, wire)
    signs.write()
    for seen in (machine.true + AHEAD, machine.true):
        found = ask(app.store, health, app.feeds(), seen)
        assert found.ok, found.reasons
    machine.passes(hours=20)
    machine.begin()
    app.clock = machine.clock
    machine.clock.begin(later(minutes=1))
    machine.clock.hear(machine.true)
    watch.take_notes(machine.clock)
    wording(trouble.text for trouble in ask(app.store, health, app.feeds(), app.clock()).troubles)
