"""Names of outlets at the end of a headline, told apart from names of speakers.

"- Reuters" is no part of the news; "- Bessent" and "- Commerce Ministry" are: two speakers are two reports. After a bar a name
of any shape is a site or a section. After a dash or in brackets it must look like an outlet.
"""

from __future__ import annotations

import re

_NAMES = """
    south china morning post, the straits times, the wall street journal, first thing,
    reuters, ap, afp, upi, pti, ani, tass, xinhua, yonhap, kyodo, bloomberg, associated press, the associated press, wsj, nyt, ft,
    financial times, bbc, cnn, cnbc, nbc, cbs, abc, pbs, npr, dw, rt, nhk, cgtn, scmp, voa, rfa, rfi, ndtv, wion, itv, tvn24, al jazeera,
    al arabiya, france 24, the guardian, guardian, the independent, the telegraph, the economist, economist, the atlantic, the hill,
    the hindu, the star, the age, the verge, the diplomat, the conversation, the intercept, the loadstar, the register, the wire, axios,
    politico, fortune, forbes, newsweek, barron's, marketwatch, benzinga, seeking alpha, kitco, mint, livemint, quartz, vox, slate, wired,
    gizmodo, engadget, techcrunch, semafor, deadline, variety, haaretz, interfax, nikkei, nikkei asia, caixin, caixin global, sixth tone,
    sputnik, pravda, anadolu, ansa, dawn, bernama, antara, rappler, inquirer, philstar, yahoo, msn, google, gcaptain, freightwaves,
    tradewinds, splash247, lloyd's list, agweb, agriculture.com, farm progress, successful farming, dtn, dtn progressive farmer, farmdoc,
    world grain, feedstuffs, usa today, u.s. news & world report, us news & world report, abc news, dagens nyheter, le monde, el país,
    der spiegel, breitbart, cnbc tv18, euronews, business insider, mirror, metro, nature, science, time, pymnts, digitimes, bangkok post,
    foreign policy, foreign affairs, fast company, ars technica, zero hedge, zerohedge, propublica, firstpost, yicai, yicai global,
    新华网, 新华社, 央视网, 央视, 人民网, 环球网, 中新网, 中新社, 凤凰网, 财新, 澎湃, 路透, 路透社, 彭博, 彭博社, 法新社, 美联社, 德国之声, 美国之音,
    自由亚洲电台, 网易订阅, 网易号, 搜狐号, bbc news 中文
"""
_KNOWN = frozenset(name.strip() for name in _NAMES.replace("\n", ",").split(",") if name.strip())
_SITE_NOTES = re.compile(
    r"(?:with )?(?:video|photos?|updated?|live|live updates?|business live|as it happened|live blog|report|podcast|audio|graphic|watch)"
    r"|视频|图|组图|附视频|更新",
    re.IGNORECASE,
)
"""Notes of a site that say nothing of the event. A correction or a withdrawal is none of them."""
_REPORTED = re.compile(r"(?P<name>.+) (?:exclusive|report|analysis|live)", re.IGNORECASE)
_SECTION = re.compile(
    r"(?:china|us|u\.s\.|uk|world|asia|asia pacific|europe|africa|india|international|business|markets?|economy|politics|technology|"
    r"tech|finance|trade|money|opinion|national|local|americas|middle east)(?: & \w+)?(?: news)?|news",
    re.IGNORECASE,
)
_OUTLET_WORD = re.compile(
    r"\b(?:news|newspaper|times|post|herald|daily|journal|tribune|today|press|media|radio|tv|television|review|weekly|magazine|express|"
    r"globe|observer|chronicle|gazette|insider|wire|online|broadcasting|telegraph|examiner|courier|bulletin|dispatch|registrar|"
    r"standard|business|finance|\w*times|\w*news|\w*post|fm|live)\b|^(?:the )?\w+ (?:star|sun|mail|monitor|mirror|voice)$"
    r"|^(?:ABC|CBS|NBC|FOX) ?\d",
    re.IGNORECASE,
)
_SITE = re.compile(r"[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|info|news|co|cn|uk|eu|de|in|au|io|tv)", re.IGNORECASE)
_OUTLET_ZH = re.compile(
    r"(?:网|报|社|台|网站|新闻|财经|周刊|杂志|电视|卫视|视频|客户端|在线|之声|电台|号|中文)$|^(?:新浪|搜狐|腾讯|网易|凤凰|百度)"
)
_NAME_SHAPE = re.compile(
    r"^(?:[A-Z0-9][\w.&'’]*|of|the|and|for|&|[^\x00-\x7f]{2,8})(?:\s+(?:[A-Z0-9][\w.&'’]*|of|the|and|for|&|[^\x00-\x7f]{2,8})){0,4}$"
)
_NOT_A_NAME = re.compile(
    r"(?<!\d)\d{2}(?!\d)|\d{3}|\b(?:not|no|but|yet|live|what|why|how|who|says?|tells?|report|sources?|officials?|denie[sd]|will|may|to|trump|xi|"
    r"china|us|u\.s\.|ministry|ministers?|house|treasury|ustr|usda|mofcom|kremlin|pentagon|fed|customs|envoy|bessent|greer|lutnick|"
    r"rollins|rubio|vance|leavitt|putin|takaichi|official|spokes\w+|experts?|analysts?|economists?|data)\b"
    r"|商务部|外交部|发言人|白宫|财政部|海关|农业部|特朗普|贝森特|格里尔|何立峰|官方|官员|专家|[中美日欧俄]方|国务院|国台办|央行",
    re.IGNORECASE,
)
_HARMLESS = re.compile(
    r"\b(?:china|us|u\.s\.|live|fed|data) (?:daily|news|times|today|post|weekly|press)\b|china\.org\.cn|\bABC7\b|中国日报网?|中国新闻网|中国经济网",
    re.IGNORECASE,
)


def is_outlet(name: str, *, after: str) -> bool:
    """Whether the end of a headline names its outlet, section or site. `after`: "|", "-" or, in brackets and after a colon, ""."""
    folded, is_latin = name.casefold(), name.isascii()
    if folded in _KNOWN or ((after or is_latin) and _SITE_NOTES.fullmatch(name)):
        return True
    if found := _REPORTED.fullmatch(name):
        return found["name"].casefold() in _KNOWN
    if after and (_SITE.fullmatch(name) or (after == "|" and _SECTION.fullmatch(name))):
        return True
    if not _NAME_SHAPE.match(name) or _NOT_A_NAME.search(_HARMLESS.sub("", name)):
        return False
    if after == "|":
        return True
    return after == "-" and bool(_OUTLET_WORD.search(name)) if is_latin else bool(_OUTLET_ZH.search(name))
