"""The folder of rules: which file is what. All files are read and checked together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from monitor.domain.matching.rules import Rulebook
from monitor.errors import Issue
from monitor.long_work import long_work
from monitor.rulebook.compile.compiler import compile_rulebook
from monitor.rulebook.compile.example_files import check_examples
from monitor.rulebook.compile.rule_files import RuleFiles
from monitor.rulebook.gc_pause import collector_off
from monitor.rulebook.publishers import SOURCES
from monitor.rulebook.schema.models import CommitmentShape, DealShape, PolicyShape, SourcesShape, VocabularyShape
from monitor.rulebook.source.source_map import RuleSource, read_source
from monitor.rulebook.source.validate import validate

ShapeT = TypeVar("ShapeT", bound=BaseModel)

POLICY, DEAL, VOCABULARY, TESTS = "policy.yaml", "deal.yaml", "vocabulary", "tests"
READER_EXAMPLES = "reader-examples.yaml"
"""Beside the commitments of a deal: what a reader is checked with. No rule depends on it."""

FOLDER_HINT = "`rules` in config.toml or --rules names it; `deal-monitor init DIR` lays the shipped ones out"
MISSING_HINT = "`deal-monitor init DIR` lays the shipped one out"
MAX_ISSUES = 100
"""Issues of one file, an estimate of what anybody reads; the rest show once these are mended."""


def check_rulebook(
    folder: Path, *, lint: bool = False, examples: bool = False
) -> tuple[Rulebook | None, tuple[Issue, ...]]:
    """All issues of a folder, in order of place; the rulebook as well if none of them is an error.

    With `lint` also what is allowed but probably not meant, as warnings. With `examples` the rulebook has those of the files
    beside the commitments, and their issues are told.
    """
    with collector_off():
        try:
            with long_work("reading the rules"):
                files, issues = read_files(folder)
        except OSError as error:
            message = f"the folder of rules cannot be read: {error.strerror or error}"
            return None, (_file_issue(folder, None, "no_folder", message, FOLDER_HINT),)
        rulebook, more = compile_rulebook(files, folder.name)
        # A file with faults of its own defines no commitment: that there is none is then no further issue.
        collected = {*issues, *(issue for issue in more if not issues or issue.code != "no_commitments")}
        sound = all(issue.severity != "error" for issue in collected)
        if lint:
            # Imported here because whoever only wants the rules asks for no warnings.
            from monitor.rulebook.lint.run import lints

            with long_work("looking for likely mistakes in the rules"):
                collected |= set(lints(files, sound=sound))
        if examples and sound:
            found, told = check_examples(folder, rulebook)
            rulebook = replace(rulebook, examples=found)
            sound = all(issue.severity != "error" for issue in told)
            collected |= set(told)
    shown: list[Issue] = []
    for path, group in groupby(sorted(collected), attrgetter("path")):
        of_file = list(group)
        shown += of_file[:MAX_ISSUES]
        if left := of_file[MAX_ISSUES:]:
            severity = min(issue.severity for issue in left)  # "error" before "warning"
            message = f"and {len(left):,} more from here on"
            shown.append(Issue(path, left[0].line, left[0].column, severity, "more", message))
    return (rulebook if sound else None), tuple(shown)


def style_issues(folder: Path, *, similar: bool = False) -> tuple[Issue, ...]:
    """What in the files of a folder could be shorter, wider or clearer, in order of place; the errors alone if there are some."""
    from monitor.rulebook.lint.style import style_lints

    with collector_off():
        files, issues = read_files(folder)
        found = issues or set(style_lints(files, similar=similar))
    return tuple(sorted(found))


def yaml_files(folder: Path) -> list[Path]:
    """The rule files of a folder, in order; hidden ones are an editor's."""
    return sorted(path for path in folder.glob("*.yaml") if not path.name.startswith("."))


