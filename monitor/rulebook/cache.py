"""The compiled rulebook on disk, so that a command reads it back in a quarter of a second and need not compile it; and the
results of its tests.

A file holds one rulebook under a key made from everything it depends on: every rule file, the program's own source and
the Python version. No time of change is looked at. The file is a pickle, and a pickle is code, so it is read only where
nobody else could have written it (docs/decisions/rule-cache.md). Whatever is wrong with it, the rules are compiled as if
it were not there; a line at debug says why.

The results of tests are JSON in one file for each folder of rules. It names the rulebook under which they were got, so that
whoever compares it with that of today knows which results still stand.
"""

from __future__ import annotations

import hashlib
import io
import json
import logging
import os
import pickle
import stat
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache as once
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

from monitor.errors import Issue, RuleError
from monitor.long_work import long_work
from monitor.rulebook.gc_pause import collector_off

if TYPE_CHECKING:
    from monitor.domain.matching.rules import Rulebook, RuleExample

VARIABLE = "DEAL_MONITOR_CACHE"
"""Environment variable: `off`, or the folder to use in place of the usual one."""
KEPT = 6
"""Files that stay, of rulebooks and of tests: a rule writer goes back and forth between a few. A rulebook is about 2 MB."""
SMALLEST = 20_000
"""Bytes of rule files. Fewer are compiled in under 0.1 s once the compiler is imported (0.4 s): a file for each would only push
out those of large folders."""
LARGEST = 100_000_000
"""Bytes of a cache file; the shipped rules take 2 million."""
ABANDONED_S = 3600
"""Seconds after which an unfinished file belongs to a writer that was killed. Writing one takes far less than a second."""

# The standard library's logger: structlog triples the import, and prints to stdout where nobody has set it up.
log = logging.getLogger(__name__)

_MAGIC = b"deal-monitor rulebook 1\n"
_TESTS_MAGIC = b"deal-monitor tests 1\n"
_DIGEST = 32
_PACKAGE = Path(__file__).resolve().parents[1]
_COMPILES = ("domain", "rulebook", "errors.py", "long_work.py")
"""The parts of the package that read, compile, check and hold rules."""
_TESTS = (*_COMPILES, "replay", "workbench")
"""The parts that run their tests."""
_SUFFIX, _TESTS_SUFFIX = ".rulebook", ".tests"
_ALLOWED = frozenset(
    {"builtins.frozenset", "builtins.set", "datetime.date", "datetime.datetime", "datetime.timedelta"}
    | {"datetime.timezone", "monitor.errors.Issue", "re._compile"}
)
"""What a pickle may name beside the classes of the domain."""


# ---------------------------------------------------------------- what the program calls


def load_rulebook(folder: Path, *, cache: Path | None = None, examples: bool = False) -> Rulebook:
    """The compiled rules of a folder. Raises RuleError with every error found in it.

    `cache` is the folder of the cache where the caller has a data folder; None stands for the user's own cache folder.
    `examples`: also those in the files beside the commitments, which are read each time.
    """
    path = _cache_path(cache, folder)
    stored = _read(path)
    if stored is None:
        from monitor.rulebook.load import check_rulebook

        rulebook, issues = check_rulebook(folder)
        if rulebook is None:
            raise RuleError([issue for issue in issues if issue.severity == "error"], subject=str(folder))
        stored = Stored(rulebook, None)
        _write(path, folder, stored)
    if not examples:
        return stored.rulebook
    from monitor.rulebook.compile.example_files import with_examples

    return with_examples(folder, stored.rulebook)


def checked_rulebook(folder: Path, *, cache: Path | None = None) -> tuple[Rulebook | None, Sequence[Issue]]:
    """The rules of a folder if they can be used, with their examples, and every issue of theirs, of the examples, of their scenarios
    and of a reader's examples, warnings included."""
    from monitor.rulebook.compile.example_files import check_examples

    rulebook, issues = _checked_rules(folder, _cache_path(cache, folder))
    if rulebook is None:
        return None, issues
    examples, faults = check_examples(folder, rulebook)
    return replace(rulebook, examples=examples), tuple(sorted({*issues, *faults}))


