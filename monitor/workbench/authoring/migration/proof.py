"""What a migration changes in what rules read: their own examples, the stories of the scenarios, and any others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from monitor.domain.matching.rules import Rulebook, RuleExample
from monitor.domain.model import Story
from monitor.replay import line_as_story
from monitor.rulebook.testing.examples import story_of
from monitor.rulebook.testing.scenarios import load_scenarios
from monitor.workbench.comparing.archive_diff import texts_diff
from monitor.workbench.comparing.diff import StoryChange
from monitor.workbench.testing.scenario_runner import entry_of


@dataclass(frozen=True, slots=True)
class Proof:
    """stories: how many both rulebooks were asked about; read: those that they could read otherwise; changes: what they do read
    otherwise; lost: the examples that only one of them has."""

    stories: int
    read: int
    changes: tuple[StoryChange, ...]
    lost: tuple[str, ...]

    @property
    def same(self) -> bool:
        return not (self.changes or self.lost)


def proof_of(folder: Path, before: Rulebook, after: Rulebook, stories: Sequence[Story]) -> Proof:
    """Both rulebooks, with their examples, over all that the folder itself brings and these stories."""
    asked = [*map(story_of, before.examples), *_of_scenarios(folder, before), *stories]
    read, changes = texts_diff(before, after, asked)
    first, second = ({_said(example) for example in rulebook.examples} for rulebook in (before, after))
    return Proof(len(asked), read, changes, tuple(sorted(f"{rule}: {text}" for rule, text, *_ in first ^ second)))


def _said(example: RuleExample) -> tuple[str, ...]:
    """What an example says, wherever it stands."""
    effect = example.effect.value if example.effect is not None else ""
    return example.rule, example.text.strip(), effect, example.summary.strip(), str(example.published or "")


def _of_scenarios(folder: Path, rulebook: Rulebook) -> Iterator[Story]:
    for number, scenario in enumerate(load_scenarios(folder, rulebook)):
        for at, story in enumerate(scenario.shape.stories):
            yield replace(line_as_story(entry_of(story, at)), id=f"scenario {number}/{at}")
