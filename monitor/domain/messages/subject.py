"""Subjects: the topic of a commitment, its new status, and the headline of the change."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.domain.messages.change_text import CONFIRMED, ChangeText
from monitor.domain.messages.headline import LINE
from monitor.domain.model import Commitment, FlagKind, Route, Verdict, reasons
from monitor.domain.stories.headline_cut import cut_headline
from monitor.domain.text.labels import capitalised, join_list, status_caps
from monitor.domain.text.plain import one_line

MAX_SUBJECT, MAX_TITLE = LINE, 120
"""Characters of a subject, as an inbox shows it, and of the title of a message: cut as a subject, a third of the real
titles of a year lost their last words, which were the turn of the news more than once."""
MAX_TOPIC = 20
"""Characters of a topic, so that the headline gets most of a subject."""


def subject_of(topic: str, text: ChangeText, further: Sequence[tuple[str, str]] = (), most: int = MAX_SUBJECT) -> str:
    """The subject of a message: `{topic}[ now {STATUS}| no longer {STATUS}| confirmed by …]: {headline}[ (+ …, …)]`.
    further: the topics of the other commitments with what became of their status, '' for nothing; those are named that
    leave the headline whole, the others counted: (+2 more), unless the headline would lose its sense. most: its
    characters."""
    if text.now == CONFIRMED:
        head = f"{topic} {CONFIRMED}{text.text.rpartition(CONFIRMED)[2]}"
    else:
        head = f"{topic} {text.now}".rstrip()
    names = [f"{name} {now.replace(CONFIRMED, '').removeprefix('now ')}".rstrip() for name, now in further]
    lists = [names, *([*names[:shown], f"{len(names) - shown} more"] for shown in range(len(names) - 1, 0, -1))]
    room, counted = most - len(f"{head}: {text.headline}"), f" (+{len(names)} more)" if names else ""
    tails = (f" (+ {', '.join(listed)})" for listed in lists if listed)
    tail = next((tail for tail in tails if len(tail) <= room), "")
    only_counted = subject_line(head, text.headline, counted, most)
    return subject_line(head, text.headline, tail, most) if tail or "…" in only_counted else only_counted


def subject_line(topic: str, headline: str, tail: str = "", most: int = MAX_SUBJECT) -> str:
    """`{topic}: {headline}{tail}` in at most `most` characters: whole, or cut at a word with an ellipsis."""
    return f"{topic}: {cut_headline(capitalised(headline), most - len(topic) - len(tail) - 2)}{tail}"


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
