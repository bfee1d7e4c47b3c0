"""Records an intervention, decides the commitments at once as the daemon would, and prints the outcome."""

from __future__ import annotations

import getpass
import secrets
import sys
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.match_replay import moved_text
from monitor.cli.screen import echo_folded
from monitor.domain.messages.wording import detail_text
from monitor.domain.model import Intervention, route_config_name
from monitor.domain.verdicts.interventions import author_of
from monitor.store import outbox as outbox_store
from monitor.store import verdict_records

if TYPE_CHECKING:
    from monitor.domain.model import Transition
    from monitor.runtime.session import Session
    from monitor.store.tables import Item

BY_OPTION = click.option("--by", help="Name of the author [the user who is logged in].")
MATCH_FIELDS = ("commitment", "effect", "says", "quote")
"""Fields of the match of a reading in JSON."""


Snapshot = tuple[Collection[str], int]
"""The state before an intervention: the ids of the recorded changes, and the number of the last message."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The effect of an intervention on its commitments. undecided: commitments that could not be decided."""

    transitions: Sequence[Transition]
    messages: Sequence[Item]
    undecided: Sequence[str]


def author_name(by: str | None) -> str:
    """The given author, else the user who is logged in."""
    if by and by.strip():
        return by.strip()
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may run under a number without a name
        return "unknown user"


def new_intervention(
    app: Session, kind: str, commitment: str, subject: str, reason: str, by: str | None, **fields: Any
) -> Intervention:
    """A new intervention with the current time. Raises BadParameter for an empty reason."""
    key, author = secrets.token_hex(6), author_name(by)
    named = {"source": "", "by": author, **fields}
    return Intervention(key, kind, commitment, subject, require_reason(reason), at=app.clock(), **named)


def require_reason(reason: str) -> str:
    """The reason without surrounding blanks. Raises BadParameter if it is empty."""
    if not reason.strip():
        raise click.BadParameter("the reason is empty; others will read it in alerts and logs", param_hint="REASON")
    return reason.strip()


def apply_interventions(
    app: Session, interventions: Sequence[Intervention], commitments: Collection[str], done: str
) -> None:
    """Records interventions, decides their commitments by the review that a running daemon calls, and prints both."""
    before = snapshot(app, commitments)
    with app.store.begin() as conn:
        for intervention in interventions:
            verdict_records.add_intervention(conn, intervention, intervention.at, sorted(commitments))
    echo_folded(f"{done}, by {author_of(interventions[0])}")
    print_outcome(app, outcome_since(app, before, commitments))


def snapshot(app: Session, commitments: Collection[str]) -> Snapshot:
    """The present state. First decides commitments without a published verdict, so that something can change."""
    from monitor.runtime.app import run_reviews  # loads the whole program, which `evidence list` does not need

    with app.store.read() as conn:
        decided = verdict_records.decided(conn)
    if not set(commitments) <= set(decided):
        run_reviews(app)
    with app.store.read() as conn:
        last = max((item.number for item in outbox_store.items(conn, limit=1)), default=0)
        recent = verdict_records.transitions(conn, commitments=commitments, newest=1000)
        return frozenset(t.id for t in recent), last


def outcome_since(app: Session, before: Snapshot, commitments: Collection[str]) -> Outcome:
    """Reviews what is due and compares the result for these commitments with the snapshot."""
    from monitor.runtime.app import run_reviews

    changes, last = before
    run_reviews(app)
    with app.store.read() as conn:
        recent = verdict_records.transitions(conn, commitments=commitments, newest=1000)
        transitions = [t for t in recent if t.id not in changes]
        new = [item for item in outbox_store.items(conn, limit=200) if item.number > last]
        requests = verdict_records.review_requests(conn)
    undecided = sorted(name for name in commitments if name in requests and requests[name].urgent)
    return Outcome(transitions, [item for item in new if item.commitment in commitments], undecided)


def print_outcome(app: Session, outcome: Outcome) -> None:
    """Prints what changed. Exits with 1 if a commitment could not be decided."""
    for t in outcome.transitions:
        reason = detail_text(t.reason.detail, app.rulebook.parties)
        echo_folded(f"  {t.commitment}: {t.kind} {moved_text(t)}, cause {t.cause}: {reason}")
    if not outcome.transitions:
        click.echo("  no change recorded")
    for item in outcome.messages:
        place = f"{route_config_name(item.route)}, {item.to}"
        echo_folded(f"  message {item.number} ({item.kind}) to {place}: {item.state}")
    for name in outcome.undecided:
        click.echo(f"warning: {name} could not be decided; deal-monitor doctor shows why", err=True)
    if outcome.undecided:
        sys.exit(1)
