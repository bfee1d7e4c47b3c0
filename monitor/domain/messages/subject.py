"""Subjects: the topic of a commitment, its new status, and the headline of the change."""

from __future__ import annotations

import re

from monitor.domain.messages.change_text import CONFIRMED, ChangeText
from monitor.domain.model import Commitment, Route, Verdict
from monitor.domain.text.labels import capitalised, join_list, status_caps
from monitor.domain.text.plain import one_line, truncated

MAX_SUBJECT = 78
"""Characters of a subject: a line of a mail, as RFC 5322 recommends."""
MAX_TOPIC = 20
"""Characters of a topic, so that the headline gets most of a subject."""
_LEADING = re.compile(
    r"(?:[\s,;:–—-]+(?:an?|the|its?|his|her|their|our|this|that|which|who|to|of|in|on|at|by|for|from|with|into|over|"
    r"under|after|before|amid|as|and|or|but|if|than|not|is|are|was|were|be|been|has|have|had|will|would|could|may|might|"
    r"can|until|since|about|against|between|without|more|we|he|she|they|there|u\.?s\.?|[\w.-]+['’]s?))+…$",
    re.IGNORECASE,
)
"""Words at the end of a cut headline that lead to a next word."""
_BRACKETS = (("(", ")"), ("[", "]"), ("“", "”"), ("‘", "’"))


def subject_of(topic: str, text: ChangeText, further: int = 0) -> str:
    """The subject of a message: `{topic}[ now {STATUS}| confirmed by …][, +1 more]: {headline}`. further: the number of
    other commitments in the message."""
    more = f", +{further} more" if further else ""
    if text.now == CONFIRMED:
        return subject_line(f"{topic} {CONFIRMED}{text.text.rpartition(CONFIRMED)[2]}{more}", text.headline)
    return subject_line(f"{topic} now {text.now}{more}" if text.now else f"{topic}{more}", text.headline)


def subject_line(topic: str, headline: str) -> str:
    """`{topic}: {headline}` in at most MAX_SUBJECT characters: whole, or cut at a word with an ellipsis."""
    return f"{topic}: {cut_headline(capitalised(headline), MAX_SUBJECT - len(topic) - 2)}"


def cut_headline(text: str, limit: int) -> str:
    """At most `limit` characters, cut at a word: never inside a bracket or a quote that could close, nor after a word
    that only leads to the next."""
    cut = truncated(text, limit)
    if cut == text:
        return text
    cut = _LEADING.sub("…", cut, count=1)
    for opening, closing in _BRACKETS:
        start = cut.rfind(opening)
        if start > limit // 2 and closing not in cut[start:]:
            cut = truncated(text, start + 1)
    return cut


def topic_of(commitment: Commitment) -> str:
    """The name of a commitment in subjects: its `topic`, else the first words of its short name."""
    return cut_headline(one_line(commitment.topic or commitment.short, 60), MAX_TOPIC).removesuffix("…")


def shown_status(verdict: Verdict) -> str:
    """The status, after the standing if the outlook is the status: 'IN FORCE, AT RISK'."""
    return ", ".join(map(status_caps, dict.fromkeys((verdict.standing.value, str(verdict.status)))))


def route_line(route: Route) -> str:
    """The reason why a reader gets a message."""
    commitments = "every commitment" if "*" in route.commitments else join_list(route.commitments)
    level = route.least_severity.name.lower()
    return one_line(
        f"You receive this because the list “{route.config_name}” covers {commitments}, at “{level}” or above.", 300
    )
