"""The identity of an entry: its canonical address and its keys. Keys come from the publisher, the page and the title,
never from the address of the feed, which may move."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from hashlib import blake2b
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from monitor.domain.model import Entry
from monitor.domain.stories.titles import title_words, word_count, words_of
from monitor.domain.text.plain import without_escapes

MIN_TITLE_TOKENS = 5.0
"""A title with fewer words ("Live updates") identifies nothing. Two Chinese characters count as one word."""

_TRACKING = words_of(
    """amp at_campaign at_medium campaign_id cmp cmpid cmpon cvid dclid dicbo fbclid feature feed feedname feedtype from
    fromuid gclid guccounter guce_referrer guce_referrer_sig icid igshid intcmp isappinstalled ito mc_cid mc_eid
    mkt_tok msclkid mbid ncid ocid oc output partner ref ref_src ref_url referer referrer reflink rss sh share
    sharetoken shareuid si smid smtyp soc_src soc_trk spm sr_share srnd sref src taid tpcc traffic_source twclid
    wt.mc_id xtor yclid"""
)
_TRACKING_STARTS = ("utm_", "at_", "ns_", "pk_", "mtm_", "hsa_", "guce_", "__")
_HOST_STARTS = ("www.", "amp.", "m.", "mobile.")
_INDEX_PAGE = re.compile(r"/(?:index|default)\.(?:html?|php|aspx?|jsp)$", re.IGNORECASE)


@lru_cache(maxsize=4096)
def canonical_url(url: str) -> str:
    """The one address of a page, however a feed spells it. Always https, without "www.", "m." or "amp.", default port,
    fragment, tracking parameters, index page and trailing slash; other parameters sorted. Other text only loses
    surrounding blanks."""
    url = url.strip()
    if plain := _PLAIN.fullmatch(url):
        host, port, path, query = plain["host"], "", plain["path"], plain["query"]
    else:
        try:
            parts = urlsplit(url)
            host, number, path, query = parts.hostname or "", parts.port, parts.path.strip(), parts.query
        except ValueError:
            return url
        if parts.scheme not in ("http", "https") or not host:
            return url
        port = "" if number in (None, 80, 443) else f":{number}"
        if "%" in path:
            path = quote(unquote(path), safe="/:@!$&'()*+,;=~-._")
    host = host.rstrip(".")
    for start in _HOST_STARTS:
        if host.startswith(start) and "." in host[len(start) :]:
            host = host[len(start) :]
    if "//" in path:
        path = re.sub(r"/{2,}", "/", path)
    if query:
        # The parameters without tracking parameters, sorted.
        kept = [
            (name, value)
            for name, value in parse_qsl(query, keep_blank_values=True)
            if name.lower() not in _TRACKING and not name.lower().startswith(_TRACKING_STARTS)
        ]
        query = f"?{urlencode(sorted(kept))}" if kept else ""
    page = path.rfind("/")
    if page >= 0 and _INDEX_PAGE.match(path, page):
        path = path[:page]
    return f"https://{host}{port}{path.rstrip('/').removesuffix('/amp')}{query or ''}"


_PLAIN = re.compile(r"https?://(?P<host>[a-z0-9.-]+)(?P<path>(?:/[^\s?#%]*)?)(?:\?(?P<query>[^\s#]*))?")
"""A plain address, as most are: without port, fragment and escapes in its path. Faster than urlsplit."""


def hash_of(*parts: str) -> str:
    """16 hexadecimal digits of a hash of the parts; the same on every machine."""
    return blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


_QUOTES = {"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "\u00ad": "", "\u200b": "", "…": "..."}


def _plain_quotes(text: str) -> str:
    for written, plain in _QUOTES.items():
        text = text.replace(written, plain)
    return text


@lru_cache(maxsize=256)
def revision_hash(title: str, summary: str) -> str:
    """The hash of one text of a story. Blanks, case, kinds of quotes and dashes, and escapes left in do not matter."""
    plain = []
    for text in map(without_escapes, (title, summary)):
        if not text.isascii():
            text = _plain_quotes(text)
            normal = unicodedata.normalize("NFKC", text)
            text = _plain_quotes(normal) if normal != text else text
        plain.append(" ".join(text.split()).casefold())
    return hash_of(*plain)


def page_key(url: str) -> str:
    """The key of the page at an address; '' for a bare host, which is the page of all of a publisher's stories."""
    canonical = canonical_url(url)
    is_page = canonical.startswith("https://") and ("/" in canonical[8:] or "?" in canonical)
    return f"url:{hash_of(canonical)}" if is_page else ""


def is_unique_key(key: str) -> bool:
    """Whether a key names one entry of a feed, as a page or a guid does; a title may recur every day."""
    return not key.startswith("title:")


@lru_cache(maxsize=256)
def entry_keys(entry: Entry) -> tuple[str, ...]:
    """The keys of an entry, strongest first: page, guid, title (if it is long enough); else a key of its text."""
    guid, url = entry.id.strip(), entry.url.strip()
    canonical = canonical_url(url)
    keys = [page_key(url)]
    if guid.startswith(("http://", "https://")):
        keys.append(page_key(guid) if canonical_url(guid) != canonical else "")
    elif guid and guid != url:  # otherwise it only repeats the address
        # A bare number is unique at one publisher only; its host is more stable than the feed's name.
        is_web = canonical.startswith("https://")
        owner = canonical[8:].split("/", 1)[0].split("?", 1)[0] if is_web else entry.source.casefold()
        keys.append(f"guid:{hash_of(owner, guid)}")
    words = title_words(entry.title)
    if word_count(words) >= MIN_TITLE_TOKENS:
        keys.append(f"title:{hash_of(*words)}")
    strong = tuple(key for key in keys if key)
    return strong or (f"text:{hash_of(entry.source.casefold(), revision_hash(entry.title, entry.summary))}",)
