"""The compiled rulebook on disk, so that a command reads it back in a quarter of a second and need not compile it.

A file holds one rulebook under a key made from everything it depends on: every rule file, the program's own source and
the Python version. Nothing is ever taken over by time of change. The file is a pickle, and a pickle is code, so it is read
only where nobody else could have written it (docs/decisions/rule-cache.md). Whatever is wrong with it, the rules are
compiled as if it were not there; a line at debug says why.
"""

from __future__ import annotations

import hashlib
import io
import logging
import os
import pickle
import stat
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache as once
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

from monitor.errors import Issue, RuleError
from monitor.rulebook.garbage_collection import collector_off

if TYPE_CHECKING:
    from monitor.domain.matching.rules import Rulebook, RuleExample

VARIABLE = "DEAL_MONITOR_CACHE"
"""Environment variable: `off`, or the folder to use in place of the usual one."""
KEPT = 6
"""Files of other rulebooks that stay: a rule writer goes back and forth between a few. One is about 2 MB."""
SMALLEST = 20_000
"""Bytes of rule files. Fewer are compiled in under 0.1 s once the compiler is imported (0.4 s): a file for each would only push
out those of large folders."""
LARGEST = 100_000_000
"""Bytes of a cache file; the shipped rules take 2 million."""
ABANDONED_S = 3600
"""Seconds after which an unfinished file belongs to a writer that was killed."""

# The standard library's logger: structlog triples the import, and prints to stdout where nobody has set it up.
log = logging.getLogger(__name__)

_MAGIC = b"deal-monitor rulebook 1\n"
_DIGEST = 32
_PACKAGE = Path(__file__).resolve().parents[1]
_COMPILES = ("domain", "rulebook", "errors.py")
"""The parts of the package that read, compile, check and hold rules."""
_SUFFIX = ".rulebook"


# ---------------------------------------------------------------- what the program calls


def load_rulebook(folder: Path, *, cache: Path | None = None) -> Rulebook:
    """The compiled rules of a folder. Raises RuleError with every error found in it.

    `cache` is the folder of the cache where the caller has a data folder; None stands for the user's own cache folder.
    """
    where, key = _cache_of(cache, folder)
    if (stored := _read(where, key)) is not None:
        return stored.rulebook
    from monitor.rulebook.load import check_rulebook

    rulebook, issues = check_rulebook(folder)
    if rulebook is None:
        raise RuleError([issue for issue in issues if issue.severity == "error"], subject=str(folder))
    _write(where, key, folder, Stored(rulebook, None))
    return rulebook


def checked_rulebook(folder: Path, *, cache: Path | None = None) -> tuple[Rulebook | None, Sequence[Issue]]:
    """The rules of a folder if they can be used, and every issue of theirs and of their scenarios, warnings included."""
    where, key = _cache_of(cache, folder)
    stored = _read(where, key)
    if stored is not None and stored.issues is not None:
        return stored.rulebook, stored.issues
    from monitor.rulebook.load import check_rulebook
    from monitor.rulebook.testing.scenarios import check_scenarios

    with collector_off():
        rulebook, issues = check_rulebook(folder, lint=True)
        if rulebook is None:
            return None, issues
        issues = tuple(sorted({*issues, *check_scenarios(folder, rulebook)[1]}))
    if all(issue.severity != "error" for issue in issues):
        _write(where, key, folder, Stored(rulebook, issues))
    return rulebook, issues


@dataclass(frozen=True, slots=True)
class Stored:
    """What one file holds. `issues` are those of `rules check`; None where the rules were compiled and not checked."""

    rulebook: Rulebook
    issues: tuple[Issue, ...] | None


# ---------------------------------------------------------------- the key


def key_of(folder: Path) -> str | None:
    """The key of a folder as it is now; None where it is small, or holds what cannot be read, which the reader then says."""
    code = _code()
    if code is None:
        return None
    whole, size = hashlib.blake2b(digest_size=16), 0
    try:
        for name, body in _rule_files(folder):
            size += len(body)
            whole.update(f"{name}\0{len(body)}\0".encode("utf-8", "surrogateescape") + body)
    except OSError:
        return None
    whole.update("\0".join((folder.name, code, sys.version)).encode("utf-8", "surrogateescape"))
    return whole.hexdigest() if size >= SMALLEST else None


