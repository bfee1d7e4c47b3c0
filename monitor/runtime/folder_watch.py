"""A folder of rules under a running program: is it as it was when it was last read?"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

FolderFingerprint: TypeAlias = tuple[tuple[str, int, int], ...]
"""Each file with its time of change and its size: what tells an edit without reading anything."""


@dataclass(slots=True)
class FolderWatch:
    """Tells when the files of a folder have come to rest after an edit.

    An editor saves one file after another, and each in pieces: an edit counts once two looks in a row find the same.
    Files that were only touched are no edit. A watch begins with the folder as it is: make it before the folder is read.
    """

    folder: Path
    _stamp: FolderFingerprint = ()
    _moving: FolderFingerprint | None = None
    _content: str = ""

    def __post_init__(self) -> None:
        self._stamp, self._content = _stamp(self.folder), _content(self.folder)

    def edited(self) -> bool:
        """Whether the folder holds something else than at the last look that said so."""
        stamp = _stamp(self.folder)
        if stamp == self._stamp:
            self._moving = None
            return False
        if stamp != self._moving:
            self._moving = stamp
            return False
        content, before = _content(self.folder), self._content
        self._stamp, self._moving, self._content = stamp, None, content
        return content != before


def _files(folder: Path) -> Iterable[Path]:
    return (path for path in sorted(folder.rglob("*.yaml")) if path.is_file())


def _stamp(folder: Path) -> FolderFingerprint:
    found = []
    for path in _files(folder):
        try:
            state = path.stat()
        except OSError:  # gone since it was listed: the next look will not list it
            continue
        found.append((str(path), state.st_mtime_ns, state.st_size))
    return tuple(found)


def _content(folder: Path) -> str:
    whole = hashlib.sha256()
    for path in _files(folder):
        try:
            body = path.read_bytes()
        except OSError as error:
            body = str(error.strerror).encode()
        whole.update(f"{path}\0{len(body)}\0".encode() + body)
    return whole.hexdigest()
