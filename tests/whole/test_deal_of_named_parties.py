"""A deal that names a party of its own: from rule files to the JSON of `match`, a verdict by its official text, and
the question."""

import json
from pathlib import Path

import pytest

from monitor.domain.model import Effect, ReadMatch, Says
from monitor.domain.reading.exchange import answer_schema, checked_answer
from monitor.domain.reading.question import speakers
from monitor.render.reader_question import reader_questions
from monitor.rulebook.load import check_rulebook
from monitor.rulebook.testing.examples import run_examples
from monitor.rulebook.testing.scenarios import load_scenarios
from monitor.workbench.scenario_runner import run_scenario
from tests.builders import eu_deal
from tests.builders.rendered_messages import TEMPLATES
from tests.builders.rules_folder import story
from tests.builders.working_folder import command, objects

SCRAPS = "EU scraps duties on US industrial goods"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = eu_deal.write(tmp_path_factory.mktemp("eu"))
    (root / "eu-us" / "tests").mkdir()
    (root / "eu-us" / "tests" / "eu.yaml").write_text(eu_deal.ANSWERED, encoding="utf-8")
    return root


def test_its_rules_are_sound_and_pass_their_own_examples(folder: Path) -> None:
    rules, issues = check_rulebook(folder)
    assert issues == ()
    assert rules is not None
    assert [result for result in run_examples(rules) if not result.passed] == []


def test_its_own_official_text_confirms_what_a_wire_reports(folder: Path) -> None:
    rules, _ = check_rulebook(folder)
    assert rules is not None
    (scenario,) = load_scenarios(folder, rules)
    assert run_scenario(scenario, rules).faults == ()


def test_match_gives_its_id_as_who_acts_and_who_speaks(folder: Path) -> None:
    lines = [
        {"id": "1", "published": "2025-11-10T08:00Z", "source": "European Commission", "title": SCRAPS},
        {"id": "2", "published": "2025-11-10T08:00Z", "source": "Rhine Wire", "title": "EU and US open steel quota"},
    ]
    given = "".join(json.dumps(line) + "\n" for line in lines)
    rows = objects(command("match", "--rules", folder, "--json", given=given).stdout)
    assert [(match["by"], match["says"]) for row in rows for match in row["matches"]] == [
        ("eu", "eu"),
        ("both", "press"),
    ]


def test_replay_names_it_where_it_has_not_confirmed_a_report(folder: Path, tmp_path: Path) -> None:
    line = {"id": "1", "published": "2025-11-10T08:00Z", "source": "Rhine Wire", "title": SCRAPS}
    stories = tmp_path / "stories.jsonl"
    stories.write_text(json.dumps(line) + "\n", encoding="utf-8")
    told = objects(command("replay", "--rules", folder, "--json", stories).stdout)
    assert [row["reason"] for row in told] == [
        "would be IN FORCE if confirmed; so far only Rhine reports it; no statement from the EU seen yet"
    ]


def test_a_reader_may_name_it_as_whose_word_a_sentence_is(folder: Path) -> None:
    rules, _ = check_rulebook(folder)
    assert rules is not None
    (question,), known = reader_questions(rules, TEMPLATES).values(), speakers(rules)
    asked, text = question.commitments, question.text
    assert {*map(str, Says), "eu", "us", "eu+us"} <= known
    assert "SAYS, whose word it is: eu (officials, law, court or state media of the EU), us (" in text
    assert "both, company, data" in text
    assert '"eu+us"' in json.dumps(answer_schema(asked, known, 1))
    match = {"commitment": "eu-duties", "effect": "delivered", "says": "eu", "quote": SCRAPS}
    answer = json.dumps({"stories": [{"id": "1", "matches": [match, {**match, "says": "jp"}]}]})
    (read,) = checked_answer(answer, [story(SCRAPS)], asked, known).answered.values()
    assert read.matches == (ReadMatch("eu-duties", Effect.DELIVERED, Says("eu"), SCRAPS),)
