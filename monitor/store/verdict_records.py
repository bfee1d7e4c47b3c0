"""Verdicts, what made them due, what changed, and what people did about them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, delete, func, or_, select, update

from monitor.domain.model import Cause, Intervention, Transition, Verdict
from monitor.domain.verdicts.review_requests import ReviewRequest, VerdictRecord, merged
from monitor.store import json_codec
from monitor.store.rows import insert_new, read, row_of, upsert
from monitor.store.tables import ActRow, DirtyRow, PublishedRow, TransitionRow, VerdictRow, table_of

_VERDICT, _DIRTY, _TRANSITION, _ACT = (table_of(row) for row in (VerdictRow, DirtyRow, TransitionRow, ActRow))
_PUBLISHED = table_of(PublishedRow)


def verdict_records(conn: Connection) -> dict[str, VerdictRecord]:
    """Every stored verdict, by commitment."""
    return {r.commitment: r for r in read(conn, VerdictRecord, select(_VERDICT).order_by(_VERDICT.c.commitment))}


def decided(conn: Connection) -> list[str]:
    """The commitments that have a stored verdict."""
    return list(conn.scalars(select(_VERDICT.c.commitment).order_by(_VERDICT.c.commitment)))


def save_record(conn: Connection, record: VerdictRecord) -> bool:
    """Write `record` as the version after its own. False, and nothing written, if another has written since.

    1. Compare and set: the stored row must have the version of `record`, or be missing if that is 0.
    2. Add what is published to the history, where it differs from the newest there.
    """
    row = row_of(VerdictRow, replace(record, version=record.version + 1))
    mine = _VERDICT.c.commitment == record.commitment
    if record.version:
        if conn.execute(update(_VERDICT).where(mine, _VERDICT.c.version == record.version).values(row)).rowcount != 1:
            return False
    elif conn.scalar(select(func.count()).select_from(_VERDICT).where(mine)):
        return False
    else:
        insert_new(conn, VerdictRow, [row])
    history = select(_PUBLISHED.c.body).where(_PUBLISHED.c.commitment == record.commitment)
    if conn.scalar(history.order_by(_PUBLISHED.c.version.desc()).limit(1)) != row["published"]:
        published = {"version": row["version"], "at": record.decided_at, "body": row["published"]}
        insert_new(conn, PublishedRow, [{"commitment": record.commitment, **published}])
    return True


def next_clock_due(conn: Connection, apart_from: Collection[str] = ()) -> datetime | None:
    """The earliest moment at which time alone could change a verdict, these commitments left out; None if there is none."""
    others = _VERDICT.c.commitment.not_in(list(apart_from))
    earliest: datetime | None = conn.scalar(select(func.min(_VERDICT.c.next_due)).where(others))
    return earliest


@dataclass(frozen=True, slots=True)
class PublishedVerdict:
    """A verdict as it was published from `at` on."""

    at: datetime
    verdict: Verdict


def published_at(
    conn: Connection, moment: datetime, commitments: Collection[str] | None = None
) -> dict[str, PublishedVerdict]:
    """By commitment (None: all): the verdict published at a moment. One of which there was no record yet is left out."""
    until = select(_PUBLISHED.c.commitment, func.max(_PUBLISHED.c.version).label("version"))
    until = until.where(_PUBLISHED.c.at <= moment)
    if commitments is not None:
        until = until.where(_PUBLISHED.c.commitment.in_(list(commitments)))
    last = until.group_by(_PUBLISHED.c.commitment).subquery()
    same = (last.c.commitment == _PUBLISHED.c.commitment) & (last.c.version == _PUBLISHED.c.version)
    rows = conn.execute(select(_PUBLISHED).join(last, same).order_by(_PUBLISHED.c.commitment))
    return {row.commitment: PublishedVerdict(row.at, json_codec.load(Verdict, row.body)) for row in rows}


def first_published(conn: Connection) -> dict[str, datetime]:
    """By commitment: when the record of what was published begins."""
    first = select(_PUBLISHED.c.commitment, func.min(_PUBLISHED.c.at)).group_by(_PUBLISHED.c.commitment)
    return {row[0]: row[1] for row in conn.execute(first)}


def review_requests(conn: Connection) -> dict[str, ReviewRequest]:
    """The reviews asked for, by commitment."""
    return {r.commitment: r for r in read(conn, ReviewRequest, select(_DIRTY).order_by(_DIRTY.c.commitment))}


def request_reviews(conn: Connection, requests: Iterable[ReviewRequest]) -> None:
    """Add requests to those already there (see `merged`)."""
    added = tuple(requests)
    if added:
        together = merged(review_requests(conn), added)
        upsert(conn, DirtyRow, [together[name] for name in sorted({request.commitment for request in added})])


def clear_review_requests(conn: Connection, done: Iterable[ReviewRequest]) -> None:
    """Clear the requests that are as they were when read; one that was added to since stays."""
    for request in done:
        unchanged = (_DIRTY.c.commitment == request.commitment, _DIRTY.c.stamp == request.stamp)
        conn.execute(delete(_DIRTY).where(*unchanged))


def add_transitions(conn: Connection, transitions: Iterable[Transition]) -> None:
    """Record changes; one already recorded stays as it is."""
    insert_new(conn, TransitionRow, (row_of(TransitionRow, t, body=json_codec.dump(t)) for t in transitions))


def transitions(
    conn: Connection, start: datetime, end: datetime, commitments: Collection[str] | None = None
) -> tuple[Transition, ...]:
    """Changes recorded in [start, end), oldest first; of all commitments unless some are named."""
    wanted = select(_TRANSITION.c.body).where(_TRANSITION.c.at >= start, _TRANSITION.c.at < end)
    if commitments is not None:
        wanted = wanted.where(_TRANSITION.c.commitment.in_(list(commitments)))
    bodies = conn.scalars(wanted.order_by(_TRANSITION.c.at, _TRANSITION.c.id))
    return tuple(json_codec.load(Transition, body) for body in bodies)


def history(conn: Connection, commitments: Collection[str], limit: int = 50) -> tuple[Transition, ...]:
    """The newest `limit` changes of these commitments together, oldest first."""
    newest = select(_TRANSITION.c.body).where(_TRANSITION.c.commitment.in_(list(commitments)))
    bodies = conn.scalars(newest.order_by(_TRANSITION.c.at.desc(), _TRANSITION.c.id.desc()).limit(limit)).all()
    return tuple(json_codec.load(Transition, body) for body in reversed(bodies))


def add_intervention(
    conn: Connection, act: Intervention, now: datetime, concerned: Collection[str] | None = None
) -> None:
    """Record what a person did, and request an urgent review of the commitments concerned; None: of its own commitment."""
    insert_new(conn, ActRow, [row_of(ActRow, act, body=json_codec.dump(act))])
    names = (act.commitment,) if concerned is None else concerned
    request_reviews(conn, [ReviewRequest(name, now, Cause.PERSON, urgent=True) for name in names])


def interventions(conn: Connection, commitments: Collection[str] | None = None) -> dict[str, tuple[Intervention, ...]]:
    """By commitment (None: all): its interventions, oldest first. Those on no commitment in particular stand under ''."""
    wanted = select(_ACT.c.commitment, _ACT.c.body).order_by(_ACT.c.at, _ACT.c.id)
    if commitments is not None:
        wanted = wanted.where(or_(_ACT.c.commitment.in_(list(commitments)), _ACT.c.commitment == ""))
    by_commitment: dict[str, list[Intervention]] = defaultdict(list)
    for commitment, body in conn.execute(wanted):
        by_commitment[commitment].append(json_codec.load(Intervention, body))
    return {commitment: tuple(acts) for commitment, acts in by_commitment.items()}
