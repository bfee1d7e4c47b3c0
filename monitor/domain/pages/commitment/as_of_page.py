"""How a commitment stood on a day: the verdict as it was published then, with its evidence as it was read then."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from monitor.domain.messages.change_lines import change_line
from monitor.domain.messages.headlines.subject import shown_status
from monitor.domain.model import CitedSignal, PublishedVerdict
from monitor.domain.pages import addresses
from monitor.domain.pages.commitment import day_grid
from monitor.domain.pages.commitment.own_material import OwnMaterial, context_then
from monitor.domain.pages.commitment.standing import StandingView, standing_view
from monitor.domain.pages.frame import Moment, moment
from monitor.domain.text.labels import format_date, local_day, zone_or_utc
from monitor.domain.verdicts.evidence_refs import all_evidence


@dataclass(frozen=True, slots=True)
class OtherDay:
    """The page of another day on which the published verdict changed."""

    day: str
    address: str


@dataclass(frozen=True, slots=True)
class ChangeOfDay:
    """A change that was recorded on the day, and its place on the commitment's page."""

    text: str
    address: str


@dataclass(frozen=True, slots=True)
class AsOfPage:
    """address: of this page; end: of the day, or the present on the last one; published: since when it stood so; until: the last day of which this verdict is the last one, '' while it is
    in force; now, now_shown: the status in force; changes: recorded on the day, in the order of the record; before, after: the neighbouring
    pages."""

    id: str
    short: str
    promise: str
    address: str
    page: str
    day: str
    iso: str
    end: datetime
    published: Moment
    until: str
    standing: StandingView
    now: str
    now_shown: str
    changes: tuple[ChangeOfDay, ...]
    before: OtherDay | None
    after: OtherDay | None


def as_of_pages(own: OwnMaterial) -> Iterator[AsOfPage]:
    """A page for each day on which the published verdict changed, oldest first.

    The changes are gone through once: what each cites is how its sentences were read from then on.
    """
    days = day_grid.verdict_days(own)
    order = list(days)
    cited: dict[str, CitedSignal] = {}
    by_day, reached = _changes_by_day(own), iter(own.history)
    pending = next(reached, None)
    for number, (day, published) in enumerate(days.items()):
        while pending is not None and pending.at <= published.at:
            cited.update({each.signal: each for each in pending.cited})
            pending = next(reached, None)
        before = _other(own, order[number - 1]) if number else None
        following = order[number + 1] if number + 1 < len(order) else None
        yield _page(own, day, published, cited, by_day[day], before, following)


def _page(
    own: OwnMaterial,
    day: date,
    published: PublishedVerdict,
    cited: dict[str, CitedSignal],
    changes: Sequence[ChangeOfDay],
    before: OtherDay | None,
    following: date | None,
) -> AsOfPage:
    commitment, verdict, zone = own.commitment, published.verdict, own.context.zone
    end = min(_end_of(day, zone), own.context.now)
    then = replace(context_then(all_evidence(verdict), cited, end, own.context), now=end)
    then = replace(then, verdicts={**own.context.verdicts, commitment.id: verdict})
    return AsOfPage(
        id=commitment.id,
        short=commitment.short,
        promise=commitment.name,
        address=addresses.as_of_page(commitment.id, day),
        page=addresses.commitment_page(commitment.id),
        day=format_date(day),
        iso=day.isoformat(),
        end=end,
        published=moment(published.at, zone),
        until=format_date(following - timedelta(days=1)) if following else "",
        standing=standing_view(verdict, then, own),
        now=own.verdict.status,
        now_shown=shown_status(own.verdict),
        changes=tuple(changes),
        before=before,
        after=_other(own, following) if following else None,
    )


def _end_of(day: date, zone: str) -> datetime:
    """The last moment of a day in a zone."""
    return datetime.combine(day + timedelta(days=1), time(), zone_or_utc(zone)) - timedelta.resolution


def _other(own: OwnMaterial, day: date) -> OtherDay:
    return OtherDay(format_date(day), addresses.as_of_page(own.commitment.id, day))


def _changes_by_day(own: OwnMaterial) -> dict[date, list[ChangeOfDay]]:
    """By day: the changes recorded on it."""
    page = addresses.commitment_page(own.commitment.id)
    found: dict[date, list[ChangeOfDay]] = defaultdict(list)
    for change in own.history:
        told = ChangeOfDay(change_line(change, own.context).line, f"{page}#{addresses.change_anchor(change.id)}")
        found[local_day(change.at, own.context.zone)].append(told)
    return found
