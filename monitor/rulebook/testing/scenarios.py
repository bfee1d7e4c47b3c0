"""Scenarios, rules/<deal>/tests/*.yaml: stories, and the expected verdicts, alerts and changes over virtual time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from monitor.domain.matching.rules import Rulebook
from monitor.domain.model import Cause, Direction, FlagKind, Outlook, Standing, Tier, TransitionKind
from monitor.errors import Issue, RuleError
from monitor.rulebook.load import TESTS, read_rule_file
from monitor.rulebook.schema import models
from monitor.rulebook.source.rule_source import RuleSource, ValuePath, closest_word, did_you_mean

_NAMING = ("expect", "alerts", "transitions", "never", "quiet")
"""Keys of a scenario whose entries name a commitment."""
NonEmptyWord = Annotated[str, Field(min_length=1)]
"""Part of a text; an empty one would match every text."""


@dataclass(frozen=True, slots=True)
class ScenarioTime:
    """A point of virtual time. A bare date means the end of its day."""

    at: datetime
    date_only: bool

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d}" if self.date_only else f"{self.at:%Y-%m-%d %H:%M}"


def parse_scenario_time(value: object) -> ScenarioTime:
    """Reads 2025-11-14, or 2025-11-14T09:30Z; without a zone it is UTC. Raises ValueError with a remedy."""
    if isinstance(value, ScenarioTime):
        return value
    try:
        at = datetime.fromisoformat(value if isinstance(value, str) else "")
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError("write a date such as 2025-11-14, or a time such as 2025-11-14T09:30Z") from error
    return ScenarioTime(at, len(str(value)) == len("2025-11-14"))


_TIME_EXAMPLES = ["2025-11-14", "2025-11-14T09:30Z"]
_TIME_SCHEMA = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}(T.*)?$", "examples": _TIME_EXAMPLES}
ScenarioTimeField = Annotated[ScenarioTime, BeforeValidator(parse_scenario_time), WithJsonSchema(_TIME_SCHEMA)]


class ExpectedFlag(models.RuleShape):
    """One flag. Only given keys are checked."""

    kind: FlagKind = Field(description="unconfirmed, contested, overdue, late, …")
    subject: str | None = Field(None, description="Its subject: a side, a standing, the name of a deadline.")
    detail: NonEmptyWord | None = Field(None, description="Part of its text.")


class ExpectedDeadline(models.RuleShape):
    """One date. Only given keys are checked."""

    day: models.Day = Field(alias="date", description="The day.")
    what: NonEmptyWord | None = Field(None, description="Part of its name.")
    kind: models.DateKind | None = Field(None, description="due or expiry.")
    said_by: models.SaidBy | None = Field(None, description="Who names the date.")
    state: models.DateState | None = Field(None, description="Its state [current or claimed].")


class ExpectedReading(models.RuleShape):
    """One count of a quantity. Only given keys are checked."""

    counter: str = Field(min_length=1, description="Who counts: an official, a statistic, a publisher.")
    amount: models.Amount = Field(description="The amount, or its lower end.")
    up_to: models.Amount | None = Field(None, description="The upper end of a range.")
    basis: str | None = Field(None, description="The basis: booked, shipped, arrived, …")
    period: str | None = Field(None, description="The period: since-deal, calendar-2026, …")


ExpectedFlags = list[FlagKind | ExpectedFlag]


class ExpectShape(models.RuleShape):
    """The expected verdict on one commitment at one time. Only given keys are checked."""

    at: ScenarioTimeField = Field(description="The time; a bare date is the end of its day, with all its stories.")
    commitment: str = Field(description="The id of the commitment.")
    status: Standing | Outlook | None = Field(None, description="The status word.")
    standing: Standing | None = Field(None, description="The standing.")
    outlook: Outlook | None = Field(None, description="The outlook.")
    flags: ExpectedFlags | None = Field(None, description="All its flags, by kind or in full; [] for none.")
    deadline: models.Day | None = Field(None, description="One open date.")
    deadlines: list[ExpectedDeadline] | None = Field(None, description="All open dates; past ones with their state.")
    counted: models.Amount | None = Field(None, description="The amount that counts as done: 2 Mt.")
    readings: list[ExpectedReading] | None = Field(None, description="All current counts, one for each counter.")
    steps: list[str] | None = Field(None, description="All completed steps of a milestone.")
    terms: list[str] | None = Field(None, description="All terms in use, by their names in the rules.")
    why: NonEmptyWord | None = Field(None, description="Part of its reason.")

    _expects_something = models.shape_rule(
        lambda expected: expected.model_fields_set - {"at", "commitment"},
        "add what to expect: status, standing, outlook, flags, deadline, deadlines, counted, readings, steps, "
        "terms or why",
    )


class ChangeShape(models.RuleShape):
    """One change. Only given keys are checked."""

    commitment: str = Field(description="The id of the commitment.")
    on: models.Day | None = Field(None, description="The day of the change, or of its cause, in UTC.")
    kind: TransitionKind = Field(TransitionKind.STATUS, description="What changes.")
    way: Direction | None = Field(None, description="up, down or other.")
    frm: str | None = Field(None, alias="from", description="The word before, such as pledged.")
    to: str | None = Field(None, description="The word after, such as at_risk; for a deadline its date.")
    cause: Cause | None = Field(None, description="news, clock, correction, …")
    standing: Standing | None = Field(None, description="The standing after it.")
    outlook: Outlook | None = Field(None, description="The outlook after it.")
    flags: ExpectedFlags | None = Field(None, description="All flags reported with it; [] for none.")
    quotes: list[NonEmptyWord] = Field([], description="Parts of its reason or of its evidence.")


class QuietShape(models.RuleShape):
    """A time without alerts."""

    commitment: str = Field("", description="Its id [all commitments of the scenario].")
    since: ScenarioTimeField | None = Field(None, description="Its start [the start of the scenario].")
    until: ScenarioTimeField = Field(description="Its end; a bare date is the beginning of its day.")


# ---------------------------------------------------------------- scenarios


class StartShape(models.RuleShape):
    """The initial verdict on one commitment, instead of its baseline."""

    standing: Standing = Field(description="The standing at the start.")
    outlook: Outlook = Field(Outlook.STEADY, description="The outlook at the start.")
    since: models.Day | None = Field(None, description="Start of this standing [the day of the start].")
    steps: list[str] = Field([], description="Completed steps of a milestone.")
    deadlines: list[models.DeadlineShape] = Field([], description="Open dates.")
    unconfirmed: list[str] = Field([], description="Sides that have not confirmed it.")


class StoryShape(models.RuleShape):
    """One story of a scenario. Write it yourself: news text belongs to its publisher."""

    at: ScenarioTimeField = Field(description="Time of publication. A bare date has no time, as in some feeds.")
    source: str = Field(min_length=1, description="The publisher, by a name or domain of sources.yaml.")
    title: str = Field(min_length=1, description="The headline.")
    summary: str = Field("", description="The text below the headline.")
    lang: str = Field("", description="en or zh [by the script of the headline].")
    url: str = Field("", description="Its page. A later story with the same page is a new version.")


class ScenarioShape(models.RuleShape):
    """A real or invented course of events, and the expected results."""

    name: str = Field(min_length=1, description="What it shows, in one sentence.")
    start: ScenarioTimeField = Field(description="Start of the monitor; a bare date is the beginning of its day.")
    standing: dict[str, Standing | StartShape] = Field(
        {}, description="Initial verdicts by commitment [the baselines]."
    )
    stories: list[StoryShape] = Field([], description="The news, in any order.")
    expect: list[ExpectShape] = Field([], description="Verdicts at given times.")
    alerts: list[ChangeShape] = Field(
        [], description="Changes that are sent, in this order for each commitment, with others in between."
    )
    transitions: list[ChangeShape] = Field([], description="Changes that are recorded, sent or not.")
    never: list[ChangeShape] = Field([], description="Changes that are never recorded.")
    nothing_else: models.Flag = Field(False, description="true: no change is sent that `alerts` does not list.")
    quiet: list[QuietShape] = Field([], description="Times without alerts.")

    def starts(self) -> dict[str, StartShape]:
        """The initial verdicts, with bare standings in full form."""
        return {
            name: start if isinstance(start, StartShape) else StartShape(standing=start)
            for name, start in self.standing.items()
        }

    def named(self) -> Iterator[tuple[ValuePath, str]]:
        """Every commitment of the scenario, with its path."""
        for name in self.standing:
            yield ("standing", name), name
        for part in _NAMING:
            for number, entry in enumerate(getattr(self, part)):
                if entry.commitment:
                    yield (part, number, "commitment"), entry.commitment

    @model_validator(mode="after")
    def asks_something(self) -> ScenarioShape:
        if not any(getattr(self, part) for part in (*_NAMING, "nothing_else")):
            raise ValueError("a scenario needs expect, alerts, transitions, never, nothing_else or quiet")
        first, first_day = self.start.at, self.start.at.date()
        for at in (story.at for story in self.stories):
            # A bare date counts as the last moment of its day.
            if at.at.date() < first_day if at.date_only else at.at < first:
                raise ValueError(f"the story of {at} is before the start")
        return self


class ScenariosShape(models.RuleShape):
    """A file of scenarios."""

    scenarios: list[ScenarioShape] = Field(min_length=1, description="Each runs on its own.")


@dataclass(frozen=True, slots=True)
class Scenario:
    """A scenario with its place."""

    shape: ScenarioShape
    source: RuleSource
    where: ValuePath

    @property
    def commitments(self) -> tuple[str, ...]:
        """The commitments that it names. A scenario without any covers all commitments."""
        return tuple(dict.fromkeys(name for _, name in self.shape.named()))

    def line_of(self, *where: str | int) -> int:
        """The line of one of its parts."""
        return self.source.place((*self.where, *where))[0]


def load_scenarios(folder: Path, rulebook: Rulebook) -> tuple[Scenario, ...]:
    """The scenarios of a folder of rules. Raises RuleError with every error found in them."""
    scenarios, issues = check_scenarios(folder, rulebook)
    errors = [issue for issue in issues if issue.severity == "error"]
    if errors:
        raise RuleError(errors, subject=str(folder))
    return scenarios


def check_scenarios(folder: Path, rulebook: Rulebook) -> tuple[tuple[Scenario, ...], tuple[Issue, ...]]:
    """The valid scenarios, and every issue of their files."""
    scenarios: list[Scenario] = []
    issues: list[Issue] = []
    for path in sorted(folder.glob(f"*/{TESTS}/[!.]*.yaml")):
        if (file := read_rule_file(folder, path, ScenariosShape, issues)) is not None:
            source, shape = file
            scenarios += [Scenario(each, source, ("scenarios", number)) for number, each in enumerate(shape.scenarios)]
    for scenario in scenarios:
        issues += _unknown_names(scenario, rulebook)
    return tuple(scenarios), tuple(sorted(issues))


def _unknown_names(scenario: Scenario, rulebook: Rulebook) -> Iterator[Issue]:
    """Issues of unknown commitments, steps and publishers."""
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
    # An unknown source can be intended, as it confirms nothing; a name similar to a known one is most likely a typing
    # error.
    publishers = rulebook.publishers
    names = {name for entry in publishers.entries for name in (entry.publisher.name, *entry.aliases)}
    for number, story in enumerate(scenario.shape.stories):
        if publishers.find(story.source, story.url).tier is not Tier.UNKNOWN:
            continue
        if near := closest_word(story.source, names, 0.8):
            message = f"sources.yaml has no publisher {story.source!r}, so it confirms nothing"
            place = (*scenario.where, "stories", number, "source")
            yield scenario.source.warning("unknown_source", message, place, f"did you mean {near!r}?")
