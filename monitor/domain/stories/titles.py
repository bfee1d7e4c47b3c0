"""A headline without the labels and names that newsrooms and sites add to it, and its words for comparison.

At the end of a headline, "- Reuters" is not part of the news, but "- Bessent" is: two speakers are two reports. After a
bar a name of any shape is a site or a section; after a dash or in brackets it must look like an outlet.
"""

from __future__ import annotations

import html
import re
import unicodedata
from functools import lru_cache

from monitor.domain.model import Story
from monitor.domain.stories.headline_words import ACTORS
from monitor.domain.text.writing_systems import HAN_RANGE, HANGUL_RANGE, KANA_RANGE


def words_of(text: str) -> frozenset[str]:
    """The words of a text as a set; for word lists in the source."""
    return frozenset(text.split())


def is_cjk(word: str) -> bool:
    """Whether a word begins in a script that writes no spaces between words (kana, Han, hangul)."""
    return word >= "\u3040"


_LABELS = (
    r"update[sd]?|wrapup|refile[d]?|corrected|correction|breakingviews|rpt|exclusive|breaking|breaking news|just in|"
    r"flash|live|live updates|watch|watch live|video|listen|explainer|factbox|instant view|alert|urgent|news alert|"
    r"developing|icymi|brief|withdrawn|retracted|retraction|kill"
)
_LABELS_ZH = (
    "(?:新华社|央视|中新社|路透社?|环球)?(?:快讯|消息)|视频|突发|独家|更正|最新|最新消息|早报|晚报|撤稿|直播|重磅|现场|"
    "图集|组图|滚动|要闻|消息称|刚刚|国际|国内|财经|早知道|财经早知道|国际观察|国际锐评|第一观察|新闻分析|新闻观察|"
    "热点问答|新华视点|新华鲜报|新华全媒\\+?|深观察|马上评|一图读懂"
)
_PREFIX = re.compile(
    # A number of a list, a wire's label with its number, a label in brackets, a Chinese label, a Chinese column.
    rf"\s*\d{{1,2}}\s*[.、]\s+"
    rf"|[^\w(\[【（〔]*(?:{_LABELS})(?:\s+\d{{1,2}})?\s*(?:[-–—:|]|\.\.\.)\s*"
    rf"|[^\w(\[【（〔]*(?:{_LABELS_ZH})\s*[丨|｜:：\-—!！,，]+\s*"
    rf"|\s*[\[【（(〔]\s*(?:{_LABELS}|{_LABELS_ZH}|(?:\d(?:st|nd|rd|th) )?(?:LEAD|LD))\s*[)\]】）〕]\s*"
    r"|\s*【[^\x00-\x7f]{2,6}(?:[报社网]|日报|时报|新闻|财经)】"
    rf"|\s*[{HAN_RANGE}]{{2,6}}[丨｜|]\s*(?=\S{{8}})",
    re.IGNORECASE,
)
_COLUMN = re.compile(rf"\s*(?P<name>[{HAN_RANGE}]{{2,6}})[丨｜|]")
_NO_COLUMN = re.compile(r"[中美欧日俄韩英法德印台]|[不否未辟谣疑或拟]|回应|澄清")
"""Words before a bar that name the speaker or deny something are not a column."""


_SUFFIX = re.compile(
    r"(?P<head>.*)"
    r"(?:\s+(?P<dash>[-–—·•])\s+|(?P<han>——?|[-–])(?=[^\x00-\x7f]{2,8}$)|\s*(?P<bar>[|丨_])\s*|"
    r"(?P<colon>:\s*)|\s*(?P<open>[(\[【]))"
    r"(?P<name>[^|丨_–—:()\[\]【】]{2,40})[)\]】]?",
    re.DOTALL,
)
"""The last separator counts: "Rules: what next - Example News" ends in a name."""
_MAX_SUFFIX = 50
"""A name at the end of a title begins in its last 50 characters. An estimate that also bounds the search."""
_MIN_TITLE = 8
"""The first characters of a title, this many, are never a name. An estimate."""
_CLOSING = ")]】"


def plain_title(title: str) -> str:
    """The title in compatible characters, without markup, newsroom labels, publisher's name and section."""
    if "<" in title or "&" in title:
        title = html.unescape(_TAG.sub(" ", html.unescape(title)))
    if not title.isascii():
        title = unicodedata.normalize("NFKC", title)
    title = title.strip()
    while (label := _PREFIX.match(title)) and label.end() < len(title):
        column = _COLUMN.match(title)
        if column and column.end() <= label.end() and _NO_COLUMN.search(column["name"]):
            break
        title = title[label.end() :]
    while found := _SUFFIX.fullmatch(title, max(_MIN_TITLE, len(title) - _MAX_SUFFIX)):
        after = "|" if found["bar"] else "-" if found["dash"] or found["han"] else ""
        closed = title[-1] in _CLOSING
        if closed is not bool(found["open"]) or not is_outlet(found["name"].strip(), after=after):
            break
        title = title[: found.end("head")].rstrip()
    return title


