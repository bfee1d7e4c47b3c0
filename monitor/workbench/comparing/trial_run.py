"""`rules try`: one commitment's file compiled together with the rest of its rulebook and run over stored stories."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

from monitor.domain.matching.document import Document
from monitor.domain.matching.explain_text import fault_clause
from monitor.domain.matching.match import MatchResult, trace
from monitor.domain.matching.near_misses import Fault, NearMiss, near_misses
from monitor.domain.matching.rules import Rulebook, Topic
from monitor.domain.model import Effect, Signal, Story
from monitor.errors import Issue, RuleError
from monitor.rulebook import check_rulebook
from monitor.rulebook.source.source_map import RuleSource, read_source

FailureKey: TypeAlias = tuple[str, Fault, str]
"""Rule, kind of fault, and the clause at fault."""

TOLERATED_ISSUES = frozenset({"no_example", "no_near_miss"})
"""Faults that do not keep a draft from being tried: its examples may still be missing."""
DEAL_FILE = "deal.yaml"
TRIAL_DEAL = "trial"
"""The deal of a new commitment that lies in no deal's folder."""


@dataclass(frozen=True, slots=True)
class TrialRules:
    """The rules under trial with all that bears on them. `warnings`: what `rules check` says of the file beside
    errors."""

    rulebook: Rulebook
    topic: Topic
    path: str
    warnings: tuple[Issue, ...]


@dataclass(frozen=True, slots=True)
class TrialHit:
    """A story that the rules under trial read as being about the commitment."""

    story: Story
    signal: Signal


@dataclass(frozen=True, slots=True)
class TrialMiss:
    """A story that came near; `now` is the effect it reports as the rules stand, None where it is not about it."""

    story: Story
    near: NearMiss
    now: Effect | None


@dataclass(frozen=True, slots=True)
class FailingClause:
    """All misses that one clause of one rule caused, the most useful first."""

    rule: str
    fault: Fault
    clause: str
    misses: tuple[TrialMiss, ...]


@dataclass(frozen=True, slots=True)
class TrialResult:
    """What a trial gave: hits newest first, and failing clauses, the most useful first."""

    stories: int
    hits: tuple[TrialHit, ...]
    failing: tuple[FailingClause, ...]

    @property
    def misses(self) -> int:
        return sum(len(clause.misses) for clause in self.failing)

    def telling(self, most: int) -> tuple[FailingClause, ...]:
        """So many failing clauses, of every kind of fault the best before more of one kind, in their order."""
        seen, places = Counter[Fault](), list[tuple[int, int]]()
        for number, failing in enumerate(self.failing):
            places.append((seen[failing.fault], number))
            seen[failing.fault] += 1
        return tuple(self.failing[number] for number in sorted(number for _, number in sorted(places)[:most]))


# ---------------------------------------------------------------- the file among the rest of its rulebook


def prepare_trial(path: Path, folder: Path | None, default: Path) -> TrialRules:
    """Compile a commitment's file with the rulebook of `folder` (else that in which it lies, else `default`), in place
    of the file of the same id there. A draft may lack examples. Raises RuleError with what else is wrong in it."""
    draft, issues = read_source(path, str(path))
    if draft is None:
        raise RuleError(issues, subject=str(path))
    name, base = _id_of(draft, path), folder or _own_folder(path) or default
    rulebook, issues = _compiled(path, draft.text, name, base)
    errors = [issue for issue in issues if issue.severity == "error"]
    if rulebook is None and {issue.code for issue in errors} <= TOLERATED_ISSUES:
        rulebook, _ = _compiled(path, _with_examples(draft), name, base)
    if rulebook is None:
        raise RuleError(errors, subject=str(path))
    topics = {topic.commitment: topic for topic in rulebook.matcher.topics}
    focused = replace(rulebook, matcher=replace(rulebook.matcher, topics=tuple(_related_commitments(name, topics))))
    return TrialRules(focused, topics[name], str(path), tuple(_issues_of_file(issues, path)))


def _compiled(path: Path, text: str, name: str, base: Path) -> tuple[Rulebook | None, list[Issue]]:
    """A copy of a folder of rules with this text as the commitment's file. Its issues name the file on trial."""
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch) / base.resolve().name
        shutil.copytree(base, copy)
        target = _place_for(path, name, copy)
        target.write_text(text, encoding="utf-8")
        rulebook, issues = check_rulebook(copy)
    shown = (Path(copy.name) / target.relative_to(copy)).as_posix()
    return rulebook, [replace(issue, path=str(path)) if issue.path == shown else issue for issue in issues]


def _issues_of_file(issues: Iterable[Issue], path: Path) -> Iterator[Issue]:
    """The issues of the file itself that did not keep it from being tried."""
    return (replace(issue, severity="warning") for issue in issues if issue.path == str(path))


