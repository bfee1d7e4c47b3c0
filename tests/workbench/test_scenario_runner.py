"""Scenarios play over virtual time through the functions of live news, and say what did not come and why."""

from pathlib import Path

import pytest

from monitor.domain.model.changes import notation
from monitor.errors import RuleError
from monitor.replay import Replay
from monitor.rulebook import load_rulebook
from monitor.rulebook.testing.scenarios import check_scenarios, load_scenarios
from monitor.workbench.scenario_checks import FailedExpectation
from monitor.workbench.scenario_runner import entry_of, play_scenario, run_scenario, scenario_rulebook
from tests.builders import shipped_rules
from tests.builders.golden_wording import GoldenWording
from tests.builders.scenario_folder import lay, loaded
from tests.builders.small_rulebook import SOY
from tests.builders.tables import table

COURSE = """\
scenarios:
  - name: Orders are placed, cancelled and placed again
    start: 2026-01-05
    standing: {{soy: pledged}}
    stories:
      - {{at: 2026-01-09T10:00Z, source: Herald Wire, title: China buys soybeans from the United States}}
      - {{at: 2026-01-20T10:00Z, source: Herald Wire, title: China cancels three orders of soybeans}}
      - {{at: 2026-02-02, source: Ministry, title: China buys two cargoes of soybeans}}
    {expected}
"""


def faults(tmp_path: Path, expected: str) -> list[FailedExpectation]:
    rules, (scenario,) = loaded(lay(tmp_path, COURSE.format(expected=expected)))
    return list(run_scenario(scenario, rules).faults)


def expect(day: str, rest: str) -> str:
    """The expected verdict on the soybeans at the end of a day of 2026."""
    return f"expect: [{{at: 2026-{day}, commitment: soy, {rest}}}]"


MET = [
    expect("01-08", "status: pledged, flags: []"),
    expect("01-09", "standing: in_progress, outlook: steady, flags: [unconfirmed]"),
    expect("01-20", "status: at_risk, standing: in_progress"),
    expect("02-02", "status: in_progress"),
    "alerts: [{commitment: soy, on: 2026-01-20, way: down, from: in_progress, to: at_risk, cause: news}]",
    "transitions: [{commitment: soy, to: in_progress}, {commitment: soy, to: at_risk}]",
    "alerts: [{commitment: soy, on: 2026-02-02, way: up, to: in_progress}]",
    "quiet: [{until: 2026-01-09}, {commitment: soy, since: 2026-01-10, until: 2026-01-20}]",
    expect("01-09", "flags: [{kind: unconfirmed, subject: cn, detail: no statement from CHINA}]"),
    expect("01-20", "deadlines: [], steps: [], terms: [], readings: [], why: three orders"),
    "alerts: [{commitment: soy, to: at_risk, standing: in_progress, outlook: at_risk}]",
    "alerts: [{commitment: soy, to: at_risk, quotes: [CANCELS, orders of soybeans]}]",
    "alerts: [{commitment: soy, to: in_progress, flags: [{kind: unconfirmed, subject: cn}]}]",
    "never: [{commitment: soy, to: met}, {commitment: soy, on: 2026-01-21}, {commitment: soy, kind: deadline}]",
    "alerts: [{commitment: soy}, {commitment: soy}, {commitment: soy}]\n    nothing_else: true",
]


def test_an_expectation_is_met_or_a_fault_shows_it_with_the_result(tmp_path: Path) -> None:
    found = {text: faults(tmp_path / str(number), text) for number, text in enumerate(MET)}
    assert {text: own for text, own in found.items() if own} == {}
    for number, (expected, wanted, got) in enumerate(FAILED):
        (fault,) = faults(tmp_path / "b" / str(number), expected)
        assert (fault.expected, fault.got) == (wanted, got)


