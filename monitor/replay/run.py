"""Archived stories through the same functions as live news: identify, match, decide, announce. Nothing is sent.

The clock is that of the stories: it jumps from story to story, to the end of each debounce, and to every `next_due` between.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from monitor.domain.alerts.announce import announce
from monitor.domain.alerts.sent_log import Sent, SentLog
from monitor.domain.evaluation import PendingReview, evaluate
from monitor.domain.intake import Intake, IntakeChanges, Reads
from monitor.domain.matching.match import match
from monitor.domain.matching.rules import Rulebook
from monitor.domain.messages.wording import reason_text
from monitor.domain.model import Baseline, Entry, Route, Severity, Signal, Transition, TransitionKind
from monitor.domain.model.notation import notation
from monitor.domain.model.sides import Parties
from monitor.domain.verdicts.decide import baseline_at
from monitor.domain.verdicts.review_requests import VerdictRecord, due_at, first_record, why_due
from monitor.replay.memory_store import KEPT_IN_MEMORY, MemoryShelf
from monitor.replay.recorded_readings import RecordedReadings
from monitor.replay.spilled_dict import SpilledDict
from monitor.replay.story_lines import DatedEntry, in_replay_order

CATCH_ALL_ROUTE = Route(name="replay", channel="file", to="replay", least_severity=Severity.NOTABLE)
"""The recipient of a replay: every commitment, everything worth an alert."""
LEAD_TIME = timedelta(minutes=1)
"""The monitor starts this long before the first story and publishes the baselines. Any time greater than zero does."""
MAX_SENT_KEPT = 500
"""Sent messages that the next announcements may refer to: an estimate, more than any policy's windows hold."""


@dataclass(frozen=True, slots=True)
class ReplayedChange:
    """One transition that would have been told. A reply that only confirms an earlier message is none.

    evidence: the signals behind it, each with the id of the input line that it was read from. baseline: the verdict before
    any story, which is the evidence of a change that time alone made. route: the route that would have been told. by_itself: it sent a
    message; False for a step or term told with its status, and for what the message on a told event is answered with. parties: the names of those that rules declare.
    """

    transition: Transition
    evidence: tuple[tuple[Signal, str], ...]
    baseline: Baseline
    route: str
    by_itself: bool = True
    parties: Parties = field(default_factory=Parties)

    def as_json(self) -> dict[str, Any]:
        """The line of the `replay --json` contract. Without a signal the baseline's source and note are the evidence."""
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
            "reason": reason_text(t.reason, self.parties),
            "flags": [flag.kind.value for flag in t.flags],
            "evidence": evidence,
        }


def text_key(story: str, text: str) -> str:
    """The key of one text of a story."""
    return f"{story} {text}"


