"""The kept digests as pages, and their list."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from monitor.domain.pages import addresses
from monitor.domain.pages.digests_page import (
    SLOT,
    DigestsPage,
    KeptDigest,
    by_route,
    commitment_names,
    kept_digest,
    neighbours,
)
from monitor.domain.pages.material import SiteMaterial
from monitor.errors import RenderError
from monitor.render.digest_page import Surroundings, digest_page, digest_title
from monitor.site.page_templates import PageTemplates

ROUTE = re.compile(r"[A-Za-z0-9_-]+")
"""A folder of a route; any other name in the folder of the digests is nothing of ours."""
FURTHER_ADDRESS = re.compile(r"(?P<route>.+?)-.+-[0-9a-f]{8}")
"""The folder of a further mail address of a route, as older versions kept it, such as desk-boss-company-org-1a2b3c4d. It says what the
folder of its route says, and its name is nobody's business."""


@dataclass(frozen=True, slots=True)
class KeptDigests:
    """Where the digests are kept, as folder/ROUTE/SLOT.html. public: what a text of one says where anybody may read it."""

    folder: Path
    public: Callable[[str], str]


def digest_files(pages: PageTemplates, kept: KeptDigests, material: SiteMaterial) -> Iterator[tuple[str, bytes]]:
    """(address, content) of the list, and of every digest. Raises RenderError."""
    site = Surroundings(material.base_url, kept.public, commitment_names(material))
    routes = by_route(replace(digest, subject=kept.public(digest.subject)) for digest in kept_digests(kept.folder))
    yield pages.page(addresses.DIGESTS, "digests.html.j2", page=DigestsPage(routes))
    beside = neighbours(routes)
    for group in routes:
        for digest in group.digests:
            html, root = _read(kept.folder.parent / digest.address), addresses.way_up(digest.address)
            values = {"digest": digest, "beside": beside[digest.address]}
            content = digest_page(html, site, root)
            yield pages.page(digest.address, "digest.html.j2", content=content, **values)


def kept_digests(folder: Path) -> Iterator[KeptDigest]:
    """Every digest in the folder; files of other names are left alone."""
    for file in kept_files(folder):
        try:
            yield kept_digest(file.parent.name, file.stem, _title(file, file.stat().st_mtime_ns))
        except ValueError:  # no such day or hour
            continue


def kept_files(folder: Path) -> list[Path]:
    """The files of the kept digests, in a fixed order."""
    if not folder.is_dir():
        return []
    routes = {place.name for place in folder.iterdir() if place.is_dir() and ROUTE.fullmatch(place.name)}
    further = {name for name in routes if (found := FURTHER_ADDRESS.fullmatch(name)) and found["route"] in routes}
    return sorted(
        file for route in routes - further for file in (folder / route).glob("*.html") if SLOT.fullmatch(file.stem)
    )


@lru_cache(maxsize=4096)
def _title(file: Path, changed: int) -> str:
    """The subject of a digest. changed: when its file was written, so that a new one is read again."""
    del changed
    return digest_title(_read(file))


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        text = f"{file} cannot be read: {error.strerror or error}. Make it readable, or move it away"
        raise RenderError(text, subject=file.name) from error
