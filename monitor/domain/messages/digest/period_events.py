"""The events of a period, each told once: by its best report, with all its outlets and what it changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

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
)
from monitor.domain.messages.evidence_lines import choose_main_report, retracted_signals
from monitor.domain.messages.figures import progress_line
from monitor.domain.messages.headline import act_sentence, is_news
from monitor.domain.messages.subject import cut_headline
from monitor.domain.messages.wording import detail_text
from monitor.domain.model import (
    NEGATIVE_EFFECTS,
    By,
    Cause,
    Commitment,
    Direction,
    Effect,
    FlagKind,
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
from monitor.domain.text.labels import decapitalised, join_few, label_of, local_day, sentence, status_caps
from monitor.domain.text.plain import one_line
from monitor.domain.verdicts.evidence import FINAL_STANDINGS
from monitor.domain.verdicts.progress import RENEWABLE
from monitor.domain.verdicts.standing import HEDGED, NEXT_ROUND, STANDING_ORDER, WELL_REPORTED, importance

RANKS = dict[Status, float]((*STANDING_ORDER.items(), (Outlook.STALLED, 1.3), (Outlook.AT_RISK, 1.6)))
"""The better, the higher. Trouble is above a failure (0 and 1), and below all that only is or is not done."""
SAME_WORDS = 0.6
"""The share of the words of a headline with which it tells the same as another one of the period (estimate)."""
SAME_REPORTS = 0.5
"""The share of the reports of an event, two or more, that make another one of those days the same (estimate)."""
MAX_OUTLETS, MAX_DOUBT = 3, 200
MOVED, FINAL, ORDERED, MOST_COUNTED = 4, 8, 3, 15
"""What a new status, a final standing, and a formal act weigh, in outlets that report an event, and the outlets that
count at most: so an event in every paper leads before a status that one paper moved (estimates)."""


@dataclass(frozen=True, slots=True)
class PeriodEvent:
    """One event. changes: what tells it, most important first; the first has its text. moves: those among them that
    were recorded; report: the best report of the event, if it has one."""

    changes: tuple[Transition, ...]
    moves: tuple[Transition, ...]
    text: ChangeText
    report: Signal | None
    signals: tuple[Signal, ...]

    @property
    def commitment(self) -> str:
        return self.changes[0].commitment

    @property
    def head(self) -> Signal | None:
        """The best report, also if it is told in generated words."""
        return next(iter(self.signals), None)

    @property
    def has_moved(self) -> bool:
        """Whether a status or a date moved."""
        return any(move.kind in (TransitionKind.STATUS, TransitionKind.DEADLINE) for move in self.moves)

    def weight(self, context: RenderContext) -> tuple[float, ...]:
        """The importance of the event, the highest first: leaders meet, as several report; else what it moves, the form
        of its act and how many report it."""
        level = max((signal.level for signal in self.signals), default=Level.ORDINARY)
        announced = tuple(move for move in self.moves if move.severity > Severity.ROUTINE)
        listed = known_outlets(self.signals, context)
        moved = any(move.kind in (TransitionKind.STATUS, TransitionKind.DEADLINE) for move in announced)
        points: float = MOVED * moved + FINAL * any(_reached(move) in FINAL_STANDINGS for move in announced)
        points += ORDERED * (level >= Level.ORDER and (bool(announced) or len(listed) > 1))
        hedged = self.head is not None and self.head.modality is Modality.RUMOUR
        points += min(len(listed), MOST_COUNTED) / 4 if hedged else bool(announced) + min(len(listed), MOST_COUNTED)
        return self.is_summit(context), points, len(self.signals), *importance(self.changes[0])

    def is_summit(self, context: RenderContext) -> bool:
        """Whether leaders meet: no single outlet reports that alone."""
        told = (signal for signal in self.signals if signal.level is Level.SUMMIT)
        return len(known_outlets(told, context)) >= WELL_REPORTED

    def is_news(self, start: datetime, context: RenderContext) -> bool:
        """Whether a digest can tell the event: it moved something, or a known outlet reports it of this period."""
        if self.has_moved or by_hand(self.changes[0]):
            return True
        meant = self.changes[0].level is Level.SUMMIT and not self.is_summit(context)
        return self.changes[0].happened >= start and bool(known_outlets(self.signals, context)) and not meant

    def is_retold(self, later: PeriodEvent) -> bool:
        """Whether a less important event is the same one."""
        first, second = self.changes[0], later.changes[0]
        near = abs(first.happened - second.happened) <= SAME_EVENT
        own = first.commitment == second.commitment
        if not own and Cause.CLOCK in (first.cause, second.cause):
            return False  # what takes effect on one day is told act by act
        if own and is_confirmation(second) and any(_reached(move) is second.standing for move in self.moves):
            return True
        if near and first.level is Level.SUMMIT and second.level is Level.SUMMIT:
            return True  # leaders meet once, however often it is told
        if {first.way, second.way} == {Direction.UP, Direction.DOWN} or by_hand(first) or by_hand(second):
            return False
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
        return sides[0] == sides[1] and abs(self.changes[0].happened - other.changes[0].happened) <= SAME_EVENT

    def joined(self, later: PeriodEvent) -> PeriodEvent:
        """The event with the changes and reports of the same one. The words of a report lead before generated ones, and
        those of a formal act before those about it."""
        same = later.report is not None and any(is_read_alike(later.report, signal) for signal in self.signals)
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
    moves = [of_period(move, start, context) for move in own if not is_background(move)]
    events = list[PeriodEvent]()
    acts = (act for act in reported_acts(reports, context) if act.commitment in commitments)
    for found in (sorted(moves, key=importance, reverse=True), sorted(acts, key=importance, reverse=True)):
        for change in found:
            event = _event(change, moves, context, recorded=found[0] in moves)
            at = next((at for at, known in enumerate(events) if event and known.is_retold(event)), None)
            if at is not None and event:
                events[at] = events[at].joined(event)
            elif event:
                events.append(event)
    events = [event for event in events if event.is_news(start, context)]
    return sorted(events, key=lambda event: event.weight(context), reverse=True)


def leading_events(
    ranked: Sequence[PeriodEvent], context: RenderContext
) -> tuple[list[PeriodEvent], list[PeriodEvent], list[PeriodEvent]]:
    """The three events that a digest tells in full, what else moved, and the rest, each by rank. A commitment has one
    of the three and those that moved its status; what few report is left out of the rest if one like it is told."""
    first, moved, rest = list[PeriodEvent](), list[PeriodEvent](), list[PeriodEvent]()
    for event in ranked:
        known = any(event.commitment == each.commitment for each in first)
        if len(first) < LEADING_EVENTS and (event.has_moved or not known):
            first.append(event)
        else:
            (moved if event.has_moved else rest).append(event)
    told, also = [*first, *moved], list[PeriodEvent]()
    for event in rest:
        if len(known_outlets(event.signals, context)) >= WELL_REPORTED or not any(map(event.is_like, told)):
            also.append(event)
            told.append(event)
    return first, moved, also


def _event(
    change: Transition, moves: Sequence[Transition], context: RenderContext, *, recorded: bool
) -> PeriodEvent | None:
    """The event of one change, told by the best report of its days; None if no report can be put into words and no
    status moved."""
    commitment = context.commitments[change.commitment]
    near = [move for move in moves if (move.commitment, move.way) == (change.commitment, change.way)]
    near = [move for move in near if recorded and abs(move.happened - change.happened) <= SAME_EVENT]
    cited = dict.fromkeys(key for move in (change, *near) for key in (*move.evidence, *move.reason.signals))
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
    told = min(tried, key=rank, default=None)
    # A formal act is told before comments on it.
    formal = [each for each in tried if each[0].id in change.evidence and each[1].report and rank(each) <= 1]
    by_act = change.level is Level.ORDER and not isinstance(change.change, changes.StatusChanged)
    if told and by_act and told[0].level < Level.ORDER:
        told = next((each for each in formal if each[0].level is Level.ORDER), told)
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
        if signal.effect is Effect.NONE or signal.modality in HEDGED or signal.passing:
            continue
        key = signal.commitment, signal.rule, signal.by
        same = (g for g in groups if (g[0].commitment, g[0].rule, g[0].by) == key)
        near = next((g for g in same if signal.happened.end - g[0].happened.end <= SAME_EVENT), None)
        near.append(signal) if near else groups.append([signal])
    for group in groups:
        verdict, first = context.verdicts.get(group[0].commitment), group[0]
        plain = (each for each in group if each.tier <= Tier.WIRE and each.field == TITLE)
        clear = any(each.rule in context.rules and not context.rules[each.rule].weak for each in plain)
        if verdict is None or not (clear or len(known_outlets(group, context)) > 1):
            continue
        yield Transition(
            id=first.id,
            commitment=first.commitment,
            change=changes.EventNoted(first.effect, first.by),
            way=Direction.DOWN if first.effect in NEGATIVE_EFFECTS else Direction.UP,
            standing=verdict.standing,
            outlook=verdict.outlook,
            cause=Cause.NEWS,
            reason=reasons.Reason(ReasonCode(first.effect.value)),
            at=first.seen_at,
            happened=first.happened.end,
            severity=Severity.NOTABLE,
            evidence=tuple(signal.id for signal in group),
            level=max(signal.level for signal in group),
        )


# ---------------------------------------------------------------- what an event changed


def turns(transitions: Iterable[Transition]) -> list[tuple[Transition, Status, Status]]:
    """The changes of the shown status of one commitment, from one to another, in order of time; of the standing if only
    that moved, under an outlook that stays."""
    steps = [
        (move, move.change.old, move.change.new)
        for move in sorted(transitions, key=lambda item: item.at)
        if isinstance(move.change, changes.StatusChanged) and move.change.old is not move.change.new
    ]
    return [step for step in steps if status_after(step[0]) is step[2]] or steps


def turn_text(steps: Sequence[tuple[Transition, Status, Status]]) -> str:
    """'up from AT RISK to IN FORCE', 'began a new round, now IN PROGRESS', 'IN FORCE again'."""
    (_, was, _), (last, _, now) = steps[0], steps[-1]
    shown, old, new = (status_caps(status) for status in (status_after(last), was, now))
    if was is now:
        told = f"{new} again"
    elif (was, now) == NEXT_ROUND or (now is Standing.PLEDGED and was in RENEWABLE):
        told = f"began a new round, now {new}"
    else:
        told = f"{'up' if RANKS[now] > RANKS[was] else 'down'} from {old} to {new}"
    return told if new == shown else f"{told}, still {shown}"


def digest_events(
    events: Sequence[PeriodEvent], transitions: Sequence[Transition], start: datetime, context: RenderContext
) -> Iterator[DigestEvent]:
    """The lines of these events. Counts and doubts of a commitment stand with its first event."""
    turned = {move.commitment for move in transitions if turns([move])}
    seen = set[str]()
    for event in events:
        effects, doubt = list[str](), ""
        told = [move for move in event.moves if turns([move]) or move.kind is TransitionKind.DEADLINE]
        for name in dict.fromkeys(move.commitment for move in told or event.changes[:1]):
            commitment, verdict = context.commitments[name], context.verdicts[name]
            own = [move for move in event.moves if move.commitment == name]
            steps, effect = turns(own), commitment.short
            if steps:
                effect = f"{effect} {turn_text(steps)}"
                doubt = doubt or _doubt(verdict, start, event, context)
            elif name not in turned:
                effect = f"{effect} still {status_caps(verdict.status)}"
            confirms = is_confirmation(event.changes[0])
            said = [
                move for move in own if move.kind is TransitionKind.DEADLINE or (confirms and is_confirmation(move))
            ]
            notes = [text for move in said if (text := change_text(move, context).text) != event.text.headline]
            progress = progress_line(verdict.progress, commitment, context)
            if name not in seen and progress and progress.counted:
                notes.append(f"{'confirmed' if progress.confirmed else 'counted'}: {progress.counted_text}")
            effects.append("; ".join((effect, *map(decapitalised, notes))))
            seen.add(name)
        yield _line(event, ". ".join(effects), doubt, context)


def _line(event: PeriodEvent, effect: str, doubt: str, context: RenderContext) -> DigestEvent:
    lead, retracted = event.changes[0], retracted_signals(event.moves)
    known = [signal for signal in event.signals if signal.id not in retracted]
    head = event.report.happened.end if event.report else lead.happened
    # A short address of the same event, in the language of its headline, before one that an aggregator redirects.
    lang = context.stories[event.report.story].lang if event.report else None
    same = [signal for signal in known if lang is None or context.stories[signal.story].lang == lang]
    links = [choose_main_report(lead, [each], context) for each in (event.report, *same) if each]
    report = min(filter(None, links), key=lambda link: len(link.url) > MAX_ADDRESS, default=None)
    return DigestEvent(
        commitment=lead.commitment,
        short=context.commitments[lead.commitment].short,
        status=context.verdicts[lead.commitment].status,
        day=format_day(local_day(head, context.zone)),
        text=cut_headline(event.text.headline, MAX_EVENT),
        outlets=_outlets(event, context),
        effect=sentence(effect),
        doubt=doubt,
        moved=event.has_moved,
        late=event.text.late,
        report=report,
    )


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
