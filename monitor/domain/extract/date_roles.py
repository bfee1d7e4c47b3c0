"""The role of a date by the words around it: due (by, before, 之前), expiry (until, 到期) or start (from, 起)."""

from __future__ import annotations

import re

from monitor.domain.text.numerals import sentence_bounds

_HOUR = (
    r"(?:\d{1,2}(?:[:.]\d\d)?\s?[ap]\.?m\.?|\d{1,2}:\d\d)"
    r"(?: \(?(?:ET|EST|EDT|GMT|UTC|(?:(?:Washington|Beijing|local|U\.?S\.?|(?:US )?Eastern)(?: standard"
    r"| daylight)?(?: time)?))\)?)?,?"
    r"|(?:one|a) minute (?:past|after) midnight"
)
FILLER = (
    rf"\s+(?:(?:{_HOUR}|the|at least|as late as|at|midnight,?|noon,?|on|in|about|around|some time|sometime"
    r"|as early as|early|late"
    r"|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day,?|New Year's (?:Eve|Day),?)\s+)*$"
)

_MOVED = r"(?:postpon|delay|push|defer|mov|slip|reschedul|brought forward|bring forward|shift|put (?:off|back))\w*"
_STRETCH = r"(?:year|season|quarter|month|week|window|term)"
"""Ranges with a natural end: an act before the end is in time."""
_DEADLINE = r"(?:deadline|due date|target date|cut-?off|closing|timetable)"
_BEFORE = {
    "due": re.compile(
        rf"(?i)\b{_MOVED}(?:\s+[\w.-]+){{0,6}}?\s+(?:to|until|till){FILLER}"
        rf"|\b{_DEADLINE}\b[^,;]{{0,40}}?\s(?:to|until|till){FILLER}"
        rf"|\bbefore (?:the |this |its |that )?(?:[\w/-]+ ){{0,2}}?{_STRETCH} (?:ends?|ended|closes|finishes"
        f"|is over|is out|runs out){FILLER}"
        rf"|\b(?:before|ahead of|prior to) the (?:start|beginning) of{FILLER}"
        rf"|\b(?:by|before|no later than|not later than|prior to|due(?: by)?|{_DEADLINE}(?: of| is| was"
        f"| set for|:|,? now)?|within|ahead of){FILLER}"
    ),
    "expiry": re.compile(
        r"(?i)\b(?:until|till|through|thru|valid to|good to|expir\w+|end(?:s|ed|ing)?|laps(?:e|es|ed|ing)"
        f"|sunsets?|r(?:[ua]ns?|unning) out|to|up to){FILLER}"
    ),
    "start": re.compile(
        r"(?i)\b(?:from|start(?:s|ed|ing)?(?: from)?|effective(?: from| as of)?|beg[iau]n(?:s|ning)?(?: from)?"
        r"|(?:take|takes|took|taking) effect(?: from)?"
        r"|(?:come|comes|came|enter|enters|entered|go|goes|went)(?: in)?to (?:force|effect)|kick(?:s|ed"
        rf"|ing)? in|since|commenc\w+){FILLER}"
    ),
}
START_WORD = re.compile("from|start|effect|beg[aiu]n|force|kick|since|commenc|launch|[自从起始效来动施后]")
"""Every text with a start date contains one of these, in lower case."""
_OLD_DATE = re.compile(rf"(?i)\b(?:{_MOVED}|extend\w*|prolong\w*|{_DEADLINE})\b[^,;]{{0,60}}?\bfrom{FILLER}")
_NEW_DATE = re.compile(r"(?i)^[^,;]{0,12}? (?:to|until|till)\b")
_AFTER = {
    "due": re.compile(r"(?i)^[\s-]+(?:\w+ )?(?:deadline|due date|target date|target|goal|cut-?off)\b"),
    "expiry": re.compile(r"(?i)^[\s-]+(?:expiry|expiration|lapse|sunset|end date)\b"),
    "start": re.compile(r"(?i)^[\s-]+(?:start|launch)\b"),
}

