"""The values that stand for rows: one type a table, frozen, apart from any session."""

from dataclasses import replace

import pytest
from sqlalchemy import select, text

from monitor.domain.model import Cause, Standing, Verdict
from monitor.domain.verdicts.review_requests import ReviewRequest, VerdictRecord
from monitor.store import Store, problems_and_runs, tables
from monitor.store import outbox as outbox_store
from monitor.store.outbox import NewOutboxItem
from monitor.store.rows import among, insert_new, read, read_among, row_of, save_rows, upsert
from monitor.store.tables import Adopted, FeedState, Stored
from tests.builders.databases import NOW, later

VALUES = Stored.__subclasses__()


def test_a_value_and_its_table_have_the_same_fields() -> None:
    for value in VALUES:
        columns = [{column.name for column in table.columns} for table in tables.METADATA.tables.values()]
        (own,) = [names for names in columns if set(value.model_fields) <= names]
        assert own - set(value.model_fields) <= {"id"}, "but for a number that nobody reads"


def test_lists_are_stored_as_the_json_text_that_older_rows_hold(store: Store) -> None:
    item = NewOutboxItem("m", "alert", "desk", "slack", "C1", "soy", "{}", transitions=("t1", "t2"), evidence=("s",))
    with store.begin() as conn:
        outbox_store.enqueue(conn, [item], NOW)
        stored = conn.execute(text("SELECT transitions, evidence FROM outbox")).one()
        assert tuple(stored) == ('["t1", "t2"]', '["s"]')
        conn.execute(text("""UPDATE outbox SET evidence = '["a","b"]'"""))
        (read_back,) = outbox_store.items(conn)
        save_rows(conn, Adopted(version="v", adopted_at=NOW, prints={"soy": "1", "oil": "2"}))
        assert conn.scalar(text("SELECT prints FROM rulebook")) == '{"oil": "2", "soy": "1"}'
        adopted = problems_and_runs.adopted(conn)
    assert (read_back.transitions, read_back.evidence) == (("t1", "t2"), ("a", "b"))
    assert adopted == Adopted(version="v", adopted_at=NOW, prints={"oil": "2", "soy": "1"})


@pytest.mark.parametrize("count", [0, 1, 3, 4, 501])
def test_a_select_among_values_gives_each_row_once_however_many_values(store: Store, count: int) -> None:
    states = [
        FeedState(name=f"{n:03}", url="https://herald.example", next_poll_at=later(hours=n)) for n in range(count)
    ]
    wanted = select(tables.FEED).where(among(tables.FEED.c.name))
    with store.begin() as conn:
        save_rows(conn, *states)
        found = read_among(conn, FeedState, wanted, [*(state.name for state in states), "unknown"])
        assert sorted(found, key=lambda state: state.name) == states


def test_a_value_of_the_domain_is_read_back_from_its_row_with_its_enums_and_verdicts(store: Store) -> None:
    verdict = Verdict("soy", Standing.IN_PROGRESS, NOW, NOW.date())
    record = VerdictRecord("soy", 0, verdict, replace(verdict, standing=Standing.UNPLEDGED), NOW, None, later(days=1))
    request = ReviewRequest("soy", NOW, Cause.CORRECTION, urgent=True, stamp=3)
    with store.begin() as conn:
        insert_new(conn, tables.VERDICT, [record])
        upsert(conn, tables.DIRTY, [request])
        assert read(conn, VerdictRecord, select(tables.VERDICT)) == (record,)
        assert read(conn, ReviewRequest, select(tables.DIRTY)) == (request,)
        assert conn.scalar(text("SELECT cause FROM dirty")) == "correction"
    assert row_of(tables.DIRTY, request, stamp=4)["stamp"] == 4, "what is given beside the value counts"
