"""The templates of the pages, with what all of them are given: the frame, and the way up to the root."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from monitor.domain.pages import addresses
from monitor.domain.pages.frame import Frame
from monitor.render.jinja_env import Templates

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'"
)
"""What a browser may do with our pages: show them with our style sheet and pictures. Nothing runs, nothing is sent, nothing is loaded
from elsewhere. A server adds `frame-ancestors 'none'`, which counts in a header alone."""


@dataclass(frozen=True, slots=True)
class PageTemplates:
    """Fills in the templates of templates/site."""

    templates: Templates
    frame: Frame

    def page(self, address: str, template: str, **values: Any) -> tuple[str, bytes]:
        """(address, content): templates/site/TEMPLATE with `values`, `frame`, `root` (the way up, for every link), `here` (the address)
        and `policy`. Raises RenderError with the template's file and line."""
        common = {"frame": self.frame, "root": addresses.way_up(address), "here": address}
        html = self.templates.render(f"site/{template}", {**common, "policy": CONTENT_SECURITY_POLICY, **values})
        return address, html.encode("utf-8", "replace")
