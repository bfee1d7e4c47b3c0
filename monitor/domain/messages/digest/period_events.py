"""The events of a period, each told once: by its best report, with all its outlets and what it changed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from monitor.domain.matching.document import TITLE
from monitor.domain.messages.briefs import LEADING_EVENTS, MAX_ADDRESS, DigestEvent
from monitor.domain.messages.change_text import ChangeText, change_text, status_after
from monitor.domain.messages.confidence import doubt_sentences
from monitor.domain.messages.context import RenderContext, is_english, known_signals, outlet_names
from monitor.domain.messages.digest.period_changes import (
    MAX_EVENT,
    MAX_PLAIN,
    SAME_EVENT,
    best_reports,
    is_background,
    is_confirmation,
    is_past,
    of_period,
    root_of,
)
from monitor.domain.messages.evidence_lines import choose_main_report, retracted_signals
from monitor.domain.messages.figures import progress_line
from monitor.domain.messages.headline import act_sentence, is_news, is_settled
from monitor.domain.messages.subject import cut_headline
from monitor.domain.messages.wording import detail_text
from monitor.domain.model import (
    By,
    Cause,
    Commitment,
    Direction,
    Effect,
    FlagKind,
    Kind,
    Level,
    Modality,
    Outlook,
    ReasonCode,
    Severity,
    Signal,
    Standing,
    Status,
    Tier,
    Transition,
    TransitionKind,
    Verdict,
    changes,
    reasons,
)
from monitor.domain.stories.titles import title_words
from monitor.domain.text.labels import decapitalised, format_date, join_few, label_of, local_day, sentence, status_caps
from monitor.domain.text.plain import one_line
from monitor.domain.verdicts.events import direction_of
from monitor.domain.verdicts.evidence import FINAL_STANDINGS
from monitor.domain.verdicts.progress import RENEWABLE
from monitor.domain.verdicts.standing import HEDGED, NEXT_ROUND, STANDING_ORDER, WELL_REPORTED, importance

RANKS = dict[Status, float]((*STANDING_ORDER.items(), (Outlook.STALLED, 1.3), (Outlook.AT_RISK, 1.6)))
"""The better, the higher. Trouble is above a failure (0 and 1), and below all that only is or is not done."""
SAME_WORDS = 0.6
"""The share of the words of a headline with which it tells the same as another one of the period (estimate)."""
TOLD_BEFORE = timedelta(days=14)
"""What is reported again within this time is mostly the same act (estimate)."""
SAME_REPORTS = 0.5
"""The share of the reports of an event, two or more, that make another one of those days the same (estimate)."""
MAX_OUTLETS, MAX_DOUBT = 3, 200
ONE_OUTLET = "One outlet so far."
MOVED, PENDING, FINAL, ORDERED, MOST_COUNTED = 4, 2, 8, 3, 15
"""What a new status, a count that moves one if it is confirmed, a final standing, and a formal act weigh, in outlets
that report an event, and the outlets that count at most: so an event in every paper leads before a status that one
paper moved (estimates)."""


_TURN = re.compile(r"\bbut\b|\bset for\b|^['‘“\"]", re.IGNORECASE)
"""A headline that turns to something else, speaks of what may come, or opens with a quote."""


@dataclass(frozen=True, slots=True)
class PeriodEvent:
    """One event. changes: what tells it, most important first; the first has its text. moves: those among them that
    were recorded; report: the best report of the event, if it has one."""

    changes: tuple[Transition, ...]
    moves: tuple[Transition, ...]
    text: ChangeText
    report: Signal | None
    signals: tuple[Signal, ...]

    further: tuple[PeriodEvent, ...] = ()
    """What moved its commitment the other way in the same period."""

    @property
    def commitment(self) -> str:
        """The commitment that its headline is about, if the event changed that."""
        told = self.report.commitment if self.report else ""
        return next((told for each in self.changes if each.commitment == told), self.changes[0].commitment)

    @property
    def way(self) -> Direction:
        return self.changes[0].way

    @property
    def named(self) -> list[str]:
        """The commitments that its lines tell of: its own, and what else it turned or gave a new date."""
        told = [move for move in self.moves if turns([move]) or move.kind is TransitionKind.DEADLINE]
        return [*dict.fromkeys((self.commitment, *(move.commitment for move in told)))]

    @property
    def has_turned(self) -> bool:
        """Whether it moved the status of the commitment that it is about."""
        return bool(turns(move for move in self.moves if move.commitment == self.commitment))

    def turns_after(self, other: PeriodEvent, context: RenderContext) -> bool:
        """Whether it is the turn of a commitment that the other one leaves as it was, or what several report that may
        push it the other way."""
        if self.commitment != other.commitment:
            return False
        if {self.way, other.way} == {Direction.UP, Direction.DOWN}:
            return not self.has_moved and len(known_outlets(self.signals, context)) >= WELL_REPORTED
        return self.has_turned and not other.has_moved

    def folded(self, other: PeriodEvent) -> PeriodEvent:
        """The event with the moves of another one of its commitment, which it names if that went the other way."""
        further = self.further if other.way is self.way else (*self.further, other)[:1]
        return replace(self, moves=(*self.moves, *other.moves), further=further)

    @property
    def head(self) -> Signal | None:
        """The best report, also if it is told in generated words."""
        return self.report or next(iter(self.signals), None)

    @property
    def at(self) -> datetime:
        """The moment of its best report, else of its first change."""
        return self.report.happened.end if self.report else self.changes[0].happened

    @property
    def has_moved(self) -> bool:
        """Whether a status or a date moved."""
        return any(move.kind in (TransitionKind.STATUS, TransitionKind.DEADLINE) for move in self.moves)

    def weight(self, context: RenderContext) -> tuple[float, ...]:
        """The importance of the event, the highest first: leaders meet, as several report; else what it moves, the form
        of its act and how many report it."""
        level = max((signal.level for signal in self.signals), default=Level.ORDINARY)
        announced = tuple(move for move in self.moves if move.severity > Severity.ROUTINE)
        verdict = context.verdicts[self.commitment]
        listed = known_outlets(self.signals, context)
        moved = any(move.kind in (TransitionKind.STATUS, TransitionKind.DEADLINE) for move in announced)
        news = [move for move in announced if move.cause is not Cause.CLOCK]  # the clock brings what was known before
        points: float = MOVED * moved + FINAL * any(_reached(move) in FINAL_STANDINGS for move in news)
        points += PENDING * any(isinstance(move.reason.detail, reasons.CountedByOne) for move in news)
        points += ORDERED * (level >= Level.ORDER and (bool(announced) or len(listed) > 1))
        hedged = self.head is not None and self.head.modality is Modality.RUMOUR
        known = not self.moves and self.way is Direction.DOWN and verdict.outlook is not Outlook.STEADY
        told = bool(announced) + min(len(listed), MOST_COUNTED)
        points += told / 4 if hedged else told / 2 if known else told
        return self.is_summit(context), points, len(self.signals), *importance(self.changes[0])

    def is_summit(self, context: RenderContext) -> bool:
        """Whether leaders meet: no single outlet reports that alone."""
        told = (signal for signal in self.signals if signal.level is Level.SUMMIT)
        return len(known_outlets(told, context)) >= WELL_REPORTED

    def is_news(self, start: datetime, context: RenderContext) -> bool:
        """Whether a digest can tell the event: it moved something, or a known outlet reports an act of this period."""
        if self.has_moved or by_hand(self.changes[0]):
            return True
        listed = len(known_outlets(self.signals, context))
        meant = self.changes[0].level is Level.SUMMIT and not self.is_summit(context)
        return self.changes[0].happened >= start and bool(listed) and not meant and self._is_act(listed, context)

    def is_thin(self, context: RenderContext) -> bool:
        """Whether news moved its status that one known outlet has, or none, with few smaller ones and no side's own
        text."""
        tiers, needed = {signal.tier for signal in self.signals}, context.policy.unlisted_per_source
        small = outlet_names([context.stories[s.story] for s in self.signals if s.tier is Tier.UNKNOWN], context)
        alone = len(known_outlets(self.signals, context)) < 2 and not 0 < needed <= len(small)
        by_news = bool(tiers) and self.changes[0].cause is Cause.NEWS
        return by_news and alone and not self.further and Tier.OFFICIAL not in tiers

    def is_talk(self, context: RenderContext) -> bool:
        """Whether it is only what one outlet has of the intentions of one side."""
        signal = self.head
        talk = signal is not None and signal.effect in (Effect.PLEDGE, Effect.THREAT) and len(signal.by.parties) < 2
        return talk and not self.moves and len(known_outlets(self.signals, context)) < 2

    def _is_act(self, listed: int, context: RenderContext) -> bool:
        """Whether its best report tells an act of a side: no talk of a bargain, no meeting without a day, no warning of
        others, and a rumour or what may come only if several outlets have it."""
        signal = self.head
        if signal is None or not isinstance(self.changes[0].change, changes.EventNoted):
            return True
        rule, series = context.rules.get(signal.rule), context.commitments[self.commitment].kind is Kind.SERIES
        if self.report is None and self.was_told(context):
            return False  # the same words again, of a document or a late page
        promised = signal.effect is Effect.PLEDGE
        talk = promised and rule is not None and rule.weak
        undated = promised and series and not any(s.date or s.starts for s in self.signals)
        of_others = signal.effect is Effect.THREAT and not signal.by.parties
        settled = self.report is None or is_settled(context.stories[self.report.story].title)
        by_side = bool(self.moves) or signal.by is not By.UNKNOWN
        sure = settled and by_side and signal.modality is not Modality.RUMOUR
        return not (talk or undated or of_others) and (sure or listed >= WELL_REPORTED)

    def was_told(self, context: RenderContext) -> bool:
        """Whether earlier days brought the act of its best report: of the same side, by the same rule, with its amount
        and its date."""
        head = self.head
        if head is None:
            return False
        known = [s for s in context.signals.values() if s.tier <= Tier.TRADE and is_read_alike(s, head)]
        known = [s for s in known if SAME_EVENT < head.happened.end - s.happened.end <= TOLD_BEFORE]
        dates, amounts = {s.date and s.date.date for s in known}, {s.quantity and s.quantity.low for s in known}
        ahead = head.date if head.date and head.date.date > local_day(head.happened.end, context.zone) else None
        new = (ahead and ahead.date not in dates) or (head.quantity and head.quantity.low not in amounts)
        return bool(known) and not new

    def is_overtaken(self, events: Iterable[PeriodEvent], context: RenderContext) -> bool:
        """Whether the period itself brought what this only expects: the meeting, the result; or a promise came before
        an event of as many outlets that moved its commitment."""
        signal = self.head
        if self.has_moved or signal is None or signal.effect is not Effect.PLEDGE or by_hand(self.changes[0]):
            return False
        series = context.commitments[self.commitment].kind is Kind.SERIES
        plan, listed = series or signal.modality in HEDGED, len(known_outlets(self.signals, context))
        for later in (each for each in events if each is not self and each.at >= self.at and each.way is self.way):
            own = self.commitment in {later.commitment, *(move.commitment for move in later.moves)}
            done = later.head is not None and later.head.effect in (Effect.PROGRESS, Effect.DELIVERED)
            as_wide = len(known_outlets(later.signals, context)) >= listed
            if own and ((later.has_moved and as_wide) or (plan and done and (series or later.has_moved))):
                return True
        return False

    def is_same_step(self, later: PeriodEvent, series: Collection[str]) -> bool:
        """Whether the two are the steps of one side on one commitment, or what both sides did in one round of talks.
        series: the commitments that such a round keeps."""
        first, second = self.changes[0], later.changes[0]
        if abs(first.happened - second.happened) > SAME_EVENT or not self.has_moved or self.way is not later.way:
            return False
        if self.head is None or later.head is None:  # a whole moves with its part
            return second.reason.code is ReasonCode.PARTS and first.commitment.startswith(f"{second.commitment}-")
        if _by_themselves(first, second):
            return False
        own = (self.head.commitment, self.head.by) == (later.head.commitment, later.head.by)
        joint = [len(each.head.by.parties) > 1 for each in (self, later) if each.head]
        together = self.head.effect is later.head.effect if later.has_moved else later.commitment in series
        agreed = joint[1] and any(move.commitment == later.head.commitment for move in self.moves)
        return (own and later.has_moved) or agreed or (all(joint) and together)

    def is_retold(self, later: PeriodEvent, series: Collection[str]) -> bool:
        """Whether a less important event is the same one. series: as for is_same_step."""
        first, second = self.changes[0], later.changes[0]
        near = abs(first.happened - second.happened) <= SAME_EVENT
        own = first.commitment == second.commitment
        if _by_themselves(first, second):
            return False
        if own and is_confirmation(second) and any(_reached(move) is second.standing for move in self.moves):
            return True
        if near and first.level is Level.SUMMIT and second.level is Level.SUMMIT:
            return True  # leaders meet once, however often it is told
        if {first.way, second.way} == {Direction.UP, Direction.DOWN} or by_hand(first) or by_hand(second):
            return False
        if self.is_same_step(later, series):
            return True
        stories = [{signal.story for signal in each.signals} for each in (self, later)]
        shared = len(stories[0] & stories[1])
        if near and shared > 1 and shared >= SAME_REPORTS * min(map(len, stories)):
            return True
        if (later.head and later.head.story in stories[0]) or (self.head and self.head.story in stories[1]):
            return True
        if near and later.head and self.head:
            # What has no headline of its own is the formal act of that side of which others tell.
            formal = self.report is None and later.head.level is Level.ORDER and later.head.by is self.head.by
            if is_read_alike(self.head, later.head) or (own and formal):
                return True
        words = [frozenset(title_words(each.text.headline)) for each in (self, later)]
        if len(words[0] & words[1]) >= max(1, SAME_WORDS * min(map(len, words))):
            return True
        return own and near and any(word[:1].isdigit() for word in words[0] & words[1])

    def is_like(self, other: PeriodEvent) -> bool:
        """Whether the two are steps of one side the same way within a few days."""
        sides = [(each.commitment, each.changes[0].way, each.head and each.head.by) for each in (self, other)]
        return sides[0] == sides[1] and abs(self.at - other.at) <= SAME_EVENT

    def led(self, context: RenderContext) -> PeriodEvent:
        """The event of a status that moved, with the words that tell its act best of all its reports: those of the act
        that moved it, and of these the ones that share most with the others. Of leaders who meet the last one leads,
        which tells what came of it."""
        change, head = self.changes[0], self.report
        if not self.has_turned or change.cause is not Cause.NEWS or head is None or tells_plainly(head, context):
            return self
        pool, meet = {signal.id: signal for signal in self.signals}, change.level is Level.SUMMIT
        if meet:
            pool |= {key: s for key, s in context.signals.items() if s.happened.end >= change.happened}
        alike = (s for s in pool.values() if s.commitment == head.commitment and direction_of(s.effect) is self.way)
        fit = [s for s in alike if tells_plainly(s, context)]
        fit = [s for s in fit if not meet or (s.level is change.level and s.modality is not Modality.UNDER_WAY)]
        told = [text for text in ((s, change_text(change, context, [s])) for s in fit) if text[1].report]
        moved_by = {signal.rule for signal in known_signals(change.reason.signals, context)}
        series = context.commitments[self.commitment].kind is Kind.SERIES  # which any round of talks moves
        words = Counter(word for s in pool.values() for word in {*title_words(context.stories[s.story].title)})

        def rank(each: tuple[Signal, ChangeText]) -> tuple[object, ...]:
            signal, own = each[0], {*title_words(context.stories[each[0].story].title)}
            shared = sum(words[word] for word in own) / len(own)
            other = not series and signal.rule not in moved_by
            return (-signal.happened.end.timestamp(),) if meet else (other, -shared, signal.id)

        best = min(told, key=rank, default=None)
        if best is None:
            return self
        first = min((head, best[0]), key=lambda each: each.happened.end) if is_read_alike(head, best[0]) else best[0]
        report = best[0] if meet else replace(best[0], happened=first.happened)  # an act is told for its first day
        signals = (*self.signals, *(() if report.id in {signal.id for signal in self.signals} else (report,)))
        return replace(self, text=best[1], report=report, signals=signals)

    def joined(self, later: PeriodEvent) -> PeriodEvent:
        """The event with the changes and reports of the same one. The words of a report lead before generated ones, and
        those of a formal act before those about it."""
        effect = self.head.effect if self.head else None
        alike = (s for s in self.signals if later.report and s.effect is effect and is_read_alike(later.report, s))
        same = next(alike, None) is not None
        formal = later.report is not None and later.report.level is Level.ORDER and not self.has_moved
        better = not self.report or (formal and self.report.level < Level.ORDER)
        told = later if same and better else self
        signals = {signal.id: signal for signal in (*self.signals, *later.signals)}
        return PeriodEvent(
            (*self.changes, *later.changes),
            (*self.moves, *later.moves),
            told.text,
            told.report,
            tuple(signals.values()),
        )


def tells_plainly(signal: Signal, context: RenderContext) -> bool:
    """Whether a listed outlet's headline tells an act alone, and as done: no plan, and nothing behind a "but"."""
    story = context.stories[signal.story]
    plain = is_english(story) and is_news(story) and is_settled(story.title) and _TURN.search(story.title) is None
    listed = context.publishers.find(story.source, story.url).tier <= Tier.WIRE
    return plain and listed and signal.field == TITLE and signal.modality not in HEDGED


