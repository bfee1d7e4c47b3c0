"""Scenarios, rules/tests/*.yaml: stories and expectations over virtual time. Their files are read with issues at their places."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pydantic import Field, model_validator

from monitor.domain.matching.rules import Rulebook
from monitor.domain.model import Baseline, Outlook, Standing, Tier
from monitor.errors import Issue, RuleError
from monitor.rulebook.compile.commitments import baseline_of
from monitor.rulebook.load import TESTS, read_rule_file, yaml_files
from monitor.rulebook.schema.models import BaselineShape, DeadlineShape
from monitor.rulebook.schema.rule_shape import RuleShape
from monitor.rulebook.source.source_map import RuleSource, ValuePath, closest_word, did_you_mean
from monitor.rulebook.testing.expectations import ChangeShape, ExpectShape, QuietShape, ScenarioTimeField

_NAMING = ("expect", "alerts", "transitions", "never", "quiet")
"""Keys of a scenario whose entries name a commitment."""


class StartShape(RuleShape):
    """Where one commitment stands when a scenario begins, instead of its baseline."""

    standing: Standing = Field(description="Its standing on the day of the start.")
    outlook: Outlook = Field(Outlook.STEADY, description="Its outlook on that day.")
    since: date | None = Field(None, description="Since when it stands so; the day of the start, if left out.")
    steps: list[str] = Field([], description="Steps of a milestone that are done already.")
    deadlines: list[DeadlineShape] = Field([], description="The dates that hang over it.")
    unconfirmed: list[str] = Field([], description="Sides that have not confirmed this yet.")

    def baseline(self, day: date) -> Baseline:
        """This as what a person has read on the day of the start."""
        fields = {name: getattr(self, name) for name in type(self).model_fields}
        return baseline_of(BaselineShape(as_of=day, source="scenario", **fields))


class StoryShape(RuleShape):
    """One story of a scenario. Write it yourself: news text belongs to its publisher."""

    at: ScenarioTimeField = Field(
        description="When it is published. A bare date is some time of that day, where the publisher is, as in feeds that give no time."
    )
    source: str = Field(min_length=1, description="The publisher, by a name or domain of sources.yaml.")
    title: str = Field(min_length=1, description="The headline.")
    summary: str = Field("", description="The text under the headline.")
    lang: str = Field("", description="en or zh; seen from the headline, if left out.")
    url: str = Field("", description="Its page. A second story with the same page is a new version of the first.")


class ScenarioShape(RuleShape):
    """A made-up or real course of events, and what the program must make of it."""

    name: str = Field(min_length=1, description="What the scenario shows, in one sentence.")
    start: ScenarioTimeField = Field(description="When the monitor starts; a bare date is the beginning of its day.")
    standing: dict[str, Standing | StartShape] = Field(
        {}, description="Where commitments stand at the start, by id; without it the baselines of the rules say so."
    )
    stories: list[StoryShape] = Field([], description="The news, in any order.")
    expect: list[ExpectShape] = Field([], description="Where commitments stand at given moments.")
    alerts: list[ChangeShape] = Field(
        [], description="Changes that people are told of, in this order for each commitment; others may come between."
    )
    transitions: list[ChangeShape] = Field(
        [], description="Changes that are recorded, whether told or left to the digest."
    )
    never: list[ChangeShape] = Field([], description="Changes that are not recorded at any time.")
    nothing_else: bool = Field(False, description="true: people are told of nothing that `alerts` does not list.")
    quiet: list[QuietShape] = Field([], description="Times in which nothing is told.")
    quiet_until: ScenarioTimeField | None = Field(
        None, description="Nothing is told before; a bare date is the beginning of its day."
    )

    def starts(self) -> dict[str, StartShape]:
        """Where commitments stand at the start, a bare standing written out."""
        return {
            name: start if isinstance(start, StartShape) else StartShape(standing=start)
            for name, start in self.standing.items()
        }

    def named(self) -> Iterator[tuple[ValuePath, str]]:
        """Every commitment that is named, each with its path in the scenario."""
        for name in self.standing:
            yield ("standing", name), name
        for part in _NAMING:
            for number, entry in enumerate(getattr(self, part)):
                if entry.commitment:
                    yield (part, number, "commitment"), entry.commitment

    @model_validator(mode="after")
    def asks_something(self) -> ScenarioShape:
        if not any(getattr(self, part) for part in (*_NAMING, "nothing_else", "quiet_until")):
            raise ValueError("a scenario needs expect, alerts, transitions, never, nothing_else, quiet or quiet_until")
        early = next((story for story in self.stories if story.at.before(self.start)), None)
        if early is not None:
            raise ValueError(f"the story of {early.at} lies before the start")
        return self


class ScenariosShape(RuleShape):
    """A file of rules/tests."""

    scenarios: list[ScenarioShape] = Field(min_length=1, description="Each is played on its own.")


@dataclass(frozen=True, slots=True)
class Scenario:
    """A scenario with its place in its file."""

    shape: ScenarioShape
    source: RuleSource
    where: ValuePath

    @property
    def name(self) -> str:
        return self.shape.name

    @property
    def path(self) -> str:
        return self.source.path

    @property
    def line(self) -> int:
        return self.line_of()

    @property
    def commitments(self) -> tuple[str, ...]:
        """The commitments that it names. A scenario that names none is about all of them."""
        return tuple(dict.fromkeys(name for _, name in self.shape.named()))

    def line_of(self, *where: str | int) -> int:
        """The line of a part of it."""
        return self.source.place((*self.where, *where))[0]


def load_scenarios(folder: Path, rulebook: Rulebook) -> tuple[Scenario, ...]:
    """The scenarios of a folder of rules. Raises RuleError with every error found in them."""
    scenarios, issues = check_scenarios(folder, rulebook)
    errors = [issue for issue in issues if issue.severity == "error"]
    if errors:
        raise RuleError(errors, subject=str(folder / TESTS))
    return scenarios


def check_scenarios(folder: Path, rulebook: Rulebook) -> tuple[tuple[Scenario, ...], tuple[Issue, ...]]:
    """The scenarios that can be played, and every issue of their files."""
    scenarios: list[Scenario] = []
    issues: list[Issue] = []
    for path in yaml_files(folder / TESTS):
        if (file := read_rule_file(folder, path, ScenariosShape, issues)) is not None:
            source, shape = file
            scenarios += [Scenario(each, source, ("scenarios", number)) for number, each in enumerate(shape.scenarios)]
    for scenario in scenarios:
        issues += _unknown_names(scenario, rulebook)
    return tuple(scenarios), tuple(sorted(issues))


def _unknown_names(scenario: Scenario, rulebook: Rulebook) -> Iterator[Issue]:
    """Commitments, steps and publishers that the rules do not know."""
    starts = scenario.shape.starts()
    for where, name in scenario.shape.named():
        part, key, *_ = where
        if name not in rulebook.commitments:
            hint = did_you_mean(name, rulebook.commitments)
            message, place = f"there is no commitment {name!r}", (*scenario.where, *where)
            yield scenario.source.issue("unknown_commitment", message, place, hint, key=part == "standing")
            continue
        known, steps = rulebook.commitments[name].steps, list[str]()
        if part == "standing":
            steps = starts[name].steps
        elif part == "expect":
            steps = scenario.shape.expect[int(key)].steps or []
        for number, step in enumerate(steps):
            if step not in known:
                place = (*scenario.where, part, key, "steps", number)
                hint = did_you_mean(step, known)
                yield scenario.source.issue("unknown_step", f"there is no step {step!r}", place, hint)
    # A source that nobody knows may be meant, for it confirms nothing; one that is nearly a known one is likely a slip.
    publishers = rulebook.publishers
    names = {name for entry in publishers.entries for name in (entry.publisher.name, *entry.aliases)}
    for number, story in enumerate(scenario.shape.stories):
        if publishers.find(story.source, story.url).tier is not Tier.UNKNOWN:
            continue
        if near := closest_word(story.source, names, 0.8):
            message = f"no publisher {story.source!r} in sources.yaml: it confirms nothing"
            place = (*scenario.where, "stories", number, "source")
            yield scenario.source.warning("unknown_source", message, place, f"did you mean {near!r}?")
