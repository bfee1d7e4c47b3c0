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

TURNS = (
    ("2025-10-09", "rare-earth export controls"),
    ("2025-10-30", "halve fentanyl tariff"),
    ("2025-10-30", "暂停24%对等关税"),
    ("2025-10-30", "suspend October rare-earth"),
    ("2025-10-30", "50% affiliates rule"),
    ("2025-10-30", "pause port fees"),
    ("2025-10-30", "100-minute meeting in Busan"),
    ("2025-10-30", "妥善解决TikTok"),
    ("2025-11-01", "12 million tons of US soybeans"),
    ("2025-11-01", "25 million tons"),
    ("2025-11-05", "Nexperia"),
    ("2025-11-07", "第70号"),
    ("2025-11-10", "tariff truce takes effect"),
    ("2025-11-10", "Affiliates Rule takes effect"),
    ("2025-11-10", "unreliable entity"),
    ("2025-11-10", "port fees off"),
    ("2025-11-14", "332,000 tons"),
    ("2025-11-17", "14 cargoes"),
    ("2025-11-19", "Netherlands suspends"),
    ("2025-11-24", "2 million tons"),
    ("2025-11-28", "Thanksgiving target"),
    ("2025-12-02", "general export licences"),
    ("2025-12-03", "end of February 2026"),
    ("2025-12-17", "7 million tons"),
    ("2025-12-17", "Taiwan arms package"),
    ("2025-12-18", "general licence applications"),
    ("2025-12-18", "TikTok signs binding deal"),
    ("2025-12-22", "dysprosium"),
    ("2025-12-31", "misses end-2025 date"),
    ("2026-01-13", "case-by-case"),
    ("2026-01-14", "not permitted"),
    ("2026-01-20", "12 million tons"),
    ("2026-01-22", "TikTok closes US deal"),
    ("2026-02-04", "considering 20 million tons"),
    ("2026-02-04", "hold phone call"),
    ("2026-02-20", "strikes down IEEPA tariffs"),
    ("2026-02-20", "pledge in doubt"),
    ("2026-03-16", "agree in Paris"),
    ("2026-03-16", "delay Beijing visit"),
    ("2026-05-15", "concludes Beijing visit"),
    ("2026-05-17", "$17 billion"),
    ("2026-06-02", "12.5% Section 301 duty"),
    ("2026-07-24", "Section 122"),
    ("2026-09-11", "15.5 million tons"),
    ("2026-09-17", "holds off excess-capacity"),
    ("2026-09-23", "10 January 2027"),
    ("2026-09-23", "50% affiliates rule by two months"),
    ("2026-09-23", "Port-fee suspension"),
    ("2026-09-24", "summit at White House"),
    ("2026-09-26", "has not confirmed"),
    ("2026-09-28", "leaves soybeans out"),
    ("2026-09-28", "$30 billion"),
    ("2026-10-02", "no timetable"),
)
"""(day, words of a headline): the real turning points of the year."""

CONFIRMED = (
    ("2025-11-10", "tariff.*take.* effect"),
    ("2025-11-07", "suspen.*rare-earth"),
    ("2025-11-10", "port fees"),
    ("2025-12-17", "7 million tons"),
    ("2025-12-18", "general licen"),
    ("2025-12-18", "TikTok signs"),
    ("2026-01-14", "H200"),
    ("2026-01-20", "12 million tons"),
    ("2026-01-22", "TikTok (closes|completes|finalises)"),
    ("2026-02-20", "strikes down"),
    ("2026-05-15", "Beijing"),
    ("2026-07-24", "Section 301"),
    ("2026-09-17", "excess-capacity"),
    ("2026-09-24", "Trump"),
    ("2026-10-02", "tariff cuts"),
)
"""(day, pattern): changes that more than one publisher stands behind within a few days."""


TURNED = (
    ("2025-10-10", "100%"),
    ("2025-10-26", "100%|framework|框架|初步共识"),
    ("2025-10-30", "rare.earth|稀土"),
    ("2025-12-02", "general.*licen|通用许可"),
    ("2025-12-08", "H200"),
    ("2025-12-17", "Taiwan|对台军售"),
    ("2025-12-22", "rare.earth|dysprosium|yttrium|稀土"),
    ("2026-02-04", "call|phone|通话|通电话"),
    ("2026-03-16", "Paris|巴黎"),
    ("2026-09-26", "rare.earth|稀土"),
    ("2026-10-02", "tariff cuts|降税"),
)
"""(day, pattern): turns of an outlook, each carried by several outlets in words of their own."""


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


def test_every_story_has_the_contracts_fields_as_text() -> None:
    for story in STORIES:
        assert list(story) == FIELDS
        assert all(isinstance(value, str) for value in story.values())
        assert story["title"].strip() == story["title"] != ""


def test_stories_stand_in_time_order_from_october_to_october() -> None:
    times = [published(story) for story in STORIES]
    assert times == sorted(times)
    assert times[0] < datetime(2025, 10, 9, tzinfo=UTC)
    assert datetime(2026, 10, 2, tzinfo=UTC) < times[-1] < datetime(2026, 10, 11, tzinfo=UTC)
    assert all(story["published"].endswith("Z") for story in STORIES)


def test_no_month_is_empty() -> None:
    months = {story["published"][:7] for story in STORIES}
    assert len(months) == 13


def test_ids_are_unique_and_follow_from_address_and_title() -> None:
    assert len({story["id"] for story in STORIES}) == len(STORIES)
    for story in STORIES:
        digest = hashlib.sha256(f"{story['url']}\n{story['title']}".encode()).hexdigest()
        assert story["id"] == digest[:16], story["title"]


def test_every_address_lies_in_a_reserved_domain() -> None:
    for story in STORIES:
        parts = urlsplit(story["url"])
        assert parts.scheme == "https"
        assert (parts.hostname or "").endswith(".example"), story["url"]


def test_an_address_fits_a_line_of_a_mail() -> None:
    assert max(len(story["url"]) for story in STORIES) <= LONGEST_URL


def test_a_publisher_keeps_one_host() -> None:
    hosts: dict[str, set[str]] = defaultdict(set)
    for story in STORIES:
        hosts[story["source"]].add(urlsplit(story["url"]).hostname or "")
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


def test_a_turning_point_has_a_story_on_its_day() -> None:
    for day, words in TURNS:
        titles = [story["title"] for story in on(day)]
        assert any(words.lower() in title.lower() for title in titles), titles


def test_a_confirmed_change_has_two_publishers_within_three_days() -> None:
    for day, pattern in CONFIRMED:
        said = {story["source"] for story in on(day, days=3) if re.search(pattern, story["title"], re.IGNORECASE)}
        assert len(said) >= 2, said


def test_a_turn_is_carried_in_both_languages_and_in_each_outlets_own_words() -> None:
    for day, pattern in TURNED:
        told = [story for story in on(day, days=3) if re.search(pattern, story["title"], re.IGNORECASE)]
        assert len({story["source"] for story in told}) >= 4, day
        assert {story["lang"] for story in told} == {"en", "zh"}, day
        assert len({story["title"] for story in told}) == len(told), day


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
    for near_miss in (
        "Canada signs trade truce",
        "Chicago Board of Trade",
        "CMMC",
        "TikTok Shop",
        "Brazil",
        "对日本出口管制",
        "Lynas",
    ):
        assert near_miss in titles
    anything = re.compile("|".join(ABOUT.values()), re.IGNORECASE)
    plain = [story for story in STORIES if not anything.search(story["title"])]
    assert len(plain) >= len(STORIES) // 6
