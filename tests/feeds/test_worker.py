import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.errors import FeedError
from monitor.feeds.items import ParsedFeed
from monitor.feeds.parse import parse
from monitor.feeds.worker import ParseWorker, WorkerLimits

URL = "https://news.example/feed.xml"
SMALL = (
    b"<rss version='2.0'><channel><title>Wire</title><item><title>Ten cargoes</title>"
    b"<pubDate>2025-11-24 08:00</pubDate></item></channel></rss>"
)
HUGE = b"<rss><channel><title>Wire</title>%s</channel></rss>" % (b"<item><title>a</title></item>" * 200_000)


def children() -> set[str]:
    """The process ids of this thread's children."""
    listed = Path(f"/proc/self/task/{threading.get_native_id()}/children")
    if not listed.exists():
        pytest.skip("this system does not list the children of a thread (/proc)")
    return set(listed.read_text().split())


def read(worker: ParseWorker) -> ParsedFeed:
    return worker.parse(SMALL, url=URL, content_type=None)


@contextmanager
def working() -> Iterator[tuple[ParseWorker, int]]:
    """A worker that has parsed one body, and its child."""
    with ParseWorker() as worker:
        before = children()
        read(worker)
        (child,) = children() - before
        yield worker, int(child)


def failure(worker: ParseWorker, body: bytes) -> FeedError:
    with pytest.raises(FeedError) as caught:
        worker.parse(body, url=URL, content_type=None)
    return caught.value


def test_the_child_reads_what_the_parser_reads() -> None:
    now = datetime(2025, 12, 1, tzinfo=UTC)
    with ParseWorker() as worker:
        far = worker.parse(SMALL, url=URL, content_type="text/xml", zone="Asia/Shanghai", now=now)
    assert far == parse(SMALL, url=URL, content_type="text/xml", zone="Asia/Shanghai", now=now)


def test_a_parsers_refusal_comes_back_with_its_kind_and_the_child_lives_on() -> None:
    with ParseWorker() as worker:
        error = failure(worker, b"<html>")
        before = children()
        assert read(worker).entries
        assert children() == before
    assert (error.kind, error.subject) == ("not_a_feed", URL)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        (WorkerLimits(cpu_s=1), "processor time"),
        (WorkerLimits(wall_s=0.2), "longer than 0.2 s"),
        (WorkerLimits(memory_mb=60), "more"),
    ],
)
def test_a_body_that_costs_too_much_fails_alone(limits: WorkerLimits, reason: str) -> None:
    with ParseWorker(limits) as worker:
        error = failure(worker, HUGE)
        assert (error.kind, error.subject) == ("unreadable", URL)
        assert reason in str(error)
    with ParseWorker(WorkerLimits(cpu_s=limits.cpu_s, memory_mb=limits.memory_mb)) as worker:
        assert read(worker).entries


@pytest.mark.slow
def test_a_child_that_died_between_two_bodies_is_replaced_without_a_failure() -> None:
    with working() as (worker, child):
        os.kill(child, signal.SIGKILL)
        os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
        assert read(worker).entries


@pytest.mark.slow
def test_a_child_killed_amid_a_body_fails_that_body_and_is_replaced() -> None:
    with working() as (worker, child):
        timer = threading.Timer(0.3, os.kill, (child, signal.SIGKILL))
        timer.start()
        assert failure(worker, HUGE).kind == "unreadable"
        timer.join()
        assert read(worker).entries


@pytest.mark.slow
def test_the_child_outlives_the_signals_that_end_a_process_group() -> None:
    with working() as (worker, child):
        for number in (signal.SIGTERM, signal.SIGINT):
            os.kill(child, number)
        assert read(worker).entries
        assert str(child) in children()


@pytest.mark.slow
def test_the_child_is_replaced_after_so_many_bodies() -> None:
    with ParseWorker(WorkerLimits(parses=2)) as worker:
        before = children()
        read(worker)
        first = children() - before
        read(worker)
        read(worker)
        assert children() - before != first


def test_a_worker_that_was_stopped_leaves_and_starts_no_child() -> None:
    before = children()
    with ParseWorker() as worker:
        read(worker)
    assert children() == before
    before = children()
    worker = ParseWorker()
    worker.stop()
    assert failure(worker, SMALL).kind == "unreadable"
    assert children() == before


@pytest.mark.slow
def test_a_worker_that_is_stopped_amid_a_body_leaves_no_child() -> None:
    worker, failed = ParseWorker(), list[FeedError]()
    parsing = threading.Thread(target=lambda: failed.append(failure(worker, HUGE)))
    parsing.start()
    worker.stop()
    parsing.join()
    assert len(failed) == 1
    assert worker._child is None


def test_the_child_loads_no_more_than_parsing_needs() -> None:
    program = "import sys, monitor.feeds.parse_child, monitor.feeds.parse; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    ours = {name for name in loaded if name.startswith("monitor.") and not name.startswith("monitor.domain.model")}
    names = ("feed_dates", "feed_text", "items", "parse", "parse_child", "url_policy")
    feeds = {"monitor.feeds", *(f"monitor.feeds.{name}" for name in names)}
    assert ours == feeds | {"monitor.errors", "monitor.domain"}
    assert not loaded & {"aiohttp", "asyncio", "logging", "sqlalchemy", "structlog"}


@pytest.mark.slow
def test_threads_may_share_a_worker() -> None:
    found: list[int] = []
    with ParseWorker() as worker:
        threads = [threading.Thread(target=lambda: found.append(len(read(worker).entries))) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert found == [1] * 8


@pytest.mark.slow
def test_the_child_has_neither_tls_nor_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    with working() as (_, child):
        mapped = Path(f"/proc/{child}/maps").read_text()
    assert not re.search("libssl|libcrypto", mapped)
    monkeypatch.setenv("SMTP_PASSWORD", "CANARY")
    with working() as (_, child):
        assert b"CANARY" not in Path(f"/proc/{child}/environ").read_bytes()