def _rule_files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Each file that the reader reads or speaks of, by its name in the folder. Raises OSError for one that it would refuse."""
    from monitor.rulebook.source.decode import MAX_BYTES

    for room in (folder, *sorted(path for path in folder.iterdir() if path.is_dir() and path.name[:1] != ".")):
        for path in sorted(room.iterdir()):
            if path.name[:1] == "." or path.suffix.lower() not in (".yaml", ".yml"):
                continue
            state = path.stat()
            if not stat.S_ISREG(state.st_mode) or state.st_size > MAX_BYTES:
                raise OSError(f"{path} is no file of rules")
            yield path.relative_to(folder).as_posix(), path.read_bytes()
    for path in sorted(folder.rglob("*")):  # deeper ones are not read, but warned of
        inner = path.relative_to(folder)
        if len(inner.parts) > 2 and inner.suffix.lower() in (".yaml", ".yml"):
            yield inner.as_posix(), b""


@once
def _code() -> str | None:
    """What the program's source said when this process first asked: an edit under a running program is another program."""
    return _code_now()


def _code_now() -> str | None:
    """A hash of the source that reads, compiles and holds rules; None where it cannot be read, as in a zip file."""
    whole = hashlib.blake2b(digest_size=16)
    try:
        for part in _COMPILES:
            path = _PACKAGE / part
            for source in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
                body = source.read_bytes()
                whole.update(f"{source.relative_to(_PACKAGE).as_posix()}\0{len(body)}\0".encode() + body)
    except OSError:
        return None
    return whole.hexdigest()


# ---------------------------------------------------------------- where it lies


def cache_folder(given: Path | None) -> Path | None:
    """Where cache files lie: $DEAL_MONITOR_CACHE, else `given`, else the user's own cache folder. None: none is wanted."""
    named = os.environ.get(VARIABLE, "")
    if named.lower() == "off":
        return None
    if named:
        return Path(named)
    if given is not None:
        return given
    general = os.environ.get("XDG_CACHE_HOME", "")
    if os.path.isabs(general):  # the XDG base directory specification has relative ones ignored
        return Path(general) / "deal-monitor"
    try:
        return Path.home() / ".cache" / "deal-monitor"
    except RuntimeError:  # a service user without a home
        return None


def _cache_of(given: Path | None, rules: Path) -> tuple[Path | None, str | None]:
    where = cache_folder(given)
    return where, key_of(rules) if where is not None else None


# ---------------------------------------------------------------- reading


class _RefusedError(Exception):
    """A cache file, or its folder, that is not used; the text says why."""


def _read(where: Path | None, key: str | None) -> Stored | None:
    """The rulebook of this key, or None where no file of it can be used."""
    if where is None or key is None:
        return None
    path = where / f"{key}{_SUFFIX}"
    try:
        _refuse_folder(where)
        rules, examples, issues = _parts(_body(path), key)
        with collector_off():
            rulebook = replace(_unpickled(rules), examples=StoredExamples(examples))
            found = _unpickled(issues)
    except FileNotFoundError:
        return None
    except Exception as error:  # noqa: BLE001 - a damaged pickle may raise anything, and none of it may stop a command
        _set_aside(path, error)
        return None
    with suppress(OSError):
        os.utime(path)  # the newest stay
    return Stored(rulebook, found)


def _refuse_folder(where: Path) -> None:
    """Raises _RefusedError where others could put a file there, or put this folder in the place of ours."""
    state = os.lstat(where)
    if not stat.S_ISDIR(state.st_mode):
        raise _RefusedError("the cache folder is no folder")
    if state.st_uid != os.geteuid() or state.st_mode & 0o077:
        raise _RefusedError("the cache folder is not this user's alone (mode 0700)")


def _body(path: Path) -> bytes:
    """The file, if this user alone can have written it; asked of the open file, so that none can take its place."""
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(handle, "rb") as stream:
        state = os.fstat(handle)
        if not stat.S_ISREG(state.st_mode) or state.st_uid != os.geteuid() or state.st_mode & 0o022:
            raise _RefusedError("the file is not this user's alone to write")
        if state.st_size > LARGEST:
            raise _RefusedError("the file is too large")
        return stream.read()