_TAG = re.compile(r"</?[A-Za-z][^<>]{0,200}>")
_EAST_ASIAN = KANA_RANGE + HAN_RANGE + HANGUL_RANGE
_WORD = re.compile(
    rf"[^\W\d_{_EAST_ASIAN}]+(?:'[^\W\d_{_EAST_ASIAN}]+)*|[{_EAST_ASIAN}]+|\d+(?:[.,:]\d+)*|[%$€£¥?+]|(?<!\w)[-−](?=\d)"
)
_NEGATED = {"can't": "can not", "cannot": "can not", "won't": "will not", "shan't": "shall not", "ain't": "is not"}
_INITIALS = re.compile(r"\b(?:[A-Za-z]\.){2,}")


@lru_cache(maxsize=4096)
def title_words(title: str) -> tuple[str, ...]:
    """The words of a title for comparison: case, punctuation, markup and the publisher's name do not count.

    Numbers keep their decimals, a question keeps its mark, "won't" is "will not"; Han, kana and hangul stay in runs.
    """
    plain = plain_title(title)
    if "." in plain:
        plain = _INITIALS.sub(lambda found: found[0].replace(".", ""), plain)
    words: list[str] = []
    for word in _WORD.findall(plain.casefold().replace("’", "'")):
        if word.isalpha():
            words.append(word)
        elif word[0].isdigit():
            words.append(word.replace(",", ""))
        elif word.endswith("n't"):
            words += _NEGATED.get(word, f"{word[:-3]} not").split()
        else:
            words.append(word.removesuffix("'s").replace("'", ""))
    return tuple(words)


def normal_title(title: str) -> str:
    """`title_words` as one string: equal for two spellings of one headline."""
    return " ".join(title_words(title))


def word_count(words: tuple[str, ...]) -> float:
    """The number of words of a title, or of its normalised tokens. Two Chinese characters count as one word."""
    if "".join(words).isascii():
        return float(len(words))
    return sum(len(word) / 2 if is_cjk(word) else 1.0 for word in words)


