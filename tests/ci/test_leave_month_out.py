"""What leaving a month out takes from a rulebook; the figures on real news are `.ci/shared-months`'s."""

import importlib
from pathlib import Path
from typing import Any

import pytest

from monitor.domain.matching.match import match
from monitor.domain.matching.rules import Rulebook
from monitor.domain.model import Effect
from tests.builders.rules_folder import story
from tests.builders.small_rulebook import SOY, rulebook

CI = Path(__file__).resolve().parents[2] / ".ci"
pytestmark = pytest.mark.skipif(not CI.is_dir(), reason="a source archive has no .ci")

RULES = SOY.replace("any: [buys]", "any: ['(buy|buys|bought|grabs) ..6 soybeans', snaps up]").replace(
    "{any: [soybeans]}", "{any: [soybeans], not: {sellers: [Brazil, Canada]}}"
)
NOVEMBER = ("China buys US soybeans", "China snaps up soybeans", "Brazil buys soybeans")
DECEMBER = ("China grabs US soybeans", "China bought soybeans", "Canada buys soybeans", "China buys more soybeans")


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(CI))
    return importlib.import_module("leave_month_out")


def recorded(script: Any, folder: Path) -> Any:
    """What the rules did with the stories of both months."""
    support = script.Support(rulebook(folder, soy=RULES))
    for month, titles in (("2025-11", NOVEMBER), ("2025-12", DECEMBER)):
        for title in titles:
            support.record(story(title), month)
    return support


def effects(rules: Rulebook, *titles: str) -> list[Effect | None]:
    """The effect of each title; None for one that is not about the commitment."""
    return [next((signal.effect for signal in match(story(title), rules)), None) for title in titles]


def test_a_pattern_that_decided_in_the_month_alone_is_struck(script: Any, tmp_path: Path) -> None:
    support = recorded(script, tmp_path)
    assert effects(support.rulebook, "China snaps up soybeans") == [Effect.PROGRESS]
    assert effects(support.without("2025-11"), "China snaps up soybeans") == [Effect.NONE]
    assert effects(support.without("2025-12"), "China snaps up soybeans") == [Effect.PROGRESS]


def test_an_option_that_stood_in_no_match_of_another_month_is_struck(script: Any, tmp_path: Path) -> None:
    support = recorded(script, tmp_path)
    titles = "China grabs US soybeans", "China buys US soybeans"
    assert effects(support.without("2025-12"), *titles) == [Effect.NONE, Effect.PROGRESS]
    assert effects(support.without("2025-11"), *titles) == [Effect.PROGRESS, Effect.PROGRESS]


def test_the_forms_of_a_verb_are_one_option(script: Any, tmp_path: Path) -> None:
    support = recorded(script, tmp_path)
    assert effects(support.without("2025-12"), "China bought soybeans") == [Effect.PROGRESS]


def test_a_role_frame_is_one_pattern_in_all_its_orders(script: Any, tmp_path: Path) -> None:
    frame = "event: <buy>\n    agent: China\n    patient: soybeans"
    support = script.Support(rulebook(tmp_path, soy=SOY.replace("any: [buys]", frame)))
    for month, title in (("2025-11", "China buys US soybeans"), ("2025-12", "US soybeans were bought by China")):
        support.record(story(title), month)
    assert effects(support.without("2025-12"), "US soybeans were bought by China") == [Effect.PROGRESS]


def test_an_exclusion_that_kept_nothing_out_in_another_month_is_struck(script: Any, tmp_path: Path) -> None:
    support = recorded(script, tmp_path)
    titles = "Brazil buys soybeans", "Canada buys soybeans"
    assert effects(support.rulebook, *titles) == [None, None]
    assert effects(support.without("2025-11"), *titles) == [Effect.PROGRESS, None]
    assert effects(support.without("2025-12"), *titles) == [None, Effect.PROGRESS]


def test_what_decided_one_story_or_none_is_listed_by_file(script: Any, tmp_path: Path) -> None:
    listed = list(script.little_used(recorded(script, tmp_path)))
    assert listed[0] == f"{tmp_path.name}/deal/soy.yaml: 4"
    assert [line.split(": ", 2)[2].split("<-")[0].strip() for line in listed[1:5]] == [
        "Brazil", "Canada", "snaps up", "cancels",
    ]  # fmt: skip
    assert "excluded: 2 of 2" in listed
