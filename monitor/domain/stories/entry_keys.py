"""What stays the same of an entry when feeds change around it: its canonical address and its identity keys.

Keys are about the publisher, the page and the title, never about the address of the feed that listed them, so a feed
that moves to a new host or from http to https changes nothing.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from hashlib import blake2b
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urlsplit

from monitor.domain.model import Entry
from monitor.domain.stories.titles import title_words, word_count, words_of

MIN_TITLE_TOKENS = 5.0
"""A title with fewer words ("Live updates") is no identity; two characters of Chinese count as one word."""

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


# ---------------------------------------------------------------- keys


def hash_of(*parts: str) -> str:
    """16 hexadecimal digits that stand for the parts; the same on every machine."""
    return blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


_BLANKS = re.compile(r"\s+")
_QUOTES = str.maketrans(
    {"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "\u00ad": "", "\u200b": "", "…": "..."}
)


def _normalised(text: str) -> str:
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text.translate(_QUOTES)).translate(_QUOTES)
    return _BLANKS.sub(" ", text).strip().casefold()


def revision_hash(title: str, summary: str) -> str:
    """Names one text of a story; blanks, case and kinds of quotes and dashes do not make another text."""
    return hash_of(_normalised(title), _normalised(summary))


def _guid_key(guid: str, url: str, canonical: str, source: str) -> str:
    if guid.startswith(("http://", "https://")):
        page = canonical_url(guid)
        return f"url:{hash_of(page)}" if _is_page(page) and page != canonical else ""
    if not guid or guid == url:
        return ""
    # A bare number is unique at one publisher only; its host is steadier than the name that a feed gives itself.
    owner = canonical[8:].split("/", 1)[0].split("?", 1)[0] if canonical.startswith("https://") else source.casefold()
    return f"guid:{hash_of(owner, guid)}"


def page_key(url: str) -> str:
    """The key of a page, under which every entry at that address is known; '' where an address is no page."""
    canonical = canonical_url(url)
    return f"url:{hash_of(canonical)}" if _is_page(canonical) else ""


def is_unique_key(key: str) -> bool:
    """Whether a key is one entry of a feed, as a page or a guid is; a title may come again every day."""
    return not key.startswith("title:")


@lru_cache(maxsize=256)
def entry_keys(entry: Entry) -> tuple[str, ...]:
    """The keys under which an entry is known, strongest first: page, guid, title (if it says enough); never empty."""
    canonical = canonical_url(entry.url)
    keys = [key] if (key := page_key(entry.url)) else []
    if guid := _guid_key(entry.key.strip(), entry.url.strip(), canonical, entry.source):
        keys.append(guid)
    words = title_words(entry.title)
    if word_count(words) >= MIN_TITLE_TOKENS:
        keys.append(f"title:{hash_of(*words)}")
    return tuple(keys) or (f"text:{hash_of(entry.source.casefold(), revision_hash(entry.title, entry.summary))}",)