def _with_examples(draft: RuleSource) -> str:
    """A draft with stand-ins for the examples that it does not have yet. JSON is YAML too."""
    acts = [{**act, "examples": [*act.get("examples", ()), *_stand_ins(act)]} for act in draft.value["acts"]]
    return json.dumps({**draft.value, "acts": acts}, ensure_ascii=False, indent=1)


def _stand_ins(act: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    yield {"text": "-", "effect": act.get("effect", "progress")}
    yield {"text": "-", "effect": "not_about"}


def _related_commitments(name: str, topics: Mapping[str, Topic]) -> Iterator[Topic]:
    """The commitment itself and those that it gives way to, and they in turn: no other has a say in what it reads."""
    reached, waiting = set[str](), [name]
    while waiting:
        found = waiting.pop()
        if found not in reached:
            reached.add(found)
            waiting += [rule.commitment for rule in topics[found].gives_way]
    return (topic for topic in topics.values() if topic.commitment in reached)


def _id_of(draft: RuleSource, path: Path) -> str:
    """The id that a commitment's file gives itself; its name where it gives none, so that the check can say so."""
    value: Any = draft.value
    found = value.get("id") if isinstance(value, dict) else None
    return found if isinstance(found, str) and found and "/" not in found else path.stem


def _own_folder(path: Path) -> Path | None:
    """The folder of rules that a file lies in, if it lies in one."""
    deal = path.resolve().parent
    return deal.parent if (deal / DEAL_FILE).is_file() else None


def _place_for(path: Path, name: str, copy: Path) -> Path:
    """Where in a copied folder of rules the file belongs."""
    known = sorted(found for found in copy.glob("*/*.yaml") if (found.parent / DEAL_FILE).is_file())
    same = [found for found in known if found.stem == name]
    parents = sorted(
        (found for found in known if name.startswith(f"{found.stem}-")), key=lambda found: -len(found.stem)
    )
    beside = copy / path.resolve().parent.name
    if same or parents:
        return (same or parents)[0].with_name(f"{name}.yaml")
    if (beside / DEAL_FILE).is_file():
        return beside / f"{name}.yaml"
    (copy / TRIAL_DEAL).mkdir()
    (copy / TRIAL_DEAL / DEAL_FILE).write_text(f"id: {TRIAL_DEAL}\nname: On trial\n", encoding="utf-8")
    return copy / TRIAL_DEAL / f"{name}.yaml"


# ---------------------------------------------------------------- over many stories


def run_trial(trial: TrialRules, stories: Sequence[Story], tick: Callable[[int], None] | None = None) -> TrialResult:
    """All stories through the rules under trial. `tick` hears how many are done."""
    hits, misses = list[TrialHit](), list[TrialMiss]()
    acts = frozenset(pattern.number for act in trial.topic.acts for pattern in act.any)
    for number, story in enumerate(stories, 1):
        result = _read(trial, story, acts, misses)
        if result is not None and result.signal is not None:
            hits.append(TrialHit(story, result.signal))
        if tick is not None:
            tick(number)
    hits.sort(key=lambda hit: hit.story.published_at, reverse=True)
    return TrialResult(len(stories), tuple(hits), tuple(_by_clause(misses)))


def _read(trial: TrialRules, story: Story, acts: frozenset[int], misses: list[TrialMiss]) -> MatchResult | None:
    """What the rules make of one story; its near misses are added. Most stories hold no word of the rules and end
    here."""
    document, topic = Document(story, trial.rulebook), trial.topic
    spoken = any(document.matches(view, topic.about(view.name)) for view in document.views)
    if not spoken and not any(acts & found for found in document.candidates.values()):
        return None
    traced = trace(story, trial.rulebook) if spoken else ()
    nothing = MatchResult(topic.commitment, ())
    result = next((one for one in traced if one.commitment == topic.commitment), nothing)
    now = result.signal.effect if result.signal else None
    misses += [TrialMiss(story, near, now) for near in near_misses(document, topic, result)]
    return result


def _by_clause(misses: Iterable[TrialMiss]) -> Iterator[FailingClause]:
    """Misses sorted out by the clause at fault; clauses whose best miss is most useful, and that are at fault most
    often, come first."""
    groups: dict[FailureKey, list[TrialMiss]] = {}
    for miss in misses:
        groups.setdefault((miss.near.rule, miss.near.fault, fault_clause(miss.near)), []).append(miss)
    for group in groups.values():
        group.sort(key=lambda miss: (miss.near.rank_key, -miss.story.published_at.timestamp()))
    for key, group in sorted(groups.items(), key=_most_useful):
        yield FailingClause(*key, tuple(group))


def _most_useful(group: tuple[FailureKey, list[TrialMiss]]) -> tuple[object, ...]:
    key, misses = group
    return misses[0].near.rank_key, -len(misses), key
