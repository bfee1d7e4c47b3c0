"""Where a conversation goes on: threads of a database that an older program made."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, select, text

from monitor.store import open_store, schema
from monitor.store.tables import THREAD
from tests.builders.databases import BACKENDS, addresses, later

SENT = (
    'INSERT INTO outbox (number, message_id, kind, route, channel, "to", commitment, transitions, evidence, payload, state, '
    "created_at, attempts, faults, repeat, lease_owner, settled_at, ref, thread, error) VALUES "
    "(:number, :number, 'alert', 'desk', 'slack', 'C1', 'soy', '[]', '[]', '{}', 'sent', :at, 1, 0, :no, '', :at, '', '1.5', '')"
)


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_thread_of_an_older_database_is_as_old_as_its_first_message(backend: str, tmp_path: Path) -> None:
    for address in addresses(backend, tmp_path):
        engine = create_engine(address.replace("postgresql://", "postgresql+psycopg://"))
        config = Config()
        config.set_main_option("script_location", str(Path(schema.__file__).parent / "migrations"))
        with engine.begin() as conn:
            config.attributes["connection"] = conn
            command.upgrade(config, "0002")
            for number in (1, 2):
                at = later(days=number)
                row = {"number": number, "at": at.replace(tzinfo=None) if backend == "sqlite" else at, "no": False}
                conn.execute(text(SENT), row)
            conn.execute(text("INSERT INTO thread VALUES ('slack', 'C1', 'soy', '1.5')"))
        engine.dispose()
        opened = open_store(address)
        with opened.read() as conn:
            thread = conn.execute(select(THREAD)).one()
            assert (thread.ref, thread.started_at, thread.refresh_at) == ("1.5", later(days=1), None)
        opened.close()
