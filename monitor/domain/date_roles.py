"""What a date is, by the words around it: due (by, before, 之前), expiry (until, expires, 到期) or start (from, 起)."""

from __future__ import annotations

import re

_FILL = (
    r"\s+(?:(?:the|at least|as late as|at|midnight|noon|on|in|about|around|some time|sometime|as early as|early|late"
    r"|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day,?|New Year's (?:Eve|Day),?)\s+)*$"
)

_MOVED = r"(?:postpon|delay|push|defer|mov|slip|reschedul|brought forward|bring forward|shift|put (?:off|back))\w*"
_DEADLINE = r"(?:deadline|due date|target date|cut-?off|closing|timetable)"
_BEFORE = (
    ("due", re.compile(
        rf"\b{_MOVED}(?:\s+[\w.-]+){{0,6}}?\s+(?:to|until|till){_FILL}"
        rf"|\b{_DEADLINE}\b[^,;]{{0,40}}?\s(?:to|until|till){_FILL}"
        rf"|\b(?:by|before|no later than|not later than|prior to|due(?: by)?|{_DEADLINE}(?: of| is| was| set for|:|,? now)?|within|ahead of){_FILL}",
        re.IGNORECASE)),
    ("expiry", re.compile(
        rf"\b(?:until|till|through|thru|valid to|good to|expir\w+|end(?:s|ed|ing)?|laps(?:e|es|ed|ing)|sunsets?|r(?:[ua]ns?|unning) out|to|up to){_FILL}",
        re.IGNORECASE)),
    ("start", re.compile(
        rf"\b(?:from|start(?:s|ed|ing)?(?: from)?|effective(?: from| as of)?|beg[iau]n(?:s|ning)?(?: from)?|(?:take|takes|took|taking) effect(?: from)?"
        rf"|(?:come|comes|came|enter|enters|entered|go|goes|went)(?: in)?to (?:force|effect)|kick(?:s|ed|ing)? in|since|commenc\w+){_FILL}",
        re.IGNORECASE)),
)  # fmt: skip
_OLD_DATE = re.compile(rf"\b(?:{_MOVED}|extend\w*|prolong\w*|{_DEADLINE})\b[^,;]{{0,60}}?\bfrom{_FILL}", re.IGNORECASE)
_NEW_DATE = re.compile(r"^[^,;]{0,12}? (?:to|until|till)\b", re.IGNORECASE)
_AFTER = (
    ("due", re.compile(r"^[\s-]+(?:\w+ )?(?:deadline|due date|target date|target|goal|cut-?off)\b", re.IGNORECASE)),
    ("expiry", re.compile(r"^[\s-]+(?:expiry|expiration|lapse|sunset|end date)\b", re.IGNORECASE)),
    ("start", re.compile(r"^[\s-]+(?:start|launch)\b", re.IGNORECASE)),
)

_HOUR_ZH = re.compile(r"^(?:零时|\d{1,2}时(?:\d{1,2}分)?|[（(][^）)]{1,12}[）)])")
_BEFORE_ZH = (
    (
        "due",
        re.compile(
            r"(?:推迟|延后|延迟|提前)(?:至|到)$|(?:最迟|不晚于|不迟于|截止日期?[为是]?|最后期限[为是]?|期限[为是]|赶在)(?:在|于)?$"
            r"|(?:期限|截止日期?|交割)[^,，。;；]{0,24}(?:延长?|延后|顺延|推迟|改|提前)(?:至|到)$"
        ),
    ),
    ("", re.compile(r"截[至止](?:到|至)?$")),
    ("expiry", re.compile(r"(?:至|到|直至|直到|(?:到期|届满|失效)(?:日期?)?[为是]?)$")),
)
_AFTER_ZH = (
    ("expiry", re.compile(r"^(?:将|正式|即将|已)?(?:到期|届满|期满|失效|为止|止|终止|结束)")),
    ("due", re.compile(r"^(?:之前|以前|前|之内|以内|内|截止|最后期限)")),
    ("start", re.compile(r"^(?:起|开始|生效|正式生效|以来|启动|起施行|正式实施|后)")),
)
_START_ZH = re.compile(r"(?:自|从)$")


_AHEAD = re.compile(
    r"\b(?:will|would|may|might|could|shall|plans?|planned|planning|expect\w*|schedul\w+|set|due|slated|aims?|likely|agreed to|ready to"
    r"|expires|ends|runs|remains?|stays?|lasts|lapses)\b|将|拟|计划|预计|有望|定于",
)
_PAST = re.compile(
    r"\b(?:missed|passed|failed|expired|ended|lapsed|ran out|had until|(?:was|were|had been) (?:due|set|to|supposed|meant))\b|已于|曾于|原定"
)


def tense_of(text: str, start: int) -> str:
    """Whether the words before a date speak of what is to come ("may meet in May"), "ahead", of what is over, "past", or ""."""
    if _PAST.search(text, max(0, start - 40), start):
        return "past"
    return "ahead" if _AHEAD.search(text, max(0, start - 60), start) else ""


_COUNTED = re.compile(
    rf"\b(?:sales|shipments|imports|exports|purchases|inspections|data|figures|numbers)(?: \w+){{0,2}} (?:through|thru|to|up to|until){_FILL}"
    rf"|\b(?:week|month|quarter|year|period|season)s? (?:that )?(?:ended|ending){_FILL}",
    re.IGNORECASE,
)


def is_count_until(text: str, start: int) -> bool:
    """Whether the words before a day that is past say what was counted up to it: "sales through Nov. 27", no expiry."""
    return _COUNTED.search(text, max(0, start - 80), start) is not None


def role_of(text: str, start: int, end: int) -> str:
    """due, expiry, start or '' for the date at [start, end) of a text."""
    before, after = text[max(0, start - 80) : start], text[end : end + 24]
    chinese = _chinese_role(before[-32:].rstrip(), _HOUR_ZH.sub("", after.lstrip()))
    if chinese is not None:
        return chinese
    for role, words in _AFTER:
        if words.search(after):
            return role
    if _OLD_DATE.search(before) and _NEW_DATE.search(after):
        return ""  # moved from this day to another
    return next((role for role, words in _BEFORE if words.search(before)), "")


def _chinese_role(before: str, after: str) -> str | None:
    for role, words in _AFTER_ZH:
        if words.search(after):
            return role
    for role, words in _BEFORE_ZH:
        if words.search(before):
            return role
    return "start" if _START_ZH.search(before) else None
