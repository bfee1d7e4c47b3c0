"""Mutes: when a person has silenced a commitment, and the changes to report when the mute ends."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fnmatch import fnmatchcase

from monitor.domain.model import Intervention, Transition
from monitor.domain.model.changes import joined, reached
from monitor.domain.verdicts.interventions import in_force

MUTE_FOR = timedelta(days=7)
"""How long a mute lasts, unless its author says otherwise."""


@dataclass(frozen=True, slots=True)
class MuteWindow:
    """A time without a gap in which mutes covered a commitment. until: None while no end is set."""

    since: datetime
    until: datetime | None
    mutes: tuple[Intervention, ...]

    def covers(self, moment: datetime) -> bool:
        return self.since <= moment and (self.until is None or moment < self.until)


@dataclass(frozen=True, slots=True)
class MuteSummary:
    """A commitment whose mute has ended. differs: the changes since it began; recorded: their number during it."""

    commitment: str
    window: MuteWindow
    differs: tuple[Transition, ...]
    recorded: int


def mute_windows(interventions: Iterable[Intervention], commitment: str) -> tuple[MuteWindow, ...]:
    """When a commitment was and will be muted, oldest first; mutes that overlap or adjoin are one window."""
    known = tuple(interventions)
    ends = {intervention.subject: intervention.at for intervention in known if intervention.kind == "unmute"}
    own = (mute for mute in known if mute.kind == "mute" and fnmatchcase(commitment, mute.subject))
    windows: list[MuteWindow] = []
    for mute in sorted(own, key=lambda mute: (mute.at, mute.id)):
        until = min((end for end in (mute.until, ends.get(mute.id)) if end is not None), default=None)
        last = windows[-1] if windows else None
        if last is not None and (last.until is None or mute.at <= last.until):
            end = None if last.until is None or until is None else max(last.until, until)
            windows[-1] = MuteWindow(last.since, end, (*last.mutes, mute))
        else:
            windows.append(MuteWindow(mute.at, until, (mute,)))
    return tuple(windows)


def mute_window_at(interventions: Iterable[Intervention], commitment: str, now: datetime) -> MuteWindow | None:
    """The window around `now`; None if the commitment is not muted."""
    return next((window for window in mute_windows(interventions, commitment) if window.covers(now)), None)


def mutes_at(interventions: Iterable[Intervention], now: datetime) -> tuple[Intervention, ...]:
    """The mutes in force."""
    left = in_force(interventions, "mute", "unmute")
    return tuple(mute for mute in left if mute.at <= now and (mute.until is None or now < mute.until))


def last_ended_mute(
    interventions: Iterable[Intervention], commitment: str, after: datetime, now: datetime
) -> MuteWindow | None:
    """The last window that ended after `after` and by `now`; None if there is none or the commitment is muted again."""
    windows = mute_windows(interventions, commitment)
    ended = [window for window in windows if window.until is not None and after < window.until <= now]
    return ended[-1] if ended and not any(window.covers(now) for window in windows) else None


def as_recorded(net: Transition, recorded: Sequence[Transition]) -> Transition:
    """A net change over a mute, as the last recorded change that led to it; unchanged if there was none."""
    end = (net.kind, reached(net.change))
    alike = [t for t in recorded if (t.kind, reached(t.change)) == end]
    same = [t for t in alike if t.flags[:1] == net.flags[:1]] or alike
    if not same:
        return net
    change = joined(net.change, same[-1].change)
    return replace(same[-1], change=change, way=net.way, severity=net.severity, outlook_only=net.outlook_only)
