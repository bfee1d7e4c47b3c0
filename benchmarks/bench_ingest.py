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
from monitor.replay import as_entry, read_story
from monitor.rulebook import load_rulebook
from monitor.store import open_store
from monitor.store.intake_shelf import SqlShelf, StoryCache

STORIES, DOCUMENTS, COMMITTED = 2_000, 4, 1_000
"""COMMITTED: rows that the ORM writes."""
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
    """Seconds of CPU that the program takes to store these stories, and the rows that this has added. The empty database is left
    as `empty.db`."""
    file = folder / "ours.db"
    open_store(f"sqlite:///{file}").close()
    shutil.copyfile(file, folder / "empty.db")
    store, recent, seconds = open_store(f"sqlite:///{file}"), StoryCache(), 0.0
    entries = [as_entry(read_story(line, number, "-"), number, "-") for number, line in enumerate(lines)]
    now = max(entry.published_at for entry in entries if entry.published_at) + timedelta(hours=1)
    with closing(store):
        for part in range(DOCUMENTS):
            document = entries[part::DOCUMENTS]
            with store.read() as conn:
                changes: IntakeChanges = Intake(rulebook, SqlShelf(conn, recent), now, f"feed {part}").take(document)
            began = time.process_time()
            with store.begin() as conn:
                SqlShelf(conn, recent).put(changes, now)
            seconds += time.process_time() - began
    return seconds, added(folder / "empty.db", file)


def added(before: Path, after: Path) -> Rows:
    """The rows of each table that the empty database did not have."""
    with closing(sqlite3.connect(before)) as old, closing(sqlite3.connect(after)) as new:
        tables = [name for (name,) in new.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY rowid")]
        tables = [name for name in tables if not name.startswith("sqlite_")]
        counts = {name: old.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in tables}
        rows = {name: new.execute(f'SELECT * FROM "{name}"').fetchall()[counts[name] :] for name in tables}
    return {name: values for name, values in rows.items() if values}


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


def committed(rows: Rows, folder: Path) -> float:
    """Seconds of CPU to write the rows as objects of an ORM, with a commit each."""
    file = shutil.copyfile(folder / "empty.db", folder / "orm.db")
    engine, mapped, metadata = create_engine(f"sqlite:///{file}"), registry(), MetaData()
    metadata.reflect(engine, only=list(rows))
    objects: list[object] = []
    for name, values in rows.items():
        table = metadata.tables[name]
        for column in table.columns:
            column.type = NullType()  # the rows come as SQLite keeps them
        kind = type(name, (), {})
        mapped.map_imperatively(kind, table)
        keys = [column.key for column in table.columns]
        for row in values:
            made = kind()
            for key, value in zip(keys, row, strict=True):
                setattr(made, key, value)
            objects.append(made)
    with Session(engine) as session:
        session.connection().exec_driver_sql("PRAGMA foreign_keys = off")
        began = time.process_time()
        for made in objects:
            session.add(made)
            session.commit()
        took = time.process_time() - began
    engine.dispose()
    return took


if __name__ == "__main__":
    run(__doc__, measure)
