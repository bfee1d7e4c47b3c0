"""A standby on PostgreSQL takes over from an instance that is killed, and one that stood still repeats nothing."""

import json
import signal
from collections.abc import Iterator

import psycopg
import pytest

from tests.faults.ends import until
from tests.faults.load import Load, binary, load

pytestmark = pytest.mark.skipif(not binary("initdb"), reason="PostgreSQL is not installed")
MOST_SECONDS = 15.0
END = (
    "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted "
    "AND classid::int8 = hashtext('deal-monitor instance')::oid::int8"
)
"""What the server does with the connections of a machine that no longer answers."""


@pytest.fixture
def work() -> Iterator[Load]:
    with load("postgresql", goods=6) as work:
        work.first_poll()
        yield work


def news(work: Load) -> None:
    work.show()
    until(work.all_told)


def standbys(work: Load) -> int:
    found: int = json.loads(work.program.does("health", "--json"))["standbys"]
    return found


def test_a_standby_works_within_fifteen_seconds_of_a_kill(work: Load) -> None:
    with work.program.running() as leader:
        news(work)
        with work.program.running("--standby") as standby:
            until(lambda: standbys(work) == 1)
            assert "standbys that wait to take over: 1" in work.program.does("doctor", "--offline")
            news(work)
            leader.kill()
            before = work.feed.answers["/wire", 304]
            until(lambda: work.feed.answers["/wire", 304] > before, MOST_SECONDS)
            news(work)
            assert standbys(work) == 0
            standby.stop()
    counts, faults = work.findings()
    assert faults == [], counts


def test_an_instance_that_stood_still_while_a_standby_took_over_repeats_nothing(work: Load) -> None:
    with work.program.running() as leader:
        news(work)
        with work.program.running("--standby") as standby:
            until(lambda: standbys(work) == 1)
            leader.process.send_signal(signal.SIGSTOP)
            with psycopg.connect(work.program.database, autocommit=True) as server:
                server.execute(END.encode())
            news(work)
            leader.process.send_signal(signal.SIGCONT)
            work.polled()
            news(work)
            until(lambda: "its lock is still taken" in (work.program.folder / "log.txt").read_text())
            standby.stop()
    counts, faults = work.findings()
    assert faults == [], counts
    assert "0 repeated" in counts
    assert "1 repeated" not in counts
