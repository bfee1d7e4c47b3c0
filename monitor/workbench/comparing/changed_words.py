"""The words in which two rulebooks differ: a text that holds none of them is read the same by both.

Patterns are compared as compiled, with their sets filled in. Of two that differ only the parts that differ count: with a word
more in a set, the texts with that word may be read otherwise, wherever the set is used.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, TypeAlias

from monitor.domain.matching.document import MAX_FIELD_LENGTH
from monitor.domain.matching.rules import ActRule, CompiledPattern, DiscourseFrame, Matcher, Rulebook, Speaker, Yields
from monitor.domain.model import Entry, Says, Story
from monitor.domain.model.publishers import Publishers
from monitor.domain.text.automaton import Phrase, PhraseIndex
from monitor.domain.text.folding import fold
from monitor.domain.text.pattern_eval import (
    AllOf,
    Anchor,
    AnyOf,
    AnyPhrase,
    AnyValue,
    AnyWord,
    ClauseStart,
    CompiledNode,
    EventRoles,
    InOrder,
)

PhraseGroup: TypeAlias = frozenset[Phrase]
WordCondition: TypeAlias = tuple[PhraseGroup, ...]
"""What a field must hold to be read otherwise: a phrase of each group. Without a group every text may be."""

ANY_TEXT: WordCondition = ()
PatternLists: TypeAlias = tuple[Sequence[CompiledPattern], Sequence[CompiledPattern]]
_ABOUT_LISTS = ("any", "title", "summary", "never", "excluded", "unless")
_ACT_LISTS = ("any", "excluded", "unless")
_NOT_MEANING = frozenset({"version", *_ACT_LISTS})
"""Fields of an act that say nothing of what it means where its words stand."""


@dataclass(frozen=True, slots=True)
class ChangedWords:
    """What may make a text read otherwise: one of these conditions, or a publisher that the rulebooks know otherwise."""

    conditions: tuple[tuple[frozenset[int], ...], ...]
    """As WordCondition, by the numbers of `index`."""
    index: PhraseIndex
    needed: PhraseIndex
    """One group of each condition: hardly a text holds one of these, and only then the others are looked for."""
    publishers: tuple[Publishers, Publishers] | None
    patterns: tuple[PatternLists, ...] | None
    """The lists of patterns that differ, old and new; None where more than patterns differs."""

    def concern(self, text: Entry | Story) -> bool:
        """Whether this text may be read otherwise. Any other text is read the same by both rulebooks."""
        if self.publishers is not None:
            old, new = (publishers.find(text.source, text.url) for publishers in self.publishers)
            if old != new:
                return True
        return bool(self.conditions) and (self._holds(text.title) or self._holds(text.summary))

    def _holds(self, part: str) -> bool:
        text = fold(part[:MAX_FIELD_LENGTH]).text
        if not self.needed.find(text):
            return not all(self.conditions)  # one that asks for nothing
        hits = self.index.find(text).keys()
        return any(not any(hits.isdisjoint(group) for group in groups) for groups in self.conditions)


def changed_words(old: Rulebook, new: Rulebook, *, as_written: bool = False) -> ChangedWords:
    """What of a text decides whether the two rulebooks can read it otherwise, for any of their commitments.

    as_written: two patterns that say the same in other words differ too, as an explanation quotes them.
    """
    comparison = _Comparison(old.matcher, new.matcher, as_written)
    common, topics = set(comparison.common_words()), set(comparison.topics())
    found = common | topics
    phrases = tuple(sorted({phrase for condition in found for group in condition for phrase in group}))
    numbers = {phrase: number for number, phrase in enumerate(phrases)}
    conditions = tuple(tuple(frozenset(map(numbers.__getitem__, group)) for group in groups) for groups in found)
    needed = PhraseIndex(tuple(sorted(frozenset().union(*(min(groups, key=len) for groups in found if groups)))))
    differ = old.publishers.entries != new.publishers.entries
    publishers = (old.publishers, new.publishers) if differ else None
    patterns = None if common or differ or comparison.more_than_patterns else tuple(comparison.differing)
    return ChangedWords(conditions, PhraseIndex(phrases), needed, publishers, patterns)


@dataclass
class _Side:
    """The nodes of one rulebook, each with the number of what it says: equal numbers, equal nodes, in both rulebooks."""

    matcher: Matcher
    known: dict[Hashable, int]
    _numbers: dict[int, int] = field(default_factory=dict)

    def number(self, node: CompiledNode) -> int:
        if node.key not in self._numbers:
            self._numbers[node.key] = self.known.setdefault(self._says(node), len(self.known))
        return self._numbers[node.key]

    def _says(self, node: CompiledNode) -> Hashable:
        match node:
            case AnyPhrase():
                return self.phrases(node)
            case AnyWord(_, form):
                return form
            case AnyValue(_, value):
                return value
            case AnyOf(_, options):
                return AnyOf, tuple(map(self.number, options))
            case InOrder(_, parts, links):
                return InOrder, tuple(map(self.number, parts)), links
            case AllOf(_, parts):
                return AllOf, tuple(map(self.number, parts))
            case EventRoles():
                return EventRoles, node.within, *(part and self.number(part) for part in node.parts)
            case ClauseStart(_, inner) | Anchor(_, inner):
                return type(node), self.number(inner)

    def phrases(self, node: AnyPhrase) -> PhraseGroup:
        return frozenset(map(self.matcher.index.phrases.__getitem__, node.numbers))

    def needs(self, node: CompiledNode) -> WordCondition:
        """What a field must hold for this node to match in it."""
        match node:
            case AnyPhrase():
                return (self.phrases(node),)
            case AnyOf(_, options):
                return _one_of([self.needs(option) for option in options])
            case InOrder(_, parts, _) | AllOf(_, parts):
                return tuple(group for part in parts for group in self.needs(part))
            case EventRoles():
                event = _one_of([self.needs(part) for part in node.events])
                return (*event, *(group for _, role in node.roles for group in self.needs(role)))
            case ClauseStart(_, inner) | Anchor(_, inner):
                return self.needs(inner)
        return ANY_TEXT

    def whole(self, nodes: Iterable[CompiledNode]) -> list[WordCondition]:
        """What lets one of these nodes match."""
        options = (option for node in nodes for option in _options(node))
        return [self.needs(option) for option in options]


@dataclass
class _Comparison:
    """Two matchers part by part. Each function gives the conditions under which a text may be read otherwise because of one
    part: more than need be where a closer look would cost more, never fewer."""

    before: Matcher
    after: Matcher
    as_written: bool
    differing: list[PatternLists] = field(default_factory=list)
    more_than_patterns: bool = False
    """Whether commitments differ in more than the patterns of `differing`."""
    old: _Side = field(init=False)
    new: _Side = field(init=False)

    def __post_init__(self) -> None:
        known: dict[Hashable, int] = {}
        self.old, self.new = _Side(self.before, known), _Side(self.after, known)

    # ------------------------------------------------------------ nodes

    def nodes(self, old: CompiledNode, new: CompiledNode) -> list[WordCondition]:
        """When two nodes match otherwise."""
        if self.old.number(old) == self.new.number(new):
            return []
        match old, new:
            case AnyPhrase(), AnyPhrase():
                return [(self.old.phrases(old) ^ self.new.phrases(new),)]
            case InOrder(_, befores, links), InOrder(_, afters, others) if links == others:
                pairs = list(zip(befores, afters, strict=True))
                needed = [self.needs_either(*pair) for pair in pairs]
                return [
                    sum((groups for at, groups in enumerate(needed) if at != place), start=condition)
                    for place, pair in enumerate(pairs)
                    for condition in self.nodes(*pair)
                ]
            case (ClauseStart(_, first), ClauseStart(_, second)) | (Anchor(_, first), Anchor(_, second)):
                return self.nodes(first, second)
            case (AnyOf(), _) | (_, AnyOf()):
                # The plain phrases of a choice are its first option.
                plain = [
                    frozenset().union(
                        *(side.phrases(option) for option in _options(node) if isinstance(option, AnyPhrase))
                    )
                    for side, node in ((self.old, old), (self.new, new))
                ]
                longer = [[o for o in _options(node) if not isinstance(o, AnyPhrase)] for node in (old, new)]
                return ([(plain[0] ^ plain[1],)] if plain[0] != plain[1] else []) + self.lists(*longer)
        return self.old.whole([old]) + self.new.whole([new])

    def needs_either(self, old: CompiledNode, new: CompiledNode) -> WordCondition:
        """What a field must hold for one of two nodes to match in it."""
        first, second = self.old.needs(old), self.new.needs(new)
        return first if first == second else _one_of([first, second])

    def lists(self, old: Sequence[CompiledNode], new: Sequence[CompiledNode]) -> list[WordCondition]:
        """When two lists of nodes match otherwise, or in another order."""
        befores, afters = [self.old.number(node) for node in old], [self.new.number(node) for node in new]
        if befores == afters:
            return []
        kept = set(befores) & set(afters)
        if [n for n in befores if n in kept] != [n for n in afters if n in kept]:
            return self.old.whole(old) + self.new.whole(new)
        gone = [node for node, number in zip(old, befores, strict=True) if number not in kept]
        come = [node for node, number in zip(new, afters, strict=True) if number not in kept]
        if len(gone) == len(come):
            return [condition for pair in zip(gone, come, strict=True) for condition in self.nodes(*pair)]
        return self.old.whole(gone) + self.new.whole(come)

    def patterns(self, old: Sequence[CompiledPattern], new: Sequence[CompiledPattern]) -> list[WordCondition]:
        rewritten = list[WordCondition]()
        if self.as_written:
            before, after = ([(p.source, p.kind) for p in patterns] for patterns in (old, new))
            odd = {*before} ^ {*after}
            if [written for written in before if written not in odd] != [w for w in after if w not in odd]:
                return self.whole(old, new)
            rewritten = self.whole(*([p for p in ps if (p.source, p.kind) in odd] for ps in (old, new)))
        found = rewritten + self.lists([pattern.node for pattern in old], [pattern.node for pattern in new])
        if found:
            self.differing.append((old, new))
        return found

    def whole(self, old: Iterable[CompiledPattern], new: Iterable[CompiledPattern]) -> list[WordCondition]:
        """When one of these patterns matches."""
        return self.old.whole(p.node for p in old) + self.new.whole(p.node for p in new)

    # ------------------------------------------------------------ what belongs to no commitment

    def common_words(self) -> Iterable[WordCondition]:
        """Of cues, frames, speakers, reporting verbs, parties, documents and masks."""
        before, after = self.before, self.after
        yield from self.named(before.cues, after.cues)
        yield from self.named(_by_name(before.frames), _by_name(after.frames))
        yield from self.named(_by_name(before.speakers), _by_name(after.speakers))
        verbs = [[m.reporting_verbs] if m.reporting_verbs else [] for m in (before, after)]
        yield from self.lists(*verbs)
        yield from self.named(before.parties, after.parties)
        yield from self.named(_of_deals(before), _of_deals(after))
        # Who speaks for a party is heard only where the deal has it, whatever words name him.
        had, has = ({topic.commitment: {*topic.parties} for topic in m.topics} for m in (before, after))
        if any(had[name] != has[name] for name in had.keys() & has.keys()):
            yield ANY_TEXT
        yield from self.named(before.documents, after.documents)
        masks = [frozenset(m.index.phrases[number] for number in m.index.masks) for m in (before, after)]
        if masks[0] != masks[1]:
            yield (masks[0] ^ masks[1],)
        # A statistics body is credited with figures under its own name, without its words.
        bodies = [{speaker.name for speaker in m.speakers if speaker.side == Says.DATA} for m in (before, after)]
        if bodies[0] != bodies[1]:
            yield ANY_TEXT

    def named(self, old: Mapping[Any, CompiledNode], new: Mapping[Any, CompiledNode]) -> Iterable[WordCondition]:
        """Of words by name; the first of several names may count."""
        if [name for name in old if name in new] != [name for name in new if name in old]:
            yield from self.old.whole(old.values())
            yield from self.new.whole(new.values())
            return
        for name, node in old.items():
            yield from self.nodes(node, new[name]) if name in new else self.old.whole([node])
        yield from self.new.whole(node for name, node in new.items() if name not in old)

    # ------------------------------------------------------------ commitments

    def topics(self) -> Iterable[WordCondition]:
        before, after = ({topic.commitment: topic for topic in m.topics} for m in (self.before, self.after))
        for name in before.keys() | after.keys():
            old, new = before.get(name), after.get(name)
            if old is None or new is None or (old.units, old.periods) != (new.units, new.periods):
                self.more_than_patterns = True
                yield from self.whole(*(topic.opening if topic else () for topic in (old, new)))
            if old is not None and new is not None:
                for part in _ABOUT_LISTS:
                    yield from self.patterns(getattr(old, part), getattr(new, part))
                yield from self.yields(old.gives_way, new.gives_way)
                yield from self.acts(old.acts, new.acts)

    def yields(self, old: Sequence[Yields], new: Sequence[Yields]) -> Iterable[WordCondition]:
        if [(rule.commitment, rule.since) for rule in old] != [(rule.commitment, rule.since) for rule in new]:
            self.more_than_patterns = True
            yield from self.whole(*([p for rule in rules for p in rule.when] for rules in (old, new)))
            return
        for first, second in zip(old, new, strict=True):
            yield from self.patterns(first.when, second.when)
            yield from self.patterns(first.unless, second.unless)

    def acts(self, old: Sequence[ActRule], new: Sequence[ActRule]) -> Iterable[WordCondition]:
        before, after = ({act.rule: act for act in acts} for acts in (old, new))
        moved = [rule for rule in before if rule in after] != [rule for rule in after if rule in before]
        for rule in before.keys() | after.keys():
            first, second = before.get(rule), after.get(rule)
            if first is None or second is None or moved or _meaning(first) != _meaning(second):
                self.more_than_patterns = True
                yield from self.whole(*(act.any if act else () for act in (first, second)))
            if first is not None and second is not None:
                yield from self.patterns(first.any, second.any)
                for part in ("excluded", "unless"):
                    if shut := self.patterns(getattr(first, part), getattr(second, part)):
                        # What shuts an act out stands in the sentence of the act.
                        act = _one_of(self.whole(first.any, second.any))
                        yield from ((*words, *act) for words in shut)


def _one_of(conditions: Sequence[WordCondition]) -> WordCondition:
    """What a field must hold where one of these conditions is met: of each its smallest group."""
    return (frozenset().union(*(min(groups, key=len) for groups in conditions)),) if all(conditions) else ANY_TEXT


def _options(node: CompiledNode) -> tuple[CompiledNode, ...]:
    return node.options if isinstance(node, AnyOf) else (node,)


def _of_deals(matcher: Matcher) -> dict[str, CompiledNode]:
    """The words of the parties that deals declare, by commitment and party."""
    return {f"{topic.commitment} {party}": node for topic in matcher.topics for party, node in topic.parties.items()}


def _by_name(things: Iterable[DiscourseFrame | Speaker]) -> dict[tuple[object, ...], CompiledNode]:
    """The words of frames or speakers by what else is said of them; several of one name are told apart by their order."""
    words, count = dict[tuple[object, ...], CompiledNode](), Counter[tuple[object, ...]]()
    for thing in things:
        name = (thing.name, getattr(thing, "side", ""))
        count[name] += 1
        words[*name, count[name]] = thing.words
    return words


def _meaning(act: ActRule) -> list[object]:
    return [getattr(act, field.name) for field in fields(act) if field.name not in _NOT_MEANING]
