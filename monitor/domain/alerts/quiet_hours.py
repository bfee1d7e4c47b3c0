"""Quiet hours of a route: until when a message waits."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from monitor.domain.model import Route


def quiet_until(route: Route, now: datetime) -> datetime | None:
    """The end of the quiet hours that `now` falls in, in the recipient's zone; None outside them.

    Where the clocks go back, the end may come twice: the first one after `now` counts.
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


def _local_to_utc(local: datetime) -> datetime:
    """A local time in UTC; for one that the clocks skip, the first moment after it that they show."""
    moment = local.astimezone(UTC)
    if moment.astimezone(local.tzinfo).replace(tzinfo=None) == local.replace(tzinfo=None):
        return moment
    return _local_to_utc(local.replace(fold=0) + timedelta(minutes=1))
