"""What happened, as a whole sentence that fits a subject line: the best report's own words, else a sentence from typed facts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import partial

from monitor.domain.messages.context import RenderContext, language_of
from monitor.domain.messages.headlines.act_words import act_in_words, actor_of, effect_sentence, speaker_of
from monitor.domain.messages.headlines.news_verbs import AUXILIARIES, SURE_VERBS, word_set
from monitor.domain.messages.headlines.subject import topic_of
from monitor.domain.messages.headlines.whole_sentence import PREPOSITIONS, whole_sentence
from monitor.domain.messages.wording import detail_text
from monitor.domain.model import (
    NEGATIVE_EFFECTS,
    POSITIVE_EFFECTS,
    By,
    Commitment,
    Effect,
    FlagKind,
    FlagState,
    Signal,
    Story,
    Tier,
    Transition,
)
from monitor.domain.model.changes import (
    DeadlineMissed,
    DeadlineMoved,
    EventNoted,
    FlagChanged,
    NoticeDue,
    ShareChanged,
    StatusChanged,
    StepChanged,
    TermsChanged,
)
from monitor.domain.model.notation import days
from monitor.domain.model.reasons import (
    BehindPace,
    Count,
    CountedByOne,
    Disputed,
    DoubtDropped,
    DoubtTakenBack,
    DuePassed,
    ExpiryPassed,
    FirstDateMissed,
    FromBaseline,
    Lapsed,
    MetLate,
    Named,
    NewPeriod,
    NothingSince,
    Notice,
    PinEnded,
    Pinned,
    ReportTakenBack,
    StatusTakenBack,
    Unread,
)
from monitor.domain.model.sides import Parties
from monitor.domain.text.labels import (
    capitalised,
    conjugated,
    counter_name,
    decapitalised,
    format_amount,
    format_date,
    format_percent,
    period_name,
    status_caps,
    thing_does,
)
from monitor.domain.text.plain import one_line
from monitor.domain.text.writing_systems import UNSPACED_RANGE

SHORTEST = 24
"""Characters that the shortest sentence of each kind fits in."""
MOST_OF_IT = 0.7
"""The share of a headline that does not name the matter which a shorter form keeps (estimate)."""
_UNSPACED = re.compile(f"[{UNSPACED_RANGE}]")
_SIDE_WORDS = {
    "us": re.compile(r"\b(?:US|U\.S\.|America\w*|Washington|White House|Trump|Treasury)\b"),
    "cn": re.compile(r"\b(?:China|Chinese|Beijing|Xi|MOFCOM)\b"),
}
"""How headlines name the two sides: a clause that no longer names the side that acts does not say what happened."""
_COMMON = word_set(
    """
    china chinas united states american trump their with from into that which keep keeps each other least million both side sides
    takes took place than what were have they first next until again only date dates before after named names while another
    """
)


def happening(lead: Transition, signals: Sequence[Signal], context: RenderContext, limit: int) -> str:
    """What happened, as a whole sentence without its full stop, of at most `limit` characters and in one script.

    signals: those that may be quoted, whatever their order; their stories are in the context. limit: from SHORTEST on. What
    has a report is told in its words where they fit; dates that pass, people's acts and corrections are told in ours.
    """
    for text in _forms(lead, ranked_reports(lead, signals, context), context, limit):
        told = capitalised(one_line(text, 400))
        if told and len(told) <= limit and is_latin(told):
            return told
    return "Its status has changed"


def _forms(lead: Transition, ranked: Sequence[Signal], context: RenderContext, limit: int) -> Iterator[str]:
    """The sentences that tell a change, the best first."""
    yield from _without_report(lead, context)
    doubted = any(flag.kind is FlagKind.UNCONFIRMED for flag in lead.flags) or _raises_doubt(lead)
    commitment = context.commitments.get(lead.commitment)
    counted = isinstance(lead.change, ShareChanged) or isinstance(lead.reason.detail, CountedByOne)
    for signal in ranked:
        own = own_words(signal, context.stories[signal.story], commitment, context.parties, limit, loose=doubted)
        if not counted and _names_the_date(own, lead):
            yield own
    yield from _dates_and_counts(lead, ranked, context)
    for signal in ranked[:1]:
        yield from report_in_facts(signal, context)
    yield from _steps_and_terms(lead)
    yield from _status_sentences(lead)


def _names_the_date(text: str, lead: Transition) -> bool:
    """Whether a sentence on a moved date names it; any other change needs no date."""
    if not isinstance(lead.change, DeadlineMoved) or lead.change.new is None:
        return True
    day = lead.change.new
    return f"{day:%b}" in text and re.search(rf"\b{day.day}\b", text) is not None


# ---------------------------------------------------------------- the report that says it


def ranked_reports(lead: Transition, signals: Sequence[Signal], context: RenderContext) -> list[Signal]:
    """The signals by how well they say what happened.

    First those behind the change, and of them the effect that moved it; then reports in English, and of them the one that
    confirms it, where it does; then the acting side's own text, a wire that quotes it, other wires; then the earliest.
    """
    own, code = {*lead.evidence, *lead.reason.signals}, lead.reason.code.value
    effects = {effect.value for effect in Effect} - {Effect.NONE.value}

    def rank(signal: Signal) -> tuple[object, ...]:
        story = context.stories[signal.story]
        off_effect = code in effects and signal.effect.value != code
        told_before = lead.confirms and signal.happened.end != lead.happened
        return (
            signal.id not in own,
            off_effect,
            not is_english(story),
            told_before,
            _strength(signal, story, context),
            story.published_at,
            signal.id,
        )

    return sorted(signals, key=rank)


def _strength(signal: Signal, story: Story, context: RenderContext) -> int:
    """How near a report is to the act: 0 for the acting side's own text; 4 for a report of little weight."""
    tier, own_word = context.publishers.find(story.source, story.url).tier, signal.says.value == signal.by.value
    if own_word and tier is Tier.OFFICIAL:
        return 0
    if own_word:
        return 1 if tier <= Tier.WIRE else 2
    return 3 if tier <= Tier.WIRE else 4


