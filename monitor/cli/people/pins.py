"""`pin` and `unpin`: a person holds the published status, for a while and with a source."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import click

from monitor.cli.common import EndOfDayParam, opened_app

if TYPE_CHECKING:
    from monitor.domain.model import Intervention
    from monitor.runtime.app import App

PIN_DAYS = 30
EQUIVALENT_STATUSES = {"met": "in_force", "partly_met": "in_progress", "in_force": "met"}
"""What another kind of commitment calls it."""


@click.command()
@click.argument("commitment")
@click.argument("status")
@click.option("--reason", required=True, help="Why, in a sentence that readers of alerts will see.")
@click.option("--source", required=True, help="What it rests on: an address, or the name of a document.")
@click.option(
    "--until", type=EndOfDayParam(), help=f"When it ends; a bare date means its last moment, UTC [in {PIN_DAYS} days]."
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
    with opened_app(ctx) as app:
        act = _pin(app, commitment, status, reason, source, until, by)
        _apply(app, act)


def _pin(
    app: App, commitment: str, status: str, reason: str, source: str, until: datetime | None, by: str | None
) -> Intervention:
    from monitor.cli.people.actions import end_time, new_intervention, require_commitment

    word = parse_status(app, require_commitment(app, commitment), status)
    if not source.strip():
        raise click.BadParameter("the source is empty: name what the status rests on", param_hint="--source")
    end = end_time(app, until, timedelta(days=PIN_DAYS))
    return new_intervention(
        app, "pin", commitment, "", reason, by=by, source=source, until=end, payload=_payload(app, commitment, word)
    )


def parse_status(app: App, commitment: str, status: str) -> str:
    """The status as the program writes it; a refusal, with the words there are, where this commitment cannot have it."""
    from monitor.domain.verdicts.interventions import pinnable_statuses
    from monitor.rulebook.source.source_map import closest_word

    kind = app.rulebook.commitments[commitment].kind
    word = "_".join(status.casefold().replace("-", " ").replace("_", " ").split())
    if word not in (words := pinnable_statuses(kind)):
        near = EQUIVALENT_STATUSES.get(word) or closest_word(word, words)
        hint = f" Did you mean {near!r}?" if near else ""
        raise click.BadParameter(
            f"a commitment of kind {kind} is never {status!r}.{hint} It can be: {', '.join(words)}", param_hint="STATUS"
        )
    return word


def _payload(app: App, commitment: str, word: str) -> str:
    """The word; an outlook with the standing that is held if the program ends the commitment meanwhile."""
    from monitor.cli.status import published_verdicts

    if word not in ("at_risk", "stalled"):
        return word
    standing = published_verdicts(app)[commitment].standing.value
    if standing in ("breached", "lapsed"):
        raise click.BadParameter(
            f"{commitment} is {standing}, which shows before any outlook: pin a standing instead", param_hint="STATUS"
        )
    return f"{word}/{standing}"


def _apply(app: App, act: Intervention) -> None:
    from monitor.cli.common import format_utc_seconds
    from monitor.cli.people.actions import apply_interventions, print_result
    from monitor.domain.messages.wording import detail_text
    from monitor.domain.text.labels import status_caps
    from monitor.domain.verdicts.interventions import author_of

    assert act.until is not None
    held = status_caps(act.payload.partition("/")[0])
    outcome = apply_interventions(app, [act], [act.commitment])
    click.echo(
        f"pinned {act.commitment} as {held} until {format_utc_seconds(act.until)}, by {author_of(act)} (act {act.id})"
    )
    print_result(outcome)
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
    from monitor.cli.people.actions import apply_interventions, new_intervention, print_result, require_commitment
    from monitor.domain.verdicts.decide import pin_in_force
    from monitor.domain.verdicts.interventions import author_of
    from monitor.store import verdict_records

    with opened_app(ctx) as app:
        name = require_commitment(app, commitment)
        with app.store.read() as conn:
            held = pin_in_force(verdict_records.interventions(conn, [name]).get(name, ()), app.clock())
        if held is None:
            raise click.BadParameter(f"{name} is not pinned; deal-monitor acts shows what is", param_hint="COMMITMENT")
        act = new_intervention(app, "unpin", name, held.id, reason, by=by)
        outcome = apply_interventions(app, [act], [name])
        click.echo(f"unpinned {name}, by {author_of(act)}; it was pinned by {author_of(held)}: {held.reason}")
        print_result(outcome)
