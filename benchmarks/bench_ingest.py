"""Storing what the intake decides is 12 times faster than an ORM that commits each story,
a third as fast as raw `executemany`.

The program stores documents of real stories: stories, texts, entries, signals and review requests, a transaction a
document. The rows that this leaves in the database are then written into copies of it, once as objects of an ORM with
a commit for each story, once with `executemany` of the standard library and a transaction a document. All three start
from values (times, hexadecimal digits) and pack them within their time, as a database of this size needs it whoever
writes it. What the program does beyond counts against it: it makes rows of stories and JSON of signals, and looks up
what is stored already.
"""

from __future__ import annotations

import gc
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeAlias

from sqlalchemy import Column, Table, create_engine
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import Session, registry

from benchmarks.archive import every, read_lines
from benchmarks.measure import CACHE, ROOT, Row, Setup, run
from monitor.domain.intake import Intake, IntakeChanges, IntakePorts
from monitor.domain.matching.rules import Rulebook
from monitor.domain.model import Entry
from monitor.replay import as_entry, read_story
from monitor.rulebook import load_rulebook
from monitor.store import open_store
from monitor.store.intake_shelf import SqlShelf, StoryCache
from monitor.store.tables import METADATA

STORIES, DOCUMENTS, COMMITTED = 2_000, 2, 0.2
LEAST_OF_ORM, LEAST_OF_RAW = 12, 0.33
"""15.1 and 0.47 while the store bound the values of its statements itself: two hundred lines that SQLAlchemy has."""
WARM_UP = 20
"""Stories that are stored before; DOCUMENTS hold the others, and COMMITTED is the share of them that the ORM writes."""
Rows: TypeAlias = dict[str, list[dict[str, Any]]]
"""The values of the columns of each row, by the name of its table."""
Pack: TypeAlias = Callable[[Any], Any]
"""Makes of a value what SQLite keeps of it."""
DIALECT = sqlite.dialect()


def measure(setup: Setup) -> Iterator[Row]:
    lines = every(read_lines(setup.stories), setup.size(STORIES, 60))
    rulebook = load_rulebook(ROOT / "rules", cache=CACHE)
    ours, raw, orm = list[float](), list[float](), list[float]()

    def once() -> float:
        folder = setup.work / str(len(ours))
        folder.mkdir()
        seconds, rows = stored(lines, folder, rulebook)
        ours.append(len(lines) / seconds)
        raw.append(len(lines) / executed(rows, folder))
        some = {table: every(values, max(1, int(len(values) * COMMITTED))) for table, values in rows.items()}
        orm.append(COMMITTED * len(lines) / committed(some, int(COMMITTED * len(lines)), folder))
        return ours[-1] / orm[-1]

    against_orm = setup.repeated(once)
    note = f"{len(lines):,} stories in {DOCUMENTS} documents"
    yield Row("storing against an ORM that commits each story", against_orm, "times", least=LEAST_OF_ORM, note=note)
    against_raw = tuple(our / limit for our, limit in zip(ours, raw, strict=True))
    yield Row("storing against raw executemany", against_raw, "times", least=LEAST_OF_RAW)
    for name, rates in (("storing", ours), ("ORM, a commit a story", orm), ("raw executemany", raw)):
        yield Row(name, tuple(rates), "stories/s", scales="rate")


def stored(lines: Sequence[str], folder: Path, rulebook: Rulebook) -> tuple[float, Rows]:
    """Seconds of CPU that the program takes to store these stories, and the rows that this has added.

    A few of them are stored before: the first document pays for statements that are compiled once. The database as it
    is then is left as `empty.db`.
    """
    file = folder / "ours.db"
    store, recent, seconds = open_store(f"sqlite:///{file}"), StoryCache(), 0.0
    entries = [as_entry(read_story(line, number, "-"), number, "-") for number, line in enumerate(lines)]
    now = max(entry.published for entry in entries if entry.published) + timedelta(hours=1)

    def put(document: Sequence[Entry], feed: str) -> float:
        with store.read() as conn:
            changes: IntakeChanges = Intake(rulebook, IntakePorts(SqlShelf(conn, recent)), now, feed).take(document)
        gc.collect()
        gc.freeze()  # what the bench itself holds is not looked through meanwhile
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
            described = new.execute(f'PRAGMA table_info("{table}")').fetchall()
            keys = [number for number, *_, in_key in described if in_key]
            everything = f'SELECT * FROM "{table}"'
            had = {tuple(row[key] for key in keys) for row in old.execute(everything)}
            fresh = [row for row in new.execute(everything) if tuple(row[key] for key in keys) not in had]
            if fresh:
                rows[table] = unpacked([METADATA.tables[table].columns[name] for _, name, *_ in described], fresh)
    return rows


def unpacked(columns: Sequence[Column[Any]], packed: Sequence[tuple[Any, ...]]) -> list[dict[str, Any]]:
    """Rows as SQLite keeps them, as values by column."""
    read = [column.type.dialect_impl(DIALECT).result_processor(DIALECT, None) or plain for column in columns]
    names = [column.name for column in columns]
    return [{name: do(value) for name, do, value in zip(names, read, row, strict=True)} for row in packed]


def plain(value: Any) -> Any:
    """A value that is kept as it is."""
    return value


def executed(rows: Rows, folder: Path) -> float:
    """Seconds of CPU to pack the rows and write them with executemany, a transaction a document."""
    file = shutil.copyfile(folder / "empty.db", folder / "raw.db")
    inserts = {table: insert(METADATA.tables[table], values[0]) for table, values in rows.items()}
    with closing(sqlite3.connect(file, isolation_level=None)) as conn:
        conn.execute("PRAGMA journal_mode = wal")
        began = time.process_time()
        for part in range(DOCUMENTS):
            conn.execute("BEGIN IMMEDIATE")
            for table, values in rows.items():
                statement, pack = inserts[table]
                packed = [[do(row[name]) for name, do in pack] for row in values[part::DOCUMENTS]]
                conn.executemany(statement, packed)
            conn.execute("COMMIT")
        return time.process_time() - began


def insert(table: Table, columns: Iterable[str]) -> tuple[str, list[tuple[str, Pack]]]:
    """The statement that inserts rows of these columns, and what packs the value of each column."""
    names, pack = list(columns), list[tuple[str, Pack]]()
    for name in names:
        kind = table.columns[name].type.dialect_impl(DIALECT)
        pack.append((name, kind.bind_processor(DIALECT) or plain))
    quoted = ", ".join(f'"{name}"' for name in names)
    marks = ", ".join("?" * len(names))
    return f'INSERT INTO "{table.name}" ({quoted}) VALUES ({marks}) ON CONFLICT DO NOTHING', pack


class Plain:
    """A row as an object."""

    def __init__(self, **values: object) -> None:
        for name, value in values.items():
            setattr(self, name, value)


def committed(rows: Rows, stories: int, folder: Path) -> float:
    """Seconds of CPU to write the rows as objects of an ORM, with a commit for each of so many stories."""
    file = shutil.copyfile(folder / "empty.db", folder / "orm.db")
    engine, mapped, kinds = create_engine(f"sqlite:///{file}"), registry(), dict[str, type[Plain]]()
    for name in rows:
        kinds[name] = type(name, (Plain,), {})
        mapped.map_imperatively(kinds[name], METADATA.tables[name])
    with Session(engine) as session:
        began = time.process_time()
        for story in range(stories):
            for name, objects in rows.items():
                session.add_all([kinds[name](**columns) for columns in objects[story::stories]])
            session.commit()
        took = time.process_time() - began
    engine.dispose()
    return took


if __name__ == "__main__":
    run(__doc__, measure)
