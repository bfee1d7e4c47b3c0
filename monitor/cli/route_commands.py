"""`routes`: try who is notified of a change, and unsubscribe addresses."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from monitor.cli.common import DateTimeParam, echo_json, fields_of, named_commitment, opened_app, pluralised, session
from monitor.cli.record_intervention import BY_OPTION, author_name, require_reason
from monitor.domain.alerts.announce import AlertContext
from monitor.domain.alerts.recipients import membership, unsubscribed
from monitor.domain.alerts.route_preview import CHANGE_KINDS, RouteOutcome, RoutePreview, severity_label
from monitor.domain.alerts.sent_log import SentLog
from monitor.domain.model import Severity
from monitor.domain.text.labels import format_time
from monitor.pipeline import link_actions
from monitor.pipeline.message_rows import sent_log
from monitor.runtime.session import owner_first
from monitor.store import outbox as outbox_store
from monitor.store import verdict_records

if TYPE_CHECKING:
    from monitor.runtime.app import App

SEVERITIES = [severity_label(severity) for severity in Severity]
OUTCOME_LABELS = {"review": "held for a person", "digest": "digest only"}


@click.command("try")
@click.argument("commitment")
@click.option(
    "--severity", type=click.Choice(SEVERITIES), default="notable", show_default=True, help="Severity of the change."
)
@click.option(
    "--kind",
    type=click.Choice(list(CHANGE_KINDS)),
    default="standing",
    show_default=True,
    help="Kind of change. deadline: a date passes; rules: a rule edit moves the verdict.",
)
@click.option("--at", type=DateTimeParam(), metavar="TIME", help="Time of the change; UTC if it names no zone [now].")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per route.")
def try_routes(*, commitment: str, severity: str, kind: str, at: datetime | None, as_json: bool) -> None:
    """Show who would be notified of a change to a COMMITMENT, by which channel and when, or why not.

    It allows for mutes, quiet hours and recent messages. No message is sent or stored.

    \b
    Example:
      deal-monitor routes try soybean-purchases --severity urgent --at 2026-03-02T23:30-05:00
    """
    with opened_app() as app:
        commitment = named_commitment(app.rulebook.commitments, commitment)
        if not app.routes:
            click.echo("no route is configured; add [[routes]] to config.toml", err=True)
        outcomes = route_outcomes(app, commitment, Severity[severity.upper()], kind, at or app.clock())
        with app.store.read() as conn:
            broken = outbox_store.open_circuits(conn)
        unconfigured = app.senders.keys() - app.settings.live_channels()
        notes = {channel: f"{channel} is not configured: written to files" for channel in unconfigured}
        notes |= {channel: f"{channel} is failing, messages wait: {error}" for channel, (_, error) in broken.items()}
        name_width = max((len(route.config_name) for route in app.routes), default=0)
        to_width = max((len(route.to) for route in app.routes), default=0)
        for route, outcome in zip(app.routes, outcomes, strict=True):
            note = notes.get(route.channel, "")
            if as_json:
                found = fields_of(outcome, "outcome", "until", "why") | {"channel_note": note}
                echo_json(fields_of(route, "route=name", "channel", "to") | found)
                continue
            # "held until 3 Mar 2026 07:00 EST: quiet hours 22:00-07:00"
            text = OUTCOME_LABELS.get(outcome.outcome, outcome.outcome)
            if outcome.why:
                text += f"{' ' if outcome.outcome in ('held', 'muted') else ': '}{outcome.why}"
            place = f"{route.config_name:<{name_width}}  {route.channel:<7}  {route.to:<{to_width}}"
            click.echo(f"{place}  {text}{f'  [{note}]' if note else ''}")


def route_outcomes(app: App, commitment: str, severity: Severity, kind: str, at: datetime) -> list[RouteOutcome]:
    """The outcome for each route, given the mutes and the messages sent before that moment."""
    with app.store.read() as conn:
        log, acts = sent_log(conn, at), verdict_records.interventions(conn, ()).get("", ())
    left, book = unsubscribed(acts), app.rulebook
    sent = SentLog(tuple(message for message in log.messages if message.at <= at))
    preview = RoutePreview(severity, CHANGE_KINDS[kind], AlertContext(sent, book.commitments, book.policy, at, acts))
    outcomes = []
    for route in app.routes:
        if (intervention := left.get(membership(route.name, route.to))) is not None:
            why = f"unsubscribed on {format_time(intervention.at, route.zone)}; deal-monitor routes unsubscribe --undo"
            outcomes.append(RouteOutcome("nothing", None, why))
        else:
            outcomes.append(preview.outcome_for(route, commitment))
    return outcomes


@click.command()
@click.argument("name", metavar="ROUTE")
@click.argument("address")
@click.argument("reason")
@click.option("--undo", is_flag=True, help="Subscribe an unsubscribed address again.")
@BY_OPTION
def unsubscribe(*, name: str, address: str, reason: str, undo: bool, by: str | None) -> None:
    """Stop sending to an ADDRESS of a ROUTE, as the "Unsubscribe" link in its mails does. Waiting messages expire.

    \b
    Example:
      deal-monitor routes unsubscribe desk-mail ann@company.org "she asked for it"
    """
    author, reason = author_name(by), require_reason(reason)
    with session() as app:
        members = [route.to for route in app.routes if route.config_name == name]
        if not members:
            known = ", ".join(dict.fromkeys(route.config_name for route in app.routes)) or "none"
            raise click.BadParameter(f"no route is called {name!r}; routes: {known}", param_hint="ROUTE")
        member = membership(name, address)
        with app.store.begin() as conn:
            left = unsubscribed(verdict_records.interventions(conn, ()).get("", ()))
            if undo:
                if member not in left:
                    known = f"; unsubscribed: {', '.join(sorted(left))}" if left else ""
                    raise click.BadParameter(f"{address} is not unsubscribed from {name}{known}", param_hint="ADDRESS")
                link_actions.resubscribe(conn, left[member], app.clock(), by=author, reason=reason)
                click.echo(f"{address} receives the messages of {name} again")
                return
            to = next((to for to in members if membership(name, to) == member), None)
            if to is None:
                message = f"{name} has no address {address!r}; addresses: {', '.join(members)}"
                raise click.BadParameter(message, param_hint="ADDRESS")
            if member in left:
                raise click.BadParameter(f"{to} is already unsubscribed from {name}", param_hint="ADDRESS")
            notify = owner_first(app.routes, app.settings.owner.route)
            dropped = link_actions.unsubscribe(conn, name, to, app.clock(), by=author, reason=reason, notify=notify)
        click.echo(f"{to} no longer receives messages of {name}; {pluralised(dropped, 'waiting message')} expired")
