"""How the reason of a change that was retracted is worded."""

from __future__ import annotations

from datetime import date

import pytest

from monitor.domain.messages.wording import detail_text
from monitor.domain.model.changes import Change, DeadlineMoved, ShareChanged, StepChanged, TermsChanged
from monitor.domain.model.reasons import Rejection, ReportTakenBack
from tests.builders.domain_values import NONE_DECLARED


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (DeadlineMoved("truce", date(2026, 1, 10), None), "the date 10 Jan 2026 (truce)"),
        (ShareChanged(0.4, 0.2, "calendar 2026"), "40% of the target for 2026"),
        (ShareChanged(0.4, 0.2), "40% of the target"),
        (StepChanged("signed", None), "the step “signed”"),
        (TermsChanged(("orders", "delivery"), None), "“orders, delivery”"),
    ],
)
def test_a_retracted_report_is_named_by_what_it_said_and_by_who_retracted_it(change: Change, said: str) -> None:
    by_outlet = detail_text(ReportTakenBack(change, None), NONE_DECLARED)
    assert by_outlet == f"the report of {said} no longer stands (its outlet took it back or changed it)"
    by_person = detail_text(ReportTakenBack(change, Rejection("Ana", "an old text")), NONE_DECLARED)
    assert by_person == f"the report of {said} no longer stands (rejected by Ana: an old text)"
