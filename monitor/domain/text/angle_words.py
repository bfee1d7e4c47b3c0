"""What stands in angle brackets in a pattern: verbs and nouns in all their forms, amounts and dates however they are written.

<buy/snap up>  every form of these verbs      <cargo/farm good+>  singular and plural of these nouns
<25 Mt>        this amount, within 1 %        <amount>  <Mt>      any amount, any amount of that unit
<date>         any date
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import chain
from typing import TypeAlias

from monitor.domain.text.inflection import noun_forms, verb_forms
from monitor.domain.text.word_regex import PatternError
from monitor.domain.text.written_amounts import UNITS, read_amount

ANGLE_SYNTAX = "<buy> is every form of a verb, <cargo+> of a noun, <25 Mt> an amount, <date> a date"
SAME_AMOUNT = 0.01
"""Share by which an amount may differ from the one in a pattern: news rounds, and converts bushels."""


class WordClass(Enum):
    """What a word in angle brackets is."""

    VERB = "verb"
    NOUN = "noun"


@dataclass(frozen=True, slots=True)
class Inflected:
    """Every form of one of these verbs or nouns, in base form."""

    word_class: WordClass
    lemmas: tuple[str, ...]

    @property
    def forms(self) -> tuple[str, ...]:
        """All forms of all of them, those of the first one first."""
        return tuple(dict.fromkeys(chain.from_iterable(map(self.forms_of, self.lemmas))))

    def forms_of(self, lemma: str) -> tuple[str, ...]:
        """All forms of a verb or noun of this class."""
        return verb_forms(lemma) if self.word_class is WordClass.VERB else noun_forms(lemma)


class ValueKind(Enum):
    """What a reader of values can find in a text."""

    AMOUNT = "amount"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Value:
    """A value that a pattern asks for: a date, or an amount of a base unit ('' for any) of a size (None for any)."""

    kind: ValueKind
    unit: str = ""
    amount: float | None = None

    def fits(self, found: FoundValue) -> bool:
        """Tell whether a value of a text is one that the pattern asks for."""
        if self.kind is not found.kind or (self.unit and self.unit != found.unit):
            return False
        if self.amount is None:
            return True
        close = SAME_AMOUNT * self.amount
        return found.low is not None and abs(found.low - self.amount) <= close


@dataclass(frozen=True, slots=True)
class FoundValue:
    """A date or an amount at [start, end) of an original text. low: the amount, or its lower bound, in its base unit."""

    start: int
    end: int
    kind: ValueKind
    unit: str = ""
    low: float | None = None


ValueReader: TypeAlias = Callable[[str, ValueKind], Sequence[FoundValue]]
"""Reads all dates, or all amounts, of a text."""


def read_angle(text: str, column: int) -> Inflected | Value:
    """Read what stands in angle brackets; `column` is where it begins in its pattern. Raises PatternError."""
    written = text.strip()
    words = [word.strip() for word in written.split("/")]
    if any(word.endswith("+") for word in words[:-1]):
        bare = "/".join(word.removesuffix("+").strip() for word in words)
        raise PatternError(f"<{text}>: one + at the end serves all nouns of a list", column, f"write <{bare}+>")
    try:
        if written == ValueKind.DATE.value:
            return Value(ValueKind.DATE)
        if written == ValueKind.AMOUNT.value:
            return Value(ValueKind.AMOUNT)
        if written.lower() in UNITS and (written[:1].isupper() or written in "t%"):
            return Value(ValueKind.AMOUNT, UNITS[written.lower()][0])
        if written[:1].isdigit() or written.startswith("$"):
            amount = read_amount(written)
            return Value(ValueKind.AMOUNT, amount.unit, amount.amount)
        is_noun = written.endswith("+")
        lemmas = tuple(lemma.strip() for lemma in written.removesuffix("+").split("/"))
        inflected = Inflected(WordClass.NOUN if is_noun else WordClass.VERB, lemmas)
        if not inflected.forms:
            raise ValueError("a word is missing")
        return inflected
    except ValueError as error:
        raise PatternError(f"<{text}>: {error}", column, ANGLE_SYNTAX) from error