_HOUR_ZH = re.compile(
    r"^(?:(?:午夜|凌晨|正午|(?:零|\d{1,2})[时点](?:\d{1,2}分?|整)?|\d{1,2}:\d\d|[（(][^）)]{1,12}[）)])+"
    r"|,?而(?:非|不是)(?:原定的?|原来的?)?(?:20\d\d年|[今明去]年)?\d{1,2}月(?:\d{1,2}[日号])?)"
)
"""Possible words between a day and its role: the hour, or a negated day ("1月10日而非11月10日到期")."""
_BEFORE_ZH = {
    "due": re.compile(
        "(?:推迟|延后|延迟|提前)(?:至|到)$|(?:最迟|不晚于|不迟于|截止日期?[为是]?|最后期限[为是]?|期限[为是]"
        "|赶在)(?:在|于)?$"
        r"|(?:期限|截止日期?|交割)[^,，。;；]{0,24}(?:延长?|延后|顺延|推迟|改|提前)(?:至|到)$"
    ),
    "": re.compile(r"截[至止](?:到|至)?$"),
    "expiry": re.compile(r"(?:至|到|直至|直到|(?:到期|届满|失效)(?:日期?)?[为是]?)$"),
    "start": re.compile(r"(?:自|从)$"),
}
_AFTER_ZH = {
    "expiry": re.compile(r"^(?:将|正式|即将|已)?(?:到期|届满|期满|失效|为止|止|终止|结束)"),
    "due": re.compile(r"^(?:之前|以前|前|之内|以内|内|截止|最后期限)"),
    "start": re.compile(r"^(?:起|开始|生效|正式生效|以来|启动|起施行|正式实施|后)"),
}

LOOKS_AHEAD = re.compile(
    r"\b(?:may|(?i:will|would|might|could|shall|plans?|planned|planning|expect\w*|schedul\w+|set|due|slated|aims?"
    "|likely|agreed to|ready to"
    r"|expires|ends|runs|remains?|stays?|lasts|lapses))\b|将|拟|计划|预计|有望|定于"
)
"""May is a month with a capital."""
LOOKS_BACK = re.compile(
    r"\b(?:missed|passed|failed|expired|ended|lapsed|ran out|had until|(?:was|were|had been) (?:due|set|to"
    r"|supposed|meant)|since)\b|已于|曾于|原定"
)


OF_A_TEXT = re.compile(
    r"(?i) (?:announcement|notice|notification|order|proclamation|decree|statement|readout)s?\b"
    r"|(?:发布|公布)?的?(?:公告|通知|声明)"
)
"""Behind the past day of a text: "the levies from the March 4 announcement" begin on another day."""


_REPORTED = (
    r"said|says?|told|tells|announced|reported|met|spoke|held|after|since|before|from|to|wrote|statement|post|interview"
)
_DATED_ACT = (
    r"(?:meet|talk|speak|call|hold|begin|start|open|resume|visit|travel|arrive|host|sign|announce|impose|expire|end|lift"
    r"|suspend|close|decide|rule|vote|release|publish|take|come|go|discuss|face|launch|convene|gather|sit)"
)
_WORD = r"['‘’“”\"(]?[\w'’-]+['‘’“”\")]?"
_WORDS = rf"(?: (?:(?:speak|talk|travel|fly|go|head|come|return) to|(?!(?:{_REPORTED})\b){_WORD})){{1,16}}"
PLANNED = re.compile(
    r"(?i)(?:\b(?:will|would|shall"
    r"|(?:is|are|set|due|expect(?:s|ed)?|hopes?|scheduled|slated|planned|planning|plans?|agreed?|likely|ready"
    rf"|going) to){_WORDS}"
    r"|(?:\b(?:am|is|are)|['’](?:m|s|re)) (?:meeting|speaking|talking|travell?ing|flying|visiting|hosting|seeing)"
    rf"(?: (?:to|with))?{_WORDS}"
    rf"|(?:^|[.;:!?] )(?:(?!(?:{_REPORTED}|\w+ed|went|came|flew|left)\b)[\w'’&.-]+,? ){{1,8}}to (?:{_DATED_ACT}|be \w+)"
    rf"(?: (?!(?:{_REPORTED})\b){_WORD}){{0,8}}"
    r"|\b(?:scheduled|set|slated|planned|due|expected)(?: to \w+)? for"
    r"|\b(?:pending|awaiting|ahead of)(?: [\w.'’-]+){0,3} (?:call|meeting|talks|summit|visit|vote|hearing))"
    r" (?:on |from |for )?(?:next )?$"
)
"""Before a weekday to come: "will meet on Thursday", "talks set for Monday", "Trump, Xi to meet Thursday". "Said on
Thursday" is past, and "flew to Seoul to meet Xi on Thursday" may be either."""
PLANNED_REACH = 120
"""Characters before a weekday in which such words stand (estimate)."""


