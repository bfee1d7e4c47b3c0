"""Mutes: when a person has silenced a commitment, everywhere or in one place, and what a summary says when the mute ends.

A mute whose payload names a route silences that place alone: a reader's own choice (`pipeline.link_actions`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fnmatch import fnmatchcase

from monitor.domain.model import Intervention, Transition
from monitor.domain.model.changes import reached, told_from
from monitor.domain.verdicts.interventions import in_force


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
    """A commitment whose mute has ended. differs: from what was published when it began; recorded: number of changes
    recorded meanwhile; place: the route that was silent, '' for all."""

    commitment: str
    silence: MuteWindow
    differs: tuple[Transition, ...]
    recorded: int
    place: str = ""


def mute_windows(interventions: Iterable[Intervention], commitment: str, place: str = "") -> tuple[MuteWindow, ...]:
    """When a commitment was and will be muted, oldest first; mutes that overlap or adjoin are one window. place: a route, for which
    its own mutes count too; '': those for all places alone."""
    known = tuple(interventions)
    ends = {intervention.subject: intervention.at for intervention in known if intervention.kind == "unmute"}
    here = (
        intervention for intervention in known if intervention.kind == "mute" and intervention.payload in ("", place)
    )
    own = [intervention for intervention in here if fnmatchcase(commitment, intervention.subject)]
    windows: list[MuteWindow] = []
    for mute in sorted(own, key=lambda intervention: (intervention.at, intervention.id)):
        until = min((end for end in (mute.until, ends.get(mute.id)) if end is not None), default=None)
        last = windows[-1] if windows else None
        if last is not None and (last.until is None or mute.at <= last.until):
            end = None if last.until is None or until is None else max(last.until, until)
            windows[-1] = MuteWindow(last.since, end, (*last.mutes, mute))
        else:
            windows.append(MuteWindow(mute.at, until, (mute,)))
    return tuple(windows)


def mute_window_at(
    interventions: Iterable[Intervention], commitment: str, now: datetime, place: str = ""
) -> MuteWindow | None:
    """The window that `now` falls in; None if the commitment is not muted (for this place, where one is given)."""
    return next((window for window in mute_windows(interventions, commitment, place) if window.covers(now)), None)


def mutes_at(interventions: Iterable[Intervention], now: datetime) -> tuple[Intervention, ...]:
    """The mutes that are in force."""
    left = in_force(interventions, "mute", "unmute")
    return tuple(
        intervention
        for intervention in left
        if intervention.at <= now and (intervention.until is None or now < intervention.until)
    )


def last_ended_mute(
    interventions: Iterable[Intervention], commitment: str, after: datetime, now: datetime, place: str = ""
) -> MuteWindow | None:
    """The last window that ended after `after` and by `now`; None if there is none or the commitment is muted again."""
    known = tuple(interventions)
    ended = [w for w in mute_windows(known, commitment, place) if w.until is not None and after < w.until <= now]
    return ended[-1] if ended and mute_window_at(known, commitment, now, place) is None else None


def last_ended_mutes(
    interventions: Sequence[Intervention], commitment: str, after: datetime, now: datetime
) -> dict[str, MuteWindow]:
    """By place ('' for all): the window that ended after `after` and by `now`. A place stands here only where a mute of its own
    was part of it."""
    places = dict.fromkeys(
        intervention.payload for intervention in interventions if intervention.kind == "mute" and intervention.payload
    )
    ended = {place: last_ended_mute(interventions, commitment, after, now, place) for place in ("", *places)}
    return {
        place: window
        for place, window in ended.items()
        if window is not None and any(intervention.payload == place for intervention in window.mutes)
    }


def restore_transition(net: Transition, recorded: Sequence[Transition]) -> Transition:
    """What differs after a mute, as the last recorded change that led to it; unchanged if there was none."""
    end = (net.kind, reached(net.change))
    alike = [t for t in recorded if (t.kind, reached(t.change)) == end]
    same = [t for t in alike if t.flags[:1] == net.flags[:1]] or alike
    if not same:
        return net
    change = told_from(net.change, same[-1].change)
    return replace(same[-1], change=change, way=net.way, severity=net.severity, outlook_only=net.outlook_only)
