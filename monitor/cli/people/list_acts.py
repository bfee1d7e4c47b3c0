"""`acts`: what people have done about verdicts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.common import echo_lines, fields_of, format_utc, named_commitment, session
from monitor.cli.people.reading_lines import match_values
from monitor.domain.alerts.mutes import mutes_at
from monitor.domain.alerts.unsubscriptions import LEAVES, RETURNS, unsubscribed
from monitor.domain.text.labels import status_caps
from monitor.domain.text.plain import one_line
from monitor.domain.verdicts.decide import pin_in_force
from monitor.domain.verdicts.interventions import (
    READ,
    REPORT,
    TAKEN_BACK,
    WITHDRAWN,
    author_of,
    effective_readings,
    in_force,
    open_reports,
    reading_of,
)
from monitor.store import verdict_records

if TYPE_CHECKING:
    from monitor.domain.model import Intervention
    from monitor.runtime.session import Opened


@dataclass(frozen=True, slots=True)
class ListedIntervention:
    """An intervention, whether it is in force, and in words what it is about."""

    intervention: Intervention
    in_force: bool
    about: str


@click.command()
@click.argument("commitment", required=False)
@click.option("--all", "everything", is_flag=True, help="Also interventions that have ended or were taken back.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object an intervention.")
def acts(*, commitment: str | None, everything: bool, as_json: bool) -> None:
    """What people have done: pins, mutes, rejections and readings in force, with who, when, why and until when.

    Also what readers have done by links in messages: unsubscribed, muted a commitment for themselves, reported a message as wrong.

    \b
    Example:
      deal-monitor commitment log soybean-purchases --all
    """
    with session() as app:
        with app.store.read() as conn:
            names = verdict_records.decided(conn)  # nobody can act on a commitment that was never decided
        if commitment is not None and commitment not in names:
            commitment = named_commitment(app.rulebook.commitments, commitment)
        listed = list_interventions(app, names if commitment is None else [commitment])
    shown = [item for item in listed if everything or item.in_force]
    echo_lines(as_json=as_json, values=map(intervention_values, shown), text=map(intervention_line, shown))
    if not shown and not as_json:
        click.echo("no intervention of a person" + ("" if everything else " is in force"))


def list_interventions(app: Opened, names: Sequence[str]) -> list[ListedIntervention]:
    """The interventions on these commitments, mutes that cover one of them included, oldest first."""
    now = app.clock()
    with app.store.read() as conn:
        by_commitment = verdict_records.interventions(conn, names)
    general = by_commitment.pop("", ())
    covering = {intervention.id for intervention in general if _covers(intervention, names)}
    general_here = [
        intervention for intervention in general if intervention.id in covering or intervention.subject in covering
    ]
    interventions = {
        intervention.id: intervention for own in (general_here, *by_commitment.values()) for intervention in own
    }
    pins = [pin_in_force(own, now) for own in by_commitment.values()]
    active = [*pins, *mutes_at(interventions.values(), now), *in_force(interventions.values(), "reject", "restore")]
    active += [
        *effective_readings(general),
        *unsubscribed(general).values(),
        *open_reports(interventions.values(), now),
    ]
    active_ids = {intervention.id for intervention in active if intervention is not None}

    def about(intervention: Intervention) -> str:
        if intervention.kind == "pin":
            return f"pin {intervention.commitment} as {status_caps(intervention.payload.partition('/')[0])}"
        if intervention.kind == "mute":
            return f"mute {intervention.subject}" + (f" for {intervention.payload}" if intervention.payload else "")
        if intervention.kind == "reject":
            return f"reject {intervention.subject} of {intervention.commitment}"
        if intervention.kind == REPORT:
            return f"report message {intervention.subject} about {intervention.commitment} as wrong"
        if intervention.kind == LEAVES:
            return f"{LEAVES} {intervention.subject}"
        if intervention.kind == READ:
            return f"read {_reading(intervention)}"
        undone = interventions.get(intervention.subject)
        if intervention.kind == WITHDRAWN:
            return f"take back: report of message {undone.subject if undone else intervention.subject}"
        if intervention.kind == TAKEN_BACK:
            return f"take back: read {_reading(undone) if undone else intervention.subject}"
        return f"{intervention.kind} {undone.subject or undone.commitment if undone else intervention.subject}"

    ordered = sorted(
        interventions.values(),
        key=lambda intervention: (intervention.at, intervention.kind.startswith("un"), intervention.id),
    )
    return [
        ListedIntervention(intervention, intervention.id in active_ids, about(intervention)) for intervention in ordered
    ]


def _covers(intervention: Intervention, names: Sequence[str]) -> bool:
    """Whether an intervention on no commitment in particular concerns one of these: a mute by its pattern, a reading by what it read or
    has changed. One that concerns nothing, or who has left a route, is listed with all commitments."""
    if intervention.kind == "mute":
        return any(fnmatchcase(name, intervention.subject) for name in names)
    if intervention.kind == LEAVES:
        return len(names) != 1
    if intervention.kind != READ:
        return False
    concerned = reading_of(intervention).concerned
    return not concerned.isdisjoint(names) or (not concerned and len(names) != 1)


def _reading(intervention: Intervention) -> str:
    """What was read in which story: "a3f2… “title” as soybean-purchases pledge"."""
    read = reading_of(intervention)
    said = ", ".join(f"{match.commitment} {match.effect}" for match in read.matches) or "about no commitment"
    return f"{intervention.subject[:8]} “{one_line(read.title, 60)}” as {said}"


def intervention_line(item: ListedIntervention) -> str:
    """One intervention as a line for people."""
    intervention = item.intervention
    end = f", until {format_utc(intervention.until)}" if intervention.until else ""
    over = (
        ""
        if item.in_force or intervention.kind in ("unpin", "unmute", "restore", TAKEN_BACK, RETURNS, WITHDRAWN)
        else ", over"
    )
    source = f" ({intervention.source})" if intervention.source else ""
    why = f": {intervention.reason}{source}" if intervention.reason else ""  # a reading may go without
    return f"{format_utc(intervention.at)}  {item.about}, by {author_of(intervention)}{end}{over}{why}"


def intervention_values(item: ListedIntervention) -> dict[str, Any]:
    """One intervention as JSON. status is that of a pin, read and title those of a reading, else None."""
    intervention = item.intervention
    reading = reading_of(intervention) if intervention.kind == READ else None
    return {
        **fields_of(intervention, "id", "kind", "commitment", "subject", "by", "at", "until", "reason", "source"),
        "in_force": item.in_force,
        "status": intervention.payload.partition("/")[0] if intervention.kind == "pin" else None,
        "title": reading.title if reading else None,
        "read": [match_values(match) for match in reading.matches] if reading else None,
    }
