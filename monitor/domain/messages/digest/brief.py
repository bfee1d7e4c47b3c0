"""Builds a digest: the events and the statuses of a period, the other statuses, and what was not checked."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import groupby

from monitor.domain.alerts.recipients import subscribes_to
from monitor.domain.messages import briefs
from monitor.domain.messages.context import RenderContext
from monitor.domain.messages.digest.date_lines import dates_of
from monitor.domain.messages.digest.event_lines import RANKS, digest_events, format_day, has_begun, turn_shortly
from monitor.domain.messages.digest.event_order import (
    heard_of,
    is_widely_told,
    leading_events,
    period_events,
    settled_besides,
)
from monitor.domain.messages.digest.silent_rules import RuleActivity, silent_rules
from monitor.domain.messages.digest.trouble import TROUBLE, causes_of_trouble, status_line, trouble_lines
from monitor.domain.messages.events.reported_acts import turns
from monitor.domain.messages.events.told import ToldEvent, other_headlines, tells_as
from monitor.domain.messages.figures import status_timeline, was_due
from monitor.domain.messages.subject import MAX_SUBJECT, topic_of
from monitor.domain.messages.wording import detail_text
from monitor.domain.model import (
    Commitment,
    Direction,
    FlagKind,
    ReasonCode,
    Route,
    Signal,
    Standing,
    Transition,
    Verdict,
)
from monitor.domain.model.changes import StatusChanged
from monitor.domain.stories.headline_cut import cut_headline, main_clause
from monitor.domain.stories.titles import plain_title
from monitor.domain.text import labels
from monitor.domain.text.labels import status_caps
from monitor.domain.text.plain import one_line

ORDER: tuple[str, ...] = (
    *(*TROUBLE, Standing.PARTLY_MET, Standing.IN_PROGRESS, Standing.PLEDGED),
    *(Standing.IN_FORCE, Standing.MET, Standing.UNPLEDGED),
)
"""The order of statuses."""
TIMELINE_DAYS = 90
MAX_ALSO = 5
"""Other events that a digest lists."""
MAX_LASTING = 3
"""Commitments that stay in trouble, of which a digest gives the names; of more it gives the number."""
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
    all signals of the period; muted: by commitment, the end and the reason of its mute; watched: the matches of the
    rules, None to leave out silent rules; readers: the differences between readers and rules, None to leave them
    out."""
    known, verdicts = context.commitments, context.verdicts
    context, end = context.cleaned(key for key in known if subscribes_to(route, key, known)), context.now
    pairs = [(commitment, verdicts[key]) for key, commitment in context.commitments.items() if key in verdicts]
    followed = sorted(by_urgency(pairs), key=lambda pair: pair[0].deal)
    found = period_events({c.id: c for c, _ in followed}, transitions, reports, start, context)
    first, moved, rest = leading_events(found, context)
    first = settled_besides(first, moved, context)
    settled = [signal for event in first for signal in event.settled]
    rest = [event for event in rest if not any(tells_as(event, signal, context) for signal in settled)][:MAX_ALSO]
    shown = [*first, *moved, *rest]
    named = {name for event in shown for name in event.named} | {signal.commitment for signal in settled}
    heard = heard_of({c.id for c, _ in followed} - named, shown, reports, start, context)[: MAX_ALSO - len(rest)]
    shown += heard
    named |= {event.commitment for event in heard}
    causes = causes_of_trouble(followed, shown, named, start, context)
    told = tuple(digest_events(shown, start, context))
    told, also = told[: len(first) + len(moved)], told[len(first) + len(moved) :]
    quiet_rules = silent_rules([c for c, _ in followed], list(context.rules), watched, end) if watched else ()
    begin, last, period = covered_days(start, end, route.zone)
    since = end - timedelta(days=TIMELINE_DAYS)
    mutes = [(c.short, muted[c.id]) for c, _ in followed if muted and muted.get(c.id)]
    by_news = list(dict.fromkeys(known[event.commitment].deal for event in shown))  # the deal with the first news leads
    followed.sort(key=lambda pair: by_news.index(pair[0].deal) if pair[0].deal in by_news else len(by_news))
    # Of several deals each has its own sentence.
    deals = [(f"{name}: ", [*own]) for name, own in groupby(followed, lambda pair: context.deal_of(pair[0]))]
    deals = deals if len(deals) > 1 else [("", followed)]

    def statuses_of(own: Sequence[tuple[Commitment, Verdict]]) -> Iterator[str]:
        yield from (missed := dict(targets_missed(own, transitions, begin, context))).values()
        yield from week_told(own, shown, start, missed)

    statuses = tuple(f"{name}{' '.join(map(labels.sentence, statuses_of(own)))}" for name, own in deals)
    troubled, silent = trouble_lines(followed, causes, start, context) if told else ([], [])
    unmoved = [*silent, *_calm(followed, named, context)] if told else []
    order = [context.deal_of(commitment) for commitment, _ in followed]
    dates = tuple(_not_said(dates_of(followed, context), (*statuses, *troubled)))
    return briefs.DigestBrief(
        subject=digest_subject(first, begin, last, context),
        statuses=statuses,
        events=told,
        timelines=tuple(status_timeline(v, c.short, history, since, end, context.zone) for c, v in followed if told),
        troubled=tuple(troubled),
        unmoved=tuple(sorted(unmoved, key=lambda line: order.index(line.deal))),
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
        also=tuple(event.line for event in also),
        dates=dates if told else dates[:1],
        readers=readers,
    )


