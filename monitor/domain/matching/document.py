"""A story prepared for the rules: its fields with their phrase hits, its frames, and the turns of its speakers."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property, partial
from typing import NamedTuple
from zoneinfo import ZoneInfo

from monitor.domain.extract.dates import read_dates
from monitor.domain.extract.quantities import amounts_in
from monitor.domain.matching.rules import CompiledPattern, Rulebook, Speaker
from monitor.domain.model import Publisher, Says, Story, Tier
from monitor.domain.stories.identify import event_time
from monitor.domain.stories.titles import is_column, is_name_of_order, is_running
from monitor.domain.text.numerals import normalised_same_length
from monitor.domain.text.pattern_eval import FieldView
from monitor.domain.text.patterns import FoundValue, ValueKind
from monitor.domain.text.segments import Match, SegmentedText, Sentence, TextClause, matches_between
from monitor.domain.text.writing_systems import HAN_RANGE

TITLE = "title"
SUMMARY = "summary"
MAX_FIELD_LENGTH = 20_000
"""Characters read of a field. An estimate: longer than any report, and a limit on the cost of hostile ones."""
MAX_HITS = 4_000
"""Words of the rules read in a field, an estimate: the fullest of 50,000 real stories has 290. A hostile text of 20,000
characters has 17,000 and would take a second."""
MAX_SENTENCES = 1_000
"""Sentences read of a field, an estimate: the archive's longest transcript has 35 in 1,500 characters."""
SHORT_SUMMARY = 6
"""In a summary of at most this many sentences each one is about the topic of the title. An estimate."""

# A label opens a turn: "Reporter: …", "NHK reporter: …", "President Trump: …", "A reporter asked: …", 问：…
_WORD = r"(?:[A-Z](?:\.[A-Z])*\.|[A-Z][\w'’\-]*)"
_NAME = rf"{_WORD}(?: (?:of|from|the|and|for|de|{_WORD})){{0,6}}(?: reporter| correspondent)?|A reporter asked"
_LABEL = re.compile(
    rf"(?:^|(?<=[\s.!?。！？”\"’)]))(?P<label>{_NAME}|[问答]|记者|主持人|[{HAN_RANGE}·]{{2,14}}(?:记者|发言人|社|报|台))"
    r"[:：](?=\s|[^\x00-\x7f])"
)
_ANSWERS = re.compile(
    r"(?:A|Answer|答)$|.*(?:spokes(?:person|man|woman)|President|Secretary|Minister|Ambassador|Premier|发言人)", re.I
)
MIN_TURNS = 2
"""Labels in a document of several speakers: a question and an answer."""
OPINION = "opinion"
"""The frame of a column, and of the vocabulary's words of opinion."""
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
    def original(self) -> tuple[int, int]:
        """The span in the original text."""
        return self.view.text.raw_span(self.span.start, self.span.end)

    @property
    def clause(self) -> TextClause:
        """The clause with the modality of the act: the clause of its head, or else of the beginning of the span."""
        return self.view.text.clause_at(self.span.head if self.span.head >= 0 else self.span.start)

    @property
    def sentence(self) -> Sentence:
        """The sentence in which the span begins."""
        return self.view.text.sentence_at(self.span.start)


class TextCut(NamedTuple):
    """A field of which only the first `read` of its `length` characters are read."""

    field: str
    read: int
    length: int

    def __str__(self) -> str:
        return f"only the first {self.read:,} of {self.length:,} characters of the {self.field} are read"


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


def found_values(story: Story, text: str, kind: ValueKind) -> list[FoundValue]:
    """Every amount with a unit, or every date, of a text of a story, in order: for `<25 Mt>` and `<date>`."""
    if kind is ValueKind.DATE:
        dates = read_dates(text, story.lang, published=story.published_at.date())
        return [FoundValue(start, end, kind) for start, end, _ in dates]
    amounts = amounts_in(normalised_same_length(text), story.lang)
    return [FoundValue(amount.start, amount.end, kind, amount.unit, amount.low) for amount in amounts]


