"""Notices that a publisher puts on its own text: corrected, withdrawn."""

from __future__ import annotations

import re

_WITHDRAWAL_TITLE = re.compile(
    r"^\W*(?:withdrawn|retracted|retraction|kill(?:ed)?|story withdrawn|撤稿|撤回)\s*(?:[-–—:：|丨】\]]|$)"
    r"|[\[(（【]\s*(?:withdrawn|retracted|撤稿|已撤稿|已撤回)\s*[\])）】]|撤稿(?:声明|通知|启事|函)",
    re.IGNORECASE,
)
_WITHDRAWAL_TEXT = re.compile(
    r"\b(?:this|the|our|an earlier) (?:story|article|report|item|headline|dispatch)s?\b[^.!?]{0,60}?\b(?:has been|was|have been|is being|is)"
    r" (?:withdrawn|retracted|taken down|removed)\b"
    r"|\bplease disregard (?:this|the|our) (?:story|article|report|headline)"
    r"|\bstory (?:is )?withdrawn\b"
    r"|(?:本文|该文|此文|本报道|该报道|原报道|该稿|此稿|稿件)[^。！？]{0,12}?(?:撤稿|撤回|撤下|删除|作废)",
    re.IGNORECASE,
)
_WITHDRAWING = ("withdrawn", "retract", "kill", "taken down", "removed", "disregard", "撤", "删除", "作废")
"""One of these stands in every notice of withdrawal. Few texts have one, so the search is seldom needed."""
_CORRECTION = re.compile(
    r"^\W*(?:corrected|correction|refiled?|clarification|更正|勘误)\s*(?:[-–—:：|丨】\]]|\d)"
    r"|[\[(（【]\s*(?:corrected|correction|corrects|更正|勘误)[^\])）】]{0,60}[\])）】]"
    r"|\bthis (?:story|article|report|headline) (?:has been|was) (?:corrected|amended|updated to correct)\b"
    r"|\bcorrects? (?:headline|paragraph|figure|number|date|first|second|to)\b|\ban earlier version of this\b"
    r"|(?:更正|勘误)(?:[:：]|声明|启事|说明)|(?:本文|此前报道|原文|原标题)[^。！？]{0,16}?(?:更正|有误|勘误)",
    re.IGNORECASE,
)
_MAX_DISTANCE_FROM_END = 600
"""A notice stands at the beginning of a summary or at its end, within this many characters. An estimate."""


def is_withdrawal(title: str, summary: str) -> bool:
    """Whether the publisher withdraws the text. "China withdraws tariffs" is no such notice."""
    text = f"{title}\n{summary}".lower()
    if not any(word in text for word in _WITHDRAWING):
        return False
    return bool(_WITHDRAWAL_TITLE.search(title)) or _has_notice(_WITHDRAWAL_TEXT, summary)


def is_correction(title: str, summary: str) -> bool:
    """Whether the publisher says that it corrected an earlier text."""
    return bool(_CORRECTION.search(title)) or _has_notice(_CORRECTION, summary)


def _has_notice(notice: re.Pattern[str], summary: str) -> bool:
    if len(summary) <= 2 * _MAX_DISTANCE_FROM_END:
        return bool(notice.search(summary))
    start, end = summary[:_MAX_DISTANCE_FROM_END], summary[-_MAX_DISTANCE_FROM_END:]
    return bool(notice.search(start) or notice.search(end))
