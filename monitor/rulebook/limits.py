"""How large a pattern may grow: sets inside sets could make a small file very large, and nested groups very deep."""

from __future__ import annotations

import re
from collections.abc import Callable

from monitor.domain.wordforms import PatternError

MOST_CHARACTERS = 3_000
"""Of one pattern as it is written."""
MOST_NESTED = 20
MOST_WORDS = 5_000
"""Words of one pattern with its sets filled in."""
MOST_WORDS_OF_ALL = 300_000
"""Words of all patterns of one file with their sets filled in."""

_SET = re.compile(r"\{([^{}|()]+)\}")


def refuse_large(pattern: str) -> None:
    """Raise PatternError where a pattern goes beyond what may be written, or nests groups too deep."""
    if len(pattern) > MOST_CHARACTERS:
        raise PatternError(f"longer than {MOST_CHARACTERS:,} characters", MOST_CHARACTERS, "name its parts as sets")
    depth = heads = 0
    for column, char in enumerate(pattern):
        depth += (char == "(") - (char == ")")
        heads = heads + 1 if char == "!" else 0
        if depth > MOST_NESTED or heads > MOST_NESTED:
            raise PatternError(f"groups stand more than {MOST_NESTED} deep in each other", column, "name them as sets")


def words_in(pattern: str, words_of_set: Callable[[str], int]) -> int:
    """About how many words a pattern has once its sets are filled in."""
    return (
        1 + pattern.count("|") + pattern.count(" ") + sum(words_of_set(name.strip()) for name in _SET.findall(pattern))
    )
