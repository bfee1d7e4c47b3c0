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
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

from monitor.domain.text.pattern_syntax import NEAR, Window
from monitor.domain.text.segments import WORD_COST, SegmentedText
from monitor.domain.text.spans import Match, matches_between

Fillers: TypeAlias = list[Match] | None
"""The places where a role may stand; None where the frame does not name the role."""
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
"""A form is a noun right behind a determiner, before "on" if it is one of these nouns, and before "of" unless it is one of these
verbs."""
_NOUN_BEFORE = re.compile(rf"(?<![^\W_])(?:{'|'.join(DETERMINERS)})\s$")
_NOUN_AFTER = re.compile(
    rf"(?:{'|'.join(NOUNS_WITH_ON)})s?(?= on(?![^\W_]))|(?!(?:{'|'.join(VERBS_WITH_OF)})s?(?![^\W_]))\S+(?= of(?![^\W_]))"
)
_BY = (" by ", " by the ")
"""Words right before the agent of a passive."""


MAX_EVENTS = 1_000
"""Events of one kind that are looked at in one text. An estimate that bounds the work on a text that repeats them."""


@dataclass(frozen=True, slots=True)
class FrameParts:
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


@dataclass(frozen=True, slots=True)
class _Search:
    """Where the roles of one frame stand around an event. Each way yields the roles that it found, the best first; the roles
    that the frame does not name are left out."""

    text: SegmentedText
    parts: FrameParts
    within: Window

    def active(self, event: Match) -> Iterator[tuple[Match, ...]]:
        if self._is_noun(event) or self._is_order(event):
            return
        for agent in self._one(self.parts.agent, self._before(event)):
            for patient in self._one(self.parts.patient, self._after(event)):
                yield *agent, *patient
        if self.parts.agent is not None and self.parts.patient is not None:  # "beans China bought"
            for agent in self._one(self.parts.agent, self._before(event, Window.NEAR)):
                for patient in self._one(self.parts.patient, self._before(agent[0], Window.NEAR)):
                    yield *agent, *patient

    def passive(self, event: Match) -> Iterator[tuple[Match, ...]]:
        if self.parts.patient is None:
            for agent in self._one(self.parts.agent, self._behind_by(event)) if self.parts.agent is not None else ():
                yield agent
            return
        for patient in self._one(self.parts.patient, self._before(event)):
            if self.parts.agent is None:
                yield patient
                continue
            for agent in self._one(self.parts.agent, self._before(patient[0], Window.NEAR)):
                yield *agent, *patient
            for agent in self._one(self.parts.agent, self._behind_by(event)):
                yield *agent, *patient

    def nominal(self, event: Match) -> Iterator[tuple[Match, ...]]:
        for patient in self._one(self.parts.patient, self._around(event, Window.NEAR)):
            for agent in self._one(self.parts.agent, self._around_all((event, *patient))):
                yield *agent, *patient
        for agent in self._one(self.parts.agent, self._around(event, Window.NEAR)):
            for patient in self._one(self.parts.patient, self._around_all((event, *agent))):
                yield *agent, *patient

    def unspaced(self, event: Match) -> Iterator[tuple[Match, ...]]:
        for patient in self._one(self.parts.patient, self._around(event)):
            first = min((event, *patient), key=_start)
            for agent in self._one(self.parts.agent, self._before(first, Window.SENTENCE)):
                yield *agent, *patient
            for agent in self._one(self.parts.agent, self._before(event)):
                yield *agent, *patient
            for agent in self._one(self.parts.agent, self._around_all((event, *patient))):
                yield *agent, *patient

    def phrase(self, event: Match) -> Iterator[tuple[Match, ...]]:
        for patient in self._one(self.parts.patient, self._around(event)):
            for agent in self._one(self.parts.agent, self._around(event)):
                yield *agent, *patient

    def means(self, event: Match) -> tuple[Match, ...] | None:
        """Return what fills `via`, () if the frame does not name it, None if nothing does."""
        window = Window.SENTENCE if self.within is Window.SENTENCE else Window.CLAUSE
        return next(self._one(self.parts.via, self._around(event, window)), None)

    def _is_noun(self, event: Match) -> bool:
        """Tell whether a form that may be verb and noun is a noun where it stands. No form in -ed or -ing is."""
        folded = self.text.folded
        if folded[event.start : event.end].endswith(("ed", "ing")):
            return False
        before = folded[max(0, event.start - 8) : event.start]
        behind = _NOUN_AFTER.match(folded, event.start)
        return _NOUN_BEFORE.search(before) is not None or (behind is not None and behind.end() == event.end)

    def _is_order(self, event: Match) -> bool:
        """Tell whether a verb begins its sentence in its bare form: somebody asks for it, and nobody has done it."""
        folded, sentence = self.text.folded, self.text.sentence_at(event.start)
        first_word = folded[event.start : event.end].partition(" ")[0]
        begins = not any(map(str.isalnum, folded[sentence.start : event.start]))
        return begins and not first_word.endswith(("s", "ed", "ing"))

    # ------------------------------------------------------------ places

    @staticmethod
    def _one(fillers: Fillers, near: Callable[[list[Match]], Iterable[Match]]) -> Iterator[tuple[Match, ...]]:
        """Yield each filler of a role at its places, the nearest first; nothing once for a role that is not named."""
        if fillers is None:
            yield ()
        else:
            yield from ((filler,) for filler in near(fillers))

    def _before(self, other: Match, within: Window | None = None) -> Callable[[list[Match]], Iterable[Match]]:
        return partial(self._nearest, other, within or self.within, False, True)

    def _after(self, other: Match, within: Window | None = None) -> Callable[[list[Match]], Iterable[Match]]:
        return partial(self._nearest, other, within or self.within, True, False)

    def _around(self, other: Match, within: Window | None = None) -> Callable[[list[Match]], Iterable[Match]]:
        return partial(self._nearest, other, within or self.within, True, True)

    def _around_all(self, others: tuple[Match, ...]) -> Callable[[list[Match]], Iterable[Match]]:
        """Near one of several."""

        def near(fillers: list[Match]) -> Iterable[Match]:
            return dict.fromkeys(
                filler
                for other in others
                for filler in self._nearest(other, Window.NEAR, True, True, fillers)
                if all(filler.end <= each.start or each.end <= filler.start for each in others)
            )

        return near

    def _behind_by(self, event: Match) -> Callable[[list[Match]], Iterable[Match]]:
        after = self._after(event)
        folded = self.text.folded
        return lambda fillers: [
            filler for filler in after(fillers) if folded[max(0, filler.start - 8) : filler.start].endswith(_BY)
        ]

    def _nearest(self, other: Match, within: Window, after: bool, before: bool, fillers: list[Match]) -> list[Match]:
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
        return standing

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
