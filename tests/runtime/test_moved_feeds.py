"""Feeds that move or end: a new address is used once it has proved to be the same feed, and the owner hears once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.cli.doctor import Examination
from monitor.cli.doctor.work_checks import check_source
from monitor.config import load_settings
from monitor.feeds.worker import ParseWorker
from monitor.pipeline.ingest import IngestReport
from monitor.runtime.app import App, open_app, watch_sources
from monitor.runtime.poller import poll
from monitor.runtime.simulation import SimulatedClock
from monitor.store import feeds as feed_store
from monitor.store import stories
from monitor.store.tables import PROOFS_OF_MOVE, FeedState
from tests.builders.databases import NOW, ask, later
from tests.builders.feed_publisher import Item, Publisher, publisher, rss
from tests.builders.working_folder import command, laid_out

OLD = [Item(str(n), f"Museum opens wing {n}", f"/wing/{n}", "Mon, 02 Mar 2026 07:00:00 GMT") for n in range(3)]
CONFIG = """
routes = [{{name = "desk", channel = "file", to = "desk@deals.example"}}]
feeds = [
  {{name = "herald", url = "{url}", interval = "10m"}},
  {{name = "well", url = "{url}-well", interval = "10m"}},
]
poll = {{allow_private_addresses = true}}
"""


@pytest.fixture
def wire() -> Iterator[Publisher]:
    well = Item("w", "Rain is expected in the north", "/rain", OLD[0].published)
    with publisher({"/herald": rss(*OLD), "/herald-well": rss(well)}) as running:
        yield running


@pytest.fixture
def desk(tmp_path: Path, clock: SimulatedClock, wire: Publisher) -> Iterator[Desk]:
    laid_out(tmp_path, CONFIG.format(url=wire.url("/herald"))).lay_database()
    app = open_app(load_settings(tmp_path / "config.toml", environ={}), exclusive=True, clock=clock)
    app.chance = lambda: 0.5
    with closing(app), ParseWorker() as worker:
        desk = Desk(app, worker, wire)
        desk.polls(1)
        yield desk


class Desk:
    """A monitor of one feed, `/herald`, beside one that is always well, and their publisher."""

    def __init__(self, app: App, worker: ParseWorker, wire: Publisher) -> None:
        self.app, self.worker, self.wire = app, worker, wire
        self.notices: list[str] = []

    def polls(self, times: int) -> list[IngestReport]:
        """So many polls, each when it is due, and the owner's notices after each."""
        reports = []
        for _ in range(times):
            reports += [report for report in poll(self.app, self.worker) if report.feed == "herald"]
            self.notices += watch_sources(self.app)
            self.app.clock.move(self.state.next_poll_at or NOW)  # type: ignore[attr-defined]
        return reports

    def moves(self, status: int, target: str = "/new") -> None:
        """The publisher redirects from the old address."""
        self.wire.documents.pop("/herald", None)
        self.wire.redirects["/herald"] = status, self.wire.url(target)

    def asked(self, path: str) -> int:
        return sum(count for (asked, _), count in self.wire.answers.items() if asked == path)

    @property
    def state(self) -> FeedState:
        return ask(self.app.store, feed_store.states)["herald"]

    def stories(self) -> int:
        return len(ask(self.app.store, stories.first_seen_since, NOW - timedelta(days=1)))


@pytest.mark.parametrize("status", [301, 308])
def test_a_permanent_move_is_adopted_after_proof_and_repeats_no_story(desk: Desk, status: int) -> None:
    desk.wire.documents["/new"] = rss(*OLD)
    desk.moves(status)
    desk.polls(PROOFS_OF_MOVE)
    assert desk.state.adopted == desk.wire.url("/new")
    before, polled = desk.asked("/herald"), desk.asked("/new")
    desk.wire.documents["/new"] = rss(*OLD, Item("9", "Museum opens a café", "/cafe", OLD[0].published))
    reports = desk.polls(10)
    assert (desk.asked("/herald"), desk.asked("/new")) == (before, polled + 10)
    assert [report.new for report in reports] == [1] + [0] * 9, "one story is new, and none is told again"
    assert desk.stories() == len(OLD) + 2
    assert desk.notices == ["SOURCE MOVED · herald"], "once"
    with desk.app.store.read() as conn:
        assert feed_store.states(conn)["herald"].url == desk.wire.url("/herald"), "as configured"


