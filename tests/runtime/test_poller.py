"""Polling that goes on: each feed by its own clock, answers stored as they come, and an end at any time."""

import io
import json
import os
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text

from monitor.config import load_settings
from monitor.domain.matching.rules import Rulebook
from monitor.errors import StoreError
from monitor.feeds.schedule import Turns
from monitor.runtime.app import App
from monitor.runtime.poller import MOST_STEPS, Poller
from monitor.runtime.simulation import SimulatedClock
from monitor.store import feeds as feed_store
from monitor.store import stories
from monitor.store.rows import save_rows
from monitor.store.tables import FeedState
from tests.builders.databases import NOW, ask, do, empty_database, later
from tests.builders.feed_publisher import Item, Publisher, publisher, rss
from tests.builders.live_feeds import wired
from tests.builders.shipped_rules import ROOT
from tests.builders.small_rulebook import rulebook

WAIT_S = 20
CONFIG = """
monitor = {{database = "sqlite:///monitor.db", templates = {templates}, data = "var"}}
poll = {{allow_private_addresses = true, per_host = 8}}
"""
FEED = """
[[feeds]]
name = "{name}"
url = "{url}"
interval = "10m"
"""


def item(number: int) -> Item:
    moment = "Mon, 02 Mar 2026 07:00:00 GMT"
    return Item(str(number), f"Museum opens wing {number}", f"https://herald.example/{number}", moment)


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    return rulebook(tmp_path_factory.mktemp("rules"))


@pytest.fixture
def wire() -> Iterator[Publisher]:
    with publisher({f"/{number}": rss(item(number)) for number in range(6)}) as running:
        yield running


@pytest.fixture
def mute() -> Iterator[socket.socket]:
    """A server that accepts and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(WAIT_S)
        yield server


@contextmanager
def program(folder: Path, rules: Rulebook, **urls: str) -> Iterator[App]:
    """The program with these feeds, its clock at NOW. Names that begin with "search" are of an aggregator."""
    text = CONFIG.format(templates=json.dumps(str(ROOT / "templates")))
    for name, url in urls.items():
        text += FEED.format(name=name, url=url) + ("aggregator = true\n" if name.startswith("search") else "")
    (folder / "config.toml").write_text(text, encoding="utf-8")
    (folder / "monitor.db").write_bytes(empty_database())
    with closing(wired(load_settings(folder / "config.toml", environ={}), rules, SimulatedClock(NOW))) as app:
        app.chance = lambda: 0.5
        yield app


def go_on(app: App, **wait: float) -> None:
    app.clock.move(later(**wait))  # type: ignore[attr-defined]


def states(app: App) -> dict[str, FeedState]:
    return ask(app.store, feed_store.states)


def settle(poller: Poller) -> None:
    """Ask what is due, and wait until something of it is stored, or cannot be."""
    poller.poll_due()
    assert poller.settled.wait(WAIT_S)
    poller.settled.clear()


def test_a_feed_that_never_answers_holds_up_no_other_and_is_not_asked_again_meanwhile(
    tmp_path: Path, rules: Rulebook, wire: Publisher, mute: socket.socket
) -> None:
    silent = f"http://127.0.0.1:{mute.getsockname()[1]}/silent"
    with program(tmp_path, rules, silent=silent, good=wire.url("/1")) as app, Poller(app) as poller:
        for round_ in range(3):
            go_on(app, minutes=11 * round_)
            settle(poller)
            assert states(app)["good"].ok_at == app.clock()
        connection, _ = mute.accept()
        with connection:
            mute.setblocking(False)
            with pytest.raises(BlockingIOError):
                mute.accept()
        assert wire.answers == {("/1", 200): 1, ("/1", 304): 2}
        assert "silent" not in states(app)


def test_a_poll_credits_the_feeds_own_publisher_whatever_name_its_items_bear(tmp_path: Path, rules: Rulebook) -> None:
    with publisher({"/blog": b""}) as blog, program(tmp_path, rules, blog=blog.url("/blog")) as app:
        blog.documents["/blog"] = rss(item(1)).replace(b"</item>", b"<source>Ministry</source></item>")
        with Poller(app) as poller:
            settle(poller)
        (story,) = ask(app.store, stories.first_seen_since, NOW)
        (outlet,) = story.outlets
        assert (outlet.source, outlet.claimed) == ("blog", "Ministry")


def test_answers_that_come_during_a_store_share_the_next_one(tmp_path: Path, rules: Rulebook, wire: Publisher) -> None:
    urls = {f"feed{number}": wire.url(f"/{number}") for number in range(6)}
    with program(tmp_path, rules, **urls) as app, Poller(app) as poller:
        while len(states(app)) < len(urls):
            settle(poller)
        writes, held, let_go = 0, threading.Event(), threading.Event()

        def hold(conn: Any) -> None:
            nonlocal writes
            if conn.get_execution_options().get("begin_mode") == "IMMEDIATE":
                writes += 1
                held.set()
                assert let_go.wait(WAIT_S)

        event.listen(app.store.engine, "begin", hold)
        go_on(app, minutes=11)
        poller.poll_due()
        assert held.wait(WAIT_S)
        while not wire.all_answered(304, len(urls), wait_s=0.1):
            # the last document may have been stored, and its feed not yet been due again, a moment ago
            poller.poll_due()
        let_go.set()
        while len({state.ok_at for state in states(app).values()}) > 1:
            settle(poller)
        assert writes <= 3, "what came while the first was held went into the next, but for an answer on the last yards"


def test_a_document_slow_to_parse_is_parsed_apart_next_time(tmp_path: Path, rules: Rulebook, wire: Publisher) -> None:
    with program(tmp_path, rules, heavy=wire.url("/1")) as app, Poller(app, heavy_s=0) as poller:
        before = children()
        settle(poller)
        (parser,) = children() - before
        os.kill(parser, signal.SIGSTOP)
        try:
            wire.documents["/1"] = rss(item(1), item(2))
            go_on(app, minutes=11)
            settle(poller)
        finally:
            os.kill(parser, signal.SIGCONT)
        assert states(app)["heavy"].new_at == app.clock()
        assert children() - before <= {parser}, "the other parser has ended"


def test_the_searches_of_one_aggregator_wait_for_their_turn_and_other_feeds_do_not(
    tmp_path: Path, rules: Rulebook, wire: Publisher
) -> None:
    urls = {"search1": wire.url("/1"), "search2": wire.url("/2"), "plain": wire.url("/3")}
    with program(tmp_path, rules, **urls) as app:
        app.turns = Turns(lambda: 0.0)  # a clock that stands still
        with Poller(app) as poller:
            poller.poll_due()
            while len(states(app)) < 2:
                assert poller.settled.wait(WAIT_S)
                poller.settled.clear()
        assert states(app).keys() == {"search1", "plain"}
        assert wire.answers == {("/1", 200): 1, ("/3", 200): 1}


def test_a_document_whose_items_take_long_to_match_gets_few_steps_a_poll_between_the_others_until_all_are_read(
    tmp_path: Path, rules: Rulebook, wire: Publisher, logged: io.StringIO
) -> None:
    wire.documents["/1"] = rss(*map(item, range(10, 11 + 2 * MOST_STEPS)))
    with program(tmp_path, rules, long=wire.url("/1"), other=wire.url("/2")) as app:
        for new, read in ((MOST_STEPS, MOST_STEPS), (MOST_STEPS, 2 * MOST_STEPS), (1, 2 * MOST_STEPS + 1)):
            with Poller(app, step_s=-1) as poller:
                long, other = poller.poll_once(everything=True)
            assert (long.new, long.left, long.gap, other.error) == (new, 0, False, "")
            assert len(ask(app.store, stories.first_seen_since, NOW)) == read + 1
            assert bool(states(app)["long"].body_hash) is (new < MOST_STEPS), "until then it is fetched whole"
            assert long.backfill, "nothing of a first document is news"
    assert logged.getvalue().count("the rest is read at the next poll") == 2


def children() -> set[int]:
    """The process ids of this process's children."""
    lists = list(Path("/proc/self/task").glob("*/children"))
    if not lists:
        pytest.skip("this system does not list the children of a thread (/proc)")
    return {int(pid) for listed in lists for pid in listed.read_text().split()}


