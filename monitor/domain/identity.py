"""What stays the same of an entry when feeds change around it: canonical address, normal title, identity keys.

Keys are about the publisher, the page and the title, never about the address of the feed that listed them, so a feed
that moves to a new host or from http to https changes nothing.
"""

from __future__ import annotations

import html
import re
import unicodedata
from functools import lru_cache
from hashlib import blake2b
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urlsplit

from monitor.domain.model import Entry

ENOUGH_WORDS = 5.0
"""A title with fewer words ("Live updates") is no identity; two characters of Chinese count as one word."""


def words_of(text: str) -> frozenset[str]:
    """A list of words, as written in the source, as a set."""
    return frozenset(text.split())


_TRACKING = words_of(
    "amp at_campaign at_medium campaign_id cmp cmpid cmpon cvid dclid dicbo fbclid feature feed feedname feedtype from fromuid gclid"
    " guccounter guce_referrer guce_referrer_sig icid igshid intcmp isappinstalled ito mc_cid mc_eid mkt_tok msclkid"
    " mbid ncid ocid oc output partner ref ref_src ref_url referer referrer reflink rss sh share sharetoken shareuid si smid"
    " smtyp soc_src soc_trk spm sr_share srnd sref src taid tpcc traffic_source twclid wt.mc_id xtor yclid"
)
_TRACKING_STARTS = ("utm_", "at_", "ns_", "pk_", "mtm_", "hsa_", "guce_", "__")
_HOST_STARTS = ("www.", "amp.", "m.", "mobile.")
_INDEX_PAGE = re.compile(r"/(?:index|default)\.(?:html?|php|aspx?|jsp)$", re.IGNORECASE)


def _is_tracking(name: str) -> bool:
    folded = name.lower()
    return folded in _TRACKING or folded.startswith(_TRACKING_STARTS)


def _host(parts: SplitResult) -> str:
    host = (parts.hostname or "").rstrip(".")
    for start in _HOST_STARTS:
        if host.startswith(start) and "." in host[len(start) :]:
            host = host[len(start) :]
    port = parts.port
    return host if port in (None, 80, 443) else f"{host}:{port}"


def _path(path: str) -> str:
    if "%" in path:
        path = quote(unquote(path), safe="/:@!$&'()*+,;=~-._")
    path = _INDEX_PAGE.sub("/", re.sub(r"/{2,}", "/", path)).rstrip("/")
    return path.removesuffix("/amp")


def _query(query: str) -> str:
    if not query:
        return ""
    kept = [(name, value) for name, value in parse_qsl(query, keep_blank_values=True) if not _is_tracking(name)]
    return urlencode(sorted(kept))


@lru_cache(maxsize=4096)
def canonical_url(url: str) -> str:
    """The one address of a page, however a feed spells it.

    Always https, without "www.", "m." or "amp.", default port, fragment, tracking parameters, index page and trailing
    slash; other parameters sorted. What is not a web address is only stripped of blanks.
    """
    url = url.strip()
    try:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            return url
        query = _query(parts.query)
        return f"https://{_host(parts)}{_path(parts.path.strip())}{'?' + query if query else ''}"
    except ValueError:
        return url


def _is_page(canonical: str) -> bool:
    """Whether an address is one page: a bare host is where all of a publisher's stories are."""
    return canonical.startswith("https://") and ("/" in canonical[8:] or "?" in canonical)


# ---------------------------------------------------------------- titles

_TAG = re.compile(r"</?[A-Za-z][^<>]{0,200}>")
_PREFIX = re.compile(
    r"^\s*(?:\d{1,2}\s*[.、]\s+|(?:update|wrapup|refile|corrected|correction|refiled|breakingviews|rpt|exclusive|breaking|"
    r"breaking news|just in|flash|live|live updates|watch|video|listen|explainer|factbox|instant view|alert|urgent|news alert|"
    r"withdrawn|retracted|retraction|kill)(?:\s+\d{1,2})?\s*(?:[-–—:|]|\.\.\.)\s*"
    r"|(?:快讯|视频|突发|独家|更正|最新|早报|晚报|撤稿|直播|重磅|现场|图集|滚动)\s*[丨|｜:：\-—]+\s*|[\[【](?:快讯|视频|突发|独家|更正|撤稿|corrected|exclusive|update[sd]?)[\]】]\s*)",
    re.IGNORECASE,
)
_SUFFIX = re.compile(r"(?:\s+[-–—|·•]\s+|\s*[|｜丨_]\s*|[-—–](?=[^\x00-\x7f]{2,8}$))(?P<name>[^|｜丨_–—]{2,40})$")
_SUFFIX_WORDS = re.compile(
    r"^(?:[A-Z0-9][\w.&'’]*|of|the|and|for|[^\x00-\x7f]{2,8})(?:\s+(?:[A-Z0-9][\w.&'’]*|of|the|and|for)){0,4}$"
)
_NOT_A_NAME = re.compile(
    r"\d{2}|\b(?:not|no|but|yet|live|what|why|how|says?|report|sources?|officials?|denie[sd]|will|may|trump|xi|china|us|u\.s\.)\b",
    re.IGNORECASE,
)
_HARMLESS_IN_NAME = re.compile(r"\b(?:china|us|u\.s\.|live) (?:daily|news|times|today|post|weekly)\b", re.IGNORECASE)
_WORD = re.compile(r"\d+(?:[.,:]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)*|[%$€£¥?+]|(?<!\w)[-−](?=\d)", re.UNICODE)
_NEGATED = {"can't": "can not", "cannot": "can not", "won't": "will not", "shan't": "shall not", "ain't": "is not"}
_INITIALS = re.compile(r"\b(?:[A-Za-z]\.){2,}")


