"""Routes, their digest schedules, and the messages to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from monitor.domain.model.enums import Severity
from monitor.domain.model.verdicts import Transition


@dataclass(frozen=True, slots=True)
class Route:
    """A recipient. quiet: (from, to) as 'HH:MM' in zone. tell: changes and the most important events, or every event of
    note. approval: its messages, but no notices, wait for an editor. is_owner: its messages name commands, rules and
    ids."""

    name: str
    channel: str
    to: str
    commitments: tuple[str, ...] = ("*",)
    least_severity: Severity = Severity.NOTABLE
    zone: str = "UTC"
    quiet: tuple[str, str] | None = None
    digest: Cadence | None = None
    tell: Literal["changes", "events"] = "changes"
    approval: bool = False
    is_owner: bool = False

    @property
    def config_name(self) -> str:
        return route_config_name(self.name)


def route_config_name(route: str) -> str:
    """A route's name in config.toml: a further mail address of 'desk' is its own route, 'desk/boss@company.org'."""
    return route.partition("/")[0]


NOTICE = "notice"
"""The kind of a message about the program itself."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message to one route. id: the same whenever it is computed from the same transitions. kind: alert,
    confirmation, correction, summary (released after quiet hours), digest. held: waits for a person, because a rule
    edit caused it or the route has approval."""

    id: str
    kind: str
    route: str
    channel: str
    to: str
    transitions: tuple[Transition, ...]
    commitment: str
    at: datetime
    not_before: datetime | None = None
    held: bool = False
    note: str = ""
    supporting: tuple[str, ...] = ()
    """Further signals that report the same as the evidence of the changes."""


Frequency = Literal["day", "week", "fortnight", "month"]
DAY = timedelta(days=1)
FORTNIGHT_EPOCH = date(2026, 1, 5)
"""The Monday that fortnights count from: a fixed one, so that a restart or a new year never shifts them."""


@dataclass(frozen=True, slots=True)
class Cadence:
    """day: the weekday (Monday is 0), or of a monthly digest the day of the month (1-28); hour: 'HH:MM'."""

    every: Frequency
    day: int
    hour: str

    def falls_on(self, day: date) -> bool:
        """Whether a digest is due on this day."""
        if self.every == "day":
            return True
        if self.every == "month":
            return day.day == self.day
        even_week = (day - FORTNIGHT_EPOCH).days // 7 % 2 == 0
        return day.weekday() == self.day and (self.every == "week" or even_week)

    def latest(self, day: date) -> date:
        """The last day of a digest up to `day`."""
        while not self.falls_on(day):
            day -= DAY
        return day

    def following(self, day: date) -> date:
        """The first day of a digest after `day`."""
        day += DAY
        while not self.falls_on(day):
            day += DAY
        return day
