"""Partial matches: why a pattern fails although nearly all of it matches. A gap is too narrow, a clause border
intervenes, the order is wrong, it does not begin its clause, or one group of words is missing.

Computed from the compiled pattern, with the groups as its author wrote them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

from monitor.domain.matching.rules import CompiledPattern
from monitor.domain.text.folding import is_unspaced
from monitor.domain.text.pattern_eval import FieldView
from monitor.domain.text.patterns import AtStart, Head, InOrder, Link, Node, Reach, RoleFrame
from monitor.domain.text.segments import WORD_COST, Sentence
from monitor.domain.text.spans import Match

MAX_WORDS_SHORT = 3
"""A gap at most this many words too narrow is a near miss. An estimate: a wider one mostly joins unrelated words."""
FRAME_SEPARATOR = " · "
"""Between the roles of a frame in the text of its pattern: "event {buy} · agent {cn}"."""
_ROOM = 10
"""Words allowed in place of a missing group, in addition to the gaps around it. An estimate."""

_GAP = re.compile(r"\.\.\.|\.\.(?:near\b|sentence\b|\d+)|~(?:near|clause|sentence)\b")
_PIECE = re.compile(rf"\{{[^}}]*\}}?|<[^>]*>?|/[^/]*/?|{_GAP.pattern}|(?:(?!\.\.|…)[^\s{{}}()|^~])+")
"""A set, a word form, a gap or a word. Brackets may be nested, so they are counted."""


class MismatchKind(StrEnum):
    """Why a pattern fails. The values are those of `fault` in the JSON of near misses."""

    GAP = "gap"
    START = "start"
    CLAUSE = "clause"
    ORDER = "order"
    GROUP = "group"
    ROLE = "role"
    """Of a frame: its event or one of its roles is missing in the sentence."""
    ROLES = "roles"
    """Of a frame: all parts are in the sentence, but in no valid order or window."""
    ABOUT = "about"
    """Of an act that matches: a pattern of `about` is missing."""


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One reason why a pattern fails although nearly all of it matches.

    clause: the part at fault, as written; groups: the groups at fault, as written; span: the place of the rest.
    Of a gap: it allows `allowed` words (None: its groups must adjoin) and has `found`, which is `short` too many.
    Of an order: `stands_after` is whether the first group comes after the second.
    Of a missing group: `missing` is the group; `standing` is the number of groups that occur.
    """

    kind: MismatchKind
    clause: str
    groups: tuple[str, ...]
    span: Match
    allowed: int | None = None
    found: int = 0
    short: int = 0
    stands_after: bool = False
    missing: Node | None = None
    standing: int = 2


def mismatches(view: FieldView, pattern: CompiledPattern, least: int = 2) -> Iterator[Mismatch]:
    """Every place of a field where the pattern fails because of one of its clauses. Empty if more than one is at fault,
    if fewer than `least` of its groups occur, and for patterns of a single group."""
    node = pattern.node
    if isinstance(node, RoleFrame):
        yield from _frame_mismatches(view, node, pattern.source, least)
        return
    names = source_groups(pattern.source)
    if isinstance(node, AtStart):
        for span in view.find(node.inner):
            if not view.text.is_clause_start(span.start):
                yield Mismatch(MismatchKind.START, "^", names[:1], span)
        node = node.inner
    while isinstance(node, Head):
        node = node.inner
    if not isinstance(node, InOrder) or len(node.parts) != len(names):
        return
    missing = [number for number, part in enumerate(node.parts) if not view.find(part)]
    if not missing:
        far = list(_too_far(view, node, names))
        yield from far or _misplaced(view, node, names)
    elif len(missing) == 1 and len(node.parts) > least:
        number = missing[0]
        name, part = names[number], node.parts[number]
        # Words in a pattern belong to one language, and a text in the other never contains them. A set may have both.
        other_script = any(map(is_unspaced, name)) is not any(map(is_unspaced, view.text.raw))
        if "{" in name or not other_script:
            for span in _without(view, node, number):
                yield Mismatch(MismatchKind.GROUP, name, (name,), span, missing=part, standing=len(node.parts) - 1)


def frame_roles(node: RoleFrame, source: str) -> Iterator[tuple[str, str, tuple[Node, ...]]]:
    """The event and the roles of a frame: name, text as written, and the possible nodes."""
    written = dict(part.split(" ", 1) for part in source.split(FRAME_SEPARATOR) if " " in part)
    yield "event", written.get("event", ""), node.events
    for name, role in node.roles:
        yield name, written.get(name, ""), (role,)


def roles_found(view: FieldView, node: RoleFrame, source: str, sentence: Sentence) -> dict[str, list[Match]]:
    """The places of the event and of each role of a frame in a sentence; an empty list for a missing one."""
    return {
        name: [
            match
            for part in nodes
            for match in view.find(part)
            if sentence.start <= match.start and match.end <= sentence.end
        ]
        for name, _, nodes in frame_roles(node, source)
    }


def _frame_mismatches(view: FieldView, node: RoleFrame, source: str, least: int) -> Iterator[Mismatch]:
    """Each sentence in which one role of a frame is missing, or all of them are in no valid order."""
    written = {name: f"{name} {text}" for name, text, _ in frame_roles(node, source)}
    parts = {name: nodes for name, _, nodes in frame_roles(node, source)}
    if len(parts) < 2 or view.find(node):
        return
    for sentence in view.text.sentences:
        found = roles_found(view, node, source, sentence)
        standing = [places[0] for places in found.values() if places]
        lacking = [name for name, places in found.items() if not places]
        if len(standing) < least:
            continue
        span = standing[0].merged(*standing[1:])
        if not lacking:
            yield Mismatch(MismatchKind.ROLES, FRAME_SEPARATOR.join(written.values()), tuple(written.values()), span)
        elif len(lacking) == 1:
            name = lacking[0]
            groups, missing = (written[name],), parts[name][0]
            yield Mismatch(MismatchKind.ROLE, written[name], groups, span, missing=missing, standing=len(standing))