ALERTS = (
    "2026-01-09 10:01 pledged -> in_progress (status, up, news)",
    "2026-01-20 10:01 in_progress -> at_risk (status, down, news)",
    "2026-02-03 00:01 at_risk -> in_progress (status, up, news)",
)
ALL = "; ".join(ALERTS)
ALONE = "unconfirmed cn: only Herald reports it; no statement from China seen yet"
FAILED = [
    # (expectation, as shown, result)
    (expect("01-20", "status: in_progress"), "status in_progress at 2026-01-20", "at_risk"),
    (expect("01-09", "flags: []"), "flags none at 2026-01-09", "unconfirmed"),
    (expect("01-09", "counted: 2 Mt"), "counted 2,000,000 t at 2026-01-09", "nothing"),
    (expect("01-09", "terms: [a new rate]"), "terms a new rate at 2026-01-09", "none"),
    (expect("01-09", "deadline: 2026-03-01"), "deadline 2026-03-01 at 2026-01-09", "none"),
    (expect("01-09", "flags: [{kind: unconfirmed, subject: us}]"), "flags unconfirmed us at 2026-01-09", ALONE),
    (
        expect("01-09", "deadlines: [{date: 2026-03-01, said_by: cn, state: claimed}]"),
        "deadlines 2026-03-01 claimed cn at 2026-01-09",
        "none",
    ),
    (
        expect("01-09", "readings: [{counter: Herald, amount: 2 Mt, basis: booked}]"),
        "readings Herald 2,000,000 t booked at 2026-01-09",
        "none",
    ),
    (expect("01-09", "why: sells"), "why sells at 2026-01-09", "China buys soybeans from the United States"),
    ("alerts: [{commitment: ships, to: met}]", "alert … -> met (status)", "nothing"),
    ("alerts: [{commitment: soy, to: met}]", "alert … -> met (status)", ALL),
    (
        "alerts: [{commitment: soy, to: at_risk, quotes: [five orders]}]",
        "alert … -> at_risk (status) “five orders”",
        ALL,
    ),
    (
        "alerts: [{commitment: soy, on: 2026-02-02, to: in_progress, flags: [contested]}]",
        "alert … -> in_progress (status) on 2026-02-02 with contested",
        ALL,
    ),
    ("quiet: [{until: 2026-01-10}]", "quiet until 2026-01-10", ALERTS[0]),
    ("never: [{commitment: soy, way: down}]", "never … -> … (status, down)", ALERTS[1]),
    (
        "alerts: [{commitment: soy, way: up}, {commitment: soy, way: up}]\n    nothing_else: true",
        "no other alert",
        ALERTS[1],
    ),
]


def test_a_fault_stands_at_its_line_and_changes_come_in_their_order(tmp_path: Path) -> None:
    found = faults(tmp_path, "alerts: [{commitment: soy, to: at_risk}, {commitment: soy, from: pledged}]")
    assert [fault.expected for fault in found] == ["alert pledged -> … (status)"]
    (fault,) = faults(tmp_path / "b", "expect:\n      - at: 2026-01-20\n        commitment: soy\n        status: met")
    text = COURSE.splitlines()
    assert fault.line == text.index("    {expected}") + 4


def test_a_failure_tells_what_was_read_in_every_story(tmp_path: Path) -> None:
    twice = COURSE.replace(
        "    {expected}",
        "      - {{at: 2026-02-03, source: Second Wire, title: China buys two cargoes of soybeans}}\n    {expected}",
    )
    rules, (scenario,) = loaded(
        lay(tmp_path, twice.format(expected="expect: [{at: 2026-02-04, commitment: soy, status: met}]"))
    )
    result = run_scenario(scenario, rules)
    assert not result.passed
    assert [line.rpartition(": ")[2] for line in result.read] == [
        "progress, says press [soy/bought]",
        "setback, says press [soy/cancelled]",
        "progress, says cn [soy/bought]",
        "joins an earlier story",
    ]
    assert result.faults[0].words[0] == "why: China buys two cargoes of soybeans"


