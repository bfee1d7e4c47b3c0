"""The clauses of a sentence as printed, and the role of each towards the act: they decide what a date or amount belongs
to.

`SegmentedText.clauses` divides folded text for the matcher. Here offsets refer to the quote, and the opening of a
clause decides.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise

from monitor.domain.text.writing_systems import HAN_RANGE


class ClauseRole(IntEnum):
    """MAIN continues the sentence, DESCRIBING adds to the words before it, ASIDE names a circumstance, FOREIGN has a
    subject of its own ("while Brazil ...", "China, whose ministry ...")."""

    MAIN = 0
    DESCRIBING = 1
    ASIDE = 2
    FOREIGN = 3


@dataclass(frozen=True, slots=True)
class RawClause:
    """A clause at [start, end) of a sentence. stopped: a semicolon stands before it."""

    start: int
    end: int
    role: ClauseRole
    stopped: bool = False


_CONTRAST = r"while|whereas|although|even though|though|but|whose|who|unlike"
_CIRCUMSTANCE = "after|before|when|as|if|once|because|since|following|compared|against|versus|unless"
_COMPARED = r"compare[sd]? (?:with|to)|as against|against|versus|vs\.?|than|(?:up|down) from"
_HAN = f"[{HAN_RANGE}]"
_BORDER = re.compile(
    rf"(?i)(?P<stop>;\s|；|;(?={_HAN}))|,(?=\s(?!20\d\d\b))|(?<={_HAN}),|[,:(](?={_HAN})|[，：（）]|:\s|\s\(|\s[-–—]+\s|—"
    rf"|\s(?=(?:{_CONTRAST}|which|because)\s)"
)
_BORDER_COMPARED = re.compile(rf"(?i){_BORDER.pattern}|\s(?=(?:{_COMPARED})\s)")
_OPENINGS = (
    (ClauseRole.FOREIGN, re.compile(rf"(?i)\W*(?:and )?(?:{_CONTRAST})\b|\W*(?:而|但|不过|尽管|虽然)")),
    (ClauseRole.DESCRIBING, re.compile(r"(?i)\W*(?:which|that)\b")),
    (ClauseRole.ASIDE, re.compile(rf"(?i)\W*(?:{_CIRCUMSTANCE})\b")),
)


def raw_clauses(text: str, *, compared: bool = False) -> tuple[RawClause, ...]:
    """Return the clauses of a sentence in order, without gaps. `compared` also divides before "compared with"."""
    borders = list((_BORDER_COMPARED if compared else _BORDER).finditer(text))
    cuts = [0, *(border.end() for border in borders if 0 < border.end() < len(text)), len(text)]
    stops = {border.end() for border in borders if border["stop"]}
    clauses = []
    for start, end in pairwise(cuts):
        role = next((role for role, opening in _OPENINGS if opening.match(text, start)), ClauseRole.MAIN)
        clauses.append(RawClause(start, end, role, start in stops))
    return tuple(clauses)


def clause_at(clauses: tuple[RawClause, ...], position: int) -> int:
    """Return the number of the clause at a position."""
    return next((number for number, clause in enumerate(clauses) if position < clause.end), len(clauses) - 1)


def role_to(clauses: tuple[RawClause, ...], own: range, number: int) -> ClauseRole | None:
    """Return the role of clause `number` towards the clauses `own` of an act; None if it is one of them.

    Everything beyond a semicolon is foreign, and so is what precedes an act that has a subject of its own.
    """
    if number in own:
        return None
    between = clauses[own.stop : number + 1] if number >= own.stop else clauses[number + 1 : own.start + 1]
    apart = number < own.start and clauses[own.start].role is ClauseRole.FOREIGN
    return ClauseRole.FOREIGN if apart or any(clause.stopped for clause in between) else clauses[number].role
