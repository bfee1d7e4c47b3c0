"""The shared meanings that come with the program: each is documented by examples that it reads."""

import pytest

from monitor.domain.text.pattern_compiler import PatternCompiler
from monitor.domain.text.pattern_eval import FieldView
from monitor.domain.text.pattern_syntax import parse_pattern
from monitor.domain.text.patterns import Node, Words, choice_of, inflected
from monitor.domain.text.segments import SegmentedText
from monitor.errors import Issue
from monitor.rulebook.compile.rule_files import RuleFiles
from monitor.rulebook.compile.sets import PatternEntry, Scopes
from monitor.rulebook.load import read_rule_file
from monitor.rulebook.schema.models import SetShape, VocabularyShape
from tests.builders.shipped_rules import RULES

FILE = RULES / "vocabulary" / "meanings.yaml"


@pytest.fixture(scope="module")
def meanings() -> dict[str, tuple[SetShape, Node]]:
    """Every meaning as it is written, and as a pattern."""
    issues: list[Issue] = []
    read = read_rule_file(RULES, FILE, VocabularyShape, issues)
    assert read is not None, issues
    sets = Scopes(RuleFiles(vocabulary=[read]), issues).vocabulary["meanings"]
    nodes = {name: sets.pattern(PatternEntry(f"{{{name}}}", read[0], ("sets", name))) for name in read[1].sets}
    assert issues == []
    return {
        name: (words, inflected(node))
        for name, words in read[1].sets.items()
        if isinstance(words, SetShape) and (node := nodes[name]) is not None
    }


def is_read(meaning: Node, example: str) -> bool:
    compiler, text = PatternCompiler(), SegmentedText(example)
    compiled = compiler.compile(meaning)
    return bool(FieldView("title", text, compiler.index().find(text.folded)).find(compiled))


def test_a_name_hides_the_meanings_within_it(meanings: dict[str, tuple[SetShape, Node]]) -> None:
    read = read_rule_file(RULES, FILE, VocabularyShape, [])
    assert read is not None
    names = read[1].masks.en
    masks = [parse_pattern(name) for name in names]
    assert all(isinstance(mask, Words) for mask in masks)
    found = {name: [key for key, (_, node) in meanings.items() if is_read(node, name)] for name in names}
    assert found["Land Rover"] == ["ship", "obtain", "agree", "open_up"]
    compiler = PatternCompiler()
    everything = compiler.compile(choice_of(tuple(node for _, node in meanings.values())))
    index = compiler.index([mask.phrase for mask in masks if isinstance(mask, Words)])
    texts = [SegmentedText(f"{name} of Ohio") for name in names]
    assert [text for text in texts if FieldView("title", text, index.find(text.folded)).find(everything)] == []


def test_every_meaning_has_a_sentence_and_examples_that_it_reads(meanings: dict[str, tuple[SetShape, Node]]) -> None:
    assert len(meanings) > 40
    assert [name for name, (words, _) in meanings.items() if not (words.means and words.eg)] == []
    examples = [(name, node, example) for name, (words, node) in meanings.items() for example in words.eg]
    assert [(name, example) for name, node, example in examples if not is_read(node, example)] == []
