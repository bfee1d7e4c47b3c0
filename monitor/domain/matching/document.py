"""A story as the rules read it: its fields with their phrase hits, its frames, and the turns of its speakers."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from monitor.domain.extract.found_values import found_values
from monitor.domain.matching.rules import CompiledPattern, Rulebook, Speaker, Topic
from monitor.domain.model import Publisher, Says, Story
from monitor.domain.text.pattern_eval import FieldView
from monitor.domain.text.patterns import ValueReader
from monitor.domain.text.segments import SegmentedText, Sentence, TextClause
from monitor.domain.text.spans import Match
from monitor.domain.text.writing_systems import HAN_RANGE

TITLE = "title"
SUMMARY = "summary"
MAX_FIELD_LENGTH = 20_000
"""Characters of a field that are read. An estimate: no report is longer, and a hostile one costs no more."""
SHORT_SUMMARY = 6
"""In a summary of at most this many sentences each sentence is about what the title is about. An estimate."""

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
MIN_TURNS = 2
"""Labels in a document of several speakers: a question and an answer."""
QUESTION = "question"
"""The frame of a sentence that ends in a question mark, and of the vocabulary's words of asking."""
REPORTER_ASKS = "reporter's question"
"""The frame of what a reporter says in a document of several speakers."""


class Place(NamedTuple):
    """A span of one field. What it is in the original text is computed when asked for."""

    view: FieldView
    span: Match

    @property
    def field(self) -> str:
        return self.view.name

    @property
    def words(self) -> tuple[str, ...]:
        """The original words that matched."""
        return self.view.words(self.span)

    @property
    def start(self) -> int:
        """Where the span begins in the original text."""
        return self.view.text.raw_span(self.span.start, self.span.end)[0]

    @property
    def end(self) -> int:
        """Where the span ends in the original text."""
        return self.view.text.raw_span(self.span.start, self.span.end)[1]

    @property
    def clause(self) -> TextClause:
        """The clause that says how the act is meant: that of its head, or else where the span begins."""
        return self.view.text.clause_at(self.span.head if self.span.head >= 0 else self.span.start)

    @property
    def sentence(self) -> Sentence:
        """The sentence in which the span begins."""
        return self.view.text.sentence_at(self.span.start)


class FrameHit(NamedTuple):
    """A frame that holds for a sentence. `place`: the words that show it; None where a question mark or the turn of a
    reporter does."""

    name: str
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class SpeakerTurn:
    """What one person says in a document. `start`: offset of the label in the original; `speaker`: None if the vocabulary
    does not know who that is; `is_question`: the turn only asks."""

    start: int
    label: str
    speaker: Speaker | None
    is_question: bool


def value_reader(story: Story) -> ValueReader:
    """What reads the dates and amounts of a story's fields, for patterns that ask for one."""
    return lambda raw, kind: found_values(raw, story.lang, kind, published=story.published_at.date())


