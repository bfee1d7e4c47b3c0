"""What differs between two rulebooks, and how little need be read again because of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from operator import itemgetter
from typing import Any, Literal, Protocol, TypeVar

from monitor.domain.matching.document import MAX_FIELD_LENGTH
from monitor.domain.matching.rules import ABOUT, CompiledPattern, Matcher, Rulebook, RuleInfo
from monitor.domain.text.automaton import PhraseIndex
from monitor.domain.text.pattern_eval import AnyPhrase
from monitor.domain.text.segments import SegmentedText

RuleChangeKind = Literal["added", "removed", "changed", "leans on it"]


@dataclass(frozen=True, slots=True)
class RuleChange:
    """A rule that is in only one of the two rulebooks, or reads otherwise in them.

    "leans on it": an act whose own patterns are written as they were, under an `about` that has changed.
    """

    rule: str
    how: RuleChangeKind
    path: str
    line: int


def rule_changes(old: Rulebook, new: Rulebook) -> tuple[RuleChange, ...]:
    """Rules that differ by their version: their own words, or those that they lean on."""
    before, after = _written(old), _written(new)
    changed = sorted(name for name in old.rules.keys() | new.rules.keys() if _version(old, name) != _version(new, name))
    return tuple(
        _rule_change(old.rules.get(name), new.rules.get(name), leans=_leans_on_changed(name, changed, before, after))
        for name in changed
    )


def _version(rulebook: Rulebook, name: str) -> str:
    return rulebook.rules[name].version if name in rulebook.rules else ""


def _written(rulebook: Rulebook) -> dict[str, object]:
    """Each act as its author wrote it: everything about it but what compiling makes of it."""
    return {act.rule: _plain(act) for topic in rulebook.matcher.topics for act in topic.acts}


def _plain(value: Any) -> object:
    if isinstance(value, CompiledPattern):
        return value.source
    if isinstance(value, tuple):
        return tuple(_plain(part) for part in value)
    if is_dataclass(value):
        return tuple((one.name, _plain(getattr(value, one.name))) for one in fields(value) if one.name != "version")
    return value


def _leans_on_changed(
    name: str, changed: Collection[str], before: Mapping[str, object], after: Mapping[str, object]
) -> bool:
    about = f"{name.partition('/')[0]}/{ABOUT}"
    return name != about and about in changed and name in before and before[name] == after.get(name)


def _rule_change(old: RuleInfo | None, new: RuleInfo | None, *, leans: bool) -> RuleChange:
    shown = new or old
    assert shown is not None
    how: RuleChangeKind = (
        "added" if old is None else "removed" if new is None else "leans on it" if leans else "changed"
    )
    return RuleChange(shown.id, how, shown.path, shown.line)


def redefined_commitments(old: Rulebook, new: Rulebook) -> frozenset[str]:
    """Commitments that only one rulebook has, or that are defined otherwise, whatever their rules."""
    names = old.commitments.keys() | new.commitments.keys()
    return frozenset(name for name in names if old.commitments.get(name) != new.commitments.get(name))


def affected_commitments(old: Rulebook, new: Rulebook) -> frozenset[str]:
    """The commitments that could come out otherwise; all others need not be read again."""
    before, after = ((book.policy, book.publishers.entries, _common_words(book.matcher)) for book in (old, new))
    if before != after:
        return frozenset(old.commitments.keys() | new.commitments.keys())
    changed = redefined_commitments(old, new) | {change.rule.partition("/")[0] for change in rule_changes(old, new)}
    return _with_yielding(changed, (old, new))


PER_COMMITMENT_FIELDS = frozenset({"index", "topics", "anchored"})
"""What a matcher holds by commitment; the rest (who speaks, frames, modality, documents) all of them lean on."""


def _common_words(matcher: Matcher) -> object:
    """The words that belong to no commitment, without the numbers that compiling gave them."""
    phrases = matcher.index.phrases
    masks = sorted(repr(phrases[number]) for number in matcher.index.masks)
    common = (getattr(matcher, one.name) for one in fields(matcher) if one.name not in PER_COMMITMENT_FIELDS)
    return masks, [_unnumbered(words, phrases) for words in common]


def _unnumbered(value: Any, phrases: Sequence[Any]) -> object:
    if isinstance(value, AnyPhrase):
        return sorted(repr(phrases[number]) for number in value.numbers)
    if is_dataclass(value):
        return [_unnumbered(getattr(value, one.name), phrases) for one in fields(value) if one.name != "key"]
    if isinstance(value, Mapping):
        return sorted((repr(key), repr(_unnumbered(part, phrases))) for key, part in value.items())
    if isinstance(value, tuple):
        return [_unnumbered(part, phrases) for part in value]
    return value


def _with_yielding(names: frozenset[str], rulebooks: Iterable[Rulebook]) -> frozenset[str]:
    """These commitments, and those that may give way to one of them."""
    pairs = {
        (topic.commitment, rule.commitment)
        for rulebook in rulebooks
        for topic in rulebook.matcher.topics
        for rule in topic.gives_way
    }
    return _closure(names, {(to, giver) for giver, to in pairs})


def _closure(names: frozenset[str], leads: set[tuple[str, str]]) -> frozenset[str]:
    while more := {to for frm, to in leads if frm in names} - names:
        names |= more
    return names


def restricted_to(rulebook: Rulebook, names: frozenset[str]) -> Rulebook:
    """The rulebook with these commitments alone, and those that they may give way to: for them it reads the same."""
    topics = rulebook.matcher.topics
    kept = _closure(names, {(topic.commitment, rule.commitment) for topic in topics for rule in topic.gives_way})
    matcher = replace(rulebook.matcher, topics=tuple(topic for topic in topics if topic.commitment in kept))
    commitments = {name: one for name, one in rulebook.commitments.items() if name in kept}
    return replace(rulebook, commitments=commitments, matcher=matcher)


# ---------------------------------------------------------------- what is left to read


def about_phrases(rulebooks: Iterable[Rulebook], names: frozenset[str]) -> PhraseIndex:
    """The phrases of which one stands in every text that one of these rulebooks could take to concern these commitments."""
    found: dict[Any, None] = {}
    for matcher in (rulebook.matcher for rulebook in rulebooks):
        topics = [topic for topic in matcher.topics if topic.commitment in names]
        opening = {p.number for topic in topics for p in topic.any + topic.title + topic.summary}
        numbers = (number for number, patterns in matcher.anchored.items() if not opening.isdisjoint(patterns))
        found.update(dict.fromkeys(matcher.index.phrases[number] for number in numbers))
    return PhraseIndex(tuple(found))


class HasText(Protocol):
    """A story or an entry."""

    @property
    def title(self) -> str: ...
    @property
    def summary(self) -> str: ...
    @property
    def url(self) -> str: ...


TextT = TypeVar("TextT", bound=HasText)


def texts_concerning(texts: Iterable[TextT], index: PhraseIndex, progress: Callable[[int], None]) -> list[TextT]:
    """The texts that hold one of these phrases, and whatever else stands at their addresses: a later text of a story may
    only take it back. No other text can be read otherwise, or be the same report as one that can."""
    kept: list[tuple[int, TextT]] = []
    others: list[tuple[int, TextT]] = []
    for number, text in enumerate(texts, 1):
        progress(number)
        opened = index.find(SegmentedText(text.title[:MAX_FIELD_LENGTH]).folded) or index.find(
            SegmentedText(text.summary[:MAX_FIELD_LENGTH]).folded
        )
        (kept if opened else others).append((number, text))
    pages = {text.url for _, text in kept if text.url}
    again = [(number, text) for number, text in others if text.url in pages]
    return [text for _, text in sorted(kept + again, key=itemgetter(0))]
