"""`rules explain`: everything the rules saw in one story, and what each thing they saw did."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from itertools import islice
from operator import attrgetter
from typing import Any

from monitor.domain.conditions import checked
from monitor.domain.matching import About, Candidate, Judgment, trace
from monitor.domain.modality import EFFECTS, HEDGES, Mark, Turn, shield, telling
from monitor.domain.model import Signal, Story
from monitor.domain.nearmiss import NearMiss, frame_words, near_misses, openings, pattern_at
from monitor.domain.places import Place
from monitor.domain.reading import Reading
from monitor.domain.rules import ActRule, Pattern, Rulebook, Topic
from monitor.domain.shortfall import Fault
from monitor.domain.spans import AnyOf, AnyPhrase, ClauseStart, Compiled, HeadOf, InOrder, Span
from monitor.workbench.facts import (
    AboutSeen,
    ActSeen,
    CommitmentSeen,
    ConditionSeen,
    Explanation,
    MarkSeen,
    NearSeen,
    SignalSeen,
    StateSeen,
    raw,
    words_of,
)  # fmt: skip

MOST_NEAR = 5
"""Near misses told of one commitment, and commitments told that a story came near to."""
MOST_WANTED = 8
"""Words told of a group of which none stands."""

RANKS = (
    "a stable rule goes before an experimental one", "a named act goes before a weak one",
    "the title goes before the summary", "an effect goes before none",
    "the main clause goes before a subordinate one", "a reader must hear of {winner} before {loser}",
    "of two alike the first goes",
)  # fmt: skip
"""What each element of `Candidate.rank` says, in its order."""

_DID = {
    Mark.RUMOUR: "hedges", Mark.PLAN: "hedges", Mark.UNDER_WAY: "is firm", Mark.FORMAL: "is firm", Mark.DONE: "is firm",
    Mark.NEGATION: "negates", Mark.DENIAL: "denies", Mark.STOP: "stops", Mark.EASE: "eases",
}  # fmt: skip
_HEDGING = frozenset((Mark.RUMOUR, Mark.PLAN))
_STOPPING = frozenset((Mark.STOP, Mark.EASE))
_DECIDES = {
    Turn.DENIED: frozenset((Mark.DENIAL,)), Turn.NEGATED: frozenset((Mark.NEGATION,)),
    Turn.STOPPED: _STOPPING, Turn.STOP_HEDGED: _HEDGING | _STOPPING,
    Turn.STOP_DENIED: _STOPPING | {Mark.NEGATION, Mark.DENIAL}, Turn.HEDGED: _HEDGING,
}  # fmt: skip
"""The marks that make each turn."""


def explain(story: Story, rulebook: Rulebook, only: str = "") -> Explanation:
    """All that the rules see in a story; of one commitment alone, if `only` names it."""
    reading = Reading(story, rulebook)
    judged = {j.commitment: j for j in trace(story, rulebook) if not only or j.commitment == only}
    topics = [topic for topic in rulebook.matcher.topics if not only or topic.commitment == only]
    seen = tuple(
        _commitment(reading, topic, judged[topic.commitment]) for topic in topics if topic.commitment in judged
    )
    return Explanation(
        _story(reading), reading.title_frame, reading.document,
        tuple(dict.fromkeys(turn.label for turn in reading.turns)), seen,
        tuple(_missed(reading, [topic for topic in topics if topic.commitment not in judged])),
    )  # fmt: skip


def _story(reading: Reading) -> dict[str, Any]:
    story, publisher = reading.story, reading.publisher
    return {
        "id": story.id, "published": story.published_at.isoformat(), "source": story.source, "url": story.url,
        "title": story.title, "summary": story.summary, "lang": story.lang,
        "publisher": {"name": publisher.name, "tier": publisher.tier.name.lower(), "side": publisher.side,
                      "owner": publisher.owner},
    }  # fmt: skip


# ---------------------------------------------------------------- one commitment


def _commitment(reading: Reading, topic: Topic, judgment: Judgment) -> CommitmentSeen:
    acts = sorted(judgment.candidates, key=lambda c: (c is not judgment.winner, not c.counts, bool(c.blocked), c.rank))
    near = near_misses(reading, topic, judgment)
    return CommitmentSeen(
        topic.commitment, reading.rulebook.commitments[topic.commitment].name,
        judgment.signal.effect.value if judgment.signal else "", judgment.blocked,
        tuple(_about(hit) for hit in judgment.about), tuple(_act(reading, c, judgment) for c in acts),
        _signal(reading, judgment.signal) if judgment.signal else None,
        tuple(_near(reading, topic, miss) for miss in near[:MOST_NEAR]),
    )  # fmt: skip


def _about(hit: About) -> AboutSeen:
    return AboutSeen(hit.pattern, words_of(hit.place), hit.blocked)


def _act(reading: Reading, candidate: Candidate, judgment: Judgment) -> ActSeen:
    act, place, mood = candidate.act, candidate.place, candidate.mood
    clause = place.view.text.clause_at(place.span.start)
    outcome, why = _outcome(candidate, judgment.winner)
    plain = act.effect if act.polarity is None else EFFECTS[act.polarity][Turn.PLAIN]
    info = reading.rulebook.rules[act.rule]
    return ActSeen(
        act.rule, f"{info.path}:{info.line}", info.stage, pattern_at(candidate), words_of(place),
        raw(place.view, clause.start, clause.end).strip(), not candidate.subordinate, _turn(reading, place),
        _head(place), kind_of(act), tuple(_marks(candidate, reading.matcher.marks)), mood.turn.value,
        mood.modality.name.lower(), plain.value, candidate.effect.value,
        (*_frame(reading, candidate), *_conditions(reading, act, place)), outcome, why,
    )  # fmt: skip


def kind_of(act: ActRule) -> str:
    """What an act is in itself, as a reader is told: "good", "weak good", "weak"."""
    return " ".join(filter(None, ("weak" if act.weak else "", act.polarity.value if act.polarity else "")))


def _outcome(candidate: Candidate, winner: Candidate | None) -> tuple[str, str]:
    if candidate.blocked:
        return "blocked", candidate.blocked
    if candidate.inside:
        return "inside", f"{candidate.inside} holds all its words and more"
    if winner is None or candidate is winner:
        return "won", ""
    return "lost", why_lost(candidate, winner)


def why_lost(loser: Candidate, winner: Candidate) -> str:
    """The first element of their ranks that differs, in words."""
    pairs = zip(winner.rank, loser.rank, RANKS, strict=True)
    decided = next((words for won, lost, words in pairs if won != lost), RANKS[-1])
    return decided.format(winner=winner.effect, loser=loser.effect)


def _turn(reading: Reading, place: Place) -> str:
    turn = reading.turn_at(place.view, place.view.text.sentence_at(place.span.start))
    return "" if turn is None else f"{turn.label} (asks)" if turn.asks else turn.label


def _head(place: Place) -> str:
    """The word of an act before which other words bear on it: the one its pattern marks, else its last."""
    parts = place.span.parts
    start, end = next((part for part in parts if part[0] == place.span.head), parts[-1])
    return raw(place.view, start, end)


def _marks(candidate: Candidate, marks: Mapping[Mark, Compiled]) -> Iterator[MarkSeen]:
    """The words of an act's clause that could change how it is meant: those that bear on it, then those that do not."""
    mood, view = candidate.mood, candidate.place.view
    deciding = _DECIDES.get(mood.turn, frozenset()) if candidate.act.polarity is not None else frozenset()
    if mood.modality not in HEDGES:
        deciding -= _HEDGING
    for mark, span in mood.marks:
        yield MarkSeen(mark.value, raw(view, span.start, span.end), _DID[mark], mark in deciding)
    clause = view.text.clause_at(candidate.place.span.start)
    bearing = {(mark, span.start) for mark, span in mood.marks}
    for mark, node in telling(marks):
        for span in view.find(node):
            if clause.start <= span.start < clause.end and (mark, span.start) not in bearing:
                idle = _idle(candidate.place, span, shield(view, span, marks))
                yield MarkSeen(mark.value, raw(view, span.start, span.end), idle, decides=False)


