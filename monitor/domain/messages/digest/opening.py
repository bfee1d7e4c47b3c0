"""The opening and the subject of a digest: the most important changes of the period."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from monitor.domain.messages.context import RenderContext
from monitor.domain.messages.digest.block_material import BlockMaterial, by_weight
from monitor.domain.messages.digest.blocks import format_day
from monitor.domain.messages.figures import deadline_lines, progress_line
from monitor.domain.messages.subject import MAX_SUBJECT, cut_headline, topic_of
from monitor.domain.model import Commitment, Outlook, Standing, Verdict
from monitor.domain.text.labels import format_date, local_day, sentence, status_caps

MAX_SENTENCES = 3
MAX_EVENT = 140
"""Characters of an event in a sentence of the opening (estimate)."""
TROUBLE = (Standing.BREACHED, Standing.LAPSED, Outlook.AT_RISK, Outlook.STALLED)


def opening(
    material: Sequence[BlockMaterial], followed: Sequence[tuple[Commitment, Verdict]], context: RenderContext
) -> tuple[str, ...]:
    """One to three sentences, one a commitment, each about another event. material: most important first."""
    sentences: list[str] = []
    shown: set[str] = set()
    for item in by_weight(material):
        if item.lead is None:
            continue
        keys = (*item.lead.evidence, *item.lead.reason.signals)
        stories = {context.signals[key].story for key in keys if key in context.signals}
        if len(sentences) < MAX_SENTENCES and not shown & stories:
            shown |= stories
            sentences.append(_sentence(item, context))
    if sentences:
        return tuple(sentences)
    # No status moved: the commitments in trouble, and the next date.
    sentences = ["No status changed, and no event of note was reported."]
    trouble = []
    for status in TROUBLE:
        names = [commitment.short for commitment, verdict in followed if verdict.status is status]
        trouble += [f"{status_caps(status)}: {', '.join(names)}"] if names else []  # a name may contain "and"
    sentences += [f"{'; '.join(trouble)}."] if trouble else []
    dates = [line for commitment, verdict in followed for line in deadline_lines(verdict, commitment.short, context)]
    ahead = min((line for line in dates if line.left >= 0), key=lambda line: line.date, default=None)
    if ahead is not None:
        sentences.append(f"Next date: {ahead.subject}, {ahead.text.removeprefix(f'{ahead.subject} ')}.")
    return tuple(sentences)


def _sentence(item: BlockMaterial, context: RenderContext) -> str:
    """'Rare earths went from AT RISK to PLEDGED: China suspends its controls.'; 'Soybeans stayed AT RISK: ...'."""
    assert item.lead_text is not None
    name, status, net = item.commitment.short, item.verdict.status, item.net
    event = cut_headline(item.lead_text.event, MAX_EVENT)
    if net and net[0] is not net[1]:
        stayed = "" if net[1] is status else f" but stayed {status_caps(status)}"
        return sentence(f"{name} went from {status_caps(net[0])} to {status_caps(net[1])}{stayed}: {event}")
    progress = progress_line(item.verdict.progress, item.commitment, context)
    counted = f" with {progress.counted_text}" if progress and progress.counted and status in TROUBLE else ""
    return sentence(f"{name} stayed {status_caps(status)}{counted}: {event}")


def digest_subject(material: Sequence[BlockMaterial], first: date, last: date) -> str:
    """'Digest, 27 Oct - 2 Nov: Talks now MET: Trump and Xi met in Busan', in at most MAX_SUBJECT characters.

    If several statuses moved, the new ones, as many as fit: 'Rare earths PLEDGED, Talks MET'.
    """
    begins = str(first.day) if (first.year, first.month) == (last.year, last.month) else format_day(first)
    span = format_day(last) if first == last else f"{begins} - {format_day(last)}"
    head = f"Digest, {span}: "
    room = MAX_SUBJECT - len(head)
    moved = [item for item in by_weight(material) if item.lead]
    if not moved:
        return f"{head}{'further reports' if material else 'no changes'}"
    turned = [f"{topic_of(item.commitment)} {status_caps(item.verdict.status)}" for item in moved if item.turned]
    fitting = [text for number in range(len(turned), 1, -1) if len(text := ", ".join(turned[:number])) <= room]
    if fitting:
        return head + fitting[0]
    lead = moved[0]
    assert lead.lead_text is not None
    topic = topic_of(lead.commitment)
    topic = f"{topic} now {status_caps(lead.verdict.status)}" if lead.turned else topic
    return f"{head}{topic}: {cut_headline(lead.lead_text.event, max(room - len(topic) - 2, 12))}"


def covered_days(start: datetime, end: datetime, zone: str) -> tuple[date, date, str]:
    """The first and the last day of a period, and both in words: '27 Oct to 2 Nov 2025', '1 to 31 May 2026'.

    A day of which less than half belongs to the period is left to its neighbour. The first day repeats no part of the
    last one.
    """
    half = timedelta(hours=12)
    first = local_day(start + half, zone)
    last = max(first, local_day(end + half, zone) - timedelta(days=1))
    if first == last:
        return first, last, format_date(last)
    begins = str(first.day) if first.month == last.month else format_day(first)
    return first, last, f"{begins if first.year == last.year else format_date(first)} to {format_date(last)}"
