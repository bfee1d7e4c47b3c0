"""Readings as they come in, in time or late: what is decided on them, and what is told as a correction."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from monitor.config import FeedSettings
from monitor.domain.matching.rules import Rulebook
from monitor.domain.model import Cause, Outlook, ReadMatch, Standing
from monitor.domain.stories.entry_keys import revision_hash
from monitor.pipeline.apply_readings import ReadText, record_readings, release_unread
from monitor.pipeline.ingest import FetchedDocument, ingest
from monitor.rulebook import load_rulebook
from monitor.store import Store, reading_store, signals, verdict_records
from monitor.store.tables import UnreadText
from tests.builders.databases import NOW, ask, do, later
from tests.builders.pipeline_steps import HERALD, MINISTRY, Monitor
from tests.builders.reading_values import read, reading
from tests.builders.rules_folder import lay
from tests.builders.small_rulebook import BUYS, CANCELS, OTHER_DEAL, SHIPS, SOY, rulebook, write

FAR = "A museum opens a wing in Lisbon"
READS = "reads: {about: buying of the goods}\n"


@dataclass(slots=True)
class ReadingMonitor(Monitor):
    """A monitor with a model beside the rules, which answers when the test says so."""

    def poll(self, now: datetime, *entries: object, feed: FeedSettings = HERALD) -> None:
        ingest(self.store, self.rules, feed, FetchedDocument(entries), now, reader=True)  # type: ignore[arg-type]

    def unread(self) -> tuple[UnreadText, ...]:
        return ask(self.store, reading_store.unread)

    def give(self, title: str, now: datetime, *matches: ReadMatch, **changed: object) -> None:
        """The model's answer for the waiting text of a title."""
        (waiting,) = (each for each in self.unread() if each.text == revision_hash(title, ""))
        made = ReadText(waiting.story, reading(*matches, text=waiting.text, **changed), waiting.since)
        do(self.store, record_readings, self.rules, [made], now)


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    """The rules of a small deal with a question to a model."""
    return rulebook(tmp_path_factory.mktemp("asked"), soy=SOY + READS, ships=SHIPS + READS)


@pytest.fixture
def monitor(store: Store, rules: Rulebook) -> ReadingMonitor:
    made = ReadingMonitor(store, rules)
    made.begin()
    return made


def test_a_text_near_the_deal_waits_for_its_reading_once_and_others_do_not(monitor: ReadingMonitor) -> None:
    entry = monitor.entry(BUYS, 1, NOW)
    monitor.poll(NOW, entry, monitor.entry(FAR, 2, NOW))
    monitor.poll(later(minutes=10), entry)
    assert [(each.text, each.since) for each in monitor.unread()] == [(revision_hash(BUYS, ""), NOW)]
    monitor.give(BUYS, later(minutes=15), name="an older model", version="another question")
    monitor.poll(later(minutes=20), monitor.entry(BUYS, 3, NOW), feed=MINISTRY)
    assert monitor.unread() == ()


def test_a_late_reading_that_contradicts_what_was_told_is_told_as_a_correction(monitor: ReadingMonitor) -> None:
    monitor.news(CANCELS, NOW)
    assert monitor.review(later(minutes=2)).transitions[0].outlook is Outlook.AT_RISK
    monitor.give(CANCELS, later(hours=3))
    (back,) = monitor.review(later(hours=3, minutes=2)).transitions
    assert (back.cause, back.outlook) == (Cause.CORRECTION, Outlook.STEADY)


def test_a_reading_that_agrees_changes_no_verdict_and_asks_for_no_review(monitor: ReadingMonitor) -> None:
    monitor.news(CANCELS, NOW)
    monitor.review(later(minutes=2))
    monitor.give(CANCELS, later(minutes=5), read("soy", "setback", "cancels three orders"))
    assert ask(monitor.store, verdict_records.review_requests) == {}
    (signal,) = ask(monitor.store, signals.latest, "soy", 9)
    assert [who.name for who in signal.read_by] == ["soy/cancelled", "model"]


