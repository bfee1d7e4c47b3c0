"""The patterns of English dates, each with the function that tells what they mean."""

from __future__ import annotations

from monitor.domain.extract import date_builders as build
from monitor.domain.text.numerals import DIGITS, NUMBER_WORDS


def _after(*words: str) -> str:
    """Return a pattern for a place right after one of these words."""
    return "|".join(rf"(?<=\b{word} )" for word in words)


_CAPITALISED = sorted(build.MONTH_NUMBERS, key=len, reverse=True)
# "may" and "march" are months only with a capital.
_M = rf"(?P<month>{'|'.join(f'{name}|{name.upper()}' for name in _CAPITALISED)})\b(?:\.(?! [A-Z]|$))?"
_Y = r"(?P<year>(?:19|20)\d\d)(?![\d%]|,\d)"
_D = r"(?P<day>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?(?![\d%]|[.,:]\d)"
_AMOUNT_NEXT = r"(?! (?:million|billion|thousand|percent|per cent|tons|tonnes|cargoes|days|points))"
_ANY_MONTH = rf"(?:{'|'.join(_CAPITALISED)})\b"
_W = r"(?P<weekday>Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)"
_PART = r"(?P<part>[Ee]arly|[Mm]id|[Ll]ate)[ -]"
_Q = r"(?:(?P<nth>[Ff]irst|[Ss]econd|[Tt]hird|[Ff]ourth)[ -]quarter|Q(?P<digit>[1-4]))"
_THE_Q = r"(?:(?<=\b[Tt]he )(?P<nth>[Ff]irst|[Ss]econd|[Tt]hird|[Ff]ourth) quarter|\bQ(?P<digit>[1-4]))(?! of (?:losses|growth|fiscal)\b| fiscal)"
_YEAR_OR_REL = rf"(?:,? (?:of )?{_Y}| (?:of )?(?P<rel>the|this|next|last) year)"
_END = r"(?:\b[Tt]he )?\b(?:[Ee]nd|[Cc]lose|last day)(?: of |-)"
_AT = _after(
    *("[Ii]n", "[Bb]y", "until", "till", "[Ss]ince", "through", "[Bb]efore", "from", "prior to", "ahead of"),
    *("before the start of", "before the beginning of"),
)
_BEFORE_WEEKDAY = _after(
    *("[Bb]y", "until", "till", "through", "before", "[Tt]his", "coming", "effective", "starting", "[Aa]s of"),
    *("[Uu]p to", "midnight on", "noon on"),
)
_LAST = r"(?:[Ll]ast|[Ff]inal|[Cc]losing|[Rr]emaining)"
_COUNT = rf"(?:(?P<count>{DIGITS}|{NUMBER_WORDS}) )?(?P<unit>days|weeks|months?|quarters?)"
_REST = r"(?:[Rr]est|[Rr]emainder)"
_A_YEAR = rf"(?:(?:calendar )?{_Y}|(?P<rel>the|this|next) (?:calendar )?year\b)"
_MARKETING = r"(?:marketing|crop)[- ]year"
_MY = r"(?P<year>20\d\d)(?:[/-]\d{2,4})"
_ENDS = r"(?:ends|closes|finishes|runs out|is (?:over|out|up|done))\b"
_FISCAL = r"(?:fiscal(?: year)?|FY) ?(?P<fiscal>(?:20)?\d\d)\b"

