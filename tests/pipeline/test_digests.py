"""A digest comes once a slot, in the recipient's own time, however often the program is asked or restarted."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from monitor.domain.matching.rules import Rulebook
from monitor.domain.messages.briefs import DigestBrief, SourceHealth
from monitor.domain.model import Entry, Route
from monitor.domain.model.routes import Cadence
from monitor.pipeline import digests, review
from monitor.pipeline.ingest import FetchedDocument, ingest
from monitor.store import Store, reading_store, stories
from monitor.store import outbox as outbox_store
from monitor.store.json_codec import from_json
from tests.builders.databases import ask
from tests.builders.golden_wording import GoldenWording
from tests.builders.pipeline_steps import HERALD
from tests.builders.reading_values import read, reading
from tests.builders.small_rulebook import BUYS

ZONES = ("America/New_York", "Europe/Berlin", "Asia/Shanghai")
START = datetime(2026, 1, 6, 12, tzinfo=UTC)
"""A Tuesday, and the day of the installation; the clocks change in March, October and November."""
MONDAY = Cadence("week", 0, "08:00")
DESK = Route("desk", "file", "desk@deals.example", digest=MONDAY)


@dataclass(slots=True)
class Press:
    """Makes digests on one database."""

    store: Store
    rules: Rulebook
    routes: tuple[Route, ...] = (DESK,)
    health: Sequence[SourceHealth] = ()

    def install(self, now: datetime = START) -> None:
        review.review(self.store, self.rules, (), now)

    def ask(self, now: datetime) -> list[str]:
        return digests.enqueue_due_digests(self.store, self.rules, self.routes, lambda: self.health, now, owner="owner")

    def news(self, title: str, now: datetime) -> None:
        """A report in a feed that was read before, and the decision on it."""
        page = f"https://herald.example/{now:%m%d}"
        entry = Entry(page, title, page, now, "", HERALD.publisher)
        ingest(self.store, self.rules, HERALD, FetchedDocument(()), now - timedelta(minutes=1))
        ingest(self.store, self.rules, HERALD, FetchedDocument((entry,)), now)
        review.review(self.store, self.rules, (), now + timedelta(seconds=90))

    def made(self) -> list[DigestBrief]:
        briefs = [from_json(row.payload) for row in ask(self.store, outbox_store.items)]
        return [brief for brief in briefs if isinstance(brief, DigestBrief)]


@pytest.fixture
def press(store: Store, rules: Rulebook) -> Press:
    return Press(store, rules)


CADENCES = {
    "daily": (Cadence("day", 0, "08:00"), 366),
    "fortnightly": (Cadence("fortnight", 2, "08:00"), 27),
    "monthly": (Cadence("month", 28, "08:00"), 12),
}
"""A cadence, and how many digests it gives from START to the same hour of 7 January 2027."""


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("cadence", CADENCES)
def test_slots_of_every_cadence_come_at_the_same_local_hour_and_none_is_left_out(cadence: str, zone: str) -> None:
    wanted, count = CADENCES[cadence]
    route = replace(DESK, zone=zone, digest=wanted)
    latest = {digests.latest_slot(route, START + timedelta(hours=hour)) for hour in range(0, 366 * 24 + 1, 8)}
    found = sorted(slot for slot in latest if slot is not None and slot > START)
    assert len(found) == count
    for slot, later in pairwise(found):
        assert slot.astimezone(UTC).astimezone(ZoneInfo(zone)).hour == 8
        assert digests.next_slot(route, slot) == later
        assert digests.slot_before(wanted, later) == slot


@pytest.mark.parametrize(
    ("cadence", "zone", "local"),
    [
        (Cadence("week", 4, "17:00"), "America/New_York", "2026-03-13T14:00"),
        (Cadence("week", 0, "01:00"), "Europe/Berlin", "2026-03-15T22:00"),
        (Cadence("day", 0, "08:00"), "Asia/Shanghai", "2026-03-16T05:00"),
        (None, "Europe/Berlin", "2026-03-16T05:00"),
    ],
)
def test_the_weekly_review_comes_three_hours_before_the_weekly_digest(
    cadence: Cadence | None, zone: str, local: str
) -> None:
    route, slot = replace(DESK, zone=zone, digest=cadence), datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone))
    moments = [slot, slot + timedelta(days=6, hours=23), slot - timedelta(seconds=1)]
    found = [digests.weekly_review_slot(route, moment.astimezone(UTC)) for moment in moments]
    assert found[:2] == [slot, slot]
    assert abs(slot - found[2] - timedelta(days=7)) <= timedelta(hours=1), "an hour is lost or won in spring"


def test_each_route_has_slots_of_its_own(press: Press) -> None:
    press.routes = (
        DESK,
        replace(DESK, name="boss", digest=Cadence("week", 4, "17:00")),
        replace(DESK, name="quiet", digest=None),
    )
    press.install()
    assert digests.latest_slot(press.routes[2], START) is digests.next_slot(press.routes[2], START) is None
    assert press.ask(START + timedelta(days=4)) == ["boss"]
    assert press.ask(START + timedelta(days=7)) == ["desk"]
    assert press.ask(START + timedelta(days=11)) == ["boss"]


@pytest.mark.parametrize(
    ("cadence", "away", "named"),
    [
        ("daily", 1, "19 Jan 2026"),
        ("daily", 12, "19 to 30 Jan 2026"),
        ("fortnightly", 14, "21 Jan to 3 Feb 2026"),
        ("fortnightly", 44, "21 Jan to 3 Mar 2026"),
        ("monthly", 40, "28 Jan to 27 Feb 2026"),
    ],
)
def test_slots_missed_are_caught_up_by_one_digest_that_names_the_days_it_covers(
    press: Press, cadence: str, away: int, named: str
) -> None:
    press.routes = (replace(DESK, digest=CADENCES[cadence][0]),)
    press.install()
    off = datetime(2026, 1, 29 if cadence == "monthly" else 19 if cadence == "daily" else 21, 9, tzinfo=UTC)
    press.ask(off)
    back = off + timedelta(days=away)
    assert [press.ask(back), press.ask(back)] == [["desk"], []]
    assert press.made()[-1].period == named


@pytest.mark.parametrize(
    ("back", "waits_until"),
    [("2026-01-21T00:30", "2026-01-21T07:00"), ("2026-01-20T22:00", "2026-01-21T07:00"), ("2026-01-21T07:00", None)],
)
def test_a_digest_caught_up_in_quiet_hours_waits_for_their_end(
    press: Press, back: str, waits_until: str | None
) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    press.routes = (replace(DESK, zone="Europe/Berlin", quiet=("22:00", "07:00"), digest=CADENCES["daily"][0]),)
    press.install()
    assert press.ask(datetime.fromisoformat(back).replace(tzinfo=berlin).astimezone(UTC)) == ["desk"]
    (row,) = ask(press.store, outbox_store.items)
    assert row.not_before == (datetime.fromisoformat(waits_until).replace(tzinfo=berlin) if waits_until else None)


def test_a_commitment_whose_baseline_cannot_be_read_is_left_out_and_stops_no_digest(press: Press) -> None:
    unreadable = replace(press.rules.commitments["soy"], baselines=())
    press.rules = replace(press.rules, commitments={**press.rules.commitments, "soy": unreadable})
    press.install()
    assert press.ask(START + timedelta(days=7)) == ["desk"]
    (brief,) = press.made()
    assert brief.statuses


def test_the_first_digest_starts_at_the_installation_and_slots_missed_since_give_one(press: Press) -> None:
    press.install()
    press.ask(START + timedelta(days=7))
    press.news(BUYS, datetime(2026, 1, 20, 9, tzinfo=UTC))
    assert press.ask(START + timedelta(days=35)) == ["desk"]
    assert press.ask(START + timedelta(days=35, minutes=1)) == []
    first, late = press.made()
    assert (first.start, first.end) == (START, datetime(2026, 1, 12, tzinfo=UTC))
    assert (late.start, late.end) == (datetime(2026, 1, 12, tzinfo=UTC), datetime(2026, 2, 9, tzinfo=UTC))
    assert [event.commitment for event in late.events] == ["soy"]


def test_a_route_that_joins_later_begins_with_its_last_slot(press: Press) -> None:
    press.install()
    press.ask(START + timedelta(days=7))
    press.routes = (replace(DESK, name="new"),)
    press.ask(START + timedelta(days=70))
    *_, made = press.made()
    assert made.end - made.start == timedelta(days=7)


@pytest.mark.parametrize(
    ("at", "hour", "weeks"),
    [
        ("2026-01-13T09:00", "08:00", [[], ["soy"], []]),
        ("2026-01-18T23:59", "08:00", [[], ["soy"], []]),  # recorded on Monday, before the digest
        ("2026-01-19T06:00", "08:00", [[], [], ["soy"]]),
        ("2026-01-19T16:00", "17:00", [[], ["soy"], []]),  # an evening digest covers its own day up to its hour
    ],
)
def test_a_change_is_in_the_digest_of_its_days_and_in_no_other(
    press: Press, at: str, hour: str, weeks: list[list[str]]
) -> None:
    press.routes = (replace(DESK, digest=Cadence("week", 0, hour)),)
    press.install()
    happened, last = datetime.fromisoformat(at).replace(tzinfo=UTC), START
    for moment in (START + timedelta(days=7 * week) for week in (1, 2, 3)):
        if last < happened <= moment:
            press.news(BUYS, happened)
        press.ask(moment)
        last = moment
    made = press.made()
    assert [[event.commitment for event in brief.events] for brief in made] == weeks


def test_the_owners_digest_names_rules_that_found_nothing_in_two_months_of_news_and_no_other_does(
    press: Press, wording: GoldenWording
) -> None:
    press.routes = (DESK, replace(DESK, name="owner", to="owner@deals.example"))
    press.install()
    for week in range(9):
        press.news(f"Soybeans of harvest number {week} reach the mill", START + timedelta(days=7 * week + 1))
    press.ask(START + timedelta(days=55))
    press.ask(START + timedelta(days=62))
    (*others, late) = sorted(press.made(), key=lambda brief: len(brief.unchecked))
    assert [brief.unchecked for brief in others] == [(), (), ()]
    assert [(line.name, line.kind) for line in late.unchecked] == [("Rules for Soybeans", "deaf")]
    wording(late.unchecked[0].text)


def test_the_owners_digest_counts_where_readers_and_rules_differ_and_no_other_does(
    press: Press, wording: GoldenWording
) -> None:
    press.routes = (DESK, replace(DESK, name="owner", to="owner@deals.example"))
    press.install()
    press.news(BUYS, START + timedelta(days=2))
    with press.store.begin() as conn:
        (bought,) = stories.first_seen_since(conn, START)
        reading_store.save(conn, [reading(read("soy", "pledge", "buys"), text=bought.revision)])
    press.ask(START + timedelta(days=7))
    desk, owner = sorted(press.made(), key=lambda brief: brief.readers is not None)
    assert desk.readers is None
    assert owner.readers is not None
    (differing,) = owner.readers.stories
    assert (differing.title, differing.outlet) == (BUYS, "Herald Wire")
    shown = (owner.readers.counts, *owner.readers.lines, *owner.readers.acts, differing.differ, differing.command)
    wording(shown, hide={bought.id: "STORY"})
