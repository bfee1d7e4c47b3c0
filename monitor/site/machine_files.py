"""The files for machines: Atom, iCalendar, JSON and badges."""

from __future__ import annotations

from collections.abc import Iterator

from monitor.domain.pages.material import SiteMaterial


def machine_files(material: SiteMaterial) -> Iterator[tuple[str, bytes]]:
    """(address, content) of every such file."""
    del material
    yield from ()
