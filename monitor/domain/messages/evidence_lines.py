"""The parts that alerts and digests share: evidence, whose word it is, progress, deadlines and the status strip."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from monitor.domain.messages.models import EvidenceLine
from monitor.domain.messages.wording import NO_SECOND, clauses, detail_text
from monitor.domain.model import (
    Flag,
    FlagKind,
    Policy,
    Publisher,
    ReasonCode,
    Says,
    Signal,
    Standing,
    Story,
    Transition,
)
from monitor.domain.model.sides import PARTIES
from monitor.domain.text.labels import (
    capitalised,
    conjugated,
    format_date,
    format_time,
    join_list,
    label_of,
    side_long_name,
)
from monitor.domain.text.plain import one_line, web_link


class PublisherFinder(Protocol):
    """Whatever knows publishers by name or address."""

    def find(self, source: str, url: str = "") -> Publisher: ...


class RuleFacts(Protocol):
    """What a brief needs to know of a rule."""

    @property
    def version(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def line(self) -> int: ...


@dataclass(frozen=True, slots=True)
class RenderContext:
    """What is known at the moment a brief is made, so that its builders need not pass six things along."""

    signals: Mapping[str, Signal]
    stories: Mapping[str, Story]
    publishers: PublisherFinder
    policy: Policy
    now: datetime
    zone: str
    rules: Mapping[str, RuleFacts] = field(default_factory=dict)

    def outlet(self, source: str, url: str = "") -> str:
        return one_line(self.publishers.find(source, url).name or source or "an unnamed outlet", 60)


# ---------------------------------------------------------------- evidence


def known_signals(ids: Iterable[str], facts: RenderContext) -> tuple[Signal, ...]:
    """The signals still stored together with their story, each once, in the order given."""
    found = (facts.signals[key] for key in dict.fromkeys(ids) if key in facts.signals)
    return tuple(signal for signal in found if signal.story in facts.stories)


def evidence_lines(signals: Sequence[Signal], flags: Sequence[Flag], facts: RenderContext) -> tuple[EvidenceLine, ...]:
    """One line a quoted sentence; the same sentence matched twice is shown once."""
    disputed = {key for flag in flags if flag.kind is FlagKind.CONTESTED for key in flag.evidence}
    lead = signals[0].says if signals else Says.PRESS
    lines: dict[tuple[str, str], EvidenceLine] = {}
    for signal in signals:
        line = _line(signal, facts)
        against = signal.id in disputed and signal.says is not lead
        lines.setdefault((signal.story, line.quote), replace(line, against=against))
    return tuple(lines.values())


def _line(signal: Signal, facts: RenderContext) -> EvidenceLine:
    story = facts.stories[signal.story]
    rule = facts.rules.get(signal.rule)
    place = f"{rule.path}:{rule.line}" if rule and rule.version == signal.rule_version else ""
    return EvidenceLine(
        basis="quote",
        quote=one_line(signal.quote or story.title),
        outlet=facts.outlet(story.source, story.url),
        others=len(_outlets([story], facts)) - 1,
        says=attribution_phrase(signal),
        at=story.published_at,
        when=_when(story, facts.zone),
        url=web_link(story.url),
        rule=one_line(signal.rule, 80),
        version=one_line(signal.rule_version, 12),
        place=one_line(place, 120),
        signal=signal.id,
    )


def _when(story: Story, zone: str) -> str:
    return format_date(story.published_at.date()) if story.date_only else format_time(story.published_at, zone)


def attribution_phrase(signal: Signal) -> str:
    """Whose word a signal is: 'US Treasury says', or '' when the outlet speaks for itself."""
    if signal.says is Says.PRESS:
        return ""
    if signal.says is Says.DATA:
        return f"{source_name(signal)} {conjugated(source_name(signal), 'show')}"
    return f"{source_name(signal)} {conjugated(source_name(signal))}"


def source_name(signal: Signal) -> str:
    return one_line(signal.origin, 60) or side_long_name(signal.says.value)


# ---------------------------------------------------------------- how sure


def confidence_line(signals: Sequence[Signal], flags: Sequence[Flag], facts: RenderContext) -> str:
    """How sure, and by whose word: 'US Treasury says; China has not confirmed it. Carried by Reuters.'"""
    voices = [signal for signal in signals if signal.says is not Says.PRESS]
    names = tuple(dict.fromkeys(map(source_name, voices)))
    told = [facts.stories[signal.story] for signal in signals]
    origins = _independent_press(signals, facts)
    opening = _disputed(flags, names) or _attribution_sentence(voices) or _reported(_outlets(told, facts), origins)
    several = not voices and (len(origins) > 1 or not signals)  # where nothing is quoted, a doubt says all of itself
    doubts = (uncertainty_phrase(flag, several=several) for flag in flags if flag.kind is FlagKind.UNCONFIRMED)
    said = "; ".join(dict.fromkeys((*opening, *(clause for doubt in doubts for clause in doubt))))
    carriers = _carriers(_outlets(told, facts, apart=frozenset(names))) if names else ""
    tail = f" Carried by {carriers}." if carriers else ""
    return f"{capitalised(said)}.{tail}" if said else ""


def _attribution_sentence(voices: Sequence[Signal]) -> tuple[str, ...]:
    """'US Treasury says'; 'US Treasury and MOFCOM say', 'USDA data show it'."""
    data = tuple(dict.fromkeys(source_name(signal) for signal in voices if signal.says is Says.DATA))
    words_ = {source_name(signal): attribution_phrase(signal) for signal in voices if signal.says is not Says.DATA}
    said = next(iter(words_.values())) if len(words_) == 1 else f"{join_list(tuple(words_))} say" if words_ else ""
    shown = f"{join_list(data)} {conjugated(data[0], 'show') if len(data) == 1 else 'show'} it" if data else ""
    return tuple(filter(None, (said, shown)))


def _reported(outlets: Sequence[str], origins: Collection[str]) -> tuple[str, ...]:
    """'Reuters reports', 'no second source yet'; 'Reuters and 2 others report, from 3 independent sources'."""
    if not outlets:
        return ()
    who = _carriers(outlets)
    if len(outlets) == 1:
        return f"{who} {conjugated(who, 'report')}", NO_SECOND
    sources = f"from {len(origins)} independent sources" if len(origins) > 1 else "all from one source"
    return (f"{who} report, {sources}",) if origins else (f"{who} report", NO_SECOND)


def _independent_press(signals: Iterable[Signal], facts: RenderContext) -> frozenset[str]:
    """The voices of the press that corroborate by the policy, each once. A report that reached us first through a publisher
    that does not is the word of the best outlet that carried it."""
    counting = facts.policy.corroborating_tiers
    found = (signal.origin if signal.tier in counting else _best_origin(signal, facts) for signal in signals)
    return frozenset(filter(None, found))


def _best_origin(signal: Signal, facts: RenderContext) -> str:
    outlets = facts.stories[signal.story].outlets
    known = [facts.publishers.find(outlet.source, outlet.url) for outlet in outlets]
    best = min(known, key=lambda publisher: publisher.tier, default=None)
    return best.origin if best is not None and best.tier in facts.policy.corroborating_tiers else ""


def _disputed(flags: Sequence[Flag], names: Sequence[str]) -> tuple[str, ...]:
    contested = [flag for flag in flags if flag.kind is FlagKind.CONTESTED]
    if not contested:
        return ()
    if len(names) > 1:
        return (f"contested: {join_list(names)} contradict each other",)
    about = detail_text(contested[0].detail) or label_of(contested[0].subject)
    return (one_line(f"contested: {about}", 200).rstrip("."),)


def uncertainty_phrase(flag: Flag, *, several: bool = False) -> tuple[str, ...]:
    """What an unconfirmed flag adds: which side is silent; of a date, or of trouble that one voice sees, its own words.

    several: more than one source tells of the change, so that it is another thing which has no second source yet.
    """
    sides = flag.sides <= PARTIES | {"data"}
    waits = flag.subject in {standing.value for standing in Standing}
    silent, detail = awaited_confirmation(flag), _within(clauses(flag.detail), 160)
    if several and silent == NO_SECOND:
        return detail
    return (silent,) if sides or waits or not detail else detail


def _within(said: Iterable[str], limit: int) -> tuple[str, ...]:
    """The clauses fit to print, without a last full stop; cut where they are too long together."""
    parts = tuple(filter(None, (one_line(part, limit) for part in said)))
    if len("; ".join(parts)) > limit:
        return (one_line("; ".join(parts), limit),)
    return (*parts[:-1], parts[-1].rstrip(".")) if parts else ()


def awaited_confirmation(flag: Flag) -> str:
    """Who has not confirmed, in words."""
    if flag.subject == "both" or {"us", "cn"} <= flag.sides:
        return "neither side has confirmed it"
    if flag.subject == "data":
        return "no independent data confirm it"
    if flag.sides <= PARTIES - {"others"}:
        return f"{side_long_name(flag.subject)} has not confirmed it"
    return NO_SECOND


def _outlets(stories: Iterable[Story], facts: RenderContext, apart: Collection[str] = ()) -> tuple[str, ...]:
    """The names of all outlets that carried the stories, the first teller first; without those that belong to `apart`."""
    names: dict[str, None] = {}
    for story in stories:
        told = sorted(story.outlets, key=lambda item: item.published_at)
        for source, url in ((story.source, story.url), *((item.source, item.url) for item in told)):
            name, owner = facts.outlet(source, url), one_line(facts.publishers.find(source, url).origin, 60)
            if not {name, owner} & set(apart):
                names.setdefault(name)
    return tuple(names)


def _carriers(names: Sequence[str]) -> str:
    """'Reuters', 'Reuters and Xinhua', 'Reuters and 6 others'."""
    if len(names) <= 2:
        return join_list(names)
    return f"{names[0]} and {len(names) - 1} others"


# ---------------------------------------------------------------- progress


# ---------------------------------------------------------------- deadlines


# ---------------------------------------------------------------- the strip of statuses


RETRACTION_CODES = frozenset({ReasonCode.CORRECTED, ReasonCode.WITHDRAWN})
"""Codes of the reasons whose signals a publisher or a person has taken back."""


def retracted_signals(moves: Iterable[Transition]) -> tuple[str, ...]:
    """The signals that these changes name because they no longer count."""
    gone = (move for move in moves if move.reason.code in RETRACTION_CODES)
    return tuple(dict.fromkeys(key for move in gone for key in move.reason.signals))


def retracted_lines(ids: Collection[str], facts: RenderContext) -> tuple[EvidenceLine, ...]:
    """What was quoted, marked as no longer counting."""
    return tuple(replace(line, gone=True) for line in evidence_lines(known_signals(ids, facts), (), facts))
