"""Recipients: the commitments of a route, its unsubscribed addresses, and its quiet hours."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime, time, timedelta
from fnmatch import fnmatchcase
from zoneinfo import ZoneInfo

from monitor.domain.model import Commitment, Intervention, Route, route_config_name
from monitor.domain.verdicts.interventions import in_force

UNSUBSCRIBE, RESUBSCRIBE = "unsubscribe", "resubscribe"
"""Kinds of interventions. The subject of the first is a `membership`, the subject of the second is the first."""


def subscribes_to(route: Route, commitment: str, declared: Mapping[str, Commitment]) -> bool:
    """Whether the route names the commitment: by its id, a pattern such as 'soybean-*', '*', the id of its parent, or
    that of its deal.

    Only an id that the rules declare (`declared`) has parts.
    """
    own = declared.get(commitment)
    return any(
        fnmatchcase(commitment, wanted)
        or (wanted in declared and commitment.startswith(f"{wanted}-"))
        or (own is not None and wanted == own.deal)
        for wanted in route.commitments
    )


def family_of(commitment: str, declared: Collection[str]) -> str:
    """The commitment or its outermost parent: the shortest declared id that equals or begins its id."""
    parents = (name for name in declared if commitment == name or commitment.startswith(f"{name}-"))
    return min(parents, key=len, default=commitment)


def membership(route: str, to: str) -> str:
    """An address within a route: 'desk/ann@company.org'. Order and letter case of addresses do not matter."""
    return f"{route_config_name(route)}/{to.casefold()}"


def unsubscribed(interventions: Iterable[Intervention]) -> dict[str, Intervention]:
    """By membership: the unsubscriptions that no later intervention has undone."""
    left = in_force(interventions, UNSUBSCRIBE, RESUBSCRIBE)
    return {intervention.subject: intervention for intervention in left}


def subscribed(routes: Iterable[Route], interventions: Iterable[Intervention]) -> tuple[Route, ...]:
    """The routes without unsubscribed addresses."""
    left = unsubscribed(interventions)
    return tuple(route for route in routes if membership(route.name, route.to) not in left)


def quiet_until(route: Route, now: datetime) -> datetime | None:
    """The end of the quiet hours around `now`, in the recipient's zone; None outside them.

    When the clocks go back, that end may come twice: the first one after `now` counts.
    """
    if route.quiet is None:
        return None
    zone = ZoneInfo(route.zone)
    local = now.astimezone(zone)
    start, end = (time.fromisoformat(text) for text in route.quiet)
    clock = local.time().replace(tzinfo=None)
    inside = start <= clock < end if start < end else clock >= start or clock < end
    if not inside:
        return None
    days = (local.date(), local.date() + timedelta(days=1))
    ends = (_local_to_utc(datetime.combine(day, end, zone).replace(fold=fold)) for day in days for fold in (0, 1))
    # Compared in UTC: Python compares two times of one zone by their clock faces, whichever of the two hours it is.
    return min(moment for moment in ends if moment > now.astimezone(UTC)).astimezone(now.tzinfo)


def evening_of(route: Route, now: datetime, at: time) -> datetime | None:
    """Today at this time in the recipient's zone, or after the quiet hours around it; None if that has passed."""
    zone = ZoneInfo(route.zone)
    moment = _local_to_utc(datetime.combine(now.astimezone(zone).date(), at, zone)).astimezone(now.tzinfo)
    return (quiet_until(route, moment) or moment) if moment > now else None


def _local_to_utc(local: datetime) -> datetime:
    """A local time in UTC; for a time that the clocks skip, the first moment after it that they show."""
    moment = local.astimezone(UTC)
    if moment.astimezone(local.tzinfo).replace(tzinfo=None) == local.replace(tzinfo=None):
        return moment
    return _local_to_utc(local.replace(fold=0) + timedelta(minutes=1))
