"""The whole program under load, for the sweeps: news comes all the time, and all that left is counted at the far ends.

Each good is news once, so each is one message a channel. Nothing may be missing, a second copy must be marked as a
repeat, and no channel may stand idle while one of its messages waits.
"""

# ruff: noqa: T201 - the sweeps print what they found

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from glob import glob
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks.made_up_rules import invented_words
from tests.builders.channel_servers import closed_port
from tests.builders.feed_publisher import Item, Publisher, publisher, rss
from tests.faults.ends import Mail, Slack, mail, marker, slack, until
from tests.faults.program import FEED, SLACK, SMTP, Program, arrivals, item, route

LONGEST_IDLE = 60.0
"""Seconds that a channel may send nothing while a message waits for it."""
LAST_SECONDS = 180.0
"""How long the last messages may take after the last fault: an address that failed often waits longer and longer."""
SHOWN = 200
"""Items of the feed, an estimate: as many as a busy wire lists."""
CHANNELS = ("slack", "email")
OLD = Item("w1", "A museum opens a wing", "https://herald.example/wing", "Fri, 30 Jan 2026 04:00:00 GMT")


@dataclass(slots=True)
class Load:
    """A program with one feed and two channels. shown: the goods that were news, and when."""

    program: Program
    feed: Publisher
    chat: Slack
    post: Mail
    items: list[Item] = field(default_factory=list)
    shown: dict[str, float] = field(default_factory=dict)

    def show(self, count: int = 1) -> None:
        """News of the next goods."""
        for good in self.program.goods[len(self.shown) : len(self.shown) + count]:
            self.shown[good] = time.time()
            self.items.insert(0, item(good, datetime.now(UTC) - timedelta(seconds=2)))
        self.feed.documents["/wire"] = rss(*self.items[:SHOWN], OLD)

    def records(self, channel: str) -> list[dict[str, Any]]:
        """What a channel took."""
        return self.chat.posts() if channel == "slack" else self.post.end.records()

    def told(self, channel: str) -> set[str]:
        """The goods that a channel has heard of."""
        text = json.dumps(self.records(channel)).lower()
        return {good for good in self.shown if good in text}

    def first_poll(self) -> None:
        """What the feed shows at first sight is no news."""
        with self.program.running():
            self.polled()

    def polled(self) -> None:
        """The program works, and has stored a poll: it asks for changes since then."""
        before = self.feed.answers["/wire", 304]
        until(lambda: self.feed.answers["/wire", 304] > before, LAST_SECONDS)

    def settles(self) -> None:
        """All is told, and no message waits. A program that ends, because PostgreSQL has not noticed yet that the last
        one is dead, is started again, as a service manager does."""

        def done() -> bool:
            return self.all_told() and self.program.settled()

        # Slack takes one message a second, and a channel is looked at every other second.
        most = LAST_SECONDS + 3 * len(self.shown)
        ends = time.monotonic() + most
        while not done():
            assert time.monotonic() < ends, "not all is told in time"
            with self.program.running() as run:
                until(lambda: run.process.poll() is not None or done(), most)

    def all_told(self) -> bool:
        return all(len(self.told(channel)) == len(self.shown) for channel in CHANNELS)

    def findings(self) -> tuple[str, list[str]]:
        """The counts in one line, and what must not be."""
        faults, parts = list[str](), [f"{len(self.shown)} goods"]
        rows = [row for row in self.program.outbox() if row["state"] != "dead"]
        for channel, copies in zip(CHANNELS, (self.chat.copies(), self.post.copies()), strict=True):
            counted = [(row, arrivals(copies, row)) for row in rows if row["channel"] == channel]
            missing = sorted(self.shown.keys() - self.told(channel))
            more = [(row, count) for row, count in counted if count > 1]
            unmarked = [row["message"] for row, count in more if not row["repeat"] or count > row["attempts"]]
            idle = self.idle(channel)
            parts.append(f"{channel}: {sum(copies.values())} messages, {len(more)} repeated, idle {idle:.0f} s")
            bad = {"missing": missing, "unmarked repeats": unmarked}
            faults += [f"{channel}: {word}: {len(names)}, as {names[:3]}" for word, names in bad.items() if names]
            faults += [f"{channel}: idle for {idle:.0f} s"] if idle > LONGEST_IDLE else []
        return "; ".join(parts), faults

    def idle(self, channel: str) -> float:
        """The longest time in seconds without a message while one waited."""
        query = f"SELECT created_at FROM outbox WHERE channel = '{channel}' AND state <> 'dead'"
        events = [(seconds(at), 1) for (at,) in self.program.rows(query)]
        came: dict[str, float] = {}
        for record in self.records(channel):
            name = record["headers"]["Message-ID"] if channel == "email" else marker(record)["message_id"]
            came.setdefault(name, record["at"])
        longest, waiting, since = 0.0, 0, 0.0
        for at, step in sorted(events + [(at, -1) for at in came.values()]):
            longest = max(longest, at - since) if waiting > 0 else longest
            waiting, since = waiting + step, at
        return longest


