"""Checks of single settings. Each raises ValueError with a remedy."""

from __future__ import annotations

import base64
import difflib
import ipaddress
import re
from collections.abc import Iterable, Sequence
from email.utils import getaddresses
from functools import cache
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from monitor.domain.model.routes import Cadence

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LONGEST_INTERVAL = 7 * 86400
"""Seconds: a feed that is polled less than once a week has lost most of its entries by then (estimate)."""
FIRST_DIGEST_HOUR = 4
"""Zones of the IANA database change their clocks between 00:00 and 03:00."""
ZONE_HINTS = {
    **dict.fromkeys(("edt", "eastern", "washington"), "'America/New_York'"),
    "cst": "'America/Chicago' or 'Asia/Shanghai'",
    "beijing": "'Asia/Shanghai'",
}
"""Common names of zones that the database lists under another city."""
CLOCK = r"([01]\d|2[0-3]):([0-5]\d)"
DIGEST = rf"(daily|(?:(weekly|fortnightly) )?({'|'.join(WEEKDAYS)})|monthly ([1-9]|1\d|2[0-8])) ({CLOCK})"
DIGEST_EXAMPLES = "'mon 08:00', 'daily 08:00', 'fortnightly mon 08:00' or 'monthly 1 08:00'"
SLUG = r"[a-z0-9][a-z0-9_-]*"
COMMITMENTS = r"\*|[a-z0-9]+(?:-[a-z0-9]+)*-?\*?"
OUR_HEADERS = frozenset({"accept", "accept-encoding", "connection", "content-length", "host", "if-modified-since"})
OUR_HEADERS |= {"if-none-match", "transfer-encoding", "upgrade", "user-agent"}
ADDRESS = r"[^\s@<>,;\"]+@[^\s@<>,;\"]+\.[^\s@<>,;\"]+|[^\s@<>,;\"]+@localhost"


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """' (did you mean ...?)' with the nearest of `known`; '' if none is near."""
    by_fold = {name.lower(): name for name in known}
    near = difflib.get_close_matches(word.lower(), by_fold, n=1, cutoff=0.6)
    return f" (did you mean {by_fold[near[0]]!r}?)" if near else ""


# ---------------------------------------------------------------- times


def read_interval(value: object) -> int:
    """'90s', '15m', '1h' or '1d' as seconds."""
    if isinstance(value, int) and not isinstance(value, bool):
        raise ValueError(f"{value} has no unit; write '{value}s' or '{value}m'")
    match = re.fullmatch(r"(\d{1,6}) ?([smhd])", value.strip()) if isinstance(value, str) else None
    if match is None:
        raise ValueError(f"{value!r} is not an interval; write '90s', '15m', '1h' or '1d'")
    seconds = int(match[1]) * {"s": 1, "m": 60, "h": 3600, "d": 86400}[match[2]]
    if not 1 <= seconds <= LONGEST_INTERVAL:
        raise ValueError(f"{value!r} must be between 1s and 7d")
    return seconds


def read_quiet_hours(value: object) -> object:
    """'22:00-07:00' as ('22:00', '07:00'); it may cross midnight. None means no quiet hours."""
    if value is None:
        return None
    start, _, end = (part.strip() for part in str(value).partition("-"))
    if not (re.fullmatch(CLOCK, start) and re.fullmatch(CLOCK, end)):
        given = repr(value) if isinstance(value, str) else value  # a time of day has no quotes in the file
        raise ValueError(f"{given} is not a time span; write '22:00-07:00', or leave quiet_hours out")
    if start == end:
        raise ValueError(f"{value!r} is empty and has no effect; leave quiet_hours out instead")
    return start, end


def read_digest(value: object) -> Cadence | None:
    """'daily 08:00', 'mon 08:00', 'fortnightly mon 08:00' or 'monthly 1 08:00' as a cadence. None means no digest. The
    hours from 00 to 03 are refused, because clock changes skip or repeat them in some zones."""
    if value is None:
        return None
    match = re.fullmatch(DIGEST, " ".join(value.lower().split())) if isinstance(value, str) else None
    if match is None:
        days = " (on a day from 1 to 28)" if str(value).lower().startswith("monthly") else ""
        given = repr(value) if isinstance(value, str) else value
        raise ValueError(f"{given} is not a time for a digest{days}; write {DIGEST_EXAMPLES}, or leave digest out")
    period, every, weekday, day, hour = match.group(1, 2, 3, 4, 5)
    if int(hour[:2]) < FIRST_DIGEST_HOUR:
        raise ValueError(f"{value!r} is before 04:00, when clock changes can skip or repeat it; choose a later time")
    if weekday:
        return Cadence("fortnight" if every == "fortnightly" else "week", WEEKDAYS.index(weekday), hour)
    return Cadence("day", 0, hour) if period == "daily" else Cadence("month", int(day), hour)


