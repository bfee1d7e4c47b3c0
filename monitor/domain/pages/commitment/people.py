"""What people did about a commitment: pins, mutes, rejections and readings, with who, when, why and until when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from monitor.domain.messages.reader_names import EFFECT_WORDS
from monitor.domain.model import Intervention
from monitor.domain.pages.frame import Moment, moment
from monitor.domain.pages.material import SiteMaterial
from monitor.domain.text.labels import format_date, join_list, local_day, status_caps
from monitor.domain.text.plain import one_line, web_link
from monitor.domain.verdicts.interventions import READ, TAKEN_BACK, author_of, reading_of

TAKES_BACK: Mapping[str, str] = {"unpin": "pin", "unmute": "mute", "restore": "reject", TAKEN_BACK: READ}
"""The kinds of interventions that take another one back, each with the kind of that."""


@dataclass(frozen=True, slots=True)
class PersonIntervention:
    """What a person did. text: who did what, a sentence without its full stop; why: the reason, '' without; source: where it says so, '' without;
    url: the source where it is a page to open, else ''."""

    at: Moment
    text: str
    why: str
    source: str
    url: str


def interventions_shown(site: SiteMaterial, name: str) -> tuple[PersonIntervention, ...]:
    """The interventions that concern this commitment, newest first: its own, mutes that cover it and readings that say or change something of
    it, and what takes one of them back."""
    own, general = site.interventions.get(name, ()), site.interventions.get("", ())
    covering = {intervention.id for intervention in general if _covers(intervention, name)}
    concerned = {
        intervention.id: intervention
        for intervention in (*own, *(a for a in general if a.id in covering or a.subject in covering))
    }
    ordered = sorted(concerned.values(), key=lambda intervention: (intervention.at, intervention.id), reverse=True)
    return tuple(_told(intervention, name, concerned, site) for intervention in ordered)


def _covers(intervention: Intervention, name: str) -> bool:
    if intervention.kind == "mute":
        return fnmatchcase(name, intervention.subject)
    return intervention.kind == READ and name in reading_of(intervention).concerned


def _told(
    intervention: Intervention, name: str, known: Mapping[str, Intervention], site: SiteMaterial
) -> PersonIntervention:
    who, url = one_line(author_of(intervention), 60), web_link(intervention.source)
    until = f", until {format_date(local_day(intervention.until, site.context.zone))}" if intervention.until else ""
    what = _done(intervention, name, known, site)
    return PersonIntervention(
        at=moment(intervention.at, site.context.zone),
        text=f"{who} {what}{until}",
        why=one_line(intervention.reason, 400).rstrip("."),
        source=one_line(intervention.source, 200),
        url=url,
    )


def _done(intervention: Intervention, name: str, known: Mapping[str, Intervention], site: SiteMaterial) -> str:
    """What was done: 'pinned the status as MET', 'rejected “Buyers put off two cargoes”'."""
    if intervention.kind in TAKES_BACK:
        undone = known.get(intervention.subject)
        return (
            f"took back: {_done(undone, name, known, site)}"
            if undone
            else f"took back a {TAKES_BACK[intervention.kind]}"
        )
    match intervention.kind:
        case "pin":
            return f"pinned the status as {status_caps(intervention.payload.partition('/')[0])}"
        case "mute":
            return (
                "muted its alerts"
                if intervention.subject == name
                else f"muted the alerts of {one_line(intervention.subject, 80)}"
            )
        case "reject":
            signal = site.context.signals.get(intervention.subject)
            return (
                f"rejected “{one_line(signal.quote, 200)}”"
                if signal
                else f"rejected the report {intervention.subject[:10]}"
            )
        case "read":
            return f"read “{one_line(reading_of(intervention).title, 200)}” as {_said(intervention, name)}"
        case _:
            return one_line(intervention.kind, 40)


def _said(intervention: Intervention, name: str) -> str:
    """What a reading says of the commitment: 'progress', 'a setback and a date'; 'saying nothing of it'."""
    said: Sequence[str] = [
        EFFECT_WORDS[match.effect] for match in reading_of(intervention).matches if match.commitment == name
    ]
    return join_list(tuple(dict.fromkeys(said))) or "saying nothing of it"
