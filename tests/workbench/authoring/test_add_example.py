"""A story becomes an example by the smallest edit that does it; a file that would not load stays as it was."""

from __future__ import annotations

import difflib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.domain.model import Effect
from monitor.errors import RuleError
from monitor.rulebook import load_rulebook
from monitor.workbench.authoring.add_example import AddedExample, ExampleText, add_example, yaml_quoted
from tests.builders import rules_folder
from tests.builders.scenario_folder import lay

TEXT = "China buys ten cargoes of soybeans"


def added(
    root: Path, rule: str = "soy/bought", wording: str | ExampleText = TEXT, effect: str = "", **near: bool
) -> AddedExample:
    words = ExampleText(wording) if isinstance(wording, str) else wording
    return add_example(root, load_rulebook(root), rule, words, effect, **near)


def soy(root: Path) -> Path:
    return root / "deal" / "soy.yaml"


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
%s
    # What follows is another act.
  - id: cancelled
    polarity: bad
    any: [cancels]
    examples: [{text: China cancels soybeans, effect: setback}, {text: Soybeans grow, effect: none}]
"""
BLOCK = """\
    examples:
      - {text: China buys soybeans, effect: progress}   # the plain case
      - text: >-
          Egypt buys
          wheat
        effect: not_about

      # a closing remark"""
COMPACT = """\
    examples:
    - {text: China buys soybeans, effect: progress}
    - {text: "Egypt buys wheat",
       effect: not_about}
    notes: last of all"""


@pytest.mark.parametrize(
    ("examples", "line"),
    [
        (BLOCK, "      - {text: China buys ten cargoes of soybeans, effect: progress}"),
        (COMPACT, "    - {text: China buys ten cargoes of soybeans, effect: progress}"),
    ],
)
def test_an_example_is_one_more_line_after_the_last(tmp_path: Path, examples: str, line: str) -> None:
    text = RULES % examples
    root = lay(tmp_path, soy=text)
    result = added(root)
    after = soy(root).read_text(encoding="utf-8")
    assert new_lines(text, after) == [line]
    assert after.splitlines()[result.line - 1] == line
    last = "effect: not_about" if examples == BLOCK else "effect: not_about}"
    assert after.splitlines()[result.line - 2].strip() == last


def test_a_list_in_brackets_gets_one_more_item(tmp_path: Path) -> None:
    root = lay(tmp_path, soy=RULES % BLOCK)
    added(root, "soy/cancelled", "China cancels cargoes of soybeans")
    assert (
        "    examples: [{text: China cancels cargoes of soybeans, effect: setback}, {text: China"
        in soy(root).read_text()
    )


@pytest.mark.parametrize("written", ["", "    examples: []"])
def test_an_act_without_examples_gets_its_first(tmp_path: Path, written: str) -> None:
    # Such rules do not load: an act needs two. The edit is the same, and is taken back.
    root = lay(tmp_path, soy=RULES % BLOCK)
    rules = load_rulebook(root)
    bare = RULES % written
    soy(root).write_text(bare, encoding="utf-8")
    with pytest.raises(RuleError, match="no_near_miss"):
        add_example(root, rules, "soy/bought", ExampleText(TEXT))
    assert soy(root).read_text(encoding="utf-8") == bare


def test_line_breaks_and_byte_order_mark_of_a_file_are_kept(tmp_path: Path) -> None:
    root = lay(tmp_path, soy=RULES % BLOCK)
    before = b"\xef\xbb\xbf" + (RULES % BLOCK).replace("\n", "\r\n").encode()
    soy(root).write_bytes(before)
    added(root)
    after = soy(root).read_bytes()
    assert after.startswith(b"\xef\xbb\xbf#")
    assert after.count(b"\r\n") == before.count(b"\r\n") + 1
    assert after.count(b"\n") == after.count(b"\r\n")


def test_a_file_without_a_last_line_break_gets_one(tmp_path: Path) -> None:
    text = (RULES % BLOCK).rsplit("    examples:", 1)[0] + (
        "    examples:\n      - {text: China cancels soybeans, effect: setback}\n      - {text: Soybeans grow, effect: none}"
    )
    root = lay(tmp_path, soy=text)
    added(root, "soy/cancelled", "China cancels cargoes of soybeans")
    assert (
        soy(root)
        .read_text(encoding="utf-8")
        .endswith("effect: none}\n      - {text: China cancels cargoes of soybeans, effect: setback}\n")
    )


