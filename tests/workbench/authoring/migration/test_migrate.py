"""A folder of the older syntax, written in the new one: what becomes of it, and that it reads the same."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from monitor import rulebook
from monitor.domain.model import Effect
from monitor.errors import RuleError
from monitor.rulebook import check_rulebook, load_rulebook
from monitor.workbench.authoring.migration.migrate import Migration, migrated, take_over
from monitor.workbench.authoring.migration.wording import Forms
from tests.builders import older_rules, rules_folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return older_rules.write(tmp_path_factory.mktemp("older"))


@pytest.fixture(scope="module")
def migration(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Migration:
    return migrated(folder, tmp_path_factory.mktemp("scratch"))


def text(migration: Migration, name: str) -> str:
    return (migration.copy / name).read_text(encoding="utf-8")


def test_the_copy_reads_every_example_and_scenario_the_same(migration: Migration) -> None:
    assert migration.proof.same
    assert migration.proof.stories == len(migration.before.examples) + 2
    assert all(result.passed for result in rulebook.test_rulebook(migration.after))


def test_the_copy_is_in_the_new_syntax(migration: Migration) -> None:
    _, issues = check_rulebook(migration.copy, lint=True)
    assert {issue.code for issue in issues} == {"no_reads"}


def test_every_part_is_written_anew(migration: Migration) -> None:
    beans, deal = text(migration, "deal/beans.yaml"), text(migration, "deal/deal.yaml")
    assert "use: [words]\n" in beans
    assert "never: {unsorted: recipe}" in beans
    assert "    Harvests:\n      - crop forecast\n" in beans
    assert "phases:\n  from 2026-02-01: {from: 2026-02-01}\ndefaults: {by: cn}\n" in beans
    assert "- '!<book> ..8 {goods}'  # a headline without its subject\n" in beans
    assert "- '{goods} ..8 !(<sail>|dock) ..4 ({ports}|大连)'\n" in beans
    assert "kind: Outcomes of a call" in deal
    assert "goods_of_beans: {en: [soybean*, soya, '{us} beans'], zh: [大豆]}" in deal
    assert "en: ['<buy>', '<snap up>', secures]\n    zh: [采购, 购买]\n" in text(migration, "vocabulary/words.yaml")


def test_comments_stay(migration: Migration) -> None:
    beans = text(migration, "deal/beans.yaml")
    for comment in (
        "# What a story can say of the beans.",
        "# read on that day",
        "# Bad news, whoever brings it.",
        "# Whoever pays",
    ):
        assert comment in beans
    assert "# The same day a month before.\nnone | 2026-01-01 |" in text(migration, "deal/beans.examples")


def test_what_is_already_in_the_new_syntax_stays_as_it_is(migration: Migration, tmp_path: Path) -> None:
    new = shutil.copytree(migration.copy, tmp_path / "rules")
    listed = text(migration, "vocabulary/words.yaml").replace("'<deny>'", "deny, denies, denied")
    (new / "vocabulary" / "words.yaml").write_text(listed, encoding="utf-8")
    assert migrated(new, tmp_path / "scratch").changes == ()


def test_a_verb_whose_other_forms_are_read_otherwise_stays_as_listed(tmp_path: Path) -> None:
    example = "      - {text: China is buying US soybeans, effect: none, published: 2026-03-01}\n"
    beans = older_rules.BEANS.replace("  - id: fulfilled\n", f"{example}  - id: fulfilled\n")
    words = older_rules.WORDS.replace("bought, buying,", "bought,")
    root = older_rules.write(tmp_path, beans=beans, words=words)
    found = migrated(root, tmp_path / "scratch")
    assert found.proof.same
    assert (found.forms, found.spared) == (Forms.FINITE, frozenset({"buy"}))
    assert "en: [buy, buys, bought, '<snap up>', secures]" in text(found, "vocabulary/words.yaml")


def test_whoever_widens_is_shown_what_is_read_otherwise(tmp_path: Path) -> None:
    example = "      - {text: China boycotts US soybeans or is boycotting soybeans, effect: none}\n"
    beans = older_rules.BEANS.replace("boycott)", "boycott|boycotted)").replace(
        "  - id: warned\n", f"{example}  - id: warned\n"
    )
    root = older_rules.write(tmp_path, beans=beans)
    (change,) = migrated(root, tmp_path / "scratch", widen=True).proof.changes
    assert (change.commitment, change.new and change.new.effect) == ("beans", Effect.SETBACK)


def test_rules_that_cannot_be_used_are_refused(tmp_path: Path) -> None:
    root = older_rules.write(tmp_path, talks=older_rules.TALKS.replace("{talked}", "{nothing}"))
    with pytest.raises(RuleError, match="nothing"):
        migrated(root, tmp_path / "scratch")


def test_a_deal_that_names_what_it_uses_takes_what_its_new_rows_need_too(tmp_path: Path) -> None:
    root = older_rules.write(tmp_path, deal=older_rules.DEAL.replace("name: A deal\n", "name: A deal\nuse: []\n"))
    assert "use: [words]\n" in text(migrated(root, tmp_path / "scratch"), "deal/deal.yaml")


def test_files_beside_existing_examples_are_added_to_them(tmp_path: Path) -> None:
    root = older_rules.write(tmp_path)
    (root / "deal" / "talks.examples").write_text(
        "[held]\nprogress | | China held a round with Washington\n", encoding="utf-8"
    )
    found = migrated(root, tmp_path / "scratch")
    assert text(found, "deal/talks.examples").count("[held]") == 2
    assert {example.text for example in found.after.examples if example.commitment == "talks"} == {
        "China held a round with Washington",
        "China holds talks with Washington",
        "China talks up its films",
    }
    assert found.proof.same


def test_the_copy_is_taken_over_and_the_files_as_they_were_are_kept(tmp_path: Path) -> None:
    root = older_rules.write(tmp_path)
    before = {path: path.read_bytes() for path in root.rglob("*.yaml")}
    (tmp_path / "rules.before-migrate").mkdir()
    found = migrated(root, tmp_path / "scratch")
    backup = take_over(found)
    assert backup == tmp_path / "rules.before-migrate-2"
    assert load_rulebook(root, examples=True).version == found.after.version
    changed = {change.path for change in found.changes if change.before is not None}
    assert {path.relative_to(backup).as_posix() for path in backup.rglob("*.yaml")} == changed
    assert all((backup / name).read_bytes() == before[root / name] for name in changed)
    assert not list(root.rglob(".*"))


def test_rules_that_changed_meanwhile_are_not_overwritten(tmp_path: Path) -> None:
    root = older_rules.write(tmp_path)
    found = migrated(root, tmp_path / "scratch")
    edited = root / "deal" / "talks.yaml"
    edited.write_text(edited.read_text(encoding="utf-8").replace("held|after", "held|before"), encoding="utf-8")
    with pytest.raises(RuleError, match="changed while"):
        take_over(found)
    assert not (tmp_path / "rules.before-migrate").exists()


def test_a_file_that_cannot_be_written_leaves_all_as_they_were(tmp_path: Path) -> None:
    root = older_rules.write(tmp_path)
    before = {path: path.read_bytes() for path in root.rglob("*.yaml")}
    found = migrated(root, tmp_path / "scratch")
    # A folder of this name stands where the last of the files would be written first.
    (root / "vocabulary" / ".words.yaml.unfinished").mkdir()
    with pytest.raises(OSError, match="unfinished"):
        take_over(found)
    assert {path: path.read_bytes() for path in root.rglob("*.yaml") if path.is_file()} == before
    assert not list(root.rglob("*.examples"))


@pytest.mark.slow
def test_the_small_folder_of_the_other_tests_reads_the_same(tmp_path: Path) -> None:
    found = migrated(rules_folder.write(tmp_path), tmp_path / "scratch")
    assert found.proof.same
    assert not found.written.left
