"""The facts of an explanation, with stable names, each with the words of the story behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from monitor.domain.matching.document import Place
from monitor.domain.matching.signal_builder import quote_span, sentence_span
from monitor.domain.text.pattern_eval import FieldView


@dataclass(frozen=True, slots=True)
class QuotedWords:
    """Words of a story with their offsets in the field, and their sentence with the words between « »."""

    field: str
    start: int
    end: int
    marked: str


@dataclass(frozen=True, slots=True)
class AboutFact:
    """A pattern of `about` that matches. `blocked` is the reason why it does not count, '' if it counts."""

    pattern: str
    at: QuotedWords
    blocked: str


@dataclass(frozen=True, slots=True)
class MarkFact:
    """A word that changes the meaning of an act. `decides`: it causes the polarity shift."""

    mark: str
    words: str
    did: str
    decides: bool


@dataclass(frozen=True, slots=True)
class ConditionFact:
    """One condition of an act: wanted and found values, and whether it holds."""

    key: str
    wanted: str
    found: str
    holds: bool


@dataclass(frozen=True, slots=True)
class RoleFact:
    """The event or a role of a frame, or a part of `a + b`, whose `role` is '': its pattern, and its words, '' if there
    are none."""

    role: str
    pattern: str
    words: str


@dataclass(frozen=True, slots=True)
class ActFact:
    """One candidate. `outcome` is won, lost, inside (a longer act) or blocked, with the reason in `why`. `speaker` is
    the speaker of its part of a document, `turn` the polarity shift, `written` the place of its pattern."""

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
    """The effect of the winning words under another status."""

    under: tuple[str, ...]
    effect: str
    phase: str = ""


@dataclass(frozen=True, slots=True)
class SignalFact:
    """The signal of a story. `lasts_days` is None if the text has no time span."""

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
    """An act, or (without a rule) a commitment, that one clause prevented. `wanted` are words of the missing group."""

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
    """One commitment with a match in the story. `effect` is '' if the story is not about it: see `blocked`."""

    commitment: str
    effect: str
    blocked: str
    about: tuple[AboutFact, ...]
    acts: tuple[ActFact, ...]
    signal: SignalFact | None
    near: tuple[NearMissFact, ...]


@dataclass(frozen=True, slots=True)
class ReadMatchFact:
    """A reader's match for one commitment. `refused` is the reason why it cannot count, '' if it can."""

    commitment: str
    effect: str
    says: str
    quote: str
    refused: str


@dataclass(frozen=True, slots=True)
class ReadingFact:
    """One reading. `kind` is model or person, `version` that of the question, `who` both as text, `at` ISO 8601 or '',
    `why` the reason of a person, `summary_read` the characters of the summary that were shown. `counts`: it is joined
    with the rules. `differs`: its difference from the rules as text, by commitment."""

    kind: str
    name: str
    version: str
    who: str
    at: str
    why: str
    summary_read: int
    counts: bool
    matches: tuple[ReadMatchFact, ...]
    differs: dict[str, str]


@dataclass(frozen=True, slots=True)
class JoinedFact:
    """A signal of rules and readings together. `read_by` are all readers of its sentence, `who` the same as text."""

    commitment: str
    effect: str
    says: str
    rule: str
    quote: str
    read_by: tuple[dict[str, Any], ...]
    who: str


@dataclass(frozen=True, slots=True)
class ReadersFact:
    """The readings of a story, the effective one first, and the signals of rules and readings together. `mode` is
    policy's `reader`."""

    mode: str
    readings: tuple[ReadingFact, ...]
    signals: tuple[JoinedFact, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """One story under a rulebook. `commitments` have a match, `missed` have a near miss. `readers` is None without
    readings."""

    story: dict[str, Any]
    title_frame: str
    document: str
    speakers: tuple[str, ...]
    commitments: tuple[CommitmentFact, ...]
    missed: tuple[NearMissFact, ...]
    readers: ReadersFact | None = None


# ---------------------------------------------------------------- quotes


def original_text(view: FieldView, start: int, end: int) -> str:
    first, last = view.text.raw_span(start, end)
    return view.text.raw[first:last]


def quoted_words(place: Place) -> QuotedWords:
    return QuotedWords(place.field, *place.original, marked_sentence(place))


def marked_sentence(place: Place) -> str:
    """The sentence of a place, cut like a quote, with its words between « »; adjacent words share one pair."""
    text = place.view.text
    joined: list[tuple[int, int]] = []
    for start, end in sorted(text.raw_span(*part) for part in place.span.parts):
        if joined and not text.raw[joined[-1][1] : start].strip():
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    at, sentence_end = quote_span(text.raw, sentence_span(place), place.original)
    out: list[str] = []
    for start, end in joined:
        out += [text.raw[at:start], "«", text.raw[start:end], "»"]
        at = end
    return " ".join("".join([*out, text.raw[at:sentence_end]]).split())
