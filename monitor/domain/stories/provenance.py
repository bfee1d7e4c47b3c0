"""Whose report an item is. What an item says of that, by a name or by its link, is only a claim: any feed may write any
name, and link to any page."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

from monitor.domain.model import Entry, Outlet, Publisher, Tier
from monitor.domain.model.news import ConfiguredFeed
from monitor.domain.model.publishers import Publishers

UNHEARD, NAMED, BY_ADDRESS = "unheard", "named", "address"
"""Why a publisher counts that is not simply the feed's own: the one that the item names or links to does not count, the
item of an aggregator names it, or an address belongs to it."""
_REDIRECT, _TARGETS = "/url", ("q", "url")
"""The path and the parameters of an aggregator's redirect; in any other address a parameter leads nowhere."""
_NONE_OF_OURS = (Tier.UNKNOWN, Tier.AGGREGATOR)


def with_publisher(entry: Entry, feed: ConfiguredFeed, publishers: Publishers) -> Entry:
    """The entry with the publisher that counts.

    In an aggregator's feed it is the one that the item names; if that is not listed, the one of the address next to the
    name, else of the link. In any other feed it is the feed's own, with two exceptions for the press: the publisher of
    the link, if the item names it, or if the feed has no publisher. No link makes a side speak, except in a feed from
    an address of the same publisher.
    """
    own = publishers.find(feed.publisher)
    named = publishers.find(entry.source, entry.url) if entry.source else own
    claimed, is_listed = "" if named == own else entry.source, named.tier not in _NONE_OF_OURS
    is_open = not is_listed and own.tier is Tier.UNKNOWN and not feed.has_publisher
    for address in (entry.home, entry.url) if feed.aggregator else (entry.url,):
        host = _at(address, publishers)
        if host.tier in _NONE_OF_OURS or host == own:
            continue
        if feed.aggregator:
            is_heard = not is_listed
        else:
            is_heard = not is_side(host) or publishers.find("", feed.url) == host
            is_heard &= host == named or is_open
        if is_heard:
            unlisted = claimed if host != named else ""
            return replace(entry, source=host.name, claimed=unlisted, basis=BY_ADDRESS)
        if own.tier in _NONE_OF_OURS:
            claimed = claimed or host.name
    if claimed and feed.aggregator:
        return replace(entry, basis=NAMED)
    return replace(entry, source=feed.publisher or feed.name, claimed=claimed, basis=UNHEARD if claimed else "")


def is_side(publisher: Publisher) -> bool:
    """Whether a publisher speaks for a side: no link proves that it spoke."""
    return bool(publisher.side) or publisher.tier <= Tier.STATE_MEDIA


def _at(url: str, publishers: Publishers) -> Publisher:
    """The publisher of an address, or of the one to which an aggregator's address leads."""
    found = publishers.find("", url)
    if found.tier is Tier.AGGREGATOR:
        parts = urlsplit(url)
        targets = [value for name, value in parse_qsl(parts.query) if name in _TARGETS]
        return publishers.find("", targets[0] if parts.path == _REDIRECT and len(targets) == 1 else url)
    return found


def provenance(outlet: Outlet, publishers: Publishers) -> str:
    """How the publisher of an outlet was determined, for a person."""
    counts, claimed = publishers.find(outlet.source, outlet.url).name, outlet.claimed
    how = "the feed's own"
    if outlet.basis == NAMED:
        how = "named by an aggregator's item"
    elif outlet.basis == BY_ADDRESS:
        how = "by the item's address" + (f"; its name “{claimed}” alone would not count" if claimed else "")
    elif claimed:
        how += f"; the item claims “{claimed}”, which counts only as the feed's publisher or with aggregator = true"
    return f"{counts or 'nobody'}: {how}"
