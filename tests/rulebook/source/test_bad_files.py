"""Any content of a folder of rules gives issues with their places, and no traceback."""

import os
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.cli.rules.check_command import render_issue
from monitor.errors import Issue
from monitor.rulebook.load import check_rulebook
from monitor.rulebook.source.page import MAX_BYTES
from tests.builders import rules_folder
from tests.builders.tables import table

GOOD = rules_folder.COMMITMENT


def put(old: str, new: str) -> str:
    """The good file with one change."""
    assert old in GOOD
    return GOOD.replace(old, new, 1)


def pattern(text: str) -> str:
    return put("'soybean oil'", f"'{text}'")


def found(folder: Path, body: bytes) -> list[Issue]:
    """What `check` says of a commitment's file with this content."""
    root = rules_folder.write(folder)
    (root / "deal" / "beans.yaml").write_bytes(body)
    issues = check_rulebook(root, lint=True)[1]
    assert all(render_issue(issue) for issue in issues)
    return [issue for issue in issues if issue.path == "rules/deal/beans.yaml"]


SETS_IN_SETS = "".join(f"  b{n}: {{en: ['{{b{n + 1}}} {{b{n + 1}}}', '{{b{n + 1}}} ..3 x']}}\n" for n in range(40))
SETS_IN_SETS += "  b40: {en: [x]}\n"
LARGE_SETS = f"  w: {{en: [{', '.join(f'w{n}' for n in range(4000))}]}}\n  v: {{en: ['{{w}} {{w}}']}}\n"

REFUSED: dict[str, tuple[str | bytes, str, int, int]] = {
    # what is wrong: (content, code, line, column)
    **{name: (put(old, new) if old else new, *place) for name, old, new, *place in table("bad_files", "put")},
    "UTF-16": (GOOD.encode("utf-16"), "encoding", 1, 1),
    "Latin-1": (put("China buys soybeans", "Café").encode("latin-1", "replace"), "encoding", 2, 10),
    "half a character": (GOOD.encode()[:60] + b"\xe4\xb8", "encoding", 4, 12),
    "two documents": (GOOD + "---\n" + GOOD, "second_document", 45, 1),
    "a directive": ("%YAML 1.1\n---\n" + GOOD, "directive", 1, 1),
    "a hundred thousand brackets": ("id: " + "[" * 100_000, "too_deep", 1, 24),
    "a hundred thousand braces": ("id: " + "{a: " * 100_000, "too_deep", 1, 81),
    "a hundred thousand dashes": ("- " * 100_000, "too_deep", 1, 41),
    "deep indentation": ("".join(f"{' ' * n}k{n}:\n" for n in range(400)), "too_deep", 21, 21),
    "too many bytes": ("#" * (MAX_BYTES + 1), "too_large", 1, 1),
    "a quote left open to the end": ("name: 'China\n" + "x\n" * 20_000, "syntax", 20_002, 1),
    "brackets in a pattern": (pattern("(" * 2000 + "a"), "pattern", 25, 37),
    "closed brackets in a pattern": (pattern("(" * 900 + "a" + ")" * 900), "pattern", 25, 37),
    "heads in a pattern": (pattern("!" * 2000 + "a"), "pattern", 25, 37),
    "a pattern without end": (pattern("word " * 20_000), "pattern", 25, 3017),
    "a word form that could run for ever": (pattern("beans /(a+)+b/"), "pattern", 25, 24),
    "a number without end": (put("short: Beans", f"short: 0x{'f' * 5000}"), "too_long", 3, 8),
    "a word form that matches nothing": (pattern("beans /a*/"), "pattern", 25, 24),
    "sets that grow when filled in": (put("sets:\n", f"sets:\n{SETS_IN_SETS}"), "set_depth", 34, 15),
    "a pattern of large sets": (put("sets:\n", f"sets:\n{LARGE_SETS}"), "pattern", 16, 13),
    "a number of many digits": (put("60 days", "9" * 5000), "value_error", 7, 8),
}


@pytest.mark.timeout(60)
def test_an_unusable_file_is_refused_at_the_place_of_the_fault(tmp_path: Path) -> None:
    wrong = []
    for number, (name, (content, *expected)) in enumerate(REFUSED.items()):
        body = content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass")
        first, *_ = found(tmp_path / str(number), body)
        if [first.code, first.line, first.column] != expected or first.severity != "error":
            wrong.append((name, expected, first))
    assert wrong == []


READ = {
    "Windows line ends": GOOD.replace("\n", "\r\n").encode(),
    "old Macintosh line ends": GOOD.replace("\n", "\r").encode(),
    "a byte order mark": GOOD.encode("utf-8-sig"),
    "an end of the document": (GOOD + "...\n").encode(),
    "a block of text": put("name: China buys soybeans", "name: >-\n  China\n  buys\n").encode(),
    "no end of line": GOOD.rstrip("\n").encode(),
}


