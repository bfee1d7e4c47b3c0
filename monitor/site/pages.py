"""The pages for people, from templates/site."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from monitor.domain.pages import addresses
from monitor.domain.pages.material import SiteMaterial
from monitor.render.jinja_env import Templates


def page_files(material: SiteMaterial, templates: Templates, digests: Path) -> Iterator[tuple[str, bytes]]:
    """(address, content) of every page. Raises RenderError with the template's file and line."""
    del digests
    values = {"site": material, "root": addresses.way_up(addresses.BOARD)}
    yield addresses.BOARD, templates.render("site/board.html.j2", values).encode()
