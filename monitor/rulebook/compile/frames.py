"""Role frames as rule files write them, made into nodes of patterns: the words of an event are told apart by their kind."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from monitor.domain.matching.partial_match import FRAME_SEPARATOR
from monitor.domain.text.angle_words import Inflected, WordClass
from monitor.domain.text.inflection import participles
from monitor.domain.text.pattern_syntax import (
    Choice,
    Head,
    Node,
    RoleFrame,
    Window,
    choice_of,
    inflected,
    phrases_named,
    requires_phrase,
    words_node,
)
from monitor.domain.text.writing_systems import HAN_CHAR
from monitor.rulebook.compile.sets import NO_WORD, PatternEntry, WordSets
from monitor.rulebook.schema.frames import ROLES, Patterns, RolesShape
from monitor.rulebook.source.source_map import RuleSource, ValuePath


def role_frame(sets: WordSets, source: RuleSource, where: ValuePath, shape: RolesShape) -> RoleFrame | None:
    """The node of the frame at a path; None, and issues, if it cannot be used."""
    roles = {role: _choice(sets, entries_of(source, (*where, role), getattr(shape, role))) for role in ROLES}
    given = [role for role in ROLES if getattr(shape, role) is not None]
    event = roles["event"]
    if event is None or any(roles[role] is None for role in given):
        return None
    others = (roles[role] for role in ROLES if role != "event")
    parts = (*_kinds(event), *(None if role is None else inflected(role) for role in others))
    frame = RoleFrame(Window(shape.within), *parts)
    if not requires_phrase(frame):
        sets.issues.append(source.issue("no_word", NO_WORD, (*where, "event"), "patient: '{goods}'"))
        return None
    return frame


def entries_of(source: RuleSource, where: ValuePath, patterns: Patterns | None) -> list[PatternEntry]:
    """The patterns of one role, each with its place."""
    if isinstance(patterns, str):
        return [PatternEntry(patterns, source, where)]
    return [PatternEntry(text, source, (*where, number)) for number, text in enumerate(patterns or ())]


def frame_text(shape: RolesShape) -> str:
    """A frame on one line, as people read it: "event {buy} · agent {cn} · patient {soy}"."""
    roles = ((role, getattr(shape, role)) for role in ROLES)
    named = (f"{role} {text if isinstance(text, str) else ' | '.join(text)}" for role, text in roles if text)
    return FRAME_SEPARATOR.join((*named, *([] if shape.within == "clause" else [f"within {shape.within}"])))


def _choice(sets: WordSets, entries: list[PatternEntry]) -> Node | None:
    nodes = [sets.pattern(entry) for entry in entries]
    return choice_of(tuple(node for node in nodes if node is not None)) if nodes and all(nodes) else None


@lru_cache(maxsize=10_000)
def _kinds(event: Node) -> tuple[Node | None, ...]:
    """The words of an event by kind, in the order of RoleFrame: its verbs, their passive forms, its nouns, its Chinese words,
    other phrases. None for a kind that has no words. Cached because many events share their sets. The mark of a head adds
    nothing: the event is the head of its frame."""
    verbs, passive, nouns, unspaced, phrases = kinds = tuple(list[Node]() for _ in range(5))
    for option in event.options if isinstance(event, Choice) else (event,):
        if isinstance(option, Choice | Head):
            inner = option.inner if isinstance(option, Head) else option
            for own, part in zip(kinds, _kinds(inner), strict=True):
                own += [part] if part is not None else []
        elif isinstance(option, Inflected):
            (verbs if option.word_class is WordClass.VERB else nouns).append(option)
            passive += map(words_node, _participles(option))
        else:
            (unspaced if _is_unspaced(option) else phrases).append(option)
    return tuple(choice_of(tuple(map(inflected, nodes))) if nodes else None for nodes in kinds)


def _participles(words: Inflected) -> Iterator[str]:
    """The passive forms of verbs; nouns have none."""
    for lemma in words.lemmas if words.word_class is WordClass.VERB else ():
        yield from participles(lemma)


def _is_unspaced(node: Node) -> bool:
    """Whether a pattern is in a script without spaces: some phrase that it requires is."""
    return any(HAN_CHAR.search(phrase.text) is not None for phrase in phrases_named(node))
