"""Thirty days in which all sources die on day 3 and return on day 25, while an expiry passes on day 10: the real
program, polling over loopback under a clock of its own."""

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.config import load_settings
from monitor.domain.messages.briefs import AlertBrief
from monitor.domain.model import NOTICE, FlagKind, Standing, TransitionKind, Verdict
from monitor.domain.model.changes import notation
from monitor.feeds.worker import ParseWorker
from monitor.runtime.app import App, open_app, recover_and_catch_up, run_reviews, watch_sources
from monitor.runtime.poller import poll
from monitor.runtime.simulation import SimulatedClock, run_until
from monitor.store import json_codec, verdict_records
from monitor.store import outbox as outbox_store
from tests.builders import small_rulebook
from tests.builders.databases import ask
from tests.builders.feed_publisher import Item, Publisher, publisher, rss
from tests.builders.golden_wording import GoldenWording

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
DAWN = datetime(2026, 11, 1, 6, 0, tzinfo=UTC)
STEP, LONG_STEP, DARK_STEP = timedelta(minutes=15), timedelta(hours=1), timedelta(hours=3)
DIES, EXPIRES, RETURNS, ENDS = (DAWN + timedelta(days=days) for days in (3, 9.75, 25, 30))
TRUCE = """
id: truce
name: China keeps its tariffs suspended
short: Truce
kind: standing
owed_by: cn
baselines:
  - as_of: 2026-10-20
    standing: in_force
    source: "https://ministry.example/truce"
    deadlines: [{what: truce, kind: expiry, date: 2026-11-10, said_by: cn, state: current}]
criteria: {in_force: the tariffs stay suspended}
about: {any: [truce]}
acts:
  - id: extended
    polarity: deadline
    any: [extends]
    by: cn
"""
EXTENDED = "China extends the truce to 10 January 2027"
FEEDS = {"wire": "Herald Wire", "second": "Second Wire", "ministry": "Ministry"}
CONFIG = """
routes = [{{name = "desk", channel = "file", to = "desk@deals.example", least_severity = "routine"}}]
monitor = {{database = "sqlite:///monitor.db", rules = "rules", templates = {templates}, data = "."}}
poll = {{allow_private_addresses = true, per_host = 8}}
"""
FEED = '[[feeds]]\nname = "{name}"\nurl = "{url}"\npublisher = "{publisher}"\ninterval = "15m"\n'


@dataclass(slots=True)
class Rehearsal:
    """The program at work, what its feeds show, and what was published at each step."""

    app: App
    clock: SimulatedClock
    desk: Publisher
    published: list[tuple[datetime, Verdict]] = field(default_factory=list)
    shown: dict[str, list[Item]] = field(default_factory=lambda: {name: [] for name in FEEDS})

    def publish(self, name: str, title: str, at: datetime) -> None:
        page = f"https://{name}.example/{at:%m%d%H}"
        self.shown[name] = [*self.shown[name], Item(page, title, page, f"{at:%a, %d %b %Y %H:%M:%S} GMT")][-12:]
        self.desk.documents[f"/{name}"] = rss(*self.shown[name])

    def lives(self, until: datetime, step: timedelta) -> None:
        """Goes on to a moment: what falls due, the polls that are due, and a look at the sources, step by step."""
        with ParseWorker() as worker:
            while self.clock.now < until:
                run_until(self.app, self.clock, min(self.clock.now + step, until))
                if self.clock.now.hour == 12 and self.clock.now.minute == 0 and step != DARK_STEP:
                    for name in FEEDS:
                        self.publish(name, f"A museum in {name} shows {self.clock.now:%d} old maps", self.clock.now)
                poll(self.app, worker)
                watch_sources(self.app)
                run_reviews(self.app)
                self.published.append((self.clock.now, self.truce()))

    def loses_its_network(self) -> None:
        """Port 9 of this machine is closed: every feed refuses the connection."""
        feeds = [f.model_copy(update={"url": f"http://127.0.0.1:9/{f.name}"}) for f in self.app.settings.feeds]
        self.app.settings = self.app.settings.model_copy(update={"feeds": tuple(feeds)})

    def has_its_network_again(self) -> None:
        feeds = [f.model_copy(update={"url": self.desk.url(f"/{f.name}")}) for f in self.app.settings.feeds]
        self.app.settings = self.app.settings.model_copy(update={"feeds": tuple(feeds)})

    def truce(self) -> Verdict:
        with self.app.store.read() as conn:
            return verdict_records.verdict_records(conn)["truce"].published

    def changes(self) -> list[tuple[datetime, str, str]]:
        """When which status became which."""
        with self.app.store.read() as conn:
            found = verdict_records.transitions(conn, DAWN, ENDS + timedelta(days=1))
        return [(t.at, *notation(t.change)) for t in found if t.kind is TransitionKind.STATUS]

    def told(self, kind: str) -> list[tuple[datetime, str]]:
        """The first lines of the messages of a kind, each with its moment."""
        rows = [row for row in ask(self.app.store, outbox_store.items) if row.kind == kind]
        return sorted((row.created_at, json_codec.from_json(row.payload).subject) for row in rows)

    def grounds(self) -> list[str]:
        """The first piece of evidence of each alert, in their order."""
        rows = sorted(ask(self.app.store, outbox_store.items), key=lambda row: row.created_at)
        briefs = [json_codec.from_json(row.payload) for row in rows if row.kind == "alert"]
        return [brief.evidence.lines[0].quote for brief in briefs if isinstance(brief, AlertBrief)]


