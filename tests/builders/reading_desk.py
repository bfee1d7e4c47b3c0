"""A desk at which a model has read what the wire reported, and a person reads beside it."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from monitor.config import FeedSettings, load_settings
from monitor.domain.messages.briefs import AlertBrief
from monitor.domain.model import ReadMatch, Story
from monitor.pipeline.apply_readings import ReadText, record_readings
from monitor.pipeline.ingest import FetchedDocument, ingest
from monitor.runtime.app import App, open_app, recover_and_catch_up, run_reviews
from monitor.runtime.simulation import SimulatedClock
from monitor.store import outbox as outbox_store
from monitor.store import reading_store, stories
from monitor.store.json_codec import from_json
from tests.builders.chat_server import MODEL, ChatModel
from tests.builders.databases import NOW, ask, later
from tests.builders.people_over_days import People
from tests.builders.reading_values import check, reading
from tests.builders.small_rulebook import SHIPS, SOY
from tests.builders.working_folder import Desk, laid_out

READER = '[reader]\nbase_url = "{}"\nmodel = "{}"\ntimeout_seconds = 5\n{}\n[owner]\nroute = "boss"\n'
ROUTE = '[[routes]]\nname = "{0}"\nchannel = "file"\nto = "{0}@deals.example"\n{1}\n'
KEY = "sk-reader-key-that-nobody-may-see"


def configured(folder: Path, model: ChatModel, more: str, *, desk: str, boss: str) -> Desk:
    """The program's folder with a model that reads of both commitments, and what is set for it and for each route."""
    routes = ROUTE.format("desk", desk) + ROUTE.format("boss", boss)
    soy, ships = f"{SOY}reads: {{about: China buying soybeans}}\n", f"{SHIPS}reads: {{about: China buying tankers}}\n"
    laid = laid_out(folder, READER.format(model.url, MODEL, more) + routes, soy=soy, ships=ships)
    laid.lay_database()
    return laid


@contextmanager
def opened(folder: Path, clock: SimulatedClock, key: str, *feeds: FeedSettings, lead: bool = True) -> Iterator[App]:
    """The program, started; at its first start with feeds that have been empty so far, and a model that has earned the
    lead."""
    environ = {"DEAL_MONITOR_READER__KEY": key} if key else {}
    with closing(open_app(load_settings(folder / "config.toml", environ=environ), clock=clock)) as app:
        recover_and_catch_up(app)
        for feed in feeds if clock.now == NOW else ():
            ingest(app.store, app.rulebook, feed, FetchedDocument(()), NOW)
        if lead and app.reader is not None and clock.now == NOW:
            earn_lead(app)
        yield app


def earn_lead(app: App, **changed: Any) -> None:
    """The configured model passes its check, or another one with these changes."""
    assert app.reader is not None
    setup = app.reader.setup
    with app.store.begin() as conn:
        reading_store.save_check(conn, check(setup.name, setup.template, **{"at": app.clock(), **changed}))


def notices(app: App) -> list[str]:
    """The subjects of the notices to the owner."""
    rows = (from_json(row.payload) for row in ask(app.store, outbox_store.items) if row.kind == "notice")
    return [row.subject for row in rows if isinstance(row, AlertBrief)]


def model_reads(people: People, title: str, *matches: ReadMatch) -> None:
    """The model has read the text of a title six hours after the monitor began, and that is decided."""
    read_at = later(hours=6)
    found = story_of(people, title)
    with people.desk.opened(SimulatedClock(read_at)) as app:
        with app.store.begin() as conn:
            made = reading(*matches, text=found.revision, name="qwen3:8b", version="1a2b3c", at=read_at)
            record_readings(conn, app.rulebook, [ReadText(found.id, made, found.seen_at)], read_at)
        app.clock.move(later(hours=6, minutes=2))  # type: ignore[attr-defined]
        run_reviews(app)


def story_of(people: People, title: str) -> Story:
    """The stored story with this title."""
    with people.desk.reading() as conn:
        (found,) = (story for story in stories.first_seen_since(conn, NOW) if story.title == title)
    return found


def short(people: People, title: str) -> str:
    """What a person types for the story with this title."""
    found = story_of(people, title)
    with people.desk.reading() as conn:
        return stories.short_names(conn, [found.id])[found.id]