def is_english(story: Story) -> bool:
    """Whether a story is in English, as far as its feed and its letters tell."""
    return language_of(story) in ("en", "") and is_latin(story.title)


def is_latin(text: str) -> bool:
    """Whether a text holds no letter of a script without blanks, such as Chinese: a subject is in one script."""
    return not _UNSPACED.search(text)


def own_words(
    signal: Signal, story: Story, commitment: Commitment | None, parties: Parties, limit: int, *, loose: bool = False
) -> str:
    """The title or the quote of a report as a whole sentence of at most `limit` characters; '' where neither fits."""
    if not is_english(story):
        return ""
    title, quote = one_line(story.title, 400), one_line(signal.quote, 400)
    texts: tuple[str, ...] = (quote, title) if signal.field == "summary" else (title, quote)
    acting = _words_of(signal.by, parties)
    figures, said = (set(re.findall(r"\d[\d.,]*\d|\d", text)) for text in (title, quote))
    if signal.field == "summary" and said and figures - said:
        texts = (quote,)  # the title tells of another amount
    for text in dict.fromkeys(texts):
        for form in dict.fromkeys((text, _without_topic(text, commitment))):
            keeps = partial(_says_it, whole=form, acting=acting, commitment=commitment)
            if told := whole_sentence(form, limit, keeps, loose=loose):
                return told
    return ""


def _without_topic(text: str, commitment: Commitment | None) -> str:
    """A headline without the words before a noun that its topic says already: 'Rare earths: China delays new rare-earth controls'."""
    words = re.findall(r"\w+", topic_of(commitment).removesuffix("s")) if commitment else []
    if not words:
        return text
    name = r"[ -]".join(map(re.escape, words))
    kept = re.search(rf"(?<=[a-z] )(?i:{name}) (?=([a-z]+)\b)", text)
    if kept is None or kept[1] in SURE_VERBS or kept[1] in AUXILIARIES or kept[1] in PREPOSITIONS:
        return text
    return text[: kept.start()] + text[kept.end() :]


def _words_of(by: By, parties: Parties) -> re.Pattern[str] | None:
    """How headlines name the party that acts; None where it is not known."""
    declared = parties.declared.get(by.value)
    if declared is None:
        return _SIDE_WORDS.get(by.value)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, (declared.label, *declared.words)))})\b")


def _says_it(kept: str, *, whole: str, acting: re.Pattern[str] | None, commitment: Commitment | None) -> bool:
    """Whether a shortened headline still names the matter and the side that acts, where the whole one does."""
    if len(kept) >= len(whole):
        return True
    if acting and acting.search(whole) and not acting.search(kept):
        return False
    topic = _topic_words(commitment) if commitment else frozenset()
    if not _mentions(whole, topic):  # then nothing but its length shows that the point is still there
        return len(kept) >= MOST_OF_IT * len(whole)
    return _mentions(kept, topic)


