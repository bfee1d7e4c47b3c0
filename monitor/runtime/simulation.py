"""A simulation: archived stories through the whole program, with a clock that jumps to the next event."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from monitor.domain.model import Entry
from monitor.domain.model.news import ConfiguredFeed
from monitor.long_work import counted
from monitor.pipeline import digests, ingest
from monitor.pipeline.ingest import FetchedDocument
from monitor.replay import LEAD_TIME, in_replay_order
from monitor.runtime.app import App, drain_outbox, recover_and_catch_up, run_digests, run_reviews
from monitor.store import outbox, verdict_records

CLOCK_START = datetime(1970, 1, 1, tzinfo=UTC)
"""Before any news; the clock moves to the first story."""


@dataclass(eq=False)
class SimulatedClock:
    """A clock that stands still until moved, and never goes back."""

    now: datetime = CLOCK_START

    def __call__(self) -> datetime:
        return self.now

    def move(self, to: datetime) -> None:
        self.now = max(self.now, to)


def simulate(app: App, clock: SimulatedClock, entries: Iterable[Entry], feed: ConfiguredFeed) -> None:
    """Play all entries, each in a poll of its own after all work that is due, until the last news has settled. The
    program starts shortly before the first story, with an empty feed."""
    line = in_replay_order(entries, app.rulebook)
    if not line:
        return

    def receive(*arrived: Entry) -> None:
        ingest.ingest(app.store, app.rulebook, feed, FetchedDocument(arrived), app.clock(), recent=app.recent)

    clock.move(line[0].at - LEAD_TIME)
    recover_and_catch_up(app)
    receive()
    for item in counted(line, "playing", len(line), "stories"):
        run_until(app, clock, item.at)
        receive(item.entry)
    run_until(app, clock, clock.now + timedelta(seconds=app.rulebook.policy.settle_seconds + 1))


def run_until(app: App, clock: SimulatedClock, end: datetime) -> None:
    """Do all work that is due before `end`, each part at its own time."""
    tried: set[datetime] = set()  # work that is still due after its turn is skipped
    while True:
        with app.store.read() as conn:
            periods = {route: digests.due_period(conn, route, clock.now) for route in app.routes}
            moments = {own[1] if own else digests.next_slot(route, clock.now) for route, own in periods.items()}
            moments.add(verdict_records.next_review_at(conn, app.rulebook.policy))
            moments.add(outbox.next_deliverable_at(conn, app.senders))
        upcoming = min((moment for moment in moments - tried if moment is not None), default=end)
        if upcoming >= end:
            clock.move(end)
            return
        clock.move(upcoming)
        run_reviews(app)
        run_digests(app)
        drain_outbox(app, clock.move)
        tried.add(upcoming)
