"""What must hold for every set of signals, in whatever order and at whatever pace they come."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.domain.decide import decide, fold, initial
from monitor.domain.model import Case, Effect, Says, Signal, Standing, Tier, Verdict
from tests.depth import TIMES
from tests.domain.build import at, commitment, rulebook, signal, until

EFFECTS = st.sampled_from(list(Effect))
VOICES = st.sampled_from(
    [(Says.US, "White House", Tier.OFFICIAL), (Says.CN, "MOFCOM", Tier.OFFICIAL), (Says.PRESS, "Reuters", Tier.WIRE),
     (Says.PRESS, "Bloomberg", Tier.WIRE), (Says.PRESS, "a blog", Tier.UNKNOWN)]
)  # fmt: skip
TRUCE = commitment()
BOOK = rulebook(TRUCE)
START = initial(TRUCE, at("2025-10-02"))


@st.composite
def signals(draw: st.DrawFn, most: int = 14) -> list[Signal]:
    made = []
    for number in range(draw(st.integers(0, most))):
        says, origin, tier = draw(VOICES)
        hours = draw(st.integers(1, 24 * 60))
        effect = draw(EFFECTS)
        moment = at("2025-10-02") + timedelta(hours=hours)
        date = until("2026-11-10") if effect is Effect.DEADLINE else None
        text = moment.isoformat()[:16].replace("T", " ")
        made.append(
            signal(
                effect,
                text,
                says=says,
                origin=origin,
                tier=tier,
                date=date,
                id=f"s{number:03}",
                rule=f"truce/{number % 3}",
            )
        )
    return made


def case(some: list[Signal], published: Verdict = START, folded: Verdict = START) -> Case:
    return Case(TRUCE, folded, tuple(some), (), published)


NOW = at("2025-12-15")


@given(signals(), st.randoms(use_true_random=False))
def test_the_verdict_does_not_depend_on_the_order_of_arrival(some: list[Signal], random: Random) -> None:
    shuffled = list(some)
    random.shuffle(shuffled)
    assert decide(case(some), {}, BOOK, NOW).verdict == decide(case(shuffled), {}, BOOK, NOW).verdict


@given(signals())
def test_deciding_twice_changes_nothing(some: list[Signal]) -> None:
    once = decide(case(some), {}, BOOK, NOW)
    again = decide(case(some, published=once.verdict), {}, BOOK, NOW)
    assert again.verdict == once.verdict
    assert not again.transitions


@given(signals(), st.integers(1, 59))
def test_folding_away_old_signals_never_changes_the_verdict(some: list[Signal], days: int) -> None:
    horizon = at("2025-10-02") + timedelta(days=days)
    folded = fold(case(some), {}, BOOK, horizon)
    margin = horizon - timedelta(days=BOOK.policy.corroborate_days)
    kept = [s for s in some if s.happened.end > margin]
    whole = decide(case(some), {}, BOOK, NOW).verdict
    assert decide(case(kept, folded=folded), {}, BOOK, NOW).verdict == whole


@given(signals())
@settings(max_examples=60 * TIMES)
def test_every_transition_of_news_has_evidence_and_a_reason(some: list[Signal]) -> None:
    for transition in decide(case(some), {}, BOOK, NOW).transitions:
        assert transition.reason.text
        assert transition.evidence or transition.cause.value == "clock"


@given(signals())
def test_no_unknown_publisher_alone_moves_the_standing(some: list[Signal]) -> None:
    thin = [s for s in some if s.tier is Tier.UNKNOWN]
    assert decide(case(thin), {}, BOOK, NOW).verdict.standing is Standing.UNPLEDGED


@given(signals(), st.lists(st.integers(0, 60), max_size=6))
def test_deciding_along_the_way_ends_in_the_same_verdict(some: list[Signal], stops: list[int]) -> None:
    published = START
    for days in sorted(stops):
        now = at("2025-10-02") + timedelta(days=days)
        seen = [s for s in some if s.happened.end <= now]
        published = decide(case(seen, published=published), {}, BOOK, now).verdict
    assert decide(case(some, published=published), {}, BOOK, NOW).verdict == decide(case(some), {}, BOOK, NOW).verdict