class Document:
    """One story under the rules. Everything is computed on first use.

    concerned_only: look only for patterns of commitments that the story could concern.
    """

    def __init__(self, story: Story, rulebook: Rulebook, *, concerned_only: bool = False) -> None:
        self.story = story
        self.rulebook = rulebook
        self.concerned_only = concerned_only
        self._speakers: dict[str, list[tuple[Match, Speaker]]] = {}
        self._frames: dict[tuple[str, int], FrameHit | None] = {}
        self.matcher = rulebook.matcher
        fields = [(TITLE, story.title), (SUMMARY, story.summary)] if story.summary else [(TITLE, story.title)]
        view, reader = self.matcher.gate.view, value_reader(story)
        self._opening_views = [view(name, SegmentedText(raw[:MAX_FIELD_LENGTH]), reader) for name, raw in fields]

    @cached_property
    def candidate_commitments(self) -> frozenset[str]:
        """Commitments that this story could concern. Most stories concern none."""
        return frozenset().union(*map(self.matcher.gate.commitments, self._opening_views))

    @cached_property
    def views(self) -> tuple[FieldView, ...]:
        """The title, and the summary if there is one."""
        return tuple(map(self.matcher.gate.with_all_phrases, self._opening_views))

    @property
    def title(self) -> FieldView:
        return self.views[0]

    @cached_property
    def candidates(self) -> dict[str, frozenset[int]]:
        """Field -> numbers of the patterns that its phrase hits leave possible."""
        every = (topic.commitment for topic in self.matcher.topics)
        names = self.candidate_commitments if self.concerned_only else frozenset(every)
        return {view.name: self.matcher.candidates(view, names) for view in self.views}

    @cached_property
    def publisher(self) -> Publisher:
        return self.rulebook.publishers.find(self.story.source, self.story.url)

    # ------------------------------------------------------------ patterns

    def possible_in(self, view: FieldView, topic: Topic, sentences: Collection[Sentence]) -> frozenset[int]:
        """The numbers of the patterns of a commitment that one of these sentences of a field leaves possible, and maybe of others."""
        if len(sentences) == len(view.text.sentences):
            return self.candidates[view.name]
        return self.matcher.candidates(view, (topic.commitment,), sentences)

    def matches(
        self, view: FieldView, patterns: Iterable[CompiledPattern], among: Collection[int] | None = None
    ) -> list[tuple[CompiledPattern, Match]]:
        """Every place of a field where one of these patterns stands. among: the numbers of those to look for, all if None."""
        possible = self.candidates[view.name] if among is None else among
        return [
            (pattern, span) for pattern in patterns if pattern.number in possible for span in view.find(pattern.node)
        ]

    def first_match(
        self, view: FieldView, patterns: Iterable[CompiledPattern], sentence: Sentence | None
    ) -> tuple[CompiledPattern, Match] | None:
        """The first of `first_matches`, or None."""
        return next(self.first_matches(view, patterns, sentence), None)

    def first_matches(
        self, view: FieldView, patterns: Iterable[CompiledPattern], sentence: Sentence | None
    ) -> Iterator[tuple[CompiledPattern, Match]]:
        """Each pattern that stands in a sentence (None: in the whole field), with its first place there."""
        last = None
        for pattern, span in self.matches(view, patterns):
            if pattern is not last and (sentence is None or sentence.start <= span.start < sentence.end):
                last = pattern
                yield pattern, span

    # ------------------------------------------------------------ speakers

    def speakers_in(self, view: FieldView) -> list[tuple[Match, Speaker]]:
        """Every place of a field where the vocabulary knows someone, in the order of the vocabulary."""
        known = self._speakers.get(view.name)
        if known is None:
            near = self.matcher.speakers_near(view.hits)
            known = [(span, speaker) for speaker in near for span in view.find(speaker.words)]
            self._speakers[view.name] = known
        return known

    @cached_property
    def speaker_turns(self) -> tuple[SpeakerTurn, ...]:
        """The turns of the summary, if several people speak in it and one of them answers; else none. Whoever is not known
        to answer asks."""
        view = self.views[-1]
        labels = list(_LABEL.finditer(view.text.raw))
        if len(labels) < MIN_TURNS:
            return ()
        named = [
            (view.text.raw_span(span.start, span.end), known)
            for span, known in self.speakers_in(view)
            if known.side != Says.PRESS
        ]
        turns = []
        for found in labels:
            start, end = found.span("label")
            speaker = next((known for span, known in named if start <= span[0] and span[1] <= end), None)
            is_question = speaker is None and _ANSWERS.match(found["label"]) is None
            turns.append(SpeakerTurn(start, found["label"], speaker, is_question))
        return tuple(turns) if not all(turn.is_question for turn in turns) else ()

    def turn_at(self, view: FieldView, sentence: Sentence) -> SpeakerTurn | None:
        """The turn that a sentence of the summary belongs to."""
        if view.name != SUMMARY or not self.speaker_turns:
            return None
        start, _ = view.text.raw_span(sentence.start, sentence.end)
        number = bisect_right([turn.start for turn in self.speaker_turns], start) - 1
        return self.speaker_turns[number] if number >= 0 else None

    def with_answers(self, view: FieldView, sentences: Iterable[Sentence]) -> frozenset[Sentence]:
        """All sentences of the turns that hold these, and of the turn after each of those that is a question."""
        turns = {self.turn_at(view, sentence) for sentence in sentences}
        turns |= {later for asked, later in pairwise(self.speaker_turns) if asked in turns and asked.is_question}
        return frozenset(sentence for sentence in view.text.sentences if self.turn_at(view, sentence) in turns)

    # ------------------------------------------------------------ frames

    def frame_at(self, view: FieldView, position: int) -> FrameHit | None:
        """The frame (question, opinion, market, …) of the sentence at a position of a text; None for a plain report."""
        sentence = view.text.sentence_at(position)
        key = (view.name, sentence.start)
        if key not in self._frames:
            self._frames[key] = self._frame_of(view, sentence)
        return self._frames[key]

    def _frame_of(self, view: FieldView, sentence: Sentence) -> FrameHit | None:
        worded = (
            FrameHit(frame.name, Place(view, span))
            for frame in self.matcher.frames
            for span in view.find(frame.words)
            if sentence.start <= span.start < sentence.end
        )
        if sentence.question:
            return next((hit for hit in worded if hit.name == QUESTION), FrameHit(QUESTION))
        turn = self.turn_at(view, sentence)
        if turn is not None and turn.is_question:
            return FrameHit(REPORTER_ASKS)
        return next(worded, None)

    @cached_property
    def title_frame(self) -> FrameHit | None:
        """The frame of the whole title: that of its first sentence with a main clause that has one."""
        text = self.title.text
        starts = (clause.start for clause in text.clauses if not clause.subordinate)
        return next((hit for start in starts if (hit := self.frame_at(self.title, start))), None)

    @cached_property
    def document_class(self) -> str:
        """The class of document that the title names (answers, briefing, …), or '' for plain news."""
        return next((name for name, words in self.matcher.documents.items() if self.title.find(words)), "")