def _calm(
    followed: Sequence[tuple[Commitment, Verdict]], named: Collection[str], context: RenderContext
) -> list[briefs.StatusLine]:
    """The commitments that are in no trouble and that no line tells of (named), by their status."""
    calm = [(c, verdict) for c, verdict in followed if verdict.status not in TROUBLE and c.id not in named]
    return [status_line(*pair, context) for pair in sorted(calm, key=lambda pair: ORDER.index(pair[1].status))]


def _not_said(texts: Iterable[str], lines: Sequence[str]) -> Iterator[str]:
    """The sentences that these lines do not have, nor what they say of their commitment."""
    above = "\n".join(lines).lower()
    for text in texts:
        said = text.lower().rstrip(".")
        if said not in above and not (": " in said and f": {said.partition(': ')[2]}" in above):
            yield text


def week_told(
    followed: Sequence[tuple[Commitment, Verdict]],
    told: Sequence[ToldEvent],
    start: datetime,
    missed: Collection[str] = (),
) -> Iterator[str]:
    """How the statuses moved, and what stays in trouble: 'Up to IN FORCE: Port-fee pause.', 'Now AT RISK: Chips.',
    'Still STALLED: TikTok.' told: the events of the digest, none of a week without events; missed: the commitments
    whose missed targets are told."""
    ways = dict(_ways(followed, told, start)) if told else {}
    if not ways:
        yield "No status changed" if told else "No status changed, and no event was reported"
    ranked = sorted(followed, key=lambda pair: -RANKS[pair[1].status])
    yield from _by_way((ways[c.id], c.short) for c, _ in ranked if c.id in ways)
    troubled = [(c.short, status_caps(v.status), ways.get(c.id, "")) for c, v in followed if v.status in TROUBLE]
    lasting = [(f"still {status}", name) for name, status, way in troubled if not way.endswith(status)]
    if len(lasting) > MAX_LASTING:
        yield f"{len(lasting)} {'others ' if len(lasting) < len(troubled) else 'commitments '}stay in trouble"
    else:
        yield from _by_way(lasting)
    names = {commitment.id for commitment, _ in followed}
    blows = [event for event in told if event.commitment in names and event.way is Direction.DOWN]
    if not (troubled or missed or blows):
        yield "No commitment is in trouble"


