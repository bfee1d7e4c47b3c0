"""The pages for people, from templates/site."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from monitor.domain.pages import addresses
from monitor.domain.pages.frame import frame_of
from monitor.domain.pages.glossary_page import glossary_page
from monitor.domain.pages.how_page import how_page
from monitor.domain.pages.material import SiteMaterial
from monitor.domain.pages.sources_page import sources_page
from monitor.errors import RenderError
from monitor.render.jinja_env import Templates
from monitor.site.commitment_pages import commitment_pages
from monitor.site.digest_pages import KeptDigests, digest_files
from monitor.site.page_templates import PageTemplates

SHEETS = ("site/site.css", "site/pages.css", "site/forms.css")
"""Joined into the one style sheet of the pages, the later over the earlier."""
ICON = "site/favicon.svg"
DRAWN_WITH = (*SHEETS, ICON)


def page_files(
    material: SiteMaterial, templates: Templates, digests: KeptDigests, glossary: Path
) -> Iterator[tuple[str, bytes]]:
    """(address, content) of every page, and of what they are drawn with. glossary: the guide that explains the
    words. Raises RenderError with the template's file and line."""
    pages = PageTemplates(templates, frame_of(material))
    yield from commitment_pages(material, pages)
    yield from digest_files(pages, digests, material)
    yield pages.page(addresses.SOURCES, "sources.html.j2", page=sources_page(material))
    yield pages.page(addresses.HOW, "how.html.j2", page=how_page(material.context.policy))
    yield pages.page(addresses.GLOSSARY, "glossary.html.j2", page=glossary_page(_text_of(glossary)))
    yield not_found_page(pages, material.base_url)
    yield addresses.STYLE, "\n".join(map(templates.text_of, SHEETS)).encode()
    yield addresses.ICON, templates.text_of(ICON).encode()


def not_found_page(pages: PageTemplates, base_url: str) -> tuple[str, bytes]:
    """What a server shows in place of any page, however deep: so its links begin at the root of the site on its server."""
    root = f"{urlsplit(base_url).path}/"
    return pages.page(addresses.NOT_FOUND, "not_found.html.j2", root=root)


def _text_of(guide: Path) -> str:
    try:
        return guide.read_text(encoding="utf-8")
    except OSError as error:
        text = f"{guide} cannot be read: {error.strerror or error}. It comes with the program: install it again"
        raise RenderError(text, subject=guide.name) from error
