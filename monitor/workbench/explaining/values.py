"""What an amount or a date in a pattern reads, in words, with ways in which news writes it: `<25 Mt>`, `<amount>`, `<date>`."""

from __future__ import annotations

from monitor.domain.text.angle_words import SAME_AMOUNT, Value, ValueKind

_WAYS = {
    "t": ("{en} tonnes", "{en} tons", "{zh}吨"),
    "usd": ("${en}", "{en} dollars", "{zh}美元"),
    "pct": ("{en}%", "{en} percent"),
    "units": ("{en} aircraft", "{en} licences", "{zh}架"),
    "days": ("{en} days", "{en}-day", "{zh}天"),
}
"""Base unit -> how news writes so much of it, the commonest first."""
_NAMES = {"t": "tonnes", "usd": "dollars", "pct": "percent"}
_SAMPLES = {"t": 25e6, "usd": 30e9, "pct": 10.0, "units": 200.0, "days": 90.0}
"""An amount of each unit for a pattern that takes any."""
_DATES = ("31 December 2025", "Dec. 31", "by the end of March", "2025年12月31日")
_ENGLISH_SCALES = ((1e9, " billion"), (1e6, " million"))
_CHINESE_SCALES = ((1e8, "亿"), (1e4, "万"))


def value_meaning(value: Value) -> str:
    """What a value reads: "25,000,000 tonnes, or up to 1% more or less", "any amount in tonnes", "any date"."""
    if value.kind is ValueKind.DATE:
        return "any date"
    unit = _NAMES.get(value.unit, value.unit)
    if value.amount is not None:
        return f"{value.amount:,.12g} {unit}, or up to {SAME_AMOUNT:.0%} more or less"
    return f"any amount in {unit}" if unit else "any amount with its unit"


def ways_of_writing(value: Value) -> tuple[str, ...]:
    """Two to five texts in which a reader of values finds it."""
    if value.kind is ValueKind.DATE:
        return _DATES
    if not value.unit:
        return tuple(ways_of_writing(Value(value.kind, unit))[0] for unit in _WAYS)
    amount = _SAMPLES[value.unit] if value.amount is None else value.amount
    en, zh = _scaled(amount, _ENGLISH_SCALES), _scaled(amount, _CHINESE_SCALES)
    return tuple(way.format(en=en, zh=zh) for way in _WAYS[value.unit])


def _scaled(amount: float, scales: tuple[tuple[float, str], ...]) -> str:
    """An amount as news writes it: "30 billion", "2,500万", "450,000"."""
    size, name = next(((size, name) for size, name in scales if amount >= size), (1.0, ""))
    return f"{amount / size:,.12g}{name}"
