"""Applies new readings: stores them, joins them with the rules' signals, and requests reviews of what changes.

A signal that a text no longer supports is retired, and corrected if a verdict was already decided on it. A person's
reading belongs to a text: it survives rule edits, and does not cover later texts of the story. Every function is part
of the caller's transaction.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.domain.matching.document import MAX_FIELD_LENGTH
from monitor.domain.matching.rules import Rulebook
from monitor.domain.model import Cause, Effect, Intervention, ReadBy, ReaderKind, Reading, ReadMatch, Signal, Story
from monitor.domain.model.news import READ_OTHERWISE
from monitor.domain.reading.join import JoinedText, join, readings_that_count, reads_commitment
from monitor.domain.reading.question import near_deals
from monitor.domain.stories.syndication import Revision, as_reported_by, can_change_verdict, confirmed_elsewhere
from monitor.domain.stories.titles import title_words
from monitor.domain.verdicts.corroboration import is_official_act, weighs_otherwise
from monitor.domain.verdicts.interventions import (
    READ,
    TAKEN_BACK,
    PersonReading,
    reading_interventions,
    reading_of,
    reading_payload,
)
from monitor.domain.verdicts.review_requests import ReviewRequest
from monitor.store import Connection, problems_and_runs, reading_store, rematch, signals, stories, verdict_records
from monitor.store.rows import save_rows
from monitor.store.tables import UnreadText


@dataclass(frozen=True, slots=True)
class ReadText:
    """A reading of a story's text. since: when the text came in."""

    story: str
    reading: Reading
    since: datetime


@dataclass(frozen=True, slots=True)
class ReadingReport:
    """Effects of readings: numbers of new or different and of retired signals, and the stories that failed."""

    changed: int = 0
    retired: int = 0
    failed: Mapping[str, Exception] | None = None


def deals_to_read(conn: Connection, rulebook: Rulebook, story: Story) -> set[str]:
    """The deals about which the model should read a text: it is near them, and no model was asked about them."""
    near = set[str]() if story.withdrawn else near_deals(story, rulebook) & rulebook.deals_read
    read = reading_store.of_text(conn, story.revision) if near else ()
    models = [reading for reading in read if reading.kind is ReaderKind.MODEL]
    return {deal for deal in near if not any(model.covers(deal) for model in models)}


def record_readings(
    conn: Connection, rulebook: Rulebook, read: Sequence[ReadText], now: datetime, *, urgent: bool = False
) -> ReadingReport:
    """Store readings and remove their texts from the queue; then `reread_stories`."""
    reading_store.save(conn, (each.reading for each in read))
    for deals in {each.reading.deals for each in read}:
        for deal in deals or ("",):
            reading_store.drop_unread(conn, [each.reading.text for each in read if each.reading.deals == deals], deal)
    return reread_stories(conn, rulebook, {each.story: each.since for each in read}, now, urgent=urgent)


def reread_stories(
    conn: Connection, rulebook: Rulebook, since: Mapping[str, datetime], now: datetime, *, urgent: bool = False
) -> ReadingReport:
    """Match stories again whose readings have changed, and request reviews of the differences.

    since: by story, when its text came in; urgent: the reviews do not wait for more news.

    1. Read every live text of the stories with the rules and all readings.
    2. Retire signals that no text supports any more; store new and changed ones.
    3. Request reviews: a lost signal is a correction, unless it was not decided on yet or another text has it too; a
       formal act is decided at once.
    """
    known = stories.by_ids(conn, since)
    batch = {name: story for name, story in known.items() if not story.withdrawn}
    new, failed = rematch.signals_of_texts(conn, batch, rulebook)
    old = {signal.id: signal for signal in signals.of_stories(conn, batch) if signal.story not in failed}
    lost_signals = [signal for key, signal in old.items() if key not in new]
    changed = [signal for key, signal in new.items() if old.get(key) != signal]
    signals.retire(conn, [signal.id for signal in lost_signals], now, READ_OTHERWISE)
    signals.save(conn, changed)
    for name, error in failed.items():
        problems_and_runs.add_problem(conn, "story", name, error, now)
    pending = verdict_records.review_requests(conn)
    requests = []
    for lost in filter(can_change_verdict, lost_signals):
        waiting = pending.get(lost.commitment)
        undecided = waiting is not None and waiting.since <= since[lost.story]
        cause = Cause.NEWS if undecided or confirmed_elsewhere(lost, changed) else Cause.CORRECTION
        cause = Cause.BACKFILL if known[lost.story].backfill else cause
        requests.append(ReviewRequest(lost.commitment, now, cause, urgent))
    for key, signal in new.items():
        differs = weighs_otherwise(signal, old.get(key), rulebook.rules)
        if differs or (is_official_act(signal) and signal.commitment in pending):
            requests += _reviews_of([signal], batch, now, urgent=urgent)
    verdict_records.request_reviews(conn, requests)
    return ReadingReport(len(changed), len(lost_signals), failed)


