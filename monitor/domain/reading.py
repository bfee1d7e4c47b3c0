"""A story opened for matching: its two fields with their phrase hits, and the turns of a document that several people speak."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from monitor.domain.model import Publisher, Says, Story
from monitor.domain.rules import Frame, Matcher, Rulebook, Speaker
from monitor.domain.spans import View
from monitor.domain.text import Sentence, Text
from monitor.domain.writing_systems import HAN_RANGE

TITLE = "title"
SUMMARY = "summary"
READ_AT_MOST = 20_000
"""Characters of a field that are read: no report is longer, and a hostile one costs no more."""
SHORT_SUMMARY = 6
"""A summary of at most this many sentences is about what its title is about, sentence by sentence."""

# A label opens a turn: "Reporter: …", "NHK reporter: …", "President Trump: …", "A reporter asked: …", 问：…, 商务部发言人：…
_WORD = r"(?:[A-Z](?:\.[A-Z])*\.|[A-Z][\w'’\-]*)"
_NAME = rf"{_WORD}(?: (?:of|the|and|for|de|{_WORD})){{0,6}}(?: reporter| correspondent)?|A reporter asked"
_LABEL = re.compile(
    rf"(?:^|(?<=[\s.!?。！？”\"’)]))(?P<label>{_NAME}|[问答]|记者|主持人|[{HAN_RANGE}·]{{2,14}}(?:记者|发言人|社|报|台))"
    r"[:：](?=\s|[^\x00-\x7f])"
)
_ANSWERS = re.compile(
    r"(?:A|Answer|答)$|.*(?:spokes(?:person|man|woman)|President|Secretary|Minister|Ambassador|Premier|发言人)", re.I
)
FEWEST_TURNS = 2


@dataclass(frozen=True, slots=True)
class SpeakerTurn:
    """What one person says in a document: offsets in the original, the label, who that is if the vocabulary knows, and
    whether the turn only asks."""

    start: int
    label: str
    speaker: Speaker | None
    asks: bool


class Reading:
    """One story under the rules. What is not asked for is not worked out."""

    def __init__(self, story: Story, rulebook: Rulebook) -> None:
        self.story = story
        self.rulebook = rulebook
        self.views = tuple(_view(name, raw, rulebook.matcher) for name, raw in _fields(story))
        self.candidates = {view.name: rulebook.matcher.candidates(view.hits) for view in self.views}

    @property
    def matcher(self) -> Matcher:
        return self.rulebook.matcher

    @property
    def title(self) -> View:
        return self.views[0]

    @property
    def opened(self) -> frozenset[str]:
        """Commitments that this story may concern."""
        return self.matcher.opened(frozenset().union(*self.candidates.values()))

    @cached_property
    def publisher(self) -> Publisher:
        return self.rulebook.publishers.find(self.story.source, self.story.url)

    @cached_property
    def turns(self) -> tuple[SpeakerTurn, ...]:
        """The turns of the summary, if several speak in it and one of them answers. Whoever is not known to answer asks."""
        found = tuple(self._turn(label) for label in _LABEL.finditer(self.views[-1].text.raw))
        return found if len(found) >= FEWEST_TURNS and not all(turn.asks for turn in found) else ()

    def _turn(self, label: re.Match[str]) -> SpeakerTurn:
        start, end = label.span("label")
        answering = (known for known in self.matcher.speakers if known.side != Says.PRESS)
        speaker = next((known for known in answering if self._names(known, start, end)), None)
        asks = speaker is None and _ANSWERS.match(label["label"]) is None
        return SpeakerTurn(start, label["label"], speaker, asks)

    def _names(self, speaker: Speaker, start: int, end: int) -> bool:
        view = self.views[-1]
        places = (view.text.raw_span(span.start, span.end) for span in view.find(speaker.words))
        return any(start <= at and until <= end for at, until in places)

    def turn_at(self, view: View, sentence: Sentence) -> SpeakerTurn | None:
        """Whose turn a sentence of the summary falls in."""
        if view.name != SUMMARY or not self.turns:
            return None
        start, _ = view.text.raw_span(sentence.start, sentence.end)
        found = bisect_right([turn.start for turn in self.turns], start) - 1
        return self.turns[found] if found >= 0 else None

    def answered(self, view: View, spoken: Iterable[Sentence]) -> frozenset[Sentence]:
        """All sentences of the turns in which these stand, and of the turn that answers each one that asks."""
        turns = {self.turn_at(view, sentence) for sentence in spoken}
        turns |= {later for asked, later in pairwise(self.turns) if asked in turns and asked.asks}
        return frozenset(sentence for sentence in view.text.sentences if self.turn_at(view, sentence) in turns)

    def frame(self, view: View, position: int) -> str:
        """The frame that a place of a text stands in (question, opinion, market, …), or ''."""
        sentence = view.text.sentence_at(position)
        if sentence.question:
            return "question"
        turn = self.turn_at(view, sentence)
        if turn is not None and turn.asks:
            return "reporter's question"
        return next((frame.name for frame in self.matcher.frames if _holds(frame, view, position)), "")

    def shutting(self, view: View, position: int) -> str:
        """The frame that keeps a sentence from concerning anything, or ''."""
        return next((f.name for f in self.matcher.frames if f.shuts and _holds(f, view, position)), "")

    @cached_property
    def title_frame(self) -> str:
        """The frame of the whole title: of one of its sentences, or of a main clause of one."""
        text = self.title.text
        starts = (clause.start for clause in text.clauses if not clause.subordinate)
        return next((frame for start in starts if (frame := self.frame(self.title, start))), "")

    @cached_property
    def document(self) -> str:
        """The class of document that the title names (answers, briefing, …), or '' for plain news."""
        return next((name for name, words in self.matcher.documents.items() if self.title.find(words)), "")


def _holds(frame: Frame, view: View, position: int) -> bool:
    within = view.text.clause_at(position) if frame.by_clause else view.text.sentence_at(position)
    return any(within.start <= span.start < within.end for span in view.find(frame.words))


def _fields(story: Story) -> tuple[tuple[str, str], ...]:
    summary = ((SUMMARY, story.summary),) if story.summary else ()
    return ((TITLE, story.title), *summary)


def _view(name: str, raw: str, matcher: Matcher) -> View:
    text = Text(raw[:READ_AT_MOST])
    return View(name, text, matcher.index.find(text.folded))
