"""Dates read from a text, with what they are: due, expiry, start.

* A date without a year is the nearest one to `published`; after "until", "by" or "from" one that lies ahead is preferred.
* A month, quarter or year stands for its last day, and for its first day where something starts then.
* A week stands for its Sunday, a third of a month (mid-January, 1月中旬) for its last day with the month's precision, and a
  half of a year for its last day with a quarter's. A fiscal year is the US government's, October to September.
* What a day was moved from, what it is not ("rather than 10 November"), and up to which past day something was counted or
  done ("had bought 1.2 million tonnes by Friday"), has no role.
* "Before January" and 1月前 are the day before the month begins; "by January" is the month's end.
* The last months of a year are due when something is promised for them. A marketing year is that of US soybeans, to August.
* A date in digits is read where only one of its numbers can be the month: 3/31/2026, 31/03/2026, never 03/04/2026.
* A length of time is a date only where its beginning is known ("within 30 days", "from 10 November 2025 for one year", "two
  months beyond 10 November");
  otherwise `quantities` reads it as days.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from monitor.domain.extract.date_patterns_en import ENGLISH_FORMS, DateContext, DateForm, RangeBuilder
from monitor.domain.extract.date_patterns_zh import CHINESE_FORMS
from monitor.domain.extract.date_ranges import DateRange, add_units, day_before
from monitor.domain.extract.date_roles import (
    FILLER,
    describes_past_total,
    is_cutoff,
    means_day_before,
    near_sentence,
    role_of,
    tense_of,
)
from monitor.domain.extract.measures import without_overlapping
from monitor.domain.model import DateMention
from monitor.domain.text.numerals import (
    DIGITS,
    HAN_NUMBER,
    NUMBER_WORDS,
    chinese_number,
    english_number,
    normalised_same_length,
    sentence_bounds,
)
from monitor.domain.text.writing_systems import HAN_CHAR


@dataclass(frozen=True, slots=True)
class _DateAt:
    """A date with its place in the text."""

    start: int
    end: int
    date: date
    precision: str
    role: str


def read_dates(text: str, lang: str, *, published: date) -> tuple[tuple[int, int, DateMention], ...]:
    """Every date in a text: (start, end, date), offsets into `text`, in order, not overlapping.

    `published` is the day that the text is dated, in its publisher's zone; `lang` may be any, both languages are read.
    """
    plain = normalised_same_length(text)
    forms = (*CHINESE_FORMS, *ENGLISH_FORMS) if lang.startswith("zh") or HAN_CHAR.search(plain) else ENGLISH_FORMS
    dates = without_overlapping(list(_dates(plain, forms, published)))
    dates = _extended(plain, without_overlapping([*dates, *_terms(plain, dates), *_grace_periods(plain, published)]))
    return tuple(
        (one.start, one.end, DateMention(one.date, one.precision, one.role, text[one.start : one.end])) for one in dates
    )


def _dates(text: str, forms: tuple[DateForm, ...], published: date) -> Iterator[_DateAt]:
    for pattern, build in forms:
        for found in pattern.finditer(text):
            role = role_of(text, found.start(), found.end())
            done = describes_past_total(text, *found.span())
            past = _cutoff_day(text, found, build, published) if done else None
            span = past or _span(text, found, build, role, published)
            if span and span.last < published and is_cutoff(text, found.start()):
                role = ""
            if span and role in ("due", "expiry") and span.last <= published and done:
                role = ""
            if span:
                yield _DateAt(found.start(), found.end(), _one_day(span, role), span.precision, role)


def _span(
    text: str, found: re.Match[str], build: RangeBuilder, role: str, published: date, tense: str = ""
) -> DateRange | None:
    """What a form's words mean; the day before it where that is what they say ("before January")."""
    setting = DateContext(published, role, tense or tense_of(text, found.start()))
    span = build(found, setting)
    if span is None or not means_day_before(text, *found.span(), span.precision):
        return span
    return day_before(build(found, replace(setting, eve=True)))


def _cutoff_day(text: str, found: re.Match[str], build: RangeBuilder, published: date) -> DateRange | None:
    """The day that is meant where the words tell what was done by it; None if that would be a day to come."""
    span = _span(text, found, build, "", published, "done")
    return span if span and span.last <= published else None


def _one_day(span: DateRange, role: str) -> date:
    return span.first if role == "start" else span.last


# ---------------------------------------------------------------- lengths of time with a known beginning