@dataclass(slots=True)
class Replay:
    """The state of a running monitor. names: text (`text_key`) -> the id of the line that brought it."""

    rulebook: Rulebook
    routes: tuple[Route, ...] = (CATCH_ALL_ROUTE,)
    reads: Reads = match
    readings: RecordedReadings | None = None
    """Recorded readings that are joined with what the rules read; `reads` then goes by them."""
    shelf: MemoryShelf = field(default_factory=MemoryShelf)
    held: dict[str, VerdictRecord] = field(default_factory=dict)
    started: dict[str, Baseline] = field(default_factory=dict)
    names: SpilledDict[str] = field(default_factory=lambda: SpilledDict(KEPT_IN_MEMORY))
    sent: SentLog = field(default_factory=SentLog)
    transitions: dict[str, Transition] = field(default_factory=dict)
    """Every change by id, announced or not."""
    _due: dict[str, datetime | None] = field(default_factory=dict)
    """When each commitment is due for review; worked out again when a review of it was requested or it was decided."""
    _next_review: datetime | None = None
    """The earliest of these."""

    def __post_init__(self) -> None:
        if self.readings is not None:
            self.reads = self.readings.reads

    def run(self, entries: Iterable[Entry]) -> Iterator[ReplayedChange]:
        """Replay all stories in time order; yields the changes that would have been sent, each at its moment."""
        return self.play(in_replay_order(entries, self.rulebook))

    def play(self, line: Iterable[DatedEntry]) -> Iterator[ReplayedChange]:
        """Replay stories that come in time order, as `run` does."""
        item: DatedEntry | None = None
        for item in line:
            if not self.held:
                self.begin(item.at - LEAD_TIME)
            yield from self.until(item.at)
            self.take(item)
        if item is not None:
            yield from self.until(item.at + timedelta(seconds=self.rulebook.policy.settle_seconds + 1))

    def begin(self, at: datetime) -> None:
        """Start every commitment from its baseline."""
        for commitment in self.rulebook.commitments.values():
            self.started[commitment.id] = baseline_at(commitment, at)
            self.held[commitment.id] = first_record(commitment, at)
        self._plan(self.held)

    def take(self, item: DatedEntry) -> None:
        """One story arrives as a document of its own."""
        changes = self.intake(item)
        self.shelf.put(changes)
        for story, text in filter(None, changes.carried):
            self.names.setdefault(text_key(story, text), item.id)
        if changes.requests:
            self._plan(changes.requests)

    def intake(self, item: DatedEntry) -> IntakeChanges:
        """What a story changes, which no key of the policy touches. Raises the matcher's error: a replay leaves no story out."""
        if self.readings is not None:
            self.readings.meet(item.id, item.entry)
        changes = Intake(self.rulebook, self.shelf, item.at, reads=self.reads).take((item.entry,))
        for problem in changes.problems:
            raise problem.error
        return changes

    def until(self, end: datetime) -> Iterator[ReplayedChange]:
        """Run every review that falls due before `end`, each at its own moment."""
        while self._next_review is not None and self._next_review < end:
            yield from self.review(self._next_review)

    def _plan(self, names: Iterable[str]) -> None:
        """Note when these commitments are due. Rules may also read what a rulebook of few commitments does not hold."""
        for name in filter(self.held.__contains__, names):
            self._due[name] = due_at(self.held[name], self.shelf.requests.get(name), self.rulebook.policy)
        self._next_review = min(filter(None, self._due.values()), default=None)

    def review(self, now: datetime) -> Iterator[ReplayedChange]:
        """Decide all that is due at `now` and announce it together."""
        due = [name for name, at in self._due.items() if at is not None and at <= now]
        changes: list[Transition] = []
        for name in due:
            record, request = self.held[name], self.shelf.requests.pop(name, None)
            # Signals from shortly before the checkpoint still corroborate a claim that goes on.
            start = record.folded_to - timedelta(days=self.rulebook.policy.corroborate_days)
            recent = self.shelf.signals_after(name, start)
            commitment, causes = self.rulebook.commitments[name], why_due(record, request)
            pending = PendingReview(commitment, record, request, causes, recent)
            record, decision = evaluate(pending, self.shelf.stories, self.rulebook, now)
            self.held[name] = replace(record, version=record.version + 1)
            changes += decision.transitions
        self._plan(due)
        known = self.shelf.known
        names = {*(i for t in changes for i in (*t.evidence, *t.reason.signals))}
        names |= {i for message in self.sent.messages for i in message.evidence} if changes else set()
        told_by = {name: known[name].story for name in names if name in known}
        messages = announce(
            changes, self.sent, self.routes, self.rulebook.commitments, self.rulebook.policy, now, told_by=told_by
        )
        for transition in changes:  # an earlier one with the same id is the same change
            self.transitions.setdefault(transition.id, transition)
        for message in messages:
            ids = tuple(t.id for t in message.transitions)
            used = tuple(e for t in message.transitions for e in t.evidence)
            entry = Sent(message.id, message.route, message.commitment, ids, used, now)
            self.sent = SentLog((*self.sent.messages[-MAX_SENT_KEPT:], entry))
            for transition in message.transitions:
                if transition.confirms and not transition.continues:
                    continue  # it only confirms what was told
                is_reply = message.kind == "confirmation" or is_part_of_status(transition, message.transitions)
                signals = filter(None, map(known.get, transition.evidence))
                evidence = tuple((s, self.names.get(text_key(s.story, s.revision), s.story)) for s in signals)
                baseline = self.started[transition.commitment]
                told = (transition, evidence, baseline, message.route)
                yield ReplayedChange(*told, by_itself=not is_reply, parties=self.rulebook.parties)


def is_part_of_status(move: Transition, message: Sequence[Transition]) -> bool:
    """Whether a step or term is told together with the change of status that it belongs to."""
    status = {(other.commitment, other.way) for other in message if other.kind is TransitionKind.STATUS}
    parts = (TransitionKind.PROGRESS, TransitionKind.TERMS)
    return move.kind in parts and (move.commitment, move.way) in status
