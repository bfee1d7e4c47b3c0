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

from monitor.domain.amounts import without_overlap
from monitor.domain.calendar_spans import Span, after, eve_of
from monitor.domain.date_forms import ENGLISH, Build, Form, Setting
from monitor.domain.date_forms_zh import CHINESE
from monitor.domain.date_roles import FILL, is_count_until, is_eve, is_of_the_done, near_sentence, role_of, tense_of
from monitor.domain.model import DateRead
from monitor.domain.numerals import DIGITS, HAN, WORDS, chinese_number, english_number, same_length, sentence
from monitor.domain.writing_systems import HAN_CHAR


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
    forms = (*CHINESE, *ENGLISH) if lang.startswith("zh") or HAN_CHAR.search(plain) else ENGLISH
    dates = without_overlap(list(_dates(plain, forms, published)))
    dates = _extended(plain, without_overlap([*dates, *_terms(plain, dates), *_periods_of_grace(plain, published)]))
    return tuple(
        (one.start, one.end, DateRead(one.date, one.precision, one.role, text[one.start : one.end])) for one in dates
    )


def _dates(text: str, forms: tuple[Form, ...], published: date) -> Iterator[_Found]:
    for pattern, build in forms:
        for found in pattern.finditer(text):
            role = role_of(text, found.start(), found.end())
            done = is_of_the_done(text, *found.span())
            past = _done(text, found, build, published) if done else None
            span = past or _span(text, found, build, role, published)
            if span and span.last < published and is_count_until(text, found.start()):
                role = ""
            if span and role in ("due", "expiry") and span.last <= published and done:
                role = ""
            if span:
                yield _Found(found.start(), found.end(), _one_day(span, role), span.precision, role)


def _span(text: str, found: re.Match[str], build: Build, role: str, published: date, tense: str = "") -> Span | None:
    """What a form's words mean; the day before it where that is what they say ("before January")."""
    setting = Setting(published, role, tense or tense_of(text, found.start()))
    span = build(found, setting)
    if span is None or not is_eve(text, *found.span(), span.precision):
        return span
    return eve_of(build(found, replace(setting, eve=True)))


def _done(text: str, found: re.Match[str], build: Build, published: date) -> Span | None:
    """The day that is meant where the words tell what was done by it; None if that would be a day to come."""
    span = _span(text, found, build, "", published, "done")
    return span if span and span.last <= published else None


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
    groups = found.groupdict()
    said = next(one for name, one in groups.items() if name.startswith("unit") and one)
    unit = _UNITS_ZH.get(said.removeprefix("个"), said.lower())
    number = next((one for name, one in groups.items() if name.startswith("n") and one), "a").lower()
    if number in ("a", "an"):
        return 1.0, unit
    return (chinese_number(number) if HAN_CHAR.match(number) else english_number(number)), unit


