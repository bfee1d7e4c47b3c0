"""Numbers as people write them, in English and Chinese, with offsets: "1,200", "twenty-five", "a dozen", "1.2万"."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import lru_cache

from monitor.domain.text.segments import MAX_SENTENCE
from monitor.domain.text.writing_systems import HAN_RANGE, simplified

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_BLANKS_AND_HYPHENS = str.maketrans("\u00a0\u202f\u2009\u3000\u2010\u2011\u2212\u2019", "    ---'")
_CURRENCY = {ord("圆"): ord("元")}
"""The full form of the character for yuan and dollars."""
_PLAIN = {**_FULL_WIDTH, **_BLANKS_AND_HYPHENS, **_CURRENCY}


def normalised_same_length(text: str) -> str:
    """Return the text with full-width forms, odd blanks, hyphens and traditional characters made plain.

    Each character becomes exactly one, so offsets stay true.
    """
    return text if text.isascii() else simplified(text).translate(_PLAIN)


_ONE_TO_NINETEEN = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    " eighteen nineteen"
)
_TWENTY_TO_NINETY = "twenty thirty forty fifty sixty seventy eighty ninety"
_ONES = {word: value for value, word in enumerate(f"zero {_ONE_TO_NINETEEN}".split())}
_TENS = {word: 10 * value for value, word in enumerate(_TWENTY_TO_NINETY.split(), 2)}
ONES_AND_TENS = (*_ONES, *_TENS)
"""The English words of which numbers below a hundred are made."""
_GROUPS = {
    **dict.fromkeys(("a", "an"), 1.0),
    **dict.fromkeys(("half a", "half an"), 0.5),
    **dict.fromkeys(("three quarters of a", "three-quarters of a"), 0.75),
    **dict.fromkeys(("a couple of", "a couple"), 2.0),
    "a quarter of a": 0.25,
    "half a dozen": 6.0,
    "a dozen": 12.0,
}
"""Words that mean a number without naming one."""
_SCALE_WORDS = {
    1e2: "hundred",
    1e3: "thousand k",
    1e6: "million mln mn m mm",
    1e9: "billion bln bn b",
    1e12: "trillion trn tn",
}
NUMBER_SCALES = {word: scale for scale, words in _SCALE_WORDS.items() for word in words.split()}
_FRACTIONS = {"½": 0.5, "¼": 0.25, "¾": 0.75}

_TENS_WORDS = "|".join(_TENS)
_ONES_WORDS = "|".join(sorted(_ONES, key=len, reverse=True))
_BELOW_HUNDRED = rf"(?:(?:{_TENS_WORDS})(?:[- ](?:{_ONES_WORDS}))?|(?:{_ONES_WORDS}))"
_BEFORE_SCALE = r"(?= [mbt]illion| hundred thousand| thousand)"
DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+|[½¼¾])?|[½¼¾]"
NUMBER_WORDS = (
    rf"(?:(?:half an?|(?:a |three[- ])quarters? of an?|an?){_BEFORE_SCALE}"
    rf"|(?:an?|{_ONES_WORDS}) hundred(?:(?: and)? {_BELOW_HUNDRED})?"
    rf"|{_BELOW_HUNDRED}(?:[- ]and[- ]a[- ](?:half|quarter)| dozen)?|half a dozen|a dozen|a couple(?: of)?)\b"
)
"""Regular expressions for a number in digits, and in English words (lower case)."""


def english_number(text: str) -> float:
    """Return the value of what `DIGITS` or `NUMBER_WORDS` matched. Raises ValueError or KeyError if it is no number."""
    text = text.lower().strip()
    if text[-1] in _FRACTIONS:
        return float(text[:-1] or 0) + _FRACTIONS[text[-1]]
    if text[0].isdigit():
        return float(text.replace(",", ""))
    if text in _GROUPS:
        return _GROUPS[text]
    return _value_of_words(re.split(r"[- ]", text))


def _value_of_words(parts: list[str]) -> float:
    """Return the value of number words: "two dozen", "two and a half", "three hundred and five", "twenty-five"."""
    if parts[-3:-1] == ["and", "a"]:
        return _value_of_words(parts[:-3]) + {"half": 0.5, "quarter": 0.25}[parts[-1]]
    if parts[-1] == "dozen":
        return 12.0 * _ONES[parts[0]]
    if parts[1:2] == ["hundred"]:
        rest = [part for part in parts[2:] if part != "and"]
        return 100.0 * _ONES.get(parts[0], 1) + (_value_of_words(rest) if rest else 0.0)
    return float(sum(_TENS.get(part, 0) or _ONES[part] for part in parts))


_HAN_ONES = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_HAN_SCALES = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
HAN_NUMBER = r"[零〇一二两三四五六七八九十百千]{1,16}(?:点[零〇一二三四五六七八九]{1,8})?"
HAN_SCALE = r"万亿|[十百千]?[万亿]|[百千]"
HAN_COUNT = rf"(?:(?:{DIGITS})(?: ?[百千]?(?:万亿|[万亿])(?:(?:{DIGITS})[百千]?万?)?| ?[百千])?|(?:{HAN_NUMBER})(?:(?:万亿|[万亿])(?:{HAN_NUMBER})?){{0,3}})"  # noqa: E501
"""Regular expressions: a number in Chinese characters below ten thousand, the scale after a number, and a number in
digits or characters with all its scales (1.2亿, 一亿二千万, 2万5000)."""
_ADJACENT_DIGITS = re.compile(
    r"(?<![零〇一二两三四五六七八九])(?:一二|两三|二三|三四|三五|四五|五六|六七|七八|八九)(?![零〇一二两三四五六七八九])"
)


def han_number(text: str) -> float:
    """Return the value of a number in Chinese characters: 十二, 一百零五, 二五, 三点五.

    Raises ValueError if a character is no numeral.
    """
    whole, _, decimals = text.partition("点")
    if decimals:
        return float(f"{han_number(whole):.0f}.{''.join(str(_HAN_ONES[char]) for char in decimals)}")
    if any(char not in _HAN_ONES and char not in _HAN_SCALES for char in text):
        raise ValueError(f"not a Chinese numeral: {text!r}")
    if not any(char in _HAN_SCALES for char in text):
        return float("".join(str(_HAN_ONES[char]) for char in text))
    total, digit = 0, -1
    for char in text:
        if char in _HAN_ONES:
            digit = _HAN_ONES[char]
        else:
            total += _HAN_SCALES[char] * (1 if digit < 0 else digit or 1)
            digit = -1
    return float(total + max(0, digit))


def number_value(text: str) -> float:
    """Return the value of what `DIGITS`, `NUMBER_WORDS` or `HAN_NUMBER` matched."""
    return han_number(text) if text[0] in _HAN_ONES or text[0] in _HAN_SCALES else english_number(text)


def chinese_count(text: str) -> float:
    """Return the value of what `HAN_COUNT` matched: the parts before and after 亿 and 万, each with its own scale."""
    text = text.replace(" ", "")
    for scale in ("亿", "万"):
        if scale in text:
            more, _, rest = text.rpartition(scale)
            return (chinese_count(more) if more else 1.0) * _HAN_SCALES[scale] + (chinese_count(rest) if rest else 0.0)
    digits = re.match(DIGITS, text)
    if not digits or digits.end() == len(text):
        return number_value(text)
    thousands = _HAN_SCALES[text[digits.end()]]
    rest = text[digits.end() + 1 :]
    return english_number(digits[0]) * thousands + (chinese_count(rest) if rest else 0.0)


def chinese_bounds(text: str) -> tuple[float, float]:
    """Return the least and the most that a count means: 三四百万 is 3 to 4 million, 十二 is twelve."""
    pair = _ADJACENT_DIGITS.search(text)
    if not pair:
        value = chinese_count(text)
        return value, value
    low, high = (text[: pair.start()] + digit + text[pair.end() :] for digit in pair[0])
    return chinese_count(low), chinese_count(high)


def inherited_scale(first: str, last: str) -> float:
    """Return the factor of the first of two numbers that share the scale of the last: 800 in 800至1000万.

    It is 1.0 if the first number has a scale of its own.
    """
    scale = None
    if not re.search("[十百千万亿]", first):
        scale = re.search("[十百千]?[万亿]+$|[百千]$", last)
    elif not re.search("[万亿]", first):
        scale = re.search("[万亿]+$", last)
    return chinese_count("一" + scale[0]) if scale else 1.0


_ABBREVIATED = r"(?:No|St|vs|Mr|Ms|Dr|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec|approx|[A-Z])"
_STOP = re.compile(
    rf"(?P<within>(?<!\w){_ABBREVIATED}\.\s+)|(?<=[.!?])[\"”’']?\s+(?=[A-Z\"“'$(\d])|[。！？；\n]|;\s|[!?;](?=[{HAN_RANGE}])"
)


@lru_cache(maxsize=8)
def _stops(text: str) -> tuple[list[int], list[int]]:
    """Where the stops of a text begin, and where they end. Kept, as each number of a text asks for its sentence."""
    stops = [stop.span() for stop in _STOP.finditer(text) if not stop["within"]]
    return [start for start, _ in stops], [end for _, end in stops]


def sentence_bounds(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the offsets of the sentence around a span. Abbreviated months ("Nov. 10") and initials do not end one, and
    no sentence reaches farther than MAX_SENTENCE."""
    starts, ends = _stops(text)
    before = bisect_right(ends, start)
    after = bisect_left(starts, end, before)
    left, right = ends[before - 1] if before else 0, starts[after] if after < len(starts) else len(text)
    return max(left, start - MAX_SENTENCE), min(right, end + MAX_SENTENCE)


