"""A folder of rules in the older syntax: a copy in the new one, the proof that it reads the same, and the copy taken over."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from monitor.domain.matching.rules import Rulebook
from monitor.domain.model import Story
from monitor.errors import Issue, RuleError
from monitor.long_work import long_work
from monitor.rulebook import check_rulebook, load_rulebook
from monitor.rulebook.compile.example_files import ENDING
from monitor.workbench.authoring.migration.folder import WrittenAnew, write_anew
from monitor.workbench.authoring.migration.proof import Proof, proof_of
from monitor.workbench.authoring.migration.wording import Forms

BACKUP = "before-migrate"
"""End of the name of the folder beside the rules that keeps the files as they were."""


MAX_ROUNDS = 4
"""Attempts with the verbs of which finite forms are listed, an estimate: the second one mostly reads the same."""


@dataclass(frozen=True, slots=True)
class FileChange:
    """A file that the migration changes, by its path in the folder. before: None for a new one."""

    path: str
    before: int | None
    after: int
    """Lines."""


@dataclass(frozen=True, slots=True)
class Migration:
    """A copy in the new syntax, and how it reads. forms: which verbs became `<verb>`; spared: the verbs that did so only where all
    forms were listed, as the others would read something otherwise."""

    folder: Path
    copy: Path
    forms: Forms
    spared: frozenset[str]
    before: Rulebook
    after: Rulebook
    changes: tuple[FileChange, ...]
    written: WrittenAnew
    proof: Proof


def migrated(folder: Path, scratch: Path, stories: Sequence[Story] = (), *, widen: bool = False) -> Migration:
    """A copy of a folder in the new syntax, in a scratch folder.

    1. Write `<verb>` where all finite forms are listed, and compare what is read.
    2. Where that reads a text otherwise, do without the verbs of which a form that came in stands there, and try again.
    3. If that does not help, write `<verb>` only where all forms are listed.

    widen: write `<verb>` where a list has some of its forms, whatever it reads. Raises RuleError if the rules, or those of the copy,
    cannot be used.
    """
    work = _Work(folder, scratch, load_rulebook(folder, examples=True), stories)
    if widen:
        return work.with_forms(Forms.SOME)
    spared: frozenset[str] = frozenset()
    for _ in range(MAX_ROUNDS):
        found = work.with_forms(Forms.FINITE, spared)
        if found.proof.same:
            return found
        at_fault = frozenset(_at_fault(found))
        if not at_fault:
            break
        spared |= at_fault
    return work.with_forms(Forms.ALL)


def _at_fault(migration: Migration) -> Iterator[str]:
    """Verbs with a form that came in and stands in a text which is read otherwise."""
    texts = " ".join(f"{change.story.title} {change.story.summary}" for change in migration.proof.changes).lower()
    for verb, forms in migration.written.widened.items():
        if any(re.search(rf"\b{re.escape(form)}\b", texts) for form in forms):
            yield verb


@dataclass
class _Work:
    """One folder, written anew in several ways."""

    folder: Path
    scratch: Path
    before: Rulebook
    stories: Sequence[Story]
    rounds: int = 0

    def with_forms(self, forms: Forms, spared: frozenset[str] = frozenset()) -> Migration:
        """A copy with `<verb>` for these forms, and what it reads. Raises RuleError."""
        self.rounds += 1
        # Issues name files from the folder's name on.
        copy = self.scratch / str(self.rounds) / self.folder.resolve().name
        shutil.copytree(self.folder, copy, ignore=shutil.ignore_patterns(".*"))
        with long_work("writing the rules anew"):
            written = write_anew(copy, forms, spared)
        after, issues = check_rulebook(copy, examples=True)
        if after is None:
            raise RuleError([issue for issue in issues if issue.severity == "error"], subject=str(copy))
        proof = proof_of(self.folder, self.before, after, self.stories)
        changes = _changes(self.folder, copy)
        return Migration(self.folder, copy, forms, spared, self.before, after, changes, written, proof)


def _changes(folder: Path, copy: Path) -> tuple[FileChange, ...]:
    """The files of a copy that differ from those of the folder."""
    changes = []
    for path in sorted(path for path in copy.rglob("*") if path.suffix in (".yaml", ENDING)):
        name, text = path.relative_to(copy).as_posix(), path.read_bytes()
        older = folder / name
        known = older.read_bytes() if older.exists() else None
        if known != text:
            changes.append(FileChange(name, None if known is None else len(known.splitlines()), len(text.splitlines())))
    return tuple(changes)


def take_over(migration: Migration) -> Path:
    """Put the changed files into the folder, each whole or not at all. Returns the folder that keeps them as they were.

    Raises RuleError if somebody changed the rules meanwhile, and OSError; the folder is then as it was.
    """
    folder, copy = migration.folder, migration.copy
    if load_rulebook(folder).version != migration.before.version or _changes(folder, copy) != migration.changes:
        message = "the rules were changed while they were written anew"
        raise RuleError([Issue(str(folder), 1, 1, "error", "changed_meanwhile", message, "call the command again")])
    backup = _free_name(folder.resolve())
    for change in migration.changes:
        kept = backup / change.path
        kept.parent.mkdir(parents=True, exist_ok=True)
        if change.before is not None:
            shutil.copy2(folder / change.path, kept)
    done: list[FileChange] = []
    try:
        for change in migration.changes:
            _put(folder / change.path, (copy / change.path).read_bytes())
            done.append(change)
    except OSError:
        _put_back(folder, backup, done)
        raise
    return backup


def _put_back(folder: Path, backup: Path, done: Sequence[FileChange]) -> None:
    for change in done:
        if change.before is None:
            (folder / change.path).unlink()
        else:
            _put(folder / change.path, (backup / change.path).read_bytes())


def _free_name(folder: Path) -> Path:
    """A folder beside this one that is not there yet."""
    name = folder.with_name(f"{folder.name}.{BACKUP}")
    number = 1
    while name.exists():
        number += 1
        name = folder.with_name(f"{folder.name}.{BACKUP}-{number}")
    return name


def _put(target: Path, content: bytes) -> None:
    """Write a file whole or not at all, with the access rights of the one that it replaces."""
    unfinished = target.with_name(f".{target.name}.unfinished")
    try:
        unfinished.write_bytes(content)
        if target.exists():
            shutil.copymode(target, unfinished)
        unfinished.replace(target)
    except OSError:
        unfinished.unlink(missing_ok=True)
        raise
