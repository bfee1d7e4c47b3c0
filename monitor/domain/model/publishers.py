"""The publishers of sources.yaml, found by name or by the domain of an address."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from urllib.parse import urlsplit

from monitor.domain.model import Publisher, Tier


@dataclass(frozen=True, slots=True)
class PublisherNames:
    """A publisher with all its names and domains."""

    publisher: Publisher
    aliases: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()


NEAR = 0.7
"""The least similarity of a misspelt name, an estimate: "Reuterz" and "Reuters" have 0.86."""


@dataclass(frozen=True, slots=True)
class UnknownPublisher:
    """A name that is not listed. near: the listed name probably meant, else the publisher of the address."""

    name: str
    near: str | None = None

    def __str__(self) -> str:
        """ "publisher 'Reuterz' is not in sources.yaml (did you mean 'Reuters'?); its reports do not count"."""
        hint = f" (did you mean {self.near!r}?)" if self.near else ""
        return f"publisher {self.name!r} is not in sources.yaml{hint}; its reports do not count"


class Publishers:
    """Looks publishers up by name, alias or domain."""

    def __init__(self, entries: Iterable[PublisherNames]) -> None:
        self.entries = tuple(entries)
        self._names: dict[str, list[Publisher]] = {}
        self._domains: dict[str, Publisher] = {}
        for entry in self.entries:
            for name in (entry.publisher.name, *entry.aliases):
                self._names.setdefault(_name_key(name), []).append(entry.publisher)
            for domain in entry.domains:
                self._domains.setdefault(domain.lower(), entry.publisher)

    def find(self, source: str, url: str = "") -> Publisher:
        """The publisher of a story. An unknown one keeps its own name, so that it counts as an independent source.

        The name decides, because anybody may link to any page: the address only between namesakes, and without a name.
        """
        source = _ADDITION.sub("", source) if source.endswith(")") else source
        named = self._names.get(_name_key(source), ())
        if len(named) > 1:
            by_url = self._by_domain(_host(url))
            return by_url if by_url in named else named[0]
        name = source.strip() or _host(url)
        return named[0] if named else self._by_domain(name) or Publisher(name=name, owner=name)

    def shortened(self, text: str) -> str:
        """A text that begins with the long name of an office, with its initials: 'USTR announced' for 'The Office of
        the U.S. Trade Representative announced'."""
        bare = text.removeprefix("The ").removeprefix("the ").replace("’", "'")
        offices = (
            each for each in self.entries if each.publisher.tier is Tier.OFFICIAL and each.publisher.name.isupper()
        )
        names = ((alias, each.publisher.name) for each in offices for alias in each.aliases)
        found = ((alias, name) for alias, name in names if bare.startswith(f"{alias} "))
        alias, name = max(found, key=lambda pair: len(pair[0]), default=("", ""))
        return f"{name}{bare[len(alias) :]}" if alias else text

    def unknown(self, name: str, url: str = "") -> UnknownPublisher | None:
        """The finding for a feed's publisher that is not listed; None if it is listed. url: the feed's address."""
        if self._names.get(_name_key(name)) or self._by_domain(name):
            return None
        names = {_name_key(known): known for entry in self.entries for known in (entry.publisher.name, *entry.aliases)}
        near = get_close_matches(_name_key(name), names, 1, NEAR)
        at = self._by_domain(_host(url))
        return UnknownPublisher(name, names[near[0]] if near else at.name if at else None)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Publishers) and self.entries == other.entries

    def __hash__(self) -> int:
        return hash(self.entries)

    def _by_domain(self, host: str) -> Publisher | None:
        labels = host.strip().lower().split(".")
        parents = (".".join(labels[start:]) for start in range(len(labels) - 1))
        return next((self._domains[parent] for parent in parents if parent in self._domains), None)


_ADDITION = re.compile(r"\s*\((?:\+\s?\d+[^()]*|\.[a-z]{2,6})\)$")
"""An aggregator's addition to a name: "Gazette (+4 others)", "The White House (.gov)"."""


def _name_key(name: str) -> str:
    return " ".join(name.casefold().split())


_PLAIN_HOST = re.compile(r"https?://([a-z0-9.-]+)(?:/|$)")
"""An address whose host is plain, as most are: faster than urlsplit."""
_NAME = re.compile(r"[\w.-]+")
"""A host that every program reads alike: to a browser a backslash ends it, so that its ending names somebody else."""


def _host(url: str) -> str:
    if plain := _PLAIN_HOST.match(url):
        return plain[1]
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    return host if _NAME.fullmatch(host) else ""
