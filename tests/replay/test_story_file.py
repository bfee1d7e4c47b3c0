"""A story file is read in the order of the replay's clock, whatever its own order, its packing and its line ends."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path
from threading import Thread

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.domain.matching.rules import Rulebook
from monitor.errors import ReplayError
from monitor.replay import DatedEntry, as_entry, in_replay_order, open_stories
from tests.builders.example_counts import TIMES
from tests.builders.small_rulebook import SOY, rulebook

DATES = ("2026-01-09", "2026-01-09T10:00:00Z", "2026-01-09T11:00:00+01:00", "2026-01-10", "2026-01-08T23:00:00.5Z")


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    return rulebook(tmp_path_factory.mktemp("rules"), soy=SOY)


def line(number: int, published: str, title: str = "Wheat for Egypt, 2 cargoes") -> str:
    return json.dumps({"id": f"{number:03}", "published": published, "title": title}, ensure_ascii=False)


def read(path: Path, rules: Rulebook) -> list[DatedEntry]:
    with open_stories(path) as file:
        numbered = ((number, text) for number, text in enumerate(file.lines(), 1) if text.strip())
        file.check(numbered, rules)
        return list(file.in_order())


@given(st.lists(st.tuples(st.integers(0, 9), st.sampled_from(DATES)), max_size=12))
@settings(max_examples=30 * TIMES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_order_is_that_of_a_sort_in_memory(rules: Rulebook, tmp_path: Path, stories: list[tuple[int, str]]) -> None:
    lines = [line(number, published, f"Wheat for Egypt, cargo {at}") for at, (number, published) in enumerate(stories)]
    path = tmp_path / "stories.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    entries = [as_entry(json.loads(text), 1, "stories") for text in lines]
    assert read(path, rules) == in_replay_order(entries, rules)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\n\n \n"], ids=["LF", "CR LF", "CR", "blank lines"])
@pytest.mark.parametrize("packed", [False, True], ids=["plain", "packed"])
def test_every_line_end_and_packing_gives_the_same_stories(
    end: str, rules: Rulebook, tmp_path: Path, *, packed: bool
) -> None:
    lines = [line(number, DATES[number], "小麦 für Égypte") for number in (3, 1, 0, 2)]
    content = (end.join(lines) + end).encode()
    path = tmp_path / ("stories.jsonl.gz" if packed else "stories.jsonl")
    path.write_bytes(gzip.compress(content) if packed else content)
    assert [item.id for item in read(path, rules)] == ["001", "002", "000", "003"]


def test_what_can_be_read_only_once_is_read_in_order_too(rules: Rulebook, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = Thread(target=pipe.write_text, args=(f"{line(1, DATES[3])}\n{line(2, DATES[1])}\n",))
    writer.start()
    assert [item.id for item in read(pipe, rules)] == ["002", "001"]
    writer.join()


def test_a_line_that_is_no_story_is_named_before_any_story_is_given(rules: Rulebook, tmp_path: Path) -> None:
    path = tmp_path / "stories.jsonl"
    path.write_text(f'{line(1, DATES[1])}\n\n{{"id": "a"}}\n', encoding="utf-8")
    with pytest.raises(ReplayError, match=":3: the story has no text"):
        read(path, rules)