@cache
def _zones() -> frozenset[str]:
    """Without 'localtime', which differs from machine to machine."""
    return frozenset(available_timezones() - {"localtime"})


def check_zone(name: str) -> str:
    """A time zone of the IANA database. The hint is the zone of the city, else the nearest name."""
    if name in _zones():
        return name
    if not _zones():
        raise ValueError("cannot be checked: time zone data is missing on this machine; install it: pip install tzdata")
    place = name.strip().lower().replace(" ", "_").rpartition("/")[2]
    city = min((repr(zone) for zone in _zones() if zone.lower().rpartition("/")[2] == place), default="")
    near = f" (did you mean {near}?)" if (near := ZONE_HINTS.get(place, city)) else did_you_mean(name, _zones())
    if re.search(r"\d", name) or (not city and place not in ZONE_HINTS and len(name) <= len("CEST")):
        near = ""  # an offset or an abbreviation resembles no zone
    hint = near or "; write one by its city, such as 'America/New_York' or 'Asia/Shanghai'"
    raise ValueError(f"{name!r} is not a time zone{hint}")


# ---------------------------------------------------------------- names and texts


def check_single_line(text: str) -> str:
    """One line without control characters, because these texts become headers."""
    if re.search(r"[\x00-\x1f\x7f]", text):
        raise ValueError("contains a line end, a tab or another control character; write one plain line")
    return text


def check_slug(name: str) -> str:
    """A name for the command line and for folders: small letters, digits, '-' and '_'."""
    if not re.fullmatch(SLUG, name):
        near = re.sub(r"[^a-z0-9_-]+", "-", name.lower()).strip("-_")
        hint = f"; write {near!r}" if near else ""
        raise ValueError(f"{name!r} must consist of small letters, digits, '-' and '_'{hint}")
    return name


def check_lang(code: str) -> str:
    """'en', 'zh' or 'zh-CN'; '' leaves it to the document."""
    if not re.fullmatch(r"([a-z]{2}(-[A-Za-z]{2,4})?)?", code):
        raise ValueError(f"{code!r} is not a language code; write 'en' or 'zh', or leave it out")
    return code


def check_commitments(patterns: Sequence[str]) -> tuple[str, ...]:
    """Ids of commitments or deals, 'prefix*', or '*' alone."""
    if not patterns:
        raise ValueError("is empty, so the route would get no messages; write ['*'] for all commitments")
    for index, pattern in enumerate(patterns):
        if not re.fullmatch(COMMITMENTS, pattern):
            near = pattern.strip().lower().replace("_", "-").replace(" ", "-")
            hint = f" (did you mean {near!r}?)" if re.fullmatch(COMMITMENTS, near) else ""
            raise ValueError(f"{pattern!r} is not the id of a commitment or deal, 'prefix*' or '*'{hint}")
        for wide in (*patterns[:index], *patterns[index + 1 :]):
            if wide == pattern or (wide.endswith("*") and pattern.startswith(wide[:-1])):
                raise ValueError(f"{pattern!r} has no effect, because {wide!r} covers it; remove one of them")
    return tuple(patterns)


def check_addresses(text: str) -> str:
    """One or more mail addresses, separated by commas; 'Name <name@host>' is allowed."""
    addresses = [address for _, address in getaddresses([text])]
    if not addresses or not all(re.fullmatch(ADDRESS, each) for each in addresses) or re.search(r"[\r\n]", text):
        raise ValueError(f"{text!r} is not a mail address; write 'desk@company.org', several separated by commas")
    boxes = [address.casefold() for address in addresses]
    twice = next((address for address in addresses if boxes.count(address.casefold()) > 1), None)
    if twice is not None:
        raise ValueError(f"contains the mailbox {twice!r} more than once; keep one of them")
    return text


def resembles_secret(place: str) -> bool:
    """Whether the name of a place is a Slack token, or an address that lets its holder post."""
    return re.match(r"xox|xapp-", place) is not None or "://" in place


def check_slack_place(place: str) -> str:
    """The name or id of a channel. A likely secret is refused without showing it."""
    if resembles_secret(place):
        raise ValueError("is a token or an address, not a channel; write '#name', and secrets as DEAL_MONITOR_SLACK__…")
    if re.search(r"[\s,;]|.@", place):
        raise ValueError(f"{place!r} is not a Slack channel; write one, as '#name' or by its id")
    return place


