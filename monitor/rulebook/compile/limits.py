"""How large a pattern may grow: sets inside sets could make a small file very large, and nested groups very deep."""

from __future__ import annotations

import re
from collections.abc import Callable

from monitor.domain.text.word_regex import PatternError

MAX_CHARACTERS = 3_000
"""Of one pattern as it is written."""
MAX_NESTING = 20
MAX_WORDS = 5_000
"""Words of one pattern with its sets filled in."""
MAX_WORDS_PER_FILE = 300_000
"""Words of all patterns of one file with their sets filled in."""

_SET = re.compile(r"\{([^{}|()]+)\}")


def refuse_large(pattern: str) -> None:
    """Raise PatternError where a pattern goes beyond what may be written, or nests groups too deep."""
    if len(pattern) > MAX_CHARACTERS:
        raise PatternError(f"longer than {MAX_CHARACTERS:,} characters", MAX_CHARACTERS, "name its parts as sets")
    depth = heads = 0
    for column, char in enumerate(pattern):
        depth += (char == "(") - (char == ")")
        heads = heads + 1 if char == "!" else 0
        if depth > MAX_NESTING or heads > MAX_NESTING:
            raise PatternError(f"groups stand more than {MAX_NESTING} deep in each other", column, "name them as sets")


def words_in(pattern: str, words_of_set: Callable[[str], int]) -> int:
    """About how many words a pattern has once its sets are filled in."""
    return (
        1 + pattern.count("|") + pattern.count(" ") + sum(words_of_set(name.strip()) for name in _SET.findall(pattern))
    )
