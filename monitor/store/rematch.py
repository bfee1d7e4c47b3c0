"""Another rulebook over stored stories: what it finds in the texts of the live window, and whom that touches."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from monitor.domain.matching.match import match
from monitor.domain.matching.rules import Rulebook
from monitor.domain.model import Baseline, Cause, Signal, Story
from monitor.domain.stories.syndication import as_reported_by, can_change_verdict, new_statements
from monitor.domain.verdicts.decide import baseline_at, initial_verdict
from monitor.domain.verdicts.review_requests import ReviewRequest, VerdictRecord, merged
from monitor.store import json_codec, problems_and_runs, signals, stories, verdict_records
from monitor.store.tables import Adopted

BATCH = 500
"""Stories matched between two rounds of statements."""


def is_adopted(conn: Connection, rulebook: Rulebook) -> bool:
    """Whether this rulebook is the one last adopted."""
    last = problems_and_runs.adopted(conn)
    return last is not None and last.version == rulebook.version


def activate_rulebook(conn: Connection, rulebook: Rulebook, now: datetime) -> frozenset[str]:
    """Match the stories of the live window again and mark what differs, with the cause `rules`.

    A baseline that the edit brings is where its commitment is weighed from; one that has been in the rules all along is
    not taken up when its day comes, for a monitor that was at work by then has a verdict of its own. Returns the commitments touched. Recorded transitions stay as they are. The first rulebook of all touches nothing.
    """
    if is_adopted(conn, rulebook):
        return frozenset()
    last, prints = problems_and_runs.adopted(conn), _fingerprints(rulebook)
    touched: set[str] = set()
    if last is not None:
        touched = _redefined(last, prints)
        for record in _rebased(last, rulebook, verdict_records.verdict_records(conn), now):
            verdict_records.save_record(conn, record)
        for part in _rematched(conn, rulebook, now):
            part.write(conn, now)
            touched |= part.touched
    problems_and_runs.record_adoption(
        conn, Adopted(version=rulebook.version, adopted_at=now, prints=prints | _baseline_fingerprints(rulebook))
    )
    problems_and_runs.resolve_problem(conn, "verdict", rulebook.commitments)
    verdict_records.request_reviews(
        conn, [ReviewRequest(name, now, Cause.RULES) for name in sorted(touched & prints.keys())]
    )
    return frozenset(touched)


@dataclass(frozen=True, slots=True)
class ActivationPreview:
    """What adopting a rulebook would do to what is stored: which signals would die, which would be new or other, the
    commitments touched, and those weighed from a baseline that is new."""

    gone: frozenset[str] = frozenset()
    changed: tuple[Signal, ...] = ()
    touched: frozenset[str] = frozenset()
    rebased: tuple[VerdictRecord, ...] = ()

    def records(self, stored: Mapping[str, VerdictRecord]) -> dict[str, VerdictRecord]:
        """The verdicts as they would then be stored."""
        return {**stored, **{record.commitment: record for record in self.rebased}}

    def marked(self, marks: Mapping[str, ReviewRequest], now: datetime) -> dict[str, ReviewRequest]:
        """The marks as they would then be."""
        return merged(marks, [ReviewRequest(name, now, Cause.RULES) for name in sorted(self.touched)])

    def seen(
        self, stored: Mapping[str, tuple[Signal, ...]], starts: Mapping[str, datetime]
    ) -> dict[str, tuple[Signal, ...]]:
        """By commitment: the signals stored after a moment, as they would then be."""
        out = self.gone | {signal.id for signal in self.changed}
        found = {name: [s for s in own if s.id not in out] for name, own in stored.items()}
        for signal in self.changed:
            if signal.commitment in found and signal.happened.end > starts[signal.commitment]:
                found[signal.commitment].append(signal)
        return {name: tuple(sorted(own, key=lambda s: (s.happened.end, s.id))) for name, own in found.items()}


UNCHANGED = ActivationPreview()


def preview_activation(conn: Connection, rulebook: Rulebook, now: datetime) -> ActivationPreview:
    """What `activate_rulebook` would do, found by the same steps; nothing is written."""
    last, prints = problems_and_runs.adopted(conn), _fingerprints(rulebook)
    if last is None or is_adopted(conn, rulebook):
        return UNCHANGED
    parts = tuple(_rematched(conn, rulebook, now))
    touched = _redefined(last, prints).union(*(part.touched for part in parts))
    gone = frozenset(key for part in parts for key in part.gone)
    changed = tuple(signal for part in parts for signal in part.changed)
    rebased = tuple(_rebased(last, rulebook, verdict_records.verdict_records(conn), now))
    return ActivationPreview(gone, changed, frozenset(touched & prints.keys()), rebased)


def reread(
    conn: Connection, rulebook: Rulebook, kept: Sequence[Story]
) -> tuple[tuple[Signal, ...], dict[str, Exception]]:
    """What a rulebook finds in the texts of these stories that are still shown, and the stories that the matcher could
    not read, each with its error; nothing is written."""
    found: list[Signal] = []
    failed: dict[str, Exception] = {}
    for begin in range(0, len(kept), BATCH):
        signals_of, bad = _matched(conn, {s.id: s for s in kept[begin : begin + BATCH]}, rulebook)
        found += signals_of.values()
        failed |= bad
    return tuple(found), failed


def _redefined(last: Adopted, prints: Mapping[str, str]) -> set[str]:
    return {name for name, value in prints.items() if last.prints.get(name, value) != value}


def _fingerprints(rulebook: Rulebook) -> dict[str, str]:
    """By commitment: a fingerprint of what decides it beside its signals: definition, policy, publishers."""
    common = json_codec.dump(rulebook.policy) + json_codec.dump(rulebook.publishers.entries)
    return {
        name: hashlib.sha256((json_codec.dump(commitment) + common).encode()).hexdigest()[:16]
        for name, commitment in rulebook.commitments.items()
    }


# ---------------------------------------------------------------- baselines

BASELINE_KEY = "baselines of "


def _baseline_fingerprints(rulebook: Rulebook) -> dict[str, str]:
    """By commitment, under a name of its own: a fingerprint of each of its baselines."""
    return {
        f"{BASELINE_KEY}{name}": " ".join(sorted(map(_fingerprint_of, commitment.baselines)))
        for name, commitment in rulebook.commitments.items()
    }


def _fingerprint_of(baseline: Baseline) -> str:
    return hashlib.sha256(json_codec.dump(baseline).encode()).hexdigest()[:16]


def _rebased(
    last: Adopted, rulebook: Rulebook, records: Mapping[str, VerdictRecord], now: datetime
) -> Iterator[VerdictRecord]:
    """The verdicts that a person has written a baseline for since the rulebook last used."""
    for name, record in records.items():
        known = last.prints.get(f"{BASELINE_KEY}{name}")
        commitment = rulebook.commitments.get(name)
        if commitment is None or known is None or _fingerprint_of(baseline_at(commitment, now)) in known.split():
            continue
        base = initial_verdict(commitment, now)
        yield replace(record, folded=base, folded_to=base.last_evidence or now)


# ---------------------------------------------------------------- stories matched again


@dataclass(frozen=True, slots=True)
class _Rematched:
    """Some stories matched again. failed: those that the matcher could not read."""

    stories: frozenset[str]
    gone: frozenset[str]
    changed: tuple[Signal, ...]
    touched: frozenset[str]
    failed: Mapping[str, Exception]

    def write(self, conn: Connection, now: datetime) -> None:
        signals.retire(conn, self.gone, now, "rules")
        signals.save(conn, self.changed)
        for story, error in self.failed.items():
            problems_and_runs.add_problem(conn, "story", story, error, now)
        problems_and_runs.resolve_problem(conn, "story", self.stories - self.failed.keys())


def _rematched(conn: Connection, rulebook: Rulebook, now: datetime) -> Iterator[_Rematched]:
    """The stories of the live window, so many at a time."""
    start = now - timedelta(days=rulebook.policy.live_days)
    kept = [story for story in stories.first_seen_since(conn, start) if not story.withdrawn]
    for begin in range(0, len(kept), BATCH):
        yield _rematch_some(conn, {s.id: s for s in kept[begin : begin + BATCH]}, rulebook)


def _rematch_some(conn: Connection, kept: Mapping[str, Story], rulebook: Rulebook) -> _Rematched:
    old = {signal.id: signal for signal in signals.of_stories(conn, kept)}
    new, failed = _matched(conn, kept, rulebook)
    old = {key: signal for key, signal in old.items() if signal.story not in failed}
    gone = frozenset(old.keys() - new.keys())
    changed = tuple(signal for key, signal in new.items() if old.get(key) != signal)
    before = [old[key] for key in gone] + [old[signal.id] for signal in changed if signal.id in old]
    touched = {
        s.commitment
        for s in (*before, *changed)
        if can_change_verdict(s) and not _only_version(old.get(s.id), new.get(s.id))
    }
    return _Rematched(frozenset(kept), gone, changed, frozenset(touched), failed)


def _matched(
    conn: Connection, kept: Mapping[str, Story], rulebook: Rulebook
) -> tuple[dict[str, Signal], dict[str, Exception]]:
    """The signals of every live text of these stories, and the stories that the matcher could not read, each with its error."""
    found: dict[str, dict[str, Signal]] = {}
    failed: dict[str, Exception] = {}
    own_text_first = sorted(
        stories.live_revisions(conn, kept), key=lambda r: (r.story, r.hash != kept[r.story].revision, r.seen_at, r.hash)
    )
    for revision in own_text_first:
        story, said = kept[revision.story], found.setdefault(revision.story, {})
        told = as_reported_by(story, revision)
        if told.withdrawn:
            continue
        try:
            matched: Sequence[Signal] = match(told, rulebook)
        except Exception as error:  # noqa: BLE001 - whatever one story does to a rule, the others are matched
            failed[story.id] = error
            continue
        own = revision.hash == story.revision
        said.update({signal.id: signal for signal in (matched if own else new_statements(matched, said.values()))})
    return {k: s for name, said in found.items() if name not in failed for k, s in said.items()}, failed


def _only_version(old: Signal | None, new: Signal | None) -> bool:
    """Whether a rule was edited in a way that changes nothing about this signal."""
    return old is not None and new is not None and replace(old, rule_version=new.rule_version) == new
