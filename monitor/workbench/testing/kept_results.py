"""Results of earlier tests that still stand, so that after an edit only the tests run that it can concern.

An example stands while its text holds no word in which the rules differ from those of then. A scenario that passed stands
while none of its stories does, and none of its commitments is decided otherwise. What has changed in a test runs in any case.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from monitor.domain.matching.rules import Rulebook, RuleExample
from monitor.rulebook.cache import KeptTests
from monitor.rulebook.testing.examples import ExampleResult, run_example, story_of
from monitor.rulebook.testing.scenarios import Scenario
from monitor.workbench.comparing.changed_words import changed_words
from monitor.workbench.comparing.rule_changes import redecided_commitments
from monitor.workbench.testing.scenario_runner import ScenarioResult, concerns, entry_of, run_scenario

_KEPT_FIELDS = ("expected", "got", "passed", "matched", "blocked", "decided", "seconds")
"""What is kept of the result of an example; the rest is the example itself."""


@dataclass
class StandingResults:
    """The results of the tests of one rulebook: those that stand, and those of the tests that have run since."""

    rulebook: Rulebook
    watch: Callable[[], float]
    """A clock in seconds, for the time that each test took."""
    examples: dict[str, Sequence[Any]] = field(default_factory=dict)
    scenarios: dict[str, float] = field(default_factory=dict)
    """The seconds of each that passed."""
    ran: int = 0

    def of_example(self, example: RuleExample) -> ExampleResult:
        """The result of one example, which runs unless an earlier result stands."""
        key = _example_key(example)
        if key not in self.examples:
            self.ran += 1
            result = run_example(example, self.rulebook, self.watch)
            self.examples[key] = [getattr(result, name) for name in _KEPT_FIELDS]
        origin = (example.path, example.line, example.rule, example.number, example.text)
        expected, got, passed, matched, blocked, decided, seconds = self.examples[key]
        return ExampleResult(*origin, expected, got, passed, tuple(matched), tuple(blocked), decided, seconds)

    def of_scenario(self, scenario: Scenario) -> ScenarioResult:
        """The result of one scenario, which runs unless it has passed before and that stands."""
        key = _scenario_key(scenario)
        if key in self.scenarios:
            named, seconds = scenario.commitments, self.scenarios[key]
            return ScenarioResult(scenario.path, scenario.line, scenario.name, named, seconds=seconds)
        self.ran += 1
        result = run_scenario(scenario, self.rulebook, self.watch)
        if result.passed:
            self.scenarios[key] = result.seconds
        return result

    def as_json(self) -> dict[str, Mapping[str, Any]]:
        """What `standing_results` takes back."""
        return {"examples": self.examples, "scenarios": self.scenarios}


def standing_results(
    kept: KeptTests | None, rulebook: Rulebook, scenarios: Sequence[Scenario], watch: Callable[[], float]
) -> StandingResults:
    """The earlier results that stand under this rulebook, for its examples and these scenarios."""
    if kept is None:
        return StandingResults(rulebook, watch)
    examples = {_example_key(example): example for example in rulebook.examples}
    plays = {_scenario_key(scenario): scenario for scenario in scenarios}
    known, passed = kept.results["examples"], kept.results["scenarios"]
    examples = {key: example for key, example in examples.items() if key in known}
    plays = {key: scenario for key, scenario in plays.items() if key in passed}
    if kept.rulebook is not None:
        words = changed_words(kept.rulebook, rulebook, as_written=True)
        redecided = redecided_commitments(kept.rulebook, rulebook)
        examples = {key: example for key, example in examples.items() if not words.concern(story_of(example))}
        plays = {
            key: scenario
            for key, scenario in plays.items()
            if not any(concerns(scenario, name) for name in redecided)
            and not any(words.concern(entry_of(story, n)) for n, story in enumerate(scenario.shape.stories))
        }
    own = ({key: known[key] for key in examples}, {key: passed[key] for key in plays})
    return StandingResults(rulebook, watch, *own)


def _example_key(example: RuleExample) -> str:
    """The name of an example by all that it says, wherever it stands."""
    return _hash_of(replace(example, path="", line=0, number=0))


def _scenario_key(scenario: Scenario) -> str:
    return _hash_of(scenario.shape)


def _hash_of(test: object) -> str:
    return hashlib.blake2b(repr(test).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
