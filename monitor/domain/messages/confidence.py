"""How sure a change is, and on whose word: one to three plain sentences."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import chain

from monitor.domain.messages.context import RenderContext, outlet_names, source_name, spoken_detail, spoken_name
from monitor.domain.messages.wording import detail_text, not_confirmed, sources_needed
from monitor.domain.model import (
    NEGATIVE_EFFECTS,
    By,
    Effect,
    Flag,
    FlagKind,
    Kind,
    Modality,
    Says,
    Signal,
    Tier,
    reasons,
)
from monitor.domain.model.sides import Parties, joint, parties_in
from monitor.domain.stories.headline_words import ACTORS, AUXILIARIES, GOODS, ORDER_AND_TIME, RELATING
from monitor.domain.text.labels import join_few, number_word, sentence, status_caps
from monitor.domain.text.plain import one_line
from monitor.domain.text.writing_systems import HAN_CHAR
from monitor.domain.verdicts.corroboration import (
    SAME_DAYS,
    SHORT_WORD,
    UNNAMED,
    count_sources,
    headline_words,
    is_official_act,
    is_relayed,
)
from monitor.domain.verdicts.events import MERE_WORDS

MAX_DOUBT = 220
"""Characters of a doubt in its own words (estimate); a longer one is reduced to the missing confirmation."""
MAX_NAMES = 4
"""Outlets that the sentence names; if there are more, it names three and counts the others."""
EFFECT = "would change the status to"
OFFICIAL_DATE = "official date"
SAME_WORDS, OWN_WORDS = 3, 2
"""Words that reports of one act share at least; an official's own text with the report, if both match one rule, and the
press, without names and goods (estimates)."""
BEFORE = timedelta(hours=12)
"""A report that came so long before a speaker's words is not of them (estimate)."""
OTHER_WORDS = ACTORS | GOODS | ORDER_AND_TIME | {"over"}
"""Words of a headline that tell no act, besides those that name the commitment."""
STILL_AWAITED = timedelta(days=30)
"""How long the word of a side on a report is awaited: later its silence is no news (estimate)."""
SAME_DAY = timedelta(days=1)
"""Days that two reports name for one act differ at most by so much: the first and the second day of a visit."""
LONG_HEADLINE, LONG_SHARE = 8, 0.9
"""Headlines that share so many words, and so much of the shorter one, are one wire's (estimates, for a reader only)."""
_SOURCED = re.compile(
    r"\b(?:sources?|insiders?|people familiar)\b.{0,20}\b(?:says?|said|tells?|told)\b|"
    r"\b(?:says?|said|tells?|told|according to) (?:\w+ )?(?:sources?|insiders?)\b|[-–—:] sources?$",
    re.IGNORECASE,
)
"""A headline that names no one for what it tells. Narrower than UNNAMED, which only finds retold reports: here the
reader is told so."""
_RETOLD = re.compile(r"[:–—-] (?:media )?reports?$", re.IGNORECASE)
"""The end of a headline that only retells what other media have."""
_OF_OTHERS = re.compile(r"\b(?:reports?|says|exclusive)\W*$|^exclusive\b", re.IGNORECASE)
"""A headline that has its act from another outlet ("…, Information reports", "…, FT says"), or from one alone."""
COUNTS = re.compile(r"(?<![\w-])\d|\b(?:data|figures|zero|exports? (?:rise|fall|drop|jump))\b|数据", re.IGNORECASE)
"""What an office of statistics has counted, not what it does."""
_WHOLE_SIDE = re.compile(r"(?:the )?\w+|.*\bofficials", re.DOTALL)
"""The name of a whole government, "Beijing", "US officials", as no office of sources.yaml has it."""
_ENDING = re.compile(r"(?:(.)\1)?(?:ing|ed|es|e|s)?$")
"""What differs between forms of one word: "banned", "bans"."""
KINDS = ("official", "figures", "the company")
"""The kinds of speakers, the best first; state media come after them."""
LAST = (Tier.STATE_MEDIA, Tier.AGGREGATOR, Tier.UNKNOWN)
NO_CARRIER = (Tier.OFFICIAL, Tier.AGGREGATOR)
""" "Via Google News" says nothing, and an office's own page is no outlet."""


