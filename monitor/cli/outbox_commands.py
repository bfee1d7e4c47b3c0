"""`outbox`: list and show messages, retry dead ones, release or drop held ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.common import echo_json, fields_of, format_utc, pluralised, session
from monitor.cli.record_intervention import BY_OPTION, author_name, require_reason
from monitor.cli.screen import echo_lines
from monitor.domain.model import route_config_name
from monitor.runtime.link_keys import link_maker
from monitor.runtime.session import hold_undecided
from monitor.store import outbox
from monitor.store.json_codec import subject_of

if TYPE_CHECKING:
    from monitor.store import Connection
    from monitor.store.tables import Item

SECONDS = "%H:%M:%S"
POSSIBLE_DUPLICATE = "sent again, possibly a duplicate"
MOST_LISTED = 100
STATES = ["waiting", "leased", "uncertain", "held", "sent", "dropped", "dead", "expired"]


@click.command("list")
@click.option("--state", "states", multiple=True, type=click.Choice(STATES), help="Only these states (repeatable).")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per message.")
def list_messages(*, states: tuple[str, ...], as_json: bool) -> None:
    """List the newest messages with their state and last error."""
    with session() as app, app.store.read() as conn:
        rows, totals = outbox.items(conn, states or None, limit=MOST_LISTED), outbox.state_counts(conn)
        doubles = outbox.possible_duplicates(conn, [row.number for row in rows])

    def line(row: Item) -> str:
        held = subject_of(row.payload) if row.state == "held" else ""
        tail = "".join(f"  {text}" for text in (POSSIBLE_DUPLICATE * (row.number in doubles), held, row.error) if text)
        return f"{row.number:>5}  {row.state:<9} {row.channel:<5} {row.to:<28} {row.kind:<8} {row.commitment}{tail}"

    values = (row_values(row, double=row.number in doubles) for row in rows)
    echo_lines(as_json=as_json, values=values, text=map(line, rows))
    click.echo(", ".join(f"{count} {state}" for state, count in totals.items()) or "empty", err=True)


def row_values(row: Item, *, double: bool) -> dict[str, Any]:
    """A message as JSON. repeat: an earlier attempt may have arrived; double: a second copy was sent after it."""
    place = ("kind", "route", "channel", "to", "commitment")
    values = fields_of(row, "number", "message=message_id", *place, "state", "attempts", "repeat")
    values |= {"double": double, **fields_of(row, "error", "created=created_at", "settled=settled_at", "held_until")}
    decision = fields_of(row, "by=decided_by", "at=decided_at", "reason=decided_why") if row.decided_at else None
    return {**values, "decision": decision}


@click.command()
@click.argument("number", type=int)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def show(*, number: int, as_json: bool) -> None:
    """Show one message: recipient, state, decision, every attempt to send it, and its text without personal links."""
    from monitor.runtime.wiring import make_renderer, shown_text

    with session() as app, app.store.read() as conn:
        row, attempts = outbox.item(conn, number), outbox.attempts(conn, number)
        double = number in outbox.possible_duplicates(conn, [number])
        renderer = make_renderer(app.settings, lambda settings: link_maker(settings, trial=True))
    if row is None:
        raise click.BadParameter(f"there is no message {number}; deal-monitor outbox list shows the numbers")
    whole = shown_text(renderer, row)
    if as_json:
        fields = ("attempt", "outcome", "error", "started=started_at", "ended=ended_at")
        values = row_values(row, double=double) | {"first_line": subject_of(row.payload), "text": whole}
        tries = [fields_of(attempt, *fields) for attempt in attempts]
        echo_json({**values, **fields_of(row, "reference=ref", "thread", "not_before"), "tries": tries})
        return
    about = f" about {row.commitment}" if row.commitment else ""
    since = f" since {format_utc(row.settled_at, SECONDS)}" if row.settled_at else ""
    details = {
        "message": f"{row.number} ({row.message_id}), {row.kind}{about}",
        "to": f"{row.place}, route {route_config_name(row.route)}",
        "state": f"{row.state}{since}{f'; {POSSIBLE_DUPLICATE}' if double else ''}",
        "created": format_utc(row.created_at, SECONDS),
    }
    if row.not_before and row.state in ("waiting", "uncertain"):
        details["waits until"] = format_utc(row.not_before, SECONDS)
    if row.held_until and row.state == "held":
        details["held until"] = format_utc(row.held_until, SECONDS)
    if row.decided_at:
        why = f": {row.decided_why}" if row.decided_why else ""
        how = "dropped" if row.state == "dropped" else "released"
        details["decision"] = f"{how} by {row.decided_by} on {format_utc(row.decided_at, SECONDS)}{why}"
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
    click.echo(f"\n{whole}", nl=False)


@click.command()
@click.argument("numbers", nargs=-1, type=int)
def retry(*, numbers: tuple[int, ...]) -> None:
    """Send dead messages again: the given NUMBERS, or all. Messages waiting for a failing channel are also sent at
    once."""
    with session() as app, app.store.begin() as conn:
        require_state(conn, numbers, "dead")
        reset = outbox.requeue(conn, app.clock(), numbers or None)
        hold_undecided(app, conn)
        click.echo(f"{pluralised(reset, 'dead message')} queued again; waiting messages are sent at once")


@click.command()
@click.argument("numbers", nargs=-1, type=int, required=True)
@BY_OPTION
def release(*, numbers: tuple[int, ...], by: str | None) -> None:
    """Send held messages, exactly as `outbox show` prints them: those of a route with approval, or after a rule edit.

    \b
    Example:
      deal-monitor outbox release 12
    """
    click.echo(f"{decide(numbers, 'waiting', by, '')} released")


@click.command()
@click.argument("numbers", nargs=-1, type=int, required=True)
@click.option("--reason", default="", help="Why: a sentence that `outbox show` prints.")
@BY_OPTION
def drop(*, numbers: tuple[int, ...], reason: str, by: str | None) -> None:
    """Never send these held messages. Corrections and confirmations of them are not sent either.

    \b
    Example:
      deal-monitor outbox drop 12 --reason "the quote is about barley"
    """
    click.echo(f"{decide(numbers, 'dropped', by, require_reason(reason))} dropped")


def decide(numbers: Sequence[int], to: outbox.Decided, by: str | None, why: str) -> int:
    """Record the decision on these messages at all addresses; returns their number. Raises BadParameter, with nothing
    decided, if one is not held."""
    with session() as app, app.store.begin() as conn:
        outbox.expire_held(conn, app.clock())
        require_state(conn, numbers, "held")
        return outbox.decide(conn, numbers, to=to, by=author_name(by), why=why, now=app.clock())


def require_state(conn: Connection, numbers: Sequence[int], state: str) -> None:
    """Raises BadParameter if one of these messages does not exist or is in another state."""
    states = {row.number: row.state for row in outbox.items(conn)} if numbers else {}
    wrong = [
        f"{n} is {states[n]}" if n in states else f"there is no message {n}" for n in numbers if states.get(n) != state
    ]
    if wrong:
        hint = f"deal-monitor outbox list --state {state} lists the {state} ones"
        raise click.BadParameter(f"{'; '.join(wrong)}; all are unchanged. {hint}", param_hint="NUMBERS")
