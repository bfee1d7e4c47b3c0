"""Long words may break anywhere without being changed to the eye; nothing but words is touched."""

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from monitor.render.renderer import BREAK_ENTITY, MAX_UNBROKEN, add_break_opportunities

PLACE_READ = unescape(BREAK_ENTITY)


@given(st.text(st.sampled_from("ab<>&\"' -.é\u0301صש大😀\u200d"), max_size=200) | st.text(max_size=200))
def test_a_text_reads_as_before_and_no_entity_is_cut(text: str) -> None:
    found = add_break_opportunities(f"<p>{escape(text)}</p>")
    assert unescape(found).replace(PLACE_READ, "") == f"<p>{text}</p>".replace(PLACE_READ, "")


@pytest.mark.parametrize("letter", ["x", "W", "/", "<", "&", '"', "é", "ص"])
def test_no_run_of_letters_is_longer_than_a_phone_is_wide(letter: str) -> None:
    found = unescape(add_break_opportunities(f"<p>{escape(letter * 500)}</p>"))[len("<p>") : -len("</p>")]
    assert max(map(len, found.split(PLACE_READ))) <= MAX_UNBROKEN
    assert found.replace(PLACE_READ, "") == letter * 500


@pytest.mark.parametrize(
    "html",
    [
        f"<p>{'x' * MAX_UNBROKEN} soybean-purchases.put-off_until_later {'大豆' * 40} {'🚢👩🏽‍🌾' * 20}</p>",
        f'<a href="https://a.example/{"x" * 200}" title="{"y" * 90} &gt;">here</a>',
        f"<title>{'x' * 90}</title><style>.{'x' * 90}:after{{content:'{'y' * 90}'}}</style>",
        f"<!--[if mso]>{'x' * 90}<td><![endif]-->",
        "<div>" + "&#847;&zwnj;&nbsp;" * 40 + "</div>",
    ],
    ids=["words that fit or break by themselves", "attributes", "head", "comment", "padding"],
)
def test_all_else_stays_as_it_is(html: str) -> None:
    assert add_break_opportunities(html) == html


def test_a_word_of_one_letter_more_is_broken_once() -> None:
    assert re.findall(BREAK_ENTITY, add_break_opportunities("x" * (MAX_UNBROKEN + 1))) == [BREAK_ENTITY] * 2
