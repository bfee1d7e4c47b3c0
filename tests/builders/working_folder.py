"""A working folder with a small made-up deal, and the command line as a person would use it there."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from click.testing import CliRunner, Result

from monitor.cli import main
from monitor.config import load_settings
from monitor.domain.model import Entry
from monitor.pipeline.ingest import FetchedDocument, ingest
from monitor.runtime.app import App, open_app, recover_and_catch_up, run_reviews
from monitor.runtime.simulation import SimulatedClock
from monitor.store import Connection, open_store
from tests.builders.databases import NOW, empty_database, later, polled_feed
from tests.builders.rules_folder import lay
from tests.builders.shipped_rules import ROOT
from tests.builders.small_rulebook import write

MONITOR = """\
[monitor]
database = "sqlite:///monitor.db"
rules = "rules"
templates = {templates}
data = "."

"""
CONFIG = f"""{MONITOR}\
[poll]
total_seconds = 3
timeout_seconds = 2
allow_private_addresses = true

[[routes]]
name = "desk"
channel = "file"
to = "desk@deals.example"
least_severity = "routine"
digest = "mon 08:00"

[[feeds]]
name = "herald"
url = "http://127.0.0.1:9/herald"
publisher = "Herald Wire"
interval = "5m"

[[feeds]]
name = "ministry"
url = "http://127.0.0.1:9/ministry"
publisher = "Ministry"
interval = "5m"
"""
"""Port 9 of this machine is closed: the feeds are there, and cannot be reached."""
HERALD = polled_feed("herald", "http://127.0.0.1:9/herald", "Herald Wire", 300)


def command(*arguments: str | Path, given: str | None = None) -> Result:
    """The command line with these arguments; `given` is what comes on standard input."""
    return CliRunner().invoke(main, [str(a) for a in arguments], input=given, prog_name="deal-monitor")


def laid_out(folder: Path, tables: str = "", **commitments: str) -> Desk:
    """A working folder with the small deal, the shipped templates, and these tables in config.toml or else the usual
    ones."""
    write(folder / "rules", **commitments)
    text = tables + MONITOR if tables else CONFIG
    text = text.replace("{templates}", json.dumps(str(ROOT / "templates")))
    (folder / "config.toml").write_text(text, encoding="utf-8")
    return Desk(folder)


def objects(text: str) -> list[dict[str, Any]]:
    """The JSON lines of an output."""
    return [json.loads(line) for line in text.splitlines()]


@dataclass(frozen=True, slots=True)
class Desk:
    """A folder laid out for the monitor."""

    folder: Path

    @property
    def config(self) -> Path:
        return self.folder / "config.toml"

    @property
    def database(self) -> Path:
        return self.folder / "monitor.db"

    def run(self, *arguments: str | Path, given: str | None = None) -> Result:
        """A command with this folder's configuration."""
        return command("--config", self.config, *arguments, given=given)

    def edit(self, old: str, new: str) -> None:
        """Replace `old`, which must be there, in config.toml."""
        text = self.config.read_text(encoding="utf-8")
        assert old in text
        self.config.write_text(text.replace(old, new), encoding="utf-8")

    def lay_database(self) -> None:
        """An empty database, where there is none yet, as the first command would leave it after all migrations."""
        if not self.database.exists():
            self.database.write_bytes(empty_database())

    @contextmanager
    def opened(self, clock: SimulatedClock | None = None) -> Iterator[App]:
        """The program on this folder's database, as a daemon beside the command line would have it."""
        self.lay_database()
        app = open_app(load_settings(self.config), clock=clock or SimulatedClock(NOW))
        try:
            yield app
        finally:
            app.close()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """The database, for reading alone: the rules are not read for it."""
        store = open_store(f"sqlite:///{self.database}")
        with closing(store), store.read() as conn:
            yield conn

    def live(self, days: Callable[[Desk], None]) -> None:
        """The database as these days leave it: they are lived once, and copied for all other tests with these rules."""
        if (known := _LIVED.get(days)) is None:
            days(self)
            known = _LIVED[days] = self.database.read_bytes()
        self.database.write_bytes(known)

    def hear(self, *titles: str) -> None:
        """A monitor that runs since NOW hears these reports of the Herald Wire, an hour apart, and decides on each."""
        if self.database.exists():
            self.listen(titles)
            return
        files = (self.config, *sorted((self.folder / "rules").rglob("*.yaml")))
        texts = tuple((path.relative_to(self.folder).as_posix(), path.read_text(encoding="utf-8")) for path in files)
        self.database.write_bytes(_heard(titles, texts))

    def listen(self, titles: Sequence[str]) -> None:
        """The same, step by step."""
        clock = SimulatedClock(NOW)
        with self.opened(clock) as app:
            recover_and_catch_up(app)
            ingest(app.store, app.rulebook, HERALD, FetchedDocument(()), NOW)
            for hour, title in enumerate(titles, 1):
                clock.move(later(hours=hour))
                page = f"https://herald.example/{hour}"
                entry = Entry(page, title, page, clock.now, "", HERALD.publisher)
                ingest(app.store, app.rulebook, HERALD, FetchedDocument((entry,)), clock.now)
                clock.move(later(hours=hour, seconds=90))
                run_reviews(app)


_LIVED = dict[Callable[[Desk], None], bytes]()


@cache
def _heard(titles: Sequence[str], texts: tuple[tuple[str, str], ...]) -> bytes:
    """The database of a monitor in a folder with these files after it heard the reports: the same ones for many
    tests."""
    with TemporaryDirectory() as folder:
        desk = Desk(Path(folder))
        lay(desk.folder, dict(texts))
        desk.listen(titles)
        return desk.database.read_bytes()
