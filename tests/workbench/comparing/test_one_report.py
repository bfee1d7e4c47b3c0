"""Entries that may become one story are found together, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.domain.model import Entry
from monitor.workbench.comparing.one_report import ReportLinks

LONG = "China agrees to buy twelve million tonnes of soybeans from American farmers this season"


def connected(*titles: str, urls: tuple[str, ...] = ()) -> list[int]:
    """What is connected with the first of these entries."""
    at = datetime(2025, 11, 3, 9, 0, tzinfo=UTC)
    pages = (*urls, *(f"https://news.example/{number}" for number in range(len(urls), len(titles))))
    entries = [Entry("", title, url, at, "", "Grain Daily") for title, url in zip(titles, pages, strict=True)]
    return ReportLinks(entries).connected([0])


@pytest.mark.parametrize(
    "copy",
    [
        LONG,
        f"UPDATE 1-{LONG}",
        LONG.upper(),
        LONG.replace("this season", "this planting season"),
        LONG.replace(" this season", ""),
        f"{LONG[:60]}…",
        LONG.replace("American farmers", "farmers American"),
    ],
)
def test_a_copy_is_found_from_the_report_and_the_report_from_its_copy(copy: str) -> None:
    other = "Brazil plants its largest crop of maize for a decade in the wet season"
    assert connected(LONG, other, copy) == [0, 2]
    assert connected(copy, other, LONG) == [0, 2]


def test_reports_that_share_most_of_their_words_stay_apart() -> None:
    assert connected(LONG, LONG.replace("twelve", "twenty"), LONG.replace("agrees", "refuses")) == [0]


def test_two_texts_of_one_page_belong_together_however_its_address_is_written() -> None:
    urls = ("https://news.example/a?utm_source=x", "http://www.news.example/a/")
    assert connected(LONG, "This report was withdrawn", urls=urls) == [0, 1]


def test_what_is_connected_by_a_third_is_connected() -> None:
    pages = ("https://news.example/a", "https://other.example/b", "https://other.example/b")
    assert connected(LONG, LONG, "Now something else", urls=pages) == [0, 1, 2]


def test_titles_without_a_word_that_counts_are_one_only_if_they_are_the_same() -> None:
    assert connected("Here", "here", "There") == [0, 1]