_AMOUNT = re.compile(
    r"\s*(?P<sign>\$)?\s*(?P<number>\d[\d,]*(?:\.\d+)?)\s*(?:(?P<scale>thousand|million|billion|[mb]n|[kmb])(?![a-z]))?\s*(?P<unit>[A-Za-z%]*)\s*",
    re.I,
)
_SCALES = {"": 1.0, "k": 1e3, "thousand": 1e3, "m": 1e6, "mn": 1e6, "million": 1e6, "b": 1e9, "bn": 1e9, "billion": 1e9}
_UNIT_WORDS = (
    ("t", 1.0, "t tonnes tonne tons"),
    ("t", 1e3, "kt"),
    ("t", 1e6, "mt mmt"),
    ("usd", 1.0, "usd dollars"),
    ("pct", 1.0, "% percent"),
    ("units", 1.0, "units unit"),
    ("days", 1.0, "days day"),
)
"""The base unit, how many of it one is, and how files write it."""
UNITS = {word: (unit, factor) for unit, factor, words in _UNIT_WORDS for word in words.split()}
"""Name of a unit in small letters -> its base unit, and how many of that it is."""
UNITS_HINT = "use t, kt, Mt, USD, %, units or days"


@dataclass(frozen=True, slots=True)
class AmountInRule:
    """An amount in the base units of monitor.domain.extract.quantities: t, usd, pct, units or days."""

    amount: float
    unit: str


def read_amount(value: object) -> AmountInRule:
    """Read "12 Mt" (million tonnes), "450 kt", "$30 billion", "100 units". Raises ValueError with a remedy."""
    match = _AMOUNT.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError("write a number with its unit, such as 12 Mt or $30 billion")
    scale, unit = (match["scale"] or "").lower(), match["unit"].lower()
    name, factor = ("usd", 1.0) if match["sign"] and not unit else UNITS.get(unit, ("", 0.0))
    if not name:
        raise ValueError(f"the unit {match['unit']!r} is not known; {UNITS_HINT}")
    return AmountInRule(float(match["number"].replace(",", "")) * _SCALES[scale] * factor, name)
