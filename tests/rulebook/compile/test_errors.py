from __future__ import annotations

from pathlib import Path

import pytest

from monitor import rulebook
from monitor.errors import Issue, RuleError
from tests.builders import rules_folder
from tests.builders.golden_wording import GoldenWording


def issues(folder: Path, **changed: str) -> tuple[Issue, ...]:
    return rulebook.check_rulebook(rules_folder.write(folder, **changed), examples=True)[1]


def place(text: str, found: str, *, offset: int = 0) -> tuple[int, int]:
    """Line and column of the first place where `found` stands in a text."""
    at = text.index(found) + offset
    return text.count("\n", 0, at) + 1, at - (text.rfind("\n", 0, at) + 1) + 1


BROKEN = [
    # (old, new, code, where the caret stands, part of message or hint)
    ("polarity: bad\n", "polarity: baad\n", "unknown_value", "baad"),
    ("kind: quantity", "kind: quantty", "unknown_value", "quantty"),
    ("    not: {", "    nto: {", "unknown_key", "nto"),
    ("{us_beans}']\n  summary", "{us_bean}']\n  summary", "unknown_set", "{us_bean}"),
    ("(ban|bans|boycott) ..6", "(ban|bans|boycott ..6", "pattern", "'(ban"),
    ("cancels ..6 {beans}", "cancels ..6", "pattern", "'cancels ..6'"),
    ("id: cancelled", "id: banned", "duplicate_id", "banned\n    polarity: break"),
    ("id: cancelled", "id: reader", "reserved_id", "reader\n    polarity: break"),
    ("amount: 12 Mt", "amount: 12 bags", "value_error", "12 bags"),
    ("grace: 60 days", "grace: some", "value_error", "some"),
    ("as_of: 2026-01-20", "as_of: 2025-01-20", "baseline_order", "2025-01-20"),
    ("standing: met", "standing: mett", "unknown_value", "mett"),
    ("as_of: 2025-09-15", "as_of: soon", "not_a_date", "soon"),
    ("as_of: 2025-09-15", "as_of: 20250915", "not_a_date", "20250915"),
    ("short: Beans\n", "short: Beans\nshort: Soya\n", "duplicate_key", "short: Soya"),
    ("name: China buys", "name: &a China buys", "anchor", "&a"),
    ("short: Beans", "short: !!python/name:os.system x", "tag", "!!python"),
    ("'soybean oil'", '"\\bsoybean oil"', "control_character", '"\\bsoy'),
    ("short: Beans\n", "short: Beans\n\tkind: x\n", "tab", "\tkind"),
    ("short: Beans\n", "short: a: b\n", "syntax", "a: b\nkind"),
    ("'soybean oil'", "2025", "not_text", "2025}"),
    ("owed_by: cn\n", "", "missing_key", "id: beans"),
    ("baselines:\n  - {as_of: 2025-09-15, ", "baselines:\n  - {", "missing_key", "{standing: unpl"),
    (", due: 2025-12-31", "", "missing_key", "{amount"),
    (
        'source: "https://example.org/a"',
        "source: x, deadlines: [{what: x, kind: due, said_by: us}]",
        "missing_key",
        "{what",
    ),
    ("weak: true\n    effect: pledge", "effect: pledge", "value_error", "id: named"),
    ("weak: true\n    effect: pledge", "weak: true", "value_error", "id: named"),
    ("weak: true\n    effect: pledge", "presumes: true\n    effect: pledge", "value_error", "id: named"),
    ("targets: [{amount", "targets: []  # [{amount", "no_targets", "quantity"),
    ("name: China buys soybeans", "name: [China]", "not_text", "[China]"),
    ("any: ['cancels ..6 {beans}']", "any: []", "empty_list", "[]\n  - id: extended"),
    ("  takes: {en: [buy*, bought, book*], zh: [采购, 购买]}", "  takes: buys", "not_a_mapping", "buys\nabout"),
    ("  takes: {en: [buy*, bought, book*], zh: [采购, 购买]}", "  takes: 'en:buys'", "not_a_mapping", "'en:"),
    ("grace: 60 days", "grace:", "value_error", "\nafter_met"),
    ("criteria: {met:", "criteria: {mett:", "unknown_key", "mett:"),
    ("after_met: [breach]\n", "after_met:\n", "not_a_list", "\ncriteria"),
    ("polarity: bad\n", "polarity: [bad]\n", "unknown_value", "[bad]"),
    ("kind: quantity", "kind quantity", "syntax", "kind quantity"),
    ("  - id: banned\n", "  - id: banned\n  ", "syntax", "banned\n      polarity"),
    ("    polarity: bad\n", "   polarity: bad\n", "syntax", "   polarity: bad"),
    ("id: banned", "id: Banned Beans", "bad_name", "Banned"),
    ("short: Beans", "short: ''", "empty_text", "''"),
    ("short: Beans", "short: a name that is far too long for any table", "too_long", "a name that"),
    ("short: Beans", 'short: "\\qBeans"', "syntax", '"\\qBeans'),
    ("after_met: [breach]", "after_met: breach", "not_a_list", "breach\ncriteria"),
    ("id: beans\n", "id: beans\n[a]: b\n", "key", "[a]"),
    ("id: beans\n", "id: beans\n---\n", "second_document", "---"),
    ("any: ['cancels ..6 {beans}']", "any: ['cancels ..claus {beans}']", "pattern", "..claus"),
    ("any: ['cancels ..6 {beans}']", "any: ['cancels ..1.5 {beans}']", "pattern", "..1.5"),
    ("any: ['cancels ..6 {beans}']", "any: ['/cancels ..6 {beans}']", "pattern", "/cancels"),
    ("any: ['cancels ..6 {beans}']", "any: ['[cC]ancels ..6 {beans}']", "pattern", "[cC]"),
    ("any: ['cancels ..6 {beans}']", "any: ['cancels? ..6 {beans}']", "pattern", "? ..6"),
    ("any: ['cancels ..6 {beans}']", "any: ['!cancels ..6 !{beans}']", "pattern", "!{beans}"),
    ("any: ['cancels ..6 {beans}']", "any: ['cancels /[[:alpha:]]+/ {beans}']", "pattern", "[[:alpha"),
    (
        "polarity: bad\n",
        "polarity: bad\n    only_if: {published: {from: 2025-12-01, until: 2025-01-01}}\n",
        "value_error",
        "published: {from",
    ),
    ('source: "https://example.org/a"', "source: javascript:alert(1)", "no_page", "javascript"),
    ("owed_by: cn", "owned_by: cn", "unknown_key", "owned_by"),
    ("standing: unpledged, ", "standing: in_force, ", "wrong_standing", "in_force"),
    ("not: {oil: 'soybean oil'}", "not: soybean oil", "not_a_mapping", "soybean oil\n"),
    ("any: ['cancels ..6 {beans}']", "any: [!(oil|meal)]", "syntax", "!(oil"),
    ("any: ['cancels ..6 {beans}']", "frames: [{event: cancels, patient: {oil}}]", "not_text", "{oil}"),
    ("any: ['cancels ..6 {beans}']", "frames: [{event: {oil} ..4 x}]", "syntax", "{oil}"),
    ("any: ['cancels ..6 {beans}']", "any: {oil - <palm>}", "not_a_list", "{oil -"),
    ("any: ['cancels ..6 {beans}']", "any: {oil} + {cn}", "syntax", "{oil}"),
    ("takes: {en: [buy*, bought, book*], zh: [采购, 购买]}", "takes: {oil}", "unknown_key", "oil}"),
]


