"""Matching: a story and a rulebook in, at most one signal a commitment out; `trace` adds the reasons."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise, product
from operator import attrgetter
from typing import NamedTuple

from monitor.domain.matching.attribution import another_actor
from monitor.domain.matching.document import QUESTION, SHORT_SUMMARY, TITLE, Document, Place
from monitor.domain.matching.modality import (
    BLOWS,
    STOPS,
    ClauseModality,
    Cue,
    PolarityShift,
    cue_behind,
    effect_of,
    read_modality,
    says_of_itself,
)
from monitor.domain.matching.rules import NEWS_DOCUMENT, ActRule, CompiledPattern, Conditions, Rulebook, Topic
from monitor.domain.matching.signal_builder import build_signal
from monitor.domain.model import EFFECT_PRECEDENCE, Effect, Modality, Signal, Story
from monitor.domain.text.folding import is_unspaced
from monitor.domain.text.pattern_eval import FieldView
from monitor.domain.text.segments import Match, Sentence

_RANK = {effect: rank for rank, effect in enumerate(EFFECT_PRECEDENCE)}


_TOPIC = re.compile(r"\bon (?P<act>\w+ing)\b[^:]*: ['‘“\"]")
"""A gerund that is the topic of the quoted words behind a colon."""


class RejectionKind(StrEnum):
    """The cause of a rejection. The values are those of `fault` in the JSON of near misses."""

    NOT_ABOUT = "not about"
    """No pattern makes the story concern the commitment."""
    NEVER = "never"
    ABOUT_EXCLUDED = "about.not"
    FRAME = "frame"
    MENTIONED = "mentioned"
    """The main clause of the title is about something else, and no act is read."""
    YIELDS = "gives way"
    EXCLUDED = "not"
    CONDITION = "condition"
    ACTOR = "another acts"
    """The clause's subject is not the party that acts by the rule."""


EXCLUSIONS = frozenset((RejectionKind.NEVER, RejectionKind.ABOUT_EXCLUDED))
"""Kinds by which `about` excludes a title, or a sentence of a summary."""


class FrameScope(StrEnum):
    """The scope of a frame: an act in its own sentence, an act of the summary because the title has the frame, or for
    the same reason a whole story, if only its summary concerns the commitment."""

    SENTENCE = "sentence"
    TITLE = "title"
    STORY = "story"


class Rejection(NamedTuple):
    """One reason why a story does not concern a commitment, or an act does not count. pattern: the exclusion that
    matches, or None; place: the rejecting words, None if there are none; frame, scope: for FRAME; commitment: it takes
    the story, for YIELDS; condition: the unmet one, for CONDITION."""

    kind: RejectionKind
    pattern: CompiledPattern | None = None
    place: Place | None = None
    frame: str = ""
    scope: FrameScope = FrameScope.SENTENCE
    commitment: str = ""
    condition: ConditionResult | None = None


@dataclass(frozen=True, slots=True)
class ConditionResult:
    """One condition of an act at one place, with the wanted and the found value."""

    name: str
    wanted: str
    found: str
    holds: bool


def evaluate(conditions: Conditions, document: Document, place: Place) -> Iterator[ConditionResult]:
    """Every condition of an act at a place besides its words: field, class of document, day of publication."""
    for name, wanted in conditions.among:
        found = place.field if name == "field" else document.document_class or NEWS_DOCUMENT
        yield ConditionResult(name, " or ".join(sorted(wanted)), found, found in wanted)
    day = document.story.published_at.date()
    if conditions.since is not None:
        yield ConditionResult("published", f"from {conditions.since}", str(day), day >= conditions.since)
    if conditions.until is not None:
        yield ConditionResult("published", f"until {conditions.until}", str(day), day <= conditions.until)


class Candidate(NamedTuple):
    """One place where an act's pattern matches. rejection: why it does not count, None if it does; covered_by: the rule
    of a longer act that holds all its words and so goes before it, '' if there is none."""

    act: ActRule
    place: Place
    effect: Effect
    modality: ClauseModality
    subordinate: bool
    rejection: Rejection | None = None
    covered_by: str = ""

    @property
    def counts(self) -> bool:
        return self.rejection is None and not self.covered_by

    @property
    def rank_key(self) -> tuple[bool, int, bool, bool, bool, int, tuple[int, bool]]:
        """Lower wins: stable rules before experimental, named acts before weak ones, the title before the summary,
        effects before none, the main clause before others, the effects by precedence, then the first words, and of
        those an act before a plan.

        A weak act of the title goes before an act of the summary that only reports what did not happen.
        """
        in_title, no_effect = self.place.field == TITLE, self.effect is Effect.NONE
        weakness = int(self.act.weak)
        if not in_title:
            weakness = 3 if self.act.weak else 2 * no_effect
        at = self.place.span.start, self.modality.modality in (Modality.RUMOUR, Modality.PLAN)
        return self.act.experimental, weakness, not in_title, no_effect, self.subordinate, _RANK[self.effect], at


