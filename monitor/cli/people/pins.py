"""`pin` and `unpin`: a person holds the published status, for a while and with a source."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import click

from monitor.cli.common import EndOfDayParam, format_utc, named_commitment, session
from monitor.cli.people.actions import BY_OPTION, apply_interventions, end_time, new_intervention, print_result
from monitor.cli.status import published_verdicts
from monitor.domain.messages.wording import detail_text
from monitor.domain.text.labels import status_caps
from monitor.domain.verdicts.decide import pin_in_force
from monitor.domain.verdicts.interventions import author_of, pinnable_statuses
from monitor.store import verdict_records

if TYPE_CHECKING:
    from monitor.runtime.session import Opened

PIN_DAYS = 30
EQUIVALENT_STATUSES = {"met": "in_force", "partly_met": "in_progress", "in_force": "met"}
"""The name of a status -> its name for another kind of commitment."""


@click.command()
@click.argument("commitment")
@click.argument("status")
@click.option("--reason", required=True, help="Why, in a sentence that readers of alerts will see.")
@click.option("--source", required=True, help="What it rests on: an address, or the name of a document.")
@click.option(
    "--until", type=EndOfDayParam(), help=f"When it ends; a bare date means its last moment, UTC [in {PIN_DAYS} days]."
)
@BY_OPTION
def pin(*, commitment: str, status: str, reason: str, source: str, until: datetime | None, by: str | None) -> None:
    """Hold the published STATUS of a COMMITMENT, whatever the news says.

    What the program would say stays visible beside it. When the pin ends and the program says otherwise, that is told.
    STATUS is a standing or an outlook that this kind of commitment can have.

    \b
    Example:
      deal-monitor commitment pin soybean-purchases met --until 2026-12-31 \\
        --reason "customs data reached us before the papers" --source https://customs.example/2026-11
    """
    with session(rules=True) as app:
        commitment = named_commitment(app.rulebook.commitments, commitment, whole=True)
        word = parse_status(app, commitment, status)
        if not source.strip():
            raise click.BadParameter("the source is empty: name what the status rests on", param_hint="--source")
        end = end_time(app, until, timedelta(days=PIN_DAYS))
        payload = word
        if word in ("at_risk", "stalled"):  # with the standing to hold, should the program end the commitment meanwhile
            standing = published_verdicts(app)[commitment].standing
            if standing in ("breached", "lapsed"):
                message = f"{commitment} is {standing}, which shows before any outlook: pin a standing instead"
                raise click.BadParameter(message, param_hint="STATUS")
            payload = f"{word}/{standing}"
        intervention = new_intervention(app, "pin", commitment, "", reason, by)
        intervention = replace(intervention, source=source.strip(), until=end, payload=payload)
        outcome = apply_interventions(app, [intervention], [commitment])
        held = f"{commitment} as {status_caps(word)} until {format_utc(end)}"
        click.echo(f"pinned {held}, by {author_of(intervention)} (intervention {intervention.id})")
        print_result(outcome)
        for flag in outcome.after[commitment].flags:
            if flag.subject == intervention.id:
                click.echo(f"  {detail_text(flag.detail, outcome.parties)}")


def parse_status(app: Opened, commitment: str, status: str) -> str:
    """The status as the program writes it. Raises BadParameter, with the possible ones, if this commitment cannot have it."""
    from monitor.rulebook.source.source_map import closest_word

    kind = app.rulebook.commitments[commitment].kind
    possible = pinnable_statuses(kind)
    word = "_".join(status.casefold().replace("-", " ").replace("_", " ").split())
    if word in possible:
        return word
    near = EQUIVALENT_STATUSES.get(word) or closest_word(word, possible)
    hint = f" Did you mean {near!r}?" if near else ""
    message = f"a commitment of kind {kind} is never {status!r}.{hint} It can be: {', '.join(possible)}"
    raise click.BadParameter(message, param_hint="STATUS")


@click.command()
@click.argument("commitment")
@click.option("--reason", required=True, help="Why the pin is no longer needed.")
@BY_OPTION
def unpin(*, commitment: str, reason: str, by: str | None) -> None:
    """End the pin of a COMMITMENT: the program's own verdict is published again, and told where it differs.

    \b
    Example:
      deal-monitor commitment unpin soybean-purchases --reason "the papers have caught up"
    """
    with session(rules=True) as app:
        name = named_commitment(app.rulebook.commitments, commitment, whole=True)
        with app.store.read() as conn:
            held = pin_in_force(verdict_records.interventions(conn, [name]).get(name, ()), app.clock())
        if held is None:
            raise click.BadParameter(
                f"{name} is not pinned; deal-monitor commitment log shows what is", param_hint="COMMITMENT"
            )
        intervention = new_intervention(app, "unpin", name, held.id, reason, by)
        outcome = apply_interventions(app, [intervention], [name])
        click.echo(f"unpinned {name}, by {author_of(intervention)}; it was pinned by {author_of(held)}: {held.reason}")
        print_result(outcome)
