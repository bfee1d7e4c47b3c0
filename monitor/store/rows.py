"""The one mapper between rows and frozen values, and bulk writes that SQLite and PostgreSQL both understand.

A column is a field of the same name. A field that holds a dataclass is stored as the JSON text of `json_codec`, an enum as
its value, everything else as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from enum import Enum
from functools import cache, lru_cache, partial
from typing import Any, TypeVar, cast, get_origin, get_type_hints

from sqlalchemy import Column, ColumnElement, Connection, CursorResult, Dialect, Executable, Select, Table, bindparam

from monitor.store.tables import Stored

Value = TypeVar("Value")

CHUNK = 500
"""Values bound in one statement: far below the limits of both databases."""


@cache
def _loaders(kind: Any) -> dict[str, Callable[[Any], Any] | None]:
    """By field of `kind`: what makes its value of what the column holds; None: nothing need be done."""
    if issubclass(kind, Stored):
        return dict.fromkeys(kind.model_fields)
    hints, loaders = get_type_hints(kind), dict[str, Callable[[Any], Any] | None]()
    for field in fields(kind):
        hint = hints[field.name]
        if isinstance(hint, type) and is_dataclass(hint):
            from monitor.store.codec import json_codec  # which imports every message: few commands read such a row

            loaders[field.name] = partial(json_codec.load, hint)
        else:
            loaders[field.name] = hint if isinstance(hint, type) and issubclass(hint, Enum) else None
    return loaders


def value_of(kind: type[Value], columns: Mapping[Any, Any], **others: Any) -> Value:
    """One row as a value of `kind`, with the fields that other tables hold. Columns that are no fields are left out."""
    loaded = {
        name: load(columns[name]) if load else columns[name]
        for name, load in _loaders(cast(Any, kind)).items()
        if name in columns and name not in others
    }
    return kind(**loaded, **others)


@cache
def _names(table: Table, kind: type) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The columns of `table` that values of a kind have fields or properties for, and apart those of fields that may hold an
    enum or another dataclass."""
    stored = issubclass(kind, Stored)
    own = kind.model_fields if issubclass(kind, Stored) else {field.name for field in fields(cast(Any, kind))}
    names = [column.name for column in table.columns if column.name in own or hasattr(kind, column.name)]
    hints = {} if stored else get_type_hints(kind)
    typed = {name for name, hint in hints.items() if hint not in _PLAIN and get_origin(hint) not in _PLAIN}
    return tuple(name for name in names if name not in typed), tuple(name for name in names if name in typed)


def row_of(table: Table, value: object, **others: Any) -> dict[str, Any]:
    """The columns of `table` that a value has fields for, and others; a dictionary stands for itself."""
    if isinstance(value, dict):
        return {**value, **others}
    kind: Any = type(value)
    plain, typed = _names(table, kind)
    row = {name: getattr(value, name) for name in plain}
    for name in typed:
        row[name] = _plain(getattr(value, name))
    return row | others if others else row


_PLAIN = (str, int, float, bool, datetime, tuple, frozenset)


def _plain(field: Any) -> Any:
    if isinstance(field, Enum):
        return field.value
    if is_dataclass(field):
        from monitor.store.codec import json_codec

        return json_codec.dump(field)
    return field


def read(conn: Connection, kind: type[Value], wanted: Select[Any]) -> tuple[Value, ...]:
    """The rows that `wanted` selects, each as a value of `kind`."""
    return tuple(value_of(kind, dict(row)) for row in conn.execute(wanted).mappings())


def among(column: Column[Any]) -> ColumnElement[bool]:
    """That a column has one of the values which `execute_among`, `rows_among` and `read_among` are given.

    A statement with it is made once: to make one takes longer than to run it.
    """
    return column.in_(bindparam("values", expanding=True))


def execute_among(conn: Connection, statement: Executable, values: Collection[str]) -> Iterator[CursorResult[Any]]:
    """Run a statement with `among` for all these values, in as many parts as it takes."""
    return (conn.execute(statement, {"values": part}) for part in chunks(values))


def rows_among(conn: Connection, wanted: Select[Any], values: Collection[str]) -> Iterator[dict[str, Any]]:
    """The rows that `wanted`, a constant with `among`, selects for all these values, each by the names of its columns."""
    return (
        row for part in chunks(values) for row in _select(conn.dialect, wanted, _rounded(len(part))).rows(conn, part)
    )


def read_among(conn: Connection, kind: type[Value], wanted: Select[Any], values: Collection[str]) -> Iterator[Value]:
    """The rows of `rows_among`, each as a value of `kind`."""
    return (value_of(kind, row) for row in rows_among(conn, wanted, values))


def read_first(conn: Connection, kind: type[Value], wanted: Select[Any]) -> Value | None:
    """The first of the rows that `wanted` selects; None if there is none."""
    return next(iter(read(conn, kind, wanted.limit(1))), None)


def insert_new(conn: Connection, table: Table, values: Iterable[object]) -> None:
    """Insert the rows whose key is not there yet."""
    if rows := _full_rows(table, values):
        _insert(conn.dialect, table, tuple(rows[0]), overwrite=False).run(conn, rows)


