"""The compiled rulebook on disk, so that a command loads it in a quarter of a second instead of compiling it.

The name of a file is a key made from everything that the rulebook depends on: every rule file, the source of the
program and the Python version. Times of change are not used. The content is a pickle, and a pickle can run code, so a
file is read only if no other user can have written it (docs/decisions/rule-cache.md). If anything is wrong with a
file, the rules are compiled, and a debug line in the log gives the reason.
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
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cache as once
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from monitor.errors import Issue, RuleError
from monitor.long_work import collector_off, long_work

if TYPE_CHECKING:
    from monitor.domain.matching.rules import Matcher, Rulebook, Topic

VARIABLE = "DEAL_MONITOR_CACHE"
"""Environment variable: `off`, or the folder to use in place of the usual one."""
KEPT = 6
"""Files to keep: a rule author alternates between a few versions. A file has about 1 MB."""
SMALLEST = 20_000
"""Bytes of rule files. Smaller folders compile in under 0.1 s after the import of the compiler (0.4 s), so a file for
each would only push out those of large folders."""
LARGEST = 1_000_000_000
"""Bytes of a cache file; fifty deals of the shipped size take 42 million."""
ABANDONED_S = 3600
"""Seconds after which an unfinished file belongs to a killed process. Writing one takes far less than a second."""

# The logger of the standard library: structlog triples the import time, and prints to stdout before it is set up.
log = logging.getLogger(__name__)

_COMPILE = "import sys; from pathlib import Path; from monitor.rulebook.cache import load_rulebook as load; "
_COMPILE += "load(Path(sys.argv[1]), cache=Path(sys.argv[2]))"
UNUSED = "rule cache not used: %s: %s: %s"
_MAGIC = b"deal-monitor rulebook 4\n"
_DIGEST = 32
_SUFFIX = ".rulebook"
_PACKAGE = Path(__file__).resolve().parents[1]
_COMPILER = ("domain", "rulebook", "errors.py", "long_work.py")
"""The parts of the package that read, compile, check and hold rules."""
CLASSES = {
    "datetime": "date",
    "monitor.domain.matching.modality": "Cue Polarity",
    "monitor.domain.matching.rules": "ActRule CompiledPattern Conditions Deal DiscourseFrame Matcher Reads RuleExample "
    "RuleInfo Rulebook Speaker StatusOverride Topic Yields",
    "monitor.domain.model.commitments": "Background Baseline Commitment Deadline Target",
    "monitor.domain.model.enums": "By Effect Kind Outlook Standing Tier",
    "monitor.domain.model.news": "Publisher ReaderMode",
    "monitor.domain.model.policy": "Policy",
    "monitor.domain.model.publishers": "PublisherNames Publishers",
    "monitor.domain.model.sides": "Parties Side",
    "monitor.domain.text.automaton": "PhraseIndex",
    "monitor.domain.text.patterns": "AtStart Choice Form Head InOrder Link PhraseSet Reach RoleFrame Together Value "
    "ValueKind Window",
    "monitor.errors": "Issue",
}
"""All that a file may name: the classes of a compiled rulebook, by module. None of them does more than keep values."""


class Stored(NamedTuple):
    """The content of one file. `issues` are those of `rules check`; None if the rules were compiled but not checked."""

    rulebook: Rulebook
    issues: tuple[Issue, ...] | None


def load_rulebook(folder: Path, *, cache: Path | None = None, examples: bool = False, apart: bool = False) -> Rulebook:
    """The compiled rules of a folder. Raises RuleError with every error found in it.

    `cache` is the cache folder of callers that have a data folder; None means the user's own cache folder.
    `examples` adds the examples from the files next to the commitments, which are never cached.
    `apart` compiles in a process of its own: the compiler leaves 100 MB, which a service would keep.
    """
    path = _cache_path(cache, folder)
    stored = _read(path)
    if stored is None and path is not None and apart:
        import subprocess

        with long_work("compiling the rules"):
            environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
            words = [sys.executable, "-c", _COMPILE, str(folder), str(path.parent)]
            subprocess.run(words, env=environment, capture_output=True, check=False)  # noqa: S603 - our own code
        stored = _read(path)  # without one, this process compiles, and reports the errors
    if stored is None:
        from monitor.rulebook.load import check_rulebook

        rulebook, issues = check_rulebook(folder)
        if rulebook is None:
            raise RuleError([issue for issue in issues if issue.severity == "error"], subject=str(folder))
        stored = Stored(rulebook, None)
        _write(path, folder, stored)
    if not examples:
        return stored.rulebook
    from monitor.rulebook.compile.example_files import read_example_files

    found, faults = read_example_files(folder, stored.rulebook)
    if errors := [issue for issue in faults if issue.severity == "error"]:
        raise RuleError(errors, subject=str(folder))
    return replace(stored.rulebook, examples=found)


def checked_rulebook(folder: Path, *, cache: Path | None = None) -> tuple[Rulebook | None, Sequence[Issue]]:
    """The rules of a folder with their examples, None if they cannot be used, and every issue, warnings included.

    The issues cover rules, examples, scenarios and the examples for readers.
    """
    from monitor.rulebook.compile.example_files import check_examples

    path = _cache_path(cache, folder)
    stored = _read(path)
    if stored is None or stored.issues is None:
        from monitor.rulebook.load import check_rulebook
        from monitor.rulebook.testing.reader_examples import check_reader_examples
        from monitor.rulebook.testing.scenarios import check_scenarios

        with collector_off():
            rulebook, issues = check_rulebook(folder, lint=True)
            if rulebook is None:
                return None, issues
            with long_work("checking the tests of the rules"):
                tests = (*check_scenarios(folder, rulebook)[1], *check_reader_examples(folder, rulebook)[1])
        stored = Stored(rulebook, tuple(sorted({*issues, *tests})))
        if all(issue.severity != "error" for issue in tests):
            _write(path, folder, stored)
    # Examples change more often than rules and are quick to read, so they are not cached.
    found, faults = check_examples(folder, stored.rulebook)
    return replace(stored.rulebook, examples=found), tuple(sorted({*(stored.issues or ()), *faults}))


# ---------------------------------------------------------------- the key


def key_of(folder: Path) -> str | None:
    """The key of a folder; None if it is small, or holds an unreadable file, which the reader then reports."""
    code, rules = _code(), _hashed(_rule_files(folder))
    if code is None or rules is None or rules[1] < SMALLEST:
        return None
    parts = "\0".join((rules[0], folder.name, code[0], sys.version))
    return hashlib.blake2b(parts.encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()


def _rule_files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Each file that the reader reads or reports, with its path. Raises OSError for a file that it would refuse."""
    from monitor.rulebook.source.page import MAX_BYTES

    for room in (folder, *sorted(path for path in folder.iterdir() if path.is_dir() and path.name[:1] != ".")):
        for path in sorted(room.iterdir()):
            if path.name[:1] == "." or path.suffix.lower() not in (".yaml", ".yml"):
                continue
            state = path.stat()
            if not stat.S_ISREG(state.st_mode) or state.st_size > MAX_BYTES:
                raise OSError(f"{path} is no rule file")
            yield path.relative_to(folder).as_posix(), path.read_bytes()
    for path in sorted(folder.rglob("*")):  # deeper files are not read, but cause a warning
        inner = path.relative_to(folder)
        if len(inner.parts) > 2 and inner.suffix.lower() in (".yaml", ".yml"):
            yield inner.as_posix(), b""


