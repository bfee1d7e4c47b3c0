"""How many sources a report has, and what they may move: breaches, completions, reprints and lone readings."""

from typing import Any

import pytest

from monitor.domain.model import Effect, Modality, Policy, Says, Signal, Standing, Tier
from monitor.domain.verdicts.corroboration import count_sources
from tests.builders.domain_values import commitment, decided, from_us, in_force, pledged, signal

FIRST = "China to suspend some rare earth curbs, probes on US chip firms"
PROMISED = commitment(owed_by="cn", baselines=pledged())


def reports(effect: Effect, *origins: str, when: str = "2025-11-10", **changed: Any) -> list[Signal]:
    return [signal(effect, when, origin=name, quote=f"{name} on {effect}", **changed) for name in origins]


def standing(of: Any, *signals: Signal) -> Standing:
    return decided(of, list(signals), "2025-11-20", policy=Policy()).verdict.standing


def test_a_breach_must_outweigh_lesser_accounts_of_the_same_day() -> None:
    breach = reports(Effect.BREACH, "Reuters", "Bloomberg")
    threats = reports(Effect.THREAT, "AP", "AFP", "Nikkei", when="2025-11-09 12:00")
    assert standing(in_force(), *breach) is Standing.BREACHED
    assert standing(in_force(), *threats, *breach) is Standing.IN_FORCE
    earlier = reports(Effect.THREAT, "AP", "AFP", "Nikkei", when="2025-11-07")
    assert standing(in_force(), *earlier, *breach) is Standing.BREACHED


def test_no_number_of_lesser_accounts_outweighs_the_text_of_the_side_that_owes_it() -> None:
    of = in_force(owed_by="us")
    threats = reports(Effect.THREAT, "AP", "AFP", "Nikkei", when="2025-11-09 12:00")
    assert standing(of, *threats, from_us(Effect.BREACH, "2025-11-10")) is Standing.BREACHED


def test_one_report_of_progress_does_not_end_a_breach() -> None:
    breach = reports(Effect.BREACH, "Reuters", "Bloomberg", when="2025-11-01")
    again = reports(Effect.PROGRESS, "Reuters", "AP")
    assert standing(in_force(), *breach, again[0]) is Standing.BREACHED
    assert standing(in_force(), *breach, *again) in (Standing.IN_PROGRESS, Standing.IN_FORCE)


def test_two_unlisted_publishers_count_as_one_source_beside_a_listed_one_and_never_alone() -> None:
    unlisted = reports(Effect.DELIVERED, "a blog", "a local paper", tier=Tier.UNKNOWN)
    wire = reports(Effect.DELIVERED, "Reuters")
    assert standing(PROMISED, *wire, unlisted[0]) is Standing.PLEDGED
    assert standing(PROMISED, *wire, *unlisted) is Standing.IN_FORCE
    assert standing(PROMISED, *unlisted) is Standing.PLEDGED


def test_the_side_that_benefits_confirms_a_delivery_and_no_breach() -> None:
    assert standing(PROMISED, from_us(Effect.DELIVERED, "2025-11-10")) is Standing.IN_FORCE
    assert standing(in_force(owed_by="cn"), from_us(Effect.BREACH, "2025-11-10")) is Standing.IN_FORCE


@pytest.mark.parametrize(
    ("headline", "other", "sources"),
    [
        (FIRST, "China to suspend some rare earth curbs, US chip firm probes", 1),
        (FIRST, "China to suspend some rare earth curbs", 1),  # cut short
        (FIRST, "Beijing pauses its licensing of rare earth exports and ends inquiries into American firms", 2),
        ("中国将暂停部分稀土出口管制并终止对美国芯片企业的调查", "中国暂停部分稀土出口管制 终止对美国芯片企业调查", 1),
        ("中国将暂停部分稀土出口管制并终止对美国芯片企业的调查", "商务部宣布稀土措施停止实施一年，美企调查同时结束", 2),
        ("Truce holds", "Truce holds", 2),
    ],
)
def test_nearly_equal_headlines_of_a_day_are_one_source(headline: str, other: str, sources: int) -> None:
    first = signal(Effect.PROGRESS, "2025-11-10", quote=headline)
    second = signal(Effect.PROGRESS, "2025-11-10 20:00", quote=other, origin="Bloomberg")
    assert count_sources([first, second]) == sources
    late = signal(Effect.PROGRESS, "2025-11-12", quote=other, origin="Bloomberg")
    assert count_sources([first, late]) == 2, "a reprint comes within a day"
    word = from_us(Effect.PROGRESS, "2025-11-10", quote=headline)
    assert count_sources([first, word]) == 2, "a side's own words are its own"


@pytest.mark.parametrize(
    "quote", ["Plant said to have halted output", "Export curbs reportedly end", "外媒爆：出口管制暂停"]
)
def test_a_report_of_what_others_report_adds_no_source(quote: str) -> None:
    first = signal(Effect.PROGRESS, "2025-11-10", quote=FIRST)
    relayed = signal(Effect.PROGRESS, "2025-11-10", quote=quote, origin="Bloomberg")
    assert count_sources([first, relayed]) == count_sources([relayed]) == 1


@pytest.mark.parametrize(
    ("retelling", "sources"),
    [
        ("China issues first batch of dredging licences as docks wait", 1),
        ("China issues first batch of dredging licences, sources say", 1),
        ("China issues first batch of dredging licences, people familiar say", 2),
        ("Dredging firms receive their papers from China", 2),
    ],
)
def test_what_one_paper_has_from_unnamed_sources_is_no_news_of_its_retellers(retelling: str, sources: int) -> None:
    quote = "Exclusive: China issues first batch of streamlined dredging licences, source says"
    exclusive = signal(Effect.PROGRESS, "2025-11-10", quote=quote)
    later = signal(Effect.PROGRESS, "2025-11-13", quote=retelling, origin="Bloomberg")
    assert count_sources([exclusive, later]) == count_sources([later, exclusive]) == sources


def test_what_only_a_model_reads_neither_begins_nor_ends_a_final_standing() -> None:
    read = {"rule": "truce/reader"}
    assert standing(PROMISED, *reports(Effect.DELIVERED, "Reuters", "Bloomberg", **read)) is Standing.PLEDGED
    broken = reports(Effect.BREACH, "Reuters", "Bloomberg", when="2025-11-01")
    assert standing(in_force(), *reports(Effect.BREACH, "Reuters", "Bloomberg", **read)) is Standing.IN_FORCE
    assert standing(in_force(), *broken, *reports(Effect.PROGRESS, "Reuters", "AP", **read)) is Standing.BREACHED


def test_what_only_a_model_reads_may_begin_a_promise() -> None:
    of = commitment(owed_by="cn")
    plan = signal(Effect.PLEDGE, "2025-11-10", says=Says("cn"), rule="truce/reader", modality=Modality.FORMAL)
    assert standing(of, plan) is Standing.PLEDGED


def test_what_only_a_model_reads_puts_no_final_standing_at_risk() -> None:
    blows = [*reports(Effect.SETBACK, "Reuters", "Bloomberg", "AFP", rule="truce/reader")]
    by_rules = reports(Effect.SETBACK, "Reuters", "Bloomberg", "AFP")
    for signals, of, outlook in (
        (blows, in_force(), "steady"),
        ([*blows[:2], by_rules[2]], in_force(), "steady"),
        (by_rules, in_force(), "at_risk"),
        (blows, PROMISED, "at_risk"),
    ):
        assert decided(of, signals, "2025-11-11", policy=Policy()).verdict.outlook == outlook