def _terms(text: str, dates: list[_Found]) -> Iterator[_Found]:
    """Ends of terms whose start stands in the same sentence: "from 10 November 2025 for one year"."""
    starts = [one for one in dates if one.role == "start" and one.precision == "day"]
    for pattern in (_TERM, _TERM_ZH, _TERM_FROM_ZH) if starts else ():
        for found in pattern.finditer(text):
            left, right = sentence(text, found.start(), found.end())
            begun = next((one for one in starts if left <= one.start < right), None)
            if begun:
                yield _Found(found.start("n"), found.end(), after(begun.date, *_length(found)), "day", "expiry")


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
    rf"(?:延长|延期|展期|顺延|续期|延续|续延|延)[^。;；\d]{{0,10}}?(?P<n>{DIGITS}|{HAN})(?P<unit>天|日|周|个?星期|个?月|年)(?![月\d])"
)
_FROM = re.compile(
    rf"\b(?:from|beyond|past|after|starting|beginning|effective|counting from|counted from|on top of){FILL}",
    re.IGNORECASE,
)
_OLD_END = re.compile(
    rf"\b(?:expir(?:e|es|ed|y|ing)|end(?:s|ed|ing)?|laps(?:e|es|ed|ing)|r(?:an|uns?|unning) out|due|through|until)(?: date)?(?: of| is| was)?{FILL}"
    rf"|\b(?:current|old|original|previous|existing)(?: [\w-]+){{0,2}}?(?: of| is| was)?{FILL}",
    re.IGNORECASE,
)
_OLD_END_AFTER = re.compile(
    r"^(?:[\s-]+(?:expiry|expiration|lapse|sunset|end date|deadline)\b|(?:当?天|当日)?(?:到期|届满|期满|失效|结束|之?后|起))",
    re.IGNORECASE,
)
_FROM_ZH = re.compile(r"(?:自|从)$")
_TO = re.compile(
    rf"(?<!\bruns)(?<!\bran)(?<!\brunning)(?<!\blasts)(?<!\blasting)(?<!\bforce)(?<!\bplace)(?<!\bvalid)(?<!\bgood) (?:to|until|till|through|thru){FILL}|(?:延长?|顺延|[^期])(?:至|到)$",
    re.IGNORECASE,
)
"""After the words of an extension: to the new end, unless it is told until when the thing runs as it is."""
_NEW_END = re.compile(
    rf"(?:\b(?:to|until|till|through|thru|now (?:expires?|ends?|lapses?|runs?)|on){FILL}|(?:至|到|直至|直到|延至|为)$)",
    re.IGNORECASE,
)
_EVENT = re.compile(r"^ (?:talks?|meeting|call|summit|session|round|visit|deal|pact|announcement)\b", re.IGNORECASE)


def _extended(text: str, dates: list[_Found]) -> list[_Found]:
    """The dates with the new end of what is extended by a length of time: "extended 90 days from 10 November 2025", "adds two
    months to the pause, which was to end on 10 November".

    The end that was before has no role then. Where the new end is named too ("by 61 days, to
    January 10") that one stands.
    """
    for pattern in (_EXTENDS, _EXTENDS_ZH) if dates else ():
        for found in pattern.finditer(text):
            dates = _with_new_end(text, dates, found)
    return dates


def _with_new_end(text: str, dates: list[_Found], found: re.Match[str]) -> list[_Found]:
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
    start, end = _place(found)
    end += text[end : end + 1] == "s"
    if any(
        one is not base and one.role and _is_new_end(text, one, base) for one in inside if not start <= one.start < end
    ):
        return kept
    new = _Found(start, end, after(base.date, *_length(found)), "day", "expiry")
    others = [one for one in kept if one.end <= start or one.start >= end]
    return sorted([*others, new], key=lambda one: one.start)


def _place(found: re.Match[str]) -> tuple[int, int]:
    """Where the length of time stands in the words of an extension."""
    number = next(name for name in ("n", "n2", "n3", "n4", "n5") if found.groupdict().get(name) is not None)
    return found.start(number), found.end(number.replace("n", "unit"))


def _is_base(text: str, one: _Found, extension: re.Match[str]) -> bool:
    """Whether an extension counts from a day: "from" it, "beyond" it, or it is said to have been the end."""
    if one.start > extension.start() and _TO.search(text[max(0, one.start - 60) : one.start]):
        return False
    before, following = text[max(0, one.start - 60) : one.start], text[one.end : one.end + 16]
    if _EVENT.match(following):
        return False
    counted = _FROM.search(before) or _FROM_ZH.search(before) or _OLD_END_AFTER.match(following)
    return counted is not None or (one.role == "expiry" and _OLD_END.search(before) is not None)


def _is_new_end(text: str, one: _Found, base: _Found) -> bool:
    """Whether a later day of the sentence is the end that the extension brings."""
    return one.date > base.date and _NEW_END.search(text[max(0, one.start - 40) : one.start]) is not None


def _periods_of_grace(text: str, published: date) -> Iterator[_Found]:
    """What is due some time from now: "within 30 days", 在30天内."""
    for pattern in (_GRACE, _GRACE_ZH):
        for found in pattern.finditer(text):
            number, unit = _length(found)
            if number < 1000:
                precision = "day" if unit in ("day", "week") else "month"
                yield _Found(found.start(), found.end(), after(published, number, unit), precision, "due")