def upsert(conn: Connection, table: Table, values: Iterable[object]) -> None:
    """Insert rows; where the primary key is there already, set all other columns."""
    if rows := _full_rows(table, values):
        _insert(conn.dialect, table, tuple(rows[0]), overwrite=True).run(conn, rows)


def _full_rows(table: Table, values: Iterable[object]) -> list[dict[str, Any]]:
    """A bulk statement takes its columns from its first row, so each row names them all."""
    defaults = _defaults(table)
    return [{**defaults, **(value if isinstance(value, dict) else row_of(table, value))} for value in values]


@cache
def _defaults(table: Table) -> dict[str, Any]:
    optional = [column for column in table.columns if column.default is not None or column.nullable]
    return {column.name: getattr(column.default, "arg", None) for column in optional}


@dataclass(frozen=True, slots=True)
class _Insert:
    """An insert in the words of the driver, which takes many rows three times as fast as from SQLAlchemy.

    binds: what makes the value of a column one of the driver, for the columns of which it is not one already, by their place.
    by_place: whether the driver takes a row as a tuple, else by name.
    """

    sql: str
    columns: tuple[str, ...]
    binds: tuple[tuple[int, Callable[[Any], Any]], ...]
    by_place: bool

    def run(self, conn: Connection, rows: Iterable[Mapping[str, Any]]) -> None:
        bound = []
        for row in rows:
            values = [row[name] for name in self.columns]
            for place, bind in self.binds:
                values[place] = bind(values[place])
            bound.append(tuple(values) if self.by_place else dict(zip(self.columns, values, strict=True)))
        conn.exec_driver_sql(self.sql, cast(Any, bound))


@lru_cache(maxsize=256)
def _insert(dialect: Dialect, table: Table, columns: tuple[str, ...], *, overwrite: bool) -> _Insert:
    """An insert of these columns that sets all of a row that is there already (overwrite), or leaves it as it is."""
    statement: Any
    if dialect.name == "postgresql":  # whose module takes longer to import than all of SQLite's
        from sqlalchemy.dialects import postgresql

        statement = postgresql.insert(table)
    else:
        from sqlalchemy.dialects import sqlite

        statement = sqlite.insert(table)
    keys = [column.name for column in table.primary_key]
    changes = {name: statement.excluded[name] for name in sorted({*columns} - {*keys})} if overwrite else {}
    if changes:
        statement = statement.on_conflict_do_update(index_elements=keys, set_=changes)
    else:
        statement = statement.on_conflict_do_nothing()
    compiled = statement.compile(dialect=dialect, column_keys=list(columns), for_executemany=True)
    names = compiled.positiontup or columns
    binds = [table.c[name].type.dialect_impl(dialect).bind_processor(dialect) for name in names]
    made = tuple((place, bind) for place, bind in enumerate(binds) if bind is not None)
    return _Insert(str(compiled), tuple(names), made, compiled.positional)


@dataclass(frozen=True, slots=True)
class _Select:
    """A select in the words of the driver for one number of values, which takes a third of the time of SQLAlchemy's.

    binds: the name of each parameter. bind: what makes a value one of the driver; columns: each with what makes its value of
    the driver's; both None if nothing need be done. by_place: whether the driver takes parameters as a tuple, else by name.
    """

    sql: str
    binds: tuple[str, ...]
    bind: Callable[[Any], Any] | None
    columns: tuple[tuple[str, Callable[[Any], Any] | None], ...]
    by_place: bool

    def rows(self, conn: Connection, values: Sequence[str]) -> Iterator[dict[str, Any]]:
        """The rows for at most so many values: the last one stands for those that are missing."""
        bound = [self.bind(value) for value in values] if self.bind else list(values)
        bound += bound[-1:] * (len(self.binds) - len(bound))
        given = tuple(bound) if self.by_place else dict(zip(self.binds, bound, strict=True))
        for row in conn.exec_driver_sql(self.sql, given).all():
            yield {name: made(value) if made else value for (name, made), value in zip(self.columns, row, strict=True)}


def _rounded(count: int) -> int:
    """The next power of two: a statement is made for few numbers of values."""
    return 1 << (count - 1).bit_length()


@lru_cache(maxsize=256)
def _select(dialect: Dialect, wanted: Select[Any], count: int) -> _Select:
    """A select with `among` for this number of values."""
    compiled: Any = wanted.compile(dialect=dialect)
    assert compiled.binds.keys() == {"values"}, "a select with `among` takes no parameter beside its values"
    filled = compiled.construct_expanded_state({"values": [""] * count})
    implemented = ((column.name, column.type.dialect_impl(dialect)) for column in wanted.selected_columns)
    columns = tuple((name, kind.result_processor(dialect, None)) for name, kind in implemented)
    bind = compiled.binds["values"].type.dialect_impl(dialect).bind_processor(dialect)
    return _Select(filled.statement, tuple(filled.positiontup or filled.parameters), bind, columns, compiled.positional)


def chunks(values: Collection[str]) -> Iterator[Sequence[str]]:
    """`values` without repeats, in parts that fit one statement, in a fixed order."""
    ordered = sorted(set(values))
    for start in range(0, len(ordered), CHUNK):
        yield ordered[start : start + CHUNK]