def _checked_rules(folder: Path, path: Path | None) -> tuple[Rulebook | None, tuple[Issue, ...]]:
    """The same but for the examples beside the commitments, which change more often than rules and are read fast."""
    stored = _read(path)
    if stored is not None and stored.issues is not None:
        return stored.rulebook, stored.issues
    from monitor.rulebook.load import check_rulebook
    from monitor.rulebook.testing.reader_examples import check_reader_examples
    from monitor.rulebook.testing.scenarios import check_scenarios

    with collector_off():
        rulebook, issues = check_rulebook(folder, lint=True)
        if rulebook is None:
            return None, issues
        with long_work("checking the tests of the rules"):
            tests = (*check_scenarios(folder, rulebook)[1], *check_reader_examples(folder, rulebook)[1])
        issues = tuple(sorted({*issues, *tests}))
    if all(issue.severity != "error" for issue in issues):
        _write(path, folder, Stored(rulebook, issues))
    return rulebook, issues


@dataclass(frozen=True, slots=True)
class KeptTests:
    """The results of the tests of a folder of rules, as they were given to `keep_tests`, and the rulebook that gave them,
    which is None where the folder has not changed since."""

    rulebook: Rulebook | None
    results: Any


def kept_tests(folder: Path, key: str | None, *, cache: Path | None = None) -> KeptTests | None:
    """What the last tests of this folder gave; None if that, or the rulebook of then, is not kept. `key`: that of the folder
    as it is now."""
    path = _tests_path(cache, folder)
    if path is None:
        return None
    try:
        _refuse_folder(path.parent)
        kept = json.loads(_body(path, _TESTS_MAGIC).read())
        of_then, results = str(kept["rules"]), kept["results"]
    except FileNotFoundError:
        return None
    except Exception as error:  # noqa: BLE001 - whatever is wrong with it, the tests are run
        _report(path, error)
        return None
    if of_then == key:
        return KeptTests(None, results)
    stored = _read(path.with_name(f"{of_then}{_SUFFIX}"))
    return KeptTests(stored.rulebook, results) if stored is not None else None


def keep_tests(folder: Path, key: str | None, results: Any, *, cache: Path | None = None) -> None:
    """Keeps the results of the tests of a folder. `results` is made of what JSON knows.

    `key` is that of the folder before its rules were read. Nothing is kept if rules or program have changed since.
    """
    path = _tests_path(cache, folder)
    if path is not None and key is not None and key_of(folder) == key and _is_code_unchanged(_TESTS):
        kept = json.dumps({"rules": key, "results": results}, ensure_ascii=True)
        _put(path, _TESTS_MAGIC, lambda: kept.encode())


@dataclass(frozen=True, slots=True)
class Stored:
    """What one file holds. `issues` are those of `rules check`; None where the rules were compiled and not checked."""

    rulebook: Rulebook
    issues: tuple[Issue, ...] | None


# ---------------------------------------------------------------- the key


