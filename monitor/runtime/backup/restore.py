"""`restore`: a folder to work in, made from an archive; and whether an archive could be restored."""

from __future__ import annotations

import os
import shutil
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path

from monitor.config.own_folder import ALWAYS_SET, OwnFolder, turned_to_own_folder
from monitor.errors import BackupError
from monitor.runtime.backup.archive import CONFIG, DATABASE, Manifest, unpack
from monitor.runtime.backup.making import SITE_KEY
from monitor.store import backup as store_backup


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored, and what of config.toml was turned to the new folder or is left to a person."""

    manifest: Manifest
    config: OwnFolder


def check_backup(archive: Path) -> Manifest:
    """Unpack an archive into a temporary folder and look at all of it. Raises BackupError and StoreError."""
    with tempfile.TemporaryDirectory(prefix="deal-monitor-check-") as folder:
        manifest = unpack(archive, Path(folder))
        _check(archive, Path(folder))
    return manifest


def restore_backup(archive: Path, folder: Path) -> Restored:
    """Make `folder`, which is new or empty, what the archive holds. Raises BackupError and StoreError; it is then as before.

    1. Unpack the archive into a hidden folder inside, and check each file and the database there.
    2. Lay the files out as config.toml wants them, its paths turned to this folder where they led elsewhere.
    3. Move all of it up, config.toml last: without that no command takes the folder for whole.
    """
    if folder.exists() and not folder.is_dir():
        raise BackupError(f"{folder} is a file: name a new or empty folder", subject=str(folder))
    is_new = not folder.exists()
    if not is_new and (there := sorted(path.name for path in folder.iterdir())):
        some = ", ".join(there[:5]) + (" ..." if len(there) > 5 else "")
        raise BackupError(f"{folder} is not empty ({some}): name a new or empty folder", subject=str(folder))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".restoring-", dir=folder) as staging:
            unpacked, laid_out = Path(staging) / "unpacked", Path(staging) / "laid-out"
            unpacked.mkdir()
            laid_out.mkdir()
            manifest = unpack(archive, unpacked)
            config = _check(archive, unpacked)
            _lay_out(unpacked, laid_out, config)
            for path in sorted(laid_out.iterdir(), key=lambda path: path.name == CONFIG):
                path.rename(folder / path.name)
    except OSError as error:
        raise BackupError(f"{error.filename or folder}: {error.strerror or error}", subject=str(folder)) from error
    finally:
        if is_new and folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
    return Restored(manifest, config)


def _check(archive: Path, unpacked: Path) -> OwnFolder:
    """Look into the database and config.toml of an unpacked archive; returns that config.toml turned to its folder."""
    for name in (DATABASE, CONFIG):
        if not (unpacked / name).is_file():
            raise BackupError(f"{archive} holds no {name}: use another backup", subject=str(archive))
    store_backup.check_copy(unpacked / DATABASE, f"{archive}: {DATABASE}")
    wanted = set(ALWAYS_SET)
    if (unpacked / "secrets").is_dir():
        wanted.add(("monitor", "secrets_dir"))
    if (unpacked / "ca_file").is_file():
        wanted.add(("smtp", "ca_file"))
    try:
        text = (unpacked / CONFIG).read_text(encoding="utf-8-sig")
        return turned_to_own_folder(text, frozenset(wanted))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BackupError(f"{archive}: its {CONFIG} cannot be read ({error})", subject=str(archive)) from error


def _lay_out(unpacked: Path, folder: Path, config: OwnFolder) -> None:
    """Move the files of an unpacked archive to where config.toml looks for them."""
    (unpacked / CONFIG).write_text(config.text, encoding="utf-8")
    names = {DATABASE: ("monitor", "database"), "ca_file": ("smtp", "ca_file"), "secrets": ("monitor", "secrets_dir")}
    names |= {"rules": ("monitor", "rules"), "templates": ("monitor", "templates"), "data": ("monitor", "data")}
    for path in sorted(unpacked.iterdir()):
        place = config.places.get(names.get(path.name, ("", "")))
        target = folder / (place if place is not None else path.name)
        target.parent.mkdir(parents=True, exist_ok=True)
        # Two places may be one folder or lie in each other, such as data = "." beside rules = "rules".
        if path.is_dir():
            shutil.copytree(path, target, copy_function=os.rename, dirs_exist_ok=True)
        else:
            path.rename(target)
    data = folder / config.places["monitor", "data"]
    data.mkdir(parents=True, exist_ok=True)
    secrets, database = config.places.get(("monitor", "secrets_dir")), config.places.get(("monitor", "database"))
    kept = folder / secrets if secrets is not None else None
    if kept is not None and kept.is_dir():
        kept.chmod(0o700)
    private = (data / SITE_KEY, *(kept.iterdir() if kept is not None and kept.is_dir() else ()))
    for file in (*private, *((folder / database,) if database is not None else ())):
        if file.is_file():
            file.chmod(0o600)
