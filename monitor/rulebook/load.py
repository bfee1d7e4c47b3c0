"""The folder of rules: which file is what, read and checked all together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from monitor.domain.matching.rules import Rulebook
from monitor.errors import Issue
from monitor.rulebook.compile.compiler import compile_rulebook
from monitor.rulebook.compile.rule_files import RuleFiles
from monitor.rulebook.garbage_collection import collector_off
from monitor.rulebook.lint.run import lints
from monitor.rulebook.schema.models import CommitmentShape, DealShape, PolicyShape, SourcesShape, VocabularyShape
from monitor.rulebook.source.source_map import RuleSource, read_source
from monitor.rulebook.source.validate import validate

ShapeT = TypeVar("ShapeT", bound=BaseModel)

SOURCES, POLICY, DEAL, VOCABULARY, TESTS = "sources.yaml", "policy.yaml", "deal.yaml", "vocabulary", "tests"

FOLDER_HINT = "`rules` in config.toml or --rules names it; `deal-monitor init DIR` lays the shipped ones out"
MAX_ISSUES = 100
"""Of one file; who has more sees them after mending these."""


def check_rulebook(folder: Path, *, lint: bool = False) -> tuple[Rulebook | None, tuple[Issue, ...]]:
    """All issues of a folder, in order of place; the rulebook as well if none of them is an error.

    With `lint` also what is allowed but probably not meant, as warnings.
    """
    with collector_off():
        return _checked(folder, lint=lint)


def _checked(folder: Path, *, lint: bool) -> tuple[Rulebook | None, tuple[Issue, ...]]:
    try:
        files, issues = _read(folder)
    except OSError as error:
        said = f"the folder of rules cannot be read: {error.strerror or error}"
        return None, (_whole(folder, "no_folder", said, FOLDER_HINT),)
    rulebook, more = compile_rulebook(files, folder.name)
    found = {*issues, *more}
    if issues:
        found = {issue for issue in found if issue.code != "no_commitments"}  # a broken file defines none
    sound = all(issue.severity != "error" for issue in found)
    if lint:
        found |= set(lints(files, sound=sound))
    return (rulebook if sound else None), tuple(_shortened(found))


def _shortened(issues: Iterable[Issue]) -> Iterator[Issue]:
    """In order of place, at most so many a file as anybody would read."""
    for path, group in groupby(sorted(issues), attrgetter("path")):
        found = list(group)
        yield from found[:MAX_ISSUES]
        if left := found[MAX_ISSUES:]:
            severity = min(issue.severity for issue in left)  # "error" before "warning"
            yield Issue(path, left[0].line, left[0].column, severity, "more", f"and {len(left):,} more from here on")


def _read(folder: Path) -> tuple[RuleFiles, list[Issue]]:
    files, issues = RuleFiles(), [*_unreadable_folders(folder)]
    files.sources = _one(folder, folder / SOURCES, SourcesShape, issues)
    files.policy = _one(folder, folder / POLICY, PolicyShape, issues)
    for path in yaml_files(folder / VOCABULARY):
        if (shape := _one(folder, path, VocabularyShape, issues)) is not None:
            files.vocabulary.append(shape)
        else:
            files.vocabulary_partial = True
    for deal in deal_folders(folder):
        _read_deal(folder, deal, files, issues)
    issues += _misplaced_files(folder)
    return files, issues


def _unreadable_folders(folder: Path) -> Iterator[Issue]:
    """Folders whose files nobody can see: glob takes them for empty ones."""
    for path in sorted(path for path in (folder, *folder.iterdir()) if path.is_dir() and path.name[:1] != "."):
        try:
            next(iter(path.iterdir()), None)
        except OSError as error:
            yield _whole(folder, "unreadable", f"the folder cannot be read: {error.strerror or error}", "", path)
    if (folder / VOCABULARY).exists() and not (folder / VOCABULARY).is_dir():
        yield _whole(folder, "unreadable", "this is no folder", "it holds the shared words", folder / VOCABULARY)


def deal_folders(folder: Path) -> list[Path]:
    """The folders of deals: those that hold rule files, apart from vocabulary and tests."""
    return [
        path for path in sorted(folder.iterdir())
        if path.is_dir() and not path.name.startswith(".") and path.name not in (VOCABULARY, TESTS) and yaml_files(path)
    ]  # fmt: skip


def yaml_files(folder: Path) -> list[Path]:
    """The rule files of a folder, in order; hidden ones are an editor's."""
    return sorted(path for path in folder.glob("*.yaml") if not path.name.startswith("."))


def _misplaced_files(folder: Path) -> Iterator[Issue]:
    """Files that look like rules and would be passed over in silence."""
    for path in yaml_files(folder):
        if path.name not in (SOURCES, POLICY):
            yield _whole(folder, "unknown_file", f"{path.name} is not a file that rules know",
                         "a commitment stands in the folder of its deal", path)  # fmt: skip
    for path in sorted(folder.rglob("*")):
        inner = path.relative_to(folder)
        if any(part.startswith(".") for part in inner.parts):
            continue
        if path.suffix.lower() in (".yml", ".yaml") and path.suffix != ".yaml":
            yield _whole(folder, "unknown_file", f"{path.name} is not read", "its name must end in .yaml", path)
        elif path.suffix == ".yaml" and len(inner.parts) > 2:
            yield _whole(folder, "unknown_file", f"{path.name} is not read: it stands too deep",
                         "a commitment stands in the folder of its deal", path)  # fmt: skip


def _read_deal(folder: Path, deal: Path, files: RuleFiles, issues: list[Issue]) -> None:
    found = _one(folder, deal / DEAL, DealShape, issues)
    deal_id = found[1].id if found else deal.name
    if found:
        files.deals[deal_id] = found
    for path in yaml_files(deal):
        if path.name == DEAL:
            continue
        if (read := _one(folder, path, CommitmentShape, issues)) is not None:
            files.commitments.append((*read, deal_id))
        else:
            files.faulty.add(path.stem)


def _one(folder: Path, path: Path, shape: type[ShapeT], issues: list[Issue]) -> tuple[RuleSource, ShapeT] | None:
    if not path.exists() and not path.is_symlink():
        issues.append(_whole(folder, "missing_file", f"{path.name} is missing", "", path))
        return None
    source, found = read_source(path, _shown(folder, path))
    issues += found
    if source is None:
        return None
    value, found = validate(source, shape)
    issues += found
    return (source, value) if value is not None else None


def _whole(folder: Path, code: str, message: str, hint: str = "", path: Path | None = None) -> Issue:
    """A problem with a file or folder as such."""
    return Issue(_shown(folder, path) if path else str(folder), 1, 1, "error", code, message, hint)


def _shown(folder: Path, path: Path) -> str:
    """The name of a file as issues print it: from the rules folder on, so that it reads the same on every machine."""
    name = (Path(folder.name) / path.relative_to(folder)).as_posix()
    return name.encode("utf-8", "replace").decode()
