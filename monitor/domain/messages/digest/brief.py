"""Builds a digest: its opening, the changes of a period, the other statuses, and what was not checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import groupby

from monitor.domain.alerts.recipients import subscribes_to
from monitor.domain.matching.document import TITLE
from monitor.domain.messages import briefs
from monitor.domain.messages.cause import named_at_first, told_by
from monitor.domain.messages.context import RenderContext
from monitor.domain.messages.digest.event_lines import digest_events, format_day, has_begun, legs, way_of
from monitor.domain.messages.digest.event_order import leading_events, period_events, settled_besides
from monitor.domain.messages.digest.silent_rules import RuleActivity, silent_rules
from monitor.domain.messages.digest.trouble import TROUBLE, causes_of_trouble, status_line, trouble_lines
from monitor.domain.messages.events.reported_acts import MAX_EVENT, is_still_ahead, turns
from monitor.domain.messages.events.told import ToldEvent
from monitor.domain.messages.figures import dated_thing, deadline_lines, status_timeline
from monitor.domain.messages.next_steps import announced, overdue
from monitor.domain.messages.subject import MAX_SUBJECT, topic_of
from monitor.domain.messages.wording import detail_text
from monitor.domain.model import (
    Commitment,
    Direction,
    Effect,
    FlagKind,
    Kind,
    Modality,
    Route,
    Signal,
    Standing,
    Tier,
    Transition,
    Verdict,
)
from monitor.domain.stories.headline_cut import cut_headline, main_clause
from monitor.domain.text import labels
from monitor.domain.text.plain import one_line
from monitor.domain.verdicts.deadlines import OPEN_STATES

ORDER: tuple[str, ...] = (
    *(*TROUBLE, Standing.PARTLY_MET, Standing.IN_PROGRESS, Standing.PLEDGED),
    *(Standing.IN_FORCE, Standing.MET, Standing.UNPLEDGED),
)
"""The order of statuses."""
WAYS = ("up", "down", "up, then down", "down, then up")
"""Where a status may have gone in a period, in printing order."""
TIMELINE_DAYS = 90
AHEAD, MAX_AHEAD = timedelta(days=120), 5
"""How far a digest looks ahead, and to how many dates apart from the nearest of each commitment (estimates)."""
SOON = timedelta(weeks=8)
"""The days ahead of which a digest lists every date (estimate)."""
FAR_AHEAD = timedelta(days=400)
"""The days beyond, a line each: a year and what a new term of a year is announced before (estimate)."""
MAX_ALSO = 5
"""Other events that a digest lists."""
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
    known, verdicts = context.commitments, context.verdicts
    context, end = context.cleaned(key for key in known if subscribes_to(route, key, known)), context.now
    pairs = [(commitment, verdicts[key]) for key, commitment in context.commitments.items() if key in verdicts]
    followed = sorted(by_urgency(pairs), key=lambda pair: pair[0].deal)
    found = period_events({c.id: c for c, _ in followed}, transitions, reports, start, context)
    first, moved, rest = leading_events(found, context)
    first = settled_besides(first, moved, context)
    settled = [signal for event in first for signal in event.settled]
    causes = causes_of_trouble(followed, [*first, *moved], start, context)
    quoted = {(signal.commitment, signal.story) for own in (settled, *causes.values()) for signal in own}
    rest = [event for event in rest if not quoted & {(event.commitment, signal.story) for signal in event.signals}]
    told = tuple(digest_events([*first, *moved, *rest], start, context))
    told, also = told[: len(first) + len(moved)], told[len(first) + len(moved) :]
    quiet_rules = silent_rules([c for c, _ in followed], list(context.rules), watched, end) if watched else ()
    begin, last, period = covered_days(start, end, route.zone)
    since = end - timedelta(days=TIMELINE_DAYS)
    mutes = [(c.short, muted[c.id]) for c, _ in followed if muted and muted.get(c.id)]
    named = {name for event in (*first, *moved, *rest[:MAX_ALSO]) for name in event.named}
    named |= {signal.commitment for signal in settled}
    shown = [*first, *moved, *rest[:MAX_ALSO]]
    by_news = list(dict.fromkeys(known[event.commitment].deal for event in shown))  # the deal with the first news leads
    followed.sort(key=lambda pair: by_news.index(pair[0].deal) if pair[0].deal in by_news else len(by_news))
    # Of several deals each has its own sentence.
    deals = [(f"{name}: ", [*own]) for name, own in groupby(followed, lambda pair: context.deal_of(pair[0]))]
    deals = deals if len(deals) > 1 else [("", followed)]
    calm = [
        (c, verdict)
        for _, own in deals
        for c, verdict in sorted(own, key=lambda pair: ORDER.index(pair[1].status))
        if told and verdict.status not in TROUBLE and c.id not in named
    ]
    dates = dates_of(followed, context)
    return briefs.DigestBrief(
        subject=digest_subject(first, begin, last, context),
        opening=tuple(f"{name}{balance(own, shown, start, quiet=not told)}" for name, own in deals),
        events=told,
        timelines=tuple(status_timeline(verdict, c.short, history, since, end) for c, verdict in followed if told),
        troubled=tuple(trouble_lines(followed, causes, named, start, context)) if told else (),
        unmoved=tuple(status_line(*pair, context) for pair in calm),
        unchecked=(
            *unchecked_verdicts(followed, context),
            *unreliable_sources([s for s in sources if s.since is None or s.since <= end], context),
            *(briefs.UncheckedLine("muted", f"{name}:", f"{text.rstrip('.')}.") for name, text in mutes),
            *quiet_rules,
        ),
        start=start,
        end=end,
        period=period,
        route=reason_to_receive(route),
        data_time=labels.format_time(end, route.zone),
        also=tuple(event.line for event in also[:MAX_ALSO]),
        dates=dates if told else dates[:1],
        readers=readers,
    )


def balance(
    followed: Sequence[tuple[Commitment, Verdict]], told: Sequence[ToldEvent], start: datetime, *, quiet: bool
) -> str:
    """What moved, and all that is in trouble: 'Up: Chips. Down: Truce. AT RISK: Truce, Port fees. STALLED: TikTok.',
    'No status changed. No commitment is in trouble, but there is bad news on Truce.' quiet: no event is told."""
    moves = {
        c.id: turns(move for event in told for move in event.moves if move.commitment == c.id) for c, _ in followed
    }
    ways = dict[str, list[str]]()
    for commitment, verdict in followed:
        way = ", then ".join(dict.fromkeys(way_of(*leg) for leg in legs(moves[commitment.id])))
        if way := way or ("down" if has_begun(verdict, start) else ""):
            ways.setdefault(way, []).append(commitment.short)
    said = [f"{labels.capitalised(way)}: {', '.join(ways[way])}" for way in WAYS if way in ways and not quiet]
    said = said or [f"No status changed{', and no event was reported' if quiet else ''}"]
    troubled = [(v.status, c.short) for c, v in followed if v.status in TROUBLE]
    for status in TROUBLE:
        if names := [short for own, short in troubled if own is status]:
            said.append(f"{labels.status_caps(status)}: {', '.join(names)}")
    blows = {event.commitment for event in told if event.way is Direction.DOWN and not event.has_turned}
    bad = labels.join_list([c.short for c, _ in followed if c.id in blows])
    if not troubled:
        said.append(f"No commitment is in trouble{f', but there is bad news on {bad}' if bad else ''}")
    return " ".join(labels.sentence(text) for text in said)


def dates_of(followed: Sequence[tuple[Commitment, Verdict]], context: RenderContext) -> tuple[str, ...]:
    """What is overdue, then the next dates, nearest first: open deadlines, announced meetings and acts, and ends of
    target periods; of the later months each day in one line, with what happens then."""
    today, dates, ends = context.today, dict[date, dict[str, str]](), dict[tuple[date, str], str]()

    def add(day: date, commitment: Commitment, text: str) -> None:
        if day > today:
            dates.setdefault(day, {}).setdefault(commitment.id, text)

    for commitment, verdict in followed:
        for line in deadline_lines(verdict, commitment.short, context):
            named = line.text.startswith(commitment.short)
            add(line.date, commitment, line.text if named else f"{commitment.short}: {line.text}")
        for record in (d for d in verdict.deadlines if d.kind == "expiry" and d.state in OPEN_STATES):
            ends.setdefault((record.date, commitment.id), dated_thing(one_line(record.what, 80), record.kind))
        for day, text in (*announced(commitment, verdict, context), *named_at_first(commitment, verdict)):
            add(day, commitment, f"{commitment.short}: {text}")
        owed = verdict.standing not in (Standing.MET, Standing.UNPLEDGED)
        for due in (target.due for target in commitment.targets if owed):
            left = labels.pluralised((due - today).days, "day")
            add(due, commitment, f"{commitment.short} due {labels.format_date(due)}, in {left}")
    horizon = today + AHEAD
    listed = [(day, name, text) for day in sorted(dates) if day <= horizon for name, text in dates[day].items()]
    nearest = dict(reversed([(name, text) for _, name, text in listed])).values()  # of each commitment
    near = [
        text for at, (day, _, text) in enumerate(listed) if at < MAX_AHEAD or day <= today + SOON or text in nearest
    ]
    for day in (day for day in sorted(dates) if horizon < day <= today + FAR_AHEAD):
        things = dict[str, list[str]]()
        for name in dates[day]:
            if ending := ends.get((day, name)):
                things.setdefault(ending, []).append(context.commitments[name].short)
            else:
                near.append(dates[day][name])
        if things:
            told = labels.join_list([f"{thing} ({labels.join_list(names)})" for thing, names in things.items()])
            near.append(f"{labels.format_date(day)}, unless extended: {told}")
    late = [f"{c.short}: {text}" for c, verdict in followed if (text := overdue(c, verdict, context))]
    near += [
        f"{own.short}: meeting agreed, no day seen yet: {told}" for own, told in meetings_agreed(followed, context)
    ]
    return tuple(labels.sentence(labels.capitalised(one_line(text, 2 * MAX_EVENT))) for text in (*late, *near))


def meetings_agreed(
    followed: Sequence[tuple[Commitment, Verdict]], context: RenderContext
) -> Iterator[tuple[Commitment, str]]:
    """The newest report that a meeting is agreed whose day no report names, unless one was held since."""
    for commitment, verdict in followed:
        if commitment.kind is not Kind.SERIES or any(announced(commitment, verdict, context)):
            continue
        own = [s for s in context.signals.values() if s.commitment == commitment.id and s.tier <= Tier.WIRE]
        agreed = [s for s in own if s.effect is Effect.PLEDGE and len(s.by.parties) > 1 and s.field == TITLE]
        agreed = [s for s in agreed if not s.passing and s.modality is not Modality.RUMOUR]
        agreed = [s for s in agreed if is_still_ahead(s, context)]
        if best := max(agreed, key=lambda s: s.happened.end, default=None):
            yield commitment, told_by(best, context, format_day(labels.local_day(best.happened.end, context.zone)))


def marked_as_test(brief: briefs.DigestBrief) -> briefs.DigestBrief:
    """The same digest for testing a channel: with TEST in its subject and period, and a remark as first sentence."""
    opening = ("This test was sent by hand; the regular digest will follow as usual.", *brief.opening)
    return replace(brief, subject=f"TEST · {brief.subject}", period=f"TEST · {brief.period}", opening=opening)


def by_urgency(followed: Sequence[tuple[Commitment, Verdict]]) -> list[tuple[Commitment, Verdict]]:
    """Trouble first, parts after their parent."""
    rank = {status: number for number, status in enumerate(TROUBLE)}
    return sorted(followed, key=lambda pair: (rank.get(pair[1].status, len(TROUBLE)), pair[0].id))


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


def reason_to_receive(route: Route) -> str:
    """'You receive this because the list “desk” follows every commitment.'"""
    follows = "every commitment" if "*" in route.commitments else labels.join_list(route.commitments)
    return one_line(f"You receive this because the list “{route.config_name}” follows {follows}.", 300)


def digest_subject(events: Sequence[ToldEvent], first: date, last: date, context: RenderContext) -> str:
    """'Digest, 27 Oct - 2 Nov: Trump and Xi meet in Busan', in at most MAX_SUBJECT characters: the leading event, with
    the new status if there is room for both."""
    begins = str(first.day) if (first.year, first.month) == (last.year, last.month) else format_day(first)
    span = format_day(last) if first == last else f"{begins} - {format_day(last)}"
    head = f"Digest, {span}: "
    if not events:
        return f"{head}no changes"
    lead = events[0]
    topic = topic_of(context.commitments[lead.commitment])
    steps = turns(move for move in lead.moves if move.commitment == lead.commitment)
    topic = f"{topic} now {labels.status_caps(steps[-1][2])}" if steps else ""
    text, room = lead.text.headline, MAX_SUBJECT - len(head)
    if len(text) <= room:
        return head + (f"{topic}: {text}" if topic and len(f"{topic}: {text}") <= room else text)
    return head + (main_clause(text, room) or topic or cut_headline(text, room))


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
