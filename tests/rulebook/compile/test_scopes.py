"""Sets: how they are written, which file sees which, and what they mean added and taken out."""

from pathlib import Path

import pytest

from monitor import rulebook
from monitor.domain.matching.match import match
from monitor.errors import Issue
from monitor.rulebook.load import check_rulebook
from tests.builders import rules_folder
from tests.builders.rules_folder import COMMITMENT, VOCABULARY, story
from tests.builders.tables import table

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
    return [issue for issue in check_rulebook(root)[1] if issue.severity == "error"]


def reads(root: Path, title: str) -> bool:
    """Whether the title concerns the beans."""
    rules = rulebook.load_rulebook(root)
    return any(signal.commitment == "beans" for signal in match(story(title), rules))


def with_about(pattern: str, text: str = USES) -> str:
    return text.replace("any: ['{cn} ..8 {beans}'", f"any: ['{pattern}', '{{cn}} ..8 {{beans}}'")


@pytest.mark.parametrize("title", ["Palm oil is dear", "棕榈油价格上涨", "Pork is cheap"])
def test_a_set_is_a_list_or_has_its_words_by_language(tmp_path: Path, title: str) -> None:
    assert reads(write(tmp_path, beans=with_about("({oils}|{meats})")), title)


def test_a_file_sees_its_own_sets_and_those_of_the_files_that_it_uses(tmp_path: Path) -> None:
    text = with_about("{oils}", COMMITMENT)
    (issue,) = found(write(tmp_path, beans=text))
    assert (issue.code, "farm" in issue.hint) == ("unknown_set", True)
    assert not found(write(tmp_path, beans=with_about("{oils}")))
    text = COMMITMENT.replace("use: [words]\n", "").replace("'{us_beans}'", "'{takes}'")
    assert {issue.code for issue in found(write(tmp_path / "b", beans=text))} == {"unknown_set"}
    farm = f"use: [words]\n{FARM}  dear: ['{{cn}} {{oils}}']\n"
    text = with_about("{dear}").replace("[words, farm]", "[farm, words]")
    assert reads(write(tmp_path / "c", farm=farm, beans=text), "Chinese palm oil")


def test_own_sets_go_before_used_ones_and_two_used_ones_are_an_error(tmp_path: Path) -> None:
    farm = FARM + "  cn: [Peking]\n"
    first, *_ = found(write(tmp_path, farm=farm, beans=USES))
    assert first.code == "ambiguous_set"
    assert "farm.yaml" in first.message
    assert "words.yaml" in first.message
    assert not found(write(tmp_path, farm=farm, beans=USES.replace("[words, farm]", "[words]")))
    text = with_about("{oils}").replace("sets:\n", "sets:\n  oils: [olive oil]\n")
    root = write(tmp_path / "b", beans=text)
    assert (reads(root, "Olive oil is dear"), reads(root, "Palm oil is dear")) == (True, False)


def test_an_unknown_vocabulary_is_named_and_a_faulty_one_is_not_unknown(tmp_path: Path) -> None:
    text = USES.replace("[words, farm]", "[words, frm]")
    (issue,) = found(write(tmp_path, beans=text))
    assert (issue.code, issue.line, issue.hint) == (
        "unknown_vocabulary",
        text[: text.index("frm")].count("\n") + 1,
        "did you mean 'farm'?",
    )
    (issue,) = found(write(tmp_path / "b", farm="sets: 5\n", beans=with_about("{oils}")))
    assert issue.path == "rules/vocabulary/farm.yaml"


def test_sets_are_added_and_subtracted(tmp_path: Path) -> None:
    for number, (pattern, matched, others) in enumerate(table("scopes", "sets_are_added_and_subtracted")):
        root = write(tmp_path / str(number), farm=FARM + FORMS, beans=with_about(pattern))
        assert [title for title in (*matched, *others) if reads(root, title)] == matched, pattern


def test_a_word_that_a_set_does_not_contain_cannot_be_subtracted_unnoticed(tmp_path: Path) -> None:
    cases = {
        "{sellers - <ship>} oil": [],
        "{sellers - <ship/shop/send>} oil": ["<send>", "<shop>"],
        '{meats - "corn"}': ['"corn"'],
        "{meats - sellers}": ["sellers"],
        "{sellers - gone} oil": [],
    }
    for number, (pattern, words) in enumerate(cases.items()):
        root = write(tmp_path / str(number), farm=FARM + FORMS, beans=with_about(pattern))
        issues = check_rulebook(root)[1]
        assert [issue.code for issue in issues] == ["idle_term"] * len(words)
        assert [issue.message.partition(" ")[0] for issue in issues] == words


def test_a_fault_in_a_word_that_is_taken_out_is_told_in_its_place(tmp_path: Path) -> None:
    text = with_about("{meats - <beef+/pork+>}")
    (issue,) = found(write(tmp_path, beans=text))
    assert (issue.code, issue.hint) == ("pattern", "write <beef/pork+>")
    assert issue.column == text.splitlines()[issue.line - 1].index("<beef+") + 2  # behind the bracket, counted from 1


def test_an_invalid_sum_of_sets_is_an_error_with_a_remedy(tmp_path: Path) -> None:
    cases = {
        "{meats - meats}": ("empty_set", "less"),
        "{meats + meets}": ("unknown_set", "did you mean 'meats'?"),
        "{meats - }": ("unknown_set", "a space on both sides"),
        "{sellers -<ship>}": ("unknown_set", "a space on both sides"),
        "{red + corned ham}": ("unknown_set", "words in quotes"),
    }
    for number, (pattern, (code, remedy)) in enumerate(cases.items()):
        (issue,) = found(write(tmp_path / str(number), farm=FARM + FORMS, beans=with_about(pattern)))
        assert (issue.code, remedy in issue.hint) == (code, True), issue


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
