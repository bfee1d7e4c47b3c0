"""Sets: how they are written, which file sees which, and what they mean added and taken out."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor import rulebook
from monitor.domain.matching.match import match
from monitor.errors import Issue
from tests.builders import rules_folder
from tests.builders.rules_folder import COMMITMENT, VOCABULARY, story

FARM = (
    "sets:\n  oils: [palm oil, 棕榈油]\n  meats: {means: what butchers sell, eg: [China buys pork], en: [pork, beef]}\n"
)
FORMS = "  red: [beef]\n  sellers: [<sell/ship>]\n  gone: [<ship>]\n  past: [shipped]\n"
USES = COMMITMENT.replace("use: [words]", "use: [words, farm]")


def write(folder: Path, *, farm: str = FARM, **changed: str) -> Path:
    root = rules_folder.write(folder, **changed)
    (root / "vocabulary" / "farm.yaml").write_text(farm, encoding="utf-8")
    return root


def found(root: Path) -> list[Issue]:
    return [issue for issue in rulebook.check_rulebook(root)[1] if issue.severity == "error"]


def reads(root: Path, title: str) -> bool:
    """Whether the title concerns the beans."""
    rules = rulebook.load_rulebook(root)
    return any(signal.commitment == "beans" for signal in match(story(title), rules))


def with_about(pattern: str, text: str = USES) -> str:
    return text.replace("any: ['{cn} ..8 {beans}'", f"any: ['{pattern}', '{{cn}} ..8 {{beans}}'")


@pytest.mark.parametrize("title", ["Palm oil is dear", "棕榈油价格上涨", "Pork is cheap"])
def test_a_set_is_a_list_or_has_its_words_by_language(tmp_path: Path, title: str) -> None:
    assert reads(write(tmp_path, beans=with_about("({oils}|{meats})")), title)


def test_a_file_sees_the_sets_of_the_files_that_it_uses(tmp_path: Path) -> None:
    text = with_about("{oils}", COMMITMENT)
    (issue,) = found(write(tmp_path, beans=text))
    assert (issue.code, "farm" in issue.hint) == ("unknown_set", True)
    assert not found(write(tmp_path, beans=with_about("{oils}")))


def test_a_mistyped_file_in_use_is_told_once_and_not_by_each_of_its_sets(tmp_path: Path) -> None:
    (issue,) = found(write(tmp_path, beans=with_about("{oils}", USES.replace("[words, farm]", "[words, farms]"))))
    assert (issue.code, issue.hint) == ("unknown_vocabulary", "did you mean 'farm'?")
    text = with_about("{oilz}", USES.replace("[words, farm]", "[words, farms]"))
    codes = [issue.code for issue in found(write(tmp_path / "both", beans=text))]
    assert codes == ["unknown_vocabulary", "unknown_set"]


def test_a_file_without_use_has_its_own_sets_alone(tmp_path: Path) -> None:
    text = COMMITMENT.replace("use: [words]\n", "").replace("'{us_beans}'", "'{takes}'")
    assert {issue.code for issue in found(write(tmp_path, beans=text))} == {"unknown_set"}


def test_a_used_set_sees_what_its_own_file_uses(tmp_path: Path) -> None:
    farm = f"use: [words]\n{FARM}  dear: ['{{cn}} {{oils}}']\n"
    text = with_about("{dear}").replace("[words, farm]", "[farm, words]")
    assert reads(write(tmp_path, farm=farm, beans=text), "Chinese palm oil")


def test_a_name_in_two_used_files_is_an_error_that_names_both(tmp_path: Path) -> None:
    farm = FARM + "  cn: [Peking]\n"
    first, *_ = found(write(tmp_path, farm=farm, beans=USES))
    assert first.code == "ambiguous_set"
    assert "farm.yaml" in first.message
    assert "words.yaml" in first.message
    assert not found(write(tmp_path, farm=farm, beans=USES.replace("[words, farm]", "[words]")))


def test_own_sets_go_before_used_ones(tmp_path: Path) -> None:
    text = with_about("{oils}").replace("sets:\n", "sets:\n  oils: [olive oil]\n")
    root = write(tmp_path, beans=text)
    assert (reads(root, "Olive oil is dear"), reads(root, "Palm oil is dear")) == (True, False)


def test_an_unknown_file_of_vocabulary_is_told_with_the_nearest(tmp_path: Path) -> None:
    text = USES.replace("[words, farm]", "[words, frm]")
    (issue,) = found(write(tmp_path, beans=text))
    assert (issue.code, issue.line, issue.hint) == (
        "unknown_vocabulary",
        text[: text.index("frm")].count("\n") + 1,
        "did you mean 'farm'?",
    )


def test_a_faulty_file_of_vocabulary_is_no_unknown_one(tmp_path: Path) -> None:
    (issue,) = found(write(tmp_path, farm="sets: 5\n", beans=with_about("{oils}")))
    assert issue.path == "rules/vocabulary/farm.yaml"


@pytest.mark.parametrize(
    ("pattern", "title", "expected"),
    [
        ("{oils + meats}", "Pork is cheap", True),
        ("{oils + meats}", "Palm oil is cheap", True),
        ("{meats - red}", "Pork is cheap", True),
        ("{meats - red}", "Beef is cheap", False),
        ("{oils + meats - red}", "Beef is cheap", False),
        ("dear {meats - red}", "Dear pork", True),
        ("{sellers - gone} oil", "Sold oil", True),
        ("{sellers - gone} oil", "Shipping oil", False),
        ("{sellers - past} oil", "Shipping oil", True),
        ("{sellers - past} oil", "Shipped oil", False),
        ("{sellers - <ship/carry>} oil", "Sold oil", True),
        ("{sellers - <ship/carry>} oil", "Shipping oil", False),
        ('{meats - "beef"}', "Beef is cheap", False),
        ('{meats + "sweet peas"}', "Sweet peas are cheap", True),
    ],
)
def test_sets_are_added_and_taken_out(tmp_path: Path, pattern: str, title: str, *, expected: bool) -> None:
    root = write(tmp_path, farm=FARM + FORMS, beans=with_about(pattern))
    assert reads(root, title) is expected


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("{sellers - <ship>} oil", []),
        ("{sellers - <ship/shop/send>} oil", ["<send>", "<shop>"]),
        ('{meats - "corn"}', ['"corn"']),
        ("{meats - sellers}", ["sellers"]),
        ("{sellers - gone} oil", []),
    ],
)
def test_a_word_that_a_set_does_not_hold_cannot_be_taken_out_unnoticed(
    tmp_path: Path, pattern: str, words: list[str]
) -> None:
    _, issues = rulebook.check_rulebook(write(tmp_path, farm=FARM + FORMS, beans=with_about(pattern)))
    told = [(issue.code, issue.message.split(" removes nothing from ")[0]) for issue in issues]
    assert told == [("idle_term", word) for word in words]


def test_a_fault_in_a_word_that_is_taken_out_is_told_in_its_place(tmp_path: Path) -> None:
    text = with_about("{meats - <beef+/pork+>}")
    (issue,) = found(write(tmp_path, beans=text))
    assert (issue.code, issue.hint) == ("pattern", "write <beef/pork+>")
    assert issue.column == text.splitlines()[issue.line - 1].index("<beef+") + 2  # behind the bracket, counted from 1


@pytest.mark.parametrize(
    ("pattern", "code"),
    [("{meats - meats}", "empty_set"), ("{meats + meets}", "unknown_set"), ("{meats - }", "unknown_set")],
)
def test_a_sum_of_sets_that_means_nothing_is_an_error(tmp_path: Path, pattern: str, code: str) -> None:
    assert [issue.code for issue in found(write(tmp_path, beans=with_about(pattern)))] == [code]


def test_what_a_set_is_said_to_mean_is_no_part_of_a_version(tmp_path: Path) -> None:
    text = with_about("{meats}")
    first = rulebook.load_rulebook(write(tmp_path / "a", beans=text))
    again = rulebook.load_rulebook(write(tmp_path / "b", farm=FARM.replace("butchers", "farms"), beans=text))
    assert first.version == again.version


def test_sets_that_contain_each_other_across_files_are_an_error(tmp_path: Path) -> None:
    farm = "use: [words]\nsets: {oils: ['{beans}']}\n"
    words = VOCABULARY.replace("sets:\n", "use: [farm]\nsets:\n").replace(
        "en: [soybean*, soya]", "en: [soya, '{oils}']"
    )
    assert {issue.code for issue in found(write(tmp_path, farm=farm, words=words, beans=USES))} == {"set_cycle"}


@pytest.mark.parametrize(
    ("pattern", "hint"),
    [
        ("{red - pork}", 'write <pork>, <pork+> or "pork" for a word'),
        ("{red + corned ham}", 'write "corned ham"'),
        ("{red - 'lamb'}", 'write <lamb>, <lamb+> or "lamb" for a word'),
        ("{red - 猪肉}", 'write "猪肉"'),
        ("{red - meatz}", "write <meatz>, <meatz+> or \"meatz\" for a word; or did you mean the set 'meats'?"),
        ("{redd}", "did you mean 'red'?"),
    ],
)
def test_a_word_that_stands_for_a_set_in_a_sum_is_told_with_its_marks(tmp_path: Path, pattern: str, hint: str) -> None:
    text = with_about(pattern.replace("'", "''"))
    (issue,) = found(write(tmp_path, farm=FARM + FORMS, beans=text))
    assert (issue.code, issue.hint) == ("unknown_set", hint)


@pytest.mark.parametrize(
    ("pattern", "mended"),
    [
        ("{sellers -<ship>}", "{sellers - <ship>}"),
        ("{sellers- gone}", "{sellers - gone}"),
        ("{sellers-gone}", "{sellers - gone}"),
        ("{sellers – red}", "{sellers - red}"),
        ("{sellers+gone +red}", "{sellers + gone + red}"),
        ("{sellers - <cargo+>-<ship>}", "{sellers - <cargo+> - <ship>}"),
    ],
)
def test_a_sum_without_its_spaces_is_told_as_it_must_be_written(tmp_path: Path, pattern: str, mended: str) -> None:
    (issue,) = found(write(tmp_path, farm=FARM + FORMS, beans=with_about(pattern)))
    assert (issue.code, issue.hint) == ("unknown_set", f"put a space on both sides of a sign: write {mended}")


def test_a_hyphen_in_the_name_of_a_set_is_no_sign(tmp_path: Path) -> None:
    (issue,) = found(write(tmp_path, beans=with_about("{us-beans}")))
    assert issue.hint == "did you mean 'us_beans'?"
