"""The sample year under the shipped rules: every real change is told, in time and the right way, and little else is.

The rows are what really happened; a row's day is that of the act, and the program has three days to tell of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from monitor.cli.match_replay import read_entries
from monitor.domain.model import Direction, Standing, Transition, TransitionKind, Verdict
from monitor.domain.model.changes import notation
from monitor.domain.verdicts.outlook import UNCONFIRMED_OUTLOOKS
from monitor.replay import Replay, ReplayedChange
from monitor.replay.replaying import LEAD_TIME
from monitor.replay.story_lines import in_replay_order
from tests.builders import shipped_rules

pytestmark = pytest.mark.slow
"""The replay of the year takes half a minute."""

TELLING_TIME = timedelta(days=3)

STATUS, DEADLINE, PROGRESS, TERMS, EVENT = (
    TransitionKind.STATUS,
    TransitionKind.DEADLINE,
    TransitionKind.PROGRESS,
    TransitionKind.TERMS,
    TransitionKind.EVENT,
)
UP, DOWN, OTHER = Direction.UP, Direction.DOWN, Direction.OTHER


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


ROWS = (
    Row("2025-10-09", "rare-earth-licenses", STATUS, DOWN, "at_risk", "the notices of October widen the controls"),
    Row("2025-10-26", "tariff-truce", STATUS, UP, "in_force", "the threat is off the table four days before Busan"),
    Row("2025-10-30", "tariff-truce", DEADLINE, UP, "2026-11-10", "Busan gives the truce one more year"),
    Row("2025-10-30", "rare-earth-licenses", STATUS, UP, "pledged", "China promises to suspend its October rules"),
    Row("2025-10-30", "export-controls-rollback", STATUS, UP, "pledged", "the US promises to pause its 50% rule"),
    Row("2025-10-30", "trade-barriers-port-fees", STATUS, UP, "pledged", "both promise to pause port fees"),
    Row("2025-10-30", "dialogue", STATUS, UP, "met", "the leaders meet in Busan"),
    Row("2025-10-30", "soybean-purchases", STATUS, UP, "pledged", "the US names 12 Mt"),
    Row("2025-10-30", "soybean-purchases-annual", STATUS, UP, "pledged", "the US names 25 Mt a year"),
    Row("2025-11-01", "trade-barriers", STATUS, UP, "pledged", "the fact sheet ends probes of US chip firms"),
    Row("2025-11-01", "trade-barriers-farm", STATUS, UP, "pledged", "the fact sheet ends retaliation on farm goods"),
    Row("2025-11-01", "rare-earth-licenses-general", STATUS, UP, "pledged", "the fact sheet names general licences"),
    Row("2025-11-05", "export-controls-rollback-nexperia", STATUS, UP, "in_progress", "China exempts Nexperia's chips"),
    Row("2025-11-07", "rare-earth-licenses", STATUS, UP, "in_force", "Announcement 70 suspends the October rules"),
    Row(
        "2025-11-10", "tariff-truce", TERMS, OTHER, "suspension orders by both sides", "both sides' orders take effect"
    ),
    Row("2025-11-10", "export-controls-rollback", STATUS, UP, "in_force", "the stay of the 50% rule takes effect"),
    Row("2025-11-10", "trade-barriers-port-fees", STATUS, UP, "in_force", "both stop charging port fees"),
    Row("2025-11-10", "trade-barriers-farm", STATUS, UP, "in_force", "China's March duties on farm goods end"),
    Row("2025-11-10", "trade-barriers-listings", STATUS, UP, "in_force", "China's listings are suspended"),
    Row("2025-11-14", "soybean-purchases", STATUS, DOWN, "at_risk", "the first official count is far behind the pace"),
    Row("2025-11-17", "soybean-purchases", STATUS, UP, "in_progress", "COFCO books 14 cargoes"),
    Row(
        "2025-11-19",
        "export-controls-rollback-nexperia",
        PROGRESS,
        UP,
        "order suspended",
        "the Dutch order is suspended",
    ),
    Row("2025-11-28", "rare-earth-licenses-general", STATUS, DOWN, "at_risk", "the Thanksgiving target passes"),
    Row("2025-12-02", "rare-earth-licenses-general", STATUS, UP, "in_progress", "the first three licences are granted"),
    Row("2025-12-03", "soybean-purchases", DEADLINE, DOWN, "2026-02-28", "the date moves to the end of February"),
    Row("2025-12-17", "soybean-purchases", STATUS, UP, "partly_met", "seven of twelve million tons are booked"),
    Row("2025-12-17", "dialogue", STATUS, DOWN, "at_risk", "the arms package clouds the visit"),
    Row("2025-12-18", "rare-earth-licenses-general", PROGRESS, UP, "confirmed", "the ministry confirms licences"),
    Row("2025-12-18", "tiktok-sale", PROGRESS, UP, "signed", "binding agreements are signed"),
    Row("2025-12-22", "rare-earth-licenses-general", STATUS, DOWN, "at_risk", "inputs are withheld"),
    Row("2025-12-31", "soybean-purchases", STATUS, DOWN, "at_risk", "the first date is missed"),
    Row("2026-01-01", "soybean-purchases", DEADLINE, DOWN, "missed", "the first date passes, two thirds booked"),
    Row("2026-01-14", "export-controls-rollback-chips", STATUS, DOWN, "stalled", "customs shut what Washington opened"),
    Row("2026-01-20", "soybean-purchases", STATUS, UP, "met", "twelve million tons are booked"),
    Row("2026-01-22", "tiktok-sale", STATUS, UP, "met", "the sale closes"),
    Row(
        "2026-02-04",
        "soybean-purchases-annual",
        TERMS,
        OTHER,
        "a yearly amount under consideration",
        "the wording softens",
    ),
    Row("2026-02-04", "dialogue", STATUS, UP, "in_progress", "a call clears the doubt"),
    Row("2026-02-20", "tariff-truce", STATUS, DOWN, "at_risk", "the court voids the emergency duties"),
    Row("2026-02-20", "tariff-truce", TERMS, OTHER, "emergency duties struck down", "the legal basis falls"),
    Row("2026-03-16", "tariff-truce", STATUS, UP, "in_force", "Paris agrees on a board of trade"),
    Row("2026-03-16", "dialogue", STATUS, DOWN, "at_risk", "the visit is put off"),
    Row("2026-05-15", "dialogue", STATUS, UP, "met", "the Beijing visit ends"),
    Row(
        "2026-05-17",
        "soybean-purchases-annual",
        TERMS,
        OTHER,
        "other farm goods on top of soybeans",
        "farm goods come on top",
    ),
    Row("2026-06-02", "tariff-truce", STATUS, DOWN, "at_risk", "a forced-labour duty is proposed"),
    Row("2026-07-24", "tariff-truce", EVENT, DOWN, "setback", "the legal basis changes"),
    Row("2026-09-23", "tariff-truce", DEADLINE, UP, "2027-01-10", "the US extends the truce"),
    Row("2026-09-23", "rare-earth-licenses", DEADLINE, UP, "2027-01-10", "the US says the pause goes on"),
    Row("2026-09-23", "export-controls-rollback", DEADLINE, UP, "2027-01-10", "the stay of the 50% rule goes on"),
    Row("2026-09-23", "trade-barriers-port-fees", DEADLINE, UP, "2027-01-10", "the port-fee pause goes on"),
    Row("2026-09-24", "dialogue", STATUS, UP, "met", "the Washington visit ends"),
    Row("2026-09-26", "rare-earth-licenses", STATUS, DOWN, "at_risk", "China has not confirmed the date"),
    Row("2026-09-28", "tariff-truce-cuts", STATUS, UP, "pledged", "both publish their lists"),
    Row("2026-09-28", "soybean-purchases-annual", STATUS, DOWN, "at_risk", "soybeans are left out of the cuts"),
    Row("2026-10-02", "tariff-truce-cuts", STATUS, DOWN, "stalled", "no timetable for the cuts"),
)

ALSO_TOLD = {
    ("2025-10-10", "tariff-truce"): "the threat of 100% more",
    ("2025-11-01", "trade-barriers-listings"): "promised in the fact sheet",
    ("2025-11-01", "export-controls-rollback-nexperia"): "promised in the fact sheet",
    ("2025-11-10", "soybean-purchases"): "licences of three exporters are restored",
    ("2025-12-08", "export-controls-rollback-chips"): "Washington opens, before customs shut",
    (
        "2026-03-13",
        "tariff-truce",
    ): "cases under Section 301 are opened, weeks after the court's ruling put the truce at risk",
}
"""(day, promise) -> why a status alert outside the rows is right."""

FINAL = {
    "dialogue": "met",
    "export-controls-rollback": "in_force",
    "export-controls-rollback-chips": "stalled",
    "export-controls-rollback-nexperia": "in_progress",
    "rare-earth-licenses": "at_risk",
    "rare-earth-licenses-general": "at_risk",
    "soybean-purchases": "met",
    "soybean-purchases-annual": "at_risk",
    "tariff-truce": "in_force",
    "tariff-truce-cuts": "stalled",
    "tiktok-sale": "met",
    "trade-barriers": "in_force",
    "trade-barriers-farm": "in_force",
    "trade-barriers-listings": "in_force",
    "trade-barriers-port-fees": "in_force",
}
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


def test_every_promise_has_a_known_end(year: Year) -> None:
    assert year.verdicts.keys() == FINAL.keys()


def test_a_truce_extended_by_one_side_keeps_the_date_both_stand_behind(year: Year) -> None:
    dates = {(d.date.isoformat(), d.said_by, d.state) for d in year.verdicts["tariff-truce"].deadlines}
    assert {("2026-11-10", "both", "current"), ("2027-01-10", "us", "claimed")} <= dates
    assert not any(day > "2027-01-10" for day, _, _ in dates)


def test_the_gallium_pause_has_a_clock_of_its_own(year: Year) -> None:
    dates = {(d.what, d.date.isoformat(), d.state) for d in year.verdicts["rare-earth-licenses"].deadlines}
    assert ("gallium pause", "2026-11-27", "current") in dates
    assert ("suspension", "2026-11-10", "current") in dates


def test_duties_that_ended_for_good_have_no_end_date(year: Year) -> None:
    assert year.verdicts["trade-barriers-farm"].deadlines == ()


QUIET = (
    ("tiktok-sale", "2025-10-01", "2025-12-17", "Busan settles nothing for TikTok"),
    ("tiktok-sale", "2026-01-24", "2026-10-09", "a closed sale stays closed through outage, fee and suits"),
    ("soybean-purchases", "2026-01-21", "2026-10-09", "a false record claimed by a principal moves nothing"),
    ("soybean-purchases-annual", "2026-02-20", "2026-02-28", "a fear of farm groups is no act"),
    ("soybean-purchases-annual", "2026-09-11", "2026-09-20", "one trade paper's count of unknown basis moves nothing"),
    ("rare-earth-licenses-general", "2026-05-07", "2026-05-20", "a withdrawn page of no standing moves nothing"),
    ("tariff-truce", "2025-12-18", "2025-12-31", "a chip duty delayed to 2027 is no threat to the truce"),
    ("tariff-truce", "2026-09-25", "2026-10-09", "an extension that was asked for is no date"),
    ("tariff-truce-cuts", "2026-05-14", "2026-07-20", "cuts that are weighed are not yet promised"),
    ("trade-barriers-port-fees", "2025-10-09", "2025-10-29", "fees that begin do not put at risk what already is"),
    ("soybean-purchases", "2025-10-09", "2025-10-29", "a purchase keeps no promise that nobody has made"),
    ("trade-barriers-listings", "2025-11-02", "2025-11-09", "a notice is done on the day it takes effect"),
    ("rare-earth-licenses", "2025-11-10", "2025-11-15", "one paper's report of a plan is no threat yet"),
    ("rare-earth-licenses", "2025-11-16", "2025-11-30", "one month of more exports is no act"),
    ("rare-earth-licenses", "2025-12-19", "2026-01-04", "a weaker month does not end a suspension in force"),
    ("soybean-purchases", "2026-01-02", "2026-01-19", "neither three counts nor one purchase mend a missed date"),
    (
        "tariff-truce",
        "2026-07-25",
        "2026-07-25",
        "duties that an office told of yesterday are no second blow in the wires",
    ),
    ("tariff-truce", "2026-07-26", "2026-09-09", "a regulator's step outside the deal is no blow to it"),
    ("trade-barriers", "2026-07-15", "2026-08-01", "nor is it one to the promise on probes of firms"),
    ("export-controls-rollback", "2026-09-25", "2026-10-09", "a summit without chips in its texts changes no rule"),
)


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
