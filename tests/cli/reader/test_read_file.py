"""`read --out`: archived stories read by the model into a file, a text once, and on from where it ended."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import Result

from tests.builders.chat_server import MODEL, ChatModel, Reply
from tests.builders.small_rulebook import BUYS, CANCELS, TANKERS
from tests.builders.working_folder import Desk, objects

MUSEUM = "A museum opens a new wing for its old maps"


def lines(*titles: str) -> str:
    rows = [{"id": f"s{number}", "title": title, "published": "2026-03-01"} for number, title in enumerate(titles, 1)]
    return "".join(json.dumps(row) + "\n" for row in rows)


def read(desk: Desk, *titles: str, more: tuple[str, ...] = ()) -> Result:
    return desk.run("inbox", "record", "--out", desk.folder / "out.jsonl", *more, given=lines(*titles))


def written(desk: Desk) -> dict[str, list[dict[str, str]]]:
    rows = objects((desk.folder / "out.jsonl").read_text(encoding="utf-8"))
    assert len({row["id"] for row in rows}) == len(rows)
    return {row["id"]: row["matches"] for row in rows}


def test_stories_near_the_deal_are_read_into_a_file_that_match_takes(reading: Desk, model: ChatModel) -> None:
    model.reads(BUYS, "soy", "pledge", "buys two cargoes")
    done = read(reading, BUYS, MUSEUM, TANKERS)
    assert done.exit_code == 0, done.stderr
    assert "3 stories: 2 near the deal, 0 read before" in done.stderr
    assert written(reading) == {"s1": [{**model.says[BUYS][0]}], "s3": []}
    row = objects((reading.folder / "out.jsonl").read_text(encoding="utf-8"))[0]
    assert (row["model"], row["summary_read"]) == (MODEL, 1200)
    readings = ("--readings", reading.folder / "out.jsonl", "--rules", reading.folder / "rules", "--json")
    first, _, third = objects(reading.run("match", *readings, given=lines(BUYS, MUSEUM, TANKERS)).stdout)
    assert [match["effect"] for match in first["matches"]] == ["pledge"]
    assert third["matches"] == []


@pytest.mark.slow
def test_all_stories_are_read_where_that_is_asked_for(reading: Desk) -> None:
    assert read(reading, BUYS, MUSEUM, more=("--all",)).exit_code == 0
    assert written(reading).keys() == {"s1", "s2"}


def test_a_text_is_asked_about_once_however_many_lines_show_it_and_however_often_it_is_called(
    reading: Desk, model: ChatModel
) -> None:
    read(reading, BUYS, TANKERS, BUYS)
    done = read(reading, BUYS, TANKERS, BUYS, CANCELS)
    assert "4 stories: 4 near the deal, 3 read before" in done.stderr
    assert written(reading).keys() == {"s1", "s2", "s3", "s4"}
    assert set(model.asked().values()) == {1}


def test_a_line_that_a_crash_cut_off_is_read_again(reading: Desk, model: ChatModel) -> None:
    read(reading, BUYS)
    with (reading.folder / "out.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"id": "s2", "mat')
    assert read(reading, BUYS, TANKERS).exit_code == 0
    assert written(reading).keys() == {"s1", "s2"}
    assert set(model.asked().values()) == {1}


def test_a_story_left_out_of_an_answer_is_asked_again(reading: Desk, model: ChatModel) -> None:
    model.script.append(Reply(content=json.dumps({"stories": [{"id": "2", "matches": []}]})))
    assert read(reading, BUYS, TANKERS).exit_code == 0
    assert written(reading).keys() == {"s1", "s2"}
    assert model.asked() == {BUYS: 2, TANKERS: 1}


def test_what_stays_unread_is_counted_and_read_by_the_next_call(reading: Desk, model: ChatModel) -> None:
    model.script += [Reply(), Reply(401)]
    done = read(reading, BUYS, TANKERS, CANCELS)
    assert done.exit_code == 1
    assert "1 story left unread (127.0.0.1: HTTP 401: the key is refused" in done.stderr
    assert read(reading, BUYS, TANKERS, CANCELS).exit_code == 0
    assert written(reading).keys() == {"s1", "s2", "s3"}
    assert set(model.asked().values()) == {1, 2}


def test_the_budget_of_the_day_is_kept(reading: Desk, model: ChatModel) -> None:
    reading.edit("batch = 2", "batch = 1\ndaily_tokens = 4000")
    model.script += [Reply(usage={"total_tokens": 2000})] * 3
    done = read(reading, BUYS, TANKERS, CANCELS)
    assert done.exit_code == 1
    assert "2,000 of 4,000 tokens are used today" in done.stderr or "4,000 of 4,000" in done.stderr
    assert len(model.requests) < 3


def test_without_a_model_the_command_says_what_to_set_up(desk: Desk) -> None:
    done = read(desk, BUYS)
    assert done.exit_code == 2
    assert "name its server and model in [reader] of config.toml" in done.stderr


def test_a_file_of_something_else_is_left_alone(reading: Desk) -> None:
    out: Path = reading.folder / "out.jsonl"
    out.write_text("my notes\n", encoding="utf-8")
    done = read(reading, BUYS)
    assert done.exit_code == 2
    assert "is no file of readings" in done.stderr
    assert out.read_text(encoding="utf-8") == "my notes\n"


# ---------------------------------------------------------------- doctor


def reader_findings(desk: Desk, *options: str) -> list[tuple[str, str]]:
    desk.lay_database()
    found = objects(desk.run("doctor", "--json", *options).stdout)
    return [(finding["state"], finding["text"]) for finding in found if finding["what"] == "reader"]


def test_doctor_says_that_the_reader_is_off(desk: Desk) -> None:
    ((state, text),) = reader_findings(desk, "--offline")
    assert (state, text[:3]) == ("ok", "off")


def test_doctor_greets_the_server_and_tells_what_the_reader_has_used(reading: Desk, model: ChatModel) -> None:
    read(reading, BUYS)
    ((state, text),) = reader_findings(reading)
    assert state == "ok"
    assert f"{MODEL} at 127.0.0.1:{model.port}, question " in text
    assert "100 of 200,000 tokens used today (UTC); 0 texts waiting" in text
    model.listed = ("another", "and-another")
    (warned, _) = reader_findings(reading)
    assert warned[0] == "warn"
    assert "another, and-another" in warned[1]
    assert len(model.requests) == 1


def test_doctor_warns_when_the_rest_of_the_day_allows_no_request(reading: Desk, model: ChatModel) -> None:
    model.script.append(Reply(usage={"total_tokens": 199_900}))
    read(reading, BUYS)
    ((state, text),) = reader_findings(reading)
    assert state == "warn"
    assert "199,900 of 200,000 tokens used today (UTC)" in text
    assert "over budget, the rules speak alone: the tokens of the day (UTC) are spent" in text


def test_doctor_warns_of_a_budget_that_allows_no_request_at_all(reading: Desk) -> None:
    reading.edit("batch = 2", "batch = 2\ndaily_tokens = 1000")
    deal = reading.folder / "rules" / "deal" / "deal.yaml"
    rulings = ", ".join(f"'{'News of soybeans and tankers ' * 4}{number}'" for number in range(40))
    told = deal.read_text(encoding="utf-8").rstrip().removesuffix("}")
    deal.write_text(f"{told}, rulings: [{rulings}]}}\n", encoding="utf-8")
    ((state, text),) = reader_findings(reading)
    assert state == "warn", text
    assert "daily_tokens allows no request at all; the shortest takes about" in text


def test_doctor_names_the_step_that_is_missing_in_an_address_where_no_models_are_listed(
    reading: Desk, model: ChatModel
) -> None:
    model.listed = ()
    assert [state for state, _ in reader_findings(reading)] == ["ok"]
    reading.edit(model.url, model.url.removesuffix("/v1"))
    (warned, _) = reader_findings(reading)
    assert warned[0] == "warn"
    assert "base_url often ends in /v1" in warned[1]


def test_doctor_fails_for_a_server_that_refuses_the_key_and_asks_none_when_offline(
    reading: Desk, model: ChatModel
) -> None:
    model.key = "the right key"
    (found,) = (one for one in objects(reading.run("doctor", "--json").stdout) if one["what"] == "reader")
    assert found["state"] == "FAIL"
    assert "DEAL_MONITOR_READER__KEY" in found["remedy"]
    assert [found[0] for found in reader_findings(reading, "--offline")] == ["ok"]
