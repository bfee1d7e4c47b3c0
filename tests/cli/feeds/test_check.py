"""`feeds check` fetches feeds now and shows what they contain; the database stays untouched."""

from collections.abc import Callable, Iterator

import pytest

from tests.builders.feed_publisher import Item, Publisher, publisher, rss
from tests.builders.golden_wording import GoldenWording
from tests.builders.small_rulebook import BUYS
from tests.builders.working_folder import Desk, objects

DATE = "Mon, 02 Mar 2026 08:00:00 GMT"


@pytest.fixture(scope="module")
def site() -> Iterator[Publisher]:
    item = Item("1", "Ministry says a date", "https://herald.example/1", DATE)
    old = rss(Item("1", "Ministry says a date", "https://herald.example/1", "2025-11-02 08:00:00"), item_without_date())
    signed = rss(item, item).replace(b"</item>", b"<source>Second</source></item>")
    elsewhere = Item("3", "Rain", "https://nobody.example/3", DATE)
    found = rss(Item("2", BUYS, "https://herald.example/2", DATE), item, elsewhere)
    for name in ("Ministry", "Herald Wire", "Nobody's Blog"):
        found = found.replace(b"</item>", f"<source>{name}</source></ITEM>".encode(), 1)
    documents = {"/search": found.replace(b"ITEM", b"item"), "/empty": rss()}
    documents |= {"/herald": rss(item), "/cut": rss(item, item)[:-60], "/old": old, "/signed": signed}
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
    assert rows(out) == [["herald", "ok 200", "1", "1 h", "100%", "0%"], ["ministry", "FAIL", "", "", "", ""]]
    assert err.endswith("2 feeds checked, 1 failed\n")
    assert not polled.database.exists()


def rows(out: str) -> list[list[str]]:
    """The cells of the table, row by row."""
    lines = [line for line in out.splitlines() if line.startswith("│")]
    return [[cell.strip() for cell in line.strip("│").split("│")] for line in lines]


def test_the_table_says_whose_items_count_how_old_they_are_and_how_many_are_near_the_deal(
    polled: Desk, site: Publisher, wording: GoldenWording
) -> None:
    polled.edit(site.url("/herald"), site.url("/search"))
    polled.edit('name = "herald"', 'name = "herald"\naggregator = true')
    polled.edit('publisher = "Ministry"', 'publisher = "Ministri"')
    polled.edit("http://127.0.0.1:9/ministry", site.url("/empty"))
    code, out, _ = check(polled)
    assert code == 0
    assert rows(out) == [["herald", "ok 200", "3", "1 h", "67%", "33%"], ["ministry", "warn 200", "0", "-", "-", "-"]]
    assert max(map(len, out.splitlines())) <= 80
    wording(out)
    search, empty = objects(check(polled, "--json")[1])
    assert (search["items_known"], search["items_near"], search["publisher_known"]) == (2, 1, True)
    assert (empty["items_known"], empty["items_near"], empty["publisher_known"]) == (None, None, False)


def test_faulty_rules_leave_the_shares_out_and_are_named(polled: Desk) -> None:
    (polled.folder / "rules" / "sources.yaml").write_text("publishers: 5\n", encoding="utf-8")
    _, out, err = check(polled, "herald")
    assert rows(out) == [["herald", "ok 200", "1", "1 h", "-", "-"]]
    assert "publishers and deals are not looked up" in err


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
    wording(check(polled, "herald")[1])
    polled.edit('name = "herald"', 'name = "herald"\naggregator = true')
    assert rows(check(polled, "herald")[1])[0][1] == "ok 200"


def test_a_feed_that_links_to_other_publishers_is_warned_about_unless_one_of_them_is_its_own(
    polled: Desk, wording: GoldenWording
) -> None:
    polled.edit('publisher = "Herald Wire"', 'publisher = "Random Blog"')
    wording(check(polled, "herald")[1])


def test_a_private_address_is_refused_with_its_remedy_unless_allowed(polled: Desk, wording: GoldenWording) -> None:
    polled.edit("allow_private_addresses = true", "allow_private_addresses = false")
    code, out, _ = check(polled, "herald")
    assert code == 1
    wording(out)


def test_a_disabled_feed_is_fetched_only_by_name_an_unknown_refused(polled: Desk, refused: Callable[..., None]) -> None:
    refused(polled.run, "feeds", "check", calls="hearld")
    polled.edit('name = "ministry"', 'name = "ministry"\nenabled = false')
    assert check(polled)[0] == 0
    assert rows(check(polled, "ministry")[1])[0][:2] == ["ministry", "FAIL"]