def _by_themselves(first: Transition, second: Transition) -> bool:
    """Whether two acts are told apart: what takes effect on one day, and what a meeting of leaders brought."""
    apart = Cause.CLOCK in (first.cause, second.cause) or first.level is Level.SUMMIT is not second.level
    return apart and first.commitment != second.commitment


def is_read_alike(first: Signal, second: Signal) -> bool:
    """Whether the same rule reads the same act in two reports; one may not name who acts."""
    alike = (first.commitment, first.rule, first.effect) == (second.commitment, second.rule, second.effect)
    return alike and (first.by is second.by or By.UNKNOWN in (first.by, second.by))


def known_outlets(signals: Iterable[Signal], context: RenderContext) -> set[str]:
    """The outlets that carried these reports, without aggregators and unknown ones."""
    carried = set[tuple[str, str]]()
    for signal in signals:
        story = context.stories[signal.story]
        carried |= {(story.source, story.url), *((outlet.source, outlet.url) for outlet in story.outlets)}
    return {context.outlet(*each) for each in carried if context.publishers.find(*each).tier <= Tier.TRADE}


def by_hand(change: Transition) -> bool:
    return change.cause in (Cause.PERSON, Cause.RULES)


def _reached(change: Transition) -> Status | None:
    return change.change.new if isinstance(change.change, changes.StatusChanged) else None


