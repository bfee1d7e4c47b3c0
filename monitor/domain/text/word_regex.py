r"""Words by their form: `/h\d00/` in a pattern. A regular expression that reads one word, and always in bounded time.

Python's engine backtracks, so what could make it do so without end is refused when the rule is read: a repeated group
that holds a repetition or a choice, more than one open repetition, back-references and look-around. A word is at most
LONGEST characters long, so reading a text stays linear in its length.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

MAX_WORD = 64
"""Characters of a word that a form may read; a longer one fits none."""
MAX_SOURCE = 80
MAX_SHORT_REPEAT = 3
"""Up to so many times, a repetition counts as a short one."""
MAX_SHORT_REPEATS = 4

_PART = re.compile(
    r"\\(?P<escape>.)|(?P<set>\[\^?\]?[^\]]*\])|(?P<open>\((?:\?:|\?(?P<odd>.))?)|(?P<close>\))|(?P<choice>\|)"
    r"|(?P<repeat>[*+?]|\{(?P<least>\d*)(?P<range>,)?(?P<most>\d*)\})(?P<lazy>[?+])?|(?P<plain>.)"
)
_ESCAPES = frozenset("dw.-+$%&/\\")


class PatternError(ValueError):
    """A pattern cannot be read. `column` counts from 0 inside the pattern."""

    def __init__(self, message: str, column: int, hint: str = "") -> None:
        super().__init__(message)
        self.column = column
        self.hint = hint


@dataclass(frozen=True, slots=True)
class WordForm:
    """A checked expression. `source` is folded, as the texts are that it reads."""

    source: str
    _compiled: re.Pattern[str] = field(repr=False, compare=False)

    def fits(self, word: str) -> bool:
        """Whether the whole word has this form."""
        return len(word) <= MAX_WORD and self._compiled.fullmatch(word) is not None


def word_form(source: str, column: int = 0) -> WordForm:
    """Check and compile an expression; `column` is where it begins in its pattern. Raises PatternError."""
    if len(source) > MAX_SOURCE:
        raise PatternError(f"a word form of {len(source)} characters is too long", column, f"at most {MAX_SOURCE}")
    _BacktrackCheck(column).whole(source)
    try:
        compiled = re.compile(_folded(source), re.ASCII)
    except (re.error, OverflowError) as error:
        raise PatternError(f"no regular expression: {error}", column) from error
    if compiled.fullmatch(""):
        raise PatternError("this word form also matches nothing at all", column, "let it require one character")
    return WordForm(compiled.pattern, compiled)


def _folded(source: str) -> str:
    """The expression in small letters, as folded text is; `\\d` and its like have only small ones."""
    return unicodedata.normalize("NFC", source).lower()


class _BacktrackCheck:
    """One walk over an expression that refuses what could backtrack without end."""

    def __init__(self, column: int) -> None:
        self.column = column
        self.groups: list[bool] = []
        """Whether each open group holds a repetition or a choice."""
        self.closed = False
        """Whether the part just read was a group that holds one."""
        self.open_repeats = self.short_repeats = 0

    def whole(self, source: str) -> None:
        for part in _PART.finditer(source):
            at = self.column + part.start()
            self._refuse_odd(part, at)
            if part["repeat"]:
                self._repeat(part, at)
            elif part["open"]:
                self.groups.append(False)
            elif part["choice"] and self.groups:
                self.groups[-1] = True
            self.closed = bool(part["close"] and self.groups and self._close())

    def _close(self) -> bool:
        held = self.groups.pop()
        if held and self.groups:
            self.groups[-1] = True
        return held

    def _refuse_odd(self, part: re.Match[str], at: int) -> None:
        if part[0].startswith("[") and "[" in part[0][1:]:
            raise PatternError("a '[' inside '[…]' is not used here", at, "list the letters, as in [a-z0-9]")
        if part["odd"]:
            raise PatternError("look-around and flags are not used here", at, "write (…) or (?:…)")
        if part["escape"] and part["escape"] not in _ESCAPES:
            raise PatternError(f"'\\{part['escape']}' is not used here", at, r"\d is a digit, \w a letter or digit")
        if part["lazy"]:
            raise PatternError("a repetition of a repetition", at, "one of * + ? {m,n} says it all")

    def _repeat(self, part: re.Match[str], at: int) -> None:
        if self.closed and part["repeat"] != "?":
            raise PatternError("a repeated group may hold no repetition and no choice", at, "it could take for ever")
        if part["least"] and not part["range"]:
            return
        self._count(part, at)
        if self.groups:
            self.groups[-1] = True

    def _count(self, part: re.Match[str], at: int) -> None:
        open_ended = (
            part["repeat"] in "*+" or (not part["most"] and part["range"]) or int(part["most"] or 0) > MAX_SHORT_REPEAT
        )
        if open_ended:
            self.open_repeats += 1
        else:
            self.short_repeats += 1
        if self.open_repeats > 1 or self.short_repeats > MAX_SHORT_REPEATS:
            allowed = (
                f"one open repetition (* + or more than {MAX_SHORT_REPEAT} times) and {MAX_SHORT_REPEATS} short ones"
            )
            raise PatternError("too many repetitions for one word", at, f"at most {allowed}")
