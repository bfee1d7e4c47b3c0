"""Verdicts, what made them due, what changed, and what people did about them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, or_, select, update

from monitor.domain.model import Cause, Intervention, Transition, Verdict
from monitor.domain.verdicts.review_requests import ReviewRequest, VerdictRecord, merged
from monitor.store import json_codec
from monitor.store.rows import insert_new, row_values, upsert
from monitor.store.tables import ActRow, DirtyRow, PublishedRow, TransitionRow, VerdictRow, table_of

_VERDICT, _DIRTY, _TRANSITION, _ACT = (table_of(row) for row in (VerdictRow, DirtyRow, TransitionRow, ActRow))
_PUBLISHED = table_of(PublishedRow)

# ---------------------------------------------------------------- verdicts


def verdict_records(conn: Connection) -> dict[str, VerdictRecord]:
    """Every stored verdict, by commitment."""
    return {
        row.commitment: VerdictRecord(
            row.commitment, row.version, json_codec.load(Verdict, row.published), json_codec.load(Verdict, row.folded),
            row.folded_to, row.next_due, row.decided_at,
        )
        for row in conn.execute(select(_VERDICT).order_by(_VERDICT.c.commitment))
    }  # fmt: skip


def decided(conn: Connection) -> list[str]:
    """The commitments that have a stored verdict."""
    return list(conn.scalars(select(_VERDICT.c.commitment).order_by(_VERDICT.c.commitment)))


def save_record(conn: Connection, record: VerdictRecord) -> bool:
    """Write `record` as the version after its own, and into the history of what was published where that differs.

    False, and nothing written, if another has written since.
    """
    values = {
        "version": record.version + 1, "published": json_codec.dump(record.published), "folded": json_codec.dump(record.folded),
        "folded_to": record.folded_to, "next_due": record.next_due, "decided_at": record.decided_at,
    }  # fmt: skip
    mine = (_VERDICT.c.commitment == record.commitment, _VERDICT.c.version == record.version)
    if record.version:
        if conn.execute(update(_VERDICT).where(*mine).values(**values)).rowcount != 1:
            return False
    elif conn.scalar(select(func.count()).select_from(_VERDICT).where(_VERDICT.c.commitment == record.commitment)):
        return False
    else:
        insert_new(conn, VerdictRow, [{"commitment": record.commitment, **values}])
    _add_to_history(conn, record.commitment, record.version + 1, record.decided_at, str(values["published"]))
    return True


def _add_to_history(conn: Connection, commitment: str, version: int, at: datetime, body: str) -> None:
    newest = select(_PUBLISHED.c.body).where(_PUBLISHED.c.commitment == commitment)
    if conn.scalar(newest.order_by(_PUBLISHED.c.version.desc()).limit(1)) != body:
        insert_new(conn, PublishedRow, [{"commitment": commitment, "version": version, "at": at, "body": body}])


def next_clock_due(conn: Connection, apart_from: Collection[str] = ()) -> datetime | None:
    """The earliest moment at which time alone could change a verdict, these commitments left out."""
    others = _VERDICT.c.commitment.not_in(list(apart_from))
    earliest: datetime | None = conn.scalar(select(func.min(_VERDICT.c.next_due)).where(others))
    return earliest


# ---------------------------------------------------------------- what was published when


@dataclass(frozen=True, slots=True)
class PublishedVerdict:
    """A verdict as it was published from `at` on."""

    at: datetime
    verdict: Verdict


def published_at(
    conn: Connection, moment: datetime, commitments: Collection[str] | None = None
) -> dict[str, PublishedVerdict]:
    """By commitment: the verdict published at a moment. Those of which there was no record yet are left out."""
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


# ---------------------------------------------------------------- dirty


def review_requests(conn: Connection) -> dict[str, ReviewRequest]:
    """The reviews asked for, by commitment."""
    rows = conn.execute(select(_DIRTY).order_by(_DIRTY.c.commitment))
    return {r.commitment: ReviewRequest(r.commitment, r.since, Cause(r.cause), r.urgent, r.stamp) for r in rows}


def request_reviews(conn: Connection, requests: Iterable[ReviewRequest]) -> None:
    """Add requests to those already there (see `due.merged`)."""
    added = tuple(requests)
    if not added:
        return
    together = merged(review_requests(conn), added)
    rows = (together[name] for name in sorted({request.commitment for request in added}))
    upsert(conn, DirtyRow, [row_values(request) | {"cause": request.cause.value} for request in rows])


def clear_review_requests(conn: Connection, done: Iterable[ReviewRequest]) -> None:
    """Clear the requests that are as they were when read; one that was added to since stays."""
    for request in done:
        seen = (_DIRTY.c.commitment == request.commitment, _DIRTY.c.stamp == request.stamp)
        conn.execute(delete(_DIRTY).where(*seen))


# ---------------------------------------------------------------- transitions


def add_transitions(conn: Connection, transitions: Iterable[Transition]) -> None:
    """Record changes; one already recorded stays as it is."""
    rows = ({"id": t.id, "commitment": t.commitment, "at": t.at, "body": json_codec.dump(t)} for t in transitions)
    insert_new(conn, TransitionRow, rows)


def transitions(
    conn: Connection, start: datetime, end: datetime, commitments: Collection[str] | None = None
) -> tuple[Transition, ...]:
    """Changes recorded in [start, end), oldest first; of all commitments unless some are named."""
    wanted = select(_TRANSITION.c.body).where(_TRANSITION.c.at >= start, _TRANSITION.c.at < end)
    if commitments is not None:
        wanted = wanted.where(_TRANSITION.c.commitment.in_(list(commitments)))
    return tuple(
        json_codec.load(Transition, body) for body in conn.scalars(wanted.order_by(_TRANSITION.c.at, _TRANSITION.c.id))
    )


def history(conn: Connection, commitments: Collection[str], limit: int = 50) -> tuple[Transition, ...]:
    """The newest `limit` changes of these commitments together, oldest first."""
    newest = select(_TRANSITION.c.body).where(_TRANSITION.c.commitment.in_(list(commitments)))
    bodies = conn.scalars(newest.order_by(_TRANSITION.c.at.desc(), _TRANSITION.c.id.desc()).limit(limit)).all()
    return tuple(json_codec.load(Transition, body) for body in reversed(bodies))


# ---------------------------------------------------------------- acts of people


def add_intervention(
    conn: Connection, act: Intervention, now: datetime, concerned: Collection[str] | None = None
) -> None:
    """Record what a person did and have its commitment, or those concerned, weighed again at once."""
    insert_new(conn, ActRow, [{"id": act.id, "commitment": act.commitment, "at": act.at, "body": json_codec.dump(act)}])
    names = (act.commitment,) if concerned is None else concerned
    request_reviews(conn, [ReviewRequest(name, now, Cause.PERSON, urgent=True) for name in names])


def interventions(conn: Connection, commitments: Collection[str] | None = None) -> dict[str, tuple[Intervention, ...]]:
    """By commitment: the acts on it, oldest first. Acts on no commitment in particular stand under ''."""
    wanted = select(_ACT.c.commitment, _ACT.c.body).order_by(_ACT.c.at, _ACT.c.id)
    if commitments is not None:
        wanted = wanted.where(or_(_ACT.c.commitment.in_(list(commitments)), _ACT.c.commitment == ""))
    found: dict[str, list[Intervention]] = defaultdict(list)
    for commitment, body in conn.execute(wanted):
        found[commitment].append(json_codec.load(Intervention, body))
    return {commitment: tuple(own) for commitment, own in found.items()}
