"""Readings: what a reader says of one text. A reader is a language model or a person, beside the rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from monitor.domain.model.enums import Effect, Says

SUMMARY_READ = 420
"""Characters of a summary that a reader is shown where nothing else is said. An estimate: what a feed gives of a report; the
recorded readings of reports were made so."""


class ReaderKind(StrEnum):
    """Who reads a text. A person outranks a model, whatever the policy says; how a model and the rules go together is
    policy's `reader`."""

    RULE = "rule"
    MODEL = "model"
    PERSON = "person"


class ReaderMode(StrEnum):
    """How the readings of a model and the rules together make signals: policy's `reader`."""

    LEADS = "leads"
    """What the model reads is a signal, with or without a rule; a rule that the model contradicts moves nothing."""
    CONFIRMS = "confirms"
    """A rule's signal counts where the model reads the same way; what the model alone reads moves nothing."""
    OFF = "off"
    """The rules alone."""


@dataclass(frozen=True, slots=True)
class ReadMatch:
    """What a reader says of one commitment in one text. quote: words that stand in the title or the summary, character by
    character; '' only where a person gives none."""

    commitment: str
    effect: Effect
    says: Says
    quote: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What one reader says of one text. Without matches it was read and concerns no commitment.

    text: the name of the text (`entry_keys.revision_hash`). name: of the model or the person. version: of the question that
    the model was asked, '' for a person. why: what a person adds.
    """

    text: str
    kind: ReaderKind
    name: str
    version: str
    at: datetime
    matches: tuple[ReadMatch, ...] = ()
    why: str = ""
    summary_read: int = SUMMARY_READ
    """How many characters of the summary the reader was shown. What a rule finds beyond them the reader does not contradict."""
    unsure: tuple[str, ...] = ()
    """Commitments of which the reader says something that cannot count, such as with a quote that does not stand in the text: of
    them it neither says nor contradicts anything."""


@dataclass(frozen=True, slots=True)
class ReadBy:
    """How one reader reads the sentence of a signal. name, version: the rule's, the model's with its question's, or the
    person's. effect: None where it read the text and does not see the commitment in it. says: whose word the sentence is, as a
    model or person reads it; what a verdict weighs is the signal's own."""

    kind: ReaderKind
    name: str
    version: str
    effect: Effect | None
    says: Says | None = None
