"""Builds the pages of an installation from its database, and again after each change."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from monitor import program_version
from monitor.logs import get_logger
from monitor.pipeline.site_material import content_stamp, read_digests, read_material
from monitor.runtime.folder_watch import file_states
from monitor.runtime.session import sources

if TYPE_CHECKING:
    from monitor.runtime.session import Session

RETRY_AFTER = timedelta(minutes=1)

log = get_logger(__name__)


@dataclass(slots=True)
class SiteBuilder:
    """Keeps the pages of one installation up to date. built: the stamp of the last build, '' before it; failed: the
    stamp of the content that could not be built, when it is tried again, and the error."""

    app: Session
    built: str = ""
    failed: tuple[str, datetime, Exception] | None = None

    def build_if_changed(self) -> int | None:
        """Build if the content has changed; returns the number of files, None without a build.

        Raises the error of the build, and again without another try until the content changes or RETRY_AFTER has
        passed, so that a broken template is not rendered every few seconds.
        """
        settings, now = self.app.settings, self.app.clock()
        with self.app.store.read() as conn:
            content = content_stamp(conn, self.app.rulebook, sources(self.app), now)
        files = file_states(settings.monitor.templates / "site")
        current = hashlib.sha256(repr((content, files)).encode()).hexdigest()
        if current == self.built:
            self.failed = None
            return None
        if self.failed is not None and self.failed[0] == current and now < self.failed[1]:
            raise self.failed[2]
        try:
            count = build_site(self.app)
        except Exception as error:
            self.failed = current, now + RETRY_AFTER, error
            raise
        self.built, self.failed = current, None
        log.info("pages built", files=count)
        return count


def build_site(app: Session) -> int:
    """Build all pages and files; returns how many. Raises RenderError; then the old pages stay."""
    from monitor.render.jinja_env import Templates
    from monitor.site.build import site_files
    from monitor.site.publish import publish

    settings, health = app.settings, sources(app)
    with app.store.read() as conn:
        site = settings.site
        about = {"title": site.title, "base_url": site.base_url or "", "contact": site.contact or ""}
        about["program"] = program_version()
        material, digests = read_material(conn, app.rulebook, health, app.clock(), **about), read_digests(conn)
    return publish(site_files(material, Templates(settings.monitor.templates), digests), settings.site_dir)
