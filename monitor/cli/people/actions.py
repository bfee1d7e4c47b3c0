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

from monitor.cli.common import format_utc_seconds
from monitor.cli.verdict_text import published_status
from monitor.domain.messages.wording import reason_text
from monitor.domain.model import route_config_name
from monitor.domain.model.notation import notation

if TYPE_CHECKING:
    from monitor.domain.model import Intervention, Transition, Verdict
    from monitor.runtime.app import App
    from monitor.runtime.session import Opened
    from monitor.store.tables import Item


@dataclass(frozen=True, slots=True)
class InterventionResult:
    """What came of an act for the commitments that it concerns. undecided: those that could not be decided yet."""

    before: Mapping[str, Verdict]
    after: Mapping[str, Verdict]
    transitions: Sequence[Transition]
    messages: Sequence[Item]
    undecided: Sequence[str]


def acting_person(given: str | None) -> str:
    """Who acts: the name given, else that of the user who is logged in."""
    if given and given.strip():
        return given.strip()
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "somebody at the command line"


def new_intervention(
    app: App, kind: str, commitment: str, subject: str, reason: str, *, by: str | None, source: str = "",
    until: datetime | None = None, payload: str = "",
) -> Intervention:  # fmt: skip
    """An act of this moment. Refuses one without a reason."""
    from monitor.domain.model import Intervention

    if not reason.strip():
        raise click.BadParameter("the reason is empty: it is what others will read", param_hint="--reason")
    return Intervention(
        secrets.token_hex(6), kind, commitment, subject, reason.strip(), source.strip(), app.clock(), until, payload,
        acting_person(by),
    )  # fmt: skip


def apply_interventions(app: App, acts: Sequence[Intervention], concerned: Collection[str]) -> InterventionResult:
    """Record acts and decide what they concern, by the review that a running daemon calls too: what it finds first, the
    other leaves alone."""
    from monitor.runtime.app import run_reviews
    from monitor.store import outbox as outbox_store
    from monitor.store import verdict_records

    with app.store.read() as conn:
        known = verdict_records.verdict_records(conn).keys()
    if not set(concerned) <= known:
        run_reviews(app)  # so that there is something published that the act changes
    with app.store.begin() as conn:
        before = {
            name: record.published
            for name, record in verdict_records.verdict_records(conn).items()
            if name in concerned
        }
        last = max((item.number for item in outbox_store.items(conn, limit=1)), default=0)
        past = {t.id for t in verdict_records.history(conn, concerned, 1000)}
        for act in acts:
            verdict_records.add_intervention(conn, act, act.at, sorted(concerned))
    run_reviews(app)
    with app.store.read() as conn:
        after = {
            name: record.published
            for name, record in verdict_records.verdict_records(conn).items()
            if name in concerned
        }
        moves = tuple(t for t in verdict_records.history(conn, concerned, 1000) if t.id not in past)
        items = tuple(i for i in outbox_store.items(conn, limit=200) if i.number > last and i.commitment in concerned)
        left = sorted(set(verdict_records.review_requests(conn)) & set(concerned))
    return InterventionResult(before, after, moves, items, left)


def print_result(outcome: InterventionResult) -> None:
    """Say what changed; exit code 1 where something could not be decided."""
    for name, verdict in outcome.after.items():
        was = outcome.before.get(name)
        if was is not None and (was.standing, was.outlook) != (verdict.standing, verdict.outlook):
            click.echo(f"  {name}: was {published_status(was)}, now {published_status(verdict)}")
        else:
            click.echo(f"  {name}: {published_status(verdict)}, as before")
    for move in outcome.transitions:
        old, new = notation(move.change)
        words = f"{old or 'none'} -> {new}"
        click.echo(f"  recorded: {move.kind.value} {words}, cause {move.cause.value}: {reason_text(move.reason)}")
    for item in outcome.messages:
        click.echo(f"  message {item.number} ({item.kind}) to {route_config_name(item.route)}, {item.to}: {item.state}")
    if not outcome.transitions:
        click.echo("  no change to record")
    for name in outcome.undecided:
        click.echo(f"warning: {name} could not be decided; deal-monitor doctor says why", err=True)
    if outcome.undecided:
        sys.exit(1)


def end_time(app: App, until: datetime | None, length: timedelta) -> datetime:
    """When an act ends: as given, else after its usual length. Refuses an end that is past."""
    end = until if until is not None else app.clock() + length
    if end <= app.clock():
        raise click.BadParameter(f"{format_utc_seconds(end)} is past", param_hint="--until")
    return end


def require_commitment(app: Opened, name: str) -> str:
    """The name, if the rules have it; else a refusal that names the near one."""
    from monitor.cli.common import unknown_commitment

    if name not in app.rulebook.commitments:
        raise click.BadParameter(unknown_commitment(name, list(app.rulebook.commitments)), param_hint="COMMITMENT")
    return name
