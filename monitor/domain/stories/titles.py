"""A headline without the labels and names that newsrooms and sites add to it, and its words for comparison.

Labels and names come off until none is left, so a headline to which another site adds one comes out the same.
"""

from __future__ import annotations

import html
import re
import unicodedata
from functools import lru_cache

from monitor.domain.stories.outlet_names import is_outlet
from monitor.domain.text.writing_systems import HAN_RANGE, HANGUL_RANGE, KANA_RANGE


def words_of(text: str) -> frozenset[str]:
    """The words of a text as a set; for word lists in the source."""
    return frozenset(text.split())


def is_cjk(word: str) -> bool:
    """Whether a word begins in a script that writes no spaces between words (kana, Han, hangul)."""
    return word >= "\u3040"


# ---------------------------------------------------------------- in front

_LABELS = (
    r"update[sd]?|wrapup|refile[d]?|corrected|correction|breakingviews|rpt|exclusive|breaking|breaking news|just in|flash|live|live updates|"
    r"watch|watch live|video|listen|explainer|factbox|instant view|alert|urgent|news alert|developing|icymi|brief|withdrawn|retracted|"
    r"retraction|kill"
)
_LABELS_ZH = (
    "(?:新华社|央视|中新社|路透社?|环球)?(?:快讯|消息)|视频|突发|独家|更正|最新|最新消息|早报|晚报|撤稿|直播|重磅|现场|图集|组图|滚动|要闻|消息称|"
    "刚刚|国际|国内|财经|早知道|财经早知道|国际观察|国际锐评|第一观察|新闻分析|新闻观察|热点问答|新华视点|新华鲜报|新华全媒\\+?|深观察|马上评|一图读懂"
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
"""Words before a bar are no column if they name the speaker or deny something."""


# ---------------------------------------------------------------- behind

_SUFFIX = re.compile(
    r"(?P<head>.*)"
    r"(?:\s+(?P<dash>[-–—·•])\s+|(?P<han>——?|[-–])(?=[^\x00-\x7f]{2,8}$)|\s*(?P<bar>[|丨_])\s*|(?P<colon>:\s*)|\s*(?P<open>[(\[【]))"
    r"(?P<name>[^|丨_–—:()\[\]【】]{2,40})[)\]】]?",
    re.DOTALL,
)
"""The last separator counts: "Rules: what next - Example News" ends in a name, not in what follows the colon."""
_SEPARATOR = re.compile(r"[-–—·•|丨_:(\[【]")
"""One of the characters that `_SUFFIX` needs."""
_MAX_SUFFIX = 50
"""A name at the end of a title begins in its last 50 characters. An estimate that also bounds the search."""
_MIN_TITLE = 8
"""This many characters at the beginning of a title are never taken for a name. An estimate."""
_CLOSING = ")]】"


def _suffix_of(title: str) -> re.Match[str] | None:
    start = max(_MIN_TITLE, len(title) - _MAX_SUFFIX)
    return _SUFFIX.fullmatch(title, start) if _SEPARATOR.search(title, start) else None


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
    while found := _suffix_of(title):
        after = "|" if found["bar"] else "-" if found["dash"] or found["han"] else ""
        closed = title[-1] in _CLOSING
        if closed is not bool(found["open"]) or not is_outlet(found["name"].strip(), after=after):
            break
        title = title[: found.end("head")].rstrip()
    return title


# ---------------------------------------------------------------- words

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
