"""Sources, the figures of the policy in force, and the glossary."""

from dataclasses import replace
from datetime import UTC, datetime

from monitor.domain.messages.briefs import SourceHealth
from monitor.domain.model import Flag, FlagKind, Policy
from monitor.domain.model.enums import Outlook, Standing, Tier
from monitor.domain.model.news import ReaderMode
from monitor.domain.pages.about_page import (
    FLAG_MEANINGS,
    MARKS,
    SHARED_TERMS,
    STATUS_MEANINGS,
    TIER_NAMES,
    AboutPage,
    SourceRow,
    about_page,
    glossary_page,
    grace_periods,
    policy_figures,
)
from monitor.domain.pages.key_events import NEW_ROUND
from tests.builders.golden_wording import GoldenWording
from tests.builders.message_values import NOW, verdict
from tests.builders.page_material import material as deal_material
from tests.builders.published_material import SOY, material
from tests.builders.rendered_messages import TEMPLATES

MARCH, EARLIER = datetime(2026, 3, 12, 8, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC)
OK = SourceHealth("Harbour Wire", "ok", MARCH)
FAILING = SourceHealth("Ministry", "failing", MARCH, "HTTP 503", EARLIER)
NEVER = SourceHealth("Gazette", "never", None, "not polled yet")
FROZEN = SourceHealth("Port notices", "frozen", MARCH, "answers, but nothing new since 12 Mar 2026")


def page(*sources: SourceHealth) -> AboutPage:
    return about_page(material(sources=sources))


def test_sources_in_trouble_come_first_each_with_its_state_in_words() -> None:
    assert page(OK, NEVER, FROZEN, FAILING).sources == (
        SourceRow("Ministry", "failing", "does not answer", MARCH, EARLIER, "HTTP 503"),
        SourceRow("Gazette", "never", "not polled yet", None, None, ""),
        SourceRow("Port notices", "frozen", "keeps sending the same page", None, MARCH, FROZEN.detail),
        SourceRow("Harbour Wire", "ok", "answers", None, MARCH, ""),
    )


def test_the_state_of_the_sources_comes_first(wording: GoldenWording) -> None:
    found = page(OK, FAILING, FROZEN)
    assert not found.blind
    wording(found.reading)
    assert page(FAILING, NEVER).blind


def test_a_commitment_that_could_not_be_checked_is_named() -> None:
    flags = (Flag(FlagKind.UNCHECKED, "truce", NOW),)
    ((commitment, short, text),) = about_page(material(verdicts={SOY: verdict(flags=flags)})).unchecked
    assert (commitment, short, bool(text)) == (SOY, "Soybeans 12 Mt", True)


def test_names_and_details_are_cut_to_one_line() -> None:
    (row,) = page(SourceHealth("a\nb" * 60, "failing", MARCH, "c\n" * 200)).sources
    assert "\n" not in row.name + row.detail
    assert (len(row.name) <= 60, len(row.detail) <= 160) == (True, True)


def test_every_status_flag_and_kind_of_publisher_has_its_words() -> None:
    assert set(STATUS_MEANINGS) == {*Standing, *(Outlook)} - {Outlook.STEADY}
    assert set(FLAG_MEANINGS) == set(FlagKind)
    assert set(TIER_NAMES) == set(Tier)
    words = glossary_page(material())
    assert dict(words.statuses) == STATUS_MEANINGS
    assert dict(words.flags)["no news"] == FLAG_MEANINGS[FlagKind.STALE]
    pages = "".join(file.read_text(encoding="utf-8") for file in (TEMPLATES / "site").glob("*.j2"))
    for mark in {*MARKS} - {NEW_ROUND}:
        assert f">{mark}<" in pages, mark


def test_the_figures_are_those_of_the_policy() -> None:
    policy = Policy(
        origins_needed=3,
        corroborate_days=1,
        event_hours=40,
        due_notices=(20, 2),
        corroborating_tiers=frozenset({Tier.TRADE, Tier.OFFICIAL}),
        statistics=frozenset({"B data", "A data"}),
        reader=ReaderMode.OFF,
    )
    figures = policy_figures(policy)
    assert (figures["origins_needed"], figures["corroborate_days"]) == ("three independent sources", "one day")
    assert (figures["event_hours"], figures["due_notices"]) == ("40 hours", "20 and 2")
    assert figures["corroborating_tiers"] == "official publishers and trade, regional and third-country media"
    assert figures["statistics"] == "A data and B data"
    assert page().with_readings


def test_the_page_names_the_grace_periods_the_longest_first(wording: GoldenWording) -> None:
    context = deal_material().context
    first, *others = context.commitments.values()
    for days in (0, 30):
        kept = {"first": replace(first, grace_days=days), **{each.id: replace(each, grace_days=0) for each in others}}
        wording(grace_periods(replace(context, commitments=kept)))
    assert grace_periods(replace(context, commitments={})) == ""


def test_the_glossary_has_the_terms_of_each_deal_in_alphabetical_order() -> None:
    assert glossary_page(deal_material()).deals == (
        ("A sample deal", (("A pact", "The deal."), ("b list", "Barred firms."))),
    )
    assert glossary_page(material()).deals == ()


def test_a_term_that_two_deals_explain_alike_has_one_entry() -> None:
    site = deal_material()
    other = replace(site.deals["sample"], id="two", name="Two", glossary={"A pact": "The deal.", "b list": "Others."})
    pages = glossary_page(replace(site, deals={**site.deals, "two": other})).deals
    assert pages == (
        (SHARED_TERMS, (("A pact", "The deal."),)),
        ("A sample deal", (("b list", "Barred firms."),)),
        ("Two", (("b list", "Others."),)),
    )


def test_the_outlets_of_the_cited_reports_are_counted_by_tier() -> None:
    assert page().outlets == (("Outlets that the rules do not list", (("Harbour Wire", 1),)),)
