"""Syndication: one report carried by many outlets, what an outlet adds and is credited with, notices of publishers."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time

from monitor.domain.model import Effect, Outlet, Signal, Story, Tier
from monitor.domain.model.publishers import Publishers
from monitor.domain.stories.entry_keys import page_key


@dataclass(frozen=True, slots=True)
class Revision:
    """One text of a story, and the outlet credited with it: the first that showed it, or one that still does."""

    story: str
    hash: str
    source: str
    url: str
    title: str
    summary: str
    seen_at: datetime
    live: bool = True


def as_reported_by(story: Story, revision: Revision) -> Story:
    """The story with one of its texts as its own. An outlet has no `date_only`, so exactly midnight is a bare date."""
    if revision.hash == story.revision:
        return story
    credited = (revision.source, revision.url)
    times = (outlet.published_at for outlet in story.outlets if (outlet.source, outlet.url) == credited)
    published = next(times, story.published_at).astimezone(UTC)
    title, summary, withdrawn = revision.title, revision.summary, is_withdrawal(revision.title, revision.summary)
    story = replace(story, title=title, summary=summary, revision=revision.hash, withdrawn=withdrawn)
    story = replace(story, source=revision.source, url=revision.url, seen_at=revision.seen_at)
    return replace(story, published_at=published, date_only=published.time() == time())


def next_carrier(story: Story, departing: str, shown: Collection[str], publishers: Publishers) -> Outlet | None:
    """The outlet to credit with a text once the publisher `departing` no longer shows it: the one nearest to the news.

    shown: the keys of the pages that still show it.
    """
    outlets = ((publishers.find(outlet.source, outlet.url), outlet) for outlet in story.outlets)
    others = [(p.tier, outlet) for p, outlet in outlets if p.name != departing and page_key(outlet.url) in shown]
    return min(others, key=lambda pair: pair[0], default=(None, None))[1]


def statement_key(signal: Signal) -> tuple[str, ...]:
    """The content of a signal, without its words."""
    return (signal.commitment, signal.effect, signal.by, signal.object)


def new_statements(signals: Iterable[Signal], said: Iterable[Signal]) -> list[Signal]:
    """The signals of an outlet's text that the story's other texts lack.

    A copy corroborates nothing, so repeated signals are left out. An official text counts even if a wire was first.
    """
    known = {statement_key(signal) for signal in said}
    return [signal for signal in signals if statement_key(signal) not in known or signal.tier is Tier.OFFICIAL]


def can_change_verdict(signal: Signal) -> bool:
    """Whether a signal can change a verdict: by its effect, an amount that it mentions, or what it presumes."""
    moves = signal.effect is not Effect.NONE or signal.quantity is not None or bool(signal.presumed)
    return not signal.experimental and moves


def confirmed_elsewhere(lost: Signal, others: Iterable[Signal]) -> bool:
    """Whether another text of the story makes the statement of a lost signal, from a publisher as near to the news."""
    key = statement_key(lost)
    return any(s.story == lost.story and statement_key(s) == key and s.tier <= lost.tier for s in others)


_WITHDRAWAL_TITLE = re.compile(
    r"^\W*(?:withdrawn|retracted|retraction|kill(?:ed)?|story withdrawn|撤稿|撤回)\s*(?:[-–—:：|丨】\]]|$)"
    r"|[\[(（【]\s*(?:withdrawn|retracted|撤稿|已撤稿|已撤回)\s*[\])）】]|撤稿(?:声明|通知|启事|函)",
    re.IGNORECASE,
)
_WITHDRAWAL_TEXT = re.compile(
    r"\b(?:this|the|our|an earlier) (?:story|article|report|item|headline|dispatch)s?\b[^.!?]{0,60}?\b(?:has "
    r"been|was|have been|is being|is)"
    r" (?:withdrawn|retracted|taken down|removed)\b"
    r"|\bplease disregard (?:this|the|our) (?:story|article|report|headline)"
    r"|\bstory (?:is )?withdrawn\b"
    r"|(?:本文|该文|此文|本报道|该报道|原报道|该稿|此稿|稿件)[^。！？]{0,12}?(?:撤稿|撤回|撤下|删除|作废)",
    re.IGNORECASE,
)
_WITHDRAWING = ("withdrawn", "retract", "kill", "taken down", "removed", "disregard", "撤", "删除", "作废")
"""Every notice of withdrawal contains one of these. Few texts do, which saves the search."""
_CORRECTION = re.compile(
    r"^\W*(?:corrected|correction|refiled?|clarification|更正|勘误)\s*(?:[-–—:：|丨】\]]|\d)"
    r"|[\[(（【]\s*(?:corrected|correction|corrects|更正|勘误)[^\])）】]{0,60}[\])）】]"
    r"|\bthis (?:story|article|report|headline) (?:has been|was) (?:corrected|amended|updated to correct)\b"
    r"|\bcorrects? (?:headline|paragraph|figure|number|date|first|second|to)\b|\ban earlier version of this\b"
    r"|(?:更正|勘误)(?:[:：]|声明|启事|说明)|(?:本文|此前报道|原文|原标题)[^。！？]{0,16}?(?:更正|有误|勘误)",
    re.IGNORECASE,
)
_MAX_DISTANCE_FROM_END = 600
"""A notice is within this many characters of the beginning or end of a summary. An estimate."""


def is_withdrawal(title: str, summary: str) -> bool:
    """Whether the publisher withdraws the text. "China withdraws tariffs" is not such a notice."""
    text = f"{title}\n{summary}".lower()
    if not any(word in text for word in _WITHDRAWING):
        return False
    return bool(_WITHDRAWAL_TITLE.search(title)) or _has_notice(_WITHDRAWAL_TEXT, summary)


def is_correction(title: str, summary: str) -> bool:
    """Whether the publisher notes a correction of an earlier text."""
    return bool(_CORRECTION.search(title)) or _has_notice(_CORRECTION, summary)


def _has_notice(notice: re.Pattern[str], summary: str) -> bool:
    if len(summary) <= 2 * _MAX_DISTANCE_FROM_END:
        return bool(notice.search(summary))
    start, end = summary[:_MAX_DISTANCE_FROM_END], summary[-_MAX_DISTANCE_FROM_END:]
    return bool(notice.search(start) or notice.search(end))
