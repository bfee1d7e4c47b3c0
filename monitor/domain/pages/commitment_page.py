"""The page of a commitment, and a page for each day on which its published verdict changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from fnmatch import fnmatchcase
from itertools import groupby

from monitor.domain.messages.briefs import EvidenceLine, StatusTimeline
from monitor.domain.messages.context import known_signals
from monitor.domain.messages.digest.trouble import TROUBLE
from monitor.domain.messages.events.reported_acts import parent_of
from monitor.domain.messages.events.told import ToldEvent
from monitor.domain.messages.evidence_lines import baseline_line
from monitor.domain.messages.figures import has_flag
from monitor.domain.messages.subject import shown_status
from monitor.domain.messages.wording import EFFECT_WORDS
from monitor.domain.model import (
    Background,
    CitedSignal,
    Direction,
    FlagKind,
    Intervention,
    Level,
    PublishedVerdict,
    Standing,
    Tier,
)
from monitor.domain.model.changes import DeadlineMoved, StatusChanged
from monitor.domain.model.news import day_of
from monitor.domain.pages import addresses, key_events, timeline
from monitor.domain.pages.board import LatestChange, latest_change, owing
from monitor.domain.pages.material import OwnMaterial, SiteMaterial, context_then, is_passing_time
from monitor.domain.pages.recorded_events import reported_at
from monitor.domain.pages.standing_view import (
    YEAR,
    DateRow,
    StandingView,
    coming,
    dates_of_parts,
    present,
    standing_view,
    statuses_since,
)
from monitor.domain.pages.timeline import MonthOfChanges
from monitor.domain.text.labels import (
    capitalised,
    format_date,
    join_list,
    local_day,
    pluralised,
    status_caps,
    zone_or_utc,
)
from monitor.domain.text.plain import one_line, web_link
from monitor.domain.verdicts.evidence import all_evidence, without_kind
from monitor.domain.verdicts.interventions import READ, TAKEN_BACK, author_of, reading_of

UNDOES: Mapping[str, str] = {"unpin": "pin", "unmute": "mute", "restore": "reject", TAKEN_BACK: READ}
"""Kinds of interventions that undo another one, each with the kind of that."""


GOALS = (Standing.MET, Standing.IN_FORCE)
"""The statuses of what is kept."""
NO_TERM = ("moved to", "no longer named")
"""The beginnings of the states of dates that are no terms now."""
MOST_LATER = 3
"""Later events at the top of a page; the timeline below has all."""


@dataclass(frozen=True, slots=True)
class Relative:
    """A part of the commitment, or the commitment that it is a part of."""

    id: str
    short: str
    status: str
    shown: str


@dataclass(frozen=True, slots=True)
class PersonIntervention:
    """An intervention. text: who did what, without a full stop; url: the source if it is a web page, else ''."""

    at: datetime
    text: str
    why: str
    source: str
    url: str


@dataclass(frozen=True, slots=True)
class VerdictDays:
    """The days on which the published verdict changed under one status, the newest first."""

    status: str
    shown: str
    days: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class CommitmentPage:
    """owes: who owes it, in words; text: the page with its text; goal: the status that keeps it, and what that takes;
    dates: those of its terms, each with the event that named it, None if it is behind the status; announced: what is
    announced for a day; background: what else an editor notes on its terms; since: the status and when it began; began:
    the starting point that it rests on; why: the event that moved it, after its announcement, with a worse one since;
    later: the newest ones since then, with the deed of a single outlet; of_whole: the newest good and bad news of its
    whole, if it has had none for long; trouble: what began the trouble that it ended, and its blows; terms: what
    changed in its text, with the event; record: a remark if there is no record yet; news: the day of the newest report,
    with its age; minor: its event, if nothing else here tells it; apart: whether it is in trouble and none of its parts
    is; criteria: (status, condition); quiet: the anchors of changes that are no events; days: newest first."""

    id: str
    deal: str
    short: str
    name: str
    owes: str
    text: str
    goal: tuple[str, str] | None
    dates: tuple[tuple[DateRow, LatestChange | None], ...]
    announced: tuple[str, ...]
    background: tuple[Background, ...]
    since: str
    news: str
    minor: LatestChange | None
    apart: bool
    began: EvidenceLine | None
    why: tuple[LatestChange, ...]
    later: tuple[LatestChange, ...]
    of_whole: tuple[LatestChange, ...]
    trouble: tuple[LatestChange, ...]
    terms: tuple[tuple[str, LatestChange], ...]
    standing: StandingView
    statuses: StatusTimeline | None
    record: str
    criteria: tuple[tuple[str, str], ...]
    people: tuple[PersonIntervention, ...]
    parent: Relative | None
    parts: tuple[Relative, ...]
    months: tuple[MonthOfChanges, ...]
    quiet: tuple[str, ...]
    days: tuple[VerdictDays, ...]


def commitment_page(own: OwnMaterial) -> CommitmentPage:
    """The page now."""
    commitment, context, name = own.commitment, own.context, own.commitment.id
    course = key_events.Course.of(own)
    move, until = course.move, course.until
    # What moved the status, told by the report of its headline; with the announcement before it.
    moved_by = [move.report.id] if move and move.report else []
    turned = (change for change in (move.changes if move else ()) if isinstance(change.change, StatusChanged))
    moved_by += [key for change in turned for key in change.evidence]
    # A worse blow since then, on which the trouble rests now, counts too.
    troubled = own.verdict.status in TROUBLE
    worse = Direction.DOWN if troubled else None
    why = [e for e in course.why if move and (e.changes[0].at <= move.changes[0].at or e.way is worse)]
    moved_by += [key for event in why for key in event.changes[0].evidence]
    moved_by += _other_sides(moved_by, move, own)
    # How old the news is stands on every page, in the same words.
    verdict = replace(own.verdict, flags=without_kind(own.verdict.flags, FlagKind.STALE))
    blows = [event.first for event in course.why if event.way is Direction.DOWN and event.first]
    standing = standing_view(verdict, present(own), own, moved_by, blows)
    dated = standing.dates or dates_of_parts(own)
    later = key_events.newest_word(course.later, own, MOST_LATER)
    later = sorted((*later, *filter(None, [course.alone])), key=lambda event: event.changes[0].at, reverse=True)
    since = f"{standing.shown} {standing.since}" if standing.since.startswith("since") else standing.since
    baselines = [base.as_of for base in commitment.baselines]
    based = f": its status comes from the baseline of {format_date(max(baselines))}" if baselines else ""
    base = next((b for b in commitment.baselines if (b.since or b.as_of) == day_of(own.verdict.since)), None)
    above = parent_of(name, context.commitments)
    parts = [part for part in sorted(context.commitments) if parent_of(part, context.commitments) == name]
    relatives = {}
    for other in filter(None, (above, *parts)):
        verdict = context.verdicts[other]
        relatives[other] = Relative(other, context.commitments[other].short, verdict.status, shown_status(verdict))
    news, unshown = _newest((*course.why, *later, *course.trouble), own)
    return CommitmentPage(
        id=name,
        deal=own.site.deal_name(commitment.deal),
        short=commitment.short,
        name=commitment.name,
        owes=owing(commitment, context.parties)[0],
        text=web_link(commitment.text),
        goal=next(((status, text) for status, text in commitment.criteria if status in GOALS), None),
        dates=tuple((row, _named_in(row, course, own)) for row in dated if not row.state.startswith(NO_TERM)),
        announced=tuple(text for _, text in coming(own)),
        background=tuple(each for each in commitment.background if each.since <= context.today),
        since=f"{since}, {until}" if since and until else since,
        news=news,
        minor=latest_change(unshown, own) if unshown else None,
        apart=troubled and not any(relatives[part].status in TROUBLE for part in parts),
        began=standing.baseline or (baseline_line(base) if base and (course.until or not move) else None),
        why=tuple(latest_change(group, own) for group in course.why),
        later=tuple(latest_change(group, own) for group in later),
        of_whole=_of_whole(above, own),
        trouble=tuple(latest_change(event, own) for event in course.trouble),
        terms=tuple((name, latest_change(group, own)) for name, group in course.terms),
        standing=standing,
        statuses=statuses_since(own, context.now - YEAR),
        record="" if standing.baseline or own.published else f"Nothing has been recorded yet{based}",
        criteria=commitment.criteria,
        people=interventions_on(own.site, name),
        parent=relatives[above] if above else None,
        parts=tuple(relatives[part] for part in parts),
        months=timeline.months(own),
        quiet=tuple(addresses.change_anchor(each.id) for each in own.history if is_passing_time(each)),
        days=tuple(
            VerdictDays(status, shown, tuple(day for day, _ in days))
            for (status, shown), days in groupby(
                reversed(verdict_days(own).items()),
                key=lambda each: (each[1].verdict.status, shown_status(each[1].verdict)),
            )
        ),
    )


def _named_in(row: DateRow, course: key_events.Course, own: OwnMaterial) -> LatestChange | None:
    """The first event that named a date, unless it is behind the status."""
    named = (e for e in own.told for c in e.changes if isinstance(c.change, DeadlineMoved) and c.change.new == row.date)
    event = next(named, None)
    return latest_change(event, own) if event and event not in course.why else None


def _other_sides(keys: Collection[str], move: ToldEvent | None, own: OwnMaterial) -> list[str]:
    """The reports of a move in which a side that no other one (keys) has speak tells its own part; of leaders who meet,
    the line says what they agreed."""
    if move is None or move.changes[0].level is Level.SUMMIT:
        return []
    heard = frozenset[str]().union(*(s.says.parties for s in known_signals(keys, own.context)))
    said = ((s, s.says.parties & s.by.parties) for s in move.signals)
    return [signal.id for signal, sides in said if sides - heard]


def _newest(shown: Collection[ToldEvent], own: OwnMaterial) -> tuple[str, ToldEvent | None]:
    """The day, with its age, of the newest report of the events at the top of the page (shown) and of those that a
    known outlet has: '24 Dec 2025, 160 days ago'; of an event without a report its own; '' before the first. With its
    event, if that is not at the top."""
    zone = own.context.zone
    dated = [
        (max(local_day(at, zone) for at in (reported_at(e, own), *(s.happened.end for s in e.signals))), e in shown, e)
        for e in own.told
        if e in shown or not e.signals or any(s.tier <= Tier.TRADE for s in e.signals)
    ]
    if not dated:
        return "", None
    newest, is_shown, event = max(dated, key=lambda each: each[:2])
    age = (own.context.today - newest).days
    text = f"{format_date(newest)}, {pluralised(age, 'day')} ago" if age > 0 else format_date(newest)
    return text, None if is_shown else event


def _of_whole(name: str | None, own: OwnMaterial) -> tuple[LatestChange, ...]:
    """Of the commitment that a part without news belongs to, the newest good and the newest bad event since the last
    one of the part, unless the whole has a trouble of its own."""
    if name is None or not has_flag(own.verdict, FlagKind.STALE):
        return ()
    whole = OwnMaterial.of(own.site, name)
    if whole.verdict.status in TROUBLE and own.verdict.status not in TROUBLE:
        return ()
    last = max((event.changes[0].at for event in own.told), default=own.verdict.since)
    after = [event for event in key_events.key_events(whole) if event.changes[0].at > last]
    ways = ([event for event in after if event.way is way] for way in (Direction.UP, Direction.DOWN))
    newest = [event for group in ways for event in key_events.newest_word(group, whole, 1)]
    newest.sort(key=lambda event: event.changes[0].at, reverse=True)
    return tuple(latest_change(event, whole) for event in newest)


def interventions_on(site: SiteMaterial, name: str) -> tuple[PersonIntervention, ...]:
    """The interventions on this commitment, newest first: its own, and mutes and readings that concern it."""
    own, general = site.interventions.get(name, ()), site.interventions.get("", ())

    def covers(each: Intervention) -> bool:
        if each.kind == "mute":
            return fnmatchcase(name, each.subject)
        return each.kind == READ and name in reading_of(each).concerned

    covering = {each.id for each in general if covers(each)}
    known = {each.id: each for each in (*own, *(g for g in general if g.id in covering or g.subject in covering))}
    found = []
    for each in sorted(known.values(), key=lambda each: (each.at, each.id), reverse=True):
        until = f", until {format_date(local_day(each.until, site.context.zone))}" if each.until else ""
        # The deed: 'pinned the status as MET', 'rejected “Buyers put off two cargoes”'. An undoing names what it undid.
        done = known.get(each.subject) if each.kind in UNDOES else each
        match done:
            case None:
                deed = f"undid a {UNDOES[each.kind]}"
            case Intervention(kind="pin"):
                deed = f"pinned the status as {status_caps(done.payload.partition('/')[0])}"
            case Intervention(kind="mute"):
                whose = "its alerts" if done.subject == name else f"the alerts of {one_line(done.subject, 80)}"
                deed = f"muted {whose}"
            case Intervention(kind="reject"):
                signal = site.context.signals.get(done.subject)
                said = f"“{one_line(signal.quote, 200)}”" if signal else f"the report {done.subject[:10]}"
                deed = f"rejected {said}"
            case Intervention(kind="read"):
                reading = reading_of(done)
                effects = [EFFECT_WORDS[match.effect] for match in reading.matches if match.commitment == name]
                as_what = join_list(tuple(dict.fromkeys(effects))) or "irrelevant here"
                deed = f"read “{one_line(reading.title, 200)}” as {as_what}"
            case _:
                deed = one_line(done.kind, 40)
        deed = f"undid: {deed}" if done is not None and done is not each else deed
        text = capitalised(f"{one_line(author_of(each), 60)} {deed}{until}")
        why = one_line(each.reason, 400).rstrip(".")
        found.append(PersonIntervention(each.at, text, why, one_line(each.source, 200), web_link(each.source)))
    return tuple(found)


def verdict_days(own: OwnMaterial) -> dict[date, PublishedVerdict]:
    """By day on which a new verdict, or new evidence for it, was published, oldest first: the last verdict of it."""
    days = dict[date, PublishedVerdict]()
    known = frozenset[str]()
    stood = None
    for each in own.published:
        day, verdict = local_day(each.at, own.context.zone), each.verdict
        stands = verdict.standing, verdict.outlook, verdict.progress, verdict.deadlines
        if day in days or stands != stood or not all_evidence(verdict) <= known:
            days[day] = each
        known, stood = known | all_evidence(verdict), stands
    return days


@dataclass(frozen=True, slots=True)
class AsOfPage:
    """The published verdict of a day. end: of the day, or the present; published: since when it held; until: the last
    day on which it held, '' while it is current; now, now_shown: the current status; changes: (text, anchor) of the
    day; before, after: the neighbouring days with a page."""

    id: str
    short: str
    name: str
    day: date
    end: datetime
    published: datetime
    until: str
    standing: StandingView
    now: str
    now_shown: str
    changes: tuple[tuple[str, str], ...]
    before: date | None
    after: date | None


def as_of_pages(own: OwnMaterial) -> Iterator[AsOfPage]:
    """A page for each day on which the published verdict changed, oldest first, with its evidence as read then."""
    commitment, zone = own.commitment, own.context.zone
    changes: dict[date, list[tuple[str, str]]] = defaultdict(list)
    for group in key_events.key_events(own):
        each = timeline.entry(group, own)
        line = each.text + (f". {capitalised(each.moved)} {each.shown}" if each.moved else "")
        changes[local_day(each.recorded, zone)].append((line, each.changes[0].anchor))
    days = verdict_days(own)
    order = [None, *days, None]
    cited: dict[str, CitedSignal] = {}
    history = list(own.history)
    for (day, published), before, after in zip(days.items(), order, order[2:], strict=False):
        # The latest citation of a sentence by then is how it was read then.
        while history and history[0].at <= published.at:
            cited.update({each.signal: each for each in history.pop(0).cited})
        last_moment = datetime.combine(day + timedelta(days=1), time(), zone_or_utc(zone)) - timedelta.resolution
        end, verdict = min(last_moment, own.context.now), published.verdict
        then = context_then(all_evidence(verdict), cited, end, own.context)
        then = replace(then, now=end, verdicts={**own.context.verdicts, commitment.id: verdict})
        yield AsOfPage(
            id=commitment.id,
            short=commitment.short,
            name=commitment.name,
            day=day,
            end=end,
            published=published.at,
            until=format_date(after - timedelta(days=1)) if after else "",
            standing=standing_view(verdict, then, own),
            now=own.verdict.status,
            now_shown=shown_status(own.verdict),
            changes=tuple(changes[day]),
            before=before,
            after=after,
        )
