"""What falls into quiet hours goes out at their end as one summary, without what has turned back meanwhile."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from monitor.domain.alerts.announce import EVENING
from monitor.domain.matching.rules import Rulebook
from monitor.domain.messages.briefs import AlertBrief, DeliveryReceipt, OutboundMessage
from monitor.domain.model import Route, Severity
from monitor.pipeline import delivery
from monitor.store import Store, problems_and_runs
from monitor.store import outbox as outbox_store
from monitor.store.json_codec import from_json
from tests.builders.databases import NOW, ask, do, later
from tests.builders.pipeline_steps import HERALD, Monitor
from tests.builders.small_rulebook import BUYS, CANCELS, TANKERS

ZONE = "Asia/Shanghai"
DESK = Route("desk", "slack", "C1", least_severity=Severity.ROUTINE, zone=ZONE, quiet=("22:00", "07:00"))
NIGHT = datetime.combine(NOW.date(), datetime.min.time(), ZoneInfo(ZONE)) + timedelta(hours=23)
MORNING = NIGHT + timedelta(hours=8)


@pytest.fixture
def monitor(store: Store, rules: Rulebook) -> Monitor:
    monitor = Monitor(store, rules, routes=(DESK,))
    monitor.begin()
    return monitor


def tells(monitor: Monitor, title: str, hours: float) -> None:
    """A report, and the review of it, so many hours into the night."""
    at = NIGHT.astimezone(NOW.tzinfo) + timedelta(hours=hours)
    monitor.news(title, at)
    monitor.review(at + timedelta(minutes=5))


def sent(store: Store, at: datetime) -> list[tuple[str, AlertBrief]]:
    """What goes out then: the kind of each message, and what it says."""
    taken: list[tuple[str, AlertBrief]] = []

    def sender(parcel: OutboundMessage) -> DeliveryReceipt:
        assert isinstance(parcel.brief, AlertBrief)
        taken.append((parcel.kind, parcel.brief))
        return DeliveryReceipt(parcel.message_id)

    for minute in range(5):  # one message a second to a place
        moment = at.astimezone(NOW.tzinfo) + timedelta(minutes=minute)
        delivery.deliver(store, {"slack": sender}, moment, owner="test", rng=lambda: 0.5)
    return taken


def test_nothing_goes_out_before_the_end_and_all_of_it_as_one_at_the_end(monitor: Monitor) -> None:
    tells(monitor, BUYS, 0)
    tells(monitor, TANKERS, 1)
    assert sent(monitor.store, MORNING - timedelta(minutes=6)) == []
    ((kind, brief),) = sent(monitor.store, MORNING)
    assert kind == "summary"
    assert [(change.commitment, change.before, change.after) for change in brief.changes] == [
        ("soy", "pledged", "in_progress"),
        ("ships", "pledged", "in_progress"),
    ]
    assert [item.commitment for item in brief.others] == ["ships"]
    assert brief.changes[0].when.endswith(" 22:59 CST"), "in the reader's zone"


def test_what_has_turned_back_is_not_told(monitor: Monitor) -> None:
    tells(monitor, BUYS, -3)
    assert len(sent(monitor.store, NIGHT - timedelta(hours=2))) == 1, "before the quiet hours"
    tells(monitor, CANCELS, 0)
    tells(monitor, TANKERS, 1)
    tells(monitor, BUYS.replace("two", "nine"), 2)
    ((kind, brief),) = sent(monitor.store, MORNING)
    assert [change.commitment for change in brief.changes] == ["ships"]
    assert (kind, brief.note) == ("alert", ""), "the one that is left needs no summary"


def test_a_correction_of_what_was_told_before_the_night_goes_into_its_own_thread(monitor: Monitor) -> None:
    at = NIGHT.astimezone(NOW.tzinfo) - timedelta(hours=3)
    entry = monitor.entry(BUYS, 78, at)
    monitor.poll(at, entry, feed=HERALD)
    monitor.review(at + timedelta(minutes=5))
    sent(monitor.store, NIGHT - timedelta(hours=2))
    tells(monitor, TANKERS, 0)
    tells(monitor, "China cancels one order of tankers from the United States", 1)
    monitor.poll(at + timedelta(hours=5), replace(entry, title="No trade today"))
    monitor.review(at + timedelta(hours=6))
    found = sent(monitor.store, MORNING)
    assert {(kind, brief.commitment) for kind, brief in found} == {("correction", "soy"), ("alert", "ships")}


def test_the_night_is_told_of_once_however_it_is_put_together(monitor: Monitor) -> None:
    tells(monitor, BUYS, 0)
    tells(monitor, TANKERS, 1)
    monitor.review(NIGHT.astimezone(NOW.tzinfo) + timedelta(hours=3))
    rows = [(row.kind, row.state) for row in ask(monitor.store, outbox_store.items)]
    assert sorted(rows) == [("alert", "expired"), ("summary", "waiting")]


def test_rows_that_changed_meanwhile_are_not_replaced(monitor: Monitor) -> None:
    tells(monitor, BUYS, 0)
    (row,) = ask(monitor.store, outbox_store.items)
    replaced = [do(monitor.store, outbox_store.supersede, [row.number], NOW) for _ in range(2)]
    assert replaced == [1, 0]


def test_what_cannot_be_summed_up_goes_out_as_it_is_and_the_trouble_is_named_until_it_is_over(monitor: Monitor) -> None:
    tells(monitor, BUYS, 0)
    sound = monitor.rules
    nameless = replace(sound.commitments["soy"], name=None)  # type: ignore[arg-type]
    monitor.rules = replace(sound, commitments={**sound.commitments, "soy": nameless})
    tells(monitor, TANKERS, 1)
    assert [problem.subject for problem in ask(monitor.store, problems_and_runs.problems, "verdict")] == ["quiet hours"]
    assert monitor.rows() == ["soy waiting", "ships waiting"]
    monitor.rules = sound
    tells(monitor, CANCELS.replace("soybeans", "tankers"), 2)
    assert ask(monitor.store, problems_and_runs.problems, "verdict") == ()
    assert [kind for kind, _ in sent(monitor.store, MORNING)] == ["summary"]


def test_an_event_of_a_busy_day_waits_for_the_evening_or_goes_with_the_next_message_that_does_not_wait(
    store: Store, rules: Rulebook
) -> None:
    monitor = Monitor(store, rules, (replace(DESK, quiet=None, zone="UTC", tell="events"),))
    monitor.begin()
    for hours, title in ((0, BUYS), (22, BUYS.replace("two", "nine"))):
        monitor.news(title, later(hours=hours))
        monitor.review(later(hours=hours, minutes=5))
    first, event = ask(store, outbox_store.items)
    assert (first.not_before, event.not_before) == (None, datetime.combine(later(hours=22).date(), EVENING, NOW.tzinfo))
    monitor.news(TANKERS, later(hours=23))
    monitor.review(later(hours=23, minutes=5))
    *_, joined = ask(store, outbox_store.items)
    assert (joined.kind, joined.not_before) == ("summary", None)
    brief = from_json(joined.payload)
    assert isinstance(brief, AlertBrief)
    assert {change.commitment for change in brief.changes} == {"soy", "ships"}
    assert [item.state for item in ask(store, outbox_store.items)] == ["waiting", "expired", "waiting"]
