"""How other outlets print a headline: one function for each way, all of them deterministic given a `Random`.

A function returns the altered copy, or None where the headline offers nothing to alter in that way. English functions
read words set apart by blanks; Chinese ones are for headlines in Han characters. The lists are written by hand and
are wider than what the program knows by name: outlets, labels and synonyms that it has never heard of are meant to be
among them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

Alteration = Callable[[str, Random], "str | None"]

WIRE_PREFIXES = (
    "UPDATE 1-",
    "UPDATE 2-",
    "UPDATE 5-",
    "WRAPUP 1-",
    "WRAPUP 3-",
    "RPT-",
    "REFILE-",
    "CORRECTED-",
    "EXCLUSIVE-",
    "FACTBOX-",
    "EXPLAINER-",
    "BREAKINGVIEWS-",
    "REFILE-UPDATE 1-",
    "RPT-UPDATE 2-",
    "CORRECTED-UPDATE 1-",
    "UPDATE 1: ",
    "BRIEF-",
)
LABELS = (
    "BREAKING: ",
    "Breaking: ",
    "BREAKING NEWS: ",
    "Breaking News - ",
    "Exclusive: ",
    "EXCLUSIVE | ",
    "Exclusive | ",
    "WATCH: ",
    "Watch | ",
    "JUST IN: ",
    "Just In | ",
    "LIVE: ",
    "Live updates: ",
    "UPDATED: ",
    "URGENT: ",
    "[Exclusive] ",
    "[Breaking] ",
    "VIDEO: ",
    "ICYMI: ",
    "Developing: ",
    "Flash: ",
    "Alert: ",
    "News Alert: ",
    "Explainer: ",
    "(LEAD) ",
    "(2nd LD) ",
    "1. ",
    "🔴 ",
    "🚨 BREAKING: ",
)
OUTLETS = (
    " - Reuters",
    " | Reuters",
    " | The Star",
    " - The Star",
    " - AP News",
    " | AP News",
    " - BBC News",
    " - BBC",
    " - CNN",
    " | CNN Business",
    " - The New York Times",
    " - The Washington Post",
    " - WSJ",
    " - Financial Times",
    " | South China Morning Post",
    " - Nikkei Asia",
    " - CNBC",
    " - CNBC TV18",
    " — NPR",
    " - Al Jazeera",
    " – DW",
    " - France 24",
    " - The Guardian",
    " | The Guardian",
    " - Fox Business",
    " - U.S. News & World Report",
    " - China Daily",
    " - Global Times",
    " - Xinhua",
    " - CGTN",
    " - The Korea Herald",
    " - The Japan Times",
    " - The Straits Times",
    " - The Economic Times",
    " - Times of India",
    " · Bloomberg",
    " - Bloomberg.com",
    " | Euronews",
    " - Yahoo Finance",
    " - USA TODAY",
    " - ABC7 Los Angeles",
    " - Kitco",
    " - POLITICO",
    " | Fortune",
    " - TechCrunch",
    " - The Hill",
    " - Farm Progress",
    " | Successful Farming",
    " - gCaptain",
    " - Hellenic Shipping News",
    " - investing.com",
    " - china.org.cn",
    " (Reuters)",
    " (AP)",
    " - DTN Progressive Farmer",
    " - Brownfield Ag News",
    " - Axios",
    " | The Independent",
    " - The Hindu",
    " - Kyiv Post",
    " • Hong Kong Free Press",
)
TRAILERS = (
    ": report",
    ", report says",
    ", sources say",
    ": sources",
    ", officials say",
    " | World News",
    " | Business",
    " | Business News",
    " | Reuters Business",
    " - live updates",
    " (video)",
    " [Video]",
    " - video",
    " (with photos)",
    " | Opinion News Network",
    " - as it happened",
    " | News",
    " – business live",
    " – live",
    " - Reuters exclusive",
    ": Reuters",
    ": Bloomberg",
    " - Bloomberg News",
    ": WSJ",
    " - WSJ report",
    " | World | The Star",
    " - The Star Online | World",
    " | US news",
    " | China",
    " - ABC News | World",
    " (UPDATED)",
    " (update)",
    " - report",
)

SYNONYMS = (
    "deal agreement",
    "deals agreements",
    "talks negotiations",
    "pact agreement",
    "accord deal",
    "firm company",
    "firms companies",
    "curbs restrictions",
    "buys purchases",
    "buy purchase",
    "bought purchased",
    "halts stops",
    "halted stopped",
    "pauses suspends",
    "paused suspended",
    "begins starts",
    "began started",
    "begin start",
    "raises increases",
    "hikes raises",
    "raised increased",
    "cuts reduces",
    "lowers cuts",
    "cuts slashes",
    "lowered reduced",
    "surges soars",
    "surge jump",
    "plunges tumbles",
    "rises climbs",
    "falls drops",
    "fell dropped",
    "vows pledges",
    "vows promises",
    "pledged promised",
    "huge massive",
    "big large",
    "ships vessels",
    "ship vessel",
    "probe investigation",
    "probes investigations",
    "row dispute",
    "licences permits",
    "chips semiconductors",
    "chip semiconductor",
    "soybeans soybean",
    "farmers growers",
    "resumes restarts",
    "resume restart",
    "delays postpones",
    "delayed postponed",
    "delay postponement",
    "breaches violates",
    "imposes slaps",
    "weighs considers",
    "mulls considers",
    "weighing considering",
    "around about",
    "roughly about",
    "following after",
    "american us",
    "chinese china",
    "russian russia",
    "kids children",
    "troops soldiers",
    "protests demonstrations",
    "quake earthquake",
    "plane aircraft",
    "movie film",
    "jailed imprisoned",
    "workers employees",
    "chief boss",
    "quits resigns",
    "names appoints",
    "unveils reveals",
    "aid assistance",
    "visit trip",
    "tonnes tons",
    "percent %",
    "approves greenlights",
    "bans prohibits",
    "attack assault",
    "attacks assaults",
    "rebuffs spurns",
    "crucial key",
    "wants seeks",
    "teen teenager",
    "shows reveals",
    "sacks fires",
    "police cops",
    "extends prolongs",
    "tariffs duties",
    "tariff duty",
    "over above",
    "latest newest",
    "dies passes",
    "blasts slams",
    "slams criticizes",
    "condemns denounces",
    "begins commences",
    "biggest largest",
    "stocks shares",
    "export exports",
    "help assist",
    "urges presses",
    "arrested detained",
    "accord pact",
    "envoy representative",
    "vessels ships",
    "leaders heads",
    "hurt injured",
    "government govt",
    "threat menace",
    "warns cautions",
    "dead killed",
    "fears worries",
    "crash collision",
    "fresh new",
    "global worldwide",
)
"""Pairs, either word for the other. Written before the program's own list; some are too loose for it to fold, and
count as missed."""

CHINESE_SYNONYMS = (
    "采购 购买",
    "企业 公司",
    "磋商 谈判",
    "宣布 公布",
    "表示 指出",
    "允许 准许",
    "暂停 中止",
    "恢复 重启",
    "提高 上调",
    "降低 下调",
    "开始 启动",
    "推迟 延后",
    "违反 违背",
    "船只 船舶",
    "磁体 磁铁",
    "目前 当前",
    "特朗普 川普",
    "取消 撤销",
    "同意 赞成",
    "警方 警察",
    "男子 男人",
    "去世 逝世",
    "回应 答复",
    "增长 增加",
    "减少 削减",
    "举行 召开",
    "访问 到访",
    "导致 致使",
    "发现 查出",
    "首次 第一次",
    "医院 医疗机构",
    "全球 世界",
)

CHINESE_LABELS = (
    "快讯：",
    "突发：",
    "快讯｜",
    "独家｜",
    "视频丨",
    "重磅！",
    "突发！",
    "刚刚，",
    "最新：",
    "新华社快讯：",
    "新华鲜报丨",
    "国际观察丨",
    "早报｜",
    "财经早知道丨",
    "第一观察｜",
    "更正：",
    "现场|",
    "直播：",
    "滚动：",
    "热点问答｜",
    "新闻分析丨",
    "消息称：",
    "3. ",
    "要闻：",
    "环球时报：",
)
CHINESE_BRACKETS = (
    "【快讯】",
    "【独家】",
    "【突发】",
    "【国际】",
    "【财经】",
    "【最新】",
    "[视频]",
    "【环球时报】",
    "【新华社】",
    "（快讯）",
    "〔国际〕",
    "【国际锐评】",
    "【图集】",
)
CHINESE_OUTLETS = (
    " - 新华网",
    "_新浪财经",
    "｜界面新闻",
    "-央视网",
    "——人民日报",
    "（新华社）",
    " | 联合早报",
    "_腾讯新闻",
    "-中国日报网",
    " - BBC News 中文",
    "_网易订阅",
    "丨澎湃新闻",
    "-中新网",
    "_凤凰网",
    "|财新网",
    "（环球网）",
    " - 德国之声",
    "_手机搜狐网",
    "——中国新闻网",
    "-证券时报网",
    "_东方财富网",
    "【环球网】",
    " - 纽约时报中文网",
    "_中国经济网",
)


def one_of(choices: tuple[str, ...], *, before: bool) -> Alteration:
    """Puts one of the choices in front of the headline, or behind it."""

    def alter(title: str, rng: Random) -> str:
        return rng.choice(choices) + title if before else title + rng.choice(choices)

    return alter


def title_case(title: str, _: Random) -> str:
    return " ".join(word[:1].upper() + word[1:] for word in title.split())


def typographic(title: str, rng: Random) -> str | None:
    """Straight signs for curly ones or the other way round; None if there is none of them."""
    curly = re.sub(r'"([^"]*)"', r"“\1”", title)
    curly = re.sub(r"(?<!\w)'([^']+)'(?!\w)", r"‘\1’", curly).replace("'", "’").replace("...", "…")
    curly = curly.replace(" - ", rng.choice((" – ", " — ", "—"))) if " - " in curly else curly.replace("-", "\u2011")
    straight = title.translate(
        {0x2018: "'", 0x2019: "'", 0x201C: '"', 0x201D: '"', 0x2013: "-", 0x2014: "-", 0xA0: " "}
    )
    return next((copy for copy in (curly, straight) if copy != title), None)


def left_out(title: str, rng: Random) -> str:
    words = title.split()
    del words[rng.randrange(len(words))]
    return " ".join(words)


def exchanged(title: str, rng: Random) -> str | None:
    words = title.split()
    place = rng.randrange(len(words) - 1)
    words[place : place + 2] = reversed(words[place : place + 2])
    copy = " ".join(words)
    return copy if copy != title else None


def _as_written(model: str, word: str) -> str:
    return word.upper() if model.isupper() and len(model) > 1 else word.capitalize() if model[:1].isupper() else word


def synonym(title: str, rng: Random) -> str | None:
    """One word of the headline exchanged for a close synonym; None if the list has none for any."""
    swaps = [pair.split() for pair in SYNONYMS]
    swaps += [pair[::-1] for pair in swaps]
    places = [(word, new) for word in title.split() for old, new in swaps if word.casefold() == old]
    if not places:
        return None
    word, new = rng.choice(places)
    words = title.split()
    words[words.index(word)] = _as_written(word, new)
    return " ".join(words)


def cut_off(title: str, rng: Random) -> str:
    """The end cut off at three fifths to nine tenths of the length, as feeds and aggregators do it."""
    kept = title[: int(rng.uniform(0.6, 0.9) * len(title))]
    if rng.random() < 0.7:
        kept = kept.rsplit(" ", 1)[0]
    return kept.rstrip(" ,;:-") + rng.choice(("…", "...", " …"))


def chinese_synonym(title: str, rng: Random) -> str | None:
    swaps = [pair.split() for pair in CHINESE_SYNONYMS]
    found = [(old, new) for pair in swaps for old, new in (pair, pair[::-1]) if old in title]
    return title.replace(*rng.choice(found)) if found else None


_WIDE = {ord(narrow): wide for narrow, wide in zip(",:;!?()", "，：；！？（）", strict=True)}
_NARROW = {wide: chr(narrow) for narrow, wide in ((key, ord(value)) for key, value in _WIDE.items())}
_QUOTED = {"“": "「", "”": "」", "‘": "『", "’": "』"}


def chinese_width(title: str, rng: Random) -> str | None:
    """Punctuation of the other width, other quotes, blanks beside numbers, or full-width digits; None if nothing
    changes."""
    spaced = re.sub(r"(?<=[\u4e00-\u9fff])(?=[A-Za-z0-9])|(?<=[A-Za-z0-9%])(?=[\u4e00-\u9fff])", " ", title)
    digits = title.translate({ord("0") + place: chr(0xFF10 + place) for place in range(10)})
    quotes = title.translate({ord(old): new for old, new in _QUOTED.items()})
    copies = [
        copy for copy in (title.translate(_NARROW), title.translate(_WIDE), spaced, digits, quotes) if copy != title
    ]
    return rng.choice(copies) if copies else None


def chinese_cut(title: str, rng: Random) -> str:
    return title[: int(rng.uniform(0.6, 0.9) * len(title))] + rng.choice(("…", "……", "..."))


ENGLISH: dict[str, Alteration] = {
    "wire prefix (UPDATE 1-)": one_of(WIRE_PREFIXES, before=True),
    "label (BREAKING:)": one_of(LABELS, before=True),
    "outlet at the end": one_of(OUTLETS, before=False),
    "another outlet's trailer": one_of(TRAILERS, before=False),
    "capitals": lambda title, _: title.upper(),
    "title case": title_case,
    "quotes and dashes": typographic,
    "one word left out": left_out,
    "one close synonym": synonym,
    "two neighbours exchanged": exchanged,
    "end cut off": cut_off,
}
CHINESE: dict[str, Alteration] = {
    "zh brackets": one_of(CHINESE_BRACKETS, before=True),
    "zh column or label": one_of(CHINESE_LABELS, before=True),
    "zh punctuation width": chinese_width,
    "zh outlet at the end": one_of(CHINESE_OUTLETS, before=False),
    "zh close synonym": chinese_synonym,
    "zh end cut off": chinese_cut,
}
