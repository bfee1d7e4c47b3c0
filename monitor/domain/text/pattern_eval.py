"""Compiled patterns evaluated over the phrase hits of a text."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from operator import attrgetter

from monitor.domain.text.automaton import PhraseHits
from monitor.domain.text.patterns import (
    NEAR,
    AtStart,
    Choice,
    Form,
    FoundValue,
    Head,
    InOrder,
    Link,
    Node,
    PhraseSet,
    Reach,
    RoleFrame,
    Together,
    Value,
    ValueKind,
    ValueReader,
    Window,
)
from monitor.domain.text.segments import FEW, WORD_COST, Leaves, Match, SegmentedText, matches_between, ordered

Places = Iterable[tuple[Match, ...]]
"""The filler of a role at each of its places, nearest first; one empty tuple for a role that is not named."""
_NOT_NAMED: Places = ((),)
DETERMINERS = "a|an|the|its|their|his|her|our|any|some|no|new|more|these|those|such"
DENIALS = "deny|denies|denied|dismiss|dismisses|dismissed|reject|rejects|rejected"
NOUNS_WITH_ON = (
    "ban|block|boycott|cap|clampdown|crackdown|curb|cut|embargo|freeze|halt|hike|hold|levy|limit|pause|probe|raid"
    "|squeeze|tax"
)
VERBS_WITH_OF = "accuse|approve|complain|dispose|speak|warn"
"""A form is a noun right after a determiner or a denial ("denies reports"), before "on" if it is one of these nouns,
and before "of" unless it is one of these verbs."""
_NOUN_BEFORE = re.compile(rf"(?<![^\W_])(?:{DETERMINERS}|{DENIALS})\s$")
_LONGEST_BEFORE = 1 + max(map(len, f"{DETERMINERS}|{DENIALS}".split("|")))
_NOUN_AFTER = re.compile(
    rf"(?:{NOUNS_WITH_ON})s?(?= on(?![^\W_]))|(?!(?:{VERBS_WITH_OF})s?(?![^\W_]))\S+(?= of(?![^\W_]))"
)
_AFTER_PREPOSITION = re.compile(
    r"(?<![^\W_])(?:of|in|on|over|for|from|with|by|after|amid|despite|during|about|against|without)\s$"
)
_BY = (" by ", " by the ")
"""Words right before the agent of a passive."""
MAX_EVENTS = 1_000
"""Events of one kind that are tried in one text. An estimate that bounds the work on a text that repeats them."""


def frames_in(text: SegmentedText, frame: RoleFrame, find: Callable[[Node], list[Match]]) -> list[Match]:
    """Every event of a frame that has its roles, joined with the nearest of them; its head is the event."""
    search = _FrameSearch(text, frame, find)
    window = Window.SENTENCE if frame.within is Window.SENTENCE else Window.CLAUSE
    readings = (
        (frame.verbs, search.active),
        (frame.participles, search.passive),
        (frame.nouns, search.nominal),
        (frame.unspaced, search.unspaced),
        (frame.phrases, search.phrase),
    )
    found = []
    for name, order in readings:
        for event in find(name)[:MAX_EVENTS] if name is not None else ():
            roles = next(order(event), None)
            # The filler of `via`: () if the frame does not name it, None if there is none.
            means = next(iter(search.around(frame.via, event, window)), None) if roles is not None else None
            if roles is not None and means is not None:
                head = event.start if event.head < 0 else event.head
                found.append(event.merged(*roles, *means).with_head(head))
    return found


@dataclass(frozen=True, slots=True)
class _FrameSearch:
    """The roles of one frame around an event. Each word order yields the named roles that it found, best first.

    An event E with agent A and patient P is read in these orders:

    * active: A … E … P; a patient put first is right before the agent ("beans China bought"); a form that is a noun
      is no verb ("its curbs"), and one that begins its sentence is an order and reports nothing ("Lift the tariffs");
    * passive: P … E(participle), the agent before the patient ("China's controls eased") or after "by";
    * nominal: the noun, A and P in any order, neighbours at most NEAR words apart ("China's suspension of the duty");
      a noun that may be a verb of the frame is none where nothing beside it says so ("profit slides on the duty");
    * in Chinese: A before E or before P in the sentence, P on either side of E, A after P if it is near;
    * as a phrase ("in force", "on track"): A and P on either side, as for a verb.

    A role that the frame does not name may be absent. Of several fillers of a role the nearest counts.
    """

    text: SegmentedText
    frame: RoleFrame
    find: Callable[[Node], list[Match]]

    def active(self, event: Match) -> Iterator[tuple[Match, ...]]:
        folded = self.text.folded
        words = folded[event.start : event.end]
        if not words.endswith(("ed", "ing")) and self._is_noun(event):  # other forms are none
            return
        if not words.partition(" ")[0].endswith(("s", "ed", "ing")):
            # A verb that begins its sentence in its bare form is a demand, which reports nothing.
            start = self.text.sentence_at(event.start).start
            if not any(map(str.isalnum, folded[start : event.start])):
                return
        for agent in self.around(self.frame.agent, event, after=False):
            for patient in self.around(self.frame.patient, event, before=False):
                yield *agent, *patient
        if self.frame.agent is not None and self.frame.patient is not None:  # "beans China bought"
            for agent in self.around(self.frame.agent, event, Window.NEAR, after=False):
                if folded[: agent[0].start].endswith(" in "):  # "sales in China undo the efforts"
                    continue
                for patient in self.around(self.frame.patient, agent[0], Window.NEAR, after=False):
                    yield *agent, *patient

    def passive(self, event: Match) -> Iterator[tuple[Match, ...]]:
        folded, agent = self.text.folded, self.frame.agent
        if agent is None:
            yield from self.around(self.frame.patient, event, after=False) if self.frame.patient is not None else ()
            return
        for patient in self.around(self.frame.patient, event, after=False):
            for ahead in self.around(agent, patient[0], Window.NEAR, after=False) if patient else ():
                yield *ahead, *patient
            for (behind,) in self.around(agent, event, before=False):
                if folded[max(0, behind.start - 8) : behind.start].endswith(_BY):
                    yield behind, *patient

    def nominal(self, event: Match) -> Iterator[tuple[Match, ...]]:
        if self._may_be_verb(event):
            return
        for patient in self.around(self.frame.patient, event, Window.NEAR):
            for agent in self._around_all(self.frame.agent, (event, *patient)):
                yield *agent, *patient
        for agent in self.around(self.frame.agent, event, Window.NEAR):
            for patient in self._around_all(self.frame.patient, (event, *agent)):
                yield *agent, *patient

    def unspaced(self, event: Match) -> Iterator[tuple[Match, ...]]:
        for patient in self.around(self.frame.patient, event):
            first = min((event, *patient), key=attrgetter("start"))
            for agent in self.around(self.frame.agent, first, Window.SENTENCE, after=False):
                yield *agent, *patient
            for agent in self.around(self.frame.agent, event, after=False):
                yield *agent, *patient
            for agent in self._around_all(self.frame.agent, (event, *patient)):
                yield *agent, *patient

    def phrase(self, event: Match) -> Iterator[tuple[Match, ...]]:
        for patient in self.around(self.frame.patient, event):
            for agent in self.around(self.frame.agent, event):
                yield *agent, *patient

    def _is_noun(self, event: Match) -> bool:
        """Whether a form is a noun by the words right before or behind it."""
        folded = self.text.folded
        before = folded[max(0, event.start - 1 - _LONGEST_BEFORE) : event.start]
        behind = _NOUN_AFTER.match(folded, event.start)
        return _NOUN_BEFORE.search(before) is not None or (behind is not None and behind.end() == event.end)

    def _may_be_verb(self, event: Match) -> bool:
        """Whether a noun is a verb of the frame as well, and the words beside it do not make it a noun: a role or a
        preposition right before it, "of" or "in" behind it, or nothing before it."""
        folded = self.text.folded
        verbs = self.find(self.frame.verbs) if self.frame.verbs is not None else []
        if folded.endswith("ing", event.start, event.end) or (event.start, event.end) not in {s[:2] for s in verbs}:
            return False
        before = folded[self.text.sentence_at(event.start).start : event.start]
        roles = {place.end for _, role in self.frame.roles for place in self.find(role)}
        noun = event.start - 1 in roles or _AFTER_PREPOSITION.search(before) or folded.startswith(" in ", event.end)
        return not noun and not self._is_noun(event) and any(map(str.isalnum, before))

    # ------------------------------------------------------------ places

    def _around_all(self, role: Node | None, others: tuple[Match, ...]) -> Places:
        """The fillers near one of these matches that overlap none of them."""
        near = dict.fromkeys(place for other in others for place in self.around(role, other, Window.NEAR))
        return [
            place
            for place in near
            if all(filler.end <= o.start or o.end <= filler.start for filler in place for o in others)
        ]

    def around(
        self, role: Node | None, other: Match, within: Window | None = None, *, after: bool = True, before: bool = True
    ) -> Places:
        """The fillers of a role after or before another match, within a window, the nearest first."""
        if role is None:
            return _NOT_NAMED
        at, end = other.start, other.end
        sentence = self.text.sentence_at(at)
        fillers = matches_between(self.find(role), sentence.start, sentence.end)
        later = [filler for filler in fillers if end <= filler[0]] if after else []
        earlier = [filler for filler in fillers if filler[1] <= at] if before else []
        if not (later or earlier):
            return []
        # The first position at which a filler before the match may end, and the last at which one after it may begin.
        first, last = sentence.start, sentence.end
        within = within or self.frame.within
        if within is not Window.SENTENCE:
            clause, last_clause = self.text.clause_span(at), self.text.clause_span(max(at, end - 1))
            first, last = max(first, clause[0] + 1), min(last, last_clause[1] - 1)
        if within is Window.NEAR:
            first = max(first, self.text.reach_before(at, NEAR * WORD_COST))
            last = min(last, self.text.reach_after(end, NEAR * WORD_COST))
        near = [filler for filler in later if filler[0] <= last]
        near += [filler for filler in earlier if first <= filler[1]]
        if len(near) > 1:
            near.sort(key=lambda filler: max(filler[0] - end, at - filler[1]))
        return [(filler,) for filler in near]


MAX_PAIRS = 1_000
"""Pairs of parts that one pattern joins in one text. An estimate: real texts have at most some hundred."""


@dataclass
class FieldView:
    """One field of one story under evaluation: its text, its phrase hits, and the computed matches by pattern key.
    read_values: None where no pattern asks for a value."""

    name: str
    text: SegmentedText
    hits: PhraseHits
    read_values: ValueReader | None = None
    _matches: dict[int, list[Match]] = field(default_factory=dict)
    _values: dict[ValueKind, tuple[tuple[FoundValue, Match], ...]] = field(default_factory=dict)
    _leaves: Leaves = field(default_factory=Leaves)
    _of_phrases: dict[int, list[Match]] = field(default_factory=dict)

    def values(self, kind: ValueKind) -> tuple[tuple[FoundValue, Match], ...]:
        """The dates or the amounts of the field, each with its place in the folded text."""
        if kind not in self._values:
            read = self.read_values(self.text.raw, kind) if self.read_values is not None else ()
            found = ((value, *self.text.folded_span(value.start, value.end)) for value in read)
            spans = ((value, Match(start, end, ((start, end),))) for value, start, end in found if start < end)
            self._values[kind] = tuple(spans)
        return self._values[kind]

    @cached_property
    def phrases_by_sentence(self) -> tuple[frozenset[int], ...]:
        """The phrases that begin in each sentence. A pattern matches within one sentence."""
        starts = [sentence.start for sentence in self.text.sentences]
        if len(starts) == 1:
            return (self._present,)
        phrases: list[set[int]] = [set() for _ in starts]
        for number, spans in self.hits.items():
            for start, _ in spans:
                phrases[bisect_right(starts, start, 1) - 1].add(number)
        return tuple(map(frozenset, phrases))

    @cached_property
    def _present(self) -> frozenset[int]:
        """The phrases of the field, as a set: Python intersects sets by the smaller one."""
        return frozenset(self.hits)

    def find(self, node: Node) -> list[Match]:
        """Every match of a pattern, in order, each (start, end) once; of a frame each event once."""
        matches = self._matches.get(node.key)
        if matches is None:
            matches = self._matches[node.key] = self._evaluated(node)
        return matches

    def _evaluated(self, node: Node) -> list[Match]:
        match node:
            case PhraseSet():
                return self._phrase_set(node)
            case Choice():
                return self._choice(node)
            case InOrder():
                return self._in_order(node)
            case Together():
                return self._together(node)
            case RoleFrame():
                participles = () if node.participles is None else (node.participles,)
                if not any(map(self.find, (*node.events, *participles))):
                    return []
                if not all(self.find(role) for _, role in node.roles):
                    return []
                return sorted(set(frames_in(self.text, node, self.find)))
            case Form():
                folded = self.text.folded
                return [self._leaves[place] for place in self.text.words if node.fits(folded[place[0] : place[1]])]
            case Value():
                return [span for value, span in self.values(node.kind) if node.fits(value)]
            case Head():
                return [span.with_head(span.start) for span in self.find(node.inner)]
            case AtStart():
                return [span for span in self.find(node.inner) if self.text.is_clause_start(span.start)]
        raise TypeError(f"not compiled: {node}")

    def words(self, span: Match) -> tuple[str, ...]:
        """The original words that a match is made of."""
        raw = (self.text.raw_span(start, end) for start, end in span.parts)
        return tuple(self.text.raw[start:end] for start, end in raw)

    def _phrase_set(self, node: PhraseSet) -> list[Match]:
        here, known = self._present & node.numbers, self._of_phrases
        for number in here:
            if number not in known:
                known[number] = list(map(self._leaves.__getitem__, self.hits[number]))
        if len(here) == 1:
            return known[next(iter(here))]
        return ordered([match for number in here for match in known[number]])

    def _choice(self, node: Choice) -> list[Match]:
        # Most options are ruled out by the few phrases that the text shares with any of them.
        here, found = self._present & node.others, list[list[Match]]()
        for option in node.options if here else node.always:
            tried = isinstance(option, PhraseSet) or not option.groups or not here.isdisjoint(option.rarest)
            if tried and (spans := self.find(option)):
                found.append(spans)
        if len(found) < 2:
            return found[0] if found else []
        return ordered([span for spans in found for span in spans])

    def _in_order(self, node: InOrder) -> list[Match]:
        if not all(map(self.find, node.parts)):
            return []
        spans = self.find(node.parts[0])
        for link, part in zip(node.links, node.parts[1:], strict=True):
            joined, others = list[Match](), self.find(part)
            for first in spans:
                joined += self._joined(first, link, others)
                if len(joined) > MAX_PAIRS:
                    break
            if not joined:
                return joined
            spans = ordered(joined)
        return spans

    def _together(self, node: Together) -> list[Match]:
        """Find parts in any order: one match for each place of the first part, with the nearest place of each other
        part. The more parts there are, the fewer places are tried: the product takes time."""
        if not all(map(self.find, node.parts)):
            return []
        found, others = list[Match](), [self.find(part) for part in node.parts[1:]]
        for joined in self.find(node.parts[0])[: MAX_PAIRS // len(others)]:
            at = joined.start
            start, end, _ = self.text.sentence_at(at)
            for matches in others:
                near = [match for match in matches_between(matches, start, end) if match[1] <= end]
                if not near:
                    break
                joined = joined.merged(min(near, key=lambda match: abs(match[0] - at)))
            else:
                found.append(joined)
        return ordered(found)

    def _joined(self, first: Match, link: Link, others: list[Match]) -> list[Match]:
        """A match joined to each of these that the link allows: after it, or on either side."""
        text, at, first_end = self.text, first[0], first[1]
        start, end, _ = text.sentence_at(at)
        last_start = first_end + text.folded.startswith(" ", first_end) if link.reach is Reach.ADJACENT else end
        if len(others) > FEW:
            others = matches_between(others, start if link.either else first_end, last_start + 1)
        after = [other for other in others if first_end <= other[0] <= last_start]
        before = [other for other in others if other[1] <= at] if link.either else []
        if not after and not before:
            return []
        if link.reach is Reach.CLAUSE:
            start, end = max(start, text.clause_span(first_end - 1)[0]), min(end, text.clause_span(at)[1])
        after = [other for other in after if other[1] <= end]
        before = [other for other in before if other[0] >= start]
        if link.reach is Reach.WORDS:
            if after:
                last_start = text.reach_after(first_end, link.words * WORD_COST)
                after = [other for other in after if other[0] <= last_start]
            if before:
                earliest_end = text.reach_before(at, link.words * WORD_COST)
                before = [other for other in before if other[1] >= earliest_end]
        return [first.joined(second) for second in after] + [second.joined(first) for second in before]
