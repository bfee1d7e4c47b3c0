"""The clauses of rules with their places: every pattern of every commitment, as compiled and as written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Literal

from monitor.domain.matching.rules import ABOUT, ActRule, CompiledPattern, Rulebook, Topic, Yields
from monitor.rulebook.source.source_map import RuleSource, ValuePath, read_source

EXCLUSIONS = frozenset({"never", "none", "unless", "gives_way_to"})


@dataclass(frozen=True, slots=True)
class PatternAddress:
    """Where a pattern stands in a compiled topic: among its own, or in a numbered act or giving way."""

    part: Literal["about", "gives_way", "acts"]
    number: int
    field: str
    index: int

    @property
    def where(self) -> ValuePath:
        """The same place in the file."""
        match self.part:
            case "about":
                return (ABOUT, self.field, self.index)
            case "gives_way":
                return (ABOUT, "gives_way_to", self.number, self.field, self.index)
        return ("acts", self.number, self.field, self.index)

    def owner(self, topic: Topic) -> Topic | Yields | ActRule:
        """The part of a topic that the pattern belongs to."""
        parts: Mapping[str, Sequence[Topic | Yields | ActRule]]
        parts = {"about": (topic,), "gives_way": topic.gives_way, "acts": topic.acts}
        return parts[self.part][self.number]

    def put(self, topic: Topic, pattern: CompiledPattern | None) -> Topic:
        """The topic with another pattern in this place; with none, if None is given."""
        owner: Any = self.owner(topic)
        patterns: tuple[CompiledPattern, ...] = getattr(owner, self.field)
        middle = (pattern,) if pattern is not None else ()
        changed = replace(owner, **{self.field: (*patterns[: self.index], *middle, *patterns[self.index + 1 :])})
        return with_part(topic, self.part, self.number, changed)


def with_part(topic: Topic, part: str, number: int, changed: Any) -> Topic:
    """The topic with one of its acts, or one giving way, changed; the changed topic itself for `about`."""
    if part == "about":
        own: Topic = changed
        return own
    parts: tuple[Any, ...] = getattr(topic, part)
    changes: dict[str, Any] = {part: (*parts[:number], changed, *parts[number + 1 :])}
    return replace(topic, **changes)


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
    """The file of each commitment, by its id."""
    paths = {rule.commitment: rule.path for rule in rulebook.rules.values()}
    read = ((name, read_source(file_of(folder, path), path)[0]) for name, path in paths.items())
    return {name: source for name, source in read if source is not None}


def file_of(folder: Path, shown: str) -> Path:
    """The file that issues and rules name `shown`, which is from the rules folder on."""
    return folder / Path(shown).relative_to(folder.name)


def rule_clauses(topic: Topic, source: RuleSource) -> Iterator[RuleClause]:
    """Every pattern of a topic, in the order of its file."""
    found = (_clause(topic, source, address, pattern) for address, pattern in pattern_addresses(topic))
    return iter(sorted(found, key=lambda clause: clause.line))


def _clause(topic: Topic, source: RuleSource, address: PatternAddress, pattern: CompiledPattern) -> RuleClause:
    rule = topic.acts[address.number].rule if address.part == "acts" else topic.rule
    kind = "gives_way_to" if address.part == "gives_way" else address.field
    return RuleClause(kind, rule, source.path, source.place(address.where)[0], pattern, address)


def pattern_addresses(topic: Topic) -> Iterator[tuple[PatternAddress, CompiledPattern]]:
    """Every pattern of a topic with its address."""
    owners: Sequence[tuple[Literal["about", "gives_way", "acts"], Iterable[Topic | Yields | ActRule]]] = (
        ("about", (topic,)),
        ("gives_way", topic.gives_way),
        ("acts", topic.acts),
    )
    for part, parts in owners:
        for number, owner in enumerate(parts):
            for name, patterns in pattern_lists(owner).items():
                for index, pattern in enumerate(patterns):
                    yield PatternAddress(part, number, name, index), pattern


def pattern_lists(owner: Topic | Yields | ActRule) -> Mapping[str, tuple[CompiledPattern, ...]]:
    """The lists of patterns that a part of a topic has, by name. The key in the file is the same."""
    values = ((field.name, getattr(owner, field.name)) for field in fields(owner))
    return {
        name: value
        for name, value in values
        if isinstance(value, tuple) and value and all(isinstance(item, CompiledPattern) for item in value)
    }
