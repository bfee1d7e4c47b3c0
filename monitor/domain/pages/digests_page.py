"""The digests that are kept as pages: their list by route and slot, and the way from one to the next."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from monitor.domain.pages import addresses
from monitor.domain.pages.frame import Moment
from monitor.domain.pages.material import SiteMaterial
from monitor.domain.text.labels import format_date

SLOT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{4}")
"""The name of a kept digest: the moment for which it was made, in the zone of its route."""


@dataclass(frozen=True, slots=True)
class KeptDigest:
    """A digest on the site. subject: of its mail; slot: when it was due, in the zone of its route."""

    route: str
    address: str
    subject: str
    slot: Moment


@dataclass(frozen=True, slots=True)
class RouteDigests:
    """The digests of one route, newest first."""

    route: str
    digests: tuple[KeptDigest, ...]


@dataclass(frozen=True, slots=True)
class DigestsPage:
    """The list of all digests."""

    routes: tuple[RouteDigests, ...]


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The digests of the same route before and after one; None at the ends."""

    earlier: KeptDigest | None
    later: KeptDigest | None


def kept_digest(route: str, slot: str, subject: str) -> KeptDigest:
    """slot: as in the name of the file, '2026-11-23T0800'. Raises ValueError for what is no moment."""
    at = datetime.strptime(slot, "%Y-%m-%dT%H%M")  # noqa: DTZ007 - in the zone of the route, which the file does not name
    when = Moment(f"{format_date(at.date())}, {at:%H:%M}", f"{at:%Y-%m-%dT%H:%M}")
    return KeptDigest(route, addresses.digest_page(route, slot), subject, when)


def commitment_names(material: SiteMaterial) -> Mapping[str, str]:
    """By the short name that digests print, the page of its commitment; a name that several bear leads nowhere."""
    commitments = material.context.commitments.values()
    counts = Counter(commitment.short for commitment in commitments)
    return {c.short: addresses.commitment_page(c.id) for c in commitments if counts[c.short] == 1}


def by_route(digests: Iterable[KeptDigest]) -> tuple[RouteDigests, ...]:
    """The routes by name, of each the digests newest first."""
    routes: dict[str, list[KeptDigest]] = {}
    for digest in sorted(digests, key=lambda digest: digest.slot.iso, reverse=True):
        routes.setdefault(digest.route, []).append(digest)
    return tuple(RouteDigests(route, tuple(routes[route])) for route in sorted(routes))


def neighbours(routes: Iterable[RouteDigests]) -> Mapping[str, Neighbours]:
    """By the address of a digest, those before and after it."""
    found = {}
    for group in routes:
        line = (None, *group.digests, None)
        for later, digest, earlier in zip(line, line[1:], line[2:], strict=False):
            assert digest is not None, "only the ends are None"
            found[digest.address] = Neighbours(earlier, later)
    return found
