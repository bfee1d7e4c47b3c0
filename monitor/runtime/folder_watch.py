"""Notices edits of the folder of rules under a running program."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

FolderFingerprint: TypeAlias = tuple[tuple[str, int, int], ...]
"""Each file with its time of change and its size: enough to notice an edit without reading anything."""


@dataclass(slots=True)
class FolderWatch:
    """Notices when the files of a folder have been edited and are complete.

    An editor saves one file after another, and each in pieces: an edit counts once two looks in a row find the same.
    Files that were only touched are no edit. A watch begins with the folder as it is: make it before the folder is read.
    """

    folder: Path
    _stamp: FolderFingerprint = ()
    _unsettled: FolderFingerprint | None = None
    _content: str = ""

    def __post_init__(self) -> None:
        self._stamp, self._content = _stamp(self.folder), _content(self.folder)

    def edited(self) -> bool:
        """Whether the content of the folder has changed since this was last true, or since the watch was made."""
        stamp = _stamp(self.folder)
        if stamp == self._stamp:
            self._unsettled = None
            return False
        if stamp != self._unsettled:
            self._unsettled = stamp
            return False
        content, before = _content(self.folder), self._content
        self._stamp, self._unsettled, self._content = stamp, None, content
        return content != before


def _files(folder: Path) -> Iterable[Path]:
    return (path for path in sorted(folder.rglob("*.yaml")) if path.is_file())


def _stamp(folder: Path) -> FolderFingerprint:
    files = []
    for path in _files(folder):
        try:
            state = path.stat()
        except OSError:  # removed since it was listed: the next look will not list it
            continue
        files.append((str(path), state.st_mtime_ns, state.st_size))
    return tuple(files)


def _content(folder: Path) -> str:
    whole = hashlib.sha256()
    for path in _files(folder):
        try:
            body = path.read_bytes()
        except OSError as error:
            body = str(error.strerror).encode()
        whole.update(f"{path}\0{len(body)}\0".encode() + body)
    return whole.hexdigest()
