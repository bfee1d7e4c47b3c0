"""The state of the program for health checks and metrics, and the judgement whether it is healthy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from monitor.domain.messages.briefs import SourceHealth
from monitor.domain.model import Verdict
from monitor.domain.text.labels import capitalised, format_time

PAGES_GRACE = timedelta(minutes=10)
"""How old the pages may be compared to the data. A build takes seconds, or longer on a busy machine."""


@dataclass(frozen=True, slots=True)
class Vitals:
    """The state of the program at `now`, from its database and data folder.

    troubles: serious faults in words, without secrets and paths; sources, successes: health and last good answer of
    each feed; polled, read: the last request to and the last good answer of any feed; decided, changed: the last
    decision and the last change of page content; messages: counts by (channel, state); broken: channels that need
    repair; problems: number of open problems; workers: of a fleet; rescued: their jobs that were lost with them within
    30 days; jobs: those of the engine by state; oldest_job: when the oldest of them was made; built: when the pages
    were built; builds: whether a running monitor builds them.
    """

    now: datetime
    troubles: tuple[str, ...] = ()
    verdicts: Mapping[str, Verdict] = field(default_factory=dict)
    sources: tuple[SourceHealth, ...] = ()
    successes: Mapping[str, datetime | None] = field(default_factory=dict)
    polled: datetime | None = None
    read: datetime | None = None
    decided: datetime | None = None
    changed: datetime | None = None
    messages: Mapping[tuple[str, str], int] = field(default_factory=dict)
    broken: tuple[str, ...] = ()
    problems: int = 0
    workers: int = 0
    rescued: int = 0
    jobs: Mapping[str, int] = field(default_factory=dict)
    oldest_job: datetime | None = None
    rules: str = ""
    program: str = ""
    built: datetime | None = None
    builds: bool = True


def complaints(vitals: Vitals) -> tuple[str, ...]:
    """Why the program is not healthy, each a sentence without secrets and paths; empty if it is."""
    found = [f"{capitalised(text)}." for text in vitals.troubles]
    if vitals.builds and vitals.built is None:
        found.append("There are no pages yet.")
    elif vitals.builds and vitals.built and vitals.changed and vitals.changed - vitals.built > PAGES_GRACE:
        built, changed = (format_time(moment, "UTC") for moment in (vitals.built, vitals.changed))
        found.append(f"The pages are older than the data: built {built}, data of {changed}.")
    return tuple(found)
