"""Whose report an item is. What an item says of its publisher is only a claim: any feed may write any name."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

from monitor.domain.model import Entry, Outlet, Publisher, Tier
from monitor.domain.model.publishers import Publishers

UNHEARD, BY_ADDRESS = "unheard", "address"
"""Why another publisher counts than the one that an item names: its feed speaks for nobody else, or the name is not
listed but the address next to it is."""
_REDIRECT, _TARGETS = "/url", ("q", "url")
"""The path and the parameters of an aggregator's redirect; in any other address a parameter leads nowhere."""
_NONE_OF_OURS = (Tier.UNKNOWN, Tier.AGGREGATOR)


def with_publisher(entry: Entry, feed: str, publishers: Publishers, *, aggregator: bool) -> Entry:
    """The entry with the publisher that counts. feed: the feed's own publisher; aggregator: it carries the reports of
    others, so its items name their publishers.

    A name is heard in a feed of an aggregator, or if the item's link belongs to it. A name that is not listed gives way
    to the publisher of the address next to it, in an aggregator's feed.
    """
    claimed = entry.source
    if not claimed or (named := publishers.find(claimed)) == publishers.find(feed):
        return replace(entry, source=feed)
    if not aggregator:
        own = _at(entry.url, publishers)
        heard = own.tier not in _NONE_OF_OURS and own.name == named.name
        return entry if heard else replace(entry, source=feed, claimed=claimed, basis=UNHEARD)
    if named.tier is Tier.UNKNOWN:
        for address in (entry.home, entry.url):
            if (host := _at(address, publishers)).tier not in _NONE_OF_OURS:
                return replace(entry, source=host.name, claimed=claimed, basis=BY_ADDRESS)
    return entry


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
    counts = publishers.find(outlet.source, outlet.url).name or "nobody"
    if outlet.basis == UNHEARD:
        return f"{counts}: the feed's own; the item names “{outlet.claimed}”, but the feed is declared no aggregator"
    if outlet.basis == BY_ADDRESS:
        return f"{counts}: by the address of “{outlet.claimed}”, which an aggregator's item names"
    own, host = _at(outlet.url, publishers), publishers.find("", outlet.url)
    if own.name == counts and own.tier not in _NONE_OF_OURS:
        return f"{counts}: by the item's address"
    heard = host.tier is Tier.AGGREGATOR and host.name != counts
    return f"{counts}: " + ("named by an aggregator's item" if heard else "the feed's own")
