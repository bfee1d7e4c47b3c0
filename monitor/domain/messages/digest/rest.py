"""The rest of a digest: the table of what did not move, what was not checked, and the figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from monitor.domain.messages.context import RenderContext
from monitor.domain.messages.figures import deadline_lines, has_flag, progress_line, status_since
from monitor.domain.messages.headlines.subject import shown_status
from monitor.domain.messages.models import DeadlineLine, SourceHealth, StatusLine, UncheckedLine
from monitor.domain.messages.wording import detail_text
from monitor.domain.model import Commitment, FlagKind, Outlook, Standing, Transition, TransitionKind, Verdict
from monitor.domain.text.labels import FLAG_LABELS, format_date, join_few, label_of, local_day, pluralised
from monitor.domain.text.plain import one_line

SOON_DAYS = 30
MOST_NAMED = 6
"""Sources that a line names; the others are counted."""
URGENCY = (Standing.BREACHED, Standing.LAPSED, Outlook.AT_RISK, Outlook.STALLED)
SOURCE_STATES: Mapping[str, tuple[str, str]] = {
    "failing": ("does not answer", "do not answer"),
    "never": ("has never answered", "have never answered"),
    "frozen": ("answers with the same page", "answer with the same page"),
    "silent": ("answers, but has brought nothing new", "answer, but have brought nothing new"),
}
"""In the order in which they are told: for one source, for several."""


def by_urgency(followed: Sequence[tuple[Commitment, Verdict]]) -> list[tuple[Commitment, Verdict]]:
    """Trouble first, parts beside their parent."""
    rank = {status: number for number, status in enumerate(URGENCY)}
    return sorted(followed, key=lambda pair: (rank.get(pair[1].status, len(URGENCY)), pair[0].id))


# ---------------------------------------------------------------- the table


def status_line(commitment: Commitment, verdict: Verdict, context: RenderContext) -> StatusLine:
    """The row of one commitment."""
    dates, progress = (
        deadline_lines(verdict, commitment.short, context),
        progress_line(verdict.progress, commitment, context),
    )
    ahead = [line for line in dates if line.left >= 0]
    nearest = ahead[0] if ahead else dates[-1] if dates else None
    flags = dict.fromkeys(FLAG_LABELS.get(flag.kind, label_of(flag.kind)) for flag in verdict.flags)
    return StatusLine(
        commitment=commitment.id,
        short=commitment.short,
        status=verdict.status,
        shown=shown_status(verdict),
        since=format_date(status_since(verdict, context.zone)),
        next=_next_date(nearest) if nearest else "",
        progress=progress.counted_text if progress else "",
        flags=", ".join(flags),
    )


def _next_date(line: DeadlineLine) -> str:
    """'10 Nov 2026'; how far it is where it is near; that it has passed."""
    day = format_date(line.date)
    if line.left < 0:
        return f"{day} (passed)"
    if line.left > SOON_DAYS:
        return day
    return f"{day} ({'today' if line.left == 0 else pluralised(line.left, 'day')})"


# ---------------------------------------------------------------- what was not checked


def unchecked_verdicts(followed: Sequence[tuple[Commitment, Verdict]], context: RenderContext) -> list[UncheckedLine]:
    """The statuses that time alone would have moved while no source was read that could tell."""
    lines = []
    for commitment, verdict in followed:
        for flag in verdict.flags:
            if flag.kind is FlagKind.UNCHECKED:
                since = format_date(local_day(flag.since, context.zone))
                told = (
                    one_line(detail_text(flag.detail, context.parties), 400)
                    or f"could not be checked: no source read since {since}"
                )
                lines.append(UncheckedLine("unchecked", f"{commitment.short}:", f"{told.rstrip('.')}."))
    return lines


def unreliable_sources(sources: Sequence[SourceHealth], context: RenderContext) -> list[UncheckedLine]:
    """One line for each kind of trouble: '12 sources do not answer: Reuters (since 12 Mar 2026), ...'."""
    lines = []
    for state, (one, several) in SOURCE_STATES.items():
        group = sorted((item for item in sources if item.state == state), key=lambda item: item.name)
        if group:
            name = f"{pluralised(len(group), 'source')} {one if len(group) == 1 else several}:"
            told = [_source(item, context, alone=len(group) == 1) for item in group]
            lines.append(UncheckedLine(state, name, f"{join_few(told, MOST_NAMED)}."))
    return lines


def _source(source: SourceHealth, context: RenderContext, *, alone: bool) -> str:
    since = f"since {format_date(local_day(source.since, context.zone))}" if source.since else ""
    detail = one_line(source.detail, 120).rstrip(".") if alone else ""
    behind = ", ".join(filter(None, (since, detail)))
    return one_line(source.name, 60) + (f" ({behind})" if behind else "")


def muted_lines(followed: Sequence[tuple[Commitment, Verdict]], muted: Mapping[str, str]) -> list[UncheckedLine]:
    """The commitments whose alerts a person muted. muted: by commitment, until when and why."""
    return [
        UncheckedLine("muted", f"{commitment.short}:", f"{muted[commitment.id].rstrip('.')}.")
        for commitment, _ in followed
        if muted.get(commitment.id)
    ]


# ---------------------------------------------------------------- figures


def counts_line(
    followed: Sequence[tuple[Commitment, Verdict]], moves: Sequence[Transition], sources: Sequence[SourceHealth]
) -> str:
    """'3 changes of status, 5 events of note; 2 at risk, 1 unconfirmed; 28 of 30 sources can be relied on.'"""
    statuses = sum(move.kind is TransitionKind.STATUS for move in moves)
    events = sum(move.kind is TransitionKind.EVENT for move in moves)
    kinds = (
        (statuses, "change of status", "changes of status"),
        (events, "event of note", "events of note"),
        (len(moves) - statuses - events, "other change", "other changes"),
    )
    moved = [pluralised(*kind) for kind in kinds if kind[0]] or ["nothing changed"]
    verdicts = [verdict for _, verdict in followed]
    standing = {label_of(status): sum(verdict.status is status for verdict in verdicts) for status in URGENCY}
    flagged = (FlagKind.OVERDUE, FlagKind.CONTESTED, FlagKind.UNCONFIRMED, FlagKind.UNCHECKED)
    standing |= {FLAG_LABELS[flag]: sum(has_flag(verdict, flag) for verdict in verdicts) for flag in flagged}
    stands = [f"{number} {label}" for label, number in standing.items() if number]
    healthy = sum(item.state == "ok" for item in sources)
    relied = f"{healthy} of {pluralised(len(sources), 'source')} can be relied on" if sources else ""
    return f"{'; '.join(filter(None, (', '.join(moved), ', '.join(stands), relied)))}."
