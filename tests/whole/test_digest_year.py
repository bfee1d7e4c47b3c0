"""A year of the whole program under a clock of its own: each weekly slot gives one digest, whatever restarts and
pauses come."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest

from monitor.config import load_settings
from monitor.domain.messages.briefs import DigestBrief
from monitor.runtime.app import App, open_app, recover_and_catch_up, run_digests
from monitor.runtime.simulation import SimulatedClock
from monitor.store import outbox as outbox_store
from monitor.store.json_codec import from_json
from monitor.store.tables import Item
from tests.builders.databases import ask, empty_database
from tests.builders.shipped_rules import ROOT
from tests.builders.small_rulebook import rulebook

ZONES = ("America/New_York", "Europe/Berlin", "Asia/Shanghai")
START = datetime(2026, 1, 6, 12, tzinfo=UTC)
END = START + timedelta(days=364)
MONDAYS = [START.date() + timedelta(days=6 + 7 * week) for week in range(52)]
AWAY = (datetime(2026, 3, 28, 18, tzinfo=UTC), datetime(2026, 3, 31, 18, tzinfo=UTC))
"""Three days from a Saturday to a Tuesday, in which Berlin's clocks go forward and a slot passes in every zone."""
RESTARTS = 200
SEED = 20260525
TICK = timedelta(seconds=30)
"""The digest job looks so often whether something is due."""


def slot(zone: str, week: int, hour: int = 8) -> datetime:
    return datetime.combine(MONDAYS[week], time(hour), ZoneInfo(zone)).astimezone(UTC)


SLOTS = sorted({slot(zone, week) for zone in ZONES for week in range(52)})


@dataclass(slots=True)
class Life:
    """The program on one database, started again and again."""

    folder: Path
    clock: SimulatedClock = field(default_factory=lambda: SimulatedClock(START))
    app: App | None = None
    starts: int = 0

    def start(self) -> App:
        """A new process on what the last one left."""
        self.stop()
        self.app = open_app(load_settings(self.folder / "config.toml", environ={}), exclusive=True, clock=self.clock)
        recover_and_catch_up(self.app)
        self.starts += 1
        return self.app

    def stop(self) -> None:
        if self.app is not None:
            self.app.close()
            self.app = None

    def run(self, restarts: frozenset[datetime], away: tuple[datetime, datetime] | None) -> None:
        """The digest job around every slot and at every start; nothing at all while it is away."""
        app = self.start()
        ticks = {at + n * TICK for at in SLOTS for n in (-1, 0, 1)} | restarts | {END, *(away or ())}
        for moment in sorted(ticks):
            if away and away[0] <= moment < away[1]:
                self.stop()
                continue
            self.clock.move(moment)
            app = self.start() if moment in restarts or self.app is None else app
            run_digests(app)

    def digests(self, zone: str) -> list[tuple[Item, DigestBrief]]:
        assert self.app is not None
        rows = [row for row in ask(self.app.store, outbox_store.items) if row.route == name_of(zone)]
        briefs = [(row, from_json(row.payload)) for row in rows]
        return [(row, brief) for row, brief in briefs if isinstance(brief, DigestBrief)]


def name_of(zone: str) -> str:
    return zone.lower().replace("/", "-")


def config() -> str:
    routes = (
        f'[[routes]]\nname = "{name_of(zone)}"\nchannel = "file"\nzone = "{zone}"\ndigest = "mon 08:00"\n'
        for zone in ZONES
    )
    return (
        f'[monitor]\ndatabase = "sqlite:///m.db"\ndata = "var"\ntemplates = "{ROOT / "templates"}"\n{"".join(routes)}'
    )


@pytest.fixture
def life(tmp_path: Path) -> Iterator[Life]:
    rulebook(tmp_path / "rules")
    (tmp_path / "config.toml").write_text(config(), encoding="utf-8")
    (tmp_path / "m.db").write_bytes(empty_database())
    (tmp_path / "var").mkdir()
    life = Life(tmp_path)
    yield life
    life.stop()


def at_random() -> frozenset[datetime]:
    """The moments of all restarts, a quarter of them within a minute of a slot."""
    chance = Random(SEED)
    near = {chance.choice(SLOTS) + timedelta(seconds=chance.uniform(-60, 60)) for _ in range(RESTARTS // 4)}
    far = {START + (END - START) * chance.random() for _ in range(RESTARTS - len(near))}
    return frozenset(near | far)


def assert_each_slot_once(life: Life) -> None:
    for zone in ZONES:
        made = life.digests(zone)
        # A digest of the morning tells whole days.
        assert [brief.end for _, brief in made] == [slot(zone, week, hour=0) for week in range(52)]
        assert timedelta() <= START - made[0][1].start < timedelta(days=1), "from the midnight before the first start"
        assert all(late.start == early.end for (_, early), (_, late) in pairwise(made)), "no gap, no overlap"


@pytest.mark.slow
def test_in_an_undisturbed_year_each_slot_gives_one_digest_at_its_own_second(life: Life) -> None:
    life.run(frozenset(), None)
    assert_each_slot_once(life)
    for zone in ZONES:
        assert [row.created_at for row, _ in life.digests(zone)] == [slot(zone, week) for week in range(52)]


@pytest.mark.slow
def test_two_hundred_restarts_and_three_days_offline_neither_lose_nor_repeat_a_slot(life: Life) -> None:
    restarts = at_random()
    life.run(restarts, AWAY)
    inside = sum(AWAY[0] <= moment < AWAY[1] for moment in restarts)
    assert life.starts >= 1 + RESTARTS - inside
    assert_each_slot_once(life)
    missed = MONDAYS.index(datetime(2026, 3, 30, tzinfo=UTC).date())
    for zone in ZONES:
        late = [week for week, (row, _) in enumerate(life.digests(zone)) if row.created_at > slot(zone, week) + TICK]
        assert late == [missed]
        assert life.digests(zone)[missed][0].created_at == AWAY[1]
