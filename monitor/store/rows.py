"""Maps rows to frozen values and back, and writes many rows in one statement on SQLite and PostgreSQL.

A column is a field of the same name. A field that holds a dataclass is stored as the JSON text of `json_codec`, an
enum as its value, everything else as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from functools import cache, lru_cache, partial
from typing import Any, TypeVar, cast, get_type_hints

from sqlalchemy import Column, ColumnElement, Connection, Executable, Select, Table, bindparam

from monitor.store.tables import TABLE_OF, Stored

Value = TypeVar("Value")

CHUNK = 500
"""Values bound in one statement: far below the limits of both databases."""


@cache
def _loaders(kind: Any) -> dict[str, Callable[[Any], Any] | None]:
    """The conversion of each field of `kind` from its column; None: as it is."""
    if issubclass(kind, Stored):
        return dict.fromkeys(kind.model_fields)
    hints, loaders = get_type_hints(kind), dict[str, Callable[[Any], Any] | None]()
    for field in fields(kind):
        hint = hints[field.name]
        if isinstance(hint, type) and is_dataclass(hint):
            from monitor.store import json_codec  # it imports every message, and few commands read such a row

            loaders[field.name] = partial(json_codec.load, hint)
        else:
            loaders[field.name] = hint if isinstance(hint, type) and issubclass(hint, Enum) else None
    return loaders


def value_of(kind: type[Value], columns: Mapping[Any, Any], **others: Any) -> Value:
    """One row as a value of `kind`. others: fields from other tables. Columns without a field are ignored."""
    loaded = {
        name: load(columns[name]) if load else columns[name]
        for name, load in _loaders(cast(Any, kind)).items()
        if name in columns and name not in others
    }
    return kind(**loaded, **others)


def read(conn: Connection, kind: type[Value], wanted: Select[Any]) -> tuple[Value, ...]:
    return tuple(value_of(kind, dict(row)) for row in conn.execute(wanted).mappings())


def read_first(conn: Connection, kind: type[Value], wanted: Select[Any]) -> Value | None:
    return next(iter(read(conn, kind, wanted.limit(1))), None)


def among(column: Column[Any]) -> ColumnElement[bool]:
    """The condition that a column has one of the values given to `rows_among`, `read_among` or `execute_among`.

    Statements with it are constants: to construct one takes longer than to run it.
    """
    return column.in_(bindparam("values", expanding=True))


def rows_among(conn: Connection, wanted: Select[Any], values: Collection[str]) -> Iterator[dict[str, Any]]:
    """The rows that `wanted`, a statement with `among`, selects for these values."""
    for part in chunks(values):
        yield from map(dict, conn.execute(wanted, {"values": part}).mappings())


def read_among(conn: Connection, kind: type[Value], wanted: Select[Any], values: Collection[str]) -> Iterator[Value]:
    """The rows of `rows_among` as values of `kind`."""
    return (value_of(kind, row) for row in rows_among(conn, wanted, values))


def execute_among(conn: Connection, statement: Executable, values: Collection[str]) -> None:
    """Run an update or delete with `among` for these values."""
    for part in chunks(values):
        conn.execute(statement, {"values": part})


def chunks(values: Collection[str]) -> Iterator[Sequence[str]]:
    """`values` without duplicates, in parts that fit one statement, in a fixed order."""
    ordered = sorted(set(values))
    for start in range(0, len(ordered), CHUNK):
        yield ordered[start : start + CHUNK]


def row_of(table: Table, value: object, **others: Any) -> dict[str, Any]:
    """The columns of `table` that `value` has fields or properties for, and `others`."""
    kind: Any = type(value)
    row = {name: getattr(value, name) for name in _columns_of(table, kind)}
    for name, field in row.items() if not issubclass(kind, Stored) else ():  # its columns have types of their own
        if type(field) in (str, datetime, bool, frozenset):  # as nearly all are; the other questions take longer
            continue
        if isinstance(field, Enum):
            row[name] = field.value
        elif is_dataclass(field):
            from monitor.store import json_codec

            row[name] = json_codec.dump(field)
    return row | others


@cache
def _columns_of(table: Table, kind: Any) -> tuple[str, ...]:
    own = kind.model_fields if issubclass(kind, Stored) else {field.name for field in fields(cast(Any, kind))}
    return tuple(column.name for column in table.columns if column.name in own or hasattr(kind, column.name))


def save_rows(conn: Connection, *rows: Stored) -> None:
    """Store rows of one type as they now are, in one statement."""
    if rows:
        upsert(conn, TABLE_OF[type(rows[0])], rows)


def insert_new(conn: Connection, table: Table, values: Iterable[object]) -> None:
    """Insert the rows whose key does not exist yet."""
    upsert(conn, table, values, overwrite=False)


def upsert(conn: Connection, table: Table, values: Iterable[object], *, overwrite: bool = True) -> None:
    """Insert rows; if the primary key exists, set all other columns (overwrite), or leave the row unchanged."""
    # A bulk statement takes its columns from its first row, so each row has them all.
    optional = [column for column in table.columns if column.default is not None or column.nullable]
    defaults = {column.name: getattr(column.default, "arg", None) for column in optional}
    rows = [{**defaults, **(value if isinstance(value, dict) else row_of(table, value))} for value in values]
    if rows:
        conn.execute(_insert(conn.dialect.name, table, tuple(rows[0]), overwrite=overwrite), rows)


@lru_cache(maxsize=256)
def _insert(dialect: str, table: Table, columns: tuple[str, ...], *, overwrite: bool) -> Any:
    """An insert that sets all columns of an existing row (overwrite), or leaves it unchanged."""
    statement: Any
    if dialect == "postgresql":  # its module takes longer to import than all of SQLite's
        from sqlalchemy.dialects import postgresql

        statement = postgresql.insert(table)
    else:
        from sqlalchemy.dialects import sqlite

        statement = sqlite.insert(table)
    keys = [column.name for column in table.primary_key]
    changes = {name: statement.excluded[name] for name in sorted({*columns} - {*keys})} if overwrite else {}
    if changes:
        return statement.on_conflict_do_update(index_elements=keys, set_=changes)
    return statement.on_conflict_do_nothing()
