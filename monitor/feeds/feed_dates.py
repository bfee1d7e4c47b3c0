"""Parses the dates of feeds. A wrong date is worse than none.

feedparser reads slash dates, Chinese dates and epoch seconds wrongly without saying so, so only the raw string is taken
from it. An ambiguous date is None, and the story then counts from the time we first saw it.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

MAX_AGE = timedelta(days=3653)
MAX_AHEAD = timedelta(days=2)
"""The range of dates around `now` (the ten years and two days of the glossary's `published_at`)."""

MAX_RAW_DATE = 120
"""Characters of a raw date that are parsed; real dates have under 50."""


@dataclass(frozen=True, slots=True)
class FeedDate:
    """A moment in UTC. With `date_only` the feed gave no time, and `at` is midnight UTC of its day."""

    at: datetime
    date_only: bool = False


_ZONES = (
    "gmt=0 utc=0 ut=0 z=0 wet=0 west=1 bst=1 cet=1 cest=2 eet=2 eest=3 msk=3 ist=5.5 bjt=8 hkt=8 sgt=8 myt=8 pht=8 "
    "awst=8 jst=9 kst=9 aest=10 aedt=11 nzst=12 nzdt=13 est=-5 edt=-4 cst=-6 cdt=-5 mst=-7 mdt=-6 pst=-8 pdt=-7 "
    "akst=-9 akdt=-8 hst=-10 brt=-3 art=-3"
)
"""Hours from UTC by short zone name, unless the feed's own zone uses that name."""
_HOURS = {name: float(hours) for name, _, hours in (zone.partition("=") for zone in _ZONES.split())}
_STEMS = (
    "jan ene gen janv|feb fev fév févr|mar mär mrz mars|apr avr abr|may mai mag|jun juin giu|jul juil lug|"
    "aug aoû aou août ago|sep set sept|oct okt ott out|nov|dec dez dic déc"
)
"""Beginnings of month names in English and other languages of news feeds."""
_MONTHS = {stem: number for number, stems in enumerate(_STEMS.split("|"), 1) for stem in stems.split()}

_YMD = re.compile(r"(?<!\d)(\d{4})\s*[-/.年년]\s*(\d{1,2})\s*[-/.月월]\s*(\d{1,2})(?!\d)\s*[日号號일]?")
_COMPACT = re.compile(r"^(\d{4})(\d{2})(\d{2})(?:T?(\d{2})(\d{2})(\d{2})?)?(?=$|[ZT +-])")
_TWO_FIRST = re.compile(r"(?<!\d)(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?!\d)")
_DAY_MONTH = re.compile(
    r"(?<!\d)(\d{1,2})(?:st|nd|rd|th)?[\s.-]+(?:de\s+)?([^\W\d_]{3,})\.?,?[\s.-]+(?:de\s+)?(\d{4}|\d{2})(?![\d:])"
)
_MONTH_DAY = re.compile(r"([^\W\d_]{3,})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})(?!\d)")
_ASCTIME = re.compile(r"([^\W\d_]{3})\s+(\d{1,2})\s+(\d{1,2}:\d{2}:\d{2})\s+(?:([A-Z]{3,4})\s+)?(\d{4})$")
_TIME = re.compile(
    r"(上午|下午|晚上|凌晨|早上|中午)?\s*(\d{1,2})\s*[:时時点點시]\s*(?:(\d{2})(?:\s*[:分분]\s*(\d{1,2})?(?:[.,]\d+)?)?)?\s*[秒초]?(?:\s*([ap])\.?(?:m\.?)?(?![a-z]))?",
    re.IGNORECASE,
)
_BARE_TIME = re.compile(r"^(\d{2})(\d{2})(\d{2})(?!\d)")
_OFFSET = re.compile(r"(?:(?:gmt|utc)\s*)?([+-])(\d{1,2}):?(\d{2})?(?!\d)", re.IGNORECASE)
_ZONE_NAME = re.compile(r"\b([A-Za-z]{1,5})\b")
_AFTERNOON = frozenset({"下午", "晚上"})


def read_date(raw: str, *, zone: str = "UTC", now: datetime | None = None) -> FeedDate | None:
    """The moment in `raw`; None if it is ambiguous or outside [now-10y, now+2d].

    A date without a zone is in `zone`, and so is one with a short name that `zone` itself uses: Shanghai's CST is not
    Chicago's.
    """
    text = unicodedata.normalize("NFKC", raw[:MAX_RAW_DATE]).strip()
    try:
        # Seconds since 1970 with or without a fraction, or milliseconds; but 202511240800 is a date, not the year 1976.
        epoch = re.fullmatch(r"\d{9,10}(?:\.\d+)?|\d{12,13}", text)
        if epoch and not (len(text) == 12 and text.startswith(("19", "20"))):
            seconds = float(text) / (1000 if "." not in text and len(text) > 10 else 1)
            moment: FeedDate | None = FeedDate(datetime.fromtimestamp(int(seconds), UTC))
        else:
            moment = _written(text, zone)
    except (ValueError, OverflowError):
        return None
    if moment is None or (now is not None and not in_range(moment.at, now)):
        return None
    return moment


def in_range(moment: datetime, now: datetime) -> bool:
    """Whether a date is plausible for news seen `now`: within [now-10y, now+2d]."""
    return now - MAX_AGE <= moment <= now + MAX_AHEAD


def _written(text: str, zone: str) -> FeedDate | None:
    """A date in words or digits. Raises ValueError for an impossible date."""
    split = _split(text, zone)
    if split is None:
        return None
    (year, month, day), rest = split
    time = _TIME.search(rest)
    if time is None:
        return FeedDate(datetime(year, month, day, tzinfo=UTC), date_only=True)
    part, hour_text, minute, second, half = time.groups()
    hour, half = int(hour_text), (half or "").lower()
    if (half == "p" or part in _AFTERNOON) and hour < 12:
        hour += 12
    elif (half == "a" or part == "凌晨") and hour == 12:
        hour = 0
    clock = (hour, int(minute or 0), min(int(second or 0), 59))  # a leap second is written as :60
    # The zone after the time: an offset, else a short name, else the feed's own zone.
    behind = rest[time.end() :]
    where, named = named_zone(zone), _ZONE_NAME.search(behind)
    if offset := _OFFSET.search(behind):
        where = named_zone(offset[0])
    elif named and (hours := _HOURS.get(named[1].lower())) is not None and named[1].upper() not in _names_used_in(zone):
        where = timezone(timedelta(hours=hours))
    return FeedDate(datetime(year, month, day, *clock, tzinfo=where).astimezone(UTC))


def _split(text: str, zone: str) -> tuple[tuple[int, int, int], str] | None:
    """(year, month, day) and the text without the date."""
    if compact := _COMPACT.match(text):
        year, month, day, hour, minute, second = compact.groups()
        clock = f" {hour}:{minute}:{second or '00'} " if hour else " "
        return (int(year), int(month), int(day)), clock + text[compact.end() :]
    if asctime := _ASCTIME.search(text):
        name, day, clock, zone_name, year = asctime.groups()
        rest = f"{clock} {zone_name or ''}"
    elif numbers := _YMD.search(text):
        year, month, day = numbers.groups()
        return (int(year), int(month), int(day)), _without(text, numbers)
    elif words := _DAY_MONTH.search(text):
        day, name, year, rest = *words.groups(), _without(text, words)
    elif words := _MONTH_DAY.search(text):
        name, day, year, rest = *words.groups(), _without(text, words)
    elif numbers := _TWO_FIRST.search(text):
        # 24/11/2025 or 11/24/2025; None if both readings are dates and the zone does not decide.
        first, second, full_year = map(int, numbers.groups())
        american = zone.startswith(("America/", "US/")) or re.search(r"\d\s*[ap]\.?m\b", text, re.IGNORECASE)
        if first <= 12 and (second > 12 or american):
            first, second = second, first
        elif first <= 12 and first != second and zone in ("UTC", "GMT", ""):
            return None
        return (full_year, second, first), _without(text, numbers)
    else:
        return None
    low = name.lower()
    number = _MONTHS.get(low[:4]) or _MONTHS.get(low[:3])
    full_year = int(year) + (0 if len(year) > 2 else 2000 if int(year) < 69 else 1900)
    return ((full_year, number, int(day)), rest) if number else None


def _without(text: str, date: re.Match[str]) -> str:
    # The "T" between an ISO date and its time would otherwise read as a zone's name.
    rest = _BARE_TIME.sub(r"\1:\2:\3", text[date.end() :].removeprefix("T"))
    return text[: date.start()] + " " + rest


@lru_cache(maxsize=256)
def named_zone(name: str) -> tzinfo:
    """The zone of a name ("Asia/Shanghai") or an offset ("+08:00"); UTC if unknown."""
    if offset := _OFFSET.fullmatch(name):
        sign, hours, minutes = offset.groups()
        ahead = timedelta(hours=int(hours), minutes=int(minutes or 0))
        return timezone(-ahead if sign == "-" else ahead)
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


@lru_cache(maxsize=256)
def _names_used_in(zone: str) -> frozenset[str]:
    """The short names of a zone in winter and summer: EST and EDT for New York, CST for Shanghai."""
    where = named_zone(zone)
    return frozenset(datetime(2025, month, 1, tzinfo=where).tzname() or "" for month in (1, 7))
