"""Detects edits in the folder of rules under a running program."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

FolderFingerprint: TypeAlias = tuple[tuple[str, int, int], ...]
"""Path, modification time and size of each file: detects an edit without reading it."""


@dataclass(slots=True)
class FolderWatch:
    """Detects a complete edit of a folder's files; created before the folder is read. An editor saves one file after
    another, each in pieces, so an edit counts once two checks in a row find the same state. A touched file is not an
    edit."""

    folder: Path
    _stamp: FolderFingerprint = ()
    _unsettled: FolderFingerprint | None = None
    _content: str = ""

    def __post_init__(self) -> None:
        self._stamp, self._content = file_states(self.folder, "*.yaml"), _content(self.folder)

    def edited(self) -> bool:
        """Whether the content has changed since the last edit, or since the watch was created."""
        stamp = file_states(self.folder, "*.yaml")
        if stamp == self._stamp:
            self._unsettled = None
            return False
        if stamp != self._unsettled:
            self._unsettled = stamp
            return False
        content, before = _content(self.folder), self._content
        self._stamp, self._unsettled, self._content = stamp, None, content
        return content != before


def file_states(folder: Path, pattern: str = "*") -> FolderFingerprint:
    """The fingerprint of the files in a folder and its subfolders."""
    files = []
    for path in sorted(folder.rglob(pattern)):
        with suppress(OSError):  # removed since it was listed
            if path.is_file():
                state = path.stat()
                files.append((str(path), state.st_mtime_ns, state.st_size))
    return tuple(files)


def _content(folder: Path) -> str:
    whole = hashlib.sha256()
    for path in sorted(folder.rglob("*.yaml")):
        try:
            if not path.is_file():
                continue
            body = path.read_bytes()
        except OSError as error:
            body = str(error.strerror).encode()
        whole.update(f"{path}\0{len(body)}\0".encode() + body)
    return whole.hexdigest()
