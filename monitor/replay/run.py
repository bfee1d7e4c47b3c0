"""Archived stories through the same functions as live news: identify, match, decide, announce; no network, no database, no sending.

The clock is the stories' own: it jumps from story to story, to the end of each settling time, and to every `next_due` between.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any

from monitor.domain.announce import Sent, SentLog, announce
from monitor.domain.decide import baseline_at, decide, fold, initial
from monitor.domain.matching import match
from monitor.domain.model import Baseline, Case, Cause, Entry, Route, Severity, Signal, Transition, Verdict
from monitor.domain.notation import notation
from monitor.domain.rules import Rulebook
from monitor.domain.wording import reason_text
from monitor.replay.intake import Intake, Reads
from monitor.replay.lines import Dated, dated

EVERYONE = Route(name="replay", channel="file", to="replay", least_severity=Severity.NOTABLE)
"""The recipient that a replay stands for: every commitment, everything worth an alert."""
BEFORE = timedelta(minutes=1)
"""So long before the first story the monitor starts, and publishes where the baselines say things stand."""
SENT_KEPT = 500


@dataclass(frozen=True, slots=True)
class Told:
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
class _Held:
    """What is held of one commitment: as the verdict's row in the database."""

    folded: Verdict
    folded_to: datetime
    published: Verdict
    next_due: datetime | None
    decided: bool = False


@dataclass(slots=True)
class Replay:
    """What a running monitor would hold, in memory."""

    rulebook: Rulebook
    routes: tuple[Route, ...] = (EVERYONE,)
    reads: Reads = match
    intake: Intake = field(init=False)
    held: dict[str, _Held] = field(default_factory=dict)
    started: dict[str, Baseline] = field(default_factory=dict)
    names: dict[tuple[str, str], str] = field(default_factory=dict)
    """(story, text) -> the id of the line that brought this text."""
    sent: SentLog = field(default_factory=SentLog)
    transitions: dict[str, Transition] = field(default_factory=dict)
    """Every change, told or not, by id."""

    def __post_init__(self) -> None:
        self.intake = Intake(self.rulebook, self.reads)

    def run(self, entries: Iterable[Entry]) -> Iterator[Told]:
        """All stories in time order; yields what would have been sent, as it would have been."""
        line = dated(entries, self.rulebook)
        if not line:
            return
        self.begin(line[0].at - BEFORE)
        for item in line:
            yield from self.until(item.at)
            self.take(item)
        yield from self.until(line[-1].at + timedelta(seconds=self.rulebook.policy.settle_seconds + 1))

    def begin(self, at: datetime) -> None:
        for commitment in self.rulebook.commitments.values():
            verdict = initial(commitment, at)
            self.started[commitment.id] = baseline_at(commitment, at)
            self.held[commitment.id] = _Held(verdict, verdict.last_evidence or at, verdict, at)

    def take(self, item: Dated) -> None:
        """One story arrives: identified, matched, its commitments marked."""
        story, text = self.intake.take(item.entry, item.at)
        self.names.setdefault((story, text), item.id)

    # ------------------------------------------------------------ T2

    def until(self, end: datetime) -> Iterator[Told]:
        """Every review that falls due before `end`, each at its own moment."""
        while (moment := min(filter(None, map(self._due_at, self.held)), default=end)) < end:
            yield from self.review(moment)

    def _due_at(self, name: str) -> datetime | None:
        """When a commitment is next decided: news settles first, whatever time alone would do meanwhile."""
        mark = self.intake.marks.get(name)
        if mark is None or not self.held[name].decided:
            return self.held[name].next_due
        return mark.since if mark.urgent else mark.since + timedelta(seconds=self.rulebook.policy.settle_seconds)

    def review(self, now: datetime) -> Iterator[Told]:
        """Decides all that is due at `now` and announces it together."""
        due = [name for name in self.held if (at := self._due_at(name)) is not None and at <= now]
        found = [transition for name in due for transition in self._decide(name, now)]
        known = self.intake.known
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
            self.sent = SentLog((*self.sent.messages[-SENT_KEPT:], entry))
            # That something told before is confirmed is a reply to that, and no line of its own.
            for transition in (t for t in message.transitions if not t.confirms):
                yield Told(transition, tuple(self._shown(transition)), self.started[transition.commitment])

    def _decide(self, name: str, now: datetime) -> tuple[Transition, ...]:
        held, mark = self.held[name], self.intake.marks.pop(name, None)
        cause = mark.cause if mark else Cause.CLOCK
        case = self._case(name, held, now)
        decision = decide(case, self.intake.stories, self.rulebook, now, cause if held.decided else Cause.BACKFILL)
        held.published, held.next_due, held.decided = decision.verdict, decision.next_due, True
        return decision.transitions

    def _case(self, name: str, held: _Held, now: datetime) -> Case:
        """The case at `now`; what has left the live window is folded away first, a whole day at a time.

        Signals up to `corroborate_days` before the fold stay: they still lend their voice to a claim that goes on.
        """
        policy, commitment = self.rulebook.policy, self.rulebook.commitments[name]
        margin = held.folded_to - timedelta(days=policy.corroborate_days)
        live = {i: s for i, s in self.intake.live[name].items() if s.happened.end > margin}
        self.intake.live[name] = live
        case = Case(commitment, held.folded, tuple(live.values()), (), held.published)
        edge = datetime.combine((now - timedelta(days=policy.live_days)).date(), time(), UTC)
        if edge - held.folded_to >= timedelta(days=1):
            held.folded, held.folded_to = fold(case, self.intake.stories, self.rulebook, edge), edge
        return Case(commitment, held.folded, case.signals, (), held.published)

    def _shown(self, transition: Transition) -> Iterator[tuple[Signal, str]]:
        for signal in filter(None, map(self.intake.known.get, transition.evidence)):
            yield signal, self.names.get((signal.story, signal.revision), signal.story)