def test_a_bare_date_looks_back_on_all_stories_of_its_day(tmp_path: Path) -> None:
    late = COURSE.replace("at: 2026-02-02,", "at: 2026-02-02T23:59:30Z,")
    assert "23:59:30" in late
    rules, (scenario,) = loaded(
        lay(tmp_path, late.format(expected="expect: [{at: 2026-02-02, commitment: soy, outlook: steady}]"))
    )
    assert run_scenario(scenario, rules).passed, "although its news settles on the next day only"


DATES = """
scenarios:
  - name: A date of both, and one that is over
    start: 2026-01-05
    standing:
      soy:
        standing: in_force
        deadlines:
          - {{what: order of March, kind: expiry, date: 2026-03-20, said_by: both}}
          - {{what: order of March, kind: expiry, date: 2026-01-02, said_by: us, state: superseded}}
          - {{what: order of May, kind: due, date: 2026-05-20, said_by: us, state: claimed}}
    expect: [{{at: 2026-01-06, commitment: soy, deadlines: [{dates}]}}]
"""


def test_all_open_dates_are_expected_and_past_ones_by_their_state(tmp_path: Path) -> None:
    for number, (dates, right) in enumerate(table("scenario_runner", "dates_expected")):
        rules, (scenario,) = loaded(lay(tmp_path / str(number), DATES.format(dates=dates)))
        assert run_scenario(scenario, rules).passed is right, dates


def test_a_quiet_part_says_nothing_of_the_commitment_that_its_id_begins_with(tmp_path: Path) -> None:
    course = COURSE.format(expected="quiet: [{commitment: soy-annual, until: 2026-02-20}]")
    annual = SOY.replace("id: soy", "id: soy-annual").replace("soybeans", "tankers")
    rules, (scenario,) = loaded(lay(tmp_path, course, **{"soy": SOY, "soy-annual": annual}))
    assert run_scenario(scenario, rules).faults == ()


COUNTS = """
scenarios:
  - name: One counter tells a range, another a number
    start: 2026-01-06
    standing: {{soy: pledged}}
    stories:
      - {{at: 2026-01-09T10:00Z, source: Herald Wire, title: China buys 2 million to 3 million tons of soybeans}}
      - {{at: 2026-01-10T10:00Z, source: Second Wire, title: China buys 4 million tons of soybeans}}
    expect: [{{at: 2026-01-10, commitment: soy, readings: [{readings}]}}]
"""
QUANTITY = SOY.replace(
    "kind: standing",
    "kind: quantity\ntargets: [{amount: 12 Mt, basis: booked, start: 2026-01-01, due: 2026-12-31, label: the year}]",
).replace("in_force: it buys", "met: it buys")


def test_counts_are_expected_counter_by_counter(tmp_path: Path) -> None:
    for number, (readings, right) in enumerate(table("scenario_runner", "readings_expected")):
        rules, (scenario,) = loaded(lay(tmp_path / str(number), COUNTS.format(readings=readings), soy=QUANTITY))
        assert run_scenario(scenario, rules).passed is right, readings


def test_time_alone_moves_a_scenario_without_stories(tmp_path: Path) -> None:
    course = """
scenarios:
  - name: A date passes
    start: 2026-01-05
    standing:
      soy:
        standing: in_force
        deadlines: [{what: order, kind: expiry, date: 2026-01-20, said_by: both}]
    expect:
      - {at: 2026-01-20, commitment: soy, status: in_force, deadline: 2026-01-20}
      - {at: 2026-01-21T00:00Z, commitment: soy, status: lapsed}
    alerts:
      - {commitment: soy, on: 2026-01-21, way: down, to: lapsed, cause: clock}
"""
    rules, (scenario,) = loaded(lay(tmp_path, course))
    assert run_scenario(scenario, rules).faults == ()


