"""The language of a story, as far as its feed or its letters tell."""

from __future__ import annotations

import re
from collections.abc import Mapping

from monitor.domain.model import Story
from monitor.domain.text.writing_systems import HAN_CHAR, HANGUL_RANGE, THAI_RANGE

LANGUAGES: Mapping[str, str] = {
    "zh": "Chinese",
    "ja": "Japanese",
    "ko": "Korean",
    "th": "Thai",
    "vi": "Vietnamese",
    "ru": "Russian",
    "de": "German",
    "fr": "French",
    "es": "Spanish",
    "pt": "Portuguese",
    "it": "Italian",
    "nl": "Dutch",
    "ar": "Arabic",
    "hi": "Hindi",
}
SCRIPTS = (
    ("ja", re.compile(r"[\u3041-\u3096\u30a1-\u30fa]")),
    ("ko", re.compile(f"[{HANGUL_RANGE}]")),
    ("th", re.compile(f"[{THAI_RANGE}]")),
    ("zh", HAN_CHAR),
)
"""The letters that show the language of a title. Japanese and Korean use Han letters too, so those come last."""


def language_of(story: Story) -> str:
    """The two letters of a story's language; '' where its feed does not say and its letters do not tell."""
    return story.lang.partition("-")[0].lower() or next(
        (code for code, letters in SCRIPTS if letters.search(story.title)), ""
    )
