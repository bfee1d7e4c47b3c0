"""Role frames in a text: the places where an event has its agent and its patient, whatever the order of the words.

An event E with agent A and patient P is read in these orders:

* active: A … E … P; a patient put first is right before the agent ("beans China bought"); a form that is a noun here is
  no
  verb ("its curbs", "curbs on chips"), and one that begins its sentence is an order, which reports nothing ("Lift the
  tariffs");
* passive: P … E(participle), the agent before the patient ("China's controls eased") or after "by";
* nominal: the noun, A and P in any order, neighbours at most NEAR words apart ("China's suspension of the duty");
* in Chinese: A before E or before P in the sentence, P on either side of E, A after P if it is near;
* as a phrase ("in force", "on track"): A and P on either side, as for a verb.

A role that the frame does not name may be absent. Of several fillers of a role the nearest counts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from operator import attrgetter

from monitor.domain.text.patterns import NEAR, Node, RoleFrame, Window
from monitor.domain.text.segments import WORD_COST, Match, SegmentedText, matches_between

Places = Iterable[tuple[Match, ...]]
"""The filler of a role at each of its places, nearest first; one empty tuple for a role that is not named."""
_NOT_NAMED: Places = ((),)
DETERMINERS = "a|an|the|its|their|his|her|our|any|some|no|new|more|these|those|such"
DENIALS = "deny|denies|denied|dismiss|dismisses|dismissed|reject|rejects|rejected"
NOUNS_WITH_ON = (
    "ban|block|boycott|cap|clampdown|crackdown|curb|cut|embargo|freeze|halt|hike|hold|levy|limit|pause|probe|raid|squeeze"
    "|tax"
)
VERBS_WITH_OF = "accuse|approve|complain|dispose|speak|warn"
"""A form is a noun right after a determiner or a denial ("denies reports"), before "on" if it is one of these nouns,
and before "of" unless it is one of these verbs."""
_NOUN_BEFORE = re.compile(rf"(?<![^\W_])(?:{DETERMINERS}|{DENIALS})\s$")
_LONGEST_BEFORE = 1 + max(map(len, f"{DETERMINERS}|{DENIALS}".split("|")))
_NOUN_AFTER = re.compile(
    rf"(?:{NOUNS_WITH_ON})s?(?= on(?![^\W_]))|(?!(?:{VERBS_WITH_OF})s?(?![^\W_]))\S+(?= of(?![^\W_]))"
)
_BY = (" by ", " by the ")
"""Words right before the agent of a passive."""
MAX_EVENTS = 1_000
"""Events of one kind that are tried in one text. An estimate that bounds the work on a text that repeats them."""


def frames_in(text: SegmentedText, frame: RoleFrame, find: Callable[[Node], list[Match]]) -> list[Match]:
    """Every event of a frame that has its roles, joined with the nearest of them; its head is the event."""
    search = _Search(text, frame, find)
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
            means = search.means(event) if roles is not None else None
            if roles is not None and means is not None:
                head = event.start if event.head < 0 else event.head
                found.append(event.merged(*roles, *means).with_head(head))
    return found


@dataclass(frozen=True, slots=True)
class _Search:
    """The roles of one frame around an event. Each word order yields the named roles that it found, best first."""

    text: SegmentedText
    frame: RoleFrame
    find: Callable[[Node], list[Match]]

    def active(self, event: Match) -> Iterator[tuple[Match, ...]]:
        if self._is_noun(event) or self._is_order(event):
            return
        for agent in self._before(self.frame.agent, event):
            for patient in self._around(self.frame.patient, event, before=False):
                yield *agent, *patient
        if self.frame.agent is not None and self.frame.patient is not None:  # "beans China bought"
            for agent in self._before(self.frame.agent, event, Window.NEAR):
                for patient in self._before(self.frame.patient, agent[0], Window.NEAR):
                    yield *agent, *patient

    def passive(self, event: Match) -> Iterator[tuple[Match, ...]]:
        if self.frame.patient is None:
            if self.frame.agent is not None:
                yield from self._after_by(self.frame.agent, event)
            return
        for patient in self._before(self.frame.patient, event):
            if self.frame.agent is None:
                yield patient
                continue
            for agent in self._before(self.frame.agent, patient[0], Window.NEAR):
                yield *agent, *patient
            for agent in self._after_by(self.frame.agent, event):
                yield *agent, *patient

    def nominal(self, event: Match) -> Iterator[tuple[Match, ...]]:
        for patient in self._around(self.frame.patient, event, Window.NEAR):
            for agent in self._around_all(self.frame.agent, (event, *patient)):
                yield *agent, *patient
        for agent in self._around(self.frame.agent, event, Window.NEAR):
            for patient in self._around_all(self.frame.patient, (event, *agent)):
                yield *agent, *patient

    def unspaced(self, event: Match) -> Iterator[tuple[Match, ...]]:
        for patient in self._around(self.frame.patient, event):
            first = min((event, *patient), key=attrgetter("start"))
            for agent in self._before(self.frame.agent, first, Window.SENTENCE):
                yield *agent, *patient
            for agent in self._before(self.frame.agent, event):
                yield *agent, *patient
            for agent in self._around_all(self.frame.agent, (event, *patient)):
                yield *agent, *patient

    def phrase(self, event: Match) -> Iterator[tuple[Match, ...]]:
        for patient in self._around(self.frame.patient, event):
            for agent in self._around(self.frame.agent, event):
                yield *agent, *patient

    def means(self, event: Match) -> tuple[Match, ...] | None:
        """The filler of `via`, () if the frame does not name it, None if there is none."""
        window = Window.SENTENCE if self.frame.within is Window.SENTENCE else Window.CLAUSE
        return next(iter(self._around(self.frame.via, event, window)), None)

    def _is_noun(self, event: Match) -> bool:
        """Tell whether a form that can be a verb or a noun is a noun here. No form in -ed or -ing is."""
        folded = self.text.folded
        if folded[event.start : event.end].endswith(("ed", "ing")):
            return False
        before = folded[max(0, event.start - 1 - _LONGEST_BEFORE) : event.start]
        behind = _NOUN_AFTER.match(folded, event.start)
        return _NOUN_BEFORE.search(before) is not None or (behind is not None and behind.end() == event.end)

    def _is_order(self, event: Match) -> bool:
        """Tell whether a verb begins its sentence in its bare form: a demand, which reports nothing."""
        folded, sentence = self.text.folded, self.text.sentence_at(event.start)
        first_word = folded[event.start : event.end].partition(" ")[0]
        begins = not any(map(str.isalnum, folded[sentence.start : event.start]))
        return begins and not first_word.endswith(("s", "ed", "ing"))

    # ------------------------------------------------------------ places

    def _before(self, role: Node | None, other: Match, within: Window | None = None) -> Places:
        return self._around(role, other, within, after=False)

    def _around_all(self, role: Node | None, others: tuple[Match, ...]) -> Places:
        """The fillers near one of these matches that overlap none of them."""
        near = dict.fromkeys(place for other in others for place in self._around(role, other, Window.NEAR))
        return [
            place
            for place in near
            if all(filler.end <= o.start or o.end <= filler.start for filler in place for o in others)
        ]

    def _after_by(self, role: Node | None, event: Match) -> Places:
        folded = self.text.folded
        places = self._around(role, event, before=False)
        return [at for at in places if not at or folded[max(0, at[0].start - 8) : at[0].start].endswith(_BY)]

    def _around(
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
        first, last = self._reach(other, within or self.frame.within)
        near = [filler for filler in later if filler[0] <= last]
        near += [filler for filler in earlier if first <= filler[1]]
        if len(near) > 1:
            near.sort(key=lambda filler: max(filler[0] - end, at - filler[1]))
        return [(filler,) for filler in near]

    def _reach(self, other: Match, within: Window) -> tuple[int, int]:
        """The first position at which a filler before a match may end, and the last at which one after it may begin."""
        sentence = self.text.sentence_at(other.start)
        start, end = sentence.start, sentence.end
        if within is not Window.SENTENCE:
            first, last = self.text.clause_span(other.start), self.text.clause_span(max(other.start, other.end - 1))
            start, end = max(start, first[0] + 1), min(end, last[1] - 1)
        if within is Window.NEAR:
            start = max(start, self.text.reach_before(other.start, NEAR * WORD_COST))
            end = min(end, self.text.reach_after(other.end, NEAR * WORD_COST))
        return start, end
