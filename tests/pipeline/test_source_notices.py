"""The owner hears once that no source answers, once of each important one that is dead or frozen, and once that they
are back."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from monitor.config import FeedSettings
from monitor.domain.messages.briefs import AlertBrief
from monitor.domain.model import NOTICE, Route
from monitor.errors import FeedError
from monitor.pipeline.source_notices import watch_sources
from monitor.store import Store, feeds, json_codec
from monitor.store import outbox as outbox_store
from monitor.store.rows import save_rows
from monitor.store.tables import FeedState
from tests.builders.databases import NOW, ask, later, polled_feed
from tests.builders.golden_wording import GoldenWording

OWNER = Route("owner", "slack", "C1")
REFUSED = FeedError("network", "herald.example: the connection was refused")
STEP = timedelta(minutes=30)


@dataclass(slots=True)
class Watch:
    """Feeds polled every half an hour, and a look at them after each poll."""

    store: Store
    feeds: list[FeedSettings] = field(
        default_factory=lambda: [
            polled_feed(name, f"https://{name}.example/rss", name, 1800)
            for name in ("herald", "second", "ministry", "blog")
        ]
    )
    important: tuple[str, ...] = ("herald", "second", "ministry")
    routes: tuple[Route, ...] = (OWNER,)
    now: datetime = NOW
    news: bool = True
    step: timedelta = STEP

    def passes(self, *, down: tuple[str, ...] = (), **wait: float) -> None:
        """Time passes, with these feeds down."""
        until = self.now + timedelta(**wait)
        while self.now < until:
            self.now += self.step
            with self.store.begin() as conn:
                known = feeds.states(conn)
                save_rows(conn, *(self._state(known.get(feed.name), feed, down) for feed in self.feeds))
            watch_sources(self.store, self.feeds, self.important, self.routes, self.now)

    def _state(self, before: FeedState | None, feed: FeedSettings, down: tuple[str, ...]) -> FeedState:
        before = before or FeedState(name=feed.name, url=feed.url)
        planned: dict[str, Any] = {"url": feed.url, "next_poll_at": self.now + STEP}
        if feed.name in down:
            return feeds.after_poll(before, self.now, REFUSED, **planned)
        planned |= {"first_ok_at": before.first_ok_at or self.now} | ({"new_at": self.now} if self.news else {})
        return feeds.after_poll(before, self.now, **planned)

    def told(self) -> list[tuple[timedelta, str]]:
        """Each notice with the time since NOW."""
        rows = [row for row in ask(self.store, outbox_store.items) if row.kind == NOTICE]
        return [(row.created_at - NOW, json_codec.from_json(row.payload).subject) for row in rows]

    def lines(self) -> list[str]:
        return [line.split(" · ")[0] for _, line in self.told()]


ALL = ("herald", "second", "ministry", "blog")


@pytest.fixture
def watch(store: Store) -> Watch:
    begun = Watch(store)
    begun.passes(hours=1)
    return begun


def test_that_no_source_answers_is_told_within_two_hours_and_once_with_names_error_and_remedy(
    watch: Watch, wording: GoldenWording
) -> None:
    watch.passes(hours=60, down=ALL)
    ((after, line),) = watch.told()
    assert after - timedelta(hours=1) <= timedelta(hours=2)
    wording(line)
    (row,) = ask(watch.store, outbox_store.items)
    notice = json_codec.from_json(row.payload)
    assert isinstance(notice, AlertBrief)
    wording(notice.evidence.lines[0].quote)
    wording(notice.next)


def test_an_important_feed_that_answers_with_items_older_than_its_rhythm_is_told_once(watch: Watch) -> None:
    with watch.store.begin() as conn:
        herald = feeds.states(conn)["herald"]
        save_rows(conn, herald.changed(newest_at=watch.now, usual_gap=timedelta(hours=20).total_seconds()))
    watch.step = timedelta(hours=6)
    watch.passes(days=13)
    assert watch.told() == [], "it is new"
    watch.passes(days=3)
    ((_, line),) = watch.told()
    assert line == "SOURCE FROZEN · herald"


def test_the_recovery_is_told_once_when_sources_have_answered_for_an_hour(watch: Watch) -> None:
    watch.passes(hours=30, down=ALL)
    watch.passes(hours=30)
    (_, first), (after, second) = watch.told()
    assert (first.split(" · ")[0], second) == ("NO SOURCE ANSWERS", "SOURCES ANSWER AGAIN · 4 of 4")
    assert timedelta(hours=1) <= after - timedelta(hours=31) <= timedelta(hours=1, minutes=30)


def test_sources_that_come_and_go_do_not_ring_each_hour(watch: Watch) -> None:
    watch.step = timedelta(hours=1)
    for _ in range(20):
        watch.passes(hours=2, down=ALL)
        watch.passes(hours=2)
    assert watch.lines() == ["NO SOURCE ANSWERS", "SOURCES ANSWER AGAIN", "NO SOURCE ANSWERS"]
    watch.passes(hours=26)
    assert watch.lines()[3:] == ["SOURCES ANSWER AGAIN"], "once they have stayed for a day"


def test_an_important_dead_source_is_told_within_a_day_a_night_is_not(watch: Watch, wording: GoldenWording) -> None:
    watch.passes(hours=12, down=("herald",))
    watch.passes(hours=24)
    assert watch.told() == []
    watch.passes(hours=40, down=("herald", "ministry"))
    ((after, line),) = watch.told()
    wording(line)
    assert after - timedelta(hours=37) <= timedelta(hours=24)
    watch.passes(hours=40)
    assert watch.told()[1:] == [(timedelta(hours=78, minutes=30), "SOURCE READ AGAIN · herald, ministry")]


def test_a_source_of_no_weight_is_left_to_doctor_and_the_digest(watch: Watch) -> None:
    watch.step = timedelta(hours=1)
    watch.passes(hours=60, down=("blog",))
    assert watch.told() == []


def test_an_important_source_that_brings_nothing_new_is_told_as_frozen_once(watch: Watch) -> None:
    watch.news, watch.step = False, timedelta(hours=6)
    watch.passes(days=20)
    assert watch.told() == [], "their rhythm is not known, and may be weekly"
    watch.passes(days=2)
    assert [line for _, line in watch.told()] == ["SOURCE FROZEN · herald, second, ministry"]
    watch.passes(days=30)
    assert len(watch.told()) == 1
    watch.news = True
    watch.passes(hours=12)
    assert watch.lines()[1:] == ["SOURCE READ AGAIN"]


def test_sources_that_stay_dead_after_the_others_are_back_have_a_day_of_their_own(watch: Watch) -> None:
    watch.step = timedelta(hours=1)
    watch.passes(days=5, down=ALL)
    watch.passes(hours=10, down=("herald",))
    assert watch.lines() == ["NO SOURCE ANSWERS", "SOURCES ANSWER AGAIN"]
    watch.passes(hours=10, down=("herald",))
    assert watch.told()[2][1] == "SOURCE DEAD · herald"


def test_a_notice_that_no_place_can_take_waits_until_one_can(watch: Watch) -> None:
    watch.routes = ()
    watch.passes(hours=5, down=ALL)
    assert ask(watch.store, feeds.troubles) == {}
    watch.routes = (OWNER,)
    watch.passes(hours=1, down=ALL)
    assert watch.lines() == ["NO SOURCE ANSWERS"]


def test_a_feed_that_is_taken_out_of_the_configuration_is_forgotten_without_a_word(watch: Watch) -> None:
    watch.passes(hours=20, down=("herald",))
    watch.feeds = watch.feeds[1:]
    watch.passes(hours=20)
    assert watch.lines() == ["SOURCE DEAD"]
    assert ask(watch.store, feeds.troubles)["herald"].ended_at == later(hours=21, minutes=30)
