"""The period that an amount counts for: calendar-YYYY, marketing-YYYY (its first year), since-deal or ''.

A marketing year of soybeans runs from September to August. "This year", 前11个月 and the like count from the day of
publication. A count for the first months of a year is a running total of that year; a promise for its last months is
one for that year. A shorter stretch ("in the second quarter of 2026", 去年12月) and a fiscal year are no periods: no
target is measured by them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from monitor.domain.extract.date_builders import HARVEST, MONTH_NUMBERS, Words, steps_away
from monitor.domain.extract.measures import Reading
from monitor.domain.text.clause_roles import clause_at, raw_clauses
from monitor.domain.text.numerals import DIGITS, HAN_NUMBER, NUMBER_WORDS, number_value

_BEFORE_AMOUNT_COST = 15
"""Characters added to the distance of a period before its amount: a period mostly follows the amount (an estimate)."""
_M = rf"(?:{'|'.join(name for name in MONTH_NUMBERS if len(name) == 3)})[a-z]*\.?"
_QUARTERS = {"two": 2, "three": 3, "两": 2, "二": 2, "三": 3}


@dataclass(frozen=True, slots=True)
class Period(Reading):
    """A period with its place in a sentence. cumulative: an amount for it is a running total, not a lot. promised: only
    a promise for it counts for the whole year; an act in it is a part of that year's."""

    name: str
    cumulative: bool = False
    promised: bool = False


PeriodNamer = Callable[[Words, date | None], str]
"""Names a period by its words and the day of publication; '' if they name none."""


def _calendar(words: Words, published: date | None) -> str:
    """Name the written year, or "this", "last" or "next" year."""
    if words["year"]:
        return f"calendar-{words['year']}"
    return f"calendar-{published.year + steps_away(words['rel'])}" if published else ""


def _some_months(words: Words, published: date | None) -> str:
    """Name the year of "the first eleven months": the written one, else the last one in which they are over."""
    if words["year"] or words["rel"] or not published:
        return _calendar(words, published)
    if words["until"]:
        last_month = MONTH_NUMBERS[words["until"][:3].capitalize()]
    elif words["quarters"]:
        last_month = 3 * _QUARTERS[words["quarters"].lower()]
    elif words["half"]:
        last_month = 6
    else:
        last_month = int(number_value((words["n"] or "3").lower()))
    return f"calendar-{published.year if published.month > last_month else published.year - 1}"


def _marketing(words: Words, published: date | None) -> str:
    """Name the marketing year that is written, the running one, or the one before or after it."""
    if words["year"]:
        return f"marketing-{words['year']}"
    if not published:
        return ""
    running = published.year if published.month >= HARVEST else published.year - 1
    return f"marketing-{running + steps_away(words['rel'])}"


_PeriodForm = tuple[re.Pattern[str], PeriodNamer, bool, bool]
"""A pattern with the namer of its periods, and whether they are cumulative and promised."""


def _forms(name: PeriodNamer, *patterns: str, cumulative: bool = False, promised: bool = False) -> list[_PeriodForm]:
    return [(re.compile(pattern, re.IGNORECASE), name, cumulative, promised) for pattern in patterns]


