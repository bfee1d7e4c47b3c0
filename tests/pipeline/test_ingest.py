"""One poll is stored whole or not at all, and every entry once, whatever feeds do to it."""

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, text

from monitor.config import FeedSettings
from monitor.domain.matching.rules import Rulebook
from monitor.domain.messages.feed_health import feed_health
from monitor.domain.model import Cause, Effect, Entry, Publisher, Tier
from monitor.domain.model.publishers import PublisherNames, Publishers
from monitor.domain.stories.provenance import with_publisher
from monitor.errors import FeedError, StoreError
from monitor.feeds.items import ParsedFeed
from monitor.feeds.parse import parse
from monitor.pipeline.ingest import FetchedDocument, IngestReport, PollWithoutDocument, ingest, record_without_document
from monitor.replay import as_entry
from monitor.store import Store, feeds, problems_and_runs, signals, stories, verdict_records
from monitor.store.intake_shelf import StoryCache
from tests.builders.databases import NOW, ask, later, polled_feed
from tests.builders.pipeline_steps import HERALD, MINISTRY
from tests.builders.small_rulebook import BUYS, CANCELS

SECOND = polled_feed("second", "https://second.example/rss", "Second Wire", 600)


@dataclass(slots=True)
class Desk:
    """Polls on one database."""

    store: Store
    rules: Rulebook

    def poll(
        self, feed: FeedSettings, *entries: Entry, now: datetime = NOW, recent: StoryCache | None = None
    ) -> IngestReport:
        return ingest(self.store, self.rules, feed, FetchedDocument(entries), now, recent=recent)

    def read(self, feed: FeedSettings, parsed: ParsedFeed) -> tuple[Entry, ...]:
        """The entries of a document of this feed, each with the publisher that counts."""
        return tuple(with_publisher(entry, feed, self.rules.publishers) for entry in parsed.told())

    def begin(self, *known: FeedSettings) -> None:
        """First, empty polls, so that what comes later is news."""
        for feed in known:
            self.poll(feed, now=later(hours=-1))

    def count(self, table: str) -> int:
        with self.store.read() as conn:
            return int(conn.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())

    def effects(self) -> list[Effect]:
        live = ask(self.store, signals.by_commitment_after, {"soy": NOW - timedelta(days=400)})["soy"]
        return [signal.effect for signal in live]

    def cause(self) -> Cause | None:
        mark = ask(self.store, verdict_records.review_requests).get("soy")
        return mark.cause if mark else None

    def settle(self) -> None:
        with self.store.begin() as conn:
            verdict_records.clear_review_requests(conn, verdict_records.review_requests(conn).values())


@pytest.fixture
def desk(store: Store, rules: Rulebook) -> Desk:
    return Desk(store, rules)


def entry(title: str = BUYS, number: int = 1, host: str = "herald", **changed: object) -> Entry:
    sources = {"herald": "Herald Wire", "second": "Second Wire", "ministry": "Ministry"}
    url = f"https://{host}.example/{number}"
    return replace(Entry(f"guid-{host}-{number}", title, url, NOW, "", sources[host]), **changed)  # type: ignore[arg-type]


def test_a_new_story_is_stored_with_its_signals_and_marks_its_commitment(desk: Desk) -> None:
    desk.begin(HERALD)
    report = desk.poll(HERALD, entry(), entry("Rain is expected in the north over the weekend", 2))
    assert (report.new, report.signals) == (2, 1)
    assert desk.effects() == [Effect.PROGRESS]
    assert desk.cause() is Cause.NEWS
    (mark,) = ask(desk.store, verdict_records.review_requests).values()
    (story, _) = ask(desk.store, stories.first_seen_since, NOW)
    assert (mark.since, mark.urgent) == (NOW, False)
    assert story.outlets[0].source == "Herald Wire"


def test_polling_the_same_document_again_stores_nothing(desk: Desk) -> None:
    desk.poll(HERALD, entry())
    desk.settle()
    for recent in (None, StoryCache()):
        report = desk.poll(HERALD, entry(), now=later(hours=1), recent=recent)
        assert (report.new, report.known, report.signals) == (0, 1, 0)
    assert (desk.count("entry"), desk.count("story"), desk.cause()) == (1, 1, None)


