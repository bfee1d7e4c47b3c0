"""The table of policies: each outcome is what a replay of its own gives, scored by month on what really happened."""

import json
from datetime import date
from pathlib import Path

import pytest

from benchmarks.telling import (
    ALERT_HEADINGS,
    POLICIES,
    SHIPPED,
    STATUS_HEADINGS,
    Archive,
    Outcome,
    Run,
    Score,
    Truth,
    chosen_on,
    drawn_policies,
    each_held_out,
    held_out_table,
    months_of,
    replayed,
    reports,
    table,
    total,
)
from monitor.domain.model import Effect, Policy
from monitor.replay import DatedEntry, Replay, as_entry, in_replay_order
from monitor.rulebook import load_rulebook
from tests.builders.small_rulebook import BUYS, CANCELS, rulebook
from tests.builders.story_lines import story

NEWS = (
    story("1", "2026-02-01T08:00:00Z", BUYS),
    story("2", "2026-02-05T08:00:00Z", CANCELS),
    story("3", "2026-02-20T08:00:00Z", "Ports reopen after a storm"),
)
CAREFUL = {"outlook_origins": 3, "event_origins": 3}
SCORER = """
import json, sys
what, truth, lines, *_ = sys.argv[1:]
count = len([line for line in open(lines) if line.strip()])
if what == "status":
    days = len([line for line in open(truth) if line.strip()])
    print("  final 2026-02-01 soy met: after 2 days")
    print("  final 2026-02-09 soy met: never")
    print(json.dumps({"days": 10 * days, "both": 0.9, "strict": 0.5, "finals": 2, "reached": 1, "wrong_final_days": 3}))
else:
    print("  missed something")
    print(json.dumps({"must_tell": 2, "told": 0.5, "level_2_told": 1.0, "alerts": count, "right": 1, "repeat": 1,
                      "small": 2, "false": 0, "precision": 0.25, "median_lag_days": 0}))
"""
FEBRUARY = date(2026, 2, 1), date(2026, 2, 28)


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("rules")
    rulebook(folder)
    return folder


@pytest.fixture(scope="module")
def entries(rules: Path) -> list[DatedEntry]:
    return in_replay_order((as_entry(json.loads(each), 1, "news") for each in NEWS), load_rulebook(rules))


@pytest.fixture(scope="module")
def archive(rules: Path, entries: list[DatedEntry]) -> Archive:
    return Archive.of(entries, Replay(load_rulebook(rules)))


@pytest.fixture(scope="module")
def outcomes(rules: Path, archive: Archive) -> dict[str, Outcome]:
    return {name: replayed(archive, Run(changed), rules) for name, changed in ((SHIPPED, {}), ("careful", CAREFUL))}


@pytest.fixture
def truth(tmp_path: Path) -> Truth:
    rows = (
        {"date": "2026-02-01", "commitment": "soy", "way": "up", "level": 3},
        {"date": "2026-02-05", "commitment": "soy", "way": "down", "level": 2, "sources": 2},
        {"date": "2026-02-20", "commitment": "ships", "way": "down", "level": 2, "sources": 1},
        {"date": "2026-02-21", "commitment": "soy", "way": "down", "level": 2, "sources": 0},
    )
    files = {"ledger.jsonl": rows, "status.jsonl": rows[1:3], "status-finals.jsonl": rows[:1]}
    for name, lines in files.items():
        (tmp_path / name).write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    (tmp_path / "score.py").write_text(SCORER, encoding="utf-8")
    return Truth(tmp_path, tmp_path / "score.py")


def test_a_replay_of_a_known_intake_gives_what_a_whole_replay_gives(
    rules: Path, entries: list[DatedEntry], archive: Archive, outcomes: dict[str, Outcome]
) -> None:
    verdicts: list[object] = []
    replay = Replay(load_rulebook(rules), on_verdict=lambda line: verdicts.append(line.as_json()))
    whole = [change.as_json() for change in replay.play(entries) if change.by_itself]
    assert [json.loads(each) for each in outcomes[SHIPPED].alerts] == whole
    assert [json.loads(each) for each in outcomes[SHIPPED].verdicts] == verdicts
    assert [each["way"] for each in whole] == ["up", "down"]
    assert len(archive.entries) == len(entries), "the last story ends the replay, whatever it says"


def test_signals_can_be_left_out_of_a_replay(rules: Path, archive: Archive) -> None:
    outcome = replayed(archive, Run(keeps=lambda signal: signal.effect is not Effect.SETBACK), rules)
    assert [json.loads(each)["way"] for each in outcome.alerts] == ["up"]


def test_the_digest_has_the_events_of_note_without_an_alert(outcomes: dict[str, Outcome]) -> None:
    assert [json.loads(each)["way"] for each in outcomes["careful"].alerts] == ["up"]
    assert [json.loads(each)["way"] for each in outcomes["careful"].digest] == ["up", "down"]


def test_every_policy_but_the_first_is_a_step_away_from_the_shipped_one() -> None:
    assert next(iter(POLICIES.items())) == (SHIPPED, {})
    shipped = Policy()
    same = [(name, key) for name, each in POLICIES.items() for key in each if each[key] == getattr(shipped, key)]
    assert not same


