"""`route`: who would hear of a change, before there is one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.common import Group, Moment, echo_json, opened
from monitor.domain.model import Severity
from monitor.domain.routing import SORTS, word

if TYPE_CHECKING:
    from monitor.app import App
    from monitor.domain.model import Route
    from monitor.domain.routing import Fate, Trial

SEVERITIES = [word(severity) for severity in Severity]
WORDS = {
    "now": "now", "held": "held", "review": "held for a person", "digest": "digest only", "muted": "muted",
    "nothing": "nothing",
}  # fmt: skip


@click.group(cls=Group)
def route() -> None:
    """Routes: who hears of what, where and when."""


@route.command("try")
@click.argument("commitment", required=False)
@click.option("--severity", type=click.Choice(SEVERITIES), default="notable", show_default=True, help="How loud it is.")
@click.option(
    "--kind",
    type=click.Choice(list(SORTS)),
    default="standing",
    show_default=True,
    help="What changes; deadline: a date passes; rules: an edit of the rules moves it.",
)
@click.option("--at", type=Moment(), metavar="TIME", help="When it happens; without a zone it is UTC [now].")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a route.")
@click.pass_context
def try_routes(
    ctx: click.Context, *, commitment: str | None, severity: str, kind: str, at: datetime | None, as_json: bool
) -> None:
    """Who would get a change of a COMMITMENT, on which channel, now or held until when, or why not.

    Without a COMMITMENT it is about a change of anything that a route follows, one row a route. Mutes, quiet hours in the
    recipient's zone and what went out lately all count. Nothing is sent and nothing is stored.

    \b
    Example:
      deal-monitor route try soybean-purchases --severity urgent --at 2026-03-02T23:30-05:00
    """
    with opened(ctx) as app:
        if commitment is not None:
            known(app, commitment)
        if not app.routes:
            click.echo("no route is configured: add [[routes]] to config.toml", err=True)
        rows = list(tried(app, commitment, severity, kind, at or app.clock()))
    if as_json:
        for row in rows:
            echo_json(row.values())
    else:
        show(rows)


def known(app: App, name: str) -> None:
    """Refuses a name that the rules do not know."""
    from monitor.cli.standing import unknown

    if name not in app.rulebook.commitments:
        raise click.BadParameter(unknown(name, list(app.rulebook.commitments)), param_hint="COMMITMENT")


# ---------------------------------------------------------------- one row a route


@dataclass(frozen=True, slots=True)
class Row:
    """A route with what it gets. others: what is otherwise for some of what it follows; channel_note: what becomes of a
    message of this channel as things are."""

    route: Route
    fate: Fate
    others: Sequence[tuple[Fate, Sequence[str]]]
    channel_note: str

    def values(self) -> dict[str, Any]:
        return {
            "route": self.route.name, "channel": self.route.channel, "to": self.route.to, **fate_values(self.fate),
            "channel_note": self.channel_note,
            "others": [{"commitments": list(names), **fate_values(fate)} for fate, names in self.others],
        }  # fmt: skip


def fate_values(fate: Fate) -> dict[str, Any]:
    return {"outcome": fate.outcome, "until": fate.until, "why": fate.why}


def tried(app: App, commitment: str | None, severity: str, kind: str, at: datetime) -> Iterator[Row]:
    """What each route would get of such a change."""
    notes = channel_notes(app)
    trial = trial_of(app, severity, kind, at)
    for one in app.routes:
        (fate, _), *others = [(trial.fate(one, commitment), ())] if commitment else trial.fates(one)
        yield Row(one, fate, others, notes.get(one.channel, ""))


def trial_of(app: App, severity: str, kind: str, at: datetime) -> Trial:
    """Such a change at that moment, amid what people muted and what went out before."""
    from monitor.domain.announce import SentLog
    from monitor.domain.routing import Trial
    from monitor.review import sent_log
    from monitor.store import cases

    with app.store.read() as conn:
        log, acts = sent_log(conn, at), cases.acts(conn, ()).get("", ())
    sent = SentLog(tuple(one for one in log.messages if one.at <= at))
    book = app.rulebook
    return Trial(Severity[severity.upper()], SORTS[kind], at, sent, book.commitments, book.policy, acts)


def channel_notes(app: App) -> dict[str, str]:
    """By channel: that it writes files, or is out of order."""
    from monitor.store import queue

    with app.store.read() as conn:
        broken = queue.broken(conn)
    live = app.settings.live_channels()
    notes = {name: f"{name} is not set up: written to files" for name in app.senders if name not in live}
    return notes | {name: f"{name} is out of order and waits: {error}" for name, (_, error) in broken.items()}


# ---------------------------------------------------------------- shown


def show(rows: Sequence[Row]) -> None:
    name_width = max((len(row.route.written) for row in rows), default=0)
    to_width = max((len(row.route.to) for row in rows), default=0)
    for row in rows:
        note = f"  [{row.channel_note}]" if row.channel_note else ""
        place = f"{row.route.written:<{name_width}}  {row.route.channel:<7}  {row.route.to:<{to_width}}"
        click.echo(f"{place}  {told(row.fate)}{note}")
        for fate, names in row.others:
            click.echo(f"{'':<{name_width}}  but {', '.join(names)}: {told(fate)}")


def told(fate: Fate) -> str:
    """'held until 3 Mar 2026 07:00 EST: quiet hours 22:00-07:00'"""
    joint = " " if fate.outcome in ("held", "muted") else ": "
    return f"{WORDS[fate.outcome]}{joint}{fate.why}" if fate.why else WORDS[fate.outcome]
