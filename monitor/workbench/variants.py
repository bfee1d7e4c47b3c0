"""A pattern made narrower in one place: a smaller gap, a lost `^` or `!`. What no test notices may be too wide, or idle."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count

from monitor.domain.patterns import AtStart, Choice, Head, Join, Link, Node, Sequence, Words, parse
from monitor.domain.rules import Pattern
from monitor.domain.spans import AnyOf, AnyPhrase, ClauseStart, Compiled, HeadOf, InOrder
from monitor.domain.wordforms import PatternError

NARROW = 6
"""Words that a reach of a whole clause or sentence is narrowed to."""


@dataclass(frozen=True, slots=True)
class Variant:
    """A pattern with one change. `kind`: gap, start or head; `what` says what was changed."""

    kind: str
    what: str
    pattern: Pattern


def variants(pattern: Pattern) -> Iterator[Variant]:
    """Every narrower form of a pattern, as far as its author wrote it: what its sets say is left as it is."""
    try:
        written = parse(pattern.source)
    except PatternError:
        return
    keys = count(-1, -1)
    for kind, what, node in _changed(written, pattern.node, keys):
        yield Variant(kind, what, replace(pattern, node=node))


Change = tuple[str, str, Compiled]


def _changed(written: Node, node: Compiled, keys: count[int]) -> Iterator[Change]:
    """The changes of a pattern and of its parts. Written and compiled form are walked side by side, while they agree."""
    match written, node:
        case Sequence(parts, links), InOrder(_, inner, own) if links == own:
            yield from _narrowed(node, keys)
            for at, (part, child) in enumerate(zip(parts, inner, strict=True)):
                for kind, what, changed in _changed(part, child, keys):
                    yield kind, what, replace(node, key=next(keys), parts=_put(inner, at, changed))
        case AtStart(part), ClauseStart(_, child):
            yield "start", "without ^", child
            for kind, what, changed in _changed(part, child, keys):
                yield kind, what, replace(node, key=next(keys), inner=changed)
        case Head(part), HeadOf(_, child):
            yield "head", "without !", child
            for kind, what, changed in _changed(part, child, keys):
                yield kind, what, replace(node, key=next(keys), inner=changed)
        case Choice(options), AnyOf(_, compiled):
            yield from _in_choice(options, node, compiled, keys)


def _in_choice(
    options: tuple[Node, ...], node: AnyOf, compiled: tuple[Compiled, ...], keys: count[int]
) -> Iterator[Change]:
    """The changes of the options that are no plain words, if each of them has a compiled form of its own."""
    own = [option for option in options if not isinstance(option, Words)]
    first = sum(isinstance(child, AnyPhrase) for child in compiled[:1])
    if len(own) != len(compiled) - first:
        return
    for at, option in enumerate(own, first):
        for kind, what, changed in _changed(option, compiled[at], keys):
            yield kind, what, replace(node, key=next(keys), options=_put(compiled, at, changed))


def _narrowed(node: InOrder, keys: count[int]) -> Iterator[Change]:
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
    return replace(link, join=Join.GAP, words=NARROW)


def _sign(link: Link) -> str:
    """A gap as patterns write it."""
    reach = str(link.words) if link.join is Join.GAP else link.join.value
    return f"{'~' if link.either else '..'}{reach}"


def _put(parts: tuple[Compiled, ...], at: int, changed: Compiled) -> tuple[Compiled, ...]:
    return (*parts[:at], changed, *parts[at + 1 :])
