"""`site serve`: the pages over HTTP, with health, metrics and the links in messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from monitor.cli.common import session

if TYPE_CHECKING:
    from monitor.config import Settings


@click.command()
@click.option("--host", help="Where to listen [host in [site], 127.0.0.1].")
@click.option(
    "--port", type=click.IntRange(0, 65535), help="The port; 0 lets the system choose [port in [site], 8470]."
)
@click.option("--build", "build_pages", is_flag=True, help="Build the pages first, though there are some.")
@click.option("--no-metrics", is_flag=True, help="Do not answer at /metrics, as `metrics = false` in [site].")
def serve(*, host: str | None, port: int | None, build_pages: bool, no_metrics: bool) -> None:
    """Serve the pages, /healthz, /metrics and the links in messages, until stopped (Ctrl-C or SIGTERM).

    A running monitor keeps the pages up to date; this serves them beside it. Where there are none yet, they are built once. Beyond this
    machine, let a web server with HTTPS pass requests on: docs/serving.md shows how.

    \b
    Example:
      deal-monitor site serve --port 8470
    """
    from monitor.runtime.site.serving import build_first, known_names, site_services
    from monitor.site.server.app import listen, make_app, make_server

    with session() as app:
        site = app.settings.site
        place = host or site.host
        count = build_first(app, always=build_pages)
        if count is not None:
            click.echo(f"{count} files built: {app.settings.site_dir}", err=True)
        services = site_services(app, metrics=site.metrics and not no_metrics)
        for warning in warnings_of(app.settings, place):
            click.echo(f"warning: {warning}", err=True)
        with listen(place, site.port if port is None else port) as sock:
            shown = f"[{place}]" if ":" in place else place
            click.echo(f"http://{shown}:{sock.getsockname()[1]}/ (Ctrl-C ends it)", err=True)
            make_server(make_app(services, known_names(app.settings, place))).run(sockets=[sock])
        click.echo("stopped", err=True)


def warnings_of(settings: Settings, host: str) -> list[str]:
    """What is allowed and most likely a mistake."""
    from monitor.config.field_checks import is_loopback

    base_url = settings.site.base_url or ""
    if is_loopback(host) or base_url.startswith("https://"):
        return []
    open_line = (
        f"{host} can be reached from other machines, and what is read there travels readable by anyone on the way"
    )
    return [f"{open_line}: let a web server with HTTPS pass requests on, and name its address as base_url in [site]"]