def release_unread(conn: Connection, rulebook: Rulebook, waiting: Iterable[UnreadText], now: datetime) -> None:
    """Let the rules decide alone on queued texts whose time is up; formal acts at once. The texts stay in the queue."""
    late = [each for each in waiting if not each.released]
    save_rows(conn, *(each.changed(released=True) for each in late))
    pending, waited = verdict_records.review_requests(conn), {(each.story, each.deal) for each in late}
    found = signals.of_stories(conn, {each.story for each in late})
    acts = [each for each in found if each.commitment in pending and is_official_act(each)]
    acts = [each for each in acts if (each.story, rulebook.deal_of(each.commitment)) in waited]
    known = stories.by_ids(conn, {signal.story for signal in acts})
    verdict_records.request_reviews(conn, _reviews_of(acts, known, now))


def _reviews_of(
    found: Iterable[Signal], known: Mapping[str, Story], now: datetime, *, urgent: bool = False
) -> list[ReviewRequest]:
    """Reviews of signals that were found and can change a verdict."""
    requests = []
    for signal in filter(can_change_verdict, found):
        cause = Cause.BACKFILL if known[signal.story].backfill else Cause.NEWS
        requests.append(ReviewRequest(signal.commitment, now, cause, urgent or is_official_act(signal)))
    return requests


def current_readers(conn: Connection, rulebook: Rulebook, ids: Collection[str]) -> Mapping[str, ReadBy]:
    """The given signals that were retired because their text is read differently now, each with the new reader."""
    gone = [key for key, retired in signals.retired(conn, ids).items() if retired.why == READ_OTHERWISE]
    if not gone:
        return {}
    lost = signals.by_ids(conn, gone).values()
    readings = reading_store.of_texts(conn, {signal.revision for signal in lost})
    live = {(s.revision, s.commitment): s for s in signals.of_stories(conn, {signal.story for signal in lost})}
    readers = {}
    for signal in lost:
        counting = readings_that_count(readings.get(signal.revision, ()), rulebook.policy.reader)
        reading = next((each for each in counting if each.covers(rulebook.deal_of(signal.commitment))), None)
        if reading is not None:
            readers[signal.id] = reads_commitment(reading, signal.commitment)
            continue
        found = live.get((signal.revision, signal.commitment))
        rule = (found.rule, found.rule_version, found.effect) if found else (signal.rule, "", Effect.NONE)
        readers[signal.id] = ReadBy(ReaderKind.RULE, *rule)
    return readers


@dataclass(frozen=True, slots=True)
class ReadingInput:
    """A person's reading of a text, as entered; without matches it is about no commitment. by, why: who and why."""

    matches: tuple[ReadMatch, ...]
    by: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class RecordedReading:
    """joined: the signals of the story's own text; uncovered: its live texts with other words, left as they are."""

    joined: JoinedText
    concerned: frozenset[str]
    uncovered: tuple[Revision, ...]


def record_reading(
    conn: Connection, rulebook: Rulebook, story: Story, read: ReadingInput, now: datetime
) -> RecordedReading:
    """Store a person's reading of a story's current text, and of its other live texts with the same quotes."""
    reader = (ReaderKind.PERSON, read.by, "", now)
    own = Reading(story.revision, *reader, read.matches, read.why, summary_read=MAX_FIELD_LENGTH)
    quotes = [match.quote for match in read.matches if match.quote]

    def is_covered(text: Revision) -> bool:
        """Whether another text contains every quote; for a reading without quotes, whether the title is the same."""
        shown = as_reported_by(story, text)
        if not quotes:
            return title_words(shown.title) == title_words(story.title)
        return all(quote in shown.title or quote in shown.summary for quote in quotes)

    others = [text for text in stories.revisions(conn, [story]) if text.hash != story.revision]
    uncovered = tuple(text for text in others if not is_covered(text))
    texts = (story.revision, *(text.hash for text in others if text not in uncovered))
    joined = join(story, rulebook, (*reading_store.of_text(conn, story.revision), own))
    before = signals.of_stories(conn, [story.id])
    concerned = frozenset(signal.commitment for signal in (*before, *joined.signals))
    payload = reading_payload(PersonReading(story.title, frozenset(texts), read.matches, concerned))
    key = secrets.token_hex(6)
    intervention = Intervention(key, READ, "", story.id, read.why, "", now, payload=payload, by=read.by)
    verdict_records.add_intervention(conn, intervention, now, ())
    readings = [ReadText(story.id, replace(own, text=text), story.seen_at) for text in texts]
    record_readings(conn, rulebook, readings, now, urgent=True)
    return RecordedReading(joined, concerned, uncovered)


def undo_readings(
    conn: Connection, rulebook: Rulebook, story: Story, by: str, why: str, now: datetime
) -> tuple[Intervention, ...]:
    """Undo people's readings of a story, so that model and rules count again. Returns the interventions undone."""
    undone = reading_interventions(verdict_records.interventions(conn, ()).get("", ()), story.id)
    for each in undone:
        undo = Intervention(secrets.token_hex(6), TAKEN_BACK, "", each.id, why, "", now, by=by)
        verdict_records.add_intervention(conn, undo, now, ())
    if undone:
        reading_store.drop_of_people(conn, frozenset().union(*(reading_of(each).texts for each in undone)))
        reread_stories(conn, rulebook, {story.id: story.seen_at}, now, urgent=True)
    return undone
