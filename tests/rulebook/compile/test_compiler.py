from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from monitor import rulebook
from monitor.domain.matching.rules import Deal, Reads, Rulebook
from monitor.domain.model import Effect, Kind, Policy, Standing, Tier
from monitor.domain.model.publishers import Publishers
from monitor.domain.text.written_amounts import AmountInRule, read_amount
from monitor.rulebook.schema.models import read_days
from tests.builders import rules_folder, shipped_rules


@pytest.fixture(scope="module")
def publishers(tmp_path_factory: pytest.TempPathFactory) -> Publishers:
    return rules_folder.load(tmp_path_factory.mktemp("rules")).publishers


def test_a_commitment_is_read_as_written(tmp_path: Path) -> None:
    book = rules_folder.load(tmp_path)
    beans = book.commitments["beans"]
    assert (beans.deal, beans.kind, beans.grace_days, beans.stale_days) == ("deal", Kind.QUANTITY, 60, 60)
    assert [(t.amount, t.unit, t.due) for t in beans.targets] == [(12e6, "t", date(2025, 12, 31))]
    assert [b.standing for b in beans.baselines] == [Standing.UNPLEDGED, Standing.MET]
    assert beans.criteria == (("met", "twelve million tonnes are booked"),)
    assert book.deals == {"deal": Deal("deal", "A deal")}


def test_a_rule_knows_its_file_and_line(tmp_path: Path) -> None:
    rule = rules_folder.load(tmp_path).rules["beans/banned"]
    line = rules_folder.COMMITMENT.splitlines().index("  - id: banned") + 1
    assert (rule.path, rule.line, rule.commitment) == ("rules/deal/beans.yaml", line, "beans")


def test_policy_defaults_hold_where_the_file_is_silent(tmp_path: Path) -> None:
    policy = rules_folder.load(tmp_path).policy
    assert policy.corroborating_tiers == {Tier.OFFICIAL, Tier.WIRE}
    assert policy.moving_tiers == Policy().moving_tiers


def test_names_of_one_counter_are_a_mapping_in_the_file(tmp_path: Path) -> None:
    policy = rules_folder.load(
        tmp_path, policy=f"{rules_folder.POLICY}one_counter: {{Farm data: Farm Office}}\n"
    ).policy
    assert policy.one_counter == (("Farm data", "Farm Office"),)
    assert [policy.agency(name) for name in ("Farm data", "traders")] == ["Farm Office", "traders"]


def test_a_version_changes_with_the_words_a_rule_uses_and_only_then(tmp_path: Path) -> None:
    before = rules_folder.load(tmp_path / "a")
    same = rules_folder.load(tmp_path / "b", beans="# a remark\n" + rules_folder.COMMITMENT)
    edited = rules_folder.load(
        tmp_path / "c", beans=rules_folder.COMMITMENT.replace("[buy*, bought, book*]", "[buy*, bought]")
    )
    assert {i: r.version for i, r in same.rules.items()} == {i: r.version for i, r in before.rules.items()}
    assert same.version == before.version != edited.version
    changed = {i for i, rule in edited.rules.items() if rule.version != before.rules[i].version}
    assert changed == {"beans/bought"}
    assert all(len(rule.version) == 8 for rule in before.rules.values())


def test_examples_run_through_the_same_match(tmp_path: Path) -> None:
    results = rulebook.test_rulebook(loaded(tmp_path))
    assert results
    assert [result for result in results if not result.passed] == []


def loaded(folder: Path, old: str = "", new: str = "") -> Rulebook:
    """The small rulebook with its examples, after one change of the examples of beans."""
    examples = rules_folder.BEANS_EXAMPLES.replace(old, new) if old else rules_folder.BEANS_EXAMPLES
    return rulebook.load_rulebook(rules_folder.write(folder, beans_examples=examples), examples=True)


def test_a_failed_example_reports_its_matches(tmp_path: Path) -> None:
    rules = loaded(
        tmp_path, "not_about | | China bans video games", "setback | | Opinion: China bans soybeans\nnone | | A"
    )
    opinion, other = [result for result in rulebook.test_rulebook(rules) if not result.passed]
    assert (opinion.rule, opinion.number, opinion.expected, opinion.got) == ("beans/banned", 2, "setback", "none")
    assert (opinion.path, opinion.line) == ("rules/deal/beans.examples", 10)
    assert "beans/banned: bans … soybeans (plain)" in opinion.matched
    assert opinion.blocked == ("beans/banned: frame: opinion",)
    assert (other.expected, other.got) == ("none", "not_about")


def test_an_example_that_another_rule_answers_fails(tmp_path: Path) -> None:
    rules = loaded(tmp_path, "breach | | China cancels US soybeans", "progress | | China books soybeans")
    assert [result.got for result in rulebook.test_rulebook(rules) if not result.passed] == [
        "progress, but not by this rule"
    ]


