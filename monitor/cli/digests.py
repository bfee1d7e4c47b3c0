"""`digest`: the regular summary, as it would be sent now; shown, or sent as a test."""

from __future__ import annotations

import webbrowser
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.common import FOLDER, DateTimeParam, format_utc, opened_app
from monitor.domain.messages.digest.brief import marked_as_test
from monitor.domain.messages.models import OutboundMessage
from monitor.long_work import long_work
from monitor.pipeline.digests import build_digest, default_period_start

if TYPE_CHECKING:
    from monitor.domain.messages.models import DigestBrief
    from monitor.domain.model import Route
    from monitor.runtime.app import App

TEST_THREAD = "digest-test"
"""Tests form a thread of their own in a mailbox, apart from the digests."""


@click.command()
@click.option("--preview", is_flag=True, help="Make the digest of now and show it; nothing is sent.")
@click.option("--send-test", "test_route", metavar="ROUTE", help="Send the digest of now to this route, marked TEST.")
@click.option("--route", help="With --preview: as this route would get it [the first with a digest].")
@click.option(
    "--since", type=DateTimeParam(), help="Start of the period [as long ago as the route's digests lie apart]."
)
@click.option("--out", type=FOLDER, help="With --preview: write .eml and .html there.")
@click.option(
    "--json", "as_json", is_flag=True, help="With --preview: the whole digest as one JSON object, with every event."
)
@click.option("--open", "open_it", is_flag=True, help="Open the HTML in a browser (with --out).")
def digest(
    *,
    preview: bool,
    test_route: str | None,
    route: str | None,
    since: datetime | None,
    out: Path | None,
    as_json: bool,
    open_it: bool,
) -> None:
    """Show the digest as it would be sent now, or send it as a test.

    A test goes out through the route's own channel. It takes no slot, is kept nowhere and answers in no thread.
    """
    if preview == (test_route is not None):
        raise click.UsageError("say either --preview, to look at the digest, or --send-test ROUTE, to send one")
    if test_route is not None and (route or out or as_json or open_it):
        raise click.UsageError(
            "--route, --out, --json and --open go with --preview; --send-test names its route itself"
        )
    with opened_app() as app:
        if since is not None and since >= app.clock():
            raise click.BadParameter(f"{format_utc(since)} is not before now", param_hint="--since")
        if test_route is not None:
            send_tests(app, test_route, since)
        else:
            preview_digest(app, pick_route(app, route, "--route"), since, out, as_json=as_json, open_it=open_it)


def preview_digest(
    app: App, route: Route, since: datetime | None, folder: Path | None, *, as_json: bool, open_it: bool
) -> None:
    """Prints the digest of now, and writes it on request: the mail as .eml, and its HTML part as a page."""
    from monitor.render.digest_archive import html_page
    from monitor.store.codec.json_codec import to_json

    name = f"preview-{app.clock():%Y%m%dT%H%M%S}"
    with long_work("making the digest"):
        content = digest_content(app, route, since)
        parcel = OutboundMessage(name, 0, route.channel, route.to or "you@localhost", "digest", "", content)
        shown = to_json(content) if as_json else app.renderer.text(parcel)
    click.echo(shown)
    if folder is None:
        return
    folder.mkdir(parents=True, exist_ok=True)
    mail, page = app.renderer.mail(parcel), folder / "digest.html"
    (folder / "digest.eml").write_bytes(mail)
    page.write_text(html_page(mail), encoding="utf-8")
    click.echo(f"written to {page.resolve().parent}", err=True)
    if open_it:
        webbrowser.open(page.resolve().as_uri())


def send_tests(app: App, name: str, since: datetime | None) -> None:
    """Sends one test to each reader of the route: every mail address of it is a route of its own."""
    live = app.settings.live_channels() - {"file"}
    first = pick_route(app, name, "--send-test")
    if first.digest is None:
        click.echo(f"route {name!r} has no digest: beside this test it gets none (digest = … in config.toml)", err=True)
    for route in (first, *(other for other in app.routes if other.config_name == name and other != first)):
        key, content = f"test-{app.clock():%Y%m%dT%H%M%S}", marked_as_test(digest_content(app, route, since))
        parcel = OutboundMessage(key, 0, route.channel, route.to, "test", TEST_THREAD, content)
        with long_work(f"sending to {route.to or name}"):
            app.senders[route.channel](parcel)
        sent = f"sent to {route.to or name} by {route.channel}"
        place = sent if route.channel in live else f"written to {app.settings.outbox_dir}"
        click.echo(f"test digest {place}", err=True)


def pick_route(app: App, name: str | None, option: str) -> Route:
    """The route of this name, else the first with a digest. Raises BadParameter for an unknown or an experimental one."""
    with_digest = [route for route in app.routes if route.digest]
    fitting = [route for route in app.routes if route.name == name] if name else (with_digest or list(app.routes))
    if not fitting:
        known = ", ".join(dict.fromkeys(route.config_name for route in app.routes)) or "none are configured"
        raise click.BadParameter(f"no such route (routes: {known})", param_hint=option)
    route = fitting[0]
    if name and route.stage != "stable":
        message = f'route {name!r} hears of rules on trial alone (stage = "{route.stage}") and gets no digest'
        raise click.BadParameter(message, param_hint=option)
    return route


def digest_content(app: App, route: Route, since: datetime | None) -> DigestBrief:
    """The digest of now, of the time since `since` or (None) of as long as usually lies between two digests of this route."""
    from monitor.runtime.session import sources

    now = app.clock()
    with app.store.read() as conn:
        period = (since or default_period_start(route, now), now)
        return build_digest(conn, app.rulebook, route, sources(app), *period, owner=app.settings.owner.route)
