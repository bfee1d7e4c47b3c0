"""`site`: build the pages as files, or serve them over HTTP."""

from __future__ import annotations

import signal
import sys
from contextlib import suppress

import click

from monitor.cli.common import session
from monitor.config.field_checks import is_loopback
from monitor.runtime.site_builder import build_site
from monitor.runtime.site_services import built_at, site_services
from monitor.site.server import listen, make_app, make_server


@click.command()
def build() -> None:
    """Write all pages, feeds, calendars and JSON files into the data folder.

    A running monitor does this after each change, unless [site] build is false. Any web server can serve the folder.
    """
    with session(rules=True) as app:
        click.echo(f"{build_site(app)} files: {app.settings.site_dir}")


@click.command()
@click.option("--host", help="Address to listen on [host in [site], 127.0.0.1].")
@click.option("--port", type=click.IntRange(0, 65535), help="Port; 0 lets the system choose [port in [site], 8470].")
def serve(*, host: str | None, port: int | None) -> None:
    """Serve the pages, /healthz, /metrics and signed links until stopped (Ctrl-C or SIGTERM).

    A running monitor keeps the pages up to date; if there are none yet, this command builds them once. For access from
    other machines, put a web server with HTTPS in front: docs/pages.md shows how.

    \b
    Example:
      deal-monitor site serve --port 8470
    """
    with session() as app:
        settings = app.settings
        place = host or settings.site.host
        if built_at(settings) is None:
            click.echo(f"{build_site(app)} files built: {settings.site_dir}", err=True)
        services = site_services(app, place)
        if not is_loopback(place) and not (settings.site.base_url or "").startswith("https://"):
            reach = f"warning: other machines can reach {place}, and the connection is not encrypted"
            remedy = "put a web server with HTTPS in front, and set its address as base_url in [site]"
            click.echo(f"{reach}: {remedy}", err=True)
        with listen(place, settings.site.port if port is None else port) as sock:
            shown = f"[{place}]" if ":" in place else place
            click.echo(f"http://{shown}:{sock.getsockname()[1]}/ (Ctrl-C to stop)", err=True)
            # uvicorn ends in order at a signal and then raises it again; so SIGTERM leaves through the `with` blocks.
            signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
            with suppress(KeyboardInterrupt):
                make_server(make_app(services)).run(sockets=[sock])
        click.echo("stopped", err=True)
