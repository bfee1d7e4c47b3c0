"""The glossary of the site is docs/glossary.md, word by word."""

from __future__ import annotations

from pathlib import Path

from monitor.domain.pages.glossary_page import Piece, Term, glossary_page

GUIDE = Path(__file__).parents[3] / "docs" / "glossary.md"
SAMPLE = """\
# Glossary

Some words before.

## The deal

| word | meaning |
|---|---|
| deal, commitment | the pact; one promise in it |
| part | its id: `soy-annual`. `a` and <b> |

## Empty

## The News!

| word | meaning |
|---|---|
| story | one report |
| story | once more |
"""


def test_each_section_has_the_rows_of_its_table() -> None:
    deal, news = glossary_page(SAMPLE).sections
    assert (deal.title, deal.anchor) == ("The deal", "the-deal")
    assert deal.terms[0] == Term(
        "deal, commitment", "word-deal-commitment", (Piece("the pact; one promise in it", False),)
    )
    assert (news.title, news.anchor) == ("The News!", "the-news")


def test_what_stands_in_backquotes_is_code() -> None:
    part = glossary_page(SAMPLE).sections[0].terms[1]
    pieces = [("its id: ", False), ("soy-annual", True), (". ", False), ("a", True), (" and <b>", False)]
    assert [(piece.text, piece.code) for piece in part.meaning] == pieces


def test_a_word_has_one_place() -> None:
    assert [term.anchor for term in glossary_page(SAMPLE).sections[1].terms] == ["word-story"]


def test_the_guide_names_no_word_twice_and_loses_none() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| ") and not line.startswith("| word |")]
    terms = [term for section in glossary_page(text).sections for term in section.terms]
    assert len(terms) == len(rows)
    for term, row in zip(terms, rows, strict=True):
        meaning = "".join(f"`{piece.text}`" if piece.code else piece.text for piece in term.meaning)
        assert row == f"| {term.word} | {meaning} |"
