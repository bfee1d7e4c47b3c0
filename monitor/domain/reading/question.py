"""The questions that a model is asked, one for each deal, and the gate: which stories each is asked about.

The words come from the rule files; `render/reader_question.py` puts them into the template. A question's version
changes with any word of its text and with the shape of the answer, and with nothing else.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from monitor.domain.matching.document import MAX_FIELD_LENGTH, Document, found_values
from monitor.domain.matching.rules import ABOUT, Deal, Rulebook
from monitor.domain.model import EFFECT_PRECEDENCE, Commitment, Effect, Says, Standing, Story
from monitor.domain.model.sides import pair_of, parties_in
from monitor.domain.reading.exchange import SUMMARY_READ_LIVE
from monitor.domain.reading.join import in_family
from monitor.errors import Issue, RuleError

EFFECT_MEANINGS: Mapping[Effect, str] = {
    Effect.PLEDGE: "promised, planned, agreed or expected, and not done yet",
    Effect.PROGRESS: "a real step towards it",
    Effect.DELIVERED: "fulfilled, completed, or formally in force",
    Effect.SETBACK: "delay, shortfall, refusal, or a new measure against it",
    Effect.BREACH: "the party that owes it did the opposite",
    Effect.THREAT: "someone threatens, weighs or proposes to undo it",
    Effect.DEADLINE: "its time limit is moved",
    Effect.NONE: "about it, and nothing on where it stands: comment, forecast, question, background",
}
"""Default meaning of each effect; a deal can define its own."""
_SAYS: Mapping[Says, str] = {
    Says.COMPANY: "",
    Says.DATA: "statistics, counts",
    Says.PRESS: "reporters, unnamed and other sources",
}
"""Possible speakers, and the meaning of each that is not obvious."""
CHARACTERS_A_TOKEN = 4
"""Of English text: an estimate, good to about a fifth."""


@dataclass(frozen=True, slots=True)
class ReaderQuestion:
    """A question about one deal as a model receives it. version: the first 12 hex digits of a hash of text and answer
    shape; commitments: those that it asks about."""

    deal: str
    text: str
    version: str
    commitments: tuple[str, ...]

    @property
    def tokens(self) -> int:
        """The approximate number of tokens it adds to each request."""
        return -(-len(self.text) // CHARACTERS_A_TOKEN)


@dataclass(frozen=True, slots=True)
class QuestionPart:
    """A commitment in the question. fulfilled: when it counts as met, '' without such a criterion."""

    id: str
    name: str
    short: str
    about: str
    not_about: str = ""
    fulfilled: str = ""


@dataclass(frozen=True, slots=True)
class QuestionCommitment:
    """A commitment with its parts."""

    own: QuestionPart
    parts: tuple[QuestionPart, ...] = ()


@dataclass(frozen=True, slots=True)
class QuestionDeal:
    """A deal with its commitments in the question."""

    name: str
    text: str
    commitments: tuple[QuestionCommitment, ...]
    rulings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Meaning:
    """An effect or a speaker."""

    word: str
    meaning: str


@dataclass(frozen=True, slots=True)
class QuestionBrief:
    """The data of the template. effects: by precedence."""

    deal: QuestionDeal
    effects: tuple[Meaning, ...]
    says: tuple[Meaning, ...]


def question_briefs(rulebook: Rulebook) -> dict[str, QuestionBrief]:
    """The data of the question on each deal. Raises RuleError if no commitment has a text under `reads`."""
    deals = {name: deal for name, deal in rulebook.deals.items() if any(_asked(rulebook, name))}
    if not deals:
        info = next((info for name, info in rulebook.rules.items() if name.endswith(f"/{ABOUT}")), None)
        path, line = (info.path, info.line) if info is not None else ("rules", 1)
        message = "the question for the model is empty: no commitment describes under `reads` what is about it"
        raise RuleError([Issue(path, line, 1, "error", "no_reads", message, "reads: {about: …, not_about: …}")])
    return {name: _brief(rulebook, deal) for name, deal in deals.items()}


def _brief(rulebook: Rulebook, deal: Deal) -> QuestionBrief:
    meanings = {effect: deal.effects.get(effect, EFFECT_MEANINGS[effect]) for effect in EFFECT_PRECEDENCE}
    effects = tuple(Meaning(effect.value, meaning.removesuffix(".")) for effect, meaning in meanings.items())
    # The possible speakers: the parties of the deal first, then all others.
    asked = list(_asked(rulebook, deal.id))
    words = {word for own in asked for word in (*own.parties, own.owed_by)}
    sides, pair = sorted(set[str]().union(*map(parties_in, words))), pair_of(words)
    names = {word: rulebook.parties.names((word,)) for word in (*sides, *words)}
    says = [Meaning(party, f"officials, law, court or state media of {names[party]}") for party in sides]
    together = sorted(word for word in words if len(parties_in(word)) > 1 and word != pair)
    says += [Meaning(Says.BOTH.value, "")] if pair else []
    says += [Meaning(word, f"{names[word]} together") for word in together]
    says += [Meaning(word.value, text) for word, text in _SAYS.items()]
    return QuestionBrief(_deal(rulebook, deal), effects, tuple(says))


def question_of(rulebook: Rulebook, deal: str, text: str, brief: QuestionBrief) -> ReaderQuestion:
    """A text as the question on a deal, with its version."""
    commitments = tuple(own.id for own in _asked(rulebook, deal))
    words = {"commitment": sorted(commitments), "effect": list(EFFECT_PRECEDENCE), "says": [x.word for x in brief.says]}
    shape = json.dumps({"stories": {"id": "", "matches": {**words, "quote": ""}}})
    digest = hashlib.sha256(f"{text}\0{shape}".encode("utf-8", "replace"))
    return ReaderQuestion(deal, text, digest.hexdigest()[:12], commitments)


def version_of(questions: Iterable[ReaderQuestion]) -> str:
    """The version of several questions together; of one, its own."""
    first, *others = [question.version for question in questions]
    return hashlib.sha256(" ".join((first, *others)).encode()).hexdigest()[:12] if others else first


def _asked(rulebook: Rulebook, deal: str) -> Iterator[Commitment]:
    """The commitments of a deal in the question."""
    return (own for own in rulebook.commitments.values() if own.deal == deal and own.id in rulebook.reads)


def _deal(rulebook: Rulebook, deal: Deal) -> QuestionDeal:
    """A deal with its commitments, each with its parts; a part without its promise is listed by itself."""
    of_deal = sorted(_asked(rulebook, deal.id), key=lambda own: len(own.id))
    families: dict[str, list[Commitment]] = {}
    for own in of_deal:
        parent = next((name for name in families if in_family(own.id, name)), own.id)
        families.setdefault(parent, []).append(own)
    commitments = []
    for name in (own.id for own in _asked(rulebook, deal.id) if own.id in families):
        parts = []
        for own in families[name]:
            reads, fulfilled = rulebook.reads[own.id], dict(own.criteria).get(Standing.MET.value, "")
            texts = (own.name, own.short, reads.about, reads.not_about, fulfilled)
            parts.append(QuestionPart(own.id, *(text.strip().removesuffix(".") for text in texts)))
        commitments.append(QuestionCommitment(parts[0], tuple(parts[1:])))
    return QuestionDeal(deal.name, deal.reader or deal.description, tuple(commitments), deal.rulings)


def speakers(rulebook: Rulebook) -> frozenset[str]:
    """The speakers allowed in an answer: the general ones, and the parties that rules declare."""
    declared = {party for own in rulebook.commitments.values() for party in (*own.parties, own.owed_by)}
    return frozenset({*map(str, Says), *(word for word in declared if parties_in(word))})


def is_near(story: Story, rulebook: Rulebook) -> bool:
    """Whether a story comes near any deal."""
    return bool(near_deals(story, rulebook))


def near_deals(story: Story, rulebook: Rulebook) -> set[str]:
    """The deals that a story comes near, so that a model is asked about it: by the words of the deal's gate, or without
    one by the words that open its rules."""
    fields = story.title[:MAX_FIELD_LENGTH], story.summary[:SUMMARY_READ_LIVE]
    gate = rulebook.deal_gate
    near = gate.deals(fields, partial(found_values, story))
    if ungated := gate.commitments_without:
        opened = ungated & Document(story, rulebook, besides=()).candidate_commitments
        near |= {rulebook.commitments[name].deal for name in opened}
    return near
