"""The clauses of a sentence as it is printed, and how far each stands from the act: what a date or an amount belongs to.

`Text.clauses` divides folded text for the matcher; here offsets are those of the quote, and what matters is how a clause opens.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise

from monitor.domain.text.writing_systems import HAN_RANGE


class ClauseRole(IntEnum):
    """MAIN carries the sentence on, DESCRIBING tells more of what stands before it, ASIDE names a circumstance,
    FOREIGN has a subject of its own ("while Brazil ...", "China, whose ministry ...")."""

    MAIN = 0
    DESCRIBING = 1
    ASIDE = 2
    FOREIGN = 3


@dataclass(frozen=True, slots=True)
class RawClause:
    start: int
    end: int
    role: ClauseRole
    stopped: bool = False
    """Whether a semicolon stands before it."""


_CONTRAST = r"while|whereas|although|even though|though|but|whose|who|unlike"
_COMPARED = r"compare[sd]? (?:with|to)|as against|against|versus|vs\.?|than|(?:up|down) from"
_HAN = f"[{HAN_RANGE}]"
_BORDER = re.compile(
    rf"(?P<stop>;\s|；|;(?={_HAN}))|,(?=\s(?!20\d\d\b))|(?<={_HAN}),|[,:(](?={_HAN})|[，：（）]|:\s|\s\(|\s[-–—]+\s|—"
    rf"|\s(?=(?:{_CONTRAST}|which|because)\s)",
    re.IGNORECASE,
)
_BORDER_COMPARED = re.compile(rf"{_BORDER.pattern}|\s(?=(?:{_COMPARED})\s)", re.IGNORECASE)
_OPENINGS = (
    (ClauseRole.FOREIGN, re.compile(rf"\W*(?:and )?(?:{_CONTRAST})\b|\W*(?:而|但|不过|尽管|虽然)", re.IGNORECASE)),
    (ClauseRole.DESCRIBING, re.compile(r"\W*(?:which|that)\b", re.IGNORECASE)),
    (
        ClauseRole.ASIDE,
        re.compile(
            r"\W*(?:after|before|when|as|if|once|because|since|following|compared|against|versus|unless)\b",
            re.IGNORECASE,
        ),
    ),
)


def raw_clauses(text: str, *, compared: bool = False) -> tuple[RawClause, ...]:
    """The clauses of a sentence in order, without gaps. `compared` divides before "compared with" and "up from" too."""
    found = list((_BORDER_COMPARED if compared else _BORDER).finditer(text))
    borders = [0, *(one.end() for one in found if 0 < one.end() < len(text)), len(text)]
    stops = {one.end() for one in found if one["stop"]}
    return tuple(RawClause(left, right, _role(text, left), left in stops) for left, right in pairwise(borders))


def _role(text: str, start: int) -> ClauseRole:
    return next((role for role, words in _OPENINGS if words.match(text, start)), ClauseRole.MAIN)


def clause_at(clauses: tuple[RawClause, ...], position: int) -> int:
    """The number of the clause that a position lies in."""
    return next((number for number, one in enumerate(clauses) if position < one.end), len(clauses) - 1)


def role_to(clauses: tuple[RawClause, ...], own: range, number: int) -> ClauseRole | None:
    """The role of a clause towards the clauses `own` of an act; None if it is one of them.

    Beyond a semicolon all is foreign, and so is what stands before an act that has a subject of its own.
    """
    if number in own:
        return None
    between = clauses[own.stop : number + 1] if number >= own.stop else clauses[number + 1 : own.start + 1]
    apart = number < own.start and clauses[own.start].role is ClauseRole.FOREIGN
    return ClauseRole.FOREIGN if apart or any(one.stopped for one in between) else clauses[number].role