_UNITS_ZH = {"天": "day", "日": "day", "周": "week", "星期": "week", "月": "month", "年": "year"}
_NUMBER = rf"{DIGITS}|{NUMBER_WORDS}|an?"
_TERM = re.compile(
    rf"\b(?:for|(?:extend|prolong)\w* (?:[\w-]+ ){{0,3}}?by) (?:a (?:period|term) of |an? (?:further|additional) |another )?(?P<n>{_NUMBER})[ -](?P<unit>day|week|month|year)s?\b",
    re.IGNORECASE,
)
_TERM_ZH = re.compile(
    rf"(?:暂停|停止|实施|豁免|继续|延长|为期|有效期)[^,，。;；\d]{{0,16}}?(?P<n>{DIGITS}|{HAN_NUMBER})(?P<unit>天|周|个?星期|个?月|年)(?![月\d])"
)
_TERM_FROM_ZH = re.compile(
    rf"起(?:的|之后)?[^,，。;；\d]{{0,6}}?(?P<n>{DIGITS}|{HAN_NUMBER})(?P<unit>天|周|个?星期|个?月|年)(?:之内|以内|内)"
)
_GRACE = re.compile(
    rf"\b(?:within (?:the (?:next |coming )?)?(?P<n>{_NUMBER})[ -]|in the (?:next|coming) (?P<n2>{_NUMBER})[ -](?=day|week|month)|within the (?:next|coming) )"
    r"(?P<unit>day|week|month|year)s?\b(?! (?:of|after|from)\b)",
    re.IGNORECASE,
)
_GRACE_ZH = re.compile(
    rf"(?:在|于|未来)?(?P<n>{DIGITS}|{HAN_NUMBER})(?P<unit>天|日|周|个?星期|个?月|年)(?:之内|以内|内)"
)


def _count_and_unit(found: re.Match[str]) -> tuple[float, str]:
    """The number and the unit (day, week, month, year) of a length of time."""
    groups = found.groupdict()
    said = next(one for name, one in groups.items() if name.startswith("unit") and one)
    unit = _UNITS_ZH.get(said.removeprefix("个"), said.lower())
    number = next((one for name, one in groups.items() if name.startswith("n") and one), "a").lower()
    if number in ("a", "an"):
        return 1.0, unit
    return (chinese_number(number) if HAN_CHAR.match(number) else english_number(number)), unit


def _terms(text: str, dates: list[_DateAt]) -> Iterator[_DateAt]:
    """Ends of terms whose start stands in the same sentence: "from 10 November 2025 for one year"."""
    starts = [one for one in dates if one.role == "start" and one.precision == "day"]
    for pattern in (_TERM, _TERM_ZH, _TERM_FROM_ZH) if starts else ():
        for found in pattern.finditer(text):
            left, right = sentence_bounds(text, found.start(), found.end())
            begun = next((one for one in starts if left <= one.start < right), None)
            if begun:
                yield _DateAt(
                    found.start("n"), found.end(), add_units(begun.date, *_count_and_unit(found)), "day", "expiry"
                )


# ---------------------------------------------------------------- what is extended by a length of time

_MORE = r"(?:an? (?:further |additional |extra )?|another |a further |additional )?"
_EXTENDS = re.compile(
    rf"\b(?:extend|prolong|renew|lengthen)\w*(?: [\w'-]+){{0,8}}? (?:for |by )?{_MORE}(?P<n>{_NUMBER})[ -](?:more |additional |further |extra )?(?P<unit>day|week|month|year)s?\b"
    rf"|\b(?:add(?:s|ed|ing)?|g[eo]t(?:s|ting)?|giv(?:es?|en|ing)|gave|gain(?:s|ed)?|w[io]n|grant(?:s|ed)?|tack(?:s|ed)? on|buys?)(?: [\w'-]+){{0,4}}? {_MORE}"
    rf"(?P<n2>{_NUMBER})[ -](?:more |additional |further |extra )?(?P<unit2>day|week|month|year)s?\b"
    rf"|\b(?P<n3>{_NUMBER})[ -](?P<unit3>day|week|month|year)s?['-]? ?(?:extension|prolongation|renewal|reprieve|rollover)\b"
    rf"|\b(?:extension|prolongation|renewal|reprieve) (?:of|by|for) {_MORE}(?P<n4>{_NUMBER})[ -](?:more )?(?P<unit4>day|week|month|year)s?\b"
    rf"|\b(?:for|by) (?:another|an? (?:further|additional|extra)|a further) (?P<n5>{_NUMBER}|)[ -]?(?P<unit5>day|week|month|year)s?(?= (?:from|beyond|past|after)\b)",
    re.IGNORECASE,
)
_EXTENDS_ZH = re.compile(
    rf"(?:延长|延期|展期|顺延|续期|延续|续延|延)[^。;；\d]{{0,10}}?(?P<n>{DIGITS}|{HAN_NUMBER})(?P<unit>天|日|周|个?星期|个?月|年)(?![月\d])"
)
_FROM = re.compile(
    rf"\b(?:from|beyond|past|after|starting|beginning|effective|counting from|counted from|on top of){FILLER}",
    re.IGNORECASE,
)
_OLD_END = re.compile(
    rf"\b(?:expir(?:e|es|ed|y|ing)|end(?:s|ed|ing)?|laps(?:e|es|ed|ing)|r(?:an|uns?|unning) out|due|through|until)(?: date)?(?: of| is| was)?{FILLER}"
    rf"|\b(?:current|old|original|previous|existing)(?: [\w-]+){{0,2}}?(?: of| is| was)?{FILLER}",
    re.IGNORECASE,
)
_OLD_END_AFTER = re.compile(
    r"^(?:[\s-]+(?:expiry|expiration|lapse|sunset|end date|deadline)\b|(?:当?天|当日)?(?:到期|届满|期满|失效|结束|之?后|起))",
    re.IGNORECASE,
)
_FROM_ZH = re.compile(r"(?:自|从)$")
_TO = re.compile(
    rf"(?<!\bruns)(?<!\bran)(?<!\brunning)(?<!\blasts)(?<!\blasting)(?<!\bforce)(?<!\bplace)(?<!\bvalid)(?<!\bgood) (?:to|until|till|through|thru){FILLER}|(?:延长?|顺延|[^期])(?:至|到)$",
    re.IGNORECASE,
)
"""After the words of an extension: to the new end, unless it is told until when the thing runs as it is."""
_NEW_END = re.compile(
    rf"(?:\b(?:to|until|till|through|thru|now (?:expires?|ends?|lapses?|runs?)|on){FILLER}|(?:至|到|直至|直到|延至|为)$)",
    re.IGNORECASE,
)
_EVENT = re.compile(r"^ (?:talks?|meeting|call|summit|session|round|visit|deal|pact|announcement)\b", re.IGNORECASE)


