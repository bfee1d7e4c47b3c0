"""The wording of messages: statuses, sides, dates, amounts and the first line, each in one place."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime, tzinfo
from fnmatch import fnmatchcase
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from monitor.domain.change import whole_percent
from monitor.domain.model import Outlook, Route, Standing, Verdict
from monitor.domain.news import day_of
from monitor.domain.sides import SIDES
from monitor.domain.writing_systems import UNSPACED_RANGE

FIRST_LINE = 90
"""A lock screen shows about this many characters."""

FLAG_WORDS = {
    "unconfirmed": "unconfirmed",
    "contested": "contested",
    "overdue": "overdue",
    "late": "late",
    "behind_pace": "behind pace",
    "stale": "no news",
    "pinned": "pinned",
}

STATUS_WORDS = {Standing.UNPLEDGED.value: "not yet pledged"}
"""Statuses whose key is no word that people use."""

BACK: Mapping[str, str] = {
    Outlook.AT_RISK: "Cleared by an act that keeps the promise, or by the named event passing; never by silence.",
    Outlook.STALLED: "Cleared by a reported step forward; never by silence.",
    Standing.BREACHED: "Only an official text or two independent sources on a return to the terms change this.",
    Standing.LAPSED: "Only a new pledge or an extension by both sides changes this.",
    Standing.MET: "Only a reported breach changes this.",
    Standing.IN_FORCE: "A breach, an expiry or a threat with a date changes this.",
    Standing.PARTLY_MET: "A higher confirmed count or the last open step makes it met; a breach undoes it.",
    Standing.IN_PROGRESS: "The criteria for met, a setback by the side that owes it, or the deadline change this.",
    Standing.PLEDGED: "A first reported step makes it in progress; a threat or a setback puts it at risk.",
    Standing.UNPLEDGED: "A pledge by the side that would owe it changes this.",
}
ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
BREAKING = re.compile(r"[\u2028\u2029\u0085\x0b\x0c\r\n\t]")
FORBIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb]")
"""Controls and everything that turns the direction of text: they never belong in a quote."""
WORD_END = re.compile(rf"\s|[{UNSPACED_RANGE}]")
SURROGATE = re.compile(r"[\ud800-\udfff]")


# ---------------------------------------------------------------- text from outside


def printable(text: str) -> str:
    """`text` without control and direction characters; a lone surrogate becomes U+FFFD. Line feeds stay."""
    return SURROGATE.sub("\ufffd", FORBIDDEN.sub("", text.replace("\u2028", "\n").replace("\u2029", "\n")))


def clean(text: str, limit: int = 400) -> str:
    """`text` fit to print on one line: printable, white space collapsed, cut at a word to `limit` characters."""
    head = text[: limit * 8]
    return cut(" ".join(printable(BREAKING.sub(" ", head)).split()), limit)


def cut(text: str, limit: int) -> str:
    """At most `limit` characters, ending at a word with an ellipsis when something was left out."""
    if len(text) <= limit:
        return text
    # A long unbroken run (an address) has no word to end at: it is cut where it must be.
    at = _word_end(text, limit // 2, limit) or limit - 1
    return text[:at].rstrip(" ,;:·-–—，、；：") + "…"


def _word_end(text: str, first: int, end: int) -> int:
    """The last place from `first` on and before `end` at which a text may end: before a blank, and beside any letter of a
    script that is written without blanks. 0 where there is none."""
    last = WORD_END.search(text[max(first - 1, 0) : end][::-1])  # backwards: a long title is cut near its limit
    if last is None:
        return 0
    at = end - 1 - last.start()
    after = at if last.group().isspace() else min(at + 1, end - 1)
    return after if after >= first else 0


def web_link(url: str) -> str:
    """`url` when it is a plain http or https address, else ''."""
    url = url.strip()
    fine = re.fullmatch(r"https?://[^\s<>\"'`\\\x00-\x1f\x7f]+", url, re.IGNORECASE)
    return printable(url) if fine and len(url) <= 2000 else ""


# ---------------------------------------------------------------- status, sides, dates


def words(key: str) -> str:
    """A status key, a flag or an ISO date as people write it: 'at_risk' -> 'at risk', '2026-11-10' -> '10 Nov 2026'."""
    if ISO_DATE.fullmatch(key):
        return day(date.fromisoformat(key))
    return STATUS_WORDS.get(key) or clean(key.replace("_", " "), 120)


def capitals(key: str) -> str:
    return words(key).upper()


def day(value: date) -> str:
    return f"{value.day} {value:%b %Y}"


def zone_of(name: str) -> tzinfo:
    """The zone by its IANA name, UTC when there is no such zone (configuration checks names long before)."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def clock(at: datetime, zone: str) -> str:
    """'24 Nov 2026 08:00 CST' in the reader's zone."""
    local = at.astimezone(zone_of(zone))
    name = local.tzname() or "UTC"
    shown = f"UTC{name}" if name[0] in "+-" else name
    return f"{day(local.date())} {local:%H:%M} {shown}"


def local_day(at: datetime, zone: str) -> date:
    """The day in a zone; a bare date has no zone."""
    return day_of(at, zone_of(zone))


def moment(at: datetime, zone: str) -> str:
    """When something happened, in the reader's zone; the day alone where the publisher gave no more."""
    whole_day = (at.second, at.microsecond) == (59, 999999)
    return day(day_of(at)) if whole_day else clock(at, zone)


