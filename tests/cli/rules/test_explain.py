"""`rules explain`: where the story comes from, what is shown, what is refused; and the words of marks and sets."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from monitor.cli.screen import WIDTH, display_width, wrapped
from tests.builders import rules_folder
from tests.builders.golden_wording import GoldenWording
from tests.builders.small_rulebook import BUYS
from tests.builders.working_folder import Desk, command, objects

HEADLINE = "China may buy ten cargoes of US soybeans after it bans soybean oil"
LINE = {"id": "n1", "published": "2026-02-03T09:00:00Z", "source": "Grain Daily", "title": "China buys US soybeans"}
FRAMES = """\
  - id: taxed
    polarity: bad
    frames:
      - {event: '<tax/levy>', agent: '{cn}', patient: '{beans}'}
      - {event: '<report>', patient: 'taxing ..near {beans}', via: '{cn}'}
"""
TALKS_ABOUT = "['{cn} ..8 (call|talks)', '(call|talks) ..8 {cn}']"
CARS = rules_folder.TALKS.replace("id: talks", "id: cars").replace(TALKS_ABOUT, "['<car/automobile+> + {us}']")
WIDE = """\
sets:
  lift: {means: off, eg: [x], en: [<lift/do away with>, <removal+>, free*], zh: [取消]}
  cut: [<halve>, cut ..near rate]
  relieve: [spared, '{lift}', '{cut}']
"""


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    folder = rules_folder.write(tmp_path, beans=rules_folder.COMMITMENT + FRAMES, cars=CARS)
    (folder / "vocabulary" / "wide.yaml").write_text(WIDE, encoding="utf-8")
    return folder


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    path = tmp_path / "stories.jsonl.gz"
    with gzip.open(path, "wt", encoding="utf-8") as stream:
        for number, title in enumerate(("China buys soybeans", "China buys soybean oil", "Brazil wins the cup"), 1):
            line = LINE | {"id": f"n{number}", "title": title, "published": f"2026-02-0{number}"}
            stream.write(json.dumps(line) + "\n")
    return path


def explained(*arguments: str | Path) -> str:
    result = command("rules", "explain", *arguments)
    assert result.exit_code == 0, result.stderr
    return result.stdout


def facts(*arguments: str | Path) -> dict[str, Any]:
    (found,) = objects(explained(*arguments, "--json"))
    return found


def line(title: str, summary: str = "") -> str:
    return json.dumps(LINE | {"title": title, "summary": summary}, ensure_ascii=False)


# ---------------------------------------------------------------- which story


def test_a_story_is_a_headline_a_json_line_or_an_id(rules: Path, archive: Path) -> None:
    assert facts("China buys soybeans", rules)["story"]["lang"] == "en"
    assert facts("中国采购美国大豆", rules)["story"]["lang"] == "zh"
    found = facts(json.dumps(LINE), rules)
    assert (found["story"]["id"], found["commitments"][0]["effect"]) == ("n1", "progress")
    piped = command("rules", "explain", "-", rules, "--json", given=json.dumps(LINE) + "\n")
    assert objects(piped.stdout) == [found]
    assert facts("n3", rules, "--stories", archive)["story"]["title"] == "Brazil wins the cup"
    for title in ("<b>China</b> buys US soybeans...", "China buys ~5 cargoes of US soybeans", "Wait... China buys"):
        assert facts(title, rules)["story"]["title"] == title
    assert facts(line("China buys {more} soybeans"), rules)["story"]["id"] == "n1"


def test_an_id_or_its_beginning_is_looked_up_in_the_database(desk: Desk) -> None:
    desk.hear(BUYS)
    with desk.reading() as conn:
        name = conn.exec_driver_sql("SELECT id FROM story").scalar_one().hex()
    for beginning in (name, name[:4]):
        (found,) = objects(desk.run("rules", "explain", beginning, "--json").stdout)
        assert found["story"]["title"] == BUYS
        assert [each["commitment"] for each in found["commitments"]] == ["soy"], "by the configured rules"
    assert f"publisher {found['story']['publisher']['provenance']}" in desk.run("rules", "explain", name).stdout


def test_a_word_that_is_no_id_is_read_as_a_headline(desk: Desk, wording: GoldenWording) -> None:
    result = desk.run("rules", "explain", "soybeans", desk.folder / "rules")
    assert result.exit_code == 0
    wording(result.stderr)


def test_an_argument_that_is_no_story_is_refused(rules: Path, archive: Path, wording: GoldenWording) -> None:
    cases: list[list[str | Path]] = [
        ["", rules],
        ["  ", rules],
        ["{not json", rules],
        ['{"id": "n1"}', rules],
        ["n9", rules, "--stories", archive],
        [HEADLINE, rules, "--commitment", "baens"],
    ]
    for arguments in cases:
        result = command("rules", "explain", *arguments)
        assert result.exit_code == 2, arguments
        wording(result.stderr)


# ---------------------------------------------------------------- what is shown


def test_explanations_as_text(rules: Path, wording: GoldenWording) -> None:
    for story in (
        line("China may buy US soybeans after it bans soya"),
        line("China buys soybean oil"),
        line("China buys soybeans", "China buys soybeans. " * 3),
        line("MOFCOM says China books 12 million tons of soybeans by 31 December 2025"),
        line("Soybeans fill the silos"),
        line("China again taxes US soybeans"),
        line("US soybeans are taxed again by Japan"),
        line("Ministers tax automobiles"),
    ):
        shown = explained(story, rules)
        assert max(display_width(text) for text in shown.splitlines()) <= WIDTH
        wording(shown)
    wide = explained(line("商务部：中国将采购六船美国大豆，" * 6, HEADLINE), rules)
    assert max(display_width(text) for text in wide.splitlines()) <= WIDTH


def test_recorded_readings_show_refused_matches_and_differences(
    rules: Path, archive: Path, tmp_path: Path, wording: GoldenWording
) -> None:
    said = {"commitment": "beans", "effect": "threat", "says": "cn", "quote": "buys soybeans"}
    invented = said | {"commitment": "talks", "quote": "not in the text"}
    path = tmp_path / "readings.jsonl"
    recorded = {"id": "n1", "matches": [said, invented], "model": "qwen3:8b", "question": "1a2b"}
    path.write_text(json.dumps(recorded) + "\n", encoding="utf-8")
    options = ("--stories", archive, "--readings", path)
    (reading,) = facts("n1", rules, *options)["readers"]["readings"]
    assert [bool(match["refused"]) for match in reading["matches"]] == [False, True]
    wording(explained("n1", rules, *options).partition("readings")[2])
    assert facts("n2", rules, *options)["readers"] is None


def test_the_frame_that_decided_is_shown_with_its_own_line(rules: Path) -> None:
    (seen,) = facts("China reports taxing US soybeans", rules)["commitments"]
    by_head = {act["head"]: act for act in seen["acts"]}
    number = (rules_folder.COMMITMENT + FRAMES).splitlines().index(FRAMES.splitlines()[4]) + 1
    assert by_head["reports"]["roles"][0] == {"role": "event", "pattern": "<report>", "words": "reports"}
    assert by_head["reports"]["written"] == f"rules/deal/beans.yaml:{number}"
    assert by_head["taxing"]["written"] == f"rules/deal/beans.yaml:{number - 1}"


def test_lines_break_at_words_and_between_chinese_characters() -> None:
    assert list(wrapped("one two", 2, 4)) == ["  one two"]
    chinese = list(wrapped("采购" * 30))
    assert [display_width(text) for text in chinese] == [80, 40]
    assert "".join(chinese) == "采购" * 30