def period_events(
    commitments: Mapping[str, Commitment],
    transitions: Sequence[Transition],
    reports: Sequence[Signal],
    start: datetime,
    context: RenderContext,
) -> list[PeriodEvent]:
    """What a digest can tell, most important first: the recorded changes of these commitments, and the acts that known
    outlets report. reports: all of the period."""
    own = [move for move in transitions if move.commitment in commitments and not is_past(move, start)]
    dates = {(m.commitment, m.change.new) for m in own if isinstance(m.change, changes.DeadlineMoved)}
    moves = [of_period(move, start, context) for move in own if not is_background(move, dates)]
    acts = (act for act in reported_acts(reports, context) if act.commitment in commitments)
    found = [_event(move, moves, context, recorded=True) for move in sorted(moves, key=importance, reverse=True)]
    found += [_event(act, moves, context, recorded=False) for act in sorted(acts, key=importance, reverse=True)]
    series = {c.id for c in commitments.values() if c.kind is Kind.SERIES}
    events = _told_once(filter(None, found), lambda known, event: known.is_retold(event, series))
    # What is joined has the words of its best report, which may show that it is the same as another one.
    events = _told_once(events, lambda known, event: known.is_same_step(event, series))
    events = [event for event in events if event.is_news(start, context)]
    events = [event.led(context) for event in events if not event.is_overtaken(events, context)]
    return sorted(events, key=lambda event: event.weight(context), reverse=True)


