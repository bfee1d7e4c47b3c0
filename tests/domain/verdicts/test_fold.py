"""A decision takes over the steps of the last one, and is what it would be without them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.domain.model import Commitment, DateMention, DecisionInput, Effect, Outlet, Policy, Signal, Story, Tier
from monitor.domain.verdicts.decide import checkpoint_verdict, decide, initial_verdict
from monitor.domain.verdicts.fold import FoldStep, KeptFolds
from tests.builders.commitment_histories import BEGIN, BOOK, END, Course, courses, lived
from tests.builders.domain_values import at, commitment, from_us, rulebook, signal
from tests.builders.example_counts import TIMES

OTHER_BOOK = replace(BOOK, policy=Policy(origins_needed=1, corroborate_days=2, outlook_origins=1))
"""Under this policy one report is enough."""


@dataclass(frozen=True, slots=True)
class Look:
    """One decision: what is known then. hidden: signals that do not count; reprinted: those whose story a wire carried too."""

    now: datetime
    hidden: frozenset[str]
    reprinted: frozenset[str]
    other_rules: bool
    folds: bool


def looks(course: Course) -> st.SearchStrategy[list[Look]]:
    """Decisions at any moments, in any order, of any part of what is reported."""
    some = st.frozensets(st.sampled_from([s.id for s in course.signals]), max_size=3)
    hours = st.integers(1, (END - BEGIN) // timedelta(hours=1))
    moments = hours.map(lambda hour: BEGIN + timedelta(hours=hour))
    rarely = st.integers(0, 4).map(lambda number: number == 0)
    return st.lists(st.builds(Look, moments, some, some, rarely, st.booleans()), min_size=2, max_size=8)


def stories_of(signals: Sequence[Signal], reprinted: frozenset[str]) -> dict[str, Story]:
    """The story of each signal, carried by a local paper alone or by a wire as well."""
    stories = {}
    for s in signals:
        outlets = tuple(Outlet(name, "", s.seen_at, s.seen_at) for name in ("The Gazette", "Reuters"))
        own = outlets if s.id in reprinted else outlets[:1]
        stories[s.story] = Story(
            s.story, s.seen_at, s.seen_at, "The Gazette", "", "t", "", "en", s.revision, outlets=own
        )
    return stories


@given(st.data(), courses(), st.randoms(use_true_random=False))
@settings(max_examples=40 * TIMES, deadline=None)
def test_what_earlier_decisions_have_left_never_changes_a_decision(
    data: st.DataObject, course: Course, random: Random
) -> None:
    kept = KeptFolds()
    for look in data.draw(looks(course)):
        signals = [s for s in course.signals if s.id not in look.hidden]
        random.shuffle(signals)
        book, stories = OTHER_BOOK if look.other_rules else BOOK, stories_of(signals, look.reprinted)
        case = replace(course, signals=tuple(signals)).case(look.now)
        if look.folds:
            until = look.now - timedelta(days=10)
            folded = checkpoint_verdict(case, stories, book, until, kept)
            assert folded == checkpoint_verdict(case, stories, book, until)
            case = replace(case, folded=folded)
        assert decide(case, stories, book, look.now, folds=kept) == decide(case, stories, book, look.now)


@given(courses())
@settings(max_examples=15 * TIMES, deadline=None)
def test_a_history_is_the_same_whether_each_decision_goes_on_from_the_last_or_not(course: Course) -> None:
    assert lived(course, folds=True, kept_steps=KeptFolds()) == lived(course, folds=True)


# ---------------------------------------------------------------- which steps are taken over

TRUCE = commitment()
RULES = rulebook(TRUCE)
FORTNIGHT = [
    signal(Effect.SETBACK, f"2025-11-{day:02}", origin=f"paper {day}", id=f"s{day:02}") for day in range(1, 15)
]


def steps(kept: KeptFolds, of: Commitment = TRUCE) -> dict[str, FoldStep]:
    return {key: step for (key, _), step in kept.steps(of, RULES).items()}


def decided_on(
    kept: KeptFolds, signals: Sequence[Signal], when: str = "2025-12-01", of: Commitment = TRUCE
) -> dict[str, FoldStep]:
    """The steps of a decision on these signals."""
    start = initial_verdict(of, at("2025-10-02"))
    decide(DecisionInput(of, start, tuple(signals), (), start), {}, RULES, at(when), folds=kept)
    return steps(kept, of)


def taken_over(before: dict[str, FoldStep], after: dict[str, FoldStep]) -> set[str]:
    """The signals whose step is the very one of the decision before."""
    return {key for key, step in after.items() if before.get(key) is step}


def test_news_costs_one_step_however_much_is_known() -> None:
    kept = KeptFolds()
    before = decided_on(kept, FORTNIGHT[:-1])
    assert taken_over(before, decided_on(kept, FORTNIGHT)) == {s.id for s in FORTNIGHT[:-1]}


def test_time_alone_costs_no_step() -> None:
    kept = KeptFolds()
    before = decided_on(kept, FORTNIGHT, "2025-12-01")
    assert taken_over(before, decided_on(kept, FORTNIGHT, "2025-12-24")) == {s.id for s in FORTNIGHT}


def test_a_report_taken_back_costs_the_steps_after_it() -> None:
    kept = KeptFolds()
    before = decided_on(kept, FORTNIGHT)
    without = [s for s in FORTNIGHT if s.id != "s12"]
    assert taken_over(before, decided_on(kept, without)) == {s.id for s in FORTNIGHT[:11]}


def test_a_late_report_that_moves_nothing_costs_no_more_than_the_corroboration_window() -> None:
    kept = KeptFolds()
    before = decided_on(kept, FORTNIGHT)
    late = signal(Effect.SETBACK, "2025-11-02 12:00", tier=Tier.UNKNOWN, origin="a blog", id="late", object="other")
    closed = late.happened.end + timedelta(days=RULES.policy.corroborate_days)
    beside = [s for s in FORTNIGHT if s.happened.end < late.happened.end or s.happened.end > closed + timedelta(days=1)]
    assert taken_over(before, decided_on(kept, [late, *FORTNIGHT])) == {s.id for s in beside}


def test_a_moved_checkpoint_takes_over_the_steps_from_where_the_states_are_equal() -> None:
    kept, start, now = KeptFolds(), initial_verdict(TRUCE, at("2025-10-02")), at("2025-12-01")
    case = DecisionInput(TRUCE, start, tuple(FORTNIGHT), (), start)
    decide(case, {}, RULES, now, folds=kept)
    before = steps(kept)
    folded = checkpoint_verdict(case, {}, RULES, at("2025-11-03"), kept)
    decide(replace(case, folded=folded), {}, RULES, now, folds=kept)
    assert {s.id for s in FORTNIGHT[10:]} <= taken_over(before, steps(kept))


def test_no_step_of_another_rulebook_or_commitment_is_taken_over() -> None:
    kept = KeptFolds()
    decided_on(kept, FORTNIGHT)
    assert kept.steps(replace(TRUCE, stale_days=1), RULES) == {}
    assert kept.steps(TRUCE, replace(RULES, policy=Policy(live_days=3))) == {}


def test_no_more_steps_are_kept_than_the_last_decision_took() -> None:
    kept = KeptFolds()
    decided_on(kept, FORTNIGHT)
    assert len(decided_on(kept, FORTNIGHT[10:])) == 4


def test_an_order_with_a_later_effect_has_a_step_for_each_of_its_two_days() -> None:
    kept, start = KeptFolds(), DateMention(date(2025, 11, 10), role="start")
    order = from_us(Effect.DELIVERED, "2025-11-01", starts=start)
    decided_on(kept, [order])
    taken = [step.signal.effect for step in kept.steps(TRUCE, RULES).values()]
    assert taken == [Effect.PROGRESS, Effect.DELIVERED]
