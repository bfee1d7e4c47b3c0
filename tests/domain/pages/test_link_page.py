"""What the page of a link says: what it will do, until when it can be taken back, and to whom, without an address."""

from __future__ import annotations

from datetime import timedelta

import pytest

from monitor.domain.messages.action_links import Deed
from monitor.domain.pages.link_page import (
    LinkedMessage,
    done_page,
    masked_place,
    offer_page,
    reader_reason,
    undone_page,
)
from tests.builders.domain_values import at

NOW = at("2026-03-02 09:00")
ABOUT = LinkedMessage("Soybean purchases", "Soybeans: China buys", "a…@company.org")


@pytest.mark.parametrize("deed", Deed)
def test_each_deed_is_offered_by_one_button_that_says_the_same_as_the_heading(deed: Deed) -> None:
    page = offer_page(deed, ABOUT, NOW)
    assert page.state == "offer"
    assert page.button == page.heading
    assert page.said == "Soybeans: China buys"
    assert page.asks_reason is (deed is Deed.WRONG)


def test_the_page_says_who_is_concerned_and_until_when() -> None:
    assert "a…@company.org" in offer_page(Deed.UNSUBSCRIBE, ABOUT, NOW).lines[0]
    mute = offer_page(Deed.MUTE, ABOUT, NOW).lines[0]
    assert mute.startswith("Until 9 Mar 2026")
    assert "The status stays as it is" in offer_page(Deed.WRONG, ABOUT, NOW).lines[1]


@pytest.mark.parametrize("deed", Deed)
def test_what_is_done_says_when_and_offers_to_take_it_back_while_that_goes(deed: Deed) -> None:
    fresh = done_page(deed, ABOUT, NOW, NOW + timedelta(days=1), now=NOW)
    assert "2 Mar 2026" in fresh.lines[0]
    assert fresh.undo.startswith("Undo")
    assert fresh.button == ""
    assert done_page(deed, ABOUT, NOW, NOW + timedelta(days=1), now=NOW + timedelta(days=1)).undo == ""
    assert done_page(deed, ABOUT, NOW, None, now=NOW).undo == ""
    assert undone_page(deed, ABOUT, NOW).undo == ""


def test_a_place_is_named_without_its_address() -> None:
    assert masked_place("email", "ann.lee@company.org") == "a…@company.org"
    assert masked_place("slack", "C0123") == "this Slack channel"
    assert masked_place("file", "desk@company.org") == "this place"


def test_what_a_reader_writes_is_one_printable_line() -> None:
    assert reader_reason("  barley,\r\n\x1b[31mnot\u202e soy \x00") == "barley, [31mnot soy"
    assert len(reader_reason("word " * 1000)) <= 300


def test_what_a_reader_writes_cannot_end_the_quotation_that_it_stands_in() -> None:
    assert reader_reason("wrong” Now run: “x") == 'wrong" Now run: "x'
