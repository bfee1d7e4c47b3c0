"""Explains one story: the matches of the rules, their effects, and the readings of models and people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from itertools import islice
from operator import attrgetter
from typing import Any

from monitor.domain.matching.document import Document, Place
from monitor.domain.matching.explain_text import fault_clause, mismatch_text, near_miss_text, rejection_text
from monitor.domain.matching.match import Candidate, MatchResult, Rejection, RejectionKind, evaluate, trace
from monitor.domain.matching.modality import EFFECT_TABLE, HEDGES, HEDGING, Cue, PolarityShift, exempting_span
from monitor.domain.matching.near_misses import (
    MismatchKind,
    near_misses,
    pattern_parts,
    standing_pattern,
    topic_near_misses,
)
from monitor.domain.matching.rules import CompiledPattern, Rulebook, Topic
from monitor.domain.messages.who_read import read_by_values, readers_of, who_read
from monitor.domain.messages.wording import named, reads
from monitor.domain.model import ReadBy, ReaderKind, ReaderMode, Reading, Signal, Story
from monitor.domain.model.news import UNDATED
from monitor.domain.reading.join import as_read_by, in_family, join, reads_commitment
from monitor.domain.stories.provenance import provenance
from monitor.domain.text.patterns import AtStart, Choice, Head, InOrder, Node, PhraseSet, RoleFrame, Together
from monitor.workbench import explain_facts as facts
from monitor.workbench.explain_facts import original_text, quoted_words

MAX_NEAR_MISSES = 5
"""Near misses shown of one commitment."""
MAX_NEAREST = 2
"""Commitments shown that the story is not about, but nearly."""
MAX_MISSING_WORDS = 8
"""Words shown of a missing group."""

RANK_REASONS = (
    "a stable rule wins over an experimental one",
    "an act wins over a weak act",
    "the title wins over the summary",
    "an effect wins over none",
    "the main clause wins over a subordinate one",
    "{winner} is more important than {loser}",
    "the first of two equal ones wins",
)
"""The meaning of each element of `Candidate.rank_key`, in its order."""

_MARK_EFFECTS = {
    **dict.fromkeys(HEDGING, "hedges"),
    **dict.fromkeys((Cue.UNDER_WAY, Cue.FORMAL, Cue.DONE), "is firm"),
    Cue.NEGATION: "negates",
    Cue.DENIAL: "denies",
    Cue.STOP: "stops",
    Cue.EASE: "eases",
    Cue.PAST: "is past",
    Cue.MENTION: "only speaks of it",
}
_HEDGING = frozenset(HEDGING)
_STOPPING = frozenset((Cue.STOP, Cue.EASE))
_DECIDING_MARKS = {
    PolarityShift.DENIED: frozenset((Cue.DENIAL,)),
    PolarityShift.NEGATED: frozenset((Cue.NEGATION,)),
    PolarityShift.STOPPED: _STOPPING,
    PolarityShift.STOP_HEDGED: _HEDGING | _STOPPING,
    PolarityShift.STOP_DENIED: _STOPPING | {Cue.NEGATION, Cue.DENIAL},
    PolarityShift.HEDGED: _HEDGING,
    PolarityShift.PAST: frozenset((Cue.PAST,)),
}
"""The words that cause each polarity shift."""


def explain(story: Story, rulebook: Rulebook, only: str = "", readings: Sequence[Reading] = ()) -> facts.Explanation:
    """Everything that the rules and readers find in a story; for one commitment alone if `only` names it."""
    document = Document(story, rulebook)
    results = {result.commitment: result for result in trace(story, rulebook)}
    topics = [topic for topic in rulebook.matcher.topics if not only or topic.commitment == only]
    # For commitments without a match, show the nearest pattern of `about`. Those with common words only are left out if
    # others are nearer.
    silent = [topic for topic in topics if topic.commitment not in results]
    nearest = [near for topic in silent for near in topic_near_misses(document, topic, least=1)[:1]]
    telling = [near for near in nearest if near.rare or near.mismatch.kind is not MismatchKind.GROUP] or nearest
    missed = []
    for near in sorted(telling, key=attrgetter("rank_key"))[:MAX_NEAREST]:
        fault, wanted, at = near.mismatch, _wanted(document, near.mismatch.missing), quoted_words(near.place)
        why = (fault.kind.value, fault.clause, mismatch_text(fault))
        topic = next(topic for topic in silent if topic.commitment == near.commitment)
        own = next(own for own in topic.about(near.place.field) if own.source == near.pattern)
        roles = _roles(own, near.place)
        missed.append(facts.NearMissFact(near.commitment, "", *why, near.pattern, "", wanted, roles, at))
    publisher = document.publisher
    published = {"name": publisher.name, "tier": publisher.tier.name.lower()}
    published |= {"side": publisher.side, "owner": publisher.owner}
    published |= {"provenance": provenance(story.outlets[0], rulebook.publishers) if story.outlets else ""}
    text = {name: getattr(story, name) for name in ("source", "url", "title", "summary", "lang")}
    frame = document.title_frame.name if document.title_frame else ""
    speakers = tuple(dict.fromkeys(turn.label for turn in document.speaker_turns))
    concerned = tuple(_commitment(document, t, results[t.commitment]) for t in topics if t.commitment in results)
    shown = {"id": story.id, "published": story.published_at.isoformat(), **text, "publisher": published}
    shown["cut"] = [str(cut) for cut in document.cuts]
    readers = readers_facts(story, rulebook, readings, only)
    return facts.Explanation(shown, frame, document.document_class, speakers, concerned, tuple(missed), readers)


# ---------------------------------------------------------------- one commitment


_COPIED = ("rule", "origin", "denied", "object", "stalls", "terms", "experimental", "quote", "field", "start", "end")
"""Fields of a signal that are copied unchanged."""


def _commitment(document: Document, topic: Topic, result: MatchResult) -> facts.CommitmentFact:
    acts = sorted(
        result.candidates, key=lambda c: (c is not result.winner, not c.counts, c.rejection is not None, c.rank_key)
    )
    about = [facts.AboutFact(h.pattern, quoted_words(h.place), rejection_text(h.rejection)) for h in result.about]
    near = []
    for miss in near_misses(document, topic, result)[:MAX_NEAR_MISSES]:
        fault, clause, detail = miss.fault.value, fault_clause(miss), near_miss_text(miss)
        wanted, at = _wanted(document, miss.mismatch.missing if miss.mismatch else None), quoted_words(miss.place)
        patterns = (own for act in topic.acts if act.rule == miss.rule for own in act.any if own.source == miss.pattern)
        almost = next(patterns, None)  # the frame that almost matched
        pattern, effect, roles = miss.pattern, miss.effect.value, _roles(almost, miss.place) if almost else ()
        near.append(
            facts.NearMissFact(topic.commitment, miss.rule, fault, clause, detail, pattern, effect, wanted, roles, at)
        )
    effect = result.signal.effect.value if result.signal else ""
    signal = None
    if (found := result.signal) is not None:
        info = document.rulebook.rules.get(found.rule)
        meanings = [state for state in (info.states if info else ()) if found.effect in state.meant]
        states = tuple(
            facts.StateFact(tuple(sorted(state.under)), state.meant[found.effect].value, state.phase)
            for state in meanings
        )
        values: dict[str, Any] = {name: getattr(found, name) for name in _COPIED}
        values |= {name: getattr(found, name).value for name in ("effect", "by", "says")}
        values |= {name: getattr(found, name).name.lower() for name in ("tier", "modality")}
        values |= {name: (own := getattr(found, name)) and asdict(own) for name in ("quantity", "date")}
        signal = facts.SignalFact(lasts_days=found.lasts and round(found.lasts), states=states, **values)
    blocked = rejection_text(result.rejection)
    shown = tuple(_act(document, candidate, result.winner) for candidate in acts)
    return facts.CommitmentFact(topic.commitment, effect, blocked, tuple(about), shown, signal, tuple(near))


def _act(document: Document, candidate: Candidate, winner: Candidate | None) -> facts.ActFact:
    act, place, modality = candidate.act, candidate.place, candidate.modality
    view, info = place.view, document.rulebook.rules[act.rule]
    clause = place.clause
    turn = document.turn_at(view, place.sentence)
    # The head is the word marked with ! in the pattern, else the last one. Words before it change the meaning of the
    # act.
    head = next((part for part in place.span.parts if part[0] == place.span.head), place.span.parts[-1])
    plain = act.effect if act.polarity is None else EFFECT_TABLE[act.polarity][PolarityShift.PLAIN]
    polarity = filter(None, ("weak" if act.weak else "", act.polarity.value if act.polarity else ""))
    outcome, why = "won", ""
    if candidate.rejection:
        outcome, why = "blocked", rejection_text(candidate.rejection)
    elif candidate.covered_by:
        outcome, why = "inside", f"{candidate.covered_by} has all its words and more"
    elif winner is not None and candidate is not winner:
        # The first difference between their ranks.
        pairs = zip(winner.rank_key, candidate.rank_key, RANK_REASONS, strict=True)
        reason = next((words for won, lost, words in pairs if won != lost), RANK_REASONS[-1])
        outcome, why = "lost", reason.format(winner=winner.effect, loser=candidate.effect)
    speaker = "" if turn is None else f"{turn.label} (asks)" if turn.is_question else turn.label
    # In the order of the fields of ActFact.
    pattern = standing_pattern(candidate)
    roles = _roles(pattern, place) if pattern else ()
    written = f"{pattern.path}:{pattern.line}" if pattern is not None else f"{info.path}:{info.line}"
    rule = (act.rule, written, info.stage, pattern.source if pattern is not None else "", roles)
    where = (quoted_words(place), original_text(view, clause.start, clause.end).strip(), not candidate.subordinate)
    words = (speaker, original_text(view, *head), " ".join(polarity))
    marks, conditions = tuple(_marks(candidate, document.matcher.cues)), tuple(_conditions(document, candidate))
    meaning = (modality.shift.value, modality.modality.name.lower(), plain.value, candidate.effect.value)
    return facts.ActFact(*rule, *where, *words, marks, *meaning, conditions, outcome, why)


def _roles(pattern: CompiledPattern, place: Place) -> tuple[facts.RoleFact, ...]:
    """The roles of a frame, or the parts of `a + b`, with their words at a place, or in its sentence; empty for other
    patterns."""
    view, parts = place.view, set(place.span.parts)
    shown = []
    for part in pattern_parts(view, pattern.node, pattern.source, place.sentence):
        own = [match for match in part.places if parts.issuperset(match.parts)] or part.places
        shown.append(facts.RoleFact(part.name, part.written, " … ".join(view.words(own[0])) if own else ""))
    return tuple(shown)


def _marks(candidate: Candidate, cues: Mapping[Cue, Node]) -> Iterator[facts.MarkFact]:
    """The words of the clause that can change the meaning of an act: first the effective ones, then the others."""
    modality, place = candidate.modality, candidate.place
    view = place.view
    deciding = _DECIDING_MARKS.get(modality.shift, frozenset()) if candidate.act.polarity is not None else frozenset()
    if modality.modality not in HEDGES:
        deciding -= _HEDGING
    for cue, span in modality.cues:
        yield facts.MarkFact(cue.value, original_text(view, span.start, span.end), _MARK_EFFECTS[cue], cue in deciding)
    clause = place.clause
    bearing = {(cue, span.start) for cue, span in modality.cues}
    for cue, node in cues.items():
        for span in view.find(node) if cue is not Cue.PLAIN else ():
            if not clause.start <= span.start < clause.end or (cue, span.start) in bearing:
                continue
            exempting = exempting_span(view, span, cues)
            if exempting is not None:
                idle = f"has no effect in “{original_text(view, exempting.start, exempting.end)}”"
            elif any(span.start < end and start < span.end for start, end in place.span.parts):
                idle = "is the act's own"
            else:
                idle = "follows the head" if span.start > place.span.start else "is too far away"
            yield facts.MarkFact(cue.value, original_text(view, span.start, span.end), idle, decides=False)


def _conditions(document: Document, candidate: Candidate) -> Iterator[facts.ConditionFact]:
    """The frame that rejects an act, if one does, and each condition of the act with the words it saw; `not` and
    `unless` only where their words occur."""
    act, place = candidate.act, candidate.place
    match candidate.rejection:
        case Rejection(kind=RejectionKind.FRAME, frame=name, place=Place(words=words)):
            yield facts.ConditionFact("frame", name, " … ".join(words), holds=False)
    standing = {
        key: list(document.first_matches(place.view, patterns, place.sentence))
        for key, patterns in (("not", act.excluded), ("unless", act.unless))
    }
    for key, matches in standing.items():
        for pattern, span in matches:
            seen = " … ".join(place.view.words(span))
            wanted = f"{pattern.kind}: {pattern.source}" if pattern.kind else pattern.source
            yield facts.ConditionFact(key, wanted, seen, key == "unless" or bool(standing["unless"]))
    for result in evaluate(act.only, document, place):
        yield facts.ConditionFact(f"only_if {result.name}", result.wanted, result.found, result.holds)


# ---------------------------------------------------------------- readings


def readers_facts(
    story: Story, rulebook: Rulebook, readings: Sequence[Reading], only: str = ""
) -> facts.ReadersFact | None:
    """The readings of a story, the effective one first, and the joined signals; None without readings.

    `only` restricts both to one commitment.
    """
    if not readings:
        return None
    joined = join(story, rulebook, readings)
    ranked = sorted(readings, key=lambda reading: (reading in joined.readings, reading.at), reverse=True)
    shown = tuple(_reading(story, rulebook, each, counts=each in joined.readings, only=only) for each in ranked)
    others = [reading for reading in ranked if reading not in joined.readings]
    signals = (signal for signal in joined.signals if only in ("", signal.commitment))
    return facts.ReadersFact(
        rulebook.policy.reader.value, shown, tuple(_joined(signal, others, rulebook) for signal in signals)
    )


def _reading(story: Story, rulebook: Rulebook, reading: Reading, *, counts: bool, only: str) -> facts.ReadingFact:
    """Compares one reading with the rules as if it were alone; if policy's `reader` is off, as if it were leads."""
    policy = rulebook.policy
    heard = policy if policy.reader is not ReaderMode.OFF else replace(policy, reader=ReaderMode.LEADS)
    alone = join(story, replace(rulebook, policy=heard), (reading,))
    refused = {each.match: each.why for each in alone.refused}
    matches = tuple(
        facts.ReadMatchFact(match.commitment, match.effect.value, match.says.value, match.quote, refused.get(match, ""))
        for match in reading.matches
        if not only or in_family(only, match.commitment)
    )
    # As 'the rule beans/bought (version 3f9c) reads progress in it; Ann Lee reads nothing in it'.
    differs = {}
    for each in alone.differences:
        rule = each.rule and reads(ReadBy(ReaderKind.RULE, each.rule.rule, each.rule.rule_version, each.rule.effect))
        if only in ("", each.commitment):
            reader = reads(as_read_by(each.reader, each.read))
            differs[each.commitment] = f"{rule or 'no rule reads it'}; {reader}"
    return facts.ReadingFact(
        kind=reading.kind.value,
        name=reading.name,
        version=reading.version,
        who=named(as_read_by(reading, None)),
        at="" if reading.at == UNDATED else reading.at.isoformat(),
        why=reading.why,
        summary_read=reading.summary_read,
        counts=counts,
        matches=matches,
        differs=differs,
    )


