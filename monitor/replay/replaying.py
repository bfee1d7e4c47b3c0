"""Archived stories through the same functions as live news: identify, match, decide, announce. No message is sent.

The clock follows the stories: it jumps from story to story, to the end of each debounce, and to every `next_due` in
between.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from monitor.domain.alerts.announce import AlertContext, announce
from monitor.domain.alerts.sent_log import Sent, SentLog
from monitor.domain.evaluation import PendingReview, evaluate
from monitor.domain.intake import Intake, IntakeChanges, IntakePorts, ReadText
from monitor.domain.matching.match import match
from monitor.domain.matching.rules import Rulebook
from monitor.domain.messages.wording import detail_text
from monitor.domain.model import Baseline, Entry, Route, Severity, Signal, Transition, TransitionKind, Verdict
from monitor.domain.model.changes import notation
from monitor.domain.model.sides import Parties
from monitor.domain.verdicts.decide import baseline_at
from monitor.domain.verdicts.review_requests import (
    VerdictRecord,
    due_at,
    first_record,
    merged,
    requests_of_wholes,
    why_due,
)
from monitor.replay.memory_store import MemoryShelf
from monitor.replay.recorded_readings import RecordedReadings
from monitor.replay.story_lines import DatedEntry, in_replay_order

CATCH_ALL_ROUTE = Route(name="replay", channel="file", to="replay", least_severity=Severity.NOTABLE)
"""The recipient of a replay: every commitment, everything worth an alert."""
LEAD_TIME = timedelta(minutes=1)
"""The monitor starts this long before the first story and publishes the baselines. Any time greater than zero does."""
MAX_SENT_KEPT = 500
"""Sent messages that later announcements may refer to: an estimate, more than any policy's windows hold."""


@dataclass(frozen=True, slots=True)
class ReplayedChange:
    """One transition that would have been sent. A mere confirmation of an earlier message is left out. evidence: the
    signals behind it, each with the id of its input line. baseline: the verdict before any story, which is the evidence
    of a change by time alone. by_itself: it has a message of its own; False for a step or term in the message of its
    status, and for a reply to the message of an announced event. parties: names that the rules declare."""

    transition: Transition
    evidence: tuple[tuple[Signal, str], ...]
    baseline: Baseline
    route: str
    by_itself: bool = True
    parties: Parties = field(default_factory=Parties)

    def as_json(self) -> dict[str, Any]:
        """The line of the `replay --json` contract. Without a signal the baseline is the evidence."""
        t, baseline = self.transition, self.baseline
        was, now = notation(t.change)
        evidence = [{"story": story, "rule": s.rule, "quote": s.quote} for s, story in self.evidence]
        if not evidence:
            note = baseline.note or f"baseline of {baseline.as_of:%-d %B %Y}"
            evidence = [{"story": baseline.source, "rule": f"{t.commitment}/baseline", "quote": note}]
        return {
            "at": t.at.isoformat(),
            "commitment": t.commitment,
            "kind": t.kind.value,
            "way": t.way.value,
            "from": was,
            "to": now,
            "standing": t.standing.value,
            "outlook": t.outlook.value,
            "cause": t.cause.value,
            "reason": detail_text(t.reason.detail, self.parties),
            "flags": [flag.kind.value for flag in t.flags],
            "evidence": evidence,
        }


@dataclass(frozen=True, slots=True)
class VerdictLine:
    """A verdict from the moment on at which it stands, announced or not."""

    at: datetime
    verdict: Verdict
    parties: Parties

    def as_json(self) -> dict[str, Any]:
        """The line of the `replay --verdicts` contract."""
        verdict = self.verdict
        return {
            "at": self.at.isoformat(),
            "commitment": verdict.commitment,
            "standing": verdict.standing.value,
            "outlook": verdict.outlook.value,
            "flags": [flag.kind.value for flag in verdict.flags],
            "reason": detail_text(verdict.why.detail, self.parties),
        }


