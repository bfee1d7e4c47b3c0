"""What `rules explain` tells of a story: facts with stable names, each with the words of the story that it rests on."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from monitor.domain.matching.document import Place
from monitor.domain.matching.signals import quote_span, sentence_span
from monitor.domain.text.pattern_eval import FieldView


@dataclass(frozen=True, slots=True)
class QuotedWords:
    """Words of a story with their place: offsets in the field, and their sentence with the words between « »."""

    field: str
    start: int
    end: int
    words: tuple[str, ...]
    marked: str


@dataclass(frozen=True, slots=True)
class AboutFact:
    pattern: str
    at: QuotedWords
    blocked: str


@dataclass(frozen=True, slots=True)
class MarkFact:
    """A word that changes how an act is meant; `decides`: it is one of those that made the turn."""

    mark: str
    words: str
    did: str
    decides: bool


@dataclass(frozen=True, slots=True)
class ConditionFact:
    key: str
    wanted: str
    found: str
    holds: bool


@dataclass(frozen=True, slots=True)
class ActFact:
    """One candidate. outcome: won, lost, inside (a longer act) or blocked; `why` says it in words. speaker: whose turn
    of a document it stands in, as labelled there."""

    rule: str
    written: str
    stage: str
    pattern: str
    at: QuotedWords
    clause: str
    main: bool
    speaker: str
    head: str
    polarity: str
    marks: tuple[MarkFact, ...]
    turn: str
    modality: str
    effect_plain: str
    effect: str
    conditions: tuple[ConditionFact, ...]
    outcome: str
    why: str


@dataclass(frozen=True, slots=True)
class StateFact:
    """What the winning words mean under another standing of the verdict."""

    under: tuple[str, ...]
    effect: str


@dataclass(frozen=True, slots=True)
class SignalFact:
    effect: str
    rule: str
    by: str
    says: str
    origin: str
    tier: str
    modality: str
    denied: bool
    object: str
    stalls: bool
    terms: str
    experimental: bool
    quantity: dict[str, Any] | None
    date: dict[str, Any] | None
    lasts_days: float | None
    quote: str
    field: str
    start: int
    end: int
    states: tuple[StateFact, ...]


@dataclass(frozen=True, slots=True)
class NearMissFact:
    """An act, or (without a rule) a commitment, that one clause kept out. `wanted`: words of the group that is
    missing."""

    commitment: str
    rule: str
    fault: str
    clause: str
    detail: str
    pattern: str
    effect: str
    wanted: tuple[str, ...]
    at: QuotedWords


@dataclass(frozen=True, slots=True)
class CommitmentFact:
    """One commitment that a story speaks of. `effect` is '' where it does not concern it after all: see `blocked`."""

    commitment: str
    name: str
    effect: str
    blocked: str
    about: tuple[AboutFact, ...]
    acts: tuple[ActFact, ...]
    signal: SignalFact | None
    near: tuple[NearMissFact, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """One story under a rulebook. `missed`: commitments it does not concern, those it came nearest to first."""

    story: dict[str, Any]
    title_frame: str
    document: str
    speakers: tuple[str, ...]
    commitments: tuple[CommitmentFact, ...]
    missed: tuple[NearMissFact, ...]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


# ---------------------------------------------------------------- words in their sentence


def original_text(view: FieldView, start: int, end: int) -> str:
    """The original of a stretch of folded text."""
    first, last = view.text.raw_span(start, end)
    return view.text.raw[first:last]


def quoted_words(place: Place) -> QuotedWords:
    return QuotedWords(place.field, place.start, place.end, place.words, marked_sentence(place))


def marked_sentence(place: Place) -> str:
    """The sentence of a place, cut as a quote is, with its words between « »."""
    text = place.view.text
    start, end = quote_span(text.raw, sentence_span(place), (place.start, place.end))
    out, at = list[str](), start
    for first, last in _joined(place):
        out += [text.raw[at:first], "«", text.raw[first:last], "»"]
        at = last
    return " ".join("".join([*out, text.raw[at:end]]).split())


def _joined(place: Place) -> list[tuple[int, int]]:
    """Where the words of a place stand in the original, neighbours as one."""
    text, found = place.view.text, list[tuple[int, int]]()
    for start, end in sorted(text.raw_span(*part) for part in place.span.parts):
        if found and not text.raw[found[-1][1] : start].strip():
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found
