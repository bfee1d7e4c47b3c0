"""Checks of single settings: how each is written, and the error for what is not. All raise ValueError with a remedy."""

from __future__ import annotations

import codecs
import difflib
import ipaddress
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from email.utils import getaddresses
from functools import cache
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from monitor.domain.alerts.quiet_hours import quiet_until
from monitor.domain.model import Route
from monitor.domain.model.digest_schedule import Cadence, Frequency

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_LONGEST_INTERVAL = 7 * 86400
"""Seconds, an estimate: the entries of a feed that is asked less than once a week have mostly left it."""
_FIRST_DIGEST_HOUR = 4
"""The zones of the IANA database change their clocks between 00:00 and 03:00."""
_PERIODS: Mapping[str, Frequency] = {"daily": "day", "weekly": "week", "fortnightly": "fortnight", "monthly": "month"}
_CADENCES: Mapping[Frequency, str] = {
    "week": "mon 08:00",
    "day": "daily 08:00",
    "fortnight": "fortnightly mon 08:00",
    "month": "monthly 1 08:00",
}
"""How each cadence is written."""
_INTERVAL = re.compile(r"(\d{1,6}) ?([smhd])")
_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
_COMMITMENTS = re.compile(r"\*|[a-z0-9]+(?:-[a-z0-9]+)*-?\*?")
_SLUG = re.compile(r"[a-z0-9][a-z0-9_-]*")
_LANG = re.compile(r"([a-z]{2}(-[A-Za-z]{2,4})?)?")
_WORDS_FOR_ZONES = {
    "'America/New_York'": "edt et eastern washington",
    "'America/Chicago' or 'Asia/Shanghai'": "cst",
    "'America/Chicago'": "cdt",
    "'America/Denver'": "mdt",
    "'America/Los_Angeles'": "pst pdt",
    "'Europe/London'": "bst",
    "'Europe/Berlin'": "cest",
    "'Asia/Shanghai'": "beijing",
    "'Asia/Hong_Kong'": "hkt",
    "'Asia/Tokyo'": "jst",
}
_ZONE_HINTS = {word: zones for zones, words in _WORDS_FOR_ZONES.items() for word in words.split()}
"""What people write for a zone that the database names by another city."""
_ADDRESS = re.compile(r"[^\s@<>,;\"]+@[^\s@<>,;\"]+\.[^\s@<>,;\"]+|[^\s@<>,;\"]+@localhost")


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """' (did you mean ...?)' for the nearest of `known`, or '' when none is near."""
    by_fold = {name.lower(): name for name in known}
    near = difflib.get_close_matches(word.lower(), by_fold, n=1, cutoff=0.6)
    return f" (did you mean {by_fold[near[0]]!r}?)" if near else ""


def read_interval(value: object) -> int:
    """'90s', '15m', '1h' or '1d' as seconds."""
    if isinstance(value, int) and not isinstance(value, bool):
        raise ValueError(f"{value} has no unit; write '{value}s' or '{value}m'")
    match = _INTERVAL.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise ValueError(f"{value!r} is no interval; write '90s', '15m', '1h' or '1d'")
    seconds = int(match[1]) * _UNITS[match[2]]
    if not 1 <= seconds <= _LONGEST_INTERVAL:
        raise ValueError(f"{value!r} must lie between 1s and 7d")
    return seconds


def read_quiet_hours(value: object) -> object:
    """'22:00-07:00' as ('22:00', '07:00'); may pass midnight. None stays None: no quiet hours."""
    if value is None:
        return None
    start, _, end = (part.strip() for part in str(value).partition("-"))
    if not (_CLOCK.fullmatch(start) and _CLOCK.fullmatch(end)):
        raise ValueError(f"{_quoted(value)} are no quiet hours; write '22:00-07:00', or leave quiet_hours out")
    if start == end:
        raise ValueError(f"{value!r} starts and ends together and so has no effect; leave quiet_hours out instead")
    return start, end


def _quoted(value: object) -> str:
    """As it stands in the file, more or less: a text in quotes, a time of day without."""
    return repr(value) if isinstance(value, str) else str(value)