def _topic_words(commitment: Commitment) -> frozenset[str]:
    """The beginnings of the words that name a commitment: 'soyb', 'tari'."""
    criteria = " ".join(text for _, text in commitment.criteria)
    words = re.findall(r"[A-Za-z0-9]{4,}", f"{commitment.topic} {commitment.short} {commitment.name} {criteria}")
    return frozenset(word.lower()[:5] for word in words if word.lower() not in _COMMON)


def _mentions(text: str, beginnings: frozenset[str]) -> bool:
    return any(word.lower().startswith(tuple(beginnings)) for word in re.findall(r"\w+", text)) if beginnings else False


# ---------------------------------------------------------------- from typed facts


def report_in_facts(signal: Signal, context: RenderContext) -> Iterator[str]:
    """A report in our words, the fullest first: who says it, who acts, what the act is, how much."""
    act = act_in_words(signal, context.rules.get(signal.rule), context.parties)
    speaker, amount = speaker_of(signal), _amount_of(signal, context)
    amount = f", {amount}" if amount and amount not in act else ""
    doubled = (actor_of(signal, context.parties) or "one side") in speaker  # 'State Council of China says China ...'
    said = f"{speaker} {decapitalised(act)}" if speaker and not doubled else ""
    yield from (text for text in (f"{said}{amount}" if said else "", said, f"{act}{amount}", act) if text)
    yield effect_sentence(signal, context.parties)


def _amount_of(signal: Signal, context: RenderContext) -> str:
    """How much a report says was promised or done, in the unit that the commitment is counted in; '' else."""
    quantity, commitment = signal.quantity, context.commitments.get(signal.commitment)
    units = {target.unit for target in commitment.targets} if commitment else set()
    if quantity is None or quantity.unit not in units or signal.effect not in POSITIVE_EFFECTS:
        return ""
    return format_amount(quantity.low, quantity.unit)


def _dates_and_counts(lead: Transition, ranked: Sequence[Signal], context: RenderContext) -> Iterator[str]:
    """A moved date and a count in our words."""
    match lead.change:
        case DeadlineMoved(new=None, old=old) if old is not None:
            yield f"No report names {format_date(old)} any more"
        case DeadlineMoved(old=old, new=new) if new is not None and old == new:
            yield f"The date {format_date(new)} is confirmed"
        case DeadlineMoved(old=old, new=new) if new is not None:
            details = (lead.reason.detail, *(flag.detail for flag in lead.flags))
            sides = [detail.said_by for detail in details if isinstance(detail, Named)]
            sides += [signal.says.value for signal in ranked if context.parties.can_owe((signal.says.value,))]
            if sides:
                yield f"{context.parties.does(sides[0], 'name')} a {'new ' if old else ''}date, {format_date(new)}"
            yield f"The date is now {format_date(new)}"
        case ShareChanged(new=share, label=label):
            of = label if label[:1].isdigit() or not label else f"the target for {period_name(label)}"
            yield f"{format_percent(share)} of {of or 'the target'} is counted"
            yield f"{format_percent(share)} is counted"
        case _:
            if isinstance(lead.reason.detail, CountedByOne):
                yield from _counted_by_one(lead.reason.detail.alone)


def _counted_by_one(count: Count) -> Iterator[str]:
    """'Bloomberg counts 7 Mt booked', 'Traders' counts say 12 Mt booked'."""
    name = counter_name(count.counter)
    verb = conjugated(name, "count") if "count" not in name else "say"
    counted = f"{name} {verb} {format_amount(count.amount, count.unit)}"
    yield f"{counted} {count.basis}".rstrip()
    yield counted


def _steps_and_terms(lead: Transition) -> Iterator[str]:
    """A step or a term in our words, where no report is stored any more."""
    match lead.change:
        case StepChanged(new=None, old=old):
            yield f"The step “{old}” is not reported any more"
            yield "A step is not reported any more"
        case StepChanged(new=new):
            yield f"The step “{new}” is done"
            yield "A further step is done"
        case TermsChanged(new=None):
            yield "A term is not reported any more"
        case TermsChanged(new=new):
            yield f"New terms are reported: {new}"
            yield "New terms are reported"


def _status_sentences(lead: Transition) -> Iterator[str]:
    """What is left to say where no report is stored any more."""
    match lead.change:
        case StatusChanged(new=new):
            yield f"The status is now {status_caps(new)}"
            yield f"It is now {status_caps(new)}"
        case FlagChanged(flag=FlagKind.UNCONFIRMED, new=FlagState.CONFIRMED):
            yield "It is now confirmed"
        case EventNoted(effect=effect):
            yield "A step back is reported" if effect in NEGATIVE_EFFECTS else "A step is reported"


