"""Who acts: the party that an act's own clause names as doing it."""

from __future__ import annotations

import re

from monitor.domain.model import By
from monitor.domain.reading import Document, Place
from monitor.domain.spans import Span

_PASSIVE = re.compile(r"(?:\bby (?:the )?|由|被)$")


def agent_of(document: Document, place: Place) -> By:
    """The party named after "by" behind the act, else the nearest one that stands before it in its clause or opens it.
    UNKNOWN where the clause names none there."""
    clause = place.view.text.clause_at(place.span.start)
    named = [(span, by) for span, by in _parties(document, place) if clause.start <= span.start < clause.end]
    agents = [(span, by) for span, by in named if _PASSIVE.search(place.view.text.folded[clause.start : span.start])]
    before = [(span, by) for span, by in named if span.start <= place.span.start]
    return (agents[-1:] or before[-1:] or [(place.span, By.UNKNOWN)])[0][1]


def _parties(document: Document, place: Place) -> list[tuple[Span, By]]:
    """Every party named in the field, in order; of two at one place the longer name ("US and China") counts."""
    found = [(span, by) for by, words in document.matcher.parties.items() for span in place.view.find(words)]
    found.sort(key=lambda pair: (pair[0].start, -pair[0].end))
    return [pair for at, pair in enumerate(found) if not any(p.end >= pair[0].end for p, _ in found[:at])]
