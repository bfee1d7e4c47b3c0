"""The program as people run it: a folder of its own, `deal-monitor run` as a process, and its database read from
outside."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import psycopg

from monitor.config import load_settings
from monitor.domain.model import Entry
from monitor.pipeline.ingest import FetchedDocument, ingest
from monitor.runtime.app import App, open_app, recover_and_catch_up, run_reviews
from monitor.runtime.simulation import SimulatedClock
from tests.builders.databases import polled_feed
from tests.builders.feed_publisher import Item
from tests.builders.shipped_rules import ROOT
from tests.builders.small_rulebook import SOY, write
from tests.faults.ends import until

_NAMES = (
    "barley beef cocoa coffee copper corn cotton dairy ethanol fish honey leather lumber nickel pork rice rubber salt "
    "sorghum sugar"
)
GOODS = tuple(_NAMES.split())
"""As many commitments, one a good: news of each is an alert of its own."""
TOKEN, PASSWORD = "xoxb-fault-matrix", "a-password-of-the-fault-matrix"
WIRE = polled_feed("wire", "http://127.0.0.1:9/wire", "Herald Wire", 300)

CONFIG = """
[monitor]
database = {database}
rules = "rules"
templates = {templates}
data = "."

[poll]
allow_private_addresses = true
"""
SLACK = """
[slack]
channel = "C1"
api_url = "{url}/api/"
"""
SMTP = """
[smtp]
host = "127.0.0.1"
port = {port}
sender = "monitor@deals.test"
timeout_seconds = 2
{more}
"""
ROUTE = """
[[routes]]
name = "{name}"
channel = "{channel}"
to = "{to}"
commitments = {commitments}
least_severity = "routine"
{more}
"""
FEED = """
[[feeds]]
name = "wire"
url = "{url}"
publisher = "Herald Wire"
interval = "1s"
"""


def route(name: str, channel: str, to: str, commitments: Sequence[str] = ("*",), more: str = "") -> str:
    """A route as config.toml has it."""
    return ROUTE.format(name=name, channel=channel, to=to, commitments=json.dumps(list(commitments)), more=more)


@dataclass(slots=True)
class Program:
    """A folder laid out for the monitor, and the monitor in it. goods: a commitment each; entry: the module that starts
    the monitor."""

    folder: Path
    secrets: dict[str, str] = field(default_factory=lambda: {"DEAL_MONITOR_SLACK__TOKEN": TOKEN})
    goods: Sequence[str] = GOODS
    database: str = "sqlite:///monitor.db"
    entry: str = "monitor"

    # ------------------------------------------------------------ setting up

    def configure(self, *sections: str, templates: Path = ROOT / "templates") -> None:
        """Write config.toml of these sections, and the rules beside it."""
        database = self.database.replace("postgresql:", "postgresql+psycopg:")
        text = CONFIG.format(database=json.dumps(database), templates=json.dumps(str(templates)))
        (self.folder / "config.toml").write_text(text + "".join(sections), encoding="utf-8")
        rules = {name: SOY.replace("id: soy", f"id: {name}").replace("soybeans", name) for name in self.goods}
        write(self.folder / "rules", **{name: text.replace("Soybeans", name) for name, text in rules.items()})
        policy = self.folder / "rules" / "policy.yaml"
        policy.write_text("{press_origins: 1, outlook_origins: 1, settle_seconds: 1}\n", encoding="utf-8")

    def hears(self, goods: Sequence[str], each: int = 1) -> datetime:
        """News of these goods has come in, so many reports of each, and was decided: an alert of each waits in the
        outbox, none was sent. Returns the present."""
        present = datetime.now(UTC)
        clock = SimulatedClock(present - timedelta(minutes=1))
        with self._opened(clock) as app:
            recover_and_catch_up(app)
            ingest(app.store, app.rulebook, WIRE, FetchedDocument(()), clock.now)
            clock.move(clock.now + timedelta(seconds=10))
            reports = tuple(bought(good, clock.now, number) for number in range(each) for good in goods)
            ingest(app.store, app.rulebook, WIRE, FetchedDocument(reports), clock.now)
            found = run_reviews(app, settled=True)
        assert len({message.commitment for message in found.messages}) == len(goods)
        return present

    @contextmanager
    def _opened(self, clock: SimulatedClock) -> Iterator[App]:
        with closing(open_app(load_settings(self.folder / "config.toml", environ=self.secrets), clock=clock)) as app:
            yield app

    # ------------------------------------------------------------ at work

    def delivers(self, seconds: float = 60.0) -> None:
        """Run until every message is sent or given up."""
        with self.running():
            until(self.settled, seconds)

    @contextmanager
    def running(self, *options: str, work: str = "run") -> Iterator[Running]:
        """`deal-monitor run`, or other work, ended in order at the end unless it was killed."""
        command, where, env = [*self._command(), work, *options], self.folder, self._environment()
        with (
            (self.folder / "log.txt").open("ab") as log,
            subprocess.Popen(command, cwd=where, env=env, stdout=subprocess.DEVNULL, stderr=log) as process,
        ):
            run = Running(process)
            try:
                yield run
                run.stop()
            finally:
                process.kill()

    def does(self, *arguments: str) -> str:
        """What a command says that must succeed."""
        command, where, env = [*self._command(), *arguments], self.folder, self._environment()
        done = subprocess.run(command, cwd=where, env=env, capture_output=True, text=True, timeout=90)
        assert done.returncode == 0, done.stderr
        return done.stdout

    @contextmanager
    def rounds(self) -> Iterator[Rounds]:
        """The same program, at moments that it is told: see `rounds`."""
        command = [sys.executable, "-m", "tests.faults.rounds", str(self.folder / "config.toml")]
        with subprocess.Popen(
            command, cwd=self.folder, env=self._environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as process:
            try:
                yield Rounds(process)
            finally:
                process.kill()

    def outbox(self) -> list[dict[str, Any]]:
        """What `outbox list --json` shows."""
        return [json.loads(line) for line in self.does("outbox", "list", "--json").splitlines()]

    def _command(self) -> list[str]:
        return [sys.executable, "-m", self.entry, "--log-level", "warning"]

    def _environment(self) -> Mapping[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return {**kept, "PYTHONPATH": str(ROOT), **self.secrets}

    # ------------------------------------------------------------ seen from outside

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """What the database holds, read by nothing of ours."""
        if not self.database.startswith("sqlite"):
            with psycopg.connect(self.database) as server:
                return server.execute(statement.encode()).fetchall()
        with closing(
            sqlite3.connect(f"file:{self.folder / self.database.removeprefix('sqlite:///')}?mode=ro", uri=True)
        ) as db:
            return db.execute(statement).fetchall()

    def states(self) -> Counter[str]:
        """How many messages are in each state."""
        return Counter(state for (state,) in self.rows("SELECT state FROM outbox"))

    def settled(self) -> bool:
        """Whether every message is sent or given up."""
        return not self.states().keys() - {"sent", "dead"}


@dataclass(slots=True)
class Running:
    """The program as a process."""

    process: subprocess.Popen[bytes]

    def kill(self) -> None:
        """kill -9."""
        self.process.kill()
        self.process.wait(10)

    def stop(self) -> None:
        """SIGTERM, unless it has been killed; it must end in order."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            code = self.process.wait(20)
            assert code == 0, f"SIGTERM: exit code {code}"


