"""Which clause can be dropped or changed without a test failing?

Every clause of a commitment's rules is taken away or changed, one at a time, in the compiled topic; then the examples and
scenarios in which it stands are run again. A change that none of them notices survives: the clause is idle, or untested.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from monitor.domain.matching.rules import Rulebook
from monitor.rulebook.source.source_map import RuleSource
from monitor.rulebook.testing.scenarios import Scenario
from monitor.workbench.testing.mutants import Mutant, mutants
from monitor.workbench.testing.mutation_bench import CachedTests


@dataclass(frozen=True, slots=True)
class Survivor:
    """A change that fails no test. `tests`: in how many of them the clause stands."""

    path: str
    line: int
    rule: str
    kind: str
    what: str
    tests: int

    def __str__(self) -> str:
        seen = f"{self.tests} have it and pass without it" if self.tests else "none has it"
        return f"{self.path}:{self.line}: {self.rule}: {self.what} fails no test ({seen})"


@dataclass(slots=True)
class Mutation:
    """What the tests notice of all changes."""

    changed: dict[str, int] = field(default_factory=dict)
    """How many changes of each kind were tried."""
    survivors: list[Survivor] = field(default_factory=list)

    @property
    def tried(self) -> int:
        return sum(self.changed.values())

    @property
    def share(self) -> float:
        """The share of changes that some test notices."""
        return 1 - len(self.survivors) / self.tried if self.tried else 1.0

    def of_kind(self, kind: str) -> tuple[int, int]:
        """How many changes of a kind were noticed, and tried."""
        tried = self.changed.get(kind, 0)
        return tried - sum(survivor.kind == kind for survivor in self.survivors), tried


def mutate(
    rulebook: Rulebook,
    sources: Mapping[str, RuleSource],
    scenarios: Sequence[Scenario],
    wanted: Callable[[str], bool],
    progress: Callable[[str, Mutation], None] = lambda _commitment, _so_far: None,
) -> Mutation:
    """Changes every clause of the rules whose ids are wanted. `progress` hears of each commitment before its turn."""
    found = Mutation()
    for topic in rulebook.matcher.topics:
        rules = [rule for rule in (topic.rule, *(act.rule for act in topic.acts)) if wanted(rule)]
        if rules and topic.commitment in sources:
            progress(topic.commitment, found)
            bench = CachedTests(topic, rulebook, scenarios)
            for mutant, finer in mutants(topic, sources[topic.commitment], rulebook.rules):
                if mutant.rule in rules:
                    _try(bench, mutant, finer, found)
    return found


def _try(bench: CachedTests, mutant: Mutant, finer: Iterable[Mutant], found: Mutation) -> None:
    """Tries a change, and the finer ones of the same clause only if the tests notice that it is gone."""
    found.changed[mutant.kind] = found.changed.get(mutant.kind, 0) + 1
    if bench.notices(mutant):
        for fine in finer:
            _try(bench, fine, (), found)
    else:
        tests = bench.count(mutant.touched)
        found.survivors.append(Survivor(mutant.path, mutant.line, mutant.rule, mutant.kind, mutant.what, tests))
