from __future__ import annotations

from pathlib import Path

import pytest

from monitor.domain.matching.match import RejectionKind
from monitor.domain.matching.near_misses import MismatchKind
from monitor.domain.model import Effect, Story
from monitor.errors import RuleError
from monitor.workbench.trial_run import TrialResult, prepare_trial, run_trial
from tests.builders import rules_folder
from tests.builders.tables import table

CORN = """\
id: corn
name: China buys corn
short: Corn
kind: standing
owed_by: cn
baselines: [{as_of: 2025-09-15, standing: pledged, source: "https://example.org/d"}]
use: [words]
about: {any: ['{cn} ..8 corn']}
acts:
  - id: bought
    polarity: good
    any: ['{cn} ..4 (buys|books) ..4 corn']
    not: {sweets: sweet}
"""
TITLES = table("trial_run", "titles")


def stories(*titles: str) -> list[Story]:
    return [rules_folder.story(title) for title in titles]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return rules_folder.write(tmp_path / "desk")


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    path = tmp_path / "corn.yaml"
    path.write_text(CORN, encoding="utf-8")
    return path


@pytest.fixture
def outcome(draft: Path, folder: Path) -> TrialResult:
    return run_trial(prepare_trial(draft, folder, folder), stories(*TITLES))


# ---------------------------------------------------------------- the file among the rest of its rulebook


def test_a_file_is_tried_with_the_folder_named_or_its_own(draft: Path, folder: Path, tmp_path: Path) -> None:
    trial = prepare_trial(draft, folder, Path("nowhere"))
    assert (trial.topic.commitment, trial.warnings) == ("corn", ())
    assert {topic.commitment for topic in trial.rulebook.matcher.topics} == {"corn"}
    assert not (folder / "trial").exists()
    trial = prepare_trial(folder / "deal" / "beans.yaml", None, tmp_path)
    assert {topic.commitment for topic in trial.rulebook.matcher.topics} == {"beans", "talks"}


def test_a_copy_replaces_the_file_of_its_id_and_a_part_joins_the_deal_of_its_parent(
    folder: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "new-beans.yaml"
    copy.write_text(rules_folder.COMMITMENT.replace("soybean oil", "soybean paste"), encoding="utf-8")
    found = run_trial(prepare_trial(copy, folder, folder), stories("China buys soybean oil"))
    assert [hit.signal.effect for hit in found.hits] == [Effect.PROGRESS]
    part = tmp_path / "beans-corn.yaml"
    part.write_text(CORN.replace("id: corn", "id: beans-corn"), encoding="utf-8")
    trial = prepare_trial(part, folder, folder)
    assert trial.rulebook.commitments["beans-corn"].deal == "deal"


def test_faults_are_told_at_their_place_in_the_file_itself(draft: Path, folder: Path) -> None:
    draft.write_text(CORN.replace("{cn} ..8", "{china} ..8"), encoding="utf-8")
    with pytest.raises(RuleError) as raised:
        prepare_trial(draft, folder, folder)
    (issue,) = raised.value.issues
    assert (issue.path, issue.line, issue.code) == (str(draft), 8, "unknown_set")
    for text in ("\tid: corn\n", "id: [corn\n", "- corn\n", ""):
        draft.write_text(text, encoding="utf-8")
        with pytest.raises(RuleError) as raised:
            prepare_trial(draft, folder, folder)
        assert {issue.path for issue in raised.value.issues} == {str(draft)}


# ---------------------------------------------------------------- over stories


def test_matches_have_their_effects_and_near_misses_their_clause(outcome: TrialResult) -> None:
    assert outcome.stories == len(TITLES)
    assert [(hit.story.title, hit.signal.effect) for hit in outcome.hits][:2] == [
        ("China buys US corn", Effect.PROGRESS),
        ("China books ten cargoes of corn", Effect.PROGRESS),
    ]
    assert "Brazil wins the cup" not in [hit.story.title for hit in outcome.hits]
    found = [(failing.fault, failing.clause, len(failing.misses)) for failing in outcome.failing]
    assert found == [
        (MismatchKind.GAP, "{cn} ..4 (buys|books)", 1),
        (RejectionKind.EXCLUDED, "kept out as sweets: sweet", 2),
        (MismatchKind.GROUP, "(buys|books)", 1),
    ]
    assert {(miss.now, miss.near.effect) for failing in outcome.failing for miss in failing.misses} == {
        (Effect.NONE, Effect.PROGRESS)
    }


def test_an_act_that_lacks_what_the_story_must_be_about_is_a_near_miss(draft: Path, folder: Path) -> None:
    draft.write_text(CORN.replace("'{cn} ..8 corn'", "'{us} ..3 corn'"), encoding="utf-8")
    found = run_trial(prepare_trial(draft, folder, folder), stories("China buys yellow corn"))
    (failing,) = found.failing
    assert (failing.fault, failing.clause, failing.misses[0].now) == (MismatchKind.ABOUT, "about: {us}", None)
