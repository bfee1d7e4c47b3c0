"""Removes the names of people: pages may be public, so an intervention is shown with its reason but without its
author."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace

from monitor.domain.model import (
    CitedSignal,
    Detail,
    Flag,
    Intervention,
    PublishedVerdict,
    ReadBy,
    ReaderKind,
    Reason,
    Signal,
    Transition,
    Verdict,
    reasons,
)
from monitor.domain.pages.material import SiteMaterial

A_PERSON = "a person"
_AT = re.compile("[@＠]|%40")
MAIL_ADDRESS = re.compile(r"""<?(?:"[^"@]{1,64}"|[\w.+'’!$*^{|}~-]{0,63}[\w+-])(?:@|＠|%40)[\w-]+(?:\.[\w-]+)+\b>?""")
"""Also with an apostrophe, in quotation marks, and percent-encoded in a URL. The separators of a URL (/ = & ? #) end
it."""


def without_names(material: SiteMaterial) -> SiteMaterial:
    """The material without the names of people who intervened, and without mail addresses in their texts.

    Their reasons stay, because a status depends on them; so do the officials and outlets in the news.
    """
    context = material.context
    signals = {key: _signal(signal) for key, signal in context.signals.items()}
    verdicts = {name: _verdict(verdict) for name, verdict in context.verdicts.items()}
    return replace(
        material,
        context=replace(context, signals=signals, verdicts=verdicts),
        history={name: tuple(map(_transition, changes)) for name, changes in material.history.items()},
        published={name: tuple(map(_published, record)) for name, record in material.published.items()},
        interventions={name: tuple(map(_intervention, each)) for name, each in material.interventions.items()},
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
            pattern = rf"(?<=\bby ){re.escape(name)}(?!\w)|(?<!\w){re.escape(name)}(?= (?:reads?|pins) )"
            text = re.sub(pattern, A_PERSON, text)
    return _written(text)


def _written(text: str) -> str:
    """A text without mail addresses."""
    return MAIL_ADDRESS.sub("(address left out)", text) if _AT.search(text) else text


def _intervention(each: Intervention) -> Intervention:
    return replace(each, by="", reason=_written(each.reason), source=_written(each.source))


def _reader(reader: ReadBy) -> ReadBy:
    return replace(reader, name="") if reader.kind is ReaderKind.PERSON else reader


def _signal(signal: Signal) -> Signal:
    return replace(signal, read_by=tuple(map(_reader, signal.read_by))) if signal.read_by else signal


def _cited(cited: CitedSignal) -> CitedSignal:
    return replace(cited, read_by=tuple(map(_reader, cited.read_by))) if cited.read_by else cited


def _verdict(verdict: Verdict) -> Verdict:
    return replace(verdict, why=_reason(verdict.why), flags=_flags(verdict.flags))


def _published(published: PublishedVerdict) -> PublishedVerdict:
    return replace(published, verdict=_verdict(published.verdict))


def _transition(change: Transition) -> Transition:
    cited = tuple(map(_cited, change.cited))
    return replace(change, reason=_reason(change.reason), flags=_flags(change.flags), cited=cited)


def _flags(flags: tuple[Flag, ...]) -> tuple[Flag, ...]:
    return tuple(replace(flag, detail=_detail(flag.detail)) for flag in flags)


def _reason(reason: Reason) -> Reason:
    return replace(reason, detail=_detail(reason.detail))


def _detail(detail: Detail) -> Detail:
    match detail:
        case reasons.Text():
            return replace(detail, text=_written(detail.text))
        case reasons.Pinned():
            return replace(detail, by=A_PERSON, reason=_written(detail.reason), source=_written(detail.source))
        case reasons.PinEnded():
            return replace(detail, program=_detail(detail.program))
        case reasons.Confirmed():
            return replace(detail, claim=_detail(detail.claim))
        case reasons.StatusTakenBack():
            claim, rejection, reread = _detail(detail.claim), _rejection(detail.rejection), _rereader(detail.reread)
            return replace(detail, claim=claim, rejection=rejection, reread=reread)
        case reasons.ReportTakenBack():
            return replace(detail, rejection=_rejection(detail.rejection), reread=_rereader(detail.reread))
        case reasons.DoubtTakenBack():
            doubt, rejection, reread = _detail(detail.doubt), _rejection(detail.rejection), _rereader(detail.reread)
            return replace(detail, doubt=doubt, rejection=rejection, reread=reread)
        case reasons.DoubtDropped():
            return replace(detail, doubt=_detail(detail.doubt))
        case _:
            return detail


def _rejection(rejection: reasons.Rejection | None) -> reasons.Rejection | None:
    return reasons.Rejection(A_PERSON, _written(rejection.reason)) if rejection else None


def _rereader(reader: ReadBy | None) -> ReadBy | None:
    return _reader(reader) if reader else None
