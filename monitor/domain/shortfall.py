"""Why a pattern does not stand although nearly all of it does: a gap too narrow, a clause border, the wrong order, the
wrong place in its clause, one group of words missing. Read from the compiled pattern, told in its author's words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

from monitor.domain.folding import is_unspaced
from monitor.domain.patterns import Join, Link
from monitor.domain.rules import Pattern
from monitor.domain.spans import ClauseStart, Compiled, HeadOf, InOrder, Span, View
from monitor.domain.text import WORD_COST

WORDS_SHORT = 3
"""A gap this many words too narrow is a near miss; a wider one is another sentence's affair."""
_ROOM = 10
"""Words that a missing group may leave a hole of, besides the gaps around it."""
_WIDER = {Join.ADJACENT: Link(Join.GAP, WORDS_SHORT), Join.CLAUSE: Link(Join.SENTENCE)}

_JOIN = re.compile(r"\.\.\.(?!\.)|…|(?:\.\.|~)(?:clause\b|sentence\b|\d*)")
_WORD = re.compile(r"(?:(?!\.\.|…)[^\s{}()|^~])+")
_CLOSING = {"{": "}", "/": "/"}


class Fault(StrEnum):
    """What kept a rule from firing."""

    NONE = "none"
    NEVER = "never"
    SHUT_OUT = "about.none"
    FRAME = "frame"
    GIVES_WAY = "gives way"
    CONDITION = "condition"
    ALL = "all"
    GAP = "gap"
    START = "start"
    CLAUSE = "clause"
    ORDER = "order"
    GROUP = "group"
    ABOUT = "about"


@dataclass(frozen=True, slots=True)
class Shortfall:
    """One way in which a pattern falls short. `clause` is the part of it at fault, as written; `span` is what stands;
    `short` counts the words by which a gap is too narrow; `missing` is the group of which nothing stands,
    and `groups` how many do."""

    fault: Fault
    clause: str
    detail: str
    span: Span
    short: int = 0
    missing: Compiled | None = None
    groups: int = 2


def shortfalls(view: View, pattern: Pattern, least: int = 2) -> Iterator[Shortfall]:
    """Every place of a field where the pattern stands but for one of its clauses. Empty where more than one is at
    fault, where fewer than `least` of its groups stand, and for patterns of a single group."""
    names = written_parts(pattern.source)
    node = pattern.node
    if isinstance(node, ClauseStart):
        yield from _not_at_start(view, node, names)
        node = node.inner
    while isinstance(node, HeadOf):
        node = node.inner
    if not isinstance(node, InOrder) or len(node.parts) != len(names):
        return
    missing = [number for number, part in enumerate(node.parts) if not view.find(part)]
    if not missing:
        yield from _misplaced(view, node, names)
    elif len(missing) == 1 and len(node.parts) > least:
        yield from _missing(view, node, names, missing[0])


# ---------------------------------------------------------------- all groups stand, not as they must


def _not_at_start(view: View, node: ClauseStart, names: tuple[str, ...]) -> Iterator[Shortfall]:
    for span in view.find(node.inner):
        if not view.text.is_clause_start(span.start):
            yield Shortfall(Fault.START, "^", f"{names[0]} does not begin its clause", span)


def _misplaced(view: View, node: InOrder, names: tuple[str, ...]) -> Iterator[Shortfall]:
    found = False
    for number, link in enumerate(node.links):
        wider = _widened(link)
        if wider is not None:
            links = (*node.links[:number], wider, *node.links[number + 1 :])
            for span in view.find(replace(node, key=_key(node, number), links=links)):
                if shortfall := _too_far(view, node, names, number, span):
                    found = True
                    yield shortfall
    if not found and len(node.parts) > 1:
        yield from _elsewhere(view, node, names)


def _widened(link: Link) -> Link | None:
    """The same link with room for a near miss; None for one that has no width."""
    if link.join is Join.GAP:
        return replace(link, words=link.words + WORDS_SHORT)
    wider = _WIDER.get(link.join)
    return replace(wider, either=link.either) if wider else None


