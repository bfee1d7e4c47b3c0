"""A matched place of a story: which field, which words, and where they stand in the original."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.domain.spans import Span, View


@dataclass(frozen=True, slots=True)
class Place:
    """A span of one field, with the original words that matched and where they stand in the original."""

    view: View
    span: Span
    words: tuple[str, ...]
    start: int
    end: int

    @property
    def field(self) -> str:
        return self.view.name


def place_of(view: View, span: Span) -> Place:
    start, end = view.text.raw_span(span.start, span.end)
    return Place(view, span, view.words(span), start, end)
