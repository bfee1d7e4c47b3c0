"""What `rules explain` shows of a story: facts with stable names, each with the words of the story that it rests on."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from monitor.domain.matching.document import Place
from monitor.domain.matching.signal_builder import quote_span, sentence_span
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
    """A pattern of `about` that occurs in the story. `blocked`: why it does not count, '' if it does."""

    pattern: str
    at: QuotedWords
    blocked: str


@dataclass(frozen=True, slots=True)
class MarkFact:
    """A word that changes how an act is meant; `decides`: it is one of those that made the polarity shift."""

    mark: str
    words: str
    did: str
    decides: bool


@dataclass(frozen=True, slots=True)
class ConditionFact:
    """One condition of an act: what it wants, what the story has, whether it holds."""

    key: str
    wanted: str
    found: str
    holds: bool


@dataclass(frozen=True, slots=True)
class RoleFact:
    """The event or a role of a frame: its pattern as written, and the words that fill it, '' where none do."""

    role: str
    pattern: str
    words: str


@dataclass(frozen=True, slots=True)
class ActFact:
    """One candidate.

    outcome: won, lost, inside (a longer act) or blocked, with `why` in words; speaker: the person in whose turn of a document
    it stands, as labelled there; turn: the polarity shift. written: where its pattern stands; roles: those of a frame.
    """

    rule: str
    written: str
    stage: str
    pattern: str
    roles: tuple[RoleFact, ...]
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
    phase: str = ""


@dataclass(frozen=True, slots=True)
class SignalFact:
    """The signal that a story gives; `lasts_days` is None where the text names no span."""

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
    """An act, or (without a rule) a commitment, that one clause excluded. `wanted`: words of the missing group;
    `roles`: those of a frame, found and missing."""

    commitment: str
    rule: str
    fault: str
    clause: str
    detail: str
    pattern: str
    effect: str
    wanted: tuple[str, ...]
    roles: tuple[RoleFact, ...]
    at: QuotedWords


@dataclass(frozen=True, slots=True)
class CommitmentFact:
    """One commitment that a story speaks of. `effect` is '' where the story does not concern it after all: see `blocked`."""

    commitment: str
    name: str
    effect: str
    blocked: str
    about: tuple[AboutFact, ...]
    acts: tuple[ActFact, ...]
    signal: SignalFact | None
    near: tuple[NearMissFact, ...]


@dataclass(frozen=True, slots=True)
class ReadMatchFact:
    """What a reader says of one commitment. `refused`: why it cannot count, '' if it can."""

    commitment: str
    effect: str
    says: str
    quote: str
    refused: str


@dataclass(frozen=True, slots=True)
class DifferenceFact:
    """Where a reader and the rules read one commitment otherwise, in words."""

    commitment: str
    text: str


@dataclass(frozen=True, slots=True)
class ReadingFact:
    """One reading. kind: model or person; version: of the question; who: both in words; at: ISO 8601, '' where the reading has no date; why: what a person adds;
    summary_read: characters of the summary that were shown; counts: it is the one that is joined with the rules."""

    kind: str
    name: str
    version: str
    who: str
    at: str
    why: str
    summary_read: int
    counts: bool
    matches: tuple[ReadMatchFact, ...]
    differs: tuple[DifferenceFact, ...]


@dataclass(frozen=True, slots=True)
class JoinedFact:
    """A signal of rules and readings together. read_by: all who read its sentence; who: the same in words."""

    commitment: str
    effect: str
    says: str
    rule: str
    quote: str
    read_by: tuple[dict[str, Any], ...]
    who: str


@dataclass(frozen=True, slots=True)
class ReadersFact:
    """The readings of a story, the one that counts first, and what rules and readings together make of it. mode: policy's
    `reader`."""

    mode: str
    readings: tuple[ReadingFact, ...]
    signals: tuple[JoinedFact, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """One story under a rulebook. `commitments`: what the rules see; `missed`: commitments that it does not concern, the nearest
    first; `lacking`: of one commitment asked for to which it does not come near, the patterns of `about`, of which one must stand;
    `readers`: None where nobody has read it beside the rules."""

    story: dict[str, Any]
    title_frame: str
    document: str
    speakers: tuple[str, ...]
    commitments: tuple[CommitmentFact, ...]
    missed: tuple[NearMissFact, ...]
    lacking: tuple[str, ...] = ()
    readers: ReadersFact | None = None

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
    """The sentence of a place, cut as a quote is, with its words between « »; neighbouring words share one pair."""
    text = place.view.text
    joined: list[tuple[int, int]] = []
    for start, end in sorted(text.raw_span(*part) for part in place.span.parts):
        if joined and not text.raw[joined[-1][1] : start].strip():
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    at, sentence_end = quote_span(text.raw, sentence_span(place), (place.start, place.end))
    out: list[str] = []
    for start, end in joined:
        out += [text.raw[at:start], "«", text.raw[start:end], "»"]
        at = end
    return " ".join("".join([*out, text.raw[at:sentence_end]]).split())
