import json
from pathlib import Path

import pytest

from monitor.domain.matching.document import Document
from monitor.domain.matching.match import match
from monitor.domain.matching.rules import MOST_FILTERED, Rulebook, TopicInUse
from monitor.domain.model import Story
from monitor.domain.text.pattern_compiler import PatternFilter
from monitor.domain.text.patterns import PhraseSet, packed
from monitor.replay import as_entry, line_as_story
from tests.builders import rules_folder, shipped_rules

SAMPLE = shipped_rules.ROOT / "monitor" / "samples" / "year.jsonl"


@pytest.fixture(scope="module")
def shipped() -> Rulebook:
    return shipped_rules.rulebook()


@pytest.fixture(scope="module")
def sample() -> list[Story]:
    lines = SAMPLE.read_text(encoding="utf-8").splitlines()
    return [line_as_story(as_entry(json.loads(line), number, "year.jsonl")) for number, line in enumerate(lines, 1)]


def opened_by(document: Document) -> set[str]:
    """The commitments of which an opening pattern stands in a field, each tried on all phrases of the rulebook."""
    topics, views = document.matcher.topics, document.views
    return {t.commitment for t in topics if any(view.find(p.node) for view in views for p in t.opening)}


@pytest.mark.slow
def test_the_gate_opens_exactly_the_commitments_with_a_pattern(shipped: Rulebook, sample: list[Story]) -> None:
    for story in sample:
        assert Document(story, shipped).candidate_commitments == opened_by(Document(story, shipped)), story.title


def test_far_stories_and_words_of_two_sentences_open_nothing(shipped: Rulebook) -> None:
    far = rules_folder.story(
        "Minister opens a new bridge", "Thousands crossed it on the first day. The mayor cut the ribbon."
    )
    document = Document(far, shipped)
    assert document.candidate_commitments == frozenset()
    assert "views" not in vars(document)
    document = Document(rules_folder.story("China", "Soybeans are a crop. Purchases of books rose."), shipped)
    assert document.candidate_commitments == frozenset()


def test_a_story_that_passes_the_gate_has_the_hits_of_all_phrases(shipped: Rulebook) -> None:
    near = rules_folder.story(
        "China buys 12 million tonnes of US soybeans", "It will not buy more before May, a minister said."
    )
    document = Document(near, shipped)
    assert document.candidate_commitments
    assert [view.hits for view in document.views] == [shipped.matcher.index.find(v.text.folded) for v in document.views]


def test_the_rules_that_were_not_used_for_longest_make_room_for_new_ones(tmp_path: Path) -> None:
    rules = rules_folder.load(tmp_path)
    group = packed(range(MOST_FILTERED))
    large = PatternFilter({1: PhraseSet(group).numbered(1, (group,))})
    rules.matcher._used["old"] = TopicInUse(rules.matcher.topic("beans"), large)
    rules.matcher._used.pop("beans")
    found = match(rules_folder.story("China buys ten cargoes of US soybeans"), rules)
    assert [signal.commitment for signal in found] == ["beans"]
    assert "beans" in rules.matcher._used
    assert "old" not in rules.matcher._used
