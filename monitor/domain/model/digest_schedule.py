"""The days on which a digest is due. Hours and time zones are added where a zone is known (`pipeline.digests`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Frequency = Literal["day", "week", "fortnight", "month"]

DAY = timedelta(days=1)
FORTNIGHT_EPOCH = date(2026, 1, 5)
"""The Monday that fortnights count from: a fixed one, so that a restart or a new year never shifts them."""


@dataclass(frozen=True, slots=True)
class Cadence:
    """day: the weekday (Monday is 0) of a weekly or fortnightly digest, the day of the month (1-28) of a monthly one;
    hour: 'HH:MM'."""

    every: Frequency
    day: int
    hour: str

    def falls_on(self, day: date) -> bool:
        """Tell whether a digest is due on this day."""
        if self.every == "day":
            return True
        if self.every == "month":
            return day.day == self.day
        even_week = (day - FORTNIGHT_EPOCH).days // 7 % 2 == 0
        return day.weekday() == self.day and (self.every == "week" or even_week)

    def latest(self, day: date) -> date:
        """Return the last day of a digest up to `day`."""
        while not self.falls_on(day):
            day -= DAY
        return day

    def following(self, day: date) -> date:
        """Return the first day of a digest after `day`."""
        day += DAY
        while not self.falls_on(day):
            day += DAY
        return day
