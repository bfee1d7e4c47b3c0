"""Amounts in English text: "at least 25 million tonnes", "$1bn-$2bn", "ten cargoes", "a 90-day pause"."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from monitor.domain.extract import measures
from monitor.domain.extract.measures import AmountInText, Measure, bounded_amount, bushel_of, named_groups
from monitor.domain.text import numerals

_BOUNDS = {
    "low": "at least|(?<!no )(?<!not )more than|(?<!not )over|no(?:t)? (?:less|fewer) than|a minimum(?: of)?|minimum"
    "|(?<!not )exceed(?:s|ed|ing)?|above"
    r"|upwards? of|in excess of|north of|topp(?:ed|ing)|tops|surpass(?:ed|ing|es)?",
    "high": "up to|as (?:much|many) as|at (?:the )?most|no(?:t)? more than|not (?:to )?exceed(?:ing)?|not over"
    "|less than|fewer than|under|below"
    r"|a maximum(?: of)?|maximum|capped at",
    "near": "nearly|almost|close to|just under|(?:just )?shy of|just short of|near(?:s|ed|ing)?|approach(?:es|ed|ing)?",
    "about": r"about|around|roughly|approximately|some|circa|an estimated|estimated",
}
_AFTER_BOUNDS = {
    "and_more": r"\+|[ -]plus\b| (?:or|and) (?:more|above|over)\b| at (?:the )?(?:least|minimum)\b| at a minimum\b",
    "or_less": r" or (?:less|fewer|below)\b| at (?:the )?most\b| (?:maximum|tops)\b",
}
_SCALE = (
    "hundred thousand|hundred million|hundred|thousand|million|billion|trillion|mln|bln|trn|mn|bn|tn|mm(?!t)|m(?!t)|b|k"
)
_COUNTED = (
    "chips|gpus?|processors|accelerators|units|aircraft|airplanes|planes|jets|licen[cs]es|permits|companies"
    "|firms|entities"
    r"|tariff lines|product categories|categories"
)
_GOODS = r"(?:u\.?s\.? |american |new )?(?:(?:soybean|soya?|bulk|grain|sorghum|corn|panamax|lng|crude|oil|coal) )*"
_UNITS = {
    "mega": r"(?:mmt|mt)\b|megatonn?e?s?\b",
    "kilo": r"kt\b|kilotonn?e?s?\b",
    "short_ton": r"short tons?\b",
    "long_ton": r"long tons?\b",
    "tonne": r"(?:metric )?(?:tonnes?|tons?)\b|t\b",
    "kilogram": r"kg\b|kilograms?\b|kilos?\b",
    "bushel": r"bushels?\b|bu\b",
    "cargo": rf"{_GOODS}(?:cargoes|cargos|cargo(?! ship| plane| vessel)|boat ?loads?|ship ?loads?|vessel ?loads?|boats?"
    "|(?:panamax(?:es)?|bulkers|bulk carriers|vessels?|ships?)(?= of | full of | loaded | laden | carrying "
    r"| with ))\b",
    "points": r"percent(?:age)?[- ]points?\b|pp\b|ppts?\b",
    "basis_points": r"basis points\b|bps?\b",
    "percent": r"%|per ?cent\b|pct\b",
    "usd": r"(?:u\.?s\.? )?dollars?\b|usd\b",
    "cny": r"(?:chinese )?yuan\b|renminbi\b|rmb\b",
    "units": rf"(?:[a-z0-9][\w.]*[- ]){{0,2}}?(?:{_COUNTED})\b",
}
_CURRENCY = r"us\$ ?|usd ?|(?<![a-z])\$ ?|rmb ?|cny ?|¥ ?"
"""HK$, A$ and other dollars do not count: a letter precedes their sign."""
_NUMBER = rf"{numerals.DIGITS}|{numerals.NUMBER_WORDS}"
_MORE = r"(?:(?:another|(?:an )?additional|a further|further|an extra|some|about|around|roughly) )?"
_AMOUNT = re.compile(
    # The first group rejects the middle of a word quickly; its second branch lists the words that may begin there.
    r"(?i)(?:(?<![a-z])|(?=between|ranging|anywhere|somewhere|us|rmb"
    rf"|cny))(?:\b(?:{named_groups(_BOUNDS)})[ -]{_MORE})?(?:(?P<between>between|ranging from|anywhere from"
    f"|somewhere from) )?(?P<currency>{_CURRENCY})?"
    rf"(?<![a-z\d_.])(?<!\d,)(?P<n1>{_NUMBER})(?:[ -]?(?P<scale1>{_SCALE})\b)?(?:(?P<share>%)|\+)?"
    f"(?:(?P<joint> ?[-–—] ?|-? to |-to-| and | or )(?:{_CURRENCY})?(?P<n2>{_NUMBER})(?:[ -]?"
    rf"(?P<scale2>{_SCALE})\b)?)?"
    rf"(?P<plus>\+)?(?:[ -]?(?:(?:more|additional|further|extra) )?(?:{named_groups(_UNITS)}))?(?!\w)"
    f"(?:{named_groups(_AFTER_BOUNDS)})?"
)
_NUMERAL = re.compile(
    rf"[\d½¼¾]|(?<![a-z\d_.])(?:{'|'.join(numerals.ONES_AND_TENS)}|half"
    "|an? (?:[mbt]illion|hundred|thousand|quarter|dozen|couple))"
)
"""Every number begins with one of these, in lower case. `_AMOUNT` needs fifty times as long to find nothing."""
_LEAD = 64
"""Characters before a numeral that hold the longest lead of an amount ("no fewer than an additional")."""
_OF_WHICH = re.compile(
    r"(?i) (?:out )?of (?:the |its |a |an |that |their |all |(?:the |a )?(?:promised|pledged|agreed) )?"
)
_FROM = re.compile(r"(?i)\bfrom ")
_TIME_BOUNDS = {
    "low": r"(?<!in )at least|(?<!in )(?<!no )more than|no less than|a minimum of",
    "high": r"up to|at most|no more than|not more than|less than|a maximum of",
    "near": r"(?<!in )(?:nearly|almost|close to)",
}
"""As `_BOUNDS`, without "over 12 months" and "the worst in more than 30 years"."""
_TIME = re.compile(
    r"(?i)(?<![a-z\d_])(?:\b(?P<lead>for|by|another|additional|extra|further|next|within|lasting|of|extended"
    rf"|add(?:s|ed|ing)?) )?(?:\b(?:{named_groups(_TIME_BOUNDS)}) (?:another )?)?"
    rf"(?<![a-z\d_.])(?P<n>{_NUMBER}|an?|half an?)(?P<joint>[ -])(?P<more>(?:more|additional|further"
    r"|extra) )?(?P<unit>day|week|month|year)(?:s\b|(?P<long>[- ]?long)?\b)"
    r"(?![- ](?:old|ago|high|low|peak|bond|note|yield|treasur|plan|earlier|later|after|on[- ]year))"
)
_TIME_UNIT = re.compile("[ -](?:day|week|month|year)")
_NUMBER_END = re.compile(
    rf"(?:[\d½¼¾]|(?<![a-z])(?:{'|'.join(numerals.ONES_AND_TENS)}|an?|half|quarter|hundred|dozen|couple(?: of)?))"
    "(?:[ -](?:more|additional|further|extra))?$"
)
_LONGEST_END = len("seventeen additional") + 1
"""Every length of time has a unit right behind the end of a number, in lower case. `_TIME` needs fifty times as long to
find nothing."""
_GRAIN = re.compile(r"(?i)soy|bean|grain|crop|corn|sorghum|wheat|farm")
_NO_GRAIN = re.compile(r"(?i)\b(?:lng|crude|oil|coal|gas|ethane|iron ore|copper)\b")
_MINERAL = re.compile(r"(?i)magnet|rare|oxide|metal|gallium|germanium|antimony|yttrium|dysprosium|terbium|samarium")
_MAX_MEGATONNES = 150
"""No country buys as many million tonnes of a crop: a larger number before "MT" counts metric tonnes."""
_BARE = re.compile(
    r"(?i)\s*(?:$|[.,;:)]|(?:since|so|for|in|have|has|had|were|was|are|is|from|by|against|under|this|last|to|of|now)\b)"
)
"""Possible words after a number without a measure of its own."""


def english_amounts(text: str) -> Iterator[AmountInText]:
    """Yield every amount with a unit; `text` is as `normalised_same_length` returns it. A large number without a unit
    ("bringing the total to 2.3 million"), in a sentence that counts tonnes, counts tonnes too."""
    measured: list[AmountInText] = []
    bare: list[re.Match[str]] = []
    at, small = 0, text.lower()
    while numeral := _NUMERAL.search(small, at):
        found = _AMOUNT.search(text, max(at, numeral.start() - _LEAD))
        if found is None:
            break
        if found["n2"] and not _is_range(text, found):
            at = found.start("joint")
            found = _AMOUNT.match(text, found.start(), at)
        else:
            at = found.end() if _measure(text, found) else found.end("scale1" if found["scale1"] else "n1")
        if found is None:
            continue
        measure, large = _measure(text, found), found["scale1"] is not None or "," in found["n1"]
        if measure:
            last_scale = found["scale2"] if found["n2"] else found["scale1"]
            first = numerals.english_number(found["n1"]) * _scale(found["scale1"] or last_scale)
            second = numerals.english_number(found["n2"]) * _scale(last_scale) if found["n2"] else first
            measured.append(bounded_amount(found, measure, min(first, second), max(first, second)))
        elif large and not found["currency"] and _BARE.match(text, found.end()):
            bare.append(found)
    yield from measured
    for found in bare:
        start, end = numerals.sentence_bounds(text, *found.span())
        if any(amount.unit == "t" and start <= amount.start < end for amount in measured):
            value = numerals.english_number(found["n1"]) * _scale(found["scale1"])
            yield bounded_amount(found, measures.TONNE, value, value)


def _is_range(text: str, found: re.Match[str]) -> bool:
    """Return whether two numbers form a range ("8-10 million", "between 8 and 10"); "from 57% to 47%" is a change."""
    joint = found["joint"].strip(" -").lower()
    if found["share"] and not (found["percent"] or found["points"]):
        return False
    if joint == "and":
        return found["between"] is not None
    if joint == "or":
        return found["scale1"] is None or found["scale2"] is not None
    # Only right before it: looking through all the text before each range would take the square of its length.
    return joint != "to" or not _FROM.match(text, max(0, found.start() - len("from ")), found.start())


def _scale(word: str | None) -> float:
    """Return the factor of "hundred thousand", "mln" and the like; 1.0 for None."""
    return math.prod(numerals.NUMBER_SCALES[part] for part in (word or "").lower().split())


def _measure(text: str, found: re.Match[str]) -> Measure | None:
    """Return the measure of an amount; None if it has none of ours."""
    if found["currency"]:
        is_dollar = "$" in found["currency"] or found["currency"].lower().startswith("usd")
        return measures.PLAIN_UNITS["usd" if is_dollar else "cny"]
    match next((name for name in _UNITS if found[name]), None):
        case "mega":
            # "12 MMT" and "12 Mt" are million tonnes; "332,000 MT", "12 million MT" and "590 MT of magnets" metric
            # tonnes.
            if found["scale1"] or found["scale2"]:
                return measures.TONNE
            few = numerals.english_number(found["n1"]) < _MAX_MEGATONNES
            mineral = _MINERAL.search(text, found.end(), found.end() + 40)
            return measures.MEGATONNE if found["mega"] not in ("MT", "mt") or (few and not mineral) else measures.TONNE
        case "bushel":
            return bushel_of(text[found.end() : found.end() + 30])
        case "cargo":
            # A cargo is of grain unless the sentence names another good; a boat only if the sentence names grain.
            sentence = text[slice(*numerals.sentence_bounds(text, *found.span()))]
            if "cargo" not in found["cargo"].lower() and not _GRAIN.search(sentence):
                return None
            return measures.UNITS if _NO_GRAIN.search(sentence) else measures.CARGO
        case str(unit):
            return measures.PLAIN_UNITS[unit]
    if "%" in found[0]:  # the sign may come between a number and the end of its range
        return measures.PLAIN_UNITS["percent"]
    # "7 million of the 12 million tonnes" has the measure of the whole.
    of = _OF_WHICH.match(text, found.end())
    whole = _AMOUNT.match(text, of.end()) if of else None
    return _measure(text, whole) if whole and not whole["n2"] and any(whole[name] for name in _UNITS) else None


def english_times(text: str) -> Iterator[AmountInText]:
    """Yield every length of time ("for one year", "90-day", "30 days"), in days; "25 million tonnes a year" is none."""
    small = text.lower()
    places = [unit.start() for unit in _TIME_UNIT.finditer(small)]
    if not any(_NUMBER_END.search(small, max(0, at - _LONGEST_END), at) for at in places):
        return
    for found in _TIME.finditer(text):
        unit, number = found["unit"].lower(), found["n"].lower()
        article = number in ("a", "an")
        value = 1.0 if article else numerals.english_number(number)
        lasts = found["joint"] == "-" or any(found[name] for name in ("lead", "more", "long", "near", "low"))
        lasts = lasts or (unit == "day" and not article)
        if lasts and 0 < value < measures.MAX_LENGTH:  # a zero-day is no length of time
            days = measures.DAYS_IN[unit]
            bound = next((found.start(name) for name in ("low", "high", "near") if found[name]), found.start("n"))
            yield bounded_amount(found, Measure("days", days, days), value, value, start=bound)
