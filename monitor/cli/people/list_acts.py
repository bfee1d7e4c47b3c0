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
from monitor.domain.verdicts.interventions import author_of, in_force
from monitor.domain.verdicts.reader_reports import REPORT, WITHDRAWN, open_reports
from monitor.domain.verdicts.reading_acts import READ, TAKEN_BACK, counting_read_acts, reading_of
from monitor.store import verdict_records

if TYPE_CHECKING:
    from monitor.domain.model import Intervention
    from monitor.runtime.session import Opened


@dataclass(frozen=True, slots=True)
class ListedIntervention:
    """An act, whether it is in force, and in words what it is about."""

    act: Intervention
    in_force: bool
    about: str


@click.command()
@click.argument("commitment", required=False)
@click.option("--all", "everything", is_flag=True, help="Also acts that have ended or were taken back.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object an act.")
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
        click.echo("no act of a person" + ("" if everything else " is in force"))


def list_interventions(app: Opened, names: Sequence[str]) -> list[ListedIntervention]:
    """The acts on these commitments, mutes that cover one of them included, oldest first."""
    now = app.clock()
    with app.store.read() as conn:
        by_commitment = verdict_records.interventions(conn, names)
    general = by_commitment.pop("", ())
    covering = {act.id for act in general if _covers(act, names)}
    general_here = [act for act in general if act.id in covering or act.subject in covering]
    acts = {act.id: act for own in (general_here, *by_commitment.values()) for act in own}
    pins = [pin_in_force(own, now) for own in by_commitment.values()]
    active = [*pins, *mutes_at(acts.values(), now), *in_force(acts.values(), "reject", "restore")]
    active += [*counting_read_acts(general), *unsubscribed(general).values(), *open_reports(acts.values(), now)]
    active_ids = {act.id for act in active if act is not None}

    def about(act: Intervention) -> str:
        if act.kind == "pin":
            return f"pin {act.commitment} as {status_caps(act.payload.partition('/')[0])}"
        if act.kind == "mute":
            return f"mute {act.subject}" + (f" for {act.payload}" if act.payload else "")
        if act.kind == "reject":
            return f"reject {act.subject} of {act.commitment}"
        if act.kind == REPORT:
            return f"report message {act.subject} about {act.commitment} as wrong"
        if act.kind == LEAVES:
            return f"{LEAVES} {act.subject}"
        if act.kind == READ:
            return f"read {_reading(act)}"
        undone = acts.get(act.subject)
        if act.kind == WITHDRAWN:
            return f"take back: report of message {undone.subject if undone else act.subject}"
        if act.kind == TAKEN_BACK:
            return f"take back: read {_reading(undone) if undone else act.subject}"
        return f"{act.kind} {undone.subject or undone.commitment if undone else act.subject}"

    ordered = sorted(acts.values(), key=lambda act: (act.at, act.kind.startswith("un"), act.id))
    return [ListedIntervention(act, act.id in active_ids, about(act)) for act in ordered]


def _covers(act: Intervention, names: Sequence[str]) -> bool:
    """Whether an act on no commitment in particular concerns one of these: a mute by its pattern, a reading by what it read or
    has changed. One that concerns nothing, or who has left a route, is listed with all commitments."""
    if act.kind == "mute":
        return any(fnmatchcase(name, act.subject) for name in names)
    if act.kind == LEAVES:
        return len(names) != 1
    if act.kind != READ:
        return False
    concerned = reading_of(act).concerned
    return not concerned.isdisjoint(names) or (not concerned and len(names) != 1)


def _reading(act: Intervention) -> str:
    """What was read in which story: "a3f2… “title” as soybean-purchases pledge"."""
    read = reading_of(act)
    said = ", ".join(f"{match.commitment} {match.effect}" for match in read.matches) or "about no commitment"
    return f"{act.subject[:8]} “{one_line(read.title, 60)}” as {said}"


def intervention_line(item: ListedIntervention) -> str:
    """One act as a line for people."""
    act = item.act
    end = f", until {format_utc(act.until)}" if act.until else ""
    over = (
        "" if item.in_force or act.kind in ("unpin", "unmute", "restore", TAKEN_BACK, RETURNS, WITHDRAWN) else ", over"
    )
    source = f" ({act.source})" if act.source else ""
    why = f": {act.reason}{source}" if act.reason else ""  # a reading may go without
    return f"{format_utc(act.at)}  {item.about}, by {author_of(act)}{end}{over}{why}"


def intervention_values(item: ListedIntervention) -> dict[str, Any]:
    """One act as JSON. status is that of a pin, read and title those of a reading, else None."""
    act = item.act
    reading = reading_of(act) if act.kind == READ else None
    return {
        **fields_of(act, "id", "kind", "commitment", "subject", "by", "at", "until", "reason", "source"),
        "in_force": item.in_force,
        "status": act.payload.partition("/")[0] if act.kind == "pin" else None,
        "title": reading.title if reading else None,
        "read": [match_values(match) for match in reading.matches] if reading else None,
    }
