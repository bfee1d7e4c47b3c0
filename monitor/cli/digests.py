"""`digest`: the regular summary, as it would be sent now."""

from __future__ import annotations

import webbrowser
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.common import Moment, opened

if TYPE_CHECKING:
    from monitor.app import App
    from monitor.domain.brief import Parcel
    from monitor.domain.model import Route


@click.command()
@click.option("--preview", is_flag=True, required=True, help="Make the digest of now and show it; nothing is sent.")
@click.option("--route", "route_name", help="As this route would get it [the first with a digest].")
@click.option("--since", type=Moment(), help="Start of the period [a week before now].")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Also write .eml and .html there.")
@click.option("--open", "open_it", is_flag=True, help="Open the HTML in a browser (with --out).")
@click.pass_context
def digest(
    ctx: click.Context,
    *,
    preview: bool,
    route_name: str | None,
    since: datetime | None,
    out: Path | None,
    open_it: bool,
) -> None:
    """Show the digest as it would be sent now."""
    del preview
    with opened(ctx) as app:
        parcel = digest_parcel(app, pick_route(app, route_name), since)
        click.echo(app.renderer.text(parcel))
        if out:
            written = write_out(app, parcel, out)
            click.echo(f"written to {written.parent}", err=True)
            if open_it:
                webbrowser.open(written.as_uri())


def pick_route(app: App, name: str | None) -> Route:
    with_digest = [route for route in app.routes if route.digest]
    found = [route for route in app.routes if route.name == name] if name else (with_digest or list(app.routes))
    if not found:
        known = ", ".join(route.name for route in app.routes) or "none are configured"
        raise click.BadParameter(f"no such route (routes: {known})", param_hint="--route")
    return found[0]


def digest_parcel(app: App, route: Route, since: datetime | None) -> Parcel:
    from monitor.app import sources
    from monitor.digest import WEEK, brief
    from monitor.domain.brief import Parcel

    now = app.clock()
    with app.store.read() as conn:
        made = brief(conn, app.rulebook, route, sources(app), since or now - WEEK, now)
    return Parcel(f"preview-{now:%Y%m%dT%H%M%S}", 0, route.channel, route.to or "you@localhost", "digest", "", made)


def write_out(app: App, parcel: Parcel, folder: Path) -> Path:
    """The mail as .eml and its HTML part as a page; returns the page."""
    from monitor.render.pages import page_of

    folder.mkdir(parents=True, exist_ok=True)
    raw = app.renderer.mail(parcel)
    (folder / "digest.eml").write_bytes(raw)
    page = folder / "digest.html"
    page.write_text(page_of(raw), encoding="utf-8")
    return page.resolve()
