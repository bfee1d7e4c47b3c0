"""What docs/rules.md teaches is so: its files load and pass, its acts work, its tables are those of the engine."""

import re
from itertools import chain
from pathlib import Path
from textwrap import indent

import pytest

from monitor.cli import COMMANDS
from monitor.domain.matching.document import found_values
from monitor.domain.matching.modality import EFFECT_TABLE, PolarityShift
from monitor.domain.matching.rules import Rulebook
from monitor.domain.reading.question import is_near
from monitor.domain.text.numerals import AmountInRule, read_amount
from monitor.domain.text.pattern_compiler import PatternCompiler
from monitor.domain.text.pattern_eval import FieldView
from monitor.domain.text.pattern_syntax import parse_pattern
from monitor.domain.text.patterns import FoundValue, ValueKind, inflected
from monitor.domain.text.segments import SegmentedText
from monitor.domain.text.writing_systems import language_of
from monitor.errors import Issue
from monitor.rulebook import checked_rulebook
from monitor.rulebook.testing.examples import run_examples
from monitor.rulebook.testing.scenarios import load_scenarios
from monitor.workbench.scenario_runner import run_scenario
from tests.builders import rules_folder, shipped_rules

GUIDE = (shipped_rules.ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
SETS = {"us_beans": "(US|American) (soybean*|beans)"}


def blocks(kind: str) -> list[tuple[str, str]]:
    """The samples of one kind: what stands after it in the opening line, and the text."""
    return re.findall(rf"```(?:yaml|text) {kind}=?(\S*)\n(.*?)```", GUIDE, re.DOTALL)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The guide's deal on what the shipped deals stand on, its single acts put into its commitment."""
    root = shipped_rules.lay_foundations(tmp_path_factory.mktemp("guide"))
    for name, text in blocks("file"):
        (root / name).parent.mkdir(exist_ok=True)
        more = "".join(indent(act, "  ") for _, act in blocks("act")) if name.endswith("uk-india-force.yaml") else ""
        with (root / name).open("a", encoding="utf-8") as file:  # the examples of a file stand in several samples
            file.write(text + more)
    return root


@pytest.fixture(scope="module")
def checked(folder: Path) -> tuple[Rulebook, tuple[Issue, ...]]:
    loaded, issues = checked_rulebook(folder)
    assert loaded is not None
    return loaded, tuple(issues)


def test_the_samples_load_without_a_word_of_complaint(checked: tuple[Rulebook, tuple[Issue, ...]]) -> None:
    assert [issue for issue in checked[1] if "sources" not in issue.path and "vocabulary" not in issue.path] == []


def test_every_example_of_the_samples_passes(checked: tuple[Rulebook, tuple[Issue, ...]]) -> None:
    results = run_examples(checked[0])
    assert len(results) >= 12
    assert [(r.text, r.expected, r.got) for r in results if not r.passed] == []


def test_the_target_of_the_guide_is_one() -> None:
    amount = re.search(r"amount: ([^,]+),", blocks("part")[0][1])
    assert amount is not None
    assert read_amount(amount[1]) == AmountInRule(750e9, "usd")


@pytest.mark.parametrize("name", ["", "eu"])
def test_a_scenario_of_the_guide_comes_true(
    name: str, checked: tuple[Rulebook, tuple[Issue, ...]], tmp_path: Path
) -> None:
    """The first is one of the shipped deal, the other one of a deal of the guide."""
    played = checked[0] if name else shipped_rules.rulebook()
    (tmp_path / "deal" / "tests").mkdir(parents=True)
    (tmp_path / "deal" / "tests" / "guide.yaml").write_text(dict(blocks("scenario"))[name], encoding="utf-8")
    (scenario,) = load_scenarios(tmp_path, played)
    assert run_scenario(scenario, played).faults == ()


def rows(header: str) -> list[list[str]]:
    """The cells of the table that begins with this header."""
    table = GUIDE[GUIDE.index(header) :].split("\n\n")[0].splitlines()[2:]
    return [[cell.replace("\\|", "|").strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]] for row in table]


@pytest.mark.parametrize("row", rows("| pattern | means"), ids=lambda row: row[0])
def test_a_pattern_stands_where_the_table_says(row: list[str]) -> None:
    source = row[0].strip("`")
    for name, words in SETS.items():
        source = source.replace(f"{{{name}}}", words)
    assert stands(source, row[2])
    assert not stands(source, row[3])


def stands(source: str, raw: str) -> bool:
    compiler, text = PatternCompiler(), SegmentedText(raw)
    compiled = compiler.compile(inflected(parse_pattern(source)))
    view = FieldView("title", text, compiler.index().find(text.folded), values_in)
    return bool(view.find(compiled))


def values_in(raw: str, kind: ValueKind) -> list[FoundValue]:
    return found_values(rules_folder.story(raw, lang=language_of(raw)), raw, kind)


def test_the_table_of_effects_is_the_engines() -> None:
    shown = {row[0]: row[1:] for row in rows("| polarity |")}
    shifts = [shift for shift in PolarityShift if shift is not PolarityShift.DENIED]
    engine = {polarity.value: [row[shift].value for shift in shifts] for polarity, row in EFFECT_TABLE.items()}
    assert shown == engine
    assert all(row[PolarityShift.NEGATED] == row[PolarityShift.DENIED] for row in EFFECT_TABLE.values())


def test_every_command_of_the_workbench_is_named_and_exists() -> None:
    named = set(chain.from_iterable(re.findall(r"`(rules \w+)", row[0]) for row in rows("| command | question")))
    assert named == {name for name in COMMANDS if name.startswith("rules ")}


def test_every_key_of_the_conditions_is_explained() -> None:
    from monitor.rulebook.schema.models import OnlyIfShape

    explained = set(re.findall(r"`(\w+)`", " ".join(row[0] for row in rows("| key | values"))))
    assert explained == set(OnlyIfShape.model_fields)


def test_the_guide_teaches_in_one_sitting() -> None:
    assert len(GUIDE.split()) < 5000


def test_every_key_that_is_for_a_reader_is_explained_and_used_by_the_samples(
    checked: tuple[Rulebook, tuple[Issue, ...]],
) -> None:
    from monitor.rulebook.schema.models import DealShape, ReadsShape

    explained = {row[0].strip("`") for row in rows("| key | file")}
    others = {"id", "name", "description", "text", "glossary", "sets", "parties", "use", "precedence", "levels"}
    deal = set(DealShape.model_fields) - others
    assert explained == deal | {f"reads.{key}" for key in ReadsShape.model_fields}
    sample = checked[0].deals["uk-india"]
    assert sample.gate is not None
    assert sample.effects
    assert sample.rulings
    assert checked[0].reads["uk-india-force"].not_about


def test_the_gate_of_the_guide_lets_its_stories_through(checked: tuple[Rulebook, tuple[Issue, ...]]) -> None:
    titles = [
        "London peers nod through the treaty that Goyal signed",
        "Whisky waits as New Delhi and Britain count votes",
    ]
    assert [is_near(rules_folder.story(title), checked[0]) for title in titles] == [True, True]
    assert not is_near(rules_folder.story("India and Britain meet in the cricket final"), checked[0])


def test_an_adjective_with_the_form_of_a_verb_is_kept_out_as_the_guide_says() -> None:
    (pattern,) = re.findall(r"not: \{lower as an adjective: '([^']+)'\}", GUIDE)
    assert stands(pattern, "Lower duty on whisky takes effect")
    assert not stands(pattern, "London lowers its duty, and the pact takes effect")
