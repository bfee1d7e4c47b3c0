"""The form of a backup: a `.tar.gz` that any tar unpacks.

Its first file is `manifest.json`, its last `SHA256SUMS` with a line for each file before it, as `sha256sum --check` reads it. What
was cut off or changed is noticed, and a foreign archive is refused at its first file.
"""

from __future__ import annotations

import errno
import hashlib
import io
import json
import tarfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath

from monitor.errors import BackupError
from monitor.long_work import counted

FORMAT = 1
MANIFEST, SUMS, DATABASE, CONFIG = "manifest.json", "SHA256SUMS", "monitor.db", "config.toml"
LARGEST_MANIFEST = 1_000_000
"""Bytes; that of fifteen commitments takes a thousand."""
CHUNK = 1 << 20
MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive says of itself. made_at: UTC, ISO 8601. program: its version, '' for a checkout that is not installed.
    statuses: the published status by commitment. waiting: messages that were not sent yet."""

    format: int
    program: str
    schema: str
    made_at: str
    secrets: bool
    counts: dict[str, int]
    statuses: dict[str, str]
    waiting: int

    @property
    def moment(self) -> datetime:
        return datetime.fromisoformat(self.made_at)


class ArchiveWriter:
    """Writes the files of one archive; `finish` ends it. count: files written so far.

    step: takes the megabytes that are packed so far.
    """

    def __init__(
        self, stream: io.BufferedIOBase, manifest: Manifest, step: Callable[[int], None] | None = None
    ) -> None:
        # Level 9, the usual one, takes 20 to 70 % longer than 6 on a monitor's year, and saves less than 1 % of the size.
        self._tar = tarfile.open(fileobj=stream, mode="w:gz", compresslevel=6)  # noqa: SIM115 - `finish` closes it
        self._at = int(manifest.moment.timestamp())
        self._step, self._packed = step, 0
        self._sums: list[str] = []
        self.count = 0
        self.add_bytes(MANIFEST, json.dumps(asdict(manifest), indent=2, ensure_ascii=False).encode() + b"\n")

    def add_bytes(self, name: str, content: bytes) -> None:
        self._add(name, io.BytesIO(content), len(content))

    def add_file(self, name: str, file: Path) -> None:
        """Add a file of any size. Raises OSError."""
        with file.open("rb") as stream:
            self._add(name, stream, file.stat().st_size)

    def _add(self, name: str, stream: io.BufferedIOBase | io.BytesIO, size: int) -> None:
        """Add what `stream` holds; one that grows meanwhile is taken as far as it went at the start."""
        member = tarfile.TarInfo(name)
        member.size, member.mtime, member.mode = size, self._at, 0o600
        hashed = _Hashed(stream, self._tell)
        self._tar.addfile(member, hashed)
        self._sums.append(f"{hashed.sum.hexdigest()}  {name}\n")
        self.count += 1

    def _tell(self, size: int) -> None:
        self._packed += size
        if self._step is not None:
            self._step(self._packed // MEGABYTE)

    def finish(self) -> None:
        self.add_bytes(SUMS, "".join(self._sums).encode())
        self._tar.close()


class _Hashed:
    """Hashes what is read through it, and tells how much that is."""

    def __init__(self, stream: io.BufferedIOBase | io.BytesIO, tell: Callable[[int], None]) -> None:
        self.sum, self._stream, self._tell = hashlib.sha256(), stream, tell

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        self.sum.update(data)
        self._tell(len(data))
        return data


def unpack(archive: Path, folder: Path) -> Manifest:
    """Write the files of an archive below an empty folder and check that all are there and unchanged. Raises BackupError; what
    was written until then is the caller's to remove.

    The folder should be this user's alone: the archive may hold secrets.
    """
    manifest: Manifest | None = None
    found: dict[str, str] = {}
    with archive_errors(archive), tarfile.open(archive, mode="r|gz") as tar:
        for member in counted(tar, "unpacking", unit="files"):
            name = _safe_name(member, archive)
            stream = tar.extractfile(member)
            assert stream is not None
            if manifest is None:
                text = stream.read(LARGEST_MANIFEST)
                manifest = _manifest(name, text, archive)
                found[name] = hashlib.sha256(text).hexdigest()
                continue
            if SUMS in found:
                raise BackupError(f"{archive}: {name} stands behind the end: this is no backup of this program")
            target, digest = folder / name, hashlib.sha256()
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("xb") as out:
                while data := stream.read(CHUNK):
                    digest.update(data)
                    out.write(data)
            found[name] = digest.hexdigest()
    if manifest is None:
        raise BackupError(f"{archive} is empty: use another backup", subject=str(archive))
    _check_sums(archive, folder / SUMS, found)
    return manifest


def _safe_name(member: tarfile.TarInfo, archive: Path) -> str:
    """The name of a plain file whose path stays below the folder. Raises BackupError for anything else."""
    try:
        safe = tarfile.data_filter(member, "/nowhere")
    except tarfile.FilterError as error:
        raise BackupError(f"{archive} is refused: {error}", subject=str(archive)) from None
    path = PurePosixPath(safe.name)
    if not safe.isreg() or safe.sparse is not None or ".." in path.parts or str(path) != member.name:
        text = f"{archive} is refused: {member.name!r} is no plain file below its folder, so this is no backup"
        raise BackupError(text, subject=str(archive))
    return member.name


def _manifest(name: str, text: bytes, archive: Path) -> Manifest:
    foreign = BackupError(f"{archive} is not an archive that `deal-monitor backup` made", subject=str(archive))
    if name != MANIFEST:
        raise foreign
    try:
        values = json.loads(text)
        if values["format"] > FORMAT:
            problem = f"is of a newer form ({values['format']}, ours is {FORMAT})"
            raise BackupError(f"{archive} {problem}: install a newer version of this program", subject=str(archive))
        manifest = Manifest(**values)
        manifest.moment  # noqa: B018 - raises ValueError for a text that is no time
    except (ValueError, TypeError, KeyError):
        raise foreign from None
    return manifest


def _check_sums(archive: Path, sums: Path, found: dict[str, str]) -> None:
    """Raises BackupError unless the archive has a sum for each of its files, and each file is as it was."""
    if not sums.is_file():
        raise BackupError(f"{archive} is cut off: its end is missing. Use another backup", subject=str(archive))
    found.pop(SUMS)
    lines = (line.partition("  ") for line in sums.read_text(encoding="utf-8").splitlines())
    wanted = {name: digest for digest, _, name in lines}
    wrong = sorted(name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name))
    if wrong:
        which = ", ".join(wrong[:3]) + (f" and {len(wrong) - 3} more" if len(wrong) > 3 else "")
        text = f"{archive} is damaged: {which} is not what was backed up. Use another backup"
        raise BackupError(text, subject=str(archive))
    sums.unlink()


@contextmanager
def archive_errors(archive: Path) -> Iterator[None]:
    """What can be wrong with an archive, or with the disk that it is unpacked on, as BackupError."""
    try:
        yield
    except FileExistsError as error:
        raise BackupError(f"{archive} is refused: it holds {error.filename} twice", subject=str(archive)) from error
    except (tarfile.TarError, EOFError, zlib.error) as error:
        text = f"{archive} is damaged, cut off or no .tar.gz ({error}). Use another backup"
        raise BackupError(text, subject=str(archive)) from error
    except OSError as error:  # gzip's own errors among them
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            text = f"there is no room to unpack {archive}: free some space, or name a folder on another disk"
            raise BackupError(f"{text} (of --check: as TMPDIR)", subject=str(archive)) from error
        what = error.strerror or f"it is damaged or no .tar.gz ({error}). Use another backup"
        raise BackupError(f"{error.filename or archive}: {what}", subject=str(archive)) from error
