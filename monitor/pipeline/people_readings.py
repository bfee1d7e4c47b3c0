"""What people read: the inbox of stories that want a person, a person's reading on its way in, and one taken back.

A reading belongs to a text, so it outlives rule edits, and a later text of the story is not covered by it. Each call is part of one
transaction of the caller; reviews are requested without delay, as after other interventions of people.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.domain.matching.document import MAX_FIELD_LENGTH
from monitor.domain.matching.rules import Rulebook
from monitor.domain.model import Effect, Intervention, ReaderKind, Reading, ReadMatch, Story
from monitor.domain.reading.inbox import Inbox, inbox
from monitor.domain.reading.join import JoinedText, join
from monitor.domain.stories.syndication import Revision, as_reported_by
from monitor.domain.stories.titles import title_words
from monitor.domain.verdicts.interventions import (
    READ,
    TAKEN_BACK,
    PersonReading,
    reading_interventions,
    reading_of,
    reading_payload,
)
from monitor.pipeline.readings import ReadText, record_readings, reread_stories
from monitor.store import Connection, readings, signals, stories, verdict_records


@dataclass(frozen=True, slots=True)
class PersonReads:
    """What a person says of a story's text. by, why: who, and why ('' if not said). Without matches it is about no commitment."""

    matches: tuple[ReadMatch, ...]
    by: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class ReadStory:
    """A reading that was recorded. joined: what the story's own text now says; uncovered: live texts of the story whose words
    are others, and which are read as before."""

    intervention: Intervention
    joined: JoinedText
    concerned: frozenset[str]
    uncovered: tuple[Revision, ...]


def load_inbox(conn: Connection, rulebook: Rulebook, since: datetime) -> Inbox:
    """What a person should read of the stories first seen since then."""
    seen = stories.first_seen_since(conn, since)
    return inbox(seen, rulebook, readings.of_texts(conn, {story.revision for story in seen}))


def record_reading(conn: Connection, rulebook: Rulebook, story: Story, said: PersonReads, now: datetime) -> ReadStory:
    """Store what a person reads in the current text of a story, and in its other live texts where the same words stand."""
    own = Reading(
        story.revision, ReaderKind.PERSON, said.by, "", now, said.matches, said.why, summary_read=MAX_FIELD_LENGTH
    )
    others = [text for text in stories.live_revisions(conn, [story]) if text.hash != story.revision]
    covered = [text for text in others if _says_the_same(text, story, said.matches)]
    texts = (story.revision, *(text.hash for text in covered))
    joined = join(story, rulebook, (*readings.of_text(conn, story.revision), own))
    before = signals.of_stories(conn, [story.id])
    concerned = frozenset(signal.commitment for signal in (*before, *joined.signals))
    payload = reading_payload(PersonReading(story.title, frozenset(texts), said.matches, concerned))
    intervention = Intervention(
        secrets.token_hex(6), READ, "", story.id, said.why, "", now, payload=payload, by=said.by
    )
    verdict_records.add_intervention(conn, intervention, now, ())
    read = [ReadText(story.id, replace(own, text=text), story.seen_at) for text in texts]
    record_readings(conn, rulebook, read, now, urgent=True)
    return ReadStory(intervention, joined, concerned, tuple(text for text in others if text not in covered))


def take_back(
    conn: Connection, rulebook: Rulebook, story: Story, by: str, why: str, now: datetime
) -> tuple[Intervention, ...]:
    """Let what people have read in a story count no longer: the model and the rules speak again. Returns the interventions that are taken
    back, none where nobody has read it."""
    undone = reading_interventions(verdict_records.interventions(conn, ()).get("", ()), story.id)
    for intervention in undone:
        back = Intervention(secrets.token_hex(6), TAKEN_BACK, "", intervention.id, why, "", now, by=by)
        verdict_records.add_intervention(conn, back, now, ())
    if undone:
        readings.drop_of_people(conn, frozenset().union(*(reading_of(intervention).texts for intervention in undone)))
        reread_stories(conn, rulebook, {story.id: story.seen_at}, now, urgent=True)
    return undone


def _says_the_same(text: Revision, story: Story, matches: Sequence[ReadMatch]) -> bool:
    """Whether all quoted words stand in another text; of a reading without any, whether it has the same title."""
    shown = as_reported_by(story, text)
    quotes = [match.quote for match in matches if match.quote]
    if not quotes:
        return title_words(shown.title) == title_words(story.title)
    return all(quote in shown.title or quote in shown.summary for quote in quotes)


def person_reads(conn: Connection, rulebook: Rulebook, story: Story) -> dict[str, Effect] | None:
    """By commitment what the last person has read in the current text of a story, each at the part that is meant; None where
    no person has read it."""
    people = [reading for reading in readings.of_text(conn, story.revision) if reading.kind is ReaderKind.PERSON]
    if not people:
        return None
    joined = join(story, rulebook, people)
    by_person = (signal for signal in joined.signals if any(r.kind is ReaderKind.PERSON for r in signal.read_by))
    return {signal.commitment: signal.effect for signal in by_person}