def test_news_of_another_text_that_waits_keeps_its_cause_when_a_reading_takes_something_back(
    monitor: ReadingMonitor,
) -> None:
    monitor.news(CANCELS, NOW)
    monitor.news(BUYS, later(seconds=5))
    monitor.give(CANCELS, later(seconds=20))
    (moved,) = monitor.review(later(minutes=2)).transitions
    assert (moved.cause, moved.standing) == (Cause.NEWS, Standing.IN_PROGRESS)


def test_a_formal_act_waits_for_its_reading_and_is_then_decided_at_once(monitor: ReadingMonitor) -> None:
    title = "China extends the purchase of soybeans"
    monitor.news(title, NOW, MINISTRY)
    monitor.give(title, later(seconds=20), read("soy", "breach", "extends the purchase"))
    moved = monitor.review(later(seconds=21)).transitions[0]
    assert (moved.standing, moved.outlook) == (Standing.PLEDGED, Outlook.AT_RISK), "a model alone ends no promise"


def test_a_formal_act_that_waits_too_long_for_its_reading_is_decided_by_the_rules(store: Store, tmp_path: Path) -> None:
    breaks = SOY.replace("polarity: bad", "polarity: break")
    monitor = ReadingMonitor(store, rulebook(tmp_path, soy=breaks + READS))
    monitor.begin()
    monitor.news(CANCELS, NOW, MINISTRY)
    assert monitor.review(later(seconds=59)).transitions == ()
    do(store, release_unread, monitor.rules, monitor.unread(), later(seconds=60))
    assert monitor.review(later(seconds=60)).transitions[0].standing is Standing.BREACHED
    assert [each.released for each in monitor.unread()] == [True]


@pytest.fixture
def two_deals(store: Store, tmp_path: Path) -> ReadingMonitor:
    breaks, root = SOY.replace("polarity: bad", "polarity: break"), tmp_path / "two"
    made = ReadingMonitor(store, load_rulebook(lay(write(root, soy=breaks + READS), OTHER_DEAL)))
    made.begin()
    return made


def test_a_text_waits_on_each_deal_that_it_is_near_until_a_model_was_asked_about_that_deal(
    two_deals: ReadingMonitor,
) -> None:
    title = "China buys two cargoes of soybeans and buys nine crates of teacups"
    two_deals.news(title, NOW)
    two_deals.news(CANCELS, NOW)
    assert {(each.text, each.deal) for each in two_deals.unread()} == {
        (revision_hash(title, ""), "deal"),
        (revision_hash(title, ""), "tea"),
        (revision_hash(CANCELS, ""), "deal"),
    }
    waiting = two_deals.unread()[0]
    made = ReadText(waiting.story, reading(text=revision_hash(title, ""), deals=("tea",)), waiting.since)
    do(two_deals.store, record_readings, two_deals.rules, [made], later(seconds=9))
    assert {each.deal for each in two_deals.unread()} == {"deal"}
    assert len(two_deals.unread()) == 2
    two_deals.poll(later(minutes=1), two_deals.entry(title, 9, NOW), feed=MINISTRY)
    assert len(two_deals.unread()) == 2, "what was read on a deal is not queued for it again"


def test_a_formal_act_waits_for_no_reading_on_another_deal(two_deals: ReadingMonitor) -> None:
    two_deals.news(f"{CANCELS} and buys teacups", NOW, MINISTRY)
    on = {each.deal: each for each in two_deals.unread()}
    do(two_deals.store, release_unread, two_deals.rules, [on["tea"]], NOW)
    assert [t.commitment for t in two_deals.review(NOW).transitions] == []
    do(two_deals.store, release_unread, two_deals.rules, [on["deal"]], NOW)
    assert [t.commitment for t in two_deals.review(NOW).transitions] == ["soy"]


def test_what_was_in_a_feed_before_is_read_and_never_announced(store: Store, rules: Rulebook) -> None:
    monitor = ReadingMonitor(store, rules)
    monitor.poll(NOW, monitor.entry(CANCELS, 1, NOW))
    monitor.review(NOW)
    monitor.give(CANCELS, later(minutes=1), read("soy", "breach", "cancels three orders"))
    report = monitor.review(later(minutes=3))
    assert {t.cause for t in report.transitions} <= {Cause.BACKFILL}
    assert report.messages == ()