def _told_once(found: Iterable[PeriodEvent], is_same: Callable[[PeriodEvent, PeriodEvent], bool]) -> list[PeriodEvent]:
    """The events, the less important of the same ones joined to the others."""
    events = list[PeriodEvent]()
    for event in found:
        at = next((at for at, known in enumerate(events) if is_same(known, event)), None)
        if at is None:
            events.append(event)
        else:
            events[at] = events[at].joined(event)
    return events


def leading_events(
    ranked: Sequence[PeriodEvent], context: RenderContext
) -> tuple[list[PeriodEvent], list[PeriodEvent], list[PeriodEvent]]:
    """The three events that a digest tells in full, what else moved, and the rest, each by rank. What was no
    recorded change needs two outlets for that, unless there is nothing else. A commitment and its
    parts have one of the three, and another one only if several report what may push the same commitment the other way.
    All moves of a commitment are one line; what few report is left out of the rest if one like it is told."""
    first, moved, rest = list[PeriodEvent](), list[PeriodEvent](), list[PeriodEvent]()
    sure = [event for event in ranked if not event.is_talk(context)]
    for event in sure or ranked:
        root = root_of(event.commitment, context.commitments)
        same = [each for each in first if root_of(each.commitment, context.commitments) == root]
        wide = event.moves or not first or len(known_outlets(event.signals, context)) > 1
        if wide and len(first) < LEADING_EVENTS and all(event.turns_after(each, context) for each in same):
            first.append(event)
        else:
            (moved if event.has_moved else rest).append(event)
    lines = list[PeriodEvent]()
    for event in moved:
        told = [each for each in (*first, *lines) if each.has_turned and each.commitment == event.commitment]
        known = next(iter(told), None)
        group = first if known in first else lines
        if known is None or not event.has_turned:
            lines.append(event)
        else:
            group[group.index(known)] = known.folded(event)
    first, lines = [*first, *lines[: LEADING_EVENTS - len(first)]], lines[LEADING_EVENTS - len(first) :]
    told, also = [*first, *lines], list[PeriodEvent]()
    for event in rest:
        if len(known_outlets(event.signals, context)) >= WELL_REPORTED or not any(map(event.is_like, told)):
            also.append(event)
            told.append(event)
    return first, lines, also


