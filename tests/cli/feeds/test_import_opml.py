"""`feeds import` adds the new feeds of a list, all of them or none."""

from pathlib import Path

import pytest

from monitor.config import load_settings
from tests.builders.golden_wording import GoldenWording
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


def test_new_feeds_are_added_and_the_others_skipped(desk: Desk, listed: Path, wording: GoldenWording) -> None:
    result = desk.run("feeds", "import", listed)
    assert result.exit_code == 0, result.stderr
    feeds = load_settings(desk.config, environ={}).feeds
    assert [feed.name for feed in feeds] == ["herald", "ministry", "second", "daily"]
    assert (feeds[2].publisher, feeds[2].interval, feeds[2].lang) == ("Second Wire", 1800, "en")
    assert (feeds[3].publisher, feeds[3].url) == ("Daily", "https://daily.example/rss")
    wording(result.stderr)


def test_a_feed_that_only_its_title_gives_to_a_side_is_imported_with_a_warning(
    desk: Desk, listed: Path, wording: GoldenWording
) -> None:
    listed.write_text(LIST.replace('text="Daily"', 'text="Ministry"'), encoding="utf-8")
    result = desk.run("feeds", "import", listed)
    assert load_settings(desk.config, environ={}).feeds[3].publisher == "Ministry"
    wording(result.stderr)


def test_a_list_comes_from_standard_input_too_and_a_dry_run_writes_nothing(desk: Desk) -> None:
    before = desk.config.read_bytes()
    result = desk.run("feeds", "import", "-", "--dry-run", given=LIST)
    assert result.exit_code == 0, result.stderr
    assert result.stdout.count('[[feeds]]\nname = "') == 2
    assert desk.config.read_bytes() == before


def test_one_unusable_address_and_nothing_is_written(desk: Desk, listed: Path, wording: GoldenWording) -> None:
    listed.write_text(LIST.replace("https://daily.example/rss", "javascript:alert(1)"), encoding="utf-8")
    before = desk.config.read_bytes()
    result = desk.run("feeds", "import", listed)
    assert result.exit_code == 2
    assert desk.config.read_bytes() == before
    wording(result.stderr)


def test_a_list_without_feeds_is_refused(desk: Desk, listed: Path, wording: GoldenWording) -> None:
    listed.write_text("<opml><body/></opml>", encoding="utf-8")
    result = desk.run("feeds", "import", listed)
    assert result.exit_code == 2
    wording(result.stderr)
