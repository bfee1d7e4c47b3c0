from __future__ import annotations

from pathlib import Path

import pytest

from monitor import rulebook
from monitor.errors import Issue, RuleError
from tests.builders import rules_folder


def issues(folder: Path, **changed: str) -> tuple[Issue, ...]:
    return rulebook.check_rulebook(rules_folder.write(folder, **changed), examples=True)[1]


def place(text: str, found: str, *, offset: int = 0) -> tuple[int, int]:
    """Line and column of the first place where `found` stands in a text."""
    at = text.index(found) + offset
    return text.count("\n", 0, at) + 1, at - (text.rfind("\n", 0, at) + 1) + 1


BROKEN = [
    # (old, new, code, where the caret stands, part of message or hint)
    ("polarity: bad\n", "polarity: baad\n", "unknown_value", "baad", "'bad'"),
    ("kind: quantity", "kind: quantty", "unknown_value", "quantty", "'quantity'"),
    ("    none: [", "    nonne: [", "unknown_key", "nonne", "'none'"),
    ("{us_beans}']\n  summary", "{us_bean}']\n  summary", "unknown_set", "{us_bean}", "'us_beans'"),
    ("commitment: talks", "commitment: tolks", "unknown_commitment", "tolks", "'talks'"),
    ("(ban|bans|boycott) ..6", "(ban|bans|boycott ..6", "pattern", "'(ban", "not closed"),
    ("cancels ..6 {beans}", "cancels ..6", "pattern", "'cancels ..6'", "missing"),
    ("id: cancelled", "id: banned", "duplicate_id", "banned\n    polarity: break", "second time"),
    ("id: cancelled", "id: reader", "reserved_id", "reader\n    polarity: break", "a model alone reads"),
    ("id: cancelled", "id: person", "reserved_id", "person\n    polarity: break", "a person alone reads"),
    ("id: cancelled", "id: about", "reserved_id", "about\n    polarity: break", "such as: id: bought"),
    ("amount: 12 Mt", "amount: 12 bags", "value_error", "12 bags", "'bags'"),
    ("grace: 60 days", "grace: some", "value_error", "some", "60 days"),
    ("as_of: 2026-01-20", "as_of: 2025-01-20", "baseline_order", "2025-01-20", "oldest"),
    ("standing: met", "standing: mett", "unknown_value", "mett", "'met'"),
    ("as_of: 2025-09-15", "as_of: soon", "not_a_date", "soon", "2026-01-31"),
    ("as_of: 2025-09-15", "as_of: 20250915", "not_a_date", "20250915", "2026-01-31"),
    ("short: Beans\n", "short: Beans\nshort: Soya\n", "duplicate_key", "short: Soya", "line 3"),
    ("name: China buys", "name: &a China buys", "anchor", "&a", "anchors"),
    ("name: China buys soybeans", "name: *a", "anchor", "*a", "anchors"),
    ("short: Beans", "short: !!python/name:os.system x", "tag", "!!python", "tags"),
    ("'soybean oil'", '"\\bsoybean oil"', "control_character", '"\\bsoy', "single quotes"),
    ("short: Beans\n", "short: Beans\n\tkind: x\n", "tab", "\tkind", "spaces"),
    ("short: Beans\n", "short: a: b\n", "syntax", "a: b\nkind", "quotes"),
    ("'soybean oil'", "2025", "not_text", "2025]", "quotes"),
    ("owed_by: cn\n", "", "missing_key", "id: beans", "'owed_by' is missing Who has promised it"),
    (
        "baselines:\n  - {as_of: 2025-09-15, ",
        "baselines:\n  - {",
        "missing_key",
        "{standing: unpl",
        "'as_of' is missing The day",
    ),
    (", due: 2025-12-31", "", "missing_key", "{amount", "'due' is missing Last day"),
    ("gives_way_to: [{commitment: talks, ", "gives_way_to: [{", "missing_key", "{when", "'commitment'"),
    (
        'source: "https://example.org/a"',
        "source: x, deadlines: [{what: x, kind: due, said_by: us}]",
        "missing_key",
        "{what",
        "'date'",
    ),
    ("weak: true\n    effect: pledge", "effect: pledge", "value_error", "id: named", "weak: true"),
    ("weak: true\n    effect: pledge", "weak: true", "value_error", "id: named", "polarity"),
    ("text: China bans video games,", "text: China bans games, films,", "unknown_key", "films", "comma"),
    ("targets: [{amount", "targets: []  # [{amount", "no_targets", "quantity", "targets"),
    ("name: China buys soybeans", "name: [China]", "not_text", "[China]", "a list"),
    ("none: ['soybean oil']", "none: soybean oil", "not_a_list", "soybean oil", "write [one, two]"),
    (
        "any: ['cancels ..6 {beans}']",
        "any: []",
        "empty_list",
        "[]\n    examples:\n      - {text: China cancels US",
        "empty",
    ),
    (
        "  takes: {en: [buy*, bought, book*], zh: [采购, 购买]}",
        "  takes: buys",
        "not_a_mapping",
        "buys\nabout",
        "key: value",
    ),
    ("  takes: {en: [buy*, bought, book*], zh: [采购, 购买]}", "  takes: 'en:buys'", "not_a_mapping", "'en:", "colon"),
    ("grace: 60 days", "grace:", "value_error", "\nafter_met", "60 days"),
    ("none: ['soybean oil']", "none: [note: oil]", "not_text", "note: oil", "': '"),
    ("criteria: {met:", "criteria: {mett:", "unknown_key", "mett:", "'met'"),
    ("after_met: [breach]\n", "after_met:\n", "not_a_list", "\ncriteria", "missing"),
    ("polarity: bad\n", "polarity:\n", "value_error", "\n    any: ['(ban", "not nothing"),
    ("polarity: bad\n", "polarity: [bad]\n", "unknown_value", "[bad]", "not a list"),
    ("kind: quantity", "kind quantity", "syntax", "kind quantity", "space after the colon"),
    ("  - id: banned\n", "  - id: banned\n  ", "syntax", "banned\n      polarity", "indent that line less"),
    ("    polarity: bad\n", "   polarity: bad\n", "syntax", "   polarity: bad", "one column"),
    ("id: banned", "id: Banned Beans", "bad_name", "Banned", "hyphens"),
    ("short: Beans", "short: ''", "empty_text", "''", "missing"),
    ("short: Beans", "short: a name that is far too long for any table", "too_long", "a name that", "40"),
    ("short: Beans", 'short: "\\qBeans"', "syntax", '"\\qBeans', "single quotes"),
    ("effect: breach}", "effect: breech}", "unknown_value", "breech", "'breach'"),
    ("effect: not_about}", "effect: about}", "unknown_value", "about}", "'not_about'"),
    ("after_met: [breach]", "after_met: breach", "not_a_list", "breach\ncriteria", "write [one, two]"),
    ("id: beans\n", "id: beans\n[a]: b\n", "key", "[a]", "quote"),
    ("id: beans\n", "id: beans\n---\n", "second_document", "---", "---"),
    ("any: ['cancels ..6 {beans}']", "any: ['cancels ..claus {beans}']", "pattern", "..claus", "..clause"),
    ("any: ['cancels ..6 {beans}']", "any: ['cancels ..1.5 {beans}']", "pattern", "..1.5", "is no gap"),
    ("any: ['cancels ..6 {beans}']", "any: ['/cancels ..6 {beans}']", "pattern", "/cancels", "not regular expressions"),
    ("any: ['cancels ..6 {beans}']", "any: ['[cC]ancels ..6 {beans}']", "pattern", "[cC]", "not regular expressions"),
    ("any: ['cancels ..6 {beans}']", "any: ['cancels? ..6 {beans}']", "pattern", "? ..6", "not regular expressions"),
    ("any: ['cancels ..6 {beans}']", "any: ['!cancels ..6 !{beans}']", "pattern", "!{beans}", "one head"),
    (
        "any: ['cancels ..6 {beans}']",
        "any: ['cancels /[[:alpha:]]+/ {beans}']",
        "pattern",
        "[[:alpha",
        "list the letters",
    ),
    (
        "polarity: bad\n",
        "polarity: bad\n    only_if: {published: {from: 2025-12-01, until: 2025-01-01}}\n",
        "value_error",
        "published: {from",
        "no day",
    ),
    ('source: "https://example.org/a"', "source: javascript:alert(1)", "no_page", "javascript", "https://"),
    ("owed_by: cn", "owned_by: cn", "unknown_key", "owned_by", "'owed_by'"),
    ("standing: unpledged, ", "standing: in_force, ", "wrong_standing", "in_force", "did you mean met?"),
    ("none: ['soybean oil']", "none: [!(oil|meal)]", "syntax", "!(oil", "single quotes"),
    ("any: ['cancels ..6 {beans}']", "frames: [{event: cancels, patient: {oil}}]", "not_text", "{oil}", "'{oil}'"),
    ("any: ['cancels ..6 {beans}']", "frames: [{event: {oil} ..4 x}]", "syntax", "{oil}", "begins with { in single"),
    ("any: ['cancels ..6 {beans}']", "any: {oil - <palm>}", "not_a_list", "{oil", "['{oil - <palm>}']"),
    ("any: ['cancels ..6 {beans}']", "any: {oil} + {cn}", "syntax", "{oil}", "begins with { in single quotes"),
    ("any: ['cancels ..6 {beans}']", "any: [x, {oil} + {cn}]", "syntax", "{oil}", "begins with { in single quotes"),
    ("any: ['cancels ..6 {beans}']", "any:\n      - {oil} ..4 x", "syntax", "{oil}", "begins with { in single quotes"),
    ("takes: {en: [buy*, bought, book*], zh: [采购, 购买]}", "takes: {oil}", "unknown_key", "oil}", "begins with {"),
]


