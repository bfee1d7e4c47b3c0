"""`rules explain`: everything the rules saw in one story, and what each thing they saw did."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from itertools import islice
from operator import attrgetter
from typing import Any

from monitor.domain.matching.conditions import evaluate
from monitor.domain.matching.document import Document, Place
from monitor.domain.matching.explain_text import fault_clause, mismatch_text, near_miss_text, rejection_text
from monitor.domain.matching.match import AboutMatch, Candidate, MatchResult, trace
from monitor.domain.matching.modality import EFFECT_TABLE, HEDGES, Cue, PolarityShift, effective_cues, exempting_span
from monitor.domain.matching.near_misses import NearMiss, near_misses, pattern_at, topic_near_misses
from monitor.domain.matching.partial_match import MismatchKind
from monitor.domain.matching.rejections import Rejection, RejectionKind
from monitor.domain.matching.rules import ActRule, CompiledPattern, Rulebook, Topic
from monitor.domain.model import Signal, Story
from monitor.domain.text.pattern_eval import Anchor, AnyOf, AnyPhrase, ClauseStart, CompiledNode, InOrder, Match
from monitor.workbench.explaining.facts import (
    AboutFact,
    ActFact,
    CommitmentFact,
    ConditionFact,
    Explanation,
    MarkFact,
    NearMissFact,
    SignalFact,
    StateFact,
    original_text,
    quoted_words,
)

MAX_NEAR_MISSES = 5
"""Near misses told of one commitment, and commitments told that a story came near to."""
MAX_MISSING_WORDS = 8
"""Words told of a group of which none stands."""

RANK_REASONS = (
    "a stable rule goes before an experimental one",
    "a named act goes before a weak one",
    "the title goes before the summary",
    "an effect goes before none",
    "the main clause goes before a subordinate one",
    "a reader must hear of {winner} before {loser}",
    "of two alike the first goes",
)
"""What each element of `Candidate.rank_key` says, in its order."""

_MARK_EFFECTS = {
    Cue.RUMOUR: "hedges",
    Cue.PLAN: "hedges",
    Cue.UNDER_WAY: "is firm",
    Cue.FORMAL: "is firm",
    Cue.DONE: "is firm",
    Cue.NEGATION: "negates",
    Cue.DENIAL: "denies",
    Cue.STOP: "stops",
    Cue.EASE: "eases",
}
_HEDGING = frozenset((Cue.RUMOUR, Cue.PLAN))
_STOPPING = frozenset((Cue.STOP, Cue.EASE))
_DECIDING_MARKS = {
    PolarityShift.DENIED: frozenset((Cue.DENIAL,)),
    PolarityShift.NEGATED: frozenset((Cue.NEGATION,)),
    PolarityShift.STOPPED: _STOPPING,
    PolarityShift.STOP_HEDGED: _HEDGING | _STOPPING,
    PolarityShift.STOP_DENIED: _STOPPING | {Cue.NEGATION, Cue.DENIAL},
    PolarityShift.HEDGED: _HEDGING,
}
"""The marks that make each turn."""


def explain(story: Story, rulebook: Rulebook, only: str = "") -> Explanation:
    """All that the rules see in a story; of one commitment alone, if `only` names it."""
    document = Document(story, rulebook)
    results = {j.commitment: j for j in trace(story, rulebook) if not only or j.commitment == only}
    topics = [topic for topic in rulebook.matcher.topics if not only or topic.commitment == only]
    seen = tuple(
        _commitment(document, topic, results[topic.commitment]) for topic in topics if topic.commitment in results
    )
    return Explanation(
        _story(document),
        document.title_frame.name if document.title_frame else "",
        document.document_class,
        tuple(dict.fromkeys(turn.label for turn in document.speaker_turns)),
        seen,
        tuple(_missed(document, [topic for topic in topics if topic.commitment not in results])),
    )


def _story(document: Document) -> dict[str, Any]:
    story, publisher = document.story, document.publisher
    return {
        "id": story.id,
        "published": story.published_at.isoformat(),
        "source": story.source,
        "url": story.url,
        "title": story.title,
        "summary": story.summary,
        "lang": story.lang,
        "publisher": {
            "name": publisher.name,
            "tier": publisher.tier.name.lower(),
            "side": publisher.side,
            "owner": publisher.owner,
        },
    }


# ---------------------------------------------------------------- one commitment


def _commitment(document: Document, topic: Topic, result: MatchResult) -> CommitmentFact:
    acts = sorted(
        result.candidates, key=lambda c: (c is not result.winner, not c.counts, c.rejection is not None, c.rank_key)
    )
    near = near_misses(document, topic, result)
    return CommitmentFact(
        topic.commitment,
        document.rulebook.commitments[topic.commitment].name,
        result.signal.effect.value if result.signal else "",
        rejection_text(result.rejection),
        tuple(_about(hit) for hit in result.about),
        tuple(_act(document, c, result) for c in acts),
        _signal(document, result.signal) if result.signal else None,
        tuple(_near(document, topic, miss) for miss in near[:MAX_NEAR_MISSES]),
    )


def _about(hit: AboutMatch) -> AboutFact:
    return AboutFact(hit.pattern, quoted_words(hit.place), rejection_text(hit.rejection))


def _act(document: Document, candidate: Candidate, result: MatchResult) -> ActFact:
    act, place, modality = candidate.act, candidate.place, candidate.modality
    clause = place.view.text.clause_at(place.span.start)
    outcome, why = _outcome(candidate, result.winner)
    plain = act.effect if act.polarity is None else EFFECT_TABLE[act.polarity][PolarityShift.PLAIN]
    info = document.rulebook.rules[act.rule]
    return ActFact(
        act.rule,
        f"{info.path}:{info.line}",
        info.stage,
        pattern_at(candidate),
        quoted_words(place),
        original_text(place.view, clause.start, clause.end).strip(),
        not candidate.subordinate,
        _turn(document, place),
        _head(place),
        act_kind(act),
        tuple(_marks(candidate, document.matcher.cues)),
        modality.shift.value,
        modality.modality.name.lower(),
        plain.value,
        candidate.effect.value,
        (*_frame(candidate), *_conditions(document, act, place)),
        outcome,
        why,
    )


def act_kind(act: ActRule) -> str:
    """What an act is in itself, as a reader is told: "good", "weak good", "weak"."""
    return " ".join(filter(None, ("weak" if act.weak else "", act.polarity.value if act.polarity else "")))


def _outcome(candidate: Candidate, winner: Candidate | None) -> tuple[str, str]:
    if candidate.rejection:
        return "blocked", rejection_text(candidate.rejection)
    if candidate.covered_by:
        return "inside", f"{candidate.covered_by} holds all its words and more"
    if winner is None or candidate is winner:
        return "won", ""
    return "lost", loss_reason(candidate, winner)


def loss_reason(loser: Candidate, winner: Candidate) -> str:
    """The first element of their ranks that differs, in words."""
    pairs = zip(winner.rank_key, loser.rank_key, RANK_REASONS, strict=True)
    decided = next((words for won, lost, words in pairs if won != lost), RANK_REASONS[-1])
    return decided.format(winner=winner.effect, loser=loser.effect)


def _turn(document: Document, place: Place) -> str:
    turn = document.turn_at(place.view, place.view.text.sentence_at(place.span.start))
    return "" if turn is None else f"{turn.label} (asks)" if turn.is_question else turn.label


def _head(place: Place) -> str:
    """The word of an act before which other words bear on it: the one its pattern marks, else its last."""
    parts = place.span.parts
    start, end = next((part for part in parts if part[0] == place.span.head), parts[-1])
    return original_text(place.view, start, end)


def _marks(candidate: Candidate, cues: Mapping[Cue, CompiledNode]) -> Iterator[MarkFact]:
    """The words of an act's clause that could change how it is meant: those that bear on it, then those that do not."""
    modality, view = candidate.modality, candidate.place.view
    deciding = _DECIDING_MARKS.get(modality.shift, frozenset()) if candidate.act.polarity is not None else frozenset()
    if modality.modality not in HEDGES:
        deciding -= _HEDGING
    for cue, span in modality.cues:
        yield MarkFact(cue.value, original_text(view, span.start, span.end), _MARK_EFFECTS[cue], cue in deciding)
    clause = view.text.clause_at(candidate.place.span.start)
    bearing = {(cue, span.start) for cue, span in modality.cues}
    for cue, node in effective_cues(cues):
        for span in view.find(node):
            if clause.start <= span.start < clause.end and (cue, span.start) not in bearing:
                idle = _why_without_effect(candidate.place, span, exempting_span(view, span, cues))
                yield MarkFact(cue.value, original_text(view, span.start, span.end), idle, decides=False)


