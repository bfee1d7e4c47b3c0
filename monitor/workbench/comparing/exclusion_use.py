"""Which exclusions earn their keep: an exclusion fires on a story when it alone rejects what would otherwise be read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from monitor.domain.matching.document import Document
from monitor.domain.matching.match import MatchResult, trace
from monitor.domain.matching.rules import Rulebook
from monitor.domain.model import Story
from monitor.workbench.comparing.rule_changes import restricted_to
from monitor.workbench.rule_clauses import EXCLUSIONS, RuleClause, with_topic

EXCLUDING_KINDS = EXCLUSIONS - {"unless"}
"""The kinds of clauses that reject something: `unless` only takes back what `not` rejects."""


@dataclass(frozen=True, slots=True)
class ExclusionUse:
    """One exclusion and the number of titles it fires on, with one of them; titles spelt alike count once.

    besides: rejected stories in which it occurs too, and which something else rejects without it.
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
    _titles: dict[RuleClause, dict[str, str]] = field(default_factory=dict)
    """Exclusion -> key of a title that it alone rejects -> the title."""
    _besides: Counter[RuleClause] = field(default_factory=Counter)
    _without: dict[RuleClause, Rulebook] = field(default_factory=dict)
    _own: dict[str, tuple[RuleClause, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, clauses in self.clauses.items():
            self._own[name] = tuple(clause for clause in clauses if clause.kind in EXCLUDING_KINDS)
            self._titles.update((clause, {}) for clause in self._own[name])

    def note(self, story: Story, results: Iterable[MatchResult]) -> None:
        """Counts the exclusions that alone reject something of this story."""
        rejecting = []
        for result in results:
            rejections = (*(hit.rejection for hit in result.about), *(act.rejection for act in result.candidates))
            if result.rejection is not None or any(rejections):
                rejecting.append(result)
        if not rejecting:
            return
        document = Document(story, self.rulebook)
        for result in rejecting:
            for clause in self._own.get(result.commitment, ()):
                if not any(document.matches(view, (clause.pattern,)) for view in document.views):
                    continue
                if clause not in self._without:
                    own = restricted_to(self.rulebook, frozenset({clause.commitment}))
                    topic = next(topic for topic in own.matcher.topics if topic.commitment == clause.commitment)
                    self._without[clause] = with_topic(own, clause.address.put(topic, None))
                traced = trace(story, self._without[clause])
                without = next((one for one in traced if one.commitment == clause.commitment), None)
                # It fires if the story concerns the commitment, or an act counts, only without it.
                fires = False
                if without is not None and without.signal is not None:
                    fires = result.signal is None or not _counting_acts(without) <= _counting_acts(result)
                if fires:
                    self._titles[clause].setdefault(title_key(story.title), story.title)
                else:
                    self._besides[clause] += 1

    def firings(self) -> tuple[ExclusionUse, ...]:
        """Every exclusion, in the order of the files."""
        uses = (
            ExclusionUse(clause, len(titles), next(iter(titles.values()), ""), self._besides[clause])
            for clause, titles in self._titles.items()
        )
        return tuple(sorted(uses, key=lambda use: (use.clause.path, use.clause.line, use.clause.text)))


def _counting_acts(result: MatchResult) -> frozenset[tuple[str, str, int, int]]:
    """The acts that no clause rejects, each with its place."""
    return frozenset(
        (candidate.act.rule, candidate.place.field, candidate.place.start, candidate.place.end)
        for candidate in result.candidates
        if candidate.rejection is None
    )


def title_key(title: str) -> str:
    """The same for one headline however it is spaced and cased."""
    return " ".join(title.casefold().split())
