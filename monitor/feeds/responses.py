"""Status and headers of an answer: a body to read, nothing new, a redirect to check, or a failure."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from urllib.parse import urljoin

from aiohttp import ClientResponse

from monitor.errors import FeedError, FeedErrorKind
from monitor.feeds.url_policy import FeedAddress, parse_address, redacted_url

PERMANENT_REDIRECTS = frozenset({301, 308})
REDIRECTS = frozenset({301, 302, 303, 307, 308})
MAX_RETRY_AFTER = 86_400.0
"""Seconds: the server may ask for a day, not for ever."""
_VALIDATOR_LIMIT = 512
_LOCATION_LIMIT = 4_096
_PRIVILEGED = 1_024
"""Ports below it belong to services of the system."""
_WEB_PORTS = frozenset({80, 443})
_STATUS_TEXTS = {
    HTTPStatus.NOT_MODIFIED: "'unchanged' to a request without conditions, so there is nothing to read",
    HTTPStatus.PARTIAL_CONTENT: "only a part of the document, which was not asked for",
}


def refuse_bad_status(response: ClientResponse, *, conditional: bool) -> None:
    """Return for a 200, and for a 304 that was asked for; FeedError for all else."""
    status = response.status
    if status == HTTPStatus.OK or (status == HTTPStatus.NOT_MODIFIED and conditional):
        return
    if status == HTTPStatus.GONE:
        raise FeedError("gone", "HTTP 410: the feed is gone for good; remove it or find its new address", status=status)
    if status == HTTPStatus.NO_CONTENT:
        raise FeedError("empty", "HTTP 204: the server has no content here", status=status)
    try:
        text = _STATUS_TEXTS.get(status) or HTTPStatus(status).phrase.lower()
    except ValueError:
        text = "a status that does not exist"
    kind: FeedErrorKind = "rate_limited" if status == HTTPStatus.TOO_MANY_REQUESTS else "http"
    raise FeedError(kind, f"HTTP {status}: {text}", status=status, retry_after=retry_after(response))


def retry_after(response: ClientResponse) -> float | None:
    """The delay that the server asks for in seconds, at most a day; None when absent, negative or unreadable."""
    raw = response.headers.get("Retry-After", "").strip()[:64]
    if raw.isascii() and raw.isdigit():
        return min(float(raw), MAX_RETRY_AFTER)
    until = _http_date(raw)
    if until is None:
        return None
    # The server's own clock, where it shows it, so that ours need not agree.
    now = _http_date(response.headers.get("Date", "")) or datetime.now(UTC)
    delay = (until - now).total_seconds()
    return min(delay, MAX_RETRY_AFTER) if delay > 0 else None


def _http_date(raw: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(raw)
    except (ValueError, TypeError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def usable_validator(value: str | None) -> str | None:
    """An ETag or Last-Modified fit to be stored and sent back: printable and short, else None."""
    fits = value and len(value) <= _VALIDATOR_LIMIT and value.isascii() and value.isprintable()
    return value if fits else None


def redirect_target(here: FeedAddress, response: ClientResponse) -> FeedAddress:
    """Where a redirect leads, checked; FeedError redirects or refused_address if it must not be followed."""
    location = response.headers.get("Location", "")
    if not location.strip():
        raise FeedError("redirects", f"HTTP {response.status}: a redirect to nowhere", status=response.status)
    if len(location) > _LOCATION_LIMIT or any(char < " " or char == "\x7f" for char in location):
        raise FeedError("redirects", "a redirect to an address that is malformed or too long", status=response.status)
    try:
        target = parse_address(urljoin(here.url, location.strip()))
    except ValueError as error:
        raise FeedError("redirects", "a redirect to an address that cannot be read") from error
    shown = redacted_url(target.url)
    if target.user or target.password:
        raise FeedError("redirects", f"a redirect to {shown} with a user name in it")
    if here.scheme == "https" and target.scheme == "http":
        raise FeedError("redirects", f"a redirect from https down to {shown}")
    if target.origin != here.origin and target.port < _PRIVILEGED and target.port not in _WEB_PORTS:
        raise FeedError("redirects", f"a redirect to {shown}, a port that serves no web pages")
    return target
