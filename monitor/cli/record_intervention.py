"""Records an intervention, decides the commitments at once as the daemon would, and prints the outcome."""

from __future__ import annotations

import getpass
import secrets
import sys
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.common import fields_of, format_utc
from monitor.domain.messages.subject import shown_status
from monitor.domain.messages.wording import reason_text
from monitor.domain.model import Intervention, route_config_name
from monitor.domain.model.changes import notation
from monitor.domain.model.sides import Parties
from monitor.store import outbox as outbox_store
from monitor.store import verdict_records

if TYPE_CHECKING:
    from monitor.domain.model import Transition, Verdict
    from monitor.runtime.session import Opened
    from monitor.store import Connection
    from monitor.store.tables import Item

BY_OPTION = click.option("--by", help="Name of the author [the user who is logged in].")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The state of some commitments before an intervention: verdicts, ids of recorded changes, number of the last
    message."""

    commitments: frozenset[str]
    verdicts: Mapping[str, Verdict]
    changes: Collection[str]
    message: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """The effect of an intervention on its commitments. undecided: commitments that could not be decided."""

    before: Mapping[str, Verdict]
    after: Mapping[str, Verdict]
    transitions: Sequence[Transition]
    messages: Sequence[Item]
    undecided: Sequence[str]
    parties: Parties

    def only_changed(self) -> Outcome:
        """The outcome without the unaffected commitments."""
        changed = {t.commitment for t in self.transitions} | {item.commitment for item in self.messages}
        changed |= set(self.undecided)
        return replace(self, after={name: verdict for name, verdict in self.after.items() if name in changed})

    def as_json(self) -> dict[str, Any]:
        return {
            "changes": [fields_of(t, "id", "commitment", "kind", "cause") for t in self.transitions],
            "messages": [fields_of(item, "number", "kind", "route", "to", "state") for item in self.messages],
            "undecided": list(self.undecided),
        }


def author_name(by: str | None) -> str:
    """The given author, else the user who is logged in."""
    if by and by.strip():
        return by.strip()
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may run under a number without a name
        return "unknown user"


def new_intervention(
    app: Opened, kind: str, commitment: str, subject: str, reason: str, by: str | None
) -> Intervention:
    """A new intervention with the current time. Raises BadParameter for an empty reason."""
    return Intervention(
        secrets.token_hex(6), kind, commitment, subject, require_reason(reason), "", app.clock(), by=author_name(by)
    )


def require_reason(reason: str) -> str:
    """The reason without surrounding blanks. Raises BadParameter if it is empty."""
    if not reason.strip():
        raise click.BadParameter("the reason is empty; others will read it in alerts and logs", param_hint="REASON")
    return reason.strip()


def end_time(app: Opened, until: datetime | timedelta | None, default: timedelta) -> datetime:
    """The end of an intervention: a moment, or a time from now. Raises BadParameter for an end in the past."""
    end = until if isinstance(until, datetime) else app.clock() + (until or default)
    if end <= app.clock():
        raise click.BadParameter(f"{format_utc(end)} is in the past", param_hint="--until")
    return end


def apply_interventions(app: Opened, interventions: Sequence[Intervention], commitments: Collection[str]) -> Outcome:
    """Records interventions and decides their commitments, by the same review that a running daemon calls.

    1. Decide commitments without a published verdict, so that there is something to change.
    2. Record the interventions and request a review; note verdicts, transitions and messages before.
    3. Review, and compare.
    """
    decide_undecided(app, commitments)
    with app.store.begin() as conn:
        before = snapshot(conn, commitments)
        for intervention in interventions:
            verdict_records.add_intervention(conn, intervention, intervention.at, sorted(commitments))
    return outcome_since(app, before)


def decide_undecided(app: Opened, commitments: Collection[str]) -> None:
    """Runs a review if one of these commitments has no published verdict."""
    from monitor.runtime.app import run_reviews  # loads the whole program, which `evidence list` does not need

    with app.store.read() as conn:
        decided = verdict_records.decided(conn)
    if not set(commitments) <= set(decided):
        run_reviews(app)


def snapshot(conn: Connection, commitments: Collection[str]) -> Snapshot:
    last = max((item.number for item in outbox_store.items(conn, limit=1)), default=0)
    past = frozenset(t.id for t in verdict_records.history(conn, commitments, 1000))
    return Snapshot(frozenset(commitments), verdict_records.published(conn, commitments), past, last)


def outcome_since(app: Opened, before: Snapshot) -> Outcome:
    """Reviews what is due and compares the result with the snapshot."""
    from monitor.runtime.app import run_reviews

    names = before.commitments
    run_reviews(app)
    with app.store.read() as conn:
        after = verdict_records.published(conn, names)
        transitions = [t for t in verdict_records.history(conn, names, 1000) if t.id not in before.changes]
        new = [item for item in outbox_store.items(conn, limit=200) if item.number > before.message]
        requests = verdict_records.review_requests(conn)
    undecided = sorted(name for name in names & requests.keys() if requests[name].urgent)
    messages = [item for item in new if item.commitment in names]
    return Outcome(before.verdicts, after, transitions, messages, undecided, app.rulebook.parties)


def print_outcome(outcome: Outcome) -> None:
    """Prints what changed. Exits with 1 if a commitment could not be decided."""
    for name, verdict in outcome.after.items():
        was = outcome.before.get(name)
        if was is not None and (was.standing, was.outlook) != (verdict.standing, verdict.outlook):
            click.echo(f"  {name}: was {shown_status(was)}, now {shown_status(verdict)}")
        else:
            click.echo(f"  {name}: {shown_status(verdict)}, unchanged")
    for t in outcome.transitions:
        old, new = notation(t.change)
        reason = reason_text(t.reason, outcome.parties)
        click.echo(f"  recorded: {t.kind} {old or 'none'} -> {new}, cause {t.cause}: {reason}")
    for item in outcome.messages:
        click.echo(f"  message {item.number} ({item.kind}) to {route_config_name(item.route)}, {item.to}: {item.state}")
    if not outcome.transitions:
        click.echo("  no change recorded")
    for name in outcome.undecided:
        click.echo(f"warning: {name} could not be decided; deal-monitor doctor shows why", err=True)
    if outcome.undecided:
        sys.exit(1)
