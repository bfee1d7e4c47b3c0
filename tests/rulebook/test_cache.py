"""The compiled rules on disk: the same rulebook as a fresh one, and never one of other rules, other code or other
people."""

import gc
import hashlib
import io
import json
import logging
import os
import pickle
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

from monitor.domain.matching.match import match
from monitor.domain.matching.rules import PackedTopics, Rulebook
from monitor.domain.text.automaton import Phrase
from monitor.domain.text.patterns import Words, packed
from monitor.errors import Issue, RuleError
from monitor.long_work import collector_off
from monitor.replay import as_entry, line_as_story
from monitor.rulebook import checked_rulebook, load_rulebook
from monitor.rulebook.cache import CLASSES, KEPT, SMALLEST, VARIABLE, cache_folder, key_of
from monitor.rulebook.load import check_rulebook
from tests.builders.rules_folder import write
from tests.builders.shipped_rules import ROOT, RULES, YEAR, rulebook

PADDING = "".join(f"# line {number}: nothing but its length\n" for number in range(700))
CODE = ("domain", "rulebook", "errors.py", "long_work.py")
SMALL = ROOT / "tests" / "builders" / "rules"


@pytest.fixture
def rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of rules that is large enough to be kept; the cache lies where a test says."""
    monkeypatch.delenv(VARIABLE)
    folder = write(tmp_path)
    with (folder / "policy.yaml").open("a", encoding="utf-8") as stream:
        stream.write(PADDING)
    assert sum(path.stat().st_size for path in folder.rglob("*.yaml")) > SMALLEST
    return folder


def kept(where: Path) -> Path:
    (found,) = where.glob("*.rulebook")
    return found


def is_read_back(folder: Path, where: Path) -> bool:
    """Whether a load reads the file: then it is the same file, marked as used."""
    file = kept(where)
    os.utime(file, (1, 1))
    before = file.stat().st_ino
    load_rulebook(folder, cache=where)
    return file.stat().st_ino == before and file.stat().st_mtime > 1


# ---------------------------------------------------------------- a hit


@pytest.mark.slow
def test_the_shipped_rules_read_back_are_those_compiled_and_find_the_same_in_the_sample_year() -> None:
    fresh, _ = check_rulebook(RULES)
    assert fresh is not None
    rulebook()
    again = load_rulebook(RULES)
    assert pickle.loads(pickle.dumps(fresh)) == fresh
    for part in ("version", "commitments", "publishers", "policy", "rules", "deals"):
        assert getattr(again, part) == getattr(fresh, part), part
    lines = YEAR.read_text(encoding="utf-8").splitlines()[::20]
    stories = [line_as_story(as_entry(json.loads(line), number, "year")) for number, line in enumerate(lines, 1)]
    assert [match(story, again) for story in stories] == [match(story, fresh) for story in stories]


def test_the_second_load_answers_from_the_cache_with_an_equal_rulebook(rules: Path, tmp_path: Path) -> None:
    first = load_rulebook(rules, cache=tmp_path / "c")
    second = load_rulebook(rules, cache=tmp_path / "c")
    assert is_read_back(rules, tmp_path / "c")
    assert second == first
    assert isinstance(second.matcher.topics, PackedTopics)
    assert pickle.loads(pickle.dumps(second)) == first


def test_what_check_says_is_kept_too(rules: Path, tmp_path: Path) -> None:
    beans = rules / "deal" / "beans.yaml"
    beans.write_text(beans.read_text(encoding="utf-8").replace("[buy*,", "[buy*, Buy*,"), encoding="utf-8")
    load_rulebook(rules, cache=tmp_path / "c")
    first = checked_rulebook(rules, cache=tmp_path / "c")
    assert [issue.severity for issue in first[1]] == ["warning"]
    assert checked_rulebook(rules, cache=tmp_path / "c") == first
    assert isinstance(checked_rulebook(rules, cache=tmp_path / "c")[0], Rulebook)
    assert is_read_back(rules, tmp_path / "c"), "a load takes what a check left"


def test_rules_with_an_error_are_never_kept(rules: Path, tmp_path: Path) -> None:
    (rules / "deal" / "beans.yaml").write_text("id: beans\n", encoding="utf-8")
    for _ in range(2):
        with pytest.raises(RuleError):
            load_rulebook(rules, cache=tmp_path / "c", apart=True)
        assert checked_rulebook(rules, cache=tmp_path / "c")[0] is None
    assert not (tmp_path / "c").exists()


def test_a_small_folder_of_rules_is_not_worth_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE)
    load_rulebook(write(tmp_path), cache=tmp_path / "c")
    assert not (tmp_path / "c").exists()


@pytest.mark.parametrize("kept_before", [True, False])
def test_a_load_from_the_cache_or_with_a_compiler_apart_imports_no_compiler(
    rules: Path, tmp_path: Path, kept_before: bool
) -> None:
    if kept_before:
        load_rulebook(rules, cache=tmp_path / "c")
    script = (
        "import sys\nfrom pathlib import Path\nfrom monitor.rulebook import load_rulebook\n"
        f"load_rulebook(Path({str(rules)!r}), cache=Path({str(tmp_path / 'c')!r}), apart=True)\n"
        "print(*[name for name in ('pydantic', 'yaml', 'structlog', 'monitor.rulebook.compile.compiler') if name "
        "in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


# ---------------------------------------------------------------- the key


def test_an_edit_of_any_rule_file_changes_the_key(rules: Path) -> None:
    keys = {key_of(rules)}
    for name in ("sources.yaml", "policy.yaml", "vocabulary/words.yaml", "deal/deal.yaml", "deal/beans.yaml"):
        state = (rules / name).stat()
        with (rules / name).open("a", encoding="utf-8") as stream:
            stream.write("\n# x\n")
        os.utime(rules / name, ns=(state.st_atime_ns, state.st_mtime_ns))
        keys.add(key_of(rules))
    assert len(keys - {None}) == 6, "whatever the time of change says"


def test_a_new_moved_or_deleted_file_changes_the_key(rules: Path) -> None:
    keys = [key_of(rules)]
    (rules / "deal" / "talks.yaml").rename(rules / "deal" / "calls.yaml")
    keys.append(key_of(rules))
    (rules / "deal" / "calls.yaml").unlink()
    keys.append(key_of(rules))
    (rules / "deal" / "stray.yml").write_text("", encoding="utf-8")
    keys.append(key_of(rules))
    (rules / "deal" / "tests").mkdir()
    (rules / "deal" / "tests" / "a.yaml").write_text("scenarios: []\n", encoding="utf-8")
    keys.append(key_of(rules))
    shutil.copytree(rules / "deal", rules / "deal" / "deeper")
    keys += [key_of(rules), key_of(rules.rename(rules.with_name("others")))]
    assert None not in keys
    assert len(set(keys)) == len(keys)


def test_what_cannot_be_read_or_hangs_when_read_has_no_key(rules: Path) -> None:
    os.mkfifo(rules / "deal" / "pipe.yaml")
    assert key_of(rules) is None


@pytest.mark.slow
@pytest.mark.parametrize(
    "edited", ["monitor/domain/text/pattern_eval.py", "monitor/rulebook/compile/compiler.py", "monitor/errors.py"]
)
def test_an_edit_of_the_code_changes_the_key(rules: Path, tmp_path: Path, edited: str) -> None:
    for part in CODE:
        source, target = ROOT / "monitor" / part, tmp_path / "code" / "monitor" / part
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)
    (tmp_path / "code" / "monitor" / "__init__.py").touch()
    script = f"from pathlib import Path; from monitor.rulebook.cache import key_of; print(key_of(Path({str(rules)!r})))"

    def key() -> str:
        command = [sys.executable, "-B", "-c", script]
        return subprocess.run(command, cwd=tmp_path / "code", capture_output=True, text=True, check=True, env={}).stdout

    before = key()
    assert before == key() == f"{key_of(rules)}\n"
    with (tmp_path / "code" / edited).open("a", encoding="utf-8") as stream:
        stream.write("# edited\n")
    assert key() not in (before, "None\n")


# ---------------------------------------------------------------- damage


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def flip(path: Path) -> None:
    body = bytearray(path.read_bytes())
    body[len(body) // 2] ^= 1
    path.write_bytes(body)


def sealed(path: Path, content: object, key: str = "") -> None:
    """A file with a correct mark and hash, whatever its content."""
    mark, _, _ = path.read_bytes().partition(b"\n")
    body = content if isinstance(content, bytes) else pickle.dumps(content)
    digest = hashlib.blake2b((key or path.stem).encode() + body, digest_size=32).digest()
    path.write_bytes(mark + b"\n" + digest + body)
    path.chmod(0o600)


def pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


BORROWED = (
    b"cmonitor.domain.matching.match\nattrgetter\n(S'enum.bltns.open'\ntR(cmonitor.domain.messages.headline\nre\n"
)
BORROWED += b"tR(S'harmed'\nS'w'\ntR."
"""Would write a file by names that modules of the domain only import."""


class Calls:
    """A pickle that would call what a module holds under a name."""

    def __init__(self, called: Callable[..., object], *arguments: object) -> None:
        self.called, self.arguments = called, arguments

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return self.called, self.arguments


@pytest.mark.parametrize(
    "damage",
    [
        cut,
        flip,
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(pickle.dumps("no rulebook")),
        lambda path: sealed(path, (None, None), key="0" * 32),
        lambda path: sealed(path, "no rulebook"),
        lambda path: sealed(path, (Calls(os.system, "touch harmed"), None)),
        lambda path: sealed(path, BORROWED),
        lambda path: sealed(path, (Calls(packed, (1, 2)), None)),
        lambda path: sealed(path, (Calls(Words, Phrase("soy")), None)),
        lambda path: sealed(path, b"cmonitor.domain.matching.rules\nRulebook.deal_gate.func\n."),
        lambda path: (path.unlink(), path.mkdir()),
        pipe,
        lambda path: (path.rename(path.with_name("elsewhere")), path.symlink_to(path.with_name("elsewhere"))),
    ],
    ids=[
        "cut",
        "flipped",
        "empty",
        "foreign",
        "other key",
        "no rulebook",
        "code",
        "borrowed code",
        "function of ours",
        "unlisted class of ours",
        "part of a listed class",
        "folder",
        "pipe",
        "link",
    ],
)
def test_a_damaged_or_foreign_file_is_passed_over_and_said_so_at_debug_alone(
    rules: Path,
    tmp_path: Path,
    damage: Callable[[Path], object],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    first = load_rulebook(rules, cache=tmp_path / "c")
    damage(kept(tmp_path / "c"))
    with caplog.at_level(logging.DEBUG, "monitor.rulebook.cache"):
        assert load_rulebook(rules, cache=tmp_path / "c") == first
    assert {record.levelname for record in caplog.records} == {"DEBUG"}
    assert "rule cache not used" in caplog.text
    assert not (tmp_path / "harmed").exists()


def test_the_classes_that_a_file_may_name_are_those_of_compiled_rulebooks() -> None:
    named = set[tuple[str, str]]()

    class Listing(pickle.Unpickler):
        def find_class(self, module: str, name: str) -> object:
            named.add((module, name))
            return super().find_class(module, name)

    matcher = rulebook().matcher
    books = (
        replace(rulebook(), matcher=replace(matcher, topics=tuple(matcher.topics))),
        *(check_rulebook(folder)[0] for folder in SMALL.iterdir() if folder.is_dir()),
    )
    issue = Issue("a.yaml", 1, 1, "warning", "c", "m")
    Listing(io.BytesIO(pickle.dumps((books, issue)))).load()
    listed = {(module, name) for module, names in CLASSES.items() for name in names.split()}
    assert listed == named
    assert all(isinstance(getattr(import_module(module), name), type) for module, name in listed)
    held = {(found.__module__, found.__name__) for found in classes_in(Rulebook, Issue)}
    source = {"Node", "Phrase", "Words", "WordClass", "Inflected", "SetRef", "PackedTopics"}
    assert {name for _, name in held - listed} == source, "no file has any of these"


def classes_in(*starts: object) -> set[type]:
    """The program's classes that the fields of these can hold, by their annotations."""
    found, waiting = set[type](), list(starts)
    while waiting:
        hint = waiting.pop()
        waiting += get_args(hint)
        if isinstance(hint, type) and hint not in found and hint.__module__.startswith("monitor."):
            found.add(hint)
            waiting += (*hint.__subclasses__(), *get_type_hints(hint).values())
    return found


