"""The rules, patterns and exclusions that no example and no scenario exercises. A test exercises a rule if the rule
decides, and a pattern if it matches in a test of its own commitment, and the text is about that commitment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Any

from monitor.domain.matching.document import Document
from monitor.domain.matching.match import trace
from monitor.domain.matching.rules import CompiledPattern, Rulebook, Topic
from monitor.domain.model import Story
from monitor.replay import line_as_story
from monitor.rulebook.load import DEAL
from monitor.rulebook.testing.examples import story_of
from monitor.rulebook.testing.scenarios import Scenario
from monitor.workbench.scenario_runner import concerns, entry_of, selects

_OPENING = frozenset({"any", "title", "summary"})
"""Keys whose patterns report something; the patterns under all other keys exclude something."""


@dataclass(frozen=True, slots=True)
class RuleClause:
    """One pattern of a rule. `key` is the key of the rule file that holds it."""

    key: str
    rule: str
    pattern: CompiledPattern


def rule_clauses(topic: Topic) -> Iterator[RuleClause]:
    """Every pattern of a topic in file order. A pattern from the defaults of a file appears once, for its first act."""
    clauses: dict[int, RuleClause] = {}
    owners: list[tuple[str, Any]] = [(topic.rule, topic), *((topic.rule, rule) for rule in topic.gives_way)]
    owners += [(act.rule, act) for act in topic.acts]
    for rule, owner in owners:
        for field in fields(owner):
            # Among the fields of a rule, tuples of patterns are its lists of clauses.
            value = getattr(owner, field.name)
            if (
                field.name == "levels"
                or not isinstance(value, tuple)
                or not all(isinstance(item, CompiledPattern) for item in value)
            ):
                continue
            for pattern in value:
                key = "not" if field.name in ("none", "excluded") else field.name
                key = "precedence" if pattern.path.endswith(f"/{DEAL}") else key
                clauses.setdefault(pattern.number, RuleClause(key, rule, pattern))
    return iter(sorted(clauses.values(), key=attrgetter("pattern.path", "pattern.line")))


@dataclass(frozen=True, slots=True)
class CoverageItem:
    """One item that a test can exercise. `kind` is rule, pattern or exclusion; `owner` is its rule."""

    path: str
    line: int
    kind: str
    owner: str
    text: str
    exercised: bool


def measure_coverage(rulebook: Rulebook, scenarios: Sequence[Scenario], pattern: str = "*") -> list[CoverageItem]:
    """All items that tests can exercise, in file order, of the rules whose names contain a pattern.

    1. Match each text of a test once. Record the rules that decide, and the patterns that match.
    2. List every rule, pattern and exclusion, each exercised or not.
    """
    topics = rulebook.matcher.topics
    clauses = {topic.commitment: list(rule_clauses(topic)) for topic in topics}
    exercised = set[int | str]()
    for example in rulebook.examples:
        exercised |= _exercised(story_of(example), rulebook, clauses, {example.commitment})
    for scenario in scenarios:
        names = {name for name in rulebook.commitments if concerns(scenario, name)}
        for number, story in enumerate(scenario.shape.stories):
            exercised |= _exercised(line_as_story(entry_of(story, number)), rulebook, clauses, names)
    items = set[CoverageItem]()
    for topic in topics:
        for act in topic.acts:
            info = rulebook.rules[act.rule]
            items.add(CoverageItem(info.path, info.line, "rule", act.rule, act.rule, act.rule in exercised))
        for clause in clauses[topic.commitment]:
            kind, p = "pattern" if clause.key in _OPENING else "exclusion", clause.pattern
            items.add(CoverageItem(p.path, p.line, kind, clause.rule, p.source, p.number in exercised))
    chosen = (item for item in items if selects(pattern, item.owner))
    return sorted(chosen, key=lambda item: (item.path, item.line, item.kind, item.text))


def _exercised(
    story: Story, rulebook: Rulebook, clauses: Mapping[str, Sequence[RuleClause]], commitments: Set[str]
) -> set[int | str]:
    """The rules that decide, and the numbers of the patterns that match, in one text about these commitments."""
    found, document = set[int | str](), Document(story, rulebook)
    for result in trace(story, rulebook):
        if result.commitment not in commitments:
            continue
        if result.winner is not None:
            found.add(result.winner.act.rule)
        patterns = [clause.pattern for clause in clauses[result.commitment]]
        for view in document.views:
            found.update(pattern.number for pattern, _ in document.matches(view, patterns))
    return found
