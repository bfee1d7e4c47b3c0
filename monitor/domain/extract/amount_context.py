"""The context of an amount: its basis, whether it is a running total, whether it is a base of comparison."""

from __future__ import annotations

import re

from monitor.domain.text.clause_roles import clause_at, raw_clauses

_BUY = r"(?:buy(?:ing)?|purchas\w+|import\w*|order\w*|tak(?:e|ing)|book\w*|ship\w*|invest\w*|procure\w*)"
_BUY_ZH = r"(?:采购|购买|进口|订购|购入|买)"
_NEAR_ZH = "[^,，。;；吨已]"
"""Characters between the two words: no border of a clause and no other amount, as in 承诺的1200万吨中已采购700万吨."""

_BASES = {
    "pledged": rf"\b(?:will|would|shall|must|to|could|should)(?: \w+){{0,2}}? {_BUY}\b"
    rf"|\b(?:pledg|commit|promis|obligat|agree)\w*(?: \w+){{0,2}}? {_BUY}\b"
    r"|\b(?:pledg|commit|promis|obligat)\w*|\bvow(?:s|ed)?\b|\btargets?\b|\bgoal\b|\bagree[ds]?\b"
    r"|\bagreement\b|\bowe[ds]?\b|\bquota\b"
    f"|(?:承诺|允诺|同意){_NEAR_ZH}{{0,24}}?{_BUY_ZH}|(?:将|拟|计划|(?<![主重])要"
    f"|(?<![供相反])应){_NEAR_ZH}{{0,24}}?{_BUY_ZH}|(?:未来|今后)[^,，。;；]{{0,12}}?{_BUY_ZH}|承诺|允诺|同意|目标",
    "booked": r"\b(?:export|flash|outstanding|net|new) sales?\b|\bbought\b|\bbuy(?:s|ing)\b|\bbook(?:s|ed|ing|ings)\b"
    r"|\bpurchas(?:ed|es?|ing)\b|\bsold\b|\bsales?\b"
    r"|\border(?:s|ed)\b|\bsnap(?:s|ped)? up\b|\bpicks? up\b|\bpicked up\b|\bcontracted\b|\bsecured\b"
    r"|\bcommitments on the books\b"
    r"|采购|购买|买入|买了|订购|预订|成交|售出|出售|购入|购进|销售|下单|购得|签约",
    "shipped": r"\bship(?:ped|s|ments?)\b|\bload(?:ed|ings?)\b|\bexport(?:ed|s)\b|\binspect(?:ions?|ed)\b|\bsailed\b"
    r"|\ben route\b|\b(?:left|departed) (?:for|(?:\w+ ){1,3}ports?)\b"
    r"|装运|装船|发运|启运|起运|出口|离港|运往|装载",
    "arrived": r"\barriv\w+|(?<!\bof )\bimported\b|\bimports\b|\bdischarged\b|\bunload(?:ed|ing)\b|\bcustoms\b"
    r"|\breceived\b|\bdelivered\b|\blanded\b|\bdocked\b"
    r"|到港|抵港|抵达|进口|海关|卸货|卸船|运抵|到岸|入关",
}
_BASIS = re.compile("(?i)" + "|".join(f"(?P<{name}>{words})" for name, words in _BASES.items()))
_AFTER_COSTS = 10
_OTHER_CLAUSE_COSTS = 30
"""Characters added to the distance of a word after the amount, and of one in another clause: estimates."""
_FOR_LATER = re.compile(r"(?i)\bfor (?:[\w.]+ ){0,2}$")
"""A purchase "for April shipment" is not shipped."""
_AFTER_OTHER_AMOUNT = re.compile(r"(?i)(?:tons?|tonnes|mm?t) $")
"""The word right after an amount belongs to it: "the 12 million tonnes promised"."""
_OWED_BEFORE = re.compile(
    r"(?i)\b(?:of|towards?) (?:the|its|an?|their) (?:\w+ )?$|\btarget of $|\bout of (?:\w+ ){0,2}$"
    r"|\b(?:halfway|way) to (?:\w+ )?$|\b(?:still|yet) (?:has|have|had)? ?to \w+ $"
    r"|(?:目标|承诺)的?$"
)
_OWED_AFTER = re.compile(
    r"(?i)^[ -](?:of [\w ]{2,20} )?(?:annual |purchase |buying )?(?:pledge|target|goal|commitment|promise"
    r"|quota)\b|^ (?:that )?(?:\w+ )?(?:ha[sd] |was |were |been ){0,2}(?:pledged|promised|agreed|owed)\b"
    r"|^的?[^,，。;；]{0,6}?(?:承诺|目标|任务|指标)|^ (?:short|still due)\b"
)
_DONE = {
    "pledged": r"(?:(?:will|would|shall|must|should|to|has to|have to) )be \w+ed|(?:will|would|must) be bought",
    "booked": r"(?:bought|booked|purchased|sold|ordered)",
    "shipped": r"(?:shipped|loaded|sailed|exported|left (?:for|(?:\w+ ){0,2}ports?))",
    "arrived": "(?:arrived|docked|unloaded|discharged|landed|imported|delivered"
    "|cleared customs|reached(?= (?-i:[A-Z])))",
}
_WORD = r"(?!(?:of|in|after|before|when|while|as|which|that|who|to|for|and|but)\b)[\w.'-]+"
_DONE_TO_IT = re.compile(
    f"(?i)^(?: (?:of|in) {_WORD}(?: {_WORD}){{0,3}}?)?(?: (?:{_WORD}))? (?:(?:have|has|had|was|were|are|is"
    r"|been|already|now|since|also|being) )*"
    rf"(?:{'|'.join(f'(?P<{name}>{words})' for name, words in _DONE.items())})\b"
)
"""A verb with the amount as its subject decides before any noun: "the shipment of 50,000 tons reached Tianjin"."""
COMPARED = re.compile(
    r"(?i)(?:\bfrom|\bthan|\bagainst|\bversus|\bvs\.?|\bcompare[sd]? (?:with|to)) (?:(?:the|a|its|some|about"
    "|around|roughly|last year's) )*$"
    r"|(?:比|较|低于|高于|少于|多于|不及)[^,，。;；\d]{1,10}的?$"
)
"""Before an amount that another is compared with: "down from 4.2 million tonnes", 低于上年的973万吨."""

