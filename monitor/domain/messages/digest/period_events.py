"""The events of a period: a recorded change or a reported act, its best report, and all reports of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.domain.matching.document import TITLE
from monitor.domain.messages.change_text import ChangeText, change_text
from monitor.domain.messages.context import RenderContext, is_english, known_signals
from monitor.domain.messages.digest.period_changes import MAX_PLAIN, SAME_EVENT, best_reports, turns
from monitor.domain.messages.digest.reported_acts import known_outlets, leads_its_title
from monitor.domain.messages.headline import act_sentence, is_news
from monitor.domain.model import By, Cause, Direction, Effect, Level, Signal, Transition, TransitionKind, changes
from monitor.domain.verdicts.events import direction_of


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
    """What moved its commitment the other way in the same period, or may do so."""
    beside: tuple[str, ...] = ()
    """Other commitments about which its best report tells the like."""

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
    def at(self) -> datetime:
        """The moment of its best report, else of its first change."""
        return self.report.happened.end if self.report else self.changes[0].happened

    def folded(self, other: PeriodEvent) -> PeriodEvent:
        """The event with the moves of another one of its commitment, which it names if that went the other way."""
        further = self.further if other.way is self.way else (*self.further, other)[:1]
        return replace(self, moves=(*self.moves, *other.moves), further=further)


def by_hand(change: Transition) -> bool:
    return change.cause in (Cause.PERSON, Cause.RULES)


def period_event(
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
        if running or len(text.headline) > MAX_PLAIN:
            return 2
        return 0 if known_outlets([signal], context) and leads_its_title(signal, context) else 1

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