def supporting(main: Signal | None, signals: Sequence[Signal]) -> tuple[Signal, ...]:
    """The signals that report the act of the main report, which comes first; all of them without a main report.

    Of an act of one side other sides are no source once that side itself speaks, nor are those that a blow hits where
    the press has it as an act of that side.
    """
    if main is None:
        return tuple(signals)
    acting, bad = main.by.parties, main.effect in NEGATIVE_EFFECTS
    alike = (s for s in signals if s is not main and (s.effect in NEGATIVE_EFFECTS) == bad)
    found = [main, *(s for s in alike if is_same_act(s, main))]
    if any(signal.says.parties & acting for signal in found) or (bad and main.says is Says.PRESS and main.announcer):
        found = [s for s in found if s is main or s.says.parties & acting or not s.says.parties]
    return tuple(found)


def is_same_act(signal: Signal, main: Signal) -> bool:
    """Whether a signal reports the act of the main report, within two days: in the same words, as the same step, or for
    the same day; the press also by the same rule of the same object, a speaker by the same rule in a text of its own or
    where only the press has told it. The side that acts alone needs only one word. Speakers have the same actor and
    effect. Texts in two languages need the same rule or step, or an act of the same sides together."""
    apart = signal.happened.end - main.happened.end
    if abs(apart) > SAME_DAYS or (main.says is not Says.PRESS and apart < -BEFORE):
        return False
    if main.by.parties and signal.by is By.COMPANY and signal.says is Says.COMPANY:
        return False  # what a company says of its own act confirms none of a government
    same_rule, same_effect = signal.rule == main.rule, signal.effect is main.effect
    alike = signal.by in (main.by, By.UNKNOWN) and same_effect
    firm = same_effect and Modality.RUMOUR not in (signal.modality, main.modality)
    another = min(map(len, (signal.by.parties, main.by.parties))) and signal.by.parties.isdisjoint(main.by.parties)
    same_step = firm and signal.object == main.object != "" and not another
    if alike and signal.date and main.date and abs(signal.date.date - main.date.date) <= SAME_DAY:
        return True
    if HAN_CHAR.search(signal.quote) or HAN_CHAR.search(main.quote):
        joint = firm and len(main.by.parties) > 1
        return same_step or (alike and (joint or (same_rule and signal.object == main.object)))
    shared = _words(signal) & _words(main)
    if signal.says is Says.PRESS:
        matter = set() if alike else _words(replace(main, quote=main.commitment.rpartition("-")[2]))
        acts = (_words(signal, OTHER_WORDS) & _words(main, OTHER_WORDS)) - matter
        enough = OWN_WORDS if same_rule or same_effect else SAME_WORDS
        same_object = same_rule and signal.object == main.object and (alike or (signal.object != "" and not another))
        return same_step or len(acts) >= enough or (same_object and bool(acts))
    if len(main.by.parties) == 1 and signal.says.value == main.by.value and main.by.parties <= signal.by.parties:
        return (same_effect or same_rule) and not shared.isdisjoint(_words(main, ACTORS))
    needed = SAME_WORDS
    if same_rule and signal.tier in (Tier.OFFICIAL, Tier.STATE_MEDIA):
        needed = 0 if signal.says is main.says else OWN_WORDS
    elif same_rule and firm and signal.modality is main.modality and main.says is Says.PRESS and apart >= -BEFORE:
        alike, needed = alike or not signal.by.parties.isdisjoint(main.by.parties), OWN_WORDS
    return alike and len(shared) >= needed


