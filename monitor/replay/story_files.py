"""Files of story lines: JSON lines, plain or gzipped, and Parquet, whose rows count as lines."""

from __future__ import annotations

import gzip
import json
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

from monitor.domain.model import Entry
from monitor.errors import ReplayError
from monitor.long_work import counted
from monitor.replay.story_lines import STORY_FIELDS, as_entry, read_story

STANDARD_INPUT = Path("-")
ROWS = 1_000
"""Rows of a Parquet file that are unpacked at a time: about a megabyte."""


def numbered_lines(path: Path) -> Iterator[tuple[int, str]]:
    """The non-blank lines of a file (-: standard input) with their numbers, and each row of a Parquet file as the line
    of its story. Raises ReplayError after the last readable line if the file is damaged or not UTF-8."""
    number = 0
    try:
        lines = _rows(path) if path.suffix == ".parquet" else _lines(path)
        for number, line in enumerate(counted(lines, f"reading {path.name}", unit="stories"), 1):
            if line.strip():
                yield number, line
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise ReplayError(f"{path}:{number + 1}: cannot be read from here on: {error}", subject=str(path)) from None


def _lines(path: Path) -> Iterator[str]:
    """Decoded line by line, so that an error is that of a line and not of a buffer."""
    if path == STANDARD_INPUT:
        yield from (line.decode() for line in sys.stdin.buffer)
        return
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as stream:
        yield from (line.decode() for line in stream)


def _rows(path: Path) -> Iterator[str]:
    try:
        from pyarrow import parquet
    except ImportError:
        remedy = "Parquet needs the package pyarrow; install it: pip install 'deal-monitor[parquet]'"
        raise ReplayError(f"{path}: {remedy}", subject=str(path)) from None
    with parquet.ParquetFile(path) as file:
        columns = [name for name in STORY_FIELDS if name in file.schema_arrow.names]
        for batch in file.iter_batches(ROWS, columns=columns):
            for row in batch.to_pylist():
                yield json.dumps(row, default=lambda moment: moment.isoformat())


def numbered_stories(path: Path) -> Iterator[tuple[str, Entry]]:
    """The stories of a file with the ids as written. Raises ReplayError at the first unusable line."""
    for number, line in numbered_lines(path):
        written = read_story(line, number, str(path))
        yield written["id"], as_entry(written, number, str(path))


def read_entries(path: Path) -> list[Entry]:
    """All stories of a file. Raises ReplayError with the first unusable line."""
    return [entry for _, entry in numbered_stories(path)]
