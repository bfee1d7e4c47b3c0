"""Evidence that a message shows as taken back: it was told, and no longer counts."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from monitor.domain.brief_model import EvidenceLine
from monitor.domain.brief_parts import Facts, evidence_lines, known_signals
from monitor.domain.model import ReasonCode, Transition

TAKEN_BACK = frozenset({ReasonCode.CORRECTED, ReasonCode.WITHDRAWN})
"""Codes of the reasons whose signals a publisher or a person has taken back."""


def taken_back(moves: Iterable[Transition]) -> tuple[str, ...]:
    """The signals that these changes name because they no longer count."""
    gone = (move for move in moves if move.reason.code in TAKEN_BACK)
    return tuple(dict.fromkeys(key for move in gone for key in move.reason.signals))


def gone_lines(ids: Collection[str], facts: Facts) -> tuple[EvidenceLine, ...]:
    """What was quoted, marked as no longer counting."""
    return tuple(replace(line, gone=True) for line in evidence_lines(known_signals(ids, facts), (), facts))