def test_a_second_text_under_one_page_corrects_the_first(tmp_path: Path) -> None:
    course = """
scenarios:
  - name: A report is taken back
    start: 2026-01-05
    standing: {soy: pledged}
    stories:
      - {at: 2026-01-09T10:00Z, source: Herald Wire, url: 'https://herald.example/1', title: China buys soybeans}
      - at: 2026-01-09T15:00Z
        source: Herald Wire
        url: 'https://herald.example/1'
        title: 'WITHDRAWN: China buys soybeans'
    alerts:
      - {commitment: soy, to: in_progress, cause: news}
      - {commitment: soy, to: pledged, cause: correction}
"""
    rules, (scenario,) = loaded(lay(tmp_path, course))
    assert run_scenario(scenario, rules).faults == ()


def test_a_scenario_tells_what_a_replay_of_its_stories_tells(tmp_path: Path) -> None:
    rules, (scenario,) = loaded(lay(tmp_path, COURSE.format(expected="quiet: [{until: 2026-01-06}]")))
    entries = [entry_of(story, number) for number, story in enumerate(scenario.shape.stories)]
    replayed = [notation(told.transition.change)[1] for told in Replay(scenario_rulebook(scenario, rules)).run(entries)]
    assert [notation(told.transition.change)[1] for told in play_scenario(scenario, rules).told] == replayed
    assert replayed == ["in_progress", "at_risk", "in_progress"]


def test_an_invalid_expectation_is_reported_at_its_place(tmp_path: Path, wording: GoldenWording) -> None:
    shown = []
    for number, wrong in enumerate(table("scenario_runner", "wrong")):
        root = lay(tmp_path / str(number), COURSE.format(expected=wrong))
        scenarios, issues = check_scenarios(root, load_rulebook(root))
        assert {(issue.path, issue.line) for issue in issues} == {("rules/deal/tests/course.yaml", 9)}
        assert scenarios == () or "soja" in wrong or "signed" in wrong, "correctly spelt scenarios can run"
        shown += [f"{wrong}: {issue.message} ({issue.hint})" for issue in issues]
    wording(shown)


def test_a_scenario_that_asks_nothing_or_has_early_stories_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match=r"course\.yaml:2:5: error\[value_error\]"):
        loaded(lay(tmp_path, COURSE.format(expected="")))
    for number, start in enumerate(("2026-01-10", "2026-01-09T10:01Z")):
        early = COURSE.format(expected="quiet: [{until: 2026-01-06}]").replace("start: 2026-01-05", f"start: {start}")
        with pytest.raises(RuleError, match=r"course\.yaml:2:5: error\[value_error\]"):
            loaded(lay(tmp_path / "b" / str(number), early))


def test_an_unknown_step_at_the_start_is_an_issue_with_its_place(tmp_path: Path) -> None:
    wrong = COURSE.format(expected="quiet: [{until: 2026-01-06}]").replace(
        "{soy: pledged}", "{soy: {standing: pledged, steps: [signed]}}"
    )
    with pytest.raises(RuleError, match=r"course\.yaml:4:\d+: error\[unknown_step\]"):
        loaded(lay(tmp_path, wrong))


def test_a_mistyped_source_is_a_warning_and_an_unknown_one_is_none(tmp_path: Path) -> None:
    course = COURSE.format(expected="quiet: [{until: 2026-01-09}]")
    folder = lay(tmp_path, course.replace("Herald Wire", "Herold Wire", 1).replace("Ministry", "A Blog Somewhere"))
    (scenario,), (issue,) = check_scenarios(folder, load_rulebook(folder))
    assert (issue.severity, issue.code, issue.line) == ("warning", "unknown_source", 6)
    assert "did you mean 'Herald Wire'?" in issue.hint
    assert load_scenarios(folder, load_rulebook(folder)) == (scenario,)


@pytest.mark.slow
def test_the_scenarios_of_the_shipped_rules_come_true() -> None:
    rules = shipped_rules.rulebook()
    scenarios = shipped_rules.scenarios()
    failed = [fault for one in scenarios for fault in run_scenario(one, rules).faults]
    assert failed == []
    assert len(scenarios) >= 61
