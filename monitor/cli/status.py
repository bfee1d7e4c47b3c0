"""`status`: where each commitment stands, now or at a moment in the past."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.common import EndOfDayParam, echo_json, session, unknown_commitment
from monitor.cli.verdict_text import print_verdict, status_values
from monitor.domain.alerts import mutes
from monitor.domain.messages.wording import reason_text
from monitor.domain.model import day_of
from monitor.domain.model.notation import notation

if TYPE_CHECKING:
    from monitor.domain.model import Intervention, Verdict
    from monitor.runtime.session import Opened


@click.command()
@click.argument("commitment", required=False)
@click.option("--at", type=EndOfDayParam(), help="As published at this moment; a bare date means its last moment, UTC.")
@click.option("--as-known-now", is_flag=True, help="With --at: what we would say today about that moment.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a commitment.")
@click.pass_context
def status(
    ctx: click.Context, *, commitment: str | None, at: datetime | None, as_known_now: bool, as_json: bool
) -> None:
    """Where each commitment stands, or all that is known of one COMMITMENT.

    With --at it is what was published then, word for word; with --as-known-now what all evidence that counts today says
    about that moment, by the present rules. Both say how the two differ, and why.

    \b
    Examples:
      deal-monitor status soybean-purchases
      deal-monitor status --at 2025-11-10 --as-known-now
    """
    from monitor.cli.status_at import show_status_at

    if as_known_now and at is None:
        raise click.UsageError("--as-known-now needs a moment: --at DATE")
    with session(ctx, rules=True) as app:
        if commitment and commitment not in app.rulebook.commitments:
            raise click.BadParameter(
                unknown_commitment(commitment, list(app.rulebook.commitments)), param_hint="COMMITMENT"
            )
        if at is not None:
            show_status_at(app, commitment, at, as_known_now=as_known_now, as_json=as_json)
        else:
            print_status(app, commitment, as_json=as_json)


def print_status(app: Opened, commitment: str | None, *, as_json: bool) -> None:
    """Where all stand now, or one."""
    verdicts = published_verdicts(app)
    if as_json:
        for name in [commitment] if commitment else sorted(verdicts):
            echo_json(status_values(app, name, verdicts[name]) | pin_and_mute_values(app, name))
    elif commitment:
        print_one(app, commitment, verdicts[commitment])
    else:
        print_all(app, verdicts)


def published_verdicts(app: Opened) -> dict[str, Verdict]:
    """The stored verdicts; of a commitment never decided, what its baseline and the calendar make of it now."""
    from monitor.store import verdict_records

    with app.store.read() as conn:
        stored = {name: record.published for name, record in verdict_records.verdict_records(conn).items()}
    return {name: stored.get(name) or undecided_verdict(app, name) for name in app.rulebook.commitments}


def undecided_verdict(app: Opened, name: str) -> Verdict:
    from monitor.domain.model import DecisionInput
    from monitor.domain.verdicts.decide import decide, initial_verdict

    commitment = app.rulebook.commitments[name]
    start = initial_verdict(commitment, app.clock())
    return decide(DecisionInput(commitment, start, (), (), start), {}, app.rulebook, app.clock()).verdict


def pin_and_mute_values(app: Opened, name: str) -> dict[str, Any]:
    """What a person holds or silences: the pin, with what the program itself would say, and the end of a mute."""
    silence = mute_of(app, name)
    held = pin_of(app, name)
    pinned = None
    if held is not None:
        program = verdict_without_pin(app, name)
        pinned = {
            "status": held.payload.partition("/")[0], "by": held.by, "at": held.at, "until": held.until,
            "reason": held.reason, "source": held.source,
            "program": {
                "status": program.status, "standing": program.standing.value, "outlook": program.outlook.value,
                "why": reason_text(program.why),
            },
        }  # fmt: skip
    return {"pinned": pinned, "muted_until": silence[0] if silence else None}


def pin_of(app: Opened, name: str) -> Intervention | None:
    from monitor.domain.verdicts.decide import pin_in_force
    from monitor.store import verdict_records

    with app.store.read() as conn:
        return pin_in_force(verdict_records.interventions(conn, [name]).get(name, ()), app.clock())


def mute_of(app: Opened, name: str) -> tuple[datetime | None, str] | None:
    """Until when a commitment is muted, and why."""
    from monitor.domain.verdicts.interventions import author_of
    from monitor.store import verdict_records

    with app.store.read() as conn:
        silence = mutes.mute_window_at(verdict_records.interventions(conn, ()).get("", ()), name, app.clock())
    if silence is None:
        return None
    return silence.until, "; ".join(f"{act.reason} ({author_of(act)})" for act in silence.mutes)


def verdict_without_pin(app: Opened, name: str) -> Verdict:
    from monitor.store import as_of, verdict_records

    with app.store.read() as conn:
        if name in verdict_records.verdict_records(conn):
            return as_of.unpinned(conn, app.rulebook, name, app.clock())
    return undecided_verdict(app, name)


def print_all(app: Opened, verdicts: dict[str, Verdict]) -> None:
    from monitor.cli.tables import status_table, wide_console

    wide_console().print(status_table(app.rulebook.commitments, verdicts, app.clock()))
    for name in sorted(verdicts):
        print_interventions(app, name)


def print_interventions(app: Opened, name: str, prefix: str = "") -> None:
    """The pin and the mute of one commitment, a line each."""
    from monitor.cli.common import format_utc_seconds
    from monitor.cli.verdict_text import published_status
    from monitor.domain.verdicts.interventions import author_of

    if (held := pin_of(app, name)) is not None:
        until = f" until {format_utc_seconds(held.until)}" if held.until else ""
        program = published_status(verdict_without_pin(app, name))
        click.echo(f"{prefix or name + ': '}pinned by {author_of(held)}{until}: {held.reason} ({held.source})")
        click.echo(f"{prefix or name + ': '}the program would say: {program}")
    if (silence := mute_of(app, name)) is not None:
        until = f" until {format_utc_seconds(silence[0])}" if silence[0] else ""
        click.echo(f"{prefix or name + ': '}muted{until}: {silence[1]}")


def print_one(app: Opened, name: str, verdict: Verdict) -> None:
    from monitor.domain.text.plain import one_line
    from monitor.store import signals, stories, verdict_records

    click.echo(f"{app.rulebook.commitments[name].name} ({name})")
    print_verdict(verdict)
    print_interventions(app, name, prefix="by a person: ")
    for word, text in app.rulebook.commitments[name].criteria:
        click.echo(f"criteria for {word.replace('_', ' ')}: {text}")
    with app.store.read() as conn:
        past = verdict_records.history(conn, [name])
        latest = signals.latest(conn, name, 8)
        heard = stories.by_ids(conn, {s.story for s in latest})
    click.echo("\nchanges, newest last:" if past else "\nno change recorded yet")
    for move in past:
        was, now = notation(move.change)
        click.echo(
            f"  {move.at:%Y-%m-%d}  {move.kind.value:<8} {was or '-'} -> {now}  {one_line(reason_text(move.reason), 100)}"
        )
    click.echo("\nlatest evidence:" if latest else "\nno evidence yet")
    for s in latest:
        outlet = heard[s.story].source if s.story in heard else ""
        click.echo(
            f"  {day_of(s.happened.end)}  {s.effect.value:<9} {one_line(outlet, 60)}: {one_line(s.quote)}  [{s.rule}]"
        )