def test_an_escape_left_in_a_title_makes_no_second_text(desk: Desk) -> None:
    desk.poll(HERALD, entry(BUYS.replace(" ", r"\ ", 1)))
    assert desk.poll(HERALD, entry(), now=later(hours=1)).known == 1
    assert desk.count("revision JOIN story ON hash = story.revision WHERE live") == 1


def test_two_publishers_under_one_headline_in_one_feed_take_no_turns(desk: Desk) -> None:
    aggregator = polled_feed("aggregator", "https://news.example/rss", "Aggregator", 600, aggregator=True)
    desk.begin(aggregator)
    desk.poll(aggregator, entry())
    desk.poll(aggregator, entry(), entry(host="second"), now=later(hours=1))
    edited = entry("China denies that it bought any soybeans")
    desk.poll(aggregator, edited, entry(host="second"), now=later(hours=2))
    desk.settle()
    for hour in (3, 4):
        assert desk.poll(aggregator, edited, entry(host="second"), now=later(hours=hour)).signals == 0
    assert (desk.count("entry"), desk.cause()) == (2, None)


def test_an_edit_after_months_is_an_edit_and_no_new_story(desk: Desk) -> None:
    desk.poll(HERALD, entry())
    assert desk.poll(HERALD, entry(CANCELS), now=later(days=60), recent=StoryCache()).revised == 1
    assert desk.count("story") == 1


def test_the_second_outlet_joins_the_story_even_after_a_restart(desk: Desk) -> None:
    desk.begin(HERALD, SECOND)
    desk.poll(HERALD, entry())
    desk.settle()
    report = desk.poll(SECOND, entry(host="second"), now=later(hours=1), recent=StoryCache())
    assert (report.new, report.outlets) == (0, 1)
    assert desk.effects() == [Effect.PROGRESS], "a copy is no second voice"
    assert desk.cause() is Cause.NEWS, "but who carries a story is weighed"
    (story,) = ask(desk.store, stories.first_seen_since, NOW)
    assert [outlet.source for outlet in story.outlets] == ["Herald Wire", "Second Wire"]


def test_an_edit_kills_the_signals_of_the_old_text(desk: Desk) -> None:
    desk.begin(HERALD)
    desk.poll(HERALD, entry())
    desk.settle()
    report = desk.poll(HERALD, entry("China denies that it bought any soybeans"), now=later(hours=1))
    assert report.revised == 1
    assert Effect.PROGRESS not in desk.effects()
    assert desk.cause() is Cause.CORRECTION
    with desk.store.read() as conn:
        texts = stories.revisions(conn, stories.first_seen_since(conn, NOW), live_only=False)
    assert [(text.title, text.live) for text in texts] == [
        (BUYS, False),
        ("China denies that it bought any soybeans", True),
    ]


def test_a_text_that_comes_back_brings_its_signals_back(desk: Desk) -> None:
    desk.begin(HERALD)
    for hour, title in enumerate([BUYS, CANCELS, BUYS]):
        desk.poll(HERALD, entry(title), now=later(hours=hour))
    assert desk.effects() == [Effect.PROGRESS]
    assert desk.count("signal") == 2


def test_what_a_feed_lists_at_first_sight_is_backfill(desk: Desk) -> None:
    assert desk.poll(HERALD, entry()).backfill
    assert desk.cause() is Cause.BACKFILL
    (story,) = ask(desk.store, stories.first_seen_since, NOW)
    assert story.backfill
    assert not desk.poll(HERALD, entry(CANCELS, 2), now=later(hours=1)).backfill
    assert desk.cause() is Cause.NEWS


def test_the_rhythm_of_a_feed_is_learned_from_the_dates_of_its_items(desk: Desk) -> None:
    day = timedelta(days=1)
    weekly = [entry(f"{BUYS} {number}", number, published=NOW - number * 7 * day) for number in range(1, 9)]
    desk.poll(HERALD, *weekly)
    desk.poll(HERALD, entry(published=None, number=20), entry(number=21, published=later(days=9)), now=later(hours=1))
    state = ask(desk.store, feeds.states)["herald"]
    assert state.newest_at == later(hours=1), "what has no date, or one to come, is of the day of its first sight"
    assert timedelta(seconds=state.usual_gap) == 7 * day + timedelta(hours=1)