def _event(
    change: Transition, moves: Sequence[Transition], context: RenderContext, *, recorded: bool
) -> PeriodEvent | None:
    """The event of one change, told by the best report of its days; None if no report can be put into words and no
    status moved."""
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

    def rank(told: tuple[Signal, ChangeText]) -> float:
        signal, text = told
        story, rule = context.stories[signal.story], context.rules.get(signal.rule)
        if not text.report:
            return 0 if is_english(story) or (rule and rule.tells) else 3
        running = signal.field == TITLE and not is_news(story)  # a live blog, a question, an opinion
        return 2 if running or len(text.headline) > MAX_PLAIN else 0 if known_outlets([signal], context) else 1

    tried = [(signal, change_text(told_as, context, [signal])) for signal in best]
    # A formal act is told before comments on it.
    by_act = change.level is Level.ORDER and not isinstance(change.change, changes.StatusChanged)
    formal = {
        s.id for s, text in tried if by_act and text.report and s.level is Level.ORDER and s.id in change.evidence
    }
    told = min(tried, key=lambda each: (rank(each) > 1, each[0].id not in formal, rank(each)), default=None)
    poor = told is None or rank(told) > 1
    if poor and isinstance(change.change, changes.EventNoted) and not by_hand(change):
        return None
    signal, text = told or (None, change_text(change, context))
    if signal and rank((signal, text)) == 2:
        rule = context.rules.get(signal.rule)
        text = replace(text, headline=act_sentence(signal, rule, context.parties), report="") if rule else text
    own = known_signals((*([signal.id] if signal else ()), *change.evidence, *change.reason.signals), context)
    return PeriodEvent((change,), (change,) if recorded else (), text, signal if text.report else None, own)


