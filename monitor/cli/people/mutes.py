"""`mute` and `unmute`: no alerts for a while; everything is recorded all the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.common import EndOfDayParam, format_utc, require_commitment, session
from monitor.cli.people.actions import BY_OPTION, apply_interventions, end_time, new_intervention, print_result
from monitor.domain.alerts.mutes import mutes_at
from monitor.domain.verdicts.interventions import author_of
from monitor.store import verdict_records

if TYPE_CHECKING:
    from monitor.runtime.session import Opened

MUTE_DAYS = 7
PARAMETER = "COMMITMENT|PATTERN"


class DurationParam(click.ParamType[timedelta]):
    """A length of time: 12h, 7d, 2w."""

    name = "span"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        if isinstance(value, timedelta):
            return value
        units = {"h": "hours", "d": "days", "w": "weeks"}
        number, unit = str(value)[:-1], str(value)[-1:]
        if not number.isdecimal() or unit not in units or not 0 < int(number) <= 9999:
            self.fail(f"{value!r} is not a length of time such as 12h, 7d or 2w", param, ctx)
        return timedelta(**{units[unit]: int(number)})


@click.command()
@click.argument("pattern", metavar=PARAMETER)
@click.option("--reason", required=True, help="Why; the digest and the message after the mute say it.")
@click.option("--until", type=EndOfDayParam(), help="When it ends; a bare date means its last moment, UTC.")
@click.option("--for", "length", type=DurationParam(), help=f"How long: 12h, 7d, 2w [{MUTE_DAYS}d].")
@BY_OPTION
def mute(*, pattern: str, reason: str, until: datetime | None, length: timedelta | None, by: str | None) -> None:
    """Send no alerts about a COMMITMENT, or all that fit a PATTERN such as 'soybean-*'.

    Verdicts and changes are recorded as ever, and the digest carries them. When the mute ends, what then differs from
    what had been told before is told once, in one message.

    \b
    Example:
      deal-monitor commitment mute 'soybean-*' --for 3d --reason "the harvest report is being revised"
    """
    if until is not None and length is not None:
        raise click.UsageError("give the end by --until, or the length by --for")
    with session(rules=True) as app:
        names = matching_commitments(app, pattern) or [require_commitment(app.rulebook.commitments, pattern, PARAMETER)]
        end = end_time(app, until, length or timedelta(days=MUTE_DAYS))
        intervention = replace(new_intervention(app, "mute", "", pattern, reason, by), until=end)
        outcome = apply_interventions(app, [intervention], names)
        click.echo(
            f"muted {', '.join(names)} until {format_utc(end)}, by {author_of(intervention)} (intervention {intervention.id})"
        )
        print_result(outcome)


def matching_commitments(app: Opened, pattern: str) -> list[str]:
    return [name for name in app.rulebook.commitments if fnmatchcase(name, pattern)]


@click.command()
@click.argument("pattern", metavar=PARAMETER)
@click.option("--reason", required=True, help="Why alerts may go out again.")
@BY_OPTION
def unmute(*, pattern: str, reason: str, by: str | None) -> None:
    """End a mute, named as it was given, before its time. What differs by now is told once.

    \b
    Example:
      deal-monitor commitment unmute 'soybean-*' --reason "the revision is out"
    """
    with session(rules=True) as app:
        names = matching_commitments(app, pattern)
        with app.store.read() as conn:
            mutes = mutes_at(verdict_records.interventions(conn, ()).get("", ()), app.clock())
        named = [intervention for intervention in mutes if intervention.subject == pattern]
        if not named:
            wider = [intervention.subject for intervention in mutes if fnmatchcase(pattern, intervention.subject)]
            if wider:
                hint = f"{pattern} is muted by the pattern {wider[0]!r}: unmute {wider[0]!r}"
            else:
                if not names:
                    require_commitment(app.rulebook.commitments, pattern, PARAMETER)
                hint = f"{pattern} is not muted; deal-monitor commitment log shows what is"
            raise click.BadParameter(hint, param_hint=PARAMETER)
        interventions = [new_intervention(app, "unmute", "", intervention.id, reason, by) for intervention in named]
        outcome = apply_interventions(app, interventions, names)
        click.echo(
            f"unmuted {', '.join(names) or pattern}, by {author_of(interventions[0])}; it was muted: {named[0].reason}"
        )
        print_result(outcome)
