"""`outbox`: what waits, what failed, and what a person may do about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from monitor.cli.common import Group, echo_json, opened

if TYPE_CHECKING:
    from monitor.app import App

STATES = ["waiting", "leased", "uncertain", "held", "sent", "dead", "expired"]


@click.group(cls=Group)
def outbox() -> None:
    """Messages on their way: list them, retry dead ones, release held ones."""


@outbox.command("list")
@click.option("--state", "states", multiple=True, type=click.Choice(STATES), help="Only these states (repeatable).")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a message.")
@click.pass_context
def list_messages(ctx: click.Context, *, states: tuple[str, ...], as_json: bool) -> None:
    """The newest messages with their state, attempts and last error."""
    from monitor.outbox import counts, list_rows

    with opened(ctx) as app:
        rows, totals = list_rows(app.store, states or None), counts(app.store)
    for row in rows:
        if as_json:
            echo_json({
                "number": row.number, "message": row.message_id, "kind": row.kind, "route": row.route,
                "channel": row.channel, "to": row.to, "commitment": row.commitment, "state": row.state,
                "attempts": row.attempts, "repeat": row.repeat, "error": row.error, "created": row.created_at, "settled": row.settled_at,
            })  # fmt: skip
        else:
            error = f"  {row.error}" if row.error else ""
            click.echo(
                f"{row.number:>5}  {row.state:<9} {row.channel:<5} {row.to:<28} {row.kind:<8} {row.commitment}{error}"
            )
    click.echo(", ".join(f"{count} {state}" for state, count in totals.items()) or "empty", err=True)


@outbox.command()
@click.argument("numbers", nargs=-1, type=int)
@click.pass_context
def retry(ctx: click.Context, *, numbers: tuple[int, ...]) -> None:
    """Send dead messages again: those NUMBERS, or all."""
    from monitor.outbox import retry as again

    with opened(ctx) as app:
        only(app, numbers, "dead")
        click.echo(f"{again(app.store, app.clock(), numbers or None)} put back in the queue")


@outbox.command()
@click.argument("numbers", nargs=-1, type=int)
@click.pass_context
def release(ctx: click.Context, *, numbers: tuple[int, ...]) -> None:
    """Let messages go out that were held after a rule edit: those NUMBERS, or all."""
    from monitor.outbox import release as let_go

    with opened(ctx) as app:
        only(app, numbers, "held")
        click.echo(f"{let_go(app.store, numbers or None)} released")


def only(app: App, numbers: Sequence[int], state: str) -> None:
    """Refuses numbers of messages that are in another state, or of none: nothing is done then."""
    from monitor.outbox import list_rows

    if not numbers:
        return
    states = {row.number: row.state for row in list_rows(app.store, limit=None)}
    wrong = [
        f"{n} is {states[n]}" if n in states else f"there is no message {n}" for n in numbers if states.get(n) != state
    ]
    if wrong:
        raise click.BadParameter(
            f"{'; '.join(wrong)}. deal-monitor outbox list --state {state} shows those it can be", param_hint="NUMBERS"
        )
