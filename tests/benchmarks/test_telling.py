"""The table of policies: each tells what its own replay would tell, and is scored by month on what really happened."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from benchmarks.telling import (
    HEADINGS,
    POLICIES,
    SHIPPED,
    Ledger,
    Score,
    Told,
    chosen_on,
    drawn,
    each_month_out,
    months_of,
    months_out,
    table,
    tells_of,
    told_by_each,
    total,
)
from monitor.domain.matching.rules import Rulebook
from monitor.domain.model import Policy
from monitor.replay import DatedEntry, Replay, as_entry, in_replay_order
from tests.builders.small_rulebook import BUYS, CANCELS, rulebook
from tests.builders.story_lines import story

NEWS = (
    story("1", "2026-02-01T08:00:00Z", BUYS),
    story("2", "2026-02-09T08:00:00Z", CANCELS),
    story("3", "2026-02-20T08:00:00Z", "Ports reopen after a storm"),
)
CAREFUL = {"outlook_origins": 3, "event_origins": 3}
SCORER = """
import json, sys
_, ledger, alerts, *_ = sys.argv[1:]
told = len([line for line in open(alerts) if line.strip()])
print("  missed something")
print(json.dumps({"must_tell": 2, "told": 0.5, "level_2_told": 1.0, "alerts": told, "right": 1, "repeat": 1, "small": 2,
                  "false": 0, "precision": 0.25, "median_lag_days": 0}))
