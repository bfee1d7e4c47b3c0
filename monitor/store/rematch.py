"""Another rulebook over the stored stories of the live window: which signals and commitments change."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from monitor.domain.matching.rules import Rulebook
from monitor.domain.model import Cause, Signal, Story
from monitor.domain.reading.join import join
from monitor.domain.stories.syndication import as_reported_by, can_change_verdict, new_statements
from monitor.domain.verdicts.corroboration import weighs_otherwise
from monitor.domain.verdicts.decide import baseline_at, initial_verdict
from monitor.domain.verdicts.review_requests import ReviewRequest, VerdictRecord
from monitor.store import problems_and_runs, reading_store, signals, stories, verdict_records
from monitor.store.rows import save_rows
from monitor.store.tables import Adopted

BATCH = 500
"""Stories whose signals are in memory at once, an estimate: some thousand signals."""
BASELINE_KEY = "baselines of "
"""Prefix of the keys in `Adopted.prints` for the fingerprints of a commitment's baselines."""


@dataclass(frozen=True, slots=True)
class ActivationPreview:
    """The effect of a rulebook on the stored data. gone: retired signals. changed: new or different signals. touched:
    the commitments to review. rebased: the verdicts that restart from a new baseline."""

    gone: frozenset[str] = frozenset()
    changed: tuple[Signal, ...] = ()
    touched: frozenset[str] = frozenset()
    rebased: tuple[VerdictRecord, ...] = ()

    def seen(
        self, stored: Mapping[str, tuple[Signal, ...]], starts: Mapping[str, datetime]
    ) -> dict[str, tuple[Signal, ...]]:
        """The signals of each commitment after its moment, as they would be stored."""
        replaced = self.gone | {signal.id for signal in self.changed}
        signals_of = {name: [s for s in own if s.id not in replaced] for name, own in stored.items()}
        for signal in self.changed:
            if signal.commitment in signals_of and signal.happened.end > starts[signal.commitment]:
                signals_of[signal.commitment].append(signal)
        return {name: tuple(sorted(own, key=lambda s: (s.happened.end, s.id))) for name, own in signals_of.items()}


UNCHANGED = ActivationPreview()


def activate_rulebook(conn: Connection, rulebook: Rulebook, now: datetime) -> frozenset[str]:
    """Adopt a rulebook and request reviews (cause `rules`) of all commitments that it changes; returns them.

    Recorded transitions stay as they are. The first rulebook of all touches nothing.

    1. Compare the fingerprints: a commitment with another definition, policy or publishers is to be reviewed.
    2. Restart each verdict whose commitment has a new baseline. A baseline that has been in the rules all along is not
       taken up when its day comes, for a monitor that was at work by then has a verdict of its own.
    3. Match the stories of the live window again: retire signals, store new ones, record the stories that failed.
    4. Record the adoption, and resolve the problems of verdicts: they are tried again under the new rules.
    5. Request the reviews.
    """
    last, prints = problems_and_runs.adopted(conn), _fingerprints(rulebook)
    if last is not None and last.version == rulebook.version:
        return frozenset()
    touched: set[str] = set()
    if last is not None:
        touched = {name for name, value in prints.items() if last.prints.get(name, value) != value}
        for record in _rebased(conn, last, rulebook, now):
            verdict_records.save_record(conn, record)
        for part in _rematched(conn, rulebook, now):
            signals.retire(conn, part.gone, now, "rules")
            signals.save(conn, part.changed)
            for story, error in part.failed.items():
                problems_and_runs.add_problem(conn, "story", story, error, now)
            problems_and_runs.resolve_problem(conn, "story", part.stories - part.failed.keys())
            touched |= part.touched
    baselines = {
        f"{BASELINE_KEY}{name}": " ".join(sorted(_fingerprint(baseline) for baseline in own.baselines))
        for name, own in rulebook.commitments.items()
    }
    adopted = Adopted(version=rulebook.version, adopted_at=now, prints=prints | baselines)
    save_rows(conn, adopted)
    problems_and_runs.resolve_problem(conn, "verdict", rulebook.commitments)
    requests = [ReviewRequest(name, now, Cause.RULES) for name in sorted(touched & prints.keys())]
    verdict_records.request_reviews(conn, requests)
    return frozenset(touched)


def preview_activation(conn: Connection, rulebook: Rulebook, now: datetime) -> ActivationPreview:
    """The effect that `activate_rulebook` would have, found by the same steps without writing."""
    last, prints = problems_and_runs.adopted(conn), _fingerprints(rulebook)
    if last is None or last.version == rulebook.version:
        return UNCHANGED
    parts = tuple(_rematched(conn, rulebook, now))
    redefined = {name for name, value in prints.items() if last.prints.get(name, value) != value}
    touched = redefined.union(*(part.touched for part in parts))
    gone = frozenset(key for part in parts for key in part.gone)
    changed = tuple(signal for part in parts for signal in part.changed)
    rebased = tuple(_rebased(conn, last, rulebook, now))
    return ActivationPreview(gone, changed, frozenset(touched & prints.keys()), rebased)


