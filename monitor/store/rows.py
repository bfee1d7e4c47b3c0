"""Bulk writes and reads that SQLite and PostgreSQL both understand."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Connection, Select, Table
from sqlmodel import SQLModel

from monitor.store.tables import Stored, table_of

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Row = Mapping[str, Any]
Value = TypeVar("Value", bound=Stored)

CHUNK = 500
"""Values bound in one statement: far below the limits of both databases."""


_GENERATED = frozenset({"number", "id"})
"""Columns that the database counts up by itself where a row does not name them."""


@cache
def _defaults(model: type[SQLModel]) -> dict[str, Any]:
    """Core knows nothing of a model's defaults, so a bulk row names every column itself."""
    return {
        name: field.default
        for name, field in model.model_fields.items()
        if not field.is_required() and name not in _GENERATED
    }


def _insert(dialect: str, table: Table) -> Any:
    """An insert that can say what happens where the row is there already, each database in its own words."""
    if dialect == "postgresql":  # whose module takes longer to import than all of SQLite's
        from sqlalchemy.dialects import postgresql

        return postgresql.insert(table)
    from sqlalchemy.dialects import sqlite

    return sqlite.insert(table)


@cache
def _insert_new(dialect: str, model: type[SQLModel]) -> Any:
    """To make a statement takes longer than to run it, so each is made once."""
    return _insert(dialect, table_of(model)).on_conflict_do_nothing()


@cache
def _upsert(dialect: str, model: type[SQLModel], columns: frozenset[str]) -> Any:
    table = table_of(model)
    statement = _insert(dialect, table)
    keys = [column.name for column in table.primary_key]
    changes = {name: statement.excluded[name] for name in sorted(columns - {*keys})}
    return statement.on_conflict_do_update(index_elements=keys, set_=changes)


def insert_new(conn: Connection, model: type[SQLModel], rows: Iterable[Row]) -> None:
    """Insert the rows whose key is not there yet."""
    full = [{**_defaults(model), **row} for row in rows]
    if full:
        conn.execute(_insert_new(conn.dialect.name, model), full)


def upsert(conn: Connection, model: type[SQLModel], rows: Iterable[Row]) -> None:
    """Insert rows; where the primary key is there already, set all other columns."""
    full = [{**_defaults(model), **row} for row in rows]
    if full:
        conn.execute(_upsert(conn.dialect.name, model, frozenset(full[0])), full)


def read(conn: Connection, kind: type[Value], wanted: Select[Any]) -> tuple[Value, ...]:
    """The rows that `wanted` selects, each as a value of `kind`; columns that it does not have are left out."""
    names = tuple(kind.model_fields)
    return tuple(kind(**{name: row[name] for name in names}) for row in conn.execute(wanted).mappings())


def read_first(conn: Connection, kind: type[Value], wanted: Select[Any]) -> Value | None:
    """The first of the rows that `wanted` selects; None if there is none."""
    return next(iter(read(conn, kind, wanted.limit(1))), None)


def row_values(value: DataclassInstance) -> dict[str, Any]:
    """The fields of a frozen value as a row; unlike `asdict` it copies nothing."""
    return {field.name: getattr(value, field.name) for field in fields(value)}


def chunks(values: Collection[str]) -> Iterator[Sequence[str]]:
    """`values` without repeats, in parts that fit one statement, in a fixed order."""
    ordered = sorted(set(values))
    for start in range(0, len(ordered), CHUNK):
        yield ordered[start : start + CHUNK]
