"""`outbox`: list and show messages, retry dead ones, release held ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.common import echo_json, echo_lines, fields_of, format_utc, pluralised, session
from monitor.domain.model import route_config_name
from monitor.errors import RenderError
from monitor.store import outbox
from monitor.store.json_codec import from_json

if TYPE_CHECKING:
    from monitor.store import Connection
    from monitor.store.tables import Item

SECONDS = "%H:%M:%S"
POSSIBLE_DUPLICATE = "sent again, possibly a duplicate"
MOST_LISTED = 100
STATES = ["waiting", "leased", "uncertain", "held", "sent", "dead", "expired"]


@click.command("list")
@click.option("--state", "states", multiple=True, type=click.Choice(STATES), help="Only these states (repeatable).")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per message.")
def list_messages(*, states: tuple[str, ...], as_json: bool) -> None:
    """List the newest messages with their state and last error."""
    with session() as app, app.store.read() as conn:
        rows, totals = outbox.items(conn, states or None, limit=MOST_LISTED), outbox.state_counts(conn)
        doubles = outbox.possible_duplicates(conn, [row.number for row in rows])

    def line(row: Item) -> str:
        tail = "".join(f"  {text}" for text in (POSSIBLE_DUPLICATE * (row.number in doubles), row.error) if text)
        return f"{row.number:>5}  {row.state:<9} {row.channel:<5} {row.to:<28} {row.kind:<8} {row.commitment}{tail}"

    values = (row_values(row, double=row.number in doubles) for row in rows)
    echo_lines(as_json=as_json, values=values, text=map(line, rows))
    click.echo(", ".join(f"{count} {state}" for state, count in totals.items()) or "empty", err=True)


def row_values(row: Item, *, double: bool) -> dict[str, Any]:
    """A message as JSON. repeat: an earlier attempt may have arrived; double: a second copy was sent after it."""
    place = ("kind", "route", "channel", "to", "commitment")
    values = fields_of(row, "number", "message=message_id", *place, "state", "attempts", "repeat")
    return {**values, "double": double, **fields_of(row, "error", "created=created_at", "settled=settled_at")}


@click.command()
@click.argument("number", type=int)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def show(*, number: int, as_json: bool) -> None:
    """Show one message: recipient, first line, state, and every attempt to send it."""
    with session() as app, app.store.read() as conn:
        row, attempts = outbox.item(conn, number), outbox.attempts(conn, number)
        double = number in outbox.possible_duplicates(conn, [number])
    if row is None:
        raise click.BadParameter(f"there is no message {number}; deal-monitor outbox list shows the numbers")
    if as_json:
        fields = ("attempt", "outcome", "error", "started=started_at", "ended=ended_at")
        values = row_values(row, double=double) | {"first_line": first_line(row)}
        tries = [fields_of(attempt, *fields) for attempt in attempts]
        echo_json({**values, **fields_of(row, "reference=ref", "thread", "not_before"), "tries": tries})
        return
    about = f" about {row.commitment}" if row.commitment else ""
    since = f" since {format_utc(row.settled_at, SECONDS)}" if row.settled_at else ""
    details = {
        "message": f"{row.number} ({row.message_id}), {row.kind}{about}",
        "first line": first_line(row) or "the content cannot be read",
        "to": f"{row.place}, route {route_config_name(row.route)}",
        "state": f"{row.state}{since}{f'; {POSSIBLE_DUPLICATE}' if double else ''}",
        "created": format_utc(row.created_at, SECONDS),
    }
    if row.not_before and row.state in ("waiting", "uncertain"):
        details["waits until"] = format_utc(row.not_before, SECONDS)
    if row.held_until and row.state == "held":
        details["held until"] = format_utc(row.held_until, SECONDS)
    if row.ref:
        details["reference"] = row.ref + (f", in the thread {row.thread}" if row.thread not in ("", row.ref) else "")
    for label, text in details.items():
        click.echo(f"{label:<11} {text}")
    for attempt in attempts:
        ended = "still running"
        if attempt.ended_at is not None:
            took = (attempt.ended_at - attempt.started_at).total_seconds()
            ended = f"{attempt.outcome} after {took:.0f} s{f': {attempt.error}' if attempt.error else ''}"
        click.echo(f"attempt {attempt.attempt:<3} {format_utc(attempt.started_at, SECONDS)}  {ended}")


@click.command()
@click.argument("numbers", nargs=-1, type=int)
def retry(*, numbers: tuple[int, ...]) -> None:
    """Send dead messages again: the given NUMBERS, or all. Messages waiting for a failing channel are also sent at
    once."""
    with session() as app, app.store.begin() as conn:
        require_state(conn, numbers, "dead")
        reset = outbox.requeue(conn, "dead", app.clock(), numbers or None)
        click.echo(f"{pluralised(reset, 'dead message')} queued again; waiting messages are sent at once")


@click.command()
@click.argument("numbers", nargs=-1, type=int)
def release(*, numbers: tuple[int, ...]) -> None:
    """Release messages that were held after a rule edit: the given NUMBERS, or all."""
    with session() as app, app.store.begin() as conn:
        require_state(conn, numbers, "held")
        released = outbox.requeue(conn, "held", app.clock(), numbers or None)
        click.echo(f"{released} released")


def first_line(item: Item) -> str:
    """The first line of a message; '' if its content cannot be read."""
    try:
        return from_json(item.payload).subject
    except RenderError:
        return ""


def require_state(conn: Connection, numbers: Sequence[int], state: str) -> None:
    """Raises BadParameter if one of these messages does not exist or is in another state."""
    states = {row.number: row.state for row in outbox.items(conn)} if numbers else {}
    wrong = [
        f"{n} is {states[n]}" if n in states else f"there is no message {n}" for n in numbers if states.get(n) != state
    ]
    if wrong:
        hint = f"deal-monitor outbox list --state {state} lists the {state} ones"
        raise click.BadParameter(f"{'; '.join(wrong)}; all are unchanged. {hint}", param_hint="NUMBERS")