def test_a_fault_is_told_once(tmp_path: Path) -> None:
    found = issues(tmp_path, beans=rules_folder.COMMITMENT.replace("owed_by: cn", "owned_by: cn"))
    assert [issue.code for issue in found] == ["unknown_key"]
    in_words = issues(tmp_path / "b" / "words", words=rules_folder.VOCABULARY.replace("sets:\n", "setz:\n", 1))
    assert [issue.code for issue in in_words] == ["unknown_key"]
    in_talks = issues(tmp_path / "b" / "talks", talks=rules_folder.TALKS.replace("kind:", "kidn:"))
    assert {issue.path for issue in in_talks} == {"rules/deal/talks.yaml"}


def test_a_broken_file_is_reported_with_line_and_column(tmp_path: Path, wording: GoldenWording) -> None:
    shown, failures = [], []
    for number, (old, new, code, at) in enumerate(BROKEN):
        assert old in rules_folder.COMMITMENT, old
        text = rules_folder.COMMITMENT.replace(old, new, 1)
        found = issues(tmp_path / str(number), beans=text)
        issue = next((issue for issue in found if issue.code == code), None)
        line, column = place(text, at)
        exact = code not in ("pattern", "second_document") and at not in ("a: b\nkind", '"\\qBeans')
        if (
            issue is None
            or (issue.path, issue.line) != ("rules/deal/beans.yaml", line)
            or issue.source != text.splitlines()[line - 1]
            or (exact and issue.column != column)
        ):
            failures.append((new, found))
        else:
            shown.append(f"{new.strip()!r}: {issue.message} ({issue.hint})")
    assert failures == []
    wording(shown)


