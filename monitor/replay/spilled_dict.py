"""A dictionary that holds the newest entries in memory and the older ones in a temporary file."""

from __future__ import annotations

import pickle
import sqlite3
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, TypeVar

V = TypeVar("V")

CACHE_KB = 8192
"""Memory for pages of one temporary file, an estimate: the upper levels of the index of a million keys."""


class SpilledDict(Mapping[str, V]):
    """A dictionary of which at most `limit` entries, and a tenth more, lie in memory; it answers as a plain one does.

    The entries longest there are written out first; one that is asked for again comes back as a new one. Values are what
    `pickle` takes, and never None. Change a value only right after getting it: what lies in the file does not change.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._recent: dict[str, V] = {}
        self._file: sqlite3.Connection | None = None

    def __getitem__(self, key: str) -> V:
        value = self._recent.get(key) or self._found(key)
        if value is None:
            raise KeyError(key)
        return value

    def get(self, key: str, default: Any = None) -> Any:
        """The value of a key, `default` if there is none."""
        value = self._recent.get(key) or self._found(key)
        return default if value is None else value

    def __setitem__(self, key: str, value: V) -> None:
        self._found(key)  # no longer in the file
        self._put(key, value)

    def setdefault(self, key: str, value: V) -> V:
        """The value of a key, which becomes `value` if there is none."""
        known = self._found(key)
        if known is None:
            self._put(key, known := value)
        return known

    def __iter__(self) -> Iterator[str]:
        if self._file is not None:
            yield from [key for (key,) in self._file.execute("SELECT key FROM spilled ORDER BY rowid")]
        yield from list(self._recent)

    def __len__(self) -> int:
        spilled = self._file.execute("SELECT count(*) FROM spilled").fetchone()[0] if self._file is not None else 0
        return len(self._recent) + int(spilled)

    def _put(self, key: str, value: V) -> None:
        self._recent[key] = value
        if len(self._recent) > 1.1 * self._limit:
            self._spill()

    def _found(self, key: str) -> V | None:
        """The value of a key, brought into memory; None if there is none."""
        if key in self._recent or self._file is None:
            return self._recent.get(key)
        row = self._file.execute("SELECT value FROM spilled WHERE key = ?", (key,)).fetchone()
        if row is None:
            return None
        self._file.execute("DELETE FROM spilled WHERE key = ?", (key,))
        self._recent[key] = pickle.loads(row[0])  # noqa: S301 - our own file, which no one else can open
        return self._recent[key]

    def _spill(self) -> None:
        """Write out the entries longest in memory, down to the limit."""
        if self._file is None:
            self._file = sqlite3.connect("", isolation_level=None)  # a file that is deleted as it is closed
            self._file.execute("PRAGMA journal_mode = OFF")
            self._file.execute(f"PRAGMA cache_size = -{CACHE_KB}")
            self._file.execute("CREATE TABLE spilled (key TEXT NOT NULL UNIQUE, value BLOB NOT NULL)")
        old = list(islice(self._recent.items(), len(self._recent) - self._limit))
        rows = ((key, pickle.dumps(value, pickle.HIGHEST_PROTOCOL)) for key, value in old)
        self._file.execute("BEGIN")
        self._file.executemany("INSERT INTO spilled VALUES (?, ?)", rows)
        self._file.execute("COMMIT")
        for key, _ in old:
            del self._recent[key]
