"""How messages print single values: statuses, sides, dates, lists, numbers and amounts, each in one form."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from monitor.domain.model import Standing, day_of
from monitor.domain.model.changes import whole_percent
from monitor.domain.model.sides import SIDES
from monitor.domain.text.inflection import agreeing
from monitor.domain.text.plain import one_line

FLAG_LABELS = {flag: flag for flag in ("unconfirmed", "contested", "overdue", "late", "pinned", "unchecked")}
FLAG_LABELS |= {"behind_pace": "behind pace", "stale": "no news"}

STATUS_LABELS = {Standing.UNPLEDGED.value: "not yet pledged"}
"""Statuses whose key is no word that people use."""

ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def label_of(key: str) -> str:
    """Print a status key, a flag or an ISO date: 'at_risk' -> 'at risk', '2026-11-10' -> '10 Nov 2026'."""
    if ISO_DATE.fullmatch(key):
        return format_date(date.fromisoformat(key))
    return STATUS_LABELS.get(key) or one_line(key.replace("_", " "), 120)


def status_caps(key: str) -> str:
    return label_of(key).upper()


def format_date(value: date) -> str:
    return f"{value.day} {value:%b %Y}"


def zone_or_utc(name: str) -> tzinfo:
    """Return the zone of an IANA name; UTC if there is no such zone (the configuration is checked earlier)."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def format_time(at: datetime, zone: str) -> str:
    """Print a time as '24 Nov 2026 08:00 CST' in the reader's zone."""
    local = at.astimezone(zone_or_utc(zone))
    name = local.tzname() or "UTC"
    shown = f"UTC{name}" if name[0] in "+-" else name
    return f"{format_date(local.date())} {local:%H:%M} {shown}"


def local_day(at: datetime, zone: str) -> date:
    """Return the day in a zone; a bare date is the same day everywhere."""
    return day_of(at, zone_or_utc(zone))


def moment_day(at: datetime, zone: str) -> date:
    """Return the day of a moment in a zone, at midnight UTC too."""
    return at.astimezone(zone_or_utc(zone)).date()


def format_when(at: datetime, zone: str) -> str:
    """Print when something happened, in the reader's zone; the day alone where the publisher gave no time."""
    whole_day = (at.second, at.microsecond) == (59, 999999)
    return format_date(day_of(at)) if whole_day else format_time(at, zone)


def format_span(span: timedelta) -> str:
    """A length of time in the unit that people would use: '45 s', '15 min', '6 h', '4 days'."""
    seconds = round(span.total_seconds())
    minutes, hours = round(seconds / 60), round(seconds / 3600)
    if seconds < 90:
        return f"{seconds} s"
    if minutes < 120 and minutes != 60:
        return f"{minutes} min"
    return f"{hours} h" if hours < 48 else pluralised(round(seconds / 86_400), "day")


PLURAL_NAMES = frozenset({"officials", "counts", "sides", "data", "figures", "statistics", "press"})
"""Last words of names that take a plural verb."""


def conjugated(name: str, verb: str = "say") -> str:
    """Return the verb of a speaker: 'says', or 'say' for a plural name and for two offices of one text."""
    return agreeing(verb, plural=" and " in name or name.rpartition(" ")[2] in PLURAL_NAMES)


def capitalised(text: str) -> str:
    """Return `text` with a capital at its beginning; the rest stays."""
    return text[:1].upper() + text[1:]


_OPENERS = (
    "a after all an another as at back before both by counted deadline due each end in it its met new no nobody not"
    " now on one only our progress reported state step still terms that the there these they this those traders' two"
    " until was we what when where"
)
OPENERS = frozenset(_OPENERS.split())
"""Words that take a capital only because a sentence begins with them."""


def decapitalised(text: str) -> str:
    """Return `text` fit to go on within a sentence: 'Was met' -> 'was met'; 'China' keeps its capital."""
    first = re.split(r"[\s,;:]", text, maxsplit=1)[0]
    opens = first.lower() in OPENERS and (len(first) == 1 or not first.isupper())  # a status in capitals stays so
    return text[:1].lower() + text[1:] if opens else text


