"""The events of the news, each told once: recorded changes or a reported act, their reports and their best words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.domain.matching.document import TITLE
from monitor.domain.messages.acts import act_sentence
from monitor.domain.messages.change_text import ChangeText, change_text
from monitor.domain.messages.context import RenderContext, is_english, known_signals, outlet_names
from monitor.domain.messages.events.reported_acts import (
    MAX_PLAIN,
    MOOD,
    SAME_EVENT,
    best_reports,
    is_read_alike,
    is_still_ahead,
    known_outlets,
    leads_its_title,
    parent_of,
    tells_alone,
    tells_plainly,
    turns,
)
from monitor.domain.messages.headline import PRAISE
from monitor.domain.model import (
    By,
    Cause,
    Direction,
    Effect,
    Kind,
    Level,
    Modality,
    ReasonCode,
    Signal,
    Tier,
    Transition,
    TransitionKind,
    Verdict,
    changes,
)
from monitor.domain.stories.titles import title_words
from monitor.domain.text.labels import join_few
from monitor.domain.text.plain import one_line
from monitor.domain.verdicts.events import MERE_WORDS, direction_of
from monitor.domain.verdicts.standing import WELL_REPORTED

SAME_WORDS = 0.6
"""The share of the words of a headline with which it tells the same as another one of the period (estimate)."""
SIDE_WORDS = 0.5
"""The share with which it tells the same as another one of the same side and day (estimate)."""
SAME_REPORTS = 0.5
"""The share of the reports of an event that make another one of those days the same (estimate)."""
SAME_STEP = timedelta(days=1)
"""What one side does within this time on one commitment is mostly one step (estimate)."""
_FIGURE = re.compile(r"\d[\d.,]*\s?(?:%|per ?cent\b|bn\b|[bm]illion\b|trillion\b|m?t\b|ton)|[$€£¥]\s?\d", re.IGNORECASE)
"""An amount in a headline."""
_NO_SUBJECT = re.compile(r"(?:It|They|He|She|This|These|Those)\b")
"""The beginning of a sentence whose subject is in the one before it."""
AMOUNT = re.compile(r"(?!(?:19|20)\d\d$)\d.*")
"""A word of a headline that is an amount, and no year."""


@dataclass(frozen=True, slots=True)
class ToldEvent:
    """One event. changes: what tells it, most important first; the first has its text. moves: those among them that
    were recorded; report: the best report of the event, if it has one; worded: a report of it can be put into words."""

    changes: tuple[Transition, ...]
    moves: tuple[Transition, ...]
    text: ChangeText
    report: Signal | None
    signals: tuple[Signal, ...]
    worded: bool = True
    further: tuple[ToldEvent, ...] = ()
    """What moved its commitment the other way in the same period, or may do so."""
    beside: tuple[str, ...] = ()
    """Other commitments about which its best report tells the like."""
    settled: tuple[Signal, ...] = ()
    """What the sides agreed besides in one round of talks, by a report of each further commitment."""

    @property
    def commitment(self) -> str:
        """The commitment that its headline is about, if the event changed that."""
        told = self.report.commitment if self.report else ""
        return next((told for each in self.changes if each.commitment == told), self.changes[0].commitment)

    @property
    def way(self) -> Direction:
        """Of a doubt, which moves nothing, the way of the act that it is about."""
        first = self.changes[0]
        doubt = isinstance(first.change, changes.FlagChanged) and self.head is not None
        return direction_of(self.head.effect) if doubt and self.head else first.way

    @property
    def named(self) -> list[str]:
        """The commitments that its lines tell of: its own, what else it turned or gave a new date, and those beside."""
        told = [move for move in self.moves if turns([move]) or move.kind is TransitionKind.DEADLINE]
        return [*dict.fromkeys((self.commitment, *(move.commitment for move in told), *self.beside))]

    @property
    def has_turned(self) -> bool:
        """Whether it moved the status of the commitment that it is about."""
        return bool(turns(move for move in self.moves if move.commitment == self.commitment))

    @property
    def has_moved(self) -> bool:
        """Whether a status or a date moved."""
        return any(move.kind in (TransitionKind.STATUS, TransitionKind.DEADLINE) for move in self.moves)

    @property
    def head(self) -> Signal | None:
        """The best report, also if it is told in generated words."""
        return self.report or next(iter(self.signals), None)

    @property
    def first(self) -> Signal | None:
        """The best report with the moment of the first one that is read like it."""
        alike = [s for s in self.signals if self.head and is_read_alike(s, self.head)]
        first = min(alike, key=lambda each: each.happened.end, default=None)
        return replace(self.head, happened=first.happened) if self.head and first else self.head

    @property
    def at(self) -> datetime:
        """The moment of its best report, else of its first change."""
        return self.report.happened.end if self.report else self.changes[0].happened

    def begins_trouble(self, verdict: Verdict) -> bool:
        """Whether its commitment is in trouble since it happened, though perhaps by its starting point before."""
        behind = {*verdict.outlook_evidence} & {signal.id for signal in self.signals}
        return bool(behind) and abs(verdict.shown_since - self.changes[0].happened) <= SAME_EVENT

    def has_headline_of(self, other: ToldEvent) -> bool:
        """Whether the report that tells another commitment's event tells this one too, the same way."""
        stories = [each.report.story for each in (self, other) if each.report]
        apart = self.commitment != other.commitment and self.way is other.way
        return apart and len(stories) == 2 and stories[0] == stories[1]

    def folded(self, other: ToldEvent, *, named: bool = False) -> ToldEvent:
        """The event with the moves of another one: of another commitment, which stands beside; of its own one that went
        the other way, which it names (if named, each one), as the later of two names the earlier one if only that moved
        the status."""
        moves = (*self.moves, *other.moves)
        if self.commitment != other.commitment:
            return replace(self, moves=moves, beside=(*self.beside, other.commitment))
        if other.has_turned and not self.has_turned and other.way is self.way:
            return replace(other, moves=moves, further=(self,))
        silent = other.way is self.way and not named
        return replace(self, moves=moves, further=self.further if silent else (*self.further, other)[:1])


