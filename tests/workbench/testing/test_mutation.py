"""A clause that can be dropped or changed without a test failing is named with its place; one that a test holds is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.long_work import listened_to_by
from monitor.workbench.rule_clauses import sources_of
from monitor.workbench.testing.mutation import Mutation, mutate
from tests.builders import rules_folder
from tests.builders.scenario_folder import lay, loaded
from tests.builders.work_listener import Heard


def everything(_rule: str) -> bool:
    return True


def mutated(root: Path) -> Mutation:
    rules, scenarios = loaded(root)
    return mutate(rules, sources_of(root, rules), scenarios, everything)


def unnoticed(found: Mutation) -> list[str]:
    return [f"{survivor.rule}: {survivor.what}" for survivor in found.survivors]


BEANS = """\
id: soy
name: China buys soybeans
short: Soybeans
kind: standing
owed_by: cn
baselines: [{as_of: 2026-01-05, standing: pledged, source: "https://ministry.example/pledge"}]
about:
  any: [soybeans]
  never: [soybeans futures, soybeans museum]
acts:
  - id: bought
    polarity: good
    any: ['buys ..8 soybeans', 'imports ..8 soybeans']
    none: [in error]
    examples:
      - {text: China buys soybeans, effect: progress}
      - {text: China buys soybeans in error, effect: none}
      - {text: China buys soybeans futures, effect: not_about}
"""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Mutation:
    return mutated(lay(tmp_path_factory.mktemp("soy"), soy=BEANS))


def test_what_no_test_has_can_be_dropped_unnoticed(found: Mutation) -> None:
    assert "soy/bought: dropping 'imports ..8 soybeans' of any" in unnoticed(found)
    assert "soy/about: dropping 'soybeans museum' of never" in unnoticed(found)


def test_what_a_test_needs_cannot(found: Mutation) -> None:
    needed = ("'buys ..8 soybeans' of any", "'in error' of none", "'soybeans futures' of never", "'soybeans' of any")
    assert not [line for line in unnoticed(found) for clause in needed if line.endswith(f"dropping {clause}")]


def test_a_gap_wider_than_the_tests_need_is_named(found: Mutation) -> None:
    assert "soy/bought: ..8 made ..4 in 'buys ..8 soybeans' of any" in unnoticed(found)


def test_the_clause_that_is_idle_is_not_also_tried_with_a_smaller_gap(found: Mutation) -> None:
    assert not [line for line in unnoticed(found) if "made ..4 in 'imports" in line]


def test_a_survivor_has_its_place_and_the_tests_that_have_it(found: Mutation) -> None:
    line = BEANS.splitlines().index("    any: ['buys ..8 soybeans', 'imports ..8 soybeans']") + 1
    texts = [str(survivor) for survivor in found.survivors]
    assert (
        f"rules/deal/soy.yaml:{line}: soy/bought: dropping 'imports ..8 soybeans' of any fails no test (none has it)"
        in texts
    )
    assert any("..8 made ..4" in text and "(3 have it and pass without it)" in text for text in texts)


def test_what_is_noticed_is_counted_by_kind(found: Mutation) -> None:
    assert found.of_kind("polarity") == (1, 1)
    assert found.of_kind("exclusion") == (2, 3)
    assert found.of_kind("pattern") == (2, 3)
    assert found.share == pytest.approx(1 - len(found.survivors) / found.tried)


def test_only_rules_that_are_wanted_are_changed(tmp_path: Path) -> None:
    rules, scenarios = loaded(rules_folder.write(tmp_path))
    sources = sources_of(tmp_path / "rules", rules)
    with listened_to_by(heard := Heard()):
        found = mutate(rules, sources, scenarios, lambda rule: rule == "talks/held")
    assert heard["changing the rules"][-1] == found.tried
    assert {survivor.rule for survivor in found.survivors} <= {"talks/held"}


def change(tmp_path: Path, old: str, new: str, **more: str) -> list[str]:
    """What is unnoticed in the example deal with one text replaced."""
    assert old in BEANS
    return unnoticed(mutated(lay(tmp_path, soy=BEANS.replace(old, new), **more)))


def test_a_head_mark_counts_where_a_hedge_stands_behind_it(tmp_path: Path) -> None:
    marked = change(tmp_path / "a", "'buys ..8 soybeans'", "'!buys ..8 soybeans'")
    assert "soy/bought: without ! in '!buys ..8 soybeans' of any" in marked
    held = change(
        tmp_path / "b",
        "'buys ..8 soybeans', 'imports ..8 soybeans']\n    none: [in error]\n    examples:\n",
        "'!buys ..8 soybeans', 'imports ..8 soybeans']\n    none: [in error]\n    examples:\n"
        "      - {text: China buys what it plans to call soybeans, effect: progress}\n",
    )
    assert not [line for line in held if "without !" in line]


def test_a_mark_for_the_start_of_a_clause_and_a_part_inside_a_group_are_tried(tmp_path: Path) -> None:
    lines = change(tmp_path, "'buys ..8 soybeans'", "'^China (buys ..8 soybeans|takes ..6 in)'")
    assert "soy/bought: without ^ in '^China (buys ..8 soybeans|takes ..6 in)' of any" in lines
    assert "soy/bought: ..8 made ..4 in '^China (buys ..8 soybeans|takes ..6 in)' of any" in lines


def test_each_condition_is_dropped(tmp_path: Path) -> None:
    lines = change(
        tmp_path, "    none: [in error]", "    none: [in error]\n    only_if: {field: [title], document: [news]}"
    )
    assert "soy/bought: dropping field of only_if" in lines
    assert "soy/bought: dropping document of only_if" in lines


def test_giving_way_is_held_by_the_example_that_gives_way(tmp_path: Path) -> None:
    ships = BEANS.replace("id: soy", "id: ships").replace("soybeans", "tankers")
    way = (
        "never: [soybeans futures, soybeans museum]\n  gives_way_to: [{commitment: ships, when: [by tankers, by ship]}]"
    )
    given = change(tmp_path, "never: [soybeans futures, soybeans museum]", way, ships=ships)
    assert "soy/about: dropping 'by tankers' of gives_way_to" in given
    example = "      - {text: China buys soybeans, effect: progress}\n"
    more = f"{example}      - {{text: China buys soybeans by tankers, effect: not_about}}\n"
    text = BEANS.replace("never: [soybeans futures, soybeans museum]", way).replace(example, more)
    held = unnoticed(mutated(lay(tmp_path / "held", soy=text, ships=ships)))
    assert "soy/about: dropping 'by tankers' of gives_way_to" not in held
    assert "soy/about: dropping 'by ship' of gives_way_to" in held


COURSE = """\
scenarios:
  - name: Imports count
    start: 2026-01-05
    stories: [{at: 2026-01-09, source: Herald Wire, title: China imports soybeans}]
    expect: [{at: 2026-01-09, commitment: soy, standing: %s}]
