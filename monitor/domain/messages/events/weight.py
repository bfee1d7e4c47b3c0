"""How much an event matters: the order of digests, and what the board and the timelines tell."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.domain.matching.document import TITLE
from monitor.domain.messages.context import RenderContext
from monitor.domain.messages.events.reported_acts import known_outlets
from monitor.domain.messages.events.told import ToldEvent
from monitor.domain.model import (
    Cause,
    Direction,
    Effect,
    Level,
    Modality,
    Outlook,
    Severity,
    Signal,
    TransitionKind,
    changes,
    reasons,
)
from monitor.domain.verdicts.corroboration import is_agreement
from monitor.domain.verdicts.events import MERE_WORDS, is_own_act
from monitor.domain.verdicts.evidence import FINAL_STANDINGS
from monitor.domain.verdicts.standing import WELL_REPORTED, importance

MOVED, DATED, PENDING, FINAL, ORDERED, OWN_WORD, MOST_COUNTED = 4, 2, 2, 8, 3, 1, 15
"""What a new status, a new date, a count that moves a status if confirmed, a final standing, a formal act that is more
than one outlet's news, and a side's own text on its act or statistics of record weigh, in outlets that report an event;
and the outlets that count at most: so an event in every paper leads before a status that one paper moved (estimates).
"""


MATTERS = (TransitionKind.STATUS, TransitionKind.DEADLINE, TransitionKind.TERMS)
"""What an event may move: a status, a date, or what a promise rests on."""


def weight(event: ToldEvent, context: RenderContext) -> tuple[float, ...]:
    """The importance of an event, the highest first: leaders meet, as several report; else its points."""
    first = event.changes[0]
    worse = not event.moves and event.way is Direction.DOWN and first.outlook is not Outlook.STEADY
    deed = _is_deed(event)
    found = points(event, context) / (2 if worse and not deed else 1)  # a commitment in trouble is threatened again
    return is_summit(event, context), found, deed, len(event.signals), *importance(first)


def _is_deed(event: ToldEvent) -> bool:
    """Whether a side did something, or both agreed on it: one did not only say what it may do."""
    head = event.head
    return head is not None and (head.effect not in MERE_WORDS or is_agreement(head)) and bool(head.by.parties)


def points(event: ToldEvent, context: RenderContext) -> float:
    """What an event moves, the form of its act, and how many report it; of a rumour a quarter."""
    first, outlets = event.changes[0], len(known_outlets(event.signals, context))
    announced = tuple(move for move in event.moves if move.severity > Severity.ROUTINE)
    kinds = {move.kind for move in announced if move.kind in MATTERS}
    news = [move for move in announced if move.cause is not Cause.CLOCK]  # the clock brings what was known before
    final = (isinstance(m.change, changes.StatusChanged) and m.change.new in FINAL_STANDINGS for m in news)
    acts = not event.moves and first.cause is Cause.CLOCK  # an act takes effect
    moved = bool(kinds - {TransitionKind.DEADLINE}) or acts
    moved = moved or event.begins_trouble(context.verdicts[event.commitment])
    found: float = MOVED if moved else DATED if kinds else 0
    found += FINAL * any(final)
    found += PENDING * any(isinstance(move.reason.detail, reasons.CountedByOne) for move in news)
    found += ORDERED * (is_order(event) and (moved or outlets > 1))
    own = (is_own_act(s, context.commitments[event.commitment]) for s in event.signals)
    found += OWN_WORD * (any(own) or any(s.origin in context.policy.statistics for s in event.signals))
    hedged = event.head is not None and event.head.modality is Modality.RUMOUR
    told = bool(announced) + min(outlets, MOST_COUNTED)
    return found + (told / 4 if hedged else told)


def is_order(event: ToldEvent) -> bool:
    """Whether a report of its act tells an order, a ruling or a signed agreement."""
    return any(event.head and s.effect is event.head.effect and s.level >= Level.ORDER for s in event.signals)


def blow_weight(reports: Sequence[Signal], context: RenderContext) -> tuple[float, ...]:
    """How much a blow weighs: by the form of its act, a deed before a threat, then by the outlets that report it; of
    equal ones that of a headline, and the latest."""
    deed, titled = any(s.effect is not Effect.THREAT for s in reports), any(s.field == TITLE for s in reports)
    latest = max(s.happened.end for s in reports).timestamp()
    return max(s.level for s in reports), deed, len(known_outlets(reports, context)), titled, latest


def is_summit(event: ToldEvent, context: RenderContext) -> bool:
    """Whether leaders meet: no single outlet reports that alone."""
    told = (signal for signal in event.signals if signal.level is Level.SUMMIT)
    return len(known_outlets(told, context)) >= WELL_REPORTED
