"""A person's reading on its way in: which texts it covers, how soon it is decided, and what stands once it is taken
back."""

from dataclasses import replace
from datetime import datetime

import pytest

from monitor.domain.matching.rules import Rulebook
from monitor.domain.model import Outlook, ReadMatch, Story
from monitor.pipeline.apply_readings import (
    ReadingInput,
    ReadText,
    RecordedReading,
    record_reading,
    record_readings,
    undo_readings,
)
from monitor.store import Store, reading_store, signals, stories
from monitor.store.rows import save_rows
from monitor.store.tables import UnreadText
from tests.builders.databases import NOW, ask, do, later
from tests.builders.pipeline_steps import MINISTRY, Monitor
from tests.builders.reading_values import read, reading
from tests.builders.small_rulebook import BUYS, CANCELS


class Desk(Monitor):
    """A monitor, and a person who reads its stories."""

    def story(self) -> Story:
        (found,) = ask(self.store, stories.first_seen_since, NOW)
        return found

    def person(self, now: datetime, *matches: ReadMatch) -> RecordedReading:
        return do(self.store, record_reading, self.rules, self.story(), ReadingInput(matches, "Ann", "because"), now)

    def model(self, now: datetime, *matches: ReadMatch) -> None:
        story = self.story()
        with self.store.begin() as conn:
            made = reading(*matches, text=story.revision, at=now)
            record_readings(conn, self.rules, [ReadText(story.id, made, story.seen_at)], now)

    def undo(self, now: datetime) -> int:
        return len(do(self.store, undo_readings, self.rules, self.story(), "Bob", "", now))

    def live(self) -> list[tuple[str, str]]:
        found = ask(self.store, signals.of_stories, [self.story().id])
        return sorted((signal.rule, signal.effect.value) for signal in found)


@pytest.fixture
def desk(store: Store, rules: Rulebook) -> Desk:
    made = Desk(store, rules)
    made.begin()
    return made


def told_twice(desk: Desk, summary: str) -> None:
    """One wire tells of a purchase; the ministry tells it under the same title with a summary of its own."""
    desk.news(BUYS, NOW)
    entry = replace(desk.entry(BUYS, 2, later(minutes=1), MINISTRY), summary=summary)
    desk.poll(later(minutes=1), entry, feed=MINISTRY)


def test_a_reading_covers_the_other_texts_with_the_same_title(desk: Desk) -> None:
    told_twice(desk, "The ministry gives no figures.")
    assert {effect for _, effect in desk.live()} == {"progress"}
    done = desk.person(later(minutes=2))
    assert (desk.live(), done.uncovered) == ([], ())


def test_a_text_in_which_the_quoted_words_do_not_stand_is_not_covered_and_named(desk: Desk) -> None:
    told_twice(desk, "It cancels nothing.")
    quote = "The United States confirms."
    with desk.store.begin() as conn:
        story = replace(desk.story(), summary=quote, revision="00000000000000ab")
        stories.save(conn, {story.id: story}, ())
    done = desk.person(later(minutes=2), read("soy", "setback", quote))
    assert [text.summary for text in done.uncovered] == ["", "It cancels nothing."]
    assert ("soy/person", "setback") in desk.live()
    assert ("soy/bought", "progress") in desk.live(), "the other texts are read as before"


def test_a_reading_is_decided_at_once_beside_news_that_still_settles(desk: Desk) -> None:
    desk.news(CANCELS, NOW)
    assert desk.review(later(seconds=10)).transitions == ()
    desk.person(later(seconds=20), read("soy", "setback", "cancels three orders"))
    assert desk.review(later(seconds=20)).transitions == (), "it says what the rules say: nothing to hurry for"
    desk.person(later(seconds=30), read("soy", "threat", "cancels three orders"))
    assert [change.outlook for change in desk.review(later(seconds=30)).transitions] == [Outlook.AT_RISK]


def test_what_is_taken_back_lets_the_model_speak_again(desk: Desk) -> None:
    desk.news(BUYS, NOW)
    desk.model(later(minutes=1), read("soy", "setback", "two cargoes"))
    desk.person(later(minutes=5), read("soy", "pledge", "buys"))
    desk.person(later(minutes=6))
    assert desk.live() == []
    assert desk.undo(later(minutes=7)) == 2
    assert desk.live() == [("soy/reader", "setback")]
    assert desk.undo(later(minutes=8)) == 0


def test_a_text_that_a_person_has_read_waits_for_no_model(desk: Desk) -> None:
    desk.news(BUYS, NOW)
    found = desk.story()
    do(desk.store, save_rows, UnreadText(text=found.revision, deal="deal", story=found.id, since=NOW))
    desk.person(later(minutes=1))
    assert ask(desk.store, reading_store.unread) == ()
