"""The history of what was published: a row for every version whose verdict differs."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import text

from monitor.domain.model import Standing, Verdict
from monitor.domain.verdicts.review_requests import VerdictRecord
from monitor.store import Store, verdict_records
from tests.builders.databases import NOW, ask, do, later

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


def test_a_version_with_the_same_verdict_makes_no_row(store: Store) -> None:
    for version in range(3):
        decide(store, version, PLEDGED, later(days=version))
    with store.read() as conn:
        assert conn.scalar(text("SELECT count(*) FROM published")) == 1


def test_before_the_first_record_nothing_is_known(store: Store) -> None:
    decide(store, 0, PLEDGED, NOW)
    with store.read() as conn:
        assert verdict_records.published_at(conn, later(seconds=-1)) == {}
        assert verdict_records.published_at(conn, NOW, ["ships"]) == {}
        assert verdict_records.first_published(conn) == {"soy": NOW}


def test_a_version_that_was_overtaken_leaves_no_trace(store: Store) -> None:
    decide(store, 0, PLEDGED, NOW)
    decide(store, 1, PLEDGED, NOW)
    assert not do(store, verdict_records.save_record, VerdictRecord("soy", 1, MET, MET, NOW, None, later(days=1)))
    assert ask(store, verdict_records.published_at, later(days=2))["soy"].verdict == PLEDGED
