"""Which signals a verdict names."""

from __future__ import annotations

from dataclasses import replace

from monitor.domain.model import Flag, FlagKind
from monitor.domain.verdicts.evidence import all_evidence, named_evidence
from tests.builders.domain_values import at, commitment, expiry, verdict


def test_a_verdict_names_the_evidence_of_past_dates_and_no_longer_rests_on_it() -> None:
    dates = (
        replace(expiry("2025-11-10", state="superseded"), evidence=("old",)),
        replace(expiry("2026-11-10"), evidence=("new",)),
    )
    flag = Flag(FlagKind.CONTESTED, "orders", at("2026-01-05"), evidence=("doubt",))
    stands = verdict(commitment(), deadlines=dates, flags=(flag,), evidence=("report",))
    assert all_evidence(stands) == {"report", "doubt", "new"}
    assert named_evidence(stands) == {"report", "doubt", "new", "old"}
