"""Checks of the feeds: their publishers, their addresses, and how their polls end."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from monitor.cli.common import format_utc, pluralised
from monitor.cli.doctor.findings import Examination, Finding, listed
from monitor.cli.status_tables import format_date
from monitor.errors import RuleError

if TYPE_CHECKING:
    from monitor.config import FeedSettings


def check_publishers(patient: Examination) -> Iterator[Finding]:
    """That every feed's publisher stands in sources.yaml: the word of others counts for nothing."""
    from monitor.domain.model.publishers import unknown_publishers
    from monitor.rulebook.publishers import SOURCES, load_publishers
    from monitor.runtime.session import feeds_of

    settings = patient.settings
    feeds = feeds_of(settings)
    place = settings.rules / SOURCES
    if not feeds or not os.path.isfile(place):  # nor where nobody lets us into the folder
        return  # the check of the rules tells of the file
    try:
        publishers = patient.rulebook.publishers if patient.rulebook else load_publishers(settings.rules)
    except RuleError:
        return  # the same
    strangers = []
    for name, unknown in unknown_publishers(feeds, publishers).items():
        meant = unknown.near or unknown.at
        if meant is None:
            strangers.append((name, unknown.name))
            continue
        effect = f"only items at addresses of {unknown.at} count" if unknown.at else "its word counts for nothing"
        text = f"feed {name!r}: no publisher is called {unknown.name!r}, so {effect}"
        yield Finding("warn", "publisher", text, f"write publisher = {meant!r}, or list {unknown.name!r} in {place}")
    if len(strangers) == 1:
        ((name, stranger),) = strangers
        text = f"feed {name!r}: no publisher is called {stranger!r}, so its word counts for nothing"
        yield Finding("warn", "publisher", text, f"correct it, or list {stranger!r} in {place}")
    elif strangers:
        names = listed([name for name, _ in strangers])
        text = f"{len(strangers)} feeds have publishers that nobody lists, so their word counts for nothing: {names}"
        yield Finding("warn", "publisher", text, f"list them in {place}; `deal-monitor feeds list` names each")


def check_addresses(patient: Examination) -> Iterator[Finding]:
    """That no feed has an address which is never asked: one of a private network, written as a number or as localhost."""
    from monitor.feeds.url_policy import is_metadata
    from monitor.runtime.session import feeds_of

    feeds, allowed = feeds_of(patient.settings), patient.settings.poll.allow_private_addresses
    literal = {feed.name: _literal_address(feed) for feed in feeds}
    never = [name for name, address in literal.items() if address and is_metadata(address)]
    private = [name for name, address in literal.items() if address and name not in never and _is_private(address)]
    if never:
        text = f"{listed(never)}: the address is link-local or that of a cloud's metadata, which is never asked"
        yield Finding("warn", "address", text, "give the feed another address")
    if private and not allowed:
        which = f"{pluralised(len(private), 'feed')} in a private network, which is not asked: {listed(private)}"
        remedy = "if it is meant, write allow_private_addresses = true under [poll]; else correct the address"
        yield Finding("FAIL" if len(private) == len(feeds) else "warn", "address", which, remedy)


def _literal_address(feed: FeedSettings) -> str:
    """The number in a feed's address; '' if a name stands there, which only the network can tell of."""
    from ipaddress import ip_address

    host = (urlsplit(feed.url).hostname or "").rstrip(".")
    if host == "localhost" or host.endswith(".localhost"):
        return "127.0.0.1"
    try:
        return str(ip_address(host))
    except ValueError:
        return ""


def _is_private(address: str) -> bool:
    from monitor.feeds.url_policy import is_public

    return not is_public(address)


def check_sources(patient: Examination) -> Iterator[Finding]:
    """The sources that cannot be relied on, those that fail alike in one line. It fails where no source answers."""
    from monitor.domain.messages.digest.feed_health import alike_failures, blackout, source_health
    from monitor.runtime.session import feeds_of
    from monitor.store import feeds as feed_store

    feeds = feeds_of(patient.settings)
    if not feeds and patient.whole:
        yield Finding("warn", "source", "no feed is polled", "`deal-monitor feeds add URL` adds one to config.toml")
    if not feeds or patient.store is None:
        return
    with patient.store.read() as conn:
        states = feed_store.states(conn)
    dark = blackout(feeds, states)
    for number, alike in enumerate(alike_failures(feeds, states)):
        count, since = len(alike.feeds), f"since {format_date(alike.since)}"
        text = f"{alike.feeds[0]}: failing {since}: {alike.error}"
        if count > 1:
            text = f"{count} feeds fail alike {since}: {alike.error} ({listed(alike.feeds)})"
        if dark is not None and number == 0:
            yield Finding("FAIL", "source", f"no source answers since {format_utc(dark.since)}. {text}", alike.remedy)
        else:
            yield Finding("warn", "source", text, alike.remedy)
    health = source_health(feeds, states, patient.now)
    for source in health:
        if source.state in ("silent", "frozen"):
            text = f"{source.name}: {source.state} since {format_date(source.since)}: {source.detail}"
            yield Finding(
                "warn", "source", text, "open the address in a browser; a feed that stands still may have moved"
            )
    if well := sum(source.state == "ok" for source in health):
        yield Finding("ok", "source", f"{well} of {pluralised(len(feeds), 'feed')} answer and bring news")
