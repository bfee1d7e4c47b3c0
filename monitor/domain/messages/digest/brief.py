"""Builds a digest: its opening, the changes of a period, the other statuses, and what was not checked."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from monitor.domain.alerts.recipients import subscribes_to
from monitor.domain.messages import briefs
from monitor.domain.messages.change_text import change_text
from monitor.domain.messages.context import RenderContext, known_signals, outlet_names
from monitor.domain.messages.digest.block_material import (
    MAX_EVENT,
    MAX_PLAIN,
    SAME_EVENT,
    BlockMaterial,
    block_material,
    is_background,
    is_past,
)
from monitor.domain.messages.digest.blocks import digest_block, first_reported, format_day, outlets_line, trouble_since
from monitor.domain.messages.digest.silent_rules import RuleActivity, silent_rules
from monitor.domain.messages.figures import deadline_lines, has_flag, progress_line, status_timeline
from monitor.domain.messages.headline import act_sentence
from monitor.domain.messages.subject import MAX_SUBJECT, cut_headline, route_line, topic_of
from monitor.domain.messages.wording import detail_text
from monitor.domain.model import (
    Cause,
    Commitment,
    Direction,
    Effect,
    FlagKind,
    Level,
    Modality,
    Outlook,
    ReasonCode,
    Route,
    Severity,
    Signal,
    Standing,
    Tier,
    Transition,
    Verdict,
    changes,
    reasons,
)
from monitor.domain.stories.titles import title_words
from monitor.domain.text import labels
from monitor.domain.text.plain import one_line
from monitor.domain.verdicts.standing import HEDGED, importance

TROUBLE = (Standing.BREACHED, Standing.LAPSED, Outlook.AT_RISK, Outlook.STALLED)
ORDER: tuple[str, ...] = (
    *(*TROUBLE, Standing.PARTLY_MET, Standing.IN_PROGRESS, Standing.PLEDGED),
    *(Standing.IN_FORCE, Standing.MET, Standing.UNPLEDGED),
)
"""The order of statuses."""
TIMELINE_DAYS = 90
AFTER_SUMMIT = timedelta(days=10)
"""So long after a meeting of leaders single reports still tell of it (estimate)."""
AHEAD_DAYS, MAX_AHEAD = 30, 5
"""Days, and dates, that a digest looks ahead."""
MAX_ALSO, MOST_OF_ONE, REPORTED = 8, 3, 2
"""Other events that a digest lists, in all and of one commitment, and the outlets that make a report one of them."""
SAME_WORDS = 0.6
"""The share of the words of a headline with which it tells the same as another one of the week (estimate)."""
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
    reports: Sequence[Signal] = (),
    muted: Mapping[str, str] | None = None,
    watched: RuleActivity | None = None,
    readers: briefs.ReaderCounts | None = None,
) -> briefs.DigestBrief:
    """Build the digest of the commitments that a route follows, for transitions from start to context.now. reports:
    all signals of the period; muted: by
    commitment, the end and the reason of its mute; watched: the matches of the rules, None to leave out silent rules;
    readers: the differences between readers and rules, None to leave them out."""
    names, verdicts = context.commitments.keys(), context.verdicts
    context, end = context.cleaned(key for key in names if subscribes_to(route, key, names)), context.now
    pairs = [(commitment, verdicts[key]) for key, commitment in context.commitments.items() if key in verdicts]
    followed = by_urgency(pairs)
    met = any(item.level is Level.SUMMIT and start - AFTER_SUMMIT <= item.at < start for item in history)
    material = block_material(followed, transitions, context, start, after_summit=met)
    blocks = digest_blocks(material, start, context)
    in_blocks = {item.commitment.id for item in material}
    quiet_rules = silent_rules([c for c, _ in followed], list(context.rules), watched, end) if watched else ()
    first, last, period = covered_days(start, end, route.zone)
    since = end - timedelta(days=TIMELINE_DAYS)
    mutes = [(c.short, muted[c.id]) for c, _ in followed if muted and muted.get(c.id)]
    others = [(c, verdict, trouble_since(verdict, context)) for c, verdict in followed if c.id not in in_blocks]
    quiet = [status_line(c, verdict, context) for c, verdict, why in others if not why]
    return briefs.DigestBrief(
        subject=digest_subject(material, first, last),
        opening=(opening(material, followed),),
        blocks=blocks,
        timelines=tuple(status_timeline(verdict, c.short, history, since, end) for c, verdict in followed if blocks),
        troubled=tuple(
            "; ".join(filter(None, (f"{c.short} {why}", status_line(c, verdict, context).detail)))
            for c, verdict, why in others
            if why
        ),
        unmoved=tuple(sorted(quiet, key=lambda line: ORDER.index(line.status))),
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
        also=other_events(transitions, reports, blocks, start, context),
        ahead=dates_ahead(followed, transitions, context),
        readers=readers,
    )


def digest_blocks(
    material: Sequence[BlockMaterial], start: datetime, context: RenderContext
) -> tuple[briefs.DigestBlock, ...]:
    """The blocks of the commitments with changes, the most important first. Each event is told once: a commitment
    without one of its own is named behind the first that tells it if its status moved, else left out."""
    blocks, told = dict[str, briefs.DigestBlock](), dict[str, str]()
    for item in material:
        block = digest_block(item, start, context)
        # An event by the story of its headline, and by its words.
        stories = {text.id: context.signals[text.report].story for text in item.texts if text.report}
        keys = {each: {event.text.casefold(), stories.get(event.changes[0])} for each, event in enumerate(block.events)}
        fresh = tuple(event for each, event in enumerate(block.events) if not keys[each] & told.keys())
        first = next((told[key] for each in sorted(keys) for key in keys[each] if key in told), "")
        for each in keys:
            told |= {key: told.get(key, block.commitment if fresh else first) for key in keys[each] if key}
        if fresh:
            blocks[block.commitment] = replace(block, events=fresh)
        elif item.turn:
            facts = (*blocks[first].facts, labels.sentence(f"Also {block.short} {block.standing}"))
            blocks[first] = replace(blocks[first], facts=facts)
    return tuple(blocks.values())


def other_events(
    transitions: Sequence[Transition],
    reports: Sequence[Signal],
    blocks: Sequence[briefs.DigestBlock],
    start: datetime,
    context: RenderContext,
) -> tuple[str, ...]:
    """What the blocks do not tell of the events that an alert told or several outlets report, by day; of too many the
    most important. reports: all of the period."""
    shown = [event for place, block in enumerate(blocks) for event in block.shown(place)]
    changed = {key for event in shown for key in event.changes}
    words = [frozenset(title_words(event.text)) for event in shown]
    heads = known_signals((event.report for event in shown), context)
    stories, acts = {signal.story for signal in heads}, {(s.commitment, s.rule, s.by, s.effect) for s in heads}
    told = {key for move in transitions if move.id in changed for key in (*move.evidence, *move.reason.signals)}
    alerted, before = list[Transition](), defaultdict[str, set[str]](set)
    for move in sorted(transitions, key=lambda each: each.at):  # as its alert, each leads with what is new
        if move.commitment in context.commitments and not is_past(move, start) and not is_background(move):
            alerted.append(replace(move, continues=(*move.continues, *before[move.commitment])))
        before[move.commitment] |= {*move.evidence}
    found: list[tuple[datetime, str]] = []
    others, several = sorted(reported_acts(reports, context), key=importance, reverse=True), Counter[str]()
    for event in (*sorted(alerted, key=importance, reverse=True), *others):
        text = change_text(event, context)
        most = event in others and several[event.commitment] == MOST_OF_ONE
        if most or not text.report or len(text.headline) > MAX_PLAIN or len(found) == MAX_ALSO:
            continue
        head = context.signals[text.report]
        act = head.commitment, head.rule, head.by, head.effect
        retold = event in others and act in acts and bool(told & {*event.evidence})
        own = frozenset(title_words(text.headline))
        alike = any(len(own & known) >= SAME_WORDS * min(len(own), len(known)) for known in words)
        if retold or alike or head.story in stories:
            continue
        stories |= {context.signals[key].story for key in event.evidence if key in context.signals}
        words.append(own)
        several[event.commitment] += 1
        at = first_reported(event, text.report, start, context)
        signals = known_signals((text.report, *event.evidence), context)
        names = outlet_names((context.stories[signal.story] for signal in signals), context)
        behind = outlets_line(names, text.headline)
        day = format_day(labels.local_day(at, context.zone))
        line = f"{day}, {text.name}: {cut_headline(text.headline, MAX_EVENT)}"
        found.append((at, f"{line} ({behind})" if behind else line))
    return tuple(line for _, line in sorted(found))


def reported_acts(reports: Sequence[Signal], context: RenderContext) -> Iterator[Transition]:
    """The acts that several listed outlets report within two days, each as an event, whether or not it is recorded as
    a change: a status may have moved before on the announcement of the act."""
    groups: list[list[Signal]] = []
    for signal in sorted(reports, key=lambda each: each.happened.end):
        if signal.effect is Effect.NONE or signal.modality in HEDGED or signal.passing:
            continue
        key = signal.commitment, signal.rule, signal.by
        same = (g for g in groups if (g[0].commitment, g[0].rule, g[0].by) == key)
        near = next((g for g in same if signal.happened.end - g[0].happened.end <= SAME_EVENT), None)
        near.append(signal) if near else groups.append([signal])
    for group in groups:
        sources = (context.stories[signal.story] for signal in group if signal.tier <= Tier.TRADE)
        listed = {context.outlet(story.source, story.url) for story in sources}
        verdict, first = context.verdicts.get(group[0].commitment), group[0]
        if verdict is None or first.commitment not in context.commitments or len(listed) < REPORTED:
            continue
        yield Transition(
            id=first.id,
            commitment=first.commitment,
            change=changes.EventNoted(first.effect, first.by),
            way=Direction.OTHER,
            standing=verdict.standing,
            outlook=verdict.outlook,
            cause=Cause.NEWS,
            reason=reasons.Reason(ReasonCode(first.effect.value)),
            at=first.seen_at,
            happened=first.happened.end,
            severity=Severity.NOTABLE,
            evidence=tuple(signal.id for signal in group),
            level=max(signal.level for signal in group),
        )


def dates_ahead(
    followed: Sequence[tuple[Commitment, Verdict]], transitions: Sequence[Transition], context: RenderContext
) -> tuple[str, ...]:
    """The dates of the next 30 days, nearest first: open deadlines, ends of target periods, and the days that reports
    of the period name for an act; without any, the next date of all."""
    today, dates = context.today, dict[date, list[str]]()
    for commitment, verdict in followed:
        for line in deadline_lines(verdict, commitment.short, context):
            dates.setdefault(line.date, []).append(f"{commitment.short}: {line.text}")
        progress = progress_line(verdict.progress, commitment, context)
        if progress and progress.due and verdict.status is not Standing.MET:
            left = labels.pluralised((progress.due - today).days, "day")
            due = f"{commitment.short} due {labels.format_date(progress.due)}, in {left}"
            dates.setdefault(progress.due, []).append(due)
    for move in transitions:
        for signal in known_signals(move.evidence, context):
            day = signal.starts or signal.date
            exact = day is not None and day.precision == "day" and any(map(str.isdigit, day.text))
            if day and exact and move.commitment in context.commitments and signal.modality is not Modality.RUMOUR:
                rule = context.rules.get(signal.rule)  # an act on its day; a headline may only mention the day
                told = act_sentence(signal, rule, context.parties) if rule and rule.tells else ""
                told = told or change_text(move, context, [signal]).headline
                when = labels.format_date(day.date)
                named = f" from {when}" if day is signal.starts or day.role == "start" else f" ({when})"
                told = f"{context.commitments[move.commitment].short}: {told}{'' if when in told else named}"
                dates.setdefault(day.date, [told])
    near = [text for day in sorted(dates) if 0 <= (day - today).days <= AHEAD_DAYS for text in dates[day]]
    later = next((day for day in sorted(dates) if (day - today).days > AHEAD_DAYS), None)
    if not near and later:
        names = labels.join_list([text.partition(":")[0] for text in dates[later]])
        near = [f"None within {AHEAD_DAYS} days; the next one is {labels.format_date(later)} ({names})"]
    return tuple(labels.sentence(labels.capitalised(one_line(text, MAX_EVENT))) for text in near[:MAX_AHEAD])


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
    is_open = progress and progress.counted and verdict.status is not Standing.MET
    detail = [progress.counted_text] if progress and is_open else []
    detail += [labels.FLAG_LABELS[kind] for kind in (FlagKind.OVERDUE, FlagKind.BEHIND_PACE) if has_flag(verdict, kind)]
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


def opening(material: Sequence[BlockMaterial], followed: Sequence[tuple[Commitment, Verdict]]) -> str:
    """'8 of 15 commitments moved: 7 up, 1 down. 4 are in trouble.'; 'No status changed, ...' of a quiet period."""
    ways = Counter(item.way for item in material if item.way)
    if not material:
        return "No status changed, and no event of note was reported."
    if not ways:
        on_balance = " on balance" if any(item.turn for item in material) else ""
        return f"No status changed{on_balance}; {labels.pluralised(len(material), 'commitment')} had news."
    kinds = (("up", "up"), ("down", "down"), ("reopened", "began a new round"))
    counted = ", ".join(f"{ways[way]} {words}" for way, words in kinds if ways[way])
    trouble = Counter(verdict.status for _, verdict in followed if verdict.status in TROUBLE)
    named = ", ".join(f"{trouble[status]} {labels.status_caps(status)}" for status in TROUBLE if trouble[status])
    now = f" In trouble now: {named}." if named else " None is in trouble."
    return f"{sum(ways.values())} of {labels.pluralised(len(followed), 'commitment')} moved: {counted}.{now}"


def digest_subject(ranked: Sequence[BlockMaterial], first: date, last: date) -> str:
    """'Digest, 27 Oct - 2 Nov: Trump and Xi meet in Busan', in at most MAX_SUBJECT characters: an important act, else
    the new statuses, as many as fit ('Rare earths PLEDGED, Talks MET'), else the leading change."""
    begins = str(first.day) if (first.year, first.month) == (last.year, last.month) else format_day(first)
    span = format_day(last) if first == last else f"{begins} - {format_day(last)}"
    head = f"Digest, {span}: "
    if not ranked:
        return f"{head}no changes"
    room, event = MAX_SUBJECT - len(head), ranked[0].texts[0].event
    if ranked[0].weight[0]:
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
    """The first and the last day of a period, and both in words: '27 Oct to 2 Nov 2025', '1 to 31 May 2026'. The first
    day repeats no part of the last one."""
    first = labels.local_day(start, zone)
    last = max(first, labels.local_day(end - timedelta(microseconds=1), zone))
    if first == last:
        return first, last, labels.format_date(last)
    begins = str(first.day) if first.month == last.month else format_day(first)
    begins = begins if first.year == last.year else labels.format_date(first)
    return first, last, f"{begins} to {labels.format_date(last)}"
