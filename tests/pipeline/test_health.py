"""Whether the monitor does its work: it runs, it reads, and its messages go out."""

from datetime import datetime

import pytest

from monitor.config import FeedSettings
from monitor.pipeline.health import PROGRAM, ROUND, Health, HealthSign, health
from monitor.store import Store, problems_and_runs
from monitor.store import outbox as outbox_store
from monitor.store.rows import save_rows
from monitor.store.tables import FeedState
from tests.builders.databases import NOW, ask, do, later, polled_feed
from tests.builders.golden_wording import GoldenWording

HERALD = polled_feed("herald", "https://herald.example/rss", "Herald Wire", 300)
MINISTRY = polled_feed("ministry", "https://ministry.example/rss", "Ministry", 300)
FEEDS = (HERALD, MINISTRY)


def signed(store: Store, *signs: HealthSign) -> None:
    with store.begin() as conn:
        for sign in signs:
            problems_and_runs.keep_run(conn, sign.as_run())


def running(seen: datetime, **more: object) -> HealthSign:
    """A monitor that started a day ago and was seen last at a moment."""
    values = {"job": PROGRAM, "started_at": later(days=-1), "running": True, "who": "desk:12"}
    return HealthSign(**{**values, "seen_at": seen, **more})  # type: ignore[arg-type]


def answered(feed: FeedSettings, minutes: int = -1) -> FeedState:
    """A feed that answered so many minutes from NOW, and is due five minutes later."""
    at = later(minutes=minutes)
    due = later(minutes=minutes + 5)
    return FeedState(name=feed.name, url=feed.url, first_ok_at=at, polled_at=at, ok_at=at, next_poll_at=due)


def failed(feed: FeedSettings, hours: int) -> FeedState:
    """A feed that fails for so many hours, and was just asked."""
    error = {"failures": 9, "failing_since": later(hours=-hours), "error_kind": "dns", "error": "no such host name"}
    return answered(feed).changed(ok_at=later(hours=-hours - 1), **error)


def judged(store: Store, *states: FeedState) -> Health:
    do(store, save_rows, *states)
    return ask(store, health, FEEDS, NOW)


def test_a_monitor_that_was_seen_lately_and_reads_is_well(store: Store) -> None:
    signed(store, running(later(seconds=-50)))
    found = judged(store, answered(HERALD), answered(MINISTRY, -3))
    assert (found.ok, found.troubles) == (True, ())
    assert (found.polled_at, found.decided_at) == (later(minutes=-1), None)
    assert found.sign == running(later(seconds=-50))


def test_a_killed_or_stopped_monitor_or_one_with_a_still_job_is_stale(store: Store, wording: GoldenWording) -> None:
    stalled = running(later(minutes=-1), stalled={"review": later(hours=-2)})
    for sign in (running(later(minutes=-20)), running(later(minutes=-20), running=False), stalled):
        signed(store, sign)
        found = judged(store, answered(HERALD))
        assert [trouble.kind for trouble in found.troubles] == ["stale"]
        wording(found.reasons)


def test_a_running_monitor_that_asks_no_source_is_stale_after_a_time(store: Store, wording: GoldenWording) -> None:
    signed(store, running(later(minutes=-1)))
    found = judged(store, answered(HERALD, -40), answered(MINISTRY))
    wording(found.reasons)
    signed(store, running(later(minutes=-1), started_at=later(minutes=-1.5)))
    assert judged(store).ok


@pytest.mark.parametrize(
    ("minutes", "well"),
    [([-130, -70], True), ([-190, -130], True), ([-250, -190], False), ([-12], True), ([-70], False)],
)
def test_rounds_may_come_as_seldom_as_they_used_to(store: Store, minutes: list[int], well: bool) -> None:
    signed(store, *(HealthSign(ROUND, later(minutes=m), later(minutes=m + 1), running=False) for m in minutes))
    assert judged(store, answered(HERALD, -70)).ok is well


def test_no_answer_of_a_source_for_an_hour_is_blindness_and_has_a_remedy(store: Store, wording: GoldenWording) -> None:
    signed(store, running(later(minutes=-1)))
    found = judged(store, failed(HERALD, 3), failed(MINISTRY, 2))
    assert [trouble.kind for trouble in found.troubles] == ["blind"]
    wording(found.reasons)


def test_a_failure_of_all_sources_that_may_pass_is_none_yet(store: Store) -> None:
    signed(store, running(later(minutes=-1)))
    assert judged(store, *(failed(feed, 1).changed(failing_since=later(minutes=-30)) for feed in FEEDS)).ok


def test_a_channel_that_sends_nothing_is_a_reason_a_dead_letter_a_remark(store: Store, wording: GoldenWording) -> None:
    signed(store, running(later(minutes=-1)))
    with store.begin() as conn:
        item = outbox_store.NewOutboxItem("m1", "alert", "desk", "slack", "C1", "soy", "{}")
        outbox_store.enqueue(conn, [item], NOW)
        claimed = outbox_store.claim(conn, ["slack"], "test", NOW, later(minutes=1))
        assert claimed is not None
        outbox_store.settle(conn, claimed, outbox_store.Settlement("dead", "permanent", "no such channel"), NOW)
    found = judged(store, answered(HERALD))
    assert (found.ok, [trouble.kind for trouble in found.troubles]) == (True, ["messages"])
    do(store, outbox_store.open_circuit, "slack", "token_revoked", NOW, NOW)
    wording(judged(store).reasons)
