"""`backup`: all that a monitor needs to go on elsewhere, in one archive, while it goes on here."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.errors import BackupError, StoreError
from monitor.long_work import long_work
from monitor.runtime.backup.archive import CONFIG, DATABASE, FORMAT, MEGABYTE, ArchiveWriter, Manifest
from monitor.store import backup as store_backup
from monitor.version import program_version

if TYPE_CHECKING:
    from monitor.config import Settings

NAME = re.compile(r"deal-monitor-\d{8}T\d{6}Z\.tar\.gz")
"""What a backup in a folder is called. Nothing else in that folder is ever removed."""
BESIDE_CONFIG = (".deal-monitor.json", ".vscode/settings.json", ".vscode/extensions.json")
"""What `init` lays beside config.toml."""
KEPT_DATA = ("digests", "reader-check.json")
"""What of the data folder can not be made again: digests as they were sent, and the last check of the reader."""
SITE_KEY = "site.key"
STAGING = ".deal-monitor-backup-"
"""How the name of the folder begins in which an archive is made."""
ABANDONED_S = 24 * 3600
"""Seconds after which such a folder belongs to a backup that was killed: the largest takes minutes."""
SKIPPED_FOLDERS = frozenset({".git", "__pycache__"})


@dataclass(frozen=True, slots=True)
class MadeBackup:
    """An archive that was written. removed: older ones that made room. size: bytes on disk."""

    path: Path
    manifest: Manifest
    files: int
    size: int
    removed: tuple[Path, ...] = ()


def make_backup(
    settings: Settings, target: Path, now: datetime, *, with_secrets: bool, keep: int | None = None
) -> MadeBackup:
    """Write one archive: the file `target`, or a file named by the time in it if it is a folder. Raises StoreError and BackupError.

    keep: how many archives of that folder stay, the new one included; None: all.

    1. Copy the database as it is now into a file beside the archive.
    2. Write copy, settings, rules, templates and kept digests into a temporary file, synced to the disk.
    3. Rename that to the archive's name, so that there is a whole archive or none.
    """
    database = store_backup.database_file(settings.database)
    if database is None:
        remedy = 'back that up with its own tools: pg_dump --format=custom --file=monitor.dump "$ADDRESS"'
        text = f"the database is on a PostgreSQL server: {remedy}. Rules and config.toml are files: copy them beside it"
        raise StoreError(text, subject="database")
    path = _path_for(target, now)
    try:
        with tempfile.TemporaryDirectory(prefix=STAGING, dir=path.parent) as staging:
            _remove_abandoned(Path(staging))
            copy, unfinished = Path(staging) / DATABASE, Path(staging) / "archive"
            store_backup.copy_database(database, copy)
            held = store_backup.contents(copy, str(database))
            facts = (held.schema, now.isoformat(timespec="seconds"), with_secrets)
            manifest = Manifest(FORMAT, program_version(), *facts, held.counts, held.statuses, held.waiting)
            files = [(DATABASE, copy), *_files(settings, with_secrets=with_secrets)]
            count = _write(unfinished, manifest, files)
            size = unfinished.stat().st_size
            unfinished.rename(path)
        _sync(path.parent)
    except OSError as error:
        text = f"{error.filename or path} cannot be backed up: {error.strerror or error}"
        raise BackupError(f"{text}. Nothing was left behind", subject=str(path)) from error
    removed = _remove_oldest(path.parent, keep) if keep is not None else ()
    return MadeBackup(path, manifest, count, size, removed)


def _path_for(target: Path, now: datetime) -> Path:
    """Where the archive is to lie. Raises BackupError where there is no folder for it, or something is there already."""
    path = target / f"deal-monitor-{now:%Y%m%dT%H%M%SZ}.tar.gz" if target.is_dir() else target
    if not path.parent.is_dir():
        raise BackupError(f"there is no folder {path.parent}: create it first", subject=str(path))
    if path.exists():
        raise BackupError(f"{path} is there already: name another file, or a folder", subject=str(path))
    return path


def _write(archive: Path, manifest: Manifest, files: Sequence[tuple[str, Path]]) -> int:
    """Write an archive of these files, this user's alone, and wait until it is on the disk; returns how many. Raises OSError."""
    whole = sum(file.stat().st_size for _, file in files)
    with archive.open("xb") as stream, long_work("packing", whole // MEGABYTE, "MB") as step:
        archive.chmod(0o600)
        writer = ArchiveWriter(stream, manifest, step)
        for name, file in files:
            writer.add_file(name, file)
        writer.finish()
        stream.flush()
        os.fsync(stream.fileno())
    return writer.count


def _files(settings: Settings, *, with_secrets: bool) -> Iterator[tuple[str, Path]]:
    """Every file of an archive beside the database: its name there, and where it lies."""
    assert settings.path is not None
    yield CONFIG, settings.path
    for name in BESIDE_CONFIG:
        if (file := settings.path.parent / name).is_file():
            yield name, file
    yield from _tree("rules", settings.rules)
    yield from _tree("templates", settings.templates)
    for name in KEPT_DATA:
        yield from _tree(f"data/{name}", settings.data_dir / name)
    if settings.smtp.ca_file is not None:
        yield "ca_file", settings.smtp.ca_file
    if with_secrets:
        yield from _tree(f"data/{SITE_KEY}", settings.site_key_file)
        yield from ((f"secrets/{file.name}", file) for file in settings.secret_files)


def _tree(name: str, place: Path) -> Iterator[tuple[str, Path]]:
    """A file, or all files below a folder, those of editors and version control apart; nothing where nothing is."""
    if place.is_file():
        yield name, place
    for folder, inner, files in os.walk(place):
        inner[:] = sorted(set(inner) - SKIPPED_FOLDERS)
        below = Path(folder)
        yield from (
            (f"{name}/{(below / file).relative_to(place).as_posix()}", below / file)
            for file in sorted(files)
            if (below / file).is_file()
        )


def _remove_oldest(folder: Path, keep: int) -> tuple[Path, ...]:
    ours = sorted(path for path in folder.iterdir() if NAME.fullmatch(path.name))
    oldest = ours[:-keep]
    try:
        for path in oldest:
            path.unlink()
    except OSError as error:
        text = f"the backup was written, but an older one was not removed: {error.filename}: {error.strerror}"
        raise BackupError(text, subject=str(folder)) from error
    return tuple(oldest)


def _remove_abandoned(staging: Path) -> None:
    """Remove what backups that were killed have left beside this one's folder."""
    started = staging.stat().st_mtime
    for folder in staging.parent.glob(f"{STAGING}*"):
        if folder.is_dir() and started - folder.stat().st_mtime > ABANDONED_S:
            shutil.rmtree(folder, ignore_errors=True)


def _sync(folder: Path) -> None:
    """Have the disk know the new name too."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
