"""Progress shows on a terminal, leaves nothing behind there, and is rare elsewhere."""

from __future__ import annotations

import contextlib
import os
import pty
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path

import pytest

from monitor.cli import progress
from monitor.cli.progress_line import PlainLines, TerminalLine
from monitor.long_work import Step, listened_to_by, long_work
from tests.builders.shipped_rules import ROOT
from tests.builders.working_folder import command

CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Screen(StringIO):
    """A terminal that keeps what was written to it."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True

    def lines(self) -> list[str]:
        """What stands on it in the end: a return to the start of a line and the order to erase it are obeyed."""
        shown = [""]
        for part in re.split(r"(\n|\r|\x1b\[2K)", self.getvalue()):
            match part:
                case "\n":
                    shown.append("")
                case "\r" | "\x1b[2K":
                    shown[-1] = ""
                case _:
                    shown[-1] += CONTROL.sub("", part)
        return shown


@dataclass
class Watched:
    """A command on a terminal whose time is set by hand."""

    screen: Screen = field(default_factory=Screen)
    seconds: float = 0.0

    def __post_init__(self) -> None:
        self.line = TerminalLine(self.screen, lambda: self.seconds, by_itself=False)

    @contextmanager
    def working(self, what: str, total: int | None = None, unit: str = "") -> Iterator[Step]:
        with listened_to_by(self.line), long_work(what, total, unit) as step:
            yield step

    def at(self, seconds: float) -> str:
        """The last line as it stands then."""
        self.seconds = seconds
        self.line.tick()
        return self.screen.lines()[-1]


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Watched:
    monkeypatch.setenv("COLUMNS", "100")
    return Watched()


def test_work_that_goes_on_is_named_within_half_a_second(watched: Watched) -> None:
    with watched.working("reading the rules"):
        assert watched.at(0.3) == ""
        assert "reading the rules" in watched.at(0.5)


def test_the_line_tells_how_much_is_done_of_how_much_and_how_fast(watched: Watched) -> None:
    with watched.working("reading", 5000, "stories") as step:
        step(1200)
        assert "1,200 of 5,000 stories" in watched.at(1)
        step(3000)
        assert "3,000 of 5,000 stories, 750/s" in watched.at(4)
        assert watched.at(4).endswith("0:00:04")
    with watched.working("reading") as step:
        step(7)
        assert "7" in watched.at(5)


def test_nothing_is_left_when_the_work_ends(watched: Watched) -> None:
    with watched.working("reading", 3, "stories"):
        watched.at(1)
    assert watched.screen.lines() == [""]


def test_of_work_within_work_the_inner_one_shows(watched: Watched) -> None:
    with watched.working("deciding"):
        assert "deciding" in watched.at(1)
        with watched.working("sending"):
            assert "sending" in watched.at(2)
        assert "deciding" in watched.at(3)


def test_output_stands_above_the_line_whole(watched: Watched) -> None:
    output = watched.line.above(watched.screen)
    with watched.working("reading", 3, "stories"):
        watched.at(1)
        output.write("a story\n")
        assert watched.screen.lines() == ["a story", ""]
        watched.at(2)
        output.write("another\n")
    assert watched.screen.lines() == ["a story", "another", ""]


def test_a_question_is_not_written_over(watched: Watched) -> None:
    output = watched.line.above(watched.screen)
    with watched.working("reading"):
        output.write("yes or no? ")
        assert watched.at(5) == "yes or no? "


def test_on_a_narrow_terminal_the_counts_still_show(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    with watched.working("reading a-file-with-quite-a-long-name.jsonl.gz", 500_000, "stories") as step:
        step(123_456)
        assert "123,456 of 500,000 stories, 12,346/s 0:00:10" in watched.at(10)


def test_a_name_is_no_markup_and_no_line_is_wider_than_the_terminal(watched: Watched) -> None:
    with watched.working(f"reading [red]{'x' * 200}", 3, "stories"):
        line = watched.at(1)
    assert "[red]" in line
    assert len(line) <= 100


def test_a_forked_process_draws_nothing(watched: Watched) -> None:
    watched.line._process = -1
    with watched.working("reading"):
        assert watched.at(1) == ""


def test_elsewhere_the_first_line_comes_after_ten_seconds_and_the_next_after_twice_the_time() -> None:
    stream, told, now = StringIO(), list[float](), 0.0
    with listened_to_by(PlainLines(stream, lambda: now)), long_work("reading", 100, "stories") as step:
        for second in range(1, 91):
            now = float(second)
            before = stream.getvalue()
            step(second)
            told += [now] if stream.getvalue() != before else []
    assert told == [10, 20, 40, 80]
    assert stream.getvalue().splitlines()[0] == "reading: 10 of 100 stories, 1/s"


@pytest.mark.parametrize(("variable", "drawn"), [("", True), ("CI", False)])
def test_a_build_is_no_terminal_to_draw_on(variable: str, drawn: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Screen()
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    if variable:
        monkeypatch.setenv(variable, "true")
    monkeypatch.setattr("sys.stderr", screen)
    with progress.shown_progress():
        assert (sys.stderr is not screen) is drawn, "what is drawn on makes room for other output"
    assert sys.stderr is screen


def test_a_command_off_a_terminal_prints_no_progress(tmp_path: Path, small_rules: Path) -> None:
    stories = tmp_path / "stories.jsonl"
    stories.write_text('{"id": "1", "title": "Rain", "published": "2026-03-01"}\n', encoding="utf-8")
    result = command("match", "--rules", small_rules, "--json", stories)
    assert (result.exit_code, result.stderr) == (0, "")


@pytest.mark.slow
def test_on_a_real_terminal_the_command_shows_how_far_it_is_and_leaves_it_clean(
    tmp_path: Path, small_rules: Path
) -> None:
    stories, out = tmp_path / "stories.jsonl", tmp_path / "out.jsonl"
    line = '{"id": "1", "title": "China buys US soybeans, again and again", "published": "2026-03-01"}\n'
    stories.write_text(line * 8_000, encoding="utf-8")
    ours, theirs = pty.openpty()
    arguments: list[str | Path] = [sys.executable, "-m", "monitor", "match", "--rules", small_rules, "--json", stories]
    environment = {name: value for name, value in os.environ.items() if name != "CI"} | {"TERM": "xterm"}
    with out.open("wb") as stdout:
        running = subprocess.Popen(arguments, stdout=stdout, stderr=theirs, cwd=ROOT, env=environment)
    os.close(theirs)
    screen = Screen()
    with contextlib.suppress(OSError):  # the end of a terminal that nobody holds any more
        while shown := os.read(ours, 65536):
            screen.write(shown.decode())
    os.close(ours)
    assert running.wait(timeout=60) == 0
    assert re.search(r"reading \S+ +[\d,]+ stories", CONTROL.sub("", screen.getvalue()))
    assert screen.lines() == [""]
    assert len(out.read_text(encoding="utf-8").splitlines()) == 8_000
