"""Storing what the intake decides is 15 times faster than an ORM that commits each row, and half as fast as raw `executemany`.

The program stores documents of real stories: stories, texts, entries, signals and review requests, a transaction a document. The
rows that this leaves in the database are then written into empty copies of it, once as objects of an ORM with a commit each, once
with `executemany` of the standard library and a transaction a document. All three write rows of the same tables; the rates are rows
a second of CPU.
"""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeAlias

from sqlalchemy import MetaData, create_engine
from sqlalchemy.orm import Session, registry
from sqlalchemy.types import NullType

from benchmarks.archive import every, read_lines
from benchmarks.measure import CACHE, ROOT, Row, Setup, run
from monitor.domain.intake import Intake, IntakeChanges
from monitor.domain.matching.rules import Rulebook
from monitor.domain.model import Entry
from monitor.replay import as_entry, read_story
from monitor.rulebook import load_rulebook
from monitor.store import open_store
from monitor.store.intake_shelf import SqlShelf, StoryCache

STORIES, DOCUMENTS, COMMITTED = 2_000, 2, 1_000
WARM_UP = 20
"""Stories that are stored before; DOCUMENTS hold the others, and COMMITTED is how many rows the ORM writes."""
Rows: TypeAlias = dict[str, list[tuple[Any, ...]]]


def measure(setup: Setup) -> Iterator[Row]:
    lines = every(read_lines(setup.stories), setup.size(STORIES, 60))
    rulebook = load_rulebook(ROOT / "rules", cache=CACHE)
    ours, raw, orm = list[float](), list[float](), list[float]()

    def once() -> float:
        folder = setup.work / str(len(ours))
        folder.mkdir()
        seconds, rows = stored(lines, folder, rulebook)
        count = sum(map(len, rows.values()))
        ours.append(count / seconds)
        raw.append(count / executed(rows, folder))
        share = setup.size(COMMITTED, 40) / count
        some = {table: every(values, max(1, int(len(values) * share))) for table, values in rows.items()}
        orm.append(sum(map(len, some.values())) / committed(some, folder))
        return ours[-1] / orm[-1]

    against_orm = setup.repeated(once)
    note = f"{len(lines):,} stories in {DOCUMENTS} documents"
    yield Row("storing against an ORM that commits each row", against_orm, "times", least=15, note=note)
    against_raw = tuple(our / limit for our, limit in zip(ours, raw, strict=True))
    yield Row("storing against raw executemany", against_raw, "times", least=0.5)
    for name, rates in (("storing", ours), ("ORM, a commit a row", orm), ("raw executemany", raw)):
        yield Row(name, tuple(rates), "rows/s", scales="rate")


def stored(lines: Sequence[str], folder: Path, rulebook: Rulebook) -> tuple[float, Rows]:
    """Seconds of CPU that the program takes to store these stories, and the rows that this has added.

    A few of them are stored before: the first document pays for statements that are compiled once. The database as it is then is
    left as `empty.db`.
    """
    file = folder / "ours.db"
    store, recent, seconds = open_store(f"sqlite:///{file}"), StoryCache(), 0.0
    entries = [as_entry(read_story(line, number, "-"), number, "-") for number, line in enumerate(lines)]
    now = max(entry.published_at for entry in entries if entry.published_at) + timedelta(hours=1)

    def put(document: Sequence[Entry], feed: str) -> float:
        with store.read() as conn:
            changes: IntakeChanges = Intake(rulebook, SqlShelf(conn, recent), now, feed).take(document)
        began = time.process_time()
        with store.begin() as conn:
            SqlShelf(conn, recent).put(changes, now)
        return time.process_time() - began

    with closing(store):
        put(entries[:WARM_UP], "first")
        with closing(sqlite3.connect(file)) as now_kept, closing(sqlite3.connect(folder / "empty.db")) as copy:
            now_kept.backup(copy)
        for part in range(DOCUMENTS):
            seconds += put(entries[WARM_UP + part :: DOCUMENTS], f"feed {part}")
    return seconds, added(folder / "empty.db", file)


def added(before: Path, after: Path) -> Rows:
    """The rows of each table whose primary key the database did not have before."""
    rows: Rows = {}
    with closing(sqlite3.connect(before)) as old, closing(sqlite3.connect(after)) as new:
        tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY rowid"
        for (table,) in new.execute(tables).fetchall():
            keys = [number for number, *_, in_key in new.execute(f'PRAGMA table_info("{table}")') if in_key]
            everything = f'SELECT * FROM "{table}"'
            had = {tuple(row[key] for key in keys) for row in old.execute(everything)}
            fresh = [row for row in new.execute(everything) if tuple(row[key] for key in keys) not in had]
            if fresh:
                rows[table] = fresh
    return rows


def executed(rows: Rows, folder: Path) -> float:
    """Seconds of CPU to write the rows with executemany, a transaction a document."""
    file = shutil.copyfile(folder / "empty.db", folder / "raw.db")
    with closing(sqlite3.connect(file, isolation_level=None)) as conn:
        conn.execute("PRAGMA journal_mode = wal")
        began = time.process_time()
        for part in range(DOCUMENTS):
            conn.execute("BEGIN IMMEDIATE")
            for table, values in rows.items():
                marks = ", ".join("?" * len(values[0]))
                conn.executemany(
                    f'INSERT INTO "{table}" VALUES ({marks}) ON CONFLICT DO NOTHING', values[part::DOCUMENTS]
                )
            conn.execute("COMMIT")
        return time.process_time() - began


class Plain:
    """A row as an object."""

    def __init__(self, **values: object) -> None:
        for name, value in values.items():
            setattr(self, name, value)


def committed(rows: Rows, folder: Path) -> float:
    """Seconds of CPU to write the rows as objects of an ORM, with a commit each."""
    file = shutil.copyfile(folder / "empty.db", folder / "orm.db")
    engine, mapped, metadata = create_engine(f"sqlite:///{file}"), registry(), MetaData()
    metadata.reflect(engine, only=list(rows))
    kinds: dict[str, type[Plain]] = {}
    for name in rows:
        for column in metadata.tables[name].columns:
            column.type = NullType()  # the rows come as SQLite keeps them
        kinds[name] = type(name, (Plain,), {})
        mapped.map_imperatively(kinds[name], metadata.tables[name])
    keys = {name: [column.key for column in metadata.tables[name].columns] for name in rows}
    with Session(engine) as session:
        began = time.process_time()
        for name, values in rows.items():
            for row in values:
                session.add(kinds[name](**dict(zip(keys[name], row, strict=True))))
                session.commit()
        took = time.process_time() - began
    engine.dispose()
    return took


if __name__ == "__main__":
    run(__doc__, measure)