def _hashed(files: Iterable[tuple[str, bytes]]) -> tuple[str, int] | None:
    """A hash of names and contents, and the total size; None if a file cannot be read (source in a zip file)."""
    whole, size = hashlib.blake2b(digest_size=16), 0
    try:
        for name, body in files:
            size += len(body)
            whole.update(f"{name}\0{len(body)}\0".encode("utf-8", "surrogateescape") + body)
    except OSError:
        return None
    return whole.hexdigest(), size


@once
def _code() -> tuple[str, int] | None:
    """The source of the program at the first call in this process."""
    parts = [_PACKAGE / part for part in _COMPILER]
    sources = (file for part in parts for file in (sorted(part.rglob("*.py")) if part.is_dir() else [part]))
    return _hashed((file.relative_to(_PACKAGE).as_posix(), file.read_bytes()) for file in sources)


def program_hash() -> str:
    """A hash of the source that decides what rules find; '' if it cannot be read."""
    return (_code() or ("",))[0]


def cache_folder(given: Path | None) -> Path | None:
    """The folder of cache files: $DEAL_MONITOR_CACHE, else `given`, else the user's cache folder. None: no cache."""
    named = os.environ.get(VARIABLE, "")
    if named:
        return None if named.lower() == "off" else Path(named).expanduser()
    if given is not None:
        return given
    general = os.environ.get("XDG_CACHE_HOME", "")
    if os.path.isabs(general):  # the XDG base directory specification says to ignore relative paths
        return Path(general) / "deal-monitor"
    try:
        return Path.home() / ".cache" / "deal-monitor"
    except RuntimeError:  # a service user without a home
        return None


def _cache_path(given: Path | None, rules: Path) -> Path | None:
    """The file of these rules, named by their key; None if there is no cache, or the rules have no key."""
    folder = cache_folder(given)
    key = key_of(rules) if folder is not None else None
    return folder / f"{key}{_SUFFIX}" if folder is not None and key is not None else None


# ---------------------------------------------------------------- files


class _RefusedError(Exception):
    """A cache file or folder that must not be used; the text gives the reason."""