def test_a_mistyped_key_is_told_once_not_as_a_missing_one_too(tmp_path: Path) -> None:
    found = issues(tmp_path, beans=rules_folder.COMMITMENT.replace("owed_by: cn", "owned_by: cn"))
    assert [issue.code for issue in found] == ["unknown_key"]


@pytest.mark.parametrize(
    ("old", "new", "code", "at", "says"), BROKEN, ids=[f"{row[2]}-{n}" for n, row in enumerate(BROKEN)]
)
def test_a_broken_file_is_named_with_line_and_column(
    tmp_path: Path, old: str, new: str, code: str, at: str, says: str
) -> None:
    assert old in rules_folder.COMMITMENT
    text = rules_folder.COMMITMENT.replace(old, new, 1)
    found = [issue for issue in issues(tmp_path, beans=text) if issue.code == code]
    assert found, issues(tmp_path, beans=text)
    issue = found[0]
    line, column = place(text, at)
    assert (issue.path, issue.line) == ("rules/deal/beans.yaml", line)
    assert says in f"{issue.message} {issue.hint}"
    assert issue.source == text.splitlines()[line - 1]
    if code not in ("pattern", "second_document") and at not in ("a: b\nkind", '"\\qBeans'):
        assert issue.column == column


def test_a_fault_inside_a_pattern_has_its_own_column(tmp_path: Path) -> None:
    text = rules_folder.COMMITMENT.replace("'cancels ..6 {beans}'", "'cancels ..6 {beens}'")
    (issue,) = issues(tmp_path, beans=text)
    assert (issue.line, issue.column) == place(text, "{beens}")


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