def is_cjk(word: str) -> bool:
    """Whether a word begins in a script whose words are not set apart by spaces (kana, Han, hangul)."""
    return word >= "\u3040"


def _without_publisher(title: str) -> str:
    """The title without a publisher's name at its end, as aggregators and sites add it ("… - Example News")."""
    found = _SUFFIX.search(title)
    if not found or found.start() < 8:
        return title
    name = found["name"].strip()
    if not _SUFFIX_WORDS.match(name) or _NOT_A_NAME.search(_HARMLESS_IN_NAME.sub("", name)):
        return title
    return title[: found.start()]


def _one_word(word: str) -> str:
    if word[0].isdigit():
        return word.replace(",", "")
    word = word.replace("’", "'")
    if "'" not in word:
        return word
    if word.endswith("n't"):
        return _NEGATED.get(word, f"{word[:-3]} not")
    return word.removesuffix("'s").replace("'", "")


def plain_title(title: str) -> str:
    """The title in compatible characters, without markup, newsroom prefixes and the publisher's name."""
    if "<" in title or "&" in title:
        title = html.unescape(_TAG.sub(" ", html.unescape(title)))
    if not title.isascii():
        title = unicodedata.normalize("NFKC", title)
    while found := _PREFIX.match(title):
        title = title[found.end() :]
    return _without_publisher(title.strip())


@lru_cache(maxsize=4096)
def title_words(title: str) -> tuple[str, ...]:
    """The words of a title for comparison: case, punctuation, markup and the publisher's name do not count.

    Numbers keep their decimals, a question keeps its mark, "won't" is "will not"; Han, kana and hangul stay in runs.
    """
    plain = _INITIALS.sub(lambda found: found[0].replace(".", ""), plain_title(title))
    return tuple(" ".join(_one_word(word) for word in _WORD.findall(plain.casefold())).split())


def normal_title(title: str) -> str:
    """`title_words` as one string: equal for two spellings of one headline."""
    return " ".join(title_words(title))


def weight(words: tuple[str, ...]) -> float:
    """How much a title says, in words; two Chinese characters count as one word."""
    return sum(len(word) / 2 if is_cjk(word[0]) else 1.0 for word in words)


# ---------------------------------------------------------------- keys


def digest(*parts: str) -> str:
    """16 hexadecimal digits that stand for the parts; the same on every machine."""
    return blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


_BLANKS = re.compile(r"\s+")
_QUOTES = str.maketrans(
    {"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "\u00ad": "", "\u200b": "", "…": "..."}
)


def _settled(text: str) -> str:
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text.translate(_QUOTES)).translate(_QUOTES)
    return _BLANKS.sub(" ", text).strip().casefold()


def revision_hash(title: str, summary: str) -> str:
    """Names one text of a story; blanks, case and kinds of quotes and dashes do not make another text."""
    return digest(_settled(title), _settled(summary))


def _guid_key(guid: str, url: str, canonical: str, source: str) -> str:
    if guid.startswith(("http://", "https://")):
        page = canonical_url(guid)
        return f"url:{digest(page)}" if _is_page(page) and page != canonical else ""
    if not guid or guid == url:
        return ""
    # A bare number is unique at one publisher only; its host is steadier than the name that a feed gives itself.
    owner = canonical[8:].split("/", 1)[0].split("?", 1)[0] if canonical.startswith("https://") else source.casefold()
    return f"guid:{digest(owner, guid)}"


@lru_cache(maxsize=256)
def entry_keys(entry: Entry) -> tuple[str, ...]:
    """The keys under which an entry is known, strongest first: page, guid, title (if it says enough); never empty."""
    canonical = canonical_url(entry.url)
    keys = [f"url:{digest(canonical)}"] if _is_page(canonical) else []
    if guid := _guid_key(entry.key.strip(), entry.url.strip(), canonical, entry.source):
        keys.append(guid)
    words = title_words(entry.title)
    if weight(words) >= ENOUGH_WORDS:
        keys.append(f"title:{digest(*words)}")
    return tuple(keys) or (f"text:{digest(entry.source.casefold(), revision_hash(entry.title, entry.summary))}",)
