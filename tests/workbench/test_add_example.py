"""A story becomes an example by one line more; a text that cannot be read back leaves no trace."""

from __future__ import annotations

import difflib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.domain.model import Effect
from monitor.errors import RuleError
from monitor.rulebook import load_rulebook
from monitor.workbench.add_example import AddedExample, ExampleText, add_example
from tests.builders import rules_folder
from tests.builders.scenario_folder import lay

TEXT = "China buys ten cargoes of soybeans"


def added(
    root: Path, rule: str = "soy/bought", wording: str | ExampleText = TEXT, effect: str = "", **near: bool
) -> AddedExample:
    words = ExampleText(wording) if isinstance(wording, str) else wording
    return add_example(root, load_rulebook(root, examples=True), rule, words, effect, **near)


def new_lines(before: str, after: str) -> list[str]:
    """The lines that were added; fails if any other was touched."""
    changes = [line for line in difflib.ndiff(before.splitlines(), after.splitlines()) if line[0] in "-+"]
    assert all(line.startswith("+") for line in changes)
    return [line[2:] for line in changes]


RULES = """\
# The head of the file.
id: soy
name: China buys soybeans   # a remark
short: Soybeans
kind: standing
owed_by: cn
baselines:
  - {as_of: 2026-01-05, standing: pledged, source: "https://ministry.example/pledge"}
about: {any: [soybeans]}
acts:
  - id: bought
    polarity: good
    any: [buys]
    # What follows is another act.
  - id: cancelled
    polarity: bad
    any: [cancels]
"""
APART = """\
# Written by hand.
[bought]
progress | | China buys soybeans
not_about | | Egypt buys wheat

# A closing remark.
[cancelled]
setback | | China cancels soybeans
none | | Soybeans grow
"""


def laid(folder: Path, examples: str = APART) -> Path:
    root = lay(folder, soy=RULES)
    beside(root).write_bytes(examples.encode())
    return root


def beside(root: Path) -> Path:
    return root / "deal" / "soy.examples"


def test_an_example_is_one_more_line_after_the_last_of_its_act(tmp_path: Path) -> None:
    root = laid(tmp_path)
    result = added(root)
    after = beside(root).read_text(encoding="utf-8")
    line = "progress | | China buys ten cargoes of soybeans"
    assert new_lines(APART, after) == [line]
    assert (result.line, after.splitlines()[result.line - 1]) == (5, line)
    assert (result.path, result.shown) == (beside(root), "rules/deal/soy.examples")


def test_a_first_example_gets_the_name_of_its_act_and_its_file(tmp_path: Path) -> None:
    root = laid(tmp_path, "[bought]\nprogress | | China buys soybeans\n")
    added(root, "soy/cancelled", "China cancels cargoes of soybeans")
    assert beside(root).read_text().endswith("\n\n[cancelled]\nsetback | | China cancels cargoes of soybeans\n")
    root = lay(tmp_path / "b", soy=RULES)
    beside(root).unlink()
    assert added(root).example.number == 1
    assert beside(root).read_text() == "[bought]\nprogress | | China buys ten cargoes of soybeans\n"


def test_line_breaks_and_byte_order_mark_of_a_file_are_kept(tmp_path: Path) -> None:
    root = laid(tmp_path)
    before = b"\xef\xbb\xbf" + APART.replace("\n", "\r\n").encode()
    beside(root).write_bytes(before)
    added(root)
    after = beside(root).read_bytes()
    assert after.startswith(b"\xef\xbb\xbf#")
    assert after.count(b"\r\n") == before.count(b"\r\n") + 1
    assert after.count(b"\n") == after.count(b"\r\n")


def test_the_expected_effect_is_that_of_the_rules_and_none_for_a_near_miss(tmp_path: Path) -> None:
    root = rules_folder.write(tmp_path)
    result = added(root, "beans/bought", "China may book more soya this spring")
    assert result.example.effect is Effect.PLEDGE
    assert result.result.passed
    assert result.result.decided == "beans/bought: China … book (hedged, rumour “may”)"
    root = laid(tmp_path / "b")
    cases = {"Egypt buys corn": "not_about", "Soybeans are tall": "none", "China buys soybeans on a film set": "none"}
    assert {text: added(root, wording=text, near_miss=True).result.expected for text in cases} == cases


def test_a_summary_is_kept_where_it_decides_and_a_repeated_text_refused(tmp_path: Path) -> None:
    root = laid(tmp_path)
    plain = added(root, wording=ExampleText(TEXT, "A long page about it."))
    assert plain.written == "progress | | China buys ten cargoes of soybeans"
    needed = added(root, wording=ExampleText("Trade notes", "China buys soybeans: ten cargoes."))
    assert needed.written == "progress | | Trade notes | China buys soybeans: ten cargoes."
    root = laid(tmp_path / "b")
    for text in ("China buys soybeans", "  china  buys SOYBEANS "):
        with pytest.raises(RuleError, match=r"rules/deal/soy\.examples:3:1: error\[duplicate_example\]:"):
            added(root, "soy/cancelled", text)
    assert beside(root).read_text(encoding="utf-8") == APART


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return laid(tmp_path_factory.mktemp("ground"))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(min_size=1, max_size=60), summary=st.text(max_size=40))
def test_any_text_is_read_back_as_it_was_or_refused_without_a_trace(ground: Path, text: str, summary: str) -> None:
    beside(ground).write_text(APART, encoding="utf-8")
    try:
        result = added(ground, wording=ExampleText(text, f"China buys soybeans {summary}"))
    except RuleError:
        assert beside(ground).read_text(encoding="utf-8") == APART
    else:
        assert new_lines(APART, beside(ground).read_text(encoding="utf-8")) == [result.written]
        visible = [char for char in text if char.isalnum()]
        assert [char for char in result.example.text if char.isalnum()] == visible
