"""Removes the names of people: pages may be public, so an intervention is shown with its reason but without its
author."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import fields, replace
from typing import Any

from monitor.domain.model import reasons
from monitor.domain.model.news import ReadBy, ReaderKind, Signal
from monitor.domain.model.reasons import Detail, Reason
from monitor.domain.model.verdicts import CitedSignal, Flag, Intervention, PublishedVerdict, Transition, Verdict
from monitor.domain.pages.material import SiteMaterial

A_PERSON = "a person"
_HOLDERS: Mapping[type, tuple[str, ...]] = {
    Signal: ("read_by",),
    CitedSignal: ("read_by",),
    Verdict: ("why", "flags"),
    PublishedVerdict: ("verdict",),
    Transition: ("reason", "flags", "cited"),
}
"""By class, its parts that can name a person."""
_AT = re.compile("[@＠]|%40")
MAIL_ADDRESS = re.compile(r"""<?(?:"[^"@]{1,64}"|[\w.+'’!$*^{|}~-]{0,63}[\w+-])(?:@|＠|%40)[\w-]+(?:\.[\w-]+)+\b>?""")
"""Also with an apostrophe, in quotation marks, and percent-encoded in a URL. The separators of a URL (/ = & ? #) end
it."""


def without_names(material: SiteMaterial) -> SiteMaterial:
    """The material without the names of people who intervened, and without mail addresses in their texts. Their reasons
    stay, because a status depends on them; so do the officials and outlets in the news."""
    context = material.context
    return replace(
        material,
        context=replace(
            context,
            signals={key: _unnamed(signal) for key, signal in context.signals.items()},
            verdicts={name: _unnamed(verdict) for name, verdict in context.verdicts.items()},
        ),
        history={name: _unnamed(changes) for name, changes in material.history.items()},
        published={name: _unnamed(record) for name, record in material.published.items()},
        interventions={name: _unnamed(each) for name, each in material.interventions.items()},
    )


def people_in(material: SiteMaterial) -> frozenset[str]:
    """The names of all people who intervened."""
    signals = material.context.signals.values()
    readers = {reader.name for signal in signals for reader in signal.read_by if reader.kind is ReaderKind.PERSON}
    authors = {each.by for group in material.interventions.values() for each in group}
    return frozenset(authors | readers) - {""}


def without_names_in(text: str, people: Collection[str]) -> str:
    """A finished text, such as a kept digest, without these names as authors of interventions. Elsewhere a name stays,
    because an official in the news may have the same one."""
    for name in people:
        if name in text:
            pattern = rf"(?<=\bby ){re.escape(name)}(?!\w)|(?<!\w){re.escape(name)}(?= (?:finds|reads?|pins) )"
            text = re.sub(pattern, A_PERSON, text)
    return _without_addresses(text)


def _without_addresses(text: str) -> str:
    return MAIL_ADDRESS.sub("(address left out)", text) if _AT.search(text) else text


def _unnamed(value: Any) -> Any:
    """A reason, a reading, an intervention or what holds one, without the name of its author and without mail addresses
    in its texts. Anything else is returned as it is."""
    if isinstance(value, tuple):
        return tuple(map(_unnamed, value))
    if parts := _HOLDERS.get(type(value)):
        given = {name: part for name in parts if (part := getattr(value, name))}
        return replace(value, **{name: _unnamed(part) for name, part in given.items()}) if given else value
    if isinstance(value, ReadBy):
        return replace(value, name="") if value.kind is ReaderKind.PERSON else value
    if not isinstance(value, (Reason, Flag, Detail, reasons.Rejection, Intervention)):
        return value
    found = {field.name: _unnamed(getattr(value, field.name)) for field in fields(value)}
    for name in found.keys() & {"reason", "source", "text"}:
        found[name] = _without_addresses(found[name])
    if isinstance(value, (reasons.Rejection, reasons.Pinned)):
        found["by"] = A_PERSON
    if isinstance(value, Intervention):
        found["by"] = ""
    return replace(value, **found)