def _too_far(view: FieldView, node: InOrder, names: tuple[str, ...]) -> Iterator[Mismatch]:
    """Neighbouring groups that only a wider link joins: more words between them, or a clause border."""
    for number, link in enumerate(node.links):
        match link.reach:
            case Reach.WORDS:
                wider, sign = replace(link, words=link.words + MAX_WORDS_SHORT), f"..{link.words} "
            case Reach.ADJACENT:
                wider, sign = Link(Reach.WORDS, MAX_WORDS_SHORT), ""
            case Reach.CLAUSE:
                wider, sign = Link(Reach.SENTENCE, either=link.either), "... "
            case Reach.SENTENCE:
                continue
        if link.either:
            sign = "~near " if link.reach is Reach.WORDS else "~clause "
        groups = names[number : number + 2]
        clause = f"{groups[0]} {sign}{groups[1]}"
        links = (*node.links[:number], wider, *node.links[number + 1 :])
        for span in view.find(replace(node, links=links).numbered(_key(node, number), node.groups)):
            if link.reach is Reach.CLAUSE:
                if len({view.text.clause_at(start) for start, _ in span.parts}) > 1:
                    yield Mismatch(MismatchKind.CLAUSE, clause, groups, span)
                continue
            distance = _distance(view, node, number, span)
            short = -(-(distance - link.words * WORD_COST) // WORD_COST)
            if short > 0:
                allowed = None if link.reach is Reach.ADJACENT else link.words
                yield Mismatch(MismatchKind.GAP, clause, groups, span, allowed, -(-distance // WORD_COST), short)


def _distance(view: FieldView, node: InOrder, number: int, span: Match) -> int:
    """Half words between two neighbouring parts: the smallest distance over the limit of their link, or the limit."""
    lefts, rights = (
        [inner for inner in view.find(part) if span.start <= inner.start and inner.end <= span.end]
        for part in node.parts[number : number + 2]
    )
    limit = node.links[number].words * WORD_COST
    distances = []
    for left in lefts:
        for right in rights:
            start, end = left.end, right.start
            if node.links[number].either:
                start, end = min(left.end, right.end), max(left.start, right.start)
            if start <= end:
                distances.append(view.text.distance(start, end))
    return min((distance for distance in distances if distance > limit), default=limit)


def _misplaced(view: FieldView, node: InOrder, names: tuple[str, ...]) -> Iterator[Mismatch]:
    """One group of the pattern is in the sentence, but on the wrong side of its neighbours."""
    for number, name in enumerate(names if len(node.parts) > 1 else ()):
        others = names[:number] + names[number + 1 :]
        for span in _without(view, node, number):
            sentence = view.text.sentence_at(span.start)
            for part in view.find(node.parts[number]):
                if not sentence.start <= part.start < sentence.end or part.end > sentence.end:
                    continue
                if number < len(others) and part.start >= span.end:
                    yield Mismatch(MismatchKind.ORDER, name, (name, others[number]), span, stands_after=True)
                elif number > 0 and part.end <= span.start:
                    yield Mismatch(MismatchKind.ORDER, name, (name, others[number - 1]), span)


def _without(view: FieldView, node: InOrder, number: int) -> list[Match]:
    """The places where the pattern matches without one of its parts."""
    parts = node.parts[:number] + node.parts[number + 1 :]
    if len(parts) == 1:
        return view.find(parts[0])
    links = node.links[1:] if number == 0 else node.links[: number - 1]
    if 0 < number < len(node.links):
        left, right = node.links[number - 1 : number + 1]
        bridge = Link(Reach.WORDS, left.words + right.words + _ROOM)
        for reach in (Reach.CLAUSE, Reach.SENTENCE):  # the wider of the two comes last
            if reach in (left.reach, right.reach):
                bridge = Link(reach)
        links = (*links, bridge, *node.links[number + 1 :])
    return view.find(InOrder(parts, links).numbered(_key(node, -1 - number), ()))


def _key(node: Node, change: int) -> int:
    """A key of its own for each change to a node. The compiler numbers upwards from 1, so no other key is below 0."""
    return -(node.key * 256 + 128 + change)


# ---------------------------------------------------------------- a pattern as it was written


@lru_cache(maxsize=4096)
def source_groups(source: str) -> tuple[str, ...]:
    """The groups of a pattern as its author wrote them, without gaps. Words that adjoin are one group."""
    groups, may_merge, at = list[str](), False, 0
    while at < len(source):
        if source[at] in " ^":
            at += 1
            continue
        start = at + 1 if source[at] == "!" else at
        found = _PIECE.match(source, start)
        end = found.end() if found else start + 1
        if source[start : start + 1] == "(":
            depth, end = 0, start
            while end < len(source) and (depth or end == start):
                depth += (source[end] == "(") - (source[end] == ")")
                end += 1
        piece, at = source[at:end], end
        if _GAP.fullmatch(piece):
            may_merge = False
            continue
        plain = piece[0] not in "!({/<"
        if may_merge and plain:
            groups[-1] += f" {piece}"
        else:
            groups.append(piece)
        may_merge = plain and not piece.endswith("*")
    return tuple(groups)
