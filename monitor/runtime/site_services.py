"""Connects the site server with the database: health, metrics and signed links."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from monitor import program_version
from monitor.logs import get_logger
from monitor.pipeline import link_actions
from monitor.pipeline.health import read_vitals
from monitor.render.jinja_env import Templates
from monitor.runtime.link_keys import site_keys
from monitor.runtime.session import owner_first
from monitor.runtime.wiring import make_renderer, shown_text
from monitor.site.link_pages import LinkPages
from monitor.site.publish import MARKER
from monitor.site.server import SiteServices

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.domain.pages.link_page import LinkPage, Press
    from monitor.domain.pages.vitals import Vitals
    from monitor.runtime.session import Session

log = get_logger(__name__)


def site_services(app: Session, host: str) -> SiteServices:
    """host: the address that the server listens on. Raises ConfigError for an unusable key of signed links."""
    settings, site = app.settings, app.settings.site
    keys, text = site_keys(settings) if site.actions else (), partial(shown_text, make_renderer(settings))

    def vitals() -> Vitals:
        built, program = built_at(settings), program_version()
        with app.store.read() as conn:
            return read_vitals(conn, app.feeds(), app.clock(), built=built, builds=site.build, program=program)

    def show(token: str) -> LinkPage:
        with app.store.read() as conn:
            return link_actions.show(conn, token, keys, app.clock(), text)

    def press(token: str, pressed: Press) -> LinkPage:
        notify = owner_first(app.routes, settings.owner.route)
        page = link_actions.press(app.store, token, keys, app.clock(), pressed, notify=notify, text=text)
        log.info("a signed link was used", page=page.heading)
        return page

    hosts = {host, urlsplit(site.base_url or "").hostname or host, *site.names}
    links = LinkPages(show, press, Templates(settings.monitor.templates), site.title) if site.actions else None
    return SiteServices(settings.site_dir, hosts, vitals, links)


def built_at(settings: Settings) -> datetime | None:
    """When the pages were built; None if there are none."""
    try:
        return datetime.fromtimestamp((settings.site_dir / MARKER).stat().st_mtime, UTC)
    except OSError:
        return None
