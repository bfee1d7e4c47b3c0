"""How sure a change is, and on whose word: one to three plain sentences."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from monitor.domain.messages.context import RenderContext, outlet_names, source_name, spoken_detail, spoken_name
from monitor.domain.messages.wording import counted_alone, detail_text, not_confirmed, sources_needed
from monitor.domain.model import Flag, FlagKind, Says, Signal, Story, Tier, reasons
from monitor.domain.model.sides import Parties
from monitor.domain.text.labels import format_date, join_few, label_of, number_word, sentence, status_caps
from monitor.domain.text.plain import one_line
from monitor.domain.verdicts.corroboration import count_sources, is_official_act

MAX_DOUBT = 220
"""Characters of a doubt in its own words (estimate); a longer one is reduced to the missing confirmation."""
MAX_NAMES = 3
"""Outlets that the sentence names; if there are more, it names two and counts the others."""
KINDS = ("official", "official figures", "the company", "state media")
"""The kinds of speakers, the best first."""
NOT_CONFIRMED = "not yet confirmed by a second source"


def confidence_line(signals: Sequence[Signal], flags: Sequence[Flag], context: RenderContext) -> str:
    """'Only the US Treasury says so, via Reuters. China has not confirmed it.', 'Two independent reports: Reuters,
    Bloomberg.'; '' without any report. signals: the evidence of the change; flags: the flags that concern it."""
    contested = [flag for flag in flags if flag.kind is FlagKind.CONTESTED]
    doubts = [flag for flag in flags if flag.kind is FlagKind.UNCONFIRMED]
    if is_formal(signals):  # the date of an order needs no second side
        doubts = [flag for flag in doubts if not isinstance(flag.detail, reasons.Named)]
    speakers, several = [signal for signal in signals if signal.says is not Says.PRESS], False
    # Officials speak for their side; state media report, and their side is still to confirm it.
    spoken = {side for signal in speakers if not _is_state_media(signal, context) for side in _sides(signal)}
    opening: list[str] = []
    if contested:
        detail = contested[0].detail
        text = detail_text(detail, context.parties) or label_of(contested[0].subject)
        both = one_line(text, 200).rstrip(".")
        if isinstance(detail, reasons.Disputed):
            both = f"{detail.who} and {detail.other} contradict each other"
        opening = [f"contested: {both}"]
    elif speakers:
        opening = [_said_by(speakers, signals, doubts, context)]
    elif signals:
        names, outlets = _independent_press(signals, context), outlet_names(_stories(signals, context), context)
        several = len(names) > 1
        if several:
            more = f" and {number_word(len(names) - MAX_NAMES + 1)} others"
            listed = ", ".join(names[: MAX_NAMES - 1]) + more if len(names) > MAX_NAMES else ", ".join(names)
            opening = [f"{number_word(len(names))} independent reports: {listed}"]
        elif names:
            carried = [name for name in outlets if name not in names]
            reprints = f", also in {join_few(carried, MAX_NAMES)}" if carried else ""
            opening = [f"one report: {names[0]}{reprints}", NOT_CONFIRMED]
        else:
            opening = [f"reported by {join_few(outlets, MAX_NAMES)}, which is not enough on its own", NOT_CONFIRMED]
    reported = min((signal.happened.end for signal in signals), default=None)
    doubted = []
    for flag in doubts:
        older = reported is not None and flag.since < reported
        doubted += doubt_sentences(flag, context, quoted=bool(opening), older=older, spoken=spoken)
    doubted = [text for text in doubted if not (several and text == NOT_CONFIRMED)]
    if doubted:  # the doubt names the missing confirmation
        opening = [text for text in opening if text != NOT_CONFIRMED]
    return " ".join(sentence(text) for text in dict.fromkeys((*opening, *doubted)) if text)


def is_formal(signals: Iterable[Signal]) -> bool:
    """Whether a side records its own act in its own text: an order, a notice."""
    return any(is_official_act(signal) and signal.says.value == signal.by.value for signal in signals)


def _stories(signals: Iterable[Signal], context: RenderContext) -> list[Story]:
    return [context.stories[signal.story] for signal in signals]


def _sides(signal: Signal) -> frozenset[str]:
    return signal.says.parties or frozenset({signal.says.value})


