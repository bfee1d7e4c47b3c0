"""`feeds test` asks feeds now and says of each what came, without a trace in the database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.builders.feed_publisher import Item, Publisher, publisher, rss
from tests.builders.working_folder import Desk, objects

DATE = "Mon, 02 Mar 2026 08:00:00 GMT"


@pytest.fixture(scope="module")
def site() -> Iterator[Publisher]:
    item = Item("1", "Ministry says a date", "https://herald.example/1", DATE)
    cut = rss(item, item)[:-60]
    with publisher({"/herald": rss(item), "/cut": cut, "/page": b"<html><body>Please log in</body></html>"}) as running:
        running.redirects |= {"/moved": (301, "/herald"), "/metadata": (302, "http://169.254.169.254/latest")}
        yield running


@pytest.fixture
def polled(desk: Desk, site: Publisher) -> Desk:
    """The desk with a feed that answers and one that does not."""
    desk.edit("http://127.0.0.1:9/herald", site.url("/herald"))
    return desk


def test_all_feeds_are_asked_and_one_that_fails_makes_exit_code_1(polled: Desk) -> None:
    result = polled.run("--now", "2026-03-02T09:00Z", "feeds", "check")
    assert result.exit_code == 1
    good, bad = result.stdout.splitlines()[0], result.stdout.splitlines()[-1]
    assert good.startswith("ok    herald: RSS 2.0, 1 item, newest 2 Mar 2026 08:00 UTC; HTTP 200 after 0.")
    assert bad.startswith("FAIL  ministry: 127.0.0.1: the connection was refused. Is there a network?")
    assert result.stderr.endswith("2 feeds tested: 1 ok, 0 with a warning, 1 failed\n")
    assert not polled.database.exists()


def test_a_feed_is_asked_by_its_name_or_by_its_address(polled: Desk, site: Publisher) -> None:
    result = polled.run("--now", "2026-03-02T09:00Z", "feeds", "check", "herald", site.url("/herald"), "--json")
    assert result.exit_code == 0
    (found,) = objects(result.stdout)
    assert (found["feed"], found["ok"], found["status"], found["items"]) == ("herald", True, 200, 1)
    assert (found["format"], found["title"], found["newest"]) == ("RSS 2.0", "Wire", "2026-03-02T08:00:00+00:00")
    assert (found["error"], found["kind"], found["remedy"]) == (None, None, None)
    assert (found["warnings"], found["notes"]) == ([], ["no item has a summary; only headlines are read"])


def test_any_address_can_be_asked_and_what_is_wrong_is_told(polled: Desk, site: Publisher) -> None:
    paths = ("/moved", "/page", "/cut", "/metadata")
    result = polled.run("feeds", "check", "--json", *map(site.url, paths))
    moved, page, cut, metadata = objects(result.stdout)
    assert result.exit_code == 1
    assert moved["moved_to"] == site.url("/herald")
    assert moved["warnings"][0] == f"it has moved for good to {site.url('/herald')}"
    assert (page["ok"], page["status"], page["kind"]) == (False, 200, "not_a_feed")
    assert "deal-monitor feeds add PAGE" in page["remedy"]
    assert "mended: the document is cut off: its last, incomplete item is left out" in cut["notes"]
    assert (metadata["kind"], metadata["status"]) == ("refused_address", None)


def test_a_private_address_is_refused_with_its_remedy_unless_allowed(polled: Desk) -> None:
    polled.edit("allow_private_addresses = true", "allow_private_addresses = false")
    result = polled.run("feeds", "check", "herald")
    assert result.exit_code == 1
    assert "allow_private_addresses = true under [poll] in config.toml lets it" in result.stdout


def test_an_unknown_name_is_answered_with_the_near_one(polled: Desk) -> None:
    result = polled.run("feeds", "check", "hearld")
    assert result.exit_code == 2
    assert "no feed is called 'hearld' (did you mean 'herald'?)" in result.stderr
    assert "write an address with https://" in polled.run("feeds", "check", "paper.example/rss").stderr


def test_a_feed_that_is_switched_off_is_asked_only_by_name(polled: Desk) -> None:
    polled.edit('name = "ministry"', 'name = "ministry"\nenabled = false')
    assert polled.run("feeds", "check").exit_code == 0
    assert "FAIL  ministry" in polled.run("feeds", "check", "ministry").stdout