class AboutMatch(NamedTuple):
    """One place that makes a story concern a commitment, unless there is a `rejection`. `pattern`: as written."""

    pattern: str
    place: Place
    rejection: Rejection | None = None


@dataclass(frozen=True, slots=True)
class MatchResult:
    """The findings in one story for one commitment. No signal: it does not concern it, for `rejection`."""

    commitment: str
    about: tuple[AboutMatch, ...]
    candidates: tuple[Candidate, ...] = ()
    winner: Candidate | None = None
    signal: Signal | None = None
    rejection: Rejection | None = None

    @property
    def effective_about(self) -> tuple[AboutMatch, ...]:
        """The places that make the story concern the commitment."""
        return tuple(hit for hit in self.about if hit.rejection is None)


def match(story: Story, rulebook: Rulebook) -> tuple[Signal, ...]:
    """The signals of a story, at most one a commitment; effect NONE if it concerns a commitment and changes nothing."""
    return tuple([result.signal for result in trace(story, rulebook) if result.signal is not None])


def trace(story: Story, rulebook: Rulebook) -> tuple[MatchResult, ...]:
    """Every commitment that a story could concern, with all matches, rejections and losing candidates.

    1. Find the places that concern each commitment, and whether an exclusion or a frame rejects the story.
    2. Read the acts; in a rejected story, only acts that affect a commitment from outside.
    3. Let a commitment yield the story to another that it concerns too.
    """
    document = Document(story, rulebook, besides=())
    named = document.candidate_commitments
    if not named:
        return ()
    topics = rulebook.matcher.topics_of(named)
    results = {topic.commitment: _read(document, topic, _about_matches(document, topic)) for topic in topics}
    concerned = {name for name, result in results.items() if result.rejection is None}
    published = story.published_at.date()
    for topic in topics if len(concerned) > 1 else ():
        result, others = results[topic.commitment], concerned - {topic.commitment}
        # If the title concerns this commitment, only words of the title count.
        in_title = any(hit.place.field == TITLE for hit in result.effective_about)
        for rule, view in product(topic.gives_way, (document.title,) if in_title else document.views):
            if result.rejection or rule.commitment not in others or (rule.since and published < rule.since):
                continue
            if found := document.first_match(view, rule.when, None, rule.unless):
                yields = Rejection(RejectionKind.YIELDS, found[0], Place(view, found[1]), commitment=rule.commitment)
                # Of a long document, such as the list of what was agreed, only these sentences belong to the other.
                each = view is not document.title and len(view.text.sentences) > SHORT_SUMMARY
                own = [
                    each and not document.first_match(view, rule.when, hit.place.sentence, rule.unless)
                    for hit in result.about
                ]
                hits = (hit if n else hit._replace(rejection=yields) for n, hit in zip(own, result.about, strict=True))
                result = MatchResult(topic.commitment, tuple(hits), rejection=None if any(own) else yields)
                results[topic.commitment] = result = _read(document, topic, result)
    return tuple(result for result in results.values() if result.about or result.candidates)


# ---------------------------------------------------------------- what a story is about


def _about_matches(document: Document, topic: Topic) -> MatchResult:
    """The places that concern a commitment, and the rejection of the story as a whole."""
    about: list[AboutMatch] = []
    for view in document.views:
        excluded: dict[Sentence, Rejection | None] = {}
        for pattern, span in document.matches(view, topic.about(view.name)):
            sentence = view.text.sentence_at(span.start)
            if sentence not in excluded:
                excluded[sentence] = next(exclusions(document, topic, view, sentence), None)
            about.append(AboutMatch(pattern.source, Place(view, span), excluded[sentence]))
    if not about:
        return MatchResult(topic.commitment, (), rejection=Rejection(RejectionKind.NOT_ABOUT))
    rejection = next(exclusions(document, topic, document.title, None), None)
    if rejection is None and document.title_frame and all(hit.place.field != TITLE for hit in about):
        frame = document.title_frame
        rejection = Rejection(RejectionKind.FRAME, None, frame.place, frame.name, FrameScope.STORY)
    if rejection is None and all(hit.rejection for hit in about):
        rejection = about[0].rejection
    return MatchResult(topic.commitment, tuple(about), rejection=rejection)