def test_policies_are_drawn_from_the_steps_of_the_table_and_the_same_each_time() -> None:
    found, shipped = drawn_policies(20, Policy()), Policy()
    assert found == drawn_policies(20, shipped)
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
def test_a_line_reports_an_event_of_its_commitment_and_direction_near_its_day(
    at: str, commitment: str, way: str, *, stands: bool
) -> None:
    event = {"date": "2026-02-09", "commitment": "soy", "way": "down"}
    assert reports({"at": at, "commitment": commitment, "way": way}, event) is stands


def test_a_score_is_the_scorers_with_what_the_digest_has_of_level_2(outcomes: dict[str, Outcome], truth: Truth) -> None:
    found = truth.score(outcomes[SHIPPED], *FEBRUARY)
    of_alerts = Score(days=28, must=2, reported=1, noted=2, noted_reported=2, listed=1, alerts=2, right=1, minor=3)
    of_statuses = Score(shown=20, both=18, strict=10, finals=2, reached=1, wrong=3)
    assert found == of_alerts + of_statuses, "an event that no story reports is not required"
    assert found.alert_cells() == ("0.50", "1.00", "0.50", "2", "1", "0.75", "0.50", "0")
    assert found.status_cells() == ("0.900", "0.500", "1 of 2", "3")


def test_one_commitment_is_scored_on_its_own_days(outcomes: dict[str, Outcome], truth: Truth) -> None:
    score, lags = truth.of_statuses(outcomes[SHIPPED], *FEBRUARY, "ships")
    assert (score.shown, lags) == (10, [2])


def test_each_row_of_the_table_has_a_cell_for_each_heading(outcomes: dict[str, Outcome], truth: Truth) -> None:
    lines = list(table({"rules": outcomes}, truth, *FEBRUARY))
    assert {each.count("|") for each in lines} == {len(ALERT_HEADINGS) + len(STATUS_HEADINGS) + 2}
    assert lines[2:] == [
        "| as shipped | 0.50 | 1.00 | 0.50 | 2 | 1 | 0.75 | 0.50 | 0 | 0.900 | 0.500 | 1 of 2 | 3 |",
        "| careful | 0.50 | 1.00 | 0.50 | 1 | 1 | 0.75 | 1.00 | 0 | 0.900 | 0.500 | 1 of 2 | 3 |",
    ]


def test_rules_and_readings_stand_side_by_side_in_a_cell(outcomes: dict[str, Outcome], truth: Truth) -> None:
    modes = {"rules": outcomes, "rules and readings": dict.fromkeys(outcomes, outcomes["careful"])}
    shipped = list(table(modes, truth, *FEBRUARY))[2]
    assert shipped.split(" | ")[4:8] == ["2 / 1", "1 / 1", "0.75 / 0.75", "0.50 / 1.00"]


def test_a_span_is_cut_into_its_months() -> None:
    assert months_of(date(2025, 12, 9), date(2026, 2, 3)) == [
        (date(2025, 12, 9), date(2025, 12, 31)),
        (date(2026, 1, 1), date(2026, 1, 31)),
        (date(2026, 2, 1), date(2026, 2, 3)),
    ]


def test_counts_of_months_add_up_and_the_longest_lag_stays() -> None:
    months = [
        Score(days=31, must=4, reported=3, alerts=5, right=4, lag=1),
        Score(days=28, must=2, reported=2, alerts=1, right=1),
    ]
    assert total(months, (0, 1)) == Score(days=59, must=6, reported=5, alerts=6, right=5, lag=1)


def quiet(reported: int) -> Score:
    return Score(must=10, reported=reported, alerts=10, right=9)


def test_the_policy_for_a_month_is_chosen_on_the_other_months_over_all_modes() -> None:
    scores = {
        "rules": {"a": [quiet(9), quiet(5), quiet(5)], "b": [quiet(1), quiet(6), quiet(6)]},
        "both": {"a": [quiet(9), quiet(5), quiet(5)], "b": [quiet(1), quiet(6), quiet(6)]},
    }
    found = list(each_held_out(scores))
    assert [out.policy for out in found] == ["b", "a", "a"]
    assert [(out.others["rules"].reported, out.own["rules"].reported) for out in found] == [(12, 1), (14, 5), (14, 5)]


def test_precision_beyond_the_bar_does_not_outweigh_a_missed_event() -> None:
    precise = Score(must=10, reported=7, alerts=10, right=10)
    scores = {"rules": {"precise": [precise], "reports": [Score(must=10, reported=8, alerts=10, right=9)]}}
    assert chosen_on((0,), scores) == "reports"
    scores["rules"]["status"] = [precise + Score(shown=10, both=9)]
    assert chosen_on((0,), scores) == "status"


def test_the_parts_end_with_the_sum_that_shows_the_fall() -> None:
    months = {
        "a": [quiet(9) + Score(shown=10, both=9), quiet(5) + Score(shown=10, both=1)],
        "b": [quiet(1) + Score(shown=10, both=2), quiet(8) + Score(shown=10, both=8)],
    }
    lines = list(held_out_table({"rules": months}, ("January", "February")))
    assert lines[2:] == [
        "| January | b | 0.80, 0.10 | 0.90, 0.90 | 0.800, 0.200 |",
        "| February | a | 0.90, 0.50 | 0.90, 0.90 | 0.900, 0.100 |",
        "| all | on all: a | 0.70, 0.30 | 0.90, 0.90 | 0.500, 0.150 |",
    ]
