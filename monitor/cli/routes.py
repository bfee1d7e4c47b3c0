"""`route`: who would hear of a change, before there is one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.common import DateTimeParam, SuggestingGroup, echo_json, fields_of, named_commitment, opened_app
from monitor.domain.alerts.route_preview import CHANGE_KINDS, RoutePreview, severity_label
from monitor.domain.alerts.sent_log import SentLog
from monitor.domain.model import Severity
from monitor.pipeline.message_rows import sent_log
from monitor.store import outbox as outbox_store
from monitor.store import verdict_records

if TYPE_CHECKING:
    from monitor.domain.alerts.route_preview import RouteOutcome
    from monitor.domain.model import Route
    from monitor.runtime.app import App

SEVERITIES = [severity_label(severity) for severity in Severity]
OUTCOME_LABELS = {"review": "held for a person", "digest": "digest only"}
"""Outcome -> its words, where its name does not say enough."""


@click.group(cls=SuggestingGroup)
def route() -> None:
    """Routes: who hears of what, where and when."""


@route.command("try")
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
      deal-monitor route try soybean-purchases --severity urgent --at 2026-03-02T23:30-05:00
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
        log, acts = sent_log(conn, at), verdict_records.interventions(conn, ()).get("", ())
        broken = outbox_store.open_circuits(conn)
    live = app.settings.live_channels()
    notes = {name: f"{name} is not set up: written to files" for name in app.senders if name not in live}
    notes |= {name: f"{name} is out of order and waits: {error}" for name, (_, error) in broken.items()}
    sent, book = SentLog(tuple(message for message in log.messages if message.at <= at)), app.rulebook
    preview = RoutePreview(severity, CHANGE_KINDS[kind], at, sent, book.commitments, book.policy, acts)
    rows = []
    for route in app.routes:
        if commitment:
            fate, others = preview.outcome_for(route, commitment), []
        else:
            (fate, _), *others = preview.outcomes_for(route)
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
