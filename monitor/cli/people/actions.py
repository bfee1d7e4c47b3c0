"""An intervention of a person on its way in: recorded, decided on at once as the daemon would, and answered with the outcome."""

from __future__ import annotations

import getpass
import secrets
import sys
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import click

from monitor.cli.common import format_utc
from monitor.domain.messages.headlines.subject import shown_status
from monitor.domain.messages.wording import reason_text
from monitor.domain.model import Intervention, route_config_name
from monitor.domain.model.notation import notation
from monitor.domain.model.sides import Parties
from monitor.store import outbox as outbox_store
from monitor.store import verdict_records

if TYPE_CHECKING:
    from monitor.domain.model import Transition, Verdict
    from monitor.runtime.session import Opened
    from monitor.store import Connection
    from monitor.store.tables import Item

BY_OPTION = click.option("--by", help="Who says so [the user who is logged in].")


@dataclass(frozen=True, slots=True)
class InterventionResult:
    """The outcome of an intervention for its commitments. undecided: those that could not be decided yet;
    parties: the names of those that rules declare."""

    before: Mapping[str, Verdict]
    after: Mapping[str, Verdict]
    transitions: Sequence[Transition]
    messages: Sequence[Item]
    undecided: Sequence[str]
    parties: Parties


@dataclass(frozen=True, slots=True)
class Before:
    """What there is before interventions of people: of the commitments concerned the verdicts and the ids of recorded changes, and the
    number of the last message."""

    concerned: frozenset[str]
    verdicts: Mapping[str, Verdict]
    changes: Collection[str]
    message: int


def author_name(by: str | None) -> str:
    """The person named, else the user who is logged in."""
    author = (by or "").strip()
    if author:
        return author
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "somebody at the command line"


def new_intervention(
    app: Opened, kind: str, commitment: str, subject: str, reason: str, by: str | None
) -> Intervention:
    """An intervention of this moment by the person named, else by the user who is logged in. Raises BadParameter without a reason."""
    why, act_id, author = require_reason(reason), secrets.token_hex(6), author_name(by)
    return Intervention(act_id, kind, commitment, subject, why, "", app.clock(), by=author)


def require_reason(reason: str) -> str:
    """The reason of an intervention. Raises BadParameter for an empty one."""
    if not reason.strip():
        raise click.BadParameter("the reason is empty: it is what others will read", param_hint="--reason")
    return reason.strip()


def apply_interventions(
    app: Opened, interventions: Sequence[Intervention], concerned: Collection[str]
) -> InterventionResult:
    """Records interventions and decides the commitments they concern, by the review that a running daemon calls too: what one of the
    two finds first, the other leaves alone.

    1. Decide what was never decided, so that there is a published verdict for the intervention to change.
    2. Record the interventions and request a review, and note what is there before: verdicts, transitions, messages.
    3. Review, and compare.
    """
    decide_undecided(app, concerned)
    with app.store.begin() as conn:
        before = noted_before(conn, concerned)
        for intervention in interventions:
            verdict_records.add_intervention(conn, intervention, intervention.at, sorted(concerned))
    return decided_since(app, before)


def decide_undecided(app: Opened, concerned: Collection[str]) -> None:
    """Decides what was never decided, if one of these commitments is among it."""
    from monitor.runtime.app import run_reviews  # the whole program: `evidence list` does without

    with app.store.read() as conn:
        decided = verdict_records.decided(conn)
    if not set(concerned) <= set(decided):
        run_reviews(app)


def noted_before(conn: Connection, concerned: Collection[str]) -> Before:
    """What there is of these commitments now."""
    last = max((item.number for item in outbox_store.items(conn, limit=1)), default=0)
    past = frozenset(t.id for t in verdict_records.history(conn, concerned, 1000))
    return Before(frozenset(concerned), verdict_records.published(conn, concerned), past, last)


def decided_since(app: Opened, before: Before) -> InterventionResult:
    """Reviews what is due, and compares with what was there before."""
    from monitor.runtime.app import run_reviews

    concerned = before.concerned
    run_reviews(app)
    with app.store.read() as conn:
        after = verdict_records.published(conn, concerned)
        transitions = [t for t in verdict_records.history(conn, concerned, 1000) if t.id not in before.changes]
        new = [i for i in outbox_store.items(conn, limit=200) if i.number > before.message]
        requests = verdict_records.review_requests(conn)
    undecided = sorted(name for name in concerned & requests.keys() if requests[name].urgent)
    messages = [item for item in new if item.commitment in concerned]
    return InterventionResult(before.verdicts, after, transitions, messages, undecided, app.rulebook.parties)


def print_result(outcome: InterventionResult) -> None:
    """Prints what changed; exit code 1 where something could not be decided."""
    for name, verdict in outcome.after.items():
        was = outcome.before.get(name)
        if was is not None and (was.standing, was.outlook) != (verdict.standing, verdict.outlook):
            click.echo(f"  {name}: was {shown_status(was)}, now {shown_status(verdict)}")
        else:
            click.echo(f"  {name}: {shown_status(verdict)}, as before")
    for t in outcome.transitions:
        old, new = notation(t.change)
        click.echo(
            f"  recorded: {t.kind} {old or 'none'} -> {new}, cause {t.cause}: {reason_text(t.reason, outcome.parties)}"
        )
    for item in outcome.messages:
        click.echo(f"  message {item.number} ({item.kind}) to {route_config_name(item.route)}, {item.to}: {item.state}")
    if not outcome.transitions:
        click.echo("  no change to record")
    for name in outcome.undecided:
        click.echo(f"warning: {name} could not be decided; deal-monitor doctor says why", err=True)
    if outcome.undecided:
        sys.exit(1)


def end_time(app: Opened, until: datetime | None, length: timedelta) -> datetime:
    """The end of an intervention: as given, else after its usual length. Raises BadParameter for an end in the past."""
    end = until if until is not None else app.clock() + length
    if end <= app.clock():
        raise click.BadParameter(f"{format_utc(end)} is past", param_hint="--until")
    return end
