"""Verdicts are read one by one where few are asked for, and answer as a dictionary of all of them would."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.domain.model import Outlook
from monitor.domain.verdicts.review_requests import first_record
from monitor.store import Store, verdict_records
from tests.builders.databases import NOW, ask, statements
from tests.builders.domain_values import commitment

NAMES = [f"promise-{number:04}" for number in range(700)]
"""More than one statement binds."""
EARLIER = NOW - timedelta(days=1)
RECORDS = {name: first_record(commitment(id=name), NOW) for name in NAMES}


@pytest.fixture
def filled(store: Store) -> Store:
    with store.begin() as conn:
        for number, record in enumerate(RECORDS.values()):
            assert verdict_records.save_record(conn, replace(record, next_due=NOW + timedelta(hours=number)))
    return store


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
