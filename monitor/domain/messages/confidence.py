"""How sure a change is, and on whose word: one to three plain sentences."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from monitor.domain.messages.context import RenderContext, outlet_names, source_name, spoken_detail, spoken_name
from monitor.domain.messages.wording import counted_alone, detail_text, not_confirmed, sources_needed
from monitor.domain.model import Flag, FlagKind, Says, Signal, Tier, reasons
from monitor.domain.model.sides import Parties
from monitor.domain.text.labels import (
    conjugated,
    decapitalised,
    format_date,
    join_few,
    join_list,
    label_of,
    number_word,
    sentence,
    status_caps,
)
from monitor.domain.text.plain import one_line

MAX_DOUBT = 220
"""Characters of a doubt in its own words (estimate); a longer one is reduced to the missing confirmation."""
MAX_NAMES = 3
"""Outlets that the sentence names; if there are more, it names two and counts the others."""
NOT_CONFIRMED = "not yet confirmed by a second source"


def confidence_line(signals: Sequence[Signal], flags: Sequence[Flag], context: RenderContext) -> str:
    """'Only the US Treasury says so, as reported by Reuters. China has not confirmed it.'; '' without any report.
    signals: the evidence of the change; flags: the flags that concern it."""
    contested = [flag for flag in flags if flag.kind is FlagKind.CONTESTED]
    doubts = [flag for flag in flags if flag.kind is FlagKind.UNCONFIRMED]
    speakers, several = [signal for signal in signals if signal.says is not Says.PRESS], False
    opening: list[str] = []
    if contested:
        names = tuple(dict.fromkeys(spoken_name(source_name(signal, context), context) for signal in speakers))
        text = detail_text(contested[0].detail, context.parties) or label_of(contested[0].subject)
        both = f"{join_list(names)} contradict each other" if len(names) > 1 else one_line(text, 200).rstrip(".")
        opening = [f"contested: {both}"]
    elif speakers:
        opening = [_said_by(speakers, signals, doubts, context)]
    elif signals:
        outlets = outlet_names([context.stories[signal.story] for signal in signals], context)
        origins, shown = len(_independent_press(signals, context)), join_few(outlets, MAX_NAMES)
        several = origins > 1
        if several:
            listed = ", ".join(outlets) if len(outlets) <= MAX_NAMES else shown
            opening = [f"{number_word(origins)} independent reports ({listed})"]
        elif len(outlets) == 1:
            opening = [f"one report ({shown})", NOT_CONFIRMED]
        else:
            source = "from a single source" if origins else "which is not enough on its own"
            opening = [f"reported by {shown}, {source}", NOT_CONFIRMED]
    reported = min((signal.happened.end for signal in signals), default=None)
    doubted = []
    for flag in doubts:
        older = reported is not None and flag.since < reported
        doubted += doubt_sentences(flag, context, quoted=bool(opening), older=older)
    doubted = [text for text in doubted if not (several and text == NOT_CONFIRMED)]
    if doubted:  # the doubt names the missing confirmation
        opening = [text for text in opening if text != NOT_CONFIRMED]
    return " ".join(sentence(text) for text in dict.fromkeys((*opening, *doubted)) if text)


def _said_by(
    speakers: Sequence[Signal], signals: Sequence[Signal], doubts: Sequence[Flag], context: RenderContext
) -> str:
    """'Official: the US Treasury says so; also reported by Reuters', 'Only the US Treasury says so'. Outlets of the
    speakers themselves are not named again."""
    spoken = frozenset[str]().union(*(signal.says.parties or {signal.says.value} for signal in speakers))
    alone = False  # whether a side that owes the promise, other than the speakers, has yet to confirm it
    for flag in doubts:
        match flag.detail:
            case reasons.Awaiting(silent=silent) | reasons.OneSided(silent=silent):
                alone |= bool({*silent} - spoken)
            case reasons.Named(waiting=waiting):
                alone |= bool({*(waiting or ())} - spoken)
            case _:
                alone |= context.parties.can_owe(flag.sides) and "others" not in flag.sides
    data = tuple(dict.fromkeys(source_name(signal, context) for signal in speakers if signal.says is Says.DATA))
    said = {source_name(signal, context): signal for signal in speakers if signal.says is not Says.DATA}
    parts = []
    if said:
        names = tuple(spoken_name(name, context) for name in said)
        parts.append(f"{join_few(names)} {conjugated(names[0]) if len(names) == 1 else 'say'} so")
    if data:
        parts.append(
            f"{decapitalised(join_list(data))} {conjugated(data[0], 'show') if len(data) == 1 else 'show'} this"
        )
    text = ", and ".join(parts)
    if alone and said and not data:
        text = f"only {text}"
    elif any(signal.says.parties for signal in said.values()):
        by_state_media = all(context.publishers.find(name).tier is Tier.STATE_MEDIA for name in said)
        text = f"{'state media' if by_state_media else 'official'}: {text}"
    stories = [context.stories[signal.story] for signal in signals]
    carriers = outlet_names(stories, context, apart=frozenset((*said, *data)))
    if not carriers:
        return text
    itself = len(carriers) < len(outlet_names(stories, context))
    carried = join_few([spoken_name(name, context) for name in carriers], MAX_NAMES)
    if itself:
        return f"{text.removeprefix('only ')}; also reported by {carried}"
    return f"{text}, as reported by {carried}"


def _independent_press(signals: Iterable[Signal], context: RenderContext) -> frozenset[str]:
    """The independent press sources that corroborate by the policy. A report that arrived first through a publisher of
    a lower tier counts for the best outlet that carried it."""
    counting = context.policy.corroborating_tiers
    origins = set()
    for signal in signals:
        if signal.tier in counting:
            origins.add(signal.origin)
            continue
        story = context.stories[signal.story]
        outlets = story.outlets
        if [outlet.source for outlet in outlets] == [story.source]:
            continue  # a signal ranks below its only publisher where it quotes a reporter's question
        publishers = [context.publishers.find(outlet.source, outlet.url) for outlet in outlets]
        best = min(publishers, key=lambda publisher: publisher.tier, default=None)
        if best is not None and best.tier in counting:
            origins.add(best.origin)
    return frozenset(filter(None, origins))


def doubt_sentences(flag: Flag, context: RenderContext, *, quoted: bool, older: bool = False) -> list[str]:
    """The sentences of an unconfirmed flag, without full stops: the missing confirmation, and its effect. quoted: the
    source is already named; older: the flag is older than the report, so a person's words in it (from a baseline)
    concern something else."""
    match flag.detail:
        case reasons.Awaiting(reached=reached, silent=silent) if quoted:
            return [
                not_confirmed(silent, context.parties) if silent else NOT_CONFIRMED,
                f"confirmation would change the status to {status_caps(reached)}",
            ]
        case reasons.OneSided(silent=silent) if quoted:
            return [not_confirmed(silent, context.parties) if silent else NOT_CONFIRMED]
        case reasons.Sighted() if quoted:
            return [sources_needed(flag.detail)]
        case reasons.Named(date=day, waiting=waiting) if quoted and waiting:
            return [f"{not_confirmed(waiting, context.parties).removesuffix(' it')} the date, {format_date(day)}"]
        case reasons.Text() if quoted and older:
            return [awaited_confirmation(flag, context.parties)]
        case reasons.CountedByOne():
            return [counted_alone(flag.detail)]  # the other counts are part of the progress
    text = one_line(detail_text(spoken_detail(flag.detail, context), context.parties), 2 * MAX_DOUBT).rstrip(".")
    return [text if 0 < len(text) <= MAX_DOUBT else awaited_confirmation(flag, context.parties)]


def awaited_confirmation(flag: Flag, parties: Parties) -> str:
    """The missing confirmation in words, from the flag's subject."""
    if flag.subject == "data":
        return "no independent data confirm it yet"
    # With "others", perhaps only a second source is missing.
    by_name = parties.can_owe(flag.sides) and "others" not in flag.sides
    return not_confirmed(sorted(flag.sides), parties) if by_name else NOT_CONFIRMED
