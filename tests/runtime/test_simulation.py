"""A rehearsal lets nothing pass that falls due, whatever else happens at the same second."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.config import load_settings
from monitor.domain.messages.briefs import DeliveryReceipt, DigestBrief
from monitor.domain.model import Cause, Entry
from monitor.domain.verdicts.review_requests import ReviewRequest
from monitor.runtime.app import App, open_app
from monitor.runtime.simulation import SimulatedClock, run_until, simulate
from monitor.store import outbox as outbox_store
from monitor.store import verdict_records
from monitor.store.json_codec import from_json
from tests.builders.databases import ask, do, polled_feed
from tests.builders.working_folder import laid_out

FEED = polled_feed("wire", "https://herald.example/rss", "Herald Wire", 600)
CONFIG = """
routes = [{name = "desk", channel = "file", digest = "mon 08:00"}]
"""
MONDAY = datetime(2026, 5, 25, 8, tzinfo=UTC)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    desk = laid_out(tmp_path, CONFIG)
    desk.lay_database()
    opened = open_app(load_settings(desk.config, environ={}), clock=SimulatedClock())
    opened.senders = {"file": lambda parcel: DeliveryReceipt(parcel.message_id)}
    with closing(opened):
        yield opened


def clock_of(app: App) -> SimulatedClock:
    assert isinstance(app.clock, SimulatedClock)
    return app.clock


def play(app: App, entries: Sequence[Entry]) -> None:
    simulate(app, clock_of(app), entries, FEED)


def slots(app: App) -> list[datetime]:
    """The ends of the digests that were made."""
    briefs = [from_json(row.payload) for row in ask(app.store, outbox_store.items)]
    return [brief.end for brief in briefs if isinstance(brief, DigestBrief)]


def story(at: datetime) -> Entry:
    page = f"https://herald.example/{at:%m%d%H}"
    return Entry(page, "Museum opens a new wing for its old maps", page, at, "", FEED.publisher)


def test_a_story_at_the_very_second_of_a_slot_does_not_hide_it(app: App) -> None:
    play(app, [story(MONDAY - timedelta(days=1)), story(MONDAY), story(MONDAY + timedelta(days=20))])
    assert slots(app) == [MONDAY.replace(hour=0) + timedelta(days=days) for days in (0, 7, 14)]


def test_a_commitment_that_stays_due_hides_no_slot(app: App) -> None:
    play(app, [story(MONDAY - timedelta(days=1))])
    do(
        app.store,
        verdict_records.request_reviews,
        [ReviewRequest("gone-from-the-rules", clock_of(app).now, Cause.NEWS)],
    )
    run_until(app, clock_of(app), MONDAY + timedelta(days=15))
    assert slots(app) == [MONDAY.replace(hour=0) + timedelta(days=days) for days in (0, 7, 14)]
