from datetime import date
from pathlib import Path

import pytest

from monitor import rulebook
from monitor.cli.rules.check_command import render_issue
from monitor.domain.matching.rules import Deal, Reads, Rulebook
from monitor.domain.model import Effect, Kind, Policy, Standing, Tier
from monitor.domain.text.numerals import AmountInRule, read_amount
from monitor.rulebook.schema.models import read_days
from monitor.rulebook.testing.examples import run_examples
from tests.builders import rules_folder, shipped_rules


def test_a_commitment_a_rule_and_the_policy_are_read_as_written(tmp_path: Path) -> None:
    book = rules_folder.load(tmp_path)
    beans = book.commitments["beans"]
    assert (beans.deal, beans.kind, beans.grace_days, beans.stale_days) == ("deal", Kind.QUANTITY, 60, 60)
    assert [(t.amount, t.unit, t.due) for t in beans.targets] == [(12e6, "t", date(2025, 12, 31))]
    assert [b.standing for b in beans.baselines] == [Standing.UNPLEDGED, Standing.MET]
    assert beans.criteria == (("met", "twelve million tonnes are booked"),)
    assert book.deals == {"deal": Deal("deal", "A deal")}
    rule = rules_folder.load(tmp_path / "b").rules["beans/banned"]
    line = rules_folder.COMMITMENT.splitlines().index("  - id: banned") + 1
    assert (rule.path, rule.line, rule.commitment) == ("rules/deal/beans.yaml", line, "beans")
    policy = rules_folder.load(tmp_path / "c").policy
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
    results = run_examples(loaded(tmp_path))
    assert results
    assert [result for result in results if not result.passed] == []


def loaded(folder: Path, old: str = "", new: str = "") -> Rulebook:
    """The small rulebook with its examples, after one change of the examples of beans."""
    examples = rules_folder.BEANS_EXAMPLES.replace(old, new) if old else rules_folder.BEANS_EXAMPLES
    return rulebook.load_rulebook(rules_folder.write(folder, beans_examples=examples), examples=True)


def test_a_failed_example_reports_its_matches_and_the_rule_that_answered(tmp_path: Path) -> None:
    rules = loaded(
        tmp_path, "not_about | | China bans video games", "setback | | Opinion: China bans soybeans\nnone | | A"
    )
    opinion, other = [result for result in run_examples(rules) if not result.passed]
    assert (opinion.rule, opinion.number, opinion.expected, opinion.got) == ("beans/banned", 2, "setback", "none")
    assert (opinion.path, opinion.line) == ("rules/deal/beans.examples", 10)
    assert "beans/banned: bans … soybeans (plain)" in opinion.matched
    assert opinion.blocked == ("beans/banned: frame: opinion",)
    assert (other.expected, other.got) == ("none", "not_about")
    rules = loaded(tmp_path / "b", "breach | | China cancels US soybeans", "progress | | China books soybeans")
    assert [result.got for result in run_examples(rules) if not result.passed] == ["progress, but not by this rule"]


def test_a_publisher_is_called_as_the_file_says(tmp_path: Path) -> None:
    called = rules_folder.SOURCES.replace("owner: MOFCOM,", "owner: MOFCOM, called: China's commerce ministry,")
    found = rules_folder.load(tmp_path, sources=called).publishers
    assert [found.find(name).called for name in ("MOFCOM", "Grain Daily")] == ["China's commerce ministry", ""]


def test_amounts_and_days_are_read_in_base_units() -> None:
    mass, money = AmountInRule(12e6, "t"), AmountInRule(30e9, "usd")
    cases = {"12 Mt": mass, "12 MMT": mass, "12000 kt": mass, "12,000,000 t": mass, "12 million tonnes": mass}
    cases |= {"$30 billion": money, "30 bn USD": money}
    cases |= {"24%": AmountInRule(24, "pct"), "100 units": AmountInRule(100, "units")}
    assert {text: read_amount(text) for text in cases} == cases
    for value in ("12", 12, "Mt", "12 bags", "-3 t"):
        with pytest.raises(ValueError, match="unit"):
            read_amount(value)
    assert [read_days(value) for value in ("60 days", "2 weeks", "1 month", 5)] == [60, 14, 30, 5]


def test_the_shipped_rules_load_without_an_issue() -> None:
    assert [render_issue(issue) for issue in shipped_rules.checked()[1]] == []


@pytest.mark.slow
def test_every_example_of_the_shipped_rules_passes() -> None:
    failed = [result for result in run_examples(shipped_rules.rulebook()) if not result.passed]
    assert [f"{r.path}:{r.line} {r.text}: expected {r.expected}, got {r.got}" for r in failed] == []


GATED = f"""\
{rules_folder.PARTIES}id: deal
name: A deal
use: [words]
description: >-
  What was agreed,
  and when.
sets: {{sort: {{en: [peas, '{{beans}}'], zh: [豌豆]}}}}
gate:
  any: [pulses]
  together: [['{{sort}}', '{{cn}}']]
reader: the two settled it
effects: {{pledge: it is promised}}
rulings: [protests move nothing]
"""


def test_a_deal_has_its_gate_and_what_readers_are_told(tmp_path: Path) -> None:
    reads = "reads:\n  about: >-\n    beans and\n    peas\n  not_about: corn\ncriteria:"
    loaded = rules_folder.load(tmp_path, deal=GATED, beans=rules_folder.COMMITMENT.replace("criteria:", reads))
    deal = loaded.deals["deal"]
    assert (deal.description, deal.reader) == ("What was agreed, and when.", "the two settled it")
    assert (deal.effects, deal.rulings) == ({Effect.PLEDGE: "it is promised"}, ("protests move nothing",))
    assert deal.gate is not None
    assert [[pattern.source for pattern in way] for way in deal.gate] == [["pulses"], ["{sort}", "{cn}"]]
    assert loaded.reads == {"beans": Reads("beans and peas", "corn")}


def test_the_version_of_a_rulebook_changes_with_the_texts_for_readers(tmp_path: Path) -> None:
    """Otherwise a running monitor would not adopt an edit of them."""
    cases = [("[pulses]", "[pulse]"), ("[peas, ", "[pea, "), ("the two settled", "they settled")]
    cases += [("is promised", "was promised"), ("protests move", "protest moves")]
    texts = [GATED, *(GATED.replace(*case) for case in cases)]
    books = [rules_folder.load(tmp_path / str(number), deal=text) for number, text in enumerate(texts)]
    assert len({book.version for book in books}) == len(books)
    assert all(book.rules == books[0].rules for book in books)
