"""What the sentence around an amount says of it: basis, period, and whether it is a count so far or one lot."""

from __future__ import annotations

import re

_BUY = r"(?:buy|purchas\w+|import\w*|order\w*|tak(?:e|ing)|book\w*|ship\w*|invest\w*|procure\w*)"
_BUY_ZH = r"(?:采购|购买|进口|订购|购入|买)"

_BASES = {
    "pledged": rf"\b(?:will|would|shall|must|to|could|should)(?: \w+){{0,2}}? {_BUY}\b"
    rf"|\b(?:pledg|commit|promis|obligat|agree)\w*(?: \w+){{0,2}}? {_BUY}\b"
    r"|\b(?:pledg|commit|promis|obligat)\w*|\bvow(?:s|ed)?\b|\btargets?\b|\bgoal\b|\bagree[ds]?\b|\bagreement\b|\bowe[ds]?\b|\bquota\b"
    rf"|(?:承诺|允诺|同意)[^，。；]{{0,8}}?{_BUY_ZH}|(?:将|拟|计划|要|应)(?:再|至少|每年|继续|额外|在?[\d年]+)*{_BUY_ZH}|承诺|允诺|同意|目标",
    "booked": r"\b(?:export|flash|outstanding|net|new) sales?\b|\bbought\b|\bbuy(?:s|ing)\b|\bbook(?:s|ed|ing|ings)\b|\bpurchas(?:ed|es?|ing)\b|\bsold\b|\bsales?\b"
    r"|\border(?:s|ed)\b|\bsnap(?:s|ped)? up\b|\bcontracted\b|\bsecured\b|\bcommitments on the books\b"
    r"|采购|购买|买入|买了|订购|预订|成交|售出|销售|下单|购得|签约",
    "shipped": r"\bship(?:ped|s|ments?)\b|\bload(?:ed|ings?)\b|\bexport(?:ed|s)\b|\binspect(?:ions?|ed)\b|\bsailed\b|\ben route\b"
    r"|装运|装船|发运|启运|出口|离港|运往|装载",
    "arrived": r"\barriv\w+|\bimport(?:ed|s)\b|\bdischarged\b|\bunload(?:ed|ing)\b|\bcustoms\b|\breceived\b|\bdelivered\b|\blanded\b"
    r"|到港|抵港|抵达|进口|海关|卸货|卸船|运抵|到岸|入关",
}
_BASIS = re.compile("|".join(f"(?P<{name}>{words})" for name, words in _BASES.items()), re.IGNORECASE)
_AFTER_COSTS = 10
_OWED = re.compile(r"\b(?:of|towards?) (?:the|its|an?|their) (?:\w+ )?$|\btarget of $|(?:目标|承诺)的?$", re.IGNORECASE)

_PERIODS = re.compile(
    r"(?P<marketing>(?:marketing|crop)[- ]year (?P<my1>\d{4})|(?:\bMY ?|\b)(?P<my2>20\d\d)(?:/\d{2,4}|-\d{2}(?!\d|-)) ?(?:marketing|crop|season)?"
    r"|(?P<my3>20\d\d)[/-]\d{2,4}(?:市场|销售|作物)?年度)"
    r"|(?P<deal>since (?:the )?(?:\w+ ){0,2}?(?:deal|truce|busan|summit|agreement|meeting|accord|pact|trump-xi|xi-trump|late october|october 30|oct\. 30)"
    r"|自?(?:釜山|元首|中美|两国元首|协议|达成协议|休战|10月30日)[^，。]{0,10}(?:以来|之后|后))"
    r"|(?P<calendar>\b(?:in|during|for|by|through|of|calendar(?: year)?)(?: the)?(?: end of| rest of| whole of)? ?(?:calendar(?: year)? )?(?P<year>20\d\d)\b(?![/-]\d)"
    r"|(?P<nian>20\d\d)年(?!\d|度))",
    re.IGNORECASE,
)

_READING_BEFORE = re.compile(
    r"\bso far\b|\btotal(?:s|ed|led|ing|ling)?\b|\breach(?:ed|es|ing)?\b|\bto date\b|\bcumulative(?:ly)?\b|\bamount(?:ed|ing) to\b|\btally\b"
    r"|\b(?:stood|stands|standing) at\b|\bsince\b|\bbringing\b|\baccumulated\b|\ball told\b|\bin all\b|\bnow at\b"
    r"|累计|已达|达到|总计|总量|共计|合计|迄今|截至|至今|共采购|以来",
    re.IGNORECASE,
)
_READING_AFTER = re.compile(
    r"^[^,;，；]{0,80}?(?:\bso far\b|\bin total\b|\bto date\b|\bsince\b|\bcumulatively\b|\ball told\b|\bas of\b|\btotal\b)|^[^，；,;]{0,12}(?:累计|总量)",
    re.IGNORECASE,
)
_HAS_BOUGHT = re.compile(
    r"\b(?:has|have|had)(?: now| already| since| also)? (?:bought|purchased|booked|imported|shipped|received|ordered)\b|已(?:经)?(?:采购|购买|进口|订购)",
    re.IGNORECASE,
)


def basis_of(sentence: str, start: int, end: int) -> str:
    """pledged, booked, shipped, arrived or '': the nearest word for it in the sentence; a word before the amount is nearer."""
    if _OWED.search(sentence[:start]):
        return "pledged"
    nearest, basis = len(sentence) + _AFTER_COSTS, ""
    for found in _BASIS.finditer(sentence):
        far = start - found.end() if found.end() <= start else found.start() - end + _AFTER_COSTS
        if found.end() > start and found.start() < end:
            continue
        if far < nearest:
            nearest, basis = far, found.lastgroup or ""
    return basis


def period_of(sentence: str, start: int) -> str:
    """calendar-YYYY, marketing-YYYY (its first year), since-deal or '': the period named nearest to the amount."""
    nearest, period = len(sentence) + 1, ""
    for found in _PERIODS.finditer(sentence):
        far = abs(found.start() - start)
        if far < nearest:
            nearest, period = far, _period(found)
    return period


def _period(found: re.Match[str]) -> str:
    if found["deal"]:
        return "since-deal"
    if found["marketing"]:
        return f"marketing-{found['my1'] or found['my2'] or found['my3']}"
    return f"calendar-{found['year'] or found['nian']}"


def is_reading(before: str, after: str, *, large: bool) -> bool:
    """Whether an amount is counted up to now. `before` starts after the amount before it, `after` ends with the sentence.

    "has bought" is a count for amounts too large to be one purchase (`large`), else it is one lot.
    """
    if _READING_BEFORE.search(before) or _READING_AFTER.search(after):
        return True
    return large and _HAS_BOUGHT.search(before) is not None