def test_validators_commit_with_the_stories(desk: Desk) -> None:
    ingest(desk.store, desk.rules, HERALD, FetchedDocument((entry(),), "tag", "yesterday", body_hash="h"), NOW)
    polled = PollWithoutDocument(HERALD, None, ask(desk.store, feeds.states).get("herald"))
    record_without_document(desk.store, [polled], later(minutes=10))
    state = ask(desk.store, feeds.states).get("herald")
    assert state is not None
    assert (state.etag, state.last_modified, state.body_hash) == ("tag", "yesterday", "h")
    assert (state.polled_at, state.ok_at, state.next_poll_at) == (
        later(minutes=10),
        later(minutes=10),
        later(minutes=20),
    )


def test_a_document_that_takes_long_is_taken_in_steps_and_nothing_is_lost_or_told(desk: Desk) -> None:
    entries = entry(), entry(CANCELS, 2), entry("Museum opens", 3)
    document, report = FetchedDocument(entries, "tag", body_hash="h", permanent_url="https://new.example"), None
    for left in (2, 1, 0):
        step = ingest(desk.store, desk.rules, HERALD, document, NOW, step_s=-1)
        report = step.after(report) if report else step
        state = ask(desk.store, feeds.states)["herald"]
        assert (report.left, report.backfill) == (left, True)
        # Until the last step the feed counts as not read: after a crash it is fetched whole.
        assert (state.etag, state.body_hash, state.first_ok_at, state.moved_polls) == (
            ("", "", None, 0) if left else ("tag", "h", NOW, 0)
        )
    assert report is not None
    assert (report.new, report.known, report.signals) == (3, 0, 2)
    assert [story.backfill for story in ask(desk.store, stories.first_seen_since, NOW)] == [True] * 3
    whole = desk.poll(HERALD, *entries, now=later(hours=1))
    assert (whole.new, whole.known, whole.left) == (0, 3, 0), "known entries cost no step"


def test_a_failed_poll_is_counted_and_waits_longer_until_one_succeeds(desk: Desk) -> None:
    desk.begin(HERALD)
    waits = []
    for hour in range(4):
        polled = PollWithoutDocument(
            HERALD, FeedError("http", "503", status=503), ask(desk.store, feeds.states).get("herald")
        )
        (report,) = record_without_document(desk.store, [polled], later(hours=hour))
        assert report.error == "503"
        state = ask(desk.store, feeds.states)["herald"]
        assert state.next_poll_at is not None
        waits.append(state.next_poll_at - later(hours=hour))
    assert waits == sorted(waits)
    assert (state.failures, state.failing_since, state.error_kind) == (4, NOW, "http")
    desk.poll(HERALD, now=later(hours=5))
    assert not ask(desk.store, feeds.states)["herald"].error_kind


def test_a_feed_whose_documents_list_no_item_for_a_day_is_silent(desk: Desk) -> None:
    desk.poll(HERALD, entry())
    for hour, state in ((1, "ok"), (24, "ok"), (26, "silent")):
        desk.poll(HERALD, now=later(hours=hour))
        health = feed_health(HERALD, ask(desk.store, feeds.states)["herald"], later(hours=hour))
        assert health.state == state
    assert (health.since, "has listed no item since" in health.detail) == (later(hours=1), True)
    desk.poll(HERALD, entry(), now=later(hours=27))
    assert feed_health(HERALD, ask(desk.store, feeds.states)["herald"], later(hours=27)).state == "ok"


def test_a_feed_that_lists_nothing_we_knew_reports_a_gap(desk: Desk) -> None:
    desk.poll(HERALD, entry())
    assert not desk.poll(HERALD, entry(), entry(CANCELS, 2), now=later(hours=1)).gap
    assert desk.poll(HERALD, entry("Rain is expected in the north over the weekend", 3), now=later(days=3)).gap


