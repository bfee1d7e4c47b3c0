"""Progress shows on a terminal, leaves nothing behind there, and is rare elsewhere."""

import re
from io import StringIO
from pathlib import Path

import pytest

from monitor.cli.progress_line import PlainLines, count_text
from monitor.long_work import listened_to_by, long_work
from tests.builders.spoken_processes import spoken
from tests.builders.working_folder import command

CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def test_a_count_names_the_amount_the_total_and_the_unit() -> None:
    assert count_text(1200, 5000, "stories") == "1,200 of 5,000 stories"
    assert count_text(7, None, "stories") == "7 stories"
    assert count_text(0, None, "") == ""


def test_elsewhere_the_first_line_comes_after_ten_seconds_and_the_next_after_twice_the_time() -> None:
    stream, printed, now = StringIO(), list[float](), 0.0
    with listened_to_by(PlainLines(stream, lambda: now)), long_work("reading", 100, "stories") as step:
        for second in range(1, 91):
            now = float(second)
            before = stream.getvalue()
            step(second)
            printed += [now] if stream.getvalue() != before else []
    assert printed == [10, 20, 40, 80]
    assert stream.getvalue().splitlines()[0] == "reading: 10 of 100 stories"


def test_a_short_command_off_a_terminal_prints_no_progress(tmp_path: Path, small_rules: Path) -> None:
    stories = tmp_path / "stories.jsonl"
    stories.write_text('{"id": "1", "title": "Rain", "published": "2026-03-01"}\n', encoding="utf-8")
    result = command("match", "--rules", small_rules, "--json", stories)
    assert (result.exit_code, result.stderr) == (0, "")


@pytest.mark.slow
def test_on_a_terminal_the_command_shows_its_progress_and_erases_it(tmp_path: Path, small_rules: Path) -> None:
    stories, out = tmp_path / "stories.jsonl", tmp_path / "out.jsonl"
    line = '{"id": "1", "title": "China buys US soybeans, again and again", "published": "2026-03-01"}\n'
    stories.write_text(line * 20_000, encoding="utf-8")
    arguments = ("match", "--rules", small_rules, "--json", stories)
    with out.open("wb") as stdout, spoken(*arguments, terminal=True, stdout=stdout.fileno()) as running:
        assert running.ends() == 0
    text = CONTROL.sub("", running.text)
    assert re.search(r"reading \S+.*[\d,]+ stories", text)
    assert re.split(r"\r|\n", text)[-1].strip() == "", "the line is erased"
    assert len(out.read_text(encoding="utf-8").splitlines()) == 20_000, "stdout has the output only"
