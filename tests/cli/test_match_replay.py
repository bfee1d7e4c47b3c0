"""`match` and `replay` keep what outside tools rely on: the lines, their order, their keys, and plain errors."""

import gzip
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.builders.golden_wording import GoldenWording
from tests.builders.small_rulebook import SOY
from tests.builders.story_lines import saved, story
from tests.builders.working_folder import command, objects

MATCH_KEYS = ["commitment", "effect", "by", "says", "rule", "quote"]
REPLAY_KEYS = [
    *("at", "commitment", "kind", "way", "from", "to", "standing", "outlook", "cause", "reason", "flags"),
    "evidence",
]

BUYS = story("buys", "2026-02-02T09:00:00Z", "China buys soybeans from the United States")
CANCELS = story("cancels", "2026-02-05T09:00:00Z", "China cancels orders of soybeans from the United States")
WHEAT = story("wheat", "2026-02-03T09:00:00Z", "Argentina sells wheat to Egypt and Algeria")
PLAN = story("plan", "2026-02-04T09:00:00Z", "China plans to build a bigger port for soybeans")


def matched(small_rules: Path, *lines: str) -> list[dict[str, Any]]:
    result = command("match", "--rules", small_rules, "--json", given="".join(f"{line}\n" for line in lines))
    assert result.exit_code == 0, result.stderr
    return objects(result.stdout)


def replayed(small_rules: Path, stories: Path) -> list[dict[str, Any]]:
    result = command("replay", "--rules", small_rules, "--json", stories)
    assert result.exit_code == 0, result.stderr
    return objects(result.stdout)


def test_match_answers_each_line_with_one_line_in_the_same_order(small_rules: Path) -> None:
    answers = matched(small_rules, CANCELS, WHEAT, BUYS, PLAN)
    assert [answer["id"] for answer in answers] == ["cancels", "wheat", "buys", "plan"]
    effects = [[m["effect"] for m in answer["matches"]] for answer in answers]
    assert effects == [["setback"], [], ["progress"], ["none"]]


def test_match_gives_exactly_the_keys_of_the_contract(small_rules: Path) -> None:
    (answer,) = matched(small_rules, BUYS)
    assert list(answer) == ["id", "matches"]
    (match,) = answer["matches"]
    assert list(match) == MATCH_KEYS
    assert (match["commitment"], match["rule"], match["by"]) == ("soy", "soy/bought", "cn")
    assert match["quote"] in json.loads(BUYS)["title"]


def test_files_are_read_plain_and_packed(small_rules: Path, tmp_path: Path) -> None:
    plain, packed = saved(tmp_path, BUYS, WHEAT), tmp_path / "stories.jsonl.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    for file in (plain, packed):
        result = command("match", "--rules", small_rules, "--json", file)
        assert objects(result.stdout) == matched(small_rules, BUYS, WHEAT)
    assert replayed(small_rules, packed) == replayed(small_rules, plain) != []


def test_without_json_match_prints_the_stories_that_say_something_and_replay_what_moved(
    small_rules: Path, tmp_path: Path
) -> None:
    result = command("match", "--rules", small_rules, saved(tmp_path, WHEAT, BUYS))
    assert result.stdout.splitlines()[0] == json.loads(BUYS)["title"]
    assert "soy: progress" in result.stdout
    assert "wheat" not in result.stdout
    assert result.stderr == "1 story without a signal\n"
    result = command("replay", "--rules", small_rules, saved(tmp_path, BUYS))
    assert "Soybeans: pledged -> in progress  (status" in result.stdout
    assert "China buys soybeans" in result.stdout


def test_half_a_character_comes_back_as_it_came_and_is_printed_as_a_mark(small_rules: Path, tmp_path: Path) -> None:
    broken = BUYS.replace('"buys"', '"\\ud83d"').replace("China buys", "\\ud83d China buys")
    (answer,) = matched(small_rules, broken)
    assert (answer["id"], [m["effect"] for m in answer["matches"]]) == ("\ud83d", ["progress"])
    result = command("match", "--rules", small_rules, saved(tmp_path, broken))
    assert result.stdout.splitlines()[0] == "\ufffd China buys soybeans from the United States"


def test_replay_gives_exactly_the_keys_of_the_contract(small_rules: Path, tmp_path: Path) -> None:
    first, second = replayed(small_rules, saved(tmp_path, BUYS, WHEAT, CANCELS))
    assert list(first) == list(second) == REPLAY_KEYS
    assert (first["from"], first["to"], first["way"], first["cause"]) == ("pledged", "in_progress", "up", "news")
    assert (second["to"], second["standing"], second["way"]) == ("at_risk", "in_progress", "down")
    assert first["at"] == "2026-02-02T09:01:30+00:00", "90 seconds let the other outlets come in"
    assert [list(evidence) for evidence in first["evidence"]] == [["story", "rule", "quote"]]
    assert first["evidence"][0]["story"] == "buys"