@dataclass(slots=True)
class Rounds:
    """The program as a process that works when it is told."""

    process: subprocess.Popen[str]

    def at(self, moment: datetime) -> dict[str, Any]:
        """What it does at that moment."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{moment.isoformat()}\n")
        self.process.stdin.flush()
        result: dict[str, Any] = json.loads(self.process.stdout.readline())
        return result


def bought(good: str, moment: datetime, number: int = 0) -> Entry:
    """A report that China buys a good; those with another number say so in other words."""
    page = f"https://herald.example/{good}/{number}"
    word = f"lot{number:03}"
    other = f", {word} {word[::-1]} {word * 2}" if number else ""
    return Entry(page, f"China buys {good} from the United States{other}", page, moment, "", WIRE.publisher)


# ---------------------------------------------------------------- what must always hold


def arrivals(copies: Mapping[str, int], row: Mapping[str, Any]) -> int:
    """How often the message of a row arrived; mail is named by a Message-ID that holds the message's own."""
    return sum(count for name, count in copies.items() if row["message"] in name)


def check(program: Program, channel: str, copies: Mapping[str, int], lost_answers: int = 0) -> list[dict[str, Any]]:
    """Nothing is missing; no message came more often than it was tried; one that came twice is shown as uncertain, and
    there are no more such copies than answers that were lost. Returns the rows, in order."""
    rows = [row for row in program.outbox() if row["channel"] == channel and row["state"] != "dead"]
    counted = {row["message"]: arrivals(copies, row) for row in rows}
    assert rows
    assert [name for name, count in counted.items() if count == 0] == [], "missing"
    assert sum(counted.values()) == sum(copies.values()), "somebody else's message arrived"
    assert sum(copies.values()) <= len(rows) + lost_answers, "copies without a lost answer"
    twice = [row for row in rows if counted[row["message"]] > 1]
    assert all(row["repeat"] for row in twice), "a second copy that nothing tells of"
    assert all(counted[row["message"]] <= row["attempts"] for row in rows), "one attempt, two copies"
    return rows


def item(good: str, moment: datetime, number: int = 0) -> Item:
    """News of a good, as a feed shows it."""
    entry = bought(good, moment, number)
    return Item(entry.url, entry.title, entry.url, format_datetime(moment, usegmt=True))