def _why_without_effect(place: Place, mark: Match, around: Match | None) -> str:
    """Why a word in the clause of an act does not bear on it."""
    if around is not None:
        return f"is none in “{original_text(place.view, around.start, around.end)}”"
    if any(mark.start < end and start < mark.end for start, end in place.span.parts):
        return "is the act's own"
    return "follows the head" if mark.start > place.span.start else "is too far away"


def _frame(candidate: Candidate) -> Iterator[ConditionFact]:
    """The words that frame the sentence of a blocked act as one that reports nothing."""
    match candidate.rejection:
        case Rejection(kind=RejectionKind.FRAME, frame=name, place=Place(words=words)):
            yield ConditionFact("frame", name, " … ".join(words), holds=False)


def _conditions(document: Document, act: ActRule, place: Place) -> Iterator[ConditionFact]:
    """Each condition of an act with the words it saw; of its vetoes only those that saw some."""
    excused = any(_standing(place, act.unless))
    for key, patterns in (("none", act.none), ("unless", act.unless)):
        for pattern, words in _standing(place, patterns):
            yield ConditionFact(key, pattern.source, words, key == "unless" or excused)
    for one in evaluate(act.only, document, place):
        yield ConditionFact(f"only_if {one.name}", one.wanted, one.found, one.holds)


