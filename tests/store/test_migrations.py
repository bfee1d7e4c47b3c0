"""A database of an older schema is upgraded in one transaction, and every row stays."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from monitor.domain.model import Story
from monitor.errors import StoreError
from monitor.store import Store, engine, open_store, stories
from tests.builders.databases import BACKENDS, NOW, addresses, do

NEXT = '''
"""Adds a column."""
import sqlalchemy as sa
from alembic import op

revision, down_revision = "0002", "0001"


def upgrade():
    with op.batch_alter_table("story") as story:
        story.add_column(sa.Column("weight", sa.Integer(), nullable=False, server_default="7"))
'''


@pytest.fixture(params=BACKENDS)
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    yield from addresses(request.param, tmp_path)


@pytest.fixture
def migrations(tmp_path: Path) -> Path:
    """Our migrations and the next one."""
    folder = tmp_path / "migrations"
    shutil.copytree(engine.MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "versions" / "r0002_next.py").write_text(NEXT, encoding="utf-8")
    return folder


STORY = Story("00000000000000a1", NOW, NOW, "Wire", "https://wire.example/a", "Soy", "", "en", "0000000000000001")


@pytest.fixture
def store(address: str) -> Iterator[Store]:
    """A database with one story."""
    store = open_store(address)
    do(store, stories.save, {STORY.id: STORY}, ())
    yield store
    store.close()


def revision_of(conn: Connection) -> str:
    return str(conn.scalar(text("SELECT version_num FROM alembic_version")))


def test_the_head_is_the_newest_revision_in_the_folder() -> None:
    config = Config()
    config.set_main_option("script_location", str(engine.MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_current_head() == engine.HEAD


def test_an_upgrade_changes_the_tables_and_keeps_every_row(store: Store, migrations: Path) -> None:
    do(store, engine.upgrade, migrations)
    with store.read() as conn:
        assert conn.scalar(text("SELECT weight FROM story")) == 7
        assert stories.by_ids(conn, [STORY.id])[STORY.id].title == STORY.title
        assert revision_of(conn) == "0002"
        with pytest.raises(StoreError, match="0002"):
            engine.schema_state(conn, store.name)


def test_an_upgrade_that_fails_changes_nothing(store: Store, migrations: Path) -> None:
    script = migrations / "versions" / "r0002_next.py"
    script.write_text(NEXT + "    op.execute('SELECT * FROM missing')\n", encoding="utf-8")
    with pytest.raises(StoreError), store.begin() as conn:
        engine.upgrade(conn, migrations)
    with store.read() as conn:
        assert revision_of(conn) == "0001"
        assert "weight" not in {column["name"] for column in inspect(conn).get_columns("story")}


def test_the_tables_of_a_running_instance_are_not_upgraded(address: str) -> None:
    with closing(open_store(address, exclusive=True)) as running:
        with running.begin() as conn:
            conn.execute(text("UPDATE alembic_version SET version_num = '0000'"))
        with pytest.raises(StoreError, match="in use"):
            open_store(address)
