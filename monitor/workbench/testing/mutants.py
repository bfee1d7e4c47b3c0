"""Every change of one commitment's rules that a test could notice: one clause dropped, narrowed or inverted at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from monitor.domain.matching.modality import Polarity
from monitor.domain.matching.rules import ActRule, CompiledPattern, Conditions, RuleInfo, Topic
from monitor.domain.model import Effect
from monitor.rulebook.source.source_map import RuleSource
from monitor.workbench.rule_clauses import RuleClause, rule_clauses, with_part
from monitor.workbench.testing.pattern_variants import variants

POLARITIES_MADE_BAD = (Polarity.GOOD, Polarity.BREAK, Polarity.THREAT)
"""All others are made good. Acts without polarity have their effect changed instead."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """A topic with one clause changed.

    touched: the patterns where the change can show; info: the rule with other readings by status, where these are what
    changed: they show in no text, only in verdicts. None otherwise.
    """

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
    for c in rule_clauses(topic):
        kind = "exclusion" if c.is_exclusion else "pattern"
        what, touched = f"dropping {c.text!r} of {c.kind}", frozenset((c.pattern.number,))
        yield Mutant(c.rule, c.path, c.line, kind, what, c.address.put(topic, None), touched), _narrower(c, topic)
    for number, way in enumerate(topic.gives_way):
        if way.since is not None:
            place = way.when[0].path, way.when[0].line
            changed = with_part(topic, "gives_way", number, replace(way, since=None))
            yield Mutant(topic.rule, *place, "since", "dropping since", changed, _numbers(way.when)), ()
    for number, act in enumerate(topic.acts):
        touched = _numbers(act.any)
        for kind, keys, what, act_changed in _act_changes(act):
            line, _ = source.position_of_key(("acts", number, *keys))
            mutated = with_part(topic, "acts", number, act_changed)
            yield Mutant(act.rule, source.path, line, kind, what, mutated, touched), ()
        info = rules[act.rule]
        for at, state in enumerate(info.states):
            own = at - sum(bool(other.phase) for other in info.states)
            line, _ = source.position_of_key(("acts", number, *(("in",) if state.phase else ("when_status", own))))
            what = f"dropping the reading under {', '.join(sorted(state.under))} of when_status"
            what = f"dropping the phase {state.phase}" if state.phase else what
            without = replace(info, states=(*info.states[:at], *info.states[at + 1 :]))
            yield Mutant(act.rule, source.path, line, "reading", what, topic, touched, without), ()


def _narrower(clause: RuleClause, topic: Topic) -> Iterator[Mutant]:
    """The changes that make a clause match less."""
    for variant in variants(clause.pattern):
        what = f"{variant.what} in {clause.text!r} of {clause.kind}"
        mutated, touched = clause.address.put(topic, variant.pattern), frozenset((clause.pattern.number,))
        yield Mutant(clause.rule, clause.path, clause.line, variant.kind, what, mutated, touched)


def _numbers(patterns: Iterable[CompiledPattern]) -> frozenset[int]:
    return frozenset(pattern.number for pattern in patterns)


def _act_changes(act: ActRule) -> Iterator[tuple[str, tuple[str, ...], str, ActRule]]:
    """Every change of what is no pattern in an act: kind, keys in the file below the act, words for it, the changed act."""
    if act.polarity is None:
        other = Effect.PROGRESS if act.effect is Effect.NONE else Effect.NONE
        yield "effect", ("effect",), f"making the effect {other}", replace(act, effect=other)
    else:
        opposite = Polarity.BAD if act.polarity in POLARITIES_MADE_BAD else Polarity.GOOD
        yield "polarity", ("polarity",), f"making the polarity {opposite}", replace(act, polarity=opposite)
    only = act.only
    without: list[tuple[tuple[str, ...], Conditions]] = [
        ((name,), replace(only, among=(*only.among[:at], *only.among[at + 1 :])))
        for at, (name, _) in enumerate(only.among)
    ]
    if only.since is not None:
        without.append((("published", "from"), replace(only, since=None)))
    if only.until is not None:
        without.append((("published", "until"), replace(only, until=None)))
    for keys, conditions in without:
        yield "condition", ("only_if", *keys), f"dropping {'.'.join(keys)} of only_if", replace(act, only=conditions)