SALE = """\
id: sale
name: A company sells its business
short: Sale
kind: milestone
partly_met_by: [signed]
owed_by: company
steps: [agreed, signed, closed]
criteria: {met: The sale has closed., partly_met: The papers are signed.}
baselines: [{as_of: 2025-09-15, standing: met, steps: [agreed, signed, closed], source: "https://example.org/c"}]
about: {any: ['(sale|deal) ..8 business']}
acts:
  - {id: agreed, polarity: pledge, step: agreed, any: ['agree* ..3 sale']}
  - {id: signed, polarity: good, step: signed, any: ['sign* ..3 sale']}
  - {id: closed, polarity: done, step: closed, any: ['close* ..3 sale']}
"""
EXCLUDED = [
    # (old, new, code, where the caret stands)
    ("standing: met", "standing: in_force", "wrong_standing", "in_force"),
    ("standing: met", "standing: unpledged", "step_beyond", "agreed, signed, closed], source"),
    ("standing: met", "standing: pledged", "step_beyond", "signed, closed], source"),
    ("standing: met", "standing: in_progress", "step_beyond", "signed, closed], source"),
    ("standing: met", "standing: partly_met", "step_beyond", "closed], source"),
    ("met, steps: [agreed, signed, closed]", "met, steps: [agreed, signed]", "step_missing", "met, steps"),
    ("met, steps: [agreed, signed, closed]", "partly_met, steps: [agreed]", "step_missing", "partly_met, steps"),
    ("partly_met_by: [signed]\n", "", "wrong_standing", "partly_met: The"),
    ("{met: The", "{in_force: The", "wrong_standing", "in_force: The"),
    ("milestone\npartly_met_by: [signed]", "series", "wrong_standing", "partly_met: The"),
    ("kind: milestone", "kind: standing", "wrong_standing", "met: The"),
    ("kind: milestone", "kind: standing", "wrong_standing", "met, steps"),
    ("kind: milestone", "kind: milestone\nparts: [sale-fee]", "part_kind", "parts:"),
    ("kind: milestone", "kind: standing\nparts: [sale-fees]", "unknown_commitment", "sale-fees]"),
    ("kind: milestone", "kind: standing\nparts: [beans]", "not_a_part", "beans]"),
    ("kind: milestone", "kind: standing\nparts: [sale-fee]", "part_kind", "sale-fee]"),
]


def test_a_standing_or_a_part_that_the_ladder_or_its_steps_exclude_is_reported(
    tmp_path: Path, wording: GoldenWording
) -> None:
    part = SALE.replace("id: sale", "id: sale-fee", 1)
    assert rulebook.check_rulebook(rules_folder.write(tmp_path, sale=SALE))[1] == ()
    shown = []
    for number, (old, new, code, caret) in enumerate(EXCLUDED):
        assert old in SALE, old
        text = SALE.replace(old, new, 1)
        folder = rules_folder.write(tmp_path / str(number), **{"sale": text, "sale-fee": part})
        found = rulebook.check_rulebook(folder)[1]
        issue = next(i for i in found if (i.code, i.line, i.column) == (code, *place(text, caret)))
        assert issue.path == "rules/deal/sale.yaml"
        shown.append(f"{new!r}: {issue.message} ({issue.hint})")
    wording(shown)


