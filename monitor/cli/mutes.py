"""`mute` and `unmute`: no alerts for a while; everything is recorded all the same."""

from __future__ import annotations

from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

import click

from monitor.cli.common import Ending, Span, opened

if TYPE_CHECKING:
    from monitor.app import App
    from monitor.domain.model import Act

MUTE_DAYS = 7


@click.command()
@click.argument("pattern", metavar="COMMITMENT|PATTERN")
@click.option("--reason", required=True, help="Why; the digest and the message after the mute say it.")
@click.option("--until", type=Ending(), help="When it ends; a bare date means its last moment, UTC.")
@click.option("--for", "length", type=Span(), help=f"How long: 12h, 7d, 2w [{MUTE_DAYS}d].")
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
    from monitor.cli.deeds import end_of, moment, new_act, perform, tell
    from monitor.domain.acts import who

    if until is not None and length is not None:
        raise click.UsageError("give the end by --until, or the length by --for")
    with opened(ctx) as app:
        names = covered(app, pattern)
        end = end_of(app, until, length or timedelta(days=MUTE_DAYS))
        act = new_act(app, "mute", "", pattern, reason, by=by, until=end)
        outcome = perform(app, [act], names)
        click.echo(f"muted {', '.join(names)} until {moment(end)}, by {who(act)} (act {act.id})")
        tell(outcome)


def covered(app: App, pattern: str) -> list[str]:
    """The commitments that a name or pattern fits; a refusal where there is none."""
    from monitor.cli.standing import unknown

    names = [name for name in app.rulebook.commitments if fnmatchcase(name, pattern)]
    if not names:
        raise click.BadParameter(unknown(pattern, list(app.rulebook.commitments)), param_hint="COMMITMENT|PATTERN")
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
    from monitor.cli.deeds import new_act, perform, tell
    from monitor.domain.acts import who

    with opened(ctx) as app:
        held = _mutes(app, pattern)
        acts = [new_act(app, "unmute", "", one.id, reason, by=by) for one in held]
        names = [name for name in app.rulebook.commitments if fnmatchcase(name, pattern)]
        outcome = perform(app, acts, names)
        click.echo(f"unmuted {', '.join(names) or pattern}, by {who(acts[0])}; it was muted: {held[0].reason}")
        tell(outcome)


def _mutes(app: App, pattern: str) -> list[Act]:
    """The mutes in force of this very name or pattern; a refusal, with the remedy, where there is none."""
    from monitor.domain.announce import mutes_at
    from monitor.store import cases

    with app.store.read() as conn:
        held = mutes_at(cases.acts(conn, ()).get("", ()), app.clock())
    own = [act for act in held if act.subject == pattern]
    if own:
        return own
    wider = [act.subject for act in held if fnmatchcase(pattern, act.subject)]
    if wider:
        hint = f"{pattern} is muted by the pattern {wider[0]!r}: unmute {wider[0]!r}"
    else:
        covered(app, pattern)
        hint = f"{pattern} is not muted; deal-monitor acts shows what is"
    raise click.BadParameter(hint, param_hint="COMMITMENT|PATTERN")
