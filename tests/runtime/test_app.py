"""What the running program wires together: which feeds are asked and how, where messages go, and what the jobs do."""

import io
import json
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.config import Settings, load_settings
from monitor.domain.messages.briefs import DeliveryReceipt, OutboundMessage
from monitor.errors import ChannelError, StoreError
from monitor.feeds.worker import ParseWorker
from monitor.pipeline.delivery import Sender
from monitor.runtime.app import App, deliver_due, open_app, recover_and_catch_up, run_reviews
from monitor.runtime.health_reports import HealthRecorder
from monitor.runtime.poller import Poller, poll
from monitor.runtime.scheduler import RunLog, start_jobs, stop_jobs
from monitor.runtime.session import sources, utc_now
from monitor.runtime.simulation import SimulatedClock
from monitor.store import feeds as feed_store
from monitor.store import outbox as outbox_store
from monitor.store import problems_and_runs, verdict_records
from monitor.store.json_codec import dump
from monitor.store.outbox import NewOutboxItem
from monitor.store.rows import save_rows
from monitor.store.tables import FeedState, Run
from tests.builders.channel_servers import smtp
from tests.builders.databases import NOW, ask, do, later, recorded_runs
from tests.builders.feed_publisher import Item, Publisher, publisher, rss
from tests.builders.sample_messages import ALERT
from tests.builders.slack_workspace import workspace
from tests.builders.working_folder import laid_out

CONFIG = """
[poll]
allow_private_addresses = true
[owner]
route = "boss"
[[routes]]
name = "desk"
channel = "email"
to = "desk@deals.example"
least_severity = "routine"
digest = "mon 08:00"
[[routes]]
name = "boss"
channel = "file"
commitments = ["ships"]
"""
FEED = """
[[feeds]]
name = "{name}"
url = "{url}"
publisher = "{publisher}"
interval = "10m"
"""
OLD = Item("1", "Museum opens a new wing for its old maps", "https://herald.example/1", "Mon, 02 Mar 2026 07:00:00 GMT")
HEADLINE = "China buys two cargoes of soybeans from the United States"
BUYS = Item("2", HEADLINE, "https://herald.example/2", "Mon, 02 Mar 2026 09:30:00 GMT")


@pytest.fixture
def wire() -> Iterator[Publisher]:
    with publisher({"/herald": rss(OLD), "/ministry": b"<html><body>Please log in</body></html>"}) as running:
        yield running


@pytest.fixture(scope="module")
def worker() -> Iterator[ParseWorker]:
    with ParseWorker() as running:
        yield running


@pytest.fixture
def folder(tmp_path: Path, wire: Publisher) -> Path:
    feeds = (("herald", "/herald", "Herald Wire"), ("ministry", "/ministry", "Ministry"), ("gone", "/gone", "Ministry"))
    tables = (FEED.format(name=name, url=wire.url(path), publisher=whose) for name, path, whose in feeds)
    laid_out(tmp_path, CONFIG + "".join(tables)).lay_database()
    return tmp_path


@pytest.fixture
def settings(folder: Path) -> Settings:
    return load_settings(folder / "config.toml", environ={})


@pytest.fixture
def app(settings: Settings, clock: SimulatedClock) -> Iterator[App]:
    opened = open_app(settings, exclusive=True, clock=clock)
    opened.chance = lambda: 0.5
    with closing(opened):
        yield opened


def states(app: App) -> dict[str, FeedState]:
    return ask(app.store, feed_store.states)


# ---------------------------------------------------------------- polling


def test_a_feed_that_fails_stops_only_itself(app: App, worker: ParseWorker) -> None:
    herald, ministry, gone = poll(app, worker)
    assert (herald.new, herald.error) == (1, "")
    assert ministry.error
    assert "404" in gone.error
    states = {health.name: health.state for health in sources(app)}
    assert states == {"herald": "ok", "ministry": "failing", "gone": "failing"}


