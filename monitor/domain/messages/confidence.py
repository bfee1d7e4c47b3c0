"""How sure a change is, and on whose word: one to three plain sentences."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from monitor.domain.messages.context import RenderContext, outlet_names, source_name, spoken_detail, spoken_name
from monitor.domain.messages.wording import detail_text, not_confirmed, sources_needed
from monitor.domain.model import Flag, FlagKind, Says, Signal, Tier, reasons
from monitor.domain.model.sides import Parties
from monitor.domain.text.labels import format_date, join_few, number_word, sentence, status_caps
from monitor.domain.text.plain import one_line
from monitor.domain.verdicts.corroboration import count_sources, is_official_act

MAX_DOUBT = 220
"""Characters of a doubt in its own words (estimate); a longer one is reduced to the missing confirmation."""
MAX_NAMES = 3
"""Outlets that the sentence names; if there are more, it names two and counts the others."""
KINDS = ("official", "figures", "the company", "state media")
"""The kinds of speakers, the best first."""
EFFECT = "confirmation would change the status to"
NOT_CONFIRMED = "not yet confirmed by a second source"


def confidence_line(signals: Sequence[Signal], flags: Sequence[Flag], context: RenderContext) -> str:
    """'Official: the US Treasury, via Reuters. China has not confirmed it.', 'Two independent reports: Reuters, CNBC.';
    '' without any report. signals: the evidence of the change; flags: the flags that concern it."""
    contested = next((flag for flag in flags if flag.kind is FlagKind.CONTESTED), None)
    doubts = [flag for flag in flags if flag.kind is FlagKind.UNCONFIRMED]
    if is_formal(signals):  # the date of an order needs no second side
        doubts = [flag for flag in doubts if not isinstance(flag.detail, reasons.Named)]
    speakers = [signal for signal in signals if signal.says is not Says.PRESS]
    names, opening, backed = [] if speakers or contested else _independent_press(signals, context), "", False
    if contested and isinstance(contested.detail, reasons.Disputed):
        opening = f"contested: {contested.detail.who} and {contested.detail.other} contradict each other"
    elif contested:
        opening = f"contested: {one_line(detail_text(contested.detail, context.parties) or contested.subject, 200)}"
    elif speakers:
        opening = _said_by(speakers, signals, context)
    elif len(names) > 1:
        more = f" and {number_word(len(names) - MAX_NAMES + 1)} others"
        listed = ", ".join(names[: MAX_NAMES - 1]) + more if len(names) > MAX_NAMES else ", ".join(names)
        opening = f"{number_word(len(names))} independent reports: {listed}"
    elif signals:
        outlets = outlet_names((context.stories[signal.story] for signal in signals), context)
        carried = join_few([name for name in outlets if name not in names], MAX_NAMES)
        small = {signal.origin for signal in signals if signal.tier is Tier.UNKNOWN}
        backed = bool(names) and len(small) >= context.policy.unlisted_per_source > 0
        word = "; smaller outlets agree: " if backed else ", also in " if carried else ""
        alone = f"one report: {names[0]}{word}{carried}" if names else ""
        opening = alone or f"reported by {carried}, which is not enough on its own"
    reported = min((signal.happened.end for signal in signals), default=None)
    # Officials speak for their side; state media report, and their side is still to confirm it.
    officials = [signal.says for signal in speakers if not _is_state_media(signal, context)]
    spoken = frozenset[str]().union(*(says.parties or {says.value} for says in officials))
    doubted: list[str] = []
    for flag in doubts:
        older = reported is not None and flag.since < reported
        doubted += doubt_sentences(flag, context, quoted=bool(opening), older=older, spoken=spoken)
    if len(names) > 1:
        doubted = [text for text in doubted if text != NOT_CONFIRMED]
    elif signals and not (doubted or speakers or contested or backed):
        doubted = [NOT_CONFIRMED]
    # One effect of a confirmation is enough.
    said = {
        text[: len(EFFECT)] if text.startswith(EFFECT) else text: text for text in (*doubted[::-1], opening) if text
    }
    return " ".join(sentence(text.rstrip(".")) for text in reversed(said.values()))


def is_formal(signals: Iterable[Signal]) -> bool:
    """Whether a side records its own act in its own text: an order, a notice."""
    return any(is_official_act(signal) and signal.says.value == signal.by.value for signal in signals)


def _is_state_media(signal: Signal, context: RenderContext) -> bool:
    story = context.stories[signal.story]
    own = context.publishers.find(story.source, story.url)
    named = own if own.origin == signal.origin else context.publishers.find(source_name(signal, context))
    return named.tier is Tier.STATE_MEDIA


def _said_by(speakers: Sequence[Signal], signals: Sequence[Signal], context: RenderContext) -> str:
    """'official: the US Treasury; also reported by Reuters', 'state media: Xinhua'. Outlets of the speakers themselves
    are not named again."""
    named: dict[str, dict[str, str]] = {}
    for signal in speakers:
        kind = "figures" if signal.says is Says.DATA else "official" if signal.says.parties else "the company"
        kind = "state media" if kind == "official" and _is_state_media(signal, context) else kind
        name = source_name(signal, context)
        for each in name.split(" and ") if len(signal.says.parties) > 1 else [name]:
            named.setdefault(kind, {})[each] = spoken_name(each, context)
    parts = (f"{kind}: {join_few(tuple(dict.fromkeys(named[kind].values())))}" for kind in KINDS if kind in named)
    text, stories = "; ".join(parts), [context.stories[signal.story] for signal in signals]
    carriers = outlet_names(stories, context, apart=frozenset().union(*named.values()))
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
        if signal.tier not in counting and {source for source, _ in outlets} != {story.source}:
            outlets.sort(key=lambda each: context.publishers.find(*each).tier)
            best = context.publishers.find(*outlets[0])
            signal = replace(signal, tier=best.tier, origin=best.origin)
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
            reached = status_caps(flag.detail.reached) if isinstance(flag.detail, reasons.Awaiting) else ""
            return [text for text in (missing, f"{EFFECT} {reached}" if reached else "") if text]
        case reasons.Sighted() if quoted:
            return [sources_needed(flag.detail, flag.since)]
        case reasons.Named(date=day, waiting=waiting) if quoted and waiting:
            return [f"{not_confirmed(waiting, context.parties).removesuffix(' it')} the date, {format_date(day)}"]
        case reasons.Text() if quoted and older:
            return [awaited_confirmation(flag, context.parties)]
    text = one_line(detail_text(spoken_detail(flag.detail, context), context.parties), 2 * MAX_DOUBT).rstrip(".")
    return [text if 0 < len(text) <= MAX_DOUBT else awaited_confirmation(flag, context.parties)]


def awaited_confirmation(flag: Flag, parties: Parties) -> str:
    """The missing confirmation in words, from the flag's subject."""
    if flag.subject == "data":
        return "no independent data confirm it yet"
    # With "others", perhaps only a second source is missing.
    by_name = parties.can_owe(flag.sides) and "others" not in flag.sides
    return not_confirmed(sorted(flag.sides), parties) if by_name else NOT_CONFIRMED
