"""Recognises the pages that sites show in place of a feed: checks for robots, blocks, and requests for consent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from monitor.feeds.feed_text import FEEDS, decode, root_element

SEARCHED_BYTES = 262_144
"""Of a page: a consent page has 200 kB at most (estimate)."""
SHORT_PAGE = 1_500
"""Characters of visible text, an estimate: a page that only asks for something says little."""

_HEADERS = (("cf-mitigated", "Cloudflare"), ("x-amzn-waf-action", "AWS"))
"""Headers that only such answers have, and whose they are."""
_MARKS = (
    (re.compile(r"_cf_chl_opt|cf-browser-verification|cf-error-details|<title>\s*Just a moment", re.I), "Cloudflare"),
    (re.compile(r"_Incapsula_Resource|Incapsula incident ID", re.I), "Imperva"),
    (re.compile(r"errors\.edgesuite\.net|/_sec/cp_challenge", re.I), "Akamai"),
    (re.compile(r"captcha-delivery\.com", re.I), "DataDome"),
    (re.compile(r"px-captcha|_pxAppId", re.I), "HUMAN"),
    (re.compile(r"AwsWafIntegration|gokuProps", re.I), "AWS"),
)
"""Texts that only the pages of one guard contain. (Its scripts are on ordinary pages, too.)"""
_ASKS = re.compile(
    r"captcha|are you (a )?(robot|human)|verify (that )?you are (a )?human|not a robot|robot check|unusual traffic|"
    r"automated (access|requests)|checking your browser|enable javascript and cookies|security check|access denied|"
    r"you have been blocked|ddos protection|安全验证|人机验证|访问验证|滑动验证|验证码",
    re.I,
)
_CONSENT = re.compile(r"before you continue|consent|accept (all )?cookies|privacy choices", re.I)
_HIDDEN = re.compile(r"<!--.*?(?:-->|\Z)|<(script|style|template)\b[^<>]*>.*?(?:</\1\b[^<>]*>|\Z)", re.I | re.S)
_PAGE = re.compile(rb"<(?:!doctype\s+html|html|head|body)\b", re.I)
_ANNOUNCED = re.compile(r"application/(rss|atom|feed)\+", re.I)
_TITLE = re.compile(r"<title[^<>]*>([^<]{0,300})", re.I)
_TAG = re.compile(r"<[^<>]*>")


def challenge_in(body: bytes, headers: Mapping[str, str], url: str = "") -> str:
    """What the site asks for in place of the document, '' if it is no such page. url: the address that answered."""
    for name, owner in _HEADERS:
        if name in headers:
            return f"a check for robots ({owner}) in place of the feed"
    if not _PAGE.search(body[:4096]) and "html" not in headers.get("Content-Type", "").lower():
        return ""
    text = decode(body[:SEARCHED_BYTES], headers.get("Content-Type"))
    start = text.lstrip("\ufeff \t\r\n\0")
    if start.startswith(("{", "[")) or root_element(start)[1] in FEEDS:
        return ""
    if (urlsplit(url).hostname or "").startswith("consent."):
        return "a request for consent in place of the feed"
    for mark, owner in _MARKS:
        if mark.search(text):
            return f"a check for robots ({owner}) in place of the feed"
    if _ANNOUNCED.search(text):  # an ordinary page, which names its feeds
        return ""
    title = _TITLE.search(text)
    visible = " ".join(_TAG.sub(" ", _HIDDEN.sub(" ", text)).split())
    # A long page may mention any of this; a short one asks for it. A widget has no text at all.
    told = f"{title[1] if title else ''} {visible if len(visible) < SHORT_PAGE else ''}"
    if _ASKS.search(told) or (len(visible) < SHORT_PAGE and "captcha" in text.lower()):
        return "a check for robots in place of the feed"
    return "a request for consent in place of the feed" if _CONSENT.search(told) else ""