def read_targets(text: str) -> dict[str, str]:
    """'phone=pover://… team=msteams://…' as name and address. Errors never show an address."""
    targets: dict[str, str] = {}
    for number, word in enumerate(text.split(), 1):
        name, _, url = word.partition("=")
        if not (re.fullmatch(SLUG, name) and "://" in url):
            raise ValueError(f"entry {number} is not a target; write 'name=service://…', separated by spaces or lines")
        if name in targets:
            raise ValueError(f"contains {name!r} twice")
        targets[name] = url
    if not targets:
        raise ValueError("is empty; write 'name=service://…', or leave it out")
    return targets


def read_feed_headers(text: str) -> dict[str, dict[str, str]]:
    """Lines 'feed = Header: value' as headers by feed. 'Authorization: Basic user:password' is encoded here. Errors
    never show a value."""
    headers: dict[str, dict[str, str]] = {}
    for number, line in enumerate(filter(str.strip, text.splitlines()), 1):
        feed, _, header = line.partition("=")
        name, _, value = (part.strip() for part in header.partition(":"))
        if not (feed.strip() and re.fullmatch(r"[A-Za-z0-9-]+", name) and re.fullmatch(r"[ -~]+", value)):
            raise ValueError(f"line {number} is not a header; write 'feed = Header: value', one in a line")
        if name.lower() in OUR_HEADERS:
            raise ValueError(f"line {number} sets {name}, which the program sets itself; remove it")
        kind, _, login = value.partition(" ")
        if name.lower() == "authorization" and kind.lower() == "basic" and ":" in login:
            value = f"Basic {base64.b64encode(login.encode()).decode()}"
        headers.setdefault(feed.strip(), {})[name] = value
    return headers


# ---------------------------------------------------------------- hosts and addresses


def check_host(host: str) -> str:
    """The bare name or IP address of a machine."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        if re.search(r"[\s/:@]", host):
            raise ValueError(f"{host!r} is not a host name; write it alone, and the port as port = 587") from None
    return host


def is_loopback(host: str) -> bool:
    """Whether `host` is this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _web_host(url: str) -> str | None:
    """The host of an http or https address; None for any other text."""
    if re.search(r"[\s\x00-\x1f]", url):
        return None
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018  (reading it raises ValueError if it is out of range)
    except ValueError:
        return None
    return parts.hostname if parts.scheme in ("http", "https") else None


def check_feed_url(url: str) -> str:
    """An http or https address without user name and password."""
    if _web_host(url) is None:
        raise ValueError(f"{url!r} is not an http or https address; write 'https://…'")
    if "@" in urlsplit(url).netloc:
        raise ValueError("contains a user name or password, which would be stored and logged; use a public address")
    return url


def check_private_url(url: str) -> str:
    """A secret address, or one that secrets are sent to: https, or http on this machine. Errors never show it."""
    if _web_host(url) is None:
        raise ValueError("is not an http or https address")
    if not protects_secrets(url):
        raise ValueError("must start with https://, because a secret is sent there")
    return url


def protects_secrets(url: str) -> bool:
    """Whether secrets may be sent to an address: it is https, or on this machine."""
    return url.lower().startswith("https://") or is_loopback(_web_host(url) or "")


def check_base_url(url: str) -> str:
    """The address of a server or site, without user name, password, query, fragment and final '/'. That of a model ends
    before /chat/completions."""
    if url.rstrip("/").endswith("/chat/completions"):
        raise ValueError(f"{url!r} goes too far; write {url.rstrip('/').removesuffix('/chat/completions')!r}")
    if _web_host(url) is None:
        raise ValueError(f"{url!r} is not an http or https address; write 'https://company.org/path'")
    parts = urlsplit(url)
    if "@" in parts.netloc:
        raise ValueError("contains a user name or password; give secrets as variables or in the secrets folder")
    if parts.query or parts.fragment:
        raise ValueError("is more than an address; remove everything from the '?' or '#'")
    if not re.fullmatch(r"[A-Za-z0-9:/._~%\[\]-]+", url):  # it is printed in mail headers, between angle brackets
        allowed = "letters from a to z, digits and . - _ ~ / : %"
        raise ValueError(f"{url!r} may only contain {allowed}; write a name in another script as 'xn--...'")
    return url.rstrip("/")


def url_password(url: str) -> str:
    """The password in a database address, or ''."""
    login, at, _ = url.partition("://")[2].rpartition("@")
    return login.partition(":")[2] if at else ""
