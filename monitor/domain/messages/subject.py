"""Subjects: the topic of a commitment, its new status, and the headline of the change."""

from __future__ import annotations

import re
from collections.abc import Sequence

from monitor.domain.messages.change_text import CONFIRMED, ChangeText
from monitor.domain.messages.headline import ATTRIBUTED, LINE, main_clause
from monitor.domain.model import Commitment, FlagKind, Route, Verdict, reasons
from monitor.domain.text.labels import capitalised, join_list, status_caps
from monitor.domain.text.plain import one_line, truncated

MAX_SUBJECT = LINE
MAX_TOPIC = 20
"""Characters of a topic, so that the headline gets most of a subject."""
_LEADING = re.compile(
    r"(?:[\s,;:–—-]+(?:(?:by|on|from|until) \d{1,2}|an?|the|its?|his|her|their|our|this|that|"
    r"which|who|to|of|in|on|at|by|for|from|with|into|over|"
    r"under|after|before|amid|as|and|or|but|if|than|not|is|are|was|were|be|been|has|have|had|will|would|should|could|try|may|might|"
    r"can|new|first|further|other|own|major|key|fresh|additional|domestic|big|positive|initial|some|any|all|several|until|since|about|against|between|without|more|we|he|she|they|there|u\.?s\.?|[\w.-]+['’]s?|"
    r"(?:\w+ing )?[$€£]?\d[\d.,]*%?|\w+-(?:owned|based|made|led|backed|bound|linked|related|run)))+…$",
    re.IGNORECASE,
)
"""Words at the end of a cut headline that lead to a next word."""
_OLD_DATE = re.compile(r"(?:(?<= moved)|(?<= put off)) from \d{1,2} \w{3} \d{4}(?= to \d)")
"""The old date of a date that has moved: the new one is the news."""
_FURTHER = re.compile(r", | (?:and|but|if|that|because|unless|when|which|who|to(?= [a-z])) ")
"""Where a cut headline begins something further: another part, a condition, a purpose."""
_OPEN = re.compile(
    r"\b(?:agree|ask|want|plan|seek|vow|pledge|promise|threaten|urge|allow|force|order|expect|continue|begin|start|move|decide|"
    r"refuse|try|tries|help|prepare|need|aim|offer|fail|appear|tell|say|think|warn|confirm|announce|report|set|ready|able|likely|"
    r"due|hope|claim|believe|between)(?:s|d|ed|ing)?$",
    re.IGNORECASE,
)
"""Words that need what follows."""
_REST = 18
"""Fewer characters behind it are the beginning of something that a cut headline does not tell (estimate)."""
_BRACKETS = (("(", ")"), ("[", "]"), ("“", "”"), ("‘", "’"))


def subject_of(topic: str, text: ChangeText, further: Sequence[tuple[str, str]] = ()) -> str:
    """The subject of a message: `{topic}[ now {STATUS}| confirmed by …]: {headline}[ (+ {topic}[ {STATUS}], …)]`.
    further: the topics of the other commitments with their new status, '' for none; those are named that leave the
    headline whole, the others counted: (+2 more), unless the headline would lose its sense."""
    if text.now == CONFIRMED:
        head = f"{topic} {CONFIRMED}{text.text.rpartition(CONFIRMED)[2]}"
    else:
        head = f"{topic} now {text.now}" if text.now else topic
    names = [f"{name} {status.replace(CONFIRMED, '')}".rstrip() for name, status in further]
    lists = [names, *([*names[:shown], f"{len(names) - shown} more"] for shown in range(len(names) - 1, 0, -1))]
    room, counted = MAX_SUBJECT - len(f"{head}: {text.headline}"), f" (+{len(names)} more)" if names else ""
    tails = (f" (+ {', '.join(listed)})" for listed in lists if listed)
    tail = next((tail for tail in tails if len(tail) <= room), "")
    only_counted = subject_line(head, text.headline, counted)
    return subject_line(head, text.headline, tail) if tail or "…" in only_counted else only_counted


def subject_line(topic: str, headline: str, tail: str = "") -> str:
    """`{topic}: {headline}{tail}` in at most MAX_SUBJECT characters: whole, or cut at a word with an ellipsis."""
    return f"{topic}: {cut_headline(capitalised(headline), MAX_SUBJECT - len(topic) - len(tail) - 2)}{tail}"


def cut_headline(text: str, limit: int) -> str:
    """At most `limit` characters: to the end of a clause, else cut at a word: never inside a bracket or a quote that
    could close, nor after a word that only leads to the next, nor within the name of who says so."""
    if len(text) > limit:
        text = _OLD_DATE.sub("", text)
    if len(text) <= limit:
        return text
    said = ATTRIBUTED.search(text)
    for speaker in (said[0], "") if said else ("",):
        if clause := main_clause(text, limit - len(speaker)):
            return f"{clause}{speaker}"
    cut = truncated(text, limit)
    if said and limit // 2 < said.start() < limit:
        return f"{text[: said.start()]}…"
    cut = _LEADING.sub("…", cut, count=1)
    begun = [found.start() for found in _FURTHER.finditer(cut, limit // 2) if not _OPEN.search(cut[: found.start()])]
    if begun and len(cut) - begun[-1] < _REST:
        cut = f"{cut[: begun[-1]]}…"
    for opening, closing in _BRACKETS:
        start = cut.rfind(opening)
        if start > limit // 2 and closing not in cut[start:]:
            cut = _LEADING.sub("…", truncated(text, start + 1), count=1)
    return cut


def topic_of(commitment: Commitment) -> str:
    """The name of a commitment in subjects: its `topic`, else the first words of its short name."""
    return cut_headline(one_line(commitment.topic or commitment.short, 60), MAX_TOPIC).removesuffix("…")


def shown_status(verdict: Verdict) -> str:
    """The status, after the standing if the outlook is the status: 'IN FORCE, AT RISK'."""
    return ", ".join(map(status_caps, dict.fromkeys((verdict.standing.value, str(verdict.status)))))


def doubted_status(verdict: Verdict) -> str:
    """The status that waits for a confirmation, '' if the verdict shows it, or if nothing waits: 'MET'."""
    details = (flag.detail for flag in verdict.flags if flag.kind is FlagKind.UNCONFIRMED)
    reached = (d.outlook if isinstance(d, reasons.Sighted) else getattr(d, "reached", None) for d in details)
    return next((status_caps(s) for s in reached if s and s not in (verdict.standing, verdict.outlook)), "")


def route_line(route: Route) -> str:
    """The reason why a reader gets a message."""
    commitments = "every commitment" if "*" in route.commitments else join_list(route.commitments)
    level = route.least_severity.name.lower()
    return one_line(
        f"You receive this because the list “{route.config_name}” covers {commitments}, at “{level}” or above.", 300
    )
