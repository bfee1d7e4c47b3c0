"""Turns the text of feeds into one line of plain text, without tags, entities and deceptive characters."""

from __future__ import annotations

import html
import re
from html.entities import html5

SUMMARY_LIMIT = 2_000
TITLE_LIMIT = 500
_RAW_FACTOR = 10
"""Markup characters read per character of text: a summary of 2,000 is taken from at most 20,000."""

_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u061c\u115f\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    "\ufdd0-\ufdef\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)
"""Control and bidi characters, lone surrogates, tags and non-characters. The two joiners stay: Persian needs them."""
_BLANKS = re.compile(r"\s+")
_INLINE = "a abbr b bdi bdo big cite code em font i ins mark q s small span strike strong sub sup time tt u wbr"
_BLOCK = (
    "address article aside audio blockquote body br button center dd details div dl dt figcaption figure footer form "
    "h1 h2 h3 h4 h5 h6 head header hr html iframe img input label li link main meta nav noscript object ol option p "
    "picture pre section select source summary svg table tbody td tfoot th thead title tr ul video"
)
_INLINE_TAG = re.compile(rf"</?(?:{_INLINE.replace(' ', '|')})(?:\s[^<>]*)?/?>", re.IGNORECASE)
_BLOCK_TAG = re.compile(
    rf"</?(?:{_BLOCK.replace(' ', '|')})(?:\s[^<>]*)?/?>|<!--.*?(?:-->|\Z)", re.IGNORECASE | re.DOTALL
)
_HIDDEN = re.compile(r"<(script|style|template)\b[^<>]*>.*?(?:</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)
_CUT_TAG = re.compile(r"<[a-zA-Z/!][^<>]*\Z")
_LEFT_OVER = re.compile(r"&([A-Za-z][A-Za-z0-9]{0,30});")


def visible_text(text: str) -> str:
    """The text without invisible and unstorable characters, with single blanks."""
    return _BLANKS.sub(" ", _UNSEEN.sub("", text)).strip()


def plain_title(markup: str) -> str:
    """A title as people read it, at most TITLE_LIMIT characters: without tags and entities, `P&G;` repaired.

    A title that was escaped twice still holds entities after XML; one that was escaped once holds tags.
    """
    return truncated(_plain(markup[: TITLE_LIMIT * _RAW_FACTOR]), TITLE_LIMIT)


def plain_summary(markup: str) -> str:
    """A description as plain text, at most SUMMARY_LIMIT characters, cut at a blank."""
    start = markup[: SUMMARY_LIMIT * _RAW_FACTOR]
    return truncated(_plain(_CUT_TAG.sub("", start)), SUMMARY_LIMIT)


def truncated(text: str, limit: int) -> str:
    """The text, or its start up to a blank and an ellipsis, at most `limit` characters."""
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    at = head.rfind(" ")
    return (head[:at] if at > limit * 2 // 3 else head).rstrip() + "…"


def _plain(markup: str) -> str:
    text = _without_tags(markup)
    if "&" in text:
        # Tags again: in a description that was escaped twice they appear only now.
        text = _without_tags(html.unescape(text))
        # Lenient XML parsers make `P&G;` of `P&G`: undo that, and keep real entities.
        text = _LEFT_OVER.sub(lambda found: found[0] if found[1] + ";" in html5 else "&" + found[1], text)
    return visible_text(text)


def _without_tags(markup: str) -> str:
    """Remove known tags only, so that "<10m tonnes" and "a<b" stay."""
    if "<" not in markup:
        return markup
    return _INLINE_TAG.sub("", _BLOCK_TAG.sub(" ", _HIDDEN.sub(" ", markup)))
