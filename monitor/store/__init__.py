"""The database: tables, queries and migrations. The only package that knows SQL. `open_store` gives a `Store`;
`store.begin()` and `store.read()` give a `Connection`, and the functions of the query modules take one."""

from __future__ import annotations

from monitor.store.engine import Connection, Store, open_store

__all__ = ["Connection", "Store", "open_store"]
