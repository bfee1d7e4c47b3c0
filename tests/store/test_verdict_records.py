"""Verdicts are read one by one where few are asked for, and every version that differs has a row in the history."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from monitor.domain.model import Outlook, Standing, Verdict
from monitor.domain.verdicts.review_requests import VerdictRecord, first_record
from monitor.store import Store, verdict_records
from tests.builders.databases import BACKENDS, NOW, ask, do, later, statements, stores
from tests.builders.domain_values import commitment

NAMES = [f"promise-{number:04}" for number in range(700)]
"""More than one statement binds."""
EARLIER = NOW - timedelta(days=1)
RECORDS = {name: first_record(commitment(id=name), NOW) for name in NAMES}


@pytest.fixture(scope="module", params=BACKENDS)
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """For reading alone."""
    for store in stores(request.param, tmp_path_factory.mktemp("filled")):
        with store.begin() as conn:
            for number, record in enumerate(RECORDS.values()):
                assert verdict_records.save_record(conn, replace(record, next_due=NOW + timedelta(hours=number)))
        yield store


def test_of_many_commitments_those_without_a_verdict_are_found_by_two_statements(filled: Store) -> None:
    with filled.read() as conn, statements(filled) as asked:
        assert verdict_records.undecided_or_due(conn, [*NAMES, "promise-new"], EARLIER) == {"promise-new"}
        assert verdict_records.undecided_or_due(conn, NAMES[5:9], EARLIER) == frozenset()
    assert len(asked) == 4


def test_time_makes_due_what_has_come_and_nothing_later(filled: Store) -> None:
    assert ask(filled, verdict_records.undecided_or_due, NAMES, NOW + timedelta(hours=2)) == {*NAMES[:3]}


def test_a_verdict_is_read_when_it_is_asked_for_and_once(filled: Store) -> None:
    newer = replace(RECORDS[NAMES[0]].published, outlook=Outlook.AT_RISK)
    with filled.read() as conn, statements(filled) as asked:
        verdicts = verdict_records.PublishedVerdicts(conn, {NAMES[0]: newer, "not-yet": newer})
        assert verdicts[NAMES[0]] is newer
        assert asked == []
        assert verdicts[NAMES[1]] == verdicts[NAMES[1]] == RECORDS[NAMES[1]].published
        assert len(asked) == 1
        assert "unknown" not in verdicts
        assert set(verdicts) == {*NAMES, "not-yet"}
        assert len(verdicts) == len(NAMES) + 1


PLEDGED = Verdict("soy", Standing.PLEDGED, NOW, NOW.date())
MET = replace(PLEDGED, standing=Standing.MET)


def decide(store: Store, version: int, verdict: Verdict, at: datetime) -> None:
    assert do(store, verdict_records.save_record, VerdictRecord("soy", version, verdict, verdict, NOW, None, at))


def test_what_was_published_at_a_moment_is_the_version_of_that_moment(store: Store) -> None:
    decide(store, 0, PLEDGED, NOW)
    decide(store, 1, PLEDGED, later(days=1))
    decide(store, 2, MET, later(days=2))
    decide(store, 3, PLEDGED, later(days=3))
    with store.read() as conn:
        found = [verdict_records.published_at(conn, later(days=days))["soy"] for days in (0, 1.5, 2, 9)]
    assert [(one.verdict.standing.value, one.at) for one in found] == [
        ("pledged", NOW),
        ("pledged", NOW),
        ("met", later(days=2)),
        ("pledged", later(days=3)),
    ]


def test_the_same_verdict_or_a_version_that_was_overtaken_makes_no_row(store: Store) -> None:
    for version in range(2):
        decide(store, version, PLEDGED, later(hours=version))
    with store.read() as conn:
        assert conn.scalar(text("SELECT count(*) FROM published")) == 1
    assert ask(store, verdict_records.published_at, later(seconds=-1)) == {}, "nothing is known before the first"
    assert ask(store, verdict_records.published_at, NOW, ["ships"]) == {}
    assert ask(store, verdict_records.first_published) == {"soy": NOW}
    assert not do(store, verdict_records.save_record, VerdictRecord("soy", 1, MET, MET, NOW, None, later(days=1)))
    assert ask(store, verdict_records.published_at, later(days=2))["soy"].verdict == PLEDGED