def test_without_an_effect_the_example_expects_what_the_rules_say(tmp_path: Path) -> None:
    root = rules_folder.write(tmp_path)
    result = added(root, "beans/bought", "China may book more soya this spring")
    assert result.example.effect is Effect.PLEDGE
    assert result.result.passed
    assert result.result.decided == "beans/bought: China … book (hedged, rumour “may”)"


def test_an_example_that_fails_now_is_kept_and_shown_as_failing(tmp_path: Path) -> None:
    root = lay(tmp_path, soy=RULES % BLOCK)
    result = added(root, wording="China takes soybeans home", effect="progress")
    assert (result.result.passed, result.result.got) == (False, "none")
    assert "{text: China takes soybeans home, effect: progress}" in soy(root).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "effect"),
    [("Egypt buys corn", "not_about"), ("Soybeans are tall", "none"), ("China buys soybeans on a film set", "none")],
)
def test_a_near_miss_expects_no_effect(tmp_path: Path, text: str, effect: str) -> None:
    root = lay(tmp_path, soy=RULES % BLOCK)
    result = added(root, wording=text, near_miss=True)
    assert result.result.expected == effect


def test_a_summary_is_kept_only_where_it_decides(tmp_path: Path) -> None:
    root = lay(tmp_path, soy=RULES % BLOCK)
    plain = added(root, wording=ExampleText(TEXT, "A long page about it."))
    assert plain.written == "{text: China buys ten cargoes of soybeans, effect: progress}"
    needed = added(root, wording=ExampleText("Trade notes", "China buys soybeans: ten cargoes."))
    assert needed.written == ("{text: Trade notes, effect: progress, summary: 'China buys soybeans: ten cargoes.'}")


@pytest.mark.parametrize("text", ["China buys soybeans", "  china  buys SOYBEANS "])
def test_a_text_that_is_an_example_already_is_refused_with_its_place(tmp_path: Path, text: str) -> None:
    root = lay(tmp_path, soy=RULES % BLOCK)
    line = (RULES % BLOCK).splitlines().index(BLOCK.splitlines()[1]) + 1
    with pytest.raises(RuleError, match=rf"rules/deal/soy\.yaml:{line}:1: error\[duplicate_example\]: soy/bought has"):
        added(root, "soy/cancelled", text)
    assert soy(root).read_text(encoding="utf-8") == RULES % BLOCK


def test_a_long_headline_is_kept_whole(tmp_path: Path) -> None:
    root = lay(tmp_path, soy=RULES % BLOCK)
    long = "China buys soybeans, " + ", ".join(f"cargo number {n}" for n in range(80))
    assert added(root, wording=long).example.text == long


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("China buys soybeans", "China buys soybeans"),
        ("中国采购大豆", "中国采购大豆"),
        ("China's word", "'China''s word'"),
        ("Soybeans: China buys", "'Soybeans: China buys'"),
        ("#1 buyer", "'#1 buyer'"),
        ("a, b", "'a, b'"),
        ("yes", "'yes'"),
        ("12", "'12'"),
        ("2026-01-05", "'2026-01-05'"),
        ("~", "'~'"),
        ("{x}", "'{x}'"),
        ('one\ntwo "x" \\', '"one\\ntwo \\"x\\" \\\\"'),
    ],
)
def test_a_text_is_quoted_only_where_it_must_be(text: str, written: str) -> None:
    assert yaml_quoted(text) == written


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lay(tmp_path_factory.mktemp("ground"), soy=RULES % BLOCK)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(min_size=1, max_size=60), summary=st.text(max_size=40))
def test_any_text_is_read_back_as_it_was_or_refused_without_a_trace(ground: Path, text: str, summary: str) -> None:
    before = RULES % BLOCK
    soy(ground).write_text(before, encoding="utf-8")
    try:
        result = added(ground, wording=ExampleText(text, f"China buys soybeans {summary}"))
    except RuleError:
        assert soy(ground).read_text(encoding="utf-8") == before
    else:
        assert new_lines(before, soy(ground).read_text(encoding="utf-8")) == [f"      - {result.written}"]
        visible = [char for char in text if char.isalnum()]
        assert [char for char in result.example.text if char.isalnum()] == visible
