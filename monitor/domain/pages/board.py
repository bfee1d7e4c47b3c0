"""The board: where every commitment stands, the latest changes, and the dates ahead."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from monitor.domain.messages.briefs import DeadlineLine, ProgressLine, StatusTimeline
from monitor.domain.messages.context import RenderContext
from monitor.domain.messages.digest.brief import by_urgency
from monitor.domain.messages.digest.trouble import TROUBLE
from monitor.domain.messages.events.reported_acts import SAME_EVENT, parent_of, root_of
from monitor.domain.messages.events.told import ToldEvent, outlets_of, told_once
from monitor.domain.messages.events.weight import weight
from monitor.domain.messages.figures import deadline_lines, has_flag, progress_line
from monitor.domain.messages.headline import status_after
from monitor.domain.messages.subject import shown_status
from monitor.domain.model import Commitment, Direction, FlagKind, Level, Standing, Tier, Verdict
from monitor.domain.model.sides import COMPANY, Parties, parties_in
from monitor.domain.pages import addresses
from monitor.domain.pages.key_events import Course, is_of_one, key_events, left_behind, newest_word, shown_after
from monitor.domain.pages.material import OwnMaterial, SiteMaterial, with_targets
from monitor.domain.pages.recorded_events import first_day, headline_of, last_move, moved_from, reported_at
from monitor.domain.pages.standing_view import (
    OF_ANOTHER_LAW,
    UNTOLD,
    YEAR,
    FlagNote,
    coming,
    date_rows,
    flag_notes,
    since_words,
    statuses_since,
)
from monitor.domain.text.labels import capitalised, format_date, join_list, label_of, local_day, number_word, pluralised
from monitor.domain.text.plain import one_line, web_link
from monitor.domain.verdicts.deadlines import ANNOUNCED
from monitor.domain.verdicts.decide import baseline_behind

MOST_CHANGES, LAST_CHANGES = 8, 3
NEWS, NEWEST = timedelta(days=7), timedelta(days=1)
"""The changes at the top of the board are of a week, and at least the last ones; those of a day are marked as new."""
MOST_OUTLETS = 2
"""Outlets that an event names; the others are counted."""
LONG_PAST = timedelta(days=90)
"""After this time the board no longer names a date of which nothing was reported, and says that a trouble is without
news (estimate)."""
MOST_DATES = 12
"""Dates ahead; the calendar has all."""
UNREAD = frozenset({"failing", "never"})
"""States of a feed that is not being read."""


@dataclass(frozen=True, slots=True)
class LatestChange:
    """A recorded change in a sentence. recorded: when it was; first: the day of its first report, '' for that of `at`;
    outlets: that report it; status, shown: after it; moved: the status before, as in left_behind; summit: leaders met
    or signed; lone: a blow that a single outlet reports; address: of its entry on the page of the commitment."""

    commitment: str
    deal: str
    short: str
    at: datetime
    recorded: datetime
    first: str
    text: str
    outlets: str
    status: str
    shown: str
    moved: str
    summit: bool
    lone: bool
    address: str


DealEvent = tuple[LatestChange, ...]
"""One event, with its change of each commitment that it concerns."""


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One commitment. depth: 1 for a part; owes: who owes it, in words, as in owing; text: the page with its text;
    since: as in since_words; trouble_until: when a trouble ended, '' without; terms: what changed in its text since;
    quiet: nothing was reported for long; by_when: its next date in words, else the last one, '' without; year: its
    statuses of twelve months; why: the event that moved the status last; now: the newest blow behind a trouble, which
    may be that event; last: a later event, None without; baseline: the day of the baseline it rests on, '' if there is
    evidence."""

    commitment: Commitment
    depth: int
    owes: tuple[str, ...]
    text: str
    status: str
    shown: str
    since: str
    trouble_until: str
    flags: tuple[FlagNote, ...]
    terms: str
    quiet: bool
    progress: ProgressLine | None
    by_when: str
    year: StatusTimeline | None
    last: LatestChange | None
    why: LatestChange | None
    now: LatestChange | None
    baseline: str


