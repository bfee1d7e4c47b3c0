"""Builds the view model of a digest: what the period brought, where the rest stands, what was not checked, the figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from monitor.domain.alerts.subscriptions import subscribes_to
from monitor.domain.messages.context import RenderContext
from monitor.domain.messages.digest.blocks import digest_block
from monitor.domain.messages.digest.material import block_material
from monitor.domain.messages.digest.opening import covered_days, opening, period_text, subject_line
from monitor.domain.messages.digest.rest import (
    by_urgency,
    counts_line,
    muted_lines,
    status_line,
    unchecked_verdicts,
    unreliable_sources,
)
from monitor.domain.messages.digest.silent_rules import RuleActivity, silent_rules
from monitor.domain.messages.figures import status_timeline
from monitor.domain.messages.headlines.subject import route_line
from monitor.domain.messages.models import DigestBlock, DigestBrief, ReaderCounts, SourceHealth
from monitor.domain.model import Route, Signal, Transition
from monitor.domain.text.labels import format_time

TIMELINE_DAYS = 90


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
    """Build the digest of the commitments that the route follows, for transitions from start (included) to context.now.

    muted: by commitment, until when and why it sends no alerts; watched: what the rules matched, None to leave out silent
    rules; corroborating: by commitment, the signals that corroborate its status; readers: None to leave out where readers and
    rules differ.
    """
    names, verdicts = context.commitments.keys(), context.verdicts
    context, end = context.cleaned(key for key in names if subscribes_to(route, key, names)), context.now
    pairs = [(commitment, verdicts[key]) for key, commitment in context.commitments.items() if key in verdicts]
    followed = by_urgency(pairs)
    material = block_material(followed, transitions, corroborating or {}, context)
    told = {item.commitment.id for item in material}
    moves = [move for item in material for move in item.moves]
    quiet_rules = silent_rules([c for c, _ in followed], list(context.rules), watched, end) if watched else ()
    days, since = covered_days(start, end, route.zone), end - timedelta(days=TIMELINE_DAYS)
    return DigestBrief(
        subject=subject_line(material, days, context),
        opening=opening(material, followed, context),
        quiet=not moves,
        blocks=_quoted_once(digest_block(item, told, context) for item in material),
        strips=tuple(status_timeline(verdict, c.short, history, since, end) for c, verdict in followed),
        stands=tuple(status_line(c, verdict, context) for c, verdict in followed if c.id not in told),
        unchecked=(
            *unchecked_verdicts(followed, context),
            *unreliable_sources(sources, context),
            *muted_lines(followed, muted or {}),
            *quiet_rules,
        ),
        counts=counts_line(followed, moves, sources),
        start=start,
        end=end,
        period=period_text(days),
        route=route_line(route),
        data_time=format_time(end, route.zone),
        zone=route.zone,
        readers=readers,
    )


def _quoted_once(blocks: Iterable[DigestBlock]) -> tuple[DigestBlock, ...]:
    """The blocks, of which only the first has a quote that several would have."""
    known: set[str] = set()
    found = []
    for block in blocks:
        quote = block.quote[block.quote.find("“") :]
        found.append(replace(block, quote="") if quote in known else block)
        known |= {quote} - {""}
    return tuple(found)


def marked_as_test(brief: DigestBrief) -> DigestBrief:
    """The same digest for testing a channel, marked at the head of its subject, first line and first sentence."""
    opening = ("A test sent by hand, which takes the place of no digest.", *brief.opening)
    return replace(brief, subject=f"TEST · {brief.subject}", period=f"TEST · {brief.period}", opening=opening)
