"""What a scenario may expect: where commitments stand at a moment, and the changes that are sent, recorded or must not come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from monitor.domain.model import Cause, Direction, FlagKind, Outlook, Standing, TransitionKind
from monitor.rulebook.schema.models import DateKind, DateState, SaidBy, Tonnage
from monitor.rulebook.schema.rule_shape import RuleShape

NonEmptyWord = Annotated[str, Field(min_length=1)]
"""A piece of text; nothing at all would stand everywhere."""


@dataclass(frozen=True, slots=True)
class ScenarioTime:
    """A point of virtual time. A bare date is the end of its day."""

    at: datetime
    date_only: bool

    def before(self, other: ScenarioTime) -> bool:
        """Whether it lies before another. A bare date counts as the latest moment of its day."""
        return self.at.date() < other.at.date() if self.date_only else self.at < other.at

    def iso(self) -> str:
        """The moment as story lines write it."""
        return self.at.date().isoformat() if self.date_only else self.at.isoformat()

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d}" if self.date_only else f"{self.at:%Y-%m-%d %H:%M}"


def parse_scenario_time(value: object) -> ScenarioTime:
    """Read 2025-11-14, or 2025-11-14T09:30Z; without a zone it is UTC. Raises ValueError with a remedy."""
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


class ExpectedFlag(RuleShape):
    """One flag, with what is known of it. Only what is written is checked."""

    kind: FlagKind = Field(description="unconfirmed, contested, overdue, late, …")
    subject: str | None = Field(None, description="What it is about: a side, a standing, the name of a deadline.")
    detail: NonEmptyWord | None = Field(None, description="Words that stand in what it says.")


class ExpectedDeadline(RuleShape):
    """One date, with what is known of it. Only what is written is checked."""

    day: date = Field(alias="date", description="The day.")
    what: NonEmptyWord | None = Field(None, description="Words that stand in its name.")
    kind: DateKind | None = Field(None, description="due or expiry.")
    said_by: SaidBy | None = Field(
        None, description="Who stands behind the date: one of these, or a party of the deal."
    )
    state: DateState | None = Field(None, description="How the date stands; current or claimed, if left out.")


class ExpectedReading(RuleShape):
    """One count of a quantity. Only what is written is checked."""

    counter: str = Field(min_length=1, description="Who counts: an official, a statistic, a publisher.")
    amount: Tonnage = Field(description="How much, or the lower end of it.")
    up_to: Tonnage | None = Field(None, description="The upper end, where a range is told.")
    basis: str | None = Field(None, description="What is counted: booked, shipped, arrived, …")
    period: str | None = Field(None, description="The time that it counts: since-deal, calendar-2026, …")


ExpectedFlags = list[FlagKind | ExpectedFlag]


class ExpectShape(RuleShape):
    """What is known of one commitment at one moment. Only what is written is checked."""

    at: ScenarioTimeField = Field(
        description="A bare date is the end of its day, with all stories of that day read and weighed."
    )
    commitment: str = Field(description="The id of the commitment.")
    status: Standing | Outlook | None = Field(None, description="The one word that people read.")
    standing: Standing | None = Field(None, description="What has been reached.")
    outlook: Outlook | None = Field(None, description="What is to be feared: steady, at_risk or stalled.")
    flags: ExpectedFlags | None = Field(
        None, description="Its flags, all of them, by kind or with their subject; [] for none."
    )
    deadline: date | None = Field(None, description="A date that hangs over it then, current or claimed.")
    deadlines: list[ExpectedDeadline] | None = Field(
        None, description="All dates that hang over it then, and any that are over if they are named with their state."
    )
    counted: Tonnage | None = Field(None, description="How much of a quantity counts as done, such as 2 Mt.")
    readings: list[ExpectedReading] | None = Field(
        None, description="The counts that stand side by side, all of them, one for each counter."
    )
    steps: list[str] | None = Field(None, description="The steps of a milestone that are done, all of them.")
    terms: list[str] | None = Field(None, description="The terms in use, as rules name them, all of them.")
    why: NonEmptyWord | None = Field(None, description="Words that stand in the reason it gives.")

    @model_validator(mode="after")
    def expects_something(self) -> ExpectShape:
        if not self.model_fields_set - {"at", "commitment"}:
            words = "status, standing, outlook, flags, deadline, deadlines, counted, readings, steps, terms or why"
            raise ValueError(f"say what to expect: {words}")
        return self


class ChangeShape(RuleShape):
    """One change. Only what is written is checked."""

    commitment: str = Field(description="The id of the commitment.")
    on: date | None = Field(None, description="The day of the change, or of what made it, in UTC.")
    kind: TransitionKind = Field(TransitionKind.STATUS, description="What changes; the status, if left out.")
    way: Direction | None = Field(None, description="up, down or other.")
    frm: str | None = Field(None, alias="from", description="The word before, such as pledged.")
    to: str | None = Field(None, description="The word after, such as at_risk; for a deadline its date.")
    cause: Cause | None = Field(None, description="news, clock, correction, …")
    standing: Standing | None = Field(None, description="What has been reached after it.")
    outlook: Outlook | None = Field(None, description="What is to be feared after it.")
    flags: ExpectedFlags | None = Field(None, description="The flags that are told with it, all of them; [] for none.")
    quotes: list[NonEmptyWord] = Field(
        [], description="Words, each of which stands in its reason or in a sentence behind it."
    )


class QuietShape(RuleShape):
    """A time in which nothing is told."""

    commitment: str = Field("", description="Its id; every commitment that the scenario names, if left out.")
    since: ScenarioTimeField | None = Field(None, description="From when on; from the start, if left out.")
    until: ScenarioTimeField = Field(description="Until when; a bare date is the beginning of its day.")
