"""The tests of one commitment, kept ready to be run again on changed rules: only those in which a change can show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from monitor.domain.matching.document import Document
from monitor.domain.matching.match import match, trace
from monitor.domain.matching.rules import Rulebook, RuleExample, Topic
from monitor.domain.model import Signal, Story
from monitor.replay import line_as_story
from monitor.rulebook.testing.examples import outcome_of, result_of, story_of
from monitor.rulebook.testing.scenarios import Scenario
from monitor.workbench.rule_clauses import pattern_addresses
from monitor.workbench.testing.mutants import Mutant
from monitor.workbench.testing.scenario_runner import concerns, entry_of, run_scenario


@dataclass(frozen=True, slots=True)
class _CachedExample:
    """An example that passes, with the patterns that stand in it."""

    example: RuleExample
    story: Story
    standing: frozenset[int]


@dataclass(frozen=True, slots=True)
class _CachedScenario:
    """A scenario that passes; of each of its stories what the rules read in it, and the patterns that stand in it."""

    scenario: Scenario
    stories: tuple[tuple[Story, tuple[Signal, ...], frozenset[int]], ...]


class CachedTests:
    """The tests of one commitment, ready to be run again on a changed topic."""

    def __init__(self, topic: Topic, rulebook: Rulebook, scenarios: Sequence[Scenario]) -> None:
        self.topic = topic
        self.rulebook = rulebook
        self.near = _with_topics(rulebook, _neighbours(topic, rulebook.matcher.topics))
        self.patterns = tuple(pattern for _, pattern in pattern_addresses(topic))
        self.scenarios = [one for one in scenarios if concerns(one, topic.commitment)]

    @cached_property
    def tried(self) -> list[_CachedExample]:
        own = (one for one in self.rulebook.examples if one.commitment == self.topic.commitment)
        stories = ((example, story_of(example)) for example in own)
        return [_CachedExample(e, s, self._standing(s)) for e, s in stories if _passes(e, s, self.near)]

    @cached_property
    def played(self) -> list[_CachedScenario]:
        return [self._played(one) for one in self.scenarios if run_scenario(one, self.rulebook).passed]

    def _played(self, scenario: Scenario) -> _CachedScenario:
        entries = (entry_of(story, number) for number, story in enumerate(scenario.shape.stories))
        stories = (line_as_story(entry) for entry in entries)
        return _CachedScenario(scenario, tuple((s, match(s, self.rulebook), self._standing(s)) for s in stories))

    def _standing(self, story: Story) -> frozenset[int]:
        """The patterns of the topic that stand in a story."""
        document = Document(story, self.near)
        return frozenset(
            pattern.number for view in document.views for pattern, _ in document.matches(view, self.patterns)
        )

    def count(self, touched: frozenset[int]) -> int:
        """In how many tests one of these patterns stands."""
        played = sum(any(standing & touched for _, _, standing in one.stories) for one in self.played)
        return played + sum(bool(one.standing & touched) for one in self.tried)

    def notices(self, mutant: Mutant) -> bool:
        """Whether a test that passed fails on the changed topic."""
        return self._example_fails(mutant) or self._scenario_fails(mutant)

    def _example_fails(self, mutant: Mutant) -> bool:
        affected = [one for one in self.tried if one.standing & mutant.touched]
        if not affected:
            return False
        changed = _with_topic(self.near, mutant.topic)
        return any(not _passes(one.example, one.story, changed) for one in affected)

    def _scenario_fails(self, mutant: Mutant) -> bool:
        """A scenario is played again only if the change can show in one of its stories."""
        changed = _with_topic(self.rulebook, mutant.topic)
        if mutant.info is not None:
            changed = replace(changed, rules={**self.rulebook.rules, mutant.rule: mutant.info})
        return any(
            any(self._shows(mutant, changed, *story) for story in one.stories)
            and not run_scenario(one.scenario, changed).passed
            for one in self.played
        )

    def _shows(
        self, mutant: Mutant, changed: Rulebook, story: Story, read: tuple[Signal, ...], standing: frozenset[int]
    ) -> bool:
        """Whether a story is read otherwise now, or its reading is weighed otherwise."""
        touched = bool(standing & mutant.touched)
        return touched and (mutant.info is not None or match(story, changed) != read)


def _passes(example: RuleExample, story: Story, rulebook: Rulebook) -> bool:
    return outcome_of(example, result_of(example, trace(story, rulebook))).passed


def _neighbours(topic: Topic, topics: Sequence[Topic]) -> tuple[Topic, ...]:
    """The topic and those that it gives way to, and they in turn: all that can bear on its result."""
    by_name = {one.commitment: one for one in topics}
    near: dict[str, None] = {}
    waiting = [topic.commitment]
    while waiting:
        name = waiting.pop()
        if name not in near and name in by_name:
            near[name] = None
            waiting += [rule.commitment for rule in by_name[name].gives_way]
    return tuple(one for one in topics if one.commitment in near)


def _with_topic(rulebook: Rulebook, topic: Topic) -> Rulebook:
    topics = rulebook.matcher.topics
    return _with_topics(rulebook, tuple(topic if one.commitment == topic.commitment else one for one in topics))


def _with_topics(rulebook: Rulebook, topics: tuple[Topic, ...]) -> Rulebook:
    return replace(rulebook, matcher=replace(rulebook.matcher, topics=topics))
