"""Which exclusions earn their keep: an exclusion fires on a story when it alone shuts out what would otherwise be read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from monitor.domain.matching.document import Document
from monitor.domain.matching.match import MatchResult, trace
from monitor.domain.matching.rules import Rulebook, Topic
from monitor.domain.model import Story
from monitor.workbench.comparing.rule_changes import restricted_to
from monitor.workbench.rule_clauses import RuleClause

EXCLUDING_KINDS = frozenset({"never", "none", "gives_way_to"})
"""The kinds of clauses that shut something out."""


@dataclass(frozen=True, slots=True)
class ExclusionUse:
    """One exclusion and how many titles it fires on, with one of them; titles spelt alike count once.

    besides: stories shut out in which it stands too, and something else shuts them out without it.
    """

    clause: RuleClause
    titles: int
    title: str = ""
    besides: int = 0


@dataclass(slots=True)
class ExclusionTally:
    """A tally of exclusions over stories. `clauses`: all clauses of the rules, by commitment."""

    rulebook: Rulebook
    clauses: Mapping[str, Sequence[RuleClause]]
    _shut: dict[RuleClause, dict[str, str]] = field(default_factory=dict)
    _besides: Counter[RuleClause] = field(default_factory=Counter)
    _without: dict[RuleClause, Rulebook] = field(default_factory=dict)
    _own: dict[str, tuple[RuleClause, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, clauses in self.clauses.items():
            self._own[name] = tuple(clause for clause in clauses if clause.kind in EXCLUDING_KINDS)
            self._shut.update((clause, {}) for clause in self._own[name])

    def note(self, story: Story, results: Iterable[MatchResult]) -> None:
        """Counts the exclusions that alone shut out something of this story."""
        excluding = [result for result in results if excludes(result)]
        if not excluding:
            return
        document = Document(story, self.rulebook)
        for result in excluding:
            for clause in self._standing(document, result.commitment):
                if admits(result, self._result_without(story, clause)):
                    self._shut[clause].setdefault(title_key(story.title), story.title)
                else:
                    self._besides[clause] += 1

    def _standing(self, document: Document, commitment: str) -> Iterator[RuleClause]:
        """The exclusions of a commitment whose words stand in the story."""
        for clause in self._own.get(commitment, ()):
            if any(document.matches(view, (clause.pattern,)) for view in document.views):
                yield clause

    def _result_without(self, story: Story, clause: RuleClause) -> MatchResult | None:
        if clause not in self._without:
            self._without[clause] = _without(self.rulebook, clause)
        found = trace(story, self._without[clause])
        return next((result for result in found if result.commitment == clause.commitment), None)

    def firings(self) -> tuple[ExclusionUse, ...]:
        """Every exclusion, in the order of the files."""
        found = (
            ExclusionUse(clause, len(titles), next(iter(titles.values()), ""), self._besides[clause])
            for clause, titles in self._shut.items()
        )
        return tuple(sorted(found, key=lambda one: (one.clause.path, one.clause.line, one.clause.text)))


def excludes(result: MatchResult) -> bool:
    """Whether anything that the rules saw was rejected."""
    inside = (*(hit.rejection for hit in result.about), *(candidate.rejection for candidate in result.candidates))
    return result.rejection is not None or any(inside)


def admits(result: MatchResult, without: MatchResult | None) -> bool:
    """Whether the story concerns the commitment, or an act counts, only without the exclusion."""
    if without is None or without.signal is None:
        return False
    return result.signal is None or not _counting(without) <= _counting(result)


def _counting(result: MatchResult) -> frozenset[tuple[str, str, int, int]]:
    return frozenset(
        (candidate.act.rule, candidate.place.field, candidate.place.start, candidate.place.end)
        for candidate in result.candidates
        if candidate.rejection is None
    )


def _without(rulebook: Rulebook, clause: RuleClause) -> Rulebook:
    """The commitment's own rules without one clause, and those that it may give way to."""
    own = restricted_to(rulebook, frozenset({clause.commitment}))

    def changed(topic: Topic) -> Topic:
        return clause.address.put(topic, None) if topic.commitment == clause.commitment else topic

    return replace(own, matcher=replace(own.matcher, topics=tuple(changed(topic) for topic in own.matcher.topics)))


def title_key(title: str) -> str:
    """The same for one headline however it is spaced and cased."""
    return " ".join(title.casefold().split())