def reported_acts(reports: Sequence[Signal], context: RenderContext) -> Iterator[Transition]:
    """The acts that a wire has in a title or several known outlets report within two days, each as an event, whether
    or not it is recorded as a change: a status may have moved before on the announcement of the act."""
    groups: list[list[Signal]] = []
    for signal in sorted(reports, key=lambda each: each.happened.end):
        plan = signal.modality in HEDGED
        promised = signal.effect is Effect.PLEDGE and signal.modality is Modality.PLAN  # in such words
        if signal.effect is Effect.NONE or (plan and not promised) or signal.passing:
            continue
        key = signal.commitment, signal.rule, signal.by, plan
        same = (g for g in groups if (g[0].commitment, g[0].rule, g[0].by, g[0].modality in HEDGED) == key)
        near = next((g for g in same if signal.happened.end - g[0].happened.end <= SAME_EVENT), None)
        near.append(signal) if near else groups.append([signal])
    for group in groups:
        verdict = context.verdicts.get(group[0].commitment)
        plain = (each for each in group if each.tier <= Tier.WIRE and each.field == TITLE)
        clear = any(each.rule in context.rules and not context.rules[each.rule].weak for each in plain)
        told = len(known_outlets(group, context))
        enough = told >= WELL_REPORTED if group[0].modality in HEDGED else clear or told > 1
        if verdict is None or not enough:
            continue
        yield noted_act(group, verdict)


def noted_act(reports: Sequence[Signal], verdict: Verdict) -> Transition:
    """The act of these reports as an event that moved nothing."""
    first = reports[0]
    return Transition(
        id=first.id,
        commitment=first.commitment,
        change=changes.EventNoted(first.effect, first.by),
        way=direction_of(first.effect),
        standing=verdict.standing,
        outlook=verdict.outlook,
        cause=Cause.NEWS,
        reason=reasons.Reason(ReasonCode(first.effect.value)),
        at=first.seen_at,
        happened=first.happened.end,
        severity=Severity.NOTABLE,
        evidence=tuple(signal.id for signal in reports),
        level=max(signal.level for signal in reports),
    )