def read_digest(value: object) -> Cadence | None:
    """'daily 08:00', 'mon 08:00', 'fortnightly mon 08:00' or 'monthly 1 08:00' as a cadence. None stays None: no digest.

    The hours from 00 to 03 are refused: clock changes skip or repeat them in some zones.
    """
    if value is None:
        return None
    *others, last = map(repr, _CADENCES.values())
    every_way = f"{', '.join(others)} or {last}"
    words = value.lower().split() if isinstance(value, str) else []
    if not words:
        raise ValueError(f"{_quoted(value)} says not when a digest comes; write {every_way}, or leave digest out")
    # The words are a frequency (unless weekly), a day (unless daily) and an hour.
    frequency = words[:1] if words[0] in _PERIODS else []
    every = _PERIODS.get(words[0], "week")
    rest = words[len(frequency) :]
    hour = next((word for word in rest if ":" in word), "")
    days = [word for word in rest if word != hour]
    # The day of the month, or of the week from Monday as 0.
    day, word, surplus = (0, "", days) if every == "day" else (0, "".join(days[:1]), days[1:])
    if every == "month":
        if not re.fullmatch(r"[1-9]|1\d|2[0-8]", word):
            raise ValueError(f"{value!r} names no day from 1 to 28, which every month has; write {_CADENCES[every]!r}")
        day = int(word)
    elif every != "day":
        if word not in WEEKDAYS:
            near = did_you_mean(word, [*WEEKDAYS, "daily", "fortnightly", "monthly"]) if word.isalpha() else ""
            ways = every_way if every == "week" else repr(_CADENCES[every])
            raise ValueError(f"{value!r} names no weekday{near}; write {ways}")
        day = WEEKDAYS.index(word)
    if not _CLOCK.fullmatch(hour):
        before = [*frequency, *days[: len(days) - len(surplus)]]
        raise ValueError(f"{value!r} has no time of day; write {' '.join([*before, '08:00'])!r}")
    if int(hour[:2]) < _FIRST_DIGEST_HOUR:
        raise ValueError(f"{value!r} lies before 04:00, an hour that clock changes skip or repeat; choose a later one")
    if surplus:
        raise ValueError(f"{value!r} says {days[-1]!r} besides; write {_CADENCES[every]!r}")
    return Cadence(every, day, hour)


def in_quiet_hours(quiet: tuple[str, str], clock: str) -> bool:
    """Whether a time of day falls into quiet hours, by the rule that holds messages back."""
    moment = datetime.combine(date(2026, 1, 5), time.fromisoformat(clock), UTC)
    return quiet_until(Route("", "", "", quiet=quiet), moment) is not None


def check_single_line(text: str) -> str:
    """One line without control characters: these texts become headers."""
    if re.search(r"[\x00-\x1f\x7f]", text):
        raise ValueError("holds a line end, a tab or another control character; write one plain line")
    return text


def check_slug(name: str) -> str:
    """A name that is typed at the command line and becomes a folder's: small letters, digits, '-' and '_'."""
    if not _SLUG.fullmatch(name):
        near = re.sub(r"[^a-z0-9_-]+", "-", name.lower()).strip("-_")
        hint = f"; write {near!r}" if near else ""
        raise ValueError(f"{name!r} must be of small letters, digits, '-' and '_'{hint}")
    return name


def check_lang(code: str) -> str:
    """'en', 'zh' or 'zh-CN'; '' leaves it to the document."""
    if not _LANG.fullmatch(code):
        raise ValueError(f"{code!r} is no code of a language; write 'en' or 'zh', or leave it out")
    return code


def check_host(host: str) -> str:
    """The bare name or address of a machine."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        if re.search(r"[\s/:@]", host):
            raise ValueError(f"{host!r} is no name of a server; write it bare, the port as port = 587") from None
    return host


def resembles_secret(place: str) -> bool:
    """Whether what should name a place is a Slack token, or an address that lets its holder post."""
    return re.match(r"xox|xapp-", place) is not None or "://" in place


def check_slack_place(place: str) -> str:
    """A channel's name or id. What looks like a secret is refused without showing it."""
    if resembles_secret(place):
        problem = "holds a token or an address, which is no channel"
        raise ValueError(f"{problem}; write '#name', and secrets as DEAL_MONITOR_SLACK__…")
    if re.search(r"[\s,;]|.@", place):
        raise ValueError(f"{place!r} is no Slack channel; write one, as '#name' or by its id")
    return place


@cache
def _zones() -> frozenset[str]:
    """'localtime' is left out: it would mean another zone on another machine."""
    return frozenset(available_timezones() - {"localtime"})


def check_zone(name: str) -> str:
    """`name` if it is a time zone of the IANA database.

    The hint is an abbreviation or a city spelt out, else the nearest name; an offset is near to none.
    """
    if name in _zones():
        return name
    near = "; write one by its city, such as 'America/New_York' or 'Asia/Shanghai'"
    if not re.search(r"\d", name):
        place = name.strip().lower().replace(" ", "_").rpartition("/")[2]
        cities = sorted(zone for zone in _zones() if zone.lower().rpartition("/")[2] == place)
        if meant := _ZONE_HINTS.get(place) or " or ".join(map(repr, cities[:1])):
            near = f" (did you mean {meant}?)"
        elif len(name) > len("CEST"):
            near = did_you_mean(name, _zones()) or near
    raise ValueError(f"{name!r} is no time zone{near}")


def check_encoding(name: str) -> str:
    """`name` if Python can decode it; '' leaves the choice to the document."""
    try:
        return name and codecs.lookup(name).name
    except LookupError:
        raise ValueError(f"{name!r} is no known encoding; write 'utf-8' or 'gb18030', or leave it out") from None


def check_feed_url(url: str) -> str:
    """An http or https address without name and password in it."""
    if _web_host(url) is None:
        raise ValueError(f"{url!r} is no http or https address; write 'https://…'")
    if "@" in urlsplit(url).netloc:
        raise ValueError("holds a user name or password, which would be stored and logged; use an open address")
    return url