def days_left(left: int) -> str:
    if left == 0:
        return "today"
    count = f"{abs(left)} day{'s' if abs(left) != 1 else ''}"
    return f"in {count}" if left > 0 else f"{count} ago"


def shown_status(verdict: Verdict) -> str:
    """The status with what stands behind it: 'AT RISK (in force since 10 Nov 2025)' when the outlook rules."""
    status = verdict.status
    if status == verdict.standing.value:
        return capitals(status)
    # What nobody has promised has no beginning: the day would be that on which we began to look.
    since = "" if verdict.standing is Standing.UNPLEDGED else f" since {day(day_of(verdict.since))}"
    return f"{capitals(status)} ({words(verdict.standing.value)}{since})"


def side(key: str) -> str:
    return SIDES[key].name if key in SIDES else clean(key, 60)


MANY = frozenset({"officials", "counts", "sides", "data", "figures", "statistics", "press"})
"""Last words of names that stand for many voices."""


def says(name: str, verb: str = "say") -> str:
    """'says'; 'say' for many voices under one name. So for any other verb that only takes an s."""
    return verb if name.rpartition(" ")[2] in MANY else f"{verb}s"


def sentence(text: str) -> str:
    """`text` with a capital at its beginning."""
    return text[:1].upper() + text[1:]


def listed(items: Sequence[str]) -> str:
    """'a', 'a and b', 'a, b and c'."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


def few(names: Sequence[str], most: int = 4) -> str:
    """'a, b and c'; of more than `most`, 'a, b, c and 9 others'."""
    shown = most - 1 if len(names) > most else len(names)
    return listed((*names[:shown], f"{len(names) - shown} others") if shown < len(names) else names)


def counter_name(key: str) -> str:
    """A counter beside its count: a side by its short name, an agency as it is called."""
    return SIDES[key].label if key in SIDES else clean(key, 40)


def counted(number: int, noun: str, plural: str = "") -> str:
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


# ---------------------------------------------------------------- amounts

SCALES = {
    "t": ((1e9, "Gt"), (1e6, "Mt"), (1e3, "kt"), (1.0, "t")),
    "usd": ((1e12, "tn"), (1e9, "bn"), (1e6, "m"), (1.0, "")),
}
UNIT_NAMES = {
    "t": "t", "tonne": "t", "tonnes": "t", "ton": "t",
    "usd": "usd", "dollar": "usd", "dollars": "usd", "$": "usd",
    "percent": "%", "%": "%",
}  # fmt: skip


def _scale(value: float, unit: str) -> tuple[float, str]:
    steps = SCALES[unit]
    return next(((size, name) for size, name in steps if abs(value) >= size), steps[-1])


def _number(value: float) -> str:
    return f"{value:,.1f}".removesuffix(".0") if abs(value) < 1000 else f"{value:,.0f}"


def amount(value: float, unit: str, *, like: float | None = None, bare: bool = False) -> str:
    """An amount in base units, as printed: '8.5 Mt', '$1.2bn', '12%'. `like` fixes the scale; `bare` drops the unit."""
    known = UNIT_NAMES.get(unit.lower(), unit)
    if known not in SCALES:
        tail = "%" if known == "%" else f" {known}".rstrip()
        return _number(value) + ("" if bare else tail)
    size, name = _scale(value if like is None else like, known)
    number = _number(value / size)
    if bare:
        return number
    return f"${number}{name}" if known == "usd" else f"{number} {name}"


def amount_range(low: float, high: float, unit: str) -> str:
    """Two amounts with their unit once: '8-10 Mt', '$8-10bn'; each with its own where they are far apart: '332 kt-2 Mt'."""
    most, own = amount(high, unit), amount(low, unit)
    least = amount(low, unit, like=high, bare=True)
    if low and own != amount(low, unit, like=high):
        return f"{own}-{most}"
    return f"${least}-{most[1:]}" if most.startswith("$") else f"{least}-{most}"


def percent(share: float) -> str:
    """Whole percent, rounded down, so that 100% is never shown before it is true."""
    return f"{whole_percent(share)}%"


# ---------------------------------------------------------------- first line and route


def first_line(status: str, short: str, why: str, *, unconfirmed: bool = False) -> str:
    """`{STATUS}[, unconfirmed] · {short name} · {why}`, at most 90 characters, cut at a word."""
    head = capitals(status) + (", unconfirmed" if unconfirmed else "")
    name = clean(short, 40)
    # A reason that begins with the promise's own name ("Soybeans 12 Mt was due ...") need not name it again.
    reason = clean(why, 200).rstrip(".").removeprefix(f"{name} ")
    return cut(" · ".join(part for part in (head, name, reason) if part), FIRST_LINE)


def follows(route: Route, commitment: str, declared: Collection[str]) -> bool:
    """Whether the route hears of the commitment, by alert and by digest alike: its id, a pattern such as 'soybean-*', '*',
    or the id of the commitment that it is a part of.

    Rules name a part by its parent's id, a hyphen and its own. So only an id that the rules declare (`declared`) has parts:
    a route to 'soybean' hears of nothing where there is no commitment of that id.
    """
    return any(
        fnmatchcase(commitment, wanted) or (wanted in declared and commitment.startswith(f"{wanted}-"))
        for wanted in route.commitments
    )


def route_line(route: Route) -> str:
    """Why a reader gets this, and where to change it."""
    what = "every commitment" if "*" in route.commitments else listed(route.commitments)
    least = route.least_severity.name.lower()
    return clean(
        f"You get this because the route “{route.written}” follows {what}, from {least} up. "
        "To change it, edit that route in config.toml.",
        300,
    )
