r"""Word forms: `/h\d00/` in a pattern. A regular expression that reads one word, always in bounded time.

Python's engine backtracks. So reading a rule refuses what could make it backtrack without end: a repeated group that holds
a repetition or a choice, more than one open repetition, back-references and look-around. A word has at most MAX_WORD
characters, so reading a text stays linear in its length. The limits are estimates: forms in use need far less.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

MAX_WORD = 64
"""Characters; a longer word fits no form."""
MAX_SOURCE = 80
MAX_SHORT_REPEAT = 3
"""A repetition of up to this many times counts as a short one, of more as an open one."""
MAX_SHORT_REPEATS = 4

_PART = re.compile(
    r"\\(?P<escape>.)|(?P<set>\[\^?\]?[^\]]*\])|(?P<open>\((?:\?:|\?(?P<odd>.))?)|(?P<close>\))|(?P<choice>\|)"
    r"|(?P<repeat>[*+?]|\{(?P<least>\d*)(?P<range>,)?(?P<most>\d*)\})(?P<lazy>[?+])?|(?P<plain>.)"
)
_ESCAPES = frozenset("dw.-+$%&/\\")


class PatternError(ValueError):
    """A pattern that cannot be read. `column` counts from 0 inside the pattern."""

    def __init__(self, message: str, column: int, hint: str = "") -> None:
        super().__init__(message)
        self.column = column
        self.hint = hint


@dataclass(frozen=True, slots=True)
class WordForm:
    """A checked expression. `source` is folded, as are the texts that it reads."""

    source: str
    _compiled: re.Pattern[str] = field(repr=False, compare=False)

    def fits(self, word: str) -> bool:
        """Tell whether the whole word has this form."""
        return len(word) <= MAX_WORD and self._compiled.fullmatch(word) is not None


def word_form(source: str, column: int = 0) -> WordForm:
    """Check and compile an expression; `column` is where it begins in its pattern. Raises PatternError."""
    if len(source) > MAX_SOURCE:
        raise PatternError(f"a word form of {len(source)} characters is too long", column, f"at most {MAX_SOURCE}")
    _refuse_unbounded(source, column)
    try:
        # In small letters, as folded text is; `\\d` and its like have only small ones.
        compiled = re.compile(unicodedata.normalize("NFC", source).lower(), re.ASCII)
    except (re.error, OverflowError) as error:
        raise PatternError(f"no regular expression: {error}", column) from error
    if compiled.fullmatch(""):
        raise PatternError("this word form also matches nothing at all", column, "let it require one character")
    return WordForm(compiled.pattern, compiled)


def _refuse_unbounded(source: str, column: int) -> None:
    """Raise PatternError for the first part that word forms do not have, or that could backtrack without end."""
    groups: list[bool] = []  # for each open group: whether it holds a repetition or a choice
    closed_nested = False  # whether the part just read closed a group that holds one
    open_repeats = short_repeats = 0
    for part in _PART.finditer(source):
        at = column + part.start()
        # Parts of regular expressions that word forms do not have.
        if part[0].startswith("[") and "[" in part[0][1:]:
            raise PatternError("a '[' inside '[…]' is not used here", at, "list the letters, as in [a-z0-9]")
        if part["odd"]:
            raise PatternError("look-around and flags are not used here", at, "write (…) or (?:…)")
        if part["escape"] and part["escape"] not in _ESCAPES:
            raise PatternError(f"'\\{part['escape']}' is not used here", at, r"\d is a digit, \w a letter or digit")
        if part["lazy"]:
            raise PatternError("a repetition of a repetition", at, "one of * + ? {m,n} says it all")
        # Parts that could backtrack.
        if part["repeat"] and closed_nested and part["repeat"] != "?":
            raise PatternError("a repeated group may hold no repetition and no choice", at, "it could take for ever")
        varies = bool(part["repeat"]) and not (part["least"] and not part["range"])  # {3} does not vary
        if varies:
            unlimited = part["repeat"] in "*+" or (not part["most"] and part["range"])
            is_open = bool(unlimited or int(part["most"] or 0) > MAX_SHORT_REPEAT)
            open_repeats, short_repeats = open_repeats + is_open, short_repeats + (not is_open)
        if open_repeats > 1 or short_repeats > MAX_SHORT_REPEATS:
            short = f"{MAX_SHORT_REPEATS} short ones"
            allowed = f"at most one open repetition (* + or more than {MAX_SHORT_REPEAT} times) and {short}"
            raise PatternError("too many repetitions for one word", at, allowed)
        if part["open"]:
            groups.append(False)
        elif groups and (part["choice"] or varies):
            groups[-1] = True
        closed_nested = bool(part["close"] and groups and groups.pop())
        if closed_nested and groups:
            groups[-1] = True
