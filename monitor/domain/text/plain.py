"""Text made safe to print: control characters, length, web links."""

from __future__ import annotations

import re

from monitor.domain.text.writing_systems import UNSPACED_RANGE

LINE_BREAKS = re.compile(r"[\u2028\u2029\u0085\x0b\x0c\r\n\t]")
FORBIDDEN_CHARACTERS = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb]"
)
"""Controls and everything that turns the direction of text: they never belong in a quote."""
WORD_END = re.compile(rf"\s|[{UNSPACED_RANGE}]")
SURROGATE = re.compile(r"[\ud800-\udfff]")


def printable(text: str) -> str:
    """`text` without control and direction characters; a lone surrogate becomes U+FFFD. Line feeds stay."""
    return SURROGATE.sub("\ufffd", FORBIDDEN_CHARACTERS.sub("", text.replace("\u2028", "\n").replace("\u2029", "\n")))


def one_line(text: str, limit: int = 400) -> str:
    """`text` fit to print on one line: printable, white space collapsed, cut at a word to `limit` characters."""
    head = text[: limit * 8]
    return truncated(" ".join(printable(LINE_BREAKS.sub(" ", head)).split()), limit)


def truncated(text: str, limit: int) -> str:
    """At most `limit` characters, ending at a word with an ellipsis when something was left out."""
    if len(text) <= limit:
        return text
    # A long unbroken run (an address) has no word to end at: it is cut where it must be.
    at = _word_end(text, limit // 2, limit) or limit - 1
    return text[:at].rstrip(" ,;:·-–—，、；：") + "…"


def _word_end(text: str, first: int, end: int) -> int:
    """The last place from `first` on and before `end` at which a text may end: before a blank, and beside any letter of a
    script that is written without blanks. 0 where there is none."""
    last = WORD_END.search(text[max(first - 1, 0) : end][::-1])  # backwards: a long title is cut near its limit
    if last is None:
        return 0
    at = end - 1 - last.start()
    after = at if last.group().isspace() else min(at + 1, end - 1)
    return after if after >= first else 0


def web_link(url: str) -> str:
    """`url` when it is a plain http or https address, else ''."""
    url = url.strip()
    fine = re.fullmatch(r"https?://[^\s<>\"'`\\\x00-\x1f\x7f]+", url, re.IGNORECASE)
    return printable(url) if fine and len(url) <= 2000 else ""