def _idle(place: Place, mark: Span, around: Span | None) -> str:
    """Why a word in the clause of an act does not bear on it."""
    if around is not None:
        return f"is none in “{raw(place.view, around.start, around.end)}”"
    if any(mark.start < end and start < mark.end for start, end in place.span.parts):
        return "is the act's own"
    return "follows the head" if mark.start > place.span.start else "is too far away"


def _frame(reading: Reading, candidate: Candidate) -> Iterator[ConditionSeen]:
    """The words that frame the sentence of a blocked act as one that reports nothing."""
    words = frame_words(reading, candidate.place, candidate.blocked)
    if words:
        yield ConditionSeen("frame", candidate.blocked.rpartition(" ")[2].strip("'"), " … ".join(words), holds=False)


def _conditions(reading: Reading, act: ActRule, place: Place) -> Iterator[ConditionSeen]:
    """Each condition of an act with the words it saw; of its vetoes only those that saw some."""
    excused = any(_standing(place, act.unless))
    for key, patterns in (("none", act.none), ("unless", act.unless)):
        for pattern, words in _standing(place, patterns):
            yield ConditionSeen(key, pattern.source, words, key == "unless" or excused)
    for pattern in act.all:
        found = next((words for _, words in _standing(place, (pattern,))), "")
        yield ConditionSeen("all", pattern.source, found, bool(found))
    for one in checked(act.only, reading, place):
        yield ConditionSeen(f"only_if {one.name}", one.wanted, one.found, one.holds)


