"""Builds a digest: its opening, the changes of a period, the other statuses, and what was not checked."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from monitor.domain.alerts.recipients import subscribes_to
from monitor.domain.messages import briefs
from monitor.domain.messages.context import RenderContext, outlet_names
from monitor.domain.messages.digest.block_material import (
    MAX_EVENT,
    BlockMaterial,
    block_material,
    by_weight,
    leading_level,
    parent_of,
)
from monitor.domain.messages.digest.blocks import SOON_DAYS, digest_block, format_day
from monitor.domain.messages.digest.silent_rules import RuleActivity, silent_rules
from monitor.domain.messages.figures import deadline_lines, has_flag, progress_line, status_timeline
from monitor.domain.messages.subject import MAX_SUBJECT, cut_headline, route_line, topic_of
from monitor.domain.messages.wording import detail_text
from monitor.domain.model import (
    Commitment,
    FlagKind,
    Level,
    Outlook,
    Route,
    Severity,
    Signal,
    Standing,
    Transition,
    Verdict,
)
from monitor.domain.text import labels
from monitor.domain.text.plain import one_line

MAX_SENTENCES = 3
TROUBLE = (Standing.BREACHED, Standing.LAPSED, Outlook.AT_RISK, Outlook.STALLED)
ORDER: tuple[str, ...] = (
    *(*TROUBLE, Standing.PARTLY_MET, Standing.IN_PROGRESS, Standing.PLEDGED),
    *(Standing.IN_FORCE, Standing.MET, Standing.UNPLEDGED),
)
"""The order of statuses."""
TIMELINE_DAYS = 90
AFTER_SUMMIT = timedelta(days=10)
"""So long after a meeting of leaders single reports still tell of it (estimate)."""
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
    met = any(item.level is Level.SUMMIT and start - AFTER_SUMMIT <= item.at < start for item in history)
    material = block_material(followed, transitions, corroborating or {}, context, start, after_summit=met)
    blocks, remarks = with_shared_doubts(digest_blocks(material, start, context))
    in_blocks = {block.commitment for block in blocks}
    remarks += tuple(standing_remarks(followed, material, in_blocks, start, context))
    quiet_rules = silent_rules([c for c, _ in followed], list(context.rules), watched, end) if watched else ()
    first, last, period = covered_days(start, end, route.zone)
    since = end - timedelta(days=TIMELINE_DAYS)
    mutes = [(c.short, muted[c.id]) for c, _ in followed if muted and muted.get(c.id)]
    others = (status_line(c, verdict, context) for c, verdict in followed if c.id not in in_blocks)
    ranked = [item for item in by_weight(material) if item.changes]
    first_of = dict[str, BlockMaterial]()
    for item in ranked:
        first_of.setdefault(item.texts[0].event.casefold(), item)  # an event of several is told once
    told = [*first_of.values()][:MAX_SENTENCES]
    return briefs.DigestBrief(
        subject=digest_subject(ranked, first, last),
        opening=opening(told, followed, context, moved=any(item.turn for item in ranked)),
        blocks=blocks,
        timelines=tuple(status_timeline(verdict, c.short, history, since, end) for c, verdict in followed if blocks),
        unmoved=tuple(sorted(others, key=lambda line: ORDER.index(line.status))),
        unchecked=(
            *unchecked_verdicts(followed, context),
            *unreliable_sources(sources, context),
            *(briefs.UncheckedLine("muted", f"{name}:", f"{text.rstrip('.')}.") for name, text in mutes),
            *quiet_rules,
        ),
        start=start,
        end=end,
        period=period,
        route=route_line(route),
        data_time=labels.format_time(end, route.zone),
        glance=glance([item for item in ranked if item.way and item not in told]),
        remarks=remarks,
        readers=readers,
    )


def digest_blocks(
    material: Sequence[BlockMaterial], start: datetime, context: RenderContext
) -> tuple[briefs.DigestBlock, ...]:
    """The blocks of the commitments with changes. An event that several have stays in the first; a block that has
    nothing else is left out, unless its status moved."""
    blocks, told = list[briefs.DigestBlock](), set[str]()
    for item in material:
        if not item.changes:
            continue
        block = digest_block(item, start, context)
        # An event by the story of its headline.
        stories = {text.id: context.signals[text.report].story for text in item.texts if text.report}
        fresh = tuple(event for event in block.events if stories.get(event.changes[0]) not in told)
        told |= {*stories.values()}
        if fresh or item.turn:
            blocks.append(replace(block, events=fresh or block.events[:1]))
    names = {block.commitment for block in blocks}
    return tuple(replace(block, part=parent_of(block.commitment, names) is not None) for block in blocks)


def with_shared_doubts(blocks: Sequence[briefs.DigestBlock]) -> tuple[tuple[briefs.DigestBlock, ...], tuple[str, ...]]:
    """The blocks without the doubts that several have, and those doubts with their commitments: 'China has not
    confirmed it: Rare earths, Port fees.'"""
    names: dict[str, list[str]] = {}
    for block in blocks:
        for doubt in block.doubts:
            names.setdefault(doubt, []).append(block.short)
    shared = {doubt: shorts for doubt, shorts in names.items() if len(shorts) > 1}
    alone = (replace(block, doubts=tuple(each for each in block.doubts if each not in shared)) for block in blocks)
    return tuple(alone), tuple(f"{doubt.rstrip('.')}: {', '.join(shorts)}." for doubt, shorts in shared.items())