def _extended(text: str, dates: list[_DateAt]) -> list[_DateAt]:
    """The dates with the new end of what is extended by a length of time: "extended 90 days from 10 November 2025", "adds two
    months to the pause, which was to end on 10 November".

    The end that was before has no role then. Where the new end is named too ("by 61 days, to
    January 10") that one stands.
    """
    for pattern in (_EXTENDS, _EXTENDS_ZH) if dates else ():
        for found in pattern.finditer(text):
            dates = _with_new_end(text, dates, found)
    return dates


def _with_new_end(text: str, dates: list[_DateAt], found: re.Match[str]) -> list[_DateAt]:
    left, right = near_sentence(text, found.start(), found.end())
    inside = [one for one in dates if left <= one.start < right and one.precision == "day"]
    base = min(
        (one for one in inside if _is_base(text, one, found)),
        key=lambda one: abs(one.start - found.end()),
        default=None,
    )
    if base is None:
        return dates
    kept = [replace(one, role="") if one is base and one.role == "expiry" else one for one in dates]
    start, end = _length_position(found)
    end += text[end : end + 1] == "s"
    if any(
        one is not base and one.role and _is_new_end(text, one, base) for one in inside if not start <= one.start < end
    ):
        return kept
    new = _DateAt(start, end, add_units(base.date, *_count_and_unit(found)), "day", "expiry")
    others = [one for one in kept if one.end <= start or one.start >= end]
    return sorted([*others, new], key=lambda one: one.start)


def _length_position(found: re.Match[str]) -> tuple[int, int]:
    """Where the length of time stands in the words of an extension."""
    number = next(name for name in ("n", "n2", "n3", "n4", "n5") if found.groupdict().get(name) is not None)
    return found.start(number), found.end(number.replace("n", "unit"))


def _is_base(text: str, one: _DateAt, extension: re.Match[str]) -> bool:
    """Whether an extension counts from a day: "from" it, "beyond" it, or it is said to have been the end."""
    if one.start > extension.start() and _TO.search(text[max(0, one.start - 60) : one.start]):
        return False
    before, following = text[max(0, one.start - 60) : one.start], text[one.end : one.end + 16]
    if _EVENT.match(following):
        return False
    counted = _FROM.search(before) or _FROM_ZH.search(before) or _OLD_END_AFTER.match(following)
    return counted is not None or (one.role == "expiry" and _OLD_END.search(before) is not None)


def _is_new_end(text: str, one: _DateAt, base: _DateAt) -> bool:
    """Whether a later day of the sentence is the end that the extension brings."""
    return one.date > base.date and _NEW_END.search(text[max(0, one.start - 40) : one.start]) is not None


def _grace_periods(text: str, published: date) -> Iterator[_DateAt]:
    """What is due some time from now: "within 30 days", 在30天内."""
    for pattern in (_GRACE, _GRACE_ZH):
        for found in pattern.finditer(text):
            number, unit = _count_and_unit(found)
            if number < 1000:
                precision = "day" if unit in ("day", "week") else "month"
                yield _DateAt(found.start(), found.end(), add_units(published, number, unit), precision, "due")
