"""The blocks of a digest stand in order of importance, parts under their parent."""

from __future__ import annotations

from typing import Any

from monitor.domain.model import Severity, Transition
from tests.builders.message_values import commitment, digest, move, verdict


def several(*moves: Transition, further: Any = None, **verdicts: Any) -> list[tuple[str, bool]]:
    names = ("deal", "deal-part", "other")
    found = digest(
        commitments={name: commitment(name, short=name) for name in names},
        verdicts={name: verdict(name, flags=()) for name in names} | verdicts,
        transitions=moves,
        corroborating=further,
    )
    return [(block.commitment, block.part) for block in found.blocks]


def test_the_most_important_commitment_comes_first_and_a_part_under_its_parent() -> None:
    moves = (
        move("t1", commitment="deal", severity=Severity.ROUTINE),
        move("t2", commitment="other", severity=Severity.NOTABLE),
        move("t3", commitment="deal-part", severity=Severity.URGENT),
    )
    assert several(*moves) == [("deal", False), ("deal-part", True), ("other", False)]


def test_a_part_whose_parent_has_no_block_stands_by_itself() -> None:
    assert several(move("t3", commitment="deal-part")) == [("deal-part", False)]
