"""Further evidence at work: who was told of a change hears, in the same thread, who else says so by then.

It is worked out from what was sent and what is stored, so it may run at any time and twice: what a route was shown is on
record with the message that showed it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.domain.announce import SILENT, SentLog, muted
from monitor.domain.further import bearing, brought_about, message, ruling, since, voices
from monitor.domain.model import Act, Case, Message, Route, Story, Transition, Verdict
from monitor.domain.rules import Rulebook
from monitor.review import sent_log
from monitor.store import Connection, Store, cases, queue, signals, stories
from monitor.store.queue import NewItem
from monitor.writing import Writer, writer


@dataclass(frozen=True, slots=True)
class Told:
    """How many replies were queued, and what kept others from being written; those are tried again."""

    queued: int = 0
    problems: tuple[str, ...] = ()


def tell(store: Store, rulebook: Rulebook, routes: Sequence[Route], now: datetime) -> Told:
    """Queue a reply for each route that asks for further evidence and has not been shown what there is.

    Changes told longer ago than policy's `corroborate_days` are left alone: what is said so late is news of its own. A reply
    that cannot be written stops only itself. Raises StoreError.
    """
    asking = [route for route in routes if route.further]
    if not asking:
        return Told()
    with store.read() as conn:
        found = _load(conn, rulebook, now)
        messages = [made for change in found.changes for made in found.about(change, rulebook, asking, now)]
        told, also = (t for m in messages for t in m.transitions), (key for m in messages for key in m.also)
        written = writer(conn, rulebook, asking, now, found.verdicts, told, also) if messages else None
    rows, problems = _rows(written, messages) if written else ([], ())
    if rows:
        with store.begin() as conn:
            queue.enqueue(conn, rows, now)
    return Told(len(rows), problems)


def _rows(written: Writer, messages: Sequence[Message]) -> tuple[list[NewItem], tuple[str, ...]]:
    rows, problems = [], []
    for made in messages:
        try:
            rows.append(written.row(made))
        except Exception as error:  # noqa: BLE001 - whatever a brief raises, the other replies go out
            problems.append(f"{made.commitment}, route {made.route}: {type(error).__name__}: {error}")
    return rows, tuple(problems)


@dataclass(frozen=True, slots=True)
class _Found:
    """What is stored of the changes told lately. changes: those by which a status became what it is."""

    changes: tuple[Transition, ...]
    verdicts: Mapping[str, Verdict]
    cases: Mapping[str, Case]
    stories: Mapping[str, Story]
    sent: SentLog

    def about(
        self, change: Transition, rulebook: Rulebook, routes: Sequence[Route], now: datetime
    ) -> Iterator[Message]:
        case, verdict = self.cases[change.commitment], self.verdicts[change.commitment]
        borne = bearing(case, self.stories, rulebook, now)
        if not borne:
            return
        spoken = voices(case, {*ruling(verdict), *(signal.id for signal in borne)}, self.stories, rulebook)
        for route in routes:
            made = message(change, verdict, borne, spoken, route, self.sent, now)
            if made is not None:
                yield made


def _load(conn: Connection, rulebook: Rulebook, now: datetime) -> _Found:
    window = timedelta(days=rulebook.policy.corroborate_days)
    verdicts = {name: record.published for name, record in cases.records(conn).items()}
    acts = cases.acts(conn)
    moves = cases.transitions(conn, now - window, now + timedelta(microseconds=1))
    waiting = cases.dirty(conn)  # what has yet to be weighed may confirm or turn it, which is told first
    changes = tuple(t for t in _open_changes(moves, rulebook, verdicts, acts, now) if t.commitment not in waiting)
    names = [change.commitment for change in changes]
    heard = signals.after(conn, {name: since(verdicts[name]) - window for name in names})
    known = {
        name: Case(rulebook.commitments[name], verdicts[name], heard[name], (*acts.get("", ()), *acts.get(name, ())), verdicts[name])
        for name in names
    }  # fmt: skip
    told = stories.by_ids(conn, {signal.story for group in heard.values() for signal in group})
    return _Found(changes, verdicts, known, told, sent_log(conn, now) if changes else SentLog())


def _open_changes(
    moves: Sequence[Transition], rulebook: Rulebook, verdicts: Mapping[str, Verdict],
    acts: Mapping[str, tuple[Act, ...]], now: datetime,
) -> Iterator[Transition]:  # fmt: skip
    """Of each commitment that is not muted, the change that made its status what it is, if it is among these."""
    for name, verdict in verdicts.items():
        change = brought_about(moves, verdict) if name in rulebook.commitments else None
        if change is not None and change.cause not in SILENT and muted(acts.get("", ()), name, now) is None:
            yield change