def _standing(place: Place, patterns: Iterable[CompiledPattern]) -> Iterator[tuple[CompiledPattern, str]]:
    """The patterns that stand in the sentence of a place, each with the words of its first stand."""
    view, sentence = place.view, place.view.text.sentence_at(place.span.start)
    for pattern in patterns:
        spans = (span for span in view.find(pattern.node) if sentence.start <= span.start < sentence.end)
        if (span := next(spans, None)) is not None:
            yield pattern, " … ".join(view.words(span))


def _signal(document: Document, signal: Signal) -> SignalFact:
    info = document.rulebook.rules.get(signal.rule)
    states = tuple(
        StateFact(tuple(sorted(state.under)), state.meant[signal.effect].value)
        for state in (info.states if info else ())
        if signal.effect in state.meant
    )
    return SignalFact(
        signal.effect.value,
        signal.rule,
        signal.by.value,
        signal.says.value,
        signal.origin,
        signal.tier.name.lower(),
        signal.modality.name.lower(),
        signal.denied,
        signal.object,
        signal.stalls,
        signal.terms,
        signal.experimental,
        asdict(signal.quantity) if signal.quantity else None,
        asdict(signal.date) if signal.date else None,
        signal.lasts,
        signal.quote,
        signal.field,
        signal.start,
        signal.end,
        states,
    )


# ---------------------------------------------------------------- what came near


def _near(document: Document, topic: Topic, miss: NearMiss) -> NearMissFact:
    return NearMissFact(
        topic.commitment,
        miss.rule,
        miss.fault.value,
        fault_clause(miss),
        near_miss_text(miss),
        miss.pattern,
        miss.effect.value,
        _wanted(document, miss.missing),
        quoted_words(miss.place),
    )


def _missed(document: Document, topics: Iterable[Topic]) -> Iterator[NearMissFact]:
    """The commitments that a story says nothing of, with the pattern of `about` that came nearest, nearest first; of
    those of which only common words stand none, if others came nearer."""
    found = [near for topic in topics for near in topic_near_misses(document, topic, least=1)[:1]]
    telling = [near for near in found if near.rare or near.mismatch.kind is not MismatchKind.GROUP] or found
    for near in sorted(telling, key=attrgetter("rank_key"))[:MAX_NEAR_MISSES]:
        mismatch = near.mismatch
        yield NearMissFact(
            commitment=near.commitment,
            rule="",
            fault=mismatch.kind.value,
            clause=mismatch.clause,
            detail=mismatch_text(mismatch),
            pattern=near.pattern,
            effect="",
            wanted=_wanted(document, mismatch.missing),
            at=quoted_words(near.place),
        )


def _wanted(document: Document, missing: CompiledNode | None) -> tuple[str, ...]:
    """The first words of a group, as folded."""
    phrases = document.matcher.index.phrases
    numbers = islice(_phrases_of(missing), MAX_MISSING_WORDS) if missing is not None else ()
    return tuple(f"{phrases[number].text}{'*' * phrases[number].family}" for number in numbers)


def _phrases_of(node: CompiledNode) -> Iterator[int]:
    """The phrases that a part of a pattern may begin with."""
    match node:
        case AnyPhrase(_, numbers):
            yield from sorted(numbers)
        case AnyOf(_, options):
            for option in options:
                yield from _phrases_of(option)
        case InOrder(_, parts, _):
            yield from _phrases_of(parts[0])
        case ClauseStart(_, inner) | Anchor(_, inner):
            yield from _phrases_of(inner)
