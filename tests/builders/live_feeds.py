"""Archived stories as live news: RSS and Atom feeds on loopback that the real program polls under a clock of its own.

Whatever dates the stories bear, the clock stands at the moment at which a replay takes each, so both can be compared.
"""

import itertools
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path
from xml.sax.saxutils import escape

from monitor.config import Settings, load_settings
from monitor.domain.matching.rules import Rulebook
from monitor.domain.model import Entry, Transition
from monitor.feeds.schedule import Turns
from monitor.feeds.worker import ParseWorker
from monitor.replay import LEAD_TIME, DatedEntry, Replay, in_replay_order
from monitor.runtime.app import App, recover_and_catch_up
from monitor.runtime.poller import poll
from monitor.runtime.session import open_database
from monitor.runtime.simulation import SimulatedClock, run_until
from monitor.runtime.wiring import make_renderer, make_senders
from monitor.store import verdict_records
from tests.builders.feed_publisher import Publisher, publisher

ROOT = Path(__file__).parents[2]
READ_AGAIN = timedelta(hours=6)
"""Between two stories that lie further apart all feeds are read after each such time: a replay takes all as read, and
the program what was not read for twelve hours (policy.yaml) as unread."""
LISTED = 12
"""A feed shows so many of its newest items."""
CONFIG = """
routes = [{{name = "desk", channel = "file", to = "desk@deals.example"}}]
monitor = {{database = "sqlite:///{work}/monitor.db", templates = {templates}, data = "{work}"}}
poll = {{allow_private_addresses = true, per_host = 8}}
"""
FEED = """
[[feeds]]
name = {name}
url = {url}
publisher = {publisher}
aggregator = {aggregator}
zone = {zone}
interval = "15m"
"""


@dataclass(frozen=True, slots=True)
class Served:
    """A feed: whose it is ('' for one that names the publisher of each item), and how it is written."""

    name: str
    publisher: str = ""
    atom: bool = False


@dataclass(slots=True)
class Newsstand:
    """The feeds and what they show now: the newest items of each, newest last, and of each page its latest text."""

    feeds: Sequence[Served]
    desk: Publisher
    zones: Mapping[str, str]
    shown: dict[str, list[Entry]] = field(default_factory=lambda: defaultdict(list))

    def publish(self, entry: Entry) -> set[str]:
        """The entry appears in every feed that carries its publisher; returns the names of those."""
        carrying = [feed for feed in self.feeds if feed.publisher in ("", entry.source)]
        for feed in carrying:
            others = [other for other in self.shown[feed.name] if other.url != entry.url]
            self.shown[feed.name] = [*others, entry][-LISTED:]
            self.show(feed)
        return {feed.name for feed in carrying}

    def show(self, feed: Served) -> None:
        items = "".join(map(atom_item if feed.atom else rss_item, self.shown[feed.name]))
        document = f"<feed xmlns='http://www.w3.org/2005/Atom'><title>{feed.name}</title>{items}</feed>"
        if not feed.atom:
            document = f"<rss version='2.0'><channel><title>{feed.name}</title>{items}</channel></rss>"
        self.desk.documents[f"/{feed.name}"] = document.encode()


def rss_item(entry: Entry) -> str:
    assert entry.published is not None
    date = f"{entry.published:%Y-%m-%d}" if entry.date_only else f"{entry.published:%a, %d %b %Y %H:%M:%S} GMT"
    return (
        f"<item><guid isPermaLink='false'>{escape(entry.url)}#item</guid><title>{escape(entry.title)}</title>"
        f"<link>{escape(entry.url)}</link><source url='https://news.example'>{escape(entry.source)}</source>"
        f"<pubDate>{date}</pubDate><description>{escape(entry.summary)}</description></item>"
    )


def atom_item(entry: Entry) -> str:
    assert entry.published is not None
    date = f"{entry.published:%Y-%m-%d}" if entry.date_only else f"{entry.published:%Y-%m-%dT%H:%M:%SZ}"
    return (
        f"<entry><id>tag:news.example,2025:{escape(entry.url)}</id><title>{escape(entry.title)}</title>"
        f"<link "
        f"href='{escape(entry.url)}'/><published>{date}</published><summary>{escape(entry.summary)}</summary></entry>"
    )


