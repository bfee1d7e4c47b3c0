"""A reader's quote: where it stands in the text, and how firmly its clause speaks."""

from __future__ import annotations

from monitor.domain.matching.document import Document, Place
from monitor.domain.matching.modality import HEDGES, ClauseModality, read_modality
from monitor.domain.model import Effect, Modality, Story
from monitor.domain.text.spans import Match

OPEN_EFFECTS = frozenset({Effect.PLEDGE, Effect.THREAT})
"""Effects of what has not been done yet, which hedging words belong to."""


def stands_in(quote: str, story: Story) -> bool:
    """Whether a quote stands in the title or the summary, character by character."""
    return bool(quote.strip()) and (quote in story.title or quote in story.summary)


def place_of(quote: str, document: Document) -> Place | None:
    """Where a quote stands: in the title, else in the summary; None if it does not, or beyond what is read of a field."""
    for view in document.views:
        text = view.text
        start = text.raw.find(quote) if quote.strip() else -1
        if start < 0:
            continue
        first, end = text.folded_span(start, start + len(quote))
        if first < end:
            return Place(view, Match(first, end, ((first, end),)))
    return None


def whole_title(document: Document) -> Place:
    """The title as a place, for a reading without a quote."""
    end = max(1, len(document.title.text.folded))
    return Place(document.title, Match(0, end, ((0, end),)))


def modality_of(place: Place, effect: Effect, document: Document) -> ClauseModality:
    """How firmly the clause of a quote speaks, by the words up to its end.

    What the reader takes for done is not hedged: the words of hedging then belong to something else in the clause.
    """
    span = place.span
    clause = place.view.text.clause_at(span.start)
    read = read_modality(
        place.view, clause, Match(span.start, span.end, ((span.end - 1, span.end),)), document.matcher.cues
    )
    hedged = read.modality in HEDGES and effect not in OPEN_EFFECTS
    return ClauseModality(read.shift, Modality.NONE if hedged else read.modality, read.cues)
