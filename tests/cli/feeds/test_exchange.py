"""`feeds import` takes over a list whole or not at all; `feeds export` gives one that adds nothing when it comes back."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from monitor.config import load_settings
from monitor.feeds.opml import read_opml
from tests.builders.feed_publisher import Item, publisher, rss
from tests.builders.working_folder import Desk

LIST = """<opml version="2.0"><body>
  <outline text="Wires">
    <outline text="Second" title="The Second" xmlUrl="https://feeds.second.example/rss" language="en-GB"/>
    <outline text="Daily" xmlUrl="https://daily.example/rss" htmlUrl="https://daily.example/"/>
  </outline>
  <outline text="Herald again" xmlUrl="http://127.0.0.1:9/herald/"/>
  <outline text="Daily once more" xmlUrl="https://DAILY.example/rss#top"/>
</body></opml>
"""


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    file = tmp_path / "mine.opml"
    file.write_text(LIST, encoding="utf-8")
    return file


def names(desk: Desk) -> list[str]:
    return [feed.name for feed in load_settings(desk.config, environ={}).feeds]


def test_new_feeds_are_added_and_the_others_counted(desk: Desk, listed: Path) -> None:
    result = desk.run("feeds", "import", listed)
    assert result.exit_code == 0, result.stderr
    assert names(desk) == ["herald", "ministry", "second", "daily"]
    second, daily = load_settings(desk.config, environ={}).feeds[2:]
    assert (second.publisher, second.interval, second.lang) == ("Second Wire", 1800, "en")
    assert (daily.publisher, daily.url) == ("Daily", "https://daily.example/rss")
    assert "added 2 feeds: " in result.stdout
    assert "4 feeds in the list: 2 new, 1 configured already, 1 twice in the list" in result.stderr
    assert "warning: 1 publisher not in sources.yaml: Daily; " in result.stderr


def test_a_list_comes_from_standard_input_too_and_a_dry_run_writes_nothing(desk: Desk) -> None:
    before = desk.config.read_bytes()
    result = desk.run("feeds", "import", "-", "--dry-run", "--interval", "1h", given=LIST)
    assert result.exit_code == 0, result.stderr
    assert result.stdout.count('[[feeds]]\nname = "') == 2
    assert result.stdout.count('interval = "1h"') == 2
    assert result.stderr.endswith("nothing was written\n")
    assert desk.config.read_bytes() == before


def test_one_unusable_address_and_nothing_is_written(desk: Desk, listed: Path) -> None:
    listed.write_text(LIST.replace("https://daily.example/rss", "javascript:alert(1)"), encoding="utf-8")
    before = desk.config.read_bytes()
    result = desk.run("feeds", "import", listed)
    assert result.exit_code == 2
    assert f"{listed}:4: xmlUrl 'javascript:alert(1)' is no http or https address" in result.stderr
    assert "nothing was written" in result.stderr
    assert desk.config.read_bytes() == before


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("<opml><body/></opml>", "lists no feed"),
        ('<!DOCTYPE opml [<!ENTITY a "b">]><opml/>', "declares a document type"),
        ("<html/>", "no list of feeds (OPML)"),
    ],
)
def test_what_is_no_list_is_refused(desk: Desk, listed: Path, text: str, complaint: str) -> None:
    listed.write_text(text, encoding="utf-8")
    result = desk.run("feeds", "import", listed)
    assert result.exit_code == 2
    assert complaint in result.stderr


def test_private_addresses_are_warned_of_where_they_will_be_refused(desk: Desk, listed: Path) -> None:
    desk.edit("allow_private_addresses = true", "allow_private_addresses = false")
    listed.write_text(LIST.replace("https://daily.example/rss", "http://10.0.0.8/rss"), encoding="utf-8")
    told = desk.run("feeds", "import", listed).stderr
    assert "warning: on this machine or in its network: 1 address, and will be refused: allow_private_addresses" in told


def test_feeds_that_fail_a_test_are_left_out(desk: Desk, listed: Path) -> None:
    item = Item("1", "Ministry says a date", "https://herald.example/1", "Mon, 02 Mar 2026 08:00:00 GMT")
    with publisher({"/a": rss(item)}) as site:
        site.redirects |= {"/b": (301, "/a"), "/c": (302, "http://169.254.169.254/")}
        rows = "".join(f'<outline text="{path[1:]}" xmlUrl="{site.url(path)}"/>' for path in ("/a", "/b", "/c"))
        listed.write_text(f"<opml>{rows}</opml>", encoding="utf-8")
        result = desk.run("feeds", "import", listed, "--test")
    assert result.exit_code == 1
    assert "FAIL  c: 169.254.169.254: refused to connect" in result.stdout
    assert names(desk) == ["herald", "ministry", "a"]
    assert "1 left out because it failed" in result.stderr
    unknown = re.search(r"not in sources.yaml: (.*?);", result.stderr)
    assert unknown is not None
    assert "c" not in unknown[1].split(", "), "nobody need list the publisher of a feed that is not added"


def test_what_is_exported_adds_nothing_when_it_is_imported(desk: Desk, listed: Path) -> None:
    desk.run("feeds", "import", listed)
    before = desk.config.read_bytes()
    exported = desk.run("feeds", "export").stdout
    result = desk.run("feeds", "import", "-", given=exported)
    assert result.exit_code == 0
    assert "4 feeds in the list: 0 new, 4 configured already" in result.stderr
    assert desk.config.read_bytes() == before


def test_an_export_has_a_folder_for_each_tier_and_names_the_publishers(desk: Desk) -> None:
    desk.edit('publisher = "Ministry"', 'publisher = "A & B"')
    text = desk.run("--now", "2026-03-02T09:00Z", "feeds", "export").stdout
    assert [(feed.text, feed.title) for feed in read_opml(text.encode(), "x")] == [
        ("herald", "Herald Wire"),
        ("ministry", "A & B"),
    ]
    assert text.index('<outline text="wire">') < text.index('text="herald"') < text.index('<outline text="unknown">')


def test_a_feed_that_is_switched_off_is_neither_exported_nor_added_again(desk: Desk) -> None:
    exported = desk.run("feeds", "export").stdout
    desk.edit('name = "ministry"', 'name = "ministry"\nenabled = false')
    assert "ministry" not in desk.run("feeds", "export").stdout
    assert "2 configured already" in desk.run("feeds", "import", "-", given=exported).stderr
