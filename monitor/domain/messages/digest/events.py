"""The events of a digest's block: what happened, each event once, with its day and the outlets that carried it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from monitor.domain.messages.change_lines import change_line
from monitor.domain.messages.context import RenderContext, known_signals
from monitor.domain.messages.digest.material import BlockMaterial, outlet_names
from monitor.domain.messages.headlines.happening import happening, ranked_reports
from monitor.domain.messages.models import DigestEvent
from monitor.domain.model import Cause, FlagKind, FlagState, Signal, Transition, changes
from monitor.domain.text.labels import capitalised, join_few, local_day
from monitor.domain.text.writing_systems import language_of

MOST_EVENT = 150
"""Characters of the sentence on an event: two lines of plain text (estimate)."""
SAME_WORDS = 0.8
"""Part of a quote's words that its line holds where it says the same (estimate: the line mends a word or two)."""
SAME_EVENT = timedelta(days=2)
"""Within this time two lines in the same words of ours are one event, which a second outlet reports later (estimate)."""
MOST_OUTLETS = 3
MOST_NOTE = 60
"""Characters of a remark behind an event (estimate): a longer one is left out, for its event says it."""
TOLD_FLAGS = ((FlagKind.UNCONFIRMED, FlagState.RAISED), (FlagKind.CONTESTED, FlagState.RAISED))
"""Flags that are news by themselves: what one source reports, and what another denies."""
TOLD_CAUSES = frozenset({Cause.NEWS, Cause.BACKFILL, Cause.CLOCK, Cause.CORRECTION})
"""What happened in the world, or to a report of it."""
SAME_MARKS = 2
"""Numbers and telling words that the headlines of one event share (estimate)."""
_COMMON = frozenset(
    [
        "amer",
        "ameri",
        "beiji",
        "chine",
        "china",
        "chinas",
        "from",
        "have",
        "hous",
        "house",
        "into",
        "more",
        "official",
        "offic",
        "over",
        "pres",
        "presi",
        "says",
        "state",
        "than",
        "that",
        "their",
        "this",
        "trump",
        "unite",
        "wash",
        "washi",
        "week",
        "whit",
        "white",
        "will",
        "with",
        "xinhu",
        "year",
    ]
)
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class _Told:
    """A line with what it is made from. move, signals: its leading change and all reports behind the line; by_report: it is told
    in the words of a report; names: the outlets."""

    event: DigestEvent
    move: Transition
    signals: tuple[Signal, ...]
    by_report: bool
    names: tuple[str, ...]


def block_events(item: BlockMaterial, context: RenderContext, *, counted: bool) -> tuple[DigestEvent, ...]:
    """The lines of a block, most important first; reports of one event are one line.

    counted: the block says how much is counted, which tells every share.
    """
    told: list[_Told] = []
    for move in item.ranked:
        fresh = _told(move, context, lead=not told)
        at = next((at for at, known in enumerate(told) if _is_one_event(known, fresh, counted=counted)), None)
        if at is None:
            told.append(fresh)
        else:
            told[at] = _joined(told[at], fresh)
    return tuple(replace(line.event, outlets=_credits(line)) for line in told)


def _told(move: Transition, context: RenderContext, *, lead: bool) -> _Told:
    """The line of one recorded change."""
    signals = known_signals((*move.evidence, *move.reason.signals), context)
    text = event_text(move, signals, context, MOST_EVENT)
    terms = change_line(move, context).line
    news = isinstance(move.change, changes.TermsChanged) and (move.change.new or "") not in text
    notes = [terms[:1].lower() + terms[1:]] if news and len(terms) <= MOST_NOTE else []
    note = "; ".join([*notes, *(["first seen late"] if move.late else [])])
    day = format_day(local_day(move.happened, context.zone))
    event = DigestEvent(day, move.happened, text, "", note, move.way.value, lead, (move.id,))
    by_report = telling_report(text, ranked_reports(move, signals, context), context) is not None
    return _Told(event, move, signals, by_report, outlet_names(signals, context))


def event_text(move: Transition, signals: Sequence[Signal], context: RenderContext, limit: int) -> str:
    """What happened, as a sentence without its full stop; of certainty added, people's interventions and edited rules, what changed."""
    certain = isinstance(move.change, changes.FlagChanged) and (move.change.flag, move.change.new) not in TOLD_FLAGS
    if move.cause in TOLD_CAUSES and not certain:
        return happening(move, signals, context, limit).rstrip(".")
    line = change_line(move, context)
    if isinstance(move.change, changes.StatusChanged) and line.why:
        return capitalised(line.why.rstrip("."))
    more = line.more.rstrip(".")
    if move.confirms or not more:
        return line.line
    return capitalised(more) if more.startswith(line.line.lower()) else f"{line.line}: {more}"


