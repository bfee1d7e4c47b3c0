"""Decodes the bytes of a feed, whatever charset it declares."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

SAMPLE_SIZE = 40_000
"""Characters sampled to distinguish Chinese from mojibake, an estimate."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
"""UTF-32 comes before UTF-16, whose mark is the beginning of its own."""
_WIDER_CHARSETS = {"gb2312": "gb18030", "gbk": "gb18030", "big5": "big5hkscs", "iso8859-1": "cp1252", "ascii": "utf-8"}
"""The charset that sites really use when they declare the narrower one."""
_REFUSED_CHARSETS = frozenset({"utf-7", "idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined"})
_ONE_BYTE = "cp1252"
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']""")
_CHARSET = re.compile(r"""charset\s*=\s*["']?([A-Za-z0-9._:-]{1,40})""", re.IGNORECASE)
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")


def decode(body: bytes, content_type: str | None, override: str | None = None) -> tuple[str, str]:
    """The text and the charset used. Never fails: invalid bytes are read as Windows-1252 characters.

    Order: the feed's `override`, a byte order mark, UTF-16 without one, valid UTF-8 (which hardly any other text is),
    the charset of the HTTP header and of the XML declaration if the bytes fit, GBK if the text is then Chinese.
    """
    charset = known_charset(override) if override else None
    if charset is None:
        mark, charset = next((pair for pair in _BOMS if body.startswith(pair[0])), (b"", None))
        body = body[len(mark) :]
    if charset is None and body.startswith((b"<\0?\0", b"\0<\0?")):
        charset = "utf-16-le" if body.startswith(b"<") else "utf-16-be"
    if charset is not None:
        return codecs.getincrementaldecoder(charset)("replace").decode(body, final=False), charset
    for charset in _candidates(body, content_type):
        if (text := _strict(body, charset)) is not None:
            return text, charset
    # Invalid bytes are read as Windows-1252, as browsers do for old pages.
    return body.decode("utf-8", _RESCUE), "utf-8"


def known_charset(name: str) -> str | None:
    """Python's name of a text charset, widened where sites declare less than they send; None if unknown or unsafe."""
    try:
        info = codecs.lookup(name)
    except (LookupError, ValueError):
        return None
    # A bytes-to-bytes codec such as zlib is no charset; Python flags the real ones.
    if not getattr(info, "_is_text_encoding", False) or info.name in _REFUSED_CHARSETS:
        return None
    return _WIDER_CHARSETS.get(info.name, info.name)


def _candidates(body: bytes, content_type: str | None) -> Iterator[str]:
    declared = _DECLARED.search(body[:400])
    header = _CHARSET.search(content_type or "")
    named = [known_charset(name) for name in (header and header[1], declared and declared[1].decode("ascii")) if name]
    wide = [charset for charset in named if charset and charset not in (_ONE_BYTE, "utf-8")]
    # Bytes that are valid UTF-8 and not plain ASCII are UTF-8, whatever the header says, unless both declarations
    # agree on another many-byte charset.
    if len(wide) == 2 and wide[0] == wide[1]:
        yield wide[0]
    yield "utf-8"
    yield from wide
    # Few broken bytes among much multi-byte UTF-8: it is UTF-8 with some errors.
    sample = body[: 4 * SAMPLE_SIZE].decode("utf-8", "replace")
    broken = sample.count("\ufffd")
    if len(_NOT_ASCII.findall(sample)) - broken > 4 * broken:
        return
    text = _strict(body, "gb18030") or ""
    odd = _NOT_ASCII.findall(text[:SAMPLE_SIZE]) or _NOT_ASCII.findall(text)[:SAMPLE_SIZE]
    # GB2312 has the common Chinese characters only: accented Latin letters never decode to them.
    if odd and sum(len(char.encode("gb2312", "ignore")) == 2 for char in odd) > 0.8 * len(odd):
        yield "gb18030"
    if _ONE_BYTE in named:
        yield _ONE_BYTE


def _strict(body: bytes, charset: str) -> str | None:
    """The text, or None if a byte does not fit. A character cut off at the very end does not count."""
    try:
        return codecs.getincrementaldecoder(charset)("strict").decode(body, final=False)
    except (UnicodeError, LookupError):
        return None


def _as_cp1252(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


_RESCUE = "monitor.cp1252"
codecs.register_error(_RESCUE, _as_cp1252)
