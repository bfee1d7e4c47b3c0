"""A year of history makes nothing dearer: not the intake of a story, not its reviews, not a round without news.

A sample of the archive goes through intake, reviews and the database in time order, and then again as the news of a
later year; at last its first weeks come a third time. They are measured as the first news of an empty database and as
the news after a year's: the same stories, so the difference is the history. The database's size is that of its file
at the end.
"""

from __future__ import annotations

import gc
import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from benchmarks.archive import copied, every, in_time_order, read_lines
from benchmarks.bench_poll import write_config
from benchmarks.measure import CACHE, ROOT, Row, Setup, run, too_few
from monitor.config import FeedSettings, load_settings
from monitor.domain.model import Entry
from monitor.logs import setup_logging
from monitor.pipeline.ingest import FetchedDocument, ingest
from monitor.replay import LEAD_TIME, as_entry, in_replay_order
from monitor.runtime.app import App, deliver_due, open_app, recover_and_catch_up, run_digests, run_reviews
from monitor.runtime.simulation import CLOCK_START, SimulatedClock, run_until

SAMPLE, DOCUMENT = 4_000, 20
"""Stories of one pass, and of one document, as a feed shows them."""
FIRST_WEEKS = timedelta(days=45)
WARM_UP = 5
"""Documents at the start of both that are not measured: the first ones pay for what is made once."""
IDLE_ROUNDS = 100
MOST_BYTES = 1_000
"""882 before verdicts stored events of note; a story's own rows have not grown since."""
FEED = FeedSettings.model_validate(
    {"name": "archive", "url": "http://127.0.0.1:9/", "publisher": "Archive", "interval": "1h"}
)


def measure(setup: Setup) -> Iterator[Row]:
    lines = read_lines(setup.stories)
    sample = [json.loads(line) for line in in_time_order(every(lines, setup.size(SAMPLE, 20)))]
    # Copies alone: a copied title has a word more, so more of them are long enough to join another.
    stories, later_year = ([copied(story, copy) for story in sample] for copy in (1, 2))
    until = datetime.fromisoformat(sample[0]["published"][:10]) + FIRST_WEEKS
    weeks = sum(story["published"] < until.isoformat() for story in sample)
    first, last = stories[:weeks], [copied(story, 3) for story in sample[:weeks]]
    warm = min(WARM_UP * DOCUMENT, len(first) // 2)
    rehearsal = Rehearsal.opened(setup.work, ROOT / "rules")
    rehearsal.play(first[:warm])
    before = rehearsal.play(first[warm:])
    idle_before = rehearsal.idle()
    rehearsal.play(stories[len(first) :])
    rehearsal.play(later_year)
    rehearsal.play(last[:warm])
    after = rehearsal.play(last[warm:])
    idle_after = rehearsal.idle()
    rehearsal.app.close()
    count = 2 * len(stories) + len(first)
    which = f"{len(first):,} stories of the first weeks, before and after {count - len(first):,} others"
    pairs = (
        ("intake of a story", before.intake, after.intake),
        ("reviews after a story", before.reviews, after.reviews),
        ("a round without news", idle_before, idle_after),
    )
    for name, early, late in pairs:
        note = f"{early * 1000:.2f} and {late * 1000:.2f} ms; {which}"
        yield Row(f"a year of history against none: {name}", (late / early,), "times", most=1.2, note=note)
    name = "the database"
    if why := "" if setup.smoke else too_few(len(lines), SAMPLE):
        yield Row(name, most=MOST_BYTES, skipped=why)
        return
    size = sum(file.stat().st_size for file in setup.work.glob("monitor.db*"))
    yield Row(name, (size / count,), "bytes a story", most=MOST_BYTES, note=f"{count:,} stories, {size / 1e6:.1f} MB")


@dataclass(frozen=True, slots=True)
class Played:
    """Seconds of CPU a story, of its intake and of the reviews and messages that followed."""

    intake: float
    reviews: float


@dataclass(slots=True)
class Rehearsal:
    """The whole program on a database of its own, under a clock that follows the stories."""

    app: App
    clock: SimulatedClock

    @staticmethod
    def opened(folder: Path, rules: Path) -> Rehearsal:
        """With an empty database in `folder`."""
        setup_logging(level="error")
        clock = SimulatedClock()
        config = write_config(folder, 9, 0, rules=rules)
        settings = load_settings(config, environ={"DEAL_MONITOR_CACHE": str(CACHE)})
        app = open_app(settings, clock=clock)
        gc.collect()
        gc.freeze()  # as `run` does
        return Rehearsal(app, clock)

    def play(self, stories: Sequence[dict[str, object]]) -> Played:
        """Let these stories arrive in time order, each document by a poll of its own, and do what falls due between."""
        entries = [as_entry(story, number, "-") for number, story in enumerate(stories)]
        line = in_replay_order(entries, self.app.rulebook)
        if self.clock() == CLOCK_START:
            self.clock.move(line[0].at - LEAD_TIME)
            recover_and_catch_up(self.app)
            self.receive(())
        run_until(self.app, self.clock, line[0].at - LEAD_TIME)  # what falls due before this news is no part of it
        intake = reviews = 0.0
        for at in range(0, len(line), DOCUMENT):
            document = line[at : at + DOCUMENT]
            reviews += seconds(partial(run_until, self.app, self.clock, document[-1].at))
            intake += seconds(partial(self.receive, [item.entry for item in document]))
        reviews += seconds(partial(run_until, self.app, self.clock, self.clock() + timedelta(hours=1)))
        return Played(intake / len(line), reviews / len(line))

    def receive(self, entries: Sequence[Entry]) -> None:
        app = self.app
        ingest(app.store, app.rulebook, FEED, FetchedDocument(tuple(entries)), app.clock(), recent=app.recent)

    def idle(self) -> float:
        """Seconds of CPU of a round in which nothing is due."""

        def rounds() -> None:
            for _ in range(IDLE_ROUNDS):
                run_reviews(self.app)
                run_digests(self.app)
                deliver_due(self.app)

        rounds()
        return seconds(rounds) / IDLE_ROUNDS


def seconds(do: Callable[[], object]) -> float:
    """Seconds of CPU that a call takes."""
    began = time.process_time()
    do()
    return time.process_time() - began


if __name__ == "__main__":
    run(__doc__, measure)
