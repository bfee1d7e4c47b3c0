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
from monitor.domain.verdicts.interventions import author_of
from monitor.domain.verdicts.reading_acts import READ, TAKEN_BACK, reading_of

TAKES_BACK: Mapping[str, str] = {"unpin": "pin", "unmute": "mute", "restore": "reject", TAKEN_BACK: READ}
"""The kinds of acts that take another one back, each with the kind of that."""


@dataclass(frozen=True, slots=True)
class PersonsAct:
    """What a person did. text: who did what, a sentence without its full stop; why: the reason, '' without; source: where it says so, '' without;
    url: the source where it is a page to open, else ''."""

    at: Moment
    text: str
    why: str
    source: str
    url: str


def acts_of_people(site: SiteMaterial, name: str) -> tuple[PersonsAct, ...]:
    """The acts that concern this commitment, newest first: its own, mutes that cover it and readings that say or change something of
    it, and what takes one of them back."""
    own, general = site.acts.get(name, ()), site.acts.get("", ())
    covering = {act.id for act in general if _covers(act, name)}
    concerned = {act.id: act for act in (*own, *(a for a in general if a.id in covering or a.subject in covering))}
    ordered = sorted(concerned.values(), key=lambda act: (act.at, act.id), reverse=True)
    return tuple(_told(act, name, concerned, site) for act in ordered)


def _covers(act: Intervention, name: str) -> bool:
    if act.kind == "mute":
        return fnmatchcase(name, act.subject)
    return act.kind == READ and name in reading_of(act).concerned


def _told(act: Intervention, name: str, known: Mapping[str, Intervention], site: SiteMaterial) -> PersonsAct:
    who, url = one_line(author_of(act), 60), web_link(act.source)
    until = f", until {format_date(local_day(act.until, site.context.zone))}" if act.until else ""
    what = _done(act, name, known, site)
    return PersonsAct(
        at=moment(act.at, site.context.zone),
        text=f"{who} {what}{until}",
        why=one_line(act.reason, 400).rstrip("."),
        source=one_line(act.source, 200),
        url=url,
    )


def _done(act: Intervention, name: str, known: Mapping[str, Intervention], site: SiteMaterial) -> str:
    """What was done: 'pinned the status as MET', 'rejected “Buyers put off two cargoes”'."""
    if act.kind in TAKES_BACK:
        undone = known.get(act.subject)
        return f"took back: {_done(undone, name, known, site)}" if undone else f"took back a {TAKES_BACK[act.kind]}"
    match act.kind:
        case "pin":
            return f"pinned the status as {status_caps(act.payload.partition('/')[0])}"
        case "mute":
            return "muted its alerts" if act.subject == name else f"muted the alerts of {one_line(act.subject, 80)}"
        case "reject":
            signal = site.context.signals.get(act.subject)
            return f"rejected “{one_line(signal.quote, 200)}”" if signal else f"rejected the report {act.subject[:10]}"
        case "read":
            return f"read “{one_line(reading_of(act).title, 200)}” as {_said(act, name)}"
        case _:
            return one_line(act.kind, 40)


def _said(act: Intervention, name: str) -> str:
    """What a reading says of the commitment: 'progress', 'a setback and a date'; 'saying nothing of it'."""
    said: Sequence[str] = [EFFECT_WORDS[match.effect] for match in reading_of(act).matches if match.commitment == name]
    return join_list(tuple(dict.fromkeys(said))) or "saying nothing of it"