@pytest.mark.parametrize(
    ("source", "url", "name", "tier"),
    [
        ("Grain Daily", "", "Grain Daily", Tier.TRADE),
        ("  grain   daily ", "", "Grain Daily", Tier.TRADE),
        ("MOFCOM", "", "Commerce Ministry", Tier.OFFICIAL),
        ("", "https://www.grain.example/a", "Grain Daily", Tier.TRADE),
        ("english.mofcom.example", "", "Commerce Ministry", Tier.OFFICIAL),
        ("Desk", "https://m.grain.example/a", "Grain Daily", Tier.TRADE),
        ("A Blog", "https://search.example/x", "A Blog", Tier.UNKNOWN),
        ("", "https://search.example/x", "News Search", Tier.AGGREGATOR),
        ("A Blog", "https://notgrain.example/x", "A Blog", Tier.UNKNOWN),
        ("", "http://[broken", "", Tier.UNKNOWN),
    ],
)
def test_publishers_are_found_by_name_alias_or_domain(
    publishers: Publishers, source: str, url: str, name: str, tier: Tier
) -> None:
    publisher = publishers.find(source, url)
    assert (publisher.name, publisher.tier) == (name, tier)


def test_a_publisher_is_called_as_the_file_says(tmp_path: Path) -> None:
    called = rules_folder.SOURCES.replace("owner: MOFCOM,", "owner: MOFCOM, called: China's commerce ministry,")
    found = rules_folder.load(tmp_path, sources=called).publishers
    assert [found.find(name).called for name in ("MOFCOM", "Grain Daily")] == ["China's commerce ministry", ""]


def test_what_an_aggregator_adds_to_a_name_is_no_part_of_it(publishers: Publishers) -> None:
    assert publishers.find("Grain Daily (+4 other sources)").name == "Grain Daily"
    assert publishers.find("Somebody (+12 others)").owner == "Somebody"
    assert publishers.find("Somebody (London)").owner == "Somebody (London)"


def test_unknown_publishers_are_origins_of_their_own(publishers: Publishers) -> None:
    assert publishers.find("A Blog").origin != publishers.find("B Blog").origin


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("12 Mt", AmountInRule(12e6, "t")),
        ("25 MMT", AmountInRule(25e6, "t")),
        ("450 kt", AmountInRule(450e3, "t")),
        ("1,200 t", AmountInRule(1200, "t")),
        ("12 million tonnes", AmountInRule(12e6, "t")),
        ("$30 billion", AmountInRule(30e9, "usd")),
        ("17 bn USD", AmountInRule(17e9, "usd")),
        ("24%", AmountInRule(24, "pct")),
        ("100 units", AmountInRule(100, "units")),
    ],
)
def test_amounts_are_read_in_base_units(text: str, amount: AmountInRule) -> None:
    assert read_amount(text) == amount


@pytest.mark.parametrize("value", ["12", 12, "Mt", "12 bags", "-3 t"])
def test_an_amount_without_a_known_unit_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="unit"):
        read_amount(value)


def test_days_are_read_in_days() -> None:
    assert [read_days(value) for value in ("60 days", "2 weeks", "1 month", 5)] == [60, 14, 30, 5]


def test_the_shipped_rules_load_without_an_issue() -> None:
    assert [rulebook.render_issue(issue) for issue in shipped_rules.checked()[1]] == []


@pytest.mark.slow
def test_every_example_of_the_shipped_rules_passes() -> None:
    failed = [result for result in rulebook.test_rulebook(shipped_rules.rulebook()) if not result.passed]
    assert [f"{r.path}:{r.line} {r.text}: expected {r.expected}, got {r.got}" for r in failed] == []


def test_a_rule_put_on_trial_is_an_edit(tmp_path: Path) -> None:
    trial = rules_folder.COMMITMENT.replace("id: cancelled\n", "id: cancelled\n    stage: experimental\n")
    plain = rules_folder.load(tmp_path / "plain")
    tried = rules_folder.load(tmp_path / "tried", beans=trial)
    assert plain.version != tried.version


GATED = """\
id: deal
name: A deal
use: [words]
description: >-
  What was agreed,
  and when.
sets: {sort: {en: [peas, '{beans}'], zh: [豌豆]}}
gate:
  any: [pulses]
  together: [['{sort}', '{cn}']]
reader: the two settled it
effects: {pledge: it is promised}
rulings: [protests move nothing]
"""


def test_a_deal_has_its_gate_and_what_readers_are_told(tmp_path: Path) -> None:
    reads = "reads:\n  about: >-\n    beans and\n    peas\n  not_about: corn\ncriteria:"
    loaded = rules_folder.load(tmp_path, deal=GATED, beans=rules_folder.COMMITMENT.replace("criteria:", reads))
    deal = loaded.deals["deal"]
    assert (deal.description, deal.reader) == ("What was agreed, and when.", "the two settled it")
    assert (deal.effects, deal.rulings) == ({Effect.PLEDGE: "it is promised"}, ("protests move nothing",))
    assert deal.gate is not None
    assert [[pattern.source for pattern in way] for way in deal.gate.ways] == [["pulses"], ["{sort}", "{cn}"]]
    assert loaded.reads == {"beans": Reads("beans and peas", "corn")}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("[pulses]", "[pulse]"),
        ("[peas, ", "[pea, "),
        ("the two settled", "they settled"),
        ("is promised", "was promised"),
        ("protests move", "protest moves"),
    ],
)
def test_the_version_of_a_rulebook_changes_with_what_readers_are_asked(tmp_path: Path, old: str, new: str) -> None:
    """Else a running monitor would not take an edit of it over."""
    before = rules_folder.load(tmp_path / "before", deal=GATED)
    after = rules_folder.load(tmp_path / "after", deal=GATED.replace(old, new))
    assert before.version != after.version
    assert {rule.id: rule.version for rule in before.rules.values()} == {
        rule.id: rule.version for rule in after.rules.values()
    }
