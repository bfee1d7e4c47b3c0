"""The glossary as a page: the words of docs/glossary.md, of which this is the only reader."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

CODE = re.compile(r"`([^`]+)`")
UNSAFE = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a meaning. code: it is to be typed or read as it stands."""

    text: str
    code: bool


@dataclass(frozen=True, slots=True)
class Term:
    """word: one or several, with commas between them; anchor: its place on the page, without the '#'."""

    word: str
    anchor: str
    meaning: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class GlossarySection:
    title: str
    anchor: str
    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class GlossaryPage:
    sections: tuple[GlossarySection, ...]


def glossary_page(markdown: str) -> GlossaryPage:
    """The sections of the document, each with the rows of its table. A word that stands twice has one place, the first."""
    sections: list[tuple[str, list[Term]]] = []
    anchors: set[str] = set()
    for line in markdown.splitlines():
        if line.startswith("## "):
            sections.append((line.removeprefix("## ").strip(), []))
        elif sections and line.startswith("|"):
            sections[-1][1].extend(_terms(line, anchors))
    return GlossaryPage(tuple(GlossarySection(title, _slug(title), tuple(terms)) for title, terms in sections if terms))


def _terms(row: str, anchors: set[str]) -> Iterator[Term]:
    """The term of a table's row; none for its head, its line of dashes, and a word that stands above."""
    word, _, meaning = row.strip("| ").partition(" | ")
    anchor = f"word-{_slug(word)}"
    if meaning and word != "word" and set(word) - set("-| :") and anchor not in anchors:
        anchors.add(anchor)
        yield Term(word, anchor, tuple(_pieces(meaning.strip())))


def _pieces(text: str) -> Iterator[Piece]:
    for number, part in enumerate(CODE.split(text)):
        if part:
            yield Piece(part, code=number % 2 == 1)


def _slug(text: str) -> str:
    return UNSAFE.sub("-", text.lower()).strip("-")
