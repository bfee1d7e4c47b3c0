"""Archived stories through the same functions as live news: identify, match, decide, announce; no network, no database, no sending.

The clock is the stories' own: it jumps from story to story, to the end of each settling time, and to every `next_due` between.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from monitor.domain.alerts.announce import announce
from monitor.domain.alerts.sent_log import Sent, SentLog
from monitor.domain.evaluation import PendingReview, evaluate
from monitor.domain.intake import Intake, Reads
from monitor.domain.matching.match import match
from monitor.domain.matching.rules import Rulebook
from monitor.domain.messages.wording import reason_text
from monitor.domain.model import Baseline, Entry, Route, Severity, Signal, Transition
from monitor.domain.model.notation import notation
from monitor.domain.verdicts.decide import baseline_at
from monitor.domain.verdicts.review_requests import VerdictRecord, due_at, first_record, why_due
from monitor.replay.memory_store import MemoryShelf
from monitor.replay.story_lines import DatedEntry, in_replay_order

CATCH_ALL_ROUTE = Route(name="replay", channel="file", to="replay", least_severity=Severity.NOTABLE)
"""The recipient that a replay stands for: every commitment, everything worth an alert."""
LEAD_TIME = timedelta(minutes=1)
"""So long before the first story the monitor starts, and publishes where the baselines say things stand."""
MAX_SENT_KEPT = 500


@dataclass(frozen=True, slots=True)
class ReplayedChange:
    """One transition that would have sent a message. (A reply that only confirms an earlier one is not counted again.)"""

    transition: Transition
    evidence: tuple[tuple[Signal, str], ...]
    """The signals behind it, each with the id that the line it was read from has in the input."""
    baseline: Baseline
    """What the verdict was before any story: the evidence of a change that time alone made of it."""

    def as_json(self) -> dict[str, Any]:
        """The line of the `replay --json` contract."""
        t = self.transition
        was, now = notation(t.change)
        return {
            "at": t.at.isoformat(), "commitment": t.commitment, "kind": t.kind.value, "way": t.way.value,
            "from": was, "to": now, "standing": t.standing.value, "outlook": t.outlook.value,
            "cause": t.cause.value, "reason": reason_text(t.reason), "flags": [f.kind.value for f in t.flags],
            "evidence": [{"story": story, "rule": s.rule, "quote": s.quote} for s, story in self.evidence] or [self._written()],
        }  # fmt: skip

    def _written(self) -> dict[str, str]:
        """What a person read, and where, of a date that no story has named."""
        note = self.baseline.note or f"baseline of {self.baseline.as_of:%-d %B %Y}"
        return {"story": self.baseline.source, "rule": f"{self.transition.commitment}/baseline", "quote": note}


@dataclass(slots=True)
class Replay:
    """What a running monitor would hold, in memory."""

    rulebook: Rulebook
    routes: tuple[Route, ...] = (CATCH_ALL_ROUTE,)
    reads: Reads = match
    shelf: MemoryShelf = field(default_factory=MemoryShelf)
    held: dict[str, VerdictRecord] = field(default_factory=dict)
    started: dict[str, Baseline] = field(default_factory=dict)
    names: dict[tuple[str, str], str] = field(default_factory=dict)
    """(story, text) -> the id of the line that brought this text."""
    sent: SentLog = field(default_factory=SentLog)
    transitions: dict[str, Transition] = field(default_factory=dict)
    """Every change, told or not, by id."""

    def run(self, entries: Iterable[Entry]) -> Iterator[ReplayedChange]:
        """All stories in time order; yields what would have been sent, as it would have been."""
        line = in_replay_order(entries, self.rulebook)
        if not line:
            return
        self.begin(line[0].at - LEAD_TIME)
        for item in line:
            yield from self.until(item.at)
            self.take(item)
        yield from self.until(line[-1].at + timedelta(seconds=self.rulebook.policy.settle_seconds + 1))

    def begin(self, at: datetime) -> None:
        for commitment in self.rulebook.commitments.values():
            self.started[commitment.id] = baseline_at(commitment, at)
            self.held[commitment.id] = first_record(commitment, at)

    def take(self, item: DatedEntry) -> None:
        """One story arrives as a document of its own. Raises what the matcher raises: an archive is read whole."""
        changes = Intake(self.rulebook, self.shelf, item.at, reads=self.reads).take((item.entry,))
        for problem in changes.problems:
            raise problem.error
        self.shelf.put(changes)
        for carried in filter(None, changes.carried):
            self.names.setdefault(carried, item.id)

    # ------------------------------------------------------------ T2

    def until(self, end: datetime) -> Iterator[ReplayedChange]:
        """Every review that falls due before `end`, each at its own moment."""
        while (moment := min(filter(None, map(self._due_at, self.held)), default=end)) < end:
            yield from self.review(moment)

    def _due_at(self, name: str) -> datetime | None:
        return due_at(self.held[name], self.shelf.requests.get(name), self.rulebook.policy)

    def review(self, now: datetime) -> Iterator[ReplayedChange]:
        """Decides all that is due at `now` and announces it together."""
        due = [name for name in self.held if (at := self._due_at(name)) is not None and at <= now]
        found = [transition for name in due for transition in self._decide(name, now)]
        known = self.shelf.known
        told_by = {i: known[i].story for t in found for i in (*t.evidence, *t.reason.signals) if i in known}
        messages = announce(
            found, self.sent, self.routes, self.rulebook.commitments, self.rulebook.policy, now, told_by=told_by
        )
        for transition in found:  # one that came before under the same id is the same change
            self.transitions.setdefault(transition.id, transition)
        for message in messages:
            ids = tuple(t.id for t in message.transitions)
            evidence = tuple(e for t in message.transitions for e in t.evidence)
            entry = Sent(message.id, message.route, message.commitment, ids, evidence, now)
            self.sent = SentLog((*self.sent.messages[-MAX_SENT_KEPT:], entry))
            # That something told before is confirmed is a reply to that, and no line of its own.
            for transition in (t for t in message.transitions if not t.confirms):
                yield ReplayedChange(transition, tuple(self._shown(transition)), self.started[transition.commitment])

    def _decide(self, name: str, now: datetime) -> tuple[Transition, ...]:
        """Signals from shortly before the folded verdict on are weighed: they still corroborate a claim that goes on."""
        record, request = self.held[name], self.shelf.requests.pop(name, None)
        start = record.folded_to - timedelta(days=self.rulebook.policy.corroborate_days)
        signals = self.shelf.signals_after(name, start)
        due = PendingReview(self.rulebook.commitments[name], record, request, why_due(record, request), signals)
        record, decision = evaluate(due, self.shelf.stories, self.rulebook, now)
        self.held[name] = replace(record, version=record.version + 1)
        return decision.transitions

    def _shown(self, transition: Transition) -> Iterator[tuple[Signal, str]]:
        for signal in filter(None, map(self.shelf.known.get, transition.evidence)):
            yield signal, self.names.get((signal.story, signal.revision), signal.story)
