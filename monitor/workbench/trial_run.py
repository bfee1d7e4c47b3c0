"""The trial of one commitment's file: compiled with the rest of its rulebook, and run over stored stories."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from monitor.domain.matching.document import Document
from monitor.domain.matching.explain_text import fault_clause
from monitor.domain.matching.match import MatchResult, trace
from monitor.domain.matching.near_misses import Fault, NearMiss, near_misses
from monitor.domain.matching.rules import Rulebook, Topic
from monitor.domain.model import Effect, Signal, Story
from monitor.errors import Issue, RuleError
from monitor.long_work import counted
from monitor.rulebook import check_rulebook
from monitor.rulebook.load import DEAL
from monitor.rulebook.source.rule_source import read_source
from monitor.workbench.rule_changes import restricted_to

TRIAL_DEAL = "trial"
"""The deal of a new file outside any deal's folder."""


@dataclass(frozen=True, slots=True)
class TrialRules:
    """The compiled file with all rules that its results depend on. `warnings` are its issues in `rules check`."""

    rulebook: Rulebook
    topic: Topic
    path: str
    warnings: tuple[Issue, ...]


@dataclass(frozen=True, slots=True)
class TrialHit:
    """A story about the commitment, by the rules under trial."""

    story: Story
    signal: Signal


@dataclass(frozen=True, slots=True)
class TrialMiss:
    """A near miss. `now` is the effect of the story under the rules, None if it is not about the commitment."""

    story: Story
    near: NearMiss
    now: Effect | None


@dataclass(frozen=True, slots=True)
class FailingClause:
    """All near misses caused by one clause of one rule, the most useful first."""

    rule: str
    fault: Fault
    clause: str
    misses: tuple[TrialMiss, ...]


@dataclass(frozen=True, slots=True)
class TrialResult:
    """The result of a trial: hits newest first, failing clauses the most useful first."""

    stories: int
    hits: tuple[TrialHit, ...]
    failing: tuple[FailingClause, ...]


# ---------------------------------------------------------------- compiling


def prepare_trial(path: Path, folder: Path | None, default: Path) -> TrialRules:
    """Compiles a file with the rulebook of `folder`, else of its own folder, else `default`, in place of the file
    with its id.

    Raises RuleError with the errors of the file.
    """
    draft, issues = read_source(path, str(path))
    if draft is None:
        raise RuleError(issues, subject=str(path))
    deal = path.resolve().parent
    base = folder or (deal.parent if (deal / DEAL).is_file() else default)
    # Without an id, use the name of the file, so that the check can report the fault.
    value: Any = draft.value
    given = value.get("id") if isinstance(value, dict) else None
    name = given if isinstance(given, str) and given and "/" not in given else path.stem
    rulebook, issues = _compiled(path, draft.text, name, base)
    errors = [issue for issue in issues if issue.severity == "error"]
    if rulebook is None:
        raise RuleError(errors, subject=str(path))
    topic = next(topic for topic in rulebook.matcher.topics if topic.commitment == name)
    warnings = tuple(replace(issue, severity="warning") for issue in issues if issue.path == str(path))
    return TrialRules(restricted_to(rulebook, frozenset({name})), topic, str(path), warnings)


def _compiled(path: Path, text: str, name: str, base: Path) -> tuple[Rulebook | None, list[Issue]]:
    """Compiles a copy of a folder of rules with this text as the file of the commitment. Issues name the file under
    trial.

    The file replaces the one with its id. A new file is put next to its parent's, else in the deal with the name of
    its folder, else in a new deal.
    """
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch) / base.resolve().name
        shutil.copytree(base, copy)
        files = sorted(file for file in copy.glob("*/*.yaml") if (file.parent / DEAL).is_file())
        same = [file for file in files if file.stem == name]
        parents = [file for file in files if name.startswith(f"{file.stem}-")]
        deal = copy / path.resolve().parent.name
        if same or parents:
            deal = (same[0] if same else max(parents, key=lambda file: len(file.stem))).parent
        elif not (deal / DEAL).is_file():
            deal = copy / TRIAL_DEAL
            deal.mkdir()
            (deal / DEAL).write_text(f"id: {TRIAL_DEAL}\nname: On trial\n", encoding="utf-8")
        target = deal / f"{name}.yaml"
        target.write_text(text, encoding="utf-8")
        rulebook, issues = check_rulebook(copy)
    shown = (Path(copy.name) / target.relative_to(copy)).as_posix()
    return rulebook, [replace(issue, path=str(path)) if issue.path == shown else issue for issue in issues]


# ---------------------------------------------------------------- running


def run_trial(trial: TrialRules, stories: Sequence[Story]) -> TrialResult:
    """Runs the rules under trial over all stories."""
    hits, misses = list[TrialHit](), list[TrialMiss]()
    topic = trial.topic
    acts = frozenset(pattern.number for act in topic.acts for pattern in act.any)
    for story in counted(stories, "reading", len(stories), "stories"):
        document = Document(story, trial.rulebook)
        about = any(document.matches(view, topic.about(view.name)) for view in document.views)
        # Most stories have no word of the rules, and need no further check.
        if about or any(acts & candidates for candidates in document.candidates.values()):
            traced = trace(story, trial.rulebook) if about else ()
            nothing = MatchResult(topic.commitment, ())
            result = next((one for one in traced if one.commitment == topic.commitment), nothing)
            if result.signal is not None:
                hits.append(TrialHit(story, result.signal))
            now = result.signal.effect if result.signal else None
            misses += [TrialMiss(story, near, now) for near in near_misses(document, topic, result)]
    hits.sort(key=lambda hit: hit.story.published_at, reverse=True)
    groups: dict[tuple[str, Fault, str], list[TrialMiss]] = {}
    for miss in sorted(misses, key=lambda miss: (miss.near.rank_key, -miss.story.published_at.timestamp())):
        groups.setdefault((miss.near.rule, miss.near.fault, fault_clause(miss.near)), []).append(miss)
    # Order by the best near miss of a clause, then by the number of its near misses.
    best_first = sorted(groups.items(), key=lambda item: (item[1][0].near.rank_key, -len(item[1]), item[0]))
    failing = tuple(FailingClause(*key, tuple(group)) for key, group in best_first)
    return TrialResult(len(stories), tuple(hits), failing)
