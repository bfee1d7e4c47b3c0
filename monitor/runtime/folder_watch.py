"""Detects edits in the folder of rules under a running program."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

FolderFingerprint: TypeAlias = tuple[tuple[str, int, int], ...]
"""Path, modification time and size of each file: detects an edit without reading it."""


@dataclass(slots=True)
class FolderWatch:
    """Detects a complete edit of a folder's files; created before the folder is read. An editor saves one file after
    another, each in pieces, so an edit counts once two checks in a row find the same state."""

    folder: Path
    _stamp: FolderFingerprint = ()
    _unsettled: FolderFingerprint | None = None

    def __post_init__(self) -> None:
        self._stamp = file_states(self.folder, "*.yaml")

    def edited(self) -> bool:
        """Whether the files have changed since the last edit, or since the watch was created."""
        stamp = file_states(self.folder, "*.yaml")
        settled, self._unsettled = stamp == self._unsettled, stamp
        if stamp == self._stamp or not settled:
            return False
        self._stamp = stamp
        return True


def file_states(folder: Path, pattern: str = "*") -> FolderFingerprint:
    """The fingerprint of the files in a folder and its subfolders."""
    files = []
    for path in sorted(folder.rglob(pattern)):
        with suppress(OSError):  # removed since it was listed
            if path.is_file():
                state = path.stat()
                files.append((str(path), state.st_mtime_ns, state.st_size))
    return tuple(files)
