"""`mute` and `unmute`: no alerts for a while; everything is recorded all the same."""

from __future__ import annotations

from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

import click

from monitor.cli.common import DurationParam, EndOfDayParam, opened_app

if TYPE_CHECKING:
    from monitor.domain.model import Intervention
    from monitor.runtime.app import App

MUTE_DAYS = 7


@click.command()
@click.argument("pattern", metavar="COMMITMENT|PATTERN")
@click.option("--reason", required=True, help="Why; the digest and the message after the mute say it.")
@click.option("--until", type=EndOfDayParam(), help="When it ends; a bare date means its last moment, UTC.")
@click.option("--for", "length", type=DurationParam(), help=f"How long: 12h, 7d, 2w [{MUTE_DAYS}d].")
@click.option("--by", help="Who says so [the user who is logged in].")
@click.pass_context
def mute(
    ctx: click.Context, *, pattern: str, reason: str, until: datetime | None, length: timedelta | None, by: str | None
) -> None:
    """Send no alerts about a COMMITMENT, or all that fit a PATTERN such as 'soybean-*'.

    Verdicts and changes are recorded as ever, and the digest carries them. When the mute ends, what then differs from
    what had been told before is told once, in one message.

    \b
    Example:
      deal-monitor mute 'soybean-*' --for 3d --reason "the harvest report is being revised"
    """
    from monitor.cli.common import format_utc_seconds
    from monitor.cli.people.actions import apply_interventions, end_time, new_intervention, print_result
    from monitor.domain.verdicts.interventions import author_of

    if until is not None and length is not None:
        raise click.UsageError("give the end by --until, or the length by --for")
    with opened_app(ctx) as app:
        names = matching_commitments(app, pattern)
        end = end_time(app, until, length or timedelta(days=MUTE_DAYS))
        act = new_intervention(app, "mute", "", pattern, reason, by=by, until=end)
        outcome = apply_interventions(app, [act], names)
        click.echo(f"muted {', '.join(names)} until {format_utc_seconds(end)}, by {author_of(act)} (act {act.id})")
        print_result(outcome)


def matching_commitments(app: App, pattern: str) -> list[str]:
    """The commitments that a name or pattern fits; a refusal where there is none."""
    from monitor.cli.common import unknown_commitment

    names = [name for name in app.rulebook.commitments if fnmatchcase(name, pattern)]
    if not names:
        raise click.BadParameter(
            unknown_commitment(pattern, list(app.rulebook.commitments)), param_hint="COMMITMENT|PATTERN"
        )
    return names


@click.command()
@click.argument("pattern", metavar="COMMITMENT|PATTERN")
@click.option("--reason", required=True, help="Why alerts may go out again.")
@click.option("--by", help="Who says so [the user who is logged in].")
@click.pass_context
def unmute(ctx: click.Context, *, pattern: str, reason: str, by: str | None) -> None:
    """End a mute, named as it was given, before its time. What differs by now is told once.

    \b
    Example:
      deal-monitor unmute 'soybean-*' --reason "the revision is out"
    """
    from monitor.cli.people.actions import apply_interventions, new_intervention, print_result
    from monitor.domain.verdicts.interventions import author_of

    with opened_app(ctx) as app:
        held = _mutes_in_force(app, pattern)
        acts = [new_intervention(app, "unmute", "", one.id, reason, by=by) for one in held]
        names = [name for name in app.rulebook.commitments if fnmatchcase(name, pattern)]
        outcome = apply_interventions(app, acts, names)
        click.echo(f"unmuted {', '.join(names) or pattern}, by {author_of(acts[0])}; it was muted: {held[0].reason}")
        print_result(outcome)


def _mutes_in_force(app: App, pattern: str) -> list[Intervention]:
    """The mutes in force of this very name or pattern; a refusal, with the remedy, where there is none."""
    from monitor.domain.alerts.mutes import mutes_at
    from monitor.store import verdict_records

    with app.store.read() as conn:
        held = mutes_at(verdict_records.interventions(conn, ()).get("", ()), app.clock())
    own = [act for act in held if act.subject == pattern]
    if own:
        return own
    wider = [act.subject for act in held if fnmatchcase(pattern, act.subject)]
    if wider:
        hint = f"{pattern} is muted by the pattern {wider[0]!r}: unmute {wider[0]!r}"
    else:
        matching_commitments(app, pattern)
        hint = f"{pattern} is not muted; deal-monitor acts shows what is"
    raise click.BadParameter(hint, param_hint="COMMITMENT|PATTERN")