class Document:
    """One story under the rules. Everything is computed on first use. besides: look only for patterns of commitments
    that the story could concern, and of these; None: of all."""

    def __init__(self, story: Story, rulebook: Rulebook, besides: Collection[str] | None = None) -> None:
        self.story = story
        self.rulebook = rulebook
        self.besides = besides
        self._speakers: dict[str, list[tuple[Match, Speaker]]] = {}
        self._frames: dict[tuple[str, int], FrameHit | None] = {}
        self.matcher = rulebook.matcher
        fields = [(TITLE, story.title), (SUMMARY, story.summary)] if story.summary else [(TITLE, story.title)]
        index, reader = self.matcher.gate.index, partial(found_values, story)
        texts = [(name, SegmentedText(raw[:MAX_FIELD_LENGTH])) for name, raw in fields]
        self._opening_views = [FieldView(name, text, index.find(text.folded), reader) for name, text in texts]

    @cached_property
    def candidate_commitments(self) -> frozenset[str]:
        """Commitments that this story could concern. Most stories concern none."""
        return frozenset().union(*map(self.matcher.gate.commitments, self._opening_views))

    @cached_property
    def views(self) -> tuple[FieldView, ...]:
        """The title, and the summary if there is one, each up to the limits above."""
        indexes, views = (self.matcher.gate.index, self.matcher.gate.further), list[FieldView]()
        for view in self._opening_views:
            text, hits = view.text, view.hits | indexes[1].find(view.text.folded)
            end = len(text.folded)
            if sum(map(len, hits.values())) > MAX_HITS:
                end = sorted(start for spans in hits.values() for start, _ in spans)[MAX_HITS]
            if end > MAX_SENTENCES and len(text.sentences) > MAX_SENTENCES:
                end = min(end, text.sentences[MAX_SENTENCES].start)
            if end < len(text.folded):
                text = SegmentedText(text.raw[: text.raw_span(0, end)[1]])
                hits = indexes[0].find(text.folded) | indexes[1].find(text.folded)
            views.append(FieldView(view.name, text, hits, view.read_values))
        return tuple(views)

    @property
    def cuts(self) -> tuple[TextCut, ...]:
        """The fields that are read in part."""
        whole = {TITLE: len(self.story.title), SUMMARY: len(self.story.summary)}
        read = ((view.name, len(view.text.raw)) for view in self.views)
        return tuple(TextCut(name, length, whole[name]) for name, length in read if length < whole[name])

    @property
    def title(self) -> FieldView:
        return self.views[0]

    @cached_property
    def candidates(self) -> dict[str, frozenset[int]]:
        """Field -> numbers of the patterns that can match its phrase hits."""
        names = self.matcher.order if self.besides is None else self.candidate_commitments.union(self.besides)
        return {view.name: self.matcher.candidates(view, names) for view in self.views}

    @cached_property
    def day(self) -> date:
        """The day of publication where the publisher is: what "today" and "tomorrow" count from."""
        zone = self.publisher.zone
        return event_time(self.story, zone).end.astimezone(ZoneInfo(zone)).date()

    @cached_property
    def publisher(self) -> Publisher:
        return self.rulebook.publishers.find(self.story.source, self.story.url)

    # ------------------------------------------------------------ patterns

    def matches(
        self, view: FieldView, patterns: Iterable[CompiledPattern], among: Collection[int] | None = None
    ) -> list[tuple[CompiledPattern, Match]]:
        """Every match of these patterns in a field. among: the numbers of the patterns to try, all if None."""
        possible = self.candidates[view.name] if among is None else among
        return [
            (pattern, span) for pattern in patterns if pattern.number in possible for span in view.find(pattern.node)
        ]

    def first_match(
        self,
        view: FieldView,
        patterns: Iterable[CompiledPattern],
        sentence: Sentence | None,
        unless: Iterable[CompiledPattern] = (),
    ) -> tuple[CompiledPattern, Match] | None:
        """The first of `first_matches`; None without one, or if one of `unless` matches there too."""
        found = next(self.first_matches(view, patterns, sentence), None)
        return None if found is None or any(self.first_matches(view, unless, sentence)) else found

    def first_matches(
        self, view: FieldView, patterns: Iterable[CompiledPattern], sentence: Sentence | None
    ) -> Iterator[tuple[CompiledPattern, Match]]:
        """Each pattern that matches in a sentence (None: in the whole field), with its first place there."""
        possible = self.candidates[view.name]
        for pattern in patterns:
            spans = view.find(pattern.node) if pattern.number in possible else []
            if spans and sentence is not None:
                spans = matches_between(spans, sentence.start, sentence.end)
            if spans:
                yield pattern, spans[0]

    # ------------------------------------------------------------ speakers

    def speakers_in(self, view: FieldView) -> list[tuple[Match, Speaker]]:
        """The known speakers in a field, in the order of the vocabulary."""
        known = self._speakers.get(view.name)
        if known is None:
            possible = self.matcher.speaker_filter.possible((view.hits,))
            every = enumerate(self.matcher.speakers)
            near = [s for number, s in every if number in possible or not s.words.groups]
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

    # ------------------------------------------------------------ frames

    @cached_property
    def is_column(self) -> bool:
        """Whether the title or the address is that of a column. A leader's name behind a bar is a section's."""
        before = (self.title.text.folded[: span.start].rstrip() for span, _ in self.speakers_in(self.title))
        return is_column(self.story) and not any(text.endswith("|") for text in before)

    def frame_at(self, view: FieldView, position: int) -> FrameHit | None:
        """The frame (question, opinion, market, …) of the sentence at a position of a text; None for a plain report."""
        if self.is_column:
            return FrameHit(OPINION)
        sentence = view.text.sentence_at(position)
        key = (view.name, sentence.start)
        if key in self._frames:
            return self._frames[key]
        worded = (
            FrameHit(frame.name, Place(view, span))
            for frame in self.matcher.frames
            for span in matches_between(view.find(frame.words), sentence.start, sentence.end)
        )
        if sentence.question:
            found: FrameHit | None = next((hit for hit in worded if hit.name == QUESTION), FrameHit(QUESTION))
        else:
            turn = self.turn_at(view, sentence)
            found = FrameHit(REPORTER_ASKS) if turn is not None and turn.is_question else next(worded, None)
        self._frames[key] = found
        return found

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

    @cached_property
    def title_is_news(self) -> bool:
        """Whether the title tells news: it is no question, opinion, note, list, explainer or running text, nor the name
        of an order."""
        named = self.publisher.tier is Tier.OFFICIAL and is_name_of_order(self.story.title)
        if named or self.title_frame or is_running(self.story):
            return False
        return not any(self.title.find(words) for words in self.matcher.headlines.values())
