"""Warnings of likely mistakes and remarks on style, each at its place."""

from pathlib import Path

from monitor import rulebook
from monitor.errors import Issue
from monitor.rulebook.lint.run import MAX_LINE
from monitor.rulebook.load import style_issues
from tests.builders import rules_folder
from tests.builders.golden_wording import GoldenWording
from tests.builders.tables import table

VOCABULARY = rules_folder.VOCABULARY


def warnings(folder: Path, **changed: str) -> list[Issue]:
    root = rules_folder.write(folder, **changed)
    loaded, issues = rulebook.check_rulebook(root, lint=True)
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
    found = {issue.code for issue in rulebook.check_rulebook(root, lint=True)[1] if issue.severity == "warning"}
    assert found == {"cut_by_comment"}
    text = change(rules_folder.COMMITMENT, ("[buy*, bought, book*]", "[buy*, Buy*]"))
    assert rulebook.check_rulebook(rules_folder.write(tmp_path / "b", beans=text))[1] == ()


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
        found = [issue for issue in rulebook.check_rulebook(root, lint=True)[1] if issue.code == code]
        assert [(issue.line, issue.column) for issue in found] == [at(text, place)], new


# ---------------------------------------------------------------- style


def codes(folder: Path, **changed: str) -> list[str]:
    return [issue.code for issue in style_issues(rules_folder.write(folder, **changed))]


def test_a_gap_by_number_is_reported_with_the_named_window(tmp_path: Path) -> None:
    for gap, hint in (("..3", "write ..near, up to 4 words"), ("..12", "write ...")):
        text = rules_folder.COMMITMENT.replace("{takes} ..8 {beans}", f"{{takes}} {gap} {{beans}}")
        line, _ = at(text, gap)
        found = style_issues(rules_folder.write(tmp_path / gap, beans=text))
        own = [issue for issue in found if issue.path.endswith("beans.yaml") and issue.line == line]
        assert ("numbered_gap", hint) in [(issue.code, issue.hint) for issue in own]


def test_long_lines_of_patterns_are_reported_and_errors_alone_if_there_are_any(tmp_path: Path) -> None:
    assert "long_line" not in codes(tmp_path / "plain")
    assert "long_line" in codes(tmp_path / "long", beans=rules_folder.COMMITMENT + "# " + "x" * MAX_LINE + "\n")
    assert max(map(len, rules_folder.SOURCES.splitlines())) > MAX_LINE
    root = rules_folder.write(tmp_path / "b", beans="id: beans\n")
    assert {issue.severity for issue in style_issues(root)} == {"error"}


def test_a_shared_set_without_use_is_reported(tmp_path: Path) -> None:
    words = rules_folder.VOCABULARY.replace("sets:\n", "sets:\n  corn: {en: [corn]}\n")
    (found,) = (i for i in style_issues(rules_folder.write(tmp_path / "plain", words=words)) if i.code == "unused_set")
    assert (found.path, found.line, found.column) == ("rules/vocabulary/words.yaml", 2, 3)
    used = rules_folder.COMMITMENT.replace("'soybean oil'", "'{corn}'")
    assert "unused_set" not in codes(tmp_path / "used", words=words, beans=used)