def seconds(at: str | datetime) -> float:
    """A time of the database: SQLite has text, and both are UTC."""
    return (datetime.fromisoformat(at) if isinstance(at, str) else at).replace(tzinfo=UTC).timestamp()


@contextmanager
def load(
    database: str,
    *,
    goods: int,
    slack_faults: Sequence[str] = (),
    mail_faults: Sequence[str] = (),
    entry: str = "monitor",
    limit: int = 3600,
) -> Iterator[Load]:
    """A program laid out, and its far ends running. database: its kind, or its address. limit: seconds after which the
    far ends stop by themselves."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started ends
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="load-")))
        options = ("--max-seconds", str(limit))
        names = tuple(islice(invented_words(random.Random(1)), goods))
        program = Program(folder, goods=names, database=stack.enter_context(address(database)), entry=entry)
        chat = stack.enter_context(slack(folder, *slack_faults, options=options))
        post = stack.enter_context(mail(folder, *mail_faults, options=options))
        feed = stack.enter_context(publisher({"/wire": rss(OLD)}))
        ends = SLACK.format(url=chat.url), SMTP.format(port=post.end.port, more='security = "plain"')
        routes = route("chat", "slack", "C1"), route("desk", "email", "desk@deals.test")
        program.configure(*ends, *routes, FEED.format(url=feed.url("/wire")))
        try:
            yield Load(program, feed, chat, post)
        except BaseException:
            print("The last lines of the log:", *log_lines(program.folder)[-12:], sep="\n    ", flush=True)
            raise


def log_lines(folder: Path) -> list[str]:
    file = folder / "log.txt"
    return file.read_text().splitlines() if file.exists() else []


# ---------------------------------------------------------------- databases


def binary(name: str) -> str:
    """A program of PostgreSQL; Debian keeps them off the PATH."""
    return shutil.which(name) or next(iter(sorted(glob(f"/usr/lib/postgresql/*/bin/{name}"), reverse=True)), "")


@contextmanager
def address(kind: str) -> Iterator[str]:
    """The address of an empty database of a kind, or the given one; a server of PostgreSQL runs meanwhile."""
    if kind != "postgresql":
        yield "sqlite:///monitor.db" if kind == "sqlite" else kind
        return
    with tempfile.TemporaryDirectory(prefix="postgres-") as folder:
        # The server refuses to run as root, and every system has this user.
        user = "nobody" if os.getuid() == 0 else None
        if user:
            shutil.chown(folder, user)
        data, port = f"{folder}/data", closed_port()
        quiet: dict[str, Any] = {
            "stdout": subprocess.DEVNULL,
            "stderr": subprocess.DEVNULL,
            "user": user,
            "cwd": folder,
        }
        subprocess.run([binary("initdb"), "-D", data, "-A", "trust", "-U", "monitor"], check=True, **quiet)
        words = ["-D", data, "-p", str(port), "-k", folder, "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"]
        with subprocess.Popen(["timeout", "7200", binary("postgres"), *words], **quiet) as server:
            try:
                ready = [binary("pg_isready") or "pg_isready", "-h", "127.0.0.1", "-p", str(port)]
                until(lambda: subprocess.run(ready, **quiet).returncode == 0)
                yield f"postgresql://monitor@127.0.0.1:{port}/postgres"
            finally:
                server.terminate()
                server.wait(30)


def main_of(claim: str | None, sweep: Callable[[str, int], list[str]], count: int, what: str) -> None:
    """The command line of a sweep: runs it on each kind of database, and ends with 1 if something must not be."""
    parser = argparse.ArgumentParser(description=claim)
    parser.add_argument("--count", type=int, default=count, help=f"{what} on each database")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), action="append", help="[both]")
    asked = parser.parse_args()
    names = asked.database or ("sqlite", "postgresql")
    if "postgresql" in names and not binary("initdb"):
        sys.exit("PostgreSQL is not installed; its part is left out with --database sqlite")
    faults = [f"{name}: {fault}" for name in names for fault in sweep(name, asked.count)]
    sys.exit("\n".join(faults) or 0)
