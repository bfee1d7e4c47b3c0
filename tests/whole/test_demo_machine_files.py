"""The sample year as programs get it: every feed, calendar and JSON file of the demo's site can be read."""

import feedparser
import pytest
from icalendar import Calendar

from tests.builders.machine_files import check_json
from tests.builders.working_folder import command

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The files of the demo's site by address."""
    out = tmp_path_factory.mktemp("demo") / "out"
    for arguments in (("demo", "--brief", "--out", out), ("--config", out / "config.toml", "site", "build")):
        done = command(*arguments)
        assert done.exit_code == 0, done.output
    root = (out / "site").resolve()
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*.*") if path.is_file()}


def test_every_json_file_is_what_its_schema_says_and_names_no_sentence_that_it_lacks(site: dict[str, bytes]) -> None:
    documents = check_json(site)
    index = documents.pop("api/v1/index.json")
    assert {f"api/v1/{each['commitment']}.json" for each in index["commitments"]} == documents.keys()
    for document in documents.values():
        flags = (key for flag in document["flags"] for key in flag["evidence"])
        dates = (key for deadline in document["deadlines"] for key in deadline["evidence"])
        changes = (key for change in document["changes"] for key in change["evidence"])
        counts = (reading["signal"] for reading in (document["progress"] or {"readings": ()})["readings"])
        known = {sentence["signal"] for sentence in document["sentences"]}
        assert {*document["evidence"], *flags, *dates, *changes, *counts} <= known


def test_every_feed_is_valid_and_every_change_is_an_entry_of_its_own(site: dict[str, bytes]) -> None:
    feeds = {address: feedparser.parse(content) for address, content in site.items() if address.endswith(".atom")}
    assert [address for address, feed in feeds.items() if feed.bozo or feed.version != "atom10"] == []
    for address, feed in feeds.items():
        assert len({entry.id for entry in feed.entries}) == len(feed.entries), address
        assert all(entry.title and entry.summary and entry.content[0].value for entry in feed.entries)
    assert len(feeds["feed.atom"].entries) == 100


def test_every_calendar_is_written_again_as_it_was_read(site: dict[str, bytes]) -> None:
    for address, content in site.items():
        if address.endswith(".ics"):
            assert Calendar.from_ical(content).to_ical() == content, address
    dates = Calendar.from_ical(site["deadlines.ics"]).walk("VEVENT")
    assert {str(event["STATUS"]) for event in dates} == {"CANCELLED", "CONFIRMED", "TENTATIVE"}