def _standing(place: Place, patterns: Iterable[Pattern]) -> Iterator[tuple[Pattern, str]]:
    """The patterns that stand in the sentence of a place, each with the words of its first stand."""
    view, sentence = place.view, place.view.text.sentence_at(place.span.start)
    for pattern in patterns:
        spans = (span for span in view.find(pattern.node) if sentence.start <= span.start < sentence.end)
        if (span := next(spans, None)) is not None:
            yield pattern, " … ".join(view.words(span))


def _signal(reading: Reading, signal: Signal) -> SignalSeen:
    info = reading.rulebook.rules.get(signal.rule)
    states = tuple(
        StateSeen(tuple(sorted(state.under)), state.after, state.meant[signal.effect].value)
        for state in (info.states if info else ()) if signal.effect in state.meant
    )  # fmt: skip
    return SignalSeen(
        signal.effect.value, signal.rule, signal.by.value, signal.says.value, signal.origin, signal.tier.name.lower(),
        signal.modality.name.lower(), signal.denied, signal.object, signal.stalls, signal.terms, signal.experimental,
        asdict(signal.quantity) if signal.quantity else None, asdict(signal.date) if signal.date else None,
        signal.lasts, signal.quote, signal.field, signal.start, signal.end, states,
    )  # fmt: skip


# ---------------------------------------------------------------- what came near


def _near(reading: Reading, topic: Topic, miss: NearMiss) -> NearSeen:
    return NearSeen(
        topic.commitment, miss.rule, miss.fault.value, miss.clause, miss.detail, miss.pattern, miss.effect.value,
        _wanted(reading, miss.missing), words_of(miss.place),
    )  # fmt: skip


def _missed(reading: Reading, topics: Iterable[Topic]) -> Iterator[NearSeen]:
    """The commitments that a story says nothing of, with the pattern of `about` that came nearest, nearest first; of
    those of which only common words stand none, if others came nearer."""
    found = [opening for topic in topics for opening in openings(reading, topic, least=1)[:1]]
    telling = [o for o in found if o.rare or o.shortfall.fault is not Fault.GROUP] or found
    for opening in sorted(telling, key=attrgetter("rank"))[:MOST_NEAR]:
        short = opening.shortfall
        yield NearSeen(
            opening.commitment, "", short.fault.value, short.clause, short.detail, opening.pattern, "",
            _wanted(reading, short.missing), words_of(opening.place),
        )  # fmt: skip


def _wanted(reading: Reading, missing: Compiled | None) -> tuple[str, ...]:
    """The first words of a group, as folded."""
    phrases = reading.matcher.index.phrases
    numbers = islice(_phrases_of(missing), MOST_WANTED) if missing is not None else ()
    return tuple(f"{phrases[number].text}{'*' * phrases[number].family}" for number in numbers)


def _phrases_of(node: Compiled) -> Iterator[int]:
    """The phrases that a part of a pattern may begin with."""
    match node:
        case AnyPhrase(_, numbers):
            yield from sorted(numbers)
        case AnyOf(_, options):
            for option in options:
                yield from _phrases_of(option)
        case InOrder(_, parts, _):
            yield from _phrases_of(parts[0])
        case ClauseStart(_, inner) | HeadOf(_, inner):
            yield from _phrases_of(inner)