def test_loading_raises_with_every_error(tmp_path: Path) -> None:
    folder = rules_folder.write(
        tmp_path, beans=rules_folder.COMMITMENT.replace("polarity: bad\n", "polarity: baad\n"), policy="x: 1\n"
    )
    with pytest.raises(RuleError) as raised:
        rulebook.load_rulebook(folder)
    assert {issue.code for issue in raised.value.issues} >= {"unknown_value", "unknown_key"}
    assert "rules/policy.yaml:1:1" in str(raised.value)


def test_sets_that_contain_each_other_are_refused(tmp_path: Path) -> None:
    words = rules_folder.VOCABULARY.replace("soya]", "'{us_beans}']")
    found = issues(tmp_path, words=words)
    assert {issue.code for issue in found} == {"set_cycle"}
    assert "beans -> us_beans -> beans" in found[0].message


def test_an_act_needs_an_example_and_a_near_miss(tmp_path: Path) -> None:
    without = rules_folder.COMMITMENT.replace("      - {text: China cancels a concert, effect: not_about}\n", "")
    assert [issue.code for issue in issues(tmp_path / "one", beans=without)] == ["no_near_miss"]
    neither = without.replace("    examples:\n      - {text: China cancels US soybeans, effect: breach}\n", "")
    assert {issue.code for issue in issues(tmp_path / "two", beans=neither)} == {"no_example", "no_near_miss"}


