"""Last changes to a mail's HTML, for narrow screens and for filters that look at letters instead of elements."""

from __future__ import annotations

import re

MAX_UNBROKEN = 24
"""Longest word that is left alone: no name of a rule and hardly a word of a language is longer."""
BREAK_EVERY = 12
BREAK_ENTITY = "&#8203;"
_LETTER = r"(?:&(?:lt|gt|amp|#34|#39);|[!-%'-,.-;=?-~\u00a1-\u0dff\u0f00-\u0fff\u10a0-\u177f\u1800-\u1fff])"
"""A letter as it stands in HTML. Not: hyphens, Chinese, Japanese, Korean, Thai and emoji, which break by themselves."""
_LONG = re.compile(rf"{_LETTER}{{{MAX_UNBROKEN + 1},}}")
_PIECE = re.compile(rf"{_LETTER}{{{BREAK_EVERY}}}(?!$)")
_PARTS = re.compile(r"<!--.*?-->|<(style|title)\b.*?</\1>|<[^>]*>|(?P<text>[^<]+)", re.DOTALL)
_TEXT_ATTRIBUTE = re.compile(r'(?<=\s)(alt|title|aria-label)="([^"]*)"')
_ENTITIES = str.maketrans({"<": "&lt;", ">": "&gt;", "=": "&#61;"})


def add_break_opportunities(html: str) -> str:
    """The HTML with invisible break opportunities inside its long words; tags, styles and comments stay as they are.

    A long address in a title must not make a mail wider than a phone. Zero-width spaces are the one way to break words on
    which all mail programs agree.
    """

    def broken(word: re.Match[str]) -> str:
        return _PIECE.sub(rf"\g<0>{BREAK_ENTITY}", word.group())

    return _PARTS.sub(lambda part: _LONG.sub(broken, part["text"]) if part["text"] else part.group(), html)


def escape_in_alt(html: str) -> str:
    """The HTML with the signs of markup as entities in the texts of pictures.

    A reader sees no difference, but a careless filter takes '<script>' in a headline for an element.
    """
    return _TEXT_ATTRIBUTE.sub(lambda found: f'{found[1]}="{found[2].translate(_ENTITIES)}"', html)
