"""The whole site as files: every page and every file for machines."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from monitor.domain.pages.material import SiteMaterial
from monitor.domain.pages.unnamed import people_in, without_names, without_names_in
from monitor.render.jinja_env import Templates
from monitor.site.digest_pages import KeptDigests
from monitor.site.machine_files import machine_files
from monitor.site.pages import page_files


def site_files(
    material: SiteMaterial, templates: Templates, digests: Path, glossary: Path
) -> Iterator[tuple[str, bytes]]:
    """(address below the root, content) of each file. digests: the folder of the kept digests; glossary: the guide that explains the
    words. Raises RenderError."""
    unnamed = partial(without_names_in, people=people_in(material))
    material = without_names(material)
    yield from page_files(material, templates, KeptDigests(digests, unnamed), glossary)
    yield from machine_files(material)