ENGLISH_FORMS = build.date_forms(
    (rf"(?<![\w.,$]){_D}(?: of)? {_M},? {_Y}", build.day),
    (rf"(?<!\w){_M} {_D},? {_Y}", build.day),
    (
        r"(?<![\d/.-])(?P<year>20\d\d)(?P<sep>[-/.])(?P<month>0?[1-9]|1[0-2])(?P=sep)(?P<day>3[01]|[12]\d|0?[1-9])(?![\d/-])",
        build.day,
    ),
    (
        r"(?<![\d/.-])(?P<one>\d\d?)(?P<sep>[/.-])(?P<two>\d\d?)(?P=sep)(?P<year>20\d\d)(?![\d/-]|\.\d)",
        build.day_in_digits,
    ),
    (
        r"(?<![\d/.-])(?P<one>0?[1-9]|1[0-2])/(?P<two>1[3-9]|2\d|3[01])/(?P<year>[23]\d)(?![\d/-]|\.\d)",
        build.day_in_digits,
    ),
    (rf"(?<![\w.,$-])(?P<first>\d\d?)(?:-|–| to | and ){_D} {_M}(?:,? {_Y})?", build.days),
    (rf"(?<!\w){_M} (?P<first>\d\d?)(?:-|–| to | and ){_D}(?:,? {_Y})?{_AMOUNT_NEXT}", build.days),
    (rf"(?<!\w){_M} {_D}{_AMOUNT_NEXT}", build.day),
    (rf"(?<![\w.,$-]){_D}(?: of)? {_M}(?! \d)", build.day),
    (rf"(?<!\w){_M} {_D},? (?:of )?(?P<rel>this|last|next) year\b", build.day),
    (rf"(?<![\w.,$-]){_D}(?: of)? {_M},? (?:of )?(?P<rel>this|last|next) year\b", build.day),
    (rf"(?P<end>{_END}){_M}(?:,? {_Y})?", build.month),
    (rf"\b{_PART}{_M}(?:,? {_Y})?(?! \d)", build.month),
    (rf"(?<!\w){_M},? {_Y}", build.month),
    (rf"(?<!\w){_M} (?:of )?(?P<rel>this|last|next) year\b", build.month),
    (rf"(?:{_AT}|{_after('next', 'this')}){_M}(?!,? \d)", build.month),
    (rf"\b{_Q}{_YEAR_OR_REL}", build.quarter),
    (rf"(?<!fiscal ){_THE_Q}", build.quarter),
    (rf"(?P<end>{_END})(?:the )?{_Q}{_YEAR_OR_REL}?", build.quarter),
    (r"\b(?P<rel>[Tt]his|[Nn]ext) quarter\b", build.relative_quarter),
    (rf"\b(?:{_Q} (?:of |in )?)?{_FISCAL}", build.fiscal),
    (rf"(?P<end>{_END}){_FISCAL}", build.fiscal),
    (rf"\b(?P<part>[Ff]irst|[Ss]econd) half{_YEAR_OR_REL}", build.year_part),
    (rf"\b(?:(?P<part>H[12])|(?P<half>[12])H) ?{_Y}", build.year_part),
    (rf"\b{_PART}(?:in )?(?:{_Y}|(?P<rel>this|next|last) year)\b", build.year_part),
    (rf"\b(?P<part>middle) of (?:{_Y}|(?P<rel>the|this|next|last) year)\b", build.year_part),
    (rf"{_END}(?:calendar |the year )?{_Y}", build.year_end),
    (rf"{_END}(?P<rel>the|this|next|last) (?:calendar )?year\b", build.year_end),
    (r"\byear(?:'s)?[ -]end\b|\bthe year (?:is out|ends|is over)\b", build.year_end),
    (rf"\byear(?:'s)?[ -]end {_Y}", build.year_end),
    (rf"(?P<end>{_END})(?P<rel>the|this|next) month\b", build.relative_month),
    (r"\bmonth[ -](?P<end>end)\b", build.relative_month),
    (rf"\b(?:[Tt]he )?{_LAST} {_COUNT} (?:of|in|left in) {_A_YEAR}", build.rest_of_year),
    (rf"(?<!\w)(?:{_Y}|(?P<rel>[Tt]he|[Tt]his|[Nn]ext) year)'s {_LAST} {_COUNT}\b", build.rest_of_year),
    (rf"\b[Tt]he {_REST} of {_A_YEAR}", build.rest_of_year),
    (rf"{_END}(?:the )?(?:{_MARKETING}|MY) ?{_MY}", build.marketing_end),
    (rf"{_END}(?:the )?{_MY} (?:{_MARKETING}|season)", build.marketing_end),
    (rf"{_END}(?P<rel>this|the current|the running|next) {_MARKETING}", build.marketing_end),
    (rf"\b(?:the )?(?:{_MARKETING}|MY) ?{_MY} {_ENDS}", build.marketing_end),
    (rf"\b(?:the )?{_MY} (?:{_MARKETING}|season) {_ENDS}", build.marketing_end),
    (rf"\b(?P<rel>this|the current|the running|next) {_MARKETING} {_ENDS}", build.marketing_end),
    (r"\b(?P<rel>[Tt]his|[Nn]ext|[Ll]ast) year\b", build.year),
    (r"\b(?P<rel>[Tt]his|[Nn]ext|[Ll]ast) month\b", build.relative_month),
    (rf"(?:{_END})?\b(?P<rel>[Tt]his|[Nn]ext|[Ll]ast) week\b", build.week),
    (rf"\b(?P<rel>[Nn]ext|[Ll]ast) {_W}", build.week),
    (rf"(?:{_BEFORE_WEEKDAY}|(?<=[ap]\.m\. on )){_W}(?!,? {_ANY_MONTH})", build.week),
    (rf"(?:{_AT}|{_after('during')}){_Y}(?![-/]\d)\b", build.year),
    (r"\b[Tt]omorrow\b", build.days_away(1)),
)
