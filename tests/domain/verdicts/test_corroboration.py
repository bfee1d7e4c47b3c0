"""Whose word a report is once several outlets carry it."""

from dataclasses import replace

from monitor.domain.model import Effect, Outlet, Policy, Publisher, Says, Signal, Story, Tier
from monitor.domain.model.publishers import PublisherNames, Publishers
from monitor.domain.verdicts.corroboration import Claim, add_to_claim, contradicting_signal, with_best_publisher
from tests.builders.domain_values import at, commitment, from_cn, from_us, signal, tonnes

PUBLISHERS = Publishers(
    [
        PublisherNames(Publisher("Reuters", Tier.WIRE, owner="Reuters")),
        PublisherNames(Publisher("Ministry", Tier.OFFICIAL, "cn", "Ministry")),
    ]
)
REPORT = replace(signal(Effect.PROGRESS, "2025-11-10"), revision="r")


def carried(report: Signal, *sources: str) -> Signal:
    """The report, whose story these outlets carry."""
    day = at("2025-11-10")
    outlets = tuple(Outlet(source, "", day, day) for source in sources)
    story = Story(report.story, day, day, sources[0], "", "Title", "", "en", revision="r", outlets=outlets)
    return with_best_publisher(report, {story.id: story}, PUBLISHERS, commitment())


def test_a_report_that_came_through_its_best_publisher_stays_as_it_is() -> None:
    assert carried(REPORT, "Reuters", "A Blog") is REPORT


def test_a_reprint_counts_for_the_best_publisher_of_its_text() -> None:
    reprint = replace(REPORT, tier=Tier.UNKNOWN, origin="A Blog")
    best = carried(reprint, "A Blog", "Reuters")
    assert (best.tier, best.origin, best.says) == (Tier.WIRE, "Reuters", Says.PRESS)
    assert carried(replace(reprint, revision="other"), "A Blog", "Reuters").origin == "A Blog"


def test_a_reprint_of_an_official_text_is_the_word_of_its_side_and_a_quoted_source_stays_the_source() -> None:
    reprint = replace(REPORT, tier=Tier.UNKNOWN, origin="A Blog")
    assert carried(reprint, "A Blog", "Ministry").says is Says("cn")
    quoted = carried(replace(reprint, says=Says("us"), origin="US Treasury"), "A Blog", "Ministry")
    assert (quoted.tier, quoted.says, quoted.origin) == (Tier.OFFICIAL, Says("us"), "US Treasury")


def test_the_other_governments_denial_contradicts_a_report_unless_it_speaks_of_another_amount() -> None:
    bought = from_cn(Effect.PROGRESS, "2025-11-10", quantity=tonnes(4e6))
    denied = from_us(Effect.SETBACK, "2025-11-09", quantity=tonnes(4e6), denied=True)

    def contradicts(rival: Signal) -> bool:
        claims: dict[str, Claim] = {}
        add_to_claim(claims, rival, Policy())
        return contradicting_signal(bought, claims, Policy()) is not None

    assert contradicts(denied)
    assert not contradicts(replace(denied, quantity=tonnes(4e6, basis="shipped")))
    assert not contradicts(replace(denied, tier=Tier.AGGREGATOR))
    assert not contradicts(replace(denied, denied=False))
