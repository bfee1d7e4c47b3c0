"""A database of an older program is carried over: every story, text, outlet, entry and signal reads as it did."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, create_engine, inspect, text

from monitor.domain.intake import KnownEntry
from monitor.domain.model import Effect, Outlet, Signal, Story
from monitor.domain.stories.syndication import Revision
from monitor.store import Store, open_store, schema, signals, stories
from monitor.store.codec import json_codec
from tests.builders.databases import BACKENDS, NOW, addresses, later
from tests.builders.domain_values import signal

PLAIN, EDITED, SHARED = "00000000000000a1", "00000000000000b2", "00000000000000c3"
OLD, NEW = "0000000000000001", "ffffffffffffffff"
WORDS = "A headline about soybeans"


@pytest.fixture(params=BACKENDS)
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    yield from addresses(request.param, tmp_path)


class OlderDatabase:
    """A database with the tables of schema 0003, and rows as that program wrote them."""

    def __init__(self, address: str) -> None:
        self.engine: Engine = create_engine(address.replace("postgresql://", "postgresql+psycopg://"))
        config = Config()
        config.set_main_option("script_location", str(Path(schema.__file__).parent / "migrations"))
        with self.engine.begin() as conn:
            config.attributes["connection"] = conn
            command.upgrade(config, "0003")

    def add(self, table: str, **values: Any) -> None:
        zoned = self.engine.dialect.name == "postgresql"
        row = {k: v.replace(tzinfo=None) if isinstance(v, datetime) and not zoned else v for k, v in values.items()}
        with self.engine.begin() as conn:
            conn.execute(text(f"INSERT INTO {table} ({', '.join(row)}) VALUES (:{', :'.join(row)})"), row)

    def add_story(self, story: str, revision: str, *, published: datetime = NOW, seen: datetime = NOW) -> None:
        said = {"source": "Wire", "url": f"https://wire.example/{story}", "title": WORDS, "summary": ""}
        flags = {"date_only": False, "withdrawn": False, "backfill": True}
        self.add("story", id=story, published_at=published, seen_at=seen, lang="en", revision=revision, **said, **flags)

    def add_outlet(self, story: str, number: int, source: str, published: datetime, seen: datetime) -> None:
        url = f"https://{source.lower()}.example/{story}"
        self.add(
            "story_outlet", story=story, number=number, source=source, url=url, published_at=published, seen_at=seen
        )

    def add_text(self, story: str, revision: str, source: str, seen: datetime, *, live: bool = True) -> None:
        said = {"source": source, "url": f"https://{source.lower()}.example/{story}", "title": WORDS, "summary": ""}
        self.add("revision", story=story, hash=revision, **said, seen_at=seen, live=live)

    def add_entry(self, name: str, feed: str, story: str, revision: str, *keys: str) -> None:
        self.add("entry", id=name, feed=feed, story=story, revision=revision, seen_at=NOW)
        for key in keys:
            self.add("entry_key", key=key, feed=feed, entry=name)


FIRST, SECOND, GONE = "a" * 24, "b" * 24, "c" * 24
PAGE, GUID, TITLE, TEXT = (f"{kind}:0123456789abcdef" for kind in ("url", "guid", "title", "text"))
MICROSECOND = later(seconds=1, microseconds=1)


@pytest.fixture
def upgraded(address: str) -> Iterator[Store]:
    older = OlderDatabase(address)
    older.add_story(PLAIN, OLD)
    older.add_outlet(PLAIN, 0, "Wire", NOW, NOW)
    older.add_text(PLAIN, OLD, "Wire", NOW)
    older.add_entry(FIRST, "wire", PLAIN, OLD, PAGE, TITLE)
    older.add_story(EDITED, NEW, seen=MICROSECOND)
    older.add_outlet(EDITED, 0, "Wire", NOW, NOW)
    older.add_text(EDITED, OLD, "Wire", NOW, live=False)
    older.add_text(EDITED, NEW, "Wire", MICROSECOND)
    older.add_entry(GONE, "wire", EDITED, "", GUID)
    older.add_story(SHARED, OLD, published=later(days=-1))
    older.add_outlet(SHARED, 0, "Wire", later(days=-1), NOW)
    older.add_outlet(SHARED, 1, "Herald", NOW, MICROSECOND)
    older.add_text(SHARED, OLD, "Herald", NOW)
    older.add_entry(SECOND, "herald", SHARED, OLD, TITLE, TEXT)
    dead = {"dead_at": MICROSECOND, "dead_why": "revised"}
    for name, story, end in (("s1", PLAIN, {"dead_at": None, "dead_why": ""}), ("s2", EDITED, dead)):
        body = json_codec.dump(found_in(story, name))
        row = {"commitment": "soy", "effect": "progress", "happened_at": NOW, "seen_at": NOW, "body": body, **end}
        older.add("signal", id=name, story=story, revision=OLD, **row)
    older.engine.dispose()
    store = open_store(address)
    yield store
    store.close()


def found_in(story: str, name: str) -> Signal:
    return signal(Effect.PROGRESS, "2026-03-02 09:00", id=name, story=story, revision=OLD)


def story(name: str, revision: str, published: datetime = NOW, seen: datetime = NOW) -> Story:
    url = f"https://wire.example/{name}"
    outlets = (Outlet("Wire", url, published, NOW),)
    return Story(name, published, seen, "Wire", url, WORDS, "", "en", revision, outlets=outlets, backfill=True)


def test_every_story_is_carried_over_with_its_outlets(upgraded: Store) -> None:
    with upgraded.read() as conn:
        found = stories.by_ids(conn, [PLAIN, EDITED, SHARED])
    assert found[PLAIN] == story(PLAIN, OLD)
    assert found[EDITED] == story(EDITED, NEW, seen=MICROSECOND)
    first, second = found[SHARED].outlets
    assert first == Outlet("Wire", f"https://wire.example/{SHARED}", later(days=-1), NOW)
    assert second == Outlet("Herald", f"https://herald.example/{SHARED}", NOW, MICROSECOND)


def test_whoever_opens_an_older_database_is_told_and_the_next_is_not(
    address: str, caplog: pytest.LogCaptureFixture
) -> None:
    OlderDatabase(address).engine.dispose()
    store = open_store(address)
    store.close()
    open_store(address).close()
    assert [record.getMessage() for record in caplog.records if record.name == "monitor.store.engine"] == [
        f"database {store.name} is of an earlier version: bringing it up to this one ..."
    ]


def test_every_text_is_carried_over_with_whose_it_is_and_whether_it_is_shown(upgraded: Store) -> None:
    with upgraded.read() as conn:
        found = list(stories.revisions(conn, stories.by_ids(conn, [PLAIN, EDITED, SHARED]).values()))
    said = [(text.story, text.hash, text.source, text.seen_at, text.live) for text in found]
    assert said == [
        (PLAIN, OLD, "Wire", NOW, True),
        (EDITED, OLD, "Wire", NOW, False),
        (EDITED, NEW, "Wire", MICROSECOND, True),
        (SHARED, OLD, "Herald", NOW, True),
    ]
    assert found[0] == Revision(PLAIN, OLD, "Wire", f"https://wire.example/{PLAIN}", WORDS, "", NOW)


def test_every_entry_is_carried_over_and_known_by_its_keys(upgraded: Store) -> None:
    first = KnownEntry(FIRST, "wire", PLAIN, OLD, NOW, frozenset({PAGE, TITLE}))
    gone = KnownEntry(GONE, "wire", EDITED, "", NOW, frozenset({GUID}))
    second = KnownEntry(SECOND, "herald", SHARED, OLD, NOW, frozenset({TITLE, TEXT}))
    with upgraded.read() as conn:
        assert set(stories.entries_of(conn, [PLAIN, EDITED, SHARED])) == {first, gone, second}
        for keys, found in ((TITLE, {first, second}), (PAGE, {first}), (GUID, {gone}), (TEXT, {second})):
            assert set(stories.entries_by_key(conn, [keys])) == found


def test_every_signal_is_carried_over_dead_or_alive(upgraded: Store) -> None:
    with upgraded.read() as conn:
        assert signals.by_ids(conn, ["s1", "s2"]) == {"s1": found_in(PLAIN, "s1"), "s2": found_in(EDITED, "s2")}
        assert [found.id for found in signals.of_stories(conn, [PLAIN, EDITED])] == ["s1"]
        dead = conn.execute(text("SELECT dead_why FROM signal WHERE id = 's2'")).scalar_one()
    assert dead == "revised"


def test_a_story_with_one_outlet_and_one_text_takes_no_row_but_its_own(upgraded: Store) -> None:
    with upgraded.read() as conn:
        for table in ("story_outlet", "revision"):
            rows = conn.execute(text(f"SELECT count(*) FROM {table} WHERE story = :id"), {"id": bytes.fromhex(PLAIN)})
            assert rows.scalar_one() == 0


def test_nothing_of_the_older_tables_is_left(upgraded: Store) -> None:
    tables = inspect(upgraded.engine).get_table_names()
    assert not [name for name in tables if "0003" in name]


def test_an_upgrade_gives_back_the_space_that_it_frees(tmp_path: Path) -> None:
    file = tmp_path / "monitor.db"
    older = OlderDatabase(f"sqlite:///{file}")
    for number in range(300):
        name = f"{number:016x}"
        older.add_story(name, OLD)
        older.add_text(name, OLD, "Wire", NOW)
    older.engine.dispose()
    store = open_store(f"sqlite:///{file}")
    with store.read() as conn:
        assert conn.exec_driver_sql("PRAGMA freelist_count").scalar_one() == 0
    store.close()
