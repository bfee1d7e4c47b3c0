"""Which clauses of rules can be dropped or changed without a test failing.

Every clause of a commitment's rules is taken away or changed, one at a time, in the compiled topic; then the examples and
scenarios in which it occurs are run again. A change that none of them notices survives: the clause is idle, or untested.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from monitor.domain.matching.document import Document
from monitor.domain.matching.match import match, trace
from monitor.domain.matching.rules import Rulebook, RuleExample, Topic
from monitor.domain.model import Signal, Story
from monitor.long_work import long_work
from monitor.replay import line_as_story
from monitor.rulebook.source.source_map import RuleSource
from monitor.rulebook.testing.examples import outcome_of, result_of, story_of
from monitor.rulebook.testing.scenarios import Scenario
from monitor.workbench.comparing.rule_changes import restricted_to
from monitor.workbench.rule_clauses import pattern_addresses, with_topic
from monitor.workbench.testing.mutants import Mutant, mutants
from monitor.workbench.testing.scenario_runner import concerns, entry_of, run_scenario


@dataclass(frozen=True, slots=True)
class Survivor:
    """A change that fails no test. `tests`: the number of tests in which the clause occurs."""

    path: str
    line: int
    rule: str
    kind: str
    what: str
    tests: int

    def __str__(self) -> str:
        seen = f"{self.tests} have it and pass without it" if self.tests else "none has it"
        return f"{self.path}:{self.line}: {self.rule}: {self.what} fails no test ({seen})"


@dataclass(slots=True)
class Mutation:
    """What the tests notice of all changes. `changed`: kind -> the number of changes that were tried."""

    changed: dict[str, int] = field(default_factory=dict)
    survivors: list[Survivor] = field(default_factory=list)

    @property
    def tried(self) -> int:
        return sum(self.changed.values())

    @property
    def share(self) -> float:
        """The share of changes that some test notices, 0 to 1; 1 where none was tried."""
        return 1 - len(self.survivors) / self.tried if self.tried else 1.0

    def of_kind(self, kind: str) -> tuple[int, int]:
        """How many changes of a kind the tests noticed, and how many were tried."""
        tried = self.changed.get(kind, 0)
        return tried - sum(survivor.kind == kind for survivor in self.survivors), tried


def mutate(
    rulebook: Rulebook, sources: Mapping[str, RuleSource], scenarios: Sequence[Scenario], wanted: Callable[[str], bool]
) -> Mutation:
    """Changes every clause of the rules whose ids are wanted."""
    mutation = Mutation()
    with long_work("changing the rules", unit="changes") as step:
        for topic in rulebook.matcher.topics:
            rules = [rule for rule in (topic.rule, *(act.rule for act in topic.acts)) if wanted(rule)]
            if rules and topic.commitment in sources:
                tests = _CachedTests(topic, rulebook, scenarios)
                for mutant, finer in mutants(topic, sources[topic.commitment], rulebook.rules):
                    if mutant.rule in rules:
                        _try(tests, mutant, finer, mutation)
                        step(mutation.tried)
    return mutation


def _try(tests: _CachedTests, mutant: Mutant, finer: Iterable[Mutant], mutation: Mutation) -> None:
    """Tries a change, and the finer ones of the same clause only if the tests notice that the clause is missing."""
    mutation.changed[mutant.kind] = mutation.changed.get(mutant.kind, 0) + 1
    if tests.notice(mutant):
        for fine in finer:
            _try(tests, fine, (), mutation)
    else:
        count = tests.count(mutant.touched)
        mutation.survivors.append(Survivor(mutant.path, mutant.line, mutant.rule, mutant.kind, mutant.what, count))


class _CachedTests:
    """The tests of one commitment that pass, each with the patterns that occur in it: only those tests are run again in
    which a change can show."""

    def __init__(self, topic: Topic, rulebook: Rulebook, scenarios: Sequence[Scenario]) -> None:
        self.topic, self.rulebook, self._all_scenarios = topic, rulebook, scenarios
        self.related = restricted_to(rulebook, frozenset((topic.commitment,)))
        self.patterns = tuple(pattern for _, pattern in pattern_addresses(topic))

    @cached_property
    def examples(self) -> list[tuple[RuleExample, Story, frozenset[int]]]:
        """The examples that pass, as stories, with the numbers of the patterns that occur in them."""
        own = [one for one in self.rulebook.examples if one.commitment == self.topic.commitment]
        stories = [(example, story_of(example)) for example in own]
        return [(e, story, self._standing(story)) for e, story in stories if _passes(e, story, self.related)]

    @cached_property
    def scenarios(self) -> list[tuple[Scenario, list[tuple[Story, tuple[Signal, ...], frozenset[int]]]]]:
        """The scenarios that pass; for each of its stories the signals, and the numbers of the patterns that occur in it."""
        played = []
        for scenario in self._all_scenarios:
            if concerns(scenario, self.topic.commitment) and run_scenario(scenario, self.rulebook).passed:
                entries = [entry_of(story, number) for number, story in enumerate(scenario.shape.stories)]
                stories = [line_as_story(entry) for entry in entries]
                played.append((scenario, [(s, match(s, self.rulebook), self._standing(s)) for s in stories]))
        return played

    def _standing(self, story: Story) -> frozenset[int]:
        """The numbers of the topic's patterns that occur in a story."""
        document = Document(story, self.related)
        return frozenset(p.number for view in document.views for p, _ in document.matches(view, self.patterns))

    def count(self, touched: frozenset[int]) -> int:
        """The number of tests in which one of these patterns occurs."""
        played = sum(any(standing & touched for _, _, standing in stories) for _, stories in self.scenarios)
        return played + sum(bool(standing & touched) for _, _, standing in self.examples)

    def notice(self, mutant: Mutant) -> bool:
        """Whether a test that passed fails on the changed topic."""
        affected = [(example, story) for example, story, standing in self.examples if standing & mutant.touched]
        changed = with_topic(self.related, mutant.topic)
        if any(not _passes(example, story, changed) for example, story in affected):
            return True
        changed = with_topic(self.rulebook, mutant.topic)
        if mutant.info is not None:
            changed = replace(changed, rules={**self.rulebook.rules, mutant.rule: mutant.info})
        for scenario, stories in self.scenarios:
            # A scenario is played again only if one of its stories is read otherwise now, or a rule's readings by status
            # changed, which show in verdicts alone.
            shows = any(
                standing & mutant.touched and (mutant.info is not None or match(story, changed) != signals)
                for story, signals, standing in stories
            )
            if shows and not run_scenario(scenario, changed).passed:
                return True
        return False


def _passes(example: RuleExample, story: Story, rulebook: Rulebook) -> bool:
    return outcome_of(example, result_of(example, trace(story, rulebook))).passed
