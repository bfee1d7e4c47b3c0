"""Renders the templates of the pages with the values that all of them share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from monitor.domain.pages import addresses
from monitor.domain.pages.material import SiteMaterial
from monitor.render.jinja_env import Templates

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'"
)
"""Pages may only load our style sheet, pictures and filter.js: no inline script, no forms, nothing from other sites. A
server adds `frame-ancestors 'none'`, which only counts in a header."""


@dataclass(frozen=True, slots=True)
class PageTemplates:
    """The templates of the pages. frame: values that every page shows."""

    templates: Templates
    frame: Mapping[str, Any]

    def page(self, address: str, template: str, **values: Any) -> tuple[str, bytes]:
        """(address, content) of templates/site/TEMPLATE. Raises RenderError with the template's file and line."""
        common = {"root": addresses.way_up(address), "here": address, "policy": CONTENT_SECURITY_POLICY}
        html = self.templates.render(f"site/{template}", {**self.frame, **common, **values})
        return address, html.encode("utf-8", "replace")


def frame_values(material: SiteMaterial) -> dict[str, Any]:
    """The values of the layout: title, moments and versions."""
    values = {name: getattr(material, name) for name in ("title", "now", "last_read", "rules", "program", "contact")}
    return values | {"navigation": addresses.NAVIGATION}