_NAMES = """
    south china morning post, the straits times, the wall street journal, first thing, reuters, ap, afp, upi, pti,
    ani, tass, xinhua, yonhap, kyodo, bloomberg, associated press, the associated press, wsj, nyt, ft,
    financial times, bbc, cnn, cnbc, nbc, cbs, abc, pbs, npr, dw, rt, nhk, cgtn, scmp, voa, rfa, rfi, ndtv, wion, itv,
    tvn24, al jazeera, al arabiya, france 24, the guardian, guardian, the independent, the telegraph, the economist,
    economist, the atlantic, the hill, the hindu, the star, the age, the verge, the diplomat, the conversation,
    the intercept, the loadstar, the register, the wire, axios, politico, fortune, forbes, newsweek, barron's,
    marketwatch, benzinga, seeking alpha, kitco, mint, livemint, quartz, vox, slate, wired, gizmodo, engadget,
    techcrunch, semafor, deadline, variety, haaretz, interfax, nikkei, nikkei asia, caixin, caixin global, sixth tone,
    sputnik, pravda, anadolu, ansa, dawn, bernama, antara, rappler, inquirer, philstar, yahoo, msn, google, gcaptain,
    freightwaves, tradewinds, splash247, lloyd's list, agweb, agriculture.com, farm progress, successful farming, dtn,
    dtn progressive farmer, farmdoc, world grain, feedstuffs, usa today, u.s. news & world report,
    us news & world report, abc news, dagens nyheter, le monde, el país, der spiegel, breitbart, cnbc tv18, euronews,
    business insider, mirror, metro, nature, science, time, pymnts, digitimes, bangkok post, foreign policy,
    foreign affairs, fast company, ars technica, zero hedge, zerohedge, propublica, firstpost, yicai, yicai global,
    新华网, 新华社, 央视网, 央视, 人民网, 环球网, 中新网, 中新社, 凤凰网, 财新, 澎湃, 路透, 路透社, 彭博, 彭博社,
    法新社, 美联社, 德国之声, 美国之音, 自由亚洲电台, 网易订阅, 网易号, 搜狐号, bbc news 中文
"""
_KNOWN = frozenset(name.strip() for name in _NAMES.replace("\n", ",").split(",") if name.strip())
_SITE_NOTES = re.compile(
    r"(?:with )?(?:video|photos?|updated?|live|live updates?|business live|as it happened|live blog|report|"
    r"podcast|audio|graphic|watch)"
    r"|视频|图|组图|附视频|更新",
    re.IGNORECASE,
)
"""Notes of a site without news. Corrections and withdrawals are not among them."""
_REPORTED = re.compile(r"(?P<name>.+) (?:exclusive|report|analysis|live)", re.IGNORECASE)
_SECTION = re.compile(
    r"(?:china|us|u\.s\.|uk|world|asia|asia pacific|europe|africa|india|international|business|markets?|economy|"
    r"politics|technology|tech|finance|trade|money|opinion|national|local|americas|middle east)(?: & \w+)?"
    r"(?: news)?|news",
    re.IGNORECASE,
)
_OUTLET_WORD = re.compile(
    r"\b(?:news|newspaper|times|post|herald|daily|journal|tribune|today|press|media|radio|tv|television|review|"
    r"weekly|magazine|express|globe|observer|chronicle|gazette|insider|wire|online|broadcasting|telegraph|"
    r"examiner|courier|bulletin|dispatch|registrar|standard|business|finance|\w*times|\w*news|\w*post|fm|live)\b|"
    r"^(?:the )?\w+ (?:star|sun|mail|monitor|mirror|voice)$|^(?:ABC|CBS|NBC|FOX) ?\d",
    re.IGNORECASE,
)
_SITE = re.compile(r"[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|info|news|co|cn|uk|eu|de|in|au|io|tv)", re.IGNORECASE)
_OUTLET_ZH = re.compile(
    r"(?:网|报|社|台|网站|新闻|财经|周刊|杂志|电视|卫视|视频|客户端|在线|之声|电台|号|中文)$|^(?:新浪|搜狐|"
    r"腾讯|网易|凤凰|百度)"
)
_NAME_SHAPE = re.compile(
    r"^(?:[A-Z0-9][\w.&'’]*|of|the|and|for|&|[^\x00-\x7f]{2,8})(?:\s+(?:[A-Z0-9][\w.&'’]*|of|the|and|for|&|"
    r"[^\x00-\x7f]{2,8})){0,4}$"
)
_NOT_A_NAME = re.compile(
    r"(?<!\d)\d{2}(?!\d)|\d{3}|\b(?:not|no|but|yet|live|what|why|how|who|says?|tells?|report|sources?|"
    r"officials?|denie[sd]|will|may|to|trump|xi|china|us|u\.s\.|ministry|ministers?|house|treasury|ustr|usda|mofcom|"
    r"kremlin|pentagon|fed|customs|envoy|bessent|greer|lutnick|rollins|rubio|vance|leavitt|putin|takaichi|official|spokes\w+|experts?|analysts?|economists?|data)\b"
    r"|商务部|外交部|发言人|白宫|财政部|海关|农业部|特朗普|贝森特|格里尔|何立峰|官方|官员|专家|[中美日欧俄]方|"
    r"国务院|国台办|央行",
    re.IGNORECASE,
)
_HARMLESS = re.compile(
    r"\b(?:china|us|u\.s\.|live|fed|data) (?:daily|news|times|today|post|weekly|press)\b|china\.org\.cn|"
    r"\bABC7\b|中国日报网?|中国新闻网|中国经济网",
    re.IGNORECASE,
)


def is_outlet(name: str, *, after: str) -> bool:
    """Whether the end of a headline names its outlet, section or site. `after`: "|", "-", else ""."""
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


_PARTICIPLE = re.compile(r"(?:Further |[A-Z]\w+ly )?([A-Z]\w+ing) (?!.*[:,])")
"""The beginning of a title without a subject and without a further clause."""
_BYLINE = re.compile(r"\|\s*((?!The\b)[A-Z][\w.’'-]+ [A-Z][\w.’'-]+)(?:,| and [A-Z]|$)")
"""The name of a person after a bar ends the title of a column; an outlet's or a section's name has other words."""
_OPINION_PAGE = re.compile(r"/(?:opinions?|commentisfree|editorials?|op-?eds?|columns?|blogs?)/")


_PAGE_WITHOUT_NEWS = re.compile(r"/(?:analysis|explainers?|video)/")
_RUNNING = re.compile(r"\blive\s*:|[–—|:-] live\b", re.IGNORECASE)


def is_running(story: Story) -> bool:
    """Whether a story is a page that goes on, an explainer or a video, by a label of its title or by its address."""
    return _RUNNING.search(story.title) is not None or _PAGE_WITHOUT_NEWS.search(story.url) is not None


def is_name_of_order(title: str) -> bool:
    """Whether an office's title names what an order does, without a subject: "Further Extending the Pause"."""
    opening = _PARTICIPLE.match(title)
    return opening is not None and opening[1].casefold() not in ACTORS


def is_column(story: Story) -> bool:
    """Whether a story is a writer's opinion, by the end of its title or by its address."""
    byline = _BYLINE.search(story.title.strip())
    column = byline is not None and not is_outlet(byline[1], after="-") and byline[1] != story.source
    return column or _OPINION_PAGE.search(story.url) is not None
