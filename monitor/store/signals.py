"""Signals: what the rules found in the stories, and which of it is still valid."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from sqlalchemy import Connection, select, update
from sqlalchemy.sql import Select

from monitor.domain.messages.silent_rules import RuleMatch
from monitor.domain.model import Signal
from monitor.store import json_codec
from monitor.store.rows import chunks, upsert
from monitor.store.tables import SignalRow, table_of

_SIGNAL = table_of(SignalRow)


def save(conn: Connection, signals: Iterable[Signal]) -> None:
    """Store signals; one that was dead and is found again is alive again."""
    upsert(conn, SignalRow, [_row(signal) for signal in signals])


def _row(signal: Signal) -> dict[str, object]:
    return {
        "id": signal.id, "story": signal.story, "revision": signal.revision, "commitment": signal.commitment,
        "effect": signal.effect.value, "happened_at": signal.happened.end, "seen_at": signal.seen_at,
        "body": json_codec.dump(signal),
    }  # fmt: skip


def retire(conn: Connection, ids: Collection[str], now: datetime, why: str) -> None:
    """These signals no longer count; they are kept to explain what was once said."""
    for part in chunks(ids):
        dying = update(_SIGNAL).where(_SIGNAL.c.id.in_(part), _SIGNAL.c.dead_at.is_(None))
        conn.execute(dying.values(dead_at=now, dead_why=why))


def of_stories(conn: Connection, stories: Collection[str]) -> tuple[Signal, ...]:
    """The live signals of these stories."""
    return tuple(signal for part in chunks(stories) for signal in _read(conn, _live().where(_SIGNAL.c.story.in_(part))))


def by_ids(conn: Connection, ids: Collection[str]) -> dict[str, Signal]:
    """The signals with these ids, dead ones included; unknown ids are left out."""
    found: dict[str, Signal] = {}
    for part in chunks(ids):
        found |= {signal.id: signal for signal in _read(conn, _ordered().where(_SIGNAL.c.id.in_(part)))}
    return found


def by_commitment_after(conn: Connection, moments: Mapping[str, datetime]) -> dict[str, tuple[Signal, ...]]:
    """By commitment: its live signals of what happened after the moment given for it, in order of (happened, id)."""
    return {
        commitment: _read(conn, _live().where(_SIGNAL.c.commitment == commitment, _SIGNAL.c.happened_at > moment))
        for commitment, moment in moments.items()
    }


def seen_since(conn: Connection, moment: datetime) -> tuple[Signal, ...]:
    """All live signals of texts first seen after a moment, in order of (happened, id)."""
    return _read(conn, _live().where(_SIGNAL.c.seen_at > moment))


def latest(conn: Connection, commitment: str, limit: int) -> tuple[Signal, ...]:
    """The newest live signals of one commitment, newest first."""
    newest = select(_SIGNAL.c.body).where(_SIGNAL.c.commitment == commitment, _SIGNAL.c.dead_at.is_(None))
    return _read(conn, newest.order_by(_SIGNAL.c.happened_at.desc(), _SIGNAL.c.id).limit(limit))


def matches(conn: Connection, since: datetime, until: datetime) -> tuple[RuleMatch, ...]:
    """Which rule matched which story, of what happened between these moments (the last left out) and still counts."""
    live = select(_SIGNAL.c.story, _SIGNAL.c.happened_at, _SIGNAL.c.body).where(_SIGNAL.c.dead_at.is_(None))
    within = live.where(_SIGNAL.c.happened_at >= since, _SIGNAL.c.happened_at < until)
    rows = conn.execute(within.order_by(_SIGNAL.c.happened_at, _SIGNAL.c.id))
    return tuple(RuleMatch(json.loads(row.body)["rule"], row.story, row.happened_at) for row in rows)


def _ordered() -> Select[str]:
    return select(_SIGNAL.c.body).order_by(_SIGNAL.c.happened_at, _SIGNAL.c.id)


def _live() -> Select[str]:
    return _ordered().where(_SIGNAL.c.dead_at.is_(None))


def _read(conn: Connection, wanted: Select[str]) -> tuple[Signal, ...]:
    return tuple(json_codec.load(Signal, body) for body in conn.scalars(wanted))