def by_hand(change: Transition) -> bool:
    return change.cause in (Cause.PERSON, Cause.RULES)


def tell(change: Transition, moves: Sequence[Transition], context: RenderContext, *, recorded: bool) -> ToldEvent:
    """The event of one change, told by the best report of its days; without one that can be put into words, by what the
    change itself says. moves: the recorded changes of these days; recorded: it is one of them."""
    commitment = context.commitments[change.commitment]
    near = [move for move in moves if (move.commitment, move.way) == (change.commitment, change.way)]
    near = [move for move in near if recorded and abs(move.happened - change.happened) <= SAME_EVENT]
    cited = dict.fromkeys(key for move in (change, *near) for key in (*move.evidence, *move.reason.signals))
    if change.level is Level.SUMMIT and recorded:  # whose outcome is told later than its beginning
        meet = (s for s in context.signals.values() if (s.commitment, s.level) == (change.commitment, change.level))
        cited |= dict.fromkeys(s.id for s in meet if abs(s.happened.end - change.happened) <= SAME_EVENT)
    best = best_reports(change, commitment, cited, context)
    # A date and a growing share are told as the event behind them.
    shown = isinstance(change.change, changes.ShareChanged | changes.DeadlineMoved)
    told_as = replace(change, change=changes.EventNoted(Effect.PROGRESS, By.UNKNOWN)) if shown and best else change
    # A formal act is told before comments on it.
    by_act = change.level is Level.ORDER and not isinstance(change.change, changes.StatusChanged)

    def rank(signal: Signal, text: ChangeText) -> tuple[bool, bool, int]:
        story, rule = context.stories[signal.story], context.rules.get(signal.rule)
        formal = by_act and text.report != "" and signal.level is Level.ORDER and signal.id in change.evidence
        titled = signal.field == TITLE  # a live blog, a question, an opinion; or a subject that stands before
        running = not signal.title_is_news if titled else _NO_SUBJECT.match(text.headline) is not None
        if not text.report:
            known = signal.id in (*change.evidence, *change.reason.signals)
            poor = (0 if known else 1) if is_english(story) or (rule and rule.tells) else 3
        elif running or len(text.headline) > MAX_PLAIN:
            poor = 2
        else:
            known = bool(known_outlets([signal], context)) and leads_its_title(signal, context)
            poor = 0 if known and not MOOD.search(text.headline) else 1
        return poor > 1, not formal, poor

    signal, text, lowest = None, change_text(change, context), (True, True, 3)
    for each in best:
        words = change_text(told_as, context, [each])
        if signal is None or rank(each, words) < lowest:
            signal, text, lowest = each, words, rank(each, words)
        if lowest == (False, not by_act, 0):
            break
    if signal and lowest[2] == 2:
        rule = context.rules.get(signal.rule)
        text = replace(text, headline=act_sentence(signal, rule, context.parties), report="") if rule else text
    own = known_signals((*([signal.id] if signal else ()), *change.evidence, *change.reason.signals), context)
    text = replace(text, headline=_own_headline(signal, text.headline)) if signal and text.report else text
    worded = not (lowest[0] and isinstance(change.change, changes.EventNoted)) or by_hand(change)
    moved = (change,) if recorded else ()
    return ToldEvent((change,), moved, text, signal if text.report else None, own, worded)