def telling_report(text: str, ranked: Iterable[Signal], context: RenderContext) -> Signal | None:
    """The first of these reports whose title or quote the text tells; None where the text is in our own words."""
    for signal in ranked:
        if any(says_the_same(text, said) for said in (context.stories[signal.story].title, signal.quote) if said):
            return signal
    return None


def format_day(day: date) -> str:
    """'30 Oct': the year is that of the period."""
    return f"{day.day} {day:%b}"


# ---------------------------------------------------------------- one event, one line


def _is_one_event(first: _Told, later: _Told, *, counted: bool) -> bool:
    """Whether a line tells what a more important one of its block tells."""
    if isinstance(later.move.change, changes.ShareChanged) and (
        counted or isinstance(first.move.change, changes.ShareChanged)
    ):
        return True
    apart = abs(first.event.at - later.event.at)
    if _letters(first.event.text) == _letters(later.event.text):
        return first.event.day == later.event.day or (first.by_report and later.by_report) or apart <= SAME_EVENT
    known = {*first.move.evidence, *first.move.reason.signals, *first.move.continues}
    rests, both = {*later.move.evidence}, (first.move, later.move)
    if not all(map(_is_event, both)) or first.move.way is not later.move.way or not rests or not rests <= known:
        return False
    if later.by_report:
        return len(_marks(first.event.text) & _marks(later.event.text)) >= SAME_MARKS
    return _effect(first) == _effect(later)  # our words say less than the report does


def _effect(told: _Told) -> str:
    """The effect that a change tells: of its event, else of its reason."""
    change = told.move.change
    return change.effect.value if isinstance(change, changes.EventNoted) else told.move.reason.code.value


def _marks(text: str) -> frozenset[str]:
    """The numbers and the beginnings of the words by which a headline is known: '100', 'tarif'."""
    return (
        frozenset(word[:5] for word in _WORD.findall(text.casefold()) if word[0].isdigit() or len(word) > 3) - _COMMON
    )


def _is_event(move: Transition) -> bool:
    """Whether a change is told by what happened. A date, a step and added certainty are news beside their event."""
    match move.change:
        case changes.StatusChanged() | changes.EventNoted() | changes.TermsChanged():
            return move.cause in TOLD_CAUSES
        case changes.FlagChanged(flag=FlagKind.UNCONFIRMED, new=FlagState.RAISED):
            return True
    return False


def _joined(first: _Told, later: _Told) -> _Told:
    """The more important line with the outlets of both; of two in the same words the earlier day."""
    event = first.event
    moves = (*event.changes, *later.event.changes)
    if isinstance(later.move.change, changes.ShareChanged):
        return replace(first, event=replace(event, changes=moves))
    same = _letters(event.text) == _letters(later.event.text)
    earliest = min(event, later.event, key=lambda line: line.at) if same else event
    note = "; ".join(dict.fromkeys(filter(None, (event.note, later.event.note))))
    event = replace(event, day=earliest.day, at=earliest.at, note=note, changes=moves)
    return replace(first, event=event, names=tuple(dict.fromkeys((*first.names, *later.names))))


def _credits(line: _Told) -> str:
    """The outlets; '' where the sentence begins with the only one: 'MOFCOM says ...', 'Bloomberg puts it at 7 Mt'."""
    named = len(line.names) == 1 and line.event.text.startswith(f"{line.names[0]} ")
    return "" if named else few_outlets(line.names)


def few_outlets(names: Sequence[str]) -> str:
    """'Reuters', 'Reuters, AP News and CCTV', 'Reuters and 4 others'."""
    return join_few(names) if len(names) <= MOST_OUTLETS else f"{names[0]} and {len(names) - 1} others"


def _letters(text: str) -> str:
    """The letters and digits alone, to tell whether two texts say the same."""
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def says_the_same(quote: str, told: str) -> bool:
    """Whether a text tells what the quote says: as it stands, or in nearly all of its words."""
    words, known = (set(_WORD.findall(text.casefold())) for text in (quote, told))
    if _letters(quote) in _letters(told) or _letters(told) in _letters(quote):
        return True
    return language_of(quote) == "en" and len(words & known) >= SAME_WORDS * len(words)
