"""The rules that differ between two rulebooks, and the commitments that these differences can affect."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, Literal

from monitor.domain.matching.rules import ABOUT, CompiledPattern, Rulebook
from monitor.domain.text.patterns import PhraseSet

RuleChangeKind = Literal["added", "removed", "changed", "depends on it"]

PER_COMMITMENT_FIELDS = frozenset({"index", "topics", "required"})
"""Fields of a matcher for single commitments. All commitments depend on the rest: speakers, frames, modality."""


@dataclass(frozen=True, slots=True)
class RuleChange:
    """A rule that differs between two rulebooks. "depends on it": the act itself is unchanged, but the `about` that it
    depends on has changed."""

    rule: str
    how: RuleChangeKind
    path: str
    line: int


def rule_changes(old: Rulebook, new: Rulebook) -> tuple[RuleChange, ...]:
    """The rules whose versions differ: by their own words, or by words that they depend on."""
    before, after = (
        {act.rule: _as_written(act) for topic in rulebook.matcher.topics for act in topic.acts}
        for rulebook in (old, new)
    )
    changed = set[str]()
    for name in old.rules.keys() | new.rules.keys():
        rule, now = old.rules.get(name), new.rules.get(name)
        if rule is None or now is None or rule.version != now.version:
            changed.add(name)
    changes = []
    for name in sorted(changed):
        about = f"{name.partition('/')[0]}/{ABOUT}"
        how: RuleChangeKind = "changed"
        if name not in old.rules:
            how = "added"
        elif name not in new.rules:
            how = "removed"
        elif name != about and about in changed and name in before and before[name] == after.get(name):
            how = "depends on it"
        shown = new.rules.get(name) or old.rules[name]
        changes.append(RuleChange(shown.id, how, shown.path, shown.line))
    return tuple(changes)


def _as_written(value: Any) -> object:
    """An act, or a part of one, as its author wrote it, without compiled nodes and numbers."""
    if isinstance(value, CompiledPattern):
        return value.source
    if isinstance(value, tuple):
        return tuple(_as_written(part) for part in value)
    if is_dataclass(value):
        names = (field.name for field in fields(value) if field.name != "version")
        return tuple((name, _as_written(getattr(value, name))) for name in names)
    return value


def redefined_commitments(old: Rulebook, new: Rulebook) -> frozenset[str]:
    """The commitments whose definition differs, or that only one of the two rulebooks has."""
    names = old.commitments.keys() | new.commitments.keys()
    return frozenset(name for name in names if old.commitments.get(name) != new.commitments.get(name))


def affected_commitments(old: Rulebook, new: Rulebook) -> frozenset[str]:
    """The commitments whose signals or verdicts can differ."""
    shared = list[object]()
    for book in (old, new):
        # The words that all commitments share, without the numbers that the compiler gave them.
        matcher, phrases = book.matcher, book.matcher.index.phrases
        masks = sorted(repr(phrases[number]) for number in matcher.index.masks)
        names = (field.name for field in fields(matcher) if field.name not in PER_COMMITMENT_FIELDS)
        words = [_unnumbered(getattr(matcher, name), phrases) for name in names]
        shared.append((book.policy, book.publishers.entries, masks, words))
    if shared[0] != shared[1]:
        return frozenset(old.commitments.keys() | new.commitments.keys())
    changed = redefined_commitments(old, new) | {change.rule.partition("/")[0] for change in rule_changes(old, new)}
    # A commitment that may give way to a changed one is affected too, and so is one that a changed one is a part of.
    topics, defined = (*old.matcher.topics, *new.matcher.topics), (*old.commitments.values(), *new.commitments.values())
    needed = {(rule.commitment, topic.commitment) for topic in topics for rule in topic.gives_way}
    return _closure(changed, needed | {(part, whole.id) for whole in defined for part in whole.parts})


def _unnumbered(value: Any, phrases: Sequence[Any]) -> object:
    if isinstance(value, PhraseSet):
        return sorted(repr(phrases[number]) for number in value.numbers)
    if is_dataclass(value):
        names = (field.name for field in fields(value) if field.name not in ("key", "groups"))
        return [_unnumbered(getattr(value, name), phrases) for name in names]
    if isinstance(value, Mapping):
        return sorted((repr(key), repr(_unnumbered(part, phrases))) for key, part in value.items())
    if isinstance(value, tuple):
        return [_unnumbered(part, phrases) for part in value]
    return value


def _closure(names: frozenset[str], pairs: set[tuple[str, str]]) -> frozenset[str]:
    """The names, and every name that the pairs reach from them."""
    while more := {second for first, second in pairs if first in names} - names:
        names |= more
    return names


def restricted_to(rulebook: Rulebook, names: frozenset[str]) -> Rulebook:
    """The rulebook reduced to these commitments, their parts and those that they can give way to. Their signals stay
    the same."""
    needed = {(topic.commitment, rule.commitment) for topic in rulebook.matcher.topics for rule in topic.gives_way}
    needed |= {(name, part) for name, whole in rulebook.commitments.items() for part in whole.parts}
    names = _closure(names, needed)
    topics = tuple(topic for topic in rulebook.matcher.topics if topic.commitment in names)
    commitments = {name: commitment for name, commitment in rulebook.commitments.items() if name in names}
    return replace(rulebook, commitments=commitments, matcher=replace(rulebook.matcher, topics=topics))


def decide_alike(old: Rulebook, new: Rulebook) -> bool:
    """Whether the same signals give the same verdicts and messages under both rulebooks."""
    if (old.policy, old.publishers.entries) != (new.policy, new.publishers.entries) or redefined_commitments(old, new):
        return False
    # No signal of both rulebooks comes from a rule that only one of them has.
    pairs = ((old.rules[name], new.rules[name]) for name in old.rules.keys() & new.rules.keys())
    return all(
        replace(was, version="", path="", line=0) == replace(now, version="", path="", line=0) for was, now in pairs
    )
