"""Every recorded feed document through the whole program, each at the time it was recorded.

The feed server of ../shared shows a document from the date of its newest item on; `POST /_next` goes on to the next
such date, and the monitor's clock with it. At each date the monitor polls every feed, decides what has settled, and
sends it to the stand-ins for Slack and the mail server. It is restarted twice in the days of the Busan summit: with
commitments still to be decided, and with messages still to be sent. `recorded_claims` says what must be true of it
all.
"""

# ruff: noqa: S310, S603, T201 - loopback addresses, our own stand-ins, and figures for whoever reads the run's output

from __future__ import annotations

import importlib.util
import itertools
import json
import re
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from recorded_claims import (
    BUSAN,
    START,
    Answers,
    Claims,
    Document,
    check_answers,
    check_entries,
    check_messages,
    check_no_feeds,
    recorded,
)

from monitor.config import Settings, load_settings
from monitor.feeds.worker import ParseWorker
from monitor.logs import setup_logging
from monitor.runtime.app import App, deliver_due, open_app, recover_and_catch_up, run_reviews
from monitor.runtime.poller import poll
from monitor.runtime.simulation import SimulatedClock, run_until
from monitor.store import verdict_records

ROOT = Path(__file__).resolve().parents[1]
MOST_SECONDS = "900"
"""A stand-in ends by itself after so long, whatever becomes of this program."""
PUBLISHERS = (
    "AP News",
    "Al Jazeera",
    "BBC",
    "CNBC",
    "Financial Times",
    "Google News",
    "Reuters",
    "The Economist",
    "The New York Times",
    "The Wall Street Journal",
)
"""As rules/sources.yaml names them; the list of documents adds a section or a language."""
CONFIG = """
[monitor]
database = "sqlite:///{work}/monitor.db"
rules = "{root}/rules"
templates = "{root}/templates"
data = "{work}"

[poll]
allow_private_addresses = true
per_host = 8

[slack]
channel = "#trade-deals"
api_url = "http://127.0.0.1:{slack}/api/"

[smtp]
host = "127.0.0.1"
port = {smtp}
ca_file = "{work}/certificate/cert.pem"
sender = "Deal monitor <monitor@deals.test>"

[[routes]]
name = "mail"
channel = "email"
to = "desk@deals.test"
least_severity = "routine"
digest = "mon 08:00"

[[routes]]
name = "chat"
channel = "slack"
least_severity = "routine"
digest = "mon 08:00"
"""
FEED = """
[[feeds]]
name = {name}
url = {url}
publisher = {publisher}
aggregator = {aggregator}
interval = "15m"
"""


# ---------------------------------------------------------------- the far ends


@dataclass(frozen=True, slots=True)
class Publishers:
    """The running feed server. moments: the dates at which a document is there first."""

    base: str
    answers: Answers
    moments: Sequence[datetime]

    def go_on(self) -> None:
        """On to the next date."""
        with urlopen(Request(f"{self.base}/_next", method="POST"), timeout=10) as answer:
            answer.read()


@contextmanager
def publishers(shared: Path, documents: Sequence[Document]) -> Iterator[Publishers]:
    """The feed server, showing of each feed the newest document that is there at the date now reached."""
    tool = load(shared / "tools" / "feed_server.py")
    moments = sorted({document.at for document in documents})
    no_feeds = {document.path for document in documents if not document.is_feed}
    answers = Answers()

    class Shelf(tool.Shelf):
        @property
        def now(self) -> datetime:
            return moments[min(self.step, len(moments) - 1)]

        def find(self, path: str) -> Path | None:
            there = [document.file for document in documents if document.path == path and document.at <= self.now]
            return there[-1] if there else None

    class Handler(tool.Handler):
        shelf = Shelf(shared / "feeds")

        def reply(self, code: int, body: bytes = b"", **headers: str) -> None:
            if not self.path.startswith("/_") and self.path not in no_feeds:
                conditional = "If-None-Match" in self.headers
                answers.note(self.path, code, headers.get("ETag", ""), self.shelf.now, conditional=conditional)
            super().reply(code, body, **headers)

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.1,), daemon=True).start()
        yield Publishers(f"http://127.0.0.1:{server.server_port}", answers, moments)
        server.shutdown()


