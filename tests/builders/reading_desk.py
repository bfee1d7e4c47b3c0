"""A desk at which a model has read what the wire reported, and a person reads beside it."""

from __future__ import annotations

from monitor.domain.model import ReadMatch, Story
from monitor.pipeline.apply_readings import ReadText, record_readings
from monitor.runtime.app import run_reviews
from monitor.runtime.simulation import SimulatedClock
from monitor.store import stories
from tests.builders.databases import NOW, later
from tests.builders.people_over_days import People
from tests.builders.reading_values import reading


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
