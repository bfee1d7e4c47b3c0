"""The database: tables, queries and migrations. The only package that knows SQL. `open_store` gives a `Store`;
`store.begin()` and `store.read()` give a `Connection`, and the functions of the query modules take one."""

from __future__ import annotations

from sqlalchemy import Connection

from monitor.store.engine import Store, open_store

__all__ = ["Connection", "Store", "open_store"]