def test_polls_that_bring_no_document_are_stored_in_one_transaction(desk: Desk) -> None:
    desk.begin(HERALD, SECOND)
    before = ask(desk.store, feeds.states)
    failure, begun = FeedError("http", "503", status=503), list[object]()
    polls = [
        PollWithoutDocument(HERALD, None, before["herald"]),
        PollWithoutDocument(SECOND, failure, before["second"], later(hours=2)),
        PollWithoutDocument(MINISTRY, failure, None),
    ]
    event.listen(desk.store.engine, "begin", begun.append)
    reports = record_without_document(desk.store, polls, NOW)
    assert len(begun) == 1
    assert [(report.feed, report.error) for report in reports] == [
        ("herald", ""),
        ("second", "503"),
        ("ministry", "503"),
    ]
    after = ask(desk.store, feeds.states)
    assert after["herald"] == before["herald"].changed(polled_at=NOW, ok_at=NOW, next_poll_at=later(minutes=10))
    assert [(after[name].failures, after[name].next_poll_at) for name in ("second", "ministry")] == [
        (1, later(hours=2)),
        (1, later(minutes=10)),
    ]


def test_a_story_that_the_matcher_cannot_read_is_set_aside_and_named(desk: Desk) -> None:
    desk.begin(HERALD)
    nowhere = PublisherNames(Publisher("Herald Wire", Tier.WIRE, owner="Herald", zone="Nowhere/Land"))
    desk.rules = replace(desk.rules, publishers=Publishers([nowhere]))
    report = desk.poll(HERALD, entry(), replace(entry(CANCELS, 2), source="Trade Office"), now=later(hours=1))
    assert (report.new, report.signals) == (2, 1)
    assert len(report.problems) == 1
    (problem,) = ask(desk.store, problems_and_runs.problems, "story")
    assert "Nowhere/Land" in problem.error.text


def test_a_poll_that_cannot_be_stored_leaves_no_trace(desk: Desk) -> None:
    recent = StoryCache()
    desk.begin(HERALD)
    with desk.store.begin() as conn:
        conn.execute(text("ALTER TABLE signal RENAME TO elsewhere"))
    with pytest.raises(StoreError):
        desk.poll(HERALD, entry(), recent=recent)
    assert (desk.count("story"), desk.count("entry"), desk.count("dirty")) == (0, 0, 0)
    with desk.store.begin() as conn:
        conn.execute(text("ALTER TABLE elsewhere RENAME TO signal"))
    assert desk.poll(HERALD, entry(), recent=recent).new == 1, "the index forgot what was not stored"


def test_nul_and_half_characters_do_not_pass_the_border(desk: Desk) -> None:
    """Of a feed and of a story file alike: what comes behind takes any entry as it is."""
    dirty = BUYS + " \ud83d\0"
    item = {"id": "\0\ud800", "url": "https://herald.example/1\0", "title": dirty, "summary": "\udcff"}
    document = json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "x", "items": [item]}).encode()
    parsed = desk.read(HERALD, parse(document, url=HERALD.url, content_type=None))
    line = as_entry({**item, "published": "2026-03-02", "source": "Second\0 Wire"}, 1, "stories")
    assert desk.poll(HERALD, *parsed).new == 1
    again = desk.poll(SECOND, replace(line, url="https://second.example/1"))
    assert (again.new, again.outlets) == (0, 1), "what stands for half a character makes no other story of it"
    assert not any(bad in repr((parsed, line)) for bad in ("\\x00", "\\ud8", "\\udc"))


def item(url: str = "https://news.example/1", source: str = "", **changed: Any) -> ParsedFeed:
    """A document with one item."""
    return ParsedFeed("x", (replace(Entry("1", BUYS, url, NOW, "", source), **changed),), "rss20", "en")


@pytest.mark.parametrize("named", ["", "Aggregator", "The Second Wire desk"])
def test_an_item_of_an_aggregator_counts_for_the_publisher_that_its_address_names(desk: Desk, named: str) -> None:
    aggregator = polled_feed("aggregator", "https://news.example/rss", "Aggregator", 600, aggregator=True)
    desk.begin(aggregator)
    desk.poll(aggregator, *desk.read(aggregator, item("https://second.example/1", named)))
    (signal,) = ask(desk.store, signals.by_commitment_after, {"soy": NOW - timedelta(days=1)})["soy"]
    assert (signal.origin, signal.tier) == ("Second", Tier.WIRE)
