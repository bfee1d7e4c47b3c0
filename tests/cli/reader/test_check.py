"""`reader check` asks the configured model about the deal's examples, scores it, and stores nothing of it as news."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.pipeline.readings import asks_model
from monitor.rulebook.load import READER_EXAMPLES
from monitor.store import readings, stories
from monitor.workbench.testing.reader_check import RECORD, last_check
from tests.builders.chat_server import MODEL, ChatModel, Reply, chat_model
from tests.builders.databases import NOW, empty_database
from tests.builders.reading_values import reading
from tests.builders.small_rulebook import SHIPS, SOY, write
from tests.builders.story_lines import saved
from tests.builders.working_folder import Desk, objects

BUYS, SELLS, RAIN = "China buys soybeans from Iowa", "Beijing cancels soybeans from Ohio", "Rain falls in Kansas"
EXAMPLES = f"""\
examples:
  plain:
    - {{text: {BUYS}, reads: {{soy: progress}}}}
    - {{text: {SELLS}, reads: {{soy: setback}}}}
  near:
    - {{text: {RAIN}}}
"""
READS = "reads: {about: 'buying of the goods'}\n"


@pytest.fixture
def model() -> Iterator[ChatModel]:
    with chat_model() as running:
        running.reads(BUYS, "soy", "progress")
        running.reads(SELLS, "soy", "setback")
        yield running


@pytest.fixture
def reading_desk(desk: Desk, model: ChatModel) -> Desk:
    rules = desk.folder / "rules"
    write(rules, soy=SOY + READS, ships=SHIPS + READS)
    (rules / "deal" / READER_EXAMPLES).write_text(EXAMPLES, encoding="utf-8")
    desk.edit("[poll]", f'[reader]\nbase_url = "{model.url}"\nmodel = "{MODEL}"\nbatch = 2\n\n[poll]')
    desk.database.write_bytes(empty_database())
    return desk


def test_a_model_that_reads_as_labelled_passes_and_is_remembered(reading_desk: Desk, model: ChatModel) -> None:
    result = reading_desk.run("--now", NOW.isoformat(), "model", "check")
    assert result.exit_code == 0, result.output
    assert "3 examples, 3 read, 0 read otherwise than labelled" in result.stdout
    assert "3 examples in 2 requests, at most about" in result.stderr
    assert set(model.asked().values()) == {1}
    last = last_check(reading_desk.folder)
    assert last is not None
    assert (last.model, last.examples, last.about, last.effect, last.at) == (MODEL, 3, 1.0, 1.0, NOW)


def test_its_tokens_count_in_the_budget_and_nothing_becomes_news(reading_desk: Desk) -> None:
    reading_desk.run("--now", NOW.isoformat(), "model", "check")
    with reading_desk.opened() as app, app.store.read() as conn:
        use = readings.use_of(conn, f"{NOW:%Y-%m-%d}")
        assert (use.requests, use.texts, use.tokens) == (2, 3, 200)
        assert stories.first_seen_since(conn, NOW.replace(year=2000)) == ()
        assert readings.unread(conn) == ()


def test_a_model_below_the_bars_is_shown_what_it_misread_and_the_exit_code_says_so(
    reading_desk: Desk, model: ChatModel
) -> None:
    model.says[SELLS] = []
    model.reads(RAIN, "ships", "pledge")
    shown = reading_desk.run("model", "check")
    assert shown.exit_code == 1
    text = " ".join(shown.stdout.split())
    assert f"{SELLS} expected soy: setback; read about none" in text
    assert f"{RAIN} expected about none; read ships: pledge" in text
    assert "misread by kind of text: plain 1 of 2, near 1 of 1" in text
    assert "warning: about 0.50 is below 0.90" in text
    assert max(len(line) for line in shown.stdout.splitlines()) <= 80
    lines = objects(reading_desk.run("model", "check", "--json").stdout)
    assert [line["what"] for line in lines] == ["score", "commitment", "commitment", "misread", "misread"]
    assert lines[0]["below"] == ["about", "direction", "effect"]


def test_an_unusable_answer_is_asked_for_once_more(reading_desk: Desk, model: ChatModel) -> None:
    model.script.append(Reply(content="no JSON at all"))
    result = reading_desk.run("model", "check")
    assert result.exit_code == 0, result.output
    assert model.asked() == {BUYS: 2, SELLS: 2, RAIN: 1}


def test_a_server_that_does_not_answer_is_an_error_and_nothing_is_remembered(
    reading_desk: Desk, model: ChatModel
) -> None:
    model.script += [Reply(status=503)] * 5
    result = reading_desk.run("model", "check")
    assert result.exit_code == 1
    assert "error: " in result.stderr
    assert not (reading_desk.folder / RECORD).exists()


def test_the_wait_that_a_server_asks_for_is_kept_a_few_times(reading_desk: Desk, model: ChatModel) -> None:
    busy = Reply(status=429, headers={"Retry-After": "0"})
    model.script += [busy] * 3
    assert reading_desk.run("model", "check").exit_code == 0
    model.script += [busy] * 4
    assert reading_desk.run("model", "check").exit_code == 1
    model.script += [Reply(status=429, headers={"Retry-After": "900"})]
    assert reading_desk.run("model", "check").exit_code == 1
    assert model.script == []


def test_a_check_beyond_the_days_tokens_is_not_begun(reading_desk: Desk, model: ChatModel) -> None:
    reading_desk.edit("batch = 2", "batch = 2\ndaily_tokens = 1000")
    result = reading_desk.run("model", "check")
    assert result.exit_code == 2
    assert "daily_tokens" in result.stderr
    assert model.requests == []


def test_recorded_answers_are_scored_without_a_server(desk: Desk, tmp_path: Path) -> None:
    (desk.folder / "rules" / "deal" / READER_EXAMPLES).write_text(EXAMPLES, encoding="utf-8")
    told = objects(desk.run("model", "check", "--stories").stdout)
    assert [line["title"] for line in told] == [BUYS, SELLS, RAIN]
    match = {"commitment": "soy", "effect": "progress", "says": "press", "quote": "soybeans"}
    rows = [
        {"id": told[0]["id"], "matches": [match]},
        {"id": told[1]["id"], "matches": [match | {"effect": "setback"}]},
    ]
    recorded = saved(tmp_path, *map(json.dumps, rows), name="answers.jsonl")
    result = desk.run("model", "check", "--readings", recorded)
    assert result.exit_code == 1  # the third got no answer
    assert "1 example got no usable answer" in result.stdout
    assert not (desk.folder / RECORD).exists()


def test_without_a_model_or_without_examples_the_remedy_is_told(desk: Desk) -> None:
    assert "reader-examples.yaml" in desk.run("model", "check").stderr
    (desk.folder / "rules" / "deal" / READER_EXAMPLES).write_text(EXAMPLES, encoding="utf-8")
    result = desk.run("model", "check")
    assert result.exit_code == 2
    assert "[reader]" in result.stderr


def test_doctor_warns_until_the_model_of_now_was_checked_with_the_question_of_now(reading_desk: Desk) -> None:
    def said() -> list[str]:
        lines = objects(reading_desk.run("doctor", "--offline", "--json").stdout)
        return [line["text"] for line in lines if line["what"] == "examples"]

    assert "never checked" in said()[0]
    reading_desk.run("model", "check")
    assert said() == []
    write(reading_desk.folder / "rules", soy=SOY + READS.replace("buying", "purchase"), ships=SHIPS + READS)
    assert "the question has changed since the last check" in said()[0]


def test_a_new_model_or_question_reads_nothing_of_the_past_again(reading_desk: Desk, model: ChatModel) -> None:
    reading_desk.hear(BUYS)
    with reading_desk.opened() as app:
        with app.store.begin() as conn:
            (bought,) = stories.first_seen_since(conn, NOW)
            assert asks_model(conn, app.rulebook, bought)
            readings.save(conn, [reading(text=bought.revision, name="an older model", version="an older question")])
        with app.store.read() as conn:
            assert not asks_model(conn, app.rulebook, bought)
    reading_desk.run("model", "check")
    assert set(model.asked()) == {BUYS, SELLS, RAIN}
    with reading_desk.opened() as app, app.store.read() as conn:
        (kept,) = readings.of_text(conn, bought.revision)
        assert kept.name == "an older model"
