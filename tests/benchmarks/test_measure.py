"""The rows of the table of benches: medians, reference speed, bars, and what is skipped."""

import json
import sys
from dataclasses import asdict
from pathlib import Path

import pytest

from benchmarks.measure import (
    HEADINGS,
    RUNS,
    Finding,
    Row,
    Section,
    Setup,
    cells,
    child,
    driver,
    finding_of,
    number,
    speed_of,
    table,
    too_few,
)


def test_a_bar_is_judged_at_the_speed_of_the_reference_machine() -> None:
    cases = [
        (Row("rate", (6000.0,), least=3000, scales="rate"), "met"),
        (Row("rate", (5000.0,), least=3000, scales="rate"), "**missed**"),
        (Row("time", (0.25,), most=0.5, scales="time"), "met"),
        (Row("time", (0.3,), most=0.5, scales="time"), "**missed**"),
        (Row("ratio", (1.2,), most=1.2), "met"),
        (Row("ratio", (1.21,), most=1.2), "**missed**"),
        (Row("no bar", (7.0,)), ""),
        (Row("no values", least=1, skipped="no archive"), "skipped"),
    ]
    assert [(row, row.verdict(speed=2.0)) for row, verdict in cases] == [(row, verdict) for row, verdict in cases]


def test_the_median_decides_and_the_spread_is_shown() -> None:
    row = Row("ratio", (9.0, 1.0, 2.0), "times", most=3)
    assert row.verdict(1.0) == "met"
    assert cells(row, 1.0)[1:4] == ("2 times", "1 - 9 (3)", "")


def test_every_line_of_a_table_has_a_cell_for_each_heading() -> None:
    lines = table([Row("a", (1.0,), "s", most=2, scales="time", note="why"), Row("b", least=3, skipped="absent")], 1.5)
    assert {line.count("|") for line in lines} == {len(HEADINGS) + 1}
    assert lines[2] == "| a | 1 s | 1 - 1 (1) | 1.5 | ≤ 2 | met | why |"
    assert lines[3] == "| b |  |  |  | ≥ 3 | skipped | absent |"


def test_numbers_have_three_digits_and_all_of_those_before_the_point() -> None:
    cases = [(12345.6, "12,346"), (123.4, "123"), (12.345, "12.3"), (0.012345, "0.0123"), (None, "")]
    assert [(value, number(value)) for value, _ in cases] == [(value, shown) for value, shown in cases]


@pytest.mark.parametrize(
    "finding", [Row("a", (1.0, 2.5), "ms", most=3, scales="time", note="n"), Section("title", ("one", "two"))]
)
def test_what_a_bench_prints_is_read_back_as_it_was(finding: Finding) -> None:
    assert finding_of(json.dumps(asdict(finding))) == finding


def test_a_machine_whose_imports_take_half_as_long_is_twice_as_fast() -> None:
    imports = {"sqlalchemy": 225.0, "sqlmodel": 375.0, "feedparser": 61.5, "aiohttp": 163.0}
    assert speed_of(imports) == pytest.approx(2.0)


def test_a_short_run_is_repeated_and_a_smoke_run_is_not(tmp_path: Path) -> None:
    numbers = iter(range(100))
    assert Setup(tmp_path, tmp_path).repeated(lambda: next(numbers)) == tuple(range(RUNS))
    assert len(Setup(tmp_path, tmp_path, smoke=True).repeated(lambda: next(numbers))) == 1


def test_rows_that_need_an_archive_say_how_many_stories_they_lack() -> None:
    assert too_few(20_000) == ""
    assert too_few(471) == "needs an archive of 10,000 stories; this one has 471"


def test_a_child_that_fails_is_an_error_with_what_it_wrote(tmp_path: Path) -> None:
    failing = [sys.executable, "-c", "import sys; sys.exit('no such thing')"]
    with pytest.raises(RuntimeError, match="no such thing"):
        child(failing, Setup(tmp_path, tmp_path).environment)
    assert child(failing, Setup(tmp_path, tmp_path).environment, exits=(0, 1)).peak_mb > 0


def test_a_source_of_feeds_answers_304_until_it_has_news(tmp_path: Path) -> None:
    from urllib.error import HTTPError
    from urllib.request import Request, urlopen

    story = {"id": "1", "title": "Ports <reopen>", "published": "2026-01-05", "summary": "x" * 500}
    stories = tmp_path / "stories.jsonl"
    stories.write_text(json.dumps(story) + "\n", encoding="utf-8")

    def asked(url: str, tag: str = "") -> tuple[int, str, str]:
        try:
            with urlopen(Request(url, headers={"If-None-Match": tag}), timeout=10) as answer:
                return answer.status, answer.headers["ETag"], answer.read().decode()
        except HTTPError as error:
            with error:
                return error.code, error.headers["ETag"], ""

    with driver("benchmarks.feed_source", stories, "2", setup=Setup(stories, tmp_path)) as source:
        url = f"http://127.0.0.1:{source.ready['port']}/feed/1"
        _, tag, first = asked(url)
        assert asked(url, tag)[0] == 304
        source.ask(new=[1], title="Fresh")
        status, _, second = asked(url, tag)
        assert source.ask()["answers"] == {"200": 2, "304": 1}
    assert (first.count("<item>"), second.count("<item>"), status) == (20, 20, 200)
    assert "Ports &lt;reopen&gt;" in first
    assert "x" * 400 in first
    assert "x" * 401 not in first
    assert "<title>Fresh</title>" in second
