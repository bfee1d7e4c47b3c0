"""The program from the feeds to the channels, on a small part: written feeds, both far ends on loopback, two restarts.

The whole of the recorded feeds goes the same way in .ci/shared-feeds, where those are at hand.
"""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from monitor.config import Settings, load_settings
from monitor.feeds.worker import ParseWorker
from monitor.pipeline.ingest import IngestReport
from monitor.runtime.app import App, StartupReport, deliver_due, open_app, recover_and_catch_up, run_reviews
from monitor.runtime.poller import poll
from monitor.runtime.session import sources
from monitor.runtime.simulation import SimulatedClock
from monitor.store import outbox as outbox_store
from tests.builders.channel_servers import Answer, Slack, Smtp, slack, smtp
from tests.builders.databases import ask
from tests.builders.feed_publisher import Item, Publisher, atom, publisher, rss
from tests.builders.small_rulebook import write
from tests.builders.working_folder import command

ROOT = Path(__file__).parents[2]
DAWN = datetime(2026, 1, 30, 6, 0, tzinfo=UTC)
TOKEN = "xoxb-a-test-of-the-whole"
BOUGHT = "China buys two cargoes of soybeans from the United States"

MAPS = Item(
    "w1", "Museum opens a new wing for its old maps", "https://wire.example/maps", "Fri, 30 Jan 2026 04:00:00 GMT"
)
FERRY = Item(
    "w2", "Ferry line adds an evening crossing in spring", "https://wire.example/ferry", "Fri, 30 Jan 2026 04:30:00 GMT"
)
FERRY_AGAIN = Item("w2b", FERRY.title, f"{FERRY.url}?utm_source=rss", FERRY.published)
BUYS = Item("w3", BOUGHT, "https://wire.example/soybeans", "Fri, 30 Jan 2026 06:20:00 GMT")
CHESS = Item("p1", "A chess club in the hills turns one hundred", "https://paper.example/chess", "2026-01-30T03:00:00Z")
BUYS_TOO = Item("p2", BOUGHT, "https://paper.example/soy", "2026-01-30T06:40:00Z")

CONFIG = """
routes = [
  {{name = "mail", channel = "email", to = "desk@deals.test", commitments = ["soy"], least_severity = "routine"}},
  {{name = "chat", channel = "slack", commitments = ["soy"], least_severity = "routine"}},
]
feeds = [
  {{name = "wire", url = "{wire}", publisher = "Herald Wire", interval = "10m"}},
  {{name = "paper", url = "{paper}", publisher = "Second Wire", interval = "10m"}},
  {{name = "page", url = "{page}", interval = "10m"}},
]
poll = {{allow_private_addresses = true}}
slack = {{channel = "#trade-deals", api_url = "{slack}"}}
smtp = {{host = "127.0.0.1", port = {smtp}, security = "plain", sender = "monitor@deals.test"}}
[monitor]
database = "sqlite:///{work}/monitor.db"
rules = "{work}/rules"
templates = "{root}/templates"
data = "{work}"
"""


@dataclass(slots=True)
class World:
    """All that lies around the monitor, and what it was told so far."""

    work: Path
    feeds: Publisher
    slack: Slack
    smtp: Smtp

    def configure(self) -> Path:
        addresses = {name: self.feeds.url(f"/{name}") for name in ("wire", "paper", "page")}
        far_ends = {"slack": f"{self.slack.url}api/", "smtp": self.smtp.port}
        write(self.work / "rules")
        file = self.work / "config.toml"
        file.write_text(CONFIG.format(work=self.work, root=ROOT, **far_ends, **addresses), encoding="utf-8")
        return file

    def subjects(self) -> list[str]:
        return [str(message_from_bytes(raw, policy=policy.default)["Subject"]) for raw in self.smtp.accepted]

    def posts(self) -> list[str]:
        return [str(arguments["text"]) for _, arguments in self.slack.heard]


@contextmanager
def world(work: Path) -> Iterator[World]:
    documents = {"/wire": rss(MAPS, FERRY), "/paper": atom(CHESS), "/page": b"<!doctype html><title>Log in</title>"}
    posted = Answer(body={"ok": True, "ts": "1761800000.000100"})
    with publisher(documents) as feeds, slack(posted) as chat, smtp() as mail:
        yield World(work, feeds, chat, mail)


@dataclass(slots=True)
class Monitor:
    """The program, and what each of its starts found to do."""

    settings: Settings
    clock: SimulatedClock
    app: App
    worker: ParseWorker = field(default_factory=ParseWorker)
    starts: list[StartupReport] = field(default_factory=list)
    sent_at_start: list[int] = field(default_factory=list)

    def polls(self) -> list[IngestReport]:
        """A poll of all feeds, ten minutes after what was last done."""
        self.clock.move(self.clock.now + timedelta(minutes=10))
        return poll(self.app, self.worker, everything=True)

    def settles(self) -> int:
        """The news settles and is decided; returns how many messages that made."""
        self.clock.move(self.clock.now + timedelta(seconds=self.app.rulebook.policy.settle_seconds + 1))
        return len(run_reviews(self.app).messages)

    def restarts(self) -> None:
        self.closes()
        self.app, self.worker = open_app(self.settings, exclusive=True, clock=self.clock), ParseWorker()
        self.begins()

    def begins(self) -> None:
        """What every start does, and the first delivery after it."""
        self.starts.append(recover_and_catch_up(self.app))
        self.sent_at_start.append(len(deliver_due(self.app).sent))

    def closes(self) -> None:
        self.worker.close()
        self.app.close()

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        with self.app.store.read() as conn:
            return [tuple(row) for row in conn.execute(text(statement))]


