"""Warnings of likely mistakes, each at its place."""

from pathlib import Path

from monitor.errors import Issue
from monitor.rulebook.load import check_rulebook
from tests.builders import rules_folder
from tests.builders.golden_wording import GoldenWording
from tests.builders.tables import table

VOCABULARY = rules_folder.VOCABULARY


def warnings(folder: Path, **changed: str) -> list[Issue]:
    root = rules_folder.write(folder, **changed)
    loaded, issues = check_rulebook(root, lint=True)
    assert loaded is not None, issues
    assert {issue.severity for issue in issues} <= {"warning"}
    return list(issues)


def change(text: str, *changes: tuple[str, str]) -> str:
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def at(text: str, found: str) -> tuple[int, int]:
    """Line and column of where a piece stands in a text."""
    offset = text.index(found)
    return text.count("\n", 0, offset) + 1, offset - (text.rfind("\n", 0, offset) + 1) + 1


def test_rules_without_a_trap_or_with_an_allowed_one_have_no_warning(tmp_path: Path) -> None:
    assert warnings(tmp_path) == []
    assert warnings(tmp_path / "b", words=change(VOCABULARY, ("sets:\n", "sets:\n  corn: {en: [corn]}\n"))) == []
    text = change(
        rules_folder.COMMITMENT,
        ("takes: {en: [buy*, bought, book*],", "takes: {en: [buy*, bought, buy*],"),
        ("zh: [采购, 购买]}", "zh: [采购, 购买]}  # allow: duplicate_pattern (an example)"),
    )
    assert warnings(tmp_path / "c", beans=text) == []


def test_a_likely_mistake_is_reported_at_its_place(tmp_path: Path, wording: GoldenWording) -> None:
    shown = []
    for number, (old, new, code, place) in enumerate(table("lints", "beans")):
        text = change(rules_folder.COMMITMENT, (old, new))
        found = [issue for issue in warnings(tmp_path / str(number), beans=text) if issue.code == code]
        assert [issue.path for issue in found] == ["rules/deal/beans.yaml"], new
        line, column = at(text, place)
        quoted = place.startswith("'")
        assert (found[0].line, found[0].column) == (line, column + quoted), new
        shown.append(f"{new.strip()!r}: {found[0].message} ({found[0].hint})")
    wording(shown)


def test_intended_spellings_give_no_warning(tmp_path: Path) -> None:
    for number, change_of in enumerate(table("lints", "meant")):
        assert warnings(tmp_path / str(number), beans=change(rules_folder.COMMITMENT, change_of)) == [], change_of


def test_a_vocabulary_without_a_word_of_doubt_or_denial_is_named(tmp_path: Path) -> None:
    bare = VOCABULARY[: VOCABULARY.index("modality:")]
    assert [issue.code for issue in warnings(tmp_path, words=bare)].count("no_modality") == 2


# ---------------------------------------------------------------- all files together


def test_rules_are_linted_on_request_and_for_meaning_only_without_errors(tmp_path: Path) -> None:
    beans = change(rules_folder.COMMITMENT, ("short: Beans", "short: Beans #1"), ("bought,", "Buy*,"))
    root = rules_folder.write(tmp_path, talks="id: talks\n", beans=beans)
    found = {issue.code for issue in check_rulebook(root, lint=True)[1] if issue.severity == "warning"}
    assert found == {"cut_by_comment"}
    text = change(rules_folder.COMMITMENT, ("[buy*, bought, book*]", "[buy*, Buy*]"))
    assert check_rulebook(rules_folder.write(tmp_path / "b", beans=text))[1] == ()


# ---------------------------------------------------------------- what readers are told


def test_what_readers_are_not_told_is_named(tmp_path: Path) -> None:
    beans = change(rules_folder.COMMITMENT, ("criteria:", "reads: {about: beans}\ncriteria:"))
    gated = f"id: deal\nname: A deal\n{rules_folder.PARTIES}use: [words]\ngate: {{any: ['{{beans}}']}}\n"
    (found,) = warnings(tmp_path, beans=beans, deal=gated)
    assert (found.code, found.path, found.line, found.hint) == (
        "no_reads",
        "rules/deal/talks.yaml",
        1,
        "reads: {about: …, not_about: …}",
    )
    asked = ("criteria:", "reads: {about: beans}\ncriteria:")
    talks = change(rules_folder.TALKS, ("about:", "reads: {about: talks}\nabout:"))
    (found,) = warnings(tmp_path / "b", beans=change(rules_folder.COMMITMENT, asked), talks=talks)
    assert (found.code, found.path) == ("no_gate", "rules/deal/deal.yaml")


def test_keys_without_effect_are_named_at_their_place(tmp_path: Path) -> None:
    repeated = "not: {oils: soybean oil, pans: soybean oil}"
    cases = [
        ("use: [words]", "use: [words, more]", "unused_use", "more]"),
        ("acts:\n", "phases: {own: {from: 2026-01-01}}\nacts:\n", "unused_phase", "own:"),
        ("    not: {oil: 'soybean oil'}\n", "    unless: [films]\n", "unless_alone", "unless: [films]"),
        ("not: {oil: 'soybean oil'}", repeated, "duplicate_pattern", "soybean oil}"),
    ]
    for number, (old, new, code, place) in enumerate(cases):
        text = change(rules_folder.COMMITMENT, (old, new))
        root = rules_folder.write(tmp_path / str(number), beans=text)
        (root / "vocabulary" / "more.yaml").write_text("sets: {}\n", encoding="utf-8")
        found = [issue for issue in check_rulebook(root, lint=True)[1] if issue.code == code]
        assert [(issue.line, issue.column) for issue in found] == [at(text, place)], new
