"""The wording of messages: statuses, sides, dates, amounts and the first line, each in one place."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from monitor.domain.model import Standing, day_of
from monitor.domain.model.changes import whole_percent
from monitor.domain.model.sides import SIDES
from monitor.domain.text.plain import one_line

FLAG_LABELS = {
    "unconfirmed": "unconfirmed",
    "contested": "contested",
    "overdue": "overdue",
    "late": "late",
    "behind_pace": "behind pace",
    "stale": "no news",
    "pinned": "pinned",
}

STATUS_LABELS = {Standing.UNPLEDGED.value: "not yet pledged"}
"""Statuses whose key is no word that people use."""

ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


# ---------------------------------------------------------------- text from outside


# ---------------------------------------------------------------- status, sides, dates


def label_of(key: str) -> str:
    """A status key, a flag or an ISO date as people write it: 'at_risk' -> 'at risk', '2026-11-10' -> '10 Nov 2026'."""
    if ISO_DATE.fullmatch(key):
        return format_date(date.fromisoformat(key))
    return STATUS_LABELS.get(key) or one_line(key.replace("_", " "), 120)


def status_caps(key: str) -> str:
    return label_of(key).upper()


def format_date(value: date) -> str:
    return f"{value.day} {value:%b %Y}"


def zone_or_utc(name: str) -> tzinfo:
    """The zone by its IANA name, UTC when there is no such zone (configuration checks names long before)."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def format_time(at: datetime, zone: str) -> str:
    """'24 Nov 2026 08:00 CST' in the reader's zone."""
    local = at.astimezone(zone_or_utc(zone))
    name = local.tzname() or "UTC"
    shown = f"UTC{name}" if name[0] in "+-" else name
    return f"{format_date(local.date())} {local:%H:%M} {shown}"


def local_day(at: datetime, zone: str) -> date:
    """The day in a zone; a bare date has no zone."""
    return day_of(at, zone_or_utc(zone))


def format_when(at: datetime, zone: str) -> str:
    """When something happened, in the reader's zone; the day alone where the publisher gave no more."""
    whole_day = (at.second, at.microsecond) == (59, 999999)
    return format_date(day_of(at)) if whole_day else format_time(at, zone)


def days_left_text(left: int) -> str:
    if left == 0:
        return "today"
    count = f"{abs(left)} day{'s' if abs(left) != 1 else ''}"
    return f"in {count}" if left > 0 else f"{count} ago"


def side_long_name(key: str) -> str:
    return SIDES[key].name if key in SIDES else one_line(key, 60)


PLURAL_NAMES = frozenset({"officials", "counts", "sides", "data", "figures", "statistics", "press"})
"""Last words of names that stand for many voices."""


def conjugated(name: str, verb: str = "say") -> str:
    """'says'; 'say' for many voices under one name. So for any other verb that only takes an s."""
    return verb if name.rpartition(" ")[2] in PLURAL_NAMES else f"{verb}s"


def capitalised(text: str) -> str:
    """`text` with a capital at its beginning."""
    return text[:1].upper() + text[1:]


def join_list(items: Sequence[str]) -> str:
    """'a', 'a and b', 'a, b and c'."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


def join_few(names: Sequence[str], most: int = 4) -> str:
    """'a, b and c'; of more than `most`, 'a, b, c and 9 others'."""
    shown = most - 1 if len(names) > most else len(names)
    return join_list((*names[:shown], f"{len(names) - shown} others") if shown < len(names) else names)


def counter_name(key: str) -> str:
    """A counter beside its count: a side by its short name, an agency as it is called."""
    return SIDES[key].label if key in SIDES else one_line(key, 40)


def pluralised(number: int, noun: str, plural: str = "") -> str:
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


# ---------------------------------------------------------------- amounts

UNIT_SCALES = {
    "t": ((1e9, "Gt"), (1e6, "Mt"), (1e3, "kt"), (1.0, "t")),
    "usd": ((1e12, "tn"), (1e9, "bn"), (1e6, "m"), (1.0, "")),
}
UNIT_NAMES = {
    "t": "t", "tonne": "t", "tonnes": "t", "ton": "t",
    "usd": "usd", "dollar": "usd", "dollars": "usd", "$": "usd",
    "percent": "%", "%": "%",
}  # fmt: skip


def _scale(value: float, unit: str) -> tuple[float, str]:
    steps = UNIT_SCALES[unit]
    return next(((size, name) for size, name in steps if abs(value) >= size), steps[-1])


def _number(value: float) -> str:
    return f"{value:,.1f}".removesuffix(".0") if abs(value) < 1000 else f"{value:,.0f}"


def format_amount(value: float, unit: str, *, like: float | None = None, bare: bool = False) -> str:
    """An amount in base units, as printed: '8.5 Mt', '$1.2bn', '12%'. `like` fixes the scale; `bare` drops the unit."""
    known = UNIT_NAMES.get(unit.lower(), unit)
    if known not in UNIT_SCALES:
        tail = "%" if known == "%" else f" {known}".rstrip()
        return _number(value) + ("" if bare else tail)
    size, name = _scale(value if like is None else like, known)
    number = _number(value / size)
    if bare:
        return number
    return f"${number}{name}" if known == "usd" else f"{number} {name}"


def format_amount_range(low: float, high: float, unit: str) -> str:
    """Two amounts with their unit once: '8-10 Mt', '$8-10bn'; each with its own where they are far apart: '332 kt-2 Mt'."""
    most, own = format_amount(high, unit), format_amount(low, unit)
    least = format_amount(low, unit, like=high, bare=True)
    if low and own != format_amount(low, unit, like=high):
        return f"{own}-{most}"
    return f"${least}-{most[1:]}" if most.startswith("$") else f"{least}-{most}"


def format_percent(share: float) -> str:
    """Whole percent, rounded down, so that 100% is never shown before it is true."""
    return f"{whole_percent(share)}%"


# ---------------------------------------------------------------- first line and route
