"""Removes the names of people: pages may be public, so an intervention is shown with its reason but without its
author."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import fields, replace
from typing import Any, TypeVar

from monitor.domain.model import reasons
from monitor.domain.model.news import ReadBy, ReaderKind, Signal
from monitor.domain.model.reasons import Detail, Reason
from monitor.domain.model.verdicts import CitedSignal, Flag, Intervention, Transition, Verdict
from monitor.domain.pages.material import SiteMaterial

A_PERSON = "a person"
S = TypeVar("S", Signal, CitedSignal)
_AT = re.compile("[@＠]|%40")
MAIL_ADDRESS = re.compile(r"""<?(?:"[^"@]{1,64}"|[\w.+'’!$*^{|}~-]{0,63}[\w+-])(?:@|＠|%40)[\w-]+(?:\.[\w-]+)+\b>?""")
"""Also with an apostrophe, in quotation marks, and percent-encoded in a URL. The separators of a URL (/ = & ? #) end
it."""


def without_names(material: SiteMaterial) -> SiteMaterial:
    """The material without the names of people who intervened, and without mail addresses in their texts.

    Their reasons stay, because a status depends on them; so do the officials and outlets in the news.
    """
    context = material.context

    def transition(change: Transition) -> Transition:
        cited = tuple(map(_read, change.cited))
        return replace(change, reason=_unnamed(change.reason), flags=_unnamed(change.flags), cited=cited)

    return replace(
        material,
        context=replace(
            context,
            signals={key: _read(signal) for key, signal in context.signals.items()},
            verdicts={name: _verdict(verdict) for name, verdict in context.verdicts.items()},
        ),
        history={name: tuple(map(transition, changes)) for name, changes in material.history.items()},
        published={
            name: tuple(replace(each, verdict=_verdict(each.verdict)) for each in record)
            for name, record in material.published.items()
        },
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
    """A reason, a reading or an intervention, with all its parts, without the name of its author and without mail
    addresses in its texts. Anything else is returned as it is."""
    if isinstance(value, tuple):
        return tuple(map(_unnamed, value))
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


def _verdict(verdict: Verdict) -> Verdict:
    return replace(verdict, why=_unnamed(verdict.why), flags=_unnamed(verdict.flags))


def _read(signal: S) -> S:
    """A sentence without the names of people who read it."""
    return replace(signal, read_by=_unnamed(signal.read_by)) if signal.read_by else signal
