"""Builds a digest: the changes of a period, the other statuses, unchecked parts, and figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from monitor.domain.alerts.recipients import subscribes_to
from monitor.domain.messages.briefs import (
    DigestBlock,
    DigestBrief,
    ReaderCounts,
    SourceHealth,
    StatusLine,
    UncheckedLine,
)
from monitor.domain.messages.context import RenderContext
from monitor.domain.messages.digest.block_material import block_material
from monitor.domain.messages.digest.blocks import digest_block
from monitor.domain.messages.digest.opening import TROUBLE, covered_days, digest_subject, opening
from monitor.domain.messages.digest.silent_rules import RuleActivity, silent_rules
from monitor.domain.messages.figures import deadline_lines, has_flag, progress_line, status_since, status_timeline
from monitor.domain.messages.subject import route_line, shown_status
from monitor.domain.messages.wording import detail_text
from monitor.domain.model import Commitment, FlagKind, Route, Signal, Transition, TransitionKind, Verdict
from monitor.domain.text.labels import FLAG_LABELS, format_date, format_time, join_few, label_of, local_day, pluralised
from monitor.domain.text.plain import one_line

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
    sources: Sequence[SourceHealth],
    muted: Mapping[str, str] | None = None,
    watched: RuleActivity | None = None,
    corroborating: Mapping[str, Sequence[Signal]] | None = None,
    readers: ReaderCounts | None = None,
) -> DigestBrief:
    """Build the digest of the commitments that a route follows, for transitions from start to context.now.

    muted: by commitment, the end and the reason of its mute; watched: the matches of the rules, None to leave out
    silent rules; corroborating: by commitment, the signals that corroborate its status; readers: the differences
    between readers and rules, None to leave them out.
    """
    names, verdicts = context.commitments.keys(), context.verdicts
    context, end = context.cleaned(key for key in names if subscribes_to(route, key, names)), context.now
    pairs = [(commitment, verdicts[key]) for key, commitment in context.commitments.items() if key in verdicts]
    followed = by_urgency(pairs)
    material = block_material(followed, transitions, corroborating or {}, context)
    in_blocks = {item.commitment.id for item in material}
    moves = [change for item in material for change in item.changes]
    quotes, blocks = set[str](), list[DigestBlock]()
    for item in material:  # a quote that several blocks share stays only in the first
        block = digest_block(item, in_blocks, context)
        quote = block.quote[block.quote.find("“") :]
        blocks.append(replace(block, quote="") if quote in quotes else block)
        quotes |= {quote} - {""}
    quiet_rules = silent_rules([c for c, _ in followed], list(context.rules), watched, end) if watched else ()
    first, last, period = covered_days(start, end, route.zone)
    since = end - timedelta(days=TIMELINE_DAYS)
    mutes = [(c.short, muted[c.id]) for c, _ in followed if muted and muted.get(c.id)]
    return DigestBrief(
        subject=digest_subject(material, first, last),
        opening=opening(material, followed, context),
        blocks=tuple(blocks),
        timelines=tuple(status_timeline(verdict, c.short, history, since, end) for c, verdict in followed),
        unmoved=tuple(status_line(c, verdict, context) for c, verdict in followed if c.id not in in_blocks),
        unchecked=(
            *unchecked_verdicts(followed, context),
            *unreliable_sources(sources, context),
            *(UncheckedLine("muted", f"{name}:", f"{text.rstrip('.')}.") for name, text in mutes),
            *quiet_rules,
        ),
        counts=counts_line(followed, moves, sources),
        start=start,
        end=end,
        period=period,
        route=route_line(route),
        data_time=format_time(end, route.zone),
        readers=readers,
    )


def marked_as_test(brief: DigestBrief) -> DigestBrief:
    """The same digest for testing a channel: with TEST in its subject and period, and a remark as first sentence."""
    opening = ("This test was sent by hand; the regular digest will follow as usual.", *brief.opening)
    return replace(brief, subject=f"TEST · {brief.subject}", period=f"TEST · {brief.period}", opening=opening)


def by_urgency(followed: Sequence[tuple[Commitment, Verdict]]) -> list[tuple[Commitment, Verdict]]:
    """Trouble first, parts after their parent."""
    rank = {status: number for number, status in enumerate(TROUBLE)}
    return sorted(followed, key=lambda pair: (rank.get(pair[1].status, len(TROUBLE)), pair[0].id))


def status_line(commitment: Commitment, verdict: Verdict, context: RenderContext) -> StatusLine:
    """The row of one commitment."""
    dates = deadline_lines(verdict, commitment.short, context)
    progress = progress_line(verdict.progress, commitment, context)
    ahead = [line for line in dates if line.left >= 0]
    nearest = ahead[0] if ahead else dates[-1] if dates else None
    next_date = format_date(nearest.date) if nearest else ""
    if nearest and nearest.left <= SOON_DAYS:
        soon = "today" if nearest.left == 0 else pluralised(nearest.left, "day")
        next_date += f" ({soon if nearest.left >= 0 else 'passed'})"
    flags = dict.fromkeys(FLAG_LABELS.get(flag.kind, label_of(flag.kind)) for flag in verdict.flags)
    return StatusLine(
        commitment=commitment.id,
        short=commitment.short,
        status=verdict.status,
        shown=shown_status(verdict),
        since=format_date(status_since(verdict, context.zone)),
        next=next_date,
        progress=progress.counted_text if progress else "",
        flags=", ".join(flags),
    )


def unchecked_verdicts(followed: Sequence[tuple[Commitment, Verdict]], context: RenderContext) -> list[UncheckedLine]:
    """The statuses that time alone would have changed while no relevant source was read."""
    lines = []
    for commitment, verdict in followed:
        for flag in verdict.flags:
            if flag.kind is FlagKind.UNCHECKED:
                since = format_date(local_day(flag.since, context.zone))
                detail = one_line(detail_text(flag.detail, context.parties), 400)
                text = detail.rstrip(".") or f"could not be checked: no source read since {since}"
                lines.append(UncheckedLine("unchecked", f"{commitment.short}:", f"{text}."))
    return lines


def unreliable_sources(sources: Sequence[SourceHealth], context: RenderContext) -> list[UncheckedLine]:
    """One line for each kind of trouble: '12 sources do not answer: Reuters (since 12 Mar 2026), ...'."""
    lines = []
    for state, (one, several) in SOURCE_STATES.items():
        group = sorted((item for item in sources if item.state == state), key=lambda item: item.name)
        if group:
            name = f"{pluralised(len(group), 'source')} {one if len(group) == 1 else several}:"
            names = []
            for item in group:
                since = f"since {format_date(local_day(item.since, context.zone))}" if item.since else ""
                detail = one_line(item.detail, 120).rstrip(".") if len(group) == 1 else ""
                behind = ", ".join(filter(None, (since, detail)))
                names.append(one_line(item.name, 60) + (f" ({behind})" if behind else ""))
            lines.append(UncheckedLine(state, name, f"{join_few(names, MAX_NAMED)}."))
    return lines


def counts_line(
    followed: Sequence[tuple[Commitment, Verdict]], moves: Sequence[Transition], sources: Sequence[SourceHealth]
) -> str:
    """'3 status changes, 5 events of note; 2 at risk, 1 unconfirmed; reliable sources: 28 of 30.'"""
    statuses = sum(move.kind is TransitionKind.STATUS for move in moves)
    events = sum(move.kind is TransitionKind.EVENT for move in moves)
    kinds = (
        (statuses, "status change", "status changes"),
        (events, "event of note", "events of note"),
        (len(moves) - statuses - events, "other change", "other changes"),
    )
    moved = [pluralised(*kind) for kind in kinds if kind[0]] or ["nothing changed"]
    verdicts = [verdict for _, verdict in followed]
    standing = {label_of(status): sum(verdict.status is status for verdict in verdicts) for status in TROUBLE}
    flagged = (FlagKind.OVERDUE, FlagKind.CONTESTED, FlagKind.UNCONFIRMED, FlagKind.UNCHECKED)
    standing |= {FLAG_LABELS[flag]: sum(has_flag(verdict, flag) for verdict in verdicts) for flag in flagged}
    counted = [f"{number} {label}" for label, number in standing.items() if number]
    healthy = sum(item.state == "ok" for item in sources)
    relied = f"reliable sources: {healthy} of {len(sources)}" if sources else ""
    return f"{'; '.join(filter(None, (', '.join(moved), ', '.join(counted), relied)))}."