def _words(signal: Signal, but: Collection[str] = ()) -> set[str]:
    words = headline_words(signal.quote) - AUXILIARIES - RELATING - {*but}
    return {_ENDING.sub(r"\1", word) for word in words if len(word) > SHORT_WORD}


def confidence_line(
    signals: Sequence[Signal],
    flags: Sequence[Flag],
    context: RenderContext,
    told: Sequence[Signal] = (),
    *,
    dated: bool = False,
) -> str:
    """'Official: the US Treasury, via Reuters. No statement from China seen yet.', 'Two outlets: Reuters and CNBC.'; ''
    without any report. signals: the evidence of the change; flags: the flags that concern it; told: of these signals
    those that report the act in the headline, which alone are named, its own report first; dated: a day that they
    named has come, and nobody says so."""
    contested = next((flag for flag in flags if flag.kind is FlagKind.CONTESTED), None)
    doubts = [flag for flag in flags if flag.kind is FlagKind.UNCONFIRMED]
    is_act = bool(told) and not dated and not contested
    told = tuple(signals if contested or not told else told)
    if is_formal(told):  # the date of an order needs no second side
        doubts = [flag for flag in doubts if not isinstance(flag.detail, reasons.Named)]
    voices = [(kind, signal) for signal in told if (kind := _voice(signal, told[0], context))]
    voices = [each for each in voices if each[1].tier is not Tier.UNKNOWN] or voices
    opening, by_office = "", False
    if contested and isinstance(contested.detail, reasons.Disputed):
        opening = f"contested: {contested.detail.who} and {contested.detail.other} contradict each other"
    elif contested:
        opening = f"contested: {one_line(detail_text(contested.detail, context.parties) or contested.subject, 200)}"
    elif voices:
        opening = _said_by(voices, told, context, official=OFFICIAL_DATE if dated else "official")
    elif told and (announcer := told[0].announcer) and not context.parties.can_owe((announcer,)):
        announced, by_office = [("", signal) for signal in told if signal.announcer == announcer], True
        opening = f"{'' if _is_secondhand(told[0]) else 'official: '}{_said_by(announced, told, context, official='')}"
    elif told:
        opening = _act_of(told[0], context) + _reported_by(told, context)
    reported = min((signal.happened.end for signal in signals), default=None)
    heard = [*signals, *(_spoken_lately(signals[0], context) if signals else ())]
    spoken = frozenset[str]().union(*(signal.says.parties or {signal.says.value} for signal in heard))
    spoken |= told[0].by.parties if by_office else frozenset()
    doubted = _not_heard(told, signals, context) if voices and is_act else []
    for flag in doubts:
        awaited = any(isinstance(each.detail, reasons.Awaiting) for each in doubts)
        if isinstance(flag.detail, reasons.Sighted) and awaited:
            continue  # one effect of a confirmation is enough
        older = reported is not None and flag.since < reported
        acting = told[0].by.parties if told else frozenset[str]()
        doubted += doubt_sentences(flag, context, quoted=bool(opening), older=older, spoken=spoken, acting=acting)
    if told and not voices:  # the number of the sources is said already
        doubted = [text for text in doubted if text != not_confirmed((), context.parties)]
    # One effect of a confirmation is enough.
    said = {EFFECT if EFFECT in text else text: text for text in (*doubted[::-1], opening) if text}
    return " ".join(sentence(text.rstrip(".")) for text in reversed(said.values()))


def _act_of(report: Signal, context: RenderContext) -> str:
    """'an act of China, as reported by ', of words 'China, as reported by '; '' of what no government does, and of an
    act that is missing."""
    rule = context.rules.get(report.rule)
    bad = report.effect in NEGATIVE_EFFECTS
    is_missing = rule is not None and bad and rule.effect not in NEGATIVE_EFFECTS | {Effect.NONE}
    if not report.announcer or is_missing or _is_secondhand(report) or _is_counted(report, context):
        return ""
    deed = report.effect not in MERE_WORDS
    return f"{'an act of ' if deed else ''}{context.parties.names((report.announcer,))}, as reported by "