# ---------------------------------------------------------------- what an event changed


def turns(transitions: Iterable[Transition]) -> list[tuple[Transition, Status, Status]]:
    """The changes of the status of one commitment, from one to another, in order of time."""
    return [
        (move, move.change.old, move.change.new)
        for move in sorted(transitions, key=lambda item: (item.at, item.happened))
        if isinstance(move.change, changes.StatusChanged) and move.change.old is not move.change.new
    ]


def legs(steps: Sequence[tuple[Transition, Status, Status]]) -> list[tuple[Status, Status]]:
    """What a commitment was before these steps and what it is after them, apart for each way up or down: its status, or
    its standing if only that moved."""
    found = list[tuple[Status, Status]]()
    for _, old, new in [step for step in steps if status_after(step[0]) is step[2]] or steps:
        if found and way_of(*found[-1]) == way_of(old, new):
            found[-1] = found[-1][0], new
        else:
            found.append((old, new))
    return found


def way_of(old: Status, new: Status) -> str:
    """'up' or 'down'; a new round is a way up."""
    return "up" if RANKS[new] > RANKS[old] or (old, new) == NEXT_ROUND else "down"


def turn_text(steps: Sequence[tuple[Transition, Status, Status]]) -> str:
    """'up from AT RISK to IN FORCE', 'began a new round, now IN PROGRESS', 'up from STALLED to IN PROGRESS, then down
    to STALLED'; of a standing that moved under an outlook 'up from PLEDGED to IN PROGRESS, still AT RISK', or 'but
    STALLED' if that is new."""
    after = status_after(steps[-1][0])
    shown = [step for step in steps if status_after(step[0]) is step[2]]
    hidden = [step for step in steps if isinstance(after, Outlook) and step[2] is not status_after(step[0])]
    parts = legs(hidden or shown)
    was, now = parts[0][0], parts[-1][1]
    old, new = status_caps(was), status_caps(now)
    if len(parts) == 2 or was is now:
        told = f"{way_of(*parts[0])} from {old} to {status_caps(parts[0][1])}, then {way_of(*parts[-1])} to {new}"
    elif (was, now) == NEXT_ROUND or (now is Standing.PLEDGED and was in RENEWABLE):
        told = f"began a new round, now {new}"
    else:
        told = f"{way_of(was, now)} from {old} to {new}"
    under = "but" if [step for step in shown if step[2] is after] else "still"
    return f"{told}, {under} {status_caps(after)}" if hidden else told


def digest_events(events: Sequence[PeriodEvent], start: datetime, context: RenderContext) -> Iterator[DigestEvent]:
    """The lines of these events. Counts and doubts of a commitment stand with its first event."""
    turned = {move.commitment for event in events for move in event.moves if turns([move])}
    counted = set[str]()
    for event in events:
        effects, others = dict[str, str](), list[str]()
        for name in event.named:
            commitment, verdict = context.commitments[name], context.verdicts[name]
            own = [move for move in event.moves if move.commitment == name]
            steps, notes = turns(own), [*map(decapitalised, _notes(own, event, context))]
            if steps or name not in turned:
                effects[name] = turn_text(steps) if steps else f"still {status_caps(verdict.status)}"
            progress = progress_line(verdict.progress, commitment, context)
            if name not in counted and progress and progress.counted:
                notes.append(f"{'confirmed' if progress.confirmed else 'counted'}: {progress.counted_text}")
            counted.add(name)
            if steps and (late := _late_goal(commitment, steps, context)):
                notes.append(late)
            said = [] if name == event.commitment else [f"{commitment.short} {effects.get(name, '')}".rstrip()]
            doubt = _doubt(verdict, start, event, context) if event.has_moved and own else ""
            others += [sentence("; ".join([*said, *notes])), doubt]
        others += [ONE_OUTLET] if event.has_turned and event.is_thin(context) else []
        effect = effects.get(event.commitment, "")
        yield _line(event, effect, " ".join(filter(None, others)), context)


