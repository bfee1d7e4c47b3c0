"""How sure a change is, and who says so."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from monitor.domain.messages.evidence_lines import RenderContext, attribution_phrase, outlet_names, source_name
from monitor.domain.messages.wording import NO_SECOND, clauses, detail_text
from monitor.domain.model import Flag, FlagKind, Says, Signal, Standing
from monitor.domain.model.sides import PARTIES
from monitor.domain.text.labels import capitalised, conjugated, join_list, label_of, side_long_name
from monitor.domain.text.plain import one_line

MAX_DOUBT = 160
"""Characters of a doubt behind the sentence on who reports the change (estimate)."""


def confidence_line(signals: Sequence[Signal], flags: Sequence[Flag], context: RenderContext) -> str:
    """How sure a change is and who says it: 'US Treasury says; China has not confirmed it. Carried by Reuters.'"""
    attributed = [signal for signal in signals if signal.says is not Says.PRESS]
    names = tuple(dict.fromkeys(map(source_name, attributed)))
    stories = [context.stories[signal.story] for signal in signals]
    origins = _independent_press(signals, context)
    contested = [flag for flag in flags if flag.kind is FlagKind.CONTESTED]
    if len(names) > 1 and contested:
        opening: tuple[str, ...] = (f"contested: {join_list(names)} contradict each other",)
    elif contested:
        about = detail_text(contested[0].detail) or label_of(contested[0].subject)
        opening = (one_line(f"contested: {about}", 200).rstrip("."),)
    else:
        opening = _reporters(attributed, outlet_names(stories, context), origins)
    # Where nothing is quoted, the text of a doubt is complete by itself.
    several = not attributed and (len(origins) > 1 or not signals)
    doubts = [uncertainty_phrase(flag, several=several) for flag in flags if flag.kind is FlagKind.UNCONFIRMED]
    text = "; ".join(dict.fromkeys((*opening, *(clause for doubt in doubts for clause in doubt))))
    if not text:
        return ""
    carriers = _name_and_count(outlet_names(stories, context, apart=frozenset(names))) if names else ""
    return f"{capitalised(text)}." + (f" Carried by {carriers}." if carriers else "")


def _reporters(attributed: Sequence[Signal], outlets: Sequence[str], origins: Collection[str]) -> tuple[str, ...]:
    """'US Treasury says'; 'US Treasury and MOFCOM say', 'USDA data show it'. Of outlets that speak for themselves:
    'Reuters reports', 'no second source yet'; 'Reuters and 2 others report, from 3 independent sources'."""
    data = tuple(dict.fromkeys(source_name(signal) for signal in attributed if signal.says is Says.DATA))
    phrases = {source_name(signal): attribution_phrase(signal) for signal in attributed if signal.says is not Says.DATA}
    found = []
    if phrases:
        found.append(next(iter(phrases.values())) if len(phrases) == 1 else f"{join_list(tuple(phrases))} say")
    if data:
        found.append(f"{join_list(data)} {conjugated(data[0], 'show') if len(data) == 1 else 'show'} it")
    if found or not outlets:
        return tuple(found)
    names = _name_and_count(outlets)
    if len(outlets) == 1:
        return f"{names} {conjugated(names, 'report')}", NO_SECOND
    if not origins:
        return f"{names} report", NO_SECOND
    sources = f"from {len(origins)} independent sources" if len(origins) > 1 else "all from one source"
    return (f"{names} report, {sources}",)


def _independent_press(signals: Iterable[Signal], context: RenderContext) -> frozenset[str]:
    """The independent press sources that corroborate by the policy. A report that arrived first through a publisher of a
    lower tier counts for the best outlet that carried it."""
    counting = context.policy.corroborating_tiers
    origins = set()
    for signal in signals:
        if signal.tier in counting:
            origins.add(signal.origin)
            continue
        outlets = context.stories[signal.story].outlets
        publishers = [context.publishers.find(outlet.source, outlet.url) for outlet in outlets]
        best = min(publishers, key=lambda publisher: publisher.tier, default=None)
        if best is not None and best.tier in counting:
            origins.add(best.origin)
    return frozenset(filter(None, origins))


def uncertainty_phrase(flag: Flag, *, several: bool = False) -> tuple[str, ...]:
    """The clauses of an unconfirmed flag: the side that is silent; for a date, or for trouble that one source sees, the
    flag's own text.

    several: more than one source reports the change, so the text about a missing second source is left out.
    """
    # The clauses fit to print, without a final full stop; one cut clause where they are too long together.
    detail = tuple(filter(None, (one_line(text, MAX_DOUBT) for text in clauses(flag.detail))))
    whole = "; ".join(detail)
    if len(whole) > MAX_DOUBT:
        detail = (one_line(whole, MAX_DOUBT),)
    elif detail:
        detail = (*detail[:-1], detail[-1].rstrip("."))
    silent = awaited_confirmation(flag)
    if several and silent == NO_SECOND:
        return detail
    about_sides = flag.sides <= PARTIES | {"data"} or flag.subject in {standing.value for standing in Standing}
    return (silent,) if about_sides or not detail else detail


def awaited_confirmation(flag: Flag) -> str:
    """Who has not confirmed, in words."""
    if flag.subject == "both" or {"us", "cn"} <= flag.sides:
        return "neither side has confirmed it"
    if flag.subject == "data":
        return "no independent data confirm it"
    if flag.sides <= PARTIES - {"others"}:
        return f"{side_long_name(flag.subject)} has not confirmed it"
    return NO_SECOND


def _name_and_count(names: Sequence[str]) -> str:
    """'Reuters', 'Reuters and Xinhua', 'Reuters and 6 others'."""
    return join_list(names) if len(names) <= 2 else f"{names[0]} and {len(names) - 1} others"
