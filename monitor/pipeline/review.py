"""T2: every commitment that is due gets its verdict, and what changed is announced, in one write.

Reading, deciding and announcing touch nothing. The write is compare-and-set on each verdict: if another writer was
first, everything is read and decided again, so no change is lost and none is recorded twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from monitor.domain.alerts.announce import announce
from monitor.domain.alerts.mutes import MuteSummary, last_ended_mute
from monitor.domain.alerts.sent_log import SentLog
from monitor.domain.evaluation import EndedMute, PendingReview, concurrent_support, evaluate, summarise_mute
from monitor.domain.matching.rules import Rulebook
from monitor.domain.messages.thread_card import threads_to_refresh
from monitor.domain.model import Cause, Decision, Intervention, Message, Policy, Route, Story, Transition, Verdict
from monitor.domain.verdicts.interventions import affects_before
from monitor.domain.verdicts.review_requests import VerdictRecord, due_at, first_record, why_due
from monitor.errors import StoreError
from monitor.pipeline.message_rows import message_builder
from monitor.pipeline.quiet_hours import CoalescedMessages, coalesce, replace_rows
from monitor.pipeline.sent_messages import sent_log
from monitor.store import Connection, Store, problems_and_runs, rematch, signals, stories, threads, verdict_records
from monitor.store import outbox as outbox_store
from monitor.store.outbox import NewOutboxItem
from monitor.store.rematch import UNCHANGED, ActivationPreview

MAX_CAS_RETRIES = 5
"""How often a review starts over because other writers were first."""
QUIET_HOURS_SUBJECT = "quiet hours"
"""The subject of the problem that what waits for their end could not be made one message."""


@dataclass(frozen=True, slots=True)
class ReviewReport:
    """What one review did. problems: commitments that could not be decided, each with its error; they stay due."""

    decided: tuple[str, ...] = ()
    transitions: tuple[Transition, ...] = ()
    messages: tuple[Message, ...] = ()
    problems: tuple[str, ...] = ()


def review(
    store: Store, rulebook: Rulebook, routes: Sequence[Route], now: datetime, *, cause: Cause = Cause.NEWS,
    settled: bool = False,
) -> ReviewReport:  # fmt: skip
    """Decide what is due at `now` and queue what is worth telling. `cause` is that of marks left by plain news.

    Due is a commitment marked dirty `settle_seconds` ago (any mark, if `settled`), or at once by a formal act or a
    person; one whose verdict time alone may have changed; one never seen before. Raises StoreError.
    """
    policy = replace(rulebook.policy, settle_seconds=0) if settled else rulebook.policy
    activate_rulebook(store, rulebook, now)
    for _ in range(MAX_CAS_RETRIES):
        with store.read() as conn:
            work = _load(conn, rulebook, policy, now, cause)
        if not work.due:
            return ReviewReport()
        outcome = _Review(rulebook, tuple(routes), now, work).run(store)
        try:
            with store.begin() as conn:
                outcome.write(conn)
            return outcome.report()
        except _OvertakenError:
            continue
    raise StoreError(
        f"verdicts in {store.name} changed {MAX_CAS_RETRIES} times while they were decided: is another instance writing?",
        subject=store.name,
    )


def activate_rulebook(store: Store, rulebook: Rulebook, now: datetime) -> frozenset[str]:
    """Take a rulebook into use, if it is not the one last used; returns the commitments that it touches."""
    with store.read() as conn:
        if rematch.is_adopted(conn, rulebook):
            return frozenset()
    with store.begin() as conn:
        return rematch.activate_rulebook(conn, rulebook, now)


def preview_activation(store: Store, rulebook: Rulebook, routes: Sequence[Route], now: datetime) -> ReviewReport:
    """What taking this rulebook into use and deciding all that is then due would record and tell; nothing is written.

    What a rule edit alone changes has the cause `rules`, and its messages are held; what waits to be decided anyway is
    decided under the new rules and told.
    """
    policy = replace(rulebook.policy, settle_seconds=0)
    with store.read() as conn:
        work = _load(conn, rulebook, policy, now, Cause.NEWS, rematch.preview_activation(conn, rulebook, now))
    return _Review(rulebook, tuple(routes), now, work).decide().report()


def next_review_at(store: Store, policy: Policy | None = None) -> datetime | None:
    """When a review will next have something to do, as far as is known now."""
    with store.read() as conn:
        requests = verdict_records.review_requests(conn)
        by_time = verdict_records.next_clock_due(conn, apart_from=requests)
    ready = [request.ready_at(policy or Policy()) for request in requests.values()]
    return min([*ready, *([by_time] if by_time else [])], default=None)


# ---------------------------------------------------------------- what is due


class _OvertakenError(Exception):
    """Another writer was first."""


@dataclass(frozen=True, slots=True)
class _ReviewInput:
    """All that one review reads before it decides."""

    due: tuple[PendingReview, ...]
    verdicts: Mapping[str, Verdict]
    stories: Mapping[str, Story]
    sent: SentLog
    acts: tuple[Intervention, ...] = ()


def _load(
    conn: Connection,
    rulebook: Rulebook,
    policy: Policy,
    now: datetime,
    cause: Cause,
    change: ActivationPreview = UNCHANGED,
) -> _ReviewInput:
    """`change`: what is read as if it had been made already."""
    records, requests = (
        change.records(verdict_records.verdict_records(conn)),
        change.marked(verdict_records.review_requests(conn), now),
    )
    resting = {p.subject for p in problems_and_runs.problems(conn, "verdict") if p.retry_at and p.retry_at > now}
    due = []
    for name, commitment in rulebook.commitments.items():
        record, request = records.get(name) or first_record(commitment, now), requests.get(name)
        moment = due_at(record, request, policy)
        if moment is not None and moment <= now and name not in resting:
            due.append(PendingReview(commitment, record, request, why_due(record, request, cause)))
    due = [_with_ended_mute(conn, one, now) for one in _with_evidence(conn, due, policy, now, change)]
    heard = stories.by_ids(conn, {signal.story for one in due for signal in one.signals})
    verdicts = {name: record.published for name, record in records.items()}
    log = sent_log(conn, now) if due else SentLog()
    return _ReviewInput(tuple(due), verdicts, heard, log, verdict_records.interventions(conn, ()).get("", ()))


def _with_evidence(
    conn: Connection, due: Sequence[PendingReview], policy: Policy, now: datetime, change: ActivationPreview
) -> list[PendingReview]:
    """The signals since each folded verdict, and some before it: they still lend their voice to a claim that goes on."""
    acts = verdict_records.interventions(conn, [one.commitment.id for one in due])
    due = [replace(one, acts=(*acts.get("", ()), *acts.get(one.commitment.id, ()))) for one in due]
    due = [replace(one, full_recompute=_reaches_back(one)) for one in due]
    voice = timedelta(days=policy.corroborate_days)
    moments = {one.commitment.id: _evidence_start(one, policy, now) - voice for one in due}
    found = change.seen(signals.by_commitment_after(conn, moments), moments)
    return [replace(one, signals=found[one.commitment.id]) for one in due]


def _reaches_back(one: PendingReview) -> bool:
    if one.record.version == 0 or one.request is None or one.request.cause is not Cause.PERSON:
        return False
    return affects_before(one.acts, one.request.since, one.record.folded_to)


def _evidence_start(one: PendingReview, policy: Policy, now: datetime) -> datetime:
    """From where on signals are weighed."""
    if one.record.version == 0:
        return now - timedelta(days=policy.live_days)
    return first_record(one.commitment, now).folded_to if one.full_recompute else one.record.folded_to


def _with_ended_mute(conn: Connection, one: PendingReview, now: datetime) -> PendingReview:
    """With what a summary needs if a silence has ended since the last decision (or the act that ended it was unseen)."""
    if one.record.version == 0:
        return one
    name, seen = one.commitment.id, one.record.decided_at
    if one.request is not None and one.request.cause is Cause.PERSON:
        seen = min(seen, one.request.since - timedelta(microseconds=1))
    over = last_ended_mute(one.acts, name, seen, now)
    told = verdict_records.published_at(conn, over.since, [name]).get(name) if over else None
    if over is None or told is None:
        return one
    return replace(
        one, ended_mute=EndedMute(over, told.verdict, verdict_records.transitions(conn, over.since, now, [name]))
    )


# ---------------------------------------------------------------- all together


@dataclass(slots=True)
class _Review:
    """One round: decisions and messages on their way to the one write."""

    rulebook: Rulebook
    routes: tuple[Route, ...]
    now: datetime
    work: _ReviewInput
    done: dict[str, tuple[VerdictRecord, Decision]] = field(default_factory=dict)
    unmuted: dict[str, MuteSummary] = field(default_factory=dict)
    also: dict[str, tuple[str, ...]] = field(default_factory=dict)
    failed: dict[str, Exception] = field(default_factory=dict)
    messages: tuple[Message, ...] = ()
    items: list[NewOutboxItem] = field(default_factory=list)
    folded: tuple[CoalescedMessages, ...] = ()
    together: bool = True
    """Whether several commitments may share a message: not after one that did could not be written."""

    def decide(self) -> _Review:
        for one in self.work.due:
            try:
                record, decision = evaluate(one, self.work.stories, self.rulebook, self.now)
                differs = summarise_mute(one, record, decision, self.work.stories, self.rulebook, self.now)
                self.done[one.commitment.id] = record, decision
                self.unmuted |= {one.commitment.id: differs} if differs is not None else {}
                self.also |= concurrent_support(one, record, decision, self.work.stories, self.rulebook, self.now)
            except Exception as error:  # noqa: BLE001 - a commitment that cannot be decided stops only itself
                self.failed[one.commitment.id] = error
        self._announce()
        return self

    def run(self, store: Store) -> _Review:
        self.decide()
        with store.read() as conn:
            while self.messages and not self._write_messages(conn):
                self._announce()
            self._fold(conn)
        return self

    def _announce(self) -> None:
        unmuted = tuple(one for name, one in self.unmuted.items() if name in self.done)
        self.messages = announce(
            self.transitions(), self.work.sent, self.routes, self.rulebook.commitments, self.rulebook.policy, self.now,
            acts=self.work.acts, unmuted=unmuted,
            told_by={s.id: s.story for one in self.work.due for s in one.signals} if self.together else {},
            also=self.also,
        )  # fmt: skip

    def transitions(self) -> tuple[Transition, ...]:
        return tuple(t for _, decision in self.done.values() for t in decision.transitions)

    def verdicts(self) -> dict[str, Verdict]:
        """All that will be published once this is written."""
        return {**self.work.verdicts, **{name: record.published for name, (record, _) in self.done.items()}}

    def _write_messages(self, conn: Connection) -> bool:
        """Make the outbox rows. A message that cannot be written keeps its commitments undecided: nothing goes untold."""
        self.items = []
        told = (t for message in self.messages for t in message.transitions)
        also = (key for message in self.messages for key in message.also)
        written = message_builder(conn, self.rulebook, self.routes, self.now, self.verdicts(), told, also)
        for message in self.messages:
            try:
                self.items.append(written.build_row(message))
            except Exception as error:  # noqa: BLE001 - as above
                names = {t.commitment for t in message.transitions}
                self.items = []
                if len(names) > 1 and self.together:
                    self.together = False  # so that only the one that cannot be told of stays undecided
                    return False
                for name in names:
                    self.failed[name] = error
                    self.done.pop(name, None)
                return False
        return True

    def _fold(self, conn: Connection) -> None:
        """What waits for the end of quiet hours waits as one; if that cannot be written, each message waits by itself."""
        new = tuple(zip(self.messages, self.items, strict=True))
        try:
            self.folded = coalesce(
                conn, self.rulebook, self.routes, self.now, self.verdicts(), new, self.transitions()
            )  # fmt: skip
        except Exception as error:  # noqa: BLE001 - nothing goes untold because it cannot be summed up
            self.failed[QUIET_HOURS_SUBJECT] = error
            return
        dropped = {key for fold in self.folded for key in fold.cancelled}
        self.items = [item for item in self.items if item.message_id not in dropped]
        self.items += [fold.row for fold in self.folded if fold.row is not None]

    def write(self, conn: Connection) -> None:
        """The one write; _OvertakenError, and nothing written, if a verdict changed since it was read."""
        for record, _ in self.done.values():
            if not verdict_records.save_record(conn, record):
                raise _OvertakenError
        if not replace_rows(conn, self.folded):
            raise _OvertakenError
        verdict_records.add_transitions(conn, self.transitions())
        outbox_store.enqueue(conn, self.items, self.now)
        threads.mark_outdated(
            conn, threads_to_refresh(self.transitions(), self.unmuted, self.work.acts, self.now), self.now
        )
        done = (one.request for one in self.work.due if one.commitment.id in self.done)
        verdict_records.clear_review_requests(conn, filter(None, done))
        problems_and_runs.resolve_problem(conn, "verdict", {*self.done, QUIET_HOURS_SUBJECT} - self.failed.keys())
        for name, error in self.failed.items():
            problems_and_runs.add_problem(conn, "verdict", name, error, self.now)

    def report(self) -> ReviewReport:
        problems = tuple(f"{name}: {type(error).__name__}: {error}" for name, error in self.failed.items())
        return ReviewReport(tuple(self.done), self.transitions(), self.messages, problems)
