"""`route`: who would hear of a change, before there is one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.common import DateTimeParam, echo_json, fields_of, named_commitment, opened_app, pluralised, session
from monitor.cli.people.actions import BY_OPTION, author_name, require_reason
from monitor.domain.alerts.route_preview import CHANGE_KINDS, RouteOutcome, RoutePreview, severity_label
from monitor.domain.alerts.sent_log import SentLog
from monitor.domain.alerts.unsubscriptions import membership, unsubscribed
from monitor.domain.model import Severity
from monitor.domain.text.labels import format_time
from monitor.pipeline.message_rows import sent_log
from monitor.pipeline.site import link_actions
from monitor.runtime.session import owner_first
from monitor.store import outbox as outbox_store
from monitor.store import verdict_records

if TYPE_CHECKING:
    from monitor.domain.model import Intervention, Route
    from monitor.runtime.app import App
    from monitor.runtime.session import Opened
    from monitor.store import Connection

SEVERITIES = [severity_label(severity) for severity in Severity]
OUTCOME_LABELS = {"review": "held for a person", "digest": "digest only"}
"""Outcome -> its words, where its name does not say enough."""


@click.command()
@click.argument("commitment", required=False)
@click.option("--severity", type=click.Choice(SEVERITIES), default="notable", show_default=True, help="How loud it is.")
@click.option(
    "--kind",
    type=click.Choice(list(CHANGE_KINDS)),
    default="standing",
    show_default=True,
    help="What changes; deadline: a date passes; rules: an edit of the rules moves it.",
)
@click.option("--at", type=DateTimeParam(), metavar="TIME", help="When it happens; without a zone it is UTC [now].")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a route.")
def try_routes(*, commitment: str | None, severity: str, kind: str, at: datetime | None, as_json: bool) -> None:
    """Who would get a change of a COMMITMENT, on which channel, now or held until when, or why not.

    Without a COMMITMENT it is about a change of anything that a route follows, one row a route. Mutes, quiet hours in the
    recipient's zone and what went out lately all count. Nothing is sent and nothing is stored.

    \b
    Example:
      deal-monitor routes try soybean-purchases --severity urgent --at 2026-03-02T23:30-05:00
    """
    with opened_app() as app:
        if commitment is not None:
            commitment = named_commitment(app.rulebook.commitments, commitment)
        if not app.routes:
            click.echo("no route is configured: add [[routes]] to config.toml", err=True)
        rows = preview_rows(app, commitment, Severity[severity.upper()], kind, at or app.clock())
    if as_json:
        for row in rows:
            echo_json(row_values(row))
        return
    name_width = max((len(row.route.config_name) for row in rows), default=0)
    to_width = max((len(row.route.to) for row in rows), default=0)
    for row in rows:
        note = f"  [{row.channel_note}]" if row.channel_note else ""
        place = f"{row.route.config_name:<{name_width}}  {row.route.channel:<7}  {row.route.to:<{to_width}}"
        click.echo(f"{place}  {outcome_text(row.fate)}{note}")
        for fate, names in row.others:
            click.echo(f"{'':<{name_width}}  but {', '.join(names)}: {outcome_text(fate)}")


@dataclass(frozen=True, slots=True)
class RouteRow:
    """A route with what it gets. others: other outcomes, each with the commitments it is for; channel_note: what becomes of
    a message of this channel as things are, '' if it is sent."""

    route: Route
    fate: RouteOutcome
    others: Sequence[tuple[RouteOutcome, Sequence[str]]]
    channel_note: str


def preview_rows(app: App, commitment: str | None, severity: Severity, kind: str, at: datetime) -> list[RouteRow]:
    """What each route would get of such a change at that moment, amid the mutes and the messages sent before it."""
    with app.store.read() as conn:
        log, interventions = sent_log(conn, at), verdict_records.interventions(conn, ()).get("", ())
        broken = outbox_store.open_circuits(conn)
        left = left_routes(conn)
    live = app.settings.live_channels()
    notes = {name: f"{name} is not set up: written to files" for name in app.senders if name not in live}
    notes |= {name: f"{name} is out of order and waits: {error}" for name, (_, error) in broken.items()}
    sent, book = SentLog(tuple(message for message in log.messages if message.at <= at)), app.rulebook
    preview = RoutePreview(severity, CHANGE_KINDS[kind], at, sent, book.commitments, book.policy, interventions)
    rows = []
    for route in app.routes:
        if commitment:
            fate, others = preview.outcome_for(route, commitment), []
        else:
            (fate, _), *others = preview.outcomes_for(route)
        if (gone := left.get(membership(route.name, route.to))) is not None:
            why = f"unsubscribed on {format_time(gone.at, route.zone)}; deal-monitor routes unsubscribe --undo"
            fate, others = RouteOutcome("nothing", None, why), []
        rows.append(RouteRow(route, fate, others, notes.get(route.channel, "")))
    return rows


def row_values(row: RouteRow) -> dict[str, Any]:
    names = ("outcome", "until", "why")
    return {
        "route": row.route.name,
        **fields_of(row.route, "channel", "to"),
        **fields_of(row.fate, *names),
        "channel_note": row.channel_note,
        "others": [{"commitments": commitments, **fields_of(fate, *names)} for fate, commitments in row.others],
    }


def outcome_text(fate: RouteOutcome) -> str:
    """ "held until 3 Mar 2026 07:00 EST: quiet hours 22:00-07:00"."""
    joint = " " if fate.outcome in ("held", "muted") else ": "
    label = OUTCOME_LABELS.get(fate.outcome, fate.outcome)
    return f"{label}{joint}{fate.why}" if fate.why else label


# ---------------------------------------------------------------- who has left


@click.command()
@click.argument("name", metavar="ROUTE")
@click.argument("address")
@click.option("--reason", required=True, help="Why; others will read it.")
@BY_OPTION
def unsubscribe(*, name: str, address: str, reason: str, by: str | None) -> None:
    """Send an ADDRESS of a ROUTE nothing more, as the link "Unsubscribe" in its mails does. What waits for it expires.

    \b
    Example:
      deal-monitor routes unsubscribe desk-mail ann@company.org --reason "she asked for it"
    """
    with session() as app:
        to = require_member(app, name, address)
        with app.store.begin() as conn:
            if membership(name, to) in left_routes(conn):
                raise click.BadParameter(f"{to} has left {name} already", param_hint="ADDRESS")
            notify = owner_first(app.routes, app.settings.owner.route)
            who, why = author_name(by), require_reason(reason)
            dropped = link_actions.leave(conn, name, to, app.clock(), by=who, reason=why, notify=notify)
        click.echo(f"{to} gets nothing more of {name}; {pluralised(dropped, 'waiting message')} expired")


@click.command()
@click.argument("name", metavar="ROUTE")
@click.argument("address")
@click.option("--reason", required=True, help="Why; others will read it.")
@BY_OPTION
def resubscribe(*, name: str, address: str, reason: str, by: str | None) -> None:
    """Let an ADDRESS that has left a ROUTE have its messages again, from now on.

    \b
    Example:
      deal-monitor routes unsubscribe --undo desk-mail ann@company.org --reason "pressed by mistake"
    """
    with session() as app, app.store.begin() as conn:
        gone = left_routes(conn)
        intervention = gone.get(membership(name, address))
        if intervention is None:
            known = f"; who has left: {', '.join(sorted(gone))}" if gone else "; nobody has left a route"
            raise click.BadParameter(f"{address} has not left {name}{known}", param_hint="ADDRESS")
        said = {"by": author_name(by), "reason": require_reason(reason)}
        link_actions.come_back(conn, intervention, app.clock(), **said)
        click.echo(f"{address} gets the messages of {name} again")


def left_routes(conn: Connection) -> dict[str, Intervention]:
    """Who has left a route, by 'route/address'."""
    return unsubscribed(verdict_records.interventions(conn, ()).get("", ()))


def require_member(app: Opened, name: str, address: str) -> str:
    """The address as the route writes it. Raises BadParameter for a route or an address that is not there."""
    routes = [route for route in app.routes if route.config_name == name]
    if not routes:
        known = ", ".join(dict.fromkeys(route.config_name for route in app.routes)) or "none"
        raise click.BadParameter(f"no route is called {name!r}; there are: {known}", param_hint="ROUTE")
    found = [route.to for route in routes if membership(name, route.to) == membership(name, address)]
    if not found:
        known = ", ".join(route.to for route in routes)
        raise click.BadParameter(f"{name} has no address {address!r}; it has: {known}", param_hint="ADDRESS")
    return found[0]
