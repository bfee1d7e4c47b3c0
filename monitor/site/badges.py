"""The status of a promise as a small picture in two parts: its name, and the status with its shape."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from unicodedata import combining, east_asian_width

from monitor.domain.messages.headlines.subject import shown_status
from monitor.domain.model import Commitment, Verdict
from monitor.domain.text.labels import status_caps
from monitor.domain.text.plain import truncated
from monitor.render.status_style import colors_of, style_of
from monitor.site.names import cleaned

HEIGHT, PADDING, SHAPE = 20, 6, 10
SIZE = 11
MOST_NAME = 40
"""Letters of a name: a picture of twice the width no longer fits beside a line of text (an estimate)."""
FONTS = "Verdana,'DejaVu Sans',Geneva,sans-serif"
NAME_GROUND, NAME_INK, RIM = "#37404b", "#ffffff", "#6b7682"
"""The rim parts the picture from a light and a dark page alike (contrast over 3 with both)."""
PATHS: Mapping[str, str] = {
    "–": '<path d="M1 4h8v2h-8z"/>',
    "○": '<circle cx="5" cy="5" r="3.6" fill="none" stroke="{ink}" stroke-width="1.8"/>',
    "▶": '<path d="M1.5.5l8 4.5-8 4.5z"/>',
    "◐": '<path d="M5 .6a4.4 4.4 0 000 8.8z"/><circle cx="5" cy="5" r="3.9" fill="none" stroke="{ink}"/>',
    "✔": '<path d="M.8 5.4l1.5-1.5 2 2L8.2 1l1.5 1.4-5.4 6.6z"/>',
    "●": '<circle cx="5" cy="5" r="4.4"/>',
    "▲": '<path d="M5 .6l4.6 8.6H.4z"/>',
    "■": '<path d="M1 1h8v8H1z"/>',
    "✖": '<path d="M2.3.8L5 3.5 7.7.8l1.5 1.5L6.5 5l2.7 2.7-1.5 1.5L5 6.5 2.3 9.2.8 7.7 3.5 5 .8 2.3z"/>',
    "◆": '<path d="M5 .2L9.8 5 5 9.8.2 5z"/>',
}
"""The shape of each status in a square of 10: drawn, as a reader's font may lack the glyph or colour it as an emoji."""


def badge_file(commitment: Commitment, verdict: Verdict) -> bytes:
    """The picture as SVG, without script, style sheet or font from elsewhere. Its title says both parts."""
    name, word = truncated(cleaned(commitment.short), MOST_NAME), status_caps(verdict.status)
    colours = colors_of(verdict.status)
    left = 2 * PADDING + _width(name)
    right = 2 * PADDING + SHAPE + 4 + _width(word)
    title = escape(f"{name}: {cleaned(shown_status(verdict))}")
    shape = PATHS[style_of(verdict.status).shape].format(ink=colours.ink)
    at = left + PADDING
    parts = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="{HEIGHT}" role="img" aria-label="{title}">',
        f"<title>{title}</title>",
        f'<clipPath id="r"><rect width="{left + right}" height="{HEIGHT}" rx="3"/></clipPath>',
        f'<g clip-path="url(#r)"><rect width="{left}" height="{HEIGHT}" fill="{NAME_GROUND}"/>',
        f'<rect x="{left}" width="{right}" height="{HEIGHT}" fill="{colours.fill}"/></g>',
        f'<rect x=".5" y=".5" width="{left + right - 1}" height="{HEIGHT - 1}" rx="2.5" fill="none" stroke="{RIM}"/>',
        f'<g font-family="{FONTS}" font-size="{SIZE}">{_words(PADDING, name, NAME_INK)}',
        f"{_words(at + SHAPE + 4, word, colours.ink)}</g>",
        f'<g transform="translate({at} 5)" fill="{colours.ink}">{shape}</g></svg>',
    )
    return ("\n".join(parts) + "\n").encode()


def _words(x: int, text: str, ink: str) -> str:
    """A text that fills exactly the room kept for it, whatever font the reader has."""
    return (
        f'<text x="{x}" y="14" fill="{ink}" textLength="{_width(text)}" lengthAdjust="spacingAndGlyphs">'
        f"{escape(text)}</text>"
    )


def _width(text: str) -> int:
    """The room of a text in pixels, by the letters of Verdana: 11 for a Chinese one, 9 for a wide capital, 3 for a thin letter."""
    return round(sum(map(_letter_width, text)))


def _letter_width(letter: str) -> float:
    if combining(letter):
        return 0
    if east_asian_width(letter) in "WF":
        return SIZE
    if letter in "ijl.,:;'|!":
        return 3.4
    if letter in "frtI -()[]":
        return 4.6
    return 9.2 if letter in "MWmw%@" else 7.9 if letter.isupper() else 6.9
