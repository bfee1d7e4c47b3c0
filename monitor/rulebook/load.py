"""Reads a folder of rules, and checks all its files together."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from monitor.domain.matching.rules import Rulebook
from monitor.errors import Issue
from monitor.long_work import collector_off, long_work
from monitor.rulebook.compile.compiler import compile_rulebook
from monitor.rulebook.compile.rule_files import RuleFiles
from monitor.rulebook.publisher_file import SOURCES
from monitor.rulebook.schema.models import CommitmentShape, DealShape, PolicyShape, SourcesShape, VocabularyShape
from monitor.rulebook.source.rule_source import RuleSource, read_source
from monitor.rulebook.source.validate import validate

ShapeT = TypeVar("ShapeT", bound=BaseModel)

POLICY, DEAL, VOCABULARY, TESTS = "policy.yaml", "deal.yaml", "vocabulary", "tests"
READER_EXAMPLES = "reader-examples.yaml"
"""Next to the commitments of a deal: labelled examples for readers. No rule depends on it."""

FOLDER_HINT = "set `rules` in config.toml, or use --rules; `deal-monitor init DIR` copies the shipped rules"
MISSING_HINT = "`deal-monitor init DIR` copies the shipped one"


def check_rulebook(folder: Path, *, lint: bool = False) -> tuple[Rulebook | None, tuple[Issue, ...]]:
    """All issues of the rules of a folder in order of place, and the rulebook if none of them is an error. `lint` adds
    warnings of likely mistakes."""
    with collector_off():
        try:
            with long_work("reading the rules"):
                files, issues = read_files(folder)
        except OSError as error:
            message = f"the folder of rules cannot be read: {error.strerror or error}"
            return None, (_file_issue(folder, None, "no_folder", message, FOLDER_HINT),)
        rulebook, more = compile_rulebook(files, folder.name)
        # An invalid file defines no commitment, so "no commitments" would be a second report of one fault.
        collected = {*issues, *(issue for issue in more if not issues or issue.code != "no_commitments")}
        sound = all(issue.severity != "error" for issue in collected)
        if lint:
            # Imported here because most commands need no warnings.
            from monitor.rulebook.lint.run import lints

            with long_work("looking for likely mistakes in the rules"):
                collected |= set(lints(files, sound=sound))
    return (rulebook if sound else None), tuple(sorted(collected))


def yaml_files(folder: Path) -> list[Path]:
    """The rule files of a folder in order, without hidden files of editors."""
    return sorted(path for path in folder.glob("*.yaml") if not path.name.startswith("."))


def read_files(folder: Path) -> tuple[RuleFiles, list[Issue]]:
    """Every valid file, and the issues of the others. Raises OSError for the folder itself."""
    files, issues = RuleFiles(), [*_folder_issues(folder)]
    files.sources = read_rule_file(folder, folder / SOURCES, SourcesShape, issues)
    files.policy = read_rule_file(folder, folder / POLICY, PolicyShape, issues)
    for path in yaml_files(folder / VOCABULARY):
        if (vocabulary := read_rule_file(folder, path, VocabularyShape, issues)) is not None:
            files.vocabulary.append(vocabulary)
        else:
            files.faulty_vocabulary.add(path.stem)
    for deal_folder in sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith(".")):
        if deal_folder.name == VOCABULARY or not yaml_files(deal_folder):
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
    """Issues of unreadable folders, and of files that look like rules but are not read: glob skips both."""
    for path in sorted(path for path in (folder, *folder.iterdir()) if path.is_dir() and path.name[:1] != "."):
        try:
            next(iter(path.iterdir()), None)
        except OSError as error:
            yield _file_issue(folder, path, "unreadable", f"the folder cannot be read: {error.strerror or error}")
    hint = "commitments are in the folder of their deal"
    for path in yaml_files(folder):
        if path.name not in (SOURCES, POLICY):
            yield _file_issue(folder, path, "unknown_file", f"{path.name} is not read here", hint)
    for path in sorted(folder.rglob("*")):
        inner = path.relative_to(folder)
        if any(part.startswith(".") for part in inner.parts):
            continue
        if path.suffix.lower() in (".yml", ".yaml") and path.suffix != ".yaml":
            yield _file_issue(folder, path, "unknown_file", f"{path.name} is not read", "the name must end in .yaml")
        elif path.suffix == ".yaml" and len(inner.parts) > 2 and inner.parts[1:-1] != (TESTS,):
            yield _file_issue(folder, path, "unknown_file", f"{path.name} is not read: its folder is too deep", hint)


def read_rule_file(
    folder: Path, path: Path, shape: type[ShapeT], issues: list[Issue]
) -> tuple[RuleSource, ShapeT] | None:
    """One file of a folder of rules with its source; None, and its faults in `issues`, if it is invalid."""
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
    """A problem with a whole file or folder; None stands for the folder of rules."""
    return Issue(_shown(folder, path) if path else str(folder), 1, 1, "error", code, message, hint)


def _shown(folder: Path, path: Path) -> str:
    """The name of a file in issues: its path from the rules folder on, the same on every machine."""
    name = (Path(folder.name) / path.relative_to(folder)).as_posix()
    return name.encode("utf-8", "replace").decode()