class _Unpickler(pickle.Unpickler):
    """Builds only what is listed: a second guard after the check of the file's owner."""

    def find_class(self, module: str, name: str) -> Any:
        if name not in CLASSES.get(module, "").split():
            raise _RefusedError(f"the file names {module}.{name}")
        return super().find_class(module, name)


def _read(path: Path | None) -> Stored | None:
    """The content of a file, or None if it cannot be used."""
    if path is None:
        return None
    try:
        _refuse_folder(path.parent)
        # Only this user can have written the file, for this key, and it is complete. The checks use the open file, so
        # that it cannot be replaced in between.
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(handle, "rb") as stream:
            state = os.fstat(handle)
            if not stat.S_ISREG(state.st_mode) or state.st_uid != os.geteuid() or state.st_mode & 0o022:
                raise _RefusedError("another user can write the file")
            if state.st_size > LARGEST:
                raise _RefusedError("the file is too large")
            magic, digest, body = stream.read(len(_MAGIC)), stream.read(_DIGEST), stream.read()
        if magic != _MAGIC or _digest(path, body) != digest:
            raise _RefusedError("the file is damaged, or was written for other rules")
        rulebook, issues, packed = _loaded(body)
        stored = Stored(replace(rulebook, matcher=_matcher_in(packed)), issues)
    except FileNotFoundError:
        return None
    except Exception as error:  # noqa: BLE001 - a damaged pickle can raise anything, and must not stop a command
        log.debug(UNUSED, path, type(error).__name__, error)
        return None
    with suppress(OSError):
        os.utime(path)  # the most recently used files are kept
    return stored


def _loaded(body: bytes) -> Any:
    with collector_off():
        return _Unpickler(io.BytesIO(body)).load()


def _unpacked_topic(packed: bytes) -> Topic:
    return cast("Topic", _loaded(zlib.decompress(packed)))


def _packed_matcher(matcher: Matcher) -> bytes:
    """The matcher, and each of its topics by itself."""
    from monitor.domain.matching.rules import opening_of

    topics = tuple(zlib.compress(pickle.dumps(topic, pickle.HIGHEST_PROTOCOL)) for topic in matcher.topics)
    parts = (replace(matcher, topics=()), tuple(matcher.order), opening_of(matcher.topics), topics)
    return pickle.dumps(parts, pickle.HIGHEST_PROTOCOL)


def _matcher_in(packed: bytes) -> Any:
    """A matcher that is unpacked at its first use, and its topics when they are used: they are nine tenths of a
    rulebook."""
    from monitor.domain.matching.rules import Matcher, PackedTopics

    def unpack() -> Any:
        matcher, names, opening, topics = _loaded(packed)
        return replace(matcher, topics=PackedTopics(names, opening, topics, _unpacked_topic))

    matcher = object.__new__(Matcher)
    matcher.__dict__["unpack"] = unpack
    return matcher


def _refuse_folder(folder: Path) -> None:
    """Raises _RefusedError if another user could put files into the folder, or replace the folder itself."""
    state = os.lstat(folder)
    if not stat.S_ISDIR(state.st_mode):
        raise _RefusedError("the cache folder is no folder")
    if state.st_uid != os.geteuid() or state.st_mode & 0o077:
        raise _RefusedError("the cache folder is not private to this user (mode 0700)")


def _digest(path: Path, body: bytes) -> bytes:
    whole = hashlib.blake2b(path.stem.encode(), digest_size=_DIGEST)
    whole.update(body)
    return whole.digest()


def _write(path: Path | None, rules: Path, stored: Stored) -> None:
    """Writes a file completely or not at all, and drops the oldest ones.

    Nothing is written if rules or program changed meanwhile, since the result may belong to neither version.
    """
    if path is None or key_of(rules) != path.stem or _code.__wrapped__() != _code():
        return
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _refuse_folder(path.parent)
        bare: Any = replace(stored.rulebook, matcher=cast(Any, None))
        packed = _packed_matcher(stored.rulebook.matcher)
        body = pickle.dumps((bare, stored.issues, packed), pickle.HIGHEST_PROTOCOL)
        handle, unfinished = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=path.suffix)  # with mode 0600
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(_MAGIC + _digest(path, body) + body)
            Path(unfinished).replace(path)
        except BaseException:
            Path(unfinished).unlink(missing_ok=True)
            raise
        # Delete the least recently used files, and those that killed processes left. The * of pathlib matches hidden
        # files too.
        times = {other: other.stat().st_mtime for other in path.parent.glob(f"*{path.suffix}")}
        finished = sorted((other for other in times if other.name[0] != "."), key=times.__getitem__, reverse=True)
        abandoned = [other for other in times if other.name[0] == "." and times[other] < times[path] - ABANDONED_S]
        for other in (*finished[KEPT:], *abandoned):
            other.unlink(missing_ok=True)
    except Exception as error:  # noqa: BLE001 - a command must not fail because of its cache
        log.debug(UNUSED, path, type(error).__name__, error)