def read_files(folder: Path) -> tuple[RuleFiles, list[Issue]]:
    """Every file in its right shape, and the issues of those that have another. Raises OSError for the folder itself."""
    files, issues = RuleFiles(), [*_folder_issues(folder)]
    files.sources = read_rule_file(folder, folder / SOURCES, SourcesShape, issues)
    files.policy = read_rule_file(folder, folder / POLICY, PolicyShape, issues)
    for path in yaml_files(folder / VOCABULARY):
        if (vocabulary := read_rule_file(folder, path, VocabularyShape, issues)) is not None:
            files.vocabulary.append(vocabulary)
        else:
            files.faulty_vocabulary.add(path.stem)
    for deal_folder in sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith(".")):
        if deal_folder.name in (VOCABULARY, TESTS) or not yaml_files(deal_folder):
            continue
        deal_id = deal_folder.name
        if (deal := read_rule_file(folder, deal_folder / DEAL, DealShape, issues)) is not None:
            deal_id = deal[1].id
            files.deals[deal_id] = deal
        for path in yaml_files(deal_folder):
            if path.name in (DEAL, READER_EXAMPLES):
                continue
            if (commitment := read_rule_file(folder, path, CommitmentShape, issues)) is not None:
                files.commitments.append((*commitment, deal_id))
            else:
                files.faulty.add(path.stem)
    return files, issues


def _folder_issues(folder: Path) -> Iterator[Issue]:
    """Folders that cannot be listed, and files that look like rules and are not read: glob passes over both."""
    for path in sorted(path for path in (folder, *folder.iterdir()) if path.is_dir() and path.name[:1] != "."):
        try:
            next(iter(path.iterdir()), None)
        except OSError as error:
            yield _file_issue(folder, path, "unreadable", f"the folder cannot be read: {error.strerror or error}")
    vocabulary = folder / VOCABULARY
    if vocabulary.exists() and not vocabulary.is_dir():
        yield _file_issue(folder, vocabulary, "unreadable", "this is no folder", "it holds the shared words")
    hint = "a commitment stands in the folder of its deal"
    for path in yaml_files(folder):
        if path.name not in (SOURCES, POLICY):
            yield _file_issue(folder, path, "unknown_file", f"{path.name} is not a file that rules know", hint)
    for path in sorted(folder.rglob("*")):
        inner = path.relative_to(folder)
        if any(part.startswith(".") for part in inner.parts):
            continue
        if path.suffix.lower() in (".yml", ".yaml") and path.suffix != ".yaml":
            yield _file_issue(folder, path, "unknown_file", f"{path.name} is not read", "its name must end in .yaml")
        elif path.suffix == ".yaml" and len(inner.parts) > 2:
            yield _file_issue(folder, path, "unknown_file", f"{path.name} is not read: it stands too deep", hint)


def read_rule_file(
    folder: Path, path: Path, shape: type[ShapeT], issues: list[Issue]
) -> tuple[RuleSource, ShapeT] | None:
    """One file of a folder of rules with its source; None, and its faults in `issues`, if it has not this shape."""
    if not path.exists() and not path.is_symlink():
        issues.append(_file_issue(folder, path, "missing_file", f"{path.name} is missing", MISSING_HINT))
        return None
    source, faults = read_source(path, _shown(folder, path))
    issues += faults
    if source is None:
        return None
    value, faults = validate(source, shape)
    issues += faults
    return (source, value) if value is not None else None


def _file_issue(folder: Path, path: Path | None, code: str, message: str, hint: str = "") -> Issue:
    """A problem with a file or folder as such; None stands for the folder of rules."""
    return Issue(_shown(folder, path) if path else str(folder), 1, 1, "error", code, message, hint)


def _shown(folder: Path, path: Path) -> str:
    """The name of a file as issues print it: from the rules folder on, so that it reads the same on every machine."""
    name = (Path(folder.name) / path.relative_to(folder)).as_posix()
    return name.encode("utf-8", "replace").decode()