def test_files_in_the_wrong_place_are_named(tmp_path: Path) -> None:
    folder = rules_folder.write(tmp_path)
    (folder / "stray.yaml").write_text("a: 1\n", encoding="utf-8")
    (folder / "deal" / "beans.yaml").rename(folder / "deal" / "other.yaml")
    (folder / "policy.yaml").unlink()
    found = {issue.code for issue in rulebook.check_rulebook(folder)[1]}
    assert {"unknown_file", "file_name", "missing_file"} <= found


def test_a_missing_folder_is_an_issue_and_not_a_crash(tmp_path: Path) -> None:
    loaded, found = rulebook.check_rulebook(tmp_path / "none")
    assert loaded is None
    assert [issue.code for issue in found] == ["no_folder"]
    assert "`rules` in config.toml" in str(found[0])


def test_a_part_belongs_to_its_parents_deal(tmp_path: Path) -> None:
    folder = rules_folder.write(tmp_path)
    other = folder / "elsewhere"
    other.mkdir()
    (other / "deal.yaml").write_text("id: elsewhere\nname: B\n", encoding="utf-8")
    part = rules_folder.COMMITMENT.replace("id: beans\n", "id: beans-yearly\n", 1)
    (other / "beans-yearly.yaml").write_text(part, encoding="utf-8")
    assert [issue.code for issue in rulebook.check_rulebook(folder)[1]] == ["part"]


def test_yaml_words_stay_words(tmp_path: Path) -> None:
    words = rules_folder.VOCABULARY.replace("sets:\n", "sets:\n  on: {en: [yes, no, off, NO]}\n", 1)
    assert issues(tmp_path, words=words) == ()


def test_a_fault_is_told_once_and_not_by_every_file_that_leans_on_it(tmp_path: Path) -> None:
    in_words = issues(tmp_path / "words", words=rules_folder.VOCABULARY.replace("sets:\n", "setz:\n", 1))
    assert [issue.code for issue in in_words] == ["unknown_key"]
    in_talks = issues(tmp_path / "talks", talks=rules_folder.TALKS.replace("kind:", "kidn:"))
    assert {issue.path for issue in in_talks} == {"rules/deal/talks.yaml"}


DEAL = "id: deal\nname: A deal\ngate: {any: [pulses], together: [['{beans}', '{cn}']]}\neffects: {pledge: promised}\n"
BROKEN_DEALS = [
    ("[pulses]", "['{beens}']", "unknown_set", "{beens}", "'beans'"),
    ("'{cn}'", "'{cm}'", "unknown_set", "{cm}", "cn, us"),
    ("['{beans}', '{cn}']", "['{beans}']", "value_error", "['{beans}']", "under any"),
    ("any: [pulses], together: [['{beans}', '{cn}']]", "any: []", "value_error", "gate", "any or together"),
    ("[pulses]", r"['/p\d+/']", "no_word", r"'/p\d+/'", "word form"),
    ("[pulses]", "['<25 Mt>']", "no_word", "'<25 Mt>'", "an amount or a date needs a word or a set beside it"),
    ("{pledge: promised}", "{pledged: promised}", "unknown_key", "pledged", "'pledge'"),
    ("{pledge: promised}", "{pledge: ''}", "empty_text", "''", "missing"),
]


@pytest.mark.parametrize(("old", "new", "code", "caret", "says"), BROKEN_DEALS)
def test_a_fault_in_what_readers_are_asked_is_told_in_its_place(
    tmp_path: Path, old: str, new: str, code: str, caret: str, says: str
) -> None:
    text = DEAL.replace(old, new)
    assert text != DEAL
    found = [issue for issue in issues(tmp_path, deal=text) if issue.path == "rules/deal/deal.yaml"]
    assert [issue.code for issue in found] == [code]
    assert says in f"{found[0].message} {found[0].hint}"
    assert found[0].line == place(text, caret)[0]
