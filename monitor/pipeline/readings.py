"""Readings as they come in: stored, joined with what the rules read, and reviews requested of what that changes.

A model's reading comes within the time that news settles, or late; a person's whenever. What a text has said so far and now says no
more is retired, and told as a correction if a verdict was already decided on it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.domain.matching.rules import Rulebook
from monitor.domain.model import Cause, Effect, ReadBy, ReaderKind, Reading, Signal, Story
from monitor.domain.model.readings import READ_OTHERWISE
from monitor.domain.reading.gate import is_near
from monitor.domain.reading.join import reading_that_counts
from monitor.domain.reading.read_by import reads_commitment
from monitor.domain.stories.syndication import can_change_verdict, confirmed_elsewhere
from monitor.domain.verdicts.corroboration import is_official_act, weighs_otherwise
from monitor.domain.verdicts.review_requests import ReviewRequest
from monitor.store import Connection, problems_and_runs, readings, rematch, signals, stories, verdict_records
from monitor.store.tables import UnreadText


@dataclass(frozen=True, slots=True)
class ReadText:
    """A reading with the story that shows the text, and since when the text has been known."""

    story: str
    reading: Reading
    since: datetime


@dataclass(frozen=True, slots=True)
class ReadingReport:
    """What readings changed: how many signals are new or differ, how many were retired, and the stories that failed."""

    changed: int = 0
    retired: int = 0
    failed: Mapping[str, Exception] | None = None


def asks_model(conn: Connection, rulebook: Rulebook, story: Story) -> bool:
    """Whether a text is to be read by the model: it comes near the deal, and no model has read it."""
    return not story.withdrawn and is_near(story, rulebook) and not readings.read_by_model(conn, [story.revision])


def record_readings(
    conn: Connection, rulebook: Rulebook, read: Sequence[ReadText], now: datetime, *, urgent: bool = False
) -> ReadingReport:
    """Store readings; their texts wait no longer. Then `reread_stories`."""
    readings.save(conn, (each.reading for each in read))
    readings.drop_unread(conn, [each.reading.text for each in read])
    return reread_stories(conn, rulebook, {each.story: each.since for each in read}, now, urgent=urgent)


def reread_stories(
    conn: Connection, rulebook: Rulebook, since: Mapping[str, datetime], now: datetime, *, urgent: bool = False
) -> ReadingReport:
    """Read stories again whose readings have changed, and request reviews of what differs. since: by story, since when its text
    has been known. urgent: the reviews wait for no more news.

    1. Read every live text of the stories, by the rules and all readings.
    2. Retire what no text says any more, store what is new or differs.
    3. Request reviews: of a lost signal as a correction, unless it was not decided on yet or another text says the same; of
       a formal act at once.
    """
    known = stories.by_ids(conn, since)
    batch = {name: story for name, story in known.items() if not story.withdrawn}
    new, failed = rematch.signals_of_texts(conn, batch, rulebook)
    old = {signal.id: signal for signal in signals.of_stories(conn, batch) if signal.story not in failed}
    gone = [signal for key, signal in old.items() if key not in new]
    changed = [signal for key, signal in new.items() if old.get(key) != signal]
    signals.retire(conn, [signal.id for signal in gone], now, READ_OTHERWISE)
    signals.save(conn, changed)
    for name, error in failed.items():
        problems_and_runs.add_problem(conn, "story", name, error, now)
    pending = verdict_records.review_requests(conn)
    requests = [_of_lost(lost, known[lost.story], changed, pending, since[lost.story], now) for lost in gone]
    requests += [
        _of_found(signal, batch[signal.story], now)
        for key, signal in new.items()
        if weighs_otherwise(signal, old.get(key), rulebook.rules)
        or (is_official_act(signal) and signal.commitment in pending)
    ]
    wanted = [request for request in requests if request is not None]
    verdict_records.request_reviews(conn, [replace(r, urgent=r.urgent or urgent) for r in wanted])
    return ReadingReport(len(changed), len(gone), failed)


def release_unread(conn: Connection, waiting: Iterable[UnreadText], now: datetime) -> None:
    """Let the rules speak alone for texts that have waited for a reading as long as news waits: their formal acts are decided
    at once. The texts still wait to be read."""
    late = [each for each in waiting if not each.released]
    readings.update_unread(conn, (each.changed(released=True) for each in late))
    pending = verdict_records.review_requests(conn)
    acts = [s for s in signals.of_stories(conn, {each.story for each in late}) if is_official_act(s)]
    known = stories.by_ids(conn, {signal.story for signal in acts})
    requests = [_of_found(s, known[s.story], now) for s in acts if s.commitment in pending]
    verdict_records.request_reviews(conn, [request for request in requests if request is not None])


def reread(conn: Connection, rulebook: Rulebook, ids: Collection[str]) -> Mapping[str, ReadBy]:
    """Those of these signals that no longer count because their text is read otherwise by now, each with who reads it so: the
    reading that counts; where none does any more, the rules."""
    lost = signals.read_otherwise(conn, ids)
    if not lost:
        return {}
    known = readings.of_texts(conn, {signal.revision for signal in lost})
    live = {(s.revision, s.commitment): s for s in signals.of_stories(conn, {signal.story for signal in lost})}
    now = {}
    for signal in lost:
        reading = reading_that_counts(known.get(signal.revision, ()), rulebook.policy.reader)
        found = live.get((signal.revision, signal.commitment))
        rule = (found.rule, found.rule_version, found.effect) if found else (signal.rule, "", Effect.NONE)
        by_rules = ReadBy(ReaderKind.RULE, *rule)
        now[signal.id] = by_rules if reading is None else reads_commitment(reading, signal.commitment)
    return now


def _of_lost(
    lost: Signal,
    story: Story,
    others: Sequence[Signal],
    pending: Mapping[str, ReviewRequest],
    since: datetime,
    now: datetime,
) -> ReviewRequest | None:
    """The review of what a text says no more. since: when the text came in. What was never announced needs no correction."""
    if not can_change_verdict(lost):
        return None
    waiting = pending.get(lost.commitment)
    undecided = waiting is not None and waiting.since <= since
    cause = Cause.NEWS if undecided or confirmed_elsewhere(lost, others) else Cause.CORRECTION
    return ReviewRequest(lost.commitment, now, Cause.BACKFILL if story.backfill else cause)


def _of_found(signal: Signal, story: Story, now: datetime) -> ReviewRequest | None:
    if not can_change_verdict(signal):
        return None
    cause = Cause.BACKFILL if story.backfill else Cause.NEWS
    return ReviewRequest(signal.commitment, now, cause, is_official_act(signal))