def test_what_cannot_be_stored_is_told_and_asked_again(tmp_path: Path, rules: Rulebook, wire: Publisher) -> None:
    with program(tmp_path, rules, good=wire.url("/1")) as app, Poller(app) as poller:
        with app.store.begin() as conn:
            trigger = "CREATE TRIGGER full BEFORE INSERT ON feed BEGIN SELECT RAISE(ABORT, 'disk is full'); END"
            conn.execute(text(trigger))
        settle(poller)
        with app.store.begin() as conn:
            conn.execute(text("DROP TRIGGER full"))
        with pytest.raises(StoreError, match="disk is full"):
            poller.poll_due()
        assert poller.settled.wait(WAIT_S)
        poller.poll_due()
        assert states(app)["good"].ok_at == NOW


@pytest.mark.parametrize("path", ["/1", "/nowhere"])
def test_an_answer_that_breaks_our_own_code_ends_no_thread_and_its_feed_is_asked_again(
    tmp_path: Path, rules: Rulebook, wire: Publisher, path: str
) -> None:
    draws = iter([ZeroDivisionError("drawn")])

    def chance() -> float:
        raise next(draws)

    with program(tmp_path, rules, feed=wire.url(path)) as app, Poller(app) as poller:
        app.chance = chance
        settle(poller)
        app.chance = lambda: 0.5
        with pytest.raises(ZeroDivisionError, match="drawn"):
            poller.poll_due()
        assert poller.settled.wait(WAIT_S)
        assert states(app)["feed"].polled_at == NOW


def test_an_unchanging_feed_is_asked_for_whole_once_a_day(tmp_path: Path, rules: Rulebook, wire: Publisher) -> None:
    with program(tmp_path, rules, good=wire.url("/1")) as app, Poller(app) as poller:
        for hours in (0, 1, 24, 25, 26):
            go_on(app, hours=hours)
            settle(poller)
    assert wire.answers == {("/1", 200): 2, ("/1", 304): 3}


def test_a_start_asks_only_what_is_due(tmp_path: Path, rules: Rulebook, wire: Publisher) -> None:
    with program(tmp_path, rules, one=wire.url("/1"), two=wire.url("/2")) as app:
        do(
            app.store,
            save_rows,
            FeedState(name="one", url=wire.url("/1"), polled_at=NOW, next_poll_at=later(minutes=5)),
        )
        with Poller(app) as poller:
            settle(poller)
        assert wire.answers == {("/2", 200): 1}
        assert states(app)["two"].next_poll_at == NOW + timedelta(minutes=10)


def test_the_end_gives_up_what_is_on_its_way_unrecorded(tmp_path: Path, rules: Rulebook, mute: socket.socket) -> None:
    with program(tmp_path, rules, silent=f"http://127.0.0.1:{mute.getsockname()[1]}/silent") as app:
        with Poller(app) as poller:
            poller.poll_due()
            connection, _ = mute.accept()
            with connection:
                poller.close()
        assert states(app) == {}
        poller.poll_due()
        mute.setblocking(False)
        with pytest.raises(BlockingIOError):
            mute.accept()