def _spoken_lately(report: Signal, context: RenderContext) -> Iterable[Signal]:
    """What was said of late of the same commitment in the same direction: who has spoken is not silent."""
    bad, oldest = report.effect in NEGATIVE_EFFECTS, report.happened.end - timedelta(context.policy.corroborate_days)
    for signal in context.signals.values():
        firm = signal.effect is not Effect.NONE and signal.modality is not Modality.RUMOUR
        alike = signal.commitment == report.commitment and (signal.effect in NEGATIVE_EFFECTS) == bad
        if firm and alike and signal.happened.end >= oldest:
            yield signal


def _not_heard(told: Sequence[Signal], signals: Sequence[Signal], context: RenderContext) -> list[str]:
    """'no statement from China seen yet', where the speakers tell another side's act, or one of that side and their
    own, and no report has that side speak of it."""
    main, speaking = told[0], frozenset[str]().union(*(signal.says.parties for signal in told))
    if context.now - main.happened.end > STILL_AWAITED:
        return []
    own, known = main.by.parties & speaking, context.commitments.get(main.commitment)
    of_talks = known is not None and known.kind is Kind.SERIES  # they are held together, whoever tells of them
    if own and (of_talks or main.modality is Modality.FORMAL or any(s.tier is Tier.OFFICIAL for s in told)):
        return []
    lately = (s for s in _spoken_lately(main, context) if s.rule == main.rule or s.object == main.object)
    silent = main.by.parties.difference(*(signal.says.parties for signal in (*told, *signals, *lately)))
    return [not_confirmed(sorted(silent), context.parties)] if speaking and silent else []


def is_formal(signals: Iterable[Signal]) -> bool:
    """Whether a side records its own act in its own text: an order, a notice."""
    return any(is_official_act(signal) and signal.says.value == signal.by.value for signal in signals)


def _voice(signal: Signal, main: Signal, context: RenderContext) -> str:
    """The kind of speaker that a report quotes; '' for the press, and for state media that report what others tell, or
    an act of another side."""
    if signal.says in (Says.PRESS, Says.DATA):
        return "figures" if signal.says is Says.DATA and COUNTS.search(signal.quote) else ""
    if not signal.says.parties:
        return "the company"
    story = context.stories[signal.story]
    own = context.publishers.find(story.source, story.url)
    named = own if own.origin == signal.origin else context.publishers.find(source_name(signal, context))
    if named.tier is not Tier.STATE_MEDIA:
        return "official"
    of_its_side = signal.by is By.UNKNOWN or signal.by.parties & signal.says.parties
    is_own = of_its_side and main.says is signal.says
    return f"{context.parties.names((signal.says.value,))}'s state media" if is_own else ""


