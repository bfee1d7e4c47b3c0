"""How a message words one change."""

from __future__ import annotations

from monitor.domain.messages.change_lines import change_line
from monitor.domain.model import TransitionKind
from tests.builders.domain_values import reason
from tests.builders.message_values import context, move


def test_a_reason_that_only_repeats_the_new_term_or_step_is_not_told_twice() -> None:
    def more(kind: TransitionKind, why: str) -> str:
        return change_line(move(kind=kind, frm="", to="orders", reason=reason(why)), context()).more

    assert more(TransitionKind.TERMS, "orders") == ""
    assert more(TransitionKind.TERMS, "orders come first") == "orders come first"


def test_a_change_of_a_commitment_that_the_rules_dropped_is_named_by_its_key() -> None:
    line = change_line(move(commitment="dropped"), context())
    assert (line.subject, line.text) == ("dropped", "Was IN PROGRESS, now AT RISK")
