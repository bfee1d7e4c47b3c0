"""Amounts in English text: "at least 25 million tonnes", "$1bn-$2bn", "ten cargoes", "24 percentage points", "a 90-day pause"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from monitor.domain.amounts import (
    CARGO,
    DAYS_IN,
    MEGATONNE,
    SIMPLE,
    TONNE,
    UNITS,
    Amount,
    Measure,
    amount,
    bushel,
    named,
)
from monitor.domain.numerals import DIGITS, SCALES, WORDS, english_number, sentence

_BOUNDS = {
    "low": r"at least|more than|over|no(?:t)? (?:less|fewer) than|a minimum of|exceed(?:s|ed|ing)?|above|upwards? of|in excess of"
    r"|topp(?:ed|ing)|surpass(?:ed|ing|es)?",
    "high": r"up to|as (?:much|many) as|at most|no(?:t)? more than|less than|fewer than|under|below|a maximum of|capped at",
    "near": r"nearly|almost|close to|just under|approach(?:es|ed|ing)?",
    "about": r"about|around|roughly|approximately|some|circa|an estimated",
}
_SCALE = r"hundred|thousand|million|billion|trillion|mln|bln|trn|mn|bn|tn|mm(?!t)|m(?!t)|b|k"
_COUNTED = (
    r"chips|gpus?|processors|accelerators|units|aircraft|airplanes|planes|jets|licen[cs]es|permits|companies|firms|entities"
    r"|tariff lines|product categories|categories"
)
_UNITS = {
    "mega": r"(?:mmt|mt)\b",
    "kilo": r"kt\b",
    "tonne": r"(?:metric |long )?(?:tonnes?|tons?)\b|t\b",
    "bushel": r"bushels?\b|bu\b",
    "cargo": r"(?:(?:u\.?s\.? |american |new )?(?:soybean|soy|bulk|grain|sorghum|corn|lng|crude|oil|coal) )?"
    r"(?:cargoes|cargos|cargo(?! ship| plane| vessel)|boatloads?|shiploads?|boats?)\b",
    "points": r"percent(?:age)?[- ]points?\b|pp\b|ppts?\b",
    "basis_points": r"basis points\b",
    "percent": r"%|per ?cent\b|pct\b",
    "usd": r"(?:u\.?s\.? )?dollars?\b",
    "cny": r"(?:chinese )?yuan\b|renminbi\b|rmb\b",
    "units": rf"(?:[a-z0-9][\w.]*[- ]){{0,2}}?(?:{_COUNTED})\b",
}
_CURRENCY = r"us\$ ?|usd ?|\$ ?|rmb ?|cny ?|¥ ?"
_NUMBER = rf"{DIGITS}|{WORDS}"
_AMOUNT = re.compile(
    rf"(?:\b(?:{named(_BOUNDS)})[ -])?(?:(?P<between>between) )?(?P<currency>{_CURRENCY})?"
    rf"(?<![\w.])(?<!\d,)(?P<n1>{_NUMBER})(?:[ -]?(?P<scale1>{_SCALE})\b)?%?"
    rf"(?:(?P<joint> ?[-–—] ?| to | and )(?:{_CURRENCY})?(?P<n2>{_NUMBER})(?:[ -]?(?P<scale2>{_SCALE})\b)?)?"
    rf"(?:[ -]?(?:{named(_UNITS)}))?(?!\w)",
    re.IGNORECASE,
)
_OF_WHICH = re.compile(r" of (?:the |its |a |that |their )?", re.IGNORECASE)
_FROM = re.compile(r"\bfrom $", re.IGNORECASE)
_TIME = re.compile(
    rf"(?:\b(?P<lead>for|by|another|additional|extra|further|next|within|lasting|of|extended) )?"
    rf"(?<![\w.])(?P<n>{_NUMBER}|an?)(?P<joint>[ -])(?P<unit>day|week|month|year)s?\b"
    r"(?![- ](?:old|ago|high|low|peak|bond|note|yield|treasur|plan|earlier|later|after|on[- ]year))",
    re.IGNORECASE,
)
_GRAIN = re.compile(r"soy|bean|grain|crop|corn|sorghum|wheat|farm", re.IGNORECASE)
_NO_GRAIN = re.compile(r"\b(?:lng|crude|oil|coal|gas|ethane|iron ore|copper)\b", re.IGNORECASE)
_A_YEAR_NUMBER = 1900


def english_amounts(text: str) -> Iterator[Amount]:
    """Every amount with a unit, in order. `text` is as `same_length` makes it."""
    at = 0
    while found := _AMOUNT.search(text, at):
        if found["n2"] and not _is_range(text, found):
            at = found.start("joint")
            found = _AMOUNT.match(text, found.start(), at)
        else:
            at = found.end() if _measure(text, found) else found.end("scale1" if found["scale1"] else "n1")
        if found and (one := _amount(text, found)):
            yield one


def _is_range(text: str, found: re.Match[str]) -> bool:
    """Whether two numbers are the ends of one range ("8-10 million", "between 8 and 10"): "from 57% to 47%" is a change."""
    joint = found["joint"].strip().lower()
    if joint == "and":
        return found["between"] is not None
    return joint != "to" or not _FROM.search(text[: found.start()])


def _amount(text: str, found: re.Match[str]) -> Amount | None:
    measure = _measure(text, found)
    if measure is None:
        return None
    last = found["scale2"] if found["n2"] else found["scale1"]
    one = english_number(found["n1"]) * _scale(found["scale1"] or last)
    two = english_number(found["n2"]) * _scale(last) if found["n2"] else one
    return amount(found, measure, min(one, two), max(one, two))


def _scale(word: str | None) -> float:
    return SCALES[word.lower()] if word else 1.0


def _measure(text: str, found: re.Match[str]) -> Measure | None:
    if found["currency"]:
        return SIMPLE["usd" if "$" in found["currency"] or found["currency"].lower().startswith("usd") else "cny"]
    kind = next((name for name in _UNITS if found[name]), None)
    if kind is None:
        return _measure_of_whole(text, found)
    match kind:
        case "mega":
            return _mega(found)
        case "bushel":
            return bushel(text[found.end() : found.end() + 30])
        case "cargo":
            return _cargo(text, found)
        case _:
            return SIMPLE[kind]


def _measure_of_whole(text: str, found: re.Match[str]) -> Measure | None:
    """The measure of "7 million" in "7 million of the 12 million tonnes"; "%" may have stood between number and range."""
    if found[0].endswith("%"):
        return SIMPLE["percent"]
    of = _OF_WHICH.match(text, found.end())
    whole = _AMOUNT.match(text, of.end()) if of else None
    return _measure(text, whole) if whole and not whole["n2"] and any(whole[name] for name in _UNITS) else None


def _mega(found: re.Match[str]) -> Measure:
    """ "12 MMT" and "12 Mt" are million tonnes; "332,000 MT" and "12 million MT" are the trade's metric tonnes."""
    scaled = found["scale1"] or found["scale2"] or english_number(found["n1"]) >= 1000
    return TONNE if found["mega"] == "MT" and scaled else MEGATONNE


def _cargo(text: str, found: re.Match[str]) -> Measure | None:
    """A cargo is of grain unless the sentence names another good; a boat only where it names grain."""
    around = text[slice(*sentence(text, found.start(), found.end()))]
    if "boat" in found["cargo"].lower() and not _GRAIN.search(around):
        return None
    return UNITS if _NO_GRAIN.search(around) else CARGO


def english_times(text: str) -> Iterator[Amount]:
    """Every length of time ("for one year", "90-day", "30 days"), in days; "25 million tonnes a year" is none."""
    for found in _TIME.finditer(text):
        unit, number = found["unit"].lower(), found["n"].lower()
        bare = not found["lead"] and found["joint"] == " "
        if bare and (unit != "day" or number in ("a", "an")):
            continue
        value = 1.0 if number in ("a", "an") else english_number(number)
        if 0 < value < _A_YEAR_NUMBER:  # a zero-day is no length of time
            days = value * DAYS_IN[unit]
            yield Amount(found.start("n"), found.end(), days, days, "days")
