"""Compiles role frames of rule files into pattern nodes. The words of an event are separated by kind."""

from __future__ import annotations

from functools import lru_cache

from monitor.domain.matching.partial_match import FRAME_SEPARATOR
from monitor.domain.text.inflection import participles
from monitor.domain.text.patterns import (
    Choice,
    Head,
    Inflected,
    Node,
    RoleFrame,
    Window,
    WordClass,
    Words,
    choice_of,
    inflected,
    nodes_in,
    requires_phrase,
    words_node,
)
from monitor.domain.text.writing_systems import HAN_CHAR
from monitor.rulebook.compile.sets import NO_WORD, WordSets, pattern_entries
from monitor.rulebook.schema.models import ROLES, RolesShape
from monitor.rulebook.source.rule_source import RuleSource, ValuePath


def role_frame(sets: WordSets, source: RuleSource, where: ValuePath, shape: RolesShape) -> RoleFrame | None:
    """The node of the frame at a path; None, and issues, if it is invalid."""
    roles: dict[str, Node | None] = {}
    for role in ROLES:
        entries = pattern_entries(source, (*where, role), getattr(shape, role) or ())
        nodes = [sets.pattern(entry) for entry in entries]
        usable = tuple(node for node in nodes if node is not None)
        roles[role] = choice_of(usable) if usable and len(usable) == len(nodes) else None
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


def frame_text(shape: RolesShape) -> str:
    """A frame on one line: "event {buy} · agent {cn} · patient {soy}"."""
    roles = ((role, getattr(shape, role)) for role in ROLES)
    named = (f"{role} {text if isinstance(text, str) else ' | '.join(text)}" for role, text in roles if text)
    return FRAME_SEPARATOR.join((*named, *([] if shape.within == "clause" else [f"within {shape.within}"])))


@lru_cache(maxsize=10_000)
def _kinds(event: Node) -> tuple[Node | None, ...]:
    """The words of an event by kind, in the order of RoleFrame: verbs, their passive forms, nouns, Chinese words,
    other phrases.

    None stands for a kind without words. The mark of a head adds nothing: the event is the head of its frame. Cached
    because many events share their sets.
    """
    verbs, passive, nouns, unspaced, phrases = kinds = tuple(list[Node]() for _ in range(5))
    for option in event.options if isinstance(event, Choice) else (event,):
        if isinstance(option, Choice | Head):
            inner = option.inner if isinstance(option, Head) else option
            for own, part in zip(kinds, _kinds(inner), strict=True):
                own += [part] if part is not None else []
        elif isinstance(option, Inflected):
            (verbs if option.word_class is WordClass.VERB else nouns).append(option)
            if option.word_class is WordClass.VERB:  # nouns have no passive forms
                passive += (words_node(form) for lemma in option.lemmas for form in participles(lemma))
        else:
            chinese = any(isinstance(n, Words) and HAN_CHAR.search(n.phrase.text) for n in nodes_in(inflected(option)))
            (unspaced if chinese else phrases).append(option)
    return tuple(choice_of(tuple(map(inflected, nodes))) if nodes else None for nodes in kinds)
