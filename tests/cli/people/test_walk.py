"""The walk through the inbox: a key a story, stored at once, decided at the end."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import termios
from collections.abc import Sequence

import pytest
from monitor.cli.people.story_choice import short_names, waiting_stories
from monitor.cli.people.walk import Walk

from monitor.runtime.simulation import SimulatedClock
from tests.builders.people_over_days import People, day
from tests.builders.reading_desk import model_reads
from tests.builders.reading_values import read
from tests.builders.shipped_rules import ROOT
from tests.builders.small_rulebook import BUYS, CANCELS, TANKERS
from tests.builders.working_folder import Desk

TITLES = (BUYS, CANCELS, TANKERS)


@pytest.fixture
def people(desk: Desk) -> People:
    """Three reports that the model reads otherwise than the rules; the newest is shown first."""
    desk.hear(*TITLES)
    made = People(desk)
    for title in (BUYS, CANCELS):
        model_reads(made, title, read("soy", "threat", title.split()[1], "cn"))
    model_reads(made, TANKERS)
    return made


def walked(people: People, keys: str, lines: Sequence[str] = ()) -> Walk:
    """A walk in which a person presses these keys and types these lines, then nothing more."""
    pressed, typed = iter(keys), iter(lines)
    with people.desk.opened(SimulatedClock(day(1))) as app:
        items, _ = waiting_stories(app, 7, None)
        walk = Walk(app, "ann", lambda: next(pressed, ""), lambda: next(typed))
        walk.through(items, short_names(app, items))
    return walk


def read_so(people: People) -> dict[str, list[tuple[str, str]]]:
    """By title what people read in it."""
    return {
        act["title"]: [(match["commitment"], match["effect"]) for match in act["read"]]
        for act in people.asked(day(2), "commitment", "log")
    }


def test_a_key_reads_a_story_as_the_model_as_the_rules_or_as_about_nothing(people: People) -> None:
    walked(people, "nrm")
    assert read_so(people) == {TANKERS: [], CANCELS: [("soy", "setback")], BUYS: [("soy", "threat")]}


def test_pairs_can_be_typed_and_what_cannot_be_used_is_asked_again(
    people: People, capsys: pytest.CaptureFixture[str]
) -> None:
    walked(people, "eeeq", ["sou=pledge", "", "ships=del soy=none"])
    assert read_so(people) == {TANKERS: [("ships", "delivered"), ("soy", "none")]}
    assert "did you mean 'soy'?" in capsys.readouterr().out


def test_a_story_can_be_skipped_and_other_keys_do_nothing(people: People) -> None:
    assert walked(people, "s?xm").said != []
    assert read_so(people) == {CANCELS: [("soy", "threat")]}


@pytest.mark.slow
@pytest.mark.parametrize("end", ["q", "\x03", "\x04", "\x1b", ""])
def test_what_was_read_before_the_walk_ends_is_kept(people: People, end: str) -> None:
    walked(people, f"n{end}")
    assert read_so(people) == {TANKERS: []}


def test_the_last_reading_can_be_taken_back(people: People, capsys: pytest.CaptureFixture[str]) -> None:
    walked(people, "nuuq")
    assert read_so(people) == {}
    said = capsys.readouterr().out
    assert f"taken back: {TANKERS}" in said
    assert "nothing was read yet" in said


def test_only_keys_that_can_be_pressed_are_offered(people: People, capsys: pytest.CaptureFixture[str]) -> None:
    people.news("China eats soybeans", day(0.9))
    walked(people, "mq")
    offered = [line for line in capsys.readouterr().out.splitlines() if "[n]one" in line]
    assert [line.split()[0] for line in offered] == ["[r]ules", "[r]ules"], "no model has read it"


@pytest.mark.slow
def test_at_a_terminal_one_key_is_enough_and_all_is_decided_at_the_end(people: People) -> None:
    """The command as a process, with a terminal of its own. A key counts from when the terminal gives it at once."""
    words = ["--config", str(people.desk.config), "--now", day(1).isoformat(), "inbox", "record", "--by", "ann"]
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "monitor", *words]
    child = subprocess.Popen(command, cwd=ROOT, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    said, keys = "", iter("nnn")
    try:
        while select.select([ours], [], [], 30)[0] and (heard := _heard(ours)):
            said += heard
            if said.endswith("[q]uit "):
                while termios.tcgetattr(ours)[3] & termios.ICANON:
                    select.select([], [], [], 0.01)
                os.write(ours, next(keys).encode())
        assert child.wait(30) == 0, said
    finally:
        child.kill()
        os.close(ours)
    assert "3 stories read, by ann" in said
    assert "soy: was AT RISK" in said
    assert set(read_so(people)) == set(TITLES)


def _heard(terminal: int) -> str:
    """What the program says next; '' once it has ended."""
    try:
        return os.read(terminal, 4096).decode("utf-8", "replace")
    except OSError:
        return ""