def _own_headline(signal: Signal, headline: str) -> str:
    """Of two headlines in one title, the one with the act: 'Duties are cut—ports open'."""
    return headline[headline.rfind("—", 0, signal.act_at) + 1 :] if signal.field == TITLE else headline


def told_once(found: Sequence[ToldEvent], context: RenderContext, within: timedelta) -> list[ToldEvent]:
    """The events, most important first, in their best words, the less important of the same ones within this time
    joined to the others: to one of their own commitment before another. What moved nothing is none if only titles
    without news have it, and what nobody recorded also if titles tell it only behind another act."""

    def is_minor(event: ToldEvent) -> bool:
        if not all(isinstance(move.change, changes.EventNoted) for move in event.moves):
            return False
        newsless = [signal.field == TITLE and not signal.title_is_news for signal in event.signals]
        explained = bool(newsless) and all(newsless)
        return explained or not (event.moves or any(leads_its_title(signal, context) for signal in event.signals))

    events = [event for event in found if not is_minor(event)]
    for across in (False, True, True):  # what is joined has other words, which may show that it is the same as another
        events, known = [], events
        for event in known:
            own = ((at, e) for at, e in enumerate(events) if across or e.commitment == event.commitment)
            near = ((at, each) for at, each in own if _apart(each, event) <= within)
            at = next((at for at, each in near if _is_same(each, event, context)), None)
            if at is None:
                events.append(event)
            else:
                events[at] = _joined(events[at], event)
        events = [best_told(event, context) for event in events]
    return events


def _apart(known: ToldEvent, event: ToldEvent) -> timedelta:
    """The time between two events, by their days or by when they were recorded; a day less if one report tells both."""
    first, second = known.changes[0], event.changes[0]
    apart = min(abs(first.happened - second.happened), abs(first.at - second.at))
    alike = known.report and event.report and known.report.story == event.report.story and known.way is event.way
    return apart - SAME_STEP if alike and not event.has_turned else apart


def _stories(event: ToldEvent) -> set[str]:
    return {signal.story for signal in event.signals if signal.tier <= Tier.TRADE}


