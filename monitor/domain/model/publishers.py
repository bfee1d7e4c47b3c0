"""The publishers of sources.yaml, found by name or by the domain of an address."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from monitor.domain.model import Publisher, Tier


@dataclass(frozen=True, slots=True)
class PublisherNames:
    """A publisher with all its names and domains."""

    publisher: Publisher
    aliases: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()


class Publishers:
    """Looks publishers up by name, alias or domain."""

    def __init__(self, entries: Iterable[PublisherNames]) -> None:
        self.entries = tuple(entries)
        self._names: dict[str, Publisher] = {}
        self._domains: dict[str, Publisher] = {}
        for entry in self.entries:
            for name in (entry.publisher.name, *entry.aliases):
                self._names.setdefault(_name_key(name), entry.publisher)
            for domain in entry.domains:
                self._domains.setdefault(domain.lower(), entry.publisher)

    def find(self, source: str, url: str = "") -> Publisher:
        """Return the publisher of a story. An unknown one keeps its own name, so that it counts as an independent source.

        The name decides first, because an aggregator's address says nothing about who wrote an item. But an item without a
        publisher has the aggregator's name from its feed: then the publisher of the address decides. What an aggregator adds
        in brackets ("Gazette (+4 others)") is no part of a name.
        """
        if "(+" in source:
            source = _MORE_OUTLETS.sub("", source)
        named = self._names.get(_name_key(source)) or self._by_domain(source)
        if named is not None and named.tier is not Tier.AGGREGATOR:
            return named
        by_url = self._by_domain(_host(url))
        if by_url is not None and by_url.tier is not Tier.AGGREGATOR:
            return by_url
        if named is not None:
            return named
        if by_url is not None and not source.strip():
            return by_url
        name = source.strip() or _host(url)
        return Publisher(name=name, owner=name)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Publishers) and self.entries == other.entries

    def __hash__(self) -> int:
        return hash(self.entries)

    def _by_domain(self, host: str) -> Publisher | None:
        labels = host.strip().lower().split(".")
        parents = (".".join(labels[start:]) for start in range(len(labels) - 1))
        return next((self._domains[parent] for parent in parents if parent in self._domains), None)


_MORE_OUTLETS = re.compile(r"\s*\(\+\s?\d+[^()]*\)\s*$")


def _name_key(name: str) -> str:
    return " ".join(name.casefold().split())


_PLAIN_HOST = re.compile(r"https?://([a-z0-9.-]+)(?:/|$)")
"""The beginning of an address that need not be taken apart to know its host, as most are."""


def _host(url: str) -> str:
    if plain := _PLAIN_HOST.match(url):
        return plain[1]
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
