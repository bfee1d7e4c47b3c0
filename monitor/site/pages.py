"""The pages for people, from templates/site."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from monitor.domain.pages import addresses
from monitor.domain.pages.frame import frame_of
from monitor.domain.pages.material import SiteMaterial
from monitor.render.jinja_env import Templates
from monitor.site.page_templates import PageTemplates

SHEETS = ("site/site.css", "site/pages.css", "site/forms.css")
"""Joined into the one style sheet of the pages, the later over the earlier."""


def page_files(material: SiteMaterial, templates: Templates, digests: Path) -> Iterator[tuple[str, bytes]]:
    """(address, content) of every page, and of what they are drawn with. Raises RenderError with the template's file and line."""
    del digests
    pages = PageTemplates(templates, frame_of(material))
    yield pages.page(addresses.BOARD, "board.html.j2")
    yield addresses.STYLE, "\n".join(map(templates.text_of, SHEETS)).encode()
    yield addresses.ICON, templates.text_of("site/favicon.svg").encode()