def standing_remarks(
    followed: Sequence[tuple[Commitment, Verdict]],
    material: Sequence[BlockMaterial],
    in_blocks: Collection[str],
    start: datetime,
    context: RenderContext,
) -> Iterator[str]:
    """A line each for the doubts from before the period, for further reports of earlier news, and for the commitments
    without news."""
    kinds = {"Still unconfirmed": FlagKind.UNCONFIRMED, "Still contested": FlagKind.CONTESTED}
    for title, kind in kinds.items():
        held = [c.short for c, v in followed if any(flag.kind is kind and flag.since < start for flag in v.flags)]
        if held:
            yield f"{title}: {', '.join(held)}."
    further = []
    for item in material:
        if item.further and item.commitment.id not in in_blocks:
            outlets = outlet_names([context.stories[signal.story] for signal in item.further], context)
            further.append(f"{item.commitment.short} ({labels.join_few(outlets)})")
    if further:
        yield f"Further reports of earlier news: {', '.join(further)}."
    silent = [commitment.short for commitment, verdict in followed if has_flag(verdict, FlagKind.STALE)]
    if silent:
        yield f"No news: {', '.join(silent)}."


def marked_as_test(brief: briefs.DigestBrief) -> briefs.DigestBrief:
    """The same digest for testing a channel: with TEST in its subject and period, and a remark as first sentence."""
    opening = ("This test was sent by hand; the regular digest will follow as usual.", *brief.opening)
    return replace(brief, subject=f"TEST · {brief.subject}", period=f"TEST · {brief.period}", opening=opening)


def by_urgency(followed: Sequence[tuple[Commitment, Verdict]]) -> list[tuple[Commitment, Verdict]]:
    """Trouble first, parts after their parent."""
    rank = {status: number for number, status in enumerate(TROUBLE)}
    return sorted(followed, key=lambda pair: (rank.get(pair[1].status, len(TROUBLE)), pair[0].id))


def status_line(commitment: Commitment, verdict: Verdict, context: RenderContext) -> briefs.StatusLine:
    """The line of one commitment without news: '600 kt of 12 Mt booked (5%), behind pace'."""
    progress = progress_line(verdict.progress, commitment, context)
    detail = [progress.counted_text] if progress and verdict.status is not Standing.MET else []
    detail += [labels.FLAG_LABELS[kind] for kind in (FlagKind.OVERDUE, FlagKind.BEHIND_PACE) if has_flag(verdict, kind)]
    dates = deadline_lines(verdict, commitment.short, context)
    ahead = next((line for line in dates if line.left >= 0), dates[-1] if dates else None)
    if ahead and ahead.left <= SOON_DAYS:
        detail.append(ahead.text.removeprefix(f"{ahead.subject} "))
    return briefs.StatusLine(commitment.id, commitment.short, verdict.status, ", ".join(detail))


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


