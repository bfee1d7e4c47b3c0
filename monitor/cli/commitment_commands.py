"""`commitment`: pin and mute commitments, and list the interventions of people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from itertools import chain
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.common import DateTimeParam, fields_of, format_utc, named_commitment, session
from monitor.cli.record_intervention import BY_OPTION, MATCH_FIELDS, apply_interventions, new_intervention
from monitor.cli.screen import echo_lines
from monitor.cli.status import published_verdicts
from monitor.domain.alerts.mutes import MUTE_FOR, mutes_at
from monitor.domain.alerts.recipients import RESUBSCRIBE, UNSUBSCRIBE, unsubscribed
from monitor.domain.text.labels import status_caps
from monitor.domain.text.plain import one_line
from monitor.domain.verdicts.decide import pin_in_force
from monitor.domain.verdicts.interventions import (
    KEEP,
    READ,
    REPORT,
    TAKEN_BACK,
    author_of,
    effective_readings,
    in_force,
    open_reports,
    pinnable_statuses,
    reading_of,
)
from monitor.store import verdict_records

if TYPE_CHECKING:
    from monitor.domain.model import Intervention
    from monitor.runtime.session import Session

PIN_DAYS, MUTE_DAYS = 30, MUTE_FOR.days
UNTIL_HELP = "End: a date (until the end of that day, UTC), a time, or a duration such as 12h, 7d, 2w [{}d]."
PATTERN = "COMMITMENT|PATTERN"
UNDOING = ("unpin", "unmute", "restore", RESUBSCRIBE, TAKEN_BACK)
END = DateTimeParam(day_ends=True, lengths=True)


@click.command()
@click.argument("commitment")
@click.argument("status")
@click.argument("reason")
@click.argument("source")
@click.option("--until", type=END, help=UNTIL_HELP.format(PIN_DAYS))
@BY_OPTION
def pin(
    *, commitment: str, status: str, reason: str, source: str, until: datetime | timedelta | None, by: str | None
) -> None:
    """Hold the published status of a COMMITMENT at STATUS, whatever the news reports.

    STATUS is a standing or an outlook that this kind of commitment can have. REASON is a sentence that alerts show;
    SOURCE is the address or the name of a document. The program's own verdict stays visible; if it differs when the pin
    ends, an alert is sent.

    \b
    Example:
      deal-monitor commitment pin soybean-purchases met --until 2026-12-31 \\
        "customs data reached us before the papers" https://customs.example/2026-11
    """
    from monitor.rulebook.source.rule_source import closest_word  # `commitment log` does without the rules

    with session(rules=True) as app:
        commitment = named_commitment(app.rulebook.commitments, commitment, whole=True)
        kind = app.rulebook.commitments[commitment].kind
        word = payload = "_".join(status.casefold().replace("-", " ").replace("_", " ").split())
        if word not in (possible := pinnable_statuses(kind)):
            near = closest_word(word, possible)
            hint = f" Did you mean {near!r}?" if near else ""
            message = f"a commitment of kind {kind} cannot be {status!r}.{hint} Possible: {', '.join(possible)}"
            raise click.BadParameter(message, param_hint="STATUS")
        if not source.strip():
            raise click.BadParameter("the source is empty; name the basis of the status", param_hint="SOURCE")
        if word in ("at_risk", "stalled"):
            # An outlook is stored with the standing that it belongs to, in case the commitment ends during the pin.
            standing = published_verdicts(app)[commitment].standing
            if standing in ("breached", "lapsed"):
                message = f"{commitment} is {standing}, which hides any outlook; pin a standing instead"
                raise click.BadParameter(message, param_hint="STATUS")
            payload = f"{word}/{standing}"
        end = end_time(app, until, PIN_DAYS)
        more = {"source": source.strip(), "until": end, "payload": payload}
        intervention = new_intervention(app, "pin", commitment, "", reason, by, **more)
        done = f"pinned {commitment} as {status_caps(word)} until {format_utc(end)}"
        apply_interventions(app, [intervention], [commitment], done)


def end_time(app: Session, until: datetime | timedelta | None, days: int) -> datetime:
    """The given end, else so many days from now. Raises BadParameter for an end in the past."""
    end = until if isinstance(until, datetime) else app.clock() + (until or timedelta(days=days))
    if end <= app.clock():
        raise click.BadParameter(f"{format_utc(end)} is in the past", param_hint="--until")
    return end


@click.command()
@click.argument("commitment")
@click.argument("reason")
@BY_OPTION
def unpin(*, commitment: str, reason: str, by: str | None) -> None:
    """End the pin on a COMMITMENT. The program's own verdict is published again, with an alert if it differs.

    \b
    Example:
      deal-monitor commitment unpin soybean-purchases "the papers have caught up"
    """
    with session(rules=True) as app:
        name = named_commitment(app.rulebook.commitments, commitment, whole=True)
        with app.store.read() as conn:
            pinned = pin_in_force(verdict_records.interventions(conn, [name]).get(name, ()), app.clock())
        if pinned is None:
            message = f"{name} is not pinned; deal-monitor commitment log lists the pins"
            raise click.BadParameter(message, param_hint="COMMITMENT")
        intervention = new_intervention(app, "unpin", name, pinned.id, reason, by)
        done = f"unpinned {name} (pinned by {author_of(pinned)}: {pinned.reason})"
        apply_interventions(app, [intervention], [name], done)


@click.command()
@click.argument("pattern", metavar=PATTERN)
@click.argument("reason")
@click.option("--until", type=END, help=UNTIL_HELP.format(MUTE_DAYS))
@BY_OPTION
def mute(*, pattern: str, reason: str, until: datetime | timedelta | None, by: str | None) -> None:
    """Send no alerts about a COMMITMENT, or about any that matches a PATTERN such as 'soybean-*'.

    Verdicts and changes are still recorded, and the digest includes them. When the mute ends, one message summarises
    what changed. The digest and that message quote REASON.

    \b
    Example:
      deal-monitor commitment mute 'soybean-*' "the harvest report is being revised" --until 3d
    """
    with session(rules=True) as app:
        names = matching_commitments(app, pattern)
        end = end_time(app, until, MUTE_DAYS)
        intervention = new_intervention(app, "mute", "", pattern, reason, by, until=end)
        apply_interventions(app, [intervention], names, f"muted {', '.join(names)} until {format_utc(end)}")


@click.command()
@click.argument("pattern", metavar=PATTERN)
@click.argument("reason")
@BY_OPTION
def unmute(*, pattern: str, reason: str, by: str | None) -> None:
    """End a mute early; give the name or pattern that set it. One message summarises the changes during the mute.

    \b
    Example:
      deal-monitor commitment unmute 'soybean-*' "the revision is out"
    """
    with session(rules=True) as app:
        names = matching_commitments(app, pattern)
        with app.store.read() as conn:
            mutes = mutes_at(verdict_records.interventions(conn, ()).get("", ()), app.clock())
        ended = [intervention for intervention in mutes if intervention.subject == pattern]
        if not ended:
            wider = [mute.subject for mute in mutes if fnmatchcase(pattern, mute.subject)]
            hint = "is not muted; deal-monitor commitment log lists the mutes"
            if wider:
                hint = f"is muted by the pattern {wider[0]!r}; unmute {wider[0]!r}"
            raise click.BadParameter(f"{pattern} {hint}", param_hint=PATTERN)
        interventions = [new_intervention(app, "unmute", "", intervention.id, reason, by) for intervention in ended]
        apply_interventions(app, interventions, names, f"unmuted {', '.join(names)} (muted: {ended[0].reason})")


def matching_commitments(app: Session, pattern: str) -> list[str]:
    """The commitments that match a name or pattern. Raises BadParameter, with the nearest name, if none does."""
    known = app.rulebook.commitments
    matching = [name for name in known if fnmatchcase(name, pattern)]
    return matching or [named_commitment(known, pattern, PATTERN, whole=True)]


@click.command()
@click.argument("commitment", required=False)
@click.option("--all", "everything", is_flag=True, help="Include interventions that have ended or were undone.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per intervention.")
def log(*, commitment: str | None, everything: bool, as_json: bool) -> None:
    """List the interventions in force: pins, mutes, rejections, readings, unsubscriptions and reports.

    Each line shows time, author, end and reason.

    \b
    Example:
      deal-monitor commitment log soybean-purchases --all
    """
    with session() as app:
        with app.store.read() as conn:
            names = verdict_records.decided(conn)  # every intervention is on a decided commitment
        if commitment is not None and commitment not in names:
            commitment = named_commitment(app.rulebook.commitments, commitment)
        names = names if commitment is None else [commitment]
        with app.store.read() as conn:
            by_commitment = verdict_records.interventions(conn, names)
        general, now = by_commitment.pop("", ()), app.clock()
    own = tuple(chain.from_iterable(by_commitment.values()))
    listed = {each.id: each for each in (*concerning(general, names), *own)}
    others = effective_readings(general), unsubscribed(general).values()
    in_effect = [*chain(open_reports((*general, *own), now), mutes_at(general, now), *others)]
    for interventions in by_commitment.values():
        in_effect += in_force(interventions, "reject", "restore")
        in_effect += filter(None, [pin_in_force(interventions, now)])
    active = {intervention.id for intervention in in_effect}
    ordered = sorted(listed.values(), key=lambda each: (each.at, each.kind.startswith("un"), each.id))
    shown = [intervention for intervention in ordered if everything or intervention.id in active]
    echo_lines(
        as_json=as_json,
        values=(intervention_values(each, in_force=each.id in active) for each in shown),
        text=(intervention_line(each, listed, in_force=each.id in active) for each in shown),
    )
    if not shown and not as_json:
        click.echo("no intervention" + ("" if everything else " in force; --all lists ended ones"))


def concerning(general: Sequence[Intervention], names: Sequence[str]) -> list[Intervention]:
    """The interventions without a commitment of their own that concern one of these, and those that undo them."""

    def concerns(intervention: Intervention) -> bool:
        if intervention.kind == "mute":
            return any(fnmatchcase(name, intervention.subject) for name in names)
        changed = reading_of(intervention).concerned if intervention.kind == READ else frozenset()
        # An unsubscription, or a reading that changes nothing, concerns no single commitment.
        of_all = intervention.kind in (READ, UNSUBSCRIBE) and not changed and len(names) != 1
        return of_all or not changed.isdisjoint(names)

    found = {intervention.id for intervention in general if concerns(intervention)}
    return [intervention for intervention in general if intervention.id in found or intervention.subject in found]


def intervention_line(intervention: Intervention, known: Mapping[str, Intervention], *, in_force: bool) -> str:
    """One line about an intervention, such as "pin soybean-purchases as MET, by ann". known: all, by id."""
    kind, subject = intervention.kind, intervention.subject or intervention.commitment
    about = f"{kind} {subject}"
    if kind in UNDOING and (undone := known.get(subject)):
        about = f"{kind} {undone.subject or undone.commitment}"
    elif kind == READ:
        reading = reading_of(intervention)
        matches = ", ".join(f"{match.commitment} {match.effect}" for match in reading.matches) or "about no commitment"
        about = f"read {subject[:8]} “{one_line(reading.title, 60)}” as {matches}"
    elif kind == "pin":
        about += f" as {status_caps(intervention.payload.partition('/')[0])}"
    elif kind == REPORT:
        about = f"report message {subject} about {intervention.commitment} as wrong"
    elif kind == KEEP:
        about = f"keep the status of {subject} against the weekly review"
    elif kind == "reject":
        about += f" of {intervention.commitment}"
    end = f", until {format_utc(intervention.until)}" if intervention.until else ""
    ended = "" if in_force or kind in (*UNDOING, KEEP) else ", ended"
    source = f" ({intervention.source})" if intervention.source else ""
    reason = f": {intervention.reason}{source}" if intervention.reason else ""  # a reading needs no reason
    return f"{format_utc(intervention.at)}  {about}, by {author_of(intervention)}{end}{ended}{reason}"


def intervention_values(intervention: Intervention, *, in_force: bool) -> dict[str, Any]:
    """An intervention as JSON. status: of a pin; read and title: of a reading; else None."""
    reading = reading_of(intervention) if intervention.kind == READ else None
    return {
        **fields_of(intervention, "id", "kind", "commitment", "subject", "by", "at", "until", "reason", "source"),
        "in_force": in_force,
        "status": intervention.payload.partition("/")[0] if intervention.kind == "pin" else None,
        "title": reading.title if reading else None,
        "read": [fields_of(match, *MATCH_FIELDS) for match in reading.matches] if reading else None,
    }