def load(file: Path) -> Any:
    """A Python file as a module."""
    spec = importlib.util.spec_from_file_location(file.stem, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@dataclass(slots=True)
class StandIn:
    """A running stand-in for a channel's far end; once it has ended, `stats` is its own count of what it got."""

    process: subprocess.Popen[str]
    port: int
    stats: dict[str, Any] = field(default_factory=dict)

    def end(self) -> None:
        self.process.terminate()
        out, _ = self.process.communicate(timeout=20)
        self.stats = json.loads(out.strip().splitlines()[-1])


@contextmanager
def stand_in(script: Path, *options: str) -> Iterator[StandIn]:
    """Start a stand-in on a free port, and see to it that it ends."""
    command = [sys.executable, str(script), "--port", "0", "--max-seconds", MOST_SECONDS, *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            ports = (re.search(r"listening \S*127\.0\.0\.1:(\d+)", line) for line in process.stdout)
            found = next((port for port in ports if port), None)
            if found is None:
                raise SystemExit(f"{script.name} did not start")
            yield StandIn(process, int(found[1]))
        finally:
            process.kill()


# ---------------------------------------------------------------- the monitor


def configured(work: Path, base: str, documents: Sequence[Document], slack: int, smtp: int) -> Settings:
    """The monitor's settings, with every recorded feed."""
    text = CONFIG.format(work=work, root=ROOT, slack=slack, smtp=smtp)
    for document in {document.path: document for document in documents}.values():
        publisher = next((known for known in PUBLISHERS if document.publisher.startswith(known)), document.publisher)
        values = {"name": document.feed, "url": base + document.path, "publisher": publisher}
        values["aggregator"] = publisher == "Google News" or "merged" in publisher
        text += FEED.format(**{key: json.dumps(value) for key, value in values.items()})
    (work / "config.toml").write_text(text, "utf-8")
    return load_settings(work / "config.toml", environ={"DEAL_MONITOR_SLACK__TOKEN": "xoxb-recorded-feeds"})


def opened(settings: Settings, clock: SimulatedClock) -> App:
    """The app, for which a minute passes between two requests to an aggregator."""
    app = open_app(settings, exclusive=True, clock=clock)
    app.turns.monotonic = itertools.count(step=60).__next__
    return app


@dataclass(slots=True)
class Run:
    """The monitor at work. undecided, unsent: what it had still to do when it was restarted."""

    settings: Settings
    clock: SimulatedClock
    app: App
    worker: ParseWorker = field(default_factory=ParseWorker)
    undecided: int = 0
    unsent: int = 0
    sent_by_restart: int = 0
    problems: list[str] = field(default_factory=list)

    def at(self, moment: datetime) -> None:
        """What falls due until `moment`, a poll of every feed then, and what follows from it."""
        run_until(self.app, self.clock, moment)
        for report in poll(self.app, self.worker, everything=True):
            self.problems += report.problems
        if BUSAN[0] <= moment < BUSAN[1] and not self.unsent:
            self._restart_amid()
        run_until(self.app, self.clock, self.clock.now + self._settling())

    def _settling(self) -> timedelta:
        return timedelta(seconds=self.app.rulebook.policy.settle_seconds + 1)

    def _restart_amid(self) -> None:
        """The first time that a poll leaves something to decide, and the first time after that with something to
        send."""
        with self.app.store.read() as conn:
            marks = len(verdict_records.review_requests(conn))
        if marks and not self.undecided:
            self.undecided = marks
            self._restart()
            return
        self.clock.move(self.clock.now + self._settling())
        self.unsent = len(run_reviews(self.app).messages)
        if self.unsent:
            self.sent_by_restart = self._restart()

    def _restart(self) -> int:
        """Returns how many messages went out with the first delivery of the new start."""
        self.close()
        self.app, self.worker = opened(self.settings, self.clock), ParseWorker()
        recover_and_catch_up(self.app)
        return len(deliver_due(self.app).sent)

    def close(self) -> None:
        self.worker.close()
        self.app.close()


@contextmanager
def running(settings: Settings) -> Iterator[Run]:
    clock = SimulatedClock(START - timedelta(minutes=1))
    run = Run(settings, clock, opened(settings, clock))
    recover_and_catch_up(run.app)
    try:
        yield run
    finally:
        run.close()


# ---------------------------------------------------------------- all of it


def leave(number: int, frame: object) -> None:
    """On a signal: out through the clauses that end the stand-ins."""
    del frame
    sys.exit(128 + number)


def main() -> None:
    signal.signal(signal.SIGTERM, leave)
    setup_logging(level="error")
    shared = Path(sys.argv[1]).resolve()
    documents, claims = recorded(shared / "feeds"), Claims()
    with tempfile.TemporaryDirectory(prefix="recorded-feeds-") as folder:
        work = Path(folder)
        with (
            publishers(shared, documents) as feeds,
            stand_in(shared / "tools" / "fake_slack.py", "--log", f"{work}/slack.jsonl") as slack,
            stand_in(
                shared / "tools" / "fake_smtp.py",
                "--log",
                f"{work}/mail.jsonl",
                "--starttls",
                "--certdir",
                f"{work}/certificate",
            ) as mail,
        ):
            settings = configured(work, feeds.base, documents, slack.port, mail.port)
            play(settings, feeds, claims)
            slack.end()
            mail.end()
        print(f"{len(documents)} documents of {len(settings.feeds)} feeds at {len(feeds.moments)} dates")
        check_answers(feeds.answers, documents, claims)
        with closing(sqlite3.connect(work / "monitor.db")) as db:
            check_no_feeds(settings.feeds, documents, db, claims)
            check_entries(settings.feeds, documents, db, claims)
            stats = {"slack": slack.stats, "mail": mail.stats}
            check_messages(db, lines(work / "slack.jsonl"), lines(work / "mail.jsonl"), stats, claims)
    for failed in claims.failed[:20]:
        print(f"FAILED: {failed}")
    sys.exit(f"{len(claims.failed)} claims do not hold" if claims.failed else 0)


def play(settings: Settings, feeds: Publishers, claims: Claims) -> None:
    """From the first date to the last, and one more poll there, which finds everything unchanged."""
    with running(settings) as run:
        for moment in feeds.moments:
            run.at(moment)
            feeds.go_on()
        run.at(run.clock.now)
    claims.hold(not run.problems, f"set aside: {run.problems}")
    claims.hold(run.undecided and run.unsent, "the monitor was not restarted twice in the Busan days")
    claims.hold(run.sent_by_restart, f"{run.unsent} messages to send, and none sent at the start")
    print(f"restarts: one with {run.undecided} commitments to decide, one with {run.unsent} messages to send")


def lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


if __name__ == "__main__":
    main()
