"""A rehearsal: archived stories through the whole program (database, reviews, outbox, channels) under a clock of their own.

The clock jumps to whatever comes next: a story, a review that falls due, a digest's slot. Nothing is asked from the network.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta

from monitor.domain.model import Entry
from monitor.pipeline import digests as digest
from monitor.pipeline import ingest, review
from monitor.pipeline.ingest import FetchedDocument, PolledFeed
from monitor.replay import LEAD_TIME, DatedEntry, in_replay_order
from monitor.runtime.app import App, drain_outbox, recover_and_catch_up, run_digests, run_follow_ups, run_reviews

CLOCK_START = datetime(1970, 1, 1, tzinfo=UTC)


class SimulatedClock:
    """The time of a rehearsal: it stands still until it is moved, and never goes back."""

    def __init__(self, start: datetime = CLOCK_START) -> None:
        self.now = start

    def __call__(self) -> datetime:
        return self.now

    def move(self, to: datetime) -> None:
        self.now = max(self.now, to)


def simulate(
    app: App, clock: SimulatedClock, entries: Iterable[Entry], feed: PolledFeed, *, progress: Callable[[int, int], None]
) -> None:
    """Plays all entries, then the time up to the last settling. `progress` is told how many of how many stories are in."""
    line = in_replay_order(entries, app.rulebook)
    if not line:
        return
    clock.move(line[0].at - LEAD_TIME)
    recover_and_catch_up(app)
    ingest.ingest(app.store, app.rulebook, feed, FetchedDocument(()), app.clock(), recent=app.recent)
    for number, item in enumerate(line, 1):
        run_until(app, clock, item.at)
        receive(app, feed, item)
        progress(number, len(line))
    run_until(app, clock, clock.now + timedelta(seconds=app.rulebook.policy.settle_seconds + 1))


def receive(app: App, feed: PolledFeed, item: DatedEntry) -> None:
    """One story arrives, as by a poll of its own."""
    ingest.ingest(app.store, app.rulebook, feed, FetchedDocument((item.entry,)), app.clock(), recent=app.recent)


def run_until(app: App, clock: SimulatedClock, end: datetime) -> None:
    """Everything that falls due up to `end`, each at its own moment."""
    for moment in due_moments(app, clock, end):
        clock.move(moment)
        run_reviews(app)
        run_follow_ups(app)
        run_digests(app)
        drain(app, clock)
    clock.move(end)


def due_moments(app: App, clock: SimulatedClock, end: datetime) -> Iterator[datetime]:
    """The next thing that falls due, again and again, until there is none before `end`.

    What is still due after its turn (a commitment that cannot be decided) is left alone and hides nothing behind it.
    """
    tried: set[datetime] = set()
    while True:
        upcoming = min((moment for moment in due_times(app, clock) if moment not in tried), default=end)
        if upcoming >= end:
            return
        yield upcoming
        tried.add(upcoming)


def due_times(app: App, clock: SimulatedClock) -> list[datetime]:
    """When the next review and each route's next digest are due; a moment now passed if the thing still waits."""
    with app.store.read() as conn:
        digests = [digest.next_digest_at(conn, route, clock.now) for route in app.routes]
    return [
        moment for moment in (review.next_review_at(app.store, app.rulebook.policy), *digests) if moment is not None
    ]


def drain(app: App, clock: SimulatedClock) -> None:
    """Sends until nothing is left that may go out within a breath."""
    drain_outbox(app, clock.move)
