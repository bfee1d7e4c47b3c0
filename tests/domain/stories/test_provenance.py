"""An item may claim any publisher, by a name or by its link: who speaks for whom is said by the configured feeds."""

import pytest

from monitor.domain.model import Entry
from monitor.domain.model.publishers import Publishers
from monitor.domain.stories.identify import entry_as_story
from monitor.domain.stories.provenance import provenance, with_publisher
from monitor.feeds.parse import parse
from monitor.rulebook.publisher_file import load_publishers
from tests.builders.databases import NOW, polled_feed
from tests.builders.golden_wording import GoldenWording
from tests.builders.shipped_rules import ROOT
from tests.builders.tables import table


@pytest.fixture(scope="module")
def publishers() -> Publishers:
    return load_publishers(ROOT / "rules")


@pytest.mark.parametrize("case", table("claimed_publishers", "claims"), ids=lambda case: case["case"])
def test_a_claim_counts_for_whom_the_feed_may_speak(case: dict[str, str], publishers: Publishers) -> None:
    counted = counted_in(case, publishers)
    publisher = publishers.find(counted.source, counted.url)
    assert (publisher.name, publisher.tier.name.lower()) == (case["counts"], case["tier"])
    claimed = case.get("claimed", case["named"]) if "basis" in case else ""
    assert (counted.claimed, counted.basis) == (claimed, case.get("basis", ""))


def counted_in(case: dict[str, str], publishers: Publishers) -> Entry:
    """The item of a case with its publisher."""
    at, is_aggregator = case.get("at", "https://blog.example/rss"), "aggregator" in case
    feed = polled_feed(case.get("name", "blog"), at, case["feed"], 600, aggregator=is_aggregator)
    item = Entry("1", "A headline", case["link"], NOW, "", case["named"], home=case.get("home", ""))
    return with_publisher(item, feed, publishers)


def test_how_a_publisher_was_determined_is_said(publishers: Publishers, wording: GoldenWording) -> None:
    for case in table("claimed_publishers", "claims"):
        counted = counted_in(case, publishers)
        wording(f"{case['case']} -> {provenance(entry_as_story(counted, NOW).outlets[0], publishers)}")


@pytest.mark.parametrize("home", ['url="https://www.{}"', ""], ids=["with its address", "by name alone"])
def test_items_of_a_search_count_for_the_governments_it_names_in_its_way(publishers: Publishers, home: str) -> None:
    named = {
        "The White House (.gov)": "whitehouse.gov",
        "United States Trade Representative (.gov)": "ustr.gov",
        "U.S. Department of the Treasury (.gov)": "treasury.gov",
        "Yicai Global": "yicaiglobal.com",
    }
    document = "".join(
        f"<item><title>A headline - {name}</title><link>https://news.google.com/rss/articles/{number}</link>"
        f"<source {home.format(host)}>{name}</source></item>"
        for number, (name, host) in enumerate(named.items())
    )
    feed = parse(f"<rss version='2.0'><channel>{document}</channel></rss>".encode(), url="", content_type=None)
    search = polled_feed("search", "https://news.google.com/rss", "Google News", 600, aggregator=True)
    counted = [with_publisher(entry, search, publishers) for entry in feed.told()]
    found = [publishers.find(entry.source, entry.url).name for entry in counted]
    assert found == ["White House", "USTR", "US Treasury", "Yicai"]
    assert {entry.title for entry in counted} == {"A headline"}
