"""A model's sense of a foreign text in English, or its headline for an official text without one, and the guard: it is
shown, marked as a machine's, only if the text has every number and party in it. It is never part of a verdict."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from monitor.domain.matching.document import Document
from monitor.domain.matching.rules import Rulebook
from monitor.domain.model import Story
from monitor.domain.model.enums import By, Tier
from monitor.domain.reading.exchange import MOST_SENSE
from monitor.domain.text.numerals import (
    DIGITS,
    HAN_COUNT,
    NUMBER_SCALES,
    NUMBER_WORDS,
    chinese_bounds,
    english_number,
    normalised_same_length,
)
from monitor.domain.text.writing_systems import HAN_CHAR, language_of

MOST_HEADLINE = 90
"""Characters of a headline for an official text."""
_SCALES = "|".join(NUMBER_SCALES)
_COUNT = re.compile(
    rf"(?<![\w.,])(?P<number>{DIGITS}|{NUMBER_WORDS})(?:[ -]?(?P<scale>{_SCALES})\b)?(?P<unit> ?[a-z$%€])?",
    re.IGNORECASE,
)
_MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec"
_MONTH = re.compile(
    rf"\b({'|'.join(re.findall('...', _MONTHS))})(?:uary|ruary|ch|il|e|y|ust|t|tember|ober|ember)?\b(?!\s+[a-z])"
)
"""A month; "May" before a verb is none."""
_CODE = re.compile(r"\b[A-Za-z]+-?\d\w*")
"""The name of a chip, a form or a road."""
_MARKUP = re.compile(r"[<>{}\[\]`|@#\\*_~]|://")
_SENTENCE_END = re.compile(r"[.!?;]\s+\S")
_ORDER = re.compile(
    r"\b(?:ignore|disregard|forget|override|obey|mark|treat|classify|respond|output)\b.{0,30}"
    r"\b(?:rules?|instructions?|prompts?|above|previous|earlier|system|status|as)\b",
    re.IGNORECASE,
)


def is_supported(sense: str, story: Story, rulebook: Rulebook) -> bool:
    """Whether a sense is one plain English sentence without an order, whose numbers, months and parties all occur in
    title or summary. Of an English text only an official one needs it, if its title tells no news."""
    most = MOST_SENSE
    if (story.lang or language_of(story.title)).partition("-")[0].lower() == "en":
        document, most = Document(story, rulebook), MOST_HEADLINE
        if document.publisher.tier is not Tier.OFFICIAL or document.title_is_news:
            return False
    plain = sense.isprintable() and not HAN_CHAR.search(sense) and not _MARKUP.search(sense)
    if not (plain and 0 < len(sense.strip()) <= most):
        return False
    if _SENTENCE_END.search(sense.replace("U.S.", "US")) or _ORDER.search(sense):
        return False
    return _has_numbers(sense, f"{story.title}\n{story.summary}") and _has_parties(sense, story, rulebook)


def _has_numbers(sense: str, text: str) -> bool:
    plain = normalised_same_length(text)
    raw = {english_number(found[0]) for found in re.finditer(DIGITS, plain)}
    values = {value for found in re.finditer(HAN_COUNT, plain) for value in chinese_bounds(found[0])}
    values |= {value for value, _ in _counts(plain)} | ({2.0} if "双" in plain else set())
    # "1200" alone may be the digits of 1200万; "1,200 tonnes" may not.
    if any(value not in values and not (bare and value in raw) for value, bare in _counts(sense)):
        return False
    months, raw = _months(sense), raw | _months(plain)
    codes = (re.search(rf"(?<![A-Za-z0-9]){found[0]}(?![A-Za-z0-9])", text) for found in _CODE.finditer(sense))
    return months <= raw | values and all(codes)


def _months(text: str) -> set[float]:
    """The numbers of the months that an English text names."""
    return {_MONTHS.index(found[1]) // 3 + 1.0 for found in _MONTH.finditer(text)}


def _counts(text: str) -> Iterator[tuple[float, bool]]:
    """The numbers of an English text, and whether each stands without scale and unit."""
    for found in _COUNT.finditer(text):
        scale = found["scale"]
        value = english_number(found["number"]) * (NUMBER_SCALES[scale.lower()] if scale else 1.0)
        yield value, not (scale or found["unit"])


def _has_parties(sense: str, story: Story, rulebook: Rulebook) -> bool:
    said, known = _parties(replace(story, title=sense, summary="", lang="en"), rulebook), _parties(story, rulebook)
    sides = {party for by in known if len(by.parties) == 1 for party in by.parties}
    # "The two sides" are those of the deal whose parties the text names best.
    together = [by.parties for by in known if len(by.parties) > 1]
    most = max((len(parties & sides) for parties in together), default=0)
    sides |= {party for parties in together if len(parties & sides) == most for party in parties}
    text = f"{story.title}\n{story.summary}".casefold()
    # Companies and third countries have many names each, of which the text must have the same.
    return all(by.parties <= sides and (by.parties or all(word in text for word in said[by])) for by in said)


def _parties(story: Story, rulebook: Rulebook) -> dict[By, set[str]]:
    """Those whom a text names, each with its words there. A party of any deal is no third one here."""
    document, found = Document(story, rulebook), defaultdict[By, set[str]](set)
    for view in document.views:
        taken: list[tuple[int, int]] = []
        for by, words in document.matcher.acting:
            for span in view.find(words):
                if not by.parties and any(start < span.end and span.start < end for start, end in taken):
                    continue
                taken.append((span.start, span.end))
                start, end = view.text.raw_span(span.start, span.end)
                found[by].add(view.text.raw[start:end].casefold())
    return found
