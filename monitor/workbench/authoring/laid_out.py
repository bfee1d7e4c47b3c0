"""What `init` laid out in a folder, and what an upgrade of the program may do about it: what nobody edited is replaced, what somebody
edited stays, and the shipped file lies beside it.

A record in the folder holds the hash of every file as it was laid out. So three states of a file are known: as it was laid out,
as it is shipped now, and as it is in the folder.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

RECORD = ".deal-monitor.json"
NEW, OLD = ".new", ".old"
"""Ends of names: of a shipped file beside an edited one, and of a file that is shipped no more. No command reads such files."""
_LINK = "link"
"""Stands for the hash of a link: a person made it, and nothing is written through it."""


@dataclass(frozen=True, slots=True)
class LaidOut:
    """program: the version that laid the files out, '' for a checkout. files: the hash of each, by its path in the folder."""

    program: str
    files: dict[str, str]


class Act(StrEnum):
    """What an upgrade does about one file."""

    REPLACE = "replaced"
    ADD = "added"
    LAY_BESIDE = "edited"
    SET_ASIDE = "set aside"
    LEAVE = "kept"


@dataclass(frozen=True, slots=True)
class Step:
    """One file, by its path in the folder, and what is done about it. why: in words, for people."""

    act: Act
    path: str
    why: str


def steps(laid_out: LaidOut | None, shipped: Mapping[str, str], present: Mapping[str, str]) -> list[Step]:
    """What is to be done about each file that is not as it is shipped now. All three are hashes by path; laid_out: None where the
    folder has no record, so that nobody knows what was edited in it."""
    then = laid_out.files if laid_out is not None else {}
    found = []
    for path in sorted(shipped.keys() | (then.keys() & present.keys())):
        was, ships, is_now = then.get(path), shipped.get(path), present.get(path)
        if ships == is_now:
            continue
        if ships is None:
            found.append(_no_longer_shipped(path, edited=is_now != was))
        elif is_now is None:
            found += _missing(path, was, ships, known=laid_out is not None)
        elif is_now == was:
            found.append(Step(Act.REPLACE, path, "never edited here"))
        elif ships == was:
            found.append(Step(Act.LEAVE, path, "edited here, shipped as before"))
        else:
            found.append(Step(Act.LAY_BESIDE, path, f"edited here; the shipped one lies beside it as {path}{NEW}"))
    return found


def _no_longer_shipped(path: str, *, edited: bool) -> Step:
    if edited:
        return Step(Act.LEAVE, path, "edited here, shipped no more")
    return Step(Act.SET_ASIDE, path, f"shipped no more; it is now {path}{OLD}")


def _missing(path: str, was: str | None, ships: str, *, known: bool) -> Iterator[Step]:
    """A file that is shipped and not in the folder: new, or deleted by a person, which stays so."""
    if not known:
        yield Step(Act.LAY_BESIDE, path, f"new, or deleted here; the shipped one is {path}{NEW}")
    elif was is None:
        yield Step(Act.ADD, path, "new")
    elif was != ships:
        yield Step(Act.LEAVE, path, "deleted here, shipped anew")


def apply(step: Step, folder: Path, shipped: Path) -> None:
    """Do one step. shipped: the folder with the files as they are shipped. Raises OSError; a file is then as before."""
    target = folder / step.path
    match step.act:
        case Act.REPLACE | Act.ADD:
            _put(target, (shipped / step.path).read_bytes())
        case Act.LAY_BESIDE:
            _put(target.with_name(target.name + NEW), (shipped / step.path).read_bytes())
        case Act.SET_ASIDE:
            target.rename(target.with_name(target.name + OLD))
        case Act.LEAVE:
            pass


def _put(target: Path, content: bytes) -> None:
    """Write a file whole or not at all, with the access rights of the one it replaces."""
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(f".{target.name}.unfinished")
    unfinished.write_bytes(content)
    if target.exists():
        unfinished.chmod(target.stat().st_mode & 0o777)
    unfinished.replace(target)


# ---------------------------------------------------------------- the record


def hashes(folder: Path, names: Iterable[str]) -> dict[str, str]:
    """The hash of each file in these files and folders of `folder`, by its path there; what is not there has none."""
    found = {}
    for name in names:
        place = folder / name
        files = [place] if place.is_file() or place.is_symlink() else _below(place)
        for file in files:
            path = file.relative_to(folder).as_posix()
            found[path] = _LINK if file.is_symlink() else hashlib.sha256(file.read_bytes()).hexdigest()
    return found


def _below(place: Path) -> Iterator[Path]:
    for folder, inner, files in os.walk(place):
        inner[:] = sorted(name for name in inner if name != "__pycache__")
        yield from (Path(folder) / name for name in sorted(files) if not name.endswith((NEW, OLD)))


def read_record(folder: Path) -> LaidOut | None:
    """What a folder says of how it was laid out; None where it says nothing that can be read."""
    try:
        values = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        return LaidOut(str(values["program"]), {str(path): str(digest) for path, digest in values["files"].items()})
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def write_record(folder: Path, laid_out: LaidOut) -> None:
    """Have the folder say how it was laid out. Raises OSError."""
    _put(folder / RECORD, (json.dumps(asdict(laid_out), indent=1, sort_keys=True) + "\n").encode())


def remember(folder: Path, names: Iterable[str], program: str) -> None:
    """Add to the record that these files and folders lie in `folder` as this program has just laid them out. Raises OSError."""
    before = read_record(folder)
    write_record(folder, LaidOut(program, (before.files if before else {}) | hashes(folder, names)))


def upgrade_advice(folder: Path, program: str) -> list[str]:
    """What a person should do about a folder that an earlier or later program laid out, or whose upgrade was left half done.

    One sentence each, the remedy behind a semicolon; none for a folder in order or without a record. program: the version of this
    one, '' for a checkout.
    """
    laid_out, advice = read_record(folder), []
    if laid_out is None:
        return []
    if program and laid_out.program and laid_out.program != program:
        advice.append(
            f"{folder} was laid out by version {laid_out.program}, and this program is {program}; "
            f"`deal-monitor upgrade {folder}` brings in what is shipped now and keeps what was edited"
        )
    tops = {path.partition("/")[0] for path in laid_out.files}
    beside = sum(1 for top in tops for _ in _unmerged(folder / top))
    if beside:
        what = f"{beside} file{'s' if beside > 1 else ''} ending in {NEW}"
        advice.append(f"{folder} holds {what}; compare each with the edited one beside it, then delete it")
    return advice


def _unmerged(place: Path) -> Iterator[Path]:
    if place.suffix and (beside := place.with_name(place.name + NEW)).is_file():
        yield beside
    if place.is_dir():
        yield from place.rglob(f"*{NEW}")
