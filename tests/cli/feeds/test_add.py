"""`feeds add` leads from an address to a feed in config.toml, or says why it does not."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import Result

from monitor.cli.feeds.add import Wishes, feed_of_page, proposed
from monitor.cli.feeds.feed_options import web_address
from monitor.cli.feeds.known_publishers import publisher_behind, site_of, sources_block
from monitor.config import FeedSettings, load_settings
from monitor.feeds.discovery import AnnouncedFeed, WebPage
from monitor.feeds.fetch import Fetcher, FetchLimits
from monitor.feeds.worker import ParseWorker
from monitor.rulebook.publishers import load_publishers
from monitor.runtime.feed_trials import FeedTester, FeedToTry
from tests.builders.databases import NOW
from tests.builders.feed_publisher import Item, Publisher, publisher, rss
from tests.builders.shipped_rules import ROOT
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
    documents |= {"/several": page(("/known", "News"), ("/unknown", "World")), "/none": page()}
    with publisher(documents) as running:
        running.redirects |= {"/moved": (301, "/known"), "/metadata": (302, "http://169.254.169.254/latest")}
        yield running


def add(desk: Desk, site: Publisher, path: str, *options: str | Path) -> Result:
    return desk.run("--now", "2026-03-02T09:00Z", "feeds", "add", site.url(path), *options)


def feeds_of(desk: Desk) -> list[FeedSettings]:
    return list(load_settings(desk.config, environ={}).feeds)


def test_a_feed_is_shown_and_written_with_publisher_name_and_interval(desk: Desk, site: Publisher) -> None:
    before = desk.config.read_text(encoding="utf-8")
    result = add(desk, site, "/known", "--zone", "Asia/Shanghai")
    assert result.exit_code == 0, result.stderr
    block = (
        f'\n[[feeds]]\nname = "wire"\nurl = "{site.url("/known")}"\npublisher = "Herald Wire"\ninterval = "30m"\n'
        'lang = "en"\nzone = "Asia/Shanghai"\n'
    )
    assert desk.config.read_text(encoding="utf-8") == before + block
    assert "holds       RSS 2.0, 1 item, newest 2 Mar 2026 08:00 UTC\n" in result.stdout
    assert "publisher   Herald Wire (wire)\n" in result.stdout
    assert "added 'wire': " in result.stdout
    assert "restart it" in result.stdout


def test_the_feed_of_a_page_is_found_and_that_of_its_comments_is_not(desk: Desk, site: Publisher) -> None:
    result = add(desk, site, "/one", "--name", "mine", "--interval", "2h")
    assert result.exit_code == 0, result.stderr
    feed = feeds_of(desk)[-1]
    assert (feed.name, feed.url, feed.interval) == ("mine", site.url("/known"), 7200)


def test_of_several_feeds_one_must_be_named_where_nobody_can_be_asked(desk: Desk, site: Publisher) -> None:
    result = add(desk, site, "/several")
    assert result.exit_code == 2
    assert f"RSS        {site.url('/known')}  News" in result.stderr
    assert f"RSS        {site.url('/unknown')}  World" in result.stderr
    assert len(feeds_of(desk)) == 2


def test_an_unlisted_publisher_is_added_with_a_warning_and_what_to_write(desk: Desk, site: Publisher) -> None:
    result = add(desk, site, "/unknown")
    assert feeds_of(desk)[-1].publisher == "Wire"
    assert "warning: publisher 'Wire' is not in sources.yaml; its word counts for nothing" in result.stderr
    assert '  - name: "Wire"\n    domains: [paper.example]\n    tier: trade' in result.stderr


def test_nothing_is_written_on_a_dry_run(desk: Desk, site: Publisher) -> None:
    before = desk.config.read_bytes()
    result = add(desk, site, "/known", "--dry-run")
    assert result.exit_code == 0
    assert '[[feeds]]\nname = "wire"\n' in result.stdout
    assert "nothing was written" in result.stderr
    assert desk.config.read_bytes() == before


@pytest.mark.parametrize("path", ["/moved", "/known"])
def test_a_feed_that_is_configured_already_is_not_added_however_it_is_reached(
    desk: Desk, site: Publisher, path: str
) -> None:
    desk.edit("http://127.0.0.1:9/herald", f"{site.url('/known')}/")
    result = add(desk, site, path)
    assert result.exit_code == 1
    assert "error: this feed is configured already as 'herald' (" in result.stderr
    assert "config.toml:19)" in result.stderr


@pytest.mark.parametrize(
    ("path", "private", "complaint"),
    [
        ("/nothing", "true", "HTTP 404: not found. Open the address in a browser"),
        ("/none", "true", "this is a web page (HTML), not a feed"),
        (
            "/none",
            "true",
            "came instead. It announces no feed, and none is where sites customarily have one: look on the",
        ),
        ("/metadata", "true", "refused to connect, it is an address of a private or local network"),
        ("/known", "false", "allow_private_addresses = true under [poll] in config.toml lets it"),
    ],
)
def test_what_gives_no_feed_is_told_with_a_remedy(
    desk: Desk, site: Publisher, path: str, private: str, complaint: str
) -> None:
    desk.edit("allow_private_addresses = true", f"allow_private_addresses = {private}")
    before = desk.config.read_bytes()
    result = add(desk, site, path)
    assert result.exit_code == 1
    assert complaint in result.stderr
    assert desk.config.read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["ftp://a.example/"], "is no http or https address"),
        (["https://me:secret@a.example/"], "holds a user name or password"),
        (["https://a.example/", "--interval", "15"], "write '90s', '15m', '1h' or '1d'"),
        (["https://a.example/", "--lang", "english"], "is no code of a language"),
        (["https://a.example/", "--zone", "Beijing"], "did you mean 'Asia/Shanghai'?"),
        (["https://a.example/", "--name", "herald"], "'herald' is taken already"),
    ],
)
def test_wrong_usage_is_refused_before_anybody_is_asked(desk: Desk, arguments: list[str], complaint: str) -> None:
    result = desk.run("feeds", "add", *arguments)
    assert result.exit_code == 2
    assert complaint in result.stderr
    assert "asking" not in result.stderr


@pytest.mark.parametrize(
    ("typed", "address"),
    [("paper.example/rss", "https://paper.example/rss"), (" http://paper.example ", "http://paper.example")],
)
def test_an_address_without_a_scheme_is_taken_as_https(typed: str, address: str) -> None:
    assert web_address(typed) == address


# ---------------------------------------------------------------- somebody who can be asked


@dataclass(slots=True)
class Somebody:
    """A person with fixed answers."""

    number: int = 0
    whose: str = "Second Wire"

    def choose(self, feeds: Sequence[AnnouncedFeed]) -> AnnouncedFeed:
        return feeds[self.number]

    def publisher(self, suggestion: str) -> str:
        return self.whose or suggestion

    def agrees(self, question: str) -> bool:
        return bool(question)


@pytest.fixture(scope="module")
def tester() -> Iterator[FeedTester]:
    with Fetcher(FetchLimits(allow_private=True)) as fetcher, ParseWorker() as worker:
        yield FeedTester(fetcher, worker, NOW)


def test_a_person_chooses_among_the_feeds_of_a_page(tester: FeedTester, site: Publisher) -> None:
    feeds = tuple(AnnouncedFeed(site.url(path), "RSS") for path in ("/known", "/unknown"))
    trial = feed_of_page(tester, tester.one(FeedToTry("x", site.url("/none"))), WebPage("", feeds), Somebody(1))
    assert trial.feed.url == site.url("/unknown")


def test_a_person_says_whose_an_unknown_feed_is(desk: Desk, tester: FeedTester, site: Publisher) -> None:
    settings, publishers = load_settings(desk.config, environ={}), load_publishers(desk.folder / "rules")
    trial = tester.one(FeedToTry("x", site.url("/unknown")))
    assert proposed(trial, Wishes(), settings, publishers, Somebody()).publisher == "Second Wire"
    assert proposed(trial, Wishes(publisher="Ministry"), settings, publishers, Somebody()).publisher == "Ministry"


@pytest.mark.slow
def test_at_a_terminal_it_asks_before_it_writes(desk: Desk, site: Publisher) -> None:
    """The command as a process, with a terminal of its own: the second feed, whose it is, and no."""
    ours, theirs = pty.openpty()
    words = ["--config", str(desk.config), "feeds", "add", site.url("/several")]
    before, said, answers = desk.config.read_bytes(), "", iter(["2", "", "n"])
    child = subprocess.Popen(
        [sys.executable, "-m", "monitor", *words], cwd=ROOT, stdin=theirs, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    try:
        while select.select([ours], [], [], 30)[0] and (heard := _heard(ours)):
            said += heard
            if said.endswith("]: "):
                os.write(ours, f"{next(answers)}\n".encode())
        assert child.wait(30) == 0, said
    finally:
        child.kill()
        os.close(ours)
    assert "Which one [1]: 2" in said
    assert "Whose is it [Wire]:" in said
    assert "Add it to" in said
    assert desk.config.read_bytes() == before


def _heard(terminal: int) -> str:
    """What the program says next; '' once it has ended."""
    try:
        return os.read(terminal, 4096).decode("utf-8", "replace")
    except OSError:
        return ""


# ---------------------------------------------------------------- whose it is


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
def test_a_publisher_is_known_by_address_or_by_a_part_of_the_title(
    small_rules: Path, addresses: list[str], names: list[str], found: str | None
) -> None:
    publisher = publisher_behind(load_publishers(small_rules), addresses, names)
    assert (publisher.name if publisher is not None else None) == found


def test_what_to_write_for_an_unlisted_publisher_can_be_read_as_it_is(tmp_path: Path) -> None:
    folder = write(tmp_path / "rules")
    file = folder / "sources.yaml"
    blocks = [
        sources_block('The "Daily": #1', site_of("www.daily.example"), "en", "Europe/Paris"),
        sources_block("B", "", "", ""),
    ]
    file.write_text("\n".join((file.read_text(encoding="utf-8").rstrip(), *blocks, "")), encoding="utf-8")
    found = load_publishers(folder).find("", "https://www.daily.example/1")
    assert (found.name, found.tier.name, found.zone, found.lang) == ('The "Daily": #1', "TRADE", "Europe/Paris", "en")


@pytest.mark.parametrize(
    ("host", "site"), [("127.0.0.1", ""), ("::1", ""), ("localhost", ""), ("www.a.example", "a.example")]
)
def test_a_number_is_nobodys_domain(host: str, site: str) -> None:
    assert site_of(host) == site