def test_the_same_bytes_are_not_read_again(app: App, worker: ParseWorker, clock: SimulatedClock) -> None:
    poll(app, worker)
    clock.move(later(hours=25))
    herald = poll(app, worker)[0]
    assert (herald.new, herald.known) == (0, 0)
    assert states(app)["herald"].ok_at == clock.now


def test_a_program_that_is_stopping_takes_nothing_in(app: App, worker: ParseWorker) -> None:
    app.stop.set()
    assert poll(app, worker) == []
    assert states(app) == {}


# ---------------------------------------------------------------- where messages go


def hear(app: App, worker: ParseWorker, clock: SimulatedClock, wire: Publisher) -> None:
    """A running monitor hears that soybeans were bought, and decides."""
    recover_and_catch_up(app)
    poll(app, worker)
    wire.documents["/herald"] = rss(OLD, BUYS)
    clock.move(later(hours=1))
    poll(app, worker)
    clock.move(later(hours=1, seconds=90))
    run_reviews(app)


def test_without_a_mail_server_the_mail_is_written_to_the_outbox_folder(
    app: App, worker: ParseWorker, clock: SimulatedClock, wire: Publisher
) -> None:
    hear(app, worker, clock, wire)
    assert len(deliver_due(app).sent) == 1
    (mail,) = app.settings.outbox_dir.iterdir()
    assert mail.suffix == ".eml"
    assert b"To: desk@deals.example" in mail.read_bytes()
    assert deliver_due(app).sent == []


def test_with_a_mail_server_the_same_mail_goes_there(
    settings: Settings, worker: ParseWorker, clock: SimulatedClock, wire: Publisher
) -> None:
    with smtp() as server:
        place = {"host": "127.0.0.1", "port": server.port, "security": "plain", "sender": "Monitor <m@deals.example>"}
        mail = settings.smtp.model_copy(update=place)
        with closing(open_app(settings.model_copy(update={"smtp": mail}), clock=clock)) as app:
            hear(app, worker, clock, wire)
            assert len(deliver_due(app).sent) == 1
        assert len(server.accepted) == 1
        assert not settings.outbox_dir.exists()


def slack_settings(folder: Path, api: str) -> Settings:
    """The desk hears by Slack, with a token."""
    text = (folder / "config.toml").read_text(encoding="utf-8")
    text = text.replace('channel = "email"\nto = "desk@deals.example"', 'channel = "slack"\nto = "C1"')
    (folder / "config.toml").write_text(f'{text}\n[slack]\napi_url = "{api}"\n', encoding="utf-8")
    return load_settings(folder / "config.toml", environ={"DEAL_MONITOR_SLACK__TOKEN": "xoxb-secret-token"})


def test_in_slack_the_first_message_of_a_thread_is_kept_up_to_date_and_a_failure_of_that_is_only_a_warning(
    folder: Path, worker: ParseWorker, clock: SimulatedClock, wire: Publisher, logged: io.StringIO
) -> None:
    with workspace() as slack, closing(open_app(slack_settings(folder, slack.url), clock=clock)) as app:
        for number in (1, 2):
            queued(app, ("slack", "C1"), prefix=f"{number}-")
            clock.move(later(minutes=number))
            deliver_due(app)
        slack.refuses = {"chat.update": "edit_window_closed"}
        clock.move(later(minutes=3))
        assert deliver_due(app).failed == []
        assert "could not be edited" in logged.getvalue()
        slack.refuses = {}
        queued(app, ("slack", "C1"), prefix="3-")
        for minutes in (4, 5):
            clock.move(later(minutes=minutes))
            deliver_due(app)
        assert slack.calls == {"chat.postMessage": 3, "chat.update": 2}
        assert len(slack.parents) == 1