def rehearsed(folder: Path, *, extended: bool) -> Iterator[Rehearsal]:
    small_rulebook.write(folder / "rules", truce=TRUCE)
    with publisher({f"/{name}": rss() for name in FEEDS}) as desk:
        text = CONFIG.format(templates=json.dumps(str(ROOT / "templates")))
        for name, by in FEEDS.items():
            text += FEED.format(name=name, url=desk.url(f"/{name}"), publisher=by)
        (folder / "config.toml").write_text(text, encoding="utf-8")
        clock = SimulatedClock(DAWN)
        with closing(open_app(load_settings(folder / "config.toml", environ={}), clock=clock)) as app:
            app.chance = lambda: 0.5
            recover_and_catch_up(app)
            month = Rehearsal(app, clock, desk)
            month.lives(DIES - timedelta(hours=2), LONG_STEP)
            month.lives(DIES, STEP)
            month.loses_its_network()
            month.lives(DIES + timedelta(hours=3), STEP)
            month.lives(RETURNS, DARK_STEP)
            if extended:
                month.publish("ministry", EXTENDED, DAWN + timedelta(days=8))
            month.has_its_network_again()
            month.lives(RETURNS + timedelta(hours=30), STEP)
            month.lives(ENDS, LONG_STEP)
            yield month


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    """Nobody extended the truce."""
    yield from rehearsed(tmp_path_factory.mktemp("ended"), extended=False)


@pytest.fixture(scope="module")
def extended(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    """The truce was extended on day 8, which the ministry's feed still shows on day 25."""
    yield from rehearsed(tmp_path_factory.mktemp("extended"), extended=True)


def test_what_passes_while_nobody_reads_is_unchecked_and_never_lapsed(ended: Rehearsal) -> None:
    dark = [(at, verdict) for at, verdict in ended.published if EXPIRES <= at < RETURNS + timedelta(hours=24)]
    assert len(dark) > 100
    for at, verdict in dark:
        assert verdict.standing is Standing.IN_FORCE, at
        assert FlagKind.UNCHECKED in {flag.kind for flag in verdict.flags}, at


def test_the_truth_is_told_once_when_sources_were_read_for_a_day(ended: Rehearsal, wording: GoldenWording) -> None:
    (overdue, *first), (lapsed, *second) = ended.changes()
    assert (first, second) == (["in_force", "at_risk"], ["at_risk", "lapsed"])
    assert overdue == EXPIRES
    assert timedelta(hours=24) <= lapsed - RETURNS <= timedelta(hours=27)
    assert ended.truce().flags == ()
    alerts = [line for at, line in ended.told("alert") if at >= EXPIRES]
    assert len(alerts) == 2
    wording(alerts)
    unread = [text for text in ended.grounds() if "ould not be checked: 0 of 3 sources read since 4 Nov 2026" in text]
    assert len(unread) == 1, ended.grounds()


def test_what_was_extended_meanwhile_never_lapses(extended: Rehearsal) -> None:
    assert {verdict.standing for _, verdict in extended.published} == {Standing.IN_FORCE}
    assert [both for _, *both in extended.changes()] == [["in_force", "at_risk"], ["at_risk", "in_force"]]
    assert extended.truce().flags == ()
    (back, line) = extended.told("alert")[-1]
    assert line.endswith(EXTENDED)
    assert timedelta() < back - RETURNS < timedelta(hours=9)


def test_the_owner_hears_once_within_two_hours_and_once_of_the_recovery(ended: Rehearsal, extended: Rehearsal) -> None:
    for month in (ended, extended):
        (died, first), (back, second) = month.told(NOTICE)
        assert died - DIES <= timedelta(hours=2)
        assert first.startswith("NO SOURCE ANSWERS · 3 of 3 failing since 4 Nov 2026")
        assert timedelta() < back - RETURNS <= timedelta(hours=9)
        assert second.startswith("SOURCES ANSWER AGAIN · 3 of 3")