def test_the_verdicts_file_has_every_verdict_announced_or_not(small_rules: Path, tmp_path: Path) -> None:
    stories, file = saved(tmp_path, BUYS, WHEAT, CANCELS), tmp_path / "verdicts.jsonl"
    told, _ = replayed(small_rules, stories)
    assert command("replay", "--rules", small_rules, "--verdicts", file, stories).stdout
    lines = objects(file.read_text(encoding="utf-8"))
    assert {tuple(line) for line in lines} == {("at", "commitment", "standing", "outlook", "flags", "reason")}
    soy = [line for line in lines if line["commitment"] == "soy"]
    assert (soy[0]["at"], soy[0]["standing"]) == ("2026-02-02T08:59:00+00:00", "pledged"), "it starts with a baseline"
    begun = {key: told[key] for key in ("at", "commitment", "standing", "outlook", "flags", "reason")}
    assert begun in soy
    assert (soy[-1]["standing"], soy[-1]["outlook"]) == ("in_progress", "at_risk")
    assert [line["at"] for line in lines] == sorted(line["at"] for line in lines)
    said = [(line["commitment"], line["standing"], line["outlook"], *line["flags"]) for line in lines]
    assert len(set(said)) == len(said), "a line has news"


def test_replay_takes_stories_in_time_order_whatever_the_order_of_the_file(small_rules: Path, tmp_path: Path) -> None:
    ordered = saved(tmp_path, BUYS, CANCELS, WHEAT, name="sorted.jsonl")
    assert replayed(small_rules, saved(tmp_path, CANCELS, WHEAT, BUYS)) == replayed(small_rules, ordered)


def test_an_edited_story_is_quoted_from_the_line_that_carries_the_quote(small_rules: Path, tmp_path: Path) -> None:
    page = json.loads(WHEAT) | {"url": "https://herald.example/live", "id": "draft"}
    final = json.loads(CANCELS) | {"url": "https://herald.example/live", "id": "final"}
    (told,) = replayed(small_rules, saved(tmp_path, json.dumps(page), json.dumps(final)))
    assert told["evidence"][0]["story"] == "final"


def test_a_lost_report_is_told_as_a_correction_with_what_it_had_said(small_rules: Path, tmp_path: Path) -> None:
    gone = json.loads(BUYS) | {"id": "gone", "published": "2026-02-02T12:00:00Z"}
    gone |= {"title": "WITHDRAWN: China buys soybeans from the United States"}
    _, told = replayed(small_rules, saved(tmp_path, BUYS, json.dumps(gone)))
    assert (told["cause"], told["from"], told["to"]) == ("correction", "in_progress", "pledged")
    assert [evidence["story"] for evidence in told["evidence"]] == ["buys"]


def readings(tmp_path: Path, *lines: dict[str, Any]) -> Path:
    return saved(tmp_path, *map(json.dumps, lines), name="readings.jsonl")


def soy(effect: str, quote: str) -> dict[str, str]:
    return {"commitment": "soy", "effect": effect, "says": "press", "quote": quote}


def test_match_takes_recorded_readings_in_place_of_a_reader(small_rules: Path, tmp_path: Path) -> None:
    stories = saved(
        tmp_path,
        story("a", "2026-01-08", "China buys soybeans"),
        story("b", "2026-01-08", "China buys soybeans again"),
        story("c", "2026-01-08", "Cargoes of the bean leave for Dalian"),
    )
    read = readings(tmp_path, {"id": "a", "matches": []}, {"id": "c", "matches": [soy("progress", "leave for Dalian")]})
    lines = objects(command("match", "--rules", small_rules, "--readings", read, "--json", stories).stdout)
    found = {line["id"]: [(m["rule"], m["effect"]) for m in line["matches"]] for line in lines}
    assert found == {"a": [], "b": [("soy/bought", "progress")], "c": [("soy/reader", "progress")]}
    assert {*lines[1]["matches"][0]} == {*lines[2]["matches"][0]}


def test_replay_takes_recorded_readings_of_a_packed_file(small_rules: Path, tmp_path: Path) -> None:
    stories = saved(tmp_path, story("a", "2026-01-08", "Cargoes of the bean leave for Dalian"))
    plain, packed = readings(tmp_path, {"id": "a", "matches": [soy("setback", "leave for")]}), tmp_path / "r.jsonl.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    (told,) = objects(command("replay", "--rules", small_rules, "--readings", packed, "--json", stories).stdout)
    assert (told["to"], [each["rule"] for each in told["evidence"]]) == ("at_risk", ["soy/reader"])
    assert replayed(small_rules, stories) == []


@pytest.mark.parametrize("name", ["match", "replay"])
def test_matches_of_readings_that_cannot_count_are_told(name: str, small_rules: Path, tmp_path: Path) -> None:
    stories = saved(tmp_path, story("a", "2026-01-08", "China buys soybeans"))
    read = readings(tmp_path, {"id": "a", "matches": [soy("breach", "sells wheat")]})
    done = command(name, "--rules", small_rules, "--readings", read, stories)
    assert "matches refused: 1; the first, soy breach “sells wheat”: its quote is not in the text" in done.stderr