"""


def test_a_scenario_notices_what_no_example_has(tmp_path: Path) -> None:
    lines = unnoticed(mutated(lay(tmp_path, COURSE % "in_progress", soy=BEANS)))
    assert "soy/bought: dropping 'imports ..8 soybeans' of any" not in lines


def test_a_test_that_fails_already_notices_nothing(tmp_path: Path) -> None:
    lines = unnoticed(mutated(lay(tmp_path, COURSE % "in_force", soy=BEANS)))
    assert "soy/bought: dropping 'imports ..8 soybeans' of any" in lines


def test_a_reading_by_status_is_noticed_by_a_scenario_alone(tmp_path: Path) -> None:
    reading = "    none: [in error]\n    when_status: [{under: [pledged], read: {progress: delivered}}]"
    text = BEANS.replace("    none: [in error]", reading)
    assert "soy/bought: dropping the reading under pledged of when_status" in unnoticed(
        mutated(lay(tmp_path / "a", soy=text))
    )
    by_official = COURSE.replace("Herald Wire", "Ministry") % "in_force"
    held = unnoticed(mutated(lay(tmp_path / "b", by_official, soy=text)))
    assert not [line for line in held if "when_status" in line]


def test_a_phase_is_dropped(tmp_path: Path) -> None:
    phases = "phases: {early: {under: [pledged]}}\nacts:\n"
    text = BEANS.replace("acts:\n", phases, 1).replace("    none: [in error]", "    in: early\n    none: [in error]", 1)
    given = mutated(lay(tmp_path, soy=text))
    (found,) = [one for one in given.survivors if "phase" in one.what]
    line = text[: text.index("in: early")].count("\n") + 1
    assert (found.rule, found.line, found.what) == ("soy/bought", line, "dropping the phase early")
