"""`pin` and `unpin`: a person holds the published status, for a while and with a source."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import click

from monitor.cli.common import Ending, opened

if TYPE_CHECKING:
    from monitor.app import App
    from monitor.domain.model import Act

PIN_DAYS = 30
DONE = {"met": "in_force", "partly_met": "in_progress", "in_force": "met"}
"""What another kind of commitment calls it."""


@click.command()
@click.argument("commitment")
@click.argument("status")
@click.option("--reason", required=True, help="Why, in a sentence that readers of alerts will see.")
@click.option("--source", required=True, help="What it rests on: an address, or the name of a document.")
@click.option(
    "--until", type=Ending(), help=f"When it ends; a bare date means its last moment, UTC [in {PIN_DAYS} days]."
)
@click.option("--by", help="Who says so [the user who is logged in].")
@click.pass_context
def pin(
    ctx: click.Context,
    *,
    commitment: str,
    status: str,
    reason: str,
    source: str,
    until: datetime | None,
    by: str | None,
) -> None:
    """Hold the published STATUS of a COMMITMENT, whatever the news says.

    What the program would say stays visible beside it. When the pin ends and the program says otherwise, that is told.
    STATUS is a standing or an outlook that this kind of commitment can have.

    \b
    Example:
      deal-monitor pin soybean-purchases met --until 2026-12-31 \\
        --reason "customs data reached us before the papers" --source https://customs.example/2026-11
    """
    with opened(ctx) as app:
        act = _pin(app, commitment, status, reason, source, until, by)
        _perform(app, act)


def _pin(
    app: App, commitment: str, status: str, reason: str, source: str, until: datetime | None, by: str | None
) -> Act:
    from monitor.cli.deeds import commitment_of, end_of, new_act

    word = word_of(app, commitment_of(app, commitment), status)
    if not source.strip():
        raise click.BadParameter("the source is empty: name what the status rests on", param_hint="--source")
    end = end_of(app, until, timedelta(days=PIN_DAYS))
    return new_act(
        app, "pin", commitment, "", reason, by=by, source=source, until=end, payload=_payload(app, commitment, word)
    )


def word_of(app: App, commitment: str, status: str) -> str:
    """The status as the program writes it; a refusal, with the words there are, where this commitment cannot have it."""
    from monitor.domain.acts import pinnable
    from monitor.rulebook.places import nearest

    kind = app.rulebook.commitments[commitment].kind
    word = "_".join(status.casefold().replace("-", " ").replace("_", " ").split())
    if word not in (words := pinnable(kind)):
        near = DONE.get(word) or nearest(word, words)
        hint = f" Did you mean {near!r}?" if near else ""
        raise click.BadParameter(
            f"a commitment of kind {kind} is never {status!r}.{hint} It can be: {', '.join(words)}", param_hint="STATUS"
        )
    return word


def _payload(app: App, commitment: str, word: str) -> str:
    """The word; an outlook with the standing that is held if the program ends the commitment meanwhile."""
    from monitor.cli.standing import published

    if word not in ("at_risk", "stalled"):
        return word
    standing = published(app)[commitment].standing.value
    if standing in ("breached", "lapsed"):
        raise click.BadParameter(
            f"{commitment} is {standing}, which shows before any outlook: pin a standing instead", param_hint="STATUS"
        )
    return f"{word}/{standing}"


def _perform(app: App, act: Act) -> None:
    from monitor.cli.deeds import moment, perform, tell
    from monitor.domain.acts import who
    from monitor.domain.brief_words import capitals
    from monitor.domain.wording import detail_text

    assert act.until is not None
    held = capitals(act.payload.partition("/")[0])
    outcome = perform(app, [act], [act.commitment])
    click.echo(f"pinned {act.commitment} as {held} until {moment(act.until)}, by {who(act)} (act {act.id})")
    tell(outcome)
    for flag in outcome.after[act.commitment].flags:
        if flag.subject == act.id:
            click.echo(f"  {detail_text(flag.detail)}")


@click.command()
@click.argument("commitment")
@click.option("--reason", required=True, help="Why the pin is no longer needed.")
@click.option("--by", help="Who says so [the user who is logged in].")
@click.pass_context
def unpin(ctx: click.Context, *, commitment: str, reason: str, by: str | None) -> None:
    """End the pin of a COMMITMENT: the program's own verdict is published again, and told where it differs.

    \b
    Example:
      deal-monitor unpin soybean-purchases --reason "the papers have caught up"
    """
    from monitor.cli.deeds import commitment_of, new_act, perform, tell
    from monitor.domain.acts import who
    from monitor.domain.decide import pin_in_force
    from monitor.store import cases

    with opened(ctx) as app:
        name = commitment_of(app, commitment)
        with app.store.read() as conn:
            held = pin_in_force(cases.acts(conn, [name]).get(name, ()), app.clock())
        if held is None:
            raise click.BadParameter(f"{name} is not pinned; deal-monitor acts shows what is", param_hint="COMMITMENT")
        act = new_act(app, "unpin", name, held.id, reason, by=by)
        outcome = perform(app, [act], [name])
        click.echo(f"unpinned {name}, by {who(act)}; it was pinned by {who(held)}: {held.reason}")
        tell(outcome)