_NUMBER = rf"{DIGITS}|{NUMBER_WORDS}"
_OF_YEAR = r"(?: (?:of |in )?(?:(?P<year>20\d\d)|(?P<rel>this|last) year))?"
_OF_YEAR_ZH = r"(?:(?P<year>20\d\d)年|(?P<rel>[今去])年)?的?"
_DEAL_WORDS = (
    r"deal|truce|busan|summit|agreement|meeting|met|accord|pact|trump-xi|xi-trump|late october|october 30|oct\. 30"
)
_LAST_PART = rf"(?:last|final|closing|remaining) (?:(?:{_NUMBER}) )?(?:days|weeks|months?|quarters?)"
_LAST_PART_ZH = rf"的?(?:最后|最末|余下|剩余|剩下)的?(?:(?:\d+|{HAN_NUMBER})个?(?:月|周|星期|天|季度?)|时间)"
_FORMS = (
    # the end of a year
    *_forms(
        _calendar,
        rf"\b{_LAST_PART} (?:of|in|left in) (?:calendar )?(?:(?P<year>20\d\d)(?![/-]\d)|(?P<rel>the|this|next"
        r"|last) (?:calendar )?year\b)",
        rf"\b(?:(?P<year>20\d\d)|(?P<rel>the|this|next|last) year)'s {_LAST_PART}\b",
        rf"(?:(?P<year>20\d\d)年|(?P<rel>[今明去])年|年内){_LAST_PART_ZH}",
        promised=True,
    ),
    # no periods, read first so that no year in them is taken for one
    *_forms(
        lambda *_: "",
        r"\b(?:fiscal(?: year)?|FY) ?(?:20)?\d\d\b",
        rf"\b(?:second|third|fourth) quarter(?: of)? 20\d\d|\b{_M} (?:\d+, )?(?:of )?20\d\d",
        r"\b(?:an?|one|the|last) ?years? (?:earlier|ago|before)\b|[去上]年同期",
        r"(?:[去今明]|20\d\d)年\d+月(?!底)",
        r"\b(?:an?|per|each|every) year (?:through|until|to|from|for|in)[^,;]{0,20}\b20\d\d",
        r"20\d\d(?:, 20\d\d)*(?:,? and | to | through |-)20\d\d\b",
        r"20\d\d年?(?:[、和至到及-]20\d\d年?)+",
        r"(?:(?:[去今明]|20\d\d)年)?(?:第?[二三四]季度|下半年)",
    ),
    # marketing years
    *_forms(
        _marketing,
        r"\b(?:marketing|crop)[- ]year (?P<year>20\d\d)(?:[/-]\d{2,4})?",
        r"(?:\bMY ?|\b)(?P<year>20\d\d)(?:/\d{2,4}|-\d{2}(?!\d|-))(?: ?(?:marketing|crop|season))?",
        r"(?P<year>20\d\d)[/-]\d{2,4}(?:市场|销售|作物)?年度",
        r"\b(?:(?P<rel>this|current|last|next|previous) )?(?:marketing|crop)[- ]year\b",
        r"\b(?P<rel>this|last|next) season\b",
        r"(?P<rel>[本上下])一?个?(?:市场|销售|作物)年度",
    ),
    # crops: the new one is this autumn's, before the harvest and after it
    *_forms(
        lambda words, published: f"marketing-{published.year - bool(words['old'])}" if published else "",
        *(r"\b(?:new|(?P<old>old))[- ]crop\b", r"新[作季]|(?P<old>[旧陈])作"),
    ),
    *_forms(
        lambda *_: "since-deal",
        rf"\bsince (?:[\w.'-]+ ){{0,4}}?(?:{_DEAL_WORDS})\b",
        r"自?(?:釜山|元首|中美|两国元首|协议|达成协议|休战|10月30日)[^,，。]{0,10}(?:以来|之后|后)",
    ),
    # parts of a year, counted up
    *_forms(
        _some_months,
        rf"\bfirst (?P<n>{_NUMBER}) months{_OF_YEAR}",
        rf"\bjan(?:uary|\.)?(?: to | through | ?[-–] ?)(?P<until>{_M}){_OF_YEAR}",
        rf"\b(?:first quarter|Q1){_OF_YEAR}",
        rf"\bfirst (?P<half>half){_OF_YEAR}",
        rf"\bfirst (?P<quarters>two|three) quarters{_OF_YEAR}",
        rf"{_OF_YEAR_ZH}(?P<half>上半年)",
        rf"{_OF_YEAR_ZH}前(?P<quarters>[两二三])个?季度",
        rf"{_OF_YEAR_ZH}(?<![目之以提])前(?P<n>\d+|{HAN_NUMBER})个?月",
        rf"{_OF_YEAR_ZH}(?<![\d十])[1一]月?[-–—~至到](?P<n>\d+|{HAN_NUMBER})月",
        rf"{_OF_YEAR_ZH}第?[一1]季度",
        cumulative=True,
    ),
    *_forms(
        _calendar,
        r"\b(?:so far|to date)(?: in)? (?:this year|(?P<year>20\d\d))",
        r"\bthis year (?:so far|to date)\b",
        r"\byear[- ]to[- ]date\b|\bsince january\b",
        r"[今年]年?(?:以来|初以来|初至今)|今年(?:迄今|至今|累计)",
        r"\b(?P<rel>last) year\b(?! ?-?end)",
        r"(?P<rel>去)年(?![底末初])",
        cumulative=True,
    ),
    # whole years
    *_forms(
        _calendar,
        r"\b(?P<rel>this|next) (?:calendar )?year\b(?! ?-?end)",
        r"\bend of (?P<rel>this|next|the) year\b",
        r"\byear(?:'s)?[ -]end\b(?! 20)",
        r"\b(?:in|during|for|by|through|of|calendar(?: year)?)(?: the)?(?: end of| rest of"
        r"| whole of)? ?(?:calendar(?: year)? )?(?P<year>20\d\d)\b(?![/-]\d)",
        r"\b(?:all of|full[- ]year|end-) ?(?P<year>20\d\d)\b",
        r"(?P<year>20\d\d)(?:年(?!\d|度)|日历年)",
        r"(?<!\d)(?P<rel>[今明去])?年[底末内]",
        r"(?P<rel>[今明])年",
    ),
)


def period_of(
    sentence: str, amount: tuple[int, int], amounts: Sequence[tuple[int, int]], published: date | None = None
) -> Period | None:
    """Return the period that an amount counts for: the nearest one in its clause, else in a clause without amounts.

    `amounts` are the places of all amounts of the sentence. Without `published` "this year" is no period.
    """
    periods: list[Period] = []  # of two that overlap, the one whose form is listed first stays
    for pattern, namer, cumulative, promised in _FORMS:
        for found in pattern.finditer(sentence):
            if all(found.end() <= other.start or found.start() >= other.end for other in periods):
                name = namer(Words(str, found.groupdict("")), published)
                periods.append(Period(*found.span(), name, cumulative and bool(name), promised))
    periods = [period for period in periods if period.name]
    if not periods:
        return None
    clauses = raw_clauses(sentence, compared=True)
    taken = {clause_at(clauses, start) for start, _ in amounts}
    start, end = amount
    own, free = [], []
    for period in periods:
        clause = clause_at(clauses, period.start)
        # "12 million by year-end and 25 million a year": a period between two amounts belongs to the first.
        of_another = period.end <= start and any(other_end <= period.start for _, other_end in amounts)
        if clause == clause_at(clauses, start) and not of_another:
            own.append(period)
        elif clause not in taken:
            free.append(period)
    costs = {p: p.start - end if p.start >= end else abs(start - p.end) + _BEFORE_AMOUNT_COST for p in own or free}
    return min(costs, key=costs.__getitem__, default=None)