_READING_BEFORE = re.compile(
    r"(?i)\bso far\b|\btotal(?:s|ed|led|ing|ling)?\b|\breach(?:ed|es|ing)?\b|\bto date\b|\bcumulative(?:ly)?\b"
    r"|\bamount(?:ed|ing) to\b|\btally\b"
    r"|\b(?:stood|stands|standing) at\b|\bsince\b|\bbringing\b|\baccumulated\b|\ball told\b|\bin all\b"
    r"|\baltogether\b|\bnow at\b"
    r"|\bhits?\b|\b(?:topp|surpass|exceed|pass|cross)ed\b|\b(?:lift|rais|tak|push|bring)(?:s|es|ed"
    r"|ing)\b[^,;]{0,40}? to\b|\b(?:completed?|completing|finished)\b"
    r"|累计|已达|达到|达成|总计|总量|共计|合计|迄今|截至|至今|共采购|以来|突破|完成全部|已完成"
)
_READING_AFTER = re.compile(
    r"(?i)^[^,;，；]{0,80}?(?:\bso far\b|\bin total\b|\bto date\b|\bsince\b|\bcumulatively\b|\ball told\b"
    r"|\bas of\b|\btotal\b)|^[^，；,;]{0,12}(?:累计|总量)"
)
_ANOTHER_TIME = re.compile(r"(?i)\b(?:before|after|while|but|then)\b")
"""Words before one of these concern another count: "was zero before 40,000 tons sailed"."""
_HAS_BOUGHT = re.compile(
    r"(?i)\b(?:has|have|had)(?: now| already| since| also)? (?:bought|purchased|booked|imported|shipped"
    r"|received|ordered)\b|已(?:经)?(?:采购|购买|进口|订购)"
)
_HAS_BEEN = re.compile(
    r"(?i)^[^,;]{0,40}?\b(?:has|have|had)(?: now| already| since| also)?(?: been)? (?:bought|purchased|booked"
    r"|imported|shipped|received|ordered|sold|arrived|sailed|left)\b"
)


def basis_of(sentence: str, start: int, end: int) -> str:
    """Return pledged, booked, shipped, arrived or '' by the nearest word; words before the amount count as nearer."""
    if _OWED_BEFORE.search(sentence[:start]) or _OWED_AFTER.search(sentence[end:]):
        return "pledged"
    done = _DONE_TO_IT.search(sentence[end:])
    if done:
        return done.lastgroup or ""
    clauses = raw_clauses(sentence)
    own = clause_at(clauses, start)
    nearest, basis = len(sentence) + _AFTER_COSTS + _OTHER_CLAUSE_COSTS, ""
    for found in _BASIS.finditer(sentence):
        if found.start() == end and found[0] == "进口":
            continue  # 51.3万吨进口大豆: a kind of beans, not an act
        if _FOR_LATER.search(sentence, 0, found.start()):
            continue
        if found.end() <= start and _AFTER_OTHER_AMOUNT.search(sentence, 0, found.start()):
            continue
        inside = found.end() > start and found.start() < end
        if inside and found.lastgroup == "shipped":
            continue  # "two 66,000-tonne shipments": a size, not an act
        far = 0 if inside else start - found.end() if found.end() <= start else found.start() - end + _AFTER_COSTS
        if clause_at(clauses, found.start()) != own:
            far += _OTHER_CLAUSE_COSTS
        if far < nearest:
            nearest, basis = far, found.lastgroup or ""
    return basis


def is_cumulative_count(before: str, after: str, *, large: bool) -> bool:
    """Return whether an amount is a running total.

    `before` runs from the previous amount to the end of this one, `after` to the end of the sentence. "Has bought"
    means a total if the amount is too large for one purchase (`large`), otherwise a lot.
    """
    before = _ANOTHER_TIME.split(before)[-1]
    if _READING_BEFORE.search(before) or _READING_AFTER.search(after):
        return True
    return large and (_HAS_BOUGHT.search(before) is not None or _HAS_BEEN.search(after) is not None)
