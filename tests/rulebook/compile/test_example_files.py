"""Examples in the file beside their commitment: what a line says, what is wrong with it, and who loads it."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from monitor.domain.matching.rules import RuleExample
from monitor.domain.model import Effect
from monitor.errors import Issue
from monitor.rulebook.cache import VARIABLE, checked_rulebook, load_rulebook
from monitor.rulebook.source.example_lines import EFFECTS, ExampleLine, read_examples
from monitor.rulebook.source.page import Page
from monitor.rulebook.testing.examples import run_examples
from tests.builders import rules_folder
from tests.builders.golden_wording import GoldenWording
from tests.builders.rules_folder import TALKS
from tests.builders.tables import table

APART = """\
# Written by hand.
[held]
progress | 2026-08-10 | China holds talks with Washington

none | | China talks up its films | A page \\| of two parts
"""


def write(folder: Path, examples: str = APART, name: str = "deal/talks.examples") -> Path:
    root = rules_folder.write(folder)
    (root / "deal" / "talks.examples").unlink()
    (root / name).write_text(examples, encoding="utf-8")
    return root


def found(root: Path) -> list[Issue]:
    return list(checked_rulebook(root)[1])


def of_talks(examples: object) -> list[RuleExample]:
    assert isinstance(examples, tuple)
    return [example for example in examples if example.commitment == "talks"]


def test_a_line_is_effect_day_title_and_summary_and_is_run(tmp_path: Path) -> None:
    loaded = load_rulebook(write(tmp_path), examples=True)
    first, second = of_talks(loaded.examples)
    assert (first.rule, first.number, first.path, first.line) == ("talks/held", 1, "rules/deal/talks.examples", 3)
    assert (first.effect, first.published, first.summary) == (Effect.PROGRESS, date(2026, 8, 10), "")
    assert (second.effect, second.published, second.summary) == (Effect.NONE, None, "A page | of two parts")
    results = run_examples(load_rulebook(write(tmp_path / "b"), examples=True))
    assert [result.passed for result in results if result.rule == "talks/held"] == [True, True]


def test_an_invalid_line_is_reported_at_its_place(tmp_path: Path, wording: GoldenWording) -> None:
    shown = []
    for number, (line, code, column) in enumerate(table("example_files", "wrong")):
        (issue,) = found(write(tmp_path / str(number), f"{APART}{line}\n"))
        assert (issue.path, issue.line, issue.column, issue.code) == ("rules/deal/talks.examples", 6, column, code)
        shown.append(f"{line!r}: {issue.message} ({issue.hint})")
    wording(shown)


def test_stories_without_an_act_have_a_section_of_their_own(tmp_path: Path) -> None:
    about = "[about]\nnone | | What the trade talks mean for China\nprogress | | China holds talks with the US\n"
    results = run_examples(load_rulebook(write(tmp_path, about), examples=True))
    of_talks = [each for each in results if each.rule == "talks/about"]
    assert [(each.got, each.passed) for each in of_talks] == [("none", True), ("progress, but not by this rule", False)]


def test_the_same_line_twice_in_one_act_is_a_warning(tmp_path: Path) -> None:
    line = APART.splitlines()[2]
    root = write(tmp_path, f"{APART}# Once more.\n  {line}\nnone | | China holds talks with Washington\n")
    (issue,) = found(root)
    assert (issue.line, issue.column, issue.code, issue.severity) == (7, 3, "duplicate_example", "warning")
    assert len(of_talks(load_rulebook(root, examples=True).examples)) == 4


def test_a_file_without_its_commitment_or_without_text_is_an_error(tmp_path: Path) -> None:
    for number, name in enumerate(("deal/talk.examples", "vocabulary/talks.examples", "talks.examples")):
        root = write(tmp_path / str(number))
        (root / name).write_text("", encoding="utf-8")
        (issue,) = found(root)
        assert (issue.path, issue.code) == (f"rules/{name}", "no_commitment")
    root = write(tmp_path / "b")
    (root / "deal" / "talks.examples").write_bytes(b"\xff\xfe")
    assert {issue.code for issue in found(root)} >= {"encoding"}


def test_each_act_needs_a_matching_example_and_a_near_miss(tmp_path: Path) -> None:
    matching, near_miss = "[held]\nprogress | | China holds talks\n", "[held]\nnone | | China talks\n"
    place = ("rules/deal/talks.yaml", TALKS[: TALKS.index("held")].count("\n") + 1, 9)
    cases = {"": ["no_example", "no_near_miss"], matching: ["no_near_miss"], near_miss: ["no_example"]}
    for number, (text, codes) in enumerate(cases.items()):
        issues = found(write(tmp_path / str(number), text))
        assert [issue.code for issue in issues] == codes
        assert {(issue.path, issue.line, issue.column) for issue in issues} == {place}
        assert {issue.severity for issue in issues} == {"warning"}
        assert all(issue.hint.startswith("progress | |") for issue in issues if issue.code == "no_example")


def test_an_edit_of_examples_needs_no_new_rulebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    root, cache = write(tmp_path), tmp_path / "cache"
    # Large enough to be kept.
    (root / "vocabulary" / "much.yaml").write_text("# " + "much " * 5000 + "\nsets: {}\n", encoding="utf-8")
    first, _ = checked_rulebook(root, cache=cache)
    kept = sorted(path.name for path in cache.iterdir())
    (root / "deal" / "talks.examples").write_text(APART + "progress | | China holds more talks\n", encoding="utf-8")
    again, _ = checked_rulebook(root, cache=cache)
    assert first is not None
    assert again is not None
    assert (len(kept), sorted(path.name for path in cache.iterdir())) == (1, kept)
    assert (first.version, len(again.examples)) == (again.version, len(first.examples) + 1)


@given(
    st.sampled_from(EFFECTS),
    st.dates(min_value=date(1990, 1, 1)) | st.none(),
    st.text(st.characters(exclude_categories=["C", "Z"]) | st.sampled_from("\\|n \n"), min_size=1),
    st.text(st.characters(exclude_categories=["C", "Z"]) | st.sampled_from("\\|n \n")),
)
@example(effect="pledge", day=None, title="a title", summary="ends in a bar |")
def test_what_is_written_is_read_back(effect: str, day: date | None, title: str, summary: str) -> None:
    written = ExampleLine(2, "held", effect, day, title.strip() or "x", summary.strip())
    issues: list[Issue] = []
    page = Page("talks.examples", f"[held]\n{written}")
    assert (list(read_examples(page, frozenset(["held"]), issues)), issues) == ([written], [])