def exclusions(document: Document, topic: Topic, view: FieldView, sentence: Sentence | None) -> Iterator[Rejection]:
    """Every pattern of `never`, and of `excluded` without an exception, in a sentence (None: the field)."""
    never = document.first_matches(view, topic.never, sentence)
    yield from (Rejection(RejectionKind.NEVER, pattern, Place(view, span)) for pattern, span in never)
    excluded = list(document.first_matches(view, topic.excluded, sentence))
    if excluded and document.first_match(view, topic.unless, sentence) is None:
        yield from (Rejection(RejectionKind.ABOUT_EXCLUDED, pattern, Place(view, span)) for pattern, span in excluded)


# ---------------------------------------------------------------- what it reports


def _read(document: Document, topic: Topic, result: MatchResult) -> MatchResult:
    """The result with the acts that were read, the winner and the signal. Of a rejected story only the title is read,
    for acts that affect the commitment from outside."""
    rejected = result.rejection is not None
    if rejected and not any(act.outside for act in topic.acts):
        return result
    candidates: list[Candidate] = []
    for view in (document.title,) if rejected else document.views:
        scope = frozenset(view.text.sentences) if rejected or view.name == TITLE else _scope(document, view, result)
        # The patterns that can match in these sentences, and perhaps in others.
        possible = document.candidates[view.name]
        if len(scope) != len(view.text.sentences):
            possible = document.matcher.candidates(view, (topic.commitment,), scope)
        for act in topic.acts:
            if act.outside != rejected or possible.isdisjoint([pattern.number for pattern in act.any]):
                continue
            for _, span in document.matches(view, act.any, possible):
                if view.text.sentence_at(span.start) in scope:
                    candidates.append(candidate_at(document, topic, view, act, span))
    if not rejected:
        candidates = _with_covered(candidates)
    presuming = [c for c in candidates if c.counts and c.act.presumes]
    acts = [c for c in candidates if c.counts and not c.act.presumes] or presuming
    winner = min(acts, key=attrgetter("rank_key"), default=None)
    if winner is not None:
        signal = build_signal(document, topic, winner.place, winner.effect, winner.act, winner.modality)
        said = (winner.place.field, winner.place.sentence)
        presumed = next((c.act.rule for c in presuming if (c.place.field, c.place.sentence) == said), "")
        signal = replace(signal, presumed=presumed)
    elif rejected:
        return result
    elif not any(
        hit.place.field == TITLE and not hit.place.view.text.clause_at(hit.place.span.start).subordinate
        for hit in result.effective_about
    ):
        # If only the summary or a clause after "as", "amid" or "ahead of" names the commitment, it is the main topic of
        # one story in three; so it counts only together with an act.
        return replace(result, candidates=tuple(candidates), rejection=Rejection(RejectionKind.MENTIONED))
    else:
        plain = ClauseModality(PolarityShift.PLAIN, Modality.NONE)
        signal = build_signal(document, topic, result.effective_about[0].place, Effect.NONE, None, plain)
    return replace(result, candidates=tuple(candidates), winner=winner, signal=signal)


_STOPS_A_PLAN = re.compile(r" (?:\S+ ){1,4}to $")
"""Between a verb that stops and the act: its plan to, the threat to."""


def _with_covered(candidates: list[Candidate]) -> list[Candidate]:
    """The candidates, with those marked that another act covers: a longer one ("threatens to cancel" has "cancel"), or
    a blow that their own verb stops ("scraps plan to suspend the quota" scraps no quota)."""
    holders = defaultdict[tuple[str, tuple[int, int]], list[tuple[frozenset[tuple[int, int]], Candidate]]](list)
    for longer in candidates:
        if longer.rejection is None and not longer.act.weak:
            every = frozenset(longer.place.span.parts)
            for part in every:
                holders[longer.place.field, part].append((every, longer))
    stopped = {
        (c.place.field, word.start): c.act.rule
        for c in candidates
        if c.rejection is None and c.act.polarity in BLOWS and c.modality.shift in STOPS
        for cue, word in c.modality.cues
        if cue is Cue.STOP and _STOPS_A_PLAN.match(c.place.view.text.folded, word.end, c.place.span.start)
    }
    covered = list[Candidate]()
    for candidate in candidates:
        field, words = candidate.place.field, frozenset(candidate.place.span.parts)
        # Who holds all of its words holds its rarest one: compared with all others, a hostile text takes minutes.
        others = min((holders.get((field, part), ()) for part in words), key=len)
        rule = next((c.act.rule for every, c in others if c.act is not candidate.act and words < every), "")
        if candidate.act.polarity in BLOWS:
            rule = rule or next((stopped[field, at] for at, _ in words if (field, at) in stopped), "")
        covered.append(candidate._replace(covered_by=rule) if rule else candidate)
    return covered


