"""`outbox`: what waits, what failed, and what a person may do about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.common import SuggestingGroup, echo_json, pluralised, session
from monitor.domain.model import route_config_name

if TYPE_CHECKING:
    from monitor.runtime.session import Opened
    from monitor.store.tables import Attempt, Item

POSSIBLE_DUPLICATE = "sent again, may be double"
STATES = ["waiting", "leased", "uncertain", "held", "sent", "dead", "expired"]


@click.group(cls=SuggestingGroup)
def outbox() -> None:
    """Messages on their way: list them, show one, retry dead ones, release held ones."""


@outbox.command("list")
@click.option("--state", "states", multiple=True, type=click.Choice(STATES), help="Only these states (repeatable).")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a message.")
@click.pass_context
def list_messages(ctx: click.Context, *, states: tuple[str, ...], as_json: bool) -> None:
    """The newest messages with their state, attempts and last error."""
    from monitor.pipeline.outbox_admin import counts, doubles, list_rows

    with session(ctx) as app:
        rows, totals = list_rows(app.store, states or None), counts(app.store)
        double = doubles(app.store, rows)
    for row in rows:
        if as_json:
            echo_json(row_values(row, double=row.number in double))
        else:
            click.echo(row_line(row, double=row.number in double))
    click.echo(", ".join(f"{count} {state}" for state, count in totals.items()) or "empty", err=True)


def row_values(row: Item, *, double: bool) -> dict[str, Any]:
    """A message as JSON. repeat: an attempt may have arrived unknown; double: a copy was sent after it."""
    return {
        "number": row.number, "message": row.message_id, "kind": row.kind, "route": row.route,
        "channel": row.channel, "to": row.to, "commitment": row.commitment, "state": row.state,
        "attempts": row.attempts, "repeat": row.repeat, "double": double, "error": row.error,
        "created": row.created_at, "settled": row.settled_at,
    }  # fmt: skip


def row_line(row: Item, *, double: bool) -> str:
    tail = "".join(f"  {text}" for text in (POSSIBLE_DUPLICATE if double else "", row.error) if text)
    return f"{row.number:>5}  {row.state:<9} {row.channel:<5} {row.to:<28} {row.kind:<8} {row.commitment}{tail}"


@outbox.command()
@click.argument("number", type=int)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_context
def show(ctx: click.Context, *, number: int, as_json: bool) -> None:
    """One message: to whom, what it says first, its state, and every attempt to send it."""
    from monitor.pipeline.outbox_admin import doubles, first_line, history

    with session(ctx) as app:
        found = history(app.store, number)
        if found is None:
            raise click.BadParameter(f"there is no message {number}. deal-monitor outbox list shows them")
        row, attempts = found
        double = number in doubles(app.store, [row])
    if as_json:
        tries = [
            {"attempt": one.attempt, "started": one.started_at, "ended": one.ended_at, "outcome": one.outcome,
             "error": one.error, "by": one.owner} for one in attempts
        ]  # fmt: skip
        echo_json({**row_values(row, double=double), "first_line": first_line(row), "reference": row.ref,
                   "thread": row.thread, "not_before": row.not_before, "tries": tries})  # fmt: skip
        return
    for label, text in row_details(row, first_line(row), double=double):
        click.echo(f"{label:<11} {text}")
    for one in attempts:
        click.echo(f"attempt {one.attempt:<3} {attempt_line(one)}")


def row_details(row: Item, first: str, *, double: bool) -> Iterator[tuple[str, str]]:
    """What is known of a message beside its attempts, a line each."""
    yield (
        "message",
        f"{row.number} ({row.message_id}), {row.kind}{f' about {row.commitment}' if row.commitment else ''}",
    )
    yield "says", first or "its content cannot be read"
    yield "to", f"{row.place}, route {route_config_name(row.route)}"
    settled = f" since {format_utc_minutes(row.settled_at)}" if row.settled_at else ""
    yield "state", f"{row.state}{settled}{f'; {POSSIBLE_DUPLICATE}' if double else ''}"
    yield "made", format_utc_minutes(row.created_at)
    if row.not_before and row.state in ("waiting", "uncertain"):
        yield "waits until", format_utc_minutes(row.not_before)
    if row.held_until and row.state == "held":
        yield "held until", format_utc_minutes(row.held_until)
    if row.ref:
        yield "there as", row.ref + (f", in the thread {row.thread}" if row.thread not in ("", row.ref) else "")


def attempt_line(one: Attempt) -> str:
    """When an attempt began, how it ended and after how long, and what was said of it."""
    if one.ended_at is None:
        return f"{format_utc_minutes(one.started_at)}  still running"
    took = (one.ended_at - one.started_at).total_seconds()
    return (
        f"{format_utc_minutes(one.started_at)}  {one.outcome} after {took:.0f} s{f': {one.error}' if one.error else ''}"
    )


def format_utc_minutes(at: datetime) -> str:
    return f"{at:%-d %b %Y %H:%M:%S} UTC"


@outbox.command()
@click.argument("numbers", nargs=-1, type=int)
@click.pass_context
def retry(ctx: click.Context, *, numbers: tuple[int, ...]) -> None:
    """Send dead messages again: those NUMBERS, or all. What waits for a broken channel or a pause is tried at once too."""
    from monitor.pipeline.outbox_admin import retry as again

    with session(ctx) as app:
        require_state(app, numbers, "dead")
        back = again(app.store, app.clock(), numbers or None)
        click.echo(f"{pluralised(back, 'dead message')} put back in the queue; what waits is tried at once")


@outbox.command()
@click.argument("numbers", nargs=-1, type=int)
@click.pass_context
def release(ctx: click.Context, *, numbers: tuple[int, ...]) -> None:
    """Let messages go out that were held after a rule edit: those NUMBERS, or all."""
    from monitor.pipeline.outbox_admin import release as let_go

    with session(ctx) as app:
        require_state(app, numbers, "held")
        click.echo(f"{let_go(app.store, numbers or None)} released")


def require_state(app: Opened, numbers: Sequence[int], state: str) -> None:
    """Refuses numbers of messages that are in another state, or of none: nothing is done then."""
    from monitor.pipeline.outbox_admin import list_rows

    if not numbers:
        return
    states = {row.number: row.state for row in list_rows(app.store, limit=None)}
    wrong = [
        f"{n} is {states[n]}" if n in states else f"there is no message {n}" for n in numbers if states.get(n) != state
    ]
    if wrong:
        told = f"{'; '.join(wrong)}; nothing was done. deal-monitor outbox list --state {state} shows which are {state}"
        raise click.BadParameter(told, param_hint="NUMBERS")
