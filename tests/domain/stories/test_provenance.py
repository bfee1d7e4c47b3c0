"""An item may claim any publisher: the claim counts only in an aggregator's feed, or at the publisher's own address."""

import pytest

from monitor.domain.model import Entry
from monitor.domain.model.publishers import Publishers
from monitor.domain.stories.identify import entry_as_story
from monitor.domain.stories.provenance import provenance, with_publisher
from monitor.feeds.parse import parse
from monitor.rulebook.publisher_file import load_publishers
from tests.builders.databases import NOW
from tests.builders.golden_wording import GoldenWording
from tests.builders.shipped_rules import ROOT
from tests.builders.tables import table


@pytest.fixture(scope="module")
def publishers() -> Publishers:
    return load_publishers(ROOT / "rules")


@pytest.mark.parametrize("case", table("claimed_publishers", "claims"), ids=lambda case: case["case"])
def test_a_name_counts_in_an_aggregators_feed_or_at_its_address(case: dict[str, str], publishers: Publishers) -> None:
    claim = Entry("1", "A headline", case["link"], NOW, "", case["named"], home=case.get("home", ""))
    counted = with_publisher(claim, case["feed"], publishers, aggregator="aggregator" in case)
    publisher = publishers.find(counted.source, counted.url)
    assert (publisher.name, publisher.tier.name.lower()) == (case["counts"], case["tier"])
    assert (counted.claimed, counted.basis) == ((case["named"], case["basis"]) if "basis" in case else ("", ""))


def test_how_a_publisher_was_determined_is_said(publishers: Publishers, wording: GoldenWording) -> None:
    for case in table("claimed_publishers", "claims"):
        claim = Entry("1", "A headline", case["link"], NOW, "", case["named"], home=case.get("home", ""))
        counted = with_publisher(claim, case["feed"], publishers, aggregator="aggregator" in case)
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
    counted = [with_publisher(entry, "Google News", publishers, aggregator=True) for entry in feed.told()]
    found = [publishers.find(entry.source, entry.url).name for entry in counted]
    assert found == ["White House", "USTR", "US Treasury", "Yicai"]
    assert {entry.title for entry in counted} == {"A headline"}