# ---------------------------------------------------------------- opening and subject


def opening(
    told: Sequence[BlockMaterial],
    followed: Sequence[tuple[Commitment, Verdict]],
    context: RenderContext,
    *,
    moved: bool,
) -> tuple[str, ...]:
    """One to three sentences: 'Rare earths up from AT RISK to PLEDGED: China suspends its controls.', 'Soybeans still
    AT RISK: ...'. If no status moved, one says so, before what few report and after all else; if nothing changed, the
    next date follows."""
    turns = (item.turn or f"still {labels.status_caps(item.verdict.status)}" for item in told)
    events = (cut_headline(item.texts[0].event, MAX_EVENT) for item in told)
    lines = zip(told, turns, events, strict=True)
    sentences = tuple(labels.sentence(f"{item.commitment.short} {turn}: {event}") for item, turn, event in lines)
    if moved:
        return sentences
    if told:
        calm, routine = ("No status changed.",), told[0].changes[0].severity is Severity.ROUTINE
        two = sentences[: MAX_SENTENCES - 1]
        return (*calm, *two) if routine else (*two, *calm)
    dates = [line for commitment, verdict in followed for line in deadline_lines(verdict, commitment.short, context)]
    ahead = min((line for line in dates if line.left >= 0), key=lambda line: line.date, default=None)
    of = f" ({ahead.subject})" if ahead and not ahead.text.startswith(ahead.subject) else ""
    date = f"Next date: {ahead.text}{of}." if ahead else ""
    return tuple(filter(None, ("No status changed, and no event of note was reported.", date)))


def glance(moved: Sequence[BlockMaterial]) -> str:
    """'also up Rare earths (IN FORCE), Soybeans (MET); down Port fees (AT RISK)'; '' for none."""
    ways: dict[str, list[str]] = {"up": [], "down": [], "reopened": []}
    for item in moved:
        ways[item.way].append(f"{item.commitment.short} ({labels.status_caps(item.steps[-1][2])})")
    kinds = [f"{way} {', '.join(names)}" for way, names in ways.items() if names]
    return f"also {'; '.join(kinds)}." if kinds else ""


def digest_subject(ranked: Sequence[BlockMaterial], first: date, last: date) -> str:
    """'Digest, 27 Oct - 2 Nov: Trump and Xi meet in Busan', in at most MAX_SUBJECT characters: an important act, else
    the new statuses, as many as fit ('Rare earths PLEDGED, Talks MET'), else the leading change."""
    begins = str(first.day) if (first.year, first.month) == (last.year, last.month) else format_day(first)
    span = format_day(last) if first == last else f"{begins} - {format_day(last)}"
    head = f"Digest, {span}: "
    if not ranked:
        return f"{head}no changes"
    if ranked[0].changes[0].severity is Severity.ROUTINE and not any(item.turn for item in ranked):
        return f"{head}no status changed"
    room, event = MAX_SUBJECT - len(head), ranked[0].texts[0].event
    if leading_level(ranked[0].changes[0]):
        return head + cut_headline(event, room)
    ends = [(topic_of(item.commitment), item.steps[-1][2]) for item in ranked if item.way]
    turned = [f"{topic} {labels.status_caps(status)}" for topic, status in ends]
    fitting = [text for number in range(len(turned), 1, -1) if len(text := ", ".join(turned[:number])) <= room]
    if fitting:
        return head + fitting[0]
    topic = topic_of(ranked[0].commitment)
    topic = f"{topic} now {labels.status_caps(ranked[0].verdict.status)}" if ranked[0].way else topic
    return f"{head}{topic}: {cut_headline(event, max(room - len(topic) - 2, 12))}"


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
