"""The shipped sample year: what `make demo` and its readers may count on. No engine is needed to check it."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from monitor.domain.text.writing_systems import language_of

YEAR = Path(__file__).parents[2] / "monitor" / "samples" / "year.jsonl"
FIELDS = ["id", "published", "source", "url", "title", "summary", "lang"]
BARE = "T00:00:00Z"
LONGEST_URL = 96
INVENTED = {"Pacific Trade Courier", "Truce Watch Blog"}
"""Names of no real publisher: the only ones under which a slip may stand."""

Story = dict[str, str]

ABOUT = {
    "tariff-truce": r"tariff|关税|truce|休战",
    "soybean-purchases": r"soybean|大豆|美豆",
    "rare-earth-licenses": r"rare.earth|稀土|magnet|磁材|gallium|镓",
    "tiktok-sale": r"tiktok",
    "export-controls-rollback": r"H200|affiliates|穿透|Nexperia|安世|50%规则",
    "trade-barriers": r"port.fee|港务费|港口费|unreliable|不可靠实体|farm goods|beef|农产品",
    "dialogue": r"trump and xi|talks|xi visit|xi's visit|beijing visit|call|会晤|磋商|访华|国事访问|通电话",
}
"""Words that name a commitment, for counting only: far too blunt to judge a story by."""


def read_year() -> list[Story]:
    return [json.loads(line) for line in YEAR.read_text(encoding="utf-8").splitlines()]


STORIES = read_year()


def published(story: Story) -> datetime:
    return datetime.fromisoformat(story["published"])


def on(day: str, *, days: int = 1) -> list[Story]:
    first = date.fromisoformat(day)
    return [story for story in STORIES if first <= published(story).date() < first + timedelta(days=days)]


def by_url() -> dict[str, list[Story]]:
    found: dict[str, list[Story]] = defaultdict(list)
    for story in STORIES:
        found[story["url"]].append(story)
    return found


def test_the_year_has_as_many_stories_as_its_readme_says() -> None:
    readme = YEAR.with_name("README.md").read_text(encoding="utf-8")
    assert f"`year.jsonl` holds {len(STORIES)} stories" in readme


def test_every_story_has_the_contracts_fields_and_an_id_of_its_address_and_title() -> None:
    assert len({story["id"] for story in STORIES}) == len(STORIES)
    for story in STORIES:
        assert list(story) == FIELDS
        assert all(isinstance(value, str) for value in story.values())
        assert story["title"].strip() == story["title"] != ""
        digest = hashlib.sha256(f"{story['url']}\n{story['title']}".encode()).hexdigest()
        assert story["id"] == digest[:16], story["title"]


def test_stories_stand_in_time_order_from_october_to_october_and_no_month_is_empty() -> None:
    times = [published(story) for story in STORIES]
    assert times == sorted(times)
    assert times[0] < datetime(2025, 10, 9, tzinfo=UTC)
    assert datetime(2026, 10, 2, tzinfo=UTC) < times[-1] < datetime(2026, 10, 11, tzinfo=UTC)
    assert all(story["published"].endswith("Z") for story in STORIES)
    assert len({story["published"][:7] for story in STORIES}) == 13


def test_a_publisher_keeps_one_host_of_a_reserved_domain_and_addresses_fit_a_line_of_a_mail() -> None:
    hosts: dict[str, set[str]] = defaultdict(set)
    for story in STORIES:
        parts = urlsplit(story["url"])
        hosts[story["source"]].add(parts.hostname or "")
        assert parts.scheme == "https"
        assert (parts.hostname or "").endswith(".example"), story["url"]
        assert len(story["url"]) <= LONGEST_URL
    assert all(len(found) == 1 for found in hosts.values()), hosts


def test_about_a_third_is_chinese_and_the_language_is_told_truly() -> None:
    share = Counter(story["lang"] for story in STORIES)["zh"] / len(STORIES)
    assert 0.3 <= share <= 0.45
    for story in STORIES:
        assert story["lang"] == language_of(story["title"]), story["title"]


def test_every_commitment_is_touched_in_both_languages() -> None:
    for commitment in ABOUT:
        pattern = re.compile(ABOUT[commitment], re.IGNORECASE)
        told = Counter(story["lang"] for story in STORIES if pattern.search(story["title"]))
        assert told["en"] >= 8, commitment
        assert told["zh"] >= 3, commitment


def test_beijing_never_states_the_new_end_date() -> None:
    """The extension to January 2027 is the US side's word: no Chinese official text of the year gives that date."""
    chinese = {"商务部", "MOFCOM", "新华社", "Xinhua", "MFA China", "央视新闻"}
    for story in on("2026-09-23", days=20):
        if story["source"] in chinese:
            assert not re.search(r"January|1月10日", story["title"] + story["summary"])


def test_one_pledge_is_counted_three_ways_on_one_day() -> None:
    counters = {story["source"] for story in on("2026-01-06") if "soybean" in story["title"]}
    assert {"Reuters", "USDA", "China Customs"} <= counters


def test_changed_headlines_keep_their_address_and_come_later() -> None:
    changed = [group for group in by_url().values() if len(group) > 1]
    assert len(changed) >= 5
    for group in changed:
        assert len({story["title"] for story in group}) == len(group)
    words = " ".join(group[-1]["title"] for group in changed)
    assert "Correct" in words
    assert "Withdrawn" in words


def test_a_staged_slip_stands_under_no_real_name() -> None:
    slips = [g for g in by_url().values() if re.search(r"Correct|Withdrawn", g[-1]["title"])]
    assert len(slips) == 3
    assert {story["source"] for group in slips for story in group} <= INVENTED


def test_one_report_comes_under_more_than_one_address() -> None:
    titles = Counter(story["title"].removesuffix(" - Reuters") for story in STORIES)
    assert sum(count > 1 for count in titles.values()) >= 3


def test_official_pages_give_bare_dates() -> None:
    bare = [story for story in STORIES if story["published"].endswith(BARE)]
    assert len(bare) >= 8
    assert {"White House", "Federal Register", "商务部"} <= {story["source"] for story in bare}


def test_noise_includes_near_misses_and_plain_other_news() -> None:
    titles = "\n".join(story["title"] for story in STORIES)
    for near_miss in ("Canada signs trade truce", "Chicago Board of Trade", "CMMC", "TikTok Shop", "Brazil", "Lynas"):
        assert near_miss in titles
    anything = re.compile("|".join(ABOUT.values()), re.IGNORECASE)
    plain = [story for story in STORIES if not anything.search(story["title"])]
    assert len(plain) >= len(STORIES) // 6
