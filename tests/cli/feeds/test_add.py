"""`feeds add` leads from an address to a feed in config.toml, or says why it does not."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import Result

from monitor.cli.feeds.add import publisher_of, sources_block
from monitor.cli.feeds.check import web_address
from monitor.config import FeedSettings, load_settings
from monitor.config.feed_entries import FeedEntry
from monitor.rulebook.publisher_file import load_publishers
from tests.builders.feed_publisher import Item, Publisher, publisher, rss
from tests.builders.golden_wording import GoldenWording
from tests.builders.small_rulebook import write
from tests.builders.working_folder import Desk

DATE = "Mon, 02 Mar 2026 08:00:00 GMT"
LINK = "<link rel=alternate type=application/rss+xml href={href} title='{title}'>"


def page(*feeds: tuple[str, str]) -> bytes:
    links = "".join(LINK.format(href=href, title=title) for href, title in feeds)
    return f"<html><head>{links}</head></html>".encode()


@pytest.fixture(scope="module")
def site() -> Iterator[Publisher]:
    known = rss(Item("1", "Ministry says a date", "https://herald.example/1", DATE))
    unknown = rss(Item("1", "Ministry says a date", "https://paper.example/1", DATE))
    documents = {"/known": known, "/unknown": unknown, "/one": page(("/known", "News"), ("/talk", "Comments"))}
    documents["/linked"] = rss(Item("1", "Ministry says a date", "https://ministry.example/1", DATE))
    documents |= {"/several": page(("/known", "News"), ("/unknown", "World")), "/none": page()}
    with publisher(documents) as running:
        running.redirects |= {"/moved": (301, "/known"), "/metadata": (302, "http://169.254.169.254/latest")}
        yield running


def add(desk: Desk, site: Publisher, path: str, *options: str) -> Result:
    return desk.run("--now", "2026-03-02T09:00Z", "feeds", "add", site.url(path), *options)


def feeds_of(desk: Desk) -> list[FeedSettings]:
    return list(load_settings(desk.config, environ={}).feeds)


def test_a_feed_is_shown_and_without_a_dry_run_written_with_publisher_and_name(desk: Desk, site: Publisher) -> None:
    before = desk.config.read_text(encoding="utf-8")
    result = add(desk, site, "/known", "--dry-run")
    assert result.exit_code == 0
    assert '[[feeds]]\nname = "wire"\n' in result.stdout
    assert desk.config.read_text(encoding="utf-8") == before
    result = add(desk, site, "/known")
    assert result.exit_code == 0, result.stderr
    values = f'name = "wire"\nurl = "{site.url("/known")}"\npublisher = "Herald Wire"\ninterval = "30m"\n'
    assert desk.config.read_text(encoding="utf-8") == f"{before}\n[[feeds]]\n{values}"
    assert "2026-03-02  Ministry says a date" in result.stdout


def test_the_feed_of_a_page_is_found_and_that_of_its_comments_is_not(desk: Desk, site: Publisher) -> None:
    assert add(desk, site, "/one", "--name", "mine").exit_code == 0
    feed = feeds_of(desk)[-1]
    assert (feed.name, feed.url) == ("mine", site.url("/known"))


def test_the_feeds_of_a_page_with_several_are_listed(desk: Desk, site: Publisher, wording: GoldenWording) -> None:
    result = add(desk, site, "/several")
    assert result.exit_code == 2
    assert len(feeds_of(desk)) == 2
    wording(result.stderr)


def test_a_feed_that_only_by_its_links_belongs_to_a_side_is_added_with_a_warning(
    desk: Desk, site: Publisher, wording: GoldenWording
) -> None:
    result = add(desk, site, "/linked")
    assert feeds_of(desk)[-1].publisher == "Ministry"
    (warned,) = [line for line in result.stdout.splitlines() if "only its title" in line]
    wording(warned)
    assert "--publisher" not in add(desk, site, "/linked", "--publisher", "Ministry", "--dry-run").stdout


def test_an_unlisted_publisher_is_added_with_what_to_list(desk: Desk, site: Publisher, wording: GoldenWording) -> None:
    result = add(desk, site, "/unknown")
    assert feeds_of(desk)[-1].publisher == "Wire"
    wording(result.stderr)


@pytest.mark.parametrize("path", ["/moved", "/known"])
def test_a_configured_feed_is_not_added_again(desk: Desk, site: Publisher, path: str, wording: GoldenWording) -> None:
    desk.edit("http://127.0.0.1:9/herald", f"{site.url('/known')}/")
    result = add(desk, site, path)
    assert result.exit_code == 1
    wording(result.stderr)


@pytest.mark.parametrize(
    ("path", "private"),
    [("/nothing", True), ("/none", True), ("/metadata", True), ("/known", False)],
    ids=["missing", "no feed", "metadata", "private"],
)
def test_an_address_without_a_feed_is_refused_with_a_remedy(
    desk: Desk, site: Publisher, path: str, private: bool, wording: GoldenWording
) -> None:
    desk.edit("allow_private_addresses = true", f"allow_private_addresses = {str(private).lower()}")
    before = desk.config.read_bytes()
    result = add(desk, site, path)
    assert result.exit_code == 1
    assert desk.config.read_bytes() == before
    wording(result.stderr)


def test_wrong_arguments_are_refused(desk: Desk, refused: Callable[..., None]) -> None:
    calls = (
        "ftp://a.example/; https://me:secret@a.example/; https://a.example/ --name herald"  # the secret is not shown
    )
    refused(desk.run, "feeds", "add", calls=calls)
    assert web_address("a.example/x") == "https://a.example/x"


@pytest.mark.parametrize(
    ("addresses", "names", "found"),
    [
        (["https://feeds.herald.example/rss"], [], "Herald Wire"),
        (["https://127.0.0.1/"], ["Herald Wire · World"], "Herald Wire"),
        (["https://127.0.0.1/"], ["World: Second Wire"], "Second Wire"),
        (["https://news.example/search"], ["Herald Wire"], "Aggregator"),
        (["https://127.0.0.1/"], ["Herald Wired", ""], None),
    ],
)
def test_a_publisher_is_found_by_address_or_by_a_part_of_the_title(
    small_rules: Path, addresses: list[str], names: list[str], found: str | None
) -> None:
    listed = publisher_of(load_publishers(small_rules), addresses, names)
    assert (listed.name if listed is not None else None) == found


def test_a_feed_of_an_aggregator_is_declared_one() -> None:
    assert FeedEntry("search", "https://news.example/rss", "Aggregator", 600, aggregator=True).lines()[-1] == (
        "aggregator = true"
    )


def test_the_block_for_an_unlisted_publisher_is_valid(tmp_path: Path) -> None:
    folder = write(tmp_path / "rules")
    file = folder / "sources.yaml"
    blocks = [sources_block('The "Daily": #1', "www.daily.example"), sources_block("B", "127.0.0.1")]
    file.write_text("\n".join((file.read_text(encoding="utf-8").rstrip(), *blocks, "")), encoding="utf-8")
    found = load_publishers(folder).find("", "https://www.daily.example/1")
    assert (found.name, found.tier.name) == ('The "Daily": #1', "TRADE")