COUNTED = re.compile(
    r"(?i)\b(?:sales|shipments|imports|exports|purchases|inspections|data|figures"
    rf"|numbers)(?: \w+){{0,2}} (?:through|thru|to|up to|until){FILLER}"
    rf"|\b(?:week|month|quarter|year|period|season)s? (?:that )?(?:ended|ending){FILLER}"
)
"""Before a past day that ends a count: "sales through Nov. 27" is no expiry."""


NEGATED_DATE = re.compile(
    rf"(?i)\b(?:rather than|instead of)(?:\s+[\w-]+){{0,3}}?{FILLER}|\bnot on{FILLER}|而(?:非|不是)(?:原定的?"
    r"|原来的?|于|在|到|至)?$"
)
"""Before a day that the text negates: "on January 10 rather than November 10", 而非11月10日."""


_BY = re.compile(
    r"(?i)(?:\b(?:by|as of|as at|through|thru|to|until|till|before|ahead of|prior to|within"
    rf"|no later than){FILLER}|\b(?:by|as of) the$|\bup to$)"
)
_AS_OF = re.compile(rf"(?i)\b(?<!effective )(?<!starting )(?<!beginning )as (?:of|at){FILLER}")
_DELIVERED = (
    "bought|purchased|booked|shipped|imported|exported|received|delivered|loaded|unloaded|discharged|landed"
    "|arrived|sold|secured|acquired"
    "|contracted|completed|fulfilled|sailed|took|taken|cleared|reached|stood|total(?:l)?ed|amounted|come to"
    "|came to|risen|climbed|topped"
    r"|issued|granted|snapped up|picked up|inspected|procured|left|paid"
)
_IS_DONE = re.compile(rf"(?i)\b(?:{_DELIVERED}|(?:ha[sd]|have)(?: \w+)? ordered|(?:was|were) at)\b")
_NOT_YET = re.compile(
    r"(?i)\b(?:be|being|to have|will have|would have|should have|must have|ought to have|to get|gets?|if|once"
    r"|unless|until|when)(?: \w+){0,2}? $"
)
_STILL_TO_DO = re.compile(
    r"(?i)\bto (?:be|buy|sell|ship|close|take|make|finish|complete|deliver|import|purchase|resume|start|end"
    r"|lift)\b|\b(?:must|will|would|should|shall|may|might|could)\b"
    r"|\bfor (?:\w+ )?(?:delivery|shipment|loading|arrival|export|shipping|dispatch)\b|\b(?:pledg|promis|agree"
    r"|commit|vow|order|expect)\w*|\bplan(?:s|ned|ning)?\b|\bdue\b|\bdeadline\b"
)
_NO_PROMISE_ZH = r"(?!承诺|允诺|同意|要求|计划|表示|宣布|答应|约定|定于|将)"
_DONE_BEFORE_ZH = re.compile(rf"(?:已经?{_NO_PROMISE_ZH}|截[至止]到?)[^,，。;；]{{0,12}}$")
_DONE_AFTER_ZH = re.compile(
    f"^(?:之?前|以前|为止|的一周|当周)?,?[^,，。;；将须应]{{0,14}}?(?:已经?{_NO_PROMISE_ZH}|累计|共计|总计"
    r"|(?:采购|购买|买入|装运|订购|进口|交付)了)"
)


_NEAR = 120
"""Characters; words further from a date do not concern it (an estimate)."""


