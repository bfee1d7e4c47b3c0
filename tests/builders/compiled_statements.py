"""SQL is compiled once in a process, however many databases the tests open: SQLAlchemy would compile it for each."""

from typing import Any

from sqlalchemy import Engine
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

_COMPILED = dict[Any, Any]()


class SharedDialect(SQLiteDialect_pysqlite):
    """SQLite as ever; what one engine compiled serves all others, so all dialects count as the same."""

    supports_statement_cache = True

    @classmethod
    def engine_created(cls, engine: Engine) -> None:
        engine.update_execution_options(compiled_cache=_COMPILED)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SharedDialect)

    def __hash__(self) -> int:
        return hash(SharedDialect)


def share() -> None:
    """From now on, for every engine."""
    registry.register("sqlite", __name__, SharedDialect.__name__)