def _too_far(view: View, node: InOrder, names: tuple[str, ...], number: int, span: Span) -> Shortfall | None:
    """What is wrong between two neighbours that only a wider link joins; None where the pattern stands as it is."""
    link, left, right = node.links[number], names[number], names[number + 1]
    clause = f"{left} {_sign(link)} {right}".replace("  ", " ")
    if link.join is Join.CLAUSE:
        apart = len({view.text.clause_at(start) for start, _ in span.parts}) > 1
        return (
            Shortfall(Fault.CLAUSE, clause, f"{left} and {right} stand in different clauses", span) if apart else None
        )
    distance = _distance(view, node, number, span)
    short = -(-(distance - link.words * WORD_COST) // WORD_COST)
    if short <= 0:
        return None
    takes = "must adjoin" if link.join is Join.ADJACENT else f"takes {_words(link.words)} between"
    return Shortfall(Fault.GAP, clause, f"{clause}: {takes}, found {-(-distance // WORD_COST)}", span, short)


def _sign(link: Link) -> str:
    """A link as it is written."""
    within = {Join.ADJACENT: "", Join.GAP: str(link.words)}.get(link.join, link.join.value)
    return f"{'~' if link.either else '..'}{within}" if within else ""


def _distance(view: View, node: InOrder, number: int, span: Span) -> int:
    """Half words between two neighbouring parts inside a span."""
    lefts = [s for s in view.find(node.parts[number]) if span.start <= s.start and s.end <= span.end]
    rights = [s for s in view.find(node.parts[number + 1]) if span.start <= s.start and s.end <= span.end]
    pairs = [(min(a.end, b.end), max(a.start, b.start)) for a in lefts for b in rights]
    if not node.links[number].either:
        pairs = [(a.end, b.start) for a in lefts for b in rights if a.end <= b.start]
    limit = node.links[number].words * WORD_COST
    distances = [view.text.distance(start, end) for start, end in pairs if start <= end]
    return min((d for d in distances if d > limit), default=limit)


def _words(count: int) -> str:
    return f"{count} word{'' if count == 1 else 's'}"


def _elsewhere(view: View, node: InOrder, names: tuple[str, ...]) -> Iterator[Shortfall]:
    """One group of the pattern stands in the sentence, but on the wrong side of its neighbours."""
    for number in range(len(node.parts)):
        for span in _without(view, node, number):
            sentence = view.text.sentence_at(span.start)
            name, others = names[number], [n for at, n in enumerate(names) if at != number]
            for part in view.find(node.parts[number]):
                if not sentence.start <= part.start < sentence.end or part.end > sentence.end:
                    continue
                if number < len(others) and part.start >= span.end:
                    yield Shortfall(Fault.ORDER, name, f"{name} stands after {others[number]}", span)
                elif number > 0 and part.end <= span.start:
                    yield Shortfall(Fault.ORDER, name, f"{name} stands before {others[number - 1]}", span)


# ---------------------------------------------------------------- one group is missing


def _missing(view: View, node: InOrder, names: tuple[str, ...], number: int) -> Iterator[Shortfall]:
    name, part = names[number], node.parts[number]
    if not _of_another_script(name, view.text.raw):
        for span in _without(view, node, number):
            yield Shortfall(Fault.GROUP, name, f"nothing of {name}", span, 0, part, len(node.parts) - 1)


def _of_another_script(written: str, text: str) -> bool:
    """Whether words written out in a pattern are of the language that a text is not in. A set may hold both."""
    return "{" not in written and any(map(is_unspaced, written)) is not any(map(is_unspaced, text))


def _without(view: View, node: InOrder, number: int) -> list[Span]:
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


def _key(node: Compiled, change: int) -> int:
    """A key of its own for each change to a node: the compiler numbers upwards from 1, so nothing else is below 0."""
    return -(node.key * 256 + 128 + change)


# ---------------------------------------------------------------- a pattern as it was written


@lru_cache(maxsize=4096)
def written_parts(source: str) -> tuple[str, ...]:
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
