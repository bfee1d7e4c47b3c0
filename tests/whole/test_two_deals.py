"""Two deals in one monitor, on the shipped rules: a ruling on both is one message, and all else is by deal."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.domain.model import Entry
from monitor.pipeline.ingest import FetchedDocument, ingest
from monitor.runtime.app import recover_and_catch_up, run_reviews
from monitor.runtime.simulation import SimulatedClock
from monitor.runtime.site_builder import build_site
from tests.builders.databases import polled_feed
from tests.builders.shipped_rules import RULES, rulebook
from tests.builders.working_folder import Desk, laid_out, objects

START = datetime(2025, 10, 7, 14, tzinfo=UTC)
RULING = (
    ("Reuters", "Supreme Court rules Trump's global tariffs illegal, voiding duties on China and the European Union"),
    ("Associated Press", "US Supreme Court strikes down tariffs on China, the EU and other trading partners"),
    ("Bloomberg", "Trump tariffs on China and European Union ruled unlawful by US Supreme Court"),
    ("Financial Times", "Top US court voids tariffs on China and EU in blow to Trump"),
)
ROUTES = """
[[routes]]
name = "desk"
channel = "file"
to = "desk@deals.example"
digest = "mon 08:00"

[[routes]]
name = "europe"
channel = "file"
to = "europe@deals.example"
commitments = ["eu-us-turnberry"]
digest = "mon 08:00"
"""
EUROPE, CHINA = (rulebook().deals[deal].name for deal in ("eu-us-turnberry", "us-china-busan"))


@pytest.fixture(scope="module")
def ruled(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A monitor of both deals that three outlets told of a ruling on both."""
    desk = laid_out(tmp_path_factory.mktemp("two"), ROUTES)
    desk.edit('rules = "rules"', f"rules = {json.dumps(str(RULES))}")
    clock = SimulatedClock(START)
    with desk.opened(clock) as app:
        recover_and_catch_up(app)
        for minutes, (publisher, title) in enumerate(RULING):
            feed = polled_feed(publisher.lower(), f"https://feeds.example/{minutes}", publisher, 300)
            ingest(app.store, app.rulebook, feed, FetchedDocument(()), clock.now)
            clock.move(clock.now + timedelta(minutes=minutes))
            page = f"https://news.example/{minutes}"
            entry = Entry(page, title, page, clock.now, "", publisher)
            ingest(app.store, app.rulebook, feed, FetchedDocument((entry,)), clock.now)
        clock.move(clock.now + timedelta(minutes=5))
        run_reviews(app)
        build_site(app)
    return desk


@pytest.fixture(scope="module")
def site(ruled: Desk) -> Path:
    return ruled.folder / "site"


def test_a_ruling_on_both_deals_is_one_message_that_names_a_commitment_of_each(ruled: Desk) -> None:
    (whole, part) = (
        ruled.run("outbox", "show", str(message["number"])).stdout
        for message in objects(ruled.run("outbox", "list", "--json").stdout)
    )
    assert "route desk" in whole
    assert "Tariff truce now AT RISK" in whole
    assert "15% tariff ceiling: still IN FORCE, now AT RISK" in whole
    assert "route europe" in part
    assert "truce" not in part, "this route follows one deal, by its id"


def test_a_digest_opens_with_what_moved_in_each_deal_and_tells_their_troubles_together(ruled: Desk) -> None:
    def digest(route: str) -> str:
        shown = ruled.run("--now", "2025-10-08T09:00Z", "digest", "preview", route).stdout
        return " ".join(shown.split())

    both, one = digest("desk"), digest("europe")
    opening = both.partition(f"{CHINA}: ")[2].partition(" 1. ")[0]
    china, _, europe = opening.partition(f"{EUROPE}: ")
    assert "ow AT RISK: 15% tariff ceiling" in europe
    assert "ow AT RISK: Tariff truce" in china
    assert "others stay in trouble" in china
    assert "Down from IN FORCE to AT RISK. 15% tariff ceiling down from IN FORCE to AT RISK." in both, "one event"
    unchanged = both.partition("UNCHANGED")[2]
    assert "AT RISK: Tech-curb pause, since 1 Oct" in unchanged
    assert "15% tariff ceiling" not in unchanged, "it stands above"
    assert sorted((f"{EUROPE}: -", f"{CHINA}: -"), key=unchanged.index) == [f"{CHINA}: -", f"{EUROPE}: -"]
    assert "PLEDGED: " in unchanged.partition(f"{EUROPE}: -")[2]
    assert "ow AT RISK: 15% tariff ceiling" in one
    assert EUROPE not in one, "a digest on one deal names none"


def test_status_has_a_table_of_each_deal(ruled: Desk) -> None:
    shown = ruled.run("status").stdout
    begins = [shown.index(text) for text in (EUROPE, "Steel and aluminium quotas", CHINA, "Tech-curb pause")]
    assert begins == sorted(begins)


def test_the_pages_have_a_heading_for_each_deal(site: Path) -> None:
    board, timeline, glossary = (
        (site / f"{name}.html").read_text(encoding="utf-8") for name in ("index", "timeline", "glossary")
    )
    assert re.findall(
        r"<h2><a class=\"quiet\" href=\"#deal-\d\">(.*?)</a></h2>\s*<p>.*?</p>\s*<p class=\"lead\">.*?(\d+ of .*?\d+)",
        board,
    ) == [(CHINA, "5 of these 15"), (EUROPE, "1 of 6")]
    for name in (EUROPE, CHINA):
        assert re.search(rf'<h2 id="deal-\d">{name}</h2>', board)
        assert re.search(rf'<h2 id="deal-\d">{name}</h2>', glossary)
    ids = re.findall(r' id="(.*?)"', glossary)
    assert len(ids) == len({*ids}), "both deals have the term Section 232"
    assert f'<option value="eu-us-turnberry">{EUROPE}</option>' in timeline
    assert 'data-of="tariff-ceiling tariff-truce eu-us-turnberry us-china-busan"' in timeline, "one event of both"


def test_files_for_machines_name_the_deals(site: Path) -> None:
    index = json.loads((site / "api" / "v1" / "index.json").read_text(encoding="utf-8"))
    assert index["deals"] == {"eu-us-turnberry": EUROPE, "us-china-busan": CHINA}
    assert {each["deal"] for each in index["commitments"]} == index["deals"].keys()
    calendar = (site / "deadlines.ics").read_text(encoding="utf-8").replace("\n ", "")
    assert f"CATEGORIES:Tariff truce,End date,{CHINA}" in calendar
    assert f"DESCRIPTION:{CHINA}: " in calendar
