"""match: a story and a rulebook in, at most one signal a commitment out. Stateless; `trace` is the same with its reasons."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from operator import attrgetter

from monitor.domain.conditions import unmet
from monitor.domain.evidence import signal_of
from monitor.domain.modality import Mood, Turn, effect_of, read_mood
from monitor.domain.model import PRECEDENCE, Effect, Modality, Signal, Story
from monitor.domain.places import Place, place_of
from monitor.domain.reading import SHORT_SUMMARY, TITLE, Reading
from monitor.domain.rules import ActRule, GivesWay, Pattern, Rulebook, Topic, spans_of
from monitor.domain.spans import Span, View
from monitor.domain.text import Sentence

_RANK = {effect: rank for rank, effect in enumerate(PRECEDENCE)}


@dataclass(frozen=True, slots=True)
class Candidate:
    """One place where an act's pattern stands. `blocked` says why it does not count; `inside` names the rule of a longer
    act that holds all its words, and so goes before it."""

    act: ActRule
    place: Place
    effect: Effect
    mood: Mood
    subordinate: bool
    blocked: str = ""
    inside: str = ""

    @property
    def counts(self) -> bool:
        return not self.blocked and not self.inside

    @property
    def weakness(self) -> int:
        """Weak acts come last, but a title's goes before a summary that says no more than what is not so."""
        if self.place.field == TITLE:
            return int(self.act.weak)
        if self.act.weak:
            return 3
        return 2 if self.effect is Effect.NONE else 0

    @property
    def rank(self) -> tuple[bool, int, bool, bool, bool, int, int]:
        """Lower wins: stable rules before experimental, named acts before weak ones, the title before the summary, effects
        before none, the main clause before others, then what a reader must hear of first."""
        return (
            self.act.experimental, self.weakness, self.place.field != TITLE,
            self.effect is Effect.NONE, self.subordinate, _RANK[self.effect], self.place.span.start,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class About:
    """One place that makes a story concern a commitment, or would have. `pattern` is as its author wrote it."""

    pattern: str
    place: Place
    blocked: str = ""


@dataclass(frozen=True, slots=True)
class Judgment:
    """What the rules saw in one story for one commitment. Without a signal the story does not concern it: see `blocked`."""

    commitment: str
    about: tuple[About, ...]
    candidates: tuple[Candidate, ...] = ()
    winner: Candidate | None = None
    signal: Signal | None = None
    blocked: str = ""

    @property
    def losers(self) -> tuple[Candidate, ...]:
        """Candidates that counted and lost to the winner."""
        return tuple(c for c in self.candidates if c is not self.winner and not c.blocked)


def match(story: Story, rulebook: Rulebook) -> tuple[Signal, ...]:
    """What a story reports: at most one signal a commitment, effect NONE where it concerns one and moves nothing."""
    return tuple(judgment.signal for judgment in trace(story, rulebook) if judgment.signal is not None)


def trace(story: Story, rulebook: Rulebook) -> tuple[Judgment, ...]:
    """Every commitment that a story could concern, with all that was seen, what blocked it and what lost."""
    reading = Reading(story, rulebook)
    opened = reading.opened
    if not opened:
        return ()
    topics = [topic for topic in rulebook.matcher.topics if topic.commitment in opened]
    concerned = {topic.commitment: _concern(reading, topic) for topic in topics}
    taken: dict[str, Judgment] = {}
    for topic in topics:
        judgment = concerned[topic.commitment]
        if not judgment.blocked:
            others = {name for name, other in concerned.items() if not other.blocked} - {topic.commitment}
            judgment = _give_way(reading, topic, judgment, others)
            concerned[topic.commitment] = judgment
        if judgment.blocked:
            judgment = _from_outside(reading, topic, judgment)
        else:
            judgment = _judge(reading, topic, judgment.about)
        if judgment.about or judgment.candidates:
            taken[topic.commitment] = judgment
    return tuple(taken.values())


# ---------------------------------------------------------------- what a story is about


def _concern(reading: Reading, topic: Topic) -> Judgment:
    """Where a story speaks of a commitment, and whether something excludes it."""
    places = tuple(hit for view in reading.views for hit in _about(reading, topic, view))
    if not places:
        return Judgment(topic.commitment, (), blocked="nothing about it")
    blocked = _excluded(reading, topic, reading.title, None)
    if not blocked and all(hit.place.field != TITLE for hit in places) and reading.title_frame:
        blocked = f"only the summary speaks of it, under a title of kind {reading.title_frame!r}"
    if not blocked and all(hit.blocked for hit in places):
        blocked = places[0].blocked
    return Judgment(topic.commitment, places, blocked=blocked)


def _about(reading: Reading, topic: Topic, view: View) -> Iterator[About]:
    for pattern, span in spans_of(view, topic.about(view.name), reading.candidates[view.name]):
        sentence = view.text.sentence_at(span.start)
        shutting = reading.shutting(view, span.start)
        blocked = f"frame: {shutting}" if shutting else _excluded(reading, topic, view, sentence)
        yield About(pattern.source, place_of(view, span), blocked)


def _excluded(reading: Reading, topic: Topic, view: View, sentence: Sentence | None) -> str:
    """Why the words of `never` or `none` shut a sentence (None: the whole field) out, or ''."""
    if (shut := _first(reading, view, topic.never, sentence)) is not None:
        return f"never: {_quoted(view, shut)}"
    shut = _first(reading, view, topic.none, sentence)
    if shut is None or _first(reading, view, topic.unless, sentence) is not None:
        return ""
    return f"about.none: {_quoted(view, shut)}"


def _first(reading: Reading, view: View, patterns: tuple[Pattern, ...], sentence: Sentence | None) -> Span | None:
    found = spans_of(view, patterns, reading.candidates[view.name])
    return next((span for _, span in found if sentence is None or sentence.start <= span.start < sentence.end), None)


def _quoted(view: View, span: Span) -> str:
    return " … ".join(view.words(span))


def _give_way(reading: Reading, topic: Topic, judgment: Judgment, others: set[str]) -> Judgment:
    """Let another commitment have the story, if the words say so and the story concerns that one too."""
    for rule in topic.gives_way:
        if rule.commitment in others and (reason := _yields(reading, rule, judgment)):
            return Judgment(topic.commitment, judgment.about, blocked=reason)
    return judgment


def _yields(reading: Reading, rule: GivesWay, judgment: Judgment) -> str:
    if rule.since is not None and reading.story.published_at.date() < rule.since:
        return ""
    fields = {hit.place.field for hit in judgment.about if not hit.blocked}
    for view in reading.views:
        if view.name == TITLE or TITLE not in fields:
            span = _first(reading, view, rule.when, None)
            if span is not None and _first(reading, view, rule.unless, None) is None:
                return f"gives way to {rule.commitment}: {_quoted(view, span)}"
    return ""


# ---------------------------------------------------------------- what it reports


def _judge(reading: Reading, topic: Topic, about: tuple[About, ...]) -> Judgment:
    acts = [act for act in topic.acts if not act.outside]
    candidates = _refined(
        [c for view in reading.views for c in _candidates(reading, topic, view, acts, _scope(reading, view, about))]
    )
    counted = [candidate for candidate in candidates if candidate.counts]
    winner = min(counted, key=attrgetter("rank"), default=None)
    if winner is None:
        place = next(hit.place for hit in about if not hit.blocked)
        signal = signal_of(reading, topic, place, Effect.NONE, None, Mood(Turn.PLAIN, Modality.NONE))
    else:
        signal = signal_of(reading, topic, winner.place, winner.effect, winner.act, winner.mood)
    return Judgment(topic.commitment, about, candidates, winner, signal)


def _from_outside(reading: Reading, topic: Topic, judgment: Judgment) -> Judgment:
    """The judgment of a story that is not about the commitment, with what its title reports that weighs on it from outside."""
    acts = [act for act in topic.acts if act.outside]
    view = reading.title
    found = tuple(_candidates(reading, topic, view, acts, frozenset(view.text.sentences)) if acts else ())
    winner = min((c for c in found if c.counts), key=attrgetter("rank"), default=None)
    if winner is None:
        return judgment
    signal = signal_of(reading, topic, winner.place, winner.effect, winner.act, winner.mood)
    return replace(judgment, candidates=found, winner=winner, signal=signal)


def _candidates(
    reading: Reading, topic: Topic, view: View, acts: Sequence[ActRule], scope: frozenset[Sentence]
) -> Iterator[Candidate]:
    """The places in these sentences where one of the acts stands."""
    for act in acts:
        for _, span in spans_of(view, act.any, reading.candidates[view.name]):
            sentence = view.text.sentence_at(span.start)
            if sentence in scope:
                yield candidate_at(reading, topic, view, act, span, sentence)


def _refined(candidates: list[Candidate]) -> tuple[Candidate, ...]:
    """An act all of whose words belong to a longer act says less than that one: "cancel" inside "threatens to cancel"."""
    counted = [candidate for candidate in candidates if not candidate.blocked]
    return tuple(replace(candidate, inside=_longer(candidate, counted)) for candidate in candidates)


def _longer(candidate: Candidate, others: list[Candidate]) -> str:
    own = frozenset(candidate.place.span.parts)
    return next(
        (
            other.act.rule
            for other in others
            if other.act is not candidate.act
            and not other.act.weak
            and other.place.field == candidate.place.field
            and own < frozenset(other.place.span.parts)
        ),
        "",
    )


def _scope(reading: Reading, view: View, about: tuple[About, ...]) -> frozenset[Sentence]:
    """The sentences whose acts are about the commitment: all of the title; of a summary those that speak of it and
    the one after each, or all of a short one under a title that speaks of it; of a document the whole turn that speaks
    of it, and the answer to a question that does."""
    sentences = view.text.sentences
    if view.name == TITLE:
        return frozenset(sentences)
    hits = [hit for hit in about if not hit.blocked]
    if len(sentences) <= SHORT_SUMMARY and any(hit.place.field == TITLE for hit in hits):
        return frozenset(sentences)
    spoken = {view.text.sentence_at(hit.place.span.start) for hit in hits if hit.place.field == view.name}
    if reading.turns:
        return reading.answered(view, spoken)
    after = (following for sentence, following in pairwise(sentences) if sentence in spoken)
    return frozenset(spoken) | frozenset(after)


def candidate_at(reading: Reading, topic: Topic, view: View, act: ActRule, span: Span, sentence: Sentence) -> Candidate:
    clause = view.text.clause_at(span.start)
    mood = read_mood(view, clause, span, reading.matcher.marks)
    effect = act.effect if act.polarity is None else effect_of(act.polarity, mood)
    place = place_of(view, span)
    blocked = next(filter(None, obstacles(reading, topic, act, place, sentence)), "")
    return Candidate(act, place, effect, mood, clause.subordinate, blocked)


def obstacles(reading: Reading, topic: Topic, act: ActRule, place: Place, sentence: Sentence) -> Iterator[str]:
    """Why an act in this sentence does not count: each reason that could be, '' where it is none."""
    view = place.view
    if view.name != TITLE and reading.title_frame:
        yield f"the title is of kind {reading.title_frame!r}"
    frame = reading.frame(view, place.span.start)
    yield f"frame: {frame}" if frame else ""
    if view.name != TITLE:
        yield _excluded(reading, topic, view, sentence)
    vetoed = _first(reading, view, act.none, sentence)
    if vetoed is not None and _first(reading, view, act.unless, sentence) is None:
        yield f"none: {_quoted(view, vetoed)}"
    missing = next((p for p in act.all if _first(reading, view, (p,), sentence) is None), None)
    yield f"all: nothing of {missing.source}" if missing is not None else ""
    yield unmet(act.only, reading, place)
