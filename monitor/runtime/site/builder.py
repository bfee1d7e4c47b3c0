"""The pages of a program: built from what its database holds, whole, and anew when something has changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.logs import get_logger
from monitor.pipeline.site.material import read_material, stamp
from monitor.runtime.session import sources
from monitor.runtime.shipped import bundled
from monitor.store.problems_and_runs import doubling_wait
from monitor.version import program_version

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.render.jinja_env import Templates
    from monitor.runtime.session import Opened

log = get_logger(__name__)


@dataclass(slots=True)
class SiteBuilder:
    """Builds the pages of one program. built: the stamp of what was built last, '' before the first time; failed: the last try, None
    where it did not fail."""

    app: Opened
    built: str = field(default="")
    failed: FailedBuild | None = None

    def __post_init__(self) -> None:
        settings = self.app.settings
        if not has_site_templates(settings):
            used = site_templates_folder(settings) / "site"
            log.info("the pages are made with the shipped templates", missing=settings.templates / "site", used=used)

    def build_if_changed(self) -> int | None:
        """Build if anything on the pages has changed; returns how many files were written, None if nothing was to do.

        Raises what stopped the build, and raises it again without a try as long as nothing has changed and the wait is not over: a
        template with a mistake is not filled in every few seconds.
        """
        current, now = self._stamp(), self.app.clock()
        if current == self.built:
            self.failed = None
            return None
        if self.failed is not None and self.failed.stamp == current and now < self.failed.retry_at:
            raise self.failed.error
        try:
            count = build_site(self.app)
        except Exception as error:
            times = self.failed.times + 1 if self.failed is not None and self.failed.stamp == current else 1
            self.failed = FailedBuild(current, error, times, now + doubling_wait(times))
            raise
        self.built, self.failed = current, None
        log.info("pages built", files=count)
        return count

    def _stamp(self) -> str:
        """Equal for two moments between which nothing on the pages changes, and nothing that they are made with."""
        settings = self.app.settings
        with self.app.store.read() as conn:
            told = stamp(conn, self.app.rulebook, sources(self.app), self.app.clock())
        made_with = (*files_state(site_templates_folder(settings)), *files_state(settings.data_dir / "digests"))
        return hashlib.sha256(repr((told, made_with)).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class FailedBuild:
    """stamp: of what could not be built; error: why; times: how often in a row; retry_at: when it is tried again without a change."""

    stamp: str
    error: Exception
    times: int
    retry_at: datetime


def build_site(app: Opened) -> int:
    """Build all pages and files; returns how many. Raises RenderError; the pages of before then stay."""
    from monitor.site.files import site_files
    from monitor.site.publish import publish

    settings, health = app.settings, sources(app)
    with app.store.read() as conn:
        site = settings.site
        about = {"title": site.title, "base_url": site.base_url or "", "program": program_version()}
        material = read_material(conn, app.rulebook, health, app.clock(), **about)
    made_with = site_templates(settings), settings.data_dir / "digests", bundled("docs") / "glossary.md"
    return publish(site_files(material, *made_with), settings.site_dir)


def site_templates(settings: Settings) -> Templates:
    """What the pages are made with."""
    from monitor.render.jinja_env import Templates

    return Templates(site_templates_folder(settings))


def site_templates_folder(settings: Settings) -> Path:
    """The folder whose `site` the pages are made with: that of the settings, or the shipped one where a folder of before there were pages
    has no such part. `doctor` says so."""
    return settings.templates if has_site_templates(settings) else bundled("templates")


def has_site_templates(settings: Settings) -> bool:
    return (settings.templates / "site").is_dir()


def files_state(folder: Path) -> Iterator[tuple[str, int, int]]:
    """Each file in the folder with its time of change and its size: enough to notice an edit without reading anything."""
    for path in sorted(folder.rglob("*")):
        try:
            state = path.stat()
        except OSError:  # removed since it was listed
            continue
        yield str(path), state.st_mtime_ns, state.st_size
