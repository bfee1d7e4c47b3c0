"""Workers of a fleet on PostgreSQL that are killed, stand still, or lose the database: nothing is lost, nothing comes
twice to Slack, which can be searched, and no channel stands idle for a minute."""

import json
import os
import signal
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any, cast

import psycopg
import pytest

from monitor.domain.model import Entry
from monitor.pipeline.ingest import FetchedDocument, ingest
from monitor.rulebook import load_rulebook
from monitor.store import open_store, stories
from monitor.store.intake_shelf import StoryCache
from tests.builders.channel_servers import web_server
from tests.builders.databases import NOW, polled_feed
from tests.builders.silent_loss import silent_loss
from tests.builders.slack_workspace import Answer, Workspace, _Talk
from tests.builders.small_rulebook import write
from tests.faults.ends import marker, pass_time, until
from tests.faults.load import Load, address, binary, load
from tests.faults.program import Running

pytestmark = [
    pytest.mark.skipif(not binary("initdb"), reason="PostgreSQL is not installed"),
    pytest.mark.timeout(400),  # a worker is given up after half a minute
]
KEY = "(hashtext('deal-monitor write'), hashtext(current_schema()))"
REVIEWING = "SELECT worker_id FROM procrastinate_jobs WHERE status = 'doing' AND task_name = 'review'"


@dataclass
class Searchable(Workspace):
    """A Slack that can be searched for what it took, by the clock of this machine. pause: seconds before an answer to a
    post."""

    pause: float = 0.0

    def _post(self, args: dict[str, Any]) -> Answer | None:
        self.clock = time.time() - 1
        taken = super()._post(args)
        pass_time(self.pause)
        return taken

    def posts(self) -> list[dict[str, Any]]:
        return [{"thread_ts": None, **message, "at": float(message["ts"])} for message in self.messages]

    def copies(self) -> Counter[str]:
        return Counter(marker(post)["message_id"] for post in self.posts())


@contextmanager
def searched(goods: int, limit: int = 600) -> Iterator[Load]:
    """A program on PostgreSQL with a Slack that can be searched."""
    with load("postgresql", goods=goods, limit=limit) as work, web_server(_Talk, Searchable()) as slack:
        config = work.program.folder / "config.toml"
        config.write_text(config.read_text().replace(f"{work.chat.url}/api/", slack.url))
        work.chat = cast(Any, slack)
        yield work


@pytest.fixture
def work() -> Iterator[Load]:
    with searched(goods=12) as work:
        yield work


@contextmanager
def workers(work: Load, count: int = 3) -> Iterator[dict[int, Running]]:
    """So many workers by their numbers in the engine, after the first poll; the last one only sends."""
    with ExitStack() as started:
        running = dict[int, Running]()
        for number in range(count):
            only = ("--only", "deliver") if number == count - 1 else ()
            running |= start(work, started, *only)
        work.polled()
        yield running


def start(work: Load, started: ExitStack, *only: str) -> dict[int, Running]:
    """One more worker, at work, by its number."""
    known = set(engine_workers(work))
    run = started.enter_context(work.program.running(*only, work="worker"))
    until(lambda: set(engine_workers(work)) - known)
    (number,) = set(engine_workers(work)) - known
    return {number: run}


def engine_workers(work: Load) -> list[int]:
    if not work.program.rows("SELECT 1 FROM pg_tables WHERE tablename = 'procrastinate_workers'"):
        return []
    return [number for (number,) in work.program.rows("SELECT id FROM procrastinate_workers")]


def news(work: Load, count: int = 1) -> None:
    work.show(count)
    until(work.all_told, 90)


def killed_in_a_job(work: Load, running: Mapping[int, Running]) -> None:
    """Kills the worker that holds the review of news, while the job waits for a lock that the test has taken."""
    while True:
        work.show()
        until(lambda: len(work.program.rows("SELECT 1 FROM story")) == len(work.shown) + 1)  # the old item too
        with psycopg.connect(work.program.database) as server:
            server.execute(f"SELECT pg_advisory_xact_lock{KEY}".encode())
            if not work.program.rows("SELECT 1 FROM dirty"):  # it was reviewed already
                continue
            until(lambda: work.program.rows(REVIEWING))
            pass_time(1)  # a review that writes nothing would have ended
            holders = work.program.rows(REVIEWING)
            if not holders:
                continue
            running[holders[0][0]].kill()
            return


def rescues(work: Load) -> int:
    return len(work.program.rows("SELECT 1 FROM run WHERE outcome = 'rescued'"))


