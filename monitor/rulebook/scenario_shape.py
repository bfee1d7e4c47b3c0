"""Scenarios, rules/tests/*.yaml: the shape of stories and expectations over virtual time, and the files read with located issues."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from monitor.domain.model import Baseline, Cause, FlagKind, Outlook, Standing, Tier, TransitionKind, Way
from monitor.domain.rules import Publishers, Rulebook
from monitor.errors import Issue, RuleError
from monitor.rulebook.commitments import baseline_of
from monitor.rulebook.load import TESTS, yaml_files
from monitor.rulebook.places import Source, Where, did_you_mean, nearest, read_source
from monitor.rulebook.schema import BaselineShape, DeadlineShape, Shape, Tonnage
from monitor.rulebook.validate import validated


@dataclass(frozen=True, slots=True)
class Moment:
    """A point of virtual time. A bare date is the end of its day."""

    at: datetime
    date_only: bool

    def before(self, other: Moment) -> bool:
        """Whether it lies before another, however late in its day a bare date may be."""
        return self.at.date() < other.at.date() if self.date_only else self.at < other.at

    def iso(self) -> str:
        """The moment as story lines write it."""
        return self.at.date().isoformat() if self.date_only else self.at.isoformat()

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d}" if self.date_only else f"{self.at:%Y-%m-%d %H:%M}"


def read_moment(value: object) -> Moment:
    """Read 2025-11-14, or 2025-11-14T09:30Z; without a zone it is UTC. Raises ValueError with a remedy."""
    if isinstance(value, Moment):
        return value
    try:
        at = datetime.fromisoformat(value if isinstance(value, str) else "")
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError("write a date such as 2025-11-14, or a time such as 2025-11-14T09:30Z") from error
    return Moment(at, len(str(value)) == len("2025-11-14"))


When = Annotated[
    Moment, BeforeValidator(read_moment),
    WithJsonSchema({"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}(T.*)?$", "examples": ["2025-11-14", "2025-11-14T09:30Z"]}),
]  # fmt: skip


class StartShape(Shape):
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


class StoryShape(Shape):
    """One story of a scenario. Write it yourself: news text belongs to its publisher."""

    at: When = Field(
        description="When it is published. A bare date is some time of that day, where the publisher is, as in feeds that give no time."
    )
    source: str = Field(min_length=1, description="The publisher, by a name or domain of sources.yaml.")
    title: str = Field(min_length=1, description="The headline.")
    summary: str = Field("", description="The text under the headline.")
    lang: str = Field("", description="en or zh; seen from the headline, if left out.")
    url: str = Field("", description="Its page. A second story with the same page is a new version of the first.")


class ExpectShape(Shape):
    """What is known of one commitment at one moment. Only what is written is checked."""

    at: When = Field(description="A bare date is the end of its day, with all stories of that day read and weighed.")
    commitment: str = Field(description="The id of the commitment.")
    status: Standing | Outlook | None = Field(None, description="The one word that people read.")
    standing: Standing | None = Field(None, description="What has been reached.")
    outlook: Outlook | None = Field(None, description="What is to be feared: steady, at_risk or stalled.")
    flags: list[FlagKind] | None = Field(None, description="The kinds of its flags, all of them; [] for none.")
    deadline: date | None = Field(None, description="A date that hangs over it then, current or claimed.")
    counted: Tonnage | None = Field(None, description="How much of a quantity counts as done, such as 2 Mt.")

    @model_validator(mode="after")
    def expects_something(self) -> ExpectShape:
        if not self.model_fields_set - {"at", "commitment"}:
            raise ValueError("say what to expect: status, standing, outlook, flags, deadline or counted")
        return self


class ChangeShape(Shape):
    """One change. Only what is written is checked."""

    commitment: str = Field(description="The id of the commitment.")
    on: date | None = Field(None, description="The day of the change, or of what made it, in UTC.")
    kind: TransitionKind = Field(TransitionKind.STATUS, description="What changes; the status, if left out.")
    way: Way | None = Field(None, description="up, down or other.")
    frm: str | None = Field(None, alias="from", description="The word before, such as pledged.")
    to: str | None = Field(None, description="The word after, such as at_risk; for a deadline its date.")
    cause: Cause | None = Field(None, description="news, clock, correction, …")


class QuietShape(Shape):
    """A time in which nothing is told."""

    commitment: str = Field("", description="Its id; every commitment that the scenario names, if left out.")
    since: When | None = Field(None, description="From when on; from the start, if left out.")
    until: When = Field(description="Until when; a bare date is the beginning of its day.")


class ScenarioShape(Shape):
    """A made-up or real course of events, and what the program must make of it."""

    name: str = Field(min_length=1, description="What the scenario shows, in one sentence.")
    start: When = Field(description="When the monitor starts; a bare date is the beginning of its day.")
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
    quiet: list[QuietShape] = Field([], description="Times in which nothing is told.")
    quiet_until: When | None = Field(
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
        if not (self.expect or self.alerts or self.transitions or self.quiet or self.quiet_until):
            raise ValueError("a scenario needs expect, alerts, transitions, quiet or quiet_until")
        early = next((story for story in self.stories if story.at.before(self.start)), None)
        if early is not None:
            raise ValueError(f"the story of {early.at} lies before the start")
        return self


class ScenariosShape(Shape):
    """A file of rules/tests."""

    scenarios: list[ScenarioShape] = Field(min_length=1, description="Each is played on its own.")


@dataclass(frozen=True, slots=True)
class Scenario:
    """A scenario with its place in its file."""

    shape: ScenarioShape
    source: Source
    where: Where

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
            *shape.expect, *shape.alerts, *shape.transitions, *shape.quiet,
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
            shape, faults = validated(source, ScenariosShape)
            issues += faults
            found += _scenarios(source, shape) if shape is not None else []
    for scenario in found:
        issues += (*_unknown(scenario, rulebook), *_mistyped_sources(scenario, rulebook.publishers))
    return tuple(found), tuple(sorted(issues))


def _scenarios(source: Source, shape: ScenariosShape) -> Iterator[Scenario]:
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
        elif where[0] == "standing":
            yield from _unknown_steps(scenario, place, rulebook.commitments[key].steps)


def _mistyped_sources(scenario: Scenario, publishers: Publishers) -> Iterator[Issue]:
    """A source that nobody knows may be meant, for it confirms nothing; one that nearly is a known one hardly is."""
    names = {name for entry in publishers.entries for name in (entry.publisher.name, *entry.aliases)}
    for number, story in enumerate(scenario.shape.stories):
        near = (
            ""
            if publishers.find(story.source, story.url).tier is not Tier.UNKNOWN
            else nearest(story.source, names, 0.8)
        )
        if near:
            yield scenario.source.issue(
                "unknown_source", f"no publisher {story.source!r} in sources.yaml: it confirms nothing",
                (*scenario.where, "stories", number, "source"), hint=f"did you mean {near!r}?", severity="warning",
            )  # fmt: skip


def _named(shape: ScenarioShape) -> Iterator[tuple[Where, str]]:
    for name in shape.standing:
        yield ("standing", name), name
    parts: dict[str, Iterable[Any]] = {
        "expect": shape.expect, "alerts": shape.alerts, "transitions": shape.transitions, "quiet": shape.quiet,
    }  # fmt: skip
    for part, items in parts.items():
        for number, item in enumerate(items):
            if item.commitment:
                yield (part, number, "commitment"), item.commitment


def _unknown_steps(scenario: Scenario, place: Where, steps: tuple[str, ...]) -> Iterator[Issue]:
    for number, step in enumerate(scenario.shape.starts()[str(place[-1])].steps):
        if step not in steps:
            where = (*place, "steps", number)
            message = f"there is no step {step!r}"
            yield scenario.source.issue("unknown_step", message, where, hint=did_you_mean(step, steps))
