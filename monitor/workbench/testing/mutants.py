"""Every change of one commitment's rules that a test could notice: one clause dropped, narrowed or turned at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from monitor.domain.matching.modality import Polarity
from monitor.domain.matching.rules import ABOUT, ActRule, CompiledPattern, Conditions, RuleInfo, Topic
from monitor.domain.model import Effect
from monitor.rulebook.source.source_map import RuleSource, ValuePath
from monitor.workbench.rule_clauses import RuleClause, rule_clauses, with_part
from monitor.workbench.testing.pattern_variants import variants

OPPOSITE_POLARITY = {
    Polarity.GOOD: Polarity.BAD,
    Polarity.BAD: Polarity.GOOD,
    Polarity.DONE: Polarity.GOOD,
    Polarity.BREAK: Polarity.BAD,
    Polarity.THREAT: Polarity.BAD,
    Polarity.PLEDGE: Polarity.GOOD,
    Polarity.DEADLINE: Polarity.GOOD,
}
"""What each polarity is changed to. Weak acts have their effect changed instead."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """A topic with one clause changed. `touched`: the patterns where the change can show; `info`: what is known of a rule
    otherwise, where that is what changed (it shows in no text, only in verdicts)."""

    rule: str
    path: str
    line: int
    kind: str
    what: str
    topic: Topic
    touched: frozenset[int]
    info: RuleInfo | None = None


def mutants(
    topic: Topic, source: RuleSource, rules: Mapping[str, RuleInfo]
) -> Iterator[tuple[Mutant, Iterable[Mutant]]]:
    """Every change of a topic, each with the finer changes of its clause."""
    for clause in rule_clauses(topic, source):
        yield _dropped(clause, topic), _narrower(clause, topic)
    for number, way in enumerate(topic.gives_way):
        if way.since is not None:
            mutated = with_part(topic, "gives_way", number, replace(way, since=None))
            change = _Change("since", (ABOUT, "gives_way_to", number, "since"), "dropping since")
            yield change.of(topic.rule, source, mutated, _numbers(way.when)), ()
    for number, act in enumerate(topic.acts):
        for change, changed in _act_changes(act, number):
            yield change.of(act.rule, source, with_part(topic, "acts", number, changed), _numbers(act.any)), ()
        for change, info in _state_changes(rules[act.rule], number):
            yield replace(change.of(act.rule, source, topic, _numbers(act.any)), info=info), ()


def _dropped(clause: RuleClause, topic: Topic) -> Mutant:
    kind = "exclusion" if clause.is_exclusion else "pattern"
    what = f"dropping {clause.text!r} of {clause.kind}"
    touched = frozenset((clause.pattern.number,))
    return Mutant(clause.rule, clause.path, clause.line, kind, what, clause.address.put(topic, None), touched)


def _narrower(clause: RuleClause, topic: Topic) -> Iterator[Mutant]:
    for variant in variants(clause.pattern):
        what = f"{variant.what} in {clause.text!r} of {clause.kind}"
        mutated = clause.address.put(topic, variant.pattern)
        touched = frozenset((clause.pattern.number,))
        yield Mutant(clause.rule, clause.path, clause.line, variant.kind, what, mutated, touched)


def _numbers(patterns: Iterable[CompiledPattern]) -> frozenset[int]:
    return frozenset(pattern.number for pattern in patterns)


# ---------------------------------------------------------------- what is no pattern


@dataclass(frozen=True, slots=True)
class _Change:
    """A change of what stands under a key of a rule file."""

    kind: str
    where: ValuePath
    what: str

    def of(self, rule: str, source: RuleSource, topic: Topic, touched: frozenset[int]) -> Mutant:
        """The mutant that this change of a rule makes."""
        line = source.position_of_key(self.where)[0]
        return Mutant(rule, source.path, line, self.kind, self.what, topic, touched)


def _act_changes(act: ActRule, number: int) -> Iterator[tuple[_Change, ActRule]]:
    """Every change of an act, which is the number so-and-so of its file."""
    where = ("acts", number)
    if act.polarity is None:
        other = Effect.PROGRESS if act.effect is Effect.NONE else Effect.NONE
        yield _Change("effect", (*where, "effect"), f"making the effect {other}"), replace(act, effect=other)
    else:
        opposite = OPPOSITE_POLARITY[act.polarity]
        what = f"making the polarity {opposite}"
        yield _Change("polarity", (*where, "polarity"), what), replace(act, polarity=opposite)
    for keys, only in _with_a_condition_dropped(act.only):
        change = _Change("condition", (*where, "only_if", *keys), f"dropping {'.'.join(keys)} of only_if")
        yield change, replace(act, only=only)


def _with_a_condition_dropped(only: Conditions) -> Iterator[tuple[tuple[str, ...], Conditions]]:
    """The conditions without one of them, with its key in the file."""
    for at, (name, _) in enumerate(only.among):
        yield (name,), replace(only, among=(*only.among[:at], *only.among[at + 1 :]))
    if only.since is not None:
        yield ("published", "from"), replace(only, since=None)
    if only.until is not None:
        yield ("published", "until"), replace(only, until=None)


def _state_changes(rule: RuleInfo, number: int) -> Iterator[tuple[_Change, RuleInfo]]:
    """The rule without one of its readings by status."""
    for at, state in enumerate(rule.states):
        what = f"dropping the reading under {', '.join(sorted(state.under))} of when_status"
        states = (*rule.states[:at], *rule.states[at + 1 :])
        yield _Change("reading", ("acts", number, "when_status", at), what), replace(rule, states=states)
