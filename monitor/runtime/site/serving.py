"""The server of the pages joined with the database: what it answers health, metrics and links from."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from monitor.logs import get_logger
from monitor.pipeline.site import link_actions
from monitor.pipeline.site.link_actions import Pressed
from monitor.pipeline.site.vitals import read_vitals
from monitor.runtime.session import owner_first
from monitor.runtime.site.builder import build_site, site_templates
from monitor.runtime.site.keys import site_keys
from monitor.site.publish import MARKER
from monitor.site.server.app import KEEP_SECONDS, Services
from monitor.site.server.guards import Names
from monitor.site.server.links import Form, LinkPages
from monitor.version import program_version

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.domain.pages.link_page import LinkPage
    from monitor.domain.pages.vitals import Vitals
    from monitor.runtime.session import Session

log = get_logger(__name__)


def site_services(app: Session, *, metrics: bool, keep_seconds: float = KEEP_SECONDS) -> Services:
    """What the server answers from. Raises ConfigError for a key of links that cannot be used."""
    links = make_links(app) if app.settings.site.actions else None
    return Services(app.settings.site_dir, partial(vitals_of, app), links, metrics, keep_seconds)


def make_links(app: Session) -> LinkPages:
    """The pages of links, with what they do."""
    keys, settings = site_keys(app.settings), app.settings

    def look(token: str) -> LinkPage:
        with app.store.read() as conn:
            return link_actions.look(conn, token, keys, app.clock())

    def press(token: str, form: Form) -> LinkPage:
        pressed = Pressed(form.undo, form.one_click, form.reason)
        notify = owner_first(app.routes, settings.owner.route)
        page = link_actions.press(app.store, token, keys, app.clock(), pressed, notify)
        log.info("a link was followed", page=page.heading)
        return page

    return LinkPages(look, press, site_templates(settings), settings.site.title)


def vitals_of(app: Session) -> Vitals:
    """How the program is. Raises StoreError."""
    built, builds = built_at(app.settings), app.settings.site.build
    with app.store.read() as conn:
        return read_vitals(conn, app.feeds(), app.clock(), built=built, builds=builds, program=program_version())


def built_at(settings: Settings) -> datetime | None:
    """When the pages were made; None without any."""
    try:
        return datetime.fromtimestamp((settings.site_dir / MARKER).stat().st_mtime, UTC)
    except OSError:
        return None


def build_first(app: Session, *, always: bool) -> int | None:
    """Build the pages if there are none yet, or in any case; returns how many files, None where nothing was to do. Raises RenderError
    and RuleError."""
    if not always and built_at(app.settings) is not None:
        return None
    return build_site(app)


def known_names(settings: Settings, host: str) -> Names:
    """Under which names the server answers."""
    return Names(settings.site.base_url or "", host, settings.site.names)
