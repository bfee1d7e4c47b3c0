"""How verdicts are reached is told with the figures of the policy in force."""

from __future__ import annotations

from monitor.domain.pages.how_page import FLAG_MEANINGS, STATUS_MEANINGS, TIER_NAMES, how_page

from monitor.domain.model import Policy
from monitor.domain.model.enums import FlagKind, Outlook, Standing, Tier
from monitor.domain.model.readings import ReaderMode


def test_every_status_flag_and_kind_of_publisher_has_its_words() -> None:
    assert set(STATUS_MEANINGS) == {*Standing, *(Outlook)} - {Outlook.STEADY}
    assert set(FLAG_MEANINGS) == set(FlagKind)
    assert set(TIER_NAMES) == set(Tier)


def test_a_status_is_named_as_messages_name_it() -> None:
    page = how_page(Policy())
    assert [(item.key, item.word) for item in page.statuses][:3] == [
        ("unpledged", "not yet pledged"),
        ("pledged", "pledged"),
        ("in_progress", "in progress"),
    ]
    assert ("stale", "no news") in [(item.key, item.word) for item in page.flags]


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
    page = how_page(policy)
    assert (page.origins, page.within, page.event_within) == ("three independent sources", "one day", "40 hours")
    assert page.notices == "20 and 2"
    assert page.counting == "official publishers and the trade press"
    assert page.statistics == "A data and B data"
    assert not page.with_readings
    assert how_page(Policy()).with_readings
