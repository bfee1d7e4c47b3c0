"""How the program is: what an outside check and a metrics server are told, and when that is no longer well."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from monitor.domain.messages.models import SourceHealth
from monitor.domain.model import Deadline, Verdict
from monitor.domain.text.labels import capitalised, format_time

PAGES_GRACE = timedelta(minutes=10)
"""How far the pages may be behind the data: they are built within seconds, and a large site or a busy machine takes a while."""
ZONE = "UTC"


@dataclass(frozen=True, slots=True)
class Vitals:
    """What the database and the data folder say of the program at `now`.

    troubles: why the program does not do its work, in words without secrets and paths; sources, successes: the health of each polled feed
    and its last good poll (None before the first); polled, read: when a feed was last asked, and when one last answered; decided, changed:
    when a verdict was last decided, and when something on the pages last changed; messages: how many by (channel, state); broken: the
    channels that are out of order; problems: how many things failed by themselves; built: when the pages were made, None without any;
    builds: whether a running monitor keeps them up to date.
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
    rules: str = ""
    program: str = ""
    built: datetime | None = None
    builds: bool = True


def complaints(vitals: Vitals) -> tuple[str, ...]:
    """Why the program is not well, each a sentence without secrets and paths; empty while it is."""
    found = [f"{capitalised(text)}." for text in vitals.troubles]
    if vitals.builds and vitals.built is None:
        found.append("There are no pages yet.")
    elif vitals.builds and vitals.built and vitals.changed and vitals.changed - vitals.built > PAGES_GRACE:
        built, changed = (format_time(moment, ZONE) for moment in (vitals.built, vitals.changed))
        found.append(f"The pages are older than the data: built {built}, data of {changed}.")
    return tuple(found)


def next_deadline(verdict: Verdict, now: datetime) -> Deadline | None:
    """The next date that counts; of dates that have all passed the last one, None without any."""
    current = sorted((d for d in verdict.deadlines if d.state == "current"), key=lambda d: d.date)
    ahead = [deadline for deadline in current if deadline.date >= now.date()]
    return ahead[0] if ahead else current[-1] if current else None