def check_private_url(url: str) -> str:
    """An address that secrets travel to: https, or http to this machine. The complaint never shows it."""
    if _web_host(url) is None:
        raise ValueError("is no http or https address")
    if not protects_secrets(url):
        raise ValueError("must start with https://, because a secret travels with it")
    return url


def protects_secrets(url: str) -> bool:
    """Whether a secret may travel to an address: it is https, or on this machine."""
    return url.lower().startswith("https://") or is_loopback(_web_host(url) or "")


def check_server_url(url: str) -> str:
    """The http or https address of a server, without name, password, query or fragment, and without '/' at its end."""
    if _web_host(url) is None:
        raise ValueError(f"{url!r} is no http or https address; write 'http://127.0.0.1:11434/v1' or 'https://…/v1'")
    parts = urlsplit(url)
    if "@" in parts.netloc:
        raise ValueError(
            "holds a user name or password; give a key as DEAL_MONITOR_READER__KEY or in a file reader__key"
        )
    if parts.query or parts.fragment:
        raise ValueError("holds more than an address; leave out what follows the '?' or '#'")
    path = parts.path.rstrip("/")
    if path.endswith("/chat/completions"):
        near = f"{parts.scheme}://{parts.netloc}{path.removesuffix('/chat/completions')}"
        raise ValueError(f"{url!r} goes one step too far; write {near!r}")
    return url.rstrip("/")


def check_site_url(url: str) -> str:
    """The http or https address of pages, without name, password, query or fragment, and without '/' at its end."""
    if _web_host(url) is None:
        raise ValueError(f"{url!r} is no http or https address; write 'https://status.company.org'")
    parts = urlsplit(url)
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise ValueError("holds more than an address; leave out names, passwords and what follows a '?' or '#'")
    if not re.fullmatch(r"[A-Za-z0-9:/._~%\[\]-]+", url):  # it stands in a header of every mail, between angle brackets
        plain = "letters from a to z, digits and . - _ ~ / : %"
        raise ValueError(f"{url!r} holds other signs than {plain}; write a name in another script as 'xn--...'")
    return url.rstrip("/")


def _web_host(url: str) -> str | None:
    """The host of an http or https address; None for any other text."""
    if re.search(r"[\s\x00-\x1f]", url):
        return None
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018  (reading it raises ValueError when it is out of range)
    except ValueError:
        return None
    return parts.hostname if parts.scheme in ("http", "https") else None


def is_loopback(host: str) -> bool:
    """Whether `host` is this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def check_addresses(text: str) -> str:
    """One or several mail addresses, separated by commas; 'Name <name@host>' is fine."""
    addresses = [address for _, address in getaddresses([text])]
    bad = [address for address in addresses if not _ADDRESS.fullmatch(address)]
    if bad or not addresses or re.search(r"[\r\n]", text):
        raise ValueError(f"{text!r} is no mail address; write 'desk@company.org', several separated by commas")
    boxes = [address.casefold() for address in addresses]
    twice = next((address for address in addresses if boxes.count(address.casefold()) > 1), None)
    if twice is not None:
        raise ValueError(f"names the mailbox {twice!r} more than once; leave one of them")
    return text


def read_targets(text: str) -> dict[str, str]:
    """'phone=pover://… team=msteams://…' as name and address. The complaint never shows an address."""
    targets: dict[str, str] = {}
    for number, word in enumerate(text.split(), 1):
        name, _, url = word.partition("=")
        if not (_SLUG.fullmatch(name) and "://" in url):
            remedy = "write 'name=service://…', several with blanks or lines between"
            raise ValueError(f"entry {number} is no target; {remedy}")
        if name in targets:
            raise ValueError(f"names {name!r} twice")
        targets[name] = url
    if not targets:
        raise ValueError("is empty; write 'name=service://…', or leave it out")
    return targets


def check_commitments(patterns: Sequence[str]) -> tuple[str, ...]:
    """Commitment ids, 'prefix*', or '*' alone."""
    if not patterns:
        raise ValueError("is empty, so the route would get nothing; write ['*'] for all commitments")
    for index, pattern in enumerate(patterns):
        if not _COMMITMENTS.fullmatch(pattern):
            near = pattern.strip().lower().replace("_", "-").replace(" ", "-")
            hint = f" (did you mean {near!r}?)" if _COMMITMENTS.fullmatch(near) else ""
            raise ValueError(f"{pattern!r} is no commitment id, 'prefix*' or '*'{hint}")
        for wide in (*patterns[:index], *patterns[index + 1 :]):
            if wide == pattern or (wide.endswith("*") and pattern.startswith(wide[:-1])):
                raise ValueError(f"{pattern!r} has no effect beside {wide!r}; remove one of them")
    return tuple(patterns)


def url_password(url: str) -> str:
    """The password inside a database address, or ''."""
    login, at, _ = url.partition("://")[2].rpartition("@")
    return login.partition(":")[2] if at else ""
