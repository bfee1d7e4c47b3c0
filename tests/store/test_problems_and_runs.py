"""Problems, runs, transitions and feeds as the command line reads them."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from monitor.domain.model import Cause, Direction, Outlook, Reason, ReasonCode, Severity, Standing, Transition, Verdict
from monitor.domain.model.changes import StatusChanged
from monitor.domain.model.reasons import Text
from monitor.domain.verdicts.review_requests import ReviewRequest, VerdictRecord
from monitor.store import Store, problems_and_runs, verdict_records
from monitor.store.column_types import StoredError
from monitor.store.rows import save_rows
from monitor.store.tables import Run
from tests.builders.databases import NOW, ask, do, later, recorded_runs


def test_a_problem_that_comes_back_waits_twice_as_long_up_to_an_hour(store: Store) -> None:
    waits = []
    for _ in range(9):
        problem = do(store, problems_and_runs.add_problem, "verdict", "soy", ValueError("soy.yaml: no: such"), NOW)
        assert problem.retry_at is not None
        waits.append(problem.retry_at - NOW)
    assert waits[:3] == [timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4)]
    assert waits[-1] == timedelta(hours=1)
    with store.begin() as conn:
        (problem,) = problems_and_runs.problems(conn)
        row = conn.scalar(text("SELECT error FROM problem"))
        problems_and_runs.resolve_problem(conn, "verdict", ["soy"])
        assert problems_and_runs.problems(conn) == ()
    assert (problem.error, problem.count) == (StoredError("ValueError", "soy.yaml: no: such"), 9)
    assert row == '{"type": "ValueError", "text": "soy.yaml: no: such"}', "the type is stored apart from the text"


def run(job: str, day: int) -> Run:
    return Run(job=job, started_at=later(days=day), ended_at=later(days=day), outcome="ok")


def test_runs_are_forgotten_by_age(store: Store) -> None:
    with store.begin() as conn:
        for day in range(4):
            save_rows(conn, run("poll" if day % 2 else "digest", day))
    with store.begin() as conn:
        assert problems_and_runs.forget_runs(conn, later(days=2)) == 2
        assert recorded_runs(conn) == (run("digest", 2), run("poll", 3))


def transition(number: int) -> Transition:
    return Transition(
        f"t{number}",
        "soy",
        StatusChanged(Standing.PLEDGED, Standing.MET),
        Direction.UP,
        Standing.MET,
        Outlook.STEADY,
        Cause.NEWS,
        Reason(ReasonCode.STATUS, Text("bought")),
        later(days=number),
        later(days=number),
        Severity.URGENT,
    )


def test_transitions_are_recorded_once_and_read_by_period(store: Store) -> None:
    verdict = Verdict("soy", Standing.MET, NOW, NOW.date())
    with store.begin() as conn:
        record = VerdictRecord("soy", 0, verdict, verdict, NOW, None, NOW)
        assert verdict_records.save_record(conn, record, [transition(n) for n in (1, 2, 3)])
        assert not verdict_records.save_record(conn, record, [transition(4)])
        assert verdict_records.save_record(conn, replace(record, version=1), [transition(3)])
    assert ask(store, verdict_records.transitions, later(days=1), later(days=3)) == (transition(1), transition(2))
    assert ask(store, verdict_records.transitions, NOW, later(days=9), ["ships"]) == ()
    assert ask(store, verdict_records.transitions, commitments=["soy"], newest=2) == (transition(2), transition(3))


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        (Cause.NEWS, Cause.CORRECTION, Cause.CORRECTION),
        (Cause.PERSON, Cause.NEWS, Cause.PERSON),
        (Cause.BACKFILL, Cause.NEWS, Cause.NEWS),
        (Cause.RULES, Cause.BACKFILL, Cause.RULES),
        (Cause.RULES, Cause.NEWS, Cause.NEWS),
    ],
)
def test_of_two_causes_the_one_to_be_told_is_kept(store: Store, first: Cause, second: Cause, told: Cause) -> None:
    with store.begin() as conn:
        verdict_records.request_reviews(
            conn, [ReviewRequest("soy", later(hours=1), first), ReviewRequest("soy", NOW, second, urgent=True)]
        )
        (mark,) = verdict_records.review_requests(conn).values()
    assert (mark.cause, mark.since, mark.urgent) == (told, NOW, True)
