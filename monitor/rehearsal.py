"""A rehearsal: archived stories through the whole program (database, reviews, outbox, channels) under a clock of their own.

The clock jumps to whatever comes next: a story, a review that falls due, a digest's slot. Nothing is asked from the network.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta

from monitor import digest, ingest, review
from monitor.app import App, begin, deliver_on, digests_due, further_due, review_due
from monitor.domain.model import Entry
from monitor.ingest import Fetched, PolledFeed
from monitor.replay import BEFORE, Dated, dated

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Clock:
    """The time of a rehearsal: it stands still until it is moved, and never goes back."""

    def __init__(self, start: datetime = EPOCH) -> None:
        self.now = start

    def __call__(self) -> datetime:
        return self.now

    def move(self, to: datetime) -> None:
        self.now = max(self.now, to)


def rehearse(
    app: App, clock: Clock, entries: Iterable[Entry], feed: PolledFeed, *, progress: Callable[[int, int], None]
) -> None:
    """Plays all entries, then the time up to the last settling. `progress` is told how many of how many stories are in."""
    line = dated(entries, app.rulebook)
    if not line:
        return
    clock.move(line[0].at - BEFORE)
    begin(app)
    ingest.ingest(app.store, app.rulebook, feed, Fetched(()), app.clock(), recent=app.recent)
    for number, item in enumerate(line, 1):
        run_until(app, clock, item.at)
        take(app, feed, item)
        progress(number, len(line))
    run_until(app, clock, clock.now + timedelta(seconds=app.rulebook.policy.settle_seconds + 1))


def take(app: App, feed: PolledFeed, item: Dated) -> None:
    """One story arrives, as by a poll of its own."""
    ingest.ingest(app.store, app.rulebook, feed, Fetched((item.entry,)), app.clock(), recent=app.recent)


def run_until(app: App, clock: Clock, end: datetime) -> None:
    """Everything that falls due up to `end`, each at its own moment."""
    for moment in moments(app, clock, end):
        clock.move(moment)
        review_due(app)
        further_due(app)
        digests_due(app)
        drain(app, clock)
    clock.move(end)


def moments(app: App, clock: Clock, end: datetime) -> Iterator[datetime]:
    """The next thing that falls due, again and again, until there is none before `end`.

    What is still due after its turn (a commitment that cannot be decided) is left alone and hides nothing behind it.
    """
    tried: set[datetime] = set()
    while True:
        upcoming = min((moment for moment in falls_due(app, clock) if moment not in tried), default=end)
        if upcoming >= end:
            return
        yield upcoming
        tried.add(upcoming)


def falls_due(app: App, clock: Clock) -> list[datetime]:
    """When the next review and each route's next digest are due; a moment now passed if the thing still waits."""
    with app.store.read() as conn:
        digests = [digest.next_due(conn, route, clock.now) for route in app.routes]
    return [moment for moment in (review.next_due(app.store, app.rulebook.policy), *digests) if moment is not None]


def drain(app: App, clock: Clock) -> None:
    """Sends until nothing is left that may go out within a breath."""
    deliver_on(app, clock.move)
