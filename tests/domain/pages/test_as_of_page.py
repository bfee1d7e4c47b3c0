"""As of a day: the verdict as it was published then, with its evidence as it was read then."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from monitor.domain.model import Outlook, Standing
from monitor.domain.pages.commitment_page import AsOfPage, as_of_pages
from tests.builders.message_values import NOW, counts, verdict
from tests.builders.page_material import BEGUN, SOY, ago, cited, history, own, published, signals


def pages(**changes: Any) -> list[AsOfPage]:
    return list(as_of_pages(own(**changes)))


FIRST, LAST = pages()


def test_a_page_for_each_day_of_change_shows_what_was_published_then_and_until_when_it_stood() -> None:
    assert [page.day for page in (FIRST, LAST)] == [date(2026, 1, 13), date(2026, 3, 14)]
    assert (FIRST.standing.shown, FIRST.standing.flags, FIRST.until) == ("IN PROGRESS", (), "13 Mar 2026")
    assert (LAST.standing.shown, LAST.until) == ("IN PROGRESS, AT RISK", "")
    assert "No statement from China seen yet" in LAST.standing.confidence
    assert FIRST.now_shown == "IN PROGRESS, AT RISK"


def test_the_pages_of_neighbouring_days_lead_to_each_other_and_to_what_was_recorded_on_the_day() -> None:
    assert (FIRST.before, FIRST.after) == (None, LAST.day)
    assert (LAST.before, LAST.after) == (FIRST.day, None)
    assert LAST.changes == (("Buyers have put off two cargoes. IN PROGRESS → IN PROGRESS, AT RISK", "change-t2"),)


def test_days_to_a_date_are_counted_from_that_day() -> None:
    assert [row.text for row in FIRST.standing.dates] == ["12 Mt booked due 30 Jun 2026, in 168 days"]


def test_the_counts_are_those_of_then() -> None:
    early = replace(verdict(outlook=Outlook.STEADY), progress=replace(counts(("USDA", 1e6, 1e6)), counted=1e6))
    first, last = pages(published={SOY: published((40, early), (0, verdict()))})
    assert first.standing.progress is not None
    assert first.standing.progress.counted_text == "1 Mt of 12 Mt booked (8%)"
    assert last.standing.progress is None


def test_a_sentence_stands_as_the_last_change_until_then_cited_it() -> None:
    """An edit of the rules reads a sentence otherwise later: the page of the earlier day keeps the reading of that
    day."""
    first, note, last = history()
    first = replace(first, cited=(cited(signals()["s0"], quote="as read at first", rule="soy/first"),))
    last = replace(last, cited=(cited(signals()["s0"], quote="as read by now", rule="soy/later"),))
    rests = verdict(outlook=Outlook.STEADY, evidence=("s0",), flags=())
    record = published((60, rests), (0, replace(rests, standing=Standing.PARTLY_MET)))
    found = pages(history={SOY: (first, note, last)}, published={SOY: record})
    quotes = [piece.line.quote for page in found for piece in page.standing.evidence]
    assert quotes == ["as read at first", "as read by now"]
    assert [page.standing.read for page in found] == ["rule soy/first", "rule soy/later"]


def test_what_is_recorded_after_a_verdict_does_not_change_how_its_evidence_was_read() -> None:
    later = replace(history()[0], id="t5", at=BEGUN + timedelta(days=1), cited=(cited(signals()["s0"], quote="later"),))
    rests = verdict(outlook=Outlook.STEADY, evidence=("s0",), flags=())
    (page,) = pages(history={SOY: (later,)}, published={SOY: published((60, rests))})
    assert [piece.line.quote for piece in page.standing.evidence] == [signals()["s0"].quote]


def test_the_last_page_stands_at_the_moment_of_the_material_and_the_others_at_the_end_of_their_day() -> None:
    assert (LAST.end, FIRST.end) == (NOW, ago(60).replace(hour=23, minute=59, second=59, microsecond=999999))
