from __future__ import annotations

from pathlib import Path

import pytest

from monitor.rulebook.lint.style import MAX_LINE
from monitor.rulebook.load import style_issues
from tests.builders import rules_folder

MEANINGS = """\
sets:
  lift:
    means: somebody takes a burden off
    en: [<lift/remove/scrap/end/drop/axe>]
    zh: [取消, 解除]
    eg: [Beijing lifts its duty]
"""


def remarks(
    folder: Path, beans: str, *, similar: bool = False, meanings: str = MEANINGS, of: str = "beans"
) -> list[tuple[str, str, str]]:
    root = rules_folder.write(folder, beans=beans)
    (root / "vocabulary" / "meanings.yaml").write_text(meanings, encoding="utf-8")
    found = (issue for issue in style_issues(root, similar=similar) if issue.path.endswith(f"{of}.yaml"))
    return [(issue.code, issue.message, issue.hint) for issue in found]


def with_pattern(pattern: str) -> str:
    return rules_folder.COMMITMENT.replace("'{takes} ..8 {beans}'", f"'{pattern}'")


@pytest.mark.parametrize(
    ("pattern", "remark"),
    [
        ("{takes} ..3 {beans}", ("numbered_gap", "..3 is a gap by number", "write ..near, up to 4 words")),
        ("{takes} ~4 {beans}", ("numbered_gap", "~4 is a gap by number", "write ~near, up to 4 words")),
        ("{takes} ..12 {beans}", ("numbered_gap", "..12 is a gap by number", "write ...")),
        ("{takes} ~12 {beans}", ("numbered_gap", "~12 is a gap by number", "write ~clause")),
        (
            "(lifts|removed|lifted) ... {beans}",
            ("verb_forms", "'lifts' and 'lifted' are forms of one verb", "write <lift>"),
        ),
    ],
)
def test_what_could_be_shorter_is_named_with_what_to_write(
    pattern: str, remark: tuple[str, str, str], tmp_path: Path
) -> None:
    plain = remarks(tmp_path / "plain", with_pattern("{takes} ... {beans}"))
    assert [one for one in remarks(tmp_path / "changed", with_pattern(pattern)) if one not in plain] == [remark]


def test_a_group_of_which_a_shared_meaning_has_most_words_is_named_where_it_is_asked_for(tmp_path: Path) -> None:
    text = with_pattern("(lifts|removes|scraps|ends|waters down) ... {beans}")
    similar = ("similar", "4 of these 5 words stand in {lift}", "write {lift}; it adds 4 words, and lacks waters down")
    assert similar in remarks(tmp_path / "asked", text, similar=True)
    assert similar not in remarks(tmp_path / "not", text)


def test_a_group_of_other_words_is_like_no_meaning(tmp_path: Path) -> None:
    text = with_pattern("(buys|books|orders|takes|ends) ... {beans}")
    assert not any(code == "similar" for code, _, _ in remarks(tmp_path, text, similar=True))


LIFTS = "(lifts|removes|scraps|ends|axes)"


def hints(folder: Path, beans: str, meanings: str = MEANINGS, of: str = "beans") -> list[str]:
    """What to write for groups that are like a shared meaning."""
    found = remarks(folder, beans, similar=True, meanings=meanings, of=of)
    return [hint for code, _, hint in found if code == "similar"]


def test_what_a_meaning_adds_counts_the_words_of_the_sets_in_it_and_none_that_the_group_names(tmp_path: Path) -> None:
    wider = MEANINGS.replace("解除]", "解除, '{ends}']") + "  ends: [<finish>, 结束]\n"
    beans = with_pattern(f"{LIFTS} ... {{beans}}")
    assert hints(tmp_path / "plain", beans) == ["write {lift}; it adds 3 words"]
    assert hints(tmp_path / "with a set", beans, wider) == ["write {lift}; it adds 5 words"]
    named = with_pattern(f"({LIFTS}|{{ends}}) ... {{beans}}")
    assert "write {lift}; it adds 3 words" in hints(tmp_path / "named", named, wider)


def test_a_meaning_from_which_the_group_takes_words_out_is_not_offered_whole(tmp_path: Path) -> None:
    beans = with_pattern(LIFTS.replace(")", "|{lift - <drop>})") + " ... {beans}")
    assert hints(tmp_path, beans) == []


def test_a_meaning_that_adds_more_than_it_shares_is_not_offered(tmp_path: Path) -> None:
    wide = MEANINGS.replace("axe>", "axe/abolish/waive/repeal>")
    assert hints(tmp_path, with_pattern(f"{LIFTS} ... {{beans}}"), wide) == []


def test_a_set_is_offered_neither_in_itself_nor_in_a_set_that_it_names(tmp_path: Path) -> None:
    inner = MEANINGS.replace("[<lift/remove/scrap/end/drop/axe>]", "['{frees}']")
    inner += f"  frees: ['{LIFTS} ..near duties', <lift/remove/scrap/end/drop/axe>]\n"
    inner += f"  other: ['{LIFTS} ..near duties']\n"
    found = hints(tmp_path, rules_folder.COMMITMENT, inner, of="meanings")
    assert found == ["write {lift}; it adds 4 words"], "of the set that {lift} does not name alone"


def test_a_meaning_that_a_file_does_not_see_is_offered_with_its_use(tmp_path: Path) -> None:
    beans = with_pattern(f"{LIFTS} ... {{beans}}").replace("sets:\n", "use: [words]\nsets:\n")
    assert hints(tmp_path / "unseen", beans) == ["write {lift} with use: [meanings]; it adds 3 words"]
    hidden = beans.replace("sets:\n", "sets:\n  lift: [crane]\n")
    assert hints(tmp_path / "hidden", hidden) == [], "{lift} is another set there"


def test_a_long_line_is_named(tmp_path: Path) -> None:
    text = rules_folder.COMMITMENT + "# " + "x" * MAX_LINE + "\n"
    assert ("long_line", f"a line of {MAX_LINE + 2} characters", "wrap it") in remarks(tmp_path, text)


def test_a_line_of_a_publisher_may_be_long(tmp_path: Path) -> None:
    root = rules_folder.write(tmp_path)
    assert max(map(len, (root / "sources.yaml").read_text(encoding="utf-8").splitlines())) > MAX_LINE
    assert not any(issue.path.endswith("sources.yaml") for issue in style_issues(root))


def test_of_a_folder_with_errors_only_the_errors_are_shown(tmp_path: Path) -> None:
    root = rules_folder.write(tmp_path, beans="id: beans\n")
    assert {issue.severity for issue in style_issues(root)} == {"error"}


def test_a_shared_set_that_no_file_uses_is_named(tmp_path: Path) -> None:
    words = rules_folder.VOCABULARY.replace("sets:\n", "sets:\n  corn: {en: [corn]}\n")
    used = rules_folder.COMMITMENT.replace("'soybean oil'", "'{corn}'")
    plain, taken = (
        rules_folder.write(tmp_path / name, words=words, **changed)
        for name, changed in (("plain", dict[str, str]()), ("taken", {"beans": used}))
    )
    (found,) = (issue for issue in style_issues(plain) if issue.code == "unused_set")
    assert (found.path, found.line, found.column) == ("rules/vocabulary/words.yaml", 2, 3)
    assert found.message == "no pattern of any file names the set 'corn'"
    assert "unused_set" not in {issue.code for issue in style_issues(taken)}