def test_an_unusual_but_valid_file_is_read(tmp_path: Path) -> None:
    for number, (name, body) in enumerate(READ.items()):
        assert found(tmp_path / str(number), body) == [], name


SIGNS = [
    *"'\"[]{}:\n&*!|>%@\t\\?~1()^\r\x00\xe9\u4e2d\U0001f43c\u200b\u2028",
    *(": ", "- ", "  ", " #", "---\n", "{us}", "/a/", "/(/", "..", "<<: "),
]


@given(
    st.lists(st.tuples(st.integers(0, len(GOOD)), st.integers(0, 40), st.sampled_from(SIGNS)), min_size=1, max_size=4)
)
@settings(max_examples=40, deadline=None)
def test_no_edit_of_a_good_file_makes_a_traceback(edits: list[tuple[int, int, str]]) -> None:
    text = GOOD
    for start, length, sign in edits:
        text = text[:start] + sign + text[start + length :]
    with TemporaryDirectory() as folder:
        for issue in found(Path(folder), text.encode()):
            assert 1 <= issue.column <= len(issue.source) + 1 or not issue.source
            assert "pydantic" not in str(issue)
            assert "Shape" not in str(issue)


@pytest.mark.timeout(60)
def test_a_long_list_of_good_patterns_is_read_and_linted(tmp_path: Path) -> None:
    lines = "".join(f"      - 'word{number} ..8 (a{number}|b) {{beans}}'\n" for number in range(500))
    assert found(tmp_path, put("{oil: 'soybean oil'}", f"\n      oil:\n{lines}").encode()) == []


# ---------------------------------------------------------------- what is no file


def codes(root: Path) -> dict[str, str]:
    """Code of the first issue of each path."""
    told: dict[str, str] = {}
    for issue in check_rulebook(root)[1]:
        told.setdefault(issue.path, issue.code)
    return told


@pytest.mark.timeout(20)
def test_a_folder_a_link_to_nothing_a_pipe_and_an_endless_device_are_unreadable(tmp_path: Path) -> None:
    root = rules_folder.write(tmp_path)
    (root / "deal" / "corn.yaml").mkdir()
    (root / "policy.yaml").unlink()
    (root / "policy.yaml").symlink_to(tmp_path / "nowhere.yaml")
    (root / "deal" / "oats.yaml").symlink_to(tmp_path / "nowhere.yaml")
    os.mkfifo(root / "deal" / "peas.yaml")
    (root / "deal" / "rice.yaml").symlink_to("/dev/zero")
    names = ("deal/corn", "deal/oats", "deal/peas", "deal/rice", "policy")
    assert codes(root) == {f"rules/{name}.yaml": "unreadable" for name in names}


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is closed to root")
def test_a_file_or_folder_that_may_not_be_read_is_named(tmp_path: Path) -> None:
    root = rules_folder.write(tmp_path)
    (root / "deal" / "talks.yaml").chmod(0)
    (root / "vocabulary").chmod(0)
    found = codes(root)
    (root / "vocabulary").chmod(0o700)
    assert (found["rules/deal/talks.yaml"], found["rules/vocabulary"]) == ("unreadable", "unreadable")


def test_misplaced_files_are_named_and_hidden_ones_left_alone(tmp_path: Path) -> None:
    root = rules_folder.write(tmp_path)
    (root / "deal" / "corn.yml").write_text("id: corn\n", encoding="utf-8")
    (root / "deal" / "old").mkdir()
    (root / "deal" / "old" / "rice.yaml").write_text("id: rice\n", encoding="utf-8")
    assert codes(root) == {"rules/deal/corn.yml": "unknown_file", "rules/deal/old/rice.yaml": "unknown_file"}
    root = rules_folder.write(tmp_path / "b")
    for name in ("notes", ".git", "deal/.cache"):
        (root / name).mkdir()
        (root / name / "readme.md").write_text("x", encoding="utf-8")
    (root / "deal" / ".beans.yaml").write_text("{", encoding="utf-8")
    (root / ".git" / "config.yaml").write_text("{", encoding="utf-8")
    assert codes(root) == {}
    root = rules_folder.write(tmp_path / "c")
    Path(os.fsdecode(os.fsencode(root / "deal") + b"/\xff.yaml")).write_text("id: x\n", encoding="utf-8")
    (path,) = codes(root)
    assert path.encode() == b"rules/deal/?.yaml"


def test_a_policy_of_remarks_alone_has_every_default_and_a_list_is_no_tier(tmp_path: Path) -> None:
    assert check_rulebook(rules_folder.write(tmp_path, policy="# live_days: 45\n"))[1] == ()
    (issue,) = check_rulebook(rules_folder.write(tmp_path / "b", policy="moving_tiers: [[wire]]\n"))[1]
    assert (issue.code, issue.line, issue.column) == ("value_error", 1, 16)