def sentence(text: str) -> str:
    """Return `text` with a capital at its beginning and a full stop at its end; '' stays ''."""
    closed = text if text.endswith((".", "!", "?", "…", "。", "！", "？", ".”", "。”")) or not text else f"{text}."
    return capitalised(closed)


NUMBER_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def number_word(number: int) -> str:
    """Return a small count in words, from ten on in digits: 'two', '12'. Amounts are always digits."""
    return NUMBER_WORDS[number] if 0 <= number < len(NUMBER_WORDS) else str(number)


def period_name(label: str) -> str:
    """Return the name of a target's period: 'calendar 2026' -> '2026', 'first half' -> 'the first half'."""
    name = label.removeprefix("calendar ")
    return f"the {name}" if name.partition(" ")[0] in ("first", "second", "third", "fourth", "last", "next") else name


_PREPOSITION = re.compile(r" (?:of|on|in|for|to|against|over|from|with|at|under) ")


def is_plural(name: str) -> bool:
    """Tell by its last word before a preposition whether the name of a thing or of a party is a plural."""
    last = _PREPOSITION.split(name, maxsplit=1)[0].rpartition(" ")[2]
    return " and " in name or (last.endswith("s") and not last.endswith(("ss", "us", "is")) and not last.isupper())


def thing_does(what: str, verb: str) -> str:
    """Return the name of a date with its verb: 'the truce ends', 'the paused listings end', 'Soybeans 12 Mt was'."""
    article = "the " if what[:1].islower() and what.partition(" ")[0] not in ("the", "a", "an") else ""
    return f"{article}{what} {agreeing(verb, plural=is_plural(what))}"


def join_list(items: Sequence[str]) -> str:
    """Join as 'a', 'a and b' or 'a, b and c'."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


def join_few(names: Sequence[str], most: int = 4) -> str:
    """Join as 'a, b and c'; more than `most` names as 'a, b, c and 9 others'."""
    shown = most - 1 if len(names) > most else len(names)
    return join_list((*names[:shown], f"{len(names) - shown} others") if shown < len(names) else names)


def counter_name(key: str) -> str:
    """Name a counter beside its count."""
    return SIDES[key].name if key in SIDES else one_line(key, 40)


def pluralised(number: int, noun: str, plural: str = "") -> str:
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


# ---------------------------------------------------------------- amounts

UNIT_SCALES = {
    "t": ((1e9, "Gt"), (1e6, "Mt"), (1e3, "kt"), (1.0, "t")),
    "usd": ((1e12, "tn"), (1e9, "bn"), (1e6, "m"), (1.0, "")),
}
_UNIT_SPELLINGS = {"t": "t tonne tonnes ton", "usd": "usd dollar dollars $", "%": "percent %"}
UNIT_NAMES = {spelling: name for name, spellings in _UNIT_SPELLINGS.items() for spelling in spellings.split()}


def _number(value: float) -> str:
    return f"{value:,.1f}".removesuffix(".0") if abs(value) < 1000 else f"{value:,.0f}"


def format_amount(value: float, unit: str, *, like: float | None = None, bare: bool = False) -> str:
    """Print an amount in base units: '8.5 Mt', '$1.2bn'. `like`: take this amount's scale; `bare`: no unit."""
    known = UNIT_NAMES.get(unit.lower(), unit)
    if known not in UNIT_SCALES:
        tail = "%" if known == "%" else f" {known}".rstrip()
        return _number(value) + ("" if bare else tail)
    scales, scaled = UNIT_SCALES[known], abs(value if like is None else like)
    size, name = next((scale for scale in scales if scaled >= scale[0]), scales[-1])
    number = _number(value / size)
    if bare:
        return number
    return f"${number}{name}" if known == "usd" else f"{number} {name}"


def format_amount_range(low: float, high: float, unit: str) -> str:
    """Print two amounts with one unit: '8–10 Mt', '$8–10bn'; with one each if the scales differ."""
    most, own = format_amount(high, unit), format_amount(low, unit)
    least = format_amount(low, unit, like=high, bare=True)
    if low and own != format_amount(low, unit, like=high):
        return f"{own}–{most}"
    return f"${least}–{most[1:]}" if most.startswith("$") else f"{least}–{most}"


def format_percent(share: float) -> str:
    """Print the nearest whole percent; 100% is never shown before it is true."""
    return f"{whole_percent(share)}%"
