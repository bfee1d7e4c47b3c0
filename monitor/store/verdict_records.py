"""Verdicts with their history, review requests, recorded changes, and interventions of people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, delete, func, or_, select, update

from monitor.domain.model import Cause, Intervention, Policy, PublishedVerdict, Transition, Verdict
from monitor.domain.verdicts.review_requests import ReviewRequest, VerdictRecord, merged
from monitor.store import json_codec
from monitor.store.rows import among, insert_new, read, read_among, row_of, upsert
from monitor.store.tables import DIRTY, INTERVENTION, PUBLISHED, TRANSITION, VERDICT

_OF_COMMITMENTS = select(VERDICT).where(among(VERDICT.c.commitment))


def verdict_records(conn: Connection, commitments: Collection[str] | None = None) -> dict[str, VerdictRecord]:
    """The stored verdicts of these commitments (None: all), by commitment."""
    if commitments is None:
        return {r.commitment: r for r in read(conn, VerdictRecord, select(VERDICT).order_by(VERDICT.c.commitment))}
    return {r.commitment: r for r in read_among(conn, VerdictRecord, _OF_COMMITMENTS, commitments)}


class PublishedVerdicts(Mapping[str, Verdict]):
    """The published verdicts by commitment, each read on access. newer: those not yet written take precedence."""

    def __init__(self, conn: Connection, newer: Mapping[str, Verdict]) -> None:
        self._conn, self._newer, self._read = conn, newer, dict(newer)

    def __getitem__(self, key: str) -> Verdict:
        if key not in self._read:
            body = self._conn.scalar(select(VERDICT.c.published).where(VERDICT.c.commitment == key))
            if body is not None:
                self._read[key] = json_codec.load(Verdict, body)
        return self._read[key]

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys((*self._newer, *decided(self._conn))))

    def __len__(self) -> int:
        return len({*self._newer, *decided(self._conn)})


def decided(conn: Connection) -> list[str]:
    return list(conn.scalars(select(VERDICT.c.commitment).order_by(VERDICT.c.commitment)))


def undecided_or_due(conn: Connection, commitments: Collection[str], now: datetime) -> frozenset[str]:
    """The commitments among these without a stored verdict, or whose verdict may have changed by time alone."""
    # One text of names costs far less than rows.
    names: str | None = conn.scalar(select(func.aggregate_strings(VERDICT.c.commitment, "\n")))
    due = set(conn.scalars(select(VERDICT.c.commitment).where(VERDICT.c.next_due <= now)))
    return frozenset(commitments).difference(set((names or "").split("\n")) - due)


def save_record(conn: Connection, record: VerdictRecord, moves: Iterable[Transition] = ()) -> bool:
    """Write `record` as the next version, with its changes. False, and no change, if another writer was first.

    The stored row must have the version of `record`, or be missing for version 0. A published verdict that differs from
    the newest one is added to the history; a recorded change stays as it is.
    """
    row = row_of(VERDICT, replace(record, version=record.version + 1))
    mine = VERDICT.c.commitment == record.commitment
    if record.version:
        if conn.execute(update(VERDICT).where(mine, VERDICT.c.version == record.version).values(row)).rowcount != 1:
            return False
    elif conn.scalar(select(func.count()).select_from(VERDICT).where(mine)):
        return False
    else:
        insert_new(conn, VERDICT, [row])
    history = select(PUBLISHED.c.body).where(PUBLISHED.c.commitment == record.commitment)
    if conn.scalar(history.order_by(PUBLISHED.c.version.desc()).limit(1)) != row["published"]:
        published = {"version": row["version"], "at": record.decided_at, "body": row["published"]}
        insert_new(conn, PUBLISHED, [{"commitment": record.commitment, **published}])
    insert_new(conn, TRANSITION, (row_of(TRANSITION, move, body=json_codec.dump(move)) for move in moves))
    return True


def next_review_at(conn: Connection, policy: Policy) -> datetime | None:
    """The next time at which a review has something to do; None if unknown."""
    requests = review_requests(conn)
    others = VERDICT.c.commitment.not_in(list(requests))
    by_time = conn.scalar(select(func.min(VERDICT.c.next_due)).where(others))
    ready = [request.ready_at(policy) for request in requests.values()]
    return min(filter(None, [*ready, by_time]), default=None)


def published_at(
    conn: Connection, moment: datetime, commitments: Collection[str] | None = None
) -> dict[str, PublishedVerdict]:
    """The verdict of each commitment (None: all) that was published at a moment; missing without one."""
    until = select(PUBLISHED.c.commitment, func.max(PUBLISHED.c.version).label("version"))
    until = until.where(PUBLISHED.c.at <= moment)
    if commitments is not None:
        until = until.where(PUBLISHED.c.commitment.in_(list(commitments)))
    last = until.group_by(PUBLISHED.c.commitment).subquery()
    same = (last.c.commitment == PUBLISHED.c.commitment) & (last.c.version == PUBLISHED.c.version)
    rows = conn.execute(select(PUBLISHED).join(last, same).order_by(PUBLISHED.c.commitment))
    return {row.commitment: PublishedVerdict(row.at, json_codec.load(Verdict, row.body)) for row in rows}


def all_published(conn: Connection) -> dict[str, tuple[PublishedVerdict, ...]]:
    record: dict[str, list[PublishedVerdict]] = defaultdict(list)
    for row in conn.execute(select(PUBLISHED).order_by(PUBLISHED.c.commitment, PUBLISHED.c.version)):
        record[row.commitment].append(PublishedVerdict(row.at, json_codec.load(Verdict, row.body)))
    return {commitment: tuple(verdicts) for commitment, verdicts in record.items()}


def content_stamp(conn: Connection) -> tuple[int | None, ...]:
    """Differs whenever a verdict was written, a change recorded or a person did something: verdicts and their
    versions, and how many changes and interventions there are. None of them is ever deleted."""
    versions = select(func.count(), func.sum(VERDICT.c.version)).select_from(VERDICT)
    counts = (conn.scalar(select(func.count()).select_from(table)) for table in (TRANSITION, INTERVENTION))
    return (*conn.execute(versions).one(), *counts)


def last_activity(conn: Connection) -> tuple[datetime | None, datetime | None]:
    """When a verdict was last decided, and when one was published, a change recorded or a person did something last.

    None before the first.
    """
    columns = (VERDICT.c.decided_at, PUBLISHED.c.at, TRANSITION.c.at, INTERVENTION.c.at)
    decided, *changed = (conn.scalar(select(func.max(column))) for column in columns)
    return decided, max(filter(None, changed), default=None)


def first_published(conn: Connection) -> dict[str, datetime]:
    first = select(PUBLISHED.c.commitment, func.min(PUBLISHED.c.at)).group_by(PUBLISHED.c.commitment)
    return {row[0]: row[1] for row in conn.execute(first)}


def review_requests(conn: Connection) -> dict[str, ReviewRequest]:
    return {r.commitment: r for r in read(conn, ReviewRequest, select(DIRTY).order_by(DIRTY.c.commitment))}


def request_reviews(conn: Connection, requests: Iterable[ReviewRequest]) -> None:
    """Merge requests with the open ones (see `merged`)."""
    added = tuple(requests)
    if added:
        together = merged(review_requests(conn), added)
        upsert(conn, DIRTY, [together[name] for name in sorted({request.commitment for request in added})])


def clear_review_requests(conn: Connection, done: Iterable[ReviewRequest]) -> None:
    """Delete requests unless they have changed since they were read."""
    for request in done:
        unchanged = (DIRTY.c.commitment == request.commitment, DIRTY.c.stamp == request.stamp)
        conn.execute(delete(DIRTY).where(*unchanged))


def transitions(
    conn: Connection,
    start: datetime | None = None,
    end: datetime | None = None,
    commitments: Collection[str] | None = None,
    *,
    newest: int | None = None,
) -> tuple[Transition, ...]:
    """The changes of these commitments recorded in [start, end), oldest first, or the newest of them; None: all."""
    wanted = select(TRANSITION.c.body).order_by(TRANSITION.c.at.desc(), TRANSITION.c.id.desc()).limit(newest)
    if start is not None:
        wanted = wanted.where(TRANSITION.c.at >= start)
    if end is not None:
        wanted = wanted.where(TRANSITION.c.at < end)
    if commitments is not None:
        wanted = wanted.where(TRANSITION.c.commitment.in_(list(commitments)))
    return tuple(json_codec.load(Transition, body) for body in reversed(conn.scalars(wanted).all()))


def add_intervention(
    conn: Connection, intervention: Intervention, now: datetime, concerned: Collection[str] | None = None
) -> None:
    """Record what a person did, and request an urgent review of the commitments concerned (None: its own)."""
    insert_new(conn, INTERVENTION, [row_of(INTERVENTION, intervention, body=json_codec.dump(intervention))])
    names = (intervention.commitment,) if concerned is None else concerned
    request_reviews(conn, [ReviewRequest(name, now, Cause.PERSON, urgent=True) for name in names])


def interventions(conn: Connection, commitments: Collection[str] | None = None) -> dict[str, tuple[Intervention, ...]]:
    """The interventions of each commitment (None: all), oldest first; the key '' has the general ones."""
    wanted = select(INTERVENTION.c.commitment, INTERVENTION.c.body).order_by(INTERVENTION.c.at, INTERVENTION.c.id)
    if commitments is not None:
        wanted = wanted.where(or_(INTERVENTION.c.commitment.in_(list(commitments)), INTERVENTION.c.commitment == ""))
    by_commitment: dict[str, list[Intervention]] = defaultdict(list)
    for commitment, body in conn.execute(wanted):
        by_commitment[commitment].append(json_codec.load(Intervention, body))
    return {commitment: tuple(interventions) for commitment, interventions in by_commitment.items()}
