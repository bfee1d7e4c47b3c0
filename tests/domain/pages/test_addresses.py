"""Addresses of pages never change: calendars, feed readers and mails keep them."""

from dataclasses import replace
from datetime import date

from monitor.domain.messages.briefs import Brief
from monitor.domain.model import NOTICE
from monitor.domain.pages import addresses
from monitor.domain.pages.addresses import page_link
from monitor.domain.pages.material import with_parts
from tests.builders.sample_messages import ALERT, DIGEST

BASE = "https://deals.example/board"


def test_addresses_are_as_they_were_first_published() -> None:
    assert addresses.commitment_page("soybean-purchases") == "c/soybean-purchases.html"
    assert addresses.as_of_page("soybean-purchases", date(2025, 11, 10)) == "c/soybean-purchases/2025-11-10.html"
    assert addresses.change_anchor("ab12") == "change-ab12"
    files = [addresses.data_file("talks", kind) for kind in ("atom", "ics", "json")]
    assert files == ["c/talks.atom", "c/talks.ics", "api/v1/talks.json"]
    assert addresses.digest_page("desk", "2026-11-23T0800") == "digests/desk/2026-11-23T0800.html"
    assert (addresses.BOARD, addresses.ALL_CHANGES, addresses.ALL_DATES) == ("index.html", "feed.atom", "deadlines.ics")


def test_the_way_up_leads_from_each_page_to_the_root() -> None:
    pages = {"index.html": "", "c/soy.html": "../", "c/soy/2025-11-10.html": "../../"}
    assert {page: addresses.way_up(page) for page in pages} == pages


def target(brief: Brief, base_url: str = BASE) -> str | None:
    link = page_link(brief, base_url)
    return link.url if link else None


def test_an_alert_links_to_its_first_change_and_a_digest_to_its_page() -> None:
    page = f"{BASE}/c/soybean-purchases.html"
    digest = replace(DIGEST, page="digests/desk/2026-11-23T0800.html")
    assert target(ALERT) == f"{page}#change-{ALERT.changes[0].id}"
    assert target(replace(ALERT, changes=())) == page
    assert target(digest) == f"{BASE}/digests/desk/2026-11-23T0800.html"
    assert (target(ALERT, ""), target(digest, "")) == (None, None)
    assert [target(each) for each in (replace(ALERT, kind=NOTICE), replace(ALERT, commitment=""), DIGEST)] == [None] * 3


def test_a_promise_and_all_its_parts_share_their_feeds() -> None:
    known = ("soy", "soy-annual", "soy-annual-north", "soya", "truce-cuts")
    assert with_parts("soy", known) == ("soy", "soy-annual", "soy-annual-north")
    assert with_parts("soya", known) == ("soya",)
