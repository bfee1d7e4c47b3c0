"""Role frames as rule files write them, made into nodes of patterns: the words of an event are told apart by their kind."""

from __future__ import annotations

from collections.abc import Iterator

from monitor.domain.matching.partial_match import FRAME_SEPARATOR
from monitor.domain.text.angle_words import Inflected, WordClass
from monitor.domain.text.automaton import Phrase
from monitor.domain.text.folding import fold
from monitor.domain.text.inflection import participles
from monitor.domain.text.pattern_syntax import (
    Choice,
    Head,
    Node,
    RoleFrame,
    Window,
    Words,
    choice_of,
    inflected,
    required_groups,
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
    if not required_groups(frame):
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


def _kinds(event: Node) -> Iterator[Node | None]:
    """The words of an event by kind, in the order of RoleFrame: its verbs, their passive forms, its nouns, its Chinese words,
    other phrases. None for a kind that has no words."""
    options = list(_options(event))
    verbs = [option for option in options if _is_inflected(option, WordClass.VERB)]
    nouns = [option for option in options if _is_inflected(option, WordClass.NOUN)]
    others = [option for option in options if option not in verbs and option not in nouns]
    unspaced = [option for option in others if _is_unspaced(option)]
    phrases = [option for option in others if option not in unspaced]
    passive = [Words(Phrase(fold(form).text)) for verb in verbs for form in _participles(verb)]
    for nodes in (verbs, passive, nouns, unspaced, phrases):
        yield inflected(choice_of(tuple(nodes))) if nodes else None


def _options(node: Node) -> Iterator[Node]:
    """The single words of an event. The mark of a head adds nothing: the event is the head of its frame."""
    match node:
        case Choice(options):
            for option in options:
                yield from _options(option)
        case Head(inner):
            yield from _options(inner)
        case _:
            yield node


def _is_inflected(node: Node, word_class: WordClass) -> bool:
    return isinstance(node, Inflected) and node.word_class is word_class


def _participles(node: Node) -> Iterator[str]:
    if isinstance(node, Inflected):
        for lemma in node.lemmas:
            yield from participles(lemma)


def _is_unspaced(node: Node) -> bool:
    """Whether a pattern is in a script without spaces: some phrase that it requires is."""
    return any(HAN_CHAR.search(phrase.text) is not None for group in required_groups(node) for phrase in group)
