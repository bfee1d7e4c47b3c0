"""Scenarios, rules/tests/*.yaml: the shape of stories and expectations over virtual time, and the files read with located issues."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import Field, model_validator

from monitor.domain.matching.rules import Rulebook
from monitor.domain.model import Baseline, Outlook, Standing, Tier
from monitor.domain.model.publishers import Publishers
from monitor.errors import Issue, RuleError
from monitor.rulebook.compile.commitments import baseline_of
from monitor.rulebook.load import TESTS, yaml_files
from monitor.rulebook.schema.models import BaselineShape, DeadlineShape, RuleShape
from monitor.rulebook.source.source_map import RuleSource, ValuePath, closest_word, did_you_mean, read_source
from monitor.rulebook.source.validate import validate
from monitor.rulebook.testing.expectations import ChangeShape, ExpectShape, QuietShape, ScenarioTimeField


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

    @model_validator(mode="after")
    def asks_something(self) -> ScenarioShape:
        asked = (
            self.expect,
            self.alerts,
            self.transitions,
            self.never,
            self.nothing_else,
            self.quiet,
            self.quiet_until,
        )
        if not any(asked):
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
        return self.source.place(self.where)[0]

    @property
    def commitments(self) -> tuple[str, ...]:
        """The commitments that it names. One that names none looks at all of them."""
        shape = self.shape
        named: Iterable[ExpectShape | ChangeShape | QuietShape] = (
            *shape.expect, *shape.alerts, *shape.transitions, *shape.never, *shape.quiet,
        )  # fmt: skip
        return tuple(dict.fromkeys([*shape.standing, *(one.commitment for one in named if one.commitment)]))

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
    found: list[Scenario] = []
    issues: list[Issue] = []
    for path in yaml_files(folder / TESTS):
        shown = (Path(folder.name) / path.relative_to(folder)).as_posix()
        source, faults = read_source(path, shown)
        issues += faults
        if source is not None:
            shape, faults = validate(source, ScenariosShape)
            issues += faults
            found += _scenarios(source, shape) if shape is not None else []
    for scenario in found:
        issues += (*_unknown(scenario, rulebook), *_unknown_sources(scenario, rulebook.publishers))
    return tuple(found), tuple(sorted(issues))


def _scenarios(source: RuleSource, shape: ScenariosShape) -> Iterator[Scenario]:
    for number, scenario in enumerate(shape.scenarios):
        yield Scenario(scenario, source, ("scenarios", number))


def _unknown(scenario: Scenario, rulebook: Rulebook) -> Iterator[Issue]:
    """Commitments and steps that the rules do not know."""
    for where, key in _named(scenario.shape):
        place = (*scenario.where, *where)
        if key not in rulebook.commitments:
            hint = did_you_mean(key, rulebook.commitments)
            in_key = where[0] == "standing"
            message = f"there is no commitment {key!r}"
            yield scenario.source.issue("unknown_commitment", message, place, hint=hint, key=in_key)
        else:
            yield from _unknown_steps(scenario, where, rulebook.commitments[key].steps)


def _unknown_sources(scenario: Scenario, publishers: Publishers) -> Iterator[Issue]:
    """A source that nobody knows may be meant, for it confirms nothing; one that nearly is a known one hardly is."""
    names = {name for entry in publishers.entries for name in (entry.publisher.name, *entry.aliases)}
    for number, story in enumerate(scenario.shape.stories):
        near = (
            ""
            if publishers.find(story.source, story.url).tier is not Tier.UNKNOWN
            else closest_word(story.source, names, 0.8)
        )
        if near:
            yield scenario.source.issue(
                "unknown_source", f"no publisher {story.source!r} in sources.yaml: it confirms nothing",
                (*scenario.where, "stories", number, "source"), hint=f"did you mean {near!r}?", severity="warning",
            )  # fmt: skip


def _named(shape: ScenarioShape) -> Iterator[tuple[ValuePath, str]]:
    for name in shape.standing:
        yield ("standing", name), name
    parts: dict[str, Iterable[Any]] = {
        "expect": shape.expect, "alerts": shape.alerts, "transitions": shape.transitions, "never": shape.never,
        "quiet": shape.quiet,
    }  # fmt: skip
    for part, items in parts.items():
        for number, item in enumerate(items):
            if item.commitment:
                yield (part, number, "commitment"), item.commitment


def _unknown_steps(scenario: Scenario, where: ValuePath, steps: tuple[str, ...]) -> Iterator[Issue]:
    """Steps that a start or an expectation names and its commitment does not have."""
    part, key = where[:2]
    holder = where if part == "standing" else where[:-1]
    shape = scenario.shape
    named = shape.starts()[str(key)].steps if part == "standing" else []
    if part == "expect":
        named = shape.expect[int(key)].steps or []
    for number, step in enumerate(named):
        if step not in steps:
            place = (*scenario.where, *holder, "steps", number)
            message = f"there is no step {step!r}"
            yield scenario.source.issue("unknown_step", message, place, hint=did_you_mean(step, steps))
