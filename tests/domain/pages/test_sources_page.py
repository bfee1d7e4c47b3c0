"""The page of the sources says in plain words how each does, and names what is unchecked because of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from monitor.domain.pages.sources_page import Day, SourceRow, SourcesPage, sources_page

from monitor.domain.messages.models import SourceHealth
from monitor.domain.model import Flag, FlagKind
from tests.builders.message_values import NOW, verdict
from tests.builders.published_material import SOY, material

MARCH = datetime(2026, 3, 12, 8, tzinfo=UTC)
OK = SourceHealth("Harbour Wire", "ok", MARCH)
FAILING = SourceHealth("Ministry", "failing", MARCH, "HTTP 503", datetime(2026, 3, 1, tzinfo=UTC))
NEVER = SourceHealth("Gazette", "never", None, "not polled yet")
FROZEN = SourceHealth("Port notices", "frozen", MARCH, "answers, but nothing new since 12 Mar 2026")


def page(*sources: SourceHealth) -> SourcesPage:
    return sources_page(material(sources=sources))


def test_those_in_trouble_stand_first_each_in_words() -> None:
    day = Day("12 Mar 2026", "2026-03-12")
    assert page(OK, NEVER, FROZEN, FAILING).sources == (
        SourceRow("Ministry", "failing", "does not answer", day, Day("1 Mar 2026", "2026-03-01"), "HTTP 503"),
        SourceRow("Gazette", "never", "not polled yet", None, None, ""),
        SourceRow("Port notices", "frozen", "answers with the same page", None, day, FROZEN.detail),
        SourceRow("Harbour Wire", "ok", "answers", None, day, ""),
    )


@pytest.mark.parametrize(
    ("sources", "said"),
    [
        ([], "No feed is set up here, so no news comes in."),
        ([OK], "All sources are read."),
        ([OK, FAILING, FROZEN], "2 of 3 sources are read; 1 does not answer. 1 answers, but brings nothing new."),
    ],
)
def test_the_opening_tells_how_they_do_together(sources: Sequence[SourceHealth], said: str) -> None:
    assert (page(*sources).opening, page(*sources).blind) == (said, False)


def test_where_none_can_be_read_the_page_says_so_first() -> None:
    blind = page(FAILING, NEVER)
    assert blind.blind
    assert blind.opening.startswith("No source has been read since 14 Mar 2026.")


def test_a_commitment_that_could_not_be_checked_is_named() -> None:
    flags = (Flag(FlagKind.UNCHECKED, "truce", NOW),)
    (line,) = sources_page(material(verdicts={SOY: verdict(flags=flags)})).unchecked
    assert (line.commitment, line.short) == (SOY, "Soybeans 12 Mt")
    assert line.text.startswith("could not be checked")


def test_names_and_details_are_cut_to_one_line() -> None:
    (row,) = page(SourceHealth("a\nb" * 60, "failing", MARCH, "c\n" * 200)).sources
    assert "\n" not in row.name + row.detail
    assert len(row.name) <= 60
    assert len(row.detail) <= 160
