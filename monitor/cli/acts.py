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
    from monitor.domain.model import Act
    from monitor.opening import Opened


@dataclass(frozen=True, slots=True)
class Deed:
    """An act, whether it is in force, and what it is about in words."""

    act: Act
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
        found = [deed for deed in deeds(app, names) if everything or deed.in_force]
        if as_json:
            for deed in found:
                echo_json(as_values(deed))
            return
        for deed in found:
            click.echo(line(deed))
        if not found:
            click.echo("no act of a person" + ("" if everything else " is in force"))


def known(app: Opened, commitment: str | None) -> list[str]:
    """The commitment, or all that were ever decided: nobody can act on another one. The rules are asked for an unknown one."""
    from monitor.cli.deeds import commitment_of
    from monitor.store import cases

    with app.store.read() as conn:
        decided = cases.decided(conn)
    if commitment is None:
        return decided
    return [commitment if commitment in decided else commitment_of(app, commitment)]


def deeds(app: Opened, names: Sequence[str]) -> list[Deed]:
    """The acts on these commitments, mutes that cover one of them included, oldest first."""
    from monitor.store import cases

    with app.store.read() as conn:
        stored = cases.acts(conn, names)
    general = stored.pop("", ())
    covering = {act.id for act in general if any(fnmatchcase(name, act.subject) for name in names)}
    own = [act for act in general if act.id in covering or act.subject in covering]
    own += [act for some in stored.values() for act in some]
    ruling = {act.id for act in _ruling(own, app.clock())}
    named = {act.id: act for act in own}
    return [Deed(act, act.id in ruling, _about(act, named)) for act in sorted(own, key=lambda act: (act.at, act.id))]


def _ruling(own: Sequence[Act], now: datetime) -> Iterable[Act]:
    from monitor.domain.acts import in_force
    from monitor.domain.announce import mutes_at
    from monitor.domain.decide import pin_in_force

    for name in {act.commitment for act in own}:
        held = pin_in_force([act for act in own if act.commitment == name], now)
        yield from (held,) if held is not None else ()
    yield from mutes_at(own, now)
    yield from in_force(own, "reject", "restore")


def _about(act: Act, named: dict[str, Act]) -> str:
    """What was done, in words."""
    from monitor.domain.brief_words import capitals

    if act.kind == "pin":
        return f"pin {act.commitment} as {capitals(act.payload.partition('/')[0])}"
    if act.kind in ("mute", "reject"):
        return f"{act.kind} {act.subject}" + (f" of {act.commitment}" if act.commitment else "")
    undone = named.get(act.subject)
    return f"{act.kind} {undone.subject or undone.commitment if undone else act.subject}"


def line(deed: Deed) -> str:
    """One act as a line for people."""
    from monitor.cli.deeds import moment
    from monitor.domain.acts import who

    act = deed.act
    end = f", until {moment(act.until)}" if act.until else ""
    over = "" if deed.in_force or act.kind in ("unpin", "unmute", "restore") else ", over"
    source = f" ({act.source})" if act.source else ""
    return f"{moment(act.at)}  {deed.about}, by {who(act)}{end}{over}: {act.reason}{source}"


def as_values(deed: Deed) -> dict[str, Any]:
    act = deed.act
    return {
        "id": act.id, "kind": act.kind, "commitment": act.commitment, "subject": act.subject, "by": act.by, "at": act.at,
        "until": act.until, "reason": act.reason, "source": act.source, "in_force": deed.in_force,
        "status": act.payload.partition("/")[0] if act.kind == "pin" else None,
    }  # fmt: skip
