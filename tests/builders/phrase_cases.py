"""The notation of the phrase tables made into values: "8e6..10e6 t booked calendar-2025 reading", "2026-02-28 day
due"."""

from datetime import date
from pathlib import Path

from monitor.domain.model import DateMention, Quantity

PUBLISHED = date(2025, 12, 10)
PHRASES = Path(__file__).parent / "phrases"
_BASES = ("pledged", "booked", "shipped", "arrived")
_SAME = 2e-3
"""Bushels come out at 12.002 million tonnes where the text means 12."""


def phrases(name: str) -> list[tuple[str, str, str]]:
    """The rows of a table: section, sentence, and what is read in it, '' for nothing."""
    rows, section = list[tuple[str, str, str]](), ""
    for line in (PHRASES / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        text, arrow, expected = line.partition(" =>")
        if arrow:
            rows.append((section, text, expected.strip()))
        elif line.startswith("["):
            section = line.strip("[]")
    return rows


def amounts(written: str) -> list[Quantity]:
    return [_amount(one.split()) for one in written.split("|") if one.strip()]


def _amount(words: list[str]) -> Quantity:
    number, unit, *rest = words
    low, _, high = number.removeprefix(">=").partition("..")
    top = None if number.startswith(">=") else float(high or low)
    basis = next((word for word in rest if word in _BASES), "")
    period = next((word for word in rest if "-" in word), "")
    return Quantity(float(low), top, unit, basis, period, "reading" in rest)


def dates(written: str) -> list[tuple[date, str, str]]:
    """(day, precision, role) of each date."""
    parts = [[*one.split(), ""] for one in written.split("|") if one.strip()]
    return [(date.fromisoformat(day), precision, role) for day, precision, role, *_ in parts]


def shown(read: DateMention) -> tuple[date, str, str]:
    return read.date, read.precision, read.role


def alike(found: list[Quantity], expected: list[Quantity]) -> bool:
    """Whether two lists of amounts agree in every field but the words."""
    return len(found) == len(expected) and all(_alike(*pair) for pair in zip(found, expected, strict=True))


def _alike(one: Quantity, two: Quantity) -> bool:
    said = [(q.unit, q.basis, q.period, q.reading) for q in (one, two)]
    return said[0] == said[1] and _near(one.low, two.low) and _near(one.high, two.high)


def _near(one: float | None, two: float | None) -> bool:
    return one == two if one is None or two is None else abs(one - two) <= _SAME * max(abs(one), abs(two))


def marked(text: str) -> tuple[str, tuple[int, int]]:
    """A sentence without the brackets around its act, and where the act stands."""
    start, end = text.index("["), text.index("]") - 1
    return text.replace("[", "").replace("]", ""), (start, end)
