"""The sample year under the shipped rules: every real change is told, in time and the right way, and little else is.

The rows are what really happened; a row's day is that of the act, and the program has three days to tell of it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from monitor.domain.model import Direction, Standing, Transition, TransitionKind, Verdict
from monitor.domain.model.changes import notation
from monitor.domain.verdicts.outlook import UNCONFIRMED_OUTLOOKS
from monitor.replay import Replay, ReplayedChange, read_entries
from monitor.replay.replaying import LEAD_TIME
from monitor.replay.story_lines import in_replay_order
from tests.builders import shipped_rules
from tests.builders.tables import table

pytestmark = pytest.mark.slow
"""The replay of the year takes half a minute."""

TELLING_TIME = timedelta(days=3)

STATUS, DEADLINE, EVENT = TransitionKind.STATUS, TransitionKind.DEADLINE, TransitionKind.EVENT


@dataclass(frozen=True, slots=True)
class Row:
    """One real change: its day, the promise, and how it should be told. `why` is the claim."""

    day: str
    commitment: str
    kind: TransitionKind
    way: Direction
    to: str
    why: str

    def told_by(self, told: Iterable[Transition]) -> bool:
        first = date.fromisoformat(self.day)
        return any(
            (a.commitment, a.kind, a.way, notation(a.change)[1]) == (self.commitment, self.kind, self.way, self.to)
            and first <= a.at.date() <= first + TELLING_TIME
            for a in told
        )


ROWS = [
    Row(day, name, TransitionKind(kind), Direction(way), to, why)
    for day, name, kind, way, to, why in table("demo_year", "rows")
]

ALSO_TOLD = {(day, name): why for day, name, why in table("demo_year", "also_told")}
"""(day, promise) -> why a status alert outside the rows is right."""

FINAL = table("demo_year", "final")
"""The word each page shows at the end. The bare trade-barriers hears only of what no part covers, probes of firms, and
is in force because its parts are."""


@dataclass(frozen=True, slots=True)
class Year:
    """What a monitor would have told over the sample year, and where everything stood at its end."""

    told: tuple[Transition, ...]
    """All changes that are told, what answers the message on an event included."""
    alerts: tuple[Transition, ...]
    """Those of them that sent a message of their own."""
    verdicts: dict[str, Verdict]
    doubts: frozenset[tuple[str, str]]
    """(day, promise): some voice saw trouble then, too few to turn the outlook."""

    def of(self, commitment: str, first: str, last: str) -> list[Transition]:
        return [a for a in self.alerts if a.commitment == commitment and first <= a.at.date().isoformat() <= last]


@pytest.fixture(scope="module")
def year() -> Year:
    replay = Replay(shipped_rules.rulebook())
    line = in_replay_order(read_entries(shipped_rules.YEAR), replay.rulebook)
    replay.begin(line[0].at - LEAD_TIME)
    told: list[ReplayedChange] = []
    doubts: set[tuple[str, str]] = set()
    for item in line:
        told += replay.until(item.at)
        doubts |= {
            (item.at.date().isoformat(), name) for name, held in replay.records.items() if _doubted(held.published)
        }
        replay.take(item)
    told += replay.until(line[-1].at + timedelta(days=1))
    verdicts = {name: held.published for name, held in replay.records.items()}
    alerts = tuple(one.transition for one in told if one.by_itself)
    return Year(tuple(one.transition for one in told), alerts, verdicts, frozenset(doubts))


def _doubted(verdict: Verdict) -> bool:
    return any(flag.subject in UNCONFIRMED_OUTLOOKS for flag in verdict.flags)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.day} {row.commitment}: {row.why}")
def test_a_real_change_is_told_within_three_days(year: Year, row: Row) -> None:
    near = year.of(row.commitment, row.day, (date.fromisoformat(row.day) + TELLING_TIME).isoformat())
    assert row.told_by(year.told), [(a.at.date(), a.kind.value, a.way.value, notation(a.change)[1]) for a in near]


def test_no_status_is_told_that_nothing_real_explains(year: Year) -> None:
    unexplained = [
        (alert.at.date().isoformat(), alert.commitment, notation(alert.change)[1])
        for alert in year.told
        if alert.kind is STATUS and not _explained(alert)
    ]
    assert unexplained == []


def _explained(alert: Transition) -> bool:
    day = alert.at.date()
    rows = (date.fromisoformat(row.day) for row in ROWS if row.commitment == alert.commitment)
    return (day.isoformat(), alert.commitment) in ALSO_TOLD or any(f <= day <= f + TELLING_TIME for f in rows)


@pytest.mark.parametrize(("day", "commitment"), ALSO_TOLD)
def test_what_may_be_told_besides_is_told(year: Year, day: str, commitment: str) -> None:
    assert year.of(commitment, day, day), ALSO_TOLD[day, commitment]


def test_a_date_that_moves_is_told_once(year: Year) -> None:
    moved = [
        (a.commitment, notation(a.change)[1])
        for a in year.alerts
        if a.kind is DEADLINE and notation(a.change)[0][:2] == notation(a.change)[1][:2] == "20"
    ]
    assert len(moved) == len(set(moved)) == len([row for row in ROWS if row.kind is DEADLINE and row.to[:2] == "20"])


@pytest.mark.parametrize("commitment", FINAL)
def test_at_the_end_each_promise_stands_where_it_stood(year: Year, commitment: str) -> None:
    assert year.verdicts[commitment].status == FINAL[commitment]


def test_every_promise_of_the_deal_of_the_year_has_a_known_end(year: Year) -> None:
    of_deal = {each.id for each in shipped_rules.rulebook().commitments.values() if each.deal == "us-china-busan"}
    assert FINAL.keys() == of_deal <= year.verdicts.keys()


def test_a_truce_extended_by_one_side_keeps_the_date_both_stand_behind(year: Year) -> None:
    dates = {(d.date.isoformat(), d.said_by, d.state) for d in year.verdicts["tariff-truce"].deadlines}
    assert {("2026-11-10", "cn+us", "current"), ("2027-01-10", "us", "claimed")} <= dates
    assert not any(day > "2027-01-10" for day, _, _ in dates)


def test_the_gallium_pause_has_a_clock_of_its_own(year: Year) -> None:
    dates = {(d.what, d.date.isoformat(), d.state) for d in year.verdicts["rare-earth-licenses"].deadlines}
    assert ("gallium pause", "2026-11-27", "current") in dates
    assert ("suspension", "2026-11-10", "current") in dates


def test_duties_that_ended_for_good_have_no_end_date(year: Year) -> None:
    assert year.verdicts["trade-barriers-farm"].deadlines == ()


QUIET = table("demo_year", "quiet")


@pytest.mark.parametrize(("commitment", "first", "last", "why"), QUIET, ids=[quiet[3] for quiet in QUIET])
def test_what_moves_no_status_is_told_as_an_event_at_most(
    year: Year, commitment: str, first: str, last: str, why: str
) -> None:
    alerts = (a for a in year.of(commitment, first, last) if a.kind is not EVENT)
    noticed = [a for a in alerts if "due in" not in notation(a.change)[1]]
    assert noticed == [], why


REMARKS = (
    ("2025-11-12", "rare-earth-licenses", "a newspaper's report of a licence system that shuts out defence suppliers"),
    ("2025-12-23", "rare-earth-licenses", "what licences withhold does not undo the pause"),
)
"""Reports of trouble that too few others bore out: shown while they last, and never told."""


@pytest.mark.parametrize(("day", "commitment", "why"), REMARKS, ids=[remark[2] for remark in REMARKS])
def test_trouble_that_too_few_report_is_a_remark_and_no_alert(year: Year, day: str, commitment: str, why: str) -> None:
    first = date.fromisoformat(day)
    assert (day, commitment) in year.doubts, why
    alerts = year.of(commitment, day, (first + TELLING_TIME).isoformat())
    assert [a for a in alerts if a.kind is not EVENT] == []
    assert ((first + 2 * TELLING_TIME).isoformat(), commitment) not in year.doubts


def test_no_promise_is_ever_called_breached_or_lapsed(year: Year) -> None:
    assert not any(a.standing in (Standing.BREACHED, Standing.LAPSED) for a in year.alerts)
