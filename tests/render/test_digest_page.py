"""A kept digest becomes content of a page: what it says stays, and nothing that a strict policy forbids."""

import re
from functools import cache
from html.parser import HTMLParser

import pytest

from monitor.render.digest_archive import html_page
from monitor.render.digest_page import Surroundings, digest_page, digest_title
from tests.builders.hostile_messages import MILLION, TITLES, digest_about
from tests.builders.rendered_messages import RENDERER, sample_mail
from tests.builders.sample_messages import PARCELS
from tests.builders.tables import table

BASE = "https://deals.example"
SHORT = {name: title for name, title in TITLES.items() if len(title) < MILLION}


def content(html: str, base_url: str = BASE) -> str:
    site = Surroundings(base_url, lambda text: text.replace("Ann Lee", "a person"), {"Soybeans": "c/soy.html"})
    return str(digest_page(html, site, "../../"))


@cache
def sample() -> str:
    return content(html_page(sample_mail("digest")))


class Elements(HTMLParser):
    """The elements of a page with their attributes, and how deep they end."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in ("br", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def inert(html: str) -> Elements:
    """The elements of the page, none of which does anything or brings a look of its own."""
    page = Elements(html)
    assert page.open == []
    assert {tag for tag, _ in page.found} <= {
        *("a", "br", "code", "div", "em", "h1", "h2", "img", "p", "span", "strong", "table", "tbody", "td", "th", "tr")
    }
    names = {name for _, said in page.found for name in said}
    assert names <= {"alt", "aria-hidden", "class", "height", "href", "lang", "rel", "scope", "src", "width"}
    return page


def test_the_page_says_what_the_mail_says() -> None:
    page = inert(sample())
    for said in ("Buyers put off two cargoes of soybeans", "Dates ahead", "Unchanged", "Harbour notices", "Data as of"):
        assert said in page.text
    assert "\u200b" not in page.text
    assert [tag for tag, _ in page.found].count("h1") == 1


def test_tables_for_looks_become_boxes_and_a_table_of_data_stays_one() -> None:
    page = inert(sample())
    assert [said.get("class") for tag, said in page.found if tag == "table"] == ["mail-grid"]
    assert {said["scope"] for tag, said in page.found if tag == "th"} == {"row"}


def test_pictures_stay_with_their_words() -> None:
    pictures = [said for tag, said in inert(sample()).found if tag == "img"]
    assert pictures
    assert all(str(said["src"]).startswith("data:image/png;base64,") and said["alt"] for said in pictures)


def test_classes_get_names_of_their_own_so_that_no_style_of_the_site_meets_them() -> None:
    said = content('<div><p class="card muted tone-warn x\ty&quot;z">a</p></div>')
    assert said == '<p class="mail-card muted tone-warn mail-x">a</p>'


def test_what_leads_out_tells_nobody_where_from_and_what_leads_home_is_relative() -> None:
    links = (
        '<a href="https://wire.example/1">out</a><a href="https://deals.example/c/soy.html#change-1">home</a>'
        '<a href="https://deals.example/">board</a><a href="javascript:alert(1)">bad</a>'
        '<a href="mailto:a@b.example">mail</a>'
    )
    assert content(links) == (
        '<a href="https://wire.example/1" rel="noreferrer noopener">out</a><a href="../../c/soy.html#change-1">home</a>'
        '<a href="../../index.html">board</a>badmail'
    )


def test_a_link_that_does_something_for_one_reader_is_not_repeated() -> None:
    assert content('<p>a <a href="https://deals.example/links/abc.def">Unsubscribe</a></p>') == "<p>a </p>"


@pytest.mark.parametrize(("html", "kept"), table("digest_page", "only_a_short_list_of_elements_stays"))
def test_only_a_short_list_of_elements_stays(html: str, kept: str) -> None:
    assert content(html) == kept


def test_the_bold_name_of_a_commitment_leads_to_its_page() -> None:
    assert content("<p><strong>Soy\u200bbeans</strong>: met</p>") == (
        '<p><a href="../../c/soy.html"><strong>Soybeans</strong></a>: met</p>'
    )
    assert content("<p>Soybeans <strong>Soybeans <i>x</i></strong> <strong>Ore</strong></p>").count("<a ") == 0


def test_texts_and_the_words_of_pictures_are_made_public() -> None:
    said = content('<p>pinned by <b>Ann Lee</b></p><img src="data:image/png;base64,aa" alt="held by Ann Lee">')
    assert said == '<p>pinned by <b>a person</b></p><img src="data:image/png;base64,aa" alt="held by a person">'


@pytest.mark.parametrize("name", SHORT)
def test_a_hostile_title_is_inert(name: str) -> None:
    page = inert(content(html_page(RENDERER.mail(digest_about(SHORT[name])))))
    assert all(re.match(r"https?://", str(said["href"])) for tag, said in page.found if tag == "a")


def test_the_title_is_the_subject_on_one_line() -> None:
    assert digest_title("<head><title>Digest &amp;\n more</title></head>") == "Digest & more"
    assert digest_title("<p>a</p>") == "Digest"
    assert digest_title(html_page(sample_mail("digest"))) == PARCELS["digest"].brief.subject


def test_why_its_reader_got_the_mail_is_left_out() -> None:
    mail = html_page(sample_mail("digest"))
    assert "You receive this because" in mail
    assert "You receive this because" not in sample()
    assert "Data as of" in sample()
