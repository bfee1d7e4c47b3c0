"""A pattern made narrower in one place: a smaller gap, a lost `^` or `!`. What no test notices may be too wide, or idle."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count

from monitor.domain.matching.rules import CompiledPattern
from monitor.domain.text.pattern_eval import (
    AllOf,
    Anchor,
    AnyOf,
    AnyPhrase,
    ClauseStart,
    CompiledNode,
    EventRoles,
    InOrder,
)
from monitor.domain.text.pattern_syntax import (
    AtStart,
    Choice,
    Head,
    Join,
    Link,
    Node,
    Sequence,
    Together,
    Window,
    Words,
    parse_pattern,
)
from monitor.domain.text.word_regex import PatternError

NARROWED_GAP = 6
"""Words that a reach of a whole clause or sentence is narrowed to: an estimate of how far apart related words are."""

_NARROWER_WINDOW = {Window.SENTENCE: Window.CLAUSE, Window.CLAUSE: Window.NEAR}


@dataclass(frozen=True, slots=True)
class Variant:
    """A pattern with one change. `kind`: gap, start or head; `what` says what was changed."""

    kind: str
    what: str
    pattern: CompiledPattern


def variants(pattern: CompiledPattern) -> Iterator[Variant]:
    """Every narrower form of a pattern, as far as its author wrote it: the contents of its sets stay as they are. Of a frame
    the one with the next narrower window."""
    if isinstance(pattern.node, EventRoles):
        narrower = _NARROWER_WINDOW.get(pattern.node.within)
        if narrower is not None:
            what = f"within {pattern.node.within.value} made {narrower.value}"
            yield Variant("gap", what, replace(pattern, node=replace(pattern.node, key=-1, within=narrower)))
        return
    try:
        written = parse_pattern(pattern.source)
    except PatternError:
        return
    # Compiled nodes are cached by key; negative keys collide with none of the compiler's own.
    for kind, what, node in _changed(written, pattern.node, count(-1, -1)):
        yield Variant(kind, what, replace(pattern, node=node))


def _changed(written: Node, node: CompiledNode, keys: count[int]) -> Iterator[tuple[str, str, CompiledNode]]:
    """The changes of a pattern and of its parts. Walks written and compiled form side by side, while they agree."""
    match written, node:
        case Sequence(parts, links), InOrder(_, compiled, own) if links == own:
            for at, link in enumerate(links):
                narrow = _narrower(link)
                if narrow is not None:
                    what = f"{_sign(link)} made {_sign(narrow)}"
                    yield "gap", what, replace(node, key=next(keys), links=(*links[:at], narrow, *links[at + 1 :]))
            yield from _changed_parts(parts, node, keys)
        case Together(parts), AllOf():
            yield from _changed_parts(parts, node, keys)
        case (AtStart(part), ClauseStart() as marked) | (Head(part), Anchor() as marked):
            kind, what = ("start", "without ^") if isinstance(marked, ClauseStart) else ("head", "without !")
            yield kind, what, marked.inner
            for kind, what, changed in _changed(part, marked.inner, keys):
                yield kind, what, replace(marked, key=next(keys), inner=changed)
        case Choice(options), AnyOf(_, compiled):
            # Plain words share one compiled node, the first. Options match only if each other one has a node of its own.
            own_nodes = [option for option in options if not isinstance(option, Words)]
            first = sum(isinstance(child, AnyPhrase) for child in compiled[:1])
            if len(own_nodes) == len(compiled) - first:
                for at, option in enumerate(own_nodes, first):
                    for kind, what, changed in _changed(option, compiled[at], keys):
                        yield kind, what, replace(node, key=next(keys), options=_replaced_at(compiled, at, changed))


def _changed_parts(
    written: tuple[Node, ...], node: InOrder | AllOf, keys: count[int]
) -> Iterator[tuple[str, str, CompiledNode]]:
    """The changes of the parts of a pattern, one at a time."""
    for at, part in enumerate(written):
        for kind, what, changed in _changed(part, node.parts[at], keys):
            yield kind, what, replace(node, key=next(keys), parts=_replaced_at(node.parts, at, changed))


def _narrower(link: Link) -> Link | None:
    """Half the gap; None where there is none to narrow."""
    if link.join is Join.ADJACENT:
        return None
    if link.join is Join.GAP:
        return replace(link, words=link.words // 2) if link.words else None
    return replace(link, join=Join.GAP, words=NARROWED_GAP)


def _sign(link: Link) -> str:
    """A gap as patterns write it."""
    reach = str(link.words) if link.join is Join.GAP else link.join.value
    return f"{'~' if link.either else '..'}{reach}"


def _replaced_at(parts: tuple[CompiledNode, ...], at: int, changed: CompiledNode) -> tuple[CompiledNode, ...]:
    return (*parts[:at], changed, *parts[at + 1 :])