def _fingerprint(*values: Any) -> str:
    """A hash of these dataclasses, the same in every process: the order of a set is not."""
    plain = json.dumps(list(map(asdict, values)), default=lambda v: sorted(v) if isinstance(v, frozenset) else str(v))
    return hashlib.sha256(plain.encode()).hexdigest()[:16]


def _fingerprints(rulebook: Rulebook) -> dict[str, str]:
    """A fingerprint of each commitment: all that decides it except its signals (definition, policy, publishers)."""
    common = _fingerprint(rulebook.policy, *rulebook.publishers.entries)
    return {name: _fingerprint(own) + common for name, own in rulebook.commitments.items()}


def _rebased(conn: Connection, last: Adopted, rulebook: Rulebook, now: datetime) -> Iterator[VerdictRecord]:
    """The verdicts for which the rulebook has a new baseline."""
    for name, record in verdict_records.verdict_records(conn).items():
        known = last.prints.get(f"{BASELINE_KEY}{name}")
        commitment = rulebook.commitments.get(name)
        if commitment is None or known is None:
            continue
        if _fingerprint(baseline_at(commitment, now)) not in known.split():
            base = initial_verdict(commitment, now)
            yield replace(record, folded=base, folded_to=base.last_evidence or now)


@dataclass(frozen=True, slots=True)
class _Rematched:
    """Stories matched again, with fields as in `ActivationPreview`. failed: the error of each story that failed."""

    stories: frozenset[str]
    gone: frozenset[str]
    changed: tuple[Signal, ...]
    touched: frozenset[str]
    failed: Mapping[str, Exception]


def batches(all_stories: Sequence[Story]) -> Iterator[dict[str, Story]]:
    """These stories by id, as many at once as fit in memory with their signals."""
    for begin in range(0, len(all_stories), BATCH):
        yield {story.id: story for story in all_stories[begin : begin + BATCH]}


def _rematched(conn: Connection, rulebook: Rulebook, now: datetime) -> Iterator[_Rematched]:
    """The stories of the live window, a batch at a time."""
    start = now - timedelta(days=rulebook.policy.live_days)
    for batch in batches([story for story in stories.first_seen_since(conn, start) if not story.withdrawn]):
        new, failed = signals_of_texts(conn, batch, rulebook)
        old = {s.id: s for s in signals.of_stories(conn, batch) if s.story not in failed}
        gone = frozenset(old.keys() - new.keys())
        changed = tuple(signal for key, signal in new.items() if old.get(key) != signal)
        pairs = [(old[key], None) for key in gone] + [(signal, old.get(signal.id)) for signal in changed]
        touched = set[str]()
        for signal, before in pairs:
            # An edit of a rule that changes nothing about its signal needs no review.
            if before is not None and not weighs_otherwise(signal, before, rulebook.rules):
                continue
            touched |= {s.commitment for s in (signal, before) if s is not None and can_change_verdict(s)}
        yield _Rematched(frozenset(batch), gone, changed, frozenset(touched), failed)


def signals_of_texts(
    conn: Connection, batch: Mapping[str, Story], rulebook: Rulebook
) -> tuple[dict[str, Signal], dict[str, Exception]]:
    """The signals of every live text of these stories, by rules and readings; and the error of each failed story."""
    signals_of: dict[str, dict[str, Signal]] = {}
    failed: dict[str, Exception] = {}
    own_text_first = sorted(
        stories.revisions(conn, batch.values()),
        key=lambda r: (r.story, r.hash != batch[r.story].revision, r.seen_at, r.hash),
    )
    read = reading_store.of_texts(conn, {revision.hash for revision in own_text_first})
    for revision in own_text_first:
        story, known = batch[revision.story], signals_of.setdefault(revision.story, {})
        reported = as_reported_by(story, revision)
        if reported.withdrawn:
            continue
        try:
            matched: Sequence[Signal] = join(reported, rulebook, read.get(revision.hash, ())).signals
        except Exception as error:  # noqa: BLE001 - whatever one story does to a rule, the others are matched
            failed[story.id] = error
            continue
        if revision.hash != story.revision:
            matched = new_statements(matched, known.values())
        known.update({signal.id: signal for signal in matched})
    return {k: s for name, own in signals_of.items() if name not in failed for k, s in own.items()}, failed