def _scope(document: Document, view: FieldView, result: MatchResult) -> frozenset[Sentence]:
    """The sentences of a summary whose acts are about the commitment.

    Of a summary: each sentence that concerns it, the next one, and the one before if this is its background; or all of
    a short summary if the title concerns it.
    Of a document: each turn that concerns it, and the answer to such a question.
    """
    sentences = view.text.sentences
    hits = result.effective_about
    if len(sentences) <= SHORT_SUMMARY and any(hit.place.field == TITLE for hit in hits):
        return frozenset(sentences)
    speaking = {hit.place.sentence for hit in hits if hit.place.field == view.name}
    if document.speaker_turns:
        turns = {document.turn_at(view, sentence) for sentence in speaking}
        turns |= {later for asked, later in pairwise(document.speaker_turns) if asked in turns and asked.is_question}
        return frozenset(sentence for sentence in sentences if document.turn_at(view, sentence) in turns)
    past = view.find(document.matcher.cues[Cue.PAST]) if Cue.PAST in document.matcher.cues else ()
    background = {view.text.sentence_at(span.start) for span in past} & speaking
    around = [{earlier, later} for earlier, later in pairwise(sentences) if earlier in speaking or later in background]
    return frozenset(speaking.union(*around))


def candidate_at(document: Document, topic: Topic, view: FieldView, act: ActRule, span: Match) -> Candidate:
    """An act as it is read at one place, with the first reason why it does not count."""
    place = Place(view, span)
    clause = place.clause
    cues = document.matcher.cues
    modality = read_modality(view, clause, span, cues)
    effect = act.effect if act.polarity is None else effect_of(act.polarity, modality)
    expected = effect is Effect.PLEDGE and not act.terms and modality.modality is Modality.NONE
    if expected and (  # "sees a deal", "a deal looms"
        says_of_itself(view, span, cues, Cue.RUMOUR, Cue.DEMAND, Cue.MENTION)
        or cue_behind(view, span, cues, Cue.RUMOUR)
    ):
        modality = modality._replace(modality=Modality.RUMOUR)
    rejection = next(rejections(document, topic, act, place), None)
    # In Chinese, a clause that only tells when or why (在中方实施管制后) is background.
    background = clause.subordinate and is_unspaced(view.text.folded[span.start])
    # "Who on doing what: 'the words'" names the topic of the words; and nobody has done it yet.
    topics = _TOPIC.finditer(view.text.raw) if view.name == TITLE else ()
    background = background or any(found.start("act") in range(*place.original) for found in topics)
    if rejection is None and (background or (act.presumes and modality.shift is not PolarityShift.PLAIN)):
        found = "background" if background else modality.shift
        said = ConditionResult("clause", PolarityShift.PLAIN, found, holds=False)
        rejection = Rejection(RejectionKind.CONDITION, condition=said)
    return Candidate(act, place, effect, modality, clause.subordinate, rejection)


def rejections(document: Document, topic: Topic, act: ActRule, place: Place) -> Iterator[Rejection]:
    """Every reason why an act at a place does not count, at most one of each kind and scope: the title's frame, the
    frame of its sentence, an exclusion of `about`, a veto of its own, a condition."""
    view, sentence = place.view, place.sentence
    # A question, too, takes for granted what it presumes.
    harmless = QUESTION if act.presumes else None
    if view.name != TITLE and (frame := document.title_frame) and frame.name != harmless:
        yield Rejection(RejectionKind.FRAME, None, frame.place, frame.name, FrameScope.TITLE)
    if (frame := document.frame_at(view, place.span.start)) and frame.name != harmless:
        yield Rejection(RejectionKind.FRAME, None, frame.place, frame.name)
    if view.name != TITLE and (excluded := next(exclusions(document, topic, view, sentence), None)):
        yield excluded
    if veto := document.first_match(view, act.excluded, sentence, act.unless):
        yield Rejection(RejectionKind.EXCLUDED, veto[0], Place(view, veto[1]))
    if other := another_actor(document, place, act, topic.parties):
        yield Rejection(RejectionKind.ACTOR, place=Place(view, other))
    failed = next((result for result in evaluate(act.only, document, place) if not result.holds), None)
    if failed is not None:
        yield Rejection(RejectionKind.CONDITION, condition=failed)