def test_feeds_list_and_doctor_name_the_new_address(desk: Desk, tmp_path: Path) -> None:
    desk.wire.documents["/new"] = rss(*OLD)
    desk.moves(301)
    desk.polls(PROOFS_OF_MOVE)
    examination = Examination(desk.app.settings, desk.app.clock(), offline=True)
    examination.store = desk.app.store
    assert any(desk.wire.url("/new") in finding.text for finding in check_source(examination))
    shown = command("--config", tmp_path / "config.toml", "feeds", "list", "--bad").stdout
    assert f"herald: has moved permanently, and is read at its new address: {desk.wire.url('/new')}" in shown
    assert "herald: Put the new address into config.toml" in shown


@pytest.mark.parametrize("status", [302, 307])
def test_a_temporary_redirect_is_never_stored(desk: Desk, status: int) -> None:
    desk.wire.documents["/new"] = rss(*OLD)
    desk.moves(status)
    desk.polls(3 * PROOFS_OF_MOVE)
    assert (desk.state.moved_to, desk.notices) == ("", [])


@pytest.mark.parametrize(
    "parked",
    [
        b"<html><title>Buy this domain</title></html>",
        rss(Item("x", "This domain is for sale", "/sale", OLD[0].published)),
        b"<rss version='2.0'><channel><title>Parked</title></channel></rss>",
    ],
    ids=["a page", "a feed of other items", "an empty feed"],
)
def test_a_redirect_to_anything_but_the_same_feed_never_replaces_the_address(desk: Desk, parked: bytes) -> None:
    desk.wire.documents["/new"] = parked
    desk.moves(301)
    desk.polls(3 * PROOFS_OF_MOVE)
    assert desk.state.adopted == ""
    assert not any("MOVED" in notice for notice in desk.notices)


def test_a_move_that_is_taken_back_is_noticed_within_a_day(desk: Desk) -> None:
    desk.wire.documents["/new"] = rss(*OLD)
    desk.moves(301)
    desk.polls(PROOFS_OF_MOVE)
    desk.wire.documents["/herald"] = rss(*OLD)
    desk.polls(6 * 24)
    assert (desk.state.adopted, desk.state.failures) == ("", 0)


def test_where_old_and_new_address_fail_both_are_tried(desk: Desk) -> None:
    desk.wire.documents["/new"] = rss(*OLD)
    desk.moves(301)
    desk.polls(PROOFS_OF_MOVE)
    del desk.wire.documents["/new"], desk.wire.redirects["/herald"]
    before = desk.asked("/herald"), desk.asked("/new")
    desk.polls(6)
    assert desk.asked("/herald") - before[0] >= 2
    assert desk.asked("/new") - before[1] >= 2
    desk.wire.documents["/herald"] = rss(*OLD)
    desk.polls(3)
    assert (desk.state.failures, desk.state.adopted) == (0, "")


def test_another_configured_address_is_polled_at_once_and_ends_the_move(desk: Desk) -> None:
    desk.wire.documents["/new"] = rss(*OLD)
    desk.moves(301)
    desk.polls(PROOFS_OF_MOVE)
    desk.wire.documents["/edited"] = rss(*OLD)
    changed = desk.app.settings.feeds[0].model_copy(update={"url": desk.wire.url("/edited")})
    desk.app.settings = desk.app.settings.model_copy(update={"feeds": (changed,)})
    desk.app.clock.move(desk.app.clock() - timedelta(minutes=9))  # type: ignore[attr-defined]
    poll(desk.app, desk.worker)
    assert (desk.asked("/edited"), desk.state.adopted) == (1, "")


def test_a_feed_that_is_gone_is_left_alone_and_told_once(desk: Desk) -> None:
    del desk.wire.documents["/herald"]
    desk.wire.redirects["/herald"] = 410, ""
    before = desk.asked("/herald")
    desk.polls(1)
    gone = desk.app.clock()
    assert gone - later(minutes=10) == timedelta(days=1), "it may be a slip"
    desk.polls(2)
    assert desk.app.clock() - gone == timedelta(days=60)
    assert desk.asked("/herald") - before == 3
    assert desk.notices == ["SOURCE GONE · herald"]


def test_a_feed_is_asked_for_whole_once_a_day_even_by_rounds_of_cron(desk: Desk) -> None:
    for hour in range(1, 50):
        desk.app.clock.move(later(hours=hour))  # type: ignore[attr-defined]
        desk.app.known_items.clear()  # each round is a program of its own
        poll(desk.app, desk.worker)
    assert desk.wire.answers["/herald", 200] == 3
