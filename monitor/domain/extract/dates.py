"""Dates read from a text, each with its role: due, expiry, start or none.

* A date without a year is the one nearest to `published`; after "until", "by" or "from" one that lies ahead is
  preferred.
* A month, quarter or year means its last day, or its first day if something starts then.
* A weekday is read where the words before it fix its week, and "on Thursday" only after words about the future.
* A week means its Sunday; a third of a month (mid-January, 1月中旬) its last day with the month's precision; half a
  year its last day with a quarter's precision. A fiscal year is the US government's, October to September.
* A date has no role if something was moved from it, if it is negated ("rather than 10 November"), or if it is the past
  day up to which something was counted or done ("had bought 1.2 million tonnes by Friday").
* "Before January" and 1月前 are the day before the month begins; "by January" is the month's end.
* The last months of a year are due if something is promised for them. A marketing year is that of US soybeans, to
  August.
* A date in digits is read only if one of its numbers alone can be the month: 3/31/2026, 31/03/2026, never 03/04/2026.
* A length of time is a date only if its beginning is known ("within 30 days", "from 10 November 2025 for one year",
  "two months beyond 10 November"); otherwise `quantities` reads it as days.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from monitor.domain.extract import date_roles as roles
from monitor.domain.extract.date_builders import DateContext, RangeBuilder, Words
from monitor.domain.extract.date_patterns import CHINESE_FORMS, ENGLISH_FORMS, TIME_WORD
from monitor.domain.extract.date_ranges import DateRange, add_units, day_before
from monitor.domain.extract.date_roles import FILLER
from monitor.domain.extract.measures import UNITS_OF_TIME_ZH, Reading, without_overlapping
from monitor.domain.model import DateMention
from monitor.domain.text import numerals
from monitor.domain.text.numerals import DIGITS, HAN_NUMBER, NUMBER_WORDS, sentence_bounds
from monitor.domain.text.writing_systems import HAN_CHAR


@dataclass(frozen=True, slots=True)
class _DateAt(Reading):
    """A date with its place in the text."""

    date: date
    precision: str
    role: str


def read_dates(text: str, lang: str, *, published: date) -> tuple[tuple[int, int, DateMention], ...]:
    """Return every date in a text as (start, end, date): offsets into `text`, in order, without overlaps. `published`
    is the day of the text's date, in its publisher's zone. `lang` may be any: both languages are read."""
    plain = numerals.normalised_same_length(text)
    if not TIME_WORD.search(plain.lower()):
        return ()
    forms = (*CHINESE_FORMS, *ENGLISH_FORMS) if lang.startswith("zh") or HAN_CHAR.search(plain) else ENGLISH_FORMS
    named: list[_DateAt] = []
    for form, build in forms:
        for found in form.finditer(plain):
            start, end = found.span()
            role = roles.role_of(plain, start, end)
            done = roles.describes_past_total(plain, start, end)
            around = DateContext(published, role, before=plain[:start])
            span = _span(plain, found, build, replace(around, role="", tense="done")) if done else None
            if span is None or span.last > published:  # a day to come cannot be the one by which something was done
                span = _span(plain, found, build, replace(around, tense=_tense(plain, start, end)))
            if span is None:
                continue
            counted = span.last < published and roles.COUNTED.search(plain, max(0, start - 80), start)
            if counted or roles.OF_A_TEXT.match(plain, end):
                role = ""
            if role in ("due", "expiry") and span.last <= published and done:
                role = ""
            named.append(_DateAt(start, end, span.first if role == "start" else span.last, span.precision, role))
    dates = without_overlapping(named)
    dates = without_overlapping([*dates, *_ends_of_terms(plain, dates, published)])
    if any(at.precision == "day" for at in dates):
        extensions = [match for pattern in _EXTENSIONS for match in pattern.finditer(plain)]
        read_until = 0
        for extension in sorted(extensions, key=lambda match: match.start()):
            if extension.start() >= read_until:  # of two that overlap, the first
                dates, read_until = _with_new_end(plain, dates, extension), extension.end()
    return tuple(
        (at.start, at.end, DateMention(at.date, at.precision, at.role, text[at.start : at.end])) for at in dates
    )


def _tense(text: str, start: int, end: int) -> str:
    """The tense of the words around a date."""
    if roles.OF_A_TEXT.match(text, end):
        return "told"
    if roles.LOOKS_BACK.search(text, max(0, start - 40), start):
        return "past"
    return "ahead" if roles.LOOKS_AHEAD.search(text, max(0, start - 60), start) else ""


def _span(text: str, found: re.Match[str], build: RangeBuilder, context: DateContext) -> DateRange | None:
    """Return the range of a form, or the day before it ("before January")."""
    words = Words(str, found.groupdict(""))
    span = build(words, context)
    if span is None or not roles.means_day_before(text, *found.span(), span.precision):
        return span
    span = build(words, replace(context, day_before=True))
    return day_before(span) if span else None


# ---------------------------------------------------------------- terms with a known beginning

_MAX_GRACE = 1000
"""A larger number is no length of time: it would lead out of the calendar."""
_NUMBER = rf"{DIGITS}|{NUMBER_WORDS}|an?"
_TERM = re.compile(
    r"(?i)\b(?:for|(?:extend|prolong)\w* (?:[\w-]+ ){0,3}?by) "
    f"(?:a (?:period|term) of |an? (?:further|additional) |another )?(?P<n>{_NUMBER})[ -](?P<unit>day|week"
    r"|month|year)s?\b"
)
_TERM_ZH = re.compile(
    rf"(?:暂停|停止|实施|豁免|继续|延长|为期|有效期)[^,，。;；]{{0,60}}?(?<![\d〇零一二三四五六七八九十])(?P<n>[1-9]\d?|{HAN_NUMBER})"
    r"(?P<unit>天|周|个?星期|个月|年)(?![月\d内来])"
)
_TERM_FROM_ZH = re.compile(
    rf"起(?:的|之后)?[,，]?[^,，。;；\d]{{0,6}}?(?P<n>[1-9]\d?|{HAN_NUMBER})(?P<unit>天|周|个?星期|个?月|年)(?:之内|以内|内)"
)
_GRACE = re.compile(
    rf"(?i)\b(?:within (?:the (?:next |coming )?)?(?P<n>{_NUMBER})[ -]"
    rf"|in the (?:next|coming) (?P<n2>{_NUMBER})[ -](?=day|week|month)|within the (?:next|coming) )"
    r"(?P<unit>day|week|month|year)s?\b(?! (?:of|after|from)\b)"
)
_GRACE_ZH = re.compile(
    rf"(?:在|于|未来)?(?P<n>{DIGITS}|{HAN_NUMBER})(?P<unit>天|日|周|个?星期|个?月|年)(?:之内|以内|内)"
)


def _count_and_unit(found: re.Match[str]) -> tuple[float, str]:
    """Return the number and the unit (day, week, month, year) of a length of time; 1 if it names no number."""
    groups = found.groupdict()
    unit = UNITS_OF_TIME_ZH.get(groups["unit"].removeprefix("个"), groups["unit"].lower())
    number = (groups["n"] or groups.get("n2") or "a").lower()
    if number in ("a", "an"):
        return 1.0, unit
    return numerals.number_value(number), unit


def _ends_of_terms(text: str, dates: list[_DateAt], published: date) -> Iterator[_DateAt]:
    """Yield ends of terms that start in the same sentence ("from 10 November 2025 for one year"), then due dates
    counted from publication ("within 30 days", 在30天内)."""
    starts = [at for at in dates if at.role == "start" and at.precision == "day"]
    for pattern in (_TERM, _TERM_ZH, _TERM_FROM_ZH) if starts else ():
        for term in pattern.finditer(text):
            left, right = sentence_bounds(text, *term.span())
            begin = next((at.date for at in starts if left <= at.start < right), None)
            if begin:
                yield _DateAt(term.start("n"), term.end(), add_units(begin, *_count_and_unit(term)), "day", "expiry")
    for pattern in (_GRACE, _GRACE_ZH) if "内" in text else (_GRACE,):
        for found in pattern.finditer(text):
            number, unit = _count_and_unit(found)
            if number < _MAX_GRACE:
                precision = "day" if unit in ("day", "week") else "month"
                yield _DateAt(found.start(), found.end(), add_units(published, number, unit), precision, "due")


# ---------------------------------------------------------------- extensions by a length of time

_UNIT = r"(?P<unit>day|week|month|year)s?"
_MORE = r"(?:an? (?:further |additional |extra )?|another |a further |additional )?"
_LENGTH = rf"{_MORE}(?P<n>{_NUMBER})[ -](?:more |additional |further |extra )?{_UNIT}\b"
_EXTENSION = r"(?:extension|prolongation|renewal|reprieve"
_EXTENSIONS = tuple(
    re.compile(f"(?i){pattern}")
    for pattern in (
        rf"\b(?:extend|prolong|renew|lengthen)\w*(?: [\w'-]+){{0,8}}? (?:for |by )?{_LENGTH}",
        r"\b(?:add(?:s|ed|ing)?|g[eo]t(?:s|ting)?|giv(?:es?|en|ing)|gave|gain(?:s|ed)?|w[io]n|grant(?:s|ed)?"
        "|tack(?:s|ed)? on|buys?)"
        rf"(?: [\w'-]+){{0,4}}? {_LENGTH}",
        rf"\b(?P<n>{_NUMBER})[ -]{_UNIT}['-]? ?{_EXTENSION}|rollover)\b",
        rf"\b{_EXTENSION}) (?:of|by|for) {_MORE}(?P<n>{_NUMBER})[ -](?:more )?{_UNIT}\b",
        rf"\b(?:for|by) (?:another|an? (?:further|additional|extra)|a further) (?P<n>{_NUMBER}|)[ -]?{_UNIT}"
        r"(?= (?:from|beyond|past|after)\b)",
        rf"(?:延长|延期|展期|顺延|续期|延续|续延|延)[^。;；\d]{{0,10}}?(?P<n>{DIGITS}|{HAN_NUMBER})"
        r"(?P<unit>天|日|周|个?星期|个?月|年)(?![月\d])",
    )
)
_COUNTS_FROM = re.compile(
    r"(?i)\b(?:from|beyond|past|after|starting|beginning|effective|counting from|counted from|on top of)"
    rf"{FILLER}|(?:自|从)$"
)
_OLD_END = re.compile(
    r"(?i)\b(?:expir(?:e|es|ed|y|ing)|end(?:s|ed|ing)?|laps(?:e|es|ed|ing)|r(?:an|uns?|unning) out|due|through|until)"
    rf"(?: date)?(?: of| is| was)?{FILLER}"
    rf"|\b(?:current|old|original|previous|existing)(?: [\w-]+){{0,2}}?(?: of| is| was)?{FILLER}"
)
_OLD_END_AFTER = re.compile(
    r"(?i)^(?:[\s-]+(?:expiry|expiration|lapse|sunset|end date|deadline)\b"
    r"|(?:当?天|当日)?(?:到期|届满|期满|失效|结束|之?后|起))"
)
_RUNS = "".join(
    rf"(?<!\b{word})" for word in ["runs", "ran", "running", "lasts", "lasting", "force", "place", "valid", "good"]
)
_TO_NEW_END = re.compile(rf"(?i){_RUNS} (?:to|until|till|through|thru){FILLER}|(?:延长?|顺延|[^期])(?:至|到)$")
"""After an extension: to the new end. "Runs until" and "in force until" name the old one."""
_NEW_END = re.compile(
    rf"(?i)(?:\b(?:to|until|till|through|thru|now (?:expires?|ends?|lapses?|runs?)|on){FILLER}"
    r"|(?:至|到|直至|直到|延至|为)$)"
)
_EVENT = re.compile(r"(?i)^ (?:talks?|meeting|call|summit|session|round|visit|deal|pact|announcement)\b")


def _with_new_end(text: str, dates: list[_DateAt], extension: re.Match[str]) -> list[_DateAt]:
    """Return the dates with the new end: "extended 90 days from 10 November 2025".

    1. The old end is the nearest date in the sentence that the extension counts from ("from", "beyond"), or that the
       text calls an end. It loses its role.
    2. If the sentence names the new end as well ("by 61 days, to January 10"), keep it.
    3. Otherwise a new date replaces the words of the length.
    """
    left, right = roles.near_sentence(text, *extension.span())
    nearby = [at for at in dates if left <= at.start < right and at.precision == "day"]
    old_ends = []
    for at in nearby:
        before, following = text[max(0, at.start - 60) : at.start], text[at.end : at.end + 16]
        if (at.start > extension.start() and _TO_NEW_END.search(before)) or _EVENT.match(following):
            continue
        called_an_end = at.role == "expiry" and _OLD_END.search(before)
        if called_an_end or _COUNTS_FROM.search(before) or _OLD_END_AFTER.match(following):
            old_ends.append(at)
    if not old_ends:
        return dates
    old_end = min(old_ends, key=lambda at: abs(at.start - extension.end()))
    dates = [replace(at, role="") if at is old_end and at.role == "expiry" else at for at in dates]
    start, end = extension.start("n"), extension.end("unit")
    end += text[end : end + 1] == "s"
    for at in nearby:
        later = at is not old_end and at.role and at.date > old_end.date and not start <= at.start < end
        if later and _NEW_END.search(text[max(0, at.start - 40) : at.start]):
            return dates
    new_end = _DateAt(start, end, add_units(old_end.date, *_count_and_unit(extension)), "day", "expiry")
    apart = [at for at in dates if at.end <= start or at.start >= end]
    return sorted([*apart, new_end], key=lambda at: at.start)
