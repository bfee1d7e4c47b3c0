"""The kept digests as pages, and the list of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import groupby
from pathlib import Path

from monitor.domain.pages import addresses
from monitor.domain.pages.material import SiteMaterial
from monitor.errors import RenderError
from monitor.render.digest_page import Surroundings, digest_page, digest_title
from monitor.site.page_templates import PageTemplates

ROUTE = re.compile(r"[A-Za-z0-9_-]+")
"""The folder of a route; other names in the folder of the digests are ignored."""


@dataclass(frozen=True, slots=True)
class KeptDigest:
    """A digest on the site. subject: of its mail; due: in the zone of its route."""

    route: str
    address: str
    subject: str
    due: datetime


Public = Callable[[str], str]
"""Makes a text fit for publication."""


def digest_files(
    pages: PageTemplates, folder: Path, public: Public, material: SiteMaterial
) -> Iterator[tuple[str, bytes]]:
    """(address, content) of the list and of every digest in folder/ROUTE/SLOT.html. Raises RenderError."""
    # The address of a page by the short name that digests print, unless several commitments share the name.
    commitments = material.context.commitments.values()
    counts = Counter(commitment.short for commitment in commitments)
    names = {c.short: addresses.commitment_page(c.id) for c in commitments if counts[c.short] == 1}
    site = Surroundings(material.base_url, public, names)
    found = []
    for file in folder.glob("*/*.html"):  # files with other names are ignored
        route, slot = file.parent.name, file.stem
        try:
            # In the zone of the route, which the file does not name.
            due = datetime.strptime(slot, "%Y-%m-%dT%H%M")  # noqa: DTZ007
        except ValueError:
            continue
        if ROUTE.fullmatch(route) and f"{due:%Y-%m-%dT%H%M}" == slot:
            subject = public(_title(file, file.stat().st_mtime_ns))
            found.append(KeptDigest(route, addresses.digest_page(route, slot), subject, due))
    found.sort(key=lambda digest: digest.due, reverse=True)
    found.sort(key=lambda digest: digest.route)
    by_route = {route: tuple(group) for route, group in groupby(found, key=lambda digest: digest.route)}
    yield pages.page(addresses.DIGESTS, "digests.html.j2", routes=by_route)
    for digests in by_route.values():
        line = (None, *digests, None)
        for digest, later, earlier in zip(digests, line, line[2:], strict=False):
            html = _read(folder.parent / digest.address)
            content = digest_page(html, site, addresses.way_up(digest.address))
            values = {"digest": digest, "earlier": earlier, "later": later}
            yield pages.page(digest.address, "digest.html.j2", content=content, **values)


@lru_cache(maxsize=4096)
def _title(file: Path, changed: int) -> str:
    """The subject of a digest. changed: modification time of the file, so that a new version is read again."""
    del changed
    return digest_title(_read(file))


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        text = f"{file} cannot be read: {error.strerror or error}. Make it readable, or move it away"
        raise RenderError(text, subject=file.name) from error