"""


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    return rulebook(tmp_path_factory.mktemp("rules"))


@pytest.fixture(scope="module")
def line(rules: Rulebook) -> list[DatedEntry]:
    return in_replay_order((as_entry(json.loads(each), 1, "news") for each in NEWS), rules)


@pytest.fixture(scope="module")
def told(rules: Rulebook, line: list[DatedEntry]) -> dict[str, Told]:
    return dict(told_by_each(rules, line, None, {SHIPPED: {}, "careful": CAREFUL}))


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    rows = (
        {"date": "2026-02-01", "commitment": "soy", "way": "up", "level": 3},
        {"date": "2026-02-09", "commitment": "soy", "way": "down", "level": 2, "sources": 2},
        {"date": "2026-02-20", "commitment": "ships", "way": "down", "level": 2, "sources": 1},
        {"date": "2026-02-21", "commitment": "soy", "way": "down", "level": 2, "sources": 0},
    )
    path, scorer = tmp_path / "ledger.jsonl", tmp_path / "score.py"
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    scorer.write_text(SCORER, encoding="utf-8")
    return Ledger(path, scorer)


def test_a_policy_that_takes_over_an_earlier_intake_tells_what_its_own_replay_tells(
    rules: Rulebook, line: list[DatedEntry], told: dict[str, Told]
) -> None:
    by_itself = [change.as_json() for change in Replay(rules).play(line) if change.by_itself]
    assert [json.loads(each) for each in told[SHIPPED].alerts] == by_itself
    assert [each["way"] for each in by_itself] == ["up", "down"]


def test_the_digest_has_the_events_of_note_that_no_alert_tells(told: dict[str, Told]) -> None:
    assert [json.loads(each)["way"] for each in told["careful"].alerts] == ["up"]
    assert [json.loads(each)["way"] for each in told["careful"].digest] == ["up", "down"]


def test_every_policy_but_the_first_is_a_step_away_from_the_shipped_one() -> None:
    assert next(iter(POLICIES.items())) == (SHIPPED, {})
    shipped = Policy()
    same = [(name, key) for name, each in POLICIES.items() for key in each if each[key] == getattr(shipped, key)]
    assert not same


def test_policies_are_drawn_from_the_steps_of_the_table_and_the_same_each_time() -> None:
    found, shipped = drawn(20, Policy()), Policy()
    assert found == drawn(20, shipped)
    assert len(found) > 15
    steps = {(key, value) for each in POLICIES.values() for key, value in each.items()}
    assert {(key, value) for each in found.values() for key, value in each.items()} < steps


@pytest.mark.parametrize(
    ("at", "commitment", "way", "stands"),
    [
        ("2026-02-08T23:00:00+00:00", "soy", "down", True),
        ("2026-02-12T01:00:00+00:00", "soy", "down", True),
        ("2026-02-09T01:00:00+00:00", "soy-part", "other", True),
        ("2026-02-07T23:00:00+00:00", "soy", "down", False),
        ("2026-02-13T00:00:00+00:00", "soy", "down", False),
        ("2026-02-09T01:00:00+00:00", "soy", "up", False),
        ("2026-02-09T01:00:00+00:00", "ships", "down", False),
    ],
)
def test_a_line_stands_for_an_event_of_its_commitment_and_direction_about_its_day(
    at: str, commitment: str, way: str, *, stands: bool
) -> None:
    event = {"date": "2026-02-09", "commitment": "soy", "way": "down"}
    assert tells_of({"at": at, "commitment": commitment, "way": way}, event) is stands


def test_a_score_is_the_scorers_with_what_the_digest_has_of_level_2(told: dict[str, Told], ledger: Ledger) -> None:
    found = ledger.score(told[SHIPPED], date(2026, 2, 1), date(2026, 2, 28))
    assert found == Score(
        days=28, must=2, told=1, noted=2, noted_told=2, listed=1, alerts=2, right=1, echoes=3, lag=0
    ), "an event that no story reports is asked of nobody"
    assert found.cells() == ("0.50", "1.00", "0.50", "2", "1", "0.75", "0.50", "0")


def test_each_row_of_the_table_has_a_cell_for_each_heading(told: dict[str, Told], ledger: Ledger) -> None:
    lines = list(table({"rules": told}, ledger, date(2026, 2, 1), date(2026, 2, 28)))
    assert {each.count("|") for each in lines} == {len(HEADINGS) + 1}
    assert lines[2:] == [
        "| as shipped | 0.50 | 1.00 | 0.50 | 2 | 1 | 0.75 | 0.50 | 0 |",
        "| careful | 0.50 | 1.00 | 0.50 | 1 | 1 | 0.75 | 1.00 | 0 |",
    ]


def test_rules_and_readings_stand_side_by_side_in_a_cell(told: dict[str, Told], ledger: Ledger) -> None:
    modes = {"rules": told, "rules and readings": dict.fromkeys(told, told["careful"])}
    shipped = list(table(modes, ledger, date(2026, 2, 1), date(2026, 2, 28)))[2]
    assert shipped.split(" | ")[4:8] == ["2 / 1", "1 / 1", "0.75 / 0.75", "0.50 / 1.00"]


def test_a_span_is_cut_into_its_months() -> None:
    assert months_of(date(2025, 12, 9), date(2026, 2, 3)) == [
        (date(2025, 12, 9), date(2025, 12, 31)),
        (date(2026, 1, 1), date(2026, 1, 31)),
        (date(2026, 2, 1), date(2026, 2, 3)),
    ]


def test_counts_of_months_add_up() -> None:
    months = [
        Score(days=31, must=4, told=3, alerts=5, right=4, lag=0),
        Score(days=28, must=2, told=2, alerts=1, right=1),
    ]
    assert total(months, (0, 1)) == Score(days=59, must=6, told=5, alerts=6, right=5)


def quiet(told: int) -> Score:
    return Score(must=10, told=told, alerts=10, right=9)


def test_the_policy_for_a_month_is_chosen_on_the_other_months_by_all_readers_together() -> None:
    scores = {
        "rules": {"a": [quiet(9), quiet(5), quiet(5)], "b": [quiet(1), quiet(6), quiet(6)]},
        "both": {"a": [quiet(9), quiet(5), quiet(5)], "b": [quiet(1), quiet(6), quiet(6)]},
    }
    found = list(each_month_out(scores))
    assert [out.policy for out in found] == ["b", "a", "a"]
    assert [(out.others["rules"].told, out.own["rules"].told) for out in found] == [(12, 1), (14, 5), (14, 5)]


def test_precision_beyond_the_bar_buys_no_untold_event() -> None:
    scores = {
        "rules": {
            "precise": [Score(must=10, told=7, alerts=10, right=10)],
            "tells": [Score(must=10, told=8, alerts=10, right=9)],
        }
    }
    assert chosen_on((0,), scores) == "tells"


def test_the_months_end_with_the_sum_that_shows_the_fall(told: dict[str, Told], ledger: Ledger) -> None:
    lines = list(months_out({"rules": told}, ledger, date(2026, 1, 1), date(2026, 2, 28)))
    assert [each.split(" | ")[0] for each in lines[2:]] == ["| January 2026", "| February 2026", "| all"]
    assert len({each.count("|") for each in lines}) == 1