def test_the_owner_hears_of_a_broken_channel_first_where_the_owner_reads(
    app: App, worker: ParseWorker, clock: SimulatedClock, wire: Publisher
) -> None:
    assert [route.name for route in app.owner_routes()] == ["boss", "desk"]
    twin = replace(app.routes[1], name="boss/b@deals.example")
    every = replace(app)
    every.routes = (*app.routes, twin)
    assert [route.name for route in every.owner_routes()] == ["boss", "boss/b@deals.example", "desk"]

    def refuse(_: object) -> None:
        raise ChannelError("the password was refused", broken=True)

    hear(app, worker, clock, wire)
    app.senders = {**app.senders, "email": refuse}  # type: ignore[dict-item]
    report = deliver_due(app)
    assert report.broken == ["email"]
    assert [(row.kind, row.route, row.state) for row in ask(app.store, outbox_store.items)] == [
        ("alert", "desk", "waiting"),
        ("notice", "boss", "sent"),
    ]


# ---------------------------------------------------------------- starting again


def test_a_start_finds_what_a_dead_process_was_sending_and_what_fell_due_meanwhile(
    app: App, worker: ParseWorker, clock: SimulatedClock, wire: Publisher
) -> None:
    hear(app, worker, clock, wire)
    leased = do(app.store, outbox_store.claim, ["email"], "dead:1", clock.now, clock.now + timedelta(minutes=5))
    assert leased is not None
    clock.move(later(days=100))
    started = recover_and_catch_up(app)
    assert started.uncertain == 1
    assert set(started.reviewed.decided) == {"ships", "soy"}, "nothing was heard for too long"
    assert leased.number in deliver_due(app).sent, "it goes out again"


# ---------------------------------------------------------------- jobs


@pytest.mark.slow
def test_every_job_runs_at_once_and_a_job_that_fails_stops_no_other(settings: Settings) -> None:
    tried, polled = threading.Event(), threading.Event()
    with closing(open_app(settings)) as app, Poller(app) as poller:
        long_ago = app.clock() - timedelta(days=31)
        do(app.store, save_rows, Run(job="poll", started_at=long_ago, ended_at=long_ago, outcome="ok"))
        app.senders = Broken(app.senders, tried)
        scheduler = start_jobs(app, poller, HealthRecorder(app, app.clock()), polled.set)
        channels = {f"deliver {channel}" for channel in ("apprise", "email", "file", "slack")}
        others = {"poll", "review", "digest", "rules", "site", "prune", "sign of life", "sources"}
        assert {job.id for job in scheduler.get_jobs()} == channels | others
        assert tried.wait(20), "the delivery was tried"
        assert polled.wait(20), "and feeds are asked all the same"
        assert stop_jobs(scheduler, 20), "once what was begun has ended"
        assert any(state.polled_at is not None for state in states(app).values())
        assert set(ask(app.store, verdict_records.verdict_records)) == {"ships", "soy"}
        runs = ask(app.store, recorded_runs)
        assert long_ago not in {run.started_at for run in runs}, "what is a month old is forgotten"
        ended = {(run.job, run.outcome, run.detail) for run in runs}
        assert {("deliver email", "failed", "RuntimeError: out of order"), ("poll", "ok", "")} <= ended
        assert ("deliver file", "ok", "") in ended, "the other channels work"


class Broken(dict[str, Sender]):
    """Senders of a program whose delivery of mail fails before it begins."""

    def __init__(self, senders: Mapping[str, Sender], tried: threading.Event) -> None:
        super().__init__(senders)
        self.tried = tried

    def __getitem__(self, channel: str) -> Sender:
        if channel == "email":
            self.tried.set()
            raise RuntimeError("out of order")
        return super().__getitem__(channel)


def queued(app: App, *places: tuple[str, str], prefix: str = "") -> None:
    """One message for each of these places of a channel waits."""
    items = [NewOutboxItem(f"{prefix}{to}", "alert", "desk", channel, to, "soy", dump(ALERT)) for channel, to in places]
    do(app.store, outbox_store.enqueue, items, app.clock())


