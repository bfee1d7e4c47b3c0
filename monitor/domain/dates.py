"""Dates read from a text, with what they are: due, expiry, start.

* A date without a year is the nearest one to `published`; after "until", "by" or "from" one that lies ahead is preferred.
* A month, quarter or year stands for its last day, and for its first day where something starts then.
* A week stands for its Sunday, a third of a month (mid-January, 1月中旬) for its last day with the month's precision, and a
  half of a year for its last day with a quarter's. A fiscal year is the US government's, October to September.
* What a day was moved from, and up to which past day something was counted, has no role.
* A length of time is a date only where its beginning is known ("within 30 days", "from 10 November 2025 for one year");
  otherwise `quantities` reads it as days.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from monitor.domain.calendar_spans import Span, after
from monitor.domain.date_forms import CHINESE, ENGLISH, Form, Setting
from monitor.domain.date_roles import is_count_until, role_of, tense_of
from monitor.domain.model import DateRead
from monitor.domain.numerals import DIGITS, HAN, WORDS, chinese_number, english_number, same_length, sentence

_HAN_CHAR = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class _Found:
    """A date with its place in the text."""

    start: int
    end: int
    date: date
    precision: str
    role: str


def read_dates(text: str, lang: str, *, published: date) -> tuple[tuple[int, int, DateRead], ...]:
    """Every date in a text: (start, end, date), offsets into `text`, in order, not overlapping.

    `published` is the day that the text is dated, in its publisher's zone; `lang` may be any, both languages are read.
    """
    plain = same_length(text)
    forms = (*CHINESE, *ENGLISH) if lang.startswith("zh") or _HAN_CHAR.search(plain) else ENGLISH
    dates = _without_overlap(list(_dates(plain, forms, published)))
    dates = _without_overlap([*dates, *_terms(plain, dates), *_periods_of_grace(plain, published)])
    return tuple(
        (one.start, one.end, DateRead(one.date, one.precision, one.role, text[one.start : one.end])) for one in dates
    )


def _without_overlap(dates: list[_Found]) -> list[_Found]:
    """The dates in order of place; of two that overlap the longer stays."""
    kept: list[_Found] = []
    for one in sorted(dates, key=lambda found: found.start - found.end):
        if all(one.end <= other.start or one.start >= other.end for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda found: found.start)


def _dates(text: str, forms: tuple[Form, ...], published: date) -> Iterator[_Found]:
    for pattern, build in forms:
        for found in pattern.finditer(text):
            role = role_of(text, found.start(), found.end())
            span = build(found, Setting(published, role, tense_of(text, found.start())))
            if span and span.last < published and is_count_until(text, found.start()):
                role = ""
            if span:
                yield _Found(found.start(), found.end(), _one_day(span, role), span.precision, role)


def _one_day(span: Span, role: str) -> date:
    return span.first if role == "start" else span.last


# ---------------------------------------------------------------- lengths of time with a known beginning

_UNITS_ZH = {"天": "day", "日": "day", "周": "week", "星期": "week", "月": "month", "年": "year"}
_NUMBER = rf"{DIGITS}|{WORDS}|an?"
_TERM = re.compile(
    rf"\b(?:for|(?:extend|prolong)\w* (?:[\w-]+ ){{0,3}}?by) (?:a (?:period|term) of |an? (?:further|additional) |another )?(?P<n>{_NUMBER})[ -](?P<unit>day|week|month|year)s?\b",
    re.IGNORECASE,
)
_TERM_ZH = re.compile(
    rf"(?:暂停|停止|实施|豁免|继续|延长|为期|有效期)[^,，。;；\d]{{0,16}}?(?P<n>{DIGITS}|{HAN})(?P<unit>天|周|个?星期|个?月|年)(?![月\d])"
)
_TERM_FROM_ZH = re.compile(
    rf"起(?:的|之后)?[^,，。;；\d]{{0,6}}?(?P<n>{DIGITS}|{HAN})(?P<unit>天|周|个?星期|个?月|年)(?:之内|以内|内)"
)
_GRACE = re.compile(
    rf"\b(?:within (?:the (?:next |coming )?)?(?P<n>{_NUMBER})[ -]|in the (?:next|coming) (?P<n2>{_NUMBER})[ -](?=day|week|month)|within the (?:next|coming) )"
    r"(?P<unit>day|week|month|year)s?\b(?! (?:of|after|from)\b)",
    re.IGNORECASE,
)
_GRACE_ZH = re.compile(rf"(?:在|于|未来)?(?P<n>{DIGITS}|{HAN})(?P<unit>天|日|周|个?星期|个?月|年)(?:之内|以内|内)")


def _length(found: re.Match[str]) -> tuple[float, str]:
    """The number and the unit (day, week, month, year) of a length of time."""
    unit = _UNITS_ZH.get(found["unit"].removeprefix("个"), found["unit"].lower())
    groups = found.groupdict()
    number = (groups["n"] or groups.get("n2") or "a").lower()
    if number in ("a", "an"):
        return 1.0, unit
    return (chinese_number(number) if _HAN_CHAR.match(number) else english_number(number)), unit


def _terms(text: str, dates: list[_Found]) -> Iterator[_Found]:
    """Ends of terms whose start stands in the same sentence: "from 10 November 2025 for one year"."""
    starts = [one for one in dates if one.role == "start" and one.precision == "day"]
    for pattern in (_TERM, _TERM_ZH, _TERM_FROM_ZH) if starts else ():
        for found in pattern.finditer(text):
            left, right = sentence(text, found.start(), found.end())
            begun = next((one for one in starts if left <= one.start < right), None)
            if begun:
                yield _Found(found.start("n"), found.end(), after(begun.date, *_length(found)), "day", "expiry")


def _periods_of_grace(text: str, published: date) -> Iterator[_Found]:
    """What is due some time from now: "within 30 days", 在30天内."""
    for pattern in (_GRACE, _GRACE_ZH):
        for found in pattern.finditer(text):
            number, unit = _length(found)
            if number < 1000:
                precision = "day" if unit in ("day", "week") else "month"
                yield _Found(found.start(), found.end(), after(published, number, unit), precision, "due")
