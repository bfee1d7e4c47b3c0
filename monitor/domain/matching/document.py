"""A story prepared for the rules: its fields with their phrase hits, its frames, and the turns of its speakers."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from monitor.domain.extract.dates import read_dates
from monitor.domain.extract.quantities import amounts_in
from monitor.domain.matching.rules import CompiledPattern, Rulebook, Speaker, Topic
from monitor.domain.model import Publisher, Says, Story
from monitor.domain.text.numerals import normalised_same_length
from monitor.domain.text.pattern_eval import FieldView
from monitor.domain.text.patterns import FoundValue, ValueKind, ValueReader
from monitor.domain.text.segments import Match, SegmentedText, Sentence, TextClause
from monitor.domain.text.writing_systems import HAN_RANGE

TITLE = "title"
SUMMARY = "summary"
MAX_FIELD_LENGTH = 20_000
"""Characters read of a field. An estimate: longer than any report, and a limit on the cost of hostile ones."""
SHORT_SUMMARY = 6
"""In a summary of at most this many sentences each one is about the topic of the title. An estimate."""

# A label opens a turn: "Reporter: …", "NHK reporter: …", "President Trump: …", "A reporter asked: …", 问：…
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
"""The frame of a reporter's turn in a document of several speakers."""


class Place(NamedTuple):
    """A span of one field. Its original text is computed on use."""

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
        """The clause with the modality of the act: the clause of its head, or else of the beginning of the span."""
        return self.view.text.clause_at(self.span.head if self.span.head >= 0 else self.span.start)

    @property
    def sentence(self) -> Sentence:
        """The sentence in which the span begins."""
        return self.view.text.sentence_at(self.span.start)


class FrameHit(NamedTuple):
    """A frame of a sentence. `place`: the words that show it; None for a question mark or a reporter's turn."""

    name: str
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class SpeakerTurn:
    """The words of one person in a document. `start`: offset of the label in the original; `speaker`: None if not in
    the vocabulary; `is_question`: the turn only asks."""

    start: int
    label: str
    speaker: Speaker | None
    is_question: bool


def found_values(text: str, lang: str, kind: ValueKind, *, published: date) -> list[FoundValue]:
    """Every amount with a unit, or every date, of a text, in order: for `<25 Mt>` and `<date>`."""
    if kind is ValueKind.DATE:
        return [FoundValue(start, end, kind) for start, end, _ in read_dates(text, lang, published=published)]
    amounts = amounts_in(normalised_same_length(text), lang)
    return [FoundValue(amount.start, amount.end, kind, amount.unit, amount.low) for amount in amounts]


def value_reader(story: Story) -> ValueReader:
    """Reads the dates and amounts of a story's fields, for patterns with dates or amounts."""
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
        """Field -> numbers of the patterns that can match its phrase hits."""
        every = (topic.commitment for topic in self.matcher.topics)
        names = self.candidate_commitments if self.concerned_only else frozenset(every)
        return {view.name: self.matcher.candidates(view, names) for view in self.views}

    @cached_property
    def publisher(self) -> Publisher:
        return self.rulebook.publishers.find(self.story.source, self.story.url)

    # ------------------------------------------------------------ patterns

    def possible_in(self, view: FieldView, topic: Topic, sentences: Collection[Sentence]) -> frozenset[int]:
        """The numbers of the patterns of a commitment that can match in these sentences, and perhaps others."""
        if len(sentences) == len(view.text.sentences):
            return self.candidates[view.name]
        return self.matcher.candidates(view, (topic.commitment,), sentences)

    def matches(
        self, view: FieldView, patterns: Iterable[CompiledPattern], among: Collection[int] | None = None
    ) -> list[tuple[CompiledPattern, Match]]:
        """Every match of these patterns in a field. among: the numbers of the patterns to try, all if None."""
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
        """Each pattern that matches in a sentence (None: in the whole field), with its first place there."""
        last = None
        for pattern, span in self.matches(view, patterns):
            if pattern is not last and (sentence is None or sentence.start <= span.start < sentence.end):
                last = pattern
                yield pattern, span

    # ------------------------------------------------------------ speakers

    def speakers_in(self, view: FieldView) -> list[tuple[Match, Speaker]]:
        """The known speakers in a field, in the order of the vocabulary."""
        known = self._speakers.get(view.name)
        if known is None:
            near = self.matcher.speakers_near(view.hits)
            known = [(span, speaker) for speaker in near for span in view.find(speaker.words)]
            self._speakers[view.name] = known
        return known

    @cached_property
    def speaker_turns(self) -> tuple[SpeakerTurn, ...]:
        """The turns of the summary, if it has several speakers and one of them answers; else none. An unknown speaker
        counts as asking."""
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
        """All sentences of the turns with these sentences, and of the turn after each question among them."""
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
        """The frame of the whole title: the first frame among its sentences with a main clause."""
        text = self.title.text
        starts = (clause.start for clause in text.clauses if not clause.subordinate)
        return next((hit for start in starts if (hit := self.frame_at(self.title, start))), None)

    @cached_property
    def document_class(self) -> str:
        """The class of document that the title names (answers, briefing, …), or '' for plain news."""
        return next((name for name, words in self.matcher.documents.items() if self.title.find(words)), "")
