"""What must hold for every course of events, in whatever order it is read and however often a monitor looks."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from monitor.domain.messages.wording import detail_text
from monitor.domain.model import Cause, Standing, Tier, Transition
from monitor.domain.verdicts.decide import decide
from tests.builders.commitment_histories import BEGIN, BOOK, END, Course, courses, lived, reached
from tests.builders.domain_values import PARTIES
from tests.builders.example_counts import TIMES, examples

MET_ALONG_THE_WAY = {
    *(f"standing {s.value}" for s in Standing),
    "outlook at_risk",
    "outlook stalled",
    *(f"flag {name}" for name in ("contested", "late", "overdue", "pinned", "stale", "unconfirmed")),
    *(f"date {state}" for state in ("claimed", "current", "lapsed", "met")),
    *(
        f"reason {code}"
        for code in ("notice", "overdue", "lapsed", "period", "count", "step", "terms", "confirmed", "corrected")
    ),
    "intervention pin",
    "intervention unpin",
    "intervention reject",
}
"""What the courses must reach for these properties to say anything."""
SPARED: set[str] = set()
"""Where the moment of folding still shows: a denial that the fold forgets, and what a lapse leaves of the outlook and
of the dates beside it."""


@given(courses(), st.randoms(use_true_random=False))
@settings(max_examples=examples(30))
def test_a_decision_does_not_depend_on_the_order_in_which_it_is_read(course: Course, random: Random) -> None:
    signals, interventions = list(course.signals), list(course.interventions)
    random.shuffle(signals)
    random.shuffle(interventions)
    other = replace(course, signals=tuple(signals), interventions=tuple(interventions))
    assert decide(other.case(), {}, BOOK, END) == decide(course.case(), {}, BOOK, END)


@given(courses())
@settings(max_examples=examples(30))
def test_deciding_twice_changes_nothing(course: Course) -> None:
    once = decide(course.case(), {}, BOOK, END)
    again = decide(course.case(published=once.verdict), {}, BOOK, END)
    assert again.verdict == once.verdict
    assert not again.transitions


@pytest.mark.slow
def test_looking_more_often_than_at_next_due_changes_nothing_in_the_history() -> None:
    met: Counter[str] = Counter()

    @given(courses(), st.lists(st.integers(1, (END - BEGIN) // timedelta(minutes=1)), max_size=6))
    @settings(max_examples=examples(60))
    def holds(course: Course, minutes: list[int]) -> None:
        seldom = lived(course)
        met.update(reached(course, seldom))
        near = (look + wait for look in seldom.looks for wait in (timedelta(minutes=-1), timedelta(minutes=1)))
        often = lived(course, [*near, *(BEGIN + timedelta(minutes=m) for m in minutes)])
        assert often.transitions == seldom.transitions
        assert often.verdict == seldom.verdict

    holds()
    missed = MET_ALONG_THE_WAY - met.keys()
    assert len(missed) <= (7 if TIMES <= 1 else 0), missed  # a small sample misses some, a deep one none


@given(courses())
@settings(max_examples=examples(30))
def test_a_history_ends_in_the_verdict_of_all_that_is_known(course: Course) -> None:
    end = END - timedelta(seconds=1)
    assert lived(course, [end]).verdict == decide(course.case(end), {}, BOOK, end).verdict


@given(courses())
@settings(max_examples=examples(25))
def test_folding_as_a_review_does_it_never_changes_the_history(course: Course) -> None:
    whole = lived(course)
    assume(not SPARED & reached(course, whole))
    folded = lived(course, folds=True)
    assert folded.verdict == whole.verdict
    assert [told(t) for t in folded.transitions] == [told(t) for t in whole.transitions]


def told(change: Transition) -> tuple[object, ...]:
    """A change as people see it; the quote of a report that is folded away is no longer at hand."""
    return change.change, change.at, change.happened, change.cause, change.way


@given(courses(interventions=False))
@settings(max_examples=examples(30))
def test_every_change_by_news_has_evidence_and_a_reason(course: Course) -> None:
    for change in lived(course).transitions:
        assert detail_text(change.reason.detail, PARTIES)
        assert change.evidence or change.cause is Cause.CLOCK


@given(courses(interventions=False))
@settings(max_examples=examples(30))
def test_unknown_publishers_alone_move_nothing(course: Course) -> None:
    thin = replace(course, signals=tuple(replace(s, tier=Tier.UNKNOWN) for s in course.signals))
    silent = replace(course, signals=())
    assert {t.cause for t in lived(thin).transitions} <= {Cause.CLOCK}
    assert decide(thin.case(), {}, BOOK, END).verdict.standing is decide(silent.case(), {}, BOOK, END).verdict.standing
