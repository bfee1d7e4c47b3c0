"""Why a pattern does not stand although nearly all of it does: a gap too narrow, a clause border, the wrong order, the
wrong place in its clause, one group of words missing. Read from the compiled pattern, named as its author wrote it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

from monitor.domain.matching.rules import CompiledPattern
from monitor.domain.text.folding import is_unspaced
from monitor.domain.text.pattern_eval import Anchor, ClauseStart, CompiledNode, FieldView, InOrder, Match
from monitor.domain.text.pattern_syntax import Join, Link
from monitor.domain.text.segments import WORD_COST

MAX_WORDS_SHORT = 3
"""A gap this many words too narrow is a near miss; a wider one is another sentence's affair."""
_ROOM = 10
"""Words that a missing group may leave a hole of, besides the gaps around it."""
_WIDER = {Join.ADJACENT: Link(Join.GAP, MAX_WORDS_SHORT), Join.CLAUSE: Link(Join.SENTENCE)}

_JOIN = re.compile(r"\.\.\.(?!\.)|…|(?:\.\.|~)(?:clause\b|sentence\b|\d*)")
_WORD = re.compile(r"(?:(?!\.\.|…)[^\s{}()|^~])+")
_CLOSING = {"{": "}", "/": "/"}


class MismatchKind(StrEnum):
    """What keeps a pattern from standing. The values are those of `fault` in the JSON of near misses."""

    GAP = "gap"
    START = "start"
    CLAUSE = "clause"
    ORDER = "order"
    GROUP = "group"
    ABOUT = "about"
    """Of an act that stands: a pattern of `about` does not stand beside it."""


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One way in which a pattern does not stand although nearly all of it does.

    clause: the part of it at fault, as written; groups: the groups at fault, as written; span: what stands.
    Of a gap: `allowed` words may stand in it (None: its groups must adjoin), `found` do, which is `short` too many.
    Of an order: `stands_after` tells on which side of the second group the first one stands.
    Of a missing group: `missing` is the group, of the others `standing` stand.
    """

    kind: MismatchKind
    clause: str
    groups: tuple[str, ...]
    span: Match
    allowed: int | None = None
    found: int = 0
    short: int = 0
    stands_after: bool = False
    missing: CompiledNode | None = None
    standing: int = 2


def mismatches(view: FieldView, pattern: CompiledPattern, least: int = 2) -> Iterator[Mismatch]:
    """Every place of a field where the pattern stands but for one of its clauses. Empty where more than one is at
    fault, where fewer than `least` of its groups stand, and for patterns of a single group."""
    names = source_groups(pattern.source)
    node = pattern.node
    if isinstance(node, ClauseStart):
        for span in view.find(node.inner):
            if not view.text.is_clause_start(span.start):
                yield Mismatch(MismatchKind.START, "^", names[:1], span)
        node = node.inner
    while isinstance(node, Anchor):
        node = node.inner
    if not isinstance(node, InOrder) or len(node.parts) != len(names):
        return
    missing = [number for number, part in enumerate(node.parts) if not view.find(part)]
    if not missing:
        yield from _misplaced(view, node, names)
    elif len(missing) == 1 and len(node.parts) > least:
        yield from _missing(view, node, names, missing[0])


# ---------------------------------------------------------------- all groups stand, not as they must


def _misplaced(view: FieldView, node: InOrder, names: tuple[str, ...]) -> Iterator[Mismatch]:
    found = False
    for number, link in enumerate(node.links):
        wider = _widened(link)
        if wider is not None:
            links = (*node.links[:number], wider, *node.links[number + 1 :])
            for span in view.find(replace(node, key=_key(node, number), links=links)):
                if mismatch := _too_far(view, node, names, number, span):
                    found = True
                    yield mismatch
    if not found and len(node.parts) > 1:
        yield from _elsewhere(view, node, names)


def _widened(link: Link) -> Link | None:
    """The same link with room for a near miss; None for one that has no width."""
    if link.join is Join.GAP:
        return replace(link, words=link.words + MAX_WORDS_SHORT)
    wider = _WIDER.get(link.join)
    return replace(wider, either=link.either) if wider else None


def _too_far(view: FieldView, node: InOrder, names: tuple[str, ...], number: int, span: Match) -> Mismatch | None:
    """What is wrong between two neighbours that only a wider link joins; None where the pattern stands as it is."""
    link, groups = node.links[number], names[number : number + 2]
    clause = " ".join(filter(None, (groups[0], _sign(link), groups[1])))
    if link.join is Join.CLAUSE:
        apart = len({view.text.clause_at(start) for start, _ in span.parts}) > 1
        return Mismatch(MismatchKind.CLAUSE, clause, groups, span) if apart else None
    distance = _distance(view, node, number, span)
    short = -(-(distance - link.words * WORD_COST) // WORD_COST)
    if short <= 0:
        return None
    allowed = None if link.join is Join.ADJACENT else link.words
    return Mismatch(MismatchKind.GAP, clause, groups, span, allowed, -(-distance // WORD_COST), short)


def _sign(link: Link) -> str:
    """A link as it is written; '' for words that adjoin."""
    within = {Join.ADJACENT: "", Join.GAP: str(link.words)}.get(link.join, link.join.value)
    return f"{'~' if link.either else '..'}{within}" if within else ""


def _distance(view: FieldView, node: InOrder, number: int, span: Match) -> int:
    """Half words between two neighbouring parts inside a span."""
    lefts = [s for s in view.find(node.parts[number]) if span.start <= s.start and s.end <= span.end]
    rights = [s for s in view.find(node.parts[number + 1]) if span.start <= s.start and s.end <= span.end]
    pairs = [(min(a.end, b.end), max(a.start, b.start)) for a in lefts for b in rights]
    if not node.links[number].either:
        pairs = [(a.end, b.start) for a in lefts for b in rights if a.end <= b.start]
    limit = node.links[number].words * WORD_COST
    distances = [view.text.distance(start, end) for start, end in pairs if start <= end]
    return min((d for d in distances if d > limit), default=limit)


def _elsewhere(view: FieldView, node: InOrder, names: tuple[str, ...]) -> Iterator[Mismatch]:
    """One group of the pattern stands in the sentence, but on the wrong side of its neighbours."""
    for number in range(len(node.parts)):
        for span in _without(view, node, number):
            sentence = view.text.sentence_at(span.start)
            name, others = names[number], [n for at, n in enumerate(names) if at != number]
            for part in view.find(node.parts[number]):
                if not sentence.start <= part.start < sentence.end or part.end > sentence.end:
                    continue
                if number < len(others) and part.start >= span.end:
                    yield Mismatch(MismatchKind.ORDER, name, (name, others[number]), span, stands_after=True)
                elif number > 0 and part.end <= span.start:
                    yield Mismatch(MismatchKind.ORDER, name, (name, others[number - 1]), span)


# ---------------------------------------------------------------- one group is missing


def _missing(view: FieldView, node: InOrder, names: tuple[str, ...], number: int) -> Iterator[Mismatch]:
    name, part = names[number], node.parts[number]
    if not _of_another_script(name, view.text.raw):
        for span in _without(view, node, number):
            yield Mismatch(MismatchKind.GROUP, name, (name,), span, missing=part, standing=len(node.parts) - 1)


def _of_another_script(written: str, text: str) -> bool:
    """Whether words written out in a pattern are of the language that a text is not in. A set may hold both."""
    return "{" not in written and any(map(is_unspaced, written)) is not any(map(is_unspaced, text))


def _without(view: FieldView, node: InOrder, number: int) -> list[Match]:
    """Where the pattern stands if one of its parts is left out."""
    parts = node.parts[:number] + node.parts[number + 1 :]
    if len(parts) == 1:
        return view.find(parts[0])
    links = node.links[1:] if number == 0 else node.links[: number - 1]
    if 0 < number < len(node.links):
        links = (*links, _bridge(*node.links[number - 1 : number + 1]), *node.links[number + 1 :])
    return view.find(InOrder(_key(node, -1 - number), parts, links))


def _bridge(left: Link, right: Link) -> Link:
    """The link between the neighbours of a missing part."""
    joins = (left.join, right.join)
    wide = next((join for join in (Join.SENTENCE, Join.CLAUSE) if join in joins), None)
    return Link(wide) if wide else Link(Join.GAP, left.words + right.words + _ROOM)


def _key(node: CompiledNode, change: int) -> int:
    """A key of its own for each change to a node: the compiler numbers upwards from 1, so nothing else is below 0."""
    return -(node.key * 256 + 128 + change)


# ---------------------------------------------------------------- a pattern as it was written


@lru_cache(maxsize=4096)
def source_groups(source: str) -> tuple[str, ...]:
    """The groups of a pattern as its author wrote them, without the gaps between them."""
    parts, may_merge, at = list[str](), False, 0
    while at < len(source):
        if source[at] in " ^":
            at += 1
            continue
        end = _end_of_piece(source, at)
        piece = source[at:end]
        if _JOIN.fullmatch(piece):
            may_merge = False
        else:
            plain = piece[0] not in "!({/"
            if may_merge and plain:
                parts[-1] += f" {piece}"
            else:
                parts.append(piece)
            may_merge = plain and not piece.endswith("*")
        at = end
    return tuple(parts)


def _end_of_piece(source: str, at: int) -> int:
    """Where the join, word, set, group or word regex that begins at `at` ends."""
    start = at + 1 if source[at] == "!" else at
    opening = source[start : start + 1]
    if opening == "(":
        return _past_group(source, start)
    if opening in _CLOSING:
        return (source.find(_CLOSING[opening], start + 1) + 1) or len(source)
    found = _JOIN.match(source, start) or _WORD.match(source, start)
    return found.end() if found else start + 1


def _past_group(source: str, at: int) -> int:
    depth = 0
    for end in range(at, len(source)):
        depth += (source[end] == "(") - (source[end] == ")")
        if depth == 0:
            return end + 1
    return len(source)