def near_sentence(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the sentence around a span, cut at `_NEAR`, so that a long text is not read for each date."""
    first = max(0, start - _NEAR)
    left, right = sentence_bounds(text[first : end + _NEAR], start - first, end - first)
    return first + left, first + right


def describes_past_total(text: str, start: int, end: int) -> bool:
    """Return whether a day ends a count of past acts ("had bought 1.2 million tonnes by Friday").

    Such a day is no deadline unless it lies ahead.
    """
    left, right = near_sentence(text, start, end)
    before, after = text[left:start], text[end:right]
    if _DONE_BEFORE_ZH.search(before) or _DONE_AFTER_ZH.search(after):
        return True
    if not _BY.search(before) or _AFTER["due"].search(after):
        return False
    if _AS_OF.search(before):
        return True
    acts = [act for act in _IS_DONE.finditer(before) if not _NOT_YET.search(before, 0, act.start())]
    return bool(acts) and not _STILL_TO_DO.search(before, acts[-1].end())


_PART_OF = re.compile(
    r"(?i)\b(?:end|ends|close|closes|last|final|mid|middle|early|late|rest|remainder|over|out|finishes)\b"
    "|[底末旬初中]|结束|半年|最后|余|剩"
)
_BEFORE_IT = re.compile(r"(?i)\b(?:before|prior to|ahead of) (?:the (?:start|beginning) of )?$")
_EVENT = re.compile(
    "(?i)^(?:'s|[ -](?:summit|talks?|meeting|visit|trip|deadline|hearing|expiry|expiration|round|session|vote"
    r"|election|call|ruling|review|target|quota)s?\b)"
)
_BEFORE_IT_ZH = re.compile(r"^(?:之前|以前|前(?![后往景]))")


def means_day_before(text: str, start: int, end: int, precision: str) -> bool:
    """Return whether the text means the day before a range: 1月前. 前 after a Chinese year includes it."""
    if _PART_OF.search(text[start:end]):
        return False
    near = text[max(0, start - 40) : start]
    before = near.removesuffix("the ") if precision == "quarter" else near
    if _BEFORE_IT.search(before):
        return _EVENT.match(text[end : end + 24]) is None
    return precision != "year" and _BEFORE_IT_ZH.match(text[end : end + 4]) is not None


_END_OF_YEAR = re.compile(r"(?i)\b(?:last|final|closing|remaining|rest|remainder)\b|最后|最末|余下|剩余|剩下")
_PROMISED = re.compile(
    r"\b(?:will|shall)(?! (?:\w+ )?(?:fall|drop|rise|decline|slump|shrink|grow|slow|remain|stay|see"
    r"|average))\b|\bmust\b|\b(?:is|are|was|were|has|have|had) to \w"
    r"|\b(?:pledg|commit|promis|vow|undert[ao]k|oblig|guarante)\w*|\bagree[ds]?\b|\brequire[ds]?\b|\bto (?:buy"
    r"|purchase|import|take|order|book|ship|deliver|supply)\b"
    r"|承诺|允诺|同意|保证|答应|约定|必须|须|将(?!近)|(?<![供相反])应|要(?=[采购买进])"
)


def role_of(text: str, start: int, end: int) -> str:
    """Return due, expiry, start or '' for the date at [start, end) of a text."""
    before, after = text[max(0, start - 80) : start], text[end : end + 40]
    if NEGATED_DATE.search(before):
        return ""
    before_zh, after_zh = before[-32:].rstrip(), _HOUR_ZH.sub("", after.lstrip())
    for table, near in ((_AFTER_ZH, after_zh), (_BEFORE_ZH, before_zh), (_AFTER, after)):
        for role, words in table.items():
            if words.search(near):
                return role
    if _OLD_DATE.search(before) and _NEW_DATE.search(after):
        return ""  # moved from this day to another
    for role, words in _BEFORE.items():
        if words.search(before):
            return role
    # The last months of a year in which something is promised: their end is its deadline.
    left, right = near_sentence(text, start, end)
    promised = _PROMISED.search(text[left:start]) or _PROMISED.search(text[end:right])
    return "due" if _END_OF_YEAR.search(text[start:end]) and promised else ""