def _late_goal(
    commitment: Commitment, steps: Sequence[tuple[Transition, Status, Status]], context: RenderContext
) -> str:
    """'due 31 Dec 2025, reached 20 Jan 2026', of a goal whose period was over."""
    day = local_day(steps[-1][0].happened, context.zone)
    begun = [target for target in commitment.targets if target.start <= day]
    late = begun and steps[-1][2] is Standing.MET and all(target.due < day for target in begun)
    due = max((target.due for target in begun), default=day)
    return f"due {format_date(due)}, reached {format_date(day)}" if late else ""


def _notes(own: Sequence[Transition], event: PeriodEvent, context: RenderContext) -> Iterator[str]:
    """What else an event changed for a commitment: its dates, each as it stands in the end, and what it confirmed."""
    confirms = is_confirmation(event.changes[0])
    said = [move for move in own if move.kind is TransitionKind.DEADLINE or (confirms and is_confirmation(move))]
    dates = {move.change for move in said if isinstance(move.change, changes.DeadlineMoved)}
    confirmed = {each.new for each in dates if each.old == each.new} if len(dates) > 1 else set()
    for move in said:
        if isinstance(move.change, changes.DeadlineMoved) and move.change.new in confirmed:
            if move.change.old == move.change.new:
                continue  # it moved in the period too
            move = replace(move, flags=())
        text = change_text(move, context).text
        if text != event.text.headline:
            yield text


def _line(event: PeriodEvent, effect: str, others: str, context: RenderContext) -> DigestEvent:
    retracted = retracted_signals(event.moves)
    known = [signal for signal in event.signals if signal.id not in retracted]
    # A short address of the same event, in the language of its headline, before one that an aggregator redirects.
    lang = context.stories[event.report.story].lang if event.report else None
    same = [signal for signal in known if lang is None or context.stories[signal.story].lang == lang]
    if event.report is not None:
        same = [s for s in same if is_read_alike(event.report, s) and is_news(context.stories[s.story])]
    links = [choose_main_report(event.changes[0], [each], context) for each in (event.report, *same) if each]
    report = min(filter(None, links), key=lambda link: len(link.url) > MAX_ADDRESS, default=None)
    return DigestEvent(
        commitment=event.commitment,
        short=context.commitments[event.commitment].short,
        status=context.verdicts[event.commitment].status,
        day=_day(event, context),
        text=cut_headline(event.text.headline, MAX_EVENT),
        outlets=_outlets(event, context),
        effect=effect,
        others=others,
        further="".join(f"; {each.text.headline} ({_source(each, context)})" for each in event.further),
        moved=event.has_turned,
        late=event.text.late,
        report=report,
    )


def _day(event: PeriodEvent, context: RenderContext) -> str:
    return format_day(local_day(event.at, context.zone))


def _source(event: PeriodEvent, context: RenderContext) -> str:
    return ", ".join(filter(None, (_day(event, context), _outlets(event, context))))


def _outlets(event: PeriodEvent, context: RenderContext) -> str:
    """'Reuters and 3 others', that of the headline first, then the known ones; a generated sentence may begin with its
    only outlet: 'Bloomberg counts 7 Mt booked'."""
    known = [signal for signal in event.signals if signal.tier <= Tier.TRADE] or list(event.signals)
    ordered = sorted(known, key=lambda signal: event.report is None or signal.id != event.report.id)
    head = [event.report] if event.report else []
    names = outlet_names([context.stories[signal.story] for signal in (*head, *ordered)], context)
    if len(names) == 1 and event.text.headline.startswith(f"{names[0]} "):
        return ""
    return join_few(names) if len(names) <= MAX_OUTLETS else f"{names[0]} and {len(names) - 1} others"


def format_day(day: date) -> str:
    """'30 Oct', without the year of the period."""
    return f"{day.day} {day:%b}"


def _doubt(verdict: Verdict, start: datetime, event: PeriodEvent, context: RenderContext) -> str:
    """The new doubt about what an event moved: 'No statement from China seen yet.'"""
    told = {signal.id for signal in event.signals}
    for flag in verdict.flags:
        if flag.since < start or not told & {*flag.evidence} or isinstance(flag.detail, reasons.Sighted):
            continue  # what more sources would change is for the alert
        if flag.kind is FlagKind.UNCONFIRMED:
            return sentence(one_line(doubt_sentences(flag, context, quoted=True)[0], MAX_DOUBT))
        if flag.kind is FlagKind.CONTESTED:
            said = detail_text(flag.detail, context.parties) or label_of(flag.subject)
            return sentence(one_line(f"contested: {said}", MAX_DOUBT))
    return ""
