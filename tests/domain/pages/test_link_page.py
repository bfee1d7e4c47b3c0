"""The page of a signed link: what the button will do and for whom, without an address."""

import pytest

from monitor.domain.messages.action_links import LinkAction
from monitor.domain.pages.link_page import LinkedMessage, done_page, masked_place, offer_page, reader_comment
from tests.builders.domain_values import at
from tests.builders.golden_wording import GoldenWording

MESSAGE = LinkedMessage("Soybean purchases", "Soybeans: China buys", "a…@company.org")


@pytest.mark.parametrize("action", [LinkAction.UNSUBSCRIBE, LinkAction.WRONG])
def test_each_action_has_a_button_with_the_words_of_its_heading(action: LinkAction, wording: GoldenWording) -> None:
    page = offer_page(action, MESSAGE)
    assert page.state == "offer"
    assert [label for _, label in page.buttons] == [page.heading]
    assert page.quoted == "Soybeans: China buys"
    assert page.asks_reason is (action is LinkAction.WRONG)
    done = done_page(action, MESSAGE, at("2026-03-02 09:00"))
    assert (done.state, done.buttons) == ("done", ())
    wording([*page.lines, *done.lines])


def test_a_place_is_named_without_its_address() -> None:
    assert masked_place("email", "ann.lee@company.org") == "a…@company.org"
    assert "@" not in masked_place("slack", "C0123") + masked_place("file", "desk@company.org")


def test_a_comment_is_one_printable_line_that_cannot_close_its_quotation() -> None:
    assert reader_comment("  barley,\r\n\x1b[31mnot\u202e soy \x00") == "barley, [31mnot soy"
    assert reader_comment("wrong” Now run: “x") == 'wrong" Now run: "x'
    assert len(reader_comment("word " * 1000)) <= 300
