from pathlib import Path

import pytest

from monitor import rulebook
from monitor.errors import Issue, RuleError
from monitor.rulebook import checked_rulebook
from monitor.rulebook.load import check_rulebook
from tests.builders import rules_folder
from tests.builders.golden_wording import GoldenWording
from tests.builders.tables import table


def issues(folder: Path, **changed: str) -> tuple[Issue, ...]:
    return tuple(checked_rulebook(rules_folder.write(folder, **changed))[1])


def place(text: str, found: str, *, offset: int = 0) -> tuple[int, int]:
    """Line and column of the first place where `found` stands in a text."""
    at = text.index(found) + offset
    return text.count("\n", 0, at) + 1, at - (text.rfind("\n", 0, at) + 1) + 1


def test_a_fault_is_told_once(tmp_path: Path) -> None:
    found = issues(tmp_path, beans=rules_folder.COMMITMENT.replace("owed_by: cn", "owned_by: cn"))
    assert [issue.code for issue in found] == ["unknown_key"]
    in_words = issues(tmp_path / "b" / "words", words=rules_folder.VOCABULARY.replace("sets:\n", "setz:\n", 1))
    assert [issue.code for issue in in_words] == ["unknown_key"]
    in_talks = issues(tmp_path / "b" / "talks", talks=rules_folder.TALKS.replace("kind:", "kidn:"))
    assert {issue.path for issue in in_talks} == {"rules/deal/talks.yaml"}


def test_a_broken_file_is_reported_with_line_and_column(tmp_path: Path, wording: GoldenWording) -> None:
    shown, failures = [], []
    for number, (old, new, code, at) in enumerate(table("errors", "broken")):
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


def test_a_standing_or_part_that_ladder_or_steps_exclude_is_reported(tmp_path: Path, wording: GoldenWording) -> None:
    part = SALE.replace("id: sale", "id: sale-fee", 1)
    assert check_rulebook(rules_folder.write(tmp_path, sale=SALE))[1] == ()
    shown = []
    for number, (old, new, code, caret) in enumerate(table("errors", "excluded")):
        assert old in SALE, old
        text = SALE.replace(old, new, 1)
        folder = rules_folder.write(tmp_path / str(number), **{"sale": text, "sale-fee": part})
        found = check_rulebook(folder)[1]
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
    found = {issue.code for issue in check_rulebook(folder)[1]}
    assert {"unknown_file", "file_name", "missing_file"} <= found
    loaded, told = check_rulebook(tmp_path / "b" / "none")
    assert loaded is None
    assert [issue.code for issue in told] == ["no_folder"]


def test_a_part_belongs_to_its_parents_deal(tmp_path: Path) -> None:
    folder = rules_folder.write(tmp_path)
    other = folder / "elsewhere"
    other.mkdir()
    (other / "deal.yaml").write_text(f"id: elsewhere\nname: B\n{rules_folder.PARTIES}", encoding="utf-8")
    part = rules_folder.COMMITMENT.replace("id: beans\n", "id: beans-yearly\n", 1)
    (other / "beans-yearly.yaml").write_text(part, encoding="utf-8")
    assert [issue.code for issue in check_rulebook(folder)[1]] == ["part"]


DEAL = (
    "id: deal\nname: A deal\nuse: [words]\ngate: {any: [pulses], together: [['{beans}', '{cn}']]}\neffects: "
    "{pledge: promised}\n"
) + rules_folder.PARTIES


def test_a_fault_in_the_definition_for_readers_is_reported_at_its_place(tmp_path: Path, wording: GoldenWording) -> None:
    shown = []
    for number, (old, new, code, caret) in enumerate(table("errors", "broken_deals")):
        text = DEAL.replace(old, new)
        assert text != DEAL
        (found,) = (i for i in issues(tmp_path / str(number), deal=text) if i.path == "rules/deal/deal.yaml")
        assert (found.code, found.line) == (code, place(text, caret)[0])
        shown.append(f"{new!r}: {found.message} ({found.hint})")
    wording(shown)
