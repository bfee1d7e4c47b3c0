"""What a feed is worth to somebody who thinks of polling it: what it holds, how often it has news, and what is odd about it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from monitor.domain.text.writing_systems import HAN_CHAR
from monitor.feeds.dates import read_date
from monitor.feeds.items import ParsedEntry, ParsedFeed

OLD_AFTER = timedelta(days=45)
"""News older than this moves no verdict without a person."""
USUAL_INTERVAL = 1800
"""Seconds; for a feed whose pace cannot be told, an estimate."""
INTERVALS = ((48.0, 600), (12.0, 900), (3.0, 1800), (1.0, 3600))
"""Items a day from which a feed is asked every so many seconds, an estimate: a few times as often as it has news, and never
more often than every ten minutes, which official sites still tolerate."""
SLOWEST_INTERVAL = 3 * 3600
_FORMAT_NAMES = {"rss": "RSS", "atom": "Atom", "json": "JSON Feed", "cdf": "CDF"}
_LETTER = re.compile(r"[^\W\d_]")
_ENGLISH = frozenset(
    ("the", "of", "to", "in", "and", "for", "on", "with", "as", "at", "by", "from", "after", "over", "says")
)
_SAMPLED = 50
"""Items from whose titles the language is guessed."""


@dataclass(frozen=True, slots=True)
class Appraisal:
    """A feed as one document shows it.

    format: "RSS 2.0". newest: of its items; None without a dated one. per_day: items a day over the time that the document
    covers; None where it cannot be told. interval: seconds, how often to ask it. lang: two letters, as the document says or
    its titles suggest, '' where neither does. zoneless: a date as written that names no zone, '' if all do. headlines_only: no item
    has a summary; warnings: what else is odd, one sentence each; repairs: what the parser had to mend.
    """

    title: str
    format: str
    items: int
    newest: ParsedEntry | None
    per_day: float | None
    interval: int
    lang: str
    zoneless: str
    headlines_only: bool
    warnings: tuple[str, ...]
    repairs: tuple[str, ...]


def appraise(parsed: ParsedFeed, now: datetime) -> Appraisal:
    """The feed as it is `now`."""
    dated = [(entry.published, entry) for entry in parsed.entries if entry.published is not None]
    newest = max(dated, key=lambda each: each[0])[1] if dated else None
    per_day = items_per_day([at for at, _ in dated])
    written = (entry.raw_date for _, entry in dated if not entry.date_only)
    zoneless = next(filter(names_no_zone, written), "")
    kind = parsed.title, format_name(parsed.version), len(parsed.entries), newest
    odd = tuple(_oddities(parsed.entries, newest, now))
    pace = per_day, sensible_interval(per_day)
    headlines = bool(parsed.entries) and not any(entry.summary for entry in parsed.entries)
    return Appraisal(*kind, *pace, guess_language(parsed), zoneless, headlines, odd, parsed.warnings)


def _oddities(entries: Sequence[ParsedEntry], newest: ParsedEntry | None, now: datetime) -> list[str]:
    if not entries:
        return ["it is empty: nothing can be said of its items"]
    found = []
    if undated := sum(entry.published is None for entry in entries):
        effect = "such news counts from when it is first seen"
        found.append(f"items without a date that can be read: {undated} of {len(entries)}; {effect}")
    if newest is not None and newest.published is not None and now - newest.published > OLD_AFTER:
        days = (now - newest.published).days
        found.append(f"its newest item is {days} days old; look whether the publisher has another feed")
    return found


def names_no_zone(raw_date: str) -> bool:
    """Whether the moment that a feed's date means depends on where one thinks it was written."""
    tokyo, kolkata = (read_date(raw_date, zone=zone) for zone in ("Asia/Tokyo", "Asia/Kolkata"))
    return tokyo is not None and kolkata is not None and tokyo.at != kolkata.at


def items_per_day(moments: Sequence[datetime]) -> float | None:
    """How many items a day, by the times of these; None for fewer than two moments."""
    span = max(moments) - min(moments) if moments else timedelta()
    return (len(moments) - 1) / (span / timedelta(days=1)) if span else None


def sensible_interval(per_day: float | None) -> int:
    """Seconds between two polls of a feed with so many items a day."""
    if per_day is None:
        return USUAL_INTERVAL
    return next((seconds for least, seconds in INTERVALS if per_day >= least), SLOWEST_INTERVAL)


def guess_language(parsed: ParsedFeed) -> str:
    """'zh' or 'en' where titles show it, else what the document says of itself; '' where it says nothing."""
    titles = " ".join(entry.title for entry in parsed.entries[:_SAMPLED])
    said = parsed.lang[:2] if re.match(r"[a-z]{2}(-|_|$)", parsed.lang) else ""
    letters = len(_LETTER.findall(titles))
    # Many Chinese feeds call themselves English, as their program does unless told; Japanese titles hold Han characters too.
    if said in ("", "en") and letters and len(HAN_CHAR.findall(titles)) > letters / 2:
        return "zh"
    words = titles.lower().split()
    english = sum(word in _ENGLISH for word in words)
    return said or ("en" if words and english > len(words) / 20 else "")


def host_of_items(parsed: ParsedFeed) -> str:
    """The host that more than half of the items lie on: their publisher's, whoever serves the feed; '' if there is none."""
    hosts = Counter(urlsplit(entry.url).hostname or "" for entry in parsed.entries)
    host, count = max(hosts.items(), key=lambda each: each[1], default=("", 0))
    return host if count > len(parsed.entries) / 2 else ""


def format_name(version: str) -> str:
    """feedparser's name of a format as people write it: "rss20" is "RSS 2.0"."""
    match = re.fullmatch(r"([a-z]+)(\d?)(\d*)", version)
    if match is None or match[1] not in _FORMAT_NAMES:
        return version
    number = f" {match[2]}.{match[3] or '0'}" if match[2] else ""
    return f"{_FORMAT_NAMES[match[1]]}{number}"
