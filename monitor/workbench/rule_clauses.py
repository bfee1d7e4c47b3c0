"""The clauses of rules with their places: every pattern of every commitment, as compiled and as written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from operator import attrgetter
from pathlib import Path
from typing import Any

from monitor.domain.matching.rules import ActRule, CompiledPattern, Rulebook, Topic
from monitor.rulebook.load import DEAL
from monitor.rulebook.source.source_map import RuleSource, read_source

EXCLUSIONS = frozenset({"never", "not", "unless", "gives_way_to", "precedence"})


@dataclass(frozen=True, slots=True)
class PatternAddress:
    """The place of a pattern in a compiled topic.

    part: `about` for the topic itself, the name of its list, `gives_way` or `acts`, or `defaults` for what stands in several acts;
    number: the place in that list, of `defaults` the number of the pattern.
    """

    part: str
    number: int
    field: str
    index: int

    def put(self, topic: Topic, pattern: CompiledPattern | None) -> Topic:
        """The topic with another pattern in this place; without the pattern, if None is given."""
        if self.part == "defaults":
            return replace(topic, acts=tuple(self._put_into(act, pattern) for act in topic.acts))
        owner: Any = topic if self.part == "about" else getattr(topic, self.part)[self.number]
        patterns: list[CompiledPattern] = list(getattr(owner, self.field))
        patterns[self.index : self.index + 1] = [] if pattern is None else [pattern]
        changed = replace(owner, **{self.field: tuple(patterns)})
        return changed if self.part == "about" else with_part(topic, self.part, self.number, changed)

    def _put_into(self, act: ActRule, pattern: CompiledPattern | None) -> ActRule:
        """One of several acts with another pattern in place of the one that they share."""
        new = () if pattern is None else (pattern,)
        patterns: tuple[CompiledPattern, ...] = getattr(act, self.field)
        kept = tuple(one for old in patterns for one in (new if old.number == self.number else (old,)))
        changes: dict[str, Any] = {self.field: kept}
        return replace(act, **changes)


def with_part(topic: Topic, part: str, number: int, changed: object) -> Topic:
    """The topic with one item of `acts` or `gives_way` changed."""
    items = list(getattr(topic, part))
    items[number] = changed
    changes: dict[str, Any] = {part: tuple(items)}
    return replace(topic, **changes)


def with_topic(rulebook: Rulebook, topic: Topic) -> Rulebook:
    """The rulebook with this topic in place of the one of the same commitment."""
    topics = tuple(topic if old.commitment == topic.commitment else old for old in rulebook.matcher.topics)
    return replace(rulebook, matcher=replace(rulebook.matcher, topics=topics))


@dataclass(frozen=True, slots=True)
class RuleClause:
    """One pattern of a rule. `kind` is the key that it stands under."""

    kind: str
    rule: str
    path: str
    line: int
    pattern: CompiledPattern
    address: PatternAddress

    @property
    def commitment(self) -> str:
        return self.rule.rpartition("/")[0]

    @property
    def is_exclusion(self) -> bool:
        return self.kind in EXCLUSIONS

    @property
    def text(self) -> str:
        return self.pattern.source


def sources_of(folder: Path, rulebook: Rulebook) -> dict[str, RuleSource]:
    """The file of each commitment, by its id; a file that cannot be read is left out."""
    sources: dict[str, RuleSource] = {}
    for name, path in {rule.commitment: rule.path for rule in rulebook.rules.values()}.items():
        source, _ = read_source(file_of(folder, path), path)
        if source is not None:
            sources[name] = source
    return sources


def file_of(folder: Path, shown: str) -> Path:
    """The file that issues and rules name `shown`, which is from the rules folder on."""
    return folder / Path(shown).relative_to(folder.name)


def rule_clauses(topic: Topic) -> Iterator[RuleClause]:
    """Every pattern of a topic, in the order of its file."""
    clauses = []
    for address, pattern in pattern_addresses(topic):
        rule, kind = topic.rule, address.field
        if address.part == "acts":
            rule = topic.acts[address.number].rule
        elif address.part == "gives_way":
            kind = "precedence" if pattern.path.endswith(f"/{DEAL}") else "gives_way_to"
        if kind == "excluded":
            kind = "not"
        clauses.append(RuleClause(kind, rule, pattern.path, pattern.line, pattern, address))
    return iter(sorted(clauses, key=attrgetter("path", "line")))


def pattern_addresses(topic: Topic) -> Iterator[tuple[PatternAddress, CompiledPattern]]:
    """Every pattern of a topic with its address, one that several acts share by the defaults of their file once."""
    uses = Counter(pattern.number for act in topic.acts for pattern in act.excluded)
    shared = {number for number, count in uses.items() if count > 1}
    lists: dict[str, tuple[Any, ...]] = {"about": (topic,), "gives_way": topic.gives_way, "acts": topic.acts}
    for part, number, owner in [(part, *item) for part, items in lists.items() for item in enumerate(items)]:
        for field in fields(owner):
            # Among the fields of a rule, tuples of patterns are its lists of clauses; the file has the same keys.
            value = getattr(owner, field.name)
            if isinstance(value, tuple) and all(isinstance(item, CompiledPattern) for item in value):
                for index, pattern in enumerate(value):
                    if part != "acts" or pattern.number not in shared:
                        yield PatternAddress(part, number, field.name, index), pattern
                    elif uses.pop(pattern.number, 0):
                        yield PatternAddress("defaults", pattern.number, field.name, 0), pattern