def _said_by(
    voices: Sequence[tuple[str, Signal]], told: Sequence[Signal], context: RenderContext, *, official: str
) -> str:
    """'official: the US Treasury, via Reuters; also reported by CNBC'; without a kind 'Donald Trump, via CNBC'. State
    media are named as such only if no official speaks, and outlets of the speakers themselves are not named again."""

    def is_vague(name: str) -> bool:
        return _WHOLE_SIDE.fullmatch(name) is not None and context.publishers.find(name).tier is Tier.UNKNOWN

    named: dict[str, dict[str, str]] = {}
    exact = [signal.says.parties for _, signal in voices if not is_vague(source_name(signal, context))]
    for kind, signal in sorted(voices, key=lambda each: KINDS.index(each[0]) if each[0] in KINDS else len(KINDS)):
        if kind not in KINDS and "official" in named:
            continue
        name = source_name(signal, context) if kind else signal.announcer
        for each in name.split(" and ") if len(signal.says.parties) > 1 else [name]:
            if is_vague(each) and any(len(side) == 1 and side <= signal.says.parties for side in exact):
                continue  # its ministry is named
            named.setdefault(kind, {})[each] = spoken_name(each, context)
    labels = ((official if kind == "official" else kind, names) for kind, names in named.items())
    groups = ((label, join_few(tuple(dict.fromkeys(names.values())))) for label, names in labels)
    text = "; ".join(": ".join(filter(None, group)) for group in groups)
    apart, own_text, carriers = frozenset().union(*named.values()), False, (list[str](), list[str]())
    # The outlets of the main report first, and those last that only repeat.
    for signal in sorted(told, key=lambda each: (each is not told[0], each.tier in LAST)):
        stories = [context.stories[signal.story]]
        tiers = {name: context.publishers.find(name).tier for name in outlet_names(stories, context, apart)}
        press = [name for name, tier in tiers.items() if tier not in NO_CARRIER]
        if signal.says is Says.PRESS and all(context.publishers.find(name).origin != signal.origin for name in tiers):
            press = [spoken_name(signal.origin, context)]  # the agency that these outlets credit
        quotes = any(signal is speaking for _, speaking in voices)
        by_itself = len(tiers) < len(outlet_names(stories, context)) or Tier.OFFICIAL in tiers.values()
        own_text = own_text or (quotes and by_itself)
        carriers[0 if quotes else 1].extend(press)
    via = [] if own_text else [*dict.fromkeys(carriers[0])]
    others = (name for name in dict.fromkeys(chain(*carriers)) if name not in via)
    also = [name for name in others if context.publishers.find(name).tier is not Tier.UNKNOWN]  # the rest adds nothing
    text += f", via {join_few(via, MAX_NAMES)}" if via else ""
    return f"{text}; also reported by {join_few(also, MAX_NAMES)}" if also else text


def is_retold(signal: Signal) -> bool:
    """Whether a report only retells what other media have, whoever they are."""
    return is_relayed(signal) or _RETOLD.search(signal.quote) is not None


def _is_secondhand(signal: Signal) -> bool:
    """Whether a report has its act from sources without names, or from other media."""
    return is_retold(signal) or any(form.search(signal.quote) for form in (UNNAMED, _SOURCED, _OF_OTHERS))


def _is_counted(signal: Signal, context: RenderContext) -> bool:
    """Whether an act is one of trade, which no government does or announces."""
    commitment = context.commitments.get(signal.commitment)
    return signal.quantity is not None or (commitment is not None and bool(commitment.targets))


def _is_reprint(signal: Signal, known: Signal) -> bool:
    words, others = headline_words(signal.quote), headline_words(known.quote)
    return len(words & others) >= max(LONG_HEADLINE, LONG_SHARE * min(len(words), len(others)))


