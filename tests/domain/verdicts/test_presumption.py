"""A completion that no report told in time is concluded from later reports that take it for granted."""

from dataclasses import replace
from functools import partial

import pytest

from monitor.domain.matching.rules import RuleInfo
from monitor.domain.messages.wording import detail_text
from monitor.domain.model import Commitment, Decision, Effect, Kind, Outlook, ReasonCode, Signal, Standing, Tier
from tests.builders.domain_values import PARTIES, at, commitment, decided, pledged, rulebook, signal

SALE = commitment(Kind.MILESTONE, "company", steps=("signed", "half", "closed"), baselines=pledged())
TAKEN = "truce/taken-as-closed"
presuming = partial(signal, Effect.NONE, presumed=TAKEN, rule=TAKEN)
TWO = [presuming("2026-02-02"), presuming("2026-02-20", origin="Bloomberg")]


def on(
    reports: list[Signal], day: str, *, of: Commitment = SALE, about: str = "closed", standing: Standing | None = None
) -> Decision:
    """The decision on a day under an act that presumes the completion of the step `about`."""
    book = rulebook(SALE)
    book = replace(book, rules={TAKEN: RuleInfo(TAKEN, "truce", "v", "rules/truce.yaml", 1, weak=True, object=about)})
    sale = of if standing is None else replace(SALE, baselines=(replace(SALE.baselines[0], standing=standing),))
    return decided(sale, reports, day, book=book)


def test_two_sources_on_two_days_that_take_it_for_granted_complete_it() -> None:
    first, second = presuming("2026-02-02"), presuming("2026-02-20", origin="Bloomberg", quote="under its new owners")
    assert on([first], "2026-02-20").verdict.standing is Standing.PLEDGED
    verdict = on([first, second], "2026-02-20").verdict
    assert (verdict.standing, verdict.since) == (Standing.MET, at("2026-02-20"))
    assert verdict.evidence == (first.id, second.id)
    assert verdict.why.code is ReasonCode.PRESUMED
    assert detail_text(verdict.why.detail, PARTIES) == "later reports take it as done: “under its new owners”"


@pytest.mark.parametrize(
    "second",
    [
        presuming("2026-02-20"),
        presuming("2026-02-02 18:00", origin="Bloomberg"),
        presuming("2026-03-20", origin="Bloomberg"),
        presuming("2026-02-20", origin="A Blog", tier=Tier.UNKNOWN),
        signal(Effect.DELIVERED, "2026-02-20", origin="Bloomberg", rule="truce/reader"),
        signal(Effect.NONE, "2026-02-20", origin="Bloomberg"),
    ],
    ids=["same source", "same day", "too far apart", "unknown publisher", "a lone reading", "a mere mention"],
)
def test_anything_less_completes_nothing(second: Signal) -> None:
    assert on([presuming("2026-02-02"), second], "2026-03-20").verdict.standing is Standing.PLEDGED


def test_firm_reports_too_far_apart_to_corroborate_each_other_count_as_well() -> None:
    reports = [signal(Effect.DELIVERED, "2026-02-02"), signal(Effect.DELIVERED, "2026-02-20", origin="Bloomberg")]
    assert on(reports, "2026-02-20").verdict.standing is Standing.MET
    assert on([reports[0], presuming("2026-02-20", origin="Bloomberg")], "2026-02-20").verdict.standing is Standing.MET


@pytest.mark.parametrize(("effect", "standing"), [(Effect.SETBACK, Standing.PLEDGED), (Effect.THREAT, Standing.MET)])
def test_a_blow_voids_what_was_taken_for_granted_before_it(effect: Effect, standing: Standing) -> None:
    blow = signal(effect, "2026-02-10", origin="AP")
    reports = [presuming("2026-02-02"), blow, presuming("2026-02-20", origin="Bloomberg")]
    assert on(reports, "2026-02-20").verdict.standing is standing


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (Standing.UNPLEDGED, Standing.UNPLEDGED),
        (Standing.BREACHED, Standing.BREACHED),
        (Standing.LAPSED, Standing.LAPSED),
    ],
)
def test_only_a_promise_that_was_made_and_not_broken_is_taken_as_kept(before: Standing, after: Standing) -> None:
    assert on(TWO, "2026-02-20", standing=before).verdict.standing is after


def test_a_presumed_part_fulfils_a_part_and_a_round_of_a_series_is_never_presumed() -> None:
    parts = replace(SALE, partly_met_by=("half",))
    assert on(TWO, "2026-02-20", of=parts, about="half").verdict.standing is Standing.PARTLY_MET
    firm = signal(Effect.PROGRESS, "2026-02-20", origin="Bloomberg", object="half")
    assert on([TWO[0], firm], "2026-02-20", of=parts, about="half").verdict.standing is Standing.PARTLY_MET
    talks = commitment(Kind.SERIES, baselines=pledged())
    assert on(TWO, "2026-02-20", of=talks).verdict.standing is Standing.PLEDGED


def test_no_risk_is_left_in_what_is_taken_as_kept() -> None:
    base = replace(SALE.baselines[0], outlook=Outlook.AT_RISK)
    assert on(TWO, "2026-02-20", of=replace(SALE, baselines=(base,))).verdict.outlook is Outlook.STEADY
