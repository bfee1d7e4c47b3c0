"""Addresses of pages never change: calendars, feed readers and mails keep them."""

from __future__ import annotations

from datetime import date

from monitor.domain.pages import addresses


def test_addresses_are_as_they_were_first_published() -> None:
    assert addresses.commitment_page("soybean-purchases") == "c/soybean-purchases.html"
    assert addresses.as_of_page("soybean-purchases", date(2025, 11, 10)) == "c/soybean-purchases/2025-11-10.html"
    assert addresses.change_anchor("ab12") == "change-ab12"
    assert addresses.commitment_changes("talks") == "c/talks.atom"
    assert addresses.commitment_dates("talks") == "c/talks.ics"
    assert addresses.commitment_json("talks") == "api/v1/talks.json"
    assert addresses.badge("talks") == "badge/talks.svg"
    assert addresses.digest_page("desk", "2026-11-23T0800") == "digests/desk/2026-11-23T0800.html"
    assert (addresses.BOARD, addresses.ALL_CHANGES, addresses.ALL_DATES) == ("index.html", "feed.atom", "deadlines.ics")


def test_the_way_up_leads_from_each_page_to_the_root() -> None:
    assert [addresses.way_up(page) for page in ("index.html", "c/soy.html", "c/soy/2025-11-10.html")] == [
        "",
        "../",
        "../../",
    ]
