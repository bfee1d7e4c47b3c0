"""Examples for a reader stand beside the rules, are checked with them, and cover what the shipped deal promises."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from monitor.domain.model import Effect
from monitor.domain.reading.agreement import score
from monitor.domain.reading.join import join
from monitor.errors import RuleError
from monitor.rulebook import checked_rulebook
from monitor.rulebook.load import READER_EXAMPLES
from monitor.rulebook.testing.reader_examples import ReaderExample, check_reader_examples, load_reader_examples
from tests.builders import shipped_rules
from tests.builders.small_rulebook import rulebook

_HARD = (
    "hedged denied question explainer opinion market other-country price near boilerplate two amount threat-or-measure "
    "deadline ruling order says-done summary"
)
HARD_KINDS = set(_HARD.split())
SMALL = """\
examples:
  plain:
    - {text: China buys soybeans, reads: {soy: progress}, published: 2026-02-03}
    - {text: 中国采购大豆, summary: 六船, reads: {soy: progress}}
  near:
    - {text: Rain in Iowa}
"""


def examples_of(folder: Path, text: str) -> tuple[tuple[ReaderExample, ...], list[tuple[int, int, str]]]:
    rules = rulebook(folder)
    (folder / "deal" / READER_EXAMPLES).write_text(text, encoding="utf-8")
    found, issues = check_reader_examples(folder, rules)
    return found, [(issue.line, issue.column, issue.code) for issue in issues]


def test_an_example_has_its_kind_its_day_its_place_and_a_story(tmp_path: Path) -> None:
    (first, second, third), issues = examples_of(tmp_path, SMALL)
    assert issues == []
    assert (first.kind, first.reads, first.published, first.line) == ("plain", {"soy": "progress"}, date(2026, 2, 3), 3)
    assert (second.published, second.story().lang, second.story().summary) == (date(2026, 1, 1), "zh", "六船")
    assert (third.kind, third.reads) == ("near", {})
    assert first.story().revision == first.name
    assert len({example.story().id for example in (first, second, third)}) == 3


@pytest.mark.parametrize(
    ("old", "new", "issue"),
    [
        ("{soy: progress}, p", "{soja: progress}, p", (3, 43, "unknown_commitment")),
        ("{soy: progress}, p", "{soy: good}, p", (3, 48, "unknown_value")),
        ("{text: Rain in Iowa}", "{text: China buys soybeans}", (6, 7, "duplicate_example")),
        ("{text: Rain in Iowa}", "{txt: Rain in Iowa}", (6, 8, "unknown_key")),
        ("near:\n    - {text: Rain in Iowa}", "near: rain", (5, 9, "not_a_list")),
    ],
)
def test_a_fault_is_found_at_its_place(tmp_path: Path, old: str, new: str, issue: tuple[int, int, str]) -> None:
    _, issues = examples_of(tmp_path, SMALL.replace(old, new))
    assert [found[:2] for found in issues] == [issue[:2]]
    assert issues[0][2] == issue[2]


def test_rules_check_reads_them_and_no_rule_depends_on_them(tmp_path: Path) -> None:
    rules = rulebook(tmp_path)
    (tmp_path / "deal" / READER_EXAMPLES).write_text(SMALL, encoding="utf-8")
    loaded, issues = checked_rulebook(tmp_path)
    assert loaded is not None
    assert (loaded.version, {issue.code for issue in issues}) == (rules.version, set())
    (tmp_path / "deal" / READER_EXAMPLES).write_text(SMALL.replace("{soy:", "{soja:"), encoding="utf-8")
    _, issues = checked_rulebook(tmp_path)
    unknown = [issue for issue in issues if issue.code == "unknown_commitment"]
    assert (len(unknown), "soy" in unknown[0].hint) == (2, True)
    with pytest.raises(RuleError, match="no commitment 'soja'"):
        load_reader_examples(tmp_path, rules)


# ---------------------------------------------------------------- those of the shipped deal


@pytest.fixture(scope="module")
def shipped() -> tuple[ReaderExample, ...]:
    return load_reader_examples(shipped_rules.RULES, shipped_rules.rulebook())


def test_the_shipped_examples_cover_languages_kinds_commitments_and_effects(shipped: tuple[ReaderExample, ...]) -> None:
    chinese = sum(example.story().lang == "zh" for example in shipped)
    assert len(shipped) >= 150
    assert 0.2 <= chinese / len(shipped) <= 0.35
    kinds = Counter(example.kind for example in shipped)
    assert kinds.keys() == {"plain", *HARD_KINDS}
    assert min(kinds.values()) >= 5
    named = Counter(name for example in shipped for name in example.reads)
    effects = Counter(effect for example in shipped for effect in example.reads.values())
    assert named.keys() == shipped_rules.rulebook().commitments.keys()
    assert effects.keys() == set(Effect)
    assert min(effects.values()) >= 10
    assert sum(not example.reads for example in shipped) >= 40


def test_the_rules_read_the_clear_examples_as_labelled(shipped: tuple[ReaderExample, ...]) -> None:
    rules = shipped_rules.rulebook()
    clear = [example for example in shipped if example.kind == "plain"]
    read = {example.name: [(s.commitment, s.effect) for s in join(example.story(), rules).signals] for example in clear}
    found = score({example.name: example.reads for example in clear}, read, rules.commitments)
    assert all(hits.f1 >= 0.85 for hits in found.whole.values()), found.misread