def lived(
    work: Path, rules: Rulebook, entries: Iterable[Entry], feeds: Sequence[Served], database: str = "", workers: int = 1
) -> list[Transition]:
    """What the program records that polls these feeds as the entries appear in them. database: its address; '' for a
    file in `work`. workers: programs on it, each with a memory of its own, that take turns at all work."""
    line = in_replay_order(entries, rules)
    zones = {feed.name: rules.publishers.find(feed.publisher).zone for feed in feeds}
    with publisher({}) as desk:
        stand = Newsstand(feeds, desk, zones)
        for feed in feeds:
            stand.show(feed)
        with running(work, rules, stand, line[0].at - LEAD_TIME, database, workers) as monitor:
            for moment, some in groupby(line, key=lambda item: item.at):
                monitor.goes_on_to(moment)
                monitor.hears(stand, some)
            monitor.goes_on_to(monitor.clock.now + timedelta(seconds=rules.policy.settle_seconds + 1))
            return monitor.recorded()


@dataclass(slots=True)
class Monitor:
    """The programs at work, and their clock."""

    apps: Sequence[App]
    clock: SimulatedClock
    worker: ParseWorker
    turn: int = 0

    @property
    def app(self) -> App:
        """The program whose turn it is."""
        return self.apps[self.turn % len(self.apps)]

    def goes_on_to(self, moment: datetime) -> None:
        while moment - self.clock.now > READ_AGAIN:
            run_until(self.app, self.clock, self.clock.now + READ_AGAIN)
            assert not any(report.error for report in poll(self.app, self.worker, everything=True))
        run_until(self.app, self.clock, moment)

    def hears(self, stand: Newsstand, some: Iterable[DatedEntry]) -> None:
        """The entries of one moment appear one after the other, and each feed that shows something new is polled."""
        for item in some:
            app, news = self.app, stand.publish(item.entry)
            every = app.settings
            changed = [feed for feed in every.feeds if feed.name in news]
            app.settings = every.model_copy(update={"feeds": changed})
            reports = poll(app, self.worker, everything=True)
            assert not any(report.error or report.problems for report in reports), reports
            app.settings = every
            self.turn += 1

    def recorded(self) -> list[Transition]:
        with self.app.store.read() as conn:
            return list(verdict_records.transitions(conn))


@contextmanager
def running(
    work: Path, rules: Rulebook, stand: Newsstand, start: datetime, database: str, workers: int
) -> Iterator[Monitor]:
    """The programs as `run` opens them, after a first poll in which every feed was still empty."""
    text = CONFIG.format(work=work, templates=json.dumps(str(ROOT / "templates")))
    for feed in stand.feeds:
        values = {
            "name": feed.name,
            "url": stand.desk.url(f"/{feed.name}"),
            "publisher": feed.publisher or feed.name,
            "aggregator": not feed.publisher,
            "zone": stand.zones[feed.name],
        }
        text += FEED.format(**{key: json.dumps(value) for key, value in values.items()})
    (work / "config.toml").write_text(text, encoding="utf-8")
    clock, environ = SimulatedClock(start), {"DEAL_MONITOR_MONITOR__DATABASE": database} if database else {}
    with ExitStack() as opened:
        worker = opened.enter_context(ParseWorker())
        settings = load_settings(work / "config.toml", environ=environ)
        apps = [opened.enter_context(closing(wired(settings, rules, clock))) for _ in range(workers)]
        recover_and_catch_up(apps[0])
        assert not [report.error for report in poll(apps[0], worker, everything=True) if report.error]
        yield Monitor(apps, clock, worker)


def wired(settings: Settings, rules: Rulebook, clock: SimulatedClock) -> App:
    """As `open_app` does it, with rules that are loaded already."""
    store, renderer = open_database(settings), make_renderer(settings)
    app = App(settings, store, clock, renderer=renderer, senders=make_senders(settings, renderer)[0])
    app.rulebook = rules
    app.turns = Turns(itertools.count(step=3600).__next__)  # hours pass between two polls
    return app


def replayed(rules: Rulebook, entries: Iterable[Entry]) -> list[Transition]:
    """What a replay of the same entries records."""
    replay = Replay(rules)
    for _ in replay.run(entries):
        pass
    return sorted(replay.transitions.values(), key=order)


def order(transition: Transition) -> tuple[datetime, str, str, str]:
    return transition.at, transition.commitment, transition.kind, transition.id
