"""Backups: everything a monitor needs to continue elsewhere, in one `.tar.gz` that any tar can unpack.

A backup holds the files of the working folder under their own names, so unpacking restores the folder, and
`manifest.json`. gzip's checksum covers all of it. Secrets are never included.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import re
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from monitor import program_version
from monitor.errors import BackupError, StoreError
from monitor.long_work import counted, long_work
from monitor.runtime.shipped import bundled
from monitor.store import database_copy
from monitor.store.engine import database_file

if TYPE_CHECKING:
    from monitor.config import Settings

MANIFEST, CONFIG, ELSEWHERE = "manifest.json", "config.toml", "elsewhere"
ARCHIVE_NAME = re.compile(r"deal-monitor-\d{8}T\d{6}Z\.tar\.gz")
"""Name of a backup in a folder; `keep` removes no other file."""
SKIPPED_FOLDERS = frozenset({".git", "__pycache__"})
ALWAYS_UNPACKED = 100_000_000
UNPACKED_RATIO = 50
"""An archive is unpacked up to the first, in bytes, or this multiple of its own size, whichever is more: estimates. A
database of news packs to a fifth; gzip can pack zeros to a thousandth."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself. program: its version; made_at: UTC, ISO 8601; waiting: messages not sent yet;
    database: its name in the archive; elsewhere: archive name -> original path outside the working folder."""

    program: str
    made_at: str
    waiting: int
    database: str
    elsewhere: dict[str, str] = field(default_factory=dict)

    @property
    def moment(self) -> datetime:
        return datetime.fromisoformat(self.made_at)


@dataclass(frozen=True, slots=True)
class MadeBackup:
    """A written archive. size: bytes; removed: older archives deleted to keep the wanted number."""

    path: Path
    files: int
    size: int
    removed: tuple[Path, ...] = ()


def make_backup(settings: Settings, target: Path, now: datetime, *, keep: int | None = None) -> MadeBackup:
    """Write one archive while the monitor may run. Raises StoreError and BackupError.

    target: a new file, or a folder in which the file is named by the time. keep: number of archives left in that
    folder.

    1. Copy the database as of this moment into a temporary folder next to the archive.
    2. Write the copy, settings, rules and templates into an unfinished archive, synced to disk.
    3. Rename it to its final name: there is a whole archive or none.
    """
    assert settings.path is not None
    database = database_file(settings.database)
    if database is None:
        remedy = 'back that up with its own tools: pg_dump --format=custom --file=monitor.dump "$ADDRESS"'
        text = f"the database is on a PostgreSQL server: {remedy}. Rules and config.toml are files; copy them as well"
        raise StoreError(text, subject="database")
    path = target / f"deal-monitor-{now:%Y%m%dT%H%M%SZ}.tar.gz" if target.is_dir() else target
    if not path.parent.is_dir():
        raise BackupError(f"there is no folder {path.parent}: create it first", subject=str(path))
    if path.exists():
        raise BackupError(f"{path} already exists: name another file, or a folder", subject=str(path))
    named = _NamedFiles(settings.path.resolve().parent)
    database_name = named.add("monitor.db", database)
    named.files[CONFIG] = settings.path
    for key, folder in (("rules", settings.monitor.rules), ("templates", settings.monitor.templates)):
        if folder.resolve() != bundled(key).resolve():  # shipped files come with the program
            named.add(key, folder)
    if settings.smtp.ca_file is not None:
        named.add("ca_file", settings.smtp.ca_file)
    try:
        with tempfile.TemporaryDirectory(prefix=".deal-monitor-backup-", dir=path.parent) as staging:
            copy, unfinished = Path(staging) / "monitor.db", Path(staging) / "archive"
            database_copy.copy_database(database, copy)
            waiting, made_at = database_copy.unsent_messages(copy, str(database)), now.isoformat(timespec="seconds")
            manifest = Manifest(program_version(), made_at, waiting, database_name, named.elsewhere)
            _write_archive(unfinished, manifest, {**named.files, database_name: copy})
            size = unfinished.stat().st_size
            unfinished.rename(path)
    except OSError as error:
        text = f"{error.filename or path} cannot be backed up: {error.strerror or error}"
        raise BackupError(f"{text}. No archive was written", subject=str(path)) from error
    removed = _remove_oldest(path.parent, keep) if keep is not None else ()
    return MadeBackup(path, len(named.files) + 1, size, removed)


@dataclass(slots=True)
class _NamedFiles:
    """Files to back up by their name in the archive: relative to `root`, else below `elsewhere`."""

    root: Path
    files: dict[str, Path] = field(default_factory=dict)
    elsewhere: dict[str, str] = field(default_factory=dict)

    def add(self, key: str, place: Path) -> str:
        """Add a file, or all files of a folder. key: its name below `elsewhere`. Returns the name in the archive."""
        place = place.resolve()
        if place.is_relative_to(self.root):
            name = place.relative_to(self.root).as_posix()
        else:
            name = f"{ELSEWHERE}/{key}"
            self.elsewhere[name] = str(place)
        if place.is_file():
            self.files[name] = place
        for folder, subfolders, files in os.walk(place):
            subfolders[:] = sorted(set(subfolders) - SKIPPED_FOLDERS)
            inside = (Path(folder) / file for file in sorted(files))
            self.files |= {f"{name}/{file.relative_to(place).as_posix()}": file for file in inside if file.is_file()}
        return name


def _write_archive(archive: Path, manifest: Manifest, files: dict[str, Path]) -> None:
    """Write a private archive and wait until it is on disk. Raises OSError."""
    with archive.open("xb") as out:
        archive.chmod(0o600)
        # Level 9, the default, takes 20 to 70 % longer than 6 on a monitor's year, and saves less than 1 % of the size.
        with tarfile.open(fileobj=out, mode="w:gz", compresslevel=6, dereference=True) as tar:
            text = json.dumps(asdict(manifest), indent=2, ensure_ascii=False).encode() + b"\n"
            member = tarfile.TarInfo(MANIFEST)
            member.size, member.mtime = len(text), int(manifest.moment.timestamp())
            tar.addfile(member, io.BytesIO(text))
            for name, file in counted(sorted(files.items()), "packing", len(files), "files"):
                tar.add(file, name)
        out.flush()
        os.fsync(out.fileno())


def _remove_oldest(folder: Path, keep: int) -> tuple[Path, ...]:
    oldest = sorted(path for path in folder.iterdir() if ARCHIVE_NAME.fullmatch(path.name))[:-keep]
    try:
        for path in oldest:
            path.unlink()
    except OSError as error:
        text = f"the backup was written, but an older one was not removed: {error.filename}: {error.strerror}"
        raise BackupError(text, subject=str(folder)) from error
    return tuple(oldest)


def restore_backup(archive: Path, folder: Path) -> Manifest:
    """Restore an archive into a new or empty folder. Raises BackupError and StoreError; the folder is then unchanged.

    1. Unpack into a hidden folder inside, and check the database there.
    2. Move everything up, config.toml last: without it no command accepts the folder.
    """
    is_new = not folder.exists()
    if not is_new and (not folder.is_dir() or any(folder.iterdir())):
        raise BackupError(f"{folder} is not an empty folder: name a new or empty one", subject=str(folder))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with long_work("restoring"), tempfile.TemporaryDirectory(prefix=".restoring-", dir=folder) as staging:
            manifest = unpack(archive, Path(staging))
            database = Path(staging) / manifest.database
            for file in (database, Path(staging) / CONFIG):
                if not file.is_file():
                    raise BackupError(f"{archive} has no {file.name}: use another backup", subject=str(archive))
            database_copy.unsent_messages(database, f"{archive}: {manifest.database}")
            database.chmod(0o600)
            for path in sorted(Path(staging).iterdir(), key=lambda path: path.name == CONFIG):
                path.rename(folder / path.name)
    except OSError as error:
        raise BackupError(f"{error.filename or folder}: {error.strerror or error}", subject=str(folder)) from error
    finally:
        if is_new and folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
    return manifest


def unpack(archive: Path, folder: Path) -> Manifest:
    """Unpack an archive into an empty folder. Raises BackupError if it is damaged, or has anything but plain files
    inside the folder."""
    with _archive_errors(archive), gzip.open(archive) as packed:
        content = _Bounded(packed, archive)
        with tarfile.open(fileobj=content, mode="r|") as tar:
            for member in counted(tar, "unpacking", unit="files"):
                if not member.isreg() or member.issparse() or member.name.startswith("/"):
                    text = f"{archive} is refused: {member.name!r} is not a plain file inside the folder"
                    raise BackupError(text, subject=str(archive))
                tar.extract(member, folder, filter="data")
        while content.read(1 << 20):  # gzip compares its checksum at the end
            pass
    try:
        manifest = Manifest(**json.loads((folder / MANIFEST).read_text(encoding="utf-8")))
        manifest.moment  # noqa: B018 - raises ValueError for an invalid time
    except (OSError, ValueError, TypeError, RecursionError):
        text = f"{archive} is not an archive made by `deal-monitor backup`"
        raise BackupError(text, subject=str(archive)) from None
    (folder / MANIFEST).unlink()
    return manifest


class _Bounded(io.RawIOBase):
    """The unpacked bytes of an archive. Raises BackupError if they are more than a backup has."""

    def __init__(self, packed: gzip.GzipFile, archive: Path) -> None:
        self._packed, self._archive = packed, archive
        self._left = max(ALWAYS_UNPACKED, UNPACKED_RATIO * archive.stat().st_size)

    def read(self, size: int = -1) -> bytes:
        data = self._packed.read(size)
        self._left -= len(data)
        if self._left < 0:
            text = f"{self._archive} is refused: unpacked it is over {UNPACKED_RATIO} times its size"
            raise BackupError(text, subject=str(self._archive))
        return data


@contextmanager
def _archive_errors(archive: Path) -> Iterator[None]:
    """Turns errors of the archive and of the target disk into BackupError."""
    try:
        yield
    except tarfile.FilterError as error:
        raise BackupError(f"{archive} is refused: {error}", subject=str(archive)) from error
    except (tarfile.TarError, EOFError, zlib.error) as error:
        text = f"{archive} is damaged, cut off or not a backup ({error}). Use another backup"
        raise BackupError(text, subject=str(archive)) from error
    except OSError as error:  # includes errors of gzip, which have no errno
        reason = error.strerror or f"it is damaged or not a .tar.gz ({error}). Use another backup"
        raise BackupError(f"{error.filename or archive}: {reason}", subject=str(archive)) from error