def _joined(signal: Signal, others: Sequence[Reading], rulebook: Rulebook) -> facts.JoinedFact:
    """A signal with all readers of its sentence, also those whose reading does not count."""
    known, deal = readers_of(signal), rulebook.deal_of(signal.commitment)
    also = (reads_commitment(each, signal.commitment, signal.effect) for each in others if each.covers(deal))
    whole = replace(signal, read_by=(*known, *(reader for reader in also if reader not in known)))
    return facts.JoinedFact(
        commitment=signal.commitment,
        effect=signal.effect.value,
        says=signal.says.value,
        rule=signal.rule,
        quote=signal.quote,
        read_by=tuple(read_by_values(whole)),
        who=who_read(whole, rulebook.parties),
    )


# ---------------------------------------------------------------- near misses


def _wanted(document: Document, missing: Node | None) -> tuple[str, ...]:
    """The first words of a group; empty for None."""
    phrases = document.matcher.index.phrases
    numbers = islice(_phrases_of(missing), MAX_MISSING_WORDS) if missing is not None else ()
    return tuple(f"{phrases[number].text}{'*' * phrases[number].family}" for number in numbers)


def _phrases_of(node: Node) -> Iterator[int]:
    """The phrases that can begin a part of a pattern."""
    match node:
        case PhraseSet():
            yield from sorted(node.numbers)
        case Choice(options):
            for option in options:
                yield from _phrases_of(option)
        case InOrder(parts, _) | Together(parts):
            yield from _phrases_of(parts[0])
        case RoleFrame():
            for event in node.events:
                yield from _phrases_of(event)
        case AtStart(inner) | Head(inner):
            yield from _phrases_of(inner)
