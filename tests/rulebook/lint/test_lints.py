"""Warnings: what rule files may hold but hardly mean, each at its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor import rulebook
from monitor.errors import Issue
from tests.builders import rules_folder
from tests.builders.golden_wording import GoldenWording

VOCABULARY = rules_folder.VOCABULARY.replace("[not, no,", "[not, 'no',")
"""Without the one word of the shared sample that is a trap."""


def warnings(folder: Path, **changed: str) -> list[Issue]:
    root = rules_folder.write(folder, **{"words": VOCABULARY, **changed})
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


def test_rules_without_a_trap_have_no_warning(tmp_path: Path) -> None:
    assert warnings(tmp_path) == []


BEANS = [
    # what to change, with what, the code, where it is told, a part of what is said
    ("[buy*, bought, book*]", "[buy*, bought, Bought]", "duplicate_pattern", "Bought"),
    ("(ban|bans|boycott)", "(ban|bans|ban)", "duplicate_pattern", "ban)"),
    (
        "'{us_beans}']\n  summary",
        "'{us_beans}', '{us_beans}']\n  summary",
        "duplicate_pattern",
        "'{us_beans}']\n  summary",
    ),
    ("['{us_beans} ..4 cargoes']", "['{us_beans}']", "duplicate_pattern", "'{us_beans}']\n  not"),
    ("sets:\n", "sets:\n  corn: {en: [corn, maize]}\n", "unused_set", "corn: {"),
    ("sets:\n", "sets:\n  us: {en: [US]}\n", "hides_set", "us: {"),
    ("'{us_beans}']\n  summary", "'{us_beans}', today]\n  summary", "common_word", "today"),
    ("'{us_beans}']\n  summary", "'{us_beans}', 将]\n  summary", "common_word", "将]"),
    ("'(completes|met its) ..8 {beans}'", "'(completes|met its) ..8 {beans}', '(sees|the)'", "common_word", "the)"),
    ("  not: {other sellers: '(Brazil*|巴西)'}\n", "", "unless_alone", "unless"),
    ("zh: [采购, 购买]", "zh: [采购, 買賣]", "traditional", "買賣"),
    ("zh: [采购, 购买]", "zh: [采购, 购买, 购買]", "traditional", "购買"),
    ("'(ban|bans|boycott) ..6 {beans}'", "'ban ..6 {beans}', '（禁止｜停止）{beans}'", "full_width", "（"),
    ("zh: [采购, 购买]", "zh: [采购，购买]", "full_width", "，"),
    ("{oil: 'soybean oil'}", "{oil: ＵＳ oil}", "full_width", "Ｕ"),
    ("[buy*, bought, book*]", "[buy*, bought, on]", "yaml_bool", "on]"),
    ("[buy*, bought, book*]", "[buy*, bought, 12:30]", "yaml_sexagesimal", "12:30"),
    ("grace: 60 days", "grace: 060", "yaml_octal", "060"),
    ("[buy*, bought, book*]", "[buy*, bought, 1_000]", "yaml_number", "1_000"),
    ("[buy*, bought, book*]", "[buy*, bought, 'x 1', over 1,200 t]", "cut_by_comma", ",200"),
    ("short: Beans\n", "short: Beans #1\n", "cut_by_comment", "#1"),
    ("sets:\n", "sets:\n  yes: {en: [maybe]}\n", "yaml_bool", "yes: {"),
]


def test_a_likely_mistake_is_reported_at_its_place(tmp_path: Path, wording: GoldenWording) -> None:
    shown = []
    for number, (old, new, code, place) in enumerate(BEANS):
        text = change(rules_folder.COMMITMENT, (old, new))
        found = [issue for issue in warnings(tmp_path / str(number), beans=text) if issue.code == code]
        assert [issue.path for issue in found] == ["rules/deal/beans.yaml"], new
        line, column = at(text, place)
        quoted = place.startswith("'") and code != "yaml_bool"
        assert (found[0].line, found[0].column) == (line, column + quoted), new
        shown.append(f"{new.strip()!r}: {found[0].message} ({found[0].hint})")
    wording(shown)


MEANT = [
    # looks like a trap, and is none
    ("{oil: 'soybean oil'}", "{oil: [oil, spoils, 'soil oils']}"),
    ("[buy*, bought, book*]", "[buy, buys, buys soybeans]"),
    ("'(ban|bans|boycott) ..6 {beans}'", "'(beans|US beans) ..6 (ban|boycott) ..6 {beans}'"),
    ("short: Beans\n", "short: Beans  # the name on pages\n"),
    ("{oil: 'soybean oil'}", "{oil: ['over 1,200 t', '记者：']}"),
    ("name: China buys soybeans", "name: >-\n  China buys\n  soybeans\n"),
    ("zh: [采购, 购买]", "zh: [采购, 购买, 显著, 后台]"),
    ("[buy*, bought, book*]", "[buy*, bought, 'on', \"no\"]"),
    ("{oil: 'soybean oil'}", "{oil: ['^why', why not]}"),
]


def test_intended_spellings_give_no_warning(tmp_path: Path) -> None:
    for number, change_of in enumerate(MEANT):
        assert warnings(tmp_path / str(number), beans=change(rules_folder.COMMITMENT, change_of)) == [], change_of


# ---------------------------------------------------------------- acts


def test_a_pattern_that_its_own_exclusion_shuts_out_is_told(tmp_path: Path) -> None:
    text = change(
        rules_folder.COMMITMENT,
        ("{oil: 'soybean oil'}", "{oil: [bought, buy*, book*, 采购, 购买]}"),
        ("'{cn} ..8 {takes}'", "'{cn} ..8 orders'"),
    )
    (found,) = warnings(tmp_path, beans=text)
    assert (found.code, (found.line, found.column)) == ("dead_pattern", at(text, "'{takes} ..8"))
    assert "not ('buy')" in found.message


def test_a_vocabulary_without_a_word_of_doubt_or_denial_is_named(tmp_path: Path) -> None:
    bare = VOCABULARY[: VOCABULARY.index("modality:")]
    assert [issue.code for issue in warnings(tmp_path, words=bare)].count("no_modality") == 2


def test_an_act_that_its_exclusion_shuts_out_can_never_win(tmp_path: Path) -> None:
    text = change(
        rules_folder.COMMITMENT,
        ("not: {other sellers: '(Brazil*|巴西)'}", "never: {ends: cancels}"),
        ("  unless: ['{us_beans}']\n", ""),
    )
    (found,) = warnings(tmp_path, beans=text)
    assert (found.code, (found.line, found.column)) == ("dead_act", at(text, "cancelled"))
    assert "never ('cancels')" in found.message


@pytest.mark.parametrize(
    ("act", "dead"),
    [
        ("weak: true\n    effect: setback\n    any: ['cancels ..6 {beans}']", True),
        ("polarity: break\n    any: ['cancels ..6 {beans}']", True),
        ("polarity: break\n    any: ['cancels ..6 {beans}', 'drops ..6 {beans}']", False),
        ("polarity: bad\n    any: ['cancels ..6 {beans}']", False),
        ("polarity: break\n    only_if: {field: [title]}\n    any: ['cancels ..6 {beans}']", True),
    ],
    ids=["a noun under a verb", "the same again", "with a pattern more", "of another polarity", "under a condition"],
)
def test_an_act_whose_patterns_another_has_before_it_can_never_win(tmp_path: Path, act: str, dead: bool) -> None:
    text = f"{rules_folder.COMMITMENT}  - id: again\n    {act}\n"
    found = [(issue.code, issue.line) for issue in warnings(tmp_path, beans=text)]
    assert found == ([("dead_act", at(text, "id: again")[0])] if dead else [])


def test_an_act_bound_by_a_condition_leaves_room_for_the_plain_one(tmp_path: Path) -> None:
    text = change(
        rules_folder.COMMITMENT,
        ("any: ['cancels ..6 {beans}']", "only_if: {field: [summary]}\n    any: ['cancels ..6 {beans}']"),
    )
    text += "  - id: plain\n    polarity: break\n    any: ['cancels ..6 {beans}']\n"
    assert warnings(tmp_path, beans=text) == []


# ---------------------------------------------------------------- all files together


def test_a_shared_set_that_no_file_uses_is_no_fault(tmp_path: Path) -> None:
    assert warnings(tmp_path, words=change(VOCABULARY, ("sets:\n", "sets:\n  corn: {en: [corn]}\n"))) == []


def test_a_line_can_say_that_it_is_meant(tmp_path: Path) -> None:
    text = change(
        rules_folder.COMMITMENT,
        ("takes: {en: [buy*, bought, book*],", "takes: {en: [buy*, bought, buy*],"),
        ("zh: [采购, 购买]}", "zh: [采购, 购买]}  # allow: duplicate_pattern (an example)"),
    )
    assert warnings(tmp_path, beans=text) == []


def test_an_allowance_that_nothing_needs_is_told(tmp_path: Path) -> None:
    text = change(
        rules_folder.COMMITMENT, ("{oil: 'soybean oil'}", "{oil: 'soybean oil'}  # allow: common_word, yaml_bool")
    )
    found = warnings(tmp_path, beans=text)
    assert [issue.code for issue in found] == ["idle_allowance", "idle_allowance"]
    assert (found[0].line, found[0].column) == at(text, "common_word, yaml_bool")


def test_rules_are_not_linted_for_meaning_while_a_file_has_errors(tmp_path: Path) -> None:
    root = rules_folder.write(
        tmp_path, words=VOCABULARY, talks="id: talks\n", beans=change(rules_folder.COMMITMENT, ("bought,", "on,"))
    )
    found = {issue.code for issue in rulebook.check_rulebook(root, lint=True)[1] if issue.severity == "warning"}
    assert found == {"yaml_bool"}


def test_loading_rules_does_not_lint_them(tmp_path: Path) -> None:
    text = change(rules_folder.COMMITMENT, ("[buy*, bought, book*]", "[buy*, buys, on]"))
    assert rulebook.check_rulebook(rules_folder.write(tmp_path, beans=text))[1] == ()


# ---------------------------------------------------------------- what readers are told


def test_a_commitment_of_which_a_reader_is_told_nothing_is_named_where_it_is_told_of_others(tmp_path: Path) -> None:
    beans = change(rules_folder.COMMITMENT, ("criteria:", "reads: {about: beans}\ncriteria:"))
    gated = "id: deal\nname: A deal\nuse: [words]\ngate: {any: ['{beans}']}\n"
    (found,) = warnings(tmp_path, beans=beans, deal=gated)
    assert (found.code, found.path, found.line, found.hint) == (
        "no_reads",
        "rules/deal/talks.yaml",
        1,
        "reads: {about: …, not_about: …}",
    )


def test_a_gate_before_commitments_of_which_a_reader_is_told_nothing_is_named(tmp_path: Path) -> None:
    found = warnings(tmp_path, deal="id: deal\nname: A deal\nuse: [words]\ngate: {any: ['{beans}']}\n")
    assert [each.code for each in found] == ["no_reads", "no_reads"]


def test_a_deal_without_a_gate_is_named_only_where_a_reader_is_told_of_it(tmp_path: Path) -> None:
    asked = ("criteria:", "reads: {about: beans}\ncriteria:")
    talks = change(rules_folder.TALKS, ("about:", "reads: {about: talks}\nabout:"))
    (found,) = warnings(tmp_path, beans=change(rules_folder.COMMITMENT, asked), talks=talks)
    assert (found.code, found.path) == ("no_gate", "rules/deal/deal.yaml")


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("[pulses,", "[the, pulses,", "common_word"),
        ("[pulses,", "[pulses, Pulses,", "duplicate_pattern"),
        ("['{sort}', farms]", "['{sort}', 'farms ..2 {sort}', farms, farms]", "duplicate_pattern"),
        ("['{sort}', farms]", "[peas, farms]", "unused_set"),
        ("zh: [豆]", "zh: [豆, 買賣]", "traditional"),
        ("sort:", "cn:", "hides_set"),
    ],
)
def test_the_patterns_of_a_gate_are_looked_at_as_all_others(tmp_path: Path, old: str, new: str, code: str) -> None:
    sound = (
        "id: deal\nname: A deal\nuse: [words]\nsets:\n  sort: {en: [peas], zh: [豆]}\n"
        "gate:\n  any: [pulses, '{beans}']\n  together: [['{sort}', farms]]\n"
    )
    told = {
        "beans": change(rules_folder.COMMITMENT, ("criteria:", "reads: {about: beans}\ncriteria:")),
        "talks": change(rules_folder.TALKS, ("about:", "reads: {about: talks}\nabout:")),
    }
    assert warnings(tmp_path / "sound", deal=sound, **told) == []
    text = change(sound, (old, new)).replace("{sort}", "{cn}") if code == "hides_set" else change(sound, (old, new))
    found = warnings(tmp_path / "changed", deal=text, **told)
    assert {(issue.code, issue.path) for issue in found} == {(code, "rules/deal/deal.yaml")}


@pytest.mark.parametrize(
    ("old", "new", "code", "place"),
    [
        ("use: [words]", "use: [words, more]", "unused_use", "more]"),
        ("acts:\n", "phases: {own: {from: 2026-01-01}}\nacts:\n", "unused_phase", "own:"),
        ("    not: {oil: 'soybean oil'}\n", "    unless: [films]\n", "unless_alone", "unless: [films]"),
        (
            "not: {oil: 'soybean oil'}",
            "not: {oils: soybean oil, pans: soybean oil}",
            "duplicate_pattern",
            "soybean oil}",
        ),
    ],
)
def test_a_trap_of_the_new_keys_is_told_in_its_place(tmp_path: Path, old: str, new: str, code: str, place: str) -> None:
    text = change(rules_folder.COMMITMENT, (old, new))
    root = rules_folder.write(tmp_path, words=VOCABULARY, beans=text)
    (root / "vocabulary" / "more.yaml").write_text("sets: {}\n", encoding="utf-8")
    found = [issue for issue in rulebook.check_rulebook(root, lint=True)[1] if issue.code == code]
    assert [(issue.line, issue.column) for issue in found] == [at(text, place)]