@contextmanager
def hanging(app: App) -> Iterator[tuple[threading.Event, threading.Event]]:
    """Mail hangs in the middle of a send, and files are written as ever: (mail is being sent, a file was written)."""
    sending, written, done = threading.Event(), threading.Event(), threading.Event()

    def hang(parcel: OutboundMessage) -> DeliveryReceipt:
        sending.set()
        assert done.wait(30)
        return DeliveryReceipt(parcel.message_id)

    def write(parcel: OutboundMessage) -> DeliveryReceipt:
        assert sending.wait(20)
        written.set()
        return DeliveryReceipt(parcel.message_id)

    app.senders = {"email": hang, "file": write}
    try:
        yield sending, written
    finally:
        done.set()


@pytest.mark.slow
def test_a_channel_that_hangs_holds_up_no_other_and_the_end_waits_for_its_send(app: App) -> None:
    app.clock = utc_now
    queued(app, ("email", "desk@deals.example"), ("file", "a"))
    with Poller(app) as poller, hanging(app) as (sending, written):
        scheduler = start_jobs(app, poller, HealthRecorder(app, app.clock()), threading.Event().set)
        assert sending.wait(20)
        assert written.wait(20), "while the mail is still being sent"
        written.clear()  # a commit that queues a message starts its delivery at once
        queued(app, ("file", "b"))
        assert written.wait(20), "again and again"
        app.stop.set()
        elsewhere = ThreadPoolExecutor(1)
        ended = elsewhere.submit(stop_jobs, scheduler, 20)
        assert not ended.done(), "the mail server has not answered yet"
    assert ended.result()
    elsewhere.shutdown()
    assert [row.state for row in ask(app.store, outbox_store.items)] == ["sent", "sent", "sent"]


def test_a_job_that_goes_on_failing_is_logged_once_an_hour_and_when_it_works_again(
    app: App, clock: SimulatedClock, logged: io.StringIO
) -> None:
    runs = RunLog(app)
    full, fault = StoreError("the disk is full"), ValueError("no")
    ends = {0: full, 1: full, 59: full, 60: full, 61: fault, 62: None, 63: None, 64: fault}
    for minutes, error in ends.items():
        clock.move(later(minutes=minutes))
        runs.note("site", clock(), error)
    told = [json.loads(line) for line in logged.getvalue().splitlines()]
    assert [(line["event"].split(";")[0], line.get("error"), "exception" in line) for line in told] == [
        ("job failed", "StoreError: the disk is full", False),
        ("job failed", "StoreError: the disk is full", False),
        ("job failed", "ValueError: no", True),
        ("job works again", None, False),
        ("job failed", "ValueError: no", True),
    ]


def test_runs_that_the_database_does_not_take_are_told_once(app: App, logged: io.StringIO) -> None:
    runs = RunLog(app)
    assert app.store.path is not None
    app.store.path.rename(app.store.path.with_suffix(".away"))
    for _ in range(3):
        runs.note("poll", app.clock(), ValueError("no"))
    assert logged.getvalue().count("a run could not be recorded") == 1


def test_a_run_is_recorded_when_it_tells_more_than_the_last_one(app: App, clock: SimulatedClock) -> None:
    runs = RunLog(app)
    failures = {2: RuntimeError("out of order"), 3: RuntimeError("out of order, again"), 4: ValueError("no")}
    for minutes in (0, 1, 2, 3, 4, 5, 6, 64, 65):
        clock.move(later(minutes=minutes))
        runs.note("deliver", clock(), failures.get(minutes))
    kept = [((run.started_at - NOW) // timedelta(minutes=1), run.outcome) for run in ask(app.store, recorded_runs)]
    (failure,) = ask(app.store, problems_and_runs.failures, NOW)
    assert ask(app.store, problems_and_runs.failures, later(minutes=5)) == ()
    assert kept == [(0, "ok"), (2, "failed"), (4, "failed"), (5, "ok"), (65, "ok")]
    assert (failure.run.detail, failure.over) == ("ValueError: no", True)