def _reported_by(told: Sequence[Signal], context: RenderContext) -> str:
    """'two outlets: Reuters and CNBC', 'one outlet so far: Reuters': one for each independent report that corroborates
    by the policy, that of the main report first, and none that retells what another one has from unnamed sources. A
    report that arrived first through a publisher of a lower tier counts for the best outlet that carried it, and what a
    paper quotes from another one for that one. Unnamed sources are called so."""
    counting, names, unnamed = context.policy.corroborating_tiers, list[str](), list[str]()
    counted: tuple[Signal, ...] = ()
    order = sorted(told, key=lambda each: (max(each.tier, Tier.WIRE), each is not told[0], each.happened.end))
    for signal in sorted(order, key=lambda each: (is_retold(each), not UNNAMED.search(each.quote))):
        story = context.stories[signal.story]
        outlets = [(story.source, story.url), *((outlet.source, outlet.url) for outlet in story.outlets)]
        # A signal ranks below its only publisher where it quotes a reporter's question.
        if signal.tier not in counting and {source for source, _ in outlets} != {story.source}:
            outlets.sort(key=lambda each: context.publishers.find(*each).tier)
            best = context.publishers.find(*outlets[0])
            signal = replace(signal, tier=best.tier, origin=best.origin)
        if (counted and is_retold(signal)) or any(_is_reprint(signal, known) for known in counted):
            continue
        if signal.tier in counting and count_sources((*counted, signal)) > len(counted):
            printed = context.publishers.find(*outlets[0]).origin == signal.origin
            name = context.outlet(*outlets[0]) if printed else spoken_name(signal.origin, context)
            counted, names = (*counted, signal), [*names, name]
            unnamed += [name] if _SOURCED.search(signal.quote) else []
    listed = (context.stories[signal.story] for signal in told if signal.tier in counting)
    also = join_few(outlet_names(listed, context, apart=names), MAX_NAMES - 1)
    whose = ", from unnamed sources" if names == unnamed else ""
    if len(names) > 1:  # one that is quoted and only repeats another is named, and does not count
        shown = [f"{name} (from unnamed sources)" if name in unnamed and not whose else name for name in names]
        text = f"{number_word(len(names))} outlets: {join_few(shown, MAX_NAMES)}{whose}"
        return f"{text}; the same report in {also}" if also else text
    unlisted = (context.stories[signal.story] for signal in told if signal.tier is Tier.UNKNOWN)
    small = outlet_names(unlisted, context, apart=names)
    if names and len(small) >= context.policy.unlisted_per_source > 0:
        return f"{names[0]} and {number_word(len(small))} smaller outlets: {join_few(small, MAX_NAMES - 1)}"
    if not names:
        others = outlet_names((context.stories[signal.story] for signal in told), context)
        return f"only smaller outlets so far: {join_few(others, MAX_NAMES - 1)}"
    return f"one report: {names[0]}{whose}, also in {also}" if also else f"one outlet so far: {names[0]}{whose}"


def doubt_sentences(
    flag: Flag,
    context: RenderContext,
    *,
    quoted: bool,
    older: bool = False,
    spoken: Collection[str] = (),
    acting: Collection[str] = (),
) -> list[str]:
    """The sentences of an unconfirmed flag, without full stops: the missing confirmation, and its effect. quoted: the
    source is already named; older: the flag is older than the report, so a person's words in it (from a baseline)
    concern something else; spoken: the sides that the message quotes; acting: those whose act it tells."""
    match flag.detail:
        case reasons.Awaiting(silent=silent) | reasons.OneSided(silent=silent) if quoted:
            waiting = [side for side in silent if side not in spoken]
            reached = status_caps(flag.detail.reached) if isinstance(flag.detail, reasons.Awaiting) else ""
            missing = not_confirmed(waiting, context.parties) if waiting or not (silent or reached) else ""
            apart = acting and parties_in(joint(silent)).isdisjoint(acting) and "others" not in silent
            names, what = context.parties.names(silent), "confirmation" if silent else "a second source"
            if silent and apart:
                what = f"the same step by {names}"
            elif not waiting and silent == (Says.COMPANY.value,):  # it has spoken, where it does not count
                what = "one more source"
            elif silent and not waiting and "others" not in silent:  # it has spoken, and not of a deed
                what = f"a statement by {names} that this is done"
            effect = f"{what} {EFFECT} {reached}" if reached else ""
            return [text for text in (missing, effect) if text]
        case reasons.Sighted() if quoted:
            return [sources_needed(flag.detail, flag.since)]
        case reasons.Text() if quoted and older:
            return [awaited_confirmation(flag, context.parties)]
    text = one_line(detail_text(spoken_detail(flag.detail, context), context.parties), 2 * MAX_DOUBT).rstrip(".")
    return [text if 0 < len(text) <= MAX_DOUBT else awaited_confirmation(flag, context.parties)]


def awaited_confirmation(flag: Flag, parties: Parties) -> str:
    """The missing confirmation in words, from the flag's subject."""
    if flag.subject == "data":
        return "no independent data seen yet"
    # With "others", perhaps only a second source is missing.
    by_name = parties.can_owe(flag.sides) and "others" not in flag.sides
    return not_confirmed(sorted(flag.sides) if by_name else (), parties)
