"""From briefs to messages. Sole user of jinja2, css_inline and resvg_py."""

from __future__ import annotations

from monitor.render.renderer import Renderer

__all__ = ["Renderer"]