def _is_state_media(signal: Signal, context: RenderContext) -> bool:
    story = context.stories[signal.story]
    own = context.publishers.find(story.source, story.url)
    named = own if own.origin == signal.origin else context.publishers.find(source_name(signal, context))
    return named.tier is Tier.STATE_MEDIA


def _said_by(
    speakers: Sequence[Signal], signals: Sequence[Signal], doubts: Sequence[Flag], context: RenderContext
) -> str:
    """'Official: the US Treasury; also reported by Reuters', 'Only the US Treasury says so, via Reuters'. Outlets of
    the speakers themselves are not named again."""
    spoken = frozenset[str]().union(*map(_sides, speakers))
    alone = False  # whether a side that owes the promise, other than the speakers, has yet to confirm it
    for flag in doubts:
        match flag.detail:
            case reasons.Awaiting(silent=silent) | reasons.OneSided(silent=silent):
                alone |= bool({*silent} - spoken)
            case reasons.Named(waiting=waiting):
                alone |= bool({*(waiting or ())} - spoken)
            case _:
                alone |= context.parties.can_owe(flag.sides) and "others" not in flag.sides
    named: dict[str, list[str]] = {}
    for signal in speakers:
        kind = "official figures" if signal.says is Says.DATA else "official" if signal.says.parties else "the company"
        if kind == "official" and _is_state_media(signal, context):
            kind = "state media"
        name = source_name(signal, context)
        named.setdefault(kind, []).extend(name.split(" and ") if len(signal.says.parties) > 1 else [name])
    said = {kind: tuple(dict.fromkeys(spoken_name(name, context) for name in named[kind])) for kind in named}
    text = "; ".join(f"{kind}: {join_few(said[kind])}" for kind in sorted(said, key=KINDS.index))
    if alone and {*said} == {"official"} and not is_formal(signals):
        text = f"only {join_few(said['official'])} {'say' if len(said['official']) > 1 else 'says'} so"
    stories, own = _stories(signals, context), frozenset(name for names in named.values() for name in names)
    carriers = outlet_names(stories, context, apart=own)
    if not carriers:
        return text
    carried = join_few([spoken_name(name, context) for name in carriers], MAX_NAMES)
    itself = len(carriers) < len(outlet_names(stories, context))
    return f"{text}; also reported by {carried}" if itself else f"{text}, via {carried}"


def _independent_press(signals: Iterable[Signal], context: RenderContext) -> list[str]:
    """The outlets of the independent press reports that corroborate by the policy, one each. A report that arrived
    first through a publisher of a lower tier counts for the best outlet that carried it."""
    counting, names = context.policy.corroborating_tiers, list[str]()
    counted: tuple[Signal, ...] = ()
    for signal in sorted(signals, key=lambda signal: (signal.tier, signal.happened.end)):
        story = context.stories[signal.story]
        outlets = [(story.source, story.url), *((outlet.source, outlet.url) for outlet in story.outlets)]
        # A signal ranks below its only publisher where it quotes a reporter's question.
        single = {source for source, _ in outlets} == {story.source}
        if signal.tier not in counting and not single:
            best = min((context.publishers.find(*each) for each in outlets), key=lambda publisher: publisher.tier)
            signal = replace(signal, tier=best.tier, origin=best.origin)
            outlets = [each for each in outlets if context.publishers.find(*each) == best]
        if signal.tier in counting and count_sources((*counted, signal)) > len(counted):
            counted, names = (*counted, signal), [*names, context.outlet(*outlets[0])]
    return names


def doubt_sentences(
    flag: Flag, context: RenderContext, *, quoted: bool, older: bool = False, spoken: Collection[str] = ()
) -> list[str]:
    """The sentences of an unconfirmed flag, without full stops: the missing confirmation, and its effect. quoted: the
    source is already named; older: the flag is older than the report, so a person's words in it (from a baseline)
    concern something else; spoken: the sides that the message quotes."""
    match flag.detail:
        case reasons.Awaiting(silent=silent) | reasons.OneSided(silent=silent) if quoted:
            waiting = [side for side in silent if side not in spoken]
            missing = NOT_CONFIRMED if not silent else not_confirmed(waiting, context.parties) if waiting else ""
            if not isinstance(flag.detail, reasons.Awaiting):
                return [missing]
            return [missing, f"confirmation would change the status to {status_caps(flag.detail.reached)}"]
        case reasons.Sighted() if quoted:
            return [sources_needed(flag.detail, flag.since)]
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
