"""What was sent in the last weeks is found without passing over what was sent in the years before."""

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.store import Store
from monitor.store import outbox as outbox_store
from monitor.store.outbox import NewOutboxItem
from tests.builders.databases import NOW, later, statements

MESSAGE = NewOutboxItem("m", "alert", "desk", "slack", "C1", "soy", "{}")
MONTH = NOW - timedelta(days=30)


def test_it_begins_at_a_moment_and_leaves_out_what_was_never_sent(store: Store) -> None:
    with store.begin() as conn:
        for days in (-40, -30, -1, 0):
            outbox_store.enqueue(conn, [replace(MESSAGE, message_id=f"m{days}")], later(days=days))
        held = replace(MESSAGE, message_id="held", held_until=later(days=1))
        outbox_store.enqueue(conn, [held], NOW)
        log = outbox_store.sent_since(conn, MONTH, but=("held",))
        assert [(sent.message_id, sent.at) for sent in log] == [(f"m{days}", later(days=days)) for days in (-30, -1, 0)]


def test_the_database_goes_by_the_moment_and_not_through_all_messages(store: Store) -> None:
    if store.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL plans by what is in the table")
    with store.read() as conn:
        with statements(store) as asked:
            outbox_store.sent_since(conn, MONTH, but=("held",))
        for statement in asked:
            values = ("x",) * statement.count("?")
            plan = conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
            assert "ix_outbox_created_at" in str(plan)
