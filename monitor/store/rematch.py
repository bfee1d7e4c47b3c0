"""Another rulebook over stored stories: what it finds in the texts of the live window, and whom that touches."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from monitor.domain.echoes import moves, unsaid
from monitor.domain.matching import match
from monitor.domain.model import Cause, Signal, Story
from monitor.domain.rules import Rulebook
from monitor.store import cases, codec, journal, signals, stories
from monitor.store.cases import Dirty
from monitor.store.journal import Adopted

BATCH = 500
"""Stories matched between two rounds of statements."""


def in_use(conn: Connection, rulebook: Rulebook) -> bool:
    """Whether this rulebook is the one last adopted."""
    last = journal.adopted(conn)
    return last is not None and last.version == rulebook.version


def adopt(conn: Connection, rulebook: Rulebook, now: datetime) -> frozenset[str]:
    """Match the stories of the live window again and mark what differs, with the cause `rules`.

    Returns the commitments touched. Recorded transitions stay as they are. The first rulebook of all touches nothing.
    """
    if in_use(conn, rulebook):
        return frozenset()
    last, prints = journal.adopted(conn), _prints(rulebook)
    touched: set[str] = set()
    if last is not None:
        touched = {name for name, value in prints.items() if last.prints.get(name, value) != value}
        touched |= _rematch(conn, rulebook, now)
    journal.adopt(conn, Adopted(rulebook.version, now, prints))
    journal.solve(conn, "verdict", rulebook.commitments)
    cases.mark_dirty(conn, [Dirty(name, now, Cause.RULES) for name in sorted(touched & prints.keys())])
    return frozenset(touched)


def _prints(rulebook: Rulebook) -> dict[str, str]:
    """By commitment: a fingerprint of what decides it beside its signals: definition, policy, publishers."""
    common = codec.dump(rulebook.policy) + codec.dump(rulebook.publishers.entries)
    return {
        name: hashlib.sha256((codec.dump(commitment) + common).encode()).hexdigest()[:16]
        for name, commitment in rulebook.commitments.items()
    }


def _rematch(conn: Connection, rulebook: Rulebook, now: datetime) -> set[str]:
    start = now - timedelta(days=rulebook.policy.live_days)
    kept = [story for story in stories.since(conn, start) if not story.withdrawn]
    touched: set[str] = set()
    for begin in range(0, len(kept), BATCH):
        touched |= _rematch_some(conn, {s.id: s for s in kept[begin : begin + BATCH]}, rulebook, now)
    return touched


def _rematch_some(conn: Connection, kept: Mapping[str, Story], rulebook: Rulebook, now: datetime) -> set[str]:
    old = {signal.id: signal for signal in signals.of_stories(conn, kept)}
    new, failed = _matched(conn, kept, rulebook, now)
    old = {key: signal for key, signal in old.items() if signal.story not in failed}
    gone = old.keys() - new.keys()
    changed = [signal for key, signal in new.items() if old.get(key) != signal]
    signals.kill(conn, gone, now, "rules")
    signals.save(conn, changed)
    before = [old[key] for key in gone] + [old[signal.id] for signal in changed if signal.id in old]
    return {s.commitment for s in (*before, *changed) if moves(s) and not _only_version(old.get(s.id), new.get(s.id))}


def _matched(
    conn: Connection, kept: Mapping[str, Story], rulebook: Rulebook, now: datetime
) -> tuple[dict[str, Signal], set[str]]:
    """The signals of every live text of these stories, and the stories that the matcher could not read."""
    found: dict[str, dict[str, Signal]] = {}
    failed: set[str] = set()
    own_text_first = sorted(
        stories.live_revisions(conn, kept), key=lambda r: (r.story, r.hash != kept[r.story].revision, r.seen_at, r.hash)
    )
    for revision in own_text_first:
        story, said = kept[revision.story], found.setdefault(revision.story, {})
        try:
            matched: Sequence[Signal] = match(_in_words_of(story, revision), rulebook)
        except Exception as error:  # noqa: BLE001 - whatever one story does to a rule, the others are matched
            journal.add_problem(conn, "story", story.id, error, now)
            failed.add(story.id)
            continue
        own = revision.hash == story.revision
        said.update({signal.id: signal for signal in (matched if own else unsaid(matched, said.values()))})
    journal.solve(conn, "story", kept.keys() - failed)
    return {k: s for name, said in found.items() if name not in failed for k, s in said.items()}, failed


def _in_words_of(story: Story, revision: stories.Revision) -> Story:
    """The story as one of its texts told it."""
    if revision.hash == story.revision:
        return story
    carried = (o for o in story.outlets if (o.source, o.url) == (revision.source, revision.url))
    published = next((outlet.published_at for outlet in carried), story.published_at)
    return replace(
        story, source=revision.source, url=revision.url, title=revision.title, summary=revision.summary,
        revision=revision.hash, seen_at=revision.seen_at, published_at=published,
    )  # fmt: skip


def _only_version(old: Signal | None, new: Signal | None) -> bool:
    """Whether a rule was edited in a way that changes nothing about this signal."""
    return old is not None and new is not None and replace(old, rule_version=new.rule_version) == new
