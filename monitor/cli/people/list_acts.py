"""`acts`: what people have done about verdicts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.common import echo_json, session

if TYPE_CHECKING:
    from monitor.domain.model import Intervention
    from monitor.runtime.session import Opened


@dataclass(frozen=True, slots=True)
class ListedIntervention:
    """An act, whether it is in force, and what it is about in words."""

    act: Intervention
    in_force: bool
    about: str


@click.command()
@click.argument("commitment", required=False)
@click.option("--all", "everything", is_flag=True, help="Also acts that have ended or were taken back.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object an act.")
@click.pass_context
def acts(ctx: click.Context, *, commitment: str | None, everything: bool, as_json: bool) -> None:
    """What people have done: pins, mutes and rejections in force, with who, when, why and until when.

    \b
    Example:
      deal-monitor acts soybean-purchases --all
    """
    with session(ctx) as app:
        names = known(app, commitment)
        found = [deed for deed in list_interventions(app, names) if everything or deed.in_force]
        if as_json:
            for deed in found:
                echo_json(intervention_values(deed))
            return
        for deed in found:
            click.echo(intervention_line(deed))
        if not found:
            click.echo("no act of a person" + ("" if everything else " is in force"))


def known(app: Opened, commitment: str | None) -> list[str]:
    """The commitment, or all that were ever decided: nobody can act on another one. The rules are asked for an unknown one."""
    from monitor.cli.people.actions import require_commitment
    from monitor.store import verdict_records

    with app.store.read() as conn:
        decided = verdict_records.decided(conn)
    if commitment is None:
        return decided
    return [commitment if commitment in decided else require_commitment(app, commitment)]


def list_interventions(app: Opened, names: Sequence[str]) -> list[ListedIntervention]:
    """The acts on these commitments, mutes that cover one of them included, oldest first."""
    from monitor.store import verdict_records

    with app.store.read() as conn:
        stored = verdict_records.interventions(conn, names)
    general = stored.pop("", ())
    covering = {act.id for act in general if any(fnmatchcase(name, act.subject) for name in names)}
    own = [act for act in general if act.id in covering or act.subject in covering]
    own += [act for some in stored.values() for act in some]
    ruling = {act.id for act in _in_force_now(own, app.clock())}
    named = {act.id: act for act in own}
    return [
        ListedIntervention(act, act.id in ruling, _description(act, named))
        for act in sorted(own, key=lambda act: (act.at, act.id))
    ]


def _in_force_now(own: Sequence[Intervention], now: datetime) -> Iterable[Intervention]:
    from monitor.domain.alerts.mutes import mutes_at
    from monitor.domain.verdicts.decide import pin_in_force
    from monitor.domain.verdicts.interventions import in_force

    for name in {act.commitment for act in own}:
        held = pin_in_force([act for act in own if act.commitment == name], now)
        yield from (held,) if held is not None else ()
    yield from mutes_at(own, now)
    yield from in_force(own, "reject", "restore")


def _description(act: Intervention, named: dict[str, Intervention]) -> str:
    """What was done, in words."""
    from monitor.domain.text.labels import status_caps

    if act.kind == "pin":
        return f"pin {act.commitment} as {status_caps(act.payload.partition('/')[0])}"
    if act.kind in ("mute", "reject"):
        return f"{act.kind} {act.subject}" + (f" of {act.commitment}" if act.commitment else "")
    undone = named.get(act.subject)
    return f"{act.kind} {undone.subject or undone.commitment if undone else act.subject}"


def intervention_line(deed: ListedIntervention) -> str:
    """One act as a line for people."""
    from monitor.cli.common import format_utc_seconds
    from monitor.domain.verdicts.interventions import author_of

    act = deed.act
    end = f", until {format_utc_seconds(act.until)}" if act.until else ""
    over = "" if deed.in_force or act.kind in ("unpin", "unmute", "restore") else ", over"
    source = f" ({act.source})" if act.source else ""
    return f"{format_utc_seconds(act.at)}  {deed.about}, by {author_of(act)}{end}{over}: {act.reason}{source}"


def intervention_values(deed: ListedIntervention) -> dict[str, Any]:
    act = deed.act
    return {
        "id": act.id, "kind": act.kind, "commitment": act.commitment, "subject": act.subject, "by": act.by, "at": act.at,
        "until": act.until, "reason": act.reason, "source": act.source, "in_force": deed.in_force,
        "status": act.payload.partition("/")[0] if act.kind == "pin" else None,
    }  # fmt: skip
