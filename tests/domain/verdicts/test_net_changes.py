"""What changes in a row come to, when they are read together."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.model import Flag, FlagKind, Severity, Standing, Transition, TransitionKind, Verdict
from monitor.domain.model.changes import notation
from monitor.domain.verdicts.net_changes import NetChange, is_resolved, net_changes
from tests.builders.transitions import NOW, moved

STATUS, DEADLINE, TERMS, PROGRESS, FLAG = (
    TransitionKind.STATUS,
    TransitionKind.DEADLINE,
    TransitionKind.TERMS,
    TransitionKind.PROGRESS,
    TransitionKind.FLAG,
)
COURSE = ("pledged", "at_risk", "in_progress")
DAY, LATER, LATEST = "2026-01-10", "2026-02-10", "2026-03-10"


def step(kind: TransitionKind, frm: str, to: str, **changed: Any) -> Transition:
    return moved(id=f"{kind} {frm}-{to}", kind=kind, frm=frm, to=to, **changed)


def left(*moves: Transition) -> list[tuple[str, str]]:
    return [notation(net.move.change) for net in net_changes(moves) if not net.is_cancelled_out]


def test_changes_in_a_row_are_told_as_what_they_come_to() -> None:
    cases = [
        ([(STATUS, "in_force", "at_risk"), (STATUS, "at_risk", "in_force")], []),
        ([(STATUS, "in_force", "at_risk"), (STATUS, "at_risk", "stalled")], [("in_force", "stalled")]),
        ([(STATUS, "at_risk", "at_risk")], [("at_risk", "at_risk")]),
        ([(DEADLINE, DAY, LATER), (DEADLINE, LATER, LATEST)], [(DAY, LATEST)]),
        ([(DEADLINE, DAY, LATER), (DEADLINE, LATER, DAY)], []),
        ([(DEADLINE, "", DAY), (DEADLINE, DAY, "withdrawn")], []),
        ([(DEADLINE, DAY, LATER), (DEADLINE, LATER, "missed")], [(DAY, LATER), (LATER, "missed")]),
        ([(DEADLINE, DAY, LATER), (DEADLINE, LATER, "due in 1 day")], [(DAY, LATER), (LATER, "due in 1 day")]),
        ([(TERMS, "orders", "a new duty"), (TERMS, "a new duty", "another duty")], [("orders", "another duty")]),
        ([(PROGRESS, "", "signed"), (PROGRESS, "signed", "withdrawn")], []),
        ([(PROGRESS, "7%", "15%"), (PROGRESS, "15%", "31%")], [("7%", "31%")]),
        ([(FLAG, "", "unconfirmed"), (FLAG, "unconfirmed", "withdrawn")], []),
        ([(FLAG, "", "unconfirmed"), (FLAG, "unconfirmed", "confirmed")], []),
    ]
    assert [(moves, left(*(step(*move) for move in moves))) for moves, _ in cases] == [
        (moves, told) for moves, told in cases
    ]


def test_only_changes_of_one_kind_and_commitment_are_joined_and_are_as_loud_as_the_loudest() -> None:
    assert len(left(step(STATUS, "met", "pledged"), step(STATUS, "pledged", "met", commitment="soy"))) == 2
    assert len(left(step(STATUS, "met", "pledged"), step(TERMS, "pledged", "met"))) == 2
    assert len(left(step(FLAG, "", "unconfirmed"), step(FLAG, "unconfirmed", "withdrawn", evidence=("other",)))) == 2
    first = step(STATUS, "in_force", "at_risk", severity=Severity.URGENT)
    (net,) = net_changes([first, step(STATUS, "at_risk", "stalled", evidence=("s2",))])
    assert (net.move.severity, net.move.evidence) == (Severity.URGENT, ("s2", "s1"))
    assert net.of == ("status in_force-at_risk", "status at_risk-stalled")


@given(st.lists(st.sampled_from(COURSE), min_size=1, max_size=8))
def test_a_course_of_statuses_is_told_by_its_ends_alone(course: list[str]) -> None:
    pairs = list(zip([COURSE[0], *course], course, strict=False))
    moves = [step(STATUS, frm, to, at=NOW + timedelta(hours=n)) for n, (frm, to) in enumerate(pairs)]
    found = net_changes(moves)
    assert [net.of for net in found] == [tuple(m.id for m in moves)]
    assert found[0].is_cancelled_out is (course[-1] == COURSE[0] and len(course) > 1)


@pytest.mark.parametrize(("open_ones", "told"), [((), False), (("met",), True), (("cn",), False)])
def test_a_doubt_is_told_only_while_it_is_open(open_ones: tuple[str, ...], *, told: bool) -> None:
    doubt = Flag(FlagKind.UNCONFIRMED, "met", NOW)
    raised = step(FLAG, "", "unconfirmed", flags=(doubt,))
    flags = tuple(replace(doubt, subject=subject) for subject in open_ones)
    verdict = Verdict("truce", Standing.MET, NOW, NOW.date(), flags=flags)
    assert is_resolved(NetChange(raised, (raised.id,)), verdict) is not told