# ---------------------------------------------------------------- what no report tells


def _raises_doubt(lead: Transition) -> bool:
    change = lead.change
    return isinstance(change, FlagChanged) and (change.flag, change.new) == (FlagKind.UNCONFIRMED, FlagState.RAISED)


def _without_report(lead: Transition, context: RenderContext) -> Iterator[str]:
    """Dates that come near or pass, people's acts, corrections, and flags: told in our words."""
    match lead.change:
        case NoticeDue(what=what, date=date, days_left=left):
            kind = lead.reason.detail.kind if isinstance(lead.reason.detail, Notice) else "due"
            ends = kind == "expiry"
            if what:
                named = thing_does(what, "end") if ends else f"{thing_does(what, 'is', 'are')} due"
                yield f"In {days(left)}: {named} ({format_date(date)})"
                yield f"In {days(left)}: {what} ({format_date(date)})"
            yield f"In {days(left)} it {'ends' if ends else 'is due'} ({format_date(date)})"
            yield f"{days(left)} are left" if left != 1 else "One day is left"
        case DeadlineMissed(date=date):
            yield f"The first date, {format_date(date)}, was missed"
            yield f"{format_date(date)} was missed"
        case FlagChanged(flag=FlagKind.UNCHECKED):
            yield "A date passed while no source was read"
            yield "No source was read"
        case FlagChanged(flag=FlagKind.CONTESTED, new=FlagState.RAISED):
            if isinstance(lead.reason.detail, Disputed):
                yield f"{lead.reason.detail.who} and {lead.reason.detail.other} contradict each other"
            yield "Reports contradict each other"
        case _:
            yield from _by_reason(lead, context)


def _by_reason(lead: Transition, context: RenderContext) -> Iterator[str]:  # noqa: C901 - a case for each kind of detail
    match lead.reason.detail:
        case Lapsed(kind="due", date=date):
            yield f"The {format_date(date)} date passed; it was not kept"
            yield f"{format_date(date)} was not kept"
        case Lapsed(date=date) | ExpiryPassed(date=date):
            yield f"The {format_date(date)} date passed; no extension seen"
            yield f"It ran to {format_date(date)}"
        case DuePassed(date=date):
            yield f"The {format_date(date)} date passed; it is not done yet"
            yield f"{format_date(date)} was missed"
        case FirstDateMissed(date=date):
            yield f"The first date, {format_date(date)}, was missed"
            yield f"{format_date(date)} was missed"
        case MetLate(date=date):
            yield f"It was met after {format_date(date)}, the first date"
            yield "It was met late"
        case Unread(kind="news", since=since):
            yield f"No source was read since {format_date(since)}"
        case Unread(date=date):
            yield f"{format_date(date)} passed while no source was read"
            yield f"{format_date(date)} is unchecked"
        case NothingSince(date=date):
            yield f"No news since {format_date(date)}"
        case NewPeriod(label=label):
            yield f"A new period began: {label}"
            yield "A new period began"
        case BehindPace() as pace:
            yield f"{format_amount(pace.counted, pace.unit)} of {format_amount(pace.target, pace.unit)} is behind the pace"
            yield "The count is behind the pace"
        case FromBaseline(date=date):
            yield f"The baseline of {format_date(date)} says so"
        case Pinned(by=by):
            yield f"{by} pins the status as {_status_of(lead)}"
            yield f"Pinned as {_status_of(lead)}"
        case PinEnded(held=held):
            yield f"The pin as {status_caps(held)} has ended"
            yield "The pin has ended"
        case StatusTakenBack(told=told) | DoubtTakenBack(doubt=told):
            yield f"Withdrawn: the report that {_lowered(detail_text(told, context.parties))}"
            yield "Withdrawn: the report behind it"
        case ReportTakenBack():
            yield "Withdrawn: the report behind it"
        case DoubtDropped():
            yield "The doubt is no longer reported"


def _status_of(lead: Transition) -> str:
    return status_caps(lead.change.new) if isinstance(lead.change, StatusChanged) else status_caps(lead.standing)


def _lowered(text: str) -> str:
    """A sentence to go on with: a capital that begins a plain word is lowered."""
    first = text.partition(" ")[0]
    return text[:1].lower() + text[1:] if first in ("The", "A", "An", "Two", "Three", "Both", "No") else text