@pytest.mark.parametrize(("word", "why"), [({"effect": "joy"}, "effect 'joy'"), ({"says": "me"}, "speaker 'me'")])
def test_an_unknown_effect_or_speaker_refuses_that_match_alone(
    word: dict[str, str], why: str, small_rules: Path, tmp_path: Path
) -> None:
    stories = saved(
        tmp_path,
        story("a", "2026-01-08", "China buys soybeans"),
        story("b", "2026-01-08", "Cargoes of the bean leave for Dalian"),
    )
    bad, good = soy("progress", "buys") | word, soy("progress", "leave for Dalian")
    read = readings(tmp_path, {"id": "a", "matches": [bad]}, {"id": "b", "matches": [good]})
    done = command("match", "--rules", small_rules, "--readings", read, "--json", stories)
    found = {line["id"]: [match["rule"] for match in line["matches"]] for line in objects(done.stdout)}
    assert found == {"a": ["soy/bought"], "b": ["soy/reader"]}, "of what it does not say for sure the rules speak alone"
    assert "matches refused: 1" in done.stderr
    assert why in done.stderr


@pytest.mark.parametrize(
    "line",
    [
        "{",
        '{"id": "a"}',
        '{"id": "a", "matches": null}',
        '["a"]',
        '{"id": "a", "matches": [{"commitment": "soy", "effect": "none", "says": "us", "quote": 7}]}',
        '{"id": 7, "matches": []}',
    ],
)
def test_a_line_that_is_no_reading_is_named_with_file_and_line(
    line: str, small_rules: Path, tmp_path: Path, wording: GoldenWording
) -> None:
    stories = saved(tmp_path, story("a", "2026-01-08", "China buys soybeans"))
    read = saved(tmp_path, '{"id": "b", "matches": []}', line, name="readings.jsonl")
    done = command("match", "--rules", small_rules, "--readings", read, stories)
    assert done.exit_code == 2
    assert f"{read}:2: " in done.stderr
    wording(done.stderr.replace(str(read), "readings.jsonl"))


BROKEN = {
    "no JSON": '{"id": "a", ',
    "a list": '["a"]',
    "no title": '{"id": "a", "published": "2026-02-02"}',
    "a number for an id": '{"id": 7, "title": "t", "published": "2026-02-02"}',
    "no date": '{"id": "a", "title": "t"}',
    "no such date": '{"id": "a", "title": "t", "published": "2026-02-30"}',
    "a date before all time": '{"id": "a", "title": "t", "published": "0001-01-01T00:00:00+10:00"}',
    "lists in lists": "[" * 100_000,
}


@pytest.mark.parametrize("line", BROKEN.values(), ids=BROKEN)
@pytest.mark.parametrize("name", ["match", "replay"])
def test_a_line_that_is_no_story_is_named_with_file_and_line(
    name: str, line: str, small_rules: Path, tmp_path: Path
) -> None:
    path = saved(tmp_path, BUYS, "", line)
    result = command(name, "--rules", small_rules, "--json", path)
    assert result.exit_code == 2
    assert result.stderr.startswith(f"error: {path}:3: ")
    assert "Traceback" not in result.stderr
    assert isinstance(result.exception, SystemExit)


def test_match_has_answered_the_lines_before_the_broken_one(small_rules: Path, tmp_path: Path) -> None:
    result = command("match", "--rules", small_rules, "--json", saved(tmp_path, BUYS, WHEAT, "{"))
    assert [answer["id"] for answer in objects(result.stdout)] == ["buys", "wheat"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("stories.jsonl", BUYS.encode() + b'\n{"id": "\xff"}\n'),
        ("stories.jsonl.gz", b"no gzip at all"),
        ("stories.jsonl.gz", gzip.compress(BUYS.encode() * 50)[:-20]),
    ],
    ids=["not UTF-8", "not packed", "cut off"],
)
@pytest.mark.parametrize("to", ["match", "replay"])
def test_a_file_that_cannot_be_read_is_named_without_a_traceback(
    to: str, name: str, content: bytes, small_rules: Path, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    result = command(to, "--rules", small_rules, "--json", path)
    assert result.exit_code == 2
    assert result.stderr.startswith(f"error: {path}:")


@pytest.mark.parametrize("name", ["match", "replay"])
def test_broken_rules_are_refused_with_every_issue(name: str, small_rules: Path, tmp_path: Path) -> None:
    shutil.copytree(small_rules, tmp_path / "rules")
    broken = SOY.replace("polarity: good", "polarity: godo").replace("kind: standing", "kind: standign")
    (tmp_path / "rules" / "deal" / "soy.yaml").write_text(broken, encoding="utf-8")
    result = command(name, "--rules", tmp_path / "rules", "--json", saved(tmp_path, BUYS))
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.count("soy.yaml:") == 2
    assert "godo" in result.stderr
    assert "standign" in result.stderr
