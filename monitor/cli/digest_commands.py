"""`digest`: show the current digest, or send it as a test."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from monitor.cli.common import DateTimeParam, format_utc, opened_app
from monitor.domain.messages.briefs import OutboundMessage
from monitor.domain.messages.digest.brief import marked_as_test
from monitor.long_work import long_work
from monitor.pipeline.digests import build_digest, default_period_start
from monitor.runtime.session import sources
from monitor.store.json_codec import dump

if TYPE_CHECKING:
    from monitor.domain.messages.briefs import DigestBrief
    from monitor.domain.model import Route
    from monitor.runtime.app import App

TEST_THREAD = "digest-test"
"""Tests have a thread of their own, so that they do not mix with the digests in a mailbox."""


SINCE_OPTION = click.option(
    "--since", type=DateTimeParam(), help="Start of the period [one digest interval of the route ago]."
)


@click.command()
@click.argument("route", required=False)
@SINCE_OPTION
@click.option("--json", "as_json", is_flag=True, help="The whole digest as one JSON object.")
def preview(*, route: str | None, since: datetime | None, as_json: bool) -> None:
    """Show the digest as it would be sent to ROUTE now (default: the first route with a digest), without sending it.

    \b
    Example:
      deal-monitor digest preview desk --since 2026-03-01
    """
    with opened_app() as app:
        chosen = pick_route(app, route)
        with long_work("building the digest"):
            content, name = digest_content(app, chosen, since), f"preview-{app.clock():%Y%m%dT%H%M%S}"
            message = OutboundMessage(name, 0, chosen.channel, chosen.to or "you@localhost", "digest", "", content)
            click.echo(dump(content) if as_json else app.renderer.text(message))


@click.command()
@click.argument("route")
@SINCE_OPTION
def send(*, route: str, since: datetime | None) -> None:
    """Send the current digest to every address of ROUTE, marked TEST.

    A test uses the channel of the route. It does not count as the regular digest, is not archived, and starts no
    thread.

    \b
    Example:
      deal-monitor digest send desk
    """
    with opened_app() as app:
        live, first = app.settings.live_channels() - {"file"}, pick_route(app, route)
        if first.approval:
            problem = f"route {route!r} has approval = true; deal-monitor digest preview {route} shows its digest"
            raise click.BadParameter(problem, param_hint="ROUTE")
        if first.digest is None:
            click.echo(f"route {route!r} has no regular digest; set digest = ... in config.toml", err=True)
        # Every address of a route is a route of its own.
        for each in (first, *(other for other in app.routes if other.config_name == route and other != first)):
            key, content = f"test-{app.clock():%Y%m%dT%H%M%S}", marked_as_test(digest_content(app, each, since))
            message = OutboundMessage(key, 0, each.channel, each.to, "test", TEST_THREAD, content)
            with long_work(f"sending to {each.to or route}"):
                app.senders[each.channel](message)
            sent = f"sent to {each.to or route} by {each.channel}"
            place = sent if each.channel in live else f"written to {app.settings.outbox_dir}"
            click.echo(f"test digest {place}", err=True)


def pick_route(app: App, name: str | None) -> Route:
    """The route of this name, else the first with a digest. Raises BadParameter for any other name."""
    with_digest = [route for route in app.routes if route.digest]
    fitting = [route for route in app.routes if route.name == name] if name else (with_digest or list(app.routes))
    if not fitting:
        known = ", ".join(dict.fromkeys(route.config_name for route in app.routes)) or "none"
        raise click.BadParameter(f"no such route; routes: {known}", param_hint="ROUTE")
    route = fitting[0]
    if name and route.stage != "stable":
        message = f'route {name!r} receives experimental rules only (stage = "{route.stage}") and has no digest'
        raise click.BadParameter(message, param_hint="ROUTE")
    return route


def digest_content(app: App, route: Route, since: datetime | None) -> DigestBrief:
    """The current digest. since: its start, not in the future; None: one usual interval of the route ago."""
    now = app.clock()
    if since is not None and since >= now:
        raise click.BadParameter(f"{format_utc(since)} is in the future", param_hint="--since")
    with app.store.read() as conn:
        period = (since or default_period_start(route, now), now)
        return build_digest(conn, app.rulebook, route, sources(app), *period, owner=app.settings.owner.route)
