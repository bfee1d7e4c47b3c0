"""The recorded documents beside this repository, against what their list says they hold."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from monitor.domain.model import Entry
from monitor.errors import FeedError
from monitor.feeds.parse import parse
from tests.builders.tables import table
from tests.feeds import second_reading

FEEDS = Path(__file__).resolve().parents[3] / "shared" / "feeds"
MANIFEST = FEEDS / "MANIFEST.jsonl"
NOT_FEEDS = {"news sitemap", "unknown"}

SILENT = {"series/world_merged_busan_day/0001.xml": 1}
"""One item there has a picture's tag for its title and no text: there is nothing in it to tell."""
OTHER_DATES = {"single/rsparser_kc0011_rss.xml"}
"""Its dates are written with slashes, which whoever made the list could not read and we do."""


def recorded() -> Iterator[dict[str, Any]]:
    """All that were taken once and, of a feed that was taken again and again, every fourth with its next items."""
    for line in MANIFEST.read_text("utf-8").splitlines() if MANIFEST.exists() else ():
        record = json.loads(line)
        folder, _, name = record["file"].partition("/")
        if folder != "series" or int(Path(name).stem) % 4 == 1:
            yield record


RECORDED = list(recorded())
pytestmark = pytest.mark.skipif(not RECORDED, reason="the recorded feeds are not there (../shared/feeds)")


def document(record: dict[str, Any]) -> tuple[bytes, str]:
    return (FEEDS / record["file"]).read_bytes(), f"https://feeds.example/{record['file']}"


@pytest.mark.slow
@pytest.mark.parametrize("record", [r for r in RECORDED if r["type"] not in NOT_FEEDS], ids=lambda r: r["file"])
def test_every_item_of_a_recorded_feed_is_read_with_its_date(record: dict[str, Any]) -> None:
    body, url = document(record)
    feed = parse(body, url=url, content_type=None)
    assert len(feed.entries) == record["items"]
    assert sum(not entry.title for entry in feed.entries) == SILENT.get(record["file"], 0)
    assert all(entry.url and entry.id for entry in feed.entries)
    assert all(entry.published for entry in feed.entries)
    newest = max((entry.published for entry in feed.entries if entry.published), default=None)
    if record["file"] not in OTHER_DATES:
        assert (newest.strftime("%Y-%m-%dT%H:%M:%SZ") if newest else None) == record["newest"]


@pytest.mark.slow
def test_every_field_of_every_recorded_item_is_what_a_second_reading_finds_or_the_difference_is_explained() -> None:
    found: Counter[tuple[str, str]] = Counter()
    for record in map(json.loads, MANIFEST.read_text("utf-8").splitlines()):
        if record["type"] not in NOT_FEEDS:
            body, url = document(record)
            read, second = parse(body, url=url, content_type=None).entries, second_reading.read(body, url)
            assert len(read) == len(second), record["file"]
            for entry, item in zip(read, second, strict=True):
                found.update((record["file"], field) for field in differences(entry, item))
    explained = {(file, field): items for file, field, items, _ in table("recorded_differences", "differences")}
    assert dict(found) == explained


def differences(entry: Entry, item: second_reading.Item) -> Iterator[str]:
    """The fields in which our entry differs from the second reading; a text may be cut at our limit."""
    published = entry.published.isoformat() if entry.published else ""
    read = {"id": entry.id, "title": entry.title, "url": entry.url, "published": published}
    yield from (field for field, value in read.items() if value != getattr(item, field))
    cut = entry.summary.removesuffix("…").rstrip() if len(entry.summary) > 1_000 else None
    if not any(text == entry.summary or (cut and text.startswith(cut)) for text in item.texts or ("",)):
        yield "summary"


@pytest.mark.parametrize("record", [r for r in RECORDED if r["type"] in NOT_FEEDS], ids=lambda r: r["file"])
def test_a_recorded_document_that_is_no_feed_is_called_so(record: dict[str, Any]) -> None:
    body, url = document(record)
    with pytest.raises(FeedError) as caught:
        parse(body, url=url, content_type=None)
    assert caught.value.kind == "not_a_feed"


@pytest.mark.slow
@pytest.mark.parametrize("record", RECORDED[:12], ids=lambda r: r["file"])
def test_a_recorded_feed_cut_anywhere_yields_only_items_it_has_whole(record: dict[str, Any]) -> None:
    if record["type"] in NOT_FEEDS:
        pytest.skip("not a feed")
    body, url = document(record)
    whole = set(parse(body, url=url, content_type=None).entries)
    for tenth in range(3, 10, 3):
        assert set(parse(body[: len(body) * tenth // 10], url=url, content_type=None).entries) <= whole