def _is_same(known: ToldEvent, event: ToldEvent, context: RenderContext) -> bool:
    """Whether a less important event is the same as a known one."""
    first, second = known.changes[0], event.changes[0]
    near, own = abs(first.happened - second.happened) <= SAME_EVENT, first.commitment == second.commitment
    by_parts = second.reason.code is ReasonCode.PARTS and first.commitment.startswith(f"{second.commitment}-")
    if near and by_parts and known.has_moved and known.way is event.way:
        return True  # a whole moves with its part
    if known.head is None or event.head is None:
        return own and first.at == second.at
    apart = Cause.CLOCK in (first.cause, second.cause) or first.level is Level.SUMMIT is not second.level
    series, agreed = context.commitments[event.commitment].kind is Kind.SERIES, event.head.effect is Effect.PLEDGE
    leads = bool(event.moves) and leads_its_title(event.head, context)
    apart = apart or (series and agreed and leads and is_still_ahead(event.head, context))
    if apart and not own:
        return False  # what takes effect on one day, what a meeting of leaders brought, and a meeting that is agreed
    if own and near and first.level is Level.SUMMIT and second.level is Level.SUMMIT:
        return True  # leaders meet once, however often it is told
    terms = [each.change.new for each in (first, second) if isinstance(each.change, changes.TermsChanged)]
    if near and len(terms) == 2 and terms[0] and terms[0] == terms[1]:
        return True  # one ruling changes the terms of several
    words = [frozenset(title_words(each.text.headline)) for each in (known, event)]
    titled = own or bool(known.report and event.report)
    same_words = titled and len(words[0] & words[1]) >= max(1, SAME_WORDS * min(map(len, words)))
    if same_words and known.head.by is not event.head.by and abs(first.happened - second.happened) <= SAME_STEP:
        return True  # of the two sides in one headline, either may have been read to act
    if {known.way, event.way} == {Direction.UP, Direction.DOWN} or by_hand(first) or by_hand(second):
        return False
    if near and is_read_alike(known.head, event.head):
        return True
    side_words = titled and len(words[0] & words[1]) >= SIDE_WORDS * min(map(len, words))
    if same_words or (side_words and known.head.effect is event.head.effect and _is_of_one_side(known, event)):
        return True
    if own and known.has_turned and event.has_turned:
        return False  # two steps, unless the same words tell both
    if _share_reports(known, event, own=own) or _is_same_step(known, event, context):
        return True
    whole = _is_of_whole_and_part(known, event, context)
    figure = near and any(AMOUNT.fullmatch(word) for word in words[0] & words[1])
    return whole or (figure and (own or (titled and _is_of_one_side(known, event))))


def _is_of_one_side(known: ToldEvent, event: ToldEvent) -> bool:
    """Whether one side did both on one day, the same way."""
    sides = {each.head.by for each in (known, event) if each.head}
    near = abs(known.changes[0].happened - event.changes[0].happened) <= SAME_STEP
    return near and known.way is event.way and len(sides) == 1 and all(side.parties for side in sides)


def _is_of_whole_and_part(known: ToldEvent, event: ToldEvent, context: RenderContext) -> bool:
    """Whether a commitment and a part of it are threatened, or promised the same, on one day, the one in few reports:
    who speaks of the one may be read as who answers on the other."""
    part, whole = sorted((known.commitment, event.commitment), key=len, reverse=True)
    effects = {each.head.effect for each in (known, event) if each.head}
    near = abs(known.changes[0].happened - event.changes[0].happened) <= SAME_STEP
    few = len(known_outlets(event.signals, context)) < WELL_REPORTED and not event.moves
    return near and few and len(effects) == 1 and effects <= MERE_WORDS and bool(parent_of(part, (whole,)))


def _share_reports(known: ToldEvent, event: ToldEvent, *, own: bool) -> bool:
    """Whether the two rest on the same reports: on one that leads, or, of the same effect, on half of those of the less
    important one; of two commitments on both."""
    stories = [_stories(each) for each in (known, event)]
    half = bool(stories[1]) and len(stories[0] & stories[1]) >= SAME_REPORTS * len(stories[1])
    leads = any(each.head and each.head.story in other for each, other in ((event, stories[0]), (known, stories[1])))
    alike = half and known.head is not None and event.head is not None and known.head.effect is event.head.effect
    return (leads or alike) if own else (leads and half)


