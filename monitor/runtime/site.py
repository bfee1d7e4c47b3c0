"""The pages of a program: built from what its database holds, whole, and anew when something has changed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from monitor.logs import get_logger
from monitor.pipeline.site_material import read_material, stamp
from monitor.runtime.session import sources
from monitor.version import program_version

if TYPE_CHECKING:
    from monitor.runtime.session import Opened

log = get_logger(__name__)


@dataclass(slots=True)
class SiteBuilder:
    """Builds the pages of one program. built: the stamp of what was built last, '' before the first time."""

    app: Opened
    built: str = field(default="")

    def build_if_changed(self) -> int | None:
        """Build if anything on the pages has changed; returns how many files were written, None if nothing was to do."""
        with self.app.store.read() as conn:
            current = stamp(conn, self.app.rulebook, sources(self.app), self.app.clock())
        if current == self.built:
            return None
        count = build_site(self.app)
        self.built = current
        log.info("pages built", files=count)
        return count


def build_site(app: Opened) -> int:
    """Build all pages and files; returns how many. Raises RenderError; the pages of before then stay."""
    from monitor.render.jinja_env import Templates
    from monitor.site.files import site_files
    from monitor.site.publish import publish

    settings, health = app.settings, sources(app)
    with app.store.read() as conn:
        site = settings.site
        about = {"title": site.title, "base_url": site.base_url or "", "program": program_version()}
        material = read_material(conn, app.rulebook, health, app.clock(), **about)
    return publish(
        site_files(material, Templates(settings.templates), settings.data_dir / "digests"), settings.site_dir
    )