def _parts(body: bytes, key: str) -> list[bytes]:
    """The three pickles of a file: rulebook, examples, issues. Raises _RefusedError unless it is whole and of this key."""
    head = len(_MAGIC) + _DIGEST
    if (
        not body.startswith(_MAGIC)
        or hashlib.blake2b(body[head:], digest_size=_DIGEST).digest() != body[head - _DIGEST : head]
    ):
        raise _RefusedError("the file is damaged")
    stream = io.BytesIO(body[head:])
    if stream.read(len(key)) != key.encode():
        raise _RefusedError("the file is of other rules")
    return [stream.read(int.from_bytes(stream.read(8), "big")) for _ in range(3)]


class _Unpickler(pickle.Unpickler):
    """Makes nothing but what a rulebook is made of: a second guard behind who may write the file."""

    def find_class(self, module: str, name: str) -> Any:
        known = module.startswith("monitor.domain.") or (module, name) in _PLAIN
        if not known or "." in name:
            raise _RefusedError(f"the file names {module}.{name}")
        return super().find_class(module, name)


_PLAIN = frozenset({
    ("builtins", "frozenset"), ("builtins", "set"), ("datetime", "date"), ("datetime", "datetime"),
    ("datetime", "timedelta"), ("datetime", "timezone"), ("monitor.errors", "Issue"), ("re", "_compile"),
})  # fmt: skip


def _unpickled(part: bytes) -> Any:
    return _Unpickler(io.BytesIO(part)).load()


class StoredExamples(Sequence["RuleExample"]):
    """The examples of a rulebook from the cache, made when somebody first asks: only tests of rules do, and it takes a third
    as long as all the rest."""

    def __init__(self, part: bytes) -> None:
        self._part = part

    @cached_property
    def _made(self) -> tuple[RuleExample, ...]:
        with collector_off():
            made: tuple[RuleExample, ...] = _unpickled(self._part)
        return made

    def __len__(self) -> int:
        return len(self._made)

    @overload
    def __getitem__(self, index: int) -> RuleExample: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[RuleExample]: ...
    def __getitem__(self, index: int | slice) -> RuleExample | Sequence[RuleExample]:
        return self._made[index]

    def __eq__(self, other: object) -> bool:
        return self._made == (other._made if isinstance(other, StoredExamples) else other)

    def __hash__(self) -> int:
        return hash(self._made)

    def __reduce__(self) -> tuple[type[tuple[Any, ...]], tuple[tuple[RuleExample, ...]]]:
        return tuple, (self._made,)


# ---------------------------------------------------------------- writing


def _write(where: Path | None, key: str | None, rules: Path, stored: Stored) -> None:
    """Writes one file whole or not at all; whoever writes the same one at the same time writes the same.

    Nothing is written if rules or program changed meanwhile: what was compiled may then be of neither.
    """
    if where is None or key is None or key_of(rules) != key or _code_now() != _code():
        return
    parts = (replace(stored.rulebook, examples=()), tuple(stored.rulebook.examples), stored.issues)
    try:
        where.mkdir(mode=0o700, parents=True, exist_ok=True)
        _refuse_folder(where)
        body = key.encode() + b"".join(len(part).to_bytes(8, "big") + part for part in map(_pickled, parts))
        _replace(where, f"{key}{_SUFFIX}", _MAGIC + hashlib.blake2b(body, digest_size=_DIGEST).digest() + body)
        _clean(where, where / f"{key}{_SUFFIX}")
    except Exception as error:  # noqa: BLE001 - the cache is an extra, whatever the disk or the pickler says
        _set_aside(where, error)


def _pickled(part: object) -> bytes:
    return pickle.dumps(part, pickle.HIGHEST_PROTOCOL)


def _replace(where: Path, name: str, body: bytes) -> None:
    handle, made = tempfile.mkstemp(dir=where, prefix=".", suffix=_SUFFIX)  # of mode 0600
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(body)
        Path(made).replace(where / name)
    except BaseException:
        Path(made).unlink(missing_ok=True)
        raise


def _clean(where: Path, newest: Path) -> None:
    """Removes what has not been used for longest, and what killed writers left."""
    states = {path: path.stat().st_mtime for path in where.glob(f"*{_SUFFIX}")}  # pathlib's * takes hidden ones too
    finished = sorted((path for path in states if path.name[0] != "."), key=states.__getitem__, reverse=True)
    left = [path for path in states if path.name[0] == "." and states[path] < states[newest] - ABANDONED_S]
    for path in (*finished[KEPT:], *left):
        path.unlink(missing_ok=True)


def _set_aside(path: Path, error: Exception) -> None:
    log.debug("rule cache not used: %s: %s: %s", path, type(error).__name__, error)
