"""Signals: the findings of the rules in the stories, and which of them are still valid."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from sqlalchemy import Connection, select, update
from sqlalchemy.sql import Select

from monitor.domain.messages.digest.silent_rules import RuleMatch
from monitor.domain.model import ReaderKind, Signal
from monitor.domain.pages.material import Retired
from monitor.store import json_codec
from monitor.store.rows import among, execute_among, row_of, rows_among, upsert
from monitor.store.tables import SIGNAL

_ORDERED = select(SIGNAL.c.body).order_by(SIGNAL.c.happened_at, SIGNAL.c.id)
_LIVE = _ORDERED.where(SIGNAL.c.dead_at.is_(None))
_LIVE_OF = _LIVE.where(among(SIGNAL.c.story))
_BY_ID = _ORDERED.where(among(SIGNAL.c.id))
_RETIRED = _BY_ID.where(SIGNAL.c.dead_at.is_not(None)).add_columns(SIGNAL.c.id, SIGNAL.c.dead_at, SIGNAL.c.dead_why)


def save(conn: Connection, signals: Iterable[Signal]) -> None:
    """Store signals. One that was retired and is found again counts again."""
    rows = (row_of(SIGNAL, s, happened_at=s.happened.end, body=json_codec.dump(s)) for s in signals)
    upsert(conn, SIGNAL, rows)


def retire(conn: Connection, ids: Collection[str], now: datetime, why: str) -> None:
    """Mark signals as no longer valid; they stay to explain earlier verdicts."""
    live = update(SIGNAL).where(among(SIGNAL.c.id), SIGNAL.c.dead_at.is_(None))
    execute_among(conn, live.values(dead_at=now, dead_why=why), ids)


def of_stories(conn: Connection, stories: Collection[str]) -> tuple[Signal, ...]:
    return tuple(json_codec.load(Signal, row["body"]) for row in rows_among(conn, _LIVE_OF, stories))


def by_ids(conn: Connection, ids: Collection[str]) -> dict[str, Signal]:
    """The signals with these ids, retired ones included; unknown ids are ignored."""
    found = (json_codec.load(Signal, row["body"]) for row in rows_among(conn, _BY_ID, ids))
    return {signal.id: signal for signal in found}


def retired(conn: Connection, ids: Collection[str]) -> dict[str, Retired]:
    return {row["id"]: Retired(row["dead_at"], row["dead_why"]) for row in rows_among(conn, _RETIRED, ids)}


def by_commitment_after(conn: Connection, moments: Mapping[str, datetime]) -> dict[str, tuple[Signal, ...]]:
    """The live signals of each commitment for events after its moment, in order of (happened, id)."""
    return {
        commitment: _read(conn, _LIVE.where(SIGNAL.c.commitment == commitment, SIGNAL.c.happened_at > moment))
        for commitment, moment in moments.items()
    }


def seen_since(conn: Connection, moment: datetime) -> tuple[Signal, ...]:
    """All live signals of texts first seen after `moment`, in order of (happened, id)."""
    return _read(conn, _LIVE.where(SIGNAL.c.seen_at > moment))


def latest(conn: Connection, commitment: str, limit: int) -> tuple[Signal, ...]:
    """The newest live signals of one commitment, newest first."""
    newest = select(SIGNAL.c.body).where(SIGNAL.c.commitment == commitment, SIGNAL.c.dead_at.is_(None))
    return _read(conn, newest.order_by(SIGNAL.c.happened_at.desc(), SIGNAL.c.id).limit(limit))


def matches(conn: Connection, since: datetime, until: datetime) -> tuple[RuleMatch, ...]:
    """The rules that matched stories with live signals for events in [since, until), overruled or not."""
    found = []
    within = _LIVE.where(SIGNAL.c.happened_at >= since, SIGNAL.c.happened_at < until)
    for row in conn.execute(within.add_columns(SIGNAL.c.story, SIGNAL.c.happened_at)):
        plain = json.loads(row.body)
        others = (each["name"] for each in plain.get("read_by", ()) if each["kind"] == ReaderKind.RULE)
        found += [RuleMatch(rule, row.story, row.happened_at) for rule in dict.fromkeys((plain["rule"], *others))]
    return tuple(found)


def _read(conn: Connection, wanted: Select[str]) -> tuple[Signal, ...]:
    return tuple(json_codec.load(Signal, body) for body in conn.scalars(wanted))