def _is_same_step(known: ToldEvent, event: ToldEvent, context: RenderContext) -> bool:
    """Whether the two are steps of one side on one commitment, a threat and its deed among them, or what both sides did
    in one round of talks."""
    first, second = known.changes[0], event.changes[0]
    apart = abs(first.happened - second.happened)
    one, other = known.head, event.head
    if one is None or other is None or apart > SAME_EVENT or known.way is not event.way:
        return False
    few = len(known_outlets(event.signals, context)) < WELL_REPORTED
    if one.commitment == other.commitment and one.effect is other.effect and one.by.parties > other.by.parties:
        return apart <= SAME_STEP and few and bool(other.by.parties)  # what both agree, told of one of them
    if (one.commitment, one.by) == (other.commitment, other.by) and one.by.parties:
        threatened = (one.effect is Effect.THREAT) is not (other.effect is Effect.THREAT)
        small = few or one.effect is Effect.THREAT or known.report is None
        return threatened or (apart <= SAME_STEP and small)
    series = context.commitments[event.commitment].kind is Kind.SERIES
    joint = all(len(each.by.parties) > 1 for each in (one, other))
    return known.has_moved and joint and (one.effect is other.effect if event.has_moved else series)


def _joined(known: ToldEvent, event: ToldEvent) -> ToldEvent:
    """The event with the changes and reports of the same one, and the words of the last of two new statuses."""
    last = known.has_turned and event.has_turned and event.at > known.at and event.commitment == known.commitment
    told = event if last else known
    signals = {signal.id: signal for signal in (*known.signals, *event.signals)}
    return ToldEvent(
        (*known.changes, *event.changes), (*known.moves, *event.moves), told.text, told.report, tuple(signals.values())
    )


def _answered(blows: Sequence[Signal], context: RenderContext) -> Signal | None:
    """The first of these blows in a headline, if the other side answers it."""
    titled = sorted((s for s in blows if tells_alone(s, context)), key=lambda s: s.happened.end)
    answers = [s for s in titled if s.by is not titled[0].by and len(s.by.parties) == len(titled[0].by.parties) == 1]
    return titled[0] if answers else None


def best_told(event: ToldEvent, context: RenderContext) -> ToldEvent:
    """The event with the words that tell its act best of all its reports: a deed before its threat or promise, one with
    an amount, and of these the words that share most with the others. Of leaders who meet the last report leads, which
    tells what came of it."""
    change, head = event.changes[0], event.head
    if head is None or change.cause is not Cause.NEWS:
        return event
    meet = change.level is Level.SUMMIT and event.has_turned
    alike = [s for s in event.signals if s.commitment == head.commitment and direction_of(s.effect) is event.way]
    titles = {s.id: context.stories[s.story].title for s in (head, *alike)}
    plain = [s for s in alike if tells_plainly(s, context)]
    series = context.commitments[event.commitment].kind is Kind.SERIES  # who agrees to meet has not met
    said = head.effect is Effect.THREAT or (head.effect is Effect.PLEDGE and not event.has_turned and not series)
    deeds = [s for s in plain if said and s.by is head.by and s.effect is not head.effect]
    began = event.has_turned and event.way is Direction.DOWN
    if began and (blow := _answered([s for s in alike if s.id in change.evidence], context)):
        plain = deeds = [blow]  # a trouble begins with the blow of one side, not with the answer of the other one
    praised = meet and PRAISE.search(titles[head.id]) is not None
    if event.report and not deeds and tells_plainly(head, context) and not praised:
        return event
    fit = [s for s in plain if s.effect is head.effect or s in deeds]
    fit = [s for s in fit if event.has_turned or s.by is head.by]
    if meet:  # the outcome of the meeting, not what somebody calls it
        ended = [s for s in fit if s.modality is not Modality.UNDER_WAY and not PRAISE.search(titles[s.id])]
        fit = [s for s in ended if praised or s.level is change.level]
    near = [s for s in fit if abs(s.happened.end - change.happened) <= (SAME_STEP if meet else SAME_EVENT)]
    fit = near or (fit if meet else [])  # later ones tell the rest
    told = [text for text in ((s, change_text(change, context, [s])) for s in fit) if text[1].report]
    words = Counter(word for s in event.signals for word in {*title_words(context.stories[s.story].title)})

    def rank(each: tuple[Signal, ChangeText]) -> tuple[object, ...]:
        signal, title = each[0], titles[each[0].id]
        own = {*title_words(title)}
        shared = sum(words[word] for word in own) / len(own)
        best_words = (said and signal.effect is head.effect, _FIGURE.search(title) is None, -shared, signal.id)
        return (-signal.happened.end.timestamp(),) if meet else best_words

    best = min(told, key=rank, default=None)
    if best is None:
        return event
    first = min((head, best[0]), key=lambda each: each.happened.end) if is_read_alike(head, best[0]) else best[0]
    report = best[0] if meet else replace(best[0], happened=first.happened)  # an act is told for its first day
    signals = (*event.signals, *(() if report.id in {signal.id for signal in event.signals} else (report,)))
    text = replace(best[1], headline=_own_headline(report, best[1].headline))
    return replace(event, text=text, report=report, signals=signals)


