"""Pairs of headlines written by hand: contradictions must never join, other wordings of one report must."""

from datetime import UTC, datetime
from pathlib import Path

from monitor.domain.model import Entry, Publisher
from monitor.domain.stories.entry_keys import entry_keys
from monitor.domain.stories.identify import identify
from monitor.domain.stories.index import StoryIndex

NOW = datetime(2025, 12, 3, 9, tzinfo=UTC)


class Anyone:
    """Every source is a publisher of its own."""

    def find(self, source: str, url: str = "") -> Publisher:
        return Publisher(source)


def joins(known: str, fresh: str) -> bool:
    """Whether `fresh`, from another outlet, joins the story that `known` opened."""
    index = StoryIndex()
    first, second = (
        Entry(url, title, url, NOW, "", source)
        for title, url, source in ((known, "https://one.example/1", "One"), (fresh, "https://other.example/1", "Other"))
    )
    index.add(identify(first, index, Anyone(), NOW).story, entry_keys(first))
    return identify(second, index, Anyone(), NOW).kind != "new"


def rows(name: str) -> list[tuple[str, str, str]]:
    """The kind and the two headlines of each line of a file, separated by a double bar. A line with # names the
    kind."""
    found, kind = list[tuple[str, str, str]](), ""
    for line in (Path(__file__).parent / f"pairs_{name}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("# "):
            kind = line.removeprefix("# ")
        else:
            known, fresh = line.split(" || ")
            found.append((kind, known, fresh))
    return found


def test_headlines_of_different_reports_never_join_in_either_order() -> None:
    pairs = rows("apart")
    assert len(pairs) >= 300
    assert [pair for pair in pairs if joins(pair[1], pair[2]) or joins(pair[2], pair[1])] == []


def test_one_report_in_other_words_joins() -> None:
    pairs = rows("joined")
    assert len(pairs) >= 55
    assert [pair for pair in pairs if not joins(pair[1], pair[2])] == []
