"""What a date is, by the words around it: due (by, before, 之前), expiry (until, expires, 到期) or start (from, 起)."""

from __future__ import annotations

import re

_FILL = r"\s+(?:(?:the|at least|as late as|midnight|on|in|about|around|some time|sometime|as early as|early|late)\s+)*$"

_BEFORE = (
    ("due", re.compile(
        rf"\b(?:postpon\w+|delay\w*|push\w*|defer\w*|mov\w+|slip\w*|reschedul\w+)(?:\s+[\w-]+){{0,6}}?\s+(?:to|until|till){_FILL}"
        rf"|\b(?:by|before|no later than|not later than|prior to|due(?: by)?|deadline(?: of| is| was| set for|:)?|target date(?: of)?|within|ahead of){_FILL}",
        re.IGNORECASE)),
    ("expiry", re.compile(
        rf"\b(?:until|till|through|thru|valid to|good to|expir\w+|end(?:s|ed|ing)?|laps(?:e|es|ed|ing)|sunsets?|runs? out|to|up to){_FILL}",
        re.IGNORECASE)),
    ("start", re.compile(
        rf"\b(?:from|start(?:s|ed|ing)?(?: from)?|effective(?: from| as of)?|beg[iau]n(?:s|ning)?(?: from)?|(?:take|takes|took|taking) effect(?: from)?"
        rf"|(?:come|comes|came|enter|enters|entered)(?: in)?to (?:force|effect)|since|commenc\w+){_FILL}",
        re.IGNORECASE)),
)  # fmt: skip
_AFTER = (
    ("due", re.compile(r"^[\s-]+(?:deadline|due date|target date|cut-?off)\b", re.IGNORECASE)),
    ("expiry", re.compile(r"^[\s-]+(?:expiry|expiration|lapse|sunset)\b", re.IGNORECASE)),
    ("start", re.compile(r"^[\s-]+(?:start|launch)\b", re.IGNORECASE)),
)

_HOUR_ZH = re.compile(r"^(?:零时|\d{1,2}时(?:\d{1,2}分)?|[（(][^）)]{1,12}[）)])")
_BEFORE_ZH = (
    (
        "due",
        re.compile(r"(?:推迟|延后|延迟)(?:至|到)$|(?:最迟|不晚于|不迟于|截止日期?[为是]?|期限[为是]|赶在)(?:在|于)?$"),
    ),
    ("", re.compile(r"截[至止](?:到|至)?$")),
    ("expiry", re.compile(r"(?:至|到|直至|直到)$")),
)
_AFTER_ZH = (
    ("expiry", re.compile(r"^(?:将|正式|即将|已)?(?:到期|届满|期满|失效|为止|止|终止|结束)")),
    ("due", re.compile(r"^(?:之前|以前|前|之内|内|截止|最后期限)")),
    ("start", re.compile(r"^(?:起|开始|生效|正式生效|以来|启动|起施行|正式实施|后)")),
)
_START_ZH = re.compile(r"(?:自|从)$")


_AHEAD = re.compile(
    r"\b(?:will|would|may|might|could|shall|plans?|planned|planning|expect\w*|schedul\w+|set|due|slated|aims?|likely|agreed to|ready to)\b|将|拟|计划|预计|有望|定于",
)


def looks_ahead(text: str, start: int) -> bool:
    """Whether the words before a date speak of what is to come ("may meet in May")."""
    return _AHEAD.search(text, max(0, start - 60), start) is not None


def role_of(text: str, start: int, end: int) -> str:
    """due, expiry, start or '' for the date at [start, end) of a text."""
    before, after = text[max(0, start - 80) : start], text[end : end + 24]
    chinese = _chinese_role(before[-10:].rstrip(), _HOUR_ZH.sub("", after.lstrip()))
    if chinese is not None:
        return chinese
    for role, words in _AFTER:
        if words.search(after):
            return role
    return next((role for role, words in _BEFORE if words.search(before)), "")


def _chinese_role(before: str, after: str) -> str | None:
    for role, words in _AFTER_ZH:
        if words.search(after):
            return role
    for role, words in _BEFORE_ZH:
        if words.search(before):
            return role
    return "start" if _START_ZH.search(before) else None
