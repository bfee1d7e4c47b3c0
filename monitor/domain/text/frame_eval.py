"""Role frames in a text: the places where an event stands with its agent and its patient, whatever the order of the words.

An event E with agent A and patient P stands as

* active: A … E … P; a patient put first stands right before the agent ("beans China bought"); a form that is a noun here is no
  verb ("its curbs", "curbs on chips"), and one that begins its sentence is an order, which reports nothing ("Lift the tariffs");
* passive: P … E(participle), the agent before the patient ("China's controls eased") or behind "by";
* nominal: the noun, A and P in any order, neighbours at most NEAR words apart ("China's suspension of the duty");
* in Chinese: A before E or before P in the sentence, P on either side of E, A behind P where it stands near;
* as a phrase ("in force", "on track"): A and P on either side, as for a verb.

A role that the frame does not name need not stand. Of several fillers of a role the nearest counts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple, TypeAlias

from monitor.domain.text.pattern_syntax import NEAR, Window
from monitor.domain.text.segments import WORD_COST, SegmentedText
from monitor.domain.text.spans import Match, matches_between

Fillers: TypeAlias = list[Match] | None
"""The places where a role may stand; None where the frame does not name the role."""
Places: TypeAlias = Iterable[tuple[Match, ...]]
"""The filler of a role at each of its places, the nearest first; nothing, once, for a role that the frame does not name."""
_NOT_NAMED: Places = ((),)
DETERMINERS = (
    "a",
    "an",
    "the",
    "its",
    "their",
    "his",
    "her",
    "our",
    "any",
    "some",
    "no",
    "new",
    "more",
    "these",
    "those",
    "such",
)
DENIALS = ("deny", "denies", "denied", "dismiss", "dismisses", "dismissed", "reject", "rejects", "rejected")
NOUNS_WITH_ON = (
    "ban",
    "block",
    "boycott",
    "cap",
    "clampdown",
    "crackdown",
    "curb",
    "cut",
    "embargo",
    "freeze",
    "halt",
    "hike",
    "hold",
    "levy",
    "limit",
    "pause",
    "probe",
    "raid",
    "squeeze",
    "tax",
)
VERBS_WITH_OF = ("accuse", "approve", "complain", "dispose", "speak", "warn")
"""A form is a noun right behind a determiner or a denial ("denies reports"), before "on" if it is one of these nouns, and before "of" unless it is one of these
verbs."""
_NOUN_BEFORE = re.compile(rf"(?<![^\W_])(?:{'|'.join((*DETERMINERS, *DENIALS))})\s$")
_LONGEST_BEFORE = 1 + max(map(len, (*DETERMINERS, *DENIALS)))
_NOUN_AFTER = re.compile(
    rf"(?:{'|'.join(NOUNS_WITH_ON)})s?(?= on(?![^\W_]))|(?!(?:{'|'.join(VERBS_WITH_OF)})s?(?![^\W_]))\S+(?= of(?![^\W_]))"
)
_BY = (" by ", " by the ")
"""Words right before the agent of a passive."""


MAX_EVENTS = 1_000
"""Events of one kind that are looked at in one text. An estimate that bounds the work on a text that repeats them."""


class FrameParts(NamedTuple):
    """The matches of the parts of one frame in a text, each list in order of place."""

    verbs: list[Match]
    participles: list[Match]
    nouns: list[Match]
    unspaced: list[Match]
    phrases: list[Match]
    agent: Fillers
    patient: Fillers
    via: Fillers


def frames_in(text: SegmentedText, parts: FrameParts, within: Window) -> list[Match]:
    """Return every event of a frame that stands with its roles, joined with the nearest of them; its head is the event."""
    search = _Search(text, parts, within)
    readings: tuple[tuple[list[Match], Callable[[Match], Iterator[tuple[Match, ...]]]], ...] = (
        (parts.verbs, search.active),
        (parts.participles, search.passive),
        (parts.nouns, search.nominal),
        (parts.unspaced, search.unspaced),
        (parts.phrases, search.phrase),
    )
    found = []
    for events, ways in readings:
        for event in events[:MAX_EVENTS]:
            roles = next(ways(event), None)
            means = search.means(event) if roles is not None else None
            if roles is not None and means is not None:
                head = event.start if event.head < 0 else event.head
                found.append(event.merged(*roles, *means).with_head(head))
    return found


class _Search(NamedTuple):
    """Where the roles of one frame stand around an event. Each way yields the roles that it found, the best first; the roles
    that the frame does not name are left out."""

    text: SegmentedText
    parts: FrameParts
    within: Window

    def active(self, event: Match) -> Iterator[tuple[Match, ...]]:
        if self._is_noun(event) or self._is_order(event):
            return
        for agent in self._before(self.parts.agent, event):
            for patient in self._after(self.parts.patient, event):
                yield *agent, *patient
        if self.parts.agent is not None and self.parts.patient is not None:  # "beans China bought"
            for agent in self._before(self.parts.agent, event, Window.NEAR):
                for patient in self._before(self.parts.patient, agent[0], Window.NEAR):
                    yield *agent, *patient

    def passive(self, event: Match) -> Iterator[tuple[Match, ...]]:
        if self.parts.patient is None:
            for agent in self._behind_by(self.parts.agent, event) if self.parts.agent is not None else ():
                yield agent
            return
        for patient in self._before(self.parts.patient, event):
            if self.parts.agent is None:
                yield patient
                continue
            for agent in self._before(self.parts.agent, patient[0], Window.NEAR):
                yield *agent, *patient
            for agent in self._behind_by(self.parts.agent, event):
                yield *agent, *patient

    def nominal(self, event: Match) -> Iterator[tuple[Match, ...]]:
        for patient in self._around(self.parts.patient, event, Window.NEAR):
            for agent in self._around_all(self.parts.agent, (event, *patient)):
                yield *agent, *patient
        for agent in self._around(self.parts.agent, event, Window.NEAR):
            for patient in self._around_all(self.parts.patient, (event, *agent)):
                yield *agent, *patient

    def unspaced(self, event: Match) -> Iterator[tuple[Match, ...]]:
        for patient in self._around(self.parts.patient, event):
            first = min((event, *patient), key=_start)
            for agent in self._before(self.parts.agent, first, Window.SENTENCE):
                yield *agent, *patient
            for agent in self._before(self.parts.agent, event):
                yield *agent, *patient
            for agent in self._around_all(self.parts.agent, (event, *patient)):
                yield *agent, *patient

    def phrase(self, event: Match) -> Iterator[tuple[Match, ...]]:
        for patient in self._around(self.parts.patient, event):
            for agent in self._around(self.parts.agent, event):
                yield *agent, *patient

    def means(self, event: Match) -> tuple[Match, ...] | None:
        """Return what fills `via`, () if the frame does not name it, None if nothing does."""
        window = Window.SENTENCE if self.within is Window.SENTENCE else Window.CLAUSE
        return next(iter(self._around(self.parts.via, event, window)), None)

    def _is_noun(self, event: Match) -> bool:
        """Tell whether a form that may be verb and noun is a noun where it stands. No form in -ed or -ing is."""
        folded = self.text.folded
        if folded[event.start : event.end].endswith(("ed", "ing")):
            return False
        before = folded[max(0, event.start - 1 - _LONGEST_BEFORE) : event.start]
        behind = _NOUN_AFTER.match(folded, event.start)
        return _NOUN_BEFORE.search(before) is not None or (behind is not None and behind.end() == event.end)

    def _is_order(self, event: Match) -> bool:
        """Tell whether a verb begins its sentence in its bare form: somebody asks for it, and nobody has done it."""
        folded, sentence = self.text.folded, self.text.sentence_at(event.start)
        first_word = folded[event.start : event.end].partition(" ")[0]
        begins = not any(map(str.isalnum, folded[sentence.start : event.start]))
        return begins and not first_word.endswith(("s", "ed", "ing"))

    # ------------------------------------------------------------ places

    def _before(self, role: Fillers, other: Match, within: Window | None = None) -> Places:
        return _NOT_NAMED if role is None else self._nearest(role, other, within or self.within, after=False)

    def _after(self, role: Fillers, other: Match, within: Window | None = None) -> Places:
        return _NOT_NAMED if role is None else self._nearest(role, other, within or self.within, before=False)

    def _around(self, role: Fillers, other: Match, within: Window | None = None) -> Places:
        return _NOT_NAMED if role is None else self._nearest(role, other, within or self.within)

    def _around_all(self, role: Fillers, others: tuple[Match, ...]) -> Places:
        """Near one of several."""
        if role is None:
            return _NOT_NAMED
        near = dict.fromkeys(filler for other in others for filler in self._nearest(role, other, Window.NEAR))
        return [
            (filler,)
            for (filler,) in near
            if all(filler.end <= each.start or each.end <= filler.start for each in others)
        ]

    def _behind_by(self, role: Fillers, event: Match) -> Places:
        folded = self.text.folded
        after = self._after(role, event)
        return [at for at in after if not at or folded[max(0, at[0].start - 8) : at[0].start].endswith(_BY)]

    def _nearest(
        self, fillers: list[Match], other: Match, within: Window, *, after: bool = True, before: bool = True
    ) -> list[tuple[Match]]:
        """Return the fillers that stand beside another match within a window, the nearest first."""
        at, end = other.start, other.end
        sentence = self.text.sentence_at(at)
        fillers = matches_between(fillers, sentence.start, sentence.end)
        behind = [filler for filler in fillers if end <= filler[0]] if after else []
        ahead = [filler for filler in fillers if filler[1] <= at] if before else []
        if not (behind or ahead):
            return []
        first, last = self._reach(other, within)
        standing = [filler for filler in behind if filler[0] <= last]
        standing += [filler for filler in ahead if first <= filler[1]]
        if len(standing) > 1:
            standing.sort(key=lambda filler: max(filler[0] - end, at - filler[1]))
        return [(filler,) for filler in standing]

    def _reach(self, other: Match, within: Window) -> tuple[int, int]:
        """Return the first position at which a filler before a match may end, and the last at which one behind it may begin."""
        sentence = self.text.sentence_at(other.start)
        start, end = sentence.start, sentence.end
        if within is not Window.SENTENCE:
            first, last = self.text.clause_span(other.start), self.text.clause_span(max(other.start, other.end - 1))
            start, end = max(start, first[0] + 1), min(end, last[1] - 1)
        if within is Window.NEAR:
            start = max(start, self.text.reach_before(other.start, NEAR * WORD_COST))
            end = min(end, self.text.reach_after(other.end, NEAR * WORD_COST))
        return start, end


def _start(match: Match) -> int:
    return match.start