@dataclass(frozen=True, slots=True)
class Played:
    """What there is to see after the morning was played."""

    world: World
    monitor: Monitor
    first: list[IngestReport]
    last: list[IngestReport]
    told: list[int]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    """A morning: a first sight, news, a restart before it is decided, one before it is sent, an echo, and quiet."""
    with world(tmp_path_factory.mktemp("whole")) as around:
        settings = load_settings(around.configure(), environ={"DEAL_MONITOR_SLACK__TOKEN": TOKEN})
        clock = SimulatedClock(DAWN)
        monitor = Monitor(settings, clock, open_app(settings, exclusive=True, clock=clock))
        monitor.begins()
        first = monitor.polls()
        told = [monitor.settles()]
        around.feeds.documents["/wire"] = rss(BUYS, MAPS, FERRY_AGAIN)
        monitor.polls()
        monitor.restarts()
        told.append(monitor.settles())
        monitor.restarts()
        around.feeds.documents["/paper"] = atom(BUYS_TOO, CHESS)
        monitor.polls()
        told.append(monitor.settles())
        deliver_due(monitor.app)
        around.feeds.answers.clear()
        last = monitor.polls()
        yield Played(around, monitor, first, last, told)
        monitor.closes()


@pytest.mark.slow
def test_every_entry_is_stored_once_whatever_its_feed_does_to_guid_and_address(played: Played) -> None:
    assert Counter(feed for (feed,) in played.monitor.rows("SELECT feed FROM entry")) == {"wire": 3, "paper": 2}
    titles = [title for (title,) in played.monitor.rows("SELECT title FROM story")]
    assert sorted(titles) == sorted({MAPS.title, FERRY.title, BOUGHT, CHESS.title})


def test_what_a_feed_shows_at_first_sight_is_no_news(played: Played) -> None:
    assert {report.feed: report.backfill for report in played.first} == {"wire": True, "paper": True, "page": False}
    assert played.told[0] == 0


def test_unchanged_documents_are_answered_by_304(played: Played) -> None:
    assert played.world.feeds.answers == {("/wire", 304): 1, ("/paper", 304): 1, ("/page", 200): 1}
    assert not any(report.new or report.revised or report.outlets for report in played.last)


def test_a_page_that_is_no_feed_is_named_and_stops_only_itself(played: Played) -> None:
    health = {source.name: source for source in sources(played.monitor.app)}
    assert {name: source.state for name, source in health.items()} == {"wire": "ok", "paper": "ok", "page": "failing"}
    assert "not a feed" in health["page"].detail


def test_a_restart_before_the_verdict_loses_no_news(played: Played) -> None:
    assert played.monitor.starts[1].reviewed.messages == (), "the news had not settled when the program came back"
    assert played.told[1] == 2, "one message to each channel"


def test_a_restart_before_the_delivery_loses_no_message(played: Played) -> None:
    assert played.monitor.sent_at_start == [0, 0, 2]


def test_an_alert_reaches_both_channels_once(played: Played) -> None:
    (subject,), (post,) = played.world.subjects(), played.world.posts()
    assert "Soybeans" in subject
    assert "Soybeans" in post
    assert played.told[2] == 0, "the second outlet says nothing new"
    rows = ask(played.monitor.app.store, outbox_store.items)
    assert [(row.state, row.attempts, row.repeat) for row in rows] == [("sent", 1, False)] * 2


def test_the_token_stands_nowhere_in_the_database(played: Played) -> None:
    assert TOKEN.encode() not in (played.world.work / "monitor.db").read_bytes()


@pytest.mark.slow
def test_each_run_of_the_command_goes_on_where_the_last_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEAL_MONITOR_SLACK__TOKEN", TOKEN)
    with world(tmp_path) as around:
        around.configure()
        first = once(around, "2026-01-30T06:00Z", run_here)
        around.feeds.documents["/wire"] = rss(BUYS, MAPS, FERRY)
        second = once(around, "2026-01-30T06:30Z", run_apart)
        third = once(around, "2026-01-30T07:00Z", run_here)
        assert (first["sent"], second["sent"], third["sent"]) == (0, 2, 0)
        assert [feed["new"] for feed in second["feeds"]] == [1, 0, 0]
        assert around.feeds.answers["/wire", 304] == 1
        assert len(around.subjects()) == len(around.posts()) == 1


def once(around: World, moment: str, run: Callable[..., str]) -> dict[str, Any]:
    """One `deal-monitor poll` as if it were `moment`."""
    config = str(around.work / "config.toml")
    told = run("--config", config, "--log-level", "error", "--now", moment, "poll", "--json")
    result: dict[str, Any] = json.loads(told)
    return result


def run_here(*arguments: str) -> str:
    done = command(*arguments)
    assert done.exit_code == 0, done.stderr
    return done.stdout


def run_apart(*arguments: str) -> str:
    """In a process of its own, which knows of the runs before it only what they wrote."""
    done = subprocess.run(
        [sys.executable, "-m", "monitor", *arguments], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
