"""What a mail's HTML is still made ready for: narrow screens, and filters that look at letters instead of elements."""

from __future__ import annotations

import re

MAX_UNBROKEN = 24
"""Letters of a word that is left alone: no name of a rule and hardly a word of a language is longer."""
BREAK_EVERY = 12
BREAK_ENTITY = "&#8203;"
_LETTER = r"(?:&(?:lt|gt|amp|#34|#39);|[!-%'-,.-;=?-~\u00a1-\u0dff\u0f00-\u0fff\u10a0-\u177f\u1800-\u1fff])"
"""A letter as it stands in HTML. Not: hyphens, Chinese, Japanese, Korean, Thai and emoji, which break by themselves."""
_LONG = re.compile(rf"{_LETTER}{{{MAX_UNBROKEN + 1},}}")
_PIECE = re.compile(rf"{_LETTER}{{{BREAK_EVERY}}}(?!$)")
_PARTS = re.compile(r"<!--.*?-->|<(style|title)\b.*?</\1>|<[^>]*>|(?P<text>[^<]+)", re.DOTALL)
_TEXT_ATTRIBUTE = re.compile(r'(?<=\s)(?:alt|title|aria-label)="[^"]*"')
_ENTITIES = {"<": "&lt;", ">": "&gt;", "=": "&#61;"}


def add_break_opportunities(html: str) -> str:
    """The HTML with places to break inside its long words; tags, attributes, styles and comments stay as they are.

    An address or a joke of a title must not push a mail off a phone. The places are invisible letters: of all ways to
    break words, mail programs agree on this one alone.
    """
    return _PARTS.sub(lambda part: _LONG.sub(_broken, part["text"]) if part["text"] else part.group(), html)


def _broken(word: re.Match[str]) -> str:
    return _PIECE.sub(rf"\g<0>{BREAK_ENTITY}", word.group())


def escape_in_alt(html: str) -> str:
    """The HTML with the signs of markup written as entities in what a picture says.

    To a reader it is the same; but a headline about '<script>' in it is an element to a careless filter.
    """
    return _TEXT_ATTRIBUTE.sub(lambda words: _with_entities(words.group()), html)


def _with_entities(attribute: str) -> str:
    name, _, words = attribute.partition("=")
    return f"{name}=" + "".join(_ENTITIES.get(letter, letter) for letter in words)
