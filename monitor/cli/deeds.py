"""An act of a person on its way in: recorded, weighed at once as the daemon would, and answered with what came of it."""

from __future__ import annotations

import getpass
import secrets
import sys
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import click

from monitor.domain.model import as_written
from monitor.domain.notation import notation
from monitor.domain.wording import reason_text

if TYPE_CHECKING:
    from monitor.app import App
    from monitor.domain.model import Act, Transition, Verdict
    from monitor.opening import Opened
    from monitor.store.tables import Item


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an act for the commitments that it concerns. undecided: those that could not be decided yet."""

    before: Mapping[str, Verdict]
    after: Mapping[str, Verdict]
    transitions: Sequence[Transition]
    messages: Sequence[Item]
    undecided: Sequence[str]


def by_name(given: str | None) -> str:
    """Who acts: the name given, else that of the user who is logged in."""
    if given and given.strip():
        return given.strip()
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "somebody at the command line"


def new_act(
    app: App, kind: str, commitment: str, subject: str, reason: str, *, by: str | None, source: str = "",
    until: datetime | None = None, payload: str = "",
) -> Act:  # fmt: skip
    """An act of this moment. Refuses one without a reason."""
    from monitor.domain.model import Act

    if not reason.strip():
        raise click.BadParameter("the reason is empty: it is what others will read", param_hint="--reason")
    return Act(
        secrets.token_hex(6), kind, commitment, subject, reason.strip(), source.strip(), app.clock(), until, payload,
        by_name(by),
    )  # fmt: skip


def perform(app: App, acts: Sequence[Act], concerned: Collection[str]) -> Outcome:
    """Record acts and decide what they concern, by the review that a running daemon calls too: what it finds first, the
    other leaves alone."""
    from monitor.app import review_due
    from monitor.store import cases, queue

    with app.store.read() as conn:
        known = cases.records(conn).keys()
    if not set(concerned) <= known:
        review_due(app)  # so that there is something published that the act changes
    with app.store.begin() as conn:
        before = {name: record.published for name, record in cases.records(conn).items() if name in concerned}
        last = max((item.number for item in queue.items(conn, limit=1)), default=0)
        past = {t.id for t in cases.history(conn, concerned, 1000)}
        for act in acts:
            cases.add_act(conn, act, act.at, sorted(concerned))
    review_due(app)
    with app.store.read() as conn:
        after = {name: record.published for name, record in cases.records(conn).items() if name in concerned}
        moves = tuple(t for t in cases.history(conn, concerned, 1000) if t.id not in past)
        items = tuple(i for i in queue.items(conn, limit=200) if i.number > last and i.commitment in concerned)
        left = sorted(set(cases.dirty(conn)) & set(concerned))
    return Outcome(before, after, moves, items, left)


def tell(outcome: Outcome) -> None:
    """Say what changed; exit code 1 where something could not be decided."""
    for name, verdict in outcome.after.items():
        was = outcome.before.get(name)
        if was is not None and (was.standing, was.outlook) != (verdict.standing, verdict.outlook):
            click.echo(f"  {name}: was {status_words(was)}, now {status_words(verdict)}")
        else:
            click.echo(f"  {name}: {status_words(verdict)}, as before")
    for move in outcome.transitions:
        old, new = notation(move.change)
        words = f"{old or 'none'} -> {new}"
        click.echo(f"  recorded: {move.kind.value} {words}, cause {move.cause.value}: {reason_text(move.reason)}")
    for item in outcome.messages:
        click.echo(f"  message {item.number} ({item.kind}) to {as_written(item.route)}, {item.to}: {item.state}")
    if not outcome.transitions:
        click.echo("  no change to record")
    for name in outcome.undecided:
        click.echo(f"warning: {name} could not be decided; deal-monitor doctor says why", err=True)
    if outcome.undecided:
        sys.exit(1)


def status_words(verdict: Verdict) -> str:
    from monitor.domain.brief_words import shown_status

    return shown_status(verdict)


def end_of(app: App, until: datetime | None, length: timedelta) -> datetime:
    """When an act ends: as given, else after its usual length. Refuses an end that is past."""
    end = until if until is not None else app.clock() + length
    if end <= app.clock():
        raise click.BadParameter(f"{moment(end)} is past", param_hint="--until")
    return end


def moment(at: datetime) -> str:
    """ "24 Dec 2026 23:59 UTC"."""
    return f"{at:%-d %b %Y %H:%M} UTC"


def commitment_of(app: Opened, name: str) -> str:
    """The name, if the rules have it; else a refusal that names the near one."""
    from monitor.cli.standing import unknown

    if name not in app.rulebook.commitments:
        raise click.BadParameter(unknown(name, list(app.rulebook.commitments)), param_hint="COMMITMENT")
    return name
