"""The digests as pages, and the list of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import PurePosixPath
from typing import Any

from monitor.domain.messages.briefs import DigestBrief
from monitor.domain.messages.digest.brief import TIMELINE_DAYS
from monitor.domain.pages import addresses
from monitor.domain.pages.material import SiteMaterial
from monitor.render import charts
from monitor.site.page_templates import PageTemplates

Public = Callable[[str], str]
"""Makes a text fit for publication."""


@dataclass(frozen=True, slots=True)
class KeptDigest:
    """A digest on the site. due: in the zone of its route."""

    route: str
    address: str
    due: datetime
    brief: DigestBrief


def digest_files(
    pages: PageTemplates, digests: Mapping[str, DigestBrief], public: Public, material: SiteMaterial
) -> Iterator[tuple[str, bytes]]:
    """(address, content) of the list and of every digest. digests: by the address of the page. Raises RenderError."""
    kept = []
    for address, brief in digests.items():
        place = PurePosixPath(address)
        due = datetime.strptime(place.stem, "%Y-%m-%dT%H%M")  # noqa: DTZ007 - in the zone of the route
        kept.append(KeptDigest(place.parent.name, address, due, _made_public(brief, public)))
    kept.sort(key=lambda digest: digest.due, reverse=True)
    kept.sort(key=lambda digest: digest.route)
    by_route = {route: tuple(group) for route, group in groupby(kept, key=lambda digest: digest.route)}
    yield pages.page(addresses.DIGESTS, "digests.html.j2", routes=by_route)
    for of_route in by_route.values():
        line = (None, *of_route, None)
        for digest, later, earlier in zip(of_route, line, line[2:], strict=False):
            brief = digest.brief
            start = brief.end - timedelta(days=TIMELINE_DAYS)
            picture = charts.timeline_svg(brief.timelines, start, brief.end) if brief.timelines else ""
            values = {"digest": digest, "earlier": earlier, "later": later, "picture": picture}
            yield pages.page(digest.address, "digest.html.j2", known=tuple(material.context.commitments), **values)


def _made_public(value: Any, public: Public) -> Any:
    """A digest or a part of one with all its texts made public, apart from addresses."""
    if isinstance(value, str):
        return public(value)
    if isinstance(value, tuple):
        return tuple(_made_public(item, public) for item in value)
    if not is_dataclass(value) or isinstance(value, type):
        return value
    names = [field.name for field in fields(value) if field.name != "url"]
    return replace(value, **{name: _made_public(getattr(value, name), public) for name in names})
