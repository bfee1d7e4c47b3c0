"""Further evidence at work: shown beside the alert, told in its thread, counted by the digest, and never a change."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from monitor.domain.matching.rules import Rulebook
from monitor.domain.messages.briefs import AlertBrief
from monitor.pipeline import evidence_messages
from monitor.store import Store
from monitor.store import outbox as outbox_store
from monitor.store.json_codec import from_json
from monitor.store.tables import Item
from tests.builders.databases import NOW, ask, later, polled_feed, statements
from tests.builders.golden_wording import GoldenWording
from tests.builders.pipeline_steps import DESK, Monitor
from tests.builders.small_rulebook import BUYS

SECOND = polled_feed("second", "https://second.example/rss", "Second Wire", 600)
THIRD = polled_feed("third", "https://third.example/rss", "Third Wire", 600)
STRANGER = polled_feed("stranger", "https://news.example/rss", "Aggregator", 600)
ALSO = "Traders report that China buys soybeans, three cargoes of them"
TALKING = replace(DESK, further=True)
MAIL = replace(DESK, name="mail", channel="email", to="a@deals.example")


@pytest.fixture
def told(store: Store, rules: Rulebook) -> Monitor:
    """A Slack thread and a mailbox that heard from Herald that China buys, which Second then confirmed."""
    monitor = Monitor(store, rules, (TALKING, MAIL))
    monitor.begin()
    for feed in (SECOND, THIRD, STRANGER):
        monitor.poll(later(days=-1), feed=feed)
    monitor.news(BUYS, later(hours=-3))
    assert {m.kind for m in monitor.review(later(hours=-2)).messages} == {"alert"}
    monitor.news("Buyers sign: China buys its first soybeans of the season", later(minutes=-9), SECOND)
    assert {m.kind for m in monitor.review(NOW).messages} == {"confirmation"}
    return monitor


def tell(monitor: Monitor, now: datetime) -> int:
    told = evidence_messages.enqueue_follow_ups(monitor.store, monitor.rules, monitor.routes, now)
    assert told.problems == ()
    return told.queued


def rows(monitor: Monitor, kind: str = "further evidence") -> list[Item]:
    return [item for item in ask(monitor.store, outbox_store.items) if item.kind == kind]


def brief(item: Item) -> AlertBrief:
    found = from_json(item.payload)
    assert isinstance(found, AlertBrief)
    return found


def test_a_second_voice_is_told_in_the_thread_and_not_by_mail(told: Monitor, wording: GoldenWording) -> None:
    told.news(ALSO, later(hours=2), THIRD)
    assert told.review(later(hours=3)).messages == (), "nothing has changed"
    assert tell(told, later(hours=3)) == 1
    (row,) = rows(told)
    assert (row.route, row.commitment, row.transitions) == ("desk", "soy", ())
    shown = brief(row)
    wording(shown.subject)
    assert [line.outlet for line in shown.evidence.lines] == ["Third Wire"]
    wording(shown.changes[0].text)
    assert shown.moved.startswith("Reported before (")
    assert "Three independent reports" in shown.confidence


def test_where_nobody_was_told_no_change_and_no_verdict_is_read(store: Store, rules: Rulebook) -> None:
    monitor = Monitor(store, rules, (TALKING,))
    monitor.begin()
    with statements(store) as asked:
        assert tell(monitor, NOW) == 0
    assert asked
    assert [statement for statement in asked if "FROM transition" in statement or "FROM verdict" in statement] == []


def test_it_is_told_once_however_often_it_is_looked_for(told: Monitor) -> None:
    told.news(ALSO, later(hours=2), THIRD)
    told.review(later(hours=3))
    assert [tell(told, later(hours=3)), tell(told, later(hours=3)), tell(told, later(hours=9))] == [1, 0, 0]


def test_nothing_is_told_while_the_commitment_waits_to_be_decided(told: Monitor) -> None:
    told.news(ALSO, later(hours=2), THIRD)
    assert tell(told, later(hours=3)) == 0, "it may be a confirmation"
    told.review(later(hours=3))
    assert tell(told, later(hours=3)) == 1


def test_what_is_in_hand_when_a_change_is_decided_stands_in_the_alert_and_is_not_told_again(
    store: Store, rules: Rulebook
) -> None:
    monitor = Monitor(store, rules, (TALKING,))
    monitor.begin()
    monitor.poll(later(days=-1), feed=SECOND)
    monitor.news(BUYS, NOW)
    monitor.news(ALSO, later(seconds=30), SECOND)
    monitor.review(later(seconds=200))
    (alert,) = rows(monitor, "alert")
    assert [line.outlet for line in brief(alert).evidence.lines] == ["Herald Wire", "Second Wire"]
    assert "Two independent reports" in brief(alert).confidence
    assert tell(monitor, later(hours=3)) == 0


def test_a_reply_that_cannot_be_written_stops_no_other_and_is_told_once_it_can_be(told: Monitor) -> None:
    told.news(ALSO, later(hours=2), THIRD)
    told.news("Traders report that China buys tankers", later(hours=-1))
    told.review(later(hours=1))
    told.news("Brokers see China buys tankers", later(hours=1, minutes=5), SECOND)
    told.review(later(hours=2, minutes=5))
    told.news("Yards report that China buys tankers, six of them", later(hours=2, minutes=30), THIRD)
    told.review(later(hours=4))
    broken = replace(told.rules.commitments["soy"], name=None)  # type: ignore[arg-type]
    rules = replace(told.rules, commitments={**told.rules.commitments, "soy": broken})
    found = evidence_messages.enqueue_follow_ups(told.store, rules, told.routes, later(hours=4))
    assert [problem.partition(":")[0] for problem in found.problems] == ["soy, route desk"]
    assert [row.commitment for row in rows(told)] == ["ships"]
    assert tell(told, later(hours=4)) == 1
    assert [row.commitment for row in rows(told)] == ["ships", "soy"]