def key_of(folder: Path) -> str | None:
    """The key of a folder as it is now; None where it is small, or holds what cannot be read, which the reader then reports."""
    code, rules = _code(_COMPILES), _hashed(_rule_files(folder))
    if code is None or rules is None or rules[1] < SMALLEST:
        return None
    parts = "\0".join((rules[0], folder.name, code[0], sys.version))
    return hashlib.blake2b(parts.encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()


def _rule_files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Each file that the reader reads or reports, by its name in the folder. Raises OSError for one that it would refuse."""
    from monitor.rulebook.source.page import MAX_BYTES

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


def _source_files(parts: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    for part in parts:
        path = _PACKAGE / part
        for source in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            yield source.relative_to(_PACKAGE).as_posix(), source.read_bytes()


def _hashed(files: Iterable[tuple[str, bytes]]) -> tuple[str, int] | None:
    """A hash of names and contents, and the bytes in all; None where one cannot be read (source in a zip file)."""
    whole, size = hashlib.blake2b(digest_size=16), 0
    try:
        for name, body in files:
            size += len(body)
            whole.update(f"{name}\0{len(body)}\0".encode("utf-8", "surrogateescape") + body)
    except OSError:
        return None
    return whole.hexdigest(), size


@once
def _code(parts: tuple[str, ...]) -> tuple[str, int] | None:
    """These parts of the program's source when this process first asked: an edit under a running program is another
    program."""
    return _hashed(_source_files(parts))


def _is_code_unchanged(parts: tuple[str, ...]) -> bool:
    return _hashed(_source_files(parts)) == _code(parts)


# ---------------------------------------------------------------- where it lies


def cache_folder(given: Path | None) -> Path | None:
    """Where cache files lie: $DEAL_MONITOR_CACHE, else `given`, else the user's own cache folder. None: none is wanted."""
    named = os.environ.get(VARIABLE, "")
    if named:
        return None if named.lower() == "off" else Path(named).expanduser()
    if given is not None:
        return given
    general = os.environ.get("XDG_CACHE_HOME", "")
    if os.path.isabs(general):  # the XDG base directory specification has relative ones ignored
        return Path(general) / "deal-monitor"
    try:
        return Path.home() / ".cache" / "deal-monitor"
    except RuntimeError:  # a service user without a home
        return None


def _cache_path(given: Path | None, rules: Path) -> Path | None:
    """The file of these rules, named by their key; None where no cache is wanted, or the rules have no key."""
    folder = cache_folder(given)
    key = key_of(rules) if folder is not None else None
    return folder / f"{key}{_SUFFIX}" if folder is not None and key is not None else None


def _tests_path(given: Path | None, rules: Path) -> Path | None:
    """The file of the tests of a folder, named by its place and the program; None where no cache is wanted."""
    folder, code = cache_folder(given), _code(_TESTS)
    if folder is None or code is None:
        return None
    place = "\0".join((str(rules.resolve()), code[0], sys.version)).encode("utf-8", "surrogateescape")
    return folder / f"{hashlib.blake2b(place, digest_size=16).hexdigest()}{_TESTS_SUFFIX}"


# ---------------------------------------------------------------- reading


class _RefusedError(Exception):
    """A cache file, or its folder, that is not used; the text says why."""


def _read(path: Path | None) -> Stored | None:
    """The rulebook of a file, or None where it cannot be used."""
    if path is None:
        return None
    try:
        _refuse_folder(path.parent)
        rules, examples, issues = _parts(path)
        with collector_off():
            rulebook = replace(_unpickled(rules), examples=StoredExamples(examples))
            stored = Stored(rulebook, _unpickled(issues))
    except FileNotFoundError:
        return None
    except Exception as error:  # noqa: BLE001 - a damaged pickle may raise anything, and none of it may stop a command
        _report(path, error)
        return None
    with suppress(OSError):
        os.utime(path)  # the newest stay
    return stored


def _refuse_folder(folder: Path) -> None:
    """Raises _RefusedError where others could put a file there, or put this folder in the place of ours."""
    state = os.lstat(folder)
    if not stat.S_ISDIR(state.st_mode):
        raise _RefusedError("the cache folder is no folder")
    if state.st_uid != os.geteuid() or state.st_mode & 0o077:
        raise _RefusedError("the cache folder is not this user's alone (mode 0700)")


def _parts(path: Path) -> list[bytes]:
    """The three pickles of a file: rulebook, examples, issues. Raises _RefusedError for one that is not of this key."""
    body = _body(path, _MAGIC)
    if body.read(len(path.stem)) != path.stem.encode():
        raise _RefusedError("the file is of other rules")
    return [body.read(int.from_bytes(body.read(8), "big")) for _ in range(3)]


def _body(path: Path, mark: bytes) -> io.BytesIO:
    """What a file holds behind its mark and hash.

    Raises _RefusedError unless this user alone can have written it, and it is whole. The open file is asked who may write
    it, so that no other can take its place meanwhile.
    """
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(handle, "rb") as stream:
        state = os.fstat(handle)
        if not stat.S_ISREG(state.st_mode) or state.st_uid != os.geteuid() or state.st_mode & 0o022:
            raise _RefusedError("the file is not this user's alone to write")
        if state.st_size > LARGEST:
            raise _RefusedError("the file is too large")
        found, digest, body = stream.read(len(mark)), stream.read(_DIGEST), io.BytesIO(stream.read())
    if found != mark or hashlib.blake2b(body.getbuffer(), digest_size=_DIGEST).digest() != digest:
        raise _RefusedError("the file is damaged")
    return body


class _Unpickler(pickle.Unpickler):
    """Makes nothing but what a rulebook is made of: a second guard behind who may write the file."""

    def find_class(self, module: str, name: str) -> Any:
        known = module.startswith("monitor.domain.") or f"{module}.{name}" in _ALLOWED
        if not known or "." in name:
            raise _RefusedError(f"the file names {module}.{name}")
        return super().find_class(module, name)


def _unpickled(part: bytes) -> Any:
    return _Unpickler(io.BytesIO(part)).load()


class StoredExamples(Sequence["RuleExample"]):
    """The examples of a rulebook from the cache, made when somebody first asks: only tests of rules do, and it takes a third
    as long as all the rest."""

    def __init__(self, part: bytes) -> None:
        self._part = part

    @cached_property
    def _examples(self) -> tuple[RuleExample, ...]:
        with collector_off():
            examples: tuple[RuleExample, ...] = _unpickled(self._part)
        return examples

    def __len__(self) -> int:
        return len(self._examples)

    @overload
    def __getitem__(self, index: int) -> RuleExample: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[RuleExample]: ...
    def __getitem__(self, index: int | slice) -> RuleExample | Sequence[RuleExample]:
        return self._examples[index]

    def __eq__(self, other: object) -> bool:
        return self._examples == (other._examples if isinstance(other, StoredExamples) else other)

    def __reduce__(self) -> tuple[type[tuple[Any, ...]], tuple[tuple[RuleExample, ...]]]:
        return tuple, (self._examples,)


# ---------------------------------------------------------------- writing


def _write(path: Path | None, rules: Path, stored: Stored) -> None:
    """Writes a rulebook, unless rules or program changed meanwhile: what was compiled may then be of neither."""
    if path is None or key_of(rules) != path.stem or not _is_code_unchanged(_COMPILES):
        return

    def body() -> bytes:
        parts = (replace(stored.rulebook, examples=()), tuple(stored.rulebook.examples), stored.issues)
        pickles = [pickle.dumps(part, pickle.HIGHEST_PROTOCOL) for part in parts]
        return path.stem.encode() + b"".join(len(part).to_bytes(8, "big") + part for part in pickles)

    _put(path, _MAGIC, body)


def _put(path: Path, mark: bytes, body_of: Callable[[], bytes]) -> None:
    """Writes one file whole or not at all, and drops the oldest of its kind; whoever writes the same one at the same time
    writes the same."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _refuse_folder(path.parent)
        body = body_of()
        handle, unfinished = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=path.suffix)  # of mode 0600
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(mark + hashlib.blake2b(body, digest_size=_DIGEST).digest() + body)
            Path(unfinished).replace(path)
        except BaseException:
            Path(unfinished).unlink(missing_ok=True)
            raise
        # What has not been used for longest goes, and so does what killed writers left. Pathlib's * takes hidden ones too.
        times = {other: other.stat().st_mtime for other in path.parent.glob(f"*{path.suffix}")}
        finished = sorted((other for other in times if other.name[0] != "."), key=times.__getitem__, reverse=True)
        abandoned = [other for other in times if other.name[0] == "." and times[other] < times[path] - ABANDONED_S]
        for other in (*finished[KEPT:], *abandoned):
            other.unlink(missing_ok=True)
    except Exception as error:  # noqa: BLE001 - the cache is an extra, whatever the disk or the pickler says
        _report(path, error)


def _report(path: Path, error: Exception) -> None:
    log.debug("rule cache not used: %s: %s: %s", path, type(error).__name__, error)
