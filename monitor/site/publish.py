"""Replaces the published site in one step, so that readers never see half of it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from tempfile import mkdtemp

from monitor.errors import RenderError

KEEP = 2
"""Versions to keep: the new one, and the previous one, of which a server may still be sending a file."""
MARKER = ".deal-monitor-site"
"""A file in each version; a folder without it is never removed."""


def publish(files: Iterable[tuple[str, bytes]], folder: Path) -> int:
    """Write `files` (address, content) as a new version that the link `folder` points to; returns how many.

    1. Write all files into a new folder, readable for a web server.
    2. Rename a new link over the old one, which is atomic.
    3. Remove the versions before the previous one.

    Raises RenderError; then the old site stays.
    """
    versions = folder.with_name(f"{folder.name}-versions")
    if folder.exists() and not folder.is_symlink():
        text = f"{folder} is not a link to a site: move it away, or choose another folder (`data` in config.toml)"
        raise RenderError(text, subject=folder.name)
    fresh: Path | None = None
    try:
        versions.mkdir(parents=True, exist_ok=True)
        fresh = Path(mkdtemp(prefix="v", dir=versions))
        fresh.chmod(0o755)
        (fresh / MARKER).write_bytes(b"")
        written: set[str] = set()
        for address, content in files:
            target = fresh / address
            if not target.resolve().is_relative_to(fresh.resolve()):
                raise RenderError(f"{address!r} is outside the site", subject=address)
            if address in written:  # a commitment called "index" would overwrite the list of all
                text = f"two files of the site are called {address}: give the commitment of that name another id"
                raise RenderError(text, subject=address)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
            target.chmod(0o644)
            written.add(address)
        link = versions / f".link-{os.getpid()}"
        link.unlink(missing_ok=True)
        link.symlink_to(Path(versions.name) / fresh.name)
        link.replace(folder)
    except OSError as error:
        _discard(fresh)
        problem = f"{error.filename or folder} cannot be written: {error.strerror or error}"
        raise RenderError(f"{problem}. Make it writable or free some space", subject=folder.name) from error
    except BaseException:
        _discard(fresh)
        raise
    with suppress(OSError):
        marked = [path for path in versions.iterdir() if (path / MARKER).is_file() and path != fresh]
        for old in sorted(marked, key=lambda path: path.stat().st_mtime)[: 1 - KEEP or None]:
            _discard(old)
    return len(written)


def _discard(version: Path | None) -> None:
    if version is not None:
        shutil.rmtree(version, ignore_errors=True)