@dataclass(frozen=True, slots=True)
class DealRows:
    """The rows of one deal. name: '' for a single deal without a name; about: what it is, in a sentence; summary: how
    many commitments have which status; trouble: the rows in trouble, the worst first, then that with the
    newest blow."""

    id: str
    name: str
    about: str
    rows: tuple[BoardRow, ...]
    summary: str
    trouble: tuple[BoardRow, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """heading: of the page; blind: no source is being read; reading: the state of the sources; unchecked: a warning, ''
    without; begin: of the strips; events: the newest; new_text: how many are new; months: every event, by month ('May
    2026') and day; dates: those ahead, nearest first, each once with the commitments that share it and their short
    names; owing: who owes, and statuses with their names: what rows can be filtered by."""

    heading: str
    blind: bool
    reading: str
    unchecked: str
    deals: tuple[DealRows, ...]
    begin: datetime
    events: tuple[DealEvent, ...]
    new_text: str
    months: tuple[tuple[str, tuple[tuple[date, tuple[DealEvent, ...]], ...]], ...]
    dates: tuple[tuple[tuple[tuple[str, str], ...], DeadlineLine], ...]
    owing: tuple[str, ...]
    statuses: tuple[tuple[str, str], ...]


def board(site: SiteMaterial) -> Board:
    """The board now."""
    context = site.context
    own = {name: OwnMaterial.of(site, name) for name in context.commitments}
    deals = []
    for deal, placed in by_deal(site).items():
        rows = tuple(_row(own[name], depth) for name, depth in placed)
        about = site.deals[deal].description if deal in site.deals else ""
        newest = sorted((row for row in rows if row.status in TROUBLE), key=_last_blow, reverse=True)
        trouble = sorted(newest, key=lambda row: TROUBLE.index(row.status))
        counted = summary([context.verdicts[name] for name, _ in placed], sum(depth > 0 for _, depth in placed))
        deals.append(DealRows(deal, site.deal_name(deal), one_line(about, 400), rows, counted, tuple(trouble)))
    verdicts = [context.verdicts[name] for name in own]
    events = deal_events(own, context)
    week = [event for event in events if event[0].at > site.now - NEWS][:MOST_CHANGES]
    shown = events[: max(len(week), LAST_CHANGES)]
    new = sum(event[0].at > site.now - NEWEST for event in week)
    older = len(shown) - len(week)
    before = f", and {'the last one' if older == 1 else f'the last {number_word(older)}'} before" if older > 0 else ""
    new_text = f"{len(week)} this week ({new or 'none'} since yesterday){before}." if week else "Nothing new this week."
    blind, reading = source_state(site)
    ahead = list[tuple[str, DeadlineLine]]()
    for name, commitment in context.commitments.items():
        verdict, short = with_targets(context.verdicts[name], commitment, context.today), commitment.short
        ahead += [(name, line) for line in deadline_lines(verdict, short, context) if line.left >= 0]
        for day, text in coming(own[name]):
            ahead.append((name, DeadlineLine(short, day, (day - context.today).days, ANNOUNCED, "", text)))
    shared = dict[tuple[date, str], tuple[DeadlineLine, list[tuple[str, str]]]]()
    for name, line in sorted(ahead, key=lambda dated: (dated[1].date, dated[1].subject)):
        shared.setdefault((line.date, line.text), (line, []))[1].append((name, line.subject))
    waiting, unchecked = sum(has_flag(verdict, FlagKind.UNCHECKED) for verdict in verdicts), ""
    if waiting:
        subject = "1 commitment has" if waiting == 1 else f"{waiting} commitments have"
        wait = "its status waits" if waiting == 1 else "their statuses wait"
        unchecked = f"{subject} a date that passed while no source was read; {wait} for the next answer."
    names = [deal.name for deal in deals if deal.name]
    return Board(
        heading=f"{names[0]}: where it stands" if len(names) == 1 else "Where the commitments stand",
        blind=blind,
        reading=reading if site.sources else "",
        unchecked=unchecked,
        deals=tuple(deals),
        begin=site.now - YEAR,
        events=tuple(shown),
        new_text=new_text,
        owing=tuple(dict.fromkeys(name for deal in deals for row in deal.rows for name in row.owes)),
        statuses=tuple((s, label_of(s)) for s in (*TROUBLE, *Standing) if s in {v.status for v in verdicts}),
        months=by_month(events, context.zone),
        dates=tuple((tuple(names), line) for line, names in shared.values())[:MOST_DATES],
    )


def by_deal(site: SiteMaterial) -> Mapping[str, list[tuple[str, int]]]:
    """By deal, that with the most commitments first, its commitments with their depth: the family in the worst trouble
    first, parents before parts."""
    commitments = site.context.commitments
    followed = [(commitment, site.context.verdicts[name]) for name, commitment in commitments.items()]
    deals: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for commitment, _ in by_urgency(followed):
        deals[commitment.deal][root_of(commitment.id, commitments)].append(commitment.id)

    def placed(name: str, family: list[str], depth: int) -> Iterable[tuple[str, int]]:
        yield name, depth
        for part in family:
            if part != name and parent_of(part, family) == name:
                yield from placed(part, family, depth + 1)

    return {
        deal: [each for root, family in families.items() for each in placed(root, family, 0)]
        for deal, families in sorted(deals.items(), key=lambda each: (-sum(map(len, each[1].values())), each[0]))
    }


def _last_blow(row: BoardRow) -> float:
    return row.now.at.timestamp() if row.now else 0


def _row(own: OwnMaterial, depth: int) -> BoardRow:
    verdict, commitment, context = own.verdict, own.commitment, own.context
    rows = date_rows(verdict, context, own)
    met = next((text for _, text in coming(own)), "")
    old = context.today - LONG_PAST
    failed = (row for row in rows if row.state.startswith(("missed", "passed", UNTOLD)))
    said = (f"{row.text}: {row.state}" for row in failed if row.state != UNTOLD or row.date > old)
    by_when = next((row.text for row in rows if row.ahead and row.state != OF_ANOTHER_LAW), "") or next(said, "")
    base, course = baseline_behind(verdict, commitment), Course.of(own)
    after = sorted((*course.why[1:], *course.later), key=lambda event: event.changes[0].at)
    told = [local_day(event.changes[0].at, context.zone) for event in (*course.why, *course.later)]
    return BoardRow(
        commitment=commitment,
        depth=depth,
        owes=owing(commitment, context.parties),
        text=web_link(commitment.text),
        status=verdict.status,
        shown=shown_status(verdict),
        since=since_words(verdict, commitment, context.zone),
        trouble_until=course.until,
        flags=flag_notes(verdict, context, short=True),
        terms="; ".join(name for name, _ in course.terms),
        quiet=bool(told) and max(told) <= old,
        progress=progress_line(verdict.progress, commitment, context),
        by_when=capitalised(met) or by_when,
        year=statuses_since(own, context.now - YEAR),
        last=next((latest_change(group, own) for group in newest_word(after, own, 1)), None),
        why=next((latest_change(group, own) for group in course.why), None),
        now=next((latest_change(group, own) for group in reversed(course.why) if group.way is Direction.DOWN), None),
        baseline=format_date(base.as_of) if base else "",
    )


def owing(commitment: Commitment, parties: Parties) -> tuple[str, ...]:
    """Who owes a commitment: ('both sides', 'the EU', 'the US'); no rule says whether one company does, or many."""
    word = commitment.owed_by
    each = sorted(parties_in(word)) if len(parties_in(word)) > 1 else ()
    return ("private firms",) if word == COMPANY else tuple(parties.names((one,)) for one in (word, *each))


def latest_change(event: ToldEvent, own: OwnMaterial) -> LatestChange:
    """An event in a sentence."""
    commitment, last, context = own.commitment, last_move(event), own.context
    stories = (context.stories[signal.story] for signal in event.signals)
    tiers = {context.publishers.find(story.source, story.url).tier for story in stories}
    outlets = outlets_of(event, context, MOST_OUTLETS)
    return LatestChange(
        commitment=commitment.id,
        deal=commitment.deal,
        short=commitment.short,
        at=reported_at(event, own),
        recorded=last.at if moved_from(event) else event.changes[0].at,
        first=first_day(event, own),
        text=headline_of(event),
        outlets=f"via {outlets}" if event.signals and tiers == {Tier.AGGREGATOR} else outlets,
        status=status_after(last),
        shown=shown_after(last),
        moved=left_behind(event, own),
        summit=event.changes[0].level is Level.SUMMIT,
        lone=is_of_one(event, own),
        address=f"{addresses.commitment_page(commitment.id)}#{addresses.change_anchor(event.changes[0].id)}",
    )


def deal_events(own: Mapping[str, OwnMaterial], context: RenderContext) -> list[DealEvent]:
    """The events of all commitments, newest first, what one act did to several commitments as one."""
    told = {event.changes[0].id: (event, each) for each in own.values() for event in key_events(each)}
    ranked = sorted(
        (event for event, _ in told.values()),
        key=lambda event: (moved_from(event) is not None, weight(event, context)),
        reverse=True,
    )
    found: list[DealEvent] = []
    for act in told_once(ranked, context, SAME_EVENT):
        event: dict[str, LatestChange] = {}
        for pair in (told[change.id] for change in act.changes if change.id in told):
            change = latest_change(*pair)
            event.setdefault(change.commitment, change)
        found.append(tuple(sorted(event.values(), key=lambda change: not change.moved)))
    return sorted(found, key=lambda e: (local_day(e[0].at, context.zone), e[0].recorded, e[0].at), reverse=True)


def by_month(
    events: Iterable[DealEvent], zone: str
) -> tuple[tuple[str, tuple[tuple[date, tuple[DealEvent, ...]], ...]], ...]:
    """The events, the newest first, by month and day."""
    days = groupby(events, key=lambda event: local_day(event[0].at, zone))
    dated = [(day, tuple(of)) for day, of in days]
    return tuple((month, tuple(of)) for month, of in groupby(dated, key=lambda each: f"{each[0]:%B %Y}"))


def summary(verdicts: Sequence[Verdict], parts: int = 0) -> str:
    """'8 commitments with 7 parts; 5 of these 15 are in trouble. The others: 1 pledged and 9 met.' The page names those
    in trouble below. parts: how many are parts of another one."""
    counts, total = Counter(verdict.status for verdict in verdicts), pluralised(len(verdicts), "commitment")
    whole = f"{pluralised(len(verdicts) - parts, 'commitment')} with {pluralised(parts, 'part')}; "
    whole, total = (whole, f"these {len(verdicts)}") if parts else ("", total)
    trouble = sum(counts.pop(status, 0) for status in TROUBLE)
    others = join_list([f"{counts[status]} {label_of(status)}" for status in Standing if counts[status]])
    if not trouble:
        none = f"{whole}{'none' if whole else 'None'} of {total} is in trouble: {others}."
        return none if others else "No commitment is followed."
    opening = f"{whole}{trouble} of {total} {'is' if trouble == 1 else 'are'} in trouble."
    return f"{opening} The others: {others}." if others else opening


def source_state(site: SiteMaterial) -> tuple[bool, str]:
    """(no source is being read, the state of the sources in a sentence or two)."""
    unread = [source for source in site.sources if source.state in UNREAD]
    if not site.sources:
        last = format_date(local_day(site.last_read or site.now, site.context.zone))
        copy = f"These pages are a copy: they show the news that was read up to {last}, and no later one."
        return False, copy if site.history else "No feed is set up, so no news comes in."
    if not unread:
        return False, "All sources are being read."
    if len(unread) < len(site.sources):
        read, total = len(site.sources) - len(unread), pluralised(len(site.sources), "source")
        silent = f"{len(unread)} {'does' if len(unread) == 1 else 'do'} not answer"
        return False, f"{read} of {total} {'is' if read == 1 else 'are'} being read; {silent}."
    since = site.last_read or min((source.since for source in unread if source.since), default=None)
    if since is None:
        return True, "No source has been read yet. Recent events are missing on this page."
    day = format_date(local_day(since, site.context.zone))
    missing = "Later events are missing on this page, and no status is more recent."
    return True, f"No source has been read since {day}. {missing}"
