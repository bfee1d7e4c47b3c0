"""The folder of rules: which file is what, read and checked all together."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from monitor.domain.rules import Rulebook
from monitor.errors import Issue, RuleError
from monitor.rulebook.compile import build
from monitor.rulebook.files import Files
from monitor.rulebook.places import Source, read_source
from monitor.rulebook.schema import CommitmentShape, DealShape, PolicyShape, SourcesShape, VocabularyShape
from monitor.rulebook.validate import validated

Shape = TypeVar("Shape", bound=BaseModel)

SOURCES, POLICY, DEAL, VOCABULARY, TESTS = "sources.yaml", "policy.yaml", "deal.yaml", "vocabulary", "tests"


def load_rulebook(folder: Path) -> Rulebook:
    """The compiled rules of a folder. Raises RuleError with every error found in it."""
    rulebook, issues = check_rulebook(folder)
    if rulebook is None:
        raise RuleError([issue for issue in issues if issue.severity == "error"], subject=str(folder))
    return rulebook


def check_rulebook(folder: Path) -> tuple[Rulebook | None, tuple[Issue, ...]]:
    """All issues of a folder, in order of place; the rulebook as well if none of them is an error."""
    if not folder.is_dir():
        return None, (Issue(str(folder), 1, 1, "error", "no_folder", "there is no such folder of rules"),)
    files, issues = _read(folder)
    rulebook, more = build(files, folder.name)
    found = tuple(sorted({*issues, *more}))
    return (None if any(issue.severity == "error" for issue in found) else rulebook), found


def _read(folder: Path) -> tuple[Files, list[Issue]]:
    files, issues = Files(), list[Issue]()
    files.sources = _one(folder, folder / SOURCES, SourcesShape, issues)
    files.policy = _one(folder, folder / POLICY, PolicyShape, issues)
    for path in sorted((folder / VOCABULARY).glob("*.yaml")):
        if (shape := _one(folder, path, VocabularyShape, issues)) is not None:
            files.vocabulary.append(shape)
    for deal in sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith(".")):
        if deal.name not in (VOCABULARY, TESTS):
            _read_deal(folder, deal, files, issues)
    issues += [
        Issue(_shown(folder, path), 1, 1, "error", "unknown_file", f"{path.name} is not a file that rules know",
              "a commitment stands in the folder of its deal")
        for path in sorted(folder.glob("*.yaml")) if path.name not in (SOURCES, POLICY)
    ]  # fmt: skip
    return files, issues


def _read_deal(folder: Path, deal: Path, files: Files, issues: list[Issue]) -> None:
    found = _one(folder, deal / DEAL, DealShape, issues)
    deal_id = found[1].id if found else deal.name
    if found:
        files.deals[deal_id] = found
    for path in sorted(deal.glob("*.yaml")):
        if path.name != DEAL and (read := _one(folder, path, CommitmentShape, issues)) is not None:
            files.commitments.append((*read, deal_id))


def _one(folder: Path, path: Path, shape: type[Shape], issues: list[Issue]) -> tuple[Source, Shape] | None:
    shown = _shown(folder, path)
    if not path.exists():
        issues.append(Issue(shown, 1, 1, "error", "missing_file", f"{path.name} is missing"))
        return None
    source, found = read_source(path, shown)
    issues += found
    if source is None:
        return None
    value, found = validated(source, shape)
    issues += found
    return (source, value) if value is not None else None


def _shown(folder: Path, path: Path) -> str:
    """The name of a file as issues print it: from the rules folder on, so that it reads the same on every machine."""
    return (Path(folder.name) / path.relative_to(folder)).as_posix()