@dataclass(slots=True)
class Replay:
    """The state of a running monitor.

    read: reads a text; recorded readings, if given, are joined with the matches of the rules. records: the verdicts,
    by commitment. baselines: the baseline that each commitment began with. line_of: the id of the input line, by story
    and text. transitions: every change by id, announced or not. on_verdict: receives each initial verdict, and each
    later one whose standing, outlook or flags changed. _due: when each commitment is due for review; updated after
    each decision and request.
    """

    rulebook: Rulebook
    routes: tuple[Route, ...] = (CATCH_ALL_ROUTE,)
    read: ReadText = match
    readings: RecordedReadings | None = None
    shelf: MemoryShelf = field(default_factory=MemoryShelf)
    records: dict[str, VerdictRecord] = field(default_factory=dict)
    baselines: dict[str, Baseline] = field(default_factory=dict)
    line_of: dict[tuple[str, str], str] = field(default_factory=dict)
    sent: SentLog = field(default_factory=SentLog)
    transitions: dict[str, Transition] = field(default_factory=dict)
    on_verdict: Callable[[VerdictLine], None] | None = None
    _due: dict[str, datetime | None] = field(default_factory=dict)
    _next_review: datetime | None = None

    def __post_init__(self) -> None:
        if self.readings is not None:
            self.read = self.readings.read

    def run(self, entries: Iterable[Entry]) -> Iterator[ReplayedChange]:
        """Replay all stories in time order; yields the changes that would have been sent, each at its moment."""
        return self.play(in_replay_order(entries, self.rulebook))

    def play(self, line: Iterable[DatedEntry]) -> Iterator[ReplayedChange]:
        """Replay stories that come in time order, as `run` does."""
        item: DatedEntry | None = None
        for item in line:
            if not self.records:
                self.begin(item.at - LEAD_TIME)
            yield from self.until(item.at)
            self.take(item)
        if item is not None:
            yield from self.until(item.at + timedelta(seconds=self.rulebook.policy.settle_seconds + 1))

    def begin(self, at: datetime) -> None:
        """Start every commitment from its baseline."""
        for commitment in self.rulebook.commitments.values():
            self.baselines[commitment.id] = baseline_at(commitment, at)
            self._keep(first_record(commitment, at), at)
        self._plan(self.records)

    def take(self, item: DatedEntry) -> None:
        """Store one story, which arrives as a document of its own."""
        changes = self.intake(item)
        self.shelf.put(changes)
        for carried in filter(None, changes.carried):
            self.line_of.setdefault(carried, item.id)
        if changes.requests:
            self._plan(changes.requests)

    def intake(self, item: DatedEntry) -> IntakeChanges:
        """The changes that a story causes. Raises the matcher's error: a replay leaves no story out."""
        if self.readings is not None:
            self.readings.arrive(item.id, item.entry)
        changes = Intake(self.rulebook, IntakePorts(self.shelf, self.read), item.at).take((item.entry,))
        for problem in changes.problems:
            raise problem.error
        return changes

    def until(self, end: datetime) -> Iterator[ReplayedChange]:
        """Run every review that falls due before `end`, each at its own moment."""
        while self._next_review is not None and self._next_review < end:
            yield from self.review(self._next_review)

    def _plan(self, names: Iterable[str]) -> None:
        """Note when these commitments are due. The rules may also match commitments that this rulebook leaves out."""
        for name in filter(self.records.__contains__, names):
            self._due[name] = due_at(self.records[name], self.shelf.requests.get(name), self.rulebook.policy)
        self._next_review = min(filter(None, self._due.values()), default=None)

    def review(self, now: datetime) -> Iterator[ReplayedChange]:
        """Decide all commitments that are due at `now` and announce the changes together."""
        due = [name for name, at in self._due.items() if at is not None and at <= now]
        due.sort(key=lambda name: bool(self.rulebook.commitments[name].parts))  # parts first
        changes = [transition for name in due for transition in self._decide(name, now)]
        self._plan(due)
        known, policy = self.shelf.known, self.rulebook.policy
        names = {*(i for t in changes for i in (*t.evidence, *t.reason.signals))}
        names |= {i for message in self.sent.messages for i in message.evidence} if changes else set()
        stories = {name: known[name].story for name in names if name in known}
        given = (self.sent, self.rulebook.commitments, policy, now)
        context = AlertContext(*given, story_of=stories, recorded=self.transitions)
        messages = announce(changes, self.routes, context)
        for transition in changes:  # an earlier one with the same id is the same change
            self.transitions.setdefault(transition.id, transition)
        for message in messages:
            ids = tuple(t.id for t in message.transitions)
            used = tuple(e for t in message.transitions for e in t.evidence)
            entry = Sent(message.id, message.route, message.commitment, ids, used, now)
            self.sent = SentLog((*self.sent.messages[-MAX_SENT_KEPT:], entry))
            moves = (move for move in message.transitions if move.kind is TransitionKind.STATUS)
            status = {(move.commitment, move.way) for move in moves}
            for transition in message.transitions:
                if transition.confirms and not transition.continues:
                    continue  # it only confirms an earlier message
                # A step or term may be announced with the change of status that it belongs to.
                is_part = transition.kind in (TransitionKind.PROGRESS, TransitionKind.TERMS)
                is_part = is_part and (transition.commitment, transition.way) in status
                signals = filter(None, map(known.get, transition.evidence))
                yield ReplayedChange(
                    transition,
                    tuple((s, self.line_of.get((s.story, s.revision), s.story)) for s in signals),
                    self.baselines[transition.commitment],
                    message.route,
                    by_itself=not is_part and message.kind != "confirmation",
                    parties=self.rulebook.parties,
                )

    def _decide(self, name: str, now: datetime) -> tuple[Transition, ...]:
        """Decide one commitment, keep its record, and request a review of what it is a part of."""
        record, request = self.records[name], self.shelf.requests.pop(name, None)
        # Signals from shortly before the checkpoint still corroborate an open claim.
        start = record.folded_to - timedelta(days=self.rulebook.policy.memory_days)
        live = {key: signal for key, signal in self.shelf.live[name].items() if signal.happened.end > start}
        self.shelf.live[name], recent = live, tuple(live.values())  # no later review needs the older ones
        commitments, why = self.rulebook.commitments, why_due(record, request)
        parts = tuple(self.records[part].published for part in commitments[name].parts if part in self.records)
        pending = PendingReview(commitments[name], record, request, why, recent, parts=parts)
        found = evaluate(pending, self.shelf.stories, self.rulebook, now)
        self._keep(replace(found.record, version=record.version + 1), now)
        wholes = requests_of_wholes(commitments.values(), record.published, found.record.published, now, why)
        together = merged(self.shelf.requests, wholes)
        self.shelf.requests |= {r.commitment: replace(together[r.commitment], since=now) for r in wholes}
        self._plan(request.commitment for request in wholes)
        return found.decision.transitions

    def _keep(self, record: VerdictRecord, now: datetime) -> None:
        """Keep a record, and report its published verdict if it says something new."""
        verdict, before = record.published, self.records.get(record.commitment)
        self.records[record.commitment] = record
        if self.on_verdict is not None and (before is None or _shown(before.published) != _shown(verdict)):
            self.on_verdict(VerdictLine(now, verdict, self.rulebook.parties))


def _shown(verdict: Verdict) -> tuple[object, ...]:
    """What makes a new line of verdicts."""
    return verdict.standing, verdict.outlook, {(flag.kind, flag.subject) for flag in verdict.flags}