def _ways(
    followed: Sequence[tuple[Commitment, Verdict]], told: Sequence[ToldEvent], start: datetime
) -> Iterator[tuple[str, str]]:
    """Where each commitment that moved went: 'up to IN FORCE', 'now AT RISK', 'up to IN PROGRESS, still AT RISK'."""
    for commitment, verdict in followed:
        steps = turns(move for event in told for move in event.moves if move.commitment == commitment.id)
        status, way = status_caps(verdict.status), turn_shortly(steps) if steps else ""
        if has_begun(verdict, start):
            yield commitment.id, f"now {status}"
        elif way:
            hidden = verdict.status in TROUBLE and not way.endswith(status)
            yield commitment.id, f"{way}, still {status}" if hidden else way


def _by_way(pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    """'now AT RISK: Chips, Listings': the commitments of each way."""
    found = dict[str, list[str]]()
    for way, name in pairs:
        found.setdefault(way, []).append(name)
    yield from (f"{way}: {', '.join(names)}" for way, names in found.items())


def targets_missed(
    followed: Sequence[tuple[Commitment, Verdict]],
    transitions: Sequence[Transition],
    first: date,
    context: RenderContext,
) -> Iterator[tuple[str, str]]:
    """By commitment the target whose last day passed in a period that began on `first`, and that was not met."""
    renewed = {
        move.commitment: move.change.old
        for move in transitions
        if move.reason.code is ReasonCode.PERIOD and isinstance(move.change, StatusChanged)
    }
    for commitment, verdict in followed:
        if renewed.get(commitment.id, verdict.standing) not in (Standing.MET, Standing.UNPLEDGED):
            for target in commitment.targets:
                if first <= target.due < context.today:
                    yield commitment.id, f"{commitment.short} {was_due(target, commitment, verdict, context)}"


def marked_as_test(brief: briefs.DigestBrief) -> briefs.DigestBrief:
    """The same digest for testing a channel: with TEST in its subject and period, and a note."""
    notes = (*brief.remarks, "This test was sent by hand; the regular digest will follow as usual.")
    return replace(brief, subject=f"TEST · {brief.subject}", period=f"TEST · {brief.period}", remarks=notes)


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


# ---------------------------------------------------------------- subject


def reason_to_receive(route: Route) -> str:
    """'You receive this because the list “desk” follows every commitment.'"""
    follows = "every commitment" if "*" in route.commitments else labels.join_list(route.commitments)
    return one_line(f"You receive this because the list “{route.config_name}” follows {follows}.", 300)


def digest_subject(events: Sequence[ToldEvent], first: date, last: date, context: RenderContext) -> str:
    """'Digest, 27 Oct - 2 Nov: Trump and Xi meet in Busan', in at most MAX_SUBJECT characters: the leading event, with
    the new status if there is room for both, in the words of the report that has room; of a week without changes only
    one that several outlets report."""
    begins = str(first.day) if (first.year, first.month) == (last.year, last.month) else format_day(first)
    span = format_day(last) if first == last else f"{begins} - {format_day(last)}"
    head = f"Digest, {span}: "
    if not events:
        return f"{head}no changes"
    lead = events[0]
    if not any(event.has_turned for event in events) and not is_widely_told(lead, context):
        return f"{head}no status changed"
    topic = topic_of(context.commitments[lead.commitment])
    steps = turns(move for move in lead.moves if move.commitment == lead.commitment)
    topic = f"{topic} now {status_caps(steps[-1][2])}" if steps else ""
    text, room = lead.text.headline, MAX_SUBJECT - len(head)
    if len(text) <= room:
        return head + (f"{topic}: {text}" if topic and len(f"{topic}: {text}") <= room else text)
    titles = (plain_title(context.stories[signal.story].title) for signal in other_headlines(lead, context))
    shorter = main_clause(text, room) or next((title for title in titles if len(title) <= room), "")
    return head + (shorter or topic or cut_headline(text, room))


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
