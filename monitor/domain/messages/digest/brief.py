"""Builds a digest: its opening, the changes of a period, the other statuses, unchecked parts, and figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from monitor.domain.alerts.recipients import subscribes_to
from monitor.domain.messages import briefs
from monitor.domain.messages.context import RenderContext
from monitor.domain.messages.digest.block_material import BlockMaterial, block_material, by_weight
from monitor.domain.messages.digest.blocks import digest_block, format_day
from monitor.domain.messages.digest.silent_rules import RuleActivity, silent_rules
from monitor.domain.messages.figures import deadline_lines, has_flag, progress_line, status_since, status_timeline
from monitor.domain.messages.subject import MAX_SUBJECT, cut_headline, route_line, shown_status, topic_of
from monitor.domain.messages.wording import detail_text
from monitor.domain.model import (
    Commitment,
    FlagKind,
    Outlook,
    Route,
    Signal,
    Standing,
    Transition,
    TransitionKind,
    Verdict,
)
from monitor.domain.text import labels
from monitor.domain.text.plain import one_line

MAX_SENTENCES = 3
MAX_EVENT = 140
"""Characters of an event in a sentence of the opening (estimate)."""
TROUBLE = (Standing.BREACHED, Standing.LAPSED, Outlook.AT_RISK, Outlook.STALLED)
TIMELINE_DAYS = 90
SOON_DAYS = 30
MAX_NAMED = 6
"""Sources that a line names; the others are counted."""
SOURCE_STATES: Mapping[str, tuple[str, str]] = {
    "failing": ("does not answer", "do not answer"),
    "never": ("has never answered", "have never answered"),
    "frozen": ("keeps sending the same page", "keep sending the same page"),
    "silent": ("answers, but has sent nothing new", "answer, but have sent nothing new"),
}
"""The states of sources in trouble, in printing order: the words for one source and for several."""


def digest_brief(
    context: RenderContext,
    route: Route,
    start: datetime,
    *,
    transitions: Sequence[Transition],
    history: Sequence[Transition],
    sources: Sequence[briefs.SourceHealth],
    muted: Mapping[str, str] | None = None,
    watched: RuleActivity | None = None,
    corroborating: Mapping[str, Sequence[Signal]] | None = None,
    readers: briefs.ReaderCounts | None = None,
) -> briefs.DigestBrief:
    """Build the digest of the commitments that a route follows, for transitions from start to context.now. muted: by
    commitment, the end and the reason of its mute; watched: the matches of the rules, None to leave out silent rules;
    corroborating: by commitment, the signals that corroborate its status; readers: the differences between readers and
    rules, None to leave them out."""
    names, verdicts = context.commitments.keys(), context.verdicts
    context, end = context.cleaned(key for key in names if subscribes_to(route, key, names)), context.now
    pairs = [(commitment, verdicts[key]) for key, commitment in context.commitments.items() if key in verdicts]
    followed = by_urgency(pairs)
    material = block_material(followed, transitions, corroborating or {}, context)
    in_blocks = {item.commitment.id for item in material}
    moves = [change for item in material for change in item.changes]
    quotes, blocks = set[str](), list[briefs.DigestBlock]()
    for item in material:  # a quote that several blocks share stays only in the first
        block = digest_block(item, in_blocks, context)
        quote = block.quote[block.quote.find("“") :]
        blocks.append(replace(block, quote="") if quote in quotes else block)
        quotes |= {quote} - {""}
    quiet_rules = silent_rules([c for c, _ in followed], list(context.rules), watched, end) if watched else ()
    first, last, period = covered_days(start, end, route.zone)
    since = end - timedelta(days=TIMELINE_DAYS)
    mutes = [(c.short, muted[c.id]) for c, _ in followed if muted and muted.get(c.id)]
    return briefs.DigestBrief(
        subject=digest_subject(material, first, last),
        opening=opening(material, followed, context),
        blocks=tuple(blocks),
        timelines=tuple(status_timeline(verdict, c.short, history, since, end) for c, verdict in followed),
        unmoved=tuple(status_line(c, verdict, context) for c, verdict in followed if c.id not in in_blocks),
        unchecked=(
            *unchecked_verdicts(followed, context),
            *unreliable_sources(sources, context),
            *(briefs.UncheckedLine("muted", f"{name}:", f"{text.rstrip('.')}.") for name, text in mutes),
            *quiet_rules,
        ),
        counts=counts_line(followed, moves, sources),
        start=start,
        end=end,
        period=period,
        route=route_line(route),
        data_time=labels.format_time(end, route.zone),
        readers=readers,
    )


def marked_as_test(brief: briefs.DigestBrief) -> briefs.DigestBrief:
    """The same digest for testing a channel: with TEST in its subject and period, and a remark as first sentence."""
    opening = ("This test was sent by hand; the regular digest will follow as usual.", *brief.opening)
    return replace(brief, subject=f"TEST · {brief.subject}", period=f"TEST · {brief.period}", opening=opening)


def by_urgency(followed: Sequence[tuple[Commitment, Verdict]]) -> list[tuple[Commitment, Verdict]]:
    """Trouble first, parts after their parent."""
    rank = {status: number for number, status in enumerate(TROUBLE)}
    return sorted(followed, key=lambda pair: (rank.get(pair[1].status, len(TROUBLE)), pair[0].id))


def status_line(commitment: Commitment, verdict: Verdict, context: RenderContext) -> briefs.StatusLine:
    """The row of one commitment."""
    dates = deadline_lines(verdict, commitment.short, context)
    progress = progress_line(verdict.progress, commitment, context)
    ahead = [line for line in dates if line.left >= 0]
    nearest = ahead[0] if ahead else dates[-1] if dates else None
    next_date = labels.format_date(nearest.date) if nearest else ""
    if nearest and nearest.left <= SOON_DAYS:
        soon = "today" if nearest.left == 0 else labels.pluralised(nearest.left, "day")
        next_date += f" ({soon if nearest.left >= 0 else 'passed'})"
    flags = dict.fromkeys(labels.FLAG_LABELS.get(flag.kind, labels.label_of(flag.kind)) for flag in verdict.flags)
    return briefs.StatusLine(
        commitment=commitment.id,
        short=commitment.short,
        status=verdict.status,
        shown=shown_status(verdict),
        since=labels.format_date(status_since(verdict, context.zone)),
        next=next_date,
        progress=progress.counted_text if progress else "",
        flags=", ".join(flags),
    )


def unchecked_verdicts(
    followed: Sequence[tuple[Commitment, Verdict]], context: RenderContext
) -> list[briefs.UncheckedLine]:
    """The statuses that time alone would have changed while no relevant source was read."""
    lines = []
    for commitment, verdict in followed:
        for flag in verdict.flags:
            if flag.kind is FlagKind.UNCHECKED:
                since = labels.format_date(labels.local_day(flag.since, context.zone))
                detail = one_line(detail_text(flag.detail, context.parties), 400)
                text = detail.rstrip(".") or f"could not be checked: no source read since {since}"
                lines.append(briefs.UncheckedLine("unchecked", f"{commitment.short}:", f"{text}."))
    return lines


def unreliable_sources(sources: Sequence[briefs.SourceHealth], context: RenderContext) -> list[briefs.UncheckedLine]:
    """One line for each kind of trouble: '12 sources do not answer: Reuters (since 12 Mar 2026), ...'."""
    lines = []
    for state, (one, several) in SOURCE_STATES.items():
        group = sorted((item for item in sources if item.state == state), key=lambda item: item.name)
        if group:
            name = f"{labels.pluralised(len(group), 'source')} {one if len(group) == 1 else several}:"
            names = []
            for item in group:
                since = f"since {labels.format_date(labels.local_day(item.since, context.zone))}" if item.since else ""
                detail = one_line(item.detail, 120).rstrip(".") if len(group) == 1 else ""
                behind = ", ".join(filter(None, (since, detail)))
                names.append(one_line(item.name, 60) + (f" ({behind})" if behind else ""))
            lines.append(briefs.UncheckedLine(state, name, f"{labels.join_few(names, MAX_NAMED)}."))
    return lines


def counts_line(
    followed: Sequence[tuple[Commitment, Verdict]], moves: Sequence[Transition], sources: Sequence[briefs.SourceHealth]
) -> str:
    """'3 status changes, 5 events of note; 2 at risk, 1 unconfirmed; reliable sources: 28 of 30.'"""
    statuses = sum(move.kind is TransitionKind.STATUS for move in moves)
    events = sum(move.kind is TransitionKind.EVENT for move in moves)
    kinds = (
        (statuses, "status change", "status changes"),
        (events, "event of note", "events of note"),
        (len(moves) - statuses - events, "other change", "other changes"),
    )
    moved = [labels.pluralised(*kind) for kind in kinds if kind[0]] or ["nothing changed"]
    verdicts = [verdict for _, verdict in followed]
    standing = {labels.label_of(status): sum(verdict.status is status for verdict in verdicts) for status in TROUBLE}
    flagged = (FlagKind.OVERDUE, FlagKind.CONTESTED, FlagKind.UNCONFIRMED, FlagKind.UNCHECKED)
    standing |= {labels.FLAG_LABELS[flag]: sum(has_flag(verdict, flag) for verdict in verdicts) for flag in flagged}
    counted = [f"{number} {label}" for label, number in standing.items() if number]
    healthy = sum(item.state == "ok" for item in sources)
    relied = f"reliable sources: {healthy} of {len(sources)}" if sources else ""
    return f"{'; '.join(filter(None, (', '.join(moved), ', '.join(counted), relied)))}."


# ---------------------------------------------------------------- opening and subject


def opening(
    material: Sequence[BlockMaterial], followed: Sequence[tuple[Commitment, Verdict]], context: RenderContext
) -> tuple[str, ...]:
    """One to three sentences, one a commitment, each about another event. material: most important first."""
    sentences: list[str] = []
    shown: set[str] = set()
    for item in by_weight(material):
        if not item.changes:
            continue
        keys = (*item.changes[0].evidence, *item.changes[0].reason.signals)
        stories = {context.signals[key].story for key in keys if key in context.signals}
        if len(sentences) < MAX_SENTENCES and not shown & stories:
            shown |= stories
            # 'Rare earths went from AT RISK to PLEDGED: China suspends its controls.'; 'Soybeans stayed AT RISK: ...'
            name, status, net = item.commitment.short, item.verdict.status, item.net
            event = cut_headline(item.texts[0].event, MAX_EVENT)
            if net and net[0] is not net[1]:
                stayed = "" if net[1] is status else f" but stayed {labels.status_caps(status)}"
                turn = f"went from {labels.status_caps(net[0])} to {labels.status_caps(net[1])}{stayed}"
            else:
                progress = progress_line(item.verdict.progress, item.commitment, context)
                turn = f"stayed {labels.status_caps(status)}"
                if progress and progress.counted and status in TROUBLE:
                    turn += f" with {progress.counted_text}"
            sentences.append(labels.sentence(f"{name} {turn}: {event}"))
    if sentences:
        return tuple(sentences)
    # No status moved: the commitments in trouble, and the next date.
    sentences = ["No status changed, and no event of note was reported."]
    trouble = []
    for status in TROUBLE:
        names = [commitment.short for commitment, verdict in followed if verdict.status is status]
        trouble += [f"{labels.status_caps(status)}: {', '.join(names)}"] if names else []  # a name may contain "and"
    sentences += [f"{'; '.join(trouble)}."] if trouble else []
    dates = [line for commitment, verdict in followed for line in deadline_lines(verdict, commitment.short, context)]
    ahead = min((line for line in dates if line.left >= 0), key=lambda line: line.date, default=None)
    if ahead is not None:
        sentences.append(f"Next date: {ahead.subject}, {ahead.text.removeprefix(f'{ahead.subject} ')}.")
    return tuple(sentences)


def digest_subject(material: Sequence[BlockMaterial], first: date, last: date) -> str:
    """'Digest, 27 Oct - 2 Nov: Talks now MET: Trump and Xi met in Busan', in at most MAX_SUBJECT characters. If several
    statuses moved, the new ones, as many as fit: 'Rare earths PLEDGED, Talks MET'."""
    begins = str(first.day) if (first.year, first.month) == (last.year, last.month) else format_day(first)
    span = format_day(last) if first == last else f"{begins} - {format_day(last)}"
    head = f"Digest, {span}: "
    room = MAX_SUBJECT - len(head)
    moved = [item for item in by_weight(material) if item.changes]
    if not moved:
        return f"{head}{'further reports' if material else 'no changes'}"
    # The commitments whose status at the end of the period differs from the one at its beginning.
    differing = [item for item in moved if item.net is not None and item.net[0] is not item.net[1]]
    turned = [f"{topic_of(item.commitment)} {labels.status_caps(item.verdict.status)}" for item in differing]
    fitting = [text for number in range(len(turned), 1, -1) if len(text := ", ".join(turned[:number])) <= room]
    if fitting:
        return head + fitting[0]
    lead = moved[0]
    topic = topic_of(lead.commitment)
    topic = f"{topic} now {labels.status_caps(lead.verdict.status)}" if lead in differing else topic
    return f"{head}{topic}: {cut_headline(lead.texts[0].event, max(room - len(topic) - 2, 12))}"


def covered_days(start: datetime, end: datetime, zone: str) -> tuple[date, date, str]:
    """The first and the last day of a period, and both in words: '27 Oct to 2 Nov 2025', '1 to 31 May 2026'. A day of
    which less than half belongs to the period is left to its neighbour. The first day repeats no part of the last
    one."""
    half = timedelta(hours=12)
    first = labels.local_day(start + half, zone)
    last = max(first, labels.local_day(end + half, zone) - timedelta(days=1))
    if first == last:
        return first, last, labels.format_date(last)
    begins = str(first.day) if first.month == last.month else format_day(first)
    begins = begins if first.year == last.year else labels.format_date(first)
    return first, last, f"{begins} to {labels.format_date(last)}"
