"""A folded text with sentences, clauses and words; every offset leads back to the original."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from functools import cached_property, partial
from itertools import accumulate
from typing import NamedTuple

from monitor.domain.text.folding import CLAUSE_DASH, fold, is_unspaced
from monitor.domain.text.writing_systems import HAN_RANGE, KANA_RANGE, UNSPACED_RANGE

WORD_COST = 2
UNSPACED_COST = 1
"""Distances count in half words: two characters of a script without spaces make most Chinese words."""
MAX_SENTENCE = 1000
"""Characters. A longer run without a stop is cut to bound the work; no real sentence is as long."""

# Each expression begins with one class of characters, or with what most places of a text fail at once, as the engine
# looks for these quickly; with the branches first it took two to four times as long.
_STOP = re.compile(
    rf"[.!?。｡\n](?:(?<=[.!?])(?:[.!?]*[)\]]*(?=\s|$)|(?<=[!?])(?=[{KANA_RANGE}{HAN_RANGE}]))|(?<=[。｡])[)\]]*|(?<=\n))"
)
_LETTERS = rf"[^\W_{UNSPACED_RANGE}]+"
_WORD = re.compile(rf"(?P<unspaced>[{UNSPACED_RANGE}])|{_LETTERS}(?:(?<=\d)[.,](?=\d){_LETTERS})*")
_WORD_BEFORE = re.compile(r"([^\W_]+)\.+[)\]]*$")
_TITLES_AND_DATES = (
    "mr mrs ms dr prof st gen col capt lt sgt sen rep gov hon jr sr vs etc inc corp co ltd llc plc dept est approx"
    " jan feb mar apr jun jul aug sept sep oct nov dec mon tue tues wed thu thurs fri"
)
_ABBREVIATIONS = frozenset(_TITLES_AND_DATES.split())

# Where a clause ends inside a sentence. A word that opens a subordinate clause belongs to that clause. "as" opens one
# only if it is not part of "such as", "as well as", "as part of" and the like.
_SUBORDINATORS = (
    r"(?<!such )(?<!well )(?<!soon )(?<!much )(?<!long )(?<!far )(?<!known )(?<!same )"
    r"as(?! (?:well|much|many|part|soon|of|long|far|expected|low|high|little|early|a|an)\b)"
    r"|even as|after|despite|amid|amidst|while|although|though|because|unless|if|when|before|following|ahead of"
)
_BREAK = re.compile(
    rf"(?<![^\W_])(?=[abdefituwy])(?:(?P<sub>(?:{_SUBORDINATORS})(?![^\W_]))"
    # "Yet" is a conjunction but for "yet to sign", "not yet", "yet another" and at the end of its sentence ("no deal
    # yet").
    rf"|(?P<main>(?:but|(?<!not )(?<!never )(?<!as )yet(?! (?:to|another|again|more)\b)(?!\W*$))(?![^\W_])))"
    rf"|(?P<cut>[;{CLAUSE_DASH}，；]|:(?=\s|[^\x00-\x7f])| (?<=[{HAN_RANGE}] )(?=[{HAN_RANGE}]))"
)
_UNSPACED_SUBORDINATOR = re.compile(
    r"\s*(?:尽管|虽然|随着|由于|如果|若|为落实|鉴于|继|.{2,60}(?:之后|之际|之前|以来|期间|背景下|的同时)$|在.{1,60}[前后]$)"
)
_LEADING_SPACE = re.compile(r"[\s,，;:—\-]*")


class Sentence(NamedTuple):
    """A sentence at [start, end) of a folded text. question: it ends in a question mark."""

    start: int
    end: int
    question: bool


class TextClause(NamedTuple):
    """A part of a sentence at [start, end). subordinate: it opens with "after", "despite" or the like."""

    start: int
    end: int
    subordinate: bool


class SegmentedText:
    """One field of a story, folded once. Sentences, clauses and words are computed when first asked for. folded: the
    folded text. raw_span, folded_span: a span of the folded text in the original, and the reverse."""

    def __init__(self, raw: str) -> None:
        self.raw = raw
        both = fold(raw)
        self.folded, self.raw_span, self.folded_span = both.text, both.raw_span, both.folded_span

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        """The sentences; a run of words without a stop is cut into several."""
        text, start = self.folded, 0
        ends = list[tuple[int, int, bool]]()  # where each sentence ends, where the next one begins, whether it asks
        for stop in _STOP.finditer(text):
            following = stop.end()
            while following < len(text) and text[following].isspace():
                following += 1
            if stop[0].startswith(".") and stop.end() < len(text):
                before = _WORD_BEFORE.search(text, max(start, stop.start() - 12), stop.end())
                word = before[1] if before else ""
                is_number = word == "no" and text[following : following + 1].isdigit()
                is_initial = len(word) == 1 and word.isalpha() and not is_unspaced(word)
                if is_number or is_initial or word in _ABBREVIATIONS:
                    continue  # the full stop belongs to the word before it ("Nov.", "J.", "No. 5")
            ends.append((stop.end(), following, "?" in stop[0]))
            start = following
        if start < len(text) or not text:
            ends.append((len(text), len(text), False))
        sentences, start = list[Sentence](), 0
        for end, following, question in ends:
            while end - start > MAX_SENTENCE:  # cut at blanks where there are any
                cut = text.rfind(" ", start + 1, start + MAX_SENTENCE) + 1 or start + MAX_SENTENCE
                sentences.append(Sentence(start, cut, question))
                start = cut
            sentences.append(Sentence(start, end, question))
            start = following
        return tuple(sentences)

    @cached_property
    def clauses(self) -> tuple[TextClause, ...]:
        """The clauses of all sentences; at least one of each sentence is a main clause."""
        text, clauses = self.folded, list[TextClause]()
        for sentence in self.sentences:
            cuts: list[tuple[int, bool]] = [(sentence.start, False)]
            for match in _BREAK.finditer(text, sentence.start, sentence.end):
                subordinate = match.lastgroup == "sub"
                at = match.end() if match.lastgroup == "cut" else match.start()
                if subordinate and not text[cuts[-1][0] : at].strip():
                    # The sentence opens with a subordinate clause ("After the call, …"): its main clause follows the
                    # comma.
                    cuts[-1] = (cuts[-1][0], True)
                    comma = text.find(", ", match.end(), sentence.end)
                    if comma >= 0:
                        cuts.append((comma + 1, False))
                elif cuts[-1][0] < at < sentence.end:
                    cuts.append((at, subordinate))
            own = []
            for (start, subordinate), end in zip(cuts, [at for at, _ in cuts[1:]] + [sentence.end], strict=True):
                if end > start:
                    subordinate = subordinate or _UNSPACED_SUBORDINATOR.match(text[start:end].rstrip("，")) is not None
                    own.append(TextClause(start, end, subordinate))
            if all(clause.subordinate for clause in own):
                own = [TextClause(clause.start, clause.end, False) for clause in own]
            clauses += own
        return tuple(clauses)

    def sentence_at(self, position: int) -> Sentence:
        sentences = self.sentences
        return sentences[bisect_left(sentences, (position + 1,), 1) - 1] if len(sentences) > 1 else sentences[0]

    def clause_at(self, position: int) -> TextClause:
        clauses = self.clauses
        return clauses[bisect_left(clauses, (position + 1,), 1) - 1] if len(clauses) > 1 else clauses[0]

    def clause_span(self, position: int) -> tuple[int, int]:
        """Return the stretch of positions for which `clause_at` gives the same clause."""
        clauses = self.clauses
        following = bisect_left(clauses, (position + 1,), 1) if len(clauses) > 1 else 1
        end = clauses[following].start if following < len(clauses) else len(self.folded)
        return (clauses[following - 1].start if following > 1 else 0), end

    def is_clause_start(self, position: int) -> bool:
        """Tell whether a clause begins here, leading punctuation ignored."""
        clause = self.clause_at(position)
        skipped = _LEADING_SPACE.match(self.folded, clause.start)
        return position == (skipped.end() if skipped else clause.start)

    def distance(self, left: int, right: int) -> int:
        """Return the half words between two positions (see WORD_COST); 0 if `right` is not after `left`."""
        if right <= left:
            return 0
        starts, costs = self._words
        return costs[bisect_left(starts, right)] - costs[bisect_left(starts, left)]

    def reach_after(self, position: int, distance: int) -> int:
        """Return the last position within a number of half words after a position (see `distance`)."""
        starts, costs = self._words
        farthest = bisect_right(costs, costs[bisect_left(starts, position)] + distance) - 1
        return starts[farthest] if farthest < len(starts) else len(self.folded)

    def reach_before(self, position: int, distance: int) -> int:
        """Return the first position within a number of half words before a position (see `distance`)."""
        starts, costs = self._words
        farthest = bisect_left(costs, costs[bisect_left(starts, position)] - distance)
        return starts[farthest - 1] + 1 if farthest > 0 else 0

    @cached_property
    def words(self) -> tuple[tuple[int, int], ...]:
        """The spans of the words of scripts with spaces; a number keeps its decimals."""
        return tuple(match.span() for match in _WORD.finditer(self.folded) if not match.lastgroup)

    @cached_property
    def _words(self) -> tuple[list[int], list[int]]:
        words = list(_WORD.finditer(self.folded))
        own = [UNSPACED_COST if word.lastgroup else WORD_COST for word in words]
        return [word.start() for word in words], list(accumulate(own, initial=0))


FEW = 8
"""So many matches are looked through faster than a place among them is found."""


class Match(NamedTuple):
    """A match in folded text. parts: the phrases it is made of, in text order; head: where the word begins that the
    pattern marks with '!', or -1. It is a tuple because a near story makes hundreds of them, and a tuple is made in a
    third of a dataclass's time."""

    start: int
    end: int
    parts: tuple[tuple[int, int], ...]
    head: int = -1

    def joined(self, later: Match) -> Match:
        """Return this match and a later one as one match."""
        start, _, parts, head = self
        _, end, more, later_head = later
        return _new((start, end, parts + more, head if head > later_head else later_head))

    def with_head(self, head: int) -> Match:
        """Return this match with another head."""
        start, end, parts, _ = self
        return _new((start, end, parts, head))

    def merged(self, *others: Match) -> Match:
        """Return this match and others, in any order, as one. Words that two of them share count once."""
        start, end, own, head = self
        every = list(own)
        for other in others:
            first, last, more, other_head = other
            start, end, head = min(start, first), max(end, last), max(head, other_head)
            every += more
        every.sort()
        parts = every[:1]
        for part in every[1:]:
            if part[0] >= parts[-1][1]:
                parts.append(part)
        return _new((start, end, tuple(parts), head))


class Leaves(dict[tuple[int, int], Match]):
    """The matches that a single phrase gives, by place. Each is made once, since many patterns name the same words."""

    def __missing__(self, place: tuple[int, int]) -> Match:
        self[place] = match = _new((*place, (place,), -1))
        return match


_new: Callable[[tuple[int, int, tuple[tuple[int, int], ...], int]], Match] = partial(tuple.__new__, Match)
"""Makes a match of its four values, in a third of the time that the constructor takes."""


def matches_between(matches: list[Match], start: int, end: int) -> list[Match]:
    """Return the matches that begin in [start, end), of a list in order of place."""
    if len(matches) <= FEW:
        return [match for match in matches if start <= match[0] < end]
    return matches[bisect_left(matches, (start,)) : bisect_left(matches, (end,))]


def ordered(matches: list[Match]) -> list[Match]:
    """Return the matches in order of place, each (start, end) once: the first of the list."""
    if len(matches) < 2:
        return matches
    unique = {match[:2]: match for match in reversed(matches)}
    return [unique[place] for place in sorted(unique)]
