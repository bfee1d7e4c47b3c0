"""A pattern made narrower in one place: a smaller gap, a lost `^` or `!`. What no test notices may be too wide, or idle."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count

from monitor.domain.matching.rules import CompiledPattern
from monitor.domain.text.pattern_eval import Anchor, AnyOf, AnyPhrase, ClauseStart, CompiledNode, InOrder
from monitor.domain.text.pattern_syntax import AtStart, Choice, Head, Join, Link, Node, Sequence, Words, parse_pattern
from monitor.domain.text.word_regex import PatternError

NARROWED_GAP = 6
"""Words that a reach of a whole clause or sentence is narrowed to."""


@dataclass(frozen=True, slots=True)
class Variant:
    """A pattern with one change. `kind`: gap, start or head; `what` says what was changed."""

    kind: str
    what: str
    pattern: CompiledPattern


def variants(pattern: CompiledPattern) -> Iterator[Variant]:
    """Every narrower form of a pattern, as far as its author wrote it: what its sets say is left as it is."""
    try:
        written = parse_pattern(pattern.source)
    except PatternError:
        return
    keys = count(-1, -1)
    for kind, what, node in _changed(written, pattern.node, keys):
        yield Variant(kind, what, replace(pattern, node=node))


PatternChange = tuple[str, str, CompiledNode]


def _changed(written: Node, node: CompiledNode, keys: count[int]) -> Iterator[PatternChange]:
    """The changes of a pattern and of its parts. Written and compiled form are walked side by side, while they agree."""
    match written, node:
        case Sequence(parts, links), InOrder(_, inner, own) if links == own:
            yield from _narrowed(node, keys)
            for at, (part, child) in enumerate(zip(parts, inner, strict=True)):
                for kind, what, changed in _changed(part, child, keys):
                    yield kind, what, replace(node, key=next(keys), parts=_replaced_at(inner, at, changed))
        case AtStart(part), ClauseStart(_, child):
            yield "start", "without ^", child
            for kind, what, changed in _changed(part, child, keys):
                yield kind, what, replace(node, key=next(keys), inner=changed)
        case Head(part), Anchor(_, child):
            yield "head", "without !", child
            for kind, what, changed in _changed(part, child, keys):
                yield kind, what, replace(node, key=next(keys), inner=changed)
        case Choice(options), AnyOf(_, compiled):
            yield from _in_choice(options, node, compiled, keys)


def _in_choice(
    options: tuple[Node, ...], node: AnyOf, compiled: tuple[CompiledNode, ...], keys: count[int]
) -> Iterator[PatternChange]:
    """The changes of the options that are no plain words, if each of them has a compiled form of its own."""
    own = [option for option in options if not isinstance(option, Words)]
    first = sum(isinstance(child, AnyPhrase) for child in compiled[:1])
    if len(own) != len(compiled) - first:
        return
    for at, option in enumerate(own, first):
        for kind, what, changed in _changed(option, compiled[at], keys):
            yield kind, what, replace(node, key=next(keys), options=_replaced_at(compiled, at, changed))


def _narrowed(node: InOrder, keys: count[int]) -> Iterator[PatternChange]:
    for at, link in enumerate(node.links):
        narrow = _narrower(link)
        if narrow is not None:
            links = (*node.links[:at], narrow, *node.links[at + 1 :])
            yield "gap", f"{_sign(link)} made {_sign(narrow)}", replace(node, key=next(keys), links=links)


def _narrower(link: Link) -> Link | None:
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
