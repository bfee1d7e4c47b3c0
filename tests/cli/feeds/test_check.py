"""`feeds check` fetches feeds now and shows what they contain; the database stays untouched."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.builders.feed_publisher import Item, Publisher, publisher, rss
from tests.builders.golden_wording import GoldenWording
from tests.builders.working_folder import Desk, objects

DATE = "Mon, 02 Mar 2026 08:00:00 GMT"


@pytest.fixture(scope="module")
def site() -> Iterator[Publisher]:
    item = Item("1", "Ministry says a date", "https://herald.example/1", DATE)
    old = rss(Item("1", "Ministry says a date", "https://herald.example/1", "2025-11-02 08:00:00"), item_without_date())
    signed = rss(item, item).replace(b"</item>", b"<source>Second</source></item>")
    documents = {"/herald": rss(item), "/cut": rss(item, item)[:-60], "/old": old, "/signed": signed}
    with publisher(documents | {"/page": b"<html><body>Please log in</body></html>"}) as running:
        running.redirects |= {"/moved": (301, "/herald"), "/metadata": (302, "http://169.254.169.254/latest")}
        yield running


def item_without_date() -> Item:
    return Item("2", "A second report", "https://herald.example/2", "")


@pytest.fixture
def polled(desk: Desk, site: Publisher) -> Desk:
    """The desk with a feed that answers and one that does not."""
    desk.edit("http://127.0.0.1:9/herald", site.url("/herald"))
    return desk


def check(desk: Desk, *arguments: str) -> tuple[int, str, str]:
    result = desk.run("--now", "2026-03-02T09:00Z", "feeds", "check", *arguments)
    return result.exit_code, result.stdout, result.stderr


def test_all_feeds_are_fetched_and_a_failure_makes_exit_code_1(polled: Desk) -> None:
    code, out, err = check(polled)
    assert code == 1
    assert [line.split(":")[0] for line in out.splitlines()] == ["ok    herald", "FAIL  ministry"]
    assert err.endswith("2 feeds checked, 1 failed\n")
    assert not polled.database.exists()


def test_a_feed_is_fetched_by_name_or_address(polled: Desk, site: Publisher) -> None:
    code, out, _ = check(polled, "herald", site.url("/herald"), "--json")
    (found,) = objects(out)
    assert code == 0
    assert (found["feed"], found["ok"], found["status"], found["items"]) == ("herald", True, 200, 1)
    assert (found["format"], found["title"], found["newest"]) == ("rss20", "Wire", "2026-03-02T08:00:00+00:00")
    assert (found["error"], found["kind"], found["remedy"], found["warnings"]) == (None, None, None, [])


def test_any_address_can_be_fetched_and_gets_warnings_or_an_error(
    polled: Desk, site: Publisher, wording: GoldenWording
) -> None:
    code, out, _ = check(polled, "--json", *map(site.url, ("/moved", "/cut", "/old", "/page", "/metadata")))
    moved, cut, old, page, metadata = objects(out)
    assert code == 1
    assert moved["moved_to"] == site.url("/herald")
    assert (page["ok"], page["status"], page["kind"]) == (False, 200, "not_a_feed")
    assert (metadata["kind"], metadata["status"]) == ("refused_address", None)
    wording(warning for found in (moved, cut, old) for warning in found["warnings"])
    wording(found["remedy"] for found in (page, metadata))


def test_a_feed_that_names_other_publishers_is_warned_about_unless_it_is_an_aggregator(
    polled: Desk, site: Publisher, wording: GoldenWording
) -> None:
    polled.edit(site.url("/herald"), site.url("/signed"))
    wording(check(polled, "herald")[1].splitlines()[1:])
    polled.edit('name = "herald"', 'name = "herald"\naggregator = true')
    assert check(polled, "herald")[1].startswith("ok ")


def test_a_private_address_is_refused_with_its_remedy_unless_allowed(polled: Desk, wording: GoldenWording) -> None:
    polled.edit("allow_private_addresses = true", "allow_private_addresses = false")
    code, out, _ = check(polled, "herald")
    assert code == 1
    wording(out)


def test_a_disabled_feed_is_fetched_only_by_name_and_an_unknown_name_refused(
    polled: Desk, refused: Callable[..., None]
) -> None:
    refused(polled.run, "feeds", "check", calls="hearld")
    polled.edit('name = "ministry"', 'name = "ministry"\nenabled = false')
    assert check(polled)[0] == 0
    assert check(polled, "ministry")[1].startswith("FAIL  ministry: ")