def test_all_issues_come_at_once(tmp_path: Path) -> None:
    text = rules_folder.COMMITMENT.replace("polarity: bad\n", "polarity: baad\n").replace("short: Beans", "shrt: Beans")
    found = issues(
        tmp_path, beans=text, policy="live_days: many\nsettle: 3\n", words=rules_folder.VOCABULARY + "extra: 1\n"
    )
    assert len(found) >= 5
    assert {issue.path for issue in found} >= {
        "rules/deal/beans.yaml",
        "rules/policy.yaml",
        "rules/vocabulary/words.yaml",
    }
    assert list(found) == sorted(found)
    folder = rules_folder.write(
        tmp_path / "b", beans=rules_folder.COMMITMENT.replace("polarity: bad\n", "polarity: baad\n"), policy="x: 1\n"
    )
    with pytest.raises(RuleError) as raised:
        rulebook.load_rulebook(folder)
    assert {issue.code for issue in raised.value.issues} >= {"unknown_value", "unknown_key"}
    assert "rules/policy.yaml:1:1" in str(raised.value)


def test_sets_that_contain_each_other_are_refused(tmp_path: Path) -> None:
    words = rules_folder.VOCABULARY.replace("soya]", "'{us_beans}']")
    found = issues(tmp_path, words=words)
    assert {issue.code for issue in found} == {"set_cycle"}
    assert "beans -> us_beans -> beans" in found[0].message  # the sets


def test_missing_and_misplaced_files_and_folders_are_issues(tmp_path: Path) -> None:
    folder = rules_folder.write(tmp_path)
    (folder / "stray.yaml").write_text("a: 1\n", encoding="utf-8")
    (folder / "deal" / "beans.yaml").rename(folder / "deal" / "other.yaml")
    (folder / "policy.yaml").unlink()
    found = {issue.code for issue in rulebook.check_rulebook(folder)[1]}
    assert {"unknown_file", "file_name", "missing_file"} <= found
    loaded, told = rulebook.check_rulebook(tmp_path / "b" / "none")
    assert loaded is None
    assert [issue.code for issue in told] == ["no_folder"]


def test_a_part_belongs_to_its_parents_deal(tmp_path: Path) -> None:
    folder = rules_folder.write(tmp_path)
    other = folder / "elsewhere"
    other.mkdir()
    (other / "deal.yaml").write_text("id: elsewhere\nname: B\n", encoding="utf-8")
    part = rules_folder.COMMITMENT.replace("id: beans\n", "id: beans-yearly\n", 1)
    (other / "beans-yearly.yaml").write_text(part, encoding="utf-8")
    assert [issue.code for issue in rulebook.check_rulebook(folder)[1]] == ["part"]


DEAL = (
    "id: deal\nname: A deal\nuse: [words]\ngate: {any: [pulses], together: [['{beans}', '{cn}']]}\neffects: "
    "{pledge: promised}\n"
)
BROKEN_DEALS = [
    ("[pulses]", "['{beens}']", "unknown_set", "{beens}"),
    ("'{cn}'", "'{cm}'", "unknown_set", "{cm}"),
    ("['{beans}', '{cn}']", "['{beans}']", "value_error", "['{beans}']"),
    ("any: [pulses], together: [['{beans}', '{cn}']]", "any: []", "value_error", "gate"),
    ("[pulses]", r"['/p\d+/']", "no_word", r"'/p\d+/'"),
    ("[pulses]", "['<25 Mt>']", "no_word", "'<25 Mt>'"),
    ("{pledge: promised}", "{pledged: promised}", "unknown_key", "pledged"),
    ("{pledge: promised}", "{pledge: ''}", "empty_text", "''"),
]


def test_a_fault_in_the_definition_for_readers_is_reported_at_its_place(tmp_path: Path, wording: GoldenWording) -> None:
    shown = []
    for number, (old, new, code, caret) in enumerate(BROKEN_DEALS):
        text = DEAL.replace(old, new)
        assert text != DEAL
        (found,) = (i for i in issues(tmp_path / str(number), deal=text) if i.path == "rules/deal/deal.yaml")
        assert (found.code, found.line) == (code, place(text, caret)[0])
        shown.append(f"{new!r}: {found.message} ({found.hint})")
    wording(shown)
