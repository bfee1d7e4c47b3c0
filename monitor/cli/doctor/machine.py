"""Checks of the machine: Python, time zones, the clock, the data folder and the space on its disk."""

from __future__ import annotations

import platform
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import available_timezones

from monitor.cli.common import PACKAGE, format_utc
from monitor.cli.doctor.findings import Examination, Finding

LEAST_SPACE = 50 * 10**6
FEW_SPACE = 500 * 10**6
"""Bytes free, estimates: a year of news takes about 150 MB, and SQLite needs room beside its file while it writes."""
PROBE = b"\n" * 65_536
"""What is written and deleted again: more than one block of any disk."""
CLOCK_SLACK = timedelta(days=1)
"""A file may be so much newer than the clock: it may have come from a machine whose clock is ahead."""


def check_python(patient: Examination) -> Iterator[Finding]:
    """The versions that matter in a report of a fault."""
    del patient
    system = f"{platform.system()} {platform.machine()}"
    yield Finding("ok", "machine", f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {system}")


def check_zones(patient: Examination) -> Iterator[Finding]:
    """That this machine knows time zones: dates, quiet hours and digests go by them."""
    del patient
    if not available_timezones():
        yield Finding("FAIL", "machine", "this machine knows no time zones", "install the package tzdata")


def check_clock(patient: Examination) -> Iterator[Finding]:
    """That the clock of the machine, whatever --now says, is not behind files which were written before: those of the program, of the
    configuration, of the database."""
    from monitor.runtime.session import utc_now

    files = (PACKAGE / "__init__.py", patient.settings.path, _database_file(patient))
    yield clock_finding(utc_now(), [file for file in files if file is not None and file.exists()])


def clock_finding(now: datetime, files: Sequence[Path]) -> Finding:
    """What a clock that says `now` is worth beside these files."""
    newest = max(files, key=lambda file: file.stat().st_mtime)
    written = datetime.fromtimestamp(newest.stat().st_mtime, UTC)
    if written - now <= CLOCK_SLACK:
        return Finding("ok", "clock", format_utc(now))
    text = f"it says {format_utc(now)}, but {newest} was written on {format_utc(written)}"
    remedy = "set the clock of this machine: dates pass by it, and certificates are judged by it"
    return Finding("FAIL", "clock", text, remedy)


def _database_file(patient: Examination) -> Path | None:
    scheme, _, file = patient.settings.database.partition(":///")
    return Path(file) if scheme == "sqlite" else None


def check_data_folder(patient: Examination) -> Iterator[Finding]:
    """That the folder of data can be written, and that its disk has room."""
    folder = patient.settings.data_dir
    probe = folder / ".probe"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.write_bytes(PROBE)
        probe.unlink()
    except OSError as error:
        remedy = "give this user the right to write there, free some space, or name another folder as data in [monitor]"
        yield Finding("FAIL", "data", f"{folder} cannot be written: {error.strerror}", remedy)
        return
    yield space_finding(shutil.disk_usage(folder).free, folder)


def space_finding(free: int, folder: Path) -> Finding:
    """What so many free bytes mean."""
    text = f"{folder}: {free / 10**6:,.0f} MB free"
    if free >= FEW_SPACE:
        return Finding("ok", "data", text)
    if free >= LEAST_SPACE:
        return Finding("warn", "data", text, "free some space: below 50 MB nothing can be stored for long")
    return Finding(
        "FAIL", "data", text, "free some space: nothing can be stored, and so nothing sent, once it is used up"
    )
