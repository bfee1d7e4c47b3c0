"""The whole site as files: every page and every file for machines."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from monitor.domain.pages.material import SiteMaterial
from monitor.domain.pages.unnamed import without_names
from monitor.render.jinja_env import Templates
from monitor.site.machine_files import machine_files
from monitor.site.pages import page_files


def site_files(
    material: SiteMaterial, templates: Templates, digests: Path, glossary: Path
) -> Iterator[tuple[str, bytes]]:
    """(address below the root, content) of each file. digests: the folder of the kept digests; glossary: the guide that explains the
    words. Raises RenderError."""
    material = without_names(material)
    yield from page_files(material, templates, digests, glossary)
    yield from machine_files(material)
