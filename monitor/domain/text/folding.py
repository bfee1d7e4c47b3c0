"""Text folded once for matching, with a map back to the original characters.

Folding makes spellings of one thing equal: case, full-width forms, accents, hyphens and dashes, quotes, runs of white
space, the possessive 's, traditional and simplified Chinese. "US", "U.S." and "USA" become the word `usa`, so that the
country never meets the pronoun "us".
Patterns are folded by the same function as stories: whatever it does to one it does to the other.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from functools import lru_cache
from typing import NamedTuple

from monitor.domain.text.writing_systems import UNSPACED_RANGE, simplified

_UNSPACED_CHAR = re.compile(f"[{UNSPACED_RANGE}]")

_QUOTE_MARKS = "\"'`\u00ab\u00bb\u2018-\u201f\u2039\u203a\u02bc\uff02\uff07\u300a-\u300f\u301d\u301e"

# What folding may have to change. Everything else is only lower-cased, a slice at a time. The last class leaves out
# Han, kana, hangul and the Chinese stop and commas, because they stay as they are. The expression begins with one class
# of characters, which the engine looks for quickly, and each branch looks back at the character found. With the
# branches first it took three times as long.
_DASHES = r"\-\u2010-\u2015\u2212\ufe58\uff0d"
_UNCHANGED = rf"A-TV-Za-tv-z0-9.,;:!?()\[\]{{}}<>/\\@#$%&*+=_^~|\u3001\u3002\uff0c{UNSPACED_RANGE}"
_CHANGES = (
    r"(?:"
    r"(?P<us>(?<=[Uu])(?<![A-Za-z0-9][Uu])(?:\.\s?[Ss]\.(?:\s?[Aa]\.)?|(?<=U)(?:SA?|\.S))(?![A-Za-z0-9$]))"
    rf"|(?P<floating>(?<=\s[{_QUOTE_MARKS}])[{_QUOTE_MARKS}]*\s)"
    rf"|(?P<glue>(?<=[{UNSPACED_RANGE}] )(?=[A-Za-z0-9])|(?<=[A-Za-z0-9%] )(?=[{UNSPACED_RANGE}]))"
    r"|(?P<space>(?<=\s)\s+|(?<=[^\S ]))"
    r"|(?P<owner>(?<=['\u2019\u02bc\uff07])[sS](?![A-Za-z0-9]))"
    rf"|(?P<dash>(?<=[{_DASHES}])[{_DASHES}]*)"
    rf"|(?P<other>(?<=[{_QUOTE_MARKS}\x00-\x1f\x7f]|[^\x00-\x7f\u3001\u3002\uff0c{UNSPACED_RANGE}]))"
    r")"
)
_SPECIAL = re.compile(f"[^{_UNCHANGED}]{_CHANGES}")
_SPECIAL_BUT_BLANKS = re.compile(f"[^ {_UNCHANGED}]{_CHANGES}")
"""For a text in which folding changes no blank: most characters that could be changed are blanks."""
_QUOTE = re.compile(f"[{_QUOTE_MARKS}]")
_APOSTROPHES = frozenset("'\u2019\u02bc\uff07")
_LONG_DASHES = frozenset("\u2014\u2015")
CLAUSE_DASH = "\u2014"


@lru_cache(maxsize=4096)
def is_unspaced(char: str) -> bool:
    """Tell whether a character belongs to a script without spaces between words (Han, kana, hangul, Thai)."""
    return _UNSPACED_CHAR.match(char) is not None


class FoldedText(NamedTuple):
    """Folded text. `pieces`: (at, length, raw at, raw length) wherever its length differs from the original."""

    raw: str
    text: str
    pieces: tuple[tuple[int, int, int, int], ...]

    def raw_span(self, start: int, end: int) -> tuple[int, int]:
        """Return the span in the original of a span of the folded text."""
        return self._raw(start, end=False), self._raw(end - 1, end=True) if end > 0 else 0

    def folded_span(self, start: int, end: int) -> tuple[int, int]:
        """Return the span in the folded text of a span of the original. It is empty if folding removes the text."""
        positions = range(len(self.text))
        first = bisect_left(positions, start, key=lambda at: self._raw(at, end=False))
        return first, max(first, bisect_right(positions, end, key=lambda at: self._raw(at, end=True)))

    def _raw(self, position: int, *, end: bool) -> int:
        piece = bisect_right(self.pieces, (position, len(self.raw), 0, 0)) - 1
        if piece < 0:
            return position + end
        at, length, raw_at, raw_length = self.pieces[piece]
        if position < at + length:
            return raw_at + raw_length if end else raw_at
        return raw_at + raw_length + (position - at - length) + end


def fold(raw: str) -> FoldedText:
    """Fold a text; offsets of the result lead back to `raw` exactly."""
    out: list[str] = []
    pieces: list[tuple[int, int, int, int]] = []
    last = length = 0
    tail = ""
    unspaced = not raw.isascii() and _UNSPACED_CHAR.search(raw) is not None
    text = simplified(raw) if unspaced else raw
    changes_blanks = unspaced or "  " in raw or not raw.isprintable()
    for match in (_SPECIAL if changes_blanks else _SPECIAL_BUT_BLANKS).finditer(text):
        start, end = match.span()
        if start > last:
            out.append(text[last:start].lower())
            length += start - last
            tail = out[-1][-1]
        new = _replacement(match, text, tail)
        if len(new) != end - start:
            pieces.append((length, len(new), start, end - start))
        if new:
            out.append(new)
            length += len(new)
            tail = new[-1]
        last = end
    out.append(text[last:].lower())
    return FoldedText(raw, "".join(out), tuple(pieces))


def _replacement(match: re.Match[str], text: str, tail: str) -> str:
    """Return what replaces one special stretch; `tail` is the last folded character before it, '' at the beginning."""
    special, following = match[0], text[match.end() : match.end() + 1]
    inside_word = tail.isalnum() and following.isalnum()
    match match.lastgroup:
        case "us":
            return "usa"
        case "space":
            return "\n" if special.count("\n") > 1 else " "
        case "owner":
            return "" if tail.isalnum() else special[1:].lower()
        case "dash":
            if len(special) > 1 or special in _LONG_DASHES:
                return CLAUSE_DASH
            if inside_word:
                return " "
            return CLAUSE_DASH if tail.isspace() and following.isspace() else "-"
        case "other":
            if special in _APOSTROPHES:
                return "'" if inside_word else ""
            return "" if _QUOTE.match(special) else _FOLDED[special]
    return ""


class _FoldedCharacters(dict[str, str]):
    """Folds single characters: compatibility form, no accent, lower case; invisible ones vanish. Computed once each."""

    def __missing__(self, char: str) -> str:
        folded = ""
        for part in unicodedata.normalize("NFKC", char):
            base = unicodedata.normalize("NFD", part)[0] if part.isalpha() else part
            for c in (base if base.isascii() else part).casefold():
                accent, variation = "\u0300" <= c <= "\u036f", "\ufe00" <= c <= "\ufe0f"
                if not (accent or variation or unicodedata.category(c) in ("Cf", "Cc")):
                    folded += " " if c.isspace() else c
        self[char] = folded
        return folded


_FOLDED = _FoldedCharacters()