def nothing_is_lost_or_doubled(work: Load) -> None:
    until(work.program.settled, 90)
    counts, faults = work.findings()
    assert faults == [], counts
    assert max(work.chat.copies().values()) == 1, counts


REPORTS = 500
OUTLETS = [polled_feed(name, f"http://127.0.0.1:9/{name}", name.title(), 300) for name in ("herald", "post")]


def intake_of(part: int, database: str, rules: Path) -> int:
    """The reports that one of three processes takes in, each with the memory of its own intake alone."""
    rulebook, recent, taken = load_rulebook(rules), StoryCache(), 0
    with closing(open_store(database, worker=True)) as store:
        for number in range(REPORTS):
            for place, feed in enumerate(OUTLETS):
                if (2 * number + place) % 3 == part:
                    page = f"{feed.url}/{number}"
                    title = " ".join(f"{word}{number}" for word in ("Harbour", "crane", "strike", "wage", "offer"))
                    entry = Entry(page, title, page, NOW, "", feed.publisher)
                    ingest(store, rulebook, feed, FetchedDocument((entry,)), NOW, recent=recent)
                    taken += 1
    return taken


def test_five_hundred_reports_of_two_outlets_through_three_processes_are_five_hundred_stories(tmp_path: Path) -> None:
    rules = write(tmp_path / "rules")
    with address("postgresql") as database, ProcessPoolExecutor(3, get_context("spawn")) as pool:
        taken = pool.map(partial(intake_of, database=database, rules=rules), range(3))
        assert sum(taken) == 2 * REPORTS
        with closing(open_store(database)) as store, store.read() as conn:
            found = stories.first_seen_since(conn, NOW)
    assert (len(found), {len(story.outlets) for story in found}) == (REPORTS, {2})


def test_a_worker_killed_while_it_holds_a_job_is_replaced_by_the_others(work: Load) -> None:
    with workers(work) as running:
        news(work)
        killed_in_a_job(work, running)
        until(work.all_told, 90)
        assert rescues(work) >= 1
        news(work)
        health = json.loads(work.program.does("health", "--json"))
        assert health["ok"], health
    nothing_is_lost_or_doubled(work)


def test_messages_of_a_worker_that_stands_still_are_sent_by_the_others_and_it_repeats_nothing(work: Load) -> None:
    with workers(work) as running:
        news(work)
        taken = len(work.chat.posts())
        cast(Any, work.chat).pause = 4.0
        work.show(4)
        until(lambda: len(work.chat.posts()) > taken, 90)  # and answers later
        held = "SELECT split_part(lease_owner, ':', 2)::int FROM outbox WHERE state = 'leased' AND channel = 'slack'"
        ((owner,),) = work.program.rows(held)
        frozen = next(run for run in running.values() if run.process.pid == owner)
        frozen.process.send_signal(signal.SIGSTOP)
        cast(Any, work.chat).pause = 0.0
        until(work.all_told, 120)
        frozen.process.send_signal(signal.SIGCONT)
        news(work)
        nothing_is_lost_or_doubled(work)


def test_workers_outlive_a_crash_of_the_database(work: Load) -> None:
    with workers(work) as running:
        news(work)
        work.show()
        backends = "SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'deal-monitor %'"
        (backend,), *_ = work.program.rows(backends)
        os.kill(backend, signal.SIGKILL)  # then the server ends all its connections, and recovers
        until(work.all_told, 120)
        news(work)
        assert [run.process.poll() for run in running.values()] == [None] * 3
    nothing_is_lost_or_doubled(work)


def test_a_worker_cut_off_from_the_database_is_replaced_and_comes_back(work: Load) -> None:
    with silent_loss(work.program.database) as way, ExitStack() as started:
        port = work.program.database.rpartition(":")[2].partition("/")[0]
        far = work.program.database.replace(port, str(way.port)).replace("postgresql:", "postgresql+psycopg:")
        work.program.secrets["DEAL_MONITOR_MONITOR__DATABASE"] = far
        ((_, cut),) = start(work, started).items()
        work.polled()
        del work.program.secrets["DEAL_MONITOR_MONITOR__DATABASE"]
        with workers(work):
            news(work)
            way.lose()
            news(work, 2)
            signs = (
                f"SELECT 1 FROM run WHERE job = 'worker' AND detail LIKE '%:{cut.process.pid}%' AND ended_at > now()"
            )
            until(lambda: work.program.rows(f"{signs} - interval '8 seconds'"), 120)
        nothing_is_lost_or_doubled(work)