# ---------------------------------------------------------------- who may write


def test_a_cache_is_for_this_user_alone(rules: Path, tmp_path: Path) -> None:
    load_rulebook(rules, cache=tmp_path / "c")
    assert ((tmp_path / "c").stat().st_mode & 0o777, kept(tmp_path / "c").stat().st_mode & 0o777) == (0o700, 0o600)
    where = tmp_path / "c"
    load_rulebook(rules, cache=where)
    for path, mode in ((where, 0o755), (where, 0o702), (kept(where), 0o620), (kept(where), 0o602)):
        before = path.stat().st_mode
        path.chmod(mode)
        assert not is_read_back(rules, where), (path, oct(mode))
        path.chmod(before & 0o777)
    (tmp_path / "link").symlink_to(where)
    assert not is_read_back(rules, tmp_path / "link")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_cache_of_another_user_is_not_used(rules: Path, tmp_path: Path) -> None:
    where = tmp_path / "c"
    load_rulebook(rules, cache=where)
    os.chown(kept(where), 12345, 12345)
    assert not is_read_back(rules, where)
    os.chown(where, 12345, 12345)
    assert not is_read_back(rules, where)


def test_a_folder_that_cannot_be_written_is_read_and_breaks_nothing(rules: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for where in (tmp_path / "file", tmp_path / "file" / "below", Path("/proc/none")):
        assert load_rulebook(rules, cache=where).version
    load_rulebook(rules, cache=tmp_path / "c")
    (tmp_path / "c").chmod(0o500)
    assert is_read_back(rules, tmp_path / "c")


# ---------------------------------------------------------------- writing


def test_writers_at_the_same_time_leave_one_good_file_and_nothing_unfinished(rules: Path, tmp_path: Path) -> None:
    together = threading.Barrier(4)

    def write_one() -> None:
        together.wait()
        load_rulebook(rules, cache=tmp_path / "c")

    threads = [threading.Thread(target=write_one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [path.suffix for path in (tmp_path / "c").iterdir()] == [".rulebook"]
    assert is_read_back(rules, tmp_path / "c")


def test_the_few_newest_stay_and_what_a_killed_writer_left_goes(rules: Path, tmp_path: Path) -> None:
    where = tmp_path / "c"
    where.mkdir(mode=0o700)
    for number in range(KEPT + 3):
        (where / f"{number}.rulebook").touch()
        os.utime(where / f"{number}.rulebook", (number, number))
    (where / ".left.rulebook").touch()
    os.utime(where / ".left.rulebook", (1, 1))
    (where / ".at work.rulebook").touch()
    load_rulebook(rules, cache=where)
    names = {path.name for path in where.iterdir()}
    assert {f"{key_of(rules)}.rulebook", ".at work.rulebook", f"{KEPT + 2}.rulebook"} <= names
    assert (len(names), ".left.rulebook" in names, "0.rulebook" in names) == (KEPT + 1, False, False)


# ---------------------------------------------------------------- where it lies


def test_the_cache_lies_where_the_variable_says_else_with_the_data_else_with_the_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(VARIABLE)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "x"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert cache_folder(tmp_path / "data") == tmp_path / "data"
    assert cache_folder(None) == tmp_path / "x" / "deal-monitor"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert cache_folder(None) == tmp_path / "home" / ".cache" / "deal-monitor"
    monkeypatch.setenv(VARIABLE, str(tmp_path / "named"))
    assert cache_folder(tmp_path / "data") == tmp_path / "named"


def test_the_variable_turns_it_off(rules: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load_rulebook(rules, cache=tmp_path / "c")
    monkeypatch.setenv(VARIABLE, "off")
    assert not is_read_back(rules, tmp_path / "c")


@pytest.mark.parametrize("running", [True, False])
def test_the_garbage_collector_is_as_it_was_after_a_load_that_fails(running: bool) -> None:
    was = gc.isenabled()
    (gc.enable if running else gc.disable)()
    try:
        with suppress(RuntimeError), collector_off():
            assert not gc.isenabled()
            raise RuntimeError
        assert gc.isenabled() is running
    finally:
        (gc.enable if was else gc.disable)()


def test_what_a_program_has_frozen_stays_frozen() -> None:
    gc.freeze()
    frozen = gc.get_freeze_count()
    with collector_off():
        pass
    assert gc.get_freeze_count() > frozen // 2, "the collector's own count falls with each object that ends"