def tells_as(event: ToldEvent, signal: Signal, context: RenderContext) -> bool:
    """Whether an event is told by the same report as a signal, or in a headline of the same words."""
    words = [{*title_words(text)} for text in (event.text.headline, context.stories[signal.story].title)]
    same = len(words[0] & words[1]) >= SAME_WORDS * max(1, min(map(len, words)))
    own = event.commitment == signal.commitment and signal.story in {s.story for s in event.signals}
    return own or same


def other_headlines(event: ToldEvent, context: RenderContext) -> list[Signal]:
    """The reports of the same act that have other words than its headline, each in a headline of its own, those first
    that share most words with all reports."""
    titles = {s.id: context.stories[s.story].title for s in event.signals}
    own, head = {key: {*title_words(title)} for key, title in titles.items()}, {*title_words(event.text.headline)}
    words = Counter(word for each in own.values() for word in each)
    alike = [s for s in event.signals if event.head and is_read_alike(s, event.head)]
    fit = [s for s in alike if tells_plainly(s, context) and leads_its_title(s, context)]
    fit = [s for s in fit if not PRAISE.search(titles[s.id])]
    apart = [s for s in fit if len(own[s.id] & head) < SAME_WORDS * min(len(own[s.id]), len(head))]

    def shared(signal: Signal) -> float:
        return sum(words[word] for word in own[signal.id]) / len(own[signal.id])

    return sorted(apart, key=lambda signal: (-shared(signal), signal.tier, signal.id))


def outlets_of(event: ToldEvent, context: RenderContext, most: int) -> str:
    """'Reuters and 3 others', that of the headline first, then the known ones; a generated sentence may begin with its
    only outlet: 'Bloomberg counts 7 Mt booked'. most: named, the others are counted."""
    known = [signal for signal in event.signals if signal.tier <= Tier.TRADE] or list(event.signals)
    own = event.report  # an office has its own acts, and what another side does only if it says so
    known = [s for s in known if own is None or s.tier > Tier.OFFICIAL or s.effect is own.effect] or known
    known = [s for s in known if direction_of(s.effect) is event.way] or known  # a report may tell the other way too
    ordered = sorted(known, key=lambda signal: event.report is None or signal.id != event.report.id)
    head = [event.report] if event.report else []
    stories = [context.stories[signal.story] for signal in (*head, *ordered)]
    spoken = event.report is None and event.head is not None and bool(event.head.says.parties)
    office = [one_line(event.head.origin, 60)] if event.head and spoken else []  # which no headline names
    names = [*office, *outlet_names(stories, context, office)]
    if names and event.text.headline.startswith(f"{names[0]} "):
        names = names[1:]
    if not names:
        return ""
    return join_few(names) if len(names) <= most else f"{names[0]} and {len(names) - 1} others"
