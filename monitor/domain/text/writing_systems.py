"""The characters of the writing systems of news, and the language that a text is written in."""

from __future__ import annotations

import re

HAN_RANGE = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
"""Han with extension A and the compatibility forms, for the inside of a character class, as all below."""
KANA_RANGE = "\u3040-\u30ff"
HANGUL_RANGE = "\uac00-\ud7a3"
THAI_RANGE = "\u0e00-\u0e7f"
UNSPACED_RANGE = THAI_RANGE + KANA_RANGE + HAN_RANGE + HANGUL_RANGE
"""Scripts that are matched character by character, as if no spaces stood between their words."""

HAN_CHAR = re.compile(f"[{HAN_RANGE}]")


def language_of(text: str) -> str:
    """Guess the language of a text: 'zh' if it has a Han character, else 'en'."""
    return "zh" if HAN_CHAR.search(text) else "en"
